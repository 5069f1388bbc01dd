"""Cost against wait: the plans that none beats as a line, the hall as it is as a point beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.style import BASE, GOOD, PLAN, WARN, finish


def cost_against_wait(frame: pd.DataFrame, words: Mapping[str, str], language: str) -> Any:
    """Mean wait over what a day costs.

    Parameters
    ----------
    frame : one row a plan; columns ``x`` (money a day), ``wait``, ``low``, ``high`` (minutes), ``hours`` (window-hours), ``kind``
        ("plan", "chosen" or "now")
    words : the texts ``x, wait, low, high, hours, plan, chosen, now``
    """
    domain = [words[each] for each in ("plan", "chosen", "now")]
    colour = alt.Color("series:N", scale=alt.Scale(domain=domain, range=[PLAN, GOOD, WARN]), legend=alt.Legend())
    drawn = frame.assign(series=frame["kind"].map({each: words[each] for each in ("plan", "chosen", "now")}))
    x = alt.X("x:Q", title=words["x"], scale=alt.Scale(zero=False, padding=12), axis=alt.Axis(format=",~r", tickCount=6))
    y = alt.Y("wait:Q", title=words["wait"], scale=alt.Scale(zero=True))
    tooltip = [
        alt.Tooltip("x:Q", title=words["x"], format=",.0f"),
        alt.Tooltip("hours:Q", title=words["hours"], format=".1f"),
        alt.Tooltip("wait:Q", title=words["wait"], format=".1f"),
        alt.Tooltip("low:Q", title=words["low"], format=".1f"),
        alt.Tooltip("high:Q", title=words["high"], format=".1f"),
    ]
    line = alt.Chart(drawn[drawn["kind"] != "now"]).mark_line(color=BASE, strokeWidth=1.5, tooltip=None).encode(x=x, y=y, order="x:Q")
    spans = (
        alt.Chart(drawn)
        .mark_rule(strokeWidth=3, opacity=0.5, tooltip=None)
        .encode(x=x, y=alt.Y("low:Q", title=words["wait"]), y2="high:Q", color=colour)
    )
    dots = alt.Chart(drawn).mark_point(filled=True, size=90, opacity=1).encode(x=x, y=y, color=colour, tooltip=tooltip)
    return finish(alt.layer(line, spans, dots), language, height=320)
