"""The size at once: everything by formula, for a page whose sliders move. `answer` confirms it by simulation."""

from __future__ import annotations

import math
from dataclasses import dataclass

from simulation.optimisation.sizing.formula import Quick, quick_capacity, quick_size
from simulation.optimisation.sizing.inputs import Sizing
from simulation.optimisation.sizing.norms import Area, Staff, area_for, staff_for


@dataclass(frozen=True, slots=True)
class Outline:
    """The size by formula and norms."""

    quick: Quick
    staff: Staff
    area: Area
    capacity: float
    """cases on the busy day that these windows serve"""
    too_small: int | None
    """the first year whose busy day has more; None: beyond the horizon"""


def outline(sizing: Sizing) -> Outline:
    """The size of the design day's hall."""
    quick = quick_size(sizing)
    capacity = quick_capacity(sizing, quick.counts)
    years = range(sizing.years + 1)
    return Outline(
        quick,
        staff_for(sizing, quick.windows),
        area_for(sizing, quick.windows, quick.seats, quick.kiosks),
        capacity,
        next((year for year in years if sizing.on_busy_day(year) > capacity * (1 + 1e-9)), None) if math.isfinite(capacity) else None,
    )
