"""People waiting by half-hour, in a log and in the scenario fitted to it.

Assumes waits that begin when people come; somebody whose wait is not seen counts for nobody. Not for lines before single windows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from simulation.calibration.arrivals import HALF_HOUR
from simulation.calibration.laws import Figure

Floats = NDArray[np.float64]

SLOTS = 48
"""half-hours of a day; who waits longer stands in the last one"""


@dataclass(frozen=True, slots=True)
class Crowd:
    """One half-hour."""

    at: float
    """minutes of the day at which it begins"""
    observed: Figure
    """people who wait at any moment, its mean over the days"""
    simulated: Figure
    verdict: str
    """as of a measure: agrees, low, high, untold"""


def waiting(people: pd.DataFrame) -> Floats:
    """(days, SLOTS) people who wait at any moment of a half-hour.

    people : day, arrived (minutes of the day), wait (minutes; nan: not seen)
    """
    seen = people[people["wait"] > 0]
    days, names = pd.factorize(people["day"], sort=True)
    day = pd.Series(days, index=people.index)[seen.index].to_numpy(np.int64)
    begin = seen["arrived"].to_numpy(np.float64)
    end = begin + seen["wait"].to_numpy(np.float64)
    found = np.zeros((len(names), SLOTS))
    first = np.floor(begin / HALF_HOUR).astype(np.int64)
    for later in range(int(np.ceil((end - begin).max(initial=0.0) / HALF_HOUR)) + 1):
        slot = first + later
        inside = np.minimum(end, (slot + 1) * HALF_HOUR) - np.maximum(begin, slot * HALF_HOUR)
        some = inside > 0
        np.add.at(found, (day[some], np.clip(slot[some], 0, SLOTS - 1)), inside[some] / HALF_HOUR)
    return found


def mean_of(days: Floats) -> Figure:
    """Mean over days with Student's interval; nan bounds from a single day."""
    value, n = float(days.mean()) if len(days) else math.nan, len(days)
    if n < 2:
        return Figure(value, math.nan, math.nan)
    half = float(stats.t.ppf(0.975, n - 1)) * float(days.std(ddof=1)) / math.sqrt(n)
    return Figure(value, max(value - half, 0.0), value + half)
