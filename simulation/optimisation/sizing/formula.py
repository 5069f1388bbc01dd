"""The size at once, by formula: each group of windows as a queue of its own at the load of its busiest half-hour, for ever.

Load by M_t/G/infinity (modified offered load); the wait by Erlang C, times (1 + cv²)/2 for laws that are not exponential (Allen and
Cunneen); its tail exponential. Work that several groups can do is shared as their windows are in the hall scenario. Seats: mean plus 2.33
deviations of the people waiting, each group's queue being geometric.

Misleads upwards where the peak is short (the queue has no time to grow), and downwards where groups help each other little while the work
is shared unevenly. `search` confirms it by simulation.

Source: Allen, Probability, Statistics and Queueing Theory, 2nd edition, 5.4; Jennings, Mandelbaum, Massey and Whitt (1996), see
`simulation.theory.changing`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from simulation.expected import comers_per_day, tasks_per_day
from simulation.optimisation.sizing.design import Counts, Frozen, groups, hall_on, weights
from simulation.optimisation.sizing.inputs import Sizing
from simulation.plans.stations import KIOSK_FAILS
from simulation.scenario import Scenario
from simulation.theory.changing import load_of_slots
from simulation.theory.erlang import delay_probability
from simulation.theory.staffing import fewest_servers

OFTEN = 2.33
"""deviations that 99 % of a normal law lie below"""


@dataclass(frozen=True, slots=True)
class Group:
    """Windows that are alike, at their busiest."""

    id: str
    kind: str
    load: float
    """erlangs in the busiest half-hour"""
    mean: float
    """minutes of service"""
    cv: float
    windows: int
    waiting: float
    """mean number of people waiting"""
    waiting_var: float


@dataclass(frozen=True, slots=True)
class Quick:
    """The size by formula."""

    groups: tuple[Group, ...]
    seats: int
    kiosks: int

    @property
    def counts(self) -> dict[str, int]:
        return {each.id: each.windows for each in self.groups}

    @property
    def windows(self) -> int:
        return sum(each.windows for each in self.groups)


@dataclass(frozen=True, slots=True)
class Shape:
    """What one case a day brings to a group."""

    id: str
    kind: str
    load: float
    """erlangs in the busiest half-hour, for one case a day"""
    mean: float
    cv: float


def quick_size(sizing: Sizing, cases: float | None = None) -> Quick:
    """Windows, seats and kiosks for a day with so many cases; without them, for the design day."""
    day = sizing.design_day if cases is None else cases
    found = tuple(_group(sizing, each, each.load * day * _at_windows(sizing)) for each in shapes_of(sizing))
    people = sum(each.waiting for each in found) + OFTEN * math.sqrt(sum(each.waiting_var for each in found))
    return Quick(found, math.ceil(people * (1 + sizing["demand.companions"])), kiosks_for(sizing, day))


def quick_capacity(sizing: Sizing, counts: Counts) -> float:
    """Cases a day that so many windows serve, by the same formula: every group keeps the target at its busiest."""
    worst = math.inf
    for each in shapes_of(sizing):
        if each.load > 0:
            low, high = 0.0, float(counts[each.id])
            for _ in range(40):
                middle = (low + high) / 2
                low, high = (middle, high) if _keeps(sizing, middle, counts[each.id], each.mean, each.cv) else (low, middle)
            worst = min(worst, low / each.load / _at_windows(sizing))
    return worst


def _at_windows(sizing: Sizing) -> float:
    """The share of the cases that windows do."""
    return 1 - sizing["kiosks.share"] * (1 - KIOSK_FAILS)


def _keeps(sizing: Sizing, load: float, servers: int, mean: float, cv: float) -> bool:
    minutes, share = sizing["target.wait_min"], sizing["target.share"]
    if share > 0:
        return share_within(minutes, load, servers, mean, cv) >= share
    return mean_wait(load, servers, mean, cv) <= minutes


def kiosks_for(sizing: Sizing, cases: float) -> int:
    """Machines for the share of the citizens that uses them, by Erlang C in the busiest half-hour; more by those that do not work."""
    share, each = sizing["kiosks.share"], sizing["kiosks.service_min"]
    if share <= 0:
        return 0
    hall = sizing.hall
    length = np.array([slot.end - slot.start for slot in hall.slots])
    rate = np.sum([service.arrival_rate for service in hall.services], axis=0)
    came = float(rate @ length)
    peak = share * cases * float(rate.max()) / came if came > 0 else share * cases / float(length.sum())

    def promise(machines: int) -> bool:
        return mean_wait(peak * each, machines, each, 1.0) <= sizing["kiosks.wait_min"]

    working = fewest_servers(promise, arrival_rate=peak, mean_service_time=each)
    return math.ceil(working / sizing["kiosks.working"] - 1e-9)


def mean_wait(load: float, servers: int, mean: float, cv: float) -> float:
    """Allen and Cunneen; inf where the queue would grow without end."""
    if load >= servers:
        return math.inf
    delayed = delay_probability(arrival_rate=load / mean, mean_service_time=mean, servers=servers)
    return delayed * mean / (servers - load) * (1 + cv * cv) / 2


def share_within(minutes: float, load: float, servers: int, mean: float, cv: float) -> float:
    """Share called within so many minutes: Erlang C with an exponential tail of the mean of Allen and Cunneen."""
    if load >= servers:
        return 0.0
    delayed = delay_probability(arrival_rate=load / mean, mean_service_time=mean, servers=servers)
    return 1 - delayed * math.exp(-minutes * (servers - load) / mean * 2 / (1 + cv * cv))


def _group(sizing: Sizing, shape: Shape, load: float) -> Group:
    """The fewest windows of a group at a load, and who then waits."""
    if load <= 0:
        return Group(shape.id, shape.kind, 0.0, shape.mean, shape.cv, 1, 0.0, 0.0)
    windows = fewest_servers(
        lambda servers: _keeps(sizing, load, servers, shape.mean, shape.cv), arrival_rate=load / shape.mean, mean_service_time=shape.mean
    )
    delayed = delay_probability(arrival_rate=load / shape.mean, mean_service_time=shape.mean, servers=windows)
    waiting = mean_wait(load, windows, shape.mean, shape.cv) * load / shape.mean
    longest = waiting / delayed if delayed > 1e-300 else 0.0  # mean queue while anybody waits; about geometric
    return Group(shape.id, shape.kind, load, shape.mean, shape.cv, windows, waiting, delayed * 2 * longest**2 - waiting**2 + waiting)


def shapes_of(sizing: Sizing) -> tuple[Shape, ...]:
    """What one case a day brings to each group of windows, the hall's services sharing the demand as in its scenario."""
    return _shapes(Frozen(sizing))


@lru_cache(maxsize=64)
def _shapes(frozen: Frozen) -> tuple[Shape, ...]:
    sizing = frozen.sizing
    cases = sizing.hall.citizens_per_day()
    hall = hall_on(sizing, cases, weights(sizing), 0, bare=True)
    return tuple(_shape(sizing, hall, each["id"], cases) for each in groups(sizing))


def _shape(sizing: Sizing, hall: Scenario, name: str, cases: float) -> Shape:
    now = weights(sizing)
    members = {each: [seat for seat in hall.windows if seat.id == each or seat.id.rpartition("-")[0] == each] for each in now}
    own = members[name][0]
    starts, ends, rates = _open_rates(hall)
    looks = np.array(sorted({*((a + b) / 2 for a, b in zip(starts, ends, strict=True)), *ends}))
    load, parts = np.zeros(len(looks)), []
    tasks, visits = tasks_per_day(hall), comers_per_day(hall)
    for s, service in enumerate(hall.services):
        able = [each for each in now if members[each] and service.id in members[each][0].efficiency]
        if name not in able or tasks[s] <= 0:
            continue
        mine = now[name] / sum(now[each] for each in able)
        pace = own.efficiency[service.id]
        more = tasks[s] / visits[s] if visits[s] > 0 else 1.0  # several cases a visit, second visits
        load += load_of_slots(starts, ends, rates[s], service.law, looks) * more * mine / pace
        parts.append((float(tasks[s]) * mine, service.law.mean / pace, service.law.cv))
    number = sum(part[0] for part in parts)
    if number <= 0 or load.max() <= 0:
        return Shape(name, own.kind, 0.0, 1.0, 1.0)
    mean = sum(part[0] * part[1] for part in parts) / number
    second = sum(part[0] * part[1] ** 2 * (1 + part[2] ** 2) for part in parts) / number
    return Shape(name, own.kind, float(load.max()) / cases, mean, math.sqrt(max(second / mean**2 - 1, 0.0)))


def _open_rates(hall: Scenario) -> tuple[list[float], list[float], list[list[float]]]:
    """Begin and end of the stretches in which the doors are open, and the rate of each line in them; the early come with the first."""
    starts, ends, rates = [], [], [[] for _ in hall.services]  # type: ignore[var-annotated]
    early = [0.0] * len(hall.services)
    for k, slot in enumerate(hall.slots):
        length = slot.end - slot.start
        if slot.kind == "early":
            early = [early[s] + service.arrival_rate[k] * length for s, service in enumerate(hall.services)]
            continue
        starts.append(slot.start)
        ends.append(slot.end)
        for s, service in enumerate(hall.services):
            rates[s].append(service.arrival_rate[k] + early[s] / length)
        early = [0.0] * len(hall.services)
    return starts, ends, rates
