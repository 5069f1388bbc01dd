"""M/M/c+G: any law of patience. Exact, by one integral over the wait that a citizen of endless patience would meet.

Arrivals Poisson at rate lambda, c equal servers, exponential service with mean 1/mu, patience of any law with survival S(x). With
H(x) = integral of S from 0 to x (the mean of the smaller of patience and x), a = lambda / mu, B the loss of Erlang B with c - 1 servers:

    J = integral of exp(lambda H(x) - c mu x) dx over x > 0,   J1 the same with a factor x,   JH with a factor H(x)
    P(wait > 0) = lambda J / (1/B + lambda J)           P(leave) = (1 + (lambda - c mu) J) / (1/B + lambda J)
    E[offered wait] = lambda J1 / (1/B + lambda J)      E[wait] = lambda JH / (1/B + lambda J)

Assumes the steady state and first come first served. With endless patience for some (a survival that does not fall to 0) the queue must be
stable without those who leave. Not for other laws of service.

Source: Zeltyn and Mandelbaum, Call centers with impatient customers: many-server asymptotics of the M/M/n+G queue, Queueing Systems 51
(2005), section 2; Baccelli and Hebuterne, On queues with impatient customers, Performance '81.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.integrate import quad

from simulation.theory.erlang import blocking_probability, check_servers

POINTS = 20_001
"""of the table of H"""
NEGLIGIBLE = 60.0
"""the integrand is cut off where it has fallen by exp of this"""


@dataclass(frozen=True, slots=True)
class Impatience:
    """What a queue with patience does in the long run."""

    delay_probability: float
    """share of arrivals that do not find a free server"""
    abandonment_probability: float
    """share of arrivals that leave"""
    mean_wait: float
    """of all arrivals, until called or gone"""
    mean_offered_wait: float
    """that somebody of endless patience would meet"""
    mean_queue: float
    """people waiting"""


def queue(*, arrival_rate: float, mean_service_time: float, servers: int, survival: Callable[[float], float]) -> Impatience:
    """The queue in its steady state.

    survival : share whose patience is longer than x, non-increasing from at most 1 at x = 0. Any unit of time, as long as it is one.
    Raises ValueError if a number is impossible or the queue would grow without end.
    """
    check_servers(servers)
    if not (math.isfinite(arrival_rate) and arrival_rate > 0 and math.isfinite(mean_service_time) and mean_service_time > 0):
        raise ValueError("the arrival rate and the mean service time must be positive numbers.")
    pace = servers / mean_service_time
    last = _where_negligible(arrival_rate, pace, survival)
    if last is None:
        raise ValueError("too many have endless patience: the queue would grow without end; give more servers.")
    x, spacing = np.linspace(0.0, last, POINTS, retstep=True)
    share = np.array([survival(float(each)) for each in x])
    middle = np.array([survival(float(each)) for each in x[:-1] + spacing / 2])
    stayed = np.concatenate([[0.0], np.cumsum(spacing * (share[:-1] + 4 * middle + share[1:]) / 6)])  # H by Simpson's rule
    exponent = arrival_rate * stayed - pace * x
    top = float(exponent.max())
    weight = np.exp(exponent - top)

    def integral(factor: np.ndarray) -> float:
        from scipy.integrate import simpson

        return float(simpson(factor * weight, dx=float(spacing)))

    whole, offered, waited = integral(np.ones_like(x)), integral(x), integral(stayed)
    lost = blocking_probability(offered_load=arrival_rate * mean_service_time, servers=servers - 1) if servers > 1 else 1.0
    free = math.exp(-top) / lost
    below = free + arrival_rate * whole
    wait = arrival_rate * waited / below
    return Impatience(
        delay_probability=arrival_rate * whole / below,
        abandonment_probability=(math.exp(-top) + (arrival_rate - pace) * whole) / below,
        mean_wait=wait,
        mean_offered_wait=arrival_rate * offered / below,
        mean_queue=arrival_rate * wait,
    )


def _where_negligible(arrival_rate: float, pace: float, survival: Callable[[float], float]) -> float | None:
    """A time after which the integrand no longer counts; None if it never falls."""
    last, exponent = 1.0 / pace, 0.0
    reached, highest = 0.0, 0.0
    for _ in range(200):
        exponent += arrival_rate * quad(survival, reached, last, limit=200)[0] - pace * (last - reached)
        highest = max(highest, exponent)
        if exponent < highest - NEGLIGIBLE and arrival_rate * survival(last) < pace:
            return last
        reached, last = last, last * 1.3
    return None
