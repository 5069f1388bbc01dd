"""The work a ticket of snapshots' queues: minutes under which the waits of the days come out, and what the congested minutes say.

Given are when tickets were issued and how many windows were open. The interval of the work resamples the days. Congested minutes: open
windows times the minutes in which somebody waited, over the tickets called in them.

Assumes the cv of `pools`, which snapshots do not show.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from simulation.calibration.laws import Z95, Figure
from simulation.calibration.pools import CV, MANY, OVERALL, SMALLEST, serve_pool
from simulation.calibration.snapshots import Snapshots
from simulation.streams import uniforms

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

WORK = np.exp(np.linspace(math.log(0.3), math.log(90.0), 60))
"""minutes of work a ticket that are tried"""
TRIES = 3
"""replications of a day for each work that is tried"""
RESAMPLED = 400
"""times that the days are drawn anew for the interval of the work"""
LEAST_OF_DAY = 3
"""tickets of a line on a day, below which the day tells nothing of its work"""
DAYS_OF_INTERVAL = 3
"""days of a line, below which its work has no interval"""
MINUTES = np.arange(1440.0)
"""of the day"""


@dataclass(frozen=True, slots=True)
class QueueFit:
    """One queue of an office."""

    id: str
    """as the snapshots have it"""
    name: str
    tickets: int
    days: int
    wait: float
    """minutes, observed mean"""
    work: Figure
    """minutes a ticket; nan interval from fewer than three days"""
    congested: Figure
    """minutes of open windows a ticket called while somebody waited; nan where nobody did"""
    windows: float
    """open on the average day, at most"""
    line: tuple[str, ...]
    """queues in the same line, itself among them"""
    shared: int
    """queues that its windows serve"""
    stuck: bool
    """whether the number of open windows tells nothing"""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one line."""

    issued: Floats
    wait: Floats
    at: Floats
    open: Longs
    """(k,) windows open from `at` on"""
    work: Floats
    """(TRIES, n) of mean 1"""


def queues_of(snapshots: Snapshots, tickets: pd.DataFrame, pool: tuple[str, ...], shared: int) -> list[QueueFit]:
    """The queues of one pool, in one line or each by itself, whichever describes their days better."""
    if not pool:
        return []
    stuck = {queue: _stuck(snapshots, queue) for queue in pool}
    apart = {queue: _work(_days(snapshots, tickets, (queue,), stuck[queue])) for queue in pool}
    lines: dict[str, tuple[str, ...]] = {queue: (queue,) for queue in pool}
    fitted = {queue: each for queue, each in apart.items() if each is not None}
    if len(pool) > 1:
        together = _work(_days(snapshots, tickets, pool, all(stuck.values())))
        if together is not None and together[1] < np.mean([loss for _, loss in fitted.values()]):
            lines, fitted = dict.fromkeys(pool, pool), dict.fromkeys(pool, together)
    found = []
    for queue in pool:
        if queue not in fitted:
            continue
        rows = tickets[tickets["queue"] == queue]
        alone = _days(snapshots, tickets, lines[queue], stuck[queue])
        found.append(QueueFit(
            queue, snapshots.names[queue], len(rows), int(rows["day"].nunique()), float((rows["called"] - rows["issued"]).mean()),
            fitted[queue][0], congested(alone), max((int(day.open.max()) for day in alone), default=0), lines[queue], shared,
            stuck[queue],
        ))  # fmt: skip
    return found


def _stuck(snapshots: Snapshots, queue: str) -> bool:
    days = [day for day, other in snapshots.open if other == queue]
    return 2 * sum(snapshots.stuck(day, queue) for day in days) > len(days)


def _days(snapshots: Snapshots, tickets: pd.DataFrame, queues: tuple[str, ...], stuck: bool) -> list[Day]:
    """The days of one line; one window all day where the number of open ones is stuck."""
    found = []
    spread = math.sqrt(math.log(1 + CV**2))
    for day, rows in tickets[tickets["queue"].isin(queues)].sort_values(["day", "issued"], kind="stable").groupby("day"):
        told = [snapshots.open[str(day), queue] for queue in queues if (str(day), queue) in snapshots.open]
        if (
            len(rows) < LEAST_OF_DAY
            or not told
            or (not stuck and any(snapshots.stuck(str(day), queue) for queue in queues if (str(day), queue) in snapshots.open))
        ):
            continue
        at, open = max(told, key=lambda each: int(each[1].sum()))
        issued = rows["issued"].to_numpy(np.float64)
        draws = np.array([uniforms(1, f"pool.work.{day}", queues[0], len(rows), run) for run in range(TRIES)])
        work = np.exp(spread * ndtri(draws) - spread**2 / 2)
        found.append(Day(issued, rows["called"].to_numpy(np.float64) - issued, at, np.ones_like(open) if stuck else open, work))
    return found


def _work(days: list[Day]) -> tuple[Figure, float] | None:
    """Minutes a ticket under which the waits come out, and the error that is left; None without a day."""
    if not days:
        return None
    told = np.array([day.wait.mean() for day in days])
    people = np.array([len(day.issued) for day in days], np.float64)
    simulated = np.zeros((len(WORK), len(days)))
    for d, day in enumerate(days):
        wait, ready, slower = np.empty(len(day.issued)), np.zeros(len(day.issued)), np.ones(len(day.at))
        for work in day.work:
            for s, minutes in enumerate(WORK):
                serve_pool(day.issued, minutes * work, ready, day.at, day.open, slower, wait)
                simulated[s, d] += wait.mean() / TRIES
    best, loss = _best(simulated, told, people, np.arange(len(days)))
    if len(days) < DAYS_OF_INTERVAL:
        return Figure(float(WORK[best]), math.nan, math.nan), loss
    rng = np.random.default_rng(1)
    again = [_best(simulated, told, people, rng.integers(0, len(days), len(days)))[0] for _ in range(RESAMPLED)]
    low, high = np.quantile(WORK[again], (0.025, 0.975))
    step = math.sqrt(float(WORK[1] / WORK[0]))  # between two that are tried nothing is told
    return Figure(float(WORK[best]), float(low) / step, float(high) * step), loss


def _best(simulated: Floats, told: Floats, people: Floats, chosen: Longs) -> tuple[int, float]:
    """The work of the least error of the logarithms of the days' mean waits, and of that of all days together."""
    weight = np.minimum(people[chosen], MANY) / np.minimum(people[chosen], MANY).sum()
    error = np.abs(np.log((simulated[:, chosen] + SMALLEST) / (told[chosen] + SMALLEST))) @ weight
    share = people[chosen] / people[chosen].sum()
    whole = np.abs(np.log((simulated[:, chosen] @ share + SMALLEST) / (told[chosen] @ share + SMALLEST)))
    padded = np.pad(error + OVERALL * whole, 1, mode="edge")
    smooth = 0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]
    best = int(np.argmin(smooth))
    return best, float(smooth[best])


def congested(days: list[Day]) -> Figure:
    """Minutes of open windows while somebody waited, over the tickets that had waited when called; the interval leaves out single days."""
    minutes, calls = np.zeros(len(days)), np.zeros(len(days))
    for d, day in enumerate(days):
        called = day.issued + day.wait
        waiting = np.searchsorted(day.issued, MINUTES, side="right") - np.searchsorted(np.sort(called), MINUTES, side="right")
        step = np.searchsorted(day.at, MINUTES, side="right") - 1
        open = np.where(step >= 0, day.open[np.maximum(step, 0)], 0)
        busy = (waiting > 0) & (open > 0)
        minutes[d] = float(open[busy].sum())
        calls[d] = float((day.wait > SMALLEST).sum())
    if calls.sum() == 0:
        return Figure(math.nan, math.nan, math.nan)
    value = float(minutes.sum() / calls.sum())
    left = (minutes.sum() - minutes) / np.maximum(calls.sum() - calls, 1)
    error = math.sqrt((len(days) - 1) * float(left.var())) if len(days) >= DAYS_OF_INTERVAL else math.nan
    return Figure(value, max(value - Z95 * error, 0.0), value + Z95 * error)
