"""Who was open when, and what each window was seen to serve.

A window is on post in a half-hour of a day if it calls somebody in it, is busy for half of it, or was on post before and after with a
pause of less than an hour. What was not seen is not known: a window without citizens cannot be told from a closed one. A window that
usually serves many and on some days nobody is `absent` on these; its hours are those of the days on which it is there. When its time on
post really begins is seen where its first citizen had waited, when it ends where somebody waits as it has served its last.

`regular`: every window keeps hours of its own, so windows become those of the scenario by name. Otherwise (people at desks who change from
day to day) the scenario has nameless windows, the k-th on the days and in the half-hours that have k of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from simulation.calibration.arrivals import HALF_HOUR
from simulation.calibration.laws import Figure
from simulation.calibration.logs import Log
from simulation.calibration.services import share

Floats = NDArray[np.float64]

MANY = 10
"""citizens of a window on a day on which it is there, from which on a day without any is an absence and no chance"""
DAYS = 5
"""days that show when a time on post begins or ends, below which nothing is said"""
WAITED, PAUSED = 0.5, 5.0
"""minutes that somebody must have waited before the first call, and after the last one"""
RARELY = 0.1
"""share of the days on which so many nameless windows must be open at once to count"""
LEAST_SHARE = 0.02
"""of a window's services that must be of one service before it counts as its skill: less is a slip or a favour"""
PAUSE = 1
"""half-hours without a citizen that do not close a window"""
SELDOM = 0.2
"""times the share of the days on which a window calls before and after, below which a half-hour between is a pause of its own"""
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
    days: tuple[int, ...] = ()
    """of each window the days on which it was there at all"""
    absent: dict[str, Figure] = field(default_factory=dict)
    """window -> share of the days on which it is not there, Wilson's interval; those that serve many on the others"""
    begins: dict[tuple[str, float], Figure] = field(default_factory=dict)
    """window and the half-hour in which its time on post begins -> minute of the day; nan interval from too few days"""
    ends: dict[tuple[str, float], Figure] = field(default_factory=dict)
    """window and the half-hour after which its time on post ends -> minute of the day"""

    def hours(self, n: int) -> list[float]:
        """The half-hours in which the n-th window is on post on most days on which it is there."""
        there = self.days[n] / max(len(self.open), 1) if self.days else 1.0
        return [at for at, share in zip(self.half_hours, self.on_post[n], strict=True) if share >= 0.5 * there > 0]

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
    busy = np.zeros_like(on)
    for (day, window), rows in named.groupby(["day", "window"]):
        at = days.index(str(day)), ids.index(str(window))
        busy[at], on[at] = _busy_in(rows, half_hours), presence(rows, half_hours)
    on &= busy | ~_breaks(busy.mean(axis=0))[None]
    if ids:
        opened = on.sum(axis=1).astype(np.float64)
    else:
        opened = np.array([busy_at_once(served[served["day"] == day], half_hours) for day in days])
    on_post = on.mean(axis=0)
    steady = float(on_post[on_post >= 0.5].sum()) / max(float(on_post.sum()), 1e-9)
    counts = named.groupby(["window", "service"]).size()
    skills = {window: {str(service): int(n) for service, n in counts[window].items()} for window in ids}
    there = tuple(int(each) for each in on.any(axis=2).sum(axis=0))
    often = {window: len(rows) / max(there[ids.index(str(window))], 1) for window, rows in named.groupby("window")}
    absent = {
        window: share(len(days) - there[n], len(days))
        for n, window in enumerate(ids)
        if 2 * there[n] >= len(days) > there[n] and often[window] >= MANY
    }
    found = WindowsFit(ids, half_hours, on_post, opened, skills, bool(ids) and steady >= STEADY, there, absent)
    if not found.regular:
        return found
    begins, ends = _edges(log.frame[log.frame["day"].isin(days)], found)
    return replace(found, begins=begins, ends=ends)


def _edges(frame: pd.DataFrame, windows: WindowsFit) -> tuple[dict[tuple[str, float], Figure], dict[tuple[str, float], Figure]]:
    """When each window's times on post begin and end, to the minute, where enough days show it."""
    begins: dict[tuple[str, float], Figure] = {}
    ends: dict[tuple[str, float], Figure] = {}
    until = frame["called"].fillna(frame["ended"])
    for n, window in enumerate(windows.ids):
        mine = frame[(frame["window"] == window) & frame["called"].notna() & frame["ended"].notna()]
        line = frame[frame["service"].isin(windows.serves(window)) & (until > frame["arrived"])]
        hours = windows.hours(n)
        for at in hours:
            if at - HALF_HOUR not in hours:
                first = (
                    mine[(mine["called"] >= at - HALF_HOUR) & (mine["called"] < at + 2 * HALF_HOUR)]
                    .groupby("day")[["called", "arrived"]]
                    .min()
                )
                seen = first["called"][first["arrived"] < first["called"] - WAITED].to_numpy(np.float64)
                if len(seen) >= DAYS:
                    begins[window, at] = _median(seen)
            if at + HALF_HOUR not in hours:
                figure = _end(mine, line, at)
                if figure is not None:
                    ends[window, at] = figure
    return begins, ends


def _end(mine: pd.DataFrame, line: pd.DataFrame, at: float) -> Figure | None:
    """When the time on post ends whose last half-hour begins at `at`: after the last calls, before the next would have come."""
    last = mine[(mine["called"] >= at - HALF_HOUR) & (mine["called"] < at + HALF_HOUR)].groupby("day")[["called", "ended"]].max()
    until = line["called"].fillna(line["ended"])
    called, ended = [], []
    for day, row in last.iterrows():
        here = line["day"] == day
        if (here & (line["arrived"] < row["ended"] - WAITED) & (until > row["ended"] + PAUSED)).any():
            called.append(float(row["called"]))
            ended.append(float(row["ended"]))
    if len(called) < DAYS:
        return None
    low, high = float(np.quantile(called, 0.9)), float(np.quantile(ended, 0.1))
    if low > high:
        return _median((np.array(called) + np.array(ended)) / 2)
    for step in (HALF_HOUR, 15.0, 10.0, 5.0, 1.0):
        if np.floor(high / step) * step > low:
            return Figure(float(np.floor(high / step) * step), low, high)
    return Figure((low + high) / 2, low, high)


def _median(seen: Floats) -> Figure:
    """The middle one, and the order statistics around it that hold it with 95 %."""
    ordered = np.sort(seen)
    k = int(stats.binom.ppf(0.025, len(seen), 0.5))
    return Figure(float(np.median(seen)), float(ordered[max(k - 1, 0)]), float(ordered[min(len(seen) - k, len(seen) - 1)]))


@dataclass(frozen=True, slots=True)
class Post:
    """One nameless window of a crew."""

    hours: list[float]
    """half-hours in which it is on post"""
    missing: Figure
    """share of the days on which there are not so many windows, Wilson's interval"""


def crew_of(opened: Floats, half_hours: Sequence[float]) -> list[Post]:
    """Nameless windows: the k-th is there on the days on which k are open at once, in the half-hours in which most of these days have k.

    opened : (days, half-hours) windows open, nan where it is not known
    The first is never missing.
    """
    known = opened[np.isfinite(opened).any(axis=1)]
    counts = np.round(np.nan_to_num(known))
    found = []
    for level in range(1, int(counts.max(initial=0)) + 1):
        there = (counts >= level).any(axis=1)
        if level > 1 and there.sum() < max(min(2, len(counts)), RARELY * len(counts)):
            break
        share_of_days = (counts[there] >= level).mean(axis=0)
        hours = [at for at, part in zip(half_hours, share_of_days, strict=True) if part >= 0.5]
        if hours:
            found.append(Post(hours, share(0 if level == 1 else int((~there).sum()), len(counts))))
    return found


def presence(rows: pd.DataFrame, half_hours: tuple[float, ...]) -> NDArray[np.bool_]:
    """In which half-hours a window with these services was on post."""
    return _bridged(_busy_in(rows, half_hours))


def _breaks(busy: Floats) -> NDArray[np.bool_]:
    """(windows, half-hours) in which a window hardly ever calls, though it does on most days just before and after: a pause of its own.

    busy : (windows, half-hours) share of the days on which it does
    """
    found = np.zeros(busy.shape, np.bool_)
    found[:, 1:-1] = busy[:, 1:-1] < SELDOM * np.minimum(busy[:, :-2], busy[:, 2:])
    return found


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
    """The most services that run at the same moment, by half-hour; those that began before it too."""
    start, end = np.sort(rows["called"].to_numpy(dtype=np.float64)), np.sort(rows["ended"].to_numpy(dtype=np.float64))
    running = np.arange(1, len(start) + 1) - np.searchsorted(end, start, side="right")
    slot = start // HALF_HOUR * HALF_HOUR
    before = [np.searchsorted(start, each) - np.searchsorted(end, each, side="right") for each in half_hours]
    return np.array([float(max(running[slot == each].max(initial=0), own)) for each, own in zip(half_hours, before, strict=True)])
