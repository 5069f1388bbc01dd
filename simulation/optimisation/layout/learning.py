"""People who learn to serve more: slower in the first weeks, written into the plan that is chosen.

Assumes that whoever serves no more than somebody at a window of today has nothing to learn. Not for how many are trained (`costs`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from simulation.optimisation.occasions import on_every_kind
from simulation.plans.document import settled
from simulation.scenario import Scenario, Window, parse
from simulation.scenario.tables import WindowTable, seats_of

Known = Sequence[frozenset[str]]
"""what somebody at a window of today serves"""


def known_of(scenario: Scenario) -> Known:
    return [frozenset(each.efficiency) for each in scenario.windows if each.station is None]


def slowed(plan: Scenario, known: Known, speed: float) -> Scenario:
    """The plan with its learners at a share of their speed."""
    return on_every_kind(plan, lambda hall: replace(hall, windows=tuple(_slower(each, known, speed) for each in hall.windows)))


def learning_in(plan: Scenario, known: Known, learning: tuple[float, float]) -> dict[str, Any]:
    """The plan's document with its learners as such."""
    learns = {each.id: not any(set(each.efficiency) <= one for one in known) for each in plan.windows}
    document: dict[str, Any] = dict(plan.document)
    document["windows"] = [
        {**each, "learning": {"start": learning[0], "weeks": learning[1]}}
        if learns[seats_of(WindowTable.model_construct(**{"count": None, **each}))[0]]
        else each
        for each in document["windows"]
    ]
    return settled(document, [])


def as_named(plan: Scenario, name: str, known: Known, learning: tuple[float, float] | None) -> Scenario:
    """A layout as a scenario of its own, with how those who were trained learn."""
    document = plan.document if learning is None or plan.horizon is not None else learning_in(plan, known, learning)
    return parse({**document, "name": f"{plan.name}-{name}"})


def _slower(window: Window, known: Known, speed: float) -> Window:
    if window.station is not None or any(set(window.efficiency) <= each for each in known):
        return window
    return replace(window, efficiency={service: each * speed for service, each in window.efficiency.items()})
