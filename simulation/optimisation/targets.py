"""What a plan must keep: a measure, a bound, for all or for one service. Read from one line: `p90_wait <= 15`, `p90_wait of tax <= 20`.

A target about the long run is kept when the one-sided 95 % bound of the measure keeps it; a target about a single day when the day's own
value does. `share_within(15) >= 0.9` asks for the share called within so many minutes, whatever targets the scenario has; targets of
different services may name different minutes. `of NAME` is a service (all its lines), one of its lines, or a class of citizens.

Assumes the measures of `simulation.measures`. Not for what a plan costs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from simulation.experiment import Estimate, Result
from simulation.faults import BadInput, Fault, fault
from simulation.measures import MEASURES, Measures
from simulation.measures.registry import Measure
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
    """a service, a line of one, or a class; None: all citizens"""
    within: float | None = None
    """minutes that `share_within_target` counts against; None: the scenario's own"""

    def estimate(self, result: Result) -> Estimate:
        """The measure in a result, which must have been simulated at LEVEL."""
        found: Estimate = self._row(result, result.measures)[self.measure]
        return found

    def of_day(self, day: Measures) -> float:
        """The measure on a single day."""
        return float(self._row(day, day.overall)[self.measure])

    def _row(self, found: Result | Measures, overall: Mapping[str, Any]) -> Mapping[str, Any]:
        """The measures of those whom it is about."""
        if self.service is None:
            return overall
        places: list[Mapping[str, Mapping[str, Any]]] = [found.by_item, found.by_service, found.by_class]
        return next(place[self.service] for place in places if self.service in place)

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
    faults += _two_minutes([found for found, _ in read if found is not None], scenario)
    if faults:
        raise BadInput(faults)
    return [found for found, _ in read if found is not None]


def _two_minutes(targets: Sequence[Target], scenario: Scenario) -> list[Fault]:
    """Targets that would count the same citizens against different minutes."""
    for service in scenario.services:
        mine = [each for each in targets if each.within is not None and each.service in (None, service.id, service.of, service.klass)]
        if len({each.within for each in mine}) > 1:
            return [fault("target_two_minutes", "--target", ", ".join(each.text for each in mine))]
    return []


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
    known_services = whom(scenario)
    place = "overall" if service is None else "by_service"
    if service is not None and service not in known_services:
        faults.append(fault("target_service", "--target", service, known=", ".join(known_services)))
    elif measure in known and not known[measure].is_given(place):
        faults.append(fault("target_of_service", "--target", text))
    try:
        number = float(bound[:-1]) / 100 if bound.endswith("%") else float(bound)
        within = None if minutes is None else float(minutes)
    except ValueError:
        number, within = math.nan, None
    if not math.isfinite(number):
        faults.append(fault("target_bound", "--target", bound))
    elif measure in known:
        faults += _senseless(text, known[measure], match["relation"] == "<=", number, bound)
    no_minutes = measure == "share_within_target" and within is None and all(each.target_wait is None for each in scenario.services)
    if no_minutes:
        faults.append(fault("target_no_minutes", "--target", text))
    if faults:
        return None, faults
    return Target(text.strip(), measure, match["relation"] == "<=", number, service, within), []


def whom(scenario: Scenario) -> list[str]:
    """Services, lines of services and classes that a target may be about."""
    classes = [each.id for each in scenario.classes] if len(scenario.classes) > 1 else []
    return list(dict.fromkeys([*(each.of or each.id for each in scenario.services), *(each.id for each in scenario.services), *classes]))


def _senseless(text: str, measure: Measure, at_most: bool, bound: float, given: str) -> list[Fault]:
    """A bound that nothing can keep or miss, or a target that asks for fewer windows."""
    faults = []
    if measure.unit == "share" and not 0 <= bound <= 1:
        faults.append(fault("target_share", "--target", given))
    elif bound < 0:
        faults.append(fault("target_below_zero", "--target", given, measure=measure.name))
    never = bound == 0 and at_most and not measure.is_quantile
    always = bound == 1 and not at_most and measure.unit == "share"
    if never or always:  # no wait in all days simulated leaves no spread to judge it by
        faults.append(fault("target_certain", "--target", text, near="0.999" if always else "0.001" if measure.unit == "share" else "0.1"))
    if not at_most and measure.better != "higher":
        faults.append(fault("target_direction", "--target", text))
    if at_most and measure.better == "higher":
        faults.append(fault("target_direction_up", "--target", text))
    return faults


def with_targets(scenario: Scenario, targets: Sequence[Target]) -> Scenario:
    """The scenario whose services count against the minutes of the targets that name some."""
    services = []
    for each in scenario.services:
        mine = (target for target in targets if target.within is not None and target.service in (None, each.id, each.of, each.klass))
        asked = next(mine, None)
        services.append(each if asked is None else replace(each, target_wait=asked.within, target_share=None))
    return replace(scenario, services=tuple(services))
