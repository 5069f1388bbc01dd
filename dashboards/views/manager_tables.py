"""The tables of the manager's page: inputs that differ, measures with their paired differences, services and windows, sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import data
from dashboards.data import changes, halls, runs
from dashboards.data.fields import field_in_words
from dashboards.data.halls import Change, Scenario
from dashboards.data.runs import MEASURES, UNITS, Comparison
from dashboards.texts import Words
from dashboards.texts.phrases import in_words
from dashboards.views import frame
from dashboards.views.figures import interval, is_clear, signed_interval
from dashboards.workbook import Column

Estimate = Mapping[str, Any]
BY_SERVICE = ("mean_wait", "p90_wait", "share_within_target", "left_share", "served")
BY_WINDOW = ("utilisation", "served", "mean_service_time", "overtime")
FIGURE_PIXELS = 235
"""so that the source stands beside its figure in the narrow column of the page"""


def label(words: Words, name: str) -> str:
    """A measure's name with its unit."""
    measure = MEASURES[name]
    named = measure.label[words.language]
    named = named[:1].upper() + named[1:]
    return words("with_unit", name=named, unit=words("unit_minutes")) if measure.unit == "min" else named


def definition(words: Words, name: str) -> str:
    """How a measure is computed, and who is counted."""
    measure = MEASURES[name]
    return f"{measure.definition[words.language]} {measure.formula[words.language]} · {measure.counted[words.language]}"


def verdict(words: Words, name: str, difference: Estimate) -> str:
    """A difference in words: better, worse, more, less, no clear difference."""
    if difference["value"] is None:
        return words("verdict_unknown")
    if difference["value"] == 0 and difference["low"] == difference["high"] == 0:
        return words("verdict_same")
    if not is_clear(difference):
        return words("verdict_unclear")
    if difference["better"] is not None:
        return words(f"verdict_{difference['better']}")
    return words("verdict_more" if difference["value"] > 0 else "verdict_less")


def inputs(words: Words, scenario: Scenario, plan: Scenario, made: list[Change], found: Comparison) -> None:
    """What the plan changes, before what comes of it."""
    st.subheader(words("manager_inputs"), anchor=False)
    if not made:
        st.caption(words("manager_inputs_none"))
        return
    document = scenario.document
    rows = [
        (
            changes.sentence(words, document, each),
            changes.value_in_words(words, each.lever, changes.before(document, each)),
            changes.value_in_words(words, each.lever, changes.after(each)),
            str(each),
        )
        for each in made
    ]
    hours = [f"{runs.duty_hours(each, result):.1f}" for each, result in ((scenario, found.base), (plan, found.plan))]
    rows.append((words("edit_duty"), *hours, ""))
    table = pd.DataFrame(rows, columns=["input", "base", "plan", "line"], dtype=object)
    names = {
        "input": words("column_input"),
        "base": words("column_base"),
        "plan": words("column_plan"),
        "line": words("column_change_line"),
    }
    frame.table(words, "inputs", table.rename(columns=names))
    frame.download(words, "inputs", table, [Column(field, name) for field, name in names.items()], about(words, found))


def measures(words: Words, scenario: Scenario, compared: bool, found: Comparison) -> None:
    """Every measure of the hall, with intervals and paired differences."""
    st.subheader(words("manager_measures"), anchor=False)
    rows = _rows(words, {"": ""}, {"": found.base.measures}, {"": found.plan.measures}, {"": found.measures}, tuple(MEASURES))
    _show(words, rows, compared, "measures", found, None)


def details(words: Words, scenario: Scenario, compared: bool, found: Comparison) -> None:
    """The same by service and by window, folded away."""
    with st.expander(words("manager_by_service")):
        names = {each.id: words.name(each.name, each.id) for each in scenario.services}
        rows = _rows(words, names, found.base.by_service, found.plan.by_service, found.by_service, BY_SERVICE)
        _show(words, rows, compared, "by_service", found, words("column_service"))
    with st.expander(words("manager_by_window")):
        names = {each.id: words.name(each.name, each.id) for each in scenario.windows}
        many = len(set(names.values())) < len(names)
        names = {key: f"{name} {key}" if many else name for key, name in names.items()}
        rows = _rows(words, names, found.base.by_window, found.plan.by_window, found.by_window, BY_WINDOW)
        _show(words, rows, compared, "by_window", found, words("column_window"))


def _rows(
    words: Words,
    names: Mapping[str, str],
    base: Mapping[str, Any],
    plan: Mapping[str, Any],
    difference: Mapping[str, Any],
    wanted: tuple[str, ...],
) -> list[dict[str, Any]]:
    rows = []
    for key in [*base, *(each for each in plan if each not in base)]:
        for name in wanted:
            row: dict[str, Any] = {
                "of": names.get(key, key),
                "name": name,
                "measure": label(words, name),
                "unit": UNITS[MEASURES[name].unit][words.language],
            }
            for side, table in (("base", base), ("plan", plan), ("difference", difference)):
                estimate = table[key][name].to_dict() if key in table and name in table[key] else None
                row[side] = estimate
                for part in ("value", "low", "high"):
                    row[f"{side}_{part}"] = None if estimate is None else estimate[part]
            if (row["base_value"], row["plan_value"]) == (None, None):
                continue
            row["verdict"] = verdict(words, name, row["difference"]) if row["difference"] else words("verdict_unknown")
            better = MEASURES[name].better
            row["better"] = words(f"better_{better}" if better else "better_none")
            rows.append(row)
    return rows


def _show(words: Words, rows: list[dict[str, Any]], compared: bool, key: str, found: Comparison, of: str | None) -> None:
    shown = []
    for row in rows:
        unit = MEASURES[row["name"]].unit
        cells = {} if of is None else {of: row["of"]}
        cells[words("column_measure")] = row["measure"]
        cells[words("column_base")] = interval(words, row["base"], unit) if row["base"] else words("not_available")
        if compared:
            cells[words("column_plan")] = interval(words, row["plan"], unit) if row["plan"] else words("not_available")
            cells[words("column_difference")] = (
                signed_interval(words, unit, row["difference"]) if row["difference"] else words("not_available")
            )
            cells[words("column_verdict")] = row["verdict"]
        cells[words("column_better")] = row["better"]
        shown.append(cells)
    frame.table(words, key, pd.DataFrame(shown), height="content" if len(shown) < 26 else 420)
    columns = [] if of is None else [Column("of", of)]
    columns += [Column("measure", words("column_measure")), Column("unit", words("column_unit"))]
    for side in ("base", "plan", "difference") if compared else ("base",):
        columns.append(Column(f"{side}_value", words(f"column_{side}"), "", "", 4))
        columns.append(Column(f"{side}_low", words(f"column_{side}_low"), "", "", 4))
        columns.append(Column(f"{side}_high", words(f"column_{side}_high"), "", "", 4))
    columns += [Column("verdict", words("column_verdict"))] if compared else []
    columns.append(Column("better", words("column_better")))
    names = dict.fromkeys(row["name"] for row in rows)
    definitions = [(label(words, name), UNITS[MEASURES[name].unit][words.language], definition(words, name)) for name in names]
    frame.download(words, key, pd.DataFrame(rows), columns, about(words, found), definitions)


def download_waits(words: Words, found: Comparison, waits: pd.DataFrame) -> None:
    """The figures of the chart."""
    unit = words("unit_minutes")
    table = waits.assign(series=waits["series"].map({"base": words("series_base"), "plan": words("series_plan")}))
    columns = [
        Column("series", words("column_series")),
        Column("slot", words("column_slot")),
        Column("value", label(words, "mean_wait"), unit, definition(words, "mean_wait"), 3),
        Column("low", words("column_low"), unit, "", 3),
        Column("high", words("column_high"), unit, "", 3),
        Column("day_low", words("column_day_low"), unit, "", 3),
        Column("day_high", words("column_day_high"), unit, "", 3),
    ]
    frame.download(words, "waits", table, columns, about(words, found))


def download_cover(words: Words, found: Comparison, cover: pd.DataFrame) -> None:
    """The windows open and needed."""
    unit = words("unit_windows")
    columns = [
        Column("slot", words("column_slot")),
        Column("base", words("series_base"), unit, "", 2),
        Column("plan", words("series_plan"), unit, "", 2),
        Column("needed", words("series_needed"), unit, words("manager_chart_cover_note"), 2),
    ]
    frame.download(words, "cover", cover, columns, about(words, found))


def download_heat(words: Words, found: Comparison, cells: pd.DataFrame, side: str) -> None:
    """The cells of the heat map."""
    unit = words("unit_minutes")
    columns = [
        Column("service", words("column_service")),
        Column("slot", words("column_slot")),
        Column("value", label(words, "mean_wait"), unit, definition(words, "mean_wait"), 3),
        Column("low", words("column_low"), unit, "", 3),
        Column("high", words("column_high"), unit, "", 3),
        Column("tickets", words("column_tickets"), "", "", 2),
    ]
    frame.download(words, "heat", cells, columns, about(words, found) | {words("column_series"): side})


def assumptions(words: Words, scenario: Scenario) -> None:
    """Where every figure comes from; what is assumed is marked."""
    sources = halls.sources(scenario)
    assumed = sum(phrase is None for _, phrase in sources)
    with st.expander(words("assumptions_count", count=assumed) if assumed else words("assumptions_none")):
        st.caption(words("assumption_mark_help"))
        table = pd.DataFrame(
            [
                (
                    field_in_words(words, scenario.document, path),
                    words("assumption_mark") if phrase is None else in_words(words, phrase),
                    path,
                )
                for path, phrase in sources
            ],
            columns=["figure", "basis", "path"],
        )
        names = {"figure": words("column_figure"), "basis": words("column_basis"), "path": words("column_path")}
        widths = {
            names["figure"]: st.column_config.TextColumn(width=FIGURE_PIXELS),
            names["basis"]: st.column_config.TextColumn(width="large"),
        }
        frame.table(words, "sources", table[["figure", "basis"]].rename(columns=names), height=320, column_config=widths)
        frame.download(words, "sources", table, [Column(field, name) for field, name in names.items()], {words("scenario"): scenario.name})


def about(words: Words, found: Comparison) -> dict[str, object]:
    """Where exported figures come from."""
    return {
        words("scenario"): found.base.scenario,
        words("seed"): found.plan.seed,
        words("replications"): found.plan.replications,
        f"{words('digest')} · {words('column_base')}": found.base.digest,
        f"{words('digest')} · {words('column_plan')}": found.plan.digest,
        words("version"): data.version(),
    }
