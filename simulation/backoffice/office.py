"""A scenario's back office as arrays: pools, their clocks on real dates, and what is to be done for a case of each service.

Days of the hall have the dates that `[demand] starts` gives them (`simulation.days`); without it they are the working days from STARTS on.
Pool 0 is nobody: time that passes by the hall's own hours (a publicity period, papers that are awaited). A step of the file becomes one or
three tasks: the work; and where papers may be asked for, the wait for them and the work once more.

Assumes a checked scenario with opening hours. Nothing here is random.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import count
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.backoffice.clocks import Clocks, clocks_of
from simulation.calendar import FIRST_YEAR, LAST_PROVISIONAL_YEAR, Calendar, seed_calendar
from simulation.days import dated
from simulation.faults import BadInput, fault
from simulation.scenario import Scenario
from simulation.scenario.case_parts import Case, Step

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]

DAY = 1440.0
ENDLESS = -1
"""staff of pool 0"""
STARTS = date(2026, 3, 2)
"""day 0 where the scenario names none: a Monday with five weeks without a holiday before it"""
WORK, PAPERS, AGAIN = range(3)
"""what a task is: the step itself, the wait for papers, the step once more"""


class Pools(NamedTuple):
    """What both engines read of the pools. p pools, the first of them nobody."""

    staff: Ints
    """(p,) ENDLESS for pool 0"""
    clocks: Clocks
    """one a pool"""


@dataclass(frozen=True, slots=True)
class Plan:
    """The tasks of one case of a service: t tasks in the order of the file."""

    case: Case
    step: tuple[Step, ...]
    """(t,) the step that a task belongs to"""
    kind: tuple[int, ...]
    """(t,) WORK | PAPERS | AGAIN"""
    pool: Ints
    """(t,)"""
    stops: Flags
    """(t,) whether the limit stands still meanwhile"""
    ends_limit: Flags
    """(t,) whether the limit lasts until this task is done"""
    needs: Ints
    """(t,) tasks that come right before"""
    next_first: Ints
    """(t + 1,) where those that come right after begin"""
    next: Ints
    """tasks that come right after"""


@dataclass(frozen=True, slots=True)
class Office:
    """A back office with a calendar of so many dates."""

    scenario: Scenario
    pools: Pools
    names: tuple[str, ...]
    """(p,) ids; the first is empty"""
    by_due: Flags
    """(p,) whether the earliest due is taken first"""
    plans: tuple[Plan | None, ...]
    """one a service; None: it opens no case"""
    working: Flags
    """whether each date from day 0 on is worked"""
    provisional: int
    """index of the first date without an official calendar, -1 if there is none"""
    workdays: Longs
    """the dates that are worked"""
    hall_dates: Longs
    """date of each day of the hall, in dates since day 0"""
    first_date: date
    minutes_a_day: float
    """the hall's open minutes in a working day"""

    @property
    def collects(self) -> bool:
        """Whether results come back to the hall for collection."""
        return any(plan and plan.case.collection and plan.case.collection.share > 0 for plan in self.plans)

    def date_of(self, moment: float) -> date:
        """The date of a moment."""
        return self.first_date + timedelta(days=int(moment // DAY))


@lru_cache(maxsize=64)
def office_of(scenario: Scenario, dates: int) -> Office:
    """The office with a calendar of at least so many dates from day 0 on.

    Raises BadInput if no service has a case, or for years that no calendar reaches.
    """
    if not any(service.case for service in scenario.services):
        raise BadInput([fault("no_cases", scenario.name)])
    opened = dated(scenario, 0)
    first = STARTS if opened is None else opened.date
    working, provisional = _dates(first, dates)
    hall = [(o.start + scenario.clock_start, o.end + scenario.clock_start) for o in scenario.openings]
    hours = [hall, *(hall if pool.hours is None else list(pool.hours) for pool in scenario.pools)]
    days = np.flatnonzero(working)
    clocks = clocks_of([[(d * DAY + a, d * DAY + b) for d in days for a, b in each] for each in hours])
    place = {pool.id: n for n, pool in enumerate(scenario.pools, start=1)}
    return Office(
        scenario=scenario,
        pools=Pools(np.array([ENDLESS, *(pool.staff for pool in scenario.pools)], np.int32), clocks),
        names=("", *place),
        by_due=np.array([False, *(pool.calls == "earliest_due" for pool in scenario.pools)]),
        plans=tuple(_plan(service.case, place) if service.case else None for service in scenario.services),
        working=working,
        provisional=provisional,
        workdays=days.astype(np.int64),
        hall_dates=days.astype(np.int64) if opened is None else _hall_dates(scenario, first, len(working)),
        first_date=first,
        minutes_a_day=sum(b - a for a, b in hall),
    )


def _dates(first: date, dates: int) -> tuple[Flags, int]:
    """Whether each date from the first on is worked, and which is the first without an official calendar."""
    last = first + timedelta(days=dates + 31)  # no run of rest days is as long as a month
    if first.year < FIRST_YEAR or last.year > LAST_PROVISIONAL_YEAR:
        year = first.year if first.year < FIRST_YEAR else last.year
        raise BadInput([fault("calendar_year_missing", "demand.starts", year, known=f"{FIRST_YEAR}–{LAST_PROVISIONAL_YEAR}")])
    calendar = _calendar(first.year, last.year)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    unsure = [n for n, day in enumerate(days) if day.year in calendar.provisional_years]
    return np.array([calendar.days[day] for day in days]), unsure[0] if unsure else -1


def _hall_dates(scenario: Scenario, first: date, dates: int) -> Longs:
    """The dates on which the hall opens, of so many from the first on."""
    found: list[int] = []
    for day in count():
        opened = dated(scenario, day)
        offset = dates if opened is None else (opened.date - first).days
        if offset >= dates:
            break
        found.append(offset)
    return np.array(found, np.int64)


@lru_cache(maxsize=8)
def _calendar(first: int, last: int) -> Calendar:
    return seed_calendar(range(first, last + 1))


def _plan(case: Case, place: dict[str, int]) -> Plan:
    """The tasks of a case, and which come right after which."""
    step: list[Step] = []
    kind: list[int] = []
    before: list[list[int]] = []
    last: list[int] = []  # the task that ends each step
    for each in case.steps:
        follows = [last[n] for n in each.after]
        for what in (WORK, PAPERS, AGAIN) if each.supplement else (WORK,):
            before.append(follows if what == WORK else [len(step) - 1])
            step.append(each)
            kind.append(what)
        last.append(len(step) - 1)
    tasks = range(len(step))
    after = [[k for k in tasks if n in before[k]] for n in tasks]
    ends = set(last) if case.limit_until is None else {last[case.limit_until]}
    return Plan(
        case=case,
        step=tuple(step),
        kind=tuple(kind),
        pool=np.array([0 if s.pool is None or k == PAPERS else place[s.pool] for s, k in zip(step, kind, strict=True)], np.int32),
        stops=np.array([s.excluded or k == PAPERS for s, k in zip(step, kind, strict=True)], np.bool_),
        ends_limit=np.array([n in ends for n in tasks], np.bool_),
        needs=np.array([len(each) for each in before], np.int32),
        next_first=np.cumsum([0, *(len(each) for each in after)]).astype(np.int32),
        next=np.array([k for each in after for k in each], np.int32),
    )
