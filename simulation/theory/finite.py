"""A hall with so many places: M/M/c/K, arrivals who find it full are turned away.

Arrivals Poisson at rate lambda, `servers` = c equal servers, exponential service with mean 1/mu, at most `places` = K people inside,
those being served included.  K = c is Erlang's loss system; a large K approaches Erlang C.  With a = lambda/mu the weight of n people
inside is a^n/n! up to c and falls (or grows) by a/c for each one more.  Everything is summed from logarithms, so that loads of ten
thousand erlangs do not overflow.

Assumes the steady state; it exists for every load, as nobody waits outside.  Not for patience or balking.

Source: Gross, Shortle, Thompson and Harris, Fundamentals of Queueing Theory, 4th edition, section 2.5.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import gammaincc, gammaln, logsumexp

from simulation.theory.erlang import check_servers


def probabilities(*, arrival_rate: float, mean_service_time: float, servers: int, places: int) -> np.ndarray:
    """Share of time with 0, 1, ..., `places` people inside, shape (places + 1,).

    Raises ValueError if a number is impossible or there are fewer places than servers.
    """
    if not (math.isfinite(arrival_rate) and arrival_rate > 0):
        raise ValueError(f"the arrival rate must be a positive number, not {arrival_rate}.")
    if not (math.isfinite(mean_service_time) and mean_service_time > 0):
        raise ValueError(f"the mean service time must be a positive number, not {mean_service_time}.")
    check_servers(servers)
    if not math.isfinite(places) or places != int(places) or places < servers:
        raise ValueError(f"the places inside must be a whole number of at least the {servers} at the servers, not {places}.")
    load = arrival_rate * mean_service_time
    inside = np.arange(places + 1)
    served = np.minimum(inside, servers)
    weight = served * math.log(load) - gammaln(served + 1) + (inside - served) * math.log(load / servers)
    return np.asarray(np.exp(weight - logsumexp(weight)))


def blocking_probability(*, arrival_rate: float, mean_service_time: float, servers: int, places: int) -> float:
    """Share of arrivals turned away."""
    share = probabilities(arrival_rate=arrival_rate, mean_service_time=mean_service_time, servers=servers, places=places)
    return float(share[-1])


def mean_number(*, arrival_rate: float, mean_service_time: float, servers: int, places: int) -> float:
    """Mean number of people inside."""
    share = probabilities(arrival_rate=arrival_rate, mean_service_time=mean_service_time, servers=servers, places=places)
    return float(np.arange(places + 1) @ share)


def mean_queue(*, arrival_rate: float, mean_service_time: float, servers: int, places: int) -> float:
    """Mean number of people waiting."""
    share = probabilities(arrival_rate=arrival_rate, mean_service_time=mean_service_time, servers=servers, places=places)
    return float(np.arange(places - servers + 1) @ share[servers:])


def mean_wait(*, arrival_rate: float, mean_service_time: float, servers: int, places: int) -> float:
    """Mean wait of those who got in."""
    share = probabilities(arrival_rate=arrival_rate, mean_service_time=mean_service_time, servers=servers, places=places)
    return float(np.arange(places - servers + 1) @ share[servers:] / (arrival_rate * share[:-1].sum()))


def utilisation(*, arrival_rate: float, mean_service_time: float, servers: int, places: int) -> float:
    """Share of the servers' time spent serving."""
    share = probabilities(arrival_rate=arrival_rate, mean_service_time=mean_service_time, servers=servers, places=places)
    return float(np.minimum(np.arange(places + 1), servers) @ share / servers)


def service_level(*, arrival_rate: float, mean_service_time: float, servers: int, places: int, threshold: float) -> float:
    """Share of those who got in that are called within `threshold`."""
    if threshold < 0:
        return 0.0
    share = probabilities(arrival_rate=arrival_rate, mean_service_time=mean_service_time, servers=servers, places=places)
    ahead = np.arange(1, places - servers + 1)  # services that must end before a newcomer is called
    longer = share[servers:-1] @ gammaincc(ahead, servers / mean_service_time * threshold)
    return float(1.0 - longer / share[:-1].sum())
