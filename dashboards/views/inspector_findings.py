"""What checks found: each with its standing, its pictures, and the order that confirms, disputes, hands over, rectifies and rechecks it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboards import data
from dashboards.data import checks, work
from dashboards.texts import Words
from dashboards.views import acting, frame, inspector_orders, pictures

COLUMNS = ("number", "window", "item", "observed", "minutes", "waiting", "person", "source", "stands", "order", "by", "files")


def draw(words: Words, hall: str, month: str, scope: work.Scope) -> frame.Answer:
    """Draw the list and the finding that is chosen; what to do first."""
    found = [each for each in checks.findings(hall, month) if scope.reads(each.window_id)]
    if not found:
        return words("findings_answer_none", month=month), "good"
    names = {id: words.name(name, id) for id, name in work.window_names(hall).items()}
    items = checks.names_of_items()
    orders = {each.order_number: each for each in work.read_orders(hall, scope)}
    headings = {name: words(f"findings_{name}") for name in COLUMNS}
    rows = pd.DataFrame(
        [
            {
                "number": each.finding_number, "window": names.get(each.window_id, each.window_id),
                "item": words.name(items[each.code], each.code), "observed": work.local(hall, each.observed_at),
                "minutes": each.minutes, "waiting": each.people_waiting,
                "person": words("findings_known" if each.is_person_known else "form_unknown"),
                "source": words(f"value_{each.source}"), "stands": words(f"cli_check_{each.status}"),
                "order": _state(words, orders.get(each.order_number)), "by": _by(orders.get(each.order_number)), "files": each.files,
            }
            for each in found
        ],
        columns=COLUMNS,
    )  # fmt: skip
    shown = rows.assign(
        **{name: [words("not_available") if pd.isna(each) else str(int(each)) for each in rows[name]] for name in ("minutes", "waiting")}
    )
    about = {words("inspector_hall"): hall, words("inspector_month"): month, words("version"): data.version()}
    units = {"minutes": words("unit_minutes")}
    ticked = frame.listing(
        words, "findings", shown, headings, about, numbers=rows, units=units, places={"minutes": 0, "waiting": 0}, pick=True, most=360
    )
    by_number = {each.finding_number: each for each in found}
    numbers = list(by_number)
    if frame.newly_picked("finding", None if ticked is None else numbers[ticked]):
        st.session_state["finding"] = numbers[ticked or 0]
    first = _first(found, orders)
    frame.remembered("finding", first.finding_number, str, by_number.__contains__)
    number = st.selectbox(
        words("findings_select"), numbers, key="finding",
        format_func=lambda each: f"{names.get(by_number[each].window_id, '')} · {words.name(items[by_number[each].code])} · {each}",
    )  # fmt: skip
    frame.remember("finding", first.finding_number)
    _finding(words, hall, by_number[number], orders.get(by_number[number].order_number))
    return _answer(words, found, orders, names, items)


def _state(words: Words, order: work.OrderView | None) -> str:
    return words("findings_no_order") if order is None else inspector_orders.state(words, order)


def _by(order: work.OrderView | None) -> str:
    """The day by which it is to be put right."""
    days = [each.promised_on for each in order.steps if each.promised_on is not None] if order else []
    return days[-1].isoformat() if days else ""


def _first(found: list[checks.FindingRow], orders: dict[str, work.OrderView]) -> checks.FindingRow:
    """The finding to look at first: a late order, then one without an order that stands, then an order under way, then any."""

    def rank(each: checks.FindingRow) -> int:
        order = orders.get(each.order_number)
        if order is None:
            return 1 if each.status != "withdrawn" else 4
        return 0 if order.late else 3 if order.over else 2

    return min(found, key=rank)


def _answer(
    words: Words, found: list[checks.FindingRow], orders: dict[str, work.OrderView], names: dict[str, str],
    items: Mapping[str, Mapping[str, str]],
) -> frame.Answer:  # fmt: skip
    first = _first(found, orders)
    order = orders.get(first.order_number)
    facts = {"window": names.get(first.window_id, first.window_id), "item": words.name(items[first.code], first.code)}
    if order is None and first.status != "withdrawn":
        many = sum(not each.order_number and each.status != "withdrawn" for each in found)
        return words("findings_answer_open", count=many, **facts), "warn"
    if order is not None and not order.over:
        many = sum(bool(each.order_number) and not orders[each.order_number].over for each in found if each.order_number in orders)
        key = "findings_answer_late" if order.late else "findings_answer_running"
        return words(key, count=many, state=inspector_orders.state(words, order), **facts), "warn" if order.late else "plain"
    return words("findings_answer_done", count=len(found)), "good"


def _finding(words: Words, hall: str, found: checks.FindingRow, order: work.OrderView | None) -> None:
    subject = f"finding:{found.finding_number}"
    if found.note:
        st.markdown(frame.as_text(words("findings_note", note=found.note)))
    if found.check_number:
        st.caption(frame.as_text(words("findings_visit", visit=found.check_number)))
    pictures.show(words, hall, subject)
    pictures.add(words, hall, subject)
    if order is not None:
        inspector_orders.panel(words, hall, order)
    elif found.status != "withdrawn":
        st.button(
            words("findings_open_order"), key="open_finding_order", type="primary", icon=":material/assignment_add:",
            help=words("findings_open_order_help"), on_click=acting.perform, args=(lambda: _open(hall, subject),),
        )  # fmt: skip


def _open(hall: str, subject: str) -> tuple[str, dict[str, object]]:
    return "acting_order_opened", {"order": work.open_order(hall, subject, acting.person()).order_number}
