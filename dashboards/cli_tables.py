"""Tables of the simulated hall for people at a terminal: results, comparisons and loads, every mean with its interval.

Reads the same plain answer that ``--json`` writes; computes nothing. Not for pages, and not for the record (cli_listings.py and
cli_sheets.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.cli_console import number, say, show, table, words
from simulation.load import GroupLoad, Load
from simulation.measures.registry import MEASURES, UNITS
from simulation.scenario import Scenario

Figure = Mapping[str, Any]
BY_SERVICE = ("mean_wait", "p90_wait", "share_within_target")
BY_WINDOW = ("utilisation", "served")
BY_HALF_HOUR = ("mean_wait", "mean_queue", "utilisation")
ASSUMED = "≈"
"""marks what stands on an assumption"""


FEW_UNITS = 20
"""below which intervals of skewed figures cover less often than they say (simulation/DESIGN.md, decision 8)"""


def show_check(scenario: Scenario, load: Load, remarks: Sequence[str] = ()) -> None:
    """What a scenario asks of the hall: services, groups of windows, assumptions."""
    say(f"{words.name(scenario.title, scenario.name)} ({scenario.name})", style="bold")
    per = words("cli_per_horizon" if scenario.horizon else "cli_per_day")
    say(words("cli_check_hall", per=per, arrivals=number(load.arrivals, 0), load=number(load.offered_load), windows=len(scenario.windows)))
    assumed = scenario.assumptions()
    columns = ("cli_service", "cli_people", "cli_mean_service", "cli_offered", "cli_busiest")
    services = table(*map(words, columns), right=(1, 2, 3, 4))
    for service, found in zip(scenario.services, load.services, strict=True):
        mark = ASSUMED if stands_on_assumption(assumed, "services", service.id) else ""
        services.add_row(
            f"{words.name(service.name, service.id)} ({service.id}){mark}",
            number(found.arrivals, 1),
            number(found.mean_service_time, 1),
            number(found.offered_load),
            number(found.busiest_load),
        )
    show(services)
    columns = ("cli_windows", "cli_kind", "cli_count", "cli_serves", "cli_rostered", "cli_utilisation")
    groups = table(*map(words, columns), right=(2, 4, 5))
    for group in load.groups:
        serves = words("cli_all") if len(group.services) == len(scenario.services) else ", ".join(group.services)
        used = "–" if group.utilisation is None else f"{100 * group.utilisation:.1f} %"
        groups.add_row(_span(group), group.kind, str(len(group.windows)), serves, number(group.rostered, 0), used)
    total = "–" if load.utilisation is None else f"{100 * load.utilisation:.1f} %"
    groups.add_row(words("cli_all_windows"), "", str(len(scenario.windows)), "", number(load.rostered, 0), total, style="bold")
    show(groups)
    say(words("cli_assumptions", count=len(assumed), mark=ASSUMED))
    for path in assumed:
        say(f"  {ASSUMED} {path}", style="dim")
    for remark in remarks:
        say(remark, style="yellow")
    say(words("cli_check_done"), style="green")


def show_result(scenario: Scenario, result: Mapping[str, Any]) -> None:
    """One experiment: the hall, then services, windows and half-hours."""
    say(f"{words.name(scenario.title, scenario.name)} ({scenario.name})", style="bold")
    say(
        words(
            "cli_result_head",
            replications=f"{result['replications']:,}",
            days=f"{result['days']:,}",
            unit=words(f"cli_unit_{result['unit']}") if words.has(f"cli_unit_{result['unit']}") else result["unit"],
            seed=result["seed"],
            engine=result["engine"],
            digest=result["digest"][:12],
        ),
        style="dim",
    )
    units = result["measures"]["arrivals"]["n"]
    if 1 < units < FEW_UNITS:
        say(words("cli_few_units", units=units, enough=FEW_UNITS), style="dim")
    hall = table(words("cli_measure"), words("cli_value"), words("cli_interval"), words("cli_unit"), right=(1, 2))
    for name, figure in result["measures"].items():
        if figure["value"] is None:
            continue
        hall.add_row(label(name), value(name, figure["value"]), interval(name, figure), unit(name))
    show(hall)
    assumed = scenario.assumptions()
    marks = {s.id: ASSUMED if stands_on_assumption(assumed, "services", s.of) else "" for s in scenario.services}
    names = {s.id: words.name(s.name, s.id) + marks[s.id] for s in scenario.services}
    _show_parts(words("cli_by_service"), words("cli_service"), result["by_service"], BY_SERVICE, names)
    of_items = {name: names[name] for name in result.get("by_item", {})}
    _show_parts(words("cli_by_item"), words("cli_service"), result.get("by_item", {}), BY_SERVICE, of_items)
    classes = {each.id: words.name(each.name, each.id) for each in scenario.classes}
    _show_parts(words("cli_by_class"), words("cli_class"), result.get("by_class", {}), BY_SERVICE, classes)
    _show_parts(words("cli_by_window"), words("cli_window"), result["by_window"], BY_WINDOW, {w.id: w.id for w in scenario.windows})
    _show_parts(words("cli_by_half_hour"), words("cli_from"), result["by_half_hour"], BY_HALF_HOUR, {})
    say(words("cli_assumptions_short", count=len(assumed), mark=ASSUMED))


def show_comparison(base: Scenario, plan: Scenario, found: Mapping[str, Any]) -> None:
    """Two experiments side by side; the difference is paired, and says whether it is one."""
    say(words("cli_comparison_head", base=base.name, plan=plan.name), style="bold")
    columns = ("cli_measure", "cli_base_value", "cli_plan_value", "cli_difference", "cli_interval")
    made = table(*map(words, columns), "", right=(1, 2, 3, 4))
    for name, figure in found["difference"]["measures"].items():
        if figure["value"] is None:
            continue
        before, after = (found[side]["measures"].get(name) for side in ("base", "plan"))
        made.add_row(
            f"{label(name)} ({unit(name)})",
            both(name, before),
            both(name, after),
            value(name, figure["value"], sign=True),
            interval(name, figure, sign=True),
            words(f"cli_{verdict(name, figure)}"),
        )
    show(made)
    count = len({*base.assumptions(), *plan.assumptions()})
    say(words("cli_assumptions_short", count=count, mark=ASSUMED))


def verdict(name: str, difference: Figure) -> str:
    """ "better", "worse", "changed" (a measure without a better direction), or "unclear" if the interval holds zero."""
    low, high, shift = difference["low"], difference["high"], difference["value"]
    if shift == 0 and low in (0, None) and high in (0, None):
        return "same"
    if low is None or high is None or low <= 0 <= high:
        return "unclear"
    wanted = MEASURES[name].better
    if wanted is None:
        return "changed"
    return "better" if (high < 0) == (wanted == "lower") else "worse"


def label(name: str) -> str:
    """A measure's name in the person's language."""
    return MEASURES[name].label[words.language]


def unit(name: str) -> str:
    """A measure's unit, shares as percent."""
    return "%" if MEASURES[name].unit == "share" else UNITS[MEASURES[name].unit][words.language]


def value(name: str, given: float | None, sign: bool = False) -> str:
    """A figure as people read it: shares in percent, minutes with two digits."""
    if given is None:
        return "–"
    scaled = 100 * given if MEASURES[name].unit == "share" else given
    return f"{scaled:+,.2f}" if sign else f"{scaled:,.2f}"


def interval(name: str, figure: Figure, sign: bool = False) -> str:
    """The interval of a figure, or a dash where there are not two units to take it from."""
    if figure["low"] is None or figure["high"] is None:
        return "–"
    return f"[{value(name, figure['low'], sign)}, {value(name, figure['high'], sign)}]"


def both(name: str, figure: Figure | None) -> str:
    """A figure with its interval in one cell."""
    if figure is None or figure["value"] is None:
        return "–"
    return f"{value(name, figure['value'])} {interval(name, figure)}"


def stands_on_assumption(assumed: list[str], kind: str, id: str) -> bool:
    """Whether any figure of a service or window has no basis but an assumption."""
    return any(path == f"{kind}.{id}" or path.startswith(f"{kind}.{id}.") for path in assumed)


def _show_parts(title: str, first: str, parts: Mapping[str, Figure], wanted: tuple[str, ...], names: Mapping[str, str]) -> None:
    shown = tuple(name for name in wanted if any(name in figures for figures in parts.values()))
    if not parts or not shown:
        return
    made = table(first, *(f"{label(name)}\n({unit(name)})" for name in shown), title=title, right=tuple(range(1, len(shown) + 1)))
    for id, figures in parts.items():
        made.add_row(names.get(id, id), *(both(name, figures.get(name)) for name in shown))
    show(made)


def _span(group: GroupLoad) -> str:
    return group.windows[0] if len(group.windows) == 1 else f"{group.windows[0]} … {group.windows[-1]}"
