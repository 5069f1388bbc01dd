"""The widgets of levers that hold one thing: a choice, a number, a share, a time, stretches of the day. Each shows how its lever stands
in the plan; moving it is a change of the plan, and moving it back to the base takes the change out.

Not for which levers there are (`manager_levers`), nor for those that hold several things (`lever_windows`).
"""

from __future__ import annotations

import streamlit as st

from dashboards.data import changes, halls
from dashboards.data.halls import Change, Entry, Scenario
from dashboards.texts import Words
from dashboards.views import frame, manager_plan

EVERY = ""
"""the target "each of them" """
BEYOND = 120
"""minutes before the first opening and after the last closing that hours may be moved to"""


class Panel:
    """What every lever of the panel needs: words, the hall, the plan."""

    def __init__(self, words: Words, scenario: Scenario, plan: list[Change]) -> None:
        self.words, self.scenario, self.plan = words, scenario, plan
        self.groups = {each.id: each for each in halls.groups(scenario)}
        self.services = {each.id: each for each in halls.services(scenario)}

    def value(self, lever: str, target: str = "") -> str:
        return halls.value_of(self.scenario, self.plan, lever, target)

    def name(self, entry: Entry) -> str:
        return self.words.name(entry.name, entry.id)

    def hint(self, lever: str) -> str | None:
        key = f"lever_hint_{lever}"
        return self.words(key) if self.words.has(key) else None

    def set(self, lever: str, target: str, value: str) -> None:
        """The change that a widget asks for; none where it asks for the base again."""
        line = f"{lever}.{target}={value}" if target else f"{lever}={value}"
        if value == halls.now(self.scenario, lever, target):
            manager_plan.drop(line)
        else:
            manager_plan.put(line)


def target(panel: Panel, key: str, entries: dict[str, Entry], label: str, levers: tuple[str, ...], every: bool = True) -> str:
    """What the levers below it are set for: at first what the plan changed last, and then what is chosen.

    A choice of the page, no part of the plan, but kept in the address. With `every` all of them together can be chosen.
    """
    listed = [EVERY, *entries] if every and len(entries) > 1 else list(entries)
    changed = [each.target for each in panel.plan if each.lever in levers and each.target in listed]
    first = changed[-1] if changed else listed[0]
    frame.remembered(key, first, str, listed.__contains__)
    chosen: str = st.selectbox(
        label, listed, key=key, format_func=lambda each: panel.name(entries[each]) if each else panel.words("of_each")
    )
    frame.remember(key, first)
    return chosen


def choice(panel: Panel, lever: str, target: str = EVERY, options: list[str] | None = None) -> None:
    key = f"lever_{lever}"
    listed = list(options or halls.options(lever))
    now = panel.value(lever, target)
    st.session_state[key] = now if now in listed else None
    st.selectbox(
        changes.label(panel.words, lever),
        listed,
        key=key,
        format_func=lambda each: changes.value_in_words(panel.words, lever, each),
        placeholder=changes.value_in_words(panel.words, lever, now),
        help=panel.hint(lever),
        on_change=lambda: st.session_state[key] is not None and panel.set(lever, target, st.session_state[key]),
    )


def whole(panel: Panel, lever: str, target: str, most: int, least: int | None) -> None:
    """A whole number; `least` is what stands for the base, None: no limit."""
    key = f"lever_{lever}"
    now = panel.value(lever, target)
    st.session_state[key] = int(now) if now.isdecimal() else None if least is None else least
    st.number_input(
        changes.label(panel.words, lever),
        0,
        most,
        key=key,
        step=1,
        value=None if least is None else "min",
        placeholder=changes.value_in_words(panel.words, lever, now),
        help=panel.hint(lever),
        on_change=lambda: panel.set(lever, target, "none" if st.session_state[key] is None else str(int(st.session_state[key]))),
    )


def minutes(panel: Panel, lever: str, most: int) -> None:
    """So many minutes, or none."""
    key = f"lever_{lever}"
    now = panel.value(lever)
    st.session_state[key] = None if now in ("none", "") else float(now)
    st.number_input(
        changes.label(panel.words, lever),
        0.0,
        float(most),
        key=key,
        step=0.5 if most <= 60 else 5.0,
        value=None,
        format="%g",
        placeholder=changes.value_in_words(panel.words, lever, now),
        help=panel.hint(lever),
        on_change=lambda: panel.set(lever, EVERY, "none" if st.session_state[key] is None else f"{st.session_state[key]:g}"),
    )


def percent(panel: Panel, lever: str, target: str, between: tuple[int, int], step: int, otherwise: str = "") -> None:
    key = f"lever_{lever}"
    now = (panel.value(lever, target) or otherwise).rstrip("%")
    low, high = between
    shown = round(float(now)) if now else low
    st.session_state[key] = min(max(shown, low), high)
    st.slider(
        changes.label(panel.words, lever),
        low,
        high,
        key=key,
        step=step,
        format="%d%%",
        help=panel.hint(lever),
        on_change=lambda: panel.set(lever, target, f"{st.session_state[key]}%"),
    )


def clock(panel: Panel, lever: str, target: str, period: tuple[str, str]) -> None:
    key = f"lever_{lever}"
    listed = ["none", *(each for each in halls.times(panel.scenario, halls.QUARTER) if period[0] < each <= period[1])]
    now = panel.value(lever, target)
    if now not in listed:
        listed.append(now)
    st.session_state[key] = now
    st.selectbox(
        changes.label(panel.words, lever),
        listed,
        key=key,
        format_func=lambda each: changes.value_in_words(panel.words, lever, each),
        help=panel.hint(lever),
        on_change=lambda: panel.set(lever, target, st.session_state[key]),
    )


def spans(panel: Panel, lever: str, target: str, rows: list[tuple[str, str]], step: int = halls.QUARTER) -> None:
    """One or more stretches of the day, each from and to; `rows` stand for the base, ("", "") for none."""
    now = panel.value(lever, target)
    spans = [tuple(each.split("-", 1)) for each in now.split(",")] if now not in ("none", "") else rows
    times = halls.times(panel.scenario, step, BEYOND)
    optional = rows == [("", "")]
    label = changes.label(panel.words, lever)
    keys = [(f"lever_{lever}_from_{n}", f"lever_{lever}_to_{n}") for n in range(len(spans))]

    def changed() -> None:
        found = [(st.session_state[first], st.session_state[last]) for first, last in keys]
        whole = [f"{first}-{last}" for first, last in found if first and last and first < last]
        if len(whole) == len(found):
            panel.set(lever, target, ",".join(whole))
        elif optional and not any(first for first, _ in found):
            panel.set(lever, target, "none")
        elif optional and any(first and not last for first, last in found):
            panel.set(lever, target, ",".join(f"{first}-{_later(times, first)}" for first, _ in found if first))
        elif optional and any(last and not first for first, last in found):
            panel.set(lever, target, "none")

    for (first, last), (start, end) in zip(keys, spans, strict=True):
        left, right = st.columns(2)
        for column, key, value, text in ((left, first, start, "manager_span_from"), (right, last, end, "manager_span_to")):
            listed = sorted({*times, value} - {""})
            st.session_state[key] = value
            with column:
                st.selectbox(
                    panel.words(text, lever=label),
                    ["", *listed] if optional else listed,
                    key=key,
                    format_func=lambda each: each or panel.words("choice_none_other"),
                    help=panel.hint(lever) if text == "manager_span_from" else None,
                    on_change=changed,
                )


def _later(times: list[str], start: str) -> str:
    """Half an hour later, or the last time there is."""
    return next((each for at, each in enumerate(times) if each > start and times[at - 1] > start), times[-1])
