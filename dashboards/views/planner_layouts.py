"""Layouts of a hall's windows compared, on the planner's page: which windows should become comprehensive, with a guarantee."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboards import charts, data, jobs
from dashboards.data import halls, layouts, runs
from dashboards.data.halls import Scenario
from dashboards.jobs.laid_out import laying_out
from dashboards.texts import Words
from dashboards.views import acting, frame, job, prices
from dashboards.workbook import Column

OBJECTIVES = ("mean_wait", "p90_wait", "share_within_target", "left_share", "mean_time_in_hall")
COST = "cost"
GUARANTEES = (0.9, 0.95, 0.99)
NONE, EFFICIENCY = 0.0, 0.9
LEARNS, WEEKS = 70, 8
"""per cent of the speed at first, and weeks until all of it: an assumption that the user may change"""


def draw(words: Words) -> None:
    """Draw the view."""
    if not halls.names():
        frame.answer(words("no_scenarios"), "warn")
        return
    top = st.container()
    controls, result = st.columns([1, 2], gap="large")
    with controls:
        scenario, work = _controls(words)
        id = jobs.id_of("layout", work)
        if jobs.look(id) is None:
            press = {"type": "primary", "icon": ":material/compare:"}
            st.button(words("layouts_compare"), key="compare_layouts", on_click=_start, args=(work,), **press)
    found = jobs.result(id)
    with top:
        if found is None:
            if jobs.look(id) is None:
                frame.answer(words("layouts_ask"))
            else:
                job.follow(words, id)
            return
        frame.answer(layouts.sentence(words, found), "good" if found["advice"] != "keep" and found["guaranteed"] else "plain")
        if found["guaranteed"]:
            st.caption(layouts.promise(words, found))
        else:
            st.warning(layouts.promise(words, found), icon=":material/balance:")
        if judged := layouts.judged_on(words, found):
            st.caption(judged)
        for each in found["remarks"]:
            frame.remark(each[words.language])
    with result:
        _result(words, found)
    _details(words, scenario, found)


def _start(work: dict[str, Any]) -> None:
    jobs.start("layout", work, acting.person(), {**st.query_params.to_dict(), "page": "planner", "view": "layouts"})


def _controls(words: Words) -> tuple[Scenario, dict[str, Any]]:
    names = halls.names()
    frame.remembered("hall", names[0], str, names.__contains__)
    name = st.selectbox(
        words("manager_choose"), names, key="hall", format_func=lambda each: words.name(halls.hall(each).title, each), on_change=_forget
    )
    frame.remember("hall", names[0])
    scenario = halls.hall(name)
    goals = (*OBJECTIVES, COST)
    frame.remembered("goal", goals[0], str, goals.__contains__)
    goal = st.selectbox(words("layouts_goal"), goals, key="goal", format_func=lambda each: _goal(words, each))
    frame.remember("goal", goals[0])
    mark = words("assumption_mark")
    frame.remembered("speed", NONE, float, lambda value: isinstance(value, float) and 0 <= value <= 1)
    speed = st.number_input(f"{words('layouts_speed')} {mark}", 0.0, 1.0, key="speed", step=0.05, help=words("layouts_speed_help"))
    frame.remember("speed", NONE)
    with st.expander(words("planner_more")):
        growing = _flag(words, "growing", f"{words('layouts_growing')} {mark}")
        learns = _flag(words, "learns", f"{words('layouts_learns', percent=LEARNS, weeks=WEEKS)} {mark}")
        apart = _apart(words, scenario)
        frame.remembered("delta", 0.0, float, lambda value: isinstance(value, float) and value >= 0)
        delta = st.number_input(words("layouts_delta"), 0.0, 1e6, key="delta", step=0.5, help=words("layouts_delta_help"))
        frame.remember("delta", 0.0)
        frame.remembered("sure", GUARANTEES[1], float, GUARANTEES.__contains__)
        sure = st.select_slider(words("layouts_sure"), GUARANTEES, key="sure", format_func=lambda each: f"{100 * each:g}%")
        frame.remember("sure", GUARANTEES[1])
    given = prices.ask(words, scenario) if goal == COST or scenario.costs is not None else {}
    st.caption(words("assumption_mark_help"))
    return scenario, laying_out(
        scenario,
        [],
        given,
        objective=goal,
        guarantee=sure,
        delta=delta or None,
        efficiency=speed or None,
        growing=growing,
        apart=apart,
        learning=[LEARNS / 100, WEEKS] if learns else None,
    )


def _flag(words: Words, key: str, label: str) -> bool:
    frame.remembered(key, False, lambda text: text == "1", lambda value: isinstance(value, bool))
    chosen = st.toggle(label, key=key)
    frame.remember(key, False)
    return bool(chosen)


def _apart(words: Words, scenario: Scenario) -> list[str]:
    """Services that the user keeps apart."""
    names = {each.of: words.name(each.name, each.of) for each in scenario.services if each.id == each.of}
    asked = [each for each in st.query_params.get_all("apart") if each in names]
    if "apart" not in st.session_state or any(each not in names for each in st.session_state["apart"]):
        st.session_state["apart"] = asked
    nobody = words("layouts_none")
    chosen = st.multiselect(words("layouts_apart"), list(names), key="apart", format_func=names.__getitem__, placeholder=nobody)
    st.query_params["apart"] = chosen
    return sorted(chosen)


def _forget() -> None:
    """Another hall has other services and prices."""
    for key in ("apart", "delta", *prices.KEYS):
        st.query_params.pop(key, None)
        st.session_state.pop(key, None)


def _goal(words: Words, name: str) -> str:
    return words("layout_cost_a_day") if name == COST else runs.MEASURES[name].label[words.language]


def _result(words: Words, found: layouts.Data) -> None:
    st.subheader(words("layouts_chart", measure=layouts.measure(words, found)), anchor=False)
    rows = layouts.frame(words, found)
    drawn = rows.rename(columns={"value_low": "low", "value_high": "high"}).drop(columns="stands").rename(columns={"verdict": "stands"})
    labels = {
        "layout": words("cli_layout_layout"),
        "value": f"{layouts.measure(words, found)} ({layouts.unit(words, found)})",
        "low": words("column_low"),
        "high": words("column_high"),
        "verdict": words("cli_layout_verdict"),
        "best": words("layout_best"),
        "equal": words("layout_equal"),
        "left": words("layout_left"),
        "worse": words("layout_worse"),
        "now": words("layout_kind_now"),
    }
    drawn.loc[(rows["layout"] == labels["now"]) & (rows["stands"] != "layout_best"), "stands"] = labels["now"]
    shown = drawn[["layout", "stands", "value", "low", "high"]]
    drawn = charts.layouts_compared(shown, labels, words.language)
    st.altair_chart(drawn, width="stretch", key="chart_layouts", alt=words("layouts_alt"))
    st.caption(words("layouts_chart_note"))
    best = layouts.best_of(found)
    st.subheader(words("cli_layout_windows_of", name=layouts.label(words, best)), anchor=False)
    for line in layouts.windows(words, found, best):
        st.markdown(f"- {frame.as_text(line)}")
    st.download_button(
        words("layouts_take"), found["plan"], f"{found['scenario']}-{best['name']}.toml", "application/toml", icon=":material/download:"
    )
    if best["name"] != found["now"]["name"]:
        _waits(words, found)


def _waits(words: Words, found: layouts.Data) -> None:
    st.subheader(words("layouts_who"), anchor=False)
    waits = layouts.waits(words, found)
    labels = {
        "service": words("layouts_service"),
        "wait": words("column_wait_minutes"),
        "now": words("layout_kind_now"),
        "best": words("layout_best"),
        "low": words("column_low"),
        "high": words("column_high"),
    }
    drawn = charts.waits_changed(waits, labels, words.language)
    st.altair_chart(drawn, width="stretch", key="chart_layout_waits", alt=words("layouts_who"))
    longer = waits[(waits["best_low"] > waits["now_high"])]["service"].tolist()
    st.caption(words("layouts_longer", names=words("list_comma").join(longer)) if longer else words("layouts_nobody_longer"))


def _details(words: Words, scenario: Scenario, found: layouts.Data) -> None:
    st.subheader(words("layouts_table"), anchor=False)
    rows = layouts.frame(words, found)
    priced = found["currency"] is not None
    shown = pd.DataFrame(
        {
            words("cli_layout_layout"): rows["layout"],
            f"{layouts.measure(words, found)} ({layouts.unit(words, found)})": [
                layouts.figure(words, found, each["value"]) for each in found["layouts"]
            ],
            words("layouts_minus_now"): [layouts.difference(words, found, each["minus_now"]) for each in found["layouts"]],
            words("layouts_minus_best"): [layouts.difference(words, found, each["minus_best"]) for each in found["layouts"]],
            words("layouts_pooled"): rows["pooled"],
            words("layouts_trained"): rows["trained"],
            **({f"{words('layout_cost_a_day')} ({found['currency']})": rows["cost_total"].round()} if priced else {}),
            words("cli_layout_verdict"): rows["verdict"],
        }
    )
    frame.table(words, "layouts", shown, height="content")
    for each in found["not_possible"]:
        st.caption(words("cli_layout_cannot", name=layouts.kind(words, each["kind"]), reason=layouts.reason(words, each)))
    if found["weeks_of_learning"]:
        st.subheader(words("layouts_weeks"), anchor=False)
        weeks = [
            words("cli_layout_week", week=each["week"], percent=f"{100 * each['speed']:.0f}", change=change)
            for each in found["weeks_of_learning"]
            for change in [layouts.difference(words, found, each["minus_now"])]
        ]
        st.markdown("\n".join(f"- {frame.as_text(each)}" for each in weeks))
    st.caption(words("cli_layout_assumed"))
    _download(words, found, rows)
    effort = {"days": f"{found['days']:,}", "seconds": f"{found['seconds']:.0f}"}
    st.caption(words("layouts_reproduce", seed=found["seed"], digest=found["digest"][:12], **effort))


def _download(words: Words, found: layouts.Data, rows: pd.DataFrame) -> None:
    unit = layouts.unit(words, found)
    columns = [Column("layout", words("cli_layout_layout")), Column("verdict", words("cli_layout_verdict"))]
    titles = {"value": layouts.measure(words, found)} | {name: words(f"layouts_{name}") for name in ("minus_now", "minus_best")}
    for name, title in titles.items():
        columns += [Column(name, title, unit, "", 3)]
        columns += [Column(f"{name}_{end}", f"{title} · {words(f'column_{end}')}", unit, "", 3) for end in ("low", "high")]
    columns += [Column("pooled", words("layouts_pooled"), "", "", 0), Column("trained", words("layouts_trained"), "", "", 0)]
    if found["currency"] is not None:
        columns += [Column(f"cost_{part}", words(f"cost_{part}"), found["currency"], "", 0) for part in prices.PARTS]
    columns += [Column("windows", words("layouts_windows"))]
    about = {
        words("manager_choose"): found["scenario"],
        words("layouts_goal"): found["objective"]["text"],
        words("layouts_sure"): found["guarantee"],
        words("layouts_delta"): found["delta"],
        words("layouts_guaranteed"): words("yes") if found["guaranteed"] else words("no"),
        words("seed"): found["seed"],
        words("digest"): found["digest"],
        words("version"): data.version(),
    }
    frame.download(words, "layouts", rows.drop(columns="stands"), columns, about)
