"""Rules of time: who is on duty, what a break and the end of a period do, who is let in.

Plain functions on numbers; those a running hall asks are compiled, and both engines call them. The order of one instant is fixed
here for changes of the timetable: the end of a period, then windows leaving, then windows coming, then the doors; then lowest id.

Assumes minutes since the first opening of the day. Who leaves is always a named window. A break ends by the clock, or, where the window
says so, lasts its length from when the window is free.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.compiled import compiled, inlined

if TYPE_CHECKING:
    from simulation.scenario import Scenario

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

PERIOD_END, CALLS_END, SHIFT_END, BREAK_START, REST, DOWN, UP, WINDOW_ON, DOORS_OPEN, LEFT_IDLE = range(10)
"""kinds of change, in the order in which they happen at one instant; CALLS_END: no service starts
any more; REST is a break that lasts its length, DOWN and UP a breakdown; LEFT_IDLE: whoever is idle at a window goes away for a while"""
FINISH, RESUME_HERE, RESUME_ANYWHERE, BEGIN_AGAIN, NOTHING_PAST = range(5)
LEAVING = {
    "finish_current": FINISH,
    "interrupt_resume_same": RESUME_HERE,
    "interrupt_resume_any": RESUME_ANYWHERE,
    "interrupt_restart": BEGIN_AGAIN,
    "start_nothing_past": NOTHING_PAST,
}
"""what a window does when it is due to leave: finishes the citizen; interrupts at once, and the rest is done here, or by any window that
can, or all over again; or has started nothing whose expected work would run past this moment"""
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
        for start, end in subtract_breaks(window.shifts or whole, () if window.rests else window.breaks):
            end = min(end, whole[-1][1]) if scenario.horizon else end
            if start < end:
                rows.append((number, start, end))
    return (
        np.array([r[0] for r in rows], dtype=np.int32),
        np.array([r[1] for r in rows], dtype=np.float64),
        np.array([r[2] for r in rows], dtype=np.float64),
    )


def timetable(scenario: Scenario) -> tuple[Floats, Ints, Ints, Floats]:
    """Every change that the clock brings, in the order in which it happens.

    Returns
    -------
    time, kind, which : (k,) minutes, a kind of change, index of the period or window
    value : (k,) minutes; of WINDOW_ON past when nothing may be started from now on (inf: no such rule); of REST how long it lasts. A
        window whose break lasts its length comes on a second time as the break is due, with the limit that follows
    """
    changes: list[tuple[float, int, int, float]] = []
    if scenario.horizon:
        changes += [(0.0, DOORS_OPEN, 0, NEVER), (scenario.horizon.minutes, PERIOD_END, 0, NEVER)]
    for number, opening in enumerate(() if scenario.horizon else scenario.openings):
        changes += [(opening.start, DOORS_OPEN, number, NEVER), (opening.end, PERIOD_END, number, NEVER)]
        if opening.last_start < opening.end:
            changes.append((opening.last_start, CALLS_END, number, NEVER))
    for number, start, end in zip(*(column.tolist() for column in on_duty(scenario)), strict=True):
        window = scenario.windows[number]
        to_break = not window.rests and any(begin == end for begin, _ in window.breaks)
        rule = window.at_break if to_break else window.at_shift_end
        limits = [end] if LEAVING[rule] == NOTHING_PAST and not _stays_over(scenario, start, end) else []
        rests = [begin for begin, _ in window.breaks if start <= begin < end] if window.rests else []
        limits += rests if LEAVING[window.at_break] == NOTHING_PAST else []
        for begins in (start, *(begin for begin in rests if begin > start)):
            changes.append((begins, WINDOW_ON, number, min((limit for limit in limits if limit > begins), default=NEVER)))
        changes.append((end, BREAK_START if to_break else SHIFT_END, number, NEVER))
    for number, window in enumerate(scenario.windows):
        if window.rests:
            changes += [(start, REST, number, end - start) for start, end in window.breaks]
    changes.sort()
    return (
        np.array([c[0] for c in changes], dtype=np.float64),
        np.array([c[1] for c in changes], dtype=np.int32),
        np.array([c[2] for c in changes], dtype=np.int32),
        np.array([c[3] for c in changes], dtype=np.float64),
    )


def _stays_over(scenario: Scenario, start: float, end: float) -> bool:
    """Whether a stretch of duty ends when the window stays for those inside anyway, so that it does not really leave."""
    before = [opening for opening in scenario.openings if opening.start < end] if not scenario.horizon else []
    return bool(before) and before[-1].at_end == "serve_all" and start < before[-1].end <= end


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


@inlined
def period_at(times: Floats, now: float) -> int:
    """The period whose ticket a citizen who comes now gets, -1 for none: closed, or after the last ticket.

    Who comes at the very end of a period is too late; who comes at the minute of the last ticket is not.
    """
    for period in range(len(times)):
        if times[period, 0] <= now <= times[period, 2] and now < times[period, 3]:
            return period
    return -1


@inlined
def may_call(on_duty_now: bool, broken: bool, doors_open: bool) -> bool:
    """Whether a free window may call the next citizen by its roster; a window that stays after closing asks `stays`."""
    return on_duty_now and doors_open and not broken


@inlined
def opens(waiting: int, open_queue: int) -> bool:
    """Whether a tidal window that is closed opens."""
    return waiting >= open_queue


@inlined
def closes(waiting: int, close_queue: int, now: float, least_until: float) -> bool:
    """Whether a tidal window that is free closes: few enough wait, and it was open for its least time."""
    return waiting <= close_queue and now >= least_until


@inlined
def may_start(now: float, expected: float, until: float) -> bool:
    """Whether a window may start something that takes `expected` minutes when nothing may run past `until` (inf: no such rule)."""
    return now + expected <= until


@compiled
def interrupts(rule: int, ends: float, now: float) -> bool:
    """Whether a window that is due to leave stops in the middle of a service; one that ends at this very moment is done."""
    return rule in (RESUME_HERE, RESUME_ANYWHERE, BEGIN_AGAIN) and ends > now


@compiled
def leave_together(now: float, next_time: float, next_kind: int) -> bool:
    """Whether the next change is of the same instant, and takes a window away too: only then do they look at what they leave behind."""
    return next_time == now and next_kind <= DOWN


@compiled
def work_left(rule: int, left: float) -> float:
    """Minutes that an interrupted service still takes at that window: what was left, or -1 for all of it again."""
    return -1.0 if rule == BEGIN_AGAIN else left


@compiled
def work_to_do(left: float, whole_there: float, whole_here: float) -> float:
    """Minutes of a service at this window: all of it, or the share that was left at the window where it was interrupted.

    Rounded, like all times, to a multiple of 2**-20 minute.
    """
    if left < 0:
        return whole_here
    if whole_here == whole_there or whole_there == 0:
        return left
    return math.floor(left * (whole_here / whole_there) * 2.0**20 + 0.5) * 2.0**-20


@compiled
def stays(at_end: int, on_duty_now: bool) -> bool:
    """Whether a window goes on after the end of a period for those who are inside."""
    return at_end == SERVE_ALL and on_duty_now


@compiled
def goes_home(at_end: int, last_period: bool, someone_stays: bool) -> bool:
    """Whether the citizens who wait for a service must leave at the end of a period.

    After `finish_current` all do; after `serve_all` in the last period those do whose service no staying window serves.
    """
    return at_end == FINISH_CURRENT or (at_end == SERVE_ALL and last_period and not someone_stays)


@compiled
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
