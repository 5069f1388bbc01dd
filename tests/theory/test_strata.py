"""Intervals over the days of a calendar, by weekday and month: they cover, and do not count as chance what the calendar decides."""

from __future__ import annotations

import json
from datetime import date, time
from typing import Any

import numpy as np
import pytest
from scipy import stats

from simulation import compare, experiment
from simulation.estimators import about, ratio, ratio_difference_in_strata, ratio_in_strata
from simulation.experiment import Cancelled
from simulation.experiment.strata import Strata, strata_of
from simulation.scenario import Scenario, parse


def hall(count: int = 3, **demand: Any) -> Scenario:
    """A small hall from Monday 5 January 2026 on, to which five times as many come on a Monday as on a Friday."""
    week = {"mon": 2.0, "tue": 1.2, "wed": 1.0, "thu": 0.8, "fri": 0.4, "make_up": 0.3}
    law = {"family": "exponential", "mean": 5.0}
    return parse(
        {
            "schema": 1,
            "name": "calendar",
            "opening": [{"from": time(9), "to": time(11), "at_end": "serve_all"}],
            "demand": {"starts": date(2026, 1, 5), "weekday": week, **demand},
            "services": [{"id": "a", "service_min": law, "arrivals_per_hour": [14.0] * 4}],
            "windows": [{"id": "w", "count": count, "serves": ["*"]}],
        }
    )


def text_of(found: Any) -> str:
    return json.dumps(found.to_dict(), sort_keys=True)


# ---- the formula --------------------------------------------------------------------------------------------------------------------


def made_days(experiments: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(days, experiments) numerators and denominators of independent days in eight strata of unlike mean and spread; and the strata."""
    sizes = np.array([2, 3, 4, 4, 5, 8, 12, 20])
    stratum = np.repeat(np.arange(8), sizes)
    d = rng.poisson(np.linspace(40, 400, 8)[stratum][:, None], (len(stratum), experiments)).astype(float)
    wait = np.linspace(2, 30, 8)[stratum][:, None]
    n = d * wait * rng.gamma(100.0, 1 / 100.0, d.shape)
    return n, d, stratum


def by_stratum(values: np.ndarray, stratum: np.ndarray) -> np.ndarray:
    return np.stack([values[stratum == each].sum(axis=0) for each in range(8)])


def five(n: np.ndarray, d: np.ndarray, stratum: np.ndarray) -> tuple[np.ndarray, ...]:
    return tuple(by_stratum(each, stratum) for each in (n, d, n * n, n * d, d * d))


def true_ratio() -> float:
    sizes, people, wait = np.array([2, 3, 4, 4, 5, 8, 12, 20]), np.linspace(40, 400, 8), np.linspace(2, 30, 8)
    return float((sizes * people * wait).sum() / (sizes * people).sum())


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_an_interval_by_strata_covers_as_often_as_it_says(level):
    experiments = 6000
    n, d, stratum = made_days(experiments, np.random.default_rng(1))
    value, ignoring = ratio(*(each.sum(axis=0) for each in (n, d, n * n, n * d, d * d)), len(n), level)
    half = ratio_in_strata(value, d.sum(axis=0), five(n, d, stratum), np.bincount(stratum), level)

    covered = int((np.abs(value - true_ratio()) <= half).sum())
    low, high = stats.binom.interval(0.999, experiments, level)
    assert low - 0.012 * experiments <= covered <= high, "the linearised ratio of 58 days may miss by one in a hundred, no more"
    assert half.mean() < 0.6 * ignoring.mean()


def skewed_days(weeks: int, experiments: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Weeks of five weekdays, Mondays five times as busy as Fridays; the share missed is another each day and grows with the crowd.

    (days, experiments) numerators and denominators, the strata, and the true share that is not missed.
    """
    crowd, missed = 300 * np.array([2.0, 1.2, 1.0, 0.8, 0.4]), np.array([0.25, 0.1, 0.05, 0.02, 0.005])
    stratum = np.repeat(np.arange(5), weeks)
    d = rng.poisson(crowd[stratum][:, None], (len(stratum), experiments)).astype(float)
    days = np.minimum(rng.gamma(1.0, 1.0, d.shape) * missed[stratum][:, None], 1.0)
    expected = missed * -np.expm1(-1 / missed)  # of min(x, 1), x exponential
    return d - rng.binomial(d.astype(int), days), d, stratum, float(1 - (crowd * expected).sum() / crowd.sum())


def test_a_share_of_twenty_skewed_days_covers_nearer_to_what_it_says_on_log_odds():
    """The even interval misses one in nine where one in twenty is said; on log-odds one in thirteen."""
    experiments = 3000
    n, d, stratum, truth = skewed_days(4, experiments, np.random.default_rng(5))
    value = n.sum(axis=0) / d.sum(axis=0)
    parts = tuple(np.stack([each[stratum == k].sum(axis=0) for k in range(5)]) for each in (n, d, n * n, n * d, d * d))
    half = ratio_in_strata(value, d.sum(axis=0), parts, np.full(5, 4), 0.95)
    even = np.abs(value - truth) <= half
    ends = np.array([about(*each, share=True)[1:] for each in zip(value.tolist(), half.tolist(), strict=True)])
    covered = (ends[:, 0] <= truth) & (truth <= ends[:, 1])

    assert even.mean() < 0.91 < 0.915 < covered.mean()
    assert ((ends > 0) & (ends < 1)).all()


def test_the_interval_of_a_mean_or_share_stays_where_it_can_be():
    for half in (1e-9, 0.1, 1.0, 30.0):
        for value in (1e-6, 0.2, 0.999999):
            _, low, high = about(value, half, share=True)
            assert 0 <= low < value < high <= 1
            _, low, high = about(value, half)
            assert 0 <= low < value < high <= value + np.e * half
    assert about(10.0, 0.1)[1:] == pytest.approx((9.9, 10.1), abs=1e-3), "hardly another than the even one where much is known"
    assert about(0.0, 0.0) == (0.0, 0.0, 0.0)
    assert np.isnan(about(3.0, float("nan"))[1:]).all()


def test_a_difference_by_strata_covers_too_and_equal_plans_differ_by_nothing():
    rng = np.random.default_rng(2)
    n, d, stratum = made_days(4000, rng)
    faster = n * rng.gamma(200.0, 0.8 / 200.0, n.shape)
    sides = five(n, d, stratum), five(faster, d, stratum)
    cross = tuple(by_stratum(one * two, stratum) for one, two in ((n, faster), (n, d), (d, faster), (d, d)))
    totals = d.sum(axis=0)
    values = n.sum(axis=0) / totals, faster.sum(axis=0) / totals
    half = ratio_difference_in_strata(values, (totals, totals), *sides, cross, np.bincount(stratum), 0.95)

    covered = int((np.abs(values[1] - values[0] + 0.2 * true_ratio()) <= half).sum())
    low, high = stats.binom.interval(0.999, 4000, 0.95)
    assert low - 48 <= covered <= high
    same = tuple(by_stratum(each, stratum) for each in (n * n, n * d, d * n, d * d))
    none = ratio_difference_in_strata((values[0], values[0]), (totals, totals), sides[0], sides[0], same, np.bincount(stratum), 0.95)
    assert (none == 0).all()


# ---- which day is in which stratum ----------------------------------------------------------------------------------------------------


def test_days_are_parted_by_month_and_weekday_a_worked_weekend_day_apart():
    """February 2026 from Thursday 12 on: worked on Saturday 14 and 28, off from 15 to 23."""
    strata = strata_of((hall(starts=date(2026, 2, 12)),), 10)

    # 12 Thu, 13 Fri, 14 Sat worked, 24 Tue, 25 Wed, 26 Thu, 27 Fri, 28 Sat worked, 2 March Mon, 3 March Tue
    assert strata.of_day == (2, 3, 4, 0, 1, 2, 3, 4, 5, 6)
    assert strata.place == (2, 4, 6, 0, 1, 3, 5, 7, 8, 9)


def test_a_stratum_with_a_single_day_joins_the_one_before_it_and_the_first_the_next():
    strata = Strata(of_day=(0, 1, 2, 2, 3, 4, 4, 5), place=(0, 1, 2, 3, 4, 5, 6, 7))

    once = strata.split(1)
    assert (once.starts.tolist(), once.units.tolist(), once.joined) == ([0, 2, 4], [2, 3, 3], 3)
    twice = strata.split(2)
    assert (twice.starts.tolist(), twice.units.tolist(), twice.joined) == ([0, 1, 2, 3, 4, 5], [2, 2, 4, 2, 4, 2], 0)
    assert once.fold(np.arange(6.0)).tolist() == [1, 5, 9]


@pytest.mark.parametrize("days", [5, 31, 32, 64, 250])
def test_every_date_comes_to_every_group_of_the_quantiles(days):
    strata = strata_of((hall(starts=date(2025, 1, 2)),), days)

    assert all({strata.group(r, day) for r in range(32)} == set(range(32)) for day in (0, days // 2, days - 1))


def test_the_unit_is_the_day_in_its_stratum_only_where_days_have_dates_and_differ():
    assert experiment(hall(), replications=1, days=5).unit == "day_in_stratum"
    assert experiment(hall(), replications=1, days=1).unit == "day"
    assert experiment(hall(weekday={}), replications=1, days=5).unit == "day", "alike but for chance"
    later = hall(starts=date(2026, 1, 6))
    assert compare(hall(), later, replications=2, days=5).base.unit == "replication", "two calendars have no strata in common"


# ---- in the hall ------------------------------------------------------------------------------------------------------------------------


def test_a_single_run_of_a_calendar_has_an_interval_and_says_by_what():
    found = experiment(hall(), replications=1, days=40).to_dict()

    assert found["unit"] == "day_in_stratum"
    assert found["strata"] == {"by": "weekday x month", "count": 11, "joined": 4}, (
        "the four days of March join the worked Saturdays of February"
    )
    wait = found["measures"]["mean_wait"]
    assert wait["low"] < wait["value"] < wait["high"]
    assert (wait["n"], wait["method"]) == (40, "stratified linearised ratio")


def test_intervals_of_a_calendar_cover_and_are_narrower_than_without_strata():
    """Of a single run of sixty days; intervals of fewer days miss a mean wait more often, since it hangs on a few Mondays."""
    days, runs = 60, 150
    found = [experiment(hall(2), replications=1, days=days, seed=seed) for seed in range(runs)]
    for name in ("mean_wait", "arrivals", "utilisation"):
        each = [result.measures[name] for result in found]
        truth = np.mean([one.value for one in each])  # of all runs, a twelfth of an interval away
        covered = sum(one.low <= truth <= one.high for one in each)
        assert covered >= stats.binom.ppf(0.001, runs, 0.93), f"{name}: {covered} of {runs}"
    arrivals = np.array([result.measures["arrivals"].high - result.measures["arrivals"].low for result in found]).mean() / 2
    by_weekday = 28.0 * np.array([2.0, 1.2, 1.0, 0.8, 0.4])
    ignoring = stats.t.ppf(0.975, days - 1) * np.sqrt((by_weekday.var() + by_weekday.mean()) / days)
    assert arrivals < 0.45 * ignoring, "what the weekday decides is no chance"


def test_quantiles_of_a_calendar_cover():
    runs = 120
    found = [experiment(hall(), replications=2, days=40, seed=seed).measures["p90_wait"] for seed in range(runs)]
    truth = np.mean([each.value for each in found])

    assert sum(each.low <= truth <= each.high for each in found) >= stats.binom.ppf(0.001, runs, 0.93)


def test_a_calendar_gives_the_same_bits_whoever_does_it_and_after_a_stop(tmp_path):
    scenario, how = hall(), {"replications": 24, "days": 12}
    alone = text_of(experiment(scenario, **how))
    assert text_of(experiment(scenario, **how, workers=3)) == alone
    assert text_of(experiment(scenario, **how, engine="simpy")).replace("simpy", "kernel") == alone

    def stop(done: int, total: int | None, relative: float | None) -> None:
        if done == 16:
            raise Cancelled

    with pytest.raises(Cancelled):
        experiment(scenario, **how, kept=tmp_path, progress=stop)
    assert text_of(experiment(scenario, **how, kept=tmp_path)) == alone


def test_a_plan_is_compared_by_strata_and_with_itself_differs_by_nothing():
    found = compare(hall(2), hall(3), replications=2, days=20)
    assert found.measures["mean_wait"].verdict == "lower"
    assert found.measures["mean_wait"].method == "paired stratified linearised ratio"
    assert found.measures["mean_wait"].n == 40

    same = compare(hall(), hall(), replications=2, days=20).measures["mean_wait"]
    assert (same.value, same.low, same.high) == (0, 0, 0)
