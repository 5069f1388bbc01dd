"""Scenarios: which there are, their groups of windows, and a plan as changes of a base.

Changes are made by `simulation.plans`; a plan is parsed like any file, so whatever it makes impossible is refused like any file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboards.data.kept import Kept
from dashboards.shipped import shipped_scenarios
from simulation import plans
from simulation.faults import BadInput
from simulation.plans import Change as Change
from simulation.plans.document import windows_of
from simulation.scenario import Scenario as Scenario
from simulation.scenario import load_scenario, parse
from simulation.scenario.basis import basis_of, figures, flatten
from simulation.scenario.writing import to_toml

DEFAULT = "potou-2022"
HALF_HOUR = 30
QUARTER = 15

_loaded: Kept[Scenario] = Kept(32)
_planned: Kept[Scenario] = Kept(64)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that a lever can be set for: a group of windows, a service or an opening period."""

    id: str
    name: Any
    count: int = 1
    """windows of a group"""
    is_comprehensive: bool = False
    serves: tuple[str, ...] = ()


def names() -> list[str]:
    """Names of the scenarios that are there, the main hall first."""
    return sorted(shipped_scenarios(), key=lambda each: (each != DEFAULT, each))


def hall(name: str) -> Scenario:
    """A scenario by its name, read again when its file changes. Raises BadInput as `load_scenario` does, KeyError for an unknown name."""
    path = Path(shipped_scenarios()[name])
    return _loaded.get_or_make((name, path.stat().st_mtime_ns), lambda: load_scenario(path))


def groups(scenario: Scenario) -> list[Entry]:
    """The groups of windows that a plan can change."""
    serves = {each["id"]: tuple(each["serves"]) for each in windows_of(scenario.document)}
    return [Entry(each.id, each.name, each.count, each.comprehensive, serves[each.id]) for each in plans.window_groups(scenario.document)]


def services(scenario: Scenario) -> list[Entry]:
    """The services of a hall, as its file lists them."""
    return [Entry(each["id"], each.get("name", each["id"])) for each in scenario.document["services"]]


def can_turn(scenario: Scenario) -> int:
    """How many dedicated windows could be turned comprehensive."""
    return sum(each.count for each in groups(scenario) if not each.is_comprehensive)


def times(scenario: Scenario, step: int = HALF_HOUR, beyond: int = 0) -> list[str]:
    """Clock times from the first opening to the last closing, every `step` minutes, and so many minutes `beyond` on either side."""
    if not scenario.openings or scenario.horizon is not None:
        return []
    first = max(0, int(scenario.clock_start + min(each.start for each in scenario.openings)) - beyond)
    last = min(24 * 60 - step, int(scenario.clock_start + max(each.end for each in scenario.openings)) + beyond)
    return [f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(first, last + 1, step)]


def openings(scenario: Scenario) -> list[tuple[str, str]]:
    """(from, to) of the opening periods as clock times."""
    if scenario.horizon is not None:
        return []
    first = scenario.clock_start
    return [(_clock(first + each.start), _clock(first + each.end)) for each in scenario.openings]


def _clock(minute: float) -> str:
    return f"{int(minute) // 60 % 24:02d}:{int(minute) % 60:02d}"


def read(lines: Iterable[str]) -> tuple[list[Change], list[BadInput]]:
    """The changes of an address, and the refusals of what is none."""
    changes: list[Change] = []
    refusals: list[BadInput] = []
    for line in lines:
        try:
            changes = plans.with_change(changes, plans.read_change(line, "change"))
        except BadInput as refused:
            refusals.append(refused)
    return changes, refusals


def with_line(changes: Sequence[Change], line: str) -> list[Change]:
    """The changes with one more, or in the place of the one that set the same. Raises BadInput."""
    return plans.with_change(changes, plans.read_change(line, "change"))


def without(changes: Sequence[Change], line: str) -> list[Change]:
    """The changes without the one that sets the same as the line."""
    gone = plans.read_change(line, "change").subject
    return [each for each in changes if each.subject != gone]


def options(lever: str) -> tuple[str, ...]:
    """What a lever that is a choice can be."""
    return plans.LEVERS[lever].form.options


def now(scenario: Scenario, lever: str, target: str = "") -> str:
    """How a lever stands in a scenario, as a change writes it; "" where there is nothing to set or targets differ."""
    return plans.now_of(scenario.document, plans.LEVERS[lever], target)


def value_of(scenario: Scenario, changes: Sequence[Change], lever: str, target: str = "") -> str:
    """How a lever stands in the plan: the change's value, else the base's."""
    for each in reversed(changes):
        if each.lever == lever and each.target in (target, ""):
            return each.value
    return now(scenario, lever, target)


def changed_in(changes: Sequence[Change], topic: str) -> int:
    """How many changes are of a topic."""
    return sum(plans.LEVERS[each.lever].topic == topic for each in changes)


def planned(scenario: Scenario, changes: Sequence[Change]) -> Scenario:
    """The scenario with the changes made. Raises BadInput for a change that cannot be made, and if the changed document is refused."""
    if not changes:
        return scenario
    made = tuple(changes)
    return _planned.get_or_make(
        (scenario.digest, made), lambda: parse(plans.apply_changes(scenario.document, made, "change"), scenario.name)
    )


def as_toml(plan: Scenario) -> str:
    """The plan as a scenario file."""
    return to_toml(plan.document)


def sources(scenario: Scenario) -> list[tuple[str, str | None]]:
    """(dotted path of a figure, where it comes from; None for an assumption), in the order of the file."""
    flat = flatten(scenario.document.get("basis") or {})
    assumed = set(scenario.assumptions())
    return [(path, None if path in assumed else basis_of(path, flat)) for path in figures(scenario.document)]
