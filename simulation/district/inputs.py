"""A district as it is written: places, zones, services, channels and plans, in a TOML file beside a hall scenario.

    schema = 1
    name = "some-district"
    circle_min = 30                        # who travels no longer than this is near

    [[places]]                             # where something is done; `kind` is what flows go to
    id = "main"
    kind = "main"
    hall = "../some-hall.toml"             # a scenario: its hours, laws and windows, and the hours and laws of the small places

    [[places]]
    id = "township"
    kind = "township"
    local = true                           # a site in each zone that has some (`sites`), for the people there
    windows = 1                            # of each site, for everything that comes
    efficiency = 0.8

    [[zones]]
    id = "north"
    people = 0.3                           # share of the district's people
    travel = { main = 40, township = 15 }  # minutes there
    sites = { township = 2 }

    [[services]]                           # the hall's services: the whole district's cases, where they are done, where they can be
    id = "tax"
    cases_per_year = 12000
    at = { main = 0.7, township = 0.3 }
    can = ["main", "township", "online"]

    [online]                               # of who submits, how many pass the first check and are finished; the others come to a place
    passes = 0.86
    finishes = 0.95
    back_to = "main"

    [[plans]]
    id = "down"
    moves = ["main>township=30%"]          # of what is done at one kind of place; `tax:main>online=10%` for one service
    windows = { township = 2 }

Every figure may carry its basis in [basis], as in a scenario. Assumes that people use the nearest site of the kind they go to, and that the
services are shared alike in all zones. Travel times are inputs; nothing is computed from maps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulation.faults import BadInput, add_catalogue
from simulation.plain_tables import PlainTables, read_plain
from simulation.scenario import Scenario, load_scenario
from simulation.scenario.basis import ASSUMED, basis_of, flatten

add_catalogue(Path(__file__).with_name("faults.toml"))

ONLINE = "online"
"""the channel without a place"""
NEARBY = ("township", "village", "kiosk", "outlet", "mobile")
"""kinds of places that count as near home (就近): townships, villages, kiosks, outlets of banks, windows that move"""
KINDS = ("main", "branch", *NEARBY)
TOLERANCE = 1e-6


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


def load_district(path: str | Path) -> District:
    """Reads a district and the halls it names. Raises BadInput with every fault of them."""
    return district_of(read_plain(Path(path), str(path)), Path(path))


def district_of(tables: PlainTables, path: Path) -> District:
    """A district out of read tables. Raises BadInput."""
    keys = ("schema", "name", "title", "circle_min", "days_per_year", "places", "zones", "services", "online", "plans", "basis")
    tables.known((), keys)
    if tables.whole(("schema",)) != 1 and tables.at(("schema",)) is not None:
        tables.refuse("not_one_of", ("schema",), tables.at(("schema",)), allowed="1")
    name = tables.identity(("name",))
    title = tables.name(("title",), name)
    circle = tables.number(("circle_min",), 30.0, above=0.0, most=1440)
    days = tables.number(("days_per_year",), 250.0, least=1, most=366)
    places = [_place(tables, row, path) for row in tables.rows(("places",), least=1)]
    kinds = list(dict.fromkeys(each.kind for each in places))
    zones = [_zone(tables, row, places) for row in tables.rows(("zones",), least=1)]
    works = [_work(tables, row, [*kinds, ONLINE]) for row in tables.rows(("services",), least=1)]
    online = _online(tables, kinds)
    basis = {path: str(phrase) for path, phrase in flatten(tables.at(("basis",)) or {}).items()}
    for listed, ids in (("places", places), ("zones", zones), ("services", works)):
        _told_twice(tables, listed, [each.id for each in ids])
    _whole(tables, places, zones, works)
    plans = [_plan(tables, row, kinds, works, places) for row in tables.rows(("plans",))]
    _told_twice(tables, "plans", [each.id for each in plans])
    tables.finish()
    return District(
        name, title, circle, days, tuple(places), tuple(zones), tuple(works), online, tuple(plans), basis, tuple(_figures(tables.document))
    )


def _place(tables: PlainTables, row: tuple[str | int, ...], path: Path) -> Place:
    tables.known(row, ("id", "name", "kind", "hall", "windows", "efficiency", "local", "every_days", "service_min", "breakdown"))
    id = tables.identity((*row, "id"))
    kind = tables.one_of((*row, "kind"), KINDS)
    named, windows = tables.at((*row, "hall")), tables.at((*row, "windows"))
    hall = None
    if (named is None) == (windows is None):
        tables.refuse("district_windows", row, "hall, windows" if named else "neither hall nor windows")
    elif named is not None:
        hall = _hall(tables, (*row, "hall"), path)
    local = tables.at((*row, "local"))
    if local is not None and not isinstance(local, bool):
        tables.refuse("not_one_of", (*row, "local"), local, allowed="true, false")
    return Place(
        id=id,
        name=tables.name((*row, "name"), id),
        kind=kind,
        hall=hall,
        windows=tables.whole((*row, "windows"), 1, least=1, most=1000),
        efficiency=tables.number((*row, "efficiency"), 1.0, least=0.01, most=100),
        local=bool(local),
        every_days=tables.whole((*row, "every_days"), 1, least=1, most=60),
        service_min=_law(tables, (*row, "service_min")),
        breakdown=_breakdown(tables, (*row, "breakdown")),
    )


def _law(tables: PlainTables, path: tuple[str | int, ...]) -> Mapping[str, Any] | None:
    given = tables.at(path)
    if given is None:
        return None
    if not isinstance(given, Mapping):
        tables.refuse("not_a_table", path, given)
        return None
    from simulation.scenario.law_tables import read_law

    return dict(given) if read_law(given, path, tables.findings) is not None else None  # type: ignore[arg-type]


def _breakdown(tables: PlainTables, path: tuple[str | int, ...]) -> Mapping[str, Any] | None:
    given = tables.at(path)
    if given is None:
        return None
    tables.known(path, ("between_min", "repair_min"))
    laws = {key: _law(tables, (*path, key)) for key in ("between_min", "repair_min")}
    for key, law in laws.items():
        if law is None:
            tables.refuse("missing_key", (*path, key))
    return laws


def _hall(tables: PlainTables, key: tuple[str | int, ...], path: Path) -> Scenario | None:
    named = tables.text(key)
    if not named:
        return None
    try:
        hall = load_scenario(path.parent / named)
    except BadInput as refused:
        tables.findings.faults += refused.faults
        return None
    if hall.horizon is not None:
        tables.refuse("sizing_horizon", key, named)
    for service in hall.services:
        if service.diverted:
            tables.refuse("district_own_way", key, service.id, key="diverted")
    return hall


def _zone(tables: PlainTables, row: tuple[str | int, ...], places: list[Place]) -> Zone:
    tables.known(row, ("id", "name", "people", "travel", "sites"))
    id = tables.identity((*row, "id"))
    known = [each.id for each in places]
    tables.known((*row, "travel"), known)
    tables.known((*row, "sites"), [each.id for each in places if each.local])
    sites = {each.id: tables.whole((*row, "sites", each.id), 0, most=100_000) for each in places if each.local}
    travel = {}
    for place in places:
        if not place.local or sites[place.id]:
            if tables.at((*row, "travel", place.id)) is None and not tables.findings.touches((*row, "travel")):
                tables.refuse("district_travel", (*row, "travel", place.id), place.id, zone=id)
            travel[place.id] = tables.number((*row, "travel", place.id), 0.0, most=1440)
    people = tables.number((*row, "people"), most=1.0)
    return Zone(id, tables.name((*row, "name"), id), people, travel, sites)


def _work(tables: PlainTables, row: tuple[str | int, ...], kinds: list[str]) -> Work:
    tables.known(row, ("id", "name", "cases_per_year", "at", "can", "items"))
    id = tables.identity((*row, "id"))
    at = {}
    given = tables.at((*row, "at"))
    if given is None:
        tables.refuse("missing_key", (*row, "at"))
    elif not isinstance(given, Mapping):
        tables.refuse("not_a_table", (*row, "at"), given)
    for kind in given if isinstance(given, Mapping) else ():
        if kind not in kinds:
            tables.refuse("district_where", (*row, "at", kind), kind, known=", ".join(kinds))
        else:
            at[kind] = tables.number((*row, "at", kind), most=1.0)
    if at and len(at) == len(given) and abs(sum(at.values()) - 1) > TOLERANCE:
        tables.refuse("district_shares", (*row, "at"), f"{sum(at.values()):.6g}")
    can = tables.at((*row, "can"))
    if can is not None and not (isinstance(can, list) and all(isinstance(each, str) for each in can)):
        tables.refuse("not_a_list", (*row, "can"), can)
        can = None
    for n, kind in enumerate(can or ()):
        if kind not in kinds:
            tables.refuse("district_where", (*row, "can", n), kind, known=", ".join(kinds))
    allowed = tuple(dict.fromkeys([*(can or ()), *(kind for kind, share in at.items() if share > 0)]))
    cases = tables.number((*row, "cases_per_year"), most=1e9)
    return Work(id, tables.name((*row, "name"), id), cases, at, allowed, tables.number((*row, "items"), 1.0, most=1e6))


def _online(tables: PlainTables, kinds: list[str]) -> Online:
    tables.known((ONLINE,), ("passes", "finishes", "back_to"))
    passes = tables.number((ONLINE, "passes"), 1.0, most=1.0)
    finishes = tables.number((ONLINE, "finishes"), 1.0, most=1.0)
    back = tables.text((ONLINE, "back_to"), kinds[0] if kinds else "main")
    if kinds and back not in kinds:
        tables.refuse("district_where", (ONLINE, "back_to"), back, known=", ".join(kinds))
    return Online(passes, finishes, back)


def _plan(tables: PlainTables, row: tuple[str | int, ...], kinds: list[str], works: list[Work], places: list[Place]) -> Plan:
    tables.known(row, ("id", "name", "moves", "windows"))
    id = tables.identity((*row, "id"))
    moves = []
    given = tables.at((*row, "moves"))
    if given is not None and not isinstance(given, list):
        tables.refuse("not_a_list", (*row, "moves"), given)
        given = []
    for n, text in enumerate(given or ()):
        move = read_move(tables, (*row, "moves", n), text, [*kinds, ONLINE], works)
        if move is not None:
            moves.append(move)
    small = [each.id for each in places if each.hall is None]
    windows = {}
    for place in tables.at((*row, "windows")) or ():
        if place not in small:
            tables.refuse("district_plan_windows", (*row, "windows", place), place, known=", ".join(small))
        else:
            windows[place] = tables.whole((*row, "windows", place), 1, least=1, most=1000)
    return Plan(id, tables.name((*row, "name"), id), tuple(moves), windows)


def read_move(
    tables: PlainTables, where: tuple[str | int, ...], text: Any, kinds: list[str], works: list[Work] | tuple[Work, ...]
) -> Move | None:
    """`SERVICE:FROM>TO=SHARE`; what is wrong with it is told in the tables."""
    said = str(text)
    head, equals, amount = said.partition("=")
    service, colon, way = head.rpartition(":")
    source, arrow, to = (each.strip() for each in way.partition(">"))
    if not (isinstance(text, str) and equals and arrow and source and to):
        tables.findings.note("district_move", where, said)
        return None
    try:
        share = float(amount.strip().rstrip("%")) / (100 if amount.strip().endswith("%") else 1)
    except ValueError:
        tables.findings.note("district_move", where, said)
        return None
    service = service.strip()
    by_id = {each.id: each for each in works}
    before = len(tables.findings.faults)
    for kind in (source, to):
        if kind not in kinds:
            tables.findings.note("district_where", where, kind, known=", ".join(kinds))
    if source == to:
        tables.findings.note("district_move_nowhere", where, said, there=to)
    if not 0 <= share <= 1:
        tables.findings.note("district_move_share", where, amount)
    if colon and service not in by_id:
        tables.findings.note("district_service", where, service, known=", ".join(by_id))
    elif colon and to in kinds and to not in by_id[service].can:
        tables.findings.note("district_can", where, to, service=service, known=", ".join(by_id[service].can))
    return Move(source, to, share, service if colon else None) if len(tables.findings.faults) == before else None


def _told_twice(tables: PlainTables, listed: str, ids: list[str]) -> None:
    for n, id in enumerate(ids):
        if id in ids[:n]:
            tables.refuse("district_same_id", (listed, n, "id"), id)


def _whole(tables: PlainTables, places: list[Place], zones: list[Zone], works: list[Work]) -> None:
    """What no single row can know."""
    if zones and not tables.findings.touches(("zones",)) and abs(sum(each.people for each in zones) - 1) > TOLERANCE:
        tables.refuse("district_zones", ("zones",), f"{sum(each.people for each in zones):.6g}")
    for n, place in enumerate(places):
        if place.local and not any(zone.sites.get(place.id) for zone in zones):
            tables.refuse("district_sites", ("places", n, "local"), place.id)
    halls = [each.hall for each in places if each.hall is not None]
    if not halls and not tables.findings.touches(("places",)):
        tables.refuse("district_two_halls", ("places",))
    for hall in halls:
        known = {each.of for each in hall.services}
        for n, work in enumerate(works):
            if work.id and work.id not in known:
                tables.refuse("district_service", ("services", n, "id"), work.id, known=", ".join(sorted(known)))
        missing = sorted(known - {each.id for each in works})
        if missing and not tables.findings.touches(("services",)):
            tables.refuse("district_services_missing", ("services",), ", ".join(missing))


def _figures(document: Mapping[str, Any]) -> list[str]:
    """Dotted paths of what a basis may stand behind."""
    found = [key for key in ("circle_min", "days_per_year") if key in document]
    found += [f"online.{key}" for key in ("passes", "finishes") if key in (document.get(ONLINE) or {})]
    for listed, keys in (
        ("places", ("windows", "efficiency", "every_days", "service_min", "breakdown")),
        ("zones", ("people", "travel", "sites")),
        ("services", ("cases_per_year", "at", "can", "items")),
    ):
        for entry in document.get(listed) or ():
            found += [f"{listed}.{entry.get('id')}.{key}" for key in keys if key in entry]
    return found
