"""The fast loop serves what it knows, to the bit as the general loop and the reference engine do, and nothing else."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import time
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulation import draw_demand, load_scenario
from simulation.kernel import features
from simulation.kernel.features import KNOWN, plain_day, plain_hall, rules_beyond
from simulation.numbers import Hall, numbers_of
from simulation.scenario import Scenario, parse
from simulation.serve import visits_of, with_outages
from tests.benchmarks.yardstick import hall_w1, hall_w2
from tests.engines.agreement import disagreement
from tests.halls import Document, Row, days, full_halls, plain_halls

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
Edit = Callable[[Document], Any]


def document() -> Document:
    """Two services, two kinds of window, a lunch break: a hall for the fast loop."""
    law = {"family": "exponential", "mean": 5}
    services = [{"id": each, "service_min": law, "patience_min": law, "arrivals_per_hour": [30] * 4} for each in ("a", "b")]
    return {
        "schema": 1,
        "name": "plain",
        "opening": [
            {"from": time(9), "to": time(10), "at_end": "keep_tickets"},
            {"from": time(11), "to": time(12), "at_end": "serve_all", "early_min": 10},
        ],
        "services": services,
        "windows": [
            {"id": "one", "serves": ["a"], "breaks": [{"from": time(9, 20), "to": time(9, 30)}]},
            {"id": "two", "count": 2, "serves": ["*"], "shifts": [{"from": time(9), "to": time(11, 30)}]},
        ],
    }


RULES: dict[str, Edit] = {
    "cases": lambda d: d["services"][0].update(cases=[{"count": 2, "share": 1.0}]),
    "then": lambda d: d["services"][0].update(then=[{"service": "b", "share": 0.9}]),
    "booking": lambda d: d["services"][0].update(booking={"step_min": 10, "places": 2, "booked": 0.9, "no_show": 0.1}),
    "quota": lambda d: d["services"][0].update(quota=3),
    "balking": lambda d: d["services"][0].update(balking=[{"queue": 1, "share": 0.5}]),
    "overflow": lambda d: d["windows"][0].update(overflow=[{"service": "b", "queue": 2}]),
    "wrap_up": lambda d: d["windows"][0].update(wrap_up_min=1),
    "wrap_up_law": lambda d: d["windows"][0].update(wrap_up_min={"family": "exponential", "mean": 1}),
    "start_up": lambda d: d["windows"][0].update(start_up_min=1),
    "breakdown": lambda d: d["windows"][0].update(
        breakdown={"between_min": {"family": "deterministic", "value": 9}, "repair_min": {"family": "deterministic", "value": 3}}
    ),
    "away": lambda d: d["windows"][0].update(away_when_idle={"share": 0.5, "lasts_min": {"family": "exponential", "mean": 3}}),
    "at_break": lambda d: d["windows"][0].update(at_break="interrupt_resume_same"),
    "at_shift_end": lambda d: d["windows"][1].update(at_shift_end="start_nothing_past"),
    "break_lasts": lambda d: d["windows"][0].update(break_lasts="length"),
    "announced": lambda d: d["services"][0].update(announced=[{"wait_min": 1, "share": 0.5}]),
    "covers": lambda d: d["windows"][0].update(covers=["b"]),
    "tidal": lambda d: d["windows"][0].update(tidal={"open_queue": 2}),
    "last_start": lambda d: d["opening"][0].update(last_start=time(9, 50)),
    "longest_wait": lambda d: d.update(rules={"longest_wait_min": 5}),
    "lines": lambda d: d.update(rules={"lines": "per_window"}),
    "idle_window": lambda d: d.update(rules={"idle_window": "longest_idle"}),
    "urgent_interrupt": lambda d: d.update(rules={"urgent_interrupt": True}),
    "places": lambda d: d.update(rules={"places": 3}),
    "ghost": lambda d: d.update(rules={"ghost_min": 0.5}),
}
"""every rule that the fast loop does not know, alone"""

FREE: dict[str, Edit] = {
    "nothing": lambda d: None,
    "batch": lambda d: d["services"][0].update(batch=[{"size": 1, "share": 0.5}, {"size": 2, "share": 0.5}]),
    "priority": lambda d: d["services"][0].update(priority=1),
    "classes": lambda d: d.update(classes=[{"id": "elderly", "share": 0.2, "priority": -1}]),
    "efficiency": lambda d: d["windows"][1].update(efficiency=0.8),
    "absence": lambda d: d["windows"][0].update(absence=0.5),
    "returns": lambda d: d["services"][0].update(returns={"share": 0.5, "after_days": 1}),
    "last_ticket": lambda d: d["opening"][1].update(last_ticket=time(11, 50)),
    "finish_current": lambda d: d["opening"][0].update(at_end="finish_current"),
}
"""what it knows, or what is drawn before the day"""


def scenario_with(edit: Edit) -> Scenario:
    changed = copy.deepcopy(document())
    edit(changed)
    return parse(changed, "plain")


def goes_to_the_fast_loop(scenario: Scenario) -> bool:
    demand = draw_demand(scenario)
    return plain_hall(with_outages(numbers_of(scenario)[0], demand.windows)) is not None and plain_day(visits_of(demand))


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_the_fast_loop_does_not_know_keeps_the_hall_from_it(rule: str) -> None:
    assert not goes_to_the_fast_loop(scenario_with(RULES[rule]))


@pytest.mark.parametrize("rule", FREE)
def test_what_it_knows_does_not(rule: str) -> None:
    assert goes_to_the_fast_loop(scenario_with(FREE[rule]))


def test_lines_of_any_priority_are_called_alike() -> None:
    for rule in ("priority", "classes"):
        scenario = scenario_with(FREE[rule])
        assert disagreement(scenario, [], 7) == []


def test_the_halls_that_speed_is_measured_on_are_plain() -> None:
    assert plain_hall(hall_w1()) is not None
    assert plain_hall(hall_w2()) is not None
    assert goes_to_the_fast_loop(load_scenario(SCENARIOS / "potou-2022.toml"))


@pytest.mark.parametrize("field", sorted(set(Hall._fields) - KNOWN))
def test_any_other_value_of_a_field_that_it_does_not_know_keeps_the_hall_from_it(field: str) -> None:
    hall = numbers_of(scenario_with(FREE["nothing"]))[0]
    value = np.asarray(getattr(hall, field))
    other = ~value if value.dtype == bool else np.asarray(7) if value.ndim == 0 else np.append(value, 7)

    assert plain_hall(hall) is not None
    assert plain_hall(hall._replace(**{field: other.item() if value.ndim == 0 else other})) is None


def test_a_field_that_it_has_never_heard_of_keeps_the_hall_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    newer = NamedTuple("newer", [*((name, Any) for name in Hall._fields), ("dance", int)])  # type: ignore[misc]
    hall = numbers_of(scenario_with(FREE["nothing"]))[0]
    monkeypatch.setattr(features, "bare_hall", lambda: newer(*features.numbers_of(parse(document(), "bare"))[0], 0))

    assert rules_beyond(newer(*hall, 0)) == []
    assert rules_beyond(newer(*hall, 1)) == ["dance"]


def test_more_windows_than_bits_in_a_word_keep_the_hall_from_it() -> None:
    assert plain_hall(numbers_of(scenario_with(lambda d: d["windows"][1].update(count=63)))[0]) is not None
    assert plain_hall(numbers_of(scenario_with(lambda d: d["windows"][1].update(count=64)))[0]) is None


def test_the_fast_loop_the_general_loop_and_the_reference_give_one_log() -> None:
    served = 0

    @settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(plain_halls().flatmap(lambda d: st.tuples(st.just(d), days(d), st.integers(0, 10**6))))
    def check(case: tuple[Document, list[Row], int]) -> None:
        nonlocal served
        scenario = parse(case[0], "random hall")
        assert plain_hall(numbers_of(scenario)[0]) is not None
        found = disagreement(scenario, case[1], case[2])
        assert not found, found
        served += len(case[1]) + len(draw_demand(scenario, case[2]).citizens.id)

    check()
    assert served > 2000, "the random halls have become too small to show a difference"


def test_whatever_full_hall_is_let_in_agrees_as_well() -> None:
    """Full halls with all but one or two of their rules taken away: where the check lets one in, it must be served alike."""
    let_in = 0

    @settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(full_halls().flatmap(lambda d: st.tuples(st.just(d), days(d), st.integers(0, 10**6))))
    def check(case: tuple[Document, list[Row], int]) -> None:
        nonlocal let_in
        whole, rows, seed = case
        thinned = _thinned(whole, Random(seed))
        scenario = parse(thinned, "random hall")
        if plain_hall(numbers_of(scenario)[0]) is None:
            return
        let_in += 1
        found = disagreement(scenario, rows, seed)
        assert not found, found

    check()
    assert let_in > 20, "the fast loop is hardly ever tried"


def _thinned(whole: Document, random: Random) -> Document:
    """The hall with only a few of its optional keys left."""
    keep = {"id", "name", "arrivals_per_hour", "serves", "count", "early_arrivals"}
    thinned = dict(whole)
    for part, kept in (("services", keep | {"service_min"}), ("windows", keep)):
        thinned[part] = [{key: value for key, value in row.items() if key in kept or random.random() < 0.08} for row in whole[part]]
    thinned["rules"] = {key: value for key, value in whole["rules"].items() if random.random() < 0.1}
    return thinned
