"""The ladder of warnings: on time, reminder, yellow, red, written advice; the same for papers never accepted, steps and late papers.

A case is placed by its last day and today, whole working days of the hall's calendar. A case that ended is placed as it ended. Pure.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from ..deadlines import Due, Limit, Opening, Stop, WorkingDays, count, is_late, reminder_day, working_days_late
from ..faults import BadInput, Fault, fault

LADDER = Path(__file__).with_name("ladder.toml")
Rung = Literal["on_time", "reminder", "yellow", "red", "advice"]
RUNGS: tuple[Rung, ...] = ("on_time", "reminder", "yellow", "red", "advice")


@dataclass(frozen=True, slots=True)
class Ladder:
    """The thresholds."""

    reminder_working_days_before: int
    red_from: int
    """Working days late from which a warning is red."""
    advice_from: int
    accept_within_working_days: int
    extension_asked_days_ahead: int


@dataclass(frozen=True, slots=True)
class CaseStepLimit:
    """A step of a case against its own limit."""

    step_id: str
    begins_at: datetime
    due_at: datetime | None
    """None while the clock stands still."""
    ended_at: datetime | None
    late: bool


@lru_cache(maxsize=1)
def ladder() -> Ladder:
    """The shipped thresholds."""
    raw = tomllib.loads(LADDER.read_text(encoding="utf-8"))
    return Ladder(**{name: int(raw[name]) for name in Ladder.__slots__})


def rung_of(
    due: Due | None, ended_at: datetime | None, now: datetime, zone: ZoneInfo, days: WorkingDays, rules: Ladder
) -> tuple[Rung, int]:
    """Where a case stands now, or stood when it ended, and how many whole working days late it is or was."""
    if due is None or due.moment_utc is None or due.local_date is None:
        return "on_time", 0
    looked = ended_at or now
    if is_late(due, ended_at, now):
        late = working_days_late(due.local_date, looked.astimezone(zone).date(), days)
        return ("advice" if late >= rules.advice_from else "red" if late >= rules.red_from else "yellow"), late
    return ("reminder" if ended_at is None and _reminded(due.local_date, looked.astimezone(zone).date(), days, rules) else "on_time"), 0


def marks_of(due: Due | None, zone: ZoneInfo, days: WorkingDays, rules: Ladder) -> tuple[tuple[Rung, datetime], ...]:
    """When each rung begins, in order: reminder, yellow (the due moment), red, advice; empty for a case without a due moment.

    A rung that begins after the last year of the calendar is left out.
    """
    if due is None or due.moment_utc is None or due.local_date is None:
        return ()
    last = due.local_date
    marks: list[tuple[Rung, datetime]] = [("reminder", _start_of(_reminder_of(last, days, rules), zone)), ("yellow", due.moment_utc)]
    thresholds: tuple[tuple[Rung, int], ...] = (("red", rules.red_from), ("advice", rules.advice_from))
    day, late = last, 0
    for rung, wanted in thresholds:
        while late < wanted:
            day += timedelta(days=1)
            try:
                late += days.is_working(day)
            except BadInput:
                return tuple(marks)
        marks.append((rung, _start_of(day, zone)))
    return tuple(marks)


def _start_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def accept_by(received_on: date, asked: Sequence[date], arrived: Sequence[date], days: WorkingDays, rules: Ladder) -> date | None:
    """The last day to accept papers or refuse them: so many working days after they came, or after the last supplement came (RULES 3.3).

    None while a supplement is waited for: the applicant has the next move.
    """
    if len(asked) > len(arrived):
        return None
    day = max([received_on, *arrived])
    left = rules.accept_within_working_days
    while left:
        day = date.fromordinal(day.toordinal() + 1)
        left -= days.is_working(day)
    return day


def step_limits(
    accepted_at: datetime, limits: Sequence[tuple[str, Limit]], ended: Sequence[tuple[str, datetime]], stops: Iterable[Stop], now: datetime,
    zone: ZoneInfo, days: WorkingDays, openings: Sequence[Opening],
) -> tuple[CaseStepLimit, ...]:  # fmt: skip
    """The steps of a case in their order: each begins when the one before ended; a step that was not reached yet is left out.

    A step overrun is one even if the case as a whole is not late (E3).
    """
    done = dict(ended)
    stopped = tuple(stops)
    begins: datetime | None = accepted_at
    found = []
    for step, limit in limits:
        if begins is None:
            break
        due = count(limit, begins, zone, days, stopped, openings).moment
        end = done.get(step)
        found.append(CaseStepLimit(step, begins, due, end, due is not None and (end or now) > due))
        begins = end
    return tuple(found)


def check_step_sum(steps: Sequence[tuple[str, Limit]], promised: Limit | None, place: str) -> None:
    """Refuse steps whose limits together exceed the promise (E9), are in other units, or stand twice. Raises BadInput with all of it."""
    faults: list[Fault] = []
    if promised is None:
        faults.append(fault("steps_no_promise", place, len(steps)))
    else:
        others = {step: limit.unit for step, limit in steps if limit.unit != promised.unit}
        faults += [fault("steps_unit", place, f"{step}: {unit}", unit=promised.unit) for step, unit in others.items()]
        total = sum(limit.amount for _, limit in steps)
        if total > promised.amount:
            faults.append(fault("steps_sum", place, total, promised=promised.amount, unit=promised.unit))
    names = [step for step, _ in steps]
    faults += [fault("steps_twice", place, name) for name in sorted(set(names)) if names.count(name) > 1]
    if not steps:
        faults.append(fault("steps_none", place, ""))
    if faults:
        raise BadInput(faults)


def _reminded(last_day: date, today: date, days: WorkingDays, rules: Ladder) -> bool:
    """Whether the day of the reminder has come."""
    return today >= _reminder_of(last_day, days, rules)


def _reminder_of(last_day: date, days: WorkingDays, rules: Ladder) -> date:
    day = last_day
    for _ in range(rules.reminder_working_days_before):
        day = reminder_day(day, days)
    return day
