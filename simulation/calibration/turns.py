"""Who is called before whom: by how many minutes a class of citizens is ahead of another in the line, out of who overtook whom.

Whenever somebody is called who waited, everybody else who waits for something the same window serves was passed over. A class that is
ahead by h minutes stands as if it had come h earlier; h is where the order of the calls is explained best, and its interval holds all
that explain it nearly as well. The lowest class is the one ahead of nobody.

Assumes one line for all services that a window serves, and classes that differ by a constant. Not for classes that always go first: they
come out as ahead by more than anybody waits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from simulation.calibration.laws import Figure
from simulation.calibration.logs import Log

Floats = NDArray[np.float64]

STEP = 0.25
"""minutes between the values tried"""
MOST = 10.0
"""minutes ahead at most"""
PAIRS = 50
"""pairs of two classes, below which nothing is said of one"""
ROUNDS = 4
NEARLY = float(stats.chi2.ppf(0.95, 1)) / 2
"""log likelihood by which a value may be worse than the best and still be inside the interval (likelihood ratio, 95 %)"""
JUST_COME = 1 / 30
"""minutes before a call in which who came may not have been seen yet"""
GAIN = 20.0
"""log likelihood by which a class must be better explained as ahead"""


@dataclass(frozen=True, slots=True)
class Turns:
    """How far each class is ahead."""

    ahead: dict[str, Figure]
    """class -> minutes; empty where the log names no classes, or none is ahead"""
    explained: float
    """share of the pairs in which who was called is who should have been; nan without pairs"""
    in_order_of_coming: float
    """the same if nobody were ahead of anybody"""
    pairs: int


def fit_turns(log: Log, serves: dict[str, set[str]]) -> Turns:
    """How far each class is ahead of the lowest.

    serves : window -> the services it is seen to serve
    """
    klass = sorted(set(log.frame["klass"]) - {""})
    pairs = _pairs(log.frame, serves, klass) if len(klass) > 1 else np.empty((0, 3))
    if len(pairs) < PAIRS:
        return Turns({}, np.nan, np.nan, len(pairs))
    first, second, lead = pairs[:, 0].astype(int), pairs[:, 1].astype(int), pairs[:, 2]
    ahead = np.zeros(len(klass))
    tried = np.arange(-MOST, MOST + STEP / 2, STEP)
    told: dict[str, Figure] = {}
    for _ in range(ROUNDS):
        for k in range(len(klass)):
            mine = (first == k) | (second == k)
            if np.count_nonzero(mine) < PAIRS:
                continue
            fits = np.array([_log_likelihood(ahead, k, at, first[mine], second[mine], lead[mine]) for at in tried])
            near = tried[fits >= fits.max() - NEARLY]
            best = float(near.mean())
            if fits.max() - fits[len(tried) // 2] < GAIN and ahead[k] == 0:
                best, near = 0.0, np.zeros(1)
            ahead[k] = best
            told[klass[k]] = Figure(best, float(near.min()), float(near.max()))
    lowest = min(each.value for each in told.values()) if told else 0.0
    right = float(np.mean(lead + ahead[first] - ahead[second] > 0))
    shifted = {name: Figure(each.value - lowest, each.low - lowest, each.high - lowest) for name, each in told.items()}
    if not any(each.value > 0 for each in shifted.values()):
        shifted = {}
    return Turns(shifted, right, float(np.mean(lead > 0)), len(pairs))


def _log_likelihood(ahead: Floats, k: int, at: float, first: NDArray[np.int_], second: NDArray[np.int_], lead: Floats) -> float:
    """Of the order of the pairs, each right with the same chance, if class k is ahead by so much."""
    own = ahead.copy()
    own[k] = at
    right = np.count_nonzero(lead + own[first] - own[second] > 0)
    share = min(max(right / len(lead), 1e-6), 1 - 1e-6)
    return float(right * np.log(share) + (len(lead) - right) * np.log1p(-share))


def _pairs(frame: pd.DataFrame, serves: dict[str, set[str]], klass: list[str]) -> Floats:
    """(n, 3): class of who was called, class of who was passed over, minutes by which the former had come earlier."""
    found: list[tuple[int, int, float]] = []
    code = {name: n for n, name in enumerate(klass)}
    known = frame[frame["klass"] != ""]
    for _, rows in known.groupby("day"):
        arrived, kind = rows["arrived"].to_numpy(np.float64), rows["klass"].map(code).to_numpy(np.int64)
        until = rows["called"].fillna(rows["ended"]).to_numpy(np.float64)
        service, window = rows["service"].to_numpy(object), rows["window"].to_numpy(object)
        able = {name: np.isin(service, list(each)) for name, each in serves.items()}
        for i in np.flatnonzero(rows["called"].notna().to_numpy() & (until > arrived)):
            if window[i] not in able:
                continue
            passed = np.flatnonzero(able[window[i]] & (arrived < until[i] - JUST_COME) & (until > until[i]) & (kind != kind[i]))
            found += [(int(kind[i]), int(kind[j]), float(arrived[j] - arrived[i])) for j in passed]
    return np.array(found, np.float64).reshape(-1, 3)
