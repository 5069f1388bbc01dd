"""The words of a ground (the article a number rests on) in a reader's language, from articles.toml beside it.

Assumes that a ground is kept as its scheme writes it: sheets are filed and compared byte for byte in those words, and only what is shown is
put into Chinese. Not a quotation of a source and not a translator: a ground that the file does not know (of a hall's own scheme) is shown
as it was written.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path


def ground_in(ground: str, language: str) -> str:
    """A ground as shown to a reader of ``zh`` or ``en``."""
    return _chinese().get(ground, ground) if language == "zh" else ground


@cache
def _chinese() -> Mapping[str, str]:
    given: dict[str, str] = tomllib.loads(Path(__file__).with_name("articles.toml").read_text(encoding="utf-8"))
    return given
