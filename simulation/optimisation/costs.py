"""What a hall costs a day: windows on duty, overtime, the citizens' waiting, and what is spent on training, spread over its days.

    windows    hours on the roster (of a tidal window: hours open) times `window_hour`; machines cost nobody's hours
    overtime   hours from the end of a window's last shift until its last service ends, times `overtime_hour`
    waiting    hours waited by all who queued, times `waiting_hour`; companions do not count
    training   people to train times `training` over `training_days`

Prices are inputs (`[costs]` of a scenario) with a basis each, an assumption without one. Not for buildings, machines or wages of people
whom no plan changes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from simulation.faults import BadInput, Fault, add_catalogue, fault
from simulation.measures.layout import Layout
from simulation.measures.totals import AVAILABLE, OVERTIME, WAIT
from simulation.plans.document import Refused
from simulation.plans.keys import set_key
from simulation.scenario import Costs, Scenario, parse
from simulation.scenario.basis import COSTS_FIGURES

add_catalogue(Path(__file__).with_name("layout_faults.toml"))

Floats = NDArray[np.float64]
PARTS = ("windows", "overtime", "waiting", "training")
MOST = 1e9
"""of a price, as in a scenario"""
MACHINES = ("kiosk",)
"""kinds of windows at which nobody sits"""


@dataclass(frozen=True, slots=True)
class Price:
    """How the totals of some days become money."""

    costs: Costs
    scenario: Scenario
    trained: int = 0
    """people to train before the plan begins"""

    def parts(self, layout: Layout, totals: Floats, days: int, on_roster: Floats) -> Floats:
        """(4,) what each of PARTS costs a day.

        totals : (totals, groups) summed over the days
        on_roster : (groups,) minutes on the roster, summed over the days
        """
        minutes, late = 0.0, 0.0
        for column, window in enumerate(self.scenario.windows, start=layout.queues):
            if window.kind in MACHINES:
                continue
            overtime = float(totals[OVERTIME, column])
            minutes += float(on_roster[column]) if window.tidal is None else max(0.0, float(totals[AVAILABLE, column]) - overtime)
            late += overtime
        training = self.trained * self.costs.training / self.costs.training_days
        hours = np.array([minutes, late, float(totals[WAIT, 0])]) / 60 / days
        prices = np.array([self.costs.window_hour, self.costs.overtime_hour, self.costs.waiting_hour])
        return np.append(hours * prices, training)


def with_costs(scenario: Scenario, given: Sequence[str], place: str = "--cost") -> Scenario:
    """The scenario with some prices set, each a line such as ``window_hour=60``. Raises BadInput with all that cannot be read."""
    if not given:
        return scenario
    faults: list[Fault] = []
    document = dict(scenario.document)
    read: dict[str, float] = {}
    for each in given:
        key, _, text = (part.strip() for part in each.partition("="))
        if key in read:
            faults.append(fault("option_twice", place, key))
        try:
            read[key] = float(text)
        except ValueError:
            faults.append(fault("cost_unreadable", place, each))
            continue
        if not math.isfinite(read[key]) or not 0 <= read[key] <= MOST:
            faults.append(fault("cost_range", place, each, most=f"{MOST:,.0f}"))
        if key not in COSTS_FIGURES:
            faults.append(fault("cost_key", place, key, known=", ".join(COSTS_FIGURES)))
    if not faults and "window_hour" not in {**(document.get("costs") or {}), **read}:
        faults.append(fault("cost_window_hour", place))
    if faults:
        raise BadInput(faults)
    for key in sorted(read, key=lambda each: each != "window_hour"):  # the table cannot be without it
        try:
            document = set_key(document, f"costs.{key}", read[key])
        except Refused as refused:  # no path leads there
            raise BadInput([fault(refused.code, place, **refused.facts)]) from None
    return replace(parse(document, place), path=scenario.path)


def people_to_train(now: Scenario, plan: Scenario) -> int:
    """The fewest people of the plan's windows who must learn to serve more than somebody at a window of today does.

    Everybody of today is given a seat of the plan whose services they know, to as many as can be.
    """
    able = [frozenset(each.efficiency) for each in now.windows if each.station is None]
    asked = [frozenset(each.efficiency) for each in plan.windows if each.station is None]
    if not able or not asked:
        return len(asked)
    knows = csr_array(np.array([[seat <= person for person in able] for seat in asked], dtype=np.int8))
    return len(asked) - int((maximum_bipartite_matching(knows, perm_type="column") >= 0).sum())


def only(costs: Costs, part: str) -> Costs:
    """The prices with all but those of one of PARTS at nothing."""
    return replace(
        costs,
        window_hour=costs.window_hour if part == "windows" else 0.0,
        overtime_hour=costs.overtime_hour if part == "overtime" else 0.0,
        waiting_hour=costs.waiting_hour if part == "waiting" else 0.0,
        training=costs.training if part == "training" else 0.0,
    )
