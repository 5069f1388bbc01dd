"""Services, classes and stations -> lines: what one ticket waits for.

A file without classes, stations and bundles has one line a service. Lines of the public at the windows stand first, in the order of the
services, and have their ids; the others follow. Arrivals of a service are shared among its lines, which is exact for Poisson arrivals:
each line's are Poisson of their own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from simulation.laws import Law, scaled
from simulation.scenario.expanding.ways import AFTER, PREPARED, PUBLIC, Way, class_tables, shares_of_classes, ways_of
from simulation.scenario.tables import AnyName, ClassTable, IncompleteTable, NameTable, ServiceTable, StationTable, Tables, ThenTable


@dataclass(frozen=True, slots=True)
class Line:
    """What one ticket waits for: a service of the file, or one part, class or stage of it."""

    table: ServiceTable
    """its keys, as if the file had written them"""
    law: Law
    patience: Law | None
    share: float
    """0..1, of the service's arrivals that begin here"""
    of: str
    """id of the service in the file"""
    klass: str
    station: str | None = None
    """where it is served; None: at the windows"""
    skills: tuple[str, ...] = ()
    """the services that a window must serve to serve this"""
    part: str = ""
    """the service that is done, if it is part of a bundle"""
    at_once: bool = False
    """whether it is part of a bundle that one window does in one sitting"""
    factor: float = 1.0
    """minutes of a window's own law are multiplied by it"""
    stays: bool = False
    """whether who goes on from here does so at the same window, at once"""
    leads_in: bool = False
    """whether who goes on from here brings to the windows what was to be done (several cases)"""

    @property
    def id(self) -> str:
        return self.table.id

    @property
    def names(self) -> tuple[str, ...]:
        """How a window's keys may name it, the nearest first."""
        return (f"{self.of}:{self.klass}", self.of, *((f"{self.part}:{self.klass}", self.part) if self.part else ()))


def lines_of(tables: Tables) -> list[Line]:
    """All lines of a document's tables, in order; a class has no line where nobody of it can come."""
    services = [(number, each) for number, each in enumerate(tables.services) if each]
    found = {line.id: line for number, each in services for line in _of_service(tables, number, each)}
    asked = [line.id for line in found.values() if line.share > 0 or line.id in {each.id for _, each in services}]
    reached: dict[str, None] = {}
    while asked:
        now = asked.pop()
        if now not in reached:
            reached[now] = None
            asked += [step.service for step in found[now].table.then if step.share > 0]
    lines = [line for line in found.values() if line.id in reached]
    plain = {each.id: place for place, (_, each) in enumerate(services)}
    lines.sort(key=lambda line: plain.get(line.id, len(plain)))
    return _called_from_zero(_with_quotas(lines, tables))


def _called_from_zero(lines: list[Line]) -> list[Line]:
    """Priorities moved up together until none is below 0."""
    lowest = min((line.table.priority for line in lines), default=0)
    if lowest >= 0:
        return lines
    return [replace(line, table=_changed(line.table, priority=line.table.priority - lowest)) for line in lines]


def _with_quotas(lines: list[Line], tables: Tables) -> list[Line]:
    """Tickets a period, shared among the lines at which people come in, by how many come."""
    classes = class_tables(tables)
    shared: dict[str, int] = {}
    for service in (each for each in tables.services if each):
        own = {name: table.quota for name, (_, table) in classes.items() if table.quota is not None}
        doors = [line for line in lines if line.of == service.id and line.share > 0]
        for quota, mine in [
            (service.quota, [line for line in doors if line.klass not in own]),
            *((quota, [line for line in doors if line.klass == name]) for name, quota in own.items()),
        ]:
            if quota is not None:
                shared |= dict(zip((line.id for line in mine), shared_out(quota, [line.share for line in mine]), strict=True))
    return [
        line if line.table.quota == shared.get(line.id) else replace(line, table=_changed(line.table, quota=shared.get(line.id)))
        for line in lines
    ]


def shared_out(number: int, weights: list[float]) -> list[int]:
    """A whole number shared in proportion to the weights, the largest remainders first (ties to the first)."""
    total = sum(weights)
    exact = [number * weight / total for weight in weights] if total > 0 else [0.0] * len(weights)
    given = [math.floor(each + 1e-9) for each in exact]
    for n in sorted(range(len(exact)), key=lambda n: (given[n] - exact[n], n))[: number - sum(given) if total > 0 else 0]:
        given[n] += 1
    return given


# ---- one service --------------------------------------------------------------------------------------------------------------------


def _of_service(tables: Tables, number: int, service: ServiceTable) -> Iterator[Line]:
    for klass, share in shares_of_classes(tables, service.id).items():
        yield from _Class(tables, number, service, klass, share).lines()


class _Class:
    """The lines of one service and one class."""

    def __init__(self, tables: Tables, number: int, service: ServiceTable, klass: str, share: float) -> None:
        self.tables, self.number, self.service, self.klass, self.share = tables, number, service, klass, share
        self.base = line_id(service.id, klass)
        place, given = class_tables(tables).get(klass, (-1, None))
        self.table: ClassTable | None = given
        self.patience = tables.laws.get(("services", number, "patience_min"))
        self.factor = 1.0
        if self.table:
            self.patience = tables.laws.get(("classes", place, "patience_min"), self.patience)
            self.factor = self.table.service_factor
        ways = ways_of(tables, service, klass)
        self.before = [way for way in ways if way.place != AFTER]
        self.after = [way for way in ways if way.place == AFTER]

    def lines(self) -> Iterator[Line]:
        rest = self.share * max(0.0, 1.0 - sum(way.share for way in self.before))
        yield from self.at_windows(self.base, rest, self.factor, self.papers(1.0), ())
        for way in self.before:
            yield from self.by(way)
        for place, way in enumerate(self.after):
            name = (self.station_name(way.station),)
            then = self.onward(place + 1)
            table = self.plain(f"{self.base}@{way.station.id}", name, then=then, cases=[], target=None, incomplete=None, case=None)
            yield self.at_station(table, 0.0, way)

    def by(self, way: Way) -> Iterator[Line]:
        """Who comes by way of a station before the windows, or has it done there."""
        station, share = way.station, self.share * way.share
        papers = self.papers(station.incomplete_factor)
        prepared, name = f"{self.base}+{station.id}", (self.station_name(station),)
        factor = self.factor * station.service_factor
        if station.kind == "pre-registration":
            yield from self.at_windows(prepared, share, factor, papers, name)
            return
        to = self.base
        if station.service_factor != 1.0 and way.to_window > 0:
            to = prepared
            yield from self.at_windows(prepared, 0.0, factor, self.papers(1.0), name)
        then = [_step(service=to, share=way.to_window)] if way.to_window > 0 else []
        table = self.plain(f"{self.base}@{station.id}", name, then=then, incomplete=papers)
        if way.place == PREPARED:
            table = _changed(table, cases=[], target=None, case=None)
        yield replace(self.at_station(table, share, way), leads_in=way.place == PREPARED)

    def at_station(self, table: ServiceTable, share: float, way: Way) -> Line:
        law = self.tables.laws.get(("stations", way.number, "service_min"))
        if law is None:  # a machine that does at its own pace what the window does
            law = scaled(self.tables.laws[("services", self.number, "service_min")], self.factor)
        return Line(table, law, self.patience, share, self.service.id, self.klass, station=way.station.id)

    def at_windows(
        self, base: str, share: float, factor: float, papers: IncompleteTable | None, name: tuple[AnyName, ...]
    ) -> Iterator[Line]:
        """The line at the windows; of a bundle, the line of each part."""
        bundle = self.service.together
        booking = self.service.booking if base == self.service.id else None
        if bundle is None:
            law = scaled(self.tables.laws[("services", self.number, "service_min")], factor)
            table = self.plain(base, name, then=self.onward(0), incomplete=papers, booking=booking)
            yield Line(table, law, self.patience, share, self.service.id, self.klass, skills=(self.service.id,), factor=factor)
            return
        factor *= bundle.service_factor
        for place, part in enumerate(bundle.parts):
            number, service = next((n, each) for n, each in enumerate(self.tables.services) if each and each.id == part)
            last = place == len(bundle.parts) - 1
            table = self.plain(
                base if place == 0 else f"{base}/{part}",
                name if place == 0 else (*name, _named(service.name, part)),
                then=self.onward(0) if last else [_step(service=f"{base}/{bundle.parts[place + 1]}", share=1.0)],
                incomplete=papers if place == 0 else None,
                booking=booking if place == 0 else None,
                cases=[],
                case=service.case if self.service.case is None else self.service.case if last else None,
            )
            yield Line(
                table,
                scaled(self.tables.laws[("services", number, "service_min")], factor),
                self.patience,
                share if place == 0 else 0.0,
                self.service.id,
                self.klass,
                skills=tuple(bundle.parts) if bundle.at_once else (part,),
                part=part,
                at_once=bundle.at_once,
                factor=factor,
                stays=bundle.at_once and not last,
            )

    def onward(self, place: int) -> list[ThenTable]:
        """Where somebody goes who is done with the windows and the stations before this one of those after."""
        left, steps = 1.0, []
        for way in self.after[place:]:
            steps.append(_step(service=f"{self.base}@{way.station.id}", share=left * way.share))
            left *= 1.0 - way.share
        if left > 0:
            steps += [_step(service=line_id(step.service, self.klass), share=left * step.share) for step in self.service.then]
        return steps

    def papers(self, factor: float) -> IncompleteTable | None:
        """Incomplete papers, as often as this class and this way leave them."""
        given = self.service.incomplete
        factor *= self.table.incomplete_factor if self.table else 1.0
        return None if given is None else given.model_copy(update={"share": given.share * factor})

    def plain(self, identity: str, ways: tuple[AnyName, ...], **changes: object) -> ServiceTable:
        """The service's table as that of one line."""
        given = self.table
        if given is not None:
            changes = {"cases": given.cases or self.service.cases, "companions": given.companions or self.service.companions, **changes}
        words = (*((_named(given.name, given.id),) if given else ()), *ways)
        return _changed(
            self.service,
            **{
                "id": identity,
                "name": _with_words(_named(self.service.name, self.service.id), words),
                "priority": self.service.priority + (given.priority if given else 0),
                "booking": None,
                **changes,
            },
        )

    @staticmethod
    def station_name(station: StationTable) -> NameTable:
        return _named(station.name, station.id)


def line_id(service: str, klass: str) -> str:
    """The id of the line of a service and class at the windows."""
    return service if klass == PUBLIC else f"{service}:{klass}"


def _step(service: str, share: float) -> ThenTable:
    return ThenTable.model_construct(service=service, share=share)  # ids of lines are none that a file may write


def _changed(table: ServiceTable, **changes: object) -> ServiceTable:
    return table.model_copy(update=changes)


def _named(given: AnyName | None, identity: str) -> NameTable:
    zh, en = (given.zh, given.en) if isinstance(given, NameTable) else (given, given)
    return NameTable(zh=zh or en or identity, en=en or zh or identity)


def _with_words(name: NameTable, words: tuple[AnyName, ...]) -> NameTable:
    """The name with what is special about the line in brackets."""
    listed = [_named(each, "") for each in words]
    if not listed:
        return name
    zh, en = "、".join(each.zh or "" for each in listed), ", ".join(each.en or "" for each in listed)
    return NameTable(zh=f"{name.zh}（{zh}）", en=f"{name.en} ({en})")
