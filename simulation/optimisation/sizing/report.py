"""The answer as plain data: what `openhall size --json` prints and the pages draw."""

from __future__ import annotations

import math
from typing import Any

from simulation.optimisation.sizing.answer import Served, Size
from simulation.optimisation.sizing.inputs import Sizing
from simulation.optimisation.sizing.norms import Area, Staff
from simulation.optimisation.sizing.outline import Outline
from simulation.optimisation.sizing.tornado import OUTCOMES, Tornado


def inputs_as_data(sizing: Sizing) -> dict[str, Any]:
    """Every figure with its range and its basis."""
    return {
        name: {"value": each.value, "low": each.low, "high": each.high, "basis": each.basis or None, "assumption": each.assumed}
        for name, each in sizing.figures.items()
    }


def outline_as_data(sizing: Sizing, found: Outline) -> dict[str, Any]:
    """The answer by formula."""
    return {
        **_head(sizing),
        "method": "formula",
        "windows": found.quick.windows,
        "by_group": {each.id: {"kind": each.kind, "formula": each.windows, "load": each.load} for each in found.quick.groups},
        "seats": found.quick.seats,
        "kiosks": found.quick.kiosks,
        "staff": _staff(found.staff),
        "area": _area(found.area),
        "capacity_busy_day": found.capacity if math.isfinite(found.capacity) else None,
        "too_small_in_year": found.too_small,
    }


def size_as_data(found: Size, storm: Tornado | None = None) -> dict[str, Any]:
    """The answer by simulation, the formula's beside it."""
    sizing = found.sizing
    data = {
        **_head(sizing),
        "method": "simulation",
        "seed": found.seed,
        "kept": found.kept,
        "windows": {"value": found.total, "low": found.fewest, "high": found.total, "formula": found.quick.windows},
        "by_group": {
            each.id: {
                "name": dict(each.name),
                "kind": each.kind,
                "windows": each.windows,
                "formula": each.formula,
                "utilisation": None if math.isnan(each.utilisation) else each.utilisation,
            }
            for each in found.windows
        },
        "target": {"measure": found.measure, "wait_min": sizing["target.wait_min"], "share": sizing["target.share"] or None}
        | found.confirmed.measure.to_dict(),
        "farthest_service": found.confirmed.worst,
        "seats": {"value": found.seats, "p99": found.seats_p99.to_dict(), "peak": found.seats_peak.to_dict(), "formula": found.quick.seats},
        "kiosks": found.kiosks,
        "staff": _staff(found.staff),
        "area": _area(found.area),
        "capacity_busy_day": {"low": found.capacity[0], "high": found.capacity[1]},
        "too_small_in_year": {"first_unsure": found.too_small[0], "first_missed": found.too_small[1]},
        "years": [
            {"year": each.year, "cases_per_year": each.cases_per_year, "busy_day": each.busy_day, "state": each.state}
            | {found.measure: each.measure.to_dict()}
            for each in found.years
        ],
        "served": [_served(each) for each in found.served],
        "simulated": found.simulated,
        "seconds": found.seconds,
        "digest": found.confirmed.result.digest,
        "version": found.confirmed.result.version,
    }
    if storm is not None:
        data["tornado"] = tornado_as_data(storm)
    return data


def tornado_as_data(storm: Tornado) -> dict[str, Any]:
    """The inputs moved, each with what comes out at its ends."""
    return {
        "method": storm.method,
        "base": dict(storm.base),
        "inputs": [
            {"input": each.figure, "low": each.low, "high": each.high, "at_low": dict(each.at_low), "at_high": dict(each.at_high)}
            | {"swing": {name: each.swing(name) for name in OUTCOMES}}
            for each in storm.bars
        ],
    }


def _head(sizing: Sizing) -> dict[str, Any]:
    return {
        "sizing": sizing.name,
        "hall": sizing.hall.name,
        "opens": sizing.opens,
        "design_day": sizing.design_day,
        "inputs": inputs_as_data(sizing),
        "assumptions": sizing.assumptions(),
    }


def _staff(staff: Staff) -> dict[str, int]:
    return {"value": staff.people, "by_cover": staff.by_cover, "by_absence": staff.by_absence}


def _area(area: Area) -> dict[str, Any]:
    parts = {each.name: {"amount": each.amount, "each_m2": each.each_m2, "m2": each.m2} for each in area.parts}
    return {"m2": area.m2, "needed_m2": area.needed, "net_m2": area.net, "minimum_m2": area.minimum, "parts": parts}


def _served(each: Served) -> dict[str, Any]:
    return {
        "given": each.given.what,
        "amount": each.given.amount,
        "basis": each.given.basis or None,
        "windows": each.windows,
        "by_group": dict(each.counts),
        "busy_day": {"low": each.busy_day[0], "high": each.busy_day[1]},
        "cases_per_year": {"low": each.cases_per_year[0], "high": each.cases_per_year[1]},
        "seats": each.seats,
        "staff": each.staff,
        "area_m2": each.area_m2,
        "too_small_in_year": {"first_unsure": each.first_missed[0], "first_missed": each.first_missed[1]},
        "by_inputs": {
            "low": each.cases_per_year[0] * each.span.low,
            "high": each.cases_per_year[1] * each.span.high,
            "low_input": each.span.low_input,
            "high_input": each.span.high_input,
        },
    }
