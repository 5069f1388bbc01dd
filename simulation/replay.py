"""Any day again, from its seed: the days before it are served too, since they decide who comes again.

Assumes the scenario and the program that the day was first made with; then the tickets are the same to the bit. Not for real days, which
are replayed citizen by citizen (`simulation.citizens`).
"""

from __future__ import annotations

from simulation.carry import Carried, with_carried
from simulation.demand import Demand, draw_demand
from simulation.scenario import Scenario
from simulation.serve import serve
from simulation.tickets import Tickets


def replay(scenario: Scenario, seed: int = 1, replication: int = 0, day: int = 0, engine: str = "kernel") -> tuple[Demand, Tickets]:
    """One day of one replication.

    Parameters
    ----------
    seed, replication, day : whole numbers from 0
    engine : serves the day itself; the days before it are served by the compiled engine, which gives the same

    Returns
    -------
    the demand of the day, with those who come again on it, and its ticket log
    """
    carried: Carried | None = None
    for before in range(day):
        _, carried = serve(scenario, draw_demand(scenario, seed, replication, before), carried)
    demand = draw_demand(scenario, seed, replication, day)
    tickets, _ = serve(scenario, demand, carried, engine)
    return with_carried(scenario, demand, carried)[0], tickets
