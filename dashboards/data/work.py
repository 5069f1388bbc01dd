"""What waits for somebody in a hall, and the acts of a month: its steps, appeals and rulings, work orders, signals.

Every act is one use case of the record, done as the person who is named; who may do it is decided there and refused as BadInput. Readings
are kept under the journal's head and the day, for a case turns late without anything being recorded. Not for scoring.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from dashboards.data.kept import Kept
from dashboards.data.record import MonthTable, store
from simulation.faults import BadInput as BadInput
from supervision import accounts, course, monthly, objections
from supervision.accounts import Scope as Scope
from supervision.appeals import Verdict, words_of
from supervision.authenticity.desk import read_signals
from supervision.authenticity.measured import FalseAlarms, measure_false_alarms
from supervision.authenticity.signals import Signal as Signal
from supervision.course import Course as Course
from supervision.db.dues import zone_of_hall
from supervision.db.months import AppealRow as AppealRow
from supervision.db.subjects import BY_PERSON
from supervision.month import Month, parse_month
from supervision.orders import desk
from supervision.orders.desk import OrderView as OrderView
from supervision.orders.workflow import Workflow, workflow_of
from supervision.scheme import Summary, list_schemes
from supervision.watch.desk import YEAR, count_left_out, read_ladder
from supervision.watch.desk import Alert as Alert
from supervision.watch.desk import Older as Older

STEPS, STEP_NAMES = course.STEPS, course.NAMES
ACTS = {
    None: "open_month", "opened": "collect", "collected": "compute", "computed": "circulate", "circulated": "lock", "locked": "publish",
    "published": None,
}  # fmt: skip
"""Where a month stands -> the act that comes next."""
SIMULATED_MONTHS, SEED = 30, 1
"""Honest months simulated for the false-alarm rates, of 20 windows each."""
_kept: Kept[Any] = Kept(16)


@dataclass(frozen=True, slots=True)
class Today:
    """What waits for somebody, as far as the person may see it."""

    course: Course | None
    next_act: str | None
    ready: bool
    """Whether that act can be taken today: a month is locked after the days for objections, with every appeal ruled."""
    appeals: tuple[AppealRow, ...]
    """Without a ruling."""
    late: int
    """Work orders with a clock that ran out."""
    running: int
    """Work orders that are open and not late."""
    red: int
    """Cases with red or written advice."""
    yellow: int
    reminders: int
    hidden: int
    """Papers received and never accepted, in time or by any rung."""


def scope_of(person: str, hall: str) -> Scope:
    """What a person may see. Raises BadInput for somebody without a role where roles are held."""
    return accounts.scope_of(store(), person, hall)


def months(hall: str, assessed: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """(month, scheme) of what was assessed or opened, newest first."""
    opened = {(each.month, each.scheme_id) for each in course.list_courses(store(), hall)}
    return sorted({*assessed, *opened}, reverse=True)


def published(hall: str) -> list[tuple[str, str]]:
    """(month, scheme) of what the public may see, newest first: published, and not about persons."""
    found = [each for each in course.list_courses(store(), hall) if each.reached("published")]
    return [
        (each.month, each.scheme_id)
        for each in found
        if monthly.scheme_of(store(), hall, each.scheme_id, each.scheme_version).subject not in BY_PERSON
    ]


def schemes() -> dict[str, dict[str, str]]:
    """The schemes that can open a month: id -> name by language."""
    return {each.id: {"zh": each.name.zh, "en": each.name.en} for each in _shipped() if not each.incomplete}


def scheme_names() -> dict[str, dict[str, str]]:
    """Every scheme's name by language, of its newest version."""
    return {each.id: {"zh": each.name.zh, "en": each.name.en} for each in _shipped()}


@lru_cache(maxsize=1)
def _shipped() -> tuple[Summary, ...]:
    """The schemes of the program; its files do not change while it runs."""
    return list_schemes()


def months_to_open(hall: str) -> tuple[str, ...]:
    """Months that have begun and that nobody opened under any scheme, the newest first: two years back, and around what was assessed."""
    opened = store()
    with opened.read() as session:
        now = opened.clock().astimezone(zone_of_hall(session, hall))
    newest = Month(now.year, now.month)
    asked, month = {str(newest)}, newest
    for _ in range(2 * 12):
        month = month.previous()
        asked.add(str(month))
    assessed = {parse_month(each) for each, _ in monthly.list_months(opened, hall)}
    asked |= {str(near) for each in assessed for near in (each.previous(), each, each.next()) if near <= newest}
    return tuple(sorted(asked - {each.month for each in course.list_courses(opened, hall)}, reverse=True))


def next_act(found: Course | None) -> str | None:
    """The step that comes next; collected anew after computing, a month is computed anew."""
    if found is None:
        return ACTS[None]
    if found.stands == "computed" and found.last("computed").sequence < found.last("collected").sequence:
        return "compute"
    return ACTS[found.stands]


def today(hall: str, month: str, scheme: str, scope: Scope) -> Today:
    """Everything that waits, counted for what the person may see."""
    found = course.read_course(store(), hall, month, scheme)
    orders = [each for each in read_orders(hall, scope) if not each.over]
    alerts = read_alerts(hall, month, scope)
    late = sum(each.late for each in orders)
    waiting = tuple(each for each in (found.waiting if found else ()) if scope.reads(each.window_id))
    cases = [each for each in alerts if each.what != "receipt"]
    return Today(
        found, next_act(found), _is_ready(hall, found), waiting, late, len(orders) - late,
        sum(each.rung in ("red", "advice") for each in cases), sum(each.rung == "yellow" for each in cases),
        sum(each.rung == "reminder" for each in cases), len(alerts) - len(cases),
    )  # fmt: skip


def _is_ready(hall: str, found: Course | None) -> bool:
    """Whether the next act of a month is due."""
    if found is None or found.stands != "circulated" or found.until is None:
        return True
    opened = store()
    with opened.read() as session:
        today = opened.clock().astimezone(zone_of_hall(session, hall)).date()
    return today > found.until and not found.waiting


def read_alerts(hall: str, month: str, scope: Scope) -> tuple[Alert, ...]:
    """The ladder of warnings, the worst first: open cases accepted since the month began or in the last year, whichever is longer."""
    opened = store()
    day = opened.clock().date()
    since = min(parse_month(month).first_day, day - YEAR)
    found = _kept.get_or_make(
        (str(opened.url), opened.head().head, hall, since, day, "ladder"), lambda: read_ladder(opened, hall, since=since)
    )
    return tuple(each for each in found if scope.reads(each.window_id))


def left_out(hall: str, month: str) -> Older:
    """The open cases that are too old for the ladder."""
    opened = store()
    return count_left_out(opened, hall, min(parse_month(month).first_day, opened.clock().date() - YEAR))


def take(step: str, hall: str, month: str, scheme: str, person: str) -> Course:
    """A step of a month: a value of ACTS."""
    act = {
        "open_month": course.open_month, "collect": course.collect, "compute": course.compute, "circulate": course.circulate,
        "lock": course.lock, "publish": course.publish,
    }[step]  # fmt: skip
    return act(store(), hall, month, scheme, person=person)  # type: ignore[operator,no-any-return]


def course_of(hall: str, month: str, scheme: str) -> Course | None:
    """How far a month has come; None if it was not opened."""
    return course.read_course(store(), hall, month, scheme)


def runs_months(scope: Scope) -> bool:
    """Whether the steps of a month are offered to a person; the record decides who may take one."""
    return scope.open or bool(scope.roles - {accounts.STAFF, accounts.PLANNER, accounts.EDITOR})


def rulings_of(record: str) -> tuple[str, ...]:
    """What a ruling may make of a record; empty for an id of no known kind."""
    return words_of(record)


def list_appeals(hall: str, month: str, scheme: str, scope: Scope) -> tuple[AppealRow, ...]:
    """Appeals of a month with their rulings, those that wait first."""
    found = [each for each in objections.list_appeals(store(), hall, month) if each.scheme_id == scheme and scope.reads(each.window_id)]
    return tuple(sorted(found, key=lambda each: (each.verdict is not None, each.number)))


def file_appeal(hall: str, month: str, scheme: str, window: str, line: str, grounds: str, record: str | None, person: str) -> AppealRow:
    """Object to a line of a sheet."""
    return objections.appeal(store(), hall, month, window, line, grounds, scheme, person=person, record=record)


def rule(hall: str, number: str, verdict: Verdict, reason: str, records: dict[str, str] | None, person: str) -> AppealRow:
    """Decide an appeal."""
    return objections.rule(store(), hall, number, verdict, reason, person=person, records=records)


def read_orders(hall: str, scope: Scope) -> list[OrderView]:
    """Work orders, the most urgent first."""
    return [each for each in desk.list_orders(store(), hall) if scope.reads(each.window_id)]


def workflow(id: str) -> Workflow:
    """A kind of order with its states and steps by name."""
    return workflow_of(id)


def open_bad_ratings(hall: str, month: str, person: str) -> int:
    """Orders opened for the bad ratings of a month that had none."""
    return len(desk.open_bad_ratings(store(), hall, month, person))


def open_order(hall: str, subject: str, person: str) -> OrderView:
    """Open an order about one record."""
    return desk.open_order(store(), hall, subject, person)


def take_order_step(hall: str, order: str, action: str, person: str, note: str, by: date | None) -> OrderView:
    """The next step of an order."""
    return desk.take_step(store(), hall, order, action, person, note=note, by=by)


def signals(hall: str, month: str, scope: Scope) -> tuple[tuple[Signal, FalseAlarms], ...]:
    """The authenticity signals of a month, each with how often its rule rings at simulated honest windows."""
    opened = store()
    found = _kept.get_or_make((str(opened.url), opened.head().head, hall, month, "signals"), lambda: read_signals(opened, hall, month))
    return tuple((each, false_alarms()[each.rule]) for each in found if scope.reads(each.window_id))


def false_alarms() -> dict[str, FalseAlarms]:
    """Rule -> how often it rings at honest windows; simulated once."""
    made = _kept.get_or_make(("false_alarms",), lambda: measure_false_alarms(SIMULATED_MONTHS, SEED))
    return {each.rule: each for each in made}


def local(hall: str, moment: datetime | None) -> str | None:
    """A moment in the hall's own time, to the minute."""
    if moment is None:
        return None
    with store().read() as session:
        return f"{moment.astimezone(zone_of_hall(session, hall)):%Y-%m-%d %H:%M}"


def window_names(hall: str) -> dict[str, dict[str, str]]:
    """Window -> its name by language."""
    return {each.window_id: {"zh": each.name_zh, "en": each.name_en} for each in monthly.list_windows(store(), hall)}


def narrowed(table: MonthTable, scope: Scope) -> MonthTable:
    """The table of what the person may read."""
    if scope.windows is None:
        return table
    rows = tuple(row for row in table.rows if scope.reads(row.window))
    return replace(table, rows=rows, sheets={row.window: table.sheets[row.window] for row in rows})
