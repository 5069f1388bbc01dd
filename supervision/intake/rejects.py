"""The rejects: each refused row with its place, the value met, the rule and the cure, in the record and in a CSV file for people.

The file is UTF-8 with BOM, so that spreadsheet programs read it; a cell that such a program would run as a formula gets a leading quote
(ASVS 1.2.10).
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections.abc import Iterable
from pathlib import Path

from ..faults import BadInput, Fault, fault, plain
from ..people import mask, mask_text
from .table import Rejection

HEADER = ("line", "column", "value", "code", "rule_zh", "cure_zh", "rule_en", "cure_en")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


def shown_value(rejection: Rejection) -> str:
    """The value as it may be kept: personal columns masked whole, personal numbers in others masked, one line, at most 80 characters."""
    return plain(mask(rejection.value) if rejection.personal and rejection.value else mask_text(rejection.value))


def sentence(rejection: Rejection, language: str) -> tuple[str, str]:
    """(rule, cure) of a rejection."""
    facts = {name: mask_text(value) for name, value in rejection.facts.items()}
    text = Fault(rejection.code, "", shown_value(rejection), facts).text(language)
    rule, _, cure = text.rpartition("；" if language == "zh" else "; ")
    return rule, cure


def escape_formula(cell: str) -> str:
    """A cell that no spreadsheet runs: text that begins with = + - @ tab or NUL gets a quote before it; plain numbers stay numbers."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\0") and cell and not _NUMBER.fullmatch(cell) else cell


def rejects_csv(rejections: Iterable[Rejection]) -> bytes:
    """The rejects as a CSV file, in order of lines."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for each in sorted(rejections, key=lambda each: (each.line, each.column, each.code)):
        zh, en = (sentence(each, language) for language in ("zh", "en"))
        writer.writerow([each.line, *map(escape_formula, (plain(each.column), shown_value(each), each.code, *zh, *en))])
    return out.getvalue().encode("utf-8-sig")


def refuse_taken(path: Path) -> None:
    """BadInput if another file stands where the rejects shall go, the file to be imported for one."""
    try:
        with path.open("rb") as file:
            taken = not file.read(64).startswith(b"\xef\xbb\xbf" + ",".join(HEADER).encode()[:24])
    except OSError:
        return  # nothing there, or nothing that can be read: writing will tell
    if taken:
        raise BadInput([fault("rejects_taken", path.name)])


def write_rejects(path: Path, rejections: Iterable[Rejection]) -> Path:
    """Write the file beside its place; the caller puts it in place once the record is committed. BadInput if it cannot."""
    draft = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(rejects_csv(rejections))
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise BadInput([fault("rejects_unwritable", path.name, reason=error.strerror or "")]) from error
    return draft
