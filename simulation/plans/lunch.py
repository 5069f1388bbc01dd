"""Lunch: the hall kept open with half of each group resting at a time (AB岗), or closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from itertools import pairwise
from typing import Any

from simulation.plans.document import (
    HALF_HOUR,
    Document,
    clock,
    copied,
    end_of,
    half_hours,
    minutes,
    profile_of,
    set_profile,
    settled,
    to_total,
    windows_of,
)

LUNCH_SHARE = 0.5
"""arrivals in a covered lunch half-hour, against the mean of the half-hours on either side (assumption)"""


def lunch_covered(document: Mapping[str, Any]) -> bool | None:
    """Whether the hall stays open over lunch in two halves (AB岗); None where there is no lunch to cover."""
    if _covered_break(document):
        return True
    return False if _gap(document) else None


def cover_lunch(document: Mapping[str, Any], on: bool = True) -> Document:
    """Keep the hall open over its longest closing in the day, half of each group resting at a time; or close it again.

    The day's total of arrivals stays. On: those who waited for the afternoon's doors come in the lunch half-hours; where nobody did, these
    half-hours get LUNCH_SHARE of what comes on either side and the day is scaled back. Off: who came over lunch comes in the afternoon.
    A document without a lunch, or already so, comes back unchanged.
    """
    plan = copied(document)
    gap, covered = _gap(plan), _covered_break(plan)
    if on and not covered and gap:
        return _open_over(plan, gap)
    if not on and covered:
        return _close_over(plan, *covered)
    return plan


def keep_open(document: Mapping[str, Any]) -> Document:
    """Every window open over lunch, nobody resting in turn (午间不断岗 with more staff); the arrivals are those of a covered lunch."""
    plan = cover_lunch(document)
    covered = _covered_break(plan)
    if covered is None:
        return plan
    _, start, end = covered
    for window in plan["windows"]:
        pause = window.get("ab_break")
        if pause and start <= minutes(pause["from"]) and end_of(pause["to"]) <= end:
            del window["ab_break"]
    return settled(plan, [])


def _gap(document: Mapping[str, Any]) -> int | None:
    """Position of the opening before the longest closing of the day."""
    openings = document.get("opening") or []
    gaps = [minutes(after["from"]) - end_of(before["to"]) for before, after in pairwise(openings)]
    return gaps.index(max(gaps)) + 1 if gaps and max(gaps) > 0 else None


def _covered_break(document: Mapping[str, Any]) -> tuple[int, int, int] | None:
    """Position of the opening that an A/B break lies in, and the break's from and to widened to half-hours."""
    for window in windows_of(document):
        pause = window.get("ab_break")
        if not pause:
            continue
        start, end = minutes(pause["from"]) // HALF_HOUR * HALF_HOUR, -(-end_of(pause["to"]) // HALF_HOUR) * HALF_HOUR
        for position, opening in enumerate(document.get("opening") or []):
            if minutes(opening["from"]) < start and end < end_of(opening["to"]):
                return position, start, end
    return None


def _open_over(plan: Document, after: int) -> Document:
    before, behind = plan["opening"][after - 1 : after + 1]
    start, end = before["to"], behind["from"]
    first = sum(half_hours(each) for each in plan["opening"][:after])
    lunch = (minutes(end) - end_of(start)) // HALF_HOUR
    early = [position for position, each in enumerate(plan["opening"]) if each.get("early_min", 0) > 0]
    changed = ["opening"]
    for service in plan["services"]:
        waited = _take_early(service, early, after)
        profile = profile_of(service, plan)
        if profile:
            between = [waited * 60 / HALF_HOUR / lunch if waited else LUNCH_SHARE * (profile[first - 1] + profile[first]) / 2] * lunch
            total = sum(profile) + waited * 60 / HALF_HOUR
            key = set_profile(service, to_total([*profile[:first], *between, *profile[first:]], total))
            changed.append(f"services.{service['id']}.{key}")
    merged = {**{key: value for key, value in behind.items() if key != "early_min"}, "from": before["from"]}
    if "early_min" in before:
        merged["early_min"] = before["early_min"]
    plan["opening"][after - 1 : after + 1] = [merged]
    for window in plan["windows"]:
        window_shifts = window.get("shifts")
        if window_shifts:
            window["shifts"] = _joined(window_shifts, start, end)
        rests = [*window.get("breaks", []), *([window["ab_break"]] if "ab_break" in window else [])]
        resting = any(minutes(rest["from"]) < minutes(end) and end_of(start) < end_of(rest["to"]) for rest in rests)
        if not resting and "ab_break" not in window and _works(window, end_of(start), minutes(end)):
            window["ab_break"] = {"from": start, "to": end}
            changed.append(f"windows.{window['id']}.ab_break")
    return settled(plan, changed)


def _close_over(plan: Document, position: int, start: int, end: int) -> Document:
    opening = plan["opening"][position]
    begin = sum(half_hours(each) for each in plan["opening"][:position])
    low, high = begin + (start - minutes(opening["from"])) // HALF_HOUR, begin + (end - minutes(opening["from"])) // HALF_HOUR
    last = begin + half_hours(opening)
    changed = ["opening"]
    for service in plan["services"]:
        profile = profile_of(service, plan)
        if profile:
            moved, later = sum(profile[low:high]), sum(profile[high:last])
            shares = [each / later if later else 1 / (last - high) for each in profile[high:last]]
            afternoon = [each + moved * share for each, share in zip(profile[high:last], shares, strict=True)]
            key = set_profile(service, [*profile[:low], *afternoon, *profile[last:]])
            changed.append(f"services.{service['id']}.{key}")
    morning = {key: value for key, value in opening.items() if key not in ("last_ticket", "at_end")}
    morning |= {"to": clock(start), "at_end": "keep_tickets"}
    afternoon_part = {key: value for key, value in opening.items() if key != "early_min"} | {"from": clock(end)}
    if "last_ticket" in opening and minutes(opening["last_ticket"]) <= end:
        del afternoon_part["last_ticket"]
    plan["opening"][position : position + 1] = [morning, afternoon_part]
    for window in plan["windows"]:
        pause = window.get("ab_break")
        if pause and start <= minutes(pause["from"]) and end_of(pause["to"]) <= end:
            del window["ab_break"]
        if window.get("shifts"):
            window["shifts"] = _cut(window["shifts"], start, end) or window["shifts"]
    return settled(plan, changed)


def _take_early(service: Document, early: list[int], position: int) -> float:
    """Those who waited before the doors of an opening that is now no more; they are taken out of the service."""
    given = service.get("early_arrivals")
    if given is None or position not in early:
        return 0.0
    waited = given[early.index(position)] if isinstance(given, list) else given
    if isinstance(given, list):
        service["early_arrivals"] = [each for n, each in enumerate(given) if n != early.index(position)]
    if len(early) == 1:
        del service["early_arrivals"]
    return float(waited)


def _works(window: Document, start: int, end: int) -> bool:
    """Whether the window is on shift in all of a stretch of the day."""
    return "shifts" not in window or any(minutes(each["from"]) <= start and end <= end_of(each["to"]) for each in window["shifts"])


def _joined(shifts: list[Document], start: time, end: time) -> list[Document]:
    """Shifts with the closing filled in where one ends at its start and another begins at its end."""
    ends = [each for each in shifts if each["to"] == start]
    begins = [each for each in shifts if each["from"] == end]
    if not ends or not begins:
        return shifts
    kept = [each for each in shifts if each not in (ends[0], begins[0])]
    return sorted([*kept, {"from": ends[0]["from"], "to": begins[0]["to"]}], key=lambda each: minutes(each["from"]))


def _cut(shifts: list[Document], start: int, end: int) -> list[Document]:
    pieces = []
    for each in shifts:
        first, last = minutes(each["from"]), end_of(each["to"])
        for low, high in ((first, min(last, start)), (max(first, end), last)):
            if low < high:
                pieces.append({"from": clock(low), "to": clock(high)})
    return pieces
