"""The commands of checks (明察暗访): openhall checks record, list, findings, severity, keep, files.

A visit is recorded where it happens, or comes in as a file (openhall import visits, checks).
Third-party checks stand apart from in-house ones.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from dashboards.cli_console import answer, check_target, say, show, table, words
from dashboards.cli_hall import JsonTarget
from dashboards.cli_month import Month
from dashboards.cli_record import Hall, Person

checks = typer.Typer(help=words("cli_help_checks"), no_args_is_help=True, rich_markup_mode=None)
MINUTE = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
Evidence = Annotated[str, typer.Argument(metavar="RECORD", help=words("cli_check_record"), show_default=False)]


@checks.command("list", help=words("cli_help_checks_list"))
def list_all(month: Month, hall: Hall, json_target: JsonTarget = None) -> None:
    """The visits of a month."""
    check_target(json_target)
    from supervision.checks.desk import read_visits
    from supervision.db.store import open_store
    from supervision.inspection import checklist

    with open_store() as store:
        found = read_visits(store, hall, month)
    rows = [
        {"check": each.check_number, "kind": each.kind, "checklist": each.checklist, "window": each.window_id, "inspector": each.inspector,
         "draw": each.draw_number or None, "began_at": each.began_at.isoformat(), "minutes": each.minutes, "waiting": each.people_waiting,
         "findings": [{"finding": number, "code": code} for number, code in each.findings]}
        for each in found
    ]  # fmt: skip
    if answer({"month": month, "visits": rows}, json_target):
        return
    columns = ("cli_check_visit", "cli_check_kind", "cli_window", "cli_check_inspector", "cli_check_minutes", "cli_check_findings")
    made = table(*map(words, columns), right=(4,))
    for each in sorted(found, key=lambda one: one.kind == "third_party"):
        said = ", ".join(checklist()[code].name(words.language) for _, code in each.findings) or words("cli_check_nothing")
        made.add_row(each.check_number, words(f"cli_check_{each.kind}"), each.window_id, each.inspector, str(each.minutes), said)
    show(made)


@checks.command("record", help=words("cli_help_checks_record"))
def record(
    window: Annotated[str, typer.Argument(metavar="WINDOW", help=words("cli_window"), show_default=False)],
    hall: Hall,
    person: Person,
    began: Annotated[
        datetime, typer.Option("--began", formats=MINUTE, metavar="YYYY-MM-DDTHH:MM", help=words("cli_check_began"), show_default=False)
    ],
    minutes: Annotated[int, typer.Option("--minutes", min=0, help=words("cli_check_watched"), show_default=False)],
    kind: Annotated[str, typer.Option("--kind", help=words("cli_check_kinds"))] = "covert_visit",
    item: Annotated[list[str] | None, typer.Option("--item", metavar="CODE", help=words("cli_check_item"), show_default=False)] = None,
    waiting: Annotated[int | None, typer.Option("--waiting", min=0, help=words("cli_check_waiting"), show_default=False)] = None,
    about: Annotated[str, typer.Option("--person", metavar="NUMBER", help=words("cli_check_about"), show_default=False)] = "",
    seat: Annotated[str, typer.Option("--seat", help=words("cli_check_seat"), show_default=False)] = "",
    draw: Annotated[str, typer.Option("--draw", help=words("cli_check_draw"), show_default=False)] = "",
    note: Annotated[str, typer.Option("--note", help=words("cli_check_note"), show_default=False)] = "",
    file: Annotated[list[Path] | None, typer.Option("--file", help=words("cli_check_file"), show_default=False)] = None,
    json_target: JsonTarget = None,
) -> None:
    """Record a visit and what it found."""
    check_target(json_target)
    from supervision.checks.desk import read_file
    from supervision.checks.form import VisitForm, record_visit
    from supervision.db.store import open_store

    form = VisitForm(window, kind, began, minutes, waiting, tuple(item or ()), about, seat, draw, note)
    prepared = [read_file(each) for each in file or ()]
    with open_store() as store:
        told = record_visit(store, hall, form, person, prepared)
    plain = {"check": told.check_number, "findings": list(told.findings), "files": told.files, "new": told.is_new}
    if not answer(plain, json_target):
        key = "cli_check_recorded" if told.is_new else "cli_check_known"
        found = len(told.findings) if form.codes else 0
        say(words(key, check=told.check_number, count=found, files=told.files))


@checks.command("findings", help=words("cli_help_checks_findings"))
def findings(month: Month, hall: Hall, json_target: JsonTarget = None) -> None:
    """What checks of a month found, with standing and order."""
    check_target(json_target)
    from supervision.checks.desk import read_findings
    from supervision.db.store import open_store
    from supervision.inspection import checklist

    with open_store() as store:
        found = read_findings(store, hall, month)
    rows = [
        {"finding": each.finding_number, "code": each.code, "window": each.window_id, "observed_at": each.observed_at.isoformat(),
         "minutes": each.minutes, "waiting": each.people_waiting, "source": each.source, "person_known": each.is_person_known,
         "status": each.status, "check": each.check_number or None, "order": each.order_number or None, "files": each.files}
        for each in found
    ]  # fmt: skip
    if answer({"month": month, "findings": rows}, json_target):
        return
    made = table(*map(words, ("cli_check_finding", "cli_window", "cli_check_item_name", "cli_check_status", "cli_check_order",
                              "cli_check_file_count")), right=(5,))  # fmt: skip
    for each in found:
        named = checklist()[each.code].name(words.language)
        status = words(f"cli_check_{each.status}")
        made.add_row(each.finding_number, each.window_id, named, status, each.order_number or "–", str(each.files))
    show(made)


@checks.command("severity", help=words("cli_help_checks_severity"))
def severity(
    month: Month,
    hall: Hall,
    since: Annotated[str | None, typer.Option("--since", metavar="MONTH", help=words("cli_check_since"), show_default=False)] = None,
    third_party: Annotated[bool, typer.Option("--third-party", help=words("cli_check_third"))] = False,
    json_target: JsonTarget = None,
) -> None:
    """How severe each inspector is, seen through the windows they were sent to."""
    check_target(json_target)
    from supervision.checks.desk import measure_severity
    from supervision.db.store import open_store

    with open_store() as store:
        found = measure_severity(store, hall, since or month, month, third_party=third_party)
    rows = [
        {"inspector": each.inspector, "visits": each.visits, "findings": each.findings, "expected": round(each.expected, 2),
         "factor": round(each.factor, 3), "low": round(each.low, 3), "high": round(each.high, 3), "differs": each.differs}
        for each in found
    ]  # fmt: skip
    if answer({"inspectors": rows}, json_target):
        return
    columns = ("cli_check_inspector", "cli_check_visits", "cli_check_findings", "cli_check_expected", "cli_check_factor")
    made = table(*map(words, columns), right=(1, 2, 3))
    for each in found:
        factor = words("cli_check_interval", factor=f"{each.factor:.2f}", low=f"{each.low:.2f}", high=f"{each.high:.2f}")
        counts = (str(each.visits), str(each.findings), f"{each.expected:.1f}")
        made.add_row(each.inspector, *counts, factor, style="yellow" if each.differs else None)
    show(made)
    say(words("cli_check_severity_shown"), style="dim")


@checks.command("keep", help=words("cli_help_checks_keep"))
def keep(
    evidence: Evidence,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=words("cli_check_file"), show_default=False)],
    hall: Hall,
    person: Person,
    json_target: JsonTarget = None,
) -> None:
    """Keep a file that shows a record."""
    check_target(json_target)
    from supervision.checks.desk import keep_file
    from supervision.checks.pictures import PDF
    from supervision.db.store import open_store

    with open_store() as store:
        row = keep_file(store, hall, evidence, file, person)
    told = {"evidence": row.evidence_id, "digest": row.digest, "given_digest": row.given_digest, "type": row.media_type, "bytes": row.size,
            "stripped": row.stripped}  # fmt: skip
    if not answer(told, json_target):
        key = "cli_check_kept_stripped" if row.stripped else "cli_check_kept_pdf" if row.media_type == PDF else "cli_check_kept"
        say(words(key, file=row.file_name, evidence=row.evidence_id, digest=row.digest, size=row.size))


@checks.command("files", help=words("cli_help_checks_files"))
def files(evidence: Evidence, hall: Hall, json_target: JsonTarget = None) -> None:
    """The files of a record; exit code 2 if one is gone or was changed."""
    check_target(json_target)
    from supervision.checks.desk import list_files, open_file
    from supervision.db.store import open_store

    with open_store() as store:
        found = list_files(store, hall, evidence)
        for row in found:
            open_file(store, row)
    plain = [{"name": row.file_name, "type": row.media_type, "bytes": row.size, "digest": row.digest} for row in found]
    if answer({"files": plain}, json_target):
        return
    for row in found:
        say(f"{row.file_name}  {row.media_type}  {row.size}  {row.digest}")
    if not found:
        say(words("cli_check_no_files"))
