"""A given day served again: the draws of every replication, and what the engine makes of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.calibration.gaps import BLOCK, BLOCKS
from simulation.calibration.given.days import GivenDay
from simulation.calibration.given.draws import NOBODY, away_of, drawn_classes, drawn_patience, pauses_of, work_of
from simulation.calibration.given.hall import hall_of, visits_of
from simulation.calibration.given.model import Model
from simulation.demand import rounded
from simulation.serve import engine_of
from simulation.streams import uniforms
from simulation.tickets import RENEGED, SERVED

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What would have become of the people of one day."""

    wait: Floats
    """(replications, n) minutes"""
    left: NDArray[np.bool_]
    """(replications, n)"""


def replay(
    model: Model, day: GivenDay, replications: int, seed: int = 1, engine: str = "kernel", as_served: bool = False, first: int = 0
) -> Replayed:
    """Serves one day so many times.

    first : the number of the first of these replications, whose draws are those of its number

    as_served : every service lasts as long as it did that day, where the log tells: what is left of a miss then is not the service times'
    """
    serve, names = engine_of(engine), list(model.services)
    windows = sorted(day.posts["window"].unique())
    hall = hall_of(model, day, tuple(windows))
    rows = day.rows
    count = len(rows)
    arrived = rounded(rows["arrived"].to_numpy(np.float64))
    service = np.array([names.index(each) for each in rows["service"]], dtype=np.int32)
    block = np.minimum(arrived // BLOCK, BLOCKS - 1).astype(int)
    pace = np.array([model.pace.get(window, 1.0) for window in windows])
    lasted = np.where(rows["outcome"] == "served", rows["ended"] - rows["called"], np.nan)
    waits, lefts = np.empty((replications, count)), np.empty((replications, count), np.bool_)
    for n in range(replications):

        def draw(purpose: str, many: int, replication: int = first + n) -> Floats:
            return uniforms(seed, f"believe.{purpose}", day.day, many, replication)

        klass = drawn_classes(model, rows, draw("class", count))
        work = work_of(model, names, service, draw("work", count)) * model.hour[block]
        minutes = work[:, None] * pace[None, :]
        if as_served:
            minutes = np.where(np.isnan(lasted)[:, None], minutes, lasted[:, None])
        if model.gaps is not None:
            minutes += pauses_of(model.gaps, windows, block, draw("away", count), draw("ready", count), draw("back", count))
        patience = drawn_patience(model, rows["service"].to_numpy(object), service, klass, names, draw("patience", count))
        ahead = np.array([model.turns.ahead[k].value if k in model.turns.ahead else 0.0 for k in klass])
        away = away_of(model.gaps, day.posts, windows, len(names), draw) if model.gaps is not None else NOBODY
        order = np.argsort(np.concatenate([arrived, away.at]), kind="stable")
        log = serve(hall, visits_of(order, arrived, service, minutes, patience, ahead, away, len(windows)))
        row = order[log.task]
        ours = row < count
        until = np.where(log.outcome == SERVED, log.called, log.ended)
        waits[n, row[ours]] = np.maximum(until - log.arrival, 0.0)[ours]
        lefts[n, row[ours]] = (log.outcome == RENEGED)[ours]
    return Replayed(waits, lefts)
