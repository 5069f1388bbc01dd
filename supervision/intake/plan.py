"""What an import will write, worked out before anything is written.

Every kind of file has a module with one function `plan`: values and what the record knows in, rows to append out. Rules that hold for
all kinds are here: two rows of one file that say the same are one record and its duplicate; two that contradict each other are both
refused, so that the order of rows never decides; a row that says nothing new is a duplicate; a row that contradicts the record is
refused.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from .columns import Columns
from .values import References


@dataclass(slots=True)
class Plan:
    """Rows to append, and the fate of every record of the file that was not refused."""

    rows: dict[str, list[dict[str, object]]] = field(default_factory=lambda: defaultdict(list))
    """Table -> rows, without hall_id, import_id and sequence."""
    accepted: list[int] = field(default_factory=list)
    """Records that bring something new."""
    duplicate: list[int] = field(default_factory=list)
    """Records that bring nothing new."""


class Known(Protocol):
    """How a kind asks the record for rows: table, columns, key column, keys -> rows in order of recording."""

    def __call__(self, name: str, columns: Sequence[str], key: str = "", keys: Sequence[str] = ()) -> list[Any]: ...


def settle(columns: Columns, key_field: str, keys: Sequence[Hashable], values: Mapping[str, list[Any]], plan: Plan) -> list[int]:
    """The records to go on with: one of each key. Repetitions become duplicates, contradictions are refused, all of them."""
    if not columns.refused and len(set(keys)) == len(keys):
        return list(range(len(keys)))
    groups: dict[Hashable, list[int]] = {}
    for record, key in enumerate(keys):
        if record not in columns.refused:
            groups.setdefault(key, []).append(record)
    first: list[int] = []
    for records in groups.values():
        if len(records) > 1 and len({tuple(column[record] for column in values.values()) for record in records}) > 1:
            lines = [columns.lines[record][0] for record in records]
            for record in records:
                others = ", ".join(str(line) for line in lines if line != columns.lines[record][0])
                text = columns.texts.get(key_field, [""] * len(columns.lines))[record]
                columns.refuse(record, key_field, text, "conflict_in_file", lines=others)
            continue
        first.append(records[0])
        plan.duplicate.extend(records[1:])
    return first


def differing(names: Sequence[str], new: Sequence[object], old: Sequence[object]) -> str | None:
    """The first field in which a row contradicts the record; a blank says nothing."""
    return next((name for name, left, right in zip(names, new, old, strict=True) if left is not None and left != right), None)


def refuse_future(columns: Columns, values: Mapping[str, list[Any]], fields: Sequence[str], refs: References) -> None:
    """Moments after now are refused, and those before the hall was opened."""
    for field_id in fields:
        given = set(values[field_id]) - {None}
        if all(stamp <= refs.now and (refs.opened_on is None or day >= refs.opened_on) for stamp, day in given):
            continue
        for record, value in enumerate(values[field_id]):
            if value is None:
                continue
            if value[0] > refs.now:
                columns.refuse(record, field_id, columns.texts[field_id][record], "moment_future")
            elif refs.opened_on is not None and value[1] < refs.opened_on:
                columns.refuse(record, field_id, columns.texts[field_id][record], "before_opening", opened=refs.opened_on)


def derived_number(prefix: str, *parts: object) -> str:
    """A number for a record that came without one: the same statements always give the same number."""
    text = "\x1f".join("" if part is None else str(part) for part in parts)
    return f"{prefix}-{hashlib.sha256(text.encode()).hexdigest()[:20].upper()}"


def first_of(pair: tuple[Any, Any] | None) -> Any:
    """The moment of (moment, day), or the hash of (hash, mask); None stays None."""
    return None if pair is None else pair[0]
