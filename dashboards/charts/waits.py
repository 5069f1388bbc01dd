"""Waits by half-hour of the day: the mean with its interval, and the band within which nine days of ten fall."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.style import BASE, PLAN, finish

SERIES = ("base", "plan")


def waits_by_half_hour(frame: pd.DataFrame, words: Mapping[str, str], language: str, target: float | None = None) -> Any:
    """Mean wait by half-hour for the base and the plan.

    Parameters
    ----------
    frame : one row a series and half-hour; columns ``series`` ("base" or "plan"), ``slot`` ("08:30"), ``block`` (number of the
    opening period, so
        that no line runs through the lunch break), ``value``, ``low``, ``high``, ``day_low``, ``day_high`` (minutes)
    words : the texts ``base, plan, wait, slot, low, high, day_low, day_high``
    target : minutes, drawn as a rule; None: no target
    """
    slots = list(dict.fromkeys(frame["slot"]))
    shown = [each for each in SERIES if each in set(frame["series"])]
    labelled = frame.assign(series=frame["series"].map({each: words[each] for each in SERIES}))
    top = float(pd.concat([frame["day_high"], frame["high"], pd.Series([target or 0.0])]).max())
    colour = alt.Color(
        "series:N",
        scale=alt.Scale(
            domain=[words[each] for each in SERIES if each in shown], range=[{"base": BASE, "plan": PLAN}[each] for each in shown]
        ),
        legend=alt.Legend() if len(shown) > 1 else None,
    )
    x = alt.X("slot:O", sort=slots, title=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy", ticks=False))
    scale = alt.Scale(domain=[0, top * 1.05 or 1.0], nice=True)
    base = alt.Chart(labelled).encode(x=x, color=colour, detail="block:N")
    tooltip = [
        alt.Tooltip("series:N", title=words["series"]),
        alt.Tooltip("slot:O", title=words["slot"]),
        alt.Tooltip("value:Q", title=words["wait"], format=".1f"),
        alt.Tooltip("low:Q", title=words["low"], format=".1f"),
        alt.Tooltip("high:Q", title=words["high"], format=".1f"),
        alt.Tooltip("day_low:Q", title=words["day_low"], format=".1f"),
        alt.Tooltip("day_high:Q", title=words["day_high"], format=".1f"),
    ]
    y = alt.Y("value:Q", title=words["wait"], scale=scale)
    layers = [
        base.mark_area(opacity=0.14, tooltip=None).encode(y=alt.Y("day_low:Q", title=words["wait"], scale=scale), y2="day_high:Q"),
        base.mark_area(opacity=0.38, tooltip=None).encode(y=alt.Y("low:Q", title=words["wait"], scale=scale), y2="high:Q"),
        base.mark_line(strokeWidth=2, tooltip=None).encode(y=y),
        base.mark_point(size=45, filled=True).encode(y=y, tooltip=tooltip),
    ]
    if target is not None:
        rule = pd.DataFrame({"target": [float(target)], "slot": [slots[-1]], "text": [words["target"]]})
        layers.append(
            alt.Chart(rule)
            .mark_rule(strokeDash=[5, 4], color="#5b6675", tooltip=None)
            .encode(y=alt.Y("target:Q", title=words["wait"], scale=scale))
        )
        layers.append(
            alt.Chart(rule)
            .mark_text(tooltip=None, align="right", baseline="bottom", dy=-3, dx=14, color="#5b6675", fontSize=12)
            .encode(x=alt.X("slot:O", sort=slots), y=alt.Y("target:Q", scale=scale), text="text:N")
        )
    return finish(alt.layer(*layers), language, height=320)
