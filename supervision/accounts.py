"""Who may do what: roles of acting persons, by hall and, for a window's own staff, by window.

Assumes that the name of the acting person is true: checking it (log-in) stands at the door of the pages and the server, not here. As long
as nobody has a role in a hall, everybody named may act there, as after installation; from the first grant on, only those with a role.
The first grant is an administrator's. Nobody records and rules on the same thing: that is checked where a ruling is made, for no role
lifts it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .db import roles
from .db.subjects import ids_of_person
from .faults import BadInput, fault
from .people import check_person, same_person

if TYPE_CHECKING:
    from .db.roles import Grant
    from .db.store import Store

STAFF, MANAGER, INSPECTOR, PLANNER, EDITOR, ADMINISTRATOR = roles.ROLES
ROLES: Mapping[str, Mapping[str, str]] = {
    STAFF: {"zh": "窗口人员", "en": "window staff"},
    MANAGER: {"zh": "大厅负责人", "en": "hall manager"},
    INSPECTOR: {"zh": "考核督查人员", "en": "inspector"},
    PLANNER: {"zh": "规划人员", "en": "planner"},
    EDITOR: {"zh": "办法编制人员", "en": "scheme editor"},
    ADMINISTRATOR: {"zh": "系统管理员", "en": "administrator"},
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What a person may see of a hall."""

    person: str
    roles: frozenset[str]
    open: bool
    """Nobody has a role in the hall yet: everybody may act."""
    windows: frozenset[str] | None
    """The windows, and the person's own ids, whose sheets the person may read; None: all."""

    def reads(self, window_id: str) -> bool:
        """Whether the sheet of a window may be shown."""
        return self.windows is None or window_id in self.windows


def scope_of(store: Store, person: str, hall: str) -> Scope:
    """What a person may see of a hall; staff see their own windows, and their own sheets.

    Raises BadInput for somebody without a role there.
    """
    with store.read() as session:
        granted = roles.read_grants(session, hall)
        own = [each for each in granted if same_person(each.person, person)]
        narrow = bool(own) and all(each.role == STAFF for each in own) and all(each.window_id for each in own)
        windows = frozenset(each.window_id for each in own if each.window_id) if narrow else None
        if windows is not None:
            windows |= ids_of_person(session, hall, person, windows)
    if granted and not own:
        raise BadInput([fault("role_none", f'hall "{hall}"', person)])
    return Scope(person, frozenset(each.role for each in own), not granted, windows)


def list_roles(store: Store, hall: str) -> tuple[Grant, ...]:
    """The roles held in a hall, those of every hall included, by person."""
    with store.read() as session:
        return roles.read_grants(session, hall)


def grant(store: Store, hall: str, to: str, role: str, *, person: str, window: str | None = None) -> int:
    """Give somebody a role in a hall (``*``: in every hall); the act's journal sequence.

    Raises BadInput for an unknown role or window, a role that is there already, and a first grant that is no administrator's.
    """
    return _set(store, hall, to, role, person, window, granted=True)


def revoke(store: Store, hall: str, to: str, role: str, *, person: str, window: str | None = None) -> int:
    """Take a role away. Raises BadInput if it is not there, and for the last administrator of a hall."""
    return _set(store, hall, to, role, person, window, granted=False)


def _set(store: Store, hall: str, to: str, role: str, person: str, window: str | None, granted: bool) -> int:
    check_person(person)
    check_person(to)
    place = f'person "{to}"'
    if role not in ROLES:
        raise BadInput([fault("role_unknown", place, role, known=", ".join(ROLES))])
    with store.act(person, "grant" if granted else "revoke", hall) as work:
        window = roles.check_place(work.session, hall, window)
        if window is not None and role != STAFF and granted:
            raise BadInput([fault("role_of_window", place, role)])
        held = roles.read_grants(work.session, hall, exactly=True)
        there = any((each.role, each.window_id) == (role, window) and same_person(each.person, to) for each in held)
        if there == granted:
            raise BadInput([fault("role_there" if granted else "role_not_there", place, role)])
        if granted and not roles.read_grants(work.session, hall) and role != ADMINISTRATOR:
            raise BadInput([fault("role_first", place, role)])
        if not granted and role == ADMINISTRATOR and not _others(held, to):
            raise BadInput([fault("role_last", place, role)])
        roles.append(work, to, role, window, granted)
        work.detail(to=to, role=role, window=window)
        return work.sequence


def _others(held: Iterable[Grant], to: str) -> bool:
    return any(each.role == ADMINISTRATOR and not same_person(each.person, to) for each in held)
