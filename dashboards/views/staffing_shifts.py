"""Shifts that cover the staffing answer, as bars; and the roster of named people over some days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import charts, jobs
from dashboards.data import BadInput, halls, rosters, staffing
from dashboards.data.halls import Scenario
from dashboards.jobs.rostered import rostering
from dashboards.texts import Words
from dashboards.views import acting, frame, job
from dashboards.views.figures import figure, number, percent
from dashboards.workbook import Column

LENGTH = 9.0


def draw(words: Words, plan: Scenario, found: staffing.Answer) -> None:
    """Shifts, then people."""
    st.subheader(words("shifts_heading"), anchor=False)
    cut = _cut(words)
    try:
        shifts = staffing.shifts(found, cut)
    except BadInput as refusal:
        st.warning(refusal.text(words.language))
        return
    tried = staffing.tried(plan, found, shifts)
    kept = all(each["kept"] for each in tried.values())
    told = words("list_separator").join(figure(each["unit"], each["value"]) for each in tried.values())
    facts = {"people": shifts.people, "hours": number(shifts.half_hours / 2), "needed": number(shifts.needed / 2), "told": told}
    frame.answer(words("shifts_keep" if kept else "shifts_miss", **facts), "good" if kept else "warn")
    names = {each.id: words.name(each.name, each.id) for each in halls.groups(plan)}
    bars = staffing.bars(found, shifts)
    bars = bars.assign(group=[names.get(each, each) for each in bars["group"]])
    bars = bars.assign(person=[f"{group} {number_}" for group, number_ in zip(bars["group"], bars["person"], strict=True)])
    texts = {"person": words("shifts_person"), "group": words("shifts_group"), "from": words("shifts_from"), "to": words("shifts_to")}
    chart = charts.shifts_as_bars(bars, list(dict.fromkeys(bars["group"])), texts, words.language)
    st.altair_chart(chart, width="stretch", key="chart_shifts", alt=words("shifts_heading"))
    columns = [Column(field, name) for field, name in texts.items()]
    about: dict[str, object] = {words("manager_choose"): plan.name, words("staffing_goal"): ", ".join(found["targets"])}
    frame.download(words, "shifts", bars, columns, about)
    _roster(words, plan, found, staffing.as_rows(found, shifts), names)


def _cut(words: Words) -> staffing.Cut:
    with st.container(horizontal=True, vertical_alignment="bottom", key="cut_bar"):
        lengths = st.multiselect(words("shifts_lengths"), staffing.LENGTHS, default=[LENGTH], key="lengths", format_func=_hours, width=230)
        part_time = st.multiselect(
            words("shifts_part_time"), staffing.PART_TIME, default=[3.5], key="part_time", format_func=_hours, width=230
        )
        lunch = st.toggle(words("shifts_lunch"), key="cut_lunch", help=words("shifts_lunch_help"))
        ab = st.toggle(words("shifts_ab"), key="cut_ab", help=words("shifts_ab_help"))
    return staffing.Cut(tuple(lengths or [LENGTH]), tuple(part_time), lunch, ab)


def _hours(each: float) -> str:
    return f"{each:g} h"


# ---- named people ----------------------------------------------------------------------------------------------------------------------


def _roster(words: Words, plan: Scenario, found: staffing.Answer, rows: list[dict[str, Any]], names: dict[str, str]) -> None:
    st.subheader(words("roster_heading"), anchor=False)
    first, last = st.columns([2, 1], gap="medium")
    with first:
        given = st.file_uploader(words("roster_file"), ["csv", "xlsx", "toml"], key="roster_file", max_upload_size=2)
        st.download_button(
            words("roster_template"),
            data=lambda: rosters.template(words.language, list(found["needed"]), rows),
            file_name="openhall-people.csv",
            mime="text/csv",
            key="roster_template",
            icon=":material/download:",
            on_click="ignore",
        )
    with last:
        today = date.today()
        monday = today + timedelta(days=7 - today.weekday())
        chosen = st.date_input(words("roster_days"), (monday, monday + timedelta(days=4)), key="roster_days", format="YYYY-MM-DD")
    if given is None or not isinstance(chosen, tuple) or len(chosen) != 2:
        st.caption(words("roster_note"))
        return
    days = rosters.days(plan, *chosen)
    work = rostering(rows, found["serves"], days, given.name, given.getvalue())
    id = jobs.id_of("roster", work)
    answer = jobs.result(id)
    if answer is None:
        if jobs.look(id) is None:
            address = {**{name: st.query_params.get_all(name) for name in st.query_params}, "page": "staffing"}
            jobs.start("roster", work, acting.person(), address)
        job.follow(words, id)
        return
    _show(words, answer, names)


def _show(words: Words, answer: dict[str, Any], names: dict[str, str]) -> None:
    total = len(answer["shifts"]) + sum(each["people"] for each in answer["short"])
    facts = {"days": len(answer["days"]), "shifts": total, "people": sum(each["days"] > 0 for each in answer["people"])}
    if answer["complete"]:
        denied = sum(len(each["denied"]) for each in answer["people"])
        frame.answer(words("roster_complete", **facts, denied=denied), "good")
    else:
        short = sum(each["people"] for each in answer["short"])
        frame.answer(words("roster_incomplete", **facts, short=short, alone=len(answer["alone"]), first=_told(words, answer)[0]), "warn")
        with st.expander(words("roster_all", count=len(answer["told"]))):
            st.dataframe(pd.DataFrame({words("roster_missing"): _told(words, answer)}), hide_index=True, key="table_missing")
    table = rosters.table(answer, names, words("roster_leave"))
    titles = {"name": words("roster_name"), "id": words("roster_id"), "days": words("roster_worked")}
    burdens = [each for each in rosters.BURDENS if any(one["fair"][each] > 0 for one in answer["people"])]
    columns = [Column(each, title) for each, title in titles.items()]
    columns += [Column(each, words(f"roster_{each}"), "", words("roster_fair"), 1) for each in burdens]
    columns += [Column(day, f"{day[5:]} {words(f'weekday_{date.fromisoformat(day).weekday()}')}") for day in answer["days"]]
    shown = table[[each.field for each in columns]].rename(columns={each.field: each.name for each in columns})
    st.dataframe(shown, hide_index=True, key="table_roster")
    gap = "—" if answer["gap"] is None else percent(answer["gap"])
    hours = [each["hours"] for each in answer["people"] if each["days"]] or [0.0]
    spread = {"low": number(min(hours)), "high": number(max(hours))}
    st.caption(words("roster_gap_proven" if answer["proven"] else "roster_gap_open", gap=gap, **spread))
    missing: dict[str, object] = {str(n): text for n, text in enumerate(_told(words, answer), start=1)}
    frame.download(words, "roster", table, columns, {words("roster_missing"): len(missing), **missing})


def _told(words: Words, answer: dict[str, Any]) -> list[str]:
    return [each[words.language] for each in answer["told"]]
