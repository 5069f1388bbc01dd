"""What electronic supervision reads: open cases, papers never accepted, steps, kinds of stops, extensions, late papers, projects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Label, Select, and_, exists, func, null, select
from sqlalchemy.orm import Session, aliased

from ..deadlines import Limit
from ..watch.projects import Stage
from .schema import (
    Case,
    CaseEvent,
    CaseExtension,
    CaseStep,
    CaseStop,
    LatePaper,
    LatePaperEvent,
    ProjectStage,
    Receipt,
    ReceiptEvent,
    Service,
    ServiceStep,
)
from .store import Work


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as far as the ladder needs it."""

    case_number: str
    service_id: str | None
    window_id: str | None
    kind: str
    accepted_at: datetime
    accepted_on: date
    ended_at: datetime | None
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """Papers taken that became no case yet."""

    case_number: str
    service_id: str | None
    window_id: str | None
    received_on: date
    asked: tuple[date, ...]
    arrived: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper that was promised for later."""

    case_number: str
    paper: str
    kind: str
    due_on: date
    """As last put off."""
    settled_on: date | None
    """Delivered or waived."""


@dataclass(frozen=True, slots=True)
class Known:
    """What else the record says of one case."""

    steps: tuple[tuple[str, datetime], ...] = ()
    stop_kinds: dict[datetime, tuple[str, str]] = field(default_factory=dict)
    """Moment of a stop -> its kind and its document."""
    extensions: tuple[CaseExtension, ...] = ()


def open_cases(session: Session, hall_id: str, since: date) -> Iterator[CaseRow]:
    """Cases accepted since a day that have not ended, by number."""
    ended = exists().where(CaseEvent.hall_id == hall_id, CaseEvent.case_number == Case.case_number, CaseEvent.event == "ended")
    query = _cases().where(Case.hall_id == hall_id, Case.accepted_on >= since, ~ended).order_by(Case.case_number)
    for row in session.execute(query.add_columns(*_no_end())):
        yield CaseRow(*row)


def count_older(session: Session, hall_id: str, before: date) -> tuple[int, date | None]:
    """How many cases accepted before a day have not ended, and the day of the oldest."""
    ended = exists().where(CaseEvent.hall_id == hall_id, CaseEvent.case_number == Case.case_number, CaseEvent.event == "ended")
    query = select(func.count(), func.min(Case.accepted_on)).where(Case.hall_id == hall_id, Case.accepted_on < before, ~ended)
    count, oldest = session.execute(query).one()
    return count, oldest


def one_case(session: Session, hall_id: str, number: str) -> CaseRow | None:
    """A case with its end."""
    ended = aliased(CaseEvent)
    query = (
        _cases()
        .add_columns(ended.at, ended.on)
        .outerjoin(ended, and_(ended.hall_id == hall_id, ended.case_number == Case.case_number, ended.event == "ended"))
        .where(Case.hall_id == hall_id, Case.case_number == number)
    )
    row = session.execute(query).first()
    return None if row is None else CaseRow(*row)


def ended_groups(session: Session, hall_id: str, first: date, last: date) -> list[tuple[str | None, str | None, str, date, date, int]]:
    """Window, service, kind, day of acceptance, day of end, and how many cases of a period share them."""
    query = (
        select(Case.window_id, Case.service_id, func.coalesce(Case.kind, "unknown"), Case.accepted_on, CaseEvent.on, func.count())
        .join(CaseEvent, and_(CaseEvent.hall_id == Case.hall_id, CaseEvent.case_number == Case.case_number))
        .where(CaseEvent.hall_id == hall_id, CaseEvent.event == "ended", CaseEvent.on.between(first, last))
        .group_by(Case.window_id, Case.service_id, Case.kind, Case.accepted_on, CaseEvent.on)
    )
    return [(window, service, kind, began, ended, many) for window, service, kind, began, ended, many in session.execute(query)]


def pending_receipts(session: Session, hall_id: str) -> list[ReceiptRow]:
    """Papers that are neither a case nor refused nor withdrawn, by number."""
    accepted = exists().where(Case.hall_id == hall_id, Case.case_number == Receipt.case_number)
    closed = exists().where(
        ReceiptEvent.hall_id == hall_id, ReceiptEvent.case_number == Receipt.case_number,
        ReceiptEvent.event.in_(("not_accepted", "withdrawn")),
    )  # fmt: skip
    open_ones = select(Receipt).where(Receipt.hall_id == hall_id, ~accepted, ~closed).order_by(Receipt.case_number)
    rows = list(session.scalars(open_ones))
    told: dict[str, dict[str, list[date]]] = defaultdict(lambda: defaultdict(list))
    numbers = open_ones.with_only_columns(Receipt.case_number).order_by(None)
    events = select(ReceiptEvent).where(ReceiptEvent.hall_id == hall_id, ReceiptEvent.case_number.in_(numbers))
    for event in session.scalars(events.order_by(ReceiptEvent.at)):
        told[event.case_number][event.event].append(event.on)
    return [
        ReceiptRow(
            row.case_number, row.service_id, row.window_id, row.received_on, tuple(told[row.case_number]["supplement_asked"]),
            tuple(told[row.case_number]["supplement_arrived"]),
        )
        for row in rows
    ]  # fmt: skip


def late_papers(session: Session, hall_id: str, case_number: str = "") -> list[PaperRow]:
    """Papers promised for later, of one case or of all, by the day they are due."""
    query = select(LatePaper).where(LatePaper.hall_id == hall_id)
    events = select(LatePaperEvent).where(LatePaperEvent.hall_id == hall_id)
    if case_number:
        query, events = query.where(LatePaper.case_number == case_number), events.where(LatePaperEvent.case_number == case_number)
    due: dict[tuple[str, str], date] = {}
    settled: dict[tuple[str, str], date] = {}
    for event in session.scalars(events.order_by(LatePaperEvent.on, LatePaperEvent.id)):
        key = (event.case_number, event.paper)
        if event.event == "put_off" and event.due_on is not None:
            due[key] = event.due_on
        else:
            settled.setdefault(key, event.on)
    rows = []
    for row in session.scalars(query):
        key = (row.case_number, row.paper)
        rows.append(PaperRow(row.case_number, row.paper, row.kind, due.get(key, row.due_on), settled.get(key)))
    return sorted(rows, key=lambda row: (row.due_on, row.case_number, row.paper))


def known_of(session: Session, hall_id: str, number: str) -> Known:
    """Steps, kinds of stops and extensions of one case."""
    steps = select(CaseStep.step_id, CaseStep.ended_at).where(CaseStep.hall_id == hall_id, CaseStep.case_number == number)
    stops = select(CaseStop).where(CaseStop.hall_id == hall_id, CaseStop.case_number == number)
    granted = select(CaseExtension).where(CaseExtension.hall_id == hall_id, CaseExtension.case_number == number)
    return Known(
        tuple((step, at) for step, at in session.execute(steps.order_by(CaseStep.ended_at))),
        {row.stopped_at: (row.kind, row.document or "") for row in session.scalars(stops)},
        tuple(session.scalars(granted.order_by(CaseExtension.id))),
    )


def steps_of_service(session: Session, hall_id: str, service_id: str | None, accepted_on: date) -> tuple[tuple[str, Limit], ...]:
    """The steps of a service with their limits, as in force for a case accepted on a day; those recorded last replace the others."""
    query = select(ServiceStep).where(
        ServiceStep.hall_id == hall_id, ServiceStep.service_id == service_id, ServiceStep.valid_from <= accepted_on
    )
    rows = sorted(session.scalars(query), key=lambda row: (row.valid_from, row.sequence))
    newest = (rows[-1].valid_from, rows[-1].sequence) if rows else None
    own = [row for row in rows if (row.valid_from, row.sequence) == newest]
    return tuple((row.step_id, Limit(row.amount, row.unit)) for row in sorted(own, key=lambda row: row.position))


def services_with_steps(session: Session, hall_id: str) -> frozenset[str]:
    """The services whose steps have limits of their own."""
    return frozenset(session.scalars(select(ServiceStep.service_id).where(ServiceStep.hall_id == hall_id).distinct()))


def project_stages(session: Session, hall_id: str) -> dict[str, tuple[str, list[Stage]]]:
    """Project -> its kind and its stages as last said."""
    latest: dict[tuple[str, str], ProjectStage] = {}
    for row in session.scalars(select(ProjectStage).where(ProjectStage.hall_id == hall_id).order_by(ProjectStage.id)):
        latest[row.project_number, row.stage] = row
    found: dict[str, tuple[str, list[Stage]]] = {}
    for (number, _), row in sorted(latest.items()):
        _, stages = found.setdefault(number, (row.kind, []))
        stages.append(Stage(row.stage, row.lead or "", row.began_on, row.ended_on, row.intermediary_days or 0))
    return found


def has_service(session: Session, hall_id: str, service_id: str) -> bool:
    """Whether the hall offers a service."""
    return session.scalar(select(Service.id).where(Service.hall_id == hall_id, Service.service_id == service_id)) is not None


def add_service_steps(work: Work, service_id: str, valid_from: date, steps: tuple[tuple[str, Limit], ...]) -> None:
    """Append the steps of a service."""
    work.session.add_all(
        ServiceStep(
            hall_id=work.hall_id, service_id=service_id, valid_from=valid_from, position=position, step_id=step, amount=limit.amount,
            unit=limit.unit, sequence=work.sequence,
        )
        for position, (step, limit) in enumerate(steps, 1)
    )  # fmt: skip
    work.session.flush()


def add_extension(work: Work, number: str, asked_at: datetime, asked_by: str, limit: Limit, reason: str) -> None:
    """Append an extension."""
    work.session.add(
        CaseExtension(
            hall_id=work.hall_id, case_number=number, asked_at=asked_at, asked_by=asked_by, granted_at=work.at, granted_by=work.person,
            amount=limit.amount, unit=limit.unit, reason=reason, sequence=work.sequence,
        )
    )  # fmt: skip
    work.session.flush()


def _cases() -> Select[str, str | None, str | None, str, datetime, date]:
    return select(
        Case.case_number, Case.service_id, Case.window_id, func.coalesce(Case.kind, "unknown"), Case.accepted_at, Case.accepted_on
    )


def _no_end() -> tuple[Label[None], Label[None]]:
    return null().label("ended_at"), null().label("ended_on")
