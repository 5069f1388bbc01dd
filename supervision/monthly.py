"""The use cases of a month: assess it, read its sheets, score it again, open the evidence behind a line.

An assessment is (hall, month, scheme). Assessing twice changes nothing unless the record has changed; then the next revision stands beside
the last. Every sheet can be scored again as of the journal sequence it was scored at, to the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from .canonical import canonical_json
from .db.dues import Dues
from .db.evidence_rows import EvidenceRow, read_evidence
from .db.facts import POPULATIONS, MonthFacts, count_facts, list_population
from .db.journal_rows import head
from .db.links import WindowName, read_windows
from .db.load import Load, Loads, count_load
from .db.records import hall_row
from .db.sheets import Filed, file_sheet, fix_scheme, list_assessed, read_filed
from .evidence import UNASSIGNED
from .faults import BadInput, fault
from .month import Month, parse_month
from .people import check_person
from .ratings import GoodRates, good_rates
from .scheme import Scheme, load_scheme
from .scoring import list_unassigned, score
from .sheet import Sheet

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from .db.store import Store, Work

DEFAULT_SCHEME = "k12"

__all__ = [
    "DEFAULT_SCHEME", "Context", "Rescored", "assess", "list_months", "list_windows", "open_evidence", "open_population", "read_contexts",
    "read_sheet", "read_sheets", "rescore",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Context:
    """What is shown beside a window's sheet and scores nothing: its load, the hall's, and its good rates."""

    load: Load
    hall_load: Load
    ratings: GoodRates


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


def assess(
    store: Store, hall: str, month: str | Month, scheme: str | Scheme = DEFAULT_SCHEME, person: str = "", reason: str = ""
) -> list[Sheet]:
    """Score every department window of a hall's month and file what is new.

    Parameters
    ----------
    scheme : id (the version in force in the month), or a scheme
    person : who assesses; required
    reason : why, for a later revision

    Returns the latest sheets by window; records without a window come last, as a sheet of ``unassigned`` that has no lines. Nothing is
    written if nothing has changed. Raises BadInput for an unknown hall, scheme or month, a month that is not over, and a missing person.
    """
    check_person(person)
    wanted = _month(month)
    chosen = scheme if isinstance(scheme, Scheme) else load_scheme(scheme, month=wanted)
    with store.read() as session:
        as_of = head(session).count
        _refuse_open_month(store, session, hall, wanted, as_of)
        fresh, facts = _score_month(session, hall, wanted, chosen, as_of)
        filed = read_filed(session, hall, str(wanted), chosen.id)
        if not _changed(fresh, filed):
            return _ordered(each.sheet for each in filed)
    with store.act(person, "assess", hall) as work:
        if work.sequence != as_of + 1:  # somebody acted in between: count again, under the lock
            fresh, facts = _score_month(work.session, hall, wanted, chosen, work.sequence - 1)
        _file(work, hall, wanted, chosen, fresh, facts, reason)
    return read_sheets(store, hall, wanted, chosen.id)


def read_sheets(store: Store, hall: str, month: str | Month, scheme: str = DEFAULT_SCHEME) -> list[Sheet]:
    """The latest sheets of a month by window; empty if it was not assessed. Raises BadInput for an unknown hall."""
    with store.read() as session:
        if hall_row(session, hall) is None:
            raise BadInput([fault("hall_unknown", "hall", hall)])
        return _ordered(each.sheet for each in read_filed(session, hall, str(_month(month)), scheme))


def read_sheet(
    store: Store, hall: str, month: str | Month, window: str, scheme: str = DEFAULT_SCHEME, revision: int | None = None
) -> Sheet:
    """One sheet: the latest revision, or the one asked for. Raises BadInput if there is none."""
    with store.read() as session:
        found = read_filed(session, hall, str(_month(month)), scheme, window, revision)
    if not found:
        asked = " ".join([str(month), scheme, window, *([f"revision {revision}"] if revision is not None else [])])
        raise BadInput([fault("sheet_unknown", f'hall "{hall}"', asked)])
    return found[-1].sheet


def rescore(store: Store, hall: str, month: str | Month, scheme: str = DEFAULT_SCHEME, as_of: int | None = None) -> list[Rescored]:
    """Score every revision of a month's sheets again, each as of the sequence it was scored at, by the version it was scored by.

    ``as_of`` restricts to sheets that the journal held then. Every answer should be ``equal``; one that is not means that a file, the
    program or a row changed. Raises BadInput if a scheme version is gone.
    """
    wanted = _month(month)
    answers = []
    with store.read() as session:
        filed = read_filed(session, hall, str(wanted), scheme, as_of=as_of, every_revision=True)
        again: dict[tuple[int, str], dict[str, Sheet]] = {}
        for each in filed:
            key = (each.sheet.as_of_sequence, each.sheet.scheme_version)
            if key not in again:
                version = load_scheme(scheme, each.sheet.scheme_version)
                fresh, _ = _score_month(session, hall, wanted, version, each.sheet.as_of_sequence)
                again[key] = {sheet.window_id: sheet for sheet in fresh}
            sheet = again[key].get(each.sheet.window_id)
            equal = sheet is not None and sheet.text() == each.body
            digest = sheet.digest if sheet is not None else ""
            answers.append(Rescored(each.sheet.window_id, str(wanted), scheme, each.sheet.revision, each.digest, digest, equal))
    return answers


def read_contexts(store: Store, hall: str, month: str | Month, scheme: str = DEFAULT_SCHEME) -> dict[str, Context]:
    """Window -> what stands beside its sheet, from everything recorded by now; the unassigned and every window of the hall included."""
    wanted = _month(month)
    levels = load_scheme(scheme).good_levels()
    with store.read() as session:
        as_of = head(session).count
        facts = count_facts(session, hall, wanted, as_of)
        loads = count_load(session, hall, wanted, as_of)
        names = [each.window_id for each in read_windows(session, hall, as_of)]
    return _contexts([*names, UNASSIGNED], facts, loads, levels)


def list_windows(store: Store, hall: str) -> tuple[WindowName, ...]:
    """The department windows of a hall, with their names."""
    with store.read() as session:
        return read_windows(session, hall)


def list_months(store: Store, hall: str) -> tuple[tuple[str, str], ...]:
    """(month, scheme id) of everything assessed, newest month first."""
    with store.read() as session:
        return list_assessed(session, hall)


def open_evidence(store: Store, hall: str, evidence_id: str, as_of: int | None = None) -> EvidenceRow:
    """The record behind an evidence id, such as ``case:2022-000123``. Raises BadInput if the hall has none."""
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
        return list_population(session, hall, _month(month), head(session).count if as_of is None else as_of, window, name)


def _month(given: str | Month) -> Month:
    return given if isinstance(given, Month) else parse_month(given)


def _refuse_open_month(store: Store, session: Session, hall: str, month: Month, as_of: int) -> None:
    zone: ZoneInfo = Dues(session, hall, as_of).zone
    closes = month.bounds(zone)[1]
    if store.clock().astimezone(UTC) < closes:
        raise BadInput([fault("month_not_over", f'hall "{hall}"', month, zone=zone.key, first=month.next().first_day)])


def _score_month(session: Session, hall: str, month: Month, scheme: Scheme, as_of: int) -> tuple[list[Sheet], MonthFacts]:
    """Sheets of every window as of a sequence, none of them filed."""
    facts = count_facts(session, hall, month, as_of)
    sheets = [score(scheme, hall, each.window_id, str(month), *facts.of(each.window_id)) for each in read_windows(session, hall, as_of)]
    sheets.append(list_unassigned(scheme, hall, str(month), *facts.of(UNASSIGNED)))
    return sheets, facts


def _changed(fresh: Sequence[Sheet], filed: Sequence[Filed]) -> list[Sheet]:
    """Sheets that differ from what is filed, with their next revision; nobody's sheet is filed once there is something on it."""
    latest = {each.sheet.window_id: each for each in filed}
    changed = []
    for sheet in fresh:
        before = latest.get(sheet.window_id)
        if before is None and sheet.window_id == UNASSIGNED and not sheet.not_charged:
            continue
        if before is None or before.body != sheet.text():
            changed.append(sheet.filed(1 if before is None else before.sheet.revision + 1, 0))
    return changed


def _file(work: Work, hall: str, month: Month, scheme: Scheme, fresh: Sequence[Sheet], facts: MonthFacts, reason: str) -> None:
    as_of = work.sequence - 1
    changed = _changed(fresh, read_filed(work.session, hall, str(month), scheme.id))
    loads = count_load(work.session, hall, month, as_of)
    contexts = _contexts([each.window_id for each in changed], facts, loads, scheme.good_levels())
    fix_scheme(work, scheme)
    for sheet in changed:
        filed = sheet.filed(sheet.revision, as_of)
        file_sheet(work, filed, (facts.calendar_id, facts.calendar_version), _annex(contexts[sheet.window_id]), reason)
    work.detail(
        month=str(month),
        scheme=scheme.id,
        version=scheme.version,
        scheme_digest=scheme.digest,
        as_of=as_of,
        sheets={each.window_id: [each.revision, each.digest] for each in changed},
    )


def _contexts(windows: Sequence[str], facts: MonthFacts, loads: Loads, levels: frozenset[str]) -> dict[str, Context]:
    return {each: Context(loads.windows.get(each, Load()), loads.hall, good_rates(facts.of(each)[0], levels)) for each in windows}


def _annex(context: Context) -> str:
    """The context as canonical JSON."""
    rates = {
        name: {"good": each.good, "n": each.n, "rate": _text(each.value), "low": _text(each.low), "high": _text(each.high)}
        for name, each in (("raw", context.ratings.raw), ("valid", context.ratings.valid), ("adjusted", context.ratings.adjusted))
    }
    return canonical_json({"load": context.load.plain(), "hall_load": context.hall_load.plain(), "ratings": rates})


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")


def _ordered(sheets: Iterable[Sheet]) -> list[Sheet]:
    """By window; the unassigned last."""
    return sorted(sheets, key=lambda sheet: (sheet.window_id == UNASSIGNED, sheet.window_id))
