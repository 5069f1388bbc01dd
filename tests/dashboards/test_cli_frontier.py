"""`openhall frontier` as somebody types it."""

from __future__ import annotations

import json

import pytest

from dashboards.data import frontiers
from dashboards.texts import Words
from simulation.optimisation import find_frontier
from simulation.optimisation.costs import with_costs
from simulation.scenario import load_scenario
from tests.optimisation.test_frontier import hall


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    path = tmp_path_factory.mktemp("frontier") / "peak.toml"
    path.write_text(hall().to_toml(), encoding="utf-8")
    return path


def test_the_answer_is_a_sentence_and_a_table(openhall, scenario, tmp_path):
    out, target = tmp_path / "plan.toml", tmp_path / "answer.json"
    done = openhall("frontier", scenario, "--cost", "window_hour=40", "--cost", "waiting_hour=30", "--out", out, "--json", target)
    found = json.loads(target.read_text(encoding="utf-8"))
    plan = load_scenario(out)

    assert done.code == 0
    assert done.out.startswith("Open ")
    assert "CNY ◇" in done.out
    assert "as it is" in done.out
    cheapest = found["points"][found["cheapest"]]
    assert sum(b - a for window in plan.windows for a, b in window.shifts) / 60 == cheapest["window_hours"]
    assert cheapest["cost_a_day"]["total"] < found["now"]["cost_a_day"]["total"]
    assert found["sentence"] == done.out.splitlines()[0]


def test_what_is_refused(openhall, scenario):
    done = openhall("frontier", scenario, "--cost", "window=40", "--seats", "desk=x")

    assert done.code == 2
    assert "Traceback" not in done.err


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_answer_has_words(language):
    words = Words(language)
    data = json.loads(json.dumps(frontiers.as_data(find_frontier(with_costs(hall(), ["window_hour=40", "waiting_hour=30"]), seed=2))))
    said = {frontiers.sentence(words, each) for each in (data, data | {"cheapest": "now"}, data | {"cheapest": None})}
    said |= {frontiers.sentence(words, data | {"cheapest": None, "better": None})}

    assert len(said) == 4
    rows = frontiers.frame(words, data)
    assert rows["is_now"].sum() == 1
    assert words("frontier_cheapest") in set(rows["role"])
