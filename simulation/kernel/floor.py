"""People in lines, heaps of what ends when, bit sets of windows: what the compiled engine keeps in arrays.

Small functions on the arrays they need, so that the compiler can build them into the loop of `simulation.kernel.day`. Not for rules: they
are in `routing` and `shifts`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulation.compiled import inlined
from simulation.routing import NOBODY

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint64]
Flags = NDArray[np.bool_]


@inlined
def put_in_line(
    row: int, line: int, standing: Ints, since: Floats, root: Longs, before: Longs, after: Longs, head: Longs, tail: Longs
) -> bool:
    """Takes a place in a line, behind everybody of the same standing who waits since the same time or longer; whether it is the first."""
    at = tail[line]
    while at >= 0 and (
        standing[at] > standing[row]
        or (standing[at] == standing[row] and (since[at] > since[row] or (since[at] == since[row] and root[at] > root[row])))
    ):
        at = before[at]
    if at >= 0:
        following = after[at]
        after[at] = row
    else:
        following = -1 if head[line] == NOBODY else head[line]
        head[line] = row
    before[row] = at
    after[row] = following
    if following >= 0:
        before[following] = row
    else:
        tail[line] = row
    return bool(at < 0)


@inlined
def take_out_of_line(row: int, line: int, before: Longs, after: Longs, head: Longs, tail: Longs) -> bool:
    """Gives up the place in the line; whether it was the first."""
    previous, following = before[row], after[row]
    if previous >= 0:
        after[previous] = following
    else:
        head[line] = following if following >= 0 else NOBODY
    if following >= 0:
        before[following] = previous
    else:
        tail[line] = previous
    return bool(previous < 0)


@inlined
def sooner(time: float, number: int, other_time: float, other: int) -> bool:
    """The order of both heaps."""
    return time < other_time or (time == other_time and number < other)


@inlined
def rise(times: Floats, numbers: Longs, places: Longs, at: int, time: float, number: int) -> None:
    """Puts an entry into a heap, from place `at` upwards; `places` says where each number stands (may be empty)."""
    while at:
        up = (at - 1) >> 1
        if not sooner(time, number, times[up], numbers[up]):
            break
        times[at], numbers[at] = times[up], numbers[up]
        if len(places):
            places[numbers[at]] = at
        at = up
    times[at], numbers[at] = time, number
    if len(places):
        places[number] = at


@inlined
def sink(times: Floats, numbers: Longs, places: Longs, size: int, at: int, time: float, number: int) -> None:
    """Puts an entry into a heap of `size` entries, from place `at` downwards."""
    while True:
        down = 2 * at + 1
        if down >= size:
            break
        if down + 1 < size and sooner(times[down + 1], numbers[down + 1], times[down], numbers[down]):
            down += 1
        if sooner(time, number, times[down], numbers[down]):
            break
        times[at], numbers[at] = times[down], numbers[down]
        if len(places):
            places[numbers[at]] = at
        at = down
    times[at], numbers[at] = time, number
    if len(places):
        places[number] = at


@inlined
def remove(times: Floats, numbers: Longs, places: Longs, size: int, hole: int) -> int:
    """Takes the entry at place `hole` out of a heap; its new size."""
    if len(places):
        places[numbers[hole]] = -1
    size -= 1
    if hole < size:
        time, number = times[size], numbers[size]
        up = (hole - 1) >> 1
        if hole > 0 and sooner(time, number, times[up], numbers[up]):
            rise(times, numbers, places, hole, time, number)
        else:
            sink(times, numbers, places, size, hole, time, number)
    return size


@inlined
def holds(words: Words, window: int) -> bool:
    """Whether a bit set of windows holds this one."""
    return bool((words[window >> 6] >> np.uint64(window & 63)) & np.uint64(1))


@inlined
def include(words: Words, window: int) -> None:
    """Puts a window into a bit set."""
    words[window >> 6] |= np.uint64(1) << np.uint64(window & 63)


@inlined
def exclude(words: Words, window: int) -> None:
    """Takes a window out of a bit set."""
    words[window >> 6] &= ~(np.uint64(1) << np.uint64(window & 63))


@inlined
def somebody_stays(line: int, staying: Flags, lines: Ints, lines_from: Ints) -> bool:
    """Whether a window that goes on after closing calls from this line."""
    for window in range(len(staying)):
        if staying[window]:
            for k in range(lines_from[window], lines_from[window + 1]):
                if lines[k] == line:
                    return True
    return False
