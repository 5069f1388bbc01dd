"""The commands about one day: `day` makes any day again and exports it, event by event; `now` looks ahead from the hall as it stands.

Heavy imports wait until a command runs, so that asking for help costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import typer

from dashboards.cli_console import answer, check_apart, check_target, say, show, table, words
from dashboards.cli_hall import Engine, EngineName, JsonTarget, ScenarioName, Seed

Number = Annotated[int, typer.Option("--replication", metavar="N", min=0, help=words("cli_replication"))]
DayNumber = Annotated[int, typer.Option("--day", metavar="N", min=0, max=999, help=words("cli_day"))]
Out = Annotated[list[str] | None, typer.Option("--out", metavar="FILE", help=words("cli_events"), show_default=False)]
OnDate = Annotated[
    datetime | None, typer.Option("--date", metavar="DATE", formats=["%Y-%m-%d"], help=words("cli_date"), show_default=False)
]


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
    from simulation.days import dated, hall_on
    from simulation.events import date_of, events_of
    from simulation.measures import measure
    from simulation.replay import replay
    from simulation.scenario import load_scenario

    read = load_scenario(find_scenario(scenario))
    demand, tickets = replay(read, seed, replication, day, engine.value)
    today, its_date = hall_on(read, day), dated(read, day)
    on = date.date() if date else its_date.date if its_date else date_of(day)
    events = events_of(today, tickets, on)
    about = {"concept:name": read.name, "seed": seed, "replication": replication, "day": day, "digest": read.digest}
    for path in out or ():
        write_events(path, events, about)
    measures = measure(today, tickets, outages=demand.windows)
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


Plans = Annotated[list[str] | None, typer.Option("--plan", metavar="CHANGES", help=words("cli_now_plan"), show_default=False)]
NowReplications = Annotated[int, typer.Option("--replications", metavar="N", min=2, help=words("cli_now_replications"))]
LONGER = "longer="
"""begins the one change that is for today alone: the last opening so many minutes longer"""
SHOWN = ("mean_wait", "sent_home_share", "left_share", "turned_away_share", "served", "empty_at")


def now(
    scenario: ScenarioName,
    snapshot: Annotated[str, typer.Argument(metavar="SNAPSHOT", help=words("cli_snapshot"), show_default=False)],
    plan: Plans = None,
    replications: NowReplications = 100,
    seed: Seed = 1,
    engine: EngineName = Engine.kernel,
    json_target: JsonTarget = None,
) -> None:
    """From the hall as it stands: the rest of today, and what a change would do to it."""
    check_target(json_target)
    check_apart([json_target], [scenario, snapshot])
    from dashboards.data import current
    from dashboards.shipped import find_scenario
    from simulation.days import hall_on
    from simulation.faults import BadInput, fault
    from simulation.now import extend_today, outlook, read_snapshot, usual_plans
    from simulation.now.snapshot import read_document
    from simulation.plans import apply_changes, read_changes
    from simulation.scenario import load_scenario

    read = load_scenario(find_scenario(scenario))
    seen = read_snapshot(snapshot, hall_on(read, 0))
    document = read_document(snapshot)
    plans = usual_plans(read, document) if plan is None else []
    for text in plan or ():
        edited = read.document
        for line in text.split() or [text]:
            if line.startswith(LONGER):
                minutes = line.removeprefix(LONGER)
                if not minutes.isdecimal() or int(minutes) % 30 or not 0 < int(minutes) <= longest_today(read):
                    raise BadInput([fault("now_longer", f"--plan {line}", minutes, most=longest_today(read))])
                edited = extend_today(edited, int(minutes))
            else:
                edited = apply_changes(edited, read_changes([line], "--plan"), "--plan")
        plans.append((text, edited))
    found = outlook(read, document, plans, replications=replications, seed=seed, engine=engine.value, place=snapshot)
    said = {"scenario": read.name, "digest": read.digest, "at": clock_of(read, seen.at), "seed": seed, "replications": replications}
    said |= {"waiting": seen.people_waiting, "serving": len(seen.serving), "futures": [each.to_dict() for each in found]}
    best = current.best(found)
    said |= {"best": best.name if best else None}
    if not answer(said, json_target):
        show_now(read, said, plan is None)


def longest_today(scenario: Any) -> int:
    """Minutes until midnight after the last closing, whole half-hours."""
    return int((24 * 60 - scenario.clock_start - scenario.openings[-1].end) // 30 * 30)


def clock_of(scenario: Any, minute: float) -> str:
    from simulation.scenario.hours import clock

    return clock(scenario.clock_start + minute)


def show_now(scenario: Any, said: Mapping[str, Any], usual: bool = False) -> None:
    """The rest of the day: the next tickets, then the base and every plan side by side.

    usual : whether the plans are the usual ones, which are then told in words; plans of somebody's own stay as they were written
    """
    base, *plans = said["futures"]
    say(f"{words.name(scenario.title, scenario.name)} ({scenario.name})", style="bold")
    say(words("cli_now_head", **{key: said[key] for key in ("at", "waiting", "serving", "replications", "seed")}), style="dim")
    tickets = table(words("cli_service"), words("cli_now_next"), words("cli_interval"), words("cli_now_called"), right=(1, 2, 3))
    for service in scenario.services:
        one = base["next_ticket"][service.id]
        tickets.add_row(words.name(service.name, service.id), _told(one["wait"]), _span(one["wait"]), _told(one["called"]))
    show(tickets)
    day = table(words("cli_measure"), words("cli_value"), words("cli_interval"), right=(1, 2))
    for name in SHOWN:
        day.add_row(words(f"cli_now_{name}"), _told(base["figures"][name]), _span(base["figures"][name]))
    show(day)
    if not plans:
        return
    headers = [words(f"cli_now_{name}") for name in SHOWN]
    beside = table(words("cli_plan_name"), *headers, right=tuple(range(1, 1 + len(headers))), title=words("cli_now_plans"))
    for each in plans:
        beside.add_row(
            _in_words(scenario, each["name"]) if usual else each["name"], *(_told(each["difference"][name], sign=True) for name in SHOWN)
        )
    show(beside)
    say(words("cli_now_note"), style="dim")
    say(_advice(scenario, said, usual))


def _advice(scenario: Any, said: Mapping[str, Any], usual: bool) -> str:
    """What to do now, in a sentence."""
    base, *plans = said["futures"]
    wait, empty = (_told(base["figures"][name]) for name in ("mean_wait", "empty_at"))
    facts = {"at": said["at"], "waiting": said["waiting"], "wait": wait, "empty": empty}
    for each in plans:
        if each["name"] == said["best"]:
            gain = each["difference"]["mean_wait"]
            less, low, high = (_number(abs(gain[key]), gain["unit"]) for key in ("value", "high", "low"))
            plan = _to_do(scenario, each["name"]) if usual else words("cli_now_own", plan=each["name"])
            return words("now_do", **facts, plan=plan, gain=less, low=low, high=high)
    return words("now_nothing", **facts)


def _to_do(scenario: Any, line: str) -> str:
    """One of the usual plans, as something to do."""
    from simulation.plans import window_groups

    if not line.startswith("windows."):
        return _in_words(scenario, line)
    group = line.removeprefix("windows.").partition("=")[0]
    names = {each.id: words.name(each.name, each.id) for each in window_groups(scenario.document)}
    return words("now_window", group=names.get(group, group))


def _in_words(scenario: Any, line: str) -> str:
    """One of the usual plans."""
    from simulation.plans import window_groups

    if not line.startswith("windows."):
        return words("now_longer", minutes=line.removeprefix(LONGER)) if line.startswith(LONGER) else words("now_no_tickets")
    group, _, more = line.removeprefix("windows.").partition("=")
    names = {each.id: words.name(each.name, each.id) for each in window_groups(scenario.document)}
    count, _, stretch = more.partition("@")
    return f"{count} {names.get(group, group)} {stretch.replace('-', '–')}"


def _told(figure: Mapping[str, Any], sign: bool = False) -> str:
    return _number(figure["value"], figure["unit"], sign)


def _span(figure: Mapping[str, Any]) -> str:
    if figure["low"] is None:
        return "–"
    return f"{_number(figure['low'], figure['unit'])} … {_number(figure['high'], figure['unit'])}"


def _number(value: float | None, unit: str, sign: bool = False) -> str:
    """Shares in percent, clocks as clocks, minutes and tickets with one digit."""
    if value is None:
        return "–"
    if unit == "clock":
        from simulation.scenario.hours import clock

        return clock(value)
    text = f"{100 * value if unit == 'share' else value:{'+' if sign else ''},.1f}"
    return f"{text} %" if unit == "share" else text
