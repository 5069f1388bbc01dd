"""The record behind an evidence id: its row, what became of it, and, of a case, how its due moment came about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..deadlines import Due
from ..evidence import UNASSIGNED
from ..month import Month
from .dues import DueCase, Dues
from .journal_rows import head
from .links import Owners
from .schema import (
    Base,
    Case,
    CaseEvent,
    Finding,
    FindingStatus,
    Import,
    IndexValue,
    LatePaper,
    LatePaperEvent,
    Rating,
    RatingStatus,
    Receipt,
    ReceiptEvent,
    Report,
    ReportStatus,
    Service,
    ServiceLimit,
)
from .subjects import read_owners_of, subject_of

_LEFT_OUT = frozenset({"id", "hall_id", "import_id", "sequence"})
_TABLES: Mapping[str, tuple[Any, Any, str, str]] = {
    "case": (Case, CaseEvent, "case_number", "at"),
    "rating": (Rating, RatingStatus, "rating_number", "valid_from"),
    "finding": (Finding, FindingStatus, "finding_number", "valid_from"),
    "complaint": (Report, ReportStatus, "report_number", "valid_from"),
    "attendance": (Report, ReportStatus, "report_number", "valid_from"),
    "review": (Report, ReportStatus, "report_number", "valid_from"),
    "receipt": (Receipt, ReceiptEvent, "case_number", "at"),
    "paper": (LatePaper, LatePaperEvent, "case_number", "on"),
    "service": (Service, ServiceLimit, "service_id", "valid_from"),
    "index": (IndexValue, None, "index_number", ""),
}
"""kind -> its table, the table of what became of it, the number in both, and what orders the latter"""


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A record as a page shows it: columns with their values as text, moments on the hall's clock, empty ones left out."""

    id: str
    kind: str
    """case, rating, finding, complaint, attendance, review, receipt, paper, service or index."""
    fields: tuple[tuple[str, str], ...]
    history: tuple[tuple[tuple[str, str], ...], ...]
    """Later rows of the record: stops and end of a case, standing of a rating or finding."""
    due: Due | None
    """Of a case; None if it has no limit."""
    origin: str
    """record, or demonstration for made-up input."""
    file_name: str
    """The file it came from; empty if none."""
    sequence: int
    """The act that recorded it."""


def read_evidence(session: Session, hall_id: str, evidence_id: str, as_of: int) -> EvidenceRow | None:
    """The record of an id such as ``case:2022-000123``; None if the hall has none."""
    kind, _, number = evidence_id.partition(":")
    if kind not in _TABLES:
        return None
    table, following, key, order = _TABLES[kind]
    keys = {"hall_id": hall_id, key: number}
    if table is Report:
        keys["kind"] = kind
    if table is LatePaper:
        keys[key], _, keys["paper"] = number.partition(" ")
    row = session.scalar(select(table).filter_by(**keys).where(table.sequence <= as_of))
    if row is None:
        return None
    later: Iterable[Base] = ()
    if following is not None:
        rows = select(following).filter_by(**keys).where(following.sequence <= as_of)
        later = session.scalars(rows.order_by(getattr(following, order), following.id))
    dues = Dues(session, hall_id, as_of)
    imported = None if isinstance(row, Service) else row.import_id
    source = session.get(Import, imported) if imported is not None else None
    due = None
    if isinstance(row, Case):
        dues.learn([number])
        due = dues.of(DueCase(row.case_number, row.service_id, row.accepted_at, row.accepted_on))
    return EvidenceRow(
        id=evidence_id,
        kind=kind,
        fields=_fields(row, dues.zone),
        history=tuple(_fields(each, dues.zone) for each in later),
        due=due,
        origin=source.origin if source else "record",
        file_name=source.file_name if source else "",
        sequence=row.sequence,
    )


def came_late(session: Session, hall_id: str, evidence_id: str, window_id: str, month: Month, as_of: int) -> bool:
    """Whether a record was recorded after an act, though it is a window's and a month's: a case by the day it was due or ended."""
    kind, _, number = evidence_id.partition(":")
    owners, last = read_owners_of(session, hall_id, month, as_of, subject_of(window_id)), head(session).count
    match kind:
        case "rating":
            given = session.scalar(select(Rating).where(Rating.hall_id == hall_id, Rating.rating_number == number, Rating.sequence > as_of))
            if given is None:
                return False
            own = session.scalar(select(Case).where(Case.hall_id == hall_id, Case.case_number == given.case_number))
            named = given.handler_ref if owners.by_person else given.window_id
            if owners.by_person and own is not None and named == own.handler_ref:
                named = None
            window = owners.window(named, given.rated_on, None, given.seat_id)
            if window == UNASSIGNED and own is not None:
                window = owners.window(_whose(session, own, owners), own.accepted_on, own.service_id)
            if window == UNASSIGNED:
                window = owners.window(None, given.rated_on, given.service_id)
            return owners.subject(window, given.rated_on) == window_id and month.holds(given.rated_on)
        case "finding":
            found = session.scalar(
                select(Finding).where(Finding.hall_id == hall_id, Finding.finding_number == number, Finding.sequence > as_of)
            )
            if found is None:
                return False
            named = found.person_ref if owners.by_person else found.window_id
            window = owners.window(named, found.observed_on, None, found.seat_id)
            return owners.subject(window, found.observed_on) == window_id and month.holds(found.observed_on)
        case "case":
            case = session.scalar(select(Case).where(Case.hall_id == hall_id, Case.case_number == number, Case.sequence > as_of))
            if case is None:
                return False
            window = owners.window(_whose(session, case, owners), case.accepted_on, case.service_id)
            if owners.subject(window, case.accepted_on) != window_id:
                return False
            dues = Dues(session, hall_id, last)
            dues.learn([number])
            due = dues.of(DueCase(number, case.service_id, case.accepted_at, case.accepted_on))
            return due is not None and due.local_date is not None and month.holds(due.local_date)
        case _:
            return False


def _whose(session: Session, case: Case, owners: Owners) -> str | None:
    """What a case names: its window, or, where persons are assessed, the first handler."""
    if not owners.by_person:
        return case.window_id
    taken = select(Receipt.handler_ref).where(Receipt.hall_id == case.hall_id, Receipt.case_number == case.case_number)
    return session.scalar(taken) or case.handler_ref


def _fields(row: Base, zone: ZoneInfo) -> tuple[tuple[str, str], ...]:
    written = []
    for attribute in type(row).__mapper__.column_attrs:
        value = getattr(row, attribute.key)
        if attribute.key not in _LEFT_OUT and value is not None:
            written.append((attribute.key, _written(value, zone)))
    return tuple(written)


def _written(value: object, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, date) else str(value)
