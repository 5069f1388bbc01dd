"""The bookkeeping: which files came in, what of them was refused, who did what, and the plans people saved."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import STRICT, Base, Hall, Moment, RowId, Sequence, Whole, not_blank, one_of

EVERY_HALL = "*"
"""The hall of a journal row whose act concerns no single hall."""


class Import(Base):
    """One file that was read: read = accepted + rejected + duplicate, always."""

    __tablename__ = "imports"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    kind: Mapped[str] = mapped_column(Text, comment="halls, cases, tickets, ratings, checks ...")
    file_name: Mapped[str] = mapped_column(Text, comment="the given name, control characters escaped; never used as a path")
    digest: Mapped[str] = mapped_column(Text, comment="sha256 of the file's bytes")
    encoding: Mapped[str] = mapped_column(Text, comment="utf-8-sig, gb18030, xlsx or toml")
    mapping_id: Mapped[str] = mapped_column(Text)
    mapping_digest: Mapped[str] = mapped_column(Text, comment="sha256 of the mapping's text")
    origin: Mapped[str] = mapped_column(Text, default="record", comment="record, or demonstration for made-up input")
    read: Mapped[int] = mapped_column("rows_read", Whole)
    accepted: Mapped[int] = mapped_column("rows_accepted", Whole)
    rejected: Mapped[int] = mapped_column("rows_rejected", Whole)
    duplicate: Mapped[int] = mapped_column("rows_duplicate", Whole)
    imported_at: Mapped[datetime] = mapped_column(Moment)
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "sequence"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        CheckConstraint("rows_read = rows_accepted + rows_rejected + rows_duplicate", name="identity"),
        CheckConstraint("rows_accepted >= 0 AND rows_rejected >= 0 AND rows_duplicate >= 0", name="counts"),
        one_of("origin", "record", "demonstration"),
        Index("ix_imports_digest", "hall_id", "digest"),
        STRICT,
    )


class Reject(Base):
    """One row of a file that was refused, and why. The sentence comes from supervision/faults.toml by the code."""

    __tablename__ = "rejects"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    import_id: Mapped[int] = mapped_column(Whole, ForeignKey("imports.id"))
    line: Mapped[int] = mapped_column(Whole, comment="line of the file on which the row begins; for xlsx the sheet row")
    column: Mapped[str] = mapped_column("column_name", Text, comment="column as the file calls it; empty when the whole row is at fault")
    value: Mapped[str] = mapped_column(Text, comment="the value met, cut to 80 characters, identity and telephone numbers masked")
    code: Mapped[str] = mapped_column(Text, comment="rule that was broken")
    facts: Mapped[str] = mapped_column(Text, default="{}", comment="canonical JSON of what the sentence needs")
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "import_id", "line", "column_name", "code"),
        not_blank("code"),
        STRICT,
    )


class Plan(Base):
    """A staffing plan somebody saved: a scenario's TOML under a name, in revisions."""

    __tablename__ = "plans"
    id: Mapped[RowId]
    hall_id: Mapped[Hall]
    name: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Whole)
    base: Mapped[str | None] = mapped_column(Text, comment="scenario or plan it began from")
    document: Mapped[str] = mapped_column(Text, comment="the scenario as TOML")
    digest: Mapped[str] = mapped_column(Text, comment="sha256 of the document")
    note: Mapped[str | None] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(Text, comment="acting person who saved it")
    saved_at: Mapped[datetime] = mapped_column(Moment)
    sequence: Mapped[Sequence]
    __table_args__ = (
        UniqueConstraint("hall_id", "name", "revision"),
        ForeignKeyConstraint(["hall_id"], ["halls.hall_id"]),
        not_blank("name", "document", "owner"),
        CheckConstraint("revision > 0", name="revision"),
        STRICT,
    )


class JournalRow(Base):
    """One act of one person. The digest covers the row and the digest before it, so that an edit, a gap or a swap is found."""

    __tablename__ = "journal"
    id: Mapped[int] = mapped_column("sequence", Whole, primary_key=True, autoincrement=False, comment="1, 2, 3 ... without a gap")
    hall_id: Mapped[str] = mapped_column(Text, comment="hall acted upon, or * for none")
    happened_at: Mapped[datetime] = mapped_column(Moment, comment="by the machine's clock; order is by sequence, never by clock")
    person: Mapped[str] = mapped_column(Text, comment="who acted")
    act: Mapped[str] = mapped_column(Text, comment="such as import, assess, fail")
    outcome: Mapped[str] = mapped_column(Text, comment="done or failed")
    detail: Mapped[str] = mapped_column(Text, comment="canonical JSON; no personal identifiers")
    previous: Mapped[str] = mapped_column(Text, comment="digest of the row before, 64 zeros for the first")
    digest: Mapped[str] = mapped_column(Text, comment="sha256 of the row's canonical JSON")
    __table_args__ = (
        UniqueConstraint("hall_id", "sequence"),
        UniqueConstraint("previous"),
        CheckConstraint("sequence > 0", name="sequence"),
        CheckConstraint("length(digest) = 64 AND length(previous) = 64", name="digest"),
        one_of("outcome", "done", "failed"),
        not_blank("hall_id", "person", "act"),
        STRICT,
    )
