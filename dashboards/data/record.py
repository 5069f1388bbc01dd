"""The assessed months: which there are, the table of a month, a sheet's lines, the evidence of a line, the journal.

Reads only. Everything is read as of the journal's count at that moment and kept under it, so that an import or an assessment shows
at the next
visit and an old answer is never mixed with a new one. No role is known here: who may see what is decided before, never by an
argument of a page.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import streamlit as st

from dashboards.data.kept import Kept
from simulation.faults import BadInput
from supervision import monthly, results, stated
from supervision.articles import ground_in as ground_in
from supervision.db.evidence_rows import EvidenceRow
from supervision.db.facts import count_facts
from supervision.db.overview import HallName, read_halls, read_names
from supervision.db.store import Store, open_store
from supervision.evidence import REASONS as REASONS
from supervision.evidence import UNASSIGNED, Fact
from supervision.inspection import checklist as checklist
from supervision.journal import Checkpoint
from supervision.month import parse_month
from supervision.ratings import Rate, rate
from supervision.scheme import Scheme
from supervision.sheet import STATES as STATES
from supervision.sheet import Charged, Line, Sheet
from supervision.standing import FunnelPoint, Place

MOST_RECORDS = 200
"""records of a line that a page lists; the sheet names them all"""
PRIVATE = frozenset({
    "handler_ref", "applicant_ref", "applicant_mask", "rater_ref", "rater_mask", "person_ref", "citizen_ref", "citizen_mask",
})  # fmt: skip
"""fields of a record that lead to a person; no page shows them"""
INNER = frozenset({"import_id"})
"""fields that only the database reads"""

_months: Kept[Any] = Kept(24)
_names: Kept[dict[str, dict[str, dict[str, str]]]] = Kept(4)


@dataclass(frozen=True, slots=True)
class Row:
    """A window's month in one line."""

    window: str
    names: Mapping[str, str]
    total: Decimal | None
    comparable: Decimal | None
    """the total as if the parts that could not be scored had gone like the others; grades and the order of the table use it"""
    band: Mapping[str, str] | None
    moved: bool
    """whether any part lost points"""
    cases: int
    overdue: int
    ratings: int
    """valid ones that somebody gave"""
    good: Rate
    """of the valid ratings, with its interval"""
    bad: int
    findings: int
    """confirmed"""
    tickets: int
    mean_wait: Decimal | None
    """minutes, of those called"""
    utilisation: Decimal | None
    """busy share of the opening time of its seats, 0 to 1"""
    place: Place | None
    """rank with its interval, ties and whether the sample is too small"""


@dataclass(frozen=True, slots=True)
class MonthTable:
    """A month of a hall."""

    hall: str
    month: str
    scheme: Scheme
    rows: tuple[Row, ...]
    """lowest comparable total first, those without a total last"""
    sheets: Mapping[str, Sheet]
    hall_wait: Decimal | None
    """minutes, of everybody called"""
    checkpoint: Checkpoint
    """count and head of the journal when this was read"""
    funnels: Mapping[str, tuple[FunnelPoint, ...]]
    """bad_ratings and overdue -> a point for every window with any"""


@st.cache_resource(max_entries=4, show_spinner=False)
def _open(database: str, home: str) -> Store:
    return open_store()


def store() -> Store:
    """The database that OPENHALL_DATABASE and OPENHALL_HOME name. Raises BadInput as `open_store` does."""
    return _open(os.environ.get("OPENHALL_DATABASE", ""), os.environ.get("OPENHALL_HOME", ""))


def halls() -> tuple[HallName, ...]:
    """The halls of the record."""
    with store().read() as session:
        return read_halls(session)


def months(hall: str) -> tuple[tuple[str, str], ...]:
    """(month, scheme id) of what was assessed, newest first."""
    return monthly.list_months(store(), hall)


def checkpoint() -> Checkpoint:
    """Count and head of the journal."""
    return store().head()


def month_table(hall: str, month: str, scheme_id: str) -> MonthTable:
    """Everything the inspector's first table shows. Raises BadInput if a scheme's file is gone or was edited."""
    opened = store()
    seen = opened.head()
    return _months.get_or_make(
        (str(opened.url), seen.head, hall, month, scheme_id), lambda: _month_table(opened, seen, hall, month, scheme_id)
    )


def _month_table(opened: Store, seen: Checkpoint, hall: str, month: str, scheme_id: str) -> MonthTable:
    sheets = {each.window_id: each for each in monthly.read_sheets(opened, hall, month, scheme_id)}
    contexts = monthly.read_contexts(opened, hall, month, scheme_id)
    any_sheet = next(iter(sheets.values()))
    scheme = monthly.scheme_of(opened, hall, scheme_id, any_sheet.scheme_version)
    subjects = monthly.list_subjects(opened, hall, month, scheme)
    names = {each.window_id: {"zh": each.name_zh, "en": each.name_en} for each in subjects}
    with opened.read() as session:
        counted = monthly.counted_to(session, hall, parse_month(month), scheme_id)
        facts = count_facts(session, hall, parse_month(month), *counted, subject=scheme.subject)
    standing = results.read_standing(opened, hall, month, scheme_id)
    places = {each.window_id: each for each in standing.places}
    rows = []
    for window, sheet in sheets.items():
        if window == UNASSIGNED:
            continue
        counted = Counted.of(facts.of(window)[0], scheme.good_levels())
        context = contexts.get(window)
        band = next((each.name for each in scheme.bands if each.id == sheet.band), None)
        rows.append(
            Row(
                window=window,
                names=names.get(window, {}),
                total=sheet.total,
                comparable=sheet.comparable,
                band=None if band is None else {"zh": band.zh, "en": band.en},
                moved=any(lost(line) > 0 for line in sheet.lines),
                cases=counted.cases,
                overdue=counted.overdue,
                ratings=counted.ratings,
                good=rate(counted.good, counted.ratings),
                bad=counted.bad,
                findings=counted.findings,
                tickets=context.load.tickets if context else 0,
                mean_wait=context.load.mean_wait_minutes if context else None,
                utilisation=context.load.utilisation if context else None,
                place=places.get(window),
            )
        )
    rows.sort(key=lambda row: (row.comparable is None, row.comparable or 0, row.window))
    whole = next(iter(contexts.values())).hall_load.mean_wait_minutes if contexts else None
    funnels = {"bad_ratings": standing.bad_ratings, "overdue": standing.overdue}
    return MonthTable(hall, month, scheme, tuple(rows), sheets, whole, seen, funnels)


@dataclass(frozen=True, slots=True)
class Counted:
    """A window's facts, added up for a reader."""

    cases: int = 0
    overdue: int = 0
    ratings: int = 0
    good: int = 0
    bad: int = 0
    findings: int = 0

    @classmethod
    def of(cls, facts: Iterable[Fact], good_levels: frozenset[str]) -> Counted:
        """Cases that count in the month, those late, ratings that stand, confirmed findings."""
        sums = dict.fromkeys(("cases", "overdue", "ratings", "good", "bad", "findings"), 0)
        for each in facts:
            if each.kind == "case" and each.status != "open_not_due":
                sums["cases"] += each.count
                sums["overdue"] += each.count if each.status in ("ended_overdue", "open_overdue") else 0
            elif each.kind == "rating" and each.status == "valid":
                sums["ratings"] += each.count
                sums["good"] += each.count if each.code in good_levels else 0
                sums["bad"] += each.count if each.code in ("1", "2") else 0
            elif each.kind == "finding" and each.status == "confirmed":
                sums["findings"] += each.count
        return cls(**sums)


def lost(line: Line) -> Decimal:
    """Points that a part lost; 0 for a bonus, a veto and a part that was not scored."""
    if line.kind != "indicator" or line.weight is None or line.points is None:
        return Decimal(0)
    return line.weight - line.points


def name_of_line(scheme: Scheme, line: Line) -> dict[str, str]:
    """The name of a part, bonus or veto in both languages."""
    for each in (*scheme.indicators, *scheme.bonuses, *scheme.vetoes):
        if each.id == line.indicator:
            return {"zh": each.name.zh, "en": each.name.en}
    return {"zh": line.indicator, "en": line.indicator}


def name_of_deduction(scheme: Scheme, charge: Charged) -> dict[str, str]:
    """The name of a deduction in both languages."""
    for each in scheme.deductions:
        if each.id == charge.deduction:
            return {"zh": each.name.zh, "en": each.name.en}
    return {"zh": charge.deduction, "en": charge.deduction}


def evidence(hall: str, identity: str, as_of: int) -> EvidenceRow | None:
    """The record behind an evidence id as of a journal row; None if the record does not hold it."""
    try:
        return monthly.open_evidence(store(), hall, identity, as_of)
    except BadInput:
        return None


def population(hall: str, query: str, as_of: int) -> tuple[str, ...]:
    """The ids that a line's denominator counts."""
    return monthly.open_population(store(), hall, query, as_of)


def shown_fields(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Fields of a record that a page may show."""
    return [(name, value) for name, value in fields if name not in PRIVATE | INNER]


def names(hall: str) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Field of a record that holds an id (service_id, window_id, seat_id) -> id -> its name by language."""
    opened = store()

    def make() -> dict[str, dict[str, dict[str, str]]]:
        with opened.read() as session:
            found = read_names(session, hall)
        return {field: {id: {"zh": zh, "en": en} for id, (zh, en) in each.items()} for field, each in found.items()}

    return _names.get_or_make((str(opened.url), opened.head().head, hall), make)


@st.cache_data(max_entries=1, show_spinner=False)
def stated_rows() -> list[dict[str, Any]]:
    """Every figure that the founding documents state, beside what its own parts give."""
    return [each.to_dict() for each in stated.check()]
