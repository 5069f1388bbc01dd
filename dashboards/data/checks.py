"""Checks: draws with their proof, the plan of visits they make, visits and findings of a month, severity, evidence files, and the acts.

Readings are kept under the journal's head. Which of it a person may see is for the caller to narrow. Not for scoring.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboards.data.kept import Kept
from dashboards.data.record import store
from simulation.faults import BadInput as BadInput
from supervision import accounts
from supervision.checks import desk, form
from supervision.checks.desk import Prepared as Prepared
from supervision.checks.form import Recorded as Recorded
from supervision.checks.form import VisitForm as VisitForm
from supervision.checks.severity import Severity as Severity
from supervision.db.check_rows import CheckRow as CheckRow
from supervision.db.check_rows import FileRow as FileRow
from supervision.db.check_rows import FindingRow as FindingRow
from supervision.db.dues import zone_of_hall
from supervision.db.records import names_of
from supervision.db.schema.visits import CHECK_KINDS
from supervision.draws import ceremony
from supervision.draws.ceremony import DrawView as DrawView
from supervision.inspection import checklist
from supervision.month import Month, parse_month
from supervision.people import same_person

KINDS = CHECK_KINDS
YEAR = 12
"""Months that severity and the order of the checklist look back, the month itself included."""
_kept: Kept[Any] = Kept(16)


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A visit that a draw asks for."""

    draw: str
    window: str
    stratum: str
    inspectors: tuple[str, ...]
    visit: CheckRow | None
    """The first visit that answers it; None while nobody went."""

    @property
    def key(self) -> str:
        return f"{self.draw} · {self.window}"


def is_among(person: str, names: Sequence[str]) -> bool:
    """Whether a person is one of the named."""
    return any(same_person(person, each) for each in names)


def now_in(hall: str) -> datetime:
    """The moment now on the hall's own clock, without zone, to the minute."""
    opened = store()
    with opened.read() as session:
        zone = zone_of_hall(session, hall)
    return opened.clock().astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)


def draws(hall: str) -> tuple[DrawView, ...]:
    """Every draw of a hall, the newest first; a revealed one recomputed, with what does not hold."""
    opened = store()

    def make() -> tuple[DrawView, ...]:
        found = ceremony.list_draws(opened, hall)
        return tuple(ceremony.verify_draw(opened, hall, each.draw_number) if each.seed else each for each in reversed(found))

    return _of_record(hall, "draws", make)  # type: ignore[no-any-return]


def paper_of(draw: DrawView) -> str:
    """A draw as text that anybody can recompute it from: plan, digests, seed and result."""
    return ceremony.paper_of(draw)


def commit(
    hall: str, number: str, count: int, inspectors: Sequence[str], conflicts: Sequence[tuple[str, str]], each: int, risk: str | None,
    person: str,
) -> DrawView:  # fmt: skip
    """Fix a draw and the digest of its seed."""
    return ceremony.commit_draw(
        store(), hall, number, person, count=count, inspectors=inspectors, conflicts=conflicts, each=each, risk_month=risk
    )


def reveal(hall: str, number: str, person: str) -> DrawView:
    """Publish the seed of a draw and what it gives."""
    return ceremony.reveal_draw(store(), hall, number, person)


def next_number(hall: str, day: datetime) -> str:
    """A number for a draw that is free: the month, then a count."""
    taken = {each.draw_number for each in draws(hall)}
    return next(name for name in (f"{day:%Y-%m}-{count}" for count in range(1, len(taken) + 2)) if name not in taken)


def plan(hall: str) -> tuple[PlanLine, ...]:
    """What the revealed draws ask for: what nobody did yet first, then the newest draw first."""
    opened = store()
    done: dict[tuple[str, str], CheckRow] = {}
    for visit in _of_record(hall, "drawn", lambda: desk.read_drawn_visits(opened, hall)):
        done.setdefault((visit.draw_number, visit.window_id), visit)
    lines = [
        PlanLine(each.draw_number, pair.window, pair.stratum, pair.inspectors, done.get((each.draw_number, pair.window)))
        for each in draws(hall) for pair in each.pairs
    ]  # fmt: skip
    return tuple(sorted(lines, key=lambda line: line.visit is not None))


def findings(hall: str, month: str) -> list[FindingRow]:
    """What checks of a month found, the newest first."""
    opened = store()
    return _of_record((hall, month), "findings", lambda: desk.read_findings(opened, hall, month)[::-1])  # type: ignore[no-any-return]


def severity(hall: str, month: str, third_party: bool) -> tuple[Severity, ...]:
    """Severity of every inspector over the year that ends with a month."""
    opened = store()
    last = parse_month(month)
    first = _back(last, YEAR - 1)
    return _of_record(  # type: ignore[no-any-return]
        (hall, month, third_party), "severity", lambda: desk.measure_severity(opened, hall, first, last, third_party=third_party)
    )


def items(hall: str) -> tuple[str, ...]:
    """The codes of the checklist: what was found most in the last year first, the others as the list has them."""
    last = _month_of(now_in(hall))
    counts = Counter(each.code for month in _months(_back(last, YEAR - 1), last) for each in findings(hall, str(month)))
    listed = list(checklist())
    return tuple(sorted(listed, key=lambda code: (-counts[code], listed.index(code))))


def inspectors(hall: str) -> tuple[str, ...]:
    """Who inspects: whoever holds the role, was drawn before or made a visit in the last months."""
    held = {each.person for each in accounts.list_roles(store(), hall) if each.role == accounts.INSPECTOR}
    drawn = {name for each in draws(hall) for name in each.plan.inspectors}
    return tuple(sorted(held | drawn))


def seats(hall: str) -> tuple[str, ...]:
    """The seats of a hall."""
    with store().read() as session:
        return tuple(sorted(set(names_of(session, "seats", "seat_id", hall).values())))


def prepare(name: str, content: bytes) -> Prepared:
    """A file that may be kept. Raises BadInput for one that may not."""
    return desk.prepare_file(name, content)


def record(hall: str, given: VisitForm, files: Sequence[Prepared], person: str) -> Recorded:
    """Record a visit with its findings and pictures, as one act."""
    return form.record_visit(store(), hall, given, person, files)


def keep(hall: str, evidence_id: str, file: Prepared, person: str) -> FileRow:
    """Keep one more file that shows a record."""
    return desk.keep_prepared(store(), hall, evidence_id, file, person)


def files(hall: str, evidence_id: str) -> list[tuple[FileRow, bytes | BadInput]]:
    """The files of a record with their bytes, or why these cannot be shown."""
    opened = store()
    found: list[tuple[FileRow, bytes | BadInput]] = []
    for row in desk.list_files(opened, hall, evidence_id):
        try:
            found.append((row, desk.open_file(opened, row)))
        except BadInput as damaged:
            found.append((row, damaged))
    return found


def names_of_items() -> Mapping[str, Mapping[str, str]]:
    """Code of the checklist -> its name by language."""
    return {code: {"zh": item.name_zh, "en": item.name_en} for code, item in checklist().items()}


def _of_record(key: object, what: str, make: Any) -> Any:
    opened = store()
    return _kept.get_or_make((str(opened.url), opened.head().head, key, what), make)


def _month_of(moment: datetime) -> Month:
    return Month(moment.year, moment.month)


def _back(month: Month, steps: int) -> Month:
    for _ in range(steps):
        month = month.previous()
    return month


def _months(first: Month, last: Month) -> list[Month]:
    """Months from the first to the last, the last 24 of them at most."""
    found = [last]
    while found[-1] != first and len(found) < 2 * YEAR:
        found.append(found[-1].previous())
    return found[::-1]
