"""Files whose every row is one record with one key: what is new is appended, what is known is a duplicate, what contradicts is refused.

A kind says its shape; those with a standing or with events add them (reports.py, progress.py). Rules shared by all plans are in plan.py.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .columns import Columns
from .plan import Known, Plan, differing, first_of, settle


@dataclass(frozen=True, slots=True)
class Shape:
    """How rows of a kind are kept."""

    table: str
    key: Mapping[str, str]
    """Field -> column, of what tells records apart."""
    fixed: Mapping[str, str]
    """Field -> column, of what a later file may not contradict."""
    also: Mapping[str, str] = field(default_factory=dict)
    """Field -> column, kept and not compared."""
    days: Mapping[str, str] = field(default_factory=dict)
    """Field of a moment -> column of its local day."""
    constants: Mapping[str, object] = field(default_factory=dict)


def plain(value: Any) -> Any:
    """A converted value as it is stored: moment and person without their companions, a day as text, a flag as 0 or 1."""
    if isinstance(value, tuple):
        return first_of(value)
    if isinstance(value, bool):
        return int(value)
    return value.isoformat() if isinstance(value, date) else value


def plan_single(
    columns: Columns, values: dict[str, list[Any]], known: Known, shape: Shape, more: Callable[[Plan, int, Any], bool] | None = None,
    keys: Sequence[Hashable] | None = None,
) -> Plan:  # fmt: skip
    """The rows to append.

    ``keys`` are given where a file may leave the key out. ``more(result, record, key)`` appends what belongs to a record besides its row,
    and says whether that was new.
    """
    result = Plan()
    count = len(columns.lines)
    own = keys if keys is not None else [tuple(plain(values[name][record]) for name in shape.key) for record in range(count)]
    todo = settle(columns, next(iter(shape.key)), own, values, result)
    first = next(iter(shape.key.values()))
    asked = [_listed(own[record])[0] for record in todo]
    names = (*shape.key.values(), *shape.fixed.values(), *shape.constants)
    past = {
        tuple(row[: len(shape.key)]): tuple(row[len(shape.key) : len(shape.key) + len(shape.fixed)])
        for row in known(shape.table, names, first, asked)
        if tuple(row[len(shape.key) + len(shape.fixed) :]) == tuple(shape.constants.values())
    }
    for record in todo:
        key = _listed(own[record])
        row = tuple(plain(values[name][record]) for name in shape.fixed)
        new = key not in past
        if not new:
            wrong = differing(tuple(shape.fixed), row, past[key])
            if wrong is not None:
                text = columns.texts.get(wrong, {record: ""})[record]
                personal = isinstance(values[wrong][record], tuple) and isinstance(values[wrong][record][0], str)
                columns.refuse(record, wrong, text, "conflict", personal, number=str(key[0]))
                continue
        else:
            stored = dict(zip((*shape.key.values(), *shape.fixed.values()), (*key, *row), strict=True)) | dict(shape.constants)
            stored |= {column: plain(values[name][record]) for name, column in shape.also.items()}
            stored |= {column: values[name][record][1] for name, column in shape.days.items()}
            result.rows[shape.table].append(stored)
        if more is not None:
            new |= more(result, record, key)
        (result.accepted if new else result.duplicate).append(record)
    return result


def refuse_unknown_cases(columns: Columns, values: dict[str, list[Any]], known: Known) -> None:
    """A row about a case that the record does not have is refused."""
    numbers = [number for number in values["case_number"] if number is not None]
    there = {row[0] for row in known("cases", ("case_number",), "case_number", numbers)}
    for record, number in enumerate(values["case_number"]):
        if number is not None and number not in there:
            columns.refuse(record, "case_number", number, "no_such_case")


def _listed(key: Hashable) -> tuple[Any, ...]:
    return key if isinstance(key, tuple) else (key,)
