"""The queueing formulas beside the plan's simulation: a folded section of the manager's page that says when they mislead."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from dashboards import charts
from dashboards.data import formulas
from dashboards.data.halls import Scenario
from dashboards.data.runs import Comparison
from dashboards.texts import Words
from dashboards.views import frame, manager_tables
from dashboards.workbook import Column

BY_HALF_HOUR = ("psa", "modified_offered_load")


def draw(words: Words, plan: Scenario, found: Comparison) -> None:
    """The section; its figures cost nothing more than the formulas, for the simulation is there already."""
    with st.expander(words("formulas_section")):
        told = formulas.beside(plan, found.plan.measures["mean_wait"].to_dict())
        st.markdown(f"**{frame.as_text(formulas.sentence(words, told))}**")
        for each in formulas.reasons(words, told):
            st.markdown(f"- {frame.as_text(each)}")
        table = _table(words, told)
        frame.table(words, "formulas", table)
        waits = _waits(words, told, found)
        if not waits.empty:
            st.altair_chart(charts.formulas_by_half_hour(waits, _chart_words(words), words.language), width="stretch")
        st.caption(words("formulas_note"))
        columns = [Column(name, name) for name in table.columns]
        frame.download(words, "formulas", table, columns, manager_tables.about(words, found))


def _table(words: Words, told: formulas.Beside) -> pd.DataFrame:
    rows = []
    for each in told.formulas:
        none = math.isnan(each.mean_wait)
        rows.append(
            {
                words("formulas_formula"): words(f"formula_{each.name}"),
                words("formulas_wait"): "–" if none else f"{each.mean_wait:.2f}",
                words("formulas_times"): "–" if none or not told.simulated["value"] else formulas.times(each.mean_wait, told),
                words("formulas_verdict"): words(f"formulas_{each.why_none or told.verdicts[each.name].replace(' ', '_')}"),
                words("formulas_assumes"): words(f"formula_assumes_{each.name}"),
            }
        )
    return pd.DataFrame(rows)


def _waits(words: Words, told: formulas.Beside, found: Comparison) -> pd.DataFrame:
    rows = []
    by = {each.name: each.by_half_hour for each in told.formulas if each.name in BY_HALF_HOUR}
    for slot, measures in found.plan.by_half_hour.items():
        estimate = measures["mean_wait"].to_dict()
        if estimate["value"] is None or not any(slot in waits for waits in by.values()):
            continue
        rows.append({"series": words("formulas_simulated"), "slot": slot, "value": estimate["value"]})
        for name, waits in by.items():
            if not math.isnan(waits.get(slot, math.nan)):
                rows.append({"series": words(f"formula_{name}"), "slot": slot, "value": waits[slot]})
    return pd.DataFrame(rows, columns=["series", "slot", "value"])


def _chart_words(words: Words) -> dict[str, str]:
    names = {name: words(f"formula_{name}") for name in BY_HALF_HOUR}
    return {"simulated": words("formulas_simulated"), "wait": words("formulas_wait"), "slot": words("column_slot")} | names
