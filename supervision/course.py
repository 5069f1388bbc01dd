"""The course of a month, step by step: opened, collected, computed, circulated for objections, locked, published; appeals and rulings.

Every step is one act and may be asked for again: what is done is answered, not done twice, also when two people ask at once. Collecting
fixes the journal sequence up to which evidence counts; whatever is recorded later enters the month by a ruling only. A ruling scores the
month again in the same act, so the next revision stands beside the last whether the month is locked or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from . import accounts, monthly
from .appeals import INSTANCES, OBJECTION_DAYS, Verdict, barred, lines_meant, names_of_lines, words_of
from .db import months
from .db.dues import Dues, zone_of_hall
from .db.evidence_rows import came_late, read_evidence
from .db.journal_rows import head
from .db.links import spelled_window
from .db.months import AppealRow, Step
from .db.overview import count_records
from .db.subjects import read_subjects, subject_of
from .faults import BadInput, Fault, fault
from .month import Month, parse_month
from .people import check_person, mask_text, name_key, normal_id, same_person
from .scheme import Scheme

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from .db.store import Store, Work

STEPS = ("opened", "collected", "computed", "circulated", "locked", "published")
NAMES: Mapping[str, Mapping[str, str]] = {
    "opened": {"zh": "已开启", "en": "opened"},
    "collected": {"zh": "证据已归集", "en": "evidence collected"},
    "computed": {"zh": "已计分", "en": "computed"},
    "circulated": {"zh": "征求异议中", "en": "circulated for objections"},
    "locked": {"zh": "已锁定", "en": "locked"},
    "published": {"zh": "已公布", "en": "published"},
}
LONGEST_GROUNDS = 2000


@dataclass(frozen=True, slots=True)
class Course:
    """How far a month has come under one scheme."""

    hall: str
    month: str
    scheme_id: str
    scheme_version: str
    steps: tuple[Step, ...]
    appeals: tuple[AppealRow, ...]

    @property
    def stands(self) -> str:
        """The latest step: a month that was collected again after it was computed stands at collected."""
        return self.steps[-1].step

    @property
    def as_of(self) -> int:
        """Evidence up to this journal sequence counts; of the last collecting."""
        return self.last("collected").as_of

    @property
    def until(self) -> date | None:
        """Last local day for objections; None before the sheets are circulated."""
        return self.last("circulated").until if self.reached("circulated") else None

    @property
    def waiting(self) -> tuple[AppealRow, ...]:
        """Appeals without a ruling."""
        return tuple(each for each in self.appeals if each.verdict is None)

    def reached(self, step: str) -> bool:
        """Whether a step was taken."""
        return any(each.step == step for each in self.steps)

    def last(self, step: str) -> Step:
        """The latest of a step. Raises LookupError if it was not taken."""
        for each in reversed(self.steps):
            if each.step == step:
                return each
        raise LookupError(f"{self.month} was not {step}")


def read_course(store: Store, hall: str, month: str | Month, scheme: str) -> Course | None:
    """How far a month has come; None if it was not opened."""
    with store.read() as session:
        return _read(session, hall, str(_month(month)), scheme)


def list_courses(store: Store, hall: str) -> tuple[Course, ...]:
    """Every month that was opened, newest first."""
    with store.read() as session:
        found = (_read(session, hall, month, scheme) for month, scheme in months.list_courses(session, hall))
        return tuple(each for each in found if each is not None)


def list_appeals(store: Store, hall: str, month: str | Month | None = None) -> tuple[AppealRow, ...]:
    """Appeals of a hall, or of one of its months, with their rulings, in order of filing."""
    with store.read() as session:
        return months.read_appeals(session, hall, None if month is None else str(_month(month)))


def open_month(store: Store, hall: str, month: str | Month, scheme: str = monthly.DEFAULT_SCHEME, *, person: str) -> Course:
    """Begin a month under the version of a scheme that is in force in it.

    Raises BadInput for an incomplete scheme, an unknown hall or scheme, and a month that has not begun.
    """
    wanted = _month(month)
    chosen = monthly.scheme_of(store, hall, scheme, month=wanted)
    if chosen.incomplete:
        raise BadInput([fault("scheme_incomplete", f"{chosen.id}/{chosen.version}", chosen.name.en)])

    def take(work: Work, course: Course | None) -> None:
        zone = zone_of_hall(work.session, hall)
        if work.at < wanted.bounds(zone)[0]:
            raise BadInput([fault("month_not_begun", f'hall "{hall}"', wanted, first=wanted.first_day)])
        months.add_step(work, str(wanted), (chosen.id, chosen.version), "opened", work.sequence - 1)

    return _step(store, "open month", hall, wanted, scheme, person, take, done=lambda course: course is not None)


def collect(store: Store, hall: str, month: str | Month, scheme: str = monthly.DEFAULT_SCHEME, *, person: str) -> Course:
    """Close the collecting: what is recorded by now counts. It may be done again until the sheets are circulated."""
    wanted = _month(month)

    def take(work: Work, course: Course | None) -> None:
        here = _begun(course, hall, wanted)
        _refuse_after(here, "circulated")
        zone = zone_of_hall(work.session, hall)
        if work.at < wanted.bounds(zone)[1]:
            raise BadInput([fault("month_not_over", f'hall "{hall}"', wanted, zone=zone.key, first=wanted.next().first_day)])
        months.add_step(work, str(wanted), (here.scheme_id, here.scheme_version), "collected", work.sequence - 1)
        work.detail(records=count_records(work.session, hall, wanted))

    def done(course: Course | None) -> bool:
        if course is None or not course.reached("collected"):
            return False
        with store.read() as session:
            return not monthly.came_since(session, hall, course.last("collected").sequence)

    return _step(store, "collect month", hall, wanted, scheme, person, take, done)


def compute(store: Store, hall: str, month: str | Month, scheme: str = monthly.DEFAULT_SCHEME, *, person: str) -> Course:
    """Score every window from what was collected and file what is new."""
    wanted = _month(month)

    def take(work: Work, course: Course | None) -> None:
        here = _begun(course, hall, wanted)
        if not here.reached("collected"):
            raise BadInput([fault("month_step_missing", _place(here), here.stands, stands=here.stands, step="collected")])
        _refuse_after(here, "circulated")
        monthly.file_month(work, wanted, _scheme(store, here), here.as_of, work.sequence - 1, "")
        months.add_step(work, str(wanted), (here.scheme_id, here.scheme_version), "computed", here.as_of)

    def done(course: Course | None) -> bool:
        return course is not None and course.reached("computed") and course.last("computed").sequence > course.last("collected").sequence

    return _step(store, "compute month", hall, wanted, scheme, person, take, done)


def circulate(
    store: Store, hall: str, month: str | Month, scheme: str = monthly.DEFAULT_SCHEME, *, person: str, days: int = OBJECTION_DAYS
) -> Course:
    """Put the sheets before the windows: objections until the end of so many working days, counted from the next day."""
    wanted = _month(month)
    if not 1 <= days <= 60:
        raise BadInput([fault("objection_days", "days", days)])

    def take(work: Work, course: Course | None) -> None:
        here = _begun(course, hall, wanted)
        if not here.reached("computed") or here.last("computed").sequence < here.last("collected").sequence:
            raise BadInput([fault("month_step_missing", _place(here), here.stands, stands=here.stands, step="computed")])
        dues = Dues(work.session, hall, work.sequence - 1)
        until = dues.calendar.days.add_working_days(work.at.astimezone(dues.zone).date(), days)
        months.add_step(work, str(wanted), (here.scheme_id, here.scheme_version), "circulated", here.as_of, until)
        work.detail(until=until.isoformat(), days=days, sheets=monthly.digests_of(work.session, hall, wanted, here.scheme_id))

    return _step(store, "circulate month", hall, wanted, scheme, person, take, lambda course: _has(course, "circulated"))


def lock(store: Store, hall: str, month: str | Month, scheme: str = monthly.DEFAULT_SCHEME, *, person: str) -> Course:
    """Close the month, once the days for objections are over and every appeal has its ruling."""
    wanted = _month(month)

    def take(work: Work, course: Course | None) -> None:
        here = _begun(course, hall, wanted)
        if here.until is None:
            raise BadInput([fault("month_step_missing", _place(here), here.stands, stands=here.stands, step="circulated")])
        today = work.at.astimezone(zone_of_hall(work.session, hall)).date()
        faults = [fault("appeal_waiting", _place(here), each.number) for each in here.waiting]
        if today <= here.until:
            faults.append(fault("objections_open", _place(here), here.until))
        if faults:
            raise BadInput(faults)
        months.add_step(work, str(wanted), (here.scheme_id, here.scheme_version), "locked", here.as_of)
        work.detail(sheets=monthly.digests_of(work.session, hall, wanted, here.scheme_id))

    return _step(store, "lock month", hall, wanted, scheme, person, take, lambda course: _has(course, "locked"))


def publish(store: Store, hall: str, month: str | Month, scheme: str = monthly.DEFAULT_SCHEME, *, person: str) -> Course:
    """Make a locked month public: from now on boards and bulletins may show it. Somebody else than who locked it publishes."""
    wanted = _month(month)

    def take(work: Work, course: Course | None) -> None:
        here = _begun(course, hall, wanted)
        if not here.reached("locked"):
            raise BadInput([fault("month_step_missing", _place(here), here.stands, stands=here.stands, step="locked")])
        if same_person(here.last("locked").person, work.person):
            raise BadInput([fault("month_own_lock", _place(here), work.person)])
        months.add_step(work, str(wanted), (here.scheme_id, here.scheme_version), "published", here.as_of)
        work.detail(sheets=monthly.digests_of(work.session, hall, wanted, here.scheme_id))

    return _step(store, "publish month", hall, wanted, scheme, person, take, lambda course: _has(course, "published"))


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
    wanted = _month(month)
    scope = accounts.scope_of(store, person, hall)
    with store.read() as session:
        window = spelled_window(session, hall, window)
    if not scope.reads(window):
        raise BadInput([fault("role_other_window", f'window "{window}"', person)])
    told = mask_text(grounds.strip())[:LONGEST_GROUNDS]
    with store.act(person, "appeal", hall) as work:
        here = _begun(_read(work.session, hall, str(wanted), scheme), hall, wanted)
        if here.until is None:
            raise BadInput([fault("month_step_missing", _place(here), here.stands, stands=here.stands, step="circulated")])
        today = work.at.astimezone(zone_of_hall(work.session, hall)).date()
        late = today > here.until
        if late and not (here.reached("locked") and (scope.open or accounts.INSPECTOR in scope.roles)):
            raise BadInput([fault("objections_over", _place(here), here.until)])
        sheet = monthly.sheet_in(work.session, hall, wanted, window, scheme)
        window, faults = sheet.window_id, []
        used, lines = _scheme(store, here), tuple(line.indicator for line in sheet.lines)
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
        here = _begun(_read(session, hall, filed.month, filed.scheme_id), hall, _month(filed.month))
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
        revised = monthly.file_month(work, _month(filed.month), _scheme(store, here), here.as_of, work.sequence, f"{number}: {told}"[:500])
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
    wanted = _month(here.month)
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
    return not let_in and came_late(session, here.hall, id, filed.window_id, _month(filed.month), here.as_of)


def _refuse_ruler(session: Session, hall: str, here: Course, filed: AppealRow, changes: Mapping[str, str | None], person: str) -> None:
    touched = {*changes, *([filed.evidence_id] if filed.evidence_id else [])}
    recorded = {each for id in touched for each in months.recorders(session, hall, id)}
    scored = {each.person for each in here.steps if each.step in ("computed", "circulated")}
    why = barred(filed.person, recorded, scored, [each.person for each in filed.decisions]).get(name_key(person))
    if why is not None:
        raise BadInput([fault(why, filed.number, person)])


def _step(
    store: Store,
    act: str,
    hall: str,
    month: Month,
    scheme: str,
    person: str,
    take: Callable[[Work, Course | None], None],
    done: Callable[[Course | None], bool],
) -> Course:
    """Take a step as one act, unless it is done; whoever comes second under the lock finds it done and writes nothing."""
    check_person(person)
    before = read_course(store, hall, month, scheme)
    if before is not None and done(before):
        return before
    seen = () if before is None else before.steps
    try:
        with store.act(person, act, hall) as work:
            course = _read(work.session, hall, str(month), scheme)
            if course is not None and course.steps != seen and done(course):
                raise _Done
            take(work, course)
            work.detail(month=str(month), scheme=scheme)
    except _Done:
        pass
    after = read_course(store, hall, month, scheme)
    assert after is not None
    return after


class _Done(Exception):
    """Somebody else took the step in the meantime: nothing is written."""


def _read(session: Session, hall: str, month: str, scheme: str) -> Course | None:
    steps = months.read_steps(session, hall, month, scheme).get(scheme, ())
    if not steps:
        return None
    return Course(hall, month, scheme, steps[0].scheme_version, steps, months.read_appeals(session, hall, month, scheme))


def _begun(course: Course | None, hall: str, month: Month) -> Course:
    if course is None:
        raise BadInput([fault("month_not_opened", f'hall "{hall}"', month)])
    return course


def _refuse_after(course: Course, step: str) -> None:
    if course.reached(step):
        raise BadInput([fault("month_step_over", _place(course), course.stands, stands=course.stands)])


def _has(course: Course | None, step: str) -> bool:
    return course is not None and course.reached(step)


def _scheme(store: Store, course: Course) -> Scheme:
    return monthly.scheme_of(store, course.hall, course.scheme_id, course.scheme_version)


def _place(course: Course) -> str:
    return f'hall "{course.hall}": {course.month} {course.scheme_id}'


def _month(given: str | Month) -> Month:
    return given if isinstance(given, Month) else parse_month(given)
