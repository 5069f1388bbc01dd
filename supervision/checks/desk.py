"""The use cases of checks: the visits of a month, how severe inspectors are, and evidence files of any record.

The bytes of a file lie in the data folder under their digest; the record holds digest, type and size, so a file that was changed or lost is
noticed when it is opened. The digest of the bytes as given is kept too: whoever has the original can prove that it is the same picture.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..db import check_rows as rows
from ..db.dues import zone_of_hall
from ..db.evidence_rows import read_evidence
from ..db.journal_rows import head
from ..db.links import read_owners
from ..faults import BadInput, fault, plain
from ..month import Month, month_of
from ..people import mask_text, name_key, normal_id
from .pictures import PDF, TYPES, NoPicture, media_type, strip
from .severity import Severity, Visit, estimate

if TYPE_CHECKING:
    from ..db.store import Store, Work

__all__ = [
    "MOST_BYTES", "MOST_FILES", "Prepared", "add_prepared", "keep_file", "keep_prepared", "list_files", "measure_severity", "open_file",
    "prepare_file", "read_drawn_visits", "read_file", "read_findings", "read_visits",
]  # fmt: skip

MOST_BYTES = 20 * 2**20
"""Largest file."""
MOST_FILES = 20
"""Most files of one record."""
THIRD_PARTY = "third_party"


def read_visits(store: Store, hall: str, month: str | Month) -> list[rows.CheckRow]:
    """The visits of a month, in order of time; in-house and third-party ones are told apart by their kind. BadInput for an unknown hall."""
    wanted = month_of(month)
    with store.read() as session:
        zone_of_hall(session, hall)
        return rows.read_checks(session, hall, wanted.first_day, wanted.last_day)


def read_drawn_visits(store: Store, hall: str) -> list[rows.CheckRow]:
    """Every visit that a draw sent, in order of time. BadInput for an unknown hall."""
    with store.read() as session:
        zone_of_hall(session, hall)
        return rows.read_drawn(session, hall)


def read_findings(store: Store, hall: str, month: str | Month) -> list[rows.FindingRow]:
    """What checks of a month found, in order of time, each with its standing and the order about it. BadInput for an unknown hall."""
    wanted = month_of(month)
    with store.read() as session:
        zone_of_hall(session, hall)
        owners = read_owners(session, hall, head(session).count)
        found = rows.read_findings(session, hall, wanted.first_day, wanted.last_day)
        return [replace(each, window_id=owners.window(each.window_id, each.observed_on, None, each.seat_id)) for each in found]


def measure_severity(store: Store, hall: str, first: str | Month, last: str | Month, *, third_party: bool = False) -> tuple[Severity, ...]:
    """Severity of every inspector over some months, from in-house visits or from the third party's alone: they are never mixed."""
    begins, ends = (month_of(each) for each in (first, last))
    with store.read() as session:
        zone_of_hall(session, hall)
        found = rows.read_checks(session, hall, begins.first_day, ends.last_day)
    spelled: dict[str, str] = {}
    return estimate([
        Visit(spelled.setdefault(name_key(each.inspector), each.inspector), each.window_id, len(each.findings), each.minutes)
        for each in found if (each.kind == THIRD_PARTY) == third_party
    ])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that may be kept: its bytes without what a camera wrote, and what the record will say of it."""

    name: str
    content: bytes
    given_digest: str
    media_type: str
    stripped: bool

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def prepare_file(name: str, given: bytes) -> Prepared:
    """Look at a file before anything is recorded. Raises BadInput for another type than JPEG, PNG and PDF, and one too big or damaged."""
    shown = mask_text(plain(name))[:200]
    if len(given) > MOST_BYTES:
        raise BadInput([fault("file_too_big", shown, len(given), limit=MOST_BYTES)])
    kind = media_type(given)
    if not kind:
        raise BadInput([fault("file_type", shown, given[:8].hex(), types=", ".join(TYPES))])
    try:
        kept = given if kind == PDF else strip(given)
    except NoPicture as broken:
        raise BadInput([fault("file_damaged", shown, str(broken))]) from None
    return Prepared(shown, kept, hashlib.sha256(given).hexdigest(), kind, kept != given)


def read_file(path: Path) -> Prepared:
    """A file of this machine as `prepare_file` sees it. Raises BadInput for one that cannot be read as well."""
    name = mask_text(plain(path.name))[:200]
    if path.is_dir():
        raise BadInput([fault("import_folder", name, name)])
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise BadInput([fault("file_too_big", name, size, limit=MOST_BYTES)])
        return prepare_file(path.name, path.read_bytes())
    except OSError as refused:
        raise BadInput([fault("evidence_file_unreadable", name, reason=refused.strerror or "")]) from None


def keep_file(store: Store, hall: str, evidence_id: str, path: Path, person: str) -> rows.FileRow:
    """Keep a file that shows a record; metadata of pictures is taken out first.

    Raises BadInput for a record there is not, what `read_file` refuses, and one file too many. The same file again adds nothing.
    """
    return keep_prepared(store, hall, evidence_id, read_file(path), person)


def keep_prepared(store: Store, hall: str, evidence_id: str, file: Prepared, person: str) -> rows.FileRow:
    """Keep a file that was looked at, as an act of its own; refusals as in `keep_file`."""
    evidence_id = normal_id(evidence_id)
    with store.read() as session:
        if read_evidence(session, hall, evidence_id, head(session).count) is None:
            raise BadInput([fault("evidence_unknown", f'hall "{hall}"', evidence_id)])
        same = [each for each in rows.read_files(session, hall, evidence_id) if each.digest == file.digest]
    if same:
        return same[0]
    with store.act(person, "keep file", hall) as work:
        add_prepared(work, store.home, evidence_id, file)
        work.detail(evidence=evidence_id, digest=file.digest, bytes=len(file.content), stripped=file.stripped)
    return next(each for each in list_files(store, hall, evidence_id) if each.digest == file.digest)


def add_prepared(work: Work, home: Path, evidence_id: str, file: Prepared) -> bool:
    """Keep a file as part of an act; False if the record has it already. Raises BadInput for one file too many."""
    if any(each.digest == file.digest for each in rows.read_files(work.session, work.hall_id, evidence_id)):
        return False
    if rows.count_files(work.session, work.hall_id, evidence_id) >= MOST_FILES:
        raise BadInput([fault("files_too_many", f'hall "{work.hall_id}"', evidence_id, limit=MOST_FILES)])
    row = rows.FileRow(
        evidence_id, file.digest, file.given_digest, file.name, file.media_type, len(file.content), file.stripped, work.sequence
    )
    rows.add_file(work, row)
    place = _place(home, file.digest)
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_suffix(".draft")
    draft.write_bytes(file.content)
    draft.replace(place)
    return True


def list_files(store: Store, hall: str, evidence_id: str) -> list[rows.FileRow]:
    """The files of a record, in the order they were kept."""
    with store.read() as session:
        zone_of_hall(session, hall)
        return rows.read_files(session, hall, normal_id(evidence_id))


def open_file(store: Store, row: rows.FileRow) -> bytes:
    """The bytes of a file. Raises BadInput if they are gone or are no longer what was kept."""
    place = _place(store.home, row.digest)
    if not place.is_file():
        raise BadInput([fault("file_gone", row.file_name, row.digest)])
    content = place.read_bytes()
    if hashlib.sha256(content).hexdigest() != row.digest:
        raise BadInput([fault("file_changed", row.file_name, row.digest)])
    return content


def _place(home: Path, digest: str) -> Path:
    """Where the bytes lie: by digest alone, so no name of a file is ever a path."""
    return home / "evidence" / digest[:2] / digest
