"""The search for the fewest window-hours: where it begins, where it opens a window, which it takes away.

It begins at the modified offered load, with each service attended (`attendance`), opens windows where citizens wait until the targets are
kept, then takes away one window-half-hour after the other as long as they still are and nobody stands before an empty hall. Every plan is
simulated on the same citizens (common random numbers).

Not for judging the answer: `staffing` confirms it on other citizens.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from simulation.days import dated
from simulation.expected import tasks_per_day
from simulation.experiment import Result, Workers, experiment
from simulation.optimisation.attendance import Attendance
from simulation.optimisation.days import Chance, chance_of
from simulation.optimisation.table import Day, Group, Open, half_hours_of
from simulation.optimisation.targets import LEVEL, Target, with_targets
from simulation.scenario import Scenario, Service
from simulation.scenario.week import factor_of
from simulation.theory.changing import load_of_slots

Progress = Callable[[str, int], None]
"""(stage: "search" | "confirm" | "chance", plans or days simulated so far)"""

SEARCH_DAYS = 200
CHANCE_DAYS = 400
SAFETY = 0.3
"""windows above the offered load at the beginning, in its square roots"""
CANDIDATES = 8
"""half-hours that are tried when a window more is needed"""
MOST_SEATS = 4
"""times the windows a group has now (and 5 more): where the search stops if nobody says how many seats there are"""


class Search:
    """The state of one search: the plan so far and what was simulated."""

    def __init__(
        self,
        day: Day,
        targets: tuple[Target, ...],
        seats: dict[str, int],
        at_least: int,
        seed: int,
        workers: Workers,
        progress: Progress | None,
    ) -> None:
        """at_least : windows that serve each service in every half-hour (`attendance`)."""
        self.when = dated(day.whole, 0)
        self.day = judged_by(day, targets)
        self.attendance = Attendance(self.day, at_least)
        self.scenario = hall = self.day.hall
        self.targets, self.groups, self.seed, self.workers, self.progress = targets, day.groups, seed, workers, progress
        self.slots = half_hours_of(hall)
        self.asked_seats = seats
        self.most = most_of(day.groups, seats)
        self.days = self.plans = 0
        self.margin = 0.0
        self.days_of_a_try = SEARCH_DAYS

    def missed_by_all_windows(self, chance: float | None) -> float | None:
        """How far even all windows that there may be, open all day, miss the targets or their chance; None if they keep them."""
        every = {group.id: (self.most[group.id],) * len(self.slots) for group in self.groups}
        gap = self.gap(self.try_out(every))
        if gap > 0 or chance is None:
            return gap if gap > 0 else None
        return gap if self.chance_of(every, CHANCE_DAYS // 4, self.seed).interval()[1] < chance else None

    def chance_of(self, plan: Open, days: int, seed: int) -> Chance:
        return chance_of(self.day.with_windows(plan), self.targets, days, seed, self.days_told(), self.day.occasions)

    # ---- the three steps ------------------------------------------------------------------------------------------------------

    def begin(self) -> Open:
        """At the modified offered load: each service's load falls to the groups that serve it, by their seats."""
        load = {group.id: np.zeros(len(self.slots)) for group in self.groups}
        for service, tasks in zip(self.scenario.services, tasks_per_day(self.scenario).tolist(), strict=True):
            able = [group for group in self.groups if service.id in group.seats[0].efficiency]
            weight = sum(len(group.seats) for group in able)
            wanted = self.load_of(service, tasks)
            for group in able:
                load[group.id] += wanted * len(group.seats) / weight / group.seats[0].efficiency[service.id]
        plan = {
            name: tuple(min(self.most[name], math.ceil(each + SAFETY * math.sqrt(each)) if each > 0 else 0) for each in row.tolist())
            for name, row in load.items()
        }
        return self.attendance.kept_with(plan, self.most)  # what hardly anybody comes for keeps a window all the same

    def load_of(self, service: Service, tasks: float) -> np.ndarray:
        """Window-minutes a minute that a service asks for in each half-hour.

        Who comes before the doors counts as the first to come; tasks that nobody walks in for (appointments, further services) come as
        those do who walk in, or evenly where nobody does.
        """
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
        lengths = np.subtract(ends, starts)
        walking = float(np.dot(rates, lengths))
        season = self.season_of(service)
        come = np.array(rates) * tasks / walking if walking > 0 else np.full(len(rates), tasks / lengths.sum())
        looks = np.array([np.linspace(a, b, 7) for a, b in zip(starts, ends, strict=True)])
        load = load_of_slots(starts, ends, (come * season).tolist(), service.law, looks.ravel())
        return np.asarray(load.reshape(looks.shape).max(axis=1))

    def season_of(self, service: Service) -> float:
        """How many come for one on an ordinary day; of all days of a year, as most people find it (busy days have more of them)."""
        numbers = self.day.occasions.numbers or (0,)
        factors = [
            1.0 if when is None else factor_of(service.season or self.scenario.days.season, when)
            for when in (dated(self.day.whole, number) for number in numbers)
        ]
        return sum(each * each for each in factors) / sum(factors) if any(factors) else 0.0

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
            found = self.try_out(fewer) if self.attendance.is_kept(fewer) else None
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
        return self.simulate(self.day.with_windows(plan), self.days_of_a_try, self.seed, "search")

    def simulate(self, scenario: Scenario, days: int, seed: int, stage: str) -> Result:
        self.days += runs_of(self.day, days) * self.day.in_a_run
        self.plans += 1
        if self.progress is not None:
            self.progress(stage, self.plans)
        return simulate(self.day, scenario, days, seed, self.workers)

    def days_told(self) -> Callable[[int], None] | None:
        if self.progress is None:
            return None
        tell = self.progress
        return lambda day: tell("chance", day)


def judged_by(day: Day, targets: Sequence[Target]) -> Day:
    """The day whose services count against the minutes of the targets that name some."""
    hall = with_targets(day.hall, targets)
    week = tuple(hall if each is day.hall else each for each in day.whole.week)
    whole = hall if day.hall is day.whole else replace(with_targets(day.whole, targets), week=week)
    return replace(day, whole=whole, hall=hall)


def simulate(day: Day, plan: Scenario, days: int, seed: int, workers: Workers) -> Result:
    """A plan for a day, or for all days of a year that open alike: so many days, or as many whole years as have them."""
    runs, long = runs_of(day, days), day.in_a_run
    return experiment(plan, replications=runs, days=long, apart=long > 1, seed=seed, level=LEVEL, workers=workers)


def runs_of(day: Day, days: int) -> int:
    """How many runs have so many days."""
    return math.ceil(days / day.in_a_run)


def most_of(groups: Sequence[Group], seats: Mapping[str, int]) -> dict[str, int]:
    """Group -> windows it may have, where some are given."""
    return {each.id: seats.get(each.id, MOST_SEATS * len(each.seats) + 5) for each in groups}


def _number(value: float) -> float:
    return 0.0 if math.isnan(value) else value
