"""The command about a whole district: `openhall district`. It reads, calls `simulation.district`, prints; nothing is computed here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboards.cli_console import answer, bar, check_apart, check_target, number, say, show, table, words
from dashboards.cli_hall import JsonTarget, Seed
from dashboards.cli_workers import Scheduler, Workers, workers_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.district import District

File = Annotated[str, typer.Argument(metavar="DISTRICT", help=words("cli_district_file"), show_default=False)]
PlanId = Annotated[str | None, typer.Option("--plan", metavar="ID", help=words("cli_district_plan"), show_default=False)]
Moves = Annotated[list[str] | None, typer.Option("--move", metavar="FROM>TO=SHARE", help=words("cli_district_move"), show_default=False)]
Windows = Annotated[list[str] | None, typer.Option("--windows", metavar="PLACE=N", help=words("cli_district_windows"), show_default=False)]
ByChoice = Annotated[bool, typer.Option("--choice", help=words("cli_district_choice"))]
Tornado = Annotated[bool, typer.Option("--tornado", help=words("cli_district_tornado"))]
Workbook = Annotated[str | None, typer.Option("--xlsx", metavar="FILE.xlsx", help=words("cli_district_xlsx"), show_default=False)]

SHOWN = 6
"""assumptions of each outcome at a terminal"""


def district(
    file: File,
    plan: PlanId = None,
    move: Moves = None,
    windows: Windows = None,
    choice: ByChoice = False,
    tornado: Tornado = False,
    seed: Seed = 1,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    xlsx: Workbook = None,
    json_target: JsonTarget = None,
) -> None:
    """Judge a plan for a district, before and after."""
    for each in (json_target, xlsx):
        check_target(each)
    check_apart([json_target, xlsx], [file])
    from dashboards.data import district as districts
    from dashboards.shipped import find_district
    from simulation import district as areas

    given = areas.load_district(find_district(file))
    chosen = districts.plan_of(given, plan, move or [], windows or [])
    data: dict[str, Any] = {}
    with workers_of(workers, scheduler) as crew:

        def shown(key: str, judge: Callable[..., Any]) -> Any:
            with bar(words(key, name=given.name)) as advance:
                return judge(given, chosen, seed=seed, workers=crew, tell=lambda done, total: advance(done, total, None))

        data |= areas.district_as_data(shown("cli_district_simulating", areas.judge_plan))
        if choice:
            data["choice"] = areas.choice_as_data(shown("cli_district_choosing", areas.judge_choice))
        if tornado:
            data["tornado"] = areas.tornado_as_data(shown("cli_district_moving", areas.tornado))
    if xlsx is not None:
        from pathlib import Path

        from dashboards.data.district_book import book

        Path(xlsx).write_bytes(book(words, given, data))
    if not answer(data, json_target):
        _show(given, data)


def _show(given: District, data: dict[str, Any]) -> None:
    from dashboards.data import district as districts
    from simulation.district import Access

    say(districts.answer(words, given, data)[0])
    made = table(
        *(words(f"district_column_{each}") for each in ("place", "sites", "cases", "windows", "wait", "use")), right=(1, 2, 3, 4, 5)
    )
    for row in districts.kind_rows(words, data):
        waits = [_with_interval(row[f"wait_{side}"], row[f"wait_low_{side}"], row[f"wait_high_{side}"]) for side in ("before", "after")]
        made.add_row(
            row["place"],
            str(row["sites"]),
            _pair(number(row["cases_before"], 0), number(row["cases_after"], 0)),
            _pair(str(row["windows_before"]), str(row["windows_after"])),
            _pair(*waits),
            _pair(*(f"{100 * row[f'use_{side}']:.0f}%" for side in ("before", "after"))),
        )
    show(made)
    made = table(words("district_access_title"), words("district_before"), words("district_after"), right=(1, 2))
    access = data["access"]
    for row in districts.access_rows(words, given, access["before"], access["after"]):
        cells = (f"{100 * row[side]:.1f}%" if row["share"] else f"{row[side]:.1f}" for side in ("before", "after"))
        made.add_row(row["measure"], *cells)
    waits = [_with_interval(*(data["wait"][side][each] for each in ("value", "low", "high"))) for side in ("before", "after")]
    made.add_row(words("district_measure_wait"), *waits)
    show(made)
    if "choice" in data:
        _show_choice(data)
    if "tornado" in data:
        _show_tornado(given, data["tornado"])
    for sentence in districts.notes(words, given, Access(**access["after"]), data["stayed"]):
        say(sentence)


def _show_choice(data: dict[str, Any]) -> None:
    from dashboards.data import district as districts

    say(districts.choice_answer(words, data)[0])
    heads = [words("district_column_place"), *(words(f"district_choice_{each}") for each in ("before", "planned", "after"))]
    waits = [f"{words('district_column_wait')} · {words(f'district_choice_wait_{each}')}" for each in ("plain", "chosen")]
    made = table(*heads, *waits, title=words("district_choice_title"), right=(1, 2, 3, 4, 5))
    for row in districts.choice_rows(words, data):
        cases = (number(row[f"cases_{each}"], 0) for each in ("before", "planned", "after"))
        made.add_row(
            row["place"],
            *cases,
            *(_with_interval(*(row[f"{end}_{key}"] for end in ("wait", "low", "high"))) for key in ("plain", "chosen")),
        )
    show(made)
    for sentence in districts.choice_notes(words, data):
        say(sentence)


def _show_tornado(given: District, storm: dict[str, Any]) -> None:
    from dashboards.data import district as districts
    from simulation.district import OUTCOMES

    for outcome in OUTCOMES:
        rows = districts.tornado_rows(words, given, storm, outcome)[:SHOWN]
        if rows:
            heads = [words(f"sizing_column_{each}") for each in ("input", "at_low", "at_high")]
            made = table(*heads, title=f"{words('district_tornado_title')}: {words(f'district_outcome_{outcome}')}", right=(1, 2))
            for row in rows:
                made.add_row(row["input"], f"{row['at_low']:.2f}", f"{row['at_high']:.2f}")
            show(made)
    say(districts.strongest(words, given, storm, OUTCOMES[0]))
    say(words("district_tornado_note", count=len(storm["not_moved"])))


def _pair(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"


def _with_interval(value: float | None, low: float | None, high: float | None) -> str:
    return "–" if value is None else f"{value:.1f} [{low:.1f}, {high:.1f}]" if low is not None and high is not None else f"{value:.1f}"
