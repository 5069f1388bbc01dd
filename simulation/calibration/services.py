"""How long services last, how long people are patient, who does not come: out of a log, service by service.

Service times that end after less than the mapping's `short_min` are counted and kept out of the law: nobody was served in them. So are
the parts of interrupted services, and where the log does not see who leaves the share that left is nan. A window
has a law of its own only if its services, fitted apart from the others', describe the log better by AIC.

Patience: of who was called it is known that it was longer than the wait. Of who left, the moment (`exact`), or that it was shorter than
until the ticket was called in vain (`at_call`). Where the log does not see who leaves (`never`), nothing is fitted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from simulation.calibration.laws import Figure, FittedLaw, Times, fit_laws, simplest
from simulation.calibration.logs import Log

Floats = NDArray[np.float64]

ROWS_OF_A_WINDOW = 50
"""services of one window, below which it has no law of its own"""
CLEARLY = 10.0
"""AIC by which laws of their own must be better"""
CALLED = ("served", "interrupted", "unfinished")


@dataclass(frozen=True, slots=True)
class ServiceFit:
    """What the log says of one service."""

    id: str
    served: int
    short: int
    """services below the mapping's `short_min`, in no law"""
    laws: tuple[FittedLaw, ...]
    """of the service time, the best first; empty if too few"""
    at_window: dict[str, FittedLaw]
    """window -> its own law; empty unless the windows differ clearly"""
    patience: FittedLaw | None
    left: Figure
    """share of those who queued that left, Wilson's interval"""
    no_show: Figure
    """share of those due that did not come"""
    mean_wait: float
    """minutes, of all who queued; nan if nobody did"""
    queued: int = 0
    """tickets that stood in the line"""
    gone: int = 0
    """of these, how many left it"""
    waited: float = 0.0
    """minutes that all of them waited"""


def fit_service(log: Log, service: str) -> ServiceFit:
    """Everything about one service of a log."""
    rows = log.frame[log.frame["service"] == service]
    served = rows[(rows["outcome"] == "served") & ~rows["part"]]
    minutes = (served["ended"] - served["called"]).to_numpy(dtype=np.float64)
    long = minutes >= log.mapping.short_min
    laws = fit_laws(_times(minutes[long], log.rounded))
    queued = rows[rows["outcome"].isin((*CALLED, "reneged", "sent_home"))]
    gone, seen = int((rows["outcome"] == "reneged").sum()), len(queued) if log.mapping.leaving != "never" else 0
    missed = int((rows["outcome"] == "no_show").sum())
    wait = queued["called"].fillna(queued["ended"]) - queued["arrived"]
    return ServiceFit(
        service, len(served), int(np.count_nonzero(~long)), laws, _of_windows(served[long], minutes[long], log.rounded, laws),
        _patience(rows, log), share(gone if seen else 0, seen), share(missed, len(rows)), float(wait.mean()),
        len(queued), gone, float(wait.sum()),
    )  # fmt: skip


def _times(minutes: Floats, rounded: float) -> Times:
    return Times(minutes, minutes, rounded)


def _of_windows(served: pd.DataFrame, minutes: Floats, rounded: float, common: tuple[FittedLaw, ...]) -> dict[str, FittedLaw]:
    """Each window's own law of the common law's family, where all of them together are clearly better than one for all."""
    names = served["window"].to_numpy(dtype=object)
    enough = [name for name in sorted(set(names) - {""}) if np.count_nonzero(names == name) >= ROWS_OF_A_WINDOW]
    if len(enough) < 2 or not common:
        return {}
    family = (common[0].law.family,)
    own = {name: fitted[0] for name in enough if (fitted := fit_laws(_times(minutes[names == name], rounded), family))}
    together = fit_laws(_times(minutes[np.isin(names, list(own))], rounded), family)
    apart = sum(fitted.aic for fitted in own.values())
    return own if together and apart < together[0].aic - CLEARLY else {}


def _patience(rows: pd.DataFrame, log: Log) -> FittedLaw | None:
    if log.mapping.leaving == "never":
        return None
    left = rows[rows["outcome"] == "reneged"]
    stayed = rows[rows["outcome"].isin((*CALLED, "sent_home"))]
    longer = (stayed["called"].fillna(stayed["ended"]) - stayed["arrived"]).to_numpy(dtype=np.float64)
    longer = longer[longer > 0]
    gone = (left["ended"] - left["arrived"]).to_numpy(dtype=np.float64)
    low = gone if log.mapping.leaving == "exact" else np.zeros(len(gone))
    high = gone if log.mapping.leaving == "exact" else np.maximum(gone, max(log.rounded, 1 / 60))
    times = Times(np.concatenate([low, longer]), np.concatenate([high, np.full(len(longer), np.inf)]), log.rounded)
    fitted = fit_laws(times)
    return simplest(fitted) if fitted else None


def share(count: int, total: int) -> Figure:
    """A share with Wilson's 95 % interval; nan of nothing."""
    if total == 0:
        return Figure(np.nan, np.nan, np.nan)
    told = stats.binomtest(count, total).proportion_ci(method="wilson")
    return Figure(count / total, float(told.low), float(told.high))
