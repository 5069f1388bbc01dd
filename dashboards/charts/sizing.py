"""A new hall: what each input does to it, and the years until it is too small."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.style import BASE, GOOD, PLAN, QUIET, WARN, finish

STATES = ("kept", "unsure", "missed")
_COLOURS = {"kept": GOOD, "unsure": BASE, "missed": WARN}
MOST_BARS = 12
BETWEEN = " · "
LINE = 13
"""pixels from one line of a label to the next"""
TWO_LINES = f"split(datum.label, '{BETWEEN}')"
"""what it is of and which figure of it, one below the other: side by side a phone would cut both"""


def inputs_moved(frame: pd.DataFrame, words: Mapping[str, str], language: str, places: int = 0) -> Any:
    """A tornado: what comes out with each input alone at its low and at its high end.

    Parameters
    ----------
    frame : one row an input, the strongest first; columns ``input`` (its name), ``low``, ``high`` (its ends), ``at_low``, ``at_high``,
        ``base`` (what comes out)
    words : the texts ``low, high, outcome, input, end``
    places : decimals of what comes out
    """
    shown = frame.head(MOST_BARS)
    order = list(shown["input"])
    rows = []
    for row in shown.itertuples():
        for end, given, outcome in (("low", row.low, row.at_low), ("high", row.high, row.at_high)):
            rows.append({"input": row.input, "end": words[end], "given": given, "outcome": outcome, "base": row.base})
    long = pd.DataFrame(rows, columns=["input", "end", "given", "outcome", "base"])
    outcomes = [*long["outcome"], *long["base"]]
    room = (max(outcomes) - min(outcomes)) * 0.05 if rows else 1.0
    scale = alt.Scale(domain=[min(outcomes) - room, max(outcomes) + room] if rows else [0, 1], zero=False, nice=False)
    x = alt.X("base:Q", title=words["outcome"], scale=scale)
    is_split = any(BETWEEN in str(each) for each in order)
    split: dict[str, Any] = {"labelExpr": TWO_LINES, "labelOffset": -LINE / 2, "labelLineHeight": LINE} if is_split else {}
    axis = alt.Axis(labelLimit=170, labelOverlap=False, ticks=False, domain=False, **split)
    y = alt.Y("input:N", sort=order, title=None, axis=axis)
    colour = alt.Color("end:N", scale=alt.Scale(domain=[words["low"], words["high"]], range=[BASE, PLAN]), legend=alt.Legend())
    tooltip = [
        alt.Tooltip("input:N", title=words["input"]),
        alt.Tooltip("end:N", title=words["end"]),
        alt.Tooltip("given:Q", title=words["input"], format=",.4~g"),
        alt.Tooltip("outcome:Q", title=words["outcome"], format=f",.{places}f"),
    ]
    bars = alt.Chart(long).mark_bar(height=13).encode(x=x, x2="outcome:Q", y=y, color=colour, tooltip=tooltip)
    middle = alt.Chart(long.head(1)).mark_rule(color="#5b6675", tooltip=None).encode(x=x)
    return finish(alt.layer(bars, middle), language, height=70 + (48 if is_split else 26) * len(shown))


def years_ahead(frame: pd.DataFrame, words: Mapping[str, str], language: str, target: float) -> Any:
    """The target's measure on the busy day of each year.

    Parameters
    ----------
    frame : one row a year; columns ``label`` (the year as shown), ``value``, ``low``, ``high`` (the measure), ``state`` (one of STATES),
        ``busy`` (cases on the busy day)
    words : the texts ``kept, unsure, missed, year, measure, busy, low, high``
    target : of the measure
    """
    known = frame.assign(state=frame["state"].map({each: words[each] for each in STATES}))
    ends = [*known["low"].dropna(), *known["high"].dropna(), *known["value"].dropna(), target]
    room = (max(ends) - min(ends)) * 0.08 or 0.1
    scale = alt.Scale(domain=[min(ends) - room, max(ends) + room], zero=False, nice=False)
    x = alt.X("label:O", sort=list(known["label"]), title=words["year"], axis=alt.Axis(labelAngle=0, labelOverlap="greedy"))
    y = alt.Y("value:Q", title=words["measure"], scale=scale)
    colour = alt.Color(
        "state:N", scale=alt.Scale(domain=[words[each] for each in STATES], range=[_COLOURS[each] for each in STATES]), legend=alt.Legend()
    )
    tooltip = [
        alt.Tooltip("label:O", title=words["year"]),
        alt.Tooltip("value:Q", title=words["measure"], format=".3f"),
        alt.Tooltip("low:Q", title=words["low"], format=".3f"),
        alt.Tooltip("high:Q", title=words["high"], format=".3f"),
        alt.Tooltip("busy:Q", title=words["busy"], format=",.0f"),
    ]
    layers = [
        alt.Chart(known).mark_line(color=QUIET, strokeWidth=2, tooltip=None).encode(x=x, y=y),
        alt.Chart(known).mark_rule(strokeWidth=3, opacity=0.55, tooltip=None).encode(
            x=x, y=alt.Y("low:Q", title=words["measure"], scale=scale), y2="high:Q", color=colour
        ),
        alt.Chart(known).mark_point(filled=True, size=85, opacity=1).encode(x=x, y=y, color=colour, tooltip=tooltip),
        alt.Chart(pd.DataFrame({"target": [target]})).mark_rule(strokeDash=[5, 4], color="#5b6675", tooltip=None).encode(
            y=alt.Y("target:Q", title=words["measure"], scale=scale)
        ),
    ]  # fmt: skip
    return finish(alt.layer(*layers), language, height=280)
