"""What a log does not tell of the scenario that was fitted to it, and what stands there instead: an assumption, with its reason.

The sentences are in `unknowns.toml` beside this file, in both languages; they stand in the scenario's `[basis]` and notes, and in the
report. Not for rows that cannot be believed: these are rejects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from simulation.faults import add_catalogue, sentence_of
from simulation.wording import filled

CATALOGUE = Path(__file__).with_name("unknowns.toml")
add_catalogue(CATALOGUE)

BEGINS = {"en": "assumption: ", "zh": "假设："}
"""how the basis of an assumption begins"""


@dataclass(frozen=True, slots=True)
class Unknown:
    """One thing that the log does not tell."""

    path: str
    """where it stands in the scenario, or would: services.tax.patience_min; "" for the whole"""
    code: str
    """of the sentence, without its beginning fit_unknown_"""
    facts: Mapping[str, str] = field(default_factory=dict)

    def text(self, language: str = "en") -> str:
        """The reason as one sentence."""
        return filled(sentence_of(f"fit_unknown_{self.code}", language), self.facts)

    def basis(self, language: str = "en") -> str:
        """As `[basis]` has it."""
        return BEGINS[language] + self.text(language)


def together(listed: Sequence[Unknown], language: str = "en") -> str:
    """Several in one note."""
    stop, end = ("; ", ".") if language == "en" else ("；", "。")
    return BEGINS[language] + stop.join(each.text(language) for each in listed) + end


def unknown(path: str, code: str, **facts: object) -> Unknown:
    return Unknown(path, code, {name: f"{value:,}" if isinstance(value, int) else str(value) for name, value in facts.items()})
