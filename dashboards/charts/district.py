"""A district: where the cases go, and how near they are done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.style import BASE, PLAN, finish

SIDES = ("before", "after")
TICKS = 5
"""about as many as a phone has room for"""


def cases_moved(frame: pd.DataFrame, words: Mapping[str, str], language: str) -> Any:
    """Cases a year of each kind of place, as it is and with the plan.

    Parameters
    ----------
    frame : two rows a kind; columns ``place`` (its name), ``series`` (one of SIDES), ``cases``, ``order``
    words : the texts ``before, after, cases, place``
    """
    shown = frame.assign(series=frame["series"].map({each: words[each] for each in SIDES}))
    order = list(dict.fromkeys(frame.sort_values("order")["place"]))
    names = [words[each] for each in SIDES]
    colour = alt.Color("series:N", scale=alt.Scale(domain=names, range=[BASE, PLAN]), legend=alt.Legend())
    y = alt.Y("place:N", sort=order, title=None, axis=alt.Axis(labelLimit=150, ticks=False, domain=False))
    tooltip = [
        alt.Tooltip("place:N", title=words["place"]),
        alt.Tooltip("series:N", title=" "),
        alt.Tooltip("cases:Q", title=words["cases"], format=",.0f"),
    ]
    x = alt.X("cases:Q", title=words["cases"], axis=alt.Axis(format=",.0f", tickCount=TICKS))
    bars = alt.Chart(shown).mark_bar(height=11).encode(
        x=x, y=y, color=colour, yOffset=alt.YOffset("series:N", scale=alt.Scale(domain=names)), tooltip=tooltip
    )  # fmt: skip
    return finish(bars, language, height=60 + 34 * len(order))


def near_by_zone(frame: pd.DataFrame, words: Mapping[str, str], language: str) -> Any:
    """The share of each zone's cases that is done within the circle, as it is and with the plan, the least near zone first.

    Parameters
    ----------
    frame : two rows a zone; columns ``zone`` (its name), ``series`` (one of SIDES), ``near`` and ``people`` (shares), ``travel`` (minutes)
    words : the texts ``before, after, near, zone, travel, people``
    """
    shown = frame.assign(series=frame["series"].map({each: words[each] for each in SIDES}))
    order = list(frame[frame["series"] == SIDES[0]].sort_values("near")["zone"])
    colour = alt.Color("series:N", scale=alt.Scale(domain=[words[each] for each in SIDES], range=[BASE, PLAN]), legend=alt.Legend())
    y = alt.Y("zone:N", sort=order, title=None, axis=alt.Axis(labelLimit=150, ticks=False, domain=False))
    scale = alt.Scale(domain=[max(0.0, float(frame["near"].min()) - 0.05), 1.02], zero=False, nice=False)
    x = alt.X("near:Q", title=words["near"], scale=scale, axis=alt.Axis(format="%", tickCount=TICKS))
    tooltip = [
        alt.Tooltip("zone:N", title=words["zone"]),
        alt.Tooltip("series:N", title=" "),
        alt.Tooltip("near:Q", title=words["near"], format=".1%"),
        alt.Tooltip("travel:Q", title=words["travel"], format=".1f"),
        alt.Tooltip("people:Q", title=words["people"], format=".0%"),
    ]
    wide = frame.pivot_table(index="zone", columns="series", values="near").reset_index()
    lines = (
        alt.Chart(wide)
        .mark_rule(strokeWidth=3, opacity=0.4, color=PLAN, tooltip=None)
        .encode(y=y, x=alt.X("before:Q", title=words["near"], scale=scale), x2="after:Q")
    )
    size = alt.Size("people:Q", scale=alt.Scale(range=[60, 380]), legend=None)
    points = alt.Chart(shown).mark_point(filled=True, opacity=0.95).encode(x=x, y=y, color=colour, size=size, tooltip=tooltip)
    return finish(alt.layer(lines, points), language, height=60 + 30 * len(order))
