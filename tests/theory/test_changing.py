"""Theory beyond one steady state: any patience, groups, approximations by name, rates that change; against exact answers and each other."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulation.laws import make_law
from simulation.theory import approximations, batches, changing, daytime, erlang, general, patience

# ---- any law of patience ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "servers", "mean"), [(1.0, 8, 10.0), (1.2, 8, 5.0), (0.5, 1, 3.0), (30.0, 200, 20.0)])
def test_exponential_patience_is_erlang_a(rate: float, servers: int, mean: float) -> None:
    given = {"arrival_rate": rate, "mean_service_time": 7.0, "servers": servers}
    found = patience.queue(**given, survival=lambda x: math.exp(-x / mean))

    assert found.mean_wait == pytest.approx(erlang.mean_wait(**given, mean_patience=mean), rel=1e-5)
    assert found.abandonment_probability == pytest.approx(erlang.abandonment_probability(**given, mean_patience=mean), rel=1e-5)
    assert found.delay_probability == pytest.approx(erlang.delay_probability(**given, mean_patience=mean), rel=1e-5)
    assert found.abandonment_probability == pytest.approx(found.mean_wait / mean, rel=1e-5)


def test_endless_patience_is_erlang_c_and_must_be_stable() -> None:
    given = {"arrival_rate": 1.0, "mean_service_time": 7.0, "servers": 8}

    assert patience.queue(**given, survival=lambda x: 1.0).mean_wait == pytest.approx(erlang.mean_wait(**given), rel=1e-5)
    with pytest.raises(ValueError, match="give more servers"):
        patience.queue(**{**given, "servers": 7}, survival=lambda x: 1.0)


def test_everybody_leaves_who_waits_just_so_long() -> None:
    """M/M/1 + D by its own closed form: P(leave) = (1 - rho) rho f / (1 - rho^2 f) with f = e^{-(mu - lambda) d}."""
    rate, pace, d = 0.8, 1.0, 2.0
    found = patience.queue(arrival_rate=rate, mean_service_time=1 / pace, servers=1, survival=lambda x: float(x < d))
    fallen = math.exp(-(pace - rate) * d)

    exact = (1 - rate / pace) * rate / pace * fallen / (1 - (rate / pace) ** 2 * fallen)
    assert found.abandonment_probability == pytest.approx(exact, rel=2e-4)


# ---- groups, approximations ----------------------------------------------------------------------------------------------------------


def test_groups_before_one_server_wait_as_the_formula_says() -> None:
    """M^X/M/1: L = rho (1 + E[X^2] / E[X]) / (2 (1 - rho))."""
    sizes = {1: 0.5, 2: 0.3, 5: 0.2}
    first, second = (sum(n**k * share for n, share in sizes.items()) for k in (1, 2))
    rate, mean = 0.05, 7.0
    load = rate * first * mean
    inside = load * (1 + second / first) / (2 * (1 - load))

    wait = batches.mean_wait(group_rate=rate, sizes=sizes, mean_service_time=mean, servers=1)
    assert wait == pytest.approx(inside / (rate * first) - mean, rel=1e-9)


def test_groups_of_one_are_erlang_c() -> None:
    wait = batches.mean_wait(group_rate=1.0, sizes={1: 1.0}, mean_service_time=7.0, servers=8)

    assert wait == pytest.approx(erlang.mean_wait(arrival_rate=1.0, mean_service_time=7.0, servers=8), rel=1e-9)
    with pytest.raises(ValueError, match="add to 1"):
        batches.mean_wait(group_rate=1.0, sizes={1: 0.5}, mean_service_time=1.0, servers=8)


@pytest.mark.parametrize("name", approximations.NAMES)
def test_approximations_are_exact_where_they_must_be(name: str) -> None:
    one = {"arrival_rate": 0.1, "mean_service_time": 7.0, "servers": 1}
    many = {"arrival_rate": 1.0, "mean_service_time": 7.0, "servers": 8}

    for cv in (0.0, 0.5, 1.0, 1.5):
        exact = general.mean_wait(arrival_rate=0.1, mean_service_time=7.0, cv=cv)
        assert approximations.mean_wait(name, **one, cv=cv) == pytest.approx(exact, rel=1e-6)
    assert approximations.mean_wait(name, **many, cv=1.0) == pytest.approx(erlang.mean_wait(**many), rel=1e-9)
    fixed = general.mean_wait_deterministic(arrival_rate=1.0, service_time=7.0, servers=8)
    assert approximations.mean_wait(name, **many, cv=0.0) == pytest.approx(fixed, rel=1e-9 if name == "kimura" else 0.15)


# ---- rates that change ---------------------------------------------------------------------------------------------------------------


def test_slots_fine_enough_give_the_load_of_the_wave() -> None:
    slot = 0.01
    rates = [100 + 20 * math.sin((n + 0.5) * slot) for n in range(3000)]
    load = changing.offered_load(rates, slot, make_law("exponential", mean=1.0), np.array([8 * math.pi + math.pi / 2]))

    assert load[0] == pytest.approx(110.0, rel=1e-4)


def test_the_load_of_any_law_ends_at_the_rate_times_the_mean() -> None:
    for law in (make_law("lognormal", mean=7.0, cv=1.0), make_law("deterministic", value=7.0), make_law("gamma", mean=7.0, cv=0.5)):
        load = changing.offered_load([2.0] * 40, 30.0, law, np.array([3.5, 1200.0]))

        assert load[1] == pytest.approx(14.0, rel=1e-6)
        assert load[0] == pytest.approx(7.0 if law.family == "deterministic" else load[0], rel=1e-6)
        assert 0 < load[0] < 14


def test_the_ways_to_use_a_stationary_formula_differ_as_they_should() -> None:
    """After a morning peak the load lags: a formula fed with the rates sends windows away too early."""
    rates, law = [0.5, 2.0, 2.0, 0.5, 0.5], make_law("exponential", mean=20.0)
    loads = {method: changing.loads_by_slot(method, rates, 30.0, law) for method in changing.METHODS}

    assert loads["psa"] == loads["sipp"] == [10, 40, 40, 10, 10]
    assert loads["mol"][3] > 30 > loads["sipp"][3]
    assert loads["lagged_sipp"] == pytest.approx([10 / 3, 20, 40, 30, 10])

    def one_in_five_waits(rate: float, servers: int) -> bool:
        return erlang.delay_probability(arrival_rate=rate, mean_service_time=20.0, servers=servers) <= 0.2

    by_rate, by_load = (changing.servers_by_slot(method, rates, 30.0, law, one_in_five_waits) for method in ("sipp", "mol"))
    assert by_rate[1] > by_load[1]
    assert by_rate[3] < by_load[3]
    assert changing.servers_by_slot("mol", [0.0, 0.0], 30.0, law, one_in_five_waits) == [0, 0]
    with pytest.raises(ValueError, match="the method is one of"):
        changing.loads_by_slot("guess", rates, 30.0, law)


def test_a_cycle_of_one_rate_is_erlang_c() -> None:
    settled = daytime.cycle(arrival_rates=[1.0, 1.0], slot=30.0, mean_service_time=7.0, servers=8)

    assert settled.mean_wait == pytest.approx(erlang.mean_wait(arrival_rate=1.0, mean_service_time=7.0, servers=8), rel=1e-8)
    with pytest.raises(ValueError, match="grow from day to day"):
        daytime.cycle(arrival_rates=[1.0, 2.0], slot=30.0, mean_service_time=7.0, servers=8)
