"""How fast windows call while people wait, by the hour of the day and by how many are open, out of snapshots.

Between two snapshots at both of which people wait, the ticket numbers tell how many were called. Of all queues together, each against
itself, that gives two things: the pace by half-hour (the first hours are slow, the last ones quick), and how much an open window adds.
Where windows are listed for several queues, twice as many open ones do not serve one of the queues twice as fast.

Assumes that both are alike in all queues. Not the level of a queue: that is fitted to its waits (`pools`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.calibration.arrivals import HALF_HOUR
from simulation.calibration.snapshots import Snapshots

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

HALF_HOURS = 48
NOTHING, ROUNDS = 1e-9, 50
"""calls that are as good as none, and steps of the regression, of which each brings levels, hours and share in turn nearer"""
CONGESTED = 2
"""people who wait at both ends of a step from which the pace is learnt: of one it cannot be told whether somebody looks after them"""
LONGEST_STEP = 15.0
"""minutes between two snapshots from which the pace is learnt"""
FEW_CALLS = 50.0
"""calls that stand for the common pace of a half-hour before anything is seen"""
SLOWEST = 0.25
"""pace of a half-hour over that of the middle of the day, at least; at most its inverse"""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast windows call while people wait, of all queues together, each against itself."""

    hour: Floats
    """(HALF_HOURS,) by half-hour of the day: over the middle of the day"""
    share: float
    """exponent of the number of open windows: 1 if each does as much as the others, 0 if they share what one queue has to do"""

    def slower(self, at: Floats, open: Longs, typical: float) -> Floats:
        """(k,) by how much work takes longer from each minute on, with so many windows open, where `typical` is the usual number."""
        hour = self.hour[np.clip(at // HALF_HOUR, 0, HALF_HOURS - 1).astype(int)]
        return np.asarray((np.maximum(open, 1) / typical) ** (1 - self.share) / hour)


STEADY = Pace(np.ones(HALF_HOURS), 1.0)


def fit_pace(snapshots: Snapshots) -> Pace:
    """Calls between two snapshots at both of which somebody waits, by a Poisson regression with a level for every queue."""
    parts = []
    for (day, queue), (minute, number, waiting) in snapshots.seen.items():
        at, open = snapshots.open[day, queue]
        if len(minute) < 2 or snapshots.stuck(day, queue):
            continue
        begins, lasts = minute[:-1], np.diff(minute)
        windows = open[np.maximum(np.searchsorted(at, begins, "right") - 1, 0)]
        congested = (waiting[:-1] >= CONGESTED) & (waiting[1:] >= CONGESTED) & (windows > 0) & (lasts <= LONGEST_STEP)
        if congested.any():
            frame = {"queue": queue, "at": begins + lasts / 2, "lasts": lasts, "calls": np.diff(number), "open": windows}
            parts.append(pd.DataFrame(frame)[congested])
    if not parts:
        return STEADY
    rows = pd.concat(parts, ignore_index=True)
    code, _ = pd.factorize(rows["queue"])
    slot = np.clip(rows["at"] // HALF_HOUR, 0, HALF_HOURS - 1).to_numpy(int)
    calls, lasts, many = (rows[name].to_numpy(np.float64) for name in ("calls", "lasts", "open"))
    level, hour, share = np.ones(int(code.max()) + 1), np.ones(HALF_HOURS), 1.0
    total = np.bincount(code, calls)
    for _ in range(ROUNDS):
        base = lasts * hour[slot] * many**share
        level = total / np.maximum(np.bincount(code, base), NOTHING)
        due = np.bincount(slot, level[code] * lasts * many**share, HALF_HOURS)
        hour = (np.bincount(slot, calls, HALF_HOURS) + FEW_CALLS) / (due + FEW_CALLS)
        mean = level[code] * lasts * hour[slot] * many**share
        logs = np.log(many) - (np.bincount(code, mean * np.log(many)) / np.maximum(np.bincount(code, mean), NOTHING))[code]
        step = float(((calls - mean) * logs).sum() / max(float((mean * logs**2).sum()), NOTHING))
        share = min(max(share + step, 0.0), 1.0)
    middle = float(np.average(hour[slot], weights=lasts))
    return Pace(np.clip(hour / middle, SLOWEST, 1 / SLOWEST), share)
