"""The days of a log as they were: who came when for what, and who was on post."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from simulation.calibration.given.model import Model
from simulation.calibration.given.posts import posts_of
from simulation.calibration.logs import Log

LAST_MINUTE = 1440.0
QUEUED = ("served", "reneged", "sent_home", "interrupted", "unfinished")


@dataclass(frozen=True, slots=True)
class GivenDay:
    """One day as it was."""

    day: str
    rows: pd.DataFrame
    """of the log, everybody who queued, in order of arrival"""
    posts: pd.DataFrame
    """window, start, end (minutes of the day)"""


def given_days(log: Log, model: Model) -> list[GivenDay]:
    """The days of a log as they were; tickets of services that the model does not know are left out."""
    posts = posts_of(log)
    queued = log.frame[log.frame["outcome"].isin(QUEUED) & ~log.frame["part"]]
    queued = queued[queued["service"].isin(list(model.services)) & (queued["arrived"] < LAST_MINUTE)]
    found = []
    for day, rows in queued.groupby("day"):
        own = posts[posts["day"] == day]
        if len(own):
            found.append(GivenDay(str(day), rows.sort_values(["arrived", "row"]).reset_index(drop=True), own.reset_index(drop=True)))
    return found
