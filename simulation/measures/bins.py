"""The fixed histogram of minutes: one bin for exactly zero, then bins evenly spaced on the log scale.

A bin's ends differ by less than 0.5 %, so any quantile read from the counts is within 0.5 % of the quantile of the values themselves.
The bins never depend on the data, so counts of any days can be added, in any order, to the same result.

Assumes minutes. Between zero and SMALLEST (a quarter of a second) there is one bin, above LARGEST (half a year) another: there the promise
of 0.5 % does not hold.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simulation.compiled import compiled

OCTAVES_BELOW = 8
OCTAVES_ABOVE = 18
PER_OCTAVE = 140
"""bins in a factor of two: 2 ** (1 / 140) is 1.00496"""
SMALLEST = 2.0**-OCTAVES_BELOW
LARGEST = 2.0**OCTAVES_ABOVE
BINS = 3 + PER_OCTAVE * (OCTAVES_BELOW + OCTAVES_ABOVE)
"""zero, below SMALLEST, the log-spaced, above LARGEST"""

EDGES: NDArray[np.float64] = np.concatenate(
    [[0.0, 0.0], SMALLEST * 2.0 ** (np.arange(BINS - 2) / PER_OCTAVE), [LARGEST * 2.0 ** (1 / PER_OCTAVE)]]
)
"""(BINS + 1,) minutes; bin k holds EDGES[k] <= x < EDGES[k + 1], bin 0 exactly zero"""

_PER_E = PER_OCTAVE / math.log(2.0)
_LOG_SMALLEST = math.log(SMALLEST)


@compiled
def bin_of(minutes: float) -> int:
    """The bin of one value; nothing below zero is expected, and would count as zero."""
    if minutes <= 0.0:
        return 0
    if minutes < SMALLEST:
        return 1
    k = 2 + int((math.log(minutes) - _LOG_SMALLEST) * _PER_E)
    return min(k, BINS - 1)
