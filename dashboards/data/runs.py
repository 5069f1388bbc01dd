"""A plan against its base: compared on the same days, kept, and laid out as frames for charts and tables.

The plan and the base meet the same citizens (the same random numbers), so a difference comes from the plan. The result depends on the two
scenarios, the seed and the number of replications only, and is kept under these.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pandas as pd

from dashboards.data.kept import Kept
from simulation.experiment import Comparison, Result, compare
from simulation.load import load_of
from simulation.measures import MEASURES as MEASURES
from simulation.measures import UNITS as UNITS
from simulation.scenario import Scenario

REPLICATIONS = (100, 400, 1600, 6400)
"""days simulated at first, and how many more may be asked for"""
SEED = 1
THREADS = min(4, os.cpu_count() or 1)

_comparisons: Kept[Comparison] = Kept(48)


def kept(base: Scenario, plan: Scenario, replications: int) -> bool:
    """Whether the comparison is at hand already."""
    return _comparisons.get((base.digest, plan.digest, SEED, replications)) is not None


def comparison(
    base: Scenario, plan: Scenario, replications: int, progress: Callable[[int, int | None, float | None], None] | None = None
) -> Comparison:
    """The plan against the base, computed now unless it is kept.

    Raises BadInput as `simulation.experiment.compare` does; whatever `progress` raises ends the work and nothing is kept.
    """
    key = (base.digest, plan.digest, SEED, replications)
    return _comparisons.get_or_make(
        key, lambda: compare(base, plan, replications=replications, seed=SEED, workers=THREADS, progress=progress)
    )


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
        slot.label: sum(service.arrival_rate[at] * service.law.mean for service in plan.services)
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


def _open(result: Result, slot: str) -> float:
    measures = result.by_half_hour.get(slot)
    value = measures["open_windows"].to_dict()["value"] if measures else None
    return float(value) if value is not None else 0.0


def duty_hours(scenario: Scenario) -> float:
    """Window hours a day that the roster asks for."""
    return load_of(scenario).rostered / 60


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
