"""Every long answer on a Dask cluster: what is asked there is what is found here, to the bit."""

from __future__ import annotations

import json
from datetime import date, time
from functools import partial
from typing import Any

import numpy as np
import pytest

from simulation.experiment import experiment
from simulation.experiment.cluster import join
from simulation.optimisation.batches import Figure, observe, trial_of
from simulation.scenario import Scenario, parse
from tests.district.test_district import DISTRICT, HALL

UNTOLD = ("seconds", "seconds_search")
"""how long it took is no part of an answer"""


def hall(**demand: Any) -> Scenario:
    services = [
        {"id": id, "service_min": {"family": "exponential", "mean": 5.0}, "arrivals_per_hour": [20.0, 30.0, 20.0, 10.0]}
        for id in ("a", "b")
    ]
    return parse(
        {
            "schema": 1,
            "name": "hall",
            "opening": [{"from": time(9), "to": time(11), "at_end": "serve_all"}],
            "demand": demand,
            "services": services,
            "windows": [{"id": "w", "count": 5, "serves": ["*"]}],
        }
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("files")
    (folder / "hall.toml").write_text(HALL, encoding="utf-8")
    (folder / "district.toml").write_text(DISTRICT, encoding="utf-8")
    return folder


def test_batches_of_plans_are_the_same_on_a_cluster(site):
    figures = (Figure("mean_wait"), Figure("p90_wait", "a"), Figure("utilisation"))
    trials = [trial_of(hall(day_cv=cv), figures, seed=3) for cv in (0.1, 0.3)]
    told: list[int] = []
    with join(site.address) as cluster:
        there = observe(trials, 2, 21, cluster, told.append)

    assert np.array_equal(there, observe(trials, 2, 21))
    assert sum(told) == 2 * 19 * 8


def test_a_calendar_by_strata_is_the_same_on_a_cluster(site):
    scenario = hall(starts=date(2026, 1, 5), weekday={"mon": 2.0, "fri": 0.5})
    with join(site.address) as cluster:
        there = experiment(scenario, replications=17, days=8, workers=cluster)

    assert there.unit == "day_in_stratum"
    assert there.to_dict() == experiment(scenario, replications=17, days=8).to_dict()


@pytest.mark.parametrize(
    "command",
    [
        ("cases", "huangshi-2019-projects", "--days", 3, "--replications", 3),
        ("formulas", "hall.toml", "--replications", 24),
        ("district", "district.toml", "--plan", "down"),
        ("layout", "hall.toml", "--kind", "dedicated", "--budget", 3000),
        ("frontier", "hall.toml"),
    ],
    ids=lambda command: command[0],
)
def test_a_command_says_the_same_whoever_did_the_work(openhall, site, files, monkeypatch, command):
    monkeypatch.chdir(files) if command[1].endswith(".toml") else None
    monkeypatch.setattr("simulation.optimisation.frontier.CONFIRM", 4)
    monkeypatch.setattr("simulation.optimisation.frontier.STEPS", 2)
    here, there = openhall(*command, "--json", "-"), openhall(*command, "--json", "-", "--scheduler", site.address)

    assert here.code == there.code
    assert there.err.replace(here.err, "") == "", "nothing is said that is not said here"
    read = partial(json.loads, object_hook=lambda found: {key: value for key, value in found.items() if key not in UNTOLD})
    assert read(there.out) == read(here.out)


@pytest.mark.parametrize(
    "command",
    [
        ("cases", "huangshi-2019-projects"),
        ("formulas", "potou-2022"),
        ("district", "potou-2022"),
        ("layout", "potou-2022"),
        ("frontier", "potou-2022"),
        ("size", "shuangqiao-new-hall"),
        ("staff", "potou-2022", "--target", "mean_wait <= 9"),
        ("simulate", "potou-2022"),
    ],
    ids=lambda command: command[0],
)
def test_a_command_without_its_cluster_is_refused_in_a_sentence(openhall, command):
    done = openhall(*command, "--scheduler", "tcp://127.0.0.1:1")

    assert done.code == 2
    assert done.out == ""
    assert done.err.startswith("--scheduler: no Dask scheduler answers at 'tcp://127.0.0.1:1'")
    assert "Traceback" not in done.err


def test_a_cluster_that_nothing_would_be_asked_of_is_refused(openhall, tmp_path):
    done = openhall("size", "shuangqiao-new-hall", "--quick", "--scheduler", "tcp://127.0.0.1:1")
    assert (done.code, done.err.split(":")[0]) == (2, "--scheduler")
    assert "--quick" in done.err
