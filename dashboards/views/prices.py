"""What hours cost, asked for on a page: the prices of the scenario where it has some, else assumptions that the user may change."""

from __future__ import annotations

import streamlit as st

from dashboards.data.halls import Scenario
from dashboards.texts import Words
from dashboards.views import frame

ASSUMED = {"window_hour": 60.0, "overtime_hour": 90.0, "waiting_hour": 25.0, "training": 3000.0}
"""where neither the scenario nor the user says anything: no document gives these, and every figure is marked as an assumption"""
PARTS = ("windows", "overtime", "waiting", "training", "total")
"""of what a day costs"""
KEYS = tuple(f"price_{key}" for key in ASSUMED)


def ask(words: Words, scenario: Scenario, keys: tuple[str, ...] = tuple(ASSUMED)) -> dict[str, float]:
    """Number fields for some prices; what they hold."""
    found = {}
    currency = "CNY" if scenario.costs is None else scenario.costs.currency
    given = {} if scenario.costs is None else {key: float(getattr(scenario.costs, key)) for key in ASSUMED}
    open_figures = set(scenario.assumptions())
    for key in keys:
        default = given.get(key, ASSUMED[key])
        assumed = scenario.costs is None or f"costs.{key}" in open_figures
        name = f"price_{key}"
        frame.remembered(name, default, float, lambda value: isinstance(value, float) and 0 <= value <= 1e6)
        label = f"{words(f'price_{key}', currency=currency)}{' ' + words('assumption_mark') if assumed else ''}"
        found[key] = float(st.number_input(label, 0.0, 1e6, key=name, step=5.0, format="%.0f"))
        frame.remember(name, default)
    return found
