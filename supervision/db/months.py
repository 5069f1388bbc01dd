"""The course of a month in the record: its steps, the appeals and rulings, and what rulings made of single records.

Only reads and appends. Which step may follow which is the matter of course.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, insert, select
from sqlalchemy.orm import Session

from .schema import (
    Appeal,
    AppealSubject,
    CaseEvent,
    Check,
    CheckFinding,
    EvidenceRuling,
    Finding,
    FindingStatus,
    JournalRow,
    LatePaper,
    LatePaperEvent,
    MonthStep,
    Rating,
    RatingStatus,
    Receipt,
    ReceiptEvent,
    Report,
    ReportStatus,
    Ruling,
)
from .schema import Case as CaseRow
from .store import Work


@dataclass(frozen=True, slots=True)
class Step:
    """A step that was taken."""

    step: str
    scheme_version: str
    as_of: int
    """Evidence recorded up to this journal sequence is counted."""
    person: str
    at: datetime
    until: date | None
    """Last local day for objections; of ``circulated`` only."""
    sequence: int


@dataclass(frozen=True, slots=True)
class Decision:
    """One ruling on an appeal."""

    instance: int
    verdict: str
    reason: str
    person: str
    at: datetime
    sequence: int


@dataclass(frozen=True, slots=True)
class AppealRow:
    """An appeal with what was decided on it."""

    number: str
    month: str
    scheme_id: str
    window_id: str
    revision: int
    indicator: str
    evidence_id: str | None
    grounds: str
    person: str
    at: datetime
    decisions: tuple[Decision, ...]

    @property
    def verdict(self) -> str | None:
        """Of the last ruling; None while there is none."""
        return self.decisions[-1].verdict if self.decisions else None


def read_steps(session: Session, hall_id: str, month: str, scheme_id: str | None = None) -> dict[str, tuple[Step, ...]]:
    """Scheme id -> the steps a month took under it, in order of recording."""
    query = select(MonthStep).where(MonthStep.hall_id == hall_id, MonthStep.month == month).order_by(MonthStep.id)
    if scheme_id is not None:
        query = query.where(MonthStep.scheme_id == scheme_id)
    found: dict[str, tuple[Step, ...]] = {}
    for row in session.scalars(query):
        step = Step(row.step, row.scheme_version, row.as_of_sequence, row.person, row.taken_at, row.objections_until, row.sequence)
        found[row.scheme_id] = (*found.get(row.scheme_id, ()), step)
    return found


def list_courses(session: Session, hall_id: str) -> tuple[tuple[str, str], ...]:
    """(month, scheme id) of every month that was opened, newest first."""
    query = select(MonthStep.month, MonthStep.scheme_id).where(MonthStep.hall_id == hall_id).distinct()
    return tuple(sorted(((month, scheme) for month, scheme in session.execute(query)), reverse=True))


def add_step(work: Work, month: str, scheme: tuple[str, str], step: str, as_of: int, until: date | None = None) -> None:
    """Append a step as part of an act; ``scheme`` is (id, version)."""
    row = {
        "hall_id": work.hall_id, "month": month, "scheme_id": scheme[0], "scheme_version": scheme[1], "step": step,
        "as_of_sequence": as_of, "person": work.person, "taken_at": work.at, "objections_until": until, "sequence": work.sequence,
    }  # fmt: skip
    work.session.execute(insert(MonthStep).values(**row))


def read_appeals(
    session: Session, hall_id: str, month: str | None = None, scheme_id: str | None = None, number: str | None = None
) -> tuple[AppealRow, ...]:
    """Appeals of a month, or the one of a number, in order of filing."""
    whose = and_(AppealSubject.hall_id == Appeal.hall_id, AppealSubject.appeal_number == Appeal.appeal_number)
    query = select(Appeal, AppealSubject.subject_id).outerjoin(AppealSubject, whose).where(Appeal.hall_id == hall_id).order_by(Appeal.id)
    for column, wanted in ((Appeal.month, month), (Appeal.scheme_id, scheme_id), (Appeal.appeal_number, number)):
        if wanted is not None:
            query = query.where(column == wanted)
    decided: dict[str, list[Decision]] = {}
    for row in session.scalars(select(Ruling).where(Ruling.hall_id == hall_id).order_by(Ruling.id)):
        decision = Decision(row.instance, row.verdict, row.reason, row.person, row.ruled_at, row.sequence)
        decided.setdefault(row.appeal_number, []).append(decision)
    return tuple(
        AppealRow(
            row.appeal_number, row.month, row.scheme_id, subject or row.window_id, row.revision, row.indicator, row.evidence_id,
            row.grounds, row.person, row.filed_at, tuple(decided.get(row.appeal_number, ())),
        )
        for row, subject in session.execute(query)
    )  # fmt: skip


def add_appeal(
    work: Work,
    month: str,
    scheme_id: str,
    window_id: str,
    revision: int,
    indicator: str,
    evidence_id: str | None,
    grounds: str,
    subject_id: str | None = None,
) -> str:
    """Append an appeal; its number. ``subject_id``: whose sheet it is about, where that is not the window's own."""
    whose = subject_id or window_id
    same = Appeal.appeal_number.startswith(f"{month}/{whose}/", autoescape=True)
    count = select(func.count()).where(Appeal.hall_id == work.hall_id, same)
    number = f"{month}/{whose}/{(work.session.scalar(count) or 0) + 1}"
    row = {
        "hall_id": work.hall_id, "appeal_number": number, "month": month, "scheme_id": scheme_id, "window_id": window_id,
        "revision": revision, "indicator": indicator, "evidence_id": evidence_id, "grounds": grounds, "person": work.person,
        "filed_at": work.at, "sequence": work.sequence,
    }  # fmt: skip
    work.session.execute(insert(Appeal).values(**row))
    if subject_id is not None:
        told = {"hall_id": work.hall_id, "appeal_number": number, "subject_id": subject_id, "sequence": work.sequence}
        work.session.execute(insert(AppealSubject).values(**told))
    return number


def add_ruling(work: Work, number: str, instance: int, verdict: str, reason: str, ruled: Mapping[str, str | None]) -> None:
    """Append a ruling and what it makes of records: evidence id -> a word of RULED, or None for taken back."""
    own = {"hall_id": work.hall_id, "appeal_number": number, "sequence": work.sequence}
    decision = {"instance": instance, "verdict": verdict, "reason": reason, "person": work.person, "ruled_at": work.at}
    work.session.execute(insert(Ruling).values(**own, **decision))
    for id, word in sorted(ruled.items()):
        work.session.execute(insert(EvidenceRuling).values(**own, evidence_id=id, ruled=word))


def read_ruled(session: Session, hall_id: str, to: int) -> dict[str, str]:
    """Evidence id -> what rulings up to a journal sequence made of it."""
    query = select(EvidenceRuling.evidence_id, EvidenceRuling.ruled).where(EvidenceRuling.hall_id == hall_id, EvidenceRuling.sequence <= to)
    found: dict[str, str] = {}
    for id, ruled in session.execute(query.order_by(EvidenceRuling.id)):
        if ruled is None:
            found.pop(id, None)
        else:
            found[id] = ruled
    return found


def ruled_by(session: Session, hall_id: str, number: str) -> tuple[str, ...]:
    """The records that rulings on an appeal touched."""
    query = select(EvidenceRuling.evidence_id).where(EvidenceRuling.hall_id == hall_id, EvidenceRuling.appeal_number == number)
    return tuple(sorted(set(session.scalars(query))))


def recorders(session: Session, hall_id: str, evidence_id: str) -> frozenset[str]:
    """Who recorded a record and its later rows, its standing included, and who observed a finding; empty if the hall has none such."""
    kind, _, number = evidence_id.partition(":")
    number = number.partition(" ")[0] if kind == "paper" else number  # a case number has no blanks
    sequences: set[int] = set()
    observed = (
        select(Check.inspector)
        .join(CheckFinding, and_(CheckFinding.hall_id == Check.hall_id, CheckFinding.check_number == Check.check_number))
        .where(CheckFinding.hall_id == hall_id, CheckFinding.finding_number == number)
    )
    seen = frozenset(session.scalars(observed)) if kind == "finding" else frozenset()
    told = (Report.report_number == number) & (Report.kind == kind), (ReportStatus.report_number == number) & (ReportStatus.kind == kind)
    reported = (Report.hall_id, Report.sequence, told[0]), (ReportStatus.hall_id, ReportStatus.sequence, told[1])
    for hall, sequence, own in {
        "case": (
            (CaseRow.hall_id, CaseRow.sequence, CaseRow.case_number == number),
            (CaseEvent.hall_id, CaseEvent.sequence, CaseEvent.case_number == number),
        ),
        "rating": (
            (Rating.hall_id, Rating.sequence, Rating.rating_number == number),
            (RatingStatus.hall_id, RatingStatus.sequence, RatingStatus.rating_number == number),
        ),
        "finding": (
            (Finding.hall_id, Finding.sequence, Finding.finding_number == number),
            (FindingStatus.hall_id, FindingStatus.sequence, FindingStatus.finding_number == number),
        ),
        "complaint": reported,
        "attendance": reported,
        "review": reported,
        "receipt": (
            (Receipt.hall_id, Receipt.sequence, Receipt.case_number == number),
            (ReceiptEvent.hall_id, ReceiptEvent.sequence, ReceiptEvent.case_number == number),
        ),
        "paper": (
            (LatePaper.hall_id, LatePaper.sequence, LatePaper.case_number == number),
            (LatePaperEvent.hall_id, LatePaperEvent.sequence, LatePaperEvent.case_number == number),
        ),
    }.get(kind, ()):
        sequences |= set(session.scalars(select(sequence).where(hall == hall_id, own)))
    return seen | frozenset(session.scalars(select(JournalRow.person).where(JournalRow.id.in_(sequences))))
