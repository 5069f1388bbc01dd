"""What the record holds at all: its halls, and whether a hall's rows are demonstration.

For the choice at the top of a page; nothing is counted here that a sheet depends on.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..month import Month
from .records import rows_of
from .schema import EVERY_HALL, Case, Finding, HallRow, Import, JournalRow, Rating, Ticket, microseconds


@dataclass(frozen=True, slots=True)
class HallName:
    """A hall as pages name it."""

    hall_id: str
    name_zh: str
    name_en: str
    demonstration: bool
    """Whether any of its rows came from a file marked as demonstration."""

    def name(self, language: str) -> str:
        return self.name_zh if language == "zh" else self.name_en


def read_halls(session: Session) -> tuple[HallName, ...]:
    """The halls of the record, in the order in which they were first recorded."""
    made_up = set(session.scalars(select(Import.hall_id).where(Import.origin == "demonstration").distinct()))
    rows = session.scalars(select(HallRow).order_by(HallRow.id))
    return tuple(HallName(row.hall_id, row.name_zh, row.name_en, row.hall_id in made_up) for row in rows)


def read_names(session: Session, hall_id: str) -> dict[str, dict[str, tuple[str, str]]]:
    """Field of a record that holds an id -> id -> its name in Chinese and in English."""
    named = {"service_id": "services", "window_id": "windows", "seat_id": "seats"}
    return {
        field: {own: (zh, en) for own, zh, en in rows_of(session, name, hall_id, (field, "name_zh", "name_en"))}
        for field, name in named.items()
    }


def count_records(session: Session, hall_id: str, month: Month) -> dict[str, int]:
    """How many records of each kind fall into a month: cases by acceptance, tickets by day, ratings and findings by their own day."""
    days = {"cases": Case.accepted_on, "tickets": Ticket.issued_on, "ratings": Rating.rated_on, "findings": Finding.observed_on}
    return {
        name: session.scalar(select(func.count()).where(day.class_.hall_id == hall_id, day >= month.first_day, day <= month.last_day)) or 0
        for name, day in days.items()
    }


EVIDENCE_ACTS = ("import", "import calendar", "record visit", "order step", "extend case", "set steps")
"""Acts that add to what a month is judged by; an order's step changes what its record stands as."""


def last_evidence(session: Session, hall_id: str, as_of: int) -> int:
    """When the last act up to a sequence added to what the months of a hall are judged by, microseconds since 1970 UTC; 0 if none did.

    By the clock of that act and not by today's, so that a month scored again is scored as it was.
    """
    of_hall = JournalRow.hall_id.in_((hall_id, EVERY_HALL))
    known = select(JournalRow.happened_at).where(
        JournalRow.id <= as_of, of_hall, JournalRow.outcome == "done", JournalRow.act.in_(EVIDENCE_ACTS)
    )
    found = session.scalar(known.order_by(JournalRow.id.desc()).limit(1))
    return 0 if found is None else microseconds(found)


def evidence_since(session: Session, hall_id: str, sequence: int) -> int:
    """How many acts after an act added to what the months of a hall are judged by."""
    of_hall = JournalRow.hall_id.in_((hall_id, EVERY_HALL))
    later = select(func.count()).where(JournalRow.id > sequence, of_hall, JournalRow.outcome == "done", JournalRow.act.in_(EVIDENCE_ACTS))
    return session.scalar(later) or 0
