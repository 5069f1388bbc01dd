"""The fewest window-hours, half-hour by half-hour, with which a hall keeps its targets.

A plan says how many windows of each group are open in each half-hour of the opening hours. The search begins at the modified offered load,
opens windows where citizens wait until the targets are kept, then takes away one window-half-hour after the other as long as they still
are: at the end no single one can be spared. Every plan is simulated on the same citizens (common random numbers). What selects is not what
confirms: the answer is simulated again with citizens that the search has not seen, and if it fails there the search goes on with a margin.

A target is kept when the one-sided 95 % bound of its long-run measure keeps it. The share of days that keep it is told beside it, and can
be asked for (`chance`).

Assumes that windows of one group are alike and may be opened or closed at any half-hour; breaks are part of the answer, not kept. It is
a local minimum: another plan with as few window-hours may exist, and one with fewer may. Windows outside `[[windows]]` (kiosks, desks)
stay as they are. Not for who sits there: `simulation.optimisation.shifts` cuts the answer into shifts.

Sources: Jennings, Mandelbaum, Massey and Whitt, Server staffing to meet time-varying demand, Management Science 42 (1996);
Atlason, Epelman and Henderson, Optimizing call center staffing using simulation and analytic center cutting-plane methods, Management
Science 54 (2008), on why a plan is found with one set of days and judged with another.
"""

from __future__ import annotations

import copy
import datetime
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from simulation.experiment import Result, experiment
from simulation.faults import BadInput, add_catalogue, fault
from simulation.optimisation.days import Chance, chance_of
from simulation.optimisation.targets import LEVEL, Target, with_targets
from simulation.plans.document import settled
from simulation.scenario import Scenario, Service, Slot, Window, parse
from simulation.theory.changing import load_of_slots

add_catalogue(Path(__file__).with_name("faults.toml"))

Open = dict[str, tuple[int, ...]]
"""group -> windows open in each half-hour"""
Progress = Callable[[str, int], None]
"""(stage: "search" | "confirm" | "chance", plans or days simulated so far)"""

SEARCH_REPLICATIONS = 200
CONFIRM_REPLICATIONS = 1000
CHANCE_DAYS = 400
ROUNDS = 8
"""of search and confirmation before the search gives up"""
A_LITTLE, CHANCE_STEP = 0.002, 0.02
"""by which the search aims beyond the targets, relative to them, after a confirmation has failed"""
SAFETY = 0.3
"""windows above the offered load at the beginning, in its square roots"""
CANDIDATES = 8
"""half-hours that are tried when a window more is needed"""
MOST_SEATS = 4
"""times the windows a group has now (and 5 more): where the search stops if nobody says how many seats there are"""
NOT_KEPT = ("count", "shifts", "breaks", "ab_break", "break_lasts", "lunch")
"""keys of a group that the answer replaces"""


@dataclass(frozen=True, slots=True)
class Group:
    """Windows that are alike."""

    id: str
    seats: tuple[Window, ...]
    """as the scenario has them, at least one"""


@dataclass(frozen=True, slots=True)
class Staffing:
    """The answer."""

    targets: tuple[Target, ...]
    half_hours: tuple[str, ...]
    """labels, such as "08:30" """
    hours_each: tuple[float, ...]
    """length of each half-hour in hours"""
    needed: Mapping[str, tuple[int, ...]]
    """group -> windows open in each half-hour"""
    before: Mapping[str, tuple[int, ...]]
    """the same for the scenario as it is"""
    kept: bool
    """whether the confirmation kept every target"""
    confirmed: Result
    """on citizens the search has not seen"""
    chance: Chance
    """the share of single days that keep every target"""
    worst_half_hour: str
    """where citizens wait longest"""
    short_of: str | None
    """the group that has no seat left where one is needed; None if the answer is kept"""
    simulated: int
    """days the search and its confirmations simulated"""
    seconds: float
    plan: Scenario = field(repr=False)

    def window_hours(self, of: Mapping[str, tuple[int, ...]] | None = None) -> float:
        """Window-hours of the answer, or of another table of open windows."""
        table = self.needed if of is None else of
        return sum(count * hours for row in table.values() for count, hours in zip(row, self.hours_each, strict=True))

    def most_open(self) -> int:
        """Windows open at the busiest half-hour."""
        return max(map(sum, zip(*self.needed.values(), strict=True)))


def staff(
    scenario: Scenario,
    targets: Sequence[Target],
    *,
    chance: float | None = None,
    seats: Mapping[str, int] | None = None,
    seed: int = 1,
    workers: int = 1,
    progress: Progress | None = None,
) -> Staffing:
    """Searches.

    Parameters
    ----------
    targets : at least one; all must be kept
    chance : 0..1; the share of days that must keep every target, with 95 % confidence; None: not asked for
    seats : group -> most windows it may have; groups not named may have MOST_SEATS times what they have
    seed : of the search; the confirmation uses others
    progress : what it raises stops the search

    Raises
    ------
    BadInput
        if the scenario has a horizon instead of opening hours, no windows of `[[windows]]`, or a group named in `seats` is not there.
    """
    groups = groups_of(scenario)
    _check(scenario, groups, seats or {}, chance)
    search = _Search(scenario, tuple(targets), groups, dict(seats or {}), seed, workers, progress)
    return search.run(chance)


def groups_of(scenario: Scenario) -> list[Group]:
    """The groups of windows that the document lists, with their seats."""
    from simulation.scenario.tables import WindowTable, seats_of

    by_id = {window.id: window for window in scenario.windows}
    found = []
    for entry in scenario.document.get("windows", []):
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
    from simulation.shifts import on_duty

    window, start, end = on_duty(scenario)
    number = {each.id: n for n, each in enumerate(scenario.windows)}
    table = {}
    for group in groups:
        mine = np.isin(window, [number[seat.id] for seat in group.seats])
        middles = [(slot.start + slot.end) / 2 for slot in half_hours_of(scenario)]
        table[group.id] = tuple(int(((start <= m) & (m < end) & mine).sum()) for m in middles)
    return table


def plan_of(scenario: Scenario, groups: Sequence[Group], open_windows: Open) -> Scenario:
    """The scenario with so many windows of each group open in each half-hour; seats that are never open are left out."""
    slots = half_hours_of(scenario)
    staffed = {seat.id for group in groups for seat in group.seats}
    windows: list[Window] = [each for each in scenario.windows if each.id not in staffed]
    for group in groups:
        row = open_windows[group.id]
        for k in range(max(row, default=0)):
            model = group.seats[min(k, len(group.seats) - 1)]
            name = model.id if k < len(group.seats) else f"{group.id}-{k + 1}"
            called = model.name if k < len(group.seats) else {word: f"{_without_number(text)} {k + 1}" for word, text in model.name.items()}
            shifts = _stretches(slots, [count > k for count in row])
            windows.append(replace(model, id=name, name=called, shifts=shifts, breaks=(), rests=False))
    order = {window.id: n for n, window in enumerate(scenario.windows)}
    windows.sort(key=lambda each: order.get(each.id, len(order)))
    return replace(scenario, windows=tuple(windows))


def document_of(scenario: Scenario, groups: Sequence[Group], open_windows: Open) -> dict[str, Any]:
    """The same plan as a document: each seat a table of its own, with its shifts; their basis reads "plan"."""
    document = copy.deepcopy(dict(scenario.document))
    listed: list[dict[str, Any]] = []
    seats: dict[str, list[str]] = {}
    plan = plan_of(scenario, groups, open_windows)
    number = {each.id: each for each in plan.windows}
    for entry in document["windows"]:
        group = next((each for each in groups if each.id == entry["id"]), None)
        if group is None:
            listed.append(entry)
            continue
        row = open_windows[group.id]
        names = [group.seats[k].id if k < len(group.seats) else f"{group.id}-{k + 1}" for k in range(max(row, default=0))]
        seats[group.id] = names
        model = {key: value for key, value in entry.items() if key not in NOT_KEPT}
        for name in names:
            shifts = [{"from": _clock(scenario, a), "to": _clock(scenario, b)} for a, b in number[name].shifts]
            listed.append({**model, "name": dict(number[name].name), "id": name, "shifts": shifts})
    document["windows"] = listed
    for department in document.get("departments", []):
        if "windows" in department:
            there = [name for each in department["windows"] for name in seats.get(each, [each])]
            department["windows"] = [name for name in there if any(each["id"] == name or each.get("count") for each in listed)]
    return settled(document, [f"windows.{name}.shifts" for names in seats.values() for name in names])


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


def _check(scenario: Scenario, groups: Sequence[Group], seats: Mapping[str, int], chance: float | None) -> None:
    faults = []
    if scenario.horizon is not None:
        faults.append(fault("staff_horizon", scenario.path or scenario.name))
    elif not groups:
        faults.append(fault("staff_no_groups", scenario.path or scenario.name))
    known = [group.id for group in groups]
    faults += [fault("staff_group", "--seats", name, known=", ".join(known)) for name in seats if name not in known]
    faults += [fault("staff_seats", "--seats", f"{name}={count}") for name, count in seats.items() if count < 0]
    if chance is not None and not 0 < chance < 1:
        faults.append(fault("staff_chance", "--chance", f"{chance:g}"))
    if faults:
        raise BadInput(faults)


class _Search:
    """The state of one search: the plan so far and what was simulated."""

    def __init__(
        self,
        scenario: Scenario,
        targets: tuple[Target, ...],
        groups: list[Group],
        seats: dict[str, int],
        seed: int,
        workers: int,
        progress: Progress | None,
    ) -> None:
        self.unchanged, self.scenario = scenario, with_targets(scenario, targets)
        self.targets, self.groups, self.seed, self.workers, self.progress = targets, groups, seed, workers, progress
        self.slots = half_hours_of(scenario)
        self.most = {each.id: seats.get(each.id, MOST_SEATS * len(each.seats) + 5) for each in groups}
        self.days = self.plans = 0
        self.margin = 0.0

    def run(self, chance: float | None) -> Staffing:
        begun = time.monotonic()
        plan, short_of = self.begin(), None
        confirmed, met = None, None
        for attempt in range(1, ROUNDS + 1):
            plan, short_of = self.open_until_kept(plan)
            if short_of is None:
                plan = self.close_what_can_be_spared(plan)
            scenario = plan_of(self.scenario, self.groups, plan)
            confirmed = self.simulate(scenario, CONFIRM_REPLICATIONS, self.seed + 7919 * attempt, "confirm")
            met = chance_of(scenario, self.targets, CHANCE_DAYS, self.seed + 7919 * attempt + 1, self.days_told())
            gap = self.gap(confirmed)
            sure = chance is None or met.interval()[0] >= chance
            if short_of is not None or (gap <= 0 and sure):
                break
            self.margin += max(gap, 0.0) + (A_LITTLE if sure else attempt * CHANCE_STEP)
        assert confirmed is not None
        assert met is not None
        kept = all(each.kept_surely(confirmed) for each in self.targets) and (chance is None or met.interval()[0] >= chance)
        return Staffing(
            targets=self.targets,
            half_hours=tuple(slot.label for slot in self.slots),
            hours_each=tuple((slot.end - slot.start) / 60 for slot in self.slots),
            needed=plan,
            before=open_now(self.scenario, self.groups),
            kept=kept,
            confirmed=confirmed,
            chance=met,
            worst_half_hour=self.waits(confirmed)[0][0],
            short_of=None if kept else short_of,
            simulated=self.days,
            seconds=time.monotonic() - begun,
            plan=parse(document_of(self.unchanged, self.groups, plan), self.unchanged.name),
        )

    # ---- the three steps ------------------------------------------------------------------------------------------------------

    def begin(self) -> Open:
        """At the modified offered load: each service's load falls to the groups that serve it, by their seats."""
        load = {group.id: np.zeros(len(self.slots)) for group in self.groups}
        for service in self.scenario.services:
            able = [group for group in self.groups if service.id in group.seats[0].efficiency]
            weight = sum(len(group.seats) for group in able)
            wanted = self.load_of(service)
            for group in able:
                load[group.id] += wanted * len(group.seats) / weight / group.seats[0].efficiency[service.id]
        plan = {
            name: tuple(min(self.most[name], math.ceil(each + SAFETY * math.sqrt(each)) if each > 0 else 0) for each in row.tolist())
            for name, row in load.items()
        }
        for group in self.groups:  # what hardly anybody comes for keeps a window all the same
            if not self.everything_served(plan) and not any(plan[group.id]) and self.most[group.id] > 0:
                plan = self.with_one(plan, group.id, len(self.slots) // 2, 1)
        return plan

    def load_of(self, service: Service) -> np.ndarray:
        """Window-minutes a minute that a service asks for in each half-hour; who comes before the doors counts as the first to come."""
        starts, ends, rates = [], [], []
        early = 0.0
        for slot, rate in zip(self.scenario.slots, service.arrival_rate, strict=True):
            if slot.kind == "early":
                early += rate * (slot.end - slot.start)
                continue
            starts.append(slot.start)
            ends.append(slot.end)
            rates.append(rate + early / (slot.end - slot.start))
            early = 0.0
        looks = np.array([np.linspace(a, b, 7) for a, b in zip(starts, ends, strict=True)])
        return np.asarray(load_of_slots(starts, ends, rates, service.law, looks.ravel()).reshape(looks.shape).max(axis=1))

    def open_until_kept(self, plan: Open) -> tuple[Open, str | None]:
        """Opens windows where they help most until the targets are kept; the group without a seat left, None if they are."""
        result = self.try_out(plan)
        while (gap := self.gap(result) + self.margin) > 0:
            tried = []
            for group, slot in self.where_needed(plan, result):
                more = self.with_one(plan, group, slot, 1)
                found = self.try_out(more)
                tried.append((self.gap(found), group, slot, more, found))
            if not tried:
                return plan, self.blamed(plan, result)
            tried.sort(key=lambda each: each[0])
            _, _, _, plan, result = tried[0]
            if gap > 1:  # far away: the next best at once
                for _, group, slot, _, _ in tried[1:3]:
                    plan = self.with_one(plan, group, slot, 1)
                result = self.try_out(plan)
        return plan, None

    def close_what_can_be_spared(self, plan: Open) -> Open:
        """Takes away window-half-hours, the least used first, as long as the targets are kept."""
        result, needed = self.try_out(plan), set[tuple[str, int]]()
        while cells := [cell for cell in self.least_used(plan, result) if cell not in needed]:
            group, slot = cells[0]
            fewer = self.with_one(plan, group, slot, -1)
            found = self.try_out(fewer) if self.everything_served(fewer) else None
            if found is not None and self.gap(found) + self.margin <= 0:
                plan, result = fewer, found
            else:
                needed.add(cells[0])  # and all the more with fewer windows elsewhere
        return plan

    # ---- where ----------------------------------------------------------------------------------------------------------------

    def waits(self, result: Result) -> list[tuple[str, float]]:
        """Half-hours with the minutes waited by those who come in them, most first."""
        rows = [(label, _number(each["mean_wait"].value) * _number(each["arrivals"].value)) for label, each in result.by_half_hour.items()]
        return sorted(rows, key=lambda each: -each[1])

    def where_needed(self, plan: Open, result: Result) -> list[tuple[str, int]]:
        """Groups and half-hours in which a window more may help: where, and just before, most is waited, for whom it is waited."""
        labels = [slot.label for slot in self.slots]
        wanted: list[int] = []
        for label, _ in self.waits(result):
            here = labels.index(label) if label in labels else next((n for n, each in enumerate(labels) if each > label), 0)
            wanted += [each for each in (here, here - 1) if each >= 0 and each not in wanted]
        asked = {each.service for each in self.targets}
        minutes = {
            each.id: _number(result.by_service[each.id]["mean_wait"].value) * _number(result.by_service[each.id]["arrivals"].value)
            for each in self.scenario.services
            if None in asked or each.id in asked
        }
        worth = {
            group.id: sum(waited for service, waited in minutes.items() if service in group.seats[0].efficiency) for group in self.groups
        }
        order = sorted(worth, key=lambda name: -worth[name])
        cells = [(name, slot) for slot in wanted for name in order if worth[name] > 0 and plan[name][slot] < self.most[name]]
        return cells[:CANDIDATES]

    def least_used(self, plan: Open, result: Result) -> list[tuple[str, int]]:
        used = [_number(result.by_half_hour[slot.label]["utilisation"].value) for slot in self.slots]
        cells = [(name, slot) for name in plan for slot in range(len(self.slots)) if plan[name][slot]]
        return sorted(cells, key=lambda cell: (used[cell[1]], -plan[cell[0]][cell[1]]))

    def everything_served(self, plan: Open) -> bool:
        """Whether some window of every service is open at some time."""
        staffed = {seat.id for group in self.groups for seat in group.seats}
        others = {service for window in self.scenario.windows if window.id not in staffed for service in window.efficiency}
        able = {service for group in self.groups if any(plan[group.id]) for service in group.seats[0].efficiency}
        return all(service.id in able | others for service in self.scenario.services)

    def blamed(self, plan: Open, result: Result) -> str:
        """The group without a free seat that would help most."""
        full = {name for name in plan if max(plan[name], default=0) >= self.most[name]}
        waited = {each.id: _number(result.by_service[each.id]["mean_wait"].value) for each in self.scenario.services}
        worth = {
            group.id: sum(wait for service, wait in waited.items() if service in group.seats[0].efficiency)
            for group in self.groups
            if group.id in full
        }
        return max(worth, key=lambda name: worth[name]) if worth else self.groups[0].id

    # ---- simulation -----------------------------------------------------------------------------------------------------------

    def with_one(self, plan: Open, group: str, slot: int, more: int) -> Open:
        row = list(plan[group])
        row[slot] += more
        return {**plan, group: tuple(row)}

    def gap(self, result: Result) -> float:
        """The widest gap of the targets; 0 or below: all are kept."""
        return max(each.gap(result) for each in self.targets)

    def try_out(self, plan: Open) -> Result:
        return self.simulate(plan_of(self.scenario, self.groups, plan), SEARCH_REPLICATIONS, self.seed, "search")

    def simulate(self, scenario: Scenario, replications: int, seed: int, stage: str) -> Result:
        self.days += replications
        self.plans += 1
        if self.progress is not None:
            self.progress(stage, self.plans)
        return experiment(scenario, replications=replications, seed=seed, level=LEVEL, workers=self.workers)

    def days_told(self) -> Callable[[int], None] | None:
        if self.progress is None:
            return None
        tell = self.progress
        return lambda day: tell("chance", day)


def _number(value: float) -> float:
    return 0.0 if math.isnan(value) else value
