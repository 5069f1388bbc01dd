"""What replaying a day needs of the training days: service times, patience, skills, who is called before whom, what windows do between
citizens.

What is seldom seen is drawn towards what all do, so that a short log gives no wild figure. Nothing is served here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.calibration.gaps import BLOCK, BLOCKS, Gaps, fit_gaps
from simulation.calibration.given.posts import posts_of
from simulation.calibration.logs import Log
from simulation.calibration.services import ServiceFit, fit_service
from simulation.calibration.turns import Turns, fit_turns
from simulation.calibration.windows import LEAST_SHARE
from simulation.faults import BadInput, fault

Floats = NDArray[np.float64]

"""outcomes of who stood in the line"""
SEEN_OFTEN = 30
"""services of a window, below which its skills and pace are not its own"""
SHRUNK = 20
"""services that stand for what is known of a window, an hour or a class before anything is seen"""
LEFT_OFTEN = 10
"""people who left, below which a service has no law of patience of its own"""
MISSED_OFTEN = 3.0
"""services of a kind that a window would have met, had it served all kinds alike, below which it counts as able to serve it: chance alone
leaves out one in twenty of three"""


@dataclass(frozen=True, slots=True)
class Model:
    """What the training days say of the hall."""

    services: dict[str, ServiceFit]
    mean: dict[str, float]
    """service -> minutes, short ones included"""
    short: dict[str, Floats]
    """service -> minutes of those too short to be services"""
    pace: dict[str, float]
    """window -> its service times over those of all"""
    hour: Floats
    """(BLOCKS,) service times of these two hours over those of all"""
    serves: dict[str, set[str]]
    common: set[str]
    """services of a window that is not known"""
    patience: dict[tuple[str, str], float]
    """service and class -> mean minutes, of an exponential law"""
    classes: dict[str, dict[str, float]]
    """service -> class -> share of those whose class is known"""
    turns: Turns
    gaps: Gaps | None
    seen: frozenset[str]
    """windows that served anybody"""


def fit_model(log: Log) -> Model:
    """Everything that replaying a day needs. Raises BadInput where no service has enough finished ones for a law."""
    frame = log.frame
    services = {each: fit_service(log, each) for each in sorted(frame["service"].unique())}
    counted = sum(each.served for each in services.values())
    services = {name: each for name, each in services.items() if each.laws}
    if not services:
        raise BadInput([fault("fit_too_few", "log", counted)])
    served = frame[(frame["outcome"] == "served") & ~frame["part"] & frame["service"].isin(list(services))]
    minutes = served["ended"] - served["called"]
    long = minutes >= log.mapping.short_min
    mean = {str(service): float(each) for service, each in minutes.groupby(served["service"]).mean().items()}
    expected = served["service"].map(mean)
    pace = {
        str(window): float((minutes[rows].sum() + SHRUNK * minutes.mean()) / (expected[rows].sum() + SHRUNK * minutes.mean()))
        for window, rows in served.groupby("window").groups.items()
        if window != ""
    }
    expected = expected * served["window"].map(pace).fillna(1.0)
    block = np.minimum(served["called"] // BLOCK, BLOCKS - 1).astype(int)
    hour = np.ones(BLOCKS)
    for b, rows in served.groupby(block).groups.items():
        extra = SHRUNK * float(minutes.mean())
        hour[int(b)] = (minutes[rows].sum() + extra) / (expected[rows].sum() + extra)  # type: ignore[call-overload]
    skills = served.groupby(["window", "service"]).size()
    mix = served["service"].value_counts(normalize=True)
    serves = {}
    for window, each in skills.groupby(level=0):
        told, total = each.droplevel(0), float(each.sum())
        if window != "" and total >= SEEN_OFTEN:  # a service that it would hardly have met is no evidence that it cannot
            serves[str(window)] = {
                str(service)
                for service, part in mix.items()
                if told.get(service, 0) >= max(2, LEAST_SHARE / 4 * total) or part * total < MISSED_OFTEN
            }
    usual = {service for service in services if 2 * sum(service in each for each in serves.values()) >= len(serves)}
    return Model(
        services, mean, {name: minutes[~long & (served["service"] == name)].to_numpy(np.float64) for name in services}, pace, hour, serves,
        usual or set(services), _patience(log, services), _classes(frame), fit_turns(log, serves),
        fit_gaps(log, posts_of(log), serves), frozenset(served["window"]) - {""},
    )  # fmt: skip


def _patience(log: Log, services: dict[str, ServiceFit]) -> dict[tuple[str, str], float]:
    """Minutes waited a leaving: the mean of an exponential patience, where the moment of leaving is seen."""
    if log.mapping.leaving != "exact":
        return {}
    frame = log.frame[log.frame["service"].isin(list(services))]
    waited = (frame["called"].fillna(frame["ended"]) - frame["arrived"]).clip(lower=0)
    gone = frame["outcome"] == "reneged"
    if not gone.any() or waited.sum() <= 0:
        return {}
    usual = float(waited.sum() / gone.sum())
    known = frame["klass"] != ""
    found: dict[tuple[str, str], float] = {}
    for service, rows in frame.groupby("service"):
        of_service = float((waited[rows.index].sum() + SHRUNK * usual) / (gone[rows.index].sum() + SHRUNK))
        if services[str(service)].patience is None or gone[rows.index].sum() < LEFT_OFTEN:
            found[str(service), ""] = of_service
        for klass, own in rows[known[rows.index]].groupby("klass"):
            found[str(service), str(klass)] = float((waited[own.index].sum() + SHRUNK * of_service) / (gone[own.index].sum() + SHRUNK))
    return found


def _classes(frame: pd.DataFrame) -> dict[str, dict[str, float]]:
    known = frame[frame["klass"] != ""]
    return {
        str(service): {str(k): float(v) for k, v in rows["klass"].value_counts(normalize=True).sort_index().items()}
        for service, rows in known.groupby("service")
    }


def without(model: Model, part: str) -> Model:
    """The model without one of its parts, to see what it does: gaps, idle (going away while idle), turns, pace."""
    match part:
        case "gaps":
            return replace(model, gaps=None)
        case "idle":
            gaps = model.gaps
            return model if gaps is None else replace(model, gaps=replace(gaps, leaving=np.full_like(gaps.leaving, 1e-12)))
        case "turns":
            return replace(model, turns=replace(model.turns, ahead={}))
        case _:
            return replace(model, pace={}, hour=np.ones(BLOCKS))
