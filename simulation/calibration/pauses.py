"""How long a window pauses between two citizens while somebody waits for it: what the service times do not show of its work.

A pause begins where a service ends while somebody waits whom the window serves, and is seen whole if somebody waits until it calls; where
the others have called everybody by then it was longer than until that moment. The mean is that under Kaplan and Meier's curve, its interval
from Greenwood's variance of the mean (Klein and Moeschberger, Survival Analysis, 2nd ed., section 4.5).

The law of the pauses is the curve itself, in few values: of each stretch between two of its quantiles the mean, so that the mean is that of
the curve and the tail, where the waits come from, is told in finer steps. Pauses that hardly differ are one number. A window whose pauses
clearly differ from the others' has the common law in its own mean.

A pause of half an hour, or one across the beginning of a time on post, is a break. Assumes that pauses at whose end nobody waits are as the
others. Not for logs that name no window, nor for what idle windows do (`idling`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from simulation.calibration.doors import Period
from simulation.calibration.laws import Z95, Figure
from simulation.calibration.logs import Log
from simulation.calibration.naming import plain, stretches
from simulation.calibration.windows import WindowsFit

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

BREAK = 30.0
"""minutes; so long a pause is a break"""
LEAST = 30
"""pauses seen whole, below which nothing is said"""
CLEARLY = 0.001
"""chance of such differences between windows that are alike, below which each has a pause of its own"""
FINEST = 1e-6
"""minutes; no interval is narrower to each side"""
STEPS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0)
"""quantiles between which the law has one value each"""
ALIKE = 0.1
"""coefficient of variation, below which every pause is the mean"""
PARTS = 20
"""of the pauses, that are left out in turn for the interval of their spread"""


@dataclass(frozen=True, slots=True)
class Pauses:
    """What windows do between citizens."""

    mean: Figure
    """minutes, of all windows"""
    middle: float
    """minutes, the median of the pauses that were seen whole"""
    n: int
    """pauses seen whole"""
    own: dict[str, Figure]
    """window -> its mean; empty unless the windows differ clearly"""
    values: Floats
    """minutes of the law, ascending"""
    weights: Floats
    """chance of each"""
    cv: Figure
    """coefficient of variation of the curve"""
    minutes: Floats
    """(k,) of all pauses, those cut off included"""
    whole: Flags
    """(k,) False: it lasted longer than that"""

    @property
    def vary(self) -> bool:
        """Whether the mean alone says little of them."""
        return self.cv.value > ALIKE

    def law(self, mean: float) -> dict[str, Any] | float:
        """As a scenario writes it, in another mean: a number where pauses hardly differ."""
        if not self.vary or self.mean.value <= 0:
            return plain(mean)
        values = [plain(float(each) * mean / self.mean.value) for each in self.values]
        return {"family": "empirical", "values": values, "weights": [plain(float(each)) for each in self.weights]}


def fit_pauses(log: Log, windows: WindowsFit, periods: Sequence[Period]) -> Pauses | None:
    """None where too few are seen."""
    gaps = _gaps(log, windows, periods)
    whole = gaps[gaps["whole"]]
    if len(whole) < LEAST:
        return None
    groups = {str(window): rows for window, rows in gaps.groupby("window") if rows["whole"].sum() >= LEAST}
    own: dict[str, Figure] = {}
    if len(groups) > 1:
        differ = stats.kruskal(*(rows.loc[rows["whole"], "minutes"] for rows in groups.values())).pvalue if _vary(whole) else 1.0
        own = {window: mean_of(rows) for window, rows in groups.items()} if differ < CLEARLY else {}
    minutes, ended = gaps["minutes"].to_numpy(np.float64), gaps["whole"].to_numpy(np.bool_)
    values, weights = steps_of(*curve_of(minutes, ended))
    return Pauses(
        mean_of(gaps), float(whole["minutes"].median()), len(whole), own, values, weights, _spread_of(minutes, ended), minutes, ended
    )


def _vary(whole: pd.DataFrame) -> bool:
    return bool(whole["minutes"].nunique() > 1)


def mean_of(gaps: pd.DataFrame) -> Figure:
    """Mean under the curve of Kaplan and Meier, up to the longest time.

    gaps : minutes, whole (False: longer than that)
    """
    minutes, whole = gaps["minutes"].to_numpy(np.float64), gaps["whole"].to_numpy(np.bool_)
    at = np.unique(minutes)
    risk = len(minutes) - np.searchsorted(np.sort(minutes), at)
    ended = np.array([np.count_nonzero(whole & (minutes == each)) for each in at])
    survive = np.cumprod(1 - ended / risk)
    widths = np.diff(np.concatenate([[0.0], at]))
    areas = widths * np.concatenate([[1.0], survive[:-1]])
    mean = float(areas.sum())
    beyond = mean - np.cumsum(areas)  # area under the curve after each time
    left = risk - ended
    variance = float((beyond**2 * ended / (risk * np.maximum(left, 1)))[left > 0].sum())
    half = max(Z95 * math.sqrt(variance), FINEST)
    return Figure(mean, max(mean - half, 0.0), mean + half)


def curve_of(minutes: Floats, whole: Flags) -> tuple[Floats, Floats]:
    """Times at which pauses ended, and the chance of each under the curve of Kaplan and Meier; what it leaves over has the longest time."""
    order = np.sort(minutes)
    at, ended = np.unique(minutes[whole], return_counts=True)
    survive = np.cumprod(1 - ended / (len(order) - np.searchsorted(order, at)))
    chance = -np.diff(survive, prepend=1.0)
    return np.append(at, order[-1]), np.append(chance, survive[-1])


def steps_of(at: Floats, chance: Floats) -> tuple[Floats, Floats]:
    """A law in few values: the mean between each two of its quantiles STEPS, and what lies there of it.

    at, chance : (n,) ascending minutes, and the chance of each
    """
    edges = np.concatenate([[0.0], np.cumsum(chance)])
    low = np.concatenate([[0.0], STEPS[:-1]])
    inside = np.clip(np.minimum(edges[None, 1:], np.array(STEPS)[:, None]) - np.maximum(edges[None, :-1], low[:, None]), 0.0, None)
    weights = inside.sum(axis=1)
    kept = weights > 0
    return (inside @ at)[kept] / weights[kept], weights[kept] / weights.sum()


def _spread_of(minutes: Floats, whole: Flags) -> Figure:
    """Coefficient of variation of the curve; its interval by leaving out one part of the pauses at a time."""

    def cv(chosen: Flags) -> float:
        at, chance = curve_of(minutes[chosen], whole[chosen])
        mean = float(at @ chance)
        return math.sqrt(max(float(at**2 @ chance) - mean**2, 0.0)) / mean if mean > 0 else 0.0

    part = np.arange(len(minutes)) * PARTS // len(minutes)
    value = cv(np.ones(len(minutes), np.bool_))
    without = np.array([cv(part != each) for each in range(PARTS)])
    half = float(stats.t.ppf(0.975, PARTS - 1)) * math.sqrt((PARTS - 1) * float(without.var()))
    return Figure(value, max(value - half, 0.0), value + half)


def _gaps(log: Log, windows: WindowsFit, periods: Sequence[Period]) -> pd.DataFrame:
    """window, minutes, whole of every pause that began while somebody waited for the window."""
    found: list[pd.DataFrame] = []
    serves = {window: set(windows.serves(window)) for window in windows.ids}
    kinds = {window: tuple(sorted(each)) for window, each in serves.items()}
    begins = begins_of(windows, periods)
    columns = ["service", "window", "arrived", "called", "ended", "at_once", "outcome"]
    queued = log.frame[log.frame["outcome"].isin(("served", "reneged", "sent_home", "interrupted", "unfinished"))]
    for _, day in queued.groupby("day")[columns]:
        until = day["called"].fillna(day["ended"])
        waited = day[until > day["arrived"]].assign(until=until)
        runs = {each: _runs(waited[waited["service"].isin(each)]) for each in set(kinds.values())}
        served = day[day["called"].notna() & (day["window"] != "") & day["window"].isin(windows.ids)]
        for window, own in served.sort_values("called").groupby("window"):
            end, call = own["ended"].to_numpy(np.float64)[:-1], own["called"].to_numpy(np.float64)[1:]
            minutes, whole, counts = seen(end, call, *runs[kinds[str(window)]])
            starts = begins[str(window)]
            counts &= np.searchsorted(starts, end, side="right") == np.searchsorted(starts, call, side="right")
            counts &= ~own["at_once"].to_numpy(np.bool_)[1:] & (own["outcome"].to_numpy(object)[:-1] == "served")
            found.append(pd.DataFrame({"window": str(window), "minutes": minutes, "whole": whole})[counts])
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame({"window": [], "minutes": [], "whole": np.zeros(0, np.bool_)})


def begins_of(windows: WindowsFit, periods: Sequence[Period]) -> dict[str, Floats]:
    """When each window comes on post, minutes of the day: a gap across it is a break."""
    return {window: _begins(windows, n, periods) for n, window in enumerate(windows.ids)}


def _begins(windows: WindowsFit, n: int, periods: Sequence[Period]) -> Floats:
    hours = windows.hours(n) if windows.regular else []
    own = {windows.begins[windows.ids[n], at].value if (windows.ids[n], at) in windows.begins else at for at, _ in stretches(hours)}
    return np.array(sorted(own | {each.start for each in periods}))


def _runs(waited: pd.DataFrame) -> tuple[Floats, Floats]:
    """Begin and end of the times during which at least one of them waited."""
    rows = waited.sort_values("arrived")
    begin, end = rows["arrived"].to_numpy(np.float64), np.maximum.accumulate(rows["until"].to_numpy(np.float64))
    if not len(begin):
        return begin, end
    new = np.concatenate([[True], begin[1:] > end[:-1]])
    last = np.concatenate([np.flatnonzero(new)[1:] - 1, [len(begin) - 1]])
    return begin[new], end[last]


def seen(end: Floats, call: Floats, begins: Floats, ends: Floats) -> tuple[Floats, Flags, Flags]:
    """Of each pause its minutes, whether it was seen whole, and whether somebody waited as it began.

    end, call : (n,) when a service ended, and when the window called next
    begins, ends : (k,) the times during which somebody waited for the window
    """
    if not len(begins):
        return call - end, np.ones(len(end), np.bool_), np.zeros(len(end), np.bool_)
    run = np.maximum(np.searchsorted(begins, end, side="right") - 1, 0)
    waits = (begins[run] <= end) & (ends[run] > end)
    at_end = (begins[run] <= end) & (ends[run] == end) & (call == end)  # called at once: the run ends as the pause does
    whole = (ends[run] >= call) | at_end
    minutes = np.where(whole, call, ends[run]) - end
    return minutes, whole, (waits | at_end) & (call - end < BREAK) & (call >= end)
