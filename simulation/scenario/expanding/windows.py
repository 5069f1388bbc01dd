"""Which lines a window serves and how fast, what a station is as windows, when a window rests over lunch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from simulation.laws import Law, scaled
from simulation.scenario.expanding.lines import Line, line_id
from simulation.scenario.tables import Interval, LayoutTable, StationTable, Tables, WindowTable

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Group:
    """Windows of one table, with what they serve."""

    table: WindowTable
    path: tuple[str | int, ...]
    """of the table in the file, for its laws"""
    own: tuple[Line, ...]
    helped: tuple[tuple[Line, int], ...] = ()
    """(line, people): lines that it helps once so many wait"""
    covered: tuple[Line, ...] = ()
    """lines that it serves while nobody whose own they are is on post"""
    station: str | None = None


def groups_of(tables: Tables, lines: list[Line], laid_out: list[WindowTable]) -> list[Group]:
    """The windows of the file, then those of its layout, then the stations as windows."""
    owned, top = own_windows(tables), tables.top
    bundles = {each.id for each in tables.services if each and each.together}
    machines = {each.id for each in tables.stations if each and each.kind == "kiosk"}
    groups = []
    for path, table in [
        *((("windows", n), each) for n, each in enumerate(tables.windows) if each),
        *((("layout", n), each) for n, each in enumerate(laid_out)),
    ]:
        own = tuple(line for line in lines if serves(table, line, owned))
        mine = {line.id for line in own}
        others = [line for line in lines if line.station is None and line.id not in mine]
        helped = tuple((line, each.queue) for line in others for each in table.overflow if _helps(table, line, each.service))
        covered = [line for line in others if any(_helps(table, line, name) for name in table.covers)]
        if top and top.rules.lines == "common":  # whoever meets a broken machine goes to a window
            covered += [line for line in lines if line.station in machines and line.of not in bundles and instead_of(line) in mine]
        groups.append(Group(table, path, own, helped, tuple(covered)))
    for n, station in enumerate(tables.stations):
        own = tuple(line for line in lines if station and line.station == station.id)
        if station and own:
            groups.append(Group(_as_windows(station), ("stations", n), own, station=station.id))
    return groups


def own_windows(tables: Tables) -> dict[str, str]:
    """Service -> the word of its own window, for those that need one."""
    return {each.id: each.own_window for each in tables.services if each and each.own_window is not None}


def serves(window: WindowTable, line: Line, owned: Mapping[str, str]) -> bool:
    """Whether a window has a line among its own."""
    if line.station is not None:
        return False
    if _says(window, line, line.of) or all(_says(window, line, skill) for skill in line.skills):
        return True
    if "*" not in window.serves or not _of_class(window, line) or line.of in owned:
        return False
    return all(skill not in owned or _says(window, line, skill) for skill in line.skills)


def _says(window: WindowTable, line: Line, service: str) -> bool:
    """Whether a window names a service for a line: ``tax`` and its classes, or ``tax:agent`` (which is no part of what is done at once)."""
    one_by_one = service == line.of or not line.at_once
    return (service in window.serves and _of_class(window, line)) or (one_by_one and f"{service}:{line.klass}" in window.serves)


def instead_of(line: Line) -> str:
    """The line at the windows in whose place a station works."""
    return line_id(line.of, line.klass)


def laws_at(own_laws: Mapping[str, Law], line: Line, lines: Mapping[str, Line]) -> Law | None:
    """How long a line takes at a window, where that is not the line's own law: by the window's, or as at a window and not at a machine."""
    done = line if line.station is None else lines[instead_of(line)]
    law = nearest_of(own_laws, done)
    if law is not None:
        return scaled(law, done.factor)
    return None if done is line else done.law


def _helps(window: WindowTable, line: Line, named: str) -> bool:
    """Whether a service that a window helps means this line; of a bundle at once it does no single part."""
    return named in (line.names[:2] if line.at_once else line.names) and _of_class(window, line, named)


def _of_class(window: WindowTable, line: Line, named: str = "") -> bool:
    return ":" in named or window.classes is None or line.klass in window.classes


def nearest_of(table: Mapping[str, Value], line: Line) -> Value | None:
    """What a window's table says for a line: under its class, its service, or the part of the bundle that it is."""
    return next((table[name] for name in line.names if name in table), None)


def efficiency_of(window: WindowTable, line: Line) -> float:
    if not isinstance(window.efficiency, dict):
        return window.efficiency
    found = nearest_of(window.efficiency, line)
    return window.efficiency.get("default", 1.0) if found is None else found


def _as_windows(station: StationTable) -> WindowTable:
    shared = ("id", "name", "count", "shifts", "breaks", "ab_break", "lunch", "zone", "absence", "breakdown")
    return WindowTable.model_construct(
        **{**_defaults(), **{key: getattr(station, key) for key in shared}, "kind": station.kind, "serves": [station.id]}
    )


def _defaults() -> dict[str, object]:
    return {name: each.get_default(call_default_factory=True) for name, each in WindowTable.model_fields.items() if not each.is_required()}


def rests_of(table: WindowTable | StationTable | LayoutTable, lunch: Interval | None) -> tuple[list[Interval], Interval | None]:
    """The breaks of all its seats, and the one that they take in halves (AB岗); the word `lunch` becomes one of them."""
    breaks, halves = list(table.breaks), table.ab_break
    if lunch is not None and table.lunch == "closed":
        breaks.append(lunch)
    if lunch is not None and table.lunch == "ab":
        halves = lunch
    return breaks, halves
