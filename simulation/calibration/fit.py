"""A whole log fitted, and the scenario that follows from it.

The scenario is that of an ordinary day of the log: the rates are means over its ordinary days, the factors of the weekdays are told
beside them, and the day's own variation is in `day_cv` and `half_hour_cv`. Every figure that was fitted has `fit ID` as its basis; what
the log cannot tell is marked as an assumption (what happens at the end of the day, nameless windows that serve everything) or left out
(patience that was not seen is endless; priorities).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import time
from typing import Any

import numpy as np

from simulation.calibration.arrivals import HALF_HOUR, Arrivals, fit_arrivals
from simulation.calibration.laws import Figure, FittedLaw
from simulation.calibration.logs import Log
from simulation.calibration.services import ServiceFit, fit_service
from simulation.calibration.windows import WindowsFit, fit_windows
from simulation.faults import BadInput, fault

_NO_ID = re.compile(r"[^\w-]+")


@dataclass(frozen=True, slots=True)
class FittedFigure:
    """One number of the scenario that the log told."""

    path: str
    """where it stands in the scenario, such as services.tax.service_min.mean"""
    figure: Figure
    unit: str
    n: int
    """rows, or days, that it rests on"""
    method: str


@dataclass(frozen=True, slots=True)
class Fit:
    """What one log told."""

    log: Log
    arrivals: Arrivals
    services: tuple[ServiceFit, ...]
    windows: WindowsFit
    document: dict[str, Any]
    """the scenario, as `simulation.scenario.parse` reads it"""
    figures: tuple[FittedFigure, ...]

    @property
    def id(self) -> str:
        return self.log.id


def fit_log(log: Log, name: str = "fitted") -> Fit:
    """Fits everything, and builds the scenario.

    Raises
    ------
    simulation.faults.BadInput
        if no service has enough services for a law, or nobody comes at a time that could be an opening.
    """
    arrivals = fit_arrivals(log)
    services = tuple(fit_service(log, service) for service in arrivals.services)
    kept = tuple(each for each in services if each.laws)
    if not kept or not arrivals.half_hours:
        raise BadInput([fault("fit_too_few", "log", sum(each.served for each in services))])
    windows = fit_windows(log, arrivals.days, arrivals.half_hours)
    return Fit(log, arrivals, services, windows, _document(log, arrivals, kept, windows, name), _figures(log, arrivals, kept))


def clean(id: str) -> str:
    """A word of the log as an id of a scenario."""
    return _NO_ID.sub("-", id.strip()).strip("-") or "x"


def _document(log: Log, arrivals: Arrivals, services: tuple[ServiceFit, ...], windows: WindowsFit, name: str) -> dict[str, Any]:
    said = f"fit {log.id}"
    basis = {"opening": f"assumption: the half-hours in which people came ({said}), and everybody inside is served at the end"}
    listed = []
    for each in services:
        row = arrivals.services.index(each.id)
        entry: dict[str, Any] = {
            "id": clean(each.id),
            "service_min": _table(each.laws[0]),
            "arrivals_per_hour": [_plain(arrivals.rate(row, n).value) for n in range(len(arrivals.half_hours))],
        }
        if each.patience is not None:
            entry["patience_min"] = _table(each.patience)
        listed.append(entry)
        basis |= {f"services.{entry['id']}.{key}": said for key in entry if key != "id"}
    document: dict[str, Any] = {
        "schema": 1,
        "name": name,
        "opening": [
            {"from": _clock(start), "to": _clock(end), "at_end": "serve_all"} for start, end in _stretches(list(arrivals.half_hours))
        ],
        "services": listed,
    }
    if arrivals.dispersion is not None:
        found = {"day_cv": arrivals.dispersion.day_cv, "half_hour_cv": arrivals.dispersion.half_hour_cv}
        demand = {key: _plain(min(figure.value, 3.0)) for key, figure in found.items() if figure.low > 0}
        if demand:
            document["demand"] = demand
            basis |= {f"demand.{key}": said for key in demand}
    document["windows"] = _seats(windows, services) if windows.regular else _crew(windows)
    crew = f"assumption: as many as on post on the average day ({said}), each for everything"
    for seat in document["windows"]:
        basis |= {
            f"windows.{seat['id']}.{key}": said if windows.regular else crew
            for key in ("count", "shifts", "service_min")
            if key in seat or key == "count"
        }
    document["basis"] = basis
    return document


def _seats(windows: WindowsFit, services: tuple[ServiceFit, ...]) -> list[dict[str, Any]]:
    """Windows by name, on post in the half-hours in which they were there on most days."""
    known = {each.id for each in services}
    seats = []
    for n, window in enumerate(windows.ids):
        hours = [at for at, share in zip(windows.half_hours, windows.on_post[n], strict=True) if share >= 0.5]
        serves = [service for service in windows.serves(window) if service in known]
        if not hours or not serves:
            continue
        seat: dict[str, Any] = {"id": clean(window), "serves": [clean(each) for each in serves], "shifts": _shifts(hours)}
        own = {clean(each.id): _table(each.at_window[window]) for each in services if window in each.at_window and each.id in serves}
        if own:
            seat["service_min"] = own
        seats.append(seat)
    return seats


def _crew(windows: WindowsFit) -> list[dict[str, Any]]:
    """Nameless windows for everything, so many at each half-hour as on the average day."""
    needed = np.maximum(np.round(windows.open.mean(axis=0)).astype(int), 1)
    seats: list[dict[str, Any]] = []
    for level in range(1, int(needed.max()) + 1):
        hours = [at for at, count in zip(windows.half_hours, needed, strict=True) if count >= level]
        seats.append({"id": f"seat-{level}", "serves": ["*"], "shifts": _shifts(hours)})
    return seats


def _shifts(half_hours: list[float]) -> list[dict[str, time]]:
    return [{"from": _clock(start), "to": _clock(end)} for start, end in _stretches(half_hours)]


def _stretches(half_hours: list[float]) -> list[tuple[float, float]]:
    """Half-hours that follow one another as one."""
    found: list[tuple[float, float]] = []
    for each in half_hours:
        if found and found[-1][1] == each:
            found[-1] = (found[-1][0], each + HALF_HOUR)
        else:
            found.append((each, each + HALF_HOUR))
    return found


def _clock(minutes: float) -> time:
    return time(int(minutes) // 60, int(minutes) % 60)


def _table(fitted: FittedLaw) -> dict[str, Any]:
    return {key: value if isinstance(value, str) else _plain(value) for key, value in fitted.table.items()}


def _plain(number: float) -> float:
    """Six significant digits: more than any log tells."""
    return float(f"{number:.6g}")


def _figures(log: Log, arrivals: Arrivals, services: tuple[ServiceFit, ...]) -> tuple[FittedFigure, ...]:
    found = []
    for each in services:
        at, best = f"services.{clean(each.id)}", each.laws[0]
        found.append(FittedFigure(f"{at}.service_min.mean", best.mean, "minutes", best.n, best.law.family))
        found.append(FittedFigure(f"{at}.service_min.cv", best.cv, "", best.n, best.law.family))
        if each.patience is not None:
            found.append(FittedFigure(f"{at}.patience_min.mean", each.patience.mean, "minutes", each.patience.n, each.patience.law.family))
        row = arrivals.services.index(each.id)
        for n, start in enumerate(arrivals.half_hours):
            where = f"{at}.arrivals_per_hour.{int(start) // 60:02d}:{int(start) % 60:02d}"
            found.append(FittedFigure(where, arrivals.rate(row, n), "per hour", len(arrivals.days), "mean"))
        if math.isfinite(each.no_show.value) and each.no_show.value > 0:
            found.append(FittedFigure(f"{at}.no_show", each.no_show, "", each.served, "share"))
    if arrivals.dispersion is not None:
        for key in ("day_cv", "half_hour_cv"):
            found.append(FittedFigure(f"demand.{key}", getattr(arrivals.dispersion, key), "", len(arrivals.days), "moments"))
    return tuple(found)
