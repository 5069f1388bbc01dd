"""The staffing page: how many windows when, who works when, and what to do in the hall right now."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from dashboards import charts, jobs
from dashboards.data import BadInput, halls, rosters, staffed, staffing
from dashboards.data.halls import Change, Scenario
from dashboards.jobs.staffed import staffing as staffing_work
from dashboards.texts import Words
from dashboards.views import acting, frame, job, manager_plan, staffing_now, staffing_shifts
from dashboards.views.figures import number, percent
from dashboards.workbook import Column

PARTS = ("windows", "now")
DAYS = ("year", "weekday", "one")
"""which days a plan is for, where they have dates"""
MINUTES, SHARE = 15, 90
SURE = (0, 80, 90, 95)
"""percent of days that must keep the target; 0: not asked for"""


def draw(words: Words) -> None:
    """Draw the page."""
    names = halls.names()
    if not names:
        frame.answer(words("no_scenarios"), "warn")
        return
    top = st.container()
    scenario = _choose(words, names)
    made, refusals = manager_plan.read()
    try:
        plan = halls.planned(scenario, made)
    except BadInput as refusal:
        with top:
            frame.answer(f"{words('manager_impossible')} {refusal.text(words.language)}", "warn")
        return
    manager_plan.chips(words, scenario, made, refusals)
    if not staffing.can_be_staffed(plan):
        with top:
            frame.answer(words("staffing_no_hours"), "warn")
        return
    frame.remembered("part", PARTS[0], str, PARTS.__contains__)
    st.segmented_control(
        words("staffing_part"),
        PARTS,
        key="part",
        format_func=lambda each: words(f"staffing_part_{each}"),
        label_visibility="collapsed",
        required=True,
    )
    frame.remember("part", PARTS[0])
    if st.session_state["part"] == "now":
        staffing_now.draw(words, plan, made, top)
    else:
        _windows(words, scenario, plan, made, top)


def _choose(words: Words, names: list[str]) -> Scenario:
    frame.remembered("scenario", names[0], str, names.__contains__)
    name = st.selectbox(
        words("manager_choose"),
        names,
        key="scenario",
        format_func=lambda each: words.name(halls.hall(each).title, each),
        on_change=_forget,
    )
    frame.remember("scenario", names[0])
    return halls.hall(name)


def _forget() -> None:
    manager_plan.forget()
    for key in ("whose", "at", "on", "days"):
        st.query_params.pop(key, None)
        st.session_state.pop(key, None)


def _windows(words: Words, scenario: Scenario, plan: Scenario, made: list[Change], top: Any) -> None:
    line, chance = _target(words, plan)
    which = _days(words, plan)
    try:
        staffing.check_asked(plan, which["on"], which["at_least"])
    except BadInput as refusal:
        with top:
            frame.answer(refusal.text(words.language), "warn")
        return
    work = staffing_work(scenario, made, [line], chance, **which)
    id = jobs.id_of("staff", work)
    found = jobs.result(id)
    if found is None:
        with top:
            frame.answer(words("staffing_ask", target=_in_words(words, plan)))
            if jobs.look(id) is None:
                st.caption(_how_long(words, scenario))
                st.button(words("staffing_find"), key="find", type="primary", icon=":material/search:", on_click=_find, args=(work,))
            else:
                job.follow(words, id)
        return
    parts = staffing.parts(found)
    with top:
        for each in parts:
            sentence, tone = _answer(words, plan, each)
            frame.answer(f"{staffed.heading(words, each)}{words('cli_colon')}{sentence}" if len(parts) > 1 else sentence, tone)
        if told := staffed.which_days(words, found):
            st.caption(told.strip())
        for told in dict.fromkeys(remark[words.language] for each in parts for remark in each.get("remarks", [])):
            frame.remark(told)
    found = _part(words, parts)
    _cards(words, found)
    _cover(words, plan, found)
    with st.container(horizontal=True, key="staffing_buttons"):
        changes = staffing.as_changes(plan, made, found) if len(parts) == 1 else None
        st.button(
            words("staffing_as_plan"),
            key="as_plan",
            icon=":material/bookmark_add:",
            disabled=changes is None,
            help=words("staffing_as_plan_help"),
            on_click=_open_plan,
            args=(changes,),
        )
        st.download_button(
            words("staffing_toml"),
            data=parts[0]["plan"].encode("utf-8"),
            file_name=f"{scenario.name}-staffed.toml",
            mime="application/toml",
            key="staffed_toml",
            icon=":material/description:",
            on_click="ignore",
        )
    staffing_shifts.draw(words, plan, found, parts, work)
    frame.reproduce(words, work["seed"], sum(each["simulated_days"] for each in parts), "day", plan.digest)


def _find(work: dict[str, Any]) -> None:
    address = {"page": "staffing", **{name: values for name in st.query_params if (values := st.query_params.get_all(name))}}
    jobs.start("staff", work, acting.person(), {**address, "page": "staffing"})


def _open_plan(changes: list[Change]) -> None:
    manager_plan.write(changes)
    st.query_params["page"] = "manager"


def _target(words: Words, plan: Scenario) -> tuple[str, float | None]:
    """The target as the sliders have it, and the chance that is asked for."""
    ids = ["", *(each.id for each in halls.services(plan))]
    names = {each.id: words.name(each.name, each.id) for each in halls.services(plan)}
    frame.remembered("goal", staffing.GOALS[0], str, staffing.GOALS.__contains__)
    frame.remembered("within", MINUTES, int, range(1, 61).__contains__)
    frame.remembered("share", SHARE, int, range(50, 100).__contains__)
    frame.remembered("whose", "", str, ids.__contains__)
    frame.remembered("sure", 0, int, SURE.__contains__)
    with st.container(border=True, key="target_box"):
        left, middle, right = st.columns(3, gap="medium")
        with left:
            goal = st.selectbox(words("staffing_goal"), staffing.GOALS, key="goal", format_func=lambda each: words(f"goal_{each}"))
            st.selectbox(words("staffing_whose"), ids, key="whose", format_func=lambda each: names.get(each, words("staffing_everybody")))
        with middle:
            st.slider(words("staffing_within"), 1, 60, key="within", format=words("staffing_minutes_format"))
            if goal == "share_within":
                st.slider(words("staffing_share"), 50, 99, key="share", format="%d%%")
        with right:
            st.select_slider(
                words("staffing_sure"),
                SURE,
                key="sure",
                format_func=lambda each: words("staffing_sure_any") if each == 0 else words("staffing_sure_days", share=each),
                help=words("staffing_sure_help"),
            )
    for key, default in (("goal", staffing.GOALS[0]), ("within", MINUTES), ("share", SHARE), ("whose", ""), ("sure", 0)):
        frame.remember(key, default)
    state = st.session_state
    line = staffing.target_line(state["goal"], state["within"], state["share"], state["whose"])
    return line, state["sure"] / 100 or None


def _days(words: Words, plan: Scenario) -> dict[str, Any]:
    """Which days are staffed, where they have dates; and how many windows each service must have."""
    first = rosters.first_day(plan)
    frame.remembered("days", DAYS[0], str, DAYS.__contains__)
    frame.remembered("least", 1, int, range(staffing.MOST_AT_LEAST + 1).__contains__)
    on = None
    with st.container(horizontal=True, vertical_alignment="bottom", key="days_bar"):
        st.number_input(
            words("staffing_least"), 0, staffing.MOST_AT_LEAST, key="least", help=words("staffing_least_help"), step=1, width=240
        )
        if first is not None:
            st.selectbox(
                words("staffing_days"),
                DAYS,
                key="days",
                format_func=lambda each: words(f"staffing_days_{each}"),
                help=words("staffing_days_help"),
                width=280,
            )
        if first is not None and st.session_state["days"] == "one":
            frame.remembered("on", first, date.fromisoformat, lambda each: isinstance(each, date) and each >= first)
            st.date_input(words("staffing_on"), min_value=first, key="on", format="YYYY-MM-DD", help=words("staffing_on_help"), width=240)
            frame.remember("on", first)
            on = st.session_state["on"] or first
    frame.remember("days", DAYS[0])
    frame.remember("least", 1)
    weekdays = first is not None and st.session_state["days"] == "weekday"
    return {"on": on, "at_least": st.session_state["least"], "by_weekday": weekdays}


def _part(words: Words, parts: list[staffing.Answer]) -> staffing.Answer:
    """Of the answers for days that open alike, the one that is shown."""
    if len(parts) == 1:
        return parts[0]
    chosen = st.selectbox(
        words("staffing_part_of_year"), range(len(parts)), key="part_of_year", format_func=lambda n: staffed.heading(words, parts[n])
    )
    return parts[chosen]


def _how_long(words: Words, scenario: Scenario) -> str:
    """How long the last such search took here, of this hall if there was one; else what it depends on."""
    ended = [each for each in jobs.listed() if each.kind == "staff" and each.state == "done" and each.started and each.ended]
    same = [each for each in ended if each.arguments.get("scenario") == scenario.name]
    if not ended:
        return words("staffing_takes")
    last = (same or ended)[0]
    return words("staffing_took" if same else "staffing_took_other", time=job.duration(words, (last.ended or 0) - (last.started or 0)))


def _in_words(words: Words, plan: Scenario) -> str:
    state = st.session_state
    names = {each.id: words.name(each.name, each.id) for each in halls.services(plan)}
    whose = names.get(state["whose"], words("staffing_everybody"))
    told = words(f"staffing_target_{state['goal']}", whose=whose, minutes=state["within"], share=state["share"])
    return told if not state["sure"] else words("staffing_target_sure", target=told, share=state["sure"])


def _answer(words: Words, plan: Scenario, found: staffing.Answer) -> frame.Answer:
    target = _in_words(words, plan)
    facts: dict[str, Any] = {"target": target, "slot": found["worst_half_hour"]}
    facts |= {"hours": number(found["window_hours"]), "before": number(found["window_hours_before"]), "most": found["most_open"]}
    names = {each.id: words.name(each.name, each.id) for each in halls.groups(plan)}
    if not found["kept"]:
        doors = found["worst_half_hour"] not in found["half_hours"]
        if found["short_of"]:
            return words("staffing_short", **facts, group=names.get(found["short_of"], found["short_of"])), "warn"
        key = "staffing_unsure" if found["within_reach"] else "staffing_doors" if doors else "staffing_impossible"
        return words(key, **facts), "warn"
    chance = _chance(words, found)
    step = staffing.first_step(found)
    if step is None:
        return words("staffing_enough", **facts, chance=chance), "good"
    group, start, end, more = step
    return words("staffing_open", **facts, group=names.get(group, group), start=start, end=end, more=more, chance=chance), "good"


def _chance(words: Words, found: staffing.Answer) -> str:
    """How many days of ten keep the target."""
    chance = found["chance"]
    facts = {"low": percent(chance["low"]), "high": percent(chance["high"])}
    ten = round(10 * chance["value"])
    if ten in (0, 10):
        return words("staffing_chance_all" if ten else "staffing_chance_none", **facts)
    return words("staffing_chance", days=ten, **facts)


def _cards(words: Words, found: staffing.Answer) -> None:
    (line, estimate), *_ = found["measures"].items()
    share = estimate["unit"] == "share"
    shown = [percent(estimate[each], 1) if share else number(estimate[each]) for each in ("value", "low", "high")]
    chance = found["chance"]
    frame.cards(
        [
            frame.Card(
                words("staffing_hours"), number(found["window_hours"]), words("staffing_now", hours=number(found["window_hours_before"]))
            ),
            frame.Card(words("staffing_most"), str(found["most_open"]), words("staffing_worst", slot=found["worst_half_hour"])),
            frame.Card(
                words("staffing_reached"),
                shown[0],
                words("staffing_bounds", low=shown[1], high=shown[2]),
                f"{line} · {words('staffing_bounds_help')}",
            ),
            frame.Card(
                words("staffing_days_kept"),
                percent(chance["value"]),
                words("interval_of", level="95%", low=percent(chance["low"]), high=percent(chance["high"])),
            ),
        ]
    )


def _cover(words: Words, plan: Scenario, found: staffing.Answer) -> None:
    cover = staffing.cover(found)
    texts = {
        "open": words("staffing_open_now"),
        "needed": words("staffing_needed"),
        "gap": words("staffing_gap"),
        "windows": words("column_windows"),
        "slot": words("column_slot"),
    }
    st.subheader(words("staffing_chart"), anchor=False)
    chart = charts.windows_needed(cover, texts, words.language)
    st.altair_chart(chart, width="stretch", key="chart_staffing", alt=words("staffing_chart"))
    st.caption(words("staffing_chart_note"))
    names = {each.id: words.name(each.name, each.id) for each in halls.groups(plan)}
    table = staffing.by_group(found)
    shown = table[["slot"]].rename(columns={"slot": words("column_slot")})
    columns = [Column("slot", words("column_slot"))]
    for group in found["needed"]:
        name = names.get(group, group)
        shown[name] = [f"{need} ({now})" for need, now in zip(table[group], table[f"{group}_now"], strict=True)]
        columns += [Column(group, f"{name} · {words('staffing_needed')}"), Column(f"{group}_now", f"{name} · {words('staffing_open_now')}")]
    with st.expander(words("staffing_table")):
        frame.table(words, "staffing", shown)
        st.caption(words("staffing_table_note"))
    about: dict[str, object] = {words("manager_choose"): plan.name, words("staffing_goal"): ", ".join(found["targets"])}
    frame.download(words, "staffing", table, columns, about)
