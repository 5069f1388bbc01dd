"""Window-hours against waiting: no plan told is beaten, every plan is what it says, and prices choose among them."""

from __future__ import annotations

import tomllib
from datetime import time
from typing import Any

import pytest

from simulation import experiment
from simulation.faults import BadInput
from simulation.optimisation import Frontier, find_frontier
from simulation.optimisation.costs import with_costs
from simulation.optimisation.table import half_hours_of
from simulation.scenario import Scenario, parse


def hall(**more: Any) -> Scenario:
    """Two hours with a peak; three windows all the time."""
    return parse(
        {
            "schema": 1,
            "name": "peak",
            "opening": [{"from": time(9), "to": time(11), "at_end": "serve_all"}],
            "services": [{"id": "card", "service_min": {"family": "exponential", "mean": 5.0}, "arrivals_per_hour": [10, 50, 30, 10]}],
            "windows": [{"id": "desk", "count": 3, "serves": ["*"]}],
        }
        | more
    )


@pytest.fixture(scope="module")
def found() -> Frontier:
    return find_frontier(hall(costs={"window_hour": 40, "waiting_hour": 30}), seed=4)


def test_more_hours_always_buy_a_shorter_wait(found: Frontier) -> None:
    hours, waits = [each.hours for each in found.points], [each.wait.value for each in found.points]

    assert len(found.points) >= 6
    assert hours == sorted(set(hours))
    assert waits == sorted(set(waits), reverse=True)
    assert waits[0] > found.now.wait.value > waits[-1]


def test_a_window_in_the_peak_saves_more_than_the_last_one(found: Frontier) -> None:
    saved = [each.saved for each in found.points if each.saved is not None]

    assert found.points[0].saved is None
    assert all(each > 0 for each in saved)
    assert saved[0] > 3 * saved[-1]


def test_a_plan_is_what_it_says(found: Frontier) -> None:
    point = found.points[len(found.points) // 2]
    plan = found.plan(point)
    wait = experiment(plan, replications=800, seed=99).measures["mean_wait"]

    assert sum(b - a for window in plan.windows for a, b in window.shifts) / 60 == point.hours
    assert point.wait.low - 0.5 < wait.value < point.wait.high + 0.5
    assert parse(tomllib.loads(plan.to_toml())).windows == plan.windows
    assert point.most_open == max(point.open["desk"])
    assert len(found.half_hours) == len(half_hours_of(plan)) == len(point.open["desk"])
    assert found.plan(found.now) is found.base


def test_with_no_more_hours_the_wait_can_be_shorter(found: Frontier) -> None:
    """Three windows all day are too many before and after the peak."""
    assert found.now.hours == 6
    assert found.better is not None
    assert found.better.hours <= 6
    assert found.better.wait.value < found.now.wait.value
    assert found.leaner is not None
    assert found.leaner.hours < 6


def test_the_price_of_waiting_chooses() -> None:
    cheap, dear = (find_frontier(with_costs(hall(), ["window_hour=40", f"waiting_hour={price}"]), seed=4).cheapest for price in (1, 400))

    assert cheap is not None
    assert dear is not None
    assert dear.cost_against_now is not None
    assert dear.cost_against_now.high < 0, "clearly cheaper, not by luck"
    assert cheap.hours < dear.hours
    assert cheap.cost is not None
    assert cheap.cost["windows"] == pytest.approx(40 * cheap.hours)
    assert cheap.cost["waiting"] == pytest.approx(cheap.waited.value)
    assert cheap.cost["total"] == pytest.approx(sum(cheap.cost[part] for part in ("windows", "overtime", "waiting", "training")))


def test_without_prices_none_is_the_cheapest() -> None:
    found = find_frontier(hall(), seed=4)

    assert found.cheapest is None
    assert found.now.cost is None


def test_a_horizon_has_no_half_hours() -> None:
    document = {key: value for key, value in hall().document.items() if key != "opening"} | {"horizon": {"minutes": 100}}
    document["services"] = [{**document["services"][0], "arrivals_per_hour": 10}]

    with pytest.raises(BadInput, match="has a horizon"):
        find_frontier(parse(document))


def test_progress_may_stop() -> None:
    class Stop(Exception):
        pass

    def told(stage: str, done: int) -> None:
        if stage == "confirm":
            raise Stop

    with pytest.raises(Stop):
        find_frontier(hall(), progress=told)
