"""The inspector's page: a month's table, a window's sheet, a line's evidence; and what documents state against their own figures."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import charts, data
from dashboards.data import record
from dashboards.data.record import MonthTable, Row
from dashboards.texts import Words
from dashboards.views import frame, inspector_sheet, inspector_stated
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
    left, right = st.columns(2)
    with left:
        frame.remembered("hall", next(iter(halls)), str, halls.__contains__)
        hall = st.selectbox(
            words("inspector_hall"), list(halls), key="hall", format_func=lambda each: halls[each].name(words.language) or each
        )
        frame.remember("hall", next(iter(halls)))
    months = [f"{month} · {scheme}" for month, scheme in record.months(hall)]
    if not months:
        with top:
            frame.answer(words("inspector_no_month", hall=hall), "plain")
        inspector_stated.draw(words)
        return
    with right:
        frame.remembered("month", months[0], str, months.__contains__)
        chosen = st.selectbox(words("inspector_month"), months, key="month")
        frame.remember("month", months[0])
    month, _, scheme = chosen.partition(" · ")
    table = record.month_table(hall, month, scheme)
    with top:
        frame.answer(*_answer(words, table))
        if halls[hall].demonstration:
            st.warning(words("inspector_demonstration"), icon=":material/science:")
    _scheme(words, table)
    window = _month(words, table)
    if window is not None:
        inspector_sheet.draw(words, table, window)
    inspector_stated.draw(words)
    _journal(words, table)


def _answer(words: Words, table: MonthTable) -> tuple[str, str]:
    """Where to look first, and why."""
    scored = [row for row in table.rows if row.comparable is not None]
    if not scored:
        return words("inspector_answer_none", month=table.month), "warn"
    unscored = len(table.rows) - len(scored)
    more = words("inspector_unscored", count=unscored) if unscored else ""
    worst, best = scored[0], scored[-1]
    if not any(row.moved for row in scored):
        return words("inspector_answer_level", month=table.month, count=len(scored)) + more, "good"
    facts = {
        "window": words.name(worst.names, worst.window),
        "month": table.month,
        "total": number(float(worst.comparable or 0), 2),
        "reasons": words("inspector_reason_join").join(_reasons(words, table, worst)),
    }
    equal = sum(row.comparable == worst.comparable for row in scored) - 1
    spread = (best.comparable or 0) - (worst.comparable or 0)
    close = words("inspector_close", spread=number(float(spread), 2)) if spread < CLOSE else ""
    tie = words("inspector_tie", count=equal) if equal else ""
    return words("inspector_answer", **facts) + tie + close + more, "warn" if worst.overdue or worst.bad or worst.findings else "plain"


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
    if scheme.left_out:
        with st.expander(words("inspector_incomplete")):
            st.markdown("\n".join(f"- {each.text(words.language)}" for each in scheme.left_out))


def _month(words: Words, table: MonthTable) -> str | None:
    """The month's table; the window that is chosen in it."""
    st.subheader(words("inspector_table", month=table.month), anchor=False)
    wait = words("not_available") if table.hall_wait is None else words("minutes", value=number(float(table.hall_wait)))
    st.caption(words("inspector_load_note", wait=wait))
    names = {row.window: words.name(row.names, row.window) for row in table.rows}
    headings = {
        "window": words("score_window"),
        "comparable": words("score_comparable"),
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
    }
    shown = pd.DataFrame(
        [
            {
                headings["window"]: names[row.window],
                headings["comparable"]: words("inspector_not_enough") if row.comparable is None else number(float(row.comparable), 2),
                headings["total"]: words("not_available") if row.total is None else number(float(row.total), 2),
                headings["band"]: words.name(row.band, words("not_available")),
                **{headings[name]: getattr(row, name) for name in ("cases", "overdue", "ratings")},
                headings["good"]: _rate(words, row),
                **{headings[name]: getattr(row, name) for name in ("bad", "findings", "tickets")},
                headings["mean_wait"]: words("not_available")
                if row.mean_wait is None
                else words("minutes", value=number(float(row.mean_wait))),
            }
            for row in table.rows
        ]
    )
    windows = [row.window for row in table.rows]
    picked = st.dataframe(
        shown,
        hide_index=True,
        key=f"table_month_{table.month}",
        on_select="rerun",
        selection_mode="single-row",
        height=min(38 + 35 * len(shown), 460),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(words("inspector_table_hint"))
        _download(words, table, headings)
    with st.expander(words("inspector_chart")):
        _chart(words, table, names)
    rows = picked["selection"]["rows"] if picked else []
    if frame.newly_picked("window", windows[rows[0]] if rows else None):
        st.session_state["window"] = windows[rows[0]]
    frame.remembered("window", windows[0], str, windows.__contains__)
    window = st.selectbox(words("inspector_select_sheet"), windows, key="window", format_func=names.__getitem__)
    frame.remember("window", windows[0])
    return window


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
    labels |= {"total": words("score_comparable"), "window": words("score_window")}
    st.altair_chart(
        charts.totals_of_windows(drawn, labels, words.language), width="stretch", key="chart_totals", alt=words("inspector_chart")
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
    places = {"total": 2, "comparable": 2, "mean_wait": 2, "good": 4}
    columns = [
        Column(
            field, name, units.get(field, ""), words(f"definition_{field}") if words.has(f"definition_{field}") else "", places.get(field)
        )
        for field, name in headings.items()
    ]
    after = next(place for place, column in enumerate(columns, start=1) if column.field == "good")
    ends = (("good_low", words("column_low")), ("good_high", words("column_high")))
    columns[after:after] = [Column(field, f"{headings['good']} · {name}", "", words("definition_good_interval"), 4) for field, name in ends]
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
