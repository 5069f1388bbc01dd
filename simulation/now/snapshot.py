"""A snapshot of a hall: the clock, the tickets that wait, the citizens in service. TOML or JSON of the same shape:

    at = 10:15:00
    absent = ["w-3"]                  # windows at which nobody sits today; may be left out

    [[waiting]]
    service = "tax"
    since = 09:50:00                  # when the ticket was taken
    count = 3                         # tickets; 1 if left out

    [[serving]]
    window = "w-1"
    service = "tax"
    since = 10:05:00                  # when they were called
    arrived = 09:40:00                # when they took the ticket; may be left out

Clock times may also be text such as "10:15". Every fault of a snapshot is found at once. Not for what happened before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

from simulation.faults import BadInput, Fault, add_catalogue, fault
from simulation.scenario import Scenario
from simulation.scenario.hours import clock, minutes_of
from simulation.scenario.reading import read_text, read_toml
from simulation.shifts import on_duty, period_at, periods

add_catalogue(Path(__file__).with_name("faults.toml"))

MOST_PEOPLE = 100_000
_CLOCK = re.compile(r"([01]?\d|2[0-4])[:：]([0-5]\d)(?:[:：]([0-5]\d))?")
_KEYS = {
    "": ("at", "waiting", "serving", "absent"),
    "waiting": ("service", "since", "count"),
    "serving": ("window", "service", "since", "arrived"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Tickets that wait."""

    service: int
    since: float
    """minutes since the first opening; when the ticket was taken"""
    count: int


@dataclass(frozen=True, slots=True)
class Serving:
    """A citizen who is being served."""

    window: int
    service: int
    since: float
    """minutes since the first opening; when they were called"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The hall at one moment; services and windows are indices of the scenario it was read for."""

    at: float
    """minutes since the first opening"""
    waiting: tuple[Waiting, ...]
    serving: tuple[Serving, ...]
    absent: tuple[int, ...] = ()
    """windows at which nobody sits today"""

    @property
    def people_waiting(self) -> int:
        return sum(each.count for each in self.waiting)


def read_snapshot(path: str | Path, scenario: Scenario) -> Snapshot:
    """Reads a snapshot file, JSON if its name ends so, else TOML. Raises BadInput with every fault of it."""
    return snapshot_of(read_document(path), scenario, str(path))


def read_document(path: str | Path) -> dict[str, Any]:
    """A snapshot file as it stands, unchecked. Raises BadInput if it is no TOML (or JSON, if its name ends so)."""
    place = str(path)
    text = read_text(Path(path), place)
    if Path(path).suffix.lower() != ".json":
        return read_toml(text, place)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise BadInput([fault("now_json", place, problem)]) from None
    if not isinstance(found, dict):
        raise BadInput([fault("now_table", place, type(found).__name__)])
    return found


def snapshot_of(document: Mapping[str, Any], scenario: Scenario, place: str = "snapshot") -> Snapshot:
    """A snapshot out of a plain document. Raises BadInput with every fault of it."""
    reader = _Reader(scenario, place)
    found = reader.read(document)
    if reader.faults:
        raise BadInput(reader.faults)
    return found


class _Reader:
    """Reads one document, and keeps what is wrong with it."""

    def __init__(self, scenario: Scenario, place: str) -> None:
        self.scenario, self.place = scenario, place
        self.faults: list[Fault] = []
        self.services = {each.id: s for s, each in enumerate(scenario.services)}
        self.windows = {each.id: w for w, each in enumerate(scenario.windows)}

    def add(self, code: str, where: str, value: object = "", **facts: object) -> None:
        self.faults.append(fault(code, f"{self.place}: {where}" if where else self.place, value, **facts))

    def read(self, document: Mapping[str, Any]) -> Snapshot:
        if self.scenario.horizon:
            self.add("now_textbook", "")
            return Snapshot(0.0, (), ())
        self.known(document, "", "")
        at = self.moment(document, "at", "")
        opening = None if at is None else next((each for each in self.scenario.openings if each.start <= at < each.end), None)
        if at is not None and opening is None:
            hours = ", ".join(f"{self.clock(each.start)}–{self.clock(each.end)}" for each in self.scenario.openings)
            self.add("now_closed", "at", self.clock(at), hours=hours)
        elif opening is not None and at is not None and at >= opening.last_start:
            self.add("now_last_start", "at", self.clock(at), last=self.clock(opening.last_start))
        absent = self.absent(document.get("absent", []))
        waiting = [self.waiting(row, f"waiting {n}", at) for n, row in self.rows(document, "waiting")]
        serving = [self.serving(row, f"serving {n}", at, absent) for n, row in self.rows(document, "serving")]
        self.once(serving)
        found = Snapshot(at or 0.0, tuple(each for each in waiting if each), tuple(each for each in serving if each), absent)
        places = self.scenario.rules.places
        if found.people_waiting > (MOST_PEOPLE if places is None else places):
            self.add("now_too_many", "waiting", found.people_waiting, places=MOST_PEOPLE if places is None else places)
        return found

    def waiting(self, row: Mapping[str, Any], where: str, at: float | None) -> Waiting | None:
        self.known(row, "waiting", where)
        service, since = self.named(row, "service", self.services, where), self.moment(row, "since", where)
        count = row.get("count", 1)
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_PEOPLE:
            self.add("now_count", f"{where}: count", count, most=MOST_PEOPLE)
            count = 1
        if since is not None and at is not None:
            if since > at:
                self.add("now_future", f"{where}: since", self.clock(since), at=self.clock(at))
            elif period_at(periods(self.scenario)[0], since) < 0:
                self.add("now_no_ticket", f"{where}: since", self.clock(since))
        return None if service is None or since is None else Waiting(service, since, count)

    def serving(self, row: Mapping[str, Any], where: str, at: float | None, absent: tuple[int, ...]) -> Serving | None:
        self.known(row, "serving", where)
        window, service = self.named(row, "window", self.windows, where), self.named(row, "service", self.services, where)
        since = self.moment(row, "since", where)
        arrived = self.moment(row, "arrived", where) if "arrived" in row else None
        if since is not None and at is not None and since > at:
            self.add("now_future", f"{where}: since", self.clock(since), at=self.clock(at))
        if since is not None and arrived is not None and since < arrived:
            self.add("now_before_arrival", f"{where}: since", self.clock(since), arrived=self.clock(arrived))
        if window is not None:
            seat = self.scenario.windows[window]
            if service is not None and self.scenario.services[service].id not in seat.efficiency:
                served = ", ".join(seat.efficiency)
                self.add("now_cannot_serve", f"{where}: service", self.scenario.services[service].id, window=seat.id, served=served)
            if window in absent:
                self.add("now_absent", f"{where}: window", seat.id)
            elif at is not None and not is_on_duty(self.scenario, window, at):
                self.add("now_off_duty", f"{where}: window", seat.id, at=self.clock(at), duty=self.duty(window))
        if window is None or service is None or since is None:
            return None
        return Serving(window, service, since)

    def once(self, serving: list[Serving | None]) -> None:
        seen: set[int] = set()
        for n, each in enumerate(serving, start=1):
            if each is not None and each.window in seen:
                self.add("now_window_twice", f"serving {n}: window", self.scenario.windows[each.window].id)
            elif each is not None:
                seen.add(each.window)

    def absent(self, given: object) -> tuple[int, ...]:
        if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
            self.add("now_names", "absent", given)
            return ()
        for each in given:
            if each not in self.windows:
                self.add("now_window", "absent", each, known=", ".join(self.windows))
        return tuple(sorted({self.windows[each] for each in given if each in self.windows}))

    def rows(self, document: Mapping[str, Any], name: str) -> list[tuple[int, Mapping[str, Any]]]:
        given = document.get(name, [])
        if not isinstance(given, list) or not all(isinstance(each, Mapping) for each in given):
            self.add("now_rows", name, given)
            return []
        return list(enumerate(given, start=1))

    def known(self, table: Mapping[str, Any], kind: str, where: str) -> None:
        for key in table:
            if key not in _KEYS[kind]:
                self.add("now_key", where, key, known=", ".join(_KEYS[kind]))

    def named(self, row: Mapping[str, Any], key: str, known: Mapping[str, int], where: str) -> int | None:
        if key not in row:
            self.add("now_missing", where, key)
            return None
        if row[key] not in known if isinstance(row[key], str) else True:
            self.add(f"now_{key}", f"{where}: {key}", row[key], known=", ".join(known))
            return None
        return known[row[key]]

    def moment(self, table: Mapping[str, Any], key: str, where: str) -> float | None:
        """Minutes since the first opening."""
        given = table.get(key)
        place = f"{where}: {key}" if where else key
        if given is None:
            self.add("now_missing", where, key)
            return None
        if isinstance(given, time) and given.tzinfo is None:
            return minutes_of(given) - self.scenario.clock_start
        told = _CLOCK.fullmatch(given.strip()) if isinstance(given, str) else None
        minutes = int(told[1]) * 60 + int(told[2]) + int(told[3] or 0) / 60 if told else None
        if minutes is None or minutes > 24 * 60:
            self.add("now_time", place, given)
            return None
        return round((minutes - self.scenario.clock_start) * 2**20) / 2**20

    def clock(self, minute: float) -> str:
        return clock(self.scenario.clock_start + minute)

    def duty(self, window: int) -> str:
        spans = [(start, end) for w, start, end in zip(*on_duty(self.scenario), strict=True) if w == window]
        return ", ".join(f"{self.clock(start)}–{self.clock(end)}" for start, end in spans) or "–"


def is_on_duty(scenario: Scenario, window: int, at: float) -> bool:
    """Whether a window is rostered at a minute: from the beginning of a stretch on, no longer at its end."""
    return any(w == window and start <= at < end for w, start, end in zip(*on_duty(scenario), strict=True))
