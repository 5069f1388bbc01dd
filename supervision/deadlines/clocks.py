"""Counting one limit from the acceptance of a case.

The rules, each with its source:

* days are counted from the day after acceptance (RULES 3.3, E12; Civil Code art. 201); minutes and working hours from
  the moment of acceptance (art. 201 leaves it to the law or the promise; assumption);
* a day limit ends at 24:00 local time of its last day (art. 203), and finishing at the due moment is on time;
* a limit of 0 working days is the same day (当日, RULES 3.1, E10 and E15): the day of acceptance, or, if that is no working day or a stop
  touches it, the first day after it that counts;
* months end on the day of the same number, or on the month's last day if it has no such day (art. 202);
* a last day of calendar days or months that is no working day moves to the next working day (art. 203; that it holds
  for administrative limits is an assumption);
* a day that a stop touches in any part is not counted (administrative licensing law art. 45 says that the time of
  hearings, tests and the like is not counted, but not how a part of a day is: assumption, in favour of the window);
  minutes and working hours leave out exactly the stopped time. A clock that waits for a supplement thus runs from the
  day after it arrived (RULES 3.3, E12).

All moments are aware; a day is a local day of the hall's zone, so it has 23 or 25 hours where the clocks change.
"""

from __future__ import annotations

import calendar as months_of
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from ..month import local_midnight
from .limits import Limit
from .trace import Step, runs, step

DAY = timedelta(days=1)


class WorkingDays(Protocol):
    """What a clock asks of a calendar; `simulation.calendar.Calendar` answers it, and so does a version kept in the record."""

    def is_working(self, day: date) -> bool:
        """Whether offices work on the day. Raises BadInput for a year the calendar does not have."""

    def is_provisional(self, day: date) -> bool:
        """Whether no official notice covers the day."""

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after the start up to and with the end."""


@dataclass(frozen=True, slots=True, order=True)
class Stop:
    """A stretch of time in which the clock stood still: a special procedure (特别程序), or waiting for a supplement."""

    start: datetime
    end: datetime | None
    """The moment from which the clock runs again; None while it stands still."""
    reason: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """An opening period of a working day, minutes after local midnight."""

    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class Counted:
    """Where one limit ends."""

    moment: datetime | None
    """UTC; None while the clock stands still."""
    last_day: date | None
    """The local day that the limit ends on."""
    provisional: bool
    """Whether a day without an official calendar was asked about."""
    steps: tuple[Step, ...]


def count(
    limit: Limit,
    accepted: datetime,
    zone: ZoneInfo,
    calendar: WorkingDays | None = None,
    stops: Iterable[Stop] = (),
    openings: Sequence[Opening] = (),
) -> Counted:
    """Where a limit ends that began with an acceptance.

    ``calendar`` may be None for minutes, and for calendar days and months of a hall without rest days. ``openings``
    serve working hours alone.

    Raises ValueError for a naive moment, for working time without a calendar and for working hours without opening
    periods, and whatever the calendar raises for a year it does not know."""
    if accepted.tzinfo is None:
        raise ValueError("the moment of acceptance needs its zone")
    clock = _Clock(accepted.astimezone(UTC), zone, calendar, _merged(stops))
    if limit.unit in ("minutes", "working_hours"):
        return clock.count_time(limit, openings)
    return clock.count_days(limit)


def extend(last_day: date, by: Limit, zone: ZoneInfo, calendar: WorkingDays, stops: Iterable[Stop] = ()) -> Counted:
    """Where an extension of so many days ends that begins with the day after a last day; days that a stop touches do not count."""
    clock = _Clock(local_midnight(last_day, zone), zone, calendar, _merged(stops))
    return clock.count_days(by, step("extended", amount=by.amount, unit=by.unit, day=last_day))


class _Clock:
    """One count: what it was given, and the days it met on the way."""

    def __init__(self, accepted: datetime, zone: ZoneInfo, calendar: WorkingDays | None, stops: Sequence[Stop]) -> None:
        self.accepted = accepted
        self.zone = zone
        self.calendar = calendar
        self.stops = stops
        self.accepted_on = accepted.astimezone(zone).date()
        self.rest_days: list[date] = []
        self.stopped_days: list[date] = []
        self.provisional_years: set[int] = set()

    def works(self, day: date) -> bool:
        if self.calendar is None:
            raise ValueError("working days and working hours need a calendar")
        if self.calendar.is_provisional(day):
            self.provisional_years.add(day.year)
        return self.calendar.is_working(day)

    def stopped(self, day: date) -> bool:
        """Whether a stop touches the day in any part. Raises _Standing if the clock never runs again."""
        if not self.stops:
            return False
        start, end = local_midnight(day, self.zone), local_midnight(day + DAY, self.zone)
        for each in self.stops:
            if each.start < end and (each.end is None or each.end > start):
                if each.end is None:
                    raise _Standing(each)
                return True
        return False

    def counts(self, day: date, working_only: bool) -> bool:
        if self.stopped(day):
            self.stopped_days.append(day)
            return False
        if working_only and not self.works(day):
            self.rest_days.append(day)
            return False
        return True

    def count_days(self, limit: Limit, begins: Step | None = None) -> Counted:
        steps = [begins or step("same_day" if limit.amount == 0 else "from_next_day", day=self.accepted_on)]
        try:
            if limit.unit == "months":
                last = self.add_months(limit.amount, steps)
            else:
                last = self.add_days(limit.amount, limit.unit == "working_days")
            moved = last if limit.unit == "working_days" else self.moved(last)
        except _Standing as standing:
            return self.result(None, None, [*steps, *self.days_left_out(), standing.step(self.zone)])
        steps += self.days_left_out()
        if moved != last:
            steps.append(step("moved", day=last, to=moved))
        return self.result(local_midnight(moved + DAY, self.zone), moved, [*steps, step("last_day", day=moved)])

    def add_days(self, amount: int, working_only: bool) -> date:
        day = self.accepted_on
        if amount == 0:
            while not self.counts(day, working_only):
                day += DAY
            return day
        while amount > 0:
            day += DAY
            if self.counts(day, working_only):
                amount -= 1
        return day

    def add_months(self, amount: int, steps: list[Step]) -> date:
        year, month = divmod(self.accepted_on.year * 12 + self.accepted_on.month - 1 + amount, 12)
        number = min(self.accepted_on.day, months_of.monthrange(year, month + 1)[1])
        last = date(year, month + 1, number)
        if number < self.accepted_on.day:
            steps.append(step("end_of_month", month=f"{year:04d}-{month + 1:02d}", number=self.accepted_on.day))
        day, owed = self.accepted_on, 0
        while day < last:  # every stopped day within the months is given back after them
            day += DAY
            owed += not self.counts(day, working_only=False)
        while owed > 0:
            day += DAY
            owed -= self.counts(day, working_only=False)
        return day

    def moved(self, last: date) -> date:
        """The last day itself, or the next working day that no stop touches."""
        if self.calendar is None or self.works(last):
            return last
        day = last + DAY
        while self.stopped(day) or not self.works(day):
            day += DAY
        return day

    def count_time(self, limit: Limit, openings: Sequence[Opening]) -> Counted:
        steps = [step("from_acceptance", moment=_written(self.accepted, self.zone))]
        if limit.unit == "minutes":
            stretches: Iterator[tuple[datetime, datetime | None]] = iter([(self.accepted, None)])
            left = timedelta(minutes=limit.amount)
        else:
            stretches = self.open_stretches(openings)
            left = timedelta(hours=limit.amount)
        for start, end in self.running(stretches, steps):
            if end is None or left <= end - start:
                due = start + left
                steps += self.days_left_out()
                return self.result(due, due.astimezone(self.zone).date(), [*steps, step("last_moment", moment=_written(due, self.zone))])
            left -= end - start
        return self.result(None, None, [*steps, *self.days_left_out(), _Standing(self.stops[-1]).step(self.zone)])

    def open_stretches(self, openings: Sequence[Opening]) -> Iterator[tuple[datetime, datetime | None]]:
        """The opening periods after acceptance, without end."""
        if not openings:
            raise ValueError("working hours need the hall's opening periods")
        day = self.accepted_on
        while True:
            if self.works(day):
                for each in sorted(openings):
                    start, end = self.at(day, each.starts), self.at(day, each.ends)
                    if end > self.accepted:
                        yield max(start, self.accepted), end
            elif day > self.accepted_on:
                self.rest_days.append(day)
            day += DAY

    def at(self, day: date, minutes: int) -> datetime:
        later, rest = divmod(minutes, 1440)
        return datetime.combine(day + later * DAY, time(rest // 60, rest % 60), tzinfo=self.zone).astimezone(UTC)

    def running(
        self, stretches: Iterator[tuple[datetime, datetime | None]], steps: list[Step]
    ) -> Iterator[tuple[datetime, datetime | None]]:
        """The stretches without the stopped time; ends where the clock stands still for good."""
        met: set[Stop] = set()
        for start, end in stretches:
            for each in self.stops:
                if (end is not None and each.start >= end) or (each.end is not None and each.end <= start):
                    continue
                if each.start > start:
                    yield start, each.start
                if each.end is None:
                    return
                if each not in met:
                    met.add(each)
                    steps.append(step("stopped_minutes", start=_written(each.start, self.zone), end=_written(each.end, self.zone)))
                start = each.end
            if end is None or start < end:
                yield start, end

    def days_left_out(self) -> list[Step]:
        told = []
        if self.rest_days:
            told.append(step("rest_days", days=runs(self.rest_days)))
        if self.stopped_days:
            told.append(step("stopped_days", days=runs(self.stopped_days)))
        return told

    def result(self, moment: datetime | None, last_day: date | None, steps: Sequence[Step]) -> Counted:
        provisional = bool(self.provisional_years)
        if provisional:
            steps = [*steps, step("provisional", years=", ".join(map(str, sorted(self.provisional_years))))]
        return Counted(moment, last_day, provisional, tuple(steps))


class _Standing(Exception):
    """The clock stands still and nobody knows until when."""

    def __init__(self, stop: Stop) -> None:
        self.stop = stop

    def step(self, zone: ZoneInfo) -> Step:
        return step("standing", start=_written(self.stop.start, zone))


def _merged(stops: Iterable[Stop]) -> tuple[Stop, ...]:
    """Stops in order of time, in UTC; those that touch become one, empty ones vanish. ValueError for a naive moment."""
    merged: list[Stop] = []
    for each in sorted(stops, key=lambda stop: stop.start):
        if each.start.tzinfo is None or (each.end is not None and each.end.tzinfo is None):
            raise ValueError("the moments of a stop need their zone")
        start, end = each.start.astimezone(UTC), None if each.end is None else each.end.astimezone(UTC)
        if end is not None and end <= start:
            continue
        before = merged[-1] if merged else None
        if before is not None and (before.end is None or start <= before.end):
            merged[-1] = Stop(before.start, None if before.end is None or end is None else max(before.end, end), before.reason)
        else:
            merged.append(Stop(start, end, each.reason))
    return tuple(merged)


def _written(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).replace(tzinfo=None).isoformat(" ", "seconds")
