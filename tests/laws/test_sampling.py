"""Every family of times follows its law: the file's parameters against scipy's distribution, written out here a second time.

Seeds are fixed, so these tests always give the same answer.  A sound sampler fails a threshold of p = 1e-4 for one seed in ten thousand;
with 20,000 draws a distance of 0.016 between the distributions (a mean some 3 % off) is found.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.stats._distn_infrastructure import rv_continuous_frozen

from simulation import draw_demand
from simulation.laws import FAMILIES, make_law, quantile
from simulation.scenario import parse

DRAWS = 20_000
UNLIKELY = 1e-4


def lognormal(mean: float, cv: float) -> Any:
    variance = math.log(1 + cv**2)
    return stats.lognorm(s=math.sqrt(variance), scale=mean * math.exp(-variance / 2))


class Hyperexponential(stats.rv_continuous):
    """A share of citizens with one exponential law, the rest with another."""

    def _cdf(self, x: Any, share: float, mean_1: float, mean_2: float) -> Any:
        return share * -np.expm1(-x / mean_1) + (1 - share) * -np.expm1(-x / mean_2)

    def _argcheck(self, share: float, mean_1: float, mean_2: float) -> bool:
        return True


HYPER = Hyperexponential(a=0.0, name="hyperexponential")
BALANCED = (1 + math.sqrt((2.0**2 - 1) / (2.0**2 + 1))) / 2

CONTINUOUS: list[tuple[dict[str, Any], rv_continuous_frozen]] = [
    ({"family": "exponential", "mean": 6.0}, stats.expon(scale=6.0)),
    ({"family": "lognormal", "mean": 6.0, "cv": 0.6}, lognormal(6.0, 0.6)),
    ({"family": "lognormal", "mu": 1.2, "sigma": 0.9}, stats.lognorm(s=0.9, scale=math.exp(1.2))),
    ({"family": "gamma", "mean": 6.0, "cv": 1.4}, stats.gamma(a=1 / 1.4**2, scale=6.0 * 1.4**2)),
    ({"family": "gamma", "shape": 4.0, "scale": 0.2}, stats.gamma(a=4.0, scale=0.2)),
    ({"family": "erlang", "k": 3, "mean": 6.0}, stats.gamma(a=3, scale=2.0)),
    ({"family": "hyperexponential", "mean": 6.0, "cv": 2.0}, HYPER(BALANCED, 3.0 / BALANCED, 3.0 / (1 - BALANCED))),
    ({"family": "hyperexponential", "share": 0.3, "mean_1": 1.0, "mean_2": 9.0}, HYPER(0.3, 1.0, 9.0)),
    ({"family": "uniform", "low": 2.0, "high": 11.0}, stats.uniform(loc=2.0, scale=9.0)),
    ({"family": "weibull", "shape": 0.7, "scale": 5.0}, stats.weibull_min(c=0.7, scale=5.0)),
    ({"family": "weibull", "mean": 6.0, "cv": 1.0}, stats.expon(scale=6.0)),
    ({"family": "loglogistic", "shape": 2.5, "scale": 5.0}, stats.fisk(c=2.5, scale=5.0)),
    ({"family": "loglogistic", "median": 5.0, "shape": 2.5}, stats.fisk(c=2.5, scale=5.0)),
]
"""what a file says -> the law it means"""


def drawn(law: dict[str, Any], column: str, seed: int = 1) -> np.ndarray:
    """Service times, patiences or wrap-ups of DRAWS citizens or a few more, as the demand of one long textbook run; (n,) minutes."""
    service: dict[str, Any] = {"id": "s", "service_min": law, "arrivals_per_hour": 1.02 * DRAWS}
    if column == "patience":
        service |= {"service_min": {"family": "deterministic", "value": 1.0}, "patience_min": law}
    window = {"id": "w", "serves": ["*"], **({"wrap_up_min": law} if column == "wrap_up" else {})}
    document = {"schema": 1, "name": "draws", "horizon": {"minutes": 60}, "services": [service], "windows": [window]}
    tasks = draw_demand(parse(document, "draws"), seed).tasks
    minutes = {"work": tasks.work, "patience": tasks.patience[:, None], "wrap_up": tasks.wrap_up}[column][:, 0]
    assert len(minutes) >= DRAWS
    return np.asarray(minutes[:DRAWS])


def named(case: Any) -> str:
    return str(case["family"]) if isinstance(case, dict) else ""


def test_every_family_is_tested() -> None:
    assert {law["family"] for law, _ in CONTINUOUS} | {"deterministic", "empirical"} == set(FAMILIES)


@pytest.mark.parametrize("column", ["work", "patience", "wrap_up"])
@pytest.mark.parametrize(("law", "truth"), CONTINUOUS, ids=named)
def test_a_drawn_time_follows_its_law(law: dict[str, Any], truth: rv_continuous_frozen, column: str) -> None:
    minutes = drawn(law, column)

    assert stats.kstest(minutes, truth.cdf).pvalue > UNLIKELY
    assert abs(np.corrcoef(minutes[:-1] > truth.median(), minutes[1:] > truth.median())[0, 1]) < 4 / math.sqrt(DRAWS), "neighbours depend"


@pytest.mark.parametrize(("law", "truth"), [case for case in CONTINUOUS if case[0]["family"] != "hyperexponential"], ids=named)
def test_a_quantile_is_the_inverse_of_the_distribution_into_both_tails(law: dict[str, Any], truth: rv_continuous_frozen) -> None:
    """Of every family but the mixture, whose one draw is split between choosing the part and the time."""
    draws = np.concatenate([10.0 ** np.arange(-12, -1), np.linspace(0.02, 0.98, 49), 1 - 10.0 ** np.arange(-2, -9, -1)])
    minutes = quantile(make_law(**law), draws)

    assert np.all(np.diff(minutes[np.argsort(draws)]) > 0)
    np.testing.assert_allclose(truth.cdf(minutes), draws, rtol=1e-7, atol=1e-15)


@pytest.mark.parametrize(("law", "truth"), CONTINUOUS, ids=named)
def test_a_law_knows_its_mean_and_spread(law: dict[str, Any], truth: rv_continuous_frozen) -> None:
    if law["family"] == "hyperexponential":
        share, mean_1, mean_2 = truth.args
        mean, second = share * mean_1 + (1 - share) * mean_2, 2 * (share * mean_1**2 + (1 - share) * mean_2**2)
        cv = math.sqrt(second - mean**2) / mean
    else:
        mean, cv = truth.mean(), truth.std() / truth.mean()

    assert make_law(**law).mean == pytest.approx(mean, rel=1e-9)
    assert make_law(**law).cv == pytest.approx(cv, rel=1e-9)
    if "mean" in law:
        assert mean == pytest.approx(law["mean"], rel=1e-6)


def test_a_constant_time_is_constant() -> None:
    assert set(drawn({"family": "deterministic", "value": 7.25}, "work")) == {7.25}
    assert set(drawn({"family": "deterministic", "value": 7.25}, "patience")) == {7.25}


@pytest.mark.parametrize("column", ["work", "patience"])
@pytest.mark.parametrize(("weights", "shares"), [(None, [0.25, 0.25, 0.5]), ([1, 2, 1], [0.25, 0.5, 0.25])])
def test_an_empirical_time_is_one_of_its_values_as_often_as_it_weighs(
    weights: list[float] | None, shares: list[float], column: str
) -> None:
    law: dict[str, Any] = (
        {"family": "empirical", "values": [2.5, 4.0, 9.0]} if weights else {"family": "empirical", "values": [2.5, 4.0, 9.0, 9.0]}
    )
    if weights:
        law["weights"] = weights
    minutes = drawn(law, column)
    counted = [int(np.sum(minutes == value)) for value in (2.5, 4.0, 9.0)]

    assert sum(counted) == DRAWS
    assert stats.chisquare(counted, DRAWS * np.array(shares)).pvalue > UNLIKELY


def test_efficiency_divides_the_work() -> None:
    document = {
        "schema": 1,
        "name": "skills",
        "horizon": {"minutes": 60},
        "services": [{"id": "s", "service_min": {"family": "exponential", "mean": 6}, "arrivals_per_hour": 1000}],
        "windows": [
            {"id": "slow", "serves": ["*"], "efficiency": 0.8},
            {"id": "plain", "serves": ["*"]},
            {"id": "fast", "serves": ["*"], "efficiency": 1.25},
        ],
    }
    work = draw_demand(parse(document, "skills"), 3).tasks.work

    np.testing.assert_allclose(work[:, 0] * 0.8, work[:, 1], rtol=0, atol=2e-6)
    np.testing.assert_allclose(work[:, 2] * 1.25, work[:, 1], rtol=0, atol=2e-6)
    assert np.array_equal(work * 2**20, np.round(work * 2**20)), "every time is a multiple of 2**-20 minute"
