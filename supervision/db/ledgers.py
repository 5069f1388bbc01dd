"""Rows of ledgers: the moments of cases, and the bad ratings of a month with their standing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..month import Month
from .schema import Case, CaseEvent, HallRow, Rating, RatingStatus

_BLOCK = 5000


@dataclass(frozen=True, slots=True)
class BadRating:
    """A rating of level 1 or 2."""

    number: str
    window_id: str
    case_number: str
    level: int
    at: datetime
    standing: str


def case_moments(session: Session, hall_id: str, numbers: Sequence[str]) -> dict[str, tuple[datetime, datetime | None]]:
    """Case -> when it was accepted, and when it ended."""
    found: dict[str, tuple[datetime, datetime | None]] = {}
    for start in range(0, len(numbers), _BLOCK):
        block = numbers[start : start + _BLOCK]
        ends = select(CaseEvent.case_number, CaseEvent.at).where(
            CaseEvent.hall_id == hall_id, CaseEvent.event == "ended", CaseEvent.case_number.in_(block)
        )
        ended = dict(session.execute(ends).all())
        cases = select(Case.case_number, Case.accepted_at).where(Case.hall_id == hall_id, Case.case_number.in_(block))
        found |= {number: (at, ended.get(number)) for number, at in session.execute(cases)}
    return found


def bad_ratings(session: Session, hall_id: str, month: Month) -> list[BadRating]:
    """The bad ratings given in a month, in order of time."""
    last: dict[str, str] = {}
    statuses = select(RatingStatus.rating_number, RatingStatus.status).where(RatingStatus.hall_id == hall_id)
    for number, status in session.execute(statuses.order_by(RatingStatus.valid_from, RatingStatus.id)):
        last[number] = status
    query = select(Rating).where(
        Rating.hall_id == hall_id, Rating.level <= 2, Rating.rated_on >= month.first_day, Rating.rated_on <= month.last_day
    )
    return [
        BadRating(
            row.rating_number, row.window_id or "", row.case_number or "", row.level, row.rated_at,
            "default" if row.is_default else last.get(row.rating_number, "valid"),
        )
        for row in session.scalars(query.order_by(Rating.rated_at, Rating.rating_number))
    ]  # fmt: skip


def hall_name(session: Session, hall_id: str, language: str) -> str:
    """What the hall is called; its id if it is unknown."""
    row = session.scalar(select(HallRow).where(HallRow.hall_id == hall_id))
    return hall_id if row is None else row.name_zh if language == "zh" else row.name_en
