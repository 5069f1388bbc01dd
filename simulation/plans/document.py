"""The raw document of a plan: a copy, its basis, its windows' names and its clock."""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Any

from simulation.faults import add_catalogue, fault
from simulation.scenario.basis import addresses, flatten
from simulation.scenario.writing import digest_of

add_catalogue(Path(__file__).with_name("faults.toml"))

Document = dict[str, Any]
HALF_HOUR, DAY = 30, 1440
PLAN = "plan"
"""the basis of a figure that a plan changed"""


class Refused(ValueError):
    """A plan that cannot be made; `code` names the sentence in faults.toml, `facts` fill it."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, facts)
        self.code, self.facts = code, facts

    def __str__(self) -> str:
        return fault(self.code, "", **self.facts).text()


def copied(document: Mapping[str, Any]) -> Document:
    """A copy of its own, with every window written out."""
    return spelled(document) if _in_short(document) else copy.deepcopy(dict(document))


def spelled(document: Mapping[str, Any]) -> Document:
    """The document with the windows of its layout, and its lunch, written out; a copy in any case. Raises BadInput."""
    return copy.deepcopy(_spelled(document))


def windows_of(document: Mapping[str, Any]) -> list[Document]:
    """The groups of windows, those of a layout written out; not to be written to."""
    return list(_spelled(document)["windows"] if _in_short(document) else document["windows"])


_KEPT: OrderedDict[str, Document] = OrderedDict()


def _spelled(document: Mapping[str, Any]) -> Document:
    """As `spelled`, kept for the last documents: a page asks for the same one with every lever."""
    from simulation.scenario.building import spelled_out

    digest = digest_of(document)
    found = _KEPT.get(digest)
    if found is None:
        found = _KEPT[digest] = spelled_out(document)
        while len(_KEPT) > 8:
            _KEPT.popitem(last=False)
    return found


def _in_short(document: Mapping[str, Any]) -> bool:
    return document.get("layout") is not None or document.get("lunch") is not None


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
    return [window["id"], *(f"{window['id']}-{n}" for n in range(1, (window.get("count") or 0) + 1))]


def position_of(plan: Mapping[str, Any], group: str) -> int:
    """Where a group of windows stands. Raises KeyError if there is none of that id."""
    for position, each in enumerate(plan["windows"]):
        if each["id"] == group:
            return position
    raise KeyError(group)


def profile_of(service: Mapping[str, Any], plan: Mapping[str, Any]) -> list[float]:
    """Arrivals an hour in each half-hour of opening, or the weights of a year's volume; empty where neither is said."""
    if service.get("volume"):
        return list(service["volume"].get("profile") or [])
    given = service.get("arrivals_per_hour")
    if given is None or isinstance(given, list):
        return list(given or [])
    return [given] * sum(half_hours(each) for each in plan["opening"])


def set_profile(service: Document, profile: list[float]) -> str:
    """Give a service another profile, where it had its own; the key that was set."""
    if service.get("volume"):
        service["volume"]["profile"] = profile
        return "volume"
    service["arrivals_per_hour"] = profile
    return "arrivals_per_hour"


def later(moment: time, by: int) -> time:
    """So many minutes later (earlier below 0) on the same day, the seconds kept."""
    whole = minutes(moment) + by
    return time(whole // 60, whole % 60, moment.second)


def to_total(profile: list[float], total: float) -> list[float]:
    """The profile scaled to a sum."""
    now = sum(profile)
    return [each * total / now for each in profile] if now else profile


def half_hours(opening: Mapping[str, Any]) -> int:
    return (end_of(opening["to"]) - minutes(opening["from"])) // HALF_HOUR


def minutes(moment: time) -> int:
    """Whole minutes after midnight; openings stand on half-hours, and a shift's seconds do not matter for a lunch."""
    return moment.hour * 60 + moment.minute


def end_of(moment: time) -> int:
    return minutes(moment) or DAY


def clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
