"""A month's table: its scheme and how sure it is, everybody assessed with score, place and load, and the charts of totals and of chance."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import charts, data
from dashboards.data.record import MonthTable, Row
from dashboards.texts import Words
from dashboards.views import frame
from dashboards.views.figures import number, percent
from dashboards.workbook import Column

COUNTS = ("cases", "overdue", "ratings", "bad", "findings", "tickets")


def draw(words: Words, table: MonthTable) -> str | None:
    """Draw the table; who is chosen in it."""
    _scheme(words, table)
    return _table(words, table)


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


def _table(words: Words, table: MonthTable) -> str | None:
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
