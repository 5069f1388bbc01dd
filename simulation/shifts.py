"""Rules of time: who is on duty, what a break and the end of a period do, who is let in.

Plain functions on numbers; those a running hall asks are compiled, and both engines call them. The order of one instant is fixed
here for changes of the timetable: the end of a period, then windows leaving, then windows coming, then the doors; then lowest id.

Assumes minutes since the first opening of the day. A window that is due to leave finishes the citizen it serves. A break ends by the clock.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from numpy.typing import NDArray

if TYPE_CHECKING:
    from simulation.scenario import Scenario

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

PERIOD_END, WINDOW_OFF, WINDOW_ON, DOORS_OPEN = range(4)
"""kinds of change, in the order in which they happen at one instant"""
KEEP_TICKETS, FINISH_CURRENT, SERVE_ALL, STOP = range(4)
"""what the end of a period does: tickets stay valid; only those in service finish; everyone inside is served; the clock stops"""
AT_END = {"keep_tickets": KEEP_TICKETS, "finish_current": FINISH_CURRENT, "serve_all": SERVE_ALL}


def subtract_breaks(shifts: Sequence[tuple[float, float]], breaks: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The stretches on duty: shifts without breaks, joined where they touch, in order."""
    pieces: list[tuple[float, float]] = []
    for start, end in sorted(shifts):
        for rest_from, rest_to in sorted(breaks):
            if rest_from < end and rest_to > start:
                if rest_from > start:
                    pieces.append((start, rest_from))
                start = max(start, rest_to)
        if start < end:
            pieces.append((start, end))
    joined: list[tuple[float, float]] = []
    for start, end in pieces:
        if joined and joined[-1][1] >= start:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def on_duty(scenario: Scenario) -> tuple[Ints, Floats, Floats]:
    """Who is rostered when.

    Returns
    -------
    window, start, end : (k,) int32 and float64, minutes; by window, then time. In a textbook run, clipped to its horizon.
    """
    whole = [(0.0, scenario.horizon.minutes)] if scenario.horizon else [(o.start, o.end) for o in scenario.openings]
    rows = []
    for number, window in enumerate(scenario.windows):
        for start, end in subtract_breaks(window.shifts or whole, window.breaks):
            end = min(end, whole[-1][1]) if scenario.horizon else end
            if start < end:
                rows.append((number, start, end))
    return (
        np.array([r[0] for r in rows], dtype=np.int32),
        np.array([r[1] for r in rows], dtype=np.float64),
        np.array([r[2] for r in rows], dtype=np.float64),
    )


def timetable(scenario: Scenario) -> tuple[Floats, Ints, Ints]:
    """Every change that the clock brings, in the order in which it happens.

    Returns
    -------
    time, kind, which : (k,) minutes, PERIOD_END | WINDOW_OFF | WINDOW_ON | DOORS_OPEN, index of the period or window
    """
    changes: list[tuple[float, int, int]] = []
    if scenario.horizon:
        changes += [(0.0, DOORS_OPEN, 0), (scenario.horizon.minutes, PERIOD_END, 0)]
    for number, opening in enumerate(() if scenario.horizon else scenario.openings):
        changes += [(opening.start, DOORS_OPEN, number), (opening.end, PERIOD_END, number)]
    for window, start, end in zip(*on_duty(scenario), strict=True):
        changes += [(float(start), WINDOW_ON, int(window)), (float(end), WINDOW_OFF, int(window))]
    changes.sort()
    return (
        np.array([c[0] for c in changes], dtype=np.float64),
        np.array([c[1] for c in changes], dtype=np.int32),
        np.array([c[2] for c in changes], dtype=np.int32),
    )


def periods(scenario: Scenario) -> tuple[Floats, Ints]:
    """The opening periods as numbers.

    Returns
    -------
    times : (p, 4) minutes: from when people may come, doors open, last ticket, doors close
    at_end : (p,) KEEP_TICKETS | FINISH_CURRENT | SERVE_ALL | STOP
    """
    if scenario.horizon:
        end = scenario.horizon.minutes
        return np.array([[0.0, 0.0, end, end]]), np.array([STOP], dtype=np.int32)
    times = [(o.start - o.early, o.start, o.last_ticket, o.end) for o in scenario.openings]
    return np.array(times, dtype=np.float64).reshape(-1, 4), np.array([AT_END[o.at_end] for o in scenario.openings], dtype=np.int32)


@njit(cache=True, nogil=True)
def period_at(times: Floats, now: float) -> int:
    """The period whose ticket a citizen who comes now gets, -1 for none: closed, or after the last ticket.

    Who comes at the very end of a period is too late; who comes at the minute of the last ticket is not.
    """
    for period in range(len(times)):
        if times[period, 0] <= now <= times[period, 2] and now < times[period, 3]:
            return period
    return -1


@njit(cache=True, nogil=True)
def may_call(on_duty_now: bool, doors_open: bool) -> bool:
    """Whether a free window may call the next citizen by its roster; a window that stays after closing asks `stays`."""
    return on_duty_now and doors_open


@njit(cache=True, nogil=True)
def stays(at_end: int, on_duty_now: bool, busy: bool) -> bool:
    """Whether a window goes on after the end of a period until nobody inside is left whom it can serve.

    An idle window has, by the rules of the queue, nobody left to serve.
    """
    return at_end == SERVE_ALL and on_duty_now and busy


@njit(cache=True, nogil=True)
def goes_home(at_end: int, last_period: bool, someone_stays: bool) -> bool:
    """Whether the citizens who wait for a service must leave at the end of a period.

    After `finish_current` all do; after `serve_all` in the last period those do whose service no staying window serves.
    """
    return at_end == FINISH_CURRENT or (at_end == SERVE_ALL and last_period and not someone_stays)


@njit(cache=True, nogil=True)
def doors(times: Floats, arrival: Floats) -> Floats:
    """From when on the doors were open to each citizen: (n,) minutes, >= arrival."""
    opened = arrival.copy()
    for i in range(len(arrival)):
        period = period_at(times, arrival[i])
        if period >= 0:
            opened[i] = max(arrival[i], times[period, 1])
    return opened


NEVER = math.inf
"""the time of what does not come"""
