"""What windows do between citizens: the law of the pauses, and how often and how long idle windows are left."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from simulation.calibration.idling import fit_idling
from simulation.calibration.laws import Figure
from simulation.calibration.pauses import STEPS, Pauses, curve_of, mean_of, steps_of
from simulation.laws import make_law
from tests.calibration.test_believing import log_of

GAPS = pd.DataFrame({"minutes": [1.0, 2.0, 2.0, 3.0, 8.0], "whole": [True, True, False, True, False]})


def test_a_law_in_few_steps_keeps_the_mean_and_nearly_the_spread() -> None:
    rng = np.random.default_rng(1)
    at = np.sort(rng.lognormal(-1.2, 1.3, 4000))
    values, weights = steps_of(at, np.full(len(at), 1 / len(at)))
    law = make_law("empirical", values=values.tolist(), weights=weights.tolist())

    assert len(values) == len(STEPS)
    assert law.mean == pytest.approx(at.mean(), rel=1e-9)
    assert 0.85 * at.std() / at.mean() < law.cv < at.std() / at.mean(), "the last hundredth has one value"


def test_few_pauses_make_few_steps_and_the_curve_and_its_mean_agree() -> None:
    """Kaplan and Meier by hand: of 5, then 4, then 2 at risk one each ends; the last one is cut off at 8."""
    at, chance = curve_of(GAPS["minutes"].to_numpy(), GAPS["whole"].to_numpy())
    assert at.tolist() == [1, 2, 3, 8]
    assert chance.tolist() == pytest.approx([0.2, 0.2, 0.3, 0.3])
    assert at @ chance == pytest.approx(mean_of(GAPS).value)
    values, weights = steps_of(at, chance)
    assert values @ weights == pytest.approx(mean_of(GAPS).value)
    assert weights.sum() == pytest.approx(1)


def windows_left(seed: int, share: float, away: float, days: int = 12) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Days of one window by a loop of its own: pauses of half a minute on average, left while idle."""
    rng = np.random.default_rng(seed)
    rows, back, leaving = [], 1 / away, share / ((1 - share) * away)
    for day in range(days):
        arrived = np.sort(rng.uniform(480, 960, 130))
        now = 480.0
        for came in arrived:
            if came > now:  # free, or away by turns, from now until somebody comes
                here, moment = True, now
                while True:
                    step = rng.exponential(1 / (leaving if here else back)) if leaving else np.inf
                    if moment + step > came:
                        break
                    here, moment = not here, moment + step
                now = came if here else moment + step
            ended = now + rng.exponential(1.2)
            rows.append((f"d{day}", "tax", "W1", came, now, ended, "served", ""))
            now = ended + rng.exponential(0.5)
    frame = pd.DataFrame(rows, columns=["day", "service", "window", "arrived", "called", "ended", "outcome", "klass"])
    posts = pd.DataFrame([(f"d{day}", "W1", 480.0, 1020.0) for day in range(days)], columns=["day", "window", "start", "end"])
    return frame, posts


def pauses_of(seed: int) -> Pauses:
    minutes, none = np.random.default_rng(seed).exponential(0.5, 2000), Figure(0.5, 0.5, 0.5)
    return Pauses(none, 0.35, 2000, {}, minutes, minutes, none, minutes, np.ones(2000, np.bool_))


@pytest.mark.parametrize(("share", "away", "days"), [(0.45, 5.0, 12), (0.2, 10.0, 24), (0.7, 2.0, 12)])
def test_intervals_of_what_idle_windows_do_cover_as_often_as_they_say(share: float, away: float, days: int) -> None:
    covered, tries = np.zeros(2), 8
    for seed in range(tries):
        frame, posts = windows_left(seed, share, away, days)
        found = fit_idling(log_of(frame), posts, {"W1": {"tax"}}, {}, pauses_of(seed))
        assert found is not None
        assert found.leaves
        covered += [found.share.low <= share <= found.share.high, found.away.low <= away <= found.away.high]
        assert found.away.high < 2 * found.away.low, "too wide to fail"

    assert (stats.binom.sf(tries - covered - 1, tries, 0.05) > 0.005).all(), f"{covered} of {tries}"


def test_a_window_that_is_never_left_is_said_to_be_stayed_at() -> None:
    frame, posts = windows_left(1, 0.0, 5.0)
    found = fit_idling(log_of(frame), posts, {"W1": {"tax"}}, {}, pauses_of(1))

    assert found is None or not found.leaves


def test_nothing_is_said_of_a_coarse_log_or_one_without_pauses() -> None:
    frame, posts = windows_left(1, 0.45, 5.0)
    log = log_of(frame)

    assert fit_idling(replace(log, rounded=1.0), posts, {"W1": {"tax"}}, {}, pauses_of(1)) is None
    assert fit_idling(log, posts, {"W1": {"tax"}}, {}, None) is None
    assert fit_idling(log, posts.iloc[:0], {}, {}, pauses_of(1)) is None
