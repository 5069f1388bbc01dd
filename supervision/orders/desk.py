"""The use cases of work orders: open, take a step, list what is due, how often limits were kept, who is called in.

Every step is one act of one person, and a second person at the same step is told that it was taken. What a step makes of its record (a
mistaken rating, a disputed finding) is recorded in the same act.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from .. import accounts
from ..db import orders as rows
from ..db import roles
from ..db.calendars import CalendarVersion
from ..db.dues import Dues
from ..db.facts import count_ratings
from ..db.journal_rows import head
from ..db.links import read_windows, spelled_window
from ..evidence import UNASSIGNED
from ..faults import BadInput, fault, plain
from ..home import person_key
from ..month import Month, month_of
from ..people import check_person, mask_text, person_ref
from ..ratings import GoodRates, good_rates
from .call_in import Standing, find_bottom
from .clock import Clock, Kept, clocks_of, rule_set_of, tally
from .workflow import Step, advance, workflow_for, workflow_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..db.store import Store, Work

__all__ = [
    "OrderView", "count_kept", "find_call_ins", "list_orders", "open_bad_ratings", "open_order", "read_order", "take_step",
]  # fmt: skip


LONGEST_NOTE = 5000
"""Characters of a note; the rest is cut."""


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as it stands now."""

    order_number: str
    workflow: str
    subject: str
    rule_set: str
    window_id: str
    state: str
    over: bool
    possible: tuple[str, ...]
    """Steps that may be taken now."""
    steps: tuple[Step, ...]
    clocks: tuple[Clock, ...]

    @property
    def next_due(self) -> datetime | None:
        """When the first open clock ends."""
        return min((each.due_at for each in self.clocks if each.answer in ("running", "late")), default=None)

    @property
    def late(self) -> bool:
        """Whether a clock has run out and nobody has answered it."""
        return any(each.answer == "late" for each in self.clocks)

    def was_late(self, clock: Clock) -> bool:
        """Whether a limit had run out when the order was opened: it runs from the moment of the record, not from the opening."""
        return clock.due_at < self.steps[0].at


def open_order(store: Store, hall: str, subject: str, person: str, *, rules: str = "", note: str = "") -> OrderView:
    """Open an order about one record.

    Raises BadInput for a record there is not, a kind that no workflow is for, a rating that is not bad or a check that found nothing, a
    rule set there is not, and a record that has an order.
    """
    with store.read() as session:
        subject = rows.spelled_subject(session, hall, subject)
    workflow = workflow_for(subject.partition(":")[0])
    if workflow is None:
        raise BadInput([fault("order_subject", f'hall "{hall}"', subject)])
    rule_set = rule_set_of(rules, workflow.id)
    with store.act(person, "open order", hall) as work:
        number = _open(work, subject, rule_set.id, note)
        work.detail(orders=[number])
    return read_order(store, hall, number)


def open_bad_ratings(store: Store, hall: str, month: str | Month, person: str, *, rules: str = "") -> list[OrderView]:
    """Open an order for every bad rating of a month that has none: one act for all. Nothing is recorded if there is none to open."""
    check_person(person)
    rule_set = rule_set_of(rules, "bad_rating")
    wanted = month_of(month)
    with store.read() as session:
        if not rows.bad_ratings_without_order(session, hall, wanted):
            return []
    with store.act(person, "open orders", hall) as work:
        subjects = rows.bad_ratings_without_order(work.session, hall, wanted)
        numbers = [_open(work, subject, rule_set.id, "") for subject in subjects]
        work.detail(orders=numbers)
    return [each for each in list_orders(store, hall, workflow="bad_rating") if each.order_number in set(numbers)]


def take_step(store: Store, hall: str, order: str, action: str, person: str, *, note: str = "", by: date | None = None) -> OrderView:
    """Take the next step of an order. Raises BadInput with every reason why this person cannot take it now.

    Staff take the steps of their own window's orders and decide nothing about a record; that is a manager's or an inspector's.
    """
    order = order.strip().upper()
    scope = accounts.scope_of(store, person, hall)
    with store.act(person, "order step", hall) as work:
        found = rows.read_orders(work.session, hall, number=order)
        if not found:
            raise BadInput([fault("order_unknown", f'hall "{hall}"', order)])
        row = found[0]
        if not scope.reads(row.window_id or UNASSIGNED):
            raise BadInput([fault("role_other_window", f'order "{order}"', person)])
        subject = rows.find_subject(work.session, hall, row.subject)
        assert subject is not None  # nothing is ever deleted
        on = work.at.astimezone(_dues(work.session, hall).zone).date()
        known = rows.interested(work.session, hall, subject, person, person_ref(person_key(store.home), "staff", person))
        workflow = workflow_of(row.workflow)
        chosen = advance(workflow, row.steps, action, person, on, note, by, known, f'order "{order}"')
        if chosen.decides:
            roles.check_act(work.session, person, "decide order", hall)
        said = plain(mask_text(note.strip()), LONGEST_NOTE)
        rows.add_step(work, order, len(row.steps) + 1, Step(action, chosen.leads_to, work.at, on, person, by, said))
        if chosen.standing:
            rows.add_standing(work, subject, chosen.standing, on, said or chosen.name["zh"])
        work.detail(order=order, step=len(row.steps) + 1, action=action, state=chosen.leads_to, subject=row.subject)
    return read_order(store, hall, order)


def read_order(store: Store, hall: str, order: str) -> OrderView:
    """One order as it stands. Raises BadInput if the hall has none of that number."""
    found = _views(store, hall, number=order.strip().upper())
    if not found:
        raise BadInput([fault("order_unknown", f'hall "{hall}"', order)])
    return found[0]


def list_orders(
    store: Store, hall: str, *, workflow: str = "", window: str = "", open_only: bool = False, late_only: bool = False
) -> list[OrderView]:
    """Orders of a hall, the most urgent first: late ones, then by what is due next, then those that are over."""
    if workflow:
        workflow_of(workflow)
    if window:
        with store.read() as session:
            window = spelled_window(session, hall, window)
    chosen = [
        each
        for each in _views(store, hall, workflow=workflow)
        if (not window or each.window_id == window) and not (open_only and each.over) and (each.late or not late_only)
    ]
    return sorted(chosen, key=lambda each: (each.over, each.next_due is None, each.next_due or store.clock(), each.order_number))


def count_kept(store: Store, hall: str, month: str | Month, workflow: str) -> dict[str, tuple[Kept, ...]]:
    """Window -> how often each limit was kept by orders about the month's records; ``""`` is the hall as a whole."""
    workflow_of(workflow)
    wanted = month_of(month)
    views = _views(store, hall, workflow=workflow, month=wanted)
    windows = sorted({each.window_id for each in views})
    counted = {window: tally(clock for view in views if view.window_id == window for clock in view.clocks) for window in windows}
    return {"": tally(clock for view in views for clock in view.clocks), **counted}


def find_call_ins(
    store: Store, hall: str, month: str | Month, good_levels: frozenset[str], *, months: int = 2, least: int = 30
) -> tuple[Standing, ...]:
    """Windows at the bottom of the rating ranking in a month and the months before it, so many in a row (W16: two).

    ``least`` ratings a month are needed to be ranked at all (assumption). Windows that tie with the best are never at the bottom.
    """
    wanted = month_of(month)
    asked = [wanted]
    while len(asked) < months:
        asked.append(asked[-1].previous())
    with store.read() as session:
        as_of = head(session).count
        names = [each.window_id for each in read_windows(session, hall, as_of)]
        rates: list[dict[str, GoodRates]] = []
        for each in asked:
            facts = [fact for fact in count_ratings(session, hall, each, as_of) if fact.window_id != UNASSIGNED]
            rates.append({name: good_rates((fact for fact in facts if fact.window_id == name), good_levels) for name in names})
    return find_bottom(list(zip(map(str, asked), rates, strict=True)), least)


def _open(work: Work, subject: str, rule_set: str, note: str) -> str:
    workflow = workflow_for(subject.partition(":")[0])
    assert workflow is not None
    found = rows.find_subject(work.session, work.hall_id, subject)
    if found is None:
        raise BadInput([fault("evidence_unknown", f'hall "{work.hall_id}"', subject)])
    if not rows.is_at_fault(work.session, work.hall_id, found):
        raise BadInput([fault("order_no_fault", f'hall "{work.hall_id}"', subject)])
    before = rows.ordered_already(work.session, work.hall_id, workflow.id, subject)
    if before is not None:
        raise BadInput([fault("order_exists", f'hall "{work.hall_id}"', subject, order=before)])
    on = work.at.astimezone(_dues(work.session, work.hall_id).zone).date()
    return rows.add_order(work, found, workflow, rule_set, on, plain(mask_text(note.strip()), LONGEST_NOTE))


def _views(store: Store, hall: str, *, number: str = "", workflow: str = "", month: Month | None = None) -> list[OrderView]:
    now = store.clock()
    with store.read() as session:
        dues = _dues(session, hall)
        bounds = None if month is None else month.bounds(dues.zone)
        found = rows.read_orders(session, hall, number=number, workflow=workflow, zone_bounds=bounds)
        return [_view(row, now, dues, dues.calendar) for row in found]


def _view(row: rows.OrderRow, now: datetime, dues: Dues, calendar: CalendarVersion) -> OrderView:
    workflow = workflow_of(row.workflow)
    limits = rule_set_of(row.rule_set, row.workflow).limits.get(row.workflow, ())
    openings = dues.openings_on(row.steps[0].on)
    clocks = clocks_of(row.begins_at, row.steps, limits, now, dues.zone, calendar.days, openings, workflow.final)
    return OrderView(
        row.order_number, row.workflow, row.subject, row.rule_set, row.window_id or UNASSIGNED, row.state, row.state in workflow.final,
        tuple(each.id for each in workflow.possible(row.state)), row.steps, clocks,
    )  # fmt: skip


def _dues(session: Session, hall: str) -> Dues:
    """Zone, calendar and opening hours of a hall, without reading any case's stops. Raises BadInput for an unknown hall."""
    return Dues(session, hall, head(session).count)
