"""What a window does between two citizens: how soon it is ready again, and how often and how long nobody is at it.

Between two citizens a window is busy with the last one's papers (*ready* after a law of seconds), or *away*: the share `after` goes away
at the end of a service, and from a window that is ready and idle somebody goes away at the rate `leaving`; whoever is away comes back at
the rate `back`. The log shows neither; it shows when somebody waited whom the window could have called. While somebody waits the window is
not free; when it next calls, it is free at last if somebody waited, and was free before if nobody did. That makes a hidden Markov chain
with the three states in steps of a second, and its likelihood gives the rates.

`ready` comes from the services at whose end somebody waited: then the gap is seen whole, or cut off where nobody waits any more (a
mixture of ready and away, by EM). Rates differ by two hours of the clock and by window, each drawn towards the common one where little is
seen.

Assumes that windows go and come independently, and of the length of the queue only whether anybody waits. Not for logs in whole minutes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize

from simulation.calibration.laws import Z95, Figure
from simulation.calibration.logs import Log
from simulation.compiled import compiled

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

EDGES = np.array([0, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60, 90], np.int64)
"""seconds; within each the window becomes ready at a constant rate"""
BLOCK = 120
"""minutes of the clock with rates of their own"""
BLOCKS = 13
LEAST = 200
"""gaps, below which nothing is fitted"""
COARSEST = 0.2
"""minutes; of a log rounded more coarsely no gap of seconds can be seen"""
OWN_BLOCK, OWN_WINDOW = 0.5, 1.0
"""how far rates of a block and of a window lie apart before anything is seen (normal priors of logarithms)"""
PRIOR = 20.0
"""gaps that stand for what is known of a window before anything is seen"""
TOOK_QUEUE, TOOK_IDLE, CUT = range(3)
"""how a gap ends: with somebody who waited, with somebody who did not, with the window's time on post"""
LONGEST = 7200
"""seconds of a gap that are looked at"""


@dataclass(frozen=True, slots=True)
class Gaps:
    """What windows do between citizens. Rates are a second."""

    n: int
    """gaps"""
    seen: Floats
    """seconds from one citizen's end to the next one's call, all of them"""
    ready: Floats
    """(len(EDGES) - 1,) chance a second of becoming ready"""
    after: dict[str, float]
    """window -> share of services after which it is away"""
    leaving: Floats
    """(BLOCKS,) rate of going away from an idle window"""
    back: Floats
    """(BLOCKS,) rate of coming back"""
    factor: dict[str, float]
    """window -> its rate of leaving over the common one"""
    figures: dict[str, Figure] = field(default_factory=dict)
    """after (share), idle_min (minutes idle before leaving), away_min (minutes away), ready_s (mean seconds), of all windows and hours"""
    by_queue: dict[str, tuple[float, int]] = field(default_factory=dict)
    """how many waited -> share of windows not ready within a minute, and of how many services"""


def fit_gaps(log: Log, posts: pd.DataFrame, serves: dict[str, set[str]]) -> Gaps | None:
    """The gaps of a log; None where it names no windows, is rounded too coarsely or too short.

    posts : day, window, start, end (minutes of the day): when each window was on post
    serves : window -> the services it is seen to serve
    """
    if log.rounded > COARSEST or posts.empty:
        return None
    gaps = seen_gaps(log, posts, serves)
    if len(gaps.start) < LEAST or np.count_nonzero(gaps.ends == TOOK_QUEUE) < LEAST // 4:
        return None
    rate = _back(gaps)
    of_all, own, ready = _mixture(gaps, rate)
    after = np.array([own.get(w, of_all) for w in range(len(gaps.names))])
    one = np.ones(len(gaps.names))
    everything = np.arange(len(gaps.start))

    def common(v: Floats) -> float:
        rates = np.full(BLOCKS, math.exp(v[0])), np.full(BLOCKS, math.exp(v[1]))
        return -float(_log_likelihood(*gaps.arrays, after, one, *rates, everything, ready))

    top = _best(common, np.log([rate / 2, rate]))
    figures = _figures(common, top, of_all, gaps, ready)
    leaving, back, factor = np.full(BLOCKS, math.exp(top[0])), np.full(BLOCKS, math.exp(top[1])), one.copy()
    block = np.minimum(gaps.start // (60 * BLOCK), BLOCKS - 1)
    for b in np.unique(block):
        mine = np.flatnonzero(block == b)

        def of_block(v: Floats, b: int = int(b), mine: Longs = mine) -> float:
            own = leaving.copy(), back.copy()
            own[0][b], own[1][b] = np.exp(v)
            apart = float(((v - top) ** 2).sum()) / (2 * OWN_BLOCK**2)
            return apart - float(_log_likelihood(*gaps.arrays, after, factor, *own, mine, ready))

        leaving[b], back[b] = np.exp(_best(of_block, top))
    for w in range(len(gaps.names)):
        mine = np.flatnonzero(gaps.window == w)

        def of_window(v: float, w: int = w, mine: Longs = mine) -> float:
            own = factor.copy()
            own[w] = math.exp(v)
            return v**2 / (2 * OWN_WINDOW**2) - float(_log_likelihood(*gaps.arrays, after, own, leaving, back, mine, ready))

        factor[w] = math.exp(float(optimize.minimize_scalar(of_window, bounds=(-3, 3), method="bounded", options={"xatol": 0.02}).x))
    by_queue = {
        name: (float(np.mean(gaps.length[which] > 60)), int(np.count_nonzero(which)))
        for name, low, high in (("1", 1, 1), ("2–4", 2, 4), ("≥5", 5, 10**6))
        if (which := (gaps.waiting >= low) & (gaps.waiting <= high) & (gaps.ends != CUT) & ~gaps.opens).any()
    }
    between = gaps.length[(gaps.ends != CUT) & ~gaps.opens].astype(np.float64)
    return Gaps(
        len(between), between, ready, dict(zip(gaps.names, after.tolist(), strict=True)), leaving, back,
        dict(zip(gaps.names, factor.tolist(), strict=True)), figures, by_queue,
    )  # fmt: skip


def ready_seconds(ready: Floats, draws: Floats) -> Floats:
    """Seconds until a window is ready, of uniform draws."""
    lasts = -np.log1p(-np.asarray(draws))
    steps = -np.log1p(-np.clip(ready, 0, 1 - 1e-9)) * np.diff(EDGES)
    sums = np.concatenate([[0.0], np.cumsum(steps)])
    beyond = float(EDGES[-1]) + (lasts - sums[-1]) / max(steps[-1] / float(EDGES[-1] - EDGES[-2]), 1e-3)
    return np.asarray(np.where(lasts <= sums[-1], np.interp(lasts, sums, EDGES.astype(np.float64)), beyond))


@dataclass(frozen=True, slots=True)
class SeenGaps:
    """Every gap of a log, in seconds of the day."""

    names: tuple[str, ...]
    window: Longs
    start: Longs
    length: Longs
    opens: NDArray[np.bool_]
    """begins with the window's time on post, not after a service"""
    ends: Longs
    waiting: Longs
    """how many waited at its start"""
    flips: Longs
    flips_from: Longs
    """seconds from the start of the gap at which somebody begins to wait or nobody does any more, and where each gap's begin"""

    @property
    def arrays(self) -> tuple[Longs, Longs, Longs, Longs, Longs, NDArray[np.bool_], Longs, Longs]:
        return self.flips, self.flips_from, self.start, self.length, self.window, self.opens, self.ends, self.waiting


def seen_gaps(log: Log, posts: pd.DataFrame, serves: dict[str, set[str]]) -> SeenGaps:
    names = tuple(sorted(set(posts["window"])))
    frame = log.frame
    until = frame["called"].fillna(frame["ended"])
    waited = frame[(until - frame["arrived"] > 1 / 60) & frame["outcome"].isin(("served", "reneged", "sent_home", "interrupted"))]
    served = frame[frame["called"].notna() & frame["ended"].notna() & (frame["window"] != "")]
    of_window = {key: (rows["called"].to_numpy(), rows["ended"].to_numpy()) for key, rows in served.groupby(["day", "window"])}
    lines = dict(tuple(waited.groupby("day")))
    kept: dict[tuple[str, frozenset[str]], tuple[Longs, Longs]] = {}
    found: list[tuple[int, int, int, bool, int, int]] = []
    flips: list[Longs] = []
    for day, window, on, off in posts[["day", "window", "start", "end"]].itertuples(index=False):
        key = (day, frozenset(serves.get(window, ())))
        if key not in kept:
            rows = lines.get(day, waited.iloc[:0])
            kept[key] = _people(rows[rows["service"].isin(key[1])])
        people, changes = kept[key]
        called, ended = of_window.get((day, window), (np.empty(0), np.empty(0)))
        inside = (called >= on) & (called < off)
        order = np.argsort(called[inside], kind="stable")
        begins = np.floor(called[inside][order] * 60 + 0.5).astype(np.int64)
        stops = np.maximum.accumulate(np.floor(ended[inside][order] * 60 + 0.5).astype(np.int64)) if len(order) else begins
        froms = np.concatenate([[int(on * 60)], stops])
        untils = np.concatenate([begins, [int(off * 60)]])
        for n, (start, end) in enumerate(zip(froms.tolist(), untils.tolist(), strict=True)):
            if end <= start or end >= len(people):
                continue
            cut = n == len(froms) - 1 or end - start > LONGEST
            how = CUT if cut else TOOK_QUEUE if people[max(end - 3, start) : end + 1].any() else TOOK_IDLE
            found.append((names.index(window), start, min(end - start, LONGEST), n == 0, how, int(people[start])))
            between = changes[np.searchsorted(changes, start, "right") : np.searchsorted(changes, end)]
            flips.append(between - start)
    window, start, length, opens, ends, waiting = np.array(found, np.int64).reshape(-1, 6).T.copy()
    offsets = np.concatenate([[0], np.cumsum([len(each) for each in flips])]).astype(np.int64)
    return SeenGaps(
        names, window, start, length, opens.astype(np.bool_), ends, waiting,
        np.concatenate(flips).astype(np.int64) if flips else np.empty(0, np.int64), offsets,
    )  # fmt: skip


def _people(rows: pd.DataFrame) -> tuple[Longs, Longs]:
    """How many wait in each second of a day (and some hours after it), and the seconds at which anybody begins to wait or nobody does."""
    steps = np.zeros(32 * 3600, np.int64)
    begin = np.floor(rows["arrived"].to_numpy(np.float64) * 60 + 0.5).astype(np.int64)
    end = np.floor(rows["called"].fillna(rows["ended"]).to_numpy(np.float64) * 60 + 0.5).astype(np.int64)
    np.add.at(steps, np.clip(begin, 0, len(steps) - 1), 1)
    np.add.at(steps, np.clip(end, 0, len(steps) - 1), -1)
    people = np.cumsum(steps)
    return people, np.flatnonzero(np.diff((people > 0).astype(np.int8))) + 1


def _back(gaps: SeenGaps) -> float:
    """The rate at which windows come back that were not ready by the end of EDGES, a second in which somebody waits."""
    came, exposed = 0, 0.0
    for g in np.flatnonzero(gaps.length > EDGES[-1]):
        flips = gaps.flips[gaps.flips_from[g] : gaps.flips_from[g + 1]]
        edges = np.clip(np.concatenate([[0], flips, [gaps.length[g]]]), EDGES[-1], None)
        queue = np.arange(len(edges) - 1) % 2 == (0 if gaps.waiting[g] > 0 else 1)
        exposed += float(np.diff(edges)[queue].sum())
        came += int(gaps.ends[g] == TOOK_QUEUE)
    return max(came, 1) / max(exposed, 1.0)


def _mixture(gaps: SeenGaps, rate: float) -> tuple[float, dict[int, float], Floats]:
    """Share away after a service, of all windows and of each, and the chance a second of becoming ready: of gaps that begin with a queue.

    A gap counts as often as people waited at its start: it is they whom it delays, and windows hurry when many wait.
    """
    queue = np.flatnonzero((gaps.waiting > 0) & ~gaps.opens)
    first = np.array([gaps.flips[gaps.flips_from[g]] if gaps.flips_from[g] < gaps.flips_from[g + 1] else LONGEST for g in queue])
    weight, end = gaps.waiting[queue].astype(np.float64), gaps.length[queue]
    whole = (gaps.ends[queue] == TOOK_QUEUE) & (end <= first + 3)
    last = np.where(whole, end, np.minimum(first, end)).astype(np.float64)
    cell = np.clip(np.searchsorted(EDGES, last, "right") - 1, 0, len(EDGES) - 2)
    width = np.diff(EDGES).astype(np.float64)
    inside = np.clip(last[:, None] - EDGES[None, :-1], 0, width[None, :])
    share, ready, away = 0.1, np.full(len(EDGES) - 1, 0.05), np.zeros(len(queue))
    for _ in range(60):
        soon = (1 - share) * np.exp(-inside @ ready) * np.where(whole, ready[cell], 1.0) * (last <= EDGES[-1])
        long = share * np.exp(-rate * last) * np.where(whole, rate, 1.0)
        away = long / np.maximum(soon + long, 1e-300)
        share = float((away * weight).sum() / weight.sum())
        happened = np.bincount(cell, (1 - away) * whole * weight, len(ready))
        ready = (happened + 0.01) / (((1 - away) * weight) @ inside + 1.0)
    own = {
        int(w): float(((away * weight)[mine].sum() + PRIOR * share) / (weight[mine].sum() + PRIOR))
        for w in np.unique(gaps.window[queue])
        if (mine := gaps.window[queue] == w).any()
    }
    return share, own, 1 - np.exp(-ready)


def _figures(common: object, top: Floats, share: float, gaps: SeenGaps, ready: Floats) -> dict[str, Figure]:
    """The common figures; intervals from the curvature of the likelihood, of the share from the number of gaps."""
    half = []
    for k in range(2):
        step = np.zeros(2)
        step[k] = 0.05
        curve = (common(top + step) - 2 * common(top) + common(top - step)) / 0.05**2  # type: ignore[operator]
        half.append(Z95 / math.sqrt(curve) if curve > 0 else math.nan)
    n = np.count_nonzero((gaps.waiting > 0) & ~gaps.opens)
    error = Z95 * math.sqrt(share * (1 - share) / n)
    mean = float(ready_seconds(ready, (np.arange(2000) + 0.5) / 2000).mean())
    return {
        "after": Figure(share, max(share - error, 0.0), share + error),
        "idle_min": Figure(*(math.exp(-each) / 60 for each in (top[0], top[0] + half[0], top[0] - half[0]))),
        "away_min": Figure(*(math.exp(-each) / 60 for each in (top[1], top[1] + half[1], top[1] - half[1]))),
        "ready_s": Figure(mean, math.nan, math.nan),
    }


def _best(loss: object, start: Floats) -> Floats:
    found = optimize.minimize(loss, start, method="Nelder-Mead", options={"xatol": 0.02, "fatol": 0.1, "maxiter": 60})  # type: ignore[call-overload]
    return np.asarray(found.x)


@compiled
def _log_likelihood(
    flips: Longs,
    flips_from: Longs,
    start: Longs,
    length: Longs,
    window: Longs,
    opens: NDArray[np.bool_],
    ends: Longs,
    waiting: Longs,
    after: Floats,
    factor: Floats,
    leaving: Floats,
    back: Floats,
    chosen: Longs,
    ready: Floats,
) -> float:
    """Forward filter over the seconds of each chosen gap; states: getting ready, free, away."""
    total = 0.0
    for k in range(len(chosen)):
        g = chosen[k]
        w = window[g]
        block = min(start[g] // 7200, len(leaving) - 1)
        if opens[g]:
            getting, free = 0.0, back[block] / (back[block] + factor[w] * leaving[block])
            away = 1 - free
        else:
            getting, free, away = 1 - after[w], 0.0, after[w]
        someone = waiting[g] > 0
        flip = flips_from[g]
        edge = 0
        for u in range(length[g]):
            while flip < flips_from[g + 1] and flips[flip] <= u:
                someone = not someone
                flip += 1
            if someone:
                free = 0.0
            while edge < len(ready) - 1 and EDGES[edge + 1] <= u:
                edge += 1
            block = min((start[g] + u) // 7200, len(leaving) - 1)
            done = getting * ready[edge]
            goes = free * (1 - math.exp(-factor[w] * leaving[block]))
            comes = away * (1 - math.exp(-back[block]))
            getting -= done
            free += done + comes - goes
            away += goes - comes
            if u == length[g] - 1 and ends[g] != CUT:
                seen = done + comes if ends[g] == TOOK_QUEUE else free
                total += math.log(max(seen, 1e-12))
            else:
                if someone:
                    free = 0.0
                left = getting + free + away
                if left < 1e-300:
                    total -= 700.0
                    break
                total += math.log(left)
                getting /= left
                free /= left
                away /= left
    return total
