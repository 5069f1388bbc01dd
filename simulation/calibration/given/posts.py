"""When each window of a log was on post, day by day and by half-hours."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.calibration.arrivals import HALF_HOUR
from simulation.calibration.logs import Log
from simulation.calibration.windows import busy_at_once, presence

GRID = tuple(HALF_HOUR * n for n in range(48))


def posts_of(log: Log) -> pd.DataFrame:
    """When each window of a log was on post, by half-hours: day, window, start, end in minutes of the day; nameless ones are numbered."""
    served = log.frame[log.frame["called"].notna() & log.frame["ended"].notna()]
    found = []
    for day, rows in served.groupby("day"):
        if (rows["window"] != "").any():
            for window, own in rows[rows["window"] != ""].groupby("window"):
                found += [(day, window, a, b) for a, b in _stretches(presence(own, GRID))]
        else:
            many = busy_at_once(rows, GRID)
            for level in range(1, int(many.max(initial=0)) + 1):
                found += [(day, f"~{level}", a, b) for a, b in _stretches(many >= level)]
    return pd.DataFrame(found, columns=["day", "window", "start", "end"])


def _stretches(there: NDArray[np.bool_]) -> list[tuple[float, float]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], there, [False]]).astype(np.int8)))
    return [(HALF_HOUR * a, HALF_HOUR * b) for a, b in edges.reshape(-1, 2).tolist()]
