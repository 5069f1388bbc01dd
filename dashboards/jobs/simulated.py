"""The long work of the manager's and the planner's pages as jobs: a comparison of many replications, a demand's windows by simulation.

Each function stands beside the one that makes its arguments, so that page and process mean the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from dashboards.jobs.hall import hall_arguments, hall_of
from dashboards.jobs.kinds import Arguments, Report

if TYPE_CHECKING:
    from dashboards.data.halls import Change, Scenario
    from dashboards.data.sizes import Demand


def comparing(scenario: Scenario, changes: Sequence[Change], replications: int) -> dict[str, Any]:
    """The arguments of `compare`: a plan of a scenario that is there by name, against the scenario."""
    return hall_arguments(scenario, changes) | {"replications": replications}


def compare(arguments: Arguments, report: Report) -> dict[str, Any]:
    """The JSON of `openhall compare`. What it adds up is kept in the data folder, so that it goes on after a stop, and on to more.

    Raises BadInput if the scenario is not there any more or has changed.
    """
    from dashboards.data import halls, runs

    plan = hall_of(arguments)

    def tell(done: int, total: int | None, half_width: float | None) -> None:
        if half_width is None:
            report(done / arguments["replications"], "manager_progress", done=done, total=total)
        else:
            precision = f"±{100 * half_width:.1f}%"
            report(done / arguments["replications"], "manager_progress_precision", done=done, total=total, precision=precision)

    return runs.computed(halls.hall(arguments["scenario"]), plan, arguments["replications"], 1, tell).to_dict()


def sizing(demand: Demand) -> dict[str, Any]:
    """The arguments of `sizes`."""
    return asdict(demand)


def sizes(arguments: Arguments, report: Report) -> dict[str, Any]:
    """A demand's windows, tried one number after the other; see `dashboards.data.sizes`."""
    from dashboards.data import sizes as numbers

    tried = 0

    def tell() -> None:
        nonlocal tried
        tried += 1
        report(None, "job_sizes_tried", done=tried)

    return numbers.find(numbers.Demand(**arguments), tell=tell).to_dict()
