"""Queue tickets as the queue machine wrote them. A ticket is told apart by the local day of issue and its number."""

from __future__ import annotations

from typing import Any

from .columns import Columns
from .plan import Known, Plan, differing, first_of, refuse_future, settle
from .values import References

FIELDS = ("service", "seat", "window", "case_number", "citizen", "visit", "stage", "parent_ticket", "arrived", "called", "ended", "outcome")
_STORED = (
    "service_id", "seat_id", "window_id", "case_number", "person_ref", "visit", "stage", "parent_ticket", "arrived_at", "called_at",
    "ended_at", "outcome",
)  # fmt: skip


def plan(columns: Columns, values: dict[str, list[Any]], refs: References, known: Known) -> Plan:
    """The rows of tickets to append."""
    refuse_future(columns, values, ("arrived", "called", "ended"), refs)
    for record in range(len(columns.lines)):
        if record not in columns.refused:
            _judge(columns, values, record)
    result = Plan()
    keys = [(arrived and arrived[1], ticket) for arrived, ticket in zip(values["arrived"], values["ticket"], strict=True)]
    todo = settle(columns, "ticket", keys, values, result)
    days = sorted({keys[record][0] for record in todo})
    past = {(row[0], row[1]): tuple(row[2:]) for row in known("tickets", ("issued_on", "ticket_number", *_STORED), "issued_on", days)}
    for record in todo:
        get = {name: values[name][record] for name in values}
        row = (
            get["service"], get["seat"], get["window"], get["case_number"], first_of(get["citizen"]), get["visit"], get["stage"] or 0,
            get["parent_ticket"], get["arrived"][0], first_of(get["called"]), first_of(get["ended"]), get["outcome"],
        )  # fmt: skip
        day, ticket = keys[record]
        old = past.get((day, ticket))
        if old is None:
            result.rows["tickets"].append({"issued_on": day, "ticket_number": ticket, **dict(zip(_STORED, row, strict=True))})
            result.accepted.append(record)
            continue
        wrong = differing(FIELDS, row, old)
        if wrong is None:
            result.duplicate.append(record)
        else:
            columns.refuse(record, wrong, columns.texts.get(wrong, {record: ""})[record], "conflict", wrong == "citizen", number=ticket)
    return result


def _judge(columns: Columns, values: dict[str, list[Any]], record: int) -> None:
    """Issued, called, ended: in this order; nobody is served without being called."""
    arrived, called, ended = (values[name][record] for name in ("arrived", "called", "ended"))
    if called is not None and called[0] < arrived[0]:
        columns.refuse(record, "called", columns.texts["called"][record], "ticket_order")
    elif ended is not None and ended[0] < (called or arrived)[0]:
        columns.refuse(record, "ended", columns.texts["ended"][record], "ticket_order")
    elif values["outcome"][record] == "served" and called is None:
        columns.refuse(record, "outcome", columns.texts["outcome"][record], "ticket_uncalled")
