"""Scenarios: which there are, their groups of windows, and a plan as a handful of edits of the raw document.

Edits are applied by `simulation.plans`; a plan is parsed like any file, so whatever it makes impossible is refused like any file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

from dashboards.data.kept import Kept
from dashboards.shipped import shipped_scenarios
from simulation import plans
from simulation.scenario import Scenario, load_scenario, parse
from simulation.scenario.basis import basis_of, figures, flatten

DEFAULT = "potou-2022"
HALF_HOUR = 30

_loaded: Kept[Scenario] = Kept(32)
_planned: Kept[Scenario] = Kept(64)


@dataclass(frozen=True, slots=True)
class Edits:
    """What a manager changes; the defaults change nothing."""

    peak_group: str = ""
    peak_count: int = 0
    """windows more in that group, from `peak_from` until `peak_to`"""
    peak_from: str = ""
    """clock time of a half-hour; empty: from the first opening"""
    peak_to: str = ""
    """clock time; empty: until the last closing"""
    counts: tuple[tuple[str, int], ...] = ()
    """(group, windows) where they differ from the base"""
    lunch: bool | None = None
    """lunch cover on or off; None: as in the base"""
    comprehensive: int = 0
    """dedicated windows turned comprehensive"""
    demand: int = 100
    """percent of the base"""

    @property
    def any(self) -> bool:
        """Whether anything is changed."""
        return self != Edits()


class Impossible(ValueError):
    """An edit that leaves no working hall, such as a service without a window."""


def names() -> list[str]:
    """Names of the scenarios that are there, the main hall first."""
    return sorted(shipped_scenarios(), key=lambda each: (each != DEFAULT, each))


def hall(name: str) -> Scenario:
    """A scenario by its name, read again when its file changes. Raises BadInput as `load_scenario` does, KeyError for an unknown name."""
    path = Path(shipped_scenarios()[name])
    return _loaded.get_or_make((name, path.stat().st_mtime_ns), lambda: load_scenario(path))


def groups(scenario: Scenario) -> list[plans.Group]:
    """The groups of windows that a plan can change."""
    return plans.window_groups(scenario.document)


def lunch(scenario: Scenario) -> bool | None:
    """Whether the hall is open over lunch in two halves; None where it has no lunch to cover."""
    return plans.lunch_covered(scenario.document)


def can_turn(scenario: Scenario) -> int:
    """How many dedicated windows could be turned comprehensive."""
    return sum(each.count for each in groups(scenario) if not each.comprehensive)


def times(scenario: Scenario) -> list[str]:
    """Clock times at which extra windows may begin or end: every half-hour from the first opening to the last closing."""
    if not scenario.openings:
        return []
    first = scenario.clock_start + min(each.start for each in scenario.openings)
    last = scenario.clock_start + max(each.end for each in scenario.openings)
    return [f"{int(minute) // 60 % 24:02d}:{int(minute) % 60:02d}" for minute in range(int(first), int(last) + 1, HALF_HOUR)]


def planned(scenario: Scenario, edits: Edits) -> Scenario:
    """The scenario with the edits made.

    Raises Impossible if an edit leaves no working hall, BadInput if the edited document is refused.
    """
    if not edits.any:
        return scenario
    return _planned.get_or_make((scenario.digest, edits), lambda: parse(_edited(scenario.document, edits), scenario.name))


def _edited(document: Mapping[str, Any], edits: Edits) -> dict[str, Any]:
    plan = dict(document)
    try:
        for group, count in edits.counts:
            plan = plans.set_windows(plan, group, count)
        if edits.comprehensive:
            plan = plans.turn_comprehensive(plan, edits.comprehensive)
        if edits.lunch is not None:
            plan = plans.cover_lunch(plan, edits.lunch)
        if edits.peak_count and edits.peak_group:
            plan = plans.add_windows(plan, edits.peak_group, edits.peak_count, _time(edits.peak_from), _time(edits.peak_to))
        if edits.demand != 100:
            plan = plans.scale_demand(plan, edits.demand / 100)
    except (KeyError, ValueError) as refusal:
        raise Impossible(str(refusal)) from refusal
    return plan


def _time(clock: str) -> time | None:
    return time.fromisoformat(clock) if clock else None


def sources(scenario: Scenario) -> list[tuple[str, str | None]]:
    """(dotted path of a figure, where it comes from; None for an assumption), in the order of the file."""
    flat = flatten(scenario.document.get("basis") or {})
    assumed = set(scenario.assumptions())
    return [(path, None if path in assumed else basis_of(path, flat)) for path in figures(scenario.document)]
