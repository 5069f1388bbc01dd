"""The commands of double-random draws (双随机): openhall draw commit, reveal, show, list, verify, recompute.

Committing publishes plan and digest, revealing publishes the seed; whoever has both recomputes the draw. Heavy imports wait.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboards.cli_clock import clock_of
from dashboards.cli_console import answer, check_target, say, show, table, words
from dashboards.cli_hall import JsonTarget
from dashboards.cli_record import Hall, Person

if TYPE_CHECKING:
    from supervision.draws.ceremony import DrawView

draws = typer.Typer(help=words("cli_help_draw"), no_args_is_help=True, rich_markup_mode=None)
Number = Annotated[str, typer.Argument(metavar="DRAW", help=words("cli_draw_number"), show_default=False)]
Seed = Annotated[str | None, typer.Option("--seed", metavar="TEXT", help=words("cli_draw_seed"), show_default=False)]


@draws.command("commit", help=words("cli_help_draw_commit"))
def commit(
    number: Number,
    hall: Hall,
    person: Person,
    count: Annotated[int, typer.Option("--count", min=1, help=words("cli_draw_count"), show_default=False)],
    inspector: Annotated[list[str], typer.Option("--inspector", metavar="NAME", help=words("cli_draw_inspector"), show_default=False)],
    each: Annotated[int, typer.Option("--each", min=1, help=words("cli_draw_each"))] = 2,
    conflict: Annotated[
        list[str] | None, typer.Option("--conflict", metavar="NAME=WINDOW", help=words("cli_draw_conflict"), show_default=False)
    ] = None,
    risk: Annotated[str | None, typer.Option("--risk", metavar="MONTH", help=words("cli_draw_risk"), show_default=False)] = None,
    seed: Seed = None,
    json_target: JsonTarget = None,
) -> None:
    """Fix a draw before its seed is known."""
    check_target(json_target)
    from supervision.db.store import open_store
    from supervision.draws.ceremony import commit_draw

    pairs = [tuple(given.split("=", 1)) for given in conflict or []]
    if any(len(pair) != 2 for pair in pairs):
        raise typer.BadParameter(words("cli_draw_conflict_form"), param_hint="--conflict")
    with open_store() as store:
        view = commit_draw(
            store, hall, number, person, count=count, inspectors=inspector, conflicts=[(name, window) for name, window in pairs], each=each,
            risk_month=risk, seed=seed,
        )  # fmt: skip
    tell(view, json_target)


@draws.command("reveal", help=words("cli_help_draw_reveal"))
def reveal(number: Number, hall: Hall, person: Person, seed: Seed = None, json_target: JsonTarget = None) -> None:
    """Publish the seed and what it gave."""
    check_target(json_target)
    from supervision.db.store import open_store
    from supervision.draws.ceremony import reveal_draw

    with open_store() as store:
        tell(reveal_draw(store, hall, number, person, seed=seed), json_target)


@draws.command("show", help=words("cli_help_draw_show"))
def show_one(
    number: Number,
    hall: Hall,
    paper: Annotated[Path | None, typer.Option("--paper", metavar="FILE", help=words("cli_draw_paper"), show_default=False)] = None,
    json_target: JsonTarget = None,
) -> None:
    """Show a draw with everything needed to recompute it."""
    check_target(json_target)
    check_target(None if paper is None else str(paper))
    from supervision.db.store import open_store
    from supervision.draws.ceremony import paper_of, read_draw

    with open_store() as store:
        view = read_draw(store, hall, number)
    if paper is not None:
        paper.write_text(paper_of(view) + "\n", encoding="utf-8")
    tell(view, json_target)


@draws.command("list", help=words("cli_help_draw_list"))
def list_all(hall: Hall, json_target: JsonTarget = None) -> None:
    """List draws, those never revealed included."""
    check_target(json_target)
    from supervision.db.store import open_store
    from supervision.draws.ceremony import list_draws

    with open_store() as store:
        found, local = list_draws(store, hall), clock_of(store, hall)
    if answer({"draws": [plain(each) for each in found]}, json_target):
        return
    made = table(*map(words, ("cli_draw_name", "cli_draw_committed", "cli_draw_revealed", "cli_draw_visits")), right=(3,))
    for each in found:
        revealed = words("cli_draw_yes") if each.seed else words("cli_draw_no")
        made.add_row(each.draw_number, local(each.committed_at), revealed, str(len(each.pairs)))
    show(made)
    local.tell()


@draws.command("verify", help=words("cli_help_draw_verify"))
def verify(number: Number, hall: Hall, json_target: JsonTarget = None) -> None:
    """Recompute a draw; exit code 1 if it does not come out."""
    check_target(json_target)
    from supervision.db.store import open_store
    from supervision.draws.ceremony import verify_draw

    with open_store() as store:
        view = verify_draw(store, hall, number)
    if not answer({**plain(view), "ok": not view.problem, "problem": view.problem or None}, json_target):
        if view.problem:
            say(words(f"cli_draw_wrong_{view.problem}", draw=number), style="red")
        else:
            say(words("cli_draw_sound", draw=number), style="green")
    if view.problem:
        raise typer.Exit(1)


@draws.command("recompute", help=words("cli_help_draw_recompute"))
def recompute(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=words("cli_draw_file"), show_default=False)], json_target: JsonTarget = None
) -> None:
    """Recompute a draw from its paper, without a database; exit code 1 if it does not come out."""
    check_target(json_target)
    from supervision.draws.ceremony import recompute_paper
    from supervision.faults import BadInput, fault

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise BadInput([fault("draw_paper", file.name)]) from None
    number, pairs, problem = recompute_paper(text, file.name)
    visits = [{"window": each.window, "stratum": each.stratum, "inspectors": list(each.inspectors)} for each in pairs]
    if not answer({"draw": number, "visits": visits, "ok": not problem, "problem": problem or None}, json_target):
        key = f"cli_draw_wrong_{problem}" if problem else "cli_draw_sound"
        say(words(key, draw=number), style="red" if problem else "green")
    if problem:
        raise typer.Exit(1)


def plain(view: DrawView) -> dict[str, Any]:
    """A draw for JSON: plan, commitment, seed and result."""
    return {
        "draw": view.draw_number, "committed_at": view.committed_at.isoformat(), "commitment": view.commitment,
        "plan_digest": view.plan.digest, "seed": view.seed or None,
        "plan": {
            "windows": [list(row) for row in view.plan.windows], "places": [list(row) for row in view.plan.places],
            "inspectors": list(view.plan.inspectors), "conflicts": [list(row) for row in view.plan.conflicts], "each": view.plan.each,
        },
        "visits": [{"window": each.window, "stratum": each.stratum, "inspectors": list(each.inspectors)} for each in view.pairs],
    }  # fmt: skip


def tell(view: DrawView, json_target: str | None) -> None:
    """A draw: what was fixed, and what came out."""
    if answer(plain(view), json_target):
        return
    say(words("cli_draw_head", draw=view.draw_number, windows=len(view.plan.windows), inspectors=len(view.plan.inspectors)), style="bold")
    say(words("cli_draw_commitment", commitment=view.commitment, plan=view.plan.digest))
    for name, window in view.plan.conflicts:
        say(words("cli_draw_barred", name=name, window=window), style="dim")
    if not view.seed:
        say(words("cli_draw_waiting"))
        return
    say(words("cli_draw_seed_was", seed=view.seed))
    made = table(*map(words, ("cli_window", "cli_draw_stratum", "cli_draw_who")))
    for each in view.pairs:
        made.add_row(each.window, each.stratum, ", ".join(each.inspectors))
    show(made)
