"""Parts of a fit, worked out by hand: pauses cut off by others, crews by level, doors, names."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from simulation.calibration.arrivals import fit_arrivals
from simulation.calibration.doors import fit_periods
from simulation.calibration.logs import Log
from simulation.calibration.mapping import load_mapping
from simulation.calibration.naming import clean, ids_of
from simulation.calibration.pauses import mean_of, seen
from simulation.calibration.unknown import CATALOGUE, together, unknown
from simulation.calibration.windows import crew_of
from simulation.faults import read_catalogue


def test_a_pause_is_cut_off_where_others_have_called_everybody() -> None:
    ends, calls = np.array([10.0, 20.0, 30.0, 40.0, 50.0]), np.array([11.0, 25.0, 31.0, 90.0, 50.0])
    minutes, whole, counts = seen(ends, calls, np.array([9.0, 19.0, 39.0, 48.0]), np.array([12.0, 22.0, 95.0, 50.0]))

    assert counts.tolist() == [True, True, False, False, True], "nobody waited at 30; a pause of 50 minutes is a break"
    assert whole[counts].tolist() == [True, False, True]
    assert minutes[counts].tolist() == [1.0, 2.0, 0.0], "seen whole, cut off after two minutes, called at once"


def test_the_mean_pause_is_the_area_under_kaplan_and_meiers_curve() -> None:
    gaps = pd.DataFrame({"minutes": [1.0, 2.0, 3.0, 4.0], "whole": [True, False, True, True]})
    found = mean_of(gaps)

    # 1 until 1, 3/4 until 3, 3/8 until 4
    assert found.value == pytest.approx(1 + 0.75 * 2 + 0.375)
    # Greenwood: areas beyond 1 and 3 are 1.875 and 0.375; 4 at risk, then 2
    assert found.high - found.value == pytest.approx(1.959964 * math.sqrt(1.875**2 / (4 * 3) + 0.375**2 / (2 * 1)), rel=1e-5)


def test_the_mean_pause_covers_as_often_as_it_says() -> None:
    rng, hits = np.random.default_rng(4), 0
    for _ in range(200):
        pause, cut = np.where(rng.uniform(size=300) < 0.8, 0.1, rng.exponential(2.0, 300)), rng.exponential(6.0, 300)
        found = mean_of(pd.DataFrame({"minutes": np.minimum(pause, cut), "whole": pause <= cut}))
        hits += found.low <= 0.8 * 0.1 + 0.2 * 2.0 <= found.high

    assert 176 <= hits <= 199, f"{hits} of 200 intervals of 95 %"


def test_a_crew_is_written_by_level_with_the_days_on_which_it_is_smaller() -> None:
    opened = np.array([[1.0, 2.0, 2.0], [1.0, 2.0, 1.0], [1.0, 1.0, 1.0], [1.0, 3.0, 2.0], [np.nan, np.nan, np.nan]])
    first, second = crew_of(opened, [540.0, 570.0, 600.0])

    assert (first.hours, first.missing.value) == ([540.0, 570.0, 600.0], 0.0)
    assert (second.hours, second.missing.value) == ([570.0, 600.0], 0.25), (
        "on three of four days, at ten on two of these; three were there once only"
    )


def log_of(arrived: list[float], called: list[float], days: int = 10) -> Log:
    frame = pd.DataFrame([
        {"day": f"2024-03-{4 + d:02d}", "weekday": d % 7, "service": "tax", "window": "a", "arrived": a, "called": c, "ended": c + 5,
         "outcome": "served", "first": True, "part": False, "klass": "", "row": 0, "due": math.nan, "after": "", "at_once": False}
        for d in range(days)
        for a, c in zip(arrived, called, strict=True)
    ])  # fmt: skip
    return Log(frame, pd.DataFrame({"reason": []}), load_mapping("openhall"), 0.0, 0, "0" * 12)


def test_people_who_come_before_anybody_is_called_queue_before_the_doors() -> None:
    log = log_of([522.0, 531.0, 545.0, 590.0, 610.0], [540.0, 545.0, 550.0, 595.0, 615.0])
    (period,) = fit_periods(log, fit_arrivals(log))

    assert (period.start, period.end, period.early) == (540.0, 630.0, 20.0)
    assert period.before == (0,)


def test_people_who_are_called_as_they_come_make_no_queue_before_the_doors() -> None:
    log = log_of([522.0, 531.0, 545.0, 590.0, 610.0], [522.0, 532.0, 550.0, 595.0, 615.0])
    (period,) = fit_periods(log, fit_arrivals(log))

    assert (period.start, period.early) == (510.0, 0.0)


def test_names_that_would_be_one_id_are_numbered() -> None:
    assert ids_of(["A B", "A-B", "default", "窗口 1"]) == {"A B": "A-B", "A-B": "A-B-2", "default": "default-2", "窗口 1": "窗口-1"}
    assert clean("***") == "x"


def test_every_reason_can_be_said_in_both_languages() -> None:
    catalogue = read_catalogue(CATALOGUE)
    assert {tuple(sorted(texts)) for texts in catalogue.values()} == {("en", "zh")}
    told = unknown("services.tax.patience_min", "patience_few", left=3, n=1200, least="210")

    assert told.text().startswith("3 of 1,200 who queued left, too few to fit; everybody waits for ever")
    assert "210 minutes or more" in told.text()
    assert together([told, told], "zh").startswith("假设：排队的 1,200 人中离开 3 人")
