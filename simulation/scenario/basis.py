"""Where a figure comes from: the table ``[basis]`` maps a dotted path to a document's phrase, a fit's id, or "assumption".

Paths go by id, never by position: ``services.residence.target``, ``windows.comprehensive.count``, ``opening.early_min``. A basis given for
a table (``services.residence``) stands for every figure in it that has none of its own. A figure without a basis is an assumption.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulation.scenario.tables import clean_id

ASSUMED = ("assumption", "假设", "假定")
"""how a phrase begins that says the figure was assumed; the reason may follow"""

FIGURES: dict[str, tuple[str, ...]] = {
    "services": (
        "service_min",
        "patience_min",
        "arrivals_per_hour",
        "early_arrivals",
        "target",
        "balking",
        "priority",
        "returns",
        "quota",
        "then",
        "incomplete",
        "batch",
        "cases",
        "companions",
        "booking",
        "announced",
        "together",
        "own_window",
        "season",
        "case",
        "volume",
        "diverted",
        "local_only",
        "retries",
    ),
    "windows": (
        "count",
        "efficiency",
        "shifts",
        "breaks",
        "ab_break",
        "lunch",
        "service_min",
        "overflow",
        "at_shift_end",
        "at_break",
        "break_lasts",
        "wrap_up_min",
        "start_up_min",
        "absence",
        "breakdown",
        "away_when_idle",
        "covers",
        "tidal",
        "learning",
    ),
    "classes": (
        "share",
        "priority",
        "service_factor",
        "incomplete_factor",
        "patience_min",
        "cases",
        "companions",
        "quota",
    ),
    "stations": (
        "share",
        "to_window",
        "service_min",
        "service_factor",
        "incomplete_factor",
        "count",
        "shifts",
        "breaks",
        "ab_break",
        "lunch",
        "absence",
        "breakdown",
    ),
    "pools": ("staff", "hours", "calls"),
}
"""the keys of a listed table that hold a figure; count is one even when it is left out"""
TOP_FIGURES = ("days_per_year", "lunch")
LAYOUT_FIGURES = ("kind", "windows", "groups", "aside", "efficiency", "queue", "shifts", "breaks", "ab_break", "lunch")
COSTS_FIGURES = ("window_hour", "overtime_hour", "waiting_hour", "training", "training_days")
DEMAND_FIGURES = ("weekday", "month", "around_holidays", "day_cv", "half_hour_cv")
OPENING_FIGURES = ("early_min", "last_ticket", "last_start")
HORIZON_FIGURES = ("minutes", "warm_up", "cycle_min")
RULES_FIGURES = ("idle_window", "lines", "booked", "urgent_interrupt", "places", "ghost_min", "longest_wait_min")


def flatten(basis: Mapping[str, Any], beginning: str = "") -> dict[str, Any]:
    """Dotted path -> phrase; a path may be quoted as one key or written as nested tables."""
    flat: dict[str, Any] = {}
    for key, value in basis.items():
        path = f"{beginning}{key}"
        if isinstance(value, Mapping):
            flat.update(flatten(value, f"{path}."))
        else:
            flat[path] = value
    return flat


def figures(document: Mapping[str, Any]) -> list[str]:
    """Paths of every figure of a document, in its order."""
    paths = [key for key in TOP_FIGURES if key in document]
    openings = [each for each in document.get("opening") or [] if isinstance(each, Mapping)]
    if openings:
        paths.append("opening")
        paths += [f"opening.{key}" for key in OPENING_FIGURES if any(key in each for each in openings)]
    paths += [f"horizon.{key}" for key in HORIZON_FIGURES if key in (document.get("horizon") or {})]
    paths += [f"demand.{key}" for key in DEMAND_FIGURES if key in (document.get("demand") or {})]
    paths += [f"rules.{key}" for key in RULES_FIGURES if key in (document.get("rules") or {})]
    paths += [f"layout.{key}" for key in LAYOUT_FIGURES if key in (document.get("layout") or {})]
    paths += [f"costs.{key}" for key in COSTS_FIGURES if key in (document.get("costs") or {})]
    for table, keys in FIGURES.items():
        for entry in document.get(table) or []:
            if isinstance(entry, Mapping) and isinstance(entry.get("id"), str):
                for key in keys:
                    if key in entry or (key == "count" and entry.get("kind") != "pre-registration"):
                        paths += _parts(f"{table}.{_id(entry)}.{key}", entry.get(key))
    return paths


def _parts(path: str, value: object) -> list[str]:
    """A target, and a case, is several figures, each with a source of its own; everything else is one."""
    parted = path.endswith((".target", ".case")) and isinstance(value, Mapping)
    return [f"{path}.{key}" for key in value] if parted and isinstance(value, Mapping) else [path]


def addresses(document: Mapping[str, Any]) -> set[str]:
    """Every path that a basis may name: figures, and whatever else stands in the document."""
    found = set(figures(document))
    for key, value in document.items():
        if key == "basis":
            continue
        found.add(key)
        if isinstance(value, Mapping):
            found |= _inside(value, key)
        elif isinstance(value, list):
            for entry in value:
                if isinstance(entry, Mapping):
                    own = f"{key}.{_id(entry)}" if isinstance(entry.get("id"), str) else key
                    found |= {own} | _inside(entry, own)
    return found


def _inside(table: Mapping[str, Any], beginning: str) -> set[str]:
    found = set()
    for key, value in table.items():
        path = f"{beginning}.{key}"
        found.add(path)
        if isinstance(value, Mapping):
            found |= _inside(value, path)
    return found


def _id(entry: Mapping[str, Any]) -> str:
    try:
        return str(clean_id(entry["id"]))
    except ValueError:  # an id at fault is told elsewhere
        return str(entry["id"])


def basis_of(path: str, flat: Mapping[str, str]) -> str | None:
    """The phrase for a figure: its own, else that of the nearest table around it."""
    while path:
        if path in flat:
            return flat[path]
        path = path.rpartition(".")[0]
    return None


def assumptions(document: Mapping[str, Any]) -> list[str]:
    """Paths of the figures without a basis, or marked as assumption."""
    flat = flatten(document.get("basis") or {})
    return [path for path in figures(document) if (basis_of(path, flat) or ASSUMED[0]).strip().lower().startswith(ASSUMED)]
