"""Snapshots of queues as scenarios, one of each office: rates from issued tickets, windows from open counters, work from the waits.

Queues whose counters open and close together are one pool (`pools`), with windows that serve them all in one line; where the days are
described better by each queue with so many windows of its own, it has them, and its work a ticket contains the others' share. The work is
the one under which the waits of the days come out best, given when tickets were issued and how many windows were open; its interval
resamples the days. Beside it stands what the congested minutes say: open windows times the minutes in which somebody waited, over the
tickets called in them.

Snapshots show no service and nobody who leaves: the family of the law, its cv and patience are assumptions, and marked.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.calibration.arrivals import HALF_HOUR, Arrivals, fit_arrivals
from simulation.calibration.document import Draft, FittedFigure, Parts, demand_of, note_of, openings_of
from simulation.calibration.doors import Period, fit_periods
from simulation.calibration.laws import Z95, Figure
from simulation.calibration.logs import Log
from simulation.calibration.naming import clock, ids_of, label, plain, shown, stretches
from simulation.calibration.pools import CV, MANY, OVERALL, SMALLEST, pools_of, serve_pool
from simulation.calibration.snapshots import Snapshots
from simulation.calibration.unknown import Unknown
from simulation.calibration.windows import WindowsFit, crew_of
from simulation.faults import BadInput, fault
from simulation.streams import uniforms

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

WORK = np.exp(np.linspace(math.log(0.3), math.log(90.0), 60))
"""minutes of work a ticket that are tried"""
LEAST_TICKETS, LEAST_DAYS = 20, 2
"""tickets of a queue, and days with any, below which it is not in the scenario"""
TRIES = 3
"""replications of a day for each work that is tried"""
RESAMPLED = 400
"""times that the days are drawn anew for the interval of the work"""
LEAST_OF_DAY = 3
"""tickets of a line on a day, below which the day tells nothing of its work"""
DAYS_OF_INTERVAL = 3
"""days of a line, below which its work has no interval"""
MINUTES = np.arange(1440.0)
"""of the day"""


@dataclass(frozen=True, slots=True)
class QueueFit:
    """One queue of an office."""

    id: str
    """as the snapshots have it"""
    name: str
    tickets: int
    days: int
    wait: float
    """minutes, observed mean"""
    work: Figure
    """minutes a ticket; nan interval from fewer than three days"""
    congested: Figure
    """minutes of open windows a ticket called while somebody waited; nan where nobody did"""
    windows: float
    """open on the average day, at most"""
    line: tuple[str, ...]
    """queues in the same line, itself among them"""
    shared: int
    """queues that its windows serve"""
    stuck: bool
    """whether the number of open windows tells nothing"""


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


@dataclass(frozen=True, slots=True)
class _Day:
    """One day of one line."""

    issued: Floats
    wait: Floats
    at: Floats
    open: Longs
    """(k,) windows open from `at` on"""
    work: Floats
    """(TRIES, n) of mean 1"""


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
    pools, found = pools_of(snapshots), list[OfficeFit]()
    offices = sorted(set(snapshots.offices.values()))
    files = ids_of(offices)
    for n, office in enumerate(offices):
        own = [pool for pool in pools if snapshots.offices[pool[0]] == office]
        fitted = _office(snapshots, office, own, name if name and len(offices) == 1 else files[office], files[office], language)
        if fitted is not None:
            found.append(fitted)
        progress((n + 1) / len(offices))
    if not found:
        raise BadInput([fault("fit_offices_few", "log", len(snapshots.tickets), tickets=LEAST_TICKETS, days=LEAST_DAYS)])
    return tuple(found)


def _office(snapshots: Snapshots, office: str, pools: list[tuple[str, ...]], name: str, id: str, language: str) -> OfficeFit | None:
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
    draft = Draft(Parts(log, arrivals, periods, (), {}, {}, WindowsFit((), (), np.zeros((0, 0)), np.zeros((0, 0)), {}, False), None), {})
    draft.ids = ids_of(queue.rpartition("/")[2] for queue in sorted(usable))
    draft.ids = dict(zip(sorted(usable), draft.ids.values(), strict=True)) if len(draft.ids) == len(usable) else ids_of(sorted(usable))
    queues = [each for pool in pools for each in _queues(snapshots, tickets, tuple(q for q in pool if q in usable), len(pool))]
    slots = [n for period in periods for n in period.slots]
    services, windows = list[dict[str, Any]](), list[dict[str, Any]]()
    for each in queues:
        services.append(_service(draft, each, arrivals, slots, [period.before for period in periods if period.early > 0]))
    for line in dict.fromkeys(each.line for each in queues):
        windows += _windows(draft, snapshots, arrivals, [each for each in queues if each.line == line], periods)
    draft.assume("", "office_patience")
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


# ---- the work a ticket -------------------------------------------------------------------------------------------------------------------


def _queues(snapshots: Snapshots, tickets: pd.DataFrame, pool: tuple[str, ...], shared: int) -> list[QueueFit]:
    """The queues of one pool, in one line or each by itself, whichever describes their days better."""
    if not pool:
        return []
    stuck = {queue: _stuck(snapshots, queue) for queue in pool}
    apart = {queue: _work(_days(snapshots, tickets, (queue,), stuck[queue])) for queue in pool}
    lines: dict[str, tuple[str, ...]] = {queue: (queue,) for queue in pool}
    fitted = {queue: each for queue, each in apart.items() if each is not None}
    if len(pool) > 1:
        together = _work(_days(snapshots, tickets, pool, all(stuck.values())))
        if together is not None and together[1] < np.mean([loss for _, loss in fitted.values()]):
            lines, fitted = dict.fromkeys(pool, pool), dict.fromkeys(pool, together)
    found = []
    for queue in pool:
        if queue not in fitted:
            continue
        rows = tickets[tickets["queue"] == queue]
        alone = _days(snapshots, tickets, lines[queue], stuck[queue])
        found.append(QueueFit(
            queue, snapshots.names[queue], len(rows), int(rows["day"].nunique()), float((rows["called"] - rows["issued"]).mean()),
            fitted[queue][0], congested(alone), max((int(day.open.max()) for day in alone), default=0), lines[queue], shared,
            stuck[queue],
        ))  # fmt: skip
    return found


def _stuck(snapshots: Snapshots, queue: str) -> bool:
    days = [day for day, other in snapshots.open if other == queue]
    return 2 * sum(snapshots.stuck(day, queue) for day in days) > len(days)


def _days(snapshots: Snapshots, tickets: pd.DataFrame, queues: tuple[str, ...], stuck: bool) -> list[_Day]:
    """The days of one line; one window all day where the number of open ones is stuck."""
    found = []
    spread = math.sqrt(math.log(1 + CV**2))
    from scipy.special import ndtri

    for day, rows in tickets[tickets["queue"].isin(queues)].sort_values(["day", "issued"], kind="stable").groupby("day"):
        told = [snapshots.open[str(day), queue] for queue in queues if (str(day), queue) in snapshots.open]
        if (
            len(rows) < LEAST_OF_DAY
            or not told
            or (not stuck and any(snapshots.stuck(str(day), queue) for queue in queues if (str(day), queue) in snapshots.open))
        ):
            continue
        at, open = max(told, key=lambda each: int(each[1].sum()))
        issued = rows["issued"].to_numpy(np.float64)
        draws = np.array([uniforms(1, f"pool.work.{day}", queues[0], len(rows), run) for run in range(TRIES)])
        work = np.exp(spread * ndtri(draws) - spread**2 / 2)
        found.append(_Day(issued, rows["called"].to_numpy(np.float64) - issued, at, np.ones_like(open) if stuck else open, work))
    return found


def _work(days: list[_Day]) -> tuple[Figure, float] | None:
    """Minutes a ticket under which the waits come out, and the error that is left; None without a day."""
    if not days:
        return None
    told = np.array([day.wait.mean() for day in days])
    people = np.array([len(day.issued) for day in days], np.float64)
    simulated = np.zeros((len(WORK), len(days)))
    for d, day in enumerate(days):
        wait, ready, slower = np.empty(len(day.issued)), np.zeros(len(day.issued)), np.ones(len(day.at))
        for work in day.work:
            for s, minutes in enumerate(WORK):
                serve_pool(day.issued, minutes * work, ready, day.at, day.open, slower, wait)
                simulated[s, d] += wait.mean() / TRIES
    best, loss = _best(simulated, told, people, np.arange(len(days)))
    if len(days) < DAYS_OF_INTERVAL:
        return Figure(float(WORK[best]), math.nan, math.nan), loss
    rng = np.random.default_rng(1)
    again = [_best(simulated, told, people, rng.integers(0, len(days), len(days)))[0] for _ in range(RESAMPLED)]
    low, high = np.quantile(WORK[again], (0.025, 0.975))
    step = math.sqrt(float(WORK[1] / WORK[0]))  # between two that are tried nothing is told
    return Figure(float(WORK[best]), float(low) / step, float(high) * step), loss


def _best(simulated: Floats, told: Floats, people: Floats, chosen: Longs) -> tuple[int, float]:
    """The work of the least error of the logarithms of the days' mean waits, and of that of all days together."""
    weight = np.minimum(people[chosen], MANY) / np.minimum(people[chosen], MANY).sum()
    error = np.abs(np.log((simulated[:, chosen] + SMALLEST) / (told[chosen] + SMALLEST))) @ weight
    share = people[chosen] / people[chosen].sum()
    whole = np.abs(np.log((simulated[:, chosen] @ share + SMALLEST) / (told[chosen] @ share + SMALLEST)))
    padded = np.pad(error + OVERALL * whole, 1, mode="edge")
    smooth = 0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]
    best = int(np.argmin(smooth))
    return best, float(smooth[best])


def congested(days: list[_Day]) -> Figure:
    """Minutes of open windows while somebody waited, over the tickets that had waited when called; the interval leaves out single days."""
    minutes, calls = np.zeros(len(days)), np.zeros(len(days))
    for d, day in enumerate(days):
        called = day.issued + day.wait
        waiting = np.searchsorted(day.issued, MINUTES, side="right") - np.searchsorted(np.sort(called), MINUTES, side="right")
        step = np.searchsorted(day.at, MINUTES, side="right") - 1
        open = np.where(step >= 0, day.open[np.maximum(step, 0)], 0)
        busy = (waiting > 0) & (open > 0)
        minutes[d] = float(open[busy].sum())
        calls[d] = float((day.wait > SMALLEST).sum())
    if calls.sum() == 0:
        return Figure(math.nan, math.nan, math.nan)
    value = float(minutes.sum() / calls.sum())
    left = (minutes.sum() - minutes) / np.maximum(calls.sum() - calls, 1)
    error = math.sqrt((len(days) - 1) * float(left.var())) if len(days) >= DAYS_OF_INTERVAL else math.nan
    return Figure(value, max(value - Z95 * error, 0.0), value + Z95 * error)


# ---- the scenario ------------------------------------------------------------------------------------------------------------------------


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
