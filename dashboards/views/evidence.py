"""A record's fields and values, and the ground of a number, in words."""

from __future__ import annotations

from dashboards.data.record import checklist, ground_in
from dashboards.texts import Words


def facts_of(words: Words, fields: tuple[tuple[str, str], ...]) -> str:
    """What a record is, in one line."""
    wanted = ("service_id", "kind", "level", "code", "accepted_at", "rated_at", "observed_at")
    return words("inspector_reason_join").join(
        words("field_with_value", field=field(words, name), value=told(words, name, value)) for name, value in fields if name in wanted
    )


def ground(words: Words, given: str) -> str:
    """The article a number rests on, or the mark of an assumption."""
    return words("assumption_mark") if given == "assumption" else ground_in(given, words.language)


def field(words: Words, name: str) -> str:
    """A record's field in words."""
    return words(f"field_{name}") if words.has(f"field_{name}") else name


def told(words: Words, name: str, value: str) -> str:
    """A field's value in words, where it is one of a few codes."""
    if name == "code" and value in checklist():
        return checklist()[value].name(words.language)
    if name in ("is_default", "is_named"):
        return words("yes" if value.lower() in ("true", "1") else "no")
    key = f"value_{value}"
    return words(key) if name in ("kind", "event", "outcome", "status", "source", "channel", "level") and words.has(key) else value
