"""A table and a mapping to columns of text by field, one entry a record, with the file's lines each record came from.

With `rows = "events"` several rows make one record: they are grouped by its key, and each field takes the value that the mapping says.
Nothing is converted here but where min and max compare moments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..faults import BadInput, Fault, fault
from ..people import mask_text, normal_key, normal_text
from . import fields_more
from .fields import FIELDS, Field
from .mapping import Column
from .mapping import Mapping as FileMapping
from .moments import NoMoment
from .table import Rejection, Table, normal_header

KEYS = {
    "halls": "id", "cases": "case_number", "tickets": "ticket", "ratings": "rating_number", "checks": "finding_number", **fields_more.KEYS,
}  # fmt: skip
"""The field that tells records apart."""


@dataclass(slots=True)
class Columns:
    """Values as text, by field; blank is the empty text."""

    texts: dict[str, list[str]]
    """Field id -> one value a record, normalised (NFKC, trimmed)."""
    lines: list[tuple[int, ...]]
    """Lines of the file that make the record; one in most files."""
    names: dict[str, str]
    """Field id -> column as the file calls it."""
    date_cells: dict[str, set[int]] = field(default_factory=dict)
    """Field id -> records whose value is a workbook's true date."""
    refused: dict[int, list[Rejection]] = field(default_factory=dict)
    """Record -> why it is refused."""

    def refuse(
        self, record: int, field_id: str, value: str, code: str, personal: bool = False, *,
        line: int | None = None, facts: Mapping[str, str] | None = None, **more: str,
    ) -> None:  # fmt: skip
        """Note a reason against a record; its first line is named unless another is given."""
        name = self.names.get(field_id, field_id)
        self.refused.setdefault(record, []).append(
            Rejection(line or self.lines[record][0], name, value, code, {**(facts or {}), **more}, personal)
        )


def asked_columns(mapping: FileMapping) -> frozenset[str]:
    """Normalised names of the columns a file may bring under this mapping, those that only tell rows apart included."""
    if mapping.columns:
        return frozenset(normal_header(name) for each in mapping.columns.values() for name in (each.name, *each.where))
    return frozenset(normal_header(name) for each in FIELDS[mapping.kind] for name in (each.id, *each.names))


def sources(table: Table, mapping: FileMapping, place: str) -> dict[str, tuple[int, Column]]:
    """Field id -> (position in the row, column of the mapping).

    Raises BadInput for a column that stands twice, a required one that is missing, and a field found under two of its names.
    """
    faults: list[Fault] = []
    there = mask_text(", ".join(table.header))  # a file without a header shows its first row here
    asked = asked_columns(mapping)
    positions: dict[str, int] = {}
    for position, name in enumerate(table.header):
        normal = normal_header(name)
        if normal in positions and normal in asked:
            faults.append(fault("header_twice", place, name))
        positions.setdefault(normal, position)
    found: dict[str, tuple[int, Column]] = {}
    for each in FIELDS[mapping.kind]:
        column = mapping.columns.get(each.id)
        if column is not None:
            at = positions.get(normal_header(column.name))
            if at is None:
                faults.append(fault("header_missing", place, column.name, found=there))
            else:
                found[each.id] = (at, column)
        elif not mapping.columns:
            names = [name for name in (each.id, *each.names) if normal_header(name) in positions]
            if len({positions[normal_header(name)] for name in names}) > 1:
                faults.append(fault("header_two_names", place, ", ".join(names)))
            elif names:
                found[each.id] = (positions[normal_header(names[0])], Column(names[0], day="end" if each.id == "due" else "start"))
        if each.required and each.id not in found and each.id not in mapping.constants and column is None:
            faults.append(fault("header_missing", place, " / ".join((each.id, *each.names)), found=there))
    for each_column in mapping.columns.values():
        for name in each_column.where:
            if normal_header(name) not in positions:
                faults.append(fault("header_missing", place, name, found=there))
    if faults:
        raise BadInput(faults)
    return found


def take_columns(
    table: Table, mapping: FileMapping, found: Mapping[str, tuple[int, Column]], stamp: Callable[[Field, str, bool], int]
) -> Columns:
    """The table by field. `stamp(field, text, is_date_cell)` reads a moment for min and max; it raises NoMoment."""
    positions = {normal_header(name): position for position, name in reversed(list(enumerate(table.header)))}
    free = {each.id for each in FIELDS[mapping.kind] if each.sort == "free"}
    texts: dict[str, list[str]] = {}
    cells: dict[str, set[int]] = {}
    for field_id, (position, column) in found.items():
        memory: dict[str, str] = {}
        words = {normal_text(word): meaning for word, meaning in mapping.values.get(field_id, {}).items()}
        as_given = field_id in free
        given = [row[position] for row in table.rows]
        for value in set(given):
            kept = normal = normal_text(value)
            if as_given:  # free text keeps its own punctuation, unless a personal number would hide in it behind fullwidth digits
                masked = normal_text(mask_text(value))
                kept = mask_text(value).strip() if mask_text(masked) == masked else normal
            memory[value] = words.get(normal, kept) if words else kept
        values = list(map(memory.__getitem__, given))
        for name, wanted in column.where.items():
            other, normal_wanted = positions[normal_header(name)], normal_text(wanted)
            values = [value if normal_text(row[other]) == normal_wanted else "" for value, row in zip(values, table.rows, strict=True)]
        texts[field_id] = values
        if table.date_cells:
            cells[field_id] = {row for row, cell in table.date_cells if cell == position}
    for field_id, constant in mapping.constants.items():
        texts[field_id] = [normal_text(constant)] * len(table.rows)
    names = {field_id: table.header[position] for field_id, (position, _) in found.items()}
    columns = Columns(texts, [(line,) for line in table.lines], names, cells)
    return _group(columns, mapping, found, stamp) if mapping.rows == "events" else columns


def _group(
    rows: Columns, mapping: FileMapping, found: Mapping[str, tuple[int, Column]], stamp: Callable[[Field, str, bool], int]
) -> Columns:
    """Rows of one key to one record."""
    key = KEYS[mapping.kind]
    groups: dict[str, list[int]] = {}
    for row, value in enumerate(rows.texts.get(key, [])):
        groups.setdefault(normal_key(value) or f"\0{row}", []).append(row)  # a row without a key stays alone and is refused later
    fields = {each.id: each for each in FIELDS[mapping.kind]}
    grouped = Columns(
        {field_id: [] for field_id in rows.texts},
        [tuple(rows.lines[row][0] for row in members) for members in groups.values()],
        rows.names,
        {field_id: set() for field_id in rows.date_cells},
    )
    for record, members in enumerate(groups.values()):
        for field_id, values in rows.texts.items():
            take = "first" if field_id == key else found[field_id][1].take if field_id in found else "only"
            given = [row for row in members if values[row]]
            chosen = given[:1]
            if take == "last":
                chosen = given[-1:]
            elif take == "only" and len({values[row] for row in given}) > 1:
                second = next(row for row in given if values[row] != values[given[0]])
                grouped.refuse(record, field_id, values[second], "events_disagree", _personal(fields[field_id]), line=rows.lines[second][0])
            elif take in ("min", "max") and len(given) > 1:
                chosen = [_extreme(given, values, take, fields[field_id], rows.date_cells.get(field_id, set()), stamp)]
            elif take == "all":
                grouped.texts[field_id].append(";".join(values[row] for row in given))
                continue
            grouped.texts[field_id].append(values[chosen[0]] if chosen else "")
            if chosen and chosen[0] in rows.date_cells.get(field_id, ()):
                grouped.date_cells[field_id].add(record)
    return grouped


def _extreme(given: list[int], values: list[str], take: str, each: Field, cells: set[int], stamp: Callable[[Field, str, bool], int]) -> int:
    """The row with the least or greatest moment; an unreadable one comes out itself, so that the record is refused for it."""
    stamps: list[tuple[int, int]] = []
    for row in given:
        try:
            stamps.append((stamp(each, values[row], row in cells), row))
        except NoMoment:
            return row
    return (min if take == "min" else max)(stamps)[1]


def _personal(each: Field) -> bool:
    return each.sort in ("citizen", "staff")
