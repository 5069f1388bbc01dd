"""The compiled back office: the same contract as the story (`simulation.backoffice.story`), the same answers to the bit.

One loop over a heap of moments: a task is done, or a pool calls. Acceptances come in order beside it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulation.backoffice.clocks import done_at, opens
from simulation.backoffice.office import Pools
from simulation.compiled import compiled

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]


@compiled
def run(
    pools: Pools, accepted: Floats, first: Longs, pool: Ints, minutes: Floats, urgency: Floats, needs: Ints,
    next_first: Longs, next_last: Longs, following: Longs,
) -> tuple[Floats, Floats, Floats]:  # fmt: skip
    """(m,) moments at which each task was due, called and done; inf where the calendar ends before."""
    m, p = len(pool), len(pools.staff)
    joined, called, done = np.full(m, np.inf), np.full(m, np.inf), np.full(m, np.inf)
    left = needs.copy()
    free = pools.staff.copy()
    rings = np.full(p, np.inf)

    moments, numbers, size = np.empty(m + p), np.empty(m + p, np.int64), 0
    place = np.zeros(p + 1, np.int64)
    for t in range(m):
        place[pool[t] + 1] += 1
    place = np.cumsum(place)
    waiting = np.zeros(p, np.int64)
    rank, since, file = np.empty(m), np.empty(m), np.empty(m, np.int64)
    ready = np.empty(m, np.int64)
    case = 0

    while True:
        now = moments[0] if size else np.inf
        count = 0
        if case < len(accepted) and accepted[case] <= now:
            now = accepted[case]
            for t in range(first[case], first[case + 1]):
                if left[t] == 0:
                    ready[count] = t
                    count += 1
            case += 1
        elif now == np.inf:
            return joined, called, done
        else:
            number = numbers[0]
            size = _drop(moments, numbers, size)
            if number >= m:  # a pool calls
                q = number - m
                rings[q] = np.inf
                while free[q] > 0 and waiting[q] > 0:
                    t = file[place[q]]
                    waiting[q] = _leave(rank, since, file, place[q], waiting[q])
                    free[q] -= 1
                    called[t] = now
                    done[t] = done_at(pools.clocks, q, now, minutes[t])
                    if done[t] < np.inf:
                        size = _put(moments, numbers, size, done[t], t)
                continue
            q = pool[number]
            if q > 0:
                free[q] += 1
                size = _ring(pools, q, now, rings, moments, numbers, size, m)
            for k in range(next_first[number], next_last[number]):
                t = following[k]
                left[t] -= 1
                if left[t] == 0:
                    ready[count] = t
                    count += 1
        for n in range(count):
            t = ready[n]
            q = pool[t]
            joined[t] = now
            if q == 0:
                called[t] = now
                done[t] = done_at(pools.clocks, 0, now, minutes[t])
                if done[t] < np.inf:
                    size = _put(moments, numbers, size, done[t], t)
            else:
                waiting[q] = _join(rank, since, file, place[q], waiting[q], urgency[t], now, t)
                size = _ring(pools, q, now, rings, moments, numbers, size, m)


@compiled
def _ring(pools: Pools, q: int, now: float, rings: Floats, moments: Floats, numbers: Longs, size: int, m: int) -> int:
    """The pool will look at its files now, or when it opens."""
    at = opens(pools.clocks, q, now)
    if at < rings[q]:
        rings[q] = at
        return _put(moments, numbers, size, at, m + q)
    return size


@compiled
def _put(moments: Floats, numbers: Longs, size: int, moment: float, number: int) -> int:
    at = size
    while at > 0:
        up = (at - 1) >> 1
        if moments[up] < moment or (moments[up] == moment and numbers[up] < number):
            break
        moments[at], numbers[at] = moments[up], numbers[up]
        at = up
    moments[at], numbers[at] = moment, number
    return size + 1


@compiled
def _drop(moments: Floats, numbers: Longs, size: int) -> int:
    size -= 1
    moment, number = moments[size], numbers[size]
    at = 0
    while True:
        down = 2 * at + 1
        if down >= size:
            break
        if down + 1 < size and (
            moments[down + 1] < moments[down] or (moments[down + 1] == moments[down] and numbers[down + 1] < numbers[down])
        ):
            down += 1
        if moment < moments[down] or (moment == moments[down] and number < numbers[down]):
            break
        moments[at], numbers[at] = moments[down], numbers[down]
        at = down
    moments[at], numbers[at] = moment, number
    return size


@compiled
def _sooner(rank: Floats, since: Floats, file: Longs, one: int, other: int) -> bool:
    """Whether the file at one place is taken before the file at another."""
    if rank[one] != rank[other]:
        return bool(rank[one] < rank[other])
    if since[one] != since[other]:
        return bool(since[one] < since[other])
    return bool(file[one] < file[other])


@compiled
def _join(rank: Floats, since: Floats, file: Longs, base: int, size: int, urgency: float, now: float, task: int) -> int:
    """Lays a file into the heap of a pool."""
    at = size
    rank[base + at], since[base + at], file[base + at] = urgency, now, task
    while at > 0:
        up = (at - 1) >> 1
        if _sooner(rank, since, file, base + up, base + at):
            break
        _swap(rank, since, file, base + up, base + at)
        at = up
    return size + 1


@compiled
def _leave(rank: Floats, since: Floats, file: Longs, base: int, size: int) -> int:
    """Takes the first file out of the heap of a pool."""
    size -= 1
    rank[base], since[base], file[base] = rank[base + size], since[base + size], file[base + size]
    at = 0
    while True:
        down = 2 * at + 1
        if down >= size:
            return size
        if down + 1 < size and _sooner(rank, since, file, base + down + 1, base + down):
            down += 1
        if _sooner(rank, since, file, base + at, base + down):
            return size
        _swap(rank, since, file, base + at, base + down)
        at = down


@compiled
def _swap(rank: Floats, since: Floats, file: Longs, one: int, other: int) -> None:
    rank[one], rank[other] = rank[other], rank[one]
    since[one], since[other] = since[other], since[one]
    file[one], file[other] = file[other], file[one]
