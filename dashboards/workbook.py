"""Tables as an Excel workbook: numbers as numbers, units under the names, a sheet of definitions, and where they come
from.

Text that a spreadsheet might take for a formula is written as text with the leading quote that Excel itself uses; nothing typed or
imported can run. Not for reading files.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import xlsxwriter

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
LONGEST_NAME = 31
"""Letters that the name of a sheet may have."""
LONGEST_TEXT = 32_767
"""Characters that a cell can hold."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table for export."""

    field: str
    """name in the frame"""
    name: str
    """visible name"""
    unit: str = ""
    """visible unit, written under the name"""
    definition: str = ""
    """how it is computed and who is counted"""
    places: int | None = None
    """decimals shown; None: as it is"""


@dataclass(frozen=True, slots=True)
class Table:
    """One table for export."""

    sheet: str
    """name of its sheet"""
    frame: pd.DataFrame
    columns: Sequence[Column]
    """which of its columns, in which order"""


def workbook(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    sheet: str,
    definitions: Sequence[Sequence[str]],
    about: Mapping[str, object],
    titles: Mapping[str, str],
) -> bytes:
    """The bytes of a workbook of one table; the parameters are those of `Table` and of `workbook_of`."""
    return workbook_of([Table(sheet, frame, columns)], definitions, about, titles)


def workbook_of(
    tables: Sequence[Table], definitions: Sequence[Sequence[str]], about: Mapping[str, object], titles: Mapping[str, str]
) -> bytes:  # fmt: skip
    """The bytes of a workbook: a sheet a table, in order, then the definitions and where the figures come from.

    Parameters
    ----------
    definitions : further rows of the definitions sheet (name, unit, definition), after those of the columns
    about : where the figures come from: scenario, seed, replications, digest, version
    titles : the texts ``about, definitions, name, value, unit, definition``
    """
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(
        memory, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    unit = book.add_format({"italic": True, "font_color": "#5b6675"})
    quoted = book.add_format({"quote_prefix": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    formats = {places: book.add_format({"num_format": "0" if places == 0 else "0." + "0" * places}) for places in range(5)}

    taken: set[str] = set()
    for table in tables:
        page = book.add_worksheet(_sheet_name(table.sheet, taken))
        page.freeze_panes(2, 1)
        for at, column in enumerate(table.columns):
            _write(page, 0, at, column.name, head, quoted)
            _write(page, 1, at, column.unit, unit, quoted)
            page.set_column(at, at, 14 if at else 28)
            for row, value in enumerate(table.frame[column.field], start=2):
                _write(page, row, at, value, formats.get(column.places) if column.places is not None else None, quoted)

    page = book.add_worksheet(_sheet_name(titles["definitions"], taken))
    rows = [
        (titles["name"], titles["unit"], titles["definition"]),
        *dict.fromkeys((each.name, each.unit, each.definition) for table in tables for each in table.columns),
        *definitions,
    ]
    for row, cells in enumerate(rows):
        for at, cell in enumerate(cells):
            _write(page, row, at, cell, head if row == 0 else wrapped, quoted)
    page.set_column(0, 0, 28)
    page.set_column(1, 1, 14)
    page.set_column(2, 2, 90)

    page = book.add_worksheet(_sheet_name(titles["about"], taken))
    for row, (name, value) in enumerate([(titles["name"], titles["value"]), *about.items()]):
        _write(page, row, 0, name, head if row == 0 else None, quoted)
        _write(page, row, 1, value, head if row == 0 else None, quoted)
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 80)
    book.close()
    return memory.getvalue()


def workbook_titles(words: Callable[[str], str]) -> dict[str, str]:
    """The texts that every workbook has: of its sheets of definitions and of what the figures come from."""
    titles = {name: words(f"column_{name}") for name in ("name", "value", "unit", "definition")}
    return titles | {name: words(f"sheet_{name}") for name in ("about", "definitions")}


def _sheet_name(given: str, taken: set[str]) -> str:
    """A name that Excel allows: no []:*?/\\, at most 31 characters, and no other's, whatever the case of its letters."""
    name = "".join(" " if each in "[]:*?/\\" else each for each in given).strip("' ")[:LONGEST_NAME] or "1"
    count = 1
    while name.casefold() in taken:
        count += 1
        ending = f" {count}"
        name = f"{name.removesuffix(f' {count - 1}')[: LONGEST_NAME - len(ending)]}{ending}"
    taken.add(name.casefold())
    return name


def _write(page: Any, row: int, at: int, value: Any, form: Any, quoted: Any) -> None:
    if value is None or value == "" or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        page.write_blank(row, at, None, form)
    elif isinstance(value, bool):
        page.write_boolean(row, at, value, form)
    elif isinstance(value, int | float | Decimal) or hasattr(value, "__float__"):
        number = float(value)
        if math.isfinite(number):
            page.write_number(row, at, number, form)
        else:
            page.write_string(row, at, str(number), form)
    elif isinstance(value, datetime | date):
        page.write_string(row, at, value.isoformat(), form)
    else:
        text = str(value)[:LONGEST_TEXT]
        page.write_string(row, at, text, quoted if text.startswith(RISKY) else form)
