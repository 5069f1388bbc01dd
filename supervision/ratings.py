"""Good rates of ratings, with how many they rest on and an interval: beside a sheet, never in it.

Three rates that documents mix up: *raw*, of everything collected; *valid*, without ratings given by default; *adjusted*, also without those
found mistaken or malicious. Real good rates lie at 99.9 % and above, so a rate alone does not tell windows apart; the interval says so.

Source of the interval: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), 209-212.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from .evidence import Fact

Z_95 = Decimal("1.959963984540054")
"""The 0.975 quantile of the standard normal law."""
_CONTEXT = Context(prec=28, rounding=ROUND_HALF_UP)
_RAW = ("valid", "default", "mistaken", "malicious", "contested", "repeated")
_VALID = ("valid", "mistaken", "malicious", "contested")
_ADJUSTED = ("valid", "contested")
_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of ratings that are good."""

    good: int
    n: int
    value: Decimal | None
    """0 to 1, six places; None of nothing."""
    low: Decimal | None
    """Ends of the 95 % interval; None of nothing."""
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class GoodRates:
    """The three rates of one window, or of a hall."""

    raw: Rate
    valid: Rate
    adjusted: Rate
    levels: Mapping[str, int]
    """How many of each level were given, without defaults."""
    defaults: int


def rate(good: int, n: int) -> Rate:
    """A share with its Wilson interval at 95 %. Raises ValueError unless 0 <= good <= n."""
    if not 0 <= good <= n:
        raise ValueError(f"{good} of {n} is no share")
    if n == 0:
        return Rate(0, 0, None, None, None)
    with localcontext(_CONTEXT):
        share, many = Decimal(good) / n, Decimal(n)
        square = Z_95 * Z_95
        middle = share + square / (2 * many)
        half = Z_95 * ((share * (1 - share) + square / (4 * many)) / many).sqrt()
        below = 1 + square / many
        low = Decimal(0) if good == 0 else (middle - half) / below
        high = Decimal(1) if good == n else (middle + half) / below
        return Rate(good, n, *(number.quantize(_PLACES) for number in (share, low, high)))


def good_rates(facts: Iterable[Fact], good_levels: frozenset[str]) -> GoodRates:
    """The rates of facts, of whatever windows they are."""
    counts: dict[tuple[str, str], int] = {}
    for each in facts:
        if each.kind == "rating":
            counts[each.status, each.code] = counts.get((each.status, each.code), 0) + each.count

    def of(statuses: tuple[str, ...]) -> Rate:
        kept = {key: count for key, count in counts.items() if key[0] in statuses}
        return rate(sum(count for (_, level), count in kept.items() if level in good_levels), sum(kept.values()))

    levels = {level: sum(count for (status, own), count in counts.items() if own == level and status in _VALID) for level in "54321"}
    defaults = sum(count for (status, _), count in counts.items() if status == "default")
    return GoodRates(of(_RAW), of(_VALID), of(_ADJUSTED), levels, defaults)
