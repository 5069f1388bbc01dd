"""Logs and mappings that somebody uploaded, kept in the data folder so that a job and a link can read them later.

A file is named by its content, so the same one is kept once; the newest `MOST` stay. Assumes that whoever may open the pages may read them.
Not for the record: what is imported there is never deleted.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.faults import BadInput, fault
from supervision.home import data_folder

if TYPE_CHECKING:
    from simulation.calibration.mapping import LogMapping as LogMapping

KINDS = ("csv", "gz", "txt", "tsv", "parquet")
LARGEST_MB = 50
"""of a log"""
MOST = 20
"""files kept"""
_ENDS = (".csv.gz", ".tsv.gz", ".txt.gz", ".csv", ".tsv", ".txt", ".parquet", ".toml")
_ID = re.compile(r"[0-9a-f]{20}(" + "|".join(re.escape(each) for each in _ENDS) + ")")


def keep(name: str, content: bytes) -> str:
    """Keep a file; its id. Raises BadInput for one that is empty, too large, or of no kind that is read."""
    end = next((each for each in _ENDS if name.lower().endswith(each)), None)
    if end is None:
        raise BadInput([fault("upload_kind", name, Path(name).suffix or name, known=", ".join(_ENDS[:-1]))])
    if not content.strip():
        raise BadInput([fault("upload_empty", name)])
    if len(content) > LARGEST_MB * 1_000_000:
        raise BadInput([fault("upload_large", name, f"{len(content) / 1e6:.0f} MB", most=LARGEST_MB)])
    id = sha256(content).hexdigest()[:20] + end
    place = _folder() / id
    if not place.exists():
        draft = place.with_name(f".{id}.{os.getpid()}")
        draft.write_bytes(content)
        draft.replace(place)
    os.utime(place)
    _make_room(id)
    return id


def path_of(id: str, name: str) -> Path:
    """Where a kept file is. Raises BadInput if it is not there any more; `name` is what its owner calls it."""
    place = _folder() / id
    if not _ID.fullmatch(id) or not place.is_file():
        raise BadInput([fault("upload_gone", name or id, id)])
    return place


def mappings() -> tuple[str, ...]:
    """The mappings that come with the program."""
    from simulation.calibration.mapping import shipped_mappings

    return tuple(shipped_mappings())


def mapping(name: str) -> LogMapping:
    """One that comes with the program, by name, or a kept one, by id. Raises BadInput with every fault of it."""
    from simulation.calibration import load_mapping

    if name in mappings():
        return load_mapping(name)
    return load_mapping(path_of(name, name))


def opens(read: LogMapping, clock: str, place: str) -> None:
    """Raises BadInput, at that place, if this is no clock time for minute 0 of a log read so."""
    from simulation.calibration.mapping import opening_at

    try:
        opening_at(read, clock)
    except BadInput as refused:
        raise BadInput([replace(each, place=place) for each in refused.faults]) from None


def _folder() -> Path:
    place = data_folder() / "logs"
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place


def _make_room(last: str) -> None:
    """Forget the oldest, where there are more than MOST."""
    kept = sorted((each for each in _folder().iterdir() if _ID.fullmatch(each.name)), key=lambda each: -each.stat().st_mtime)
    for each in kept[MOST:]:
        if each.name != last:
            with suppress(OSError):
                each.unlink()
