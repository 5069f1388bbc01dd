"""Rates that change over the day, by the classic ways to use a stationary formula all the same, and the load they should be fed with.

For each slot of the day the number of servers (or the service they give) is taken from Erlang C or A at one load:

* `psa`: the highest rate of the slot (pointwise stationary; with constant rates in a slot it is that rate);
* `sipp`: the slot's average rate (stationary independent period by period);
* `lagged_sipp`: the average rate of the slot shifted back by one mean service time, since the load follows the rate with that lag;
* `mol`: the offered load of a hall with windows without end, m(t) of M_t/G/infinity, at its highest in the slot (modified offered load).

m(t) = integral over u of lambda(t - u) P(S > u) du. With constant rates in slots it is a sum of differences of E[min(S, x)].

Each misleads where service is long against the changes of the rate, or where the queue carries over from slot to slot; then a simulation
or the exact day (`simulation.theory.daytime`) is the answer. Assumes time 0 at the opening of an empty hall.

Sources: Green and Kolesar, The pointwise stationary approximation, Management Science 37 (1991); Green, Kolesar and Soares, Improving the
SIPP approach, Operations Research 49 (2001); Eick, Massey and Whitt, The physics of the M_t/G/infinity queue, Operations Research 41
(1993); Jennings, Mandelbaum, Massey and Whitt, Server staffing to meet time-varying demand, Management Science 42 (1996).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from simulation.laws import Law, quantile
from simulation.theory.staffing import fewest_servers

METHODS = ("psa", "sipp", "lagged_sipp", "mol")
POINTS = 20_000
"""of the grid over which a law of service is integrated"""
LOOKS = 30
"""moments in a slot at which the offered load is looked at"""


def offered_load(rates: Sequence[float], slot: float, law: Law, at: np.ndarray) -> np.ndarray:
    """m(t) of M_t/G/infinity from an empty opening on, in erlangs.

    Parameters
    ----------
    rates : citizens per minute in each slot of `slot` minutes; nobody comes outside them
    law : service time, minutes
    at : (k,) minutes since the opening
    """
    starts = [n * slot for n in range(len(rates))]
    return load_of_slots(starts, [start + slot for start in starts], rates, law, at)


def load_of_slots(starts: Sequence[float], ends: Sequence[float], rates: Sequence[float], law: Law, at: np.ndarray) -> np.ndarray:
    """The same for slots of any length, minutes from and to."""
    least = _mean_of_the_smaller(law)
    load = np.zeros(len(at))
    for start, end, rate in zip(starts, ends, rates, strict=True):
        load += rate * (least(np.maximum(at - start, 0.0)) - least(np.maximum(at - end, 0.0)))
    return load


def sinusoidal_load(*, mean_rate: float, amplitude: float, frequency: float, mean_service_time: float, at: float) -> float:
    """m(t) for the rate mean_rate + amplitude sin(frequency t) without beginning, exponential service; erlangs.

    frequency : radians per time unit
    """
    turn = frequency * mean_service_time
    swing = math.sin(frequency * at) - turn * math.cos(frequency * at)
    return mean_service_time * (mean_rate + amplitude / (1 + turn * turn) * swing)


def loads_by_slot(method: str, rates: Sequence[float], slot: float, law: Law) -> list[float]:
    """The load of each slot in erlangs that a stationary formula is fed with.

    Raises ValueError if there is no such method, or a number is impossible.
    """
    if method not in METHODS:
        raise ValueError(f"the method is one of {', '.join(METHODS)}, not {method!r}.")
    if not (math.isfinite(slot) and slot > 0) or not all(math.isfinite(rate) and rate >= 0 for rate in rates):
        raise ValueError("the slot must be a positive number of minutes, the rates numbers that are not negative.")
    if method in ("psa", "sipp"):
        return [rate * law.mean for rate in rates]
    if method == "lagged_sipp":
        came = np.concatenate([[0.0], np.cumsum(rates)]) * slot
        edges = np.arange(len(rates) + 1) * slot
        until = np.interp(np.maximum(edges - law.mean, 0.0), edges, came)
        return [float(each) * law.mean / slot for each in np.diff(until)]
    moments = [np.linspace(n * slot, (n + 1) * slot, LOOKS) for n in range(len(rates))]
    return [float(offered_load(rates, slot, law, each).max()) for each in moments]


def servers_by_slot(
    method: str,
    rates: Sequence[float],
    slot: float,
    law: Law,
    promise: Callable[[float, int], bool],
    mean_patience: float | None = None,
) -> list[int]:
    """The fewest servers of each slot that keep a promise by the stationary formula; 0 where nobody is expected.

    promise : (arrival rate per minute, servers) -> whether it is kept in a steady state at that rate
    """
    found = []
    for load in loads_by_slot(method, rates, slot, law):
        rate = load / law.mean
        if rate <= 1e-12:
            found.append(0)
            continue

        def kept(servers: int, rate: float = rate) -> bool:
            return promise(rate, servers)

        found.append(fewest_servers(kept, arrival_rate=rate, mean_service_time=law.mean, mean_patience=mean_patience))
    return found


def _mean_of_the_smaller(law: Law) -> Callable[[np.ndarray], np.ndarray]:
    """x -> E[min(S, x)], exact for the grid of quantiles."""
    if law.family == "exponential":
        return lambda x: law.mean * -np.expm1(-x / law.mean)
    times = np.sort(quantile(law, (np.arange(POINTS) + 0.5) / POINTS))
    times *= law.mean / times.mean()  # what the grid cuts off the tail is put back
    sums = np.concatenate([[0.0], np.cumsum(times)])

    def least(x: np.ndarray) -> np.ndarray:
        below = np.searchsorted(times, x)
        return np.asarray((sums[below] + (POINTS - below) * x) / POINTS)

    return least
