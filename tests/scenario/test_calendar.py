"""Working days and make-up weekends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.calendar import Calendar, calendar_of, seed_calendar
from simulation.faults import BadInput


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return seed_calendar(range(2016, 2029))


@pytest.mark.parametrize(("year", "days"), [(2018, 250), (2019, 250), (2022, 249), (2025, 248), (2026, 248)])
def test_the_seed_has_the_known_number_of_working_days(calendar: Calendar, year: int, days: int) -> None:
    assert sum(row.working for row in calendar.rows() if row.day.year == year) == days


def test_document_003_was_signed_after_240_working_days(calendar: Calendar) -> None:
    assert calendar.working_days_between(date(2021, 12, 31), date(2022, 12, 19)) == 240


def test_make_up_weekends_of_2026_are_worked(calendar: Calendar) -> None:
    expected = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]
    assert [(day.month, day.day) for day, working, _ in calendar.rows() if working and day.year == 2026 and day.weekday() >= 5] == expected


def test_spring_festival_is_stepped_over(calendar: Calendar) -> None:
    """2022: off from 31 January to 6 February, and worked on the Saturday and Sunday before."""
    assert calendar.is_working(date(2022, 1, 29))
    assert calendar.is_working(date(2022, 1, 30))
    assert calendar.add_working_days(date(2022, 1, 30), 1) == date(2022, 2, 7)
    assert calendar.add_working_days(date(2022, 2, 7), -1) == date(2022, 1, 30)
    assert calendar.working_days_between(date(2022, 2, 7), date(2022, 1, 30)) == -1


def test_a_limit_is_counted_from_the_day_after(calendar: Calendar) -> None:
    monday = date(2022, 11, 7)
    assert calendar.add_working_days(monday, 5) == date(2022, 11, 14)
    assert calendar.add_working_days(date(2022, 11, 12), 1) == monday + timedelta(days=7), "from a Saturday, the first working day"
    assert calendar.add_working_days(date(2022, 11, 12), 0) == date(2022, 11, 12)


def test_a_year_without_an_official_notice_is_provisional(calendar: Calendar) -> None:
    assert not calendar.is_provisional(date(2026, 12, 31))
    assert calendar.is_provisional(date(2028, 1, 3))
    assert not calendar.is_working(date(2028, 10, 2))
    assert calendar.is_working(date(2028, 10, 4))


def test_a_year_without_a_table_is_refused_with_the_cure(calendar: Calendar) -> None:
    with pytest.raises(BadInput) as caught:
        calendar.is_working(date(2031, 1, 1))
    assert str(caught.value) == (
        f'calendar "{calendar.version}": there is no table of working days for 2031 (known: 2016–2028); '
        "import the year's calendar, or mark it provisional."
    )
    for ask in (
        lambda: calendar.add_working_days(date(2028, 12, 20), 20),
        lambda: calendar.add_working_days(date(2016, 1, 5), -20),
        lambda: calendar.working_days_between(date(2015, 12, 31), date(2016, 1, 5)),
        lambda: calendar.working_days_of_month(2015, 1),
        lambda: seed_calendar([2003]),
    ):
        with pytest.raises(BadInput, match="no table of working days"):
            ask()


def test_a_gap_between_two_tables_is_not_stepped_over() -> None:
    gapped = calendar_of(seed_calendar([2020, 2022]).rows(), "gapped")
    with pytest.raises(BadInput, match="2021"):
        gapped.add_working_days(date(2020, 12, 31), 1)


def test_rows_make_the_same_calendar_again(calendar: Calendar) -> None:
    assert calendar_of(calendar.rows(), calendar.version) == calendar


def test_a_year_with_a_day_missing_or_twice_is_refused() -> None:
    rows = seed_calendar([2020]).rows()
    with pytest.raises(BadInput, match="2020 lacks 2020-02-29; give every day of the year"):
        calendar_of([row for row in rows if row.day != date(2020, 2, 29)], "edited")
    with pytest.raises(BadInput, match="2020-01-01 stands in the table twice; keep one"):
        calendar_of([*rows, rows[0]], "edited")


@given(start=st.dates(date(2018, 1, 1), date(2024, 12, 31)), number=st.integers(1, 300))
def test_adding_and_counting_working_days_undo_each_other(start: date, number: int) -> None:
    reached = SEED.add_working_days(start, number)
    assert SEED.is_working(reached)
    assert SEED.working_days_between(start, reached) == number
    assert sum(SEED.is_working(start + timedelta(days=n)) for n in range(1, (reached - start).days + 1)) == number


SEED = seed_calendar(range(2017, 2027))


def test_months_partition_the_year(calendar: Calendar) -> None:
    months = [day for month in range(1, 13) for day in calendar.working_days_of_month(2022, month)]
    assert months == [day for day, working, _ in calendar.rows() if working and day.year == 2022]
