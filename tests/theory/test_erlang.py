"""The Erlang formulas against other routes to the same numbers, at every load, and what they refuse."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betainc
from scipy.stats import poisson

from simulation.theory import daytime, erlang, finite, general, networks, staffing

LOADS = [0.0, 0.01, 1.0, 37.5, 1_000.0, 10_000.0]
ABANDONING = [
    {"arrival_rate": 1.2, "mean_service_time": 8.0, "servers": 10, "mean_patience": 20.0},
    {"arrival_rate": 1.2, "mean_service_time": 8.0, "servers": 10, "mean_patience": 0.05},
    {"arrival_rate": 3.0, "mean_service_time": 8.0, "servers": 10, "mean_patience": 20.0},
    {"arrival_rate": 30.0, "mean_service_time": 8.0, "servers": 10, "mean_patience": 20.0},
    {"arrival_rate": 0.01, "mean_service_time": 8.0, "servers": 1, "mean_patience": 500.0},
    {"arrival_rate": 10.0, "mean_service_time": 1.0, "servers": 10, "mean_patience": 40.0},
]


def birth_and_death(arrival_rate: float, mean_service_time: float, servers: int, mean_patience: float) -> np.ndarray:
    """Law of the number inside M/M/c+M by its detailed balance, up to 20,000 people: the slow and certain way."""
    inside = np.arange(1, 20_001)
    down = np.minimum(inside, servers) / mean_service_time + np.maximum(inside - servers, 0) / mean_patience
    log_weight = np.concatenate([[0.0], np.cumsum(np.log(arrival_rate / down))])
    weight = np.exp(log_weight - log_weight.max())
    return weight / weight.sum()


@pytest.mark.parametrize("load", LOADS)
@pytest.mark.parametrize("spare", [-3.0, -0.5, 0.0, 0.5, 3.0, 30.0])
def test_erlang_b_is_a_truncated_poisson_law(load: float, spare: float) -> None:
    servers = max(1, round(load + spare * math.sqrt(load)))
    exact = poisson.pmf(servers, load) / poisson.cdf(servers, load)

    assert erlang.blocking_probability(offered_load=load, servers=servers) == pytest.approx(exact, rel=1e-8, abs=1e-290)


@pytest.mark.parametrize("load", [0.5, 37.5, 1_000.0, 10_000.0])
@pytest.mark.parametrize("spare", [1e-4, 0.1, 1.0, 3.0])
def test_erlang_c_holds_from_half_an_erlang_to_ten_thousand(load: float, spare: float) -> None:
    servers = math.floor(load + spare * math.sqrt(load)) + 1
    queue = {"arrival_rate": load / 6, "mean_service_time": 6.0, "servers": servers}
    full, below = poisson.pmf(servers, load), poisson.cdf(servers - 1, load)
    exact = full / (full + (1 - load / servers) * below)

    assert erlang.delay_probability(**queue) == pytest.approx(exact, rel=1e-7)
    assert erlang.mean_wait(**queue) == pytest.approx(exact * 6 / (servers - load), rel=1e-7)
    assert erlang.mean_queue(**queue) == pytest.approx(load / 6 * erlang.mean_wait(**queue))


@pytest.mark.parametrize("queue", ABANDONING)
def test_erlang_a_agrees_with_its_balance_equations(queue: dict[str, Any]) -> None:
    share = birth_and_death(**queue)
    waiting = np.maximum(np.arange(len(share)) - queue["servers"], 0) @ share
    busy = np.minimum(np.arange(len(share)), queue["servers"]) @ share

    assert erlang.delay_probability(**queue) == pytest.approx(share[queue["servers"] :].sum(), rel=1e-8)
    assert erlang.mean_queue(**queue) == pytest.approx(waiting, rel=1e-8)
    assert erlang.abandonment_probability(**queue) == pytest.approx(waiting / queue["mean_patience"] / queue["arrival_rate"], rel=1e-8)
    assert erlang.utilisation(**queue) == pytest.approx(busy / queue["servers"], rel=1e-8)


@pytest.mark.parametrize("queue", ABANDONING)
@pytest.mark.parametrize("patiences", [0.01, 0.3, 2.0])
def test_waits_of_erlang_a_agree_with_the_queue_found(queue: dict[str, Any], patiences: float) -> None:
    """Who finds j waiting is held for j + 1 ends at the rates theta (x + k): exp(-theta held) has the law Beta(x, j + 1)."""
    share = birth_and_death(**queue)
    ahead = np.arange(1, len(share) - queue["servers"] + 1)
    x = queue["servers"] * queue["mean_patience"] / queue["mean_service_time"]
    found = share[queue["servers"] :]
    held = found @ betainc(x, ahead, math.exp(-patiences))
    called = 1 - found.sum() + found @ (x / (x + ahead) * (1 - betainc(x + 1, ahead, math.exp(-patiences))))
    threshold = patiences * queue["mean_patience"]

    assert erlang.share_waiting_longer(**queue, threshold=threshold) == pytest.approx(held * math.exp(-patiences), rel=1e-7, abs=1e-200)
    assert erlang.service_level(**queue, threshold=threshold) == pytest.approx(called, rel=1e-8)


@pytest.mark.parametrize("load", [0.5, 37.5, 1_000.0, 10_000.0])
def test_endless_patience_is_the_limit_of_long_patience(load: float) -> None:
    queue = {"arrival_rate": load, "mean_service_time": 1.0, "servers": math.floor(load + 0.5 * math.sqrt(load)) + 1}

    assert erlang.mean_wait(**queue, mean_patience=1e9) == pytest.approx(erlang.mean_wait(**queue), rel=1e-5)
    assert erlang.delay_probability(**queue, mean_patience=1e9) == pytest.approx(erlang.delay_probability(**queue), rel=1e-5)
    assert erlang.wait_quantile(**queue, share=0.95, mean_patience=1e9) == pytest.approx(
        erlang.wait_quantile(**queue, share=0.95), rel=1e-5
    )


def test_an_overloaded_hall_of_ten_thousand_erlangs_loses_the_excess() -> None:
    """With rho = 1.25 the fluid limit is exact to many digits: a fifth leaves, and the queue is a fifth of the arrivals of a patience."""
    queue = {"arrival_rate": 10_000.0, "mean_service_time": 1.0, "servers": 8_000, "mean_patience": 30.0}

    assert erlang.abandonment_probability(**queue) == pytest.approx(0.2, rel=1e-9)
    assert erlang.mean_queue(**queue) == pytest.approx(60_000, rel=1e-9)
    assert erlang.utilisation(**queue) == pytest.approx(1.0, rel=1e-9)


@given(st.floats(0.05, 0.99), st.integers(1, 400), st.floats(0.001, 0.999), st.sampled_from([None, 0.5, 3.0, 200.0]))
@settings(max_examples=60, deadline=None)
def test_a_quantile_of_the_wait_is_exceeded_by_the_rest(ratio: float, servers: int, share: float, patience: float | None) -> None:
    queue: dict[str, Any] = {"arrival_rate": ratio * servers / 4, "mean_service_time": 4.0, "servers": servers, "mean_patience": patience}
    quantile = erlang.wait_quantile(**queue, share=share)

    if quantile > 0:
        assert erlang.share_waiting_longer(**queue, threshold=quantile) == pytest.approx(1 - share, rel=1e-6)
    else:
        assert erlang.delay_probability(**queue) <= 1 - share


@given(st.floats(0.1, 0.95), st.integers(1, 300), st.sampled_from([None, 0.5, 30.0]))
@settings(max_examples=60, deadline=None)
def test_one_server_more_never_makes_the_wait_longer(ratio: float, servers: int, patience: float | None) -> None:
    queue: dict[str, Any] = {"arrival_rate": ratio * servers / 4, "mean_service_time": 4.0, "mean_patience": patience}

    assert erlang.mean_wait(servers=servers + 1, **queue) <= erlang.mean_wait(servers=servers, **queue)


# ------------------------------------------------------------------------------------------------- finite, general, days


def test_a_hall_without_waiting_places_is_erlang_b_and_a_vast_one_erlang_c() -> None:
    queue = {"arrival_rate": 0.9, "mean_service_time": 8.0, "servers": 8}

    assert finite.blocking_probability(**queue, places=8) == pytest.approx(erlang.blocking_probability(offered_load=7.2, servers=8))
    assert finite.mean_wait(**queue, places=2_000) == pytest.approx(erlang.mean_wait(**queue))
    assert finite.service_level(**queue, places=2_000, threshold=20) == pytest.approx(erlang.service_level(**queue, threshold=20))
    assert finite.utilisation(**queue, places=2_000) == pytest.approx(0.9)
    assert finite.mean_queue(**queue, places=2_000) == pytest.approx(erlang.mean_queue(**queue))


def test_a_finite_hall_of_ten_thousand_erlangs_turns_the_excess_away() -> None:
    queue = {"arrival_rate": 10_000.0, "mean_service_time": 1.0, "servers": 8_000, "places": 9_000}

    assert finite.blocking_probability(**queue) == pytest.approx(0.2, rel=1e-9)
    assert finite.mean_number(**queue) == pytest.approx(9_000 - 4, rel=1e-3)  # the empty places are geometric with ratio 0.8: 4 on average


def test_one_deterministic_server_is_pollaczek_khinchine() -> None:
    for load in (0.1, 0.5, 0.9, 0.999):
        assert general.mean_wait_deterministic(arrival_rate=load, service_time=1.0, servers=1) == pytest.approx(
            general.mean_wait(arrival_rate=load, mean_service_time=1.0, cv=0)
        )


@pytest.mark.parametrize(("load", "servers"), [(1.2, 2), (2.7, 3), (7.2, 8), (92.0, 100), (990.0, 1_000)])
def test_both_exact_forms_of_m_d_c_agree(load: float, servers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = {"arrival_rate": load / 5, "service_time": 5.0, "servers": servers}
    by_spitzer = (general.mean_wait_deterministic(**queue), general.delay_probability_deterministic(**queue))
    monkeypatch.setattr(general, "SPITZER_TERMS", 0)
    by_roots = (general.mean_wait_deterministic(**queue), general.delay_probability_deterministic(**queue))

    assert by_roots == pytest.approx(by_spitzer, rel=1e-7)


def test_priority_classes_share_the_wait_of_the_common_queue() -> None:
    """Kleinrock's conservation law: the load-weighted mean wait does not depend on who is first."""
    waits = general.mean_waits_by_priority(arrival_rates=[0.2, 0.3, 0.4], mean_service_times=[8, 8, 8], servers=8)
    common = erlang.mean_wait(arrival_rate=0.9, mean_service_time=8, servers=8)

    assert (0.2 * waits[0] + 0.3 * waits[1] + 0.4 * waits[2]) / 0.9 == pytest.approx(common)


def test_who_may_interrupt_never_meets_the_others() -> None:
    """The first class has a server of its own; the work in the hall is that of one queue, so the last class of two pays for it."""
    rates, means, cvs = [0.03, 0.06], [5.0, 10.0], [1.0, 0.4]
    first, second = general.mean_times_by_interrupting_priority(arrival_rates=rates, mean_service_times=means, cvs=cvs)
    work = sum(rate * mean**2 * (1 + cv**2) / 2 for rate, mean, cv in zip(rates, means, cvs, strict=True)) / (1 - 0.15 - 0.6)

    assert first == pytest.approx(erlang.mean_wait(arrival_rate=0.03, mean_service_time=5, servers=1) + 5)
    assert second == pytest.approx((work + 10) / (1 - 0.15)), "the work found, and what comes before it meanwhile"


def test_a_network_is_its_queues_and_a_loop_is_a_longer_visit() -> None:
    """Whoever may come back with share p makes 1 / (1 - p) stops on average, each in the queue that all stops make together."""
    loop = {"external": [0.3], "routing": [[0.4]], "mean_service_times": [1.5], "servers": [2]}
    stop = erlang.mean_wait(arrival_rate=0.5, mean_service_time=1.5, servers=2) + 1.5

    assert networks.arrival_rates(external=[0.3], routing=[[0.4]]) == pytest.approx([0.5])
    assert networks.mean_times(**loop) == pytest.approx([stop])
    assert networks.mean_time_in_hall(**loop) == pytest.approx(stop / 0.6)


def test_a_long_steady_day_tends_to_erlang_c() -> None:
    day = daytime.day(arrival_rates=[0.3] * 50, slot=2_000, mean_service_time=8, servers=4)
    queue = {"arrival_rate": 0.3, "mean_service_time": 8.0, "servers": 4}

    assert day.mean_wait() == pytest.approx(erlang.mean_wait(**queue), rel=1e-3)
    assert day.share_waiting_longer(5) == pytest.approx(erlang.share_waiting_longer(**queue, threshold=5), rel=1e-3)


def test_a_day_of_one_server_and_one_short_rush_is_known_by_hand() -> None:
    """In a vanishing slot with two citizens on average the n-th one there finds n - 1 others: overtime is their mean work, two services."""
    day = daytime.day(arrival_rates=[2e6], slot=1e-6, mean_service_time=3, servers=1)

    assert day.mean_overtime() == pytest.approx(6.0, rel=1e-5)
    assert day.mean_wait() == pytest.approx(3.0, rel=1e-5)  # of n citizens the mean wait is 3 (n - 1) / 2; E[n (n - 1)] / E[n] = 2


# ------------------------------------------------------------------------------------------------------------- refusals

REFUSED = [
    (
        lambda: erlang.mean_wait(arrival_rate=1.0, mean_service_time=8.0, servers=8),
        "the queue is unstable: 8 erlangs of work for 8 servers make it grow without end; give at least 9 servers, or a patience.",
    ),
    (
        lambda: general.mean_wait_deterministic(arrival_rate=3.0, service_time=1.0, servers=2),
        "the queue is unstable: 3 erlangs of work for 2 servers make it grow without end; give at least 4 servers, or a patience.",
    ),
    (
        lambda: erlang.mean_wait(arrival_rate=-1.0, mean_service_time=8.0, servers=8),
        "the arrival rate must be a number that is not negative, not -1.0.",
    ),
    (
        lambda: erlang.mean_wait(arrival_rate=1.0, mean_service_time=math.nan, servers=9),
        "the mean service time must be a positive number, not nan.",
    ),
    (
        lambda: erlang.delay_probability(arrival_rate=1.0, mean_service_time=1.0, servers=2, mean_patience=0.0),
        "the mean patience must be a positive number, or None for endless patience, not 0.0.",
    ),
    (
        lambda: erlang.blocking_probability(offered_load=1.0, servers=0),
        "the number of servers must be a whole number of at least 1, not 0.",
    ),
    (
        lambda: erlang.blocking_probability(offered_load=1.0, servers=math.inf),  # type: ignore[arg-type]
        "the number of servers must be a whole number of at least 1, not inf.",
    ),
    (
        lambda: erlang.blocking_probability(offered_load=math.inf, servers=2),
        "the offered load must be a number of erlangs that is not negative, not inf.",
    ),
    (
        lambda: erlang.wait_quantile(arrival_rate=1.0, mean_service_time=1.0, servers=2, share=1.0),
        "the share of a quantile must lie in 0 <= share < 1, not 1.0.",
    ),
    (
        lambda: finite.mean_number(arrival_rate=1.0, mean_service_time=1.0, servers=3, places=2),
        "the places inside must be a whole number of at least the 3 at the servers, not 2.",
    ),
    (
        lambda: general.mean_wait(arrival_rate=0.5, mean_service_time=1.0, cv=-0.1),
        "the coefficient of variation must be a number that is not negative, not -0.1.",
    ),
    (
        lambda: general.mean_waits_by_priority(arrival_rates=[1, 1], mean_service_times=[1, 2], servers=8),
        "several servers with priorities have an exact answer only when all classes share one exponential law.",
    ),
    (
        lambda: general.mean_times_by_interrupting_priority(arrival_rates=[0.1, 0.1], mean_service_times=[5, 5]),
        "the queue would grow without end",
    ),
    (
        lambda: networks.arrival_rates(external=[1.0, 0.0], routing=[[0.0, 1.0], [1.0, 0.0]]),
        "whoever comes to some of the services is sent on for ever; leave a share for those who go home.",
    ),
    (
        lambda: networks.arrival_rates(external=[1.0], routing=[[1.1]]),
        "the shares that go on must not be negative and must add to at most 1 for each service.",
    ),
    (
        lambda: networks.mean_times(external=[1.0], routing=[[0.0]], mean_service_times=[1.0, 1.0], servers=[2]),
        "give one mean service time and one number of servers for each service.",
    ),
    (
        lambda: networks.arrival_rates(external=[0.0], routing=[[0.0]]),
        "arrival rates must be numbers that are not negative, at least one of them positive.",
    ),
    (
        lambda: networks.arrival_rates(external=[1.0], routing=[[0.0, 0.0]]),
        "give one arrival rate for each service, and for each service the share that goes on to each.",
    ),
    (
        lambda: staffing.fewest_servers(lambda servers: False, arrival_rate=1.0, mean_service_time=1.0),
        "do not keep this promise; give a target that more servers can reach.",
    ),
    (
        lambda: daytime.day(arrival_rates=[0.0], slot=60, mean_service_time=8, servers=1),
        "arrival rates must be numbers that are not negative, at least one of them positive.",
    ),
]


@pytest.mark.parametrize(("ask", "sentence"), REFUSED)
def test_an_impossible_queue_is_refused_with_a_sentence(ask: Any, sentence: str) -> None:
    with pytest.raises(ValueError) as refusal:
        ask()

    assert sentence in str(refusal.value)
