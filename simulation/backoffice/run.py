"""The hall with its back office, day after day: windows accept, pools work, results go out or are collected.

The days of the hall are served in order by one of its engines; every case goes through the office by the engine of the same name. Since
nobody collects before the morning after, the office up to a morning is the office of the cases accepted by then. After the last day of the
hall no more cases come, and the office goes on until every file is closed: nothing is left uncounted, and what was open when the hall
closed for the last time is told as the backlog.

A calendar too short is doubled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.backoffice.cases import Cases, Tasks, accepted_on, joined
from simulation.backoffice.delivery import collection_day, with_collectors
from simulation.backoffice.limits import judge
from simulation.backoffice.office import DAY, Office, office_of
from simulation.carry import Carried
from simulation.days import hall_on
from simulation.demand import draw_demand
from simulation.faults import BadInput, fault
from simulation.scenario import Scenario
from simulation.serve import serve
from simulation.tickets import SERVED

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Worked:
    """What the office did: (m,) moments of the tasks."""

    joined: Floats
    """when it was due: accepted, and all before it done"""
    called: Floats
    """when somebody took it in hand"""
    done: Floats


@dataclass(frozen=True, slots=True)
class Register:
    """The case register of a run: (n,) cases with their tasks, and what became of them."""

    office: Office
    days: int
    cases: Cases
    tasks: Tasks
    worked: Worked
    decided: Floats
    """moment at which the limit was met or broken: the end of the step that ends it; an instant case: when it was accepted"""
    ready: Floats
    """moment at which everything was done"""
    in_hand: Floats
    """moment at which the citizen had the result; inf if it still lies at the hall"""
    counted: Longs
    """working days of the limit used"""
    elapsed: Longs
    """working days after the day of acceptance until the decision"""
    overdue: Flags
    visits: Ints
    """visits to the hall: until acceptance, with papers, to collect"""

    @property
    def closed(self) -> float:
        """The midnight that ends the hall's last day."""
        return float(self.office.hall_dates[self.days - 1] + 1) * DAY


def run_office(office: Office, cases: Cases, tasks: Tasks, engine: str = "kernel") -> tuple[Office, Worked]:
    """Works on the cases until all are done.

    Returns the office with a calendar that is long enough. Raises BadInput where no calendar is.
    """
    if engine == "kernel":
        from simulation.backoffice.loop import run
    elif engine == "simpy":
        from simulation.backoffice.story import run
    else:
        raise ValueError(f"the engine is kernel or simpy, not {engine!r}")
    first = np.searchsorted(tasks.case, np.arange(len(cases.citizen) + 1))
    while True:
        worked = Worked(
            *run(
                office.pools, cases.accepted, first, tasks.pool, tasks.minutes, tasks.urgency, tasks.needs,
                tasks.next_first, tasks.next_last, tasks.next,
            )
        )  # fmt: skip
        late = np.flatnonzero(~np.isfinite(worked.done))
        if not len(late):
            return office, worked
        office = _longer(office, tasks.pool[late])


def _longer(office: Office, pools: Ints) -> Office:
    """The same office with a calendar twice as long."""
    try:
        return office_of(office.scenario, 2 * len(office.working))
    except BadInput:
        most = int(np.bincount(pools).argmax())
        year = office.date_of(DAY * len(office.working)).year
        raise BadInput([fault("office_never_ends", office.scenario.name, office.names[most], year=year)]) from None


def first_office(scenario: Scenario, days: int) -> Office:
    """The office with a calendar that so many days of the hall need, and the longest promise after them.

    Raises BadInput if no service opens a case.
    """
    promised = max((service.case.promised_days or 0 for service in scenario.services if service.case), default=0)
    dates = 2 * (days + promised) + 60
    while len((office := office_of(scenario, dates)).hall_dates) <= days:  # a hall that opens on few days of the week
        dates *= 2
    return office


def run_cases(scenario: Scenario, days: int, seed: int = 1, replication: int = 0, engine: str = "kernel") -> Register:
    """Serves so many days of the hall, and works until every case they brought is closed.

    Raises BadInput if no service opens a case, or the office would never end.
    """
    office = first_office(scenario, days)
    carried: Carried | None = None
    book: tuple[Cases, Tasks] | None = None
    collectors: dict[int, int] = {}
    collected: dict[int, float] = {}
    for day in range(days):
        demand = draw_demand(scenario, seed, replication, day)
        if office.collects and book is not None:
            office, worked = run_office(office, *book, engine)
            ready = ready_at(book[0], book[1], worked)
            coming = np.flatnonzero(collection_day(office, book[0], ready) == day)
            demand, numbers = with_collectors(office, book[0], coming, demand)
            collectors |= dict(zip(numbers.tolist(), coming.tolist(), strict=True))
        tickets, carried = serve(scenario, demand, carried, engine)
        today = accepted_on(scenario, office, day, seed, replication, tickets, carried)
        book = joined(book, today) if book else today
        for row in np.flatnonzero((tickets.outcome == SERVED) & np.isin(tickets.citizen, list(collectors))).tolist():
            ended = office.hall_dates[day] * DAY + hall_on(scenario, day).clock_start + tickets.ended[row]
            collected[collectors[int(tickets.citizen[row])]] = float(ended)
    assert book is not None  # there is at least one day
    office, worked = run_office(office, *book, engine)
    return register_of(office, days, book[0], book[1], worked, collected)


def ready_at(cases: Cases, tasks: Tasks, worked: Worked) -> Floats:
    """(n,) when everything is done for each case."""
    return _latest(cases, tasks.case, worked.done)


def _latest(cases: Cases, case: Longs, done: Floats) -> Floats:
    last = cases.accepted.copy()
    np.maximum.at(last, case, done)
    return last


def register_of(office: Office, days: int, cases: Cases, tasks: Tasks, worked: Worked, collected: dict[int, float]) -> Register:
    """The register of what the office did.

    collected : case -> moment at which its result was collected
    """
    limits = tasks.ends_limit
    decided = _latest(cases, tasks.case[limits], worked.done[limits])
    ready = ready_at(cases, tasks, worked)
    counted, elapsed, overdue = judge(office, cases, tasks, worked.joined, worked.done, decided)
    ems = np.array([plan.case.ems_days if plan and plan.case.kind == "promised" else 0.0 for plan in office.plans])[cases.service]
    in_hand = np.where(cases.collects, np.inf, ready + ems * DAY)
    in_hand[np.array(list(collected), np.int64)] = list(collected.values())
    visits = cases.visit + cases.hands_in + cases.collects
    return Register(office, days, cases, tasks, worked, decided, ready, in_hand, counted, elapsed, overdue, visits.astype(np.int32))
