"""A downloaded table: numbers are numbers, units and definitions are there, and nothing in it can run."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest

from dashboards.workbook import Column, Table, workbook, workbook_of

TITLES = {"about": "说明", "definitions": "定义", "name": "名称", "value": "值", "unit": "单位", "definition": "定义"}
COLUMNS = [Column("name", "窗口"), Column("wait", "平均等候", "分钟", "从到达到被叫号", 2)]


def opened(frame, columns=COLUMNS, about=None):
    return openpyxl.load_workbook(
        io.BytesIO(workbook(frame, columns, "数据", [("种子", "", "随机数的起点")], about or {"seed": 1}, TITLES))
    )


def test_numbers_are_numbers_with_their_unit():
    sheet = opened(pd.DataFrame({"name": ["a"], "wait": [12.345]}))["数据"]

    assert [cell.value for cell in sheet[1]] == ["窗口", "平均等候"]
    assert [cell.value for cell in sheet[2]] == [None, "分钟"]
    assert sheet["B3"].value == 12.345
    assert sheet["B3"].data_type == "n"
    assert sheet["B3"].number_format == "0.00"


def test_decimals_missing_values_and_yes_or_no_keep_their_kind():
    frame = pd.DataFrame({"name": ["a", None, True], "wait": [Decimal("1.50"), float("nan"), float("inf")]}, dtype=object)
    sheet = opened(frame)["数据"]

    assert sheet["B3"].value == 1.5
    assert sheet["B4"].value is None
    assert sheet["B5"].value == "inf"
    assert sheet["A4"].value is None
    assert sheet["A5"].value is True


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "http://x", "0012"])
def test_text_stays_text(text):
    sheet = opened(pd.DataFrame({"name": [text], "wait": [1.0]}))["数据"]
    cell = sheet["A3"]

    assert cell.data_type == "s"
    assert cell.value.replace("_x000D_", "\r").strip() == text.strip()
    assert cell.hyperlink is None
    assert cell.quotePrefix == text.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_definitions_and_origin_stand_beside_the_table():
    book = opened(pd.DataFrame({"name": ["a"], "wait": [1.0]}), about={"seed": 7, "digest": "ab12"})

    assert book.sheetnames == ["数据", "定义", "说明"]
    assert [cell.value for cell in book["定义"][3]] == ["平均等候", "分钟", "从到达到被叫号"]
    assert [cell.value for cell in book["定义"][4]][:1] == ["种子"]
    assert [[cell.value for cell in row] for row in book["说明"].iter_rows()] == [["名称", "值"], ["seed", 7], ["digest", "ab12"]]


def test_a_workbook_of_several_tables_has_a_sheet_each_and_no_name_twice():
    """Excel takes names of sheets as the same whatever their case, and none of more than 31 letters."""
    long = "a table whose name is longer than Excel allows"
    tables = [Table(name, pd.DataFrame({"name": [name], "wait": [1.0]}), COLUMNS) for name in ("Data", "data", long, long, "定义")]
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(tables, (), {"seed": 1}, TITLES)))

    assert book.sheetnames == ["Data", "data 2", long[:31], f"{long[:29]} 2", "定义", "定义 2", "说明"]
    assert [book[name]["A3"].value for name in book.sheetnames[:5]] == [each.sheet for each in tables]
    names = [row[0].value for row in book["定义 2"].iter_rows(min_row=2)]
    assert names == ["窗口", "平均等候"], "a column that several tables have is defined once"
