"""A roster of named people as a job."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dashboards.jobs.kinds import Arguments, Report, Stop

SECONDS = 20.0
"""that the search may take"""


def rostering(
    shifts: Sequence[Mapping[str, Any]], serves: Mapping[str, Sequence[str]], days: Sequence[str], name: str, people: bytes
) -> dict[str, Any]:
    """The arguments of `roster`.

    shifts : group, half_hours (labels) and people of each shift of a day
    serves : group -> services of its windows
    days : such as 2026-12-01
    name, people : a file as `simulation.optimisation.roster.read_people` takes it
    """
    return {
        "shifts": [dict(each) for each in shifts],
        "serves": {group: list(services) for group, services in serves.items()},
        "days": list(days),
        "name": name,
        "people": base64.b64encode(people).decode("ascii"),
    }


def roster(arguments: Arguments, report: Report, stop: Stop) -> dict[str, Any]:
    """The JSON of `openhall roster`, and "told": what stays empty, in both languages.

    Raises BadInput as `read_people` does. The search itself ends after SECONDS and looks at no stop; what it finds after one is dropped.
    """
    from dataclasses import replace
    from datetime import date, datetime

    from dashboards.cli_roster import as_data
    from simulation.faults import BadInput
    from simulation.optimisation.roster import make_roster, read_people
    from simulation.optimisation.roster.duties import Duty, stretches_of

    report(None, "job_roster_searching", seconds=f"{SECONDS:g}")
    groups = {each["group"] for each in arguments["shifts"]}
    known = groups | {service for services in arguments["serves"].values() for service in services}
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"people{Path(arguments['name']).suffix}"
        path.write_bytes(base64.b64decode(arguments["people"]))
        try:
            crew = read_people(path, known)
        except BadInput as refused:  # its faults name the file as it was given
            raise BadInput([replace(each, place=each.place.replace(str(path), arguments["name"])) for each in refused.faults]) from None
    duties = []
    for day in map(date.fromisoformat, arguments["days"]):
        for each in arguments["shifts"]:
            begins = [float(moment.hour * 60 + moment.minute) for moment in (datetime.strptime(one, "%H:%M") for one in each["half_hours"])]
            services = tuple(arguments["serves"].get(each["group"], ()))
            duties.append(Duty(day, each["group"], services, stretches_of(begins), each["people"]))
    found = make_roster(crew, duties, SECONDS)
    told = [{language: each.fault.text(language) for language in ("zh", "en")} for each in (*found.short, *found.alone)]
    return as_data(found, [], {}) | {"told": told, "leave": {each.id: sorted(str(day) for day in each.leave) for each in crew.people}}
