"""Laws of time fitted by maximum likelihood, whatever is known of each time: the time itself, that it was longer, or that it lay between.

A time that is the difference of two moments, each rounded to a step u, lies within u of what the log says, and the more likely the nearer
(the difference of two uniform errors: a triangle). Its likelihood is the mean, over that triangle, of the law's probability; so a log kept
in minutes gives the law of the minutes, not that of the rounding.

Families: lognormal, gamma, Weibull, log-logistic, exponential, compared by AIC (Akaike 1974). Intervals: from the curvature of the
likelihood at its top, by the delta method on the logarithm. The distance of Kolmogorov and Smirnov is that to the empirical
distribution, to Kaplan and Meier's where times are censored; it is a distance, not a test, since the parameters are fitted to the same
times. Not for mixtures.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from simulation.laws import Law, make_law

Floats = NDArray[np.float64]

FAMILIES = ("lognormal", "gamma", "weibull", "loglogistic", "exponential")
LEAST = 10
"""times that are not censored, below which no law is fitted"""
NODES, WEIGHTS = np.polynomial.legendre.leggauss(4)
Z95 = float(stats.norm.ppf(0.975))
TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Times:
    """What is known of n times: each lies in [low, high]; equal bounds: known exactly; high inf: longer than low."""

    low: Floats
    """(n,) minutes"""
    high: Floats
    """(n,) minutes, >= low"""
    rounded: float = 0.0
    """minutes; the step to which both ends of an exactly known time are rounded"""

    @property
    def known(self) -> int:
        """Times that are not right-censored."""
        return int(np.count_nonzero(np.isfinite(self.high)))


@dataclass(frozen=True, slots=True)
class Figure:
    """One fitted number with its 95 % interval; low and high are nan where the data give none."""

    value: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float | None]:
        named = {"value": self.value, "low": self.low, "high": self.high}
        return {name: number if math.isfinite(number) else None for name, number in named.items()}


@dataclass(frozen=True, slots=True)
class FittedLaw:
    """One family fitted to some times."""

    law: Law
    table: dict[str, float | str]
    """as a scenario writes it"""
    aic: float
    """2 × parameters − 2 × log likelihood; less is better"""
    ks: float
    """largest distance of the distribution functions"""
    mean: Figure
    """minutes"""
    cv: Figure
    n: int
    """times"""
    known: int
    """times that are not right-censored"""


def fit_laws(times: Times, families: tuple[str, ...] = FAMILIES) -> tuple[FittedLaw, ...]:
    """Every family that can be fitted and has a mean, the best by AIC first; empty where fewer than LEAST times are known."""
    if times.known < LEAST:
        return ()
    cells = _cells(times)
    found = [each for family in families if (each := _fit(family, times, cells)) is not None]
    return tuple(sorted(found, key=lambda each: each.aic))


def simplest(fitted: tuple[FittedLaw, ...], margin: float = 4.0) -> FittedLaw:
    """The exponential law unless another is better by more than the margin: where most times are censored, the tails are a guess."""
    plain = next((each for each in fitted if each.law.family == "exponential"), fitted[0])
    return plain if plain.aic <= fitted[0].aic + margin else fitted[0]


@dataclass(frozen=True, slots=True)
class _Cells:
    """The different times and how often each occurs."""

    low: Floats
    high: Floats
    count: Floats


def _cells(times: Times) -> _Cells:
    pairs, count = np.unique(np.column_stack([times.low, times.high]).round(9), axis=0, return_counts=True)
    return _Cells(pairs[:, 0], pairs[:, 1], count.astype(np.float64))


def _distribution(family: str, logs: Floats) -> tuple[Any, dict[str, float | str]]:
    """scipy's distribution, and the scenario's table, of a family at the logarithms of its parameters."""
    a, b = math.exp(logs[0]), math.exp(logs[-1])
    match family:
        case "lognormal":
            return stats.lognorm(b, scale=a), {"family": family, "mu": float(logs[0]), "sigma": b}
        case "gamma":
            return stats.gamma(b, scale=a), {"family": family, "shape": b, "scale": a}
        case "weibull":
            return stats.weibull_min(b, scale=a), {"family": family, "shape": b, "scale": a}
        case "loglogistic":
            return stats.fisk(b, scale=a), {"family": family, "shape": b, "scale": a}
        case _:
            return stats.expon(scale=a), {"family": family, "mean": a}


def _log_likelihood(law: Any, cells: _Cells, rounded: float) -> float:
    exact = cells.low == cells.high
    each = np.empty(len(cells.low))
    if rounded == 0.0:
        each[exact] = law.logpdf(np.maximum(cells.low[exact], 1e-9))
    else:
        middle = cells.low[exact][:, None] + NODES * rounded / 2
        share = law.cdf(np.maximum(middle + rounded / 2, 0)) - law.cdf(np.maximum(middle - rounded / 2, 0))
        each[exact] = np.log(np.maximum(share @ (WEIGHTS / 2), TINY))
    beyond = np.isinf(cells.high)
    each[beyond] = law.logsf(cells.low[beyond])
    between = ~exact & ~beyond
    each[between] = np.log(np.maximum(law.cdf(cells.high[between]) - law.cdf(cells.low[between]), TINY))
    return float(np.maximum(each, math.log(TINY)) @ cells.count)


def _fit(family: str, times: Times, cells: _Cells) -> FittedLaw | None:
    finite = np.where(np.isfinite(times.high), (times.low + times.high) / 2, times.low)
    finite = np.maximum(finite, times.rounded / 4)
    positive = finite[finite > 0]
    if positive.size < LEAST:
        return None
    middle, spread = float(np.mean(np.log(positive))), max(float(np.std(np.log(positive))), 0.05)
    mean, deviation = float(positive.mean()), max(float(positive.std()), 1e-3 * float(positive.mean()))
    start = {
        "lognormal": [middle, math.log(spread)],
        "gamma": [math.log(deviation**2 / mean), 2 * math.log(mean / deviation)],
        "weibull": [math.log(mean), math.log(1.2 / spread)],
        "loglogistic": [middle, math.log(1.7 / spread)],
        "exponential": [math.log(finite.sum() / times.known)],
    }[family]

    def loss(logs: Floats) -> float:
        if np.abs(logs).max() > 25:
            return math.inf
        return -_log_likelihood(_distribution(family, logs)[0], cells, times.rounded)

    top = optimize.minimize(loss, np.array(start), method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-6, "maxiter": 600})
    law, table = _distribution(family, top.x)
    try:
        made = make_law(**table)  # type: ignore[arg-type]
    except (ValueError, ArithmeticError):
        return None
    if not math.isfinite(made.mean) or made.mean > 1e5 or not math.isfinite(top.fun):
        return None
    covariance = _covariance(loss, np.asarray(top.x))

    def moment(name: str) -> Callable[[Floats], float]:
        def of(logs: Floats) -> float:
            try:
                return math.log(getattr(make_law(**_distribution(family, logs)[1]), name))  # type: ignore[arg-type]
            except (ValueError, ArithmeticError):
                return math.nan

        return of

    aic = 2 * len(start) + 2 * float(top.fun)
    figures = [_figure(moment(name), np.asarray(top.x), covariance) for name in ("mean", "cv")]
    return FittedLaw(made, table, aic, _distance(law, times), figures[0], figures[1], len(times.low), times.known)


def _covariance(loss: Callable[[Floats], float], top: Floats) -> Floats:
    """Inverse of the second differences of the loss; nan where they are no hill."""
    step, size = 1e-3, len(top)
    curve = np.empty((size, size))
    unit = np.eye(size) * step
    for i in range(size):
        for j in range(size):
            both = loss(top + unit[i] + unit[j]) + loss(top - unit[i] - unit[j])
            apart = loss(top + unit[i] - unit[j]) + loss(top - unit[i] + unit[j])
            curve[i, j] = (both - apart) / (4 * step**2)
    try:
        found = np.linalg.inv(curve)
    except np.linalg.LinAlgError:
        return np.full((size, size), np.nan)
    return np.asarray(found) if (np.diag(found) > 0).all() else np.full((size, size), np.nan)


def _figure(log_of: Callable[[Floats], float], top: Floats, covariance: Floats) -> Figure:
    """A positive figure and its interval by the delta method on the logarithm."""
    step = 1e-4
    slope = np.array([(log_of(top + unit) - log_of(top - unit)) / (2 * step) for unit in np.eye(len(top)) * step])
    middle, half = log_of(top), Z95 * math.sqrt(max(float(slope @ covariance @ slope), 0.0)) if np.isfinite(covariance).all() else math.nan
    return Figure(*(math.exp(each) if abs(each) < 700 else math.nan for each in (middle, middle - half, middle + half)))


def _distance(law: Any, times: Times) -> float:
    """Kolmogorov and Smirnov's distance, to Kaplan and Meier's curve where times are right-censored; nan for those that lie between."""
    exact, beyond = times.low == times.high, np.isinf(times.high)
    if not (exact | beyond).all():
        return math.nan
    data = stats.CensoredData(uncensored=times.low[exact], right=times.low[beyond])
    curve = stats.ecdf(data).cdf
    at, after = curve.quantiles, curve.probabilities
    if times.rounded > 0:  # a rounded time tells the distribution only at the end of its cell
        return float(np.abs(law.cdf(at + times.rounded / 2) - after).max())
    before = np.concatenate([[0.0], after[:-1]])
    here = law.cdf(at)
    return float(max(np.abs(here - after).max(), np.abs(here - before).max()))
