"""The commands of the simulated hall: check, simulate, compare. They read files, call `simulation`, and print; nothing is computed here.

Heavy imports wait until a command runs, so that asking for help costs nothing.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated, Any

import typer

from dashboards.cli_console import answer, bar, check_apart, check_target, words
from dashboards.cli_plan import Changes, Write, as_lines, plan_of, planned, say_changes, write_plan
from dashboards.cli_workers import Scheduler, Workers, workers_of


class Engine(StrEnum):
    """The two engines; both give the same tickets."""

    kernel = "kernel"
    simpy = "simpy"


ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help=words("cli_scenario"), show_default=False)]
Replications = Annotated[int | None, typer.Option("--replications", metavar="N", min=1, help=words("cli_replications"), show_default=False)]
Precision = Annotated[float | None, typer.Option("--precision", metavar="SHARE", help=words("cli_precision"), show_default=False)]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, help=words("cli_seed"))]
EngineName = Annotated[Engine, typer.Option("--engine", metavar="kernel|simpy", help=words("cli_engine"))]
JsonTarget = Annotated[str | None, typer.Option("--json", metavar="FILE|-", help=words("cli_json"), show_default=False)]
Citizens = Annotated[str | None, typer.Option("--citizens", metavar="FILE", help=words("cli_citizens"), show_default=False)]

Keep = Annotated[str | None, typer.Option("--keep", metavar="FOLDER", help=words("cli_keep"), show_default=False)]
Days = Annotated[int, typer.Option("--days", metavar="N", min=1, help=words("cli_days"))]

REPLICATIONS = 100
"""when nobody says how many"""


def check(
    scenarios: Annotated[list[str], typer.Argument(metavar="SCENARIO...", help=words("cli_scenario"), show_default=False)],
    json_target: JsonTarget = None,
) -> None:
    """Read and check scenarios, and show what they would ask of the hall."""
    check_target(json_target)
    check_apart([json_target], scenarios)
    from dashboards.cli_tables import show_check
    from dashboards.shipped import find_scenario
    from simulation.faults import BadInput
    from simulation.load import load_of
    from simulation.remarks import remarks_on
    from simulation.scenario import load_scenario

    read, faults = [], []
    for given in scenarios:
        try:
            read.append(load_scenario(find_scenario(given)))
        except BadInput as refused:
            faults += refused.faults
    if faults:
        raise BadInput(faults)
    loads = [load_of(scenario) for scenario in read]
    remarks = [[each.text(words.language) for each in remarks_on(*both)] for both in zip(read, loads, strict=True)]
    found = [_checked(*each) for each in zip(read, loads, remarks, strict=True)]
    if not answer({"scenarios": found}, json_target):
        for each in zip(read, loads, remarks, strict=True):
            show_check(*each)


def _checked(scenario: Any, load: Any, remarks: list[str]) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "scenario": scenario.name,
        "path": scenario.path,
        "digest": scenario.digest,
        "assumptions": scenario.assumptions(),
        "remarks": remarks,
        "load": asdict(load),
    }


def simulate(
    scenario: ScenarioName,
    replications: Replications = None,
    precision: Precision = None,
    seed: Seed = 1,
    engine: EngineName = Engine.kernel,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    days: Days = 1,
    keep: Keep = None,
    json_target: JsonTarget = None,
    tickets: Annotated[str | None, typer.Option("--tickets", metavar="FILE", help=words("cli_tickets"), show_default=False)] = None,
    citizens: Citizens = None,
    change: Changes = None,
    write: Write = None,
) -> None:
    """Simulate a scenario and show every measure with its interval."""
    how = _how(replications, precision)
    _check_once(citizens, replications, precision, days, keep)
    how |= {"kept": _folder(keep)}
    if tickets is not None:
        from simulation.tickets import check_log_name

        check_log_name(tickets)
    for target in (json_target, tickets, write):
        check_target(target)
    check_apart([json_target, tickets, write], [scenario, citizens])
    from dashboards.cli_tables import show_result
    from dashboards.shipped import find_scenario
    from simulation.experiment import experiment
    from simulation.scenario import load_scenario

    base = load_scenario(find_scenario(scenario))
    read, changes = planned(base, change)
    write_plan(read, write)
    given = _given_day(read, citizens, seed)
    with workers_of(workers, scheduler) as crew, bar(words("cli_simulating", scenario=read.name)) as progress:
        result = experiment(
            read, seed=seed, engine=engine.value, workers=crew, days=days, progress=progress, citizens=given, **how
        ).to_dict() | as_lines(changes)
    if tickets is not None:
        _write_first_log(read, tickets, seed, engine.value, given)
    if not answer(result, json_target):
        say_changes(base, changes)
        show_result(read, result)


def compare(
    base: Annotated[str, typer.Argument(metavar="BASE", help=words("cli_base"), show_default=False)],
    plan: Annotated[str | None, typer.Argument(metavar="PLAN", help=words("cli_plan"), show_default=False)] = None,
    replications: Replications = None,
    precision: Precision = None,
    seed: Seed = 1,
    engine: EngineName = Engine.kernel,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    days: Days = 1,
    keep: Keep = None,
    json_target: JsonTarget = None,
    citizens: Citizens = None,
    change: Changes = None,
    write: Write = None,
) -> None:
    """Simulate two scenarios with the same citizens and show the differences."""
    how = _how(replications, precision)
    _check_once(citizens, replications, precision, days, keep)
    how |= {"kept": _folder(keep)}
    for target in (json_target, write):
        check_target(target)
    check_apart([json_target, write], [base, plan, citizens])
    from dashboards.cli_tables import show_comparison
    from dashboards.shipped import find_scenario
    from simulation.experiment import compare as compare_scenarios
    from simulation.scenario import load_scenario

    first = load_scenario(find_scenario(base))
    second, changes = plan_of(first, plan, change)
    write_plan(second, write)
    given = None if citizens is None else (_given_day(first, citizens, seed), _given_day(second, citizens, seed))
    with workers_of(workers, scheduler) as crew, bar(words("cli_comparing", base=first.name, plan=second.name)) as progress:
        found = compare_scenarios(
            first, second, seed=seed, engine=engine.value, workers=crew, days=days, progress=progress, citizens=given, **how
        ).to_dict() | as_lines(changes)
    if not answer(found, json_target):
        say_changes(first, changes)
        show_comparison(first, second, found)


def _how(replications: int | None, precision: float | None) -> dict[str, Any]:
    """How much is to be simulated, as the experiment wants it: a number of replications, or a precision and at most so many."""
    if precision is None:
        return {"replications": replications or REPLICATIONS}
    if not 0 < precision < 1:
        raise typer.BadParameter(words("cli_precision_range"), param_hint="--precision")
    return {"precision": precision} | ({} if replications is None else {"at_most": replications})


def _folder(given: str | None) -> Path | None:
    """The folder of what was added up before, made if it is not there. Raises BadInput if it cannot be used."""
    if given is None:
        return None
    from simulation.faults import BadInput, fault

    try:
        Path(given).mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=given):
            pass
    except OSError as refused:
        raise BadInput([fault("keep_folder", "--keep", given, reason=refused.strerror or type(refused).__name__)]) from None
    return Path(given)


def _check_once(citizens: str | None, replications: int | None, precision: float | None, days: int, keep: str | None) -> None:
    """Refuses to pretend that a given day could be run more than once. Raises BadInput."""
    from simulation.faults import BadInput, fault

    asked = {"--replications": replications or 1, "--precision": precision or 1, "--days": days, "--keep": keep or 1}
    faults = [fault("replay_once", key, value, key=key) for key, value in asked.items() if value != 1]
    if citizens is not None and faults:
        raise BadInput(faults)


def _given_day(scenario: Any, path: str | None, seed: int) -> Any:
    """The demand of a citizens' file, None if there is none."""
    if path is None:
        return None
    from simulation.citizens import demand_from_citizens

    return demand_from_citizens(scenario, path, seed)


def _write_first_log(scenario: Any, path: str, seed: int, engine: str, given: Any) -> None:
    """The ticket log of the first day: the same draws, served once more."""
    from simulation.demand import draw_demand
    from simulation.serve import serve
    from simulation.tickets import write_tickets

    log, _ = serve(scenario, given or draw_demand(scenario, seed, 0, 0), engine=engine)
    write_tickets(path, scenario, log)
