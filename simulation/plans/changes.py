"""A plan as a list of changes, each one line of text: ``windows.comprehensive=+2@10:00-12:00``, ``lunch=ab``, ``quota.tax=60``.

The same line stands in the address of a page, in a saved plan and on the command line. It is LEVER=VALUE for the whole hall, or
LEVER.TARGET=VALUE for one group of windows, service or opening period; without the target it holds for each of them (for an opening
period: for the last). ``set.PATH=VALUE`` sets any key of the document.

Changes are made in the order in which they stand.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulation.faults import BadInput, Fault, fault
from simulation.plans.document import Document, Refused, copied
from simulation.plans.forms import read_value
from simulation.plans.levers import LEVERS, Lever, targets_of

LONGEST = 500
"""characters of one change"""
MOST_CHANGES = 100


@dataclass(frozen=True, slots=True)
class Change:
    """One change, as written."""

    lever: str
    target: str
    value: str

    def __str__(self) -> str:
        return f"{self.lever}.{self.target}={self.value}" if self.target else f"{self.lever}={self.value}"

    @property
    def subject(self) -> tuple[str, str, str]:
        """What is set: of two changes with one subject the later takes the place of the earlier. Windows for part of the day are apart."""
        what, _, when = self.value.partition("@")
        if self.lever == "tidal":
            return self.lever, self.target, "more" if when else ""
        return self.lever, self.target, {"windows": when, "help": what}.get(self.lever, "")


def read_change(text: str, place: str = "--change") -> Change:
    """The change of a line; its value is read, its target is not looked for yet. Raises BadInput."""
    given = text.strip()
    where = f"{place} {given}"
    left, sign, value = given[: LONGEST + 1].partition("=")
    if len(given) > LONGEST or not sign or not left or not value.strip():
        raise BadInput([fault("change_form", place, given)])
    name, _, target = left.strip().partition(".")
    lever = LEVERS.get(name)
    if lever is None:
        near = difflib.get_close_matches(name, LEVERS, 1)
        raise BadInput([fault("change_lever", where, name, nearest=near[0] if near else "windows", known=", ".join(LEVERS))])
    if target and lever.of == "hall":
        raise BadInput([fault("change_whole_hall", where, target, lever=name)])
    if not target and lever.of == "path":
        raise BadInput([fault("change_no_path", where, given)])
    try:
        if lever.of != "path":
            read_value(lever.form, value)
    except Refused as refused:
        raise BadInput([_fault_of(refused, where)]) from None
    return Change(name, target, value.strip())


def read_changes(lines: Iterable[str], place: str = "--change") -> list[Change]:
    """The changes of some lines. Raises BadInput with the faults of all of them."""
    changes: list[Change] = []
    faults: list[Fault] = []
    for line in lines:
        try:
            changes.append(read_change(line, place))
        except BadInput as refused:
            faults += refused.faults
    if len(changes) > MOST_CHANGES:
        faults.append(fault("change_too_many", place, len(changes), most=MOST_CHANGES))
    if faults:
        raise BadInput(faults)
    return changes


def apply_changes(document: Mapping[str, Any], changes: Sequence[Change], place: str = "--change") -> Document:
    """The plan: a new document with the changes made, the given one untouched.

    Raises BadInput with every change that cannot be made; whether the plan as a whole makes sense is for `parse` to say.
    """
    plan = copied(document)
    faults: list[Fault] = []
    for change in changes:
        lever = LEVERS[change.lever]
        try:
            plan = _make(plan, lever, change)
        except Refused as refused:
            faults.append(_fault_of(refused, f"{place} {change}"))
        except BadInput as bad:  # a value that the key cannot hold
            faults += bad.faults
    if faults:
        raise BadInput(faults)
    return plan


def with_change(changes: Sequence[Change], change: Change) -> list[Change]:
    """The changes with one more, in the place of the one that set the same."""
    if any(each.subject == change.subject for each in changes):
        return [change if each.subject == change.subject else each for each in changes]
    return [*changes, change]


def _make(plan: Document, lever: Lever, change: Change) -> Document:
    value = change.value if lever.of == "path" else read_value(lever.form, change.value)
    targets = targets_of(plan, lever)
    if lever.of in ("hall", "path") or (lever.alone and not change.target):
        return lever.make(plan, change.target, value)
    if change.target and change.target not in targets:
        raise Refused("change_no_target", target=change.target, known=", ".join(targets))
    if lever.of == "opening" and not targets:
        raise Refused("plan_needs_hours")
    each = targets[-1:] if lever.of == "opening" else [one for one in targets if lever.now(plan, one)] or targets
    for target in [change.target] if change.target else each:
        plan = lever.make(plan, target, value)
    return plan


def _fault_of(refused: Refused, place: str) -> Fault:
    facts = dict(refused.facts)
    return fault(refused.code, place, facts.pop("value", ""), **facts)
