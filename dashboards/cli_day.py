"""The commands about one day: `day` makes any day again and exports it, event by event. They read, call `simulation`, and print.

Heavy imports wait until a command runs, so that asking for help costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import typer

from dashboards.cli_console import answer, check_apart, check_target, say, show, table, words
from dashboards.cli_hall import Engine, EngineName, JsonTarget, ScenarioName, Seed

Number = Annotated[int, typer.Option("--replication", min=0, help=words("cli_replication"))]
DayNumber = Annotated[int, typer.Option("--day", min=0, help=words("cli_day"))]
Out = Annotated[list[str] | None, typer.Option("--out", metavar="FILE", help=words("cli_events"), show_default=False)]
OnDate = Annotated[datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help=words("cli_date"), show_default=False)]


def day(
    scenario: ScenarioName,
    seed: Seed = 1,
    replication: Number = 0,
    day: DayNumber = 0,
    out: Out = None,
    date: OnDate = None,
    engine: EngineName = Engine.kernel,
    json_target: JsonTarget = None,
) -> None:
    """Make one day again from its seed, show its measures, and export what happened to whom."""
    from simulation.events.files import check_event_log_name, write_events

    for path in out or ():
        check_event_log_name(path)
    for target in (*(out or ()), json_target):
        check_target(target)
    check_apart([*(out or ()), json_target], [scenario])
    from dashboards.shipped import find_scenario
    from simulation.events import date_of, events_of
    from simulation.measures import measure
    from simulation.replay import replay
    from simulation.scenario import load_scenario

    read = load_scenario(find_scenario(scenario))
    demand, tickets = replay(read, seed, replication, day, engine.value)
    on = date.date() if date else date_of(day)
    events = events_of(read, tickets, on)
    about = {"concept:name": read.name, "seed": seed, "replication": replication, "day": day, "digest": read.digest}
    for path in out or ():
        write_events(path, events, about)
    measures = measure(read, tickets, outages=demand.windows)
    counts = {name: int(count) for name, count in events["concept:name"].value_counts(sort=False).items() if count}
    found = {"scenario": read.name, "seed": seed, "replication": replication, "day": day, "date": on.isoformat(), "digest": read.digest}
    found |= {"events": counts, **measures.to_dict()}
    if not answer(found, json_target):
        show_day(read, found, out or ())


def show_day(scenario: Any, found: Mapping[str, Any], written: Any) -> None:
    """The day's measures, without intervals: it is one day."""
    from dashboards.cli_tables import label, unit, value

    say(f"{words.name(scenario.title, scenario.name)} ({scenario.name})", style="bold")
    say(words("cli_day_head", **{key: found[key] for key in ("seed", "replication", "day", "date")}), style="dim")
    hall = table(words("cli_measure"), words("cli_value"), words("cli_unit"), right=(1,))
    for name, figure in found["measures"].items():
        if figure is not None:
            hall.add_row(label(name), value(name, figure), unit(name))
    show(hall)
    for path in written:
        say(words("cli_day_written", events=f"{sum(found['events'].values()):,}", path=path), style="green")
