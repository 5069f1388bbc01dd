"""Work orders: the list, one order's steps and clocks, and the step that may be taken next."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from dashboards import data
from dashboards.data import work
from dashboards.texts import Words
from dashboards.views import acting, draft, frame
from dashboards.views.evidence import ground, label

COLUMNS = ("order", "subject", "window", "state", "due", "late")


def draw(words: Words, hall: str, month: str, scope: work.Scope) -> frame.Answer:
    """Draw the list and the order that is chosen; what to do first."""
    found = work.read_orders(hall, scope)
    names = work.window_names(hall)
    late = [each for each in found if each.late]
    if late:
        first = late[0]
        said = words("orders_answer_late", count=len(late), order=first.order_number, state=state(words, first)), "warn"
    elif any(not each.over for each in found):
        said = words("orders_answer_running", count=sum(not each.over for each in found)), "plain"
    else:
        said = words("orders_answer_none"), "good"
    st.button(
        words("orders_open_bad", month=month), key="open_bad", on_click=acting.perform, args=(lambda: _open_bad(hall, month),),
        icon=":material/add:", help=words("orders_open_bad_help"),
    )  # fmt: skip
    if not found:
        return said
    headings = {name: words(f"orders_{name}") for name in COLUMNS}
    rows = pd.DataFrame(
        [
            {
                "order": each.order_number,
                "subject": label(words, each.subject),
                "window": words.name(names.get(each.window_id), each.window_id),
                "state": state(words, each),
                "due": work.local(hall, each.next_due) or words("not_available"),
                "late": words("clock_late") if each.late else words("orders_over") if each.over else words("clock_running"),
            }
            for each in found
        ],
        columns=COLUMNS,
    )
    numbers = [each.order_number for each in found]
    about = {words("inspector_hall"): hall, words("version"): data.version()}
    ticked = frame.listing(words, "orders", rows, headings, about, pick=True, most=360)
    if frame.newly_picked("order", None if ticked is None else numbers[ticked]):
        st.session_state["order"] = numbers[ticked or 0]
    frame.remembered("order", numbers[0], str, numbers.__contains__)
    number = st.selectbox(words("orders_select"), numbers, key="order")
    frame.remember("order", numbers[0])
    panel(words, hall, next(each for each in found if each.order_number == number))
    return said


def state(words: Words, order: work.OrderView) -> str:
    """Where an order stands, in words."""
    return words.name(work.workflow(order.workflow).states[order.state])


def panel(words: Words, hall: str, order: work.OrderView) -> None:
    """One order: its steps and clocks, and the step that may be taken next."""
    flow = work.workflow(order.workflow)
    names = {each.id: words.name(each.name) for each in flow.actions}
    st.subheader(f"{words.name(flow.name)} · {order.order_number} · {state(words, order)}", anchor=False)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"**{words('orders_steps')}**")
        for each in order.steps:
            by = "" if each.promised_on is None else words("orders_promised", day=each.promised_on)
            told = f"{work.local(hall, each.at)} · {names.get(each.action, words('orders_opened'))} · {each.person}{by}"
            st.markdown("- " + frame.as_text(f"{told} {each.note}".strip()))
        for clock in order.clocks:
            mark = ":material/warning: " if clock.answer in ("late", "broken") else ""
            shown = frame.as_text(ground(words, clock.ground))
            facts = {"limit": words.name(clock.name), "due": work.local(hall, clock.due_at), "ground": shown}
            late = words("orders_was_late", begins=work.local(hall, clock.begins_at)) if order.was_late(clock) else ""
            st.caption(mark + words("orders_clock", **facts, answer=words(f"clock_{clock.answer}")) + late)
    with right:
        if not order.possible:
            st.markdown(words("orders_over_sentence"))
            return
        needs = {each.id: each.needs for each in flow.actions}
        form = draft.Form(
            f"step:{order.order_number}", hall, {"step_note": draft.text, "step_by": lambda given: isinstance(given, date)},
            {"step_action": draft.among(order.possible)},
        )  # fmt: skip
        draft.take_up(form)
        with st.container(border=True):
            st.markdown(f"**{words('orders_next')}**")
            st.selectbox(
                words("orders_step"), order.possible, key="step_action",
                format_func=lambda each: names[each] + _asks(words, needs[each]),
            )  # fmt: skip
            st.text_area(words("orders_note"), key="step_note", max_chars=5000, height=90)
            st.date_input(words("orders_by"), value=None, key="step_by", format="YYYY-MM-DD")
            st.button(
                words("orders_take"), key="step_take", type="primary", on_click=acting.perform,
                args=(lambda: _take(hall, order.order_number, form),),
            )  # fmt: skip
            draft.keep(words, form)


def _asks(words: Words, needs: frozenset[str]) -> str:
    """What a step cannot do without, behind its name."""
    asked = [words(f"orders_needs_{each}") for each in sorted(needs)]
    return f" ({', '.join(asked)})" if asked else ""


def _take(hall: str, order: str, form: draft.Form) -> tuple[str, dict[str, object]]:
    state = st.session_state
    after = work.take_order_step(hall, order, state["step_action"], acting.person(), state["step_note"], state["step_by"])
    draft.sent(form)
    return "acting_order", {"order": order, "state": dict(work.workflow(after.workflow).states[after.state])}


def _open_bad(hall: str, month: str) -> tuple[str, dict[str, object]]:
    return "acting_opened_orders", {"count": work.open_bad_ratings(hall, month, acting.person())}
