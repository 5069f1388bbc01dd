"""The truth cases: published, exact or traced by hand, each with its source (truths.json).

`tolerance` is relative for simulation; analytic code matches to 1e-4 relative.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Truth:
    """One case of truths.json."""

    id: str
    group: str
    source: str
    model: str
    parameters: dict[str, Any]
    quantity: str
    expected: Any
    """a number, or a list of numbers in the order that `quantity` names"""
    tolerance: float
    status: str

    def values(self) -> list[float]:
        """The expected numbers as a list."""
        return [float(v) for v in self.expected] if isinstance(self.expected, list) else [float(self.expected)]


TRUTHS: dict[str, Truth] = {case["id"]: Truth(**case) for case in json.loads(Path(__file__).with_name("truths.json").read_text("utf-8"))}
