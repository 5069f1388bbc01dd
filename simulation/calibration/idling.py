"""How often and how long nobody sits at a window that has nobody to serve.

Between two citizens a window pauses (the curve of `pauses`), then is free; from a free window somebody goes away at a constant rate, and is
back at another. The log shows neither: it shows when somebody waited whom the window could have called and did not, once its pause must
have been over, and when it took whoever came at once. Of those who come a free window takes some, and beside one that is not free some
wait: that nobody came to it tells where other windows take them. All rates have the greatest likelihood of all these seconds (a hidden
Markov chain, with the very model that a scenario has: `wrap_up_min`, then `away_when_idle`). Intervals come from the curvature.

One share and one law for all windows and hours, since a scenario's windows may be nameless; `gaps` tells them apart for `openhall believe`.
Of each time on post only what lies between two of its citizens is looked at: when it begins and ends is a matter of shifts.

Assumes that windows are left independently of one another, and times away that have no memory (exponential). Not for logs rounded to more
than some seconds, or that name no window.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, special

from simulation.calibration.gaps import COARSEST, CUT, LEAST, TOOK_IDLE, TOOK_QUEUE, SeenGaps, seen_gaps
from simulation.calibration.laws import Z95, Figure
from simulation.calibration.logs import Log
from simulation.calibration.pauses import BREAK, Pauses
from simulation.compiled import compiled

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

EDGES = np.array([0, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 30, 35, 40, 45, 60, 90, 120, 180, 300, 600, 900, 1800], np.int64)
"""seconds; within each a pause ends at a constant rate"""
SEEN = 30
"""gaps at whose end somebody had waited though nobody did at their beginning, below which nothing is said"""
RARE = 0.02
"""share of the idle time away, below which a window that is left now and then is one that stays"""
JUST_NOW = 3
"""seconds before a call, in which somebody must have waited for the window to have called who waited"""
START = (1 / 600, 1 / 300, 0.5, 0.5)
"""from which the search begins: rates of leaving and of coming back a second; of those who come the share that a free window takes, and
the share that waits beside one that is not"""
SLOT = 1800
"""seconds of the clock in which so many come on average"""
SLOTS = 64
"""of them, the hours after midnight included"""
STEP = 0.05
"""of the logarithm of a rate, over which the curvature is taken"""


@dataclass(frozen=True, slots=True)
class Idling:
    """What idle windows do."""

    n: int
    """gaps between two citizens"""
    share: Figure
    """of the time in which a window serves nobody and does not pause, nobody sits there"""
    away: Figure
    """minutes until somebody is back, on average"""
    idle: Figure
    """minutes, on average, that somebody sits there before going away"""

    @property
    def leaves(self) -> bool:
        """Whether windows are left clearly and not just now and then."""
        return math.isfinite(self.share.low) and self.share.low >= RARE


def fit_idling(
    log: Log, posts: pd.DataFrame, serves: dict[str, set[str]], begins: Mapping[str, Floats], pauses: Pauses | None
) -> Idling | None:
    """None where the log names no windows, is rounded too coarsely or shows too little.

    posts : day, window, start, end (minutes of the day): when each window was on post
    serves : window -> the services that it is seen to serve
    begins : window -> minutes of the day at which a time on post begins: a gap across one is a break
    """
    if pauses is None or log.rounded > COARSEST or posts.empty:
        return None
    gaps, chosen = _between(seen_gaps(log, posts, serves), begins)
    late = np.count_nonzero((gaps.ends[chosen] == TOOK_QUEUE) & (gaps.waiting[chosen] == 0))
    if len(chosen) < LEAST or late < SEEN:
        return None
    ready, coming = _ready(pauses), _coming(log, posts, [serves.get(name, set()) for name in gaps.names])
    seen = (gaps.flips, gaps.flips_from, gaps.start, gaps.length, gaps.window, gaps.ends, gaps.waiting, chosen, ready, EDGES, coming)

    def loss(v: Floats) -> float:
        return -float(_log_likelihood(*seen, *np.exp(v).tolist()))

    top = optimize.minimize(loss, np.log(START), method="Nelder-Mead", options={"xatol": 0.005, "fatol": 0.01, "maxiter": 800}).x
    spread = _covariance(loss, top)
    odds = float(top[0] - top[1])  # the share away is that of leaving over coming back
    half = Z95 * math.sqrt(spread[0, 0] + spread[1, 1] - 2 * spread[0, 1])
    return Idling(
        len(chosen), Figure(*special.expit([odds, odds - half, odds + half]).tolist()), _mean(top, spread, 1), _mean(top, spread, 0)
    )


def _mean(top: Floats, spread: Floats, k: int) -> Figure:
    """Minutes, on average, until something happens at the k-th rate, whose logarithm is known so well."""
    half = Z95 * math.sqrt(spread[k, k])
    return Figure(*(np.exp(np.clip([-top[k], -top[k] - half, -top[k] + half], None, 50.0)) / 60).tolist())


def _between(gaps: SeenGaps, begins: Mapping[str, Floats]) -> tuple[SeenGaps, Longs]:
    """Gaps between two citizens of one time on post, and which they are.

    Whoever comes in the very second of a call has not been waited for: what tells whom a window took lies before that second. Of a gap in
    which somebody waited for as long as a break only that much is known.
    """
    kept, ends, lengths = [], gaps.ends.copy(), gaps.length.copy()
    for g in np.flatnonzero(~gaps.opens & (gaps.ends != CUT)):
        start, length = gaps.start[g], gaps.length[g]
        posts = begins.get(gaps.names[gaps.window[g]], np.empty(0))
        if np.diff(np.searchsorted(posts, np.array([start, start + length]) / 60, "right")).any():
            continue
        edges = np.concatenate([[0], gaps.flips[gaps.flips_from[g] : gaps.flips_from[g + 1]], [length]])
        waits = (np.arange(len(edges) - 1) + (gaps.waiting[g] > 0)) % 2 == 1
        just_now = bool((waits & (edges[1:] > length - JUST_NOW)).any())
        ends[g] = TOOK_QUEUE if just_now else TOOK_IDLE
        waited = np.cumsum(np.diff(edges) * waits)
        if waited[-1] >= 60 * BREAK:
            k = int(np.argmax(waited >= 60 * BREAK))
            ends[g], lengths[g] = CUT, edges[k + 1] - (waited[k] - 60 * BREAK)
        kept.append(g)
    return replace(gaps, ends=ends, length=lengths), np.array(kept, np.int64)


def _ready(pauses: Pauses) -> Floats:
    """The chance a second that a pause ends, between each two of EDGES: pauses that ended over the seconds that pauses lasted."""
    seconds = pauses.minutes * 60
    cell = np.clip(np.searchsorted(EDGES, seconds[pauses.whole], "right") - 1, 0, len(EDGES) - 2)
    ended = np.bincount(cell, minlength=len(EDGES) - 1)
    lasted = np.clip(seconds[:, None] - EDGES[None, :-1], 0, np.diff(EDGES)[None, :]).sum(axis=0)
    return np.asarray(1 - np.exp(-(ended + 1e-3) / (lasted + 1.0)))


def _coming(log: Log, posts: pd.DataFrame, serves: list[set[str]]) -> Floats:
    """(windows, SLOTs of the day) how many come a second whom each window serves."""
    rows = log.frame[log.frame["day"].isin(posts["day"].unique())]
    days = max(posts["day"].nunique(), 1)
    slot = np.clip(rows["arrived"].to_numpy(np.float64) * 60 // SLOT, 0, SLOTS - 1).astype(np.int64)
    own = [rows["service"].isin(each).to_numpy() for each in serves]
    return np.array([np.bincount(slot[mine], minlength=SLOTS) for mine in own]) / (SLOT * days)


@compiled
def _log_likelihood(
    flips: Longs,
    flips_from: Longs,
    start: Longs,
    length: Longs,
    window: Longs,
    ends: Longs,
    waiting: Longs,
    chosen: Longs,
    ready: Floats,
    edges: Longs,
    coming: Floats,
    leaving: float,
    back: float,
    taking: float,
    missing: float,
) -> float:
    """Forward filter over the seconds of each chosen gap; states: pausing, free, away.

    A free window takes, of those who come, the share `taking` at once; beside one that is not free the share `missing` waits.
    """
    total, goes, comes = 0.0, 1 - math.exp(-leaving), 1 - math.exp(-back)
    for k in range(len(chosen)):
        g = chosen[k]
        pausing, free, away = 1.0, 0.0, 0.0
        someone = waiting[g] > 0
        flip, edge = flips_from[g], 0
        for u in range(length[g]):
            slot = min((start[g] + u) // SLOT, coming.shape[1] - 1)
            takes, waits = 1 - math.exp(-taking * coming[window[g], slot]), 1 - math.exp(-missing * coming[window[g], slot])
            while flip < flips_from[g + 1] and flips[flip] <= u:
                someone = not someone
                flip += 1
                if someone:  # whoever came found no window free
                    pausing *= waits
                    away *= waits
            if someone:
                free = 0.0
            while edge < len(ready) - 1 and edges[edge + 1] <= u:
                edge += 1
            done, left, returned = pausing * ready[edge], free * goes, away * comes
            pausing -= done
            free += done + returned - left
            away += left - returned
            if u == length[g] - 1 and ends[g] != CUT:
                total += math.log(max(done + returned if ends[g] == TOOK_QUEUE else free * takes, 1e-12))
                break
            if someone:
                free = 0.0
            else:
                free *= 1 - takes
                pausing *= 1 - waits
                away *= 1 - waits
            rest = pausing + free + away
            if rest < 1e-300:
                total -= 700.0
                break
            total += math.log(rest)
            pausing /= rest
            free /= rest
            away /= rest
    return total


def _covariance(loss: object, top: Floats) -> Floats:
    """Of the logarithms of the rates; nan where the likelihood does not curve."""
    n = len(top)

    def at(*steps: tuple[int, int]) -> float:
        moved = top.copy()
        for k, way in steps:
            moved[k] += STEP * way
        return float(loss(moved))  # type: ignore[operator]

    curve, middle = np.empty((n, n)), at()
    for i in range(n):
        curve[i, i] = at((i, 1)) - 2 * middle + at((i, -1))
        for j in range(i):
            curve[i, j] = curve[j, i] = (at((i, 1), (j, 1)) - at((i, 1), (j, -1)) - at((i, -1), (j, 1)) + at((i, -1), (j, -1))) / 4
    if np.linalg.eigvalsh(curve).min() <= 0:
        return np.full((n, n), math.nan)
    return np.asarray(np.linalg.inv(curve / STEP**2))
