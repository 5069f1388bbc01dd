"""A job as plain data, and its id.

Not for running one: that is the line's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

ENDED = ("done", "cancelled", "failed", "interrupted")
"""states that nothing but a new start changes"""
PROGRAM = ("simulation", "dashboards/jobs", "dashboards/data")
"""what a result depends on"""


@dataclass(frozen=True, slots=True)
class Job:
    """How a piece of long work stands."""

    id: str
    kind: str
    arguments: Mapping[str, Any]
    state: str = "waiting"
    """waiting, running, done, cancelled, failed or interrupted"""
    progress: float | None = None
    """0..1; None where the work cannot tell"""
    left: float | None = None
    """seconds until the end, guessed from the progress so far; None while nothing is known"""
    place: int | None = None
    """in line, from 1; None for one that does not wait"""
    note: str = ""
    """key of the sentence that says what is being done; "" for none"""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """what that sentence fills in"""
    asked: float = 0.0
    """seconds since 1970, as are the next two"""
    started: float | None = None
    ended: float | None = None
    who: tuple[str, ...] = ()
    """who asked for it, the first first; without names, nobody"""
    address: Mapping[str, Any] = field(default_factory=dict)
    """query of the page that shows the result"""
    reason: Mapping[str, str] = field(default_factory=dict)
    """why it failed, by language"""
    server: str = ""
    """which server runs it, or did"""

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it."""
        return self.state in ENDED

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Job:
        """Out of JSON."""
        return cls(**{**given, "who": tuple(given["who"])})


def id_of(kind: str, arguments: Mapping[str, Any]) -> str:
    """The id of that work, the same for the same kind, arguments and sources of the program.

    Raises TypeError for arguments that are not plain data, ValueError for nan or an infinity among them.
    """
    asked = json.dumps([kind, arguments, _program()], sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(asked.encode()).hexdigest()[:20]


@lru_cache(maxsize=1)
def _program() -> str:
    root = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for path in sorted(each for folder in PROGRAM for each in (root / folder).rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
