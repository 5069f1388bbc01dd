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

from .document import place_of
from .event_lints import all_events, lint_codes, lint_events, lint_never, lint_ranges, lint_same_fault
from .tables import BandTable, Document, GroundedTable

GROUNDED_BY_NAME = (
    "in_force_from", "base", "max", "bonus_at_most", "minimum_share", "neutral_is_good", "defaults_count", "rounding", "charge_month",
)  # fmt: skip
"""The single rules whose ground stands in [basis]."""
_WAITING = re.compile(r"(^|[^a-z])(wait|waits|waiting|queue|queues|queueing|queuing)([^a-z]|$)|等候|等待|排队", re.IGNORECASE)


def lint(document: Document, place: str) -> list[Fault]:
    """Every fault of one file, in the order of its tables."""
    return [
        *_grounds(document, place),
        *_twice(document, place),
        *_sums(document, place),
        *_references(document, place),
        *lint_events(document, place),
        *lint_codes(document, place),
        *lint_ranges(document, place),
        *lint_same_fault(document, place),
        *lint_never(document, place),
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
    for table, id, event in all_events(document):
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


def _in_force(document: Document, place: str) -> Iterator[Fault]:
    """A version does not end before it begins."""
    if document.in_force_to is not None and document.in_force_to < document.in_force_from:
        yield fault("scheme_ends_first", f"{place}: in_force_to", document.in_force_to, first=document.in_force_from)


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
