"""The cases of a month counted: a register has hundreds of thousands, so most of them are judged in groups.

Cases of one window, service, kind, day of acceptance and day of end have one answer, as long as only days decide: it is worked out once and
each case is only counted. Cases with a stop, a due moment of the register, a limit in minutes or hours, a ruling or an end past the due day
are judged one by one, and so are cases that a ruling let in after the collecting. Cases open when the month before closed are taken from
what that month left behind, if it was counted as of an earlier sequence; else they are looked for among all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, func, insert, or_, select
from sqlalchemy.orm import Session

from ..deadlines import Due, reminder_day, working_days_late
from ..evidence import Fact
from ..month import Month
from .dues import DueCase, Dues
from .links import Owners
from .overview import last_evidence
from .records import bare
from .schema import MonthOpens, microseconds, moment
from .store import Work
from .tally import Opens, Tally

_UNKNOWN_KIND = "unknown"
_BLOCK = 5000
MOST_OPEN = 300_000
"""Open cases that a month notes for the next one."""
_SECOND = 1_000_000


class _Answer(NamedTuple):
    """What becomes of a case."""

    window: str
    kind: str
    status: str
    """ended_on_time, ended_no_limit or open_not_due; empty: judged one by one."""
    new: bool
    """Accepted in the month."""
    early: str = ""
    """Whole working days before the last day; empty: not early."""
    due_at: int = 0
    reminded: bool = False


@dataclass(slots=True)
class _Group:
    """Cases with one answer."""

    answer: _Answer
    single: bool
    """Judged one by one."""
    seconds: int = 0
    numbers: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Begun:
    """What a service, a window named or not, and a day of acceptance settle."""

    window: str
    by_days: bool
    due: bool
    """Whether there is a limit."""
    last_day: str
    """Empty without a limit."""
    due_at: int
    remindable: bool
    """Accepted before the day of the reminder."""


@dataclass(frozen=True, slots=True)
class _Limited:
    """Cases with a limit that have one due moment and are all reminded, or none."""

    due_at: int
    reminded: bool
    numbers: list[str]


class CaseCount:
    """The cases of one hall's month."""

    def __init__(
        self,
        session: Session,
        hall_id: str,
        month: Month,
        as_of: int,
        dues: Dues,
        owners: Owners,
        ruled: dict[str, str],
        tally: Tally,
        ruled_to: int,
    ) -> None:
        self.session, self.hall_id, self.month, self.as_of = session, hall_id, month, as_of
        self.dues, self.owners, self.tally = dues, owners, tally
        begins, closed = month.bounds(dues.zone)
        self.begins, self.closed = microseconds(begins), microseconds(closed)
        self.first_day, self.last_day = month.first_day.isoformat(), month.last_day.isoformat()
        self.known_at = min(max(self.closed, last_evidence(session, hall_id, as_of)), microseconds(month.next().bounds(dues.zone)[1]))
        self.ruled_to = ruled_to
        self.admitted = sorted(id.partition(":")[2] for id, word in ruled.items() if word == "admitted" and id.startswith("case:"))
        self.excused = frozenset(id for id, word in ruled.items() if word == "excused")
        self.special: frozenset[str] = frozenset()
        self.accepted: dict[str, int] = defaultdict(int)
        self.open_ids: list[int] = []
        self.limited: dict[str, list[_Limited]] = defaultdict(list)
        self._days: dict[str, date] = {}
        self._reminders: dict[date, date] = {}
        self._begun: dict[tuple[str | None, str | None, str], _Begun] = {}
        self._early: dict[tuple[str, str], str] = {}
        self._answers: dict[_Answer, _Group] = {}

    def count(self, before: Opens | None) -> Opens:
        """Count every case where it belongs, and the runs of reminders; what is open when the month closes."""
        cases = bare("cases")
        asked = select(func.max(cases.c.id)).where(cases.c.hall_id == self.hall_id, cases.c.sequence <= self.as_of)
        last = self.session.scalar(asked) or 0
        if before is not None and (before.month != self.month.previous() or before.as_of > self.as_of):
            before = None
        groups: dict[tuple[str | None, str | None, str | None, str, str | None], _Group] = {}
        older = list(self._older(before, last))
        self.dues.learn_accepted(self.month.first_day, self.month.last_day)
        self.dues.learn([row[1] for row in older])
        self.special = self.dues.special_cases() | {id.partition(":")[2] for id in self.excused}
        special, opened, last_day, known = self.special, self.open_ids, self.last_day, groups.get
        for id, number, service, named, kind, accepted_at, accepted_on, ended_at, ended_on in chain(older, self._accepted()):
            if ended_on is None or ended_on > last_day:
                opened.append(id)
            if special and number in special:
                self._count_one(number, service, named, kind, accepted_at, accepted_on, ended_at, ended_on)
                continue
            key = (named, service, kind, accepted_on, ended_on)
            group = known(key)
            if group is None:
                group = groups[key] = self._judge(key)
            if group.single:
                self._count_one(number, service, named, kind, accepted_at, accepted_on, ended_at, ended_on)
                continue
            group.numbers.append(number)
            if ended_at is not None:
                group.seconds += (ended_at - accepted_at) // _SECOND
        for group in self._answers.values():
            self._settle(group)
        if self.admitted:
            self._count_admitted()
        for window, limited in self.limited.items():
            self._count_runs(window, limited)
        return Opens(self.month, self.as_of, last, tuple(sorted(opened)))

    def _count_admitted(self) -> None:
        """Cases that came after the collecting and that a ruling let in, as the record had them when it was made."""
        dues, as_of = self.dues, self.as_of
        self.dues, self.as_of = Dues(self.session, self.hall_id, self.ruled_to), self.ruled_to
        self.dues.learn(self.admitted)
        cases, _, query = self._cases()
        for row in self._stream(query.where(cases.c.case_number.in_(self.admitted), cases.c.sequence > as_of)):
            self._count_one(*row[1:])
        self.dues, self.as_of = dues, as_of

    def _accepted(self) -> Iterable[Any]:
        """Cases accepted in the month, with their end, in plain values."""
        cases, _, query = self._cases()
        return self._stream(query.where(cases.c.accepted_on >= self.first_day, cases.c.accepted_on <= self.last_day))

    def _older(self, before: Opens | None, last: int) -> Iterator[Any]:
        """Cases accepted before the month and not ended before it began."""
        cases, ended, query = self._cases()
        query = query.where(or_(ended.c.happened_at.is_(None), ended.c.happened_at >= self.begins))
        if before is None:
            yield from self._stream(query.where(cases.c.accepted_on < self.first_day))
            return
        known = query.where(cases.c.id.in_(bindparam("ids", expanding=True)))
        for start in range(0, len(before.case_ids), _BLOCK):
            yield from self._stream(known, {"ids": list(before.case_ids[start : start + _BLOCK])})
        if last > before.last_case_id:  # by row id alone: with the day beside it, a database may look through all days
            recorded = self._stream(query.where(cases.c.id > before.last_case_id))
            yield from (row for row in recorded if row.accepted_on < self.first_day)

    def _cases(self) -> tuple[Any, Any, Any]:
        """Cases, their ends, and the query of both as of the sequence."""
        cases, ended, taken = bare("cases"), bare("case_events").alias("ended"), bare("receipts").alias("taken")
        person = self.owners.by_person
        named = func.coalesce(taken.c.handler_ref, cases.c.handler_ref).label("window_id") if person else cases.c.window_id
        query = (
            select(
                cases.c.id, cases.c.case_number, cases.c.service_id, named, cases.c.kind, cases.c.accepted_at,
                cases.c.accepted_on, ended.c.happened_at, ended.c.happened_on,
            )
            .outerjoin(
                ended,
                and_(
                    ended.c.hall_id == cases.c.hall_id, ended.c.case_number == cases.c.case_number, ended.c.event == "ended",
                    ended.c.sequence <= self.as_of,
                ),
            )
            .where(cases.c.hall_id == self.hall_id, cases.c.sequence <= self.as_of)
        )  # fmt: skip
        if person:  # the first handler 首办: who took the papers, else who accepted
            same = (taken.c.hall_id == cases.c.hall_id, taken.c.case_number == cases.c.case_number, taken.c.sequence <= self.as_of)
            query = query.outerjoin(taken, and_(*same))
        return cases, ended, query

    def _stream(self, query: Any, facts: dict[str, Any] | None = None) -> Iterable[Any]:
        """Rows one by one, taken from the database in blocks without a call for each."""
        return chain.from_iterable(self.session.execute(query.execution_options(yield_per=_BLOCK), facts or {}).partitions())

    def _day(self, text: str) -> date:
        found = self._days.get(text)
        if found is None:
            found = self._days[text] = date.fromisoformat(text)
        return found

    def _reminder_day(self, last_day: date) -> date:
        found = self._reminders.get(last_day)
        if found is None:
            found = self._reminders[last_day] = reminder_day(last_day, self.dues.calendar.days)
        return found

    def _judge(self, key: tuple[str | None, str | None, str | None, str, str | None]) -> _Group:
        """The group of a case, if days alone decide it."""
        named, service, kind, accepted_on, ended_on = key
        begun = self._begun.get((named, service, accepted_on))
        if begun is None:
            begun = self._begun[named, service, accepted_on] = self._begin(named, service, accepted_on)
        answer = self._answer(begun, kind or _UNKNOWN_KIND, accepted_on >= self.first_day, ended_on)
        group = self._answers.get(answer)
        if group is None:
            group = self._answers[answer] = _Group(answer, not answer.status)
        return group

    def _begin(self, named: str | None, service: str | None, accepted_on: str) -> _Begun:
        day = self._day(accepted_on)
        window = self.owners.subject(self.owners.window(named, day, service), day)
        if not self.dues.by_days(service, day):
            return _Begun(window, False, True, "", 0, False)
        noon = datetime.combine(day, time(12), tzinfo=self.dues.zone)  # any moment of the day will do
        due = self.dues.of(DueCase("", service, noon, day))
        if due is None:
            return _Begun(window, True, False, "", 0, False)
        if due.local_date is None or due.moment_utc is None:
            return _Begun(window, False, True, "", 0, False)
        remindable = day < self._reminder_day(due.local_date)
        return _Begun(window, True, True, due.local_date.isoformat(), microseconds(due.moment_utc), remindable)

    def _answer(self, begun: _Begun, kind: str, new: bool, ended_on: str | None) -> _Answer:
        last_day = begun.last_day
        late = begun.due and last_day <= self.last_day and (ended_on is None or ended_on > last_day)
        if not begun.by_days or late:
            return _Answer(begun.window, kind, "", new)
        if ended_on is None or ended_on > self.last_day:
            return _Answer(begun.window, kind, "open_not_due", new)
        if not begun.due:
            return _Answer(begun.window, kind, "ended_no_limit", new)
        early = ""
        if kind != "instant" and ended_on < last_day:
            early = self._early.get((ended_on, last_day), "")
            if not early:
                days = self.dues.calendar.days.working_days_between(self._day(ended_on), self._day(last_day))
                early = self._early[ended_on, last_day] = str(days)
        reminded = ended_on >= last_day and begun.remindable
        return _Answer(begun.window, kind, "ended_on_time", new, early, begun.due_at, reminded)

    def _settle(self, group: _Group) -> None:
        """A group's cases into the tally."""
        answer, count = group.answer, len(group.numbers)
        if not count:
            return
        if answer.new:
            self.accepted[answer.window] += count
        if answer.status == "open_not_due":
            self.tally.add_many(answer.window, "case", answer.status, answer.kind, count)
            return
        self.tally.add_many(answer.window, "case", answer.status, answer.kind, count, group.seconds)
        self.tally.numbers[answer.window, "cases"].append(group.numbers)
        if answer.status == "ended_on_time":
            self.tally.numbers[answer.window, "cases_with_limit"].append(group.numbers)
            if answer.early:
                self.tally.add_many(answer.window, "early", "ended", answer.early, count)
            self.limited[answer.window].append(_Limited(answer.due_at, answer.reminded, group.numbers))

    def _count_one(
        self, number: str, service: str | None, named: str | None, kind: str | None,
        accepted_at: int, accepted_on: str, ended_at: int | None, ended_on: str | None,
    ) -> None:  # fmt: skip
        """A case on its own: where it belongs, and whether it was late when the month closed."""
        add, day = self.tally.add, self._day(accepted_on)
        window, known = self.owners.subject(self.owners.window(named, day, service), day), kind or _UNKNOWN_KIND
        if accepted_on >= self.first_day:
            self.accepted[window] += 1
        due = self.dues.of(DueCase(number, service, moment(accepted_at), day))
        at = microseconds(due.moment_utc) if due is not None and due.moment_utc is not None else None
        open_at_close = ended_at is None or ended_at >= self.closed
        if at is not None and at <= self.closed and (ended_at is None or ended_at > at):
            self._count_late(number, window, known, due, accepted_at, ended_at, ended_on)
            return
        if ended_at is None or ended_on is None or open_at_close:
            add(window, "case", "open_not_due", known)
            return
        seconds = (ended_at - accepted_at) // _SECOND
        self.tally.numbers[window, "cases"].append([number])
        if due is None:
            add(window, "case", "ended_no_limit", known, seconds)
            return
        add(window, "case", "ended_on_time", known, seconds)
        self.tally.numbers[window, "cases_with_limit"].append([number])
        ended, last_day, reminded = self._day(ended_on), due.local_date, False
        if last_day is not None and ended >= last_day:
            reminded = day < self._reminder_day(last_day)
        elif last_day is not None and known != "instant":
            add(window, "early", "ended", str(self.dues.calendar.days.working_days_between(ended, last_day)))
        self.limited[window].append(_Limited(at if at is not None else ended_at, reminded, [number]))

    def _count_late(
        self, number: str, window: str, kind: str, due: Due | None, accepted_at: int, ended_at: int | None, ended_on: str | None
    ) -> None:
        """An overdue case: charged in the month of the day it was due, open ones included, by how late it is known to be.

        It is open or ended as it stood when the month closed. How late it is, is judged by what the record knew when its last evidence
        came, and by no more than the end of the next month, so that nothing recorded later makes it worse. A case that a ruling excused is
        counted and charged nothing.
        """
        last_day = due.local_date if due else None
        if due is None or last_day is None or due.moment_utc is None or not self.month.first_day <= last_day <= self.month.last_day:
            return
        if ended_at is None or ended_on is None or ended_at > self.known_at:
            looked, until = self.known_at, moment(self.known_at - 1).astimezone(self.dues.zone).date()  # 24:00 is still that day
        else:
            looked, until = ended_at, self._day(ended_on)
        days = working_days_late(last_day, until, self.dues.calendar.days)
        open_at_close = ended_at is None or ended_at >= self.closed
        took = 0 if ended_at is None or open_at_close else (ended_at - accepted_at) // _SECOND
        late_by = (looked - microseconds(due.moment_utc)) // _SECOND
        id = f"case:{number}"
        status, lateness = ("open_overdue", "open") if open_at_close else ("ended_overdue", "ended")
        if id in self.excused:
            status = lateness = "excused"
        self.tally.add(window, "case", status, kind, took, id)
        self.tally.add(window, "lateness", lateness, str(days), late_by, id)
        for name in ("cases", "cases_with_limit"):
            self.tally.numbers[window, name].append([number])
        self.limited[window].append(_Limited(microseconds(due.moment_utc), False, [number]))

    def _count_runs(self, window: str, limited: list[_Limited]) -> None:
        """Runs of successive reminded cases by due moment, then number; a case without a reminder, and an overdue one, ends a run."""
        by_moment: dict[int, list[_Limited]] = defaultdict(list)
        for each in limited:
            by_moment[each.due_at].append(each)
        run: list[str] = []
        for at in sorted(by_moment):
            together = by_moment[at]
            if not any(each.reminded for each in together):
                self._end_run(window, run)
                run = []
                continue
            for number, reminded in sorted((number, each.reminded) for each in together for number in each.numbers):
                if reminded:
                    run.append(f"case:{number}")
                else:
                    self._end_run(window, run)
                    run = []
        self._end_run(window, run)

    def _end_run(self, window: str, run: list[str]) -> None:
        if run:
            self.tally.facts.append(Fact(window, "reminder", "sent", run[0], len(run), 0, tuple(sorted(run))))


def read_opens(session: Session, hall_id: str, month: Month, as_of: int) -> Opens | None:
    """What a counted month left open, by the latest count as of a sequence or before; None if it was never counted."""
    query = (
        select(MonthOpens)
        .where(MonthOpens.hall_id == hall_id, MonthOpens.month == str(month), MonthOpens.as_of_sequence <= as_of)
        .order_by(MonthOpens.as_of_sequence.desc())
        .limit(1)
    )
    row = session.scalar(query)
    return None if row is None else Opens(month, row.as_of_sequence, row.last_case_id, tuple(map(int, row.case_ids.split())))


def keep_opens(work: Work, opens: Opens) -> None:
    """Append what a month left open, unless it is there or is so much that looking anew costs no more."""
    known = select(MonthOpens.id).where(
        MonthOpens.hall_id == work.hall_id, MonthOpens.month == str(opens.month), MonthOpens.as_of_sequence == opens.as_of
    )
    if len(opens.case_ids) > MOST_OPEN or work.session.scalar(known) is not None:
        return
    row = {"month": str(opens.month), "as_of_sequence": opens.as_of, "last_case_id": opens.last_case_id}
    ids = " ".join(map(str, opens.case_ids))
    work.session.execute(insert(MonthOpens).values(**row, case_ids=ids, hall_id=work.hall_id, sequence=work.sequence))
