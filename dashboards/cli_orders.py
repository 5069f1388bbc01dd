"""The commands of work orders: openhall orders open, bad-ratings, step, list, show, kept, call-ins.

Every step is an act of a person (``--as``); who may not take it is the workflow's matter. Heavy imports wait until a command runs.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboards.cli_clock import Clock, clock_of
from dashboards.cli_console import answer, check_target, say, show, table, words
from dashboards.cli_hall import JsonTarget
from dashboards.cli_month import SCHEME, Month, SchemeId
from dashboards.cli_record import Hall, Person

if TYPE_CHECKING:
    from supervision.orders.desk import OrderView

orders = typer.Typer(help=words("cli_help_orders"), no_args_is_help=True, rich_markup_mode=None)
Order = Annotated[str, typer.Argument(metavar="ORDER", help=words("cli_order"), show_default=False)]
Rules = Annotated[str, typer.Option("--rules", metavar="RULES", help=words("cli_order_rules"), show_default=False)]
Note = Annotated[str, typer.Option("--note", metavar="TEXT", help=words("cli_order_note"), show_default=False)]
Flow = Annotated[str, typer.Option("--workflow", metavar="WORKFLOW", help=words("cli_order_workflow"), show_default=False)]
ANSWER_STYLES = {"kept": "green", "broken": "red", "running": None, "late": "bold red"}


@orders.command("open", help=words("cli_help_orders_open"))
def open_one(
    subject: Annotated[str, typer.Argument(metavar="RECORD", help=words("cli_order_subject"), show_default=False)],
    hall: Hall,
    person: Person,
    rules: Rules = "",
    note: Note = "",
    json_target: JsonTarget = None,
) -> None:
    """Open an order about one record."""
    check_target(json_target)
    from supervision.db.store import open_store
    from supervision.orders.desk import open_order

    with open_store() as store:
        tell(open_order(store, hall, subject, person, rules=rules, note=note), clock_of(store, hall), json_target)


@orders.command("bad-ratings", help=words("cli_help_orders_bad"))
def open_bad(month: Month, hall: Hall, person: Person, rules: Rules = "", json_target: JsonTarget = None) -> None:
    """Open an order for every bad rating of a month that has none."""
    check_target(json_target)
    from supervision.db.store import open_store
    from supervision.orders.desk import open_bad_ratings

    with open_store() as store:
        tell_all(open_bad_ratings(store, hall, month, person, rules=rules), clock_of(store, hall), json_target)


@orders.command("step", help=words("cli_help_orders_step"))
def step(
    order: Order,
    action: Annotated[str, typer.Argument(metavar="STEP", help=words("cli_order_step"), show_default=False)],
    hall: Hall,
    person: Person,
    note: Note = "",
    by: Annotated[
        datetime | None, typer.Option("--by", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help=words("cli_order_by"), show_default=False)
    ] = None,
    json_target: JsonTarget = None,
) -> None:
    """Take the next step of an order."""
    check_target(json_target)
    from supervision.db.store import open_store
    from supervision.orders.desk import take_step

    with open_store() as store:
        taken = take_step(store, hall, order, action, person, note=note, by=None if by is None else by.date())
        tell(taken, clock_of(store, hall), json_target)


@orders.command("list", help=words("cli_help_orders_list"))
def list_all(
    hall: Hall,
    workflow: Flow = "",
    window: Annotated[str, typer.Option("--window", metavar="WINDOW", help=words("cli_sheet_window"), show_default=False)] = "",
    open_only: Annotated[bool, typer.Option("--open", help=words("cli_order_open_only"))] = False,
    late_only: Annotated[bool, typer.Option("--late", help=words("cli_order_late_only"))] = False,
    json_target: JsonTarget = None,
) -> None:
    """List orders, the most urgent first."""
    check_target(json_target)
    from supervision.db.store import open_store
    from supervision.orders.desk import list_orders

    with open_store() as store:
        found = list_orders(store, hall, workflow=workflow, window=window, open_only=open_only, late_only=late_only)
        tell_all(found, clock_of(store, hall), json_target)


@orders.command("show", help=words("cli_help_orders_show"))
def show_one(order: Order, hall: Hall, json_target: JsonTarget = None) -> None:
    """Show one order with every step and clock."""
    check_target(json_target)
    from supervision.db.store import open_store
    from supervision.orders.desk import read_order

    with open_store() as store:
        tell(read_order(store, hall, order), clock_of(store, hall), json_target)


@orders.command("kept", help=words("cli_help_orders_kept"))
def kept(
    month: Month,
    hall: Hall,
    workflow: Flow = "bad_rating",
    json_target: JsonTarget = None,
) -> None:
    """How often limits were kept by the orders about a month's records."""
    check_target(json_target)
    from supervision.db.store import open_store
    from supervision.orders.desk import count_kept
    from supervision.ratings import rate

    with open_store() as store:
        found = count_kept(store, hall, month, workflow)
    rows = [
        {"window": window, "limit": each.id, "kept": each.kept, "broken": each.broken, "late": each.late, "running": each.running,
         "n": each.n, "share": None if each.n == 0 else f"{rate(each.kept, each.n).value:f}"}
        for window, kept in found.items() for each in kept
    ]  # fmt: skip
    if answer({"workflow": workflow, "month": month, "limits": rows}, json_target):
        return
    made = table(*map(words, ("cli_window", "cli_order_limit", "cli_order_kept", "cli_order_broken", "cli_order_late", "cli_order_running",
                              "cli_order_share")), right=(2, 3, 4, 5, 6))  # fmt: skip
    for row in rows:
        counts = (str(row[name]) for name in ("kept", "broken", "late", "running"))
        made.add_row(row["window"] or words("cli_order_hall"), row["limit"], *counts, row["share"] or "–")
    show(made)


@orders.command("call-ins", help=words("cli_help_orders_call_ins"))
def call_ins(month: Month, hall: Hall, scheme: SchemeId = SCHEME, json_target: JsonTarget = None) -> None:
    """Windows at the bottom of the rating ranking two months running."""
    check_target(json_target)
    from supervision.db.store import open_store
    from supervision.orders.desk import find_call_ins
    from supervision.scheme import load_scheme

    with open_store() as store:
        found = find_call_ins(store, hall, month, load_scheme(scheme).good_levels())
    rows = [{"window": each.window_id, "subject": each.subject, "months": [list(month) for month in each.months]} for each in found]
    if answer({"call_ins": rows}, json_target):
        return
    for each in found:
        months = "; ".join(words("cli_call_in_month", month=month, good=good, n=n) for month, good, n in each.months)
        say(words("cli_call_in", window=each.window_id, months=months, subject=each.subject))
    if not found:
        say(words("cli_call_in_none"))


def plain(view: OrderView) -> dict[str, Any]:
    """An order for JSON."""
    return {
        "order": view.order_number, "workflow": view.workflow, "subject": view.subject, "rules": view.rule_set, "window": view.window_id,
        "state": view.state, "over": view.over, "late": view.late, "possible": list(view.possible),
        "steps": [
            {"step": position, "action": each.action, "state": each.state, "at": each.at.isoformat(), "person": each.person,
             "by": None if each.promised_on is None else each.promised_on.isoformat(), "note": each.note}
            for position, each in enumerate(view.steps, 1)
        ],
        "clocks": [
            {"limit": each.id, "due": each.due_at.isoformat(), "met": None if each.met_at is None else each.met_at.isoformat(),
             "answer": each.answer, "ground": each.ground, "late_when_opened": view.was_late(each)}
            for each in view.clocks
        ],
    }  # fmt: skip


def tell(view: OrderView, local: Clock, json_target: str | None) -> None:
    """One order: where it stands, its steps, its clocks, what may be done now; times by the hall's clock."""
    if answer(plain(view), json_target):
        return
    from dashboards.cli_sheets import article
    from supervision.orders.workflow import workflow_of

    workflow = workflow_of(view.workflow)
    state = workflow.states[view.state][words.language]
    name = workflow.name[words.language]
    say(words("cli_order_head", order=view.order_number, name=name, subject=view.subject, state=state), style="bold")
    names = {each.id: each.name[words.language] for each in workflow.actions}
    for position, each in enumerate(view.steps, 1):
        by = "" if each.promised_on is None else words("cli_order_until", day=each.promised_on)
        action = names.get(each.action, words("cli_order_opened"))
        say(f"  {position}. {local(each.at)} {each.person}{words('cli_colon')}{action}{by} {each.note}")
    for clock in view.clocks:
        facts = {"limit": clock.name[words.language], "due": local(clock.due_at), "answer": words(f"cli_clock_{clock.answer}")}
        say("  " + words("cli_order_clock", **facts, ground=article(clock.ground)), style=ANSWER_STYLES[clock.answer])
        if view.was_late(clock):
            say("    " + words("cli_order_was_late", begins=local(clock.begins_at)), style="dim")
    local.tell()
    if view.possible:
        say(words("cli_order_possible", steps=", ".join(f"{each} ({names[each]})" for each in view.possible)), style="dim")


def tell_all(views: list[OrderView], local: Clock, json_target: str | None) -> None:
    """Orders as a table; times by the hall's clock."""
    if answer({"orders": [plain(each) for each in views]}, json_target):
        return
    from supervision.orders.workflow import workflow_of

    if not views:
        say(words("cli_order_none"))
        return
    made = table(*map(words, ("cli_order_number", "cli_order_about", "cli_window", "cli_order_state", "cli_order_next")))
    for each in views:
        state = workflow_of(each.workflow).states[each.state][words.language]
        style = "red" if each.late else "dim" if each.over else None
        made.add_row(each.order_number, each.subject, each.window_id, state, local(each.next_due), style=style)
    show(made)
    local.tell()
