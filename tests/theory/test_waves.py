"""Halls whose rate goes up and down for ever give the exact load, delays, waits and times of the peak."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulation import experiment
from simulation.experiment import Result
from simulation.scenario import parse
from tests.halls import Document
from tests.theory.truths import TRUTHS


def wave(minutes: float, mean: float, amplitude: float, slots: int, service: float, windows: int, cycles: int) -> Document:
    """A rate (citizens an hour) that goes round once in so many minutes, constant in each slot at the rate of its middle."""
    rates = [mean + amplitude * math.sin(2 * math.pi * (n + 0.5) / slots) for n in range(slots)]
    return {
        "schema": 1,
        "name": "wave",
        "horizon": {"minutes": minutes * (cycles + 1), "warm_up": minutes, "cycle_min": minutes},
        "services": [{"id": "s", "service_min": {"family": "exponential", "mean": service}, "arrivals_per_hour": rates}],
        "windows": [{"id": "w", "count": windows, "serves": ["*"]}],
    }


def course(result: Result, measure: str, harmonics: int) -> np.ndarray:
    """A measure over the cycle at ten thousand moments: as many harmonics of its slots as say all but the noise."""
    values = np.array([slot[measure].value for slot in result.by_half_hour.values()])
    waves = np.fft.rfft(values) / len(values)
    at = (np.arange(10_000) / 10_000 - 0.5 / len(values))[:, None] * 2 * np.pi  # a slot's value belongs to its middle
    kept = np.arange(1, harmonics + 1)
    return waves[0].real + 2 * (waves[kept] * np.exp(1j * at * kept)).real.sum(axis=1)


def test_the_load_of_a_hall_with_windows_for_everybody_lags_behind_the_demand() -> None:
    """An hour of service, a rate of 100 + 20 sin t an hour with t in hours."""
    hour = wave(2 * math.pi * 60, 100, 20, 60, 60.0, 200, 400)
    inside = course(experiment(parse(hour), replications=16, seed=31), "mean_in_hall", 1)
    at_peak_of_demand, (peak, lag) = TRUTHS["I01"], TRUTHS["I02"].values()

    assert inside[2500] == pytest.approx(at_peak_of_demand.values()[0], rel=at_peak_of_demand.tolerance)
    assert inside.max() == pytest.approx(peak, rel=TRUTHS["I02"].tolerance)
    assert (int(inside.argmax()) - 2500) / 10_000 * 2 * math.pi == pytest.approx(lag, abs=0.05)


def test_a_hall_whose_days_repeat_themselves_waits_as_the_forward_equations_say() -> None:
    given, case = TRUTHS["I30"].parameters, TRUTHS["I30"]
    rate = given["lbar_per_h"]
    document = wave(1440, rate, rate * given["rel_amplitude"], 96, 60 / given["mu_per_h"], given["s"], 1000)
    result = experiment(parse(document), replications=48, seed=32, level=0.999)
    delayed, wait, peak = case.values()

    for measure, exact in (("delayed_share", delayed), ("mean_wait", 60 * wait)):
        found = result.measures[measure]
        assert found.low <= exact <= found.high, measure
        assert (found.high - found.low) / 2 < case.tolerance * exact, f"{measure}: too noisy to see an error"
    assert int(course(result, "mean_queue", 4).argmax()) / 10_000 * 24 == pytest.approx(peak, rel=case.tolerance)
