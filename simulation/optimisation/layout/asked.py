"""What a comparison of layouts is asked, and what it refuses.

Not for what the hall makes impossible: that is told layout by layout (`comparison`).
"""

from __future__ import annotations

import datetime
import math
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from simulation.faults import BadInput, fault
from simulation.optimisation.layout.kinds import KINDS
from simulation.optimisation.objective import read_objective
from simulation.optimisation.occasions import occasions_of
from simulation.scenario import Scenario

BUDGET = 100_000
"""days, all stages together"""
MOST_BUDGET = 100_000_000
MOST_WINDOWS = 500
MOST_QUEUE = 1_000_000
"""that a scenario may have"""
LONGEST_LEARNING = 520
"""weeks"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A comparison."""

    objective: str = "mean_wait"
    """a line that `read_objective` reads"""
    guarantee: float = 0.95
    """probability that nothing compared is better than the answer by more than delta"""
    delta: float | None = None
    """the least difference that matters, in the unit of the objective; None: a share of today's value"""
    budget: int = BUDGET
    """most days to simulate, all stages together"""
    windows: int | None = None
    efficiency: float | None = None
    apart: tuple[str, ...] = ()
    queue: int | None = None
    growing: bool = False
    learning: tuple[float, float] | None = None
    """(share of the speed in the first week, weeks until all of it) of people who serve more than before; None: told of nobody"""
    kinds: tuple[str, ...] = KINDS
    on: datetime.date | None = None
    """the day on which layouts are judged, where days have dates; None: on days of a whole year"""
    days: int | None = None
    """in a row of a replication, from the first on; None: one"""

    def check(self, scenario: Scenario) -> None:
        """Raises BadInput with every input that is out of its range or asks for what there is not."""
        faults = [fault("layout_kind", "--kind", each, known=", ".join(KINDS)) for each in self.kinds if each not in KINDS]
        known = list(dict.fromkeys(each.of for each in scenario.services))
        faults += [fault("target_service", "--apart", each, known=", ".join(known)) for each in self.apart if each not in known]
        for option, given in (("--kind", self.kinds), ("--apart", self.apart)):
            faults += [fault("option_twice", option, each) for each, times in Counter(given).items() if times > 1]
        if not 0 < self.guarantee < 1:
            faults.append(fault("layout_guarantee_range", "--guarantee", f"{self.guarantee:g}"))
        if self.delta is not None and not 0 < self.delta < math.inf:
            faults.append(fault("layout_delta", "--delta", f"{self.delta:g}"))
        if not 1 <= self.budget <= MOST_BUDGET:
            faults.append(fault("layout_budget_range", "--budget", self.budget, most=f"{MOST_BUDGET:,}"))
        if self.windows is not None and not 1 <= self.windows <= MOST_WINDOWS:
            faults.append(fault("layout_windows", "--windows", self.windows))
        if self.efficiency is not None and not 0.01 <= self.efficiency <= 1:
            faults.append(fault("layout_efficiency", "--efficiency", f"{self.efficiency:g}"))
        if self.queue is not None and not 1 <= self.queue <= MOST_QUEUE:
            faults.append(fault("layout_queue", "--queue", self.queue))
        if self.learning is not None and not (0.01 <= self.learning[0] <= 1 and 0 < self.learning[1] <= LONGEST_LEARNING):
            faults.append(fault("layout_learning", "--learning", f"{self.learning[0]:g}/{self.learning[1]:g}"))
        for read in (lambda: read_objective(self.objective, scenario), lambda: occasions_of(scenario, self.on, self.days)):
            try:
                read()
            except BadInput as bad:
                faults += bad.faults
        if faults:
            raise BadInput(faults)


def asked(**how: Any) -> Asked:
    """A comparison from keywords, as a command or a job brings them: lists become tuples."""
    listed = {key: tuple(how[key]) for key in ("apart", "kinds", "learning") if how.get(key) is not None}
    return replace(Asked(), **{**how, **listed})
