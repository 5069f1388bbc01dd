"""What was put into a log comes out of it: laws, rounding, censoring, Poisson or not, dispersion, who was open and what they serve."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from simulation.calibration import Log, load_mapping
from simulation.calibration.arrivals import fit_arrivals
from simulation.calibration.arrivals import test_poisson as poisson_of
from simulation.calibration.laws import FAMILIES, Figure, Times, fit_laws, simplest
from simulation.calibration.services import fit_service, share
from simulation.calibration.windows import fit_windows
from simulation.dates import MAKE_UP
from simulation.laws import make_law, quantile

LAWS = {
    "lognormal": {"mean": 6.0, "cv": 0.6},
    "gamma": {"mean": 6.0, "cv": 0.5},
    "weibull": {"mean": 6.0, "cv": 0.5},
    "loglogistic": {"median": 5.0, "shape": 4.0},
    "exponential": {"mean": 6.0},
}


def covers(figure: Figure, truth: float) -> bool:
    return figure.low <= truth <= figure.high


def draws(family: str, n: int, seed: int = 3) -> np.ndarray:
    return quantile(make_law(family, **LAWS[family]), np.random.default_rng(seed).uniform(size=n))


@pytest.mark.parametrize("family", FAMILIES)
def test_the_law_that_was_drawn_is_found_with_its_mean_inside_the_interval(family: str) -> None:
    minutes = draws(family, 3000)
    fitted = fit_laws(Times(minutes, minutes))
    best = next(each for each in fitted if each.law.family == family)
    truth = make_law(family, **LAWS[family])

    assert best.aic < fitted[0].aic + 4, "an exponential law is a gamma and a Weibull law too: these may be a hair better"
    assert covers(best.mean, truth.mean)
    assert best.mean.high - best.mean.low < 0.15 * truth.mean, "too wide to tell anything"
    assert best.ks < 1.36 / math.sqrt(3000)


def test_minutes_of_a_coarse_clock_give_the_law_of_the_minutes_not_of_the_rounding() -> None:
    rng = np.random.default_rng(5)
    minutes, start = quantile(make_law("lognormal", mean=2.0, cv=0.5), rng.uniform(size=6000)), rng.uniform(0, 1, 6000)
    seen = np.floor(start + minutes) - np.floor(start)
    fitted, naive = fit_laws(Times(seen, seen, 1.0), ("lognormal",))[0], seen.std() / seen.mean()

    assert covers(fitted.mean, 2.0)
    assert covers(fitted.cv, 0.5)
    assert naive > fitted.cv.high, "the rounding adds a spread that the fit must take out again"


def test_patience_is_found_behind_the_calls_that_cut_it_off() -> None:
    rng = np.random.default_rng(7)
    patience, offered = rng.exponential(10, 4000), rng.uniform(0, 12, 4000)
    left = patience < offered
    exact = simplest(fit_laws(Times(np.minimum(patience, offered), np.where(left, patience, np.inf))))
    at_call = simplest(fit_laws(Times(np.where(left, 0.0, offered), np.where(left, offered, np.inf))))

    assert [exact.law.family, at_call.law.family] == ["exponential", "exponential"]
    assert covers(exact.mean, 10)
    assert covers(at_call.mean, 10)
    assert at_call.mean.high - at_call.mean.low > exact.mean.high - exact.mean.low, "less is known where leaving is seen late"
    assert patience[left].mean() < exact.mean.low, "those who left are the impatient ones"


def test_the_interval_covers_as_often_as_it_says() -> None:
    hits = 0
    for seed in range(60):
        minutes = draws("gamma", 150, seed)
        hits += covers(fit_laws(Times(minutes, minutes), ("gamma",))[0].mean, 6.0)

    assert hits >= 51, "60 intervals of 95 %: below 51 by chance once in some 2,000 runs"


def test_no_law_of_too_few_times() -> None:
    nine = np.arange(1.0, 10.0)

    assert fit_laws(Times(nine, nine)) == ()
    assert fit_laws(Times(np.ones(50), np.full(50, np.inf))) == ()


def test_a_share_of_nothing_is_not_zero() -> None:
    assert math.isnan(share(0, 0).value)
    assert covers(share(0, 20), 0.1)
    assert not covers(share(0, 200), 0.1)


# ---- arrivals --------------------------------------------------------------------------------------------------------------------------


def log_of(days: list[tuple[str, int, np.ndarray]], **columns: object) -> Log:
    """A log of one service with the arrivals of each day, everybody served at once at W1."""
    frame = pd.concat(
        [pd.DataFrame({"day": day, "weekday": weekday, "arrived": np.sort(at)}) for day, weekday, at in days], ignore_index=True
    )
    frame = frame.assign(
        service="tax",
        window="W1",
        called=frame["arrived"],
        ended=frame["arrived"] + 3.0,
        outcome="served",
        first=True,
        part=False,
        row=frame.index,
        klass="",
        due=np.nan,
        after="",
        at_once=False,
    )
    rejects = pd.DataFrame({"file": [], "row": [], "reason": [], "text": []})
    return Log(frame.assign(**columns), rejects, load_mapping("openhall"), 0.0, 0, "0" * 12)


def poisson_days(
    count: int, day_cv: float = 0.0, half_hour_cv: float = 0.0, mean: float = 20.0, seed: int = 1
) -> list[tuple[str, int, np.ndarray]]:
    rng = np.random.default_rng(seed)

    def factor(cv: float, n: int) -> np.ndarray:
        return rng.gamma(1 / cv**2, cv**2, n) if cv else np.ones(n)

    days = []
    for n in range(count):
        counts = rng.poisson(mean * factor(day_cv, 1) * factor(half_hour_cv, 8))
        at = np.concatenate([540 + 30 * k + rng.uniform(0, 30, c) for k, c in enumerate(counts)])
        days.append((f"2024-01-{n + 1:02d}", -1, at))
    return days


def test_rates_by_half_hour_cover_what_was_put_in() -> None:
    found = fit_arrivals(log_of(poisson_days(10)))

    assert found.half_hours == tuple(540.0 + 30 * n for n in range(8))
    rates = [found.rate(0, n) for n in range(8)]
    assert all(covers(each, 40.0) for each in rates)
    assert all(each.high - each.low < 20 for each in rates)


def test_poisson_arrivals_pass_the_test_and_groups_do_not() -> None:
    (_, _, alone), *_ = poisson_days(1, mean=200)
    pairs = np.repeat(alone[::2], 2)

    assert poisson_of(log_of([("a", -1, alone)]).frame, 0.0).p > 0.05
    assert poisson_of(log_of([("a", -1, pairs)]).frame, 0.0).p < 1e-6
    assert poisson_of(log_of([("a", -1, np.floor(alone))]).frame, 1.0).p > 0.05, "whole minutes are spread again"


@pytest.mark.parametrize(("day_cv", "half_hour_cv"), [(0.0, 0.0), (0.4, 0.0), (0.0, 0.5), (0.3, 0.4)])
def test_days_that_differ_more_than_poisson_are_told_by_how_much(day_cv: float, half_hour_cv: float) -> None:
    runs = [fit_arrivals(log_of(poisson_days(40, day_cv, half_hour_cv, seed=seed))).dispersion for seed in range(10)]
    found = [each for each in runs if each is not None]

    assert len(found) == 10
    assert sum(covers(each.day_cv, day_cv) for each in found) >= 8
    assert sum(covers(each.half_hour_cv, half_hour_cv) for each in found) >= 8
    assert np.mean([each.day_cv.value**2 for each in found]) == pytest.approx(day_cv**2, rel=0.25, abs=0.006)
    assert np.mean([each.half_hour_cv.value**2 for each in found]) == pytest.approx(half_hour_cv**2, rel=0.15, abs=0.006)
    assert sum(each.day_cv.low > 0 for each in found) >= 8 if day_cv else sum(each.day_cv.low > 0 for each in found) <= 2


def test_factors_of_weekdays_are_found_and_are_no_dispersion() -> None:
    busy = {0: 1.5, 1: 0.75, 2: 0.75}
    days = []
    for n in range(12):
        (_, _, at), *_ = poisson_days(1, mean=40 * busy[n % 3], seed=n + 50)
        days.append((f"2024-01-{n + 1:02d}", n % 3, at))
    found = fit_arrivals(log_of(days))

    assert all(covers(found.weekday[kind], factor) for kind, factor in busy.items())
    assert found.dispersion is not None
    assert found.dispersion.day_cv.low == 0.0


def days_from(first: str, people: dict[int, float], count: int, dates: frozenset[str] = frozenset()) -> list[tuple[str, int, np.ndarray]]:
    """Days from a date on: those of the weekdays that people come on, and those named."""
    found = []
    for n in range(count):
        day = date.fromisoformat(first) + timedelta(days=n)
        mean = people.get(day.weekday(), 40.0 if str(day) in dates else 0.0)
        if mean:
            ((_, _, at),) = poisson_days(1, mean=mean, seed=n + 70)
            found.append((str(day), day.weekday(), at))
    return found


def test_a_single_worked_sunday_is_a_kind_of_day_with_a_factor_of_its_own() -> None:
    week = dict.fromkeys(range(5), 20.0)  # 4 February 2024 was worked for the Spring Festival
    found = fit_arrivals(log_of(days_from("2024-01-22", week, 14, frozenset({"2024-02-04"}))))

    assert found.days[-1] == "2024-02-04"
    assert found.weekdays[-1] == MAKE_UP
    assert found.weekday[MAKE_UP].low > 1.3, "twice as many came"
    assert covers(found.weekday[MAKE_UP], 40.0 / ((10 * 20 + 40) / 11))
    assert found.weekday[MAKE_UP].high - found.weekday[MAKE_UP].low > found.weekday[0].high - found.weekday[0].low
    assert found.weekday_p < 0.05


def test_a_sunday_on_which_a_hall_is_open_once_is_left_out_by_name() -> None:
    week = dict.fromkeys(range(5), 20.0)
    found = fit_arrivals(log_of(days_from("2024-03-04", week, 21, frozenset({"2024-03-10"}))))

    assert found.exceptions == ("2024-03-10",)
    assert "2024-03-10" not in found.days
    assert set(found.weekday) == set(range(5))
    assert not fit_arrivals(log_of(days_from("2024-03-04", week | {6: 10.0}, 21))).exceptions, "open on every Sunday"
    assert not fit_arrivals(log_of(days_from("2024-03-04", {0: 20.0, 6: 20.0}, 21))).exceptions


def test_a_half_day_is_not_ordinary() -> None:
    days = poisson_days(5)
    found = fit_arrivals(log_of([*days, ("2024-01-09", -1, days[0][2][:30])]))

    assert found.days == tuple(day for day, _, _ in days)
    assert found.dispersion is not None
    assert found.dispersion.index.value < 2


# ---- services and windows --------------------------------------------------------------------------------------------------------------


def test_a_slow_window_has_a_law_of_its_own_and_equal_ones_have_not() -> None:
    days = poisson_days(4)
    size = sum(len(at) for _, _, at in days)
    arrived = log_of(days).frame["arrived"].to_numpy()
    window = np.where(np.arange(size) % 2 == 0, "A", "B")
    minutes = draws("gamma", size)
    equal = log_of(days, window=window, ended=arrived + minutes)
    slower = log_of(days, window=window, ended=arrived + np.where(window == "B", 1.5, 1.0) * minutes)

    assert fit_service(equal, "tax").at_window == {}
    own = fit_service(slower, "tax").at_window
    assert own["B"].mean.low > own["A"].mean.high


def test_who_is_open_when_and_what_is_a_slip_not_a_skill() -> None:
    days = poisson_days(6)
    arrived = log_of(days).frame["arrived"].to_numpy()
    window = np.where(arrived < 660, "A", "B")
    service = np.where(np.arange(len(arrived)) % 100 == 7, "passport", "tax")
    log = log_of(days, window=window, service=service)
    found = fit_windows(log, log.days, fit_arrivals(log).half_hours)

    assert found.regular
    assert found.on_post.round(2).tolist() == [[1, 1, 1, 1, 0, 0, 0, 0], [0, 0, 0, 0, 1, 1, 1, 1]], "to finish is not to be open"
    assert found.serves("A") == ["tax"]
    assert sum(found.skills["A"].values()) == np.count_nonzero(window == "A")


def test_desks_that_change_from_day_to_day_are_counted_not_named() -> None:
    days = poisson_days(8)
    log = log_of(days)
    frame = log.frame
    name = frame["day"].str[-1].astype(int) % 4
    log = log_of(days, window="clerk-" + name.astype(str))
    found = fit_windows(log, log.days, fit_arrivals(log).half_hours)

    assert not found.regular
    assert found.open.mean(axis=0).tolist() == [1.0] * 8


def test_where_nobody_sees_who_leaves_no_share_that_left_is_told() -> None:
    log = log_of(poisson_days(2))

    assert fit_service(log, "tax").left.value == 0.0
    blind = fit_service(replace(log, mapping=replace(log.mapping, leaving="never")), "tax")
    assert math.isnan(blind.left.value)
    assert blind.patience is None
