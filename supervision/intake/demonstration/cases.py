"""Cases of a demonstration: each task that was served becomes one, instant or promised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from simulation.tickets import SERVED

from ...deadlines import Limit, Stop, due
from .assumptions import OUTCOME_COUNTS
from .floor import Floor, Row, pick, written

PURPOSES = ("kind", "fate", "lateness", "time", "stop", "length", "outcome")
"""The draws of a case, a stream each."""


@dataclass(frozen=True, slots=True)
class Cases:
    """The rows, and which ticket led to which case."""

    rows: list[Row]
    of_ticket: list[list[str]]
    """[day][ticket] -> case number, empty if none."""


def case_rows(floor: Floor) -> Cases:
    """A case for every served ticket that no further ticket follows.

    An instant case is accepted when the citizen is called and ended when they leave; a promised one is accepted when
    they leave. What would happen after the export is left out: such a case is open."""
    seats = [each.id for each in floor.scenario.windows]
    services = [each.id for each in floor.scenario.services]
    rows: list[Row] = []
    of_ticket: list[list[str]] = []
    for index, (day, tickets) in enumerate(floor.days):
        windows = floor.window_of_tickets(index)
        draws = {name: floor.draws(f"case {name}", len(tickets), index) for name in PURPOSES}
        followed = set(tickets.parent_ticket[tickets.parent_ticket >= 0].tolist())
        numbers = [""] * len(tickets)
        for ticket in np.flatnonzero(tickets.outcome == SERVED).tolist():
            if ticket in followed:
                continue
            numbers[ticket] = f"D{day:%Y%m%d}-{len(rows) + 1:06d}"
            service, seat = int(tickets.service[ticket]), int(tickets.window[ticket])
            called, left = floor.at(day, float(tickets.called[ticket])), floor.at(day, float(tickets.ended[ticket]))
            row = {
                "case_number": numbers[ticket],
                "channel": "hall",
                "service": services[service],
                "window": windows[ticket],
                "handler": floor.clerk(seats[seat]),
            }
            if draws["kind"][ticket] < floor.assumptions.instant_share:
                row |= {"kind": "instant", "accepted": written(called), "ended": written(left), "outcome": "granted"}
            else:
                own = {name: float(values[ticket]) for name, values in draws.items()}
                row |= {"kind": "promised", "accepted": written(left), **_promised(floor, service, left, own)}
            rows.append(row)
        of_ticket.append(numbers)
    return Cases(rows, of_ticket)


def _promised(floor: Floor, service: int, accepted: datetime, draws: dict[str, float]) -> Row:
    """Stop, end and outcome of a promised case, as far as they are known at the export."""
    assumed = floor.assumptions
    promised = Limit(assumed.promised_days[service % len(assumed.promised_days)], "working_days")
    told: dict[str, str] = {}
    stops: list[Stop] = []
    resumed = accepted
    if draws["stop"] < assumed.stopped_share:
        stopped = floor.in_opening(_later(floor, accepted.date(), 1), draws["stop"] / assumed.stopped_share)
        resumed = floor.in_opening(_later(floor, stopped.date(), 1 + int(draws["length"] * 5)), draws["length"])
        if stopped < floor.exported:
            told |= {"stopped": written(stopped), "stop_reason": "特别程序：现场勘验"}
        if resumed < floor.exported:
            told["resumed"] = written(resumed)
        stops.append(Stop(floor.utc(stopped), floor.utc(resumed)))
    legal = Limit(assumed.legal_days, "working_days")
    case = due(floor.utc(accepted), floor.zone, floor.calendar, promised=promised, legal=legal, stops=stops)
    assert case is not None
    assert case.local_date is not None
    ended = _end(floor, max(accepted, resumed), case.local_date, draws)
    if ended is not None and ended < floor.exported:
        told |= {"ended": written(ended), "outcome": pick(draws["outcome"], OUTCOME_COUNTS)}
    return told


def _end(floor: Floor, earliest: datetime, last_day: date, draws: dict[str, float]) -> datetime | None:
    """When a promised case ends: never, one to three working days late, or at some time of opening until its last day."""
    assumed = floor.assumptions
    fate = draws["fate"]
    if fate < assumed.open_share:
        return None
    if fate < assumed.open_share + assumed.overdue_share:
        return floor.in_opening(_later(floor, last_day, 1 + int(draws["lateness"] * 3)), draws["time"])
    between = floor.calendar.working_days_between(earliest.date(), last_day)
    ended = floor.in_opening(_later(floor, earliest.date(), int(draws["lateness"] * (between + 1))), draws["time"])
    return ended if ended > earliest else earliest + timedelta(minutes=1 + int(draws["time"] * 30))


def _later(floor: Floor, day: date, working_days: int) -> date:
    return floor.calendar.add_working_days(day, working_days)
