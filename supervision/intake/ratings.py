"""Ratings (好差评). Levels are 5 to 1 or the five words; a rating of a case must speak of a case in the record and come after its
acceptance.

All ratings of a case are kept; which of several counts is the scheme's matter. What a rating leaves out (window, service, clerk) is
taken from its case. A rating by somebody of the hall's own staff is refused.
"""

from __future__ import annotations

from typing import Any

from .columns import Columns
from .plan import Known, Plan, derived_number, differing, first_of, refuse_future, settle
from .values import References, person_of

FIELDS = ("case_number", "ticket", "service", "window", "seat", "handler", "level", "channel", "is_default", "is_named", "rater", "rated")
_STORED = (
    "case_number", "ticket_number", "service_id", "window_id", "seat_id", "handler_ref", "level", "channel", "is_default", "is_named",
    "rater_ref", "rated_at",
)  # fmt: skip
_FROM_CASE = ("service", "window", "handler")


def plan(columns: Columns, values: dict[str, list[Any]], refs: References, known: Known) -> Plan:
    """The rows of ratings and rating_statuses to append."""
    refuse_future(columns, values, ("rated", "status_from"), refs)
    cases = {
        row[0]: (row[1], tuple(row[2:]))
        for row in known(
            "cases", ("case_number", "accepted_at", "service_id", "window_id", "handler_ref"), "case_number",
            [number for number in values["case_number"] if number is not None],
        )
    }  # fmt: skip
    for record in range(len(columns.lines)):
        if record not in columns.refused:
            _judge(columns, values, record, cases, refs)
    result = Plan()
    numbers = [
        given if given is not None or record in columns.refused else _number(values, record)
        for record, given in enumerate(values["rating_number"])
    ]
    todo = settle(columns, "rating_number", numbers, values, result)
    asked = [numbers[record] for record in todo]
    past = {row[0]: tuple(row[1:]) for row in known("ratings", ("rating_number", *_STORED), "rating_number", asked)}
    statuses: dict[str, set[tuple[str, int]]] = {}
    for number, status, since in known("rating_statuses", ("rating_number", "status", "valid_from"), "rating_number", asked):
        statuses.setdefault(number, set()).add((status, since))
    for record in todo:
        number = numbers[record]
        row = _row(values, record, cases)
        old = past.get(number)
        new = old is None
        if old is not None:
            wrong = differing(FIELDS, row, old)
            if wrong is not None:
                personal = wrong in ("handler", "rater")
                columns.refuse(record, wrong, columns.texts.get(wrong, {record: ""})[record], "conflict", personal, number=number)
                continue
        else:
            rater = values["rater"][record]
            result.rows["ratings"].append(
                {
                    "rating_number": number,
                    **dict(zip(_STORED, row, strict=True)),
                    "is_default": int(values["is_default"][record] or False),
                    "is_named": int(values["is_named"][record] or False),
                    "rater_mask": None if rater is None else rater[1],
                    "reasons": values["reasons"][record],
                    "comment": values["comment"][record],
                    "rated_on": values["rated"][record][1],
                }
            )
        new |= add_status(result, "rating", "valid", number, values, record, statuses.get(number, set()), values["rated"][record][0])
        (result.accepted if new else result.duplicate).append(record)
    return result


def add_status(
    result: Plan, what: str, plain: str, number: str, values: dict[str, list[Any]], record: int, past: set[tuple[str, int]], begun: int
) -> bool:
    """Append the standing a row gives to its rating or finding, if it says something new; without one it is the plain standing."""
    status = values["status"][record]
    since = first_of(values["status_from"][record]) or begun
    if status is None or (status, since) in past or (status == plain and not past):
        return False
    reason = values["status_reason"][record]
    result.rows[f"{what}_statuses"].append({f"{what}_number": number, "status": status, "valid_from": since, "reason": reason})
    return True


def _judge(
    columns: Columns, values: dict[str, list[Any]], record: int, cases: dict[str, tuple[int, tuple[Any, ...]]], refs: References
) -> None:
    number, rated = values["case_number"][record], values["rated"][record]
    since = values["status_from"][record]
    if number is None and values["ticket"][record] is None and values["rating_number"][record] is None:
        columns.refuse(record, "rating_number", "", "rating_without_number")
    if number is not None and number not in cases:
        columns.refuse(record, "case_number", number, "no_such_case")
    elif number is not None and rated[0] < cases[number][0]:
        columns.refuse(record, "rated", columns.texts["rated"][record], "rating_before_case")
    if since is not None and since[0] < rated[0]:
        columns.refuse(record, "status_from", columns.texts["status_from"][record], "status_before")
    if values["rater"][record] is not None and person_of(refs.key, "staff", columns.texts["rater"][record])[0] in refs.staff:
        columns.refuse(record, "rater", columns.texts["rater"][record], "rating_by_staff", personal=True)


def _number(values: dict[str, list[Any]], record: int) -> str:
    return derived_number("R", values["case_number"][record], values["ticket"][record], values["rated"][record][0])


def _row(values: dict[str, list[Any]], record: int, cases: dict[str, tuple[int, tuple[Any, ...]]]) -> tuple[Any, ...]:
    """The stored values of FIELDS; blanks of _FROM_CASE filled from the case."""
    get = {name: values[name][record] for name in FIELDS}
    get["handler"], get["rater"], get["rated"] = first_of(get["handler"]), first_of(get["rater"]), get["rated"][0]
    get["level"] = int(get["level"])
    for flag in ("is_default", "is_named"):
        get[flag] = None if get[flag] is None else int(get[flag])
    if get["case_number"] is not None:
        for name, value in zip(_FROM_CASE, cases[get["case_number"]][1], strict=True):
            get[name] = value if get[name] is None else get[name]
    return tuple(get[name] for name in FIELDS)
