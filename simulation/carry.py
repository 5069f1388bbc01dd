"""Who comes again: what a day leaves to the days after it.

Whether somebody comes again is decided by the outcome and draws already in their row. Assumes that who comes again stands before the doors
when they first open, that the papers are complete the second time, and that who persists after being sent home persists until served. Who
lacked a paper goes through the whole visit again, who was sent home on the way only through what was left of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulation.days import hall_on
from simulation.demand import Citizens, Demand, Tasks, in_order, joined, rounded, take
from simulation.numbers import numbers_of
from simulation.scenario import Scenario
from simulation.tickets import SENT_HOME, SERVED, TURNED_AWAY, Tickets

Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Carried:
    """Who comes again, with the rows they bring."""

    due: Longs
    """(n,) day on which they come"""
    left: Longs
    """(n,) day from which they come again, for whose windows their work is given"""
    citizens: Citizens
    tasks: Tasks


def nobody(demand: Demand) -> Carried:
    """An empty carry with the columns of that demand."""
    none = np.empty(0, dtype=np.int64)
    return Carried(none, none, take(demand.citizens, none), take(demand.tasks, none))


def with_carried(scenario: Scenario, demand: Demand, carried: Carried | None) -> tuple[Demand, Carried]:
    """The day's demand with those who come again on it, and what stays carried.

    At equal times they are ahead of the day's own citizens.
    """
    carried = carried if carried is not None else nobody(demand)
    if not len(carried.due):
        return demand, carried
    now = _on_the_day(scenario, demand, _choose(carried, carried.due == demand.day.day))
    own = replace(demand.tasks, citizen=demand.tasks.citizen + np.int32(len(now.due)))
    citizens, tasks = in_order(joined(now.citizens, demand.citizens), joined(now.tasks, own))
    return Demand(demand.day, citizens, tasks, demand.windows), _choose(carried, carried.due != demand.day.day)


def _on_the_day(scenario: Scenario, demand: Demand, carried: Carried) -> Carried:
    """Those who come today: when, and how long their work takes at today's windows."""
    today = hall_on(scenario, demand.day.day)
    citizens = replace(carried.citizens, arrival=np.full(len(carried.due), today.openings[0].start))
    tasks = carried.tasks
    if scenario.days.learns:
        now, work, left = numbers_of(today)[1].efficiency, tasks.work.copy(), carried.left[tasks.citizen]
        for day in np.unique(left):
            rows = left == day
            then = numbers_of(hall_on(scenario, int(day)))[1].efficiency
            service = tasks.service[rows]
            work[rows] = rounded(work[rows] * then[service] / now[service])
        tasks = replace(tasks, work=work)
    return replace(carried, citizens=citizens, tasks=tasks)


def who_returns(scenario: Scenario, demand: Demand, tickets: Tickets, citizen: NDArray[np.int32], carried: Carried) -> Carried:
    """Adds to `carried` those of the day who come again.

    citizen : (r,) row in the day's citizens of each ticket
    """
    services = scenario.services
    if all(service.returns is None and service.incomplete is None for service in services):
        return carried
    first = np.searchsorted(demand.tasks.citizen, np.arange(len(demand.citizens.id)))
    service = demand.tasks.service[first]
    last = np.zeros(len(first), np.int64)
    last[citizen] = np.arange(len(citizen))  # the last ticket of each citizen
    outcome = tickets.outcome[last]
    gone = np.isin(outcome, (SENT_HOME, TURNED_AWAY))
    again = np.array([one.returns or (0.0, 1) for one in services])[service]
    papers = np.array([one.incomplete or (0.0, 1) for one in services])[service]
    missing = (outcome == SERVED) & (demand.citizens.visit == 1) & (demand.citizens.papers < papers[:, 0])
    persists = gone & (demand.citizens.returns < again[:, 0])
    rows = np.flatnonzero(missing | persists)
    after = np.where(missing, papers[:, 1], again[:, 1])[rows].astype(np.int64)
    undone = np.where(missing, 0, tickets.task[last])  # who was sent home on the way comes again for the rest of the visit
    left = take(demand.tasks, np.flatnonzero(demand.tasks.number >= undone[demand.tasks.citizen]))
    leavers = _choose(Carried(last, last, demand.citizens, left), np.isin(np.arange(len(first)), rows))
    citizens = replace(
        leavers.citizens, visit=(leavers.citizens.visit + 1).astype(np.int32), shows=np.ones(len(rows), np.bool_)
    )
    walk_in = replace(
        leavers.tasks,
        citizen=leavers.tasks.citizen + np.int32(len(carried.due)),
        lane=leavers.tasks.lane * 0,
        since=leavers.tasks.since * np.nan,
    )
    return Carried(
        np.concatenate([carried.due, demand.day.day + after]),
        np.concatenate([carried.left, np.full(len(rows), demand.day.day)]),
        joined(carried.citizens, citizens),
        joined(carried.tasks, walk_in),
    )


def _choose(carried: Carried, chosen: NDArray[np.bool_]) -> Carried:
    """Some of those carried, with their tasks."""
    place = (np.cumsum(chosen) - 1).astype(np.int32)
    tasks = take(carried.tasks, np.flatnonzero(chosen[carried.tasks.citizen]))
    moved = replace(tasks, citizen=place[tasks.citizen])
    return Carried(carried.due[chosen], carried.left[chosen], take(carried.citizens, np.flatnonzero(chosen)), moved)
