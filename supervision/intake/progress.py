"""How cases go on: receipts (收件) with their supplements, kinds of stops, steps, papers that come later, stages of projects; and indices.

A later file may say more of a receipt, a paper or a stage, never otherwise of what is settled.
"""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from ..inspection import CHECKLIST_ID, checklists
from .columns import Columns
from .plan import Known, Plan, refuse_future, settle
from .single import Shape, plain, plan_single, refuse_unknown_cases
from .values import References

MINUTE = 60_000_000
"""Microseconds: a visit is told to the minute, a draw to less."""
_EVENTS = ("supplement_asked", "supplement_arrived", "not_accepted", "withdrawn")


def plan_receipts(columns: Columns, values: dict[str, list[Any]], refs: References, known: Known) -> Plan:
    """The rows of receipts and receipt_events to append."""
    refuse_future(columns, values, ("received", "not_accepted", "withdrawn"), refs)
    told: dict[str, set[tuple[str, int]]] = {}
    numbers = [number for number in values["case_number"] if number is not None]
    for number, event, at in known("receipt_events", ("case_number", "event", "happened_at"), "case_number", numbers):
        told.setdefault(number, set()).add((event, at))
    for record, received in enumerate(values["received"]):
        for event in _EVENTS:
            for moment in _moments(values[event][record]):
                if received is not None and moment[0] < received[0]:
                    columns.refuse(record, event, columns.texts[event][record], "before_receipt")
                elif moment[0] > refs.now:
                    columns.refuse(record, event, columns.texts[event][record], "moment_future")

    def add_events(result: Plan, record: int, key: tuple[Any, ...]) -> bool:
        new = False
        for event in _EVENTS:
            for moment in _moments(values[event][record]):
                if (event, moment[0]) not in told.get(key[0], set()):
                    new = True
                    result.rows["receipt_events"].append(
                        {"case_number": key[0], "event": event, "happened_at": moment[0], "happened_on": moment[1],
                         "reason": values["reason"][record]}
                    )  # fmt: skip
        return new

    shape = Shape(
        "receipts", {"case_number": "case_number"},
        {"service": "service_id", "window": "window_id", "handler": "handler_ref", "channel": "channel", "received": "received_at"},
        days={"received": "received_on"},
    )  # fmt: skip
    return plan_single(columns, values, known, shape, add_events)


def plan_stops(columns: Columns, values: dict[str, list[Any]], refs: References, known: Known) -> Plan:
    """The rows of case_stops to append: each belongs to a stop that the register of cases brought."""
    refuse_unknown_cases(columns, values, known)
    numbers = [number for number in values["case_number"] if number is not None]
    stops = {
        (number, at)
        for number, event, at in known("case_events", ("case_number", "event", "happened_at"), "case_number", numbers)
        if event == "stopped"
    }
    for record, number in enumerate(values["case_number"]):
        stopped = values["stopped"][record]
        if record not in columns.refused and (number, stopped[0]) not in stops:
            columns.refuse(record, "stopped", columns.texts["stopped"][record], "no_such_stop", number=number)
    shape = Shape(
        "case_stops", {"case_number": "case_number", "stopped": "stopped_at"}, {"stop_kind": "kind"}, also={"document": "document"}
    )
    return plan_single(columns, values, known, shape)


def plan_steps(columns: Columns, values: dict[str, list[Any]], refs: References, known: Known) -> Plan:
    """The rows of case_steps to append."""
    refuse_future(columns, values, ("ended",), refs)
    refuse_unknown_cases(columns, values, known)
    shape = Shape(
        "case_steps", {"case_number": "case_number", "step": "step_id"}, {"ended": "ended_at", "handler": "person_ref"},
        days={"ended": "ended_on"},
    )  # fmt: skip
    return plan_single(columns, values, known, shape)


def plan_papers(columns: Columns, values: dict[str, list[Any]], refs: References, known: Known) -> Plan:
    """The rows of late_papers and late_paper_events to append."""
    refuse_unknown_cases(columns, values, known)
    told: set[tuple[str, str, str, str]] = set()
    numbers = [number for number in values["case_number"] if number is not None]
    for row in known("late_paper_events", ("case_number", "paper", "event", "happened_on"), "case_number", numbers):
        told.add(tuple(row))
    for record, put_off in enumerate(values["put_off"]):
        later = values["put_off_to"][record]
        if (put_off is None) != (later is None) or (later is not None and later <= put_off):
            columns.refuse(record, "put_off_to", columns.texts.get("put_off_to", {record: ""})[record], "put_off_to")

    def add_events(result: Plan, record: int, key: tuple[Any, ...]) -> bool:
        new = False
        for event in ("delivered", "waived", "put_off"):
            on = values[event][record]
            if on is not None and (*key, event, on.isoformat()) not in told:
                new = True
                result.rows["late_paper_events"].append(
                    {"case_number": key[0], "paper": key[1], "event": event, "happened_on": on.isoformat(),
                     "due_on": plain(values["put_off_to"][record]) if event == "put_off" else None, "reason": values["reason"][record]}
                )  # fmt: skip
        return new

    shape = Shape("late_papers", {"case_number": "case_number", "paper": "paper"}, {"paper_kind": "kind", "due": "due_on"})
    return plan_single(columns, values, known, shape, add_events)


def plan_projects(columns: Columns, values: dict[str, list[Any]], refs: References, known: Known) -> Plan:
    """The rows of project_stages to append: a row that says something else of a stage than the last one stands beside it and counts."""
    for record, ended in enumerate(values["ended"]):
        began = values["began"][record]
        if ended is not None and (began is None or ended < began):
            columns.refuse(record, "ended", columns.texts["ended"][record], "stage_ended")
    stored = {
        "project_kind": "kind", "lead": "lead", "began": "began_on", "ended": "ended_on", "intermediary_days": "intermediary_days",
    }  # fmt: skip
    names = ("project_number", "stage", *stored.values())
    numbers = [number for number in values["project_number"] if number is not None]
    last = {(row[0], row[1]): tuple(row[2:]) for row in known("project_stages", names, "project_number", numbers)}
    result = Plan()
    keys = [(number, values["stage"][record]) for record, number in enumerate(values["project_number"])]
    for record in settle(columns, "project_number", keys, values, result):
        row = tuple(plain(values[name][record]) for name in stored)
        if last.get(keys[record]) == row:
            result.duplicate.append(record)
            continue
        result.rows["project_stages"].append(
            {"project_number": keys[record][0], "stage": keys[record][1], **dict(zip(stored.values(), row, strict=True))}
        )
        result.accepted.append(record)
    return result


def plan_indices(columns: Columns, values: dict[str, list[Any]], refs: References, known: Known) -> Plan:
    """The rows of indices to append: the value lies on its scale, the period ends after it begins."""
    for record, value in enumerate(values["value"]):
        scale, first, last = values["scale"][record], values["first_day"][record], values["last_day"][record]
        if value is not None and scale is not None and not Decimal(0) <= Decimal(value) <= Decimal(scale):
            columns.refuse(record, "value", columns.texts["value"][record], "index_scale", scale=scale)
        if first is not None and last is not None and last < first:
            columns.refuse(record, "last_day", columns.texts["last_day"][record], "index_period")
    shape = Shape(
        "indices", {"index_number": "index_number"},
        {"body": "body", "name": "name", "window": "window_id", "first_day": "first_day", "last_day": "last_day", "value": "index_value",
         "scale": "scale", "asked": "asked"},
        also={"note": "note"},
    )  # fmt: skip
    return plan_single(columns, values, known, shape)


def plan_visits(columns: Columns, values: dict[str, list[Any]], refs: References, known: Known) -> Plan:
    """The rows of checks to append. A visit that a draw sent is of a window that was drawn, and begins after the draw was revealed."""
    refuse_future(columns, values, ("began",), refs)
    values["checklist"] = [each or CHECKLIST_ID for each in values["checklist"]]
    for record, given in enumerate(values["checklist"]):
        if given not in checklists():
            columns.refuse(record, "checklist", given, "no_such_checklist", known=", ".join(checklists()))
    given_draws = [each for each in values["draw"] if each]
    revealed = known("draw_reveals", ("draw_number", "result", "revealed_at"), "draw_number", given_draws)
    draws = {number: (_drawn(result), at) for number, result, at in revealed}
    for record, given in enumerate(values["draw"]):
        window = values["window"][record]
        if given is not None and given not in draws:
            columns.refuse(record, "draw", given, "no_such_draw")
            continue
        if given is None:
            continue
        windows, at = draws[given]
        if window is not None and window not in windows:
            columns.refuse(record, "draw", given, "not_drawn", window=window, drawn=", ".join(windows))
        began = values["began"][record]
        if began is not None and began[0] + MINUTE <= at:
            told = f"{datetime.fromtimestamp(at / 1_000_000, refs.zone):%Y-%m-%d %H:%M}"
            columns.refuse(record, "began", columns.texts["began"][record], "visit_before_draw", draw=given, revealed=told)
    shape = Shape(
        "checks", {"check_number": "check_number"},
        {"check_kind": "kind", "checklist": "checklist", "window": "window_id", "inspector": "inspector", "draw": "draw_number",
         "began": "began_at", "minutes": "minutes", "people_waiting": "people_waiting"},
        also={"note": "note"}, days={"began": "began_on"},
    )  # fmt: skip
    return plan_single(columns, values, known, shape)


def _drawn(result: str) -> tuple[str, ...]:
    """The windows that a draw gave, in the order of drawing."""
    return tuple(str(window) for window, *_ in json.loads(result))


def _moments(value: Any) -> tuple[tuple[int, str], ...]:
    """One moment, several, or none, as moments."""
    if not value:
        return ()
    return value if isinstance(value[0], tuple) else (value,)
