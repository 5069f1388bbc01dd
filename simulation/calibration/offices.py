"""Snapshots of queues as scenarios, one of each office: rates from issued tickets, windows from open counters, work from the waits.

Queues whose counters open and close together are one pool (`pools`), with windows that serve them all in one line; where the days are
described better by each queue with so many windows of its own, it has them, and its work a ticket contains the others' share. The work is
the one under which the waits of the days come out best (`work`), and beside it stands what the congested minutes say.

Snapshots show no service and nobody who leaves: the family of the law, its cv and patience are assumptions, and marked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.calibration.arrivals import HALF_HOUR, Arrivals, fit_arrivals
from simulation.calibration.document import Draft, FittedFigure, Parts, demand_of, note_of, openings_of
from simulation.calibration.doors import Period, fit_periods
from simulation.calibration.logs import Log
from simulation.calibration.naming import clock, ids_of, label, plain, shown, stretches
from simulation.calibration.pace import Pace, fit_pace
from simulation.calibration.pools import CV, pools_of
from simulation.calibration.snapshots import Snapshots
from simulation.calibration.unknown import Unknown
from simulation.calibration.windows import WindowsFit, crew_of
from simulation.calibration.work import QueueFit, queues_of
from simulation.faults import BadInput, fault

Floats = NDArray[np.float64]

LEAST_TICKETS, LEAST_DAYS = 20, 2
"""tickets of a queue, and days with any, below which it is not in the scenario"""
UNEVEN = 1.2
"""times that windows call faster in the quickest half-hour than in the slowest, from which on that is told"""
MINUTES = np.arange(1440.0)
"""of the day"""


@dataclass(frozen=True, slots=True)
class OfficeFit:
    """One office."""

    office: str
    id: str
    """as a file's name"""
    log: Log
    """the tickets that were rebuilt, of the queues that the scenario has"""
    arrivals: Arrivals
    periods: tuple[Period, ...]
    ids: dict[str, str]
    """queue -> service of the scenario"""
    queues: tuple[QueueFit, ...]
    document: dict[str, Any]
    figures: tuple[FittedFigure, ...]
    unknowns: tuple[Unknown, ...]


def fit_offices(
    snapshots: Snapshots, name: str | None = None, language: str = "en", progress: Callable[[float], None] = lambda share: None
) -> tuple[OfficeFit, ...]:
    """A scenario of every office, or of the one that is named.

    name : of the scenario where there is one office; else each has its own

    Raises
    ------
    BadInput
        if no queue of any office has enough tickets.
    """
    pools, pace, found = pools_of(snapshots), fit_pace(snapshots), list[OfficeFit]()
    offices = sorted(set(snapshots.offices.values()))
    files = ids_of(offices)
    for n, office in enumerate(offices):
        own = [pool for pool in pools if snapshots.offices[pool[0]] == office]
        fitted = _office(snapshots, office, own, pace, name if name and len(offices) == 1 else files[office], files[office], language)
        if fitted is not None:
            found.append(fitted)
        progress((n + 1) / len(offices))
    if not found:
        raise BadInput([fault("fit_offices_few", "log", len(snapshots.tickets), tickets=LEAST_TICKETS, days=LEAST_DAYS)])
    return tuple(found)


def _office(
    snapshots: Snapshots, office: str, pools: list[tuple[str, ...]], pace: Pace, name: str, id: str, language: str
) -> OfficeFit | None:
    tickets = snapshots.tickets[snapshots.tickets["queue"].map(snapshots.offices.get) == office]
    seen = tickets.groupby("queue")["day"].agg(["size", "nunique"])
    usable = set(seen.index[(seen["size"] >= LEAST_TICKETS) & (seen["nunique"] >= LEAST_DAYS)])
    if not usable:
        return None
    log = _log_of(snapshots, tickets[tickets["queue"].isin(usable)])
    arrivals = fit_arrivals(log)
    if not arrivals.half_hours:
        return None
    periods = fit_periods(log, arrivals)
    draft = Draft(
        Parts(log, arrivals, periods, (), {}, {}, WindowsFit((), (), np.zeros((0, 0)), np.zeros((0, 0)), {}, False), None, None, None), {}
    )
    draft.ids = ids_of(queue.rpartition("/")[2] for queue in sorted(usable))
    draft.ids = dict(zip(sorted(usable), draft.ids.values(), strict=True)) if len(draft.ids) == len(usable) else ids_of(sorted(usable))
    queues = [each for pool in pools for each in queues_of(snapshots, tickets, tuple(q for q in pool if q in usable), len(pool))]
    slots = [n for period in periods for n in period.slots]
    services, windows = list[dict[str, Any]](), list[dict[str, Any]]()
    for each in queues:
        services.append(_service(draft, each, arrivals, slots, [period.before for period in periods if period.early > 0]))
    for line in dict.fromkeys(each.line for each in queues):
        windows += _windows(draft, snapshots, arrivals, [each for each in queues if each.line == line], periods)
    draft.assume("", "office_patience")
    _pace(draft, pace, [arrivals.half_hours[n] for n in slots])
    few = [queue for queue in seen.index if queue not in usable]
    for queue in few:
        draft.assume("", "office_few", queue=snapshots.names[queue], n=int(seen.loc[queue, "size"]), days=int(seen.loc[queue, "nunique"]))
    document: dict[str, Any] = {"schema": 1, "name": name, "note": ""}
    if office:
        document["title"] = office
    document |= {"opening": openings_of(draft), "services": services}
    demand = demand_of(draft)
    if demand:
        document["demand"] = demand
    document["windows"] = windows
    note_of(document, draft, language)
    ids = {each.id: draft.ids[each.id] for each in queues}
    return OfficeFit(office, id, log, arrivals, periods, ids, tuple(queues), document, tuple(draft.figures), tuple(draft.unknowns))


def _log_of(snapshots: Snapshots, tickets: pd.DataFrame) -> Log:
    """Tickets as a log without services, for whatever needs arrivals and calls only."""
    days = pd.to_datetime(tickets["day"])
    frame = pd.DataFrame({
        "day": tickets["day"], "weekday": days.dt.day_of_week, "service": tickets["queue"], "window": "", "arrived": tickets["issued"],
        "called": tickets["called"], "ended": tickets["called"], "outcome": "served", "first": True, "part": False, "klass": "",
        "row": 0, "due": np.nan, "after": "", "at_once": False,
    }).reset_index(drop=True)  # fmt: skip
    rejects = pd.DataFrame({"file": [], "row": [], "reason": [], "text": []})
    return Log(frame, rejects, snapshots.mapping, 0.0, 0, snapshots.id)


def _service(draft: Draft, queue: QueueFit, arrivals: Arrivals, slots: list[int], before: list[tuple[int, ...]]) -> dict[str, Any]:
    id = draft.ids[queue.id]
    at, row, days = f"services.{id}", arrivals.services.index(queue.id), len(arrivals.days)
    rates = [arrivals.rate(row, n) for n in slots]
    for n, rate in zip(slots, rates, strict=True):
        draft.tell(f"{at}.arrivals_per_hour.{label(arrivals.half_hours[n])}", rate, "per hour", days, "mean")
    draft.tell(f"{at}.service_min.mean", queue.work, "minutes", queue.tickets, "waits")
    draft.tell(f"{at}.congested_min", queue.congested, "minutes", queue.tickets, "congested minutes", False)
    entry: dict[str, Any] = {
        "id": id, "name": shown(queue.name), "service_min": {"family": "lognormal", "mean": plain(queue.work.value), "cv": CV},
        "arrivals_per_hour": [plain(rate.value) for rate in rates],
    }  # fmt: skip
    draft.said.append(f"{at}.arrivals_per_hour")
    if before:
        early = [arrivals.number(row, each) for each in before]
        entry["early_arrivals"] = [plain(each.value) for each in early]
        draft.said.append(f"{at}.early_arrivals")
    draft.assume(f"{at}.service_min", "office_law", cv=CV)
    if queue.shared > 1 and len(queue.line) == 1:
        draft.assume(f"{at}.service_min", "office_shared", n=queue.shared)
    return entry


def _pace(draft: Draft, pace: Pace, hours: list[float]) -> None:
    """How the pace of the calls changes over the day, which no key of a scenario has."""
    told = {at: float(pace.hour[int(at // HALF_HOUR)]) for at in hours}
    slow, fast = min(told, key=lambda at: told[at]), max(told, key=lambda at: told[at])
    if told[fast] > UNEVEN * told[slow]:
        draft.assume("", "office_pace", slow=f"{told[slow]:.1f}", slow_at=label(slow), fast=f"{told[fast]:.1f}", fast_at=label(fast))


def _windows(draft: Draft, snapshots: Snapshots, arrivals: Arrivals, line: list[QueueFit], periods: Any) -> list[dict[str, Any]]:
    """Windows of one line: as many at each half-hour as were open on the average day."""
    hours = [at for at in arrivals.half_hours if any(each.start <= at < each.end for each in periods)]
    counts = np.zeros((len(arrivals.days), len(hours)))
    for d, day in enumerate(arrivals.days):
        told = [snapshots.open[day, each] for each in line[0].line if (day, each) in snapshots.open]
        if told:
            minutes, open = max(told, key=lambda each: int(each[1].sum()))
            for h, at in enumerate(hours):
                inside = (minutes >= at) & (minutes < at + HALF_HOUR)
                counts[d, h] = open[inside].mean() if inside.any() else np.nan
        else:
            counts[d] = np.nan
    if line[0].stuck:
        counts = np.where(counts > 0, 1.0, counts)
    base, serves = draft.ids[line[0].id], [draft.ids[each.id] for each in line]
    comes = np.array(
        [arrivals.counts[:, [arrivals.services.index(each.id) for each in line], arrivals.half_hours.index(at)].any() for at in hours]
    )
    seats = []
    for level, post in enumerate(crew_of(np.fmax(counts, comes), hours), start=1):
        path = f"windows.{base}-w{level}"
        shifts = [{"from": clock(start), "to": clock(end)} for start, end in stretches(post.hours)]
        seat: dict[str, Any] = {"id": f"{base}-w{level}", "serves": serves, "shifts": shifts}
        if post.missing.value > 0:
            seat["absence"] = plain(post.missing.value)
            draft.tell(f"{path}.absence", post.missing, "", len(counts), "share")
            draft.said.append(f"{path}.absence")
        seats.append(seat)
        draft.assume(path, "office_stuck" if line[0].stuck else "office_windows")
    return seats
