"""A case's clock as one bar: when it ran, when it stood still, when it ran late; and where each rung of the ladder begins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.style import BASE, PLAN, QUIET, WARN, finish

STATES = ("running", "stopped", "late")
BAR = 13.0
"""Height of the bar's middle, of 100."""


def stretches_of_a_clock(frame: pd.DataFrame, marks: pd.DataFrame, words: Mapping[str, str], language: str) -> Any:
    """One bar from acceptance to end or now, with the rungs as lines; names of rungs stand in steps, so that near ones stay readable.

    Parameters
    ----------
    frame : columns ``state`` (running, stopped, late), ``begins``, ``ends`` (local moments), ``reason``; at least one row
    marks : columns ``at`` (local moment), ``name``
    words : the texts ``running, stopped, late, begins, ends, reason, mark``
    """
    labelled = frame.assign(
        label=frame["state"].map({state: words[state] for state in STATES}),
        begins=frame["begins"].map(_plain), ends=frame["ends"].map(_plain), step=BAR,
    )  # fmt: skip
    stepped = _in_steps(marks, labelled)
    span = pd.Timestamp(max(labelled["ends"])) - pd.Timestamp(min(labelled["begins"]))
    form = "%Y-%m" if span.days > 300 else "%m-%d"
    x = alt.X("begins:T", title=None, axis=alt.Axis(labelOverlap="greedy", grid=False, format=form, tickCount=8))
    y = alt.Y("step:Q", axis=None, scale=alt.Scale(domain=[0, 100], nice=False))
    colour = alt.Color(
        "label:N", scale=alt.Scale(domain=[words[state] for state in STATES], range=[PLAN, QUIET, WARN]), legend=alt.Legend()
    )
    bars = (
        alt.Chart(labelled)
        .mark_rule(strokeWidth=26)
        .encode(
            x=x, x2="ends:T", y=y, color=colour,
            tooltip=[
                alt.Tooltip("label:N", title=words["mark"]),
                alt.Tooltip("begins:T", title=words["begins"], format="%Y-%m-%d %H:%M"),
                alt.Tooltip("ends:T", title=words["ends"], format="%Y-%m-%d %H:%M"),
                alt.Tooltip("reason:N", title=words["reason"]),
            ],
        )
    )  # fmt: skip
    at = alt.X("at:T", title=None)
    told = [alt.Tooltip("name:N", title=words["mark"]), alt.Tooltip("at:T", title=words["begins"], format="%Y-%m-%d %H:%M")]
    lines = alt.Chart(stepped).mark_rule(color=BASE, strokeDash=[4, 3]).encode(x=at, y=y, y2=alt.datum(0), tooltip=told)
    names = [
        alt.Chart(stepped[stepped["right"] == right])
        .mark_text(align="right" if right else "left", dx=-4 if right else 4, fontSize=12, color="#1b2430")
        .encode(x=at, y=y, text="name:N", tooltip=told)
        for right in (False, True)
    ]
    return finish(alt.layer(bars, lines, *names), language, height=210)


def _in_steps(marks: pd.DataFrame, bar: pd.DataFrame) -> pd.DataFrame:
    """The rungs, each name a step lower than the one before, to the left of its line in the right half."""
    moments = [_plain(each) for each in marks["at"]]
    first, last = pd.Timestamp(min(bar["begins"])), pd.Timestamp(max([*bar["ends"], *moments]))
    middle = first + (last - first) / 2
    return marks.assign(
        at=moments, step=[97.0 - 18 * (number % 4) for number in range(len(marks))], right=[pd.Timestamp(each) > middle for each in moments]
    )


def _plain(moment: Any) -> str:
    """A moment that the browser takes as it stands: the hall's own clock, wherever the browser is."""
    return pd.Timestamp(moment).strftime("%Y-%m-%dT%H:%M:%S")
