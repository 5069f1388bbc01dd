"""Laws of a positive time: the families a scenario may name, and what one uniform draw becomes under each.

Assumes: times in minutes, parameters already checked to be finite by `make_law`. A law is sampled by its quantile (a mixture by
splitting the draw), so that one stored draw means the same citizen under every law. Not for fitting: calibration owns that.

Source of the formulas: Law, A. M., Simulation Modeling and Analysis, 5th ed., section 6.2 (continuous families); the
hyperexponential with balanced means is Whitt, W. (1982), Approximating a point process by a renewal process, section 3.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Law:
    """One distribution of minutes."""

    family: str
    """a key of FAMILIES"""
    parameters: tuple[float, ...]
    """the family's own parameters in minutes, see the makers below; empirical: the values in ascending order"""
    weights: tuple[float, ...] = ()
    """empirical only: cumulative probabilities of the values, the last is 1"""

    @property
    def mean(self) -> float:
        """Mean in minutes (inf where the family has none)."""
        return _moments(self)[0]

    @property
    def cv(self) -> float:
        """Standard deviation over mean, >= 0."""
        mean, second = _moments(self)
        return math.sqrt(max(second - mean * mean, 0.0)) / mean if mean > 0 else 0.0


def make_law(family: str, **given: Any) -> Law:
    """The law of that family from the parameters of the file.

    Raises
    ------
    ValueError
        with one plain sentence: unknown family, a parameter missing, unknown, not finite or out of range.
    """
    if family not in FAMILIES:
        raise ValueError(f"the family is one of {', '.join(FAMILIES)}")
    forms, make = FAMILIES[family]
    for form in forms:
        if set(given) - {"weights"} == set(form) and ("weights" not in given or family == "empirical"):
            return make(**{name: value if isinstance(value, Sequence) else _number(name, value) for name, value in given.items()})
    raise ValueError(f"{family} takes " + " or ".join(" and ".join(form) for form in forms))


def quantile(law: Law, draw: Floats) -> Floats:
    """The times that belong to the draws.

    Parameters
    ----------
    draw : (n,) float64, inside the open interval (0, 1)

    Returns
    -------
    (n,) float64, minutes, >= 0
    """
    p = law.parameters
    if law.family in ("gamma", "erlang"):
        return np.asarray(special.gammaincinv(p[0], draw) * p[1])
    if law.family == "empirical":
        return np.asarray(p)[np.searchsorted(np.asarray(law.weights[:-1]), draw, side="right")]
    from simulation.quantiles import CODES, quantiles

    first, second, third = (*p, 0.0, 0.0)[:3]
    return quantiles(CODES[law.family], first, second, third, draw)


_MINUTES = {"gamma": (1,), "erlang": (1,), "hyperexponential": (1, 2), "weibull": (1,), "loglogistic": (1,)}
"""which parameters of a family are minutes, where not all are"""


def scaled(law: Law, factor: float) -> Law:
    """The law of a time that takes `factor` (above 0) times as long."""
    if factor == 1.0:
        return law
    p = law.parameters
    if law.family == "lognormal":
        return Law(law.family, (p[0] + math.log(factor), p[1]))
    minutes = _MINUTES.get(law.family, range(len(p)))
    return Law(law.family, tuple(each * factor if n in minutes else each for n, each in enumerate(p)), law.weights)


def _moments(law: Law) -> tuple[float, float]:
    """First and second moment."""
    p = law.parameters
    match law.family:
        case "exponential":
            return p[0], 2 * p[0] ** 2
        case "lognormal":
            return math.exp(p[0] + p[1] ** 2 / 2), math.exp(2 * p[0] + 2 * p[1] ** 2)
        case "gamma" | "erlang":
            return p[0] * p[1], p[0] * (p[0] + 1) * p[1] ** 2
        case "hyperexponential":
            return p[0] * p[1] + (1 - p[0]) * p[2], 2 * (p[0] * p[1] ** 2 + (1 - p[0]) * p[2] ** 2)
        case "deterministic":
            return p[0], p[0] ** 2
        case "uniform":
            return (p[0] + p[1]) / 2, (p[0] ** 2 + p[0] * p[1] + p[1] ** 2) / 3
        case "weibull":
            return p[1] * math.gamma(1 + 1 / p[0]), p[1] ** 2 * math.gamma(1 + 2 / p[0])
        case "loglogistic":
            return _loglogistic_moment(p, 1), _loglogistic_moment(p, 2)
        case _:
            values, weights = np.asarray(p), np.diff(np.asarray(law.weights), prepend=0.0)
            return float(values @ weights), float(values**2 @ weights)


def _loglogistic_moment(p: tuple[float, ...], order: int) -> float:
    angle = math.pi * order / p[0]
    return p[1] ** order * angle / math.sin(angle) if order < p[0] else math.inf


# ---- makers: the forms a file may use -> the stored parameters --------------------------------------------------------------------


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"{name} is a finite number")
    return float(value)


def _positive(**named: float) -> None:
    for name, value in named.items():
        if not value > 0:
            raise ValueError(f"{name} is above 0 (a constant time is family deterministic)")


def _finite(law: Law) -> Law:
    if not math.isfinite(_moments(law)[0]) or (not math.isfinite(_moments(law)[1]) and law.family != "loglogistic"):
        raise ValueError("the mean and the variance must be finite")
    return law


def _exponential(mean: float) -> Law:
    _positive(mean=mean)
    return Law("exponential", (mean,))


def _lognormal(mean: float = 0, cv: float = 0, mu: float | None = None, sigma: float = 0) -> Law:
    if mu is None:
        _positive(mean=mean, cv=cv)
        sigma = math.sqrt(math.log1p(cv * cv))
        mu = math.log(mean) - sigma * sigma / 2
    _positive(sigma=sigma)
    if mu + 2 * sigma * sigma > 300:
        raise ValueError("mu and sigma of a lognormal are those of log minutes; these give a mean beyond all bounds")
    return _finite(Law("lognormal", (mu, sigma)))


def _gamma(mean: float = 0, cv: float = 0, shape: float | None = None, scale: float = 0) -> Law:
    if shape is None:
        _positive(mean=mean, cv=cv)
        shape, scale = 1 / (cv * cv), mean * cv * cv
    _positive(shape=shape, scale=scale)
    return _finite(Law("gamma", (shape, scale)))


def _erlang(k: float, mean: float) -> Law:
    _positive(k=k, mean=mean)
    if k != int(k):
        raise ValueError("k of an erlang is a whole number of phases (other shapes are family gamma)")
    return Law("erlang", (k, mean / k))


def _hyperexponential(mean: float = 0, cv: float = 0, share: float | None = None, mean_1: float = 0, mean_2: float = 0) -> Law:
    if share is None:
        _positive(mean=mean, cv=cv)
        if cv <= 1:
            raise ValueError("cv of a hyperexponential is above 1")
        share = (1 + math.sqrt((cv * cv - 1) / (cv * cv + 1))) / 2
        mean_1, mean_2 = mean / (2 * share), mean / (2 * (1 - share))
    _positive(mean_1=mean_1, mean_2=mean_2)
    if not 0 < share < 1:
        raise ValueError("share of a hyperexponential lies between 0 and 1")
    return Law("hyperexponential", (share, mean_1, mean_2))


def _deterministic(value: float | None = None, mean: float = 0) -> Law:
    value = mean if value is None else value
    if value < 0:
        raise ValueError("a constant time is at least 0")
    return Law("deterministic", (value,))


def _uniform(low: float, high: float) -> Law:
    if not 0 <= low < high:
        raise ValueError("uniform needs 0 <= low < high")
    return Law("uniform", (low, high))


def _weibull(shape: float | None = None, scale: float = 0, mean: float = 0, cv: float = 0) -> Law:
    if shape is None:
        _positive(mean=mean, cv=cv)
        if not 0.01 <= cv <= 20:
            raise ValueError("cv of a weibull lies between 0.01 and 20")

        def gap(k: float) -> float:
            return math.lgamma(1 + 2 / k) - 2 * math.lgamma(1 + 1 / k) - math.log1p(cv * cv)

        shape = float(optimize.brentq(gap, 0.08, 200))
        scale = mean / math.gamma(1 + 1 / shape)
    _positive(shape=shape, scale=scale)
    if shape < 0.08:
        raise ValueError("shape of a weibull is at least 0.08 (below, the mean lies beyond all bounds)")
    return _finite(Law("weibull", (shape, scale)))


def _loglogistic(shape: float, median: float = 0, scale: float = 0) -> Law:
    scale = median or scale
    _positive(shape=shape, scale=scale)
    if shape <= 1:
        raise ValueError("shape of a loglogistic is above 1 (else it has no mean)")
    return Law("loglogistic", (shape, scale))


def _empirical(values: Sequence[float], weights: Sequence[float] | None = None) -> Law:
    times = [_number("values", v) for v in values]
    shares = [_number("weights", w) for w in (weights if weights is not None else [1.0] * len(times))]
    if not times or min(times) < 0:
        raise ValueError("values are one or more times of at least 0")
    if len(shares) != len(times) or min(shares) < 0 or sum(shares) <= 0:
        raise ValueError("weights are as many as values, none negative, not all 0")
    order = np.argsort(times, kind="stable")
    cumulative = np.cumsum(np.asarray(shares)[order]) / sum(shares)
    cumulative[-1] = 1.0
    return Law("empirical", tuple(float(times[i]) for i in order), tuple(float(c) for c in cumulative))


FAMILIES: dict[str, tuple[tuple[tuple[str, ...], ...], Callable[..., Law]]] = {
    "exponential": ((("mean",),), _exponential),
    "lognormal": ((("mean", "cv"), ("mu", "sigma")), _lognormal),
    "gamma": ((("mean", "cv"), ("shape", "scale")), _gamma),
    "erlang": ((("k", "mean"),), _erlang),
    "hyperexponential": ((("mean", "cv"), ("share", "mean_1", "mean_2")), _hyperexponential),
    "deterministic": ((("value",), ("mean",)), _deterministic),
    "uniform": ((("low", "high"),), _uniform),
    "weibull": ((("mean", "cv"), ("shape", "scale")), _weibull),
    "loglogistic": ((("median", "shape"), ("shape", "scale")), _loglogistic),
    "empirical": ((("values",),), _empirical),
}
"""family -> (the parameter sets a file may give, the maker)"""
