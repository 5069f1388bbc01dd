"""Complaints, attendance and case-file reviews of a month as facts, and whose they are.

Each is a finding of its code, so one scheme charges what a check, a complaint or a review found alike; its id says which it was. A
complaint counts in the month in which it was first upheld, a lapse in the month in which it happened. One that names no window belongs to
its seat's, else to whoever took the papers first (首办), else to its case's, else to its service's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from ..evidence import UNASSIGNED
from ..inspection import NOTHING_FOUND
from ..month import Month
from .links import Owners
from .schema import Case, Receipt, Report, ReportStatus


@dataclass(frozen=True, slots=True)
class Reported:
    """One report that counts in a month."""

    id: str
    window_id: str
    """Or UNASSIGNED."""
    handler_ref: str | None
    """The clerk concerned: named, else the first handler, else the handler of the case."""
    status: str
    """received, confirmed, disputed or withdrawn."""
    code: str
    on: date


def read_reported(session: Session, hall_id: str, month: Month, as_of: int, owners: Owners) -> Iterator[Reported]:
    """Reports of a month by kind and number: lapses that happened in it, complaints first upheld in it."""
    latest = func.row_number().over(
        partition_by=(ReportStatus.kind, ReportStatus.report_number), order_by=[ReportStatus.valid_from.desc(), ReportStatus.id.desc()]
    )
    told = (ReportStatus.hall_id == hall_id, ReportStatus.sequence <= as_of)
    ranked = select(ReportStatus.kind, ReportStatus.report_number, ReportStatus.status, latest.label("place")).where(*told).subquery()
    standing = select(ranked).where(ranked.c.place == 1).subquery()
    upheld = (
        select(ReportStatus.report_number, func.min(ReportStatus.valid_on).label("on"))
        .where(*told, ReportStatus.kind == "complaint", ReportStatus.status == "confirmed")
        .group_by(ReportStatus.report_number)
        .subquery()
    )
    case, receipt = aliased(Case), aliased(Receipt)
    days = (month.first_day, month.last_day)
    happened = Report.happened_on.between(*days)
    counts = or_(and_(Report.kind != "complaint", happened), and_(Report.kind == "complaint", upheld.c.on.between(*days)))
    query = (
        select(
            Report, standing.c.status, upheld.c.on, receipt.window_id, receipt.received_on, receipt.service_id, receipt.handler_ref,
            case.window_id, case.accepted_on, case.service_id, case.handler_ref,
        )
        .outerjoin(standing, and_(standing.c.kind == Report.kind, standing.c.report_number == Report.report_number))
        .outerjoin(upheld, and_(Report.kind == "complaint", upheld.c.report_number == Report.report_number))
        .outerjoin(
            receipt, and_(receipt.hall_id == hall_id, receipt.case_number == Report.case_number, receipt.sequence <= as_of)
        )
        .outerjoin(case, and_(case.hall_id == hall_id, case.case_number == Report.case_number, case.sequence <= as_of))
        .where(Report.hall_id == hall_id, Report.sequence <= as_of, counts)
        .order_by(Report.kind, Report.report_number)
    )  # fmt: skip
    for row, status, on, first, first_on, first_service, taker, later, later_on, later_service, handler in session.execute(query):
        window = owners.window(row.window_id, row.happened_on, None, row.seat_id)
        for named, day, service in ((first, first_on, first_service), (later, later_on, later_service)):
            if window == UNASSIGNED and day is not None:
                window = owners.window(named, day, service)
        if window == UNASSIGNED:
            window = owners.window(None, row.happened_on, row.service_id)
        plain = "received" if row.kind == "complaint" else "confirmed"
        yield Reported(
            f"{row.kind}:{row.report_number}", window, row.person_ref or taker or handler, status or plain, row.code, on or row.happened_on
        )


def charged(reports: Iterator[Reported]) -> Iterator[Reported]:
    """Those that can cost points: somebody on post, and a file without a fault, cannot."""
    return (each for each in reports if each.code != NOTHING_FOUND and each.status != "received")
