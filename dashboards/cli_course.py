"""The commands of a month's course: month open ... publish, show, prove; appeal file, rule, list; role grant, revoke, list.

They call the use cases of `supervision.course` and `supervision.accounts` and print. Heavy imports wait until a command runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboards.cli_console import answer, check_target, say, show, table, words
from dashboards.cli_hall import JsonTarget
from dashboards.cli_month import SCHEME, Month, SchemeId
from dashboards.cli_record import Hall, Person

if TYPE_CHECKING:
    from supervision.course import Course
    from supervision.db.months import AppealRow

month = typer.Typer(help=words("cli_help_course"), no_args_is_help=True, rich_markup_mode=None)
appeal = typer.Typer(help=words("cli_help_appeal"), no_args_is_help=True, rich_markup_mode=None)
role = typer.Typer(help=words("cli_help_role"), no_args_is_help=True, rich_markup_mode=None)

Days = Annotated[int, typer.Option("--days", min=1, max=60, help=words("cli_objection_days"))]
Number = Annotated[str, typer.Argument(metavar="APPEAL", help=words("cli_appeal_number"), show_default=False)]
RoleName = Annotated[str, typer.Argument(metavar="ROLE", help=words("cli_role"), show_default=False)]
Holder = Annotated[str, typer.Argument(metavar="PERSON", help=words("cli_role_holder"), show_default=False)]
OfWindow = Annotated[str | None, typer.Option("--window", metavar="WINDOW", help=words("cli_role_window"), show_default=False)]


@month.command("open", help=words("cli_help_course_open"))
def open_month(month: Month, hall: Hall, person: Person, scheme: SchemeId = SCHEME, json_target: JsonTarget = None) -> None:
    """Begin a month under a scheme."""
    _take("open_month", month, hall, person, scheme, json_target)


@month.command("collect", help=words("cli_help_course_collect"))
def collect(month: Month, hall: Hall, person: Person, scheme: SchemeId = SCHEME, json_target: JsonTarget = None) -> None:
    """Close the collecting of evidence."""
    _take("collect", month, hall, person, scheme, json_target)


@month.command("compute", help=words("cli_help_course_compute"))
def compute(month: Month, hall: Hall, person: Person, scheme: SchemeId = SCHEME, json_target: JsonTarget = None) -> None:
    """Score every window from what was collected."""
    _take("compute", month, hall, person, scheme, json_target)


@month.command("circulate", help=words("cli_help_course_circulate"))
def circulate(month: Month, hall: Hall, person: Person, scheme: SchemeId = SCHEME, days: Days = 5, json_target: JsonTarget = None) -> None:
    """Put the sheets before the windows for objections."""
    _take("circulate", month, hall, person, scheme, json_target, days=days)


@month.command("lock", help=words("cli_help_course_lock"))
def lock(month: Month, hall: Hall, person: Person, scheme: SchemeId = SCHEME, json_target: JsonTarget = None) -> None:
    """Close a month."""
    _take("lock", month, hall, person, scheme, json_target)


@month.command("publish", help=words("cli_help_course_publish"))
def publish(month: Month, hall: Hall, person: Person, scheme: SchemeId = SCHEME, json_target: JsonTarget = None) -> None:
    """Make a locked month public."""
    _take("publish", month, hall, person, scheme, json_target)


@month.command("show", help=words("cli_help_course_show"))
def show_months(hall: Hall, json_target: JsonTarget = None) -> None:
    """Every month that was opened, and where it stands."""
    check_target(json_target)
    from supervision.course import NAMES, list_courses
    from supervision.db.store import open_store

    with open_store() as store:
        found = list_courses(store, hall)
    if answer({"months": [_plain(each) for each in found]}, json_target):
        return
    made = table(*map(words, ("cli_month_name", "cli_scheme", "cli_stands", "cli_until", "cli_appeals", "cli_waiting")), right=(4, 5))
    for each in found:
        until = "" if each.until is None else each.until.isoformat()
        scheme = f"{each.scheme_id} {each.scheme_version}"
        made.add_row(each.month, scheme, words.name(NAMES[each.stands]), until, str(len(each.appeals)), str(len(each.waiting)))
    show(made)


@month.command("prove", help=words("cli_help_course_prove"))
def prove_months(
    hall: Hall,
    month: Annotated[str | None, typer.Argument(metavar="[MONTH]", help=words("cli_month"), show_default=False)] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help=words("cli_prove_workers"))] = 1,
    json_target: JsonTarget = None,
) -> None:
    """Check the journal and what it recorded, then score every filed sheet again; exit code 1 if one of them is not what it was."""
    check_target(json_target)
    from time import perf_counter

    from supervision.db.store import open_store
    from supervision.journal import verify
    from supervision.monthly import prove

    rows: list[dict[str, Any]] = []
    began = perf_counter()
    with open_store() as store:
        verdict = verify(store)
        checked = perf_counter()
        for rescored in prove(store, hall, month, workers):
            unequal = [each.window_id for each in rescored if not each.equal]
            if rescored:
                first = rescored[0]
                rows.append({"month": first.month, "scheme": first.scheme_id, "sheets": len(rescored), "unequal": unequal})
    seconds = {"journal": round(checked - began, 2), "sheets": round(perf_counter() - checked, 2)}
    journal = {"ok": verdict.ok, "count": verdict.count, "head": verdict.head, "problem": verdict.problem or None}
    ok = verdict.ok and not any(each["unequal"] for each in rows)
    if not answer({"ok": ok, "journal": journal, "months": rows, "seconds": seconds, "workers": workers}, json_target):
        say(verdict.text(words.language), style="green" if verdict.ok else "red")
        for each in rows:
            if each["unequal"]:
                say(words("cli_proved_not", month=each["month"], scheme=each["scheme"], windows=", ".join(each["unequal"])), style="red")
            else:
                say(words("cli_proved", month=each["month"], scheme=each["scheme"], sheets=each["sheets"]), style="green")
        say(words("cli_proved_in", sheets=sum(each["sheets"] for each in rows), workers=workers, journal=seconds["journal"],
                  sheets_seconds=seconds["sheets"]), style="dim")  # fmt: skip
    if not ok:
        raise typer.Exit(1)


@appeal.command("file", help=words("cli_help_appeal_file"))
def file_appeal(
    month: Month,
    window: Annotated[str, typer.Argument(metavar="WINDOW", help=words("cli_sheet_window"), show_default=False)],
    line: Annotated[str, typer.Argument(metavar="LINE", help=words("cli_appeal_line"), show_default=False)],
    hall: Hall,
    person: Person,
    grounds: Annotated[str, typer.Option("--grounds", metavar="TEXT", help=words("cli_grounds"), show_default=False)],
    record: Annotated[str | None, typer.Option("--record", metavar="ID", help=words("cli_appeal_record"), show_default=False)] = None,
    scheme: SchemeId = SCHEME,
    json_target: JsonTarget = None,
) -> None:
    """Object to a line of a circulated sheet."""
    check_target(json_target)
    from supervision.db.store import open_store
    from supervision.monthly import name_subject
    from supervision.objections import appeal as file

    with open_store() as store:
        window = name_subject(store, hall, month, window, scheme)
        filed = file(store, hall, month, window, line, grounds, scheme, person=person, record=record)
    if not answer({"appeal": _appeal(filed)}, json_target):
        say(words("cli_appeal_filed", number=filed.number))


@appeal.command("rule", help=words("cli_help_appeal_rule"))
def rule_appeal(
    number: Number,
    hall: Hall,
    person: Person,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=words("cli_ruling_reason"), show_default=False)],
    upheld: Annotated[bool | None, typer.Option("--upheld/--dismissed", help=words("cli_verdict"), show_default=False)] = None,
    records: Annotated[
        list[str] | None, typer.Option("--record", metavar="ID=WORD", help=words("cli_ruling_records"), show_default=False)
    ] = None,
    json_target: JsonTarget = None,
) -> None:
    """Decide an appeal; the month is scored again at once."""
    check_target(json_target)
    if upheld is None:
        raise typer.BadParameter(words("cli_verdict_missing"), param_hint="--upheld/--dismissed")
    from supervision.db.store import open_store
    from supervision.objections import rule

    changes = dict(each.rpartition("=")[::2] for each in records or ())
    with open_store() as store:
        decided = rule(store, hall, number, "upheld" if upheld else "dismissed", reason, person=person, records=changes)
    if not answer({"appeal": _appeal(decided)}, json_target):
        say(words("cli_appeal_ruled", number=decided.number, verdict=words(f"cli_{decided.verdict}")))


@appeal.command("list", help=words("cli_help_appeal_list"))
def list_appeals(
    hall: Hall,
    month: Annotated[str | None, typer.Argument(metavar="[MONTH]", help=words("cli_month"), show_default=False)] = None,
    json_target: JsonTarget = None,
) -> None:
    """Appeals of a hall or of one of its months, with their rulings."""
    check_target(json_target)
    from supervision.db.store import open_store
    from supervision.objections import list_appeals as found_in

    with open_store() as store:
        found = found_in(store, hall, month)
    if answer({"appeals": [_appeal(each) for each in found]}, json_target):
        return
    columns = ("cli_appeal_number_short", "cli_appeal_line_short", "cli_appeal_record_short", "cli_grounds_short", "cli_verdict_short")
    made = table(*map(words, columns))
    for each in found:
        verdict = words("cli_waiting") if each.verdict is None else words(f"cli_{each.verdict}")
        made.add_row(each.number, each.indicator, each.evidence_id or "", each.grounds, verdict)
    show(made)


@role.command("grant", help=words("cli_help_role_grant"))
def grant(holder: Holder, role: RoleName, hall: Hall, person: Person, window: OfWindow = None, json_target: JsonTarget = None) -> None:
    """Give somebody a role in a hall."""
    _set_role("grant", holder, role, hall, person, window, json_target)


@role.command("revoke", help=words("cli_help_role_revoke"))
def revoke(holder: Holder, role: RoleName, hall: Hall, person: Person, window: OfWindow = None, json_target: JsonTarget = None) -> None:
    """Take a role away."""
    _set_role("revoke", holder, role, hall, person, window, json_target)


@role.command("list", help=words("cli_help_role_list"))
def list_roles(hall: Hall, json_target: JsonTarget = None) -> None:
    """Who holds which role in a hall."""
    check_target(json_target)
    from supervision.accounts import ROLES
    from supervision.accounts import list_roles as held_in
    from supervision.db.store import open_store

    with open_store() as store:
        held = held_in(store, hall)
    if answer({"roles": [asdict(each) for each in held]}, json_target):
        return
    if not held:
        say(words("cli_roles_none"))
    for each in held:
        say(words("cli_role_held", person=each.person, role=words.name(ROLES[each.role]), window=each.window_id or "", hall=each.hall_id))


def _take(step: str, month: str, hall: str, person: str, scheme: str, json_target: str | None, **more: Any) -> None:
    check_target(json_target)
    from supervision import course
    from supervision.db.store import open_store

    act: Callable[..., Course] = getattr(course, step)
    with open_store() as store:
        reached = act(store, hall, month, scheme, person=person, **more)
    if not answer({"month": _plain(reached)}, json_target):
        say(words("cli_course_stands", month=reached.month, scheme=reached.scheme_id, step=words.name(course.NAMES[reached.stands])))
        if reached.until is not None and reached.stands == "circulated":
            say(words("cli_course_until", until=reached.until))


def _set_role(act: str, holder: str, role: str, hall: str, person: str, window: str | None, json_target: str | None) -> None:
    check_target(json_target)
    from supervision import accounts
    from supervision.db.store import open_store

    with open_store() as store:
        sequence = getattr(accounts, act)(store, hall, holder, role, person=person, window=window)
    if not answer({"person": holder, "role": role, "window": window, "sequence": sequence}, json_target):
        say(words("cli_role_granted" if act == "grant" else "cli_role_revoked", person=holder, role=words.name(accounts.ROLES[role])))


def _plain(course: Course) -> dict[str, Any]:
    return {
        "hall": course.hall, "month": course.month, "scheme": course.scheme_id, "version": course.scheme_version, "stands": course.stands,
        "until": None if course.until is None else course.until.isoformat(),
        "steps": [
            {"step": each.step, "person": each.person, "at": each.at.isoformat(), "as_of": each.as_of, "sequence": each.sequence}
            for each in course.steps
        ],
        "appeals": [_appeal(each) for each in course.appeals],
    }  # fmt: skip


def _appeal(row: AppealRow) -> dict[str, Any]:
    return {
        "number": row.number, "month": row.month, "scheme": row.scheme_id, "window": row.window_id, "revision": row.revision,
        "line": row.indicator, "record": row.evidence_id, "grounds": row.grounds, "person": row.person, "at": row.at.isoformat(),
        "rulings": [
            {"instance": each.instance, "verdict": each.verdict, "reason": each.reason, "person": each.person, "at": each.at.isoformat()}
            for each in row.decisions
        ],
    }  # fmt: skip
