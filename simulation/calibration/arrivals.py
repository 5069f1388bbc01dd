"""Arrivals out of a log: rates by half-hour and weekday, whether they are Poisson, and by how much they vary more.

Assumes that the log is whole on the days it has: a half-hour without arrivals is one in which nobody came. Only the first ticket of a
visit is an arrival, and who has an appointment is in no rate. Half-hours are those of the clock, as in the measures. Days on which people
came in fewer half-hours (half days, days on which the hall was shut) are not ordinary and in none of these figures, nor are single days of
a weekend (`weekdays`); a day of few people in all half-hours is.

Source of the test: Brown, L. et al. (2005), Statistical analysis of a telephone call center, JASA 100, section 4.1. Within a
half-hour (length L) of constant rate the J arrivals t_1 <= ... <= t_J give −(J + 1 − j) log((L − t_j)/(L − t_{j−1})), j = 1..J, which are
independent standard exponential; all of them are compared with that law (Kolmogorov and Smirnov). Arrivals rounded to a step are spread
evenly over it, as there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from simulation.calibration.laws import Figure
from simulation.calibration.logs import Log
from simulation.calibration.weekdays import exceptions, factors_of, kinds_of

Floats = NDArray[np.float64]

HALF_HOUR = 30.0
ORDINARY = 0.6
"""share of the middle day's half-hours in which anybody comes on an ordinary day"""
LAST = 47
"""half-hours of a day before 23:30; a scenario cannot close at midnight"""
BY_CHANCE = 10
"""arrivals of a half-hour, from which on an empty one beside it is a break and no chance, if there are"""
SEVERAL = 3
"""days at least"""
STRAY = 0.001
"""share of all arrivals below which a half-hour is not one of the opening"""
TOLD = 0.05
"""chance below which the days of the week are held to differ"""
NEVER_ASKED = ("no_show", "diverted")
"""outcomes of those who did not come to the hall"""


@dataclass(frozen=True, slots=True)
class PoissonTest:
    """Whether arrivals within half-hours are those of a Poisson process of constant rate."""

    distance: float
    """of Kolmogorov and Smirnov"""
    p: float
    """the chance of such a distance or more, if they are"""
    n: int
    """arrivals"""


@dataclass(frozen=True, slots=True)
class Dispersion:
    """How much the counts of a half-hour vary from day to day, beside Poisson's."""

    index: Figure
    """variance over mean, of all half-hours and services together; 1 for Poisson"""
    median: float
    """the middle of the half-hours' own variance over mean, all services together: what one wild day does not move"""
    day_cv: Figure
    """of the factor that a day's arrivals have in common"""
    half_hour_cv: Figure
    """of the factor of one half-hour and service"""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What a log says of who comes when."""

    services: tuple[str, ...]
    half_hours: tuple[float, ...]
    """minutes of the day at which each begins; those in which anybody came, without gaps inside an opening"""
    days: tuple[str, ...]
    """the ordinary days"""
    exceptions: tuple[str, ...]
    """days of the weekend that are not ordinary, since the hall is usually shut on them"""
    counts: Floats
    """(days, services, half-hours)"""
    stray: int
    """arrivals at other times, in no rate"""
    weekdays: tuple[int, ...]
    """of each day its kind: 0 Monday to 6 Sunday, 7 a weekend day that is worked; -1 not known"""
    weekday: dict[int, Figure]
    """factor of each kind of day; mean 1 over the days; none where too few occur twice"""
    weekday_p: float
    """chance of factors as far apart or more if the kinds of day were alike; nan where there are none"""
    poisson: dict[str, PoissonTest]
    """service -> test; those with at least 20 arrivals that can be tested"""
    dispersion: Dispersion | None
    """None below three days"""

    def number(self, service: int, slots: Sequence[int]) -> Figure:
        """People a day in some half-hours, its mean over the days."""
        each = self.counts[:, service, list(slots)].sum(axis=1)
        days, mean = len(each), float(each.mean())
        low, high = _poisson_interval(float(each.sum()), _spread(each))
        return Figure(mean, low / days, high / days)

    def rate(self, service: int, half_hour: int) -> Figure:
        """Arrivals an hour in a half-hour."""
        a_day = self.number(service, [half_hour])
        return Figure(2 * a_day.value, 2 * a_day.low, 2 * a_day.high)


def fit_arrivals(log: Log) -> Arrivals:
    """Counts, factors, tests of a log."""
    frame = log.frame[log.frame["first"] & ~log.frame["outcome"].isin(NEVER_ASKED)]
    length = (frame["arrived"] // HALF_HOUR).groupby(frame["day"]).nunique()
    whole = [day for day in log.days if length.get(day, 0) >= ORDINARY * length.median()]
    of_day = log.frame.groupby("day")["weekday"].first()
    kinds = kinds_of(whole, [int(of_day[day]) for day in whole])
    seldom = exceptions(whole, kinds)
    days = tuple(day for day in whole if day not in seldom)
    weekdays = tuple(kind for day, kind in zip(whole, kinds, strict=True) if day not in seldom)
    frame, services = frame[frame["day"].isin(days)], tuple(sorted(log.frame["service"].unique()))
    half_hours = _half_hours((frame["arrived"] // HALF_HOUR).astype(int), len(days))
    frame = frame[frame["due"].isna()]
    slot = (frame["arrived"] // HALF_HOUR).astype(int)
    inside = slot.isin(half_hours)
    stray, frame, slot = int((~inside).sum()), frame[inside], slot[inside]
    counts = np.zeros((len(days), len(services), len(half_hours)))
    at = (
        frame["day"].map({day: n for n, day in enumerate(days)}).to_numpy(np.int64),
        frame["service"].map({service: n for n, service in enumerate(services)}).to_numpy(np.int64),
        slot.map({each: n for n, each in enumerate(half_hours)}).to_numpy(np.int64),
    )
    np.add.at(counts, at, 1)
    factors, p = factors_of(counts.sum(axis=(1, 2)), weekdays)
    told = factors if p < TOLD else {}
    poisson = {service: test for service in services if (test := test_poisson(frame[frame["service"] == service], log.rounded)) is not None}
    starts = tuple(HALF_HOUR * each for each in half_hours)
    return Arrivals(services, starts, days, seldom, counts, stray, weekdays, factors, p, poisson, _dispersion(counts, weekdays, told))


def _half_hours(slot: pd.Series, days: int) -> list[int]:
    """Those in which not only a stray arrival falls, and single empty ones between two in which hardly anybody comes either."""
    busy = slot.value_counts().sort_index()
    seen = sorted(int(each) for each in busy.index[busy >= STRAY * len(slot)] if 0 <= each < LAST)
    gaps = [
        first + 1 for first, then in pairwise(seen) if then - first == 2 and (days < SEVERAL or min(busy[first], busy[then]) < BY_CHANCE)
    ]
    return sorted([*seen, *gaps])


def test_poisson(frame: pd.DataFrame, rounded: float) -> PoissonTest | None:
    """The test of one service's arrivals; None where fewer than 20 can be tested."""
    spread = np.random.default_rng(len(frame)).uniform(0, 1, len(frame)) * rounded
    moments = frame["arrived"].to_numpy(dtype=np.float64) + spread
    cells = pd.DataFrame({"day": frame["day"].to_numpy(), "slot": moments // HALF_HOUR, "at": moments % HALF_HOUR})
    found: list[Floats] = []
    for _, cell in cells.groupby(["day", "slot"]):
        at = np.sort(cell["at"].to_numpy(dtype=np.float64))
        left = HALF_HOUR - np.concatenate([[0.0], at])
        found.append(-(len(at) - np.arange(len(at), dtype=np.float64)) * np.log(left[1:] / left[:-1]))
    each = np.concatenate(found) if found else np.zeros(0)
    if each.size < 20:
        return None
    told = stats.kstest(each, "expon")
    return PoissonTest(float(told.statistic), float(told.pvalue), int(each.size))


def _spread(counts: Floats) -> float:
    """Variance over mean of counts, at least 1: by how much an interval is wider than Poisson's squared."""
    mean = float(counts.mean())
    return max(1.0, float(counts.var(ddof=1)) / mean) if len(counts) > 2 and mean > 0 else 1.0


def _poisson_interval(total: float, spread: float) -> tuple[float, float]:
    """Garwood's exact 95 % interval of a Poisson mean, of the count that has the same relative error where counts are over-dispersed."""
    n = total / spread
    low = float(stats.gamma.ppf(0.025, n)) if n > 0 else 0.0
    return low * spread, float(stats.gamma.ppf(0.975, n + 1)) * spread


def _dispersion(counts: Floats, weekdays: tuple[int, ...], factors: dict[int, Figure]) -> Dispersion | None:
    """Moments of the counts about their half-hour's and weekday's mean; the intervals leave out one day at a time.

    Neither square is below 0: where moments would have one there, it is 0 and the other is what then tells the counts' variance best, so
    that what chance adds to the one is not added up with what it takes from the other.
    """
    cells = counts.reshape(len(counts), -1)
    cells = cells[:, cells.sum(axis=0) > 0]
    expected = np.array([factors[kind].value if kind in factors else 1.0 for kind in weekdays])
    lost = max(len(factors), 1)
    if len(cells) - lost < 2 or cells.shape[1] < 2:
        return None

    def moments(chosen: NDArray[np.bool_], bounded: bool = False) -> tuple[float, float, float]:
        own, weight = cells[chosen], expected[chosen]
        mean = own.mean(axis=0) / weight.mean()
        rest = own - np.outer(weight, mean)
        square = float((weight**2).mean())
        # factors of weekdays take from what a day's half-hours have in common a freedom each, from what is their own hardly any
        freedom, own_freedom = len(own) - lost, len(own) - 1 - (lost - 1) / cells.shape[1]
        shared = float((mean**2).sum()) / float(mean.sum()) ** 2
        together = float((rest.sum(axis=1) ** 2).sum()) / freedom
        alone = (float((rest**2).sum()) - shared * freedom * together) / (own_freedom - shared * freedom)
        if bounded:
            poisson = float(mean.sum()) * float(weight.mean())
            alone = max(alone, poisson)
            if together < alone:
                together = alone = max(float((rest**2).sum()) / own_freedom, poisson)
        a = (together - alone) / (square * float(mean.sum()) ** 2)
        second = alone + a * square * float((mean**2).sum())
        b = ((second - float(mean.sum()) * float(weight.mean())) / (square * float((mean**2).sum())) - a) / (1 + max(a, 0.0))
        return second / float(own.mean(axis=0).sum()), a, b

    all_days = np.ones(len(cells), np.bool_)
    index, _, _ = moments(all_days)
    _, a, b = moments(all_days, bounded=True)
    without = np.array([moments(np.arange(len(cells)) != n) for n in range(len(cells))])
    error = np.sqrt((len(cells) - 1) * without.var(axis=0))
    wide = float(stats.t.ppf(0.975, len(cells) - lost))
    whole = counts.sum(axis=1)
    whole = whole[:, whole.mean(axis=0) >= 1]
    median = float(np.median(whole.var(axis=0, ddof=1) / whole.mean(axis=0))) if whole.size else math.nan
    of_index = Figure(index, max(index - wide * float(error[0]), 0.0), index + wide * float(error[0]))
    return Dispersion(of_index, median, *(_root(square, wide * float(each)) for square, each in ((a, error[1]), (b, error[2]))))


def _root(square: float, half: float) -> Figure:
    """A coefficient of variation from its square; upwards by the logarithm where that is wider, as variances are skewed."""
    upper = max(square + half, square * math.exp(min(half / square, 5.0)) if square > 0 else 0.0)
    return Figure(*(math.sqrt(max(each, 0.0)) for each in (square, square - half, upper)))
