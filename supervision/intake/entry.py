"""Records typed in by hand, by the rules of a file: the same fields, the same refusals, the same rows, as part of somebody's act.

Assumes few records at a time. All of them are written or none, and what is refused is told by field. Not for files (``importing.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..db import records
from ..faults import BadInput, fault
from ..home import person_key
from .columns import sources, take_columns
from .importing import ORDER, PLANS, known_of, readers_of, references_of
from .mapping import default_mapping
from .rejects import shown_value
from .table import Table
from .values import convert

if TYPE_CHECKING:
    from ..db.store import Work


def enter(work: Work, home: Path, kind: str, rows: Sequence[Mapping[str, str]], called: Mapping[str, str]) -> dict[str, int]:
    """Append records; table -> rows appended, empty if the record holds all of them already.

    Parameters
    ----------
    home : the data folder, for the key of personal numbers
    kind : a kind of file, one of KINDS but halls
    rows : field id -> text, one mapping a record, all with the same fields
    called : field id -> what the form calls it; its translation stands in faults.toml, under ``[alone]``

    Raises BadInput with every value that is refused, each at the field it stands in.
    """
    table = Table(tuple(rows[0]), [list(row.values()) for row in rows], list(range(1, len(rows) + 1)), "utf-8")
    mapping = default_mapping(kind)
    refs, _ = references_of(work, work.hall_id, kind, person_key(home), kind)
    found = sources(table, mapping, kind)
    readers = readers_of(mapping, found, table, refs)
    columns = take_columns(table, mapping, found, lambda each, text, cell: readers[each.id].read(text, cell)[0])
    values = convert(columns, kind, readers, refs)
    plan = PLANS[kind](columns, values, refs, known_of(work.session, work.hall_id))
    refused = [reason for reasons in columns.refused.values() for reason in reasons]
    if refused:
        raise BadInput([fault(each.code, called.get(each.column, each.column), shown_value(each), **each.facts) for each in refused])
    added = {name: plan.rows[name] for name in ORDER if plan.rows.get(name)}
    for name, new in added.items():
        records.add(work.session, name, new, {"hall_id": work.hall_id, "sequence": work.sequence})
    return {name: len(new) for name, new in added.items()}
