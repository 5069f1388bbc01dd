"""What a miss of the model comes from: the held days once more without one part of it, or with their own service times.

Nothing of it goes back into the model. Not for logs of snapshots, whose verdict brings its own (`queues`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.calibration.given import GivenDay, Model, without
from simulation.calibration.logs import Log
from simulation.calibration.replays import Outcome, ratio, serve_days
from simulation.experiment.workers import Workers

FEWER = 10
"""replications for what only explains a miss"""


def explain(
    model: Model, training: Log, held: Log, days: list[GivenDay], outcome: Outcome, seed: int, workers: Workers = 1
) -> dict[str, float]:
    """What a miss comes from: the mean wait (minutes) without one part of the model, and with the held days' own service times.

    Nothing of it goes back into the model. Keys: `without_` gaps, idle, turns, pace: simulated mean wait without the part; `as_served`:
    with every service as long as it was; `services_held`: service times of the held days over those of the training days, by service;
    `hurry_1`, `hurry_5`: on the training days the share of windows not ready within a minute after a service, where one person waits and
    where five or more do; `worst_day`: of all days the one that is missed most, its share of the whole error.
    """
    told: dict[str, float] = {}
    parts = ["pace"]
    if model.gaps is not None:
        parts += ["gaps", "idle"]
        for key, name in (("1", "hurry_1"), ("≥5", "hurry_5")):
            if key in model.gaps.by_queue:
                told[name] = model.gaps.by_queue[key][0]
    if model.turns.ahead:
        parts.append("turns")
    for part in parts:
        told[f"without_{part}"] = float(serve_days(without(model, part), days, FEWER, seed, workers=workers).simulated.mean())
    told["as_served"] = float(serve_days(model, days, FEWER, seed, as_served=True, workers=workers).simulated.mean())
    told["services_held"] = _service_ratio(training, held)
    error = np.abs(np.bincount(outcome.day, outcome.simulated.mean(axis=0) - outcome.wait))
    told["worst_day"] = float(error.max() / error.sum()) if error.sum() > 0 else 0.0
    return told


def _service_ratio(training: Log, held: Log) -> float:
    """Total minutes of service on the held days over those expected from the training days' means."""

    def served(log: Log) -> pd.DataFrame:
        rows = log.frame[(log.frame["outcome"] == "served") & ~log.frame["part"]]
        return rows.assign(minutes=rows["ended"] - rows["called"])

    mean = served(training).groupby("service")["minutes"].mean()
    rows = served(held)
    expected = rows["service"].map(mean)
    known = expected.notna()
    return ratio(float(rows["minutes"][known].sum()), float(expected[known].sum()))
