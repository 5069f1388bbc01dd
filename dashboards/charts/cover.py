"""Windows on duty against windows needed, by half-hour: where the roster leaves a gap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.style import BASE, PLAN, QUIET, WARN, finish


def windows_open(frame: pd.DataFrame, words: Mapping[str, str], language: str) -> Any:
    """Windows on duty and the offered load, by half-hour.

    Parameters
    ----------
    frame : one row a half-hour; columns ``slot``, ``base``, ``plan`` (windows on duty, mean over the half-hour) and ``needed``
    (offered load in the
        plan, erlangs: the windows that would be busy if nobody waited)
    words : the texts ``base, plan, needed, short, windows, slot``
    """
    slots = list(frame["slot"])
    long = frame.melt("slot", ["base", "plan"], "series", "windows")
    long["series"] = long["series"].map({"base": words["base"], "plan": words["plan"]})
    needed = frame.assign(series=[words["short"] if row.needed > row.plan else words["needed"] for row in frame.itertuples()])
    x = alt.X("slot:O", sort=slots, title=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy", ticks=False))
    colour = alt.Color(
        "series:N",
        scale=alt.Scale(domain=[words["base"], words["plan"], words["needed"], words["short"]], range=[BASE, PLAN, QUIET, WARN]),
        legend=alt.Legend(),
    )
    bars = (
        alt.Chart(needed)
        .mark_bar(opacity=0.75)
        .encode(
            x=x,
            y=alt.Y("needed:Q", title=words["windows"]),
            color=colour,
            tooltip=[alt.Tooltip("slot:O", title=words["slot"]), alt.Tooltip("needed:Q", title=words["needed"], format=".1f")],
        )
    )
    ticks = (
        alt.Chart(long)
        .mark_tick(thickness=3, orient="horizontal", bandSize=28)
        .encode(
            x=x,
            y=alt.Y("windows:Q", title=words["windows"]),
            color=colour,
            tooltip=[
                alt.Tooltip("series:N", title=words["series"]),
                alt.Tooltip("slot:O", title=words["slot"]),
                alt.Tooltip("windows:Q", title=words["windows"], format=".1f"),
            ],
        )
    )
    return finish(alt.layer(bars, ticks), language, height=240)
