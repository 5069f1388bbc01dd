"""Queues of snapshots and the windows they share: how long a ticket takes, fitted so that the waits of the training days come out.

Queues of an office whose numbers of open windows rise and fall together are served by the same windows: a *pool*. A pool is fitted in two
ways, as one line of everybody and as a share of its windows for each queue by itself, and the way that describes the training days better
is kept. Of each it is fitted: minutes of work a ticket, and minutes until an idle window has turned to somebody who comes (it has other
work, and its other queues). Both come from a grid, by the least error of the logarithms of the days' mean waits.

Snapshots name no window and show no service, so a pool is served by a recursion of its own instead of the engine: in order of issue, the
next at the first moment at which fewer are served than windows are open; a window that closes finishes first.

Assumes one level of work a queue, a cv of the work (`CV`, an assumption), and the hours' pace of all queues (`pace`). Judged in `queues`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.calibration.pace import STEADY, Pace, fit_pace
from simulation.calibration.snapshots import Snapshots
from simulation.compiled import compiled
from simulation.experiment.workers import Workers, in_turn
from simulation.streams import uniforms

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

WORK = np.exp(np.linspace(math.log(0.5), math.log(90.0), 28))
"""minutes of work a ticket that are tried"""
TURNING = np.array([0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0])
"""minutes until an idle window turns to who comes, that are tried"""
CV = 0.8
"""deviation over mean of the work; an assumption, snapshots do not show it"""
TOGETHER, CHANGED, LEAST_CHANGES = 0.97, 0.9, 8
"""share of the snapshots in which queues of a pool have as many windows open, and of the changes that they share; of so many changes"""
LEAST_OF_DAY = 3
"""tickets of a pool on a day, below which the day tells nothing"""
MOST_SERVED = 512
"""tickets in service at once; a pool of more windows serves whoever comes at once"""
SMALLEST = 0.3
"""minutes that count as no difference: snapshots tell no wait more finely"""
OVERALL = 0.5
"""weight of the error over all days beside that of the days"""
MANY = 40
"""tickets from which on a day counts in full"""
TRIES = 3
"""replications for a point of the grid"""


@dataclass(frozen=True, slots=True)
class PoolFit:
    """One pool, or one queue of it by itself."""

    queues: tuple[str, ...]
    """served as one line"""
    shared: int
    """queues that the windows serve in all"""
    work: float
    """minutes a ticket"""
    turning: float
    """minutes until an idle window turns to who comes"""
    loss: float
    windows: int = 0
    """where the number of open windows is stuck on most training days: so many, whatever a day says; 0: as each day says"""
    typical: float = 1.0
    """open windows, the geometric mean of the training days"""
    pace: Pace = STEADY


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a pool: tickets in order of issue, and the windows."""

    day: str
    issued: Floats
    queue: Longs
    wait: Floats
    at: Floats
    open: Longs
    slower: Floats


def pools_of(snapshots: Snapshots) -> list[tuple[str, ...]]:
    """Queues of each office whose windows open and close together."""
    seen = pd.DataFrame([
        (snapshots.offices[queue], queue, day, minute, count)
        for (day, queue), (minutes, open) in snapshots.open.items()
        for minute, count in zip(minutes.tolist(), open.tolist(), strict=True)
    ], columns=["office", "queue", "day", "minute", "open"])  # fmt: skip
    found: list[tuple[str, ...]] = []
    for _, rows in seen.groupby("office"):
        table = rows.pivot_table(index=["day", "minute"], columns="queue", values="open", aggfunc="last").fillna(0)
        table = table[(table > 0).any(axis=1)]
        queues, counts = list(table.columns), table.to_numpy(np.int64)
        home = {queue: queue for queue in queues}
        steps = np.diff(counts, axis=0)
        for a in range(len(queues)):
            for b in range(a + 1, len(queues)):
                on = (counts[:, a] > 0) | (counts[:, b] > 0)
                moved = (steps[:, a] != 0) | (steps[:, b] != 0)
                if moved.sum() < LEAST_CHANGES or np.mean(counts[on, a] == counts[on, b]) < TOGETHER:
                    continue
                if np.mean(steps[moved, a] == steps[moved, b]) > CHANGED:
                    old, new = home[queues[b]], home[queues[a]]
                    home = {queue: new if at == old else at for queue, at in home.items()}
        for head in dict.fromkeys(home.values()):
            found.append(tuple(queue for queue in queues if home[queue] == head))
    return found


def fit_pools(
    snapshots: Snapshots,
    seed: int = 1,
    progress: Callable[[float], None] = lambda share: None,
    pace: Pace | None = None,
    workers: Workers = 1,
) -> list[PoolFit]:
    """Every pool that has tickets, in the way that describes its days better.

    workers : threads, or a cluster, that share the pools; the fits do not depend on them
    """
    fitted: list[PoolFit] = []
    pools, pace = pools_of(snapshots), fit_pace(snapshots) if pace is None else pace
    parts = (snapshots.of_queues(pool) for pool in pools)
    with closing(in_turn(partial(_fit_pool, pace, seed), parts, workers)) as turns:
        for n, (_, found) in enumerate(turns):
            fitted += found
            progress((n + 1) / len(pools))
    return fitted


def _fit_pool(pace: Pace, seed: int, snapshots: Snapshots) -> list[PoolFit]:
    """The queues of one pool in one line, or each by itself."""
    by_queue = {str(queue): rows for queue, rows in snapshots.tickets.groupby("queue")}
    active = tuple(queue for queue in snapshots.names if queue in by_queue)
    apart = [fit for queue in active if (fit := _fit(snapshots, by_queue, (queue,), len(active), pace, seed)) is not None]
    together = _fit(snapshots, by_queue, active, len(active), pace, seed) if len(active) > 1 else None
    if together is not None and apart and together.loss < np.mean([fit.loss for fit in apart]):
        return [together]
    return apart


def days_of(
    snapshots: Snapshots, by_queue: Mapping[str, pd.DataFrame], queues: tuple[str, ...], pace: Pace, typical: float, windows: int = 0
) -> list[Day]:
    """The days of a pool; `windows` open all day, where that is not 0; the usual number where a day's own is stuck."""
    parts = [by_queue[queue].assign(at=n) for n, queue in enumerate(queues) if queue in by_queue]
    if not parts:
        return []
    rows = pd.concat(parts).sort_values(["day", "issued"], kind="stable")
    found = []
    for day, each in rows.groupby("day"):
        if len(each) >= LEAST_OF_DAY:
            told = [queue for queue in queues if (str(day), queue) in snapshots.open]
            most = max(told, key=lambda queue: int(snapshots.open[str(day), queue][1].sum()))
            minutes, open = snapshots.open[str(day), most]
            if windows or snapshots.stuck(str(day), most):
                open = np.full_like(open, windows or max(1, round(typical)))
            issued = each["issued"].to_numpy(np.float64)
            wait = each["called"].to_numpy(np.float64) - issued
            found.append(Day(str(day), issued, each["at"].to_numpy(np.int64), wait, minutes, open, pace.slower(minutes, open, typical)))
    return found


def _fit(
    snapshots: Snapshots, by_queue: Mapping[str, pd.DataFrame], queues: tuple[str, ...], shared: int, pace: Pace, seed: int
) -> PoolFit | None:
    told_days = {day for queue in queues if queue in by_queue for day in by_queue[queue]["day"]}
    stuck = {day for day in told_days if any(snapshots.stuck(day, queue) for queue in queues if (day, queue) in snapshots.open)}
    windows = 1 if 2 * len(stuck) > len(told_days) else 0
    typical = 1.0 if windows else _typical(snapshots, queues, told_days - stuck)
    days = [day for day in days_of(snapshots, by_queue, queues, pace, typical, windows) if windows or day.day not in stuck]
    if not days:
        return None
    people = np.array([len(day.issued) for day in days], np.float64)
    told = np.array([day.wait.mean() for day in days])
    simulated = np.zeros((len(WORK), len(TURNING), len(days)))
    for d, day in enumerate(days):
        for run in range(TRIES):
            draws = draws_of(day, queues[0], seed, run)
            _try_all(day.issued, *draws, day.at, day.open, day.slower, WORK, TURNING, simulated[:, :, d])
    simulated /= TRIES
    weight = np.minimum(people, MANY) / np.minimum(people, MANY).sum()
    error = np.abs(np.log((simulated + SMALLEST) / (told + SMALLEST))) @ weight
    whole = np.abs(np.log(((simulated @ people) / people.sum() + SMALLEST) / ((told @ people) / people.sum() + SMALLEST)))
    loss = error + OVERALL * whole
    padded = np.pad(loss, ((1, 1), (0, 0)), mode="edge")
    smooth = 0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]
    s, v = np.unravel_index(int(np.argmin(smooth)), smooth.shape)
    return PoolFit(queues, shared, float(WORK[s]), float(TURNING[v]), float(smooth[s, v]), windows, typical, pace)


def _typical(snapshots: Snapshots, queues: tuple[str, ...], days: set[str]) -> float:
    """The geometric mean of the open windows of a pool, over the snapshots at which any is."""
    told = [open[open > 0] for (day, queue), (_, open) in snapshots.open.items() if queue in queues and day in days]
    each = np.concatenate(told) if told else np.ones(1)
    return float(np.exp(np.log(each).mean())) if len(each) else 1.0


def draws_of(day: Day, name: str, seed: int, run: int, cv: float = CV) -> tuple[Floats, Floats]:
    """Work of mean 1, and exponential draws of mean 1, of each ticket of a day."""
    from scipy.special import ndtri

    spread = math.sqrt(math.log(1 + cv**2))
    work = np.exp(spread * ndtri(uniforms(seed, f"pool.work.{day.day}", name, len(day.issued), run)) - spread**2 / 2)
    return work, -np.log(uniforms(seed, f"pool.turning.{day.day}", name, len(day.issued), run))


@compiled
def _try_all(issued, work, turning, at, open, slower, works, turnings, sums) -> None:  # type: ignore[no-untyped-def]
    """Adds the mean wait of a day under every pair of work and turning."""
    wait = np.empty(len(issued))
    for s in range(len(works)):
        for v in range(len(turnings)):
            serve_pool(issued, works[s] * work, turnings[v] * turning, at, open, slower, wait)
            sums[s, v] += wait.mean()


@compiled
def serve_pool(issued: Floats, work: Floats, turning: Floats, at: Floats, open: Longs, slower: Floats, wait: Floats) -> None:
    """The waits of one line in order of issue, into `wait`.

    issued : (n,) minutes, non-decreasing
    work : (n,) minutes of service
    turning : (n,) minutes until the only idle window turns to who comes; with more idle windows so many times less
    at, open, slower : (k,) from which minute on so many windows are open, and work takes so many times as long; after the last change
        everybody left is served at once
    """
    busy = np.empty(MOST_SERVED)
    serving = 0
    now = 0.0
    change = 0
    for i in range(len(issued)):
        waited = now > issued[i]
        now = max(now, issued[i])
        windows = 0
        while True:
            k = 0
            while k < serving:
                if busy[k] <= now:
                    serving -= 1
                    busy[k] = busy[serving]
                else:
                    k += 1
            while change < len(at) and at[change] <= now:
                change += 1
            windows = open[change - 1] if change > 0 else 0
            if serving < windows:
                break
            upcoming = math.inf
            for k in range(serving):
                upcoming = min(upcoming, busy[k])
            if change < len(at):
                upcoming = min(upcoming, at[change])
            if upcoming == math.inf or serving >= MOST_SERVED - 1:
                windows = serving + 1
                break
            now = upcoming
            waited = True
        start = now if waited else now + turning[i] / (windows - serving)
        wait[i] = start - issued[i]
        if serving < MOST_SERVED - 1:
            busy[serving] = start + work[i] * (slower[change - 1] if change > 0 else 1.0)
            serving += 1
