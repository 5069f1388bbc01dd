"""A back office gives the exact answers of theory, on a clock that never stops and on one that goes home at night.

As in tests/theory: the truth lies inside the 99.9 % interval, and the interval is narrow enough that an error of 4 % would have been seen.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from simulation.backoffice.clocks import moment_of, worked_at
from simulation.backoffice.loop import run
from simulation.estimators import mean_interval
from simulation.theory.erlang import mean_wait
from simulation.theory.networks import mean_time_in_hall
from tests.backoffice.offices import ALWAYS, chain, pools_of

Floats = NDArray[np.float64]
RUNS, CASES, WARM_UP = 48, 30_000, 3_000
OFFICE_HOURS = [(d * 1440.0 + a, d * 1440.0 + b) for d in range(3_000) if d % 7 < 5 for a, b in ((540, 720), (840, 1020))]


def grained(minutes: Floats) -> Floats:
    return np.round(minutes * 2**20) / 2**20


def agrees(values: list[float], exact: float) -> None:
    value, low, high = mean_interval(values, level=0.999)
    assert low <= exact <= high, f"{value:.5g} ({low:.5g} to {high:.5g}), exact {exact:.5g}"
    assert (high - low) / 2 < 0.04 * exact, "too noisy to see an error of 4 %"


@pytest.mark.parametrize("periods", [ALWAYS, OFFICE_HOURS], ids=["day and night", "office hours"])
def test_a_pool_meets_erlang_c(periods: list[tuple[float, float]]) -> None:
    """Three people, 24 minutes a file, a file every 12 working minutes: nights and weekends change no wait on the pool's own clock."""
    pools, waits = pools_of([3], [periods]), []
    for number in range(RUNS):
        chance = np.random.default_rng([11, number])
        on_clock = grained(np.cumsum(chance.exponential(12.0, CASES)) + 1)
        accepted = np.array([moment_of(pools.clocks, 1, each) for each in on_clock])
        minutes = grained(chance.exponential(24.0, (CASES, 1)))
        joined, called, _ = run(pools, *chain(accepted, [1], minutes))
        waits.append(float((worked_at(pools.clocks, 1, called) - worked_at(pools.clocks, 1, joined))[WARM_UP:].mean()))

    agrees(waits, mean_wait(arrival_rate=1 / 12, mean_service_time=24.0, servers=3))


def test_survey_then_approval_is_a_tandem() -> None:
    """Jackson: two pools in sequence, each with its own people."""
    pools, times = pools_of([2, 4], [ALWAYS, ALWAYS]), []
    for number in range(RUNS):
        chance = np.random.default_rng([12, number])
        accepted = grained(np.cumsum(chance.exponential(10.0, CASES)))
        minutes = grained(np.stack([chance.exponential(16.0, CASES), chance.exponential(32.0, CASES)], axis=1))
        _, _, done = run(pools, *chain(accepted, [1, 2], minutes))
        times.append(float((done.reshape(CASES, 2)[:, 1] - accepted)[WARM_UP:].mean()))

    agrees(times, mean_time_in_hall(external=[0.1, 0.0], routing=[[0, 1], [0, 0]], mean_service_times=[16.0, 32.0], servers=[2, 4]))


def test_two_steps_at_once_last_as_long_as_the_longer() -> None:
    """Parallel approval (并联审批) with people enough: the maximum of two exponentials, 1/a + 1/b - 1/(a + b)."""
    pools, times = pools_of([10_000, 10_000], [ALWAYS, ALWAYS]), []
    for number in range(20):
        chance = np.random.default_rng([13, number])
        accepted = grained(np.cumsum(chance.exponential(10.0, CASES)))
        minutes = grained(np.stack([chance.exponential(20.0, CASES), chance.exponential(30.0, CASES)], axis=1))
        arrays = list(chain(accepted, [1, 2], minutes))
        arrays[5] = np.zeros(2 * CASES, np.int32)  # neither waits for the other
        arrays[6] = arrays[7] = np.zeros(2 * CASES, np.int64)
        _, _, done = run(pools, *arrays)
        times.append(float((done.reshape(CASES, 2).max(axis=1) - accepted).mean()))

    agrees(times, 20.0 + 30.0 - 1 / (1 / 20 + 1 / 30))


def test_little_holds_exactly_from_empty_to_empty() -> None:
    """The area under the number of files in the pool, event by event on its clock, is the sum of their times there."""
    pools = pools_of([2], [OFFICE_HOURS])
    chance = np.random.default_rng(14)
    accepted = grained(np.cumsum(chance.exponential(40.0, 500)))
    joined, _, done = run(pools, *chain(accepted, [1], grained(chance.exponential(15.0, (500, 1)))))
    enters, leaves = (worked_at(pools.clocks, 1, each) for each in (joined, done))
    moments = np.concatenate([enters, leaves])
    steps = np.concatenate([np.ones(500), -np.ones(500)])
    order = np.argsort(moments, kind="stable")
    number = np.cumsum(steps[order])
    area = float((number[:-1] * np.diff(moments[order])).sum())

    assert number[-1] == 0
    assert area == float((leaves - enters).sum())
    assert number.max() > 3


def test_the_earliest_due_is_taken_first_and_the_others_pay() -> None:
    """Two kinds of files, one due much earlier: it waits less than first come first served, the other more, the work is the same."""
    pools = pools_of([1], [ALWAYS])
    chance = np.random.default_rng(15)
    accepted = grained(np.cumsum(chance.exponential(12.0, 5000)))
    minutes = grained(chance.exponential(10.0, (5000, 1)))
    soon = np.arange(5000) % 2 == 0
    _, plain, _ = run(pools, *chain(accepted, [1], minutes))
    _, ranked, done = run(pools, *chain(accepted, [1], minutes, accepted + np.where(soon, 0.0, 1e6)))

    assert (ranked - accepted)[soon].mean() < (plain - accepted)[soon].mean() < (ranked - accepted)[~soon].mean()
    assert (ranked - accepted).mean() == pytest.approx((plain - accepted).mean(), rel=0.05)
    assert len(np.unique(done)) == 5000
