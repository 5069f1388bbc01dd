"""Between what demands a given size serves as each input lies at the ends of its range: by formula, relative to the sheet as it is.

The answer by simulation times these ratios says how sure the inputs let one be; the simulated interval says only what the days cannot tell
apart. Each input alone, all others as they are. Where staff or floor bind, the windows are first those that fit.

Not for inputs that move together, and not in place of the simulation: a ratio is what the formula gets best.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from simulation.optimisation.sizing.formula import kiosks_for, quick_capacity, quick_size
from simulation.optimisation.sizing.inputs import Given, Sizing
from simulation.optimisation.sizing.norms import area_for, most_windows, staff_for
from simulation.optimisation.sizing.search import split

MOST_CASES = 1e7
"""a busy day"""


@dataclass(frozen=True, slots=True)
class Span:
    """What a given size serves, relative to the sheet as it is."""

    low: float
    high: float
    """at most and at least 1"""
    low_input: str | None
    high_input: str | None
    """the inputs that do it; None: none moves it that way"""


def span_of(sizing: Sizing, given: Given) -> Span:
    """Moves every input that has a range."""
    base = quick_served(sizing, given)
    low: tuple[float, str | None] = (1.0, None)
    high: tuple[float, str | None] = (1.0, None)
    if base > 0:
        for name, figure in sizing.figures.items():
            for end in {figure.low, figure.high} - {figure.value}:
                ratio = quick_served(sizing.having({name: end}), given) / base
                low = (ratio, name) if ratio < low[0] else low
                high = (ratio, name) if ratio > high[0] else high
    return Span(low[0], high[0], low[1], high[1])


def quick_served(sizing: Sizing, given: Given) -> float:
    """Cases a year that a given size serves, by formula and norms."""
    shape = quick_size(sizing).counts
    per_year = sizing["demand.days_per_year"] / sizing["demand.peak_day"]

    def busy_day(windows: int) -> float:
        return min(quick_capacity(sizing, split(windows, shape)), MOST_CASES)

    def fits(windows: int) -> bool:
        if given.what == "staff":
            return staff_for(sizing, windows).people <= given.amount
        day = busy_day(max(windows, len(shape)))
        seats = math.ceil(quick_size(sizing, day).seats)
        return area_for(sizing, windows, seats, kiosks_for(sizing, day)).needed <= given.amount

    windows = int(given.amount) if given.what == "windows" else most_windows(fits)
    return busy_day(windows) * per_year if windows >= len(shape) else 0.0
