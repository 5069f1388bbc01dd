"""A plan for a district judged by simulation, as a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dashboards.jobs.kinds import Arguments, Report, Stop

if TYPE_CHECKING:
    from simulation.district import District, Plan


def district_arguments(given: District, plan: Plan, digest: str) -> dict[str, Any]:
    """The arguments of `judge`: a shipped district by name, what the plan moves, and the digest of the district."""
    moves = [str(each) for each in plan.moves]
    return {"district": given.name, "plan": "; ".join(moves), "moves": moves, "windows": dict(plan.windows), "digest": digest}


def judge(arguments: Arguments, report: Report, stop: Stop) -> dict[str, Any]:
    """The JSON of `openhall district`. Raises BadInput if the district is not there any more or has changed."""
    from dashboards.data import district as districts
    from simulation.district import district_as_data, judge_plan
    from simulation.faults import BadInput, fault

    given = districts.district_by_name(arguments["district"])
    if given is None or districts.digest_of(given) != arguments["digest"]:
        raise BadInput([fault("job_scenario_changed", arguments["district"])])
    windows = [f"{place}={count}" for place, count in arguments["windows"].items()]
    plan = districts.plan_of(given, None, arguments["moves"], windows)

    def tell(done: int, total: int) -> None:
        if stop():
            raise InterruptedError
        report(done / total, "job_district_sites", done=done, total=total)

    try:
        return district_as_data(judge_plan(given, plan, seed=districts.SEED, tell=tell))
    except InterruptedError:
        return {}
