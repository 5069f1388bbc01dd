"""The charts of the manager's page: waits by half-hour, the heat map of service and half-hour, windows open against windows needed."""

from __future__ import annotations

import streamlit as st

from dashboards import charts
from dashboards.data import runs
from dashboards.data.halls import Scenario
from dashboards.data.runs import Comparison
from dashboards.texts import Words
from dashboards.views import frame, manager_tables
from dashboards.views.figures import number, percent

SIDES = ("plan", "base", "difference")


def draw(words: Words, scenario: Scenario, plan: Scenario, found: Comparison) -> None:
    """Waits, then windows, then the heat map, which takes longest."""
    is_plan = plan.digest != scenario.digest
    _waits(words, scenario, found, is_plan)
    _cover(words, scenario, plan, found)
    if scenario.horizon is None:
        _heat(words, scenario, plan, found, is_plan)


def _labels(words: Words) -> dict[str, str]:
    return {
        "base": words("series_base"),
        "plan": words("series_plan"),
        "series": words("column_series"),
        "wait": words("column_wait_minutes"),
        "slot": words("column_slot"),
        "service": words("column_service"),
        "low": words("column_low"),
        "high": words("column_high"),
        "day_low": words("column_day_low"),
        "day_high": words("column_day_high"),
        "needed": words("series_needed"),
        "short": words("series_short"),
        "windows": words("column_windows"),
    }


def _waits(words: Words, scenario: Scenario, found: Comparison, is_plan: bool) -> None:
    target, level = runs.target_of(scenario), percent(found.base.level)
    labels = _labels(words) | {"target": words("target_rule", value=number(target or 0, 0))}
    st.subheader(words("manager_chart_waits"), anchor=False)
    waits = runs.waits(found, both=is_plan)
    chart = charts.waits_by_half_hour(waits, labels, words.language, target)
    st.altair_chart(chart, width="stretch", key="chart_waits", alt=words("manager_chart_waits"))
    st.caption(words("manager_chart_waits_note" if target is not None else "manager_chart_waits_note_plain", level=level))
    with st.container(horizontal=True):
        manager_tables.download_waits(words, found, waits)
        more = next((each for each in runs.REPLICATIONS if each > found.plan.replications), None)
        if more is not None:
            st.button(words("manager_more", count=more), key="more_replications", on_click=_more, args=(more,), icon=":material/add:")


def _more(wanted: int) -> None:
    st.session_state["n"] = wanted
    st.session_state["extended"] = True


def _cover(words: Words, scenario: Scenario, plan: Scenario, found: Comparison) -> None:
    cover = runs.cover(scenario, plan, found)
    if cover.empty:
        return
    st.subheader(words("manager_chart_cover"), anchor=False)
    chart = charts.windows_open(cover, _labels(words), words.language)
    st.altair_chart(chart, width="stretch", key="chart_cover", alt=words("manager_chart_cover"))
    st.caption(words("manager_chart_cover_note"))
    manager_tables.download_cover(words, found, cover)


def _heat(words: Words, scenario: Scenario, plan: Scenario, found: Comparison, is_plan: bool) -> None:
    st.subheader(words("manager_chart_heat"), anchor=False)
    side = "base"
    if is_plan:
        frame.remembered("heat", SIDES[0], str, SIDES.__contains__)
        side = st.segmented_control(
            words("manager_chart_heat"),
            SIDES,
            key="heat",
            format_func=lambda each: words(f"heat_{each}"),
            label_visibility="collapsed",
            required=True,
        )
        frame.remember("heat", SIDES[0])
    cells = runs.heat(scenario, plan, side)
    names = {each.id: words.name(each.name, each.id) for each in (*scenario.services, *plan.services)}
    many = len(set(names.values())) < len(names)
    cells = cells.assign(service=[f"{names[each]} {each}" if many else names[each] for each in cells["service"]])
    is_difference = side == "difference"
    chart = charts.waits_by_service(cells, _labels(words), words.language, is_difference)
    st.altair_chart(chart, width="stretch", key="chart_heat", alt=words("manager_chart_heat"))
    note = "manager_chart_heat_note_difference" if is_difference else "manager_chart_heat_note"
    st.caption(words(note, days=runs.REPLICATIONS[0], level=percent(found.base.level)))
    manager_tables.download_heat(words, found, cells, words(f"heat_{side}"))
