"""The verdict on queues of snapshots: pools fitted on some days serve the others, given issue times and open windows.

The verdict is a factor: exp of the median over the usable queues of |ln(simulated / observed mean wait)|; usable: at least 20 tickets on at
least 2 training and 2 held days. Its bar is the given one, or the factor between odd and even training days of the same queue where that
is larger: nothing can foresee a queue better than it foresees itself.

Assumes that waits rebuilt from ticket numbers are waits. Not for logs of single tickets: `believing` judges those by more than a mean.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.calibration.arrivals import HALF_HOUR
from simulation.calibration.believing import BARS, Bar, Belief, Check, parted
from simulation.calibration.pools import CV, Day, PoolFit, days_of, draws_of, fit_pools, serve_pool
from simulation.calibration.replays import BAND
from simulation.calibration.snapshots import Snapshots
from simulation.experiment.workers import Workers
from simulation.faults import BadInput, fault

Floats = NDArray[np.float64]

USABLE = 20
"""tickets of a queue on a day that counts for the verdict, on at least two days each"""
ALIKE = 0.1
"""minutes; mean waits below it are all alike"""
HELD = 1000
"""number of the first replication of the held days: their draws are not those of the fit"""
FEWER = 5
"""replications for what only explains"""
OTHER_CV = {"cv_low": 0.4, "cv_high": 1.2}
"""cause -> cv of the work other than the assumed one, to see what the assumption does"""


def split_snapshots(snapshots: Snapshots, since: str | None = None) -> tuple[Snapshots, Snapshots]:
    """The days for the fit and those held back: from a day on, or the last third. Raises BadInput if one of both has no day."""
    before, after = parted(snapshots.days, since)
    return snapshots.keep(before), snapshots.keep(after)


def believe_snapshots(
    training: Snapshots,
    held: Snapshots,
    replications: int = 40,
    seed: int = 1,
    bars: Mapping[str, Bar] = BARS,
    progress: Callable[[float], None] = lambda share: None,
    workers: Workers = 1,
) -> Belief:
    """Fits the pools on the one, serves the days of the other, given issue times and open windows, and judges every queue.

    Raises
    ------
    simulation.faults.BadInput
        if no queue is usable.
    """
    pools = fit_pools(training, seed, lambda share: progress(0.7 * share), workers=workers)
    whole, held = held, held.keep([day for day in held.days if day not in training.days])
    by_queue = {str(queue): rows for queue, rows in held.tickets.groupby("queue")}
    rows, runs = [], []
    others: dict[str, list[Floats]] = {name: [] for name in OTHER_CV}
    for pool in pools:
        for day in days_of(held, by_queue, pool.queues, pool.pace, pool.typical, pool.windows):
            each = np.empty((replications, len(day.issued)))
            for run in range(replications):
                work, turning = draws_of(day, pool.queues[0], seed, HELD + run)
                serve_pool(day.issued, pool.work * work, pool.turning * turning, day.at, day.open, day.slower, each[run])
            queue = np.array(pool.queues, object)[day.queue]
            rows.append(pd.DataFrame({"day": day.day, "queue": queue, "issued": day.issued, "observed": day.wait}))
            runs.append(each)
            for name, cv in OTHER_CV.items():
                others[name].append(_served_with(day, pool, seed, cv))
    if not rows:
        raise BadInput([fault("believe_nothing", "log", len(held.tickets), services=len(pools))])
    people, simulated = pd.concat(rows, ignore_index=True), np.concatenate(runs, axis=1)
    progress(0.95)
    queues = _queues(training, people, simulated)
    if not queues["usable"].any():
        raise BadInput([fault("believe_queues", "log", len(people), days=people["day"].nunique(), least=USABLE)])
    floor = split_half(training)
    bar = bars["factor"]
    if bar.basis != "input" and floor > bar.value:
        bar = replace(bar, value=floor, basis="odd and even training days of the same queue")
    usable = queues[queues["usable"]]
    reached, ideal = _factor(usable["simulated"], usable["observed"]), _perfect(usable["queue"], people, simulated)
    check = Check("factor", math.nan, math.nan, reached, bar, ideal)
    ratio = (usable["simulated"] + ALIKE) / (usable["observed"] + ALIKE)
    causes = {
        "repeat": _factor(usable["trained"], usable["observed"]), "split_half": floor, "queues": float(len(usable)),
        "believed_queues": float(np.mean(usable["factor"] <= bar.value)), "pools": float(sum(pool.shared > 1 for pool in pools)),
        "bias": float(ratio.median()),
        "busier": float(held.tickets.groupby("day").size().median() / training.tickets.groupby("day").size().median()),
    }  # fmt: skip
    for name, waits in others.items():
        mean = pd.Series(np.concatenate(waits)).groupby(people["queue"]).mean()
        causes[name] = _factor(usable["queue"].map(mean), usable["observed"])
    dirty = dict(training.reasons)
    if held.id != training.id:
        dirty = {reason: training.reasons.get(reason, 0) + held.reasons.get(reason, 0) for reason in {**training.reasons, **held.reasons}}
    names = {**training.names, **held.names}
    queues = queues.assign(service=queues["queue"].map(names)).drop(columns="queue")
    progress(1.0)
    return Belief(
        training.days, tuple(sorted(people["day"].unique())), len(people), (check,),
        _grouped(people["issued"] // HALF_HOUR * HALF_HOUR, people, simulated, "slot"), _grouped(people["day"], people, simulated, "day"),
        queues.sort_values("factor", ascending=False, ignore_index=True), causes, dirty, None,
        _left_out(whole, held, pools), {"cv": CV},
    )  # fmt: skip


def _served_with(day: Day, pool: PoolFit, seed: int, cv: float) -> Floats:
    """Mean waits of a day's tickets if work varied by another cv, the rest of the fit as it is."""
    total = np.zeros(len(day.issued))
    wait = np.empty(len(day.issued))
    for run in range(FEWER):
        work, turning = draws_of(day, pool.queues[0], seed, HELD + run, cv)
        serve_pool(day.issued, pool.work * work, pool.turning * turning, day.at, day.open, day.slower, wait)
        total += wait
    return total / FEWER


def _left_out(whole: Snapshots, held: Snapshots, pools: list[PoolFit]) -> dict[str, int]:
    """See `Belief.left_out`."""
    known = {queue for pool in pools for queue in pool.queues}
    queue = held.tickets["queue"].astype(str)
    stuck = np.array([held.stuck(*key) for key in zip(held.tickets["day"], queue, strict=True)], np.bool_)
    told = {
        "days_of_fit": len(whole.days) - len(held.days),
        "new_queues": int((~queue.isin(known)).sum()),
        "stuck_days": int((queue.isin(known).to_numpy() & stuck).sum()),
    }
    return {name: count for name, count in told.items() if count}


def _queues(training: Snapshots, people: pd.DataFrame, simulated: Floats) -> pd.DataFrame:
    told = people.assign(simulated=simulated.mean(axis=0)).groupby("queue").agg(
        people=("observed", "size"), observed=("observed", "mean"), simulated=("simulated", "mean")
    ).reset_index()  # fmt: skip
    waits = (training.tickets["called"] - training.tickets["issued"]).groupby(training.tickets["queue"]).mean()
    told["trained"] = told["queue"].map(waits)
    enough = [_full_days(frame) for frame in (training.tickets, people)]
    told["usable"] = [all(each.get(queue, 0) >= 2 for each in enough) for queue in told["queue"]]
    told["factor"] = np.exp(np.abs(np.log(np.maximum(told["simulated"], ALIKE) / np.maximum(told["observed"], ALIKE))))
    return told


def _full_days(tickets: pd.DataFrame) -> dict[str, int]:
    """Queue -> days with enough tickets."""
    count = tickets.groupby(["queue", "day"]).size()
    return {str(queue): int(n) for queue, n in (count >= USABLE).groupby(level=0).sum().items()}


def _factor(a: pd.Series, b: pd.Series) -> float:
    """The typical factor between two lists of mean waits; below `ALIKE` all are alike."""
    return float(np.exp(np.median(np.abs(np.log(np.maximum(a, ALIKE) / np.maximum(b, ALIKE))))))


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
