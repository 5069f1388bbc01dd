"""The course of a month, and who may act in it: steps, appeals, rulings, roles, drafts of schemes, results of longer periods.

A step, a ruling and a grant are rows like any other: never changed, the latest one counts. What a step asks for and who may take it is
the matter of supervision/course.py and supervision/accounts.py.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import STRICT, Base, Flag, Hall, LocalDay, Moment, RowId, Sequence, Whole, day, flag, not_blank, one_of

MONTH_STEPS = ("opened", "collected", "computed", "circulated", "locked", "published")
"""In their order. Collecting and computing may be done again until the sheets are circulated."""
VERDICTS = ("upheld", "dismissed")
RULED = ("excused", "mistaken", "malicious", "withdrawn", "admitted")
"""What a ruling makes of a record: an overdue case excused, a rating mistaken or malicious, a finding withdrawn, late evidence admitted."""
PERSON_ROLES = ("staff", "manager", "inspector", "planner", "scheme_editor", "administrator")
DRAFT_STATES = ("draft", "checked", "published")


class MonthStep(Base):
    """A step that a hall's month took under a scheme."""

    __tablename__ = "month_steps"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    month: Mapped[str] = mapped_column(Text, comment="YYYY-MM")
    scheme_id: Mapped[str] = mapped_column(Text)
    scheme_version: Mapped[str] = mapped_column(Text, comment="the version the month was opened with")
    step: Mapped[str] = mapped_column(Text)
    as_of_sequence: Mapped[int] = mapped_column(Whole, comment="evidence recorded up to this journal sequence is counted in the month")
    person: Mapped[str] = mapped_column(Text, comment="who took the step")
    taken_at: Mapped[datetime] = mapped_column(Moment)
    objections_until: Mapped[date | None] = mapped_column(LocalDay, comment="last local day for objections; of circulated only")
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "month", "scheme_id", "step", "sequence"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        one_of("step", *MONTH_STEPS),
        not_blank("scheme_id", "scheme_version", "person"),
        CheckConstraint("month LIKE '____-__'", name="month"),
        CheckConstraint("(step = 'circulated') = (objections_until IS NOT NULL)", name="objections"),
        day("objections_until"),
        STRICT,
    )


class Appeal(Base):
    """An objection to one line of one circulated sheet, about one record or about the line as a whole."""

    __tablename__ = "appeals"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    appeal_number: Mapped[str] = mapped_column(Text, comment="2022-11/W01/1: month, window, and the count of the window's appeals")
    month: Mapped[str] = mapped_column(Text)
    scheme_id: Mapped[str] = mapped_column(Text)
    window_id: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Whole, comment="revision of the sheet that is objected to")
    indicator: Mapped[str] = mapped_column(Text, comment="line of the sheet")
    evidence_id: Mapped[str | None] = mapped_column(Text, comment="record that is contested; NULL: the line as a whole")
    grounds: Mapped[str] = mapped_column(Text, comment="why, identity and telephone numbers masked")
    person: Mapped[str] = mapped_column(Text, comment="who objects")
    filed_at: Mapped[datetime] = mapped_column(Moment)
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "appeal_number"),
        ForeignKeyConstraint(["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"]),
        not_blank("appeal_number", "indicator", "grounds", "person"),
        CheckConstraint("month LIKE '____-__'", name="month"),
        Index("ix_appeals_month", "hall_id", "month", "scheme_id"),
        STRICT,
    )


class AppealSubject(Base):
    """Whose sheet an appeal is about, where that is no window; the appeal's own window is then one that the subject belongs to."""

    __tablename__ = "appeal_subjects"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    appeal_number: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[str] = mapped_column(Text, comment="whose sheet it is: staff:, head:, department: or hall:")
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "appeal_number"),
        ForeignKeyConstraint(["hall_id", "appeal_number"], ["appeals.hall_id", "appeals.appeal_number"]),
        not_blank("subject_id"),
        STRICT,
    )


class Ruling(Base):
    """A decision on an appeal. The first instance is ruled by somebody else than the second."""

    __tablename__ = "rulings"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    appeal_number: Mapped[str] = mapped_column(Text)
    instance: Mapped[int] = mapped_column(Whole, comment="1, then 2 where the first ruling was taken further")
    verdict: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    person: Mapped[str] = mapped_column(Text, comment="who ruled")
    ruled_at: Mapped[datetime] = mapped_column(Moment)
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "appeal_number", "instance"),
        ForeignKeyConstraint(["hall_id", "appeal_number"], ["appeals.hall_id", "appeals.appeal_number"]),
        one_of("verdict", *VERDICTS),
        CheckConstraint("instance IN (1, 2)", name="instance"),
        not_blank("reason", "person"),
        STRICT,
    )


class EvidenceRuling(Base):
    """What a ruling made of a record, over whatever else the record says of it. A later row of the same record replaces an earlier one."""

    __tablename__ = "evidence_rulings"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    evidence_id: Mapped[str] = mapped_column(Text, comment="such as case:2022-000123")
    ruled: Mapped[str | None] = mapped_column(Text, comment="NULL: an earlier ruling is taken back")
    appeal_number: Mapped[str] = mapped_column(Text)
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "evidence_id", "sequence"),
        ForeignKeyConstraint(["hall_id", "appeal_number"], ["appeals.hall_id", "appeals.appeal_number"]),
        one_of("ruled", *RULED),
        not_blank("evidence_id"),
        STRICT,
    )


class SheetRuled(Base):
    """Up to which journal sequence rulings were counted in a filed sheet; a sheet without a row counts none."""

    __tablename__ = "sheets_ruled"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    sheet_id: Mapped[int] = mapped_column(Whole, ForeignKey("sheets.id"))
    ruled_to: Mapped[int] = mapped_column(Whole, comment="journal sequence of the last ruling that could count")
    sequence: Mapped[Sequence]
    __table_args__ = (UniqueConstraint("hall_id", "sheet_id"), STRICT)


class PersonRole(Base):
    """From this act on, an acting person has a role in a hall, or no longer has it. hall_id `*` is every hall."""

    __tablename__ = "person_roles"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    person: Mapped[str] = mapped_column(Text, comment="the name under which the person acts")
    role: Mapped[str] = mapped_column(Text)
    window_id: Mapped[str | None] = mapped_column(Text, comment="the only window it holds for; NULL: all of the hall")
    granted: Mapped[bool] = mapped_column(Flag, comment="1 gives the role, 0 takes it away")
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "person", "role", "window_id", "sequence"),
        one_of("role", *PERSON_ROLES),
        flag("granted"),
        not_blank("hall_id", "person"),
        STRICT,
    )


class SchemeText(Base):
    """A scheme version written in a hall: its text as a draft, checked by one person, published by another."""

    __tablename__ = "scheme_texts"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    scheme_id: Mapped[str] = mapped_column(Text)
    version: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    document: Mapped[str] = mapped_column(Text, comment="the TOML text")
    digest: Mapped[str] = mapped_column(Text, comment="sha256 of the document")
    person: Mapped[str] = mapped_column(Text)
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "scheme_id", "version", "state", "sequence"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        one_of("state", *DRAFT_STATES),
        not_blank("scheme_id", "version", "document", "digest", "person"),
        STRICT,
    )


class MonthOpens(Base):
    """The cases that were open when a month closed, as one count found them: where the count of the next month begins to look."""

    __tablename__ = "month_opens"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    month: Mapped[str] = mapped_column(Text, comment="YYYY-MM")
    as_of_sequence: Mapped[int] = mapped_column(Whole, comment="counted from what was recorded up to this journal sequence")
    last_case_id: Mapped[int] = mapped_column(Whole, comment="row id of the newest case then")
    case_ids: Mapped[str] = mapped_column(Text, comment="row ids of the open cases, growing, parted by spaces")
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "month", "as_of_sequence"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        CheckConstraint("month LIKE '____-__'", name="month"),
        STRICT,
    )


class PeriodResult(Base):
    """What a quarter, half-year or year came to: standings and titles, as filed, in revisions."""

    __tablename__ = "period_results"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    period: Mapped[str] = mapped_column(Text, comment="2022-Q4, 2022-H1 or 2022")
    scheme_id: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Whole)
    body: Mapped[str] = mapped_column(Text, comment="canonical JSON: the text that the digest is of")
    digest: Mapped[str] = mapped_column(Text)
    person: Mapped[str] = mapped_column(Text)
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "period", "scheme_id", "revision"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        CheckConstraint("revision > 0", name="revision"),
        not_blank("period", "scheme_id", "body", "digest", "person"),
        STRICT,
    )
