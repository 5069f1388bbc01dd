"""The command that sets queueing formulas beside a simulation, `openhall formulas`: it reads, simulates and prints."""

from __future__ import annotations

import math
from typing import Any

import typer

from dashboards.cli_console import answer, bar, check_apart, check_target, number, say, show, table, words
from dashboards.cli_hall import REPLICATIONS, JsonTarget, Replications, ScenarioName, Seed
from dashboards.cli_plan import Changes, planned, say_changes
from dashboards.cli_workers import Scheduler, Workers, workers_of


def formulas(
    scenario: ScenarioName,
    change: Changes = None,
    replications: Replications = None,
    seed: Seed = 1,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    json_target: JsonTarget = None,
) -> None:
    """What queueing formulas say of a hall beside its simulation, and why they mislead where they do."""
    check_target(json_target)
    check_apart([json_target], [scenario])
    from dashboards.data.formulas import as_data, beside
    from dashboards.shipped import find_scenario
    from simulation.experiment import experiment
    from simulation.scenario import load_scenario

    base = load_scenario(find_scenario(scenario))
    hall, changes = planned(base, change)
    with workers_of(workers, scheduler) as crew, bar(words("cli_simulating", scenario=hall.name)) as progress:
        result = experiment(hall, replications=replications or REPLICATIONS, seed=seed, workers=crew, progress=progress)
    found = beside(hall, result.measures["mean_wait"].to_dict())
    head = {"scenario": hall.name, "replications": result.replications, "seed": seed, "digest": result.digest, "version": result.version}
    waits = {slot: measures["mean_wait"].to_dict() for slot, measures in result.by_half_hour.items()}
    if not answer(head | as_data(found) | {"simulated_by_half_hour": waits}, json_target):
        say_changes(base, changes)
        _show(found, waits)
    if all(verdict != "agrees" for verdict in found.verdicts.values()):
        raise typer.Exit(1)


def _show(found: Any, waits: Any) -> None:
    from dashboards.data.formulas import reasons, sentence, times

    say(sentence(words, found))
    made = table(*(words(f"formulas_{each}") for each in ("formula", "wait", "times", "verdict", "assumes")), right=(1, 2))
    for each in found.formulas:
        verdict = found.verdicts[each.name]
        told = words(f"formulas_{each.why_none or verdict.replace(' ', '_')}")
        none = math.isnan(each.mean_wait) or not found.simulated["value"]
        factor = "–" if none else times(each.mean_wait, found)
        made.add_row(words(f"formula_{each.name}"), _minutes(each.mean_wait), factor, told, words(f"formula_assumes_{each.name}"))
    show(made)
    for each in reasons(words, found):
        say(f"  {each}")
    told = {each.name: each.by_half_hour for each in found.formulas if each.by_half_hour}
    by = table(words("cli_staff_half_hour"), words("formulas_simulated"), *(words(f"formula_{name}") for name in told), right=(1, 2, 3))
    for slot, estimate in waits.items():
        if any(slot in rows for rows in told.values()):
            by.add_row(slot, _interval(estimate), *(_minutes(rows.get(slot, math.nan)) for rows in told.values()))
    show(by)
    say(words("formulas_note"), style="dim")


def _minutes(value: float) -> str:
    return "–" if math.isnan(value) else number(value, 1)


def _interval(estimate: Any) -> str:
    if estimate["value"] is None:
        return "–"
    low, high = (estimate["low"], estimate["high"])
    return number(estimate["value"], 1) + ("" if low is None else f" [{number(low, 1)}, {number(high, 1)}]")
