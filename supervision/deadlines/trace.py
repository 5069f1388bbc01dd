"""How a due moment came about, step by step, in words.

A step is a code and its facts; its sentence stands in trace.toml in both languages. Not for faults: what is refused
is worded in faults.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

_SENTENCES = Path(__file__).with_name("trace.toml")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the count."""

    code: str
    """A key of trace.toml."""
    facts: tuple[tuple[str, str], ...] = ()
    """Name and value; values of 'kind' and 'unit' are put into words, the others stand as they are."""

    def text(self, language: str = "en") -> str:
        """The step as a sentence. Raises LookupError if trace.toml has no such code."""
        sentences = _sentences()
        words = sentences["words"]
        told = dict(self.facts)
        single = language == "en" and told.get("amount") == "1"
        for name in ("kind", "unit"):
            if name in told:
                known = words.get(told[name], {})
                told[name] = known.get("one" if single and name == "unit" else language, told[name])
        return sentences["steps"][self.code][language].format_map(told)


def step(code: str, **facts: object) -> Step:
    """A step with its facts as text."""
    return Step(code, tuple((name, str(value)) for name, value in facts.items()))


def runs(days: Sequence[date]) -> str:
    """Days in order as runs: ``2022-01-31–2022-02-06, 2022-02-12``."""
    written: list[str] = []
    first = last = None
    for each in days:
        if first is None or last is None:
            first = last = each
        elif each == last + timedelta(days=1):
            last = each
        else:
            written.append(_run(first, last))
            first = last = each
    if first is not None and last is not None:
        written.append(_run(first, last))
    return ", ".join(written)


def _run(first: date, last: date) -> str:
    return first.isoformat() if first == last else f"{first.isoformat()}–{last.isoformat()}"


@lru_cache(maxsize=1)
def _sentences() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(_SENTENCES.read_text(encoding="utf-8"))
