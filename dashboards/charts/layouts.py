"""Layouts beside one another: the figure of each with its interval; and who waits longer or shorter in the one selected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.style import BASE, GOOD, PLAN, QUIET, WARN, finish


def layouts_compared(frame: pd.DataFrame, words: Mapping[str, str], language: str) -> Any:
    """A bar for each layout with its interval, in the order of the frame.

    Parameters
    ----------
    frame : columns ``layout``, ``stands`` (a text of `words`' values best, equal, left, worse, now), ``value``, ``low``, ``high``
    words : the texts ``layout, value, low, high, verdict, best, equal, left, worse, now``
    """
    order = frame["layout"].tolist()
    domain = [words[each] for each in ("best", "equal", "left", "worse", "now")]
    colour = alt.Color("stands:N", scale=alt.Scale(domain=domain, range=[GOOD, PLAN, WARN, QUIET, BASE]), legend=alt.Legend(columns=2))
    y = alt.Y("layout:N", sort=order, title=None, axis=alt.Axis(labelLimit=220, labelOverlap=False))
    x = alt.X("value:Q", title=words["value"], scale=alt.Scale(zero=True))
    tooltip = [
        alt.Tooltip("layout:N", title=words["layout"]),
        alt.Tooltip("value:Q", title=words["value"], format=",.2f"),
        alt.Tooltip("low:Q", title=words["low"], format=",.2f"),
        alt.Tooltip("high:Q", title=words["high"], format=",.2f"),
        alt.Tooltip("stands:N", title=words["verdict"]),
    ]
    bars = alt.Chart(frame).mark_bar(height=14).encode(x=x, y=y, color=colour, tooltip=tooltip)
    spans = alt.Chart(frame).mark_rule(strokeWidth=2, color="#26323f").encode(x=alt.X("low:Q", title=words["value"]), x2="high:Q", y=y)
    dots = alt.Chart(frame).mark_point(filled=True, size=42, color="#26323f").encode(x=x, y=y, tooltip=tooltip)
    return finish(alt.layer(bars, spans, dots), language, height=alt.Step(26))


def waits_changed(frame: pd.DataFrame, words: Mapping[str, str], language: str) -> Any:
    """The mean wait of each service now and in the layout selected: two dots and a line.

    Parameters
    ----------
    frame : columns ``service``, ``now``, ``best`` (minutes); ``now_low`` ... ``best_high``
    words : the texts ``service, wait, now, best, low, high``
    """
    order = frame.sort_values("now", ascending=False)["service"].tolist()
    y = alt.Y("service:N", sort=order, title=None, axis=alt.Axis(labelLimit=220, labelOverlap=False))
    lines = alt.Chart(frame).mark_rule(strokeWidth=2, color=QUIET).encode(x=alt.X("now:Q", title=words["wait"]), x2="best:Q", y=y)
    parts = [
        frame.rename(columns={side: "value", f"{side}_low": "low", f"{side}_high": "high"})[["service", "value", "low", "high"]].assign(
            series=words[side]
        )
        for side in ("now", "best")
    ]
    colour = alt.Color("series:N", scale=alt.Scale(domain=[words["now"], words["best"]], range=[BASE, PLAN]), legend=alt.Legend())
    dots = (
        alt.Chart(pd.concat(parts, ignore_index=True))
        .mark_point(filled=True, size=80, opacity=1)
        .encode(
            x=alt.X("value:Q", title=words["wait"], scale=alt.Scale(zero=True)),
            y=y,
            color=colour,
            tooltip=[
                alt.Tooltip("service:N", title=words["service"]),
                alt.Tooltip("value:Q", title=words["wait"], format=".1f"),
                alt.Tooltip("low:Q", title=words["low"], format=".1f"),
                alt.Tooltip("high:Q", title=words["high"], format=".1f"),
            ],
        )
    )
    return finish(alt.layer(lines, dots), language, height=alt.Step(26))
