"""Named streams: what changes one thing changes no other draw, and no two streams know of each other.

Seeds are fixed; a sound generator fails p = 1e-4 for one seed in ten thousand.
"""

from __future__ import annotations

import copy
import math
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from scipy import stats

from simulation import draw_demand
from simulation.demand import Demand
from simulation.scenario import parse
from simulation.streams import uniforms

UNLIKELY = 1e-4
RATES = [6.0, 30.0, 18.0, 2.0]


def document() -> dict[str, Any]:
    """Three services whose citizens draw everything there is to draw."""
    return {
        "schema": 1,
        "name": "streams",
        "horizon": {"minutes": 240, "cycle_min": 240},
        "services": [
            {
                "id": id,
                "service_min": {"family": "lognormal", "mean": 6, "cv": 0.8},
                "patience_min": {"family": "exponential", "mean": 30},
                "balking": [{"queue": 3, "share": 0.5}],
                "returns": {"share": 0.5, "after_days": 1},
                "arrivals_per_hour": list(RATES),
            }
            for id in ("permit", "tax", "estate")
        ],
        "windows": [{"id": "w", "count": 3, "serves": ["*"]}],
    }


def draws_of(scenario_document: dict[str, Any], service: str, seed: int = 5) -> dict[str, np.ndarray]:
    """Everything drawn for the citizens of one service, in order of arrival."""
    scenario = parse(scenario_document, "streams")
    demand: Demand = draw_demand(scenario, seed, 2, 1)
    mine = demand.tasks.service == [s.id for s in scenario.services].index(service)
    return {
        "arrival": demand.citizens.arrival[mine],
        "returns": demand.citizens.returns[mine],
        "work": demand.tasks.work[mine][:, 0],
        "patience": demand.tasks.patience[mine],
        "balking": demand.tasks.balking[mine],
    }


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return all(np.array_equal(one[name], other[name]) for name in one)


def change_a_rate(plan: dict[str, Any]) -> None:
    plan["services"][0]["arrivals_per_hour"] = [60.0, 0.0, 5.0, 5.0]


def change_a_law(plan: dict[str, Any]) -> None:
    plan["services"][0]["service_min"] = {"family": "gamma", "mean": 9, "cv": 2.0}


def change_patience(plan: dict[str, Any]) -> None:
    del plan["services"][0]["patience_min"]


def change_balking(plan: dict[str, Any]) -> None:
    del plan["services"][0]["balking"]
    del plan["services"][0]["returns"]


def remove_a_service(plan: dict[str, Any]) -> None:
    del plan["services"][0]


def add_a_service(plan: dict[str, Any]) -> None:
    plan["services"].insert(0, {"id": "new", "service_min": {"family": "exponential", "mean": 3}, "arrivals_per_hour": list(RATES)})


def add_windows(plan: dict[str, Any]) -> None:
    plan["windows"].append({"id": "more", "count": 4, "serves": ["*"], "efficiency": 1.2})


def change_the_order(plan: dict[str, Any]) -> None:
    plan["services"].reverse()


CHANGES = [change_a_rate, change_a_law, change_patience, change_balking, remove_a_service, add_a_service, add_windows, change_the_order]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_leaves_every_draw_of_the_other_services_untouched(change: Any) -> None:
    plan = copy.deepcopy(document())
    change(plan)

    for service in ("tax", "estate"):
        assert same(draws_of(document(), service), draws_of(plan, service))


def test_a_change_of_its_rate_keeps_the_marks_of_the_k_th_citizen() -> None:
    """More of them come, at other times; the k-th is the same person."""
    plan = copy.deepcopy(document())
    change_a_rate(plan)
    before, after = draws_of(document(), "permit"), draws_of(plan, "permit")
    both = min(len(before["arrival"]), len(after["arrival"]))

    assert both > 20
    assert not np.array_equal(before["arrival"][:both], after["arrival"][:both])
    for mark in ("work", "patience", "balking", "returns"):
        assert np.array_equal(before[mark][:both], after[mark][:both])


def test_a_change_of_law_keeps_the_rank_of_every_citizen() -> None:
    """One stored draw under every law: who had the longest service under one has the longest under the other."""
    plan = copy.deepcopy(document())
    change_a_law(plan)

    assert np.array_equal(np.argsort(draws_of(document(), "permit")["work"]), np.argsort(draws_of(plan, "permit")["work"]))


def test_the_same_names_give_the_same_day_and_other_names_another() -> None:
    scenario = parse(document(), "streams")
    one, again = draw_demand(scenario, 5, 2, 1), draw_demand(scenario, 5, 2, 1)
    for table in (one.citizens, one.tasks):
        for column in fields(table):
            other = getattr(again.citizens if table is one.citizens else again.tasks, column.name)
            assert getattr(table, column.name).tobytes() == other.tobytes(), column.name
    for seed, replication, day in ((6, 2, 1), (5, 3, 1), (5, 2, 2)):
        another = draw_demand(scenario, seed, replication, day)
        assert not np.intersect1d(one.citizens.arrival, another.citizens.arrival).size


def test_the_marks_of_a_citizen_do_not_depend_on_each_other() -> None:
    """Rank correlation between every two of arrival gap, work, patience, balking and returning draw, and between services."""
    plan = document()
    for service in plan["services"]:
        service["arrivals_per_hour"] = 3000.0
    plan["horizon"] = {"minutes": 240}
    tables = [draws_of(plan, service) for service in ("permit", "tax", "estate")]
    count = min(len(table["work"]) for table in tables) - 1
    columns = [np.diff(values)[:count] if name == "arrival" else values[:count] for table in tables for name, values in table.items()]
    depends = stats.spearmanr(np.array(columns), axis=1).statistic[np.triu_indices(len(columns), 1)]

    assert count > 10_000
    assert np.max(np.abs(depends)) < 5 / math.sqrt(count)


@pytest.mark.parametrize("along", ["draw", "replication", "day", "seed", "name"])
def test_draws_are_uniform_along_every_part_of_a_stream_s_name(along: str) -> None:
    """First draws of 4,000 streams that differ in one part of the name only, and 4,000 draws of one stream."""
    count = 4_000
    if along == "draw":
        draws = uniforms(7, "work", "permit", count)
    elif along == "name":
        draws = np.array([uniforms(7, "work", f"service-{k}", 1)[0] for k in range(count)])
    elif along == "seed":
        draws = np.array([uniforms(k, "work", "permit", 1)[0] for k in range(count)])
    else:
        draws = np.array([uniforms(7, "work", "permit", 1, **{along: k})[0] for k in range(count)])
    pairs = np.histogram2d(draws[:-1], draws[1:], bins=10, range=[[0, 1], [0, 1]])[0].ravel()

    assert len(np.unique(draws)) == count
    assert 0 < draws.min() < draws.max() < 1
    assert stats.kstest(draws, "uniform").pvalue > UNLIKELY
    assert stats.chisquare(pairs).pvalue > UNLIKELY
    assert abs(np.corrcoef(draws[:-1], draws[1:])[0, 1]) < 4 / math.sqrt(count)


def test_many_draws_fill_the_unit_interval_evenly() -> None:
    draws = uniforms(11, "arrival", "permit", 1_000_000)
    low_bits = (draws * 2**52).astype(np.int64) % 1024

    assert stats.chisquare(np.bincount((draws * 1000).astype(np.int64), minlength=1000)).pvalue > UNLIKELY
    assert stats.chisquare(np.bincount(low_bits, minlength=1024)).pvalue > UNLIKELY
