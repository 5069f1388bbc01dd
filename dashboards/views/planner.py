"""The planner's page: a demand, and the windows and seats it needs; the formula beside the simulated check."""

from __future__ import annotations

from importlib import import_module

import pandas as pd
import streamlit as st

from dashboards import charts, data, jobs
from dashboards.data import sizes
from dashboards.jobs.simulated import sizing
from dashboards.texts import Words
from dashboards.views import acting, frame, job
from dashboards.views.figures import figure, interval, minutes, number, percent
from dashboards.workbook import Column

CASES_A_YEAR, DAYS = 77_144, 240
"""Potou main hall, 2022 (document 003)"""
SERVICE, CV, PEAK, TARGET = 12.0, 0.6, 1.5, 15.0


VIEWS = ("windows", "sheet", "layouts", "district")
"""what the page can show; all but the first in a module of their own"""


def draw(words: Words) -> None:
    """Draw the page."""
    frame.remembered("view", VIEWS[0], str, VIEWS.__contains__)
    view = st.segmented_control(
        words("planner_view"),
        VIEWS,
        key="view",
        format_func=lambda each: words(f"planner_view_{each}"),
        required=True,
        label_visibility="collapsed",
    )
    frame.remember("view", VIEWS[0])
    if view == VIEWS[0]:
        _windows(words)
    else:
        import_module(f"dashboards.views.planner_{view}").draw(words)


def _windows(words: Words) -> None:
    """The windows of a demand."""
    top = st.container()
    controls, result = st.columns([1, 2], gap="large")
    with controls:
        demand = _controls(words)
    if sizes.too_much(demand):
        with top:
            frame.answer(words("planner_too_much", cases=number(demand.cases, 0), most=number(sizes.MOST_CASES, 0)), "warn")
        return
    with top:
        found = _find(words, demand)
    if found is None:
        return
    with top:
        chosen = found.size()
        if found.chosen is None:
            frame.answer(
                words(
                    "planner_answer_none", windows=chosen.windows, target=number(demand.target, 0), wait=minutes(words, chosen.peak_wait)
                ),
                "warn",
            )
        else:
            frame.answer(
                words(
                    "planner_answer",
                    windows=chosen.windows,
                    seats=chosen.seats,
                    wait=minutes(words, chosen.peak_wait),
                    target=number(demand.target, 0),
                ),
                "good",
            )
        _formula(words, found)
    with result:
        _result(words, demand, found)


def _find(words: Words, demand: sizes.Demand) -> sizes.Answer | None:
    """The answer; None while a job looks for it, with what the formula says meanwhile."""
    if not sizes.is_long(demand):
        with st.spinner(words("manager_computing", total=sizes.replications_for(demand)), show_time=False):
            return sizes.answer(demand)
    work = sizing(demand)
    id = jobs.id_of("sizes", work)
    if jobs.look(id) is None:
        jobs.start("sizes", work, acting.person(), {"page": "planner", **st.query_params.to_dict()})
    done = jobs.result(id)
    if done is not None:
        return sizes.Answer.from_dict(done)
    frame.answer(words("planner_meanwhile", formula=sizes.formula_windows(demand)))
    job.follow(words, id)
    return None


def _controls(words: Words) -> sizes.Demand:
    frame.remembered("per", "year", str, ("day", "year").__contains__)
    per = st.segmented_control(
        words("planner_period"),
        ("year", "day"),
        key="per",
        format_func=lambda each: words(f"planner_per_{each}"),
        required=True,
        width="stretch",
    )
    frame.remember("per", "year")
    if per == "year":
        cases_a_year = _number(words("planner_cases_year"), "cases_year", CASES_A_YEAR, 100, 5_000_000, 1000)
        days = _number(words("planner_days"), "days", DAYS, 1, 366, 1)
        cases = cases_a_year / days
    else:
        cases = float(_number(words("planner_cases_day"), "cases_day", round(CASES_A_YEAR / DAYS), 1, 20_000, 10))
    service = _decimal(f"{words('planner_service')} {words('assumption_mark')}", "service", SERVICE, 0.5, 240.0, 0.5)
    peak = _decimal(f"{words('planner_peak')} {words('assumption_mark')}", "peak", PEAK, 1.0, sizes.LARGEST_PEAK, 0.1)
    target = _decimal(words("planner_target"), "target", TARGET, 1.0, 120.0, 1.0)
    with st.expander(words("planner_more")):
        cv = _decimal(f"{words('planner_cv')} {words('assumption_mark')}", "cv", CV, 0.0, 3.0, 0.1)
        st.caption(words("planner_assumptions"))
        st.caption(words("planner_shape"))
        shape = sizes.rates(sizes.Demand(cases, service, cv, peak, target))
        st.dataframe(
            pd.DataFrame({words("column_slot"): sizes.slot_labels(), words("planner_rate"): shape}),
            hide_index=True,
            column_config={words("planner_rate"): st.column_config.NumberColumn(format="%.1f")},
            height=220,
        )
        rows = pd.DataFrame({"slot": sizes.slot_labels(), "rate": shape})
        columns = [Column("slot", words("column_slot")), Column("rate", words("planner_rate"), "", words("planner_shape"), 2)]
        frame.download(words, "arrivals", rows, columns, {words("planner_cases_day"): cases, words("planner_peak"): peak})
    st.caption(words("planner_default_source"))
    st.caption(words("assumption_mark_help"))
    return sizes.Demand(cases, service, cv, peak, target)


def _number(label: str, key: str, default: int, low: int, high: int, step: int) -> int:
    frame.remembered(key, default, int, lambda value: isinstance(value, int) and low <= value <= high)
    value = st.number_input(label, low, high, key=key, step=step)
    frame.remember(key, default)
    return int(value)


def _decimal(label: str, key: str, default: float, low: float, high: float, step: float) -> float:
    frame.remembered(key, default, float, lambda value: isinstance(value, float) and low <= value <= high)
    value = st.number_input(label, low, high, key=key, step=step, format="%.1f")
    frame.remember(key, default)
    return float(value)


def _formula(words: Words, found: sizes.Answer) -> None:
    if found.chosen is None:
        return
    more = found.formula - found.chosen
    if more == 0:
        st.caption(words("planner_formula_agrees", formula=found.formula))
    elif more > 0:
        st.warning(words("planner_formula_more", formula=found.formula, difference=more), icon=":material/warning:")
    else:
        st.warning(words("planner_formula_fewer", formula=found.formula, difference=-more), icon=":material/warning:")


def _result(words: Words, demand: sizes.Demand, found: sizes.Answer) -> None:
    st.subheader(words("planner_chart"), anchor=False)
    drawn = pd.DataFrame(
        {
            "windows": [each.windows for each in found.sizes],
            "formula": pd.array([each.formula for each in found.sizes], dtype="Float64"),
            "value": [each.peak_wait["value"] for each in found.sizes],
            "low": [each.peak_wait["low"] for each in found.sizes],
            "high": [each.peak_wait["high"] for each in found.sizes],
        }
    ).astype({"formula": "float64"})
    labels = {
        "formula": words("series_formula"),
        "simulated": words("series_simulated"),
        "wait": words("column_wait_minutes"),
        "windows": words("column_windows"),
        "low": words("column_low"),
        "high": words("column_high"),
    }
    st.altair_chart(
        charts.waits_by_windows(drawn, labels, words.language, demand.target),
        width="stretch",
        key="chart_sizes",
        alt=words("planner_chart"),
    )
    st.caption(words("planner_chart_note", level=percent(found.level)))

    st.subheader(words("planner_table"), anchor=False)
    table = pd.DataFrame(
        {
            "windows": [each.windows for each in found.sizes],
            "peak_wait": [interval(words, each.peak_wait, "min") for each in found.sizes],
            "seats": [f"{each.seats} [{each.seats_low}, {each.seats}]" for each in found.sizes],
            "meets": [words("yes") if each.meets(demand.target) else words("no") for each in found.sizes],
            "formula": [figure("min", each.formula) for each in found.sizes],
            "day_wait": [interval(words, each.day_wait, "min") for each in found.sizes],
            "utilisation": [interval(words, each.utilisation, "share") for each in found.sizes],
        }
    )
    names = {
        "windows": words("column_windows"),
        "peak_wait": words("column_peak_wait"),
        "formula": words("column_formula_wait"),
        "day_wait": words("column_day_wait"),
        "utilisation": words("column_utilisation"),
        "seats": words("column_seats"),
        "meets": words("column_meets"),
    }
    frame.table(words, "sizes", table.rename(columns=names))
    st.caption(words("planner_seats_how", replications=found.replications))
    _download(words, demand, found)
    frame.reproduce(words, found.seed, found.replications, found.unit, found.digest)


def _download(words: Words, demand: sizes.Demand, found: sizes.Answer) -> None:
    rows = []
    for each in found.sizes:
        row: dict[str, object] = {"windows": each.windows, "formula": each.formula, "seats": each.seats, "meets": each.meets(demand.target)}
        for name, estimate in (("peak_wait", each.peak_wait), ("day_wait", each.day_wait), ("utilisation", each.utilisation)):
            row |= {name: estimate["value"], f"{name}_low": estimate["low"], f"{name}_high": estimate["high"]}
        rows.append(row)
    columns = [Column("windows", words("column_windows"), words("unit_windows"), "", 0)]
    for name, unit, definition in (
        ("peak_wait", words("unit_minutes"), words("definition_peak_wait")),
        ("day_wait", words("unit_minutes"), ""),
        ("utilisation", words("unit_share"), ""),
    ):
        title = words(f"column_{name}")
        columns.append(Column(name, title, unit, definition, 3))
        columns.append(Column(f"{name}_low", f"{title} · {words('column_low')}", unit, "", 3))
        columns.append(Column(f"{name}_high", f"{title} · {words('column_high')}", unit, "", 3))
    columns += [
        Column("formula", words("column_formula_wait"), words("unit_minutes"), words("definition_formula_wait"), 3),
        Column("seats", words("column_seats"), words("unit_seats"), words("definition_seats"), 0),
        Column("meets", words("column_meets")),
    ]
    about = {
        words("planner_cases_day"): demand.cases,
        words("planner_service"): demand.service,
        words("planner_cv"): demand.cv,
        words("planner_peak"): demand.peak,
        words("planner_target"): demand.target,
        words("seed"): found.seed,
        words("replications"): found.replications,
        words("digest"): found.digest,
        words("version"): data.version(),
    }
    frame.download(words, "sizes", pd.DataFrame(rows), columns, about)
