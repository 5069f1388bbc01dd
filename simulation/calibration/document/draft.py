"""What was fitted to a log, and the scenario that grows from it: every figure, every assumption.

Each part of the document (days, citizens, windows) writes its own keys and tells the draft what they rest on. Nothing is fitted here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from simulation.calibration.appointments import BookingFit
from simulation.calibration.arrivals import Arrivals
from simulation.calibration.classes import ClassesFit
from simulation.calibration.doors import Period
from simulation.calibration.further import FurtherFit
from simulation.calibration.idling import Idling
from simulation.calibration.laws import Figure
from simulation.calibration.logs import Log
from simulation.calibration.pauses import Pauses
from simulation.calibration.services import ServiceFit
from simulation.calibration.unknown import Unknown, unknown
from simulation.calibration.windows import WindowsFit


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
    written: bool = True
    """whether the scenario has it; False: told beside it"""


@dataclass(frozen=True, slots=True)
class Parts:
    """What was fitted."""

    log: Log
    arrivals: Arrivals
    periods: tuple[Period, ...]
    services: tuple[ServiceFit, ...]
    further: dict[str, FurtherFit]
    bookings: dict[str, BookingFit]
    windows: WindowsFit
    pauses: Pauses | None
    classes: ClassesFit | None
    idling: Idling | None


@dataclass(slots=True)
class Draft:
    """The scenario as it grows."""

    parts: Parts
    ids: dict[str, str]
    """service of the log -> of the scenario; only those with a law"""
    figures: list[FittedFigure] = field(default_factory=list)
    unknowns: list[Unknown] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """paths that were fitted"""

    def tell(self, path: str, figure: Figure, unit: str, n: int, method: str, written: bool = True) -> None:
        self.figures.append(FittedFigure(path, figure, unit, n, method, written))

    def assume(self, path: str, code: str, **facts: object) -> None:
        self.unknowns.append(unknown(path, code, **facts))
