"""How results reach the citizen: sent (EMS), or collected at the hall on a later day, where the citizen queues like everybody else.

Who collects comes on the day that the file names, at a moment spread evenly over the hall's open hours; work, patience and the other draws
belong to the case. Assumes that the day after the result is ready is early enough to know of it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from simulation.backoffice.cases import Cases, draws_of, take
from simulation.backoffice.office import DAY, Office
from simulation.days import hall_on
from simulation.demand import Citizens, Demand, in_order, joined, minutes_of_patience, minutes_of_work, rounded, single_tasks, with_wrap_up
from simulation.numbers import numbers_of
from simulation.scenario import Scenario

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

COLLECTOR = 500_000
"""citizens of a service and a day from this number on have come to collect"""


def collection_day(office: Office, cases: Cases, ready: Floats) -> Longs:
    """(n,) day of the hall on which the result of each case is collected; -1 if it is sent, or is never ready.

    ready : (n,) moments, inf if never
    """
    after = np.array([plan.case.collection.after if plan and plan.case.collection else 0 for plan in office.plans], np.int64)
    today = np.searchsorted(office.hall_dates, np.where(np.isfinite(ready), ready, 0.0) // DAY, side="right") - 1
    return np.where(cases.collects & np.isfinite(ready), today + after[cases.service], -1)


def with_collectors(office: Office, cases: Cases, rows: Longs, demand: Demand) -> tuple[Demand, Longs]:
    """A day's demand with those who come to collect; at equal times they are ahead of the day's own citizens.

    rows : (k,) their cases

    Returns
    -------
    the demand, and (k,) the collectors' numbers as citizens
    """
    if not len(rows):
        return demand, np.empty(0, np.int64)
    seed, replication, day = demand.day.seed, demand.day.replication, demand.day.day
    scenario = office.scenario
    today = hall_on(scenario, day)
    _, chance = numbers_of(today)
    mine = take(cases, rows)
    index = {service.id: s for s, service in enumerate(scenario.services)}
    at = [index[plan.case.collection.service] if plan and plan.case.collection else -1 for plan in office.plans]
    service = np.array(at, np.int32)[mine.service]

    def draw(purpose: str) -> Floats:
        return draws_of(scenario, mine, seed, replication, f"collection.{purpose}")

    none = np.zeros(len(rows), np.int32)
    number = day * 10**9 + service.astype(np.int64) * 10**6 + COLLECTOR + np.arange(len(rows))
    citizens = Citizens(
        id=number,
        visit=none + np.int32(1),
        klass=none,
        arrival=rounded(_open_moment(today, draw("arrival"))),
        returns=draw("returning"),
        papers=draw("papers"),
        shows=np.ones(len(rows), np.bool_),
        persons=none + np.int32(1),
        diverted=none,
    )
    tasks = single_tasks(
        service,
        minutes_of_work(chance, service, draw("work")),
        minutes_of_patience(scenario, service, draw("patience")),
        draw("balking"),
    )
    tasks = with_wrap_up(today, demand.day, citizens, tasks)
    own = replace(demand.tasks, citizen=demand.tasks.citizen + np.int32(len(rows)))
    everybody, everything = in_order(joined(citizens, demand.citizens), joined(tasks, own))
    return Demand(demand.day, everybody, everything, demand.windows), number


def _open_moment(hall: Scenario, draw: Floats) -> Floats:
    """Draws as moments of the hall's open hours, minutes since the first opening."""
    spans = np.array([(opening.start, opening.last_ticket) for opening in hall.openings])
    length = spans[:, 1] - spans[:, 0]
    edge = np.concatenate([[0.0], np.cumsum(length)])
    at = np.minimum(np.searchsorted(edge, draw * edge[-1], side="right") - 1, len(length) - 1)
    return np.asarray(spans[at, 0] + draw * edge[-1] - edge[at])
