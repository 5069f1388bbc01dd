"""An exact day: M_t/M/s from empty doors to the last citizen served; and a day that repeats itself for ever (`cycle`).

Arrivals Poisson with a rate lambda(t) that is constant in each slot, s equal servers all day, exponential service with mean 1/mu,
endless patience, first come first served.  The hall opens empty; when the doors close everyone inside is served.

The law p(t) of the number inside follows the forward equations.  In a slot of length h it is
p(t + h) = sum over k of Poisson(k; L h) p(t) P^k (uniformisation), with L = lambda + s mu and P the chain of jumps; the same sums with
Poisson tails give the integral of p over the slot, which is what the citizens arriving in it find (Poisson arrivals see time averages).
Positive terms only: no time step, no rounding that grows.

Assumes the number inside stays below a bound that is doubled until the share cut off is below 1e-12.
Not for patience, several classes, shifts, or citizens who come before the doors open.

Source: Gross, Shortle, Thompson and Harris, Fundamentals of Queueing Theory, 4th edition, section 8.1 (uniformisation, "randomization").
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincc
from scipy.stats import poisson

from simulation.theory.erlang import check_servers

CUT_OFF = 1e-12
LARGEST_BOUND = 1 << 17
MOST_ROUNDS = 10_000
"""of a cycle until it has settled"""


@dataclass(frozen=True, slots=True)
class Day:
    """What a day does to those who come."""

    found: np.ndarray
    """share of citizens who find 0, 1, 2, ... people inside, shape (bound,)"""
    at_close: np.ndarray
    """chance of 0, 1, 2, ... people inside when the doors close, shape (bound,)"""
    mean_service_time: float
    servers: int

    def mean_wait(self) -> float:
        """Mean wait of all citizens of the day."""
        return float(self._ahead() @ self.found) * self.mean_service_time / self.servers

    def share_waiting_longer(self, threshold: float) -> float:
        """P(wait > threshold) of a citizen of the day."""
        ahead = self._ahead()
        tail = gammaincc(np.maximum(ahead, 1), self.servers / self.mean_service_time * threshold)
        return float(np.where(ahead > 0, tail, 0.0) @ self.found)

    def mean_overtime(self) -> float:
        """Mean time from the closing of the doors until the last citizen is served."""
        inside = np.arange(1, len(self.at_close))
        time_to_empty = np.concatenate([[0.0], np.cumsum(self.mean_service_time / np.minimum(inside, self.servers))])
        return float(time_to_empty @ self.at_close)

    def _ahead(self) -> np.ndarray:
        """Services that must end before one who finds n inside is called, shape (bound,)."""
        return np.maximum(np.arange(len(self.found)) - self.servers + 1, 0)


def day(*, arrival_rates: Sequence[float], slot: float, mean_service_time: float, servers: int) -> Day:
    """The exact day of `len(arrival_rates)` slots of `slot` time units each.

    arrival_rates : citizens per time unit, one per slot.
    Raises ValueError if a number is impossible, nobody comes, or more than a hundred thousand people would be inside.
    """
    check_servers(servers)
    if not (math.isfinite(mean_service_time) and mean_service_time > 0 and math.isfinite(slot) and slot > 0):
        raise ValueError("the mean service time and the length of a slot must be positive numbers.")
    if not all(math.isfinite(rate) and rate >= 0 for rate in arrival_rates) or sum(arrival_rates) <= 0:
        raise ValueError("arrival rates must be numbers that are not negative, at least one of them positive.")
    bound = max(64, 2 * servers)
    while bound <= LARGEST_BOUND:
        inside = np.zeros(bound)
        inside[0] = 1.0
        found = np.zeros(bound)
        cut_off = 0.0
        for rate in arrival_rates:
            inside, spent = _slot(inside, rate, mean_service_time, servers, slot)
            found += rate * spent
            cut_off = max(cut_off, float(inside[-1]), rate * float(spent[-1]))
        if cut_off < CUT_OFF:
            return Day(found / found.sum(), inside / inside.sum(), mean_service_time, servers)
        bound *= 2
    raise ValueError("more than a hundred thousand people would be inside; give fewer arrivals or more servers.")


@dataclass(frozen=True, slots=True)
class Cycle:
    """A day that repeats itself for ever, once it has settled."""

    delay_probability: float
    """share of all citizens who find every server busy"""
    mean_wait: float
    """of all citizens"""
    queue: np.ndarray
    """people waiting at the end of each slot, shape (slots,)"""


def cycle(*, arrival_rates: Sequence[float], slot: float, mean_service_time: float, servers: int) -> Cycle:
    """The periodic steady state of M_t/M/s whose rates go round and round.

    arrival_rates : citizens per time unit, one per slot of `slot` time units.
    Raises ValueError if a number is impossible, the load is not below the servers, or more than a hundred thousand people would be inside.
    """
    day(arrival_rates=arrival_rates, slot=slot, mean_service_time=mean_service_time, servers=servers)  # looks at every number
    if sum(arrival_rates) / len(arrival_rates) * mean_service_time >= servers:
        raise ValueError("the queue would grow from day to day; give more servers.")
    bound = max(64, 2 * servers)
    while bound <= LARGEST_BOUND:
        inside = np.zeros(bound)
        inside[0] = 1.0
        for _ in range(MOST_ROUNDS):
            begun, found, queue, cut_off = inside, np.zeros(bound), [], 0.0
            for rate in arrival_rates:
                inside, spent = _slot(inside, rate, mean_service_time, servers, slot)
                found += rate * spent
                queue.append(float(np.maximum(np.arange(bound) - servers, 0) @ inside))
                cut_off = max(cut_off, float(inside[-1]), rate * float(spent[-1]))
            if cut_off >= CUT_OFF or np.abs(inside - begun).sum() < CUT_OFF:
                break
        if cut_off < CUT_OFF:
            settled = Day(found / found.sum(), inside / inside.sum(), mean_service_time, servers)
            return Cycle(float(settled.found[servers:].sum()), settled.mean_wait(), np.array(queue))
        bound *= 2
    raise ValueError("more than a hundred thousand people would be inside; give fewer arrivals or more servers.")


def _slot(inside: np.ndarray, rate: float, mean_service_time: float, servers: int, length: float) -> tuple[np.ndarray, np.ndarray]:
    """Law of the number inside at the end of a slot, and the time it spent at each number; both (bound,)."""
    jumps = rate + servers / mean_service_time
    up = rate / jumps
    down = np.minimum(np.arange(len(inside)), servers) / mean_service_time / jumps
    stay = 1.0 - up - down
    stay[-1] += up
    mean = jumps * length
    last = math.ceil(mean + 10 * math.sqrt(mean)) + 50  # the Poisson tail beyond is below 1e-18
    steps = np.arange(last + 1)
    weight, tail = poisson.pmf(steps, mean), poisson.sf(steps, mean)
    at_end, spent, current = np.zeros_like(inside), np.zeros_like(inside), inside
    for k in range(last + 1):
        at_end += weight[k] * current
        spent += tail[k] * current
        following = stay * current
        following[1:] += up * current[:-1]
        following[:-1] += (down * current)[1:]
        current = following
    return at_end, spent / jumps
