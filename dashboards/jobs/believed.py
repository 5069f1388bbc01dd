"""Whether a model of an uploaded log can be believed, as a job.

The function stands beside the one that makes its arguments, so that page and process mean the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dashboards.jobs.kinds import Arguments, Report


def judging(log: str, name: str, mapping: str, since: str = "") -> dict[str, Any]:
    """The arguments of `believe`.

    log, mapping : ids of kept files (`dashboards.data.uploads`), or a mapping that comes with the program
    name : of the file as it was uploaded
    since : the first day held back; "" for the last third of the days
    """
    return {"log": log, "name": name, "mapping": mapping, "since": since}


def believe(arguments: Arguments, report: Report) -> dict[str, Any]:
    """The JSON of `openhall believe`.

    Raises BadInput if the log is not kept any more, and as `simulation.calibration.verdict.believe_files` does.
    """
    from dashboards.data import uploads
    from dashboards.verdicts import as_data
    from simulation.calibration.verdict import believe_files
    from simulation.faults import BadInput

    def tell(share: float) -> None:
        report(share, "job_believe_working")

    path = uploads.path_of(arguments["log"], arguments["name"])
    try:
        report(0.0, "job_believe_reading")
        return as_data(believe_files([path], uploads.mapping(arguments["mapping"]), since=arguments["since"] or None, progress=tell))
    except BadInput as refused:  # the file by the name that its owner knows
        raise BadInput([replace(each, place=each.place.replace(str(path), arguments["name"])) for each in refused.faults]) from None
