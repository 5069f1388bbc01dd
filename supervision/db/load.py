"""The load each window faced in a month: shown beside its sheet, never in it, because waiting is the hall's and not the window's.

Counted from tickets as of a journal sequence; integers only. A ticket belongs to a window as ``links.py`` says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import partial

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.orm import Session

from ..month import Month
from .dues import Dues
from .links import Owners, read_owners
from .records import bare
from .schema import Case

_LEFT = ("reneged", "balked")
_SECOND = 1_000_000


@dataclass(slots=True)
class Load:
    """What a window, or a hall, was asked to do."""

    accepted: int = 0
    """Cases accepted in the month."""
    tickets: int = 0
    served: int = 0
    left: int = 0
    """Tickets whose citizen gave up or turned away at the queue."""
    called: int = 0
    """Tickets that were called: the waits below are theirs."""
    wait_seconds: int = 0
    longest_seconds: int = 0
    busy_seconds: int = 0
    """From call to end, of its own served tickets, wherever they were served."""
    open_seconds: int | None = None
    """Opening time of its seats on the month's working days; None if the hall's hours or its seats are not known."""
    seat_seconds: int = 0
    """From call to end, of every ticket served at its seats, other windows' included; its own without a seat as well."""

    @property
    def mean_wait_minutes(self) -> Decimal | None:
        """Of called tickets, to a hundredth; None if none was called."""
        return None if self.called == 0 else _hundredth(Decimal(self.wait_seconds) / (60 * self.called))

    @property
    def utilisation(self) -> Decimal | None:
        """Busy share of the opening time of its seats, to a hundredth, above 1 only by work outside the hours; None if either is not known.

        A seat that several windows share is as busy for each of them: that is what their citizens and clerks met there.
        """
        if not self.open_seconds or not (self.tickets or self.seat_seconds):
            return None
        return _hundredth(Decimal(self.seat_seconds) / self.open_seconds)

    def plain(self) -> dict[str, int | None]:
        """As canonical JSON takes it."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Loads:
    """The load of a hall's month."""

    windows: dict[str, Load]
    """By window; the unassigned included, windows without any left out."""
    hall: Load


def count_load(session: Session, hall_id: str, month: Month, as_of: int, accepted: Mapping[str, int] | None = None) -> Loads:
    """The load of every window and of the hall; ``accepted`` is cases by window, if they were counted before.

    Raises BadInput for an unknown hall.
    """
    dues = Dues(session, hall_id, as_of)
    owners = read_owners(session, hall_id, as_of)
    loads: dict[str, Load] = defaultdict(Load)
    for window, count in (_accepted(session, hall_id, month, as_of, owners) if accepted is None else accepted).items():
        loads[window].accepted += count
    tickets = bare("tickets").c
    arrived, called_at, ended = (type_coerce(each, BigInteger) for each in (tickets.arrived_at, tickets.called_at, tickets.ended_at))
    wait, busy = (called_at - arrived) // _SECOND, (ended - called_at) // _SECOND
    served = tickets.outcome == "served"
    query = (
        select(
            tickets.window_id, tickets.service_id, tickets.seat_id, tickets.issued_on, func.count(), func.count().filter(served),
            func.count().filter(tickets.outcome.in_(_LEFT)), func.count(tickets.called_at), func.coalesce(func.sum(wait), 0),
            func.coalesce(func.max(wait), 0), func.coalesce(func.sum(busy).filter(served), 0),
        )
        .where(
            tickets.hall_id == hall_id, tickets.sequence <= as_of,
            tickets.issued_on >= month.first_day.isoformat(), tickets.issued_on <= month.last_day.isoformat(),
        )
        .group_by(tickets.window_id, tickets.service_id, tickets.seat_id, tickets.issued_on)
    )  # fmt: skip
    at_seats: dict[tuple[str, date], int] = defaultdict(int)
    for named, service, seat, on, count, done, left, called, waited, longest, worked in session.execute(query):
        load = loads[owners.window(named, date.fromisoformat(on), service, seat)]
        load.tickets += count
        load.served += done
        load.left += left
        load.called += called
        load.wait_seconds += int(waited)
        load.longest_seconds = max(load.longest_seconds, longest)
        load.busy_seconds += int(worked)
        if seat is None:
            load.seat_seconds += int(worked)
        else:
            at_seats[seat, date.fromisoformat(on)] += int(worked)
    for (seat, day), worked in at_seats.items():
        for window in owners.seats.of(seat, day):
            loads[window].seat_seconds += worked
    for window, load in loads.items():
        load.open_seconds = _seconds_of(month, dues, partial(owners.seats.keys_of, window))
    return Loads(dict(loads), _whole(loads, month, dues, owners))


def load_of(loads: Loads, windows: Iterable[str]) -> Load:
    """The load of several windows together; opening time only if every one of them has it, a seat they share counted for each."""
    own = [loads.windows.get(each, Load()) for each in windows]
    if len(own) == 1:
        return own[0]
    whole = _sum(own)
    opened = [each.open_seconds for each in own]
    whole.open_seconds = None if None in opened or not opened else sum(each or 0 for each in opened)
    return whole


def _accepted(session: Session, hall_id: str, month: Month, as_of: int, owners: Owners) -> dict[str, int]:
    """Window -> cases accepted in the month."""
    query = (
        select(Case.window_id, Case.service_id, Case.accepted_on, func.count())
        .where(Case.hall_id == hall_id, Case.sequence <= as_of, Case.accepted_on >= month.first_day, Case.accepted_on <= month.last_day)
        .group_by(Case.window_id, Case.service_id, Case.accepted_on)
    )
    found: dict[str, int] = defaultdict(int)
    for named, service, on, count in session.execute(query):
        found[owners.window(named, on, service)] += count
    return found


def _whole(loads: dict[str, Load], month: Month, dues: Dues, owners: Owners) -> Load:
    """The load of the whole hall: every seat and every ticket once."""
    whole = _sum(loads.values())
    whole.seat_seconds = whole.busy_seconds
    whole.open_seconds = _seconds_of(month, dues, owners.seats.linked)
    return whole


def _sum(loads: Iterable[Load]) -> Load:
    whole = Load()
    for each in loads:
        for name in ("accepted", "tickets", "served", "left", "called", "wait_seconds", "busy_seconds", "seat_seconds"):
            setattr(whole, name, getattr(whole, name) + getattr(each, name))
        whole.longest_seconds = max(whole.longest_seconds, each.longest_seconds)
    return whole


def _seconds_of(month: Month, dues: Dues, seats_on: Callable[[date], tuple[str, ...]]) -> int | None:
    """Opening seconds of seats on the month's working days; None if on one of them seats or hours are not known."""
    total = 0
    for day in dues.calendar.days.working_days_of_month(month.year, month.number):
        seats, periods = seats_on(day), dues.openings_on(day)
        if not seats or not periods:
            return None
        total += len(seats) * sum(each.ends - each.starts for each in periods) * 60
    return total


def _hundredth(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
