"""The compiled engine: the same contract as `simulation.hall`, the same answers ticket by ticket, in numba.

One pass through a day: the next thing to happen is a change of the timetable, an end of service or an arrival, in that order at one
instant. Citizens whose patience has run out are found when the queue is looked at; they left at their own time. The rules themselves
are in `routing` and `shifts`; here are only the clock, the queues and the busy windows.

Assumes tickets in order of arrival. Not for reading first: read `simulation.hall`.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from simulation.numbers import Hall
from simulation.routing import NOBODY, balks, service_to_call, window_to_take
from simulation.shifts import DOORS_OPEN, PERIOD_END, STOP, WINDOW_ON, goes_home, may_call, period_at, stays
from simulation.tickets import BALKED, RENEGED, SENT_HOME, SERVED, TURNED_AWAY, UNFINISHED

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Bytes = NDArray[np.int8]


def run_day(
    hall: Hall, arrival: Floats, service: Ints, work: Floats, patience: Floats, balking: Floats
) -> tuple[Ints, Floats, Floats, Bytes]:
    """Serves one day's tickets.

    Parameters
    ----------
    arrival : (n,) float64, minutes, non-decreasing
    service : (n,) int32
    work : (n, v) float64, minutes under each variant
    patience : (n,) float64, minutes, inf for ever
    balking : (n,) float64, draws

    Returns
    -------
    window, called, ended, outcome : (n,) each, as in `simulation.tickets`
    """
    count = len(arrival)
    window = np.full(count, -1, np.int32)
    called = np.full(count, np.nan)
    ended = np.full(count, np.nan)
    outcome = np.zeros(count, np.int8)
    _run(hall, arrival, service, work, patience, balking, window, called, ended, outcome)
    return window, called, ended, outcome


@njit(cache=True, nogil=True)
def _run(hall, arrival, service, work, patience, balking, window, called, ended, outcome):  # type: ignore[no-untyped-def]
    tickets = len(arrival)
    windows, services = hall.variant.shape
    periods = len(hall.period_at_end)
    changes = len(hall.change_time)

    # the queue of each service: a stretch of `line`, in order of arrival, from `front` to `back`
    front = np.zeros(services, np.int64)
    for i in range(tickets):
        front[service[i]] += 1
    total = 0
    for s in range(services):
        total, front[s] = total + front[s], total
    back = front.copy()
    line = np.empty(tickets, np.int32)
    head = np.full(services, NOBODY, np.int64)

    idle = np.zeros(hall.windows_of.shape[1], np.uint64)
    busy = np.full(windows, -1, np.int32)  # the ticket in service
    duty = np.zeros(windows, np.bool_)
    staying = np.zeros(windows, np.bool_)
    inside = np.int64(0)  # tickets taken before the doors last closed: those a staying window may call
    doors_open = False
    end_time = np.empty(windows)  # heap of the busy windows by (end of service, window)
    end_window = np.empty(windows, np.int32)
    in_service = 0
    change = 0
    i = 0
    freed = np.empty(windows, np.int32)

    while True:
        now = math.inf
        kind = 3
        if i < tickets:
            now = arrival[i]
            kind = 2
        if in_service and end_time[0] <= now:
            now = end_time[0]
            kind = 1
        if change < changes and hall.change_time[change] <= now:
            now = hall.change_time[change]
            kind = 0
        if kind == 3:
            break

        if kind == 2:  # a citizen comes
            s = service[i]
            if period_at(hall.period_times, now) < 0:
                outcome[i] = TURNED_AWAY
                ended[i] = now
            else:
                free = window_to_take(idle, hall.windows_of[s]) if doors_open else -1
                if free >= 0:
                    idle[free >> 6] &= ~(np.uint64(1) << np.uint64(free & 63))
                    called[i] = now
                    window[i] = free
                    busy[free] = i
                    in_service = _push(end_time, end_window, in_service, now + work[i, hall.variant[free, s]], free)
                else:
                    steps, after = hall.balking_from[s], hall.balking_from[s + 1]
                    if after > steps and balks(
                        hall.balking_at[steps:after],
                        hall.balking_share[steps:after],
                        _waiting(line, front[s], back[s], arrival, patience, now),
                        balking[i],
                    ):
                        outcome[i] = BALKED
                        ended[i] = now
                    else:
                        line[back[s]] = i
                        back[s] += 1
                        if head[s] == NOBODY:
                            head[s] = i
            i += 1
            continue

        to_call = 0
        if kind == 1:  # a service ends
            free = end_window[0]
            in_service = _pop(end_time, end_window, in_service)
            ended[busy[free]] = now
            outcome[busy[free]] = SERVED
            busy[free] = -1
            freed[0] = free
            to_call = 1
        else:
            what, which = hall.change_kind[change], hall.change_which[change]
            change += 1
            if what == PERIOD_END:
                doors_open = False
                idle[:] = np.uint64(0)
                at_end = hall.period_at_end[which]
                if at_end == STOP:
                    for w in range(windows):
                        if busy[w] >= 0:
                            outcome[busy[w]] = UNFINISHED
                            ended[busy[w]] = now
                    for s in range(services):
                        _send_away(line, front[s], back[s], arrival, patience, now, UNFINISHED, ended, outcome)
                    for late in range(i, tickets):
                        outcome[late] = TURNED_AWAY
                        ended[late] = arrival[late]
                    return
                inside = np.int64(i)
                for w in range(windows):
                    staying[w] = stays(at_end, duty[w], busy[w] >= 0)
                for s in range(services):
                    someone = False
                    for w in range(windows):
                        if staying[w] and hall.variant[w, s] >= 0:
                            someone = True
                            break
                    if goes_home(at_end, which == periods - 1, someone):
                        _send_away(line, front[s], back[s], arrival, patience, now, SENT_HOME, ended, outcome)
                        front[s] = back[s]
                        head[s] = NOBODY
            elif what == DOORS_OPEN:
                doors_open = True
                for w in range(windows):
                    if duty[w] and busy[w] < 0:
                        freed[to_call] = w
                        to_call += 1
            elif what == WINDOW_ON:
                duty[which] = True
                if busy[which] < 0:
                    freed[0] = which
                    to_call = 1
            else:
                duty[which] = False
                idle[which >> 6] &= ~(np.uint64(1) << np.uint64(which & 63))

        for k in range(to_call):  # a free window calls
            free = freed[k]
            by_roster = may_call(duty[free], doors_open)
            if not by_roster and not staying[free]:
                continue
            able = hall.able[hall.able_from[free] : hall.able_from[free + 1]]
            for s in able:
                if head[s] != NOBODY and arrival[head[s]] + patience[head[s]] < now:
                    _advance(line, front, back, head, s, arrival, patience, now, ended, outcome)
            s = service_to_call(able, hall.priority, head, NOBODY if by_roster else inside)  # type: ignore[arg-type]
            if s < 0:
                staying[free] = False
                if by_roster:
                    idle[free >> 6] |= np.uint64(1) << np.uint64(free & 63)
                continue
            ticket = head[s]
            front[s] += 1
            head[s] = line[front[s]] if front[s] < back[s] else NOBODY
            called[ticket] = now
            window[ticket] = free
            busy[free] = ticket
            in_service = _push(end_time, end_window, in_service, now + work[ticket, hall.variant[free, s]], free)

    for s in range(services):  # who still waits had finite patience: the hall closed around nobody else
        _send_away(line, front[s], back[s], arrival, patience, math.inf, UNFINISHED, ended, outcome)


@njit(cache=True, nogil=True)
def _advance(line, front, back, head, s, arrival, patience, now, ended, outcome):  # type: ignore[no-untyped-def]
    """Takes those who have left by now from the front of a queue."""
    while front[s] < back[s]:
        ticket = line[front[s]]
        leaves = arrival[ticket] + patience[ticket]
        if leaves >= now:
            head[s] = ticket
            return
        outcome[ticket] = RENEGED
        ended[ticket] = leaves
        front[s] += 1
    head[s] = NOBODY


@njit(cache=True, nogil=True)
def _send_away(line, front, back, arrival, patience, now, reason, ended, outcome):  # type: ignore[no-untyped-def]
    """Everybody in a queue leaves now, but those who had left before."""
    for k in range(front, back):
        ticket = line[k]
        leaves = arrival[ticket] + patience[ticket]
        if leaves < now:
            outcome[ticket] = RENEGED
            ended[ticket] = leaves
        else:
            outcome[ticket] = reason
            ended[ticket] = now


@njit(cache=True, nogil=True)
def _waiting(line, front, back, arrival, patience, now):  # type: ignore[no-untyped-def]
    """How many in a queue are still there for one who comes now."""
    waiting = 0
    for k in range(front, back):
        if arrival[line[k]] + patience[line[k]] > now:
            waiting += 1
    return waiting


@njit(cache=True, nogil=True)
def _push(time, window, size, until, number):  # type: ignore[no-untyped-def]
    """Adds a busy window to the heap; returns its new size."""
    at = size
    while at:
        up = (at - 1) >> 1
        if time[up] < until or (time[up] == until and window[up] < number):
            break
        time[at], window[at] = time[up], window[up]
        at = up
    time[at], window[at] = until, number
    return size + 1


@njit(cache=True, nogil=True)
def _pop(time, window, size):  # type: ignore[no-untyped-def]
    """Takes the first busy window off the heap; returns its new size."""
    size -= 1
    until, number = time[size], window[size]
    at = 0
    while True:
        down = 2 * at + 1
        if down >= size:
            break
        if down + 1 < size and (time[down + 1] < time[down] or (time[down + 1] == time[down] and window[down + 1] < window[down])):
            down += 1
        if until < time[down] or (until == time[down] and number < window[down]):
            break
        time[at], window[at] = time[down], window[down]
        at = down
    time[at], window[at] = until, number
    return size
