"""The command that answers "how large must a new hall be, and whom would this building serve": `openhall size`.

It reads, calls `simulation.optimisation.sizing`, prints, and may write a workbook and the hall; nothing is computed here.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboards.cli_console import answer, bar, check_apart, check_target, number, say, show, table, words
from dashboards.cli_hall import JsonTarget, Seed
from dashboards.cli_workers import Scheduler, Workers, workers_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulation.optimisation.sizing import Outline, Sizing

Sheet = Annotated[str, typer.Argument(metavar="SHEET", help=words("cli_size_file"), show_default=False)]
Changed = Annotated[list[str] | None, typer.Option("--set", metavar="NAME=NUMBER", help=words("cli_size_set"), show_default=False)]
Quick = Annotated[bool, typer.Option("--quick", help=words("cli_size_quick"))]
NoTornado = Annotated[bool, typer.Option("--no-tornado", help=words("cli_size_no_tornado"))]
Workbook = Annotated[str | None, typer.Option("--xlsx", metavar="FILE.xlsx", help=words("cli_size_xlsx"), show_default=False)]
Hall = Annotated[str | None, typer.Option("--write", metavar="FILE.toml", help=words("cli_size_hall"), show_default=False)]

NO = 1
"""the exit code of the answer "no" """
SHOWN = 8
"""inputs of the tornado at a terminal"""


def size(
    sheet: Sheet,
    changed: Changed = None,
    quick: Quick = False,
    no_tornado: NoTornado = False,
    seed: Seed = 1,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    xlsx: Workbook = None,
    write: Hall = None,
    json_target: JsonTarget = None,
) -> None:
    """Size a hall, and say what a given one serves."""
    for each in (json_target, xlsx, write):
        check_target(each)
    check_apart([json_target, xlsx, write], [sheet])
    _check_quick(quick, write, scheduler)
    from dashboards.shipped import find_sheet
    from simulation.optimisation import sizing as sizes

    given = sizes.load_sizing(find_sheet(sheet))
    given = given.having(_numbers(changed or [], given))
    rough, found, storm = sizes.outline(given), None, None
    if quick:
        data = sizes.outline_as_data(given, rough)
        if not no_tornado:
            storm = sizes.tornado(given, sizes.by_formula, "formula")
    else:
        with workers_of(workers, scheduler) as crew, bar(words("cli_size_searching", name=given.name)) as advance:
            answered = sizes.size(given, seed=seed, workers=crew, tell=lambda stage, done: advance(done, None, None))
            moved = sizes.BySimulation(seed, crew, tell=lambda stage, done: advance(done, None, None))
            if not no_tornado:
                storm = sizes.tornado(given, moved, "simulation")
        found = data = sizes.size_as_data(answered)
        if write is not None:
            Path(write).write_text(answered.hall.to_toml(), encoding="utf-8")
    if storm is not None:
        data["tornado"] = sizes.tornado_as_data(storm)
    if xlsx is not None:
        from dashboards.data.sizing_book import book

        Path(xlsx).write_bytes(book(words, given, rough, found, data.get("tornado")))
    if not answer(data, json_target):
        _show(given, rough, found, data.get("tornado"))
    if found is not None and not found["kept"]:
        raise typer.Exit(NO)


def _check_quick(quick: bool, write: str | None, scheduler: str | None) -> None:
    """What formulas alone cannot do is refused. Raises BadInput."""
    from simulation.faults import BadInput, fault

    faults = [] if write is None else [fault("quick_has_no_hall", "--write", write)]
    faults += [] if scheduler is None else [fault("quick_simulates_nothing", "--scheduler", scheduler)]
    if quick and faults:
        raise BadInput(faults)


def _numbers(lines: list[str], sizing: Sizing) -> dict[str, float]:
    """NAME=NUMBER as values of inputs. Raises BadInput with every line that is none."""
    import math

    from simulation.faults import BadInput, fault
    from simulation.optimisation.sizing import FIGURES

    read, faults = {}, []
    for line in lines:
        name, _, text = line.partition("=")
        kind = FIGURES.get(name.strip())
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if kind is None or not math.isfinite(value):
            faults.append(fault("sizing_slider", "--set", line, known=", ".join(FIGURES)))
        elif not kind.least <= value <= kind.most:
            code = "too_small" if value < kind.least else "too_large"
            faults.append(fault(code, "--set", text, key=name, least=f"{kind.least:,.10g}", most=f"{kind.most:,.10g}"))
        else:
            read[name.strip()] = value
    if faults:
        raise BadInput(faults)
    return read


def _show(sizing: Sizing, rough: Outline, found: Mapping[str, Any] | None, storm: Mapping[str, Any] | None) -> None:
    from dashboards.data import sizing as tables

    for sentence in tables.sentences(words, sizing, rough, found):
        say(sentence)
    made = table(*(words(f"sizing_column_{each}") for each in ("item", "value", "formula", "low", "high", "basis")), right=(1, 2, 3, 4))
    for row in tables.item_rows(words, sizing, rough, found):
        made.add_row(row["item"], *(number(row[each], 0) for each in ("value", "formula", "low", "high")), row["basis"])
    show(made)
    if found is not None:
        made = table(*(words(f"sizing_column_{each}") for each in ("year", "cases_year", "busy_day", "measure", "state")), right=(1, 2, 3))
        for row in tables.year_rows(words, sizing, found):
            estimate = f"{row['value']:.3f} [{row['low']:.3f}, {row['high']:.3f}]"
            made.add_row(row["calendar"], number(row["cases"], 0), number(row["busy"], 0), estimate, words(f"sizing_state_{row['state']}"))
        show(made)
    if storm is not None:
        heads = [words(f"sizing_column_{each}") for each in ("input", "low", "high", "at_low", "at_high")]
        made = table(*heads, title=words("sizing_outcome_area_m2"), right=(1, 2, 3, 4))
        for row in tables.tornado_rows(words, sizing, storm, "area_m2")[:SHOWN]:
            made.add_row(row["input"], f"{row['low']:,.10g}", f"{row['high']:,.10g}", number(row["at_low"], 0), number(row["at_high"], 0))
        show(made)
        say(tables.assumed(words, sizing, storm))
    if found is not None:
        say(words("sizing_effort", runs=found["simulated"], seconds=f"{found['seconds']:.0f}"))
