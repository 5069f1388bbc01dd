"""Who is called in (约谈): windows at the bottom of the rating ranking for months in a row (RULES 1.5, W16).

Pure; a proposal, never an act.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..ratings import GoodRates


@dataclass(frozen=True, slots=True)
class Standing:
    """A window at the bottom in every month asked about."""

    window_id: str
    months: tuple[tuple[str, int, int], ...]
    """Month, good ratings, ratings."""

    @property
    def subject(self) -> str:
        """What an order about it names: the window and the last month."""
        return f"window:{self.window_id}@{self.months[0][0]}"


def find_bottom(months: Sequence[tuple[str, Mapping[str, GoodRates]]], least: int) -> tuple[Standing, ...]:
    """Windows at the bottom in every month, by id.

    The bottom of a month is the lowest adjusted good rate among windows with at least ``least`` ratings; where all are equal there is no
    bottom. Months are given from the last to the first.
    """
    if not months:
        return ()
    bottoms = [_bottom(rates, least) for _, rates in months]
    named = sorted(frozenset.intersection(*bottoms))
    return tuple(
        Standing(name, tuple((month, rates[name].adjusted.good, rates[name].adjusted.n) for month, rates in months)) for name in named
    )


def _bottom(rates: Mapping[str, GoodRates], least: int) -> frozenset[str]:
    ranked = {window: Decimal(each.adjusted.good) / each.adjusted.n for window, each in rates.items() if each.adjusted.n >= max(least, 1)}
    if not ranked or min(ranked.values()) == max(ranked.values()):
        return frozenset()
    return frozenset(window for window, share in ranked.items() if share == min(ranked.values()))
