"""Roles in the record, and the one place where an act asks for them: store.py, for every act there is.

An act without a row in MAY is open to everybody who has a role in the hall.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ..faults import BadInput, fault
from ..people import name_key, same_person
from .links import spelled_window
from .schema import EVERY_HALL, PERSON_ROLES, HallRow, PersonRole, Window

if TYPE_CHECKING:
    from .store import Work

ROLES = PERSON_ROLES
MAY: Mapping[str, tuple[str, ...]] = {
    "import": ("inspector", "administrator"),
    "import calendar": ("inspector", "administrator"),
    "assess": ("inspector",),
    "open month": ("inspector",),
    "collect month": ("inspector",),
    "compute month": ("inspector",),
    "circulate month": ("inspector",),
    "lock month": ("inspector",),
    "publish month": ("manager",),
    "appeal": ("staff", "manager", "inspector"),
    "rule": ("inspector", "manager"),
    "file period": ("inspector", "manager"),
    "draft scheme": ("scheme_editor",),
    "check scheme": ("scheme_editor", "inspector"),
    "publish scheme": ("manager", "administrator"),
    "open order": ("manager", "inspector"),
    "open orders": ("manager", "inspector"),
    "order step": ("staff", "manager", "inspector"),
    "decide order": ("manager", "inspector"),
    "commit draw": ("inspector", "administrator"),
    "reveal draw": ("inspector", "administrator"),
    "extend case": ("manager",),
    "set steps": ("manager", "administrator"),
    "record visit": ("inspector",),
    "keep file": ("inspector", "manager"),
    "grant": ("administrator",),
    "revoke": ("administrator",),
}
"""Act -> the roles that may do it."""


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """A role that is held."""

    person: str
    role: str
    window_id: str | None
    hall_id: str
    """``*``: of every hall."""
    sequence: int
    """The act that gave it."""


def read_grants(session: Session, hall_id: str, exactly: bool = False) -> tuple[Grant, ...]:
    """Roles held in a hall, by person; those of every hall included unless ``exactly`` is asked."""
    halls = (hall_id,) if exactly else (hall_id, EVERY_HALL)
    held: dict[tuple[str, str, str, str | None], Grant] = {}
    for row in session.scalars(select(PersonRole).where(PersonRole.hall_id.in_(halls)).order_by(PersonRole.id)):
        key = (row.hall_id, name_key(row.person), row.role, row.window_id)
        if row.granted:
            held[key] = Grant(row.person, row.role, row.window_id, row.hall_id, row.sequence)
        else:
            held.pop(key, None)
    return tuple(sorted(held.values(), key=lambda each: (each.person, each.role, each.window_id or "", each.hall_id)))


def check_act(session: Session, person: str, act: str, hall_id: str) -> None:
    """Raises BadInput if the person has no role that may do the act in the hall; nobody needs one while nobody has one.

    An act in every hall (``*``) is asked for in each hall where somebody has a role: else who has none in a hall would get there by ``*``.
    """
    halls = [hall_id]
    if hall_id == EVERY_HALL:
        halls = sorted({EVERY_HALL, *session.scalars(select(PersonRole.hall_id).distinct())})
    for each_hall in halls:
        _check_in(session, person, act, each_hall)


def _check_in(session: Session, person: str, act: str, hall_id: str) -> None:
    granted = read_grants(session, hall_id)
    if not granted:
        return
    own = {each.role for each in granted if same_person(each.person, person)}
    if not own:
        raise BadInput([fault("role_none", f'hall "{hall_id}"', person)])
    wanted = MAY.get(act, ROLES)
    if not own & set(wanted):
        raise BadInput([fault("role_may_not", f'hall "{hall_id}"', person, act=act, roles=", ".join(wanted))])


def check_place(session: Session, hall_id: str, window_id: str | None) -> str | None:
    """The window as the record spells it. Raises BadInput for a hall or window that is not in the record; ``*`` is every hall."""
    if hall_id != EVERY_HALL and session.scalar(select(HallRow.id).where(HallRow.hall_id == hall_id)) is None:
        raise BadInput([fault("hall_unknown", "hall", hall_id)])
    found = None if window_id is None else spelled_window(session, hall_id, window_id)
    known = select(Window.id).where(Window.hall_id == hall_id, Window.window_id == found)
    if window_id is not None and session.scalar(known) is None:
        raise BadInput([fault("no_such_window_of_hall", f'hall "{hall_id}"', window_id)])
    return found


def append(work: Work, person: str, role: str, window_id: str | None, granted: bool) -> None:
    """One grant, or the end of one, as part of an act."""
    row = {"hall_id": work.hall_id, "person": person, "role": role, "window_id": window_id, "granted": granted}
    work.session.execute(insert(PersonRole).values(**row, sequence=work.sequence))
