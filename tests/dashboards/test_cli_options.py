"""Options that are no numbers, or that would be passed over in silence, are refused with a line that says what to write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ended

Run = Callable[..., Ended]


@pytest.mark.parametrize("count", ["²", "--3", "x", "", "nan", "1.5", "9" * 5000, "1001"])
def test_seats_that_are_no_number_are_refused(openhall: Run, count: str) -> None:
    done = openhall("staff", "potou-2022", "--target", "mean_wait <= 9", "--seats", f"comprehensive={count}")
    assert done.code == 2, done.err
    assert done.err.startswith("--seats: ")


@pytest.mark.parametrize("count", ["²", "x", "0", "1001", "9" * 5000])
def test_windows_of_a_place_that_are_no_number_are_refused(openhall: Run, count: str) -> None:
    done = openhall("district", "potou-2022", "--windows", f"township={count}")
    assert done.code == 2, done.err
    assert done.err.startswith("--windows: ")


@pytest.mark.parametrize("option", [("--ab",), ("--lunch", "11:30-13:30"), ("--most-part-time", "0.5")])
def test_what_speaks_of_shifts_is_refused_where_there_are_none(openhall: Run, option: tuple[str, ...]) -> None:
    done = openhall("staff", "potou-2022", "--target", "mean_wait <= 9", *option)
    assert done.code == 2
    assert done.err.startswith(f"{option[0]}: ")
    assert "--shift 9" in done.err


def test_all_nonsense_about_staffing_is_told_at_once(openhall: Run) -> None:
    shifts = ("--shift", "9.3", "--shift", "nan", "--part-time", "-1", "--most-part-time", "nan", "--rest", "45")
    done = openhall("staff", "potou-2022", "--target", "wait", *shifts, "--chance", "nan", "--seats", "nobody=1", "--on", "2026-11-23")
    assert done.code == 2
    told = [line.partition(":")[0] for line in done.err.strip().splitlines()]
    assert told == ["--target", "--seats", "--chance", "--on", "--shift", "--shift", "--part-time", "--most-part-time", "--rest"]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("staff", "--shift", "9.3"), "planned by the half-hours of a day"),
        (("staff", "--part-time", "4", "--most-part-time", "0"), "part-time shifts are asked for and 0"),
        (("staff", "--shift", "9", "--rest", "60"), "give --lunch too"),
        (("staff", "--chance", "0.995"), "be at most 0.99"),
        (("staff", "--seats", "comprehensive=0"), "nobody serves market-registration"),
        (("frontier", "--seats", "comprehensive=0"), "nobody serves market-registration"),
        (("frontier", "--seats", "comprehensive=3", "--seats", "comprehensive=5"), "more than once"),
        (("frontier", "--cost", "window_hour=nan"), "is no price"),
    ],
)
def test_what_cannot_be_staffed_is_refused_before_the_search(openhall: Run, command: tuple[str, ...], told: str) -> None:
    target = ("--target", "mean_wait <= 9") if command[0] == "staff" else ()
    done = openhall(command[0], "potou-2022", *target, *command[1:])
    assert done.code == 2
    assert told in done.err


def test_a_quick_size_writes_no_hall_and_says_so(openhall: Run, tmp_path: Path) -> None:
    target = tmp_path / "新大厅.toml"
    done = openhall("size", "shuangqiao-new-hall", "--quick", "--write", target)
    assert done.code == 2
    assert "--quick" in done.err
    assert not target.exists()


def test_a_move_to_where_it_begins_is_refused(openhall: Run) -> None:
    done = openhall("district", "potou-2022", "--move", "main>main=10%")
    assert done.code == 2
    assert "moves nothing" in done.err


@pytest.mark.parametrize("option", [("--target", "mean_wait <= 1"), ("--shift", "6"), ("--seats", "desk=2"), ("--ab",)])
def test_a_table_of_shifts_is_not_staffed_again(openhall: Run, tmp_path: Path, option: tuple[str, ...]) -> None:
    shifts, people = tmp_path / "shifts.csv", tmp_path / "people.csv"
    shifts.write_text("windows,from,to\ndesk,09:00,12:00\n", encoding="utf-8")
    people.write_text("id,skills\na,desk\n", encoding="utf-8")
    done = openhall("roster", shifts, people, "--from", "2026-11-23", "--to", "2026-11-24", *option)
    assert done.code == 2
    assert done.err.startswith(f"{option[0]}: ")
    assert "shifts.csv" in done.err
