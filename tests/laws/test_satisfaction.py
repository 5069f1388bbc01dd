"""How waiting moves bad ratings: a slope that is known is found again, with intervals that cover it as often as they say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import binom

from simulation.satisfaction import DRAWS, Seen, Span, beyond, expect, interval_of, learn

SLOPE = 0.03


def record(rng, slope=SLOPE, strata=6, days=20, level=-5.5, shock=0.0, lean=0.0):
    """Cells of some windows; `shock` makes whole days bad, `lean` gives disliked windows the longer queues."""
    rows = []
    for s in range(strata):
        rate = level + rng.normal(0, 0.8) + lean * s
        for day in range(days):
            bad_day = rng.normal(0, shock) if shock else 0.0
            for wait in range(0, 60, 3):
                visits = int(rng.integers(0, 10))
                minutes = wait + 4.0 * s
                rows.append((f"w{s}", f"d{day}", minutes, visits, rng.poisson(visits * math.exp(rate + bad_day + slope * minutes))))
    strata_of, days_of, waits, visits, events = zip(*rows, strict=True)
    return Seen(strata_of, days_of, np.array(waits), np.array(visits), np.array(events))


def cover(**how):
    """How many of 120 intervals hold the slope, and the mean of the slopes."""
    rng = np.random.default_rng(7)
    found = [learn(record(rng, **how)).slope for _ in range(120)]
    return sum(each.low <= how.get("slope", SLOPE) <= each.high for each in found), float(np.mean([each.value for each in found]))


@pytest.mark.parametrize("how", [{}, {"slope": 0.0}, {"strata": 2, "days": 8}, {"lean": 0.5}], ids=str)
def test_the_interval_covers_the_slope_as_often_as_it_says(how):
    held, mean = cover(**how)
    assert binom.cdf(held, 120, 0.95) > 0.001, f"{held} of 120 intervals hold the slope"
    assert abs(mean - how.get("slope", SLOPE)) < 0.006


def day_record(rng, shock):
    """One cell a day, as where no rating names a ticket: a bad day is a wait of its own."""
    waits = rng.uniform(0, 40, 60)
    visits = np.full(60, 200)
    events = rng.poisson(visits * np.exp(-5 + SLOPE * waits + shock * rng.normal(size=60)))
    return Seen(["w"] * 60, [f"d{day}" for day in range(60)], waits, visits, events)


def test_bad_days_widen_the_interval_so_that_it_still_covers():
    rng = np.random.default_rng(23)
    found = [learn(day_record(rng, 0.9)) for _ in range(120)]
    held = sum(each.slope.low <= SLOPE <= each.slope.high for each in found)
    assert binom.cdf(held, 120, 0.95) > 0.001, f"{held} of 120 intervals hold the slope"
    assert np.median([each.dispersion for each in found]) > 2
    naive = sum(abs(each.slope.value - SLOPE) * math.sqrt(each.dispersion) <= each.slope.high - each.slope.value for each in found)
    assert naive < held - 10, "without the dispersion too few intervals would hold it"


def test_a_disliked_window_with_a_queue_is_no_effect_of_waiting():
    """The same windows taken as one would show a slope that is not there."""
    seen = record(np.random.default_rng(11), slope=0.0, lean=0.9, strata=8)
    assert learn(seen).verdict == "no clear effect"
    assert learn(Seen(["one"] * len(seen.stratum), seen.day, seen.wait, seen.visits, seen.events)).verdict == "raises"


def test_with_many_events_the_slope_is_that_of_a_poisson_regression():
    seen = record(np.random.default_rng(5), level=-3.0, days=40)
    names = sorted(set(seen.stratum))
    own = np.array([names.index(each) for each in seen.stratum])

    def misfit(parameters):
        power = parameters[own] + parameters[-1] * seen.wait
        return float((seen.visits * np.exp(power) - seen.events * power).sum())

    fitted = minimize(misfit, np.r_[np.full(len(names), -3.0), 0.0], method="BFGS").x[-1]
    assert learn(seen).slope.value == pytest.approx(fitted, abs=2e-4)


def test_every_bad_rating_at_the_longest_wait_leaves_the_slope_finite():
    wait = np.arange(10.0)
    found = learn(Seen(["w"] * 10, ["d"] * 10, wait, np.full(10, 50), np.where(wait == 9, 12, 0)))
    assert found.verdict == "raises"
    assert 0 < found.slope.low < found.slope.value < found.slope.high < 20


@pytest.mark.parametrize(
    ("waits", "events", "verdict"),
    [([5.0, 5.0], [3, 9], "nothing to compare"), ([0.0, 9.0], [0, 0], "nothing to compare"), ([0.0, 9.0], [1, 8], "too few events")],
)
def test_what_a_record_cannot_tell(waits, events, verdict):
    found = learn(Seen(["w", "w"], ["a", "b"], np.array(waits), np.array([100, 100]), np.array(events)))
    assert found.verdict == verdict
    assert (found.ratio(10) is None) == (verdict == "nothing to compare")


def test_an_empty_record_expects_nothing():
    nothing = Seen([], [], np.zeros(0), np.zeros(0, int), np.zeros(0, int))
    found = learn(nothing)
    assert found.verdict == "nothing to compare"
    assert not expect(found, "w", [3.0], [10.0]).any()
    assert math.isnan(beyond(found, [], []))


def test_the_waits_that_were_seen_bring_what_was_seen():
    seen = record(np.random.default_rng(2))
    found = learn(seen)
    total = sum(
        expect(found, name, seen.wait[own], seen.visits[own]) for name in set(seen.stratum) for own in [np.array(seen.stratum) == name]
    )
    middle, low, high = interval_of(total)
    assert middle == pytest.approx(found.events, rel=0.05)
    assert low < found.events < high
    assert high - low == pytest.approx(2 * 1.96 * math.sqrt(found.events), rel=0.2)


def test_halved_waits_bring_as_much_less_as_the_slope_says():
    seen = record(np.random.default_rng(2), level=-3.0, days=60)
    found = learn(seen)
    own = np.array(seen.stratum) == "w3"
    before, after = (expect(found, "w3", factor * seen.wait[own], seen.visits[own]) for factor in (1.0, 0.5))
    weights = seen.visits[own] / seen.visits[own].sum()
    truth = (np.exp(SLOPE * seen.wait[own] / 2) @ weights) / (np.exp(SLOPE * seen.wait[own]) @ weights)
    _, low, high = interval_of(after / before)
    assert low < truth < high
    assert high - low < 0.2


def test_the_interval_of_an_expected_number_covers_it():
    """Two windows of known rates; what a thousand visits at ten and thirty minutes bring is known, too."""
    rng = np.random.default_rng(19)
    held = 0
    for _ in range(120):
        rows = [(f"w{s}", f"d{d}", float(w), 8) for s in range(2) for d in range(10) for w in range(0, 60, 5)]
        rates = {"w0": 0.004, "w1": 0.012}
        events = [rng.poisson(visits * rates[window] * math.exp(SLOPE * wait)) for window, _, wait, visits in rows]
        windows, days, waits, visits = zip(*rows, strict=True)
        found = learn(Seen(windows, days, np.array(waits), np.array(visits), np.array(events)))
        truth = rates["w1"] * 500 * (math.exp(SLOPE * 10) + math.exp(SLOPE * 30))
        _, low, high = interval_of(expect(found, "w1", [10.0, 30.0], [500.0, 500.0]))
        held += low <= truth <= high
    assert binom.cdf(held, 120, 0.95) > 0.001, f"{held} of 120 intervals hold the number"


def test_a_stated_effect_replaces_the_records_own():
    seen = record(np.random.default_rng(2))
    found = learn(seen, stated=Span(0.05, 0.02, 0.08))
    assert found.verdict == "stated"
    assert found.ratio(10) == pytest.approx((math.exp(0.5), math.exp(0.2), math.exp(0.8)))
    assert found.slopes.min() >= 0.02
    assert found.slopes.max() <= 0.08
    assert np.median(found.slopes) == pytest.approx(0.05, abs=0.003)


def test_a_window_nobody_complained_of_expects_less_than_all_and_more_than_nothing():
    visits = np.array([1000, 1000, 1000, 1000])
    seen = Seen(["a", "a", "b", "b"], ["d", "e"] * 2, np.array([0.0, 10.0] * 2), visits, np.array([8, 12, 0, 0]))
    found = learn(seen)
    quiet, loud, other = (float(np.mean(expect(found, name, [0.0, 10.0], [500.0, 500.0]))) for name in ("b", "a", "new"))
    assert 0 < quiet < 0.6
    assert loud == pytest.approx(10, rel=0.15)
    assert other == pytest.approx(5, rel=0.3)


def test_draws_of_two_plans_belong_together():
    seen = record(np.random.default_rng(2))
    found = learn(seen)
    first, second = (expect(found, "w1", [5.0, 20.0], [100.0, 100.0]) for _ in range(2))
    assert (first == second).all()
    assert len(first) == DRAWS
    assert (learn(seen, seed=2).slopes != found.slopes).any()


def test_waits_beyond_what_was_seen_are_told():
    found = learn(record(np.random.default_rng(2)))
    assert beyond(found, [0.0, 1e4], [3.0, 1.0]) == 0.25


@pytest.mark.parametrize("broken", [{"wait": np.array([-1.0])}, {"wait": np.array([math.nan])}, {"visits": np.array([-1])}, {"day": []}])
def test_cells_that_are_none_are_refused(broken):
    with pytest.raises(ValueError, match=r"length|at least 0"):
        Seen(**({"stratum": ["w"], "day": ["d"], "wait": np.array([1.0]), "visits": np.array([1]), "events": np.array([0])} | broken))


def test_a_level_lies_between_0_and_1():
    with pytest.raises(ValueError, match="level"):
        learn(Seen([], [], np.zeros(0), np.zeros(0, int), np.zeros(0, int)), level=1.0)
