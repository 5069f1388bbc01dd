"""What is wrong with a scheme although every key is spelt right: each fault with its place, value, rule and cure.

The law of this program stands here too: waiting comes from too few windows, which is the hall's to decide, so no scheme may charge it to
a window.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from simulation.faults import Fault, fault
from supervision.inspection import NOTHING_FOUND, checklist

from .document import place_of
from .tables import BandTable, DeductionTable, Document, EventTable, GroundedTable

GROUNDED_BY_NAME = (
    "in_force_from", "base", "max", "bonus_at_most", "minimum_share", "neutral_is_good", "defaults_count", "rounding", "charge_month",
)  # fmt: skip
"""The single rules whose ground stands in [basis]."""
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
_WAITING = re.compile(r"(^|[^a-z])(wait|waits|waiting|queue|queues|queueing|queuing)([^a-z]|$)|等候|等待|排队", re.IGNORECASE)


def lint(document: Document, place: str) -> list[Fault]:
    """Every fault of one file, in the order of its tables."""
    return [
        *_grounds(document, place),
        *_twice(document, place),
        *_sums(document, place),
        *_references(document, place),
        *_events(document, place),
        *_codes(document, place),
        *_ranges(document, place),
        *_same_fault(document, place),
        *_never(document, place),
        *_in_force(document, place),
        *_bands(document.bands, place),
        *_waits(document, place),
    ]


def _grounded(document: Document) -> Iterator[tuple[str, str, GroundedTable]]:
    for each in document.indicators:
        yield "indicator", each.id, each
        yield "minimum of", each.id, each.minimum
    for deduction in document.deductions:
        yield "deduction", deduction.id, deduction
    for bonus in document.bonuses:
        yield "bonus", bonus.id, bonus
        yield "minimum of", bonus.id, bonus.minimum
    for veto in document.vetoes:
        yield "veto", veto.id, veto
    for band in document.bands:
        yield "band", band.id, band
    for code in document.not_charged:
        yield "not charged", code.code, code
    for annual in document.annual:
        yield "annual", annual.id, annual
    for title in document.titles:
        yield "title", title.id, title
    if document.conversion is not None:
        yield "conversion", "factor", document.conversion


def _grounds(document: Document, place: str) -> Iterator[Fault]:
    """Every number rests on an article or says that it is an assumption, and on one of them only."""
    for table, id, row in _grounded(document):
        where = place_of(place, table, id)
        if not row.ground:
            yield fault("scheme_no_ground", where)
        elif row.article is not None and row.basis is not None:
            yield fault("scheme_two_grounds", where, row.article)
    for table, id, event in _all_events(document):
        if event.article is not None and event.basis is not None:
            yield fault("scheme_two_grounds", place_of(place, table, id), event.article)
    for name in GROUNDED_BY_NAME:
        if name not in document.basis:
            yield fault("scheme_no_basis", f"{place}: basis", name)
    for name in document.basis:
        if name not in GROUNDED_BY_NAME:
            yield fault("scheme_basis_of_nothing", f"{place}: basis", name)


def _twice(document: Document, place: str) -> Iterator[Fault]:
    rows: tuple[tuple[str, Iterable[str]], ...] = (
        ("indicators", (each.id for each in document.indicators)),
        ("deductions", (each.id for each in document.deductions)),
        ("bonuses", (each.id for each in document.bonuses)),
        ("vetoes", (each.id for each in document.vetoes)),
        ("annual", (each.id for each in document.annual)),
        ("titles", (each.id for each in document.titles)),
        ("bands", (each.id for each in document.bands)),
    )
    for table, ids in rows:
        for id, times in Counter(ids).items():
            if times > 1:
                yield fault("scheme_twice", f"{place}: {table}", id, times=times)
    lines = Counter(id for table in (document.indicators, document.bonuses, document.vetoes) for id in {each.id for each in table})
    for id, times in lines.items():
        if times > 1:
            yield fault("scheme_twice", f"{place}: indicators, bonuses, vetoes", id, times=times)


def _sums(document: Document, place: str) -> Iterator[Fault]:
    """Weights add to the base; the maximum is base and bonuses; points are positive; a limit is not below one charge."""
    together = sum((each.weight for each in document.indicators), Decimal(0))
    if together != document.base:
        yield fault("scheme_weights", f"{place}: indicators", together, base=document.base)
    if document.maximum != document.base + document.bonus_at_most:
        yield fault("scheme_max", f"{place}: max", document.maximum, base=document.base, bonus=document.bonus_at_most)
    if not 0 <= document.minimum_share <= 1:
        yield fault("scheme_share", f"{place}: minimum_share", document.minimum_share)
    for each in document.indicators:
        if each.weight <= 0:
            yield fault("scheme_not_positive", place_of(place, "indicator", each.id), each.weight, key="weight")
        if each.floor is not None and each.floor > each.weight:
            yield fault("scheme_floor", place_of(place, "indicator", each.id), each.floor, weight=each.weight)
    for row in document.deductions:
        where = place_of(place, "deduction", row.id)
        if row.points <= 0:
            yield fault("scheme_not_positive", where, row.points, key="points")
        starts = [step.start for step in row.steps]
        if row.steps and (starts[0] != 1 or starts != sorted(set(starts)) or row.steps[0].points != row.points):
            yield fault("scheme_steps", where, ", ".join(map(str, starts)))
        if any(step.points <= 0 for step in row.steps):
            yield fault("scheme_not_positive", where, min(step.points for step in row.steps), key="steps.points")
        if not 0 <= row.head_share <= 1:
            yield fault("scheme_head_share", where, row.head_share)
        if row.at_most is not None and row.at_most < row.points:
            yield fault("scheme_at_most", where, row.at_most, points=row.points)
    for bonus in document.bonuses:
        where = place_of(place, "bonus", bonus.id)
        by_share = None not in (bonus.share_of, bonus.first, bonus.further) and bonus.per is None and bonus.points is None
        by_event = None not in (bonus.per, bonus.points) and (bonus.share_of, bonus.first, bonus.further) == (None, None, None)
        if by_share == by_event:
            yield fault("scheme_bonus_form", where)
            continue
        numbers = {"points": bonus.points}
        if bonus.first is not None and bonus.further is not None:
            numbers = {
                "first.share": bonus.first.share, "first.points": bonus.first.points,
                "further.share": bonus.further.share, "further.points": bonus.further.points,
            }  # fmt: skip
        for key, number in numbers.items():
            if number is not None and number <= 0:
                yield fault("scheme_not_positive", where, number, key=key)
        first = bonus.first.points if bonus.first is not None else bonus.points or Decimal(0)
        if bonus.at_most < first:
            yield fault("scheme_at_most", where, bonus.at_most, points=first)
    if document.conversion is not None and document.conversion.factor <= 0:
        yield fault("scheme_not_positive", place_of(place, "conversion", "factor"), document.conversion.factor, key="factor")
    for annual in document.annual:
        if annual.points <= 0:
            yield fault("scheme_not_positive", place_of(place, "annual", annual.id), annual.points, key="points")


def _references(document: Document, place: str) -> Iterator[Fault]:
    """Every part named exists, and every part is charged by something or is a rate."""
    known = [each.id for each in document.indicators]
    listed = ", ".join(known)
    for row in document.deductions:
        for key, id in (("charged_in", row.charged_in), *(("shown_in", shown) for shown in row.shown_in)):
            if id not in known:
                yield fault("scheme_unknown_part", place_of(place, "deduction", row.id), id, key=key, known=listed)
    for shown in document.not_charged:
        if shown.shown_in not in known:
            yield fault("scheme_unknown_part", place_of(place, "not charged", shown.code), shown.shown_in, key="shown_in", known=listed)
    unread = [each.id for each in document.indicators if each.measure.kind == "unread"]
    if len(unread) > 1:
        yield fault("scheme_unread_twice", f"{place}: indicators", ", ".join(unread))
    grades = [each.id for each in document.bands]
    for title in document.titles:
        where = place_of(place, "title", title.id)
        if sum(each is not None for each in (title.quota.number, title.quota.cut, title.quota.ratio)) != 1:
            yield fault("scheme_quota", where)
        if title.quota.ratio is not None and not 0 < title.quota.ratio <= 1:
            yield fault("scheme_share", where, title.quota.ratio)
        if title.band is not None and title.band not in grades:
            yield fault("scheme_unknown_band", where, title.band, known=", ".join(grades))
        if title.months > {"month": 1, "quarter": 3, "half_year": 6, "year": 12}[title.period]:
            yield fault("scheme_title_months", where, title.months, period=title.period)
    charged = {row.charged_in for row in document.deductions}
    for each in document.indicators:
        if each.id not in charged and each.measure.kind == "deductions":
            yield fault("scheme_never_charged", place_of(place, "indicator", each.id))
        if each.measure.kind == "unread" and (each.id in charged or each.basis != "assumption" or each.minimum.basis != "assumption"):
            yield fault("scheme_unread", place_of(place, "indicator", each.id))
        if (each.measure.kind == "rate") != bool(each.measure.of):
            yield fault("scheme_measure", place_of(place, "indicator", each.id), each.measure.of)


def _all_events(document: Document) -> Iterator[tuple[str, str, EventTable]]:
    for row in document.deductions:
        yield "deduction", row.id, row.event
    for bonus in document.bonuses:
        yield "bonus", bonus.id, bonus.event
    for veto in document.vetoes:
        yield "veto", veto.id, veto.event


def _events(document: Document, place: str) -> Iterator[Fault]:
    """An event has the keys of its kind, is possible, and is deducted per what it is."""
    needed: dict[str, set[str]] = {
        "lateness": {"from"}, "early": {"from"}, "paper": {"from"}, "hidden": {"from"}, "reminder": {"in_a_row"}, "rating": {"levels"},
        "finding": {"codes"}, "promise": set(), "incomplete": set(),
    }  # fmt: skip
    allowed = {
        **needed, **{kind: {"from", "below"} for kind in ("lateness", "early", "hidden")}, "paper": {"from", "below", "codes"},
        "finding": {"codes", "found_by"},
    }  # fmt: skip
    for table, id, event in _all_events(document):
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


def _codes(document: Document, place: str) -> Iterator[Fault]:
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


def _ranges(document: Document, place: str) -> Iterator[Fault]:
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


def _same_fault(document: Document, place: str) -> Iterator[Fault]:
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


def _never(document: Document, place: str) -> Iterator[Fault]:
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


def _in_force(document: Document, place: str) -> Iterator[Fault]:
    """A version does not end before it begins."""
    if document.in_force_to is not None and document.in_force_to < document.in_force_from:
        yield fault("scheme_ends_first", f"{place}: in_force_to", document.in_force_to, first=document.in_force_from)


def _start(row: DeductionTable) -> int:
    return row.event.at_least or 0


def _bands(bands: Sequence[BandTable], place: str) -> Iterator[Fault]:
    """Grades cover every total once: the lowest has no ``from``, the highest no ``below``, and each begins where the one beneath ends."""
    ordered = sorted(bands, key=lambda band: (band.at_least is not None, band.at_least or Decimal(0)))
    if ordered[0].at_least is not None:
        yield fault("scheme_bands_bottom", place_of(place, "band", ordered[0].id), ordered[0].at_least)
    for low, high in pairwise(ordered):
        where = place_of(place, "band", high.id)
        if high.at_least is None or low.below is None or low.below > high.at_least:
            yield fault("scheme_bands_overlap", where, "-" if high.at_least is None else high.at_least, first=low.id)
        elif low.below < high.at_least:
            yield fault("scheme_bands_gap", where, high.at_least, first=low.id, below=low.below)
    if ordered[-1].below is not None:
        yield fault("scheme_bands_top", place_of(place, "band", ordered[-1].id), ordered[-1].below)


def _waits(document: Document, place: str) -> Iterator[Fault]:
    """Neither a part, nor a deduction, nor a veto may be about waits."""
    named = [("indicator", each.id, each.name) for each in document.indicators]
    named += [("deduction", each.id, each.name) for each in document.deductions]
    named += [("veto", each.id, each.name) for each in document.vetoes]
    for table, id, name in named:
        for written in (id, name.zh, name.en):
            if _WAITING.search(written):
                yield fault("scheme_waits", place_of(place, table, id), written)
                break
