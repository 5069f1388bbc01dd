"""When a case is due: limits, clocks, stops, and the trace that shows how a due moment came about.

limits.py says what a limit is, clocks.py counts one limit, due.py lets the promised, the legal and the register's own
limit meet, trace.py puts the steps into words. Pure: no database, no today."""

from __future__ import annotations

from .clocks import Counted, Opening, Stop, WorkingDays, count, extend
from .due import Due, due, extended, is_late, reminder_day, working_days_late
from .limits import UNITS, Limit, parse_limit
from .trace import Step

__all__ = [
    "UNITS",
    "Counted",
    "Due",
    "Limit",
    "Opening",
    "Step",
    "Stop",
    "WorkingDays",
    "count",
    "due",
    "extend",
    "extended",
    "is_late",
    "parse_limit",
    "reminder_day",
    "working_days_late",
]
