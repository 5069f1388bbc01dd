"""Layouts compared, as plain data and in words: what to do, the promise behind it, each layout by its name, frames for chart and tables.

Plain data, since a job brings them from another process. For the command line and the planner's page alike. Figures are written with their
unit; shares as percent.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pandas as pd

from dashboards.texts import LANGUAGES, Words
from simulation.faults import Fault
from simulation.measures import MEASURES, UNITS
from simulation.optimisation.batches import Interval
from simulation.optimisation.layout import Judged, Layouts
from simulation.optimisation.objective import COST

Data = dict[str, Any]


def as_data(found: Layouts) -> Data:
    """The answer without words; the JSON of `openhall layout`."""
    chosen, services = found.selection, found.now.plan.services
    return {
        "scenario": found.scenario,
        "objective": {
            "text": found.objective.text,
            "measure": found.objective.measure,
            "service": found.objective.service,
            "within": found.objective.within,
            "unit": found.objective.unit,
            "lower_is_better": found.objective.lower,
        },
        "currency": None if found.now.plan.costs is None else found.now.plan.costs.currency,
        "advice": found.advice,
        "best": found.best.name,
        "guarantee": found.guarantee,
        "guaranteed": chosen.separated,
        "delta": chosen.delta,
        "layouts": [_layout(found, each) for each in found.layouts],
        "now": _layout(found, found.now),
        "pooling_hurts": None if found.pooling_hurts is None else found.pooling_hurts.name,
        "not_possible": [{"kind": kind, "reason": "too_few_windows", "why": None} for kind in found.too_few]
        + [{"kind": kind, "reason": why.code, "why": _texts(replace(why, place=""))} for kind, why in found.refused],
        "judged_on": {
            "days_in_a_row": found.occasions.in_a_row,
            "first": None if found.occasions.first is None else found.occasions.first.isoformat(),
            "last": None if found.occasions.last is None else found.occasions.last.isoformat(),
            "days_open": len(found.occasions.numbers) or None,
        },
        "weeks_of_learning": [{"week": each.week, "speed": each.speed, "minus_now": _interval(each.against_now)} for each in found.weeks],
        "remarks": [_texts(each) for each in found.remarks],
        "units": [list(unit) for unit in found.units],
        "services": {each.id: dict(each.name) for each in services},
        "days": found.days,
        "seconds": found.seconds,
        "seed": found.seed,
        "engine": found.engine,
        "digest": found.now.plan.digest,
    }


def _texts(given: Fault) -> dict[str, str]:
    return {language: given.text(language) for language in LANGUAGES}


def _layout(found: Layouts, each: Judged) -> Data:
    def services(positions: Any) -> list[str]:
        return [service for n in positions for service in found.units[n]]

    return {
        "name": each.name,
        "kind": each.arrangement.kind,
        "number": each.arrangement.groups,
        "windows": [
            {"count": pool.count, "serves": services(pool.units), "helps": services(pool.helps)} for pool in each.arrangement.pools
        ],
        "value": _interval(each.value),
        "minus_now": _interval(each.against_now),
        "minus_best": _interval(each.against_best),
        "separated_from_best": each.separated,
        "still_in": each.still_in,
        "windows_for_several_items": each.pooled,
        "people_to_train": each.trained,
        "cost_a_day": each.cost,
        "mean_wait": {service: _interval(wait) for service, wait in each.waits.items()},
    }


def _interval(given: Interval | None) -> dict[str, float | None] | None:
    if given is None:
        return None
    return {key: value if math.isfinite(value := getattr(given, key)) else None for key in ("value", "low", "high")}


def best_of(data: Data) -> Data:
    """The layout selected."""
    return named(data, data["best"])


def named(data: Data, name: str) -> Data:
    return next(each for each in (*data["layouts"], data["now"]) if each["name"] == name)


# ---- in words -----------------------------------------------------------------------------------------------------------------------


def sentence(words: Words, data: Data) -> str:
    """What to do, in one sentence; and what pooling everything would do where that is worse."""
    best, now = best_of(data), data["now"]
    facts = {"name": label(words, best), "measure": measure(words, data), "value": figure(words, data, best["value"])}
    facts |= {"now": figure(words, data, now["value"]), "change": difference(words, data, best["minus_now"])}
    text = words(f"layout_do_{data['advice']}", **facts, trained=best["people_to_train"])
    if data["pooling_hurts"] and data["advice"] in ("keep", "dedicate", "help"):
        text += words("layout_hurts", change=difference(words, data, named(data, data["pooling_hurts"])["minus_best"]))
    return text


def promise(words: Words, data: Data) -> str:
    """What is guaranteed, and what is not."""
    many, least = len(data["layouts"]), with_unit(words, data, data["delta"])
    if not data["guaranteed"]:
        inside = [label(words, each) for each in data["layouts"] if each["still_in"]]
        return words("layout_not_separated", layouts=many, left=len(inside), names=words("list_comma").join(inside), delta=least)
    text = words("layout_guaranteed", layouts=many, percent=f"{100 * data['guarantee']:g}", delta=least)
    close = [label(words, each) for each in data["layouts"] if each["name"] != data["best"] and not each["separated_from_best"]]
    return text + (words("layout_close", names=words("list_comma").join(close)) if close else "")


def label(words: Words, each: Data) -> str:
    """A layout's name."""
    name = kind(words, each["kind"])
    return f"{name} {each['number']}" if each["number"] else name


def kind(words: Words, name: str) -> str:
    return words(f"layout_kind_{name}")


def reason(words: Words, each: Data) -> str:
    """Why a hall cannot have a layout; a refusal of the scenario is told by its rule."""
    return words("layout_too_few") if each["why"] is None else words("layout_refused", reason=each["why"][words.language].rstrip(".。"))


def judged_on(words: Words, data: Data) -> str:
    """On which days layouts were judged; nothing where all days are alike."""
    days = data["judged_on"]
    if days["days_in_a_row"] > 1:
        return words("layout_days_in_a_row", days=days["days_in_a_row"])
    if days["first"] is None:
        return ""
    if days["days_open"] == 1:
        return words("layout_days_on", day=days["first"])
    return words("layout_days_year", days=days["days_open"], first=days["first"], last=days["last"])


def verdict(data: Data, each: Data) -> str:
    """The key of the words that say how a layout stands to the one selected."""
    if each["name"] == data["best"]:
        return "layout_best"
    if not each["separated_from_best"]:
        return "layout_equal"
    return "layout_left" if each["still_in"] else "layout_worse"


def windows(words: Words, data: Data, each: Data) -> list[str]:
    """The windows of a layout, one line for those that are alike."""
    everything = sum(map(len, data["units"]))

    def names(services: list[str]) -> str:
        return words("list_comma").join(words.name(data["services"].get(service), service) for service in services)

    def helps_all(pool: Data) -> bool:
        return len(pool["helps"]) + len(pool["serves"]) == everything

    lines = []
    told: list[Data] = []
    for helping in (True, False):
        alike = [pool for pool in each["windows"] if pool["count"] == 1 and len(pool["serves"]) == 1 and bool(pool["helps"]) == helping]
        alike = [pool for pool in alike if not helping or helps_all(pool)]
        if len(alike) > 2:
            own = names([pool["serves"][0] for pool in alike])
            lines.append(words("layout_windows_each_help" if helping else "layout_windows_each", count=len(alike), own=own))
            told += alike
    for pool in [pool for pool in each["windows"] if pool not in told]:
        facts = {"count": pool["count"], "own": words("layout_everything") if len(pool["serves"]) == everything else names(pool["serves"])}
        if not pool["helps"]:
            lines.append(words("layout_windows_own", **facts))
        elif helps_all(pool):
            lines.append(words("layout_windows_help_all", **facts))
        else:
            lines.append(words("layout_windows_help", helps=names(pool["helps"]), **facts))
    return lines


def measure(words: Words, data: Data) -> str:
    """The objective in words."""
    asked = data["objective"]
    if asked["measure"] == COST:
        return words("layout_cost_a_day")
    name = MEASURES[asked["measure"]].label[words.language]
    if asked["within"] is not None:
        name = words("layout_within", name=name, minutes=f"{asked['within']:g}")
    if asked["service"] is not None:
        name = words("layout_of_service", name=name, service=words.name(data["services"].get(asked["service"]), asked["service"]))
    return name


def unit(words: Words, data: Data) -> str:
    """The objective's unit; of a share "%", of a cost its currency."""
    asked = data["objective"]
    if asked["measure"] == COST:
        return str(data["currency"])
    return "%" if asked["unit"] == "share" else UNITS[asked["unit"]][words.language]


def plain(data: Data, value: float | None) -> str:
    """A figure without its unit."""
    if value is None:
        return "–"
    asked = data["objective"]
    if asked["measure"] == COST:
        return f"{value:,.0f}"
    return f"{100 * value:.1f}" if asked["unit"] == "share" else f"{value:,.2f}"


def with_unit(words: Words, data: Data, value: float | None) -> str:
    found = unit(words, data)
    return f"{plain(data, value)}{'' if found == '%' else ' '}{found}"


def figure(words: Words, data: Data, given: Data) -> str:
    """A figure with unit and interval."""
    return f"{with_unit(words, data, given['value'])} [{plain(data, given['low'])}, {plain(data, given['high'])}]"


def difference(words: Words, data: Data, given: Data | None) -> str:
    """A signed difference with its interval; a dash where there is none."""
    if given is None or given["value"] is None:
        return "–"

    def signed(value: float) -> str:
        return ("−" if value < 0 else "+") + plain(data, abs(value))

    return f"{signed(given['value'])} [{signed(given['low'])}, {signed(given['high'])}]"


# ---- frames -------------------------------------------------------------------------------------------------------------------------


def frame(words: Words, data: Data) -> pd.DataFrame:
    """One row a layout, best first: for the chart, the table and the workbook. Shares times hundred."""
    factor = 100 if data["objective"]["unit"] == "share" else 1
    rows: list[dict[str, Any]] = []
    for each in data["layouts"]:
        row: dict[str, Any] = {"layout": label(words, each), "verdict": words(verdict(data, each)), "stands": verdict(data, each)}
        for name in ("value", "minus_now", "minus_best"):
            row |= _figures(name, each[name], factor)
        row |= {"pooled": each["windows_for_several_items"], "trained": each["people_to_train"]}
        row |= {"windows": "; ".join(windows(words, data, each))}
        row |= {f"cost_{part}": value for part, value in (each["cost_a_day"] or {}).items()}
        rows.append(row)
    return pd.DataFrame(rows)


def waits(words: Words, data: Data) -> pd.DataFrame:
    """Mean waits by service, today and in the layout selected, minutes."""
    rows = []
    for line, now in data["now"]["mean_wait"].items():
        best = best_of(data)["mean_wait"][line]
        if now["value"] is not None and best["value"] is not None:
            name = words.name(data["services"].get(line), line)
            rows.append({"service": name, **_figures("now", now), **_figures("best", best), "change": best["value"] - now["value"]})
    return pd.DataFrame(rows)


def _figures(name: str, given: Data | None, factor: float = 1.0) -> dict[str, float]:
    return {
        key: math.nan if given is None or given[at] is None else factor * given[at]
        for key, at in ((name, "value"), (f"{name}_low", "low"), (f"{name}_high", "high"))
    }
