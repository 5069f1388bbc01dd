"""Why a row of a log, or a day of a queue, is not believed, or was mended: the words of every reason, in `reasons.toml`, in both languages.

A log keeps the code; a fault names it as a fact and is said in the reader's language, as the reports are. Not for what the log leaves
untold of a scenario (`unknown`).
"""

from __future__ import annotations

from pathlib import Path

from simulation.faults import add_catalogue, read_catalogue

CATALOGUE = Path(__file__).with_name("reasons.toml")
add_catalogue(CATALOGUE)


def fact_of(code: str) -> str:
    """The reason as a fact of a fault."""
    return f"fit_reason_{code}"


def reason_in(code: str, language: str) -> str:
    """The reason in words. Raises LookupError for a code that is none."""
    return str(read_catalogue(CATALOGUE)["reasons"][fact_of(code)][language])
