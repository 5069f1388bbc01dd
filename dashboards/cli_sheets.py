"""A month's sheets for people at a terminal: the table of the windows, and one sheet line by line.

Every line shows its article or that it is an assumption, and the evidence that moved it. Load stands beside, because waiting is the hall's
and never a window's. Decides nothing, ranks nobody. Not for imports and listings (cli_listings.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from dashboards.cli_console import say, show, table, words
from dashboards.cli_tables import ASSUMED
from supervision.articles import ground_in
from supervision.evidence import PREFIXED, REASONS, UNASSIGNED
from supervision.scoring import head_points
from supervision.sheet import STATES

if TYPE_CHECKING:
    from supervision.db.links import WindowName
    from supervision.journal import Checkpoint
    from supervision.monthly import Context
    from supervision.scheme import Scheme
    from supervision.sheet import Line, Sheet

EVIDENCE_SHOWN = 4
"""ids of a line that a terminal shows; --json has them all"""
MONTH_COLUMNS = ("cli_name", "cli_total", "cli_comparable", "cli_grade", "cli_cases", "cli_waited", "cli_good")
SHEET_COLUMNS = ("cli_line", "cli_answer", "cli_points", "cli_weight", "cli_counted", "cli_article", "cli_evidence")


def show_month(
    sheets: Sequence[Sheet], contexts: Mapping[str, Context], windows: Sequence[WindowName], scheme: Scheme, checkpoint: Checkpoint
) -> None:
    """One row a window, the highest comparable total first."""
    names = {each.window_id: each for each in windows}
    head = sheets[0]
    say(words("cli_month_head", hall=head.hall_id, month=head.month, scheme=scheme.name.text(words.language)), style="bold")
    made = table(words(f"subject_{scheme.subject}"), *map(words, MONTH_COLUMNS), right=(2, 3, 5, 6))
    for sheet in sorted(sheets, key=_best_first):
        context = contexts.get(sheet.window_id)
        load, rate = (None, None) if context is None else (context.load, context.ratings.adjusted)
        name = names.get(sheet.window_id)
        made.add_row(
            "" if sheet.window_id.partition(":")[0] in PREFIXED else sheet.window_id,
            words("cli_unassigned") if name is None else name.name(words.language),
            STATES[sheet.state][words.language] if sheet.total is None else decimal(sheet.total),
            decimal(sheet.comparable),
            grade(scheme, sheet),
            "–" if load is None else f"{load.accepted:,}",
            "–" if load is None else decimal(load.mean_wait_minutes),
            "–" if rate is None or rate.value is None else words("cli_good_of", good=rate.good, n=rate.n, **percents(rate.low, rate.high)),
        )
    show(made)
    _say_scheme(scheme)
    say(words("cli_waiting_is_the_halls"), style="dim")
    say(words("cli_checkpoint_now", checkpoint=checkpoint.text()), style="dim")


def show_sheet(sheet: Sheet, context: Context | None, scheme: Scheme, checkpoint: Checkpoint, name: str) -> None:
    """One window's month, line by line, or another subject's under its name."""
    say(words("cli_sheet_head", window=name, hall=sheet.hall_id, month=sheet.month, revision=sheet.revision), style="bold")
    names = {each.id: each.name.text(words.language) for each in (*scheme.indicators, *scheme.deductions, *scheme.bonuses, *scheme.vetoes)}
    made = table(*map(words, SHEET_COLUMNS), right=(2, 3, 4))
    for line in sheet.lines:
        made.add_row(
            names.get(line.indicator, line.indicator),
            STATES[line.state][words.language] if line.kind != "veto" or line.points is not None else words("cli_did_not_happen"),
            decimal(line.points),
            decimal(line.weight),
            counted(line),
            article(line.article),
            evidence(line),
        )
        for each in line.charges:
            made.add_row(
                f"  − {names.get(each.deduction, each.deduction)}",
                words("cli_times", units=each.units, points=decimal(each.points_each)),
                f"−{decimal(each.points)}",
                "",
                "",
                article(each.article),
                shortened(each.evidence),
                style="yellow",
            )
    show(made)
    total = STATES[sheet.state][words.language] if sheet.total is None else decimal(sheet.total)
    say(words("cli_sheet_total", total=total, comparable=decimal(sheet.comparable), possible=decimal(sheet.possible)), style="bold")
    if scheme.conversion_ground:
        say(words("inspector_conversion", factor=decimal(scheme.conversion), ground=article(scheme.conversion_ground)), style="dim")
    if sheet.band is not None:
        say(words("cli_sheet_grade", grade=grade(scheme, sheet)))
    carried = head_points(scheme, sheet)
    if carried:
        say(words("cli_head_share", points=decimal(carried)))
    if sheet.not_charged:
        say(words("cli_not_charged"), style="bold")
        for spared in sheet.not_charged:
            points = words("cli_points_spared", points=spared.points) if spared.points else ""
            reason = REASONS[spared.reason][words.language]
            say(f"  {spared.kind} {names.get(spared.code, spared.code)} × {spared.count}{words('cli_colon')}{reason}{points}", style="dim")
    if context is not None:
        load = context.load
        say(words("cli_load", accepted=load.accepted, tickets=load.tickets, wait=decimal(load.mean_wait_minutes), left=load.left))
        say(words("cli_waiting_is_the_halls"), style="dim")
    _say_scheme(scheme)
    say(words("cli_sheet_foot", sequence=sheet.as_of_sequence, digest=sheet.digest, checkpoint=checkpoint.text()), style="dim")


def names_of(subjects: Sequence[WindowName]) -> dict[str, str]:
    """What a terminal calls a subject: a window by its id, everybody else by name, for their ids are hashes or names already."""
    windows = {each.window_id for each in subjects if each.window_id.partition(":")[0] not in PREFIXED}
    return {each.window_id: each.window_id if each.window_id in windows else each.name(words.language) for each in subjects}


def decimal(number: Decimal | None) -> str:
    """A decimal as it stands, or a dash."""
    return "–" if number is None else f"{number:f}"


def percents(low: Decimal | None, high: Decimal | None) -> dict[str, str]:
    """An interval of a share, in percent."""
    return {"low": "–" if low is None else f"{100 * low:.1f}", "high": "–" if high is None else f"{100 * high:.1f}"}


def grade(scheme: Scheme, sheet: Sheet) -> str:
    """The grade's name, or a dash."""
    return next((band.name.text(words.language) for band in scheme.bands if band.id == sheet.band), "–")


def counted(line: Line) -> str:
    """What a line rests on: how many, and how many are needed."""
    if line.denominator is None:
        return "–"
    return f"{line.denominator}" if line.needed <= line.denominator else words("cli_needs", counted=line.denominator, needed=line.needed)


def article(given: str) -> str:
    """The article of a number, or the mark of an assumption."""
    return f"{ASSUMED} {words('cli_assumption')}" if given == "assumption" else ground_in(given, words.language)


def evidence(line: Line) -> str:
    """The ids that moved a line, and how many were spared or are contested."""
    moved = [ref.id for ref in line.evidence if ref.role == "moved"]
    others = len(line.evidence) - len(moved)
    return shortened(moved) + (f" {words('cli_others', count=others)}" if others else "")


def shortened(ids: Sequence[str]) -> str:
    """The first ids and how many more there are."""
    shown = ", ".join(ids[:EVIDENCE_SHOWN])
    return shown if len(ids) <= EVIDENCE_SHOWN else f"{shown} {words('cli_more', count=len(ids) - EVIDENCE_SHOWN)}"


def _best_first(sheet: Sheet) -> tuple[bool, bool, Decimal, str]:
    """The unassigned last, before them those without a total, else by comparable total."""
    return sheet.window_id == UNASSIGNED, sheet.comparable is None, -(sheet.comparable or Decimal(0)), sheet.window_id


def _say_scheme(scheme: Scheme) -> None:
    """What the scheme is, how far it can be trusted, and how much of it is assumed."""
    facts = {"scheme": f"{scheme.id} {scheme.version}", "mark": scheme.source.mark, "count": len(scheme.assumptions())}
    say(words("cli_scheme_foot", caution=scheme.source.caution.text(words.language), **facts), style="dim")
