"""A figure's basis for the reader: phrases of the founding documents as quotations in the original, with a gloss where there is one.

A basis is an English remark around quoted phrases (`003「…」` is a phrase of document 003). In Chinese the remark is translated, where the
catalogue has it; in English a phrase stays as it was written and its gloss follows. Not for articles of law: `supervision.articles`.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

from dashboards.texts import Words

_PHRASE = re.compile(r"(?P<document>\b\d{3})?「(?P<said>[^」]*)」")


def in_words(words: Words, basis: str) -> str:
    """A basis in the reader's language."""
    catalogue = _catalogue()
    quoted = [_quoted(words, each["document"], each["said"]) for each in _PHRASE.finditer(basis)]
    remark = _PHRASE.sub("{}", basis)
    if words.language == "zh" and (known := catalogue["remarks"].get(remark)) is not None:
        remark = known
    parts = remark.split("{}")
    if len(parts) != len(quoted) + 1:  # braces of its own: nothing of ours
        return basis
    return "".join(each for pair in zip(parts, [*quoted, ""], strict=True) for each in pair)


def _quoted(words: Words, document: str | None, said: str) -> str:
    """A phrase as a quotation: its document, the original, and in English its gloss."""
    gloss = _catalogue()["glosses"].get(said)
    source = words("phrase_document", document=document) if document else ""
    if words.language == "zh" or gloss is None:
        return words("phrase_quoted", source=source, said=said)
    return words("phrase_glossed", source=source, said=said, gloss=gloss)


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("dashboards.texts").joinpath("phrases.toml").read_text(encoding="utf-8"))
