"""A study at a terminal: many halls and plans, on this machine or on a cluster.

It reads, calls `simulation.study`, and prints; nothing is computed here.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboards.cli_console import answer, bar, check_apart, check_target, number, say, show, table, words
from dashboards.cli_workers import Scheduler, Workers, workers_of

if TYPE_CHECKING:
    from simulation.study import Item, Study

StudyFile = Annotated[str, typer.Argument(metavar="STUDY.toml", help=words("cli_study_file"), show_default=False)]
Out = Annotated[str | None, typer.Option("--out", metavar="FOLDER", help=words("cli_study_out"), show_default=False)]
JsonTarget = Annotated[str | None, typer.Option("--json", metavar="FILE|-", help=words("cli_json"), show_default=False)]
MOST_SHOWN = 60
"""comparisons that the table lists; the JSON has all"""


def study(file: StudyFile, workers: Workers = 1, scheduler: Scheduler = None, out: Out = None, json_target: JsonTarget = None) -> None:
    """Compare many plans in many halls; what is finished is kept, and not done again."""
    check_target(json_target)
    check_apart([json_target], [file])
    from dashboards.shipped import find_scenario
    from simulation.study import items_of, read_study, run_study
    from supervision.home import data_folder

    folder = Path(out) if out is not None else data_folder() / "studies"
    with workers_of(workers, scheduler) as crew:
        with bar(words("cli_study_reading")) as advance:
            read = read_study(Path(file), find_scenario, lambda done, total: advance(done, total, None), crew)
        with bar(words("cli_study_running", name=read.name)) as advance:
            run_study(read, folder, crew, lambda done, total: advance(done, total, None))
    rows = [_row(folder, item) for item in items_of(read)]
    if not answer(_as_data(read, rows), json_target):
        _show(read, rows, folder)


def _row(folder: Path, item: Item) -> dict[str, Any]:
    """One comparison: the measures of the whole hall; everything else stands in its file."""
    from simulation.study import finished

    found = finished(folder, item)
    assert found is not None
    row: dict[str, Any] = {"hall": item.hall.name, "path": item.hall.place, "plan": None if item.plan is None else item.plan.name}
    row["file"] = f"{item.digest}.json.gz"
    if item.plan is None:
        return row | {"replications": found["replications"], "measures": found["measures"]}
    sides = {side: found[side]["measures"] for side in ("base", "plan", "difference")}
    return (
        row
        | {"replications": found["plan"]["replications"], "base": sides["base"], "measures": sides["plan"]}
        | {"difference": sides["difference"]}
    )


def _as_data(read: Study, rows: list[dict[str, Any]]) -> dict[str, Any]:
    how = {"seed": read.seed, "days": read.days, "precision": read.precision}
    return {"study": read.name, **how, "plans": [{"name": name, **counts} for name, counts in _counted(rows).items()], "comparisons": rows}


def _counted(rows: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Plan -> in how many halls people clearly wait less with it, clearly longer, and neither."""
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        if row["plan"] is not None:
            counts = found.setdefault(row["plan"], {"shorter": 0, "longer": 0, "unclear": 0})
            verdict = row["difference"]["mean_wait"]["verdict"]
            counts[{"lower": "shorter", "higher": "longer"}.get(verdict, "unclear")] += 1
    return found


def _show(read: Study, rows: list[dict[str, Any]], folder: Path) -> None:
    for name, counts in _counted(rows).items():
        say(words("cli_study_plan", name=name, halls=sum(counts.values()), **counts))
    titles = ["cli_study_hall", "cli_study_mean_wait"] if not read.plans else ["cli_study_hall", "cli_study_plan_column"]
    titles += [] if not read.plans else ["cli_study_base", "cli_study_mean_wait", "cli_study_difference"]
    made = table(*map(words, titles), right=tuple(range(len(titles) - (3 if read.plans else 1), len(titles))))
    for row in rows[:MOST_SHOWN]:
        wait = _interval(row["measures"]["mean_wait"])
        if row["plan"] is None:
            made.add_row(row["hall"], wait)
        else:
            made.add_row(row["hall"], row["plan"], _interval(row["base"]["mean_wait"]), wait, _interval(row["difference"]["mean_wait"]))
    show(made)
    if len(rows) > MOST_SHOWN:
        say(words("cli_study_more", count=len(rows) - MOST_SHOWN))
    say(words("cli_study_kept", count=len(rows), folder=folder), style="dim")


def _interval(estimate: dict[str, Any]) -> str:
    if estimate["value"] is None:
        return number(None)
    return f"{number(estimate['value'])} [{number(estimate['low'])}, {number(estimate['high'])}]"
