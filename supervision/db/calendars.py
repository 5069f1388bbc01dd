"""Working-day calendars in the record: versions that are added, never edited.

A version keeps only the days that differ from the rule "Monday to Friday are worked", and every day of a provisional year. Reading gives a
`simulation.calendar.Calendar` back. Months already scored name the version they were counted with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from simulation.calendar import Calendar as Days
from simulation.calendar import calendar_of, seed_calendar

from ..canonical import digest
from ..faults import BadInput, fault
from .records import bare
from .schema import Calendar, CalendarDay, HallRow
from .store import Work

CHINA = "cn"
SEED_SOURCE = "chinesecalendar, after the yearly notices of the State Council; later years provisional"


@dataclass(frozen=True, slots=True)
class CalendarVersion:
    """A calendar as the record has it."""

    calendar_id: str
    version: int
    days: Days
    digest: str
    """SHA-256 of its days."""


def seed(work: Work, calendar_id: str = CHINA) -> int:
    """Give the act's hall its first calendar and return the version; a calendar that is there is kept.

    "cn" gets China's working days, later years provisional. Of any other calendar nothing is known: Monday to Friday,
    every year provisional, until somebody imports the days."""
    known = _latest(work.session, work.hall_id, calendar_id, None)
    if known is not None:
        return known.version
    if calendar_id == CHINA:
        return add_version(work, calendar_id, seed_calendar(), "中国工作日历 / working days of China", SEED_SOURCE)
    weekdays = calendar_of(((row.day, row.day.weekday() < 5, True) for row in seed_calendar().rows()), calendar_id)
    return add_version(work, calendar_id, weekdays, calendar_id, "Monday to Friday, without holidays: provisional")


def add_version(work: Work, calendar_id: str, days: Days, title: str, source: str, notes: Mapping[date, str] | None = None) -> int:
    """Write a new version and return its number; a version with the very same days is not written twice.

    Raises BadInput if the years do not follow one another without a gap.
    """
    years = days.years
    gap = next((year for year in range(years[0], years[-1]) if year not in years), None)
    if gap is not None:
        raise BadInput([fault("calendar_gap", f'calendar "{calendar_id}"', gap, first=years[0], last=years[-1])])
    kept = [row for row in days.rows() if row.provisional or row.working != (row.day.weekday() < 5)]
    content = digest([years[0], years[-1], [[row.day.isoformat(), row.working, row.provisional] for row in kept]])
    before = _latest(work.session, work.hall_id, calendar_id, None)
    if before is not None and before.digest == content:
        return before.version
    version = 1 if before is None else before.version + 1
    named = {"hall_id": work.hall_id, "calendar_id": calendar_id, "version": version, "sequence": work.sequence}
    head = {"title": title, "source": source, "first_day": date(years[0], 1, 1), "last_day": date(years[-1], 12, 31), "digest": content}
    work.session.execute(insert(Calendar).values(**named, **head))
    said = notes or {}
    rows = [{**named, "on": row.day, "working": row.working, "provisional": row.provisional, "note": said.get(row.day)} for row in kept]
    if rows:
        work.session.execute(insert(CalendarDay), rows)
    return version


def read_calendar(
    session: Session, hall_id: str, calendar_id: str | None = None, *, version: int | None = None, as_of: int | None = None
) -> CalendarVersion:
    """A version of a hall's calendar: the one asked for, else the latest recorded by journal sequence ``as_of``.

    ``calendar_id`` defaults to the hall's own. Raises BadInput if the hall has no such calendar. A version is read once in a session: its
    days never change, and twelve months scored in one session count by the same one.
    """
    if calendar_id is None:
        calendar_id = session.scalar(select(HallRow.calendar_id).where(HallRow.hall_id == hall_id)) or "cn"
    found = _latest(session, hall_id, calendar_id, as_of, version)
    if found is None:
        raise BadInput([fault("calendar_missing", f'hall "{hall_id}"', calendar_id)])
    known: dict[tuple[str, str, int], CalendarVersion] = session.info.setdefault("calendars", {})
    key = (hall_id, calendar_id, found.version)
    if key not in known:
        known[key] = _read_version(session, found)
    return known[key]


def _read_version(session: Session, found: Calendar) -> CalendarVersion:
    columns = bare("calendar_days").c
    kept_days = select(columns.local_day, columns.working, columns.provisional).where(
        columns.hall_id == found.hall_id, columns.calendar_id == found.calendar_id, columns.version == found.version
    )
    exceptions = {date.fromisoformat(on): (working == 1, provisional == 1) for on, working, provisional in session.execute(kept_days)}
    rows = []
    day = found.first_day
    while day <= found.last_day:
        kept = exceptions.get(day)
        rows.append((day, day.weekday() < 5, False) if kept is None else (day, *kept))
        day += timedelta(days=1)
    return CalendarVersion(found.calendar_id, found.version, calendar_of(rows, f"{found.calendar_id}-{found.version}"), found.digest)


def notes_of(session: Session, hall_id: str, calendar_id: str, version: int) -> dict[date, str]:
    """The notes of a version's days, such as the names of holidays."""
    query = select(CalendarDay.on, CalendarDay.note).where(
        CalendarDay.hall_id == hall_id, CalendarDay.calendar_id == calendar_id, CalendarDay.version == version
    )
    return {on: note for on, note in session.execute(query) if note is not None}


def _latest(session: Session, hall_id: str, calendar_id: str, as_of: int | None, version: int | None = None) -> Calendar | None:
    newest = select(func.max(Calendar.version)).where(Calendar.hall_id == hall_id, Calendar.calendar_id == calendar_id)
    if as_of is not None:
        newest = newest.where(Calendar.sequence <= as_of)
    wanted = version if version is not None else session.scalar(newest)
    if wanted is None:
        return None
    return session.scalar(
        select(Calendar).where(Calendar.hall_id == hall_id, Calendar.calendar_id == calendar_id, Calendar.version == wanted)
    )
