"""Replications of a hall with its back office: every measure as a value with its interval.

A replication is the unit: its days follow one another, and so do its files. Replications run on as many threads as asked for and are
added up in their order, so that the answer does not depend on the number of threads.

Source: the intervals are those of `simulation.estimators` (total over total; Woodruff for the quantile).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.backoffice.measures import CASES, POOLS, QUANTILE, Totals, services_of, totals_of
from simulation.backoffice.run import first_office, run_cases
from simulation.estimators import LEVEL, ratio, ratio_interval
from simulation.experiment.blocks import MOST_DAYS, program_version
from simulation.experiment.cluster import Cluster
from simulation.experiment.result import Estimate, Estimates
from simulation.experiment.workers import Workers, in_turn
from simulation.faults import BadInput, Fault, fault
from simulation.scenario import Scenario

Progress = Callable[[int, int | None, float | None], None]
"""(replications done, replications in all, None)"""
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """The answer."""

    scenario: str
    engine: str
    replications: int
    days: int
    warm_up: int
    """days of the hall that are not measured"""
    starts: date
    """date of day 0"""
    provisional: bool
    """whether the hall's days run into a year without an official calendar"""
    seed: int
    digest: str
    version: str
    level: float
    measures: Estimates
    by_service: Mapping[str, Estimates]
    by_pool: Mapping[str, Estimates]

    def to_dict(self) -> dict[str, Any]:
        """For JSON: the shape of a simulation's answer."""
        return {
            "scenario": self.scenario,
            "engine": self.engine,
            "replications": self.replications,
            "days": self.days,
            "warm_up": self.warm_up,
            "starts": self.starts.isoformat(),
            "provisional_calendar": self.provisional,
            "unit": "replication",
            "seed": self.seed,
            "digest": self.digest,
            "version": self.version,
            "measures": _plain(self.measures),
            "by_service": {name: _plain(table) for name, table in self.by_service.items()},
            "by_pool": {name: _plain(table) for name, table in self.by_pool.items()},
        }


def _plain(table: Estimates) -> dict[str, Any]:
    return {name: figure.to_dict() for name, figure in table.items()}


def case_experiment(
    scenario: Scenario,
    *,
    days: int = 20,
    warm_up: int = 0,
    replications: int = 20,
    seed: int = 1,
    engine: str = "kernel",
    workers: Workers = 1,
    level: float = LEVEL,
    progress: Progress | None = None,
) -> CaseResult:
    """Simulates the hall and its back office over so many working days.

    Parameters
    ----------
    warm_up : the first days, during which the office fills, are simulated and not measured
    workers : threads, or a Dask cluster that was joined; the result does not depend on it
    progress : called after each replication

    Raises
    ------
    simulation.faults.BadInput
        if an argument is out of its range, no service opens a case, or a pool would never be done.
    """
    wrong = _argument_faults(days, warm_up, replications, seed, 1 if isinstance(workers, Cluster) else workers)
    if wrong:
        raise BadInput(wrong)
    office = first_office(scenario, days)
    one = partial(_totals, scenario, days, warm_up, seed, engine)
    found: list[Totals] = []
    with closing(in_turn(one, range(replications), workers)) as runs:
        for _, totals in runs:
            found.append(totals)
            if progress is not None:
                progress(len(found), replications, None)
    services = services_of(office)
    by_row = [_of_cases(found, row, level) for row in range(1 + len(services))]
    pools = [_of_pools(found, row, level) for row in range(len(scenario.pools))]
    return CaseResult(
        scenario=scenario.name,
        engine=engine,
        replications=replications,
        days=days,
        warm_up=warm_up,
        starts=office.first_date,
        provisional=0 <= office.provisional <= int(office.hall_dates[days - 1]),
        seed=seed,
        digest=scenario.digest,
        version=program_version(),
        level=level,
        measures=by_row[0],
        by_service=dict(zip(services, by_row[1:], strict=True)),
        by_pool={pool.id: table for pool, table in zip(scenario.pools, pools, strict=True)},
    )


def _totals(scenario: Scenario, days: int, warm_up: int, seed: int, engine: str, replication: int) -> Totals:
    return totals_of(run_cases(scenario, days, seed, replication, engine), warm_up)


def _of_cases(found: list[Totals], row: int, level: float) -> Estimates:
    table = {name: _ratio([each.cases[name][row] for each in found], CASES[name].unit, level) for name in CASES if name != "p90_turnaround"}
    counts = np.array([each.days_counted[row] for each in found])
    table["p90_turnaround"] = _quantile(counts, CASES["p90_turnaround"].unit, level)
    return {name: table[name] for name in CASES}


def _of_pools(found: list[Totals], row: int, level: float) -> Estimates:
    return {name: _ratio([each.pools[name][row] for each in found], POOLS[name].unit, level) for name in POOLS}


def _ratio(pairs: list[NDArray[np.float64]], unit: str, level: float) -> Estimate:
    n, d = np.array(pairs).T
    value, low, high = ratio_interval(n, d, level)
    low, high = (float(np.clip(edge, 0.0, 1.0 if unit == "share" else math.inf)) for edge in (low, high))  # nan stays nan
    return Estimate(value, low, high, level, len(pairs), unit, "ratio")


def _quantile(counts: Counts, unit: str, level: float) -> Estimate:
    """The working days that a share of the cases does not exceed, with Woodruff's interval.

    counts : (replications, days + 1) cases by whole days
    """
    together = counts.sum(axis=0)
    units = len(counts)
    if not together.sum():
        return Estimate(math.nan, math.nan, math.nan, level, units, unit, "woodruff")
    value = _day(together, QUANTILE)
    n, d = counts[:, : value + 1].sum(axis=1), counts.sum(axis=1)
    _, half = ratio(n.sum(), d.sum(), (n * n).sum(), (n * d).sum(), (d * d).sum(), units, level)
    if math.isnan(float(half)):
        return Estimate(float(value), math.nan, math.nan, level, units, unit, "woodruff")
    low, high = (_day(together, QUANTILE + sign * float(half)) for sign in (-1, 1))
    return Estimate(float(value), float(low), float(high), level, units, unit, "woodruff")


def _day(counts: Counts, share: float) -> int:
    """The fewest days within which that share of the cases lies."""
    needed = min(max(share, 0.0), 1.0) * counts.sum() * (1 - 1e-12)
    return int(np.searchsorted(np.cumsum(counts), max(needed, 1e-9), side="left"))


def _argument_faults(days: int, warm_up: int, replications: int, seed: int, workers: int) -> list[Fault]:
    wrong = [
        fault("experiment_count", name, value)
        for name, value in (("days", days), ("replications", replications), ("workers", workers))
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1
    ]
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**63:
        wrong.append(fault("experiment_seed", "seed", seed))
    if not wrong and days > MOST_DAYS:
        wrong.append(fault("experiment_days", "days", f"{days:,}", most=f"{MOST_DAYS:,}"))
    if not wrong and not 0 <= warm_up < days:
        wrong.append(fault("cases_warm_up", "warm_up", warm_up, days=days))
    return wrong
