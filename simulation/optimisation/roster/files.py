"""A table that people keep: CSV or xlsx, its header in English or Chinese, every cell as text. Not for ticket logs (`calibration`)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from simulation.faults import BadInput, Fault, fault

MOST_ROWS = 20_000
MOST_DAYS = 400
"""that one stretch of leave may have"""
SEPARATORS = str.maketrans("；，、,\n", ";;;;;")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CHINESE_WEEKDAYS = "一二三四五六日"
YES, NO = ("1", "true", "yes", "y", "是"), ("", "0", "false", "no", "n", "否")

Row = dict[str, str]
"""column -> what stands there"""


def read_rows(path: Path, columns: Mapping[str, tuple[str, ...]]) -> list[tuple[int, Row]]:
    """The rows of a table, each with its number in the file (the header is row 1); empty ones are left out.

    columns : name -> other words for it that a header may use

    Raises BadInput if the file cannot be read, a column is unknown or there twice, or there are no rows.
    """
    cells = _xlsx_cells(path) if path.suffix.lower() == ".xlsx" else _csv_cells(path)
    if not cells:
        raise BadInput([fault("roster_empty", path)])
    named = {word.lower(): name for name, words in columns.items() for word in (name, *words)}
    header = [named.get(each.strip().lower(), "") for each in cells[0]]
    unknown = [each for each, name in zip(cells[0], header, strict=True) if each.strip() and not name]
    faults = [fault("roster_column", path, each, known=", ".join(columns)) for each in unknown]
    faults += [fault("roster_column_twice", path, name) for name in columns if header.count(name) > 1]
    rows = []
    for number, line in enumerate(cells[1:], start=2):
        row = {name: each.strip() for name, each in zip(header, line, strict=False) if name and each.strip()}
        if row:
            rows.append((number, row))
    if not rows and not faults:
        faults.append(fault("roster_empty", path))
    if len(rows) > MOST_ROWS:
        faults.append(fault("roster_too_long", path, len(rows), most=MOST_ROWS))
    if faults:
        raise BadInput(faults)
    return rows


def _csv_cells(path: Path) -> list[list[str]]:
    raw = read_bytes(path)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    raise BadInput([fault("roster_encoding", path)])


def _xlsx_cells(path: Path) -> list[list[str]]:
    raw = read_bytes(path)
    try:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0).to_python()
    except (CalamineError, IndexError, OSError, ValueError) as refused:
        raise BadInput([fault("roster_unreadable", path, reason=str(refused) or type(refused).__name__)]) from None
    return [[_text(cell) for cell in row] for row in rows]


def read_bytes(path: Path) -> bytes:
    """The file. Raises BadInput if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as refused:
        raise BadInput([fault("roster_unreadable", path, reason=refused.strerror or type(refused).__name__)]) from None


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat() if (cell.hour, cell.minute) == (0, 0) else cell.strftime("%H:%M")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.strftime("%H:%M")
    if isinstance(cell, timedelta):
        return f"{int(cell.total_seconds()) // 3600:02d}:{int(cell.total_seconds()) // 60 % 60:02d}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


# ---- what cells hold -------------------------------------------------------------------------------------------------------------------


def listed(text: str) -> list[str]:
    """A cell with several things in it, parted by semicolons or commas of either kind."""
    return [each.strip() for each in text.translate(SEPARATORS).split(";") if each.strip()]


def days_in(texts: list[str], place: str, faults: list[Fault]) -> tuple[frozenset[date], frozenset[int]]:
    """Dates (2026-12-07, or 2026-12-07..2026-12-11) and weekdays (sat, 周六); what is neither becomes a fault."""
    dates: set[date] = set()
    weekdays: set[int] = set()
    for text in texts:
        weekday = weekday_of(text)
        first, _, last = text.replace("至", "..").replace("~", "..").partition("..")
        begin, end = date_of(first), date_of(last or first)
        if weekday is not None:
            weekdays.add(weekday)
        elif begin is None or end is None or not 0 <= (end - begin).days <= MOST_DAYS:
            faults.append(fault("roster_date", place, text))
        else:
            dates |= {begin + timedelta(days=n) for n in range((end - begin).days + 1)}
    return frozenset(dates), frozenset(weekdays)


def weekday_of(text: str) -> int | None:
    """0 Monday to 6 Sunday; None if it names none."""
    low = text.strip().lower()[:3]
    if low in WEEKDAYS:
        return WEEKDAYS.index(low)
    chinese = text.strip().removeprefix("星期").removeprefix("周").replace("天", "日")
    return CHINESE_WEEKDAYS.index(chinese) if len(chinese) == 1 and chinese in CHINESE_WEEKDAYS and chinese != text.strip() else None


def date_of(text: str) -> date | None:
    """A date such as 2026-12-07 or 2026/12/7; None if it is none."""
    try:
        year, month, day = (int(each) for each in text.strip().replace("/", "-").split("-"))
        return date(year, month, day)
    except ValueError:
        return None


def minutes_in(text: str) -> float | None:
    """A clock time such as 08:30 as minutes after midnight; None if it is none, or stands on no half-hour."""
    hours, _, minutes = text.strip().replace("：", ":").partition(":")
    minutes = minutes[:2]
    if not hours.isdecimal() or not minutes.isdecimal() or int(hours) > 24 or int(minutes) not in (0, 30):
        return None
    found = int(hours) * 60 + int(minutes)
    return float(found) if found <= 1440 else None
