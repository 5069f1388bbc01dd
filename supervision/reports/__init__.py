"""Reports: the monthly sheet, the bulletin, the ledgers of overdue cases and bad ratings, the notice of rectification, the list of titles.

Made from what is filed and written as xlsx, docx or pdf; the same record gives the same bytes. Decides nothing and scores nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from .. import monthly
from ..articles import ground_in
from ..db.dues import zone_of_hall
from ..db.ledgers import bad_ratings, case_moments, hall_name
from ..evidence import REASONS, UNASSIGNED
from ..faults import BadInput, fault
from ..inspection import checklist
from ..month import parse_month
from ..periods import REASONS as KEPT_OUT
from ..periods import parse_period
from ..results import read_period
from ..scheme import Scheme
from ..scoring import head_points
from ..sheet import STATES, Sheet, Spared
from .content import Cell, Report, Table, Words
from .files import WRITERS

if TYPE_CHECKING:
    from ..db.store import Store

KINDS = ("sheet", "bulletin", "overdue", "ratings", "rectification", "titles")
RECTIFY_DAYS = 10
"""Working days to put things right. Assumption: the sources speak of a deadline and give none."""

__all__ = ["KINDS", "make", "title_of", "write"]


def write(
    store: Store, hall: str, kind: str, period: str, ending: str, scheme: str = monthly.DEFAULT_SCHEME, *,
    window: str | None = None, language: str = "zh",
) -> bytes:  # fmt: skip
    """A report as a file's bytes; ``ending`` is .xlsx, .docx or .pdf. Raises BadInput for any other, and as `make` does."""
    if ending not in WRITERS:
        raise BadInput([fault("report_ending", "report", ending, known=", ".join(WRITERS))])
    return WRITERS[ending](make(store, hall, kind, period, scheme, window=window, language=language), Words(language))


def make(
    store: Store, hall: str, kind: str, period: str, scheme: str = monthly.DEFAULT_SCHEME, *,
    window: str | None = None, language: str = "zh",
) -> Report:  # fmt: skip
    """A report. Raises BadInput for an unknown kind, a month that was not assessed, and a sheet or notice without its window."""
    if kind not in KINDS:
        raise BadInput([fault("report_kind", "report", kind, known=", ".join(KINDS))])
    words = Words(language)
    if kind in ("sheet", "rectification") and not (window or "").strip():
        raise BadInput([fault("report_window", "--window", kind)])
    if kind == "titles":
        return _titles(store, hall, period, scheme, words)
    if kind == "sheet" and parse_period(period).kind != "month":
        return _period_sheet(store, hall, period, scheme, window or "", words)
    month = parse_month(period)
    sheets = [each for each in monthly.read_sheets(store, hall, month, scheme) if each.window_id != UNASSIGNED]
    if not sheets:
        raise BadInput([fault("sheet_unknown", f'hall "{hall}"', f"{period} {scheme}")])
    chosen = monthly.scheme_of(store, hall, scheme, sheets[0].scheme_version)
    names = {each.window_id: each.name(language) for each in monthly.list_windows(store, hall)}
    names |= {each.window_id: each.name(language) for each in monthly.list_subjects(store, hall, month, chosen)}
    if kind in ("sheet", "rectification"):
        wanted = monthly.name_subject(store, hall, month, window or "", scheme)
        own = [each for each in sheets if each.window_id == wanted]
        if len(own) != 1:
            raise BadInput([fault("sheet_unknown", f'hall "{hall}"', f"{period} {scheme} {window or ''}".strip())])
        made = _sheet if kind == "sheet" else _rectification
        opening, tables = made(chosen, own[0], names, words, period)
        sheets = own
    elif kind == "bulletin":
        opening, tables = _bulletin(chosen, sheets, names, words)
    elif kind == "overdue":
        opening, tables = (), (_overdue(store, hall, chosen, sheets, names, words),)
    else:
        opening, tables = (), (_ratings(store, hall, period, names, words),)
    return _report(store, hall, kind, period, chosen, words, opening, tables, max(each.as_of_sequence for each in sheets))


def _report(
    store: Store, hall: str, kind: str, period: str, scheme: Scheme, words: Words,
    opening: Iterable[str], tables: Iterable[Table], as_of: int,
) -> Report:  # fmt: skip
    with store.read() as session:
        name = hall_name(session, hall, words.language)
    title = scheme.name.text(words.language)
    caution = scheme.source.caution.text(words.language)
    closing = (words("waiting"), words("mark", mark=scheme.source.mark, caution=caution), words("checkpoint", as_of=as_of))
    subtitle = words("subtitle", hall=name, period=period, scheme=title)
    return Report(title_of(kind, scheme, words), subtitle, tuple(opening), tuple(tables), closing, name)


def _sheet(scheme: Scheme, sheet: Sheet, names: Mapping[str, str], words: Words, period: str) -> tuple[tuple[str, ...], tuple[Table, ...]]:
    lines = Table(
        title_of("sheet", scheme, words), ("line", "value", "weight", "points", "article", "evidence"),
        tuple(
            (
                _name(scheme, each.indicator, words), each.value, each.weight, each.points, _article(each.article, words),
                ", ".join(ref.id for ref in each.evidence if ref.role == "moved"),
            )
            for each in sheet.lines
        ),
    )  # fmt: skip
    spared = Table(
        words("why"), ("what", "why", "number", "evidence"),
        tuple((_spared(scheme, each, words), words.of(REASONS[each.reason]), each.count, ", ".join(each.evidence))
              for each in sheet.not_charged),
    )  # fmt: skip
    total = words.of(STATES[sheet.state]) if sheet.total is None else f"{sheet.total:f}"
    opening = (f"{names.get(sheet.window_id, sheet.window_id)}　{words('total')} {total}　{words('grade')} {_band(scheme, sheet, words)}",)
    return opening, (lines, spared)


def _rectification(
    scheme: Scheme, sheet: Sheet, names: Mapping[str, str], words: Words, period: str
) -> tuple[tuple[str, ...], tuple[Table, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for line in sheet.lines:
        for each in line.charges:
            name, article = _deduction(scheme, each.deduction, words), _article(each.article, words)
            rows.append((name, each.units, each.points, article, ", ".join(each.evidence)))
    opening = [words("to_window", window=names.get(sheet.window_id, sheet.window_id)), words("rectify", period=period, days=RECTIFY_DAYS)]
    carried = head_points(scheme, sheet)
    if carried:
        opening.append(words("head", points=format(carried, "f")))
    return tuple(opening), (Table(words("rectification"), ("charge", "number", "taken", "article", "evidence"), tuple(rows)),)


def _bulletin(scheme: Scheme, sheets: list[Sheet], names: Mapping[str, str], words: Words) -> tuple[tuple[str, ...], tuple[Table, ...]]:
    rows: list[tuple[Cell, ...]] = []
    idle = []
    sums = [0, 0, 0, 0]
    for sheet in sorted(sheets, key=lambda each: (each.comparable is None, -(each.comparable or 0), each.window_id)):
        counts = _counts(sheet)
        name = names.get(sheet.window_id, sheet.window_id)
        if not counts[0]:
            idle.append(name)
        sums = [left + right for left, right in zip(sums, counts, strict=True)]
        rows.append((name, sheet.total, sheet.comparable, _band(scheme, sheet, words), *counts))
    opening = [words("counts", cases=sums[0], overdue=sums[1], ratings=sums[2], bad=sums[3])]
    if idle:
        opening.append(words("no_business", subject=words(_subject(scheme)), windows=words("join").join(idle)))
    keys = (_subject(scheme), "total", "comparable", "grade", "cases", "late", "rated", "bad")
    return tuple(opening), (Table(title_of("bulletin", scheme, words), keys, tuple(rows)),)


def _counts(sheet: Sheet) -> list[int]:
    """Cases, overdue ones, ratings and bad ones that the lines of a sheet rest on."""
    largest: dict[str, int] = {}
    moved: set[str] = set()
    for line in sheet.lines:
        name = line.population.partition("/")[0]
        largest[name] = max(largest.get(name, 0), line.denominator or 0)
        moved |= {ref.id for ref in line.evidence if ref.role == "moved"}
    cases = max(largest.get("cases", 0), largest.get("cases_with_limit", 0))
    late = {id for each in sheet.lines for charge in each.charges for id in charge.evidence if id.startswith("case:")}
    return [cases, len(late), largest.get("ratings", 0), sum(id.startswith("rating:") for id in moved)]


def _overdue(store: Store, hall: str, scheme: Scheme, sheets: list[Sheet], names: Mapping[str, str], words: Words) -> Table:
    late = {each.id for each in scheme.deductions if each.event.kind == "lateness"}
    charged = [
        (id.partition(":")[2], sheet.window_id, charge)
        for sheet in sheets
        for line in sheet.lines
        for charge in line.charges
        if charge.deduction in late
        for id in charge.evidence
    ]
    with store.read() as session:
        zone = zone_of_hall(session, hall)
        moments = case_moments(session, hall, [number for number, _, _ in charged])
    rows: list[tuple[Cell, ...]] = []
    for number, window, charge in sorted(charged, key=lambda each: (each[1], each[0])):
        accepted, ended = moments.get(number, (None, None))
        told = [each.astimezone(zone).isoformat(" ", "minutes")[:16] if each else None for each in (accepted, ended)]
        what = _deduction(scheme, charge.deduction, words)
        rows.append((number, names.get(window, window), told[0], told[1], what, charge.points_each, _article(charge.article, words)))
    return Table(words("overdue"), ("case", "window", "accepted", "ended", "charge", "taken", "article"), tuple(rows))


def _ratings(store: Store, hall: str, period: str, names: Mapping[str, str], words: Words) -> Table:
    with store.read() as session:
        zone = zone_of_hall(session, hall)
        found = bad_ratings(session, hall, parse_month(period))
    rows: list[tuple[Cell, ...]] = [
        (each.number, names.get(each.window_id, each.window_id), each.case_number, each.level,
         each.at.astimezone(zone).isoformat(" ", "minutes")[:16], words(each.standing))
        for each in found
    ]  # fmt: skip
    return Table(words("ratings"), ("rating", "window", "case", "level", "given", "standing"), tuple(rows))


def _period_sheet(store: Store, hall: str, period: str, scheme: str, subject: str, words: Words) -> Report:
    """One subject's quarter, half-year or year, part by part: for a township its three aspects (document 002)."""
    view = read_period(store, hall, period, scheme)
    named = {each.window_id: each.name(words.language) for each in view.subjects}
    spelt = {each.window_id: (each.window_id, each.name_zh, each.name_en) for each in view.subjects}
    own = [each for each in view.results if subject in spelt.get(each.window_id, (each.window_id,))]
    if len(own) != 1:
        raise BadInput([fault("sheet_unknown", f'hall "{hall}"', f"{period} {scheme} {subject}".strip())])
    (result,) = own
    grounds = {each.id: each.ground for each in view.scheme.indicators} | {each.id: each.ground for each in view.scheme.bonuses}
    grounds |= {each.id: each.ground for each in view.scheme.vetoes}
    weights = {each.id: each.weight for each in view.scheme.indicators}
    parts = Table(
        title_of("period_sheet", view.scheme, words), ("line", "mean", "weight", "months", "article"),
        tuple(
            (_name(view.scheme, each.id, words), each.mean, weights.get(each.id), each.counted, _article(grounds[each.id], words))
            for each in result.parts
        ),
    )  # fmt: skip
    months = Table(words("months"), ("month", "comparable"), result.months)
    mean = "—" if result.mean is None else format(result.mean, "f")
    opening = [f"{named.get(result.window_id, result.window_id)}　{words('mean')} {mean}"]
    opening += [words("not_locked", months=", ".join(view.unlocked))] if view.unlocked else []
    return _report(store, hall, "period_sheet", period, view.scheme, words, opening, (parts, months), store.head().count)


def _titles(store: Store, hall: str, period: str, scheme: str, words: Words) -> Report:
    view = read_period(store, hall, period, scheme)
    names = {each.window_id: each.name(words.language) for each in view.subjects}
    called = {each.id: each.name.text(words.language) for each in view.scheme.titles}
    won: list[tuple[Cell, ...]] = []
    kept: list[tuple[Cell, ...]] = []
    for title in view.titles:
        won += [(called[title.title], each.place, names.get(each.window_id, each.window_id), each.mean) for each in title.winners]
        kept += [(called[title.title], names.get(window, window), words.of(KEPT_OUT[why])) for window, why in title.kept_out]
    tables = (
        Table(title_of("titles", view.scheme, words), ("title", "place", _subject(view.scheme), "mean"), tuple(won)),
        Table(words("kept_out"), ("title", _subject(view.scheme), "kept_out"), tuple(kept)),
    )
    opening = (words("not_locked", months=", ".join(view.unlocked)),) if view.unlocked else ()
    as_of = store.head().count
    return _report(store, hall, "titles", period, view.scheme, words, opening, tables, as_of)


def title_of(kind: str, scheme: Scheme, words: Words) -> str:
    """A report's title: it names whom the scheme assesses, and a list of titles the titles that the scheme has."""
    called = words("join").join(each.name.text(words.language) for each in scheme.titles) or words("no_titles")
    return words(kind, subject=words(_subject(scheme)), titles=called)


def _subject(scheme: Scheme) -> str:
    """The key of the column that names whom a scheme assesses."""
    return "window" if scheme.subject == "window" else f"subject_{scheme.subject}"


def _name(scheme: Scheme, id: str, words: Words) -> str:
    named = {each.id: each.name for each in scheme.indicators}
    named |= {each.id: each.name for each in scheme.bonuses} | {each.id: each.name for each in scheme.vetoes}
    return named[id].text(words.language) if id in named else id


def _spared(scheme: Scheme, spared: Spared, words: Words) -> str:
    """What was not charged: the kind of record, and what of it."""
    kind = words(f"kind_{spared.kind}")
    if spared.kind in ("lateness", "early"):
        return words("by_days", kind=kind, days=spared.code) if spared.code.isdigit() else kind
    if spared.code in checklist():
        return f"{kind} {checklist()[spared.code].name(words.language)}"
    named = _deduction(scheme, spared.code, words)
    return f"{kind} {_name(scheme, spared.code, words) if named == spared.code else named}".strip()


def _deduction(scheme: Scheme, id: str, words: Words) -> str:
    return next((each.name.text(words.language) for each in scheme.deductions if each.id == id), id)


def _band(scheme: Scheme, sheet: Sheet, words: Words) -> str:
    return next((each.name.text(words.language) for each in scheme.bands if each.id == sheet.band), "—")


def _article(ground: str, words: Words) -> str:
    return words("assumption") if ground == "assumption" else ground_in(ground, words.language)
