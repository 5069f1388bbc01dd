"""The hall that a job is about, in its arguments: a scenario that is there by name, the digest it had, and changes to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dashboards.jobs.kinds import Arguments

if TYPE_CHECKING:
    from dashboards.data.halls import Change, Scenario


def hall_arguments(scenario: Scenario, changes: Sequence[Change]) -> dict[str, Any]:
    """What `hall_of` reads."""
    return {"scenario": scenario.name, "digest": scenario.digest, "changes": [str(each) for each in changes]}


def hall_of(arguments: Arguments) -> Scenario:
    """The scenario that arguments name, with its changes. Raises BadInput if it is not there any more or has changed."""
    from dashboards.data import halls
    from simulation.faults import BadInput, fault

    name = arguments["scenario"]
    if name not in halls.names() or (scenario := halls.hall(name)).digest != arguments["digest"]:
        raise BadInput([fault("job_scenario_changed", name)])
    return halls.planned(scenario, halls.read(arguments["changes"])[0])
