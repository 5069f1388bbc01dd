"""Waits by service and half-hour as a heat map: of one plan, or the difference of two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.style import GOOD, QUIET, WARN, finish

CALM, WARM = "#f3f6f9", "#f3c69f"
MIDDLE = "#f4f5f6"
HIGHEST = 0.97
"""quantile of the cells from which on the colour is the strongest: one odd cell must not make all others pale"""


def waits_by_service(frame: pd.DataFrame, words: Mapping[str, str], language: str, is_difference: bool) -> Any:
    """Mean wait of every service in every half-hour.

    Parameters
    ----------
    frame : one row a cell; columns ``service`` (its name), ``slot`` ("08:30"), ``value``, ``low``, ``high`` (minutes) and ``clear``
        (whether the interval of a difference lies on one side of 0; drawn pale where it does not)
    words : the texts ``wait, service, slot, low, high``
    is_difference : green where the wait falls, red where it rises; else pale to red from 0 on
    """
    slots = sorted(set(frame["slot"]))
    order = list(dict.fromkeys(frame["service"]))
    most = float(frame["value"].abs().quantile(HIGHEST)) if len(frame) else 0.0
    most = most if most > 0 else 1.0
    scale = alt.Scale(domain=[-most, 0, most], range=[GOOD, MIDDLE, WARN], interpolate="rgb", clamp=True) if is_difference else alt.Scale(
        domain=[0, most / 2, most], range=[CALM, WARM, WARN], interpolate="rgb", clamp=True
    )  # fmt: skip
    chart = (
        alt.Chart(frame)
        .mark_rect(stroke="white", strokeWidth=1.5, cornerRadius=2)
        .encode(
            x=alt.X("slot:O", sort=slots, title=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy", ticks=False, domain=False)),
            y=alt.Y("service:N", sort=order, title=None, axis=alt.Axis(labelLimit=170, labelOverlap=False, ticks=False, domain=False)),
            color=alt.Color(
                "value:Q",
                scale=scale,
                legend=alt.Legend(title=words["wait"], orient="top", gradientLength=180, gradientThickness=10, titleFontWeight="normal"),
            ),
            opacity=alt.condition(alt.datum.clear, alt.value(1.0), alt.value(0.35)) if is_difference else alt.value(1.0),
            tooltip=[
                alt.Tooltip("service:N", title=words["service"]),
                alt.Tooltip("slot:O", title=words["slot"]),
                alt.Tooltip("value:Q", title=words["wait"], format="+.1f" if is_difference else ".1f"),
                alt.Tooltip("low:Q", title=words["low"], format=".1f"),
                alt.Tooltip("high:Q", title=words["high"], format=".1f"),
            ],
        )
    )
    return finish(chart, language, height=90 + 26 * len(order)).configure_view(stroke=None, fill=None).configure_legend(
        titleColor="#5b6675", labelColor="#5b6675", gradientStrokeColor=QUIET
    )  # fmt: skip
