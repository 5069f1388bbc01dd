"""A sizing sheet answered by simulation, as a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dashboards.jobs.kinds import Arguments, Report

if TYPE_CHECKING:
    from simulation.optimisation.sizing import Sizing


STAGES = {
    "search": (0.0, 0.1, 20),
    "confirm": (0.1, 0.2, 3),
    "interval": (0.1, 0.2, 20),
    "years": (0.2, 0.3, 60),
    "given": (0.3, 0.5, 120),
    "tornado": (0.5, 1.0, 200),
}
"""stage -> from which share of the work to which, and about how many halls are tried until its end"""


def sheet_arguments(sizing: Sizing, moved: Mapping[str, float], digest: str) -> dict[str, Any]:
    """The arguments of `size`: a shipped sheet by name, the inputs that were moved, and the digest of the sheet as moved."""
    return {"sheet": sizing.name, "moved": dict(moved), "digest": digest}


def size(arguments: Arguments, report: Report) -> dict[str, Any]:
    """The JSON of `openhall size`.

    Raises BadInput if the sheet is not there any more or has changed, and as `simulation.optimisation.sizing.size` does.
    """
    from dashboards.data import sizing as sheets
    from simulation.faults import BadInput, fault
    from simulation.optimisation import sizing as sizes

    sheet = sheets.sheet_by_name(arguments["sheet"])
    if sheet is None or sheets.digest_of(given := sheet.having(arguments["moved"])) != arguments["digest"]:
        raise BadInput([fault("job_scenario_changed", arguments["sheet"])])

    def tell(stage: str, done: int) -> None:
        begun, ends, halls = STAGES[stage]
        report(begun + (ends - begun) * min(done / halls, 1.0), f"job_size_{stage}", done=done)

    found = sizes.size(given, seed=sheets.SEED, tell=tell)
    return sizes.size_as_data(found, sizes.tornado(given, sizes.BySimulation(sheets.SEED, tell=tell), "simulation"))
