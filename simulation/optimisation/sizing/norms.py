"""From windows, seats and machines to staff and floor, by norms that are inputs: plain arithmetic, no queue.

* Staff: at AB cover (AB岗) every window has its person and a share of another; and so many that, each being away with the given chance,
  all windows are manned with the chance asked for. The larger of the two.
* Floor: what windows, seats, machines and the staff behind them take, and what is fixed, over the share of the floor that is used (the rest
  is corridors, stairs and walls); at least the minimum.

Assumes absences that do not depend on one another. Not for rosters: `simulation.optimisation.shifts`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from scipy.stats import binom

from simulation.optimisation.sizing.inputs import Sizing


@dataclass(frozen=True, slots=True)
class Staff:
    """People to employ."""

    windows: int
    by_cover: int
    """windows times people a window, rounded up"""
    by_absence: int
    """the fewest of whom enough are there, with the chance asked for"""

    @property
    def people(self) -> int:
        return max(self.by_cover, self.by_absence)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the floor."""

    name: str
    amount: float
    each_m2: float

    @property
    def m2(self) -> float:
        return self.amount * self.each_m2


@dataclass(frozen=True, slots=True)
class Area:
    """The floor."""

    parts: tuple[Part, ...]
    net_share: float
    minimum: float

    @property
    def net(self) -> float:
        """m² in use"""
        return sum(each.m2 for each in self.parts)

    @property
    def needed(self) -> float:
        """m² of building that this asks for"""
        return self.net / self.net_share

    @property
    def m2(self) -> float:
        """m² to build: what is needed, at least the minimum"""
        return max(self.needed, self.minimum)


def staff_for(sizing: Sizing, windows: int) -> Staff:
    """The people behind so many windows."""
    cover = math.ceil(windows * sizing["staff.per_window"] - 1e-9)
    absence, chance = sizing["staff.absence"], sizing["staff.chance"]
    if absence == 0 or windows == 0:
        return Staff(windows, cover, windows)
    few, many = windows - 1, math.ceil(windows / (1 - absence)) + 1  # too few, and at last enough
    while binom.sf(windows - 1, many, 1 - absence) < chance:
        few, many = many, 2 * many
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if binom.sf(windows - 1, middle, 1 - absence) >= chance else (middle, many)
    return Staff(windows, cover, many)


def area_for(sizing: Sizing, windows: int, seats: int, kiosks: int) -> Area:
    """The floor of so many windows, seats and machines."""
    behind = max(staff_for(sizing, windows).people - windows, 0)
    parts = (
        Part("windows", windows, sizing["area.per_window_m2"]),
        Part("seats", seats, sizing["area.per_seat_m2"]),
        Part("kiosks", kiosks, sizing["area.per_kiosk_m2"]),
        Part("staff", behind, sizing["area.per_staff_m2"]),
        Part("fixed", 1, sizing["area.fixed_m2"]),
    )
    return Area(parts, sizing["area.net_share"], sizing["area.minimum_m2"])


def most_windows(fits: Callable[[int], bool], most: int = 20_000) -> int:
    """The most windows that fit, where fewer always fit too; 0 if not even one does."""
    low, high = 0, 1
    while high <= most and fits(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low
