"""Where the district's cases are done, and how far people travel: plain arithmetic on shares, before and after a plan's moves.

A case is done at one kind of place, or online; of what is submitted online the part that fails comes to a place after all. People go to the
nearest site of the kind (by the travel times of their zone; equal times: the place written first).

No case is lost: the cases of all places and online add up to the services' (`tests`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from simulation.district.inputs import NEARBY, ONLINE, District, Move, Place, Work, Zone


@dataclass(frozen=True, slots=True)
class Flow:
    """Cases a year of one service from one zone, done at one place."""

    service: str
    zone: str
    place: str
    """a place's id, or ONLINE"""
    kind: str
    cases: float
    travel: float
    """minutes, one way; 0 online"""


@dataclass(frozen=True, slots=True)
class Access:
    """How near services are."""

    done_near: float
    """share of the cases done within the circle, online counted as near"""
    could_near: float
    """share of the cases whose service some place within the circle offers"""
    mean_travel: float
    """minutes, of the cases that are done at a place"""
    items_nearby: float
    """share of the items that a township, village, kiosk, outlet or moving window offers, everywhere"""
    online: float
    """share of the cases finished online"""


def moved(works: Sequence[Work], moves: Sequence[Move]) -> tuple[Work, ...]:
    """The services after the moves, one after the other; a service that cannot be done there stays where it is."""
    found = list(works)
    for move in moves:
        for n, work in enumerate(found):
            if move.service in (None, work.id) and move.to in work.can and work.at.get(move.source):
                part = work.at[move.source] * move.share
                at = {**work.at, move.source: work.at[move.source] - part}
                at[move.to] = at.get(move.to, 0.0) + part
                found[n] = replace(work, at=at)
    return tuple(found)


def not_moved(works: Sequence[Work], moves: Sequence[Move]) -> list[str]:
    """Services that a move for all of them leaves where they are, because they cannot be done there."""
    return [
        work.id for work in works if any(move.service is None and move.to not in work.can and work.at.get(move.source) for move in moves)
    ]


def flows_of(district: District, works: Sequence[Work]) -> list[Flow]:
    """Every stream of cases that is not empty."""
    found = []
    for work in works:
        at = settled(district, work)
        for zone in district.zones:
            for kind, share in at.items():
                cases = work.cases * zone.people * share
                if cases <= 0:
                    continue
                if kind == ONLINE:
                    found.append(Flow(work.id, zone.id, ONLINE, ONLINE, cases, 0.0))
                    continue
                place, travel = nearest(district, zone, kind)
                found.append(Flow(work.id, zone.id, place.id, kind, cases, travel))
    return found


def settled(district: District, work: Work) -> dict[str, float]:
    """The shares where cases end: what fails online is done at a place."""
    at = dict(work.at)
    submitted = at.pop(ONLINE, 0.0)
    if submitted:
        at[ONLINE] = submitted * district.online.done
        back = district.online.back_to
        at[back] = at.get(back, 0.0) + submitted * (1 - district.online.done)
    return at


def nearest(district: District, zone: Zone, kind: str) -> tuple[Place, float]:
    """The site of a kind that the people of a zone use, and the minutes there.

    A zone without a local site of the kind sends its people to another zone's, as far away as the farthest place it names.
    """
    reach = [(zone.travel[place.id], n, place) for n, place in enumerate(district.of_kind(kind)) if place.id in zone.travel]
    if reach:
        minutes, _, place = min(reach, key=lambda each: each[:2])
        return place, minutes
    return district.of_kind(kind)[0], max(zone.travel.values(), default=0.0)


def site_zone(district: District, zone: str, place: Place) -> str | None:
    """The zone whose sites of a local place serve the people of a zone: their own, else the one with the most sites; None for one place."""
    if not place.local:
        return None
    own = next(each for each in district.zones if each.id == zone)
    if own.sites.get(place.id):
        return zone
    return max(district.zones, key=lambda each: each.sites.get(place.id, 0)).id


def site_id(place: str, zone: str | None) -> str:
    """The name of a place's sites in a zone; of one place: its own."""
    return place if zone is None else f"{place}@{zone}"


def by_kind(flows: Sequence[Flow]) -> dict[str, float]:
    """Cases a year of each kind of place, and online."""
    found: dict[str, float] = {}
    for each in flows:
        found[each.kind] = found.get(each.kind, 0.0) + each.cases
    return found


def access_of(district: District, works: Sequence[Work], flows: Sequence[Flow]) -> Access:
    """How near services are."""
    total = sum(each.cases for each in flows)
    travelled = [each for each in flows if each.kind != ONLINE]
    there = sum(each.cases for each in travelled)
    near = sum(each.cases for each in flows if each.kind == ONLINE or each.travel <= district.circle)
    could = 0.0
    for work in works:
        for zone in district.zones:
            offered = [kind for kind, share in work.at.items() if share > 0 and kind != ONLINE]
            least = min((nearest(district, zone, kind)[1] for kind in offered), default=float("inf"))
            could += work.cases * zone.people * (least <= district.circle)
    items = sum(work.items for work in works)
    nearby = sum(work.items for work in works if any(work.at.get(kind, 0.0) > 0 for kind in NEARBY))
    cases = sum(work.cases for work in works)
    return Access(
        done_near=near / total if total else 0.0,
        could_near=could / cases if cases else 0.0,
        mean_travel=sum(each.cases * each.travel for each in travelled) / there if there else 0.0,
        items_nearby=nearby / items if items else 0.0,
        online=(total - there) / total if total else 0.0,
    )


def moved_between(before: Sequence[Flow], after: Sequence[Flow]) -> dict[str, float]:
    """Kind -> cases a year more (or fewer) than before; they add up to nothing."""
    one, two = by_kind(before), by_kind(after)
    return {kind: two.get(kind, 0.0) - one.get(kind, 0.0) for kind in dict.fromkeys([*one, *two])}
