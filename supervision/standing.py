"""Where windows stand against one another in a month, and how sure that is; the data of a funnel plot. Pure.

Assumes sheets of one month and scheme. A score is exact by its scheme; what is uncertain is how far it would differ in another month of
the same window: bad ratings, overdue cases and findings come by chance too. Points charged are taken as a compound Poisson sum, whose
variance is estimated without bias by the sum of the squares of the single charges (S. Ross, Introduction to Probability Models, 11th
edition, 5.4.2). That a month is one draw of such a sum is an assumption. Where the difference of two windows is within its noise they are
tied, and a window's place is the range that noise leaves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from itertools import groupby

from .evidence import UNASSIGNED
from .sheet import Line, Sheet

Z = Decimal("1.959964")
"""Two-sided, of 95 %."""
FEWEST = 30
"""Cases and ratings together below which a window's place is said to rest on too small a sample. Assumption."""
_CONTEXT = Context(prec=28, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Place:
    """A window among those it is ranked with."""

    window_id: str
    group: str
    """Kind of window that is ranked apart, or empty."""
    total: Decimal | None
    """The comparable total; None: not ranked."""
    low: Decimal | None
    high: Decimal | None
    """95 % interval of the total, within what the scheme can give."""
    rank: int | None
    """1 is best; equal totals share a rank."""
    best: int | None
    worst: int | None
    """Interval of the rank: the places that noise alone could give."""
    tied_with: tuple[str, ...]
    """Windows whose difference from this one is noise."""
    counted: int
    """Cases and ratings that the sheet rests on."""
    small: bool
    """Too small a sample."""


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """A rate of one window beside the rate of all, with limits that chance alone would keep."""

    window_id: str
    n: int
    rate: Decimal
    low: Decimal
    high: Decimal
    outside: bool


def stand(
    sheets: Iterable[Sheet],
    kinds: Mapping[str, str],
    apart: Sequence[str] = (),
    maximum: Decimal = Decimal(100),
    conversion: Decimal = Decimal(1),
) -> tuple[Place, ...]:
    """Every window's place, best first within its group.

    Parameters
    ----------
    kinds : window -> its kind
    apart : kinds that are ranked apart from the others
    maximum : the highest total there is
    conversion : what the scheme multiplies totals by, the highest included
    """
    with localcontext(_CONTEXT):
        grouped: dict[str, list[Sheet]] = {}
        for sheet in sheets:
            if sheet.window_id != UNASSIGNED:
                kind = kinds.get(sheet.window_id, "")
                grouped.setdefault(kind if kind in apart else "", []).append(sheet)
        return tuple(place for group in sorted(grouped) for place in _group(group, grouped[group], maximum, conversion))


def _group(group: str, sheets: Sequence[Sheet], maximum: Decimal, conversion: Decimal) -> list[Place]:
    ranked = sorted((each for each in sheets if each.comparable is not None), key=lambda each: (-(each.comparable or 0), each.window_id))
    spread = {each.window_id: _variance(each) * conversion**2 for each in ranked}
    places: list[Place] = []
    rank = 0
    for _, same in groupby(ranked, key=lambda each: each.comparable):
        equals = list(same)
        for sheet in equals:
            total, variance = sheet.comparable or Decimal(0), spread[sheet.window_id]
            half = Z * variance.sqrt()
            above = below = 0
            tied = []
            for other in ranked:
                if other.window_id == sheet.window_id:
                    continue
                difference = (other.comparable or Decimal(0)) - total
                if abs(difference) <= Z * (variance + spread[other.window_id]).sqrt():
                    tied.append(other.window_id)
                else:
                    above, below = above + (difference > 0), below + (difference < 0)
            counted = _counted(sheet)
            places.append(
                Place(
                    sheet.window_id, group, total, _cent(max(Decimal(0), total - half)), _cent(min(maximum, total + half)), rank + 1,
                    above + 1, len(ranked) - below, tuple(tied), counted, counted < FEWEST,
                )
            )  # fmt: skip
        rank += len(equals)
    for sheet in sorted((each for each in sheets if each.comparable is None), key=lambda each: each.window_id):
        counted = _counted(sheet)
        places.append(Place(sheet.window_id, group, None, None, None, None, None, None, (), counted, counted < FEWEST))
    return places


def _variance(sheet: Sheet) -> Decimal:
    """Of the comparable total: squares of the single charges, a rate's by its own count; scaled as the total is."""
    total = Decimal(0)
    for line in sheet.lines:
        if line.kind == "indicator" and line.state == "value":
            total += _of_charges(line) + _of_rate(line)
    scale = Decimal(1)
    if sheet.possible and sheet.comparable is not None:
        weights = sum((line.weight for line in sheet.lines if line.kind == "indicator" and line.weight is not None), Decimal(0))
        scale = weights / sheet.possible
    return total * scale**2


def _of_charges(line: Line) -> Decimal:
    """Squares of the single charges; where a floor or a limit spared some of the points, each is taken as so much smaller."""
    asked = sum((each.points_each * each.units for each in line.charges), Decimal(0))
    if not asked or line.weight is None or line.points is None:
        return Decimal(0)
    share = min(Decimal(1), max(Decimal(0), line.weight - line.points) / asked)
    return share**2 * sum((each.points_each**2 * each.units for each in line.charges), Decimal(0))


def _of_rate(line: Line) -> Decimal:
    """Variance of weight times a share, with one success and one failure added so that 0 and 1 are not taken for certain."""
    if line.charges or line.weight is None or line.value is None or line.points is None or line.numerator is None or not line.denominator:
        return Decimal(0)
    if abs(line.points - line.weight * line.value) > Decimal("0.01"):  # a part with deductions, nothing of which was charged
        return Decimal(0)
    n = Decimal(line.denominator) + 2
    share = (Decimal(line.numerator) + 1) / n
    return line.weight**2 * share * (1 - share) / n


def _counted(sheet: Sheet) -> int:
    """The largest denominators of cases and of ratings that a line rests on, together."""
    largest: dict[str, int] = {}
    for line in sheet.lines:
        name = line.population.partition("/")[0]
        if line.denominator is not None and name:
            largest[name] = max(largest.get(name, 0), line.denominator)
    return max(largest.get("cases", 0), largest.get("cases_with_limit", 0)) + largest.get("ratings", 0)


def funnel(counts: Mapping[str, tuple[int, int]], z: Decimal = Decimal(3)) -> tuple[FunnelPoint, ...]:
    """Rates against their number, with limits of ``z`` standard errors about the rate of all; window -> (events, of how many).

    A point outside is more than chance; one inside says nothing against the window. Source: D. Spiegelhalter, Funnel plots for comparing
    institutional performance, Statistics in Medicine 24 (2005), section 2.
    """
    with localcontext(_CONTEXT):
        whole = sum(n for _, n in counts.values())
        if not whole:
            return ()
        rate = Decimal(sum(events for events, _ in counts.values())) / whole
        points = []
        for window, (events, n) in sorted(counts.items()):
            if n:
                half = z * (rate * (1 - rate) / n).sqrt()
                low, high, own = max(Decimal(0), rate - half), min(Decimal(1), rate + half), Decimal(events) / n
                points.append(FunnelPoint(window, n, _fine(own), _fine(low), _fine(high), not low <= own <= high))
        return tuple(points)


def _cent(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def _fine(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP)
