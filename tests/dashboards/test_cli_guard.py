"""What a proof proves, and what files and messages say, as somebody types the commands."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .test_cli_evidence import AT, HALL, RATINGS

Run = Callable[..., Any]


@pytest.fixture
def assessed(openhall: Run, tmp_path: Path) -> Run:
    """The command line of a hall with an assessed month."""
    for kind, name, text in (("halls", "hall.toml", HALL), ("ratings", "ratings.csv", RATINGS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert openhall("import", kind, tmp_path / name, *AT, "--as", "Li").code == 0
    assert openhall("assess", "2022-11", *AT, "--as", "Lin").code == 0
    return openhall


def test_a_proof_checks_the_journal_as_well_as_the_sheets(assessed: Run, tmp_path: Path) -> None:
    """A rating slipped out of the record behind the program's back moves no sheet that nobody scores: the journal tells."""
    proved = json.loads(assessed("month", "prove", *AT, "--workers", "2", "--json", "-").out)
    assert (proved["ok"], proved["journal"]["ok"], proved["workers"]) == (True, True, 2)
    assert set(proved["seconds"]) == {"journal", "sheets"}
    said = assessed("month", "prove", *AT).out
    assert "the journal is whole" in said
    assert "by 1 processes took" in said
    with sqlite3.connect(tmp_path / "home" / "openhall.sqlite") as raw:
        for (name,) in raw.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            raw.execute(f"drop trigger {name}")
        raw.execute("update ratings set comment = 'changed' where rating_number = 'R-2'")
    broken = assessed("month", "prove", *AT)
    assert broken.code == 1
    assert "the table ratings no longer holds" in broken.out
    assert "sheets score to the same bytes" in broken.out


def test_keeping_a_file_names_a_record_and_says_what_stays_in_a_pdf(assessed: Run, tmp_path: Path) -> None:
    assert "window:W1" not in assessed("checks", "keep", "--help").out
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\n1 0 obj << /Author (somebody) >> endobj\n%%EOF\n")
    kept = assessed("checks", "keep", "rating:r-1", tmp_path / "a.pdf", *AT, "--as", "Lin")
    assert kept.code == 0
    assert "a PDF is kept as it is" in kept.out


def test_a_folder_given_for_a_file_is_called_one(assessed: Run, tmp_path: Path) -> None:
    refused = assessed("import", "cases", tmp_path, *AT, "--as", "Li")
    assert refused.code == 2
    assert "is a folder; name the file in it" in refused.err
