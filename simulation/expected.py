"""How many come and how many tasks they bring on an average day: groups, appointments, second visits, cases, further services.

Nobody leaves, is turned away or sent home here, so these are the most that the windows would ever have to do. Assumes an ordinary day of
the scenario (no season, no over-dispersion). Not for what the windows make of it (`simulation.load`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulation.scenario import Scenario, Service
from simulation.scenario.parts import Booking

Floats = NDArray[np.float64]


def citizens_per_day(scenario: Scenario) -> Floats:
    """(s,) citizens of each service with something new, alone, in groups or by appointment kept; in a textbook run, in its horizon."""
    walking, booked = _comers(scenario)
    return walking + booked


def _comers(scenario: Scenario) -> tuple[Floats, Floats]:
    """(s,) who would walk in, and whose appointments are kept."""
    length = np.array([slot.end - slot.start for slot in scenario.slots])
    walking = [float(np.array(each.arrival_rate) @ length) * _mean_of(each.batch) for each in scenario.services]
    return np.array(walking), np.array([_booked(each.booking, scenario) if each.booking else 0.0 for each in scenario.services])


def _booked(booking: Booking, scenario: Scenario) -> float:
    """Appointments of a day that are kept."""
    places = float(sum(number for _, number in booking.times))
    if booking.step > 0:
        places += booking.places * sum(int(np.ceil((each.end - each.start) / booking.step)) for each in scenario.openings)
    missed = sum(each.share * each.no_show for each in booking.channels) if booking.channels else booking.no_show
    return places * booking.booked * (1 - missed)


def comers_per_day(scenario: Scenario) -> Floats:
    """(s,) those of the citizens who come to the hall: all but the diverted."""
    walking, booked = _comers(scenario)
    comes = np.array([1.0 - sum(share for _, share in service.diverted) for service in scenario.services])
    return np.asarray(walking * comes + booked)


def visits_per_day(scenario: Scenario) -> Floats:
    """(s,) visits: those who come, and again those of the served who lacked a paper."""
    again = np.array([_visits_of_one(service) for service in scenario.services])
    return np.asarray(comers_per_day(scenario) * again)


def _visits_of_one(service: Service) -> float:
    """The visits of a citizen who is always served: papers may be missing at the first, and at so many after it."""
    visits = still = 1.0
    for share in (*([service.incomplete[0]] if service.incomplete else []), *service.incomplete_again):
        still *= share
        visits += still
    return visits


def tasks_per_day(scenario: Scenario) -> Floats:
    """(s,) tasks: the cases that each visit brings, and the further services it goes on to.

    From every service there is a way out of the hall (`parse` refuses others), so the traffic equations have one answer.
    """
    visits = visits_per_day(scenario)
    cases = np.array([_mean_of(service.cases) for service in scenario.services])
    routes = routes_of(scenario)
    further = np.linalg.solve(np.eye(len(visits)) - routes.T, routes.T @ visits)
    return np.asarray(visits * cases + further)


def routes_of(scenario: Scenario) -> Floats:
    """(s, s) the share that goes on from each service to each."""
    index = {service.id: s for s, service in enumerate(scenario.services)}
    routes = np.zeros((len(index), len(index)))
    for s, service in enumerate(scenario.services):
        for to, share in service.then:
            routes[s, index[to]] += share
    return routes


def _mean_of(shares: tuple[tuple[int, float], ...]) -> float:
    """The mean number of a list of (number, share); 1 for none."""
    return sum(number * share for number, share in shares) / sum(share for _, share in shares) if shares else 1.0
