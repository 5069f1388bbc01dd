"""The inspector's page: what needs somebody today, a month's table, a window's sheet, a line's evidence; the sections beside it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboards import charts, data
from dashboards.data import record, work
from dashboards.data.record import MonthTable, Row
from dashboards.texts import Words
from dashboards.views import (
    acting,
    frame,
    inspector_appeals,
    inspector_checks,
    inspector_orders,
    inspector_period,
    inspector_sheet,
    inspector_stated,
    inspector_today,
)
from dashboards.views import inspector_watch as watch
from dashboards.views.figures import number, percent
from dashboards.workbook import Column

CLOSE = 3
"""points between the highest and the lowest total below which the page says that no rank follows"""
COUNTS = ("cases", "overdue", "ratings", "bad", "findings", "tickets")


def draw(words: Words) -> None:
    """Draw the page."""
    halls = {each.hall_id: each for each in record.halls()}
    top = st.container()
    if not halls:
        with top:
            frame.answer(words("inspector_empty_answer"), "plain")
            st.info(words("inspector_empty"), icon=":material/upload_file:")
        inspector_stated.draw(words)
        return
    left, middle, right = st.columns(3)
    switch, today = st.container(), st.container()
    with middle:
        frame.remembered("hall", next(iter(halls)), str, halls.__contains__)
        hall = st.selectbox(
            words("inspector_hall"), list(halls), key="hall", format_func=lambda each: halls[each].name(words.language) or each
        )
        frame.remember("hall", next(iter(halls)))
    assessed = record.months(hall)
    months = [f"{month} · {scheme}" for month, scheme in work.months(hall, assessed)]
    with left:
        person = acting.field(words)
    try:
        scope = work.scope_of(person, hall)
    except data.BadInput as refusal:
        with top:
            frame.answer(words("acting_who"), "warn")
            if person:
                frame.refused(words, refusal)
        return
    if not months:
        with top:
            frame.answer(words("inspector_no_month", hall=hall), "plain")
            acting.tell(words)
        inspector_today.opening(words, hall)
        inspector_stated.draw(words)
        return
    with switch:
        view = _switch(words)
    frame.remembered("month", months[0], str, months.__contains__)
    if (view, inspector_checks.part()) != ("checks", "form"):  # a visit has a day of its own
        schemes = work.scheme_names()
        right.selectbox(words("inspector_month"), months, key="month", format_func=lambda each: _month_named(words, each, schemes))
    frame.remember("month", months[0])
    month, _, scheme = st.session_state["month"].partition(" · ")
    table = work.narrowed(record.month_table(hall, month, scheme), scope) if (month, scheme) in assessed else None
    if halls[hall].demonstration:
        with top:
            st.warning(words("inspector_demonstration"), icon=":material/science:")
    said = _said(words, hall, month, scheme, scope, table, view)
    with top:
        frame.answer(*said)
        acting.tell(words)
    if view == VIEWS[0]:
        with today:
            inspector_today.draw(words, hall, month, scheme, scope)


def _said(
    words: Words, hall: str, month: str, scheme: str, scope: work.Scope, table: MonthTable | None, view: str
) -> frame.Answer:  # fmt: skip
    """Draw a section; what to do first there."""
    match view:
        case "orders":
            return inspector_orders.draw(words, hall, month, scope)
        case "overdue":
            return watch.ladder(words, hall, month, scope)
        case "signals":
            return watch.signals(words, hall, month, scheme, scope)
        case "checks":
            return inspector_checks.draw(words, hall, month, scope)
        case "period":
            return inspector_period.draw(words, hall, month, scheme, scope)
        case "appeals" if table is not None:
            return inspector_appeals.draw(words, table, scope)
        case "month":
            _sections(words, hall, table, scope)
            if table is not None:
                return _answer(words, table, scope)
    return words("inspector_not_computed", month=month), "warn"


def _month_named(words: Words, key: str, schemes: Mapping[str, Mapping[str, str]]) -> str:
    """A month with the name of its scheme instead of the id."""
    month, _, scheme = key.partition(" · ")
    return f"{month} · {words.name(schemes.get(scheme), scheme)}"


VIEWS = ("month", "checks", "orders", "overdue", "appeals", "signals", "period")


def _switch(words: Words) -> str:
    """The sections of the page."""
    frame.remembered("view", VIEWS[0], str, VIEWS.__contains__)
    view = st.segmented_control(
        words("inspector_view"), VIEWS, key="view", format_func=lambda each: words(f"view_{each}"),
        label_visibility="collapsed", required=True,
    )  # fmt: skip
    frame.remember("view", VIEWS[0])
    return str(view)


def _sections(words: Words, hall: str, table: MonthTable | None, scope: work.Scope) -> None:
    """The month: its scheme, table, the chosen window's sheet; what documents state; the journal."""
    if table is not None:
        _scheme(words, table)
        window = _month(words, table)
        if window is not None:
            inspector_sheet.draw(words, table, window)
    if work.runs_months(scope):
        inspector_today.opening(words, hall)
    inspector_stated.draw(words)
    if table is not None:
        _journal(words, table)


def _answer(words: Words, table: MonthTable, scope: work.Scope) -> tuple[str, str]:
    """Where to look first, and why."""
    scored = [row for row in table.rows if row.comparable is not None]
    if not scored:
        return words("inspector_answer_none", month=table.month), "warn"
    unscored = len(table.rows) - len(scored)
    more = words("inspector_unscored", count=unscored) if unscored else ""
    worst, best = scored[0], scored[-1]
    if not any(row.moved for row in scored):
        subject = words(f"subject_{table.scheme.subject}")
        return words("inspector_answer_level", month=table.month, count=len(scored), subject=subject) + more, "good"
    facts = {
        "window": words.name(worst.names, worst.window),
        "month": table.month,
        "total": number(float(worst.comparable or 0), 2),
        "reasons": words("inspector_reason_join").join(_reasons(words, table, worst)),
    }
    tone = "warn" if worst.overdue or worst.bad or worst.findings else "plain"
    if scope.windows is not None:
        reached = work.course_of(table.hall, table.month, table.scheme.id)
        until = words("inspector_own_until", day=reached.until) if reached and reached.stands == "circulated" else ""
        return words("inspector_answer_own", **facts) + until, tone
    equal = sum(row.comparable == worst.comparable for row in scored) - 1
    spread = (best.comparable or 0) - (worst.comparable or 0)
    close = words("inspector_close", spread=number(float(spread), 2)) if spread < CLOSE else ""
    tie = words("inspector_tie", count=equal) if equal else ""
    return words("inspector_answer", **facts) + tie + close + more, tone


def _reasons(words: Words, table: MonthTable, row: Row) -> list[str]:
    reasons = [
        words(f"inspector_reason_{name}", count=count)
        for name, count in (("overdue", row.overdue), ("bad", row.bad), ("findings", row.findings))
        if count
    ]
    lines = table.sheets[row.window].lines
    most = max(lines, key=record.lost, default=None)
    if most is not None and record.lost(most) > 0:
        name = words.name(record.name_of_line(table.scheme, most))
        reasons.append(words("inspector_reason_line", line=name, points=number(float(record.lost(most)), 2)))
    return reasons


def _scheme(words: Words, table: MonthTable) -> None:
    scheme = table.scheme
    st.caption(
        words(
            "inspector_scheme_line",
            name=scheme.name.text(words.language),
            version=scheme.version,
            mark=scheme.source.mark,
            caution=scheme.source.caution.text(words.language),
            count=len(scheme.assumptions()),
        )
    )
    if scheme.incomplete:
        st.caption(words("inspector_incomplete"))
    if scheme.left_out:
        with st.expander(words("inspector_left_out", count=len(scheme.left_out))):
            st.markdown("\n".join(f"- {each.text(words.language)}" for each in scheme.left_out))


def _month(words: Words, table: MonthTable) -> str | None:
    """The month's table; the window that is chosen in it."""
    st.subheader(words("inspector_table", month=table.month, subject=words(f"subject_{table.scheme.subject}")), anchor=False)
    wait = words("not_available") if table.hall_wait is None else words("minutes", value=number(float(table.hall_wait)))
    st.caption(words("inspector_load_note", wait=wait))
    names = {row.window: words.name(row.names, row.window) for row in table.rows}
    headings = {
        "window": words(f"subject_{table.scheme.subject}"),
        "comparable": words("score_comparable"),
        "rank": words("score_rank"),
        "total": words("score_total"),
        "band": words("score_band"),
        "cases": words("score_cases"),
        "overdue": words("score_overdue"),
        "ratings": words("score_ratings"),
        "good": words("score_good"),
        "bad": words("score_bad"),
        "findings": words("score_findings"),
        "tickets": words("score_served"),
        "mean_wait": words("score_wait"),
        "utilisation": words("score_utilisation"),
    }
    shown = pd.DataFrame(
        [
            {
                headings["window"]: names[row.window],
                headings["comparable"]: words("inspector_not_enough") if row.comparable is None else number(float(row.comparable), 2),
                headings["rank"]: _rank(words, row),
                headings["total"]: words("not_available") if row.total is None else number(float(row.total), 2),
                headings["band"]: words.name(row.band, words("not_available")),
                **{headings[name]: getattr(row, name) for name in ("cases", "overdue", "ratings")},
                headings["good"]: _rate(words, row),
                **{headings[name]: getattr(row, name) for name in ("bad", "findings", "tickets")},
                headings["mean_wait"]: words("not_available")
                if row.mean_wait is None
                else words("minutes", value=number(float(row.mean_wait))),
                headings["utilisation"]: words("not_available") if row.utilisation is None else percent(float(row.utilisation)),
            }
            for row in table.rows
        ]
    )
    windows = [row.window for row in table.rows]
    if all(row.total == row.comparable for row in table.rows):
        shown = shown.drop(columns=headings["total"])  # the same figure twice; the workbook has both
    with frame.wide_table(words, "month", shown):
        picked = st.dataframe(
            shown, hide_index=True, column_config={headings["window"]: st.column_config.TextColumn(width=150)},
            key=f"table_month_{table.month}", on_select="rerun", selection_mode="single-row",
            height=min(38 + 35 * len(shown), 460),
        )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(words("inspector_table_hint"))
        _download(words, table, headings)
    st.caption(words("inspector_rank_note"))
    left, right = st.columns(2)
    with left, st.expander(words("inspector_chart", subject=headings["window"])):
        _chart(words, table, names)
    with right, st.expander(words("inspector_funnel")):
        _funnel(words, table, names)
    rows = picked["selection"]["rows"] if picked else []
    if frame.newly_picked("window", windows[rows[0]] if rows else None):
        st.session_state["window"] = windows[rows[0]]
    frame.remembered("window", windows[0], str, windows.__contains__)
    window = st.selectbox(words(f"subject_{table.scheme.subject}"), windows, key="window", format_func=names.__getitem__)
    frame.remember("window", windows[0])
    return window


def _rank(words: Words, row: Row) -> str:
    """The places that noise alone could give, and whether the sample is too small for any."""
    place = row.place
    if place is None or place.rank is None:
        return words("not_available")
    if place.small:
        return words("rank_small", count=place.counted)
    return str(place.rank) if place.best == place.worst else f"{place.best}–{place.worst}"


def _funnel(words: Words, table: MonthTable, names: dict[str, str]) -> None:
    """What is more than chance: bad ratings and overdue cases by their number."""
    frame.remembered("funnel", "bad_ratings", str, table.funnels.__contains__)
    which = st.radio(
        words("inspector_funnel_of"), list(table.funnels), key="funnel", horizontal=True, format_func=lambda each: words(f"funnel_{each}")
    )
    frame.remember("funnel", "bad_ratings")
    points = [each for each in table.funnels[which] if each.window_id in names]
    outside = [names[each.window_id] for each in points if each.outside]
    if not points:
        st.markdown(words("funnel_empty"))
        return
    told = words("inspector_list_join").join(outside)
    st.markdown(
        frame.as_text(
            words("funnel_outside", windows=told) if outside else words("funnel_inside", subject=words(f"subject_{table.scheme.subject}"))
        )
    )
    rows = pd.DataFrame(
        {
            "window": [names[each.window_id] for each in points],
            "n": [each.n for each in points],
            "rate": [float(each.rate) for each in points],
            "low": [float(each.low) for each in points],
            "high": [float(each.high) for each in points],
            "outside": [each.outside for each in points],
        }
    )
    labels = {name: words(f"funnel_{name}") for name in ("inside_label", "outside_label")}
    labels = {"inside": labels["inside_label"], "outside": labels["outside_label"], "window": words(f"subject_{table.scheme.subject}")}
    labels |= {"n": words(f"funnel_n_{which}"), "rate": words(f"funnel_rate_{which}")}
    st.altair_chart(
        charts.rates_in_a_funnel(rows, labels, words.language), width="stretch", key="chart_funnel", alt=words("inspector_funnel")
    )
    columns = [
        Column("window", labels["window"]),
        Column("n", labels["n"]),
        Column("rate", labels["rate"], "", "", 4),
        Column("low", words("column_low"), "", "", 4),
        Column("high", words("column_high"), "", "", 4),
    ]
    frame.download(words, "funnel", rows, columns, about(words, table))


def _rate(words: Words, row: Row) -> str:
    """The share of good ratings with its interval."""
    if row.good.value is None:
        return words("not_available")
    value, low, high = (percent(float(each), 1) for each in (row.good.value, row.good.low or 0, row.good.high or 0))
    return f"{value} [{low}, {high}]"


def _chart(words: Words, table: MonthTable, names: dict[str, str]) -> None:
    drawn = pd.DataFrame(
        [
            {
                "window": names[row.window],
                "total": None if row.comparable is None else float(row.comparable),
                "state": "unscored" if row.comparable is None else "moved" if row.moved else "full",
            }
            for row in table.rows
        ]
    ).astype({"total": "float64"})
    labels = {state: words(f"state_{state}") for state in ("full", "moved", "unscored")}
    labels |= {"total": words("score_comparable"), "window": words(f"subject_{table.scheme.subject}")}
    st.altair_chart(
        charts.totals_of_windows(drawn, labels, words.language),
        width="stretch",
        key="chart_totals",
        alt=words("inspector_chart", subject=labels["window"]),
    )


def _download(words: Words, table: MonthTable, headings: dict[str, str]) -> None:
    rows = pd.DataFrame(
        [
            {
                "window": words.name(row.names, row.window),
                "comparable": row.comparable,
                "total": row.total,
                "band": words.name(row.band),
                "good": row.good.value,
                "good_low": row.good.low,
                "good_high": row.good.high,
                "mean_wait": row.mean_wait,
                "utilisation": row.utilisation,
                "rank": None if row.place is None else row.place.rank,
                "rank_best": None if row.place is None else row.place.best,
                "rank_worst": None if row.place is None else row.place.worst,
                "rests_on": None if row.place is None else row.place.counted,
                **{name: getattr(row, name) for name in COUNTS},
            }
            for row in table.rows
        ]
    )
    units = {
        "total": words("unit_points"),
        "comparable": words("unit_points"),
        "cases": words("unit_cases"),
        "overdue": words("unit_cases"),
        "mean_wait": words("unit_minutes"),
    }
    places = {"total": 2, "comparable": 2, "mean_wait": 2, "good": 4, "utilisation": 4}
    columns = [
        Column(
            field, name, units.get(field, ""), words(f"definition_{field}") if words.has(f"definition_{field}") else "", places.get(field)
        )
        for field, name in headings.items()
    ]
    after = next(place for place, column in enumerate(columns, start=1) if column.field == "good")
    ends = (("good_low", words("column_low")), ("good_high", words("column_high")))
    columns[after:after] = [Column(field, f"{headings['good']} · {name}", "", words("definition_good_interval"), 4) for field, name in ends]
    place = next(place for place, column in enumerate(columns, start=1) if column.field == "rank")
    columns[place:place] = [
        Column("rank_best", words("rank_best")), Column("rank_worst", words("rank_worst")), Column("rests_on", words("rank_rests_on")),
    ]  # fmt: skip
    frame.download(words, "month", rows, columns, about(words, table))


def about(words: Words, table: MonthTable) -> dict[str, object]:
    """Where exported figures come from."""
    return {
        words("inspector_hall"): table.hall,
        words("inspector_month"): table.month,
        words("inspector_scheme"): f"{table.scheme.id} {table.scheme.version} {table.scheme.digest}",
        words("journal_count"): table.checkpoint.count,
        words("journal_head"): table.checkpoint.head,
        words("version"): data.version(),
    }


def _journal(words: Words, table: MonthTable) -> None:
    st.caption(words("inspector_journal", count=table.checkpoint.count, head=table.checkpoint.head))
    st.caption(words("inspector_journal_help"))
