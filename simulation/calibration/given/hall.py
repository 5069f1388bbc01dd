"""The hall of a given day and its citizens, as the engines take them.

A window that goes away while idle is a service of the window's own, with a citizen for each time.
"""

from __future__ import annotations

from datetime import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.calibration.arrivals import HALF_HOUR
from simulation.calibration.given.days import LAST_MINUTE, GivenDay
from simulation.calibration.given.draws import Away
from simulation.calibration.given.model import Model
from simulation.demand import GRAIN, rounded
from simulation.engines import Visits
from simulation.numbers import Hall, numbers_of
from simulation.scenario import parse

Floats = NDArray[np.float64]


def visits_of(
    order: NDArray[np.int64], arrived: Floats, service: NDArray[np.int32], minutes: Floats, patience: Floats, ahead: Floats, away: Away,
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
        wrap_up=np.empty((count, 0)),
    )


def hall_of(model: Model, day: GivenDay, windows: tuple[str, ...]) -> Hall:
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
