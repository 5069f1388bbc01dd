"""Window-hours against waiting: the plans of which none is beaten by another with no more hours and a shorter wait.

A path of plans is walked under common random numbers: from the windows that the work needs downwards, closing the least used half-hours,
until waits are several times today's; and upwards, opening a window where it shortens the mean wait most, until a window-hour hardly saves
anybody's time. A dozen of these plans, evenly spaced, and the hall as it is are then simulated on other days, with all that they cost.
Where days have dates and none is asked for, those are days of a whole year, of all that open as the first does.

What a step is worth needs no prices: the citizens' hours it saves for each window-hour. With prices (`[costs]`) the cheapest plan of the
dozen is told; another price of waiting makes another one the cheapest.

Assumes what `staffing` does: windows of one group are alike and may open and close at any half-hour. The path is greedy, so a plan off it
may be better by a little.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from simulation.estimators import mean_interval
from simulation.experiment import Result, Workers
from simulation.faults import Fault
from simulation.optimisation.attendance import AT_LEAST
from simulation.optimisation.batches import BATCH, Figure, Interval, Trial, observe, trial_of
from simulation.optimisation.costs import PARTS, Price, only
from simulation.optimisation.occasions import ALIKE, Occasions
from simulation.optimisation.search import Search
from simulation.optimisation.staffing import check_staffing, remarks_of
from simulation.optimisation.table import Open, day_of, days_alike, document_of, groups_of, open_now
from simulation.optimisation.targets import Target
from simulation.scenario import Costs, Scenario, parse

Progress = Callable[[str, int], None]
"""(stage: "search" | "confirm", plans or batches of days simulated so far); what it raises stops the work"""

POINTS = 12
"""plans that are confirmed"""
CONFIRM = 60
"""batches of each"""
STEPS = 60
"""steps up the path, at most; in a large hall each opens several windows"""
TRIED = 8
"""half-hours that are tried for a window more"""
LONG, MOST = 4.0, 60.0
"""the path begins at so many times today's mean wait, and at so many minutes at most"""
LITTLE = 0.1
"""citizens' hours that a window-hour saves: with less to gain the path ends"""
HOURS_WAITED = Costs(window_hour=0, overtime_hour=0, waiting_hour=1, training=0, training_days=1)
"""a cost at these prices is the citizens' hours of a day"""
NO_WAIT = Target("mean_wait <= 0", "mean_wait", True, 0.0, None)


@dataclass(frozen=True, slots=True)
class Point:
    """One plan."""

    open: Mapping[str, tuple[int, ...]] = field(repr=False)
    """group -> windows open in each half-hour"""
    hours: float
    """window-hours a day"""
    most_open: int
    wait: Interval
    """mean wait, minutes"""
    p90: Interval
    """minutes"""
    waited: Interval
    """hours that citizens wait a day"""
    against_now: Interval | None
    """mean wait minus that of the hall as it is, paired, minutes; None for that hall itself"""
    saved: float | None
    """citizens' hours saved for each window-hour more than the point before; None for the first"""
    cost: dict[str, float] | None
    """part -> a day, and "total"; None without prices"""
    cost_against_now: Interval | None
    """the total minus that of the hall as it is, paired; None for that hall itself, and without prices"""


@dataclass(frozen=True, slots=True)
class Frontier:
    """Plans that none beats, fewest window-hours first, and the hall as it is."""

    scenario: str
    points: tuple[Point, ...]
    now: Point
    half_hours: tuple[str, ...]
    currency: str | None
    days: int
    seconds: float
    seed: int
    base: Scenario = field(repr=False)
    on: datetime.date | None = None
    occasions: Occasions = ALIKE
    """the days on which plans were confirmed"""
    remarks: tuple[Fault, ...] = ()
    """what of the hall these plans do without"""
    searched: datetime.date | None = None
    """the day on which the path was walked; None where days have no dates"""

    @property
    def cheapest(self) -> Point | None:
        """The cheapest plan of a day if it is clearly below today's, else the hall as it is; None where waiting has no price."""
        if self.base.costs is None or self.base.costs.waiting_hour <= 0 or not self.points:
            return None
        best = min(self.points, key=lambda each: each.cost["total"] if each.cost else 0.0)
        return best if best.cost_against_now is not None and best.cost_against_now.high < 0 else self.now

    @property
    def better(self) -> Point | None:
        """The plan with the shortest wait among those with no more window-hours than now, if it is clearly shorter."""
        able = [each for each in self.points if each.hours <= self.now.hours + 1e-9]
        best = min(able, key=lambda each: each.wait.value, default=None)
        return best if best is not None and best.against_now is not None and best.against_now.high < 0 else None

    @property
    def leaner(self) -> Point | None:
        """The plan with the fewest window-hours among those whose wait is not clearly longer than now, if it has fewer."""
        able = [each for each in self.points if each.against_now is not None and each.against_now.low <= 0]
        best = min(able, key=lambda each: each.hours, default=None)
        return best if best is not None and best.hours < self.now.hours - 1e-9 else None

    def plan(self, point: Point) -> Scenario:
        """A point as a scenario."""
        if point is self.now:
            return self.base
        return parse(document_of(self.base, groups_of(self.base), dict(point.open), self.on), self.base.name)


def find_frontier(
    scenario: Scenario,
    *,
    seats: Mapping[str, int] | None = None,
    on: datetime.date | None = None,
    at_least: int = AT_LEAST,
    seed: int = 1,
    workers: Workers = 1,
    progress: Progress | None = None,
) -> Frontier:
    """Walks the path and confirms a dozen of its plans.

    Parameters are those of `staffing.staff`. Raises BadInput as it does.
    """
    check_staffing(scenario, seats or {}, None, on=on, at_least=at_least)
    begun = time.monotonic()
    search = Search(day_of(scenario, on), (NO_WAIT,), dict(seats or {}), at_least, seed, workers, progress)
    now = open_now(search.day.hall, search.groups)
    today = search.simulate(search.day.whole, search.days_of_a_try, seed, "search").measures["mean_wait"].value
    path = _path(search, today)
    lengths = [(slot.end - slot.start) / 60 for slot in search.slots]

    def hours(plan: Mapping[str, tuple[int, ...]]) -> float:
        return float(sum(np.dot(row, lengths) for row in plan.values()))

    chosen = _spread(_unbeaten([(hours(plan), wait, plan) for plan, wait in path]))
    every: list[Open] = [now, *chosen]
    judged = next(iter(days_alike(scenario)), search.day) if on is None else search.day
    occasions = judged.occasions
    plans = [judged.whole, *(judged.with_windows(plan) for plan in chosen)]
    told = _told(progress)
    values = observe([_trial(scenario, plan, seed + 7919, occasions) for plan in plans], 0, CONFIRM, workers, told)
    search.days += CONFIRM * BATCH * len(plans)
    points = [_point(scenario, plan, hours(plan), values[n], None if n == 0 else values[n] - values[0]) for n, plan in enumerate(every)]
    return Frontier(
        scenario=scenario.name,
        points=tuple(_with_savings(_still_unbeaten(points[1:]))),
        now=points[0],
        half_hours=tuple(slot.label for slot in search.slots),
        currency=None if scenario.costs is None else scenario.costs.currency,
        days=search.days,
        seconds=time.monotonic() - begun,
        seed=seed,
        base=scenario,
        on=on,
        occasions=occasions if occasions.numbers or on is None else Occasions(first=on, last=on),
        remarks=tuple(remarks_of(scenario, search.groups)),
        searched=None if search.when is None else search.when.date,
    )


# ---- the path ----------------------------------------------------------------------------------------------------------------------


def _path(search: Search, today: float) -> list[tuple[Open, float]]:
    """(plan, mean wait) from few windows to many."""
    plan = search.begin()
    result = search.try_out(plan)
    at_once = max(1, round(sum(map(sum, plan.values())) / STEPS))
    down: list[tuple[Open, float]] = []
    fewer, here = plan, result
    while _wait(here) < min(max(LONG * today, LONG), MOST):
        down.append((fewer, _wait(here)))
        closed = _closed(search, fewer, here, at_once)
        if closed is None:
            break
        fewer, here = closed, search.try_out(closed)
    path = list(reversed(down)) or [(plan, _wait(result))]
    for _ in range(STEPS):
        tried = [(search.with_one(plan, *cell, 1), cell) for cell in search.where_needed(plan, result)[:TRIED]]
        if not tried:
            break
        found = sorted(((search.try_out(more), cell) for more, cell in tried), key=lambda each: _wait(each[0]))
        before, opened = result, 0.0
        for _, (group, slot) in found[:at_once]:
            plan, opened = search.with_one(plan, group, slot, 1), opened + (search.slots[slot].end - search.slots[slot].start) / 60
        result = found[0][0] if at_once == 1 else search.try_out(plan)
        if _waited(before) - _waited(result) < LITTLE * opened:
            break
        path.append((plan, _wait(result)))
    return path


def _closed(search: Search, plan: Open, result: Result, number: int) -> Open | None:
    """So many of the least used half-hours closed; None where nothing can be."""
    for group, slot in search.least_used(plan, result):
        fewer = search.with_one(plan, group, slot, -1)
        if search.attendance.is_kept(fewer):
            plan, number = fewer, number - 1
            if number == 0:
                return plan
    return None


def _wait(result: Result) -> float:
    return result.measures["mean_wait"].value


def _waited(result: Result) -> float:
    """Hours that citizens wait a day."""
    return _wait(result) * result.measures["arrivals"].value / 60


def _unbeaten(rows: Sequence[tuple[float, float, Open]]) -> list[tuple[float, float, Open]]:
    """Plans that none with no more hours has a shorter wait than, fewest hours first."""
    found: list[tuple[float, float, Open]] = []
    for hours, wait, plan in sorted(rows, key=lambda each: (each[0], each[1])):
        if not found or wait < found[-1][1]:
            found.append((hours, wait, plan))
    return found


def _spread(rows: Sequence[tuple[float, float, Open]]) -> list[Open]:
    """A dozen of them, evenly spaced, the ends among them."""
    picked = np.unique(np.linspace(0, len(rows) - 1, min(POINTS, len(rows))).round().astype(int))
    return [rows[n][2] for n in picked]


# ---- the confirmation --------------------------------------------------------------------------------------------------------------


def _trial(scenario: Scenario, plan: Scenario, seed: int, occasions: Occasions) -> Trial:
    figures = [Figure("mean_wait"), Figure("p90_wait"), Figure("cost", None, Price(HOURS_WAITED, plan))]
    if scenario.costs is not None:
        figures += [Figure("cost", None, Price(only(scenario.costs, part), plan)) for part in PARTS]
    return trial_of(plan, figures, seed, occasions=occasions)


def _point(scenario: Scenario, plan: Open, hours: float, rows: np.ndarray, against: np.ndarray | None) -> Point:
    cost = None
    if scenario.costs is not None:
        cost = dict(zip(PARTS, rows[:, 3:].mean(axis=0).tolist(), strict=True))
        cost["total"] = sum(cost.values())
    return Point(
        open=plan,
        hours=hours,
        most_open=max(map(sum, zip(*plan.values(), strict=True))),
        wait=Interval(*mean_interval(rows[:, 0])),
        p90=Interval(*mean_interval(rows[:, 1])),
        waited=Interval(*mean_interval(rows[:, 2])),
        against_now=None if against is None else Interval(*mean_interval(against[:, 0])),
        saved=None,
        cost=cost,
        cost_against_now=None if against is None or cost is None else Interval(*mean_interval(against[:, 3:].sum(axis=1))),
    )


def _still_unbeaten(points: Sequence[Point]) -> list[Point]:
    found: list[Point] = []
    for each in sorted(points, key=lambda point: (point.hours, point.wait.value)):
        if not found or each.wait.value < found[-1].wait.value:
            found.append(each)
    return found


def _with_savings(points: Sequence[Point]) -> list[Point]:
    found = list(points[:1])
    for before, each in pairwise(points):
        found.append(replace(each, saved=(before.waited.value - each.waited.value) / (each.hours - before.hours)))
    return found


def _told(progress: Progress | None) -> Callable[[int], None] | None:
    if progress is None:
        return None
    done = 0

    def tell(days: int) -> None:
        nonlocal done
        done += days
        progress("confirm", done)

    return tell
