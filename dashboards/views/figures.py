"""Figures as the pages write them: never alone, always with their interval and unit; shares as percent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboards.texts import Words

Estimate = Mapping[str, Any]
"""value, low, high, level, n, unit, method, as an experiment gives them"""


def number(value: float | None, places: int = 1) -> str:
    """A plain number with thousands apart; "−0" is never written."""
    if value is None:
        return "—"
    text = f"{value:,.{places}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.,") else text.replace("-", "−")


def percent(value: float | None, places: int = 0) -> str:
    """A share as percent. A share that is not quite 1 or 0 is not rounded to it."""
    if value is None:
        return "—"
    if 0.99 < value < 1 and places == 0 and round(100 * value) == 100:
        places = 1
    if 0 < value < 0.01 and places == 0:
        places = 1
    text = f"{100 * value:.{places}f}%"
    return "<0.1%" if text == "0.0%" and value > 0 else ">99.9%" if text == "100.0%" and value < 1 else text


def figure(unit: str, value: float | None) -> str:
    """A value in the manner of its unit: shares as percent, everything else with one decimal."""
    return percent(value, 1) if unit == "share" else number(value, 1)


def signed(unit: str, value: float) -> str:
    """A difference with its sign; shares times hundred, without the unit; small ones with two decimals."""
    size = abs(value) * (100 if unit == "share" else 1)
    text = number(size, 1 if size >= 0.095 or size == 0 else 2)
    is_nothing = not text.strip("0.,")
    return text if is_nothing else f"{'+' if value > 0 else '−'}{text}"


def signed_interval(words: Words, unit: str, estimate: Estimate) -> str:
    """A difference with its interval in short form; shares in percentage points."""
    if estimate["value"] is None:
        return words("not_available")
    text = signed(unit, estimate["value"])
    if estimate["low"] is not None:
        text += f" [{signed(unit, estimate['low'])}, {signed(unit, estimate['high'])}]"
    return words("points_of_percent", value=text) if unit == "share" else text


def minutes(words: Words, estimate: Estimate) -> str:
    """A wait with unit and interval."""
    value = words("minutes", value=number(estimate["value"]))
    if estimate.get("low") is None:
        return words("no_interval", value=value)
    return words("with_interval", value=value, level=percent(estimate["level"]), low=number(estimate["low"]), high=number(estimate["high"]))


def interval(words: Words, estimate: Estimate, unit: str) -> str:
    """A figure with its interval in short form, for tables."""
    if estimate["value"] is None:
        return words("not_available")
    value = figure(unit, estimate["value"])
    if estimate.get("low") is None:
        return value
    return f"{value} [{figure(unit, estimate['low'])}, {figure(unit, estimate['high'])}]"


def is_clear(difference: Estimate) -> bool:
    """Whether the interval of a difference lies on one side of nothing."""
    return difference["low"] is not None and (difference["low"] > 0 or difference["high"] < 0)
