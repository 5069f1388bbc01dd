"""Every visible sentence of the pages, in Chinese and in English, from the TOML files beside this module.

A file holds one table a sentence: ``[key]`` with ``zh`` and ``en``; ``{name}`` is filled in, ``{name:hall|halls}`` with the word for one or
for more (see `simulation.wording`). A key is unique over all files.
Three files are different, they hold
the words of others: ``widgets.toml`` those of Streamlit's widgets, for the script that translates them in the browser, ``typer.toml``
those of the command line's help and refusals, and ``phrases.toml`` those of the documents that figures rest on (`phrases`).

Not for the wording of refused input (`simulation.faults`) nor for the names of measures, which belong to `simulation.measures`.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from simulation.wording import filled

LANGUAGES = ("zh", "en")
DEFAULT_LANGUAGE = "zh"
_WIDGETS, _TYPER, _PHRASES = "widgets.toml", "typer.toml", "phrases.toml"


def language_of(asked: str | None) -> str:
    """The language of an address's ``lang``, or the default: whatever is asked for, one of `LANGUAGES`."""
    return asked if asked in LANGUAGES else DEFAULT_LANGUAGE


@lru_cache(maxsize=1)
def sentences() -> dict[str, dict[str, str]]:
    """All sentences: key -> language -> text.

    Raises ValueError if a key stands in two files, lacks a language, or its placeholders differ between the languages.
    """
    found: dict[str, dict[str, str]] = {}
    for file in sorted(files(__name__).iterdir(), key=lambda each: each.name):
        if not file.name.endswith(".toml") or file.name in (_WIDGETS, _TYPER, _PHRASES):
            continue
        for key, texts in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if key in found:
                raise ValueError(f"{file.name}: the sentence {key!r} stands in two files; rename one")
            if set(texts) != set(LANGUAGES):
                raise ValueError(f"{file.name}: the sentence {key!r} has {sorted(texts)}; give {sorted(LANGUAGES)}")
            if placeholders(texts["zh"]) != placeholders(texts["en"]):
                raise ValueError(f"{file.name}: the sentence {key!r} fills in different names in its two languages; make them the same")
            found[key] = texts
    return found


@lru_cache(maxsize=1)
def widget_words() -> dict[str, dict[str, str]]:
    """Streamlit's own words: {"words": English -> Chinese, "patterns": regular expression -> Chinese}."""
    given = tomllib.loads(files(__name__).joinpath(_WIDGETS).read_text(encoding="utf-8"))
    return {"words": given["words"], "patterns": given["patterns"]}


@lru_cache(maxsize=1)
def _typer_patterns() -> list[tuple[re.Pattern[str], str]]:
    given = tomllib.loads(files(__name__).joinpath(_TYPER).read_text(encoding="utf-8"))["patterns"]
    return [(re.compile(pattern), re.sub(r"\$(\d)", r"\\g<\1>", chinese)) for pattern, chinese in given.items()]


def in_chinese(text: str) -> str:
    """Typer's help or refusal with its own words in Chinese, line by line; everything else stays."""
    lines = text.split("\n")
    for pattern, chinese in _typer_patterns():
        lines = [pattern.sub(chinese, line) for line in lines]
    return "\n".join(lines)


def placeholders(text: str) -> set[str]:
    """The names that a sentence fills in."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


class Words:
    """The sentences of one language: ``words("title")``, ``words("answer", wait="12.3")``."""

    def __init__(self, language: str) -> None:
        self.language = language_of(language)

    def __call__(self, key: str, **facts: object) -> str:
        """The sentence of a key. Raises LookupError for an unknown key or a missing fact."""
        return filled(sentences()[key][self.language], facts)

    def has(self, key: str) -> bool:
        """Whether there is such a sentence."""
        return key in sentences()

    def name(self, names: Mapping[str, str] | str | None, otherwise: str = "") -> str:
        """A name that the data bring in several languages, in this one if it is there."""
        if isinstance(names, str):
            return names
        if not names:
            return otherwise
        return names.get(self.language) or next(iter(names.values()), otherwise)
