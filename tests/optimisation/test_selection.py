"""Ranking and selection: the published constants, and how often a selection is right among systems whose means are known.

The constants are the cases S05 and S06 of the reference data.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import pytest
from numpy.typing import NDArray

from simulation.optimisation.selection import Sample, kn_constants, ocba_shares, select_surely, select_within

Floats = NDArray[np.float64]


def normal_systems(means: Sequence[float], deviations: Sequence[float], seed: int, common: float = 0.0, room: int = 4000) -> Sample:
    """Systems with normal observations, which share a part of their chance; observation r is the same whenever it is asked for."""
    chance = np.random.default_rng(seed)
    shared, own = chance.standard_normal(room), chance.standard_normal((len(means), room))
    noise = math.sqrt(common) * shared + math.sqrt(1 - common) * own
    values = np.asarray(means)[:, None] + np.asarray(deviations)[:, None] * noise
    return lambda systems, first, last: values[list(systems), first:last]


def test_the_constants_are_those_of_kim_and_nelson() -> None:
    """Truth S05: five systems, alpha 0.05, ten observations at first."""
    assert kn_constants(5, 0.95, 10) == pytest.approx((0.63496727, 11.42941077), abs=1e-8)


def test_the_shares_are_those_of_chen() -> None:
    """Truth S06."""
    assert ocba_shares([1, 2, 3, 4], [1, 1.5, 2, 1]).tolist() == pytest.approx([0.32045901, 0.45489934, 0.20217748, 0.02246416], abs=1e-8)


@pytest.mark.parametrize("common", [0.0, 0.7])
def test_kn_is_right_at_least_as_often_as_it_promises(common: float) -> None:
    """The least favourable means: all others worse by exactly delta, with unequal variances. 300 selections at 0.9."""
    promised, runs = 0.9, 300
    means, deviations = [0.0, 0.5, 0.5, 0.5, 0.5], [1.0, 0.8, 1.2, 1.0, 1.5]
    right = 0
    for seed in range(runs):
        found = select_surely(normal_systems(means, deviations, seed, common), 5, delta=0.5, guarantee=promised)
        assert found.separated
        right += found.best == 0

    half = NormalDist().inv_cdf(0.999) * math.sqrt(promised * (1 - promised) / runs)
    assert right / runs >= promised - half
    assert right < runs or common > 0.5, "a selection that is never wrong has wasted observations"


def test_common_random_numbers_take_fewer_observations() -> None:
    means, deviations = [0.0, 0.5, 0.5], [1.0, 1.0, 1.0]

    def spent(common: float) -> float:
        return float(
            np.mean([sum(select_surely(normal_systems(means, deviations, seed, common), 3, delta=0.5).observations) for seed in range(20)])
        )

    assert spent(0.9) < 0.5 * spent(0.0)


def test_when_the_budget_ends_first_nothing_is_promised() -> None:
    found = select_surely(normal_systems([0.0, 0.05, 0.05, 9.0], [1.0] * 4, 3), 4, delta=0.05, budget=120)

    assert not found.separated
    assert math.isnan(found.probability)
    assert found.out == (3,), "what is far worse is out all the same"
    assert set(found.still_in) == {0, 1, 2}
    assert found.best == found.still_in[0]
    assert sum(found.observations) <= 120


def test_equal_systems_end_all_the_same() -> None:
    """Two plans that are the same plan differ by exactly nothing: no observation can tell them apart."""
    values = np.tile(np.random.default_rng(1).standard_normal(200), (2, 1))
    found = select_surely(lambda systems, first, last: values[list(systems), first:last], 2, delta=0.1)

    assert found.separated
    assert set(found.still_in) == {0, 1}


def test_one_system_is_the_best() -> None:
    assert select_surely(normal_systems([1.0], [1.0], 1), 1, delta=0.1).best == 0


def test_ocba_is_right_more_often_than_equal_shares() -> None:
    """Same budget, same chance: 10 systems, 200 selections."""
    means, deviations, budget = [0.0, *np.linspace(0.3, 3, 9)], [1.0] * 10, 250
    equal = chosen = 0
    for seed in range(200):
        systems = normal_systems(means, deviations, seed)
        equal += int(np.argmin(systems(range(10), 0, budget // 10).mean(axis=1))) == 0
        found = select_within(systems, 10, budget=budget, first=5)
        assert sum(found.observations) == budget
        chosen += found.best == 0

    assert chosen > equal + 10


def test_ocba_tells_who_is_not_told_apart() -> None:
    found = select_within(normal_systems([0.0, 0.01, 5.0], [1.0] * 3, 2), 3, budget=200)

    assert set(found.still_in) == {0, 1}
    assert found.out == (2,)
    assert not found.separated
    assert found.probability < 0.95


@pytest.mark.parametrize("shape", ["normal", "skewed"])
@pytest.mark.parametrize("gap", [1.0, 0.5])
def test_the_guarantee_of_a_layout_study_holds_among_systems_of_known_means(shape: str, gap: float) -> None:
    """What `openhall layout` promises: at 0.95 no system is better than the answer by more than delta. Twelve systems, 400 selections.

    gap : of the others to the best, in deltas; below 1 any of them is as good an answer, and the best must still not be missed by delta.
    skewed: gamma observations as skewed as the means of eight days of waiting are.
    """
    promised, runs, delta, systems = 0.95, 400, 0.5, 12
    chance = np.random.default_rng(5)
    means = np.concatenate([[10.0], 10.0 + gap * delta * np.ones(systems - 2), [10.0 + 1.01 * delta]])
    good = 0
    for _ in range(runs):
        shared, own = chance.standard_gamma(16.0, (2, 1500)), chance.standard_gamma(16.0, (systems, 1500))
        noise = (shared[0] - 16) / 4 * 0.7 + (own - 16) / 4 * 0.7
        if shape == "normal":
            noise = 0.7 * chance.standard_normal(1500) + 0.7 * chance.standard_normal((systems, 1500))
        values = means[:, None] + noise

        def sample(each: Sequence[int], first: int, last: int, values: Floats = values) -> Floats:
            return values[list(each), first:last]

        found = select_surely(sample, systems, delta=delta, guarantee=promised)
        assert found.separated
        good += means[found.best] - means.min() < delta if gap < 1 else found.best == 0

    half = NormalDist().inv_cdf(0.999) * math.sqrt(promised * (1 - promised) / runs)
    assert good / runs >= promised - half


def test_a_budget_promises_nothing_however_clear_its_answer() -> None:
    """OCBA's probability is an estimate: among the least favourable means it is right less often than KN promises."""
    right = claimed = 0.0
    for seed in range(200):
        found = select_within(normal_systems([0.0, *[0.1] * 9], [1.0] * 10, seed), 10, budget=300)
        right, claimed = right + (found.best == 0) / 200, claimed + found.probability / 200

    assert right < 0.95
    assert claimed < 0.95, "and says so"
