"""When each case is due, as of a journal sequence: from limits, stops, opening hours, calendar, or the register's own moment.

Computed each time and kept nowhere, so that a later limit, stop or calendar version cannot disagree with a stored answer. How a limit is
counted is the matter of ``deadlines``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..deadlines import Due, Limit, Opening, Stop, due
from ..faults import BadInput, fault
from .calendars import CalendarVersion, read_calendar
from .schema import CaseDue, CaseEvent, HallRow, OpeningHours, ServiceLimit

_DAY_UNITS = ("working_days", "calendar_days", "months")
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class DueCase:
    """A case as far as its due moment needs it."""

    case_number: str
    service_id: str | None
    accepted_at: datetime
    accepted_on: date


class Dues:
    """The due moments of one hall as of a journal sequence."""

    def __init__(self, session: Session, hall_id: str, as_of: int, case_number: str | None = None) -> None:
        """Read everything once; ``case_number`` restricts the reading to one case.

        Raises BadInput if the hall or its calendar is not in the record.
        """
        hall = session.scalar(select(HallRow).where(HallRow.hall_id == hall_id, HallRow.sequence <= as_of))
        if hall is None:
            raise BadInput([fault("hall_unknown", "hall", hall_id)])
        self.zone = ZoneInfo(hall.time_zone)
        self.calendar: CalendarVersion = read_calendar(session, hall_id, hall.calendar_id, as_of=as_of)
        self._limits = _read_limits(session, hall_id, as_of)
        self._openings = _read_openings(session, hall_id, as_of)
        self._stops = _read_stops(session, hall_id, as_of, case_number)
        self._register = _read_register(session, hall_id, as_of, case_number)
        self._counted: dict[tuple[str | None, date], Due | None] = {}

    def of(self, case: DueCase) -> Due | None:
        """When a case is due; None if it has no limit. Raises BadInput for a year that the calendar does not know."""
        register = self._register.get(case.case_number)
        if register is not None:
            return self._from_register(register)
        stops = self._stops.get(case.case_number, ())
        limits = {kind: self._limit(case, kind) for kind in ("promised", "legal")}
        by_day = not stops and all(limit is None or limit.unit in _DAY_UNITS for limit in limits.values())
        key = (case.service_id, case.accepted_on)
        if by_day and key in self._counted:
            return self._counted[key]
        found = due(
            case.accepted_at,
            self.zone,
            self.calendar.days,
            promised=limits["promised"],
            legal=limits["legal"],
            stops=stops,
            openings=self.openings_on(case.accepted_on),
        )
        if by_day:
            self._counted[key] = found
        return found

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

    def _limit(self, case: DueCase, kind: str) -> Limit | None:
        if case.service_id is None:
            return None
        in_force = [row for row in self._limits.get((case.service_id, kind), ()) if row[0] <= case.accepted_on]
        return max(in_force, key=lambda row: row[:2])[2] if in_force else None


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


def _read_stops(session: Session, hall_id: str, as_of: int, case_number: str | None) -> dict[str, tuple[Stop, ...]]:
    """Case -> its stops; a stop that nothing resumed has no end."""
    query = select(CaseEvent).where(
        CaseEvent.hall_id == hall_id, CaseEvent.sequence <= as_of, CaseEvent.event.in_(("stopped", "resumed"))
    )
    if case_number is not None:
        query = query.where(CaseEvent.case_number == case_number)
    stops: dict[str, list[Stop]] = defaultdict(list)
    for row in session.scalars(query.order_by(CaseEvent.case_number, CaseEvent.at, CaseEvent.id)):
        own = stops[row.case_number]
        if row.event == "stopped":
            own.append(Stop(row.at, None, row.reason or ""))
        elif own and own[-1].end is None:
            own[-1] = Stop(own[-1].start, row.at, own[-1].reason)
    return {number: tuple(own) for number, own in stops.items()}


def _read_register(session: Session, hall_id: str, as_of: int, case_number: str | None) -> dict[str, datetime]:
    """Case -> the due moment its register brought last."""
    query = select(CaseDue.case_number, CaseDue.due_at).where(
        CaseDue.hall_id == hall_id, CaseDue.sequence <= as_of, CaseDue.basis == "register"
    )
    if case_number is not None:
        query = query.where(CaseDue.case_number == case_number)
    return {number: at.astimezone(UTC) for number, at in session.execute(query.order_by(CaseDue.id))}


def zone_of_hall(session: Session, hall_id: str) -> ZoneInfo:
    """The zone a hall's days are taken in. Raises BadInput if there is no such hall."""
    zone = session.scalar(select(HallRow.time_zone).where(HallRow.hall_id == hall_id))
    if zone is None:
        raise BadInput([fault("hall_unknown", "hall", hall_id)])
    return ZoneInfo(zone)
