"""What a file gives before anybody judges it: a header and rows of text, each with its line, and the rows that could not be read.

Everything is text: 18-digit numbers, leading zeros, "NA" and "NULL" come through unchanged. Conversion is by rule, in values.py.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..people import normal_text

MAX_BYTES = 64 * 2**20
"""Largest file that is read, bytes."""
MAX_ROWS = 500_000
"""Most rows of one file."""
MAX_FIELD = 20_000
"""Longest single value, characters."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """One reason why one row was refused."""

    line: int
    """Line of the file on which the row begins; for a workbook the sheet's row."""
    column: str
    """As the file calls it; empty when the whole row is at fault."""
    value: str
    """What was met; masked before it is kept."""
    code: str
    """The rule, a key of faults.toml."""
    facts: Mapping[str, str] = field(default_factory=dict)
    personal: bool = False
    """Whether the column holds personal numbers, so that the value is masked whole."""


@dataclass(slots=True)
class Table:
    """The rows of a file."""

    header: tuple[str, ...]
    """As the file spells it."""
    rows: list[list[str]]
    """Each as long as the header."""
    lines: list[int]
    """Where each row begins."""
    encoding: str
    """utf-8, utf-8-sig, gb18030, xlsx or toml."""
    unreadable: list[Rejection] = field(default_factory=list)
    """Rows that have no values to judge: a wrong number of columns, a formula."""
    date_cells: frozenset[tuple[int, int]] = frozenset()
    """(row, column) positions that a workbook holds as true dates: exact whatever the format, written as ISO text here."""
    epoch_1904: bool = False
    """Whether serial day numbers count from 1904."""
    serials: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """Column -> texts that a workbook holds as numbers and that may be the serials of days."""

    @property
    def read(self) -> int:
        """Rows in the file, blank ones not counted."""
        return len(self.rows) + len({each.line for each in self.unreadable})


def normal_header(text: str) -> str:
    """A column name as it is compared: NFKC, no invisible marks, one blank between words, lower case."""
    return " ".join(unicodedata.normalize("NFKC", normal_text(text)).casefold().split())
