"""Cases: acceptance, stops, end, and the due moment that a register brings.

A later file may say more of a case (that it ended, that it was stopped, that its due moment was put off); it may not say otherwise.
Putting off the due moment is no contradiction: registers do so when an extension is granted, and the latest recorded one counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from .columns import Columns
from .plan import Known, Plan, differing, first_of, refuse_future, settle
from .values import References

FIXED = ("service", "window", "handler", "applicant", "kind", "channel", "accepted")
"""What is settled at acceptance."""
TOLD = ("case_number", *FIXED, "ended", "outcome", "due", "stopped", "resumed", "stop_reason")
"""What a row says, in the order in which it is taken up."""
_STORED = ("service_id", "window_id", "handler_ref", "applicant_ref", "kind", "channel", "accepted_at")

Moment = tuple[int, str]


@dataclass(slots=True)
class _Past:
    """What the record holds of a case."""

    fixed: tuple[Any, ...]
    ended: int | None = None
    outcome: str | None = None
    turns: set[tuple[str, int]] = field(default_factory=set)
    """(stopped or resumed, when)."""
    dues: set[int] = field(default_factory=set)


def plan(columns: Columns, values: dict[str, list[Any]], refs: References, known: Known) -> Plan:
    """The rows of cases, case_events and case_dues to append."""
    refuse_future(columns, values, ("accepted", "ended"), refs)
    for record in _doubtful(values):
        if record not in columns.refused:
            _judge(columns, values, record, refs)
    result = Plan()
    numbers = values["case_number"]
    todo = settle(columns, "case_number", numbers, values, result)
    past = _past(known, [numbers[record] for record in todo])
    told = zip(*(map(values[name].__getitem__, todo) for name in TOLD), strict=True)
    for record, case in zip(todo, told, strict=True):
        before = past.get(case[0])
        if before is None or not _contradicts(columns, record, case, before):
            (result.accepted if _append(result.rows, case, before) else result.duplicate).append(record)
    return result


def _doubtful(values: dict[str, list[Any]]) -> list[int]:
    """The records whose moments are worth a judgement: with stops, or with an end, an outcome or a due moment out of order."""
    told = zip(*(values[name] for name in ("accepted", "ended", "due", "outcome", "stopped", "resumed")), strict=True)
    return [
        record
        for record, (accepted, ended, due, outcome, stopped, resumed) in enumerate(told)
        if accepted is not None
        and (stopped or resumed or (ended < accepted if ended else outcome is not None) or (due is not None and due[0] < accepted[0]))
    ]


def _judge(columns: Columns, values: dict[str, list[Any]], record: int, refs: References) -> None:
    """The rules between the moments of one case."""
    accepted: Moment = values["accepted"][record]
    ended, due = values["ended"][record], values["due"][record]
    text = columns.texts
    if ended is not None and ended[0] < accepted[0]:
        columns.refuse(record, "ended", text["ended"][record], "ended_before_accepted", accepted=text["accepted"][record])
    if due is not None and due[0] < accepted[0]:
        columns.refuse(record, "due", text["due"][record], "due_before_accepted", accepted=text["accepted"][record])
    if ended is None and values["outcome"][record] is not None:
        columns.refuse(record, "outcome", text["outcome"][record], "outcome_without_end")
    stopped, resumed = values["stopped"][record] or (), values["resumed"][record] or ()
    if stopped or resumed:
        turns = _turns(stopped, resumed)
        last = ended[0] if ended is not None else refs.now
        in_turns = turns is not None and all(left[1][0] <= right[1][0] for left, right in pairwise(turns))
        if turns is None or not in_turns or turns[0][1][0] < accepted[0] or turns[-1][1][0] > last:
            name = "stopped" if stopped else "resumed"
            columns.refuse(record, name, text[name][record], "stops_out_of_turn")


def _turns(stopped: Sequence[Moment], resumed: Sequence[Moment]) -> list[tuple[str, Moment]] | None:
    """Stop, resumption, stop ... in turns; None if there are too few or too many of either."""
    if not len(resumed) <= len(stopped) <= len(resumed) + 1:
        return None
    turns: list[tuple[str, Moment]] = []
    later = sorted(resumed)
    for number, stop in enumerate(sorted(stopped)):
        turns.append(("stopped", stop))
        if number < len(later):
            turns.append(("resumed", later[number]))
    return turns


def _past(known: Known, numbers: list[str]) -> dict[str, _Past]:
    past = {row[0]: _Past(tuple(row[1:])) for row in known("cases", ("case_number", *_STORED), "case_number", numbers)}
    if past:
        for number, event, at, outcome in known(
            "case_events", ("case_number", "event", "happened_at", "outcome"), "case_number", list(past)
        ):
            if event == "ended":
                past[number].ended, past[number].outcome = at, outcome
            else:
                past[number].turns.add((event, at))
        for number, due_at, basis in known("case_dues", ("case_number", "due_at", "basis"), "case_number", list(past)):
            if basis == "register":
                past[number].dues.add(due_at)
    return past


def _contradicts(columns: Columns, record: int, told: tuple[Any, ...], past: _Past) -> bool:
    """Refuse a record that says otherwise than the record of the hall."""
    number, service, window, handler, applicant, kind, channel, accepted, ended, outcome, *_ = told
    fixed = (service, window, first_of(handler), first_of(applicant), kind, channel, accepted[0])
    wrong = differing(FIXED, fixed, past.fixed)
    if wrong is None and ended is not None and past.ended is not None:
        wrong = differing(("ended", "outcome"), (ended[0], outcome), (past.ended, past.outcome))
    if wrong is not None:
        columns.refuse(record, wrong, columns.texts[wrong][record], "conflict", wrong in ("handler", "applicant"), number=number)
    return wrong is not None


def _append(rows: dict[str, list[dict[str, object]]], told: tuple[Any, ...], past: _Past | None) -> bool:
    """Append what is new; whether anything is."""
    number, service, window, handler, applicant, kind, channel, accepted, ended, outcome, due, stopped, resumed, reason = told
    new = past is None
    if past is None:
        rows["cases"].append(
            {
                "case_number": number, "service_id": service, "window_id": window, "handler_ref": first_of(handler),
                "applicant_ref": first_of(applicant), "kind": kind, "channel": channel, "accepted_at": accepted[0],
                "applicant_mask": None if applicant is None else applicant[1], "accepted_on": accepted[1],
            }
        )  # fmt: skip
    for event, at in (_turns(stopped, resumed or ()) or ()) if stopped else ():
        if past is None or (event, at[0]) not in past.turns:
            new = True
            rows["case_events"].append(_event(number, event, at, None, reason if event == "stopped" else None))
    if ended is not None and (past is None or past.ended is None):
        new = True
        rows["case_events"].append(_event(number, "ended", ended, outcome, None))
    if due is not None and (past is None or due[0] not in past.dues):
        new = True
        rows["case_dues"].append({"case_number": number, "basis": "register", "due_at": due[0], "due_on": due[1], "calendar_version": None})
    return new


def _event(number: str, event: str, at: Moment, outcome: str | None, reason: str | None) -> dict[str, object]:
    return {"case_number": number, "event": event, "happened_at": at[0], "happened_on": at[1], "outcome": outcome, "reason": reason}
