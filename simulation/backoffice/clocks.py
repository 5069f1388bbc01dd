"""Working clocks: how many minutes a pool has worked until a moment, and the moment by which it has worked so many.

A moment is minutes since 00:00 of day 0 (a date), nights and rest days included. A clock is the list of its open periods; where a file
is interrupted at the end of one it goes on at the beginning of the next. Every figure is a multiple of 2**-20 minute, so sums are exact and
`moment` undoes `worked` to the bit.

Assumes periods in order of time that do not overlap. Knows nothing of dates (`simulation.backoffice.office`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.compiled import compiled

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]


class Clocks(NamedTuple):
    """The open periods of k clocks, clock after clock."""

    first: Longs
    """(k + 1,) where the periods of each clock begin"""
    start: Floats
    """moments"""
    end: Floats
    """moments"""
    before: Floats
    """minutes that the clock has worked before the period"""


def clocks_of(periods: Sequence[Sequence[tuple[float, float]]]) -> Clocks:
    """The clocks with these periods, each a list of (start, end)."""
    first = np.cumsum([0, *(len(each) for each in periods)])
    start = np.array([a for each in periods for a, _ in each], np.float64)
    end = np.array([b for each in periods for _, b in each], np.float64)
    before = np.concatenate([np.cumsum(np.concatenate([[0.0], (end - start)[a:b]]))[:-1] for a, b in pairwise(first)])
    return Clocks(first.astype(np.int64), start, end, before)


@compiled
def worked(clocks: Clocks, clock: int, moment: float) -> float:
    """Minutes that the clock has worked until that moment."""
    low, high = clocks.first[clock], clocks.first[clock + 1]
    at = low + np.searchsorted(clocks.start[low:high], moment, side="right") - 1
    if at < low:
        return 0.0
    return float(clocks.before[at] + (min(moment, clocks.end[at]) - clocks.start[at]))


@compiled
def worked_at(clocks: Clocks, clock: int, moments: Floats) -> Floats:
    """`worked` at (n,) moments."""
    found = np.empty(len(moments))
    for n in range(len(moments)):
        found[n] = worked(clocks, clock, moments[n])
    return found


@compiled
def moment_of(clocks: Clocks, clock: int, minutes: float) -> float:
    """The first moment by which the clock has worked so many minutes (> 0): at the end of a period, that end. inf beyond the last."""
    low, high = clocks.first[clock], clocks.first[clock + 1]
    at = low + np.searchsorted(clocks.before[low:high], minutes, side="left") - 1
    if at < low:
        return float(clocks.start[low])
    found = clocks.start[at] + (minutes - clocks.before[at])
    return float(found) if found <= clocks.end[at] else np.inf


@compiled
def opens(clocks: Clocks, clock: int, moment: float) -> float:
    """The moment itself where the clock is open, else the beginning of the next period; at its end one is over. inf beyond the last."""
    low, high = clocks.first[clock], clocks.first[clock + 1]
    at = low + np.searchsorted(clocks.end[low:high], moment, side="right")
    if at == high:
        return np.inf
    return float(max(moment, clocks.start[at]))


@compiled
def done_at(clocks: Clocks, clock: int, moment: float, minutes: float) -> float:
    """When work of so many minutes is done that begins at that moment, or at the next opening; work of no minutes is done at once."""
    if minutes <= 0.0:
        return moment
    return moment_of(clocks, clock, worked(clocks, clock, moment) + minutes)
