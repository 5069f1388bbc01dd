"""Queues of snapshots and the windows they share: how long a ticket takes, fitted so that the waits of the training days come out, and
whether the waits of other days do.

Queues of an office whose numbers of open windows rise and fall together are served by the same windows: a *pool*. A pool is fitted in two
ways, as one line of everybody and as a share of its windows for each queue by itself, and the way that describes the training days better
is kept. Of each it is fitted: minutes of work a ticket, and minutes until an idle window has turned to somebody who comes (it has other
work, and its other queues). Both come from a grid, by the least error of the logarithms of the days' mean waits.

Snapshots name no window and show no service, so a pool is served by a recursion of its own instead of the engine: in order of issue, the
next at the first moment at which fewer are served than windows are open; a window that closes finishes first.

The verdict is a factor: exp of the median over the usable queues of |ln(simulated / observed mean wait)|; usable: at least 20 tickets on at
least 2 training and 2 held days. Its bar is the given one, or the factor between odd and even training days of the same queue where that
is larger: nothing can foresee a queue better than it foresees itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.calibration.believing import BAND, BARS, Bar, Belief, Check
from simulation.calibration.snapshots import Snapshots
from simulation.compiled import compiled
from simulation.faults import BadInput, fault
from simulation.streams import uniforms

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

WORK = np.exp(np.linspace(math.log(0.5), math.log(90.0), 28))
"""minutes of work a ticket that are tried"""
TURNING = np.array([0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0])
"""minutes until an idle window turns to who comes, that are tried"""
CV = 0.8
"""deviation over mean of the work; an assumption, snapshots do not show it"""
TOGETHER, LEAST_CHANGES = 0.97, 8
"""share of the snapshots in which queues of a pool have as many windows open, and of the changes that they share 0.9; of so many changes"""
SMALLEST = 0.3
"""minutes that count as no difference: snapshots tell no wait more finely"""
OVERALL = 0.5
"""weight of the error over all days beside that of the days"""
MANY = 40
"""tickets from which on a day counts in full"""
USABLE = 20
"""tickets of a queue on a day that counts for the verdict, on at least two days each"""
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


@dataclass(frozen=True, slots=True)
class _Day:
    day: str
    issued: Floats
    queue: Longs
    wait: Floats
    at: Floats
    open: Longs


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
                if np.mean(steps[moved, a] == steps[moved, b]) > 0.9:
                    old, new = home[queues[b]], home[queues[a]]
                    home = {queue: new if at == old else at for queue, at in home.items()}
        for head in dict.fromkeys(home.values()):
            found.append(tuple(queue for queue in queues if home[queue] == head))
    return found


def fit_pools(snapshots: Snapshots, seed: int = 1, progress: Callable[[float], None] = lambda share: None) -> list[PoolFit]:
    """Every pool that has tickets, in the way that describes its days better."""
    fitted: list[PoolFit] = []
    pools = pools_of(snapshots)
    by_queue = {str(queue): rows for queue, rows in snapshots.tickets.groupby("queue")}
    for n, pool in enumerate(pools):
        active = tuple(queue for queue in pool if queue in by_queue)
        apart = [fit for queue in active if (fit := _fit(snapshots, by_queue, (queue,), len(active), seed)) is not None]
        together = _fit(snapshots, by_queue, active, len(active), seed) if len(active) > 1 else None
        if together is not None and together.loss < np.mean([fit.loss for fit in apart]):
            fitted.append(together)
        else:
            fitted += apart
        progress((n + 1) / len(pools))
    return fitted


def _days(snapshots: Snapshots, by_queue: Mapping[str, pd.DataFrame], queues: tuple[str, ...], windows: int = 0) -> list[_Day]:
    """The days of a pool; `windows` open all day, where that is not 0."""
    parts = [by_queue[queue].assign(at=n) for n, queue in enumerate(queues) if queue in by_queue]
    if not parts:
        return []
    rows = pd.concat(parts).sort_values(["day", "issued"], kind="stable")
    found = []
    for day, each in rows.groupby("day"):
        if len(each) >= 3:
            told = [snapshots.open[str(day), queue] for queue in queues if (str(day), queue) in snapshots.open]
            minutes, open = max(told, key=lambda each: int(each[1].sum()))
            if windows:
                open = np.full_like(open, windows)
            issued = each["issued"].to_numpy(np.float64)
            wait = each["called"].to_numpy(np.float64) - issued
            found.append(_Day(str(day), issued, each["at"].to_numpy(np.int64), wait, minutes, open))
    return found


def _fit(snapshots: Snapshots, by_queue: Mapping[str, pd.DataFrame], queues: tuple[str, ...], shared: int, seed: int) -> PoolFit | None:
    told_days = {day for queue in queues if queue in by_queue for day in by_queue[queue]["day"]}
    stuck = {day for day in told_days if any(snapshots.stuck(day, queue) for queue in queues if (day, queue) in snapshots.open)}
    windows = 1 if 2 * len(stuck) > len(told_days) else 0
    days = [day for day in _days(snapshots, by_queue, queues, windows) if windows or day.day not in stuck]
    if not days:
        return None
    people = np.array([len(day.issued) for day in days], np.float64)
    told = np.array([day.wait.mean() for day in days])
    simulated = np.zeros((len(WORK), len(TURNING), len(days)))
    for d, day in enumerate(days):
        for run in range(TRIES):
            draws = _draws(day, queues[0], seed, run)
            _try_all(day.issued, *draws, day.at, day.open, WORK, TURNING, simulated[:, :, d])
    simulated /= TRIES
    weight = np.minimum(people, MANY) / np.minimum(people, MANY).sum()
    error = np.abs(np.log((simulated + SMALLEST) / (told + SMALLEST))) @ weight
    whole = np.abs(np.log(((simulated @ people) / people.sum() + SMALLEST) / ((told @ people) / people.sum() + SMALLEST)))
    loss = error + OVERALL * whole
    padded = np.pad(loss, ((1, 1), (0, 0)), mode="edge")
    smooth = 0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]
    s, v = np.unravel_index(int(np.argmin(smooth)), smooth.shape)
    return PoolFit(queues, shared, float(WORK[s]), float(TURNING[v]), float(smooth[s, v]), windows)


def _draws(day: _Day, name: str, seed: int, run: int) -> tuple[Floats, Floats]:
    """Work of mean 1, and exponential draws of mean 1, of each ticket of a day."""
    from scipy.special import ndtri

    spread = math.sqrt(math.log(1 + CV**2))
    work = np.exp(spread * ndtri(uniforms(seed, f"pool.work.{day.day}", name, len(day.issued), run)) - spread**2 / 2)
    return work, -np.log(uniforms(seed, f"pool.turning.{day.day}", name, len(day.issued), run))


@compiled
def _try_all(issued, work, turning, at, open, works, turnings, sums) -> None:  # type: ignore[no-untyped-def]
    """Adds the mean wait of a day under every pair of work and turning."""
    wait = np.empty(len(issued))
    for s in range(len(works)):
        for v in range(len(turnings)):
            serve_pool(issued, works[s] * work, turnings[v] * turning, at, open, wait)
            sums[s, v] += wait.mean()


@compiled
def serve_pool(issued: Floats, work: Floats, turning: Floats, at: Floats, open: Longs, wait: Floats) -> None:
    """The waits of one line in order of issue, into `wait`.

    issued : (n,) minutes, non-decreasing
    work : (n,) minutes of service
    turning : (n,) minutes until the only idle window turns to who comes; with more idle windows so many times less
    at, open : (k,) from which minute on so many windows are open; after the last change everybody left is served at once
    """
    busy = np.empty(512)
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
            if upcoming == math.inf or serving >= 500:
                windows = serving + 1
                break
            now = upcoming
            waited = True
        start = now if waited else now + turning[i] / (windows - serving)
        wait[i] = start - issued[i]
        if serving < 511:
            busy[serving] = start + work[i]
            serving += 1


# ---- the verdict -----------------------------------------------------------------------------------------------------------------------


def split_snapshots(snapshots: Snapshots, since: str | None = None) -> tuple[Snapshots, Snapshots]:
    """The days for the fit and those held back: from a day on, or the last third. Raises BadInput if one of both has no day."""
    days = snapshots.days
    last = since if since is not None else days[len(days) - max(1, round(len(days) / 3))]
    before, after = ([day for day in days if (day >= last) == held] for held in (False, True))
    if not before or not after:
        raise BadInput([fault("believe_days", "--since" if since else "log", since or str(len(days)), first=days[0], last=days[-1])])
    return snapshots.keep(before), snapshots.keep(after)


def believe_snapshots(
    training: Snapshots,
    held: Snapshots,
    replications: int = 40,
    seed: int = 1,
    bars: Mapping[str, Bar] = BARS,
    progress: Callable[[float], None] = lambda share: None,
) -> Belief:
    """Fits the pools on the one, serves the days of the other, given issue times and open windows, and judges every queue.

    Raises
    ------
    simulation.faults.BadInput
        if no queue is usable.
    """
    pools = fit_pools(training, seed, lambda share: progress(0.7 * share))
    held = held.keep([day for day in held.days if day not in training.days])
    by_queue = {str(queue): rows for queue, rows in held.tickets.groupby("queue")}
    rows, runs = [], []
    for pool in pools:
        for day in _days(held, by_queue, pool.queues, pool.windows):
            each = np.empty((replications, len(day.issued)))
            for run in range(replications):
                work, turning = _draws(day, pool.queues[0], seed, 1000 + run)
                serve_pool(day.issued, pool.work * work, pool.turning * turning, day.at, day.open, each[run])
            queue = np.array(pool.queues, object)[day.queue]
            rows.append(pd.DataFrame({"day": day.day, "queue": queue, "issued": day.issued, "observed": day.wait}))
            runs.append(each)
    if not rows:
        raise BadInput([fault("believe_nothing", "log", len(held.tickets), services=len(pools))])
    people, simulated = pd.concat(rows, ignore_index=True), np.concatenate(runs, axis=1)
    progress(0.95)
    queues = _queues(training, people, simulated)
    if not queues["usable"].any():
        raise BadInput([fault("believe_nothing", "log", len(people), services=len(pools))])
    floor = split_half(training)
    bar = bars["factor"]
    if bar.basis != "input" and floor > bar.value:
        bar = replace(bar, value=floor, basis="odd and even training days of the same queue")
    usable = queues[queues["usable"]]
    reached, ideal = _factor(usable["simulated"], usable["observed"]), _perfect(usable["queue"], people, simulated)
    check = Check("factor", math.nan, math.nan, reached, bar, ideal)
    ratio = (usable["simulated"] + 0.1) / (usable["observed"] + 0.1)
    causes = {
        "repeat": _factor(usable["trained"], usable["observed"]), "split_half": floor, "queues": float(len(usable)),
        "believed_queues": float(np.mean(usable["factor"] <= bar.value)), "pools": float(sum(pool.shared > 1 for pool in pools)),
        "bias": float(ratio.median()),
        "busier": float(held.tickets.groupby("day").size().median() / training.tickets.groupby("day").size().median()),
    }  # fmt: skip
    dirty = dict(training.reasons)
    if held.id != training.id:
        dirty = {reason: training.reasons.get(reason, 0) + held.reasons.get(reason, 0) for reason in {**training.reasons, **held.reasons}}
    names = {**training.names, **held.names}
    queues = queues.assign(service=queues["queue"].map(names)).drop(columns="queue")
    progress(1.0)
    return Belief(
        training.days, tuple(sorted(people["day"].unique())), len(people), (check,),
        _grouped(people["issued"] // 30 * 30, people, simulated, "slot"), _grouped(people["day"], people, simulated, "day"),
        queues.sort_values("factor", ascending=False, ignore_index=True), causes, dirty,
    )  # fmt: skip


def _queues(training: Snapshots, people: pd.DataFrame, simulated: Floats) -> pd.DataFrame:
    told = people.assign(simulated=simulated.mean(axis=0)).groupby("queue").agg(
        people=("observed", "size"), observed=("observed", "mean"), simulated=("simulated", "mean")
    ).reset_index()  # fmt: skip
    waits = (training.tickets["called"] - training.tickets["issued"]).groupby(training.tickets["queue"]).mean()
    told["trained"] = told["queue"].map(waits)
    enough = [_full_days(frame) for frame in (training.tickets, people)]
    told["usable"] = [all(each.get(queue, 0) >= 2 for each in enough) for queue in told["queue"]]
    told["factor"] = np.exp(np.abs(np.log(np.maximum(told["simulated"], 0.1) / np.maximum(told["observed"], 0.1))))
    return told


def _full_days(tickets: pd.DataFrame) -> dict[str, int]:
    """Queue -> days with enough tickets."""
    count = tickets.groupby(["queue", "day"]).size()
    return {str(queue): int(n) for queue, n in (count >= USABLE).groupby(level=0).sum().items()}


def _factor(a: pd.Series, b: pd.Series) -> float:
    """The typical factor between two lists of mean waits; below a tenth of a minute all are alike."""
    return float(np.exp(np.median(np.abs(np.log(np.maximum(a, 0.1) / np.maximum(b, 0.1))))))


def split_half(snapshots: Snapshots) -> float:
    """The typical factor between odd and even days of the same queue, both with enough tickets on two days; nan without one."""
    days = snapshots.days
    tickets = snapshots.tickets.assign(wait=snapshots.tickets["called"] - snapshots.tickets["issued"])
    halves = [tickets[tickets["day"].isin(days[start::2])] for start in (0, 1)]
    enough = [_full_days(half) for half in halves]
    queues = [queue for queue in enough[0] if all(each.get(queue, 0) >= 2 for each in enough)]
    if not queues:
        return math.nan
    means = [half.groupby("queue")["wait"].mean()[queues] for half in halves]
    return _factor(means[0], means[1])


def _perfect(queues: pd.Series, people: pd.DataFrame, simulated: Floats) -> tuple[float, float, float]:
    """The factor of the model's own days, each judged by the others."""
    code, names = pd.factorize(people["queue"])
    wanted = np.isin(names.to_numpy(object), queues.to_numpy(object))
    count = np.bincount(code)
    each = np.array([np.bincount(code, run) / count for run in simulated])[:, wanted]
    if len(each) < 2:
        return (math.nan, math.nan, math.nan)
    rest = (each.sum(axis=0) - each) / (len(each) - 1)
    factors = [_factor(pd.Series(one), pd.Series(other)) for one, other in zip(each, rest, strict=True)]
    middle, low, high = (float(value) for value in np.quantile(factors, (0.5, *BAND)))
    return (middle, low, high)


def _grouped(by: pd.Series, people: pd.DataFrame, simulated: Floats, name: str) -> pd.DataFrame:
    code, keys = pd.factorize(by, sort=True)
    count = np.bincount(code)
    each = np.array([np.bincount(code, run) / count for run in simulated])
    low, high = np.quantile(each, BAND, axis=0)
    observed = np.bincount(code, people["observed"]) / count
    return pd.DataFrame({name: keys, "people": count, "observed": observed, "simulated": each.mean(axis=0), "low": low, "high": high})
