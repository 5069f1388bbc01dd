"""The commands of the record: import, assess, sheet, journal verify, stated, schemes. They call the use cases of `supervision` and print.

Every act names its person (``--as``). Heavy imports wait until a command runs.
"""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from dashboards.cli_console import answer, check_apart, check_target, say, words
from dashboards.cli_hall import JsonTarget

Person = Annotated[str, typer.Option("--as", metavar="PERSON", help=words("cli_person"), envvar="OPENHALL_PERSON", show_default=False)]
Hall = Annotated[str, typer.Option("--hall", metavar="HALL", help=words("cli_hall"), envvar="OPENHALL_HALL", show_default=False)]
Checkpoint = Annotated[str | None, typer.Option("--checkpoint", metavar="COUNT:HEAD", help=words("cli_checkpoint"), show_default=False)]

KINDS = (
    "halls", "cases", "tickets", "ratings", "checks", "visits", "complaints", "attendance", "reviews", "indices", "receipts", "stops",
    "steps", "papers", "projects", "calendar",
)  # fmt: skip
"""what supervision.intake reads, named here so that help loads none of it; a test compares them"""
Kind = StrEnum("Kind", {kind: kind for kind in KINDS})  # type: ignore[misc]
Mapping = Annotated[str | None, typer.Option("--mapping", metavar="MAPPING", help=words("cli_mapping"), show_default=False)]
Rejects = Annotated[Path | None, typer.Option("--rejects", metavar="FILE", help=words("cli_rejects"), show_default=False)]

journal = typer.Typer(help=words("cli_help_journal"), no_args_is_help=True, rich_markup_mode=None)
schemes = typer.Typer(help=words("cli_help_schemes"), no_args_is_help=True, rich_markup_mode=None)


def import_records(
    kind: Annotated[Kind, typer.Argument(metavar="KIND", help=words("cli_kind_of_file"), show_default=False)],
    file: Annotated[Path, typer.Argument(metavar="FILE", help=words("cli_file"), show_default=False)],
    hall: Hall,
    person: Person,
    mapping: Mapping = None,
    rejects: Rejects = None,
    json_target: JsonTarget = None,
) -> None:
    """Import a file, whole or not at all; exit code 2 if every row was refused."""
    for target in (json_target, None if rejects is None else str(rejects)):
        check_target(target)
        _refuse_same(target, file)
    from dashboards.cli_listings import show_calendar_import, show_import
    from supervision.db.store import open_store

    if kind == Kind.calendar:
        from supervision.intake.calendar_file import import_calendar

        with open_store() as store:
            calendar = import_calendar(store, file, hall, person)
        if not answer(asdict(calendar), json_target):
            show_calendar_import(calendar)
        return
    from supervision.intake import import_file

    with open_store() as store:
        report = import_file(store, kind.value, file, hall, mapping, person=person, rejects_path=rejects)
    if not answer(report.to_dict(), json_target):
        show_import(report)
    if report.rejected and not report.accepted and not report.duplicate:
        raise typer.Exit(2)


def _refuse_same(target: str | None, file: Path) -> None:
    """Refuses to write an answer over the file that is read. Raises BadInput."""
    from supervision.faults import BadInput, fault

    if target not in (None, "-") and file.exists() and Path(str(target)).exists() and file.samefile(str(target)):
        raise BadInput([fault("output_is_input", target)])


@journal.command("verify", help=words("cli_help_journal_verify"))
def verify_journal(
    checkpoint: Checkpoint = None,
    json_target: JsonTarget = None,
) -> None:
    """Check the journal's chain; exit code 1 if it is not whole."""
    check_target(json_target)
    from supervision.db.store import open_store
    from supervision.journal import Checkpoint as Point
    from supervision.journal import verify

    try:
        printed = None if checkpoint is None else Point.parse(checkpoint)
    except ValueError:
        raise typer.BadParameter(words("cli_checkpoint_form"), param_hint="--checkpoint") from None
    with open_store() as store:
        verdict = verify(store, printed)
    payload = {
        "ok": verdict.ok,
        "count": verdict.count,
        "head": verdict.head,
        "problem": verdict.problem or None,
        "sequence": verdict.sequence,
        "table": verdict.table or None,
    }
    if not answer(payload, json_target):
        say(verdict.text(words.language), style="green" if verdict.ok else "red")
    if not verdict.ok:
        raise typer.Exit(1)


def stated(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help=words("cli_stated_file"), show_default=False)] = None,
    json_target: JsonTarget = None,
) -> None:
    """Recompute figures that documents state about themselves."""
    check_target(json_target)
    check_apart([json_target], [None if file is None else str(file)])
    from dashboards.cli_listings import show_stated
    from supervision.stated import check

    rows = check(file)
    if not answer({"rows": [row.to_dict() for row in rows]}, json_target):
        show_stated(rows)


@schemes.command("list", help=words("cli_help_schemes_list"))
def list_schemes(json_target: JsonTarget = None) -> None:
    """List the schemes of assessment."""
    check_target(json_target)
    from dashboards.cli_listings import show_schemes
    from supervision.scheme import list_schemes as every_scheme

    found = every_scheme()
    rows = [
        {
            "id": each.id,
            "version": each.version,
            "name": {"zh": each.name.zh, "en": each.name.en},
            "source": each.source_id,
            "mark": each.mark,
            "caution": {"zh": each.caution.zh, "en": each.caution.en},
            "in_force_from": str(each.in_force_from),
            "indicators": each.indicators,
            "assumptions": each.assumptions,
            "digest": each.digest,
            "incomplete": each.incomplete,
        }
        for each in found
    ]
    if not answer({"schemes": rows}, json_target):
        show_schemes(found)


@schemes.command("check", help=words("cli_help_schemes_check"))
def check_schemes(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE...", help=words("cli_scheme_files"), show_default=False)] = None,
    json_target: JsonTarget = None,
) -> None:
    """Check scheme files, or those that come with the program; exit code 2 with one line a fault."""
    check_target(json_target)
    check_apart([json_target], [str(each) for each in files or []])
    from simulation.faults import BadInput
    from supervision.scheme import check_schemes as faults_of

    faults = faults_of(files or None)
    if answer({"ok": not faults, "faults": [fault.text(words.language) for fault in faults]}, json_target):
        raise typer.Exit(2 if faults else 0)
    if faults:
        raise BadInput(faults)
    say(words("cli_schemes_sound"), style="green")
