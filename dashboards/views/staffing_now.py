"""The hall right now: who waits, and what one more window, a longer day or no more tickets would change today."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.data import BadInput, current, halls
from dashboards.data.halls import Change, Scenario
from dashboards.texts import Words
from dashboards.views import frame, manager_plan
from dashboards.views.figures import number, percent
from dashboards.workbook import Column

STEP = 15
"""minutes between the moments that can be chosen"""
FIGURES = ("mean_wait", "wait_of_those_inside", "sent_home_share", "left_share", "turned_away_share", "empty_at")


def draw(words: Words, plan: Scenario, made: list[Change], top: Any) -> None:
    """Draw the part.

    made : the changes of the plan
    """
    doors = halls.openings(plan)
    times = [each for each in halls.times(plan, step=STEP) if any(start < each < end for start, end in doors)]
    middle = times[len(times) // 3]
    frame.remembered("at", middle, str, times.__contains__)
    left, right = st.columns([1, 2], gap="large")
    with left:
        clock = st.select_slider(words("now_at"), times, key="at")
        frame.remember("at", middle)
        start = current.snapshot(plan, clock)
        document = current.with_queue(start, _queue(words, plan, start, clock))
        st.caption(words("now_assumption", serving=len(start["serving"])))
    try:
        found = current.futures(plan, document)
    except BadInput as refusal:
        with top:
            frame.answer(refusal.text(words.language), "warn")
        return
    best = current.best(found)
    waiting = len(document["waiting"])
    base = found[0].figures
    facts = {"at": clock, "waiting": waiting, "wait": number(base["mean_wait"].value), "empty": _figure(base["empty_at"])}
    with top:
        if best is None:
            frame.answer(words("now_nothing", **facts), "good")
        else:
            gain = best.change["mean_wait"]
            bounds = {"low": number(abs(gain.high)), "high": number(abs(gain.low))}
            frame.answer(words("now_do", **facts, plan=_name(words, plan, best.name), gain=number(abs(gain.value)), **bounds), "plain")
            if best.name.startswith("windows."):
                _offer(words, plan, made, best.name, clock)
    with right:
        _show(words, plan, found)


def _offer(words: Words, plan: Scenario, made: list[Change], line: str, clock: str) -> None:
    """The window that the answer names, opened on every such day from the next half-hour on: a plan for the manager's page."""
    group = line.removeprefix("windows.").partition("=")[0]
    times = halls.times(plan)
    later = [each for each in times[:-1] if each >= clock] or times[-2:-1]
    try:
        changes = halls.with_line(made, f"windows.{group}=+1@{later[0]}-{times[-1]}")
        halls.planned(plan, changes[len(made) :])
    except BadInput:
        return
    help = words("now_try_help")
    st.button(words("now_try"), key="now_try", icon=":material/play_arrow:", help=help, on_click=_open_plan, args=(changes,))


def _open_plan(changes: list[Change]) -> None:
    manager_plan.write(changes)
    st.query_params["page"] = "manager"


def _queue(words: Words, plan: Scenario, start: dict[str, Any], clock: str) -> pd.DataFrame:
    """The people waiting, as somebody writes them down."""
    rows = current.queue(plan, start)
    names = {each.id: words.name(each.name, each.id) for each in plan.services}
    rows.insert(0, "name", [names.get(each, each) for each in rows["service"]])
    edited = st.data_editor(
        rows,
        hide_index=True,
        height=38 + 35 * len(rows),
        key=f"queue_{plan.digest[:8]}_{clock}",
        disabled=["name"],
        column_order=["name", "waiting", "longest"],
        column_config={
            "name": st.column_config.TextColumn(words("column_service")),
            "waiting": st.column_config.NumberColumn(words("now_waiting"), min_value=0, max_value=500, step=1, width=90),
            "longest": st.column_config.NumberColumn(words("now_longest"), min_value=0, max_value=240, step=1, width=90),
        },
    )
    edited = edited.fillna(0)
    columns = [Column("name", words("column_service")), Column("waiting", words("now_waiting")), Column("longest", words("now_longest"))]
    frame.download(words, "queue", edited, columns, {words("manager_choose"): plan.name, words("now_at"): clock})
    return edited


def _name(words: Words, plan: Scenario, line: str) -> str:
    """What a plan does, in words."""
    if line.startswith("longer="):
        return words("now_longer", minutes=line.removeprefix("longer="))
    if line.startswith("last_ticket"):
        return words("now_no_tickets")
    return words("now_window", group=_group(plan, words, line))


def _row(words: Words, plan: Scenario, line: str) -> str:
    """The same, short enough for a phone."""
    return f"+1 {_group(plan, words, line)}" if line.startswith("windows.") else _name(words, plan, line)


def _group(plan: Scenario, words: Words, line: str) -> str:
    group = line.removeprefix("windows.").partition("=")[0]
    names = {each.id: words.name(each.name, each.id) for each in halls.groups(plan)}
    return names.get(group, group)


def _show(words: Words, plan: Scenario, found: list[Any]) -> None:
    st.subheader(words("now_heading"), anchor=False)
    rows = []
    for each in found:
        row = {words("now_plan"): words("now_base") if each is found[0] else _row(words, plan, each.name)}
        for figure in FIGURES:
            told = each.figures[figure] if each is found[0] else each.change[figure]
            row[words(f"now_{figure}")] = _figure(told) if each is found[0] else _difference(told)
        rows.append(row)
    frame.table(words, "now", pd.DataFrame(rows), height=38 + 35 * len(rows))
    st.caption(words("now_note", days=current.REPLICATIONS))
    table = current.table(found)
    table["plan"] = [words("now_base") if each is found[0] else _name(words, plan, each.name) for each in found]
    columns = [Column("plan", words("now_plan"))]
    for figure in FIGURES:
        columns.append(Column(figure, words(f"now_{figure}"), "", "", 3))
        columns += [Column(f"{figure}_{end}", f"{words(f'now_{figure}')} · {words(f'column_{end}')}", "", "", 3) for end in ("low", "high")]
    frame.download(words, "now", table, columns, {words("manager_choose"): plan.name, words("now_at"): st.session_state["at"]})
    st.subheader(words("now_next"), anchor=False)
    names = {each.id: words.name(each.name, each.id) for each in plan.services}
    waits = found[0].next_wait
    told = pd.DataFrame({"service": [names.get(each, each) for each in waits], "wait": [_range(each) for each in waits.values()]})
    ends = {end: [getattr(each, end) for each in waits.values()] for end in ("value", "low", "high")}
    frame.listing(
        words,
        "next",
        told,
        {"service": words("column_service"), "wait": words("now_next_wait")},
        {words("manager_choose"): plan.name, words("now_at"): st.session_state["at"]},
        numbers=told.assign(**ends),
        places=dict.fromkeys(ends, 1),
        also={"value": words("now_next"), "low": words("column_low"), "high": words("column_high")},
    )


def _figure(told: Any) -> str:
    if math.isnan(told.value):
        return "—"
    if told.unit == "clock":
        minute = int(told.value) % 1440
        return f"{minute // 60:02d}:{minute % 60:02d}"
    if told.unit == "share":
        if told.low == told.high:
            return percent(told.value, 1)
        return f"{percent(told.value, 1)} ({percent(told.low, 1)} – {percent(told.high, 1)})"
    return _range(told)


def _difference(told: Any) -> str:
    """With its sign and its interval where it is clear."""
    if math.isnan(told.value):
        return "—"
    size = 100 * told.value if told.unit == "share" else told.value
    if told.low <= 0 <= told.high or round(size, 1) == 0:
        return "≈ 0"
    unit, scale = ("%", 100) if told.unit == "share" else ("", 1)
    return f"{_signed(size)}{unit} ({_signed(scale * told.low)} – {_signed(scale * told.high)})"


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else '−'}{abs(value):.1f}"


def _range(told: Any) -> str:
    return "—" if math.isnan(told.value) else f"{number(told.value)} ({number(told.low)} – {number(told.high)})"
