"""What an import asks of the record and writes to it: plain numbers and text, in blocks.

Moments travel here as microseconds and days as text, past the column types, because a register has hundreds of thousands of them. The
lists of keys are asked in blocks, so that no query outgrows a database's limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, TableClause, bindparam, column, insert, select, table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ..people import normal_key, normal_text
from .schema import Base, HallRow

BLOCK = 500
"""Keys of one question."""
ROWS = 20_000
"""Rows of one statement."""


def bare(name: str) -> TableClause:
    """A table without column types: values pass as they are stored."""
    return table(name, *(column(each.name) for each in Base.metadata.tables[name].columns))


def add(session: Session, name: str, rows: Sequence[Mapping[str, object]], same: Mapping[str, object] | None = None) -> None:
    """Append rows of one shape to a table, past the building of statements; `same` is what all of them have in common."""
    if not rows:
        return
    common = same or {}
    names = tuple(rows[0])
    target = table(name, *(column(each) for each in (*names, *common)))
    connection = session.connection()
    compiled = insert(target).compile(dialect=connection.dialect)
    end = tuple(common.values())
    values = ((*map(row.__getitem__, names), *end) for row in rows)
    if connection.dialect.name == "postgresql":
        _copy(connection, name, (*names, *common), values)
        return
    while block := list(islice(values, ROWS)):
        connection.exec_driver_sql(compiled.string, block)


def _copy(connection: Connection, name: str, columns: Sequence[str], values: Iterable[tuple[Any, ...]]) -> None:
    """PostgreSQL's own way for many rows, some fifteen times as fast as statements; its errors are raised as those of a statement."""
    raw: Any = connection.connection.driver_connection
    quoted = map(connection.dialect.identifier_preparer.quote, columns)
    statement = f"COPY {name} ({', '.join(quoted)}) FROM STDIN"
    errors: Any = connection.dialect.loaded_dbapi
    try:
        with raw.cursor() as cursor, cursor.copy(statement) as copy:
            for row in values:
                copy.write_row(row)
    except errors.Error as error:
        raise DBAPIError.instance(statement, None, error, errors.Error, dialect=connection.dialect) from error


def add_one(session: Session, name: str, row: Mapping[str, object]) -> int:
    """Append one row and give its id."""
    result = session.execute(insert(Base.metadata.tables[name]).returning(Base.metadata.tables[name].c.id), row)
    return int(result.scalar_one())


def rows_of(session: Session, name: str, hall_id: str, columns: Sequence[str], key: str = "", keys: Iterable[str] = ()) -> Iterator[Any]:
    """Rows of a hall in order of recording, as stored; of the given keys only, if a key column is named."""
    source = bare(name)
    query = select(*(source.c[each] for each in columns)).where(source.c.hall_id == hall_id).order_by(source.c.id)
    if not key:
        yield from session.execute(query)
        return
    wanted = sorted(set(keys))
    asked = query.where(source.c[key].in_(bindparam("keys", expanding=True)))
    for start in range(0, len(wanted), BLOCK):
        yield from session.execute(asked, {"keys": wanted[start : start + BLOCK]})


def hall_row(session: Session, hall_id: str) -> HallRow | None:
    """The hall, None if there is no such."""
    return session.scalar(select(HallRow).where(HallRow.hall_id == hall_id))


def zone_of(hall: HallRow) -> ZoneInfo:
    """The hall's zone."""
    return ZoneInfo(hall.time_zone)


def names_of(session: Session, name: str, key: str, hall_id: str) -> dict[str, str]:
    """Normalised id -> id, and normalised name -> id where the name belongs to one only; ids go before names."""
    by_id: dict[str, str] = {}
    by_name: dict[str, set[str]] = {}
    for own, zh, en in rows_of(session, name, hall_id, (key, "name_zh", "name_en")):
        by_id[normal_key(own)] = own
        for given in {normal_text(zh), normal_text(en)} - {""}:
            by_name.setdefault(normal_key(given), set()).add(own)
    return {given: next(iter(owners)) for given, owners in by_name.items() if len(owners) == 1} | by_id
