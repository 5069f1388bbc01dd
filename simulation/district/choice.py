"""How people divide themselves among places when they weigh the way there against the wait: a multinomial logit on minutes.

A place costs a citizen the way there and back, and the expected wait times what a minute of waiting counts; of two places the odds change
by e with every `spread` minutes of difference. What else speaks for a kind of place (habit, what it can do, who sent them) is a constant
for each service and kind, so chosen that at given waits the shares of the district come out that the file, or a plan, says. So without
waits that change nothing changes; with them people go where it has become quicker, until shares and waits agree (`settle`).

`settle` looks for shares whose waits send people there, by damped steps. Where the wait at a place depends on those who come there alone,
and never falls with their number, there is one such answer (Daganzo 1983; Sheffi 1985, chapter 12). Services that share windows break
that premise, so uniqueness is not promised here: `equilibrium` begins from two sides and tells how far apart they end.

Assumes that people know the expected wait and choose by it day for day alike; those whom no kind but one serves do not choose. Not for who
changes the hour, or gives up coming.

Source: McFadden (1974); the constants by Newton's method on the concave likelihood (Train, Discrete Choice Methods, 3.7).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulation.district.flows import Flow, nearest, site_id, site_zone
from simulation.district.inputs import ONLINE, Choice, District, Place, Work, Zone
from simulation.faults import BadInput, fault

Floats = NDArray[np.float64]
Waits = Mapping[tuple[str, str], float]
"""(site, service) -> minutes; nobody waits where none is told"""

THERE_AND_BACK = 2.0
LONGEST_WAIT = 1e4
"""minutes: a wait beyond is taken as this one"""
FITTED = 1e-9
"""to which shares are met by the constants"""
MOST_FITS, LONGEST_FIT = 400, 2.0
FITTED_ENOUGH = 1e-4
SETTLED = 1e-3
"""share of the cases that would still go elsewhere"""
MOST_STEPS = 60
FIRST_STEP, LEAST_STEP = 0.5, 1e-4
LONGEST_STEP, GENTLE = 1.0, 4.0
"""of a logarithm"""
HARDLY_ANY = 1e-9
"""cases a year, where there are none"""
REMEMBERED = 4
"""steps that the next one learns from"""


@dataclass(frozen=True, slots=True)
class Menu:
    """Where the people of every zone may take one service; one row a zone and place."""

    work: Work
    kinds: tuple[str, ...]
    zone: NDArray[np.intp]
    kind: NDArray[np.intp]
    places: tuple[str, ...]
    """or ONLINE"""
    sites: tuple[str, ...]
    """as in `simulation.district.sites`; empty online"""
    travel: Floats


@dataclass(frozen=True, slots=True)
class Settled:
    """Where people go by the waits that they cause, or as near to it as the steps came."""

    flows: list[Flow]
    waits: dict[tuple[str, str], float]
    """that send them there"""
    steps: int
    gap: float
    """share of the cases that is elsewhere than those who caused these waits"""

    @property
    def agreed(self) -> bool:
        return self.gap <= SETTLED


def menus_of(district: District, works: Sequence[Work]) -> list[Menu]:
    """What there is to choose from: of each kind the service is done at, every place that a zone names, else the one it is sent to."""
    return [_menu(district, work) for work in works]


def _menu(district: District, work: Work) -> Menu:
    kinds = tuple(kind for kind, share in work.at.items() if share > 0)
    rows: list[tuple[int, int, str, str, float]] = []
    for z, zone in enumerate(district.zones):
        for k, kind in enumerate(kinds):
            if kind == ONLINE:
                rows.append((z, k, ONLINE, "", 0.0))
                continue
            for place, minutes in _reach(district, zone, kind):
                rows.append((z, k, place.id, site_id(place.id, site_zone(district, zone.id, place)), minutes))
    return Menu(
        work=work,
        kinds=kinds,
        zone=np.array([each[0] for each in rows], dtype=np.intp),
        kind=np.array([each[1] for each in rows], dtype=np.intp),
        places=tuple(each[2] for each in rows),
        sites=tuple(each[3] for each in rows),
        travel=np.array([each[4] for each in rows], dtype=np.float64),
    )


def _reach(district: District, zone: Zone, kind: str) -> list[tuple[Place, float]]:
    named = [(place, zone.travel[place.id]) for place in district.of_kind(kind) if place.id in zone.travel]
    return named or [nearest(district, zone, kind)]


def cost(menu: Menu, waits: Waits, choice: Choice) -> Floats:
    """Minutes that each place of a menu costs; online costs none."""
    waited = [min(waits.get((site, menu.work.id), 0.0), LONGEST_WAIT) if site else 0.0 for site in menu.sites]
    return THERE_AND_BACK * menu.travel + choice.wait_weight * np.array(waited, dtype=np.float64)


def chosen(menu: Menu, constants: Floats, minutes: Floats, choice: Choice) -> Floats:
    """The share of each zone's people that goes to each place; those of a zone add up to one."""
    pull = constants[menu.kind] - minutes / choice.spread
    top = np.full(int(menu.zone.max()) + 1, -np.inf)
    np.maximum.at(top, menu.zone, pull)
    weight = np.exp(pull - top[menu.zone])
    result: Floats = weight / np.bincount(menu.zone, weight)[menu.zone]
    return result


def fitted(menu: Menu, people: Floats, minutes: Floats, choice: Choice) -> Floats:
    """The constant of each kind with which the whole district has the shares of the service.

    Newton's steps; where the zones choose so sharply that these say nothing, those of Berry, Levinsohn and Pakes (1995).

    Raises
    ------
    BadInput
        if no constants are found: the spread is too small for the ways there are.
    """
    wanted = np.array([menu.work.at[kind] for kind in menu.kinds])
    wanted = wanted / wanted.sum()
    constants: Floats = np.log(wanted)
    zones, kinds = len(people), len(wanted)
    last = math.inf
    for _ in range(MOST_FITS):
        by_row = chosen(menu, constants, minutes, choice)
        parts = np.bincount(menu.zone * kinds + menu.kind, by_row, zones * kinds).reshape(zones, kinds)
        shares = people @ parts
        miss = float(np.abs(shares - wanted).max())
        if miss <= FITTED:
            return constants
        step = np.zeros(kinds)
        if miss < last:
            slope = np.diag(shares) - (parts * people[:, None]).T @ parts
            step[1:] = np.linalg.lstsq(slope[1:, 1:], (wanted - shares)[1:], rcond=None)[0]
        if not step.any() or np.abs(step).max() > LONGEST_FIT:
            step = np.log(wanted / np.maximum(shares, 1e-300))
        constants = constants + np.clip(step, -LONGEST_FIT, LONGEST_FIT)
        last = miss
    if miss > FITTED_ENOUGH:
        raise BadInput([fault("district_choice_fit", "choice.spread_min", f"{choice.spread:g}", service=menu.work.id)])
    return constants


def flows_chosen(district: District, menus: Sequence[Menu], constants: Sequence[Floats], waits: Waits, choice: Choice) -> list[Flow]:
    """Every stream of cases at given waits; who fails online comes to a place of the kind told, as the others of the zone do."""
    found: dict[tuple[str, str, str], Flow] = {}

    def add(service: str, zone: Zone, place: str, kind: str, cases: float, travel: float) -> None:
        if cases > 0:
            key = (service, zone.id, place)
            before = found[key].cases if key in found else 0.0
            found[key] = Flow(service, zone.id, place, kind, before + cases, travel)

    back = district.online.back_to
    for menu, constant in zip(menus, constants, strict=True):
        shares = chosen(menu, constant, cost(menu, waits, choice), choice)
        failed = np.zeros(len(district.zones))
        returning: list[list[tuple[str, float, float]]] = [[] for _ in district.zones]
        for z, k, place, travel, share in zip(menu.zone, menu.kind, menu.places, menu.travel, shares, strict=True):
            zone, kind = district.zones[z], menu.kinds[k]
            cases = menu.work.cases * zone.people * float(share)
            if kind == ONLINE:
                failed[z] += cases * (1 - district.online.done)
                cases *= district.online.done
            elif kind == back:
                returning[z].append((place, float(travel), float(share)))
            add(menu.work.id, zone, place, kind, cases, float(travel))
        for z, zone in enumerate(district.zones):
            if failed[z] > 0:
                whole = sum(each[2] for each in returning[z])
                if whole <= 0:
                    to, minutes = nearest(district, zone, back)
                    returning[z], whole = [(to.id, minutes, 1.0)], 1.0
                for place, travel, share in returning[z]:
                    add(menu.work.id, zone, place, back, float(failed[z]) * share / whole, travel)
    return list(found.values())


def settle(
    follow: Callable[[Waits], list[Flow]], measure: Callable[[Sequence[Flow]], Waits], start: Sequence[Flow], most_steps: int = MOST_STEPS
) -> Settled:
    """Where people go when the waits that they cause send them there: damped steps that learn from the last few.

    On the logarithms of the cases, in which what pulls people is a plain difference of minutes. A step is a part of the pull, shorter after
    one that went too far (the pull turns round); near the end Anderson's mixture (1965) of the last steps.

    Parameters
    ----------
    follow : waits -> where people go
    measure : where people go -> waits; the same for the same
    """
    flows = list(start)
    keys: dict[tuple[str, str, str], Flow] = {}
    tried: list[Floats] = []
    pulls: list[Floats] = []
    best, step = Settled(flows, {}, 0, math.inf), FIRST_STEP
    for n in range(1, most_steps + 1):
        waits = measure(flows)
        answered = follow(waits)
        gap = apart(flows, answered)
        new = {key_of(each): each for each in (*flows, *answered) if key_of(each) not in keys}
        if new:  # the first time, or streams that were empty
            keys |= new
            tried, pulls = [], []
        here, there = _logs(flows, keys), _logs(answered, keys)
        pull = there - here
        if gap < best.gap:
            best = Settled(answered, dict(waits), n, gap)
        if gap <= SETTLED:
            break
        if pulls:
            step = max(step / 2, LEAST_STEP) if _turned(pulls[-1], pull) else min(1.3 * step, FIRST_STEP)
        tried, pulls = [*tried[-REMEMBERED:], here], [*pulls[-REMEMBERED:], pull]
        flows = _flows(keys, here + np.clip(_next(tried, pulls, step) - here, -LONGEST_STEP, LONGEST_STEP), start)
    return Settled(best.flows, best.waits, n, best.gap)


def _turned(one: Floats, two: Floats) -> bool:
    """Whether people are pulled back to where they came from."""
    one, two = (np.clip(each, -LONGEST_STEP, LONGEST_STEP) for each in (one, two))
    return float(one @ two) < 0


def _next(tried: list[Floats], pulls: list[Floats], step: float) -> Floats:
    """A part of the pull; where all pulls are gentle, from the mixture of the last points whose pulls cancel best."""
    here, pull = tried[-1], pulls[-1]
    gentle = [n for n, each in enumerate(pulls[:-1]) if np.abs(each).max() <= GENTLE]
    if np.abs(pull).max() <= GENTLE and gentle:
        points = np.array([here - tried[n] for n in gentle]).T
        changes = np.array([pull - pulls[n] for n in gentle]).T
        parts = np.linalg.lstsq(changes, pull, rcond=1e-8)[0]
        here, pull = here - points @ parts, pull - changes @ parts
    result: Floats = here + step * np.clip(pull, -LONGEST_STEP, LONGEST_STEP)
    return result


def key_of(flow: Flow) -> tuple[str, str, str]:
    """What tells one stream from another."""
    return flow.service, flow.zone, flow.place


def _logs(flows: Sequence[Flow], keys: Mapping[tuple[str, str, str], Flow]) -> Floats:
    known = {key_of(each): each.cases for each in flows}
    result: Floats = np.log(np.maximum([known.get(key, 0.0) for key in keys], HARDLY_ANY))
    return result


def _flows(keys: Mapping[tuple[str, str, str], Flow], logs: Floats, like: Sequence[Flow]) -> list[Flow]:
    """Streams in these proportions; those of a service and zone together are as many as in `like`."""
    whole = _sums((each.service, each.zone, each.cases) for each in like)
    weights = np.exp(logs - logs.max(initial=0.0)).tolist()
    parts = _sums((flow.service, flow.zone, weight) for flow, weight in zip(keys.values(), weights, strict=True))
    scale = {group: whole[group] / part for group, part in parts.items()}
    return [replace(flow, cases=weight * scale[flow.service, flow.zone]) for flow, weight in zip(keys.values(), weights, strict=True)]


def _sums(rows: Iterable[tuple[str, str, float]]) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], float] = {}
    for service, zone, number in rows:
        found[service, zone] = found.get((service, zone), 0.0) + number
    return found


def apart(one: Sequence[Flow], two: Sequence[Flow]) -> float:
    """The share of the cases that is elsewhere: 0 to 1."""
    cases: dict[tuple[str, str, str], float] = {}
    total = sum(each.cases for each in one)
    for sign, flows in ((1.0, one), (-1.0, two)):
        for each in flows:
            key = key_of(each)
            cases[key] = cases.get(key, 0.0) + sign * each.cases
    return sum(abs(each) for each in cases.values()) / 2 / total if total else 0.0
