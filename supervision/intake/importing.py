"""One file into the record, whole or not at all, as the act of a person.

The order: read and judge everything that needs no database; open the act; compare with the record; append; write the rejects file;
commit. Whatever goes wrong on the way leaves nothing but one journal row that says an import failed. read = accepted + rejected +
duplicate, in rows of the file, always.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ..canonical import canonical_json
from ..db import calendars, records
from ..db.schema import microseconds
from ..faults import BadInput, Fault, fault, plain
from ..home import person_key
from ..people import check_person, mask_text
from ..uncollected import uncollected
from . import cases, checks, halls, progress, ratings, reports, tickets
from .columns import Columns, asked_columns, sources, take_columns
from .fields import FIELDS, KINDS
from .mapping import Mapping, default_mapping, load_mapping
from .moments import FORMATS_OF_DAYS, MomentReader
from .plan import Known, Plan
from .reading import place_of, read_bytes, read_table
from .rejects import refuse_taken, sentence, shown_value, write_rejects
from .table import Rejection, Table
from .values import References, convert, looks_undeclared

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..db.store import Store, Work

PLANS: dict[str, Callable[[Columns, dict[str, list[Any]], References, Known], Plan]] = {
    "halls": halls.plan, "cases": cases.plan, "tickets": tickets.plan, "ratings": ratings.plan, "checks": checks.plan,
    "visits": progress.plan_visits, "complaints": reports.plan_complaints, "attendance": reports.plan_attendance,
    "reviews": reports.plan_reviews, "indices": progress.plan_indices, "receipts": progress.plan_receipts, "stops": progress.plan_stops,
    "steps": progress.plan_steps, "papers": progress.plan_papers, "projects": progress.plan_projects,
}  # fmt: skip
ORDER = (
    "halls", "opening_hours", "zones", "windows", "seats", "services", "people", "seat_links", "service_links", "service_limits",
    "person_links",
    "cases", "case_events", "case_dues", "tickets", "ratings", "rating_statuses", "findings", "finding_statuses",
    "checks", "check_findings", "reports", "report_statuses", "indices", "receipts", "receipt_events", "case_stops", "case_steps",
    "late_papers", "late_paper_events", "project_stages",
)  # fmt: skip
"""Tables in the order their rows refer to one another."""
UTC = ZoneInfo("UTC")
HALL_ID = re.compile(r"\w[\w.-]{0,63}")
WITH_IMPORT = frozenset({
    "cases", "case_events", "case_dues", "tickets", "ratings", "findings", "checks", "reports", "indices", "receipts", "receipt_events",
    "case_stops", "case_steps", "late_papers", "late_paper_events", "project_stages",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of a file."""

    kind: str
    hall: str
    file: str
    """Its name, without the folder."""
    digest: str
    encoding: str
    mapping: str
    read: int
    """Rows of the file; read = accepted + rejected + duplicate."""
    accepted: int
    rejected: int
    duplicate: int
    records: int
    """Records that the rows of the file make: fewer than rows where rows are events."""
    added: dict[str, int]
    """Table -> rows appended."""
    rejects_path: Path | None
    """The file of rejects, None if nothing was refused."""
    rejections: tuple[Rejection, ...] = field(repr=False)
    """Every reason, by line; values not yet masked: show them with rejects.shown_value only."""
    sequence: int
    """Journal sequence of the import."""

    def to_dict(self) -> dict[str, Any]:
        """For --json: counts, and the rejects as they may be shown."""
        return {
            "kind": self.kind, "hall": self.hall, "file": self.file, "digest": self.digest, "encoding": self.encoding,
            "mapping": self.mapping, "read": self.read,
            "accepted": self.accepted, "rejected": self.rejected, "duplicate": self.duplicate, "records": self.records,
            "added": dict(self.added), "sequence": self.sequence,
            "rejects_file": None if self.rejects_path is None else str(self.rejects_path),
            "rejects": [
                {"line": each.line, "column": each.column, "value": shown_value(each), "code": each.code,
                 "text": {language: "; ".join(sentence(each, language)) for language in ("zh", "en")}}
                for each in self.rejections
            ],
        }  # fmt: skip


def import_file(
    store: Store,
    kind: str,
    path: str | Path,
    hall: str,
    mapping: str | Path | Mapping | None = None,
    *,
    person: str,
    rejects_path: str | Path | None = None,
    origin: str | None = None,
) -> ImportReport:
    """Import one file.

    Parameters
    ----------
    kind : one of KINDS
    path : a .csv, .txt, .tsv or .xlsx file; for halls also .toml
    hall : id of the hall that the rows belong to
    mapping : id of a shipped mapping, path of a mapping file, or a Mapping; None for files with our own or the Chinese column names
    person : who acts
    rejects_path : where to put the file of rejects; default: the folder `rejects` of the data folder
    origin : record or demonstration; default: what the mapping says

    Raises BadInput if the whole file is refused; the record is unchanged then, and the journal says that an import failed.
    """
    file = Path(path)
    told: dict[str, object] = {"kind": kind, "file": place_of(file)}
    try:
        with uncollected():
            return _import(store, kind, file, hall, mapping, person, rejects_path, origin, told)
    except BaseException as error:
        codes = sorted({each.code for each in error.faults}) if isinstance(error, BadInput) else [type(error).__name__]
        if codes not in (["act_without_person"], ["act_person_number"], ["store_busy"], ["checkpoint_unwritable"]):
            with contextlib.suppress(Exception), store.act(person, "import", plain(hall) or None, outcome="failed") as work:
                work.detail(**told, faults=codes)
        raise


def _import(
    store: Store,
    kind: str,
    file: Path,
    hall: str,
    given: str | Path | Mapping | None,
    person: str,
    rejects_path: str | Path | None,
    origin: str | None,
    told: dict[str, object],
) -> ImportReport:
    check_person(person)
    place = place_of(file)
    if kind not in KINDS:
        raise BadInput([fault("import_no_kind", place, kind, kinds=", ".join(KINDS))])
    if not HALL_ID.fullmatch(hall):
        raise BadInput([fault("hall_id", place, hall)])
    mapping = given if isinstance(given, Mapping) else default_mapping(kind) if given is None else load_mapping(given, kind)
    if mapping.kind != kind:
        raise BadInput([fault("mapping_kind", mapping.id, mapping.kind, kind=kind)])
    told["mapping"] = mapping.id
    content, digest = read_bytes(file)
    told["digest"] = digest
    if rejects_path is not None:
        refuse_taken(Path(rejects_path))
    if kind == "halls" and file.suffix.lower() == ".toml":
        table = halls.table_of_toml(content, place)
    else:
        table = read_table(content, file, asked_columns(mapping), mapping.delimiter, mapping.sheet)
    if not table.read:
        raise BadInput([fault("file_empty", place)])
    found = sources(table, mapping, place)
    key = person_key(store.home)
    with contextlib.ExitStack() as undo:
        draft: Path | None = None
        with store.act(person, "import", hall) as work:
            refs, is_new = references_of(work, hall, kind, key, place)
            readers = readers_of(mapping, found, table, refs)
            columns = take_columns(table, mapping, found, lambda each, text, cell: readers[each.id].read(text, cell)[0])
            values = convert(columns, kind, readers, refs)
            _refuse_undeclared(columns, values, kind, place)
            plan = PLANS[kind](columns, values, refs, known_of(work.session, hall))
            rejections = tuple(sorted(_rejections(table, columns), key=lambda each: each.line))
            if is_new and not plan.rows.get("halls"):
                reasons = (Fault(each.code, f"{place}: line {each.line}", shown_value(each), each.facts) for each in rejections[:20])
                raise BadInput([fault("hall_missing", place, hall), *reasons])
            report = ImportReport(
                kind, hall, place, digest, table.encoding, mapping.id, *_count(table, columns, plan), len(columns.lines),
                {name: len(plan.rows[name]) for name in ORDER if plan.rows.get(name)},
                _rejects_path(store, rejects_path, kind, work.sequence) if rejections else None, rejections, work.sequence,
            )  # fmt: skip
            number = _append(work, report, plan, mapping, origin or mapping.origin)
            work.detail(
                **told, origin=origin or mapping.origin, read=report.read, accepted=report.accepted, rejected=report.rejected,
                duplicate=report.duplicate, added=report.added, import_id=number,
            )  # fmt: skip
            if report.rejects_path is not None:
                draft = write_rejects(report.rejects_path, rejections)
                undo.callback(draft.unlink, missing_ok=True)  # gone by then, if it was put in place
        if draft is not None and report.rejects_path is not None:
            draft.replace(report.rejects_path)
    return report


def references_of(work: Work, hall: str, kind: str, key: bytes, place: str) -> tuple[References, bool]:
    """What the record knows of the hall, and whether the hall is new, which only a file of halls may bring."""
    session = work.session
    row = records.hall_row(session, hall)
    if row is None:
        if kind != "halls":
            raise BadInput([fault("hall_unknown", place, hall)])
        return References(hall, ZoneInfo("UTC"), key, microseconds(work.at)), True
    refs = References(
        hall,
        records.zone_of(row),
        key,
        microseconds(work.at),
        None if row.opened_on is None else row.opened_on.isoformat(),
        records.names_of(session, "services", "service_id", hall),
        records.names_of(session, "windows", "window_id", hall),
        records.names_of(session, "seats", "seat_id", hall),
        frozenset(each for (each,) in records.rows_of(session, "people", hall, ("person_ref",))),
    )
    return refs, False


def readers_of(mapping: Mapping, found: dict[str, tuple[int, Any]], table: Table, refs: References) -> dict[str, MomentReader]:
    """One reader for each column of moments or days."""
    zone = mapping.zone or refs.zone
    readers: dict[str, MomentReader] = {}
    for each in FIELDS[mapping.kind]:
        position, column = found.get(each.id, (-1, None))
        serials = table.serials.get(position, frozenset())
        if each.sort == "day":
            readers[each.id] = MomentReader(FORMATS_OF_DAYS, UTC, UTC, epoch_1904=table.epoch_1904, serials=serials)
        if each.sort in ("moment", "moments"):
            formats = column.formats if column is not None and column.formats else mapping.formats
            at_end = column.day == "end" if column is not None else each.id == "due"
            readers[each.id] = MomentReader(formats, zone, refs.zone, at_end, each.id == "due", table.epoch_1904, serials)
    return readers


def _refuse_undeclared(columns: Columns, values: dict[str, list[Any]], kind: str, place: str) -> None:
    """A column of dates in an order that nobody declared refuses the file: it is never guessed."""
    faults = []
    for each in FIELDS[kind]:
        if each.sort in ("moment", "day") and each.id in columns.texts:
            sample = looks_undeclared(columns.texts[each.id], values[each.id])
            if sample is not None:
                faults.append(fault("moment_order", f"{place}: column {columns.names.get(each.id, each.id)}", sample))
    if faults:
        raise BadInput(faults)


def known_of(session: Session, hall: str) -> Known:
    def known(name: str, columns: Sequence[str], key: str = "", keys: Sequence[str] = ()) -> list[Any]:
        return list(records.rows_of(session, name, hall, columns, key, keys))

    return known


def _rejections(table: Table, columns: Columns) -> Iterator[Rejection]:
    """Every reason by line; rows of an event record that are themselves sound say which line of their record is not."""
    yield from table.unreadable
    for record, reasons in columns.refused.items():
        yield from reasons
        at_fault = {each.line for each in reasons}
        for line in columns.lines[record]:
            if line not in at_fault:
                yield Rejection(line, "", "", "event_companion", {"line": str(min(at_fault))})


def _count(table: Table, columns: Columns, plan: Plan) -> tuple[int, int, int, int]:
    """(read, accepted, rejected, duplicate) in rows of the file. RuntimeError if they do not add up: then nothing is written."""
    weight = [len(lines) for lines in columns.lines]
    accepted, duplicate, refused = set(plan.accepted), set(plan.duplicate), set(columns.refused)
    rejected = sum(weight[record] for record in refused) + len({each.line for each in table.unreadable})
    counts = (table.read, sum(weight[record] for record in accepted), rejected, sum(weight[record] for record in duplicate))
    if accepted & duplicate or accepted & refused or duplicate & refused or counts[0] != sum(counts[1:]):
        raise RuntimeError(f"rows do not add up: {counts}")
    return counts


def _append(work: Work, report: ImportReport, plan: Plan, mapping: Mapping, origin: str) -> int:
    """Write the import, its rejects and its rows; the id of the import."""
    session = work.session
    own = {"hall_id": work.hall_id, "sequence": work.sequence}
    halls_first = plan.rows.pop("halls", [])
    records.add(session, "halls", [{**row, **own} for row in halls_first])
    for row in halls_first:  # a new hall counts its limits by a calendar from the first day
        calendars.seed(work, str(row["calendar_id"]))
    number = records.add_one(
        session, "imports",
        {**own, "kind": report.kind, "file_name": report.file, "digest": report.digest, "encoding": report.encoding,
         "mapping_id": mapping.id, "mapping_digest": mapping.digest, "origin": origin, "rows_read": report.read,
         "rows_accepted": report.accepted,
         "rows_rejected": report.rejected, "rows_duplicate": report.duplicate, "imported_at": work.at},
    )  # fmt: skip
    told_once = {(each.line, each.column, each.code): each for each in report.rejections}.values()
    records.add(
        session, "rejects",
        [{**own, "import_id": number, "line": each.line, "column_name": each.column, "value": shown_value(each), "code": each.code,
          "facts": canonical_json({name: mask_text(value) for name, value in each.facts.items()})} for each in told_once],
    )  # fmt: skip
    for name in ORDER:
        rows = plan.rows.get(name)
        if rows:
            records.add(session, name, rows, {**own, "import_id": number} if name in WITH_IMPORT else own)
    return number


def _rejects_path(store: Store, given: str | Path | None, kind: str, sequence: int) -> Path:
    """The given place, else a name of our own making in the data folder."""
    return Path(given) if given is not None else store.home / "rejects" / f"rejects-{sequence:06d}-{kind}.csv"
