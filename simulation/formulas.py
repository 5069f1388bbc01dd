"""What the queueing formulas say of a hall, to be set beside a simulation of it, and why they mislead where they do.

A formula sees less than the hall: windows and services that lead to one another are one pool, in it one line, equal windows (as many as are
on post on average, rounded) and one service time (the mixture, at the windows' mean efficiency). By name:

* `erlang_c`: M/M/c at the average rate of the opening time, for ever; with patience `erlang_a`, M/M/c+M at the mean patience;
* `allen_cunneen`: M/G/c at the average rate, an approximation;
* `psa`: Erlang C (Erlang A where everybody's patience ends) half-hour by half-hour, each as if it lasted for ever;
* `modified_offered_load`: the same at the load that M_t/G/infinity carries in the half-hour, which lags behind the rate;
* `exact_day`: M_t/M/s solved exactly, where the hall is one: one pool of equal windows all day, one opening, nobody early or impatient.

A pool's wait counts by its tasks. Assumes an ordinary day (no season, no over-dispersion). Not for staffing, which starts at such a formula
and goes on with the simulation (`simulation.optimisation`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulation.expected import tasks_per_day
from simulation.scenario import Scenario
from simulation.shifts import on_duty
from simulation.theory import approximations, daytime, erlang
from simulation.theory.changing import load_of_slots

Floats = NDArray[np.float64]
Verdict = Literal["agrees", "misleads", "no answer"]

NAMES = ("erlang_c", "erlang_a", "allen_cunneen", "psa", "modified_offered_load", "exact_day")
NEAR, NEAR_MINUTES = 0.1, 0.5
"""a formula within a tenth of the simulated mean, or within half a minute, agrees, whatever the interval"""
_PEAK = 1.15
"""from so many times the average on, the busiest half-hour is a peak"""
_SPREAD = 0.1
"""a cv that differs from 1 by more is not exponential"""
_STEPS = 6
"""times a half-hour at which the load is looked at"""
_SEEN_BY: dict[str, tuple[str, ...]] = {
    "peak": ("erlang_c", "erlang_a", "allen_cunneen"),
    "overload": ("erlang_c", "erlang_a", "allen_cunneen", "psa", "modified_offered_load"),
    "doors": ("erlang_c", "erlang_a", "allen_cunneen", "psa", "modified_offered_load"),
    "gap": ("erlang_c", "erlang_a", "allen_cunneen", "psa", "modified_offered_load"),
    "spread": ("erlang_c", "erlang_a", "psa", "modified_offered_load", "exact_day"),
    "patience": ("erlang_c", "allen_cunneen"),
    "skills": ("erlang_c", "erlang_a", "allen_cunneen", "psa", "modified_offered_load"),
    "order": ("erlang_c", "erlang_a", "allen_cunneen", "psa", "modified_offered_load"),
    "visits": ("erlang_c", "erlang_a", "allen_cunneen", "psa", "modified_offered_load"),
    "pauses": ("erlang_c", "erlang_a", "allen_cunneen", "psa", "modified_offered_load"),
    "away": ("erlang_c", "erlang_a", "allen_cunneen", "psa", "modified_offered_load"),
}
"""what a hall may have -> the formulas that do not know of it"""


@dataclass(frozen=True, slots=True)
class Formula:
    """What one formula says."""

    name: str
    """one of NAMES"""
    mean_wait: float
    """minutes, of all tasks; nan where it has no answer"""
    by_half_hour: dict[str, float]
    """label of the half-hour -> minutes, nan where there is no steady state; empty where the formula knows one rate only"""
    why_none: str = ""
    """"overloaded" (no steady state) or "not_this_hall"; empty where there is an answer"""


@dataclass(frozen=True, slots=True)
class Reason:
    """Something of the hall that formulas do not know."""

    key: str
    """peak, overload, doors, gap, spread, patience, skills, order, visits, pauses or away"""
    facts: dict[str, str]
    formulas: tuple[str, ...]
    """whom it misleads"""


@dataclass(frozen=True, slots=True)
class _Pool:
    """Services and windows that lead to one another, as a formula sees them."""

    rates: Floats
    """(slots,) tasks a minute; those who wait at the doors come in the half-hour after"""
    servers: Floats
    """(slots,) windows on post, on average"""
    mean: float
    """minutes a task"""
    cv: float
    patience: float | None
    """mean minutes; None: somebody waits for ever"""
    tasks: float
    carried: Floats
    """(slots,) highest offered load of M_t/G/infinity in each, erlangs"""


def formulas_of(scenario: Scenario) -> tuple[Formula, ...]:
    """What each formula says of an ordinary day; `erlang_a` only where everybody's patience ends."""
    labels, starts, ends = _half_hours(scenario)
    length = ends - starts
    pools = _pools(scenario, starts, ends)
    patient = all(each.patience is None for each in pools)
    found = [
        _one_rate("erlang_c", pools, length, lambda pool, rate, servers: _wait(rate, pool.mean, servers, None)),
        _one_rate("erlang_a", pools, length, lambda pool, rate, servers: _wait(rate, pool.mean, servers, pool.patience)),
        _one_rate("allen_cunneen", pools, length, _allen_cunneen),
        _by_half_hour("psa", pools, labels, [pool.rates for pool in pools], length),
        _by_half_hour("modified_offered_load", pools, labels, [pool.carried / pool.mean for pool in pools], length),
        _exact_day(scenario, pools, length),
    ]
    return tuple(each for each in found if each.name != "erlang_a" or not patient)


def reasons_of(scenario: Scenario) -> tuple[Reason, ...]:
    """What of this hall the formulas do not know, with its figures."""
    labels, starts, ends = _half_hours(scenario)
    pools = _pools(scenario, starts, ends)
    found: dict[str, dict[str, str]] = {}
    rates = np.sum([pool.rates for pool in pools], axis=0)
    mean = float(rates @ (ends - starts) / (ends - starts).sum()) if len(rates) else 0.0
    if mean and rates.max() > _PEAK * mean:
        found["peak"] = {"slot": labels[int(rates.argmax())], "times": f"{rates.max() / mean:.1f}"}
    over = [label for at, label in enumerate(labels) if any(0 < pool.servers[at] <= pool.rates[at] * pool.mean for pool in pools)]
    if over:
        found["overload"] = {"slots": ", ".join(over)}
    early = _early_share(scenario)
    if early > 0:
        found["doors"] = {"share": f"{100 * early:.0f}"}
    if len(scenario.openings) > 1:
        found["gap"] = {"periods": str(len(scenario.openings))}
    odd = [pool.cv for pool in pools if abs(pool.cv - 1) > _SPREAD]
    if odd:
        ends_of = dict.fromkeys(f"{each:.2f}" for each in (min(odd), max(odd)))
        found["spread"] = {"cv": "–".join(ends_of)}
    if any(each.patience for each in scenario.services):
        found["patience"] = {}
    skills = {tuple(sorted(window.efficiency)) for window in scenario.windows}
    if len(skills) > 1:
        found["skills"] = {"kinds": str(len(skills))}
    if len({each.priority for each in scenario.services}) > 1 or any(each.booking for each in scenario.services):
        found["order"] = {}
    if any(each.then or each.batch or each.cases for each in scenario.services):
        found["visits"] = {}
    wrap_up = [window.wrap_up.mean for window in scenario.windows]
    if any(wrap_up):
        found["pauses"] = {"minutes": f"{sum(wrap_up) / len(wrap_up):.1f}"}
    away = [window.away.share if window.away else 0.0 for window in scenario.windows]
    if any(away):
        found["away"] = {"share": f"{100 * sum(away) / len(away):.0f}"}
    return tuple(Reason(key, facts, _SEEN_BY[key]) for key, facts in found.items())


def judge(formula: Formula, value: float, low: float, high: float) -> Verdict:
    """A formula against the simulated mean wait and its interval (nan where there is none: one day shows no agreement)."""
    if math.isnan(formula.mean_wait) or math.isnan(value) or math.isnan(low):
        return "no answer"
    near = abs(formula.mean_wait - value) <= max(NEAR * value, NEAR_MINUTES)
    return "agrees" if near or low <= formula.mean_wait <= high else "misleads"


def _half_hours(scenario: Scenario) -> tuple[list[str], Floats, Floats]:
    slots = [each for each in scenario.slots if each.kind == "open"]
    return [each.label for each in slots], np.array([each.start for each in slots]), np.array([each.end for each in slots])


def _early_share(scenario: Scenario) -> float:
    came = {"early": 0.0, "open": 0.0}
    for at, slot in enumerate(scenario.slots):
        came[slot.kind] += sum(each.arrival_rate[at] for each in scenario.services) * (slot.end - slot.start)
    whole = came["early"] + came["open"]
    return came["early"] / whole if whole else 0.0


def _pools(scenario: Scenario, starts: Floats, ends: Floats) -> list[_Pool]:
    """The pools that somebody comes to, in order of their first services."""
    tasks = tasks_per_day(scenario)
    rates = _task_rates(scenario, tasks)
    posted = _posted(scenario, starts, ends)
    at = starts[:, None] + (np.arange(_STEPS) + 1) / _STEPS * (ends - starts)[:, None]
    found = []
    for services, windows in _connected(scenario):
        number = tasks[services]
        if number.sum() == 0 or not windows:
            continue
        laws = [scenario.services[s].law for s in services]
        speed = float(np.mean([np.mean(list(scenario.windows[w].efficiency.values())) for w in windows]))
        weights = number / number.sum()
        mean = float(weights @ [law.mean for law in laws])
        second = float(weights @ [law.mean**2 * (1 + law.cv**2) for law in laws])
        laws_of = [scenario.services[s].patience for s in services]
        patience = None if any(each is None for each in laws_of) else float(weights @ [each.mean for each in laws_of if each])
        own = rates[services]
        carried = [load_of_slots(starts.tolist(), ends.tolist(), rate, law, at.ravel()) for rate, law in zip(own, laws, strict=True)]
        cv = math.sqrt(max(second / mean**2 - 1, 0.0)) if mean else 0.0
        highest = np.sum(carried, axis=0).reshape(at.shape).max(axis=1) / speed
        found.append(_Pool(own.sum(axis=0), posted[windows].sum(axis=0), mean / speed, cv, patience, float(number.sum()), highest))
    return found


def _task_rates(scenario: Scenario, tasks: Floats) -> Floats:
    """(services, open half-hours) tasks a minute: spread over the day as those who walk in are, evenly where nobody does."""
    kinds = [each.kind for each in scenario.slots]
    length = np.array([each.end - each.start for each in scenario.slots])
    is_open = np.array([kind == "open" for kind in kinds])
    rows = np.zeros((len(tasks), int(is_open.sum())))
    for s, service in enumerate(scenario.services):
        came = np.array(service.arrival_rate) * length
        for at in range(len(kinds) - 1):
            if kinds[at] == "early":
                came[at + 1] += came[at]
        came = came[is_open]
        shape = came if came.sum() > 0 else length[is_open]
        rows[s] = tasks[s] * shape / shape.sum() / length[is_open]
    return rows


def _posted(scenario: Scenario, starts: Floats, ends: Floats) -> Floats:
    """(windows, half-hours) share of the half-hour in which each is on post."""
    posted = np.zeros((len(scenario.windows), len(starts)))
    for window, start, end in zip(*on_duty(scenario), strict=True):
        posted[window] += np.clip(np.minimum(end, ends) - np.maximum(start, starts), 0.0, None) / (ends - starts)
    return posted


def _connected(scenario: Scenario) -> list[tuple[list[int], list[int]]]:
    """Services and windows that lead to one another by who serves what."""
    index = {service.id: s for s, service in enumerate(scenario.services)}
    group = list(range(len(index)))

    def top(s: int) -> int:
        while group[s] != s:
            s = group[s]
        return s

    serves = [[index[id] for id in window.efficiency if id in index] for window in scenario.windows]
    for several in serves:
        for s in several[1:]:
            group[top(s)] = top(several[0])
    tops = sorted({top(s) for s in index.values()})
    return [
        ([s for s in index.values() if top(s) == each], [w for w, several in enumerate(serves) if several and top(several[0]) == each])
        for each in tops
    ]


def _wait(rate: float, mean: float, servers: int, patience: float | None) -> float:
    """Erlang C, or A where patience ends; nan without a steady state, 0 where nobody comes."""
    if rate <= 0:
        return 0.0
    if servers < 1 or (patience is None and rate * mean >= servers):
        return math.nan
    return erlang.mean_wait(arrival_rate=rate, mean_service_time=mean, servers=servers, mean_patience=patience)


def _allen_cunneen(pool: _Pool, rate: float, servers: int) -> float:
    if rate <= 0 or servers < 1 or rate * pool.mean >= servers:
        return 0.0 if rate <= 0 else math.nan
    return approximations.mean_wait("allen_cunneen", arrival_rate=rate, mean_service_time=pool.mean, servers=servers, cv=pool.cv)


def _rounded(servers: float) -> int:
    """A whole number of windows; one where anybody is there at all."""
    return 0 if servers <= 0 else max(1, math.floor(servers + 0.5))


def _one_rate(name: str, pools: list[_Pool], length: Floats, wait: Callable[[_Pool, float, int], float]) -> Formula:
    waits = [wait(pool, float(pool.rates @ length / length.sum()), _rounded(float(pool.servers @ length / length.sum()))) for pool in pools]
    return _formula(name, _mean(pools, waits), {})


def _by_half_hour(name: str, pools: list[_Pool], labels: list[str], rates: list[Floats], length: Floats) -> Formula:
    """Erlang C or A of each half-hour at the given rates; weighed by who comes in it."""
    waits = np.array(
        [
            [
                _wait(rate, pool.mean, _rounded(servers), pool.patience)
                for rate, servers in zip(own.tolist(), pool.servers.tolist(), strict=True)
            ]
            for pool, own in zip(pools, rates, strict=True)
        ]
    )
    came = np.array([pool.rates * length for pool in pools])
    if not came.sum():
        return _formula(name, 0.0, {})
    told = np.where(came > 0, waits, 0.0)
    here = came.sum(axis=0)
    by = {label: float(told[:, at] @ came[:, at] / here[at]) if here[at] else 0.0 for at, label in enumerate(labels)}
    return _formula(name, float((told * came).sum() / came.sum()), by)


def _exact_day(scenario: Scenario, pools: list[_Pool], length: Floats) -> Formula:
    """M_t/M/s, where the hall is one."""
    pool = pools[0] if len(pools) == 1 else None
    same = (
        pool is not None and len(scenario.openings) == 1 and _early_share(scenario) == 0 and np.ptp(length) == 0
        and np.ptp(pool.servers) == 0 and pool.servers[0] == round(pool.servers[0]) >= 1
        and all(each.patience is None and each.law.family == "exponential" and not each.balking for each in scenario.services)
        and len({each.law.mean for each in scenario.services}) == 1
        and all(len(each.efficiency) == len(scenario.services) and set(each.efficiency.values()) == {1.0} for each in scenario.windows)
        and not any(each.batch or each.cases or each.then or each.booking for each in scenario.services)
        and len({each.priority for each in scenario.services}) == 1
        and not any(each.wrap_up.mean or each.away for each in scenario.windows)
    )  # fmt: skip
    if pool is None or not same:
        return Formula("exact_day", math.nan, {}, "not_this_hall")
    found = daytime.day(arrival_rates=pool.rates.tolist(), slot=float(length[0]), mean_service_time=pool.mean, servers=int(pool.servers[0]))
    return _formula("exact_day", found.mean_wait(), {})


def _mean(pools: list[_Pool], waits: list[float]) -> float:
    tasks = sum(pool.tasks for pool in pools)
    return sum(pool.tasks * wait for pool, wait in zip(pools, waits, strict=True)) / tasks if tasks else 0.0


def _formula(name: str, wait: float, by_half_hour: dict[str, float]) -> Formula:
    return Formula(name, wait, by_half_hour, "overloaded" if math.isnan(wait) else "")
