"""The places as halls: a scenario for each site with the cases that come to it on a working day.

A place with a scenario of its own has its services scaled to what comes; a small one has the hours, profile, laws and patience of the
district's hall, so many windows that take everything, and its own efficiency, law or breakdowns. Sites of one local place in one zone are
alike and share the zone's cases evenly, so one of them is simulated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulation.district.flows import Flow, site_id, site_zone
from simulation.district.inputs import District, Place, Plan
from simulation.expected import citizens_per_day
from simulation.plans.document import copied, settled
from simulation.scenario import Scenario, parse

WINDOW = "window"


@dataclass(frozen=True, slots=True)
class Site:
    """One place, or the sites of a local one in one zone."""

    place: Place
    zone: str | None
    """of local sites"""
    count: int
    """sites that are alike"""
    windows: int
    """of each"""
    cases: float
    """a year, all these sites together"""
    a_day: float
    """cases of one site on a day on which it is there"""
    scenario: Scenario = field(repr=False)

    @property
    def id(self) -> str:
        return site_id(self.place.id, self.zone)


def sites_of(district: District, flows: Sequence[Flow], plan: Plan | None = None) -> list[Site]:
    """Every site, with what comes to it; windows as the plan has them."""
    coming: dict[str, dict[str, float]] = {}
    for at, service, number in arrivals(district, flows):
        each = coming.setdefault(at, {})
        each[service] = each.get(service, 0.0) + number
    found = []
    for place in district.places:
        zones = [zone for zone in district.zones if zone.sites.get(place.id)] if place.local else [None]
        for zone in zones:
            count = 1 if zone is None else zone.sites[place.id]
            row = coming.get(site_id(place.id, None if zone is None else zone.id), {})
            per_day = {service: cases / count / district.days * place.every_days for service, cases in row.items()}
            windows = _windows_of(place, plan)
            scenario = _hall_of(district, place, per_day, windows)
            id = None if zone is None else zone.id
            found.append(Site(place, id, count, windows, sum(row.values()), sum(per_day.values()), scenario))
    return found


def arrivals(district: District, flows: Sequence[Flow]) -> Iterator[tuple[str, str, float]]:
    """Site, service and cases a year of every stream that ends at a place."""
    places = {each.id: each for each in district.places}
    for flow in flows:
        if flow.place in places:
            yield site_id(flow.place, site_zone(district, flow.zone, places[flow.place])), flow.service, flow.cases


def _windows_of(place: Place, plan: Plan | None) -> int:
    """Windows of each site."""
    if place.hall is not None:
        return len(place.hall.windows)
    return plan.windows.get(place.id, place.windows) if plan else place.windows


def _hall_of(district: District, place: Place, per_day: dict[str, float], windows: int) -> Scenario:
    model = place.hall or district.template
    document = copied(model.document)
    now = citizens_per_day(model)
    lines: dict[str, float] = {}
    for service, number in zip(model.services, now.tolist(), strict=True):
        lines[service.of or service.id] = lines.get(service.of or service.id, 0.0) + number
    changed = []
    for service in document["services"]:
        _scale(service, per_day.get(service["id"], 0.0), lines.get(service["id"], 0.0))
        changed.append(f"services.{service['id']}.arrivals_per_hour")
        if place.service_min is not None and not service.get("together"):
            service["service_min"] = dict(place.service_min)
    if place.hall is None:
        window: dict[str, Any] = {"id": WINDOW, "name": dict(place.name), "count": windows, "serves": ["*"], "efficiency": place.efficiency}
        if place.breakdown is not None:
            window["breakdown"] = {key: dict(law) for key, law in place.breakdown.items()}
        apart = [each["id"] for each in document["services"] if each.get("own_window")]
        document["windows"] = [window, *({**window, "id": f"{WINDOW}-{id}", "serves": [id]} for id in apart)]
        for key in ("stations", "layout", "departments"):
            document.pop(key, None)
    document["name"] = f"{district.name}-{place.id}"
    return parse(settled(document, changed), f"{district.name}: {place.id}")


def _scale(service: dict[str, Any], wanted: float, now: float) -> None:
    """So many come a day; a service for which nobody comes in the hall keeps its profile's shape where it has one."""
    factor = wanted / now if now > 0 else 0.0
    for key in ("arrivals_per_hour", "early_arrivals"):
        if key in service:
            given = service[key]
            service[key] = [each * factor for each in given] if isinstance(given, list) else given * factor
    if service.get("volume"):
        service["volume"] = {**service["volume"], "per_year": service["volume"]["per_year"] * factor}
    if now <= 0 and wanted > 0:
        service["arrivals_per_hour"] = wanted
