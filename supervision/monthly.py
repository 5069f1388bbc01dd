"""The use cases of a month: assess it, read its sheets, score it again, open the evidence behind a line.

An assessment is (hall, month, scheme). Assessing twice changes nothing unless the record has changed; then the next revision stands beside
the last. Every sheet can be scored again as of the journal sequence it was scored at, to the same bytes. A month that was opened has its
course (course.py): then what was collected counts, and rulings, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from .canonical import canonical_json
from .db import months
from .db.case_facts import keep_opens
from .db.dues import zone_of_hall
from .db.evidence_rows import EvidenceRow, read_evidence
from .db.facts import POPULATIONS, MonthFacts, Opens, count_facts, list_population
from .db.journal_rows import head
from .db.links import WindowName, read_windows, spelled_window
from .db.load import Load, Loads, count_load, load_of
from .db.overview import evidence_since
from .db.records import hall_row
from .db.scheme_texts import read_published
from .db.sheets import Filed, file_sheets, fix_scheme, list_assessed, read_filed
from .db.subjects import Subjects, read_subjects
from .evidence import PREFIXED, UNASSIGNED
from .faults import BadInput, fault
from .month import Month, month_of, parse_month
from .people import check_person, normal_id
from .ratings import GoodRates, good_rates
from .scheme import SCHEMES, Scheme, load_scheme, read_scheme_text
from .scoring import list_unassigned, score
from .sheet import Sheet
from .uncollected import uncollected

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from .db.store import Store, Work

DEFAULT_SCHEME = "k12"

__all__ = [
    "DEFAULT_SCHEME", "Context", "Rescored", "assess", "came_after", "came_since", "counted_to", "digests_of", "file_month", "list_months",
    "list_subjects", "list_windows", "name_subject", "open_evidence", "open_population", "prove", "read_contexts", "read_sheet",
    "read_sheets", "rescore",
    "revisions_in", "scheme_of", "sheet_in",
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
    wanted = month_of(month)
    chosen = scheme if isinstance(scheme, Scheme) else scheme_of(store, hall, scheme, month=wanted)
    with store.read() as session:
        seen = head(session).count
        _refuse_open_month(store, session, hall, wanted, seen)
        as_of = _collected(session, hall, wanted, chosen, seen)
        fresh, facts = _score_month(session, hall, wanted, chosen, as_of, seen)
        filed = read_filed(session, hall, str(wanted), chosen.id)
        if not _changed(fresh, filed):
            return _ordered(each.sheet for each in filed)
    with store.act(person, "assess", hall) as work:
        if work.sequence != seen + 1:  # somebody acted in between: count again, under the lock
            seen = work.sequence - 1
            as_of = _collected(work.session, hall, wanted, chosen, seen)
            fresh, facts = _score_month(work.session, hall, wanted, chosen, as_of, seen)
        _file(work, hall, wanted, chosen, fresh, facts, reason, as_of, seen)
    return read_sheets(store, hall, wanted, chosen.id)


def file_month(work: Work, month: Month, scheme: Scheme, as_of: int, ruled_to: int, reason: str) -> dict[str, list[int | str]]:
    """Score a month within an act and file what is new: window -> [revision, digest] of what was filed."""
    fresh, facts = _score_month(work.session, work.hall_id, month, scheme, as_of, ruled_to)
    return _file(work, work.hall_id, month, scheme, fresh, facts, reason, as_of, ruled_to)


def scheme_of(store: Store, hall: str, id: str, version: str | None = None, month: Month | None = None) -> Scheme:
    """A scheme by id: the version asked for, or the one in force in a month; published in the hall, or shipped.

    Of versions in force the one that begins last counts, the hall's own before a shipped one. Raises BadInput if there is none.
    """
    with store.read() as session:
        texts = read_published(session, hall, id)
    own = [read_scheme_text(each.document.encode("utf-8"), f"{each.scheme_id}/{each.version}.toml") for each in texts]
    fitting = [each for each in own if version in (None, each.version) and (version is not None or month is None or each.holds_in(month))]
    if not fitting:
        return load_scheme(id, version, month)
    chosen = max(fitting, key=lambda each: each.in_force_from)
    if version is None and (SCHEMES / id).is_dir():
        shipped = load_scheme(id, None, month)
        return chosen if chosen.in_force_from >= shipped.in_force_from else shipped
    return chosen


def sheet_in(session: Session, hall: str, month: Month, window: str, scheme: str) -> Sheet:
    """The latest sheet of a window within an act. Raises BadInput if there is none."""
    found = read_filed(session, hall, str(month), scheme, spelled_window(session, hall, window))
    if not found:
        raise BadInput([fault("sheet_unknown", f'hall "{hall}"', f"{month} {scheme} {window}")])
    return found[-1].sheet


def revisions_in(session: Session, hall: str, month: Month, window: str, scheme: str) -> tuple[Sheet, ...]:
    """Every revision of a window's sheet within an act, in their order."""
    return tuple(each.sheet for each in read_filed(session, hall, str(month), scheme, window, every_revision=True))


def digests_of(session: Session, hall: str, month: Month, scheme: str) -> dict[str, list[int | str]]:
    """Window -> [revision, digest] of the latest sheets of a month."""
    return {each.sheet.window_id: [each.sheet.revision, each.digest] for each in read_filed(session, hall, str(month), scheme)}


def came_since(session: Session, hall: str, sequence: int) -> bool:
    """Whether something that months are judged by was recorded in a hall after an act: a file, an order's step, more time for a case."""
    return evidence_since(session, hall, sequence) > 0


def came_after(store: Store, sheets: Sequence[Sheet]) -> bool:
    """Whether something that a month is judged by was recorded after its sheets and stands beside them; never in a month with a course."""
    first = sheets[0]
    with store.read() as session:
        if months.read_steps(session, first.hall_id, first.month, first.scheme_id):
            return False
        return came_since(session, first.hall_id, max(each.as_of_sequence for each in sheets))


def read_sheets(store: Store, hall: str, month: str | Month, scheme: str = DEFAULT_SCHEME) -> list[Sheet]:
    """The latest sheets of a month by window; empty if it was not assessed. Raises BadInput for an unknown hall."""
    with store.read() as session:
        if hall_row(session, hall) is None:
            raise BadInput([fault("hall_unknown", "hall", hall)])
        return _ordered(each.sheet for each in read_filed(session, hall, str(month_of(month)), scheme))


def read_sheet(
    store: Store, hall: str, month: str | Month, window: str, scheme: str = DEFAULT_SCHEME, revision: int | None = None
) -> Sheet:
    """One sheet: the latest revision, or the one asked for. Raises BadInput if there is none."""
    with store.read() as session:
        found = read_filed(session, hall, str(month_of(month)), scheme, spelled_window(session, hall, window), revision)
    if not found:
        asked = " ".join([str(month), scheme, window, *([f"revision {revision}"] if revision is not None else [])])
        raise BadInput([fault("sheet_unknown", f'hall "{hall}"', asked)])
    return found[-1].sheet


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
    from .db.store import open_store

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
            fresh, facts = _score_month(session, hall, month, chosen, as_of, each.ruled_to, before)
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


def counted_to(session: Session, hall: str, month: Month, scheme: str) -> tuple[int, int]:
    """Up to which journal sequences evidence and rulings count in what is told of a month: as collected; all of it, if it was not."""
    now = head(session).count
    steps = months.read_steps(session, hall, str(month), scheme).get(scheme, ())
    return next((each.as_of for each in reversed(steps) if each.step == "collected"), now), now


def read_contexts(store: Store, hall: str, month: str | Month, scheme: str = DEFAULT_SCHEME) -> dict[str, Context]:
    """Window -> what stands beside its sheet, from what was collected for the month, if it has its course; else from all there is by now.

    The unassigned and every window of the hall are included.
    """
    wanted = month_of(month)
    chosen = scheme_of(store, hall, scheme, month=wanted)
    with store.read() as session:
        as_of, ruled_to = counted_to(session, hall, wanted, scheme)
        facts = count_facts(session, hall, wanted, as_of, ruled_to, subject=chosen.subject)
        loads = count_load(session, hall, wanted, as_of)
        found = read_subjects(session, hall, wanted, as_of, chosen.subject)
    return _contexts([*(each.window_id for each in found.names), UNASSIGNED], facts, loads, chosen.good_levels(), found)


def list_windows(store: Store, hall: str) -> tuple[WindowName, ...]:
    """The department windows of a hall, with their names."""
    with store.read() as session:
        return read_windows(session, hall)


def list_subjects(store: Store, hall: str, month: str | Month, scheme: Scheme) -> tuple[WindowName, ...]:
    """Who a scheme assesses in a month, with their names."""
    with store.read() as session:
        return read_subjects(session, hall, month_of(month), head(session).count, scheme.subject).names


def name_subject(store: Store, hall: str, month: str | Month, written: str, scheme: str = DEFAULT_SCHEME) -> str:
    """The id of a subject as a person writes it: the id, or the name if only one has it; anything else as it stands."""
    wanted = month_of(month)
    with store.read() as session:
        filed = read_filed(session, hall, str(wanted), scheme)
    if not filed or any(each.sheet.window_id == written for each in filed):
        return written
    chosen = scheme_of(store, hall, scheme, filed[0].sheet.scheme_version)
    named = [each.window_id for each in list_subjects(store, hall, wanted, chosen) if written in (each.name_zh, each.name_en)]
    return named[0] if len(named) == 1 else written


def list_months(store: Store, hall: str) -> tuple[tuple[str, str], ...]:
    """(month, scheme id) of everything assessed, newest month first."""
    with store.read() as session:
        return list_assessed(session, hall)


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


def _refuse_open_month(store: Store, session: Session, hall: str, month: Month, as_of: int) -> None:
    zone: ZoneInfo = zone_of_hall(session, hall)
    closes = month.bounds(zone)[1]
    if store.clock().astimezone(UTC) < closes:
        raise BadInput([fault("month_not_over", f'hall "{hall}"', month, zone=zone.key, first=month.next().first_day)])


def _collected(session: Session, hall: str, month: Month, scheme: Scheme, seen: int) -> int:
    """Up to which sequence evidence counts: what was collected, if the month has its course, else everything.

    Raises BadInput for an opened month whose evidence was not collected, and for another version than it was opened with.
    """
    steps = months.read_steps(session, hall, str(month), scheme.id).get(scheme.id, ())
    if not steps:
        return seen
    collected = [each for each in steps if each.step == "collected"]
    if not collected:
        place, stands = f'hall "{hall}": {month} {scheme.id}', steps[-1].step
        raise BadInput([fault("month_step_missing", place, stands, stands=stands, step="collected")])
    if steps[0].scheme_version != scheme.version:
        place = f'hall "{hall}": {month} {scheme.id}'
        raise BadInput([fault("month_other_version", place, scheme.version, opened=steps[0].scheme_version)])
    return collected[-1].as_of


def _score_month(
    session: Session, hall: str, month: Month, scheme: Scheme, as_of: int, ruled_to: int, before: Opens | None = None
) -> tuple[list[Sheet], MonthFacts]:
    """Sheets of every window as of a sequence, none of them filed."""
    with uncollected():
        facts = count_facts(session, hall, month, as_of, ruled_to, before, scheme.subject, scheme.asked)
        named = read_subjects(session, hall, month, as_of, scheme.subject).names
        sheets = [score(scheme, hall, each.window_id, str(month), *facts.of(each.window_id)) for each in named]
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


def _file(
    work: Work, hall: str, month: Month, scheme: Scheme, fresh: Sequence[Sheet], facts: MonthFacts, reason: str, as_of: int, ruled_to: int
) -> dict[str, list[int | str]]:
    changed = _changed(fresh, read_filed(work.session, hall, str(month), scheme.id))
    if facts.opens is not None:
        keep_opens(work, facts.opens)
    loads = count_load(work.session, hall, month, as_of, facts.accepted if scheme.subject in ("window", "township") else None)
    subjects = read_subjects(work.session, hall, month, as_of, scheme.subject)
    contexts = _contexts([each.window_id for each in changed], facts, loads, scheme.good_levels(), subjects)
    fix_scheme(work, scheme)
    filed = [(sheet.filed(sheet.revision, as_of), _annex(contexts[sheet.window_id])) for sheet in changed]
    file_sheets(work, filed, (facts.calendar_id, facts.calendar_version), reason, ruled_to)
    told: dict[str, list[int | str]] = {each.window_id: [each.revision, each.digest] for each in changed}
    work.detail(month=str(month), scheme=scheme.id, version=scheme.version, scheme_digest=scheme.digest, as_of=as_of, sheets=told)
    return told


def _contexts(ids: Sequence[str], facts: MonthFacts, loads: Loads, levels: frozenset[str], subjects: Subjects) -> dict[str, Context]:
    """A person's load is that of the windows they worked at, for no ticket names its clerk; the cases accepted are the person's own."""
    found = {}
    for each in ids:
        load = load_of(loads, subjects.windows.get(each, (each,)))
        if subjects.kind in PREFIXED and each != UNASSIGNED:
            load = replace(load, accepted=facts.accepted.get(each, 0))
        found[each] = Context(load, loads.hall, good_rates(facts.of(each)[0], levels))
    return found


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
