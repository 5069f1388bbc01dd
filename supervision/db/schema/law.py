"""What is promised and what is counted: services (事项) and their limits, working-day calendars, the registered scheme versions.

The text of a scheme is not here: a scheme is one file under supervision/schemes/; the row only fixes which bytes were used.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import STRICT, Base, Flag, Hall, LocalDay, RowId, Sequence, Whole, day, flag, not_blank, one_of

LIMIT_UNITS = ("minutes", "working_hours", "working_days", "calendar_days", "months")


class Service(Base):
    """A service (事项) that the hall offers."""

    __tablename__ = "services"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    service_id: Mapped[str] = mapped_column(Text, comment="id within the hall, usually the item code 事项编码")
    name_zh: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    department: Mapped[str | None] = mapped_column(Text)
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "service_id"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        not_blank("service_id"),
        STRICT,
    )


class ServiceLink(Base):
    """From a day on, a department window offers a service, or no longer does."""

    __tablename__ = "service_links"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    service_id: Mapped[str] = mapped_column(Text)
    window_id: Mapped[str] = mapped_column(Text)
    linked: Mapped[bool] = mapped_column(Flag, comment="1 begins the link, 0 ends it")
    valid_from: Mapped[date] = mapped_column(LocalDay, comment="first local day")
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "service_id", "window_id", "valid_from", "sequence"),
        ForeignKeyConstraint(["hall_id", "service_id"], ["services.hall_id", "services.service_id"]),
        ForeignKeyConstraint(["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"]),
        flag("linked"),
        day("valid_from"),
        STRICT,
    )


class ServiceLimit(Base):
    """A promised (承诺时限) or legal (法定时限) limit of a service, from the cases accepted on `valid_from` on.

    Of several rows with one `valid_from` the last recorded wins.
    """

    __tablename__ = "service_limits"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    service_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, comment="promised or legal")
    amount: Mapped[int] = mapped_column(Whole, comment="whole, positive; 0 working days is the day of acceptance")
    unit: Mapped[str] = mapped_column(Text, comment="a bare 'days' is refused on the way in")
    valid_from: Mapped[date] = mapped_column(LocalDay, comment="cases accepted on this local day or later")
    article: Mapped[str | None] = mapped_column(Text, comment="document or article that sets the limit")
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "service_id", "kind", "valid_from", "sequence"),
        ForeignKeyConstraint(["hall_id", "service_id"], ["services.hall_id", "services.service_id"]),
        one_of("kind", "promised", "legal"),
        one_of("unit", *LIMIT_UNITS),
        CheckConstraint("amount > 0 OR (amount = 0 AND unit = 'working_days')", name="amount"),
        day("valid_from"),
        STRICT,
    )


class Calendar(Base):
    """One version of a hall's working-day calendar. A new notice makes a new version; months already scored keep theirs."""

    __tablename__ = "calendars"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    calendar_id: Mapped[str] = mapped_column(Text, comment="such as cn")
    version: Mapped[int] = mapped_column(Whole, comment="1, 2, 3 ... within the calendar")
    title: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text, comment="notice or package and version it was taken from")
    first_day: Mapped[date] = mapped_column(LocalDay, comment="first day the version knows")
    last_day: Mapped[date] = mapped_column(LocalDay, comment="last day the version knows; a later day is an error, never a guess")
    digest: Mapped[str] = mapped_column(Text, comment="sha256 of its days")
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "calendar_id", "version"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        CheckConstraint("version > 0 AND last_day >= first_day", name="version"),
        day("first_day"),
        day("last_day"),
        STRICT,
    )


class CalendarDay(Base):
    """A day that differs from the rule 'Monday to Friday work', or that is provisional.

    Within a version's range every other day follows the rule.
    """

    __tablename__ = "calendar_days"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    calendar_id: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Whole)
    on: Mapped[date] = mapped_column("local_day", LocalDay, comment="the day")
    working: Mapped[bool] = mapped_column(Flag, comment="1 for a working day, make-up weekends included")
    provisional: Mapped[bool] = mapped_column(Flag, default=False, comment="1 while no official notice covers the day")
    note: Mapped[str | None] = mapped_column(Text, comment="name of the holiday")
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "calendar_id", "version", "local_day"),
        ForeignKeyConstraint(["hall_id", "calendar_id", "version"], ["calendars.hall_id", "calendars.calendar_id", "calendars.version"]),
        flag("working"),
        flag("provisional"),
        day("local_day"),
        STRICT,
    )


class Scheme(Base):
    """A scheme version a hall has used: the file's id, version and digest, so that an edited file is noticed."""

    __tablename__ = "schemes"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    scheme_id: Mapped[str] = mapped_column(Text)
    version: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text, comment="sha256 of the scheme file")
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "scheme_id", "version"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        not_blank("scheme_id", "version"),
        STRICT,
    )
