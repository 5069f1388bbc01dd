"""The command that answers "which windows should be comprehensive": `openhall layout`.

It reads, calls `simulation.optimisation`, prints, and may write the plan; nothing is computed here.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dashboards.cli_console import answer, bar, check_apart, check_target, note, number, say, show, table, words
from dashboards.cli_hall import Engine, EngineName, JsonTarget, ScenarioName, Seed, Workers
from dashboards.cli_plan import Changes, planned

Objective = Annotated[str, typer.Option("--objective", metavar="MEASURE", help=words("cli_layout_objective"))]
Guarantee = Annotated[float, typer.Option("--guarantee", metavar="SHARE", help=words("cli_layout_guarantee"))]
Delta = Annotated[float | None, typer.Option("--delta", metavar="X", help=words("cli_layout_delta"), show_default=False)]
Budget = Annotated[int, typer.Option("--budget", metavar="DAYS", min=1, help=words("cli_layout_budget"))]
Windows = Annotated[int | None, typer.Option("--windows", metavar="N", help=words("cli_layout_windows"), show_default=False)]
Efficiency = Annotated[float | None, typer.Option("--efficiency", metavar="X", help=words("cli_layout_efficiency"), show_default=False)]
Growing = Annotated[bool, typer.Option("--growing-loss", help=words("cli_layout_growing"), show_default=False)]
Learning = Annotated[str | None, typer.Option("--learning", metavar="START/WEEKS", help=words("cli_layout_learning"), show_default=False)]
Apart = Annotated[list[str] | None, typer.Option("--apart", metavar="SERVICE", help=words("cli_layout_apart"), show_default=False)]
Queue = Annotated[int, typer.Option("--queue", metavar="N", help=words("cli_layout_queue"))]
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
    queue: Queue = 1,
    kind: Kinds = None,
    cost: Prices = None,
    change: Changes = None,
    seed: Seed = 1,
    workers: Workers = 1,
    engine: EngineName = Engine.kernel,
    out: Out = None,
    json_target: JsonTarget = None,
) -> None:
    """Compare layouts of the same windows, and say which is best, with a guarantee."""
    for each in (json_target, out):
        check_target(each)
    check_apart([json_target, out], [scenario])
    from dashboards.shipped import find_scenario
    from simulation.optimisation import study
    from simulation.optimisation.costs import with_costs
    from simulation.optimisation.kinds import KINDS
    from simulation.scenario import load_scenario

    hall, _ = planned(load_scenario(find_scenario(scenario)), change)
    hall = with_costs(hall, cost or [])
    how: dict[str, Any] = {"windows": windows, "efficiency": efficiency, "growing": growing_loss, "queue": queue, "apart": apart or []}
    how |= {"objective": objective, "guarantee": guarantee, "delta": delta, "budget": budget, "learning": _learning(learning)}
    with bar(words("cli_layout_comparing", name=hall.name)) as advance:
        found = study(
            hall,
            **how,
            kinds=kind or KINDS,
            seed=seed,
            workers=workers,
            engine=engine.value,
            progress=lambda stage, days, most: advance(days, most, None),
        )
    if out is not None:
        from pathlib import Path

        Path(out).write_text(found.best.plan.to_toml(), encoding="utf-8")
    for each in found.remarks:
        note(each.text(words.language), style=None)
    if not answer(as_data(found, words.language), json_target):
        _show(found)


def _learning(given: str | None) -> tuple[float, float] | None:
    from simulation.faults import BadInput, fault

    if given is None:
        return None
    start, _, weeks = given.partition("/")
    try:
        return float(start), float(weeks)
    except ValueError:
        raise BadInput([fault("layout_learning", "--learning", given)]) from None


def as_data(found: Any, language: str) -> dict[str, Any]:
    """The answer for JSON."""
    from dashboards.data import layouts

    chosen = found.selection
    order = [each for each in found.layouts if each.still_in]
    return {
        "scenario": found.scenario,
        "objective": found.objective.text,
        "advice": found.advice,
        "sentence": layouts.sentence(words, found),
        "best": found.best.name,
        "guarantee": found.guarantee,
        "guaranteed": chosen.separated,
        "delta": chosen.delta,
        "still_in": [each.name for each in order],
        "out": [each.name for each in found.layouts if not each.still_in],
        "layouts": [_layout(found, each) for each in found.layouts],
        "not_possible": [{"kind": kind, "reason": reason} for kind, reason in found.cannot],
        "weeks_of_learning": [
            {"week": each.week, "speed": each.speed, "difference": _interval(each.against_now)} for each in found.weeks
        ],
        "remarks": [each.text(language) for each in found.remarks],
        "days": found.days,
        "seconds": found.seconds,
        "seed": found.seed,
        "engine": found.engine,
    }


def _layout(found: Any, each: Any) -> dict[str, Any]:
    def services(positions: Any) -> list[str]:
        return [service for n in positions for service in found.units[n]]

    return {
        "name": each.name,
        "kind": each.arrangement.kind,
        "windows": [
            {"count": pool.count, "serves": services(pool.units), "helps": services(pool.helps)} for pool in each.arrangement.pools
        ],
        "value": _interval(each.value),
        "minus_now": None if each.against_now is None else _interval(each.against_now),
        "minus_best": None if each.against_best is None else _interval(each.against_best),
        "separated_from_best": each.separated,
        "still_in": each.still_in,
        "windows_for_several_items": each.pooled,
        "people_to_train": each.trained,
        "cost_a_day": each.cost,
        "mean_wait": {service: _interval(wait) for service, wait in each.waits.items()},
    }


def _interval(given: Any) -> dict[str, float | None]:
    return {key: None if value != value else value for key, value in (("value", given.value), ("low", given.low), ("high", given.high))}


def _show(found: Any) -> None:
    from dashboards.data import layouts

    say(layouts.sentence(words, found), style="bold")
    say(layouts.promise(words, found))
    made = table(
        *(words(each) for each in ("cli_layout_layout", "cli_layout_value", "cli_layout_minus_now", "cli_layout_minus_best")),
        *(words(each) for each in ("cli_layout_pooled", "cli_layout_train")),
        *([words("cli_layout_cost")] if found.best.cost else []),
        words("cli_layout_verdict"),
        right=(1, 2, 3, 4, 5, 6) if found.best.cost else (1, 2, 3, 4, 5),
    )
    for each in found.layouts:
        row = [layouts.label(words, each), layouts.figure(found, each.value)]
        row += [layouts.difference(found, given) for given in (each.against_now, each.against_best)]
        row += [str(each.pooled), str(each.trained)]
        row += [number(each.cost["total"], 0)] if each.cost else []
        made.add_row(*row, words(layouts.verdict(found, each)))
    show(made)
    say(words("cli_layout_windows_of", name=layouts.label(words, found.best)))
    for line in layouts.windows(words, found, found.best):
        say(f"  {line}")
    for kind, reason in found.cannot:
        say(words("cli_layout_cannot", name=layouts.kind(words, kind), reason=layouts.reason(words, reason)))
    for week in found.weeks:
        say(words("cli_layout_week", week=week.week, percent=f"{100 * week.speed:.0f}", change=layouts.difference(found, week.against_now)))
    say(words("cli_layout_assumed"))
    say(words("cli_layout_effort", days=number(found.days, 0), seconds=f"{found.seconds:.0f}"))
