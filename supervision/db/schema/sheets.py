"""Score sheets: one a window and month, in revisions that stand beside one another.

A sheet keeps everything needed to score it again to the same bytes: as of which journal sequence, by which scheme and calendar
version, from inputs of which digest. What is not part of the digest (intervals, rank, load) stands in the annex.
"""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import STRICT, Base, Hall, Points, RowId, Sequence, Whole, not_blank, one_of

ANSWERS = ("value", "not_enough_evidence", "not_applicable")
EVIDENCE_KINDS = ("case", "rating", "finding", "complaint", "attendance", "review", "receipt", "paper", "service")
ROLES = ("moved", "spared", "contested")


class SheetRow(Base):
    """One revision of one window's sheet of a month."""

    __tablename__ = "sheets"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    month: Mapped[str] = mapped_column(Text, comment="YYYY-MM")
    scheme_id: Mapped[str] = mapped_column(Text)
    scheme_version: Mapped[str] = mapped_column(Text)
    window_id: Mapped[str] = mapped_column(Text, comment="department window, or 'unassigned'")
    revision: Mapped[int] = mapped_column(Whole, comment="1, 2, 3 ...")
    answer: Mapped[str] = mapped_column(Text, comment="value, or why there is no total")
    total: Mapped[Decimal | None] = mapped_column(Points, comment="points; NULL unless the answer is value")
    as_of_sequence: Mapped[int] = mapped_column(Whole, comment="evidence recorded up to this journal sequence was counted")
    calendar_id: Mapped[str] = mapped_column(Text)
    calendar_version: Mapped[int] = mapped_column(Whole)
    inputs_digest: Mapped[str] = mapped_column(Text, comment="sha256 of the facts that were scored")
    sheet_digest: Mapped[str] = mapped_column(Text, comment="sha256 of the sheet's canonical text")
    body: Mapped[str] = mapped_column(Text, comment="the sheet's canonical JSON: the very text that sheet_digest is of")
    reason: Mapped[str | None] = mapped_column(Text, comment="why this revision was made")
    annex: Mapped[str | None] = mapped_column(Text, comment="canonical JSON outside the digest: intervals, rank, load")
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "month", "scheme_id", "window_id", "revision"),
        ForeignKeyConstraint(["hall_id", "scheme_id", "scheme_version"], ["schemes.hall_id", "schemes.scheme_id", "schemes.version"]),
        not_blank("window_id", "inputs_digest", "sheet_digest", "body"),
        one_of("answer", *ANSWERS),
        CheckConstraint("month LIKE '____-__'", name="month"),
        CheckConstraint("revision > 0", name="revision"),
        CheckConstraint("(answer = 'value') = (total IS NOT NULL)", name="total"),
        STRICT,
    )


class SheetLine(Base):
    """One line of a sheet: an indicator, its value, its points and the article they rest on."""

    __tablename__ = "sheet_lines"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    sheet_id: Mapped[int] = mapped_column(Whole, ForeignKey("sheets.id"))
    line: Mapped[int] = mapped_column(Whole, comment="1, 2, 3 ... in the scheme's order")
    indicator: Mapped[str] = mapped_column(Text, comment="id in the scheme")
    kind: Mapped[str] = mapped_column(Text, comment="indicator, deduction, bonus or veto")
    answer: Mapped[str] = mapped_column(Text)
    value: Mapped[Decimal | None] = mapped_column(Points, comment="NULL unless the answer is value")
    numerator: Mapped[int | None] = mapped_column(Whole, comment="integer count or seconds the value was made from")
    denominator: Mapped[int | None] = mapped_column(Whole)
    weight: Mapped[Decimal | None] = mapped_column(Points, comment="points of weight; NULL where the line has none")
    points: Mapped[Decimal | None] = mapped_column(Points, comment="what the line adds to the total; negative for a deduction")
    article: Mapped[str] = mapped_column(Text, comment="article, or the word assumption")
    note: Mapped[str | None] = mapped_column(Text)
    evidence_query: Mapped[str | None] = mapped_column(Text, comment="which records the denominator counts")
    evidence_digest: Mapped[str | None] = mapped_column(Text, comment="sha256 of their sorted ids")
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "sheet_id", "line"),
        one_of("kind", "indicator", "deduction", "bonus", "veto"),
        one_of("answer", *ANSWERS),
        CheckConstraint("answer = 'value' OR value IS NULL", name="value"),
        not_blank("indicator", "article"),
        STRICT,
    )


class LineEvidence(Base):
    """A record that moved a line, was spared by it, or is contested under it."""

    __tablename__ = "line_evidence"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    line_id: Mapped[int] = mapped_column(Whole, ForeignKey("sheet_lines.id"))
    kind: Mapped[str] = mapped_column(Text, comment="what the id begins with")
    evidence_id: Mapped[str] = mapped_column(Text, comment="such as case:2022-000123")
    role: Mapped[str] = mapped_column(Text)
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "line_id", "evidence_id", "role"),
        one_of("kind", *EVIDENCE_KINDS),
        one_of("role", *ROLES),
        not_blank("evidence_id"),
        STRICT,
    )
