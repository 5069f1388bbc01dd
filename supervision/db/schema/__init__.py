"""The tables of the record. What a table means stands in its module: places, law, cases, voices, sheets, months, keeping.

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
from .months import (
    DRAFT_STATES,
    MONTH_STEPS,
    PERSON_ROLES,
    RULED,
    VERDICTS,
    Appeal,
    EvidenceRuling,
    MonthStep,
    PeriodResult,
    PersonRole,
    Ruling,
    SchemeText,
    SheetRuled,
)
from .places import HallRow, OpeningHours, Person, PersonLink, Seat, SeatLink, Window, Zone
from .sheets import ANSWERS, ROLES, LineEvidence, SheetLine, SheetRow
from .voices import FINDING_SOURCES, FINDING_STATUSES, RATING_STATUSES, Finding, FindingStatus, Rating, RatingStatus

__all__ = [
    "ANSWERS",
    "CASE_EVENTS",
    "CASE_KINDS",
    "CASE_OUTCOMES",
    "DRAFT_STATES",
    "EVERY_HALL",
    "FINDING_SOURCES",
    "FINDING_STATUSES",
    "LIMIT_UNITS",
    "MONTH_STEPS",
    "PERSON_ROLES",
    "RATING_STATUSES",
    "ROLES",
    "RULED",
    "TICKET_OUTCOMES",
    "VERDICTS",
    "Appeal",
    "Base",
    "Calendar",
    "CalendarDay",
    "Case",
    "CaseDue",
    "CaseEvent",
    "EvidenceRuling",
    "Finding",
    "FindingStatus",
    "Flag",
    "HallRow",
    "Import",
    "JournalRow",
    "LineEvidence",
    "LocalDay",
    "Moment",
    "MonthStep",
    "OpeningHours",
    "PeriodResult",
    "Person",
    "PersonLink",
    "PersonRole",
    "Plan",
    "Points",
    "Rating",
    "RatingStatus",
    "Reject",
    "Ruling",
    "Scheme",
    "SchemeText",
    "Seat",
    "SeatLink",
    "Service",
    "ServiceLimit",
    "ServiceLink",
    "SheetLine",
    "SheetRow",
    "SheetRuled",
    "Ticket",
    "Window",
    "Zone",
    "canonical_decimal",
    "microseconds",
    "moment",
]  # fmt: skip
