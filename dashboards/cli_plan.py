"""Plans at a terminal: the levers of a hall, and the changes that `simulate` and `compare` are asked to make.

A change is one line of text, the same as in the address of a page: ``--change windows.comprehensive=+2@10:00-12:00 --change lunch=ab``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboards.cli_console import answer, check_apart, check_target, say, show, table, words

if TYPE_CHECKING:
    from simulation.plans import Change
    from simulation.scenario import Scenario

Changes = Annotated[list[str] | None, typer.Option("--change", "-c", metavar="LEVER=VALUE", help=words("cli_change"), show_default=False)]
Write = Annotated[str | None, typer.Option("--write", metavar="FILE", help=words("cli_write"), show_default=False)]


def levers(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help=words("cli_scenario"), show_default=False)],
    json_target: Annotated[str | None, typer.Option("--json", metavar="FILE|-", help=words("cli_json"), show_default=False)] = None,
) -> None:
    """What can be changed in a hall: every lever, how it stands, and how a change of it is written."""
    check_target(json_target)
    check_apart([json_target], [scenario])
    from dashboards.data import changes
    from dashboards.shipped import find_scenario
    from simulation.plans import LEVERS, TOPICS, now_of, targets_of, windows_of
    from simulation.plans.forms import allowed
    from simulation.scenario import load_scenario

    read = load_scenario(find_scenario(scenario))
    rows = []
    for lever in LEVERS.values():
        targets = targets_of(read.document, lever)
        value = lever.example.format(service=read.services[0].id)
        target = "PATH" if lever.of == "path" else "" if not targets else targets[-1 if lever.of == "opening" else 0]
        example = f"{lever.name}.{target}={value}" if target else f"{lever.name}={value}"
        row: dict[str, Any] = {"lever": lever.name, "topic": lever.topic, "targets": targets, "choices": list(allowed(lever.form))}
        rows.append(row | {"now": "" if lever.of == "path" else now_of(read.document, lever, ""), "example": example})
    if answer({"scenario": read.name, "levers": rows}, json_target):
        return
    for topic in (*TOPICS, "other"):
        columns = ("cli_lever", "cli_meaning", "cli_now", "cli_example", "cli_choices")
        made = table(*map(words, columns), title=words(f"topic_{topic}"))
        for row in rows:
            if row["topic"] == topic:
                meaning, choices = changes.label(words, row["lever"]), ", ".join(row["choices"])
                made.add_row(row["lever"], meaning, row["now"] or "…", row["example"], choices)
        show(made)
    say(words("cli_levers_targets", windows=", ".join(each["id"] for each in windows_of(read.document))))
    say(words("cli_levers_services", services=", ".join(each.id for each in read.services if each.id == each.of)))


def planned(base: Scenario, lines: list[str] | None) -> tuple[Scenario, list[Change]]:
    """A scenario with the changes of some lines made. Raises BadInput with every one that cannot be made."""
    from simulation.plans import apply_changes, read_changes
    from simulation.scenario import parse

    changes = read_changes(lines or [])
    if not changes:
        return base, []
    return parse(apply_changes(base.document, changes), "--change"), changes


def plan_of(base: Scenario, given: str | None, lines: list[str] | None) -> tuple[Scenario, list[Change]]:
    """The plan to compare with a base: a scenario, a saved plan of the base by its name, or the base itself, with the changes made.

    Raises BadInput if there is no such plan, or nothing that differs is asked for.
    """
    from dashboards.shipped import find_scenario, shipped_scenarios
    from simulation.faults import BadInput, fault
    from simulation.scenario import load_scenario

    if given is None and not lines:
        raise BadInput([fault("nothing_to_compare", "PLAN")])
    if given is None:
        return planned(base, lines)
    if not Path(given).is_file() and given not in shipped_scenarios() and not Path(given).suffix:
        from dashboards.data import library

        saved = library.find(base.name, given)
        if saved is not None:
            return planned(base, [*map(str, saved.changes), *(lines or [])])
    return planned(load_scenario(find_scenario(given)), lines)


def say_changes(base: Scenario, changes: list[Change]) -> None:
    """The changes as sentences."""
    from dashboards.data.changes import sentences

    for sentence in sentences(words, base.document, changes):
        say(f"  {sentence}")


def write_plan(plan: Scenario, path: str | None) -> None:
    """The plan as a scenario file, where it is asked for."""
    if path is not None:
        from simulation.scenario.writing import to_toml

        Path(path).write_text(to_toml(plan.document), encoding="utf-8")


def as_lines(changes: list[Change]) -> dict[str, Any]:
    """The changes for JSON; nothing where none was made."""
    return {"changes": [str(each) for each in changes]} if changes else {}
