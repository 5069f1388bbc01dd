"""Names of a log as ids of a scenario, clock times, and numbers as a file writes them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import time
from typing import Any

from simulation.calibration.arrivals import HALF_HOUR
from simulation.calibration.laws import FittedLaw

_NO_ID = re.compile(r"[^\w-]+")
_LONGEST = 60
_RESERVED = ("default",)


def clean(name: str) -> str:
    """A word of the log as an id of a scenario."""
    return _NO_ID.sub("-", name.strip()).strip("-")[:_LONGEST].rstrip("-") or "x"


def shown(name: str) -> str:
    """A word of the log as the name of something in a scenario: in one line, without characters that are not seen."""
    seen = "".join(" " if unicodedata.category(each) in ("Cc", "Cs") else each for each in name)
    return " ".join(seen.split()) or "x"


def ids_of(names: Iterable[str]) -> dict[str, str]:
    """An id for every name; names that would have the same one are numbered."""
    found: dict[str, str] = {}
    taken = set(_RESERVED)
    for name in names:
        base = id = clean(name)
        n = 1
        while id in taken:
            n += 1
            id = f"{base}-{n}"
        found[name] = id
        taken.add(id)
    return found


def clock(minutes: float) -> time:
    """Of minutes of the day, to the minute; the midnight at its end is 00:00."""
    whole = round(minutes)
    return time(whole // 60 % 24, whole % 60)


def label(minutes: float) -> str:
    """As a person writes it, such as 08:30."""
    return f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"


def stretches(half_hours: list[float]) -> list[tuple[float, float]]:
    """Half-hours that follow one another as one."""
    found: list[tuple[float, float]] = []
    for each in half_hours:
        if found and found[-1][1] == each:
            found[-1] = (found[-1][0], each + HALF_HOUR)
        else:
            found.append((each, each + HALF_HOUR))
    return found


def plain(number: float) -> float:
    """Six significant digits: more than any log tells."""
    return float(f"{number:.6g}")


def table_of_law(fitted: FittedLaw) -> dict[str, Any]:
    return {key: value if isinstance(value, str) else plain(value) for key, value in fitted.table.items()}
