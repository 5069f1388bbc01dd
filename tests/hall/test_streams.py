"""Random streams belong to names."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.quantiles import normal_quantile
from simulation.streams import next_word, start_stream, stream_key, uniforms


@pytest.mark.parametrize(("replication", "day"), [(0, 0), (3, 5), (2**40, 2**62)])
def test_a_stream_is_sfc64_as_numpy_has_it(replication: int, day: int) -> None:
    state = np.empty(4, np.uint64)
    start_stream(state, stream_key(1, "work", "residence"), replication, day)
    theirs = np.random.SFC64()
    setting = theirs.state
    setting["state"]["state"][:] = state
    theirs.state = setting

    assert [int(next_word(state)) for _ in range(1000)] == [int(word) for word in theirs.random_raw(1000)]


def test_draws_lie_inside_the_open_interval_and_repeat() -> None:
    draws = uniforms(7, "arrival", "card", 200_000, replication=2, day=9)

    assert draws.min() > 0
    assert draws.max() < 1
    assert np.array_equal(draws[:10], uniforms(7, "arrival", "card", 10, replication=2, day=9))


def test_every_part_of_a_name_makes_another_stream() -> None:
    base = {"seed": 1, "purpose": "work", "name": "card", "replication": 0, "day": 0}
    changes = [{}, {"seed": 2}, {"purpose": "patience"}, {"name": "tax"}, {"replication": 1}, {"day": 1}, {"replication": 1, "day": 1}]
    streams = [uniforms(count=4000, **(base | change)) for change in changes]

    correlation = np.corrcoef(streams) - np.eye(len(streams))
    assert np.abs(correlation).max() < 5 / np.sqrt(4000), "five standard errors of no correlation"


def test_days_and_replications_do_not_run_into_each_other() -> None:
    firsts = {uniforms(1, "work", "card", 1, replication, day)[0] for replication in range(100) for day in range(100)}

    assert len(firsts) == 10_000


def test_the_normal_quantile_agrees_with_scipy() -> None:
    from scipy.special import ndtri

    draws = np.concatenate([uniforms(1, "law", "normal", 5000), 10.0 ** -np.arange(1, 300, 7), 1 - 2.0 ** -np.arange(1, 53)])

    ours = np.array([normal_quantile(draw) for draw in draws])
    assert np.allclose(ours, ndtri(draws), rtol=4e-15, atol=1e-15)
