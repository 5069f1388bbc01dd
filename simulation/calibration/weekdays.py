"""Kinds of day in a log: days of the week, weekend days that are worked (调休), and by how much they differ.

A weekend day that the official calendar has as a working day is a kind of its own, as it is in a scenario. A Saturday or Sunday that is in
the log once of several, or far more seldom than Mondays to Fridays are, and is no such working day, is an exception: the hall is shut on
that day of the week.

Assumes that days of one kind vary by one relative deviation. Not for holidays: a log of days around them has few of each.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from simulation.calibration.laws import Figure
from simulation.dates import FIRST_DATED_YEAR, LAST_DATED_YEAR, MAKE_UP, days_of_year

Floats = NDArray[np.float64]

UNKNOWN = -1
"""kind of a day that is no date"""
SATURDAY = 5
SELDOM = 0.5
"""share of the dates of a day of the weekend that are in the log over that of Mondays to Fridays, below which they are exceptions"""


def kinds_of(days: Sequence[str], weekday: Sequence[int]) -> tuple[int, ...]:
    """The kind of each day, as `simulation.dates` numbers them; UNKNOWN for one that is no date.

    weekday : of each day, 0 Monday; UNKNOWN
    """
    return tuple(MAKE_UP if kind >= SATURDAY and _worked(day) else kind for day, kind in zip(days, weekday, strict=True))


def _worked(day: str) -> bool:
    when = date.fromisoformat(day)
    if not FIRST_DATED_YEAR <= when.year <= LAST_DATED_YEAR:
        return False
    return days_of_year(when.year)[when.timetuple().tm_yday - 1].kind == MAKE_UP


def exceptions(days: Sequence[str], kinds: Sequence[int]) -> tuple[str, ...]:
    """Days of the weekend on which the hall is usually shut."""
    if UNKNOWN in kinds or not days:
        return ()
    begins, ends = date.fromisoformat(min(days)), date.fromisoformat(max(days))
    dates = [(begins + timedelta(days=n)).weekday() for n in range((ends - begins).days + 1)]
    usual = sum(kind < SATURDAY for kind in kinds) / max(sum(each < SATURDAY for each in dates), 1)
    seldom = {
        kind
        for kind in (SATURDAY, SATURDAY + 1)
        if kinds.count(kind) < SELDOM * usual * dates.count(kind) or kinds.count(kind) == 1 < dates.count(kind)
    }
    return tuple(day for day, kind in zip(days, kinds, strict=True) if kind in seldom)


def factors_of(totals: Floats, kinds: Sequence[int]) -> tuple[dict[int, Figure], float]:
    """Mean of the days of a kind over the mean of all; none where a day is no date, or fewer than two kinds occur twice.

    totals : (days,) people of each day

    Days of one kind vary by one relative deviation, that of all days about the mean of their kind, never below Poisson's. A day of the
    week from Monday to Friday that occurs once has no factor: what is odd about it is chance as likely as not. A single day of the weekend
    is no such day, and has one, with a wide interval. Intervals by the delta method on the logarithm, with Student's quantile; the chance
    of factors as far apart, if the kinds were alike, is that of the F test of one way.
    """
    groups = {kind: totals[np.array(kinds) == kind] for kind in sorted(set(kinds)) if kind >= SATURDAY or kinds.count(kind) > 1}
    often = sum(len(each) > 1 for each in groups.values())
    if UNKNOWN in kinds or often < 2 or min(float(each.sum()) for each in groups.values()) == 0:
        return {}, math.nan
    overall, freedom = float(totals.mean()), sum(map(len, groups.values())) - len(groups)
    count, mean = np.array([len(each) for each in groups.values()]), np.array([float(each.mean()) for each in groups.values()])
    rest = np.concatenate([each / each.mean() - 1 for each in groups.values()])
    square = max(float((rest**2).sum()) / freedom, 1 / overall)
    weight = count * mean / (len(totals) * overall)
    wide = float(stats.t.ppf(0.975, freedom))
    factors = {}
    for k, kind in enumerate(groups):
        others = float((weight**2 / count).sum() - weight[k] ** 2 / count[k])
        half = wide * math.sqrt(square * ((1 - weight[k]) ** 2 / count[k] + others))
        value = float(mean[k]) / overall
        factors[kind] = Figure(value, value * math.exp(-half), value * math.exp(half))
    between = float((count * (mean / overall - 1) ** 2).sum()) / (len(groups) - 1)
    return factors, float(stats.f.sf(between / square, len(groups) - 1, freedom))
