"""Both engines, and both loops of the compiled one, on one hall: the same log, to the bit.

Run as a program: python -m tests.engines.agreement [HALLS].
"""

from __future__ import annotations

import math
import sys
from dataclasses import fields, replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulation.carry import Carried, with_carried
from simulation.days import hall_on
from simulation.demand import NO_OUTAGES, Citizens, Day, Demand, draw_demand, single_tasks, with_wrap_up
from simulation.kernel import run_day, run_general
from simulation.numbers import BOOKED, WALK_IN, numbers_of
from simulation.scenario import Scenario, parse
from simulation.serve import serve, visits_of, with_outages
from simulation.tickets import Tickets
from tests.halls import Row, days, full_halls, halls, peopled_halls, plain_halls

HALL_AND_DAY = st.one_of(halls(), plain_halls(), full_halls(), full_halls(), peopled_halls()).flatmap(
    lambda document: st.tuples(st.just(document), days(document), st.integers(0, 10**6))
)


def given_day(scenario: Scenario, rows: list[Row], day: int = 0) -> Demand:
    """The demand of a hand-made day; its balking, returning and papers draws are spread over (0, 1) by position."""
    _, chance = numbers_of(scenario)
    ids = [service.id for service in scenario.services]
    tasks_of = [[(row.service, row.work), *((row.service, case) for case in row.cases), *row.then] for row in rows]
    parts = [(n, name, minutes) for n, its in enumerate(tasks_of) for name, minutes in its]
    citizen = np.array([n for n, _, _ in parts], dtype=np.int32)
    service = np.array([ids.index(s) for _, s, _ in parts], dtype=np.int32)
    number = np.arange(len(parts), dtype=np.int32) - np.searchsorted(citizen, citizen).astype(np.int32)
    draws = (np.arange(len(rows)) * 0.381966 + 0.1) % 1.0
    none = np.zeros(len(rows), np.int32)
    work = np.array([w for _, _, w in parts])[:, None] / chance.efficiency[service]
    patience = np.array([math.inf if row.patience is None else row.patience for row in rows])[citizen]
    arrival = np.array([row.arrival for row in rows], dtype=np.float64)
    shows = np.array([row.shows for row in rows], np.bool_)
    citizens = Citizens(np.arange(len(rows)) + 1, none + 1, none, arrival, draws, draws, shows, none + 1, none)
    first = number == 0
    since = np.array([math.nan if row.booked is None else row.booked for row in rows])
    tasks = replace(
        single_tasks(service, np.round(work * 2**20) / 2**20, np.where(first, patience, math.inf), draws[citizen]),
        citizen=citizen,
        number=number,
        lane=np.where(first & ~np.isnan(since[citizen]), BOOKED, WALK_IN).astype(np.int32),
        since=np.where(first, since[citizen], math.nan),
        stays=number < np.array([len(row.cases) for row in rows], dtype=np.int32)[citizen],
    )
    when = Day(0, 0, day)
    return Demand(when, citizens, with_wrap_up(scenario, when, citizens, tasks), NO_OUTAGES)


def differences(one: Tickets, other: Tickets) -> list[str]:
    """Columns that are not equal to the bit."""
    names = [f.name for f in fields(Tickets)]
    return [name for name in names if np.asarray(getattr(one, name)).tobytes() != np.asarray(getattr(other, name)).tobytes()]


def loops_differ(scenario: Scenario, demand: Demand, carried: Carried | None = None) -> list[str]:
    """Columns of the log in which the loop that the hall gets differs from the general one; none where it is the general one."""
    demand, _ = with_carried(scenario, demand, carried)
    hall, visits = with_outages(numbers_of(hall_on(scenario, demand.day.day))[0], demand.windows), visits_of(demand)
    one, other = run_day(hall, visits), run_general(hall, visits)
    return [f"loops: {name}" for name in one._fields if getattr(one, name).tobytes() != getattr(other, name).tobytes()]


def disagreement(scenario: Scenario, rows: list[Row], seed: int) -> list[str]:
    """What differs between the engines, or between the loops, on the given day and on three drawn days that follow one another."""
    day = given_day(scenario, rows)
    drawn = draw_demand(scenario, seed).windows  # at whole minutes, so that they meet the day's other events
    day = replace(day, windows=replace(NO_OUTAGES, leaves=drawn.leaves, leaves_at=drawn.leaves_at.round(), away_for=drawn.away_for.round()))
    found = differences(serve(scenario, day)[0], serve(scenario, day, engine="simpy")[0]) + loops_differ(scenario, day)
    by_kernel: Carried | None = None
    by_simpy: Carried | None = None
    for number in range(3):
        demand = draw_demand(scenario, seed, 0, number)
        found += loops_differ(scenario, demand, by_kernel)
        one, by_kernel = serve(scenario, demand, by_kernel)
        other, by_simpy = serve(scenario, demand, by_simpy, engine="simpy")
        found += [f"day {number}: {name}" for name in differences(one, other)]
    return found


def agree(count: int) -> int:
    """Compares the engines on `count` random halls; the number of tickets compared. AssertionError names the smallest that differs."""
    compared = 0

    @settings(max_examples=count, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(HALL_AND_DAY)
    def check(case: tuple[dict[str, object], list[Row], int]) -> None:
        nonlocal compared
        document, rows, seed = case
        scenario = parse(document, "random hall")
        found = disagreement(scenario, rows, seed)
        assert not found, found
        compared += len(rows) + sum(len(draw_demand(scenario, seed, 0, day).citizens.id) for day in range(3))

    check()
    return compared


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    print(f"both engines agree to the bit on {asked} random halls, {agree(asked):,} tickets")
