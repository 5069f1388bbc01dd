"""What stands around every page: the header with its page and language switches, refused input, the footer; and the pieces that
pages share.

Widgets remember themselves in the address (`remembered`), so that a link opens the same screen and the language can be switched at
any moment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboards import data
from dashboards.texts import Words
from dashboards.workbook import Column, workbook, workbook_titles

STYLE = (data.HERE / "static" / "pages.css").read_text(encoding="utf-8")

_FOLDER = re.compile(r"^/(?:[^/:：]+/)+(?=[^/]+\.toml)")
_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>$~|]|^[#+!-]|:(?=[a-z_]+[:/\[])")
"""what Streamlit's labels would read as markup, an icon or a colour"""


def style() -> None:
    """The style of every page."""
    st.html(f"<style>{STYLE}</style>")


def header(words: Words, page: str, pages: Sequence[str]) -> None:
    """Name, pages, language."""
    style()
    with st.container(horizontal=True, vertical_alignment="center", key="top_bar"):
        st.html(f'<span class="brand">{escape(words("product"))}</span>', width="content")
        st.session_state["page_switch"] = page
        st.segmented_control(
            words("pages_label"),
            pages,
            format_func=lambda each: words(f"page_{each}"),
            key="page_switch",
            label_visibility="collapsed",
            on_change=_turn_page,
            required=True,
        )
        st.button(
            words("other_language"), key="language_switch", on_click=_switch_language, args=(words.language,), icon=":material/translate:"
        )


def _turn_page() -> None:
    st.query_params["page"] = st.session_state["page_switch"]


def _switch_language(now: str) -> None:
    st.query_params["lang"] = "en" if now == "zh" else "zh"


def refused(words: Words, refusal: data.BadInput) -> None:
    """What was refused, line by line, in the page's language. The lines hold what a file said, so they are shown as plain text."""
    st.error(words("refused"))
    st.code(refusal.text(words.language), language=None, wrap_lines=True)


def footer(words: Words) -> None:
    """Version and promise."""
    st.caption(words("footer", version=data.version()))


Answer = tuple[str, str]
"""The sentence of a page's top, and its tone: plain, good, warn."""


def answer(text: str, tone: str = "plain") -> None:
    """The one sentence at the top of a page: so what should I do? `tone`: plain, good, warn."""
    st.html(f'<p class="answer {escape(tone)}" role="status">{escape(text)}</p>')


@dataclass(frozen=True, slots=True)
class Card:
    """One figure of a row of figures; all of it plain text."""

    label: str
    value: str
    interval: str = ""
    help: str = ""
    change: str = ""
    verdict: str = ""
    tone: str = ""
    """better, worse or empty"""

    def changed(self, change: str, verdict: str, tone: str | None) -> Card:
        """The card with how the figure differs from the base."""
        return replace(self, change=change, verdict=verdict, tone=tone or "")


def cards(given: Sequence[Card]) -> None:
    """A row of figures, each with its interval and, in a comparison, its difference in words."""
    pieces = []
    for card in given:
        piece = f'<div class="card" title="{escape(card.help)}"><div class="label">{escape(card.label)}</div>'
        piece += f'<div class="value">{escape(card.value)}</div>'
        piece += f'<div class="interval">{escape(card.interval)}</div>'
        if card.change:
            piece += f'<div class="change {escape(card.tone)}"><b>{escape(card.verdict)}</b> {escape(card.change)}</div>'
        pieces.append(piece + "</div>")
    st.html(f'<div class="cards">{"".join(pieces)}</div>')


def strip(given: Sequence[Card]) -> None:
    """A few figures in one line that stays at the foot of the window."""
    pieces = [
        f'<span class="of">{escape(card.label)}</span> <span class="value">{escape(card.value)}</span> '
        f'<span class="change {escape(card.tone)}"><b>{escape(card.verdict)}</b> {escape(card.change)}</span>'
        for card in given
    ]
    st.html(f'<div class="strip" aria-hidden="true">{"".join(f"<div>{each}</div>" for each in pieces)}</div>')


def remembered(key: str, default: Any, read: Callable[[str], Any], allowed: Callable[[Any], bool]) -> None:
    """Give a widget its value from the address, once, if the address brings one that is allowed; else the default."""
    if key in st.session_state and allowed(st.session_state[key]):
        return
    value = default
    if key in st.query_params:
        try:
            asked = read(st.query_params[key])
            value = asked if allowed(asked) else default
        except ValueError:
            value = default
    st.session_state[key] = value


def remember(key: str, default: Any) -> None:
    """Write a widget's value into the address, or take it out when it is the default."""
    value = st.session_state.get(key, default)
    if value is None or value == default:
        if key in st.query_params:
            del st.query_params[key]
    elif st.query_params.get(key) != plain(value):
        st.query_params[key] = plain(value)


def newly_picked(name: str, row: Any) -> bool:
    """Whether a row of a table has just been ticked: it then wins over the choice below the table, until that is changed again."""
    key = f"picked_{name}"
    is_new = row is not None and st.session_state.get(key) != row
    st.session_state[key] = row
    return is_new


def plain(value: Any) -> str:
    """A widget's value as text of an address: 1 and 0 for yes and no, no needless decimals."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return f"{value:g}" if isinstance(value, float) else str(value)


def remark(given: str) -> None:
    """A remark on a scenario, without the folder of its file, which is nothing to a reader of the page."""
    st.caption(as_text(_FOLDER.sub("", given)))


def as_text(given: str) -> str:
    """Text for a place that reads Markdown, such as a label: whatever a name holds is shown as it is."""
    return _MARKDOWN.sub(r"\\\g<0>", given)


def download(
    words: Words,
    key: str,
    frame: pd.DataFrame,
    columns: Sequence[Column],
    about: dict[str, object],
    definitions: Sequence[Sequence[str]] = (),
) -> None:
    """A button that gives a table as an Excel workbook."""

    def build() -> bytes:
        return workbook(frame, columns, words("sheet_table"), definitions, about, workbook_titles(words))

    st.download_button(
        words("download_xlsx"),
        data=build,
        file_name=f"openhall-{key.replace('_', '-')}.xlsx",
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        key=f"download_{key}",
        icon=":material/download:",
        on_click="ignore",
    )


NARROW, ON_A_PHONE = 3, 60
"""Columns that still fit a phone as a table, and rows that a phone shows of a wider one."""
LETTERS, EDGE = 50, 3
"""Letters that a phone shows side by side (a Chinese one counts as two), and how many of them the edge of a column takes."""


def wide_table(words: Words, key: str, rows: pd.DataFrame, title: int = 0, links: Sequence[str] = ()) -> DeltaGenerator:
    """The place of a table; on a phone the same rows stand there as cards instead, one below another, for a wide table is read sideways.

    Parameters
    ----------
    rows : what is shown, under its visible headings
    title : the column that heads a card
    links : an address a row, for the heads of the cards
    """
    if _fits_a_phone(rows):
        return st.container()
    names = [str(each) for each in rows.columns]
    pieces = []
    for at, values in enumerate(rows.head(ON_A_PHONE).astype(object).where(rows.notna(), "").itertuples(index=False)):
        told = [_cell(each) for each in values]
        pairs = "".join(
            f"<span><i>{escape(name)}</i> {escape(value)}</span>"
            for place, (name, value) in enumerate(zip(names, told, strict=True))
            if place != title and value
        )
        named = told[title] if isinstance(values[title], str) else f"{names[title]} {told[title]}"
        head = f'<a href="{escape(links[at])}">{escape(named)}</a>' if links else escape(named)
        pieces.append(f"<div><b>{head}</b>{pairs}</div>")
    with st.container(key=f"phone_{key}"):
        st.html(f'<div class="on-phone">{"".join(pieces)}</div>')
        if len(rows) > ON_A_PHONE:
            st.caption(words("phone_more", shown=ON_A_PHONE, count=len(rows)))
    return st.container(key=f"desk_{key}")


def _fits_a_phone(rows: pd.DataFrame) -> bool:
    if len(rows.columns) > NARROW:
        return False
    widest = [
        max(_letters(name), *(_letters(_cell(each)) for each in rows[name])) if len(rows) else _letters(name) for name in rows.columns
    ]
    return len(widest) == 1 or sum(widest) + EDGE * len(widest) <= LETTERS


def _letters(text: object) -> int:
    return sum(2 if each >= "\u2e80" else 1 for each in str(text))


def _cell(value: object) -> str:
    """A cell of a card: a whole number without decimals."""
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    return str(value).strip()


def table(words: Words, key: str, rows: pd.DataFrame, title: int = 0, **options: Any) -> None:
    """A table under its visible headings, on a phone as cards; its workbook is the page's own. `options`: of `st.dataframe`."""
    with wide_table(words, key, rows, title):
        st.dataframe(rows, hide_index=True, key=f"table_{key}", **options)


def listing(
    words: Words,
    key: str,
    rows: pd.DataFrame,
    headings: dict[str, str],
    about: dict[str, object],
    *,
    units: dict[str, str] | None = None,
    numbers: pd.DataFrame | None = None,
    places: dict[str, int] | None = None,
    definitions: dict[str, str] | None = None,
    also: dict[str, str] | None = None,
    wide: Sequence[str] = (),
    pick: bool = False,
    most: int = 460,
    head: str = "",
) -> int | None:
    """A table with its workbook; the number of the row that is ticked, None without one.

    Parameters
    ----------
    rows : what is shown, columns by the names in `headings`
    headings : column -> its visible name, in order
    units, definitions, places : column -> unit, how it is made, decimals, of the workbook
    also : further columns, of the workbook only
    numbers : the same table with numbers as numbers, for the workbook; default: `rows`
    wide : columns of long text
    pick : whether a row can be ticked
    most : greatest height, pixels
    head : the column that heads a card on a phone; default: the first
    """
    shown = rows[list(headings)].rename(columns=headings)
    is_plain = pick and len(headings) <= NARROW  # a row of a card cannot be ticked
    with st.container() if is_plain else wide_table(words, key, shown, list(headings).index(head) if head else 0):
        picked = st.dataframe(
            shown, hide_index=True, key=f"table_{key}", height=min(38 + 35 * max(len(rows), 1), most),
            column_config={headings[name]: st.column_config.TextColumn(width="large") for name in wide},
            **({"on_select": "rerun", "selection_mode": "single-row"} if pick else {}),
        )  # fmt: skip
    written = rows if numbers is None else numbers
    columns = [
        Column(name, heading, (units or {}).get(name, ""), (definitions or {}).get(name, ""), (places or {}).get(name))
        for name, heading in (headings | (also or {})).items()
    ]
    download(words, key, written, columns, about)
    ticked = picked["selection"]["rows"] if pick and picked else []
    return ticked[0] if ticked else None


def reproduce(words: Words, seed: int, replications: int, unit: str, digest: str) -> None:
    """What is needed to compute the same figures again."""
    unit = words(f"unit_of_interval_{unit}")
    st.caption(words("reproduce_line", seed=seed, replications=replications, unit=unit, digest=digest[:12], version=data.version()))
