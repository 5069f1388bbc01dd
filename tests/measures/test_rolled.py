"""Results by class of citizens and by service of the file: over all the lines that these have."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from simulation import compare, demand_from_citizens, draw_demand, experiment, measure, serve
from simulation.measures import quantile_of
from simulation.scenario import Scenario, parse
from simulation.tickets import SERVED
from tests.scenario.test_people import PEOPLE, document
from tests.scenario.test_shipped import shipped


@pytest.fixture(scope="module")
def hall() -> Scenario:
    return parse(document())


def test_a_day_is_rolled_up_from_its_tickets(hall: Scenario) -> None:
    tickets, _ = serve(hall, draw_demand(hall, 7))
    found = measure(hall, tickets)
    of = np.array([each.of for each in hall.services])[tickets.service]
    wait = tickets.called - tickets.arrival

    assert set(found.by_class) == {"public", "agent", "elder"}
    assert set(found.by_item) == {"tax", "seal", "passport", "start-up", "moving"}
    for groups, mine in ((found.by_class, np.array([each.id for each in hall.classes])[tickets.klass]), (found.by_item, of)):
        for name, values in groups.items():
            chosen = mine == name
            served = chosen & (tickets.outcome == SERVED)
            queued = wait[served]
            assert values["served"] == np.sum(served)
            assert values["mean_wait_served"] == pytest.approx(queued.mean())
            assert values["p90_wait"] == quantile_of(np.sort(queued), 0.9)
            assert values["longest_wait"] == pytest.approx(np.nanmax(tickets.wait[chosen]))
    for name in ("served", "arrivals"):
        assert sum(values[name] for values in found.by_class.values()) == found[name]
        assert sum(values[name] for values in found.by_item.values()) == found[name]


def test_an_experiment_gives_them_with_intervals_and_in_json(hall: Scenario) -> None:
    result = experiment(hall, replications=20, seed=1)
    day = experiment(hall, replications=1, seed=1)
    tickets, _ = serve(hall, draw_demand(hall, 1))

    assert day.by_class["agent"]["mean_wait"].value == pytest.approx(measure(hall, tickets).by_class["agent"]["mean_wait"])
    agents = result.by_class["agent"]["mean_wait"]
    assert agents.low < agents.value < agents.high
    whole = sum(each["served"].value for each in result.by_class.values())
    assert whole == pytest.approx(result.measures["served"].value)
    told = result.to_dict()
    assert set(told["by_class"]) == {"public", "agent", "elder"}
    assert told["by_item"]["tax"]["p90_wait"]["value"] == result.by_item["tax"]["p90_wait"].value


def test_a_plan_is_compared_by_class(hall: Scenario) -> None:
    plan = parse(tomllib.loads(PEOPLE.replace('id = "public"\ncount = 4', 'id = "public"\ncount = 7')))
    found = compare(hall, plan, replications=20, seed=1)

    assert found.by_class["public"]["mean_wait"].verdict == "lower"
    assert found.by_class["public"]["mean_wait"].value == pytest.approx(
        found.plan.by_class["public"]["mean_wait"].value - found.base.by_class["public"]["mean_wait"].value
    )
    assert found.to_dict()["difference"]["by_item"]["tax"]["mean_wait"]["value"] < 0


def test_a_hall_of_one_class_and_plain_services_has_none() -> None:
    scenario = shipped("shuangqiao-2018")
    result = experiment(scenario, replications=2, seed=1)

    assert (result.by_class, result.by_item) == ({}, {})
    assert not {"by_class", "by_item"} & set(result.to_dict())


def test_the_citizens_file_of_a_day_may_name_the_class(hall: Scenario, tmp_path: Path) -> None:
    file = tmp_path / "day.csv"
    file.write_text("arrival,service,work_min,class\n1,tax,5,agent\n2,tax,5,\n3,passport,5,agent\n", encoding="utf-8")
    tickets, _ = serve(hall, demand_from_citizens(hall, file))

    assert [hall.services[s].id for s in tickets.service] == ["tax:agent", "tax", "passport"], "no line for agents with passports"
    assert [hall.classes[k].id for k in tickets.klass] == ["agent", "public", "agent"]
