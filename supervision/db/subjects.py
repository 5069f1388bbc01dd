"""Who is assessed in a month, and whose a record is: windows, the clerks of a hall, heads of windows, departments, townships, the hall.

A sheet's ``window_id`` is the id of its subject. A window and a township, which is a window of that kind, have the window's own id; the
others begin with what they are: ``staff:`` and ``head:`` with the keyed hash of the staff number, ``department:`` and ``hall:``.

A clerk answers for the cases they were the first to handle (首办): those whose papers they took, else those they accepted; for ratings of
these, or that name them and not the case's own handler, and for findings and reports that name them. The head (首席代表) answers for the
window, a department for its windows, and the hall for everything, waiting excepted, which no scheme measures. A month's subjects are those
linked on one of its days; what belongs to nobody among them is unassigned: shown, charged to nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..evidence import PREFIXED, UNASSIGNED
from ..faults import BadInput, fault
from ..month import Month
from ..people import same_person
from .links import Links, Owners, WindowName, read_owners, read_windows
from .records import hall_row
from .schema import Person, PersonLink

BY_PERSON = ("staff", "head")


def subject_of(id: str) -> str:
    """What an id on a sheet is of: one of PREFIXED, else a window."""
    kind, colon, _ = id.partition(":")
    return kind if colon and kind in PREFIXED else "window"


@dataclass(frozen=True, slots=True)
class Subjects:
    """The subjects of one month."""

    kind: str
    names: tuple[WindowName, ...]
    """Every subject by id, named; ``kind`` and ``department`` are those of the window of a person."""
    windows: Mapping[str, tuple[str, ...]]
    """Subject -> its windows in the month, those of its last day first."""


def read_subjects(session: Session, hall_id: str, month: Month, as_of: int, kind: str = "window") -> Subjects:
    """Who is assessed in a month by a scheme for this kind of subject. Raises BadInput for an unknown hall."""
    windows = read_windows(session, hall_id, as_of)
    if kind in ("window", "township"):
        own = [each for each in windows if kind == "window" or each.kind == "township"]
        return Subjects(kind, tuple(own), {each.window_id: (each.window_id,) for each in own})
    if kind == "department":
        grouped: dict[str, list[str]] = {}
        for each in windows:
            if each.department:
                grouped.setdefault(each.department, []).append(each.window_id)
        named = tuple(WindowName(f"department:{name}", name, name, name, "") for name in sorted(grouped))
        return Subjects(kind, named, {f"department:{name}": tuple(ids) for name, ids in grouped.items()})
    if kind == "hall":
        hall = hall_row(session, hall_id)
        if hall is None:
            raise BadInput([fault("hall_unknown", "hall", hall_id)])
        name = WindowName(f"hall:{hall_id}", hall.name_zh, hall.name_en, "", "")
        return Subjects(kind, (name,), {name.window_id: (*(each.window_id for each in windows), UNASSIGNED)})
    return _people(session, hall_id, month, as_of, kind, {each.window_id: each for each in windows})


def read_owners_of(session: Session, hall_id: str, month: Month, as_of: int, kind: str = "window") -> Owners:
    """Links as of a journal sequence, and which subject of a kind a record is of."""
    owners = read_owners(session, hall_id, as_of)
    if kind in ("window", "township"):
        return owners
    found = read_subjects(session, hall_id, month, as_of, kind)
    if kind == "staff":
        people = frozenset(each.window_id for each in found.names)
        return replace(owners, by_person=True, subject_of=lambda ref, _: f"staff:{ref}" if f"staff:{ref}" in people else UNASSIGNED)
    if kind == "hall":
        (hall,) = found.windows
        return replace(owners, subject_of=lambda window, _: hall)
    if kind == "department":
        of = {window: id for id, windows in found.windows.items() for window in windows}
        return replace(owners, subject_of=lambda window, _: of.get(window, UNASSIGNED))
    heads = _links(session, hall_id, as_of, "head", by_window=True)

    def head_on(window: str, day: date) -> str:
        """The only head of a window on a day; with none or several nobody is."""
        refs = [ref for ref in heads.of(window, day) if f"head:{ref}" in found.windows]
        return f"head:{refs[0]}" if len(refs) == 1 else UNASSIGNED

    return replace(owners, subject_of=head_on)


def _people(session: Session, hall_id: str, month: Month, as_of: int, kind: str, windows: Mapping[str, WindowName]) -> Subjects:
    """Everybody who worked for a window in a role on one of the month's days."""
    links = _links(session, hall_id, as_of, kind)
    people = select(Person).where(Person.hall_id == hall_id, Person.sequence <= as_of).order_by(Person.display_name, Person.id)
    days = [month.last_day - timedelta(days=back) for back in range((month.last_day - month.first_day).days + 1)]
    names, of = [], {}
    for row in session.scalars(people):
        linked = tuple(dict.fromkeys(window for day in days for window in links.of(row.person_ref, day)))
        if linked:
            first = windows.get(linked[0])
            id = f"{kind}:{row.person_ref}"
            place = ("", "") if first is None else (first.department, first.kind)
            names.append(WindowName(id, row.display_name, row.display_name, *place))
            of[id] = linked
    return Subjects(kind, tuple(names), of)


def _links(session: Session, hall_id: str, as_of: int, role: str, by_window: bool = False) -> Links:
    """Person -> windows in a role over time, or window -> persons."""
    query = select(PersonLink).where(PersonLink.hall_id == hall_id, PersonLink.sequence <= as_of, PersonLink.role == role)
    rows = session.scalars(query)
    if by_window:
        return Links((row.window_id, row.person_ref, row.valid_from, row.id, row.linked) for row in rows)
    return Links((row.person_ref, row.window_id, row.valid_from, row.id, row.linked) for row in rows)


def ids_of_person(session: Session, hall_id: str, name: str, windows: frozenset[str]) -> frozenset[str]:
    """The ids of the sheets of somebody who acts under this name and works, or worked, for one of these windows."""
    query = (
        select(PersonLink.role, PersonLink.person_ref, Person.display_name)
        .join(Person, (Person.hall_id == PersonLink.hall_id) & (Person.person_ref == PersonLink.person_ref))
        .where(PersonLink.hall_id == hall_id, PersonLink.window_id.in_(windows))
    )
    return frozenset(f"{role}:{ref}" for role, ref, known in session.execute(query) if same_person(known, name))
