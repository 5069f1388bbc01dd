"""How the days of a run differ: by their dates, by chance, and by what the windows have learnt.

Counts are compared with their expectation on many days; seeds are fixed, and a sound sampler fails a bound of 4.5 standard deviations for
one seed in a hundred thousand.
"""

from __future__ import annotations

import math
from datetime import date, time
from typing import Any

import numpy as np
import pytest
from scipy import stats

from simulation import draw_demand, experiment, serve
from simulation.days import dated, expected_on, hall_on, mean_one
from simulation.demand import Demand
from simulation.numbers import numbers_of
from simulation.scenario import Scenario, parse
from tests.engines.agreement import differences

Document = dict[str, Any]
UNLIKELY = 1e-4
EVERY_DAY = {"from": time(9), "to": time(12), "at_end": "serve_all"}


def hall(
    demand: Document, rate: float = 20.0, openings: list[Document] | None = None, window: Document | None = None, **keys: Any
) -> Scenario:
    """Two services, at `rate` an hour in each of the six half-hours."""
    given = openings or [EVERY_DAY]
    count = sum((each["to"].hour - each["from"].hour) * 2 for each in given)
    law = {"family": "exponential", "mean": 2.0}
    services = [{"id": id, "service_min": law, "arrivals_per_hour": [rate] * count, **keys} for id in ("a", "b")]
    windows = [{"id": "w", "count": 4, "serves": ["*"], **(window or {})}]
    return parse({"schema": 1, "name": "days", "opening": given, "demand": demand, "services": services, "windows": windows}, "days")


def counts(scenario: Scenario, days: int, day: int | None = None) -> np.ndarray:
    """(days, 2, 6) arrivals by service and half-hour; on the days of one run, or on one day of many runs."""
    found = np.zeros((days, 2, 6))
    for n in range(days):
        demand = draw_demand(scenario, 5, 0, n) if day is None else draw_demand(scenario, 5, n, day)
        for s in (0, 1):
            found[n, s] = np.histogram(demand.citizens.arrival[demand.tasks.service == s], np.arange(0, 181, 30))[0]
    return found


# ---- dates ------------------------------------------------------------------------------------------------------------------------


def test_a_run_walks_the_working_days_of_the_calendar() -> None:
    """February 2026: worked on Saturday 14 and 28, off from 15 to 23."""
    scenario = hall({"starts": date(2026, 2, 12)})
    walked = [(when.date.month, when.date.day) for n in range(8) if (when := dated(scenario, n))]

    assert walked == [(2, 12), (2, 13), (2, 14), (2, 24), (2, 25), (2, 26), (2, 27), (2, 28)]
    last = dated(hall({"starts": date(2026, 1, 1)}), 247)
    assert last is not None
    assert last.date == date(2026, 12, 31), "248 working days in 2026"


def test_a_day_that_is_off_is_no_start_but_the_next_working_day_is() -> None:
    when = dated(hall({"starts": date(2026, 10, 2)}), 0)

    assert when is not None
    assert when.date == date(2026, 10, 8)


def test_factors_of_weekday_month_and_holiday_multiply() -> None:
    factors = {"weekday": {"tue": 1.5, "make_up": 0.5}, "month": {"feb": 2.0}, "around_holidays": {"before": [3.0], "after": [1.25, 1.1]}}
    scenario = hall({"starts": date(2026, 2, 12), **factors})
    base = numbers_of(scenario)[1].expected
    factor = [expected_on(scenario, base, 1, 0, day)[0, -1] / base[0, -1] for day in range(6)]

    # Thursday 12, Friday 13, worked Saturday 14 before the festival; Tuesday 24, Wednesday 25 after it, Thursday 26
    assert factor == pytest.approx([2, 2, 2 * 0.5 * 3, 2 * 1.5 * 1.25, 2 * 1.1, 2])


def test_a_service_has_its_own_season_and_the_rest_of_the_halls() -> None:
    scenario = hall({"starts": date(2026, 2, 9), "weekday": {"mon": 1.5}, "month": {"feb": 2.0}}, season={"weekday": {"mon": 1.0}})
    base = numbers_of(scenario)[1].expected

    assert expected_on(scenario, base, 1, 0, 0)[0, -1] / base[0, -1] == pytest.approx(2)


def test_counts_of_a_dated_day_are_those_of_its_factor() -> None:
    scenario = hall({"starts": date(2026, 1, 5), "weekday": {"mon": 2.0, "tue": 0.5}})
    monday, tuesday = (counts(scenario, 400, day).sum(axis=(1, 2)) for day in (0, 1))

    for found, mean in ((monday, 240), (tuesday, 60)):
        assert abs(found.mean() - mean) < 4.5 * math.sqrt(mean / 400)
        assert abs(found.var() / mean - 1) < 4.5 * math.sqrt(2 / 400), "still Poisson: a date is no chance"


def test_more_on_a_day_are_the_same_citizens_sooner() -> None:
    """The k-th citizen of a service keeps work and patience whatever the day's factor."""
    few, many = (of_a(draw_demand(hall({"starts": date(2026, 1, 5), "weekday": {"mon": factor}}), 3)) for factor in (1.0, 1.7))

    assert len(many) > len(few)
    assert np.array_equal(few[:, 1], many[: len(few), 1])
    assert (many[: len(few), 0] <= few[:, 0]).all()


def of_a(demand: Demand) -> np.ndarray:
    """(n, 2) arrival and work of the first service."""
    mine = demand.tasks.service == 0
    return np.column_stack([demand.citizens.arrival[mine], demand.tasks.work[mine, 0]])


# ---- chance -----------------------------------------------------------------------------------------------------------------------


def test_the_factors_have_mean_one_and_their_spread() -> None:
    draws = (np.arange(200_000) + 0.5) / 200_000
    for cv in (0.1, 0.5, 1.5):
        factors = mean_one(cv, draws)
        assert factors.mean() == pytest.approx(1, rel=2e-3)
        assert factors.std() == pytest.approx(cv, rel=1e-2)


def test_the_factor_of_a_day_is_shared_by_all_services() -> None:
    """Counts of mean m with a shared factor: variance m + (cv m)^2, covariance of two services (cv m)^2."""
    days, cv, m = 4000, 0.3, 60.0
    a, b = counts(hall({"day_cv": cv}), days).sum(axis=2).T

    for found in (a, b):
        assert abs(found.mean() - m) < 4.5 * math.sqrt((m + (cv * m) ** 2) / days), "the mean is kept"
        assert found.var() / m == pytest.approx(1 + cv**2 * m, rel=0.12), "the index of dispersion"
    expected = (cv * m) ** 2 / (m + (cv * m) ** 2)
    assert np.corrcoef(a, b)[0, 1] == pytest.approx(expected, abs=0.03)


def test_the_factor_of_a_half_hour_belongs_to_one_service_and_one_half_hour() -> None:
    days, cv, m = 4000, 0.5, 10.0
    found = counts(hall({"half_hour_cv": cv}), days).reshape(days, 12)

    assert np.all(np.abs(found.mean(axis=0) - m) < 4.5 * math.sqrt((m + (cv * m) ** 2) / days))
    assert found.var(axis=0).mean() / m == pytest.approx(1 + cv**2 * m, rel=0.05)
    depends = np.corrcoef(found, rowvar=False)[np.triu_indices(12, 1)]
    assert np.max(np.abs(depends)) < 5 / math.sqrt(days)
    total = stats.nbinom(n=1 / cv**2, p=1 / (1 + cv**2 * m))
    seen = np.histogram(found, [*range(31), 200])[0]
    due = np.diff(total.cdf(np.array([-1, *range(30), 1e6]))) * found.size
    assert stats.chisquare(seen, due * seen.sum() / due.sum()).pvalue > UNLIKELY, "gamma factors make negative binomial counts"


def test_without_these_keys_a_day_is_as_it_was() -> None:
    bare, silent = hall({}), hall({"day_cv": 0.0, "half_hour_cv": 0.0})

    assert numbers_of(bare)[1].plain
    assert numbers_of(silent)[1].plain
    assert np.array_equal(of_a(draw_demand(bare, 1)), of_a(draw_demand(silent, 1)))
    assert not numbers_of(hall({"day_cv": 0.1}))[1].plain


# ---- weekdays ---------------------------------------------------------------------------------------------------------------------

SATURDAY = {"from": time(10), "to": time(11), "at_end": "serve_all", "weekdays": ["sat"]}
LATE = {"from": time(12), "to": time(14), "at_end": "serve_all", "weekdays": ["wed"]}


def test_openings_and_shifts_hold_on_their_weekdays() -> None:
    shifts = [{"from": time(9), "to": time(12)}, {"from": time(12), "to": time(14), "weekdays": ["wed"]}]
    scenario = hall({"starts": date(2026, 1, 5)}, openings=[EVERY_DAY, LATE, SATURDAY], window={"shifts": shifts})
    monday, wednesday, saturday = (hall_on(scenario, day) for day in (0, 2, 5))

    assert [(each.start, each.end) for each in monday.openings] == [(0, 180)]
    assert [(each.start, each.end) for each in wednesday.openings] == [(0, 180), (180, 300)]
    assert [(each.start, each.end) for each in saturday.openings] == [(60, 120)]
    assert wednesday.windows[0].shifts == ((0, 180), (180, 300))
    assert saturday.windows[0].shifts == ((0, 180),)
    arrivals = [draw_demand(scenario, 1, 0, day).citizens.arrival for day in (0, 2, 5)]
    assert all((a >= 0).all() and (a < end).all() for a, end in zip(arrivals[:2], (180, 300), strict=True))
    assert (arrivals[2] >= 60).all()
    assert (arrivals[2] < 120).all()


def test_every_opening_brings_its_own_profile() -> None:
    openings = [EVERY_DAY | {"weekdays": ["mon", "wed"]}, EVERY_DAY | {"weekdays": ["tue"]}]
    busy = hall({"starts": date(2026, 1, 5)}, openings=openings).document
    for service in busy["services"]:
        service["arrivals_per_hour"] = [40] * 6 + [0] * 5 + [20]
    scenario = parse(busy)

    assert numbers_of(hall_on(scenario, 0))[1].expected[0].tolist() == [0, 20, 40, 60, 80, 100, 120]
    assert numbers_of(hall_on(scenario, 1))[1].expected[0].tolist() == [0, 0, 0, 0, 0, 0, 10]
    assert [dated(scenario, day).kind for day in range(4)] == [0, 1, 2, 0], "shut on Thursday and Friday"  # type: ignore[union-attr]


def test_a_window_without_a_shift_that_day_is_not_there() -> None:
    shifts = [{"from": time(9), "to": time(12), "weekdays": ["tue"]}]
    scenario = hall({"starts": date(2026, 1, 5)}, window={"shifts": shifts})

    assert not (serve(scenario, draw_demand(scenario, 1, 0, 0))[0].window >= 0).any()
    assert (serve(scenario, draw_demand(scenario, 1, 0, 1))[0].window >= 0).all()


def test_a_week_with_a_saturday_is_measured_in_one_table_of_half_hours() -> None:
    scenario = hall({"starts": date(2026, 1, 5)}, openings=[EVERY_DAY, LATE, SATURDAY])
    result = experiment(scenario, replications=8, days=6, workers=2)

    assert list(result.by_half_hour) == [f"{9 + n // 2:02d}:{30 * (n % 2):02d}" for n in range(10)]
    assert result.unit == "day_in_stratum"
    assert result.measures["utilisation"].value < 1
    again = experiment(scenario, replications=8, days=6, engine="simpy")
    assert again.measures["mean_wait"].value == result.measures["mean_wait"].value
    rates = 2 * 20.0 * np.array([3 + 3 + 5 + 3 + 3 + 1])
    drawn = sum(len(draw_demand(scenario, 1, r, d).citizens.id) for r in range(8) for d in range(6))
    assert abs(drawn - 8 * rates.sum()) < 4.5 * math.sqrt(8 * rates.sum())


# ---- learning ---------------------------------------------------------------------------------------------------------------------


def test_a_window_learns_by_equal_steps_week_by_week() -> None:
    scenario = hall({}, window={"learning": {"start": 0.6, "weeks": 4}})
    speeds = [hall_on(scenario, day).windows[0].efficiency["a"] for day in (0, 4, 5, 10, 15, 20, 500)]

    assert speeds == pytest.approx([0.6, 0.6, 0.7, 0.8, 0.9, 1, 1])
    assert hall_on(scenario, 500) is scenario


def test_a_dated_run_learns_by_the_weeks_of_the_calendar() -> None:
    scenario = hall({"starts": date(2026, 2, 12)}, window={"learning": {"start": 0.5, "weeks": 4, "share": 0.5}})
    speeds = [[window.efficiency["a"] for window in hall_on(scenario, day).windows] for day in (0, 2, 3)]

    # the fourth day of the run is 24 February, twelve days after the first
    assert speeds == [pytest.approx([1, 1, 0.5, 0.5])] * 2 + [pytest.approx([1, 1, 0.625, 0.625])]


def test_work_takes_longer_at_a_window_that_still_learns() -> None:
    learnt, learning = hall({}), hall({}, window={"learning": {"start": 0.5, "weeks": 4}})
    done, slow = (draw_demand(each, 1, 0, 0) for each in (learnt, learning))

    assert np.allclose(slow.tasks.work, 2 * done.tasks.work, atol=2**-19)
    assert np.array_equal(draw_demand(learnt, 1, 0, 20).tasks.work, draw_demand(learning, 1, 0, 20).tasks.work)


def test_who_comes_again_meets_what_the_window_has_learnt_by_then() -> None:
    learning = {"start": 0.5, "weeks": 1}
    openings = [EVERY_DAY | {"at_end": "finish_current"}]
    scenario = hall({}, openings=openings, window={"learning": learning, "count": 1}, returns={"share": 1.0, "after_days": 5})
    demand = draw_demand(scenario, 1, 0, 0)
    _, carried = serve(scenario, demand)
    later, _ = serve(scenario, draw_demand(scenario, 1, 0, 5), carried)
    again = later.citizen[(later.visit == 2) & (later.outcome == 0)]
    assert len(again) > 5
    work = dict(zip(demand.citizens.id[demand.tasks.citizen].tolist(), demand.tasks.work[:, 0].tolist(), strict=True))
    took = dict(zip(later.citizen.tolist(), (later.ended - later.called).tolist(), strict=True))

    assert [took[each] for each in again.tolist()] == pytest.approx([work[each] / 2 for each in again.tolist()], abs=2**-19)


def test_both_engines_agree_on_every_kind_of_day() -> None:
    window = {"learning": {"start": 0.5, "weeks": 2, "share": 0.5}, "at_shift_end": "start_nothing_past"}
    openings = [EVERY_DAY | {"at_end": "finish_current"}, LATE, SATURDAY]
    demand = {"starts": date(2026, 2, 9), "weekday": {"mon": 3.0}, "day_cv": 0.4, "half_hour_cv": 0.4}
    scenario = hall(demand, openings=openings, window=window, rate=60.0, returns={"share": 0.8, "after_days": 2})
    by_kernel = by_simpy = None
    for day in range(12):
        drawn = draw_demand(scenario, 1, 0, day)
        one, by_kernel = serve(scenario, drawn, by_kernel)
        other, by_simpy = serve(scenario, drawn, by_simpy, engine="simpy")
        assert differences(one, other) == [], day
