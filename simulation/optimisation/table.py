"""How many windows of each group are open in each half-hour: read off a hall, made into a hall, written as a document.

Assumes that windows of one group are alike. Where days have dates, one day is looked at, and what is written holds for all weekdays with
the same openings and shifts. Not for how many are needed (`search`), nor for who sits there (`shifts`, `roster`).
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from simulation.dates import KINDS, MAKE_UP
from simulation.days import dated, hall_on
from simulation.optimisation.occasions import ALIKE, YEAR, Occasions, number_of, occasions_of
from simulation.plans.document import settled, spelled, windows_of
from simulation.scenario import Scenario, Slot, Window
from simulation.scenario.tables import WindowTable, seats_of
from simulation.scenario.week import ORDINARY
from simulation.shifts import on_duty, subtract_breaks

Open = dict[str, tuple[int, ...]]
"""group -> windows open in each half-hour"""
Span = tuple[float, float]
"""minutes since the first opening"""
NOT_KEPT = ("count", "shifts", "breaks", "ab_break", "break_lasts", "lunch", "tidal")
"""keys of a group that a plan replaces"""


@dataclass(frozen=True, slots=True)
class Group:
    """Windows that are alike."""

    id: str
    seats: tuple[Window, ...]
    """as the scenario has them, at least one"""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a hall whose windows may be opened and closed, or days of a year that open alike."""

    whole: Scenario
    """as it is simulated: where days have dates, the run begins with this one, or has all that it stands for and no others"""
    hall: Scenario
    """the hall on that day; `whole` itself where days have no dates"""
    groups: tuple[Group, ...]
    kinds: tuple[int, ...] = ()
    """where it stands for all days of a year that open alike: which kinds of day (`simulation.dates.KINDS`) these are"""
    occasions: Occasions = ALIKE
    """these days"""

    @property
    def in_a_run(self) -> int:
        """Days that are simulated together."""
        return len(self.occasions.numbers) or 1

    def with_windows(self, open_windows: Mapping[str, tuple[int, ...]]) -> Scenario:
        """The day, or all that it stands for, with so many windows of each group open in each half-hour."""
        plan = plan_of(self.hall, self.groups, open_windows)
        if self.hall is self.whole:
            return plan
        return replace(self.whole, windows=plan.windows, week=tuple(plan if each is self.hall else each for each in self.whole.week))


def day_of(scenario: Scenario, on: datetime.date | None = None) -> Day:
    """A day of the hall: with its openings, its shifts, as many citizens as that date brings, and windows as far as they have learnt.

    Raises BadInput if the hall is closed on that day, or its days have no dates.
    """
    groups = tuple(groups_of(scenario))
    if on is None and dated(scenario, 0) is None:
        return Day(scenario, scenario, groups)
    number = 0 if on is None else number_of(scenario, on)
    when = dated(scenario, number)
    assert when is not None  # else no date is asked for, or it is refused
    hall = replace(hall_on(scenario, number), week=())
    week = tuple(hall if kind == when.kind else None for kind in ORDINARY)
    return Day(replace(hall, days=replace(scenario.days, starts=when.date, learns=False), week=week), hall, groups)


def days_alike(scenario: Scenario, by_weekday: bool = False) -> list[Day]:
    """The days of a year from the start, as one Day for all that open alike, in the order in which they first come.

    by_weekday : each weekday by itself, though it opens as others do

    A weekend day that is worked has the shifts of Monday and goes with it; where it opens otherwise, it is left out. Empty where days have
    no dates.
    """
    first = dated(scenario, 0)
    if first is None:
        return []
    groups = tuple(groups_of(scenario))
    parts: dict[tuple[int, int], list[int]] = {}
    for kind, model in enumerate(scenario.week):
        if model is not None and (kind != MAKE_UP or model is scenario.week[0]):
            parts.setdefault((id(model), kind % MAKE_UP if by_weekday else -1), []).append(kind)
    found = []
    for kinds in parts.values():
        model = scenario.week[kinds[0]]
        assert model is not None  # else it has no part
        hall = replace(model, week=())
        whole = replace(hall, week=tuple(hall if kind in kinds else None for kind in ORDINARY))
        if (when := dated(whole, 0)) is not None and when.date < first.date + YEAR:
            found.append(Day(whole, hall, groups, tuple(kinds), occasions_of(whole, until=first.date + YEAR)))
    return sorted(found, key=lambda each: each.occasions.first or first.date)


def groups_of(scenario: Scenario) -> list[Group]:
    """The groups of windows that the document lists, or its layout lays out, with their seats."""
    by_id = {window.id: window for window in scenario.windows}
    found = []
    for entry in windows_of(scenario.document):
        names = [entry["id"]] if entry.get("count") is None else seats_of(WindowTable.model_construct(**entry))
        seats = tuple(by_id[name] for name in names if name in by_id)
        if seats:
            found.append(Group(entry["id"], seats))
    return found


def half_hours_of(scenario: Scenario) -> list[Slot]:
    """The half-hours in which windows may be open."""
    return [slot for slot in scenario.slots if slot.kind == "open"]


def open_now(scenario: Scenario, groups: Sequence[Group]) -> Open:
    """How many windows of each group are on duty in the middle of each half-hour, breaks taken off."""
    window, start, end = on_duty(scenario)
    number = {each.id: n for n, each in enumerate(scenario.windows)}
    table = {}
    for group in groups:
        mine = np.isin(window, [number[seat.id] for seat in group.seats])
        middles = [(slot.start + slot.end) / 2 for slot in half_hours_of(scenario)]
        table[group.id] = tuple(int(((start <= m) & (m < end) & mine).sum()) for m in middles)
    return table


def plan_of(scenario: Scenario, groups: Sequence[Group], open_windows: Mapping[str, tuple[int, ...]]) -> Scenario:
    """The scenario with so many windows of each group open in each half-hour; seats that are never open are left out."""
    slots = half_hours_of(scenario)
    staffed = {seat.id for group in groups for seat in group.seats}
    windows: list[Window] = [each for each in scenario.windows if each.id not in staffed]
    for group in groups:
        row = open_windows[group.id]
        for k in range(max(row, default=0)):
            model = group.seats[min(k, len(group.seats) - 1)]
            name = model.id if k < len(group.seats) else f"{group.id}-{k + 1}"
            called = _name_of(group, k)
            shifts = _stretches(slots, [count > k for count in row])
            windows.append(replace(model, id=name, name=dict(called), shifts=shifts, breaks=(), rests=False, tidal=None))
    order = {window.id: n for n, window in enumerate(scenario.windows)}
    windows.sort(key=lambda each: order.get(each.id, len(order)))
    return replace(scenario, windows=tuple(windows))


def document_of(
    scenario: Scenario, groups: Sequence[Group], open_windows: Mapping[str, tuple[int, ...]], on: datetime.date | None = None
) -> dict[str, Any]:
    """The same plan as a document: each seat a table of its own, with its shifts; their basis reads "plan".

    on : where days have dates, the day it was made for; it holds for all weekdays with the same openings and shifts, and on the others the
        windows are open as before
    """
    return document_of_days(scenario, groups, [(day_of(scenario, on), open_windows)])


def document_of_days(
    scenario: Scenario, groups: Sequence[Group], plans: Sequence[tuple[Day, Mapping[str, tuple[int, ...]]]]
) -> dict[str, Any]:
    """Plans of days that differ as one document; see `document_of`. On kinds of day that none is for, the windows are open as before."""
    document = spelled(scenario.document)
    listed: list[dict[str, Any]] = []
    seats: dict[str, list[str]] = {}
    shifts = _shifts_of(plan_of(plans[0][0].hall, groups, plans[0][1]))
    by_day = _by_day(scenario, groups, plans)
    most_open = {group.id: max(max(rows[group.id], default=0) for _, rows in plans) for group in groups}
    for entry in document["windows"]:
        group = next((each for each in groups if each.id == entry["id"]), None)
        if group is None:
            listed.append(entry)
            continue
        most = max(len(group.seats) if by_day else 0, most_open[group.id])
        names = [group.seats[k].id if k < len(group.seats) else f"{group.id}-{k + 1}" for k in range(most)]
        model = {key: value for key, value in entry.items() if key not in NOT_KEPT}
        seats[group.id] = []
        for k, name in enumerate(names):
            spans = [(span, None) for span in shifts.get(name, ())] if not by_day else by_day.get(name, [])
            if spans:
                seats[group.id].append(name)
                called = dict(_name_of(group, k))
                listed.append({**model, "name": called, "id": name, "shifts": [_shift(scenario, *each) for each in spans]})
    document["windows"] = listed
    for department in document.get("departments", []):
        if "windows" in department:
            there = [name for each in department["windows"] for name in seats.get(each, [each])]
            department["windows"] = [name for name in there if any(each["id"] == name or each.get("count") for each in listed)]
    return settled(document, [f"windows.{name}.shifts" for names in seats.values() for name in names])


def _shifts_of(plan: Scenario) -> dict[str, tuple[Span, ...]]:
    return {window.id: window.shifts for window in plan.windows}


def _by_day(
    scenario: Scenario, groups: Sequence[Group], plans: Sequence[tuple[Day, Mapping[str, tuple[int, ...]]]]
) -> dict[str, list[tuple[Span, list[str] | None]]]:
    """Window -> its shifts with the weekdays on which they hold; empty where days have no dates."""
    planned: dict[int, dict[str, tuple[Span, ...]]] = {}
    for day, open_windows in plans:
        when = dated(day.whole, 0)
        if when is None:
            return {}
        shifts = _shifts_of(plan_of(day.hall, groups, open_windows))
        model = scenario.week[when.kind]
        alike = [kind for kind in range(MAKE_UP) if scenario.week[kind] is model] or [0]
        planned |= dict.fromkeys(day.kinds or alike, shifts)
    found: dict[str, dict[Span, list[str]]] = {}
    for kind in range(MAKE_UP):
        hall = scenario.week[kind]
        if hall is None:
            continue
        usual = {window.id: tuple(subtract_breaks(window.shifts, window.breaks)) for window in hall.windows}
        for name, spans in planned.get(kind, usual).items():
            for span in spans:
                if span[1] > span[0]:
                    found.setdefault(name, {}).setdefault(span, []).append(KINDS[kind])
    return {name: [(span, days) for span, days in sorted(spans.items())] for name, spans in found.items()}


def _shift(scenario: Scenario, span: Span, weekdays: list[str] | None) -> dict[str, Any]:
    told: dict[str, Any] = {"from": _clock(scenario, span[0]), "to": _clock(scenario, span[1])}
    return told if weekdays is None else {**told, "weekdays": weekdays}


def _name_of(group: Group, k: int) -> Mapping[str, str]:
    """What the k-th seat of a group is called; one that is not there yet like the last with its number."""
    if k < len(group.seats):
        return group.seats[k].name
    return {word: f"{_without_number(text)} {k + 1}" for word, text in group.seats[-1].name.items()}


def _without_number(name: str) -> str:
    head, _, tail = name.rpartition(" ")
    return head if head and tail.isdigit() else name


def _clock(scenario: Scenario, minute: float) -> datetime.time:
    moment = round(scenario.clock_start + minute) % 1440
    return datetime.time(moment // 60, moment % 60)


def _stretches(slots: Sequence[Slot], is_open: Sequence[bool]) -> tuple[tuple[float, float], ...]:
    found: list[tuple[float, float]] = []
    for slot, here in zip(slots, is_open, strict=True):
        if here and found and found[-1][1] == slot.start:
            found[-1] = (found[-1][0], slot.end)
        elif here:
            found.append((slot.start, slot.end))
    return tuple(found)
