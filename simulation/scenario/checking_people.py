"""Classes of citizens, stations, bundles and items with a window of their own against the services and each other."""

from __future__ import annotations

from simulation.scenario.checking_windows import check_laws_of, check_references, check_seats, check_shifts, check_spans, check_unknown
from simulation.scenario.expanding.ways import AFTER, INSTEAD, PLACE, PUBLIC, reaches, reason_of, share_of
from simulation.scenario.findings import Findings, Path
from simulation.scenario.law_tables import read_law
from simulation.scenario.tables import ServiceTable, StationTable, Tables

NO_PLACE = ("service_min", "count", "shifts", "breaks", "ab_break", "lunch", "zone", "absence", "breakdown", "to_window")
"""keys that mean nothing where people register from home"""


def check_bundles(tables: Tables, findings: Findings) -> None:
    """Several services in one visit: parts that exist, are no bundles themselves, and can be done together."""
    known = {each.id: each for each in tables.services if each}
    for n, service in enumerate(tables.services):
        if service is None or findings.touches(("services", n, "together")):
            continue
        path: Path = ("services", n)
        bundle = service.together
        if bundle is None:
            if service.service_min is None and not findings.touches((*path, "service_min")):
                findings.add("missing_key", (*path, "service_min"))
            continue
        if service.service_min is not None:
            findings.add("bundle_law", (*path, "service_min"), service.id)
        if service.cases:
            findings.add("bundle_cases", (*path, "cases"), service.id)
        if all(tables.services):
            check_references(bundle.parts, (*path, "together", "parts"), list(known), "unknown_service", findings)
        for place, part in enumerate(bundle.parts):
            if part in known and (known[part].together or part == service.id):
                findings.add("bundle_in_bundle", (*path, "together", "parts", place), part)
        own = [part for part in bundle.parts if part in known and known[part].own_window]
        if bundle.at_once and len({known[part].own_window for part in bundle.parts if part in known}) > 1:
            findings.add("own_window_bundle", (*path, "together", "at_once"), own[0], reason=known[own[0]].own_window)


def check_classes(tables: Tables, findings: Findings) -> None:
    served = [each.id for each in tables.services if each]
    for n, klass in enumerate(tables.classes):
        if klass is None:
            continue
        path: Path = ("classes", n)
        if klass.id == PUBLIC:
            findings.add("reserved_id", (*path, "id"), klass.id)
        _check_share(klass.share, (*path, "share"), served, tables, findings)
        if klass.patience_min is not None and not findings.touches((*path, "patience_min")):
            law = read_law(klass.patience_min, (*path, "patience_min"), findings)
            if law is not None:
                tables.laws[(*path, "patience_min")] = law
        for key, listed in (("cases", klass.cases), ("companions", klass.companions)):
            if listed and abs(sum(each.share for each in listed) - 1) > 1e-9:
                findings.add("shares_not_one", (*path, key), f"{sum(each.share for each in listed):g}")
    if not all(tables.classes) or findings.touches(("classes",)):
        return
    for service in served:
        total = 0.0
        for n, klass in enumerate(tables.classes):
            total += share_of(klass.share, service) if klass else 0.0
            if total > 1 + 1e-9:
                findings.add("classes_above_one", ("classes", n, "share"), f"{total:g}", service=service)
                break


def check_stations(tables: Tables, seats: dict[str, str], findings: Findings) -> None:
    """Stations by themselves; `seats` holds the ids of windows so far, and whose they are."""
    served = [each.id for each in tables.services if each]
    classes = [PUBLIC, *(each.id for each in tables.classes if each)]
    for n, station in enumerate(tables.stations):
        if station is None:
            continue
        path: Path = ("stations", n)
        check_seats(station, path, seats, findings)
        if all(tables.services) and not findings.unsure_of("services"):
            check_references(station.serves, (*path, "serves"), [*served, "*"], "unknown_service", findings)
        if station.classes and all(tables.classes) and not findings.unsure_of("classes"):
            check_references(station.classes, (*path, "classes"), classes, "unknown_class", findings)
        _check_share(station.share, (*path, "share"), served, tables, findings)
        check_laws_of(station, path, tables, findings)
        check_shifts(station.shifts or [], path, findings)
        check_spans(station.breaks, (*path, "breaks"), "breaks_overlap", findings)
        _check_kind(station, path, tables, findings)
    if all(tables.services) and all(tables.classes) and all(tables.stations) and not findings.touches(("stations",)):
        _check_ways(tables, classes, findings)


def _check_kind(station: StationTable, path: Path, tables: Tables, findings: Findings) -> None:
    """What only some kinds of station can have, or must."""
    place = PLACE[station.kind]
    said = station.model_fields_set
    if station.kind == "pre-registration":
        for key in NO_PLACE:
            if key in said:
                findings.add("station_no_place", (*path, key), key)
        return
    if place == AFTER:
        for key in ("to_window", "service_factor", "incomplete_factor"):
            if key in said:
                findings.add("station_after", (*path, key), key, kind=station.kind)
    given = station.service_min
    if given is not None and not findings.touches((*path, "service_min")):
        law = read_law(given, (*path, "service_min"), findings)
        if law is not None:
            tables.laws[(*path, "service_min")] = law
    bundles = [each for each in tables.services if each and each.together and reaches(tables, station, each, PUBLIC)]
    if given is None and (station.kind != "kiosk" or bundles):
        findings.add("missing_key", (*path, "service_min"))


def _check_ways(tables: Tables, classes: list[str], findings: Findings) -> None:
    """Nobody comes two ways at once; what needs a window of its own is sent to no machine."""
    services = [each for each in tables.services if each]
    for n, station in enumerate(tables.stations):
        for place, name in enumerate(station.serves if station else ()):
            service = next((each for each in services if each.id == name), None)
            reason = reason_of(tables, service) if service else None
            if station and reason and PLACE[station.kind] == INSTEAD:
                findings.add("own_window_station", ("stations", n, "serves", place), name, reason=reason)
    for service in services:
        for klass in classes:
            _check_sum(tables, service, klass, findings)


def _check_sum(tables: Tables, service: ServiceTable, klass: str, findings: Findings) -> None:
    total = 0.0
    for n, station in enumerate(tables.stations):
        if station is None or PLACE[station.kind] == AFTER or not reaches(tables, station, service, klass):
            continue
        total += share_of(station.share, service.id)
        if total > 1 + 1e-9:
            findings.add("ways_above_one", ("stations", n, "share"), f"{total:g}", service=service.id)
            return


def _check_share(given: float | dict[str, float], path: Path, served: list[str], tables: Tables, findings: Findings) -> None:
    if isinstance(given, dict) and all(tables.services) and not findings.unsure_of("services"):
        for name in given:
            if name != "default" and name not in served:
                check_unknown("unknown_service", name, (*path, name), [*served, "default"], findings)
