"""The wait against the number of windows: the formula beside the simulation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.style import BASE, PLAN, finish


def waits_by_windows(frame: pd.DataFrame, words: Mapping[str, str], language: str, target: float) -> Any:
    """Mean wait in the worst half-hour for every number of windows tried.

    Parameters
    ----------
    frame : one row a number of windows; columns ``windows``, ``formula`` (minutes; missing where the formula has no steady state; not drawn
        where it leaves the chart),
    ``value``, ``low``,
        ``high`` (minutes, simulated)
    words : the texts ``formula, simulated, wait, windows, target, low, high``
    target : minutes
    """
    top = max(float(frame["high"].max()), 1.5 * target)
    scale = alt.Scale(domain=[0, top])
    domain = [words["formula"], words["simulated"]]
    colour = alt.Color("series:N", scale=alt.Scale(domain=domain, range=[BASE, PLAN]), legend=alt.Legend())
    x = alt.X("windows:O", title=words["windows"], axis=alt.Axis(labelAngle=0))
    simulated = frame.assign(series=words["simulated"])
    formula = frame[frame["formula"] <= top].assign(series=words["formula"])
    tooltip = [
        alt.Tooltip("windows:O", title=words["windows"]),
        alt.Tooltip("value:Q", title=words["wait"], format=".1f"),
        alt.Tooltip("low:Q", title=words["low"], format=".1f"),
        alt.Tooltip("high:Q", title=words["high"], format=".1f"),
    ]
    layers = [
        alt.Chart(formula).mark_line(point=alt.OverlayMarkDef(filled=True, size=45), strokeDash=[4, 3]).encode(
            x=x, y=alt.Y("formula:Q", title=words["wait"], scale=scale), color=colour,
            tooltip=[alt.Tooltip("windows:O", title=words["windows"]), alt.Tooltip("formula:Q", title=words["formula"], format=".1f")],
        ),
        alt.Chart(simulated).mark_rule(strokeWidth=3, opacity=0.5, tooltip=None).encode(
            x=x, y=alt.Y("low:Q", title=words["wait"], scale=scale), y2="high:Q", color=colour
        ),
        alt.Chart(simulated).mark_line(point=alt.OverlayMarkDef(filled=True, size=60)).encode(
            x=x, y=alt.Y("value:Q", title=words["wait"], scale=scale), color=colour, tooltip=tooltip
        ),
        alt.Chart(pd.DataFrame({"target": [float(target)]})).mark_rule(strokeDash=[5, 4], color="#5b6675", tooltip=None).encode(
            y=alt.Y("target:Q", title=words["wait"], scale=scale)
        ),
    ]  # fmt: skip
    return finish(alt.layer(*layers), language, height=300)
