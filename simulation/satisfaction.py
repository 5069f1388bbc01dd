"""How waiting moves bad ratings and complaints: a rate ratio learned from a record, and what it says of other waits.

The model: in a stratum s (a department window, or whatever keeps like with like) bad ratings fall as a Poisson number of mean
``visits · rate_s · exp(slope · wait)``. Given how many fell in a stratum, its rate drops out, and where they fell tells the slope alone
(the conditional likelihood); so a window that is disliked for other reasons, and has a queue besides, is not taken for an effect of
waiting. The prior is Jeffreys', which is Firth's correction for few events: the slope stays finite even if every bad rating fell at the
longest wait. On a day on which much goes wrong at once events are not independent; the likelihood is tempered by the factor by which the
score varies more between days than the model says, if that is above 1.

Assumes: events are rare among visits; a minute does the same at every window and after every wait; a cell's wait is that of its citizens
(exact where a rating names its ticket; the day's mean where it does not, which sees less). Not a proof that waiting is the cause: nobody
gave out short waits by lot.

Sources: Firth, D. (1993), Bias reduction of maximum likelihood estimates, Biometrika 80, 27-38; McCullagh & Nelder (1989), Generalized
Linear Models, 7.2 (conditional likelihood) and 9.2 (dispersion); Liang & Zeger (1986), Biometrika 73, 13-22 (variance by clusters).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar
from scipy.stats import gamma

from simulation.streams import stream_key

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Verdict = Literal["raises", "lowers", "no clear effect", "too few events", "nothing to compare", "stated"]

FEW = 10
"""Events below which nothing is concluded (Peduzzi et al. 1996, Journal of Clinical Epidemiology 49, 1373-1379: ten for each slope)."""
PRIOR_EVENTS = 0.5
"""What a stratum's rate starts from: half an event, at the rate of all strata together (assumption)."""
DRAWS = 1_000
_STEEPEST = 40.0
"""The slope is looked for between these: e to the 40 over the range of waits, beyond any effect."""
_LARGEST = 300.0
"""No rate grows by more than e to this, so that a guess far beyond what was seen stays a number."""
_DEPTH = 18.0
"""The posterior is kept down to e to the -18 of its peak."""


class Span(NamedTuple):
    """A value and the ends of its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen: one cell an entry, all (n,). What belongs together may come in pieces."""

    stratum: Sequence[str]
    day: Sequence[str]
    """What hangs together: the local date."""
    wait: Floats
    """Minutes, at least 0."""
    visits: Whole
    events: Whole
    """Bad ratings, or complaints, of those visits."""

    def __post_init__(self) -> None:
        if len({len(self.stratum), len(self.day), len(self.wait), len(self.visits), len(self.events)}) != 1:
            raise ValueError("stratum, day, wait, visits and events have one length")
        if len(self.wait) and not (np.isfinite(self.wait).all() and min(self.wait.min(), self.visits.min(), self.events.min()) >= 0):
            raise ValueError("waits, visits and events are at least 0")


@dataclass(frozen=True, slots=True)
class WaitEffect:
    """What a minute of waiting does to the rate of an event, and how sure that is."""

    verdict: Verdict
    """What the interval says; it holds 0: "no clear effect"."""
    slope: Span | None
    """Log of the rate ratio of a minute; None where nothing can be told at all: no events, or no two waits."""
    level: float
    events: int
    visits: int
    longest: float
    """Minutes within which 99 % of the visits waited: beyond, the effect is a guess."""
    dispersion: float
    """At least 1: by how much days vary more than the model says."""
    slopes: Floats = field(repr=False, compare=False)
    """(DRAWS,) for its uncertainty; zeros where it is not known."""
    strata: Mapping[str, tuple[int, Floats]] = field(repr=False, compare=False)
    """Stratum -> its events, and its visits weighted by exp(slope · wait) at each draw, (DRAWS,)."""
    seed: int = 1

    def ratio(self, minutes: float) -> Span | None:
        """By how much so many minutes more multiply the rate; None where nothing can be told."""
        if self.slope is None:
            return None
        return Span(*(math.exp(min(minutes * each, 700.0)) for each in (self.slope.value, self.slope.low, self.slope.high)))


def learn(seen: Seen, *, stated: Span | None = None, level: float = 0.95, seed: int = 1) -> WaitEffect:
    """The effect of waiting on the rate of an event.

    Parameters
    ----------
    stated : a log rate ratio of a minute from elsewhere, instead of the record's own: half of the draws lie on each side of its value,
        evenly out to its ends. The caller marks it as an assumption.
    seed : of the draws

    Raises ValueError if the level is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError("a level lies between 0 and 1")
    uniforms = _uniforms(seed, "slope")
    slope, slopes, dispersion = None, np.zeros(DRAWS), 1.0
    verdict: Verdict = "nothing to compare"
    if stated is not None:
        verdict, slope = "stated", stated
        slopes = np.interp(uniforms, (0.0, 0.5, 1.0), (stated.low, stated.value, stated.high))
    elif (found := _posterior(seen)) is not None:
        grid, mass, dispersion = found
        tail = (1 - level) / 2
        low, middle, high = (float(np.interp(each, mass, grid)) for each in (tail, 0.5, 1 - tail))
        slope, slopes = Span(middle, low, high), np.interp(uniforms, mass, grid)
        verdict = "raises" if low > 0 else "lowers" if high < 0 else "no clear effect"
        if seen.events.sum() < FEW:
            verdict = "too few events"
    events, visits = int(seen.events.sum()), int(seen.visits.sum())
    return WaitEffect(verdict, slope, level, events, visits, _longest(seen), dispersion, slopes, _strata(seen, slopes), seed)


def expect(effect: WaitEffect, stratum: str, waits: ArrayLike, visits: ArrayLike) -> Floats:
    """Draws (DRAWS,) of the expected number of events, never more than there are visits.

    Draws of one stratum belong together: the difference of two plans is the difference draw by draw.

    Parameters
    ----------
    stratum : one that was not seen has the rate of all together
    waits, visits : (n,) minutes, and how many visits wait so long
    """
    minutes, many = np.asarray(waits, np.float64), np.asarray(visits, np.float64)
    exposed = sum((each for _, each in effect.strata.values()), np.zeros(DRAWS))
    if not many.sum() or not exposed.any():
        return np.zeros(DRAWS)
    common = max(effect.events, PRIOR_EVENTS) / exposed
    own, under = effect.strata.get(stratum, (0, np.zeros(DRAWS)))
    rate = gamma.ppf(_uniforms(effect.seed, f"rate {stratum}"), own + PRIOR_EVENTS) / (under + PRIOR_EVENTS / common)
    drawn: Floats = np.minimum(rate * _weighted(effect.slopes, minutes, many), many.sum())
    return drawn


def beyond(effect: WaitEffect, waits: ArrayLike, visits: ArrayLike) -> float:
    """Share of the visits that wait longer than those the effect was learned from; nan of none."""
    minutes, many = np.asarray(waits, np.float64), np.asarray(visits, np.float64)
    return float(many[minutes > effect.longest].sum() / many.sum()) if many.sum() else math.nan


def interval_of(draws: Floats, level: float = 0.95) -> Span:
    """The middle of draws and the ends that hold the level."""
    tail = (1 - level) / 2
    low, middle, high = np.quantile(draws, (tail, 0.5, 1 - tail))
    return Span(float(middle), float(low), float(high))


def _uniforms(seed: int, name: str) -> Floats:
    words = stream_key(seed, "satisfaction", name)
    return np.random.Generator(np.random.SFC64([int(each) for each in words])).random(DRAWS)


def _posterior(seen: Seen) -> tuple[Floats, Floats, float] | None:
    """Slopes, the share of the posterior below each, and the dispersion; None if no stratum with an event has two waits."""
    told = _Conditional(seen)
    if told.spread == 0.0:
        return None
    edge = _STEEPEST / told.spread
    mode = float(minimize_scalar(lambda slope: -told.log_posterior(slope, 1.0), bounds=(-edge, edge), method="bounded").x)
    dispersion = told.dispersion(mode)
    mode = float(minimize_scalar(lambda slope: -told.log_posterior(slope, dispersion), bounds=(-edge, edge), method="bounded").x)
    peak = told.log_posterior(mode, dispersion)
    ends = []
    for side in (-1.0, 1.0):
        reach = edge / 4096
        while reach < 2 * edge and told.log_posterior(mode + side * reach, dispersion) > peak - _DEPTH:
            reach *= 1.5
        ends.append(mode + side * reach)
    grid = np.linspace(ends[0], ends[1], 401)
    density = np.exp(np.array([told.log_posterior(each, dispersion) for each in grid]) - peak)
    mass = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    return grid, mass / mass[-1], dispersion


class _Conditional:
    """The conditional likelihood of the slope, given how many events fell in each stratum."""

    def __init__(self, seen: Seen) -> None:
        names, stratum = np.unique(np.asarray(seen.stratum, dtype=str), return_inverse=True)
        told = np.bincount(stratum, weights=seen.events, minlength=len(names)) > 0
        kept = told[stratum] & (seen.visits > 0) if len(stratum) else np.zeros(0, bool)
        self.stratum = np.unique(stratum[kept], return_inverse=True)[1]
        self.day = np.unique(np.asarray(seen.day, dtype=str)[kept], return_inverse=True)[1] if kept.any() else self.stratum
        self.wait = seen.wait[kept].astype(np.float64)
        self.visits = seen.visits[kept].astype(np.float64)
        self.events = seen.events[kept].astype(np.float64)
        self.many = int(self.stratum.max()) + 1 if kept.any() else 0
        self.fallen = self._by_stratum(self.events)
        middle = self._by_stratum(self.visits * self.wait) / self._by_stratum(self.visits)
        self.wait = self.wait - middle[self.stratum] if self.many else self.wait
        self.spread = float(np.abs(self.wait).max()) if self.many else 0.0

    def _by_stratum(self, weights: Floats) -> Floats:
        summed: Floats = np.bincount(self.stratum, weights=weights, minlength=self.many).astype(np.float64)
        return summed

    def _moments(self, slope: float) -> tuple[Floats, Floats, Floats]:
        """By stratum: log of the weighted visits, and mean and variance of the waits at which an event would fall."""
        power = slope * self.wait
        top = float(power.max())
        weight = self.visits * np.exp(power - top)
        whole = np.maximum(self._by_stratum(weight), 1e-300)
        mean = self._by_stratum(weight * self.wait) / whole
        spread = self._by_stratum(weight * (self.wait - mean[self.stratum]) ** 2) / whole
        return np.log(whole) + top, mean, spread

    def log_posterior(self, slope: float, dispersion: float) -> float:
        whole, _, spread = self._moments(slope)
        likelihood = slope * float(self.events @ self.wait) - float(self.fallen @ whole)
        return likelihood / dispersion + 0.5 * math.log(max(float(self.fallen @ spread), 1e-300))

    def dispersion(self, slope: float) -> float:
        """The variance of the score between days over what the model says, at least 1."""
        whole, mean, spread = self._moments(slope)
        chance = self.visits * np.exp(slope * self.wait - whole[self.stratum])
        score = (self.events - self.fallen[self.stratum] * chance) * (self.wait - mean[self.stratum])
        days = int(self.day.max()) + 1
        information = float(self.fallen @ spread)
        if days < 2 or information <= 0.0:
            return 1.0
        return max(1.0, float((np.bincount(self.day, weights=score) ** 2).sum()) * days / (days - 1) / information)


def _longest(seen: Seen) -> float:
    order = np.argsort(seen.wait)
    total = np.cumsum(seen.visits[order])
    return float(seen.wait[order][np.searchsorted(total, 0.99 * total[-1])]) if len(total) and total[-1] else 0.0


def _strata(seen: Seen, slopes: Floats) -> dict[str, tuple[int, Floats]]:
    """Events of each stratum and its weighted visits."""
    names, stratum = np.unique(np.asarray(seen.stratum, dtype=str), return_inverse=True)
    found: dict[str, tuple[int, Floats]] = {}
    for code, name in enumerate(names.tolist()):
        own = stratum == code
        found[name] = int(seen.events[own].sum()), _weighted(slopes, seen.wait[own], seen.visits[own])
    return found


def _weighted(slopes: Floats, wait: Floats, visits: NDArray[np.float64] | Whole) -> Floats:
    """Visits weighted by exp(slope · wait) at each slope; by half minutes, so that a year is no more work than a month."""
    values, place = np.unique(np.round(2 * wait) / 2, return_inverse=True)
    whole: Floats = np.exp(np.minimum(np.outer(slopes, values), _LARGEST)) @ np.bincount(place, weights=visits, minlength=len(values))
    return whole
