"""The search for the fewest window-hours as a job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from dashboards.jobs.kinds import Arguments, Report, Stop

if TYPE_CHECKING:
    from dashboards.data.halls import Change, Scenario


def staffing(
    scenario: Scenario,
    changes: Sequence[Change],
    targets: Sequence[str],
    chance: float | None = None,
    seats: Mapping[str, int] | None = None,
    on: date | None = None,
    seed: int = 1,
) -> dict[str, Any]:
    """The arguments of `staff`: a scenario that is there by name, with changes; the rest as `simulation.optimisation.staff` takes it.

    Targets are text, such as "p90_wait <= 15".
    """
    return {
        "scenario": scenario.name,
        "digest": scenario.digest,
        "changes": [str(each) for each in changes],
        "targets": list(targets),
        "chance": chance,
        "seats": dict(seats or {}),
        "on": None if on is None else on.isoformat(),
        "seed": seed,
    }


def staff(arguments: Arguments, report: Report, stop: Stop) -> dict[str, Any]:
    """The JSON of `openhall staff` without its sentence, which a page says in its reader's language; and "plan", a scenario file.

    Raises BadInput if the scenario is not there any more or has changed, and as `simulation.optimisation.staff` does.
    """
    from dashboards.cli_staff import as_data
    from simulation.experiment import Cancelled
    from simulation.optimisation import read_targets
    from simulation.optimisation import staff as search

    hall = hall_of(arguments)

    def tell(stage: str, done: int) -> None:
        if stop():
            raise Cancelled
        report(None, f"job_staff_{stage}", done=done)

    how = {each: arguments[each] for each in ("chance", "seats", "seed")}
    how["on"] = None if arguments["on"] is None else date.fromisoformat(arguments["on"])
    try:
        found = search(hall, read_targets(arguments["targets"], hall), **how, progress=tell)
    except Cancelled:
        return {}
    return as_data(found, None, None) | {"plan": found.plan.to_toml()}


def hall_of(arguments: Arguments) -> Scenario:
    """The scenario that arguments name, with its changes. Raises BadInput if it is not there any more or has changed."""
    from dashboards.data import halls
    from simulation.faults import BadInput, fault

    name = arguments["scenario"]
    if name not in halls.names() or (scenario := halls.hall(name)).digest != arguments["digest"]:
        raise BadInput([fault("job_scenario_changed", name)])
    return halls.planned(scenario, halls.read(arguments["changes"])[0])
