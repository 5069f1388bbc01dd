"""Where the answers of the command line go: files that must not be lost, names that are no table, pipes that nobody reads."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[2]
ONE_WINDOW = """
schema = 1
name = "one-window"

[horizon]
minutes = 300
warm_up = 0

[[services]]
id = "permit"
service_min = { family = "exponential", mean = 5 }
arrivals_per_hour = 6

[[windows]]
id = "w"
serves = ["*"]
"""


@pytest.fixture
def hall(tmp_path: Path) -> Path:
    path = tmp_path / "one-window.toml"
    path.write_text(ONE_WINDOW, encoding="utf-8")
    return path


def test_no_answer_is_written_over_what_is_read_or_over_another(openhall: Run, hall: Path, tmp_path: Path) -> None:
    before, link = hall.read_bytes(), tmp_path / "link.toml"
    link.symlink_to(hall)
    for arguments in (
        ("check", hall, "--json", hall),
        ("simulate", hall, "--json", link),
        ("simulate", hall, "--tickets", hall),
        ("simulate", hall, "--json", tmp_path / "one.csv", "--tickets", tmp_path / "one.csv"),
        ("compare", hall, hall, "--json", hall),
        ("stated", hall, "--json", hall),
        ("schemes", "check", hall, "--json", hall),
    ):
        ended = openhall(*arguments)
        assert ended.code == 2
        assert "would be lost; name another file." in ended.err
    assert hall.read_bytes() == before
    assert not (tmp_path / "one.csv").exists()


@pytest.mark.parametrize("name", ["-", "log.xlsx"])
def test_a_ticket_log_is_csv_or_parquet_and_nothing_else(openhall: Run, hall: Path, name: str) -> None:
    ended = openhall("simulate", hall, "--replications", "1", "--tickets", name)

    assert ended.code == 2
    assert ended.err == f"{name}: the ticket log is written as CSV or Parquet, to a file; give a name that ends in .csv or .parquet.\n"
    assert not Path(name).exists()


def test_a_reader_who_goes_away_is_no_answer_no(hall: Path) -> None:
    """141 is what a shell shows for a program whose pipe was closed; 1 would say that the answer is "no"."""
    command = [sys.executable, "-m", "dashboards.cli", "simulate", str(hall), "--replications", "1"]
    for more in ([], ["--json", "-"]):
        running = subprocess.Popen([*command, *more], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        said = running.stderr.read()

        assert running.wait(timeout=60) == 141
        assert said == ""
