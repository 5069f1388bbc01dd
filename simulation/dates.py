"""What kind of day a date is: its weekday, a weekend day that is worked (调休), or a holiday; and how near to a holiday it lies.

A holiday is a run of days off with a Monday to Friday among them, the weekends that it joins included; an ordinary weekend is none. Which
days are worked says the seed calendar (`simulation.calendar`): official until its last notice, provisional after it.

Not for limits and deadlines, and not for halls whose rest days are other than the weekend.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from simulation.calendar import FIRST_YEAR, LAST_PROVISIONAL_YEAR, seed_calendar

KINDS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "make_up")
"""kinds of day; a worked weekend day is a kind of its own"""
MAKE_UP = 7
HOLIDAY = -1
FIRST_DATED_YEAR, LAST_DATED_YEAR = FIRST_YEAR + 1, LAST_PROVISIONAL_YEAR - 1
"""years whose neighbours have a calendar too"""


class Dated(NamedTuple):
    """One day of a year."""

    date: date
    kind: int
    """index into KINDS, HOLIDAY for a day off that is no ordinary weekend"""
    before: int
    """which working day before the next holiday, the last one is 1; 0 for a day off"""
    after: int
    """which working day after the last holiday, the first one is 1; 0 for a day off"""


@lru_cache(maxsize=64)
def days_of_year(year: int) -> tuple[Dated, ...]:
    """Every day of a year. Raises BadInput outside FIRST_DATED_YEAR to LAST_DATED_YEAR."""
    calendar = seed_calendar(range(year - 1, year + 2))
    first = date(year - 1, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year + 2, 1, 1) - first).days)]
    holidays: set[date] = set()
    for worked, run in groupby(days, key=calendar.is_working):
        off = list(run)
        if not worked and any(day.weekday() < 5 for day in off):
            holidays.update(off)
    worked_days = {day for day in days if calendar.is_working(day)}
    after, before = _distances(days, worked_days, holidays), _distances(days[::-1], worked_days, holidays)
    return tuple(Dated(day, _kind(day, day in worked_days, day in holidays), before[day], after[day]) for day in days if day.year == year)


def _kind(day: date, worked: bool, holiday: bool) -> int:
    if holiday:
        return HOLIDAY
    return MAKE_UP if worked and day.weekday() >= 5 else day.weekday()


def _distances(days: list[date], worked: set[date], holidays: set[date]) -> dict[date, int]:
    """Working days since the last holiday met, in the order of the days; 0 for a day off."""
    found, since = {}, 0
    for day in days:
        since = 0 if day in holidays else since + (day in worked)
        found[day] = since if day in worked else 0
    return found
