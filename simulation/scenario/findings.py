"""Faults of one document while they are gathered: each with its table, its key and its line."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

from simulation.faults import Fault, fault, plain
from simulation.scenario.tables import TAGS, known_keys

Path = tuple[str | int, ...]
DEEPEST = 12
"""tables and lists inside each other; a scenario needs six"""
LARGEST_WHOLE = 10**15
MOST_FAULTS = 100
"""told at once"""
ENTITY = {
    "services": "service",
    "windows": "window",
    "departments": "department",
    "opening": "opening",
    "classes": "class",
    "stations": "station",
    "pools": "pool",
    "places": "place",
    "zones": "zone",
    "plans": "plan",
}


class Findings:
    """What is wrong with one document."""

    def __init__(self, document: Mapping[str, Any], place: str, lines: Mapping[Path, int] | None = None) -> None:
        self.document = document
        self.place = place
        self.lines = lines or {}
        self.faults: list[Fault] = []
        self.paths: set[Path] = set()
        self._around: set[Path] = set()  # every beginning of a path at fault, itself included

    def add(self, code: str, path: Path, value: object = "", **facts: object) -> None:
        """A fault at a path; a second one at the same key, above or below it is left out."""
        beginnings = {path[:length] for length in range(len(path) + 1)}
        if path in self._around or beginnings & self.paths:
            return
        self.paths.add(path)
        self._around |= beginnings
        self.note(code, path, value, **facts)

    def note(self, code: str, path: Path, value: object = "", **facts: object) -> None:
        """A fault at a path, beside others there."""
        line = next((self.lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.lines), None)
        if line is not None:
            facts["line"] = line
        self.faults.append(fault(code, self.place_of(path), value, **{"key": self.key_of(path), **facts}))

    def in_order(self) -> list[Fault]:
        """The faults by line, those without one last; of very many, the first and how many more."""
        ordered = sorted(self.faults, key=lambda each: int(each.facts.get("line", LARGEST_WHOLE)))
        if len(ordered) <= MOST_FAULTS:
            return ordered
        return [*ordered[:MOST_FAULTS], fault("more_faults", self.place, len(ordered) - MOST_FAULTS)]

    def touches(self, path: Path) -> bool:
        """Whether something at or inside this path is at fault."""
        return path in self._around

    def unsure_of(self, table: str) -> bool:
        """Whether a fault in a listed table may have hidden or changed an id: then what refers to it cannot be judged."""
        known = {key for key in known_keys((table,)) if key not in ("id", "count")}
        return any(path[0] == table and (len(path) < 3 or path[2] not in known) for path in self.paths if path)

    def place_of(self, path: Path) -> str:
        """File and table: ``scenarios/x.toml: service "residence"``."""
        if len(path) < 2 or path[0] not in ENTITY or not isinstance(path[1], int):
            return self.place
        listed = self.document.get(str(path[0]))
        entry = listed[path[1]] if isinstance(listed, list) and path[1] < len(listed) else None
        identity = entry.get("id") if isinstance(entry, dict) else None
        word = ENTITY[str(path[0])]
        return f'{self.place}: {word} "{plain(identity)}"' if isinstance(identity, str) else f"{self.place}: {word} {path[1] + 1}"

    @staticmethod
    def key_of(path: Path) -> str:
        """The keys after the table, dotted; the n-th of a list is ``#n``."""
        rest = path[2:] if len(path) > 2 and path[0] in ENTITY and isinstance(path[1], int) else path
        text = ""
        for each in rest:
            text += f" #{each + 1}" if isinstance(each, int) else f".{each}" if text else each
        return text


def nearest(word: object, known: Iterable[str]) -> str:
    """The known word most like this one, or nothing."""
    words = list(known)
    lower = {each.lower(): each for each in words}
    close = difflib.get_close_matches(str(word)[:200].lower(), list(lower), n=1, cutoff=0.6)
    return lower[close[0]] if close else ""


def tidy(given: Mapping[str, Any], findings: Findings) -> dict[str, Any]:
    """A plain copy of a document, with what no table may hold told: numbers that are none, -0.0, foreign types, nesting without end."""
    result = _tidy(given, (), findings)
    return result if isinstance(result, dict) else {}


def _tidy(value: Any, path: Path, findings: Findings) -> Any:
    if hasattr(value, "unwrap"):  # what tomlkit hands out
        value = value.unwrap()
    if len(path) > DEEPEST:
        findings.add("nested_too_deep", path[:1], key=path[0])
        return None
    if isinstance(value, Mapping):
        return _tidy_table(value, path, findings)
    if isinstance(value, (list, tuple)):
        return [_tidy(each, (*path, n), findings) for n, each in enumerate(value)]
    return _tidy_value(value, path, findings)


def _tidy_table(value: Mapping[Any, Any], path: Path, findings: Findings) -> dict[str, Any]:
    table = {}
    for key, each in value.items():
        if isinstance(key, str):
            table[key] = _tidy(each, (*path, key), findings)
        else:
            findings.add("key_not_text", path, key)
    return table


def _tidy_value(value: Any, path: Path, findings: Findings) -> Any:
    if isinstance(value, bool):
        return bool(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            findings.add("not_finite", path, value)
        elif value == 0 and math.copysign(1, value) < 0:
            findings.add("minus_zero", path, value)
        return float(value)
    if isinstance(value, int):
        if abs(value) > LARGEST_WHOLE:
            findings.add("too_large", path, value, most=LARGEST_WHOLE)
            return 0
        return int(value)
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            findings.add("text_not_unicode", path)
            return ""
        return str(value)
    if isinstance(value, (time, date, datetime)):
        return value
    if value is not None:
        findings.add("foreign_value", path, type(value).__name__)
    return None


CODES = {
    "missing": "missing_key",
    "string_type": "not_text",
    "float_type": "not_a_number",
    "float_parsing": "not_a_number",
    "int_type": "not_a_whole_number",
    "int_from_float": "not_a_whole_number",
    "int_parsing": "not_a_whole_number",
    "list_type": "not_a_list",
    "model_type": "not_a_table",
    "model_attributes_type": "not_a_table",
    "dict_type": "not_a_table",
    "time_type": "not_a_time",
    "date_type": "not_a_date",
    "is_instance_of": "not_a_time",
    "finite_number": "not_finite",
    "empty_text": "empty_text",
    "bad_id": "bad_id",
    "reserved_id": "reserved_id",
    "control_character": "control_character",
}
"""pydantic's kind of error -> the sentence of ours"""


def tell(error: Mapping[str, Any], path: Path, findings: Findings) -> None:
    """One error of pydantic as a fault of ours."""
    path = (*path, *(each for each in error["loc"] if each not in TAGS and each != "[key]"))
    kind, value, given = error["type"], error["input"], error.get("ctx", {})
    names = tuple(each for each in path if isinstance(each, str))
    if kind == "extra_forbidden":
        known = known_keys(names[:-1])
        near = nearest(names[-1], known)
        findings.add("unknown_key_near" if near else "unknown_key", path, names[-1], nearest=near, known=", ".join(known))
    elif kind in ("missing", "too_short") and path == ("services",):
        findings.add("no_services", path)
    elif kind in CODES:
        findings.add(CODES[kind], path, "" if kind == "missing" else value)
    elif kind == "literal_error":
        findings.add("not_one_of", path, value, allowed=str(given.get("expected", "")).replace("'", "").replace(" or ", ", "))
    elif kind == "unknown_timezone":
        from zoneinfo import available_timezones

        near = nearest(value, available_timezones()) or "Asia/Shanghai"
        findings.add("unknown_timezone", path, value, nearest=near)
    elif kind in ("greater_than_equal", "greater_than"):
        code = "too_small" if kind == "greater_than_equal" else "not_above"
        findings.add(code, path, value, least=_bare(given.get("ge", given.get("gt"))))
    elif kind in ("less_than_equal", "less_than"):
        findings.add("too_large", path, value, most=_bare(given.get("le", given.get("lt"))))
    elif kind in ("too_long", "string_too_long"):
        code = "too_many" if kind == "too_long" else "text_too_long"
        findings.add(code, path, given.get("actual_length", ""), most=given.get("max_length"))
    elif kind == "too_short":
        findings.add("empty_list", path)
    else:
        findings.add("not_valid", path, value, rule=error["msg"].removeprefix("Value error, "))


def _bare(number: Any) -> str:
    return f"{number:g}" if isinstance(number, (int, float)) and abs(number) < 1e6 else str(number)
