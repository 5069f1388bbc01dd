"""Sizing sheets: the answer by formula at once and by simulation once asked for, and their tables.

Rows name their items in the reader's language; an input without a source carries the word for an assumption. Not for the plainest hall of a
demand alone: `sizes`.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboards.data.kept import Kept
from dashboards.shipped import shipped_sheets
from dashboards.texts import Words
from dashboards.texts.phrases import in_words
from dashboards.workbook import Column
from simulation.measures import MEASURES
from simulation.optimisation.sizing import FIGURES, Outline, Sizing, by_formula, load_sizing, outline, tornado, tornado_as_data

Row = dict[str, Any]
Data = Mapping[str, Any]
"""an answer by simulation, or a tornado, as `simulation.optimisation.sizing.report` writes them"""
SEED = 1
BEYOND = 3
"""times the demand of the sheet: what serves so many is not limited by it"""
_sheets: Kept[Sizing] = Kept(16)
_outlines: Kept[tuple[Outline, Data]] = Kept(64)


@dataclass(frozen=True, slots=True)
class Slider:
    """An input that a page lets one move, within the range that the sheet gives it."""

    figure: str
    steps: int = 20
    """between the ends, about"""
    percent: bool = False
    ends: tuple[float, float] | None = None
    """in place of the range, for inputs that have none"""


SLIDERS = (
    Slider("demand.cases_per_year"),
    Slider("demand.growth", percent=True),
    Slider("demand.design_years", 20, ends=(0, 20)),
    Slider("demand.peak_day"),
    Slider("demand.service_factor"),
    Slider("demand.companions"),
    Slider("target.wait_min"),
    Slider("kiosks.share", percent=True),
    Slider("staff.per_window"),
    Slider("area.per_window_m2"),
    Slider("area.fixed_m2"),
    Slider("area.net_share", percent=True),
)
"""the others stand in the file"""


def sheet(path: Path) -> Sizing:
    """A sheet, read again when its file has changed. Raises BadInput."""
    return _sheets.get_or_make((str(path), path.stat().st_mtime), lambda: load_sizing(path))


def sheet_by_name(name: str) -> Sizing | None:
    """A shipped sheet; None if there is none of that name."""
    path = shipped_sheets().get(name)
    return None if path is None else sheet(path)


def digest_of(sizing: Sizing) -> str:
    """What the answer of a sheet depends on."""
    figures = [(name, each.value, each.low, each.high) for name, each in sizing.figures.items()]
    given = [(each.what, each.amount) for each in sizing.given]
    return hashlib.sha256(repr((sizing.hall.digest, figures, given, sizing.years, sizing.opens)).encode()).hexdigest()


def by_formulas(sizing: Sizing) -> tuple[Outline, Data]:
    """The answer and the inputs moved, at once."""
    return _outlines.get_or_make(digest_of(sizing), lambda: (outline(sizing), tornado_as_data(tornado(sizing, by_formula, "formula"))))


def step_of(slider: Slider, low: float, high: float) -> float:
    """A round step: 1, 2 or 5 times a power of ten, so that about so many lie between the ends."""
    rough = (high - low) / slider.steps
    power = 10.0 ** math.floor(math.log10(rough))
    return next(each * power for each in (1, 2, 5, 10) if each * power >= rough * 0.999)


def calendar_year(words: Words, sizing: Sizing, year: int) -> str:
    """A year after the opening, with its calendar year where the opening is known."""
    return (
        words("sizing_plain_year", year=year)
        if sizing.opens is None
        else words("sizing_calendar_year", year=year, calendar=sizing.opens + year)
    )


def until(words: Words, sizing: Sizing, first: int | None, missed: int | None) -> str:
    """When it becomes too small, as half a sentence."""
    if first is None:
        return words("sizing_until_never", years=sizing.years)
    if missed is None:
        return words("sizing_until_open", year=calendar_year(words, sizing, first))
    if first == missed:
        return words("sizing_until_one_year", year=calendar_year(words, sizing, first))
    return words("sizing_until_year", year=calendar_year(words, sizing, first), missed=calendar_year(words, sizing, missed))


def answer(words: Words, sizing: Sizing, found: Data) -> str:
    """What to build, in one sentence."""
    windows = found["windows"]["value"]
    if not found["kept"]:
        return words("sizing_answer_not_kept", windows=windows)
    facts = {"windows": windows, "seats": found["seats"]["value"], "area": f"{found['area']['m2']:,.0f}", "staff": found["staff"]["value"]}
    years = found["too_small_in_year"]
    ends = until(words, sizing, years["first_unsure"], years["first_missed"])
    return words("sizing_answer", **facts, kiosks=found["kiosks"], until=ends)


def answer_by_formula(words: Words, sizing: Sizing, found: Outline) -> str:
    """The same, not yet confirmed."""
    facts = {"windows": found.quick.windows, "seats": found.quick.seats, "area": f"{found.area.m2:,.0f}", "staff": found.staff.people}
    ends = until(words, sizing, found.too_small, found.too_small)
    return words("sizing_by_formula", **facts, kiosks=found.quick.kiosks, until=ends)


def windows_interval(words: Words, found: Data) -> str:
    """Between which numbers of windows the answer lies."""
    low, high = found["windows"]["low"], found["windows"]["high"]
    return words("sizing_windows_exact", high=high) if low == high else words("sizing_windows_interval", low=low, high=high)


def formula_beside(words: Words, found: Data) -> str:
    """How far the formula is off, and why."""
    formula, windows = found["windows"]["formula"], found["windows"]["value"]
    key = "sizing_formula_equal" if formula == windows else "sizing_formula_beside" if formula > windows else "sizing_formula_short"
    return words(key, formula=formula, windows=windows)


def target(words: Words, sizing: Sizing) -> str:
    """The target as words."""
    share, wait = sizing["target.share"], f"{sizing['target.wait_min']:g}"
    return words("sizing_target_share", share=f"{100 * share:g}%", wait=wait) if share > 0 else words("sizing_target_mean", wait=wait)


def measured(words: Words, sizing: Sizing, found: Data) -> str:
    """How the target is kept."""
    estimate, names = found["target"], {each.id: each.name for each in sizing.hall.services}

    def told(value: float) -> str:
        return f"{100 * value:.1f}%" if estimate["unit"] == "share" else f"{value:.1f}"

    return words(
        "sizing_measured",
        cases=f"{found['design_day']:,.0f}",
        target=target(words, sizing),
        value=told(estimate["value"]),
        level=f"{100 * estimate['level']:.0f}%",
        low=told(estimate["low"]),
        high=told(estimate["high"]),
        service=words.name(names.get(found["farthest_service"]), found["farthest_service"]),
    )


def given_name(words: Words, each: Data) -> str:
    """A given size."""
    return words(f"sizing_given_{each['given']}", amount=f"{each['amount']:,.0f}")


def served(words: Words, found: Data, each: Data) -> str:
    """What a given size serves, with the phrase it comes from."""
    sentence = words(
        "sizing_served",
        given=given_name(words, each),
        low=f"{each['cases_per_year']['low']:,.0f}",
        high=f"{each['cases_per_year']['high']:,.0f}",
        day_low=f"{each['busy_day']['low']:,.0f}",
        day_high=f"{each['busy_day']['high']:,.0f}",
        windows=each["windows"],
        seats=each["seats"],
        staff=each["staff"],
        area=f"{each['area_m2']:,.0f}",
    )
    ranged = each["by_inputs"]
    inputs = [input_name(words, name) for name in dict.fromkeys((ranged["low_input"], ranged["high_input"])) if name]
    facts = {"low": f"{ranged['low']:,.0f}", "high": f"{ranged['high']:,.0f}"}
    more = words("sizing_served_range", inputs=words("district_separator").join(inputs), **facts) if inputs else ""
    if each["given"] == "area_m2" and each["cases_per_year"]["low"] > BEYOND * found["inputs"]["demand.cases_per_year"]["value"]:
        more += f" {words('sizing_served_beyond')}"
    return " ".join([sentence, *([more.strip()] if more else []), words("sizing_basis", basis=basis_of(words, each["basis"]))])


def plausible(words: Words, found: Data) -> str:
    """How the answer compares with what is known of a building."""
    area, windows = found["area"]["m2"], found["windows"]["value"]
    return words("sizing_plausible", each=f"{area / windows:,.0f}", staff=f"{found['staff']['value'] / windows:.2f}")


def basis_of(words: Words, basis: str | None) -> str:
    """Where a figure comes from, in the reader's language; the word for an assumption where nothing is told."""
    return in_words(words, basis) if basis else words("sizing_assumption")


def figure(value: float) -> str:
    """An input's value, without an exponent."""
    return f"{value:,.10g}"


def input_name(words: Words, figure: str) -> str:
    """An input's name."""
    return words(f"sizing_input_{figure.replace('.', '_')}")


def marked(words: Words, sizing: Sizing, figure: str) -> str:
    """An input's name, with the mark of an assumption where it is one."""
    return f"{input_name(words, figure)}{' *' if sizing.figures[figure].assumed else ''}"


def input_rows(words: Words, sizing: Sizing) -> list[Row]:
    """Every input with its range and its basis."""
    return [
        {"input": input_name(words, name), "value": each.value, "low": each.low, "high": each.high}
        | {"basis": basis_of(words, each.basis), "assumed": each.assumed}
        for name, each in sizing.figures.items()
    ]


def item_rows(words: Words, sizing: Sizing, quick: Outline, found: Data | None) -> list[Row]:
    """The sheet: windows by group, seats, kiosks, staff, floor by parts; the simulated value beside that of the formula."""
    names = group_names(sizing)
    windows, seats = (found["windows"], found["seats"]["p99"]) if found else ({}, {})
    rows = [_row(words("sizing_outcome_windows"), windows.get("value"), quick.quick.windows, windows.get("low"), windows.get("high"))]
    for each in quick.quick.groups:
        value = found["by_group"][each.id]["windows"] if found else None
        rows.append(_row(f"· {words.name(names[each.id])} ({kind(words, each.kind)})", value, each.windows))
    value = found["seats"]["value"] if found else None
    rows.append(_row(words("sizing_outcome_seats"), value, quick.quick.seats, seats.get("low"), seats.get("high")))
    rows.append(_row(words("sizing_outcome_kiosks"), found["kiosks"] if found else None, quick.quick.kiosks))
    value = found["staff"]["value"] if found else None
    rows.append(
        _row(words("sizing_outcome_staff"), value, quick.staff.people, basis=basis_of(words, sizing.figures["staff.per_window"].basis))
    )
    for part in quick.area.parts:
        name = "area.fixed_m2" if part.name == "fixed" else f"area.per_{'staff' if part.name == 'staff' else part.name[:-1]}_m2"
        value = found["area"]["parts"][part.name]["m2"] if found else None
        rows.append(_row(f"· {words(f'sizing_part_{part.name}')} (m²)", value, part.m2, basis=basis_of(words, sizing.figures[name].basis)))
    for name, key, formula, figure in (
        ("net", "net_m2", quick.area.net, ""),
        ("needed", "needed_m2", quick.area.needed, "area.net_share"),
        ("built", "m2", quick.area.m2, "area.minimum_m2"),
    ):
        basis = basis_of(words, sizing.figures[figure].basis) if figure else ""
        rows.append(_row(f"{words(f'sizing_part_{name}')} (m²)", found["area"][key] if found else None, formula, basis=basis))
    return rows


def _row(item: str, value: float | None, formula: float, low: float | None = None, high: float | None = None, basis: str = "") -> Row:
    return {"item": item, "value": value, "formula": formula, "low": low, "high": high, "basis": basis}


def group_names(sizing: Sizing) -> Mapping[str, Mapping[str, str]]:
    """The groups of windows, named."""
    from simulation.optimisation.sizing.answer import name_of
    from simulation.optimisation.sizing.design import groups

    return {str(each["id"]): name_of(each) for each in groups(sizing)}


def kind(words: Words, kind: str) -> str:
    """A kind of windows, in words."""
    return words(f"sizing_kind_{kind}") if words.has(f"sizing_kind_{kind}") else words("sizing_kind_other")


def year_rows(words: Words, sizing: Sizing, found: Data) -> list[Row]:
    """Year by year, as far as it was simulated."""
    measure = found["target"]["measure"]
    return [
        {"year": each["year"], "calendar": calendar_year(words, sizing, each["year"]), "cases": each["cases_per_year"]}
        | {"busy": each["busy_day"], "state": each["state"]}
        | {end: each[measure][end] for end in ("value", "low", "high")}
        for each in found["years"]
    ]


def measure_name(words: Words, found: Data) -> str:
    """The target's measure."""
    return MEASURES[found["target"]["measure"]].label[words.language]


def tornado_rows(words: Words, sizing: Sizing, storm: Data, outcome: str) -> list[Row]:
    """The inputs that move an outcome, the most first."""
    moved = sorted((each for each in storm["inputs"] if each["swing"][outcome] > 1e-9), key=lambda each: -each["swing"][outcome])
    return [
        {"input": marked(words, sizing, each["input"]), "low": each["low"], "high": each["high"], "base": storm["base"][outcome]}
        | {"at_low": each["at_low"][outcome], "at_high": each["at_high"][outcome]}
        for each in moved
    ]


def served_rows(words: Words, found: Data) -> list[Row]:
    """What the given sizes serve."""
    return [
        {"given": given_name(words, each), "windows": each["windows"]}
        | {"low": each["cases_per_year"]["low"], "high": each["cases_per_year"]["high"]}
        | {"busy_low": each["busy_day"]["low"], "busy_high": each["busy_day"]["high"]}
        | {"range_low": each["by_inputs"]["low"], "range_high": each["by_inputs"]["high"]}
        | {"seats": each["seats"], "staff": each["staff"], "area": each["area_m2"], "basis": basis_of(words, each["basis"])}
        for each in found["served"]
    ]


def assumed(words: Words, sizing: Sizing, storm: Data) -> str:
    """How much of it is assumed, and which assumption matters most."""
    names = sizing.assumptions()
    first = next((each["input"] for each in storm["inputs"] if each["input"] in names and each["swing"]["area_m2"] > 0), None)
    worst = input_name(words, first) if first else words("not_available")
    return words("sizing_assumed_share", assumed=len(names), total=len(FIGURES), first=worst)


def strongest(words: Words, storm: Data) -> str | None:
    """The input that moves the floor most."""
    first = next((each for each in storm["inputs"] if each["swing"]["area_m2"] > 0), None)
    if first is None:
        return None
    facts = {"low": figure(first["low"]), "high": figure(first["high"])}
    area = {"area_low": f"{first['at_low']['area_m2']:,.0f}", "area_high": f"{first['at_high']['area_m2']:,.0f}"}
    return words("sizing_tornado_most", input=input_name(words, first["input"]), **facts, **area)


def columns_of_items(words: Words) -> list[Column]:
    """The columns of the sheet's table for export."""
    return [Column("item", words("sizing_column_item"))] + [
        Column(name, words(f"sizing_column_{name}"), "", "", 1) for name in ("value", "formula", "low", "high")
    ] + [Column("basis", words("sizing_column_basis"))]  # fmt: skip


def columns_of_years(words: Words, sizing: Sizing, found: Data) -> list[Column]:
    """The columns of the table of years for export."""
    columns = [Column("calendar", words("sizing_column_calendar" if sizing.opens else "sizing_column_year"))]
    columns += [Column("cases", words("sizing_column_cases_year"), "", "", 0), Column("busy", words("sizing_column_busy_day"), "", "", 0)]
    columns.append(Column("value", measure_name(words, found), "", "", 4))
    columns += [Column(end, words(f"column_{end}"), "", "", 4) for end in ("low", "high")]
    return [*columns, Column("state", words("sizing_column_state"))]


def columns_of_served(words: Words) -> list[Column]:
    """The columns of the table of what given sizes serve for export."""
    titles = {
        "given": "sizing_column_given",
        "windows": "sizing_column_windows",
        "low": "sizing_column_cases_low",
        "high": "sizing_column_cases_high",
        "range_low": "sizing_column_range_low",
        "range_high": "sizing_column_range_high",
        "busy_low": "sizing_column_busy_low",
        "busy_high": "sizing_column_busy_high",
        "seats": "sizing_outcome_seats",
        "staff": "sizing_outcome_staff",
        "area": "sizing_column_area",
        "basis": "sizing_column_basis",
    }
    return [Column(name, words(key), "", "", None if name in ("given", "basis") else 0) for name, key in titles.items()]


def beneath(words: Words, sizing: Sizing, found: Data) -> list[str]:
    """How sure the answer is: the target, the interval, the formula beside, what such windows can do, and how plain the floor is."""
    capacity = found["capacity_busy_day"]
    said = [measured(words, sizing, found), windows_interval(words, found), formula_beside(words, found)]
    said.append(words("sizing_capacity", low=f"{capacity['low']:,.0f}", high=f"{capacity['high']:,.0f}"))
    return [*said, plausible(words, found)]


def sentences(words: Words, sizing: Sizing, rough: Outline, found: Data | None) -> list[str]:
    """What the command says above its tables: what to build, how sure that is, what the given sizes serve."""
    if found is None:
        return [answer_by_formula(words, sizing, rough)]
    return [answer(words, sizing, found), *beneath(words, sizing, found), *(served(words, found, each) for each in found["served"])]


def definitions(words: Words, sizing: Sizing, found: Data | None, storm: Data | None) -> list[tuple[str, str, str]]:
    """What stands beside the table in the workbook: every input with its range and basis, the given sizes, the inputs moved."""
    rows = [
        (row["input"], f"{figure(row['value'])} [{figure(row['low'])}, {figure(row['high'])}]", str(row["basis"]))
        for row in input_rows(words, sizing)
    ]
    if found is not None:
        states = {row["calendar"]: words(f"sizing_state_{row['state']}") for row in year_rows(words, sizing, found)}
        rows += [(words("sizing_column_year"), year, state) for year, state in states.items()]
        rows += [(words("sizing_outcome_windows"), str(each["windows"]), served(words, found, each)) for each in found["served"]]
    for row in tornado_rows(words, sizing, storm, "area_m2") if storm else ():
        rows.append((row["input"], f"{figure(row['low'])} … {figure(row['high'])}", f"{row['at_low']:,.0f} … {row['at_high']:,.0f} m²"))
    return rows


def about(words: Words, sizing: Sizing, found: Data | None) -> dict[str, object]:
    """Where the figures come from."""
    from dashboards.data import version

    head: dict[str, object] = {words("sizing_column_item"): words.name(sizing.title, sizing.name), words("version"): version()}
    if found is not None:
        head |= {words("seed"): found["seed"], words("digest"): found["digest"]}
    return head
