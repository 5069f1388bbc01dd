"""The course of a month, step by step: opened, collected, computed, circulated for objections, locked, published.

Every step is one act and may be asked for again: what is done is answered, not done twice, also when two people ask at once. Collecting
fixes the journal sequence up to which evidence counts; whatever is recorded later enters the month by a ruling only (``objections``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from . import monthly
from .appeals import OBJECTION_DAYS
from .db import months
from .db.dues import Dues, zone_of_hall
from .db.months import AppealRow, Step
from .db.overview import count_records
from .faults import BadInput, fault
from .month import Month, month_of
from .people import check_person, same_person
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
        return course_in(session, hall, str(month_of(month)), scheme)


def list_courses(store: Store, hall: str) -> tuple[Course, ...]:
    """Every month that was opened, newest first."""
    with store.read() as session:
        found = (course_in(session, hall, month, scheme) for month, scheme in months.list_courses(session, hall))
        return tuple(each for each in found if each is not None)


def open_month(store: Store, hall: str, month: str | Month, scheme: str = monthly.DEFAULT_SCHEME, *, person: str) -> Course:
    """Begin a month under the version of a scheme that is in force in it.

    Raises BadInput for an incomplete scheme, an unknown hall or scheme, and a month that has not begun.
    """
    wanted = month_of(month)
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
    wanted = month_of(month)

    def take(work: Work, course: Course | None) -> None:
        here = begun(course, hall, wanted)
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
    wanted = month_of(month)

    def take(work: Work, course: Course | None) -> None:
        here = begun(course, hall, wanted)
        if not here.reached("collected"):
            raise BadInput([fault("month_step_missing", place_of(here), here.stands, stands=here.stands, step="collected")])
        _refuse_after(here, "circulated")
        monthly.file_month(work, wanted, scheme_of(store, here), here.as_of, work.sequence - 1, "")
        months.add_step(work, str(wanted), (here.scheme_id, here.scheme_version), "computed", here.as_of)

    def done(course: Course | None) -> bool:
        return course is not None and course.reached("computed") and course.last("computed").sequence > course.last("collected").sequence

    return _step(store, "compute month", hall, wanted, scheme, person, take, done)


def circulate(
    store: Store, hall: str, month: str | Month, scheme: str = monthly.DEFAULT_SCHEME, *, person: str, days: int = OBJECTION_DAYS
) -> Course:
    """Put the sheets before the windows: objections until the end of so many working days, counted from the next day."""
    wanted = month_of(month)
    if not 1 <= days <= 60:
        raise BadInput([fault("objection_days", "days", days)])

    def take(work: Work, course: Course | None) -> None:
        here = begun(course, hall, wanted)
        if not here.reached("computed") or here.last("computed").sequence < here.last("collected").sequence:
            raise BadInput([fault("month_step_missing", place_of(here), here.stands, stands=here.stands, step="computed")])
        dues = Dues(work.session, hall, work.sequence - 1)
        until = dues.calendar.days.add_working_days(work.at.astimezone(dues.zone).date(), days)
        months.add_step(work, str(wanted), (here.scheme_id, here.scheme_version), "circulated", here.as_of, until)
        work.detail(until=until.isoformat(), days=days, sheets=monthly.digests_of(work.session, hall, wanted, here.scheme_id))

    return _step(store, "circulate month", hall, wanted, scheme, person, take, lambda course: _has(course, "circulated"))


def lock(store: Store, hall: str, month: str | Month, scheme: str = monthly.DEFAULT_SCHEME, *, person: str) -> Course:
    """Close the month, once the days for objections are over and every appeal has its ruling."""
    wanted = month_of(month)

    def take(work: Work, course: Course | None) -> None:
        here = begun(course, hall, wanted)
        if here.until is None:
            raise BadInput([fault("month_step_missing", place_of(here), here.stands, stands=here.stands, step="circulated")])
        today = work.at.astimezone(zone_of_hall(work.session, hall)).date()
        faults = [fault("appeal_waiting", place_of(here), each.number) for each in here.waiting]
        if today <= here.until:
            faults.append(fault("objections_open", place_of(here), here.until))
        if faults:
            raise BadInput(faults)
        months.add_step(work, str(wanted), (here.scheme_id, here.scheme_version), "locked", here.as_of)
        work.detail(sheets=monthly.digests_of(work.session, hall, wanted, here.scheme_id))

    return _step(store, "lock month", hall, wanted, scheme, person, take, lambda course: _has(course, "locked"))


def publish(store: Store, hall: str, month: str | Month, scheme: str = monthly.DEFAULT_SCHEME, *, person: str) -> Course:
    """Make a locked month public: from now on boards and bulletins may show it. Somebody else than who locked it publishes."""
    wanted = month_of(month)

    def take(work: Work, course: Course | None) -> None:
        here = begun(course, hall, wanted)
        if not here.reached("locked"):
            raise BadInput([fault("month_step_missing", place_of(here), here.stands, stands=here.stands, step="locked")])
        if same_person(here.last("locked").person, work.person):
            raise BadInput([fault("month_own_lock", place_of(here), work.person)])
        months.add_step(work, str(wanted), (here.scheme_id, here.scheme_version), "published", here.as_of)
        work.detail(sheets=monthly.digests_of(work.session, hall, wanted, here.scheme_id))

    return _step(store, "publish month", hall, wanted, scheme, person, take, lambda course: _has(course, "published"))


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
            course = course_in(work.session, hall, str(month), scheme)
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


def course_in(session: Session, hall: str, month: str, scheme: str) -> Course | None:
    """How far a month has come, in a session; None if it was not opened."""
    steps = months.read_steps(session, hall, month, scheme).get(scheme, ())
    if not steps:
        return None
    return Course(hall, month, scheme, steps[0].scheme_version, steps, months.read_appeals(session, hall, month, scheme))


def begun(course: Course | None, hall: str, month: Month) -> Course:
    """The course of a month. Raises BadInput if the month was not opened."""
    if course is None:
        raise BadInput([fault("month_not_opened", f'hall "{hall}"', month)])
    return course


def _refuse_after(course: Course, step: str) -> None:
    if course.reached(step):
        raise BadInput([fault("month_step_over", place_of(course), course.stands, stands=course.stands)])


def _has(course: Course | None, step: str) -> bool:
    return course is not None and course.reached(step)


def scheme_of(store: Store, course: Course) -> Scheme:
    """The version that a month was opened under."""
    return monthly.scheme_of(store, course.hall, course.scheme_id, course.scheme_version)


def place_of(course: Course) -> str:
    """A month as the place of a fault."""
    return f'hall "{course.hall}": {course.month} {course.scheme_id}'
