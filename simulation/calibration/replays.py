"""Held days served so many times by a fitted model, beside what was observed: by citizen, half-hour, day and service.

Parts of a day's replications are handed out to the workers there are; whoever does them, the outcome is the same.

Assumes the days of `given`. Nothing is judged here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.calibration.arrivals import HALF_HOUR
from simulation.calibration.given import GivenDay, Model, Replayed, replay
from simulation.experiment.workers import Workers, in_turn

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

BAND = (0.05, 0.95)
PART = 10
"""replications of a day that one worker is given at once"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Observed and simulated waits of the people of the held days."""

    day: NDArray[np.int64]
    arrived: Floats
    service: NDArray[np.object_]
    wait: Floats
    """(n,) minutes, observed"""
    left: Flags
    simulated: Floats
    """(replications, n) minutes"""
    gone: Flags
    """(replications, n)"""


def serve_days(
    model: Model,
    days: list[GivenDay],
    replications: int,
    seed: int,
    engine: str = "kernel",
    as_served: bool = False,
    progress: Callable[[float], None] = lambda share: None,
    workers: Workers = 1,
) -> Outcome:
    """All the days, so many times."""
    parts = [(day, first, min(PART, replications - first)) for day in days for first in range(0, replications, PART)]
    done: list[Replayed] = []
    with closing(in_turn(partial(_part, model, seed, engine, as_served), parts, workers)) as turns:
        for _, each in turns:
            done.append(each)
            progress(len(done) / len(parts))
    per_day = len(parts) // len(days)
    waits = [np.concatenate([each.wait for each in done[n : n + per_day]]) for n in range(0, len(done), per_day)]
    left = [np.concatenate([each.left for each in done[n : n + per_day]]) for n in range(0, len(done), per_day)]
    rows = pd.concat([day.rows for day in days], ignore_index=True)
    observed = (rows["called"].fillna(rows["ended"]) - rows["arrived"]).to_numpy(np.float64)
    return Outcome(
        np.repeat(np.arange(len(days)), [len(day.rows) for day in days]), rows["arrived"].to_numpy(np.float64),
        rows["service"].to_numpy(object), observed, (rows["outcome"] == "reneged").to_numpy(), np.concatenate(waits, axis=1),
        np.concatenate(left, axis=1),
    )  # fmt: skip


def _part(model: Model, seed: int, engine: str, as_served: bool, part: tuple[GivenDay, int, int]) -> Replayed:
    """Some replications of one day."""
    day, first, many = part
    return replay(model, day, many, seed, engine, as_served, first)


def by_half_hour(outcome: Outcome) -> pd.DataFrame:
    """Mean waits by half-hour of arrival, all days together, with the band of the replications."""
    slots, code, count = np.unique(outcome.arrived // HALF_HOUR, return_inverse=True, return_counts=True)
    each = np.array([np.bincount(code, run) / count for run in outcome.simulated])
    low, high = np.quantile(each, BAND, axis=0)
    return pd.DataFrame({
        "slot": slots * HALF_HOUR, "people": count, "observed": np.bincount(code, outcome.wait) / count, "simulated": each.mean(axis=0),
        "low": low, "high": high,
    })  # fmt: skip


def by_day(outcome: Outcome, days: list[GivenDay]) -> pd.DataFrame:
    """Mean waits by day."""
    each = np.array([means(run, outcome.day) for run in outcome.simulated])
    low, high = np.quantile(each, BAND, axis=0)
    return pd.DataFrame({
        "day": [day.day for day in days], "people": np.bincount(outcome.day), "observed": means(outcome.wait, outcome.day),
        "simulated": each.mean(axis=0), "low": low, "high": high,
    })  # fmt: skip


def by_service(outcome: Outcome) -> pd.DataFrame:
    """Mean waits by service, the most asked for first."""
    frame = pd.DataFrame({"service": outcome.service, "observed": outcome.wait, "simulated": outcome.simulated.mean(axis=0)})
    told = frame.groupby("service").agg(people=("observed", "size"), observed=("observed", "mean"), simulated=("simulated", "mean"))
    return told.reset_index().sort_values("people", ascending=False, ignore_index=True)


def ratio(a: float, b: float) -> float:
    return a / b if b > 0 else (1.0 if a == 0 else math.nan)


def means(values: Floats, code: NDArray[np.int64]) -> Floats:
    return np.asarray(np.bincount(code, values) / np.maximum(np.bincount(code), 1))
