"""What others report of a window: complaints (投诉), attendance (考勤), case-file reviews (案卷内审), and third-party indices (第三方指数).

A report never changes; its standing is the latest row of its status table, by `valid_from`, then by id. Without a row a complaint is
`received`, and a lapse of attendance or of a file is `confirmed`. An index is shown and moves no points.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import STRICT, Base, Flag, Hall, LocalDay, Moment, Points, RowId, Sequence, Whole, day, flag, not_blank, one_of

REPORT_KINDS = ("complaint", "attendance", "review")
REPORT_STATUSES = ("received", "confirmed", "disputed", "withdrawn")


class Report(Base):
    """One complaint, lapse of attendance, or fault found in a case file. Its evidence id is kind + `:` + report_number."""

    __tablename__ = "reports"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    kind: Mapped[str] = mapped_column(Text)
    report_number: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text, comment="code of the checklist that it is a case of")
    channel: Mapped[str | None] = mapped_column(Text, comment="12345, desk, letter ...; sign-in machine, camera, round")
    window_id: Mapped[str | None] = mapped_column(Text, comment="department window; NULL: found by seat, case or service")
    seat_id: Mapped[str | None] = mapped_column(Text)
    service_id: Mapped[str | None] = mapped_column(Text)
    case_number: Mapped[str | None] = mapped_column(Text, comment="case it speaks of; not checked against cases")
    person_ref: Mapped[str | None] = mapped_column(Text, comment="first handler 首办, or the clerk concerned; NULL when unknown")
    citizen_ref: Mapped[str | None] = mapped_column(Text, comment="keyed hash of who complained")
    citizen_mask: Mapped[str | None] = mapped_column(Text)
    is_named: Mapped[bool] = mapped_column(Flag, default=False, comment="given under the citizen's name")
    minutes: Mapped[int | None] = mapped_column(Whole, comment="how late, or how long away, whole minutes")
    happened_at: Mapped[datetime] = mapped_column(Moment)
    happened_on: Mapped[date] = mapped_column(LocalDay, comment="month of a lapse; a complaint counts when it is upheld")
    note: Mapped[str | None] = mapped_column(Text, comment="what was said, identity and telephone numbers masked")
    import_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("imports.id"))
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "kind", "report_number"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        ForeignKeyConstraint(["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"]),
        ForeignKeyConstraint(["hall_id", "seat_id"], ["seats.hall_id", "seats.seat_id"]),
        ForeignKeyConstraint(["hall_id", "service_id"], ["services.hall_id", "services.service_id"]),
        not_blank("report_number", "code"),
        one_of("kind", *REPORT_KINDS),
        flag("is_named"),
        CheckConstraint("minutes IS NULL OR minutes >= 0", name="minutes"),
        day("happened_on"),
        Index("ix_reports_happened_on", "hall_id", "happened_on"),
        STRICT,
    )


class ReportStatus(Base):
    """From a moment on, a report stands as received, confirmed (a complaint: upheld), disputed by the unit, or withdrawn."""

    __tablename__ = "report_statuses"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    kind: Mapped[str] = mapped_column(Text)
    report_number: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[datetime] = mapped_column(Moment)
    valid_on: Mapped[date] = mapped_column(LocalDay, comment="its day: the month in which an upheld complaint counts")
    reason: Mapped[str | None] = mapped_column(Text)
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "kind", "report_number", "valid_from", "sequence"),
        ForeignKeyConstraint(["hall_id", "kind", "report_number"], ["reports.hall_id", "reports.kind", "reports.report_number"]),
        one_of("status", *REPORT_STATUSES),
        day("valid_on"),
        STRICT,
    )


class IndexValue(Base):
    """One figure of a third party about the hall or a window, for a period. Its evidence id is `index:` + index_number."""

    __tablename__ = "indices"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    index_number: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text, comment="who measured: never the hall itself")
    name: Mapped[str] = mapped_column(Text, comment="what was measured: 政务环境指数, 满意度, 实现率 ...")
    window_id: Mapped[str | None] = mapped_column(Text, comment="NULL: the hall as a whole")
    first_day: Mapped[date] = mapped_column(LocalDay)
    last_day: Mapped[date] = mapped_column(LocalDay)
    value: Mapped[Decimal] = mapped_column("index_value", Points)
    scale: Mapped[Decimal] = mapped_column(Points, comment="the highest value there is")
    asked: Mapped[int | None] = mapped_column(Whole, comment="how many people it rests on, if the body says so")
    note: Mapped[str | None] = mapped_column(Text)
    import_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("imports.id"))
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "index_number"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        ForeignKeyConstraint(["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"]),
        not_blank("index_number", "body", "name"),
        CheckConstraint("last_day >= first_day", name="period"),
        CheckConstraint("asked IS NULL OR asked > 0", name="asked"),
        day("first_day"),
        day("last_day"),
        STRICT,
    )
