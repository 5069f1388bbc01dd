"""Workbooks' dates as numbers, what a message says of a folder, a path, a wrong period, and what files tell of whoever wrote them."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from supervision.checks.desk import keep_file
from supervision.db.schema import Case
from supervision.db.schema import Report as Report_
from supervision.draws.ceremony import commit_draw
from supervision.faults import BadInput
from supervision.intake import import_file
from supervision.intake.calendar_file import import_calendar
from supervision.intake.mapping import load_mapping
from supervision.periods import parse_period
from supervision.reports.content import Report, Words
from supervision.reports.files import as_docx, as_pdf, as_xlsx
from supervision.scheme import SCHEMES, read_scheme_text
from supervision.stated import check

from .halls_at_hand import HALL, bring, codes, new_store


def code_of(act) -> str:
    with pytest.raises(BadInput) as caught:
        act()
    return caught.value.faults[0].code


def book(rows: list[list[object]], formats: dict[tuple[int, int], str] | None = None, epoch_1904: bool = False) -> bytes:
    """A workbook of rows; cells of a (row, column) may have a format of their own."""
    made = openpyxl.Workbook()
    if epoch_1904:
        made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for row in rows:
        made.active.append(row)
    for (row, column), form in (formats or {}).items():
        made.active.cell(row + 1, column + 1).number_format = form
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


HEADER = ["case_number", "service", "window", "accepted"]


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        (45351, "General", datetime(2024, 2, 29)),
        (45351.5, "General", datetime(2024, 2, 29, 12)),
        (datetime(2024, 2, 29, 9, 30), "yyyy-mm-dd hh:mm", datetime(2024, 2, 29, 9, 30)),
        (date(2024, 2, 29), 'yyyy"年"m"月"d"日"', datetime(2024, 2, 29)),
        (45351, '[$-804]yyyy"年"m"月"d"日";@', datetime(2024, 2, 29)),
        (61, "General", "before_opening"),
        (60, "General", "moment_serial"),
        (0, "General", "moment_serial"),
        (-1, "General", "moment_format"),
        (2958466, "General", "moment_format"),
        ("45351", "General", "moment_format"),  # text: nobody said that it is a serial
        (20240229, "General", "moment_format"),
        (True, "General", "moment_format"),
    ],
)
def test_numbers_in_a_column_of_moments_are_serials(tmp_path: Path, value: object, form: str, expected: datetime | str) -> None:
    with new_store(tmp_path) as store:
        report = bring(store, tmp_path, "cases", book([HEADER, ["A", "residence", "W1", value]], {(1, 3): form}), "r.xlsx")
        if isinstance(expected, str):
            assert codes(report) == [expected]
            return
        with store.read() as session:
            local = session.query(Case).one().accepted_at.astimezone(None)
        assert report.accepted == 1
        assert local.astimezone(__import__("zoneinfo").ZoneInfo("Asia/Shanghai")).replace(tzinfo=None) == expected


def test_a_workbook_from_1904_counts_from_its_own_day(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        bring(store, tmp_path, "cases", book([HEADER, ["A", "residence", "W1", 43889]], epoch_1904=True), "r.xlsx")
        with store.read() as session:
            assert session.query(Case).one().accepted_on == date(2024, 2, 29)


def test_a_column_of_days_reads_serials_too(tmp_path: Path) -> None:
    rows = [["index_number", "body", "name", "first_day", "last_day", "value", "scale"],
            ["I-1", "省测评中心", "环境指数", 45383, datetime(2024, 4, 30), 87.65, 100]]  # fmt: skip
    with new_store(tmp_path) as store:
        assert bring(store, tmp_path, "indices", book(rows), "i.xlsx").accepted == 1
    days = [["日期", "是否工作日"], *([45658 + number, 1 if number == 4 else 0] for number in range(8))]
    (tmp_path / "c.xlsx").write_bytes(book(days))
    with new_store(tmp_path / "second") as store:
        assert import_calendar(store, tmp_path / "c.xlsx", HALL, "Lin").years == (2025,)


def test_rejects_are_told_in_the_order_of_lines(tmp_path: Path) -> None:
    """Rows of too many columns were told first, whatever their line."""
    rows = "case_number,service,window,accepted\nA,nothing,W1,2024-05-06 09:00\nB,residence,W1,2024-05-06 09:00,,,\nC,residence,W9,x\n"
    with new_store(tmp_path) as store:
        report = bring(store, tmp_path, "cases", rows)
    assert [each.line for each in report.rejections] == [2, 3, 4, 4]
    assert report.rejections[1].code == "row_columns"


@pytest.mark.parametrize(
    ("kind", "header", "bad", "good"),
    [
        ("complaints", "complaint_number,received,channel,code", ",2024-05-08 09:00,pigeon,dress", "T-1,2024-05-08 09:00,12345,dress"),
        ("attendance", "attendance_number,code,happened,window", ",nothing,2024-05-08 09:00,W1", "A-1,late,2024-05-08 09:00,W1"),
    ],
)
def test_a_refused_row_without_a_number_leaves_the_other_rows_alone(tmp_path: Path, kind: str, header: str, bad: str, good: str) -> None:
    """Numbers that may be left out ended the whole import where a row without one was refused."""
    with new_store(tmp_path) as store:
        report = bring(store, tmp_path, kind, "\n".join([header, bad, good, ""]))
    assert (report.read, report.rejected) == (2, 1)


def test_what_a_complaint_says_is_its_own_rows_and_not_a_refused_ones(tmp_path: Path) -> None:
    """Two rows of one number, the first of them refused: whether it was named is the second's to say."""
    rows = "complaint_number,received,channel,is_named\nT-1,2024-05-08 09:00,pigeon,0\nT-1,2024-05-08 09:00,12345,1\n"
    with new_store(tmp_path) as store:
        report = bring(store, tmp_path, "complaints", rows)
        with store.read() as session:
            assert (report.accepted, session.query(Report_).one().is_named) == (1, True)


def test_a_folder_is_called_a_folder(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        assert code_of(lambda: import_file(store, "cases", tmp_path, HALL, person="Lin")) == "import_folder"
        assert code_of(lambda: import_calendar(store, tmp_path, HALL, "Lin")) == "import_folder"
        assert code_of(lambda: keep_file(store, HALL, "case:A", tmp_path, "Lin")) == "import_folder"
    assert code_of(lambda: load_mapping(str(tmp_path), "cases")) == "import_folder"
    assert code_of(lambda: check(tmp_path)) == "import_folder"


@pytest.mark.parametrize("number", ["../x", "a/b", "..", "C:\\x", " D1", "D1 ", "", "110101199003071233x1 13812341234"])
def test_a_draw_has_no_path_for_a_number(tmp_path: Path, number: str) -> None:
    with new_store(tmp_path) as store:
        assert code_of(lambda: commit_draw(store, HALL, number, "Lin", count=1, inspectors=["Li", "Wang"])) == "draw_number"


@pytest.mark.parametrize("written", ["2022-Q5", "2022Q4", "22", "2022-H3", "x", "2022-13", ""])
def test_a_mistyped_period_is_told_how_periods_are_written(written: str) -> None:
    assert code_of(lambda: parse_period(written)) == "period_unreadable"


def test_a_period_may_be_typed_small() -> None:
    assert (parse_period("2022-q4").name, parse_period("２０２２-h1").name) == ("2022-Q4", "2022-H1")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('id = "k12"', 'id = "../x"', "scheme_wrong_form"), ('version = "1"', "version = 1", "scheme_not_text"),
        ("[source]", "[[source]]", "scheme_not_table"), ("[basis]", '[basis]\n"x" = 3', "scheme_not_text"),
        ("neutral_is_good = ", 'neutral_is_good = "yes" #', "scheme_not_flag"), ("schema = 1", "bands = 3\nschema = 1", "scheme_not_toml"),
    ],
)  # fmt: skip
def test_a_bad_scheme_is_told_in_our_own_words(old: str, new: str, code: str) -> None:
    """In both languages, without a library's English sentence in the middle."""
    text = (SCHEMES / "k12" / "1.toml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(BadInput) as caught:
        read_scheme_text(text.replace(old, new, 1).encode(), "f.toml")
    assert code in {each.code for each in caught.value.faults}
    told = caught.value.text("zh") + caught.value.text("en")
    assert "Value error" not in told
    assert "Input should" not in told


def test_reports_name_the_hall_as_their_author() -> None:
    """And nothing of the machine they were made on."""
    report = Report("Monthly sheet", "", (), (), (), "Example hall")
    pdf = as_pdf(report, Words("en"))
    assert b"/Author" in pdf
    assert b"Example hall" in pdf
    for made in (as_docx, as_xlsx):
        with zipfile.ZipFile(io.BytesIO(made(report, Words("en")))) as archive:
            told = archive.read("docProps/core.xml").decode()
        assert "<dc:creator>Example hall</dc:creator>" in told
        assert "python-docx" not in told
