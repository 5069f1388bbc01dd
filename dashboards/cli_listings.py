"""What the record answers to people at a terminal, as listings: imports, stated figures, schemes.

Reads what the use cases of `supervision` return; decides nothing. Not for sheets (cli_sheets.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dashboards.cli_console import say, show, table, words

if TYPE_CHECKING:
    from supervision.intake import ImportReport
    from supervision.intake.calendar_file import CalendarImport
    from supervision.scheme import Summary
    from supervision.stated import Row

VERDICT_STYLES = {"ok": None, "note": "dim", "definition": "yellow", "error": "red"}
VERDICT_MARKS = {"ok": "✓", "note": "·", "definition": "≠", "error": "✗"}
UNITS = {"percent": "%", "count": ""}

REJECTS_SHOWN = 10
"""refused rows that a terminal shows; the file has them all"""


def show_import(report: ImportReport) -> None:
    """What came of a file: counts, the first refused rows with rule and cure, and where all of them are."""
    from supervision.intake import sentence

    counts = {name: f"{getattr(report, name):,}" for name in ("read", "accepted", "rejected", "duplicate")}
    say(words("cli_imported", file=report.file, hall=report.hall, sequence=report.sequence, **counts), style="bold")
    for each in report.rejections[:REJECTS_SHOWN]:
        rule, cure = sentence(each, words.language)
        place = words("cli_reject_place", line=each.line, column=each.column) if each.column else words("cli_reject_line", line=each.line)
        say(f"  {place}{words('cli_colon')}{rule}{words('cli_semicolon')}{cure}", style="yellow")
    if report.rejects_path is not None:
        say(words("cli_rejects_kept", path=report.rejects_path))


def show_calendar_import(calendar: CalendarImport) -> None:
    """Which years of a calendar a file replaced."""
    years = ", ".join(map(str, calendar.years))
    key = "cli_calendar_imported" if calendar.changed else "cli_calendar_unchanged"
    say(words(key, calendar=calendar.calendar_id, version=calendar.version, years=years, rows=calendar.rows))


def show_stated(rows: Sequence[Row]) -> None:
    """What documents state beside what their own figures give; the flagged ones with the reason."""
    document = None
    for row in rows:
        if row.document != document:
            document = row.document
            say(document, style="bold")
        unit = UNITS.get(row.unit, f" {row.unit}")
        style = VERDICT_STYLES[row.verdict]
        stated = "–" if row.stated_value is None else f"{row.stated_value:f}{unit}"
        found = "–" if row.recomputed_value is None else f"{row.recomputed_value:f}{unit}"
        say(f"{VERDICT_MARKS[row.verdict]} {row.id}: {words('cli_stated_against', stated=stated, found=found)}", style=style)
        say(f"    {words('cli_quote', phrase=row.stated_text)}", style="dim")
        if row.formula:
            say(f"    {row.formula}", style="dim")
        if row.verdict != "ok":
            say(f"    {words('cli_verdict_' + row.verdict)}: {words.name(row.explanation)}", style=style)
        if row.needed is not None:
            say(f"    {words('cli_needed', low=row.needed[0], high=row.needed[1])}", style=style)
    counts = {verdict: sum(row.verdict == verdict for row in rows) for verdict in VERDICT_STYLES}
    say(words("cli_stated_total", rows=len(rows), **counts), style="bold")


def show_schemes(schemes: Sequence[Summary]) -> None:
    """The schemes that come with the program, each with the mark of its source."""
    columns = ("cli_scheme", "cli_version", "cli_name", "cli_in_force", "cli_indicators", "cli_assumed", "cli_source")
    made = table(*map(words, columns), right=(4, 5))
    for each in schemes:
        source = f"{each.source_id} ({each.mark})"
        counts = (str(each.indicators), str(each.assumptions))
        made.add_row(each.id, each.version, each.name.text(words.language), str(each.in_force_from), *counts, source)
    show(made)
    for each in schemes:
        say(f"{each.id} {each.version}: {each.caution.text(words.language)}", style="dim")
