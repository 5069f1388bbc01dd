"""Whether the scenario that a fit writes waits as its log did: the scenario is simulated, and its waits stand beside the log's.

In sample: the days that it is held against are those that it was fitted to, so agreement says that little was lost in the writing, not
that other days would be foreseen (`believing` does that). Simulated times are rounded as the log's are, and of a log that does not show
the moment of leaving the waits are those of who was served.

An interval of the log is that of its days, of the scenario that of simulated days, both by leaving out one block of days at a time
(jackknife, Student's t).

Of snapshots the tickets are those rebuilt from them, whose waits are known to the time between two snapshots: their mean, the wait of nine
in ten and the people waiting by half-hour can be held against the scenario of the office, not how many had to wait at all.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from simulation.calibration.arrivals import HALF_HOUR
from simulation.calibration.believing import AT_ONCE
from simulation.calibration.crowds import Crowd, mean_of, waiting
from simulation.calibration.differences import SAME_MIN, Pair, causes_of, compare, course, overall
from simulation.calibration.doors import Period
from simulation.calibration.fit import Fit
from simulation.calibration.given import QUEUED
from simulation.calibration.laws import Figure
from simulation.calibration.logs import Log
from simulation.calibration.naming import ids_of
from simulation.calibration.offices import OfficeFit
from simulation.calibration.unknown import Unknown
from simulation.demand import draw_demand
from simulation.scenario import parse
from simulation.serve import serve
from simulation.tickets import to_frame

Floats = NDArray[np.float64]

LEAST_DAYS, MOST_DAYS = 40, 200
"""days that are simulated"""
ENOUGH_PEOPLE = 300_000
"""tickets after which no further day is simulated, once there are some days"""
NARROW = 0.05
"""half-width over mean of the simulated mean wait, at which the days are enough"""
BLOCKS = 20
"""at most, of days, that are left out in turn"""
COARSE = 0.5
"""minutes; a log rounded so coarsely has simulated times rounded too"""


@dataclass(frozen=True, slots=True)
class Resemblance:
    """The scenario beside its log."""

    days: int
    """of the log: the ordinary ones"""
    people: int
    """of the log, who queued on them"""
    simulated_days: int
    pairs: tuple[Pair, ...]
    verdict: str
    """agrees, partly (the mean does, others or most half-hours do not), optimistic (the scenario waits less), pessimistic, untold"""
    factor: float
    """the longer mean wait over the shorter; inf if one is none"""
    causes: tuple[Unknown, ...]
    """what the scenario does not carry over and may be why, the likeliest first; none where it agrees"""
    crowds: tuple[Crowd, ...]
    """people waiting by half-hour, in order; those in which anybody waits"""
    services: dict[str, tuple[float, float]]
    """service of the scenario -> mean wait (minutes) of the log and of the scenario; nan where nobody queued"""

    @property
    def course(self) -> bool:
        """Whether the people waiting agree over the day."""
        return course(self.crowds)


@dataclass(frozen=True, slots=True)
class _Subject:
    """A fit of tickets or of an office, as far as it is compared."""

    log: Log
    days: tuple[str, ...]
    periods: tuple[Period, ...]
    ids: dict[str, str]
    """service of the log -> of the scenario; those that it has"""
    document: dict[str, Any]
    unknowns: tuple[Unknown, ...]
    names: tuple[str, ...]
    """measures"""


def _subject(fit: Fit | OfficeFit) -> _Subject:
    if isinstance(fit, OfficeFit):
        return _Subject(fit.log, fit.arrivals.days, fit.periods, fit.ids, fit.document, fit.unknowns, ("mean", "p90"))
    ids = ids_of(each.id for each in fit.services if each.laws)
    names = ("mean", "p90", "waiting", *(("left",) if fit.log.mapping.leaving != "never" else ()))
    return _Subject(fit.log, fit.arrivals.days, fit.periods, ids, fit.document, fit.unknowns, names)


def resemble(fit: Fit | OfficeFit, seed: int = 1, progress: Callable[[int, int], None] = lambda done, total: None) -> Resemblance:
    """Simulates the written scenario and compares.

    progress : called with the days done and those that there may be
    """
    subject = _subject(fit)
    exact = subject.log.mapping.leaving == "exact"
    observed = _of_log(subject, exact)
    simulated, days = _of_scenario(subject, exact, seed, progress)
    pairs = tuple(_pair(name, observed, simulated) for name in subject.names)
    crowds = _crowds(observed, simulated)
    verdict = overall(pairs, crowds)
    mean = pairs[0]
    low, high = sorted((mean.observed.value, mean.simulated.value))
    factor = 1.0 if high == low else high / low if low > 0 else math.inf
    waits = [each.groupby("service")["wait"].mean() for each in (observed, simulated)]
    services = {id: (float(waits[0].get(id, math.nan)), float(waits[1].get(id, math.nan))) for id in subject.ids.values()}
    return Resemblance(
        observed["day"].nunique(), len(observed), days, pairs, verdict, factor, causes_of(subject.unknowns, pairs, verdict),
        crowds, services,
    )  # fmt: skip


def _crowds(observed: pd.DataFrame, simulated: pd.DataFrame) -> tuple[Crowd, ...]:
    """People waiting by half-hour; of a log that does not show when people leave, on both sides only those who are called."""
    seen, made = waiting(observed), waiting(simulated)
    found = []
    for slot in np.flatnonzero(seen.sum(axis=0) + made.sum(axis=0)):
        both = mean_of(seen[:, slot]), mean_of(made[:, slot])
        found.append(Crowd(HALF_HOUR * float(slot), *both, compare("crowd", *both)))
    return tuple(found)


def _of_log(fit: _Subject, exact: bool) -> pd.DataFrame:
    """Everybody who queued on ordinary days at hours that the scenario has, for services that it has: day, service (of the scenario),
    arrived (minutes of the day), wait (nan: not seen), left."""
    frame, services = fit.log.frame, list(fit.ids)
    rows = frame[frame["day"].isin(fit.days) & frame["outcome"].isin(QUEUED) & ~frame["part"] & frame["service"].isin(services)]
    arrived = rows["arrived"].to_numpy(np.float64)
    inside = np.zeros(len(rows), np.bool_)
    for period in fit.periods:
        inside |= (arrived >= period.start - period.early) & (arrived < period.end)
    inside |= ~rows["first"].to_numpy(np.bool_)
    kept = rows[inside]
    return _people(kept.assign(service=kept["service"].map(fit.ids)), "arrived", exact)


def _of_scenario(fit: _Subject, exact: bool, seed: int, progress: Callable[[int, int], None]) -> tuple[pd.DataFrame, int]:
    """The same of simulated days that follow one another, and how many these are."""
    scenario = parse(fit.document)
    step = fit.log.rounded if fit.log.rounded >= COARSE else 0.0
    found: list[pd.DataFrame] = []
    carried, people = None, 0
    for day in range(MOST_DAYS):
        tickets, carried = serve(scenario, draw_demand(scenario, seed=seed, day=day), carried)
        rows = to_frame(scenario, tickets).assign(day=day)
        rows = rows[rows["outcome"].isin(QUEUED)]
        if step:  # the first opening begins on a half-hour of the clock, so minutes since then are cut as the log's clock cuts
            rows = rows.assign(**{name: np.floor(rows[name] / step) * step for name in ("arrival", "called", "ended")})
        rows["service"] = rows["service"].str.partition(":")[0]  # tax:agent is the line of a class for tax
        rows = rows.assign(**{name: rows[name] + fit.periods[0].start for name in ("arrival", "called", "ended")})
        found.append(_people(rows, "arrival", exact))
        people += len(rows)
        progress(day + 1, MOST_DAYS)
        done = day + 1
        if (done >= LEAST_DAYS and done % 10 == 0) or (people >= ENOUGH_PEOPLE and done >= BLOCKS):
            mean = _figure(pd.concat(found, ignore_index=True), "mean")
            if people >= ENOUGH_PEOPLE or mean.high - mean.low <= 2 * max(NARROW * mean.value, SAME_MIN / 10):
                break
    return pd.concat(found, ignore_index=True), len(found)


def _people(rows: pd.DataFrame, arrived: str, exact: bool) -> pd.DataFrame:
    until = rows["called"].fillna(rows["ended"]) if exact else rows["called"]
    wait = (until - rows[arrived]).clip(lower=0)
    left = (rows["outcome"] == "reneged").astype(np.float64)
    return pd.DataFrame({"day": rows["day"], "service": rows["service"], "arrived": rows[arrived], "wait": wait, "left": left})


def _figure(people: pd.DataFrame, name: str) -> Figure:
    """A measure with the interval that its days give: one block of days left out at a time."""
    day = pd.factorize(people["day"], sort=True)[0]
    blocks = min(int(day.max(initial=-1)) + 1, BLOCKS)
    block = day % max(blocks, 1)
    values = people["left" if name == "left" else "wait"].to_numpy(np.float64)
    known = np.isfinite(values)
    values, block = values[known], block[known]
    value = _measure(values, name)
    if blocks < 2:
        return Figure(value, math.nan, math.nan)
    without = np.array([_measure(values[block != b], name) for b in range(blocks)])
    half = float(stats.t.ppf(0.975, blocks - 1)) * math.sqrt((blocks - 1) * float(without.var()))
    return Figure(value, max(value - half, 0.0), value + half if name in ("mean", "p90") else min(value + half, 1.0))


def _measure(values: Floats, name: str) -> float:
    if not len(values):
        return math.nan
    match name:
        case "p90":
            return float(np.quantile(values, 0.9))
        case "waiting":
            return float((values > AT_ONCE).mean())
        case _:
            return float(values.mean())


def _pair(name: str, observed: pd.DataFrame, simulated: pd.DataFrame) -> Pair:
    both = _figure(observed, name), _figure(simulated, name)
    return Pair(name, *both, compare(name, *both))
