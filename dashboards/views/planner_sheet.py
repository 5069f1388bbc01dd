"""The planner's sizing sheet: inputs with sliders, the answer by formula at once, confirmed by simulation as a job."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboards import charts
from dashboards.data import sizing as sheets
from dashboards.data.sizing import Data, Sizing, Slider
from dashboards.jobs.sized import sheet_arguments
from dashboards.shipped import shipped_sheets
from dashboards.texts import Words
from dashboards.views import frame, job
from dashboards.workbook import Column

OUTCOMES = ("area_m2", "windows", "seats", "staff")
ITEM_PIXELS = 330
"""room for the name of a group of windows, in English too"""


def draw(words: Words) -> None:
    """Draw the sheet."""
    top = st.container()
    controls, result = st.columns([1, 2], gap="large")
    with controls:
        sheet = _chosen(words)
        moved = _moved(words, sheet)
        given = sheet.having(moved)
    rough, storm = sheets.by_formulas(given)
    with top:
        said, found = st.container(), _confirmed(words, given, moved)
    with said:
        if found is None:
            frame.answer(sheets.answer_by_formula(words, given, rough))
        else:
            frame.answer(sheets.answer(words, given, found), "good" if found["kept"] else "warn")
            storm = found["tornado"]
        st.caption(sheets.assumed(words, given, storm))
    with result:
        if found is not None:
            _how(words, given, found)
        _items(words, given, rough, found, storm)
        if found is not None:
            _served(words, given, found)
            _years(words, given, found)
        _storm(words, given, storm, found)


def _chosen(words: Words) -> Sizing:
    by_name = {name: sheets.sheet(path) for name, path in shipped_sheets().items()}
    names = tuple(by_name)
    frame.remembered("sheet", names[-1], str, names.__contains__)
    st.selectbox(words("sizing_choose"), names, key="sheet", format_func=lambda each: words.name(by_name[each].title, each))
    frame.remember("sheet", names[-1])
    return by_name[st.session_state["sheet"]]


def _moved(words: Words, sheet: Sizing) -> dict[str, float]:
    """The inputs that are not where the sheet has them."""
    moved = {}
    keys = []
    for slider in sheets.SLIDERS:
        low, high = _ends(sheet, slider)
        if low < high:
            key = f"{sheet.name}.{slider.figure}"
            keys.append(key)
            value = _slider(words, sheet, slider, key, low, high)
            if abs(value - sheet[slider.figure]) > 1e-9:
                moved[slider.figure] = value
    if moved:
        st.button(words("sizing_reset"), on_click=_reset, args=(keys,), icon=":material/undo:", key="reset_sheet")
    st.caption(words("sizing_inputs_mark"))
    with st.expander(words("sizing_more_inputs")):
        rows = pd.DataFrame(sheets.input_rows(words, sheet.having(moved)))
        names = {name: words(f"sizing_column_{name}") for name in ("input", "value", "low", "high", "basis")}
        frame.table(words, "inputs", rows.drop(columns="assumed").rename(columns=names))
        columns = [Column(name, title, "", "", None if name in ("input", "basis") else 3) for name, title in names.items()]
        frame.download(words, "inputs", rows, columns, sheets.about(words, sheet, None))
    return moved


def _ends(sheet: Sizing, slider: Slider) -> tuple[float, float]:
    figure = sheet.figures[slider.figure]
    low, high = slider.ends or (figure.low, figure.high)
    return min(low, figure.value), max(high, figure.value)


def _slider(words: Words, sheet: Sizing, slider: Slider, key: str, low: float, high: float) -> float:
    """One input; a share is shown in percent."""
    times = 100.0 if slider.percent else 1.0
    default = round(sheet[slider.figure] * times, 6)
    low, high = round(low * times, 6), round(high * times, 6)
    step = sheets.step_of(slider, low, high)
    frame.remembered(key, default, float, lambda value: isinstance(value, float) and low <= value <= high)
    places = max(0, min(3, -len(f"{step:f}".split(".")[0]) + 1 if step >= 1 else len(f"{step:.6f}".rstrip("0").split(".")[1])))
    value = st.slider(
        frame.as_text(sheets.marked(words, sheet, slider.figure)),
        low,
        high,
        key=key,
        step=step,
        format=f"%.{places}f%%" if slider.percent else f"%.{places}f",
        help=frame.as_text(sheets.basis_of(words, sheet.figures[slider.figure].basis)),
    )
    frame.remember(key, default)
    return float(value) / times


def _reset(keys: list[str]) -> None:
    for key in keys:
        st.session_state.pop(key, None)
        st.query_params.pop(key, None)


def _confirmed(words: Words, given: Sizing, moved: dict[str, float]) -> Data | None:
    """The answer by simulation, if it is there; else the way to ask for it, or how far it is."""
    work = sheet_arguments(given, moved, sheets.digest_of(given))
    return job.confirmed(words, "size", work, "planner", words("sizing_confirm"), words("sizing_confirm_how"))


def _how(words: Words, given: Sizing, found: Data) -> None:
    st.caption(frame.as_text(" ".join(sheets.beneath(words, given, found))))


def _items(words: Words, given: Sizing, rough: Any, found: Data | None, storm: Data) -> None:
    st.subheader(words("sizing_table_title"), anchor=False)
    rows = pd.DataFrame(sheets.item_rows(words, given, rough, found))
    if found is None:
        rows = rows.drop(columns=["value", "low", "high"])
    names = {name: words(f"sizing_column_{name}") for name in ("item", "value", "formula", "basis")}
    numbers = {names["formula"]: st.column_config.NumberColumn(format="%,.0f")}
    widths = {names["item"]: st.column_config.TextColumn(width=ITEM_PIXELS), names["basis"]: st.column_config.TextColumn(width="large")}
    shown = rows.assign(value=[_with_interval(row) for row in rows.to_dict("records")]) if found else rows
    shown = shown[[name for name in names if name in shown]].rename(columns=names)
    frame.table(words, "sheet", shown, column_config=numbers | widths, height=38 + 35 * len(rows))
    columns = [each for each in sheets.columns_of_items(words) if each.field in rows.columns]
    frame.download(words, "sheet", rows, columns, sheets.about(words, given, found), sheets.definitions(words, given, found, storm))


def _with_interval(row: dict[str, Any]) -> str:
    """A value as text, with its interval where it has one."""
    ends = f" [{row['low']:,.0f}, {row['high']:,.0f}]" if pd.notna(row["low"]) else ""
    return f"{row['value']:,.0f}{ends}"


def _served(words: Words, given: Sizing, found: Data) -> None:
    if not found["served"]:
        return
    st.subheader(words("sizing_served_title"), anchor=False)
    for each in found["served"]:
        st.markdown(f"- {frame.as_text(sheets.served(words, found, each))}")
    rows = pd.DataFrame(sheets.served_rows(words, found))
    frame.download(words, "served", rows, sheets.columns_of_served(words), sheets.about(words, given, found))


def _years(words: Words, given: Sizing, found: Data) -> None:
    st.subheader(words("sizing_years_title"), anchor=False)
    rows = pd.DataFrame(sheets.year_rows(words, given, found))
    label = rows["year"] if given.opens is None else rows["year"] + given.opens
    names = {state: words(f"sizing_state_{state}") for state in charts.sizing.STATES}
    texts = names | {
        "year": words("sizing_column_calendar" if given.opens else "sizing_column_year"),
        "measure": sheets.measure_name(words, found),
        "busy": words("sizing_column_busy_day"),
        "low": words("column_low"),
        "high": words("column_high"),
    }
    target = given["target.share"] or given["target.wait_min"]
    drawn = rows.assign(label=label.astype(str))
    chart = charts.years_ahead(drawn, texts, words.language, target)
    st.altair_chart(chart, width="stretch", key="chart_years", alt=words("sizing_years_title"))
    st.caption(words("sizing_years_note"))
    shown = rows.assign(state=rows["state"].map(names))
    frame.download(words, "years", shown, sheets.columns_of_years(words, given, found), sheets.about(words, given, found))


def _storm(words: Words, given: Sizing, storm: Data, found: Data | None) -> None:
    st.subheader(words("sizing_tornado_title"), anchor=False)
    sentence = sheets.strongest(words, storm)
    if sentence:
        st.markdown(frame.as_text(sentence))
    frame.remembered("of", OUTCOMES[0], str, OUTCOMES.__contains__)
    outcome = st.segmented_control(
        words("sizing_tornado_outcome"), OUTCOMES, key="of", format_func=lambda each: words(f"sizing_outcome_{each}"), required=True
    )
    frame.remember("of", OUTCOMES[0])
    rows = pd.DataFrame(
        sheets.tornado_rows(words, given, storm, str(outcome)), columns=["input", "low", "high", "base", "at_low", "at_high"]
    )
    texts = {
        "low": words("sizing_column_at_low"),
        "high": words("sizing_column_at_high"),
        "outcome": words(f"sizing_outcome_{outcome}"),
        "input": words("sizing_column_input"),
        "end": words("sizing_column_value"),
    }
    if len(rows):
        chart = charts.inputs_moved(rows, texts, words.language)
        st.altair_chart(chart, width="stretch", key="chart_tornado", alt=words("sizing_tornado_title"))
    st.caption(words(f"sizing_tornado_note_{storm['method']}"))
    columns = [Column("input", texts["input"]), Column("low", words("sizing_column_low"), "", "", 3)]
    columns += [Column("high", words("sizing_column_high"), "", "", 3), Column("at_low", texts["low"], texts["outcome"], "", 0)]
    columns += [Column("at_high", texts["high"], texts["outcome"], "", 0)]
    frame.download(words, "tornado", rows, columns, sheets.about(words, given, found))
