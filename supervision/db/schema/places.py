"""The hall, its seats and department windows, and who sits where.

A seat serves (it is simulated); a department window is assessed. They are linked many to many, over time. A link is never
removed: a later row with `linked` false ends it from its `valid_from` on.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import STRICT, Base, Flag, Hall, LocalDay, RowId, Sequence, Small, day, flag, not_blank, one_of


class HallRow(Base):
    """A hall: the owner of every other row."""

    __tablename__ = "halls"
    id: Mapped[RowId]
    hall_id: Mapped[str] = mapped_column(Text, comment="the hall's own short id")
    name_zh: Mapped[str] = mapped_column(Text, comment="name in Chinese")
    name_en: Mapped[str] = mapped_column(Text, comment="name in English, or the Chinese one again")
    time_zone: Mapped[str] = mapped_column(Text, default="Asia/Shanghai", comment="IANA zone that local days are taken in")
    calendar_id: Mapped[str] = mapped_column(Text, default="cn", comment="which working-day calendar of the hall counts its limits")
    opened_on: Mapped[date | None] = mapped_column(LocalDay, comment="first day of the hall; nothing can be closed before it")
    sequence: Mapped[Sequence]
    __table_args__ = (UniqueConstraint("hall_id"), not_blank("hall_id", "time_zone"), STRICT)


class Zone(Base):
    """A part of the hall floor, or a branch."""

    __tablename__ = "zones"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    zone_id: Mapped[str] = mapped_column(Text, comment="id within the hall")
    name_zh: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "zone_id"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        not_blank("zone_id"),
        STRICT,
    )


class OpeningHours(Base):
    """One opening period of an ordinary working day, as known from `valid_from` on; all periods of one `valid_from` belong together."""

    __tablename__ = "opening_hours"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    valid_from: Mapped[date] = mapped_column(LocalDay, comment="first local day on which these hours hold")
    starts: Mapped[int] = mapped_column(Small, comment="minutes after local midnight")
    ends: Mapped[int] = mapped_column(Small, comment="minutes after local midnight, at most 1440")
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "valid_from", "starts", "sequence"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        CheckConstraint("starts >= 0 AND ends > starts AND ends <= 1440", name="order"),
        day("valid_from"),
        STRICT,
    )


class Seat(Base):
    """A window seat: one counter where one clerk serves."""

    __tablename__ = "seats"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    seat_id: Mapped[str] = mapped_column(Text, comment="id within the hall")
    zone_id: Mapped[str | None] = mapped_column(Text)
    name_zh: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "seat_id"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        ForeignKeyConstraint(["hall_id", "zone_id"], ["zones.hall_id", "zones.zone_id"]),
        not_blank("seat_id"),
        STRICT,
    )


class Window(Base):
    """A department window: the unit that is assessed."""

    __tablename__ = "windows"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    window_id: Mapped[str] = mapped_column(Text, comment="id within the hall; 'unassigned' is kept for records without a window")
    name_zh: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    department: Mapped[str | None] = mapped_column(Text, comment="the department that answers for it")
    kind: Mapped[str] = mapped_column(Text, default="dedicated", comment="comprehensive windows are ranked apart")
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "window_id"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        not_blank("window_id"),
        CheckConstraint("window_id <> 'unassigned'", name="reserved"),
        one_of("kind", "dedicated", "comprehensive", "township", "temporary"),
        STRICT,
    )


class SeatLink(Base):
    """From a day on, a seat serves for a department window, or no longer does."""

    __tablename__ = "seat_links"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    seat_id: Mapped[str] = mapped_column(Text)
    window_id: Mapped[str] = mapped_column(Text)
    linked: Mapped[bool] = mapped_column(Flag, comment="1 begins the link, 0 ends it")
    valid_from: Mapped[date] = mapped_column(LocalDay, comment="first local day")
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "seat_id", "window_id", "valid_from", "sequence"),
        ForeignKeyConstraint(["hall_id", "seat_id"], ["seats.hall_id", "seats.seat_id"]),
        ForeignKeyConstraint(["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"]),
        flag("linked"),
        day("valid_from"),
        STRICT,
    )


class Person(Base):
    """Somebody of the hall's staff. Citizens have no row here: their records carry only the keyed hash and the mask."""

    __tablename__ = "people"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    person_ref: Mapped[str] = mapped_column(Text, comment="keyed hash of the staff number, as supervision/people.py makes it")
    mask: Mapped[str] = mapped_column(Text, comment="the staff number with its middle hidden")
    display_name: Mapped[str] = mapped_column(Text, comment="the name shown to colleagues")
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "person_ref"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        not_blank("person_ref"),
        STRICT,
    )


class PersonLink(Base):
    """From a day on, a person works for a department window in a role, or no longer does."""

    __tablename__ = "person_links"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    person_ref: Mapped[str] = mapped_column(Text)
    window_id: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text, comment="head is the 首席代表 of the window")
    linked: Mapped[bool] = mapped_column(Flag, comment="1 begins the link, 0 ends it")
    valid_from: Mapped[date] = mapped_column(LocalDay, comment="first local day")
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "person_ref", "window_id", "role", "valid_from", "sequence"),
        ForeignKeyConstraint(["hall_id", "person_ref"], ["people.hall_id", "people.person_ref"]),
        ForeignKeyConstraint(["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"]),
        one_of("role", "head", "staff"),
        flag("linked"),
        day("valid_from"),
        Index("ix_person_links_window", "hall_id", "window_id"),
        STRICT,
    )
