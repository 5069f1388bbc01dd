"""When each case is due, as of a journal sequence: from limits, stops, opening hours, calendar, or the register's own moment.

Computed each time and kept nowhere, so that a later limit, stop or calendar version cannot disagree with a stored answer. How a limit is
counted is the matter of ``deadlines``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ..deadlines import Due, Limit, Opening, Stop, due, extended
from ..faults import BadInput, fault
from ..month import local_midnight
from .calendars import CalendarVersion, read_calendar
from .schema import Case, CaseDue, CaseEvent, CaseExtension, HallRow, OpeningHours, ServiceLimit

_DAY_UNITS = ("working_days", "calendar_days", "months")
_BLOCK = 5000
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class DueCase:
    """A case as far as its due moment needs it."""

    case_number: str
    service_id: str | None
    accepted_at: datetime
    accepted_on: date


class Dues:
    """The due moments of one hall as of a journal sequence.

    Stops, extensions and due moments of the register are known of the cases that were asked for with `learn` or `learn_accepted`, and of
    no others.
    """

    def __init__(self, session: Session, hall_id: str, as_of: int) -> None:
        """Read what holds for all cases. Raises BadInput if the hall or its calendar is not in the record."""
        self._session, self._hall_id, self._as_of = session, hall_id, as_of
        hall = session.scalar(select(HallRow).where(HallRow.hall_id == hall_id, HallRow.sequence <= as_of))
        if hall is None:
            raise BadInput([fault("hall_unknown", "hall", hall_id)])
        self.zone = ZoneInfo(hall.time_zone)
        self.calendar: CalendarVersion = read_calendar(session, hall_id, hall.calendar_id, as_of=as_of)
        self._limits = _read_limits(session, hall_id, as_of)
        self._openings = _read_openings(session, hall_id, as_of)
        self._special: bool | None = None
        self._stops: dict[str, tuple[Stop, ...]] = {}
        self._register: dict[str, tuple[datetime, int]] = {}
        self._extensions: dict[str, tuple[tuple[Limit, int], ...]] = {}
        self._counted: dict[tuple[Limit | None, Limit | None, date], Due | None] = {}
        self._limits_on: dict[tuple[str | None, date], tuple[Limit | None, Limit | None]] = {}

    def learn(self, case_numbers: Sequence[str]) -> None:
        """Read stops, extensions and register dues of these cases."""
        for start in range(0, len(case_numbers), _BLOCK):
            self._learn(_among(case_numbers[start : start + _BLOCK]))

    def learn_accepted(self, first: date, last: date) -> None:
        """Read stops and register dues of the cases accepted on these days."""
        known = select(Case.case_number).where(Case.hall_id == self._hall_id, Case.accepted_on >= first, Case.accepted_on <= last)
        self._learn(lambda column: column.in_(known))

    def _any(self) -> bool:
        """Whether any case of the hall has a stop or a due moment of the register: most registers have none."""
        stopped = (
            select(CaseEvent.id)
            .where(CaseEvent.hall_id == self._hall_id, CaseEvent.event == "stopped", CaseEvent.sequence <= self._as_of)
            .order_by(CaseEvent.on)  # by the index of days, which a register without stops answers at once
        )
        brought = select(CaseDue.id).where(CaseDue.hall_id == self._hall_id, CaseDue.basis == "register", CaseDue.sequence <= self._as_of)
        return any(self._session.scalar(each.limit(1)) is not None for each in (stopped, brought))

    def _learn(self, of_cases: Callable[[InstrumentedAttribute[str]], ColumnElement[bool]]) -> None:
        if self._special is None:
            self._special = self._any()
        if not self._special:
            return
        self._stops |= _read_stops(self._session, self._hall_id, self._as_of, of_cases)
        self._extensions |= _read_extensions(self._session, self._hall_id, self._as_of, of_cases)
        self._register |= _read_register(self._session, self._hall_id, self._as_of, of_cases)

    def special_cases(self) -> frozenset[str]:
        """The cases learnt of that have a stop, a due moment of the register, or more time than their limit."""
        return frozenset(self._stops) | frozenset(self._register) | frozenset(self._extensions)

    def by_days(self, service_id: str | None, day: date) -> bool:
        """Whether days alone decide the due moment of a case of this service accepted on this day, as long as it is not special."""
        return _days_alone(*self._limits_of(service_id, day))

    def of(self, case: DueCase) -> Due | None:
        """When a case is due; None if it has no limit. Raises BadInput for a year that the calendar does not know.

        The register's own due moment wins over any count, and over extensions granted before it came; those granted after it add to it.
        """
        register = self._register.get(case.case_number)
        found = self._count(case) if register is None else self._from_register(register[0])
        granted = self._extensions.get(case.case_number, ())
        by = [limit for limit, sequence in granted if register is None or sequence > register[1]]
        if found is None or not by:
            return found
        return extended(found, by, self.zone, self.calendar.days, self._stops.get(case.case_number, ()))

    def _count(self, case: DueCase) -> Due | None:
        """The due moment by promise and law, before any extension."""
        stops = self._stops.get(case.case_number, ())
        promised, legal = self._limits_of(case.service_id, case.accepted_on)
        by_day = not stops and _days_alone(promised, legal)
        key = (promised, legal, case.accepted_on)
        if by_day and key in self._counted:
            return self._counted[key]
        found = due(
            case.accepted_at,
            self.zone,
            self.calendar.days,
            promised=promised,
            legal=legal,
            stops=stops,
            openings=self.openings_on(case.accepted_on),
        )
        if by_day:
            self._counted[key] = found
        return found

    def stops_of(self, case_number: str) -> tuple[Stop, ...]:
        """The stops of a case that was learnt of."""
        return self._stops.get(case_number, ())

    def limits_of(self, service_id: str | None, day: date) -> tuple[Limit | None, Limit | None]:
        """The promised and the legal limit of a service for cases accepted on a day."""
        return self._limits_of(service_id, day)

    def end_of(self, day: date) -> datetime:
        """24:00 of a local day."""
        return local_midnight(day + timedelta(days=1), self.zone)

    def openings_on(self, day: date) -> tuple[Opening, ...]:
        """The hall's opening periods of an ordinary working day, as in force on a day."""
        in_force = [valid_from for valid_from in self._openings if valid_from <= day]
        return self._openings[max(in_force)] if in_force else ()

    def _from_register(self, moment: datetime) -> Due | None:
        """The register's moment; 24:00 belongs to the day that ends then."""
        found = due(moment, self.zone, register=moment)
        assert found is not None
        last_day = (moment - _INSTANT).astimezone(self.zone).date()
        return Due(found.moment_utc, last_day, found.governed_by, found.provisional, found.trace)

    def _limits_of(self, service_id: str | None, day: date) -> tuple[Limit | None, Limit | None]:
        """The promised and the legal limit of a service on a day."""
        found = self._limits_on.get((service_id, day))
        if found is None:
            found = self._limits_on[service_id, day] = self._limit(service_id, day, "promised"), self._limit(service_id, day, "legal")
        return found

    def _limit(self, service_id: str | None, day: date, kind: str) -> Limit | None:
        known = None if service_id is None else self._limits.get((service_id, kind))
        if known is None:
            return None
        if len(known) == 1:  # as most are: a limit that never changed
            return known[0][2] if known[0][0] <= day else None
        in_force = [row for row in known if row[0] <= day]
        return max(in_force, key=lambda row: row[:2])[2] if in_force else None


def _days_alone(promised: Limit | None, legal: Limit | None) -> bool:
    return (promised is None or promised.unit in _DAY_UNITS) and (legal is None or legal.unit in _DAY_UNITS)


def _read_limits(session: Session, hall_id: str, as_of: int) -> dict[tuple[str, str], list[tuple[date, int, Limit]]]:
    """Service and kind -> (first day, order of recording, limit)."""
    limits = defaultdict(list)
    for row in session.scalars(select(ServiceLimit).where(ServiceLimit.hall_id == hall_id, ServiceLimit.sequence <= as_of)):
        limits[row.service_id, row.kind].append((row.valid_from, row.id, Limit(row.amount, row.unit)))
    return limits


def _read_openings(session: Session, hall_id: str, as_of: int) -> dict[date, tuple[Opening, ...]]:
    """First day -> its periods; periods recorded again for the same day replace those recorded before."""
    found: dict[date, tuple[int, list[Opening]]] = {}
    query = select(OpeningHours).where(OpeningHours.hall_id == hall_id, OpeningHours.sequence <= as_of)
    for row in session.scalars(query.order_by(OpeningHours.sequence, OpeningHours.starts)):
        sequence, periods = found.get(row.valid_from, (-1, []))
        periods = periods if sequence == row.sequence else []
        found[row.valid_from] = (row.sequence, [*periods, Opening(row.starts, row.ends)])
    return {valid_from: tuple(periods) for valid_from, (_, periods) in found.items()}


def _among(block: Sequence[str]) -> _OfCases:
    return lambda column: column.in_(block)


_OfCases = Callable[[InstrumentedAttribute[str]], ColumnElement[bool]]


def _read_stops(session: Session, hall_id: str, as_of: int, of_cases: _OfCases) -> dict[str, tuple[Stop, ...]]:
    """Case -> its stops; a stop that nothing resumed has no end."""
    query = select(CaseEvent).where(
        CaseEvent.hall_id == hall_id,
        CaseEvent.sequence <= as_of,
        CaseEvent.event.in_(("stopped", "resumed")),
        of_cases(CaseEvent.case_number),
    )
    stops: dict[str, list[Stop]] = defaultdict(list)
    for row in session.scalars(query.order_by(CaseEvent.case_number, CaseEvent.at, CaseEvent.id)):
        own = stops[row.case_number]
        if row.event == "stopped":
            own.append(Stop(row.at, None, row.reason or ""))
        elif own and own[-1].end is None:
            own[-1] = Stop(own[-1].start, row.at, own[-1].reason)
    return {number: tuple(own) for number, own in stops.items()}


def _read_register(session: Session, hall_id: str, as_of: int, of_cases: _OfCases) -> dict[str, tuple[datetime, int]]:
    """Case -> the due moment its register brought last, and the act that recorded it; not the moment that an extension noted down."""
    noted = exists().where(
        CaseExtension.hall_id == hall_id, CaseExtension.case_number == CaseDue.case_number, CaseExtension.sequence == CaseDue.sequence
    )
    query = select(CaseDue.case_number, CaseDue.due_at, CaseDue.sequence).where(
        CaseDue.hall_id == hall_id, CaseDue.sequence <= as_of, CaseDue.basis == "register", of_cases(CaseDue.case_number), ~noted
    )
    return {number: (at.astimezone(UTC), sequence) for number, at, sequence in session.execute(query.order_by(CaseDue.id))}


def _read_extensions(session: Session, hall_id: str, as_of: int, of_cases: _OfCases) -> dict[str, tuple[tuple[Limit, int], ...]]:
    """Case -> its extensions in the order in which they were granted, each with the act that recorded it."""
    query = select(CaseExtension).where(
        CaseExtension.hall_id == hall_id, CaseExtension.sequence <= as_of, of_cases(CaseExtension.case_number)
    )
    granted: dict[str, list[tuple[Limit, int]]] = defaultdict(list)
    for row in session.scalars(query.order_by(CaseExtension.id)):
        granted[row.case_number].append((Limit(row.amount, row.unit), row.sequence))
    return {number: tuple(rows) for number, rows in granted.items()}


def zone_of_hall(session: Session, hall_id: str) -> ZoneInfo:
    """The zone a hall's days are taken in. Raises BadInput if there is no such hall."""
    zone = session.scalar(select(HallRow.time_zone).where(HallRow.hall_id == hall_id))
    if zone is None:
        raise BadInput([fault("hall_unknown", "hall", hall_id)])
    return ZoneInfo(zone)
