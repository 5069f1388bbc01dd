"""What an appeal may contest and what a ruling may make of a record; who may not rule. Pure.

No rule text on appeals against an assessment was found in any source (RULES 2.3), so all of this is an assumption: a line is contested in
a fixed number of working days; a ruling changes evidence, never points; nobody rules on what they recorded, scored, filed or ruled before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from .people import name_key, normal_key
from .scheme import Scheme

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


def lines_meant(scheme: Scheme, lines: Iterable[str], written: str) -> tuple[str, ...]:
    """The lines of a sheet that somebody may mean: by id, else by whole name in either language, else by a part of the name."""
    asked, names = normal_key(written), names_of_lines(scheme)
    known = {line: {normal_key(name) for name in names.get(line, ())} for line in lines}
    for fits in (
        lambda line: normal_key(line) == asked,
        lambda line: asked in known[line],
        lambda line: bool(asked) and any(asked in name for name in known[line]),
    ):
        found = tuple(filter(fits, known))
        if found:
            return found
    return ()


def names_of_lines(scheme: Scheme) -> dict[str, tuple[str, str]]:
    """Line of a sheet -> its name in Chinese and in English."""
    named = [(each.id, each.name) for each in scheme.indicators] + [(each.id, each.name) for each in scheme.bonuses]
    named += [(each.id, each.name) for each in scheme.vetoes]
    return {id: (name.zh, name.en) for id, name in named}


def words_of(evidence_id: str) -> tuple[str, ...]:
    """What a ruling may make of a record; empty for an id of no known kind."""
    return RULED_OF.get(evidence_id.partition(":")[0], ())


def barred(appellant: str, recorded: Iterable[str], scored: Iterable[str], ruled: Iterable[str]) -> dict[str, str]:
    """Key of a person's name -> why they may not rule: ``appeal_own``, ``appeal_recorded``, ``appeal_scored`` or ``appeal_ruled``."""
    found: dict[str, str] = {}
    for persons, why in ((ruled, "appeal_ruled"), (scored, "appeal_scored"), (recorded, "appeal_recorded"), ((appellant,), "appeal_own")):
        found.update(dict.fromkeys(map(name_key, persons), why))
    return found
