"""A block of days in one compiled call gives what the days one by one give, to the bit."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulation import compare, experiment, load_scenario
from simulation.measures.layout import layout_of
from simulation.scenario import Scenario, parse
from tests.halls import Document, full_halls, peopled_halls, plain_halls

blocks: Any = sys.modules["simulation.experiment.blocks"]
pipeline: Any = sys.modules["simulation.experiment.pipeline"]

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
QUICK = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def potou() -> Scenario:
    return load_scenario(SCENARIOS / "potou-2022.toml")


def goes_through(scenario: Scenario) -> bool:
    return pipeline.plain_plans((scenario,), (layout_of(scenario),), 1) is not None


def day_by_day(run: Any) -> dict[str, Any]:
    """The answer with the pipeline out of use."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "plain_plans", lambda *_: None)
        return dict(run().to_dict())


@st.composite
def carrying_halls(draw: st.DrawFn) -> Document:
    """Halls that the pipeline takes, most of which send somebody home who comes again, or want a paper more."""
    document = draw(plain_halls())
    for service in document["services"]:
        if service["service_min"]["family"] in ("gamma", "erlang", "empirical"):
            service["service_min"] = {"family": "lognormal", "mean": 6, "cv": 0.5}
        if service.get("patience_min", {}).get("family") in ("gamma", "erlang", "empirical"):
            service["patience_min"] = {"family": "weibull", "shape": 1.5, "scale": 9}
        if draw(st.booleans()):
            service["incomplete"] = {"share": 0.3, "after_days": draw(st.integers(1, 2))}
    return document


def test_random_halls_give_the_same_answer_in_blocks_and_day_by_day() -> None:
    carried = 0

    @QUICK
    @given(carrying_halls(), st.integers(0, 10**6), st.sampled_from([1, 3, 4]), st.sampled_from([1, 2]))
    def check(document: Document, seed: int, days: int, workers: int) -> None:
        nonlocal carried
        scenario = parse(document, "random hall")
        assert goes_through(scenario)

        def run() -> Any:
            return experiment(scenario, replications=9, days=days, seed=seed, workers=workers)

        found = run()
        assert found.to_dict() == day_by_day(run)
        carried += found.unit == "replication" and not scenario.horizon

    check()
    assert carried > 10, "hardly anybody comes again"


def test_whatever_full_hall_is_let_in_gives_the_same_answer() -> None:
    """A rule or a draw that the pipeline does not know must keep a hall from it."""

    @QUICK
    @given(st.one_of(full_halls(), peopled_halls()), st.integers(0, 10**6))
    def check(document: Document, seed: int) -> None:
        only_drawn = {"batch", "cases", "then", "booking", "companions", "incomplete", "absence", "breakdown"}
        rules = {"balking", "quota", "overflow", "wrap_up_min", "start_up_min", "at_shift_end", "at_break", "break_lasts"}
        rules |= {"tidal", "covers", "announced"}
        document["rules"] = {key: value for key, value in document["rules"].items() if key == "lines"}
        for part in ("services", "windows"):
            for number, row in enumerate(document[part]):
                for key in (rules | (only_drawn if (seed + number) % 3 else set())) & set(row):
                    row.pop(key)
                if part == "windows":
                    row.pop("service_min", None)
        scenario = parse(document, "random hall")

        def run() -> Any:
            return experiment(scenario, replications=3, days=2, seed=seed)

        assert run().to_dict() == day_by_day(run)

    check()


def test_classes_and_services_of_several_lines_are_added_up_as_day_by_day(potou: Scenario) -> None:
    classes = [{"id": "elderly", "share": 0.2, "priority": -1}, {"id": "agents", "share": 0.1, "service_factor": 0.8}]
    scenario = parse({**potou.document, "classes": classes}, "classes")
    assert goes_through(scenario)

    def run() -> Any:
        return experiment(scenario, replications=9, days=2)

    found = run().to_dict()
    assert found["by_class"]
    assert found == day_by_day(run)


def test_a_layout_that_says_more_than_the_pipeline_reads_keeps_a_hall_from_it(potou: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "READ_OF_LAYOUT", pipeline.READ_OF_LAYOUT - {"rolled"})

    assert not goes_through(potou)


@pytest.mark.parametrize("days", [1, 3])
def test_two_plans_side_by_side_give_the_same_answer_as_day_by_day(potou: Scenario, days: int) -> None:
    more = load_scenario(SCENARIOS / "potou-2022-thirty-seats.toml")  # the same citizens, other windows
    slower = parse({**potou.document, "services": _slower(potou)}, "slower")  # other draws

    for plan in (more, slower):

        def run(plan: Scenario = plan) -> Any:
            return compare(potou, plan, replications=10, days=days)

        assert run().to_dict() == day_by_day(run)


def _slower(scenario: Scenario) -> list[Any]:
    first, *rest = scenario.document["services"]
    return [{**first, "service_min": {**first["service_min"], "mean": 12}}, *rest]


def test_days_counted_at_once_give_the_same_answer_as_days_that_are_kept(potou: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    def run() -> Any:
        return experiment(potou, replications=9, days=2)

    kept = run().to_dict()
    monkeypatch.setattr(blocks, "MOST_KEPT", 0)

    assert run().to_dict() == kept
    assert day_by_day(run) == kept


def test_a_day_with_more_citizens_than_there_is_room_for_is_run_again_with_more_room(
    potou: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = experiment(potou, replications=3, days=2).to_dict()
    made = pipeline.plain_plans

    def cramped(*of: Any) -> Any:
        return tuple(plan._replace(chances=plan.chances._replace(room=100)) for plan in made(*of))

    monkeypatch.setattr(blocks, "plain_plans", cramped)

    assert experiment(potou, replications=3, days=2).to_dict() == wanted


def test_what_is_drawn_in_another_way_or_served_by_another_loop_is_not_let_in(potou: Scenario) -> None:
    def changed(**more: Any) -> Scenario:
        first, *rest = potou.document["services"]
        return parse({**potou.document, "services": [{**first, **more}, *rest]}, "changed")

    assert goes_through(potou)
    assert goes_through(changed(incomplete={"share": 0.2, "after_days": 3}))
    assert not goes_through(changed(service_min={"family": "gamma", "mean": 9, "cv": 0.7}))
    assert not goes_through(changed(patience_min={"family": "erlang", "k": 2, "mean": 60}))
    assert not goes_through(changed(cases=[{"count": 2, "share": 1.0}]))
    assert not goes_through(changed(quota=20))
