"""A district as plain data: places, zones, services, channels, plans, and how people choose.

Assumes that the services are shared alike in all zones. Travel times are inputs; nothing is computed from maps. Not for reading files:
`simulation.district.reading`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulation.scenario import Scenario
from simulation.scenario.basis import ASSUMED, basis_of

ONLINE = "online"
"""the channel without a place"""
NEARBY = ("township", "village", "kiosk", "outlet", "mobile")
"""kinds of places that count as near home (就近): townships, villages, kiosks, outlets of banks, windows that move"""
KINDS = ("main", "branch", *NEARBY)


@dataclass(frozen=True, slots=True)
class Place:
    """One place, or one site in every zone that has some."""

    id: str
    name: Mapping[str, str]
    kind: str
    """one of KINDS"""
    hall: Scenario | None = field(repr=False, default=None)
    """None: a small hall of so many windows"""
    windows: int = 1
    """of each site"""
    efficiency: float = 1.0
    local: bool = False
    every_days: int = 1
    """it is there one working day in so many (a window that moves)"""
    service_min: Mapping[str, Any] | None = None
    """a law for everything done there, such as at a machine; None: the hall's"""
    breakdown: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Zone:
    """Where people live."""

    id: str
    name: Mapping[str, str]
    people: float
    """share of the district's"""
    travel: Mapping[str, float]
    """place -> minutes"""
    sites: Mapping[str, int]
    """local place -> how many stand here"""


@dataclass(frozen=True, slots=True)
class Work:
    """One service of the whole district."""

    id: str
    name: Mapping[str, str]
    cases: float
    """a year"""
    at: Mapping[str, float]
    """kind of place, or ONLINE -> share"""
    can: tuple[str, ...]
    """kinds, or ONLINE, where it may be done"""
    items: float
    """how many items of the catalogue it stands for"""


@dataclass(frozen=True, slots=True)
class Online:
    """What becomes of who submits online."""

    passes: float = 1.0
    finishes: float = 1.0
    back_to: str = "main"

    @property
    def done(self) -> float:
        """The share that is finished there."""
        return self.passes * self.finishes


@dataclass(frozen=True, slots=True)
class Move:
    """A share of what is done at one kind of place, done elsewhere."""

    source: str
    to: str
    share: float
    service: str | None = None
    """None: every service that can be done there"""

    def __str__(self) -> str:
        return f"{'' if self.service is None else f'{self.service}:'}{self.source}>{self.to}={100 * self.share:g}%"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to change."""

    id: str
    name: Mapping[str, str]
    moves: tuple[Move, ...] = ()
    windows: Mapping[str, int] = field(default_factory=dict)
    """place -> windows of each site"""


@dataclass(frozen=True, slots=True)
class Choice:
    """How people weigh places, where they are taken to choose by the wait."""

    spread: float = 20.0
    """minutes of difference that change the odds between two places by e"""
    wait_weight: float = 1.0
    """minutes on the way that a minute of waiting counts as"""


@dataclass(frozen=True, slots=True)
class District:
    """All of it."""

    name: str
    title: Mapping[str, str]
    circle: float
    """minutes"""
    days: float
    """working days a year"""
    places: tuple[Place, ...]
    zones: tuple[Zone, ...]
    works: tuple[Work, ...]
    online: Online
    plans: tuple[Plan, ...]
    choice: Choice | None = None
    """None: the file says nothing of how people choose"""
    basis: Mapping[str, str] = field(default_factory=dict)
    figures: tuple[str, ...] = ()
    """dotted paths of the figures of the file"""

    @property
    def template(self) -> Scenario:
        """The hall whose hours, profile and laws the small places have."""
        return next(each.hall for each in self.places if each.hall is not None)

    def kinds(self) -> tuple[str, ...]:
        """Where something can be done: the kinds of places, and online."""
        return (*dict.fromkeys(each.kind for each in self.places), ONLINE)

    def of_kind(self, kind: str) -> tuple[Place, ...]:
        return tuple(each for each in self.places if each.kind == kind)

    def assumptions(self) -> list[str]:
        """Paths of the figures that no document stands behind."""
        return [path for path in self.figures if (basis_of(path, self.basis) or ASSUMED[0]).strip().lower().startswith(ASSUMED)]
