"""The answer of a comparison of layouts: each as the confirmation found it, the one selected, and what to do.

Not for how they are compared: `comparison`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from simulation.faults import Fault
from simulation.optimisation.batches import Interval
from simulation.optimisation.layout.arrangements import Arrangement
from simulation.optimisation.objective import Objective
from simulation.optimisation.occasions import Occasions
from simulation.optimisation.selection import Selection
from simulation.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Judged:
    """One layout, as the confirmation found it."""

    arrangement: Arrangement
    name: str
    plan: Scenario = field(repr=False)
    value: Interval
    """of the objective, in its own direction and unit"""
    against_now: Interval | None
    """minus the hall as it is, paired; None for that hall itself"""
    against_best: Interval | None
    """minus the layout selected, paired; None for that one itself"""
    waits: dict[str, Interval]
    """service (or line) -> mean wait, minutes"""
    cost: dict[str, float] | None
    """part -> a day, and "total"; None without prices"""
    trained: int
    """people to train"""
    pooled: int
    """windows that serve more than one item"""
    still_in: bool
    """whether the selection kept it to its end"""

    @property
    def separated(self) -> bool:
        """Whether it is clearly told apart from the layout selected."""
        return self.against_best is None or self.against_best.clear


@dataclass(frozen=True, slots=True)
class Week:
    """How the answer compares with the hall as it is while the trained still learn."""

    week: int
    """from 1"""
    speed: float
    """0..1, of what they reach in the end"""
    against_now: Interval


@dataclass(frozen=True, slots=True)
class Layouts:
    """The answer."""

    objective: Objective
    scenario: str
    layouts: tuple[Judged, ...]
    """best value first"""
    best: Judged
    now: Judged
    selection: Selection
    guarantee: float
    """asked for"""
    too_few: tuple[str, ...]
    """kinds of named ones that would take more windows"""
    refused: tuple[tuple[str, Fault], ...]
    """kinds of others that this hall cannot have, with the reason"""
    remarks: tuple[Fault, ...]
    weeks: tuple[Week, ...]
    """empty where nobody learns"""
    units: tuple[tuple[str, ...], ...]
    """services that are served wholly or not at all, as the pools number them"""
    occasions: Occasions
    """the days on which they were judged"""
    days: int
    seconds: float
    seed: int
    engine: str

    @property
    def advice(self) -> str:
        """What to do: "keep" (nothing is clearly better than now), "dedicate" (no pooling), "help" (own windows that help one another),
        "pool" (all comprehensive) or "part" (some)."""
        pools = self.best.arrangement.pools
        if self.best.against_now is None or not self.improves:
            return "keep"
        if all(len(pool.units) == 1 for pool in pools):
            return "help" if any(pool.helps for pool in pools) else "dedicate"
        return "pool" if self.best.arrangement.kind == "comprehensive" else "part"

    @property
    def improves(self) -> bool:
        """Whether the layout selected is clearly better than the hall as it is, on days that did not select it."""
        gain = self.best.against_now
        return gain is not None and gain.clear and (gain.value < 0) == self.objective.lower

    @property
    def pooling_hurts(self) -> Judged | None:
        """The comprehensive layout, if it is clearly worse than the one selected."""
        found = next((each for each in self.layouts if each.arrangement.kind == "comprehensive"), None)
        if found is None or found.against_best is None or not found.against_best.clear:
            return None
        return found if (found.against_best.value > 0) == self.objective.lower else None
