"""[layout] -> windows: so many in all, divided among groups of services by the work that is expected there.

A group gets one window, and each further window goes to the group with the most work a window. The work is an expected value: who comes,
how many cases, how long on average, who is sent on from elsewhere; no queue, no chance. What is set aside (a window for intermediaries, for
cold items by appointment, for collection) has the number that the file says.

Not for the best number of windows: that takes a simulation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from simulation.scenario.expanding.lines import Line
from simulation.scenario.expanding.windows import own_windows
from simulation.scenario.parts import Service, Slot
from simulation.scenario.tables import AnyName, LayoutTable, NameTable, Tables

Pair = tuple[str, str]
"""(service, class): what the windows of a layout are given to serve"""


@dataclass(slots=True)
class Pool:
    """Windows that are alike."""

    id: str
    name: AnyName | None
    pairs: list[Pair]
    work: float = 0.0
    count: int = 1
    fixed: bool = False
    """whether the file says how many"""
    apart: bool = False
    """whether its windows serve nothing else and help nobody"""
    further: list[Pair] = field(default_factory=list)
    helped: list[Pair] = field(default_factory=list)

    @property
    def services(self) -> list[str]:
        return list(dict.fromkeys(service for service, _ in self.pairs))


def pair_of(line: Line) -> Pair:
    """What a window must be given to serve a line: its service, or the service of the part of a bundle done one after the other."""
    return (line.of if line.at_once or len(line.skills) != 1 else line.skills[0]), line.klass


def lay_out(tables: Tables, lines: list[Line], services: Sequence[Service], slots: Sequence[Slot]) -> list[dict[str, Any]]:
    """The windows of the document's layout, as [[windows]] tables; none without one."""
    layout = tables.top.layout if tables.top else None
    if layout is None:
        return []
    work = dict(zip((line.id for line in lines), expected_work(services, slots), strict=True))
    pairs: dict[Pair, float] = {}
    for line in lines:
        if line.station is None:
            pairs[pair_of(line)] = pairs.get(pair_of(line), 0.0) + work[line.id]
    pools = pools_of(tables, layout, list(pairs))
    for pool in pools:
        pool.work = sum(pairs[pair] for pair in pool.pairs)
    _share_out(pools, layout.windows)
    _join(pools, layout)
    names = {each.id: each.name for each in tables.services if each}
    return [_window(pool, layout, list(pairs), names) for pool in pools]


def pools_of(tables: Tables, layout: LayoutTable, pairs: list[Pair]) -> list[Pool]:
    """The groups of windows of a layout: the main ones first, then those with an own window, then those set aside."""
    owned = own_windows(tables)
    left = list(pairs)
    aside = []
    for each in layout.aside:
        chosen = {service for service, _ in left if service in each.services or ("*" in each.services and service not in owned)}
        mine = [(service, klass) for service, klass in left if service in chosen and (each.classes is None or klass in each.classes)]
        left = [pair for pair in left if pair not in mine]
        if mine:
            aside.append(Pool(each.id, each.name, mine, count=each.windows, fixed=True, apart=True))
    names = {each.id: each.name for each in tables.services if each}
    listed = {service for group in layout.groups for service in group.services}
    words: dict[str, list[Pair]] = {}
    for pair in left:
        if pair[0] in owned and pair[0] not in listed:
            words.setdefault(owned[pair[0]], []).append(pair)
    own = [Pool(mine[0][0], names[mine[0][0]], mine, apart=True) for mine in words.values()]
    left = [pair for pair in left if not any(pair in pool.pairs for pool in own)]
    if layout.kind == "comprehensive":
        main = [Pool("comprehensive", NameTable(zh="综合窗口", en="Comprehensive window"), left)] if left else []
    elif layout.groups:
        groups = [(group, [pair for pair in left if pair[0] in group.services]) for group in layout.groups]
        main = [Pool(group.id, group.name, mine, apart=any(service in owned for service, _ in mine)) for group, mine in groups if mine]
    else:
        single = dict.fromkeys(service for service, _ in left)
        main = [Pool(service, names[service], [pair for pair in left if pair[0] == service]) for service in single]
    return [*main, *own, *aside]


def expected_work(services: Sequence[Service], slots: Sequence[Slot]) -> list[float]:
    """Window-minutes a day at each line, at efficiency 1: who comes there first and who is sent there."""
    place = {each.id: n for n, each in enumerate(services)}
    length = [slot.end - slot.start for slot in slots]
    minutes = sum(slot.end - slot.start for slot in slots if slot.kind == "open")
    first = np.array([_comers(each, length, minutes) for each in services])
    goes = np.zeros((len(services), len(services)))
    for n, each in enumerate(services):
        for to, share in each.then:
            goes[n, place[to]] += share
    visits = np.linalg.solve(np.eye(len(services)) - goes.T, first)
    cases = np.array([sum(number * share for number, share in each.cases) or 1.0 for each in services])
    led = np.array([each.leads_in for each in services])
    many = first + (goes[led].T @ visits[led])  # who brings all their cases there; who is sent on from elsewhere has one
    return [float(each) for each in (visits + many * (cases - 1)) * [service.law.mean for service in services]]


def _comers(service: Service, length: list[float], minutes: float) -> float:
    """Citizens a day who come for a line first."""
    walk_in = sum(rate * lasts for rate, lasts in zip(service.arrival_rate, length, strict=True))
    walk_in *= sum(size * share for size, share in service.batch) or 1.0
    walk_in *= 1 - sum(share for _, share in service.diverted)
    booking = service.booking
    if booking is None:
        return walk_in
    places = sum(number for _, number in booking.times) + (minutes / booking.step * booking.places if booking.step > 0 else 0.0)
    missed = sum(each.share * each.no_show for each in booking.channels) if booking.channels else booking.no_show
    return walk_in + places * booking.booked * (1 - missed)


def _share_out(pools: list[Pool], windows: int) -> None:
    free = [pool for pool in pools if not pool.fixed]
    for _ in range(windows - sum(pool.count for pool in pools)):
        busiest = max(free, key=lambda pool: pool.work / pool.count, default=None)
        if busiest is not None:
            busiest.count += 1


def _join(pools: list[Pool], layout: LayoutTable) -> None:
    """What the windows of one group do for the others."""
    main = [pool for pool in pools if not pool.apart]
    if len(main) < 2:
        return
    if layout.kind == "chain":
        for pool, following in zip(main, [*main[1:], main[0]], strict=True):
            pool.further = list(following.pairs)
    elif layout.kind in ("overflow", "overflow_two_way"):
        busiest = max(main, key=lambda pool: pool.work)
        for pool in main:
            others = main if layout.kind == "overflow_two_way" else [busiest]
            pool.helped = [pair for other in others if other is not pool for pair in other.pairs]


def _window(pool: Pool, layout: LayoutTable, pairs: list[Pair], names: dict[str, AnyName | None]) -> dict[str, Any]:
    everything = pool.id == "comprehensive" and layout.kind == "comprehensive"
    serves = _named([*pool.pairs, *pool.further], pairs)
    whole = everything and all(pair in pool.pairs for pair in pairs)
    helped = _named(pool.helped, pairs)
    own = 1.0 if len(pool.services) == 1 else layout.efficiency
    foreign = [*_named(pool.further, pairs), *helped]
    efficiency = {"default": own, **dict.fromkeys(foreign, layout.efficiency)} if foreign and own != layout.efficiency else own
    said = {
        "id": pool.id,
        "name": _window_name(pool, names),
        "count": pool.count,
        "serves": ["*"] if whole else serves,
        "efficiency": efficiency if efficiency != 1.0 else None,
        "overflow": [{"service": each, "queue": layout.queue} for each in helped] or None,
        "kind": "comprehensive" if everything else "dedicated" if len(pool.services) == 1 and not pool.further else "grouped",
        **layout.model_dump(include={"shifts", "breaks", "ab_break", "lunch"}, exclude_defaults=True, by_alias=True),
    }
    return {key: value for key, value in said.items() if value is not None}


def _named(chosen: list[Pair], pairs: list[Pair]) -> list[str]:
    """Services by name where all their classes are chosen, else class by class."""
    named: list[str] = []
    for service in dict.fromkeys(service for service, _ in chosen):
        mine = [pair for pair in chosen if pair[0] == service]
        everyone = len(mine) == sum(pair[0] == service for pair in pairs)
        named += [service] if everyone else [f"{service}:{klass}" for _, klass in mine]
    return list(dict.fromkeys(named))


def _window_name(pool: Pool, names: dict[str, AnyName | None]) -> dict[str, str] | None:
    name = pool.name
    if name is None and pool.id not in names:
        return None
    zh, en = (name.zh, name.en) if isinstance(name, NameTable) else (name, name)
    zh, en = zh or en or pool.id, en or zh or pool.id
    named_after_service = pool.id in names and name == names[pool.id]
    return {"zh": f"{zh}窗口", "en": f"{en} window"} if named_after_service else {"zh": zh, "en": en}
