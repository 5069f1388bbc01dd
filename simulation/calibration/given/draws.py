"""What chance adds to a given day: classes that the log does not tell, work, pauses, patience, windows that go away while idle.

Every function is a plain one of the model and of evenly spread draws, one of them a citizen or a post.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.calibration.gaps import BLOCK, BLOCKS, Gaps, ready_seconds
from simulation.calibration.given.model import Model
from simulation.calibration.laws import FittedLaw
from simulation.demand import rounded
from simulation.laws import Law, quantile

Floats = NDArray[np.float64]


def drawn_classes(model: Model, rows: pd.DataFrame, draws: Floats) -> NDArray[np.object_]:
    """Of each row the class; where the log does not tell it, one of the service's, as often as it occurs."""
    klass = rows["klass"].to_numpy(object).copy()
    service = rows["service"].to_numpy(object)
    for name, shares in model.classes.items():
        unknown = np.flatnonzero((service == name) & (klass == ""))
        edges = np.cumsum(list(shares.values()))
        klass[unknown] = np.array(list(shares), object)[np.minimum(np.searchsorted(edges, draws[unknown]), len(edges) - 1)]
    return klass


def work_of(model: Model, names: list[str], service: NDArray[np.int32], draws: Floats) -> Floats:
    """Minutes of service at the common pace, short ones as often as they were."""
    work = np.empty(len(service))
    for n, name in enumerate(names):
        mine = np.flatnonzero(service == n)
        short = np.sort(model.short[name])
        share = len(short) / max(model.services[name].served, 1)
        u = draws[mine]
        cut = u < share
        if cut.any():
            work[mine[cut]] = short[np.minimum((u[cut] / share * len(short)).astype(int), len(short) - 1)]
        law = model.services[name].laws[0].law
        work[mine[~cut]] = quantile(law, (u[~cut] - share) / (1 - share) * (1 - 2e-12) + 1e-12)
    return work


def pauses_of(gaps: Gaps, windows: list[str], block: NDArray[np.int_], away: Floats, ready: Floats, back: Floats) -> Floats:
    """(n, windows) minutes after the service until the window is ready."""
    soon = ready_seconds(gaps.ready, ready) / 60
    long = -np.log(back) / (gaps.back[block] * 60)
    usual = float(np.mean(list(gaps.after.values())))
    after = np.array([gaps.after.get(window, usual) for window in windows])
    return np.where(away[:, None] < after[None, :], long[:, None], soon[:, None])


def drawn_patience(
    model: Model, service: NDArray[np.object_], code: NDArray[np.int32], klass: NDArray[np.object_], names: list[str], draws: Floats
) -> Floats:
    patience = np.full(len(service), np.inf)
    for n, name in enumerate(names):
        mine = np.flatnonzero(code == n)
        fitted: FittedLaw | None = model.services[name].patience
        if fitted is not None:
            patience[mine] = quantile(fitted.law, draws[mine])
        for k in set(klass[mine]):
            mean = model.patience.get((name, k))
            if mean is not None:
                own = mine[klass[mine] == k]
                patience[own] = quantile(Law("exponential", (mean,)), draws[own])
    return patience


@dataclass(frozen=True, slots=True)
class Away:
    """Windows that go away, as citizens."""

    at: Floats
    window: NDArray[np.int64]
    service: NDArray[np.int32]
    minutes: Floats


NOBODY = Away(np.empty(0), np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0))


def away_of(gaps: Gaps, posts: pd.DataFrame, windows: list[str], services: int, draw: Callable[[str, int], Floats]) -> Away:
    """When somebody would go away from each window if it is free then, and for how long."""
    at: list[float] = []
    window: list[int] = []
    lasts: list[float] = []
    begins, moments, lengths = draw("begins", len(posts)), iter(draw("leaving", 40_000)), iter(draw("away.min", 20_000))
    for n, (name, start, end) in enumerate(posts[["window", "start", "end"]].itertuples(index=False)):
        w = windows.index(name)
        more = gaps.factor.get(name, 1.0)
        block = min(int(start // BLOCK), BLOCKS - 1)
        leaving, back = more * gaps.leaving[block] * 60, gaps.back[block] * 60
        if begins[n] < leaving / (leaving + back):
            at.append(start)
            window.append(w)
            lasts.append(-np.log(next(lengths)) / back)
        now = start
        while True:
            block = min(int(now // BLOCK), BLOCKS - 1)
            edge = min((block + 1.0) * BLOCK, end)
            step = -np.log(next(moments)) / (more * gaps.leaving[block] * 60)
            now = now + step if now + step < edge else edge  # the chance begins anew in each block: it has no memory
            if now >= end:
                break
            if now < edge:
                at.append(now)
                window.append(w)
                lasts.append(-np.log(next(lengths)) / (gaps.back[block] * 60))
    which = np.array(window, np.int64)
    return Away(rounded(np.array(at)), which, (services + which).astype(np.int32), np.array(lasts))
