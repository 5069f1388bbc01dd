"""The public board (榜单) for a hall's screen: large type, published months only, windows and no persons.

The address names the hall and, if it should not be the newest, the month; the board draws itself anew every few minutes. Places are
intervals here too: a screen must not shame a window for noise.
"""

from __future__ import annotations

import math
import time
from html import escape

import pandas as pd
import streamlit as st

from dashboards import data
from dashboards.data import record, work
from dashboards.data.record import MonthTable, Row
from dashboards.texts import Words
from dashboards.views import frame
from dashboards.views.figures import number, percent
from dashboards.workbook import Column

REFRESH = "5m"
A_SCREEN, TURN_SECONDS = 32, 20
"""Windows that fit on a screen of 1920 x 1080, and how long one stands where there are more."""
FEWEST = 10
"""Ratings below which the board shows no share: so few could be told apart in the hall."""


def draw(words: Words) -> None:
    """Draw the board, and again every few minutes; a hall of more windows than fit on a screen goes from screen to screen."""
    table = _asked_for()
    many = table is not None and len(table.rows) > A_SCREEN
    st.fragment(_board, run_every=TURN_SECONDS if many else REFRESH)(words)


def _asked_for() -> MonthTable | None:
    """The month that the address names, or the newest; None while nothing is public."""
    public = {each.hall_id: months for each in record.halls() if (months := work.published(each.hall_id))}
    asked = st.query_params.get("hall", "")
    hall = asked if asked in {each.hall_id for each in record.halls()} else next(iter(public), "")
    if hall not in public:
        return None
    named = {f"{month} · {scheme}": (month, scheme) for month, scheme in public[hall]}
    month, scheme = named.get(st.query_params.get("month", ""), public[hall][0])
    return record.month_table(hall, month, scheme)


def screen_of(rows: list[Row], seconds: float) -> tuple[list[Row], int, int]:
    """The windows of the screen whose turn it is, its number and how many screens there are."""
    screens = max(1, math.ceil(len(rows) / A_SCREEN))
    turn = int(seconds // TURN_SECONDS) % screens
    size = math.ceil(len(rows) / screens)
    return rows[turn * size : (turn + 1) * size], turn + 1, screens


def _board(words: Words) -> None:
    halls = {each.hall_id: each for each in record.halls()}
    table = _asked_for()
    if table is None:
        frame.answer(words("board_empty"))
        return
    hall, month = table.hall, table.month
    year, number_of_month = month.split("-")
    title = words("board_title", year=year, month=int(number_of_month), subject=words(f"subject_{table.scheme.subject}"))
    name = halls[hall].name(words.language) or hall
    with st.container(key="board"):
        st.html(f'<div class="board-head"><b>{escape(title)}</b><span>{escape(name)}</span></div>')
        if halls[hall].demonstration:
            st.warning(words("inspector_demonstration"), icon=":material/science:")
        frame.answer(words("board_answer"))
        _figures(words, table)
        best_first = sorted(table.rows, key=lambda row: (row.comparable is None, -(row.comparable or 0), row.window))
        shown, screen, screens = screen_of(best_first, time.time())
        st.html(f'<div class="board">{"".join(_row(words, row) for row in shown)}</div>')
        with st.container(horizontal=True, vertical_alignment="center", key="board_foot"):
            note = words("board_note", scheme=table.scheme.name.text(words.language))
            st.caption(note if screens == 1 else f"{words('board_screen', screen=screen, screens=screens)} {note}")
            _download(words, table, best_first)


def _figures(words: Words, table: MonthTable) -> None:
    cases, overdue = (sum(getattr(row, field) for row in table.rows) for field in ("cases", "overdue"))
    ratings, good = sum(row.good.n for row in table.rows), sum(row.good.good for row in table.rows)
    wait = words("not_available") if table.hall_wait is None else words("minutes", value=number(float(table.hall_wait)))
    frame.cards([
        frame.Card(words("board_cases"), f"{cases:,}"),
        frame.Card(words("board_on_time"), percent(1 - overdue / cases, 1) if cases else words("not_available")),
        frame.Card(
            words("score_good"), percent(good / ratings, 1) if ratings else words("not_available"), words("board_of", count=f"{ratings:,}")
        ),
        frame.Card(words("board_wait"), wait),
    ])  # fmt: skip


def _row(words: Words, row: Row) -> str:
    total = words("inspector_not_enough") if row.comparable is None else number(float(row.comparable), 2)
    place = row.place
    if place is None or place.rank is None:
        rank = words("board_not_ranked")
    elif place.small:
        rank = words("rank_small", count=place.counted)
    else:
        rank = words("board_place", best=place.best, worst=place.worst)
    if row.good.value is not None and row.good.n >= FEWEST:
        rank += " · " + words("board_good", share=percent(float(row.good.value), 1), count=row.good.n)
    return (
        f'<div class="row"><span class="name">{escape(words.name(row.names, row.window))}</span>'
        f'<span class="total">{escape(total)}</span><span>{escape(words.name(row.band))}</span>'
        f'<span class="small">{escape(rank)}</span></div>'
    )


def _download(words: Words, table: MonthTable, rows: list[Row]) -> None:
    listed = pd.DataFrame(
        [
            {
                "window": words.name(row.names, row.window),
                "comparable": row.comparable,
                "band": words.name(row.band),
                "best": None if row.place is None else row.place.best,
                "worst": None if row.place is None else row.place.worst,
                "good": row.good.value if row.good.n >= FEWEST else None,
                "ratings": row.good.n,
            }
            for row in rows
        ]
    )
    columns = [
        Column("window", words(f"subject_{table.scheme.subject}")),
        Column("comparable", words("score_comparable"), words("unit_points"), "", 2),
        Column("band", words("score_band")),
        Column("best", words("rank_best")),
        Column("worst", words("rank_worst")),
        Column("good", words("score_good"), "", "", 4),
        Column("ratings", words("score_ratings")),
    ]
    about = {words("inspector_hall"): table.hall, words("inspector_month"): table.month, words("version"): data.version()}
    frame.download(words, "board", listed, columns, about)
