"""What a window keeps when the hall is laid out anew: hours, tides, breaks, cover, laws, pace; and what is named where it cannot."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import time
from typing import Any

import pytest

from simulation import experiment
from simulation.optimisation import study
from simulation.optimisation.layout.arrangements import Arrangement, Pool
from simulation.optimisation.layout.documents import document_of, dropped_of, plan_of
from simulation.optimisation.layout.frame import Frame, frame_of, now_of
from simulation.optimisation.layout.kinds import named
from simulation.optimisation.layout.posts import CHANGED, ROSTER, WORK, deal
from simulation.scenario import Scenario, parse
from simulation.scenario.tables import WindowTable

MORNING = [{"from": time(9), "to": time(10, 30)}]
TIDE = {"open_queue": 4, "close_queue": 1, "least_min": 10}


def hall(windows: list[dict[str, Any]], **more: Any) -> Scenario:
    """Three services from nine to noon."""
    services = [("a", 20.0), ("b", 12.0), ("c", 4.0)]
    return parse(
        {
            "schema": 1,
            "name": "three",
            "opening": [{"from": time(9), "to": time(12), "at_end": "serve_all"}],
            "services": [
                {"id": name, "service_min": {"family": "exponential", "mean": 5.0}, "arrivals_per_hour": rate} for name, rate in services
            ],
            "windows": windows,
        }
        | more
    )


def all_of(kind: str, frame: Frame) -> Scenario:
    return plan_of(frame, next(each for each in named(frame)[0] if each.kind == kind))


def test_every_key_of_a_window_is_kept_or_follows_from_the_layout() -> None:
    assert sorted((*ROSTER, *WORK, *CHANGED)) == sorted(WindowTable.model_fields)


def test_hours_tides_breaks_and_all_that_a_window_is_go_with_it() -> None:
    """Every window of today is there again in every layout, whatever it serves."""
    odd = {
        "at_shift_end": "interrupt_restart",
        "at_break": "start_nothing_past",
        "break_lasts": "length",
        "wrap_up_min": {"family": "exponential", "mean": 0.5},
        "start_up_min": 4.0,
        "absence": 0.1,
        "breakdown": {"between_min": {"family": "exponential", "mean": 300}, "repair_min": {"family": "exponential", "mean": 9}},
    }
    base = hall(
        [
            {"id": "usual", "count": 4, "serves": ["a", "b"], "ab_break": {"from": time(10), "to": time(10, 30)}},
            {"id": "tide", "count": 2, "serves": ["*"], "tidal": TIDE},
            {"id": "early", "serves": ["c"], "shifts": MORNING, "breaks": [{"from": time(9, 30), "to": time(9, 40)}], **odd},
        ]
    )

    def windows(scenario: Scenario) -> Counter[Any]:
        def keys(each: Any) -> tuple[Any, ...]:
            leaves = each.at_shift_end, each.at_break, each.rests, each.wrap_up, each.start_up, each.absence
            return each.shifts, each.breaks, each.tidal, *leaves, repr(each.breakdown)

        return Counter(keys(each) for each in scenario.windows)

    frame = frame_of(base)
    for each in named(frame)[0]:
        plan = plan_of(frame, each)
        assert windows(plan) == windows(base), each.name
        assert parse(tomllib.loads(plan.to_toml())).windows == plan.windows
    names = [each.name["zh"] for each in all_of("comprehensive", frame).windows]
    assert sum("潮汐" in each for each in names) == 2


def test_a_pool_gets_a_window_that_is_there_all_day_before_an_odd_one() -> None:
    base = hall([{"id": "all", "count": 3, "serves": ["*"]}, {"id": "tide", "count": 3, "serves": ["*"], "tidal": TIDE}])
    for each in named(frame_of(base))[0]:
        plan = plan_of(frame_of(base), each)
        steady = {service for window in plan.windows if window.tidal is None for service in window.efficiency}
        assert steady == {"a", "b", "c"}, each.name


def test_whoever_serves_what_stays_together_stays() -> None:
    base = hall([{"id": "x", "count": 2, "serves": ["a"]}, {"id": "y", "serves": ["b"], "shifts": MORNING}, {"id": "z", "serves": ["c"]}])
    frame = frame_of(base)
    moved = Arrangement("mixed", (Pool((0,), (), 2), Pool((1,), (), 1), Pool((2,), (), 1)))
    dealt = deal(frame.posts, moved.pools)

    assert [[sorted(post.units) for post in row] for row in dealt] == [[[0], [0]], [[1]], [[2]]]
    again = plan_of(frame, moved)
    one, two = (experiment(each, replications=40, seed=3).measures["mean_wait"] for each in (base, again))
    assert one == two, "the layout of today is today's hall"


def test_halves_of_a_rest_stay_halves() -> None:
    rest = {"from": time(10), "to": time(11)}
    frame = frame_of(hall([{"id": "w", "count": 6, "serves": ["*"], "ab_break": rest}]))
    for each in named(frame)[0]:
        turns = Counter(window.breaks for window in plan_of(frame, each).windows)
        assert turns == {((60, 90),): 3, ((90, 120),): 3}, each.name


def test_a_slow_clerk_stays_slow_and_a_quick_one_quick() -> None:
    quick = {"id": "quick", "serves": ["a"], "efficiency": 1.2}
    slow = {"id": "slow", "serves": ["a"], "efficiency": 0.8}
    others = [{"id": "b", "serves": ["b"]}, {"id": "c", "serves": ["c"]}]
    frame = frame_of(hall([quick, slow, *others]), efficiency=0.9)
    speeds = sorted(window.efficiency["a"] for window in all_of("comprehensive", frame).windows)

    assert frame.own["a"] == 1.0
    assert speeds == pytest.approx([0.72, 0.9, 0.9, 1.08])


def test_a_windows_own_law_goes_with_it_and_is_named_where_it_cannot() -> None:
    law = {"family": "deterministic", "value": 3.0}
    base = hall([{"id": "x", "count": 2, "serves": ["a", "b"], "service_min": {"a": law}}, {"id": "y", "serves": ["c"]}])
    frame = frame_of(base)
    pooled = Arrangement("comprehensive", (Pool((0, 1, 2), (), 3),))
    own = [bool(window.laws) for window in plan_of(frame, pooled).windows]

    assert sorted(own) == [False, True, True]
    assert dropped_of(frame, [pooled]) == []
    away = Arrangement("mixed", (Pool((0,), (), 1), Pool((1, 2), (), 2)))
    assert dropped_of(frame, [away]) == ["service_min"]
    assert dropped_of(frame, [now_of(frame)]) == []


def test_cover_is_kept_for_what_a_window_does_not_serve() -> None:
    base = hall(
        [
            {"id": "x", "count": 2, "serves": ["a"]},
            {"id": "y", "serves": ["b"], "covers": ["c"], "efficiency": {"b": 1.0, "c": 0.7}},
            {"id": "z", "serves": ["c"], "shifts": MORNING},
        ]
    )
    frame = frame_of(base)

    assert not any(pool.helps for pool in now_of(frame).pools), "cover is no help"
    dedicated = all_of("dedicated", frame)
    assert [(window.covers, window.efficiency.get("c")) for window in dedicated.windows if window.covers] == [(("c",), 0.7)]
    assert not any(window.covers for window in all_of("comprehensive", frame).windows)


def test_of_a_group_the_learners_go_on_learning() -> None:
    learning = {"start": 0.5, "weeks": 4, "share": 0.5}
    frame = frame_of(hall([{"id": "w", "count": 4, "serves": ["*"], "learning": learning}, {"id": "v", "serves": ["c"]}]))
    plan = all_of("dedicated", frame)

    assert Counter(window.learning for window in plan.windows) == {None: 3, (0.5, 4): 2}


def test_machines_do_not_hide_what_a_window_serves() -> None:
    """Whoever meets a broken machine goes to a window: no cover that anybody wrote."""
    kiosk = {"id": "machine", "kind": "kiosk", "serves": ["a"], "share": 0.3, "count": 1}
    base = hall([{"id": "w", "count": 2, "serves": ["a"]}, {"id": "v", "count": 2, "serves": ["b", "c"]}], stations=[kiosk])

    assert now_of(frame_of(base)).key == (Pool((0,), (), 2), Pool((1, 2), (), 2))


def test_help_begins_at_the_queue_of_today() -> None:
    helping = {"overflow": [{"service": "b", "queue": 5}]}
    base = hall([{"id": "x", "count": 2, "serves": ["a"], **helping}, {"id": "y", "serves": ["b"]}, {"id": "z", "serves": ["c"]}])
    frame = frame_of(base)

    assert (frame.queue, frame_of(base, queue=2).queue) == (5, 2)
    assert frame.own["a"] == 1.0, "a window that helps is still one for a alone"
    assert {people for window in all_of("overflow_two_way", frame).windows for _, people in window.overflow} == {5}


def test_fewer_windows_lose_the_odd_ones_and_further_ones_are_as_most_are() -> None:
    base = hall([{"id": "w", "count": 4, "serves": ["*"]}, {"id": "t", "count": 2, "serves": ["*"], "tidal": TIDE}])
    for number, tidal in ((5, 1), (8, 2)):
        plan = all_of("comprehensive", frame_of(base, windows=number))
        assert (len(plan.windows), sum(each.tidal is not None for each in plan.windows)) == (number, tidal)


def test_windows_for_classes_keep_them_and_a_layout_that_leaves_a_class_alone_says_so() -> None:
    agents = [{"id": "agent", "share": 0.3}]
    base = hall(
        [
            {"id": "w", "count": 3, "serves": ["*"], "classes": ["public"]},
            {"id": "v", "serves": ["*"], "classes": ["public", "agent"]},
        ],
        classes=agents,
    )
    found = study(base, kinds=["dedicated", "comprehensive"], budget=9000, windows=5, delta=5.0)

    assert [(kind, why.code) for kind, why in found.refused] == [("dedicated", "no_window_serves_class")]
    assert [each.name for each in found.layouts] == ["comprehensive"]


def test_appointments_stay_as_they_are() -> None:
    services = [dict(each) for each in hall([{"id": "w", "serves": ["*"]}]).document["services"]]
    services[0] |= {"arrivals_per_hour": 0, "booking": {"step_min": 10, "places": 2, "booked": 0.9, "no_show": 0.1, "spread_min": 3}}
    frame = frame_of(hall([{"id": "w", "count": 4, "serves": ["*"]}], services=services))
    cold = document_of(frame, named(frame)[0][0])

    assert cold["services"] == services
    assert parse(cold).services == frame.base.services


def test_a_window_works_as_windows_for_as_many_items_do_today() -> None:
    windows = [
        {"id": "two", "serves": ["a", "b"]},
        {"id": "all", "count": 3, "serves": ["*"], "efficiency": {"default": 0.9, "a": 0.7}},
    ]
    frame = frame_of(hall(windows))
    comprehensive = all_of("comprehensive", frame)

    assert {window.efficiency["a"] for window in comprehensive.windows} == {0.7}, "the window for two is no measure for one for all"
    again = plan_of(frame, Arrangement("mixed", now_of(frame).pools))
    assert [dict(window.efficiency) for window in again.windows] == [dict(window.efficiency) for window in frame.base.windows]
    assert {window.efficiency["a"] for window in all_of("comprehensive", frame_of(hall(windows), efficiency=0.8)).windows} == {0.8}
