"""By which ways the citizens of a service come to the windows, and where they go from there: stations, service by service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulation.scenario.tables import ClassTable, ServiceTable, StationTable, Tables

PUBLIC = "public"
"""the class of everybody whom no [[classes]] table takes"""
PREPARED, INSTEAD, AFTER = "prepared", "instead", "after"
PLACE = {
    "pre-registration": PREPARED,
    "pre-check": PREPARED,
    "guide": PREPARED,
    "agency": INSTEAD,
    "kiosk": INSTEAD,
    "payment": AFTER,
    "collection": AFTER,
}
"""kind of station -> where it stands on the way: before the windows, in their place, or after them"""
TO_WINDOW = {PREPARED: 1.0, INSTEAD: 0.0}
"""the share that goes on from there to a window, unless the file says another"""


@dataclass(frozen=True, slots=True)
class Way:
    """One station on the way of one service and class."""

    station: StationTable
    number: int
    """its position in the file"""
    share: float
    """0..1, of the citizens (stations before and instead of the windows), or of those done with what comes before (after)"""

    @property
    def place(self) -> str:
        return PLACE[self.station.kind]

    @property
    def to_window(self) -> float:
        given = self.station.to_window
        return TO_WINDOW[self.place] if given is None else given


def share_of(given: float | Mapping[str, float], service: str) -> float:
    """The share for a service: its own, the table's default, or the one number."""
    return given if isinstance(given, (int, float)) else given.get(service, given.get("default", 0.0))


def reaches(tables: Tables, station: StationTable, service: ServiceTable, klass: str) -> bool:
    """Whether citizens of this service and class come to the station; what needs a window of its own goes to no machine and no agency."""
    if station.classes is not None and klass not in station.classes:
        return False
    if service.id in station.serves:
        return True
    return "*" in station.serves and (PLACE[station.kind] != INSTEAD or reason_of(tables, service) is None)


def reason_of(tables: Tables, service: ServiceTable) -> str | None:
    """Why a service, or a part of it, needs a window of its own; None if it does not."""
    parts = service.together.parts if service.together else []
    words = [service.own_window, *(each.own_window for each in tables.services if each and each.id in parts)]
    return next((word for word in words if word is not None), None)


def ways_of(tables: Tables, service: ServiceTable, klass: str) -> list[Way]:
    """The stations of a service and class, in the order of the file; those with a share of 0 are left out."""
    found = [
        Way(each, number, share_of(each.share, service.id))
        for number, each in enumerate(tables.stations)
        if each and reaches(tables, each, service, klass)
    ]
    return [way for way in found if way.share > 0]


def shares_of_classes(tables: Tables, service: str) -> dict[str, float]:
    """Class -> share of a service's citizens; what is left is the public's."""
    shares = {each.id: share_of(each.share, service) for each in tables.classes if each}
    return {PUBLIC: max(0.0, 1.0 - sum(shares.values())), **shares}


def class_tables(tables: Tables) -> dict[str, tuple[int, ClassTable]]:
    """Class -> its position and table; the public has none."""
    return {each.id: (number, each) for number, each in enumerate(tables.classes) if each}
