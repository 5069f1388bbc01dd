"""Authenticity signals: planted fraud is found, honest windows are left in peace as often as the rules say, and no point ever moves."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from supervision.authenticity.desk import read_figures, read_signals
from supervision.authenticity.honest import Honest, simulate_month
from supervision.authenticity.measured import measure_false_alarms
from supervision.authenticity.signals import SECOND, UNKNOWN, WindowMonth, detect, rules

from .halls_at_hand import HALL, bring, new_store

MONTHS = 60


def window(ratings: int, *, gap_s: float = 600, delay_s: float = 30, level: int = 5, rater=None, cases: int | None = None, adverse: int = 0,
           window_id: str = "W", device: str = "S1") -> WindowMonth:  # fmt: skip
    """Ratings one after the other."""
    at = np.arange(ratings, dtype=np.int64) * int(gap_s * SECOND)
    names = tuple(f"rating:{window_id}-{n}" for n in range(ratings))
    raters = tuple(rater or f"r{n}" for n in range(ratings))
    return WindowMonth(
        window_id, names, at, at - int(delay_s * SECOND), (device,) * ratings, raters, names, np.full(ratings, level), cases or 2 * ratings,
        adverse,
    )  # fmt: skip


def rang(*months: WindowMonth) -> set[tuple[str, str]]:
    return {(each.rule, each.window_id) for each in detect(months)}


def test_an_ordinary_month_rings_nothing():
    assert rang(*(window(100, window_id=f"W{n}") for n in range(5))) == set()


@pytest.mark.parametrize(("gap", "expected"), [(13.0, True), (13.4, False)])
def test_ten_ratings_at_one_device_within_120_seconds_are_a_burst(gap, expected):
    """Nine gaps of 13.3 s fit into 120 s exactly."""
    assert (("burst", "W") in rang(window(10, gap_s=gap))) is expected
    assert ("burst", "W") not in rang(window(10, gap_s=1, device="")), "web ratings come from no device"


def test_a_burst_names_its_ratings_and_says_why_in_both_languages():
    found = detect([window(30, gap_s=5)])[0]
    assert (found.rule, len(found.evidence)) == ("burst", 25)
    assert "25 ratings at the device S1 within 120 seconds" in found.reason("en")
    assert "S1" in found.reason("zh")


@pytest.mark.parametrize(("delay", "expected"), [(-5, True), (2, True), (3, False)])
def test_ratings_before_or_within_three_seconds_of_the_end_ring(delay, expected):
    assert (("early", "W") in rang(window(20, delay_s=delay))) is expected


def test_ratings_whose_end_nobody_knows_are_not_early():
    month = window(20, delay_s=-5)
    assert rang(replace(month, ended_at=np.full(20, UNKNOWN))) == set()


@pytest.mark.parametrize(("many", "expected"), [(20, True), (19, False)])
def test_one_person_for_twenty_cases_rings(many, expected):
    assert (("one_person", "W") in rang(window(many, rater="x"))) is expected
    assert rang(replace(window(many), rater=("",) * many)) == set(), "a rater nobody knows is not one person"


def test_full_coverage_with_full_marks_rings_only_where_the_hall_rates_less():
    full = window(60, cases=60, window_id="F")
    others = [window(30, cases=60, window_id=f"W{n}") for n in range(4)]
    keen = [window(60, cases=60, window_id=f"W{n}") for n in range(4)]
    assert rang(full, *others) == {("full_marks", "F")}
    assert rang(full, *keen) == set()
    assert rang(replace(full, level=np.array([4] + [5] * 59)), *others) == set()


def test_no_bad_rating_among_many_complaints_is_drift():
    others = [window(100, window_id=f"W{n}", cases=500, adverse=4) for n in range(6)]
    quiet = window(100, window_id="Q", cases=500, adverse=30)
    assert rang(quiet, *others) == {("drift", "Q")}
    assert rang(replace(quiet, level=np.array([1] + [5] * 99)), *others) == set(), "somebody said so: no drift"
    assert rang(replace(quiet, adverse=7), *others) == set()


@pytest.fixture(scope="module")
def alarms():
    return {each.rule: each for each in measure_false_alarms(MONTHS, seed=7)}


@pytest.mark.parametrize("rule", sorted(rules()))
def test_honest_windows_ring_no_more_often_than_the_rule_allows_itself(alarms, rule):
    """Measured on 1,200 honest window-months: the rate lies below its bound even at the upper end of the interval."""
    found = alarms[rule]
    assert found.n == MONTHS * 20
    assert found.high <= found.at_most, f"{rule} rings at {found.share} ({found.low} to {found.high})"


def test_the_honest_months_are_not_so_tame_that_nothing_could_ring():
    """With the thresholds of an eager inspector they do ring: agents and late clicks are in them."""
    months = simulate_month(Honest(), seed=7, month=0)
    early = sum(int(np.sum(each.rated_at < each.ended_at)) for each in months)
    bundles = max(len([other for other in each.rater if other == one]) for each in months for one in set(each.rater))
    assert early > 10
    assert bundles >= 5
    assert {each.level.min() for each in months} != {5}


def test_levels_of_honest_ratings_follow_the_published_counts():
    levels = np.concatenate([each.level for month in range(20) for each in simulate_month(Honest(), seed=3, month=month)])
    share = float(np.mean(levels == 5))
    expected, n = 13_431_970 / 13_461_728, len(levels)
    assert abs(share - expected) < 4 * (expected * (1 - expected) / n) ** 0.5
    assert n > 30_000


def test_months_are_the_same_for_one_seed_and_differ_for_another():
    one, again, other = (simulate_month(Honest(windows=2), seed, 0) for seed in (5, 5, 6))
    assert all(np.array_equal(a.rated_at, b.rated_at) for a, b in zip(one, again, strict=True))
    assert not np.array_equal(one[0].rated_at, other[0].rated_at)


def test_no_scheme_and_no_fact_ever_hears_of_a_signal():
    """Never an automatic penalty: scoring does not even load the module."""
    code = "import sys, supervision.monthly, supervision.indicators; print('supervision.authenticity.signals' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[2], check=True)
    assert ended.stdout.strip() == "False"


@pytest.fixture
def store(tmp_path: Path):
    with new_store(tmp_path) as opened:
        cases = ["case_number,service,window,kind,accepted,ended"]
        ratings = ["rating_number,case_number,level,rated,seat,channel,is_default,is_named"]
        for n in range(40):
            at = f"2024-05-06 {9 + n // 20:02d}:{3 * (n % 20):02d}"
            cases.append(f"C-{n},residence,W1,即办件,{at}:00,{at}:30")
            if n < 20:
                ratings.append(f"R-{n},C-{n},{'1' if n == 0 else '5'},{at}:31,S1,评价器,{'1' if n == 1 else ''},1")
        bring(opened, tmp_path, "cases", "\n".join(cases), "cases.csv")
        bring(opened, tmp_path, "ratings", "\n".join(ratings), "ratings.csv")
        yield opened


def test_signals_of_a_recorded_month_rest_on_its_ratings(store):
    before = store.head()
    found = {each.rule: each for each in read_signals(store, HALL, "2024-05")}
    assert set(found) == {"early"}
    assert len(found["early"].evidence) == 19, "the default is nobody's rating"
    assert store.head() == before, "reading leaves no trace"


def test_rates_stand_with_n_coverage_and_channels(store):
    hall, first, *_ = read_figures(store, HALL, "2024-05", frozenset("45"))
    assert (hall.window_id, first.window_id) == ("", "W1")
    assert (first.rates.raw.n, first.rates.valid.n, first.rates.defaults) == (20, 19, 1)
    assert (first.coverage.good, first.coverage.n) == (19, 40)
    assert sum(first.channels.values()) == 19
    assert first.named == 19
