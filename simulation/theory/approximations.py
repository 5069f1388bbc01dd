"""M/G/c by approximations that have names: no exact answer is known for the wait before several servers with any law of service.

* `allen_cunneen`: the wait of M/M/c times (1 + cv^2) / 2 (Allen and Cunneen; for Poisson arrivals also Lee and Longton).
* `kimura`: (1 + cv^2) / (2 cv^2 / W(M/M/c) + (1 - cv^2) / W(M/D/c)), exact for cv 0 and cv 1 (Kimura).

Both are good to some per cent at moderate and high load and worse at low load or for cv far above 1; each says what it is wherever it is
shown. Assumes Poisson arrivals, equal servers, endless patience, the steady state.

Sources: Lee and Longton, Queueing processes associated with airline passenger check-in, Operational Research Quarterly 10 (1959);
Allen, Probability, Statistics and Queueing Theory, 2nd edition, section 5.2; Kimura, A two-moment approximation for the mean waiting time
in the GI/G/s queue, Management Science 32 (1986).
"""

from __future__ import annotations

import math
from collections.abc import Callable

from simulation.theory import erlang, general

NAMES: dict[str, Callable[..., float]] = {}
"""name -> mean wait(arrival_rate, mean_service_time, servers, cv)"""


def mean_wait(name: str, *, arrival_rate: float, mean_service_time: float, servers: int, cv: float) -> float:
    """The mean wait by the approximation of that name.

    Raises ValueError if there is no such name, cv is negative or not finite, or the queue would grow without end.
    """
    if name not in NAMES:
        raise ValueError(f"the approximation is one of {', '.join(NAMES)}, not {name!r}.")
    if not (math.isfinite(cv) and cv >= 0):
        raise ValueError(f"the coefficient of variation must be a number that is not negative, not {cv}.")
    return NAMES[name](arrival_rate=arrival_rate, mean_service_time=mean_service_time, servers=servers, cv=cv)


def _allen_cunneen(*, arrival_rate: float, mean_service_time: float, servers: int, cv: float) -> float:
    return (1 + cv * cv) / 2 * erlang.mean_wait(arrival_rate=arrival_rate, mean_service_time=mean_service_time, servers=servers)


def _kimura(*, arrival_rate: float, mean_service_time: float, servers: int, cv: float) -> float:
    exponential = erlang.mean_wait(arrival_rate=arrival_rate, mean_service_time=mean_service_time, servers=servers)
    fixed = general.mean_wait_deterministic(arrival_rate=arrival_rate, service_time=mean_service_time, servers=servers)
    if exponential == 0 or fixed == 0:
        return (1 + cv * cv) / 2 * exponential
    below = 2 * cv * cv / exponential + (1 - cv * cv) / fixed
    if below <= 0:  # cv far above 1, where the interpolation has left its ground
        return (1 + cv * cv) / 2 * exponential
    return (1 + cv * cv) / below


NAMES |= {"allen_cunneen": _allen_cunneen, "kimura": _kimura}
