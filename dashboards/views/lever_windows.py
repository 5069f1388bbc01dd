"""The levers that hold several things at once: windows opened for part of the day, tidal ones, help for another service, cover, machines.

Not for levers of one value: those are `lever_widgets`.
"""

from __future__ import annotations

import streamlit as st

from dashboards.data import changes, halls
from dashboards.views import manager_plan
from dashboards.views.lever_widgets import Panel

PEAK_FROM = "10:00"
MOST_PEAK, MOST_WINDOWS = 50, 400
TIDE = ("tide_open", "tide_close", "tide_least")


def helping(panel: Panel, group: str) -> None:
    """The one service that a group of special windows helps with."""
    others = [each for each in panel.services if each not in panel.groups[group].serves]
    if not others or "*" in panel.groups[group].serves:
        return
    words = panel.words
    now = panel.value("help", group)
    service, _, queue = ("", "", "") if now in ("none", "") else now.partition(",")[0].partition("@")
    st.session_state["lever_help"], st.session_state["lever_help_queue"] = service, int(queue or 5)

    def changed() -> None:
        helped = st.session_state["lever_help"]
        if service and helped != service:
            manager_plan.drop(f"help.{group}={service}@1")
        if helped:
            panel.set("help", group, f"{helped}@{int(st.session_state['lever_help_queue'])}")

    left, right = st.columns([3, 2])
    left.selectbox(
        changes.label(words, "help"),
        ["", *others],
        key="lever_help",
        format_func=lambda each: panel.name(panel.services[each]) if each else words("choice_none_other"),
        on_change=changed,
    )
    label, hint = words("manager_help_queue"), panel.hint("help")
    right.number_input(label, 1, 1000, key="lever_help_queue", step=1, help=hint, on_change=changed, disabled=not service)


def covering(panel: Panel, group: str) -> None:
    """The services that a group does while nobody else can."""
    others = [each for each in panel.services if each not in panel.groups[group].serves]
    if not others or "*" in panel.groups[group].serves:
        return
    now = panel.value("covers", group)
    st.session_state["lever_covers"] = [each for each in now.split(",") if each in others]
    st.multiselect(
        changes.label(panel.words, "covers"),
        others,
        key="lever_covers",
        format_func=lambda each: panel.name(panel.services[each]),
        placeholder=changes.value_in_words(panel.words, "covers", "none"),
        on_change=lambda: panel.set("covers", group, ",".join(st.session_state["lever_covers"]) or "none"),
    )


def tidal(panel: Panel, group: str) -> None:
    """Windows more that open while the queue is long."""
    words = panel.words
    made = next((each for each in panel.plan if each.lever == "tidal" and each.target == group and each.value.startswith("+")), None)
    more, tide = ("0", "8/2/30") if made is None else made.value[1:].split("@")
    parts = [*tide.split("/"), "0", "0"][:3]
    st.session_state["lever_tidal"] = int(more)
    for key, part in zip(TIDE, parts, strict=True):
        if made is not None or key not in st.session_state:
            st.session_state[key] = int(part)

    def changed() -> None:
        wanted = "/".join(str(int(st.session_state[key])) for key in TIDE)
        if st.session_state["lever_tidal"]:
            manager_plan.put(f"tidal.{group}=+{int(st.session_state['lever_tidal'])}@{wanted}")
        elif made is not None:
            manager_plan.drop(str(made))

    label = changes.label(words, "tidal")
    st.number_input(label, 0, MOST_PEAK, key="lever_tidal", step=1, help=panel.hint("tidal"), on_change=changed)
    if made is None:
        return
    for column, key, low in zip(st.columns(3), TIDE, (1, 0, 0), strict=True):
        column.number_input(words(f"manager_{key}"), low, 1000, key=key, step=1, on_change=changed)


def station(panel: Panel, lever: str, service: str, share: int) -> None:
    """Machines or desks: how many, and who uses them."""
    now = panel.value(lever, service)
    count, _, used = ("0", "", f"{share}") if now in ("none", "") else now.partition("@")
    first, second = f"lever_{lever}", f"lever_{lever}_share"
    st.session_state[first] = int(count)
    if now not in ("none", "") or second not in st.session_state:
        st.session_state[second] = round(float(used.rstrip("%")))

    def changed() -> None:
        wanted = f"{int(st.session_state[first])}@{int(st.session_state[second])}%" if st.session_state[first] else "none"
        panel.set(lever, service, wanted)

    st.number_input(changes.label(panel.words, lever), 0, MOST_WINDOWS, key=first, step=1, help=panel.hint(lever), on_change=changed)
    if int(count):
        st.slider(panel.words("manager_station_share"), 0, 100, key=second, step=5, format="%d%%", on_change=changed)


def extra(panel: Panel, group: str) -> None:
    """Windows opened for part of the day: how many, from, until. Moving one of them changes the period last added."""
    words, times = panel.words, halls.times(panel.scenario)
    periods = [each for each in panel.plan if each.lever == "windows" and each.target == group and "@" in each.value]
    edited = None if st.session_state.get("another") == group else (periods[-1] if periods else None)
    if not times:
        return
    st.session_state["more"] = int(edited.value.partition("@")[0]) if edited else 0
    default = PEAK_FROM if PEAK_FROM in times[:-1] else times[0]
    start, end = edited.value.partition("@")[2].split("-") if edited else (st.session_state.get("from", default), "")
    start = start if start in times[:-1] else default
    later = times[times.index(start) + 1 :]
    end = end or st.session_state.get("until", later[-1])
    st.session_state["from"], st.session_state["until"] = start, end if end in later else later[-1]

    def changed() -> None:
        more, first, last = (st.session_state[key] for key in ("more", "from", "until"))
        if edited:
            manager_plan.drop(str(edited))
        if more:
            st.session_state.pop("another", None)
            last = last if last > first else times[-1]
            manager_plan.put(f"windows.{group}=+{int(more)}@{first}-{last}")

    st.number_input(words("manager_peak_count"), 0, MOST_PEAK, key="more", step=1, on_change=changed)
    left, right = st.columns(2)
    left.selectbox(words("manager_peak_from"), times[:-1], key="from", on_change=changed)
    right.selectbox(words("manager_peak_to"), later, key="until", on_change=changed)
    if edited:
        st.button(words("manager_another"), key="another_period", icon=":material/add:", type="tertiary", on_click=_another, args=(group,))


def _another(group: str) -> None:
    """The next windows opened are a period of their own."""
    st.session_state["another"] = group
