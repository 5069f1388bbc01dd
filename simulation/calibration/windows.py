"""Who was open when, and what each window was seen to serve.

A window is on post in a half-hour of a day if it calls somebody in it, is busy for half of it, or was on post before and after with a pause
of less than an hour.
What was not seen is not known: a window without citizens cannot be told from a closed one.

`regular`: every window keeps hours of its own, so windows become those of the scenario by name. Otherwise (people at desks who change from
day to day) the scenario has nameless windows, as many at each half-hour as were on post on an average day.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.calibration.arrivals import HALF_HOUR
from simulation.calibration.logs import Log

Floats = NDArray[np.float64]

LEAST_SHARE = 0.02
"""of a window's services that must be of one service before it counts as its skill: less is a slip or a favour"""
PAUSE = 1
"""half-hours without a citizen that do not close a window"""
STEADY = 0.75
"""share of all time on post that falls where the window is on post on at least half of the days: then windows keep hours of their own"""


@dataclass(frozen=True, slots=True)
class WindowsFit:
    """What the log says of the windows."""

    ids: tuple[str, ...]
    """windows by name; empty if the log names none"""
    half_hours: tuple[float, ...]
    """minutes of the day"""
    on_post: Floats
    """(windows, half-hours) share of the days on which each was on post"""
    open: Floats
    """(days, half-hours) windows on post; those seen busy at once where the log names none"""
    skills: dict[str, dict[str, int]]
    """window -> service -> services seen"""
    regular: bool

    def serves(self, window: str) -> list[str]:
        """Services of which the window was seen to do more than a slip."""
        seen = self.skills[window]
        return [service for service, count in seen.items() if count >= LEAST_SHARE * sum(seen.values())]


def fit_windows(log: Log, days: tuple[str, ...], half_hours: tuple[float, ...]) -> WindowsFit:
    """Presence and skills on the given days."""
    served = log.frame[log.frame["day"].isin(days) & log.frame["called"].notna() & log.frame["ended"].notna()]
    named = served[served["window"] != ""]
    ids = tuple(sorted(named["window"].unique()))
    on = np.zeros((len(days), len(ids), len(half_hours)), np.bool_)
    for (day, window), rows in named.groupby(["day", "window"]):
        on[days.index(str(day)), ids.index(str(window))] = presence(rows, half_hours)
    if ids:
        opened = on.sum(axis=1).astype(np.float64)
    else:
        opened = np.array([busy_at_once(served[served["day"] == day], half_hours) for day in days])
    on_post = on.mean(axis=0)
    steady = float(on_post[on_post >= 0.5].sum()) / max(float(on_post.sum()), 1e-9)
    counts = named.groupby(["window", "service"]).size()
    skills = {window: {str(service): int(n) for service, n in counts[window].items()} for window in ids}
    return WindowsFit(ids, half_hours, on_post, opened, skills, bool(ids) and steady >= STEADY)


def presence(rows: pd.DataFrame, half_hours: tuple[float, ...]) -> NDArray[np.bool_]:
    """In which half-hours a window with these services was on post."""
    return _bridged(_busy_in(rows, half_hours))


def _busy_in(rows: pd.DataFrame, half_hours: tuple[float, ...]) -> NDArray[np.bool_]:
    start, end = rows["called"].to_numpy(dtype=np.float64), rows["ended"].to_numpy(dtype=np.float64)
    calls = np.isin(half_hours, start // HALF_HOUR * HALF_HOUR)
    busy = [np.clip(np.minimum(end, each + HALF_HOUR) - np.maximum(start, each), 0, None).sum() for each in half_hours]
    return np.asarray(calls | (np.array(busy) >= HALF_HOUR / 2))


def _bridged(busy: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Short pauses between two busy half-hours are on post too."""
    at = np.flatnonzero(busy)
    for first, then in pairwise(at):
        if then - first <= PAUSE + 1:
            busy[first:then] = True
    return busy


def busy_at_once(rows: pd.DataFrame, half_hours: tuple[float, ...]) -> Floats:
    """The most services that run at the same moment, by half-hour."""
    start, end = np.sort(rows["called"].to_numpy(dtype=np.float64)), np.sort(rows["ended"].to_numpy(dtype=np.float64))
    running = np.arange(1, len(start) + 1) - np.searchsorted(end, start, side="right")
    slot = start // HALF_HOUR * HALF_HOUR
    return np.array([float(running[slot == each].max(initial=0)) for each in half_hours])
