"""Ratings of a month row by row, with the end of what they speak of, and the cases of each window: for coverage and signals."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from ..evidence import UNASSIGNED
from ..month import Month
from .links import Owners, read_owners
from .schema import Case, CaseEvent, Rating, Ticket


@dataclass(frozen=True, slots=True)
class RatingRow:
    """One rating that somebody gave."""

    rating_number: str
    window_id: str
    seat_id: str
    case_number: str
    rater_ref: str
    level: int
    channel: str
    rated_at: datetime
    ended_at: datetime | None
    """End of its ticket, else of its case, else of an instant case by its acceptance; None if nothing says."""
    is_named: bool


def read_ratings(session: Session, hall_id: str, month: Month, as_of: int) -> list[RatingRow]:
    """The ratings of a month that citizens gave, without defaults, by moment."""
    owners = read_owners(session, hall_id, as_of)
    case, ended, ticket = aliased(Case), aliased(CaseEvent), aliased(Ticket)
    query = (
        select(Rating, case.window_id, case.service_id, case.accepted_on, ended.at, ticket.ended_at)
        .outerjoin(case, and_(case.hall_id == hall_id, case.case_number == Rating.case_number, case.sequence <= as_of))
        .outerjoin(
            ended,
            and_(
                ended.hall_id == hall_id, ended.case_number == Rating.case_number, ended.event == "ended", case.kind == "instant",
                ended.sequence <= as_of,
            ),
        )
        .outerjoin(
            ticket,
            and_(
                ticket.hall_id == hall_id, ticket.issued_on == Rating.rated_on, ticket.ticket_number == Rating.ticket_number,
                ticket.sequence <= as_of,
            ),
        )
        .where(
            Rating.hall_id == hall_id, Rating.sequence <= as_of, Rating.is_default == 0,
            Rating.rated_on.between(month.first_day, month.last_day),
        )
        .order_by(Rating.rated_at, Rating.rating_number)
    )  # fmt: skip
    rows = []
    for rating, named, service, on, case_end, ticket_end in session.execute(query):
        window = _window(owners, rating, named, service, on)
        rows.append(
            RatingRow(
                rating.rating_number, window, rating.seat_id or "", rating.case_number or "", rating.rater_ref or "", rating.level,
                rating.channel or "", rating.rated_at, ticket_end or case_end, rating.is_named,
            )
        )  # fmt: skip
    return rows


def count_ended(session: Session, hall_id: str, month: Month, as_of: int) -> Counter[str]:
    """Window -> cases that ended in the month."""
    owners = read_owners(session, hall_id, as_of)
    query = (
        select(Case.window_id, Case.service_id, func.count())
        .join(CaseEvent, and_(CaseEvent.hall_id == Case.hall_id, CaseEvent.case_number == Case.case_number))
        .where(
            CaseEvent.hall_id == hall_id, CaseEvent.event == "ended", CaseEvent.on.between(month.first_day, month.last_day),
            CaseEvent.sequence <= as_of,
        )
        .group_by(Case.window_id, Case.service_id)
    )  # fmt: skip
    counts: Counter[str] = Counter()
    for named, service, many in session.execute(query):
        counts[owners.window(named, month.last_day, service)] += many
    return counts


def _window(owners: Owners, rating: Rating, named: str | None, service: str | None, on: object) -> str:
    window = owners.window(rating.window_id, rating.rated_on, None, rating.seat_id)
    if window == UNASSIGNED and on is not None:
        window = owners.window(named, rating.rated_on, service)
    return window if window != UNASSIGNED else owners.window(None, rating.rated_on, rating.service_id)
