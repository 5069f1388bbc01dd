"""The levers of the manager's page, grouped as a manager thinks: which there are, and what each is set for.

Not for their widgets (`lever_widgets`, `lever_windows`), nor for the plan itself (`manager_plan`).
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboards.data import BadInput, halls
from dashboards.data.halls import Change, Scenario
from dashboards.texts import Words
from dashboards.views import lever_widgets as widgets
from dashboards.views import lever_windows, manager_plan
from dashboards.views.lever_widgets import EVERY, Panel
from dashboards.views.lever_windows import MOST_WINDOWS, TIDE

MOST_PLACES = 100_000
DEMAND, SERVICE_TIME = (50, 200), (50, 150)
OF_GROUPS = ("windows", "tidal", "help", "covers", "absence")
OF_SHIFTS = ("shifts", "ab_break", "breaks", "at_break", "at_shift_end", "break_lasts")

CHOICES = (
    "group", "shift_group", "station_service", "booked_service", "quota_service", "urgent_service", "demand_service", "period",
    "from", "until", "another", *TIDE,
)  # fmt: skip
"""what the panel's levers are set for; no part of the plan"""


def draw(words: Words, scenario: Scenario, plan: list[Change]) -> None:
    """The panel."""
    panel = Panel(words, scenario, plan)
    st.subheader(words("manager_group_heading"), anchor=False)
    for topic, content in TOPICS.items():
        count = halls.changed_in(plan, topic)
        title = words(f"topic_{topic}")
        label = words("topic_changed", topic=title, count=count) if count else title
        with st.expander(label, expanded=topic == "windows" or count > 0, key=f"topic_{topic}"):
            content(panel)


# ---- topics -----------------------------------------------------------------------------------------------------------------------


def _windows(panel: Panel) -> None:
    words = panel.words
    group = widgets.target(panel, "group", panel.groups, words("manager_peak_group"), OF_GROUPS, every=False)
    lever_windows.extra(panel, group)
    widgets.whole(panel, "windows", group, MOST_WINDOWS, panel.groups[group].count)
    lever_windows.tidal(panel, group)
    lever_windows.helping(panel, group)
    lever_windows.covering(panel, group)
    widgets.percent(panel, "absence", group, (0, 50), 1)
    st.caption(words("manager_whole_hall"))
    if halls.can_turn(panel.scenario):
        widgets.whole(panel, "comprehensive", EVERY, halls.can_turn(panel.scenario), 0)
    widgets.choice(panel, "layout")
    widgets.choice(panel, "idle_window")
    widgets.choice(panel, "lines")


def _shifts(panel: Panel) -> None:
    if halls.now(panel.scenario, "lunch"):
        widgets.choice(panel, "lunch")
    if not halls.openings(panel.scenario):
        st.caption(panel.words("manager_no_hours"))
        return
    group = widgets.target(panel, "shift_group", panel.groups, panel.words("manager_which_group"), OF_SHIFTS)
    widgets.spans(panel, "shifts", group, halls.openings(panel.scenario))
    widgets.spans(panel, "ab_break", group, [("", "")])
    widgets.spans(panel, "breaks", group, [("", "")])
    for lever in OF_SHIFTS[3:]:
        widgets.choice(panel, lever, group)


def _stations(panel: Panel) -> None:
    service = widgets.target(panel, "station_service", panel.services, panel.words("manager_which_service"), ("kiosk", "pre_check"))
    lever_windows.station(panel, "kiosk", service, 30)
    lever_windows.station(panel, "pre_check", service, 50)


def _appointments(panel: Panel) -> None:
    if not halls.openings(panel.scenario):
        st.caption(panel.words("manager_no_hours"))
        return
    service = widgets.target(
        panel, "booked_service", panel.services, panel.words("manager_which_service"), ("appointments", "booked", "no_show")
    )
    widgets.percent(panel, "appointments", service, (0, 100), 5)
    booked = panel.value("appointments", service) not in ("0%", "")
    if booked or halls.now(panel.scenario, "no_show", service):
        widgets.percent(panel, "no_show", service, (0, 50), 1, otherwise="0%")
    if halls.now(panel.scenario, "booked", service):
        widgets.percent(panel, "booked", service, (0, 100), 5)
    widgets.choice(panel, "called")
    widgets.minutes(panel, "longest_wait", 600)


def _quota(panel: Panel) -> None:
    service = widgets.target(panel, "quota_service", panel.services, panel.words("manager_which_service"), ("quota",))
    widgets.whole(panel, "quota", service, MOST_PLACES, None)


def _closing(panel: Panel) -> None:
    periods = halls.openings(panel.scenario)
    if not periods:
        st.caption(panel.words("manager_no_hours"))
        return
    names = {str(n): f"{start}–{end}" for n, (start, end) in enumerate(periods, start=1)}
    number = str(len(periods))
    if len(periods) > 1:
        if st.session_state.get("period") not in names:
            st.session_state["period"] = number
        number = st.segmented_control(
            panel.words("manager_which_period"), list(names), key="period", format_func=names.__getitem__, required=True, width="stretch"
        )
    widgets.spans(panel, "hours", number, [periods[int(number) - 1]], halls.HALF_HOUR)
    widgets.clock(panel, "last_ticket", number, periods[int(number) - 1])
    widgets.clock(panel, "last_start", number, periods[int(number) - 1])
    allowed = halls.options("at_end")
    widgets.choice(panel, "at_end", number, [each for each in allowed if each != "keep_tickets" or int(number) < len(periods)])


def _waiting(panel: Panel) -> None:
    widgets.whole(panel, "places", EVERY, MOST_PLACES, None)
    widgets.minutes(panel, "ghost", 60)
    widgets.choice(panel, "urgent")
    service = widgets.target(panel, "urgent_service", panel.services, panel.words("manager_which_service"), ("priority",))
    widgets.whole(panel, "priority", service, 1000, 0)


def _demand(panel: Panel) -> None:
    service = widgets.target(
        panel, "demand_service", panel.services, panel.words("manager_which_service"), ("demand", "online", "service_time")
    )
    widgets.percent(panel, "demand", service, DEMAND, 5)
    widgets.percent(panel, "online", service, (0, 100), 5)
    widgets.percent(panel, "service_time", service, SERVICE_TIME, 5)
    st.caption(panel.words("manager_whole_hall"))
    for lever in ("day_cv", "half_hour_cv"):
        widgets.percent(panel, lever, EVERY, (0, 100), 5)


def _other(panel: Panel) -> None:
    words = panel.words
    path = st.text_input(words("manager_key_path"), key="key_path", placeholder="services.tax.target.wait_min", help=panel.hint("set"))
    value = st.text_input(words("manager_key_value"), key="key_value", placeholder="10")
    st.button(words("manager_key_set"), key="key_set", disabled=not (path and value), on_click=_set_key, args=(path, value))
    refused = st.session_state.pop("key_refused", None)
    if refused:
        st.error(refused.text(words.language))


def _set_key(path: str, value: str) -> None:
    try:
        manager_plan.put(f"set.{path.strip()}={value.strip()}")
    except BadInput as refused:
        st.session_state["key_refused"] = refused


TOPICS: dict[str, Callable[[Panel], None]] = {
    "windows": _windows,
    "shifts": _shifts,
    "stations": _stations,
    "appointments": _appointments,
    "quota": _quota,
    "closing": _closing,
    "waiting": _waiting,
    "demand": _demand,
    "other": _other,
}
