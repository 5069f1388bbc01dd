"""Values and intervals over many units (days or replications) from sums that were streamed past.

A mean or a share is total over total, R = Σn / Σd, and its interval is that of the linearised ratio: with e = n − R·d of each unit,
SE = sqrt(U / (U − 1) · Σe²) / Σd, and Student's t with U − 1 degrees of freedom. With d = 1 this is the textbook interval of a mean.
Only the sums Σn, Σd, Σn², Σnd, Σd² are needed, so memory does not grow with the units. Two plans on the same days (common random
numbers) are compared by the same linearisation with the cross sums of both.

Figures of single days are skewed, and the interval of few of them, drawn evenly about the value, misses on the side of the long tail. So
the ends of a mean lie evenly on the scale of logarithms and those of a share on that of log-odds (the delta method: the same standard error
and the same Student's t): `about`. With many units this is the even interval; differences are judged on their own scale.

A quantile comes from the fixed histogram of bins.py; its interval is Woodruff's: the interval of the share below the quantile, from groups
of units, turned back into minutes. A difference of two quantiles is judged by deleting one group at a time (the jackknife).

Assumes units are independent, and alike, or alike within strata whose shares of the units are fixed. Not for steady-state output within one
run: a unit is a whole day or a whole replication.

Source: Cochran (1977), Sampling Techniques, 3rd ed., chapter 6; Woodruff (1952), Confidence intervals for medians and other position
measures, JASA 47; Shao & Tu (1995), The Jackknife and Bootstrap, section 2.3; Law (2015), Simulation Modeling and Analysis, 5th ed.,
chapters 9 and 10.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulation.compiled import compiled
from simulation.measures.bins import EDGES

Floats = NDArray[np.float64]
Counts = NDArray[np.integer[Any]]
Interval = tuple[float, float, float]
"""value, low, high; nan where there is none"""

GROUPS = 32
"""Groups of units by which the error of a quantile is judged; unit k belongs to group k mod GROUPS."""
LEVEL = 0.95
MOST_REACH = 50.0
"""of log-odds: the ends are then 0 and 1 to twenty places"""


@lru_cache(maxsize=4096)
def t_quantile(level: float, freedom: int) -> float:
    """Student's t that a share `level` lies within, either side of zero."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + level / 2))


def ratio(
    n: ArrayLike, d: ArrayLike, nn: ArrayLike, nd: ArrayLike, dd: ArrayLike, units: int, level: float = LEVEL
) -> tuple[Floats, Floats]:
    """Total over total with its half-width.

    n, d : Σ over units of numerator and denominator; nn, nd, dd : Σ of their products; any one shape

    Returns
    -------
    value : nan where d is 0
    half : half-width of the interval; nan below two units
    """
    n, d, nn, nd, dd = (np.asarray(each, dtype=np.float64) for each in (n, d, nn, nd, dd))
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(d > 0, n / d, np.nan)
        spread = _cross(value, value, nn, nd, nd, dd)
        half = _half_width(spread, units, level) / d
    return value, np.where(d > 0, half, np.nan)


def ratio_difference(
    n: tuple[Floats, Floats],
    d: tuple[Floats, Floats],
    nn: tuple[Floats, Floats],
    nd: tuple[Floats, Floats],
    dd: tuple[Floats, Floats],
    cross: tuple[Floats, Floats, Floats, Floats],
    units: int,
    level: float = LEVEL,
) -> tuple[Floats, Floats]:
    """Second total over total minus the first, on the same units, with its half-width.

    n, d, nn, nd, dd : the sums of both, as in `ratio`
    cross : Σ n₁n₂, Σ n₁d₂, Σ d₁n₂, Σ d₁d₂
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        one, two = (np.where(d[k] > 0, n[k] / d[k], np.nan) for k in (0, 1))
        first = _cross(one, one, nn[0], nd[0], nd[0], dd[0]) / (d[0] * d[0])
        second = _cross(two, two, nn[1], nd[1], nd[1], dd[1]) / (d[1] * d[1])
        both = _cross(one, two, *cross) / (d[0] * d[1])
        half = _half_width((first + second) - 2.0 * both, units, level)
    return two - one, half


def ratio_in_strata(
    value: Floats, d: Floats, sums: tuple[Floats, Floats, Floats, Floats, Floats], units: NDArray[np.int64], level: float = LEVEL
) -> Floats:
    """Half-width of total over total where units are alike within strata, each of which has its fixed share of them.

    value, d : total over total, and the denominator's total, of all units
    sums : Σn, Σd, Σn², Σnd, Σd² of each stratum, (strata, ...)
    units : (strata,) at least two each

    Only what differs within the strata is chance: SE² = Σ_h U_h / (U_h − 1) · Σ (e − ē_h)² / (Σd)². Student's t has the degrees of
    freedom that Satterthwaite gives strata of unlike spread. nan where d is 0.

    Source: Cochran (1977), sections 5.4 and 6.11.
    """
    n, below, nn, nd, dd = sums
    with np.errstate(divide="ignore", invalid="ignore"):
        half = _half_width_in_strata(_cross(value, value, nn, nd, nd, dd), n - value * below, units, level) / d
    return np.where(d > 0, half, np.nan)


def ratio_difference_in_strata(
    values: tuple[Floats, Floats],
    d: tuple[Floats, Floats],
    base: tuple[Floats, Floats, Floats, Floats, Floats],
    plan: tuple[Floats, Floats, Floats, Floats, Floats],
    cross: tuple[Floats, Floats, Floats, Floats],
    units: NDArray[np.int64],
    level: float = LEVEL,
) -> Floats:
    """Half-width of the second total over total minus the first on the same units, by strata; see `ratio_in_strata`.

    cross : Σ n₁n₂, Σ n₁d₂, Σ d₁n₂, Σ d₁d₂ of each stratum
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        one, two = values
        (n1, d1, nn1, nd1, dd1), (n2, d2, nn2, nd2, dd2) = base, plan
        first = _cross(one, one, nn1, nd1, nd1, dd1) / (d[0] * d[0])
        second = _cross(two, two, nn2, nd2, nd2, dd2) / (d[1] * d[1])
        both = _cross(one, two, *cross) / (d[0] * d[1])
        sums = (n2 - two * d2) / d[1] - (n1 - one * d1) / d[0]
        return _half_width_in_strata((first + second) - 2.0 * both, sums, units, level)


def _half_width_in_strata(squares: Floats, sums: Floats, units: NDArray[np.int64], level: float) -> Floats:
    """squares, sums : (strata, ...) Σe² and Σe of each."""
    from scipy.special import stdtrit

    u = units.astype(np.float64).reshape(-1, *[1] * (squares.ndim - 1))
    within = np.maximum(squares - sums * sums / u, 0.0) * (u / (u - 1.0))
    spread = within.sum(axis=0)
    freedom = spread * spread / (within * within / (u - 1.0)).sum(axis=0)
    return np.asarray(np.where(spread == 0.0, 0.0, stdtrit(freedom, 0.5 + level / 2) * np.sqrt(spread)))


def _cross(r1: Floats, r2: Floats, n1n2: Floats, n1d2: Floats, d1n2: Floats, d1d2: Floats) -> Floats:
    """Σ (n₁ − r₁d₁)(n₂ − r₂d₂). One expression for a plan with itself and with another, so that equal plans differ by exactly nothing."""
    return ((n1n2 - r2 * n1d2) - r1 * d1n2) + (r1 * r2) * d1d2


def _half_width(squares: Floats, units: int, level: float) -> Floats:
    if units < 2:
        return np.full_like(squares, np.nan)
    return np.asarray(t_quantile(level, units - 1) * np.sqrt(np.maximum(squares, 0.0) * (units / (units - 1))))


def about(value: float, half: float, share: bool = False) -> Interval:
    """The interval of a mean that cannot be negative, or of a share, about its value.

    half : half-width of the even interval; nan: there is none

    Where the half-width is more than the mean, its upper end goes on in a straight line, at most e times the half-width: two days say
    little, and not that the mean may be a million.
    """
    if not half > 0.0 or value <= 0.0 or (share and value >= 1.0):
        return value, value - half, value + half
    if share:
        odds, reach = value / (1.0 - value), half / (value * (1.0 - value))
        low, high = (odds * math.exp(each) for each in (-min(reach, MOST_REACH), min(reach, MOST_REACH)))
        return value, low / (1.0 + low), high / (1.0 + high)
    reach = half / value
    return value, value * math.exp(-reach), value * math.exp(reach) if reach <= 1.0 else math.e * half


def mean_interval(values: ArrayLike, level: float = LEVEL) -> Interval:
    """The mean of one number a unit, with Student's interval."""
    x = np.asarray(values, dtype=np.float64)
    return _around(*ratio(x.sum(), len(x), (x * x).sum(), x.sum(), len(x), len(x), level))


def ratio_interval(numerators: ArrayLike, denominators: ArrayLike, level: float = LEVEL) -> Interval:
    """Total over total of one pair of numbers a unit, with its interval."""
    n, d = np.asarray(numerators, dtype=np.float64), np.asarray(denominators, dtype=np.float64)
    return _around(*ratio(n.sum(), d.sum(), (n * n).sum(), (n * d).sum(), (d * d).sum(), len(n), level))


def _around(value: Floats, half: Floats) -> Interval:
    return float(value), float(value - half), float(value + half)


def quantile(counts: Counts, share: float) -> float:
    """The minutes that a share of the counted values does not exceed, read from the histogram; nan if it is empty.

    counts : (BINS,). Inside a bin values are taken as even on the log scale.
    """
    return float(_quantiles(np.asarray(counts, dtype=np.int64), np.array([share]))[0])


def quantile_intervals(counts: Counts, shares: Sequence[float], units: int, level: float = LEVEL) -> list[Interval]:
    """Quantiles with Woodruff's interval.

    counts : (GROUPS, BINS); group k holds the units k, k + GROUPS, ...
    units : how many units were counted; below two there is no interval
    """
    groups = min(units, len(counts))
    by_group = np.ascontiguousarray(counts[:groups], dtype=np.int32)
    together = by_group.sum(axis=0, dtype=np.int64)
    values = _quantiles(together, np.array(shares))
    found = []
    for share, value in zip(shares, values.tolist(), strict=True):
        if groups < 2 or math.isnan(value):
            found.append((value, math.nan, math.nan))
            continue
        n, d = _counts_below(by_group, value)
        _, half = ratio(n.sum(), d.sum(), (n * n).sum(), (n * d).sum(), (d * d).sum(), groups, level)
        low, high = _quantiles(together, np.array([share - float(half), share + float(half)])).tolist()
        found.append((value, min(low, value), max(high, value)))
    return found


def quantile_differences(base: Counts, plan: Counts, shares: Sequence[float], units: int, level: float = LEVEL) -> list[Interval]:
    """Quantile of the plan minus quantile of the base, on the same units, with the jackknife's interval.

    base, plan : (GROUPS, BINS) as in `quantile_intervals`
    """
    groups = min(units, len(base))
    one, two = (np.ascontiguousarray(each[:groups], dtype=np.int32) for each in (base, plan))
    asked = np.array(shares)
    values = _quantiles(two.sum(axis=0, dtype=np.int64), asked) - _quantiles(one.sum(axis=0, dtype=np.int64), asked)
    deleted = _without_each(two, asked) - _without_each(one, asked)
    found = []
    for value, column in zip(values.tolist(), deleted.T, strict=True):
        left = column[~np.isnan(column)]
        if groups < 2 or math.isnan(value) or len(left) < 2:
            found.append((value, math.nan, math.nan))
            continue
        error = math.sqrt((len(left) - 1) / len(left) * float(((left - left.mean()) ** 2).sum()))
        half = t_quantile(level, len(left) - 1) * error
        found.append((value, value - half, value + half))
    return found


@compiled
def _quantiles(counts: NDArray[np.int64], shares: Floats) -> Floats:
    """(shares,) quantiles of the counted values, nan if there are none; shares ascending, those outside 0..1 count as 0 or 1."""
    found = np.full(len(shares), np.nan)
    total = counts.sum()
    if total == 0:
        return found
    k = 0
    below = 0
    for i in range(len(shares)):
        rank = min(max(shares[i], 0.0), 1.0) * total
        needed = max(rank * (1.0 - 1e-12), 1e-12)
        while below + counts[k] < needed:
            below += counts[k]
            k += 1
        if k == 0:
            found[i] = 0.0
            continue
        inside = min(max((rank - below) / counts[k], 0.0), 1.0)
        low, high = EDGES[k], EDGES[k + 1]
        found[i] = low + inside * (high - low) if low == 0.0 else low * (high / low) ** inside
    return found


@compiled
def _without_each(counts: NDArray[np.int32], shares: Floats) -> Floats:
    """(groups, shares) the quantiles of all groups but one."""
    found = np.empty((counts.shape[0], len(shares)))
    together = np.zeros(counts.shape[1], dtype=np.int64)
    for group in range(counts.shape[0]):
        together += counts[group]
    for group in range(counts.shape[0]):
        found[group] = _quantiles(together - counts[group], shares)
    return found


@compiled
def _counts_below(counts: NDArray[np.int32], minutes: float) -> tuple[Floats, Floats]:
    """(groups,) how many values of each group do not exceed a number of minutes, as `_quantiles` reads them; and how many there are."""
    k = 0
    inside = 1.0
    if minutes > 0.0:
        k = min(max(int(np.searchsorted(EDGES, minutes, side="right")) - 1, 1), len(EDGES) - 2)
        low, high = EDGES[k], EDGES[k + 1]
        inside = (minutes - low) / (high - low) if low == 0.0 else math.log(minutes / low) / math.log(high / low)
        inside = min(max(inside, 0.0), 1.0)
    below = np.empty(counts.shape[0])
    total = np.empty(counts.shape[0])
    for group in range(counts.shape[0]):
        below[group] = counts[group, :k].sum() + inside * counts[group, k]
        total[group] = counts[group].sum()
    return below, total
