"""The command that answers "which windows should be comprehensive": `openhall layout`.

It reads, calls `simulation.optimisation`, prints, and may write the plan; nothing is computed here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from dashboards.cli_console import Refusals, answer, bar, check_apart, check_target, note, number, say, show, table, words
from dashboards.cli_hall import Engine, EngineName, JsonTarget, ScenarioName, Seed
from dashboards.cli_plan import Changes, planned
from dashboards.cli_workers import Scheduler, Workers, workers_of

Objective = Annotated[str, typer.Option("--objective", metavar="MEASURE", help=words("cli_layout_objective"))]
Guarantee = Annotated[float, typer.Option("--guarantee", metavar="SHARE", help=words("cli_layout_guarantee"))]
Delta = Annotated[float | None, typer.Option("--delta", metavar="X", help=words("cli_layout_delta"), show_default=False)]
Budget = Annotated[int, typer.Option("--budget", metavar="DAYS", help=words("cli_layout_budget"))]
Windows = Annotated[int | None, typer.Option("--windows", metavar="N", help=words("cli_layout_windows"), show_default=False)]
Efficiency = Annotated[float | None, typer.Option("--efficiency", metavar="X", help=words("cli_layout_efficiency"), show_default=False)]
Growing = Annotated[bool, typer.Option("--growing-loss", help=words("cli_layout_growing"), show_default=False)]
Learning = Annotated[str | None, typer.Option("--learning", metavar="START/WEEKS", help=words("cli_layout_learning"), show_default=False)]
Apart = Annotated[list[str] | None, typer.Option("--apart", metavar="SERVICE", help=words("cli_layout_apart"), show_default=False)]
Queue = Annotated[int | None, typer.Option("--queue", metavar="N", help=words("cli_layout_queue"), show_default=False)]
On = Annotated[datetime | None, typer.Option("--on", metavar="DATE", formats=["%Y-%m-%d"], help=words("cli_layout_on"), show_default=False)]
InARow = Annotated[int | None, typer.Option("--days", metavar="N", help=words("cli_layout_days"), show_default=False)]
Kinds = Annotated[list[str] | None, typer.Option("--kind", metavar="KIND", help=words("cli_layout_kind"), show_default=False)]
Prices = Annotated[list[str] | None, typer.Option("--cost", metavar="KEY=X", help=words("cli_cost"), show_default=False)]
Out = Annotated[str | None, typer.Option("--out", metavar="FILE.toml", help=words("cli_staff_out"), show_default=False)]

BUDGET = 100_000


def layout(
    scenario: ScenarioName,
    objective: Objective = "mean_wait",
    guarantee: Guarantee = 0.95,
    delta: Delta = None,
    budget: Budget = BUDGET,
    windows: Windows = None,
    efficiency: Efficiency = None,
    growing_loss: Growing = False,
    learning: Learning = None,
    apart: Apart = None,
    queue: Queue = None,
    kind: Kinds = None,
    on: On = None,
    days: InARow = None,
    cost: Prices = None,
    change: Changes = None,
    seed: Seed = 1,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    engine: EngineName = Engine.kernel,
    out: Out = None,
    json_target: JsonTarget = None,
) -> None:
    """Compare layouts of the same windows, and say which is best, with a guarantee."""
    for each in (json_target, out):
        check_target(each)
    check_apart([json_target, out], [scenario])
    from dashboards.shipped import find_scenario
    from simulation.optimisation.costs import with_costs
    from simulation.optimisation.layout import KINDS, asked, study
    from simulation.scenario import load_scenario

    given, refused = load_scenario(find_scenario(scenario)), Refusals()
    changed = refused.of(lambda: planned(given, change)[0]) or given
    hall = refused.of(lambda: with_costs(changed, cost or [])) or changed
    how: dict[str, Any] = {"windows": windows, "efficiency": efficiency, "growing": growing_loss, "queue": queue, "apart": apart or []}
    how |= {"objective": objective, "guarantee": guarantee, "delta": delta, "budget": budget, "kinds": kind or KINDS}
    how |= {"learning": refused.of(lambda: _learning(learning)), "on": None if on is None else on.date(), "days": days}
    refused.of(lambda: asked(**how).check(hall))
    refused.tell()
    with workers_of(workers, scheduler) as crew, bar(words("cli_layout_comparing", name=hall.name)) as advance:
        found = study(
            hall,
            **how,
            seed=seed,
            workers=crew,
            engine=engine.value,
            progress=lambda stage, days, most: advance(days, most, None),
        )
    if out is not None:
        from pathlib import Path

        Path(out).write_text(found.best.plan.to_toml(), encoding="utf-8")
    from dashboards.data import layouts

    data = layouts.as_data(found)
    for each in data["remarks"]:
        note(each[words.language], style=None)
    if not answer({**data, "sentence": layouts.sentence(words, data), "promise": layouts.promise(words, data)}, json_target):
        _show(data)


def _learning(given: str | None) -> tuple[float, float] | None:
    from simulation.faults import BadInput, fault

    if given is None:
        return None
    start, _, weeks = given.partition("/")
    try:
        return float(start), float(weeks)
    except ValueError:
        raise BadInput([fault("layout_learning", "--learning", given)]) from None


def _show(found: dict[str, Any]) -> None:
    from dashboards.data import layouts

    say(layouts.sentence(words, found), style="bold")
    say(layouts.promise(words, found))
    if judged := layouts.judged_on(words, found):
        say(judged)
    best, priced = layouts.best_of(found), found["currency"] is not None
    made = table(
        *(words(each) for each in ("cli_layout_layout", "cli_layout_value", "cli_layout_minus_now", "cli_layout_minus_best")),
        *(words(each) for each in ("cli_layout_pooled", "cli_layout_train")),
        *([words("cli_layout_cost")] if priced else []),
        words("cli_layout_verdict"),
        right=(1, 2, 3, 4, 5, 6) if priced else (1, 2, 3, 4, 5),
    )
    for each in found["layouts"]:
        row = [layouts.label(words, each), layouts.figure(words, found, each["value"])]
        row += [layouts.difference(words, found, each[name]) for name in ("minus_now", "minus_best")]
        row += [str(each["windows_for_several_items"]), str(each["people_to_train"])]
        row += [number(each["cost_a_day"]["total"], 0)] if priced else []
        made.add_row(*row, words(layouts.verdict(found, each)))
    show(made)
    say(words("cli_layout_windows_of", name=layouts.label(words, best)))
    for line in layouts.windows(words, found, best):
        say(f"  {line}")
    for each in found["not_possible"]:
        say(words("cli_layout_cannot", name=layouts.kind(words, each["kind"]), reason=layouts.reason(words, each)))
    for week in found["weeks_of_learning"]:
        change = layouts.difference(words, found, week["minus_now"])
        say(words("cli_layout_week", week=week["week"], percent=f"{100 * week['speed']:.0f}", change=change))
    say(words("cli_layout_assumed"))
    say(words("cli_layout_effort", days=number(found["days"], 0), seconds=f"{found['seconds']:.0f}"))
