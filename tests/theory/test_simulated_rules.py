"""Rules of the hall against exact chains: any patience, groups, breakdowns, appointments, tidal windows.

As in `test_simulated`, the exact number must lie inside the 99.9 % interval, and the interval must be narrow enough to show 3 %.
"""

from __future__ import annotations

from datetime import time

import numpy as np
import pytest
from scipy.stats import lognorm, poisson

from simulation import experiment
from simulation.experiment import Result
from simulation.laws import make_law
from simulation.scenario import parse
from simulation.theory import batches, general, patience
from tests.halls import Document
from tests.theory.runs import service, steady, windows

TOLERANCE = 0.03


def check(result: Result, measure: str, exact: float, window: str = "") -> None:
    found = (result.by_window[window] if window else result.measures)[measure]
    assert found.low <= exact <= found.high, f"{measure} is {found.value:.5g} ({found.low:.5g} to {found.high:.5g}), exact {exact:.5g}"
    assert (found.high - found.low) / 2 < TOLERANCE * exact, f"{measure}: too noisy to see an error"


def run(document: Document, replications: int, seed: int) -> Result:
    return experiment(parse(document), replications=replications, seed=seed, level=0.999)


def steady_state(rates: np.ndarray) -> np.ndarray:
    """The long-run law of a chain given its rates from row to column."""
    generator = rates - np.diag(rates.sum(axis=1))
    equations = np.vstack([generator.T, np.ones(len(rates))])
    return np.linalg.lstsq(equations, np.append(np.zeros(len(rates)), 1.0), rcond=None)[0]


def test_a_patience_of_any_law() -> None:
    """Lognormal patience, and more work than the windows can do."""
    law = make_law("lognormal", mean=12.0, cv=0.5)
    mu, sigma = law.parameters
    queue = {"arrival_rate": 1.1, "mean_service_time": 7.0, "servers": 7}
    exact = patience.queue(**queue, survival=lambda x: float(lognorm.sf(x, sigma, scale=np.exp(mu))))
    given = {"family": "lognormal", "mean": 12.0, "cv": 0.5}
    found = run(steady([service("s", 1.1, 7.0, patience_min=given)], [windows("w", 7)], 60_000), 32, 41)

    check(found, "mean_wait", exact.mean_wait)
    check(found, "reneged_share", exact.abandonment_probability)
    check(found, "delayed_share", exact.delay_probability)


def test_citizens_who_come_in_groups() -> None:
    sizes = {1: 0.5, 2: 0.3, 5: 0.2}
    exact = batches.mean_wait(group_rate=0.4, sizes=sizes, mean_service_time=7.0, servers=8)
    groups = [{"size": size, "share": share} for size, share in sizes.items()]
    found = run(steady([service("s", 0.4, 7.0, batch=groups)], [windows("w", 8)], 100_000), 80, 42)

    check(found, "mean_wait", exact)


def test_a_window_that_breaks_down() -> None:
    """M/M/1 that fails whether it works or not, and is repaired; the interrupted are finished (White and Christie 1958)."""
    arrivals, service_time, between, repair, most = 0.1, 6.0, 100.0, 20.0, 400
    rates = np.zeros((2 * most, 2 * most))  # people inside, and most further on where the window is broken
    for n in range(most):
        for broken in (0, 1):
            here = n + broken * most
            rates[here, n + (1 - broken) * most] = 1 / (repair if broken else between)
            if n + 1 < most:
                rates[here, here + 1] = arrivals
        if n:
            rates[n, n - 1] = 1 / service_time
    people = steady_state(rates).reshape(2, most).sum(axis=0) @ np.arange(most)
    fails, mends, pace = 1 / between, 1 / repair, 1 / service_time
    closed = arrivals * ((fails + mends) ** 2 + fails * pace) / ((fails + mends) * (pace * mends - arrivals * (fails + mends)))
    assert people == pytest.approx(closed, rel=1e-6), "the chain is theirs"
    trouble = {"between_min": {"family": "exponential", "mean": between}, "repair_min": {"family": "exponential", "mean": repair}}
    found = run(steady([service("s", arrivals, service_time)], [windows("w", 1, breakdown=trouble)], 100_000), 160, 43)

    check(found, "mean_in_hall", people)


def test_appointments_of_whom_some_do_not_come() -> None:
    """One place every ten minutes, four in five come on the minute, six minutes of exponential service: the embedded chain of the day."""
    step, service_time, comes, slots = 10, 6.0, 0.8, 60
    inside, waited, came = np.eye(1, slots + 1)[0], 0.0, 0.0
    done = poisson.pmf(np.arange(slots + 1), step / service_time)
    for _ in range(slots):
        waited += comes * (inside @ np.arange(slots + 1)) * service_time
        came += comes
        after = (1 - comes) * inside + comes * np.append(0.0, inside[:-1])
        inside = np.array([sum(after[n + k] * done[k] for k in range(slots + 1 - n)) for n in range(slots + 1)])
        inside[0] = 1 - inside[1:].sum()
    document = {
        "schema": 1,
        "name": "booked",
        "opening": [{"from": time(8), "to": time(18), "at_end": "serve_all"}],
        "services": [
            {
                "id": "s",
                "service_min": {"family": "exponential", "mean": service_time},
                "booking": {"step_min": step, "places": 1, "no_show": 1 - comes},
            }
        ],
        "windows": [{"id": "w", "serves": ["*"]}],
    }
    found = run(document, 12_000, 44)

    check(found, "mean_wait", waited / came)


def test_a_tidal_window() -> None:
    """A window of its own kind beside one that is always open: opens when four wait, closes when it is free and nobody does."""
    arrivals, service_time, opens_at, most = 0.13, 8.0, 4, 300
    rates = np.zeros((2 * most, 2 * most))  # people inside while it is closed, and most further on while it is open
    pace = 1 / service_time
    for n in range(most):
        closed, is_open = n, most + n
        if n <= opens_at:
            rates[closed, closed + 1 if n < opens_at else most + n + 1] = arrivals
            if n:
                rates[closed, closed - 1] = pace
        if n >= 1:
            if n < most - 1:
                rates[is_open, is_open + 1] = arrivals
            if n >= 3:
                rates[is_open, is_open - 1] = 2 * pace
            elif n == 2:
                rates[is_open, is_open - 1] = pace  # the other is idle now
                rates[is_open, 1] = pace  # it closes, the other goes on
            else:
                rates[is_open, 0] = pace
    reached = [*range(opens_at + 1), *range(most + 1, 2 * most)]
    law = steady_state(rates[np.ix_(reached, reached)])
    people = law @ np.array([n % most for n in reached])
    open_share = law[opens_at + 1 :].sum()
    groups = [windows("own", 1), windows("tide", 1, tidal={"open_queue": opens_at})]
    found = run(steady([service("s", arrivals, service_time)], groups, 60_000), 32, 45)

    check(found, "mean_in_hall", people)
    check(found, "open_windows", 1 + open_share)
    check(found, "utilisation", 1.0, "tide-1")  # it is never idle while it is open


def test_a_window_that_wraps_up_after_each_citizen() -> None:
    """M/G/1 whose service is the citizen's time and the window's own after it: most wrap-ups are short, some are long."""
    arrivals, service_time, law = 0.08, 5.0, make_law("lognormal", mean=1.5, cv=2.0)
    taken = service_time + law.mean
    cv = np.sqrt(service_time**2 + (law.mean * law.cv) ** 2) / taken
    exact = general.mean_wait(arrival_rate=arrivals, mean_service_time=taken, cv=float(cv))
    given = {"family": "lognormal", "mean": 1.5, "cv": 2.0}
    found = run(steady([service("s", arrivals, service_time)], [windows("w", 1, wrap_up_min=given)], 100_000), 160, 46)

    check(found, "mean_wait", exact)
    check(found, "utilisation", arrivals * taken)
    check(found, "serving_share", arrivals * service_time)
    by_mean = general.mean_wait(arrival_rate=arrivals, mean_service_time=taken, cv=service_time / taken)
    assert by_mean < found.measures["mean_wait"].low, "the mean of the pauses alone would say less"


@pytest.mark.parametrize(
    ("lasts", "cv"), [({"family": "exponential", "mean": 5.0}, 1.0), ({"family": "gamma", "mean": 5.0, "cv": 2.0}, 2.0)]
)
def test_a_window_that_is_left_while_idle(lasts: dict[str, float], cv: float) -> None:
    """M/G/1 with spells away: the decomposition, which no chain of ours enters."""
    arrivals, service_time, share = 0.1, 4.0, 0.45
    exact = general.mean_wait_where_idle_is_left(
        arrival_rate=arrivals, mean_service_time=service_time, cv=1.0, share_away=share, mean_away=5.0, cv_away=cv
    )
    group = windows("w", 1, away_when_idle={"share": share, "lasts_min": lasts})
    found = run(steady([service("s", arrivals, service_time)], [group], 60_000), 128, 47)

    check(found, "mean_wait", exact)
    check(found, "utilisation", arrivals * service_time)


def test_windows_that_are_left_while_idle() -> None:
    """Two windows, either of which may be left: the chain of people inside and windows away."""
    arrivals, service_time, share, mean, most = 0.25, 6.0, 0.5, 8.0, 300
    pace, back = 1 / service_time, 1 / mean
    leaving = share / ((1 - share) * mean)
    rates = np.zeros((3 * most, 3 * most))  # people inside, and most further on for each window away
    for away in range(3):
        for n in range(most):
            here, busy = n + away * most, min(n, 2 - away)
            if n + 1 < most:
                rates[here, here + 1] = arrivals
            if busy:
                rates[here, here - 1] = busy * pace
            if away:
                rates[here, here - most] = away * back
            if away < 2 and busy < 2 - away:
                rates[here, here + most] = (2 - away - busy) * leaving
    people = steady_state(rates).reshape(3, most).sum(axis=0) @ np.arange(most)
    group = windows("w", 2, away_when_idle={"share": share, "lasts_min": {"family": "exponential", "mean": mean}})
    found = run(steady([service("s", arrivals, service_time)], [group], 60_000), 64, 48)

    check(found, "mean_in_hall", people)
