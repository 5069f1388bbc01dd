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
    frame : one row a window; columns ``window`` (its name), ``total`` and ``full`` (points; the full marks of what could be scored),
        ``state`` ("full": nothing deducted, "moved": something was, "unscored": no total)
    words : the texts ``full, moved, unscored, total, window``
    """
    labelled = frame.assign(state=frame["state"].map({each: words[each] for each in STATES}))
    order = list(frame.sort_values(["total", "window"], na_position="last")["window"])
    colour = alt.Color(
        "state:N", scale=alt.Scale(domain=[words[each] for each in STATES], range=[_COLOURS[each] for each in STATES]), legend=alt.Legend()
    )
    y = alt.Y("window:N", sort=order, title=None, axis=alt.Axis(labelLimit=180, ticks=False, domain=False))
    low = float(frame["total"].min()) if frame["total"].notna().any() else 0.0
    x = alt.X("total:Q", title=words["total"], scale=alt.Scale(domain=[max(0.0, min(90.0, low - 5)), max(100.0, float(frame["full"].max()))], zero=False))
    tooltip = [alt.Tooltip("window:N", title=words["window"]), alt.Tooltip("total:Q", title=words["total"], format=".2f")]
    points = alt.Chart(labelled).mark_point(filled=True, size=110, opacity=1).encode(x=x, y=y, color=colour, tooltip=tooltip)
    rules = alt.Chart(labelled).mark_rule(color=QUIET).encode(x=x, x2="full:Q", y=y)
    return finish(alt.layer(rules, points), language, height=max(120, 22 * len(frame)))


def points_of_lines(frame: pd.DataFrame, words: Mapping[str, str], language: str) -> Any:
    """Points given against points possible, line by line of one sheet.

    Parameters
    ----------
    frame : one row a line in the order of the scheme; columns ``line`` (its name), ``weight`` and ``points`` (points; points missing where there is
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
            y=alt.Y("line:N", sort=order, title=None, axis=alt.Axis(labelLimit=200, ticks=False, domain=False)),
            color=alt.Color(
                "part:N", scale=alt.Scale(domain=[words["given"], words["lost"], words["unscored"]], range=[GOOD, WARN, QUIET]), legend=alt.Legend()
            ),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("line:N", title=words["line"]),
                alt.Tooltip("part:N", title=words["part"]),
                alt.Tooltip("points:Q", title=words["points"], format=".2f"),
            ],
        )
    )
    return finish(chart, language, height=max(120, 26 * len(frame)))
