"""How much work comes, against how many window-minutes: offered load and utilisation, before anything is simulated.

Expected values only: no queue, no chance, nobody leaves. Counted are groups, appointments, second visits,
cases and further services (`simulation.expected`), a window's own law, efficiency and wrap-up, absence and repair; not start-up or the
calling of empty tickets. A utilisation of 1 or more says that the queue of these windows grows while the
hall is open. Work is shared among the windows as evenly as their skills allow; a real hall shares it no better, so for the busiest windows
this is a lower bound.

Not for waits: these need the theory or a simulation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from simulation.expected import comers_per_day, tasks_per_day
from simulation.scenario import Scenario, Window
from simulation.shifts import on_duty

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ServiceLoad:
    """What one service brings on an average day."""

    id: str
    arrivals: float
    """citizens a day who come for it (in a textbook run: in its horizon)"""
    tasks: float
    """times a day that it is done: second visits, several cases and those who come from other services included"""
    mean_service_time: float
    """minutes, at efficiency 1"""
    offered_load: float
    """erlangs: work a minute of opening time, at efficiency 1"""
    busiest_load: float
    """erlangs in its busiest stretch of constant rate while the doors are open; who waits at the doors counts in the stretch after them"""


@dataclass(frozen=True, slots=True)
class GroupLoad:
    """Windows of one kind with the same skills."""

    windows: tuple[str, ...]
    kind: str
    services: tuple[str, ...]
    rostered: float
    """minutes a day, all its windows together"""
    utilisation: float | None
    """0.. : share of the rostered time that the work fills; None if nobody is rostered, or some service has no window"""


@dataclass(frozen=True, slots=True)
class Load:
    """The hall's load."""

    arrivals: float
    """citizens a day"""
    offered_load: float
    """erlangs, at efficiency 1"""
    rostered: float
    """window-minutes a day"""
    utilisation: float | None
    """0.. : of all windows together"""
    services: tuple[ServiceLoad, ...]
    groups: tuple[GroupLoad, ...]


def load_of(scenario: Scenario) -> Load:
    """The load of an average day of the scenario, or of the whole horizon of a textbook run."""
    length = np.array([slot.end - slot.start for slot in scenario.slots])
    is_open = np.array([slot.kind == "open" for slot in scenario.slots])
    open_minutes = float(length[is_open].sum())
    after = np.flatnonzero(~is_open) + 1  # the stretch that begins when the doors open to those who wait at them
    citizens, tasks = comers_per_day(scenario), tasks_per_day(scenario)
    services = []
    for service, arrivals, number in zip(scenario.services, citizens.tolist(), tasks.tolist(), strict=True):
        rate = np.array(service.arrival_rate)
        walking, mean = float(rate @ length), service.law.mean
        busy = rate.copy()
        busy[after] += rate[after - 1] * length[after - 1] / length[after]
        peak = float(busy[is_open].max()) / walking if walking > 0 else 1 / open_minutes
        work = number * mean
        services.append(ServiceLoad(service.id, arrivals, number, mean, work / open_minutes, work * peak))

    on = np.zeros(len(scenario.windows))
    for window, start, end in zip(*on_duty(scenario), strict=True):
        on[window] += (end - start) * there(scenario.windows[window])
    members: dict[tuple[str, tuple[tuple[str, float], ...]], list[int]] = {}
    for number_, window_ in enumerate(scenario.windows):
        members.setdefault((window_.kind, _speeds(scenario, window_)), []).append(number_)
    rostered = np.array([on[numbers].sum() for numbers in members.values()])
    skill = np.array([[dict(skills).get(service.id, 0.0) for service in scenario.services] for _, skills in members])
    work_ = np.array([each.tasks * each.mean_service_time for each in services])
    shared = share_evenly(work_, skill, rostered)

    groups = tuple(
        GroupLoad(
            tuple(scenario.windows[number].id for number in numbers),
            kind,
            tuple(id for id, _ in skills),
            float(rostered[g]),
            float(shared[g]) if shared is not None and rostered[g] > 0 else None,
        )
        for g, ((kind, skills), numbers) in enumerate(members.items())
    )
    total = float(rostered.sum())
    used = None if shared is None or total == 0 else float(shared @ rostered) / total
    return Load(sum(s.arrivals for s in services), sum(s.offered_load for s in services), total, used, tuple(services), groups)


def there(window: Window) -> float:
    """The share of its rostered time in which somebody sits at a window that works."""
    between, repair = (law.mean for law in window.breakdown) if window.breakdown else (1.0, 0.0)
    return (1 - window.absence) * between / (between + repair)


def _speeds(scenario: Scenario, window: Window) -> tuple[tuple[str, float], ...]:
    """Service id -> the service's own mean time over the time it takes this window, wrap-up included."""
    speeds = []
    for service in scenario.services:
        if service.id in window.efficiency:
            mean = window.laws.get(service.id, service.law).mean / window.efficiency[service.id] + window.wrap_up.mean
            speeds.append((service.id, service.law.mean / mean if mean > 0 and service.law.mean > 0 else 1.0))
    return tuple(speeds)


def share_evenly(work: Floats, skill: Floats, rostered: Floats) -> Floats | None:
    """The utilisation of each group of windows when work is shared so that the busiest is as idle as can be, then the next, and so on.

    Parameters
    ----------
    work : (s,) minutes a day at efficiency 1
    skill : (g, s) efficiency, 0 where the group cannot serve
    rostered : (g,) minutes a day

    Returns
    -------
    (g,) utilisation, 0 where nobody is rostered; None if some work has no rostered window.
    """
    able = (skill > 0) & (rostered > 0)[:, None]
    if np.any((work > 0) & ~able.any(axis=0)):
        return None
    group, service = np.nonzero(able)  # one unknown each: the minutes this group spends on this service; and the level, last
    done = np.zeros((len(work), len(group) + 1))
    done[service, np.arange(len(group))] = skill[group, service]
    settled = np.where(rostered > 0, np.nan, 0.0)
    while np.isnan(settled).any():
        limits, most = np.zeros((len(rostered), len(group) + 1)), np.zeros(len(rostered))
        limits[group, np.arange(len(group))] = 1.0
        free = np.isnan(settled)
        limits[free, -1] = -rostered[free]
        most[~free] = settled[~free] * rostered[~free] * (1 + 1e-9)
        cost = np.zeros(len(group) + 1)
        cost[-1] = 1.0
        found = linprog(cost, A_ub=limits, b_ub=most, A_eq=done, b_eq=work, method="highs")
        if not found.success or found.x is None:  # the tolerance of what is settled was too tight: the rest stands at the level before
            settled[free] = np.nanmax(settled)
            break
        binding = free & (found.ineqlin.marginals < -1e-12)
        settled[binding if binding.any() else free] = found.x[-1]
    return settled
