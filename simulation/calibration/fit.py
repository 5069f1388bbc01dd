"""A whole log fitted, and the scenario that follows from it.

The scenario is that of an ordinary day of the log; where the days of the week differ clearly its days have dates and factors, and what
varies beyond them is in `day_cv` and `half_hour_cv`. Every figure that was fitted has `fit ID` as its basis; what the log cannot tell is
an assumption, named with its reason (`unknown`), in the scenario and in the report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulation.calibration.appointments import fit_booking
from simulation.calibration.arrivals import fit_arrivals
from simulation.calibration.classes import fit_classes
from simulation.calibration.document import FittedFigure, Parts, document_of
from simulation.calibration.doors import fit_periods
from simulation.calibration.further import fit_further
from simulation.calibration.given.posts import posts_of
from simulation.calibration.idling import fit_idling
from simulation.calibration.laws import LEAST
from simulation.calibration.logs import Log
from simulation.calibration.pauses import begins_of, fit_pauses
from simulation.calibration.services import fit_service
from simulation.calibration.unknown import Unknown
from simulation.calibration.windows import fit_windows
from simulation.faults import BadInput, fault

__all__ = ["Fit", "FittedFigure", "fit_log"]


@dataclass(frozen=True, slots=True)
class Fit(Parts):
    """What one log told, and the scenario of it."""

    document: dict[str, Any]
    """the scenario, as `simulation.scenario.parse` reads it"""
    figures: tuple[FittedFigure, ...]
    unknowns: tuple[Unknown, ...]
    """what the log does not tell"""

    @property
    def id(self) -> str:
        return self.log.id


def fit_log(log: Log, name: str = "fitted", language: str = "en") -> Fit:
    """Fits everything, and builds the scenario.

    language : of the reasons that the scenario gives for its assumptions, en or zh

    Raises
    ------
    simulation.faults.BadInput
        if no service has enough services for a law, or nobody comes at a time that could be an opening.
    """
    served = int((log.frame["outcome"] == "served").sum())
    if served < LEAST:
        raise BadInput([fault("fit_too_few", "log", served)])
    arrivals = fit_arrivals(log)
    services = tuple(fit_service(log, service) for service in arrivals.services)
    if not any(each.laws for each in services) or not arrivals.half_hours:
        raise BadInput([fault("fit_too_few", "log", sum(each.served for each in services))])
    periods = fit_periods(log, arrivals)
    further = {each.id: fit_further(log, each.id) for each in services}
    found = {each.id: fit_booking(log, each.id, arrivals.days, periods) for each in services}
    bookings = {service: each for service, each in found.items() if each is not None}
    windows = fit_windows(log, arrivals.days, arrivals.half_hours)
    pauses = fit_pauses(log, windows, periods)
    serves = {window: set(windows.serves(window)) for window in windows.ids}
    classes = fit_classes(log, serves or {"": set(arrivals.services)})
    posts = posts_of(log)
    posts = posts[posts["day"].isin(arrivals.days) & posts["window"].isin(windows.ids)]
    idling = fit_idling(log, posts, serves, begins_of(windows, periods), pauses)
    parts = log, arrivals, periods, services, further, bookings, windows, pauses, classes, idling
    return Fit(*parts, *document_of(Parts(*parts), name, language))
