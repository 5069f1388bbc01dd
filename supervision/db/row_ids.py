"""The ids of rows: 1, 2, 3 ... in order of recording, without a gap on either database.

SQLite gives the next id after the newest row. PostgreSQL's sequences do not go back when an act is undone, so an act first sets those that
ran ahead: a gap would look like a row that was taken out, and the same acts would be digested otherwise on the two databases. The caller
holds the write lock.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, literal, select, text, union_all
from sqlalchemy.orm import Session

from .records import bare
from .schema import Base, JournalRow

TABLES = tuple(sorted(each.name for each in Base.metadata.sorted_tables if each.name != JournalRow.__tablename__))
_NEWEST = union_all(*(select(literal(name), select(func.max(bare(name).c.id)).scalar_subquery()) for name in TABLES))
_SEQUENCES = text("SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = current_schema()")


def newest_ids(session: Session) -> dict[str, int]:
    """Table -> the id of its newest row, 0 if it has none."""
    return {name: newest or 0 for name, newest in session.execute(_NEWEST)}


def level_ids(session: Session, newest: Mapping[str, int]) -> None:
    """Let the next row of each table have the id after its newest one."""
    if session.get_bind().dialect.name != "postgresql":
        return
    drawn = {str(name): int(last) for name, last in session.execute(_SEQUENCES)}
    for name in TABLES:
        if drawn.get(f"{name}_id_seq", 0) != newest[name]:
            session.execute(text("SELECT setval(:sequence, :next, false)"), {"sequence": f"{name}_id_seq", "next": newest[name] + 1})
