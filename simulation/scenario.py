"""A hall, its services and the demand: read from TOML, checked, and turned into minutes.

This is the one place where units are converted and input is refused. Outside, a scenario is a TOML document with the unit in each key's name;
inside, it is the frozen `Scenario` below: all times are minutes, minute 0 is the first opening of the day, gaps included, and rates are per minute.

Not for results, and not for anything random.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from simulation.laws import Law

AtEnd = Literal["serve_all", "finish_current", "keep_tickets"]
Name = Mapping[str, str]
"""A visible name: language ("zh", "en") -> text."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A period in which the doors are open."""

    start: float
    """minutes since the first opening"""
    end: float
    """minutes since the first opening"""
    at_end: AtEnd
    """what happens at the end to the citizens inside"""
    early: float
    """minutes before the start in which people may already queue; 0: nobody comes early"""
    last_ticket: float
    """minute after which nobody gets a ticket (turned away); at most `end`"""


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of time in which every arrival rate is constant."""

    start: float
    """minutes"""
    end: float
    """minutes"""
    label: str
    """clock time of the start, such as "08:30"; in a scenario with a horizon the minute"""
    kind: Literal["early", "open"]
    """before the doors open, or while they are open"""


@dataclass(frozen=True, slots=True)
class Service:
    """Something citizens come for (事项)."""

    id: str
    name: Name
    law: Law
    """service time, minutes at efficiency 1"""
    patience: Law | None
    """minutes a citizen waits before leaving; None: for ever"""
    arrival_rate: tuple[float, ...]
    """citizens per minute, one per slot of the scenario"""
    target_wait: float | None
    """minutes; None: no target"""
    target_share: float | None
    """0..1, the share that should be called within the target"""
    balking: tuple[tuple[int, float], ...]
    """(queue length of this service, share that then does not join), lengths ascending"""
    priority: int
    """0 is called first"""
    returns: tuple[float, int] | None
    """(share, days): this share of those sent home or turned away comes back after so many days"""


@dataclass(frozen=True, slots=True)
class Window:
    """A seat that serves."""

    id: str
    name: Name
    zone: str | None
    kind: str
    """"dedicated" or "comprehensive" (综合窗口), or another word of the file's"""
    efficiency: Mapping[str, float]
    """service id -> work done per minute; only the services it can serve, in the order of the scenario's services"""
    shifts: tuple[tuple[float, float], ...]
    """minutes (from, to), in order, not overlapping"""
    breaks: tuple[tuple[float, float], ...]
    """minutes (from, to), in order"""
    departments: tuple[str, ...]
    """ids of the departments that stand behind this seat"""


@dataclass(frozen=True, slots=True)
class Department:
    """A department window: the unit that is assessed. Many to many with seats."""

    id: str
    name: Name
    kind: str
    windows: tuple[str, ...]
    """ids of its seats"""


@dataclass(frozen=True, slots=True)
class Horizon:
    """A textbook run instead of a day."""

    minutes: float
    warm_up: float
    """minutes at the start that no measure counts"""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A hall and its demand, checked."""

    name: str
    title: Name
    timezone: str
    """IANA name"""
    clock_start: float
    """minutes after midnight of minute 0; 0 in a scenario with a horizon"""
    openings: tuple[Opening, ...]
    slots: tuple[Slot, ...]
    services: tuple[Service, ...]
    windows: tuple[Window, ...]
    departments: tuple[Department, ...]
    horizon: Horizon | None
    days_per_year: float | None
    """working days in the period the figures stand for; None: not said"""
    basis: Mapping[str, str]
    """dotted path by id -> a document's phrase, a fit's id, or "assumption" """
    document: Mapping[str, Any]
    """the raw document it was read from"""
    digest: str
    """sha256 of the canonical content"""
    path: str | None
