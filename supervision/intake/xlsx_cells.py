"""The cells of a workbook as text, read in a process of its own under a memory limit.

Run as a program by xlsx.py: the workbook on stdin, the sheet's name (or nothing) and the limit as arguments, JSON on stdout, one value a
line: first the names of the sheets that hold anything, then each row of the chosen sheet as [texts, columns with a true date, columns with
a number that a workbook cannot hold exactly, columns with a number that could be the serial of a day]. Two cells in the far corners of a
sheet are enough to make a reader ask for 500 GB and end its process: it ends here, not in the program. Imports nothing of the program, so
that it starts at once.
"""

from __future__ import annotations

import io
import json
import math
import sys
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook

BROKEN = 3
"""Exit code for a workbook that cannot be read."""
LAST_SERIAL = 2958466
"""The serial after that of 31 December 9999."""
EXACT = 10**15
"""Whole numbers of more than 15 digits have lost digits before we meet them."""


def main(sheet: str, limit: int) -> int:
    """Print the sheets with content and the rows of one; the exit code."""
    _limit_memory(limit)
    out = sys.stdout.buffer
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        names = [name for name in workbook.sheet_names if name == sheet or not sheet]
        filled = [name for name in names if sheet or workbook.get_sheet_by_name(name).end is not None]
        out.write(json.dumps(filled).encode() + b"\n")
        if len(filled) == 1:
            for row in workbook.get_sheet_by_name(filled[0]).to_python(skip_empty_area=False):
                dates = [column for column, value in enumerate(row) if isinstance(value, date)]
                inexact = [column for column, value in enumerate(row) if _is_inexact(value)]
                serials = [column for column, value in enumerate(row) if isinstance(value, float) and 0 <= value < LAST_SERIAL]
                out.write(json.dumps([[_text(value) for value in row], dates, inexact, serials]).encode() + b"\n")
    except CalamineError:
        return BROKEN
    out.flush()
    return 0


def _limit_memory(limit: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has none: what ends there for want of memory is this process all the same
        return
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _is_inexact(value: object) -> bool:
    return isinstance(value, float) and (not math.isfinite(value) or abs(value) >= EXACT)


def _text(value: object) -> str:
    """A cell as text: whole numbers without a point, true dates as ISO, yes and no as 1 and 0."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < EXACT else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
