"""Appointments: a share of those who come today by themselves books a place instead."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from simulation.plans.document import HALF_HOUR, Document, Refused, copied, end_of, half_hours, minutes, settled

DAYS_PER_YEAR = 250
"""working days, where the document does not say (assumption)"""
STEP_MIN = 30
"""between two booked times, where the document says nothing (assumption)"""


def take_appointments(document: Mapping[str, Any], share: float, services: Sequence[str] | None = None) -> Document:
    """So large a share of the day's citizens comes by appointment, spread evenly over the open hours; the rest as before.

    As many come as before, apart from those who book and do not show up. There are just enough places at each step, and the share of
    them that is taken makes the number come out. 0 ends appointments. Raises Refused for a hall without opening hours and ValueError for
    a share outside 0 to 1.
    """
    if not 0 <= share <= 1:
        raise ValueError("the share lies between 0 and 1")
    plan = copied(document)
    openings = plan.get("opening") or []
    if not openings:
        raise Refused("plan_needs_hours")
    changed = []
    for service in plan["services"]:
        if services is not None and service["id"] not in services:
            continue
        given = service.get("booking") or {}
        step = given.get("step_min", STEP_MIN)
        steps = sum(math.ceil((end_of(each["to"]) - minutes(each["from"])) / step) for each in openings)
        by_themselves = _by_themselves(plan, service, openings)
        total = by_themselves + _places(given, openings) * given.get("booked", 1.0)
        if total <= 0:
            continue
        booked = share * total
        if booked > 0:
            places = max(1, math.ceil(booked / steps - 1e-9))
            kept = {key: value for key, value in given.items() if key != "times"}
            service["booking"] = {**kept, "step_min": step, "places": places, "booked": min(1.0, booked / steps / places)}
        else:
            service.pop("booking", None)
        if by_themselves > 0:
            _scale(service, (total - booked) / by_themselves)
        elif booked < total and service.get("volume"):
            service["volume"]["per_year"] = (total - booked) * plan.get("days_per_year", DAYS_PER_YEAR)
        elif booked < total:
            service["arrivals_per_hour"] = (total - booked) / sum(half_hours(each) for each in openings) * 60 / HALF_HOUR
        changed += [f"services.{service['id']}.{key}" for key in ("booking", "arrivals_per_hour", "early_arrivals") if key in service]
    return settled(plan, changed)


def share_booked(document: Mapping[str, Any], service: str) -> float:
    """The share of a service's citizens who come by appointment; 0 where nobody comes."""
    openings = document.get("opening") or []
    found = next(each for each in document["services"] if each["id"] == service)
    given = found.get("booking")
    if not given or not openings:
        return 0.0
    booked = float(_places(given, openings) * given.get("booked", 1.0))
    total = booked + _by_themselves(document, found, openings)
    return booked / total if total else 0.0


def _places(given: Mapping[str, Any], openings: Sequence[Mapping[str, Any]]) -> int:
    """Appointments that can be booked in a day, whichever way their times are said."""
    if given.get("times"):
        return sum(each["places"] for each in given["times"])
    count, listed, before = 0, given.get("places", 0), 0
    for each in openings:
        steps = math.ceil((end_of(each["to"]) - minutes(each["from"])) / given.get("step_min", STEP_MIN))
        if isinstance(listed, list):
            count += sum(listed[before + int(n * given["step_min"] // HALF_HOUR)] for n in range(steps))
            before += int(half_hours(each))
        else:
            count += steps * listed
    return count


def _by_themselves(document: Mapping[str, Any], service: Mapping[str, Any], openings: Sequence[Mapping[str, Any]]) -> float:
    """Citizens a day who come without an appointment."""
    if service.get("volume"):
        return float(service["volume"]["per_year"] / document.get("days_per_year", DAYS_PER_YEAR))
    rate, early = service.get("arrivals_per_hour") or 0.0, service.get("early_arrivals") or 0.0
    hours = HALF_HOUR / 60
    in_hours = sum(rate) * hours if isinstance(rate, list) else rate * hours * sum(half_hours(each) for each in openings)
    before = sum(early) if isinstance(early, list) else early * sum(each.get("early_min", 0) > 0 for each in openings)
    return float(in_hours + before)


def _scale(service: Document, factor: float) -> None:
    if service.get("volume"):
        service["volume"]["per_year"] *= factor
    for key in ("arrivals_per_hour", "early_arrivals"):
        if key in service:
            given = service[key]
            service[key] = [each * factor for each in given] if isinstance(given, list) else given * factor
