"""Texts of schemes written in a hall, with the states they went through."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ..faults import BadInput, fault
from .schema import SchemeText
from .store import Work


@dataclass(frozen=True, slots=True)
class Text:
    """One version in one state."""

    scheme_id: str
    version: str
    state: str
    document: str
    digest: str
    person: str
    sequence: int


def append(work: Work, scheme_id: str, version: str, state: str, document: str) -> None:
    """A state of a version, as part of an act."""
    digest = hashlib.sha256(document.encode("utf-8")).hexdigest()
    row = {"scheme_id": scheme_id, "version": version, "state": state, "document": document, "digest": digest, "person": work.person}
    work.session.execute(insert(SchemeText).values(**row, hall_id=work.hall_id, sequence=work.sequence))


def read_last(session: Session, hall_id: str, scheme_id: str, version: str) -> Text:
    """The latest state of a version. Raises BadInput if the hall has none such."""
    found = [each for each in _rows(session, hall_id) if (each.scheme_id, each.version) == (scheme_id, version)]
    if not found:
        raise BadInput([fault("scheme_no_draft", f'hall "{hall_id}"', f"{scheme_id} {version}")])
    return found[-1]


def read_all(session: Session, hall_id: str) -> tuple[Text, ...]:
    """The latest state of every version."""
    return tuple({(each.scheme_id, each.version): each for each in _rows(session, hall_id)}.values())


def read_published(session: Session, hall_id: str, scheme_id: str, version: str | None = None) -> tuple[Text, ...]:
    """The published versions of a scheme, in order of publishing."""
    return tuple(
        each
        for each in _rows(session, hall_id)
        if each.state == "published" and each.scheme_id == scheme_id and version in (None, each.version)
    )


def writers(session: Session, hall_id: str, scheme_id: str, version: str) -> frozenset[str]:
    """Who wrote a version."""
    query = select(SchemeText.person).where(
        SchemeText.hall_id == hall_id, SchemeText.scheme_id == scheme_id, SchemeText.version == version, SchemeText.state == "draft"
    )
    return frozenset(session.scalars(query))


def _rows(session: Session, hall_id: str) -> list[Text]:
    query = select(SchemeText).where(SchemeText.hall_id == hall_id).order_by(SchemeText.id)
    return [
        Text(row.scheme_id, row.version, row.state, row.document, row.digest, row.person, row.sequence) for row in session.scalars(query)
    ]
