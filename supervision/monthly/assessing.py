"""A month scored and filed: what is new is filed as the next revision beside the last, and nothing if the record has not changed.

A month that was opened has its course (`supervision.course`): then what was collected counts, and rulings, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ..db import months
from ..db.case_facts import keep_opens
from ..db.dues import zone_of_hall
from ..db.facts import MonthFacts, Opens, count_facts
from ..db.journal_rows import head
from ..db.load import count_load
from ..db.sheets import Filed, file_sheets, fix_scheme, read_filed
from ..db.subjects import read_subjects
from ..evidence import UNASSIGNED
from ..faults import BadInput, fault
from ..month import Month, month_of
from ..people import check_person
from ..scheme import Scheme
from ..scoring import list_unassigned, score
from ..sheet import Sheet
from ..uncollected import uncollected
from .contexts import annex, contexts_of
from .sheets import ordered, read_sheets
from .versions import DEFAULT_SCHEME, scheme_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..db.store import Store, Work


def assess(
    store: Store, hall: str, month: str | Month, scheme: str | Scheme = DEFAULT_SCHEME, person: str = "", reason: str = ""
) -> list[Sheet]:
    """Score every department window of a hall's month and file what is new.

    Parameters
    ----------
    scheme : id (the version in force in the month), or a scheme
    person : who assesses; required
    reason : why, for a later revision

    Returns the latest sheets by window; records without a window come last, as a sheet of ``unassigned`` that has no lines. Nothing is
    written if nothing has changed. Raises BadInput for an unknown hall, scheme or month, a month that is not over, and a missing person.
    """
    check_person(person)
    wanted = month_of(month)
    chosen = scheme if isinstance(scheme, Scheme) else scheme_of(store, hall, scheme, month=wanted)
    with store.read() as session:
        seen = head(session).count
        _refuse_open_month(store, session, hall, wanted, seen)
        as_of = _collected(session, hall, wanted, chosen, seen)
        fresh, facts = score_month(session, hall, wanted, chosen, as_of, seen)
        filed = read_filed(session, hall, str(wanted), chosen.id)
        if not _changed(fresh, filed):
            return ordered(each.sheet for each in filed)
    with store.act(person, "assess", hall) as work:
        if work.sequence != seen + 1:  # somebody acted in between: count again, under the lock
            seen = work.sequence - 1
            as_of = _collected(work.session, hall, wanted, chosen, seen)
            fresh, facts = score_month(work.session, hall, wanted, chosen, as_of, seen)
        _file(work, hall, wanted, chosen, fresh, facts, reason, as_of, seen)
    return read_sheets(store, hall, wanted, chosen.id)


def file_month(work: Work, month: Month, scheme: Scheme, as_of: int, ruled_to: int, reason: str) -> dict[str, list[int | str]]:
    """Score a month within an act and file what is new: window -> [revision, digest] of what was filed."""
    fresh, facts = score_month(work.session, work.hall_id, month, scheme, as_of, ruled_to)
    return _file(work, work.hall_id, month, scheme, fresh, facts, reason, as_of, ruled_to)


def score_month(
    session: Session, hall: str, month: Month, scheme: Scheme, as_of: int, ruled_to: int, before: Opens | None = None
) -> tuple[list[Sheet], MonthFacts]:
    """Sheets of every window as of a sequence, none of them filed."""
    with uncollected():
        facts = count_facts(session, hall, month, as_of, ruled_to, before, scheme.subject, scheme.asked)
        named = read_subjects(session, hall, month, as_of, scheme.subject).names
        sheets = [score(scheme, hall, each.window_id, str(month), *facts.of(each.window_id)) for each in named]
        sheets.append(list_unassigned(scheme, hall, str(month), *facts.of(UNASSIGNED)))
    return sheets, facts


def _refuse_open_month(store: Store, session: Session, hall: str, month: Month, as_of: int) -> None:
    zone: ZoneInfo = zone_of_hall(session, hall)
    closes = month.bounds(zone)[1]
    if store.clock().astimezone(UTC) < closes:
        raise BadInput([fault("month_not_over", f'hall "{hall}"', month, zone=zone.key, first=month.next().first_day)])


def _collected(session: Session, hall: str, month: Month, scheme: Scheme, seen: int) -> int:
    """Up to which sequence evidence counts: what was collected, if the month has its course, else everything.

    Raises BadInput for an opened month whose evidence was not collected, and for another version than it was opened with.
    """
    steps = months.read_steps(session, hall, str(month), scheme.id).get(scheme.id, ())
    if not steps:
        return seen
    collected = [each for each in steps if each.step == "collected"]
    if not collected:
        place, stands = f'hall "{hall}": {month} {scheme.id}', steps[-1].step
        raise BadInput([fault("month_step_missing", place, stands, stands=stands, step="collected")])
    if steps[0].scheme_version != scheme.version:
        place = f'hall "{hall}": {month} {scheme.id}'
        raise BadInput([fault("month_other_version", place, scheme.version, opened=steps[0].scheme_version)])
    return collected[-1].as_of


def _changed(fresh: Sequence[Sheet], filed: Sequence[Filed]) -> list[Sheet]:
    """Sheets that differ from what is filed, with their next revision; nobody's sheet is filed once there is something on it."""
    latest = {each.sheet.window_id: each for each in filed}
    changed = []
    for sheet in fresh:
        before = latest.get(sheet.window_id)
        if before is None and sheet.window_id == UNASSIGNED and not sheet.not_charged:
            continue
        if before is None or before.body != sheet.text():
            changed.append(sheet.filed(1 if before is None else before.sheet.revision + 1, 0))
    return changed


def _file(
    work: Work, hall: str, month: Month, scheme: Scheme, fresh: Sequence[Sheet], facts: MonthFacts, reason: str, as_of: int, ruled_to: int
) -> dict[str, list[int | str]]:
    changed = _changed(fresh, read_filed(work.session, hall, str(month), scheme.id))
    if facts.opens is not None:
        keep_opens(work, facts.opens)
    loads = count_load(work.session, hall, month, as_of, facts.accepted if scheme.subject in ("window", "township") else None)
    subjects = read_subjects(work.session, hall, month, as_of, scheme.subject)
    contexts = contexts_of([each.window_id for each in changed], facts, loads, scheme.good_levels(), subjects)
    fix_scheme(work, scheme)
    filed = [(sheet.filed(sheet.revision, as_of), annex(contexts[sheet.window_id])) for sheet in changed]
    file_sheets(work, filed, (facts.calendar_id, facts.calendar_version), reason, ruled_to)
    told: dict[str, list[int | str]] = {each.window_id: [each.revision, each.digest] for each in changed}
    work.detail(month=str(month), scheme=scheme.id, version=scheme.version, scheme_digest=scheme.digest, as_of=as_of, sheets=told)
    return told
