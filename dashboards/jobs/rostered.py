"""A roster of named people as a job."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dashboards.jobs.hall import hall_of
from dashboards.jobs.kinds import Arguments, Report

if TYPE_CHECKING:
    from simulation.optimisation.roster import Duty

SECONDS = 20.0
"""that the sharing out may take"""


def rostering(
    plans: Sequence[Mapping[str, Any]],
    days: Sequence[str],
    name: str,
    people: bytes,
    names: Mapping[str, Mapping[str, str]],
    by_calendar: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The arguments of `roster`.

    plans : as `dashboards.data.rosters.plans` gives them
    days : such as 2026-12-01
    name, people : a file as `simulation.optimisation.roster.read_people` takes it
    names : id of a group or a service -> language -> what it is called there
    by_calendar : where days have dates: the arguments of the job `staff` under "staff" and those of `Cut` under "cut"; days that no plan is
        for are staffed and cut by themselves, those that are alike once
    """
    return {
        "plans": [dict(each) for each in plans],
        "days": list(days),
        "name": name,
        "people": base64.b64encode(people).decode("ascii"),
        "names": {each: dict(told) for each, told in names.items()},
        "by_calendar": None if by_calendar is None else dict(by_calendar),
    }


def roster(arguments: Arguments, report: Report) -> dict[str, Any]:
    """The JSON of `openhall roster`, and "told": what stays empty, in both languages.

    Raises BadInput as `dashboards.data.rosters.people` does.
    """
    from dashboards.data import rosters
    from dashboards.data.rostered import as_data, told_of
    from simulation.optimisation.roster import make_roster

    names = arguments["names"]
    crew = rosters.people(arguments["name"], base64.b64decode(arguments["people"]), names)

    def tell(gone: float, gap: float | None) -> None:
        note = "job_roster_filling" if gap is None else "job_roster_sharing"
        report(gone, note, gap="" if gap is None else f"{100 * gap:.0f}%", seconds=f"{SECONDS:g}")

    duties = _planned(arguments)
    left = sorted(set(arguments["days"]) - {day for plan in arguments["plans"] for day in plan["days"]})
    if left:
        duties += _by_calendar(arguments, left, report)
    found = make_roster(crew, duties, SECONDS, tell)
    empty = (*found.short, *found.alone)
    called = {lang: {each: told.get(lang, each) for each, told in names.items()} for lang in ("zh", "en")}
    told = [{lang: told_of(each, called[lang], lang) for lang in called} for each in empty]
    return as_data(found, [], {}, "zh") | {"told": told, "leave": {each.id: sorted(str(day) for day in each.leave) for each in crew.people}}


def _planned(arguments: Arguments) -> list[Duty]:
    """The shifts of each plan on its days."""
    from datetime import date, datetime

    from simulation.optimisation.roster.duties import Duty, stretches_of

    duties = []
    for plan, day in ((each, date.fromisoformat(day)) for each in arguments["plans"] for day in each["days"]):
        for each in plan["shifts"]:
            begins = [float(moment.hour * 60 + moment.minute) for moment in (datetime.strptime(one, "%H:%M") for one in each["half_hours"])]
            services = tuple(plan["serves"].get(each["group"], ()))
            duties.append(Duty(day, each["group"], services, stretches_of(begins), each["people"]))
    return duties


def _by_calendar(arguments: Arguments, days: Sequence[str], report: Report) -> list[Duty]:
    """The shifts of days as the hall's own calendar has them; each kind of day is staffed once."""
    from datetime import date

    from dashboards.data import staffing
    from dashboards.data.staffed import as_data
    from simulation.optimisation import read_targets
    from simulation.optimisation import staff as search
    from simulation.optimisation.roster import duties_by_calendar

    work, cut = arguments["by_calendar"]["staff"], staffing.Cut(**arguments["by_calendar"]["cut"])
    hall = hall_of(work)
    targets = read_targets(work["targets"], hall)
    kinds = 0

    def answer(day: date) -> Any:
        nonlocal kinds
        kinds += 1

        def tell(stage: str, done: int) -> None:
            report(None, "job_roster_staffing", kind=kinds, day=str(day), done=done)

        found = search(
            hall, targets, chance=work["chance"], seats=work["seats"], at_least=work["at_least"], on=day, seed=work["seed"], progress=tell
        )
        return found, staffing.shifts(as_data(found), cut)

    duties, _ = duties_by_calendar(hall, [date.fromisoformat(each) for each in days], answer)
    return duties
