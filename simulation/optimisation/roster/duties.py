"""The shifts to cover, day by day: cut from staffing answers by the calendar, or read from a table.

A table (CSV or xlsx) has the columns window, from, to, people, and may have break_from, break_to and day: a date, a weekday, or empty for
each day on which the hall opens (窗口, 起, 止, 人数, 休息起, 休息止, 日期). The JSON of `openhall staff --shift ... --json` will do too.

Assumes clock times on half-hours. Not for who covers them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, pairwise
from pathlib import Path
from typing import Any

from simulation.calendar import seed_calendar
from simulation.dates import KINDS, MAKE_UP, days_of_year
from simulation.days import dated, week_of
from simulation.faults import BadInput, Fault, fault
from simulation.optimisation.roster.files import date_of, minutes_in, read_bytes, read_rows, weekday_of
from simulation.optimisation.shifts import Shifts
from simulation.optimisation.staffing import Staffing
from simulation.optimisation.table import day_of
from simulation.scenario import Scenario
from simulation.scenario.week import factor_of

SATURDAY = 5
"""number of its weekday"""
NOON, ONE = 12 * 60.0, 13 * 60.0
"""who works all of it has a lunch duty"""
MOST_DAYS = 92
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "day": ("日期", "date", "星期"),
    "window": ("窗口", "窗口组", "group"),
    "from": ("起", "上班"),
    "to": ("止", "下班"),
    "break_from": ("休息起",),
    "break_to": ("休息止",),
    "people": ("人数", "count"),
}


@dataclass(frozen=True, slots=True)
class Duty:
    """One shift on one day, for some people."""

    day: date
    group: str
    """of windows"""
    services: tuple[str, ...]
    """that these windows serve; empty if that is not known"""
    spans: tuple[tuple[float, float], ...]
    """worked, minutes after midnight, in order"""
    people: int

    @property
    def hours(self) -> float:
        return sum(end - start for start, end in self.spans) / 60

    @property
    def start(self) -> float:
        return self.spans[0][0]

    @property
    def end(self) -> float:
        return self.spans[-1][1]

    @property
    def text(self) -> str:
        """Such as 08:30–12:00 + 14:30–17:30."""
        return " + ".join(f"{_clock(start)}–{_clock(end)}" for start, end in self.spans)

    def works_at(self, minute: float) -> bool:
        return any(start <= minute < end for start, end in self.spans)

    @property
    def over_lunch(self) -> bool:
        """Whether it works from twelve to one."""
        return any(start <= NOON and end >= ONE for start, end in self.spans)


def _clock(minute: float) -> str:
    return f"{int(minute) // 60:02d}:{int(minute) % 60:02d}"


def duties_of(
    day: date, shifts: Shifts, starts: Sequence[float], clock_start: float, services: Mapping[str, Iterable[str]] | None = None
) -> list[Duty]:
    """The shifts of one day.

    starts : (slots,) minutes since the first opening at which each half-hour begins
    services : group -> what its windows serve
    """
    found = []
    for group, rows in shifts.chosen.items():
        for pattern, people in rows:
            spans = stretches_of([clock_start + starts[n] for n in pattern.works])
            found.append(Duty(day, group, tuple((services or {}).get(group, ())), spans, people))
    return found


def stretches_of(begins: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """Half-hours that begin at these minutes, ascending, as stretches of work."""
    cuts = [0, *(n + 1 for n, (a, b) in enumerate(pairwise(begins)) if b - a > 30), len(begins)]
    return tuple((begins[a], begins[b - 1] + 30) for a, b in pairwise(cuts))


# ---- by the calendar -------------------------------------------------------------------------------------------------------------------


def open_dates(scenario: Scenario | None, first: date, last: date) -> list[date]:
    """The days from `first` to `last` on which the hall opens: by its own week, or the working days of the official calendar.

    Raises BadInput if there is none, or there are more than MOST_DAYS days.
    """
    if (last - first).days >= MOST_DAYS:
        raise BadInput([fault("roster_too_many_days", "--to", (last - first).days + 1, most=MOST_DAYS)])
    if scenario is not None and scenario.days.starts is not None:
        found = []
        for number in count():
            when = dated(scenario, number)
            assert when is not None  # its days have dates
            if when.date > last:
                break
            if when.date >= first:
                found.append(when.date)
    else:
        calendar = seed_calendar(range(first.year, last.year + 1))
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        found = [day for day in days if calendar.is_working(day)]
    if not found:
        raise BadInput([fault("roster_no_days", "--from", f"{first} – {last}")])
    return found


def duties_by_calendar(
    scenario: Scenario,
    days: Sequence[date],
    answer: Callable[[date], tuple[Staffing, Shifts]],
    parts: Sequence[tuple[Staffing, Shifts]] = (),
) -> tuple[list[Duty], dict[date, Staffing]]:
    """The shifts of each day, and the staffing answer that each came from.

    parts : answers for all days of a year, each for those that open alike, or the only one where days have no dates; cut into shifts
    answer : staffs a day that no part is for, and cuts it into shifts; days that are alike are asked for once
    """
    kept: dict[Any, tuple[Staffing, Shifts]] = {}
    duties: list[Duty] = []
    answers: dict[date, Staffing] = {}
    kinds = kinds_of(scenario, days)
    for day in days:
        found = next((each for each in parts if kinds[day] is None or KINDS.index(kinds[day]) in each[0].day.kinds), None)
        if found is None:
            key = _kind_of(scenario, day)
            found = kept[key] if key in kept else kept.setdefault(key, answer(day))
        staffing, shifts = found
        hall = staffing.day.hall
        serves = {group.id: _items(hall, group.seats[0].efficiency) for group in staffing.day.groups}
        starts = [slot.start for slot in hall.slots if slot.kind == "open"]
        duties += duties_of(day, shifts, starts, hall.clock_start, serves)
        answers[day] = staffing
    return duties, answers


def kinds_of(scenario: Scenario, days: Iterable[date]) -> dict[date, str | None]:
    """What kind of day (`simulation.dates.KINDS`) each is; None where days of the scenario have no dates."""
    if scenario.days.starts is None:
        return dict.fromkeys(days)
    when = {day: next(each for each in days_of_year(day.year) if each.date == day) for day in days}
    return {day: KINDS[each.kind] for day, each in when.items()}


def _items(hall: Scenario, lines: Iterable[str]) -> list[str]:
    """Services of the file among lines of services."""
    of = {service.id: service.of or service.id for service in hall.services}
    return sorted({of[line] for line in lines})


def _kind_of(scenario: Scenario, day: date) -> Any:
    """What makes days alike: openings and shifts, how many come, how far windows have learnt."""
    start = day_of(scenario, day)
    when = dated(start.whole, 0)
    assert when is not None
    factors = tuple(factor_of(each.season or scenario.days.season, when) for each in scenario.services)
    number = next(n for n in count() if (found := dated(scenario, n)) is not None and found.date == day)
    return id(scenario.week[when.kind]), factors, week_of(scenario, number) if scenario.days.learns else 0


# ---- from a table ----------------------------------------------------------------------------------------------------------------------


def read_duties(path: str | Path, days: Sequence[date]) -> list[Duty]:
    """The shifts of a table, or of the answer of `openhall staff`, on each of the days. Raises BadInput with every fault of it."""
    where = Path(path)
    if where.suffix.lower() == ".json":
        return _from_answer(where, days)
    faults: list[Fault] = []
    found = []
    for number, row in read_rows(where, COLUMNS):
        place = f"{where}: row {number}"
        duty = _duty(row, place, faults)
        when = row.get("day", "")
        weekday, day = weekday_of(when), date_of(when)
        if when and weekday is None and day is None:
            faults.append(fault("roster_date", f"{place}: day", when))
        if duty is not None:
            spans, people = duty
            chosen = [each for each in days if not when or each == day or each.weekday() == weekday]
            found += [Duty(each, row["window"], (), spans, people) for each in chosen]
    if faults:
        raise BadInput(faults)
    if not found:
        raise BadInput([fault("roster_no_days", where, f"{days[0]} – {days[-1]}")])
    return sorted(found, key=lambda each: (each.day, each.group, each.spans))


def _duty(row: Mapping[str, str], place: str, faults: list[Fault]) -> tuple[tuple[tuple[float, float], ...], int] | None:
    before = len(faults)
    faults += [fault("roster_shift_missing", place, name) for name in ("window", "from", "to", "people") if name not in row]
    times = {}
    for name in ("from", "to", "break_from", "break_to"):
        if name in row:
            times[name] = minutes_in(row[name])
            if times[name] is None:
                faults.append(fault("roster_shift_time", f"{place}: {name}", row[name]))
    people = row.get("people", "1")
    if not people.isdecimal() or not 1 <= int(people) <= 999:
        faults.append(fault("roster_number", f"{place}: people", people, low=1, high=999))
    if len(faults) > before:
        return None
    order = [times[name] for name in ("from", "break_from", "break_to", "to") if name in times]
    told = f"{row['from']}–{row['to']}"
    if len(order) == 3 or any(a >= b for a, b in pairwise(order) if a is not None and b is not None):
        faults.append(fault("roster_shift_order", place, told))
        return None
    moments = [each for each in order if each is not None]
    return tuple((moments[n], moments[n + 1]) for n in range(0, len(moments), 2)), int(people)


def _from_answer(path: Path, days: Sequence[date]) -> list[Duty]:
    """Answers for days that open otherwise stand in "others"; each says for which weekdays it is, if not for all."""
    try:
        told = json.loads(read_bytes(path))
        found = [duty for each in (told, *told.get("others", ())) for duty in _of_answer(each, _on_its_days(each.get("days"), days))]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise BadInput([fault("roster_no_shifts", path)]) from None
    if not found:
        raise BadInput([fault("roster_no_shifts", path)])
    return sorted(found, key=lambda each: each.day)


def _of_answer(told: Mapping[str, Any], days: Sequence[date]) -> list[Duty]:
    """Raises ValueError, TypeError or KeyError for what is no answer with shifts."""
    groups: Mapping[str, Any] = told["shifts"]["groups"]
    served: Mapping[str, Any] = told.get("serves") or {}
    found = []
    for group in groups:
        for row in groups[group]:
            begins = [minute for minute in map(minutes_in, row["half_hours"]) if minute is not None]
            if not begins or len(begins) < len(row["half_hours"]):
                raise ValueError(group)
            spans, people = stretches_of(begins), int(row["people"])
            found += [Duty(day, group, tuple(served.get(group, ())), spans, people) for day in days]
    return found


def _on_its_days(told: Mapping[str, Any] | None, days: Sequence[date]) -> list[date]:
    """Those of the days, official working days all of them, that an answer is for: a day at the weekend is one that is worked."""
    if told is None:
        return list(days)
    kinds = {KINDS.index(each) for each in told["kinds"]}
    return [day for day in days if (MAKE_UP if day.weekday() >= SATURDAY else day.weekday()) in kinds]
