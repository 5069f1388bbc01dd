"""The command that sets window-hours against waiting: `openhall frontier`.

It reads, calls `simulation.optimisation`, prints, and may write a plan; nothing is computed here.
"""

from __future__ import annotations

from typing import Any

from dashboards.cli_console import Refusals, answer, bar, check_apart, check_target, note, number, say, show, table, words
from dashboards.cli_hall import JsonTarget, ScenarioName, Seed
from dashboards.cli_layout import Out, Prices
from dashboards.cli_plan import Changes, planned
from dashboards.cli_staff import AtLeast, On, Seats, read_seats
from dashboards.cli_workers import Scheduler, Workers, workers_of


def frontier(
    scenario: ScenarioName,
    cost: Prices = None,
    seats: Seats = None,
    on: On = None,
    at_least: AtLeast = 1,
    change: Changes = None,
    seed: Seed = 1,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    out: Out = None,
    json_target: JsonTarget = None,
) -> None:
    """Set window-hours against waiting: the plans that none beats, and what a window-hour more saves."""
    for each in (json_target, out):
        check_target(each)
    check_apart([json_target, out], [scenario])
    from dashboards.data import frontiers
    from dashboards.shipped import find_scenario
    from simulation.optimisation import find_frontier
    from simulation.optimisation.costs import with_costs
    from simulation.optimisation.staffing import check_staffing
    from simulation.scenario import load_scenario

    given, refused = load_scenario(find_scenario(scenario)), Refusals()
    changed = refused.of(lambda: planned(given, change)[0]) or given
    hall = refused.of(lambda: with_costs(changed, cost or [])) or changed
    most, day = refused.of(lambda: read_seats(seats or [])) or {}, None if on is None else on.date()
    refused.of(lambda: check_staffing(hall, most, None, on=day, at_least=at_least))
    refused.tell()
    how: dict[str, Any] = {"seats": most, "on": day, "at_least": at_least, "seed": seed}
    with workers_of(workers, scheduler) as crew, bar(words("cli_frontier_walking", name=hall.name)) as advance:
        found = find_frontier(hall, **how, workers=crew, progress=lambda stage, done: advance(done, None, None))
    if out is not None:
        from pathlib import Path

        chosen = found.cheapest or found.better or found.now
        Path(out).write_text(found.plan(chosen).to_toml(), encoding="utf-8")
    data = frontiers.as_data(found)
    for each in found.remarks:
        note(each.text(words.language), style=None)
    if not answer({**data, "sentence": frontiers.sentence(words, data)}, json_target):
        _show(data)


def _show(data: dict[str, Any]) -> None:
    from dashboards.data import frontiers

    say(frontiers.sentence(words, data), style="bold")
    priced = data["prices"] is not None
    columns = ["frontier_hours", "frontier_most_open", "cli_frontier_wait", "cli_frontier_p90", "frontier_waited", "cli_frontier_saved"]
    columns += ["frontier_cost_windows", "frontier_cost_total"] if priced else []
    made = table(*map(words, columns), words("frontier_role"), right=tuple(range(len(columns))))
    rows = [(frontiers.role(data, n), each) for n, each in enumerate(data["points"])]
    for role, each in sorted([*rows, ("frontier_now", data["now"])], key=lambda row: row[1]["window_hours"]):
        row = [f"{each['window_hours']:g}", str(each["most_open"])]
        row += [frontiers.waiting(each["mean_wait"]), number(each["p90_wait"]["value"], 1)]
        row += [number(each["waiting_hours"]["value"], 1), number(each["saved_per_window_hour"], 2)]
        row += [number(each["cost_a_day"][part], 0) for part in ("windows", "total")] if priced else []
        made.add_row(*row, words(role) if role else "")
    show(made)
    if judged := frontiers.judged_on(words, data):
        say(judged)
    say(words("frontier_note"))
    say(words("cli_layout_effort", days=number(data["days"], 0), seconds=f"{data['seconds']:.0f}"))
