"""Layouts against published and exact answers: two pools of five or one of ten, and the N-design.

The means are truths G01, G03 and H01 of the reference data: exact, after van Dijk and van der Sluis (2008) and a Markov chain.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from simulation.optimisation.batches import Figure, interval_of, observe, trial_of
from simulation.optimisation.layout.arrangements import Arrangement, Pool
from simulation.optimisation.layout.documents import plan_of
from simulation.optimisation.layout.frame import frame_of
from simulation.scenario import Scenario, parse


def textbook(rates: Sequence[float], means: Sequence[float], windows: list[dict[str, Any]], minutes: int = 20_000) -> Scenario:
    """Exponential services, arrivals a minute, for a long time after a warm-up."""
    names = ("one", "two")
    return parse(
        {
            "schema": 1,
            "name": "textbook",
            "horizon": {"minutes": minutes, "warm_up": 2_000},
            "services": [
                {"id": name, "service_min": {"family": "exponential", "mean": mean}, "arrivals_per_hour": 60 * rate}
                for name, rate, mean in zip(names, rates, means, strict=True)
            ],
            "windows": windows,
        }
    )


@pytest.mark.parametrize(
    ("means", "apart", "pooled"), [((8.0, 8.0), 12.19989153, 5.34985219), ((8.0, 24.0), 18.2998373, 10.41882345)], ids=["G01", "G03"]
)
def test_two_pools_of_five_or_one_of_ten(means: tuple[float, float], apart: float, pooled: float) -> None:
    """Half as long a wait for all if services are alike; with services three times as long pooling still pays on average."""
    rates = [5 * 0.9 / each for each in means]
    frame = frame_of(textbook(rates, means, [{"id": "w", "count": 10, "serves": ["*"]}]), efficiency=1.0)
    plans = [
        Arrangement("dedicated", (Pool((0,), (), 5), Pool((1,), (), 5))),
        Arrangement("comprehensive", (Pool((0, 1), (), 10),)),
    ]
    found = observe([trial_of(plan_of(frame, each), [Figure("mean_wait")], 11) for each in plans], 0, 10)[:, :, 0]
    two, one = (interval_of(row, 0.999) for row in found)

    assert two.value == pytest.approx(apart, rel=0.05)
    assert one.value == pytest.approx(pooled, rel=0.05)
    assert interval_of(found[0] - found[1], 0.999).low > 0


def test_windows_that_help_are_the_n_design() -> None:
    """Two windows for the first service, two that do the second first and help: exact waits of both."""
    frame = frame_of(textbook([0.35, 0.12], [8.0, 8.0], [{"id": "w", "count": 4, "serves": ["*"]}], 30_000), efficiency=1.0)
    plan = plan_of(frame, Arrangement("mixed", (Pool((0,), (), 2), Pool((1,), (0,), 2))))
    found = observe([trial_of(plan, [Figure("mean_wait", "one"), Figure("mean_wait", "two")], 11)], 0, 20)[0]
    one, two = (interval_of(found[:, k], 0.999) for k in (0, 1))

    assert one.low <= 37.15835106 <= one.high
    assert two.low <= 7.01276279 <= two.high
    assert (one.high - one.low) / 2 < 0.12 * one.value, "too noisy to see a wrong rule"
    assert (two.high - two.low) / 2 < 0.05 * two.value
