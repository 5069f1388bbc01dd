"""The tables of the record. What a table means stands in its module: places, law, cases, voices, sheets, keeping.

Assumes the rules of base.py (STRICT tables, integer moments, text days, canonical decimals). Not for queries: those stand
beside, one module an idea.
Every table has `hall_id`, is unique within the hall, carries the journal `sequence` that recorded the row, and is append-only.
"""

from __future__ import annotations

from .base import (
    Base,
    Flag,
    LocalDay,
    Moment,
    Points,
    canonical_decimal,
    microseconds,
    moment,
)
from .cases import CASE_EVENTS, CASE_KINDS, CASE_OUTCOMES, TICKET_OUTCOMES, Case, CaseDue, CaseEvent, Ticket
from .keeping import EVERY_HALL, Import, JournalRow, Plan, Reject
from .law import LIMIT_UNITS, Calendar, CalendarDay, Scheme, Service, ServiceLimit, ServiceLink
from .places import HallRow, OpeningHours, Person, PersonLink, Seat, SeatLink, Window, Zone
from .sheets import ANSWERS, ROLES, LineEvidence, SheetLine, SheetRow
from .voices import FINDING_SOURCES, FINDING_STATUSES, RATING_STATUSES, Finding, FindingStatus, Rating, RatingStatus

__all__ = [
    "ANSWERS",
    "CASE_EVENTS",
    "CASE_KINDS",
    "CASE_OUTCOMES",
    "EVERY_HALL",
    "FINDING_SOURCES",
    "FINDING_STATUSES",
    "LIMIT_UNITS",
    "RATING_STATUSES",
    "ROLES",
    "TICKET_OUTCOMES",
    "Base",
    "Calendar",
    "CalendarDay",
    "Case",
    "CaseDue",
    "CaseEvent",
    "Finding",
    "FindingStatus",
    "Flag",
    "HallRow",
    "Import",
    "JournalRow",
    "LineEvidence",
    "LocalDay",
    "Moment",
    "OpeningHours",
    "Person",
    "PersonLink",
    "Plan",
    "Points",
    "Rating",
    "RatingStatus",
    "Reject",
    "Scheme",
    "Seat",
    "SeatLink",
    "Service",
    "ServiceLimit",
    "ServiceLink",
    "SheetLine",
    "SheetRow",
    "Ticket",
    "Window",
    "Zone",
    "canonical_decimal",
    "microseconds",
    "moment",
]  # fmt: skip
