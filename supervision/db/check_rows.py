"""Visits with what they found, and evidence files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from ..inspection import NOTHING_FOUND
from .schema import Check, CheckFinding, EvidenceFile, Finding, FindingStatus, Order, Person
from .store import Work


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A visit and the codes it found, those withdrawn later included."""

    check_number: str
    kind: str
    checklist: str
    window_id: str
    inspector: str
    draw_number: str
    began_at: datetime
    began_on: date
    minutes: int
    people_waiting: int | None
    findings: tuple[tuple[str, str], ...]
    """Number and code."""


@dataclass(frozen=True, slots=True)
class FindingRow:
    """Something that a check found; a check that found nothing is none."""

    finding_number: str
    code: str
    window_id: str
    seat_id: str | None
    observed_at: datetime
    observed_on: date
    minutes: int | None
    people_waiting: int | None
    source: str
    is_person_known: bool
    note: str
    status: str
    """confirmed, disputed or withdrawn, as it stands last."""
    check_number: str
    """The visit; empty of a finding that came alone."""
    order_number: str
    """Empty if there is no order about it."""
    files: int
    """Evidence files kept."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A kept file."""

    evidence_id: str
    digest: str
    given_digest: str
    file_name: str
    media_type: str
    size: int
    stripped: bool
    sequence: int


def read_checks(session: Session, hall_id: str, first: date, last: date) -> list[CheckRow]:
    """The visits of a period, in order of time."""
    return _checks(session, hall_id, select(Check).where(Check.hall_id == hall_id, Check.began_on.between(first, last)))


def read_drawn(session: Session, hall_id: str) -> list[CheckRow]:
    """Every visit that a draw sent, in order of time."""
    return _checks(session, hall_id, select(Check).where(Check.hall_id == hall_id, Check.draw_number.is_not(None)))


def _checks(session: Session, hall_id: str, chosen: Select[Check]) -> list[CheckRow]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    links = (
        select(CheckFinding.check_number, Finding.finding_number, Finding.code)
        .join(Finding, and_(Finding.hall_id == CheckFinding.hall_id, Finding.finding_number == CheckFinding.finding_number))
        .where(CheckFinding.hall_id == hall_id, CheckFinding.check_number.in_(chosen.with_only_columns(Check.check_number)))
        .order_by(Finding.finding_number)
    )
    for check, number, code in session.execute(links):
        if code != NOTHING_FOUND:
            found[check].append((number, code))
    return [
        CheckRow(
            row.check_number, row.kind, row.checklist, row.window_id, row.inspector, row.draw_number or "", row.began_at, row.began_on,
            row.minutes, row.people_waiting, tuple(found[row.check_number]),
        )
        for row in session.scalars(chosen.order_by(Check.began_at, Check.check_number))
    ]  # fmt: skip


def read_findings(session: Session, hall_id: str, first: date, last: date) -> list[FindingRow]:
    """The findings of a period, in order of time; ``window_id`` is what was recorded, empty if only a seat was."""
    query = (
        select(Finding, CheckFinding.check_number)
        .outerjoin(CheckFinding, and_(CheckFinding.hall_id == Finding.hall_id, CheckFinding.finding_number == Finding.finding_number))
        .where(Finding.hall_id == hall_id, Finding.observed_on.between(first, last), Finding.code != NOTHING_FOUND)
        .order_by(Finding.observed_at, Finding.finding_number)
    )
    found = list(session.execute(query))
    told = select(FindingStatus.finding_number, FindingStatus.status).where(FindingStatus.hall_id == hall_id)
    standing = dict(session.execute(told.order_by(FindingStatus.valid_from, FindingStatus.id)).all())
    orders = select(Order.subject, Order.order_number).where(Order.hall_id == hall_id, Order.workflow == "finding")
    ordered = dict(session.execute(orders).all())
    kept = select(EvidenceFile.evidence_id, func.count()).where(EvidenceFile.hall_id == hall_id).group_by(EvidenceFile.evidence_id)
    files = dict(session.execute(kept).all())
    return [
        FindingRow(
            row.finding_number, row.code, row.window_id or "", row.seat_id, row.observed_at, row.observed_on, row.observed_minutes,
            row.people_waiting, row.source, row.person_ref is not None, row.note or "", standing.get(row.finding_number, "confirmed"),
            visit or "", ordered.get(f"finding:{row.finding_number}", ""), files.get(f"finding:{row.finding_number}", 0),
        )
        for row, visit in found
    ]  # fmt: skip


def findings_of(session: Session, hall_id: str, check_number: str, codes: Sequence[str], sequence: int) -> tuple[str, ...]:
    """Numbers of a visit's findings of some codes: those that an act brought, or all if it brought none."""
    query = (
        select(Finding.finding_number, Finding.sequence)
        .join(CheckFinding, and_(CheckFinding.hall_id == Finding.hall_id, CheckFinding.finding_number == Finding.finding_number))
        .where(CheckFinding.hall_id == hall_id, CheckFinding.check_number == check_number, Finding.code.in_(codes))
        .order_by(Finding.id)
    )
    found = list(session.execute(query))
    new = tuple(number for number, own in found if own == sequence)
    return new or tuple(number for number, _ in found)


def staff_of(session: Session, hall_id: str) -> frozenset[str]:
    """References of everybody on the staff of a hall."""
    return frozenset(session.scalars(select(Person.person_ref).where(Person.hall_id == hall_id)))


def read_files(session: Session, hall_id: str, evidence_id: str) -> list[FileRow]:
    """The files of a record, in the order they were kept."""
    query = select(EvidenceFile).where(EvidenceFile.hall_id == hall_id, EvidenceFile.evidence_id == evidence_id)
    return [
        FileRow(row.evidence_id, row.digest, row.given_digest, row.file_name, row.media_type, row.size, row.stripped, row.sequence)
        for row in session.scalars(query.order_by(EvidenceFile.id))
    ]


def count_files(session: Session, hall_id: str, evidence_id: str) -> int:
    """How many files a record has."""
    query = select(func.count()).where(EvidenceFile.hall_id == hall_id, EvidenceFile.evidence_id == evidence_id)
    return session.scalar(query) or 0


def add_file(work: Work, row: FileRow) -> None:
    """Append a file."""
    work.session.add(
        EvidenceFile(
            hall_id=work.hall_id, evidence_id=row.evidence_id, digest=row.digest, given_digest=row.given_digest, file_name=row.file_name,
            media_type=row.media_type, size=row.size, stripped=row.stripped, sequence=work.sequence,
        )
    )  # fmt: skip
    work.session.flush()
