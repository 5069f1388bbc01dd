"""What a manager may change: edits of a scenario's raw document that leave it valid and the original untouched.

Every function takes a document that `parse` accepts and gives a new one that it accepts too. A figure that a plan changes no longer rests
on the document it came from: its basis then reads "plan". Windows keep their ids where they can, so that a comparison changes only what
was changed.

Not for search (optimisation) and not for anything that needs a result.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from itertools import pairwise
from typing import Any

from simulation.scenario.basis import addresses, flatten

Document = dict[str, Any]
HALF_HOUR, DAY = 30, 1440
LUNCH_SHARE = 0.5
"""arrivals in a covered lunch half-hour, against the mean of the half-hours on either side (assumption)"""
PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Group:
    """A group of windows as a plan sees it."""

    id: str
    name: Any
    count: int
    comprehensive: bool


def window_groups(document: Mapping[str, Any]) -> list[Group]:
    """The groups of windows, in the order of the document."""
    return [Group(each["id"], each.get("name", each["id"]), each.get("count", 1), "*" in each["serves"]) for each in document["windows"]]


def set_windows(document: Mapping[str, Any], group: str, count: int) -> Document:
    """So many windows in a group; 0 takes the group out.

    Raises
    ------
    KeyError
        if there is no such group.
    ValueError
        if the count is negative, or 0 where a service would be left without a window.
    """
    plan = _copy(document)
    position = _position(plan, group)
    entry = plan["windows"][position]
    if count < 0:
        raise ValueError("a group has no fewer than 0 windows")
    if count == entry.get("count", 1):
        return plan
    if count == 0:
        _without(plan, position)
        return _settled(plan, [])
    entry["count"] = count
    return _settled(plan, [f"windows.{entry['id']}.count"])


def add_windows(document: Mapping[str, Any], group: str, number: int, start: time | None = None, end: time | None = None) -> Document:
    """So many more windows like those of a group, all day or only from `start` to `end` (潮汐窗口).

    Windows for part of the day are a group of their own, `GROUP-extra`. Raises KeyError if there is no such group, ValueError for a number
    below 1 or an end that is not after the start.
    """
    if number < 1:
        raise ValueError("add at least 1 window")
    plan = _copy(document)
    entry = plan["windows"][_position(plan, group)]
    if start is None and end is None and "count" in entry:
        return set_windows(document, group, entry["count"] + number)
    extra = copy.deepcopy(entry)
    extra["id"] = _free_id(plan, f"{entry['id']}-extra")
    extra["count"] = number
    if start is not None or end is not None:
        first, last = start or _first_opening(plan), end or _last_opening(plan)
        if _end_of(last) <= _minutes(first):
            raise ValueError("the end comes after the start")
        extra["shifts"] = [{"from": first, "to": last}]
        for key in ("breaks", "ab_break"):
            extra.pop(key, None)
    plan["windows"].insert(_position(plan, group) + 1, extra)
    for department in plan.get("departments", []):
        if group in department.get("windows", []):
            department["windows"].append(extra["id"])
    return _settled(plan, [f"windows.{extra['id']}"])


def turn_comprehensive(document: Mapping[str, Any], number: int, group: str | None = None, efficiency: float | None = None) -> Document:
    """So many dedicated windows turned into comprehensive ones (综合窗口); fewer, where there are no more.

    Without a group, one window after another is taken from the group that then has most. They join the first group that serves everything,
    else a new group `comprehensive` with this efficiency (0.9 if none is given, an assumption).
    """
    plan = _copy(document)
    for _ in range(max(number, 0)):
        giving = [each for each in window_groups(plan) if not each.comprehensive and group in (None, each.id)]
        if not giving:
            break
        _turn_one(plan, max(giving, key=lambda each: each.count).id, efficiency)
    return _settled(plan, [])


def scale_demand(document: Mapping[str, Any], factor: float, services: Sequence[str] | None = None) -> Document:
    """Every arrival rate times a factor, of some services or of all. Raises ValueError for a factor below 0."""
    if not factor >= 0:
        raise ValueError("the factor is at least 0")
    plan = _copy(document)
    if factor == 1:
        return plan
    changed = []
    for service in plan["services"]:
        for key in ("arrivals_per_hour", "early_arrivals"):
            if key in service and (services is None or service["id"] in services):
                given = service[key]
                service[key] = [each * factor for each in given] if isinstance(given, list) else given * factor
                changed.append(f"services.{service['id']}.{key}")
    return _settled(plan, changed)


# ---- lunch ------------------------------------------------------------------------------------------------------------------------


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
    plan = _copy(document)
    gap, covered = _gap(plan), _covered_break(plan)
    if on and not covered and gap:
        return _open_over(plan, gap)
    if not on and covered:
        return _close_over(plan, *covered)
    return plan


def _gap(document: Mapping[str, Any]) -> int | None:
    """Position of the opening before the longest closing of the day."""
    openings = document.get("opening") or []
    gaps = [_minutes(after["from"]) - _end_of(before["to"]) for before, after in pairwise(openings)]
    return gaps.index(max(gaps)) + 1 if gaps and max(gaps) > 0 else None


def _covered_break(document: Mapping[str, Any]) -> tuple[int, int, int] | None:
    """Position of the opening that an A/B break lies in, and the break's from and to widened to half-hours."""
    for window in document["windows"]:
        pause = window.get("ab_break")
        if not pause:
            continue
        start, end = _minutes(pause["from"]) // HALF_HOUR * HALF_HOUR, -(-_end_of(pause["to"]) // HALF_HOUR) * HALF_HOUR
        for position, opening in enumerate(document.get("opening") or []):
            if _minutes(opening["from"]) < start and end < _end_of(opening["to"]):
                return position, start, end
    return None


def _open_over(plan: Document, after: int) -> Document:
    before, behind = plan["opening"][after - 1 : after + 1]
    start, end = before["to"], behind["from"]
    first = sum(_half_hours(each) for each in plan["opening"][:after])
    lunch = (_minutes(end) - _end_of(start)) // HALF_HOUR
    early = [position for position, each in enumerate(plan["opening"]) if each.get("early_min", 0) > 0]
    changed = ["opening"]
    for service in plan["services"]:
        waited = _take_early(service, early, after)
        profile = _profile(service, plan)
        if profile:
            between = [waited * 60 / HALF_HOUR / lunch if waited else LUNCH_SHARE * (profile[first - 1] + profile[first]) / 2] * lunch
            total = sum(profile) + waited * 60 / HALF_HOUR
            service["arrivals_per_hour"] = _to_total([*profile[:first], *between, *profile[first:]], total)
            changed.append(f"services.{service['id']}.arrivals_per_hour")
    merged = {**{key: value for key, value in behind.items() if key != "early_min"}, "from": before["from"]}
    if "early_min" in before:
        merged["early_min"] = before["early_min"]
    plan["opening"][after - 1 : after + 1] = [merged]
    for window in plan["windows"]:
        window_shifts = window.get("shifts")
        if window_shifts:
            window["shifts"] = _joined(window_shifts, start, end)
        rests = [*window.get("breaks", []), *([window["ab_break"]] if "ab_break" in window else [])]
        resting = any(_minutes(rest["from"]) < _minutes(end) and _end_of(start) < _end_of(rest["to"]) for rest in rests)
        if not resting and "ab_break" not in window and _works(window, _end_of(start), _minutes(end)):
            window["ab_break"] = {"from": start, "to": end}
            changed.append(f"windows.{window['id']}.ab_break")
    return _settled(plan, changed)


def _close_over(plan: Document, position: int, start: int, end: int) -> Document:
    opening = plan["opening"][position]
    begin = sum(_half_hours(each) for each in plan["opening"][:position])
    low, high = begin + (start - _minutes(opening["from"])) // HALF_HOUR, begin + (end - _minutes(opening["from"])) // HALF_HOUR
    last = begin + _half_hours(opening)
    changed = ["opening"]
    for service in plan["services"]:
        profile = _profile(service, plan)
        if profile:
            moved, later = sum(profile[low:high]), sum(profile[high:last])
            shares = [each / later if later else 1 / (last - high) for each in profile[high:last]]
            afternoon = [each + moved * share for each, share in zip(profile[high:last], shares, strict=True)]
            service["arrivals_per_hour"] = [*profile[:low], *afternoon, *profile[last:]]
            changed.append(f"services.{service['id']}.arrivals_per_hour")
    morning = {key: value for key, value in opening.items() if key not in ("last_ticket", "at_end")}
    morning |= {"to": _clock(start), "at_end": "keep_tickets"}
    afternoon_part = {key: value for key, value in opening.items() if key != "early_min"} | {"from": _clock(end)}
    if "last_ticket" in opening and _minutes(opening["last_ticket"]) <= end:
        del afternoon_part["last_ticket"]
    plan["opening"][position : position + 1] = [morning, afternoon_part]
    for window in plan["windows"]:
        pause = window.get("ab_break")
        if pause and start <= _minutes(pause["from"]) and _end_of(pause["to"]) <= end:
            del window["ab_break"]
        if window.get("shifts"):
            window["shifts"] = _cut(window["shifts"], start, end) or window["shifts"]
    return _settled(plan, changed)


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


def _profile(service: Document, plan: Document) -> list[float]:
    """Arrivals an hour in each half-hour; empty where nobody comes by themselves."""
    given = service.get("arrivals_per_hour")
    if given is None or isinstance(given, list):
        return list(given or [])
    return [given] * sum(_half_hours(each) for each in plan["opening"])


def _to_total(profile: list[float], total: float) -> list[float]:
    now = sum(profile)
    return [each * total / now for each in profile] if now else profile


def _works(window: Document, start: int, end: int) -> bool:
    """Whether the window is on shift in all of a stretch of the day."""
    return "shifts" not in window or any(_minutes(each["from"]) <= start and end <= _end_of(each["to"]) for each in window["shifts"])


def _joined(shifts: list[Document], start: time, end: time) -> list[Document]:
    """Shifts with the closing filled in where one ends at its start and another begins at its end."""
    ends = [each for each in shifts if each["to"] == start]
    begins = [each for each in shifts if each["from"] == end]
    if not ends or not begins:
        return shifts
    kept = [each for each in shifts if each not in (ends[0], begins[0])]
    return sorted([*kept, {"from": ends[0]["from"], "to": begins[0]["to"]}], key=lambda each: _minutes(each["from"]))


def _cut(shifts: list[Document], start: int, end: int) -> list[Document]:
    pieces = []
    for each in shifts:
        first, last = _minutes(each["from"]), _end_of(each["to"])
        for low, high in ((first, min(last, start)), (max(first, end), last)):
            if low < high:
                pieces.append({"from": _clock(low), "to": _clock(high)})
    return pieces


# ---- windows ----------------------------------------------------------------------------------------------------------------------


def _turn_one(plan: Document, giver: str, efficiency: float | None) -> None:
    position = _position(plan, giver)
    entry = plan["windows"][position]
    taker = next((each for each in plan["windows"] if "*" in each["serves"]), None)
    if taker is None:
        taker = {
            "id": _free_id(plan, "comprehensive"),
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
        _mark(plan, [f"windows.{entry['id']}.count"])
    else:
        _without(plan, position)
    _mark(plan, [f"windows.{taker['id']}.count"])


def _without(plan: Document, position: int) -> None:
    gone = plan["windows"].pop(position)
    served = {each for window in plan["windows"] for each in window["serves"]}
    alone = [each["id"] for each in plan["services"] if "*" not in served and each["id"] not in served]
    if not plan["windows"] or alone:
        raise ValueError(f"without {gone['id']} no window serves {', '.join(alone) or 'anybody'}")
    known = {name for each in plan["windows"] for name in _names(each)}
    for department in plan.get("departments", []):
        if "windows" in department:
            department["windows"] = [each for each in department["windows"] if each in known]


def _names(window: Mapping[str, Any]) -> list[str]:
    """The group's id and those of its seats."""
    return [window["id"], *(f"{window['id']}-{n}" for n in range(1, window.get("count", 0) + 1))]


def _free_id(plan: Document, wanted: str) -> str:
    taken = {each["id"] for each in plan["windows"]} | {name for each in plan["windows"] for name in _names(each)}
    numbers = (wanted if n == 1 else f"{wanted}{n}" for n in range(1, len(taken) + 2))
    return next(each for each in numbers if each not in taken and not any(name.startswith(f"{each}-") for name in taken))


def _position(plan: Mapping[str, Any], group: str) -> int:
    for position, each in enumerate(plan["windows"]):
        if each["id"] == group:
            return position
    raise KeyError(group)


# ---- the document -----------------------------------------------------------------------------------------------------------------


def _copy(document: Mapping[str, Any]) -> Document:
    return copy.deepcopy(dict(document))


def _mark(plan: Document, changed: list[str]) -> None:
    """Say in the basis that a figure is the plan's."""
    if changed:
        basis = flatten(plan.get("basis") or {})
        plan["basis"] = {**{path: phrase for path, phrase in basis.items() if path not in changed}, **dict.fromkeys(changed, PLAN)}


def _settled(plan: Document, changed: list[str]) -> Document:
    """The plan with a basis that addresses only what is still there, and references only to windows that are."""
    _mark(plan, changed)
    known = {name for each in plan["windows"] for name in _names(each)}
    for department in plan.get("departments", []):
        if "windows" in department:
            department["windows"] = [each for each in department["windows"] if each in known]
    if "basis" in plan:
        there = addresses(plan)
        plan["basis"] = {path: phrase for path, phrase in flatten(plan["basis"]).items() if path in there}
    return plan


def _first_opening(plan: Mapping[str, Any]) -> time:
    openings = plan.get("opening")
    return openings[0]["from"] if openings else time(0)


def _last_opening(plan: Mapping[str, Any]) -> time:
    openings = plan.get("opening")
    return openings[-1]["to"] if openings else time(0)


def _half_hours(opening: Mapping[str, Any]) -> int:
    return (_end_of(opening["to"]) - _minutes(opening["from"])) // HALF_HOUR


def _minutes(moment: time) -> int:
    """Whole minutes after midnight; openings stand on half-hours, and a shift's seconds do not matter for a lunch."""
    return moment.hour * 60 + moment.minute


def _end_of(moment: time) -> int:
    return _minutes(moment) or DAY


def _clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
