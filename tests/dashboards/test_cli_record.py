"""The commands of the record, as a clerk types them: import, assess, sheet, journal verify. What is scored and why is tested elsewhere."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
HALL = """
schema = 1
[hall]
id = "lianhu"
name = { zh = "莲湖便民大厅", en = "Lianhu hall" }
[[hours]]
from = 09:00:00
to = 17:00:00
[[windows]]
id = "W01"
name = { zh = "居住证窗口", en = "Residence permits" }
[[seats]]
id = "S1"
name = { zh = "座席1", en = "Seat 1" }
windows = ["W01"]
[[services]]
id = "residence"
name = { zh = "居住证", en = "Residence permit" }
windows = ["W01"]
promised = { amount = 3, unit = "working_days" }
legal = { amount = 20, unit = "working_days" }
"""
CASES = """case_number,service,window,kind,accepted,ended,outcome
C-1,residence,W01,promised,2022-11-01 09:10,2022-11-03 16:00,granted
C-2,residence,W01,promised,2022-11-02 10:00,2022-11-09 11:00,granted
C-3,residence,W01,promised,2022-11-31 10:00,2022-11-09 11:00,granted
"""
CHECKS = """finding_number,code,observed,window,source
F-1,none,2022-11-08 10:00,W01,third_party
F-2,phone_on_duty,2022-11-15 15:20,W01,in_house
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, text in (("hall.toml", HALL), ("cases.csv", CASES), ("checks.csv", CHECKS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def filled(openhall: Run, files: Path) -> Run:
    """The command line of a hall whose files are in."""
    for kind, name in (("halls", "hall.toml"), ("cases", "cases.csv"), ("checks", "checks.csv")):
        assert openhall("import", kind, files / name, "--hall", "lianhu", "--as", "Li").code == 0
    return openhall


def test_import_counts_rows_and_names_the_cure_of_what_it_refuses(openhall: Run, files: Path) -> None:
    openhall("import", "halls", files / "hall.toml", "--hall", "lianhu", "--as", "Li")
    ended = openhall("import", "cases", files / "cases.csv", "--hall", "lianhu", "--as", "Li", "--rejects", files / "back.csv")

    assert ended.code == 0
    assert "3 rows read, 2 accepted, 1 rejected, 0 there already" in ended.out
    assert "line 4, column accepted: " in ended.out
    assert (files / "back.csv").read_text(encoding="utf-8-sig").count("\n") == 2


def test_the_same_file_twice_adds_nothing(filled: Run, files: Path) -> None:
    again = json.loads(filled("import", "cases", files / "cases.csv", "--hall", "lianhu", "--as", "Li", "--json", "-").out)

    assert (again["read"], again["accepted"], again["rejected"], again["duplicate"]) == (3, 0, 1, 2)
    assert again["added"] == {}
    assert again["rejects"][0]["line"] == 4
    assert set(again["rejects"][0]["text"]) == {"zh", "en"}


def test_a_file_of_which_nothing_is_accepted_ends_with_2(openhall: Run, files: Path) -> None:
    openhall("import", "halls", files / "hall.toml", "--hall", "lianhu", "--as", "Li")
    (files / "bad.csv").write_text("case_number,accepted\nC-9,yesterday\n", encoding="utf-8")

    assert openhall("import", "cases", files / "bad.csv", "--hall", "lianhu", "--as", "Li").code == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("cases", "absent.csv", "--hall", "lianhu", "--as", "Li"), "absent.csv"),
        (("cases", "cases.csv", "--hall", "nowhere", "--as", "Li"), "nowhere"),
        (("cases", "cases.csv", "--hall", "lianhu", "--as", " "), "--as"),
        (("cases", "cases.csv", "--hall", "lianhu", "--as", "Li", "--mapping", "no-such-mapping"), "no-such-mapping"),
    ],
)
def test_refusals_are_one_line_on_stderr(filled: Run, files: Path, arguments: tuple[str, ...], said: str) -> None:
    kind, name, *rest = arguments
    ended = filled("import", kind, files / name, *rest)

    assert ended.code == 2
    assert ended.out == ""
    assert said in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("command", [("import", "cases", "cases.csv", "--hall", "lianhu"), ("assess", "2022-11", "--hall", "lianhu")])
def test_no_act_without_a_person(openhall: Run, command: tuple[str, ...]) -> None:
    ended = openhall(*command)

    assert ended.code == 2
    assert "--as" in ended.err


def test_assess_scores_the_window_and_assessing_again_changes_nothing(filled: Run) -> None:
    first = json.loads(filled("assess", "2022-11", "--hall", "lianhu", "--as", "Wang", "--json", "-").out)
    again = json.loads(filled("assess", "2022-11", "--hall", "lianhu", "--as", "Wang", "--json", "-").out)
    sheet = first["sheets"][0]
    timeliness = next(line for line in sheet["lines"] if line["indicator"] == "timeliness")

    assert first == again
    assert sheet["window"] == "W01"
    assert sheet["revision"] == 1
    assert [each["evidence"] for each in timeliness["charges"]] == [["case:C-2"]]


def test_month_table_and_sheet_show_article_evidence_and_checkpoint(filled: Run) -> None:
    month = filled("assess", "2022-11", "--hall", "lianhu", "--as", "Wang")
    sheet = filled("sheet", "2022-11", "W01", "--hall", "lianhu")

    assert "Residence permits" in month.out
    assert sheet.code == 0
    assert "case:C-2" in sheet.out
    assert "K12, nine parts" in sheet.out
    assert "not enough evidence" in sheet.out, "nobody rated: satisfaction has no value"
    assert "no window is charged for it" in sheet.out
    assert "journal checkpoint 4:" in sheet.out
    assert filled("sheet", "2022-11", "--hall", "lianhu").out == month.out


def test_a_month_that_was_not_assessed_is_the_answer_no(filled: Run) -> None:
    ended = filled("sheet", "2022-10", "--hall", "lianhu")

    assert ended.code == 1
    assert "openhall assess" in ended.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("sheet", "2022-11", "W99", "--hall", "lianhu"),
        ("sheet", "2022-13", "--hall", "lianhu"),
        ("assess", "2022-11", "--hall", "lianhu", "--as", "Wang", "--scheme", "k99"),
        ("assess", "November", "--hall", "lianhu", "--as", "Wang"),
    ],
    ids=" ".join,
)
def test_what_is_not_there_is_refused(filled: Run, arguments: tuple[str, ...]) -> None:
    ended = filled(*arguments)

    assert ended.code == 2
    assert ended.err.strip()
    assert "Traceback" not in ended.err


def test_journal_verify_says_no_once_a_row_was_edited(filled: Run, tmp_path: Path) -> None:
    whole = filled("journal", "verify")
    checkpoint = json.loads(filled("journal", "verify", "--json", "-").out)
    with sqlite3.connect(tmp_path / "home" / "openhall.sqlite") as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        database.execute("UPDATE journal SET person = 'Nobody' WHERE sequence = 2")
    broken = filled("journal", "verify")

    assert whole.code == 0
    assert "3 rows" in whole.out
    assert checkpoint["ok"] is True
    assert filled("journal", "verify", "--checkpoint", f"{checkpoint['count']}:{checkpoint['head']}").code == 1
    assert broken.code == 1
    assert "row 2" in broken.out


def test_a_damaged_database_is_one_line_and_no_traceback(openhall: Run, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "openhall.sqlite").write_bytes(b"this was once a database" * 50)
    ended = openhall("journal", "verify")

    assert ended.code == 2
    assert ended.err.startswith("database: the database cannot be used (file is not a database)")
    assert len(ended.err.strip().splitlines()) == 1
