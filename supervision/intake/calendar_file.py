"""A hall's working days from a file: date, working, and if wanted provisional and note, one row a day that matters.

The years that a file names are replaced as a whole: its rows, and Monday to Friday worked on every other day. Other
years stay as the latest version has them. The result is a new version; sheets already scored keep the one they were
counted with. A calendar is never taken in part: a single bad row refuses the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from simulation.calendar import FIRST_YEAR, LAST_PROVISIONAL_YEAR, Row, calendar_of

from ..db.calendars import add_version, notes_of, read_calendar
from ..db.store import Store
from ..faults import BadInput, Fault, fault
from ..people import mask_text, normal_text
from .moments import MomentReader, NoMoment
from .reading import place_of, read_bytes, read_table
from .table import Table, normal_header

COLUMNS = {
    "date": ("date", "日期"),
    "working": ("working", "工作日", "是否工作日"),
    "provisional": ("provisional", "暂定"),
    "note": ("note", "备注", "说明"),
}
YES = frozenset({"1", "yes", "true", "是", "班", "上班"})
NO = frozenset({"0", "no", "false", "否", "休", "休息", ""})
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class CalendarImport:
    """What an import of a calendar did."""

    calendar_id: str
    version: int
    years: tuple[int, ...]
    """The years that the file replaced."""
    rows: int
    changed: bool
    """False if the record already had exactly these days."""


def import_calendar(store: Store, path: Path, hall: str, person: str, calendar_id: str | None = None) -> CalendarImport:
    """Read a file of working days and write it as a new version of the hall's calendar, in one act of ``person``.

    Raises BadInput, with every fault, if the file is not such a table, or if the hall has no calendar yet.
    """
    content, digest = read_bytes(path)
    names = frozenset(normal_header(name) for several in COLUMNS.values() for name in several)
    given, notes = _days(read_table(content, path, names), place_of(path))
    years = tuple(sorted({row.day.year for row in given}))
    with store.act(person, "import calendar", hall) as work:
        before = read_calendar(work.session, hall, calendar_id)
        kept = [row for row in before.days.rows() if row.day.year not in years]
        old_notes = notes_of(work.session, hall, before.calendar_id, before.version)
        all_notes = {day: note for day, note in old_notes.items() if day.year not in years} | notes
        days = calendar_of([*kept, *_whole_years(given, years)], f"{before.calendar_id}-new")
        version = add_version(work, before.calendar_id, days, path.stem, place_of(path), all_notes)
        changed = version != before.version
        work.detail(calendar=before.calendar_id, version=version, years=list(years), rows=len(given), digest=digest, changed=changed)
    return CalendarImport(before.calendar_id, version, years, len(given), changed)


def _whole_years(given: list[Row], years: tuple[int, ...]) -> list[Row]:
    """Every day of the years: as the file has it, else by the rule Monday to Friday. A year is provisional if one of its rows is."""
    named = {row.day: row for row in given}
    unsure = {row.day.year for row in given if row.provisional}
    rows = []
    for year in years:
        day = date(year, 1, 1)
        while day.year == year:
            rows.append(Row(day, named[day].working if day in named else day.weekday() < 5, year in unsure))
            day += timedelta(days=1)
    return rows


def _days(table: Table, place: str) -> tuple[list[Row], dict[date, str]]:
    header = [normal_header(name) for name in table.header]
    column = {key: next((header.index(name) for name in several if name in header), None) for key, several in COLUMNS.items()}
    if column["date"] is None or column["working"] is None:
        raise BadInput([fault("calendar_columns", place, ", ".join(table.header))])
    faults = [fault(each.code, f"{place}: line {each.line}", each.value, **each.facts) for each in table.unreadable]
    rows: list[Row] = []
    notes: dict[date, str] = {}
    seen: set[date] = set()
    for line, values in zip(table.lines, table.rows, strict=True):
        where = f"{place}: line {line}"
        told = {key: "" if at is None else normal_text(values[at]) for key, at in column.items()}
        told["date"] = _of_serial(told["date"], table, column["date"])
        day = _day(told["date"], where, faults)
        working = _flag(told["working"], where, faults, blank=False)
        provisional = _flag(told["provisional"], where, faults, blank=True)
        if day is None or working is None or provisional is None:
            continue
        if day in seen:
            faults.append(fault("calendar_day_twice", where, day))
        seen.add(day)
        rows.append(Row(day, working, provisional))
        if told["note"]:
            notes[day] = mask_text(told["note"])
    if not rows and not faults:
        faults.append(fault("file_empty", place))
    if faults:
        raise BadInput(faults)
    return rows, notes


def _of_serial(written: str, table: Table, column: int) -> str:
    """A day that a workbook holds as a number, as text; anything else as it is."""
    if written not in table.serials.get(column, ()):
        return written
    try:
        reader = MomentReader((), ZoneInfo("UTC"), ZoneInfo("UTC"), epoch_1904=table.epoch_1904, serials=table.serials[column])
        return reader.read_day(written).isoformat()
    except NoMoment:
        return written


def _day(written: str, where: str, faults: list[Fault]) -> date | None:
    try:
        day = date.fromisoformat(written) if _ISO_DAY.fullmatch(written) else None
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_PROVISIONAL_YEAR:
        faults.append(fault("calendar_date", where, written, first=FIRST_YEAR, last=LAST_PROVISIONAL_YEAR))
        return None
    return day


def _flag(written: str, where: str, faults: list[Fault], blank: bool) -> bool | None:
    word = written.lower()
    if word in YES:
        return True
    if word in NO and (word or blank):
        return False
    faults.append(fault("calendar_flag", where, written))
    return None
