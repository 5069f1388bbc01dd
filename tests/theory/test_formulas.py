"""Formulas beside a simulation: what each says of a hall whose answer is known, and when it is said to mislead."""

from __future__ import annotations

import math
from datetime import time

import pytest

from simulation.experiment import experiment
from simulation.formulas import NAMES, formulas_of, judge, reasons_of
from simulation.scenario import parse
from simulation.theory import erlang
from tests.theory.truths import TRUTHS

HOURLY = TRUTHS["I16"].parameters["hourly_arrivals"]


def hall(rates=HOURLY, windows=8, **more):
    """The day of truth case I16 as a scenario: M_t/M/8, doors close after eight hours, everyone inside is served."""
    service = {
        "id": "s",
        "name": "s",
        "service_min": {"family": "exponential", "mean": 8},
        "arrivals_per_hour": [rate for rate in rates for _ in "12"],
    }
    return parse(
        {
            "schema": 1, "name": "i16", "opening": [{"from": time(8), "to": time(16), "at_end": "serve_all"}],
            "services": [service | more.pop("service", {})],
            "windows": [{"id": "w", "name": "w", "count": windows, "serves": ["s"]} | more.pop("window", {})],
        } | more,
        "test",
    )  # fmt: skip


def by_name(scenario):
    return {each.name: each for each in formulas_of(scenario)}


def test_the_day_of_i16_is_told_by_its_exact_day_and_not_by_its_average():
    """I18 against I16: the stationary formula at the average rate is 3.3 times too small."""
    found = by_name(hall())
    exact, wrong = TRUTHS["I16"].values()[0], TRUTHS["I18"].values()[0]
    assert found["exact_day"].mean_wait == pytest.approx(exact, rel=1e-4)
    assert found["erlang_c"].mean_wait == pytest.approx(wrong, rel=1e-4)
    simulated = experiment(hall(), replications=400, seed=1).measures["mean_wait"]
    verdicts = {name: judge(each, simulated.value, simulated.low, simulated.high) for name, each in found.items()}
    assert verdicts["exact_day"] == "agrees"
    assert verdicts["erlang_c"] == verdicts["allen_cunneen"] == "misleads"
    assert [each.key for each in reasons_of(hall())] == ["peak", "overload"]


def test_an_even_day_at_low_load_needs_no_simulation():
    even = hall([20] * 8, windows=8)
    simulated = experiment(even, replications=200, seed=1).measures["mean_wait"]
    assert {judge(each, simulated.value, simulated.low, simulated.high) for each in formulas_of(even)} == {"agrees"}
    assert reasons_of(even) == ()


def test_the_half_hours_are_erlangs_formula_at_their_own_rates():
    found = by_name(hall(windows=10))["psa"]
    assert list(found.by_half_hour) == [f"{8 + n // 2:02d}:{30 * (n % 2):02d}" for n in range(16)]
    for n, wait in enumerate(found.by_half_hour.values()):
        assert wait == pytest.approx(erlang.mean_wait(arrival_rate=HOURLY[n // 2] / 60, mean_service_time=8, servers=10))
    whole = sum(rate * wait for rate, wait in zip([r for r in HOURLY for _ in "12"], found.by_half_hour.values(), strict=True))
    assert found.mean_wait == pytest.approx(whole / (2 * sum(HOURLY)))


def test_the_modified_offered_load_lags_behind_the_rate():
    """The load of the first half-hour of an empty hall has not come in yet; after the peak it is still there."""
    found = by_name(hall(windows=12))
    psa, mol = (list(found[name].by_half_hour.values()) for name in ("psa", "modified_offered_load"))
    assert mol[0] < psa[0]
    assert mol[6] > psa[6], "the half-hour after a fall of the rate"
    steady = by_name(hall([40] * 8, windows=12))
    assert list(steady["modified_offered_load"].by_half_hour.values())[-1] == pytest.approx(steady["psa"].mean_wait, rel=1e-6)


def test_more_than_can_be_served_has_no_steady_state():
    found = by_name(hall(windows=6))
    assert math.isnan(found["psa"].mean_wait)
    assert found["psa"].why_none == "overloaded"
    assert not math.isnan(found["exact_day"].mean_wait)
    assert judge(found["psa"], 5.0, 4.0, 6.0) == "no answer"


def test_with_patience_erlang_a_stands_beside_and_the_exact_day_does_not():
    patient = hall(service={"patience_min": {"family": "exponential", "mean": 20}})
    found = by_name(patient)
    rate = sum(HOURLY) / 8 / 60
    assert found["erlang_a"].mean_wait == pytest.approx(
        erlang.mean_wait(arrival_rate=rate, mean_service_time=8, servers=8, mean_patience=20)
    )
    assert found["exact_day"].why_none == "not_this_hall"
    assert "erlang_a" not in by_name(hall())
    assert "patience" in {each.key for each in reasons_of(patient)}


def test_windows_that_share_no_service_are_pools_of_their_own():
    two = parse(
        {
            "schema": 1, "name": "two", "opening": [{"from": time(8), "to": time(12), "at_end": "serve_all"}],
            "services": [
                {"id": name, "name": name, "service_min": {"family": "exponential", "mean": 6}, "arrivals_per_hour": rate}
                for name, rate in (("a", 20), ("b", 40))
            ],
            "windows": [{"id": name, "name": name, "count": count, "serves": [name]} for name, count in (("a", 3), ("b", 5))],
        },
        "test",
    )  # fmt: skip
    waits = [erlang.mean_wait(arrival_rate=rate / 60, mean_service_time=6, servers=count) for rate, count in ((20, 3), (40, 5))]
    found = by_name(two)
    assert found["erlang_c"].mean_wait == pytest.approx((20 * waits[0] + 40 * waits[1]) / 60)
    assert "skills" in {each.key for each in reasons_of(two)}
    assert set(found) <= set(NAMES)


def test_a_window_that_wraps_up_is_no_erlang_hall():
    pausing = hall(window={"wrap_up_min": {"family": "lognormal", "mean": 0.6, "cv": 2}})

    assert {each.key: each.facts for each in reasons_of(pausing)}["pauses"] == {"minutes": "0.6"}
    assert by_name(pausing)["exact_day"].why_none == "not_this_hall"
    left = hall(window={"away_when_idle": {"share": 0.45, "lasts_min": {"family": "exponential", "mean": 5}}})
    assert {each.key: each.facts for each in reasons_of(left)}["away"] == {"share": "45"}
    assert by_name(left)["exact_day"].why_none == "not_this_hall"


def test_near_is_a_tenth_or_half_a_minute_or_inside_the_interval():
    formula = by_name(hall([20] * 8))["erlang_c"]
    wait = formula.mean_wait
    assert judge(formula, wait + 0.4, wait + 0.3, wait + 0.5) == "agrees"
    assert judge(formula, wait + 3, wait - 1, wait + 7) == "agrees"
    assert judge(formula, wait + 3, wait + 2, wait + 4) == "misleads"
    assert judge(formula, math.nan, math.nan, math.nan) == "no answer"
