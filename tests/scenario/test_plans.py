"""A plan changes what it says and nothing else, and leaves a document that is still accepted."""

from __future__ import annotations

import copy
from datetime import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.plans import add_windows, cover_lunch, lunch_covered, scale_demand, set_windows, turn_comprehensive, window_groups
from simulation.scenario import parse
from tests.halls import halls

Document = dict[str, Any]


@pytest.fixture
def hall() -> Document:
    return {
        "schema": 1,
        "name": "small",
        "opening": [{"from": time(8, 30), "to": time(12)}, {"from": time(14, 30), "to": time(17, 30), "early_min": 30}],
        "services": [
            {"id": "tax", "service_min": {"family": "exponential", "mean": 8}, "arrivals_per_hour": [6] * 13, "early_arrivals": 5},
            {"id": "land", "service_min": {"family": "exponential", "mean": 8}, "arrivals_per_hour": [4] * 7 + [2] * 6},
        ],
        "windows": [
            {"id": "tax-window", "serves": ["tax"], "departments": ["tax-office"]},
            {"id": "land-window", "count": 3, "serves": ["land"]},
            {"id": "any", "count": 2, "serves": ["*"], "efficiency": 0.9},
        ],
        "departments": [{"id": "tax-office"}, {"id": "land-office", "windows": ["land-window", "land-window-3"]}],
        "basis": {"windows.land-window.count": "three windows", "windows.any": "two windows", "services.land": "a count"},
    }


def total(document: Document) -> float:
    return parse(document).citizens_per_day()


def test_more_windows_of_a_group_leave_the_rest_alone(hall: Document) -> None:
    plan = set_windows(hall, "land-window", 5)
    assert [(g.id, g.count, g.comprehensive) for g in window_groups(plan)] == [
        ("tax-window", 1, False),
        ("land-window", 5, False),
        ("any", 2, True),
    ]
    assert [w.id for w in parse(plan).windows if w.id not in {w.id for w in parse(hall).windows}] == ["land-window-4", "land-window-5"]
    assert plan["basis"]["windows.land-window.count"] == "plan", "the document no longer stands behind the figure"
    assert plan["services"] == hall["services"]


def test_fewer_windows_drop_what_pointed_at_them(hall: Document) -> None:
    assert parse(set_windows(hall, "land-window", 2)).department("land-office").windows == ("land-window-1", "land-window-2")
    plan = set_windows(hall, "tax-window", 0)
    assert [g.id for g in window_groups(plan)] == ["land-window", "any"]
    parse(plan)


def test_the_last_window_of_a_service_stays(hall: Document) -> None:
    only = set_windows(hall, "any", 0)
    with pytest.raises(ValueError, match="without tax-window nobody serves tax"):
        set_windows(only, "tax-window", 0)
    with pytest.raises(KeyError):
        set_windows(hall, "nobody", 1)


def test_tidal_windows_work_only_their_hours(hall: Document) -> None:
    scenario = parse(add_windows(hall, "any", 2, time(9), time(11)))
    extra = [w for w in scenario.windows if w.id.startswith("any-extra")]
    assert [w.id for w in extra] == ["any-extra-1", "any-extra-2"]
    assert extra[0].shifts == ((30.0, 150.0),)
    assert extra[0].efficiency == scenario.window("any-1").efficiency


def test_a_window_without_a_number_keeps_its_id_when_one_is_added(hall: Document) -> None:
    ids = {w.id for w in parse(add_windows(hall, "tax-window", 1)).windows}
    assert {"tax-window", "tax-window-extra-1"} <= ids


def test_windows_turn_comprehensive_and_bring_their_department(hall: Document) -> None:
    plan = turn_comprehensive(hall, 3)
    assert [(g.id, g.count) for g in window_groups(plan)] == [("land-window", 1), ("any", 5)], "no window is gained or lost"
    everything = turn_comprehensive(hall, 99)
    assert [(g.id, g.count) for g in window_groups(everything)] == [("any", 6)]
    assert parse(everything).department("tax-office").windows == tuple(f"any-{n}" for n in range(1, 7))


def test_a_hall_without_comprehensive_windows_gets_its_first(hall: Document) -> None:
    plan = turn_comprehensive(set_windows(hall, "any", 0), 1, group="land-window", efficiency=0.8)
    first = parse(plan).window("comprehensive-1")
    assert (first.kind, first.efficiency) == ("comprehensive", {"tax": 0.8, "land": 0.8})


def test_lunch_is_covered_in_two_halves(hall: Document) -> None:
    plan = cover_lunch(hall)
    scenario = parse(plan)
    assert (lunch_covered(hall), lunch_covered(plan)) == (False, True)
    assert [(o.start, o.end, o.at_end) for o in scenario.openings] == [(0, 540, "serve_all")]
    assert [w.breaks for w in scenario.windows if w.id.startswith("any")] == [((210.0, 285.0),), ((285.0, 360.0),)]
    assert total(plan) == pytest.approx(total(hall)), "the same number of citizens"


def test_those_who_waited_for_the_afternoon_come_over_lunch(hall: Document) -> None:
    tax = parse(cover_lunch(hall)).service("tax")
    lunch = [rate for rate, slot in zip(tax.arrival_rate, parse(cover_lunch(hall)).slots, strict=True) if 210 <= slot.start < 360]
    assert sum(lunch) * 30 == pytest.approx(5.0)


def test_lunch_is_closed_again(hall: Document) -> None:
    closed = cover_lunch(cover_lunch(hall), on=False)
    assert [(o.start, o.end, o.at_end) for o in parse(closed).openings] == [(0, 210, "keep_tickets"), (360, 540, "serve_all")]
    assert all(not w.breaks for w in parse(closed).windows)
    assert total(closed) == pytest.approx(total(hall))
    assert cover_lunch(hall, on=False) == hall


def test_explicit_shifts_follow_the_lunch(hall: Document) -> None:
    hall["windows"][2]["shifts"] = [{"from": time(8, 30), "to": time(12)}, {"from": time(14, 30), "to": time(17, 30)}]
    covered = cover_lunch(hall)
    assert covered["windows"][2]["shifts"] == [{"from": time(8, 30), "to": time(17, 30)}]
    assert cover_lunch(covered, on=False)["windows"][2]["shifts"] == hall["windows"][2]["shifts"]


def test_demand_grows_by_its_factor(hall: Document) -> None:
    assert total(scale_demand(hall, 1.5)) == pytest.approx(1.5 * total(hall))
    assert scale_demand(hall, 2, ["tax"])["services"][1] == hall["services"][1]
    with pytest.raises(ValueError, match="at least 0"):
        scale_demand(hall, -1)


@settings(max_examples=60, deadline=None)
@given(document=halls(), data=st.data())
def test_every_plan_of_every_hall_is_accepted_and_leaves_the_base_alone(document: Document, data: st.DataObject) -> None:
    original = copy.deepcopy(document)
    group = data.draw(st.sampled_from([g.id for g in window_groups(document)]))
    openings = document.get("opening")
    plans = [
        set_windows(document, group, data.draw(st.integers(1, 6))),
        add_windows(document, group, data.draw(st.integers(1, 3))),
        turn_comprehensive(document, data.draw(st.integers(0, 6))),
        scale_demand(document, data.draw(st.sampled_from([0, 0.5, 1, 1.7]))),
        cover_lunch(document),
        cover_lunch(document, on=False),
        cover_lunch(cover_lunch(document), on=False),
    ]
    if openings:
        plans.append(add_windows(document, group, 1, openings[0]["from"], openings[0]["to"]))
    for plan in plans:
        parse(plan)
    for plan in plans[4:7]:
        assert total(plan) == pytest.approx(total(document))
    assert document == original
