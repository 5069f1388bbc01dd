"""How many servers: the fewest that keep a promise, the cheapest, and the square-root rule.

Searches over Erlang's formulas (simulation.theory.erlang): one queue, equal servers, steady state.  With a = offered load, the
square-root rule staffs a + beta sqrt(a); beta follows from the share alpha of arrivals that may wait by Halfin and Whitt's
alpha = 1 / (1 + beta Phi(beta) / phi(beta)), Phi and phi the standard normal distribution and density.

Not for a day with peaks or for windows with skills: simulation.optimisation searches those by simulation.

Sources: Halfin and Whitt, Heavy-traffic limits for queues with many exponential servers, Operations Research 29 (1981);
Gross, Shortle, Thompson and Harris, Fundamentals of Queueing Theory, 4th edition, section 2.4.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from scipy.optimize import brentq
from scipy.special import erfcx

from simulation.theory.erlang import check_queue

MOST_SERVERS = 1_000_000


def fewest_servers(
    promise: Callable[[int], bool], *, arrival_rate: float, mean_service_time: float, mean_patience: float | None = None
) -> int:
    """The smallest number of servers, stable without patience, for which `promise(servers)` holds.

    promise : must stay true once it is true; it is asked about numbers in doubling steps and then by halving.
    Raises ValueError if a million servers do not keep it.
    """
    low = 0 if mean_patience is not None else math.floor(arrival_rate * mean_service_time)
    check_queue(arrival_rate, mean_service_time, low + 1, mean_patience)
    step, high = 1, low + 1
    while not promise(high):
        if high > MOST_SERVERS:
            raise ValueError(f"even {high} servers do not keep this promise; give a target that more servers can reach.")
        low, step = high, 2 * step
        high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        if promise(middle):
            high = middle
        else:
            low = middle
    return high


def cheapest_servers(cost: Callable[[int], float], *, arrival_rate: float, mean_service_time: float) -> int:
    """The stable number of servers with the lowest `cost(servers)`, a convex function such as wages plus the cost of waiting."""
    servers = math.floor(arrival_rate * mean_service_time) + 1
    check_queue(arrival_rate, mean_service_time, servers)
    lowest = cost(servers)
    while (following := cost(servers + 1)) < lowest:
        servers, lowest = servers + 1, following
    return servers


def safety_factor(*, delay_probability: float) -> float:
    """beta of the square-root rule for the share of arrivals that may wait, 0 < share < 1, else ValueError."""
    if not 0 < delay_probability < 1:
        raise ValueError(f"the share of arrivals that may wait must lie in 0 < share < 1, not {delay_probability}.")

    def excess(beta: float) -> float:
        # Phi/phi written with the scaled complementary error function, which does not underflow
        ratio = math.sqrt(math.pi / 2) * float(erfcx(-beta / math.sqrt(2)))
        return 1.0 / (1.0 + beta * ratio) - delay_probability

    return float(brentq(excess, 0.0, 37.0, xtol=1e-14))


def square_root_servers(*, offered_load: float, delay_probability: float) -> int:
    """Servers by the square-root rule for the share of arrivals that may wait."""
    if not (math.isfinite(offered_load) and offered_load > 0):
        raise ValueError(f"the offered load must be a positive number of erlangs, not {offered_load}.")
    return math.ceil(offered_load + safety_factor(delay_probability=delay_probability) * math.sqrt(offered_load))
