"""Layouts compared on the planner's page and cost against wait on the manager's: asked for, and drawn from what a job found."""

from __future__ import annotations

from typing import Any

import pytest

from dashboards import charts, jobs
from dashboards.data import frontiers, halls, layouts
from dashboards.jobs.laid_out import frontier, laying_out, layout, trading
from dashboards.texts import Words
from simulation.faults import BadInput
from simulation.optimisation import find_frontier, study
from simulation.optimisation.costs import with_costs
from tests.dashboards.long_work import stopped, unheard
from tests.dashboards.pages import CHINESE, answers, open_page
from tests.optimisation import test_frontier, test_layouts

pytestmark = pytest.mark.usefixtures("home")

HALL = "potou-2022"


@pytest.fixture(scope="module")
def compared() -> dict[str, Any]:
    priced = with_costs(test_layouts.hall(), ["window_hour=60", "waiting_hour=25", "training=3000"])
    found = study(priced, efficiency=1.0, kinds=["comprehensive", "dedicated", "overflow"], learning=(0.7, 2), delta=0.3, budget=8000)
    return layouts.as_data(found) | {"plan": found.best.plan.to_toml()}


@pytest.fixture(scope="module")
def walked() -> dict[str, Any]:
    found = find_frontier(with_costs(test_frontier.hall(), ["window_hour=40", "waiting_hour=30"]), seed=4)
    return frontiers.as_data(found) | {"plan": found.base.to_toml()}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_layouts_are_shown_with_their_promise(compared: dict[str, Any], language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "look", lambda id: jobs.Job(id, "layout", {}, "done"))
    monkeypatch.setattr(jobs, "result", lambda id: compared)
    test = open_page("planner", language, view="layouts")
    words = Words(language)

    assert answers(test) == [layouts.sentence(words, compared)]
    assert bool(CHINESE.search(answers(test)[0])) == (language == "zh")
    assert layouts.promise(words, compared) in [each.value for each in test.caption]
    table = next(each.value for each in test.dataframe)
    assert list(table.iloc[:, 0]) == [layouts.label(words, each) for each in compared["layouts"]]
    assert {each.key for each in test.get("download_button")} >= {"download_layouts"}
    assert any("◇" in each.label for each in test.number_input), "the loss of speed is an assumption and says so"


def test_what_is_not_separated_is_told_as_a_warning(compared: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "look", lambda id: jobs.Job(id, "layout", {}, "done"))
    monkeypatch.setattr(jobs, "result", lambda id: compared | {"guaranteed": False})

    assert any(each.value.startswith("Not separated") for each in open_page("planner", "en", view="layouts").warning)


def test_asking_starts_a_job_and_a_link_keeps_what_was_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Any] = []
    monkeypatch.setattr(jobs, "start", lambda kind, arguments, who, address: started.append((kind, arguments, address)))
    test = open_page("planner", "en", view="layouts", goal="cost", speed="0.8", sure="0.99", price_window_hour="70")
    test.button(key="compare_layouts").click().run()

    kind, arguments, address = started[0]
    assert kind == "layout"
    assert (arguments["objective"], arguments["efficiency"], arguments["guarantee"]) == ("cost", 0.8, 0.99)
    assert arguments["prices"] == {"window_hour": 70, "overtime_hour": 90, "waiting_hour": 25, "training": 3000}
    assert (address["page"], address["view"], address["goal"]) == ("planner", "layouts", "cost")


def test_the_jobs_refuse_a_scenario_that_changed_and_stop_when_asked() -> None:
    hall = halls.hall(HALL)
    asked = laying_out(hall, [], {}, objective="mean_wait", kinds=["comprehensive"], budget=3000)
    walk = trading(hall, [], {"window_hour": 60}, {})
    for work, arguments in ((layout, asked), (frontier, walk)):
        with pytest.raises(jobs.Stopped):
            work(arguments, stopped)
        with pytest.raises(BadInput):
            work(arguments | {"digest": "0"}, unheard)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_cost_against_wait_stands_on_the_managers_page(walked: dict[str, Any], language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = jobs.look
    monkeypatch.setattr(jobs, "look", lambda id: jobs.Job(id, "frontier", {}, "done") if id else real(id))
    monkeypatch.setattr(jobs, "result", lambda id: walked)
    test = open_page("manager", language, scenario=HALL)

    assert frontiers.sentence(Words(language), walked) in answers(test)
    assert {each.key for each in test.get("download_button")} >= {"download_frontier"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_charts_keep_their_colours(compared: dict[str, Any], walked: dict[str, Any], language: str) -> None:
    words = Words(language)
    rows = layouts.frame(words, compared).rename(columns={"value_low": "low", "value_high": "high"})
    texts = (
        dict.fromkeys(("layout", "value", "low", "high", "verdict"), "x")
        | {each: words(f"layout_{each}") for each in ("best", "equal", "left", "worse")}
        | {"now": words("layout_kind_now")}
    )
    drawn = rows.drop(columns="stands").rename(columns={"verdict": "stands"})[["layout", "stands", "value", "low", "high"]]
    bars = charts.layouts_compared(drawn, texts, language).to_dict()
    assert bars["layer"][0]["encoding"]["color"]["scale"]["domain"][0] == words("layout_best")
    names = dict.fromkeys(("service", "wait", "low", "high"), "x") | {"now": "n", "best": "b"}
    assert len(charts.waits_changed(layouts.waits(words, compared), names, language).to_dict()["layer"]) == 2
    points = frontiers.frame(words, walked)
    shown = points.assign(x=points["cost_windows"], wait=points["mean_wait"], low=0.0, high=9.0, kind="plan")
    keys = dict.fromkeys(("x", "wait", "low", "high", "hours"), "x") | {"plan": "p", "chosen": "c", "now": "n"}
    assert len(charts.cost_against_wait(shown, keys, language).to_dict()["layer"]) == 3
