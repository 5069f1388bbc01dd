"""The raw document of a plan: a copy, its basis, its windows' names and its clock."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import time
from typing import Any

from simulation.scenario.basis import addresses, flatten

Document = dict[str, Any]
HALF_HOUR, DAY = 30, 1440
PLAN = "plan"
"""the basis of a figure that a plan changed"""


def copied(document: Mapping[str, Any]) -> Document:
    return copy.deepcopy(dict(document))


def mark(plan: Document, changed: list[str]) -> None:
    """Say in the basis that a figure is the plan's."""
    if changed:
        basis = flatten(plan.get("basis") or {})
        plan["basis"] = {**{path: phrase for path, phrase in basis.items() if path not in changed}, **dict.fromkeys(changed, PLAN)}


def settled(plan: Document, changed: list[str]) -> Document:
    """The plan with a basis that addresses only what is still there, and references only to windows that are."""
    mark(plan, changed)
    known = {name for each in plan["windows"] for name in names_of(each)}
    for department in plan.get("departments", []):
        if "windows" in department:
            department["windows"] = [each for each in department["windows"] if each in known]
    if "basis" in plan:
        there = addresses(plan)
        plan["basis"] = {path: phrase for path, phrase in flatten(plan["basis"]).items() if path in there}
    return plan


def names_of(window: Mapping[str, Any]) -> list[str]:
    """The group's id and those of its seats."""
    return [window["id"], *(f"{window['id']}-{n}" for n in range(1, window.get("count", 0) + 1))]


def half_hours(opening: Mapping[str, Any]) -> int:
    return (end_of(opening["to"]) - minutes(opening["from"])) // HALF_HOUR


def minutes(moment: time) -> int:
    """Whole minutes after midnight; openings stand on half-hours, and a shift's seconds do not matter for a lunch."""
    return moment.hour * 60 + moment.minute


def end_of(moment: time) -> int:
    return minutes(moment) or DAY


def clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
