"""What the plan's waits would do to the next assessment: a section of the manager's page, asked for by hand because it simulates months."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards.data import BadInput, outlook, record, work
from dashboards.data.halls import Scenario
from dashboards.texts import Words
from dashboards.views import frame
from dashboards.workbook import Column

RATIOS = (1.05, 3.0, 1.2)
"""least, most and first by how much ten minutes more are taken to multiply bad ratings, where the user states it"""
FIGURES = ("bad_ratings", "complaints", "points")


def draw(words: Words, scenario: Scenario, plan: Scenario) -> None:
    """The section; nothing where the record has no assessed month or there is no plan."""
    months = [(each.hall_id, month, scheme) for each in record.halls() for month, scheme in record.months(each.hall_id)]
    if not months or plan.digest == scenario.digest:
        return
    with st.expander(words("outlook_section"), key="outlook"):
        if not st.toggle(words("outlook_ask"), key="outlook_asked"):
            st.caption(words("outlook_ask_note"))
            return
        chosen = st.selectbox(words("outlook_like_month"), months, key="outlook_month", format_func=lambda each: _month_named(words, *each))
        stated = None
        if st.checkbox(words("outlook_state"), key="outlook_state"):
            stated = st.slider(words("outlook_ratio"), RATIOS[0], RATIOS[1], RATIOS[2], 0.05, key="outlook_ratio")
        _answer(words, scenario, plan, chosen, stated)


def _month_named(words: Words, hall: str, month: str, scheme: str) -> str:
    """A hall's month with its scheme, by names."""
    names = {each.hall_id: each.name(words.language) for each in record.halls()}
    return f"{names.get(hall) or hall} · {month} · {scheme} {words.name(work.scheme_names().get(scheme))}".strip()


def _answer(words: Words, scenario: Scenario, plan: Scenario, chosen: tuple[str, str, str], ratio: float | None) -> None:
    hall, month, scheme = chosen
    stated = None if ratio is None else (ratio, ratio, ratio)
    try:
        with st.spinner(words("outlook_working")):
            found = outlook.outlook(record.store(), hall, month, scenario, plan, scheme, stated=stated)
    except BadInput as refused:
        st.warning(refused.text(words.language))
        return
    st.markdown(f"**{frame.as_text(outlook.sentence(words, found))}**")
    for each in outlook.effects(words, found):
        st.markdown(f"- {frame.as_text(each)}")
    rows = [found.hall, *outlook.moved(found)]
    names = {each.window: words.name(each.names, each.window) for each in record.month_table(hall, month, scheme).rows}
    shown = [
        {
            words("outlook_window"): names.get(each.window_id, each.window_id) or words("outlook_hall"),
            words("outlook_visits"): f"{each.visits:,}",
            **{words(f"outlook_{name}"): outlook.span(getattr(each, name)) for name in FIGURES},
        }
        for each in rows
    ]
    frame.table(words, "outlook", pd.DataFrame(shown))
    st.caption(" ".join([words("outlook_table"), *outlook.notes(words, found, ratio is not None)]))
    _download(words, found, names, stated is not None)


def _download(words: Words, found: outlook.Outlook, names: dict[str, str], is_stated: bool) -> None:
    rows = []
    for each in (found.hall, *found.windows):
        row: dict[str, object] = {"window": names.get(each.window_id, each.window_id) or words("outlook_hall"), "visits": each.visits}
        for name in FIGURES:
            change = getattr(each, name)
            for side in ("base", "plan", "difference"):
                for part in ("value", "low", "high"):
                    row[f"{name}_{side}_{part}"] = None if change is None else getattr(getattr(change, side), part)
        rows.append(row)
    columns = [Column("window", words("outlook_window")), Column("visits", words("outlook_visits"))]
    for name in FIGURES:
        for side in ("base", "plan", "difference"):
            for part, suffix in (("value", ""), ("low", "_low"), ("high", "_high")):
                title = f"{words(f'outlook_{name}')} · {words(f'column_{side}{suffix}')}"
                columns.append(Column(f"{name}_{side}_{part}", title, "", "", 4))
    about = {words("outlook_like_month"): f"{found.hall_id} · {found.month} · {found.scheme}"}
    definitions = [
        (words("outlook_section"), "", each) for each in (*outlook.effects(words, found), *outlook.notes(words, found, is_stated))
    ]
    frame.download(words, "outlook", pd.DataFrame(rows), columns, about, definitions)
