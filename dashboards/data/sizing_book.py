"""The answer of a sizing sheet as a workbook: a sheet for every table that the command prints, the inputs and what given sizes serve."""

from __future__ import annotations

import pandas as pd

from dashboards.data import sizing as tables
from dashboards.data.sizing import Data, Outline, Row, Sizing
from dashboards.texts import Words
from dashboards.workbook import Column, Table, workbook_of, workbook_titles
from simulation.optimisation.sizing import OUTCOMES


def book(words: Words, sizing: Sizing, rough: Outline, found: Data | None, storm: Data | None) -> bytes:
    """The workbook's bytes; `found` is None for an answer by formulas alone, `storm` where no input was moved."""
    return workbook_of(sheets(words, sizing, rough, found, storm), (), tables.about(words, sizing, found), workbook_titles(words))


def sheets(words: Words, sizing: Sizing, rough: Outline, found: Data | None, storm: Data | None) -> list[Table]:
    """The tables in the order in which they are printed, the answer's sentences first."""
    said = [{"said": each} for each in tables.sentences(words, sizing, rough, found)]
    said += [{"said": tables.assumed(words, sizing, storm)}] if storm is not None else []
    made = [
        _table(words("sheet_answer"), said, [Column("said", words("sheet_answer"))]),
        _table(words("sizing_table_title"), tables.item_rows(words, sizing, rough, found), tables.columns_of_items(words)),
    ]
    if found is not None:
        years = [row | {"state": words(f"sizing_state_{row['state']}")} for row in tables.year_rows(words, sizing, found)]
        made.append(_table(words("sizing_years_title"), years, tables.columns_of_years(words, sizing, found)))
        if found["served"]:
            made.append(_table(words("sizing_sheet_served"), tables.served_rows(words, found), tables.columns_of_served(words)))
    if storm is not None:
        made.append(_tornado(words, sizing, storm))
    names = ("input", "value", "low", "high", "basis")
    heads = [Column(name, words(f"sizing_column_{name}"), "", "", None if name in ("input", "basis") else 3) for name in names]
    return [*made, _table(words("sizing_sheet_inputs"), tables.input_rows(words, sizing), heads)]


def _table(sheet: str, rows: list[Row], columns: list[Column]) -> Table:
    return Table(sheet, pd.DataFrame(rows, columns=None if rows else [each.field for each in columns]), columns)


def _tornado(words: Words, sizing: Sizing, storm: Data) -> Table:
    """Every input that moves something, outcome by outcome, the most first."""
    rows = [
        {"outcome": words(f"sizing_outcome_{outcome}")} | row
        for outcome in OUTCOMES
        for row in tables.tornado_rows(words, sizing, storm, outcome)
    ]
    columns = [Column("outcome", words("sizing_tornado_outcome")), Column("input", words("sizing_column_input"))]
    columns += [Column(end, words(f"sizing_column_{end}"), "", "", 3) for end in ("low", "high")]
    columns += [Column(end, words(f"sizing_column_{end}"), "", "", 0) for end in ("at_low", "at_high")]
    return _table(words("sizing_sheet_tornado"), rows, columns)
