"""A plan for a district judged by simulation, and its assumptions moved, as jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dashboards.jobs.kinds import Arguments, Report

if TYPE_CHECKING:
    from simulation.district import District, Plan

PLAIN_PART = 0.12
"""of the work where people choose: what is simulated without choice"""


def district_arguments(given: District, plan: Plan, digest: str, choice: bool = False) -> dict[str, Any]:
    """The arguments of `judge` and `storm`: a shipped district by name, what the plan moves, and the digest of the district.

    choice : whether people choose by way and wait, too
    """
    moves = [str(each) for each in plan.moves]
    work: dict[str, Any] = {
        "district": given.name,
        "plan": "; ".join(moves),
        "moves": moves,
        "windows": dict(plan.windows),
        "digest": digest,
    }
    return work | ({"choice": True} if choice else {})


def judge(arguments: Arguments, report: Report) -> dict[str, Any]:
    """The JSON of `openhall district`. Raises BadInput if the district is not there any more or has changed."""
    from dashboards.data import district as districts
    from simulation.district import choice_as_data, district_as_data, judge_choice, judge_plan

    given, plan = _asked(arguments)
    chooses = bool(arguments.get("choice"))
    parts = PLAIN_PART if chooses else 1.0

    def tell(done: int, total: int) -> None:
        report(parts * done / total, "job_district_sites", done=done, total=total)

    def balanced(done: int, total: int) -> None:
        report(parts + (1 - parts) * done / total, "job_district_choice")

    data = district_as_data(judge_plan(given, plan, seed=districts.SEED, tell=tell))
    if chooses:
        data["choice"] = choice_as_data(judge_choice(given, plan, seed=districts.SEED, tell=balanced))
    return data


def storm(arguments: Arguments, report: Report) -> dict[str, Any]:
    """The JSON of `openhall district --tornado`. Raises BadInput as `judge` does."""
    from dashboards.data import district as districts
    from simulation.district import tornado, tornado_as_data

    given, plan = _asked(arguments)

    def tell(done: int, total: int) -> None:
        report(done / total, "job_district_inputs", done=done, total=total)

    return tornado_as_data(tornado(given, plan, seed=districts.SEED, tell=tell))


def _asked(arguments: Arguments) -> tuple[District, Plan]:
    from dashboards.data import district as districts
    from simulation.faults import BadInput, fault

    given = districts.district_by_name(arguments["district"])
    if given is None or districts.digest_of(given) != arguments["digest"]:
        raise BadInput([fault("job_scenario_changed", arguments["district"])])
    windows = [f"{place}={count}" for place, count in arguments["windows"].items()]
    return given, districts.plan_of(given, None, arguments["moves"], windows)
