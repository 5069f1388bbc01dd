"""Erlang's formulas: B (no waiting room), C (endless patience) and A (exponential patience).

One queue, first come first served; arrivals Poisson at rate lambda, `servers` = c equal servers, exponential service with mean 1/mu,
exponential patience with mean 1/theta.  Symbols used below:

    a = lambda / mu          offered load, erlangs          rho = a / c
    x = c mu / theta         services a full house completes in one mean patience
    y = lambda / theta       arrivals in one mean patience
    A(x, y) = 1 + y/(x+1) + y^2/((x+1)(x+2)) + ...    weight of the states with everyone busy, the one without a queue being 1

Every function takes `mean_patience`: None (the default) means endless patience, Erlang C; a number means Erlang A.
Any unit of time will do, as long as it is one unit throughout.

Assumes: the steady state of a day that never ends.  A day with peaks is another matter (simulation.theory.daytime): at its average
rate these formulas are wrong by a factor.  Not for: other laws (simulation.theory.general), several classes, windows with skills.

Sources: Gross, Shortle, Thompson and Harris, Fundamentals of Queueing Theory, 4th edition, sections 2.3 to 2.5;
Garnett, Mandelbaum and Reiman, Designing a call center with impatient customers, MSOM 4 (2002);
Zeltyn and Mandelbaum, Call centers with impatient customers: many-server asymptotics of the M/M/n+G queue, QUESTA 51 (2005), section 2.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammainc, gammaln

# ------------------------------------------------------------------------------------------------------------------ B


def blocking_probability(*, offered_load: float, servers: int) -> float:
    """Erlang B: share of arrivals that find every server busy when nobody can wait.

    Raises ValueError if the load is negative or not finite, or there is no server.
    """
    if not (math.isfinite(offered_load) and offered_load >= 0):
        raise ValueError(f"the offered load must be a number of erlangs that is not negative, not {offered_load}.")
    check_servers(servers)
    blocked = 1.0
    for server in range(1, servers + 1):
        blocked = offered_load * blocked / (server + offered_load * blocked)
    return blocked


# ------------------------------------------------------------------------------------------------------------ C and A


def delay_probability(*, arrival_rate: float, mean_service_time: float, servers: int, mean_patience: float | None = None) -> float:
    """Share of arrivals that have to wait.  Raises ValueError if the queue would grow without end."""
    load = check_queue(arrival_rate, mean_service_time, servers, mean_patience)
    blocked = blocking_probability(offered_load=load, servers=servers)
    if blocked == 0.0:
        return 0.0
    if mean_patience is None:
        without_queue = 1.0 - load / servers
    else:
        without_queue = math.exp(-_log_weight(*_in_patiences(arrival_rate, mean_service_time, servers, mean_patience)))
    return 1.0 / (1.0 + (1.0 / blocked - 1.0) * without_queue)


def mean_wait(*, arrival_rate: float, mean_service_time: float, servers: int, mean_patience: float | None = None) -> float:
    """Mean wait of everyone who comes, those who need not wait and those who leave included, until called or gone."""
    delayed = delay_probability(
        arrival_rate=arrival_rate, mean_service_time=mean_service_time, servers=servers, mean_patience=mean_patience
    )
    if mean_patience is None:
        return delayed * mean_service_time / (servers - arrival_rate * mean_service_time)
    return delayed * _leaving_share(arrival_rate, mean_service_time, servers, mean_patience) * mean_patience


def mean_queue(*, arrival_rate: float, mean_service_time: float, servers: int, mean_patience: float | None = None) -> float:
    """Mean number of people waiting (Little's law)."""
    return arrival_rate * mean_wait(
        arrival_rate=arrival_rate, mean_service_time=mean_service_time, servers=servers, mean_patience=mean_patience
    )


def abandonment_probability(*, arrival_rate: float, mean_service_time: float, servers: int, mean_patience: float) -> float:
    """Share of arrivals who leave before they are called (reneged)."""
    delayed = delay_probability(
        arrival_rate=arrival_rate, mean_service_time=mean_service_time, servers=servers, mean_patience=mean_patience
    )
    return delayed * _leaving_share(arrival_rate, mean_service_time, servers, mean_patience)


def utilisation(*, arrival_rate: float, mean_service_time: float, servers: int, mean_patience: float | None = None) -> float:
    """Share of the servers' time spent serving."""
    load = check_queue(arrival_rate, mean_service_time, servers, mean_patience)
    if mean_patience is None:
        return load / servers
    left = abandonment_probability(
        arrival_rate=arrival_rate, mean_service_time=mean_service_time, servers=servers, mean_patience=mean_patience
    )
    return load * (1.0 - left) / servers


def share_waiting_longer(
    *, arrival_rate: float, mean_service_time: float, servers: int, threshold: float, mean_patience: float | None = None
) -> float:
    """P(wait > threshold): share of arrivals neither called nor gone after `threshold`."""
    delayed = delay_probability(
        arrival_rate=arrival_rate, mean_service_time=mean_service_time, servers=servers, mean_patience=mean_patience
    )
    if threshold < 0:
        return 1.0
    if mean_patience is None:
        return delayed * math.exp(-(servers / mean_service_time - arrival_rate) * threshold)
    x, y = _in_patiences(arrival_rate, mean_service_time, servers, mean_patience)
    patiences = threshold / mean_patience
    later = y * math.exp(-patiences)
    still_held = -x * patiences - y * math.expm1(-patiences) + _log_weight(x, later) - _log_weight(x, y)
    return delayed * math.exp(still_held - patiences)


def service_level(
    *, arrival_rate: float, mean_service_time: float, servers: int, threshold: float, mean_patience: float | None = None
) -> float:
    """Share of arrivals who are called, and called within `threshold`; with patience, those who left are not among them."""
    if threshold < 0:
        return 0.0
    if mean_patience is None:
        return 1.0 - share_waiting_longer(
            arrival_rate=arrival_rate, mean_service_time=mean_service_time, servers=servers, threshold=threshold
        )
    delayed = delay_probability(
        arrival_rate=arrival_rate, mean_service_time=mean_service_time, servers=servers, mean_patience=mean_patience
    )
    x, y = _in_patiences(arrival_rate, mean_service_time, servers, mean_patience)

    def called_after(patiences: float) -> float:
        later = y * math.exp(-patiences)
        exponent = -(x + 1) * patiences - y * math.expm1(-patiences) + _log_weight(x + 1, later) - _log_weight(x, y)
        return x / (x + 1) * math.exp(exponent)

    return 1.0 - delayed + delayed * (called_after(0.0) - called_after(threshold / mean_patience))


def wait_quantile(
    *, arrival_rate: float, mean_service_time: float, servers: int, share: float, mean_patience: float | None = None
) -> float:
    """The wait that `share` of everyone who comes does not exceed, until called or gone.  0 <= share < 1, else ValueError."""
    if not 0 <= share < 1:
        raise ValueError(f"the share of a quantile must lie in 0 <= share < 1, not {share}.")
    exceeded = 1.0 - share
    delayed = delay_probability(
        arrival_rate=arrival_rate, mean_service_time=mean_service_time, servers=servers, mean_patience=mean_patience
    )
    if exceeded >= delayed:
        return 0.0
    if mean_patience is None:
        return math.log(delayed / exceeded) / (servers / mean_service_time - arrival_rate)

    def excess(wait: float) -> float:
        tail = share_waiting_longer(
            arrival_rate=arrival_rate,
            mean_service_time=mean_service_time,
            servers=servers,
            threshold=wait,
            mean_patience=mean_patience,
        )
        return tail - exceeded

    high = mean_service_time / servers
    while excess(high) > 0:
        high *= 2
    return float(brentq(excess, 0.0, high, xtol=1e-14 * high, rtol=1e-14))


# ------------------------------------------------------------------------------------------------------------- checks


def check_servers(servers: int) -> None:
    """Raises ValueError unless there is a whole number of servers, at least one."""
    if isinstance(servers, bool) or not math.isfinite(servers) or servers != int(servers) or servers < 1:
        raise ValueError(f"the number of servers must be a whole number of at least 1, not {servers}.")


def check_queue(arrival_rate: float, mean_service_time: float, servers: int, mean_patience: float | None = None) -> float:
    """The offered load in erlangs.  Raises ValueError for impossible numbers, and for a queue that would grow without end."""
    if not (math.isfinite(arrival_rate) and arrival_rate >= 0):
        raise ValueError(f"the arrival rate must be a number that is not negative, not {arrival_rate}.")
    if not (math.isfinite(mean_service_time) and mean_service_time > 0):
        raise ValueError(f"the mean service time must be a positive number, not {mean_service_time}.")
    if mean_patience is not None and not (math.isfinite(mean_patience) and mean_patience > 0):
        raise ValueError(f"the mean patience must be a positive number, or None for endless patience, not {mean_patience}.")
    check_servers(servers)
    load = arrival_rate * mean_service_time
    if mean_patience is None and load >= servers:
        raise ValueError(
            f"the queue is unstable: {load:g} erlangs of work for {servers} servers make it grow without end; "
            f"give at least {math.floor(load) + 1} servers, or a patience."
        )
    return load


# ------------------------------------------------------------------------------------------- the weight of the full house


def _in_patiences(arrival_rate: float, mean_service_time: float, servers: int, mean_patience: float) -> tuple[float, float]:
    return servers * mean_patience / mean_service_time, arrival_rate * mean_patience


def _leaving_share(arrival_rate: float, mean_service_time: float, servers: int, mean_patience: float) -> float:
    """Share of those who have to wait that leave, in a form without cancellation on either side of rho = 1."""
    x, y = _in_patiences(arrival_rate, mean_service_time, servers, mean_patience)
    if y == 0.0:
        return 1.0 / (x + 1)
    if y > x:
        return (y - x + x * math.exp(-_log_weight(x, y))) / y
    weights = _weights(x, y)
    return float(np.arange(len(weights)) @ weights / weights.sum() / y)


def _log_weight(x: float, y: float) -> float:
    """log A(x, y): by its series of falling terms when y <= x, else from the incomplete gamma function."""
    if y <= x:
        return math.log(_weights(x, y).sum())
    log_share = math.log(gammainc(x, y))
    if x < 100:
        return float(gammaln(x + 1) + y - x * math.log(y) + log_share)
    stirling = 0.5 * math.log(2 * math.pi * x) + 1 / (12 * x) - 1 / (360 * x**3)
    return (y - x) - x * math.log(y / x) + stirling + log_share


def _weights(x: float, y: float) -> np.ndarray:
    """Terms of A(x, y) for y <= x, down to 1e-18 of the first: weights of 0, 1, 2, ... people waiting, shape (n,)."""
    if y == 0.0:
        return np.ones(1)
    parts, log_last, start, length = [np.ones(1)], 0.0, 1, 256
    while log_last > -41.5:
        with np.errstate(under="ignore"):
            log_terms = log_last + np.cumsum(np.log(y / (x + np.arange(start, start + length))))
            parts.append(np.exp(log_terms))
        log_last, start, length = float(log_terms[-1]), start + length, 2 * length
    return np.concatenate(parts)
