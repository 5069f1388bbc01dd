"""A report before it is a file: title, paragraphs and tables. Numbers stay numbers, so that a workbook can hold them as such."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

Cell = str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under the keys of their columns; a key is a word of words.toml, and `<key>_means` its definition."""

    name: str
    keys: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What is written, in the order in which it is read."""

    title: str
    subtitle: str
    opening: tuple[str, ...]
    tables: tuple[Table, ...]
    closing: tuple[str, ...]
    signature: str
    """Who issues it."""


class Words:
    """The sentences of reports in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **facts: object) -> str:
        """A sentence with its facts filled in. KeyError for one that is not there."""
        return _sentences()[key][self.language].format(**facts)

    def of(self, named: Mapping[str, str]) -> str:
        """A name that stands in both languages."""
        return named[self.language]


@lru_cache(maxsize=1)
def _sentences() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
    return found


def written(cell: Cell) -> str:
    """A cell as text."""
    if cell is None:
        return ""
    return format(cell, "f") if isinstance(cell, Decimal) else str(cell)


def numeric(table: Table, column: int) -> bool:
    """Whether a column holds numbers and nothing else."""
    values = [row[column] for row in table.rows if row[column] is not None]
    return bool(values) and all(isinstance(value, int | Decimal) for value in values)


def definitions(tables: Sequence[Table], words: Words) -> list[tuple[str, str]]:
    """Name and meaning of every column, once each."""
    keys = dict.fromkeys(key for table in tables for key in table.keys)
    return [(words(key), words(f"{key}_means")) for key in keys]
