"""The sheets of a month as they were filed, and who they are about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..db import months
from ..db.journal_rows import head
from ..db.links import WindowName, read_windows, spelled_window
from ..db.overview import evidence_since
from ..db.records import hall_row
from ..db.sheets import list_assessed, read_filed
from ..db.subjects import read_subjects
from ..evidence import UNASSIGNED
from ..faults import BadInput, fault
from ..month import Month, month_of
from ..scheme import Scheme
from ..sheet import Sheet
from .versions import DEFAULT_SCHEME, scheme_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..db.store import Store


def read_sheets(store: Store, hall: str, month: str | Month, scheme: str = DEFAULT_SCHEME) -> list[Sheet]:
    """The latest sheets of a month by window; empty if it was not assessed. Raises BadInput for an unknown hall."""
    with store.read() as session:
        if hall_row(session, hall) is None:
            raise BadInput([fault("hall_unknown", "hall", hall)])
        return ordered(each.sheet for each in read_filed(session, hall, str(month_of(month)), scheme))


def read_sheet(
    store: Store, hall: str, month: str | Month, window: str, scheme: str = DEFAULT_SCHEME, revision: int | None = None
) -> Sheet:
    """One sheet: the latest revision, or the one asked for. Raises BadInput if there is none."""
    with store.read() as session:
        found = read_filed(session, hall, str(month_of(month)), scheme, spelled_window(session, hall, window), revision)
    if not found:
        asked = " ".join([str(month), scheme, window, *([f"revision {revision}"] if revision is not None else [])])
        raise BadInput([fault("sheet_unknown", f'hall "{hall}"', asked)])
    return found[-1].sheet


def sheet_in(session: Session, hall: str, month: Month, window: str, scheme: str) -> Sheet:
    """The latest sheet of a window within an act. Raises BadInput if there is none."""
    found = read_filed(session, hall, str(month), scheme, spelled_window(session, hall, window))
    if not found:
        raise BadInput([fault("sheet_unknown", f'hall "{hall}"', f"{month} {scheme} {window}")])
    return found[-1].sheet


def revisions_in(session: Session, hall: str, month: Month, window: str, scheme: str) -> tuple[Sheet, ...]:
    """Every revision of a window's sheet within an act, in their order."""
    return tuple(each.sheet for each in read_filed(session, hall, str(month), scheme, window, every_revision=True))


def digests_of(session: Session, hall: str, month: Month, scheme: str) -> dict[str, list[int | str]]:
    """Window -> [revision, digest] of the latest sheets of a month."""
    return {each.sheet.window_id: [each.sheet.revision, each.digest] for each in read_filed(session, hall, str(month), scheme)}


def came_since(session: Session, hall: str, sequence: int) -> bool:
    """Whether something that months are judged by was recorded in a hall after an act: a file, an order's step, more time for a case."""
    return evidence_since(session, hall, sequence) > 0


def came_after(store: Store, sheets: Sequence[Sheet]) -> bool:
    """Whether something that a month is judged by was recorded after its sheets and stands beside them; never in a month with a course."""
    first = sheets[0]
    with store.read() as session:
        if months.read_steps(session, first.hall_id, first.month, first.scheme_id):
            return False
        return came_since(session, first.hall_id, max(each.as_of_sequence for each in sheets))


def list_months(store: Store, hall: str) -> tuple[tuple[str, str], ...]:
    """(month, scheme id) of everything assessed, newest month first."""
    with store.read() as session:
        return list_assessed(session, hall)


def list_windows(store: Store, hall: str) -> tuple[WindowName, ...]:
    """The department windows of a hall, with their names."""
    with store.read() as session:
        return read_windows(session, hall)


def list_subjects(store: Store, hall: str, month: str | Month, scheme: Scheme) -> tuple[WindowName, ...]:
    """Who a scheme assesses in a month, with their names."""
    with store.read() as session:
        return read_subjects(session, hall, month_of(month), head(session).count, scheme.subject).names


def name_subject(store: Store, hall: str, month: str | Month, written: str, scheme: str = DEFAULT_SCHEME) -> str:
    """The id of a subject as a person writes it: the id, or the name if only one has it; anything else as it stands."""
    wanted = month_of(month)
    with store.read() as session:
        filed = read_filed(session, hall, str(wanted), scheme)
    if not filed or any(each.sheet.window_id == written for each in filed):
        return written
    chosen = scheme_of(store, hall, scheme, filed[0].sheet.scheme_version)
    named = [each.window_id for each in list_subjects(store, hall, wanted, chosen) if written in (each.name_zh, each.name_en)]
    return named[0] if len(named) == 1 else written


def ordered(sheets: Iterable[Sheet]) -> list[Sheet]:
    """By window; the unassigned last."""
    return sorted(sheets, key=lambda sheet: (sheet.window_id == UNASSIGNED, sheet.window_id))
