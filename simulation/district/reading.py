"""A district file, read: places, zones, services, channels and plans, in a TOML file beside a hall scenario.

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

    [choice]                               # only where people are taken to choose by way and wait (`simulation.district.choice`)
    spread_min = 20                        # minutes of difference that change the odds between two places by e
    wait_weight = 2                        # minutes on the way that a minute of waiting counts as

    [[plans]]
    id = "down"
    moves = ["main>township=30%"]          # of what is done at one kind of place; `tax:main>online=10%` for one service
    windows = { township = 2 }

Every figure may carry its basis in [basis], as in a scenario. Assumes that people use the nearest site of the kind they go to, and that the
services are shared alike in all zones. Travel times are inputs; nothing is computed from maps.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulation.district.inputs import KINDS, ONLINE, Choice, District, Online, Place, Work, Zone
from simulation.district.moves import plan_of
from simulation.faults import add_catalogue
from simulation.plain_tables import PlainTables, hall_beside, read_plain
from simulation.scenario import Scenario
from simulation.scenario.basis import addresses, flatten
from simulation.scenario.findings import nearest

add_catalogue(Path(__file__).with_name("faults.toml"))

TOLERANCE = 1e-6
LISTED = ("places", "zones", "services", "plans")
KEYS = ("schema", "name", "title", "circle_min", "days_per_year", *LISTED, ONLINE, "choice", "basis")


def load_district(path: str | Path) -> District:
    """Reads a district and the halls it names. Raises BadInput with every fault of them."""
    return district_of(read_plain(Path(path), str(path)), Path(path))


def district_of(tables: PlainTables, path: Path) -> District:
    """A district out of read tables. Raises BadInput."""
    tables.known((), KEYS)
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
    choice = _choice(tables)
    basis = _basis(tables)
    for listed, ids in (("places", places), ("zones", zones), ("services", works)):
        _told_twice(tables, listed, [each.id for each in ids])
    _whole(tables, places, zones, works)
    plans = [plan_of(tables, row, kinds, works, places) for row in tables.rows(("plans",))]
    _told_twice(tables, "plans", [each.id for each in plans])
    tables.finish()
    return District(
        name=name,
        title=title,
        circle=circle,
        days=days,
        places=tuple(places),
        zones=tuple(zones),
        works=tuple(works),
        online=online,
        plans=tuple(plans),
        choice=choice,
        basis=basis,
        figures=tuple(_figures(tables.document)),
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
    hall = hall_beside(tables, key, path.parent)
    for service in hall.services if hall else ():
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


def _choice(tables: PlainTables) -> Choice | None:
    if tables.at(("choice",)) is None:
        return None
    tables.known(("choice",), ("spread_min", "wait_weight"))
    usual = Choice()
    spread = tables.number(("choice", "spread_min"), usual.spread, least=0.5, most=10_000)
    return Choice(spread, tables.number(("choice", "wait_weight"), usual.wait_weight, most=20))


def _basis(tables: PlainTables) -> dict[str, str]:
    """The phrases behind the figures; a path that names nothing of the file is a fault."""
    given = tables.at(("basis",))
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        tables.refuse("not_a_table", ("basis",), given)
        return {}
    sound = {key: value for key, value in tables.document.items() if isinstance(value, list if key in LISTED else object)}
    known = addresses({key: value for key, value in sound.items() if key in KEYS})
    for path, phrase in flatten(given).items():
        at = ("basis", path)
        if not isinstance(phrase, str):
            tables.refuse("not_text", at, phrase)
        elif not phrase.strip():
            tables.refuse("empty_text", at)
        elif path not in known and not tables.findings.touches((path.partition(".")[0],)):
            near = nearest(path, known)
            tables.refuse("basis_nothing_near" if near else "basis_nothing", at, path, nearest=near)
    return {path: str(phrase) for path, phrase in flatten(given).items()}


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
    if places and not tables.findings.touches(("places",)) and all(each.kind != KINDS[0] for each in places):
        tables.refuse("district_no_main", ("places",))
    if works and not tables.findings.touches(("services",)) and not any(each.cases for each in works):
        tables.refuse("district_nobody", ("services",))
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
    found += [f"choice.{key}" for key in ("spread_min", "wait_weight") if key in (document.get("choice") or {})]
    for listed, keys in (
        ("places", ("windows", "efficiency", "every_days", "service_min", "breakdown")),
        ("zones", ("people", "travel")),
        ("services", ("cases_per_year", "at", "can", "items")),
    ):
        for entry in document.get(listed) or ():
            found += [f"{listed}.{entry.get('id')}.{key}" for key in keys if key in entry]
            if listed == "zones":
                found += [f"zones.{entry.get('id')}.sites.{place}" for place in entry.get("sites") or ()]
    return found
