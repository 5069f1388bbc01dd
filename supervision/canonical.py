"""One text for one content: canonical JSON, and digests of it.

Assumes text, whole numbers, yes/no, nothing, lists and tables with text keys. A float is refused: two machines may print it
differently, and points are decimal text. Not for files that people read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

_PLAIN = frozenset({str, int, bool, type(None)})
_REFUSAL = "canonical JSON holds text, whole numbers, true, false, null, lists and tables, not {given} at {place}; give decimals as text"


def canonical_json(content: object) -> str:
    """JSON with sorted keys, no spaces and no escapes beyond the necessary. TypeError for a float or any other kind of object."""
    _check(content, "$")
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest_text(text: str) -> str:
    """SHA-256 of a text as UTF-8, in 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def digest(content: object) -> str:
    """SHA-256 of the canonical JSON of a content."""
    return digest_text(canonical_json(content))


def _check(content: object, place: str) -> None:
    if content is None or isinstance(content, str | int):
        return
    if isinstance(content, dict | Mapping):  # the plain classes first: asking an abstract one takes ten times as long
        for key, value in content.items():
            if not isinstance(key, str):
                raise TypeError(_REFUSAL.format(given=f"the key {key!r}", place=place))
            if type(value) not in _PLAIN:
                _check(value, f"{place}.{key}")
    elif isinstance(content, list | tuple | Sequence) and not isinstance(content, bytes | bytearray):
        for position, value in enumerate(content):
            if type(value) not in _PLAIN:
                _check(value, f"{place}[{position}]")
    else:
        raise TypeError(_REFUSAL.format(given=type(content).__name__, place=place))
