"""The journal's rows in the database. The chain itself is supervision/journal.py."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ..journal import FIRST, Checkpoint, Entry
from .schema import Base, JournalRow, microseconds, moment


def head(session: Session) -> Checkpoint:
    """Count and head by the last row; the caller holds the write lock if it means to append."""
    last = session.execute(select(JournalRow.id, JournalRow.digest).order_by(JournalRow.id.desc()).limit(1)).first()
    return Checkpoint(0, FIRST) if last is None else Checkpoint(last.id, last.digest)


def append(session: Session, entry: Entry) -> None:
    """Write one row."""
    session.execute(
        insert(JournalRow).values(
            id=entry.sequence,
            hall_id=entry.hall_id,
            happened_at=moment(entry.happened_at),
            person=entry.person,
            act=entry.act,
            outcome=entry.outcome,
            detail=entry.detail,
            previous=entry.previous,
            digest=entry.digest,
        )
    )


def entries(session: Session, hall_id: str | None = None, newest_first: bool = False, limit: int | None = None) -> Iterator[Entry]:
    """Rows in order of sequence, streamed; of one hall if given."""
    query = select(JournalRow).order_by(JournalRow.id.desc() if newest_first else JournalRow.id)
    if hall_id is not None:
        query = query.where(JournalRow.hall_id == hall_id)
    if limit is not None:
        query = query.limit(limit)
    for row in session.scalars(query.execution_options(yield_per=1000)):
        yield Entry(
            row.id, row.hall_id, microseconds(row.happened_at), row.person, row.act, row.outcome, row.detail, row.previous, row.digest
        )


def last_recorded_sequence(session: Session) -> int:
    """The highest journal sequence that any record names; 0 for an empty record."""
    found = 0
    for table in Base.metadata.sorted_tables:
        if table.name != JournalRow.__tablename__:
            # ids and sequences grow together, so the newest row has the highest sequence
            found = max(found, session.scalar(select(table.c.sequence).order_by(table.c.id.desc()).limit(1)) or 0)
    return found
