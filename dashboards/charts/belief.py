"""Simulated beside observed waits by half-hour: the observed mean, the simulated one, and the band of nine replications of ten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.style import PLAN, WARN, finish

SERIES = ("observed", "simulated")


def waits_believed(frame: pd.DataFrame, words: Mapping[str, str], language: str) -> Any:
    """Observed and simulated mean waits by half-hour.

    Parameters
    ----------
    frame : one row a half-hour; columns ``slot`` ("08:30"), ``people``, ``observed``, ``simulated``, ``low``, ``high`` (minutes)
    words : the texts ``observed, simulated, slot, people, wait, band``
    """
    slots = list(frame["slot"])
    x = alt.X("slot:O", sort=slots, title=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy", ticks=False))
    scale = alt.Scale(domain=[0, float(frame[["observed", "high"]].max().max()) * 1.05 or 1.0], nice=True)
    colours = alt.Scale(domain=[words[each] for each in SERIES], range=[WARN, PLAN])
    colour = alt.Color("series:N", scale=colours, legend=alt.Legend(title=None))
    long = pd.concat([frame.assign(series=words[each], value=frame[each]) for each in SERIES], ignore_index=True)
    tooltip = [
        alt.Tooltip("slot:O", title=words["slot"]),
        alt.Tooltip("people:Q", title=words["people"], format=","),
        alt.Tooltip("observed:Q", title=words["observed"], format=".2f"),
        alt.Tooltip("simulated:Q", title=words["simulated"], format=".2f"),
        alt.Tooltip("low:Q", title=words["band"], format=".2f"),
        alt.Tooltip("high:Q", title=words["band"], format=".2f"),
    ]
    y = alt.Y("value:Q", title=words["wait"], scale=scale)
    lines = alt.Chart(long).encode(x=x, y=y, color=colour)
    band = alt.Chart(frame).mark_area(opacity=0.18, color=PLAN, tooltip=None)
    layers = [
        band.encode(x=x, y=alt.Y("low:Q", title=words["wait"], scale=scale), y2="high:Q"),
        lines.mark_line(strokeWidth=2, tooltip=None),
        lines.mark_point(size=45, filled=True).encode(tooltip=tooltip),
    ]
    return finish(alt.layer(*layers), language, height=320)
