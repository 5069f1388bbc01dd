"""Rules of choice: which ticket a free window calls, which free window a ticket gets, who turns round at the door, who is interrupted.

Plain compiled functions on numbers, called by both engines. No rule sees the work, patience or papers of a citizen; where it needs to
know how long something takes it is given the expected time.

Assumes tickets are numbered in the order in which they were taken, windows in the order of the scenario. A line holds the tickets that
wait for the same thing; the first of a line is the one that has waited longest by the line's own clock.
"""

from __future__ import annotations

import numpy as np
from numba.cpython.unsafe.numbers import trailing_zeros
from numpy.typing import NDArray

from simulation.compiled import compiled, inlined
from simulation.shifts import may_start

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint64]
Flags = NDArray[np.bool_]

NOBODY = np.int64(2**62)
"""number of the ticket at the head of an empty line"""

LISTED, FEWEST_SKILLS, LONGEST_IDLE = range(3)
"""which idle window a ticket gets: the first of the scenario, the one with the fewest services, the one idle longest"""
IDLE_WINDOW = {"listed": LISTED, "fewest_skills": FEWEST_SKILLS, "longest_idle": LONGEST_IDLE}


@inlined
def line_to_call(
    begin: int,
    end: int,
    lines: Ints,
    rank: Ints,
    least: Ints,
    priority: Ints,
    lane: Ints,
    length: Ints,
    first: Longs,
    since: Floats,
    root: Longs,
    limit: int,
    service: Ints,
    expected: Floats,
    window: int,
    now: float,
    until: float,
    behind: int,
    longest_wait: float,
) -> int:
    """The line whose first ticket a free window calls, -1 for none.

    The window's own lines come before those it only helps (rank); then who has waited the longest wait that is promised; then the lowest
    priority number; then, where lanes take turns, the lane whose turn it is; then who waits since the earliest time; then the earliest
    visit.

    Parameters
    ----------
    begin, end : which part of the next three is the window's
    lines, rank, least : (k,) the lines each window may call from, how it ranks them, how many must wait before it does
    priority : (lines,) 0 is called first
    lane : (lines,) walk-in or booked
    length : (lines,) people waiting
    first : (lines,) number of the first ticket, NOBODY if none waits
    since : (lines,) minutes; from when the first ticket's wait counts
    root : (lines,) number of the first ticket of the visit that the line's first ticket belongs to
    limit : only visits whose first ticket is numbered below it may be called (after closing: those who were inside)
    service : (lines,) what the first ticket is for
    expected : (windows, services) minutes each service takes at each window on average
    until : minutes; nothing may be started that is expected to run past it
    behind : the lane that the window called last, which stands behind the other; -1 where lanes take no turns
    longest_wait : minutes; who has waited so long comes before all who have not; inf: no such promise
    """
    chosen = -1
    at_rank = 0
    at_place = 0
    for k in range(begin, end):
        line = lines[k]
        if first[line] == NOBODY:
            continue
        place = 2 * priority[line]
        if behind >= 0 and lane[line] == behind:
            place += 1
        if now - since[line] >= longest_wait:
            place = -1
        if chosen >= 0:  # who comes after the best so far need not be looked at closely
            if rank[k] > at_rank:
                continue
            if rank[k] == at_rank:
                if place > at_place:
                    continue
                if place == at_place:
                    if since[line] > since[chosen]:
                        continue
                    if since[line] == since[chosen] and root[line] > root[chosen]:
                        continue
        if root[line] >= limit or length[line] < least[k] or not may_start(now, expected[window, service[line]], until):
            continue
        chosen = line
        at_rank = rank[k]
        at_place = place
    return chosen


@inlined
def window_to_take(
    rule: int, idle: Words, able: Words, service: int, skills: Ints, idle_since: Floats, expected: Floats, now: float, until: Floats
) -> int:
    """The idle window that a ticket gets, -1 for none. Ties go to the window that stands first in the scenario.

    Parameters
    ----------
    rule : LISTED | FEWEST_SKILLS | LONGEST_IDLE
    idle : (words,) bit set of the idle windows, 64 to a word
    able : (services, words) bit sets of the windows that take a ticket of each service
    skills : (windows,) number of services each window serves
    idle_since : (windows,) minutes
    expected : (windows, services) minutes each service takes at each window on average
    until : (windows,) minutes; nothing may be started that is expected to run past it
    """
    chosen = -1
    for word in range(len(idle)):
        both = idle[word] & able[service, word]
        while both:
            window = word * 64 + trailing_zeros(both)  # type: ignore[call-arg]  # numba supplies the typing context
            both &= both - np.uint64(1)
            if not may_start(now, expected[window, service], until[window]):
                continue
            if rule == LISTED:
                return int(window)
            if (
                chosen < 0
                or (rule == FEWEST_SKILLS and skills[window] < skills[chosen])
                or (rule == LONGEST_IDLE and idle_since[window] < idle_since[chosen])
            ):
                chosen = window
    return chosen


@compiled
def window_to_interrupt(
    able: Words,
    service: int,
    urgency: Ints,
    priority: int,
    called: Floats,
    ends: Floats,
    may_go_on: Flags,
    rest_due: Floats,
    expected: Floats,
    now: float,
    until: Floats,
) -> int:
    """The busy window whose citizen makes room for a more urgent one, -1 for none: the least urgent, then the one called last.

    Nobody is interrupted at the very end of the service, nor at a window that calls nobody after this citizen.

    Parameters
    ----------
    able : (services, words) bit sets of the windows that can serve each service
    service : of the newcomer
    urgency : (windows,) priority of the citizen each window serves, -1 where it serves none
    priority : of the newcomer; lower is more urgent
    called, ends : (windows,) minutes; when the citizen was called, when the service ends
    may_go_on : (windows,) whether the window will call again: on duty and open, or staying for those inside, of whom the newcomer is one
    rest_due : (windows,) minutes of a break it takes first
    expected, until : as in `window_to_take`
    """
    chosen = -1
    for window in range(len(urgency)):
        if urgency[window] <= priority or not (able[service, window >> 6] >> np.uint64(window & 63)) & np.uint64(1):
            continue
        if ends[window] <= now or not may_go_on[window] or rest_due[window] > 0:
            continue
        if not may_start(now, expected[window, service], until[window]):
            continue
        if chosen < 0 or urgency[window] > urgency[chosen] or (urgency[window] == urgency[chosen] and called[window] >= called[chosen]):
            chosen = window
    return chosen


@compiled
def shortest_line(able: Words, service: int, present: Ints) -> int:
    """Where lines stand before each window: the one with the fewest people, waiting or served; ties to the first. -1 for none.

    Parameters
    ----------
    able : (services, words) bit sets of the windows that can serve each service
    service : of the ticket
    present : (windows,) people in each line and at its window; below 0 where the window is away
    """
    chosen = -1
    for window in range(len(present)):
        if (able[service, window >> 6] >> np.uint64(window & 63)) & np.uint64(1) and (
            chosen < 0 or (present[chosen] < 0 <= present[window]) or (0 <= present[window] < present[chosen])
        ):
            chosen = window
    return chosen


@compiled
def balks(lengths: Floats, shares: Floats, waiting: float, draw: float) -> bool:
    """Whether a citizen who finds `waiting` people waiting for the same thing, or is told so many minutes, turns round.

    Parameters
    ----------
    lengths, shares : (steps,) ascending queue lengths or minutes, and the share that balks from each on
    draw : the citizen's own draw in (0, 1)
    """
    share = 0.0
    for step in range(len(lengths)):
        if waiting >= lengths[step]:
            share = shares[step]
    return draw < share


@compiled
def announced_wait(waiting: int, able: Words, service: int, expected: Floats, on_post: Flags) -> float:
    """Minutes that the ticket machine tells: the people who wait for the same thing, divided by the pace of the windows on post.

    It counts each window as if it served nothing else, as such machines do. -1 where no window is on post: nothing is told then.

    Parameters
    ----------
    waiting : people
    able : (services, words) bit sets of the windows that take a ticket of each service
    expected : (windows, services) minutes each service takes at each window on average
    on_post : (windows,) whether somebody works there now
    """
    pace = 0.0
    for window in range(len(on_post)):
        if on_post[window] and (able[service, window >> 6] >> np.uint64(window & 63)) & np.uint64(1):
            if expected[window, service] <= 0:
                return 0.0
            pace += 1.0 / expected[window, service]
    return waiting / pace if pace > 0 else -1.0


@compiled
def somebody_on_post(able: Words, service: int, on_post: Flags) -> bool:
    """Whether a window whose own the service is works now.

    able, on_post : as in `announced_wait`
    """
    for window in range(len(on_post)):  # noqa: SIM110 (compiled)
        if on_post[window] and (able[service, window >> 6] >> np.uint64(window & 63)) & np.uint64(1):
            return True
    return False


@compiled
def has_room(places: int, present: int, persons: int) -> bool:
    """Whether the waiting area takes so many more persons; places below 0 are without limit."""
    return places < 0 or present + persons <= places


@compiled
def quota_left(quota: int, given: int) -> bool:
    """Whether a ticket is left for the service in the period (限号); a quota below 0 is none."""
    return quota < 0 or given < quota
