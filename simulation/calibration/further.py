"""What a visit brings beside its first ticket: further services (`then`) and several cases at the same window (`cases`).

Out of a log that says which ticket follows which. Whoever is served at one service goes on to another with a chance that depends on that
service alone. A further ticket for the same service is a further case if it is called at the very moment at the same window, as nearly all
of that service's must be; else it is a second turn in the line.

Assumes that the log has whole visits. Not for who comes again on another day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from simulation.calibration.laws import Figure
from simulation.calibration.logs import Log
from simulation.calibration.services import share

LEAST = 5
"""visits that go on to a service, below which the share is not written"""
AT_ONCE = 0.9
"""share of the further tickets for the same service that must be called at once for them to be cases"""


@dataclass(frozen=True, slots=True)
class FurtherFit:
    """What follows one service."""

    served: int
    """visits that were done with it, and could go on"""
    then: dict[str, Figure]
    """service -> share that goes on to it, Wilson's interval"""
    rare: dict[str, int]
    """service -> visits that went on to it, too few to say how many do"""
    cases: dict[int, Figure]
    """cases at one window -> share of the visits; empty where everybody has one"""


def fit_further(log: Log, service: str) -> FurtherFit:
    """What follows one service of a log."""
    frame = log.frame
    mine = frame[frame["service"] == service]
    again = mine[mine["after"] == service]
    same = again[again["at_once"]]
    if len(same) < AT_ONCE * len(again):
        same = again.iloc[:0]
    done = int((mine["outcome"] == "served").sum()) - len(same)
    goes = frame[(frame["after"] == service) & ~frame.index.isin(same.index)].groupby("service").size()
    told = {str(to): share(int(count), done) for to, count in goes.items() if count >= LEAST and done > 0}
    rare = {str(to): int(count) for to, count in goes.items() if str(to) not in told}
    return FurtherFit(done, told, rare, _cases(mine, same))


def _cases(mine: pd.DataFrame, same: pd.DataFrame) -> dict[int, Figure]:
    """How many cases the visits that begin with the service had: runs of tickets that follow one another at once at a window."""
    if len(same) < LEAST:
        return {}
    rows = mine[mine["outcome"] == "served"].sort_values(["day", "window", "called", "ended"], kind="stable")
    head = ~rows.index.isin(same.index)
    run = head.cumsum()
    length = pd.Series(run).value_counts()
    number = length[length.index.isin(run[head & rows["first"].to_numpy(np.bool_)])].value_counts()
    return {int(cases): share(int(number[cases]), int(number.sum())) for cases in sorted(number.index)}
