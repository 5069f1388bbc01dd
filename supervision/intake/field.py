"""One thing that a row of a file may state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Sort = Literal[
    "key", "text", "free", "moment", "moments", "day", "whole", "decimal", "flag", "choice", "citizen", "staff", "service", "window", "seat"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a row may state."""

    id: str
    """Our own column name."""
    sort: Sort
    """key: compared without blanks and case; text: short; free: long, numbers masked; citizen, staff: kept as keyed hash and mask;
    service, window, seat: must be among the hall's; moments: several parted by ';'."""
    names: tuple[str, ...] = ()
    """Other column names."""
    required: bool = False
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """For choice: stored word, and the words of files that mean it."""
    low: int = 0
    high: int = 1_000_000
    """For whole: the range."""
