"""A record's id, fields and values, and the ground of a number, in words: names for ids, the hall's own time to the minute."""

from __future__ import annotations

import re

from dashboards.data import record
from dashboards.data.record import checklist, ground_in
from dashboards.texts import Words

TOLD = (
    "service_id", "name", "kind", "level", "code", "paper", "value", "minutes", "accepted_at", "rated_at", "observed_at", "happened_at",
    "received_at", "due_on",
)  # fmt: skip
"""Fields that say in one line what a record is."""
CODED = ("kind", "event", "outcome", "status", "source", "level", "unit")
"""Fields of which every value is one of a few codes."""
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(\.\d+)?)?([+-]\d\d:\d\d)?")


def label(words: Words, evidence_id: str) -> str:
    """A record's id with its kind in words: ``case:2022-1`` becomes 办件 2022-1."""
    kind, _, number = evidence_id.partition(":")
    return f"{words(f'kind_{kind}')} {number}" if number and words.has(f"kind_{kind}") else evidence_id


def facts_of(words: Words, hall: str, fields: tuple[tuple[str, str], ...]) -> str:
    """What a record is, in one line."""
    return words("inspector_reason_join").join(
        words("field_with_value", field=field(words, name), value=told(words, hall, name, value)) for name, value in fields if name in TOLD
    )


def ground(words: Words, given: str) -> str:
    """The article a number rests on, or the mark of an assumption."""
    return words("assumption_mark") if given == "assumption" else ground_in(given, words.language)


def field(words: Words, name: str) -> str:
    """A record's field in words."""
    return words(f"field_{name}") if words.has(f"field_{name}") else name


def told(words: Words, hall: str, name: str, value: str) -> str:
    """A field's value in words: names for ids and codes, moments on the hall's clock to the minute."""
    if name == "code" and value in checklist():
        return checklist()[value].name(words.language)
    if name in ("is_default", "is_named"):
        return words("yes" if value.lower() in ("true", "1") else "no")
    if name == "channel" and words.has(f"channel_{value}"):
        return words(f"channel_{value}")
    for key in (f"value_{value}", f"kind_{value}", f"cli_unit_{value}", f"cli_paper_{value}"):
        if name in CODED and words.has(key):
            return words(key)
    moment = _MOMENT.fullmatch(value)
    if moment is not None:
        return f"{moment[1]} {moment[2]}"
    return words.name(record.names(hall).get(name, {}).get(value), value)
