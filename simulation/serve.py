"""A day served: demand in, ticket log out, by one of the two engines.

Assumes days of a replication are served in order, each with what the day before carried over.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulation.demand import Carried, Demand, who_returns, with_carried
from simulation.numbers import numbers_of
from simulation.scenario import Scenario
from simulation.shifts import doors
from simulation.tickets import Tickets

ENGINES = ("kernel", "simpy")
"""compiled, and the reference"""


def serve(scenario: Scenario, demand: Demand, carried: Carried | None = None, engine: str = "kernel") -> tuple[Tickets, Carried]:
    """Serves one day.

    Parameters
    ----------
    carried : what the days before left; None on the first
    engine : one of ENGINES

    Returns
    -------
    the ticket log of the day, and who comes again on a later one
    """
    hall, _ = numbers_of(scenario)
    demand, carried = with_carried(demand, carried)
    citizens, tasks = demand.citizens, demand.tasks
    arrival = citizens.arrival[tasks.citizen]
    window, called, ended, outcome = _engine(engine)(hall, arrival, tasks.service, tasks.work, tasks.patience, tasks.balking)
    tickets = Tickets(
        citizen=citizens.id[tasks.citizen],
        visit=citizens.visit[tasks.citizen],
        task=tasks.number,
        stage=tasks.stage,
        parent_ticket=(tasks.number * 0 - 1).astype("int64"),
        service=tasks.service,
        window=window,
        klass=citizens.klass[tasks.citizen],
        arrival=arrival,
        doors=doors(hall.period_times, arrival),
        called=called,
        ended=ended,
        outcome=outcome,
    )
    return tickets, who_returns(scenario, demand, tickets, carried)


def _engine(name: str) -> Callable[..., Any]:
    if name == "kernel":
        from simulation.kernel import run_day as by_kernel

        return by_kernel
    if name == "simpy":
        from simulation.hall import run_day as by_simpy

        return by_simpy
    raise ValueError(f"the engine is one of {', '.join(ENGINES)}, not {name!r}")
