"""Intervals against textbook numbers, and how often they cover the truth.

The numbers of S01, S02 and S07 are those of ../shared/validation/truths.json, copied with their sources.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from simulation.estimators import (
    GROUPS,
    mean_interval,
    quantile,
    quantile_differences,
    quantile_intervals,
    ratio,
    ratio_difference,
    ratio_interval,
    t_quantile,
)
from simulation.measures import quantile_of
from simulation.measures.bins import BINS, EDGES, LARGEST, SMALLEST, bin_of

EXPERIMENTS = 400


def binomial_bounds(level: float, count: int = EXPERIMENTS, sure: float = 0.9999) -> tuple[float, float]:
    """Between which counts an honest interval covers."""
    low, high = stats.binom.interval(sure, count, level)
    return float(low), float(high)


# ------------------------------------------------------------------------------------------------------------ textbook numbers


def test_students_interval_of_ten_replications() -> None:
    """S01: the ten trial means of Ciw's documentation, Tutorial I part 4; one outlier makes the interval wide, and it covers 4.4444."""
    x = [3.9195, 4.34163, 4.61779, 5.33537, 5.06224, 2.90274, 4.93209, 17.95093, 4.06136, 3.14126]
    value, low, high = mean_interval(x)

    assert value == pytest.approx(5.626491, abs=1e-5)
    assert (high - low) / 2 == pytest.approx(3.14905234, abs=1e-5)


A = np.array([10.2, 11.5, 9.7, 12.0, 10.9, 11.1])
B = np.array([9.6, 10.7, 9.3, 11.2, 10.1, 10.6])


def test_paired_interval_of_two_layouts() -> None:
    """S07: six replications of two layouts under common random numbers."""
    value, low, high = mean_interval(A - B)

    assert value == pytest.approx(0.65, abs=1e-9)
    assert (high - low) / 2 == pytest.approx(0.18477221, abs=1e-8)


def test_ratio_difference_with_one_a_unit_is_the_paired_interval() -> None:
    """S07 again, through the cross sums that an experiment keeps."""
    value, half = _difference(A, np.ones(6), B, np.ones(6))

    assert value == pytest.approx(-0.65, abs=1e-9)
    assert half == pytest.approx(0.18477221, abs=1e-8)


def test_ratio_of_unequal_days_weighs_days_by_their_size() -> None:
    """Cochran's ratio estimator by hand: residuals 1 - 2·R... of three days."""
    n, d = np.array([10.0, 40.0, 10.0]), np.array([10.0, 20.0, 10.0])
    value, low, high = ratio_interval(n, d)

    error = math.sqrt(3 / 2 * ((10 - 15) ** 2 + (40 - 30) ** 2 + (10 - 15) ** 2)) / 40
    assert value == 1.5, "not the mean of the days' means, 4/3"
    assert (high - low) / 2 == pytest.approx(4.30265273 * error, rel=1e-8)


def test_nobody_counted_and_one_unit() -> None:
    value, half = ratio(0.0, 0.0, 0.0, 0.0, 0.0, 10)
    assert np.isnan(value)
    assert np.isnan(half)
    value, low, _ = mean_interval([3.0])
    assert value == 3.0
    assert math.isnan(low), "one unit has no interval"


def test_equal_plans_differ_by_exactly_nothing() -> None:
    rng = np.random.default_rng(1)
    n, d = rng.random(57) * 1e3 / 3, rng.random(57) / 7

    assert _difference(n, d, n, d) == (0.0, 0.0)


def _difference(n1: np.ndarray, d1: np.ndarray, n2: np.ndarray, d2: np.ndarray) -> tuple[float, float]:
    def both(f):  # type: ignore[no-untyped-def]
        return np.asarray(f(n1, d1)), np.asarray(f(n2, d2))

    value, half = ratio_difference(
        both(lambda n, d: n.sum()),
        both(lambda n, d: d.sum()),
        both(lambda n, d: (n * n).sum()),
        both(lambda n, d: (n * d).sum()),
        both(lambda n, d: (d * d).sum()),
        ((n1 * n2).sum(), (n1 * d2).sum(), (d1 * n2).sum(), (d1 * d2).sum()),
        len(n1),
    )
    return float(value), float(half)


def test_students_t() -> None:
    assert t_quantile(0.95, 9) == pytest.approx(stats.t.ppf(0.975, 9), rel=1e-12)
    assert t_quantile(0.999, 199) == pytest.approx(stats.t.ppf(0.9995, 199), rel=1e-9)


# ------------------------------------------------------------------------------------------------------------------- coverage


def days_of_waits(rng: np.random.Generator, days: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Waits of days that are alike but not of one kind: a day is quick, usual or slow, and busier when it is slow."""
    pace = rng.choice([0.5, 1.0, 2.0], size=days)
    return [rng.exponential(10 * each, rng.poisson(40 * each)) for each in pace], pace


TRUE_MEAN = 10 * (0.25 + 1 + 4) / (0.5 + 1 + 2)
"""total over total: minutes waited in a day over people in a day"""


def true_quantile(share: float) -> float:
    def gap(w: float) -> float:
        return sum(p * (1 - math.exp(-w / (10 * p))) for p in (0.5, 1.0, 2.0)) / 3.5 - share

    return float(optimize.brentq(gap, 0, 1000))


def test_the_interval_of_a_ratio_covers_the_truth_as_often_as_it_says() -> None:
    """Pooling all people of all days as if they were independent would cover about half as often."""
    rng = np.random.default_rng(20261)
    covered = pooled = 0
    for _ in range(EXPERIMENTS):
        waits, _ = days_of_waits(rng, 60)
        _, low, high = ratio_interval([w.sum() for w in waits], [len(w) for w in waits])
        covered += low <= TRUE_MEAN <= high
        everyone = np.concatenate(waits)
        pooled += abs(everyone.mean() - TRUE_MEAN) <= 1.96 * everyone.std(ddof=1) / math.sqrt(len(everyone))

    low, high = binomial_bounds(0.95)
    assert low <= covered <= high
    assert pooled < low, "the test could not tell a wrong interval from a right one"


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_woodruffs_interval_covers_the_truth_as_often_as_it_says(share: float) -> None:
    rng = np.random.default_rng(20262)
    truth, covered = true_quantile(share), 0
    for _ in range(EXPERIMENTS):
        waits, _ = days_of_waits(rng, 96)
        value, low, high = quantile_intervals(counted(waits), [share], len(waits))[0]
        assert low <= value <= high
        covered += low <= truth <= high

    low, high = binomial_bounds(0.95)
    assert low <= covered <= high


def test_the_jackknife_of_a_quantile_difference_covers_the_truth_and_sees_the_pairing() -> None:
    """The plan takes a fifth off every wait, so the difference of the 90 % quantiles is known."""
    rng = np.random.default_rng(20263)
    truth, covered, narrower = -0.2 * true_quantile(0.9), 0, 0
    for _ in range(EXPERIMENTS):
        waits, _ = days_of_waits(rng, 96)
        base, plan = counted(waits), counted([0.8 * w for w in waits])
        _, low, high = quantile_differences(base, plan, [0.9], 96)[0]
        covered += low <= truth <= high
        (_, a, b), (_, c, d) = quantile_intervals(base, [0.9], 96)[0], quantile_intervals(plan, [0.9], 96)[0]
        narrower += high - low < 0.5 * math.hypot(b - a, d - c)

    low, high = binomial_bounds(0.95)
    assert low <= covered <= high
    assert narrower > 0.9 * EXPERIMENTS


def counted(waits: list[np.ndarray]) -> np.ndarray:
    """(GROUPS, BINS) the waits of each unit in its group."""
    counts = np.zeros((GROUPS, BINS), dtype=np.int32)
    for unit, each in enumerate(waits):
        np.add.at(counts[unit % GROUPS], [bin_of(value) for value in each], 1)
    return counts


# ------------------------------------------------------------------------------------------------------------------ histogram


@settings(max_examples=300, deadline=None)
@given(st.lists(st.floats(SMALLEST, LARGEST / 2) | st.just(0.0), min_size=1, max_size=60), st.sampled_from([0.05, 0.5, 0.9, 0.95, 0.999]))
def test_a_quantile_of_the_histogram_is_within_half_a_percent(values: list[float], share: float) -> None:
    counts = np.bincount([bin_of(value) for value in values], minlength=BINS)
    exact = quantile_of(np.sort(values), share)

    assert quantile(counts, share) == pytest.approx(exact, rel=0.005, abs=0), "and exactly 0 where it is 0"


@given(st.floats(0, LARGEST, exclude_max=True))
def test_a_value_lies_in_its_bin(value: float) -> None:
    k = bin_of(value)

    assert EDGES[k] * (1 - 1e-12) <= value <= EDGES[k + 1] * (1 + 1e-12)
    assert (k == 0) == (value == 0)


def test_bins_are_narrow_and_the_outermost_catch_the_rest() -> None:
    assert (EDGES[3:-1] / EDGES[2:-2] < 1.005).all()
    assert bin_of(1e-9) == 1
    assert bin_of(1e12) == BINS - 1


def test_an_empty_histogram_has_no_quantile() -> None:
    assert math.isnan(quantile(np.zeros(BINS, dtype=np.int32), 0.5))
    empty = np.zeros((GROUPS, BINS), dtype=np.int32)
    assert all(math.isnan(each) for each in quantile_intervals(empty, [0.5], 10)[0])
    assert all(math.isnan(each) for each in quantile_differences(empty, empty, [0.5], 10)[0])


def test_one_unit_has_a_quantile_and_no_interval() -> None:
    value, low, high = quantile_intervals(counted([np.array([1.0, 2.0, 4.0])]), [0.5], 1)[0]

    assert value == pytest.approx(2.0, rel=0.005)
    assert math.isnan(low)
    assert math.isnan(high)
