"""Half-filled forms: what a named person has typed into a form and not sent yet, kept on the server until it is sent or grows old.

A draft is a small file of its own in the data folder, readable by the server's account alone, under a keyed name; nothing of it stands in
the address, the record or the journal. It belongs to the name of the acting person, like every act: who gives the same name sees it.
Assumes that a form is small. Pictures are not kept. Not for plans (`library`) nor for drafts of schemes (`supervision.drafts`).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as clock
from pathlib import Path
from typing import Any

from supervision.home import data_folder, person_key
from supervision.people import name_key

FOLDER = "drafts"
DAYS = 14
"""after which a draft that nobody came back to is destroyed: an assumption"""
MOST, LONGEST = 500, 64_000
"""drafts kept, the oldest go first; bytes of one"""
_KINDS = {"date": date.fromisoformat, "time": clock.fromisoformat}


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as it was left."""

    fields: Mapping[str, Any]
    kept: datetime
    """when, UTC"""


def keep(person: str, hall: str, form: str, fields: Mapping[str, Any]) -> bool:
    """Keep a form as it is now; whether it could be (not one too long, nor where nothing can be written)."""
    text = json.dumps({name: _plain(value) for name, value in fields.items()}, ensure_ascii=False)
    if len(text.encode()) > LONGEST:
        return False
    try:
        file = _file(person, hall, form)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = file.with_name(f".{file.name}.{os.getpid()}")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            out.write(text)
        new.replace(file)
    except (OSError, ValueError):  # a damaged key is told where it matters, not by a form
        return False
    _make_room(file.parent)
    return True


def find(person: str, hall: str, form: str) -> Draft | None:
    """What is kept of a person's form; None for nothing, and for a file that cannot be read as a draft."""
    try:
        file = _file(person, hall, form)
        stamp = file.stat().st_mtime
        given = json.loads(file.read_text(encoding="utf-8"))
        fields = {str(name): _typed(value) for name, value in given.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return None
    if time.time() - stamp > DAYS * 86_400:
        drop(person, hall, form)
        return None
    return Draft(fields, datetime.fromtimestamp(stamp, UTC))


def drop(person: str, hall: str, form: str) -> None:
    """Destroy what is kept of a person's form; nothing kept is no fault."""
    with suppress(OSError, ValueError):
        _file(person, hall, form).unlink()


def _file(person: str, hall: str, form: str) -> Path:
    """Where the draft is: under a keyed name, so that the folder's listing tells nobody's name."""
    said = json.dumps([name_key(person), hall, form])
    home = data_folder()
    return home / FOLDER / f"{hmac.new(person_key(home), said.encode(), hashlib.sha256).hexdigest()[:32]}.json"


def _make_room(folder: Path) -> None:
    """Destroy drafts that are too old, and the oldest beyond the most."""
    with suppress(OSError):
        stamps = sorted(((each.stat().st_mtime, each) for each in folder.glob("*.json")), reverse=True)
        for n, (stamp, file) in enumerate(stamps):
            if n >= MOST or time.time() - stamp > DAYS * 86_400:
                file.unlink(missing_ok=True)


def _plain(value: Any) -> Any:
    """A value as JSON holds it; a day and a time of day by their kind."""
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, clock):
        return {"time": value.isoformat()}
    return list(value) if isinstance(value, tuple | list) else value


def _typed(value: Any) -> Any:
    """The same value again. Raises ValueError for what no field holds."""
    if isinstance(value, dict):
        (kind, text), *more = value.items() or [("", "")]
        if more or kind not in _KINDS or not isinstance(text, str):
            raise ValueError(kind)
        return _KINDS[kind](text)
    if isinstance(value, list) and not all(isinstance(each, str) for each in value):
        raise ValueError("list")
    return value
