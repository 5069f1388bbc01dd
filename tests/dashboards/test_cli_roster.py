"""`openhall staff` and `openhall roster` at a terminal: shifts, days, people, workbook, refusals, and being stopped."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

Run = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[2]
HALL = """
schema = 1
name = "noon"

[[opening]]
from = 09:00:00
to = 15:00:00
at_end = "serve_all"

[[services]]
id = "card"
name = { zh = "办证", en = "Card" }
service_min = { family = "exponential", mean = 5 }
arrivals_per_hour = [12, 12, 24, 24, 24, 12, 6, 6, 12, 12, 6, 6]

[[windows]]
id = "desk"
count = 2
serves = ["*"]
"""
PEOPLE = "id,skills,hours_a_week,leave,partner\na,desk,40,,b\nb,card,40,,\nc,*,40,,\nd,desk,40,,\ne,desk,40,,\nf,desk,40,,\ng,desk,20,,\n"
TARGET = ("--target", "mean_wait <= 6")
CUT = ("--shift", "6", "--part-time", "3", "--lunch", "11:00-13:00", "--ab")
WEEK = ("--from", "2026-11-23", "--to", "2026-11-25", "--time-limit", "3")


@pytest.fixture
def hall(tmp_path: Path) -> Path:
    (tmp_path / "noon.toml").write_text(HALL, encoding="utf-8")
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    return tmp_path / "noon.toml"


def test_shifts_are_cut_simulated_and_rostered(openhall: Run, hall: Path, tmp_path: Path) -> None:
    answer = tmp_path / "answer.json"
    staffed = openhall("staff", hall, *TARGET, *CUT, "--json", answer)
    told = json.loads(answer.read_text(encoding="utf-8"))

    assert staffed.code == 0
    assert "（break 1" in staffed.out
    assert told["shifts"]["kept"]
    assert told["serves"] == {"desk": ["card"]}
    by_file = openhall("roster", answer, tmp_path / "people.csv", *WEEK, "--json", "-")
    assert json.loads(by_file.out)["complete"]
    book = tmp_path / "roster.xlsx"
    named = tmp_path / "named.csv"
    named.write_text(PEOPLE.replace("b,card", "b,办证"), encoding="utf-8")
    direct = openhall("roster", hall, named, *WEEK, *TARGET, *CUT, "--xlsx", book)
    assert direct.code == 0
    assert "Simulated with this roster, all 3 days keep mean_wait <= 6" in direct.out
    cells = CalamineWorkbook.from_filelike(BytesIO(book.read_bytes())).get_sheet_by_index(0).to_python()
    assert cells[0][-3:] == ["11-23", "11-24", "11-25"]
    assert {row[1] for row in cells[2:]} == set("abcdefg")
    assert sum("desk" in str(cell) for row in cells[2:] for cell in row) == 3 * told["shifts"]["people"]


def test_days_of_a_year_have_the_plan_that_staff_finds_for_their_kind(openhall: Run, hall: Path, tmp_path: Path) -> None:
    """Half a Saturday has a plan of its own; the worked Sunday, which opens as on Monday, has Monday's."""
    dated = "[demand]\nstarts = 2026-09-01\n\n"
    saturday = '[[opening]]\nweekdays = ["sat"]\nfrom = 09:00:00\nto = 11:00:00\nat_end = "serve_all"\n\n'
    half_days = HALL.replace("[[opening]]", '[[opening]]\nweekdays = ["mon", "tue", "wed", "thu", "fri"]')
    half_days = half_days.replace("[[services]]", f"{dated}{saturday}[[services]]").replace("6, 6]", "6, 6, 24, 24, 24, 24]")
    hall.write_text(half_days, encoding="utf-8")
    staffed = json.loads(openhall("staff", hall, *TARGET, "--shift", "6", "--part-time", "2", "--json", "-").out)
    days = ("--from", "2026-09-18", "--to", "2026-09-21", "--time-limit", "3")
    told = json.loads(
        openhall("roster", hall, tmp_path / "people.csv", *days, *TARGET, "--shift", "6", "--part-time", "2", "--json", "-").out
    )

    most, few = (each["shifts"]["people"] for each in (staffed, *staffed["others"]))
    wanted = {day: [each for each in (*told["shifts"], *told["short"]) if each["day"] == day] for day in told["days"]}
    assert {day: sum(each.get("people", 1) for each in found) for day, found in wanted.items()} == {
        "2026-09-18": most,
        "2026-09-19": few,
        "2026-09-20": most,
        "2026-09-21": most,
    }


def test_a_roster_is_refused_with_every_fault_at_once(openhall: Run, hall: Path, tmp_path: Path) -> None:
    wrong = ("--target", "p90wait <= 15", "--seats", "foo=-3", "--chance", "1.5", "--by-weekday", "--shift", "40", "--rest", "7")
    ended = openhall("roster", hall, tmp_path / "none.csv", "--from", "2026-12-05", "--to", "2026-12-01", *wrong)

    assert ended.code == 2
    for option in ("--target", "--seats", "--chance", "--by-weekday", "--shift", "--rest", "--from", str(tmp_path / "none.csv")):
        assert any(line.startswith(option) for line in ended.err.splitlines()), option
    assert "one plan does for every weekday" in ended.err


def test_a_roster_that_cannot_be_filled_is_the_answer_no(openhall: Run, hall: Path, tmp_path: Path) -> None:
    shifts, few = tmp_path / "shifts.csv", tmp_path / "few.csv"
    shifts.write_text("window,from,to,people\ndesk,09:00,15:00,2\n", encoding="utf-8")
    few.write_text("id,skills,leave\na,desk,2026-11-24\nb,desk,\n", encoding="utf-8")
    ended = openhall("roster", shifts, few, *WEEK)

    assert ended.code == 1
    assert "2026-11-24 desk: 09:00–15:00: 1 short; of the 2 who can do it a are away that day; move a leave" in " ".join(ended.out.split())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("staff", "HALL", *TARGET, "--shift", "6", "--lunch", "noon"), "'noon' is no stretch of the day"),
        (("staff", "HALL", *TARGET, "--shift", "6", "--lunch", "11:00-11:30"), "at least as long as a break"),
        (("staff", "HALL", *TARGET, "--on", "2026-11-23"), "days of this scenario have no dates"),
        (("staff", "HALL", "--target", "share_within(5) >= 95"), "95 is no share"),
        (("roster", "HALL", "none.csv", *WEEK, *TARGET), "cannot be read"),
        (("roster", "HALL", "PEOPLE", "--from", "2026-10-01", "--to", "2026-10-03", *TARGET), "no day to roster"),
        (("roster", "HALL", "PEOPLE", *WEEK), "no target is given"),
    ],
)
def test_what_is_refused(openhall: Run, hall: Path, tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    places = {"HALL": hall, "PEOPLE": tmp_path / "people.csv"}
    ended = openhall(*(places.get(each, each) for each in arguments))

    assert ended.code == 2
    assert told in ended.err


LISTENING = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
import simulation.optimisation.staffing
from dashboards.cli import main
sys.argv[0] = "openhall"
print("listening", flush=True)
main()
"""
"""The command with its libraries loaded: a Ctrl-C that falls into the loading of a library may be swallowed by it."""


def test_the_search_is_stopped_by_ctrl_c() -> None:
    command = [sys.executable, "-c", LISTENING, "staff", "potou-2022", "--target", "share_within(2) >= 99%"]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert running.stdout is not None
    assert running.stdout.readline() == b"listening\n"
    time.sleep(0.5)
    for _ in range(10):
        running.send_signal(signal.SIGINT)
        try:
            _, errors = running.communicate(timeout=12)
            break
        except subprocess.TimeoutExpired:
            continue
    else:
        running.kill()
        raise AssertionError("it does not stop")

    assert running.returncode == 130
    assert b"Traceback" not in errors
