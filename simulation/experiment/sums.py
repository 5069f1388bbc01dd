"""What is kept of many days: sums for means and shares, counts for quantiles and bands; never the days themselves.

A block of replications is summed by one worker on its own; blocks are then added up in the order of their numbers, so every number is the
same to the bit whatever the number of workers. Memory depends on the hall alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulation.compiled import compiled
from simulation.estimators import GROUPS
from simulation.measures import MEASURES
from simulation.measures.bins import BINS, bin_of
from simulation.measures.layout import Layout
from simulation.measures.registry import RATIOS
from simulation.measures.totals import TOTALS

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]
Shorts = NDArray[np.int16]

PAIRS: Longs = np.array([(each.numerator, each.denominator) for each in RATIOS], dtype=np.int64)
"""(ratios, 2) rows of the totals"""
ROW_OF = {each.name: row for row, each in enumerate(RATIOS)}

BANDED = (
    "mean_wait",
    "mean_wait_served",
    "longest_wait",
    "share_within_target",
    "left_share",
    "utilisation",
    "mean_queue",
    "mean_in_hall",
    "peak_in_hall",
    "overtime",
    "served",
)
"""measures whose values of single days are counted, so that a band of days can be told"""
BANDED_PAIRS: Longs = np.array([(MEASURES[name].numerator, MEASURES[name].denominator) for name in BANDED], dtype=np.int64)


@dataclass(slots=True)
class Sums:
    """Sums over units: of every total, of its square, and of numerator times denominator of every ratio; or those of every stratum."""

    first: Floats
    """(totals, groups); of strata (strata, totals, groups)"""
    second: Floats
    """(totals, groups)"""
    products: Floats
    """(ratios, groups)"""

    @classmethod
    def of(cls, layout: Layout, *strata: int) -> Sums:
        shape = (*strata, len(TOTALS), layout.groups)
        return cls(np.zeros(shape), np.zeros(shape), np.zeros((*strata, len(PAIRS), layout.groups)))

    @classmethod
    def by_stratum(cls, layout: Layout, strata: int) -> Sums | None:
        """None where there are no strata."""
        return cls.of(layout, strata) if strata else None

    def add_unit(self, totals: Floats, *stratum: int) -> None:
        add_unit(totals, PAIRS, self.first[stratum], self.second[stratum], self.products[stratum])

    def add(self, other: Sums) -> None:
        self.first += other.first
        self.second += other.second
        self.products += other.products


@dataclass(frozen=True, slots=True)
class Seen:
    """The waits and values of d days, as bins, until their block is added up."""

    units: Longs
    """(d,) number of the unit that each day belongs to"""
    ends: Longs
    """(d,) where each day's tickets end in the next three"""
    bins: Shorts
    services: Ints
    halves: Shorts
    values: Shorts
    """(d, banded, columns) bin of the day's value, -1 for none"""

    @classmethod
    def of_day(cls, unit: int, bins: Shorts, services: Ints, halves: Shorts, values: Shorts) -> Seen:
        return cls(np.array([unit]), np.array([len(bins)]), bins, services, halves, values[None])


@dataclass(frozen=True, slots=True)
class Counts:
    """Waits and values of days, counted."""

    waits: NDArray[np.int32]
    """(groups of units, columns with waits, bins) waits of the served, by group of units"""
    bands: NDArray[np.int32]
    """(banded, 1 + half-hours, bins) days by their value"""

    @classmethod
    def of(cls, layout: Layout) -> Counts:
        waits = np.zeros((GROUPS, layout.queues, BINS), dtype=np.int32)
        return cls(waits, np.zeros((len(BANDED), 1 + len(layout.half_hours), BINS), dtype=np.int32))

    def count(self, services: int, seen: Seen) -> None:
        _count_days(self.waits, self.bands, services, seen.units, seen.ends, seen.bins, seen.services, seen.halves, seen.values)

    def add(self, other: Counts) -> None:
        np.add(self.waits, other.waits, out=self.waits)
        np.add(self.bands, other.bands, out=self.bands)


@dataclass(slots=True)
class Record:
    """All that is kept of one plan."""

    layout: Layout
    sums: Sums
    counts: Counts
    strata: Sums | None = None
    """the same sums by stratum, where units are alike within strata"""

    @classmethod
    def of(cls, layout: Layout, strata: int = 0) -> Record:
        return cls(layout, Sums.of(layout), Counts.of(layout), Sums.by_stratum(layout, strata))

    @property
    def waits(self) -> NDArray[np.int32]:
        return self.counts.waits

    @property
    def bands(self) -> NDArray[np.int32]:
        return self.counts.bands

    def waits_of(self, columns: Sequence[int]) -> NDArray[np.int32]:
        """(groups of units, bins) the waits of some columns together."""
        return np.asarray(self.counts.waits[:, columns].sum(axis=1, dtype=np.int32))

    def add(self, side: Side) -> None:
        """Adds one block."""
        self.sums.add(side.sums)
        if self.strata is not None and side.strata is not None:
            self.strata.add(side.strata)
        for seen in side.days:
            self.counts.count(len(self.layout.services), seen)
        if side.counts is not None:
            self.counts.add(side.counts)


@dataclass(slots=True)
class Side:
    """What a block adds to the record of one plan: its days, or, where these would fill the memory, their counts."""

    services: int
    half_hours: int
    """how many of either the layout has; a block that travels leaves the layout behind"""
    sums: Sums
    counts: Counts | None
    strata: Sums | None = None
    days: list[Seen] = field(default_factory=list)

    @classmethod
    def of(cls, layout: Layout, heavy: bool, strata: int = 0) -> Side:
        counts = Counts.of(layout) if heavy else None
        return cls(len(layout.services), len(layout.half_hours), Sums.of(layout), counts, Sums.by_stratum(layout, strata))

    def see(self, day: Seen) -> None:
        """Takes one day in."""
        if self.counts is None:
            self.days.append(day)
        else:
            self.counts.count(self.services, day)


@dataclass(slots=True)
class Pairing:
    """Cross sums of two plans on the same units."""

    columns: Longs
    """(common groups, 2) the column of each group in either plan"""
    sums: Floats
    """(4, ratios, common groups) Σ n₁n₂, Σ n₁d₂, Σ d₁n₂, Σ d₁d₂"""
    strata: Floats | None = None
    """(strata, 4, ratios, common groups) the same by stratum, where units are alike within strata"""

    @classmethod
    def of(cls, base: Layout, plan: Layout, strata: int = 0) -> Pairing:
        one, two = base.columns(), plan.columns()
        columns = np.array([(column, two[key]) for key, column in one.items() if key in two], dtype=np.int64)
        shape = (4, len(PAIRS), len(columns))
        return cls(columns, np.zeros(shape), np.zeros((strata, *shape)) if strata else None)

    def add_unit(self, base: Floats, plan: Floats, *stratum: int) -> None:
        add_pair(base, plan, PAIRS, self.columns, self.sums)
        if self.strata is not None:
            add_pair(base, plan, PAIRS, self.columns, self.strata[stratum])

    def add(self, other: Pairing) -> None:
        self.sums += other.sums
        if self.strata is not None and other.strata is not None:
            self.strata += other.strata


@dataclass(slots=True)
class Block:
    """What some replications add to the records."""

    sides: list[Side]
    pairing: Pairing | None
    units: int = 0

    def add_unit(self, totals: Sequence[Floats], *stratum: int) -> None:
        """Takes in the totals of one unit, of each plan."""
        self.units += 1
        for side, each in zip(self.sides, totals, strict=True):
            side.sums.add_unit(each)
            if side.strata is not None:
                side.strata.add_unit(each, *stratum)
        if self.pairing is not None:
            self.pairing.add_unit(totals[0], totals[1], *stratum)


def values_of_day(layout: Layout, totals: Floats) -> Shorts:
    """(banded, 1 + half-hours) the bin of each measure of one day, -1 where nobody counts."""
    found = np.full((len(BANDED), 1 + len(layout.half_hours)), -1, dtype=np.int16)
    bin_values(totals, BANDED_PAIRS, 1 + len(layout.services), found)
    return found


@compiled
def add_unit(totals: Floats, pairs: Longs, first: Floats, second: Floats, products: Floats) -> None:
    for t in range(totals.shape[0]):
        for g in range(totals.shape[1]):
            x = totals[t, g]
            first[t, g] += x
            second[t, g] += x * x
    for m in range(len(pairs)):
        n, d = pairs[m, 0], pairs[m, 1]
        for g in range(totals.shape[1]):
            products[m, g] += totals[n, g] * totals[d, g]


@compiled
def add_pair(base: Floats, plan: Floats, pairs: Longs, columns: Longs, sums: Floats) -> None:
    for m in range(len(pairs)):
        n, d = pairs[m, 0], pairs[m, 1]
        for p in range(len(columns)):
            i, j = columns[p, 0], columns[p, 1]
            sums[0, m, p] += base[n, i] * plan[n, j]
            sums[1, m, p] += base[n, i] * plan[d, j]
            sums[2, m, p] += base[d, i] * plan[n, j]
            sums[3, m, p] += base[d, i] * plan[d, j]


@compiled
def count_waits(counts: NDArray[np.int32], services: int, bins: Shorts, service: Ints, halves: Shorts) -> None:
    """Adds waits to the counts ((columns, bins)) of the hall, of their service and of their half-hour."""
    for i in range(len(bins)):
        k = bins[i]
        if k >= 0:
            counts[0, k] += 1
            counts[1 + service[i], k] += 1
            counts[1 + services + halves[i], k] += 1


@compiled
def _count_days(
    waits: NDArray[np.int32],
    bands: NDArray[np.int32],
    services: int,
    units: Longs,
    ends: Longs,
    bins: Shorts,
    service: Ints,
    halves: Shorts,
    values: Shorts,
) -> None:
    begin = 0
    for day in range(len(units)):
        end = ends[day]
        count_waits(waits[units[day] % len(waits)], services, bins[begin:end], service[begin:end], halves[begin:end])
        count_values(bands, values[day])
        begin = end


@compiled
def bin_values(totals: Floats, pairs: Longs, first_half: int, found: Shorts) -> None:
    for m in range(found.shape[0]):
        for column in range(found.shape[1]):
            g = 0 if column == 0 else first_half + column - 1
            below = totals[pairs[m, 1], g]
            if below > 0.0:
                found[m, column] = bin_of(totals[pairs[m, 0], g] / below)


@compiled
def count_values(bands: NDArray[np.int32], values: Shorts) -> None:
    for m in range(values.shape[0]):
        for column in range(values.shape[1]):
            if values[m, column] >= 0:
                bands[m, column, values[m, column]] += 1
