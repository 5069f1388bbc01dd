"""The chance that a day keeps its targets: single days, each judged by its own measures, and Wilson's interval of the share that does.

Assumes days that do not depend on one another. A textbook run is one long day here.

Source: Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from simulation.days import hall_on
from simulation.demand import draw_demand
from simulation.measures import measure
from simulation.optimisation.occasions import ALIKE, Occasions
from simulation.optimisation.targets import Target
from simulation.scenario import Scenario
from simulation.serve import serve


@dataclass(frozen=True, slots=True)
class Chance:
    """Of so many days, how many kept every target."""

    days: int
    kept: int
    level: float = 0.95

    @property
    def value(self) -> float:
        return self.kept / self.days

    def interval(self) -> tuple[float, float]:
        """Wilson's interval, two-sided."""
        z = NormalDist().inv_cdf((1 + self.level) / 2)
        middle = (self.kept + z * z / 2) / (self.days + z * z)
        half = z * math.sqrt(self.kept * (self.days - self.kept) / self.days + z * z / 4) / (self.days + z * z)
        low, high = max(0.0, middle - half), min(1.0, middle + half)
        return (low if self.kept else 0.0), (high if self.kept < self.days else 1.0)


def chance_of(
    scenario: Scenario,
    targets: Sequence[Target],
    days: int,
    seed: int,
    progress: Callable[[int], None] | None = None,
    occasions: Occasions = ALIKE,
) -> Chance:
    """Simulates single days.

    days : how many, above 0
    progress : called after each day; what it raises stops the work
    occasions : the days that are drawn from, where they have dates; else the first of the run
    """
    kept, numbers = 0, occasions.drawn(seed, 0, days) if occasions.numbers else [0] * days
    for replication, day in enumerate(numbers):
        demand = draw_demand(scenario, seed, replication, day)
        tickets, _ = serve(scenario, demand)
        found = measure(hall_on(scenario, day), tickets, outages=demand.windows)
        kept += all(each.kept_by(each.of_day(found)) for each in targets)
        if progress is not None:
            progress(replication + 1)
    return Chance(days, kept)
