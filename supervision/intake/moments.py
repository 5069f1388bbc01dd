"""Reading moments and days: by declared formats only, to exact microseconds UTC and the hall's local day.

strptime is not used: it takes one digit for two, blanks for nothing, and is slow. A stamp without an offset is in the mapping's zone.
Where clocks go forward there are stamps that never were: refused. Where they go back a stamp happens twice: the first is taken. Serial
day numbers are read where a mapping says "excel", and where a workbook holds a number in a column of moments: 1 to 59 and 60 (29 February
1900, which never was), 0 and below are refused, 1904 workbooks count from their own day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1)
_DIGITS = {"Y": r"\d{4}", "m": r"\d{1,2}", "d": r"\d{1,2}", "H": r"\d{1,2}", "M": r"\d{2}", "S": r"\d{2}", "f": r"\d{1,6}"}
_OFFSET = r"Z|[+-]\d{2}:?\d{2}(?::?\d{2})?"
_SERIAL = re.compile(r"\d{1,7}(?:\.\d{1,12})?")
_TWO_ORDERS = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4}(?:[ T].*)?")
FORMATS_OF_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日")
SETTLED = 63_072_000_000_000
"""1972-01-01, microseconds: since then every zone keeps to quarters of an hour."""
LATEST_SERIAL = 2958465
"""9999-12-31."""


class NoMoment(ValueError):
    """A text that is no moment; the code is the rule it broke."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@lru_cache(maxsize=256)
def pattern_of(form: str) -> re.Pattern[str]:
    """The exact pattern of a format; one digit for month, day or hour passes only where a separator stands on both sides."""
    out = ""
    parts = re.split(r"(%.)", form)
    for position, part in enumerate(parts):
        if not part.startswith("%"):
            out += re.escape(part)
            continue
        code = part[1]
        if code == "z":
            out += f"(?P<z>{_OFFSET})"
            continue
        crowded = any(
            not parts[there] and 0 <= beyond < len(parts) and parts[beyond].startswith("%") and parts[beyond] != "%z"
            for there, beyond in ((position - 1, position - 2), (position + 1, position + 2))
        )
        digits = r"\d{2}" if crowded and code in "mdH" else _DIGITS[code]
        out += f"(?P<{code}>{digits})"
    return re.compile(out, re.ASCII)


def looks_like_two_orders(text: str) -> bool:
    """Whether a text such as 03/04/2024 could be 3 April or 4 March."""
    return _TWO_ORDERS.fullmatch(text) is not None


@dataclass(slots=True)
class MomentReader:
    """Reads the moments of one column."""

    formats: tuple[str, ...]
    zone: ZoneInfo
    """Of stamps without an offset."""
    hall_zone: ZoneInfo
    """Whose local day is kept."""
    bare_day_is_end: bool = False
    midnight_ends: bool = False
    """Whether a stamp at midnight belongs to the day that ends then, as a due moment does."""
    epoch_1904: bool = False
    serials: frozenset[str] = frozenset()
    """Texts that a workbook holds as numbers: in a column of moments they are serials of days, declared or not."""
    _offsets: dict[tuple[int, int, int, int, int], int] = field(default_factory=dict)
    _days: dict[int, str] = field(default_factory=dict)

    def read(self, text: str, is_date_cell: bool = False) -> tuple[int, str]:
        """(microseconds since 1970 UTC, local day YYYY-MM-DD in the hall's zone). NoMoment with the broken rule's code.

        A bare day that means its end is the next midnight; its local day stays the day itself.
        """
        if is_date_cell:
            return self._date_cell(text)
        for form in self.formats:
            if form == "excel":
                if _SERIAL.fullmatch(text):
                    return self._serial(text)
                continue
            match = pattern_of(form).fullmatch(text)
            if match is not None:
                return self._parts(match.groupdict())
        if text in self.serials:
            return self._serial(text)
        raise NoMoment("moment_format")

    def read_day(self, text: str, is_date_cell: bool = False) -> date:
        """The local day of a column of days. NoMoment with the broken rule's code."""
        if is_date_cell:
            return date.fromisoformat(self._date_cell(text)[1])
        if text in self.serials:
            return date.fromisoformat(self._serial(text)[1])
        return read_day(text)

    def _parts(self, parts: dict[str, str]) -> tuple[int, str]:
        second = int(parts.get("S", 0))
        try:
            naive = datetime(
                int(parts["Y"]), int(parts["m"]), int(parts["d"]), int(parts.get("H", 0)), int(parts.get("M", 0)), second,
                int(parts["f"].ljust(6, "0")) if "f" in parts else 0,
            )  # fmt: skip
        except ValueError:
            raise NoMoment("moment_none") from None
        if "H" not in parts and self.bare_day_is_end:
            return self._end_of(naive)
        return self._finish(naive, parts.get("z"))

    def _end_of(self, day: datetime) -> tuple[int, str]:
        try:
            stamp, _ = self._finish(day + timedelta(days=1), None)
        except OverflowError:
            raise NoMoment("moment_none") from None
        return stamp, day.date().isoformat()

    def _finish(self, naive: datetime, offset: str | None) -> tuple[int, str]:
        local = (naive - EPOCH) // timedelta(microseconds=1)
        stamp = local - (self._offset_of_zone(naive) if offset is None else _offset(offset)) * 1_000_000
        return stamp, self.local_day(stamp - self.midnight_ends)

    def _offset_of_zone(self, naive: datetime) -> int:
        """Seconds east of UTC; NoMoment for a stamp that the clocks jump over."""
        key = (naive.year, naive.month, naive.day, naive.hour, naive.minute)
        found = self._offsets.get(key)
        if found is None:
            before = naive.replace(tzinfo=self.zone, fold=0).utcoffset()
            after = naive.replace(tzinfo=self.zone, fold=1).utcoffset()
            if before is None or after is None or before < after:
                raise NoMoment("moment_gap")
            found = self._offsets[key] = int(before.total_seconds())
        return found

    def local_day(self, stamp: int) -> str:
        """The day of a moment in the hall's zone."""
        quarter = stamp // 900_000_000
        day = self._days.get(quarter) if stamp > SETTLED else None
        if day is None:
            try:
                moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=stamp)
                day = moment.astimezone(self.hall_zone).date().isoformat()
            except OverflowError:
                raise NoMoment("moment_none") from None
            self._days[quarter] = day
        return day

    def _serial(self, text: str) -> tuple[int, str]:
        days = float(text)
        low = 0 if self.epoch_1904 else 61
        if not low <= days < LATEST_SERIAL + 1:
            raise NoMoment("moment_serial")
        base = datetime(1904, 1, 1) if self.epoch_1904 else datetime(1899, 12, 30)
        try:
            naive = base + timedelta(seconds=round(days * 86400))  # a serial holds no more than a second exactly
        except OverflowError:
            raise NoMoment("moment_serial") from None
        if "." not in text and self.bare_day_is_end:
            return self._end_of(naive)
        return self._finish(naive, None)

    def _date_cell(self, text: str) -> tuple[int, str]:
        naive = datetime.fromisoformat(text)
        if naive < (datetime(1904, 1, 2) if self.epoch_1904 else datetime(1900, 3, 1)):
            raise NoMoment("moment_serial")
        if len(text) == 10 and self.bare_day_is_end:
            return self._end_of(naive)
        return self._finish(naive, None)


@lru_cache(maxsize=128)
def _offset(text: str) -> int:
    """Seconds east of UTC of `+08:00`, `-0330`, `Z`; NoMoment beyond a day."""
    if text == "Z":
        return 0
    digits = text[1:].replace(":", "")
    hours, minutes, seconds = int(digits[:2]), int(digits[2:4]), int(digits[4:6] or 0)
    if hours > 23 or minutes > 59 or seconds > 59:
        raise NoMoment("moment_none")
    total = hours * 3600 + minutes * 60 + seconds
    return -total if text[0] == "-" else total


def read_day(text: str, formats: tuple[str, ...] = FORMATS_OF_DAYS) -> date:
    """A day by fixed formats. NoMoment if it is none."""
    for form in formats:
        match = pattern_of(form).fullmatch(text)
        if match is not None:
            try:
                return date(int(match["Y"]), int(match["m"]), int(match["d"]))
            except ValueError:
                raise NoMoment("moment_none") from None
    raise NoMoment("day_format")
