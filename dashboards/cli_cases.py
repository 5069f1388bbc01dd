"""The command of the back office: what becomes of cases after the window. Reads a file, calls `simulation.backoffice`, and prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from dashboards.cli_console import answer, bar, check_apart, check_target, console, number, say, show, table, words
from dashboards.cli_hall import Engine, EngineName, JsonTarget, ScenarioName, Seed
from dashboards.cli_workers import Scheduler, Workers, workers_of

Figure = Mapping[str, Any]
BY_SERVICE = ("mean_turnaround", "p90_turnaround", "overdue_share")
ROOM = 110
"""columns of a terminal that has room for the intervals of a service"""


def cases(
    scenario: ScenarioName,
    days: Annotated[int, typer.Option("--days", min=1, help=words("cli_case_days"))] = 20,
    warm_up: Annotated[int, typer.Option("--warm-up", min=0, help=words("cli_warm_up"))] = 0,
    replications: Annotated[int, typer.Option("--replications", min=1, help=words("cli_case_replications"))] = 20,
    seed: Seed = 1,
    engine: EngineName = Engine.kernel,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    json_target: JsonTarget = None,
    register: Annotated[str | None, typer.Option("--register", metavar="FILE", help=words("cli_register"), show_default=False)] = None,
) -> None:
    """Simulate a hall with its back office and show how cases keep to their promise."""
    if register is not None:
        from simulation.tickets import check_log_name

        check_log_name(register)
    for target in (json_target, register):
        check_target(target)
    check_apart([json_target, register], [scenario])
    from dashboards.shipped import find_scenario
    from simulation.backoffice import case_experiment, run_cases, write_register
    from simulation.scenario import load_scenario

    read = load_scenario(find_scenario(scenario))
    with workers_of(workers, scheduler) as crew, bar(words("cli_simulating", scenario=read.name)) as progress:
        found = case_experiment(
            read, days=days, warm_up=warm_up, replications=replications, seed=seed, engine=engine.value, workers=crew, progress=progress
        ).to_dict()
    if register is not None:
        write_register(register, run_cases(read, days, seed, engine=engine.value))
    if not answer(found, json_target):
        _show(read, found)


def _show(scenario: Any, found: Mapping[str, Any]) -> None:
    from dashboards.cli_tables import ASSUMED
    from simulation.backoffice.measures import CASES, POOLS

    say(f"{words.name(scenario.title, scenario.name)} ({scenario.name})", style="bold")
    head = {key: found[key] for key in ("replications", "days", "starts", "warm_up", "seed", "engine")}
    say(words("cli_cases_head", **head, digest=found["digest"][:12]), style="dim")
    if found["provisional_calendar"]:
        say(words("cli_provisional"), style="yellow")
    whole = table(words("cli_measure"), words("cli_value"), words("cli_interval"), words("cli_unit"), right=(1, 2))
    for name, figure in found["measures"].items():
        if figure["value"] is not None:
            whole.add_row(CASES[name].label[words.language], _value(figure), _interval(figure), _unit(figure))
    show(whole)
    _show_promises(scenario, found["by_service"])
    columns = (words("cli_pool"), words("cli_staff"), *(_titled(POOLS[name], found["by_pool"], name) for name in POOLS))
    made = table(*columns, title=words("cli_pools"), right=tuple(range(1, len(columns))))
    for pool in scenario.pools:
        cells = (_value(found["by_pool"][pool.id][name]) for name in POOLS)
        made.add_row(f"{words.name(pool.name, pool.id)}{_mark(scenario, 'pools', pool.id)}", str(pool.staff), *cells)
    show(made)
    say(words("cli_assumptions_short", count=len(scenario.assumptions()), mark=ASSUMED))


def _show_promises(scenario: Any, by_service: Mapping[str, Mapping[str, Figure]]) -> None:
    """Turnaround against the promise, service by service."""
    from simulation.backoffice.measures import CASES

    columns = (words("cli_service"), words("cli_promised"), words("cli_legal"), *(_titled(CASES[n], by_service, n) for n in BY_SERVICE))
    made = table(*columns, title=words("cli_promise_table"), right=tuple(range(1, len(columns))))
    for id, figures in by_service.items():
        case = next(each.case for each in scenario.services if each.case and each.case.service == id)
        service = scenario.service(id)
        legal = "–" if case.legal_days is None else words("cli_in_days", number=case.legal_days)
        tell = _with_interval if console().width >= ROOM else _value
        cells = (tell(figures[each]) for each in BY_SERVICE)
        name = f"{words.name(service.name, service.id)}{_mark(scenario, 'services', id)}"
        made.add_row(name, _promise(case), legal, *cells)
    show(made)


def _promise(case: Any) -> str:
    if case.kind == "instant":
        return words("cli_instant")
    if case.promised_days is not None:
        return words("cli_in_days", number=case.promised_days)
    return words("cli_in_hours", number=f"{case.promised_minutes / 60:g}")


def _mark(scenario: Any, kind: str, id: str) -> str:
    from dashboards.cli_tables import ASSUMED, stands_on_assumption

    return ASSUMED if stands_on_assumption(scenario.assumptions(), kind, id) else ""


def _titled(measure: Any, tables: Mapping[str, Mapping[str, Figure]], name: str) -> str:
    figure = next(iter(tables.values()))[name] if tables else {"unit": measure.unit}
    return f"{measure.label[words.language]}\n({_unit(figure)})"


def _unit(figure: Figure) -> str:
    from simulation.backoffice.measures import UNITS

    return "%" if figure["unit"] == "share" else UNITS[figure["unit"]][words.language]


def _value(figure: Figure, given: str = "value") -> str:
    if figure[given] is None:
        return "–"
    return number(100 * figure[given] if figure["unit"] == "share" else figure[given])


def _interval(figure: Figure) -> str:
    return "–" if figure["low"] is None else f"[{_value(figure, 'low')}, {_value(figure, 'high')}]"


def _with_interval(figure: Figure) -> str:
    return "–" if figure["value"] is None else f"{_value(figure)} {_interval(figure)}"
