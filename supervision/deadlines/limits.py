"""A limit: an amount and a unit that says which time is counted.

A bare "days" (天, 日) is refused until somebody declares which days are meant: a promise of "100 days" may be five
months of working days or three and a half of calendar days (document 001 has such a figure). Hours are refused
likewise: of the clock or of the opening times.

"The same day" (当日, of an instant case 即办件: RULES 3.1, E10 and E15) is a limit of 0 working days: it ends where every
day limit does, at 24:00 of its last day: the day of acceptance, or the first working day after it where that is none."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from supervision.faults import BadInput, fault

UNITS = ("minutes", "working_hours", "working_days", "calendar_days", "months")

LARGEST = {"minutes": 5_256_000, "working_hours": 20_000, "working_days": 2_500, "calendar_days": 3_650, "months": 120}
"""Ten years of each unit: more is a slip of the pen."""

_WORDS = {
    "minutes": ("minutes", "minute", "min", "分钟", "分"),
    "working_hours": ("working_hours", "working hours", "working hour", "工作小时", "个工作小时", "工作时"),
    "working_days": ("working_days", "working days", "working day", "business days", "business day", "工作日", "个工作日"),
    "calendar_days": ("calendar_days", "calendar days", "calendar day", "自然日", "个自然日", "日历日", "自然天"),
    "months": ("months", "month", "月", "个月"),
}
_UNIT_OF = {word: unit for unit, words in _WORDS.items() for word in words}
_BARE_DAYS = frozenset({"days", "day", "d", "天", "日", "个日"})
_BARE_HOURS = frozenset({"hours", "hour", "h", "小时", "时", "个小时"})
_WRITTEN = re.compile(r"([0-9]+)\s*(\S.*)")


@dataclass(frozen=True, slots=True)
class Limit:
    """So much time for a case."""

    amount: int
    """Whole, at least 1; 0 working days is the same day."""
    unit: str
    """One of UNITS."""

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ValueError(f"a limit's unit is one of {', '.join(UNITS)}, not {self.unit!r}")
        if not _least(self.unit) <= self.amount <= LARGEST[self.unit]:
            raise ValueError(f"a limit has from {_least(self.unit)} to {LARGEST[self.unit]} {self.unit}, not {self.amount}")


def _least(unit: str) -> int:
    return 0 if unit == "working_days" else 1


def parse_limit(written: str, unit: str = "", *, place: str = "limit", bare_days: str | None = None) -> Limit:
    """A limit as a person or a register writes it: an amount and a unit apart, or together as in ``5个工作日`` and ``3 months``.

    ``bare_days`` declares what a bare "days" means in this source: ``working_days`` or ``calendar_days``.

    Raises BadInput if the amount is not a whole positive number, the unit is unknown, or it is a bare "days" or
    "hours" that nobody has declared."""
    amount_text = unicodedata.normalize("NFKC", written).strip()
    unit_text = unicodedata.normalize("NFKC", unit).strip()
    if not unit_text:
        match = _WRITTEN.fullmatch(amount_text)
        if match is not None:
            amount_text, unit_text = match[1], match[2]
    chosen = _unit(unit_text, place, bare_days)
    if not re.fullmatch(r"[0-9]{1,9}", amount_text) or not 1 <= int(amount_text) <= LARGEST[chosen]:
        raise BadInput([fault("limit_amount", place, written, unit=chosen, largest=LARGEST[chosen])])
    return Limit(int(amount_text), chosen)


def _unit(written: str, place: str, bare_days: str | None) -> str:
    word = written.lower()
    if word in _UNIT_OF:
        return _UNIT_OF[word]
    if word in _BARE_DAYS:
        if bare_days is None:
            raise BadInput([fault("limit_bare_days", place, written)])
        if bare_days not in ("working_days", "calendar_days"):
            raise ValueError(f"bare days are working_days or calendar_days, not {bare_days!r}")
        return bare_days
    if word in _BARE_HOURS:
        raise BadInput([fault("limit_bare_hours", place, written)])
    raise BadInput([fault("limit_unit", place, written, units=", ".join(UNITS))])
