"""The planner's district: where the work goes under a plan, counted at once; what that does to the waits, simulated as a job."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import charts
from dashboards.data import district as districts
from dashboards.data.district import Data, District, Plan
from dashboards.jobs.districts import district_arguments
from dashboards.shipped import shipped_districts
from dashboards.texts import Words
from dashboards.views import frame, job
from dashboards.views.figures import number, percent
from dashboards.workbook import Column

OWN = "own"
SIDES = ("before", "after")
MOST_WINDOWS = 12


def draw(words: Words) -> None:
    """Draw the district."""
    top = st.container()
    controls, result = st.columns([1, 2], gap="large")
    with controls:
        given = _chosen(words)
        plan = _plan(words, given)
        choice = _choice(words, plan)
    cases, access, stayed = districts.counted(given, plan)
    with top:
        said, found = st.container(), _found(words, given, plan, choice)
    with said:
        if found is None:
            frame.answer(districts.at_once(words, given, cases, access))
        else:
            frame.answer(*districts.answer(words, given, found))
            if "choice" in found:
                frame.answer(*districts.choice_answer(words, found))
    with controls:
        for sentence in districts.notes(words, given, access[1], stayed):
            st.caption(frame.as_text(sentence))
    with result:
        _flows(words, given, cases)
        _access(words, given, asdict(access[0]), asdict(access[1]), found)
        if found is not None:
            _places(words, given, found)
        if found is not None and "choice" in found:
            _balance(words, given, found)
        _storm(words, given, plan)


def _chosen(words: Words) -> District:
    by_name = {name: districts.district(path) for name, path in shipped_districts().items()}
    names = tuple(by_name)
    frame.remembered("district", names[0], str, names.__contains__)
    st.selectbox(words("district_choose"), names, key="district", format_func=lambda each: words.name(by_name[each].title, each))
    frame.remember("district", names[0])
    return by_name[st.session_state["district"]]


def _plan(words: Words, given: District) -> Plan:
    """The plan: one of the file's, or one move of the planner's own, with windows."""
    known = {each.id: each for each in given.plans}
    names = (districts.NO_CHANGE, *known, OWN)
    first = next(iter(known), districts.NO_CHANGE)
    frame.remembered("plan", first, str, names.__contains__)

    def title(id: str) -> str:
        if id == OWN:
            return words("district_own_plan")
        return words.name(known[id].name, id) if id in known else words("district_before")

    st.selectbox(words("district_plan_choose"), names, key="plan", format_func=title)
    frame.remember("plan", first)
    chosen = st.session_state["plan"]
    if chosen != OWN:
        plan = known.get(chosen, Plan(districts.NO_CHANGE, {}))
        for each in plan.moves:
            way = f"{districts.kind(words, each.source)} → {districts.kind(words, each.to)} {100 * each.share:g}%"
            st.caption(frame.as_text(f"{each.service}: {way}" if each.service else way))
        return plan
    return _own(words, given)


def _own(words: Words, given: District) -> Plan:
    sources, targets = districts.kinds_that_move(given)
    services = ("", *(each.id for each in given.works))
    names = {each.id: words.name(each.name, each.id) for each in given.works}
    kinds = {kind: districts.kind(words, kind) for kind in given.kinds()}
    source = _pick(words("district_from"), "move_from", sources, kinds)
    to = _pick(words("district_to"), "move_to", targets, kinds)
    service = _pick(words("district_service"), "move_service", services, names | {"": words("district_every_service")})
    frame.remembered("move_share", 30, int, range(101).__contains__)
    share = st.slider(words("district_share"), 0, 100, key="move_share", format="%d%%")
    frame.remember("move_share", 30)
    windows = []
    for place in given.places:
        if place.hall is None and place.kind == to:
            key = f"windows.{place.id}"
            frame.remembered(key, place.windows, int, range(1, MOST_WINDOWS + 1).__contains__)
            label = frame.as_text(words("district_windows_of", place=words.name(place.name, place.id)))
            count = st.number_input(label, 1, MOST_WINDOWS, key=key)
            frame.remember(key, place.windows)
            if count != place.windows:
                windows.append(f"{place.id}={count}")
    move = f"{f'{service}:' if service else ''}{source}>{to}={share}%"
    return districts.plan_of(given, None, [move], windows)


def _pick(label: str, key: str, given: Iterable[str], names: dict[str, str]) -> str:
    """One of several, remembered."""
    options = tuple(given)
    frame.remembered(key, options[0], str, options.__contains__)
    st.selectbox(label, options, key=key, format_func=names.__getitem__)
    frame.remember(key, options[0])
    return str(st.session_state[key])


def _choice(words: Words, plan: Plan) -> bool:
    """Whether people choose by way and wait; asked where the plan changes something."""
    if not (plan.moves or plan.windows):
        return False
    frame.remembered("choose", False, lambda text: text == "1", lambda value: isinstance(value, bool))
    chooses = st.toggle(words("district_choose_by_wait"), key="choose", help=words("district_choose_by_wait_help"))
    frame.remember("choose", False)
    return bool(chooses)


def _found(words: Words, given: District, plan: Plan, choice: bool) -> Data | None:
    """The simulated answer, if it is there; else the way to ask for it, or how far it is."""
    work = district_arguments(given, plan, districts.digest_of(given), choice)
    return job.confirmed(words, "district", work, "planner", words("district_confirm"), words("sizing_confirm_how"))


def _flows(words: Words, given: District, cases: dict[str, tuple[float, float]]) -> None:
    st.subheader(words("district_flow_title"), anchor=False)
    rows = pd.DataFrame(districts.flow_rows(words, cases))
    texts = {side: words(f"district_{side}") for side in SIDES}
    texts |= {"cases": words("district_column_cases"), "place": words("district_column_place")}
    st.altair_chart(charts.cases_moved(rows, texts, words.language), width="stretch", key="chart_flows", alt=words("district_flow_title"))
    st.caption(words("district_flow_note"))
    wide = rows.pivot_table(index="place", columns="series", values="cases", sort=False).reset_index()
    columns = [Column("place", texts["place"]), *(Column(side, texts[side], texts["cases"], "", 0) for side in SIDES)]
    frame.download(words, "flows", wide, columns, districts.about(words, given, None))


def _access(words: Words, given: District, before: dict[str, Any], after: dict[str, Any], found: Data | None) -> None:
    st.subheader(words("district_access_title"), anchor=False)
    rows = pd.DataFrame(districts.access_rows(words, given, before, after))
    texts = {side: words(f"district_{side}") for side in SIDES}
    shown = pd.DataFrame(
        {
            words("district_access_title"): rows["measure"],
            **{
                texts[side]: [percent(value, 1) if share else number(value) for value, share in zip(rows[side], rows["share"], strict=True)]
                for side in SIDES
            },
        }
    )
    frame.table(words, "access", shown)
    columns = [Column("measure", words("district_access_title")), *(Column(side, texts[side], "", "", 4) for side in SIDES)]
    frame.download(words, "access", rows, columns, districts.about(words, given, found), districts.basis_rows(words, given))
    if found is None:
        return
    zones = pd.DataFrame(districts.zone_rows(words, found))
    circle = f"{given.circle:g}"
    texts |= {
        "near": words("district_column_near", circle=circle),
        "zone": words("district_column_zone"),
        "travel": words("district_column_travel"),
        "people": words("district_column_people"),
    }
    alt = words("district_access_title")
    st.altair_chart(charts.near_by_zone(zones, texts, words.language), width="stretch", key="chart_near", alt=alt)
    st.caption(words("district_access_note", circle=circle))
    wide = districts.zones_wide(words, found)
    frame.download(words, "zones", pd.DataFrame(wide), districts.zone_columns(words, given), districts.about(words, given, found))


def _places(words: Words, given: District, found: Data) -> None:
    st.subheader(words("district_table_title"), anchor=False)
    rows = []
    for each in districts.kind_rows(words, found):
        row = {words("district_column_place"): each["place"], words("district_column_sites"): each["sites"]}
        waits = [_wait(each[f"wait_{side}"], each[f"wait_low_{side}"], each[f"wait_high_{side}"]) for side in SIDES]
        row[words("district_column_wait")] = _pair(*waits)
        row[words("district_column_cases")] = _pair(*(number(each[f"cases_{side}"], 0) for side in SIDES))
        row[words("district_column_windows")] = _pair(*(str(each[f"windows_{side}"]) for side in SIDES))
        row[words("district_column_use")] = _pair(*(percent(each[f"use_{side}"]) for side in SIDES))
        rows.append(row)
    frame.table(words, "kinds", pd.DataFrame(rows))
    whole = pd.DataFrame(districts.kind_rows(words, found))
    frame.download(words, "kinds", whole, districts.kind_columns(words), districts.about(words, given, found))
    with st.expander(words("district_sites_title")):
        sites = []
        for each in districts.site_rows(words, given, found):
            row = {words("district_column_place"): each["place"], words("district_column_sites"): each["sites"]}
            row[words("district_column_a_day")] = _pair(*(number(each[f"a_day_{side}"], 1) for side in SIDES))
            waits = [_wait(each[f"mean_wait_{side}"], each[f"low_{side}"], each[f"high_{side}"]) for side in SIDES]
            row[words("district_column_wait")] = _pair(*waits)
            row[words("district_column_use")] = _pair(*(percent(each[f"utilisation_{side}"]) for side in SIDES))
            sites.append(row)
        frame.table(words, "sites", pd.DataFrame(sites))
    table = pd.DataFrame(districts.site_rows(words, given, found))
    about, definitions = districts.about(words, given, found), districts.basis_rows(words, given)
    frame.download(words, "district", table, districts.site_columns(words), about, definitions)


def _balance(words: Words, given: District, found: Data) -> None:
    """Cases before, as planned and where people choose; the waits without and with choice."""
    st.subheader(words("district_choice_title"), anchor=False)
    rows = districts.choice_rows(words, found)
    shown = []
    for each in rows:
        row = {words("district_column_place"): each["place"]}
        row |= {words(f"district_choice_{side}"): number(each[f"cases_{side}"], 0) for side in ("before", "planned", "after")}
        for key in ("plain", "chosen"):
            title = f"{words('district_column_wait')} · {words(f'district_choice_wait_{key}')}"
            row[title] = _wait(each[f"wait_{key}"], each[f"low_{key}"], each[f"high_{key}"])
        shown.append(row)
    frame.table(words, "choice", pd.DataFrame(shown))
    st.caption(frame.as_text(" ".join(districts.choice_notes(words, found))))
    about, definitions = districts.about(words, given, found), districts.basis_rows(words, given)
    frame.download(words, "choice", pd.DataFrame(rows), districts.choice_columns(words), about, definitions)


def _storm(words: Words, given: District, plan: Plan) -> None:
    """Which assumption matters most, as a job of its own."""
    st.subheader(words("district_tornado_title"), anchor=False)
    work = district_arguments(given, plan, districts.digest_of(given))
    ask, how = words("district_tornado_ask"), words("district_tornado_how")
    storm = job.confirmed(words, "district_tornado", work, "planner", ask, how)
    if storm is None:
        return
    frame.remembered("of", districts.OUTCOMES[0], str, districts.OUTCOMES.__contains__)
    title = words("district_tornado_outcome")
    of = st.segmented_control(
        title, districts.OUTCOMES, key="of", format_func=lambda each: words(f"district_outcome_{each}"), required=True
    )
    frame.remember("of", districts.OUTCOMES[0])
    st.markdown(frame.as_text(districts.strongest(words, given, storm, str(of))))
    rows = pd.DataFrame(districts.tornado_rows(words, given, storm, str(of)), columns=["input", "low", "high", "base", "at_low", "at_high"])
    texts = {"low": words("sizing_column_at_low"), "high": words("sizing_column_at_high"), "outcome": words(f"district_outcome_{of}")}
    texts |= {"input": words("sizing_column_input"), "end": words("district_tornado_times")}
    if len(rows):
        chart = charts.inputs_moved(rows, texts, words.language, places=1)
        st.altair_chart(chart, width="stretch", key="chart_storm", alt=words("district_tornado_title"))
    st.caption(words("district_tornado_note", count=len(storm["not_moved"])))
    about, definitions = districts.about(words, given, None), districts.basis_rows(words, given)
    frame.download(words, "assumptions", rows, districts.tornado_columns(words, str(of)), about, definitions)


def _pair(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"


def _wait(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return "—"
    return number(value) if low is None else f"{number(value)} [{number(low)}, {number(high)}]"
