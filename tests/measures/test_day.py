"""One day's measures against numbers worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulation.measures import MEASURES, Measures, measure, quantile_of
from tests.measures.hand import Row, textbook, tickets_of, two_periods

DAY: list[Row] = [
    ("a", -10, 0, "w-1", 0, 10, "served"),
    ("b", 0, 0, "w-2", 0, 20, "served"),
    ("a", 4, 4, "w-1", 10, 16, "served"),
    ("b", 5, 5, None, None, 12, "reneged"),
    ("a", 20, 20, None, None, 20, "balked"),
    ("a", 58, 58, "w-1", 58, 64, "served"),
    ("b", 59, 59, "w-2", 90, 100, "served"),
    ("a", 70, 70, None, None, 70, "turned_away"),
    ("a", 149, 149, "w-1", 149, 161, "served"),
    ("b", 149, 149, None, None, 150, "sent_home"),
]


@pytest.fixture(scope="module")
def day() -> Measures:
    scenario = two_periods()
    return measure(scenario, tickets_of(scenario, DAY))


@pytest.mark.parametrize(
    ("name", "by_hand"),
    [
        ("mean_wait", (10 + 0 + 6 + 7 + 0 + 31 + 0 + 1) / 8),  # the reneged and the sent home with their wait until gone
        ("mean_wait_from_doors", (0 + 0 + 6 + 7 + 0 + 31 + 0 + 1) / 8),
        ("mean_wait_served", (10 + 0 + 6 + 0 + 31 + 0) / 6),
        ("p50_wait", 0.0),
        ("p90_wait", 31.0),
        ("p95_wait", 31.0),
        ("longest_wait", 31.0),
        ("delayed_share", 5 / 8),
        ("share_within_target", 2 / 5),  # service a only; who balked missed it, who was turned away is not counted
        ("reneged_share", 0.1),
        ("balked_share", 0.1),
        ("sent_home_share", 0.1),
        ("turned_away_share", 0.1),
        ("unfinished_share", 0.0),
        ("left_share", 0.3),
        ("utilisation", 64 / (240 + 4 + 11)),  # 60 to 64 and 150 to 161 lie outside the roster and lengthen it
        ("serving_share", 64 / (240 + 4 + 11)),
        ("visits_per_case", 1.0),
        ("open_windows", 255 / 171),
        ("mean_queue", 55 / 171),  # the day is from -10 to 161
        ("mean_in_hall", 119 / 171),
        ("peak_in_hall", 4.0),
        ("mean_time_in_hall", 119 / 8),
        ("mean_service_time", 64 / 6),
        ("overtime", 11.0),
        ("arrivals", 10.0),
        ("served", 6.0),
    ],
)
def test_the_hall_agrees_with_the_hand_count(day: Measures, name: str, by_hand: float) -> None:
    assert day[name] == by_hand


def test_every_measure_of_the_registry_is_given_where_it_says(day: Measures) -> None:
    for place, groups in (
        ("overall", {"": day.overall}),
        ("by_service", day.by_service),
        ("by_window", day.by_window),
        ("by_half_hour", day.by_half_hour),
    ):
        expected = {name for name, each in MEASURES.items() if place in each.places}
        for values in groups.values():
            assert set(values) == expected


def test_services_agree_with_the_hand_count(day: Measures) -> None:
    assert day.by_service["a"]["mean_wait"] == (10 + 6 + 0 + 0) / 4
    assert day.by_service["b"]["mean_wait"] == (0 + 7 + 31 + 1) / 4
    assert day.by_service["a"]["p50_wait"] == 0.0
    assert day.by_service["b"]["p90_wait"] == 31.0
    assert day.by_service["b"]["longest_wait"] == 31.0
    assert math.isnan(day.by_service["b"]["share_within_target"]), "no target, no share"
    assert day.by_service["a"]["mean_queue"] == 16 / 171


def test_windows_agree_with_the_hand_count(day: Measures) -> None:
    assert day.by_window["w-1"]["utilisation"] == 34 / (120 + 4 + 11)
    assert day.by_window["w-2"]["utilisation"] == 30 / 120
    assert (day.by_window["w-1"]["served"], day.by_window["w-2"]["served"]) == (4, 2)
    assert day.by_window["w-1"]["mean_service_time"] == 34 / 4
    assert day.by_window["w-2"]["mean_wait_served"] == 31 / 2
    assert (day.by_window["w-1"]["overtime"], day.by_window["w-2"]["overtime"]) == (11, 0)


def test_half_hours_take_waits_by_arrival_and_people_by_time(day: Measures) -> None:
    half = day.by_half_hour
    assert list(half) == ["08:20", "08:30", "09:00", "09:30", "10:00", "10:30"]
    assert half["08:20"]["mean_wait"] == 10
    assert half["08:20"]["mean_queue"] == 1.0, "one person stood before the doors for all ten minutes"
    assert half["08:30"]["arrivals"] == 4
    assert half["08:30"]["mean_wait"] == 13 / 3
    assert half["08:30"]["mean_queue"] == 13 / 30
    assert half["08:30"]["mean_in_hall"] == (13 + 36) / 30
    assert half["08:30"]["utilisation"] == 36 / 60
    assert half["08:30"]["open_windows"] == 2.0
    assert half["09:00"]["p90_wait"] == 31
    assert half["09:00"]["utilisation"] == 2 / 60
    assert half["09:30"]["mean_queue"] == 1.0, "a ticket stays valid over lunch"
    assert (half["09:30"]["utilisation"], half["09:30"]["open_windows"]) == (1.0, 4 / 30)
    assert math.isnan(half["09:30"]["mean_wait"]), "nobody who came then queued"
    assert half["10:30"]["mean_wait"] == 0.5
    assert half["10:30"]["utilisation"] == 1 / 60


def test_a_day_without_citizens_has_defined_answers() -> None:
    scenario = two_periods()
    day = measure(scenario, tickets_of(scenario, []))

    for name in ("arrivals", "served", "mean_queue", "mean_in_hall", "peak_in_hall", "utilisation", "overtime"):
        assert day[name] == 0
    for name in ("mean_wait", "mean_wait_served", "p90_wait", "longest_wait", "share_within_target", "reneged_share", "mean_service_time"):
        assert math.isnan(day[name])
    assert day.to_dict()["measures"]["mean_wait"] is None  # type: ignore[index]


def test_a_day_on_which_all_left_has_no_wait_of_the_served() -> None:
    scenario = two_periods()
    day = measure(scenario, tickets_of(scenario, [("a", 3, 3, None, None, 10, "reneged"), ("a", 5, 5, None, None, 5, "balked")]))

    assert (day["mean_wait"], day["reneged_share"], day["left_share"], day["share_within_target"]) == (7, 0.5, 1.0, 0.0)
    assert math.isnan(day["p50_wait"])
    assert math.isnan(day["mean_wait_served"])


def test_one_citizen_is_a_day() -> None:
    scenario = two_periods()
    day = measure(scenario, tickets_of(scenario, [("a", 3, 3, "w-1", 5, 10, "served")]))

    assert (day["mean_wait"], day["p50_wait"], day["p95_wait"], day["longest_wait"]) == (2, 2, 2, 2)
    assert (day["share_within_target"], day["utilisation"], day["mean_in_hall"]) == (1.0, 5 / 240, 7 / 150)


def test_no_shows_and_diverted_are_outside_the_target() -> None:
    scenario = two_periods()
    rows: list[Row] = [
        ("a", 3, 3, "w-1", 5, 10, "served"),
        ("a", 4, 4, None, None, 4, "no_show"),
        ("a", 5, 5, None, None, 5, "diverted"),
    ]
    day = measure(scenario, tickets_of(scenario, rows))

    assert (day["share_within_target"], day["mean_wait"], day["arrivals"]) == (1.0, 2.0, 3.0)
    assert (day["no_show_share"], day["diverted_share"]) == (1 / 3, 1 / 3)


def test_an_interrupted_service_is_busy_time_and_not_a_served_ticket() -> None:
    scenario = two_periods()
    day = measure(scenario, tickets_of(scenario, [("a", 3, 3, "w-1", 5, 10, "interrupted")]))

    assert (day["mean_wait"], day["served"], day["utilisation"]) == (2, 0, 5 / 240)
    assert math.isnan(day["p50_wait"])


def test_a_log_that_does_not_name_the_window_still_counts_the_people() -> None:
    scenario = two_periods()
    day = measure(scenario, tickets_of(scenario, [("a", 3, 3, None, 5, 10, "served")]))

    assert (day["mean_in_hall"], day["utilisation"]) == (7 / 150, 0)
    assert day.by_half_hour["08:30"]["mean_in_hall"] == 7 / 30


def test_a_horizon_counts_from_the_warm_up_to_its_end() -> None:
    scenario = textbook(minutes=100, warm_up=20)
    rows: list[Row] = [
        ("a", 10, 10, "w-1", 10, 30, "served"),
        ("a", 15, 15, "w-1", 30, 50, "served"),
        ("a", 25, 25, "w-1", 50, 90, "served"),
        ("a", 40, 40, "w-1", 90, None, "unfinished"),
        ("a", 60, 60, None, None, None, "unfinished"),
    ]
    day = measure(scenario, tickets_of(scenario, rows))

    assert (day["arrivals"], day["served"], day["unfinished_share"]) == (3, 1, 2 / 3)
    assert day["mean_wait"] == (25 + 50 + 40) / 3, "who still waits counts with the wait so far"
    assert day["utilisation"] == 1.0, "never above 1: busy time is cut at the warm-up and at the end"
    assert day["mean_queue"] == (10 + 25 + 50 + 40) / 80
    assert day["mean_in_hall"] == (10 + 30 + 65 + 60 + 40) / 80
    assert day["peak_in_hall"] == 3
    assert math.isnan(day["overtime"])


def test_service_that_runs_past_the_horizon_is_cut_there() -> None:
    scenario = textbook(minutes=100, warm_up=0)
    day = measure(scenario, tickets_of(scenario, [("a", 80, 80, "w-1", 80, 250, "unfinished")]))

    assert day["utilisation"] == 0.2


def test_those_inside_at_the_end_of_the_warm_up_count_for_the_peak() -> None:
    scenario = textbook(minutes=100, warm_up=20)
    rows: list[Row] = [
        ("a", 1, 1, "w-1", 1, 30, "served"),
        ("a", 2, 2, None, None, 21, "reneged"),
        ("a", 3, 3, None, None, 19, "reneged"),
    ]
    day = measure(scenario, tickets_of(scenario, rows))

    assert day["peak_in_hall"] == 2


def test_a_cycle_puts_every_round_on_the_same_slots() -> None:
    scenario = textbook(minutes=120, warm_up=20, rate=[6, 12], cycle="cycle_min = 60")
    day = measure(scenario, tickets_of(scenario, [("a", 10, 10, "w-1", 100, 105, "served"), ("a", 65, 65, None, None, 67, "reneged")]))

    first, second = day.by_half_hour.values()
    assert first["mean_queue"] == (10 + 30 + 2) / 40, "20 to 30, 60 to 90 and the reneged, of 10 + 30 minutes counted"
    assert second["mean_queue"] == (30 + 10) / 60
    assert (first["arrivals"], second["arrivals"]) == (1, 0)


def test_a_roster_may_be_given() -> None:
    scenario = two_periods()
    roster = (np.array([0, 0], dtype=np.int32), np.array([20.0, 0.0]), np.array([30.0, 20.0]))
    day = measure(scenario, tickets_of(scenario, [("a", 3, 3, "w-1", 5, 15, "served")]), roster)

    assert day.by_window["w-1"]["utilisation"] == 10 / 30
    assert math.isnan(day.by_window["w-2"]["utilisation"]), "never rostered, never busy"


@pytest.mark.parametrize(("share", "value"), [(0.0, 1.0), (0.25, 1.0), (0.26, 2.0), (0.5, 2.0), (0.75, 3.0), (0.9, 8.0), (1.0, 8.0)])
def test_a_quantile_is_the_smallest_value_that_the_share_does_not_exceed(share: float, value: float) -> None:
    assert quantile_of(np.array([1.0, 2.0, 3.0, 8.0]), share) == value
