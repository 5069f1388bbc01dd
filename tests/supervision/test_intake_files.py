"""Files: text stays as it stands, archives are refused before they unpack. Numbers are those of the adversarial list."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from simulation.faults import BadInput
from supervision.intake.csv_text import read_csv
from supervision.intake.reading import read_bytes, read_table
from supervision.intake.table import normal_header

KNOWN = frozenset({"办件编号", "受理时间", "a", "b"})


def read(content: bytes | str, name: str = "f.csv"):
    return read_table(content.encode() if isinstance(content, str) else content, Path(name), KNOWN)


def refused(content: bytes | str, name: str = "f.csv") -> str:
    with pytest.raises(BadInput) as caught:
        read(content, name)
    for language in ("en", "zh"):
        assert caught.value.text(language)
    return caught.value.faults[0].code


def workbook(fill, **options) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, options)
    fill(book, book.add_worksheet("数据"))
    book.close()
    return out.getvalue()


def rezipped(content: bytes, change) -> bytes:
    """A workbook with members added or replaced: change(name, data) -> data, and change(None, None) -> extra members."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, change(info.filename, old.read(info.filename)))
        for name, data in (change(None, None) or {}).items():
            new.writestr(name, data)
    return out.getvalue()


PLAIN = workbook(lambda book, sheet: (sheet.write_row(0, 0, ["a", "b"]), sheet.write_row(1, 0, ["1", "2"])))


def test_1_gb18030_with_a_rare_character_is_read_right():
    table = read("办件编号,受理时间\n𠮷,一\n".encode("gb18030"))
    assert (table.encoding, table.rows) == ("gb18030", [["𠮷", "一"]])


def test_2_a_byte_order_mark_is_no_part_of_the_first_header():
    table = read("办件编号,受理时间\n1,2\n".encode("utf-8-sig"))
    assert (table.encoding, table.header) == ("utf-8-sig", ("办件编号", "受理时间"))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_3_utf16_is_refused_by_its_name(encoding):
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b"\xfe\xff"
    with pytest.raises(BadInput, match="UTF-16") as caught:
        read(mark + "a,b\n1,2\n".encode(encoding))
    assert caught.value.faults[0].code == "csv_utf16"
    assert refused("a,b\n1,2\n".encode(encoding)) == "csv_nul"


def test_5_text_that_is_both_is_taken_for_utf8():
    assert read("a,b\n中文,鑾\n").encoding == "utf-8"
    assert refused(b"a,b\n\xff\xff,2\n") == "csv_encoding"


@pytest.mark.parametrize("content", ["", "\n\n  \n", "\ufeff"])
def test_6_an_empty_file_says_so(content):
    assert refused(content) == "file_empty"


def test_7_a_row_longer_or_shorter_than_the_header_is_refused_not_shifted():
    table = read("a,b\n1,2,3\n4,5\n6\n")
    assert table.rows == [["4", "5"]]
    assert [(each.line, each.code, each.facts["found"]) for each in table.unreadable] == [(2, "row_columns", "3"), (4, "row_columns", "1")]
    assert table.read == 3


def test_9_line_ends_are_one_and_a_nul_is_refused():
    assert read('a,b\r\n1,2\r3,4\n5,"x\r\ny\u2028z"\n').rows == [["1", "2"], ["3", "4"], ["5", "x\ny\u2028z"]]
    assert refused("a,b\n1,\0\n") == "csv_nul"


def test_10_a_quoted_field_may_hold_line_ends_and_the_next_line_is_counted_right():
    table = read('a,b\n1,"x,\n\ny"\n2,z\n')
    assert table.rows == [["1", "x,\n\ny"], ["2", "z"]]
    assert table.lines == [2, 5]
    assert refused('a,b\n1,"x\n2,z\n') == "csv_broken"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_11_the_delimiter_comes_from_a_short_list(separator):
    table = read(f"a{separator}b\n1{separator}x\n")
    assert table.rows == [["1", "x"]]


def test_12_headers_match_past_width_case_and_invisible_marks():
    assert normal_header("\u200bＡ  B\ufeff ") == "a b"


@pytest.mark.parametrize("word", ["NA", "NULL", "None", "nan", "000123", "110101199003071234", "12345678901234567890", "1e5", "TRUE"])
def test_13_14_text_stays_as_it_is_written(word):
    assert read(f"a,b\n{word},\n").rows == [[word, ""]]


def test_14_a_workbook_gives_whole_numbers_without_a_point_and_text_unchanged():
    table = read(workbook(lambda _, sheet: (sheet.write_row(0, 0, ["a", "b"]), sheet.write_row(1, 0, [202200012345, "000123"]))), "f.xlsx")
    assert table.rows == [["202200012345", "000123"]]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (PLAIN, "f.csv", "import_kind"),
        (b"a,b\n1,2\n", "f.xlsx", "import_kind"),
        (b"<html><table><tr><td>a</td></tr></table></html>", "f.xls", "import_ending"),
        (b"<html><table><tr><td>a</td></tr></table></html>", "f.csv", "import_kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 password", "f.xlsx", "import_ole"),
        (b"PK\x03\x04 nonsense", "f.xlsx", "xlsx_broken"),
        (PLAIN, "f.xlsm", "import_ending"),
        (b"%PDF-1.7", "f.csv", "import_kind"),
        (b"a,b", "f", "import_ending"),
    ],
)
def test_18_the_bytes_must_be_what_the_ending_says(content, name, code):
    assert refused(content, name) == code


def test_18_macros_are_refused_whatever_the_ending():
    assert refused(rezipped(PLAIN, lambda name, data: {"xl/vbaProject.bin": b"x"} if name is None else data), "f.xlsx") == "xlsx_macro"


def test_19_a_bomb_is_refused_before_it_unpacks(monkeypatch):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr("xl/workbook.xml", "x")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 140 * 2**20)
    ratio = io.BytesIO()
    with zipfile.ZipFile(ratio, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 30 * 2**20)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("a member was unpacked"))
    assert refused(bomb.getvalue(), "f.xlsx") == "xlsx_bomb"
    assert refused(ratio.getvalue(), "f.xlsx") == "xlsx_bomb"


def test_19_too_many_members_and_archives_within_are_refused():
    many = rezipped(PLAIN, lambda name, data: {f"x/{n}.xml": "x" for n in range(1200)} if name is None else data)
    assert refused(many, "f.xlsx") == "xlsx_members"
    assert refused(rezipped(PLAIN, lambda name, data: {"inner.zip": b"PK"} if name is None else data), "f.xlsx") == "xlsx_nested"


def test_19_an_entity_bomb_is_refused():
    def change(name, data):
        if name == "xl/worksheets/sheet1.xml":
            return b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + data
        return data

    assert refused(rezipped(PLAIN, change), "f.xlsx") == "xlsx_xml"


@pytest.mark.parametrize("name", ["../../x.xml", "/etc/x.xml", "a\\..\\x.xml", "C:x.xml"])
def test_21_members_that_would_leave_the_folder_are_refused_and_never_written(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert refused(rezipped(PLAIN, lambda member, data: {name: b"x"} if member is None else data), "f.xlsx") == "xlsx_path"
    assert list(tmp_path.iterdir()) == []


def test_22_rows_with_a_formula_are_refused_and_the_cached_value_is_not_used():
    def fill(_, sheet):
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_row(1, 0, ["1", "x"])
        sheet.write_formula(2, 1, "=1+1", None, 2)
        sheet.write(2, 0, "2")
        sheet.write_formula(3, 0, '=HYPERLINK("http://x","y")', None, "y")
        sheet.write_row(4, 0, ["=1+1 as text"[1:], "ok"])

    table = read(workbook(fill), "f.xlsx")
    assert table.rows == [["1", "x"], ["1+1 as text", "ok"]]
    assert [(each.line, each.column, each.code, each.value) for each in table.unreadable] == [
        (3, "b", "cell_formula", ""),
        (4, "a", "cell_formula", ""),
    ]
    assert refused(workbook(lambda _, sheet: sheet.write_formula(0, 0, '="a"', None, "a")), "f.xlsx") == "xlsx_header_formula"


def test_19_two_cells_in_far_corners_do_not_end_the_program():
    """A reader that lays out the whole sheet asks for 500 GB then, and its process is ended."""

    def fill(_, sheet):
        sheet.write(0, 0, "a")
        sheet.write(1048575, 16383, "x")

    assert refused(workbook(fill), "f.xlsx") == "xlsx_memory"


def test_reading_a_workbook_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr("supervision.intake.xlsx.SECONDS", 0.001)
    assert refused(PLAIN, "f.xlsx") == "xlsx_memory"


def test_a_workbooks_error_is_no_blank_and_a_number_of_more_than_15_digits_no_number():
    """Excel keeps 15 digits: an identity or case number typed as a number has lost its end before we meet it."""

    def fill(_, sheet):
        sheet.write_row(0, 0, ["办件编号", "受理时间", "remark"])
        sheet.write_row(1, 0, [202200012345678, "x"])
        sheet.write_row(2, 0, [110101199003071234, "x"])
        sheet.write(3, 0, "1")
        sheet.write_formula(3, 1, "=1/0", None, "#DIV/0!")
        sheet.write_row(4, 0, ["1", "x", 110101199003071234])

    pasted = rezipped(workbook(fill), lambda name, data: data and data.replace(b"<f>1/0</f>", b"") if name else None)
    table = read(pasted, "f.xlsx")
    assert [row[0] for row in table.rows] == ["202200012345678", "1"], "a column nobody asks for is left alone"
    assert [(each.line, each.column, each.code) for each in table.unreadable] == [
        (3, "办件编号", "cell_number"),
        (4, "受理时间", "cell_error"),
    ]


def test_a_workbook_with_two_filled_sheets_needs_a_name():
    def fill(book, sheet):
        sheet.write_row(0, 0, ["a"])
        book.add_worksheet("二").write_row(0, 0, ["a"])

    assert refused(workbook(fill), "f.xlsx") == "xlsx_which_sheet"
    assert read_table(workbook(fill), Path("f.xlsx"), KNOWN, sheet="二").header == ("a",)


def test_24_a_file_or_a_field_too_large_is_refused_with_the_limit_in_the_message(tmp_path, monkeypatch):
    monkeypatch.setattr("supervision.intake.reading.MAX_BYTES", 2**20)
    big = tmp_path / "big.csv"
    big.write_bytes(b"a" * (2**20 + 1))
    with pytest.raises(BadInput) as caught:
        read_bytes(big)
    assert caught.value.faults[0].code == "file_size"
    assert "1 MB" in caught.value.text("en")
    assert refused("a,b\n1," + "x" * 30_000 + "\n") == "csv_field"
    monkeypatch.setattr("supervision.intake.csv_text.MAX_ROWS", 10)
    assert refused("a,b\n" + "1,2\n" * 11) == "file_rows"


def test_the_field_limit_of_the_csv_module_is_put_back():
    import csv

    before = csv.field_size_limit()
    read("a,b\n1,2\n")
    with pytest.raises(BadInput):
        read_csv(b"a,b\n1," + b"x" * 30_000, "f", KNOWN)
    assert csv.field_size_limit() == before


@pytest.mark.parametrize("name", ["CON.csv", "报表;rm -rf.csv", "a\u202ecsv.csv", "x" * 200 + ".csv"])
def test_28_strange_names_are_only_text(name, tmp_path):
    with pytest.raises(BadInput) as caught:
        read_bytes(tmp_path / name)
    place = caught.value.faults[0].place
    assert place.isprintable()
    assert len(place) <= 125
    assert str(tmp_path) not in caught.value.text("en")


def test_a_folder_a_missing_file_and_a_pipe_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    for name, code in (("pipe.csv", "import_missing"), (".", "import_folder"), ("none.csv", "import_missing")):
        with pytest.raises(BadInput) as caught:
            read_bytes(tmp_path / name)
        assert caught.value.faults[0].code == code
