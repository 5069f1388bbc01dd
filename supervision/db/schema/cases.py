"""Cases (办件) and queue tickets: the work that was asked for and done.

A case row holds what is known at acceptance and never changes. Everything later is an event of the case: it stopped, it
resumed, it ended. A case without an `ended` event is open. A due moment that the register itself brings wins over a computed
one and stands as a row of its own.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import STRICT, Base, Hall, LocalDay, Moment, RowId, Sequence, Small, Whole, day, not_blank, one_of

CASE_KINDS = ("instant", "promised", "supplement", "returned", "joint", "reported")
CASE_EVENTS = ("stopped", "resumed", "ended")
CASE_OUTCOMES = ("granted", "refused", "transferred", "terminated", "withdrawn")
TICKET_OUTCOMES = (
    "served", "reneged", "balked", "turned_away", "sent_home", "no_show", "diverted", "interrupted", "unfinished"
)  # fmt: skip


class Case(Base):
    """A case as accepted. Its evidence id is `case:` + case_number."""

    __tablename__ = "cases"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    case_number: Mapped[str] = mapped_column(Text, comment="办件编号, NFKC, without spaces, upper case: the key within the hall")
    service_id: Mapped[str | None] = mapped_column(Text, comment="NULL when the register names none; such a case has no limit of ours")
    window_id: Mapped[str | None] = mapped_column(Text, comment="department window; NULL is counted as 'unassigned', never dropped")
    handler_ref: Mapped[str | None] = mapped_column(Text, comment="person_ref of the clerk, if named")
    applicant_ref: Mapped[str | None] = mapped_column(Text, comment="person_ref of the applicant: a keyed hash, never the number")
    applicant_mask: Mapped[str | None] = mapped_column(Text, comment="the applicant's number with its middle hidden")
    kind: Mapped[str | None] = mapped_column(Text, comment="即办件 instant, 承诺件 promised, 补办件, 退回件, 联办件, 上报件")
    channel: Mapped[str | None] = mapped_column(Text, comment="as the register says")
    accepted_at: Mapped[datetime] = mapped_column(Moment, comment="moment of acceptance")
    accepted_on: Mapped[date] = mapped_column(LocalDay, comment="its day in the hall's zone")
    import_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("imports.id"), comment="file it came from")
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "case_number"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        ForeignKeyConstraint(["hall_id", "service_id"], ["services.hall_id", "services.service_id"]),
        ForeignKeyConstraint(["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"]),
        not_blank("case_number"),
        one_of("kind", *CASE_KINDS),
        day("accepted_on"),
        Index("ix_cases_accepted_on", "hall_id", "accepted_on"),
        STRICT,
    )


class CaseEvent(Base):
    """What happened to a case after acceptance. At most one `ended`; `stopped` and `resumed` come in turns."""

    __tablename__ = "case_events"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    case_number: Mapped[str] = mapped_column(Text)
    event: Mapped[str] = mapped_column(Text, comment="stopped, resumed or ended")
    at: Mapped[datetime] = mapped_column("happened_at", Moment, comment="when it happened")
    on: Mapped[date] = mapped_column("happened_on", LocalDay, comment="its day in the hall's zone")
    outcome: Mapped[str | None] = mapped_column(Text, comment="批准 granted, 不予批准 refused, 转报 transferred, 终止 terminated")
    reason: Mapped[str | None] = mapped_column(Text, comment="of a stop: hearing, inspection, supplement ... with its document")
    import_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("imports.id"))
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "case_number", "event", "happened_at"),
        ForeignKeyConstraint(["hall_id", "case_number"], ["cases.hall_id", "cases.case_number"]),
        one_of("event", *CASE_EVENTS),
        one_of("outcome", *CASE_OUTCOMES),
        day("happened_on"),
        Index("ix_case_events_happened_on", "hall_id", "event", "happened_on"),
        STRICT,
    )


class CaseDue(Base):
    """The due moment (应办结时间) of a case. `register` came with the register and wins; a later row of a basis replaces an earlier one."""

    __tablename__ = "case_dues"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    case_number: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(Text, comment="register, promised or legal")
    due_at: Mapped[datetime] = mapped_column(Moment, comment="finishing at this very moment is on time")
    due_on: Mapped[date] = mapped_column(LocalDay, comment="the day, in the hall's zone, whose month is charged if the case is late")
    calendar_version: Mapped[int | None] = mapped_column(Whole, comment="calendar version it was counted with; NULL for the register's own")
    import_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("imports.id"))
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "case_number", "basis", "sequence"),
        ForeignKeyConstraint(["hall_id", "case_number"], ["cases.hall_id", "cases.case_number"]),
        one_of("basis", "register", "promised", "legal"),
        CheckConstraint("basis <> 'register' OR calendar_version IS NULL", name="calendar"),
        day("due_on"),
        Index("ix_case_dues_due_on", "hall_id", "due_on"),
        STRICT,
    )


class Ticket(Base):
    """A queue ticket: one stage of one service for one citizen on one visit, as the queue machine wrote it."""

    __tablename__ = "tickets"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    issued_on: Mapped[date] = mapped_column(LocalDay, comment="the hall's local day; ticket numbers begin again each day")
    ticket_number: Mapped[str] = mapped_column(Text)
    service_id: Mapped[str | None] = mapped_column(Text)
    seat_id: Mapped[str | None] = mapped_column(Text, comment="seat that called it")
    window_id: Mapped[str | None] = mapped_column(Text, comment="department window it was for, when the machine knows")
    case_number: Mapped[str | None] = mapped_column(Text, comment="case it led to, when the machine knows; not checked against cases")
    person_ref: Mapped[str | None] = mapped_column(Text, comment="keyed hash of the citizen, when the machine took an identity")
    visit: Mapped[str | None] = mapped_column(Text, comment="id shared by the tickets of one visit")
    stage: Mapped[int] = mapped_column(Small, default=0, comment="0 for the first stage of a task")
    parent_ticket: Mapped[str | None] = mapped_column(Text, comment="ticket it was transferred from")
    arrived_at: Mapped[datetime] = mapped_column(Moment, comment="when it was issued")
    called_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str] = mapped_column(Text)
    import_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("imports.id"))
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "issued_on", "ticket_number"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        ForeignKeyConstraint(["hall_id", "service_id"], ["services.hall_id", "services.service_id"]),
        ForeignKeyConstraint(["hall_id", "seat_id"], ["seats.hall_id", "seats.seat_id"]),
        ForeignKeyConstraint(["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"]),
        not_blank("ticket_number"),
        one_of("outcome", *TICKET_OUTCOMES),
        CheckConstraint("called_at IS NULL OR called_at >= arrived_at", name="called"),
        CheckConstraint("ended_at IS NULL OR ended_at >= arrived_at", name="ended"),
        CheckConstraint("stage >= 0", name="stage"),
        day("issued_on"),
        STRICT,
    )
