"""Draws in the record: what was committed, what was revealed, and which inspectors belong to which window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from ..home import person_key
from ..people import name_key, normal_key, person_ref
from .schema import Draw, DrawReveal, Person, PersonLink
from .store import Work


@dataclass(frozen=True, slots=True)
class DrawRow:
    """A draw with its reveal, if there is one."""

    draw_number: str
    commitment: str
    plan: str
    plan_digest: str
    committed_at: datetime
    seed: str
    result: str


def every(session: Session, hall_id: str) -> tuple[DrawRow, ...]:
    """Every draw of a hall, in the order of commitment."""
    query = (
        select(Draw, DrawReveal.seed, DrawReveal.result)
        .outerjoin(DrawReveal, and_(DrawReveal.hall_id == Draw.hall_id, DrawReveal.draw_number == Draw.draw_number))
        .where(Draw.hall_id == hall_id)
        .order_by(Draw.id)
    )
    return tuple(
        DrawRow(row.draw_number, row.commitment, row.plan, row.plan_digest, row.committed_at, seed or "", result or "")
        for row, seed, result in session.execute(query)
    )


def find(session: Session, hall_id: str, number: str) -> DrawRow | None:
    """One draw."""
    return next((each for each in every(session, hall_id) if normal_key(each.draw_number) == normal_key(number)), None)


def add_commitment(work: Work, number: str, commitment: str, plan: str, plan_digest: str) -> None:
    """Append what is fixed beforehand."""
    work.session.add(
        Draw(
            hall_id=work.hall_id, draw_number=number, commitment=commitment, plan=plan, plan_digest=plan_digest, committed_at=work.at,
            sequence=work.sequence,
        )
    )  # fmt: skip
    work.session.flush()


def add_reveal(work: Work, number: str, seed: str, result: str) -> None:
    """Append the seed and what it gave."""
    work.session.add(
        DrawReveal(hall_id=work.hall_id, draw_number=number, seed=seed, result=result, revealed_at=work.at, sequence=work.sequence)
    )
    work.session.flush()


def people_of_windows(session: Session, hall_id: str, home: Path, inspectors: Sequence[str]) -> list[tuple[str, str]]:
    """Inspector and window for every inspector who ever worked there, under the name shown to colleagues or the staff number."""
    key = person_key(home)
    refs = {person_ref(key, "staff", person): person for person in inspectors}
    names = {name_key(person): person for person in inspectors}
    query = (
        select(Person.person_ref, Person.display_name, PersonLink.window_id)
        .join(PersonLink, and_(PersonLink.hall_id == Person.hall_id, PersonLink.person_ref == Person.person_ref))
        .where(Person.hall_id == hall_id, PersonLink.linked == 1)
    )
    found = set()
    for ref, name, window in session.execute(query):
        for person in {refs.get(ref), names.get(name_key(name or ""))} - {None}:
            found.add((str(person), window))
    return sorted(found)
