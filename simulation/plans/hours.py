"""Longer or shorter opening: one opening period begins or ends at another half-hour."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from simulation.plans.document import (
    HALF_HOUR,
    Document,
    Refused,
    copied,
    end_of,
    half_hours,
    later,
    minutes,
    profile_of,
    set_profile,
    settled,
    to_total,
)

NEW_SHARE = 0.5
"""arrivals in a half-hour that was closed before, against the half-hour beside it (assumption)"""


def set_hours(document: Mapping[str, Any], number: int, start: time, end: time) -> Document:
    """The opening period of this number (from 1) from `start` to `end`.

    As many citizens come in it as before: a new half-hour gets NEW_SHARE of what comes in the one beside it, a half-hour that falls away
    gives its citizens to the others of the period. Shifts that began or ended with the period still do; the last ticket and the last start
    keep their distance from the end. Raises Refused for a hall without opening hours or without that period, or where nothing would be
    left of it.
    """
    plan = copied(document)
    openings = plan.get("opening") or []
    if not 1 <= number <= len(openings):
        raise Refused("plan_no_opening", number=number, count=len(openings))
    opening = openings[number - 1]
    old_start, old_end, new_start, new_end = minutes(opening["from"]), end_of(opening["to"]), minutes(start), end_of(end)
    if new_end <= new_start or new_start % HALF_HOUR or new_end % HALF_HOUR:
        raise Refused("plan_hours", start=f"{start:%H:%M}", end=f"{end:%H:%M}")
    first = sum(half_hours(each) for each in openings[: number - 1])
    last = first + half_hours(opening)
    changed = ["opening"]
    for service in plan["services"]:
        profile = profile_of(service, plan)
        if profile and (old_start, old_end) != (new_start, new_end):
            mine = [_rate(profile[first:last], at, old_start) for at in range(new_start, new_end, HALF_HOUR)]
            key = set_profile(service, [*profile[:first], *to_total(mine, sum(profile[first:last])), *profile[last:]])
            changed.append(f"services.{service['id']}.{key}")
    if "last_ticket" in opening:
        last_ticket = max(minutes(opening["last_ticket"]) + new_end - old_end, new_start + 1)
        opening["last_ticket"] = time(last_ticket // 60 % 24, last_ticket % 60)
    if "last_start" in opening:
        if minutes(opening["last_start"]) + new_end - old_end <= new_start:
            raise Refused("plan_hours", start=f"{start:%H:%M}", end=f"{end:%H:%M}")
        opening["last_start"] = later(opening["last_start"], new_end - old_end)
    for window in plan["windows"]:
        moved = [
            each | ({"from": start} if each["from"] == opening["from"] else {}) | ({"to": end} if each["to"] == opening["to"] else {})
            for each in window.get("shifts", [])
        ]
        kept = [each for each in moved if minutes(each["from"]) < end_of(each["to"])]
        if kept:
            window["shifts"] = kept
    opening["from"], opening["to"] = start, end
    return settled(plan, changed)


def _rate(profile: list[float], moment: int, start: int) -> float:
    """What comes an hour in the half-hour that begins at this minute of the day."""
    position = (moment - start) // HALF_HOUR
    if 0 <= position < len(profile):
        return profile[position]
    return NEW_SHARE * profile[0 if position < 0 else -1]
