"""Days of a log as they were, to be served again by a fitted hall: who came when for what, and who was on post when.

Held days give what no model is asked to foresee (arrivals, staff open); the fit gives the rest: service times, patience, what windows do
between citizens, who is called before whom. `replay` draws that and lets the engine serve the day.

A window that goes away while idle is a citizen of the window's own who comes only if it is free at that instant, and takes as long as
it is away; pauses after a service lengthen the service. So the engines need no rule for either. The draws of a citizen are those of their
place in the day, whatever the model; so two models meet the same citizens.

Assumes that windows are on post by half-hours, and citizens of the log leave, are served or are sent home. Not for halls whose rules
(quotas, several openings) decide who gets a ticket: on given days everybody in the log does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import time
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.calibration.arrivals import HALF_HOUR
from simulation.calibration.gaps import BLOCK, BLOCKS, Gaps, fit_gaps, ready_seconds
from simulation.calibration.laws import FittedLaw
from simulation.calibration.logs import Log
from simulation.calibration.services import ServiceFit, fit_service
from simulation.calibration.turns import Turns, fit_turns
from simulation.calibration.windows import LEAST_SHARE, busy_at_once, presence
from simulation.demand import GRAIN, rounded
from simulation.engines import Visits
from simulation.faults import BadInput, fault
from simulation.laws import Law, quantile
from simulation.numbers import Hall, numbers_of
from simulation.scenario import parse
from simulation.serve import engine_of
from simulation.streams import uniforms
from simulation.tickets import RENEGED, SERVED

Floats = NDArray[np.float64]

GRID = tuple(HALF_HOUR * n for n in range(48))
LAST_MINUTE = 1440.0
QUEUED = ("served", "reneged", "sent_home", "interrupted", "unfinished")
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


@dataclass(frozen=True, slots=True)
class GivenDay:
    """One day as it was."""

    day: str
    rows: pd.DataFrame
    """of the log, everybody who queued, in order of arrival"""
    posts: pd.DataFrame
    """window, start, end (minutes of the day)"""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What would have become of the people of one day."""

    wait: Floats
    """(replications, n) minutes"""
    left: NDArray[np.bool_]
    """(replications, n)"""


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


def replay(model: Model, day: GivenDay, replications: int, seed: int = 1, engine: str = "kernel", as_served: bool = False) -> Replayed:
    """Serves one day so many times.

    as_served : every service lasts as long as it did that day, where the log tells: what is left of a miss then is not the service times'
    """
    serve, names = engine_of(engine), list(model.services)
    windows = sorted(day.posts["window"].unique())
    hall = _hall(model, day, tuple(windows))
    rows = day.rows
    count = len(rows)
    arrived = rounded(rows["arrived"].to_numpy(np.float64))
    service = np.array([names.index(each) for each in rows["service"]], dtype=np.int32)
    block = np.minimum(arrived // BLOCK, BLOCKS - 1).astype(int)
    pace = np.array([model.pace.get(window, 1.0) for window in windows])
    lasted = np.where(rows["outcome"] == "served", rows["ended"] - rows["called"], np.nan)
    waits, lefts = np.empty((replications, count)), np.empty((replications, count), np.bool_)
    for replication in range(replications):

        def draw(purpose: str, many: int, replication: int = replication) -> Floats:
            return uniforms(seed, f"believe.{purpose}", day.day, many, replication)

        klass = _drawn_classes(model, rows, draw("class", count))
        work = _work(model, names, service, draw("work", count)) * model.hour[block]
        minutes = work[:, None] * pace[None, :]
        if as_served:
            minutes = np.where(np.isnan(lasted)[:, None], minutes, lasted[:, None])
        if model.gaps is not None:
            minutes += _pauses(model.gaps, windows, block, draw("away", count), draw("ready", count), draw("back", count))
        patience = _drawn_patience(model, rows["service"].to_numpy(object), service, klass, names, draw("patience", count))
        ahead = np.array([model.turns.ahead[k].value if k in model.turns.ahead else 0.0 for k in klass])
        away = _away(model.gaps, day.posts, windows, len(names), draw) if model.gaps is not None else _NOBODY
        order = np.argsort(np.concatenate([arrived, away.at]), kind="stable")
        log = serve(hall, _visits(order, arrived, service, minutes, patience, ahead, away, len(windows)))
        row = order[log.task]
        ours = row < count
        until = np.where(log.outcome == SERVED, log.called, log.ended)
        waits[replication, row[ours]] = np.maximum(until - log.arrival, 0.0)[ours]
        lefts[replication, row[ours]] = (log.outcome == RENEGED)[ours]
    return Replayed(waits, lefts)


@dataclass(frozen=True, slots=True)
class _Away:
    """Windows that go away, as citizens."""

    at: Floats
    window: NDArray[np.int64]
    service: NDArray[np.int32]
    minutes: Floats


_NOBODY = _Away(np.empty(0), np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0))


def _away(gaps: Gaps, posts: pd.DataFrame, windows: list[str], services: int, draw: Callable[[str, int], Floats]) -> _Away:
    """When somebody would go away from each window if it is free then, and for how long."""
    at: list[float] = []
    window: list[int] = []
    lasts: list[float] = []
    begins, moments, lengths = draw("begins", len(posts)), iter(draw("leaving", 40_000)), iter(draw("away.min", 20_000))
    for n, (name, start, end) in enumerate(posts[["window", "start", "end"]].itertuples(index=False)):
        w = windows.index(name)
        more = gaps.factor.get(name, 1.0)
        block = min(int(start // BLOCK), BLOCKS - 1)
        leaving, back = more * gaps.leaving[block] * 60, gaps.back[block] * 60
        if begins[n] < leaving / (leaving + back):
            at.append(start)
            window.append(w)
            lasts.append(-np.log(next(lengths)) / back)
        now = start
        while True:
            block = min(int(now // BLOCK), BLOCKS - 1)
            edge = min((block + 1.0) * BLOCK, end)
            step = -np.log(next(moments)) / (more * gaps.leaving[block] * 60)
            now = now + step if now + step < edge else edge  # the chance begins anew in each block: it has no memory
            if now >= end:
                break
            if now < edge:
                at.append(now)
                window.append(w)
                lasts.append(-np.log(next(lengths)) / (gaps.back[block] * 60))
    which = np.array(window, np.int64)
    return _Away(rounded(np.array(at)), which, (services + which).astype(np.int32), np.array(lasts))


def _visits(
    order: NDArray[np.int64], arrived: Floats, service: NDArray[np.int32], minutes: Floats, patience: Floats, ahead: Floats, away: _Away,
    windows: int,
) -> Visits:  # fmt: skip
    """Citizens and windows that go away, in order."""
    more, count = len(away.at), len(order)
    pause = np.repeat(away.minutes[:, None], windows, axis=1)
    arrival = np.concatenate([arrived, away.at])[order]
    since = np.concatenate([np.where(ahead > 0, arrived - ahead, np.nan), np.full(more, np.nan)])[order]
    return Visits(
        arrival=arrival,
        first=np.arange(count, dtype=np.int32),
        shows=np.ones(count, np.bool_),
        service=np.concatenate([service, away.service])[order].astype(np.int32),
        lane=np.zeros(count, np.int32),
        since=np.where(np.isnan(since), since, rounded(since)),
        work=rounded(np.concatenate([minutes, pause])[order]),
        patience=rounded(np.concatenate([patience, np.full(more, GRAIN)])[order]),
        balking=np.full(count, 0.5),
        follows=np.full(count, -1, np.int32),
        stays=np.zeros(count, np.bool_),
        persons=np.ones(count, np.int32),
    )


def _hall(model: Model, day: GivenDay, windows: tuple[str, ...]) -> Hall:
    """The hall of that day: windows by their posts, a column of work for each window."""
    names = list(model.services)
    number = {name: n for n, name in enumerate(names)}
    seats: list[dict[str, Any]] = []
    skilled = [model.serves.get(window, model.common if model.serves else set(names)) for window in windows]
    extra = stood_in(day, windows, skilled)
    for w, window in enumerate(windows):
        skills = skilled[w] | extra[w]
        own = day.posts[day.posts["window"] == window]
        serves = [f"s{number[each]}" for each in names if each in skills] + ([f"a{w}"] if model.gaps is not None else [])
        shifts = [{"from": _clock(a), "to": _clock(b)} for a, b in own[["start", "end"]].itertuples(index=False)]
        seats.append({"id": f"w{w}", "serves": serves, "shifts": shifts})
    end = max(float(day.posts["end"].max()), float(day.rows["arrived"].max() // HALF_HOUR * HALF_HOUR + HALF_HOUR))
    law = {"family": "exponential", "mean": 1.0}
    mine = [f"s{n}" for n in range(len(names))] + ([f"a{w}" for w in range(len(windows))] if model.gaps is not None else [])
    # on a given day the clock of the hall is the clock of the log: the first opening begins at midnight
    scenario = parse({
        "schema": 1, "name": "given", "opening": [{"from": time(0), "to": _clock(min(end, LAST_MINUTE)), "at_end": "serve_all"}],
        "services": [{"id": each, "service_min": law, "arrivals_per_hour": 0.0} for each in mine], "windows": seats,
        "rules": {"idle_window": "longest_idle"},
    }, "given")  # fmt: skip
    hall, _ = numbers_of(scenario)
    variant = np.where(hall.variant >= 0, np.arange(len(windows), dtype=np.int32)[:, None], np.int32(-1)).astype(np.int32)
    return hall._replace(variant=variant)


def stood_in(day: GivenDay, windows: tuple[str, ...], skilled: list[set[str]]) -> list[set[str]]:
    """Services asked for while no window that serves them was on post: whoever was there must have served them all the same."""
    posts = day.posts
    at = np.array([windows.index(each) for each in posts["window"]])
    start, end = posts["start"].to_numpy(np.float64), posts["end"].to_numpy(np.float64)
    extra: list[set[str]] = [set() for _ in windows]
    for service, rows in day.rows.groupby("service"):
        moment = rows["arrived"].to_numpy(np.float64)[:, None]
        there = (moment >= start) & (moment < end)
        able = np.array([service in skilled[w] for w in at])
        alone = there[~(there & able).any(axis=1)]
        for w in set(at[alone.any(axis=0)].tolist()) if able.any() else range(len(windows)):
            extra[w].add(str(service))
    return extra


def _clock(minutes: float) -> time:
    return time(int(minutes) // 60 % 24, int(minutes) % 60)


def _drawn_classes(model: Model, rows: pd.DataFrame, draws: Floats) -> NDArray[np.object_]:
    """Of each row the class; where the log does not tell it, one of the service's, as often as it occurs."""
    klass = rows["klass"].to_numpy(object).copy()
    service = rows["service"].to_numpy(object)
    for name, shares in model.classes.items():
        unknown = np.flatnonzero((service == name) & (klass == ""))
        edges = np.cumsum(list(shares.values()))
        klass[unknown] = np.array(list(shares), object)[np.minimum(np.searchsorted(edges, draws[unknown]), len(edges) - 1)]
    return klass


def _work(model: Model, names: list[str], service: NDArray[np.int32], draws: Floats) -> Floats:
    """Minutes of service at the common pace, short ones as often as they were."""
    work = np.empty(len(service))
    for n, name in enumerate(names):
        mine = np.flatnonzero(service == n)
        short = np.sort(model.short[name])
        share = len(short) / max(model.services[name].served, 1)
        u = draws[mine]
        cut = u < share
        if cut.any():
            work[mine[cut]] = short[np.minimum((u[cut] / share * len(short)).astype(int), len(short) - 1)]
        law = model.services[name].laws[0].law
        work[mine[~cut]] = quantile(law, (u[~cut] - share) / (1 - share) * (1 - 2e-12) + 1e-12)
    return work


def _pauses(gaps: Gaps, windows: list[str], block: NDArray[np.int_], away: Floats, ready: Floats, back: Floats) -> Floats:
    """(n, windows) minutes after the service until the window is ready."""
    soon = ready_seconds(gaps.ready, ready) / 60
    long = -np.log(back) / (gaps.back[block] * 60)
    usual = float(np.mean(list(gaps.after.values())))
    after = np.array([gaps.after.get(window, usual) for window in windows])
    return np.where(away[:, None] < after[None, :], long[:, None], soon[:, None])


def _drawn_patience(
    model: Model, service: NDArray[np.object_], code: NDArray[np.int32], klass: NDArray[np.object_], names: list[str], draws: Floats
) -> Floats:
    patience = np.full(len(service), np.inf)
    for n, name in enumerate(names):
        mine = np.flatnonzero(code == n)
        fitted: FittedLaw | None = model.services[name].patience
        if fitted is not None:
            patience[mine] = quantile(fitted.law, draws[mine])
        for k in set(klass[mine]):
            mean = model.patience.get((name, k))
            if mean is not None:
                own = mine[klass[mine] == k]
                patience[own] = quantile(Law("exponential", (mean,)), draws[own])
    return patience


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
