"""Layouts compared, and window-hours against waiting, as jobs.

Each function stands beside the one that makes its arguments, so that page and process mean the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dashboards.jobs.hall import hall_arguments, hall_of
from dashboards.jobs.kinds import Arguments, Report

if TYPE_CHECKING:
    from dashboards.data.halls import Change, Scenario


def laying_out(scenario: Scenario, changes: Sequence[Change], prices: Mapping[str, float], **how: Any) -> dict[str, Any]:
    """The arguments of `layout`: a scenario that is there by name, with changes and prices; the rest as `study` takes it."""
    return {**_hall(scenario, changes, prices), **how}


def layout(arguments: Arguments, report: Report) -> dict[str, Any]:
    """The JSON of `openhall layout`, and "plan", the layout selected as a scenario file.

    Raises BadInput if the scenario is not there any more or has changed, and as `simulation.optimisation.study` does.
    """
    from dashboards.data import layouts
    from simulation.optimisation import study

    def tell(stage: str, days: int, most: int) -> None:
        report(min(1.0, days / most), f"job_layout_{stage}", days=f"{days:,}", most=f"{most:,}")

    how = {key: value for key, value in arguments.items() if key not in HALL}
    if how.get("learning") is not None:
        how["learning"] = tuple(how["learning"])
    found = study(_read(arguments), **how, progress=tell)
    return layouts.as_data(found) | {"plan": found.best.plan.to_toml()}


def trading(scenario: Scenario, changes: Sequence[Change], prices: Mapping[str, float], seats: Mapping[str, int]) -> dict[str, Any]:
    """The arguments of `frontier`."""
    return {**_hall(scenario, changes, prices), "seats": dict(seats)}


def frontier(arguments: Arguments, report: Report) -> dict[str, Any]:
    """The JSON of `openhall frontier`, and "plan", the one that its sentence speaks of as a scenario file.

    Raises BadInput if the scenario is not there any more or has changed, and as `simulation.optimisation.find_frontier` does.
    """
    from dashboards.data import frontiers
    from simulation.optimisation import find_frontier

    def tell(stage: str, done: int) -> None:
        report(None, f"job_frontier_{stage}", done=f"{done:,}")

    found = find_frontier(_read(arguments), seats=arguments["seats"], progress=tell)
    chosen = found.cheapest or found.better or found.now
    return frontiers.as_data(found) | {"plan": found.plan(chosen).to_toml()}


HALL = ("scenario", "digest", "changes", "prices")


def _hall(scenario: Scenario, changes: Sequence[Change], prices: Mapping[str, float]) -> dict[str, Any]:
    return hall_arguments(scenario, changes) | {"prices": {key: float(value) for key, value in prices.items()}}


def _read(arguments: Arguments) -> Scenario:
    from simulation.optimisation.costs import with_costs

    return with_costs(hall_of(arguments), [f"{key}={value:g}" for key, value in arguments["prices"].items()])
