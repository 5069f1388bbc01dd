"""When a scenario agrees with its log, on figures made by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from simulation.calibration.crowds import Crowd, waiting
from simulation.calibration.differences import Pair, compare, overall
from simulation.calibration.laws import Figure
from simulation.calibration.windows import busy_at_once


@pytest.mark.parametrize(
    ("observed", "simulated", "verdict"),
    [
        (Figure(10.0, 9.5, 10.5), Figure(11.4, 11.2, 11.6), "agrees"),  # within the bar of 15 %
        (Figure(10.0, 9.5, 10.5), Figure(13.0, 12.5, 13.5), "high"),
        (Figure(10.0, 6.5, 13.5), Figure(7.0, 6.5, 7.5), "agrees"),  # within what days differ
        (Figure(10.0, 0.0, 20.0), Figure(4.0, 3.5, 4.5), "untold"),  # but days that differ so much hide it
        (Figure(10.0, math.nan, math.nan), Figure(5.0, 4.5, 5.5), "low"),  # a single day
        (Figure(0.02, 0.0, 0.04), Figure(0.08, 0.07, 0.09), "agrees"),  # seconds
        (Figure(math.nan, math.nan, math.nan), Figure(5.0, 4.5, 5.5), "untold"),
    ],
)
def test_waits_agree_within_the_bar_or_within_what_days_differ(observed: Figure, simulated: Figure, verdict: str) -> None:
    assert compare("mean", observed, simulated) == verdict


def test_shares_agree_within_so_many_points() -> None:
    observed = Figure(0.55, 0.53, 0.57)

    assert compare("waiting", observed, Figure(0.47, 0.46, 0.48)) == "agrees"
    assert compare("waiting", observed, Figure(0.23, 0.22, 0.24)) == "low"
    assert compare("left", Figure(0.02, 0.01, 0.03), Figure(0.12, 0.11, 0.13)) == "high"


def test_people_waiting_by_half_hour_are_minutes_of_waiting_over_thirty() -> None:
    people = pd.DataFrame({"day": ["a", "a", "b"], "arrived": [50.0, 70.0, 70.0], "wait": [25.0, 6.0, math.nan]})
    found = waiting(people)

    assert found.shape == (2, 48)
    assert found[0, 1] == pytest.approx(10 / 30)
    assert found[0, 2] == pytest.approx((15 + 6) / 30)
    assert found.sum() == pytest.approx(31 / 30)


def test_a_mean_that_agrees_while_most_half_hours_do_not_agrees_in_part() -> None:
    mean = Pair("mean", Figure(10.0, 9.0, 11.0), Figure(10.0, 9.5, 10.5), "agrees")
    nothing = Figure(0.0, 0.0, 0.0)

    def day(*verdicts: str) -> tuple[Crowd, ...]:
        return tuple(Crowd(30.0 * n, nothing, nothing, each) for n, each in enumerate(verdicts))

    assert overall((mean,), day("agrees", "agrees", "low", "untold")) == "agrees"
    assert overall((mean,), day("agrees", "high", "low", "untold")) == "partly"
    assert overall((mean,), ()) == "agrees"


def test_a_service_that_began_in_an_earlier_half_hour_still_keeps_its_window_busy() -> None:
    rows = pd.DataFrame({"called": [10.0, 20.0, 95.0], "ended": [70.0, 25.0, 100.0]})

    assert np.array_equal(busy_at_once(rows, (0.0, 30.0, 60.0, 90.0)), [2.0, 1.0, 1.0, 1.0])
