"""A day served: demand in, ticket log out, by one of the two engines.

Assumes days of a replication are served in order, each with what the day before carried over.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from simulation.carry import Carried, who_returns, with_carried
from simulation.days import hall_on
from simulation.demand import Demand, Outages, Tasks
from simulation.engines import ENGINES, Log, Visits
from simulation.numbers import BOOKED, Hall, numbers_of
from simulation.scenario import Scenario
from simulation.shifts import BREAK_START, DOWN, LEFT_IDLE, REST, SHIFT_END, UP, WINDOW_ON, doors
from simulation.tickets import DIVERTED, NO_SHOW, SERVED, Tickets

__all__ = ["ENGINES", "serve", "visits_of", "with_outages"]


def serve(
    scenario: Scenario, demand: Demand, carried: Carried | None = None, engine: str = "kernel", last: bool = False
) -> tuple[Tickets, Carried]:
    """Serves one day.

    Parameters
    ----------
    carried : what the days before left; None on the first
    engine : one of ENGINES
    last : whether no day follows, so that nobody need be found who comes again

    Returns
    -------
    the ticket log of the day, and who comes again on a later one
    """
    today = hall_on(scenario, demand.day.day)
    hall, _ = numbers_of(today)
    demand, carried = with_carried(scenario, demand, carried)
    citizens, tasks = demand.citizens, demand.tasks
    log = engine_of(engine)(with_outages(hall, demand.windows), visits_of(demand))
    citizen = tasks.citizen[log.task]
    tickets = Tickets(
        citizen=citizens.id[citizen],
        visit=citizens.visit[citizen],
        task=tasks.number[log.task],
        stage=tasks.stage[log.task],
        parent_ticket=log.parent,
        service=tasks.service[log.task],
        window=log.window,
        klass=citizens.klass[citizen],
        persons=citizens.persons[citizen],
        arrival=log.arrival,
        doors=doors(hall.period_times, log.arrival),
        called=log.called,
        ended=log.ended,
        outcome=np.where((log.outcome == NO_SHOW) & (citizens.diverted[citizen] > 0), np.int8(DIVERTED), log.outcome),
        booked=_booked(scenario, tasks, log.task),
        opened=log.opened,
        wrap_up=_wrap_up(hall, tasks, log),
    )
    return tickets, carried if last else who_returns(scenario, demand, tickets, citizen, carried)


def _booked(scenario: Scenario, tasks: Tasks, task: NDArray[np.int32]) -> NDArray[np.float64] | None:
    """The booked time of each ticket, nan for who walks in and for further tasks; None where the hall books nothing."""
    if not any(service.booking for service in scenario.services):
        return None
    return np.where(tasks.lane[task] == BOOKED, tasks.since[task], np.nan)


def _wrap_up(hall: Hall, tasks: Tasks, log: Log) -> NDArray[np.float64] | None:
    """Minutes that the window needs after each ticket; None where no window has a law for it, so that they follow from the log."""
    if not tasks.wrap_up.shape[1]:
        return None
    column = hall.wrap_up_column[log.window]
    minutes = np.where(column < 0, hall.wrap_up[log.window], tasks.wrap_up[log.task, column])
    return np.where((log.outcome == SERVED) & ~tasks.stays[log.task], minutes, 0.0)


def visits_of(demand: Demand) -> Visits:
    """The demand as an engine reads it."""
    citizens, tasks = demand.citizens, demand.tasks
    count = len(tasks.service)
    follows = np.full(count, -1, np.int32)
    if count:
        on = np.flatnonzero(tasks.citizen[1:] == tasks.citizen[:-1])
        follows[on] = on + 1
    return Visits(
        arrival=citizens.arrival,
        first=np.searchsorted(tasks.citizen, np.arange(len(citizens.id))).astype(np.int32),
        shows=citizens.shows,
        service=tasks.service,
        lane=tasks.lane,
        since=tasks.since,
        work=tasks.work,
        patience=tasks.patience,
        balking=tasks.balking,
        follows=follows,
        stays=tasks.stays,
        persons=citizens.persons[tasks.citizen],
        wrap_up=tasks.wrap_up,
    )


def with_outages(hall: Hall, outages: Outages) -> Hall:
    """The hall with the timetable of a day on which windows are empty, break down or are left for a while."""
    if not len(outages.absent) and not len(outages.window) and not len(outages.leaves):
        return hall
    of_window = np.isin(hall.change_kind, (SHIFT_END, BREAK_START, REST, WINDOW_ON))
    keep = ~(of_window & np.isin(hall.change_which, outages.absent))
    broken = len(outages.window)
    time = np.concatenate([hall.change_time[keep], outages.start, outages.end, outages.leaves_at])
    kinds = (np.full(broken, DOWN), np.full(broken, UP), np.full(len(outages.leaves), LEFT_IDLE))
    kind = np.concatenate([hall.change_kind[keep], *kinds]).astype(np.int32)
    which = np.concatenate([hall.change_which[keep], outages.window, outages.window, outages.leaves]).astype(np.int32)
    value = np.concatenate([hall.change_value[keep], np.full(2 * broken, np.inf), outages.away_for])
    order = np.lexsort((which, kind, time))
    return hall._replace(change_time=time[order], change_kind=kind[order], change_which=which[order], change_value=value[order])


def engine_of(name: str) -> Callable[[Hall, Visits], Log]:
    """What serves a day, by its name. Raises ValueError if there is none of that name."""
    if name == "kernel":
        from simulation.kernel import run_day as by_kernel

        return by_kernel
    if name == "simpy":
        from simulation.hall import run_day as by_simpy

        return by_simpy
    raise ValueError(f"the engine is one of {', '.join(ENGINES)}, not {name!r}")
