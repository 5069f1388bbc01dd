"""The load of a hall, worked out by hand, and what must hold for any hall."""

from __future__ import annotations

from datetime import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.load import load_of, share_evenly
from simulation.scenario import parse


def hall(windows: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """Two services: 12 an hour of 5 minutes (1 erlang), 6 an hour of 10 minutes (1 erlang), for ten hours."""
    services = [
        {"id": id, "name": {"zh": id, "en": id}, "service_min": {"family": "exponential", "mean": mean}, "arrivals_per_hour": rate}
        for id, mean, rate in (("short", 5, 12), ("long", 10, 6))
    ]
    return {"schema": 1, "name": "x", "horizon": {"minutes": 600, "warm_up": 0}, "services": services, "windows": windows} | more


def test_offered_load_is_rate_times_mean_service_time() -> None:
    load = load_of(parse(hall([{"id": "w", "count": 4, "serves": ["*"]}]), "x"))

    assert [each.offered_load for each in load.services] == pytest.approx([1, 1])
    assert load.arrivals == pytest.approx(180)
    assert load.rostered == 2400
    assert load.utilisation == pytest.approx(0.5)


def test_efficiency_slows_the_windows_and_not_the_offered_load() -> None:
    load = load_of(parse(hall([{"id": "w", "count": 4, "serves": ["*"], "efficiency": 0.8}]), "x"))

    assert load.offered_load == pytest.approx(2)
    assert load.utilisation == pytest.approx(0.5 / 0.8)


def test_shared_windows_relieve_dedicated_ones_only_as_far_as_their_skills_reach() -> None:
    """One window for long work alone, one for short alone, one for both: all two thirds full. Without the last, both are full."""
    apart = [{"id": "s", "serves": ["short"]}, {"id": "l", "serves": ["long"]}]

    assert [g.utilisation for g in load_of(parse(hall(apart), "x")).groups] == pytest.approx([1, 1])
    assert [g.utilisation for g in load_of(parse(hall([*apart, {"id": "b", "serves": ["*"]}]), "x")).groups] == pytest.approx([2 / 3] * 3)


def test_the_busiest_stretch_is_told_apart_from_the_mean() -> None:
    day = {
        "schema": 1,
        "name": "x",
        "opening": [{"from": time(9), "to": time(11), "at_end": "serve_all"}],
        "services": [
            {
                "id": "one",
                "name": {"zh": "一", "en": "one"},
                "service_min": {"family": "deterministic", "value": 6},
                "arrivals_per_hour": [5, 5, 20, 10],
            }
        ],
        "windows": [{"id": "w", "serves": ["*"]}],
    }
    load = load_of(parse(day, "x"))

    assert load.services[0].offered_load == pytest.approx(1)
    assert load.services[0].busiest_load == pytest.approx(2)


def test_who_waits_at_the_doors_counts_when_they_open() -> None:
    """Six at the doors and six in the first half-hour, of five minutes each: 60 minutes of work in 30."""
    service = {"id": "one", "name": {"zh": "一", "en": "one"}, "service_min": {"family": "deterministic", "value": 5}}
    day = {
        "schema": 1,
        "name": "x",
        "opening": [{"from": time(9), "to": time(11), "early_min": 20, "at_end": "serve_all"}],
        "services": [service | {"arrivals_per_hour": 12, "early_arrivals": 6}],
        "windows": [{"id": "w", "count": 2, "serves": ["*"]}],
    }
    load = load_of(parse(day, "x"))

    assert load.services[0].offered_load == pytest.approx(30 * 5 / 120)
    assert load.services[0].busiest_load == pytest.approx(2)


def test_work_without_a_rostered_window_has_no_utilisation() -> None:
    assert share_evenly(np.array([10.0, 5.0]), np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([100.0, 0.0])) is None


def test_a_group_without_roster_stays_at_zero() -> None:
    shared = share_evenly(np.array([50.0]), np.array([[1.0], [1.0]]), np.array([100.0, 0.0]))

    assert shared is not None
    assert shared.tolist() == pytest.approx([0.5, 0])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_sharing_does_all_the_work_and_evens_out_wherever_skills_allow(data: st.DataObject) -> None:
    """All work is done; and of two groups that can serve the same service, the fuller one is never the one that could hand work over."""
    groups, services = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
    numbers = st.floats(0.1, 10)
    able = np.array(data.draw(st.lists(st.lists(st.booleans(), min_size=services, max_size=services), min_size=groups, max_size=groups)))
    able[0] |= ~able.any(axis=0)
    work = np.array(data.draw(st.lists(numbers, min_size=services, max_size=services)))
    rostered = np.array(data.draw(st.lists(numbers, min_size=groups, max_size=groups)))
    shared = share_evenly(work, able.astype(float), rostered)

    assert shared is not None
    assert shared @ rostered == pytest.approx(work.sum(), rel=1e-6)
    for members in range(1, 2**groups):
        inside = np.array([bool(members >> g & 1) for g in range(groups)])
        only_theirs = work[able[inside].any(axis=0) & ~able[~inside].any(axis=0)].sum()
        assert shared[inside].max(initial=0) >= only_theirs / rostered[inside].sum() - 1e-6, "some window must be at least this full"
    bottleneck = max(
        work[list(np.flatnonzero(chosen))].sum() / rostered[able[:, chosen].any(axis=1)].sum()
        for number in range(1, 2**services)
        if (chosen := np.array([bool(number >> s & 1) for s in range(services)])).any()
    )
    assert shared.max() == pytest.approx(bottleneck, rel=1e-6), "the busiest is exactly as full as its own work makes it"
