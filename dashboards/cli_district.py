"""The command about a whole district: `openhall district`. It reads, calls `simulation.district`, prints; nothing is computed here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboards.cli_console import answer, bar, check_apart, check_target, number, say, show, table, words
from dashboards.cli_hall import JsonTarget, Seed
from dashboards.cli_workers import Scheduler, Workers, workers_of

if TYPE_CHECKING:
    from simulation.district import District

File = Annotated[str, typer.Argument(metavar="DISTRICT", help=words("cli_district_file"), show_default=False)]
PlanId = Annotated[str | None, typer.Option("--plan", metavar="ID", help=words("cli_district_plan"), show_default=False)]
Moves = Annotated[list[str] | None, typer.Option("--move", metavar="FROM>TO=SHARE", help=words("cli_district_move"), show_default=False)]
Windows = Annotated[list[str] | None, typer.Option("--windows", metavar="PLACE=N", help=words("cli_district_windows"), show_default=False)]
Workbook = Annotated[str | None, typer.Option("--xlsx", metavar="FILE.xlsx", help=words("cli_district_xlsx"), show_default=False)]


def district(
    file: File,
    plan: PlanId = None,
    move: Moves = None,
    windows: Windows = None,
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
    from simulation.district import district_as_data, judge_plan, load_district

    given = load_district(find_district(file))
    chosen = districts.plan_of(given, plan, move or [], windows or [])
    with workers_of(workers, scheduler) as crew, bar(words("cli_district_simulating", name=given.name)) as advance:
        found = judge_plan(given, chosen, seed=seed, workers=crew, tell=lambda done, total: advance(done, total, None))
    data = district_as_data(found)
    if xlsx is not None:
        _write_workbook(xlsx, given, data)
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
    for sentence in districts.notes(words, given, Access(**access["after"]), data["stayed"]):
        say(sentence)


def _pair(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"


def _with_interval(value: float | None, low: float | None, high: float | None) -> str:
    return "–" if value is None else f"{value:.1f} [{low:.1f}, {high:.1f}]" if low is not None and high is not None else f"{value:.1f}"


def _write_workbook(path: str, given: District, data: dict[str, Any]) -> None:
    from pathlib import Path

    import pandas as pd

    from dashboards.cli_size import TITLES
    from dashboards.data import district as districts
    from dashboards.workbook import workbook

    rows = pd.DataFrame(districts.site_rows(words, given, data))
    titles = {name: words(key) for name, key in TITLES.items()}
    sheet, definitions, about = words("sheet_table"), districts.basis_rows(words, given), districts.about(words, given, data)
    Path(path).write_bytes(workbook(rows, districts.site_columns(words), sheet, definitions, about, titles))
