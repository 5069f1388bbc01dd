"""Objections to a month's sheets: an appeal against a line, and the ruling that decides it.

A ruling changes what a record counts as, never a point, and scores the month again in the same act, so the next revision stands beside the
last whether the month is locked or not. What may be contested and who may not rule: ``appeals``. Not for the steps of a month (``course``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from . import accounts, monthly
from .appeals import INSTANCES, Verdict, barred, lines_meant, names_of_lines, words_of
from .course import Course, begun, course_in, place_of, scheme_of
from .db import months
from .db.dues import zone_of_hall
from .db.evidence_rows import came_late, read_evidence
from .db.journal_rows import head
from .db.links import spelled_window
from .db.months import AppealRow
from .db.subjects import read_subjects, subject_of
from .faults import BadInput, Fault, fault
from .month import Month, month_of
from .people import mask_text, name_key, normal_id

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from .db.store import Store, Work

LONGEST_GROUNDS = 2000
"""Characters of grounds and reasons; the rest is cut."""


def list_appeals(store: Store, hall: str, month: str | Month | None = None) -> tuple[AppealRow, ...]:
    """Appeals of a hall, or of one of its months, with their rulings, in order of filing."""
    with store.read() as session:
        return months.read_appeals(session, hall, None if month is None else str(month_of(month)))


def appeal(
    store: Store,
    hall: str,
    month: str | Month,
    window: str,
    indicator: str,
    grounds: str,
    scheme: str = monthly.DEFAULT_SCHEME,
    *,
    person: str,
    record: str | None = None,
) -> AppealRow:
    """Object to a line of a circulated sheet.

    Parameters
    ----------
    indicator : the line, by id or by name as the sheet shows it; a part of the name will do if only one line has it
    record : evidence id that is contested, such as ``case:2022-000123``; None: the line as a whole

    Raises BadInput before the sheets are circulated, for staff of another window, an unknown or unclear line, a record that is not on the
    line (nor came too late for it), no grounds, an appeal that is filed already, and after the last day for objections unless the month is
    locked: then an inspector may still take one in, and it is decided by a ruling as any other.
    """
    wanted = month_of(month)
    scope = accounts.scope_of(store, person, hall)
    with store.read() as session:
        window = spelled_window(session, hall, window)
    if not scope.reads(window):
        raise BadInput([fault("role_other_window", f'window "{window}"', person)])
    told = mask_text(grounds.strip())[:LONGEST_GROUNDS]
    with store.act(person, "appeal", hall) as work:
        here = begun(course_in(work.session, hall, str(wanted), scheme), hall, wanted)
        if here.until is None:
            raise BadInput([fault("month_step_missing", place_of(here), here.stands, stands=here.stands, step="circulated")])
        today = work.at.astimezone(zone_of_hall(work.session, hall)).date()
        late = today > here.until
        if late and not (here.reached("locked") and (scope.open or accounts.INSPECTOR in scope.roles)):
            raise BadInput([fault("objections_over", place_of(here), here.until)])
        sheet = monthly.sheet_in(work.session, hall, wanted, window, scheme)
        window, faults = sheet.window_id, []
        used, lines = scheme_of(store, here), tuple(line.indicator for line in sheet.lines)
        meant = lines_meant(used, lines, indicator)
        if len(meant) == 1:
            (indicator,) = meant
        else:
            told_of = ", ".join(f"{line} ({names_of_lines(used)[line][0]})" for line in meant or lines)
            faults.append(fault("line_unclear" if meant else "line_unknown", f'window "{window}"', indicator, known=told_of))
        if not told:
            faults.append(fault("appeal_no_grounds", f'window "{window}"', ""))
        if record is not None:
            record = normal_id(record)
            if not faults:
                faults += _out_of_place(work.session, here, window, indicator, [record])
        same = _filed_already(here, window, indicator, record, sheet.revision)
        if same is not None:
            faults.append(fault("appeal_there", f'window "{window}"', indicator, number=same.number))
        if faults:
            raise BadInput(faults)
        home, subject = _home(work, wanted, window)
        number = months.add_appeal(work, str(wanted), scheme, home, sheet.revision, indicator, record, told, subject)
        work.detail(appeal=number, line=indicator, record=record, late=late)
        (filed,) = months.read_appeals(work.session, hall, number=number)
    return filed


def rule(
    store: Store, hall: str, number: str, verdict: Verdict, reason: str, *, person: str, records: Mapping[str, str] | None = None
) -> AppealRow:
    """Decide an appeal, and score the month again by what the ruling makes of the records, in the same act.

    Parameters
    ----------
    records : evidence id -> what it is ruled to be (``appeals.RULED_OF``); None with an upheld appeal: its own record, as its kind has it,
        or admitted if it came too late

    A second ruling on the same appeal replaces the first; it is made by somebody else. Raises BadInput for somebody who filed, recorded,
    scored or already ruled, for an upheld appeal that changes no record, and for a third ruling.
    """
    told = mask_text(reason.strip())[:LONGEST_GROUNDS]
    with store.act(person, "rule", hall) as work:
        session = work.session
        found = months.read_appeals(session, hall, number=number)
        if not found:
            raise BadInput([fault("appeal_unknown", f'hall "{hall}"', number)])
        (filed,) = found
        here = begun(course_in(session, hall, filed.month, filed.scheme_id), hall, month_of(filed.month))
        changes = _changes(session, here, filed, verdict, records)
        _refuse_ruler(session, hall, here, filed, changes, work.person)
        if not told:
            raise BadInput([fault("ruling_no_reason", number, "")])
        instance = len(filed.decisions) + 1
        if instance > INSTANCES:
            raise BadInput([fault("ruling_final", number, INSTANCES)])
        before = dict.fromkeys(months.ruled_by(session, hall, number))
        months.add_ruling(work, number, instance, verdict, told, {**before, **changes})
        session.flush()
        work.detail(appeal=number, instance=instance, verdict=verdict, records=dict(changes))
        month, scheme = month_of(filed.month), scheme_of(store, here)
        revised = monthly.file_month(work, month, scheme, here.as_of, work.sequence, f"{number}: {told}"[:500])
        work.detail(revised=revised)
        (decided,) = months.read_appeals(session, hall, number=number)
    return decided


def _filed_already(here: Course, window: str, indicator: str, record: str | None, revision: int) -> AppealRow | None:
    """The appeal that says the same: of a record always, it has its two instances; of a whole line while it waits or the sheet stands."""
    for each in here.appeals:
        stands = record is not None or each.verdict is None or each.revision == revision
        if stands and (each.window_id, each.indicator, each.evidence_id) == (window, indicator, record):
            return each
    return None


def _out_of_place(session: Session, here: Course, window: str, indicator: str, records: Iterable[str]) -> list[Fault]:
    """What is wrong with records as the matter of a line: there are none such, or they are neither on it nor came too late for it.

    On a line is what any revision of the sheet named there. What was recorded after the collecting is on no line: it has to be the window's
    and the month's.
    """
    wanted = month_of(here.month)
    revisions = monthly.revisions_in(session, here.hall, wanted, window, here.scheme_id)
    on_line = {ref.id for sheet in revisions for line in sheet.lines if line.indicator == indicator for ref in line.evidence}
    faults = []
    for id in records:
        if id in on_line:
            continue
        if read_evidence(session, here.hall, id, head(session).count) is None:
            faults.append(fault("evidence_unknown", f'hall "{here.hall}"', id))
        elif not came_late(session, here.hall, id, window, wanted, here.as_of):
            faults.append(fault("appeal_not_on_line", f'window "{window}", line "{indicator}"', id, month=here.month))
    return faults


def _home(work: Work, month: Month, id: str) -> tuple[str, str | None]:
    """The window that an appeal is filed under, and whose sheet it is about if that is no window's."""
    kind = subject_of(id)
    if kind == "window":
        return id, None
    found = read_subjects(work.session, work.hall_id, month, work.sequence - 1, kind).windows.get(id, ())
    if not found:
        raise BadInput([fault("no_such_window_of_hall", f'hall "{work.hall_id}"', id)])
    return found[0], id


def _changes(
    session: Session, here: Course, filed: AppealRow, verdict: Verdict, records: Mapping[str, str] | None
) -> dict[str, str | None]:
    """What the ruling makes of which record. Raises BadInput for a record or a word that does not fit."""
    if verdict == "dismissed":
        if records:
            raise BadInput([fault("ruling_dismissed", filed.number, ", ".join(records))])
        return {}
    given = {normal_id(id): word for id, word in (records or {}).items()}
    if not given and filed.evidence_id is not None:
        late = _is_late(session, here, filed, filed.evidence_id)
        given = {filed.evidence_id: "admitted" if late else (words_of(filed.evidence_id) or ("",))[0]}
    if not given:
        raise BadInput([fault("ruling_changes_nothing", filed.number, "")])
    faults = [
        fault("ruling_word", id, word, known=", ".join(words_of(id)) or "-") for id, word in given.items() if word not in words_of(id)
    ]
    faults += _out_of_place(session, here, filed.window_id, filed.indicator, given)
    faults += [
        fault("ruling_not_late" if word == "admitted" else "ruling_late", id, word)
        for id, word in given.items()
        if not faults and (word == "admitted") is not _is_late(session, here, filed, id)
    ]
    if faults:
        raise BadInput(faults)
    return dict(given)


def _is_late(session: Session, here: Course, filed: AppealRow, id: str) -> bool:
    """Whether a record came after the collecting and no ruling has let it in."""
    let_in = months.read_ruled(session, here.hall, head(session).count).get(id) == "admitted"
    return not let_in and came_late(session, here.hall, id, filed.window_id, month_of(filed.month), here.as_of)


def _refuse_ruler(session: Session, hall: str, here: Course, filed: AppealRow, changes: Mapping[str, str | None], person: str) -> None:
    touched = {*changes, *([filed.evidence_id] if filed.evidence_id else [])}
    recorded = {each for id in touched for each in months.recorders(session, hall, id)}
    scored = {each.person for each in here.steps if each.step in ("computed", "circulated")}
    why = barred(filed.person, recorded, scored, [each.person for each in filed.decisions]).get(name_key(person))
    if why is not None:
        raise BadInput([fault(why, filed.number, person)])
