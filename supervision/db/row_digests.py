"""What an act wrote, as a digest a table: its journal row holds them, so that a row changed afterwards by raw SQL is found.

A row is digested as it is stored, column by column in the order of the schema, without the empty columns at its end: a column that a
later version adds at the end of a table, empty in old rows, leaves their digests as they are. Rows are taken in order of recording.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from .records import bare
from .row_ids import TABLES, newest_ids
from .schema import Base

BLOCK = 5000
"""Rows read at a time."""
_SEAM = "],["
_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def digest_new(session: Session, before: Mapping[str, int]) -> dict[str, list[int | str]]:
    """Table -> [rows, SHA-256 of them], of the rows recorded since `before`; tables without any are left out."""
    now = newest_ids(session)
    grown = [name for name in TABLES if now[name] > before[name]]
    return {name: table for name in grown for table in _digest(session, name, before[name]).values()}


def digest_all(session: Session) -> Iterator[tuple[str, dict[int, list[int | str]]]]:
    """Each table, and of each act that wrote to it [rows, SHA-256 of them]."""
    for name in TABLES:
        yield name, _digest(session, name, 0)


def _digest(session: Session, name: str, above: int) -> dict[int, list[int | str]]:
    """Journal sequence -> [rows, SHA-256] of the rows above an id."""
    source = bare(name)
    names = [each.name for each in Base.metadata.tables[name].columns]
    at = names.index("sequence")
    query = select(*(source.c[each] for each in names)).where(source.c.id > above).order_by(source.c.id)
    sums: dict[int, Any] = {}
    counts: dict[int, int] = {}
    for block in session.execute(query.execution_options(yield_per=BLOCK)).partitions():
        for sequence, rows in groupby(map(tuple, block), itemgetter(at)):
            written = [_without_tail(row) if row[-1] is None else row for row in rows]
            sums.setdefault(sequence, hashlib.sha256()).update(_lines(written))
            counts[sequence] = counts.get(sequence, 0) + len(written)
    return {sequence: [counts[sequence], sums[sequence].hexdigest()] for sequence in sums}


def _without_tail(row: tuple[Any, ...]) -> tuple[Any, ...]:
    end = len(row)
    while end and row[end - 1] is None:
        end -= 1
    return row[:end]


def _lines(rows: list[tuple[Any, ...]]) -> bytes:
    """Each row as JSON with a line end. All are encoded at once, and one by one only if a text looks like the seam of two rows."""
    text = _encode(rows)[1:-1]
    if text.count(_SEAM) == len(rows) - 1:
        return text.replace(_SEAM, "]\n[").encode("ascii") + b"\n"
    return b"".join(_encode(row).encode("ascii") + b"\n" for row in rows)
