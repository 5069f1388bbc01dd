"""Window-hours against waiting, as plain data, in words and as a frame; for the command line and the manager's page alike."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from dashboards.texts import LANGUAGES, Words
from simulation.optimisation.batches import Interval
from simulation.optimisation.frontier import Frontier, Point
from simulation.optimisation.table import groups_of
from simulation.scenario import Scenario

Data = dict[str, Any]


def as_data(found: Frontier) -> Data:
    """The answer without words; the JSON of `openhall frontier`."""
    points = [_point(each) for each in found.points]
    chosen = {"cheapest": found.cheapest, "better": found.better, "leaner": found.leaner}
    at: dict[str, int | str | None] = {
        name: None if each is None else "now" if each is found.now else found.points.index(each) for name, each in chosen.items()
    }
    prices = found.base.costs
    return {
        "scenario": found.scenario,
        "points": points,
        "now": _point(found.now),
        **at,
        "half_hours": list(found.half_hours),
        "prices": None
        if prices is None
        else {
            "currency": prices.currency,
            "window_hour": prices.window_hour,
            "overtime_hour": prices.overtime_hour,
            "waiting_hour": prices.waiting_hour,
        },
        "remarks": [{language: each.text(language) for language in LANGUAGES} for each in found.remarks],
        "day": None if found.searched is None else found.searched.isoformat(),
        "judged_on": {
            "first": None if found.occasions.first is None else found.occasions.first.isoformat(),
            "last": None if found.occasions.last is None else found.occasions.last.isoformat(),
            "days_open": len(found.occasions.numbers) or None,
        },
        "days": found.days,
        "seconds": found.seconds,
        "seed": found.seed,
        "digest": found.base.digest,
    }


def seats_of(scenario: Scenario) -> dict[str, int]:
    """Group -> the windows it has."""
    return {group.id: len(group.seats) for group in groups_of(scenario)}


def _point(each: Point) -> Data:
    return {
        "window_hours": each.hours,
        "most_open": each.most_open,
        "open": {group: list(row) for group, row in each.open.items()},
        "mean_wait": _interval(each.wait),
        "p90_wait": _interval(each.p90),
        "waiting_hours": _interval(each.waited),
        "minus_now": _interval(each.against_now),
        "saved_per_window_hour": each.saved,
        "cost_a_day": each.cost,
        "cost_minus_now": _interval(each.cost_against_now),
    }


def _interval(given: Interval | None) -> dict[str, float | None] | None:
    if given is None:
        return None
    return {key: value if math.isfinite(value := getattr(given, key)) else None for key in ("value", "low", "high")}


def at(data: Data, name: str) -> Data | None:
    """The plan that is the "cheapest", "better" or "leaner" one; None if there is none."""
    position = data[name]
    return None if position is None else data["now"] if position == "now" else data["points"][position]


def sentence(words: Words, data: Data) -> str:
    """What to do, in one sentence."""
    now, prices = data["now"], data["prices"]
    cheapest, better = at(data, "cheapest"), at(data, "better")
    facts = {"hours_now": f"{now['window_hours']:g}", "wait_now": waiting(now["mean_wait"])}
    if cheapest is not None and cheapest is not now:
        saved = cheapest["cost_minus_now"]
        cost = {"cost": f"{cheapest['cost_a_day']['total']:,.0f}", "cost_now": f"{now['cost_a_day']['total']:,.0f}"}
        cost["saved"] = f"{-saved['value']:,.0f} [{-saved['high']:,.0f}, {-saved['low']:,.0f}]"
        told = {"hours": f"{cheapest['window_hours']:g}", "wait": waiting(cheapest["mean_wait"]), "currency": prices["currency"]}
        return words("frontier_do_cheapest", **facts, **cost, **told)
    if cheapest is not None:
        return words("frontier_do_keep_cheapest", **facts)
    if better is not None:
        return words("frontier_do_better", hours=f"{better['window_hours']:g}", wait=waiting(better["mean_wait"]), **facts)
    return words("frontier_do_keep", **facts)


def judged_on(words: Words, data: Data) -> str:
    """On which days plans were judged; nothing where all days are alike."""
    days = data["judged_on"]
    if days["first"] is None:
        return ""
    if days["days_open"] is None:
        return words("layout_days_on", day=days["first"])
    return words("frontier_days_year", day=data["day"], days=days["days_open"], first=days["first"], last=days["last"])


def waiting(given: Data) -> str:
    """Minutes with their interval."""
    return f"{given['value']:.1f} [{given['low']:.1f}, {given['high']:.1f}]"


def role(data: Data, position: int) -> str:
    """The key of the words for what a point is; "" for nothing special."""
    for name in ("cheapest", "better", "leaner"):
        if data[name] == position:
            return f"frontier_{name}"
    return ""


def frame(words: Words, data: Data) -> pd.DataFrame:
    """One row a plan, fewest hours first, the hall as it is last: for the chart, the table and the workbook."""
    rows = []
    for n, each in enumerate([*data["points"], data["now"]]):
        is_now = n == len(data["points"])
        key = "frontier_now" if is_now else role(data, n)
        row = {"is_now": is_now, "role": words(key) if key else "", "hours": each["window_hours"], "most_open": each["most_open"]}
        for name in ("mean_wait", "p90_wait", "waiting_hours"):
            row |= {name: each[name]["value"], f"{name}_low": each[name]["low"], f"{name}_high": each[name]["high"]}
        row |= {"saved": each["saved_per_window_hour"]}
        row |= {f"cost_{part}": value for part, value in (each["cost_a_day"] or {}).items()}
        rows.append(row)
    return pd.DataFrame(rows)
