"""A plan's changes in words: what a lever is called, its values, and one sentence a change, in either language.

The wording stands in ``texts/levers.toml``; names of groups and services come from the document. Used by the pages and the command line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.texts import Words
from simulation.plans import LEVERS, Change, Lever, now_of
from simulation.plans.document import windows_of
from simulation.plans.forms import NONE, Tidal, Windows, read_value

Document = Mapping[str, Any]
MORE = ("windows", "tidal")
"""levers whose value may be so many more, under a condition"""
LEAVING = ("at_break", "at_shift_end")
"""levers that share the words of their choices"""


def label(words: Words, lever: str) -> str:
    """What a lever is called."""
    return words(f"lever_{lever}")


def value_in_words(words: Words, lever: str, value: str) -> str:
    """A value as people read it; a rule without words of its own as it is written."""
    if value == "":
        return words("choice_none_layout" if lever == "layout" else "choice_various")
    key = f"choice_{'leaving' if lever in LEAVING else lever}_{value}"
    if words.has(key):
        return words(key)
    if value == NONE:
        return words(f"choice_none_{lever}") if words.has(f"choice_none_{lever}") else words("choice_none_other")
    return value.replace("-", "–") if LEVERS[lever].form.kind == "spans" else value


def target_in_words(words: Words, document: Document, lever: Lever, target: str) -> str:
    """The name of what a lever is set for; of each of them without a target, "" for the whole hall."""
    if lever.of == "hall":
        return ""
    if lever.of == "path":
        return target
    listed = windows_of(document) if lever.of == "windows" else list(document.get(lever.of) or [])
    if lever.of == "opening":
        number = int(target) if target.isdecimal() else len(listed)
        if not 1 <= number <= len(listed):
            return words("of_opening", number=number)
        return f"{listed[number - 1]['from']:%H:%M}–{listed[number - 1]['to']:%H:%M}"
    if not target:
        return words("of_every_group" if lever.of == "windows" else "of_each")
    return next((words.name(_named(each), target) for each in listed if each["id"] == target), target)


def _named(entry: Mapping[str, Any]) -> Mapping[str, str] | str:
    name: Mapping[str, str] | str = entry.get("name", entry["id"])
    return name


def before(document: Document, change: Change) -> str:
    """How the lever stands in the base; of windows for part of the day there are none."""
    if change.lever in MORE and "@" in change.value:
        return "0"
    return now_of(document, LEVERS[change.lever], change.target)


def after(change: Change) -> str:
    """How the lever stands in the plan."""
    return change.value.partition("@")[0] if change.lever in MORE else change.value


def sentence(words: Words, document: Document, change: Change) -> str:
    """The change as one sentence; `document` is that of the base."""
    lever = LEVERS[change.lever]
    of = target_in_words(words, document, lever, change.target)
    own = _own_sentence(words, document, change, of)
    if own is not None:
        return own
    name = of if lever.of == "path" else label(words, lever.name)
    facts = {
        "lever": name,
        "before": value_in_words(words, lever.name, before(document, change)),
        "after": value_in_words(words, lever.name, change.value),
    }
    is_whole = lever.name == "hours" or lever.of in ("hall", "path") or (lever.of == "services" and not change.target)
    return words("change_line", **facts) if is_whole else words("change_line_of", of=of, **facts)


def _own_sentence(words: Words, document: Document, change: Change, of: str) -> str | None:
    """What reads better than "lever: before → after"."""
    if change.lever == "windows":
        wanted: Windows = read_value(LEVERS["windows"].form, change.value)
        if wanted.start is not None and wanted.end is not None:
            return words("change_windows_when", of=of, count=wanted.number, start=f"{wanted.start:%H:%M}", end=f"{wanted.end:%H:%M}")
        if wanted.more:
            key = "change_windows_more" if wanted.number >= 0 else "change_windows_fewer"
            return words(key, of=of, count=abs(wanted.number))
    if change.lever == "comprehensive":
        if change.target:
            return words("change_comprehensive_of", of=of, count=change.value)
        return words("change_comprehensive", count=change.value)
    if change.lever == "tidal" and change.value != NONE:
        tide: Tidal = read_value(LEVERS["tidal"].form, change.value)
        facts = {"of": of, "count": tide.more, "open": tide.open_queue, "close": tide.close_queue, "least": f"{tide.least_min:g}"}
        return words("change_tidal_more" if tide.more else "change_tidal", **facts)
    if LEVERS[change.lever].form.kind == "station" and change.value != NONE:
        count, _, share = change.value.partition("@")
        whose = of if change.target else words("of_every_service")
        return words("change_station", lever=label(words, change.lever), count=count, share=f"{share.rstrip('%')}%", of=whose)
    if change.lever == "covers" and change.value != NONE:
        named = [_service(words, document, each.strip()) for each in change.value.split(",")]
        return words("change_covers", of=of, services=words("list_separator").join(named))
    if change.lever == "help" and change.value != NONE:
        service, _, count = change.value.partition("@")
        return words("change_help", of=of, service=_service(words, document, service), count=count)
    return None


def _service(words: Words, document: Document, service: str) -> str:
    return next((words.name(_named(each), service) for each in document["services"] if each["id"] == service), service)


def sentences(words: Words, document: Document, changes: Sequence[Change]) -> list[str]:
    """One sentence a change, in their order."""
    return [sentence(words, document, each) for each in changes]
