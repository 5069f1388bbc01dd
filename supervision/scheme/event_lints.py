"""What is wrong with the events that a scheme charges or rewards: their codes, ranges, units, and one fault charged twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simulation.faults import Fault, fault
from supervision.inspection import NOTHING_FOUND, checklist

from .document import place_of
from .tables import DeductionTable, Document, EventTable

UNITS = {
    "lateness": ("case", "working_day"),
    "reminder": ("run",),
    "rating": ("rating",),
    "finding": ("finding",),
    "paper": ("paper", "working_day"),
    "hidden": ("receipt", "working_day"),
    "incomplete": ("case", "percent"),
    "early": (),
    "promise": (),
}
"""Per what an event may be deducted."""
FINDERS = ("in_house", "third_party", "media", "superior", "leader_on_duty")
"""Who may have found something; what no deduction narrows is found by any of them."""
PAPERS = ("promise_and_record", "accept_with_missing", "build_first")
"""Kinds of late papers; what no deduction narrows is of any of them."""
HALLS = ("hall", "township")
"""Subjects that answer for what a hall decides: the hall, and a township's centre, which is one."""
WAITS_FOUND = ("long_queue",)
"""Findings about waiting: charged to nobody, whoever is assessed."""
SAME_FAULT = {"lateness": "limit_not_kept", "hidden": "never_accepted"}
"""What the record counts by itself, and the finding that says the same of it."""
SAME_RATE = {"cases_on_time": "lateness", "good_ratings": "rating"}
"""A rate that falls with an event, and the event."""


def all_events(document: Document) -> Iterator[tuple[str, str, EventTable]]:
    for row in document.deductions:
        yield "deduction", row.id, row.event
    for bonus in document.bonuses:
        yield "bonus", bonus.id, bonus.event
    for veto in document.vetoes:
        yield "veto", veto.id, veto.event


def lint_events(document: Document, place: str) -> Iterator[Fault]:
    """An event has the keys of its kind, is possible, and is deducted per what it is."""
    needed: dict[str, set[str]] = {
        "lateness": {"from"}, "early": {"from"}, "paper": {"from"}, "hidden": {"from"}, "reminder": {"in_a_row"}, "rating": {"levels"},
        "finding": {"codes"}, "promise": set(), "incomplete": set(),
    }  # fmt: skip
    allowed = {
        **needed, **{kind: {"from", "below"} for kind in ("lateness", "early", "hidden")}, "paper": {"from", "below", "codes"},
        "finding": {"codes", "found_by"},
    }  # fmt: skip
    for table, id, event in all_events(document):
        where = place_of(place, table, id)
        given = {
            name
            for name, value in (
                ("from", event.at_least), ("below", event.below), ("in_a_row", event.in_a_row),
                ("levels", event.levels or None), ("codes", event.codes or None), ("found_by", event.found_by or None),
            )
            if value is not None
        }  # fmt: skip
        for name in sorted(needed[event.kind] - given):
            yield fault("scheme_event_needs", where, event.kind, key=name)
        for name in sorted(given - allowed[event.kind]):
            yield fault("scheme_event_unused", where, event.kind, key=name)
        for code in event.codes if event.kind == "paper" else ():
            if code not in PAPERS:
                yield fault("scheme_paper_kind", where, code, known=", ".join(PAPERS))
        if event.at_least is not None and event.below is not None and event.below <= event.at_least:
            yield fault("scheme_empty_range", where, f"{event.at_least}..{event.below}")
    for row in document.deductions:
        if row.per not in UNITS[row.event.kind]:
            allowed_units = ", ".join(UNITS[row.event.kind]) or "-"
            yield fault("scheme_per", place_of(place, "deduction", row.id), row.per, kind=row.event.kind, allowed=allowed_units)
    for bonus in document.bonuses:
        if bonus.event.kind != (bonus.per or ("promise" if bonus.share_of == "promises" else "early")):
            yield fault("scheme_bonus_event", place_of(place, "bonus", bonus.id), bonus.event.kind)
    for veto in document.vetoes:
        if veto.event.kind not in ("finding", "rating"):
            yield fault("scheme_veto_event", place_of(place, "veto", veto.id), veto.event.kind)


def lint_codes(document: Document, place: str) -> Iterator[Fault]:
    """A finding is on the checklist, is the window's, and is charged once."""
    items = checklist()
    charged: dict[str, str] = {}
    by_finder: dict[tuple[str, str], str] = {}
    for row in document.deductions:
        where = place_of(place, "deduction", row.id)
        for code in row.event.codes if row.event.kind == "finding" else ():
            if code == NOTHING_FOUND or code not in items:
                yield fault("scheme_unknown_code", where, code)
            elif items[code].whose == "hall" and (document.subject not in HALLS or code in WAITS_FOUND):
                yield fault("scheme_hall_code", where, code, name=items[code].name_en)
            clash = [by_finder[code, each] for each in row.event.found_by or FINDERS if (code, each) in by_finder]
            if clash:
                yield fault("scheme_code_twice", where, code, first=clash[0])
            for each in row.event.found_by or FINDERS:
                by_finder.setdefault((code, each), row.id)
            charged.setdefault(code, row.id)
    for veto in document.vetoes:
        for code in veto.event.codes:
            where = place_of(place, "veto", veto.id)
            if code == NOTHING_FOUND or code not in items:
                yield fault("scheme_unknown_code", where, code)
            elif items[code].whose == "hall" and (document.subject not in HALLS or code in WAITS_FOUND):
                yield fault("scheme_hall_code", where, code, name=items[code].name_en)
    for bonus in document.bonuses:
        for code in bonus.event.codes if bonus.event.kind == "finding" else ():
            if code == NOTHING_FOUND or code not in items:
                yield fault("scheme_unknown_code", place_of(place, "bonus", bonus.id), code)
    others = [("not charged", each.code, each.code) for each in document.not_charged]
    others += [("annual", each.id, each.code) for each in document.annual]
    for table, id, code in others:
        where = place_of(place, table, id)
        if code not in items:
            yield fault("scheme_unknown_code", where, code)
        if code in charged:
            yield fault("scheme_code_twice", where, code, first=charged[code])
        charged.setdefault(code, id)


def lint_ranges(document: Document, place: str) -> Iterator[Fault]:
    """From the first day charged on, every number of days late costs by exactly one deduction: of a case, of papers never accepted, of each
    kind of late paper. A rating, a run of reminders and a case without its type are charged once."""
    for kind in ("lateness", "hidden"):
        yield from _days(place, [row for row in document.deductions if row.event.kind == kind])
    told: set[tuple[str, str]] = set()
    for code in PAPERS:
        of_kind = [row for row in document.deductions if row.event.kind == "paper" and code in (row.event.codes or PAPERS)]
        for found in _days(place, of_kind):
            if (found.code, found.place) not in told:
                told.add((found.code, found.place))
                yield found
    levels: dict[int, str] = {}
    for row in document.deductions:
        for level in row.event.levels:
            if level in levels:
                yield fault("scheme_code_twice", place_of(place, "deduction", row.id), level, first=levels[level])
            levels.setdefault(level, row.id)
    for kind in ("reminder", "incomplete"):
        first, *more = [row.id for row in document.deductions if row.event.kind == kind] or [""]
        for id in more:
            yield fault("scheme_event_twice", place_of(place, "deduction", id), kind, first=first)


def _days(place: str, rows: Iterable[DeductionTable]) -> Iterator[Fault]:
    """Gaps and overlaps of the ranges of days late, and whether they have no end."""
    late = sorted((row for row in rows if row.event.at_least is not None), key=_start)
    reached: int | None = None
    for at, row in enumerate(late):
        start = _start(row)
        if at and (reached is None or start < reached):
            yield fault("scheme_days_twice", place_of(place, "deduction", row.id), start, first=late[at - 1].id)
        elif at and reached is not None and start > reached:
            yield fault("scheme_days_gap", place_of(place, "deduction", row.id), start, first=late[at - 1].id, reached=reached)
        reached = row.event.below
    if late and reached is not None:
        yield fault("scheme_days_end", place_of(place, "deduction", late[-1].id), reached)


def lint_same_fault(document: Document, place: str) -> Iterator[Fault]:
    """What the record counts by itself is not charged again as a finding, nor what a rate has lowered by the event that lowered it."""
    by_kind = {row.event.kind: row.id for row in document.deductions}
    for row in document.deductions:
        for kind, code in SAME_FAULT.items():
            if row.event.kind == "finding" and code in row.event.codes and kind in by_kind:
                yield fault("scheme_same_fault", place_of(place, "deduction", row.id), code, first=by_kind[kind])
    for part in document.indicators:
        known = SAME_RATE.get(part.measure.of)
        if known in by_kind:
            yield fault("scheme_rate_twice", place_of(place, "indicator", part.id), part.measure.of, first=by_kind[known])


def lint_never(document: Document, place: str) -> Iterator[Fault]:
    """A part that its floor keeps whole is never charged; a bonus within no limit is never given; one clerk offers no services."""
    for part in document.indicators:
        if part.floor is not None and part.floor == part.weight and part.measure.kind != "unread":
            yield fault("scheme_floor_whole", place_of(place, "indicator", part.id), part.floor)
    for bonus in document.bonuses:
        if document.bonus_at_most == 0:
            yield fault("scheme_bonus_never", place_of(place, "bonus", bonus.id))
        if bonus.share_of == "promises" and document.subject in ("staff",):
            yield fault("scheme_promises_of_nobody", place_of(place, "bonus", bonus.id), document.subject)
    lengths = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
    for title in document.titles:
        if lengths[title.period] > lengths[document.cycle]:
            yield fault("scheme_title_cycle", place_of(place, "title", title.id), title.period, cycle=document.cycle)


def _start(row: DeductionTable) -> int:
    return row.event.at_least or 0
