"""Replications to a value and its interval, and plans compared on the same days.

Replications run in blocks of a fixed size, on as many threads as asked for (the compiled engine runs without the interpreter's lock) or on
a Dask cluster, and are added up in the order of the blocks: the result is the same to the bit for any number of workers. `compare` gives
both plans the same citizens (common random numbers), so that what differs is the plan.

A unit is a day; the day within weekday and month where days have dates and differ by them (`simulation.experiment.strata`); a replication
where citizens come again on a later day, where days without dates differ (learning), and in a textbook horizon.

Not for steady state within one run, and not for choosing among many plans.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from simulation.demand import Demand
from simulation.estimators import LEVEL
from simulation.expected import tasks_per_day
from simulation.experiment.blocks import BLOCK, FEWEST_UNITS, MOST_CITIZENS, MOST_DAYS, MOST_REPLICATIONS, Progress, Run, Work
from simulation.experiment.cluster import Cluster
from simulation.experiment.kept import Kept
from simulation.experiment.result import Comparison, Difference, Estimate, Result
from simulation.experiment.sums import BANDED
from simulation.experiment.workers import Workers
from simulation.faults import BadInput, Fault, fault
from simulation.numbers import numbers_of
from simulation.scenario import Scenario
from simulation.serve import ENGINES

__all__ = [
    "BANDED",
    "BLOCK",
    "FEWEST_UNITS",
    "MOST_CITIZENS",
    "MOST_DAYS",
    "MOST_REPLICATIONS",
    "Cancelled",
    "Comparison",
    "Difference",
    "Estimate",
    "Progress",
    "Result",
    "Workers",
    "compare",
    "experiment",
]


class Cancelled(Exception):
    """Raised within `progress` to stop; when it comes out again, `result` holds what was done by then (None if no block was)."""

    result: Result | Comparison | None = None


def experiment(
    scenario: Scenario,
    *,
    replications: int = 100,
    precision: float | None = None,
    seed: int = 1,
    engine: str = "kernel",
    workers: Workers = 1,
    progress: Progress | None = None,
    citizens: Demand | None = None,
    days: int = 1,
    level: float = LEVEL,
    at_most: int = MOST_REPLICATIONS,
    kept: Path | None = None,
    apart: bool = False,
) -> Result:
    """Simulates replications of a scenario.

    Parameters
    ----------
    precision : instead of `replications`: add whole blocks until the half-width of mean_wait is at most this share of it
        (at least FEWEST_UNITS units, at most `at_most` replications; Result.reached says which it was)
    engine : "kernel" or "simpy"
    workers : threads, or a Dask cluster that was joined (`simulation.experiment.cluster.join`); the result does not depend on it
    progress : called after each block; may raise Cancelled
    citizens : one given day instead of drawn ones; replications and days are then 1
    days : days in a replication; citizens who were sent home may come again within it
    level : of the intervals
    kept : folder of what earlier runs of the same work have added up: this one goes on from there, to more replications or a finer
        precision, with the same result to the bit, and leaves what it did, also where it is stopped; not for given citizens
    apart : whether each day is by itself: the unit is then the day, and who would come again on a later day does not

    Raises
    ------
    simulation.faults.BadInput
        if an argument is out of its range.
    Cancelled
        if `progress` raised it.
    """
    faults = _argument_faults(replications, precision, seed, engine, workers, days, level, at_most)
    faults = faults or _size_faults((scenario,), replications, precision, days, at_most, citizens is not None)
    if faults:
        raise BadInput(faults)
    given = None if citizens is None else (citizens,)
    work = Work((scenario,), engine, seed, 1 if citizens else days, given, apart)
    run = Run(work, level, precision)
    try:
        run.go(1 if citizens else replications, at_most, workers, progress, _kept(kept, given))
    except Cancelled as stop:
        stop.result = run.result(0, stopped=True) if run.replications else None
        raise
    return run.result(0)


def compare(
    base: Scenario,
    plan: Scenario,
    *,
    replications: int = 100,
    precision: float | None = None,
    seed: int = 1,
    engine: str = "kernel",
    workers: Workers = 1,
    progress: Progress | None = None,
    citizens: Demand | tuple[Demand, Demand] | None = None,
    days: int = 1,
    level: float = LEVEL,
    at_most: int = MOST_REPLICATIONS,
    kept: Path | None = None,
) -> Comparison:
    """Simulates two scenarios on the same days and judges their difference, plan minus base.

    Parameters are those of `experiment`; `precision` is that of the base's mean_wait. `citizens` is one given day for both, or a pair if
    the plans' windows differ in efficiency (each must be read for its own scenario).

    Raises
    ------
    simulation.faults.BadInput
        if an argument is out of its range.
    Cancelled
        if `progress` raised it.
    """
    faults = _argument_faults(replications, precision, seed, engine, workers, days, level, at_most)
    if isinstance(citizens, Demand) and not np.array_equal(numbers_of(base)[1].efficiency, numbers_of(plan)[1].efficiency):
        faults.append(fault("experiment_citizens", "citizens"))
    faults = faults or _size_faults((base, plan), replications, precision, days, at_most, citizens is not None)
    if faults:
        raise BadInput(faults)
    given = (citizens, citizens) if isinstance(citizens, Demand) else citizens
    work = Work((base, plan), engine, seed, 1 if given else days, given)
    run = Run(work, level, precision)
    try:
        run.go(1 if given else replications, at_most, workers, progress, _kept(kept, given))
    except Cancelled as stop:
        stop.result = run.comparison(stopped=True) if run.replications else None
        raise
    return run.comparison()


def _kept(folder: Path | None, given: object) -> Kept | None:
    return None if folder is None or given is not None else Kept(folder)


def _argument_faults(
    replications: int, precision: float | None, seed: int, engine: str, workers: Workers, days: int, level: float, at_most: int
) -> list[Fault]:
    wrong: list[Fault] = []
    counts = {"replications": replications, "workers": 1 if isinstance(workers, Cluster) else workers, "days": days, "at_most": at_most}
    for name, value in counts.items():
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
            wrong.append(fault("experiment_count", name, value))
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**63:
        wrong.append(fault("experiment_seed", "seed", seed))
    if precision is not None and not (isinstance(precision, int | float) and 0 < precision < math.inf):
        wrong.append(fault("experiment_precision", "precision", precision))
    if engine not in ENGINES:
        wrong.append(fault("experiment_engine", "engine", engine, engines=", ".join(ENGINES)))
    if not (isinstance(level, int | float) and 0 < level < 1):
        wrong.append(fault("experiment_level", "level", level))
    return wrong


def _size_faults(
    plans: tuple[Scenario, ...], replications: int, precision: float | None, days: int, at_most: int, replayed: bool
) -> list[Fault]:
    """What would never end, told from the expected number of citizens before any is drawn; a precision is judged by its fewest units."""
    if replayed:
        return []
    if days > MOST_DAYS:
        return [fault("experiment_days", "days", f"{days:,}", most=f"{MOST_DAYS:,}")]
    least = int(replications) if precision is None else min(int(at_most), FEWEST_UNITS)
    expected = sum(float(tasks_per_day(plan).sum()) for plan in plans) * least * int(days)
    return [fault("experiment_size", "replications", f"{expected:.3g}", most=f"{MOST_CITIZENS:.0e}")] if expected > MOST_CITIZENS else []
