"""A document as TOML again, and its digest: what two files have in common that say the same.

A document made in Python may say None where a file would leave the key out; both say the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any


def digest_of(document: Mapping[str, Any]) -> str:
    """sha256 of the canonical content: keys in order, 6 and 6.0 alike, no comments, no layout."""
    return hashlib.sha256(canonical(document).encode("utf-8")).hexdigest()


def canonical(document: Mapping[str, Any]) -> str:
    """One line of JSON that only depends on what the document says."""
    return json.dumps(_plain(document), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, (time, date, datetime)):
        return value.isoformat()
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def to_toml(document: Mapping[str, Any]) -> str:
    """The document laid out as in the shipped scenarios: listed tables as blocks, what is inside them on one line each."""
    import tomlkit
    from tomlkit.items import AoT

    text = tomlkit.document()
    document = {key: value for key, value in document.items() if value is not None}
    blocks = {key: value for key, value in document.items() if isinstance(value, Mapping) or _is_tables(value)}
    for key, value in document.items():
        if key not in blocks:
            text.add(key, _item(value))
    for key, value in blocks.items():
        if _is_tables(value):
            listed = AoT([])
            for entry in value:
                listed.append(_table(entry))
            text.add(key, listed)
        else:
            text.add(key, _table(value))
    return tomlkit.dumps(text)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, Mapping) for each in value)


def _table(entries: Mapping[str, Any]) -> Any:
    import tomlkit

    table = tomlkit.table()
    for key, value in entries.items():
        if value is not None:
            table.add(key, _item(value))
    return table


def _item(value: Any) -> Any:
    """One value on one line."""
    import tomlkit

    if isinstance(value, Mapping):
        inline = tomlkit.inline_table()
        for key, each in value.items():
            if each is not None:
                inline.append(key, _item(each))
        return inline
    if isinstance(value, list):
        array = tomlkit.array()
        for each in value:
            array.append(_item(each))
        return array
    return tomlkit.item(value)
