"""Halls where a visit goes on from service to service: open Jackson networks.

Each service has its own equal servers and its own queue, first come first served; service is exponential; whoever is served goes on to
another service (or the same one again) with fixed shares, the rest leaves. Symbols: gamma_i arrivals from outside, P the shares,
lambda = gamma + lambda P what arrives at each service in all. In the steady state every service is an M/M/c queue with rate lambda_i, and
the mean time in the hall is, by Little's law, the sum of lambda_i W_i over the sum of gamma_i, W_i the wait and service at i.

Any unit of time. Assumes Poisson arrivals from outside, endless patience, room for everyone. Not for windows that serve several services,
priorities, or days with peaks.

Source: Jackson, Networks of waiting lines, Operations Research 5 (1957); Gross, Shortle, Thompson and Harris, Fundamentals of Queueing
Theory, 4th edition, section 4.2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from simulation.theory.erlang import mean_wait


def arrival_rates(*, external: Sequence[float], routing: Sequence[Sequence[float]]) -> list[float]:
    """What arrives at each service in all, from outside and from other services.

    routing : row i, column j: the share of those served at i who go on to j
    Raises ValueError if a number is impossible, or if whoever comes to some service can never leave.
    """
    rates, shares = np.asarray(external, dtype=np.float64), np.asarray(routing, dtype=np.float64)
    if shares.shape != (len(rates), len(rates)) or not len(rates):
        raise ValueError("give one arrival rate for each service, and for each service the share that goes on to each.")
    if not (np.isfinite(rates).all() and (rates >= 0).all() and rates.any()):
        raise ValueError("arrival rates must be numbers that are not negative, at least one of them positive.")
    if not (np.isfinite(shares).all() and (shares >= 0).all() and (shares.sum(axis=1) <= 1 + 1e-12).all()):
        raise ValueError("the shares that go on must not be negative and must add to at most 1 for each service.")
    if np.abs(np.linalg.eigvals(shares)).max() > 1 - 1e-12:
        raise ValueError("whoever comes to some of the services is sent on for ever; leave a share for those who go home.")
    return [float(rate) for rate in np.linalg.solve(np.eye(len(rates)) - shares.T, rates)]


def mean_times(
    *, external: Sequence[float], routing: Sequence[Sequence[float]], mean_service_times: Sequence[float], servers: Sequence[int]
) -> list[float]:
    """Mean wait and service of one stop at each service.  Raises ValueError if some queue would grow without end."""
    rates = arrival_rates(external=external, routing=routing)
    if not (len(rates) == len(mean_service_times) == len(servers)):
        raise ValueError("give one mean service time and one number of servers for each service.")
    return [
        mean_wait(arrival_rate=rate, mean_service_time=mean, servers=count) + mean
        for rate, mean, count in zip(rates, mean_service_times, servers, strict=True)
    ]


def mean_time_in_hall(
    *, external: Sequence[float], routing: Sequence[Sequence[float]], mean_service_times: Sequence[float], servers: Sequence[int]
) -> float:
    """Mean time from coming in until leaving, all stops of a visit together."""
    times = mean_times(external=external, routing=routing, mean_service_times=mean_service_times, servers=servers)
    rates = arrival_rates(external=external, routing=routing)
    return sum(rate * time for rate, time in zip(rates, times, strict=True)) / sum(external)


def line_throughput(*, mean_service_times: Sequence[float], buffer: int) -> float:
    """What two stages one after the other finish per time unit when somebody always waits before the first.

    The first stage stands still while the second and the `buffer` places between them are full (blocking after service). Counted as people
    who have finished the first stage and not the second, 0 to buffer + 2, it is a birth and death chain.

    mean_service_times : of the two stages, exponential.
    Raises ValueError if there are not two positive times or the buffer is negative.

    Source: Hunt, Sequential arrays of waiting lines, Operations Research 4 (1956).
    """
    if len(mean_service_times) != 2 or not all(math.isfinite(each) and each > 0 for each in mean_service_times) or buffer < 0:
        raise ValueError("give two positive mean service times and a buffer of no or more places.")
    first, second = mean_service_times
    weights = [(second / first) ** n for n in range(buffer + 3)]
    return (1 - weights[0] / math.fsum(weights)) / second
