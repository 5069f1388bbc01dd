"""The hall manager's page: change the plan, see the waits against the base on the same days."""

from __future__ import annotations

import streamlit as st

from dashboards import charts
from dashboards.data import advice, halls, runs
from dashboards.data.halls import Edits, Scenario
from dashboards.data.runs import Comparison
from dashboards.texts import Words
from dashboards.views import frame, manager_tables
from dashboards.views.figures import figure, interval, is_clear, minutes, number, percent, signed_interval

SHOWN = ("mean_wait", "p90_wait", "share_within_target", "utilisation")
PEAK_FROM = "10:00"
DEMAND = range(50, 201, 5)
MOST_PEAK, MOST_WINDOWS = 20, 400


def draw(words: Words) -> None:
    """Draw the page."""
    if not halls.names():
        frame.answer(words("no_scenarios"), "warn")
        return
    top = st.container()
    controls, result = st.columns([1, 2], gap="large")
    with controls:
        scenario = _choose(words)
        edits = _edits(words, scenario)
        manager_tables.assumptions(words, scenario)
    with top:
        answer = st.empty()
    try:
        plan = halls.planned(scenario, edits)
    except halls.Impossible:
        with answer:
            frame.answer(words("manager_impossible"), "warn")
        return
    with result:
        found = _run(words, scenario, plan)
    st.session_state.pop("first_addition", None)
    with answer.container():
        frame.answer(*_answer(words, scenario, plan, edits, found))
        addition = st.session_state.get("first_addition")
        if addition is not None:
            st.button(words("manager_try"), key="try", on_click=_try, args=(addition,), icon=":material/play_arrow:")
    with result:
        _metrics(words, edits, found)
        _charts(words, scenario, plan, edits, found)
    manager_tables.inputs(words, scenario, plan, edits, found)
    manager_tables.measures(words, scenario, edits, found)
    manager_tables.details(words, scenario, edits, found)
    frame.reproduce(words, found.plan.seed, found.plan.replications, found.plan.unit, found.plan.digest)
    st.caption(words("manager_one_day"))


def _choose(words: Words) -> Scenario:
    names = halls.names()
    frame.remembered("scenario", names[0], str, names.__contains__)
    name = st.selectbox(
        words("manager_choose"),
        names,
        key="scenario",
        format_func=lambda each: words.name(halls.hall(each).title, each),
        on_change=_forget_edits,
    )
    frame.remember("scenario", names[0])
    return halls.hall(name)


def _edits(words: Words, scenario: Scenario) -> Edits:
    groups = halls.groups(scenario)
    labels = {each.id: words.name(each.name, each.id) for each in groups}
    st.subheader(words("manager_group_heading"), anchor=False)
    peak = _peak(words, scenario, labels)
    demand = _whole(words("manager_demand"), "demand", 100, DEMAND.start, DEMAND[-1], DEMAND.step)
    lunch = halls.lunch(scenario)
    if lunch is not None:
        frame.remembered("lunch", lunch, lambda text: text == "1", lambda value: isinstance(value, bool))
        wanted = st.toggle(words("manager_lunch"), key="lunch", help=words("manager_lunch_help"))
        frame.remember("lunch", lunch)
        lunch = None if wanted == lunch else wanted
    can_turn = halls.can_turn(scenario)
    comprehensive = _whole(words("manager_comprehensive"), "comprehensive", 0, 0, can_turn, 1) if can_turn else 0
    counts = []
    with st.expander(words("manager_counts"), expanded=any(f"w.{each.id}" in st.query_params for each in groups)):
        for each in groups:
            count = _whole(words("manager_group_count", group=labels[each.id]), f"w.{each.id}", each.count, 0, MOST_WINDOWS, 1)
            if count != each.count:
                counts.append((each.id, count))
    st.button(words("manager_reset"), key="reset", on_click=_forget_edits, icon=":material/undo:")
    return Edits(*peak, counts=tuple(counts), lunch=lunch, comprehensive=comprehensive, demand=demand)


def _peak(words: Words, scenario: Scenario, labels: dict[str, str]) -> tuple[str, int, str, str]:
    """The windows opened for part of the day: group, how many, from, until."""
    times = halls.times(scenario)
    first = next(iter(labels))
    frame.remembered("group", first, str, labels.__contains__)
    group = st.selectbox(words("manager_peak_group"), list(labels), key="group", format_func=labels.__getitem__)
    frame.remember("group", first)
    count = _whole(words("manager_peak_count"), "more", 0, 0, MOST_PEAK, 1)
    if not times:
        return (group, count, "", "") if count else ("", 0, "", "")
    default = PEAK_FROM if PEAK_FROM in times[:-1] else times[0]
    left, right = st.columns(2)
    with left:
        frame.remembered("from", default, str, times[:-1].__contains__)
        start = st.selectbox(words("manager_peak_from"), times[:-1], key="from")
        frame.remember("from", default)
    later = times[times.index(start) + 1 :]
    with right:
        frame.remembered("until", later[-1], str, later.__contains__)
        until = st.selectbox(words("manager_peak_to"), later, key="until")
        frame.remember("until", times[-1])
    if not count:
        return "", 0, "", ""
    if start == times[0] and until == times[-1]:
        return group, count, "", ""
    return group, count, start, until


def _whole(label: str, key: str, default: int, low: int, high: int, step: int) -> int:
    frame.remembered(key, default, int, lambda value: isinstance(value, int) and low <= value <= high)
    value = st.number_input(label, low, high, key=key, step=step)
    frame.remember(key, default)
    return int(value)


def _forget_edits() -> None:
    """Take every edit out of the address and of the widgets: back to the base."""
    for key in ("group", "more", "from", "until", "demand", "lunch", "comprehensive", "n"):
        st.query_params.pop(key, None)
        st.session_state.pop(key, None)
    for key in [each for each in st.query_params if each.startswith("w.")]:
        del st.query_params[key]
    for key in [str(each) for each in st.session_state if str(each).startswith("w.")]:
        del st.session_state[key]


def _run(words: Words, scenario: Scenario, plan: Scenario) -> Comparison:
    """The comparison, with progress and a way to stop when it is long."""
    frame.remembered("n", runs.REPLICATIONS[0], int, runs.REPLICATIONS.__contains__)
    wanted = int(st.session_state["n"])
    frame.remember("n", runs.REPLICATIONS[0])
    if st.session_state.pop("stopped", False):
        st.info(words("manager_stopped", count=wanted))
    if wanted == runs.REPLICATIONS[0] or runs.kept(scenario, plan, wanted):
        return runs.comparison(scenario, plan, wanted)
    place = st.container()
    with place:
        bar = st.progress(0.0, words("manager_computing", total=wanted))
        st.button(words("manager_stop"), key="stop", on_click=_stop, icon=":material/stop:")

    def show(done: int, total: int | None, half_width: float | None) -> None:
        share = done / (total or wanted)
        if half_width is None:
            bar.progress(share, words("manager_progress", done=done, total=wanted))
        else:
            bar.progress(share, words("manager_progress_precision", done=done, total=wanted, precision=f"±{100 * half_width:.1f}%"))

    found = runs.comparison(scenario, plan, wanted, show)
    st.rerun()
    return found


def _stop() -> None:
    st.session_state["n"] = runs.REPLICATIONS[0]
    st.session_state["stopped"] = True


def _more(wanted: int) -> None:
    st.session_state["n"] = wanted


def _answer(words: Words, scenario: Scenario, plan: Scenario, edits: Edits, found: Comparison) -> tuple[str, str]:
    """The sentence that says what to do, and its tone."""
    base = found.base.measures["mean_wait"].to_dict()
    if not edits.any:
        return _answer_base(words, scenario, found)
    difference = found.measures["mean_wait"].to_dict()
    hours = runs.duty_hours(plan) - runs.duty_hours(scenario)
    cost = (
        words("manager_cost_same")
        if abs(hours) < 0.05
        else words("manager_cost_more" if hours > 0 else "manager_cost_less", hours=number(abs(hours)))
    )
    if not is_clear(difference):
        low, high = number(difference["low"]), number(difference["high"])
        return words("manager_plan_unclear", count=found.plan.replications, low=low, high=high, cost=cost), "plain"
    shorter = difference["value"] < 0
    ends = sorted(abs(difference[end]) for end in ("low", "high"))
    change = words(
        "manager_shorter" if shorter else "manager_longer",
        value=number(abs(difference["value"])),
        level=percent(difference["level"]),
        low=number(ends[0]),
        high=number(ends[1]),
    )
    facts = {
        "change": change,
        "base": words("minutes", value=number(base["value"])),
        "plan": words("minutes", value=number(found.plan.measures["mean_wait"].to_dict()["value"])),
        "cost": cost,
    }
    if shorter:
        if edits == Edits(demand=edits.demand):
            return words("manager_plan_calmer", demand=f"{edits.demand}%", **facts), "good"
        return words("manager_plan_better", **facts), "good"
    if edits.demand > 100:
        return words("manager_plan_busier", demand=f"{edits.demand}%", **facts), "warn"
    return words("manager_plan_worse", **facts), "warn"


def _answer_base(words: Words, scenario: Scenario, found: Comparison) -> tuple[str, str]:
    base, share = found.base.measures["mean_wait"].to_dict(), found.base.measures["share_within_target"].to_dict()
    worst, target = advice.worst_half_hour(found), runs.target_of(scenario)
    is_fine = share["low"] is not None and share["low"] >= runs.promised_share(scenario)
    if worst is None or (is_fine and (target is None or worst[1]["value"] <= target)):
        return words("manager_base_fine", wait=minutes(words, base), share=percent(share["value"])), "good"
    addition = advice.first_addition(scenario, found)
    facts = {"slot": worst[0], "peak": minutes(words, worst[1])}
    if addition is None:
        return words("manager_base_stuck", wait=minutes(words, base), **facts), "warn"
    groups = {each.id: words.name(each.name, each.id) for each in halls.groups(scenario)}
    low, high = sorted(abs(addition.difference[end]) for end in ("low", "high"))
    st.session_state["first_addition"] = addition
    return words(
        "manager_base_busy",
        start=addition.start,
        end=addition.end,
        group=groups[addition.group],
        gain=number(abs(addition.difference["value"])),
        low=number(low),
        high=number(high),
        level=percent(addition.difference["level"]),
        **facts,
    ), "plain"


def _try(addition: advice.Addition) -> None:
    """Make the addition that the page has named."""
    for key, value in (("group", addition.group), ("more", 1), ("from", addition.start), ("until", addition.end)):
        st.session_state[key] = value


def _metrics(words: Words, edits: Edits, found: Comparison) -> None:
    cards = []
    for name in SHOWN:
        estimate, difference = found.plan.measures[name].to_dict(), found.measures[name].to_dict()
        if estimate["value"] is None:
            continue
        unit = estimate["unit"]
        card = frame.Card(
            manager_tables.label(words, name),
            figure(unit, estimate["value"]),
            ""
            if estimate["low"] is None
            else words(
                "interval_of", level=percent(estimate["level"]), low=figure(unit, estimate["low"]), high=figure(unit, estimate["high"])
            ),
            manager_tables.definition(words, name),
        )
        if edits.any:
            change = signed_interval(words, unit, difference)
            card = card.changed(change, manager_tables.verdict(words, name, difference), difference["better"])
        cards.append(card)
    frame.cards(cards)
    left = found.plan.measures["left_share"].to_dict()
    if left["value"]:
        st.caption(words("manager_left_warning", share=interval(words, left, "share")))


def _charts(words: Words, scenario: Scenario, plan: Scenario, edits: Edits, found: Comparison) -> None:
    target = runs.target_of(scenario)
    labels = {
        "base": words("series_base"),
        "plan": words("series_plan"),
        "series": words("column_series"),
        "wait": words("column_wait_minutes"),
        "slot": words("column_slot"),
        "low": words("column_low"),
        "high": words("column_high"),
        "day_low": words("column_day_low"),
        "day_high": words("column_day_high"),
        "target": words("target_rule", value=number(target or 0, 0)),
        "needed": words("series_needed"),
        "short": words("series_short"),
        "windows": words("column_windows"),
    }
    level = percent(found.base.level)
    st.subheader(words("manager_chart_waits"), anchor=False)
    frame_of_waits = runs.waits(found, both=edits.any)
    chart = charts.waits_by_half_hour(frame_of_waits, labels, words.language, target)
    st.altair_chart(chart, width="stretch", key="chart_waits", alt=words("manager_chart_waits"))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            words("manager_chart_waits_note" if target is not None else "manager_chart_waits_note_plain", level=level), width="stretch"
        )
    with st.container(horizontal=True):
        manager_tables.download_waits(words, found, frame_of_waits)
        more = next((each for each in runs.REPLICATIONS if each > found.plan.replications), None)
        if more is not None:
            st.button(words("manager_more", count=more), key="more_replications", on_click=_more, args=(more,), icon=":material/add:")
    cover = runs.cover(scenario, plan, found)
    if not cover.empty:
        st.subheader(words("manager_chart_cover"), anchor=False)
        st.altair_chart(
            charts.windows_open(cover, labels, words.language), width="stretch", key="chart_cover", alt=words("manager_chart_cover")
        )
        st.caption(words("manager_chart_cover_note"))
