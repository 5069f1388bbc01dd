"""Quantiles in compiled code: what one uniform draw becomes under a law, a number at a time.

Assumes the parameters of `simulation.laws`. Gamma, Erlang and empirical laws are not here: scipy inverts them, after the draw
(`simulation.laws.quantile` covers all families).

Source: the normal quantile is algorithm AS 241 (PPND16) of Wichura, M. J. (1988), Applied Statistics 37, 477-484, relative
error about 1e-16.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simulation.compiled import compiled

ENDLESS, EXPONENTIAL, LOGNORMAL, HYPEREXPONENTIAL, DETERMINISTIC, UNIFORM, WEIBULL, LOGLOGISTIC, LATER = range(9)
CODES = {
    "exponential": EXPONENTIAL,
    "lognormal": LOGNORMAL,
    "hyperexponential": HYPEREXPONENTIAL,
    "deterministic": DETERMINISTIC,
    "uniform": UNIFORM,
    "weibull": WEIBULL,
    "loglogistic": LOGLOGISTIC,
    "gamma": LATER,
    "erlang": LATER,
    "empirical": LATER,
}
"""family -> code; LATER: the draw itself is kept, and turned into minutes outside compiled code"""


@compiled
def normal_quantile(draw: float) -> float:
    """The standard normal quantile of a draw in (0, 1)."""
    q = draw - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        above = (
            (
                (
                    (((2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r + 6.7265770927008700853e4) * r + 4.5921953931549871457e4)
                    * r
                    + 1.3731693765509461125e4
                )
                * r
                + 1.9715909503065514427e3
            )
            * r
            + 1.3314166789178437745e2
        ) * r + 3.3871328727963666080e0
        below = (
            (
                (
                    (((5.2264952788528545610e3 * r + 2.8729085735721942674e4) * r + 3.9307895800092710610e4) * r + 2.1213794301586595867e4)
                    * r
                    + 5.3941960214247511077e3
                )
                * r
                + 6.8718700749205790830e2
            )
            * r
            + 4.2313330701600911252e1
        ) * r + 1.0
        return q * above / below
    r = math.sqrt(-math.log(draw if q < 0 else 1.0 - draw))
    if r <= 5.0:
        r -= 1.6
        above = (
            (
                (
                    (
                        ((7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r + 2.41780725177450611770e-1) * r
                        + 1.27045825245236838258e0
                    )
                    * r
                    + 3.64784832476320460504e0
                )
                * r
                + 5.76949722146069140550e0
            )
            * r
            + 4.63033784615654529590e0
        ) * r + 1.42343711074968357734e0
        below = (
            (
                (
                    (
                        ((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r + 1.51986665636164571966e-2) * r
                        + 1.48103976427480074590e-1
                    )
                    * r
                    + 6.89767334985100004550e-1
                )
                * r
                + 1.67638483018380384940e0
            )
            * r
            + 2.05319162663775882187e0
        ) * r + 1.0
    else:
        r -= 5.0
        above = (
            (
                (
                    (
                        ((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 1.24266094738807843860e-3) * r
                        + 2.65321895265761230930e-2
                    )
                    * r
                    + 2.96560571828504891230e-1
                )
                * r
                + 1.78482653991729133580e0
            )
            * r
            + 5.46378491116411436990e0
        ) * r + 6.65790464350110377720e0
        below = (
            (
                (
                    (
                        ((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r + 1.84631831751005468180e-5) * r
                        + 7.86869131145613259100e-4
                    )
                    * r
                    + 1.48753612908506148525e-2
                )
                * r
                + 1.36929880922735805310e-1
            )
            * r
            + 5.99832206555887937690e-1
        ) * r + 1.0
    return -above / below if q < 0 else above / below


@compiled
def quantile(code: int, first: float, second: float, third: float, draw: float) -> float:
    """Minutes of one draw under a law given by its code and parameters; inf for ENDLESS, the draw itself for LATER."""
    if code == EXPONENTIAL:
        return -first * math.log1p(-draw)
    if code == LOGNORMAL:
        return math.exp(first + second * normal_quantile(draw))
    if code == DETERMINISTIC:
        return first
    if code == UNIFORM:
        return first + (second - first) * draw
    if code == WEIBULL:
        return float(second * (-math.log1p(-draw)) ** (1.0 / first))
    if code == LOGLOGISTIC:
        return float(second * (draw / (1.0 - draw)) ** (1.0 / first))
    if code == HYPEREXPONENTIAL:
        if draw < first:
            return -second * math.log1p(-draw / first)
        return -third * math.log1p(-min((draw - first) / (1.0 - first), 1.0 - 2.0**-53))
    if code == ENDLESS:
        return math.inf
    return draw


@compiled
def quantiles(code: int, first: float, second: float, third: float, draw: NDArray[np.float64]) -> NDArray[np.float64]:
    """`quantile` over (n,) draws."""
    minutes = np.empty(len(draw))
    for i in range(len(draw)):
        minutes[i] = quantile(code, first, second, third, draw[i])
    return minutes
