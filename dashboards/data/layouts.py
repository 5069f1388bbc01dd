"""Layouts compared, in words: the sentence that says what to do, the promise behind it, and each layout by its name.

For the command line and the planner's page alike. Figures are written with their unit; shares as percent.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboards.texts import Words
from simulation.measures import MEASURES, UNITS
from simulation.optimisation.judged import Interval, Judged, Layouts
from simulation.optimisation.objective import COST

REASONS = ("too_few_windows",)


def sentence(words: Words, found: Layouts) -> str:
    """What to do, in one sentence."""
    best, gain = found.best, found.best.against_now
    facts = {"name": label(words, best), "measure": measure(words, found), "value": figure(found, best.value)}
    facts |= {"now": figure(found, found.now.value), "change": "" if gain is None else difference(found, gain), "trained": best.trained}
    text = words(f"layout_do_{found.advice}", **facts)
    worse = found.pooling_hurts
    if worse is not None and worse.against_best is not None and found.advice in ("keep", "dedicate", "help"):
        text += words("layout_hurts", change=difference(found, worse.against_best))
    return text


def promise(words: Words, found: Layouts) -> str:
    """What is guaranteed, and what is not."""
    chosen, many = found.selection, len(found.layouts)
    least = plain(found, chosen.delta)
    if not chosen.separated:
        inside = [label(words, each) for each in found.layouts if each.still_in]
        return words("layout_not_separated", layouts=many, left=len(inside), names=words("list_comma").join(inside), delta=least)
    text = words("layout_guaranteed", layouts=many, percent=f"{100 * found.guarantee:g}", delta=least)
    close = [label(words, each) for each in found.layouts if each is not found.best and not each.separated]
    return text + (words("layout_close", names=words("list_comma").join(close)) if close else "")


def label(words: Words, each: Judged) -> str:
    """A layout's name."""
    name = kind(words, each.arrangement.kind)
    return f"{name} {each.arrangement.groups}" if each.arrangement.groups else name


def kind(words: Words, name: str) -> str:
    return words(f"layout_kind_{name}")


def reason(words: Words, code: str) -> str:
    """Why a hall cannot have a layout; a refusal of the scenario is told by its rule."""
    return words("layout_too_few") if code in REASONS else words("layout_refused", code=code)


def verdict(found: Layouts, each: Judged) -> str:
    """The key of the words that say how a layout stands to the one selected."""
    if each is found.best:
        return "layout_best"
    if not each.separated:
        return "layout_equal"
    return "layout_left" if each.still_in else "layout_worse"


def windows(words: Words, found: Layouts, each: Judged) -> list[str]:
    """The windows of a layout, one line for those that are alike."""
    names = service_names(words, found)
    lines = []
    for pool in each.arrangement.pools:
        own = words("list_comma").join(names[n] for n in pool.units)
        helps = words("list_comma").join(names[n] for n in pool.helps)
        everything = len(pool.units) == len(found.units) > 1
        facts = {"count": pool.count, "own": words("layout_everything") if everything else own}
        if not pool.helps:
            lines.append(words("layout_windows_own", **facts))
        elif len(pool.helps) + len(pool.units) == len(found.units):
            lines.append(words("layout_windows_help_all", **facts))
        else:
            lines.append(words("layout_windows_help", helps=helps, **facts))
    return lines


def service_names(words: Words, found: Layouts) -> list[str]:
    """A name for each unit."""
    titles = {each.id: words.name(each.name, each.id) for each in found.now.plan.services}
    return [words("list_and").join(titles.get(service, service) for service in unit) for unit in found.units]


def measure(words: Words, found: Layouts) -> str:
    """The objective in words."""
    if found.objective.measure == COST:
        return words("layout_cost_a_day")
    unit = "" if found.objective.unit == "share" else f" ({UNITS[found.objective.unit][words.language]})"
    name = MEASURES[found.objective.measure].label[words.language]
    if found.objective.within is not None:
        name = words("layout_within", name=name, minutes=f"{found.objective.within:g}")
    if found.objective.service is not None:
        name = words("layout_of_service", name=name, service=found.objective.service)
    return name + unit


def plain(found: Layouts, value: float) -> str:
    """A figure in the objective's unit."""
    if found.objective.unit == "share":
        return f"{100 * value:.1f}%"
    return f"{value:,.0f} {found.now.plan.costs.currency}" if found.objective.measure == COST and found.now.plan.costs else f"{value:,.2f}"


def figure(found: Layouts, given: Interval) -> str:
    """A figure with its interval."""
    return f"{plain(found, given.value)} [{plain(found, given.low)}, {plain(found, given.high)}]"


def difference(found: Layouts, given: Interval | None) -> str:
    """A signed difference with its interval; a dash where there is none."""
    if given is None:
        return "–"

    def signed(value: float) -> str:
        text = plain(found, abs(value))
        return ("−" if value < 0 else "+") + text

    return f"{signed(given.value)} [{signed(given.low)}, {signed(given.high)}]"


def frame(words: Words, found: Layouts) -> pd.DataFrame:
    """One row a layout, best first: for the chart, the table and the workbook."""
    rows: list[dict[str, Any]] = []
    for each in found.layouts:
        row: dict[str, Any] = {"layout": label(words, each), "verdict": words(verdict(found, each)), "stands": verdict(found, each)}
        row |= _figures("value", each.value) | _figures("minus_now", each.against_now) | _figures("minus_best", each.against_best)
        row |= {"pooled": each.pooled, "trained": each.trained, "windows": "; ".join(windows(words, found, each))}
        row |= {f"cost_{part}": value for part, value in (each.cost or {}).items()}
        rows.append(row)
    return pd.DataFrame(rows)


def waits(words: Words, found: Layouts) -> pd.DataFrame:
    """Mean waits by service, today and in the layout selected."""
    titles = {each.id: words.name(each.name, each.id) for each in found.now.plan.services}
    rows = []
    for line, now in found.now.waits.items():
        best = found.best.waits[line]
        rows.append({"service": titles[line], **_figures("now", now), **_figures("best", best), "change": best.value - now.value})
    return pd.DataFrame(rows)


def _figures(name: str, given: Interval | None) -> dict[str, float | None]:
    if given is None:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    return {name: given.value, f"{name}_low": given.low, f"{name}_high": given.high}
