"""Saved plans on the manager's page: save, open, delete, take away as a scenario file; several side by side against the base."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboards.data import BadInput, changes, halls, library, runs
from dashboards.data.halls import Change, Scenario
from dashboards.data.library import SavedPlan
from dashboards.texts import Words
from dashboards.views import frame, manager_plan, manager_tables
from dashboards.views.figures import interval, signed_interval
from dashboards.workbook import Column

BESIDE = "beside"
MOST_BESIDE = 12
COMPARED = ("mean_wait", "p90_wait", "share_within_target", "left_share", "turned_away_share", "utilisation", "overtime")


def buttons(words: Words, scenario: Scenario, plan: Scenario, made: list[Change]) -> None:
    """What can be done with the plan: save it, take it away."""
    with st.container(horizontal=True, key="plan_buttons"):
        with st.popover(words("plan_save"), icon=":material/bookmark_add:", key="plan_save", disabled=not made):
            st.text_input(words("plan_name"), key="plan_name", max_chars=library.LONGEST_NAME)
            st.text_input(words("plan_note"), key="plan_note", max_chars=library.LONGEST_NOTE)
            st.caption(words("plan_save_note"))
            st.button(
                words("plan_save_do"),
                key="plan_save_do",
                type="primary",
                on_click=_save,
                args=(scenario, made),
                disabled=not st.session_state.get("plan_name", "").strip(),
            )
        st.download_button(
            words("plan_download"),
            data=lambda: halls.as_toml(plan).encode("utf-8"),
            file_name=f"{scenario.name}-plan.toml" if made else f"{scenario.name}.toml",
            mime="application/toml",
            key="plan_download",
            icon=":material/description:",
            on_click="ignore",
        )
    saved = st.session_state.pop("plan_saved", None)
    if saved:
        st.toast(words("plan_saved", name=frame.as_text(saved)), icon=":material/bookmark_added:")
    refused = st.session_state.pop("plan_refused", None)
    if refused:
        st.error(refused.text(words.language))


def _save(scenario: Scenario, made: list[Change]) -> None:
    try:
        saved = library.save(st.session_state["plan_name"], scenario.name, scenario.digest, made, st.session_state.get("plan_note", ""))
    except BadInput as refused:
        st.session_state["plan_refused"] = refused
        return
    st.session_state["plan_saved"] = saved.name
    st.session_state["plan_name"] = st.session_state["plan_note"] = ""


def draw(words: Words, scenario: Scenario, plan: Scenario, made: list[Change]) -> None:
    """The library and the comparison of its plans."""
    st.subheader(words("plans_heading"), anchor=False)
    try:
        saved = library.plans_of(scenario.name)
    except BadInput as refused:
        st.error(refused.text(words.language))
        return
    if not saved:
        st.caption(words("plans_none"))
        return
    _open(words, scenario, saved)
    _beside(words, scenario, plan, made, saved)


def _open(words: Words, scenario: Scenario, saved: list[SavedPlan]) -> None:
    names = [each.name for each in saved]
    if st.session_state.get("plan_chosen") not in names:
        st.session_state["plan_chosen"] = names[0]
    with st.container(horizontal=True, vertical_alignment="bottom", key="plan_open_bar"):
        chosen = st.selectbox(words("plans_choose"), names, key="plan_chosen", width=320)
        found = next(each for each in saved if each.name == chosen)
        st.button(words("plans_open"), key="plan_open", icon=":material/folder_open:", on_click=manager_plan.write, args=(found.changes,))
        st.button(
            words("plans_delete"), key="plan_delete", icon=":material/delete:", type="tertiary", on_click=_delete, args=(scenario, found)
        )
    parts = [words("plans_saved_at", when=found.saved.replace("T", " ")), *([found.note] if found.note else [])]
    parts += changes.sentences(words, scenario.document, found.changes)
    st.caption(frame.as_text(" · ".join(parts)))
    if found.digest != scenario.digest:
        st.warning(words("plans_base_changed"), icon=":material/history:")


def _delete(scenario: Scenario, plan: SavedPlan) -> None:
    library.forget(scenario.name, plan.name)


def _beside(words: Words, scenario: Scenario, plan: Scenario, made: list[Change], saved: list[SavedPlan]) -> None:
    names = [each.name for each in saved]
    asked = [each for each in st.query_params.get_all(BESIDE) if each in names]
    if BESIDE not in st.session_state:
        st.session_state[BESIDE] = asked or names[:4]
    st.session_state[BESIDE] = [each for each in st.session_state[BESIDE] if each in names]
    chosen = st.multiselect(words("plans_beside"), names, key=BESIDE, max_selections=MOST_BESIDE)
    if chosen and chosen != names[:4]:
        st.query_params[BESIDE] = chosen
    elif BESIDE in st.query_params:
        del st.query_params[BESIDE]
    if not chosen:
        return
    rows: list[tuple[str, tuple[Change, ...]]] = [(words("column_base"), ())]
    rows += [(each.name, each.changes) for each in saved if each.name in chosen]
    if made and tuple(made) not in [each for _, each in rows]:
        rows.append((words("plans_this"), tuple(made)))
    table, about = [], {}
    for name, of_plan in rows:
        try:
            other = halls.planned(scenario, of_plan)
        except BadInput as refused:
            st.warning(f"{frame.as_text(name)}: {frame.as_text(refused.text(words.language))}")
            continue
        found = runs.comparison(scenario, other, runs.REPLICATIONS[0])
        about = manager_tables.about(words, found) | {words("column_plan"): name}
        row: dict[str, Any] = {"name": name, "changes": "；".join(changes.sentences(words, scenario.document, of_plan))}
        row["hours"] = round(runs.duty_hours(other, found.plan), 1)
        for measure in COMPARED:
            row[measure] = found.plan.measures[measure].to_dict()
        row["difference"] = found.measures["mean_wait"].to_dict() if of_plan else None
        table.append(row)
    if table:
        _show(words, table, about)


def _show(words: Words, rows: list[dict[str, Any]], about: dict[str, Any]) -> None:
    units = {name: runs.MEASURES[name].unit for name in COMPARED}
    measures = [each for each in COMPARED if any(row[each]["value"] for row in rows)]
    shown, flat = [], []
    difference = words("plans_difference")
    for row in rows:
        gap = row["difference"]
        cells = {words("plans_name"): row["name"]}
        cells[manager_tables.label(words, "mean_wait")] = interval(words, row["mean_wait"], "min")
        cells[difference] = signed_interval(words, "min", gap) if gap else "—"
        cells[words("column_verdict")] = manager_tables.verdict(words, "mean_wait", gap) if gap else "—"
        for name in measures[1:]:
            cells[manager_tables.label(words, name)] = interval(words, row[name], units[name])
        cells[words("edit_duty")] = f"{row['hours']:.1f}"
        cells[words("manager_inputs")] = row["changes"] or "—"
        shown.append(cells)
        line: dict[str, Any] = {each: row[each] for each in ("name", "changes", "hours")}
        line["verdict"] = cells[words("column_verdict")]
        for name, estimate in [*((each, row[each]) for each in measures), ("difference", gap)]:
            for part in ("value", "low", "high"):
                line[f"{name}_{part}"] = estimate[part] if estimate else None
        flat.append(line)
    frame.table(words, "beside", pd.DataFrame(shown))
    columns = [Column("name", words("plans_name")), Column("changes", words("manager_inputs"))]
    for name in (*measures[:1], "difference", *measures[1:]):
        title = difference if name == "difference" else manager_tables.label(words, name)
        definition = "" if name == "difference" else manager_tables.definition(words, name)
        unit = words("unit_minutes") if units.get(name, "min") == "min" else words("unit_share")
        columns.append(Column(f"{name}_value", title, unit, definition, 3))
        columns.append(Column(f"{name}_low", f"{title} · {words('column_low')}", unit, "", 3))
        columns.append(Column(f"{name}_high", f"{title} · {words('column_high')}", unit, "", 3))
    columns += [Column("verdict", words("column_verdict")), Column("hours", words("edit_duty"), "", "", 1)]
    frame.download(words, "beside", pd.DataFrame(flat), columns, about)
