"""The records behind a line: one by its id, or all that its denominator counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..db.evidence_rows import EvidenceRow, read_evidence
from ..db.facts import POPULATIONS, list_population
from ..db.journal_rows import head
from ..faults import BadInput, fault
from ..month import month_of
from ..people import normal_id

if TYPE_CHECKING:
    from ..db.store import Store


def open_evidence(store: Store, hall: str, evidence_id: str, as_of: int | None = None) -> EvidenceRow:
    """The record behind an evidence id, such as ``case:2022-000123``. Raises BadInput if the hall has none."""
    evidence_id = normal_id(evidence_id)
    with store.read() as session:
        found = read_evidence(session, hall, evidence_id, head(session).count if as_of is None else as_of)
    if found is None:
        raise BadInput([fault("evidence_unknown", f'hall "{hall}"', evidence_id)])
    return found


def open_population(store: Store, hall: str, query: str, as_of: int | None = None) -> tuple[str, ...]:
    """The ids that a line's denominator counts, from its query such as ``cases/2022-11/W01``. Raises BadInput for a query that is none."""
    name, _, rest = query.partition("/")
    month, _, window = rest.partition("/")
    if name not in POPULATIONS or not window:
        raise BadInput([fault("population_unknown", f'hall "{hall}"', query, known=", ".join(POPULATIONS))])
    with store.read() as session:
        return list_population(session, hall, month_of(month), head(session).count if as_of is None else as_of, window, name)
