"""Appeals of a month: filed by the window on its own sheet, decided by another person."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import data
from dashboards.data import record, work
from dashboards.data.record import MonthTable
from dashboards.texts import Words
from dashboards.views import acting, frame
from dashboards.workbook import Column

COLUMNS = ("number", "window", "line", "record", "grounds", "filed", "verdict", "reason")


def draw(words: Words, table: MonthTable, scope: work.Scope) -> frame.Answer:
    """Draw what waits for a ruling, what was ruled, and the form for a new one; what to do first."""
    found = work.list_appeals(table.hall, table.month, table.scheme.id, scope)
    waiting = [each for each in found if each.verdict is None]
    if waiting:
        said = words("appeals_answer_waiting", count=len(waiting), number=waiting[0].number), "warn"
    else:
        said = words("appeals_answer_none" if not found else "appeals_answer_ruled", count=len(found)), "good"
    names = {row.window: words.name(row.names, row.window) for row in table.rows}
    if found:
        _list(words, table, found, names)
        _ruling(words, table, found, names)
    _filing(words, table, names)
    return said


def _list(words: Words, table: MonthTable, found: tuple[work.AppealRow, ...], names: dict[str, str]) -> None:
    headings = {name: words(f"appeals_{name}") for name in COLUMNS}
    rows = pd.DataFrame(
        [
            {
                "number": each.number,
                "window": names.get(each.window_id, each.window_id),
                "line": _line(words, table, each.window_id, each.indicator),
                "record": each.evidence_id or words("appeals_whole_line"),
                "grounds": each.grounds,
                "filed": work.local(table.hall, each.at),
                "verdict": words("appeals_waiting") if each.verdict is None else words(f"verdict_{each.verdict}"),
                "reason": each.decisions[-1].reason if each.decisions else "",
            }
            for each in found
        ],
        columns=COLUMNS,
    )
    st.dataframe(rows.rename(columns=headings), hide_index=True, key="table_appeals")
    about = {words("inspector_hall"): table.hall, words("inspector_month"): table.month, words("version"): data.version()}
    frame.download(words, "appeals", rows, [Column(name, heading) for name, heading in headings.items()], about)


def _line(words: Words, table: MonthTable, window: str, indicator: str) -> str:
    sheet = table.sheets.get(window)
    line = next((each for each in sheet.lines if each.indicator == indicator), None) if sheet else None
    return indicator if line is None else words.name(record.name_of_line(table.scheme, line), indicator)


def _ruling(words: Words, table: MonthTable, found: tuple[work.AppealRow, ...], names: dict[str, str]) -> None:
    by_number = {each.number: each for each in found}
    with st.form("ruling"):
        st.markdown(f"**{words('appeals_rule_title')}**")
        st.caption(words("appeals_rule_help"))
        numbers = list(by_number)
        st.selectbox(
            words("appeals_number"), numbers, key="rule_number",
            format_func=lambda each: f"{each} · {names.get(by_number[each].window_id, '')}",
        )  # fmt: skip
        st.radio(
            words("appeals_verdict"), ("upheld", "dismissed"), key="rule_verdict", horizontal=True,
            format_func=lambda each: words(f"verdict_{each}"),
        )  # fmt: skip
        st.text_area(words("appeals_reason"), key="rule_reason", max_chars=2000, height=90)
        st.text_input(words("appeals_records"), key="rule_records", help=words("appeals_records_help"), placeholder="case:…=excused")
        st.form_submit_button(words("appeals_rule"), type="primary", on_click=acting.perform, args=(lambda: _rule(table.hall),))


def _rule(hall: str) -> tuple[str, dict[str, object]]:
    state = st.session_state
    given = (part.strip() for part in str(state["rule_records"]).replace("，", ",").split(","))
    records = dict(part.rpartition("=")[::2] for part in given if part)
    decided = work.rule(hall, state["rule_number"], state["rule_verdict"], state["rule_reason"], records, acting.person())
    for key in ("rule_reason", "rule_records"):
        state.pop(key, None)
    return "acting_upheld" if decided.verdict == "upheld" else "acting_dismissed", {"number": decided.number}


def _filing(words: Words, table: MonthTable, names: dict[str, str]) -> None:
    windows = list(names)
    if not windows:
        return
    st.markdown(f"**{words('appeals_file_title')}**")
    frame.remembered("window", windows[0], str, windows.__contains__)
    left, middle, right = st.columns(3)
    with left:
        window = st.selectbox(words("appeals_window"), windows, key="window", format_func=names.__getitem__)
    frame.remember("window", windows[0])
    lines = {each.indicator: each for each in table.sheets[window].lines}
    with middle:
        line = st.selectbox(
            words("appeals_line"), list(lines), key=f"file_line_{window}",
            index=next((place for place, each in enumerate(lines.values()) if each.charges), 0),
            format_func=lambda each: words.name(record.name_of_line(table.scheme, lines[each]), each),
        )  # fmt: skip
    records = ["", *(ref.id for ref in lines[line].evidence)]
    with right:
        st.selectbox(
            words("appeals_record"), records, key="file_record", format_func=lambda each: each or words("appeals_whole_line")
        )
    with st.form("filing", border=False):
        st.text_area(words("appeals_grounds"), key="file_grounds", max_chars=2000, height=90)
        st.form_submit_button(
            words("appeals_file"), type="primary", on_click=acting.perform, args=(lambda: _file(table, window, line),)
        )


def _file(table: MonthTable, window: str, line: str) -> tuple[str, dict[str, object]]:
    state = st.session_state
    filed = work.file_appeal(
        table.hall, table.month, table.scheme.id, window, line, state["file_grounds"], state["file_record"] or None, acting.person()
    )
    state.pop("file_grounds", None)
    return "acting_filed", {"number": filed.number}
