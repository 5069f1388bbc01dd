"""The simulated floor as the files see it: seats and department windows, clock times, named draws; the hall's and the tickets' rows."""

from __future__ import annotations

import bisect
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from simulation.calendar import Calendar, seed_calendar
from simulation.tickets import OUTCOMES, Tickets

from .assumptions import Assumptions

if TYPE_CHECKING:
    from simulation.scenario import Scenario

Row = Mapping[str, str]
Floats = NDArray[np.float64]

_COLUMNS = {
    "halls": """what id name_zh name_en time_zone zone department kind windows role promised promised_unit legal legal_unit article
                from to valid_from""",
    "tickets": "ticket arrived called ended outcome service seat window case_number visit stage parent_ticket",
    "cases": "case_number accepted ended outcome kind channel service window handler stopped resumed stop_reason",
    "ratings": """rating_number rated level case_number ticket service window seat handler channel is_named reasons
                  status status_from status_reason""",
    "checks": """finding_number observed code window seat person observed_minutes people_waiting source note
                 status status_from status_reason""",
}
HEADERS: Mapping[str, tuple[str, ...]] = {kind: tuple(names.split()) for kind, names in _COLUMNS.items()}
"""Our own column names, kind by kind."""

KINDS_OF_WINDOW = ("dedicated", "comprehensive", "township", "temporary")


@dataclass(frozen=True, slots=True)
class Floor:
    """Everything the rows of a demonstration are made from."""

    scenario: Scenario
    days: tuple[tuple[date, Tickets], ...]
    seed: int
    hall: str
    assumptions: Assumptions
    calendar: Calendar = field(default_factory=seed_calendar)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.scenario.timezone)

    @property
    def exported(self) -> datetime:
        """Local moment at which the files are written: the end of the last day. Nothing later is known."""
        return datetime.combine(self.days[-1][0], time(0)) + timedelta(days=1)

    def draws(self, name: str, count: int, day: int = 0) -> Floats:
        """(count,) uniform draws of the stream of that name."""
        from simulation.streams import uniforms  # compiled: loaded when needed

        return uniforms(self.seed, "demonstration", name, count, day=day)

    def at(self, day: date, minute: float) -> datetime:
        """Local moment of a minute of the hall's day, whole seconds."""
        seconds = int((self.scenario.clock_start + minute) * 60)
        return datetime.combine(day, time(0)) + timedelta(seconds=seconds)

    def in_opening(self, day: date, share: float) -> datetime:
        """The local moment at which a share of the day's opening time has passed."""
        left = share * sum(each.end - each.start for each in self.scenario.openings)
        for each in self.scenario.openings:
            if left <= each.end - each.start:
                return self.at(day, each.start + left)
            left -= each.end - each.start
        return self.at(day, self.scenario.openings[-1].end)

    def utc(self, local: datetime) -> datetime:
        return local.replace(tzinfo=self.zone).astimezone(UTC)

    def departments(self) -> list[tuple[str, Mapping[str, str], str, tuple[str, ...]]]:
        """(id, name, kind, seats) of each department window; a hall without departments has one for each seat."""
        if self.scenario.departments:
            return [(each.id, each.name, each.kind, each.windows) for each in self.scenario.departments]
        return [(each.id, each.name, each.kind, (each.id,)) for each in self.scenario.windows]

    def windows_of_seats(self) -> dict[str, tuple[str, ...]]:
        """Seat id -> the department windows it serves for."""
        found: dict[str, tuple[str, ...]] = {each.id: () for each in self.scenario.windows}
        for department, _, _, seats in self.departments():
            for seat in seats:
                found[seat] = (*found[seat], department)
        return found

    def clerk(self, seat: str) -> str:
        """The staff number of the clerk of a seat, made up."""
        return "D" + hashlib.blake2b(f"{self.hall}/{seat}".encode(), digest_size=4).hexdigest().upper()

    def window_of_tickets(self, day: int) -> list[str]:
        """Department window of each ticket, by its own draw: one of its service's, or else of its seat's; empty if it has neither."""
        tickets = self.days[day][1]
        of_seats = self.windows_of_seats()
        by_seat = [*(of_seats[each.id] for each in self.scenario.windows), ()]  # the last: no seat called it
        by_service = [self.assumptions.departments.get(each.id, ()) for each in self.scenario.services]
        draws = self.draws("department", len(tickets), day).tolist()
        chosen = []
        for service, seat, draw in zip(tickets.service.tolist(), tickets.window.tolist(), draws, strict=True):
            choices = by_service[service] or by_seat[seat]
            chosen.append(choices[int(draw * len(choices))] if choices else "")
        return chosen

    def ticket_numbers(self, day: int) -> list[str]:
        """The number on each ticket: a letter of its service and a count within the day."""
        counts = [0] * len(self.scenario.services)
        numbers = []
        for service in self.days[day][1].service.tolist():
            counts[service] += 1
            numbers.append(f"{_letters(service)}{counts[service]:03d}")
        return numbers

    def waiting(self, day: int, moment: datetime) -> int:
        """Citizens who wait at a local moment."""
        tickets = self.days[day][1]
        minute = (moment - datetime.combine(self.days[day][0], time(0))).total_seconds() / 60 - self.scenario.clock_start
        wait = tickets.wait
        return int(np.sum(~np.isnan(wait) & (tickets.arrival <= minute) & (tickets.arrival + wait > minute)))


def hall_rows(floor: Floor) -> list[Row]:
    """The hall, its hours, zones, department windows, seats, services with limits, and clerks."""
    scenario, assumed, first = floor.scenario, floor.assumptions, floor.days[0][0].isoformat()
    rows: list[Row] = [{"what": "hall", "id": floor.hall, **_named(scenario.title), "time_zone": scenario.timezone}]
    for number, opening in enumerate(scenario.openings, start=1):
        times = {"from": f"{floor.at(floor.days[0][0], opening.start):%H:%M}", "to": f"{floor.at(floor.days[0][0], opening.end):%H:%M}"}
        rows.append({"what": "hours", "id": str(number), **times, "valid_from": first})
    zones = sorted({each.zone for each in scenario.windows if each.zone})
    rows += [{"what": "zone", "id": zone, "name_zh": zone, "name_en": zone} for zone in zones]
    for department, name, kind, _ in floor.departments():
        known = kind if kind in KINDS_OF_WINDOW else "dedicated"
        rows.append({"what": "window", "id": department, **_named(name), "kind": known, "department": name.get("zh", department)})
    of_seats = floor.windows_of_seats()
    for seat in scenario.windows:
        row = {"what": "seat", "id": seat.id, **_named(seat.name), "zone": seat.zone or ""}
        rows.append({**row, "windows": ";".join(of_seats[seat.id]), "valid_from": first})
    for number, service in enumerate(scenario.services):
        promised = assumed.promised_days[number % len(assumed.promised_days)]
        serving = {window for seat in scenario.windows if service.id in seat.efficiency for window in of_seats[seat.id]}
        offered = sorted(set(assumed.departments.get(service.id, ())) or serving)
        row = {"what": "service", "id": service.id, **_named(service.name), "article": "demonstration"}
        row |= {"promised": str(promised), "promised_unit": "working_days"}
        row |= {"legal": str(assumed.legal_days), "legal_unit": "working_days"}
        rows.append({**row, "windows": ";".join(offered), "valid_from": first})
    headed: set[str] = set()
    for seat in scenario.windows:
        first_here = [window for window in of_seats[seat.id] if window not in headed]  # the first seat's clerk heads the window
        headed.update(first_here)
        role, held = ("head", first_here) if first_here else ("staff", list(of_seats[seat.id]))
        person = {"what": "person", "id": floor.clerk(seat.id), "name_zh": f"工作人员{seat.id}", "name_en": f"clerk of {seat.id}"}
        rows.append({**person, "role": role, "windows": ";".join(held), "valid_from": first})
    return rows


def ticket_rows(floor: Floor, cases: Sequence[Sequence[str]]) -> list[Row]:
    """Every ticket of the days; ``cases`` are the case numbers by day and ticket, empty where none came of it."""
    seats = [each.id for each in floor.scenario.windows]
    services = [each.id for each in floor.scenario.services]
    rows: list[Row] = []
    for index, (day, tickets) in enumerate(floor.days):
        numbers, windows = floor.ticket_numbers(index), floor.window_of_tickets(index)
        for ticket in range(len(tickets)):
            seat, parent, called = int(tickets.window[ticket]), int(tickets.parent_ticket[ticket]), float(tickets.called[ticket])
            rows.append(
                {
                    "ticket": numbers[ticket],
                    "arrived": written(floor.at(day, float(tickets.arrival[ticket]))),
                    "called": "" if np.isnan(called) else written(floor.at(day, called)),
                    "ended": "" if np.isnan(tickets.ended[ticket]) else written(floor.at(day, float(tickets.ended[ticket]))),
                    "outcome": OUTCOMES[int(tickets.outcome[ticket])],
                    "service": services[int(tickets.service[ticket])],
                    "seat": seats[seat] if seat >= 0 else "",
                    "window": windows[ticket],
                    "case_number": cases[index][ticket],
                    "visit": f"{day:%Y%m%d}-{int(tickets.citizen[ticket])}-{int(tickets.visit[ticket])}",
                    "stage": str(int(tickets.stage[ticket])),
                    "parent_ticket": numbers[parent] if parent >= 0 else "",
                }
            )
    return rows


def pick(draw: float, weights: Mapping[str, int] | Mapping[int, int]) -> str:
    """The word on which a draw falls when words are as frequent as their weights."""
    words, total = [str(word) for word in weights], 0
    edges = [total := total + weight for weight in weights.values()]
    return words[min(bisect.bisect_right(edges, draw * total), len(words) - 1)]


def written(moment: datetime) -> str:
    """As our own columns write a moment."""
    return moment.isoformat(" ", "seconds")


def _named(name: Mapping[str, str]) -> dict[str, str]:
    chinese = name.get("zh") or name.get("en", "")
    return {"name_zh": chinese, "name_en": name.get("en") or chinese}


def _letters(number: int) -> str:
    """A to Z, then AA, AB ..."""
    word = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        word = chr(ord("A") + rest) + word
    return word
