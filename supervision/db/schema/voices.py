"""What citizens said (好差评 ratings) and what inspectors saw (明察暗访 findings), and what became of each.

A rating or finding never changes. Its standing is the latest row of its status table: by `valid_from`, then by id. Without a
row a rating is `valid` and a finding is `confirmed`.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import STRICT, Base, Flag, Hall, LocalDay, Moment, RowId, Sequence, Small, Whole, day, flag, not_blank, one_of

RATING_STATUSES = ("valid", "mistaken", "malicious", "contested")
FINDING_STATUSES = ("confirmed", "disputed", "withdrawn")
FINDING_SOURCES = ("in_house", "third_party", "media", "superior", "leader_on_duty")


class Rating(Base):
    """One rating. Its evidence id is `rating:` + rating_number."""

    __tablename__ = "ratings"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    rating_number: Mapped[str] = mapped_column(Text, comment="the platform's number; without one, the digest of case, ticket and moment")
    case_number: Mapped[str | None] = mapped_column(Text, comment="case it speaks of")
    ticket_number: Mapped[str | None] = mapped_column(Text, comment="ticket it speaks of, of the day it was given")
    service_id: Mapped[str | None] = mapped_column(Text)
    window_id: Mapped[str | None] = mapped_column(Text, comment="department window; NULL is counted as 'unassigned'")
    seat_id: Mapped[str | None] = mapped_column(Text)
    handler_ref: Mapped[str | None] = mapped_column(Text, comment="person_ref of the clerk rated, if named")
    level: Mapped[int] = mapped_column(Small, comment="5 very satisfied ... 1 very dissatisfied")
    channel: Mapped[str | None] = mapped_column(Text)
    is_default: Mapped[bool] = mapped_column(Flag, default=False, comment="given by the system when the citizen said nothing")
    is_named: Mapped[bool] = mapped_column(Flag, default=False, comment="given under the citizen's name")
    rater_ref: Mapped[str | None] = mapped_column(Text, comment="keyed hash of the citizen who rated")
    rater_mask: Mapped[str | None] = mapped_column(Text)
    reasons: Mapped[str | None] = mapped_column(Text, comment="the tags chosen, as given")
    comment: Mapped[str | None] = mapped_column(Text, comment="free text with identity and telephone numbers masked")
    rated_at: Mapped[datetime] = mapped_column(Moment)
    rated_on: Mapped[date] = mapped_column(LocalDay, comment="the month of this day is the month it counts in")
    import_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("imports.id"))
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "rating_number"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        ForeignKeyConstraint(["hall_id", "case_number"], ["cases.hall_id", "cases.case_number"]),
        ForeignKeyConstraint(["hall_id", "service_id"], ["services.hall_id", "services.service_id"]),
        ForeignKeyConstraint(["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"]),
        ForeignKeyConstraint(["hall_id", "seat_id"], ["seats.hall_id", "seats.seat_id"]),
        not_blank("rating_number"),
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        flag("is_default"),
        flag("is_named"),
        day("rated_on"),
        Index("ix_ratings_rated_on", "hall_id", "rated_on"),
        Index("ix_ratings_case_number", "hall_id", "case_number"),
        STRICT,
    )


class RatingStatus(Base):
    """From a moment on, a rating stands as valid, mistaken (误评), malicious, or contested (under appeal)."""

    __tablename__ = "rating_statuses"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    rating_number: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[datetime] = mapped_column(Moment, comment="when the decision took effect")
    reason: Mapped[str | None] = mapped_column(Text)
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "rating_number", "valid_from", "sequence"),
        ForeignKeyConstraint(["hall_id", "rating_number"], ["ratings.hall_id", "ratings.rating_number"]),
        one_of("status", *RATING_STATUSES),
        STRICT,
    )


class Finding(Base):
    """One finding of a check: a code of the checklist, at a minute, at a window, about a person or nobody known.

    Its evidence id is `finding:` + finding_number.
    """

    __tablename__ = "findings"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    finding_number: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text, comment="deduction code of the checklist")
    observed_at: Mapped[datetime] = mapped_column(Moment, comment="to the minute")
    observed_on: Mapped[date] = mapped_column(LocalDay, comment="the month of this day is the month it counts in")
    window_id: Mapped[str | None] = mapped_column(Text, comment="department window; NULL is counted as 'unassigned'")
    seat_id: Mapped[str | None] = mapped_column(Text)
    person_ref: Mapped[str | None] = mapped_column(Text, comment="who was seen; NULL when unknown")
    observed_minutes: Mapped[int | None] = mapped_column(Whole, comment="how long it was watched, whole minutes")
    people_waiting: Mapped[int | None] = mapped_column(Whole, comment="how many citizens were waiting then")
    source: Mapped[str] = mapped_column(Text, comment="who found it; in-house and third-party results are kept apart")
    note: Mapped[str | None] = mapped_column(Text, comment="what is seen in the evidence, identity and telephone numbers masked")
    import_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("imports.id"))
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "finding_number"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        ForeignKeyConstraint(["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"]),
        ForeignKeyConstraint(["hall_id", "seat_id"], ["seats.hall_id", "seats.seat_id"]),
        not_blank("finding_number", "code"),
        one_of("source", *FINDING_SOURCES),
        CheckConstraint("observed_minutes IS NULL OR observed_minutes >= 0", name="observed_minutes"),
        CheckConstraint("people_waiting IS NULL OR people_waiting >= 0", name="people_waiting"),
        day("observed_on"),
        Index("ix_findings_observed_on", "hall_id", "observed_on"),
        STRICT,
    )


class FindingStatus(Base):
    """From a moment on, a finding stands as confirmed, disputed by the unit, or withdrawn."""

    __tablename__ = "finding_statuses"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    finding_number: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str | None] = mapped_column(Text)
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "finding_number", "valid_from", "sequence"),
        ForeignKeyConstraint(["hall_id", "finding_number"], ["findings.hall_id", "findings.finding_number"]),
        one_of("status", *FINDING_STATUSES),
        STRICT,
    )
