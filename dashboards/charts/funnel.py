"""Rates of windows against how many there were, between the limits that chance alone would keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from dashboards.charts.style import BASE, PLAN, QUIET, WARN, finish

STANDARD_ERRORS = 3
STEPS = 80


def rates_in_a_funnel(frame: pd.DataFrame, words: Mapping[str, str], language: str) -> Any:
    """A point for every window; the line is the rate of all, the curves are three standard errors about it.

    Parameters
    ----------
    frame : columns ``window`` (its name), ``n`` (at least 1), ``rate`` (0 to 1), ``outside`` (beyond the limits); at least one row
    words : the texts ``inside, outside, n, rate, window``
    """
    whole = float((frame["rate"] * frame["n"]).sum() / frame["n"].sum())
    at = np.linspace(max(1, frame["n"].min() * 0.9), frame["n"].max() * 1.05, STEPS)
    half = STANDARD_ERRORS * np.sqrt(whole * (1 - whole) / at)
    limits = pd.DataFrame({"n": at, "low": np.clip(whole - half, 0, 1), "high": np.clip(whole + half, 0, 1), "whole": whole})
    top = max(float(frame["rate"].max()) * 1.1, float(np.median(limits["high"])) * 1.5, 0.01)
    domain = [0.0, min(1.0, top)]
    labelled = frame.assign(state=[words["outside"] if each else words["inside"] for each in frame["outside"]])
    x = alt.X("n:Q", title=words["n"], scale=alt.Scale(zero=False, nice=False))
    y = alt.Y("rate:Q", title=words["rate"], scale=alt.Scale(domain=domain, clamp=True), axis=alt.Axis(format=".1%"))
    band = (
        alt.Chart(limits)
        .mark_area(color=QUIET, opacity=0.35, tooltip=None, clip=True)
        .encode(x=x, y=alt.Y("low:Q", scale=alt.Scale(domain=domain), title=words["rate"]), y2="high:Q")
    )
    middle = alt.Chart(limits).mark_line(color=BASE, strokeDash=[5, 4], tooltip=None).encode(x=x, y=alt.Y("whole:Q", title=words["rate"]))
    colour = alt.Color("state:N", scale=alt.Scale(domain=[words["inside"], words["outside"]], range=[PLAN, WARN]), legend=alt.Legend())
    shape = alt.Shape("state:N", scale=alt.Scale(domain=[words["inside"], words["outside"]], range=["circle", "diamond"]), legend=None)
    points = (
        alt.Chart(labelled)
        .mark_point(filled=True, size=90, opacity=0.9)
        .encode(
            x=x, y=y, color=colour, shape=shape,
            tooltip=[
                alt.Tooltip("window:N", title=words["window"]),
                alt.Tooltip("n:Q", title=words["n"], format=","),
                alt.Tooltip("rate:Q", title=words["rate"], format=".2%"),
            ],
        )
    )  # fmt: skip
    named = (
        alt.Chart(labelled[labelled["outside"]]).mark_text(align="right", dx=-8, fontSize=12, color=WARN).encode(x=x, y=y, text="window:N")
    )
    return finish(alt.layer(band, middle, points, named), language, height=320)
