"""The answer about a district as a workbook: a sheet for every table that the command prints, the moved assumptions and all figures."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboards.data import district as districts
from dashboards.data.district import Data, District, Row
from dashboards.texts import Words
from dashboards.workbook import Column, Table, workbook_of, workbook_titles

SIDES = ("before", "after")


def book(words: Words, given: District, found: Data) -> bytes:
    """The workbook's bytes; with the sheets of choice and of moved assumptions where the answer has them."""
    return workbook_of(sheets(words, given, found), (), districts.about(words, given, found), workbook_titles(words))


def sheets(words: Words, given: District, found: Data) -> list[Table]:
    """The tables in the order in which they are printed, the answer's sentences first."""
    said = [{"said": each} for each in _sentences(words, given, found)]
    tables = [
        _table(words("sheet_answer"), said, [Column("said", words("sheet_answer"))]),
        _table(words("district_sheet_kinds"), districts.kind_rows(words, found), districts.kind_columns(words)),
        _near(words, given, found),
        _table(words("district_sheet_zones"), districts.zones_wide(words, found), districts.zone_columns(words, given)),
        _table(words("district_sheet_sites"), districts.site_rows(words, given, found), districts.site_columns(words)),
    ]
    if "choice" in found:
        tables.append(_table(words("district_sheet_choice"), districts.choice_rows(words, found), districts.choice_columns(words)))
    if "tornado" in found:
        tables.append(_tornado(words, given, found["tornado"]))
    figures = [{"figure": figure, "basis": basis} for figure, _, basis in districts.basis_rows(words, given)]
    heads = [Column("figure", words("district_sheet_figures")), Column("basis", words("sizing_column_basis"))]
    return [*tables, _table(words("district_sheet_figures"), figures, heads)]


def _table(sheet: str, rows: list[Row], columns: list[Column]) -> Table:
    return Table(sheet, pd.DataFrame(rows, columns=None if rows else [each.field for each in columns]), columns)


def _sentences(words: Words, given: District, found: Data) -> list[str]:
    said = [districts.answer(words, given, found)[0]]
    if "choice" in found:
        said += [districts.choice_answer(words, found)[0], *districts.choice_notes(words, found)]
    if "tornado" in found:
        said.append(districts.strongest(words, given, found["tornado"], districts.OUTCOMES[0]))
        said.append(words("district_tornado_note", count=len(found["tornado"]["not_moved"])))
    return said + districts.notes(words, given, districts.Access(**found["access"]["after"]), found["stayed"])


def _near(words: Words, given: District, found: Data) -> Table:
    """How near services are, shares in percent, and the wait of all beneath."""
    rows: list[Row] = []
    for each in districts.access_rows(words, given, found["access"]["before"], found["access"]["after"]):
        times = 100.0 if each["share"] else 1.0
        unit = "%" if each["share"] else words("unit_minutes")
        rows.append({"measure": each["measure"], "unit": unit} | {side: times * each[side] for side in SIDES})
    row: dict[str, Any] = {"measure": words("district_measure_wait"), "unit": words("unit_minutes")}
    for side in SIDES:
        row |= {side: found["wait"][side]["value"]} | {f"{side}_{end}": found["wait"][side][end] for end in ("low", "high")}
    columns = [Column("measure", words("district_access_title")), Column("unit", words("column_unit"))]
    for side in SIDES:
        name = words(f"district_{side}")
        columns += [Column(side, name, "", "", 2)]
        columns += [Column(f"{side}_{end}", f"{name} · {words(f'column_{end}')}", "", "", 2) for end in ("low", "high")]
    return _table(words("district_sheet_near"), [*rows, row], columns)


def _tornado(words: Words, given: District, storm: Data) -> Table:
    """Every assumption that moves something, outcome by outcome, the most first."""
    rows = [
        {"outcome": words(f"district_outcome_{outcome}")} | row
        for outcome in districts.OUTCOMES
        for row in districts.tornado_rows(words, given, storm, outcome)
    ]
    columns = [Column("outcome", words("district_tornado_outcome")), Column("input", words("sizing_column_input"))]
    columns += [Column(end, words(f"sizing_column_{end}"), words("district_tornado_times"), "", 2) for end in ("low", "high")]
    columns += [Column(end, words(f"sizing_column_{end}"), "", "", 2) for end in ("at_low", "at_high")]
    return _table(words("district_sheet_tornado"), rows, columns)
