"""Everything random of one day, drawn before the hall opens: scenario + seed -> named tables.

After this the hall is deterministic. Every draw belongs to a named stream (`simulation.streams`); a service's citizens come from a
unit-rate Poisson process on the scale of its expected number, so that the k-th citizen keeps their draws when the rate changes; a
task's one work draw becomes minutes under every efficiency it can meet. Every time is rounded here, once, to a multiple of 2**-20
minute, so that both engines can be equal to the bit.

Assumes the arrivals of a service are a non-homogeneous Poisson process with a constant rate in each slot. Who was sent home and comes
again is at the doors when they first open (an assumption). Not for what happens in the hall.

Source: Cinlar, E. (1975), Introduction to Stochastic Processes, section 4.7 (inversion of the cumulative rate).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

from simulation.laws import quantile as law_quantile
from simulation.numbers import Chance, numbers_of
from simulation.quantiles import ENDLESS, LATER, quantile
from simulation.scenario import Scenario
from simulation.streams import next_uniform, start_stream, stream_key
from simulation.tickets import SENT_HOME, TURNED_AWAY, Tickets

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]

GRAIN = 2.0**-20
"""minutes; every time is a multiple of it"""
PURPOSES = ("arrival", "work", "patience", "balking", "returning")


@dataclass(frozen=True, slots=True)
class Day:
    """Which day of which replication."""

    seed: int
    replication: int
    day: int


@dataclass(frozen=True, slots=True)
class Citizens:
    """(n,) citizens in order of arrival."""

    id: Longs
    """stable number within the replication"""
    visit: Ints
    """1 for a first visit"""
    klass: Ints
    """index of the class, 0 for the public"""
    arrival: Floats
    """minutes, non-decreasing"""
    returns: Floats
    """the draw in (0, 1) that decides whether they come again"""


@dataclass(frozen=True, slots=True)
class Tasks:
    """(m,) tasks, by citizen, then in the order in which they are done."""

    citizen: Ints
    """row in Citizens"""
    number: Ints
    """0 for the first task of the visit"""
    stage: Ints
    """stage of the service, from 0"""
    service: Ints
    """index of the service"""
    work: Floats
    """(m, v) minutes under each variant of efficiency"""
    patience: Floats
    """minutes of waiting; inf for ever"""
    balking: Floats
    """draw in (0, 1)"""


Table = TypeVar("Table", Citizens, Tasks)


@dataclass(frozen=True, slots=True)
class Demand:
    """The chance of one day."""

    day: Day
    citizens: Citizens
    tasks: Tasks


@dataclass(frozen=True, slots=True)
class Carried:
    """What a day leaves to the days after it: who comes again, with the rows they bring."""

    due: Longs
    """(n,) day on which they come"""
    citizens: Citizens
    tasks: Tasks


def draw_demand(scenario: Scenario, seed: int = 1, replication: int = 0, day: int = 0) -> Demand:
    """The citizens of one day of one replication.

    Parameters
    ----------
    seed, replication, day : whole numbers from 0 to 2**63 - 1
    """
    _, chance = numbers_of(scenario)
    keys = _keys(scenario, seed)
    room = int(chance.expected[:, -1].sum())
    room += int(8 * math.sqrt(room)) + 64
    while True:
        drawn = _draw_day(keys, replication, day, *chance, room)
        if drawn[0] >= 0:
            break
        room *= 2
    count, service, ordinal, arrival, work, patience, balking, returns = drawn
    _invert_the_rest(scenario, chance, service, work, patience)
    citizen = day * 10**9 + service.astype(np.int64) * 10**6 + ordinal + 1
    return Demand(
        Day(seed, replication, day),
        Citizens(citizen, np.ones(count, np.int32), np.zeros(count, np.int32), arrival, returns),
        single_tasks(service, _by_efficiency(work, service, chance.efficiency), patience, balking),
    )


def single_tasks(service: Ints, work: Floats, patience: Floats, balking: Floats) -> Tasks:
    """The task table of citizens who come for one thing each."""
    none = np.zeros(len(service), np.int32)
    return Tasks(np.arange(len(service), dtype=np.int32), none, none, service, work, patience, balking)


def with_carried(demand: Demand, carried: Carried | None) -> tuple[Demand, Carried]:
    """The day's demand with those who come again on it, and what stays carried.

    They stand before the doors at the first opening; at equal times they are ahead of the day's own citizens.
    """
    carried = carried if carried is not None else nobody(demand)
    if not len(carried.due):
        return demand, carried
    now = carried.due == demand.day.day
    first, tasks = take(carried.citizens, np.flatnonzero(now)), take(carried.tasks, np.flatnonzero(now))
    both = _joined(first, demand.citizens), _joined(tasks, demand.tasks)
    order = np.argsort(both[0].arrival, kind="stable")
    merged = Demand(demand.day, take(both[0], order), _renumbered(take(both[1], order)))
    later = np.flatnonzero(~now)
    return merged, Carried(carried.due[later], take(carried.citizens, later), _renumbered(take(carried.tasks, later)))


def who_returns(scenario: Scenario, demand: Demand, tickets: Tickets, carried: Carried) -> Carried:
    """Adds to `carried` those of the day who were sent home or turned away and, by the draw in their row, come again."""
    _, chance = numbers_of(scenario)
    if not chance.return_share.any():
        return carried
    left = (tickets.outcome == SENT_HOME) | (tickets.outcome == TURNED_AWAY)
    rows = np.flatnonzero(left & (demand.citizens.returns < chance.return_share[tickets.service]))
    opening = scenario.openings[0].start if scenario.openings else 0.0
    again = take(demand.citizens, rows)
    again = Citizens(again.id, (again.visit + 1).astype(np.int32), again.klass, np.full(len(rows), opening), again.returns)
    tasks = take(demand.tasks, rows)
    due = demand.day.day + chance.return_after[tasks.service].astype(np.int64)
    return Carried(np.concatenate([carried.due, due]), _joined(carried.citizens, again), _renumbered(_joined(carried.tasks, tasks)))


def nobody(demand: Demand) -> Carried:
    """An empty carry with the columns of that demand."""
    none = np.empty(0, dtype=np.int64)
    return Carried(none, take(demand.citizens, none), take(demand.tasks, none))


def take(table: Table, rows: Longs) -> Table:
    """Some rows of a table, in that order."""
    return type(table)(*(getattr(table, column)[rows] for column in table.__slots__))


def rounded(minutes: Floats) -> Floats:
    """Minutes as the nearest multiples of GRAIN."""
    return np.asarray(np.floor(minutes / GRAIN + 0.5) * GRAIN)


def _joined(above: Table, below: Table) -> Table:
    return type(above)(*(np.concatenate([getattr(above, c), getattr(below, c)]) for c in above.__slots__))


def _renumbered(tasks: Tasks) -> Tasks:
    return Tasks(np.arange(len(tasks.citizen), dtype=np.int32), *(getattr(tasks, c) for c in tasks.__slots__[1:]))


_KEPT_KEYS: dict[tuple[int, tuple[str, ...]], NDArray[np.uint64]] = {}


def _keys(scenario: Scenario, seed: int) -> NDArray[np.uint64]:
    """(services, purposes, 3) stream keys."""
    name = (seed, tuple(service.id for service in scenario.services))
    if name not in _KEPT_KEYS:
        if len(_KEPT_KEYS) > 256:
            _KEPT_KEYS.clear()
        _KEPT_KEYS[name] = np.array([[stream_key(seed, purpose, service) for purpose in PURPOSES] for service in name[1]])
    return _KEPT_KEYS[name]


def _by_efficiency(work: Floats, service: Ints, efficiency: Floats) -> Floats:
    """(n, v) minutes: the work under each efficiency of its service."""
    return rounded(work[:, None] / efficiency[service])


def _invert_the_rest(scenario: Scenario, chance: Chance, service: Ints, work: Floats, patience: Floats) -> None:
    """Turns the draws that compiled code kept (gamma, Erlang, empirical) into minutes, in place."""
    for s, one in enumerate(scenario.services):
        for code, law, column in ((chance.work_code[s], one.law, work), (chance.patience_code[s], one.patience, patience)):
            if code == LATER and law is not None:
                rows = service == s
                column[rows] = law_quantile(law, column[rows])
        if chance.patience_code[s] == LATER:
            patience[service == s] = rounded(patience[service == s])


@njit(cache=True, nogil=True)
def _draw_day(  # type: ignore[no-untyped-def]  # numba infers the tuple
    keys,
    replication,
    day,
    slot_start,
    slot_end,
    expected,
    work_code,
    work_parameters,
    efficiency,
    patience_code,
    patience_parameters,
    steps,
    return_share,
    return_after,
    room,
):
    """Count (-1 if `room` was too small), then service, ordinal, arrival, work at efficiency 1, patience, two draws: (count,) each."""
    services = len(expected)
    slots = len(slot_start)
    came = np.empty(room)
    first = np.zeros(services + 1, np.int64)
    state = np.empty(4, np.uint64)
    count = 0
    for s in range(services):
        start_stream(state, keys[s, 0], replication, day)
        mark = 0.0
        slot = 0
        while True:
            mark -= math.log1p(-next_uniform(state))
            if mark >= expected[s, slots]:
                break
            while expected[s, slot + 1] <= mark:
                slot += 1
            share = (mark - expected[s, slot]) / (expected[s, slot + 1] - expected[s, slot])
            if count == room:
                none = np.empty(0, np.int32)
                nothing = np.empty(0)
                return -1, none, none, nothing, nothing, nothing, nothing, nothing
            moment = slot_start[slot] + share * (slot_end[slot] - slot_start[slot])
            came[count] = math.floor(moment / GRAIN + 0.5) * GRAIN
            count += 1
        first[s + 1] = count

    service = np.empty(count, np.int32)
    ordinal = np.empty(count, np.int32)
    arrival = np.empty(count)
    row = np.empty(count, np.int64)
    head = first[:-1].copy()
    for i in range(count):
        best = -1
        for s in range(services):
            if head[s] < first[s + 1] and (best < 0 or came[head[s]] < came[head[best]]):
                best = s
        row[head[best]] = i
        service[i] = best
        ordinal[i] = head[best] - first[best]
        arrival[i] = came[head[best]]
        head[best] += 1

    work = np.empty(count)
    patience = np.empty(count)
    balking = np.full(count, 0.5)
    returns = np.full(count, 0.5)
    for s in range(services):
        begin, end = first[s], first[s + 1]
        start_stream(state, keys[s, 1], replication, day)
        a, b, c = work_parameters[s, 0], work_parameters[s, 1], work_parameters[s, 2]
        for k in range(begin, end):
            work[row[k]] = quantile(work_code[s], a, b, c, next_uniform(state))
        start_stream(state, keys[s, 2], replication, day)
        a, b, c = patience_parameters[s, 0], patience_parameters[s, 1], patience_parameters[s, 2]
        for k in range(begin, end):
            minutes = quantile(patience_code[s], a, b, c, next_uniform(state))
            if patience_code[s] != ENDLESS and patience_code[s] != LATER:
                minutes = math.floor(minutes / GRAIN + 0.5) * GRAIN
            patience[row[k]] = minutes
        if steps[s]:
            start_stream(state, keys[s, 3], replication, day)
            for k in range(begin, end):
                balking[row[k]] = next_uniform(state)
        if return_share[s] > 0:
            start_stream(state, keys[s, 4], replication, day)
            for k in range(begin, end):
                returns[row[k]] = next_uniform(state)
    return count, service, ordinal, arrival, work, patience, balking, returns
