"""The day of a run as a date: the hall as it stands that day, and how many are expected.

Day 0 of a replication is the first day from `[demand] starts` on that the hall opens, day 1 the next, over weekends and holidays; without
a start every day is alike. Learning goes by weeks: of seven days where days have dates, of five days of the run where they have none.

Assumes a checked scenario. Not for what comes at which moment of the day (`simulation.demand`).
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import count

import numpy as np
from numpy.typing import NDArray
from scipy import special

from simulation.dates import Dated
from simulation.scenario import Scenario
from simulation.scenario.parts import Window
from simulation.scenario.week import factor_of, open_days
from simulation.streams import uniforms

Floats = NDArray[np.float64]

WEEK = 5
"""days of a run in a week, where they have no dates"""


def dated(scenario: Scenario, day: int) -> Dated | None:
    """The date of a day of the run; None where days have none.

    Raises
    ------
    BadInput
        if the run reaches beyond the last calendar year.
    """
    if scenario.days.starts is None or not scenario.week:
        return None
    kinds = frozenset(kind for kind, hall in enumerate(scenario.week) if hall is not None)
    for year in count(scenario.days.starts.year):
        days = _open_days(scenario.days.starts, kinds, year)
        if day < len(days):
            return days[day]
        day -= len(days)
    raise AssertionError("years do not end")


_open_days = lru_cache(maxsize=256)(open_days)


def hall_on(scenario: Scenario, day: int) -> Scenario:
    """The hall on a day of the run: its openings and shifts of that kind of day, its windows as far as they have learnt by then."""
    today = opened_on(scenario, day)
    return _learnt(today, week_of(scenario, day)) if scenario.days.learns else today


def opened_on(scenario: Scenario, day: int) -> Scenario:
    """The hall on a day of the run by its openings and shifts alone; the same object for all days of a kind."""
    when = dated(scenario, day)
    today = scenario if when is None else scenario.week[when.kind]
    assert today is not None  # only days on which the hall opens have a number
    return today


def week_of(scenario: Scenario, day: int) -> int:
    """Whole weeks since the first day of the run."""
    first, when = dated(scenario, 0), dated(scenario, day)
    return day // WEEK if first is None or when is None else (when.date - first.date).days // 7


@lru_cache(maxsize=256)
def _learnt(scenario: Scenario, week: int) -> Scenario:
    windows = tuple(_after(window, week) for window in scenario.windows)
    return scenario if windows == scenario.windows else replace(scenario, windows=windows, week=())


def _after(window: Window, week: int) -> Window:
    """A window after so many weeks; it learns by equal steps."""
    if window.learning is None or week >= window.learning[1]:
        return window
    start, weeks = window.learning
    factor = start + (1 - start) * week / weeks
    return replace(window, efficiency={service: speed * factor for service, speed in window.efficiency.items()})


def all_alike(scenario: Scenario) -> bool:
    """Whether the days of a run differ by nothing but chance."""
    halls = {id(hall) for hall in scenario.week if hall is not None}
    seasons = {scenario.days.season, *(service.season or scenario.days.season for service in scenario.services)}
    return not scenario.days.learns and len(halls) <= 1 and all(season.is_flat for season in seasons)


# ---- how many are expected --------------------------------------------------------------------------------------------------------


def expected_on(scenario: Scenario, expected: Floats, seed: int, replication: int, day: int) -> Floats:
    """The expected numbers of one day, cumulative over its slots.

    expected : (s, k + 1) those of the hall that day when every factor is 1

    What the season and chance make of them is one factor for each service and slot, so the k-th citizen stays the k-th.
    """
    if not scenario.days.vary:
        return expected
    factor = np.ones((len(expected), expected.shape[1] - 1))
    when = dated(scenario, day)
    if when is not None:
        factor *= np.array([factor_of(service.season or scenario.days.season, when) for service in scenario.services])[:, None]
    if scenario.days.day_cv > 0:
        factor *= mean_one(scenario.days.day_cv, uniforms(seed, "day-factor", "", 1, replication, day))
    if scenario.days.half_hour_cv > 0:
        for s, service in enumerate(scenario.services):
            draw = uniforms(seed, "half-hour-factor", service.of or service.id, factor.shape[1], replication, day)
            factor[s] *= mean_one(scenario.days.half_hour_cv, draw)
    today = np.zeros_like(expected)
    np.cumsum(np.diff(expected, axis=1) * factor, axis=1, out=today[:, 1:])
    return today


def mean_one(cv: float, draw: Floats) -> Floats:
    """Factors of mean 1 and that coefficient of variation: gamma, so that counts become negative binomial."""
    return np.asarray(special.gammaincinv(1 / cv**2, draw) * cv**2)
