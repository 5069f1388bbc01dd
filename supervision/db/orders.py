"""Work orders in the record: what they are about, their steps, and what a step makes of the record it is about."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from ..inspection import NOTHING_FOUND
from ..month import Month, parse_month
from ..orders.workflow import OPEN, Interested, Step, Workflow
from ..people import normal_id
from .dues import zone_of_hall
from .journal_rows import head
from .links import read_owners, spelled_window
from .schema import (
    Case,
    Check,
    CheckFinding,
    Finding,
    FindingStatus,
    IndexValue,
    JournalRow,
    Order,
    OrderStep,
    Person,
    Rating,
    RatingStatus,
    Receipt,
    Report,
    ReportStatus,
    Window,
)
from .store import Work

BAD_LEVEL = 2
"""Ratings of this level and below are bad (RULES 1.2, W11 and W14: the last two levels)."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The record an order is about."""

    id: str
    window_id: str | None
    at: datetime
    handler_ref: str | None
    recorded_by: frozenset[str]

    @property
    def kind(self) -> str:
        return self.id.partition(":")[0]

    @property
    def number(self) -> str:
        return self.id.partition(":")[2]


def is_at_fault(session: Session, hall_id: str, subject: Subject) -> bool:
    """Whether a record says that something went wrong: a bad rating that somebody gave, a finding that found something; others always."""
    match subject.kind:
        case "rating":
            rating = select(Rating).where(Rating.hall_id == hall_id, Rating.rating_number == subject.number)
            given = session.scalars(rating).one()
            return given.level <= BAD_LEVEL and not given.is_default
        case "finding":
            code = select(Finding.code).where(Finding.hall_id == hall_id, Finding.finding_number == subject.number)
            return session.scalar(code) != NOTHING_FOUND
        case _:
            return True


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order with its steps, as the record has it."""

    order_number: str
    workflow: str
    subject: str
    rule_set: str
    window_id: str | None
    begins_at: datetime
    steps: tuple[Step, ...]

    @property
    def state(self) -> str:
        return self.steps[-1].state


def spelled_subject(session: Session, hall_id: str, given: str) -> str:
    """The id of a record as the record spells it; of a window with its month, the window's own id."""
    kind, _, number = given.partition(":")
    if kind.strip().lower() != "window":
        return normal_id(given)
    window_id, at, month = number.partition("@")
    return f"window:{spelled_window(session, hall_id, window_id)}{at}{month.strip()}"


def find_subject(session: Session, hall_id: str, evidence_id: str) -> Subject | None:
    """The record behind an evidence id, as far as an order needs it; None if the hall has none."""
    kind, _, number = evidence_id.partition(":")
    owners = read_owners(session, hall_id, head(session).count)
    match kind:
        case "rating":
            rating = session.scalar(select(Rating).where(Rating.hall_id == hall_id, Rating.rating_number == number))
            if rating is None:
                return None
            window = owners.window(rating.window_id, rating.rated_on, rating.service_id, rating.seat_id)
            return _subject(session, evidence_id, window, rating.rated_at, rating.handler_ref, rating.sequence)
        case "finding":
            found = session.scalar(select(Finding).where(Finding.hall_id == hall_id, Finding.finding_number == number))
            if found is None:
                return None
            window = owners.window(found.window_id, found.observed_on, None, found.seat_id)
            inspector = session.scalar(
                select(Check.inspector)
                .join(CheckFinding, and_(CheckFinding.hall_id == Check.hall_id, CheckFinding.check_number == Check.check_number))
                .where(CheckFinding.hall_id == hall_id, CheckFinding.finding_number == number)
            )
            return _subject(session, evidence_id, window, found.observed_at, found.person_ref, found.sequence, inspector)
        case "complaint" | "attendance" | "review":
            told = session.scalar(select(Report).where(Report.hall_id == hall_id, Report.kind == kind, Report.report_number == number))
            if told is None:
                return None
            window = owners.window(told.window_id, told.happened_on, told.service_id, told.seat_id)
            return _subject(session, evidence_id, window, told.happened_at, told.person_ref, told.sequence)
        case "case":
            case = session.scalar(select(Case).where(Case.hall_id == hall_id, Case.case_number == number))
            if case is None:
                return None
            window = owners.window(case.window_id, case.accepted_on, case.service_id)
            return _subject(session, evidence_id, window, case.accepted_at, case.handler_ref, case.sequence)
        case "receipt":
            taken = session.scalar(select(Receipt).where(Receipt.hall_id == hall_id, Receipt.case_number == number))
            if taken is None:
                return None
            window = owners.window(taken.window_id, taken.received_on, taken.service_id)
            return _subject(session, evidence_id, window, taken.received_at, taken.handler_ref, taken.sequence)
        case "index":
            index = session.scalar(select(IndexValue).where(IndexValue.hall_id == hall_id, IndexValue.index_number == number))
            if index is None:
                return None
            at = Month(index.last_day.year, index.last_day.month).bounds(zone_of_hall(session, hall_id))[1]
            return _subject(session, evidence_id, index.window_id, at, None, index.sequence)
        case "window":
            window_id, _, written = number.partition("@")
            if session.scalar(select(Window.id).where(Window.hall_id == hall_id, Window.window_id == window_id)) is None:
                return None
            closed = parse_month(written, evidence_id).bounds(zone_of_hall(session, hall_id))[1]
            return Subject(evidence_id, window_id, closed, None, frozenset())
        case _:
            return None


def _subject(
    session: Session, evidence_id: str, window: str | None, at: datetime, handler: str | None, sequence: int, also: str | None = None
) -> Subject:
    recorder = session.scalar(select(JournalRow.person).where(JournalRow.id == sequence))
    return Subject(evidence_id, window, at, handler, frozenset({recorder or "", also or ""} - {""}))


def bad_ratings_without_order(session: Session, hall_id: str, month: Month) -> tuple[str, ...]:
    """Ids of the month's bad ratings that citizens gave and that have no order yet, in order of time."""
    ordered = exists().where(
        Order.hall_id == Rating.hall_id, Order.workflow == "bad_rating", Order.subject == "rating:" + Rating.rating_number
    )
    query = (
        select(Rating.rating_number)
        .where(
            Rating.hall_id == hall_id, Rating.rated_on >= month.first_day, Rating.rated_on <= month.last_day, Rating.level <= BAD_LEVEL,
            Rating.is_default == 0, ~ordered,
        )
        .order_by(Rating.rated_at, Rating.rating_number)
    )  # fmt: skip
    return tuple(f"rating:{number}" for number in session.scalars(query))


def interested(session: Session, hall_id: str, subject: Subject, person: str, ref_of_person: str) -> Interested:
    """Who has a part in a record: its clerk under the name shown to colleagues or the staff number, and whoever recorded it."""
    own: set[str] = set()
    if subject.handler_ref is not None:
        shown = session.scalar(select(Person.display_name).where(Person.hall_id == hall_id, Person.person_ref == subject.handler_ref))
        own |= {shown or ""} | ({person} if ref_of_person == subject.handler_ref else set())
    return Interested(frozenset(own - {""}), subject.recorded_by)


def read_orders(
    session: Session, hall_id: str, *, number: str = "", workflow: str = "", zone_bounds: tuple[datetime, datetime] | None = None
) -> tuple[OrderRow, ...]:
    """Orders of a hall by number; of one number, one workflow, or about records between two moments."""
    chosen = select(Order).where(Order.hall_id == hall_id)
    if number:
        chosen = chosen.where(Order.order_number == number)
    if workflow:
        chosen = chosen.where(Order.workflow == workflow)
    if zone_bounds is not None:
        chosen = chosen.where(Order.begins_at >= zone_bounds[0], Order.begins_at < zone_bounds[1])
    orders = list(session.scalars(chosen.order_by(Order.order_number)))
    wanted = chosen.with_only_columns(Order.order_number).order_by(None)
    taken = select(OrderStep).where(OrderStep.hall_id == hall_id, OrderStep.order_number.in_(wanted))
    steps: dict[str, list[Step]] = defaultdict(list)
    for row in session.scalars(taken.order_by(OrderStep.order_number, OrderStep.step)):
        steps[row.order_number].append(Step(row.action, row.state, row.at, row.on, row.person, row.promised_on, row.note or ""))
    return tuple(
        OrderRow(row.order_number, row.workflow, row.subject, row.rule_set, row.window_id, row.begins_at, tuple(steps[row.order_number]))
        for row in orders
    )


def ordered_already(session: Session, hall_id: str, workflow: str, subject: str) -> str | None:
    """The number of the order about a record, None if there is none."""
    return session.scalar(select(Order.order_number).where(Order.hall_id == hall_id, Order.workflow == workflow, Order.subject == subject))


def add_order(work: Work, subject: Subject, workflow: Workflow, rule_set: str, on: date, note: str) -> str:
    """Append an order and its first step; its number."""
    many = work.session.scalar(select(func.count()).select_from(Order).where(Order.hall_id == work.hall_id)) or 0
    number = f"O-{many + 1:06d}"
    window = None if subject.window_id in (None, "unassigned") else subject.window_id
    work.session.add(
        Order(
            hall_id=work.hall_id, order_number=number, workflow=workflow.id, subject=subject.id, rule_set=rule_set, window_id=window,
            begins_at=subject.at, sequence=work.sequence,
        )
    )  # fmt: skip
    work.session.flush()
    add_step(work, number, 1, Step(OPEN, workflow.first, work.at, on, work.person, None, note))
    return number


def add_step(work: Work, number: str, position: int, step: Step) -> None:
    """Append a step."""
    work.session.add(
        OrderStep(
            hall_id=work.hall_id, order_number=number, step=position, action=step.action, state=step.state, at=step.at, on=step.on,
            person=step.person, promised_on=step.promised_on, note=step.note or None, sequence=work.sequence,
        )
    )  # fmt: skip
    work.session.flush()


def add_standing(work: Work, subject: Subject, status: str, on: date, reason: str) -> None:
    """Append what a record stands as from now on."""
    common = {"hall_id": work.hall_id, "status": status, "valid_from": work.at, "reason": reason or None, "sequence": work.sequence}
    match subject.kind:
        case "rating":
            work.session.add(RatingStatus(rating_number=subject.number, **common))
        case "finding":
            work.session.add(FindingStatus(finding_number=subject.number, **common))
        case _:
            work.session.add(ReportStatus(kind=subject.kind, report_number=subject.number, valid_on=on, **common))
    work.session.flush()
