"""Which openings and shifts hold on which kind of day, and how many come on it beside another.

An opening without `weekdays` holds on every working day, one with them on the days they name; a shift without them holds on every day. On
a weekend day that is worked (调休) the openings and shifts without weekdays hold, and where there are none those of Monday.

Not for how long a day is: that is in `building`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from simulation.dates import HOLIDAY, KINDS, MAKE_UP, Dated, days_of_year
from simulation.scenario.parts import Days, Season
from simulation.scenario.tables import DemandTable, OpeningTable, SeasonTable, ShiftTable

ORDINARY = range(MAKE_UP + 1)


def openings_on(openings: Sequence[OpeningTable | None], kind: int) -> list[int]:
    """Positions of the openings that hold on that kind of day."""
    unnamed = [n for n, each in enumerate(openings) if each and not each.weekdays]
    if kind == MAKE_UP:
        return unnamed or _named(openings, 0)
    return _named(openings, kind) if kind >= 5 else sorted(unnamed + _named(openings, kind))


def shifts_on(shifts: Sequence[ShiftTable], kind: int) -> list[int]:
    """Positions of the shifts that hold on that kind of day."""
    unnamed = [n for n, each in enumerate(shifts) if not each.weekdays]
    if kind == MAKE_UP:
        return unnamed or _named(shifts, 0)
    return sorted(unnamed + _named(shifts, kind))


def _named(listed: Sequence[OpeningTable | ShiftTable | None], kind: int) -> list[int]:
    return [n for n, each in enumerate(listed) if each and each.weekdays and KINDS[kind] in each.weekdays]


def ways_to_open(openings: Sequence[OpeningTable | None]) -> list[list[int]]:
    """The distinct sets of openings that hold together on some day."""
    found: list[list[int]] = []
    for kind in ORDINARY:
        chosen = openings_on(openings, kind)
        if chosen and chosen not in found:
            found.append(chosen)
    return found


def ordinary_kind(openings: Sequence[OpeningTable | None]) -> int:
    """The kind of day that stands for the hall where no date is asked for: the first of the week on which it opens."""
    return next(kind for kind in ORDINARY if openings_on(openings, kind))


# ---- how many come ----------------------------------------------------------------------------------------------------------------


def days_of(table: DemandTable, learns: bool) -> Days:
    return Days(table.starts, season_of(table), table.day_cv, table.half_hour_cv, learns)


def season_of(table: SeasonTable, default: Season | None = None) -> Season:
    """The factors of a table; those it leaves out are the default's."""
    base = default or Season()
    return Season(
        tuple(table.weekday.model_dump().values()) if table.weekday else base.weekday,
        tuple(table.month.model_dump().values()) if table.month else base.month,
        _listed(table.around_holidays.before) if table.around_holidays else base.before,
        _listed(table.around_holidays.after) if table.around_holidays else base.after,
    )


def _listed(given: float | list[float]) -> tuple[float, ...]:
    return tuple(given) if isinstance(given, list) else (given,)


def factor_of(season: Season, day: Dated) -> float:
    """How many come that day for one on a day with all factors 1."""
    factor = season.weekday[day.kind] * season.month[day.date.month - 1]
    for near, factors in ((day.before, season.before), (day.after, season.after)):
        if 0 < near <= len(factors):
            factor *= factors[near - 1]
    return factor


def open_days(starts: date, kinds: frozenset[int], year: int) -> list[Dated]:
    """The days of a year, from `starts` on, on which a hall that opens on these kinds of day does."""
    return [day for day in days_of_year(year) if day.date >= starts and day.kind != HOLIDAY and day.kind in kinds]
