"""What a plan must keep: a measure, a bound, for all or for one service. Read from one line: `p90_wait <= 15`, `p90_wait of tax <= 20`.

A target about the long run is kept when the one-sided 95 % bound of the measure keeps it; a target about a single day when the day's own
value does. `share_within(15) >= 0.9` asks for the share called within so many minutes, whatever targets the scenario has.

Assumes the measures of `simulation.measures`. Not for what a plan costs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from simulation.experiment import Estimate, Result
from simulation.faults import BadInput, Fault, fault
from simulation.measures import MEASURES
from simulation.scenario import Scenario

_LINE = re.compile(
    r"\s*(?P<name>[a-z0-9_]+)\s*(?:\(\s*(?P<minutes>[0-9.]+)\s*\))?(?:\s+of\s+(?P<service>\S+))?"
    r"\s*(?P<relation><=|>=)\s*(?P<bound>\S+)\s*"
)
WITHIN = "share_within"
"""as a target it takes the minutes in brackets"""
LEVEL = 0.90
"""of the two-sided interval whose one end is the one-sided 95 % bound"""


@dataclass(frozen=True, slots=True)
class Target:
    """One promise."""

    text: str
    """as it was given"""
    measure: str
    """a key of MEASURES"""
    at_most: bool
    """<= rather than >="""
    bound: float
    service: str | None
    """None: all citizens"""
    within: float | None = None
    """minutes that `share_within_target` counts against; None: the scenario's own"""

    def estimate(self, result: Result) -> Estimate:
        """The measure in a result, which must have been simulated at LEVEL."""
        table = result.measures if self.service is None else result.by_service[self.service]
        return table[self.measure]

    def kept_surely(self, result: Result) -> bool:
        """Whether the long run keeps it, with 95 % confidence."""
        estimate = self.estimate(result)
        if math.isnan(estimate.value):
            return True  # nobody comes whom it is about
        return estimate.high <= self.bound if self.at_most else estimate.low >= self.bound

    def kept_by(self, value: float) -> bool:
        """Whether a single day keeps it; a day on which nobody comes does."""
        return math.isnan(value) or (value <= self.bound if self.at_most else value >= self.bound)

    def gap(self, result: Result) -> float:
        """How far the sure bound is from being kept, relative to the bound; 0 or below: kept."""
        estimate = self.estimate(result)
        if math.isnan(estimate.value):
            return 0.0
        short = estimate.high - self.bound if self.at_most else self.bound - estimate.low
        return short / max(abs(self.bound), 1e-9)


def read_target(text: str, scenario: Scenario) -> Target:
    """Reads one target. Raises BadInput if it cannot be read or asks for what there is not."""
    found, faults = _read(text, scenario)
    if found is None or faults:
        raise BadInput(faults)
    return found


def read_targets(texts: Sequence[str], scenario: Scenario) -> list[Target]:
    """Reads several; all faults are told at once. Raises BadInput."""
    read = [_read(text, scenario) for text in texts]
    faults = [each for _, faults in read for each in faults]
    if not texts:
        faults = [fault("target_missing", "--target")]
    within = {found.within for found, _ in read if found is not None and found.measure == "share_within_target"}
    if len(within) > 1:
        faults.append(fault("target_two_minutes", "--target", ", ".join(texts)))
    if faults:
        raise BadInput(faults)
    return [found for found, _ in read if found is not None]


def _read(text: str, scenario: Scenario) -> tuple[Target | None, list[Fault]]:
    match = _LINE.fullmatch(text)
    if match is None:
        return None, [fault("target_unreadable", "--target", text)]
    name, minutes, service, bound = match["name"], match["minutes"], match["service"], match["bound"]
    faults = []
    if (name == WITHIN) != (minutes is not None):
        return None, [fault("target_unreadable", "--target", text)]
    measure = "share_within_target" if name == WITHIN else name
    known = {each.name: each for each in MEASURES.values()}
    if measure not in known:
        faults.append(fault("target_measure", "--target", name, known=", ".join(known)))
    if service is not None and service not in {each.id for each in scenario.services}:
        faults.append(fault("target_service", "--target", service, known=", ".join(each.id for each in scenario.services)))
    try:
        number = float(bound[:-1]) / 100 if bound.endswith("%") else float(bound)
        within = None if minutes is None else float(minutes)
    except ValueError:
        number, within = math.nan, None
    if not math.isfinite(number):
        faults.append(fault("target_bound", "--target", bound))
    no_minutes = measure == "share_within_target" and within is None and all(each.target_wait is None for each in scenario.services)
    if no_minutes:
        faults.append(fault("target_no_minutes", "--target", text))
    if faults:
        return None, faults
    return Target(text.strip(), measure, match["relation"] == "<=", number, service, within), []


def with_targets(scenario: Scenario, targets: Sequence[Target]) -> Scenario:
    """The scenario whose services count against the minutes of the targets that name some."""
    within = next((each.within for each in targets if each.within is not None), None)
    if within is None:
        return scenario
    return replace(scenario, services=tuple(replace(each, target_wait=within, target_share=None) for each in scenario.services))
