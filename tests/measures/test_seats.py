"""Seats needed, by hand: who waits when, with how many companions."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

import numpy as np
import pytest

from simulation import draw_demand, experiment, measure, serve
from simulation.measures.seats import seats_of
from simulation.scenario import Scenario, parse
from simulation.tickets import Tickets
from tests.measures.hand import tickets_of


def hall(companions: list[dict[str, Any]], diverted: float = 0.0) -> Scenario:
    service = {"id": "a", "service_min": {"family": "exponential", "mean": 5.0}, "arrivals_per_hour": 20, "companions": companions}
    if diverted:
        service["diverted"] = [{"to": "online", "share": diverted}]
    opening = [{"from": time(9), "to": time(12), "at_end": "serve_all", "early_min": 20}]
    return parse({"schema": 1, "name": "seats", "opening": opening, "services": [service], "windows": [{"id": "w", "serves": ["*"]}]})


def by_hand(scenario: Scenario) -> Tickets:
    """Three parties: 1 person from minute 0 to 100, 3 from 20 to 50, 2 at the doors from -10, called at 20; and one who balks."""
    rows = [
        ("a", -10.0, 0.0, "w", 20.0, 30.0, "served"),
        ("a", 0.0, 0.0, None, None, 100.0, "reneged"),
        ("a", 20.0, 20.0, "w", 50.0, 60.0, "served"),
        ("a", 30.0, 30.0, None, None, 30.0, "balked"),
    ]
    return replace(tickets_of(scenario, rows), persons=np.array([2, 1, 3, 9], np.int32))


def test_people_waiting_are_counted_with_their_companions() -> None:
    """0-20: 3, 20-50: 4 (who is called at 20 has left before who comes at 20), 50-100: 1, to closing at 180: nobody."""
    tickets = by_hand(hall([{"count": 1, "share": 1.0}]))

    assert seats_of(tickets, 0.0, 180.0) == (4, 4)
    assert seats_of(tickets, 0.0, 3000.0) == (4, 3), "more than 3 wait for 30 minutes in 3000"
    assert seats_of(tickets, 0.0, 10_000.0) == (4, 0)


def test_an_empty_day_needs_no_seat() -> None:
    scenario = hall([{"count": 1, "share": 1.0}])

    assert seats_of(tickets_of(scenario, []), 0.0, 180.0) == (0, 0)


def test_seats_are_given_where_people_bring_companions() -> None:
    alone, pairs = hall([]), hall([{"count": 1, "share": 1.0}])
    logs = [serve(each, draw_demand(each, 3))[0] for each in (alone, pairs)]
    measures = [measure(each, log) for each, log in zip((alone, pairs), logs, strict=True)]
    most, nearly = seats_of(logs[0], 0.0, 180.0)

    assert np.isnan(measures[0]["seats_needed"])
    assert (measures[1]["seats_needed"], measures[1]["seats_needed_p99"]) == (2 * most, 2 * nearly), "each with one companion"
    result = experiment(pairs, replications=4)
    assert result.measures["seats_needed"].value >= result.measures["seats_needed_p99"].value > 0


def test_the_share_done_elsewhere_is_a_measure() -> None:
    result = experiment(hall([], diverted=0.3), replications=40)
    share = result.measures["diverted_share"]

    assert share.value == pytest.approx(0.3, abs=0.03)
    assert result.by_service["a"]["diverted_share"].value == share.value
    assert experiment(hall([]), replications=2).measures["diverted_share"].value == 0
