"""Work orders (工单): what must be done about a bad rating, a finding, a complaint or a window at the bottom, and every step of it.

An order never changes. Where it stands is the state of its last step. Which steps there are is data: supervision/orders/workflows.toml.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import STRICT, Base, Hall, LocalDay, Moment, RowId, Sequence, Small, day, not_blank


class Order(Base):
    """One order about one record, by one workflow and rule set."""

    __tablename__ = "orders"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    order_number: Mapped[str] = mapped_column(Text)
    workflow: Mapped[str] = mapped_column(Text, comment="bad_rating, finding, complaint, lapse, index or call_in")
    subject: Mapped[str] = mapped_column(Text, comment="evidence id it is about, such as rating:R-1")
    rule_set: Mapped[str] = mapped_column(Text, comment="whose limits hold for it")
    window_id: Mapped[str | None] = mapped_column(Text, comment="department window it is handed to; NULL while none is known")
    begins_at: Mapped[datetime] = mapped_column(Moment, comment="when its limits begin: the moment of its subject")
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "order_number"),
        UniqueConstraint("hall_id", "workflow", "subject"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        ForeignKeyConstraint(["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"]),
        not_blank("order_number", "workflow", "subject", "rule_set"),
        STRICT,
    )


class OrderStep(Base):
    """One step of an order: an act of a person. Step 1 opens it; two people cannot take the same step."""

    __tablename__ = "order_steps"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    order_number: Mapped[str] = mapped_column(Text)
    step: Mapped[int] = mapped_column(Small, comment="1, 2, 3 ... within the order")
    action: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, comment="where the order stands after it")
    at: Mapped[datetime] = mapped_column("happened_at", Moment)
    on: Mapped[date] = mapped_column("happened_on", LocalDay)
    person: Mapped[str] = mapped_column(Text, comment="who took it")
    promised_on: Mapped[date | None] = mapped_column(LocalDay, comment="day by which somebody promised the next step")
    note: Mapped[str | None] = mapped_column(Text, comment="what was said or done, identity and telephone numbers masked")
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "order_number", "step"),
        ForeignKeyConstraint(["hall_id", "order_number"], ["orders.hall_id", "orders.order_number"]),
        not_blank("action", "state", "person"),
        CheckConstraint("step > 0", name="step"),
        day("happened_on"),
        Index("ix_order_steps_happened_on", "hall_id", "happened_on"),
        STRICT,
    )
