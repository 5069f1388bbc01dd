"""One case with every stop of its clock, the speed of a month and the projects; and the acts that belong to them.

Not kept: a case turns late without anything being recorded, and one is read in milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from dashboards.data.record import store
from simulation.faults import BadInput as BadInput
from supervision.db.dues import zone_of_hall
from supervision.deadlines import parse_limit
from supervision.watch import desk
from supervision.watch.desk import CaseView as CaseView
from supervision.watch.desk import Speed as Speed


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a case's time, on the hall's own clock."""

    kind: str
    """running, stopped or late."""
    begins: datetime
    ends: datetime
    reason: str
    """Kind of the stop, its reason and its document; empty of running time."""


@dataclass(frozen=True, slots=True)
class Story:
    """A case as a picture: its stretches in order, and when each rung of the ladder begins."""

    stretches: tuple[Stretch, ...]
    marks: tuple[tuple[str, datetime], ...]
    """Rung and its moment."""


def case(hall: str, number: str) -> CaseView:
    """A case. Raises BadInput if the hall has none of that number."""
    return desk.read_case(store(), hall, number)


def story(hall: str, view: CaseView) -> Story:
    """The case from its acceptance to its end, or to now while it is open."""
    opened = store()
    with opened.read() as session:
        zone = zone_of_hall(session, hall)
    end = view.row.ended_at or opened.clock()
    due = None if view.due is None else view.due.moment_utc
    stretches: list[Stretch] = []

    def run(begins: datetime, ends: datetime) -> None:
        """Running time, parted where it becomes late."""
        parts = [("running", begins, ends if due is None else min(ends, due))]
        parts += [] if due is None else [("late", max(begins, due), ends)]
        stretches.extend(Stretch(kind, local(first), local(last), "") for kind, first, last in parts if first < last)

    def local(moment: datetime) -> datetime:
        return moment.astimezone(zone).replace(tzinfo=None)

    at = view.row.accepted_at
    for stop, *_ in view.stops:
        run(at, min(stop.start, end))
        until = min(stop.end or end, end)
        if stop.start < until:
            stretches.append(Stretch("stopped", local(stop.start), local(until), stop.reason))
        at = max(at, until)
    run(at, end)
    return Story(tuple(stretches), tuple((rung, local(moment)) for rung, moment in view.marks))


def extend(hall: str, number: str, amount: int, unit: str, reason: str, asked_by: str, asked_on: date, person: str) -> CaseView:
    """Grant a case more time."""
    opened = store()
    asked_at = desk.noon_of(opened, hall, asked_on)
    limit = parse_limit(str(amount), unit, place="amount")
    return desk.extend_case(opened, hall, number, limit, reason, asked_by=asked_by.strip(), asked_at=asked_at, person=person)


def speed(hall: str, month: str) -> tuple[Speed, ...]:
    """How fast the month's cases ended, the hall first."""
    return desk.read_speed(store(), hall, month)
