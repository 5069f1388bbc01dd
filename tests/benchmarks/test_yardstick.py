"""Both engines give the yardstick's waits, ticket by ticket, on the fixed workloads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks.yardstick import Yardstick, prepare, waits

MINUTES = 1e-5


@pytest.fixture(scope="session")
def yardstick(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Yardstick:
    return prepare(shared, tmp_path_factory.mktemp("yardstick"))


def test_the_kernel_gives_the_yardstick_s_waits_on_one_queue_of_a_million(yardstick: Yardstick) -> None:
    np.testing.assert_allclose(waits("kernel", yardstick.w1), yardstick.w1_wait, rtol=0, atol=MINUTES)


def test_the_kernel_gives_the_yardstick_s_waits_in_a_hall_of_250_days(yardstick: Yardstick) -> None:
    np.testing.assert_allclose(waits("kernel", yardstick.w2), yardstick.w2_wait, rtol=0, atol=MINUTES)


def test_the_reference_engine_gives_the_yardstick_s_waits_on_one_queue(yardstick: Yardstick) -> None:
    """The first 20,000 of the million: later citizens change nothing for them."""
    part = yardstick.w1.citizens(20_000)

    np.testing.assert_allclose(waits("simpy", part), yardstick.w1_wait[: len(part)], rtol=0, atol=MINUTES)


def test_the_reference_engine_gives_the_yardstick_s_waits_in_a_hall(yardstick: Yardstick) -> None:
    part = yardstick.w2.days(8)

    np.testing.assert_allclose(waits("simpy", part), yardstick.w2_wait[: len(part)], rtol=0, atol=MINUTES)
