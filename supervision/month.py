"""A calendar month of a hall, on its own clock.

Which month a stamp belongs to is decided by the hall's local day: 23:30 UTC on the 31st is the next month in Shanghai.
Not for working days (`supervision.deadlines`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from simulation.faults import BadInput, add_catalogue, fault

add_catalogue(Path(__file__).with_name("schemes") / "faults.toml")

_WRITTEN = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A year and a month, in order of time."""

    year: int
    number: int
    """1 to 12."""

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        return self.next().first_day - timedelta(days=1)

    def holds(self, day: date) -> bool:
        """Whether a local day is one of the month's."""
        return (day.year, day.month) == (self.year, self.number)

    def next(self) -> Month:
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    def previous(self) -> Month:
        return Month(self.year - (self.number == 1), (self.number - 2) % 12 + 1)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The first instant of the month and the first instant after it, in UTC."""
        return local_midnight(self.first_day, zone), local_midnight(self.next().first_day, zone)


def parse_month(written: str, place: str = "month") -> Month:
    """``2022-11`` as a month. Raises BadInput for anything else."""
    match = _WRITTEN.fullmatch(written.strip())
    if match is None or not 1 <= int(match[1]) < 9999:
        raise BadInput([fault("month_unreadable", place, written)])
    return Month(int(match[1]), int(match[2]))


def month_of(given: str | Month) -> Month:
    """A month, as it is or as it is written. Raises BadInput as `parse_month` does."""
    return given if isinstance(given, Month) else parse_month(given)


def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day, in UTC."""
    return datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)
