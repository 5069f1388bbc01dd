"""Which assumption of a district moves a plan's answer most: each alone at its low and its high end, on the same citizens.

A figure without a source is moved by a fifth either way (`EITHER_WAY`), a number of windows or sites by at least one. A table is moved as
one: the times of a zone together, of a law its minutes, of where a service is done the largest share, the others giving way; so with the
zones' people. Beside the file's own figures the service times of the hall, where those are assumed.

Fewer days than the answer's, so its base may differ by noise that all ends share. Not for figures that move together, and not for what is
no number (`can`); people go where the plan says (`equilibrium` is not asked).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from simulation.district.answer import AS_IT_IS, LEVEL, Tell, days_for, seed_of
from simulation.district.flows import access_of, flows_of, moved
from simulation.district.inputs import District, Place, Plan, Work, Zone
from simulation.district.sites import Site, sites_of
from simulation.experiment import Workers, experiment
from simulation.plans import scale_service
from simulation.plans.service_time import scaled
from simulation.scenario import parse

EITHER_WAY = 0.2
FEWER_DAYS = 0.25
"""of those of the answer"""
FEWEST_DAYS = 30
OUTCOMES = ("wait_main", "wait_all", "near", "travel")
"""with the plan: mean wait in the main hall and of all who come somewhere, minutes; share done within the circle; mean travel, minutes"""
HALL_SERVICE = "hall.service_min"

Bend = Callable[[float], District]
"""factor -> the district with one figure times it"""


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure moved."""

    figure: str
    factors: tuple[float, float]
    at_low: Mapping[str, float]
    at_high: Mapping[str, float]
    """one of OUTCOMES -> what comes out"""

    def swing(self, outcome: str) -> float:
        """How far it moves an outcome; 0 where there is none."""
        far = abs(self.at_high[outcome] - self.at_low[outcome])
        return 0.0 if math.isnan(far) else far


@dataclass(frozen=True, slots=True)
class Tornado:
    """All assumptions."""

    base: Mapping[str, float]
    bars: tuple[Bar, ...]
    """those that move the wait in the main hall most first"""
    not_moved: tuple[str, ...]
    """assumptions that are no number, or leave nothing to move"""
    simulated: int

    def by(self, outcome: str) -> list[Bar]:
        """The figures that move an outcome, the most first."""
        return sorted((each for each in self.bars if each.swing(outcome) > 1e-9), key=lambda each: -each.swing(outcome))


def tornado(district: District, plan: Plan | None = None, *, seed: int = 1, workers: Workers = 1, tell: Tell | None = None) -> Tornado:
    """Moves every assumed figure. `tell` is called at each (figures done, all figures); what it raises stops the work."""
    plan = plan or AS_IT_IS
    bends, stiff = bends_of(district)
    outcome = _Outcome(plan, seed, workers)
    base = outcome(district)
    bars = []
    for n, (figure, bend) in enumerate(bends.items()):
        if tell is not None:
            tell(n, len(bends))
        low, high = 1 - EITHER_WAY, 1 + EITHER_WAY
        bars.append(Bar(figure, (low, high), outcome(bend(low)), outcome(bend(high))))
    ordered = sorted(bars, key=lambda each: -each.swing(OUTCOMES[0]))
    return Tornado(base, tuple(ordered), tuple(stiff), outcome.simulated)


def tornado_as_data(storm: Tornado) -> dict[str, Any]:
    """As plain data."""

    def told(values: Mapping[str, float]) -> dict[str, float | None]:
        return {name: None if math.isnan(value) else value for name, value in values.items()}

    return {
        "either_way": EITHER_WAY,
        "base": told(storm.base),
        "inputs": [
            {"input": each.figure, "low": each.factors[0], "high": each.factors[1]}
            | {"at_low": told(each.at_low), "at_high": told(each.at_high), "swing": {name: each.swing(name) for name in OUTCOMES}}
            for each in storm.bars
        ],
        "not_moved": list(storm.not_moved),
        "simulated": storm.simulated,
    }


class _Outcome:
    """What comes out of a district with a plan; a site that was simulated before is not again."""

    def __init__(self, plan: Plan, seed: int, workers: Workers) -> None:
        self.plan, self.seed, self.workers = plan, seed, workers
        self.simulated = 0
        self._days: dict[str, int] = {}
        self._known: dict[tuple[str, str], float] = {}

    def __call__(self, district: District) -> dict[str, float]:
        works = moved(district.works, self.plan.moves)
        flows = flows_of(district, works)
        waits = [(each.place.kind, each.cases, self._wait(each)) for each in sites_of(district, flows, self.plan) if each.cases > 0]
        access = access_of(district, works, flows)
        main = [each for each in waits if each[0] == "main"]
        return {"wait_main": _mean(main), "wait_all": _mean(waits), "near": access.done_near, "travel": access.mean_travel}

    def _wait(self, site: Site) -> float:
        key = (site.id, site.scenario.digest)
        if key not in self._known:
            self.simulated += 1
            days = self._days.setdefault(site.id, max(FEWEST_DAYS, round(FEWER_DAYS * days_for(site.a_day))))
            seed = seed_of(site, self.seed)
            result = experiment(site.scenario, replications=days, seed=seed, workers=self.workers, level=LEVEL)
            self._known[key] = result.measures["mean_wait"].value
        return self._known[key]


def _mean(rows: list[tuple[str, float, float]]) -> float:
    total = sum(cases for _, cases, wait in rows if not math.isnan(wait))
    return sum(cases * wait for _, cases, wait in rows if not math.isnan(wait)) / total if total else math.nan


def bends_of(district: District) -> tuple[dict[str, Bend], list[str]]:
    """Of every assumed figure how it is moved; and the figures that cannot be."""
    bends: dict[str, Bend] = {}
    stiff = []
    for figure in district.assumptions():
        bend = _bend(district, figure)
        if bend is None:
            stiff.append(figure)
        else:
            bends[figure] = bend
    if any(path.endswith(".service_min") for each in district.places if each.hall is not None for path in each.hall.assumptions()):
        bends[HALL_SERVICE] = lambda factor: _with_halls(district, factor)
    return bends, stiff


def _bend(district: District, figure: str) -> Bend | None:
    listed, _, rest = figure.partition(".")
    id, _, key = rest.partition(".")
    if figure == "circle_min":
        return lambda factor: replace(district, circle=district.circle * factor)
    if figure == "days_per_year":
        return lambda factor: replace(district, days=district.days * factor)
    if figure in ("online.passes", "online.finishes"):
        name = figure.partition(".")[2]
        online = district.online
        return lambda factor: replace(district, online=replace(online, **{name: min(1.0, getattr(online, name) * factor)}))
    if listed == "places":
        place = next(each for each in district.places if each.id == id)
        change = PLACES.get(key)
        return None if change is None else lambda factor: _with(district, "places", place, change(place, factor))
    if listed == "zones":
        zone = next(each for each in district.zones if each.id == id)
        if key == "people":
            return None if len(district.zones) < 2 else lambda factor: replace(district, zones=_peopled(district.zones, zone, factor))
        bent = ZONES.get(key.partition(".")[0])
        return None if bent is None else lambda factor: _with(district, "zones", zone, bent(zone, factor, key.partition(".")[2]))
    if listed == "services":
        work = next(each for each in district.works if each.id == id)
        if key == "cases_per_year":
            return lambda factor: _with(district, "works", work, replace(work, cases=work.cases * factor))
        if key == "at" and sum(share > 0 for share in work.at.values()) > 1:
            return lambda factor: _with(district, "works", work, replace(work, at=_shared(work.at, factor)))
    return None


def _with(district: District, listed: str, one: Place | Zone | Work, other: Place | Zone | Work) -> District:
    return replace(district, **{listed: tuple(other if each is one else each for each in getattr(district, listed))})  # type: ignore[arg-type]


def _with_halls(district: District, factor: float) -> District:
    places = []
    for each in district.places:
        hall = None if each.hall is None else parse(scale_service(each.hall.document, factor), each.hall.name)
        places.append(replace(each, hall=hall))
    return replace(district, places=tuple(places))


def _whole(number: int, factor: float) -> int:
    """A number of things, moved by at least one, and at least one."""
    step = max(1, round(abs(factor - 1) * number))
    return max(1, number + (step if factor > 1 else -step))


def _repaired(place: Place, factor: float) -> Place:
    given = place.breakdown or {}
    return replace(place, breakdown={**given, "repair_min": scaled(given["repair_min"], factor)})


PLACES: Mapping[str, Callable[[Place, float], Place]] = {
    "windows": lambda place, factor: replace(place, windows=_whole(place.windows, factor)),
    "efficiency": lambda place, factor: replace(place, efficiency=place.efficiency * factor),
    "every_days": lambda place, factor: replace(place, every_days=_whole(place.every_days, factor)),
    "service_min": lambda place, factor: replace(place, service_min=scaled(place.service_min or {}, factor)),
    "breakdown": _repaired,
}


def _sited(zone: Zone, factor: float, place: str) -> Zone:
    """More or fewer sites where there are some: of one place, or of all."""
    chosen = (place,) if place else tuple(zone.sites)
    return replace(zone, sites={id: _whole(n, factor) if n and id in chosen else n for id, n in zone.sites.items()})


ZONES: Mapping[str, Callable[[Zone, float, str], Zone]] = {
    "travel": lambda zone, factor, _: replace(zone, travel={id: minutes * factor for id, minutes in zone.travel.items()}),
    "sites": _sited,
}


def _peopled(zones: tuple[Zone, ...], one: Zone, factor: float) -> tuple[Zone, ...]:
    """One zone with more or fewer of the people, the others with the rest."""
    share = min(one.people * factor, 1.0)
    rest = 1 - one.people
    return tuple(replace(each, people=share if each is one else each.people * (1 - share) / rest if rest else 0.0) for each in zones)


def _shared(at: Mapping[str, float], factor: float) -> dict[str, float]:
    """The largest share moved, the others giving way."""
    first = max(at, key=lambda kind: at[kind])
    share = min(at[first] * factor, 1.0)
    rest = 1 - at[first]
    return {kind: share if kind == first else each * (1 - share) / rest for kind, each in at.items()}
