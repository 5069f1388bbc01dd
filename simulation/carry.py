"""Who comes again: what a day leaves to the days after it.

Whether somebody comes again is decided by the outcome and draws of their own: those in their row, and those of the citizen and the visit.
Assumes that by `returns` who persists persists until served, and by `retries` everybody decides anew each time. Who lacked a paper goes
through the whole visit again, who was sent home on the way only through what was left of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulation.days import hall_on
from simulation.demand import Citizens, Demand, Tasks, in_order, joined, rounded, take
from simulation.numbers import numbers_of
from simulation.scenario import Scenario
from simulation.streams import uniforms_of
from simulation.tickets import OUTCOMES, SENT_HOME, SERVED, TURNED_AWAY, Tickets

Longs = NDArray[np.int64]
Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Bytes = NDArray[np.int8]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Carried:
    """Who comes again, with the rows they bring."""

    due: Longs
    """(n,) day on which they come"""
    left: Longs
    """(n,) day from which they come again, for whose windows their work is given"""
    moment: Floats
    """(n,) draw in (0, 1) for the time of the day; nan: at the doors when they first open"""
    citizens: Citizens
    tasks: Tasks


def nobody(demand: Demand) -> Carried:
    """An empty carry with the columns of that demand."""
    none = np.empty(0, dtype=np.int64)
    return Carried(none, none, none.astype(np.float64), take(demand.citizens, none), take(demand.tasks, none))


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
    citizens = replace(carried.citizens, arrival=_moments(today, carried))
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


def _moments(today: Scenario, carried: Carried) -> Floats:
    """(n,) minutes at which they come: when the doors first open, or as the service's arrivals are spread over the day."""
    arrival = np.full(len(carried.due), today.openings[0].start)
    chance = numbers_of(today)[1]
    service = carried.tasks.service[np.searchsorted(carried.tasks.citizen, np.arange(len(carried.due)))]
    for s in np.unique(service[~np.isnan(carried.moment)]):
        rows = np.flatnonzero((service == s) & ~np.isnan(carried.moment))
        expected = chance.expected[s]
        if expected[-1] > 0:
            mark = carried.moment[rows] * expected[-1]
            slot = np.searchsorted(expected, mark, side="right") - 1
            share = (mark - expected[slot]) / (expected[slot + 1] - expected[slot])
            arrival[rows] = rounded(chance.slot_start[slot] + share * (chance.slot_end[slot] - chance.slot_start[slot]))
    return arrival


def who_returns(scenario: Scenario, demand: Demand, tickets: Tickets, citizen: NDArray[np.int32], carried: Carried) -> Carried:
    """Adds to `carried` those of the day who come again.

    citizen : (r,) row in the day's citizens of each ticket
    """
    services = scenario.services
    if all(service.returns is None and service.incomplete is None and not service.retries for service in services):
        return carried
    first = np.searchsorted(demand.tasks.citizen, np.arange(len(demand.citizens.id)))
    service = demand.tasks.service[first]
    last = np.zeros(len(first), np.int64)
    last[citizen] = np.arange(len(citizen))  # the last ticket of each citizen
    outcome = tickets.outcome[last]
    missing = (outcome == SERVED) & _papers_missing(scenario, demand, service)
    again = np.array([one.returns or (0.0, 1) for one in services])[service]
    persists = np.isin(outcome, (SENT_HOME, TURNED_AWAY)) & (demand.citizens.returns < again[:, 0])
    after = np.where(missing, np.array([one.incomplete[1] if one.incomplete else 1 for one in services])[service], again[:, 1])
    moment = np.full(len(first), np.nan)
    _retry(scenario, demand, service, outcome, persists, after, moment)
    rows = np.flatnonzero(missing | persists)
    undone = np.where(missing, 0, tickets.task[last])  # who was sent home on the way comes again for the rest of the visit
    left = take(demand.tasks, np.flatnonzero(demand.tasks.number >= undone[demand.tasks.citizen]))
    leavers = _choose(Carried(last, last, moment, demand.citizens, left), np.isin(np.arange(len(first)), rows))
    citizens = replace(
        leavers.citizens,
        visit=(leavers.citizens.visit + 1).astype(np.int32),
        shows=np.ones(len(rows), np.bool_),
        diverted=np.zeros(len(rows), np.int32),
    )
    walk_in = replace(
        leavers.tasks,
        citizen=leavers.tasks.citizen + np.int32(len(carried.due)),
        lane=leavers.tasks.lane * 0,
        since=leavers.tasks.since * np.nan,
    )
    return Carried(
        np.concatenate([carried.due, demand.day.day + after[rows].astype(np.int64)]),
        np.concatenate([carried.left, np.full(len(rows), demand.day.day)]),
        np.concatenate([carried.moment, moment[rows]]),
        joined(carried.citizens, citizens),
        joined(carried.tasks, walk_in),
    )


def _papers_missing(scenario: Scenario, demand: Demand, service: Ints) -> Flags:
    """(n,) whether a paper is missing at this visit, and is not waived: then the whole visit is made again."""
    citizens = demand.citizens
    shares = np.array([one.incomplete[0] if one.incomplete else 0.0 for one in scenario.services])
    accepted = np.array([one.accepted for one in scenario.services])
    share, draw = np.where(citizens.visit == 1, shares[service], 0.0), citizens.papers.copy()
    for s in [s for s, one in enumerate(scenario.services) if one.incomplete_again]:
        later = scenario.services[s].incomplete_again
        rows = np.flatnonzero((service == s) & (citizens.visit > 1) & (citizens.visit <= len(later) + 1))
        share[rows] = np.array(later)[citizens.visit[rows] - 2]
        draw[rows] = _draws_of(demand, "papers", scenario.services[s].id, rows, 1)[:, 0]
    return np.asarray((draw < share) & (draw >= share * accepted[service]))


def _retry(scenario: Scenario, demand: Demand, service: Ints, outcome: Bytes, persists: Flags, after: Floats, moment: Floats) -> None:
    """Decides anew for those whose outcome one of their service's `retries` is about: whether, after how many days and when they come."""
    for s in [s for s, one in enumerate(scenario.services) if one.retries]:
        for retry in scenario.services[s].retries:
            rows = np.flatnonzero((service == s) & np.isin(outcome, [OUTCOMES.index(name) for name in retry.after]))
            draw = _draws_of(demand, "retry", scenario.services[s].id, rows, 3)
            persists[rows] = (draw[:, 0] < retry.share) & (demand.citizens.visit[rows] < (retry.most or np.inf))
            step = np.searchsorted(np.cumsum([share for _, share in retry.delays]), draw[:, 1], side="right")
            after[rows] = np.array([days for days, _ in retry.delays])[np.minimum(step, len(retry.delays) - 1)]
            if retry.at_profile:
                moment[rows] = draw[:, 2]


def _draws_of(demand: Demand, purpose: str, name: str, rows: Longs, count: int) -> Floats:
    """(r, count) draws that belong to a citizen and a visit, whoever else leaves that day."""
    own = demand.citizens.id[rows] - 1
    born, ordinal = own // 10**9, own % 10**6  # the number of the service is left out: `name` tells it
    numbers = (born * 10**6 + ordinal) * 1024 + np.minimum(demand.citizens.visit[rows], 1023)
    return uniforms_of(demand.day.seed, purpose, name, numbers, count, demand.day.replication)


def _choose(carried: Carried, chosen: NDArray[np.bool_]) -> Carried:
    """Some of those carried, with their tasks."""
    place = (np.cumsum(chosen) - 1).astype(np.int32)
    tasks = take(carried.tasks, np.flatnonzero(chosen[carried.tasks.citizen]))
    moved = replace(tasks, citizen=place[tasks.citizen])
    citizens = take(carried.citizens, np.flatnonzero(chosen))
    return Carried(carried.due[chosen], carried.left[chosen], carried.moment[chosen], citizens, moved)
