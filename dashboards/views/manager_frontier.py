"""Cost against wait: a folded section of the manager's page, asked for by hand because it simulates some hundred plans."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboards import charts, data, jobs
from dashboards.data import frontiers
from dashboards.data.halls import Change, Scenario
from dashboards.jobs.laid_out import trading
from dashboards.texts import Words
from dashboards.views import acting, frame, job, prices
from dashboards.workbook import Column

PRICES = ("window_hour", "overtime_hour", "waiting_hour")


def draw(words: Words, scenario: Scenario, plan: Scenario, made: list[Change]) -> None:
    """The section; nothing for a textbook run, which has no half-hours."""
    if plan.horizon is not None:
        return
    with st.expander(words("frontier_section"), key="frontier"):
        first, second = st.columns([1, 2], gap="large")
        with first:
            given = prices.ask(words, plan, PRICES)
            frame.remembered("built", True, lambda text: text == "1", lambda value: isinstance(value, bool))
            built = st.toggle(words("frontier_built"), key="built")
            if built:
                st.query_params.pop("built", None)
            else:
                st.query_params["built"] = "0"
            work = trading(scenario, made, given, frontiers.seats_of(plan) if built else {})
            id = jobs.id_of("frontier", work)
            if jobs.look(id) is None:
                st.button(words("frontier_walk"), key="walk", on_click=_start, args=(work,), icon=":material/show_chart:")
        with second:
            found = jobs.result(id)
            if found is None:
                if jobs.look(id) is None:
                    st.caption(words("frontier_ask"))
                else:
                    job.follow(words, id)
            else:
                _show(words, found)


def _start(work: dict[str, Any]) -> None:
    jobs.start("frontier", work, acting.person(), {**st.query_params.to_dict(), "page": "manager"})


def _show(words: Words, found: frontiers.Data) -> None:
    frame.answer(frontiers.sentence(words, found), "plain" if found["cheapest"] == "now" else "good")
    rows = frontiers.frame(words, found)
    target = words("frontier_cheapest" if found["cheapest"] not in (None, "now") else "frontier_better")
    cost = rows["cost_windows"] + rows["cost_overtime"]
    kinds = ["now" if row.is_now else "chosen" if row.role == target else "plan" for row in rows.itertuples()]
    drawn = rows.assign(x=cost, kind=kinds)[["x", "kind", "hours", "mean_wait", "mean_wait_low", "mean_wait_high"]]
    drawn = drawn.rename(columns={"mean_wait": "wait", "mean_wait_low": "low", "mean_wait_high": "high"})
    labels = {
        "x": words("frontier_x", currency=found["prices"]["currency"]),
        "wait": words("column_wait_minutes"),
        "low": words("column_low"),
        "high": words("column_high"),
        "hours": words("frontier_hours"),
        "plan": words("frontier_plan"),
        "chosen": target,
        "now": words("frontier_now"),
    }
    made = charts.cost_against_wait(drawn, labels, words.language)
    st.altair_chart(made, width="stretch", key="chart_frontier", alt=words("frontier_section"))
    if judged := frontiers.judged_on(words, found):
        st.caption(judged)
    for each in found["remarks"]:
        frame.remark(each[words.language])
    st.caption(words("frontier_note"))
    table = pd.DataFrame(
        {
            words("frontier_hours"): rows["hours"],
            words("frontier_most_open"): rows["most_open"],
            words("frontier_wait"): [frontiers.waiting(each["mean_wait"]) for each in (*found["points"], found["now"])],
            words("frontier_saved"): ["–" if pd.isna(each) else f"{each:.2f}" for each in rows["saved"].astype("float64")],
            words("frontier_cost_windows"): cost.round(),
            words("frontier_cost_waiting"): rows["cost_waiting"].round(),
            words("frontier_cost_total"): rows["cost_total"].round(),
            words("frontier_role"): rows["role"],
        }
    )
    frame.table(words, "frontier", table, height="content")
    with st.container(horizontal=True):
        _download(words, found, rows)
        name, icon = f"{found['scenario']}-plan.toml", ":material/download:"
        st.download_button(words("layouts_take"), found["plan"], name, "application/toml", key="take_frontier", icon=icon)


def _download(words: Words, found: frontiers.Data, rows: pd.DataFrame) -> None:
    currency = found["prices"]["currency"]
    columns = [Column(name, words(f"frontier_{name}"), "", "", 2) for name in ("hours", "most_open")]
    for name, title in (("mean_wait", "frontier_wait"), ("p90_wait", "frontier_p90"), ("waiting_hours", "frontier_waited")):
        columns.append(Column(name, words(title), "", "", 3))
        columns += [Column(f"{name}_{end}", f"{words(title)} · {words(f'column_{end}')}", "", "", 3) for end in ("low", "high")]
    columns.append(Column("saved", words("frontier_saved"), "", "", 3))
    columns += [Column(f"cost_{part}", words(f"cost_{part}"), currency, "", 0) for part in prices.PARTS]
    columns.append(Column("role", words("frontier_role")))
    about: dict[str, object] = {words("manager_choose"): found["scenario"]}
    about |= {words(f"price_{key}", currency=currency): found["prices"][key] for key in PRICES}
    about |= {words("seed"): found["seed"], words("digest"): found["digest"], words("version"): data.version()}
    frame.download(words, "frontier", rows.drop(columns="is_now"), columns, about)
