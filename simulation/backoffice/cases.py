"""Cases: what the windows accepted on a day, and everything random of what becomes of it, drawn before the office touches it.

A case is a served ticket of a service that opens one, unless its citizen lacked a paper and will come again, or went on from a machine to
a window for the same thing. Every draw belongs to a stream
keyed by the day on which the citizen first came, the service, the task of the visit and the step; within it to the citizen. So another
plan for the office, or another service, leaves every other draw as it was.

Assumes that a citizen's number holds the day, the service and the place among those of the service, as `simulation.demand` makes it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from simulation.backoffice.clocks import done_at
from simulation.backoffice.office import AGAIN, DAY, PAPERS, Office, Plan
from simulation.carry import Carried
from simulation.days import hall_on
from simulation.demand import rounded
from simulation.laws import Law, quantile
from simulation.scenario import Scenario
from simulation.streams import uniforms
from simulation.tickets import SERVED, Tickets

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Cases:
    """(n,) cases in the order in which they were accepted."""

    citizen: Longs
    """who brought it"""
    task: Ints
    """which task of the visit it was"""
    service: Ints
    visit: Ints
    """visits until it was accepted, that one included"""
    day: Ints
    """day of the hall"""
    accepted: Floats
    """moment"""
    collects: Flags
    """whether its result is collected in person"""
    asked: Flags
    """whether papers were asked for"""
    hands_in: Flags
    """whether some of them are handed in at the hall"""


@dataclass(frozen=True, slots=True)
class Tasks:
    """(m,) tasks, case after case."""

    case: Longs
    pool: Ints
    """0: nobody works on it"""
    minutes: Floats
    """of work, or of the hall's open hours that pass"""
    urgency: Floats
    """the lowest is taken first; then who has been there longest"""
    needs: Ints
    """tasks that come right before"""
    next_first: Longs
    """where those that come right after begin"""
    next_last: Longs
    """where they end"""
    next: Longs
    """(k,) tasks that come right after"""
    stops: Flags
    """whether the limit stands still meanwhile"""
    ends_limit: Flags
    """whether the limit lasts until it is done"""


def accepted_on(
    scenario: Scenario, office: Office, day: int, seed: int, replication: int, tickets: Tickets, carried: Carried
) -> tuple[Cases, Tasks]:
    """The cases of a day of the hall, with what is to be done for them.

    carried : who comes again after that day
    """
    opens_case = np.array([plan is not None for plan in office.plans])
    last = np.zeros(len(tickets), np.bool_)
    if len(tickets):
        last[len(tickets) - 1 - np.unique(tickets.citizen[::-1], return_index=True)[1]] = True
    again = tickets.citizen[last & (tickets.outcome == SERVED) & np.isin(tickets.citizen, carried.citizens.id)]
    served = (tickets.outcome == SERVED) & opens_case[tickets.service]
    rows = np.flatnonzero(served & ~np.isin(tickets.citizen, again) & ~_done_over(scenario, tickets, served))
    rows = rows[np.argsort(tickets.ended[rows], kind="stable")]
    count = len(rows)
    no = np.zeros(count, np.bool_)
    moment = office.hall_dates[day] * DAY + hall_on(scenario, day).clock_start + tickets.ended[rows]
    cases = Cases(
        tickets.citizen[rows], tickets.task[rows], tickets.service[rows], tickets.visit[rows], np.full(count, day, np.int32), moment,
        no, no.copy(), no.copy(),
    )  # fmt: skip
    return cases, _tasks(office, cases, seed, replication)


def _done_over(scenario: Scenario, tickets: Tickets, served: Flags) -> Flags:
    """Tickets at a station (a machine) whose holder then went to a window for the same thing: the window opens the case."""
    stations = np.array([service.station is not None for service in scenario.services])
    if not stations.any():
        return np.zeros(len(tickets), np.bool_)
    names = {name: n for n, name in enumerate(sorted({service.of for service in scenario.services}))}
    of = np.array([names[service.of] for service in scenario.services], np.int64)
    what = tickets.citizen * len(names) + of[tickets.service]
    beside = stations[tickets.service]
    return np.asarray(beside & np.isin(what, what[served & ~beside]))


def draws_of(scenario: Scenario, cases: Cases, seed: int, replication: int, purpose: str, step: str = "") -> Floats:
    """(n,) the draw of each case for a purpose."""
    drawn = np.empty(len(cases.citizen))
    origin, place = np.divmod(cases.citizen, 10**6)
    streams, which = np.unique(np.stack([origin, cases.service, cases.task]), axis=1, return_inverse=True)
    names = [service.id for service in scenario.services]
    for n, (group, service, task) in enumerate(streams.T.tolist()):
        mine = which.ravel() == n
        first_day, came_for = divmod(group, 1000)
        name = "/".join((names[came_for] if came_for < len(names) else "", names[service], str(task), step))
        drawn[mine] = uniforms(seed, purpose, name, int(place[mine].max()) + 1, replication, first_day)[place[mine]]
    return drawn


def _tasks(office: Office, cases: Cases, seed: int, replication: int) -> Tasks:
    """The tasks of the cases, drawn; notes with the cases what they ask of the citizen."""
    sizes = np.array([0 if plan is None else len(plan.kind) for plan in office.plans], np.int64)[cases.service]
    edges = np.array([0 if plan is None else len(plan.next) for plan in office.plans], np.int64)[cases.service]
    first, first_edge = np.cumsum(sizes) - sizes, np.cumsum(edges) - edges
    total = int(sizes.sum())
    tasks = Tasks(
        np.repeat(np.arange(len(sizes)), sizes),
        np.zeros(total, np.int32),
        np.zeros(total),
        np.zeros(total),
        np.zeros(total, np.int32),
        np.zeros(total, np.int64),
        np.zeros(total, np.int64),
        np.zeros(int(edges.sum()), np.int64),
        np.zeros(total, np.bool_),
        np.zeros(total, np.bool_),
    )
    for s in np.unique(cases.service):
        plan = office.plans[s]
        assert plan is not None  # only such services open cases
        mine = np.flatnonzero(cases.service == s)
        of_service = take(cases, mine)
        _draw_delivery(office, plan, cases, mine, of_service, seed, replication)
        at = first[mine, None] + np.arange(len(plan.kind))
        edge = first_edge[mine, None] + np.arange(len(plan.next))
        pool, minutes = _draw_tasks(office, plan, cases, mine, of_service, seed, replication)
        tasks.pool[at], tasks.minutes[at] = pool, minutes
        urgency = _due(office, plan, of_service)[:, None] * np.ones(len(plan.kind))
        tasks.urgency[at] = np.where(office.by_due[plan.pool], urgency, 0.0)
        for column, given in ((tasks.needs, plan.needs), (tasks.stops, plan.stops), (tasks.ends_limit, plan.ends_limit)):
            column[at] = given
        tasks.next_first[at] = first_edge[mine, None] + plan.next_first[:-1]
        tasks.next_last[at] = first_edge[mine, None] + plan.next_first[1:]
        tasks.next[edge] = first[mine, None] + plan.next
    return tasks


def _draw_delivery(office: Office, plan: Plan, cases: Cases, mine: Longs, of_service: Cases, seed: int, replication: int) -> None:
    if plan.case.collection:
        draw = draws_of(office.scenario, of_service, seed, replication, "case.collects")
        cases.collects[mine] = draw < plan.case.collection.share


def _draw_tasks(
    office: Office, plan: Plan, cases: Cases, mine: Longs, of_service: Cases, seed: int, replication: int
) -> tuple[Ints, Floats]:
    """(cases, tasks) pools and minutes; what a case does not need is no work of nobody."""

    def draw(purpose: str, step: str) -> Floats:
        return draws_of(office.scenario, of_service, seed, replication, f"case.{purpose}", step)

    pool = np.tile(plan.pool, (len(mine), 1))
    minutes = np.zeros(pool.shape)
    for t, (step, kind) in enumerate(zip(plan.step, plan.kind, strict=True)):
        needed = draw("needed", step.id) < step.share if step.share < 1 else np.ones(len(mine), np.bool_)
        if kind in (PAPERS, AGAIN):
            assert step.supplement is not None
            needed &= draw("papers", step.id) < step.supplement.share
        if kind == PAPERS:
            assert step.supplement is not None
            minutes[:, t] = _days(office, step.supplement.wait, draw("papers.wait", step.id))
            cases.asked[mine] |= needed
            if step.supplement.in_person > 0:
                cases.hands_in[mine] |= needed & (draw("papers.visit", step.id) < step.supplement.in_person)
        elif step.work is not None:
            minutes[:, t] = rounded(quantile(step.work, draw("work.again" if kind == AGAIN else "work", step.id)))
        elif step.wait is not None:
            minutes[:, t] = _days(office, step.wait, draw("wait", step.id))
        pool[~needed, t], minutes[~needed, t] = 0, 0.0
    return pool, minutes


def _days(office: Office, law: Law, draw: Floats) -> Floats:
    """Working days as minutes of the hall's open hours."""
    return rounded(quantile(law, draw) * office.minutes_a_day)


def _due(office: Office, plan: Plan, cases: Cases) -> Floats:
    """When each case would be due if its limit never stood still: the end of the last day, or the moment."""
    if plan.case.promised_days is not None:
        last = np.searchsorted(office.workdays, cases.accepted // DAY, side="right") - 1 + plan.case.promised_days
        return np.asarray((office.workdays[np.minimum(last, len(office.workdays) - 1)] + 1) * DAY, np.float64)
    minutes = plan.case.promised_minutes or 0.0
    return np.array([done_at(office.pools.clocks, 0, moment, minutes) for moment in cases.accepted.tolist()])


Table = TypeVar("Table", Cases, Tasks)


def take(cases: Cases, rows: Longs | Flags) -> Cases:
    """Some of the cases."""
    return Cases(*(getattr(cases, each.name)[rows] for each in fields(Cases)))


def joined(above: tuple[Cases, Tasks], below: tuple[Cases, Tasks]) -> tuple[Cases, Tasks]:
    """Cases of earlier days and of later ones, with their tasks."""
    cases, tasks, edges = len(above[0].citizen), len(above[1].pool), len(above[1].next)
    later = replace(
        below[1],
        case=below[1].case + cases,
        next=below[1].next + tasks,
        next_first=below[1].next_first + edges,
        next_last=below[1].next_last + edges,
    )
    return _stacked(above[0], below[0]), _stacked(above[1], later)


def _stacked(above: Table, below: Table) -> Table:
    return type(above)(*(np.concatenate([getattr(above, each.name), getattr(below, each.name)]) for each in fields(above)))
