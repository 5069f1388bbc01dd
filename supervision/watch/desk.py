"""The use cases of electronic supervision: the ladder of a hall, a case with every stop of its clock, speed, projects; steps, extensions.

Reading only, save for `set_steps` and `extend_case`. An extension is asked by one person and granted by another, in time, with its reason;
the due moment it gives is noted down, and counted anew whenever it is asked for, so that a stop after it moves it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from ..db import watch_rows as rows
from ..db.dues import DueCase, Dues, zone_of_hall
from ..db.journal_rows import head
from ..db.links import read_owners
from ..db.months import read_ruled
from ..db.schema import CaseDue
from ..deadlines import Due, Limit, Stop, extend, working_days_late
from ..faults import BadInput, fault, plain
from ..month import Month, month_of
from ..people import check_person, mask_text, normal_key, same_person
from .ladder import RUNGS, CaseStepLimit, Rung, accept_by, check_step_sum, ladder, marks_of, rung_of, step_limits
from .projects import Project, follow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..db.store import Store

__all__ = [
    "Alert", "CaseView", "Older", "Speed", "count_left_out", "extend_case", "noon_of",
    "read_case", "read_ladder", "read_projects", "read_speed", "set_steps",
]  # fmt: skip

YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that needs somebody now."""

    what: str
    """case, receipt (papers never accepted: hidden overdue), step or paper."""
    id: str
    window_id: str
    rung: Rung
    due_on: date | None
    late_days: int
    """Whole working days past the last day."""
    detail: str
    """Step, paper, or kind of case."""


@dataclass(frozen=True, slots=True)
class Older:
    """Open cases that the ladder does not show."""

    before: date
    """Accepted before this day."""
    count: int
    oldest: date | None
    """Day of acceptance of the oldest; None if there are none."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as electronic supervision sees it."""

    row: rows.CaseRow
    due: Due | None
    rung: Rung
    late_days: int
    stops: tuple[tuple[Stop, str, str], ...]
    """Each stop with its kind and its document; both empty if nobody said."""
    steps: tuple[CaseStepLimit, ...]
    extensions: tuple[tuple[str, str, str, datetime], ...]
    """Amount and unit, reason, who granted, when."""
    papers: tuple[rows.PaperRow, ...]
    marks: tuple[tuple[Rung, datetime], ...] = ()
    """When each rung of the ladder begins."""
    window_id: str = ""
    """Whose it is."""
    ruled: str = ""
    """What a ruling made of it, such as excused; empty: none did. Its clock goes on as before, a sheet does not charge it."""


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast cases of a window ended: shown, never ranked (RULES 3.5: speed-up rates reward slack promises)."""

    window_id: str
    """Empty: the hall."""
    ended: int
    instant: int
    promised: int
    """Cases with a day limit that promises and law both give in working days: those that can be compared."""
    actual_days: int
    """Working days they took, all together."""
    promised_days: int
    legal_days: int
    early: int
    """Ended before the last promised day."""

    @property
    def compression(self) -> Decimal | None:
        """时限压减率: 1 - promised / legal."""
        return None if self.legal_days == 0 else 1 - Decimal(self.promised_days) / self.legal_days

    @property
    def speed_up(self) -> Decimal | None:
        """实际提速: 1 - actual / legal."""
        return None if self.legal_days == 0 else 1 - Decimal(self.actual_days) / self.legal_days


def read_ladder(store: Store, hall: str, *, since: date | None = None, at: datetime | None = None) -> tuple[Alert, ...]:
    """What needs somebody now, the worst first. Cases accepted before ``since`` (default: a year ago) are left out."""
    now = at or store.clock()
    with store.read() as session:
        as_of = head(session).count
        dues, owners = Dues(session, hall, as_of), read_owners(session, hall, as_of)
        days, today = dues.calendar.days, now.astimezone(dues.zone).date()
        opened = [row for row in rows.open_cases(session, hall, since or today - YEAR) if row.accepted_at <= now]
        dues.learn([row.case_number for row in opened])
        found: list[Alert] = []
        stepped = rows.services_with_steps(session, hall)
        for row in opened:
            window = owners.window(row.window_id, row.accepted_on, row.service_id)
            due = dues.of(_due_case(row))
            rung, late = rung_of(due, None, now, dues.zone, days, ladder())
            if rung != "on_time":
                found.append(Alert("case", f"case:{row.case_number}", window, rung, due.local_date if due else None, late, row.kind))
            if row.service_id in stepped:
                found += _late_steps(session, hall, row, window, dues, now)
        for taken in rows.pending_receipts(session, hall):
            last = accept_by(taken.received_on, taken.asked, taken.arrived, days, ladder())
            if last is not None and today > last:
                window = owners.window(taken.window_id, taken.received_on, taken.service_id)
                late = working_days_late(last, today, days)
                found.append(Alert("receipt", f"receipt:{taken.case_number}", window, _rung(late), last, late, "never accepted"))
        for paper in rows.late_papers(session, hall):
            if paper.settled_on is None and today > paper.due_on:
                case = rows.one_case(session, hall, paper.case_number)
                window = owners.window(case.window_id, case.accepted_on, case.service_id) if case else ""
                late = working_days_late(paper.due_on, today, days)
                found.append(Alert("paper", f"case:{paper.case_number}", window, _rung(late), paper.due_on, late, paper.paper))
    return tuple(sorted(found, key=lambda each: (-RUNGS.index(each.rung), -each.late_days, each.what, each.id, each.detail)))


def count_left_out(store: Store, hall: str, since: date | None = None) -> Older:
    """The open cases that `read_ladder` leaves out: those accepted before ``since`` (default: a year ago)."""
    with store.read() as session:
        before = since or store.clock().astimezone(zone_of_hall(session, hall)).date() - YEAR
        return Older(before, *rows.count_older(session, hall, before))


def read_case(store: Store, hall: str, number: str) -> CaseView:
    """One case: its due moment step by step, every stop with kind, reason and document, steps, extensions, late papers, its rung."""
    now, number = store.clock(), normal_key(number)
    with store.read() as session:
        row = rows.one_case(session, hall, number)
        if row is None:
            raise BadInput([fault("evidence_unknown", f'hall "{hall}"', f"case:{number}")])
        dues = Dues(session, hall, head(session).count)
        dues.learn([number])
        due = dues.of(_due_case(row))
        rung, late = rung_of(due, row.ended_at, now, dues.zone, dues.calendar.days, ladder())
        known = rows.known_of(session, hall, number)
        stops = tuple((stop, *known.stop_kinds.get(stop.start, ("", ""))) for stop in dues.stops_of(number))
        return CaseView(
            row, due, rung, late, stops, _steps(session, hall, row, dues, now),
            tuple((f"{each.amount} {each.unit}", each.reason, each.granted_by, each.granted_at) for each in known.extensions),
            tuple(rows.late_papers(session, hall, number)), marks_of(due, dues.zone, dues.calendar.days, ladder()),
            read_owners(session, hall, head(session).count).window(row.window_id, row.accepted_on, row.service_id),
            read_ruled(session, hall, head(session).count).get(f"case:{number}", ""),
        )  # fmt: skip


def read_speed(store: Store, hall: str, month: str | Month) -> tuple[Speed, ...]:
    """How fast the month's cases ended, the hall first."""
    wanted = month_of(month)
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    with store.read() as session:
        as_of = head(session).count
        dues, owners = Dues(session, hall, as_of), read_owners(session, hall, as_of)
        days = dues.calendar.days
        for named, service, kind, began, ended, many in rows.ended_groups(session, hall, wanted.first_day, wanted.last_day):
            promised, legal = dues.limits_of(service, began)
            counts = Counter({"ended": many, "instant": many if kind == "instant" else 0})
            if promised is not None and legal is not None and promised.unit == legal.unit == "working_days":
                took = working_days_late(began, ended, days)
                counts += Counter({
                    "promised": many, "actual_days": many * took, "promised_days": many * promised.amount,
                    "legal_days": many * legal.amount, "early": many if kind != "instant" and took < promised.amount else 0,
                })  # fmt: skip
            for window in ("", owners.window(named, ended, service)):
                sums[window].update(counts)
    names = ("ended", "instant", "promised", "actual_days", "promised_days", "legal_days", "early")
    return tuple(Speed(window, *(sums[window][name] for name in names)) for window in sorted(sums))


def read_projects(store: Store, hall: str) -> tuple[Project, ...]:
    """Every project against the limit of its kind, by number."""
    with store.read() as session:
        dues = Dues(session, hall, head(session).count)
        today = store.clock().astimezone(dues.zone).date()
        given = rows.project_stages(session, hall)
        return tuple(follow(number, kind, stages, today, dues.zone, dues.calendar.days) for number, (kind, stages) in sorted(given.items()))


def set_steps(
    store: Store, hall: str, service: str, steps: Sequence[tuple[str, Limit]], valid_from: date, person: str
) -> tuple[tuple[str, Limit], ...]:
    """Give a service its steps from a day on. Raises BadInput unless their limits together keep the promise in force that day."""
    with store.act(person, "set steps", hall) as work:
        dues = Dues(work.session, hall, work.sequence - 1)
        if not rows.has_service(work.session, hall, service):
            raise BadInput([fault("no_such_service", f'hall "{hall}"', service)])
        check_step_sum(steps, dues.limits_of(service, valid_from)[0], f'service "{service}"')
        rows.add_service_steps(work, service, valid_from, tuple(steps))
        work.detail(service=service, steps=[step for step, _ in steps], valid_from=valid_from.isoformat())
    return tuple(steps)


def extend_case(
    store: Store, hall: str, number: str, limit: Limit, reason: str, *, asked_by: str, asked_at: datetime, person: str
) -> CaseView:
    """Grant a case more time.

    Raises BadInput for a case that ended or has no limit, a request that came too late (E11: 5 days ahead), another unit than the limit's,
    a missing reason, and a person who grants their own request.
    """
    check_person(asked_by)
    number = normal_key(number)
    with store.act(person, "extend case", hall) as work:
        row = rows.one_case(work.session, hall, number)
        if row is None:
            raise BadInput([fault("evidence_unknown", f'hall "{hall}"', f"case:{number}")])
        dues = Dues(work.session, hall, work.sequence - 1)
        dues.learn([number])
        due = dues.of(_due_case(row))
        place = f'case "{number}"'
        if due is None or due.local_date is None:
            raise BadInput([fault("extension_no_limit", place, number)])
        faults = []
        if row.ended_at is not None:
            faults.append(fault("extension_ended", place, number))
        if same_person(asked_by, person):
            faults.append(fault("extension_same_person", place, person))
        if not reason.strip():
            faults.append(fault("order_note", place, "extend"))
        ahead = ladder().extension_asked_days_ahead
        asked_on = asked_at.astimezone(dues.zone).date()
        if working_days_late(asked_on, due.local_date, dues.calendar.days) < ahead:
            faults.append(fault("extension_asked_late", place, due.local_date, ahead=ahead))
        promised, legal = dues.limits_of(row.service_id, row.accepted_on)
        governing = promised if due.governed_by == "promised" else legal
        unit = governing.unit if governing is not None else "working_days"
        if limit.unit != unit or unit not in ("working_days", "calendar_days"):
            faults.append(fault("extension_unit", place, limit.unit, unit=unit))
        if faults:
            raise BadInput(faults)
        last = extend(due.local_date, limit, dues.zone, dues.calendar.days, dues.stops_of(number)).last_day
        if last is None:
            raise BadInput([fault("extension_standing", place, number)])
        rows.add_extension(work, number, asked_at, asked_by, limit, plain(mask_text(reason.strip()), 5000))
        work.session.add(
            CaseDue(
                hall_id=hall, case_number=number, basis="register", due_at=dues.end_of(last), due_on=last, calendar_version=None,
                sequence=work.sequence,
            )
        )  # fmt: skip
        work.detail(case=number, asked_by=asked_by, amount=limit.amount, unit=limit.unit, due_on=last.isoformat())
    return read_case(store, hall, number)


def _due_case(row: rows.CaseRow) -> DueCase:
    return DueCase(row.case_number, row.service_id, row.accepted_at, row.accepted_on)


def _rung(late: int) -> Rung:
    rules = ladder()
    return "advice" if late >= rules.advice_from else "red" if late >= rules.red_from else "yellow"


def _steps(session: Session, hall: str, row: rows.CaseRow, dues: Dues, now: datetime) -> tuple[CaseStepLimit, ...]:
    limits = rows.steps_of_service(session, hall, row.service_id, row.accepted_on)
    if not limits:
        return ()
    known = rows.known_of(session, hall, row.case_number)
    openings = dues.openings_on(row.accepted_on)
    looked = row.ended_at or now
    return step_limits(
        row.accepted_at, limits, known.steps, dues.stops_of(row.case_number), looked, dues.zone, dues.calendar.days, openings
    )


def _late_steps(session: Session, hall: str, row: rows.CaseRow, window: str, dues: Dues, now: datetime) -> list[Alert]:
    found = []
    for step in _steps(session, hall, row, dues, now):
        if step.late and step.due_at is not None:
            last = (step.due_at - timedelta(microseconds=1)).astimezone(dues.zone).date()
            late = working_days_late(last, (step.ended_at or now).astimezone(dues.zone).date(), dues.calendar.days)
            found.append(Alert("step", f"case:{row.case_number}", window, _rung(late), last, late, step.step_id))
    return found


def noon_of(store: Store, hall: str, day: date) -> datetime:
    """Noon of a local day of a hall, for a request of which only the day is known."""
    with store.read() as session:
        return datetime(day.year, day.month, day.day, 12, tzinfo=Dues(session, hall, head(session).count).zone)
