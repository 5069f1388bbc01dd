"""The commands of a month: assess, sheet. They call the use cases of `supervision.monthly` and print.

Assessing is an act of a person; reading a sheet is not. Heavy imports wait until a command runs.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboards.cli_console import answer, check_target, words
from dashboards.cli_hall import JsonTarget
from dashboards.cli_record import Hall, Person

if TYPE_CHECKING:
    from supervision.db.store import Store
    from supervision.sheet import Sheet

Month = Annotated[str, typer.Argument(metavar="MONTH", help=words("cli_month"), show_default=False)]
SchemeId = Annotated[str, typer.Option("--scheme", metavar="SCHEME", help=words("cli_scheme_id"))]
SCHEME = "k12"


def assess(
    month: Month,
    hall: Hall,
    person: Person,
    scheme: SchemeId = SCHEME,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=words("cli_reason"), show_default=False)] = "",
    json_target: JsonTarget = None,
) -> None:
    """Score every window of a month and file what is new."""
    check_target(json_target)
    from supervision.db.store import open_store
    from supervision.monthly import assess as assess_month

    with open_store() as store:
        sheets = assess_month(store, hall, month, scheme, person=person, reason=reason)
        _tell_month(store, sheets, json_target)


def sheet(
    month: Month,
    hall: Hall,
    window: Annotated[str | None, typer.Argument(metavar="WINDOW", help=words("cli_sheet_window"), show_default=False)] = None,
    scheme: SchemeId = SCHEME,
    revision: Annotated[
        int | None, typer.Option("--revision", metavar="N", min=1, help=words("cli_sheet_revision"), show_default=False)
    ] = None,
    json_target: JsonTarget = None,
) -> None:
    """Show the sheets of a month, or one window's line by line; exit code 1 if the month was not assessed."""
    check_target(json_target)
    from dashboards.cli_sheets import names_of, show_sheet
    from supervision.db.store import open_store
    from supervision.monthly import list_subjects, name_subject, read_contexts, read_sheet, read_sheets, scheme_of

    with open_store() as store:
        if window is None:
            _tell_month(store, read_sheets(store, hall, month, scheme), json_target)
            return
        found = read_sheet(store, hall, month, name_subject(store, hall, month, window, scheme), scheme, revision)
        if not answer({"sheet": plain(found), "journal": store.head().text()}, json_target):
            context = read_contexts(store, hall, month, scheme).get(found.window_id)
            used = scheme_of(store, hall, found.scheme_id, found.scheme_version)
            names = names_of(list_subjects(store, hall, month, used))
            show_sheet(found, context, used, store.head(), names.get(found.window_id, found.window_id))


def plain(sheet: Sheet) -> dict[str, Any]:
    """A sheet for JSON: the text its digest is of, and its place in the record. Points are decimal text."""
    return {
        **json.loads(sheet.text()),
        "revision": sheet.revision,
        "as_of_sequence": sheet.as_of_sequence,
        "digest": sheet.digest,
    }


def _tell_month(store: Store, sheets: list[Sheet], json_target: str | None) -> None:
    """A month's sheets as JSON or as a table; leaves with 1 if there are none."""
    from dashboards.cli_console import say
    from dashboards.cli_sheets import show_month
    from supervision.monthly import came_after, list_subjects, read_contexts, scheme_of

    if not answer({"sheets": [plain(each) for each in sheets], "journal": store.head().text()}, json_target):
        if sheets:
            first = sheets[0]
            contexts = read_contexts(store, first.hall_id, first.month, first.scheme_id)
            scheme = scheme_of(store, first.hall_id, first.scheme_id, first.scheme_version)
            show_month(sheets, contexts, list_subjects(store, first.hall_id, first.month, scheme), scheme, store.head())
            if came_after(store, sheets):
                say(words("cli_came_after"), style="yellow")
        else:
            say(words("cli_not_assessed"))
    if not sheets:
        raise typer.Exit(1)
