"""Windows needed against windows open, with the gap in red; and shifts as bars, a row a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.style import PLAN, QUIET, WARN, finish

GROUP_COLOURS = ("#1f5a96", "#2a7f62", "#b58a1b", "#7a5aa6", "#b3541e", "#4a8fa8", "#8a6d5a", "#5b6675")
ROW, AXIS = 18, 40
"""pixels that a person takes, and the hours below"""
MOST_HEIGHT = 1200


def windows_needed(frame: pd.DataFrame, words: Mapping[str, str], language: str) -> Any:
    """Windows open now, those that are needed, and what is missing, by half-hour.

    Parameters
    ----------
    frame : one row a half-hour; columns ``slot``, ``open``, ``needed``, ``gap`` (windows missing, counted group by group)
    words : the texts ``open, needed, gap, windows, series, slot``
    """
    slots = list(frame["slot"])
    base = (frame["needed"] - frame["gap"]).clip(lower=0)
    red = frame.assign(low=base, high=frame["needed"], series=words["gap"])
    red = red[red["gap"] > 0]
    now = frame.assign(series=words["open"])
    wanted = frame.assign(series=words["needed"])
    x = alt.X("slot:O", sort=slots, title=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy", ticks=False))
    scale = alt.Scale(domain=[words["open"], words["needed"], words["gap"]], range=[QUIET, PLAN, WARN])
    colour = alt.Color("series:N", scale=scale, legend=alt.Legend())
    told = [
        alt.Tooltip("slot:O", title=words["slot"]),
        alt.Tooltip("needed:Q", title=words["needed"]),
        alt.Tooltip("open:Q", title=words["open"]),
        alt.Tooltip("gap:Q", title=words["gap"]),
    ]
    bars = alt.Chart(now).mark_bar(opacity=0.8).encode(x=x, y=alt.Y("open:Q", title=words["windows"]), color=colour, tooltip=told)
    gap = alt.Chart(red).mark_bar(opacity=0.9).encode(x=x, y="low:Q", y2="high:Q", color=colour, tooltip=told)
    ticks = (
        alt.Chart(wanted)
        .mark_tick(thickness=3, orient="horizontal", bandSize=28)
        .encode(x=x, y=alt.Y("needed:Q", title=words["windows"]), color=colour, tooltip=told)
    )
    return finish(alt.layer(bars, gap, ticks), language, height=240)


def shifts_as_bars(frame: pd.DataFrame, groups: Sequence[str], words: Mapping[str, str], language: str) -> Any:
    """Shifts, a row a person, under the name of their windows; a gap in a row is a break or a closed lunch.

    The rows have only numbers beside them, so that a phone has room for the hours.

    Parameters
    ----------
    frame : one row a stretch of work; columns ``person`` (number in the group), ``group``, ``start``, ``end`` (minutes after midnight),
        ``from``, ``to`` (clock times)
    groups : in the order of their colours
    words : the texts ``person, group, from, to``
    """
    rows, first = [], float(frame["start"].min())
    for group in groups:
        rows += [f"{group} ", *(f"{group} {each}" for each in dict.fromkeys(frame.loc[frame["group"] == group, "person"]))]
    told = frame.assign(row=[f"{each.group} {each.person}" for each in frame.itertuples()])
    heads = pd.DataFrame({"row": [f"{each} " for each in groups], "group": list(groups), "start": first})
    hours = alt.Axis(labelExpr="floor(datum.value / 60) + ':' + (datum.value % 60 == 0 ? '00' : '30')", values=_ticks(frame), title=None)
    hours.labelOverlap = "greedy"
    number = "split(datum.value, ' ')[length(split(datum.value, ' ')) - 1]"
    numbers = alt.Axis(ticks=False, domain=False, labelExpr=number, labelOverlap=len(rows) * ROW > MOST_HEIGHT)
    x = alt.X("start:Q", axis=hours, scale=alt.Scale(domain=[first, frame["end"].max()], nice=False))
    y = alt.Y("row:N", sort=rows, scale=alt.Scale(domain=rows), title=None, axis=numbers)
    colour = alt.Color("group:N", scale=alt.Scale(domain=list(groups), range=_colours(len(groups))), legend=None)
    tooltip = [alt.Tooltip(f"{each}:N", title=words[each]) for each in ("group", "person", "from", "to")]
    bars = alt.Chart(told).mark_bar(height=ROW - 6, cornerRadius=2).encode(x=x, x2="end:Q", y=y, color=colour, tooltip=tooltip)
    names = alt.Chart(heads).mark_text(align="left", baseline="middle", fontWeight="bold").encode(x=x, y=y, text="group:N", color=colour)
    return finish(alt.layer(bars, names), language, height=min(ROW * len(rows) + AXIS, MOST_HEIGHT))


def _ticks(frame: pd.DataFrame) -> list[int]:
    return list(range(int(frame["start"].min()) // 60 * 60, int(frame["end"].max()) + 1, 60))


def _colours(count: int) -> list[str]:
    return [GROUP_COLOURS[n % len(GROUP_COLOURS)] for n in range(count)]
