"""A month's totals by window, and the lines of one sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.style import GOOD, PLAN, QUIET, WARN, finish

STATES = ("full", "moved", "unscored")
_COLOURS = {"full": GOOD, "moved": PLAN, "unscored": QUIET}


def totals_of_windows(frame: pd.DataFrame, words: Mapping[str, str], language: str) -> Any:
    """Totals of all windows, lowest first.

    Parameters
    ----------
    frame : one row a window; columns ``window`` (its name), ``total`` (points; missing where there is no total), ``state`` ("full": nothing
        deducted, "moved": something was, "unscored": no total)
    words : the texts ``full, moved, unscored, total, window``
    """
    order = list(frame.sort_values(["total", "window"], na_position="last")["window"])
    known = frame["total"].dropna()
    low = max(0.0, min(90.0, float(known.min()) - 2)) if len(known) else 0.0
    high = max(100.0, float(known.max()) + 1) if len(known) else 100.0
    labelled = frame.assign(state=frame["state"].map({each: words[each] for each in STATES}), start=low, total=frame["total"].fillna(low))
    colour = alt.Color(
        "state:N", scale=alt.Scale(domain=[words[each] for each in STATES], range=[_COLOURS[each] for each in STATES]), legend=alt.Legend()
    )
    y = alt.Y("window:N", sort=order, title=None, axis=alt.Axis(labelLimit=200, labelOverlap=False, ticks=False, domain=False))
    x = alt.X("total:Q", title=words["total"], scale=alt.Scale(domain=[low, high], zero=False, nice=False))
    tooltip = [alt.Tooltip("window:N", title=words["window"]), alt.Tooltip("total:Q", title=words["total"], format=".2f")]
    rules = (
        alt.Chart(labelled)
        .mark_rule(strokeWidth=2, tooltip=None)
        .encode(x=alt.X("start:Q", scale=alt.Scale(domain=[low, high])), x2="total:Q", y=y, color=colour)
    )
    points = alt.Chart(labelled).mark_point(filled=True, size=110, opacity=1).encode(x=x, y=y, color=colour, tooltip=tooltip)
    return finish(alt.layer(rules, points), language, height=90 + 24 * len(frame))


def points_of_lines(frame: pd.DataFrame, words: Mapping[str, str], language: str) -> Any:
    """Points given against points possible, line by line of one sheet.

    Parameters
    ----------
    frame : one row a line in the order of the scheme; columns ``line`` (its name), ``weight`` and ``points`` (points; points
    missing where there is
        not enough evidence)
    words : the texts ``given, lost, unscored, points, line``
    """
    order = list(frame["line"])
    parts = []
    for row in frame.itertuples():
        if pd.isna(row.points):
            parts.append({"line": row.line, "part": words["unscored"], "points": row.weight, "order": 2})
            continue
        parts.append({"line": row.line, "part": words["given"], "points": max(row.points, 0.0), "order": 0})
        if row.points < row.weight:
            parts.append({"line": row.line, "part": words["lost"], "points": row.weight - max(row.points, 0.0), "order": 1})
    chart = (
        alt.Chart(pd.DataFrame(parts, columns=["line", "part", "points", "order"]))
        .mark_bar()
        .encode(
            x=alt.X("points:Q", title=words["points"], stack="zero"),
            y=alt.Y("line:N", sort=order, title=None, axis=alt.Axis(labelLimit=200, labelOverlap=False, ticks=False, domain=False)),
            color=alt.Color(
                "part:N",
                scale=alt.Scale(domain=[words["given"], words["lost"], words["unscored"]], range=[GOOD, WARN, QUIET]),
                legend=alt.Legend(),
            ),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("line:N", title=words["line"]),
                alt.Tooltip("part:N", title=words["part"]),
                alt.Tooltip("points:Q", title=words["points"], format=".2f"),
            ],
        )
    )
    return finish(chart, language, height=90 + 28 * len(frame))
