"""Classes of citizens: how many of each come for a service, and whether one is called ahead of another.

Whenever a window calls somebody who waited while people of other classes wait for it too, the first of each class are compared: of the
calls in which the one class had come later, how often was it called all the same? By order of coming it never is, where it always goes
first it is each time. Where the share is above a half with 95 % (Wilson), and that of the other way round below, the class is ahead, and
a scenario has it as a priority. A head start of some minutes (`turns`) lies between, and no key of a scenario has it.

Assumes that a class goes first whatever it comes for, and that calls are independent of one another: on days that differ much the interval
is too narrow. Not for windows of a class's own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from simulation.calibration.arrivals import NEVER_ASKED
from simulation.calibration.laws import Figure
from simulation.calibration.logs import Log
from simulation.calibration.services import share

LEAST = 20
"""calls with both classes waiting, the one having come later, below which nothing is said"""
MOSTLY = 0.5
"""share of them above which the class goes first, below which it does not"""
ALWAYS = 0.95
"""share below which a class that goes first does not always"""
JUST_COME = 1 / 30
"""minutes before a call in which who came may not have been seen yet"""


@dataclass(frozen=True, slots=True)
class ClassesFit:
    """What a log says of its classes."""

    public: str
    """the class that most belong to"""
    shares: dict[str, dict[str, Figure]]
    """each other class -> service -> its share of those who come, Wilson's interval"""
    over: dict[tuple[str, str], Figure]
    """a class and another -> how often the one is called before the other that has come earlier; those that are told"""
    calls: dict[tuple[str, str], int]
    """calls that this rests on"""
    people: dict[str, int]
    """service -> those who came for it, of a class that is known"""

    def ahead(self, one: str, other: str) -> bool:
        """Whether the one goes first."""
        forth, back = self.over.get((one, other)), self.over.get((other, one))
        return forth is not None and forth.low > MOSTLY and (back is None or back.high < MOSTLY)

    @property
    def priority(self) -> dict[str, int]:
        """Of each class but the public, which has 0; the lower, the sooner it is called. Empty if none is ahead of another."""
        names = [self.public, *self.shares]
        score = {one: sum(self.ahead(one, other) - self.ahead(other, one) for other in names if other != one) for one in names}
        levels = sorted(set(score.values()), reverse=True)
        return {one: levels.index(score[one]) - levels.index(score[self.public]) for one in self.shares} if len(levels) > 1 else {}


def fit_classes(log: Log, serves: dict[str, set[str]]) -> ClassesFit | None:
    """None where the log names no two classes.

    serves : window -> the services it is seen to serve; {"": all} where windows have no names
    """
    frame = log.frame[log.frame["klass"] != ""]
    counts = frame["klass"].value_counts()
    if len(counts) < 2:
        return None
    public, others = str(counts.index[0]), sorted(map(str, counts.index[1:]))
    comers = frame[frame["first"] & ~frame["outcome"].isin(NEVER_ASKED) & frame["due"].isna()]
    total = comers["service"].value_counts()
    shares = {
        klass: {
            str(service): share(int(((comers["klass"] == klass) & (comers["service"] == service)).sum()), int(count))
            for service, count in total.sort_index().items()
        }
        for klass in others
    }
    later = _later(frame, serves)
    over, calls = {}, {}
    for pair, (called, passed) in later.items():
        if called + passed >= LEAST:
            over[pair], calls[pair] = share(called, called + passed), called + passed
    return ClassesFit(public, shares, over, calls, {str(service): int(count) for service, count in total.items()})


def _later(frame: pd.DataFrame, serves: dict[str, set[str]]) -> dict[tuple[str, str], tuple[int, int]]:
    """A class and another -> calls in which the one was called though the first of the other had come earlier, and calls of the other."""
    found: dict[tuple[str, str], list[int]] = {}
    names = sorted(frame["klass"].unique())
    for _, rows in frame[~frame["part"] & ~frame["outcome"].isin(NEVER_ASKED) & ~frame["at_once"]].groupby("day"):
        arrived, kind = rows["arrived"].to_numpy(np.float64), rows["klass"].to_numpy(object)
        until = rows["called"].fillna(rows["ended"]).to_numpy(np.float64)
        service, window = rows["service"].to_numpy(object), rows["window"].to_numpy(object)
        able = {name: np.isin(service, list(each)) for name, each in serves.items()}
        of_class = {name: kind == name for name in names}
        for i in np.flatnonzero(rows["called"].notna().to_numpy() & (until > arrived + JUST_COME)):
            if window[i] not in able:
                continue
            waits = able[window[i]] & (arrived < until[i] - JUST_COME) & (until > until[i])
            for name in names:
                mine = arrived[waits & of_class[name]] if name != kind[i] else np.zeros(0)
                if not len(mine):
                    continue
                if mine.min() < arrived[i]:
                    found.setdefault((str(kind[i]), str(name)), [0, 0])[0] += 1
                else:
                    found.setdefault((str(name), str(kind[i])), [0, 0])[1] += 1
    return {pair: (called, passed) for pair, (called, passed) in found.items()}
