"""The due moment of a case: the register's own, or the earlier of the promised and the legal limit.

The promised limit governs when it is shorter, and a broken promise counts as exceeding the limit (RULES 3.3, K12 and
K13). A register that brings its own due moment knows of extensions and stops that we may not: it wins, and the result
says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from supervision.faults import BadInput

from .clocks import DAY, Counted, Opening, Stop, WorkingDays, count, extend
from .limits import Limit
from .trace import Step, step

Governs = Literal["promised", "legal", "register"]


@dataclass(frozen=True, slots=True)
class Due:
    """When a case is due, and why then."""

    moment_utc: datetime | None
    """Finishing at this very moment is on time; None while the clock stands still."""
    local_date: date | None
    """The local day it falls on: a limit that ends at 24:00 falls on the day that ends then."""
    governed_by: Governs
    provisional: bool
    """Whether the count met a day without an official calendar."""
    trace: tuple[Step, ...]
    """How the moment came about."""

    @property
    def source(self) -> Literal["register", "computed"]:
        return "register" if self.governed_by == "register" else "computed"


def due(
    accepted: datetime,
    zone: ZoneInfo | str,
    calendar: WorkingDays | None = None,
    *,
    promised: Limit | None = None,
    legal: Limit | None = None,
    stops: Iterable[Stop] = (),
    openings: Sequence[Opening] = (),
    register: datetime | None = None,
) -> Due | None:
    """When a case is due; None if it has neither a limit nor a due moment of the register.

    ``accepted`` and ``register`` are aware, ``zone`` is the hall's. Raises what `count` raises: ValueError for naive
    moments or missing calendar and opening periods, BadInput for a year the calendar does not know (unless the
    other limit ends before that year, which settles the matter)."""
    place = ZoneInfo(zone) if isinstance(zone, str) else zone
    if register is not None:
        if register.tzinfo is None:
            raise ValueError("the register's due moment needs its zone")
        local = register.astimezone(place).replace(tzinfo=None)
        told = (step("register", moment=local.isoformat(" ", "seconds")),)
        return Due(register.astimezone(UTC), local.date(), "register", False, told)
    stopped = tuple(stops)
    limits: dict[Governs, Limit | None] = {"promised": promised, "legal": legal}
    ends: dict[Governs, Counted | BadInput] = {}
    for kind, limit in limits.items():
        if limit is not None:
            try:
                ends[kind] = count(limit, accepted, place, calendar, stopped, openings)
            except BadInput as unknown:
                if unknown.faults[0].code != "calendar_year_missing":
                    raise
                ends[kind] = unknown
    if not ends:
        return None
    chosen, why = _choose(ends)
    counted = ends[chosen]
    if isinstance(counted, BadInput):
        raise counted
    limit = limits[chosen]
    assert limit is not None
    head = step("limit", kind=chosen, amount=limit.amount, unit=limit.unit)
    return Due(counted.moment, counted.last_day, chosen, counted.provisional, (head, *counted.steps, *why))


def extended(case_due: Due, by: Iterable[Limit], zone: ZoneInfo, calendar: WorkingDays, stops: Iterable[Stop] = ()) -> Due:
    """A due moment with its extensions, one after the other, each of days.

    A stop before or after the grant moves the count alike: the limit leaves its days out, and so do the days that were added. Only a due
    moment that the register brought stands still; the days added to it leave stopped days out."""
    stopped, steps = tuple(stops), list(case_due.trace)
    moment, last, provisional = case_due.moment_utc, case_due.local_date, case_due.provisional
    for limit in by:
        if last is None:
            break
        counted = extend(last, limit, zone, calendar, stopped)
        moment, last, provisional = counted.moment, counted.last_day, provisional or counted.provisional
        steps += counted.steps
    return Due(moment, last, case_due.governed_by, provisional, tuple(steps))


def is_late(case_due: Due, ended: datetime | None, as_of: datetime) -> bool:
    """Whether a case was ended after its due moment or, still open, has passed it by ``as_of``. At the due moment itself it is on time."""
    return case_due.moment_utc is not None and (as_of if ended is None else ended) > case_due.moment_utc


def reminder_day(last_day: date, calendar: WorkingDays) -> date:
    """The working day before the last day: when a reminder is due (RULES 3.4, E2)."""
    day = last_day - DAY
    while not calendar.is_working(day):
        day -= DAY
    return day


def working_days_late(last_day: date, day: date, calendar: WorkingDays) -> int:
    """Working days after the last day, up to and with another; 0 if that is not later."""
    return calendar.working_days_between(last_day, day) if day > last_day else 0


def _choose(ends: dict[Governs, Counted | BadInput]) -> tuple[Governs, tuple[Step, ...]]:
    """Which limit governs, and the step that says why."""
    if len(ends) == 1:
        return next(iter(ends)), ()
    promised, legal = ends["promised"], ends["legal"]
    if isinstance(promised, Counted) and isinstance(legal, Counted):
        if promised.moment is None or legal.moment is None:
            # a clock that stands still: the limit that ended before the stop governs, and if none did, the promise is what is waited for
            return ("legal" if promised.moment is None and legal.moment is not None else "promised"), ()
        return ("promised", (step("shorter"),)) if promised.moment < legal.moment else ("legal", (step("not_shorter"),))
    if isinstance(promised, BadInput) and isinstance(legal, BadInput):
        return "promised", ()
    unknown: Governs = "promised" if isinstance(promised, BadInput) else "legal"
    known: Governs = "legal" if unknown == "promised" else "promised"
    refused, other = ends[unknown], ends[known]
    assert isinstance(refused, BadInput)
    assert isinstance(other, Counted)
    year = int(refused.faults[0].value)  # the year that the calendar was asked for and does not know
    if other.last_day is not None and other.last_day.year < year:
        return known, (step("beyond_calendar", kind=unknown, year=year),)
    return unknown, ()
