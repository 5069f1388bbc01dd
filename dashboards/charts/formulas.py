"""Waits by half-hour as simulated, and as formulas have them that take each half-hour for a steady state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.style import BASE, PLAN, finish

FORMULAS = ("psa", "modified_offered_load")
CARRIED = "#b8651b"


def formulas_by_half_hour(frame: pd.DataFrame, words: Mapping[str, str], language: str) -> Any:
    """A line for the simulation and one a formula; a formula without a steady state in a half-hour leaves a gap there.

    Parameters
    ----------
    frame : columns ``series`` (as in `words`), ``slot`` ("08:30"), ``value`` (minutes)
    words : the texts ``simulated, psa, modified_offered_load, wait, slot``
    """
    slots = list(dict.fromkeys(frame["slot"]))
    series = [words["simulated"], *(words[each] for each in FORMULAS)]
    colour = alt.Color("series:N", scale=alt.Scale(domain=series, range=[PLAN, BASE, CARRIED]), legend=alt.Legend(title=None, columns=2))
    dash = alt.StrokeDash("series:N", scale=alt.Scale(domain=series, range=[[1, 0], [5, 4], [2, 3]]), legend=None)
    x = alt.X("slot:O", sort=slots, title=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy", ticks=False))
    y = alt.Y("value:Q", title=words["wait"], scale=alt.Scale(zero=True, nice=True))
    tooltip = [
        alt.Tooltip("series:N", title=""),
        alt.Tooltip("slot:O", title=words["slot"]),
        alt.Tooltip("value:Q", title=words["wait"], format=".1f"),
    ]
    base = alt.Chart(frame).encode(x=x, y=y, color=colour)
    lines = base.mark_line(strokeWidth=2).encode(strokeDash=dash)
    return finish(alt.layer(lines, base.mark_point(size=40, filled=True).encode(tooltip=tooltip)), language, height=260)
