"""What was refused, where, and how to mend it.

A fault has four parts: the place (file, table, row), the value met, the rule and the cure. The rule and the cure are one sentence of a
catalogue (``faults.toml`` beside this file), found by the fault's code, in English and in Chinese. All faults of one input are raised
together as `BadInput`.

Another package brings its own sentences with ``add_catalogue(Path(__file__).with_name("faults.toml"))``. A catalogue holds one table a
code (``[code]`` with ``en`` and ``zh``; ``{value}`` and the names of the facts are filled in), and may hold ``[places]``, the words of
places, ``[alone]``, words that are a place by themselves (what was asked for), and ``[reasons]``, sentences of other modules, or codes,
each with its translations.

Not for programming errors: these stay ordinary exceptions.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from simulation.wording import filled

LONGEST_VALUE = 80
"""Characters of an offending value that a sentence repeats; the rest is cut."""

_catalogues: list[Path] = [Path(__file__).with_name("faults.toml")]
_PLACE_WORD = re.compile(r'(?<![\w"])([A-Za-z][A-Za-z ]*?) ("(?:[^"\\]|\\.)*"|\d+)(?=[:,]|$)')


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that was refused."""

    code: str
    """The sentence's key in the catalogue."""
    place: str
    """File, then table and key or row, parted by ': ', such as ``scenarios/x.toml: service "residence"``."""
    value: str = ""
    """What was met, as text on one line."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Whatever else the sentence names; a fact called line is told at its end if the sentence does not name it."""

    def text(self, language: str = "en") -> str:
        """The fault as one line, ``place: rule; cure.``

        Raises LookupError if no catalogue knows the code.
        """
        facts = {name: _reason_in(given, language) for name, given in self.facts.items()}
        pattern = sentence_of(self.code, language)
        sentence = filled(pattern, {"value": self.value, **facts})
        if "line" in facts and "{line}" not in pattern:
            sentence += f" (line {facts['line']})" if language == "en" else f"（第 {facts['line']} 行）"
        if not self.place:
            return sentence
        return f"{self.place}: {sentence}" if language == "en" else f"{_place_in(self.place, language)}：{sentence}"


class BadInput(ValueError):
    """Input that was refused, with every fault found in it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__(self.faults)  # the arguments, so that it can travel between processes

    def text(self, language: str = "en") -> str:
        """All faults, one line each."""
        return "\n".join(each.text(language) for each in self.faults)

    def __str__(self) -> str:
        return self.text("en")


def fault(code: str, place: object, value: object = "", **facts: object) -> Fault:
    """A fault whose place, value and facts are made plain: one line, no control characters, not too long."""
    return Fault(code, plain(place, longest=400), plain(value), {name: plain(given, longest=300) for name, given in facts.items()})


def plain(given: object, longest: int = LONGEST_VALUE) -> str:
    """Text of anything on one line: control characters and line ends are escaped, long text is cut."""
    try:
        text = given if isinstance(given, str) else str(given)
    except (RecursionError, ValueError):  # nested without end, or an integer of more digits than Python prints
        text = f"a {type(given).__name__} too large to show"
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    return "".join(each if each.isprintable() else each.encode("unicode_escape", "backslashreplace").decode("ascii") for each in text)


def add_catalogue(path: Path) -> None:
    """Add another file of sentences; adding it again changes nothing."""
    if path not in _catalogues:
        _catalogues.append(path)


def sentence_of(code: str, language: str) -> str:
    """The sentence of a code, with its placeholders. Raises LookupError if no catalogue has it."""
    for path in _catalogues:
        entry = read_catalogue(path).get(code)
        if entry is not None and code not in ("places", "alone", "reasons"):
            return str(entry[language])
    raise LookupError(f"no catalogue has a sentence for {code!r}; add it to a faults.toml")


@lru_cache(maxsize=16)
def read_catalogue(path: Path) -> dict[str, dict[str, Any]]:
    """One file of sentences: code -> language -> sentence; the tables places, alone and reasons: word or reason -> language -> text."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _words(table: str) -> dict[str, dict[str, str]]:
    return {word: texts for path in _catalogues for word, texts in read_catalogue(path).get(table, {}).items()}


def _reason_in(given: str, language: str) -> str:
    """A fact that is one of the known reasons, or its code, in a language; any other fact stays."""
    return _words("reasons").get(given, {}).get(language, given)


def _place_in(place: str, language: str) -> str:
    """The place with its words (service, window, row ...) in another language; names and numbers stay."""
    alone = _words("alone").get(place, {}).get(language)
    if alone is not None:
        return alone
    words = _words("places")

    def swap(match: re.Match[str]) -> str:
        text = words.get(match[1], {}).get(language)
        if text is None:
            return match[0]
        return text.format(match[2]) if "{}" in text else f"{text}{match[2]}"

    return _PLACE_WORD.sub(swap, place).replace(": ", "：")
