"""A small TOML file read key by key: what is missing, unknown or out of range is a fault with its table, key and line, all told at once.

For files that lie around scenarios: a sizing sheet, a district. Assumes nothing of their tables. Not for scenarios themselves, which have
models of their own (`simulation.scenario.tables`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from simulation.faults import BadInput, plain
from simulation.scenario import Scenario
from simulation.scenario.findings import Findings, nearest, tidy
from simulation.scenario.findings import Path as Keys
from simulation.scenario.reading import lines_of, load_scenario, read_text, read_toml
from simulation.scenario.tables import clean_id

REQUIRED: Any = object()
"""instead of a default: the key must be there"""
LARGEST = 1e12


class PlainTables:
    """One document, and what is wrong with it. A value at fault is read as its default, or as something harmless."""

    def __init__(self, document: Mapping[str, Any], place: str, lines: Mapping[Keys, int] | None = None) -> None:
        self.findings = Findings({}, place, lines)
        self.document = tidy(document, self.findings)
        self.findings.document = self.document

    def refuse(self, code: str, path: Keys, value: object = "", **facts: object) -> None:
        """A fault at a path of keys and positions."""
        self.findings.add(code, path, value, **facts)

    def finish(self) -> None:
        """Raises BadInput if anything was wrong."""
        if self.findings.faults:
            raise BadInput(self.findings.in_order())

    def at(self, path: Keys) -> Any:
        """What stands there; None for nothing."""
        here: Any = self.document
        for each in path:
            if isinstance(each, int):
                here = here[each] if isinstance(here, list) and each < len(here) else None
            else:
                here = here.get(each) if isinstance(here, Mapping) else None
        return here

    def known(self, path: Keys, keys: Sequence[str]) -> None:
        """Tells every other key of the table at a path."""
        here = self.at(path)
        if here is not None and not isinstance(here, Mapping):
            self.refuse("not_a_table", path, here)
        for key in here if isinstance(here, Mapping) else ():
            if key not in keys:
                near = nearest(key, keys)
                code = "unknown_key_near" if near else "unknown_key"
                self.refuse(code, (*path, key), key, nearest=near, known=", ".join(keys), key=plain(key))

    def number(
        self, path: Keys, default: Any = REQUIRED, *, least: float = 0.0, most: float = LARGEST, above: float | None = None
    ) -> float:
        """A number within bounds; `above`: a bound that it may not reach."""
        given = self.at(path)
        harmless = float(least if default is REQUIRED else default)
        if given is None:
            if default is REQUIRED:
                self.refuse("missing_key", path)
            return harmless
        if isinstance(given, bool) or not isinstance(given, int | float):
            self.refuse("not_a_number", path, given)
        elif above is not None and given <= above:
            self.refuse("not_above", path, given, least=f"{above:g}")
        elif given < least:
            self.refuse("too_small", path, given, least=f"{least:g}")
        elif given > most:
            self.refuse("too_large", path, given, most=f"{most:g}")
        else:
            return float(given)
        return harmless

    def whole(self, path: Keys, default: Any = REQUIRED, *, least: int = 0, most: int = 10**9) -> int:
        """A whole number within bounds."""
        given = self.at(path)
        if isinstance(given, float):
            self.refuse("not_a_whole_number", path, given)
            return least if default is REQUIRED else int(default)
        return int(self.number(path, default, least=least, most=most))

    def text(self, path: Keys, default: Any = REQUIRED) -> str:
        """Text that is not empty."""
        given = self.at(path)
        if given is None:
            if default is REQUIRED:
                self.refuse("missing_key", path)
            return "" if default is REQUIRED else str(default)
        if not isinstance(given, str):
            self.refuse("not_text", path, given)
        elif not given.strip():
            self.refuse("empty_text", path)
        else:
            return given.strip()
        return "" if default is REQUIRED else str(default)

    def identity(self, path: Keys) -> str:
        """An id."""
        given = self.text(path)
        try:
            return str(clean_id(given)) if given else ""
        except ValueError:
            self.refuse("bad_id", path, given)
            return given

    def name(self, path: Keys, default: str) -> Mapping[str, str]:
        """A name in both languages: a table, one text for both, or the default."""
        given = self.at(path)
        if isinstance(given, Mapping):
            self.known(path, ("zh", "en"))
            one = next((str(each) for each in given.values() if isinstance(each, str) and each.strip()), default)
            return {word: self.text((*path, word), one) for word in ("zh", "en")}
        text = self.text(path, default)
        return {"zh": text, "en": text}

    def one_of(self, path: Keys, allowed: Sequence[str], default: Any = REQUIRED) -> str:
        """One word of several."""
        given = self.text(path, default)
        if given and given not in allowed:
            self.refuse("not_one_of", path, given, allowed=", ".join(allowed))
            return allowed[0]
        return given

    def rows(self, path: Keys, *, least: int = 0) -> list[Keys]:
        """The paths of the tables of a list."""
        given = self.at(path)
        if given is None and least:
            self.refuse("missing_key", path)
        if given is not None and (not isinstance(given, list) or not all(isinstance(each, Mapping) for each in given)):
            self.refuse("not_a_list" if not isinstance(given, list) else "not_a_table", path, plain(given))
            return []
        if given is not None and len(given) < least:
            self.refuse("empty_list", path)
        return [(*path, n) for n in range(len(given or []))]


def hall_beside(tables: PlainTables, key: Keys, folder: Path) -> Scenario | None:
    """The hall with opening hours that a key names, a scenario file seen from a folder; None if it is none, which is told."""
    named = tables.text(key)
    if not named:
        return None
    try:
        hall = load_scenario(folder / named)
    except BadInput as refused:
        tables.findings.faults += refused.faults
        return None
    if hall.horizon is not None:
        tables.refuse("hall_horizon", key, named)
    return hall


def read_plain(path: Path, place: str) -> PlainTables:
    """The tables of a file. Raises BadInput if it cannot be read as TOML."""
    text = read_text(path, place)
    return PlainTables(read_toml(text, place), place, lines_of(text))
