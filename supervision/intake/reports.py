"""Complaints (12345, desk, letters), attendance (on post, late, cover missed) and case-file reviews (案卷内审), each with its standing.

A complaint without a window belongs to whoever took its papers first (首办); that is found when it is counted (``db/report_facts.py``), so
a register of receipts may come later.
"""

from __future__ import annotations

from typing import Any

from ..inspection import NOTHING_FOUND, UPHELD, checklist
from .columns import Columns
from .plan import Known, Plan, derived_number, first_of, refuse_future
from .single import Shape, plan_single
from .values import References, person_of

_KIND = {"complaints": "complaint", "attendance": "attendance", "reviews": "review"}
_NUMBER = {"complaints": "complaint_number", "attendance": "attendance_number", "reviews": "review_number"}
_MOMENT = {"complaints": "received", "attendance": "happened", "reviews": "reviewed"}
_FIXED = {
    "complaints": {
        "code": "code", "channel": "channel", "window": "window_id", "seat": "seat_id", "service": "service_id",
        "case_number": "case_number", "handler": "person_ref", "complainant": "citizen_ref", "received": "happened_at",
    },
    "attendance": {
        "code": "code", "channel": "channel", "window": "window_id", "seat": "seat_id", "person": "person_ref", "minutes": "minutes",
        "happened": "happened_at",
    },
    "reviews": {
        "code": "code", "case_number": "case_number", "window": "window_id", "service": "service_id", "handler": "person_ref",
        "reviewed": "happened_at",
    },
}  # fmt: skip
_EMPTY = ("channel", "window_id", "seat_id", "service_id", "case_number", "person_ref", "citizen_ref", "citizen_mask", "minutes", "note")


def plan_complaints(columns: Columns, values: dict[str, list[Any]], refs: References, known: Known) -> Plan:
    """The rows of complaints to append. A complaint by somebody of the hall's own staff is refused."""
    values["code"] = [code or UPHELD for code in values["code"]]
    for record, given in enumerate(values["complainant"]):
        if given is not None and person_of(refs.key, "staff", columns.texts["complainant"][record])[0] in refs.staff:
            columns.refuse(record, "complainant", columns.texts["complainant"][record], "rating_by_staff", personal=True)
    return _plan("complaints", columns, values, refs, known)


def plan_attendance(columns: Columns, values: dict[str, list[Any]], refs: References, known: Known) -> Plan:
    """The rows of attendance to append."""
    return _plan("attendance", columns, values, refs, known)


def plan_reviews(columns: Columns, values: dict[str, list[Any]], refs: References, known: Known) -> Plan:
    """The rows of case-file reviews to append."""
    return _plan("reviews", columns, values, refs, known)


def _plan(what: str, columns: Columns, values: dict[str, list[Any]], refs: References, known: Known) -> Plan:
    kind, number, moment = _KIND[what], _NUMBER[what], _MOMENT[what]
    refuse_future(columns, values, (moment, "status_from"), refs)
    codes = checklist()
    for record, code in enumerate(values["code"]):
        if code is not None and code != NOTHING_FOUND and code not in codes:
            columns.refuse(record, "code", code, "no_such_code", codes=", ".join(codes))
        since, happened = values["status_from"][record], values[moment][record]
        if since is not None and happened is not None and since[0] < happened[0]:
            columns.refuse(record, "status_from", columns.texts["status_from"][record], "status_before")
    keys = [
        given if given is not None or record in columns.refused else _number(what, values, record)
        for record, given in enumerate(values[number])
    ]
    told: dict[str, set[tuple[str, int]]] = {}
    asked = [key for key in keys if key is not None]  # a refused row may have none
    for own, kept, status, since in known("report_statuses", ("report_number", "kind", "status", "valid_from"), "report_number", asked):
        if kept == kind:
            told.setdefault(own, set()).add((status, since))
    shape = Shape(
        "reports", {number: "report_number"}, _FIXED[what],
        also=dict.fromkeys(("note",), "note"), days={moment: "happened_on"}, constants={"kind": kind},
    )  # fmt: skip

    def add_status(result: Plan, record: int, key: tuple[Any, ...]) -> bool:
        status, since = values["status"][record], values["status_from"][record] or values[moment][record]
        plain = "received" if kind == "complaint" else "confirmed"
        past = told.get(key[0], set())
        if status is None or (status, since[0]) in past or (status == plain and not past):
            return False
        result.rows["report_statuses"].append(
            {"kind": kind, "report_number": key[0], "status": status, "valid_from": since[0], "valid_on": since[1],
             "reason": values["status_reason"][record]}
        )  # fmt: skip
        return True

    result = plan_single(columns, values, known, shape, add_status, keys)
    record_of = {keys[record]: record for record in reversed(range(len(keys))) if record not in columns.refused}
    for row in result.rows["reports"]:
        record = record_of[row["report_number"]]
        for name in _EMPTY:
            row.setdefault(name, None)
        row["is_named"] = int(bool(values["is_named"][record])) if kind == "complaint" else 0
        if kind == "complaint" and values["complainant"][record] is not None:
            row["citizen_mask"] = values["complainant"][record][1]
    return result


def _number(what: str, values: dict[str, list[Any]], record: int) -> str:
    """One lapse is one code at one moment at one place about one person or case."""
    parts = (first_of(each) if isinstance(each, tuple) else each for each in (values[name][record] for name in _FIXED[what]))
    return derived_number(what[0].upper(), *parts)
