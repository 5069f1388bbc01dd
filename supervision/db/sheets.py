"""Sheets in the record: filed in revisions, read as of a journal sequence.

The canonical text of a sheet is kept whole; its lines and evidence stand beside it in tables for queries. A sheet that has not changed is
not filed again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from ..canonical import digest_text
from ..faults import BadInput, fault
from ..scheme.parts import Scheme
from ..sheet import Line, Sheet, read_sheet_text
from .records import add, bare
from .schema import EVIDENCE_KINDS, SheetRow, SheetRuled, canonical_decimal
from .schema import Scheme as SchemeRow
from .store import Work

_EVIDENCE_KINDS = frozenset(EVIDENCE_KINDS)


@dataclass(frozen=True, slots=True)
class Filed:
    """A sheet as it lies in the record."""

    sheet: Sheet
    body: str
    """The canonical text, as filed."""
    digest: str
    reason: str
    annex: str | None
    """Canonical JSON, as known when the sheet was filed."""
    ruled_to: int
    """Rulings up to this journal sequence were counted."""
    sequence: int
    """The act that filed it."""


def fix_scheme(work: Work, scheme: Scheme) -> None:
    """Note which bytes of a scheme version this hall uses. Raises BadInput if it used others before."""
    known = work.session.scalar(
        select(SchemeRow.digest).where(
            SchemeRow.hall_id == work.hall_id, SchemeRow.scheme_id == scheme.id, SchemeRow.version == scheme.version
        )
    )
    if known is None:
        row = {"hall_id": work.hall_id, "scheme_id": scheme.id, "version": scheme.version, "digest": scheme.digest}
        work.session.execute(insert(SchemeRow).values(**row, sequence=work.sequence))
    elif known != scheme.digest:
        raise BadInput([fault("scheme_edited", f"{scheme.id}/{scheme.version}.toml", scheme.digest[:12], enacted=known[:12])])


def file_sheets(
    work: Work, sheets: Sequence[tuple[Sheet, str | None]], calendar: tuple[str, int], reason: str = "", ruled_to: int | None = None
) -> None:
    """Append sheets with their annexes, their lines and the evidence of these; each sheet carries its revision and sequence.

    Rows go in a table at a time: the act holds the only write lock, so their ids are known beforehand.
    """
    own = {"hall_id": work.hall_id, "sequence": work.sequence}
    next_sheet, next_line = _next_id(work, "sheets"), _next_id(work, "sheet_lines")
    rows: dict[str, list[dict[str, object]]] = {"sheets": [], "sheets_ruled": [], "sheet_lines": [], "line_evidence": []}
    for sheet_id, (sheet, annex) in enumerate(sheets, start=next_sheet):
        rows["sheets"].append({**own, "id": sheet_id, **_sheet_row(sheet, calendar, annex, reason)})
        if ruled_to is not None and ruled_to != sheet.as_of_sequence:
            rows["sheets_ruled"].append({**own, "sheet_id": sheet_id, "ruled_to": ruled_to})
        for number, line in enumerate(sheet.lines, start=1):
            rows["sheet_lines"].append({**own, "id": next_line, "sheet_id": sheet_id, "line": number, **_line_row(line)})
            for id, role in sorted({(ref.id, ref.role) for ref in line.evidence}):
                kind = id.partition(":")[0]
                if kind in _EVIDENCE_KINDS:
                    rows["line_evidence"].append({**own, "line_id": next_line, "kind": kind, "evidence_id": id, "role": role})
            next_line += 1
    for name, found in rows.items():
        add(work.session, name, found)


def _next_id(work: Work, name: str) -> int:
    return (work.session.scalar(select(func.max(bare(name).c.id))) or 0) + 1


def _sheet_row(sheet: Sheet, calendar: tuple[str, int], annex: str | None, reason: str) -> dict[str, object]:
    body = sheet.text()
    return {
        "month": sheet.month, "scheme_id": sheet.scheme_id, "scheme_version": sheet.scheme_version, "window_id": sheet.window_id,
        "revision": sheet.revision, "answer": sheet.state, "total": _stored(sheet.total), "as_of_sequence": sheet.as_of_sequence,
        "calendar_id": calendar[0], "calendar_version": calendar[1], "inputs_digest": sheet.inputs_digest,
        "sheet_digest": digest_text(body), "body": body, "reason": reason or None, "annex": annex,
    }  # fmt: skip


def _line_row(line: Line) -> dict[str, object]:
    return {
        "indicator": line.indicator, "kind": line.kind, "answer": line.state, "value": _stored(line.value), "numerator": line.numerator,
        "denominator": line.denominator, "weight": _stored(line.weight), "points": _stored(line.points), "article": line.article,
        "note": None, "evidence_query": line.population or None, "evidence_digest": line.population_digest or None,
    }  # fmt: skip


def _stored(number: Decimal | None) -> str | None:
    return None if number is None else canonical_decimal(number)


def read_filed(
    session: Session,
    hall_id: str,
    month: str | None = None,
    scheme_id: str | None = None,
    window_id: str | None = None,
    revision: int | None = None,
    as_of: int | None = None,
    every_revision: bool = False,
) -> tuple[Filed, ...]:
    """Sheets by month, scheme and window: of each the latest revision, the one asked for, or all."""
    query = select(SheetRow, SheetRuled.ruled_to).outerjoin(SheetRuled, SheetRuled.sheet_id == SheetRow.id)
    query = query.where(SheetRow.hall_id == hall_id)
    newest = select(
        SheetRow.month, SheetRow.scheme_id, SheetRow.window_id, func.max(SheetRow.revision).label("revision")
    ).where(SheetRow.hall_id == hall_id).group_by(SheetRow.month, SheetRow.scheme_id, SheetRow.window_id)  # fmt: skip
    if as_of is not None:
        query, newest = query.where(SheetRow.sequence <= as_of), newest.where(SheetRow.sequence <= as_of)
    if month is not None:
        query, newest = query.where(SheetRow.month == month), newest.where(SheetRow.month == month)
    if scheme_id is not None:
        query = query.where(SheetRow.scheme_id == scheme_id)
    if window_id is not None:
        query = query.where(SheetRow.window_id == window_id)
    if revision is not None:
        query = query.where(SheetRow.revision == revision)
    elif not every_revision:
        latest = newest.subquery()
        query = query.join(
            latest,
            (latest.c.month == SheetRow.month)
            & (latest.c.scheme_id == SheetRow.scheme_id)
            & (latest.c.window_id == SheetRow.window_id)
            & (latest.c.revision == SheetRow.revision),
        )
    query = query.order_by(SheetRow.month, SheetRow.scheme_id, SheetRow.window_id, SheetRow.revision)
    return tuple(
        Filed(
            _read(row).filed(row.revision, row.as_of_sequence), row.body, row.sheet_digest, row.reason or "", row.annex,
            row.as_of_sequence if ruled_to is None else ruled_to, row.sequence,
        )
        for row, ruled_to in session.execute(query)
    )  # fmt: skip


def _read(row: SheetRow) -> Sheet:
    """The sheet of a row. Raises BadInput where its text was damaged outside the program."""
    try:
        return read_sheet_text(row.body)
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError):
        place = f"{row.hall_id} {row.month} {row.scheme_id} {row.window_id}, revision {row.revision}"
        raise BadInput([fault("sheet_damaged", place)]) from None


def list_assessed(session: Session, hall_id: str) -> tuple[tuple[str, str], ...]:
    """Months and schemes of which there are sheets, newest month first."""
    query = select(SheetRow.month, SheetRow.scheme_id).where(SheetRow.hall_id == hall_id).distinct()
    return tuple(sorted(((month, scheme) for month, scheme in session.execute(query)), key=lambda each: (each[0], each[1]), reverse=True))
