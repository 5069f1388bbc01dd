"""Quarters, half-years and years: the mean of months, titles with who may not have one and why, call-ins; filing, and reports as files."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import data
from dashboards.data import outcomes, record, work
from dashboards.texts import Words
from dashboards.views import acting, frame
from dashboards.views.evidence import ground
from dashboards.views.figures import number, percent

COLUMNS = ("place", "window", "mean", "counted", "trend", "award", "band", "cases", "good", "charged")
REPORTS = ("sheet", "bulletin", "overdue", "ratings", "rectification", "titles")
OF_A_WINDOW = ("sheet", "rectification")


def draw(words: Words, hall: str, month: str, scheme: str, scope: work.Scope) -> frame.Answer:
    """Draw the period that is chosen; what to do first."""
    found = [name for name, own in outcomes.periods(record.months(hall)) if own == scheme]
    if not found:
        return words("inspector_not_computed", month=month), "warn"
    default = next((name for name in found if "Q" in name and month in _months(hall, name, scheme)), found[0])
    frame.remembered("period", default, str, found.__contains__)
    name = st.selectbox(words("period_select"), found, key="period")
    frame.remember("period", default)
    view = outcomes.period(hall, name, scheme)
    windows = {id: words.name(given, id) for id, given in work.window_names(hall).items()}
    names = {each.window_id: each.name(words.language) for each in view.subjects}
    about = {
        words("inspector_hall"): hall, words("period_select"): name,
        words("inspector_scheme"): f"{view.scheme.id} {view.scheme.version} {view.scheme.digest}", words("version"): data.version(),
    }  # fmt: skip
    _results(words, view, names, scope, about)
    _parts(words, view, names, scope, about)
    for awarded in view.titles:
        _title(words, view, awarded, names, scope, about)
    if not view.titles:
        st.caption(words("period_no_titles"))
    if work.runs_months(scope):
        acting.confirmed(
            words("period_file"), words("period_file_help"), "file_period", ":material/inventory:", lambda: _file(hall, name, scheme),
            ready=not view.unlocked,
        )  # fmt: skip
    _call_ins(words, hall, month, scheme, windows, scope, about)
    _reports(words, hall, month, view, names, scope)
    return _answer(words, view, names, scope)


def _months(hall: str, name: str, scheme: str) -> list[str]:
    return [str(each) for each in outcomes.period(hall, name, scheme).period.months]


def _answer(words: Words, view: outcomes.PeriodView, names: dict[str, str], scope: work.Scope) -> frame.Answer:
    name = view.period.name
    if scope.windows is not None:
        own = next((each for each in view.results if scope.reads(each.window_id)), None)
        mean = words("not_available") if own is None or own.mean is None else number(float(own.mean), 2)
        return words("period_answer_own", period=name, mean=mean, open=len(view.unlocked)), "plain"
    if view.unlocked:
        join = words("inspector_list_join").join
        missing = words("period_missing", months=join(view.missing)) if view.missing else ""
        scored = [each for each in view.unlocked if each not in view.missing]
        if not scored:
            return words("period_answer_missing", period=name) + missing, "warn"
        return words("period_answer_unlocked", period=name, months=join(scored)) + missing, "warn"
    winners = [row for each in view.titles for row in each.winners]
    if winners:
        told = words("inspector_list_join").join(dict.fromkeys(names.get(each.window_id, each.window_id) for each in winners))
        return words("period_answer_titles", period=name, windows=told), "good"
    return words("period_answer_filed", period=name), "plain"


def _results(words: Words, view: outcomes.PeriodView, names: dict[str, str], scope: work.Scope, about: dict[str, object]) -> None:
    ranked = sorted((each for each in view.results if each.mean is not None), key=lambda row: -(row.mean or 0))
    places = {each.window_id: 1 + sum((other.mean or 0) > (each.mean or 0) for other in ranked) for each in ranked}
    bands = {band.id: band.name for band in view.scheme.bands}
    months = [str(each) for each in view.period.months]
    rows = pd.DataFrame(
        [
            {
                "place": places.get(each.window_id), "window": names.get(each.window_id, each.window_id), "mean": each.mean,
                "counted": each.counted, "trend": each.trend, "award": words("yes" if each.award else "no"),
                "band": bands[each.lowest_band].text(words.language) if each.lowest_band else "",
                "cases": each.cases, "good": None if not each.rated else each.good / each.rated, "charged": each.charged,
                **dict(each.months),
            }
            for each in sorted(view.results, key=lambda row: (row.mean is None, -(row.mean or 0), row.window_id))
            if scope.reads(each.window_id)
        ],
        columns=[*COLUMNS, *months],
    )  # fmt: skip
    counted = [month for month in months if any(dict(each.months)[month] is not None for each in view.results)]
    headings = {name: words(f"period_{name}") for name in COLUMNS} | {"window": words(f"subject_{view.scheme.subject}")}
    headings |= dict(zip(counted, counted, strict=True))
    shown = rows.assign(
        place=[words("not_available") if pd.isna(each) else str(int(each)) for each in rows["place"]],
        good=[words("not_available") if pd.isna(each) else percent(float(each), 1) for each in rows["good"]],
        **{
            name: [words("not_available") if each is None or pd.isna(each) else number(float(each), 2) for each in rows[name]]
            for name in ("mean", "trend", "charged", *counted)
        },
    )  # fmt: skip
    definitions = {name: words(f"period_{name}_help") for name in ("mean", "counted", "trend", "award", "good")}
    places_of = {"mean": 2, "trend": 2, "charged": 2, "good": 4, "place": 0, **dict.fromkeys(months, 2)}
    units = dict.fromkeys(("mean", "charged", *months), words("unit_points")) | {"cases": words("unit_cases")}
    frame.listing(
        words, "period", shown, headings, about, numbers=rows, units=units, places=places_of, definitions=definitions, head="window"
    )
    hall = words("not_available") if view.hall is None else number(float(view.hall), 2)
    st.caption(words("period_hall", mean=hall, count=len(view.departments)))


def _parts(words: Words, view: outcomes.PeriodView, names: dict[str, str], scope: work.Scope, about: dict[str, object]) -> None:
    """The period's sheet of everybody, part by part: of a township its three aspects (document 002)."""
    lines = (*view.scheme.indicators, *view.scheme.bonuses)
    called = {each.id: each.name.text(words.language) for each in lines}
    rows = pd.DataFrame(
        [
            {"window": names.get(each.window_id, each.window_id), **{part.id: part.mean for part in each.parts if part.id in called}}
            for each in view.results
            if scope.reads(each.window_id)
        ],
        columns=["window", *called],
    )
    shown = rows.assign(**{
        id: [words("not_available") if each is None or pd.isna(each) else number(float(each), 2) for each in rows[id]] for id in called
    })  # fmt: skip
    with st.expander(words("period_parts"), icon=":material/view_column:"):
        headings = {"window": words(f"subject_{view.scheme.subject}"), **called}
        frame.listing(
            words, "period_parts", shown, headings, about, numbers=rows, units=dict.fromkeys(called, words("unit_points")),
            places=dict.fromkeys(called, 2),
        )  # fmt: skip


def _title(
    words: Words, view: outcomes.PeriodView, awarded: outcomes.Awarded, names: dict[str, str], scope: work.Scope, about: dict[str, object]
) -> None:
    title = next(each for each in view.scheme.titles if each.id == awarded.title)
    st.markdown(f"**{frame.as_text(title.name.text(words.language))}**")
    st.caption(frame.as_text(_rule(words, view, title)))
    if not awarded.winners:
        st.markdown(words("title_nobody", subject=words(f"subject_{view.scheme.subject}")))
    for each in awarded.winners:
        told = words("title_winner", place=each.place, window=names.get(each.window_id, each.window_id), mean=number(float(each.mean), 2))
        st.markdown("- " + frame.as_text(told))
    shut = [(window, why) for window, why in awarded.kept_out if scope.reads(window)]
    if shut:
        with st.expander(words("title_kept_out", count=len(shut), subject=words(f"subject_{view.scheme.subject}"))):
            rows = pd.DataFrame([{"window": names.get(window, window), "why": words.name(outcomes.WHY[why])} for window, why in shut])
            headings = {"window": words(f"subject_{view.scheme.subject}"), "why": words("title_why")}
            frame.listing(words, f"kept_out_{awarded.title}", rows, headings, about, most=320)


def _rule(words: Words, view: outcomes.PeriodView, title: outcomes.Title) -> str:
    """Who may have a title and how many get it, with its ground."""
    if title.number is not None:
        many = words("title_number", count=title.number)
    elif title.cut is not None:
        many = words("title_cut", points=number(float(title.cut), 2))
    else:
        many = words("title_ratio", share=percent(float(title.ratio or 0)))
    band = next((each.name.text(words.language) for each in view.scheme.bands if each.id == title.band), "")
    asked = [many, words("title_months", count=title.months)]
    asked += [words("title_band", band=band)] if band else []
    asked += [words("title_ties", rules=words("inspector_list_join").join(words(f"tie_{each}") for each in title.tie_break))]
    return words("title_rule", asked=words("inspector_reason_join").join(asked), ground=ground(words, title.ground))


def _file(hall: str, name: str, scheme: str) -> tuple[str, dict[str, object]]:
    return "acting_period", {"period": name, "revision": outcomes.file_period(hall, name, scheme, acting.person())}


def _call_ins(words: Words, hall: str, month: str, scheme: str, names: dict[str, str], scope: work.Scope, about: dict[str, object]) -> None:
    st.subheader(words("call_in_title"), anchor=False)
    st.caption(words("call_in_note", months=outcomes.CALL_IN_MONTHS, least=outcomes.CALL_IN_LEAST, month=month))
    found = [each for each in outcomes.call_ins(hall, month, scheme) if scope.reads(each.window_id)]
    if not found:
        st.markdown(words("call_in_none"))
        return
    rows = pd.DataFrame(
        [
            {
                "window": names.get(each.window_id, each.window_id),
                "months": words("inspector_reason_join").join(
                    words("call_in_month", month=own, share=percent(good / many, 2), count=many) for own, good, many in each.months
                ),
            }
            for each in found
        ]
    )
    frame.listing(words, "call_ins", rows, {"window": words("score_window"), "months": words("call_in_months")}, about)
    for each in found:
        st.button(
            frame.as_text(words("call_in_open", window=names.get(each.window_id, each.window_id))), key=f"call_in_{each.window_id}",
            icon=":material/record_voice_over:", on_click=acting.perform, args=(lambda each=each: _call_in(hall, each.subject),),
        )  # fmt: skip


def _call_in(hall: str, subject: str) -> tuple[str, dict[str, object]]:
    return "acting_order_opened", {"order": work.open_order(hall, subject, acting.person()).order_number}


def _reports(words: Words, hall: str, month: str, view: outcomes.PeriodView, names: dict[str, str], scope: work.Scope) -> None:
    """The reports as files: chosen, made when asked for."""
    with st.expander(words("report_title"), icon=":material/description:"):
        st.caption(words("report_note"))
        left, middle, right = st.columns(3)
        kinds = REPORTS if scope.windows is None else OF_A_WINDOW
        with left:
            kind = st.selectbox(words("report_kind"), kinds, key="report_kind", format_func=lambda each: words(f"report_{each}"))
        with middle:
            ending = st.selectbox(words("report_ending"), outcomes.ENDINGS, key="report_ending")
        window = None
        if kind in OF_A_WINDOW:
            with right:
                own = [each for each in names if scope.reads(each)]
                window = st.selectbox(words(f"subject_{view.scheme.subject}"), own, key="report_window", format_func=names.__getitem__)
        span = view.period.name if kind == "titles" else month
        if st.button(words("report_make"), key="report_make", icon=":material/play_arrow:"):
            try:
                with st.spinner(words("report_making")):
                    st.session_state["report"] = (
                        (hall, kind, span, ending, window, words.language),
                        outcomes.report(hall, kind, span, ending, view.scheme.id, window, words.language),
                    )
            except data.BadInput as refusal:
                frame.refused(words, refusal)
        made = st.session_state.get("report")
        if made and made[0] == (hall, kind, span, ending, window, words.language):
            st.download_button(
                words("report_download"), data=made[1], file_name=f"openhall-{kind}-{span}{ending}", key="report_download",
                on_click="ignore", icon=":material/download:",
            )  # fmt: skip
