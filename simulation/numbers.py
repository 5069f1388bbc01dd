"""A scenario as arrays: what the demand and both engines read.

Assumes a checked scenario. Services and windows are numbered in its order. Kept for the last scenarios asked for, since a page asks
a hundred times for the same one.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.laws import Law
from simulation.quantiles import CODES, ENDLESS
from simulation.scenario import Scenario
from simulation.shifts import periods, timetable

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Words = NDArray[np.uint64]


class Hall(NamedTuple):
    """What the engines read. s services, w windows, v variants, 64 windows to a word."""

    variant: Ints
    """(w, s) column of a task's work that window and service use, -1 if the window cannot serve it"""
    able: Ints
    """services each window can serve, window after window"""
    able_from: Ints
    """(w + 1,) where the services of each window begin in `able`"""
    windows_of: Words
    """(s, words) bit set of the windows that can serve each service"""
    priority: Ints
    """(s,) 0 is called first"""
    balking_at: Ints
    """ascending queue lengths, service after service"""
    balking_share: Floats
    """share that balks from that length on"""
    balking_from: Ints
    """(s + 1,) where the steps of each service begin"""
    change_time: Floats
    """the timetable: minutes"""
    change_kind: Ints
    """its kinds"""
    change_which: Ints
    """period or window"""
    period_times: Floats
    """(p, 4) see shifts.periods"""
    period_at_end: Ints
    """(p,) see shifts.periods"""


class Chance(NamedTuple):
    """What the demand draws from. k slots."""

    slot_start: Floats
    """(k,) minutes"""
    slot_end: Floats
    """(k,) minutes"""
    expected: Floats
    """(s, k + 1) expected citizens until the beginning of each slot, and in all"""
    work_code: Ints
    """(s,) code of the service law"""
    work_parameters: Floats
    """(s, 3)"""
    efficiency: Floats
    """(s, v) the distinct efficiencies of the windows that serve it, 1 where there are fewer"""
    patience_code: Ints
    """(s,) ENDLESS if they wait for ever"""
    patience_parameters: Floats
    """(s, 3)"""
    steps: Ints
    """(s,) number of balking steps: 0 needs no draw"""
    return_share: Floats
    """(s,) 0 needs no draw"""
    return_after: Ints
    """(s,) days"""


_KEPT: OrderedDict[int, tuple[Scenario, Hall, Chance]] = OrderedDict()
_LOCK = Lock()


def numbers_of(scenario: Scenario) -> tuple[Hall, Chance]:
    """The scenario's arrays; they must not be written to."""
    with _LOCK:
        kept = _KEPT.get(id(scenario))
        if kept is not None:
            _KEPT.move_to_end(id(scenario))
            return kept[1], kept[2]
    variant, efficiency = _variants(scenario)
    hall, chance = _hall(scenario, variant), _chance(scenario, efficiency)
    with _LOCK:
        _KEPT[id(scenario)] = (scenario, hall, chance)
        while len(_KEPT) > 64:
            _KEPT.popitem(last=False)
    return hall, chance


def _variants(scenario: Scenario) -> tuple[Ints, Floats]:
    """Which column of work each window uses for each service, and the efficiency of each column."""
    distinct: list[list[float]] = [[] for _ in scenario.services]
    variant = np.full((len(scenario.windows), len(scenario.services)), -1, dtype=np.int32)
    for s, service in enumerate(scenario.services):
        for w, window in enumerate(scenario.windows):
            if service.id in window.efficiency:
                factor = window.efficiency[service.id]
                if factor not in distinct[s]:
                    distinct[s].append(factor)
                variant[w, s] = distinct[s].index(factor)
    efficiency = np.ones((len(scenario.services), max(1, *(len(d) for d in distinct))))
    for s, factors in enumerate(distinct):
        efficiency[s, : len(factors)] = factors
    return variant, efficiency


def _hall(scenario: Scenario, variant: Ints) -> Hall:
    windows, services = variant.shape
    able = [np.flatnonzero(variant[w] >= 0) for w in range(windows)]
    windows_of = np.zeros((services, (windows + 63) // 64), dtype=np.uint64)
    for w in range(windows):
        for s in able[w]:
            windows_of[s, w // 64] |= np.uint64(1) << np.uint64(w % 64)
    steps = [service.balking for service in scenario.services]
    return Hall(
        variant,
        np.concatenate([*able, np.empty(0)]).astype(np.int32),
        _offsets(able),
        windows_of,
        np.array([service.priority for service in scenario.services], dtype=np.int32),
        np.array([length for one in steps for length, _ in one], dtype=np.int32),
        np.array([share for one in steps for _, share in one], dtype=np.float64),
        _offsets(steps),
        *timetable(scenario),
        *periods(scenario),
    )


def _chance(scenario: Scenario, efficiency: Floats) -> Chance:
    start = np.array([slot.start for slot in scenario.slots], dtype=np.float64)
    end = np.array([slot.end for slot in scenario.slots], dtype=np.float64)
    rate = np.array([service.arrival_rate for service in scenario.services], dtype=np.float64)
    expected = np.zeros((len(scenario.services), len(start) + 1))
    expected[:, 1:] = np.cumsum(rate * (end - start), axis=1)
    work = [_coded(service.law) for service in scenario.services]
    patience = [_coded(service.patience) for service in scenario.services]
    returns = [service.returns or (0.0, 1) for service in scenario.services]
    return Chance(
        start,
        end,
        expected,
        np.array([code for code, _ in work], dtype=np.int32),
        np.array([parameters for _, parameters in work], dtype=np.float64),
        efficiency,
        np.array([code for code, _ in patience], dtype=np.int32),
        np.array([parameters for _, parameters in patience], dtype=np.float64),
        np.array([len(service.balking) for service in scenario.services], dtype=np.int32),
        np.array([share for share, _ in returns], dtype=np.float64),
        np.array([days for _, days in returns], dtype=np.int32),
    )


def _coded(law: Law | None) -> tuple[int, tuple[float, ...]]:
    if law is None:
        return ENDLESS, (0.0, 0.0, 0.0)
    return CODES[law.family], (0.0, 0.0, 0.0) if law.family == "empirical" else (*law.parameters, 0.0, 0.0)[:3]


def _offsets(parts: list[NDArray[np.int64]] | list[tuple[tuple[int, float], ...]]) -> Ints:
    return np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int32)
