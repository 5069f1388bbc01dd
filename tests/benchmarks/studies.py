"""Layout studies a second, by the compiled engine and by SimPy: the same study, the same answer; one figure a line, NAME VALUE UNIT.

The study is that of `openhall layout` on the main hall with a budget of days that SimPy can bear; by both engines it gives the same figures
to the bit, which is checked here. Times are processor seconds of this process; compilation is not counted.

Run: python -m tests.benchmarks.studies [DAYS]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

from simulation import load_scenario
from simulation.optimisation import Layouts, study
from simulation.optimisation.layout import comparison
from simulation.scenario import Scenario

HALL = Path(__file__).resolve().parents[2] / "scenarios" / "potou-2022.toml"
KINDS = ("comprehensive", "dedicated", "grouped", "overflow_two_way")


def main(days: int = 4) -> None:
    for name, value, unit in figures(load_scenario(HALL), days):
        print(f"{name} {value:.4g} {unit}", flush=True)


def figures(scenario: Scenario, batches: int) -> Iterator[tuple[str, float, str]]:
    """Studies a second of both, and how many times faster the compiled one is.

    batches : of eight days, of each layout in the confirmation
    """
    with patch.object(comparison, "CONFIRM", batches):
        timed(scenario, "kernel")  # compiles
        kernel, found = timed(scenario, "kernel")
        simpy, same = timed(scenario, "simpy")
    if [(each.name, each.value) for each in found.layouts] != [(each.name, each.value) for each in same.layouts]:
        raise AssertionError("the two engines answer differently")
    yield "study_days", found.days, "days"
    yield "study_kernel_rate", 1 / kernel, "studies/s"
    yield "study_simpy_rate", 1 / simpy, "studies/s"
    yield "study_kernel_over_simpy", simpy / kernel, "ratio"


def timed(scenario: Scenario, engine: str) -> tuple[float, Layouts]:
    """Processor seconds of a study, and its answer."""
    begun = time.process_time()
    found = study(scenario, kinds=KINDS, engine=engine, delta=2.0, budget=20_000)
    return time.process_time() - begun, found


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
