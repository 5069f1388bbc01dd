"""More windows, windows for part of the day (潮汐窗口), dedicated windows turned comprehensive (综合窗口)."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from simulation.plans.document import Document, Refused, copied, end_of, mark, minutes, names_of, position_of, settled, windows_of


@dataclass(frozen=True, slots=True)
class Group:
    """A group of windows as a plan sees it."""

    id: str
    name: Any
    count: int
    comprehensive: bool


def window_groups(document: Mapping[str, Any]) -> list[Group]:
    """The groups of windows, in the order of the document."""
    return [Group(each["id"], each.get("name", each["id"]), each.get("count", 1), "*" in each["serves"]) for each in windows_of(document)]


def set_windows(document: Mapping[str, Any], group: str, count: int) -> Document:
    """So many windows in a group; 0 takes the group out.

    Raises
    ------
    KeyError
        if there is no such group.
    ValueError
        if the count is negative, or 0 where a service would be left without a window.
    """
    plan = copied(document)
    position = position_of(plan, group)
    entry = plan["windows"][position]
    if count < 0:
        raise ValueError("a group has no fewer than 0 windows")
    if count == entry.get("count", 1):
        return plan
    if count == 0:
        _without(plan, position)
        return settled(plan, [])
    entry["count"] = count
    return settled(plan, [f"windows.{entry['id']}.count"])


def add_windows(document: Mapping[str, Any], group: str, number: int, start: time | None = None, end: time | None = None) -> Document:
    """So many more windows like those of a group, all day or only from `start` to `end` (潮汐窗口).

    Windows for part of the day are a group of their own, `GROUP-extra`. Raises KeyError if there is no such group, ValueError for a number
    below 1 or an end that is not after the start.
    """
    if number < 1:
        raise ValueError("add at least 1 window")
    plan = copied(document)
    entry = plan["windows"][position_of(plan, group)]
    if start is None and end is None and "count" in entry:
        return set_windows(document, group, entry["count"] + number)
    extra = copy.deepcopy(entry)
    extra["id"] = free_id(plan, f"{entry['id']}-extra")
    extra["count"] = number
    if start is not None or end is not None:
        first, last = start or _first_opening(plan), end or _last_opening(plan)
        if end_of(last) <= minutes(first):
            raise ValueError("the end comes after the start")
        extra["shifts"] = [{"from": first, "to": last}]
        for key in ("breaks", "ab_break"):
            extra.pop(key, None)
    plan["windows"].insert(position_of(plan, group) + 1, extra)
    for department in plan.get("departments", []):
        if group in department.get("windows", []):
            department["windows"].append(extra["id"])
    return settled(plan, [f"windows.{extra['id']}"])


def turn_comprehensive(document: Mapping[str, Any], number: int, group: str | None = None, efficiency: float | None = None) -> Document:
    """So many dedicated windows turned into comprehensive ones (综合窗口); fewer, where there are no more.

    Without a group, one window after another is taken from the group that then has most. They join the first group that serves everything,
    else a new group `comprehensive` with this efficiency (0.9 if none is given, an assumption).
    """
    plan = copied(document)
    for _ in range(max(number, 0)):
        giving = [each for each in window_groups(plan) if not each.comprehensive and group in (None, each.id)]
        if not giving:
            break
        _turn_one(plan, max(giving, key=lambda each: each.count).id, efficiency)
    return settled(plan, [])


def _turn_one(plan: Document, giver: str, efficiency: float | None) -> None:
    position = position_of(plan, giver)
    entry = plan["windows"][position]
    taker = next((each for each in plan["windows"] if "*" in each["serves"]), None)
    if taker is None:
        taker = {
            "id": free_id(plan, "comprehensive"),
            "name": {"zh": "综合窗口", "en": "Comprehensive window"},
            "count": 0,
            "serves": ["*"],
            "efficiency": 0.9 if efficiency is None else efficiency,
            "kind": "comprehensive",
            **{key: copy.deepcopy(entry[key]) for key in ("shifts", "breaks", "ab_break") if key in entry},
        }
        plan["windows"].append(taker)
    taker["count"] = taker.get("count", 1) + 1
    behind = [*taker.get("departments", []), *entry.get("departments", [])]
    if behind:
        taker["departments"] = list(dict.fromkeys(behind))
    for department in plan.get("departments", []):
        if entry["id"] in department.get("windows", []) and taker["id"] not in department["windows"]:
            department["windows"].append(taker["id"])
    if entry.get("count", 1) > 1:
        entry["count"] -= 1
        mark(plan, [f"windows.{entry['id']}.count"])
    else:
        _without(plan, position)
    mark(plan, [f"windows.{taker['id']}.count"])


def _without(plan: Document, position: int) -> None:
    gone = plan["windows"].pop(position)
    served = {each for window in plan["windows"] for each in window["serves"]}
    alone = [each["id"] for each in plan["services"] if "*" not in served and each["id"] not in served]
    if not plan["windows"] or alone:
        raise Refused("plan_leaves_alone", group=gone["id"], services=", ".join(alone or [each["id"] for each in plan["services"]]))
    known = {name for each in plan["windows"] for name in names_of(each)}
    for department in plan.get("departments", []):
        if "windows" in department:
            department["windows"] = [each for each in department["windows"] if each in known]


def free_id(plan: Document, wanted: str) -> str:
    """This id, or this with a number, so that no window or station has it."""
    taken = {name for each in (*plan["windows"], *(plan.get("stations") or [])) for name in names_of(each)}
    numbers = (wanted if n == 1 else f"{wanted}{n}" for n in range(1, len(taken) + 2))
    return next(each for each in numbers if each not in taken and not any(name.startswith(f"{each}-") for name in taken))


def _first_opening(plan: Mapping[str, Any]) -> time:
    openings = plan.get("opening")
    return openings[0]["from"] if openings else time(0)


def _last_opening(plan: Mapping[str, Any]) -> time:
    openings = plan.get("opening")
    return openings[-1]["to"] if openings else time(0)
