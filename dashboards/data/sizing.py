"""Sizing sheets: the answer by formula at once and by simulation once asked for, and their tables.

Rows name their items in the reader's language; an input without a source carries the word for an assumption. Not for the plainest hall of a
demand alone: `sizes`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dashboards.data.kept import Kept
from dashboards.texts import Words
from dashboards.workbook import Column
from simulation.measures import MEASURES
from simulation.optimisation.sizing import (
    BySimulation,
    Outline,
    Served,
    Size,
    Sizing,
    Tornado,
    by_formula,
    load_sizing,
    outline,
    size,
    tornado,
)

Tell = Callable[[str, int], None]
Row = dict[str, Any]
SEED = 1
SLIDERS = (
    "demand.cases_per_year", "demand.growth", "demand.design_years", "demand.peak_day", "demand.service_factor", "target.wait_min",
    "kiosks.share", "staff.per_window", "area.per_window_m2", "area.net_share",
)  # fmt: skip
"""inputs that a page lets one move; the others stand in the file"""
_sheets: Kept[Sizing] = Kept(16)
_outlines: Kept[tuple[Outline, Tornado]] = Kept(64)
_answers: Kept[tuple[Size, Tornado]] = Kept(12)


def sheet(path: Path) -> Sizing:
    """A sheet, read again when its file has changed. Raises BadInput."""
    return _sheets.get_or_make((str(path), path.stat().st_mtime), lambda: load_sizing(path))


def key_of(sizing: Sizing) -> tuple[Any, ...]:
    """What the answer of a sheet depends on."""
    figures = tuple((name, each.value, each.low, each.high) for name, each in sizing.figures.items())
    return sizing.hall.digest, figures, sizing.given, sizing.years


def by_formulas(sizing: Sizing) -> tuple[Outline, Tornado]:
    """The answer and the inputs moved, at once."""
    return _outlines.get_or_make(key_of(sizing), lambda: (outline(sizing), tornado(sizing, by_formula, "formula")))


def confirmed(sizing: Sizing) -> tuple[Size, Tornado] | None:
    """The answer by simulation, if it is at hand."""
    return _answers.get((*key_of(sizing), SEED))


def confirm(sizing: Sizing, tell: Tell | None = None) -> tuple[Size, Tornado]:
    """The answer by simulation, computed now unless it is kept; whatever `tell` raises ends the work."""

    def make() -> tuple[Size, Tornado]:
        found = size(sizing, seed=SEED, tell=tell)
        return found, tornado(sizing, BySimulation(SEED, tell=tell), "simulation")

    return _answers.get_or_make((*key_of(sizing), SEED), make)


def calendar_year(words: Words, sizing: Sizing, year: int) -> str:
    """A year after the opening, with its calendar year where the opening is known."""
    return str(year) if sizing.opens is None else words("sizing_calendar_year", year=year, calendar=sizing.opens + year)


def until(words: Words, sizing: Sizing, first: int | None, missed: int | None) -> str:
    """When it becomes too small, as half a sentence."""
    if first is None:
        return words("sizing_until_never", years=sizing.years)
    if missed is None:
        return words("sizing_until_open", year=calendar_year(words, sizing, first))
    if first == missed:
        return words("sizing_until_one_year", year=calendar_year(words, sizing, first))
    return words("sizing_until_year", year=calendar_year(words, sizing, first), missed=calendar_year(words, sizing, missed))


def answer(words: Words, found: Size) -> str:
    """What to build, in one sentence."""
    if not found.kept:
        return words("sizing_answer_not_kept", windows=found.total)
    facts = {"windows": found.total, "seats": found.seats, "area": f"{found.area.m2:,.0f}", "staff": found.staff.people}
    return words("sizing_answer", **facts, kiosks=found.kiosks, until=until(words, found.sizing, *found.too_small))


def answer_by_formula(words: Words, sizing: Sizing, found: Outline) -> str:
    """The same, not yet confirmed."""
    facts = {"windows": found.quick.windows, "seats": found.quick.seats, "area": f"{found.area.m2:,.0f}", "staff": found.staff.people}
    ends = until(words, sizing, found.too_small, found.too_small)
    return words("sizing_by_formula", **facts, kiosks=found.quick.kiosks, until=ends)


def formula_beside(words: Words, found: Size) -> str:
    """How far the formula is off, and why."""
    formula, windows = found.quick.windows, found.total
    key = "sizing_formula_equal" if formula == windows else "sizing_formula_beside" if formula > windows else "sizing_formula_short"
    return words(key, formula=formula, windows=windows)


def target(words: Words, sizing: Sizing) -> str:
    """The target as words."""
    share, wait = sizing["target.share"], f"{sizing['target.wait_min']:g}"
    return words("sizing_target_share", share=f"{100 * share:g}%", wait=wait) if share > 0 else words("sizing_target_mean", wait=wait)


def measured(words: Words, found: Size) -> str:
    """How the target is kept."""
    estimate, names = found.confirmed.measure, {each.id: each.name for each in found.hall.services}

    def told(value: float) -> str:
        return f"{100 * value:.1f}%" if estimate.unit == "share" else f"{value:.1f}"

    return words(
        "sizing_measured",
        cases=f"{found.sizing.design_day:,.0f}",
        target=target(words, found.sizing),
        value=told(estimate.value),
        level=f"{100 * estimate.level:.0f}%",
        low=told(estimate.low),
        high=told(estimate.high),
        service=words.name(names.get(found.confirmed.worst), found.confirmed.worst),
    )


def served(words: Words, each: Served) -> str:
    """What a given size serves, with the phrase it comes from."""
    sentence = words(
        "sizing_served",
        given=words(f"sizing_given_{each.given.what}", amount=f"{each.given.amount:,.0f}"),
        low=f"{each.cases_per_year[0]:,.0f}",
        high=f"{each.cases_per_year[1]:,.0f}",
        day_low=f"{each.busy_day[0]:,.0f}",
        day_high=f"{each.busy_day[1]:,.0f}",
        windows=each.windows,
        seats=each.seats,
        staff=each.staff,
        area=f"{each.area_m2:,.0f}",
    )
    return f"{sentence} {words('sizing_basis', basis=each.given.basis or words('sizing_assumption'))}"


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
        | {"basis": each.basis or words("sizing_assumption"), "assumed": each.assumed}
        for name, each in sizing.figures.items()
    ]


def item_rows(words: Words, sizing: Sizing, quick: Outline, found: Size | None) -> list[Row]:
    """The sheet: windows by group, seats, kiosks, staff, floor by parts; the simulated value beside that of the formula."""
    mark = words("sizing_assumption")
    total = None if found is None else found.total
    rows: list[Row] = [_row(words("sizing_outcome_windows"), total, quick.quick.windows, found and found.fewest, total, "")]
    sized = {} if found is None else {each.id: each for each in found.windows}
    names = group_names(sizing)
    for each in quick.quick.groups:
        windows = sized[each.id].windows if each.id in sized else None
        rows.append(_row(f"  {words.name(names[each.id])} · {kind(words, each.kind)}", windows, each.windows, None, None, ""))
    low, high = (None, None) if found is None else (_finite(found.seats_p99.low), _finite(found.seats_p99.high))
    rows.append(_row(words("sizing_outcome_seats"), found and found.seats, quick.quick.seats, low, high, ""))
    rows.append(_row(words("sizing_outcome_kiosks"), found and found.kiosks, quick.quick.kiosks, None, None, ""))
    basis = sizing.figures["staff.per_window"].basis or mark
    rows.append(_row(words("sizing_outcome_staff"), found and found.staff.people, quick.staff.people, None, None, basis))
    area = None if found is None else found.area
    for n, part in enumerate(quick.area.parts):
        name = "area.fixed_m2" if part.name == "fixed" else f"area.per_{'staff' if part.name == 'staff' else part.name[:-1]}_m2"
        basis = sizing.figures[name].basis or mark
        rows.append(_row(f"  {words(f'sizing_part_{part.name}')} (m²)", area and area.parts[n].m2, part.m2, None, None, basis))
    rows.append(_row(f"  {words('sizing_part_net')} (m²)", area and area.net, quick.area.net, None, None, ""))
    basis = sizing.figures["area.net_share"].basis or mark
    rows.append(_row(f"{words('sizing_part_needed')} (m²)", area and area.needed, quick.area.needed, None, None, basis))
    basis = sizing.figures["area.minimum_m2"].basis or mark
    rows.append(_row(f"{words('sizing_part_built')} (m²)", area and area.m2, quick.area.m2, None, None, basis))
    return rows


def _row(item: str, value: float | None, formula: float, low: float | None, high: float | None, basis: str) -> Row:
    return {"item": item, "value": value, "formula": formula, "low": low, "high": high, "basis": basis}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def group_names(sizing: Sizing) -> Mapping[str, Mapping[str, str]]:
    """The groups of windows, named."""
    from simulation.optimisation.sizing.answer import name_of
    from simulation.optimisation.sizing.design import groups

    return {str(each["id"]): name_of(each) for each in groups(sizing)}


def kind(words: Words, kind: str) -> str:
    """A kind of windows, in words."""
    return words(f"sizing_kind_{kind}") if words.has(f"sizing_kind_{kind}") else words("sizing_kind_other")


def year_rows(words: Words, found: Size) -> list[Row]:
    """Year by year, as far as it was simulated."""
    return [
        {"year": each.year, "calendar": calendar_year(words, found.sizing, each.year), "cases": each.cases_per_year, "busy": each.busy_day}
        | {"value": each.measure.value, "low": _finite(each.measure.low), "high": _finite(each.measure.high), "state": each.state}
        for each in found.years
    ]


def measure_name(words: Words, found: Size) -> str:
    """The target's measure."""
    return MEASURES[found.measure].label[words.language]


def tornado_rows(words: Words, sizing: Sizing, storm: Tornado, outcome: str) -> list[Row]:
    """The inputs that move an outcome, the most first."""
    return [
        {"input": marked(words, sizing, each.figure), "low": each.low, "high": each.high, "base": storm.base[outcome]}
        | {"at_low": each.at_low[outcome], "at_high": each.at_high[outcome]}
        for each in storm.by(outcome)
    ]


def served_rows(words: Words, found: Size) -> list[Row]:
    """What the given sizes serve."""
    return [
        {"given": words(f"sizing_given_{each.given.what}", amount=f"{each.given.amount:,.0f}"), "windows": each.windows}
        | {"low": each.cases_per_year[0], "high": each.cases_per_year[1], "busy_low": each.busy_day[0], "busy_high": each.busy_day[1]}
        | {"seats": each.seats, "staff": each.staff, "area": each.area_m2, "basis": each.given.basis}
        for each in found.served
    ]


def assumed(words: Words, sizing: Sizing, storm: Tornado) -> str:
    """How much of it is assumed, and which assumption matters most."""
    names = sizing.assumptions()
    first = next((each.figure for each in storm.by("area_m2") if each.figure in names), None)
    worst = input_name(words, first) if first else words("not_available")
    return words("sizing_assumed_share", assumed=len(names), total=len(sizing.figures), first=worst)


def strongest(words: Words, storm: Tornado) -> str | None:
    """The input that moves the floor most."""
    rows = storm.by("area_m2")
    if not rows:
        return None
    first = rows[0]
    facts = {"low": f"{first.low:,g}", "high": f"{first.high:,g}"}
    area = {"area_low": f"{first.at_low['area_m2']:,.0f}", "area_high": f"{first.at_high['area_m2']:,.0f}"}
    return words("sizing_tornado_most", input=input_name(words, first.figure), **facts, **area)


def columns_of_items(words: Words) -> list[Column]:
    """The columns of the sheet's table for export."""
    return [Column("item", words("sizing_column_item"))] + [
        Column(name, words(f"sizing_column_{name}"), "", "", 1) for name in ("value", "formula", "low", "high")
    ] + [Column("basis", words("sizing_column_basis"))]  # fmt: skip


def definitions(words: Words, sizing: Sizing, found: Size | None, storm: Tornado | None) -> list[tuple[str, str, str]]:
    """What stands beside the table in the workbook: every input with its range and basis, the given sizes, the inputs moved."""
    rows = [(row["input"], f"{row['value']:g} [{row['low']:g}, {row['high']:g}]", str(row["basis"])) for row in input_rows(words, sizing)]
    if found is not None:
        states = {row["calendar"]: words(f"sizing_state_{row['state']}") for row in year_rows(words, found)}
        rows += [(words("sizing_column_year"), year, state) for year, state in states.items()]
        rows += [(words("sizing_outcome_windows"), str(each.windows), served(words, each)) for each in found.served]
    for row in tornado_rows(words, sizing, storm, "area_m2") if storm else ():
        rows.append((row["input"], f"{row['low']:g} … {row['high']:g}", f"{row['at_low']:,.0f} … {row['at_high']:,.0f} m²"))
    return rows


def about(words: Words, sizing: Sizing, found: Size | None) -> dict[str, object]:
    """Where the figures come from."""
    from dashboards.data import version

    head: dict[str, object] = {words("sizing_column_item"): words.name(sizing.title, sizing.name), words("version"): version()}
    if found is not None:
        head |= {words("seed"): found.seed, words("digest"): found.confirmed.result.digest}
    return head
