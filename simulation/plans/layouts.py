"""The same windows in another layout (专窗、分组、综合窗口、链式、溢出): so that layouts can be compared on the same citizens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from simulation.faults import BadInput
from simulation.plans.document import Document, Refused, copied, settled, spelled
from simulation.scenario import Scenario, parse
from simulation.scenario.expanding import PUBLIC

GENERALIST = 0.9
"""efficiency of a window for more than one service, if nothing else is said (assumption)"""
CARRIED = ("shifts", "breaks", "ab_break")
"""keys of windows that stay as they are in most of them"""


def lay_out(
    document: Mapping[str, Any],
    kind: str,
    windows: int | None = None,
    groups: Sequence[Mapping[str, Any]] | None = None,
    efficiency: float = GENERALIST,
    queue: int = 1,
) -> Document:
    """As many windows as there are, or as said, in another layout; the windows are spelled out one group after another.

    Windows that are not for the public stay apart as they are. The hours are those of most windows, and the departments behind a window
    those that stood behind its services before.

    Parameters
    ----------
    kind : a kind of [layout]
    groups : as in [layout]; of a grouped layout without them, one for each zone of the hall

    Raises
    ------
    Refused
        if there are fewer windows than groups, or a grouped layout has no groups.
    """
    base = parse(document)
    plan = copied(document)
    apart = {each["id"]: each for each in plan["windows"] if PUBLIC not in classes_of(each)}
    rest = [each for each in plan["windows"] if each["id"] not in apart]
    total = sum(each.get("count", 1) for each in plan["windows"]) if windows is None else windows
    layout: Document = {"kind": kind, "windows": total, "efficiency": efficiency, "queue": queue, **hours_of_most(rest)}
    layout["aside"] = [_aside(each) for each in apart.values()]
    if kind in ("grouped", "chain", "overflow", "overflow_two_way") and (groups or kind == "grouped"):
        layout["groups"] = [dict(each) for each in groups] if groups else _by_zone(plan)
    behind = departments_of(base)
    plan["windows"], plan["layout"] = [], layout
    for department in plan.get("departments", []):
        if "windows" in department:
            department["windows"] = []
    plan = settled(plan, [])
    try:
        plan = spelled(plan)
    except BadInput as bad:
        raise Refused("plan_layout", kind=kind, reason="; ".join(each.text().rstrip(".") for each in bad.faults)) from None
    plan["windows"] = [apart.get(each["id"], each) for each in plan["windows"]]
    changed = []
    for group in (each for each in plan["windows"] if each["id"] not in apart):
        own = {name.partition(":")[0] for name in group["serves"]}
        found = [each["id"] for each in plan.get("departments", []) if own & behind.get(each["id"], set()) or "*" in own]
        if found:
            group["departments"] = found
        changed += [f"windows.{group['id']}.{key}" for key in ("count", "efficiency", "overflow") if key in group]
    return settled(plan, changed)


def classes_of(window: Mapping[str, Any]) -> set[str]:
    """The classes that a group of windows serves; the public among them unless it says otherwise."""
    named = {name.partition(":")[2] for name in window["serves"]}
    return {each for each in named if each} | (set(window.get("classes") or [PUBLIC]) if "" in named else set())


def _aside(window: Mapping[str, Any]) -> Document:
    services = list(dict.fromkeys(name.partition(":")[0] for name in window["serves"]))
    return {"id": window["id"], "services": services, "classes": sorted(classes_of(window)), "windows": window.get("count", 1)}


def departments_of(base: Scenario) -> dict[str, set[str]]:
    """Department -> the services of its windows."""
    return {each.id: {base.service(line).of for name in each.windows for line in base.window(name).efficiency} for each in base.departments}


def hours_of_most(windows: Sequence[Mapping[str, Any]]) -> Document:
    """Shifts and breaks of most windows."""
    found: Document = {}
    for key in CARRIED:
        count: Counter[str] = Counter()
        values = {}
        for each in windows:
            count[str(each.get(key))] += each.get("count", 1)
            values[str(each.get(key))] = each.get(key)
        value = values[count.most_common(1)[0][0]] if count else None
        if value:
            found[key] = value
    return found


def _by_zone(plan: Document) -> list[Document]:
    """The services by the zone of the first windows that serve them."""
    zones: dict[str, list[str]] = {}
    for service in plan["services"]:
        zone = next((each.get("zone") for each in plan["windows"] if service["id"] in each["serves"]), None)
        if zone is None:
            raise Refused("plan_layout_groups", service=service["id"])
        zones.setdefault(zone, []).append(service["id"])
    return [{"id": zone, "services": services} for zone, services in zones.items()]
