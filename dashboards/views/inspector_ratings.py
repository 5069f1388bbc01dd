"""What citizens said: raw, valid and adjusted rates with n, coverage and interval; and how the limits of work orders were kept."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import streamlit as st

from dashboards import data
from dashboards.data import outcomes, work
from dashboards.texts import Words
from dashboards.views import frame
from dashboards.views.figures import number, percent

RATES = ("raw", "valid", "adjusted", "coverage")
COLUMNS = ("window", *RATES, "defaults", "named", "channels")
LIMITS = ("workflow", "window", "limit", "kept", "broken", "late", "running", "rate")


def draw(words: Words, hall: str, month: str, scheme: str, scope: work.Scope) -> None:
    """Draw the figures of ratings and of orders, beside the signals."""
    names = {id: words.name(name, id) for id, name in work.window_names(hall).items()}
    about = {words("inspector_hall"): hall, words("inspector_month"): month, words("version"): data.version()}
    _figures(words, hall, month, scheme, scope, names, about)
    _limits(words, hall, month, scope, names, about)


def _figures(words: Words, hall: str, month: str, scheme: str, scope: work.Scope, names: dict[str, str], about: dict[str, object]) -> None:
    st.subheader(words("ratings_title", month=month), anchor=False)
    st.caption(words("ratings_note"))
    found = [each for each in outcomes.figures(hall, month, scheme) if not each.window_id or scope.reads(each.window_id)]
    rates = {
        id(each): {"raw": each.rates.raw, "valid": each.rates.valid, "adjusted": each.rates.adjusted, "coverage": each.coverage}
        for each in found
    }
    rows = pd.DataFrame(
        [
            {
                "window": names.get(each.window_id, each.window_id) if each.window_id else words("speed_hall"),
                "n": each.rates.adjusted.n, "defaults": each.rates.defaults, "named": each.named,
                **{name: rate.value for name, rate in rates[id(each)].items()},
                **{f"{name}_low": rate.low for name, rate in rates[id(each)].items()},
                **{f"{name}_high": rate.high for name, rate in rates[id(each)].items()},
                "channels": words("inspector_list_join").join(
                    f"{words('channel_' + name) if words.has('channel_' + name) else name} {many}" for name, many in each.channels.items()
                ),
            }
            for each in found
        ]
    )  # fmt: skip
    shown = rows.assign(**{name: [_rate(words, rates[id(each)][name]) for each in found] for name in RATES})
    headings = {name: words(f"ratings_{name}") for name in COLUMNS}
    ends = {f"{name}_{end}": f"{headings[name]} · {words('column_' + end)}" for name in RATES for end in ("low", "high")}
    ends["n"] = words("ratings_n")
    definitions = {name: words(f"ratings_{name}_help") for name in RATES}
    places = dict.fromkeys((*RATES, *ends), 4) | {"n": 0}
    frame.listing(words, "rating_figures", shown, headings, about, numbers=rows, places=places, definitions=definitions, also=ends)


def _rate(words: Words, rate: outcomes.Rate) -> str:
    if rate.value is None:
        return words("not_available")
    value, low, high = (percent(float(each or 0), 2) for each in (rate.value, rate.low, rate.high))
    return words("ratings_rate", value=value, n=number(rate.n, 0), low=low, high=high)


def _limits(words: Words, hall: str, month: str, scope: work.Scope, names: dict[str, str], about: dict[str, object]) -> None:
    st.subheader(words("limits_title", month=month), anchor=False)
    st.caption(words("limits_note"))
    rows = pd.DataFrame(
        [
            {
                "workflow": words.name(work.workflow(flow).name),
                "window": names.get(window, window) if window else words("speed_hall"),
                "limit": words.name(outcomes.name_of_limit(each.id, flow), words("limits_promised")),
                "kept": each.kept, "broken": each.broken, "late": each.late, "running": each.running,
                "rate": Decimal(each.kept) / each.n if each.n else None,
            }
            for flow, by_window in outcomes.kept_limits(hall, month).items()
            for window, kept in by_window.items() if not window or scope.reads(window)
            for each in kept
        ],
        columns=LIMITS,
    )  # fmt: skip
    if rows.empty:
        st.markdown(words("limits_none"))
        return
    shown = rows.assign(rate=[words("not_available") if each is None else percent(float(each), 1) for each in rows["rate"]])
    headings = {name: words(f"limits_{name}") for name in LIMITS}
    definitions = {"rate": words("limits_rate_help")}
    frame.listing(words, "limits", shown, headings, about, numbers=rows, places={"rate": 4}, definitions=definitions, head="window")
