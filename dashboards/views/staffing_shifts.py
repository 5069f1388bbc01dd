"""Shifts that cover the staffing answer, as bars; and the roster of named people over some days."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
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


def draw(words: Words, plan: Scenario, found: staffing.Answer, parts: list[staffing.Answer], work: dict[str, Any]) -> None:
    """Shifts, then people.

    found : the one of the answers that is shown
    parts : the answers of all days that open alike
    work : the arguments of the job that found the answer
    """
    st.subheader(words("shifts_heading"), anchor=False)
    cut = _cut(words)
    try:
        shifts = staffing.shifts(found, cut)
    except BadInput as refusal:
        st.warning(refusal.text(words.language))
        return
    verdict = st.empty()
    names = {each.id: words.name(each.name, each.id) for each in halls.groups(plan)}
    _bars(words, plan, found, shifts, names)
    with verdict, st.spinner(words("shifts_trying")):
        tried = staffing.tried(plan, found, shifts)
    kept = all(each["kept"] for each in tried.values())
    told = words("list_separator").join(figure(each["unit"], each["value"]) for each in tried.values())
    facts = {"people": shifts.people, "hours": number(shifts.half_hours / 2), "needed": number(shifts.needed / 2), "told": told}
    with verdict.container():
        frame.answer(words("shifts_keep" if kept else "shifts_miss", **facts), "good" if kept else "warn")
    _roster(words, plan, staffing.as_rows(found, shifts), parts, cut, work)


def _bars(words: Words, plan: Scenario, found: staffing.Answer, shifts: staffing.Shifts, names: dict[str, str]) -> None:
    bars = staffing.bars(found, shifts)
    bars = bars.assign(group=[names.get(each, each) for each in bars["group"]])
    texts = {"person": words("shifts_person"), "group": words("shifts_group"), "from": words("shifts_from"), "to": words("shifts_to")}
    chart = charts.shifts_as_bars(bars, list(dict.fromkeys(bars["group"])), texts, words.language)
    st.altair_chart(chart, width="stretch", key="chart_shifts", alt=words("shifts_heading"))
    columns = [Column(field, name) for field, name in texts.items()]
    about: dict[str, object] = {words("manager_choose"): plan.name, words("staffing_goal"): ", ".join(found["targets"])}
    frame.download(words, "shifts", bars, columns, about)


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


def _roster(
    words: Words, plan: Scenario, rows: list[dict[str, Any]], parts: list[staffing.Answer], cut: staffing.Cut, work: dict[str, Any]
) -> None:
    st.subheader(words("roster_heading"), anchor=False)
    called = rosters.names(plan)
    first, last = st.columns([2, 1], gap="medium")
    with first:
        given = st.file_uploader(words("roster_file"), ["csv", "xlsx", "toml"], key="roster_file", max_upload_size=2)
        sheet = {each: words(f"roster_{each}") for each in ("sheet", "skills", "yes", "no")}
        st.download_button(
            words("roster_template"),
            data=lambda: rosters.template(words.language, called, rows, sheet),
            file_name="openhall-people.xlsx",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            key="roster_template",
            icon=":material/download:",
            on_click="ignore",
        )
    dates = rosters.first_day(plan) is not None
    with last:
        week = rosters.first_days(plan, date.today())
        chosen = st.date_input(words("roster_days"), week, min_value=rosters.first_day(plan), key="roster_days", format="YYYY-MM-DD")
        st.caption(words("roster_by_calendar" if not dates else "roster_by_dates" if parts[0]["day"] is None else "roster_by_date"))
    if given is None or not isinstance(chosen, tuple) or len(chosen) != 2:
        st.caption(words("roster_note"))
        return
    try:
        days = rosters.days(plan, *chosen)
        rosters.people(given.name, given.getvalue(), called)
        plans = rosters.plans(plan, days, parts, cut)
    except BadInput as refusal:
        frame.refused(words, refusal)
        return
    by_calendar = {"staff": work, "cut": asdict(cut)} if dates else None
    work = rostering(plans, days, given.name, given.getvalue(), called, by_calendar)
    id = jobs.id_of("roster", work)
    answer = jobs.result(id)
    if answer is None:
        if jobs.look(id) is None:
            address = {**{name: st.query_params.get_all(name) for name in st.query_params}, "page": "staffing"}
            jobs.start("roster", work, acting.person(), address)
        job.follow(words, id)
        return
    _show(words, answer, {each: words.name(told, each) for each, told in called.items()})


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
            missing = pd.DataFrame({"told": _told(words, answer)})
            frame.listing(words, "missing", missing, {"told": words("roster_missing")}, {}, wide=["told"])
    table = rosters.table(answer, names, words("roster_leave"))
    titles = {"name": words("roster_name"), "id": words("roster_id"), "days": words("roster_worked")}
    burdens = [each for each in rosters.BURDENS if any(one["fair"][each] > 0 for one in answer["people"])]
    columns = [Column(each, title) for each, title in titles.items()]
    columns += [Column(each, words(f"roster_{each}"), "", words("roster_fair"), 1) for each in burdens]
    columns += [Column(day, f"{day[5:]} {words(f'weekday_{date.fromisoformat(day).weekday()}')}") for day in answer["days"]]
    shown = table[[each.field for each in columns]].rename(columns={each.field: each.name for each in columns})
    wide = {each.name: st.column_config.TextColumn(width="medium") for each in columns if each.field in answer["days"]}
    frame.table(words, "roster", shown, column_config=wide)
    st.caption(_how_fair(words, answer))
    missing: dict[str, object] = {str(n): text for n, text in enumerate(_told(words, answer), start=1)}
    frame.download(words, "roster", table, columns, {words("roster_missing"): len(missing), **missing})


def _how_fair(words: Words, answer: dict[str, Any]) -> str:
    """Whether more shifts could be filled, how far whoever is furthest off is from the fair share, and what no roster can beat."""
    off = [
        words(f"cli_roster_off_{name}", value=number(each["value"]), least=number(each["at_least"]))
        for name, each in answer["furthest"].items()
    ]
    told = [words("cli_roster_gap" if answer["proven"] else "roster_unproven")]
    if answer["gap"] is not None:
        told.append(words("roster_furthest", told=words("list_separator").join(off)))
        told.append(words("roster_gap" if answer["gap"] else "roster_fairest", gap=percent(answer["gap"], 1)))
    return ("" if words.language == "zh" else " ").join(told)


def _told(words: Words, answer: dict[str, Any]) -> list[str]:
    return [each[words.language] for each in answer["told"]]
