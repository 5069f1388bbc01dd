"""Service times that are not exponential: M/G/1 (Pollaczek and Khinchine; left while idle: Fuhrmann and Cooper), M/G/1 with priorities
(Cobham), M/D/c (Crommelin).

Arrivals Poisson at rate lambda, any unit of time.  Symbols: a = lambda E[S] offered load; c servers; D the fixed service time of M/D/c.

M/D/c, two exact forms, each used where it is accurate:
* every c-th customer meets the same server, so the wait is that of an E_c/D/1 queue, and by Spitzer's identity
  E[W] = sum over l >= 1 of E[(l D - G_l)^+] / l and P(W = 0) = exp(-sum of P(G_l < l D) / l), G_l Erlang(l c, lambda): all terms positive,
  they fall by exp(-c (1 - rho)^2 / 2) and faster, slow only near rho = 1;
* N(t + D) = (N(t) - c)^+ + Poisson(a) gives, with z_k the roots of z^c = exp(a (z - 1)) inside the unit circle,
  Lq = sum over k of 1/(1 - z_k) - (c (c - 1) - a^2) / (2 (c - a)), and P(no wait) = (c - a) / prod(1 - z_k)
  = P(N < c): exact at any load, but it loses digits where the wait is nearly nothing.

Assumes the steady state, first come first served, endless patience.

A service that is interrupted and resumed (preemptive priority): with a_i the load and R_k = sum over i <= k of lambda_i E[S_i^2] / 2,
the k-th class spends E[S_k] / (1 - a_1 - ... - a_{k-1}) + R_k / ((1 - a_1 - ... - a_{k-1})(1 - a_1 - ... - a_k)).

Sources: Gross, Shortle, Thompson and Harris, Fundamentals of Queueing Theory, 4th edition, sections 3.3, 5.1 and 6.1;
Cobham, Priority assignment in waiting line problems, Operations Research 2 (1954);
Franx, A simple solution for the M/D/c waiting time distribution, Operations Research Letters 29 (2001);
Asmussen, Applied Probability and Queues, 2nd edition, chapter VIII (Spitzer's identity).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import gammainc, lambertw

from simulation.theory.erlang import check_queue, delay_probability

SPITZER_TERMS = 50_000
"""above this many terms the roots are used"""


# ---------------------------------------------------------------------------------------------------------------- M/G/1


def mean_wait(*, arrival_rate: float, mean_service_time: float, cv: float) -> float:
    """M/G/1 by Pollaczek and Khinchine.

    cv : coefficient of variation of the service time (0 deterministic, 1 exponential, 1/sqrt(k) Erlang-k).
    Raises ValueError if the queue would grow without end or a number is impossible.
    """
    load = check_queue(arrival_rate, mean_service_time, 1)
    _check_cv(cv)
    return load * mean_service_time * (1 + cv * cv) / (2 * (1 - load))


def mean_queue(*, arrival_rate: float, mean_service_time: float, cv: float) -> float:
    """M/G/1: mean number of people waiting (Little's law)."""
    return arrival_rate * mean_wait(arrival_rate=arrival_rate, mean_service_time=mean_service_time, cv=cv)


def mean_wait_where_idle_is_left(
    *, arrival_rate: float, mean_service_time: float, cv: float, share_away: float, mean_away: float, cv_away: float = 1.0
) -> float:
    """M/G/1 whose server, while idle, goes away at a constant rate for a time of its own, and serves whoever came when it is back.

    share_away : of the time without service that it is away, 0 <= share < 1; the rate of leaving is share / ((1 - share) mean_away).

    Without service the server is idle or away. From an idle time of mean 1 / (lambda + a) it leaves with the chance a / (lambda + a), so
    away and idle time are as a E[V] to 1, whatever comes. At a random moment without service the number in the system is therefore 0 or,
    with the share away, what has come in the elapsed part of V: lambda E[V^2] / (2 E[V]) on average. By decomposition this is added to
    M/G/1, and by Little's law share E[V^2] / (2 E[V]) to its wait.

    Source: Fuhrmann and Cooper, Stochastic decompositions in the M/G/1 queue with generalized vacations, Operations Research 33 (1985);
    Doshi, Queueing systems with vacations: a survey, Queueing Systems 1 (1986).
    """
    if not (0 <= share_away < 1 and mean_away > 0):
        raise ValueError("share_away lies between 0 and 1, and mean_away is above 0.")
    _check_cv(cv_away)
    here = mean_wait(arrival_rate=arrival_rate, mean_service_time=mean_service_time, cv=cv)
    return here + share_away * mean_away * (1 + cv_away**2) / 2


# ------------------------------------------------------------------------------------------------------------ priorities


def mean_waits_by_priority(
    *, arrival_rates: Sequence[float], mean_service_times: Sequence[float], cvs: Sequence[float] | None = None, servers: int = 1
) -> list[float]:
    """Cobham: mean wait of each class, the first class called first, services not interrupted.

    cvs : coefficients of variation, one per class; None means exponential.
    Exact for one server, and for several when all classes share one exponential law; other cases raise ValueError.
    """
    cvs = [1.0] * len(arrival_rates) if cvs is None else list(cvs)
    if not (len(arrival_rates) == len(mean_service_times) == len(cvs) > 0):
        raise ValueError("give one arrival rate, one mean service time and one cv for each class.")
    for cv in cvs:
        _check_cv(cv)
    loads = [rate * mean for rate, mean in zip(arrival_rates, mean_service_times, strict=True)]
    check_queue(sum(arrival_rates), sum(loads) / sum(arrival_rates), servers)
    if servers == 1:
        residual = sum(load * mean * (1 + cv * cv) / 2 for load, mean, cv in zip(loads, mean_service_times, cvs, strict=True))
    elif set(mean_service_times) == {mean_service_times[0]} and set(cvs) == {1.0}:
        delayed = delay_probability(arrival_rate=sum(arrival_rates), mean_service_time=mean_service_times[0], servers=servers)
        residual = delayed * mean_service_times[0] / servers
    else:
        raise ValueError("several servers with priorities have an exact answer only when all classes share one exponential law.")
    waits, before = [], 0.0
    for load in loads:
        after = before + load / servers
        waits.append(residual / ((1 - before) * (1 - after)))
        before = after
    return waits


def mean_times_by_interrupting_priority(
    *, arrival_rates: Sequence[float], mean_service_times: Sequence[float], cvs: Sequence[float] | None = None
) -> list[float]:
    """One server whom a citizen of an earlier class takes away at once, the rest being resumed: mean time in the hall of each class.

    cvs : coefficients of variation, one per class; None means exponential.
    Raises ValueError if the queue would grow without end or a number is impossible.
    """
    cvs = [1.0] * len(arrival_rates) if cvs is None else list(cvs)
    if not (len(arrival_rates) == len(mean_service_times) == len(cvs) > 0):
        raise ValueError("give one arrival rate, one mean service time and one cv for each class.")
    times, before, residual = [], 0.0, 0.0
    for rate, mean, cv in zip(arrival_rates, mean_service_times, cvs, strict=True):
        _check_cv(cv)
        load = check_queue(rate, mean, 1)
        after = before + load
        if after >= 1:
            raise ValueError("the queue would grow without end: the classes bring more work than one server can do.")
        residual += load * mean * (1 + cv * cv) / 2
        times.append(mean / (1 - before) + residual / ((1 - before) * (1 - after)))
        before = after
    return times


# ---------------------------------------------------------------------------------------------------------------- M/D/c


def mean_wait_deterministic(*, arrival_rate: float, service_time: float, servers: int) -> float:
    """M/D/c: mean wait.  Raises ValueError if the queue would grow without end or a number is impossible."""
    load = check_queue(arrival_rate, service_time, servers)
    if load == 0.0:
        return 0.0
    if servers == 1:
        return load * service_time / (2 * (1 - load))
    terms = _spitzer_terms(load, servers)
    if terms is not None:
        mass, work = terms * servers, terms * load  # Erlang stages and Poisson mean of each term
        overshoot = service_time / load * (work * gammainc(mass, work) - mass * gammainc(mass + 1, work))
        return float(np.sum(np.maximum(overshoot, 0.0) / terms))
    roots = _roots(load, servers)
    queue = float(np.sum(1 / (1 - roots)).real) - (servers * (servers - 1) - load * load) / (2 * (servers - load))
    return queue / arrival_rate


def delay_probability_deterministic(*, arrival_rate: float, service_time: float, servers: int) -> float:
    """M/D/c: share of arrivals that have to wait."""
    load = check_queue(arrival_rate, service_time, servers)
    if load == 0.0:
        return 0.0
    terms = _spitzer_terms(load, servers)
    if terms is not None:
        return float(-np.expm1(-np.sum(gammainc(terms * servers, terms * load) / terms)))
    return float(1.0 - (servers - load) * np.exp(-np.sum(np.log(1 - _roots(load, servers)))).real)


def _spitzer_terms(load: float, servers: int) -> np.ndarray | None:
    """l = 1, 2, ... up to where the terms of Spitzer's sums are below 1e-18, shape (n,); None where that is too many."""
    ratio = load / servers
    decay = servers * (ratio - 1 - math.log(ratio))  # Cramer's bound: the l-th term falls below exp(-l decay)
    count = 42 / decay if decay > 0 else math.inf
    return np.arange(1.0, math.ceil(count) + 1) if count <= SPITZER_TERMS else None


def _roots(load: float, servers: int) -> np.ndarray:
    """The c - 1 roots of z^c = exp(a (z - 1)) inside the unit circle, complex, by Lambert's W; shape (servers - 1,)."""
    ratio = load / servers
    turn = np.exp(2j * math.pi * np.arange(1, servers) / servers)
    return np.asarray(-lambertw(-ratio * math.exp(-ratio) * turn) / ratio)


def _check_cv(cv: float) -> None:
    if not (math.isfinite(cv) and cv >= 0):
        raise ValueError(f"the coefficient of variation must be a number that is not negative, not {cv}.")
