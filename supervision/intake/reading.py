"""Any file to a table: the size, the name's ending and the first bytes must agree before anything is parsed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ..faults import BadInput, fault, plain
from ..people import mask_text
from .csv_text import read_csv
from .table import MAX_BYTES, Table
from .xlsx import read_xlsx

TEXT_ENDINGS = (".csv", ".txt", ".tsv")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_bytes(path: Path) -> tuple[bytes, str]:
    """The content of a file and its SHA-256. BadInput if it is not there, not an ordinary file, or larger than MAX_BYTES."""
    place = place_of(path)
    try:
        if path.is_dir():
            raise BadInput([fault("import_folder", place, path.name or ".")])
        if not path.is_file():
            raise BadInput([fault("import_missing", place)])
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadInput([fault("import_unreadable", place, reason=error.strerror or "")]) from error
    if len(content) > MAX_BYTES:
        raise BadInput([fault("file_size", place, limit=MAX_BYTES // 2**20)])
    return content, hashlib.sha256(content).hexdigest()


def place_of(path: Path) -> str:
    """The file's name for messages and the record: never a path, personal numbers masked, on one line, at most 120 characters."""
    return plain(mask_text(path.name), longest=120)


def read_table(content: bytes, path: Path, known: frozenset[str], delimiter: str | None = None, sheet: str | None = None) -> Table:
    """The rows of a CSV file or workbook.

    Raises BadInput if the ending is not one we read, the bytes are of another kind than the ending says, or the reader refuses.
    """
    place, ending = place_of(path), path.suffix.lower()
    if ending not in (*TEXT_ENDINGS, ".xlsx"):
        raise BadInput([fault("import_ending", place, ending)])
    if content.startswith(OLE):
        raise BadInput([fault("import_ole", place)])
    zipped = content.startswith(b"PK")
    if zipped != (ending == ".xlsx"):
        raise BadInput([fault("import_kind", place, ending)])
    if zipped:
        return read_xlsx(content, place, sheet, known)
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"%pdf", b"{\\rtf")):
        raise BadInput([fault("import_kind", place, ending)])
    return read_csv(content, place, known, delimiter)
