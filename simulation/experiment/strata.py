"""The days of a dated run by weekday and month: within such a stratum days differ by little but chance, so the day is the unit there.

Every replication has the same dates, so every stratum has the share of the days that it has in the run: nothing is weighed, the strata
say only what of the differences between days is chance. A worked weekend day (调休) is a weekday of its own; one month of two years is
one month. A stratum with a single day says nothing of chance: it joins the one before it, in the order of months and weekdays, and the
first the one after. What still differs within a stratum (days around holidays, windows that learn, strata that were joined) counts as
chance, so an interval is then rather too wide.

Assumes days that do not depend on one another. Not for days without dates, nor for plans whose runs have different dates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.days import dated
from simulation.estimators import GROUPS
from simulation.scenario import Scenario

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Split:
    """The strata of so many replications, none with a single unit."""

    starts: Longs
    """(k,) the first of the strata that each is joined of"""
    units: Longs
    """(k,)"""
    groups: Longs
    """groups of units that quantiles are judged by; see Strata.group"""
    joined: int
    """how many strata were joined with another"""

    def fold(self, sums: Floats) -> Floats:
        """(strata, ...) to (k, ...)."""
        return np.add.reduceat(sums, self.starts, axis=0)


@dataclass(frozen=True, slots=True)
class Strata:
    """To which stratum each day of a replication belongs."""

    of_day: tuple[int, ...]
    """in the order of months and weekdays"""
    place: tuple[int, ...]
    """of each day among them all, stratum by stratum"""

    @property
    def count(self) -> int:
        return max(self.of_day) + 1

    def group(self, replication: int, day: int) -> int:
        """Which of the groups a unit belongs to, by whose differences quantiles are judged: every one gets days of all strata."""
        step = len(self.of_day) | 1  # odd, so that a date comes to every group in turn
        return (replication * step + self.place[day]) % GROUPS

    def split(self, replications: int) -> Split:
        """The strata of so many replications."""
        units = np.bincount(self.of_day) * replications
        starts: list[int] = []
        inside = 0
        for n, more in enumerate(units.tolist()):
            if not starts or (inside > 1 and more > 1):
                starts.append(n)
                inside = 0
            inside += more
        used = {self.group(r, day) for r in range(min(replications, GROUPS)) for day in range(len(self.of_day))}
        return Split(np.array(starts), np.add.reduceat(units, starts), np.array(sorted(used)), joined=self.count - len(starts))


def strata_of(plans: Sequence[Scenario], days: int) -> Strata | None:
    """The strata of a run's days; None if they have no dates, or those of the plans differ."""
    first, *others = ([dated(plan, day) for day in range(days)] for plan in plans)
    if any(other != first for other in others):
        return None
    keys = [(when.date.month, when.kind) for when in first if when is not None]
    if len(keys) < days:
        return None
    numbers = {key: n for n, key in enumerate(sorted(set(keys)))}
    order = sorted(range(days), key=lambda day: (keys[day], day))
    place = {day: n for n, day in enumerate(order)}
    return Strata(tuple(numbers[key] for key in keys), tuple(place[day] for day in range(days)))
