"""The state machine of work orders: plain data (``workflows.toml``) and one pure function that says what a step leads to, or why not.

Nobody reviews their own: a step may exclude whoever took an earlier one, the clerk the record is about, and whoever recorded it. Pure: no
database, no clock. Not for limits (``clock.py``).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from ..faults import BadInput, Fault, fault
from ..people import name_key, same_person

WORKFLOWS = Path(__file__).with_name("workflows.toml")
OPEN = "open"
"""The step that begins every order."""


@dataclass(frozen=True, slots=True)
class Action:
    """A kind of step."""

    id: str
    name: Mapping[str, str]
    begins_in: frozenset[str]
    """States it may be taken in."""
    leads_to: str
    standing: str = ""
    """What the record stands as afterwards; empty: unchanged."""
    not_by: frozenset[str] = frozenset()
    """Whoever took one of these steps of the order may not take this one."""
    not_own: bool = False
    """Whether the clerk whom the record is about is excluded."""
    not_recorder: bool = False
    """Whether whoever recorded it is excluded."""
    needs: frozenset[str] = frozenset()
    """note, by."""
    decides: bool = False
    """Whether it settles what the record stands as, or whether what was done about it will do: not for a window's own staff."""


@dataclass(frozen=True, slots=True)
class Workflow:
    """All steps of one kind of order."""

    id: str
    name: Mapping[str, str]
    subjects: frozenset[str]
    """Kinds of records it is for."""
    first: str
    final: frozenset[str]
    states: Mapping[str, Mapping[str, str]]
    """State -> its name by language."""
    actions: tuple[Action, ...]

    def possible(self, state: str) -> tuple[Action, ...]:
        """The steps that may be taken in a state."""
        return tuple(each for each in self.actions if state in each.begins_in)


@dataclass(frozen=True, slots=True)
class Step:
    """A step that was taken."""

    action: str
    state: str
    """Where the order stood afterwards."""
    at: datetime
    on: date
    person: str
    promised_on: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Interested:
    """Who has a part in the record itself."""

    own: frozenset[str] = frozenset()
    """The clerk it is about, under every name that may act."""
    recorders: frozenset[str] = frozenset()


def advance(
    workflow: Workflow, steps: Sequence[Step], action: str, person: str, on: date, note: str, by: date | None, interested: Interested,
    place: str,
) -> Action:  # fmt: skip
    """The step a person may take now. Raises BadInput with every reason why not."""
    state = steps[-1].state
    chosen = next((each for each in workflow.actions if each.id == action), None)
    names = ", ".join(each.id for each in workflow.possible(state)) or "-"
    if chosen is None or state not in chosen.begins_in:
        raise BadInput([fault("order_not_now", place, action, state=state, possible=names)])
    faults = list(_excluded(chosen, steps, person, interested, place))
    if "note" in chosen.needs and not note.strip():
        faults.append(fault("order_note", place, action))
    if "by" in chosen.needs and by is None:
        faults.append(fault("order_by", place, action))
    if by is not None and by < on:
        faults.append(fault("order_by_past", place, by, today=on))
    if faults:
        raise BadInput(faults)
    return chosen


def _excluded(action: Action, steps: Sequence[Step], person: str, interested: Interested, place: str) -> Iterable[Fault]:
    earlier = [each.action for each in steps if same_person(each.person, person) and each.action in action.not_by]
    if earlier:
        yield fault("order_same_person", place, person, action=action.id, earlier=", ".join(dict.fromkeys(earlier)))
    if action.not_own and name_key(person) in map(name_key, interested.own):
        yield fault("order_own", place, person, action=action.id)
    if action.not_recorder and name_key(person) in map(name_key, interested.recorders):
        yield fault("order_recorder", place, person, action=action.id)


def workflow_of(id: str) -> Workflow:
    """The workflow of an id. Raises BadInput if there is none."""
    found = workflows().get(id)
    if found is None:
        raise BadInput([fault("order_workflow", "workflow", id, known=", ".join(workflows()))])
    return found


def workflow_for(kind: str) -> Workflow | None:
    """The workflow for a kind of record; None if it has none."""
    return next((each for each in workflows().values() if kind in each.subjects), None)


@lru_cache(maxsize=1)
def workflows() -> dict[str, Workflow]:
    """Every workflow by id. Raises ValueError for a file that contradicts itself."""
    raw = tomllib.loads(WORKFLOWS.read_text(encoding="utf-8"))["workflows"]
    found = {id: _read(id, table) for id, table in raw.items()}
    for each in found.values():
        _check(each)
    return found


def _read(id: str, table: Mapping[str, object]) -> Workflow:
    rows: list[dict[str, object]] = table["actions"]  # type: ignore[assignment]
    actions = tuple(
        Action(
            str(row["id"]), row["name"], frozenset(row["from"]), str(row["to"]), str(row.get("standing", "")),  # type: ignore[arg-type, call-overload]
            frozenset(row.get("not_by", ())), bool(row.get("not_own")), bool(row.get("not_recorder")), frozenset(row.get("needs", ())),  # type: ignore[call-overload]
            bool(row.get("decides")),
        )
        for row in rows
    )  # fmt: skip
    return Workflow(
        id, table["name"], frozenset(table["subjects"]), str(table["first"]), frozenset(table["final"]), table["states"], actions  # type: ignore[arg-type, call-overload]
    )  # fmt: skip


def _check(workflow: Workflow) -> None:
    """Every state is named and can be reached, every end is an end, every exclusion names a step. ValueError otherwise."""
    reached = {workflow.first} | {each.leads_to for each in workflow.actions}
    met = set().union(*(each.begins_in for each in workflow.actions))
    ids = {OPEN} | {each.id for each in workflow.actions}
    wrong = {
        "states": reached ^ set(workflow.states),
        "dead ends": reached - met - workflow.final,
        "ends that go on": met & workflow.final,
        "steps": set().union(*(each.not_by for each in workflow.actions)) - ids,
    }
    if any(wrong.values()):
        raise ValueError(f"workflow {workflow.id}: { ({name: sorted(found) for name, found in wrong.items() if found}) }")
