"""Whether a model of an uploaded log can be believed, as a job.

The function stands beside the one that makes its arguments, so that page and process mean the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dashboards.jobs.kinds import Arguments, Report


def judging(log: str, name: str, mapping: str, since: str = "", opens: str = "", office: str = "") -> dict[str, Any]:
    """The arguments of `believe`.

    log, mapping : ids of kept files (`dashboards.data.uploads`), or a mapping that comes with the program
    name : of the file as it was uploaded
    since : the first day held back; "" for the last third of the days
    opens : what the clock shows at minute 0 of a log in minutes, HH:MM; "" for what the mapping says
    office : of snapshots, the one that is judged; "" for all
    """
    return {"log": log, "name": name, "mapping": mapping, "since": since, "opens": opens, "office": office}


def believe(arguments: Arguments, report: Report) -> dict[str, Any]:
    """The JSON of `openhall believe`.

    Raises BadInput if the log is not kept any more, and as `opening_at` and `simulation.calibration.verdict.believe_files` do.
    """
    from dashboards.data import uploads
    from dashboards.verdicts import as_data
    from simulation.calibration.mapping import opening_at
    from simulation.calibration.verdict import believe_files
    from simulation.faults import BadInput

    def tell(share: float) -> None:
        report(share, "job_believe_working")

    path, name = uploads.path_of(arguments["log"], arguments["name"]), arguments["name"]
    opens, office = arguments.get("opens"), arguments.get("office") or None  # a job that waited while the program changed has neither
    try:
        report(0.0, "job_believe_reading")
        how = uploads.mapping(arguments["mapping"])
        how = opening_at(how, opens) if opens else how
        return as_data(believe_files([path], how, since=arguments["since"] or None, progress=tell, office=office))
    except BadInput as refused:  # the file by the name that its owner knows, and no option of a command
        raise BadInput([replace(each, place=_named(each.place, str(path), name)) for each in refused.faults]) from None


def _named(place: str, path: str, name: str) -> str:
    """Where a fault is, to somebody who gave one file on a page."""
    return name if place == "log" or place.startswith("--") else place.replace(path, name)
