"""The tables of a scenario file about time: openings, shifts, the horizon, and how days differ. The unit is in the key's name."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from simulation.scenario.tables.values import DAY, Minutes, Table, _number_or_list


class Interval(Table):
    """Clock times; ``to = 00:00:00`` is the midnight at the end of the day."""

    start: time = Field(alias="from")
    to: time


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class ShiftTable(Interval):
    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)] | None = None


class OpeningTable(Interval):
    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)] | None = None
    at_end: Literal["serve_all", "finish_current", "keep_tickets"] | None = None
    early_min: Annotated[float, Field(ge=0, le=DAY)] = 0.0
    last_ticket: time | None = None
    last_start: time | None = None


class HorizonTable(Table):
    minutes: Annotated[float, Field(gt=0, le=1e9)]
    warm_up: Minutes = 0.0
    cycle_min: Annotated[float, Field(gt=0, le=1e9)] | None = None


Lunch = Literal["open", "closed", "ab"]
DayFactor = Annotated[float, Field(ge=0, le=1000)]
DayFactors = Annotated[
    Annotated[DayFactor, Tag("the number")] | Annotated[list[DayFactor], Field(min_length=1, max_length=30), Tag("the list")],
    Discriminator(_number_or_list),
]


class WeekdayTable(Table):
    mon: DayFactor = 1.0
    tue: DayFactor = 1.0
    wed: DayFactor = 1.0
    thu: DayFactor = 1.0
    fri: DayFactor = 1.0
    sat: DayFactor = 1.0
    sun: DayFactor = 1.0
    make_up: DayFactor = 1.0


class MonthTable(Table):
    jan: DayFactor = 1.0
    feb: DayFactor = 1.0
    mar: DayFactor = 1.0
    apr: DayFactor = 1.0
    may: DayFactor = 1.0
    jun: DayFactor = 1.0
    jul: DayFactor = 1.0
    aug: DayFactor = 1.0
    sep: DayFactor = 1.0
    oct: DayFactor = 1.0
    nov: DayFactor = 1.0
    dec: DayFactor = 1.0


class AroundHolidaysTable(Table):
    """Of the working days nearest to a holiday, the nearest first."""

    before: DayFactors = 1.0
    after: DayFactors = 1.0


class SeasonTable(Table):
    weekday: WeekdayTable | None = None
    month: MonthTable | None = None
    around_holidays: AroundHolidaysTable | None = None


class DemandTable(SeasonTable):
    starts: date | None = None
    day_cv: Annotated[float, Field(ge=0, le=3)] = 0.0
    half_hour_cv: Annotated[float, Field(ge=0, le=3)] = 0.0
