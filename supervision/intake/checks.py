"""Findings of checks (明察暗访), each with its code of the checklist. A check that found nothing has the code `none`."""

from __future__ import annotations

from typing import Any

from ..inspection import NOTHING_FOUND, checklist
from .columns import Columns
from .plan import Known, Plan, derived_number, differing, first_of, refuse_future, settle
from .ratings import add_status
from .values import References

FIELDS = ("code", "observed", "window", "seat", "person", "observed_minutes", "people_waiting", "source")
_STORED = ("code", "observed_at", "window_id", "seat_id", "person_ref", "observed_minutes", "people_waiting", "source")


def plan(columns: Columns, values: dict[str, list[Any]], refs: References, known: Known) -> Plan:
    """The rows of findings and finding_statuses to append."""
    refuse_future(columns, values, ("observed", "status_from"), refs)
    codes = checklist()
    for record, code in enumerate(values["code"]):
        if code is not None and code != NOTHING_FOUND and code not in codes:
            columns.refuse(record, "code", code, "no_such_code", codes=", ".join(codes))
        since, observed = values["status_from"][record], values["observed"][record]
        if since is not None and observed is not None and since[0] < observed[0]:
            columns.refuse(record, "status_from", columns.texts["status_from"][record], "status_before")
    result = Plan()
    numbers = [
        given if given is not None or record in columns.refused else _number(values, record)
        for record, given in enumerate(values["finding_number"])
    ]
    todo = settle(columns, "finding_number", numbers, values, result)
    asked = [numbers[record] for record in todo]
    past = {row[0]: tuple(row[1:]) for row in known("findings", ("finding_number", *_STORED), "finding_number", asked)}
    statuses: dict[str, set[tuple[str, int]]] = {}
    for number, status, since in known("finding_statuses", ("finding_number", "status", "valid_from"), "finding_number", asked):
        statuses.setdefault(number, set()).add((status, since))
    visits = {row[0] for row in known("checks", ("check_number",), "check_number", [each for each in values["check_number"] if each])}
    linked = {row[0] for row in known("check_findings", ("finding_number",), "finding_number", asked)}
    for record in todo:
        number, visit = numbers[record], values["check_number"][record]
        if visit is not None and visit not in visits:
            columns.refuse(record, "check_number", visit, "no_such_check")
            continue
        get = {name: values[name][record] for name in FIELDS}
        get["person"], get["observed"] = first_of(get["person"]), get["observed"][0]
        row = tuple(get[name] for name in FIELDS)
        old = past.get(number)
        new = old is None
        if old is not None:
            wrong = differing(FIELDS, row, old)
            if wrong is not None:
                text = columns.texts.get(wrong, {record: ""})[record]
                columns.refuse(record, wrong, text, "conflict", wrong == "person", number=number)
                continue
        else:
            stored = dict(zip(_STORED, row, strict=True))
            observed_on, note = values["observed"][record][1], values["note"][record]
            result.rows["findings"].append({"finding_number": number, **stored, "observed_on": observed_on, "note": note})
        new |= add_status(
            result, "finding", "confirmed", number, values, record, statuses.get(number, set()), values["observed"][record][0]
        )
        if visit is not None and number not in linked:
            result.rows["check_findings"].append({"check_number": visit, "finding_number": number})
            new = True
        (result.accepted if new else result.duplicate).append(record)
    return result


def _number(values: dict[str, list[Any]], record: int) -> str:
    """One finding is one code at one moment at one place about one person."""
    person = first_of(values["person"][record])
    return derived_number(
        "F", values["code"][record], values["observed"][record][0], values["window"][record], values["seat"][record], person
    )
