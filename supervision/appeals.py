"""What an appeal may contest and what a ruling may make of a record; who may not rule. Pure.

No rule text on appeals against an assessment was found in any source (RULES 2.3), so all of this is an assumption: a line is contested in
a fixed number of working days; a ruling changes evidence, never points; nobody rules on what they recorded, scored, filed or ruled before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from .people import name_key

Verdict = Literal["upheld", "dismissed"]
OBJECTION_DAYS = 5
"""Working days for objections unless the caller says otherwise. Assumption: no source gives one."""
RULED_OF: Mapping[str, tuple[str, ...]] = {
    "case": ("excused", "admitted"),
    "rating": ("mistaken", "malicious", "admitted"),
    "finding": ("withdrawn", "admitted"),
    "complaint": ("withdrawn",),
    "attendance": ("withdrawn",),
    "review": ("withdrawn",),
    "receipt": ("excused",),
    "paper": ("excused",),
}
"""Kind of record -> what a ruling may make of it; the first is what an upheld appeal means unless it says otherwise."""
INSTANCES = 2
"""A first ruling, and one more by somebody else."""


def words_of(evidence_id: str) -> tuple[str, ...]:
    """What a ruling may make of a record; empty for an id of no known kind."""
    return RULED_OF.get(evidence_id.partition(":")[0], ())


def barred(appellant: str, recorded: Iterable[str], scored: Iterable[str], ruled: Iterable[str]) -> dict[str, str]:
    """Key of a person's name -> why they may not rule: ``appeal_own``, ``appeal_recorded``, ``appeal_scored`` or ``appeal_ruled``."""
    found: dict[str, str] = {}
    for persons, why in ((ruled, "appeal_ruled"), (scored, "appeal_scored"), (recorded, "appeal_recorded"), ((appellant,), "appeal_own")):
        found.update(dict.fromkeys(map(name_key, persons), why))
    return found
