"""The search for the fewest window-hours as a job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from dashboards.jobs.hall import hall_arguments, hall_of
from dashboards.jobs.kinds import Arguments, Report

if TYPE_CHECKING:
    from dashboards.data.halls import Change, Scenario


def staffing(
    scenario: Scenario,
    changes: Sequence[Change],
    targets: Sequence[str],
    chance: float | None = None,
    seats: Mapping[str, int] | None = None,
    on: date | None = None,
    at_least: int = 1,
    by_weekday: bool = False,
    seed: int = 1,
) -> dict[str, Any]:
    """The arguments of `staff`: a scenario that is there by name, with changes; the rest as `simulation.optimisation.staff` takes it.

    Targets are text, such as "p90_wait <= 15".
    """
    return {
        **hall_arguments(scenario, changes),
        "targets": list(targets),
        "chance": chance,
        "seats": dict(seats or {}),
        "on": None if on is None else on.isoformat(),
        "at_least": at_least,
        "by_weekday": by_weekday,
        "seed": seed,
    }


def staff(arguments: Arguments, report: Report) -> dict[str, Any]:
    """The JSON of `openhall staff` without its sentence, which a page says in its reader's language; and "plan", a scenario file.

    Raises BadInput if the scenario is not there any more or has changed, and as `simulation.optimisation.staff` does.
    """
    from dashboards.data.staffed import as_data
    from simulation.optimisation import read_targets
    from simulation.optimisation import staff as search

    hall = hall_of(arguments)

    def tell(stage: str, done: int) -> None:
        report(None, f"job_staff_{stage}", done=done)

    how = {each: arguments[each] for each in ("chance", "seats", "at_least", "by_weekday", "seed")}
    how["on"] = None if arguments["on"] is None else date.fromisoformat(arguments["on"])
    found = search(hall, read_targets(arguments["targets"], hall), **how, progress=tell)
    return as_data(found) | {"plan": found.plan.to_toml()}
