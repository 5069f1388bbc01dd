"""A roster as plain data, and what it lacks in words, for the command, the pages and the jobs. Not for making one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from simulation.optimisation.roster import Roster
from simulation.optimisation.roster.question import BURDENS
from simulation.optimisation.roster.shortage import Alone, Shortage
from simulation.optimisation.roster.verdict import DayVerdict


def told_of(each: Shortage | Alone, names: Mapping[str, str], language: str) -> str:
    """What a shortage says, with the windows by their name.

    names : group -> what it is called
    """
    if isinstance(each, Alone):
        return each.fault.text(language)
    group = each.duty.group
    return replace(each.fault, place=f"{each.duty.day} {names.get(group, group)}").text(language)


def as_data(found: Roster, verdicts: Sequence[DayVerdict], names: Mapping[str, str], language: str) -> dict[str, Any]:
    """The roster as JSON: windows by their id, and what they are called in `window_names` and in the cures, which are in that language."""
    return {
        "complete": found.complete,
        "days": [each.isoformat() for each in found.days],
        "shifts": [
            {
                "day": each.duty.day.isoformat(),
                "window": each.duty.group,
                "shift": each.duty.text,
                "hours": each.duty.hours,
                "person": each.person.id,
                "name": each.person.name,
            }
            for each in found.shifts
        ],
        "people": [
            {
                "id": each.person.id,
                "name": each.person.name,
                "days": each.days,
                **{name: each.worked[name] for name in BURDENS},
                "fair": {name: each.fair[name] for name in BURDENS},
                "denied": [day.isoformat() for day in each.denied],
            }
            for each in found.shares
        ],
        "short": [
            {
                "day": each.duty.day.isoformat(),
                "window": each.duty.group,
                "shift": each.duty.text,
                "people": each.people,
                "cause": each.cause,
                "cure": told_of(each, names, language),
            }
            for each in found.short
        ],
        "alone": [
            {"day": each.day.isoformat(), "pair": [who.id for who in each.pair], "cure": each.fault.text(language)} for each in found.alone
        ],
        "window_names": dict(names),
        "proven": found.proven,
        "furthest": {name: {"value": each.value, "at_least": each.at_least} for name, each in found.furthest.items()},
        "gap": None if found.gap != found.gap else found.gap,
        "seconds": found.seconds,
        "verdicts": [
            {
                "days": [day.isoformat() for day in each.days],
                "open": {group: list(row) for group, row in each.open_windows.items()},
                "kept": each.kept,
                "mean_wait": each.result.measures["mean_wait"].to_dict(),
                "share_within_target": each.result.measures["share_within_target"].to_dict(),
            }
            for each in verdicts
        ],
    }
