"""Law as data: schemes of assessment, one TOML file a version, under ``supervision/schemes/<id>/<version>.toml``.

A version is never edited after its first month has begun: ``schemes/enacted.toml`` keeps the digest of each file, and ``check_schemes``
reports a file that no longer has it. The shipped schemes are presets with their source's mark; none is "the standard".
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from simulation.faults import BadInput, Fault, add_catalogue, fault
from supervision.month import Month

from .document import build, read_document
from .lints import lint
from .parts import (
    ASSUMPTION,
    Annual,
    Band,
    Bonus,
    Deduction,
    Event,
    Indicator,
    Measure,
    Minimum,
    Name,
    NotCharged,
    Scheme,
    Source,
    Title,
    Veto,
)

SCHEMES = Path(__file__).resolve().parents[1] / "schemes"
ENACTED = "enacted.toml"
add_catalogue(SCHEMES / "faults.toml")

__all__ = [
    "ASSUMPTION", "SCHEMES", "Annual", "Band", "Bonus", "Deduction", "Event", "Indicator", "Measure", "Minimum", "Name", "NotCharged",
    "Scheme", "Source", "Summary", "Title", "Veto", "check_schemes", "list_schemes", "load_scheme", "read_scheme", "read_scheme_text",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Summary:
    """A scheme version as a listing shows it."""

    id: str
    version: str
    name: Name
    source_id: str
    mark: str
    caution: Name
    in_force_from: Month
    subject: str
    """Whom it assesses."""
    indicators: int
    assumptions: int
    """Numbers that rest on no source."""
    digest: str
    incomplete: bool
    """Whether a part stands for what nobody has read: it opens no month and is not published."""


def read_scheme(path: Path) -> Scheme:
    """One file, checked. Raises BadInput with every fault of the file."""
    place = _shown(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput([fault("scheme_unreadable", place, reason=error.strerror or error)]) from None
    document = read_document(content, place)
    faults = lint(document, place)
    if (path.parent.name, path.stem) != (document.id, document.version):
        wanted = f"{document.id}/{document.version}.toml"
        faults.append(fault("scheme_file_name", place, f"{document.id} {document.version}", wanted=wanted))
    if faults:
        raise BadInput(faults)
    return build(document, content, path)


def read_scheme_text(content: bytes, place: str) -> Scheme:
    """A scheme from its text, checked. Raises BadInput with every fault."""
    document = read_document(content, place)
    faults = lint(document, place)
    if faults:
        raise BadInput(faults)
    return build(document, content, place)


def load_scheme(id: str, version: str | None = None, month: Month | None = None, folder: Path = SCHEMES) -> Scheme:
    """A scheme by id: the version asked for, or the one in force in a month, or the newest.

    Raises BadInput if there is none, or if its file is at fault.
    """
    found = {path.stem: path for path in _files(folder) if path.parent.name == id}
    if not found:
        raise BadInput([fault("scheme_unknown", "scheme", id, known=", ".join(sorted({path.parent.name for path in _files(folder)})))])
    if version is not None:
        if version not in found:
            raise BadInput([fault("scheme_unknown_version", "scheme", version, id=id, known=", ".join(sorted(found)))])
        return read_scheme(found[version])
    versions = sorted((read_scheme(path) for path in found.values()), key=lambda each: (each.in_force_from, each.version))
    in_force = [each for each in versions if month is None or each.in_force_from <= month]
    if not in_force:
        raise BadInput([fault("scheme_not_in_force", "scheme", month, id=id, first=versions[0].in_force_from)])
    ended = in_force[-1].in_force_to
    if month is not None and ended is not None and ended < month:
        raise BadInput([fault("scheme_ended", "scheme", month, id=id, version=in_force[-1].version, last=ended)])
    return in_force[-1]


def list_schemes(folder: Path = SCHEMES) -> tuple[Summary, ...]:
    """Every version, by id and first month. Raises BadInput if a file is at fault."""
    schemes = sorted((read_scheme(path) for path in _files(folder)), key=lambda each: (each.id, each.in_force_from))
    return tuple(
        Summary(
            each.id, each.version, each.name, each.source.id, each.source.mark, each.source.caution, each.in_force_from,
            each.subject, len(each.indicators), len(each.assumptions()), each.digest, each.incomplete,
        )
        for each in schemes
    )  # fmt: skip


def check_schemes(paths: Iterable[Path] | None = None, folder: Path = SCHEMES) -> tuple[Fault, ...]:
    """Faults of the given files, or of a folder: of each file, of versions against each other, of enacted files that were edited."""
    faults: list[Fault] = []
    schemes: list[Scheme] = []
    for path in _files(folder) if paths is None else paths:
        try:
            schemes.append(read_scheme(path))
        except BadInput as bad:
            faults += bad.faults
    first: dict[tuple[str, Month], Scheme] = {}
    for each in sorted(schemes, key=lambda scheme: (scheme.id, scheme.in_force_from, scheme.version)):
        other = first.setdefault((each.id, each.in_force_from), each)
        if other is not each:
            faults.append(fault("scheme_same_month", _shown(Path(each.path)), each.in_force_from, other=other.version))
    faults += _gaps(schemes)
    if paths is None:
        faults += _edited(schemes, folder)
    return tuple(faults)


def _gaps(schemes: Iterable[Scheme]) -> Iterator[Fault]:
    """Months between two versions in which none is in force, and months that two claim."""
    ordered = sorted(schemes, key=lambda scheme: (scheme.id, scheme.in_force_from, scheme.version))
    for before, after in pairwise(ordered):
        ends = before.in_force_to
        if before.id != after.id or ends is None or before.in_force_from == after.in_force_from:
            continue
        where = _shown(Path(after.path))
        if ends >= after.in_force_from:
            yield fault("scheme_force_overlap", where, after.in_force_from, other=before.version, ends=ends)
        elif ends.next() < after.in_force_from:
            yield fault("scheme_force_gap", where, after.in_force_from, other=before.version, ends=ends)


def _edited(schemes: Iterable[Scheme], folder: Path) -> list[Fault]:
    """Enacted files whose digest is no longer the recorded one."""
    path = folder / ENACTED
    if not path.is_file():
        return []
    recorded: dict[str, dict[str, str]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return [
        fault("scheme_edited", _shown(Path(each.path)), each.digest[:12], enacted=recorded[each.id][each.version][:12])
        for each in schemes
        if recorded.get(each.id, {}).get(each.version, each.digest) != each.digest
    ]


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/*.toml"))


def _shown(path: Path) -> str:
    """A scheme file by its last two names."""
    return "/".join(path.parts[-2:])
