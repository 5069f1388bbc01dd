"""Results of periods in the record, in revisions."""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ..canonical import digest_text
from .schema import PeriodResult
from .store import Work


def read_last(session: Session, hall_id: str, period: str, scheme_id: str) -> PeriodResult | None:
    """The latest revision of a period; None if it was not filed."""
    query = select(PeriodResult).where(PeriodResult.hall_id == hall_id, PeriodResult.period == period, PeriodResult.scheme_id == scheme_id)
    return session.scalar(query.order_by(PeriodResult.revision.desc()).limit(1))


def append(work: Work, period: str, scheme_id: str, revision: int, body: str) -> None:
    """File a revision as part of an act."""
    row = {
        "hall_id": work.hall_id, "period": period, "scheme_id": scheme_id, "revision": revision, "body": body,
        "digest": digest_text(body), "person": work.person, "sequence": work.sequence,
    }  # fmt: skip
    work.session.execute(insert(PeriodResult).values(**row))
