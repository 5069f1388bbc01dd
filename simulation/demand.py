"""Everything random of one day, drawn before the hall opens: scenario + seed -> named tables.

After this the hall is deterministic. Every draw belongs to a named stream (`simulation.streams`); a service's citizens come from a
unit-rate Poisson process on the scale of its expected number, so that the k-th citizen keeps their draws when the rate changes; a
task's one work draw becomes minutes under every way it can be done (law and efficiency of a window). Every time is rounded here, once,
to a multiple of 2**-20 minute, so that both engines can be equal to the bit.

Assumes the arrivals of a service are a non-homogeneous Poisson process with a constant rate in each slot. Groups, appointments, several
cases and further services of a visit are in `simulation.visits`. Not for what happens in the hall.

Source: Cinlar, E. (1975), Introduction to Stochastic Processes, section 4.7 (inversion of the cumulative rate).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from simulation.compiled import compiled
from simulation.days import expected_on, hall_on
from simulation.laws import quantile as law_quantile
from simulation.numbers import Chance, numbers_of
from simulation.quantiles import ENDLESS, LATER, quantile
from simulation.scenario import Scenario
from simulation.streams import next_uniform, start_stream, stream_key, uniforms_of

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]

GRAIN = 2.0**-20
"""minutes; every time is a multiple of it"""
PURPOSES = ("arrival", "work", "patience", "balking", "returning", "papers")


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
    """the draw in (0, 1) that decides whether they come again when sent home"""
    papers: Floats
    """the draw in (0, 1) that decides whether a paper was missing"""
    shows: Flags
    """False: booked, and does not come"""
    persons: Ints
    """people who come with the ticket and wait with it, its holder included"""
    diverted: Ints
    """0: comes to the hall; k: has it done at the k-th place of the service's `diverted`"""


@dataclass(frozen=True, slots=True)
class Tasks:
    """(m,) tasks, by citizen, then in the order in which they are done."""

    citizen: Ints
    """row in Citizens"""
    number: Ints
    """0 for the first task of the visit"""
    stage: Ints
    """how many different services the visit has gone through before, from 0"""
    service: Ints
    """index of the service"""
    work: Floats
    """(m, v) minutes under each variant"""
    patience: Floats
    """minutes of waiting; inf for ever"""
    balking: Floats
    """draw in (0, 1)"""
    lane: Ints
    """WALK_IN | BOOKED"""
    since: Floats
    """booked time in minutes; nan: from when the ticket is taken"""
    stays: Flags
    """whether the next task of the visit is done at the same window at once"""
    wrap_up: Floats
    """(m, p) minutes that a window needs after it under each law of wrap-up; p is 0 until `with_wrap_up`, and where no window has a law"""


@dataclass(frozen=True, slots=True)
class Outages:
    """What happens to the windows that day."""

    absent: Ints
    """windows at which nobody sits"""
    window: Ints
    """(k,) breakdowns"""
    start: Floats
    end: Floats
    leaves: Ints = field(default_factory=lambda: np.empty(0, np.int32))
    """(l,) windows that somebody leaves for a while, if idle at that moment"""
    leaves_at: Floats = field(default_factory=lambda: np.empty(0))
    away_for: Floats = field(default_factory=lambda: np.empty(0))
    """minutes until whoever left is back"""


@dataclass(frozen=True, slots=True)
class Demand:
    """The chance of one day."""

    day: Day
    citizens: Citizens
    tasks: Tasks
    windows: Outages


Table = TypeVar("Table", Citizens, Tasks)


def draw_demand(scenario: Scenario, seed: int = 1, replication: int = 0, day: int = 0) -> Demand:
    """The citizens of one day of one replication.

    Parameters
    ----------
    seed, replication, day : whole numbers from 0 to 2**63 - 1
    """
    today = hall_on(scenario, day)
    _, chance = numbers_of(today)
    keys = stream_keys(scenario, seed)
    expected = expected_on(scenario, chance.expected, seed, replication, day)
    room = int(expected[:, -1].sum())
    room += int(8 * math.sqrt(room)) + 64
    while True:
        drawn = draw_day(  # type: ignore[no-untyped-call]
            keys, replication, day, chance.slot_start, chance.slot_end, expected, chance.work_code, chance.work_parameters,
            chance.patience_code, chance.patience_parameters, chance.balks, chance.returns, room,
        )  # fmt: skip
        if drawn[0] >= 0:
            break
        room *= 2
    count, service, ordinal, arrival, work, patience, balking, returns, papers = drawn
    patience = _patience(scenario, chance, service, patience)
    citizen = day * 10**9 + service.astype(np.int64) * 10**6 + ordinal + 1
    none = np.zeros(count, np.int32)
    one = none + np.int32(1)
    citizens = Citizens(citizen, one, chance.klass[service], arrival, returns, papers, np.ones(count, np.bool_), one, none)
    tasks = single_tasks(service, _work(chance, service, work), patience, balking)
    demand = Demand(Day(seed, replication, day), citizens, tasks, NO_OUTAGES)
    if not chance.simple:
        from simulation.visits import extend

        demand = extend(today, demand, ordinal)
    return replace(demand, tasks=with_wrap_up(today, demand.day, demand.citizens, demand.tasks))


def single_tasks(service: Ints, work: Floats, patience: Floats, balking: Floats) -> Tasks:
    """The task table of citizens who walk in for one thing each."""
    count = len(service)
    none = np.zeros(count, np.int32)
    rows = np.arange(count, dtype=np.int32)
    walks_in, alone = np.full(count, np.nan), np.zeros(count, np.bool_)
    return Tasks(rows, none, none, service, work, patience, balking, none, walks_in, alone, np.empty((count, 0)))


def with_wrap_up(scenario: Scenario, day: Day, citizens: Citizens, tasks: Tasks) -> Tasks:
    """The tasks with what each asks of a window afterwards: a draw that belongs to the citizen and the number of the task.

    Drawn last, when all tasks of the day are there, so that a law of wrap-up changes no other draw.
    """
    _, chance = numbers_of(scenario)
    if not chance.wrap_up:
        return tasks
    own = citizens.id[tasks.citizen] - 1
    born, came_for, ordinal = own // 10**9, own % 10**9 // 10**6, own % 10**6
    numbers = (born * 10**6 + ordinal) * 256 + tasks.number  # a visit has at most 200 tasks
    draw = np.empty(len(own))
    for s in np.unique(came_for):
        rows = came_for == s
        draw[rows] = uniforms_of(day.seed, "wrap-up", scenario.services[s].id, numbers[rows], 1, day.replication)[:, 0]
    return replace(tasks, wrap_up=minutes_of_wrap_up(chance, draw))


def minutes_of_wrap_up(chance: Chance, draw: Floats) -> Floats:
    """(n, p) minutes of the wrap-up draws of tasks under every law of wrap-up."""
    minutes = np.empty((len(draw), len(chance.wrap_up)))
    for p, law in enumerate(chance.wrap_up):
        minutes[:, p] = rounded(law_quantile(law, draw))
    return minutes


def minutes_of_work(chance: Chance, service: Ints, draw: Floats) -> Floats:
    """(n, v) minutes of the work draws of tasks under every way each can be done."""
    work = np.empty((len(service), chance.efficiency.shape[1]))
    for s in np.unique(service):
        rows = service == s
        for v in range(work.shape[1]):
            law = chance.law[s][min(v, len(chance.law[s]) - 1)]
            work[rows, v] = law_quantile(law, draw[rows]) / chance.efficiency[s, v]
    return rounded(work)


def minutes_of_patience(scenario: Scenario, service: Ints, draw: Floats) -> Floats:
    """(n,) minutes of the patience draws of tasks."""
    patience = np.full(len(service), np.inf)
    for s in np.unique(service):
        law = scenario.services[s].patience
        if law is not None:
            patience[service == s] = rounded(law_quantile(law, draw[service == s]))
    return patience


def rounded(minutes: Floats) -> Floats:
    """Minutes as the nearest multiples of GRAIN."""
    return np.asarray(np.floor(minutes / GRAIN + 0.5) * GRAIN)


def take(table: Table, rows: Longs) -> Table:
    """Some rows of a table, in that order."""
    return type(table)(*(getattr(table, column)[rows] for column in table.__slots__))


def joined(above: Table, below: Table) -> Table:
    """One table under the other."""
    return type(above)(*(np.concatenate([getattr(above, c), getattr(below, c)]) for c in above.__slots__))


def in_order(citizens: Citizens, tasks: Tasks) -> tuple[Citizens, Tasks]:
    """Both tables by arrival; who stood first at equal times stays first."""
    order = np.argsort(citizens.arrival, kind="stable")
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    citizen = place[tasks.citizen]
    by = np.lexsort((tasks.number, citizen))
    return take(citizens, order), replace(take(tasks, by), citizen=citizen[by])


NO_OUTAGES = Outages(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0), np.empty(0))
_KEPT_KEYS: dict[tuple[int, tuple[str, ...]], NDArray[np.uint64]] = {}


def stream_keys(scenario: Scenario, seed: int) -> NDArray[np.uint64]:
    """(services, purposes, 3) uint64: the keys of the streams that `draw_day` reads."""
    name = (seed, tuple(service.id for service in scenario.services))
    if name not in _KEPT_KEYS:
        if len(_KEPT_KEYS) > 256:
            _KEPT_KEYS.clear()
        _KEPT_KEYS[name] = np.array([[stream_key(seed, purpose, service) for purpose in PURPOSES] for service in name[1]])
    return _KEPT_KEYS[name]


def _work(chance: Chance, service: Ints, work: Floats) -> Floats:
    """(n, v) minutes; the draws that compiled code kept are inverted here."""
    minutes = rounded(work[:, None] / chance.efficiency[service])
    for s in np.flatnonzero(chance.work_code == LATER):
        rows = service == s
        minutes[rows] = minutes_of_work(chance, service[rows], work[rows])
    return minutes


def _patience(scenario: Scenario, chance: Chance, service: Ints, patience: Floats) -> Floats:
    """(n,) minutes; the draws that compiled code kept are inverted here."""
    for s in np.flatnonzero(chance.patience_code == LATER):
        rows = service == s
        patience[rows] = minutes_of_patience(scenario, service[rows], patience[rows])
    return patience


@compiled
def draw_day(  # type: ignore[no-untyped-def]
    keys,
    replication,
    day,
    slot_start,
    slot_end,
    expected,
    work_code,
    work_parameters,
    patience_code,
    patience_parameters,
    balks,
    returns_again,
    room,
):
    """Count (-1 if `room` was too small), then service, ordinal, arrival, work at efficiency 1, patience, three draws: (count,) each."""
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
                return -1, none, none, nothing, nothing, nothing, nothing, nothing, nothing
            moment = slot_start[slot] + share * (slot_end[slot] - slot_start[slot])
            came[count] = math.floor(moment / GRAIN + 0.5) * GRAIN
            count += 1
        first[s + 1] = count

    service = np.empty(count, np.int32)
    ordinal = np.empty(count, np.int32)
    arrival = np.empty(count)
    row = np.empty(count, np.int64)
    head = first[:-1].copy()
    upcoming = np.full(services, math.inf)  # when the next citizen of each service comes
    for s in range(services):
        if first[s] < first[s + 1]:
            upcoming[s] = came[first[s]]
    for i in range(count):
        best, soonest = 0, upcoming[0]
        for s in range(1, services):
            sooner = upcoming[s] < soonest
            soonest = upcoming[s] if sooner else soonest
            best = s if sooner else best
        k = head[best]
        row[k] = i
        service[i] = best
        ordinal[i] = k - first[best]
        arrival[i] = soonest
        head[best] = k + 1
        upcoming[best] = came[k + 1] if k + 1 < first[best + 1] else math.inf

    work = np.empty(count)
    patience = np.empty(count)
    balking = np.full(count, 0.5)
    returns = np.full(count, 0.5)
    papers = np.full(count, 0.5)
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
        if balks[s]:
            start_stream(state, keys[s, 3], replication, day)
            for k in range(begin, end):
                balking[row[k]] = next_uniform(state)
        if returns_again[s]:
            start_stream(state, keys[s, 4], replication, day)
            for k in range(begin, end):
                returns[row[k]] = next_uniform(state)
            start_stream(state, keys[s, 5], replication, day)
            for k in range(begin, end):
                papers[row[k]] = next_uniform(state)
    return count, service, ordinal, arrival, work, patience, balking, returns, papers
