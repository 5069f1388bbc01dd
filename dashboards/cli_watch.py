"""The commands of electronic supervision (电子监察): openhall watch ladder, case, speed, projects, limits, steps, extend.

Reading needs no person; setting steps and granting an extension are acts. Heavy imports wait until a command runs.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboards.cli_clock import Clock, clock_of
from dashboards.cli_console import answer, check_target, say, show, table, words
from dashboards.cli_hall import JsonTarget
from dashboards.cli_month import Month
from dashboards.cli_record import Hall, Person

if TYPE_CHECKING:
    from supervision.watch.desk import CaseView

watch = typer.Typer(help=words("cli_help_watch"), no_args_is_help=True, rich_markup_mode=None)
Day = ["%Y-%m-%d"]
Case = Annotated[str, typer.Argument(metavar="CASE", help=words("cli_watch_case_number"), show_default=False)]
RUNG_STYLES = {"on_time": None, "reminder": "yellow", "yellow": "yellow", "red": "red", "advice": "bold red"}


@watch.command("ladder", help=words("cli_help_watch_ladder"))
def ladder(
    hall: Hall,
    since: Annotated[
        datetime | None, typer.Option("--since", formats=Day, metavar="YYYY-MM-DD", help=words("cli_watch_since"), show_default=False)
    ] = None,
    json_target: JsonTarget = None,
) -> None:
    """What needs somebody now, the worst first."""
    check_target(json_target)
    from supervision.db.store import open_store
    from supervision.watch.desk import count_left_out, read_ladder

    day = None if since is None else since.date()
    with open_store() as store:
        found, older = read_ladder(store, hall, since=day), count_left_out(store, hall, day)
    rows = [
        {"what": each.what, "id": each.id, "window": each.window_id, "rung": each.rung,
         "due_on": None if each.due_on is None else each.due_on.isoformat(), "late_days": each.late_days, "detail": each.detail}
        for each in found
    ]  # fmt: skip
    left_out = {"before": older.before.isoformat(), "count": older.count, "oldest": _day(older.oldest)}
    if answer({"warnings": rows, "older": left_out}, json_target):
        return
    if not found and not older.count:
        say(words("cli_watch_calm"))
    columns = ("cli_watch_rung", "cli_watch_what", "cli_order_about", "cli_window", "cli_watch_due", "cli_watch_late")
    made = table(*map(words, columns), right=(5,))
    for each in found:
        what = f"{words(f'cli_watch_{each.what}')} {each.detail}"
        rung = words(f"cli_rung_{each.rung}")
        made.add_row(rung, what, each.id, each.window_id, str(each.due_on or "–"), str(each.late_days), style=RUNG_STYLES[each.rung])
    if found:
        show(made)
    if older.count:
        say(words("cli_watch_older", **left_out), style="yellow")


@watch.command("case", help=words("cli_help_watch_case"))
def case(number: Case, hall: Hall, json_target: JsonTarget = None) -> None:
    """One case with every stop of its clock."""
    check_target(json_target)
    from supervision.db.store import open_store
    from supervision.watch.desk import read_case

    with open_store() as store:
        tell(read_case(store, hall, number), clock_of(store, hall), json_target)


@watch.command("speed", help=words("cli_help_watch_speed"))
def speed(month: Month, hall: Hall, json_target: JsonTarget = None) -> None:
    """How fast a month's cases ended: shown, never ranked."""
    check_target(json_target)
    from supervision.db.store import open_store
    from supervision.watch.desk import read_speed

    with open_store() as store:
        found = read_speed(store, hall, month)
    rows = [
        {"window": each.window_id, "ended": each.ended, "instant": each.instant, "comparable": each.promised,
         "actual_days": each.actual_days, "promised_days": each.promised_days, "legal_days": each.legal_days, "early": each.early,
         "compression": _share(each.compression), "speed_up": _share(each.speed_up)}
        for each in found
    ]  # fmt: skip
    if answer({"month": month, "windows": rows}, json_target):
        return
    columns = ("cli_window", "cli_watch_ended", "cli_watch_instant", "cli_watch_early", "cli_watch_compression", "cli_watch_speed_up")
    made = table(*map(words, columns), right=(1, 2, 3, 4, 5))
    for each in found:
        counts = (str(each.ended), str(each.instant), str(each.early), _percent(each.compression), _percent(each.speed_up))
        made.add_row(each.window_id or words("cli_order_hall"), *counts)
    show(made)
    say(words("cli_watch_speed_shown"), style="dim")


@watch.command("projects", help=words("cli_help_watch_projects"))
def projects(hall: Hall, json_target: JsonTarget = None) -> None:
    """Five-stage projects against the limit of their kind."""
    check_target(json_target)
    from supervision.db.store import open_store
    from supervision.watch.desk import read_projects
    from supervision.watch.projects import project_kinds, stage_names

    with open_store() as store:
        found = read_projects(store, hall)
    rows = [
        {"project": each.project_number, "kind": each.kind, "began_on": _day(each.began_on), "last_day": _day(each.last_day),
         "met_on": _day(each.met_on), "late_days": each.late_days, "leaderless": list(each.leaderless),
         "stages": [{"stage": one.stage, "lead": one.lead or None, "began_on": _day(one.began_on), "ended_on": _day(one.ended_on),
                     "intermediary_days": one.intermediary_days} for one in each.stages]}
        for each in found
    ]  # fmt: skip
    if answer({"projects": rows}, json_target):
        return
    columns = ("cli_watch_project", "cli_kind", "cli_watch_due", "cli_watch_met", "cli_watch_late", "cli_watch_stages")
    made = table(*map(words, columns), right=(4,))
    for each in found:
        stages = ", ".join(
            f"{stage_names()[one.stage][words.language]} ({one.lead or words('cli_watch_nobody')})" for one in each.stages if one.began_on
        )
        kind = project_kinds()[each.kind].name[words.language]
        style = "red" if each.late_days else "yellow" if each.leaderless else None
        dates = (str(each.last_day or "–"), str(each.met_on or "–"), str(each.late_days))
        made.add_row(each.project_number, kind, *dates, stages, style=style)
    show(made)


@watch.command("limits", help=words("cli_help_watch_limits"))
def limits(json_target: JsonTarget = None) -> None:
    """The limits that the founding documents name."""
    check_target(json_target)
    from supervision.articles import ground_in
    from supervision.watch.projects import project_kinds, service_limits

    rows = [(each.id, each.name, each.limit, each.article) for each in project_kinds().values()] + list(service_limits())
    plain = [
        {"id": id, "name": dict(name), "amount": limit.amount, "unit": limit.unit, "article": article} for id, name, limit, article in rows
    ]
    if answer({"limits": plain}, json_target):
        return
    for _, name, limit, article in rows:
        say(f"{name[words.language]}{words('cli_colon')}{limit.amount} {words('cli_unit_' + limit.unit)}")
        say(f"    {ground_in(article, words.language)}", style="dim")


@watch.command("steps", help=words("cli_help_watch_steps"))
def steps(
    service: Annotated[str, typer.Argument(metavar="SERVICE", help=words("cli_service"), show_default=False)],
    hall: Hall,
    person: Person,
    step: Annotated[list[str], typer.Option("--step", metavar="NAME=AMOUNT", help=words("cli_watch_step_option"), show_default=False)],
    valid_from: Annotated[
        datetime, typer.Option("--from", formats=Day, metavar="YYYY-MM-DD", help=words("cli_watch_from"), show_default=False)
    ],
    unit: Annotated[str, typer.Option("--unit", help=words("cli_watch_unit"))] = "working_days",
    json_target: JsonTarget = None,
) -> None:
    """Give a service steps whose limits keep its promise."""
    check_target(json_target)
    from supervision.db.store import open_store
    from supervision.deadlines import parse_limit
    from supervision.watch.desk import set_steps

    pairs = [given.rpartition("=") for given in step]
    if not all(name.strip() and name.isprintable() for name, _, _ in pairs):
        raise typer.BadParameter(words("cli_watch_step_form"), param_hint="--step")
    given = [(name, parse_limit(amount, unit, place=f"--step {name}")) for name, _, amount in pairs]
    with open_store() as store:
        kept = set_steps(store, hall, service, given, valid_from.date(), person)
    plain = [{"step": name, "amount": limit.amount, "unit": limit.unit} for name, limit in kept]
    if not answer({"service": service, "steps": plain}, json_target):
        total = sum(limit.amount for _, limit in kept)
        say(words("cli_watch_steps_set", service=service, count=len(kept), total=total, unit=words("cli_unit_" + unit)), style="green")


@watch.command("extend", help=words("cli_help_watch_extend"))
def extend(
    number: Case,
    amount: Annotated[int, typer.Argument(metavar="AMOUNT", min=1, help=words("cli_watch_amount"), show_default=False)],
    hall: Hall,
    person: Person,
    asked_by: Annotated[str, typer.Option("--asked-by", metavar="PERSON", help=words("cli_watch_asked_by"), show_default=False)],
    asked_on: Annotated[
        datetime, typer.Option("--asked-on", formats=Day, metavar="YYYY-MM-DD", help=words("cli_watch_asked_on"), show_default=False)
    ],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=words("cli_watch_reason"), show_default=False)],
    unit: Annotated[str, typer.Option("--unit", help=words("cli_watch_unit"))] = "working_days",
    json_target: JsonTarget = None,
) -> None:
    """Grant a case more time."""
    check_target(json_target)
    from supervision.db.store import open_store
    from supervision.deadlines import parse_limit
    from supervision.watch.desk import extend_case, noon_of

    limit = parse_limit(str(amount), unit, place="AMOUNT")
    with open_store() as store:
        asked_at = noon_of(store, hall, asked_on.date())
        view = extend_case(store, hall, number, limit, reason, asked_by=asked_by, asked_at=asked_at, person=person)
        tell(view, clock_of(store, hall), json_target)


def tell(view: CaseView, local: Clock, json_target: str | None) -> None:
    """A case: its due moment step by step, its stops, steps, extensions and late papers; times by the hall's clock."""
    row, due = view.row, view.due
    plain: dict[str, Any] = {
        "case": row.case_number, "service": row.service_id, "kind": row.kind, "accepted_at": row.accepted_at.isoformat(),
        "ended_at": None if row.ended_at is None else row.ended_at.isoformat(), "rung": view.rung, "late_days": view.late_days,
        "ruled": view.ruled or None,
        "due_at": None if due is None or due.moment_utc is None else due.moment_utc.isoformat(),
        "governed_by": None if due is None else due.governed_by,
        "trace": [] if due is None else [{name: each.text(name) for name in ("zh", "en")} for each in due.trace],
        "stops": [{"from": stop.start.isoformat(), "to": None if stop.end is None else stop.end.isoformat(), "reason": stop.reason,
                   "kind": kind or None, "document": document or None} for stop, kind, document in view.stops],
        "steps": [{"step": each.step_id, "due_at": None if each.due_at is None else each.due_at.isoformat(),
                   "ended_at": None if each.ended_at is None else each.ended_at.isoformat(), "late": each.late} for each in view.steps],
        "extensions": [{"amount": amount, "reason": reason, "granted_by": person, "granted_at": at.isoformat()}
                       for amount, reason, person, at in view.extensions],
        "papers": [{"paper": each.paper, "kind": each.kind, "due_on": each.due_on.isoformat(), "settled_on": _day(each.settled_on)}
                   for each in view.papers],
    }  # fmt: skip
    if answer(plain, json_target):
        return
    say(words("cli_watch_case_head", case=row.case_number, rung=words(f"cli_rung_{view.rung}"), late=view.late_days), style="bold")
    if view.ruled:
        say("  " + words("case_ruled", ruled=words(f"ruled_{view.ruled}")), style="green")
    for step in plain["trace"]:
        say(f"  {step[words.language]}", style="dim")
    for stop, kind, document in view.stops:
        facts = {"start": local(stop.start), "end": local(stop.end, "…")}
        named = words(f"cli_stop_{kind}") if kind else words("cli_stop_unsaid")
        say("  " + words("cli_watch_stop", **facts, kind=named, reason=stop.reason, document=document))
    for each in view.steps:
        ends = {"due": local(each.due_at), "ended": local(each.ended_at)}
        say("  " + words("cli_watch_step_line", step=each.step_id, **ends), style="red" if each.late else None)
    if view.stops or view.steps:
        local.tell()
    for amount, reason, person, _ in view.extensions:
        say("  " + words("cli_watch_extension", amount=amount, reason=reason, person=person))
    for paper in view.papers:
        settled = "–" if paper.settled_on is None else str(paper.settled_on)
        kind = words(f"cli_paper_{paper.kind}")
        say("  " + words("cli_watch_paper_line", paper=paper.paper, kind=kind, due=paper.due_on, settled=settled))


def _share(share: Decimal | None) -> str | None:
    return None if share is None else f"{share:.4f}"


def _percent(share: Decimal | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def _day(day: object) -> str | None:
    return None if day is None else str(day)
