"""Short stories with their whole log, told by both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

import numpy as np
import pytest

from simulation.demand import NO_OUTAGES, Outages
from simulation.scenario import Scenario, parse
from simulation.serve import ENGINES, serve
from simulation.tickets import OUTCOMES, Tickets
from tests.engines.agreement import given_day
from tests.halls import Row

Log = list[tuple[float, float | None, float, str, str]]


def hall(**changes: Any) -> dict[str, Any]:
    """One window from nine to ten for one service, changed as asked."""
    return {
        "schema": 1,
        "name": "story",
        "opening": [{"from": time(9), "to": time(10), "at_end": "serve_all"}],
        "services": [{"id": "card", "service_min": {"family": "deterministic", "value": 5}, "arrivals_per_hour": [1, 1]}],
        "windows": [{"id": "one", "serves": ["card"]}],
    } | changes


def card(arrival: float, work: float, patience: float | None = None, service: str = "card") -> Row:
    return Row(arrival, service, work, patience)


def log(document: dict[str, Any], rows: list[Row], engine: str, outages: Outages = NO_OUTAGES) -> Log:
    """(arrival, called, ended, window, outcome) of every ticket."""
    scenario = parse(document, "story")
    tickets, _ = serve(scenario, replace(given_day(scenario, rows), windows=outages), engine=engine)
    return told(scenario, tickets)


def told(scenario: Scenario, tickets: Tickets) -> Log:
    """(arrival, called, ended, window, outcome) of every ticket."""
    windows = [window.id for window in scenario.windows] + [""]
    return [
        (float(a), None if np.isnan(c) else float(c), float(e), windows[w], OUTCOMES[o])
        for a, c, e, w, o in zip(tickets.arrival, tickets.called, tickets.ended, tickets.window, tickets.outcome, strict=True)
    ]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_three_citizens_at_one_window(engine: str) -> None:
    assert log(hall(), [card(0, 5), card(1, 5, patience=3), card(2, 5)], engine) == [
        (0, 0, 5, "one", "served"),
        (1, None, 4, "", "reneged"),
        (2, 5, 10, "one", "served"),
    ]


def test_who_is_called_when_patience_ends_is_served(engine: str) -> None:
    assert log(hall(), [card(0, 5), card(1, 5, patience=4)], engine)[1] == (1, 5, 10, "one", "served")


def test_who_comes_at_the_end_of_a_service_does_not_wait(engine: str) -> None:
    assert log(hall(), [card(0, 5), card(5, 5)], engine)[1] == (5, 5, 10, "one", "served")


def test_early_citizens_wait_for_the_doors(engine: str) -> None:
    early = [{"from": time(9), "to": time(10), "at_end": "serve_all", "early_min": 30}]

    assert log(hall(opening=early), [card(-31, 5), card(-30, 5), card(-10, 5, patience=5)], engine) == [
        (-31, None, -31, "", "turned_away"),
        (-30, 0, 5, "one", "served"),
        (-10, None, -5, "", "reneged"),
    ]


def test_everyone_inside_at_closing_is_served_and_nobody_after(engine: str) -> None:
    assert log(hall(), [card(50, 8), card(55, 8), card(59, 8), card(60, 8), card(61, 8)], engine) == [
        (50, 50, 58, "one", "served"),
        (55, 58, 66, "one", "served"),
        (59, 66, 74, "one", "served"),
        (60, None, 60, "", "turned_away"),
        (61, None, 61, "", "turned_away"),
    ]


def test_only_those_in_service_finish(engine: str) -> None:
    closing = [{"from": time(9), "to": time(10), "at_end": "finish_current"}]

    assert log(hall(opening=closing), [card(50, 20), card(55, 8), card(56, 8, patience=2)], engine) == [
        (50, 50, 70, "one", "served"),
        (55, None, 60, "", "sent_home"),
        (56, None, 58, "", "reneged"),
    ]


def test_tickets_stay_valid_over_lunch(engine: str) -> None:
    day = [{"from": time(9), "to": time(9, 30), "at_end": "keep_tickets"}, {"from": time(10), "to": time(10, 30), "at_end": "serve_all"}]

    assert log(hall(opening=day), [card(20, 15), card(25, 5), card(26, 5, patience=10), card(40, 5)], engine) == [
        (20, 20, 35, "one", "served"),
        (25, 60, 65, "one", "served"),
        (26, None, 36, "", "reneged"),
        (40, None, 40, "", "turned_away"),
    ]


def test_the_last_ticket_is_given_before_closing(engine: str) -> None:
    day = [{"from": time(9), "to": time(10), "at_end": "serve_all", "last_ticket": time(9, 45)}]

    assert [row[4] for row in log(hall(opening=day), [card(45, 1), card(45.5, 1)], engine)] == ["served", "turned_away"]


def test_a_break_ends_by_the_clock_after_the_current_citizen(engine: str) -> None:
    window = [{"id": "one", "serves": ["card"], "breaks": [{"from": time(9, 25), "to": time(9, 40)}]}]
    rows = [card(0, 12), card(10, 12), card(20, 12), card(30, 12)]

    assert [row[1] - row[0] for row in log(hall(windows=window), rows, engine) if row[1] is not None] == [0, 2, 4, 10]


def test_two_halves_of_a_break_cover_each_other(engine: str) -> None:
    windows = [{"id": "w", "count": 2, "serves": ["card"], "ab_break": {"from": time(9, 20), "to": time(9, 40)}}]

    rows = [card(21, 1), card(22, 1), card(31, 1), card(41, 1)]

    assert [row[3] for row in log(hall(windows=windows), rows, engine)] == ["w-2", "w-2", "w-1", "w-1"]


def test_a_slower_window_takes_longer(engine: str) -> None:
    windows = [{"id": "slow", "serves": ["card"], "efficiency": 0.5}]

    assert log(hall(windows=windows), [card(0, 5)], engine) == [(0, 0, 10, "slow", "served")]


def test_a_long_queue_puts_citizens_off(engine: str) -> None:
    services = [dict(hall()["services"][0], balking=[{"queue": 1, "share": 1.0}])]

    assert [row[4] for row in log(hall(services=services), [card(0, 9), card(1, 9, 2), card(2, 9), card(3.5, 9)], engine)] == [
        "served",
        "reneged",
        "balked",
        "served",
    ]


def test_the_urgent_service_is_called_first(engine: str) -> None:
    services = [
        dict(hall()["services"][0], priority=1),
        dict(hall()["services"][0], id="urgent", priority=0),
    ]
    windows = [{"id": "one", "serves": ["*"]}]
    rows = [card(0, 10), card(1, 5), card(2, 5, service="urgent"), card(3, 5), card(4, 5, service="urgent")]

    waits = [row[1] - row[0] for row in log(hall(services=services, windows=windows), rows, engine) if row[1] is not None]
    assert waits == [0, 19, 8, 22, 11]


def test_after_closing_nobody_waits_for_a_window_that_has_gone(engine: str) -> None:
    services = [hall()["services"][0], dict(hall()["services"][0], id="tax")]
    windows = [{"id": "one", "serves": ["card"]}, {"id": "two", "serves": ["tax"], "shifts": [{"from": time(9), "to": time(9, 30)}]}]
    rows = [card(40, 5, service="tax"), card(55, 10), card(56, 10)]

    assert log(hall(services=services, windows=windows), rows, engine) == [
        (40, None, 60, "", "sent_home"),
        (55, 55, 65, "one", "served"),
        (56, 65, 75, "one", "served"),
    ]


def test_a_textbook_run_stops_by_the_clock(engine: str) -> None:
    document = hall(horizon={"minutes": 20, "warm_up": 0}, services=[dict(hall()["services"][0], arrivals_per_hour=1)])
    del document["opening"]

    assert log(document, [card(0, 15), card(1, 15), card(2, 5), card(3, 5, patience=4)], engine) == [
        (0, 0, 15, "one", "served"),
        (1, 15, 20, "one", "unfinished"),
        (2, None, 20, "", "unfinished"),
        (3, None, 7, "", "reneged"),
    ]
