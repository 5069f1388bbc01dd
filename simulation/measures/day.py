"""One compiled pass over a day's tickets, writing the day's totals.

Runs without the interpreter's lock, so days can be measured on several threads. Everything is a sum, a count or a maximum; times that are
multiples of 2**-20 minute add up exactly, so Little's law holds to the bit.

A wait belongs to a task. Where a service was interrupted, its rest is another ticket in the log (the child of one whose outcome is
`interrupted`); here both are one: the wait is the first one, the outcome the last one, the service all parts of it, and the wait for the
rest is counted apart.

Assumes tickets in order of arrival and one ticket at a time at a window. What a window does between citizens (wrap-up, start-up) is not in
the log, but follows from it; the calling of tickets whose citizens have left (ghosts) does not, and is counted nowhere. Not for quantiles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.compiled import compiled
from simulation.measures.bins import bin_of
from simulation.measures.seats import fill_seats
from simulation.measures.totals import (
    ARRIVALS,
    AVAILABLE,
    BUSY,
    CASES,
    DELAYED,
    DUE,
    HALL_TIME,
    INTERRUPTION,
    LEFT,
    LONGEST,
    LONGEST_DAYS,
    OVERTIME,
    PEAK,
    QUEUE_TIME,
    QUEUED,
    SERVICE,
    SERVING,
    SPAN,
    STAY,
    VISITS,
    WAIT,
    WAIT_FROM_DOORS,
    WITHIN_TARGET,
)
from simulation.measures.totals import BALKED as BALKED_ROW
from simulation.measures.totals import DIVERTED as DIVERTED_ROW
from simulation.measures.totals import NO_SHOW as NO_SHOW_ROW
from simulation.measures.totals import RENEGED as RENEGED_ROW
from simulation.measures.totals import SENT_HOME as SENT_HOME_ROW
from simulation.measures.totals import SERVED as SERVED_ROW
from simulation.measures.totals import SERVED_WAIT as SERVED_WAIT_ROW
from simulation.measures.totals import TURNED_AWAY as TURNED_AWAY_ROW
from simulation.measures.totals import UNFINISHED as UNFINISHED_ROW
from simulation.tickets import BALKED, DIVERTED, INTERRUPTED, NO_SHOW, RENEGED, SENT_HOME, SERVED, TURNED_AWAY, UNFINISHED, Tickets

if TYPE_CHECKING:
    from simulation.demand import Outages
    from simulation.measures.layout import Layout

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Shorts = NDArray[np.int16]
Bytes = NDArray[np.int8]
Flags = NDArray[np.bool_]


NOT_SAID = np.empty(0)
"""of a log that does not say how long windows wrapped up"""


def day_totals(layout: Layout, tickets: Tickets, outages: Outages | None = None) -> tuple[Floats, Shorts, Shorts]:
    """The totals of one day.

    outages : what happened to the windows that day; it shortens the time they were rostered

    Returns
    -------
    totals : (totals, groups) float64, see totals.py
    bins : (n,) int16, the bin (see bins.py) of the wait of each ticket that the quantiles count, -1 for the others
    halves : (n,) int16, the half-hour of each arrival (of the rest of an interrupted service: of its first part)
    """
    layout = layout.on_the_day(outages, tickets.opened)
    count = len(tickets)
    totals = layout.fixed.copy()
    bins = np.empty(count, dtype=np.int16)
    halves = np.empty(count, dtype=np.int16)
    fill_day(
        tickets.arrival,
        tickets.doors,
        tickets.called,
        tickets.ended,
        tickets.outcome,
        tickets.service,
        tickets.window,
        tickets.parent_ticket,
        tickets.visit,
        layout.target,
        layout.edges,
        layout.cycle,
        layout.roster_first,
        layout.roster_start,
        layout.roster_end,
        layout.last_shift_end,
        layout.wrap_up,
        NOT_SAID if tickets.wrap_up is None else tickets.wrap_up,
        layout.start_up,
        layout.starts_at,
        layout.starts_window,
        layout.opens,
        layout.closes,
        layout.textbook,
        totals,
        bins,
        halves,
    )
    if layout.companions:
        fill_seats(tickets, layout.opens, layout.closes, totals)
    layout.roll_up(totals)
    return totals, bins, halves


@compiled
def half_hour_of(edges: Floats, cycle: float, minute: float) -> int:
    """The half-hour in which a minute lies; the first or last for a minute before or after them all."""
    if cycle > 0.0:
        minute -= np.floor(minute / cycle) * cycle
    low, high = 0, len(edges) - 2
    while low < high:  # the last half-hour that begins by then
        middle = (low + high + 1) >> 1
        if edges[middle] <= minute:
            low = middle
        else:
            high = middle - 1
    return low


@compiled
def spread(totals: Floats, row: int, first: int, edges: Floats, cycle: float, start: float, end: float) -> None:
    """Adds the time from start to end to the half-hours it lies in; time outside them all is left out.

    first : the column of the first half-hour
    """
    if cycle > 0.0:
        _spread_over_cycles(totals, row, first, edges, cycle, start, end)
        return
    for h in range(len(edges) - 1):  # all of them, without a branch: quicker than to look for the few that count
        begin = start if start > edges[h] else edges[h]
        until = end if end < edges[h + 1] else edges[h + 1]
        totals[row, first + h] += until - begin if until > begin else 0.0


@compiled
def _spread_over_cycles(totals: Floats, row: int, first: int, edges: Floats, cycle: float, start: float, end: float) -> None:
    """As `spread`, where the half-hours begin again after every cycle."""
    if not start < end:
        return
    last = len(edges) - 1
    shift = np.floor(start / cycle) * cycle
    h = 0
    while h < last - 1 and edges[h + 1] <= start - shift:
        h += 1
    while True:
        edge = edges[h + 1] + shift
        if end <= edge:
            totals[row, first + h] += end - start
            return
        totals[row, first + h] += edge - start
        start = edge
        h += 1
        if h == last:
            h = 0
            shift += cycle


@compiled
def fill_day(
    arrival: Floats,
    doors: Floats,
    called: Floats,
    ended: Floats,
    outcome: Bytes,
    service: Ints,
    window: Ints,
    parent: Longs,
    visit: Ints,
    target: Floats,
    edges: Floats,
    cycle: float,
    roster_first: Longs,
    roster_start: Floats,
    roster_end: Floats,
    last_shift_end: Floats,
    wrap_up: Floats,
    wrapped_up: Floats,
    start_up: Floats,
    starts_at: Floats,
    starts_window: Longs,
    opens: float,
    closes: float,
    textbook: bool,
    totals: Floats,
    bins: Shorts,
    halves: Shorts,
) -> None:
    """Fills totals (which begin as the layout's fixed part), bins and halves; see day_totals.

    wrap_up, wrapped_up : minutes of each window, and after each ticket where the log says them (else empty)
    """
    first_half = 1 + len(target)
    first_window = first_half + len(edges) - 1
    low, high = (opens, closes) if textbook else (-np.inf, np.inf)
    begins, last_gone = opens, -np.inf
    window_last = np.full(len(last_shift_end), -np.inf)
    came = np.empty(len(arrival))
    gone = np.empty(len(arrival))
    goes_on = goes_on_at_once(window, called, ended, parent) if wrap_up.any() else np.zeros(0, np.bool_)
    starts = np.ones(len(starts_at), np.bool_)
    apart = wrap_up.any() or len(starts_at) > 0  # windows are busy without serving
    inside = 0

    for i in range(len(arrival)):
        a, c, o, s = arrival[i], called[i], outcome[i], service[i]
        was_called = not np.isnan(c)
        end = ended[i]
        if not np.isfinite(end):  # still inside when the record ends
            end = closes if textbook or not was_called else max(closes, c)
            end = max(end, a)
        until = c if was_called else end
        queued = o != BALKED and o != TURNED_AWAY and o != NO_SHOW and o != DIVERTED
        first, served_for = i, end - c
        while parent[first] >= 0 and outcome[parent[first]] == INTERRUPTED:
            first = parent[first]
            served_for += ended[first] - called[first]
        is_rest = first != i
        wait = called[first] - arrival[first] if is_rest else until - a
        h = half_hour_of(edges, cycle, arrival[first])
        halves[i] = h
        bins[i] = -1
        columns = (1 + s, first_half + h)

        if arrival[first] >= low:
            if o == SERVED:
                bins[i] = bin_of(wait)
            due = not is_rest and not np.isnan(target[s]) and o != TURNED_AWAY and o != NO_SHOW and o != DIVERTED
            for g in columns:
                if parent[i] < 0 and o != NO_SHOW:
                    if o != DIVERTED:
                        totals[VISITS, g] += 1.0
                    if visit[i] == 1:
                        totals[CASES, g] += 1.0
                if due:
                    totals[DUE, g] += 1.0
                    if was_called and wait <= target[s]:
                        totals[WITHIN_TARGET, g] += 1.0
                if is_rest:
                    totals[INTERRUPTION, g] += until - a
                    totals[STAY, g] += end - a
                else:
                    totals[ARRIVALS, g] += 1.0
                if queued and not is_rest:
                    totals[QUEUED, g] += 1.0
                    totals[WAIT, g] += wait
                    totals[WAIT_FROM_DOORS, g] += max(0.0, until - max(a, doors[i]))
                    totals[STAY, g] += end - a
                    totals[LONGEST_DAYS, g] = 1.0
                    if wait > 0.0:
                        totals[DELAYED, g] += 1.0
                    if wait > totals[LONGEST, g]:
                        totals[LONGEST, g] = wait
                if o == SERVED:
                    totals[SERVED_ROW, g] += 1.0
                    totals[SERVED_WAIT_ROW, g] += wait
                    totals[SERVICE, g] += served_for
                elif o == RENEGED:
                    totals[RENEGED_ROW, g] += 1.0
                    totals[LEFT, g] += 1.0
                elif o == BALKED:
                    totals[BALKED_ROW, g] += 1.0
                    totals[LEFT, g] += 1.0
                elif o == SENT_HOME:
                    totals[SENT_HOME_ROW, g] += 1.0
                    totals[LEFT, g] += 1.0
                elif o == TURNED_AWAY:
                    totals[TURNED_AWAY_ROW, g] += 1.0
                elif o == UNFINISHED:
                    totals[UNFINISHED_ROW, g] += 1.0
                elif o == DIVERTED:
                    totals[DIVERTED_ROW, g] += 1.0
                elif o == NO_SHOW:
                    totals[NO_SHOW_ROW, g] += 1.0

        if queued:
            begins = min(begins, a)
            last_gone = max(last_gone, end)
            came[inside] = a
            gone[inside] = end
            inside += 1
            x, y = max(a, low), min(until, high)
            if x < y:
                totals[QUEUE_TIME, 1 + s] += y - x
                totals[HALL_TIME, 1 + s] += y - x
                spread(totals, QUEUE_TIME, first_half, edges, cycle, x, y)

        x, y = max(c, low), min(end, high)
        w = window[i]
        if was_called and x < y:
            totals[HALL_TIME, 1 + s] += y - x
            if w < 0:  # a log that does not say which window
                spread(totals, HALL_TIME, first_half, edges, cycle, x, y)
            else:
                totals[SERVING, 0] += y - x
                totals[SERVING, first_window + w] += y - x
                if apart:
                    spread(totals, SERVING, first_half, edges, cycle, x, y)
        if w >= 0 and was_called:
            g = first_window + w
            if o == SERVED and arrival[first] >= low:
                totals[SERVED_ROW, g] += 1.0
                totals[SERVED_WAIT_ROW, g] += wait
                totals[SERVICE, g] += end - c
            window_last[w] = max(window_last[w], end)
            free = end
            if o == SERVED and wrap_up[w] > 0.0 and not goes_on[i]:
                free += wrapped_up[i] if len(wrapped_up) else wrap_up[w]
            for k in range(len(starts)):
                if starts_window[k] == w and c < starts_at[k] <= free:
                    starts[k] = False  # somebody sits there as its shift begins
            _work(totals, g, first_half, edges, cycle, roster_first, roster_start, roster_end, w, x, min(free, high))
    started = np.full(len(last_shift_end) if len(starts) else 0, -np.inf)  # until when the last start-up of each window lasts
    for k in range(len(starts)):
        w = starts_window[k]
        if starts[k] and starts_at[k] > started[w]:  # it is not starting up still
            started[w] = starts_at[k] + start_up[w]
            x, y = max(starts_at[k], low), min(starts_at[k] + start_up[w], high)
            _work(totals, first_window + w, first_half, edges, cycle, roster_first, roster_start, roster_end, w, x, y)

    for row in range(ARRIVALS, LEFT + 1):
        for g in range(1, first_half):
            totals[row, 0] += totals[row, g]
    for g in range(1, first_half):
        totals[QUEUE_TIME, 0] += totals[QUEUE_TIME, g]
        totals[HALL_TIME, 0] += totals[HALL_TIME, g]
        totals[LONGEST, 0] = max(totals[LONGEST, 0], totals[LONGEST, g])
        totals[LONGEST_DAYS, 0] = max(totals[LONGEST_DAYS, 0], totals[LONGEST_DAYS, g])
    for g in range(first_half, first_window):
        if not apart:
            totals[SERVING, g] = totals[BUSY, g]
        totals[HALL_TIME, g] += totals[QUEUE_TIME, g] + totals[SERVING, g]
    if textbook:
        length = closes - opens
    else:
        length = max(closes, last_gone) - begins
        totals[OVERTIME, 0] = max(0.0, last_gone - closes)
        for w in range(len(last_shift_end)):
            totals[OVERTIME, first_window + w] = max(0.0, window_last[w] - last_shift_end[w])
    for g in range(first_half):
        totals[SPAN, g] = length
    totals[PEAK, 0] = _peak(came[:inside], gone[:inside], low)


@compiled
def goes_on_at_once(window: Ints, called: Floats, ended: Floats, parent: Longs) -> Flags:
    """(n,) whether the citizen of each ticket stays at the window with the next case, so that the window does not wrap up."""
    found = np.zeros(len(window), np.bool_)
    for i in range(len(window)):
        p = parent[i]
        if p >= 0 and window[i] == window[p] and called[i] == ended[p]:
            found[p] = True
    return found


@compiled
def _work(
    totals: Floats,
    g: int,
    first_half: int,
    edges: Floats,
    cycle: float,
    roster_first: Longs,
    roster_start: Floats,
    roster_end: Floats,
    window: int,
    x: float,
    y: float,
) -> None:
    """A window (column g) is busy from x to y; what of it lies outside its roster lengthens its working time."""
    if not x < y:
        return
    totals[BUSY, 0] += y - x
    totals[BUSY, g] += y - x
    spread(totals, BUSY, first_half, edges, cycle, x, y)
    for r in range(roster_first[window], roster_first[window + 1]):
        if roster_end[r] <= x:
            continue
        if x < roster_start[r]:
            _off_duty(totals, g, first_half, edges, cycle, x, min(y, roster_start[r]))
        x = max(x, roster_end[r])
        if x >= y:
            break
    if x < y:
        _off_duty(totals, g, first_half, edges, cycle, x, y)


@compiled
def _off_duty(totals: Floats, g: int, first_half: int, edges: Floats, cycle: float, start: float, end: float) -> None:
    """Serving outside the roster lengthens the window's working time."""
    totals[AVAILABLE, 0] += end - start
    totals[AVAILABLE, g] += end - start
    spread(totals, AVAILABLE, first_half, edges, cycle, start, end)


@compiled
def _peak(came: Floats, gone: Floats, low: float) -> float:
    """Most people inside at one time from `low` on; who leaves at an instant is gone before who comes at it.

    Between which arrivals somebody leaves is looked up among as many equal stretches of time as there are arrivals, not by sorting.
    """
    count = len(came)
    if not count:
        return 0.0
    pace = count / (came[-1] - came[0]) if came[-1] > came[0] else 0.0
    first = np.zeros(count + 2, np.int64)  # of each stretch: how many came before it
    for i in range(count):
        first[min(int((came[i] - came[0]) * pace), count - 1) + 1] += 1
    for k in range(count + 1):
        first[k + 1] += first[k]
    leave = np.zeros(count + 1, np.int64)  # how many leave before each arrival, or at it, and after the one before
    for i in range(count):
        stretch = max(0, min(int((gone[i] - came[0]) * pace), count - 1)) if gone[i] <= came[-1] else count
        begin, end = first[stretch], first[stretch + 1]
        while begin < end:
            middle = (begin + end) >> 1
            if came[middle] < gone[i]:
                begin = middle + 1
            else:
                end = middle
        leave[begin] += 1
    most, inside, already = 0, 0, 0
    for i in range(count):
        inside += 1 - leave[i]
        if came[i] >= low:
            most = max(most, inside)
        already += (came[i] <= low) - (gone[i] <= low)  # those already inside when counting begins
    return float(max(most, already))
