"""When the doors open, who queues before them, and what happens at the end: out of when people come and when they are called.

A stretch of half-hours in which people come is an opening. If in its first half-hours nobody is called on nearly all days, though people
come, the doors open later than people do: they queue outside (`early_min`, `early_arrivals`). At the end of an opening `serve_all`,
`keep_tickets` or `finish_current` is what most of those who still waited met; where too few waited it is assumed.

Assumes openings that begin and end at half-hours of the clock, the same on all ordinary days. Not for last tickets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from simulation.calibration.arrivals import HALF_HOUR, Arrivals
from simulation.calibration.logs import Log

LEAST = 5
"""people who come before the doors, or wait at the end, below which nothing is said of them"""
NEARLY = 0.1
"""share of the days on which somebody may be called before the doors open; of who came before them, share who may be called before"""
STEP = 5.0
"""minutes; `early_min` is a multiple of it"""
STRAY = 0.01
"""share of the early who come still earlier"""


@dataclass(frozen=True, slots=True)
class Period:
    """One opening."""

    start: float
    """minutes of the day; the doors open"""
    end: float
    early: float
    """minutes before the doors from which people queue; 0: nobody does"""
    slots: tuple[int, ...]
    """positions of its half-hours among those of the arrivals"""
    before: tuple[int, ...]
    """positions of the half-hours before the doors"""
    at_end: str
    waited: int
    """people who waited at the end, and told what happens then; 0: it is assumed"""


def fit_periods(log: Log, arrivals: Arrivals) -> tuple[Period, ...]:
    """The openings of the ordinary days."""
    rows = log.frame[log.frame["day"].isin(arrivals.days)]
    hours = np.array(arrivals.half_hours)
    breaks = np.flatnonzero(np.diff(hours) > HALF_HOUR) + 1
    stretches = np.split(np.arange(len(hours)), breaks)
    found: list[Period] = []
    for n, slots in enumerate(stretches):
        begin, end = float(hours[slots[0]]), float(hours[slots[-1]]) + HALF_HOUR
        doors, early = _doors(rows, begin, end, len(arrivals.days))
        before = tuple(int(each) for each in slots if hours[each] < doors)
        then = float(hours[stretches[n + 1][0]]) if n + 1 < len(stretches) else np.inf
        at_end, waited = _at_end(rows, doors, end, then)
        found.append(Period(doors, end, early, tuple(int(each) for each in slots if hours[each] >= doors), before, at_end, waited))
    return tuple(found)


def _doors(rows: pd.DataFrame, begin: float, end: float, days: int) -> tuple[float, float]:
    """When the doors open, and so many minutes before it people come."""
    calls = rows[(rows["called"] >= begin) & (rows["called"] < end)]
    first = calls.groupby("day")["called"].min().to_numpy(np.float64)
    if len(first) < min(3, days):
        return begin, 0.0
    doors = float(np.quantile(first, NEARLY) + 1e-9) // HALF_HOUR * HALF_HOUR
    early = rows[(rows["arrived"] >= begin) & (rows["arrived"] < doors) & rows["first"] & ~rows["outcome"].isin(("no_show", "diverted"))]
    if doors <= begin or len(early) < LEAST or (early["called"] < doors).mean() > NEARLY:
        return begin, 0.0
    earliest = doors - float(early["arrived"].quantile(STRAY))
    return doors, min(float(np.ceil(earliest / STEP)) * STEP, doors - begin)


def _at_end(rows: pd.DataFrame, start: float, end: float, then: float) -> tuple[str, int]:
    """What happens at the end of an opening, and how many tell it; `then` is when the next begins."""
    inside = rows[(rows["arrived"] < end) & (rows["arrived"] >= start - HALF_HOUR)]
    served = int(((inside["called"] >= end) & (inside["called"] < then)).sum())
    kept = int((inside["called"] >= then).sum())
    sent = int(((inside["outcome"] == "sent_home") & (inside["ended"] >= end - 1.0) & (inside["ended"] < then)).sum())
    most = max(served, kept, sent)
    if most < LEAST:
        return "serve_all", 0
    return ("finish_current" if most == sent else "keep_tickets" if most == kept else "serve_all"), served + kept + sent
