"""The facts of a hall's month, counted from what the record held as of a journal sequence. Integers only; nothing is judged here.

A case is looked at as it stood when the month closed: one that ended later was open then. The ids of every denominator are read in any
case, for its digest, so rows are tallied as they stream by. What a fact is: ``supervision/evidence.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Subquery, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from ..deadlines import Due, reminder_day
from ..evidence import UNASSIGNED, Fact, Population, digest_ids, merge
from ..inspection import NOTHING_FOUND
from ..month import Month
from .dues import DueCase, Dues
from .links import read_owners
from .report_facts import charged, read_reported
from .schema import Case, CaseEvent, Finding, FindingStatus, Rating, RatingStatus

POPULATIONS = ("cases", "cases_with_limit", "ratings", "checks")
_SPOKEN = ("valid", "mistaken", "malicious", "contested")
_UNKNOWN_KIND = "unknown"


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """Everything a month is scored from."""

    facts: tuple[Fact, ...]
    populations: tuple[Population, ...]
    calendar_id: str
    calendar_version: int

    def of(self, window_id: str) -> tuple[tuple[Fact, ...], tuple[Population, ...]]:
        """Facts and denominators of one window."""
        return (
            tuple(each for each in self.facts if each.window_id == window_id),
            tuple(each for each in self.populations if each.window_id == window_id),
        )


def count_facts(session: Session, hall_id: str, month: Month, as_of: int) -> MonthFacts:
    """Facts and denominators of every window of a hall in a month, the unassigned included.

    Raises BadInput if the hall or its calendar is unknown, or if a limit runs into a year the calendar does not know.
    """
    count = _Count(session, hall_id, month, as_of)
    count.cases()
    count.ratings()
    count.findings()
    for each in charged(read_reported(session, hall_id, month, as_of, count.owners)):
        count.tally.add(each.window_id, "finding", each.status, each.code, 0, each.id)
    tally, calendar = count.tally, count.dues.calendar
    populations = tuple(
        Population(window, name, len(ids), f"{name}/{month}/{window}", digest_ids(ids)) for (window, name), ids in sorted(tally.ids.items())
    )
    return MonthFacts(tally.counted(), populations, calendar.calendar_id, calendar.version)


def list_population(session: Session, hall_id: str, month: Month, as_of: int, window_id: str, name: str) -> tuple[str, ...]:
    """The sorted ids of a denominator, one of POPULATIONS. Raises BadInput as `count_facts` does."""
    count = _Count(session, hall_id, month, as_of)
    if name in ("cases", "cases_with_limit"):
        count.cases()
    elif name == "ratings":
        count.ratings()
    else:
        count.findings()
    return tuple(sorted(count.tally.ids.get((window_id, name), ())))


def count_ratings(session: Session, hall_id: str, month: Month, as_of: int) -> tuple[Fact, ...]:
    """The ratings of every window of a hall in a month, the unassigned included, without counting anything else."""
    count = _Count(session, hall_id, month, as_of)
    count.ratings()
    return count.tally.counted()


@dataclass(slots=True)
class _Tally:
    """Counts and ids under way."""

    facts: list[Fact] = field(default_factory=list)
    plain: dict[tuple[str, str, str, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    ids: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, window: str, kind: str, status: str, code: str, seconds: int = 0, evidence: str | None = None) -> None:
        """One more; with an id if it moves, spares or contests points."""
        if evidence is None:
            counted = self.plain[window, kind, status, code]
            counted[0] += 1
            counted[1] += seconds
        else:
            self.facts.append(Fact(window, kind, status, code, 1, seconds, (evidence,)))

    def counted(self) -> tuple[Fact, ...]:
        return merge([*self.facts, *(Fact(*key, count, seconds) for key, (count, seconds) in self.plain.items())])


@dataclass(frozen=True, slots=True)
class _Row:
    """A case that was accepted before the month closed and not ended before it began."""

    case: DueCase
    kind: str
    window: str
    ended_at: datetime | None
    ended_on: date | None

    @property
    def id(self) -> str:
        return f"case:{self.case.case_number}"


@dataclass(frozen=True, slots=True)
class _Limited:
    """A case with a limit that counts in the month."""

    window: str
    id: str
    due_at: datetime
    reminded: bool


class _Count:
    """One month of one hall."""

    def __init__(self, session: Session, hall_id: str, month: Month, as_of: int) -> None:
        self.session = session
        self.hall_id = hall_id
        self.month = month
        self.as_of = as_of
        self.dues = Dues(session, hall_id, as_of)
        self.owners = read_owners(session, hall_id, as_of)
        self.begins, self.closed = month.bounds(self.dues.zone)
        self.tally = _Tally()

    def cases(self) -> None:
        """Every case where it belongs, and the runs of reminders."""
        limited: dict[str, list[_Limited]] = defaultdict(list)
        for row in self._case_rows():
            found = self._count_case(row, self.dues.of(row.case))
            if found is not None:
                limited[found.window].append(found)
        for window, cases in limited.items():
            self._count_runs(window, cases)

    def _case_rows(self) -> Iterator[_Row]:
        ended = aliased(CaseEvent)
        query = (
            select(Case.case_number, Case.service_id, Case.accepted_at, Case.accepted_on, Case.kind, Case.window_id, ended.at, ended.on)
            .outerjoin(
                ended,
                and_(
                    ended.hall_id == Case.hall_id,
                    ended.case_number == Case.case_number,
                    ended.event == "ended",
                    ended.sequence <= self.as_of,
                ),
            )
            .where(
                Case.hall_id == self.hall_id,
                Case.sequence <= self.as_of,
                Case.accepted_at < self.closed,
                or_(ended.at.is_(None), ended.at >= self.begins),
            )
            .order_by(Case.case_number)
            .execution_options(yield_per=5000)
        )
        for number, service, accepted_at, accepted_on, kind, named, at, on in self.session.execute(query):
            window = self.owners.window(named, accepted_on, service)
            yield _Row(DueCase(number, service, accepted_at, accepted_on), kind or _UNKNOWN_KIND, window, at, on)

    def _count_case(self, row: _Row, due: Due | None) -> _Limited | None:
        """Count a case if this is its month; what a run of reminders needs of it, if it has a limit."""
        add, case = self.tally.add, row.case
        moment = due.moment_utc if due else None
        open_at_close = row.ended_at is None or row.ended_at >= self.closed
        if moment is not None and moment <= self.closed and (row.ended_at is None or row.ended_at > moment):
            return self._count_late(row, due, moment, open_at_close)
        if row.ended_at is None or row.ended_on is None or open_at_close:
            add(row.window, "case", "open_not_due", row.kind)
            return None
        seconds = _seconds(case.accepted_at, row.ended_at)
        self.tally.ids[row.window, "cases"].append(row.id)
        if due is None:
            add(row.window, "case", "ended_no_limit", row.kind, seconds)
            return None
        add(row.window, "case", "ended_on_time", row.kind, seconds)
        self.tally.ids[row.window, "cases_with_limit"].append(row.id)
        if row.kind != "instant" and due.local_date is not None and row.ended_on < due.local_date:
            add(row.window, "early", "ended", str(self.dues.calendar.days.working_days_between(row.ended_on, due.local_date)))
        return _Limited(row.window, row.id, moment or row.ended_at, self._reminded(row, due))

    def _count_late(self, row: _Row, due: Due | None, moment: datetime, open_at_close: bool) -> _Limited | None:
        """An overdue case: charged in the month of the day it was due, open ones included, by how late it was when the month closed."""
        last_day = due.local_date if due else None
        if last_day is None or not self.month.first_day <= last_day <= self.month.last_day:
            return None
        until = self.month.last_day
        if not open_at_close and row.ended_on is not None:
            until = row.ended_on
        days = self.dues.calendar.days.working_days_between(last_day, until) if until > last_day else 0
        took = 0 if open_at_close or row.ended_at is None else _seconds(row.case.accepted_at, row.ended_at)
        late_by = _seconds(moment, self.closed if open_at_close or row.ended_at is None else row.ended_at)
        self.tally.add(row.window, "case", "open_overdue" if open_at_close else "ended_overdue", row.kind, took, row.id)
        self.tally.add(row.window, "lateness", "open" if open_at_close else "ended", str(days), late_by, row.id)
        self.tally.ids[row.window, "cases"].append(row.id)
        self.tally.ids[row.window, "cases_with_limit"].append(row.id)
        return _Limited(row.window, row.id, moment, False)

    def _reminded(self, row: _Row, due: Due) -> bool:
        """Whether a case was still open after the working day before its last day, and had been accepted before that day began."""
        if due.local_date is None or row.ended_on is None or row.ended_on < due.local_date:
            return False
        return row.case.accepted_on < reminder_day(due.local_date, self.dues.calendar.days)

    def _count_runs(self, window: str, cases: list[_Limited]) -> None:
        """Runs of successive reminded cases by due moment; a case without a reminder, and an overdue one, ends a run."""
        run: list[str] = []
        for each in [*sorted(cases, key=lambda case: (case.due_at, case.id)), None]:
            if each is not None and each.reminded:
                run.append(each.id)
            elif run:
                self.tally.facts.append(Fact(window, "reminder", "sent", run[0], len(run), 0, tuple(sorted(run))))
                run = []

    def ratings(self) -> None:
        """Ratings given in the month. One that names no window belongs to its seat's, else to its case's, else to its service's."""
        case = aliased(Case)
        standing = _standing(RatingStatus, RatingStatus.rating_number, self.hall_id, self.as_of)
        query = (
            select(
                Rating.rating_number, Rating.level, Rating.is_default, Rating.rated_on, Rating.window_id, Rating.seat_id, Rating.service_id,
                case.window_id, case.service_id, case.accepted_on, standing.c.status,
            )
            .outerjoin(case, and_(case.hall_id == Rating.hall_id, case.case_number == Rating.case_number, case.sequence <= self.as_of))
            .outerjoin(standing, standing.c.number == Rating.rating_number)
            .where(Rating.hall_id == self.hall_id, Rating.sequence <= self.as_of, *self._in_month(Rating.rated_on))
            .order_by(Rating.rating_number)
            .execution_options(yield_per=5000)
        )  # fmt: skip
        for number, level, is_default, on, named, seat, service, case_window, case_service, accepted_on, now in self.session.execute(query):
            window = self.owners.window(named, on, None, seat)
            if window == UNASSIGNED and accepted_on is not None:
                window = self.owners.window(case_window, accepted_on, case_service)
            if window == UNASSIGNED:
                window = self.owners.window(None, on, service)
            status = "default" if is_default else now or "valid"
            id = f"rating:{number}"
            speaks = level <= 2 or status not in ("valid", "default")
            self.tally.add(window, "rating", status, str(level), 0, id if speaks else None)
            if status in _SPOKEN:
                self.tally.ids[window, "ratings"].append(id)

    def findings(self) -> None:
        """What checks of the month found, and how many there were: a check that found nothing is one too."""
        standing = _standing(FindingStatus, FindingStatus.finding_number, self.hall_id, self.as_of)
        query = (
            select(Finding.finding_number, Finding.code, Finding.observed_on, Finding.window_id, Finding.seat_id, standing.c.status)
            .outerjoin(standing, standing.c.number == Finding.finding_number)
            .where(Finding.hall_id == self.hall_id, Finding.sequence <= self.as_of, *self._in_month(Finding.observed_on))
            .order_by(Finding.finding_number)
            .execution_options(yield_per=5000)
        )
        for number, code, on, named, seat, now in self.session.execute(query):
            window = self.owners.window(named, on, None, seat)
            id = f"finding:{number}"
            self.tally.add(window, "check", "done", "")
            self.tally.ids[window, "checks"].append(id)
            if code != NOTHING_FOUND:
                self.tally.add(window, "finding", now or "confirmed", code, 0, id)

    def _in_month(self, day: InstrumentedAttribute[date]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return day >= self.month.first_day, day <= self.month.last_day


def _standing(
    table: type[RatingStatus] | type[FindingStatus], number: InstrumentedAttribute[str], hall_id: str, as_of: int
) -> Subquery:
    """The latest status of each record: by valid_from, then by order of recording."""
    latest = func.row_number().over(partition_by=number, order_by=[table.valid_from.desc(), table.id.desc()])
    ranked = (
        select(number.label("number"), table.status.label("status"), latest.label("place"))
        .where(table.hall_id == hall_id, table.sequence <= as_of)
        .subquery()
    )
    return select(ranked.c.number, ranked.c.status).where(ranked.c.place == 1).subquery()


def _seconds(earlier: datetime, later: datetime) -> int:
    """Whole seconds between two moments."""
    return (later - earlier) // timedelta(seconds=1)
