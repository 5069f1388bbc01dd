"""The levers of the manager's page, grouped as a manager thinks. Each widget shows how its lever stands in the plan, and moving it is a
change of the plan; moving it back to the base takes the change out.

Not for the plan itself: that is `manager_plan`.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboards.data import BadInput, changes, halls
from dashboards.data.halls import Change, Entry, Scenario
from dashboards.texts import Words
from dashboards.views import frame, manager_plan

PEAK_FROM = "10:00"
MOST_PEAK, MOST_WINDOWS, MOST_PLACES = 50, 400, 100_000
DEMAND, SERVICE_TIME = (50, 200), (50, 150)
TIDE = ("tide_open", "tide_close", "tide_least")
EVERY = ""
"""the target "each of them" """
OF_GROUPS = ("windows", "tidal", "help", "covers", "absence")
OF_SHIFTS = ("shifts", "ab_break", "breaks", "at_break", "at_shift_end", "break_lasts")
BEYOND = 120
"""minutes before the first opening and after the last closing that hours may be moved to"""

CHOICES = (
    "group", "shift_group", "station_service", "booked_service", "quota_service", "urgent_service", "demand_service", "period",
    "from", "until", "another", *TIDE,
)  # fmt: skip
"""what the panel's levers are set for; no part of the plan"""


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
    group = _target(panel, "group", panel.groups, words("manager_peak_group"), OF_GROUPS, every=False)
    _extra(panel, group)
    _whole(panel, "windows", group, MOST_WINDOWS, panel.groups[group].count)
    _tidal(panel, group)
    _help(panel, group)
    _covers(panel, group)
    _percent(panel, "absence", group, (0, 50), 1)
    st.caption(words("manager_whole_hall"))
    if halls.can_turn(panel.scenario):
        _whole(panel, "comprehensive", EVERY, halls.can_turn(panel.scenario), 0)
    _choice(panel, "layout")
    _choice(panel, "idle_window")
    _choice(panel, "lines")


def _shifts(panel: Panel) -> None:
    if halls.now(panel.scenario, "lunch"):
        _choice(panel, "lunch")
    if not halls.openings(panel.scenario):
        st.caption(panel.words("manager_no_hours"))
        return
    group = _target(panel, "shift_group", panel.groups, panel.words("manager_which_group"), OF_SHIFTS)
    _spans(panel, "shifts", group, halls.openings(panel.scenario))
    _spans(panel, "ab_break", group, [("", "")])
    _spans(panel, "breaks", group, [("", "")])
    for lever in OF_SHIFTS[3:]:
        _choice(panel, lever, group)


def _stations(panel: Panel) -> None:
    service = _target(panel, "station_service", panel.services, panel.words("manager_which_service"), ("kiosk", "pre_check"))
    _station(panel, "kiosk", service, 30)
    _station(panel, "pre_check", service, 50)


def _appointments(panel: Panel) -> None:
    if not halls.openings(panel.scenario):
        st.caption(panel.words("manager_no_hours"))
        return
    service = _target(panel, "booked_service", panel.services, panel.words("manager_which_service"), ("appointments", "booked", "no_show"))
    _percent(panel, "appointments", service, (0, 100), 5)
    booked = panel.value("appointments", service) not in ("0%", "")
    if booked or halls.now(panel.scenario, "no_show", service):
        _percent(panel, "no_show", service, (0, 50), 1, otherwise="0%")
    if halls.now(panel.scenario, "booked", service):
        _percent(panel, "booked", service, (0, 100), 5)
    _choice(panel, "called")
    _minutes(panel, "longest_wait", 600)


def _quota(panel: Panel) -> None:
    service = _target(panel, "quota_service", panel.services, panel.words("manager_which_service"), ("quota",))
    _whole(panel, "quota", service, MOST_PLACES, None)


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
    _spans(panel, "hours", number, [periods[int(number) - 1]], halls.HALF_HOUR)
    _clock(panel, "last_ticket", number, periods[int(number) - 1])
    _clock(panel, "last_start", number, periods[int(number) - 1])
    allowed = halls.options("at_end")
    _choice(panel, "at_end", number, [each for each in allowed if each != "keep_tickets" or int(number) < len(periods)])


def _waiting(panel: Panel) -> None:
    _whole(panel, "places", EVERY, MOST_PLACES, None)
    _minutes(panel, "ghost", 60)
    _choice(panel, "urgent")
    service = _target(panel, "urgent_service", panel.services, panel.words("manager_which_service"), ("priority",))
    _whole(panel, "priority", service, 1000, 0)


def _demand(panel: Panel) -> None:
    service = _target(panel, "demand_service", panel.services, panel.words("manager_which_service"), ("demand", "online", "service_time"))
    _percent(panel, "demand", service, DEMAND, 5)
    _percent(panel, "online", service, (0, 100), 5)
    _percent(panel, "service_time", service, SERVICE_TIME, 5)
    st.caption(panel.words("manager_whole_hall"))
    for lever in ("day_cv", "half_hour_cv"):
        _percent(panel, lever, EVERY, (0, 100), 5)


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


# ---- widgets ----------------------------------------------------------------------------------------------------------------------


def _target(panel: Panel, key: str, entries: dict[str, Entry], label: str, levers: tuple[str, ...], every: bool = True) -> str:
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


def _choice(panel: Panel, lever: str, target: str = EVERY, options: list[str] | None = None) -> None:
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


def _whole(panel: Panel, lever: str, target: str, most: int, least: int | None) -> None:
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


def _minutes(panel: Panel, lever: str, most: int) -> None:
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


def _percent(panel: Panel, lever: str, target: str, between: tuple[int, int], step: int, otherwise: str = "") -> None:
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


def _clock(panel: Panel, lever: str, target: str, period: tuple[str, str]) -> None:
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


def _spans(panel: Panel, lever: str, target: str, rows: list[tuple[str, str]], step: int = halls.QUARTER) -> None:
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


def _help(panel: Panel, group: str) -> None:
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


def _covers(panel: Panel, group: str) -> None:
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


def _tidal(panel: Panel, group: str) -> None:
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


def _station(panel: Panel, lever: str, service: str, share: int) -> None:
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


def _extra(panel: Panel, group: str) -> None:
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
