"""What is to be as good as possible: a measure for all, a measure of one service, or the cost of a day.

Read from one line: `mean_wait`, `p90_wait of tax`, `share_within(15)`, `cost`. As an observation it is turned so that lower is better.
Not for what a plan must keep: that is a target (`targets`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from simulation.faults import BadInput, fault
from simulation.measures import MEASURES
from simulation.optimisation.targets import WITHIN, whom
from simulation.scenario import Scenario

COST = "cost"
_LINE = re.compile(r"\s*(?P<name>[a-z0-9_]+)\s*(?:\(\s*(?P<minutes>[0-9.]+)\s*\))?(?:\s+of\s+(?P<service>\S+))?\s*")


@dataclass(frozen=True, slots=True)
class Objective:
    """What is judged."""

    text: str
    """as it was given"""
    measure: str
    """a key of MEASURES, or "cost" """
    service: str | None
    """a service, a line of one, or a class; None: all citizens"""
    within: float | None
    """minutes that `share_within_target` counts against; None: the scenario's own"""
    lower: bool
    """whether less is better"""

    @property
    def unit(self) -> str:
        """A key of measures.UNITS; of a cost, nothing."""
        return "" if self.measure == COST else MEASURES[self.measure].unit


def read_objective(text: str, scenario: Scenario, place: str = "--objective") -> Objective:
    """Reads an objective. Raises BadInput if it cannot be read, asks for what there is not, or has no better direction."""
    match = _LINE.fullmatch(text)
    if match is None or (match["name"] == WITHIN) != (match["minutes"] is not None):
        raise BadInput([fault("objective_unreadable", place, text)])
    name, service = match["name"], match["service"]
    if name == COST and service is None:
        if scenario.costs is None:
            raise BadInput([fault("objective_no_costs", place, text)])
        return Objective(text.strip(), COST, None, None, True)
    faults = []
    measure = "share_within_target" if name == WITHIN else name
    known = [each.name for each in MEASURES.values() if each.better is not None]
    if measure not in known:
        faults.append(fault("objective_measure", place, name, known=", ".join([COST, *known])))
    elif not MEASURES[measure].is_given("overall" if service is None else "by_service"):
        faults.append(fault("objective_place", place, name))
    if service is not None and service not in whom(scenario):
        faults.append(fault("target_service", place, service, known=", ".join(whom(scenario))))
    try:
        within = None if match["minutes"] is None else float(match["minutes"])
    except ValueError:
        raise BadInput([fault("objective_unreadable", place, text)]) from None
    if measure == "share_within_target" and within is None and all(each.target_wait is None for each in scenario.services):
        faults.append(fault("target_no_minutes", place, text))
    if faults:
        raise BadInput(faults)
    return Objective(text.strip(), measure, service, within, MEASURES[measure].better == "lower")
