"""The commands of results: standing, period, report; and of schemes written in a hall: schemes draft, publish, drafts, impact.

They call the use cases of `supervision.results`, `supervision.reports` and `supervision.drafts` and print. Heavy imports wait until a
command runs.
"""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboards.cli_console import answer, check_target, say, show, table, words
from dashboards.cli_hall import JsonTarget
from dashboards.cli_month import SCHEME, Month, SchemeId
from dashboards.cli_record import Hall, Person, schemes

if TYPE_CHECKING:
    from supervision.db.links import WindowName
    from supervision.results import PeriodView

PeriodName = Annotated[str, typer.Argument(metavar="PERIOD", help=words("cli_period"), show_default=False)]
Draft = Annotated[Path, typer.Argument(metavar="FILE", help=words("cli_draft_file"), show_default=False)]
Id = Annotated[str, typer.Argument(metavar="ID", help=words("cli_scheme"), show_default=False)]
Version = Annotated[str, typer.Argument(metavar="VERSION", help=words("cli_version"), show_default=False)]
Kind = StrEnum("Kind", {kind: kind for kind in ("sheet", "bulletin", "overdue", "ratings", "rectification", "titles")})  # type: ignore[misc]


def standing(month: Month, hall: Hall, scheme: SchemeId = SCHEME, json_target: JsonTarget = None) -> None:
    """Who stands where in a month, and how sure that is."""
    check_target(json_target)
    from dashboards.cli_sheets import names_of
    from supervision.db.store import open_store
    from supervision.results import read_standing

    with open_store() as store:
        found = read_standing(store, hall, month, scheme)
    payload = {
        "month": found.month, "scheme": found.scheme.id, "version": found.scheme.version,
        "places": [_plain(asdict(each)) for each in found.places],
        "funnels": {name: [_plain(asdict(each)) for each in getattr(found, name)] for name in ("bad_ratings", "overdue")},
    }  # fmt: skip
    if answer(payload, json_target):
        return
    columns = ("cli_total", "cli_total_interval", "cli_place_interval", "cli_ties", "cli_rests_on")
    made = table(words("cli_place"), words(f"subject_{found.scheme.subject}"), *map(words, columns), right=(0, 2, 5, 6))
    names = names_of(found.subjects)
    for each in found.places:
        ranked = each.rank is not None
        made.add_row(
            str(each.rank) if ranked else "–", names.get(each.window_id, each.window_id) + _apart(each.group),
            "–" if each.total is None else f"{each.total:f}",
            f"{each.low}–{each.high}" if ranked else "", f"{each.best}–{each.worst}" if ranked else "", str(len(each.tied_with)),
            f"{each.counted:,}" + (f" {words('cli_small')}" if each.small else ""),
        )  # fmt: skip
    show(made)
    say(words("cli_standing_note"), style="dim")


def period(
    period: PeriodName,
    hall: Hall,
    scheme: SchemeId = SCHEME,
    person: Annotated[str | None, typer.Option("--as", metavar="PERSON", help=words("cli_period_person"), show_default=False)] = None,
    file: Annotated[bool, typer.Option("--file", help=words("cli_period_file"))] = False,
    window: Annotated[str | None, typer.Option("--window", metavar="WINDOW", help=words("cli_period_window"), show_default=False)] = None,
    json_target: JsonTarget = None,
) -> None:
    """A quarter, half-year or year: means of months, trends, titles; filed if asked."""
    check_target(json_target)
    from dashboards.cli_sheets import names_of
    from supervision.db.store import open_store
    from supervision.periods import REASONS as KEPT_OUT
    from supervision.results import file_period, plain, read_period

    with open_store() as store:
        revision = file_period(store, hall, period, scheme, person=person or "") if file else None
        view = read_period(store, hall, period, scheme)
    if answer({**plain(view), "unlocked": list(view.unlocked), "missing": list(view.missing), "revision": revision}, json_target):
        return
    names = names_of(view.subjects)
    if window is not None:
        _show_period_sheet(view, window)
        return
    columns = ("cli_mean", "cli_months", "cli_trend", "cli_cases")
    made = table(words(f"subject_{view.scheme.subject}"), *map(words, columns), right=(1, 2, 3, 4))
    for each in sorted(view.results, key=lambda row: (row.mean is None, -(row.mean or 0), row.window_id)):
        trend = "" if each.trend is None else f"{each.trend:+f}"
        mean = "–" if each.mean is None else f"{each.mean:f}"
        made.add_row(names.get(each.window_id, each.window_id), mean, str(each.counted), trend, f"{each.cases:,}")
    show(made)
    if view.windows:
        means = ", ".join(f"{name} {'–' if mean is None else format(mean, 'f')}" for name, mean in view.windows.items())
        say(words("cli_window_means", means=means))
    titles = {each.id: each.name for each in view.scheme.titles}
    for title in view.titles:
        listed = ", ".join(f"{names.get(each.window_id, each.window_id)} ({each.mean:f})" for each in title.winners) or "–"
        say(f"{titles[title.title].text(words.language)}{words('cli_colon')}{listed}")
        if title.kept_out:
            kept = ", ".join(f"{names.get(id, id)} ({words.name(KEPT_OUT[why])})" for id, why in title.kept_out)
            say(words("cli_kept_out", kept=kept), style="dim")
    if view.unlocked:
        say(words("cli_unlocked", months=", ".join(view.unlocked)), style="yellow")
    if view.missing:
        say(words("cli_period_missing", months=", ".join(view.missing)), style="yellow")
    if revision is not None:
        say(words("cli_period_filed", period=view.period.name, revision=revision))


def _apart(kind: str) -> str:
    """The kind of those who are ranked apart, beside the name."""
    return f" ({words('cli_kind_' + kind)})" if kind else ""


def _show_period_sheet(view: PeriodView, asked: str) -> None:
    """One subject's period, part by part."""
    from dashboards.cli_sheets import article
    from supervision.faults import BadInput, fault

    known = {each.window_id: each for each in view.subjects}
    found = [each for each in view.results if asked in (each.window_id, *_called(known.get(each.window_id)))]
    if len(found) != 1:
        raise BadInput([fault("sheet_unknown", f'hall "{view.hall_id}"', f"{view.period.name} {view.scheme.id} {asked}")])
    (result,) = found
    rows = (*view.scheme.indicators, *view.scheme.bonuses, *view.scheme.vetoes)
    named = {each.id: each for each in rows}
    made = table(*map(words, ("cli_line", "cli_mean", "cli_weight", "cli_months", "cli_article")), right=(1, 2, 3))
    for part in result.parts:
        line = named[part.id]
        weight = getattr(line, "weight", None)
        made.add_row(
            line.name.text(words.language), "–" if part.mean is None else f"{part.mean:f}", "" if weight is None else f"{weight:f}",
            str(part.counted), article(line.ground),
        )  # fmt: skip
    show(made)
    months = ", ".join(f"{month} {'–' if total is None else format(total, 'f')}" for month, total in result.months)
    say(words("cli_period_sheet", months=months, mean="–" if result.mean is None else f"{result.mean:f}"), style="bold")
    say(words("cli_scheme_foot", scheme=f"{view.scheme.id} {view.scheme.version}", mark=view.scheme.source.mark,
              caution=view.scheme.source.caution.text(words.language), count=len(view.scheme.assumptions())), style="dim")  # fmt: skip


def _called(name: WindowName | None) -> tuple[str, ...]:
    return () if name is None else (name.name_zh, name.name_en)


def report(
    kind: Annotated[Kind, typer.Argument(help=words("cli_report_kind"), show_default=False)],
    period: PeriodName,
    target: Annotated[Path, typer.Argument(metavar="TARGET", help=words("cli_report_target"), show_default=False)],
    hall: Hall,
    window: Annotated[str | None, typer.Option("--window", metavar="WINDOW", help=words("cli_report_window"), show_default=False)] = None,
    scheme: SchemeId = SCHEME,
) -> None:
    """Write a report as xlsx, docx or pdf, by the ending of the file."""
    check_target(str(target))
    from supervision.db.store import open_store
    from supervision.reports import write

    with open_store() as store:
        content = write(store, hall, kind.value, period, target.suffix.lower(), scheme, window=window, language=words.language)
    target.write_bytes(content)
    say(words("cli_report_written", path=target, size=f"{len(content):,}"))


@schemes.command("draft", help=words("cli_help_schemes_draft"))
def draft(file: Draft, hall: Hall, person: Person, json_target: JsonTarget = None) -> None:
    """Keep a scheme as a draft of the hall, and check it."""
    check_target(json_target)
    from supervision import drafts
    from supervision.db.store import open_store

    text = file.read_text(encoding="utf-8")
    with open_store() as store:
        kept = drafts.draft(store, hall, text, person=person)
        kept = drafts.check(store, hall, kept.scheme_id, kept.version, person=person)
    if not answer({"scheme": kept.scheme_id, "version": kept.version, "state": kept.state, "digest": kept.digest}, json_target):
        say(words("cli_draft_kept", id=kept.scheme_id, version=kept.version))


@schemes.command("publish", help=words("cli_help_schemes_publish"))
def publish(id: Id, version: Version, hall: Hall, person: Person, json_target: JsonTarget = None) -> None:
    """Put a checked draft in force in the hall."""
    check_target(json_target)
    from supervision import drafts
    from supervision.db.store import open_store

    with open_store() as store:
        kept = drafts.publish(store, hall, id, version, person=person)
    if not answer({"scheme": kept.scheme_id, "version": kept.version, "state": kept.state, "digest": kept.digest}, json_target):
        say(words("cli_draft_published", id=kept.scheme_id, version=kept.version))


@schemes.command("drafts", help=words("cli_help_schemes_drafts"))
def list_drafts(hall: Hall, json_target: JsonTarget = None) -> None:
    """The versions written in a hall, and their states."""
    check_target(json_target)
    from supervision import drafts
    from supervision.db.store import open_store

    with open_store() as store:
        found = drafts.list_drafts(store, hall)
    rows = [{"scheme": each.scheme_id, "version": each.version, "state": each.state, "person": each.person} for each in found]
    if not answer({"drafts": rows}, json_target):
        for each in found:
            say(f"{each.scheme_id} {each.version}: {words('cli_state_' + each.state)} ({each.person})")


@schemes.command("impact", help=words("cli_help_schemes_impact"))
def impact(
    file: Draft,
    months: Annotated[list[str], typer.Argument(metavar="MONTH...", help=words("cli_month"), show_default=False)],
    hall: Hall,
    scheme: SchemeId = SCHEME,
    json_target: JsonTarget = None,
) -> None:
    """Past months under a draft, side by side with what is filed."""
    check_target(json_target)
    from supervision import drafts
    from supervision.db.store import open_store

    with open_store() as store:
        rows = drafts.impact(store, hall, file.read_text(encoding="utf-8"), months, scheme)
    if answer({"rows": [_plain(asdict(each)) for each in rows]}, json_target):
        return
    made = table(*map(words, ("cli_month_name", "cli_window", "cli_as_filed", "cli_then", "cli_gained")), right=(2, 3, 4))
    for each in rows:
        both = each.now is not None and each.then is not None
        difference = f"{(each.then or Decimal(0)) - (each.now or Decimal(0)):+f}" if both else ""
        totals = ("–" if total is None else f"{total:f}" for total in (each.now, each.then))
        made.add_row(each.month, each.window_id, *totals, difference)
    show(made)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Decimals as text."""
    return {key: format(value, "f") if isinstance(value, Decimal) else value for key, value in row.items()}
