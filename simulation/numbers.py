"""A scenario as arrays: what the demand and both engines read.

Assumes a checked scenario. Services and windows are numbered in its order. Kept for the last scenarios asked for, since a page asks
a hundred times for the same one.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.laws import Law
from simulation.quantiles import CODES, ENDLESS, LATER
from simulation.routing import IDLE_WINDOW
from simulation.scenario import Scenario, Service
from simulation.shifts import LEAVING, periods, timetable

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Words = NDArray[np.uint64]
Flags = NDArray[np.bool_]

WALK_IN, BOOKED = range(2)
"""lanes: those who walk in and those with an appointment wait in lines of their own"""


class Hall(NamedTuple):
    """What the engines read. s services, w windows, v variants, n lines, p periods, 64 windows to a word."""

    variant: Ints
    """(w, s) column of a task's work that window and service use, -1 if the window cannot serve it"""
    expected: Floats
    """(w, s) minutes that the service takes there on average, inf if the window cannot serve it"""
    line_of: Ints
    """(lanes, s) the line of each lane and service; unused where lines stand before the windows"""
    lines: Ints
    """lines each window may call from, window after window"""
    rank: Ints
    """how it ranks them: its own 0, those it only helps 1"""
    least: Ints
    """how many must wait there before it calls"""
    covers: Flags
    """whether it calls there only while no window whose own the service is is on post"""
    lines_from: Ints
    """(w + 1,) where the lines of each window begin in `lines`"""
    takers: Words
    """(s, words) bit set of the windows that take a ticket of each service when idle"""
    helpers: Flags
    """(n,) whether some window helps this line above a length"""
    skills: Ints
    """(w,) number of services"""
    priority: Ints
    """(n,) lines: 0 is called first"""
    lane: Ints
    """(n,) lines: WALK_IN | BOOKED"""
    standing: Ints
    """(lanes, s) where lines stand before the windows: who stands before whom in them, 0 first; else 0"""
    urgency: Ints
    """(s,) services: 0 is the most urgent"""
    quota: Ints
    """(s,) tickets a period, -1 without limit"""
    balking_at: Floats
    """ascending queue lengths or announced minutes, service after service"""
    balking_share: Floats
    """share that balks from that length on"""
    balking_from: Ints
    """(s + 1,) where the steps of each service begin"""
    announces: Flags
    """(s,) whether they are minutes that the machine announces"""
    wrap_up: Floats
    """(w,) minutes, where they are always the same"""
    wrap_up_column: Ints
    """(w,) column of a task's wrap-up that the window uses, -1 where they are always the same"""
    start_up: Floats
    """(w,) minutes"""
    tidal_open: Ints
    """(w,) people waiting, from which on a tidal window opens; 0: it is no tidal window"""
    tidal_close: Ints
    """(w,) people waiting, down to which it closes"""
    tidal_least: Floats
    """(w,) minutes it stays open at least"""
    shift_rule: Ints
    """(w,) what it does when its shift ends"""
    break_rule: Ints
    """(w,) what it does when its break begins"""
    change_time: Floats
    """the timetable: minutes"""
    change_kind: Ints
    """its kinds"""
    change_which: Ints
    """period or window"""
    change_value: Floats
    """see shifts.timetable"""
    period_times: Floats
    """(p, 4) see shifts.periods"""
    period_at_end: Ints
    """(p,) see shifts.periods"""
    idle_rule: int
    """which idle window a ticket gets"""
    turns: bool
    """whether the booked and those who walk in are called in turn"""
    longest_wait: float
    """minutes; who has waited so long is called first; inf: no such promise"""
    own_lines: bool
    """whether lines stand before the windows"""
    urgent_interrupt: bool
    """whether the urgent interrupt"""
    places: int
    """people who may wait, -1 without limit"""
    ghost: float
    """minutes lost on a ticket whose citizen has left; below 0: such tickets are taken out"""
    covering: bool
    """whether some window covers for others"""
    counting: bool
    """whether a rule asks how many wait, so that who leaves must be noticed at once"""


class Chance(NamedTuple):
    """What the demand draws from. k slots."""

    slot_start: Floats
    """(k,) minutes"""
    slot_end: Floats
    """(k,) minutes"""
    expected: Floats
    """(s, k + 1) expected arrivals until the beginning of each slot, and in all"""
    work_code: Ints
    """(s,) code of the service law"""
    work_parameters: Floats
    """(s, 3)"""
    patience_code: Ints
    """(s,) ENDLESS if they wait for ever"""
    patience_parameters: Floats
    """(s, 3)"""
    balks: Flags
    """(s,) whether a citizen needs a balking draw"""
    returns: Flags
    """(s,) whether a citizen needs a draw for coming again"""
    efficiency: Floats
    """(s, v) of each variant, 1 where there are fewer"""
    law: tuple[tuple[Law, ...], ...]
    """the law of each variant of each service"""
    wrap_up: tuple[Law, ...]
    """the laws of wrap-up that some window has and that are not always the same minutes"""
    klass: Ints
    """(s,) index of the class whose line it is"""
    plain: bool
    """whether a day is drawn from these numbers alone: simple visits, and the same expected numbers every day"""
    simple: bool
    """whether everybody walks in alone, without companions and for one thing, and no window is absent, breaks down or is left"""


MOST_KEPT = 512
"""a year of a hall that learns is a hall a week"""
_KEPT: OrderedDict[int, tuple[Scenario, Hall, Chance]] = OrderedDict()
_LOCK = Lock()


def numbers_of(scenario: Scenario) -> tuple[Hall, Chance]:
    """The scenario's arrays; they must not be written to."""
    with _LOCK:
        kept = _KEPT.get(id(scenario))
        if kept is not None:
            _KEPT.move_to_end(id(scenario))
            return kept[1], kept[2]
    variant, variants = _variants(scenario)
    hall, chance = _hall(scenario, variant, variants), _chance(scenario, variants)
    with _LOCK:
        _KEPT[id(scenario)] = (scenario, hall, chance)
        while len(_KEPT) > MOST_KEPT:
            _KEPT.popitem(last=False)
    return hall, chance


def _variants(scenario: Scenario) -> tuple[Ints, list[list[tuple[Law, float]]]]:
    """Which column of work each window uses for each service, and the law and efficiency of each column."""
    distinct: list[list[tuple[Law, float]]] = [[] for _ in scenario.services]
    known: list[list[object]] = [[] for _ in scenario.services]
    variant = np.full((len(scenario.windows), len(scenario.services)), -1, dtype=np.int32)
    for s, service in enumerate(scenario.services):
        for w, window in enumerate(scenario.windows):
            if service.id in window.efficiency:
                way = (window.laws.get(service.id, service.law), window.efficiency[service.id])
                name = (way, window.learning)  # ways that are equal today only stay two columns, as on every other day
                if name not in known[s]:
                    known[s].append(name)
                    distinct[s].append(way)
                variant[w, s] = known[s].index(name)
    return variant, distinct


def _hall(scenario: Scenario, variant: Ints, variants: list[list[tuple[Law, float]]]) -> Hall:
    windows, services = variant.shape
    rules = scenario.rules
    number = {service.id: s for s, service in enumerate(scenario.services)}
    expected = np.full((windows, services), np.inf)
    for w in range(windows):
        for s in np.flatnonzero(variant[w] >= 0).tolist():
            law, efficiency = variants[s][variant[w, s]]
            expected[w, s] = law.mean / efficiency
    helps = [{number[name]: people for name, people in window.overflow} for window in scenario.windows]
    stands_in = [{number[name] for name in window.covers} for window in scenario.windows]
    own = [[int(s) for s in np.flatnonzero(variant[w] >= 0) if s not in helps[w] and s not in stands_in[w]] for w in range(windows)]
    takers = np.zeros((services, (windows + 63) // 64), dtype=np.uint64)
    for w in range(windows):
        for s in own[w]:
            takers[s, w // 64] |= np.uint64(1) << np.uint64(w % 64)

    change_time, change_kind, change_which, change_value = timetable(scenario)
    period_times, period_at_end = periods(scenario)
    lanes = 2 if any(service.booking for service in scenario.services) else 1
    per_window = rules.lines == "per_window"
    line_of = np.arange(lanes * services, dtype=np.int32).reshape(lanes, services)
    count = windows if per_window else lanes * services
    calls: list[list[tuple[int, int, int, bool]]] = []
    for w in range(windows):
        if per_window:
            calls.append([(w, 0, 0, False)])
        else:
            ways = [(s, 0, 0, False) for s in own[w]] + [(s, 1, least, False) for s, least in helps[w].items()]
            ways += [(s, 1, 0, True) for s in sorted(stands_in[w])]
            calls.append([(int(line_of[lane, s]), *way) for lane in range(lanes) for s, *way in ways])  # type: ignore[misc]
    helpers = np.zeros(count, dtype=np.bool_)
    priority = np.zeros(count, dtype=np.int32)
    for w, one in enumerate(calls):
        for line, rank, _, _ in one:
            helpers[line] |= rank > 0 or scenario.windows[w].tidal is not None
    standing = np.zeros((lanes, services), dtype=np.int32)
    for lane in range(lanes):
        for s, service in enumerate(scenario.services):
            place = 2 * service.priority + (rules.booked == "first" and lane == WALK_IN)
            if per_window:
                standing[lane, s] = place
            else:
                priority[line_of[lane, s]] = place

    steps = [service.announced or service.balking for service in scenario.services]
    tides = [window.tidal for window in scenario.windows]
    wrap_ups = _wrap_ups(scenario)
    return Hall(
        variant=variant,
        expected=expected,
        line_of=line_of,
        lines=np.array([way[0] for one in calls for way in one], dtype=np.int32),
        rank=np.array([way[1] for one in calls for way in one], dtype=np.int32),
        least=np.array([way[2] for one in calls for way in one], dtype=np.int32),
        covers=np.array([way[3] for one in calls for way in one], dtype=np.bool_),
        lines_from=_offsets([len(one) for one in calls]),
        takers=takers,
        helpers=helpers,
        skills=np.array([len(one) for one in own], dtype=np.int32),
        priority=priority,
        lane=np.arange(count, dtype=np.int32) // services * np.int32(not per_window),
        standing=standing,
        urgency=np.array([service.priority for service in scenario.services], dtype=np.int32),
        quota=np.array([-1 if service.quota is None else service.quota for service in scenario.services], dtype=np.int32),
        balking_at=np.array([length for one in steps for length, _ in one], dtype=np.float64),
        balking_share=np.array([share for one in steps for _, share in one], dtype=np.float64),
        balking_from=_offsets([len(one) for one in steps]),
        announces=np.array([len(service.announced) > 0 for service in scenario.services], dtype=np.bool_),
        wrap_up=np.array([window.wrap_up.mean if is_constant(window.wrap_up) else 0.0 for window in scenario.windows]),
        wrap_up_column=np.array([wrap_ups.index(w.wrap_up) if w.wrap_up in wrap_ups else -1 for w in scenario.windows], dtype=np.int32),
        start_up=np.array([window.start_up for window in scenario.windows]),
        tidal_open=np.array([tide.open_queue if tide else 0 for tide in tides], dtype=np.int32),
        tidal_close=np.array([tide.close_queue if tide else 0 for tide in tides], dtype=np.int32),
        tidal_least=np.array([tide.least if tide else 0.0 for tide in tides]),
        shift_rule=np.array([LEAVING[window.at_shift_end] for window in scenario.windows], dtype=np.int32),
        break_rule=np.array([LEAVING[window.at_break] for window in scenario.windows], dtype=np.int32),
        change_time=change_time,
        change_kind=change_kind,
        change_which=change_which,
        change_value=change_value,
        period_times=period_times,
        period_at_end=period_at_end,
        idle_rule=IDLE_WINDOW[rules.idle_window],
        turns=rules.booked == "alternate",
        longest_wait=math.inf if rules.longest_wait is None else rules.longest_wait,
        own_lines=per_window,
        urgent_interrupt=rules.urgent_interrupt,
        places=-1 if rules.places is None else rules.places,
        ghost=-1.0 if rules.ghost is None else rules.ghost,
        covering=any(stands_in),
        counting=bool(
            helpers.any() or per_window or rules.urgent_interrupt or rules.places is not None or rules.ghost is not None or any(steps)
        ),
    )


def _chance(scenario: Scenario, variants: list[list[tuple[Law, float]]]) -> Chance:
    start = np.array([slot.start for slot in scenario.slots], dtype=np.float64)
    end = np.array([slot.end for slot in scenario.slots], dtype=np.float64)
    rate = np.array([service.arrival_rate for service in scenario.services], dtype=np.float64)
    expected = np.zeros((len(scenario.services), len(start) + 1))
    expected[:, 1:] = np.cumsum(rate * (end - start), axis=1)
    work = [
        _coded(service.law) if all(law == service.law for law, _ in one) else (LATER, (0.0, 0.0, 0.0))
        for service, one in zip(scenario.services, variants, strict=True)
    ]
    patience = [_coded(service.patience) for service in scenario.services]
    classes = [each.id for each in scenario.classes]
    efficiency = np.ones((len(scenario.services), max(1, *(len(one) for one in variants))))
    for s, one in enumerate(variants):
        efficiency[s, : len(one)] = [factor for _, factor in one]
    return Chance(
        slot_start=start,
        slot_end=end,
        expected=expected,
        work_code=np.array([code for code, _ in work], dtype=np.int32),
        work_parameters=np.array([parameters for _, parameters in work], dtype=np.float64),
        patience_code=np.array([code for code, _ in patience], dtype=np.int32),
        patience_parameters=np.array([parameters for _, parameters in patience], dtype=np.float64),
        balks=np.array([len(service.balking) + len(service.announced) > 0 for service in scenario.services], dtype=np.bool_),
        returns=np.array([_may_return(service) for service in scenario.services], dtype=np.bool_),
        efficiency=efficiency,
        law=tuple(tuple(law for law, _ in one) or (service.law,) for one, service in zip(variants, scenario.services, strict=True)),
        wrap_up=_wrap_ups(scenario),
        klass=np.array([classes.index(service.klass) for service in scenario.services], dtype=np.int32),
        plain=_has_simple_visits(scenario) and _comes_again_simply(scenario) and not scenario.days.vary and not scenario.days.learns,
        simple=_has_simple_visits(scenario),
    )


def _wrap_ups(scenario: Scenario) -> tuple[Law, ...]:
    """The laws of wrap-up that must be drawn from, each once, in the order of the windows."""
    return tuple(dict.fromkeys(window.wrap_up for window in scenario.windows if not is_constant(window.wrap_up)))


def is_constant(law: Law) -> bool:
    """Whether its minutes are always the same."""
    return law.family == "deterministic"


def _has_simple_visits(scenario: Scenario) -> bool:
    return not any(
        service.batch or service.cases or service.companions or service.then or service.booking or service.diverted
        for service in scenario.services
    ) and not any(window.absence or window.breakdown or window.away for window in scenario.windows)


def _comes_again_simply(scenario: Scenario) -> bool:
    """Whether who comes again is told by `returns` and the first share of `incomplete` alone."""
    return not any(service.retries or service.accepted or service.incomplete_again for service in scenario.services)


def _may_return(service: Service) -> bool:
    return service.returns is not None or service.incomplete is not None


def _coded(law: Law | None) -> tuple[int, tuple[float, ...]]:
    if law is None:
        return ENDLESS, (0.0, 0.0, 0.0)
    return CODES[law.family], (0.0, 0.0, 0.0) if law.family == "empirical" else (*law.parameters, 0.0, 0.0)[:3]


def _offsets(lengths: list[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
