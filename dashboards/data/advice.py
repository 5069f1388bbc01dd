"""What a manager should try first: one window more, in which group and from when, so that the mean wait falls most.

Each group is tried, on the same days: one window more from the first half-hour in which the work exceeds the windows open (else from the
half-hour with the longest wait) until that opening ends. No search beyond that: `simulation.optimisation` is for searching.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dashboards.data import halls, runs
from dashboards.data.kept import Kept
from simulation.experiment import Comparison
from simulation.faults import BadInput
from simulation.scenario import Scenario

REPLICATIONS = 96
"""days of each trial"""
LEAST_GAIN = 0.05
"""minutes of mean wait: less is no reason to open a window"""
MOST_GROUPS = 12
"""groups tried; a hall of more tries those with the most work for their windows"""


@dataclass(frozen=True, slots=True)
class Addition:
    """One window more for part of the day."""

    group: str
    start: str
    """clock time"""
    end: str
    """clock time"""
    difference: dict[str, Any]
    """of the mean wait, plan minus base"""


_found: Kept[tuple[Addition | None]] = Kept(32)


def worst_half_hour(found: Comparison) -> tuple[str, dict[str, Any]] | None:
    """The half-hour whose citizens wait longest in the base, and their mean wait; None if nobody comes."""
    waits = {slot: each["mean_wait"].to_dict() for slot, each in found.base.by_half_hour.items()}
    known = {slot: each for slot, each in waits.items() if each["value"] is not None}
    if not known:
        return None
    slot = max(known, key=lambda each: known[each]["value"])
    return slot, known[slot]


def first_addition(scenario: Scenario, found: Comparison) -> Addition | None:
    """The addition that shortens the mean wait most; None if none does clearly, or the scenario has no opening hours."""
    return _found.get_or_make((scenario.digest, found.base.seed), lambda: (_try_each(scenario, found),))[0]


def _try_each(scenario: Scenario, found: Comparison) -> Addition | None:
    period = _when(scenario, found)
    if period is None:
        return None
    start, end = period
    tried = []
    for group in _groups(scenario):
        try:
            plan = halls.planned(scenario, halls.with_line((), f"windows.{group}=+1@{start}-{end}"))
        except BadInput:
            continue
        difference = runs.comparison(scenario, plan, REPLICATIONS).measures["mean_wait"].to_dict()
        if difference["high"] is not None and difference["high"] < -LEAST_GAIN:
            tried.append(Addition(group, start, end, difference))
    return min(tried, key=lambda each: each.difference["value"], default=None)


def _groups(scenario: Scenario) -> list[str]:
    """The groups to try, those with the most work for their windows first."""
    order = {seat: place for place, seat in enumerate(runs.windows_by_load(scenario))}

    def place(group: str) -> int:
        return min((at for seat, at in order.items() if seat == group or seat.startswith(f"{group}-")), default=len(order))

    return sorted((each.id for each in halls.groups(scenario)), key=place)[:MOST_GROUPS]


def _when(scenario: Scenario, found: Comparison) -> tuple[str, str] | None:
    """From which half-hour, until the end of its opening."""
    cover = runs.cover(scenario, scenario, found)
    short = [row.slot for row in cover.itertuples() if row.needed > row.base]
    worst = worst_half_hour(found)
    wanted = short[0] if short else worst[0] if worst else None
    for slot in scenario.slots:
        if slot.label != wanted or not scenario.openings or scenario.horizon is not None:
            continue
        opening = next((each for each in scenario.openings if each.start <= slot.start < each.end), None)
        if opening is None:  # before the doors: from when they open
            opening = min((each for each in scenario.openings if each.start >= slot.end), key=lambda each: each.start)
        return _clock(scenario, max(slot.start, opening.start)), _clock(scenario, opening.end)
    return None


def _clock(scenario: Scenario, minute: float) -> str:
    whole = int(scenario.clock_start + minute)
    return f"{whole // 60 % 24:02d}:{whole % 60:02d}"
