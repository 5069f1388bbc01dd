"""Filed sheets scored again, each as of the journal sequence it was scored at, to the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from ..db.facts import Opens
from ..db.records import hall_row
from ..db.sheets import list_assessed, read_filed
from ..faults import BadInput, fault
from ..month import Month, month_of, parse_month
from ..sheet import Sheet
from .assessing import score_month
from .versions import DEFAULT_SCHEME, scheme_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..db.store import Store


@dataclass(frozen=True, slots=True)
class Rescored:
    """A filed sheet scored again as of its own journal sequence."""

    window_id: str
    month: str
    scheme_id: str
    revision: int
    filed: str
    """Digest of the sheet as filed."""
    again: str
    """Digest of the sheet scored again."""
    equal: bool
    """Whether both have the same bytes."""


def rescore(store: Store, hall: str, month: str | Month, scheme: str = DEFAULT_SCHEME, as_of: int | None = None) -> list[Rescored]:
    """Score every revision of a month's sheets again, each as of the sequence it was scored at, by the version it was scored by.

    ``as_of`` restricts to sheets that the journal held then. Every answer should be ``equal``; one that is not means that a file, the
    program or a row changed. Raises BadInput if a scheme version is gone.
    """
    with store.read() as session:
        return _rescore(store, session, hall, month_of(month), scheme, as_of, {})


def prove(store: Store, hall: str, month: str | Month | None = None, workers: int = 1) -> Iterator[list[Rescored]]:
    """Score every sheet that was ever filed in a hall again, month by month from the oldest, under every scheme; or those of one month.

    What one month leaves open is where the next begins to look, so a year takes little more than its months. With several ``workers``
    months are scored beside one another, each by a process of its own; the answers and their order are the same.
    """
    wanted = None if month is None else month_of(month)
    with store.read() as session:
        if hall_row(session, hall) is None:
            raise BadInput([fault("hall_unknown", "hall", hall)])
        asked = [(parse_month(each), scheme) for each, scheme in sorted(list_assessed(session, hall))]
        asked = [each for each in asked if wanted in (None, each[0])]
        if workers <= 1 or len(asked) <= 1:
            opens: dict[tuple[int, Month], Opens] = {}
            for at, scheme in asked:
                yield _rescore(store, session, hall, at, scheme, None, opens)
            return
    address = store.url.render_as_string(hide_password=False)
    jobs = [(address, str(store.home), hall, str(at), scheme) for at, scheme in asked]
    with ProcessPoolExecutor(min(workers, len(jobs)), mp_context=get_context("spawn")) as pool:
        yield from pool.map(_prove_apart, jobs)


def _prove_apart(job: tuple[str, str, str, str, str]) -> list[Rescored]:
    """One month in a process of its own."""
    from ..db.store import open_store

    address, home, hall, month, scheme = job
    with open_store(address, Path(home)) as store:
        return rescore(store, hall, month, scheme)


def _rescore(
    store: Store, session: Session, hall: str, month: Month, scheme: str, until: int | None, opens: dict[tuple[int, Month], Opens]
) -> list[Rescored]:
    filed = read_filed(session, hall, str(month), scheme, as_of=until, every_revision=True)
    again: dict[tuple[int, int, str], dict[str, Sheet]] = {}
    answers = []
    for each in filed:
        as_of, version = each.sheet.as_of_sequence, each.sheet.scheme_version
        key = (as_of, each.ruled_to, version)
        if key not in again:
            earlier = [row for (_, at), row in opens.items() if at == month.previous() and row.as_of <= as_of]
            before = max(earlier, key=lambda row: row.as_of, default=None)
            chosen = scheme_of(store, hall, scheme, version)
            fresh, facts = score_month(session, hall, month, chosen, as_of, each.ruled_to, before)
            if facts.opens is not None:
                opens[as_of, month] = facts.opens
            again[key] = {sheet.window_id: sheet for sheet in fresh}
        sheet = again[key].get(each.sheet.window_id)
        equal = sheet is not None and sheet.text() == each.body
        digest = sheet.digest if sheet is not None else ""
        answers.append(Rescored(each.sheet.window_id, str(month), scheme, each.sheet.revision, each.digest, digest, equal))
    for at in [at for at in opens if at[1] < month.previous()]:
        del opens[at]
    return answers
