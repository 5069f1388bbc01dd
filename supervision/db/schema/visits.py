"""Checks as visits (明察暗访): who looked, how, by which checklist; what was found there; evidence files; and draws of whom to visit.

A finding is in voices.py and may stand alone, as older files bring it. A draw (双随机) is two rows: what was fixed beforehand, with the
digest of its secret seed, and later the seed with what it gave.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import STRICT, Base, Flag, Hall, LocalDay, Moment, RowId, Sequence, Whole, day, flag, not_blank, one_of

CHECK_KINDS = (
    "covert_visit", "video_round", "leader_on_duty", "simulated_case",
    "self_check", "enterprise_check", "public_check", "media_check", "key_check", "third_party",
)  # fmt: skip


class Check(Base):
    """One look at one window by one inspector. Third-party checks are kept apart from in-house ones by their kind."""

    __tablename__ = "checks"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    check_number: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, comment="暗访, 视频巡查, 领导带班, 模拟办件, 六个查, 第三方")
    checklist: Mapped[str] = mapped_column(Text, comment="id and version, such as open-hall/1")
    window_id: Mapped[str] = mapped_column(Text)
    inspector: Mapped[str] = mapped_column(Text, comment="who looked")
    draw_number: Mapped[str | None] = mapped_column(Text, comment="the draw that sent them, if one did")
    began_at: Mapped[datetime] = mapped_column(Moment, comment="to the minute")
    began_on: Mapped[date] = mapped_column(LocalDay)
    minutes: Mapped[int] = mapped_column(Whole, comment="how long it was watched, whole minutes")
    people_waiting: Mapped[int | None] = mapped_column(Whole)
    note: Mapped[str | None] = mapped_column(Text)
    import_id: Mapped[int | None] = mapped_column(Whole, ForeignKey("imports.id"))
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "check_number"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        ForeignKeyConstraint(["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"]),
        not_blank("check_number", "checklist", "inspector"),
        one_of("kind", *CHECK_KINDS),
        CheckConstraint("minutes >= 0", name="minutes"),
        CheckConstraint("people_waiting IS NULL OR people_waiting >= 0", name="people_waiting"),
        day("began_on"),
        Index("ix_checks_began_on", "hall_id", "began_on"),
        STRICT,
    )


class CheckFinding(Base):
    """A finding belongs to a check."""

    __tablename__ = "check_findings"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    check_number: Mapped[str] = mapped_column(Text)
    finding_number: Mapped[str] = mapped_column(Text)
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "finding_number"),
        ForeignKeyConstraint(["hall_id", "check_number"], ["checks.hall_id", "checks.check_number"]),
        ForeignKeyConstraint(["hall_id", "finding_number"], ["findings.hall_id", "findings.finding_number"]),
        Index("ix_check_findings_check", "hall_id", "check_number"),
        STRICT,
    )


class EvidenceFile(Base):
    """A picture, sound or paper that shows a record. The bytes lie in the data folder under their digest, without what a camera adds."""

    __tablename__ = "evidence_files"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    evidence_id: Mapped[str] = mapped_column(Text, comment="record it shows, such as finding:F-1")
    digest: Mapped[str] = mapped_column(Text, comment="sha256 of the bytes kept")
    given_digest: Mapped[str] = mapped_column(Text, comment="sha256 of the bytes as given")
    file_name: Mapped[str] = mapped_column(Text, comment="the given name, personal numbers masked; never used as a path")
    media_type: Mapped[str] = mapped_column(Text, comment="from the first bytes, never from the name")
    size: Mapped[int] = mapped_column("bytes_kept", Whole)
    stripped: Mapped[bool] = mapped_column(Flag, comment="1 if place, device or name written by the camera were taken out")
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "evidence_id", "digest"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        not_blank("evidence_id", "file_name", "media_type"),
        CheckConstraint("length(digest) = 64 AND length(given_digest) = 64", name="digest"),
        CheckConstraint("bytes_kept > 0", name="size"),
        flag("stripped"),
        STRICT,
    )


class Draw(Base):
    """A draw as fixed beforehand: who may be drawn, by which weights, and the digest of a seed that nobody else knows yet."""

    __tablename__ = "draws"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    draw_number: Mapped[str] = mapped_column(Text)
    commitment: Mapped[str] = mapped_column(Text, comment="sha256 of the secret seed")
    plan: Mapped[str] = mapped_column(Text, comment="canonical JSON of inspectors, windows, strata, weights, conflicts")
    plan_digest: Mapped[str] = mapped_column(Text)
    committed_at: Mapped[datetime] = mapped_column(Moment)
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "draw_number"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        not_blank("draw_number", "plan"),
        CheckConstraint("length(commitment) = 64 AND length(plan_digest) = 64", name="digest"),
        STRICT,
    )


class DrawReveal(Base):
    """The seed of a draw, published, and what it gave. Whoever has plan and seed gets the same."""

    __tablename__ = "draw_reveals"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    draw_number: Mapped[str] = mapped_column(Text)
    seed: Mapped[str] = mapped_column(Text)
    result: Mapped[str] = mapped_column(Text, comment="canonical JSON of who visits what")
    revealed_at: Mapped[datetime] = mapped_column(Moment)
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "draw_number"),
        ForeignKeyConstraint(["hall_id", "draw_number"], ["draws.hall_id", "draws.draw_number"]),
        not_blank("seed", "result"),
        STRICT,
    )
