"""Citizens who come in groups: M^X/M/c. Groups Poisson at rate lambda, of size X; each citizen is served alone.

Across the cut between n and n + 1 people inside, the flow up equals the flow down:
min(n + 1, c) mu p(n + 1) = lambda * sum over k <= n of p(k) P(X > n - k). Positive terms only, so nothing cancels.

Assumes independent groups, exponential service with mean 1/mu, endless patience, the steady state.

Source: Gross, Shortle, Thompson and Harris, Fundamentals of Queueing Theory, 4th edition, section 3.1 (bulk input).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from simulation.theory.erlang import check_queue

CUT_OFF = 1e-13
MOST_PEOPLE = 1 << 16


def probabilities(*, group_rate: float, sizes: Mapping[int, float], mean_service_time: float, servers: int) -> np.ndarray:
    """Chance of 0, 1, 2, ... people inside, shape (bound,).

    sizes : size of a group (1 or more) -> share; the shares add to 1.
    Raises ValueError if a number is impossible, the queue would grow without end, or more than 65,536 people would be inside.
    """
    if not sizes or min(sizes) < 1 or any(not share >= 0 for share in sizes.values()) or abs(sum(sizes.values()) - 1) > 1e-9:
        raise ValueError("the sizes of groups must be 1 or more, with shares that add to 1.")
    mean_size = sum(size * share for size, share in sizes.items())
    check_queue(group_rate * mean_size, mean_service_time, servers)
    larger = np.array([sum(share for size, share in sizes.items() if size > n) for n in range(max(sizes))])
    up = group_rate * mean_service_time
    weight, total = [1.0], 1.0
    for n in range(MOST_PEOPLE):
        reach = min(len(larger), n + 1)
        following = up * float(np.dot(weight[n - reach + 1 :], larger[:reach][::-1])) / min(n + 1, servers)
        weight.append(following)
        total += following
        if n > servers and following < CUT_OFF * total:
            return np.array(weight) / math.fsum(weight)
        if total > 1e250:
            weight, total = [each / total for each in weight], 1.0
    raise ValueError("more than 65,536 people would be inside; give fewer arrivals or more servers.")


def mean_wait(*, group_rate: float, sizes: Mapping[int, float], mean_service_time: float, servers: int) -> float:
    """Mean wait of a citizen, by Little's law over those who wait; arguments as in `probabilities`."""
    inside = probabilities(group_rate=group_rate, sizes=sizes, mean_service_time=mean_service_time, servers=servers)
    queue = float(np.maximum(np.arange(len(inside)) - servers, 0) @ inside)
    return queue / (group_rate * sum(size * share for size, share in sizes.items()))
