"""From the case register to its measures: turnaround against the promise, what is overdue, how busy each pool is, what is still open.

`CASES` and `POOLS` define every measure in both languages (registry.toml). Cases are counted by the day of acceptance, from the end of the
warm-up on, and followed until they are closed; pools are watched from the end of the warm-up until the hall's last midnight. Values and
intervals over replications are `simulation.backoffice.experiment`'s.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.backoffice.clocks import worked_at
from simulation.backoffice.office import DAY, Office
from simulation.backoffice.run import Register

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

QUANTILE = 0.9
"""of p90_turnaround"""
LONGEST = 4_000
"""working days told apart; longer ones count as this long"""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure's definition."""

    name: str
    unit: str
    better: str | None
    label: Mapping[str, str]
    definition: Mapping[str, str]


_TABLE = tomllib.loads(Path(__file__).with_name("registry.toml").read_text(encoding="utf-8"))


def _read(name: str, given: Mapping[str, Any]) -> Measure:
    return Measure(name, given["unit"], given.get("better"), given["label"], given["definition"])


CASES: Mapping[str, Measure] = {name: _read(name, given) for name, given in _TABLE["cases"].items()}
POOLS: Mapping[str, Measure] = {name: _read(name, given) for name, given in _TABLE["pools"].items()}
UNITS: Mapping[str, Mapping[str, str]] = _TABLE["units"]


@dataclass(frozen=True, slots=True)
class Totals:
    """What one run adds: rows are all cases, then each service of the file that opens cases, all its lines together."""

    cases: Mapping[str, Floats]
    """measure -> (1 + s, 2) numerator and denominator"""
    days_counted: NDArray[np.int64]
    """(1 + s, LONGEST + 1) promised cases by working days counted"""
    pools: Mapping[str, Floats]
    """measure -> (p, 2) numerator and denominator of each pool of the scenario"""


def totals_of(register: Register, warm_up: int = 0) -> Totals:
    """The totals of one run, the first `warm_up` days of the hall left out."""
    return Totals(*_cases(register, warm_up), _pools(register, warm_up))


def _cases(register: Register, warm_up: int) -> tuple[dict[str, Floats], NDArray[np.int64]]:
    office, cases = register.office, register.cases
    plans = [plan.case if plan else None for plan in office.plans]
    is_instant = np.array([case is not None and case.kind == "instant" for case in plans])[cases.service]
    legal = np.array([(case.legal_days or 0) if case and case.kind == "promised" else 0 for case in plans])[cases.service]
    measured = cases.day >= warm_up
    promised = measured & ~is_instant
    ruled = promised & (legal > 0)
    in_hand = measured & np.isfinite(register.in_hand)
    until_result = np.where(in_hand, register.in_hand, cases.accepted) - cases.accepted
    every = np.ones(len(measured), np.bool_)

    figures: dict[str, tuple[Any, Flags, float | None]] = {
        "accepted": (measured, measured, float(register.days - warm_up)),
        "instant_share": (is_instant, measured, None),
        "overdue_share": (register.overdue, promised, None),
        "mean_turnaround": (register.counted, promised, None),
        "mean_elapsed": (register.elapsed, promised, None),
        "mean_to_result": (until_result / DAY, in_hand, None),
        "asked_share": (cases.asked, promised, None),
        "collected_share": (cases.collects, measured, None),
        "visits_per_case": (register.visits, measured, None),
        "backlog": (register.decided > register.closed, every, 1.0),
        "uncollected": (register.in_hand > register.closed, every, 1.0),
    }
    found = {name: _by_service(register, *given) for name, given in figures.items()}
    used, allowed = _by_service(register, register.counted, ruled, None)[:, 0], _by_service(register, legal, ruled, None)[:, 0]
    found["speed_up"] = np.stack([allowed - used, allowed.astype(np.float64)], axis=1)
    days = np.minimum(register.counted, LONGEST)
    rows = _row_of_line(office)
    counts = np.zeros((1 + len(services_of(office)), LONGEST + 1), np.int64)
    np.add.at(counts, (1 + rows[cases.service[promised]], days[promised]), 1)
    counts[0] = counts.sum(axis=0)
    return found, counts


def services_of(office: Office) -> list[str]:
    """The services of the file whose cases are opened; a class, a machine or a part of a bundle is a line of its service."""
    return list(dict.fromkeys(plan.case.service for plan in office.plans if plan))


def _row_of_line(office: Office) -> NDArray[np.int64]:
    """Which of these services each line belongs to, -1 if to none."""
    place = {name: n for n, name in enumerate(services_of(office))}
    return np.array([place[plan.case.service] if plan else -1 for plan in office.plans], np.int64)


def _by_service(register: Register, value: Any, counted: Flags, over: float | None) -> Floats:
    """(1 + s, 2) sums of a figure over the counted cases, and their number or what they are divided by."""
    services = len(services_of(register.office))
    of = _row_of_line(register.office)[register.cases.service[counted]]
    top = np.bincount(of, weights=np.asarray(value, np.float64)[counted], minlength=services)
    bottom = np.bincount(of, minlength=services).astype(np.float64) if over is None else np.full(services, over)
    whole = bottom.sum() if over is None else over
    return np.stack([np.concatenate([[top.sum()], top]), np.concatenate([[whole], bottom])], axis=1)


def _pools(register: Register, warm_up: int) -> dict[str, Floats]:
    office, tasks, done = register.office, register.tasks, register.worked
    begins = float(office.hall_dates[warm_up]) * DAY
    names = ("utilisation", "mean_wait", "mean_queue", "files", "backlog")
    found = {name: np.zeros((len(office.names) - 1, 2)) for name in names}
    for p in range(1, len(office.names)):
        mine = tasks.pool == p
        came, taken, ended = done.joined[mine], done.called[mine], done.done[mine]
        clocks = office.pools.clocks

        low, high = worked_at(clocks, p, np.array([begins, register.closed]))
        joined, called, finished = (worked_at(clocks, p, moments) for moments in (came, taken, ended))
        length = high - low
        waiting = np.clip(called, low, high) - np.clip(joined, low, high)
        busy = np.clip(finished, low, high) - np.clip(called, low, high)
        counted = (came >= begins) & (came < register.closed)
        row = p - 1
        found["utilisation"][row] = busy.sum(), length * office.pools.staff[p]
        found["mean_wait"][row] = (called - joined)[counted].sum() / 60, counted.sum()
        found["mean_queue"][row] = waiting.sum(), length
        found["files"][row] = counted.sum(), register.days - warm_up
        found["backlog"][row] = ((came < register.closed) & (ended > register.closed)).sum(), 1
    return found
