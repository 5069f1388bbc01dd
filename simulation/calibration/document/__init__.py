"""The scenario that the parts of a fit make, every figure of it, and what the log does not tell of it.

draft     what was fitted, and the scenario as it grows
days      openings, days of the week, what varies from day to day
citizens  services: who comes, how long they take, how long they wait
classes   who of them is called ahead of whom
windows   who serves, when and what
notes     what is not carried over; the basis of what is

Nothing is fitted here.
"""

from __future__ import annotations

from typing import Any

from simulation.calibration.document.citizens import services_of
from simulation.calibration.document.classes import classes_of
from simulation.calibration.document.days import demand_of, openings_of
from simulation.calibration.document.draft import Draft, FittedFigure, Parts
from simulation.calibration.document.notes import note_of, rest_of
from simulation.calibration.document.windows import windows_of
from simulation.calibration.naming import ids_of
from simulation.calibration.unknown import Unknown

__all__ = ["Draft", "FittedFigure", "Parts", "demand_of", "document_of", "note_of", "openings_of"]


def document_of(parts: Parts, name: str, language: str) -> tuple[dict[str, Any], tuple[FittedFigure, ...], tuple[Unknown, ...]]:
    """The scenario with its basis, the fitted figures, and what stays unknown."""
    draft = Draft(parts, ids_of(each.id for each in parts.services if each.laws))
    document: dict[str, Any] = {"schema": 1, "name": name, "note": "", "opening": openings_of(draft), "services": services_of(draft)}
    demand = demand_of(draft)
    if demand:
        document["demand"] = demand
    classes = classes_of(draft)
    if classes:
        document["classes"] = classes
    if parts.bookings:
        document["rules"] = {"booked": "first"}
        draft.assume("rules.booked", "rules_booked")
    document["windows"] = windows_of(draft)
    rest_of(draft)
    note_of(document, draft, language)
    return document, tuple(draft.figures), tuple(draft.unknowns)
