"""The checklist of checks (明察暗访): what can be found, in whose words, and whose fault it can be.

The list is data (``schemes/checklist.toml``). What a finding costs is the scheme's matter, so no points stand here. A check that found
nothing is recorded with the code ``none``: it is how a window shows that somebody looked.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

CHECKLIST = Path(__file__).with_name("schemes") / "checklist.toml"
CHECKLIST_ID = "open-hall/3"
"""Id and newest version of the shipped list; a check names the one it was made by."""
NOTHING_FOUND = "none"
"""The code of a check that found no fault."""
UPHELD = "complaint_upheld"
"""The code of a complaint that names no other."""


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One thing that can be found."""

    code: str
    name_zh: str
    name_en: str
    source: str
    """The founding document and its phrase, or the rule set that names it."""
    whose: Literal["window", "hall"]
    """``hall``: decided by the hall (how many windows are open, what stands in the lobby); no scheme may charge it to a window."""

    since: int = 1
    """The version of the list that brought it."""

    def name(self, language: str) -> str:
        return self.name_zh if language == "zh" else self.name_en


@lru_cache(maxsize=1)
def checklist() -> dict[str, CheckItem]:
    """Every item by its code, in the order of the file."""
    rows = tomllib.loads(CHECKLIST.read_text(encoding="utf-8"))["codes"]
    items = [CheckItem(row["code"], row["name"]["zh"], row["name"]["en"], row["from"], row["whose"], row.get("since", 1)) for row in rows]
    if len({each.code for each in items}) != len(items):
        raise ValueError(f"{CHECKLIST.name} names a code twice")
    return {each.code: each for each in items}


@lru_cache(maxsize=1)
def checklists() -> dict[str, frozenset[str]]:
    """Every version of the list, such as ``open-hall/1``, and its codes: version n has the codes that are no newer than n."""
    newest = max(each.since for each in checklist().values())
    return {
        f"{_list_id()}/{version}": frozenset(each.code for each in checklist().values() if each.since <= version)
        for version in range(1, newest + 1)
    }


def _list_id() -> str:
    return str(tomllib.loads(CHECKLIST.read_text(encoding="utf-8"))["id"])
