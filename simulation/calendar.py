"""Working days and adjusted working weekends.

A `Calendar` is a table: for each day whether it is worked, and for each year whether the table is provisional (no official notice yet). It
is built from rows, so that a hall may keep and edit its own; `seed_calendar` gives the first one. All functions are pure. A day in a year
the table does not have is refused, never guessed.

Not for limits and deadlines themselves (supervision) and not for the hours of one simulated day (scenario).

Source of the seed: the package chinesecalendar, which follows the yearly notices of the State Council, 2004 onwards. Of a year it does not
have, only the weekends and the statutory days of fixed date are known (1 January, 1-2 May, 1-3 October, as in force since 2025); days of
the lunar calendar, Qingming and adjusted weekends are missing, which is what "provisional" says.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from simulation.faults import BadInput, fault

FIRST_YEAR, LAST_PROVISIONAL_YEAR = 2004, 2100
SEED_YEARS = range(FIRST_YEAR, 2031)
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""(month, day) of the statutory days that do not move"""
ONE_DAY = timedelta(days=1)


class Row(NamedTuple):
    """One day of a calendar's table."""

    day: date
    working: bool
    provisional: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked. Whole years only: a year with a day missing is refused."""

    days: Mapping[date, bool]
    """day -> whether it is worked, every day of every year covered"""
    provisional_years: frozenset[int]
    """years without an official notice"""
    version: str
    """what tells this table from another"""
    _working: tuple[date, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for year in self.years:
            first = date(year, 1, 1)
            missing = next((day for day in _days(first, date(year, 12, 31)) if day not in self.days), None)
            if missing:
                raise BadInput([fault("calendar_year_incomplete", f'calendar "{self.version}"', missing, year=year)])
        object.__setattr__(self, "_working", tuple(sorted(day for day, working in self.days.items() if working)))

    @property
    def years(self) -> list[int]:
        """The years covered, ascending."""
        return sorted({day.year for day in self.days})

    def rows(self) -> list[Row]:
        """The table, by date; `calendar_of` makes the same calendar of it."""
        return [Row(day, self.days[day], day.year in self.provisional_years) for day in sorted(self.days)]

    def is_working(self, day: date) -> bool:
        """Whether the day is worked. Raises BadInput for a year without a table."""
        self._require(day.year)
        return self.days[day]

    def is_provisional(self, day: date) -> bool:
        """Whether the day's year has no official notice yet. Raises BadInput for a year without a table."""
        self._require(day.year)
        return day.year in self.provisional_years

    def add_working_days(self, day: date, number: int) -> date:
        """The `number`-th working day after `day` (before it, if negative); `day` itself, worked or not, if 0.

        The day itself is not counted: a limit of 5 working days from a Monday without holidays ends on the next Monday.

        Raises BadInput if the count passes through a year without a table.
        """
        self._require(day.year)
        if number == 0:
            return day
        here = bisect_right(self._working, day) if number > 0 else bisect_left(self._working, day)
        found = here + number - (1 if number > 0 else 0)
        if not 0 <= found < len(self._working):
            self._refuse(self.years[-1] + 1 if number > 0 else self.years[0] - 1)
        reached = self._working[found]
        self._require_span(day, reached)
        return reached

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative if `end` comes first. Undoes `add_working_days`.

        Raises BadInput if a year between has no table.
        """
        if end < start:
            return -self.working_days_between(end, start)
        self._require_span(start, end)
        return bisect_right(self._working, end) - bisect_right(self._working, start)

    def working_days_of_month(self, year: int, month: int) -> tuple[date, ...]:
        """The working days of a month, in order. Raises BadInput for a year without a table."""
        self._require(year)
        return self._inside(date(year, month, 1), date(year + month // 12, month % 12 + 1, 1) - ONE_DAY)

    def _inside(self, first: date, last: date) -> tuple[date, ...]:
        return self._working[bisect_left(self._working, first) : bisect_right(self._working, last)]

    def _require(self, year: int) -> None:
        if date(year, 1, 1) not in self.days:
            self._refuse(year)

    def _require_span(self, start: date, end: date) -> None:
        for year in range(min(start, end).year, max(start, end).year + 1):
            self._require(year)

    def _refuse(self, year: int) -> None:
        years = self.years
        known = f"{years[0]}–{years[-1]}" if years else "-"
        raise BadInput([fault("calendar_year_missing", f'calendar "{self.version}"', year, known=known)])


def calendar_of(rows: Iterable[tuple[date, bool, bool]], version: str) -> Calendar:
    """The calendar of a table of (day, working, provisional).

    Raises BadInput if a year is not whole or a day stands in it twice.
    """
    days: dict[date, bool] = {}
    provisional = set()
    for day, working, unsure in rows:
        if day in days:
            raise BadInput([fault("calendar_day_twice", f'calendar "{version}"', day)])
        days[day] = working
        if unsure:
            provisional.add(day.year)
    return Calendar(days, frozenset(provisional), version)


def seed_calendar(years: Iterable[int] = SEED_YEARS) -> Calendar:
    """The first table of a hall: official days where the package has them, later years provisional.

    Raises BadInput for a year before 2004 or after 2100.
    """
    from importlib.metadata import version

    rows: list[Row] = []
    for year in sorted(set(years)):
        if not FIRST_YEAR <= year <= LAST_PROVISIONAL_YEAR:
            raise BadInput([fault("calendar_year_missing", 'calendar "seed"', year, known=f"{FIRST_YEAR}–{LAST_PROVISIONAL_YEAR}")])
        rows += _official_year(year) or _provisional_year(year)
    return calendar_of(rows, f"seed-{version('chinesecalendar')}")


def _official_year(year: int) -> list[Row]:
    """The days of a year by the package, none if it does not have the year."""
    import chinese_calendar

    try:
        return [Row(day, bool(chinese_calendar.is_workday(day)), False) for day in _days(date(year, 1, 1), date(year, 12, 31))]
    except NotImplementedError:
        return []


def _provisional_year(year: int) -> list[Row]:
    return [
        Row(day, day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS, True)
        for day in _days(date(year, 1, 1), date(year, 12, 31))
    ]


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
