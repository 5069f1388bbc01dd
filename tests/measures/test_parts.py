"""Interrupted services, what windows do between citizens, absent windows and repeated visits, against numbers worked by hand."""

from __future__ import annotations

import math
import tomllib
from dataclasses import replace
from datetime import time
from typing import Any

import numpy as np
import pytest

from simulation import draw_demand, experiment, measure, serve
from simulation.demand import NO_OUTAGES, Outages
from simulation.measures import Measures
from simulation.scenario import Scenario, parse
from tests.engines.agreement import given_day
from tests.halls import Row as Citizen
from tests.measures.hand import TWO_PERIODS, Row, textbook, tickets_of, two_periods

INTERRUPTED: list[Row] = [
    ("a", 0, 0, "w-1", 4, 10, "interrupted"),  # waits 4, is served for 6, waits 5 more, is served for 2 elsewhere, waits 1, is served for 3
    ("b", 2, 2, "w-2", 2, 15, "served"),
    ("a", 10, 10, "w-2", 15, 17, "interrupted"),
    ("a", 17, 17, "w-1", 18, 21, "served"),
    ("a", 20, 20, "w-1", 21, 50, "interrupted"),  # waits 1, and is sent home in the end
    ("a", 50, 50, None, None, 60, "sent_home"),
]
PARENTS = {2: 0, 3: 2, 5: 4}


@pytest.fixture(scope="module")
def day() -> Measures:
    scenario = two_periods()
    return measure(scenario, tickets_of(scenario, INTERRUPTED, PARENTS))


@pytest.mark.parametrize(
    ("name", "by_hand"),
    [
        ("arrivals", 3),
        ("served", 2),
        ("mean_wait", (4 + 0 + 1) / 3),
        ("mean_wait_served", (4 + 0) / 2),
        ("p90_wait", 4),
        ("longest_wait", 4),
        ("delayed_share", 2 / 3),
        ("share_within_target", 2 / 2),  # service a has the target of 5 minutes, and both were called within it
        ("sent_home_share", 1 / 3),
        ("mean_interruption", (5 + 1 + 10) / 3),
        ("mean_time_in_hall", (21 + 13 + 40) / 3),
        ("mean_service_time", ((6 + 2 + 3) + 13) / 2),
        ("serving_share", (6 + 13 + 2 + 3 + 29) / 240),
        ("utilisation", (6 + 13 + 2 + 3 + 29) / 240),
        ("mean_queue", (4 + 0 + 1 + 5 + 1 + 10) / 150),
        ("mean_in_hall", (21 + 13 + 40) / 150),
        ("peak_in_hall", 2),
        ("visits_per_case", 1),
    ],
)
def test_a_service_in_parts_is_one_ticket_with_one_wait(day: Measures, name: str, by_hand: float) -> None:
    assert day[name] == by_hand


def test_the_parts_count_for_the_half_hour_in_which_their_citizen_came_and_the_windows_where_they_were_done(day: Measures) -> None:
    assert (day.by_half_hour["08:30"]["arrivals"], day.by_half_hour["09:00"]["arrivals"]) == (3, 0)
    assert (day.by_half_hour["08:30"]["mean_interruption"], day.by_half_hour["08:30"]["served"]) == (16 / 3, 2)
    assert (day.by_window["w-1"]["served"], day.by_window["w-1"]["mean_service_time"]) == (1, 3)
    assert day.by_window["w-2"]["serving_share"] == 15 / 120
    assert (day.by_service["a"]["mean_interruption"], day.by_service["b"]["mean_interruption"]) == (16 / 2, 0)


def test_a_part_of_a_textbook_run_counts_as_its_first_part_does() -> None:
    scenario = textbook(minutes=100, warm_up=20)
    rows: list[Row] = [
        ("a", 10, 10, "w-1", 12, 30, "interrupted"),  # came in the warm-up: only its time counts
        ("a", 30, 30, "w-1", 34, 40, "served"),
        ("a", 25, 25, "w-1", 40, 46, "served"),
    ]
    day = measure(scenario, tickets_of(scenario, sorted(rows, key=lambda row: row[1]), {2: 0}))

    assert (day["arrivals"], day["served"], day["mean_wait"]) == (1, 1, 15)
    assert day["mean_interruption"] == 0
    assert day["mean_queue"] == (4 + 15) / 80
    assert day["utilisation"] == (10 + 6 + 6) / 80


# ------------------------------------------------------------------------------------------------ what windows do between citizens


def hall(**window: Any) -> Scenario:
    """two_periods with further keys for its windows."""
    document = tomllib.loads(TWO_PERIODS)
    document["windows"][0] |= window
    return parse(document, "two-periods")


def test_wrap_up_follows_every_citizen_but_no_case_of_the_same_one() -> None:
    scenario = hall(wrap_up_min=2)
    rows: list[Row] = [
        ("a", 0, 0, "w-1", 0, 10, "served"),  # the first of two cases
        ("a", 10, 10, "w-1", 10, 14, "served"),  # wraps up until 16
        ("a", 20, 20, "w-2", 20, 25, "interrupted"),  # nothing to wrap up
        ("b", 50, 50, "w-1", 50, 59, "served"),  # wraps up until 61: the last minute is no longer rostered
    ]
    day = measure(scenario, tickets_of(scenario, rows, {1: 0}))

    assert day["utilisation"] == (14 + 2 + 5 + 9 + 2) / (240 + 1)
    assert day["serving_share"] == (14 + 5 + 9) / (240 + 1)
    assert day.by_window["w-1"]["utilisation"] == 27 / 121
    assert day.by_half_hour["08:30"]["utilisation"] == (16 + 5) / 60
    assert day.by_half_hour["08:30"]["serving_share"] == (14 + 5) / 60
    assert day.by_half_hour["09:00"]["mean_in_hall"] == 9 / 30, "a window that wraps up has nobody before it"
    assert (day["mean_service_time"], day["overtime"]) == ((10 + 4 + 9) / 3, 0)


def test_a_law_of_wrap_up_counts_as_the_log_says_or_by_its_mean() -> None:
    scenario = hall(wrap_up_min={"family": "exponential", "mean": 4}, count=1)
    rows = [Citizen(0.0, "a", 4.0, None, cases=(3.0,)), Citizen(1.0, "b", 5.0, None)]
    demand = given_day(scenario, rows)
    demand.tasks.wrap_up[:, 0] = [7, 0.5, 2]
    tickets, _ = serve(scenario, demand)
    day = measure(scenario, tickets)

    assert (day["utilisation"], day["serving_share"]) == ((12 + 0.5 + 2) / 120, 12 / 120)
    assert day.by_half_hour["08:30"]["utilisation"] == 14.5 / 30
    assert measure(scenario, replace(tickets, wrap_up=None))["utilisation"] == (12 + 4 + 4) / 120, "a log that does not say it"


def test_start_up_is_busy_time_unless_somebody_sits_there() -> None:
    scenario = hall(start_up_min=3, shifts=[{"from": time(8, 30), "to": time(9, 0)}, {"from": time(9, 10), "to": time(9, 30)}])
    rows: list[Row] = [("a", 20, 20, "w-1", 25, 45, "served")]  # still at it when the second shift begins at 40
    day = measure(scenario, tickets_of(scenario, rows))

    assert day.by_window["w-1"]["utilisation"] == (3 + 20) / (50 + 10), "starts up once"
    assert day.by_window["w-2"]["utilisation"] == (3 + 3) / 50, "twice, with nobody there"
    assert day["serving_share"] == 20 / 110
    assert day.by_half_hour["08:30"]["utilisation"] == (3 + 3 + 5) / 60


def test_absence_and_repair_are_no_working_time() -> None:
    scenario = hall(start_up_min=3)
    rows: list[Row] = [("a", 20, 20, "w-1", 20, 32, "interrupted")]
    outages = Outages(np.array([1], np.int32), np.array([0, 0], np.int32), np.array([32.0, 140.0]), np.array([50.0, 170.0]))
    day = measure(scenario, tickets_of(scenario, rows), outages=outages)

    assert math.isnan(day.by_window["w-2"]["utilisation"]), "nobody sat there"
    assert day.by_window["w-1"]["utilisation"] == (3 + 12 + 3) / (120 - 18 - 10)
    assert day.by_half_hour["09:00"]["open_windows"] == (2 + 10) / 30
    assert measure(scenario, tickets_of(scenario, rows), outages=NO_OUTAGES).by_window["w-2"]["utilisation"] == 6 / 120


def test_a_served_day_of_wrap_up_and_cases_adds_up() -> None:
    """The same through the engine: two cases of 4 and 3 minutes with one wrap-up of 2, then one of 5 with another."""
    scenario = hall(wrap_up_min=2, count=1)
    rows = [Citizen(0.0, "a", 4.0, None, cases=(3.0,)), Citizen(1.0, "b", 5.0, None)]
    tickets, _ = serve(scenario, given_day(scenario, rows))
    day = measure(scenario, tickets)

    assert tickets.called[-1] == 9 or tickets.called[1] == 9
    assert (day["utilisation"], day["serving_share"]) == (16 / 120, 12 / 120)


# -------------------------------------------------------------------------------------------------------------------- visits


def test_visits_per_case_counts_everybody_who_came_and_every_new_case() -> None:
    scenario = two_periods()
    rows: list[Row] = [
        ("a", 0, 0, "w-1", 0, 5, "served"),
        ("a", 5, 5, "w-1", 5, 9, "served"),  # a further task of the same visit
        ("a", 6, 6, None, None, 6, "no_show"),
        ("b", 7, 7, None, None, 7, "diverted"),
        ("b", 8, 8, None, None, 8, "turned_away"),
        ("b", 9, 9, "w-2", 9, 12, "served"),
        ("a", 10, 10, "w-2", 12, 14, "served"),
    ]
    day = measure(scenario, tickets_of(scenario, rows, {1: 0}, {5: 2, 6: 3}))

    assert day["visits_per_case"] == 4 / 3, "came: rows 0, 4, 5, 6; new: rows 0, 3, 4"
    assert (day.by_service["a"]["visits_per_case"], day.by_service["b"]["visits_per_case"]) == (2 / 1, 2 / 2)


def test_visits_per_case_over_many_days_nears_one_and_the_share_that_comes_again() -> None:
    """Of the served 40 % lack a paper once and come the next day: 1.4 visits each, but for those of the last day."""
    document = tomllib.loads(TWO_PERIODS)
    for service in document["services"]:
        service["incomplete"] = {"share": 0.4, "after_days": 1}
        service["service_min"] = {"family": "deterministic", "value": 0.5}
    result = experiment(parse(document, "again"), replications=60, days=20, seed=5)
    figure = result.measures["visits_per_case"]

    assert result.unit == "replication", "days of one replication hang together"
    assert figure.low is not None
    assert figure.high is not None
    assert figure.low <= 1 + 0.4 * 19 / 20 <= figure.high
    assert figure.high - figure.low < 0.02


def test_days_of_one_experiment_know_their_own_outages() -> None:
    """A window that is absent on about half the days is rostered on the others only, in every measure of an experiment."""
    document = tomllib.loads(TWO_PERIODS)
    document["windows"] = [{"id": "there", "serves": ["*"]}, {"id": "often-away", "serves": ["*"], "absence": 0.5}]
    scenario = parse(document, "away")
    away = sum(len(draw_demand(scenario, 3, k, 0).windows.absent) for k in range(40))
    result = experiment(scenario, replications=40, seed=3)

    assert 10 < away < 30
    span = result.measures["open_windows"].value
    assert span is not None
    assert span == pytest.approx((120 + 120 * (40 - away) / 40) / 150, rel=0.1)


def test_plans_that_differ_in_who_is_away_or_in_appointments_are_drawn_each_for_itself() -> None:
    from simulation.experiment.blocks import draw_the_same

    document = tomllib.loads(TWO_PERIODS)
    document["services"][0]["booking"] = {"step_min": 10, "places": 1, "booked": 0.5, "no_show": 0.1}
    base = parse(document, "base")
    first, *others = document["services"]
    more = {**document, "services": [first | {"booking": first["booking"] | {"places": 3}}, *others]}
    away = {**document, "windows": [{**document["windows"][0], "absence": 0.5}]}

    assert draw_the_same(base, parse(document, "again"))
    assert not draw_the_same(base, parse(more, "more places"))
    assert not draw_the_same(base, parse(away, "away"))


def test_the_first_part_of_a_ticket_is_found_through_any_number_of_interruptions() -> None:
    scenario = two_periods()
    tickets = tickets_of(scenario, INTERRUPTED, PARENTS)

    assert tickets.first_part.tolist() == [0, 1, 0, 0, 4, 4]
    served_before = replace(tickets, outcome=np.zeros(len(tickets), np.int8))
    assert served_before.first_part.tolist() == [0, 1, 2, 3, 4, 5], "a further task is no rest"
