"""The formulas of simulation.theory give every published and exact value of the truth cases to 1e-4 relative."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from scipy.optimize import minimize_scalar

from simulation.theory import changing, daytime, erlang, finite, general, networks, staffing
from tests.theory.truths import TRUTHS


def single_queue(case: str) -> dict[str, float]:
    """The case's parameters as arguments of the Erlang formulas, in the case's own unit of time."""
    given = TRUTHS[case].parameters
    rate = given.get("lam", given.get("lam_per_min"))
    mean = given.get("mean_service", given.get("mean_service_min", given.get("mean")))
    arguments = {"arrival_rate": rate, "mean_service_time": mean if mean is not None else 1 / given["mu"], "servers": given.get("c", 1)}
    patience = given.get("mean_patience", 1 / given["theta"] if "theta" in given else None)
    return arguments if patience is None else {**arguments, "mean_patience": patience}


CALL_CENTRE = {"arrival_rate": 100 / 30, "mean_service_time": 3.0, "servers": 14}
HALL = {"arrival_rate": 50 / 60, "mean_service_time": 8.0}


def rejected(case: str) -> dict[str, float]:
    given = TRUTHS[case].parameters
    return {
        "arrival_rate": given["lam"],
        "mean_service_time": 1 / given["mu"],
        "servers": given.get("c", 1),
        "places": given["K"],
    }


def pooled_and_separate(case: str) -> list[float]:
    """Two M/M/5 groups of their own; the pooled hall has no closed form and is simulated."""
    given = TRUTHS[case].parameters
    servers = given["s_per_group"]
    rates = [given["rho"] * servers / given[mean] for mean in ("mean1", "mean2")]
    waits = [
        erlang.mean_wait(arrival_rate=rate, mean_service_time=given[mean], servers=servers)
        for rate, mean in zip(rates, ("mean1", "mean2"), strict=True)
    ]
    return [*waits, sum(r * w for r, w in zip(rates, waits, strict=True)) / sum(rates)]


def windows_of_their_own() -> list[float]:
    given = TRUTHS["G10"].parameters
    rates = [rate / 60 for rate in given["lam_per_h"]]
    waits = [general.mean_wait(arrival_rate=rate, mean_service_time=d, cv=0) for rate, d in zip(rates, given["D_min"], strict=True)]
    return [*waits, sum(r * w for r, w in zip(rates, waits, strict=True)) / sum(rates)]


def cafe() -> dict[str, Any]:
    given = TRUTHS["F02"].parameters
    return {
        "external": given["gamma"],
        "routing": given["P"],
        "mean_service_times": [1 / mu for mu in given["mu"]],
        "servers": given["c"],
    }


def tandem() -> dict[str, Any]:
    """Two stages one after the other, one server each."""
    means = [1 / mu for mu in TRUTHS["F20"].parameters["mu"]]
    return {"external": [1, 0], "routing": [[0, 1], [0, 0]], "mean_service_times": means, "servers": [1, 1]}


def day_of_i16() -> list[float]:
    given = TRUTHS["I16"].parameters
    day = daytime.day(
        arrival_rates=[rate / 60 for rate in given["hourly_arrivals"]],
        slot=60,
        mean_service_time=given["mean_service_min"],
        servers=given["windows"],
    )
    return [day.mean_wait(), day.share_waiting_longer(20), day.mean_overtime()]


def saturated(case: str) -> float:
    given = TRUTHS[case].parameters
    return networks.line_throughput(mean_service_times=[1 / mu for mu in given["mu"]], buffer=given["buffer"])


WAVE = {"mean_rate": 100.0, "amplitude": 20.0, "frequency": 1.0, "mean_service_time": 1.0}
"""of I01 and I02"""


def peak_of_the_wave() -> list[float]:
    def load(t: float) -> float:
        return changing.sinusoidal_load(**WAVE, at=t)

    found = minimize_scalar(lambda t: -load(t), bounds=(math.pi / 2, math.pi), method="bounded", options={"xatol": 1e-9})
    return [-found.fun, found.x - math.pi / 2]


def cycle_of_i30() -> list[float]:
    """The rate in slots of three minutes; the time of the peak is known to a slot, which is less than the case's tolerance."""
    given, slot = TRUTHS["I30"].parameters, 0.05
    rates = [given["lbar_per_h"] * (1 + given["rel_amplitude"] * math.sin(2 * math.pi * (n + 0.5) * slot / 24)) for n in range(480)]
    settled = daytime.cycle(arrival_rates=rates, slot=slot, mean_service_time=1 / given["mu_per_h"], servers=given["s"])
    assert (int(settled.queue.argmax()) + 1) * slot == pytest.approx(TRUTHS["I30"].values()[2], abs=slot)
    return [settled.delay_probability, settled.mean_wait]


def fewest_within(threshold: float, target: float, **queue: float) -> int:
    return staffing.fewest_servers(lambda servers: erlang.service_level(servers=servers, threshold=threshold, **queue) >= target, **queue)


ANALYTIC: dict[str, Callable[[], float | list[float]]] = {
    "A01": lambda: erlang.mean_wait(**single_queue("A01")),
    "A02": lambda: erlang.delay_probability(**single_queue("A02")),
    "A03": lambda: erlang.utilisation(**single_queue("A03")),
    "A04": lambda: erlang.mean_wait(**single_queue("A04")),
    "A05": lambda: finite.mean_wait(**rejected("A05")),
    "A06": lambda: erlang.service_level(**CALL_CENTRE, threshold=20 / 60),
    "A07": lambda: erlang.delay_probability(**CALL_CENTRE),
    "A10": lambda: erlang.mean_wait(**single_queue("A10")),
    "A11": lambda: erlang.share_waiting_longer(**single_queue("A11"), threshold=20),
    "A12": lambda: erlang.wait_quantile(**single_queue("A12"), share=0.95),
    "A13": lambda: erlang.mean_queue(**single_queue("A13")),
    "A20": lambda: erlang.mean_wait(arrival_rate=0.1, mean_service_time=8, servers=1),
    "B01": lambda: finite.mean_number(**rejected("B01")),
    "B02": lambda: finite.blocking_probability(**rejected("B02")),
    "B03": lambda: finite.blocking_probability(**rejected("B03")),
    "B04": lambda: erlang.blocking_probability(offered_load=8, servers=10),
    "C01": lambda: general.mean_wait(arrival_rate=0.1, mean_service_time=8, cv=1.2),
    "C02": lambda: general.mean_wait(arrival_rate=0.1, mean_service_time=8, cv=0),
    "C03": lambda: general.mean_queue(arrival_rate=1, mean_service_time=0.8, cv=0.5),
    "C04": lambda: general.mean_queue(arrival_rate=1, mean_service_time=0.8, cv=0),
    "C05": lambda: general.mean_wait(arrival_rate=0.1, mean_service_time=8, cv=1 / math.sqrt(3)),
    "C10": lambda: general.mean_wait_deterministic(arrival_rate=8, service_time=1, servers=10),
    "C11": lambda: general.mean_wait_deterministic(arrival_rate=0.9, service_time=8, servers=8),
    "C12": lambda: general.mean_wait_deterministic(arrival_rate=2.7, service_time=1, servers=3),
    "D01": lambda: erlang.abandonment_probability(**single_queue("D01")),
    "D02": lambda: 60 * erlang.mean_wait(**single_queue("D02")),  # the case's unit is a minute, its answer in seconds
    "D03": lambda: erlang.abandonment_probability(**single_queue("D03")),
    "D04": lambda: erlang.mean_wait(**single_queue("D04")),
    "D05": lambda: erlang.service_level(**single_queue("D05"), threshold=5),
    "E01": lambda: general.mean_waits_by_priority(arrival_rates=[0.25, 0.65], mean_service_times=[8, 8], servers=8),
    "E03": lambda: general.mean_waits_by_priority(arrival_rates=[0.08, 0.05], mean_service_times=[4, 10]),
    "E04": lambda: general.mean_times_by_interrupting_priority(arrival_rates=[0.05, 0.05], mean_service_times=[8, 8]),
    "F01": lambda: networks.arrival_rates(external=cafe()["external"], routing=cafe()["routing"]),
    "F02": lambda: networks.mean_time_in_hall(**cafe()),
    "F20": lambda: networks.mean_time_in_hall(**tandem()),
    "F10": lambda: saturated("F10"),
    "F12": lambda: saturated("F12"),
    "F15": lambda: saturated("F15"),
    "G01": lambda: pooled_and_separate("G01"),
    "G03": lambda: pooled_and_separate("G03"),
    "G10": windows_of_their_own,
    "H04": lambda: erlang.mean_wait(arrival_rate=0.47, mean_service_time=8, servers=4),
    "H12": lambda: erlang.mean_wait(**single_queue("H12")),
    "I01": lambda: changing.sinusoidal_load(**WAVE, at=math.pi / 2),
    "I02": peak_of_the_wave,
    "I16": day_of_i16,
    "I17": lambda: erlang.mean_wait(**single_queue("I17")),
    "I18": lambda: erlang.mean_wait(**single_queue("I18")),
    "I30": cycle_of_i30,
    "M01": lambda: fewest_within(20, 0.95, **HALL),
    "M02": lambda: staffing.fewest_servers(lambda servers: erlang.mean_wait(servers=servers, **HALL) <= 5, **HALL),
    "M04": lambda: staffing.cheapest_servers(lambda servers: servers + 0.5 * erlang.mean_queue(servers=servers, **HALL), **HALL),
    "M10": lambda: staffing.safety_factor(delay_probability=0.05),
    "M12": lambda: staffing.safety_factor(delay_probability=0.2),
    "M15": lambda: staffing.safety_factor(delay_probability=0.5),
    "M20": lambda: [
        staffing.square_root_servers(offered_load=100, delay_probability=0.2),
        staffing.fewest_servers(
            lambda servers: erlang.delay_probability(arrival_rate=100, mean_service_time=1, servers=servers) <= 0.2,
            arrival_rate=100,
            mean_service_time=1,
        ),
    ],
    "M40": lambda: fewest_within(20, 0.8, arrival_rate=100 / 1800, mean_service_time=600),
}
"""truth case -> its value by formula; a list answers the first entries of the case's list"""


@pytest.mark.parametrize("case", ANALYTIC)
def test_a_formula_gives_the_truth(case: str) -> None:
    answer = ANALYTIC[case]()
    answers = answer if isinstance(answer, list) else [answer]

    assert answers == pytest.approx(TRUTHS[case].values()[: len(answers)], rel=1e-4)


def test_a_stationary_formula_is_far_from_the_day_with_peaks() -> None:
    """The guards I17 and I18: Erlang C at the average rate of the I16 day must not be quoted for it."""
    exact = TRUTHS["I16"].values()[0]

    assert exact / erlang.mean_wait(**single_queue("I18")) == pytest.approx(3.335, rel=1e-3)


def test_one_agent_fewer_misses_the_target_of_m40() -> None:
    """The source's fractional Erlang C says "about 39"; 39 agents give 78.97 %."""
    level = erlang.service_level(arrival_rate=100 / 1800, mean_service_time=600, servers=39, threshold=20)

    assert level == pytest.approx(0.7897, abs=5e-5)
