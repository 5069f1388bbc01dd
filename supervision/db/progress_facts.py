"""What goes on around a case as facts of a month: papers that came later than promised, papers taken and never accepted, and promises
against the law. Counted only for a scheme that asks for them.

Each is charged once, in the month in which its last day passes, by how late it was when that month closed. Last days: of a late paper
(告知承诺, 容缺受理, 先建后验) the day it was promised for, or put off to while that day had not passed; of papers taken (收件) the day by
which they are to be accepted or refused (``watch/ladder.py``), which stands still while a supplement is waited for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from ..deadlines import working_days_late
from ..evidence import UNASSIGNED, Fact
from ..month import Month
from ..watch.ladder import accept_by, ladder
from .dues import Dues
from .links import Owners
from .schema import Case, LatePaper, LatePaperEvent, Receipt, ReceiptEvent


def count_papers(
    session: Session, hall_id: str, month: Month, as_of: int, dues: Dues, owners: Owners, ruled: Mapping[str, str]
) -> list[Fact]:
    """Papers promised for a day of the month and not there by its end. Neither delivered nor waived by then is late."""
    events: dict[tuple[str, str], list[LatePaperEvent]] = defaultdict(list)
    told = select(LatePaperEvent).where(LatePaperEvent.hall_id == hall_id, LatePaperEvent.sequence <= as_of)
    for event in session.scalars(told.order_by(LatePaperEvent.on, LatePaperEvent.id)):
        events[event.case_number, event.paper].append(event)
    query = (
        select(LatePaper, Case.window_id, Case.service_id, Case.accepted_on, Receipt.handler_ref, Case.handler_ref)
        .join(Case, and_(Case.hall_id == hall_id, Case.case_number == LatePaper.case_number))
        .outerjoin(Receipt, and_(Receipt.hall_id == hall_id, Receipt.case_number == LatePaper.case_number, Receipt.sequence <= as_of))
        .where(LatePaper.hall_id == hall_id, LatePaper.sequence <= as_of, LatePaper.due_on <= month.last_day)
        .order_by(LatePaper.case_number, LatePaper.paper)
    )
    facts = []
    for row, window, service, accepted_on, taker, handler in session.execute(query):
        due, settled = row.due_on, None
        for event in events[row.case_number, row.paper]:
            if event.event == "put_off" and event.due_on is not None:
                due = event.due_on if event.on <= due else due  # nothing is put off that was late already
            elif settled is None:
                settled = event.on
        if not month.first_day <= due <= month.last_day or (settled is not None and settled <= due):
            continue
        owner = _owner(owners, window, taker or handler, accepted_on, service)
        id = f"paper:{row.case_number} {row.paper}"
        status = "excused" if ruled.get(id) == "excused" else row.kind
        facts.append(Fact(owner, "paper", status, str(_late(due, settled, month, dues)), 1, 0, (id,)))
    return facts


def count_hidden(
    session: Session, hall_id: str, month: Month, as_of: int, dues: Dues, owners: Owners, ruled: Mapping[str, str]
) -> list[Fact]:
    """Papers taken that were neither accepted nor refused by the end of the day for it (hidden overdue, 隐性超期)."""
    case = select(Case.case_number, Case.accepted_on).where(Case.hall_id == hall_id, Case.sequence <= as_of).subquery()
    query = (
        select(Receipt, case.c.accepted_on)
        .outerjoin(case, case.c.case_number == Receipt.case_number)
        .where(
            Receipt.hall_id == hall_id, Receipt.sequence <= as_of, Receipt.received_on <= month.last_day,
            or_(case.c.accepted_on.is_(None), case.c.accepted_on >= month.first_day),
        )
        .order_by(Receipt.case_number)
    )  # fmt: skip
    events: dict[str, list[ReceiptEvent]] = defaultdict(list)
    told = select(ReceiptEvent).where(ReceiptEvent.hall_id == hall_id, ReceiptEvent.sequence <= as_of)
    for event in session.scalars(told.order_by(ReceiptEvent.at, ReceiptEvent.id)):
        events[event.case_number].append(event)
    facts = []
    for row, accepted_on in session.execute(query):
        due, closed = _receipt_due(row.received_on, events[row.case_number], dues)
        settled = min((day for day in (accepted_on, closed) if day is not None), default=None)
        if due is None or not month.first_day <= due <= month.last_day or (settled is not None and settled <= due):
            continue
        owner = _owner(owners, row.window_id, row.handler_ref, row.received_on, row.service_id)
        id = f"receipt:{row.case_number}"
        status = "open" if settled is None or settled > month.last_day else "ended"
        if ruled.get(id) == "excused":
            status = "excused"
        facts.append(Fact(owner, "hidden", status, str(_late(due, settled, month, dues)), 1, 0, (id,)))
    return facts


def _receipt_due(received_on: date, events: Iterable[ReceiptEvent], dues: Dues) -> tuple[date | None, date | None]:
    """The last day to accept or refuse papers, None while a supplement is waited for; and the day they were refused or taken back.

    A supplement asked for once that day has passed moves nothing.
    """
    asked: list[date] = []
    arrived: list[date] = []
    days, rules = dues.calendar.days, ladder()
    due = accept_by(received_on, asked, arrived, days, rules)
    closed = None
    for event in events:
        if event.event in ("not_accepted", "withdrawn"):
            closed = closed or event.on
        elif due is not None and event.on > due:
            continue
        elif event.event == "supplement_asked":
            asked.append(event.on)
            due = accept_by(received_on, asked, arrived, days, rules)
        elif len(arrived) < len(asked):
            arrived.append(event.on)
            due = accept_by(received_on, asked, arrived, days, rules)
    return due, closed


def count_promises(
    session: Session, hall_id: str, month: Month, as_of: int, dues: Dues, owners: Owners, ruled: Mapping[str, str]
) -> list[Fact]:
    """Services that a window offers on the month's last day and that have a legal limit, by how their promise compares with it.

    Compared if both are in one unit; a service without a promise promises what the law asks. Handlers offer no services.
    """
    facts = []
    day = month.last_day
    for service in () if owners.by_person else owners.services.linked(day):
        promised, legal = dues.limits_of(service, day)
        if legal is None:
            continue
        promised = promised or legal
        status, code = ("compared", f"{promised.amount}/{legal.amount}") if promised.unit == legal.unit else ("other_unit", "")
        for owner in sorted({owners.subject(window, day) for window in owners.services.of(service, day)} - {UNASSIGNED}):
            facts.append(Fact(owner, "promise", status, code, 1, 0, (f"service:{service}",)))
    return facts


def _owner(owners: Owners, window: str | None, person: str | None, day: date, service: str | None) -> str:
    return owners.subject(owners.window(person if owners.by_person else window, day, service), day)


def _late(due: date, settled: date | None, month: Month, dues: Dues) -> int:
    """Whole working days past the last day, as it stood when the month closed."""
    until = month.last_day if settled is None else min(settled, month.last_day)
    return working_days_late(due, until, dues.calendar.days)
