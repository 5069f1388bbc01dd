"""Which of several systems is best: ranking and selection, with a stated guarantee (KN) or for a budget (OCBA).

The better system has the lower mean. Systems are observed under common random numbers: observation r of every system comes from the same
chance, so that differences are less noisy than values.

`select_surely` is KN: it observes all systems that are still in, drops one as soon as another is clearly better, and ends with one. With
at least the probability `guarantee` that one is the best, if the best is better than every other by `delta` or more; if others lie within
`delta` of the best, one of these is as good an answer. When the budget ends first nothing is promised, and the answer says who is still in.

`select_within` is OCBA: a budget of observations goes where it tells most, to the systems that are close to the best and noisy. Its
probability of a correct selection is an estimate from the same observations (Bonferroni over pairs), not a guarantee.

Assumes observations that are independent from one to the next, and about normal: means over a batch of days, not single days. Not for
systems that have been chosen by the same observations: what selects is not what confirms.

Sources: Kim and Nelson, A fully sequential procedure for indifference-zone selection in simulation, ACM TOMACS 11 (2001), with c = 1;
Chen, Lin, Yücesan and Chick, Simulation budget allocation for further enhancing the efficiency of ordinal optimization, Discrete Event
Dynamic Systems 10 (2000).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr

Floats = NDArray[np.float64]
Sample = Callable[[Sequence[int], int, int], Floats]
"""(systems, first, last) -> (systems, last - first): observations first..last-1 of each, lower is better"""

FIRST = 10
"""observations of every system before any is dropped"""
STEP = 4
"""observations that are asked for at once"""


@dataclass(frozen=True, slots=True)
class Selection:
    """What was selected, and how far that may be trusted."""

    best: int
    """the system with the lowest mean of those still in"""
    still_in: tuple[int, ...]
    """systems that are not told apart from the best, itself included, lowest mean first"""
    out: tuple[int, ...]
    """systems that were dropped, the first one first"""
    means: tuple[float, ...]
    """of each system, over its own observations"""
    observations: tuple[int, ...]
    """of each system"""
    delta: float
    """the least difference that matters"""
    probability: float
    """of a correct selection: guaranteed by KN if `separated`, estimated by OCBA"""
    separated: bool
    """whether the procedure came to its end: one is left"""


def kn_constants(systems: int, guarantee: float, first: int = FIRST) -> tuple[float, float]:
    """(eta, h²) of KN with c = 1.

    systems : 2 or more; guarantee : above 1 / systems, below 1; first : observations of the first stage, 2 or more
    """
    eta = 0.5 * ((2 * (1 - guarantee) / (systems - 1)) ** (-2 / (first - 1)) - 1)
    return eta, 2 * eta * (first - 1)


def select_surely(
    sample: Sample, systems: int, *, delta: float, guarantee: float = 0.95, budget: int | None = None, first: int = FIRST
) -> Selection:
    """KN: the best, with a guarantee.

    Parameters
    ----------
    systems : how many, at least 1
    delta : above 0; the least difference that matters, in the unit of the observations
    guarantee : above 1 / systems, below 1
    budget : most observations of all systems together; None: as many as it takes
    first : observations of every system before one is dropped, 2 or more
    """
    if systems == 1:
        return Selection(0, (0,), (), (float(sample([0], 0, first).mean()),), (first,), delta, 1.0, True)
    _, h2 = kn_constants(systems, guarantee, first)
    seen = [row.tolist() for row in sample(range(systems), 0, first)]
    values = np.array(seen)
    spread = np.array([[np.var(one - other, ddof=1) for other in values] for one in values])
    inside, out = list(range(systems)), list[int]()
    sums = values.sum(axis=1)
    r, spent = first, first * systems
    while True:
        means = sums[inside] / r
        margin = np.maximum(0.0, delta / (2 * r) * (h2 * spread[np.ix_(inside, inside)] / delta**2 - r))
        dropped = (means[:, None] > means[None, :] + margin).any(axis=1)
        out += [inside[k] for k in sorted(np.flatnonzero(dropped), key=lambda k: -means[k])]
        inside = [each for each, gone in zip(inside, dropped, strict=True) if not gone]
        ties = r > h2 * spread[np.ix_(inside, inside)].max() / delta**2  # only equal ones are left: any will do
        if len(inside) == 1 or ties:
            break
        if r == len(seen[inside[0]]):
            more = STEP if budget is None else min(STEP, (budget - spent) // len(inside))
            if more < 1:
                break
            for each, row in zip(inside, sample(inside, r, r + more), strict=True):
                seen[each] += row.tolist()
            spent += more * len(inside)
        sums[inside] += [seen[each][r] for each in inside]
        r += 1
    inside.sort(key=lambda each: sums[each])
    found = tuple(float(np.mean(row)) for row in seen)
    done = len(inside) == 1 or bool(ties)
    return Selection(inside[0], tuple(inside), tuple(out), found, tuple(map(len, seen)), delta, guarantee if done else math.nan, done)


def ocba_shares(means: ArrayLike, deviations: ArrayLike) -> Floats:
    """The shares of a budget that tell best which system has the lowest mean.

    means, deviations : (systems,) at least 2; deviations above 0. Systems as good as the best share what is then left to nobody else.
    """
    mean, spread = np.asarray(means, dtype=np.float64), np.asarray(deviations, dtype=np.float64)
    best = int(np.argmin(mean))
    gap = np.maximum(mean - mean[best], 1e-12 * max(1.0, float(np.abs(mean).max())))
    weight = (spread / gap) ** 2
    others = np.arange(len(mean)) != best
    weight[best] = spread[best] * math.sqrt(float((weight[others] ** 2 / spread[others] ** 2).sum()))
    return np.asarray(weight / weight.sum())


def select_within(sample: Sample, systems: int, *, budget: int, delta: float = 0.0, first: int = FIRST, step: int = 10) -> Selection:
    """OCBA: the best that a budget of observations can tell.

    Parameters
    ----------
    budget : observations of all systems together; each has `first` of them in any case
    delta : a system that may be better by no more than this counts as no mistake
    step : observations that are shared out at a time
    """
    seen = [row.tolist() for row in sample(range(systems), 0, first)]
    left = budget - first * systems
    while systems > 1 and left > 0:
        means = [float(np.mean(row)) for row in seen]
        deviations = [max(float(np.std(row, ddof=1)), 1e-9) for row in seen]
        have = np.array([len(row) for row in seen])
        wanted = ocba_shares(means, deviations) * (have.sum() + min(step, left)) - have
        each = int(np.argmax(wanted))
        more = min(left, max(1, min(step, math.ceil(wanted[each]))))
        seen[each] += sample([each], len(seen[each]), len(seen[each]) + more)[0].tolist()
        left -= more
    found = tuple(float(np.mean(row)) for row in seen)
    best = int(np.argmin(found))
    mistakes = {other: _chance_of_mistake(seen[best], seen[other], delta) for other in range(systems) if other != best}
    order = sorted(range(systems), key=lambda each: found[each])
    inside = tuple(each for each in order if each == best or mistakes[each] > 0.05 / max(1, systems - 1))
    gone = tuple(each for each in reversed(order) if each not in inside)
    probability = max(0.0, 1 - sum(mistakes.values()))
    return Selection(best, inside, gone, found, tuple(map(len, seen)), delta, probability, len(inside) == 1)


def _chance_of_mistake(best: Sequence[float], other: Sequence[float], delta: float) -> float:
    """The chance that the other is better by more than delta, from the observations that both have (paired, Student's t)."""
    common = min(len(best), len(other))
    gaps = np.asarray(other[:common]) - np.asarray(best[:common])
    error = float(np.std(gaps, ddof=1)) / math.sqrt(common)
    gap = float(gaps.mean()) + delta
    if error == 0:
        return 0.0 if gap > 0 else 0.5
    return float(stdtr(common - 1, -gap / error))
