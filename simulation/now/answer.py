"""The rest of the day, many times over: the wait of the next ticket, who will be sent home, when the hall is empty; and plans beside it.

A plan is another scenario from the same snapshot, met by the same people, so that a difference is the plan's and not chance. Every figure
is a total over a total of the replications with its interval, as everywhere.

Not for the morning that is past: a figure counts from now on, but for the waits of those who wait, which count from when they came.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

import numpy as np

from simulation.days import hall_on
from simulation.demand import Demand, draw_demand
from simulation.estimators import LEVEL, mean_interval, ratio_interval
from simulation.experiment.blocks import draw_the_same
from simulation.faults import BadInput, fault
from simulation.now.snapshot import snapshot_of
from simulation.now.standing import Standing, people_from_now, stand
from simulation.plans import Change, apply_changes, window_groups
from simulation.plans.document import (
    Document,
    clock,
    copied,
    end_of,
    half_hours,
    later,
    minutes,
    profile_of,
    set_profile,
    settled,
)
from simulation.scenario import Scenario, parse
from simulation.serve import engine_of, visits_of
from simulation.tickets import BALKED, INTERRUPTED, NEVER_QUEUED, NO_SHOW, RENEGED, SENT_HOME, SERVED, TURNED_AWAY

REPLICATIONS = 100
MOST_REPLICATIONS = 20_000

FIGURES: Mapping[str, str] = {
    "mean_wait": "min",
    "wait_of_those_inside": "min",
    "sent_home_share": "share",
    "left_share": "share",
    "turned_away_share": "share",
    "served": "tickets",
    "empty_at": "clock",
}
"""figure of the rest of the day -> unit; a clock is minutes after midnight"""

Pair = tuple[float, float]
Plan = tuple[str, Document]
"""name, document"""


@dataclass(frozen=True, slots=True)
class Answer:
    """One figure with its interval; nan where nobody counts."""

    value: float
    low: float
    high: float
    unit: str

    def to_dict(self) -> dict[str, Any]:
        value, low, high = (None if math.isnan(each) else each for each in (self.value, self.low, self.high))
        return {"value": value, "low": low, "high": high, "unit": self.unit}


@dataclass(frozen=True, slots=True)
class Future:
    """The rest of today under one plan."""

    name: str
    """"base", or the plan's"""
    figures: Mapping[str, Answer]
    """see FIGURES"""
    next_wait: Mapping[str, Answer]
    """service -> minutes that a ticket taken now waits, of those that are called at all"""
    next_served: Mapping[str, Answer]
    """service -> share of the tickets taken now that are called at all"""
    change: Mapping[str, Answer]
    """figure -> plan minus base, by pairs; empty for the base"""

    def to_dict(self) -> dict[str, Any]:
        def plain(figures: Mapping[str, Answer]) -> dict[str, Any]:
            return {name: figure.to_dict() for name, figure in figures.items()}

        return {
            "name": self.name,
            "figures": plain(self.figures),
            "next_ticket": {
                each: {"wait": self.next_wait[each].to_dict(), "called": self.next_served[each].to_dict()} for each in self.next_wait
            },
            "difference": plain(self.change),
        }


def outlook(
    scenario: Scenario,
    document: Mapping[str, Any],
    plans: Sequence[Plan] = (),
    *,
    replications: int = REPLICATIONS,
    seed: int = 1,
    engine: str = "kernel",
    place: str = "snapshot",
    progress: Callable[[int, int | None, float | None], None] | None = None,
) -> list[Future]:
    """The rest of the day from a snapshot: under the scenario itself, then under each plan.

    Parameters
    ----------
    document : the snapshot as a plain document; read anew for each plan, whose windows may be others
    plans : (name, document of the scenario) of each

    Raises BadInput where the snapshot does not fit the scenario or a plan, or a plan is refused.
    """
    if isinstance(replications, bool) or not 2 <= replications <= MOST_REPLICATIONS:
        raise BadInput([fault("now_replications", "replications", replications, most=MOST_REPLICATIONS)])
    scenarios = [scenario, *(parse(plan, name) for name, plan in plans)]
    places = [place, *(f"{place}: {name}" for name, _ in plans)]
    halls = [hall_on(each, 0) for each in scenarios]  # where days have dates: the hall of the first of them
    standings = [stand(each, snapshot_of(document, each, where)) for where, each in zip(places, halls, strict=True)]
    alike = [draw_the_same(scenario, each) for each in scenarios]
    run = engine_of(engine)
    seen: list[list[_Day]] = [[] for _ in scenarios]
    for replication in range(replications):
        drawn = draw_demand(scenario, seed, replication)
        for n, standing in enumerate(standings):
            day = drawn if alike[n] else draw_demand(scenarios[n], seed, replication)
            seen[n].append(_one(standing, *_run(standing, day, run)))
        if progress is not None:
            progress(replication + 1, replications, None)
    names = ["base", *(name for name, _ in plans)]
    return [_future(name, each, days, seen[0]) for name, each, days in zip(names, scenarios, seen, strict=True)]


@dataclass(frozen=True, slots=True)
class _Day:
    """One replication: numerator and denominator of every figure, and of the next tickets' waits (services, 2)."""

    pairs: Mapping[str, Pair]
    next_wait: np.ndarray[tuple[int, int], np.dtype[np.float64]]


def _run(standing: Standing, day: Demand, run: Callable[..., Any]) -> tuple[Demand, Any]:
    people, hall = people_from_now(standing, day)
    return people, run(hall, visits_of(people))


def _one(standing: Standing, people: Demand, log: Any) -> _Day:
    citizen = people.tasks.citizen[log.task]
    identity = people.citizens.id[citizen]
    waiting, inside = standing.waiting, len(standing.service)
    probe = identity < -inside
    in_service = (identity < -waiting) & ~probe & (log.parent < 0)
    follows = log.parent >= 0
    rest = follows & (log.outcome[np.maximum(log.parent, 0)] == INTERRUPTED)
    queued = ~np.isin(log.outcome, NEVER_QUEUED) & ~probe
    counted = queued & ~rest & ~in_service
    wait = np.where(np.isnan(log.called), log.ended, log.called) - log.arrival
    now_waiting = counted & (identity < 0) & (identity >= -waiting) & ~follows
    people_counted = float(np.sum(~probe & ~in_service & ~follows & (log.outcome != NO_SHOW)))

    def count(*outcomes: int) -> float:
        return float(np.sum(np.isin(log.outcome, outcomes) & ~probe))

    gone = log.ended[queued]
    last = float(np.max(gone[np.isfinite(gone)], initial=standing.at))
    pairs = {
        "mean_wait": (float(wait[counted].sum()), float(counted.sum())),
        "wait_of_those_inside": (float(wait[now_waiting].sum()), float(now_waiting.sum())),
        "sent_home_share": (count(SENT_HOME), people_counted),
        "left_share": (count(RENEGED, BALKED), people_counted),
        "turned_away_share": (count(TURNED_AWAY), people_counted),
        "served": (count(SERVED), 1.0),
        "empty_at": (last + standing.scenario.clock_start, 1.0),
    }
    found = np.zeros((standing.services, 2))
    for row in np.flatnonzero(probe):
        if not math.isnan(log.called[row]):
            found[-identity[row] - inside - 1] = (log.called[row] - log.arrival[row], 1.0)
    return _Day(pairs, found)


def _future(name: str, scenario: Scenario, days: list[_Day], base: list[_Day]) -> Future:
    def told(numerators: Any, denominators: Any, unit: str) -> Answer:
        return Answer(*ratio_interval(numerators, denominators, LEVEL), unit)

    figures, change = {}, {}
    for figure, unit in FIGURES.items():
        n, d = np.array([day.pairs[figure] for day in days]).T
        figures[figure] = told(n, d, unit)
        if days is not base:
            change[figure] = _difference(base, days, figure, "min" if unit == "clock" else unit)
    waits = np.array([day.next_wait for day in days])
    next_wait, next_served = {}, {}
    for s, service in enumerate(scenario.services):
        next_wait[service.id] = told(waits[:, s, 0], waits[:, s, 1], "min")
        next_served[service.id] = told(waits[:, s, 1], np.ones(len(days)), "share")
    return Future(name, figures, next_wait, next_served, change)


def _difference(base: list[_Day], plan: list[_Day], figure: str, unit: str) -> Answer:
    """Plan minus base of two ratios on the same replications: the mean of the linearised differences."""
    lines = []
    values = []
    for days in (base, plan):
        n, d = np.array([day.pairs[figure] for day in days]).T
        value = float(n.sum() / d.sum()) if d.sum() > 0 else math.nan
        values.append(value)
        lines.append((n - value * d) / d.mean() if d.sum() > 0 else np.full(len(days), math.nan))
    _, low, high = mean_interval(lines[1] - lines[0], LEVEL)
    middle = values[1] - values[0]
    return Answer(middle, middle + low, middle + high, unit)


# ------------------------------------------------------------------------------------------------------------ plans for today


def usual_plans(scenario: Scenario, document: Mapping[str, Any]) -> list[Plan]:
    """What a manager may do now: one more window in each group, an hour longer, no more tickets.

    Names are the changes as they would be written for `--plan`; an hour longer is "longer=60".
    """
    at = snapshot_of(document, hall_on(scenario, 0)).at + scenario.clock_start
    opening = max(n for n, each in enumerate(scenario.openings) if each.start + scenario.clock_start <= at)
    closes = scenario.openings[-1].end + scenario.clock_start
    plans = []
    for group in window_groups(scenario.document):
        lines = f"windows.{group.id}=+1@{_clock(at)}-{_clock(closes)}"
        plans.append((lines, add_window_now(scenario, group.id, at)))
    if closes + 60 <= 24 * 60:
        plans.append(("longer=60", extend_today(scenario.document, 60)))
    if opening == len(scenario.openings) - 1 and math.floor(at) > scenario.openings[opening].start + scenario.clock_start:
        last = f"last_ticket.{opening + 1}={_clock(at)}"
        plans.append((last, apply_changes(scenario.document, [Change("last_ticket", str(opening + 1), _clock(at))])))
    return plans


def add_window_now(scenario: Scenario, group: str, at: float) -> Document:
    """One more window of a group from a minute after midnight until the last closing."""
    closes = scenario.openings[-1].end + scenario.clock_start
    return apply_changes(scenario.document, [Change("windows", group, f"+1@{_clock(at)}-{_clock(closes)}")])


def extend_today(document: Mapping[str, Any], longer: int) -> Document:
    """The last opening so many minutes longer (whole half-hours), for those who came before: nobody more gets a ticket.

    Shifts that end with it end later too, and so does the time from which nothing starts.
    """
    plan = copied(document)
    opening = plan["opening"][-1]
    old = opening["to"]
    new = clock(end_of(old) + longer)
    more = longer // 30
    before = sum(half_hours(each) for each in plan["opening"])
    changed = ["opening"]
    for service in plan["services"]:
        profile = profile_of(service, plan) or ([1.0] * before if service.get("volume") else [])
        if profile:
            key = set_profile(service, [*profile[:before], *[0.0] * more])
            changed.append(f"services.{service['id']}.{key}")
    for window in plan["windows"]:
        for shift in window.get("shifts", []):
            if shift["to"] == old:
                shift["to"] = new
    if "last_ticket" not in opening:
        last = max(end_of(old) - 1, minutes(opening["from"]) + 1)
        opening["last_ticket"] = time(last // 60, last % 60, 59) if last < end_of(old) else clock(last)
    if "last_start" in opening:
        opening["last_start"] = later(opening["last_start"], longer)
    opening["to"] = new
    return settled(plan, changed)


def _clock(minute: float) -> str:
    whole = int(minute) % 1440
    return f"{whole // 60:02d}:{whole % 60:02d}"
