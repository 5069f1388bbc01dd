"""How far the mean wait of a refitted hall is off, on average over many logs: what a rule of writing the cvs of arrivals does to waits.

Halls with known `day_cv` and `half_hour_cv` are simulated for a few days, the log is fitted, and the scenario is simulated with three ways
of writing the two: only where the interval is above 0 (`filter`), wherever the estimate is (`estimate`), and as they truly are (`truth`).

Run as a program: python -m tests.calibration.bias [LOGS]. Not a test: it takes about a second a log.
"""

from __future__ import annotations

import sys
from datetime import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from simulation import draw_demand, experiment, serve
from simulation.calibration import Fit, fit_log, load_mapping, read_log
from simulation.scenario import Scenario, parse
from simulation.tickets import to_frame

DAYS = 10
REPLICATIONS = 600
CASES = ((0.0, 0.0), (0.1, 0.15), (0.1, 0.3), (0.1, 0.5))
"""day_cv and half_hour_cv that are put in"""


def hall(day_cv: float, half_hour_cv: float) -> Scenario:
    """Three windows, four fifths busy, which lose hardly anybody."""
    return parse({
        "schema": 1, "name": "made", "demand": {"day_cv": day_cv, "half_hour_cv": half_hour_cv},
        "opening": [{"from": time(9), "to": time(12), "at_end": "serve_all"}],
        "services": [{
            "id": "tax", "service_min": {"family": "lognormal", "mean": 5.0, "cv": 0.7},
            "arrivals_per_hour": [24.0, 34.0, 34.0, 30.0, 26.0, 20.0], "patience_min": {"family": "exponential", "mean": 60.0},
        }],
        "windows": [{"id": each, "serves": ["tax"]} for each in "abc"],
    })  # fmt: skip


def fitted(scenario: Scenario, seed: int, path: Path) -> Fit:
    days = []
    for day in range(DAYS):
        tickets, _ = serve(scenario, draw_demand(scenario, seed=seed, replication=day))
        days.append(to_frame(scenario, tickets).assign(day=f"day-{day:02d}"))
    pd.concat(days).to_csv(path, index=False)
    return fit_log(read_log(path, load_mapping("openhall")))


def waits(fit: Fit, demands: dict[str, dict[str, Any]]) -> dict[str, float]:
    """The mean wait of the fitted scenario with each of these tables of demand."""
    rest = {key: each for key, each in fit.document.items() if key not in ("demand", "basis")}
    return {way: mean_wait(parse({**rest, "demand": demand})) for way, demand in demands.items()}


def mean_wait(scenario: Scenario) -> float:
    return experiment(scenario, replications=REPLICATIONS, seed=99).measures["mean_wait"].value


def main(logs: int) -> None:
    print(f"{logs} logs of {DAYS} days; mean wait of the refitted hall over the true one - 1, its mean and standard error, %")
    with TemporaryDirectory() as folder:
        for day_cv, half_hour_cv in CASES:
            truth = hall(day_cv, half_hour_cv)
            true_wait = mean_wait(truth)
            rows = []
            for seed in range(1, logs + 1):
                fit = fitted(truth, seed, Path(folder) / "log.csv")
                spread = fit.arrivals.dispersion
                assert spread is not None
                told = {"day_cv": spread.day_cv, "half_hour_cv": spread.half_hour_cv}
                rows.append(waits(fit, {
                    "filter": {key: min(each.value, 3.0) for key, each in told.items() if each.low > 0},
                    "estimate": {key: min(each.value, 3.0) for key, each in told.items()},
                    "truth": {"day_cv": day_cv, "half_hour_cv": half_hour_cv},
                }))  # fmt: skip
            off = 100 * (pd.DataFrame(rows) / true_wait - 1)
            error = off.std(ddof=1) / np.sqrt(logs)
            said = "  ".join(f"{way} {off[way].mean():+.1f} ± {error[way]:.1f}" for way in off)
            print(f"day_cv {day_cv:g}, half_hour_cv {half_hour_cv:g} (true wait {true_wait:.2f} min):  {said}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
