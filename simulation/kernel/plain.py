"""The fast loop of the compiled engine: halls that ask only for the common rules (`simulation.kernel.features`).

What it has less than `simulation.kernel.day` makes it three times as fast: everybody has one task and one ticket, so ticket and citizen
are one number; nobody is interrupted, so a ticket's end is known when it is called; no rule counts who waits, so those who have left are
found when they would be called; windows and services fit into one word of bits each; and of the services being given, the one that ends
next stands at the top of a tree of pairs, in which a window keeps its place.

Assumes what `plain_hall` and `plain_day` check. Within a line tickets stand by their number, so who waits longest is the lowest number,
and a line is remembered as one number: the priority above the number of its first ticket.
"""

from __future__ import annotations

import math

import numpy as np
from numba.cpython.unsafe.numbers import trailing_zeros

from simulation.compiled import compiled, inlined
from simulation.engines import Bytes, Floats, Ints, Log, Longs, Visits
from simulation.kernel.features import PlainHall
from simulation.shifts import BREAK_START, DOORS_OPEN, PERIOD_END, SHIFT_END, STOP, WINDOW_ON, goes_home, period_at, stays
from simulation.tickets import RENEGED, SENT_HOME, SERVED, TURNED_AWAY, UNFINISHED

EMPTY = np.int64(2**62)
"""a line in which nobody waits"""
ABOVE = np.int64(40)
"""bits of a ticket's number, above which stands the priority"""
NUMBER = np.int64(2**40 - 1)
ONE = np.uint64(1)
NONE = np.uint64(0)
NEVER_OPENED = np.empty((0, 3))


def run_plain(hall: PlainHall, visits: Visits) -> Log:
    """Serves one day."""
    count = len(visits.arrival)
    log = Log(
        task=np.arange(count, dtype=np.int32),
        parent=np.full(count, -1, np.int64),
        arrival=visits.arrival.copy(),
        window=np.empty(count, np.int32),
        called=np.empty(count),
        ended=np.empty(count),
        outcome=np.empty(count, np.int8),
        opened=NEVER_OPENED,
    )
    day = (visits.arrival, visits.service, visits.work, visits.patience)
    serve_plain(hall, *day, count, log.window, log.called, log.ended, log.outcome)
    return log


@inlined
def lowest(bits: np.uint64) -> int:
    """The number of the lowest bit set."""
    return np.int64(trailing_zeros(bits))  # type: ignore[call-arg,return-value]  # numba supplies the typing context


@inlined
def settle(times: Floats, names: Longs, window: int, leaves: int, time: float) -> None:
    """Writes when a window's service ends into the tree, and who ends first up to its top; at equal times the lower number.

    Indices are unsigned words: for others the compiler provides for counting from the end.
    """
    name = np.int64(window)
    at = np.uint64(window + leaves)
    times[at] = time
    while at > ONE:
        other_time, other = times[at ^ ONE], names[at ^ ONE]
        sooner = (other_time < time) | ((other_time == time) & (other < name))
        time = other_time if sooner else time
        name = other if sooner else name
        at >>= ONE
        times[at] = time
        names[at] = name


@compiled
def serve_plain(
    hall: PlainHall,
    arrival: Floats,
    service: Ints,
    work: Floats,
    patience: Floats,
    citizens: int,
    window_of: Ints,
    called: Floats,
    ended: Floats,
    outcome: Bytes,
) -> None:
    """Fills the last four for the first `citizens` tickets; ticket t is citizen t, in order of arrival.

    work : (n, v) minutes under each variant; the other arrays are (n,)
    """
    takers, calls, priority, variant = hall.takers, hall.calls, hall.priority, hall.variant
    change_time, change_kind, change_which = hall.change_time, hall.change_kind, hall.change_which
    period_times, period_at_end = hall.period_times, hall.period_at_end
    windows, services = variant.shape
    changes = len(change_time)

    leaves = 1
    while leaves < windows:
        leaves *= 2
    times = np.full(2 * leaves, math.inf)
    names = np.zeros(2 * leaves, np.int64)
    for window in range(leaves):
        names[leaves + window] = window
    for node in range(leaves - 1, 0, -1):
        names[node] = names[2 * node]

    head = np.full(services, EMPTY)
    tail = np.zeros(services, np.int64)
    after = np.empty(citizens, np.int64)
    filled = NONE  # lines in which somebody stands
    serving = np.zeros(windows, np.int64)
    all_windows = NONE
    for window in range(windows):
        all_windows |= ONE << np.uint64(window)
    duty, busy, idle, staying = NONE, NONE, NONE, NONE
    by_roster, late = NONE, NONE  # may call: on duty while the doors are open; staying after closing, for those inside
    doors_open = False
    inside = np.int64(0)
    opens, last_ticket, closes = math.inf, -math.inf, -math.inf  # of the period in which the last citizen came

    citizen = np.int64(0)
    changed = 0
    next_arrival = arrival[0] if citizens else math.inf
    next_change = change_time[0] if changes else math.inf

    while True:
        now = times[ONE]
        if next_change <= now and next_change <= next_arrival:
            if changed == changes:
                break
            now = next_change
            what, which = change_kind[changed], change_which[changed]
            changed += 1
            next_change = change_time[changed] if changed < changes else math.inf
            bit = ONE << np.uint64(which)
            to_call = NONE
            if what == PERIOD_END:  # ---- close
                at_end = period_at_end[which]
                doors_open = False
                inside = citizen
                idle = NONE
                staying = duty if stays(at_end, True) else NONE
                to_call = staying & ~busy
                reached = NONE
                for window in range(windows):
                    if staying & (ONE << np.uint64(window)):
                        reached |= calls[window]
                last = which == len(period_at_end) - 1
                for row in range(services):
                    this = ONE << np.uint64(row)
                    if head[row] != EMPTY and (at_end == STOP or goes_home(at_end, last, (reached & this) != NONE)):
                        ticket = head[row] & NUMBER
                        while True:
                            leaves_at = arrival[ticket] + patience[ticket]
                            window_of[ticket], called[ticket] = -1, math.nan
                            if leaves_at < now:
                                outcome[ticket], ended[ticket] = RENEGED, leaves_at
                            else:
                                outcome[ticket], ended[ticket] = UNFINISHED if at_end == STOP else SENT_HOME, now
                            if ticket == tail[row]:
                                break
                            ticket = after[ticket]
                        head[row] = EMPTY
                        filled &= ~this
                if at_end == STOP:
                    for window in range(windows):
                        if busy & (ONE << np.uint64(window)):
                            outcome[serving[window]], ended[serving[window]] = UNFINISHED, now
                    for ticket in range(citizen, citizens):
                        window_of[ticket], called[ticket] = -1, math.nan
                        outcome[ticket], ended[ticket] = TURNED_AWAY, arrival[ticket]
                    return
            elif what == DOORS_OPEN:
                doors_open = True
                idle = NONE
                staying &= ~duty
                to_call = all_windows & ~busy
            elif what == WINDOW_ON:
                duty |= bit
                if doors_open:
                    staying &= ~bit
                to_call = bit & ~busy
            elif what in (SHIFT_END, BREAK_START):  # ---- step_away
                duty &= ~bit
                idle &= ~bit
            by_roster = duty if doors_open else NONE
            late = staying & ~by_roster

        elif now <= next_arrival:  # ---- done
            if now == math.inf:
                break
            to_call = ONE << np.uint64(names[ONE])
            busy &= ~to_call

        else:  # ---- come
            now = next_arrival
            ticket = citizen
            at = np.uint64(ticket)
            citizen += 1
            next_arrival = arrival[np.uint64(citizen)] if citizen < citizens else math.inf
            if not (opens <= now <= last_ticket and now < closes):
                period = period_at(period_times, now)
                if period < 0:
                    window_of[at], called[at], outcome[at], ended[at] = -1, math.nan, TURNED_AWAY, now
                    continue
                opens, last_ticket, closes = period_times[period, 0], period_times[period, 2], period_times[period, 3]
            line = np.uint64(service[at])
            free = idle & takers[line]
            if free:  # ---- start, at the first of them
                window = lowest(free)
                free &= ~free + ONE
                idle &= ~free
                busy |= free
                end = now + work[at, np.uint64(variant[window, line])]
                window_of[at], called[at], outcome[at], ended[at] = window, now, SERVED, end
                serving[window] = ticket
                settle(times, names, window, leaves, end)
                continue
            if head[line] == EMPTY:  # ---- sit_down
                head[line] = (priority[line] << ABOVE) | ticket
                filled |= ONE << line
            else:
                after[np.uint64(tail[line])] = ticket
            tail[line] = ticket
            continue

        while to_call:  # ---- call
            window = lowest(to_call)
            bit = ONE << np.uint64(window)
            to_call &= to_call - ONE
            rostered = by_roster & bit
            starts = False
            if (by_roster | late) & bit:
                youngest = EMPTY if rostered else inside
                while True:
                    first = EMPTY
                    line = NONE
                    lines = filled & calls[window]
                    while lines:
                        one = np.uint64(lowest(lines))
                        lines &= lines - ONE
                        if head[one] < first and (head[one] & NUMBER) < youngest:
                            first = head[one]
                            line = one
                    if first == EMPTY:
                        if rostered:
                            idle |= bit
                        break
                    ticket = first & NUMBER
                    at = np.uint64(ticket)
                    if ticket == tail[line]:
                        head[line] = EMPTY
                        filled &= ~(ONE << line)
                    else:
                        head[line] = (first - ticket) | after[at]
                    leaves_at = arrival[at] + patience[at]
                    if leaves_at < now:  # had left before
                        window_of[at], called[at], outcome[at], ended[at] = -1, math.nan, RENEGED, leaves_at
                        continue
                    starts = True  # ---- start
                    idle &= ~bit
                    busy |= bit
                    end = now + work[at, np.uint64(variant[window, line])]
                    window_of[at], called[at], outcome[at], ended[at] = window, now, SERVED, end
                    serving[window] = ticket
                    settle(times, names, window, leaves, end)
                    break
            if not starts and times[np.uint64(leaves) + np.uint64(window)] < math.inf:
                settle(times, names, window, leaves, math.inf)

    # ---- nothing comes any more for those who still wait: their patience ends, or the last closing leaves them unfinished ----------
    for row in range(services):
        if head[row] == EMPTY:
            continue
        ticket = head[row] & NUMBER
        while True:
            window_of[ticket], called[ticket] = -1, math.nan
            if patience[ticket] < math.inf:
                outcome[ticket], ended[ticket] = RENEGED, arrival[ticket] + patience[ticket]
            else:
                outcome[ticket], ended[ticket] = UNFINISHED, max(arrival[ticket], period_times[-1, 3])
            if ticket == tail[row]:
                break
            ticket = after[ticket]
