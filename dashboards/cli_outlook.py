"""The command that leads from a staffing plan to the next assessment: `openhall outlook`. It reads, asks both halves, and prints."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dashboards.cli_console import answer, bar, check_apart, check_target, say, show, table, words
from dashboards.cli_hall import JsonTarget, ScenarioName, Seed
from dashboards.cli_month import SCHEME, SchemeId
from dashboards.cli_plan import Changes, plan_of, say_changes
from dashboards.cli_record import Hall

OfMonth = Annotated[str, typer.Option("--month", metavar="MONTH", help=words("cli_outlook_month"), show_default=False)]
Stated = Annotated[
    str | None, typer.Option("--stated", metavar="RATIO[:LOW:HIGH]", help=words("cli_outlook_stated"), show_default=False)
]  # fmt: skip


def outlook(
    scenario: ScenarioName,
    hall: Hall,
    month: OfMonth,
    plan: Annotated[str | None, typer.Argument(metavar="PLAN", help=words("cli_plan"), show_default=False)] = None,
    change: Changes = None,
    scheme: SchemeId = SCHEME,
    stated: Stated = None,
    seed: Seed = 1,
    json_target: JsonTarget = None,
) -> None:
    """What a plan's waits would do to bad ratings, complaints and points."""
    check_target(json_target)
    check_apart([json_target], [scenario, plan])
    ratio = _ratio(stated)
    from dashboards.data.outlook import as_data
    from dashboards.data.outlook import outlook as look
    from dashboards.shipped import find_scenario
    from simulation.scenario import load_scenario
    from supervision.db.store import open_store

    base = load_scenario(find_scenario(scenario))
    second, changes = plan_of(base, plan, change)
    with open_store() as store, bar(words("cli_comparing", base=base.name, plan=second.name)) as progress:
        found = look(store, hall, month, base, second, scheme, stated=ratio, seed=seed, progress=progress)
    if not answer(as_data(found), json_target):
        say_changes(base, changes)
        _show(found, ratio is not None)


def _ratio(given: str | None) -> tuple[float, float, float] | None:
    """A ratio, alone or with its ends. Raises BadInput."""
    from simulation.faults import BadInput, fault

    if given is None:
        return None
    try:
        parts = [float(each) for each in given.split(":")]
    except ValueError:
        parts = []
    value, low, high = parts if len(parts) == 3 else (parts * 3 if len(parts) == 1 else (0.0, 0.0, 0.0))
    if not 0 < low <= value <= high < 1000:
        raise BadInput([fault("outlook_ratio", "--stated", given)])
    return value, low, high


def _show(found: Any, is_stated: bool) -> None:
    from dashboards.data.outlook import effects, moved, notes, sentence, span

    say(sentence(words, found))
    for each in effects(words, found):
        say(f"  {each}")
    made = table(*(words(f"outlook_{each}") for each in ("window", "visits", "bad_ratings", "complaints", "points")), right=(1, 2, 3, 4))
    for each in (found.hall, *moved(found)):
        cells = (span(change) for change in (each.bad_ratings, each.complaints, each.points))
        made.add_row(each.window_id or words("outlook_hall"), f"{each.visits:,}", *cells)
    show(made)
    say(words("outlook_table"), style="dim")
    for note in notes(words, found, is_stated):
        say(note, style="dim")
