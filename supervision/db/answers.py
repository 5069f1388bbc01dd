"""Waits beside bad ratings and complaints, as counts: what an effect of waiting is learned from.

A wait is that of a called ticket, in whole minutes. A bad rating has the wait of the ticket it names; a complaint that of the ticket of its
case. Where less than half of the events lead to a ticket, waits are those of a window's day, for visits and events alike; the others then
count with their day. Events that lead nowhere are counted and left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import BigInteger, and_, func, select, type_coerce
from sqlalchemy.orm import Session, aliased

from ..evidence import UNASSIGNED
from .facts import latest_status
from .links import Owners, read_owners
from .records import bare
from .schema import Rating, RatingStatus, Report, ReportStatus, Ticket

_MINUTE = 60_000_000
_BAD = 2
_NOT_BAD = ("mistaken", "malicious")
_SERVED = ("served", "sent_home")


@dataclass(frozen=True, slots=True)
class Cell:
    """Visits of one window and day that waited alike, and how many of them ended in an event."""

    window_id: str
    day: str
    minutes: float
    visits: int
    events: int


@dataclass(frozen=True, slots=True)
class Cells:
    """What was seen of one kind of event."""

    cells: tuple[Cell, ...]
    by_ticket: bool
    """Whether a wait is the citizen's own, not the mean of the window's day."""
    left_out: int
    """Events without a ticket, or without a window and a day on which tickets were called."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What citizens said after how long a wait."""

    ratings: Cells
    complaints: Cells
    visits: dict[tuple[str, str], int]
    """(window, service) -> called tickets, of the last month; the service "" where the machine does not say."""


def read_answers(session: Session, hall_id: str, first: date, last: date, month_from: date, as_of: int) -> Answers:
    """From the first to the last day; the visits from `month_from` on.

    Bad ratings are levels 1 and 2 that were not found mistaken or malicious; complaints are those not withdrawn.
    """
    owners = read_owners(session, hall_id, as_of)
    visits, services = _visits(session, hall_id, first, last, month_from, as_of, owners)
    return Answers(
        _cells(visits, _bad_ratings(session, hall_id, first, last, as_of, owners)),
        _cells(visits, _complaints(session, hall_id, first, last, as_of, owners)),
        dict(services),
    )


Key = tuple[str, str, int]
Event = tuple[str, str, int | None]
"""window, day, whole minutes waited if a ticket says"""


def _visits(
    session: Session, hall_id: str, first: date, last: date, month_from: date, as_of: int, owners: Owners
) -> tuple[Counter[Key], Counter[tuple[str, str]]]:
    tickets = bare("tickets").c
    minute = (type_coerce(tickets.called_at, BigInteger) - type_coerce(tickets.arrived_at, BigInteger)) // _MINUTE
    query = (
        select(tickets.window_id, tickets.service_id, tickets.seat_id, tickets.issued_on, minute, func.count())
        .where(
            tickets.hall_id == hall_id, tickets.sequence <= as_of, tickets.called_at.is_not(None), tickets.outcome.in_(_SERVED),
            tickets.issued_on >= first.isoformat(), tickets.issued_on <= last.isoformat(),
        )
        .group_by(tickets.window_id, tickets.service_id, tickets.seat_id, tickets.issued_on, minute)
    )  # fmt: skip
    cells: Counter[Key] = Counter()
    services: Counter[tuple[str, str]] = Counter()
    for named, service, seat, on, waited, count in session.execute(query):
        window = owners.window(named, date.fromisoformat(on), service, seat)
        cells[window, on, int(waited)] += count
        if on >= month_from.isoformat():
            services[window, service or ""] += count
    return cells, services


def _bad_ratings(session: Session, hall_id: str, first: date, last: date, as_of: int, owners: Owners) -> list[Event]:
    standing = latest_status(RatingStatus, RatingStatus.rating_number, hall_id, as_of)
    ticket = aliased(Ticket)
    on_ticket = and_(
        ticket.hall_id == hall_id, ticket.issued_on == Rating.rated_on, ticket.ticket_number == Rating.ticket_number,
        ticket.sequence <= as_of,
    )  # fmt: skip
    query = (
        select(Rating.window_id, Rating.seat_id, Rating.service_id, Rating.rated_on, ticket, standing.c.status)
        .outerjoin(ticket, on_ticket)
        .outerjoin(standing, standing.c.number == Rating.rating_number)
        .where(
            Rating.hall_id == hall_id, Rating.sequence <= as_of, Rating.level <= _BAD, Rating.is_default == 0,
            Rating.rated_on.between(first, last),
        )
    )  # fmt: skip
    return [
        _event(owners, ticket, on, named, service, seat)
        for named, seat, service, on, ticket, status in session.execute(query)
        if status not in _NOT_BAD
    ]


def _complaints(session: Session, hall_id: str, first: date, last: date, as_of: int, owners: Owners) -> list[Event]:
    latest = func.row_number().over(
        partition_by=ReportStatus.report_number, order_by=[ReportStatus.valid_from.desc(), ReportStatus.id.desc()]
    )
    ranked = (
        select(ReportStatus.report_number, ReportStatus.status, latest.label("place"))
        .where(ReportStatus.hall_id == hall_id, ReportStatus.kind == "complaint", ReportStatus.sequence <= as_of)
        .subquery()
    )
    standing = select(ranked).where(ranked.c.place == 1).subquery()
    query = (
        select(Report, standing.c.status)
        .outerjoin(standing, standing.c.report_number == Report.report_number)
        .where(
            Report.hall_id == hall_id, Report.kind == "complaint", Report.sequence <= as_of, Report.happened_on.between(first, last),
        )
    )  # fmt: skip
    told = [row for row, status in session.execute(query) if status != "withdrawn"]
    numbers = sorted({each.case_number for each in told if each.case_number})
    tickets = {
        row.case_number: row
        for start in range(0, len(numbers), 500)
        for row in session.scalars(
            select(Ticket).where(
                Ticket.hall_id == hall_id, Ticket.sequence <= as_of, Ticket.issued_on.between(first, last),
                Ticket.case_number.in_(numbers[start : start + 500]), Ticket.called_at.is_not(None),
            )
        )
    }  # fmt: skip
    return [
        _event(owners, tickets.get(each.case_number or ""), each.happened_on, each.window_id, each.service_id, each.seat_id)
        for each in told
    ]


def _event(owners: Owners, ticket: Ticket | None, on: date, named: str | None, service: str | None, seat: str | None) -> Event:
    """Where an event falls among the visits: at its ticket's window and day, for that is where the ticket is counted."""
    if ticket is None or ticket.called_at is None:
        return owners.window(named, on, service, seat), on.isoformat(), None
    window = owners.window(ticket.window_id, ticket.issued_on, ticket.service_id, ticket.seat_id)
    return window, ticket.issued_on.isoformat(), int((ticket.called_at - ticket.arrived_at).total_seconds()) // 60


def _cells(visits: Counter[Key], events: Iterable[Event]) -> Cells:
    """Visits and events together, by ticket if at least half of the events name one, else by window and day."""
    told = list(events)
    by_ticket = 2 * sum(minutes is not None for _, _, minutes in told) >= len(told)
    if by_ticket:
        fallen = Counter((window, day, minutes) for window, day, minutes in told if minutes is not None)
        cells = [Cell(*key, count, fallen[key]) for key, count in visits.items()]
    else:
        of_day = Counter((window, day) for window, day, _ in told)
        days: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        for (window, day, minutes), count in visits.items():
            days[window, day][0] += count
            days[window, day][1] += count * minutes
        cells = [Cell(window, day, waited / count, count, of_day[window, day]) for (window, day), (count, waited) in days.items()]
    kept = [each for each in cells if each.window_id != UNASSIGNED]
    kept.sort(key=lambda each: (each.window_id, each.day, each.minutes))
    return Cells(tuple(kept), by_ticket, len(told) - sum(each.events for each in kept))
