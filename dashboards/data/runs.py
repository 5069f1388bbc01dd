"""A plan against its base: compared on the same days, kept, and laid out as frames for charts and tables.

The plan and the base meet the same citizens (the same random numbers), so a difference comes from the plan. The result depends on the two
scenarios, the seed and the number of replications only, and is kept under these.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pandas as pd

from dashboards.data.kept import Kept
from simulation.experiment import Comparison, Progress, Result, compare
from simulation.experiment.crossed import Crossed, waits_by_service_and_half_hour
from simulation.experiment.crossed import difference as difference_of_crossed
from simulation.load import load_of
from simulation.measures import MEASURES as MEASURES
from simulation.measures import UNITS as UNITS
from simulation.scenario import Scenario, Service, Slot, Window
from supervision.home import data_folder

REPLICATIONS = (100, 400, 1600, 6400)
"""days simulated at first, and how many more may be asked for"""
SEED = 1
MACHINES = ("kiosk",)
"""kinds of windows at which nobody sits"""
HALF_HOUR = 0.5
"""hours"""
THREADS = min(4, os.cpu_count() or 1)

_comparisons: Kept[Comparison] = Kept(48)
_crossed: Kept[Crossed] = Kept(24)


def comparison(base: Scenario, plan: Scenario, replications: int) -> Comparison:
    """The plan against the base, computed now unless it is kept. Raises BadInput as `simulation.experiment.compare` does."""
    key = (base.digest, plan.digest, SEED, replications)
    return _comparisons.get_or_make(key, lambda: computed(base, plan, replications, THREADS))


def computed(base: Scenario, plan: Scenario, replications: int, workers: int, progress: Progress | None = None) -> Comparison:
    """The same, computed; more replications than the first go on from what is kept on disk, and are kept there.

    Whatever `progress` raises ends the work.
    """
    kept = data_folder() / "kept" if replications > REPLICATIONS[0] else None
    return compare(base, plan, replications=replications, seed=SEED, workers=workers, progress=progress, kept=kept)


def waits(found: Comparison, both: bool) -> pd.DataFrame:
    """Mean waits by half-hour for `charts.waits_by_half_hour`; of the base alone unless `both`."""
    rows: list[dict[str, Any]] = []
    for series, result in (("base", found.base), ("plan", found.plan)) if both else (("base", found.base),):
        before, block = None, 0
        for slot, measures in result.by_half_hour.items():
            estimate = measures["mean_wait"].to_dict()
            band = result.band("mean_wait", slot)
            if estimate["value"] is None or band is None:
                continue
            minute = _minute(slot)
            block += before is not None and minute - before > 30
            before = minute
            rows.append(
                {
                    "series": series,
                    "slot": slot,
                    "minute": minute,
                    "block": block,
                    "value": estimate["value"],
                    "low": estimate["low"] if estimate["low"] is not None else estimate["value"],
                    "high": estimate["high"] if estimate["high"] is not None else estimate["value"],
                    "day_low": band[0],
                    "day_high": band[1],
                }
            )
    columns = ["series", "slot", "minute", "block", "value", "low", "high", "day_low", "day_high"]
    return pd.DataFrame(rows, columns=columns).sort_values(["minute", "series"], kind="stable", ignore_index=True)


def cover(base: Scenario, plan: Scenario, found: Comparison) -> pd.DataFrame:
    """Windows open in both, and the windows that the plan's work would keep busy if nobody waited, by half-hour of opening."""
    needed = {
        slot.label: sum((service.arrival_rate[at] + _booked_rate(service, slot)) * service.law.mean for service in plan.services)
        for at, slot in enumerate(plan.slots)
        if slot.kind == "open"
    }
    rows = [
        {
            "slot": label,
            "base": _open(found.base, label),
            "plan": _open(found.plan, label),
            "needed": erlangs,
        }
        for label, erlangs in needed.items()
    ]
    return pd.DataFrame(rows, columns=["slot", "base", "plan", "needed"])


def crossed(scenario: Scenario) -> Crossed:
    """Waits by service and half-hour together, on the days of the first comparison."""
    key = (scenario.digest, SEED, REPLICATIONS[0])
    return _crossed.get_or_make(key, lambda: waits_by_service_and_half_hour(scenario, replications=REPLICATIONS[0], seed=SEED))


def heat(base: Scenario, plan: Scenario, side: str) -> pd.DataFrame:
    """Cells for `charts.waits_by_service`: of the "base", of the "plan", or their "difference" where both have the half-hour.

    Columns service (id), slot, value, low, high (minutes), tickets (a day) and clear; cells in which nobody comes are left out.
    """
    first, second = crossed(base), crossed(plan)
    if side == "difference":
        services = [each for each in first.services if each in second.services]
        half_hours = [each for each in first.half_hours if each in second.half_hours]
        first, second = (each.within(services, half_hours) for each in (first, second))
        value, half = difference_of_crossed(first, second)
    else:
        second = first if side == "base" else second
        value, half = second.mean()
    tickets = second.came.mean(0)
    rows = [
        (service, slot, value[s, h], value[s, h] - half[s, h], value[s, h] + half[s, h], tickets[s, h], abs(value[s, h]) > half[s, h])
        for s, service in enumerate(second.services)
        for h, slot in enumerate(second.half_hours)
        if np.isfinite(value[s, h]) and np.isfinite(half[s, h])
    ]
    found = pd.DataFrame(rows, columns=["service", "slot", "value", "low", "high", "tickets", "clear"])
    return found if side == "difference" else found.assign(low=found["low"].clip(lower=0.0))


def _booked_rate(service: Service, slot: Slot) -> float:
    """Citizens per minute of a half-hour who come by appointment."""
    booking = service.booking
    if booking is None:
        return 0.0
    places = booking.places / booking.step if booking.step else 0.0
    places += sum(count for minute, count in booking.times if slot.start <= minute < slot.end) / (slot.end - slot.start)
    return places * booking.booked * (1 - booking.no_show)


def _open(result: Result, slot: str) -> float:
    measures = result.by_half_hour.get(slot)
    value = measures["open_windows"].to_dict()["value"] if measures else None
    return float(value) if value is not None else 0.0


def duty_hours(scenario: Scenario, result: Result | None = None) -> float:
    """Hours a day that people sit at windows and desks: the roster without machines; tidal windows count while they are open.

    How long tidal windows are open only a `result` can tell; without one they count for their whole shifts.
    """
    rostered = sum(group.rostered for group in load_of(scenario).groups if group.kind not in MACHINES) / 60
    tidal = sum(_on_duty(window) for window in scenario.windows if window.tidal is not None) / 60
    if result is None or not tidal:
        return rostered
    machines = sum(group.rostered for group in load_of(scenario).groups if group.kind in MACHINES) / 60
    measured = sum(_open(result, slot.label) for slot in scenario.slots if slot.kind == "open") * HALF_HOUR
    return rostered - tidal + min(max(measured - (rostered - tidal) - machines, 0.0), tidal)


def _on_duty(window: Window) -> float:
    """Minutes of its shifts."""
    return sum(end - start for start, end in window.shifts)


def windows_by_load(scenario: Scenario) -> tuple[str, ...]:
    """Ids of the windows, those first whose group's work fills most of its rostered time."""
    groups = sorted(load_of(scenario).groups, key=lambda each: -(each.utilisation or 0.0))
    return tuple(window for group in groups for window in group.windows)


def target_of(scenario: Scenario) -> float | None:
    """The services' target wait if they share one, else None."""
    targets = {service.target_wait for service in scenario.services}
    return targets.pop() if len(targets) == 1 else None


def promised_share(scenario: Scenario) -> float:
    """The largest share that any service promises to call within its target; 0.9 if none promises one."""
    return max((service.target_share for service in scenario.services if service.target_share is not None), default=0.9)


def _minute(label: str) -> int:
    hours, _, minutes = label.partition(":")
    return int(hours) * 60 + int(minutes or 0) if hours.lstrip("-").isdigit() else 0
