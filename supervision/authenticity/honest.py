"""Months of honest windows, to see how often a rule rings for nothing. Every number here is an assumption, save the levels (RULES 1.7, W4).

Honest does not mean tidy: agents hand in many cases and rate them one after another at one device, a clerk sometimes ends a case only after
the citizen has rated it, some windows invite everybody and are liked, and some meet more complaints than others. Draws come from the stream
"honest ratings", so one seed gives one answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from simulation.streams import uniforms

from .signals import SECOND, UNKNOWN, WindowMonth

DAYS = 22
LEVELS = (5, 4, 3, 2, 1)
COUNTS = (13_431_970, 10_421, 18_062, 295, 980)
"""Effective ratings of Guangdong in July 2023 by level."""


@dataclass(frozen=True, slots=True)
class Honest:
    """How honest windows differ."""

    windows: int = 20
    cases_a_day: float = 15.0
    keen_share: float = 0.05
    """Windows that ask everybody: nine in ten rate and more."""
    agent_share: float = 0.03
    """Cases handed in by agents, in bundles."""
    bundle: float = 3.0
    """Cases of a bundle, mean; rated one after the other, some ten seconds apart."""
    early_share: float = 0.01
    """Ratings given before the clerk ends the case."""
    delay_s: float = 25.0
    """Seconds from the end of a case to its rating, median."""
    device_share: float = 0.6
    adverse_a_case: float = 0.01
    adverse_spread: float = 1.5
    """Gamma shape of how windows differ in findings, complaints and late cases."""


def simulate_month(assumed: Honest, seed: int, month: int) -> tuple[WindowMonth, ...]:
    """One month of a hall in which everybody is honest."""

    def draws(name: str, count: int, window: int) -> NDArray[np.float64]:
        return uniforms(seed, "honest ratings", name, count, replication=month, day=window)

    return tuple(_window(assumed, draws, each) for each in range(assumed.windows))


def _window(assumed: Honest, draw: Callable[[str, int, int], NDArray[np.float64]], window: int) -> WindowMonth:
    own = draw("window", 6, window)
    cases = int(stats.poisson.ppf(own[0], assumed.cases_a_day * DAYS * (0.3 + 1.4 * own[1])))
    keen = own[2] < assumed.keen_share
    coverage = 0.9 + 0.1 * own[3] if keen else 0.1 + 0.75 * own[3]
    adverse_rate = assumed.adverse_a_case * stats.gamma.ppf(own[4], assumed.adverse_spread) / assumed.adverse_spread
    adverse = int(stats.poisson.ppf(own[5], max(adverse_rate * cases, 1e-9)))
    if cases == 0:
        return _made(f"H{window:02d}", [], np.empty(0), np.empty(0), [], [], np.empty(0), 0, adverse)
    u = {name: draw(name, cases, window) for name in ("when", "rate", "level", "delay", "early", "agent", "device", "gap")}
    ended = np.sort(u["when"]) * 7 * 3600 + np.floor(u["gap"] * DAYS) * 86400
    ended.sort()
    rater = [f"c{window}-{number}" for number in range(cases)]
    at = 0
    while at < cases:  # bundles of agents: the same person, one case right after the other
        if u["agent"][at] < assumed.agent_share:
            size = 1 + int(stats.geom.ppf(u["gap"][at], 1 / assumed.bundle))
            for other in range(at, min(at + size, cases)):
                rater[other] = f"agent{window}-{int(u['device'][at] * 25)}"
                ended[other] = ended[at] + 10 * (other - at)
            at += size
        else:
            at += 1
    delay = assumed.delay_s * np.exp(0.6 * stats.norm.ppf(u["delay"]))
    delay = np.where(u["early"] < assumed.early_share, -delay / 5, delay)
    level = np.array(LEVELS)[np.searchsorted(np.cumsum(COUNTS) / sum(COUNTS), u["level"])]
    kept = np.flatnonzero(u["rate"] < coverage)
    device = ["S1" if each < assumed.device_share else "" for each in u["device"][kept]]
    raters = [rater[each] for each in kept]
    names = [f"C{each}" for each in kept]
    return _made(f"H{window:02d}", names, (ended + delay)[kept], ended[kept], device, raters, level[kept], cases, adverse)


def _made(
    window: str, case: list[str], rated: NDArray[np.float64], ended: NDArray[np.float64], device: list[str], rater: list[str],
    level: NDArray[np.int64] | NDArray[np.float64], cases: int, adverse: int,
) -> WindowMonth:  # fmt: skip
    return WindowMonth(
        window, tuple(f"rating:{window}-{each}" for each in case), (rated * SECOND).astype(np.int64),
        np.where(np.isnan(ended), UNKNOWN, ended * SECOND).astype(np.int64), tuple(device), tuple(rater), tuple(case),
        level.astype(np.int64), cases, adverse,
    )  # fmt: skip
