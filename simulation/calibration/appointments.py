"""Appointments out of a log that says the booked times: places, the share that is taken, who does not come, and how punctual others are.

The places of a clock time are the most that were booked at it on one day, and all places are taken with one chance. Punctuality is the
normal law of the engine; appointments soon after the doors are left out of it where there are others, since nobody can come before the
doors.

Assumes that the log has those who did not come too. Not for the ways of booking: a log does not name them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from simulation.calibration.doors import Period
from simulation.calibration.laws import Figure
from simulation.calibration.logs import Log
from simulation.calibration.services import share

LEAST = 10
"""appointments of one service, below which nothing is said"""
MOST_TIMES = 200
"""clock times a day; more are taken together by five minutes"""
TOGETHER = 5.0
"""minutes"""
FREE = 30.0
"""minutes after people may come to an opening, before which an appointment tells nothing of punctuality"""


@dataclass(frozen=True, slots=True)
class BookingFit:
    """The appointments of one service."""

    n: int
    """appointments seen, kept or not"""
    times: tuple[tuple[float, int], ...]
    """minute of the day, places"""
    booked: Figure
    """share of the places that is taken"""
    no_show: Figure
    """share of the appointments that is not kept, Wilson's interval"""
    late: Figure
    """minutes, arrival minus booked time, mean"""
    spread: Figure
    """minutes, its deviation"""


def fit_booking(log: Log, service: str, days: tuple[str, ...], periods: Sequence[Period]) -> BookingFit | None:
    """Of these days with these openings; None where there are too few appointments."""
    rows = log.frame[(log.frame["service"] == service) & log.frame["due"].notna() & log.frame["day"].isin(days)]
    kept = rows[rows["outcome"] != "no_show"]
    if len(rows) < LEAST or len(kept) < LEAST:
        return None
    at = np.round(rows["due"].to_numpy(np.float64))
    if len(np.unique(at)) > MOST_TIMES:
        at = at // TOGETHER * TOGETHER
    most = rows.assign(at=at).groupby(["at", "day"]).size().groupby(level=0).max()
    times = tuple((float(minute), int(places)) for minute, places in most.items())  # type: ignore[arg-type]
    late = (kept["arrived"] - kept["due"]).to_numpy(np.float64)
    due = kept["due"].to_numpy(np.float64)
    free = ~np.logical_or.reduce([(due >= each.start) & (due < each.start - each.early + FREE) for each in periods])
    if free.sum() >= LEAST:
        late = late[free]
    n, mean, deviation = len(late), float(late.mean()), float(late.std(ddof=1))
    half = float(stats.t.ppf(0.975, n - 1)) * deviation / math.sqrt(n)
    low, high = (deviation * math.sqrt((n - 1) / float(stats.chi2.ppf(level, n - 1))) for level in (0.975, 0.025))
    return BookingFit(
        len(rows), times, share(len(rows), len(days) * int(most.sum())), share(len(rows) - len(kept), len(rows)),
        Figure(mean, mean - half, mean + half), Figure(deviation, low, high),
    )  # fmt: skip
