"""How a case goes on: papers handed in before acceptance, steps, stops by kind, extensions, papers that come later, and projects of stages.

Cases and their three events are in cases.py. Nothing here is needed to count a due moment but an extension; the rest is what electronic
supervision (电子监察) shows and warns of.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import STRICT, Base, Hall, LocalDay, Moment, RowId, Sequence, Small, Whole, day, not_blank, one_of
from .law import LIMIT_UNITS

RECEIPT_EVENTS = ("supplement_asked", "supplement_arrived", "not_accepted", "withdrawn")
STOP_KINDS = ("supplement", "special_procedure", "suspension", "intermediary")
PAPER_KINDS = ("promise_and_record", "accept_with_missing", "build_first")
PAPER_EVENTS = ("delivered", "waived", "put_off")
PROJECT_KINDS = ("ordinary", "government", "urban_village", "real_estate", "industry")


class Receipt(Base):
    """Papers taken (收件) under a case number. It is accepted once a case of that number is in the record."""

    __tablename__ = "receipts"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    case_number: Mapped[str] = mapped_column(Text)
    service_id: Mapped[str | None] = mapped_column(Text)
    window_id: Mapped[str | None] = mapped_column(Text)
    handler_ref: Mapped[str | None] = mapped_column(Text, comment="who took the papers: the first handler 首办")
    channel: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(Moment)
    received_on: Mapped[date] = mapped_column(LocalDay)
    import_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("imports.id"))
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "case_number"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        ForeignKeyConstraint(["hall_id", "service_id"], ["services.hall_id", "services.service_id"]),
        ForeignKeyConstraint(["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"]),
        not_blank("case_number"),
        day("received_on"),
        Index("ix_receipts_received_on", "hall_id", "received_on"),
        STRICT,
    )


class ReceiptEvent(Base):
    """What happened to papers before acceptance: a supplement (补正) asked for or brought, a refusal to accept with its reason."""

    __tablename__ = "receipt_events"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    case_number: Mapped[str] = mapped_column(Text)
    event: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column("happened_at", Moment)
    on: Mapped[date] = mapped_column("happened_on", LocalDay)
    reason: Mapped[str | None] = mapped_column(Text)
    import_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("imports.id"))
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "case_number", "event", "happened_at"),
        ForeignKeyConstraint(["hall_id", "case_number"], ["receipts.hall_id", "receipts.case_number"]),
        one_of("event", *RECEIPT_EVENTS),
        day("happened_on"),
        STRICT,
    )


class CaseStop(Base):
    """What a stop of the clock was: its kind, and the notice in writing that the law asks for."""

    __tablename__ = "case_stops"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    case_number: Mapped[str] = mapped_column(Text)
    stopped_at: Mapped[datetime] = mapped_column(Moment, comment="moment of the case's `stopped` event")
    kind: Mapped[str] = mapped_column(Text, comment="补正, 特别程序, 中止, 中介服务")
    document: Mapped[str | None] = mapped_column(Text, comment="number of the written notice to the applicant")
    import_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("imports.id"))
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "case_number", "stopped_at"),
        ForeignKeyConstraint(["hall_id", "case_number"], ["cases.hall_id", "cases.case_number"]),
        one_of("kind", *STOP_KINDS),
        STRICT,
    )


class CaseExtension(Base):
    """More time for a case, granted by a person other than who asked, with the reason told to the applicant."""

    __tablename__ = "case_extensions"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    case_number: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    asked_by: Mapped[str] = mapped_column(Text)
    granted_at: Mapped[datetime] = mapped_column(Moment)
    granted_by: Mapped[str] = mapped_column(Text)
    amount: Mapped[int] = mapped_column(Whole, comment="whole, positive, on top of the limit")
    unit: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "case_number", "sequence"),
        ForeignKeyConstraint(["hall_id", "case_number"], ["cases.hall_id", "cases.case_number"]),
        not_blank("asked_by", "granted_by", "reason"),
        one_of("unit", *LIMIT_UNITS),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("asked_by <> granted_by", name="two_people"),
        CheckConstraint("granted_at >= asked_at", name="order"),
        STRICT,
    )


class ServiceStep(Base):
    """One step of a service with its own limit (环节时限); the steps of one `valid_from` belong together and keep the promise."""

    __tablename__ = "service_steps"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    service_id: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date] = mapped_column(LocalDay, comment="cases accepted on this local day or later")
    position: Mapped[int] = mapped_column(Small, comment="1, 2, 3 ...")
    step_id: Mapped[str] = mapped_column(Text, comment="受理, 审查, 决定, 制证, 送达 ...")
    amount: Mapped[int] = mapped_column(Whole)
    unit: Mapped[str] = mapped_column(Text)
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "service_id", "valid_from", "position", "sequence"),
        ForeignKeyConstraint(["hall_id", "service_id"], ["services.hall_id", "services.service_id"]),
        not_blank("step_id"),
        one_of("unit", *LIMIT_UNITS),
        CheckConstraint("amount > 0 AND position > 0", name="amount"),
        day("valid_from"),
        STRICT,
    )


class CaseStep(Base):
    """A step of a case that was finished: it began when the step before ended, or at acceptance."""

    __tablename__ = "case_steps"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    case_number: Mapped[str] = mapped_column(Text)
    step_id: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[datetime] = mapped_column(Moment)
    ended_on: Mapped[date] = mapped_column(LocalDay)
    person_ref: Mapped[str | None] = mapped_column(Text)
    import_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("imports.id"))
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "case_number", "step_id"),
        ForeignKeyConstraint(["hall_id", "case_number"], ["cases.hall_id", "cases.case_number"]),
        not_blank("step_id"),
        day("ended_on"),
        STRICT,
    )


class LatePaper(Base):
    """A paper that a case was accepted without, promised for a day: 告知承诺 (promise and record), 容缺 (accept with missing),
    先建后验 (build first)."""

    __tablename__ = "late_papers"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    case_number: Mapped[str] = mapped_column(Text)
    paper: Mapped[str] = mapped_column(Text, comment="what is missing")
    kind: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date] = mapped_column(LocalDay, comment="last day to bring it")
    import_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("imports.id"))
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "case_number", "paper"),
        ForeignKeyConstraint(["hall_id", "case_number"], ["cases.hall_id", "cases.case_number"]),
        not_blank("paper"),
        one_of("kind", *PAPER_KINDS),
        day("due_on"),
        Index("ix_late_papers_due_on", "hall_id", "due_on"),
        STRICT,
    )


class LatePaperEvent(Base):
    """A late paper was delivered, waived, or put off to another day."""

    __tablename__ = "late_paper_events"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    case_number: Mapped[str] = mapped_column(Text)
    paper: Mapped[str] = mapped_column(Text)
    event: Mapped[str] = mapped_column(Text)
    on: Mapped[date] = mapped_column("happened_on", LocalDay)
    due_on: Mapped[date | None] = mapped_column(LocalDay, comment="of a paper put off: the new last day")
    reason: Mapped[str | None] = mapped_column(Text)
    import_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("imports.id"))
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "case_number", "paper", "event", "happened_on"),
        ForeignKeyConstraint(["hall_id", "case_number", "paper"], ["late_papers.hall_id", "late_papers.case_number", "late_papers.paper"]),
        one_of("event", *PAPER_EVENTS),
        CheckConstraint("(event = 'put_off') = (due_on IS NOT NULL)", name="put_off"),
        day("happened_on"),
        STRICT,
    )


class ProjectStage(Base):
    """One stage of a project (立项, 初步设计, 供地审批, 施工许可, 验收发证): its lead department, when it began and ended.

    What a later row says of the same stage replaces what an earlier one said.
    """

    __tablename__ = "project_stages"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    project_number: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, comment="decides the limit of the whole project")
    stage: Mapped[str] = mapped_column(Text, comment="id of deadlines/projects.toml")
    lead: Mapped[str | None] = mapped_column(Text, comment="the lead department 牵头部门; NULL is shown as a stage nobody leads")
    began_on: Mapped[date | None] = mapped_column(LocalDay)
    ended_on: Mapped[date | None] = mapped_column(LocalDay)
    intermediary_days: Mapped[int | None] = mapped_column(Whole, comment="days of intermediary services 中介服务, not counted")
    import_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("imports.id"))
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "project_number", "stage", "sequence"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        not_blank("project_number", "stage"),
        one_of("kind", *PROJECT_KINDS),
        CheckConstraint("ended_on IS NULL OR (began_on IS NOT NULL AND ended_on >= began_on)", name="order"),
        CheckConstraint("intermediary_days IS NULL OR intermediary_days >= 0", name="intermediary_days"),
        STRICT,
    )
