"""Tables of the record for people at a terminal: stated figures, schemes, imports, months and sheets.

Reads what the use cases of `supervision` return; decides nothing. Not for pages, and not for the simulated hall (cli_tables.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dashboards.cli_console import say, show, table, words

if TYPE_CHECKING:
    from supervision.scheme import Summary
    from supervision.stated import Row

VERDICT_STYLES = {"ok": None, "note": "dim", "definition": "yellow", "error": "red"}
VERDICT_MARKS = {"ok": "✓", "note": "·", "definition": "≠", "error": "✗"}
UNITS = {"percent": "%", "count": ""}


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
