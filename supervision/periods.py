"""Months rolled up: the quarter, half-year and year of every window, department and hall as the mean of its months; titles. Pure.

Every rule is the scheme's: the mean of months (K12: half-year and year are the plain mean), which windows may have a title and how many
(``Title``), vetoes (a month that keeps from awards keeps from every title of a period that holds it), and what decides between equals.
A month without a total is not a zero: it is left out of the mean, and a title may ask for a number of months that have one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, localcontext

from .evidence import UNASSIGNED
from .faults import BadInput, fault
from .month import Month, parse_month
from .people import normal_key
from .scheme.parts import Scheme, Title
from .sheet import Sheet

_CONTEXT = Context(prec=28, rounding=ROUND_HALF_UP)
_PERIOD = re.compile(r"(\d{4})(?:-(Q[1-4]|H[12]))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of whole months: 2022-11, 2022-Q4, 2022-H1 or 2022."""

    name: str
    kind: str
    """month, quarter, half_year or year."""
    months: tuple[Month, ...]


@dataclass(frozen=True, slots=True)
class PartMean:
    """What a part of the scheme, a bonus or a veto came to in a period."""

    id: str
    mean: Decimal | None
    """Of the months in which it has points; None if it never has."""
    counted: int
    """How many months that is."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a window's months came to."""

    window_id: str
    months: tuple[tuple[str, Decimal | None], ...]
    """(month, comparable total) of every month of the period; None: no total, or not assessed."""
    mean: Decimal | None
    """Of the months that have a total; None if none has."""
    counted: int
    """How many months have a total."""
    award: bool
    """No month keeps the window from awards."""
    lowest_band: str | None
    """The lowest grade of any month."""
    trend: Decimal | None
    """Points a month, by least squares over the months that have a total; None below three."""
    cases: int
    good: int
    rated: int
    charged: Decimal
    """Points charged in all months."""
    parts: tuple[PartMean, ...] = ()
    """In the order of the scheme: the sheet of the period, such as a township's quarter in three aspects (document 002)."""


@dataclass(frozen=True, slots=True)
class Winner:
    """Somebody who gets a title."""

    window_id: str
    place: int
    mean: Decimal


@dataclass(frozen=True, slots=True)
class Awarded:
    """A title of a period, who gets it, and why the others may not."""

    title: str
    winners: tuple[Winner, ...]
    kept_out: tuple[tuple[str, str], ...]
    """(window, why): vetoed, band, kind, months."""


REASONS: Mapping[str, Mapping[str, str]] = {
    "vetoed": {"zh": "有否决情形", "en": "a veto keeps it from awards"},
    "band": {"zh": "有月份未达规定等次", "en": "a month below the grade that is asked for"},
    "kind": {"zh": "该类窗口不参评", "en": "this kind of window does not take part"},
    "months": {"zh": "有总分的月份不足", "en": "too few months with a total"},
}


def parse_period(written: str) -> Period:
    """A period from its name. Raises BadInput for anything else."""
    text = normal_key(written)
    match = _PERIOD.fullmatch(text)
    if match is None:
        try:
            month = parse_month(text, "period")
        except BadInput:
            raise BadInput([fault("period_unreadable", "period", written)]) from None
        return Period(str(month), "month", (month,))
    year, part = int(match[1]), match[2]
    if not 1 <= year < 9999:
        raise BadInput([fault("period_unreadable", "period", written)])
    if part is None:
        return Period(text, "year", tuple(Month(year, number) for number in range(1, 13)))
    length = 3 if part[0] == "Q" else 6
    first = (int(part[1]) - 1) * length + 1
    return Period(text, "quarter" if length == 3 else "half_year", tuple(Month(year, first + number) for number in range(length)))


def roll_up(scheme: Scheme, period: Period, sheets: Mapping[str, Iterable[Sheet]]) -> tuple[Result, ...]:
    """Every window's period, by window; ``sheets``: month -> its latest sheets."""
    by_window: dict[str, dict[str, Sheet]] = {}
    for month, found in sheets.items():
        for sheet in found:
            if sheet.window_id != UNASSIGNED:
                by_window.setdefault(sheet.window_id, {})[month] = sheet
    with localcontext(_CONTEXT):
        return tuple(_result(scheme, window, period, by_window[window]) for window in sorted(by_window))


def _result(scheme: Scheme, window: str, period: Period, sheets: Mapping[str, Sheet]) -> Result:
    totals = tuple((str(month), sheets[str(month)].comparable if str(month) in sheets else None) for month in period.months)
    known = [(number, total) for number, (_, total) in enumerate(totals) if total is not None]
    order = [band.id for band in scheme.bands]
    bands = [sheet.band for sheet in sheets.values() if sheet.band is not None]
    cases, rated = _denominators(sheets.values())
    bad = sum(line.numerator or 0 for sheet in sheets.values() for line in sheet.lines if line.population.startswith("ratings/"))
    return Result(
        window_id=window,
        months=totals,
        mean=_mean(scheme, [total for _, total in known]),
        counted=len(known),
        award=all(sheet.award for sheet in sheets.values()),
        lowest_band=max(bands, key=order.index) if bands else None,
        trend=_slope(known),
        cases=cases,
        good=max(0, rated - bad),
        rated=rated,
        charged=sum((each.points for sheet in sheets.values() for line in sheet.lines for each in line.charges), Decimal(0)),
        parts=tuple(_part(scheme, id, sheets.values()) for id in scheme.lines()),
    )


def _part(scheme: Scheme, id: str, sheets: Iterable[Sheet]) -> PartMean:
    points = [line.points for sheet in sheets for line in sheet.lines if line.indicator == id and line.points is not None]
    return PartMean(id, _mean(scheme, points), len(points))


def _denominators(sheets: Iterable[Sheet]) -> tuple[int, int]:
    """Cases and ratings that the lines rest on, over all months; of each month the largest denominator."""
    cases = rated = 0
    for sheet in sheets:
        largest: dict[str, int] = {}
        for line in sheet.lines:
            name = line.population.partition("/")[0]
            largest[name] = max(largest.get(name, 0), line.denominator or 0)
        cases += max(largest.get("cases", 0), largest.get("cases_with_limit", 0))
        rated += largest.get("ratings", 0)
    return cases, rated


def mean_of(scheme: Scheme, results: Iterable[Result], group_of: Mapping[str, str]) -> dict[str, Decimal | None]:
    """The mean of the windows of each department, or of the hall; windows without a mean are left out."""
    grouped: dict[str, list[Decimal]] = {}
    for each in results:
        group = group_of.get(each.window_id, "")
        grouped.setdefault(group, [])
        if each.mean is not None:
            grouped[group].append(each.mean)
    with localcontext(_CONTEXT):
        return {group: _mean(scheme, totals) for group, totals in sorted(grouped.items())}


def award(scheme: Scheme, period: Period, results: Sequence[Result], kinds: Mapping[str, str]) -> tuple[Awarded, ...]:
    """The titles that the scheme gives in such a period. Equals in mean and in every tie-break share a place, the last one too."""
    with localcontext(_CONTEXT):
        return tuple(_award(scheme, each, results, kinds) for each in scheme.titles if each.period == period.kind)


def _award(scheme: Scheme, title: Title, results: Sequence[Result], kinds: Mapping[str, str]) -> Awarded:
    order = [band.id for band in scheme.bands]
    kept_out: list[tuple[str, str]] = []
    eligible: list[Result] = []
    for each in results:
        kind = kinds.get(each.window_id, "dedicated")
        if title.kinds and kind not in title.kinds:
            kept_out.append((each.window_id, "kind"))
        elif each.mean is None or each.counted < title.months:
            kept_out.append((each.window_id, "months"))
        elif not each.award:
            kept_out.append((each.window_id, "vetoed"))
        elif title.band is not None and (each.lowest_band is None or order.index(each.lowest_band) > order.index(title.band)):
            kept_out.append((each.window_id, "band"))
        else:
            eligible.append(each)
    keys = {each.window_id: (-(each.mean or 0), *(_tie(each, rule) for rule in title.tie_break)) for each in eligible}
    eligible.sort(key=lambda each: (keys[each.window_id], each.window_id))
    winners = []
    for each in eligible:
        place = next(number for number, other in enumerate(eligible, start=1) if keys[other.window_id] == keys[each.window_id])
        if _within(title, place, each, len(eligible)):
            winners.append(Winner(each.window_id, place, each.mean or Decimal(0)))
    return Awarded(title.id, tuple(winners), tuple(kept_out))


def _within(title: Title, place: int, result: Result, ranked: int) -> bool:
    if title.number is not None:
        return place <= title.number
    if title.cut is not None:
        return (result.mean or Decimal(0)) >= title.cut
    share = (title.ratio or Decimal(0)) * ranked
    return place <= max(1, int(share.to_integral_value(rounding=ROUND_FLOOR)))


def _tie(result: Result, rule: str) -> Decimal:
    """Smaller is better."""
    match rule:
        case "cases":
            return Decimal(-result.cases)
        case "good_rate":
            return -(Decimal(result.good) / result.rated) if result.rated else Decimal(0)
        case _:
            return result.charged


def _mean(scheme: Scheme, totals: Sequence[Decimal]) -> Decimal | None:
    if not totals:
        return None
    return (sum(totals, Decimal(0)) / len(totals)).quantize(Decimal(1).scaleb(-scheme.places), rounding=ROUND_HALF_UP)


def _slope(known: Sequence[tuple[int, Decimal]]) -> Decimal | None:
    if len(known) < 3:
        return None
    n = Decimal(len(known))
    at = sum((Decimal(x) for x, _ in known), Decimal(0)) / n
    level = sum((y for _, y in known), Decimal(0)) / n
    over = sum(((x - at) * (y - level) for x, y in known), Decimal(0))
    return (over / sum(((x - at) ** 2 for x, _ in known), Decimal(0))).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
