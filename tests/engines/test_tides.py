"""Windows that come and go with need, whose turn it is, what is promised, and when nothing starts any more: stories worked out by hand.

Doors from nine to ten; a card is expected to take five minutes; a row is (arrival, called, ended, window, outcome).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

import numpy as np
import pytest

from simulation.measures import measure
from simulation.scenario import parse
from simulation.serve import serve
from tests.engines.agreement import given_day
from tests.engines.test_rules import INTERRUPTED, NO_BOOKING, SENT_HOME, SERVED, at, long_day, opening, outages, service, span, window
from tests.engines.test_story import card, engine, hall, log, told
from tests.halls import Document, Row

__all__ = ["engine"]

# ---- whose turn it is -----------------------------------------------------------------------------------------------------------------


def booked(arrival: float, since: float, work: float = 5) -> Row:
    return Row(arrival, "card", work, None, booked=since)


def test_a_window_calls_the_booked_and_who_walks_in_by_turns(engine: str) -> None:
    document = hall(rules={"booked": "alternate"}, services=[service("card", booking=NO_BOOKING)])
    rows = [card(0, 10), card(1, 5), card(2, 5), booked(3, 3), booked(4, 4), booked(5, 5)]

    assert log(document, rows, engine) == [
        (0, 0, 10, "one", SERVED),
        (1, 15, 20, "one", SERVED),
        (2, 25, 30, "one", SERVED),
        (3, 10, 15, "one", SERVED),
        (4, 20, 25, "one", SERVED),
        (5, 30, 35, "one", SERVED),
    ]


def test_who_has_the_turn_and_is_not_there_loses_it(engine: str) -> None:
    document = hall(rules={"booked": "alternate"}, services=[service("card", booking=NO_BOOKING)])
    rows = [booked(0, 0), booked(1, 1), booked(2, 2), card(8, 5)]

    assert [row[1] for row in log(document, rows, engine)] == [0, 5, 15, 10]


def test_who_has_waited_as_long_as_is_promised_comes_before_the_booked(engine: str) -> None:
    document = hall(rules={"longest_wait_min": 12}, services=[service("card", booking=NO_BOOKING)])
    rows = [card(0, 10), card(1, 5), booked(2, 2), booked(3, 3)]

    assert [row[1] for row in log(document, rows, engine)] == [0, 15, 10, 20]  # at ten minutes past, nine minutes are not yet twelve


def test_who_has_waited_as_long_as_is_promised_comes_before_the_urgent(engine: str) -> None:
    services = [service("card", priority=1), service("urgent")]
    rows = [card(0, 5), card(1, 5), card(2, 5, service="urgent"), card(3, 5, service="urgent"), card(4, 5, service="urgent")]
    document = hall(services=services, windows=[window("one", serves=["*"])], rules={"longest_wait_min": 9})

    assert [row[1] for row in log(document, rows, engine)] == [0, 10, 5, 15, 20]


# ---- windows that open and close with the queue ------------------------------------------------------------------------------------


def tidal(**keys: Any) -> list[Document]:
    extra = {key: keys.pop(key) for key in ("shifts", "start_up_min", "breaks") if key in keys}
    return [window("one"), window("two", tidal={"open_queue": 2} | keys, **extra)]


def test_a_tidal_window_opens_above_a_queue_and_closes_when_it_is_gone(engine: str) -> None:
    rows = [card(0, 30), card(1, 5), card(2, 5), card(13, 5)]

    assert log(hall(windows=tidal()), rows, engine) == [
        (0, 0, 30, "one", SERVED),
        (1, 2, 7, "two", SERVED),  # the second who waits opens it
        (2, 7, 12, "two", SERVED),
        (13, 30, 35, "one", SERVED),  # closed at 12
    ]


def test_it_closes_at_the_length_it_is_told(engine: str) -> None:
    rows = [card(0, 30), card(1, 5), card(2, 5), card(13, 5)]

    assert log(hall(windows=tidal(close_queue=1)), rows, engine) == [
        (0, 0, 30, "one", SERVED),
        (1, 2, 7, "two", SERVED),
        (2, 13, 18, "two", SERVED),  # alone at 7, so it closed; opened again at 13
        (13, 30, 35, "one", SERVED),
    ]


def test_it_stays_open_for_its_least_time_and_closes_then_though_nobody_comes(engine: str) -> None:
    rows = [card(0, 30), card(1, 5), card(2, 5), card(13, 5), card(23, 5)]

    assert log(hall(windows=tidal(least_min=20)), rows, engine) == [
        (0, 0, 30, "one", SERVED),
        (1, 2, 7, "two", SERVED),
        (2, 7, 12, "two", SERVED),
        (13, 13, 18, "two", SERVED),  # open until 22
        (23, 30, 35, "one", SERVED),
    ]


def test_who_comes_from_the_back_office_starts_up_first(engine: str) -> None:
    rows = [card(0, 30), card(1, 5), card(2, 5)]

    assert [row[1] for row in log(hall(windows=tidal(start_up_min=3)), rows, engine)] == [0, 5, 10]


def test_a_tidal_window_opens_only_in_its_shift_and_looks_when_it_begins(engine: str) -> None:
    rows = [card(0, 40), card(1, 5), card(2, 5), card(21, 5), card(22, 5)]

    assert log(hall(windows=tidal(shifts=[span(10, 20)])), rows, engine) == [
        (0, 0, 40, "one", SERVED),
        (1, 10, 15, "two", SERVED),
        (2, 15, 20, "two", SERVED),
        (21, 40, 45, "one", SERVED),
        (22, 45, 50, "one", SERVED),
    ]


def test_a_tidal_window_that_is_open_at_closing_stays_like_the_others(engine: str) -> None:
    rows = [card(50, 30), card(51, 5), card(52, 10), card(53, 5), card(59, 1)]

    assert log(hall(windows=tidal()), rows, engine) == [
        (50, 50, 80, "one", SERVED),
        (51, 52, 57, "two", SERVED),
        (52, 57, 67, "two", SERVED),
        (53, 67, 72, "two", SERVED),
        (59, 72, 73, "two", SERVED),
    ]


def test_a_tidal_window_counts_as_working_only_while_it_is_open(engine: str) -> None:
    scenario = parse(hall(windows=tidal(least_min=20, start_up_min=2)), "story")
    rows = [card(0, 30), card(1, 5), card(2, 5), card(13, 5)]
    tickets, _ = serve(scenario, given_day(scenario, rows), engine=engine)

    assert tickets.opened is not None
    assert tickets.opened.tolist() == [[1, 2, 22]]
    two = measure(scenario, tickets).by_window["two"]
    assert two["utilisation"] == pytest.approx(17 / 20)  # two minutes of start-up and three citizens
    assert two["serving_share"] == pytest.approx(15 / 20)


def test_a_party_needs_a_place_for_each(engine: str) -> None:
    scenario = parse(hall(rules={"places": 3}), "story")
    demand = given_day(scenario, [card(0, 5), card(1, 5), card(2, 5), card(3, 5)])
    demand = replace(demand, citizens=replace(demand.citizens, persons=np.array([1, 2, 2, 1], np.int32)))
    tickets, _ = serve(scenario, demand, engine=engine)

    assert [row[4] for row in told(scenario, tickets)] == [SERVED, SERVED, "turned_away", SERVED]


# ---- windows that cover for others ---------------------------------------------------------------------------------------------------

BOTH = [service("card"), service("tax")]


def cover(**of_one: Any) -> list[Document]:
    return [window("one", **of_one), window("two", serves=["tax"], covers=["card"])]


def test_a_window_covers_for_another_while_it_is_on_its_break(engine: str) -> None:
    rows = [card(0, 15), card(6, 5), card(11, 5, service="tax"), card(12, 5)]

    assert log(hall(services=BOTH, windows=cover(breaks=[span(10, 20)])), rows, engine) == [
        (0, 0, 15, "one", SERVED),
        (6, 10, 15, "two", SERVED),  # idle before, but the other was on post
        (11, 15, 20, "two", SERVED),  # its own come first
        (12, 20, 25, "one", SERVED),  # back
    ]


def test_it_covers_from_when_a_break_that_lasts_its_length_really_begins(engine: str) -> None:
    rows = [card(0, 15), card(6, 5), card(22, 5), card(24, 5), card(26, 5)]

    assert log(hall(services=BOTH, windows=cover(breaks=[span(10, 20)], break_lasts="length")), rows, engine) == [
        (0, 0, 15, "one", SERVED),
        (6, 15, 20, "two", SERVED),
        (22, 22, 27, "two", SERVED),
        (24, 25, 30, "one", SERVED),
        (26, 30, 35, "one", SERVED),
    ]


def test_it_covers_for_a_window_that_broke_down_or_stays_empty(engine: str) -> None:
    document = hall(services=BOTH, windows=cover())

    assert log(document, [card(0, 5), card(4, 5)], engine, outages(down=[(0, 3, 30)])) == [
        (0, 0, 3, "one", INTERRUPTED),
        (3, 3, 5, "two", SERVED),
        (4, 5, 10, "two", SERVED),
    ]
    assert log(document, [card(0, 5)], engine, outages(absent=[0])) == [(0, 0, 5, "two", SERVED)]


def test_it_does_not_cover_while_somebody_is_left_whose_own_it_is(engine: str) -> None:
    windows = [window("one", shifts=[span(0, 5)]), *cover()]
    windows[1]["id"] = "other"

    assert log(hall(services=BOTH, windows=windows), [card(0, 5), card(1, 20), card(6, 5)], engine) == [
        (0, 0, 5, "one", SERVED),
        (1, 1, 21, "other", SERVED),
        (6, 21, 26, "other", SERVED),
    ]


# ---- what the machine announces, and when nothing starts any more ---------------------------------------------------------------------


@pytest.mark.parametrize(("windows", "joins"), [(1, 2), (2, 4)])
def test_who_is_told_too_long_a_wait_turns_round(windows: int, joins: int, engine: str) -> None:
    """Five minutes a citizen: with one window ten minutes are announced behind two who wait, with two behind four."""
    services = [service("card", announced=[{"wait_min": 10, "share": 1.0}])]
    seats = [window(f"w{n}") for n in range(windows)]
    rows = [card(0, 30)] * windows + [card(1, 5)] * 6
    outcomes = [row[4] for row in log(hall(services=services, windows=seats), rows, engine)][windows:]

    assert outcomes == [SERVED] * joins + ["balked"] * (6 - joins)


def test_before_the_doors_no_wait_is_announced(engine: str) -> None:
    services = [service("card", announced=[{"wait_min": 0, "share": 1.0}])]
    early = [opening(0, 60, early_min=10)]

    assert [row[4] for row in log(hall(services=services, opening=early), [card(-5, 5), card(-4, 5), card(1, 5)], engine)] == [
        SERVED,
        SERVED,
        "balked",
    ]


def test_no_service_starts_after_a_time_and_who_waits_then_goes_home_at_the_end(engine: str) -> None:
    document = hall(opening=[opening(0, 60, "finish_current", last_start=at(50))])
    rows = [Row(45, "card", 7, None, cases=(4,)), card(48, 5), card(58, 1)]

    assert log(document, rows, engine) == [
        (45, 45, 52, "one", SERVED),
        (48, None, 60, "", SENT_HOME),
        (52, 52, 56, "one", SERVED),  # the same citizen's second case
        (58, None, 60, "", SENT_HOME),
    ]


def test_tickets_of_the_morning_are_called_after_lunch_where_nothing_starts_any_more(engine: str) -> None:
    day = long_day(opening(0, 30, "keep_tickets", last_start=at(20)), opening(60, 90))

    assert log(day, [card(19, 5), card(20, 5), card(25, 5)], engine) == [
        (19, 19, 24, "one", SERVED),
        (20, 60, 65, "one", SERVED),
        (25, 65, 70, "one", SERVED),
    ]


# ---- a machine that never closes -------------------------------------------------------------------------------------------------------


def test_a_machine_serves_around_the_clock_in_an_opening_of_the_whole_day(engine: str) -> None:
    """The unmanned window (24小时无人窗口) is a window without a shift; the desk has one, and its citizens come in its hours."""
    desk = window("desk", serves=["*"], shifts=[{"from": time(9), "to": time(17)}])
    machine = window("machine", kind="kiosk")
    services = [service("card", arrivals_per_hour=[1] * 48), service("tax", arrivals_per_hour=[0] * 18 + [1] * 16 + [0] * 14)]
    day = [{"from": time(0), "to": time(0), "at_end": "serve_all"}]
    rows = [card(30, 5), card(31, 5), card(540, 5, service="tax"), card(541, 5), card(1430, 20)]

    assert log(hall(opening=day, services=services, windows=[desk, machine]), rows, engine) == [
        (30, 30, 35, "machine", SERVED),
        (31, 35, 40, "machine", SERVED),
        (540, 540, 545, "desk", SERVED),
        (541, 541, 546, "machine", SERVED),
        (1430, 1430, 1450, "machine", SERVED),
    ]
