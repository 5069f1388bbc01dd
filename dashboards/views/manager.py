"""The hall manager's page: change the plan, see the waits against the base on the same days."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboards import jobs
from dashboards.data import BadInput, advice, halls, runs
from dashboards.data.halls import Change, Scenario
from dashboards.data.runs import Comparison
from dashboards.jobs.simulated import comparing
from dashboards.texts import Words
from dashboards.views import (
    acting,
    frame,
    job,
    manager_charts,
    manager_formulas,
    manager_frontier,
    manager_levers,
    manager_library,
    manager_outlook,
    manager_plan,
    manager_tables,
)
from dashboards.views.figures import figure, interval, is_clear, minutes, number, percent, signed_interval

SHOWN = ("mean_wait", "p90_wait", "share_within_target", "utilisation")
STRIP = ("mean_wait", "share_within_target")
UNSERVED = ("turned_away_share", "left_share")
LEAST_UNSERVED = 0.005
"""share of those who come: more who go without service than this and a shorter wait is no success"""


def draw(words: Words) -> None:
    """Draw the page."""
    if not halls.names():
        frame.answer(words("no_scenarios"), "warn")
        return
    top = st.container()
    controls, result = st.columns([1, 2], gap="large")
    with controls:
        scenario = _choose(words)
        made, refusals = manager_plan.read()
        manager_levers.draw(words, scenario, made)
        manager_tables.assumptions(words, scenario)
    with top:
        answer = st.empty()
        manager_plan.chips(words, scenario, made, refusals)
    try:
        plan = halls.planned(scenario, made)
    except BadInput as refusal:
        with answer:
            frame.answer(f"{words('manager_impossible')} {refusal.text(words.language)}", "warn")
        return
    with result:
        found = _run(words, scenario, plan, made)
    if not made:
        answer.caption(words("manager_weighing"))
    with result:
        manager_library.buttons(words, scenario, plan, made)
        _metrics(words, bool(made), found)
        if made:
            _strip(words, found)
        manager_charts.draw(words, scenario, plan, found)
    manager_tables.inputs(words, scenario, plan, made, found)
    manager_tables.measures(words, scenario, bool(made), found)
    manager_tables.details(words, scenario, bool(made), found)
    manager_formulas.draw(words, plan, found)
    manager_frontier.draw(words, scenario, plan, made)
    manager_outlook.draw(words, scenario, plan)
    manager_library.draw(words, scenario, plan, made)
    _tell(words, answer, _answer(words, scenario, plan, made, found))  # last: of a large hall it takes longer than all the figures
    frame.reproduce(words, found.plan.seed, found.plan.replications, found.plan.unit, found.plan.digest)
    st.caption(words("manager_one_day"))


def _tell(words: Words, place: DeltaGenerator, told: frame.Answer) -> None:
    """The sentence at the top, with a button for what it names."""
    with place.container():
        frame.answer(*told)
        addition = st.session_state.get("first_addition")
        if addition is not None:
            st.button(words("manager_try"), key="try", on_click=_try, args=(addition,), icon=":material/play_arrow:")


def _choose(words: Words) -> Scenario:
    names = halls.names()
    frame.remembered("scenario", names[0], str, names.__contains__)
    name = st.selectbox(
        words("manager_choose"),
        names,
        key="scenario",
        format_func=lambda each: words.name(halls.hall(each).title, each),
        on_change=_forget,
    )
    frame.remember("scenario", names[0])
    return halls.hall(name)


def _forget() -> None:
    """Another hall has other groups and services: the plan and the choices of the panel begin again."""
    manager_plan.forget()
    for key in ("n", manager_library.BESIDE, *manager_levers.CHOICES):
        st.query_params.pop(key, None)
        st.session_state.pop(key, None)


def _run(words: Words, scenario: Scenario, plan: Scenario, made: list[Change]) -> Comparison:
    """The comparison: of the first replications at once, of more once their job is done."""
    frame.remembered("n", runs.REPLICATIONS[0], int, runs.REPLICATIONS.__contains__)
    _reconsider(words, plan)
    wanted = int(st.session_state["n"])
    frame.remember("n", runs.REPLICATIONS[0])
    if st.session_state.pop("stopped", False):
        st.info(words("manager_stopped", count=wanted))
    if wanted == runs.REPLICATIONS[0]:
        return runs.comparison(scenario, plan, wanted)
    work = comparing(scenario, made, wanted)
    id = jobs.id_of("compare", work)
    if jobs.look(id) is None or st.session_state.pop("extended", False):
        address = {"page": "manager", "scenario": scenario.name, "change": work["changes"], "n": wanted}
        jobs.start("compare", work, acting.person(), address)
    standing = job.follow(words, id, _stop)
    is_done = standing is not None and standing.state == "done"
    return runs.comparison(scenario, plan, wanted if is_done else runs.REPLICATIONS[0])


def _reconsider(words: Words, plan: Scenario) -> None:
    """More replications were asked for one plan: another begins again with the first ones."""
    before = st.session_state.get("n_of", plan.digest)
    st.session_state["n_of"] = plan.digest
    if before != plan.digest and st.session_state["n"] != runs.REPLICATIONS[0]:
        st.session_state["n"] = runs.REPLICATIONS[0]
        st.info(words("manager_extend_again", count=runs.REPLICATIONS[0]))


def _stop() -> None:
    st.session_state["n"] = runs.REPLICATIONS[0]
    st.session_state["stopped"] = True


def _answer(words: Words, scenario: Scenario, plan: Scenario, made: list[Change], found: Comparison) -> tuple[str, str]:
    """The sentence that says what to do, and its tone."""
    st.session_state.pop("first_addition", None)
    if not made:
        return _answer_base(words, scenario, found)
    difference = found.measures["mean_wait"].to_dict()
    facts = {"cost": _cost(words, scenario, plan, found)}
    unserved = _unserved(words, found)
    if not is_clear(difference):
        low, high = number(difference["low"]), number(difference["high"])
        text = words("manager_plan_unclear", count=found.plan.replications, low=low, high=high, **facts)
        return (text + unserved, "warn") if unserved else (text, "plain")
    shorter = difference["value"] < 0
    ends = sorted(abs(difference[end]) for end in ("low", "high"))
    facts["change"] = words(
        "manager_shorter" if shorter else "manager_longer",
        value=number(abs(difference["value"])),
        level=percent(difference["level"]),
        low=number(ends[0]),
        high=number(ends[1]),
    )
    for side, result in (("base", found.base), ("plan", found.plan)):
        facts[side] = words("minutes", value=number(result.measures["mean_wait"].to_dict()["value"]))
    demand = float(halls.value_of(scenario, made, "demand").rstrip("%") or 100)
    if shorter and unserved:
        return words("manager_plan_unserved", **facts) + unserved, "warn"
    if shorter and demand < 100 and all(each.lever == "demand" for each in made):
        return words("manager_plan_calmer", demand=f"{demand:g}%", **facts), "good"
    if shorter:
        return words("manager_plan_better", **facts), "good"
    if demand > 100:
        return words("manager_plan_busier", demand=f"{demand:g}%", **facts) + unserved, "warn"
    return words("manager_plan_worse", **facts) + unserved, "warn"


def _cost(words: Words, scenario: Scenario, plan: Scenario, found: Comparison) -> str:
    hours = runs.duty_hours(plan, found.plan) - runs.duty_hours(scenario, found.base)
    if abs(hours) < 0.05:
        return words("manager_cost_same")
    return words("manager_cost_more" if hours > 0 else "manager_cost_less", hours=number(abs(hours)))


def _unserved(words: Words, found: Comparison) -> str:
    """What a short wait may hide: clearly more people who go without service; "" if there are not."""
    worse = [(found.measures[name].to_dict(), name) for name in UNSERVED]
    more: list[tuple[dict[str, Any], str]] = [(each, name) for each, name in worse if is_clear(each) and each["value"] > LEAST_UNSERVED]
    if not more:
        return ""
    difference, name = max(more, key=lambda each: each[0]["value"])
    return words(f"manager_but_{name}", change=signed_interval(words, "share", difference))


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
    manager_plan.put(f"windows.{addition.group}=+1@{addition.start}-{addition.end}")
    st.session_state["group"] = addition.group


def _metrics(words: Words, compared: bool, found: Comparison) -> None:
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
        if compared:
            change = signed_interval(words, unit, difference)
            card = card.changed(change, manager_tables.verdict(words, name, difference), difference["better"])
        cards.append(card)
    frame.cards(cards)
    for name, text in (("left_share", "manager_left_warning"), ("turned_away_share", "manager_turned_warning")):
        share = found.plan.measures[name].to_dict()
        if share["value"]:
            st.caption(words(text, share=interval(words, share, "share")))


def _strip(words: Words, found: Comparison) -> None:
    """The effect in one line at the foot of the window, so that it is seen beside whatever lever is being moved."""
    pieces = []
    for name in STRIP:
        base, plan, difference = (each[name].to_dict() for each in (found.base.measures, found.plan.measures, found.measures))
        if difference["value"] is None:
            continue
        unit = plan["unit"]
        change = signed_interval(words, unit, difference)
        verdict = manager_tables.verdict(words, name, difference)
        change_of = f"{figure(unit, base['value'])} → {figure(unit, plan['value'])}"
        pieces.append(frame.Card(manager_tables.label(words, name), change_of, "", "", change, verdict, difference["better"] or ""))
    frame.strip(pieces)
