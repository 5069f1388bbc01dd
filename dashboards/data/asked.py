"""What a job was asked for, in the reader's words: hall, sheet or district by its title, the objective by its name, a move by its kinds.

Whatever is not known here any more (a file that went away, a word of another version) stays as it was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboards.data import district as districts
from dashboards.data import halls, sizing
from dashboards.data.runs import MEASURES
from dashboards.texts import Words
from simulation.faults import BadInput
from simulation.optimisation.objective import COST


def named(words: Words, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments with names in place of ids."""
    titles = {"scenario": _hall, "sheet": _sheet, "district": _district, "objective": _objective}
    found = dict(arguments)
    for key, title in titles.items():
        if isinstance(arguments.get(key), str):
            found[key] = title(words, arguments[key])
    if "district" in arguments and isinstance(arguments.get("moves"), list | tuple):
        found["plan"] = words("inspector_list_join").join(_move(words, str(each)) for each in arguments["moves"]) or words(
            "district_before"
        )
    return found


def _hall(words: Words, name: str) -> str:
    try:
        return words.name(halls.hall(name).title, name)
    except (BadInput, LookupError, OSError):
        return name


def _sheet(words: Words, name: str) -> str:
    try:
        known = sizing.sheet_by_name(name)
    except (BadInput, OSError):
        return name
    return name if known is None else words.name(known.title, name)


def _district(words: Words, name: str) -> str:
    try:
        known = districts.district_by_name(name)
    except (BadInput, OSError):
        return name
    return name if known is None else words.name(known.title, name)


def _objective(words: Words, name: str) -> str:
    if name == COST:
        return words("layout_cost_a_day")
    return MEASURES[name].label[words.language] if name in MEASURES else name


def _move(words: Words, text: str) -> str:
    """`tax:main>township=30%` as `tax: main hall → townships 30%`; what reads otherwise stays."""
    head, _, share = text.partition("=")
    service, _, way = head.rpartition(":")
    ends = [each.strip() for each in way.split(">")]
    if len(ends) != 2 or not all(words.has(f"district_kind_{each}") for each in ends):
        return text
    told = f"{districts.kind(words, ends[0])} → {districts.kind(words, ends[1])} {share.strip()}"
    return f"{service.strip()}: {told}" if service else told
