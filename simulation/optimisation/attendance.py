"""Nobody stands before an empty hall: in every half-hour of the opening hours, each service has so many windows open that serve it.

Assumes what a plan by half-hours does: windows of one group are alike. Windows outside the plan's groups that people serve (desks) count
while they are on duty; machines do not. Services that no group serves are left out: no plan can change who is there for them.

Not for absence by chance, which may still leave a service alone: a number above 1 is the cure. Not for how long people wait.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from simulation.faults import Fault, fault
from simulation.optimisation.costs import MACHINES
from simulation.optimisation.table import Day, Open, half_hours_of
from simulation.scenario import Scenario
from simulation.shifts import on_duty

AT_LEAST = 1
"""windows that serve each service, if nobody says"""
MOST_AT_LEAST = 100


class Attendance:
    """Who must be there in each half-hour of a day."""

    def __init__(self, day: Day, at_least: int = AT_LEAST) -> None:
        self.at_least, self.hall = at_least, day.hall
        self.labels = [slot.label for slot in half_hours_of(day.hall)]
        able = {each.id: tuple(group.id for group in day.groups if each.id in group.seats[0].efficiency) for each in day.hall.services}
        self.able = {line: groups for line, groups in able.items() if groups}
        """line of a service -> the groups that serve it"""
        self.others = _others(day)
        """line of a service -> windows outside the groups that serve it in each half-hour"""

    def missing(self, plan: Mapping[str, Sequence[int]], slot: int) -> list[str]:
        """Lines of services that have too few windows in a half-hour."""
        if self.at_least == 0:
            return []
        return [
            line for line, groups in self.able.items() if self.others[line][slot] + sum(plan[each][slot] for each in groups) < self.at_least
        ]

    def is_kept(self, plan: Mapping[str, Sequence[int]]) -> bool:
        """Whether every service is attended; with 0 asked for, at some time of the day."""
        if self.at_least == 0:
            return all(self.others[line].any() or any(any(plan[each]) for each in groups) for line, groups in self.able.items())
        return not any(self.missing(plan, slot) for slot in range(len(self.labels)))

    def kept_with(self, plan: Open, most: Mapping[str, int]) -> Open:
        """The plan with windows opened until every service is attended, those first that serve most of what is missing.

        most : group -> windows it may have; `check` says whether they suffice
        """
        rows = {name: list(row) for name, row in plan.items()}
        slots = range(len(self.labels)) if self.at_least else [len(self.labels) // 2]
        for slot in slots:
            while missing := self.missing(rows, slot) if self.at_least else self._never(rows):
                free = [name for name in rows if rows[name][slot] < most[name] and any(name in self.able[line] for line in missing)]
                if not free:
                    break
                best = max(free, key=lambda name: sum(name in self.able[line] for line in missing))
                rows[best][slot] += 1
        return {name: tuple(row) for name, row in rows.items()}

    def _never(self, rows: Mapping[str, Sequence[int]]) -> list[str]:
        """Lines of services that no window serves at any time."""
        return [line for line, groups in self.able.items() if not self.others[line].any() and not any(any(rows[each]) for each in groups)]

    def faults(self, most: Mapping[str, int]) -> list[Fault]:
        """What cannot be attended with so many windows of each group: the first half-hour of each service, and the cure.

        Services that the same windows serve are named together.
        """
        found: dict[tuple[tuple[str, ...], int, int], list[str]] = {}
        of = {each.id: each.of or each.id for each in self.hall.services}
        for service in dict.fromkeys(of[line] for line in self.able):
            for line in (each for each in self.able if of[each] == service):
                there = self.others[line] + sum(most[each] for each in self.able[line])
                if (there < self.at_least).any():
                    slot = int(np.argmin(there))
                    found.setdefault((self.able[line], slot, int(there[slot])), []).append(service)
                    break
        told = []
        for (groups, slot, count), services in found.items():
            facts = {"service": ", ".join(services), "slot": self.labels[slot], "there": count, "groups": ", ".join(groups)}
            cure = f"{groups[0]}={most[groups[0]] + self.at_least - count}"
            told.append(fault("staff_unattended", "--at-least", self.at_least, **facts, cure=cure))
        return told


def _others(day: Day) -> dict[str, np.ndarray]:
    """Windows of people outside the groups on duty in the middle of each half-hour, by the line they serve."""
    hall: Scenario = day.hall
    staffed = {seat.id for group in day.groups for seat in group.seats}
    middles = np.array([(slot.start + slot.end) / 2 for slot in half_hours_of(hall)])
    found = {each.id: np.zeros(len(middles), dtype=np.int64) for each in hall.services}
    window, start, end = on_duty(hall)
    for n, each in enumerate(hall.windows):
        if each.id in staffed or each.kind in MACHINES:
            continue
        there = ((start[window == n, None] <= middles) & (middles < end[window == n, None])).any(axis=0)
        for line in each.efficiency:
            found[line] += there
    return found
