"""Held days served so many times by a fitted model, beside what was observed: by citizen, half-hour, day and service.

Assumes the days of `given`. Nothing is judged here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.calibration.arrivals import HALF_HOUR
from simulation.calibration.given import GivenDay, Model, replay

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

BAND = (0.05, 0.95)


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
) -> Outcome:
    """All the days, so many times."""
    waits, left = [], []
    for n, day in enumerate(days):
        done = replay(model, day, replications, seed, engine, as_served)
        waits.append(done.wait)
        left.append(done.left)
        progress((n + 1) / len(days))
    rows = pd.concat([day.rows for day in days], ignore_index=True)
    observed = (rows["called"].fillna(rows["ended"]) - rows["arrived"]).to_numpy(np.float64)
    return Outcome(
        np.repeat(np.arange(len(days)), [len(day.rows) for day in days]), rows["arrived"].to_numpy(np.float64),
        rows["service"].to_numpy(object), observed, (rows["outcome"] == "reneged").to_numpy(), np.concatenate(waits, axis=1),
        np.concatenate(left, axis=1),
    )  # fmt: skip


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
