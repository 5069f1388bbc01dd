"""Every rule of the hall that has a name: a short story with its whole log, worked out by hand and told by both engines.

Doors from nine to ten unless the story says otherwise; a card is expected to take five minutes; a row is (arrival, called, ended, window,
outcome). The rest of an interrupted service is a ticket of its own, taken when it was interrupted.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

import numpy as np
import pytest

from simulation import draw_demand
from simulation.carry import Carried
from simulation.demand import Outages
from simulation.scenario import parse
from simulation.serve import serve
from tests.engines.agreement import given_day
from tests.engines.test_story import Log, card, engine, hall, log, told
from tests.halls import Document, Row

__all__ = ["engine"]

SERVED, SENT_HOME, INTERRUPTED, TURNED_AWAY = "served", "sent_home", "interrupted", "turned_away"


def at(minute: float) -> time:
    """Clock time so many minutes after nine."""
    return time(9 + int(minute) // 60, int(minute) % 60)


def span(start: float, end: float) -> Document:
    return {"from": at(start), "to": at(end)}


def window(id: str, **keys: Any) -> Document:
    return {"id": id, "serves": ["card"]} | keys


def service(id: str, expected: float = 5, **keys: Any) -> Document:
    return {"id": id, "service_min": {"family": "deterministic", "value": expected}, "arrivals_per_hour": [1, 1]} | keys


def opening(start: float, end: float, at_end: str = "serve_all", **keys: Any) -> Document:
    return span(start, end) | {"at_end": at_end} | keys


def long_day(*periods: Document) -> Document:
    """The base of a story with other hours than nine to ten."""
    return hall(opening=list(periods), services=[service("card", arrivals_per_hour=[1] * half_hours(periods))])


def half_hours(periods: tuple[Document, ...]) -> int:
    return sum((p["to"].hour - p["from"].hour) * 2 + (p["to"].minute - p["from"].minute) // 30 for p in periods)


# ---- a window leaves --------------------------------------------------------------------------------------------------------------

LEAVING: dict[str, Log] = {
    "finish_current": [(20, 20, 40, "one", SERVED), (25, 40, 45, "two", SERVED)],
    "interrupt_resume_same": [
        (20, 20, 30, "one", INTERRUPTED),
        (25, 40, 45, "two", SERVED),
        (30, 45, 55, "one", SERVED),
    ],
    "interrupt_resume_any": [
        (20, 20, 30, "one", INTERRUPTED),
        (25, 45, 50, "one", SERVED),
        (30, 40, 50, "two", SERVED),  # its wait counts from 20, so it is called before the one who came at 25
    ],
    "interrupt_restart": [
        (20, 20, 30, "one", INTERRUPTED),
        (25, 45, 50, "one", SERVED),
        (30, 40, 60, "two", SERVED),
    ],
}
"""the first window is away from 30 to 45, the second comes at 40"""
AWAY = {"at_shift_end": {"shifts": [span(0, 30), span(45, 60)]}, "at_break": {"breaks": [span(30, 45)]}}


@pytest.mark.parametrize("rule", LEAVING)
@pytest.mark.parametrize("when", AWAY)
def test_what_a_window_does_that_is_due_to_leave(when: str, rule: str, engine: str) -> None:
    windows = [window("one", **AWAY[when], **{when: rule}), window("two", shifts=[span(40, 60)])]

    assert log(hall(windows=windows), [card(20, 20), card(25, 5)], engine) == LEAVING[rule]


@pytest.mark.parametrize("when", AWAY)
def test_nothing_is_started_that_is_expected_to_run_past_the_end(when: str, engine: str) -> None:
    """Only the expected time counts: five minutes for a card, two for a stamp."""
    windows = [
        window("one", serves=["card", "stamp"], **AWAY[when], **{when: "start_nothing_past"}),
        window("two", serves=["card", "stamp"], shifts=[span(40, 60)]),
    ]
    services = [service("card"), service("stamp", 2)]
    rows = [card(18, 7), card(19, 1), card(20, 1), card(27.5, 2, service="stamp")]

    assert log(hall(services=services, windows=windows), rows, engine) == [
        (18, 18, 25, "one", SERVED),
        (19, 25, 26, "one", SERVED),  # expected until 30, which is not past it
        (20, 40, 41, "two", SERVED),
        (27.5, 27.5, 29.5, "one", SERVED),
    ]


@pytest.mark.parametrize("rule", ["interrupt_resume_same", "interrupt_resume_any", "interrupt_restart"])
@pytest.mark.parametrize("when", AWAY)
def test_a_service_that_ends_when_the_window_leaves_is_not_interrupted(when: str, rule: str, engine: str) -> None:
    windows = [window("one", **AWAY[when], **{when: rule})]

    assert log(hall(windows=windows), [card(20, 10)], engine) == [(20, 20, 30, "one", SERVED)]


def test_another_window_does_the_rest_at_its_own_speed(engine: str) -> None:
    """Half of it was done; the slow window takes twice as long for the other half."""
    windows = [window("one", shifts=[span(0, 10)], at_shift_end="interrupt_resume_any"), window("two", efficiency=0.5)]

    assert log(hall(windows=windows), [card(0, 20), card(0, 2)], engine) == [
        (0, 0, 10, "one", INTERRUPTED),
        (0, 0, 4, "two", SERVED),
        (10, 10, 30, "two", SERVED),
    ]


def test_what_is_broken_off_goes_to_a_window_that_does_not_leave_at_the_same_moment(engine: str) -> None:
    """Nor does a window that comes at that moment call somebody else first."""
    windows = [
        window("one", shifts=[span(0, 30)], at_shift_end="interrupt_resume_any"),
        window("two", shifts=[span(0, 30)]),
        window("three", shifts=[span(30, 60)]),
    ]
    rows = [card(20, 20), card(21, 9), card(25, 5)]

    assert log(hall(windows=windows), rows, engine) == [
        (20, 20, 30, "one", INTERRUPTED),
        (21, 21, 30, "two", SERVED),
        (25, 40, 45, "three", SERVED),
        (30, 30, 40, "three", SERVED),
    ]


@pytest.mark.parametrize("rule", ["interrupt_resume_same", "interrupt_resume_any"])
def test_who_is_interrupted_at_the_last_closing_goes_home(rule: str, engine: str) -> None:
    day = [opening(0, 60, "finish_current")]

    assert log(hall(opening=day, windows=[window("one", at_shift_end=rule)]), [card(50, 20)], engine) == [
        (50, 50, 60, "one", INTERRUPTED),
        (60, None, 60, "", SENT_HOME),
    ]


@pytest.mark.parametrize("rule", [*LEAVING, "start_nothing_past"])
def test_a_window_that_serves_everyone_inside_does_not_leave_at_closing(rule: str, engine: str) -> None:
    assert log(hall(windows=[window("one", at_shift_end=rule)]), [card(50, 9), card(51, 9)], engine) == [
        (50, 50, 59, "one", SERVED),
        (51, 59, 68, "one", SERVED),
    ]


def test_who_was_interrupted_waits_for_a_window_that_does_not_come_back(engine: str) -> None:
    windows = [window("one", shifts=[span(0, 30)], at_shift_end="interrupt_resume_same"), window("two", shifts=[span(40, 60)])]

    assert log(hall(windows=windows), [card(20, 20)], engine) == [(20, 20, 30, "one", INTERRUPTED), (30, None, 60, "", SENT_HOME)]


def test_whoever_stayed_over_lunch_goes_to_a_break_as_others_do(engine: str) -> None:
    day = long_day(opening(0, 30), opening(60, 120))
    windows = [window("one", breaks=[span(70, 80)], at_break="interrupt_resume_same")]

    assert log(day | {"windows": windows}, [card(25, 10), card(65, 20)], engine) == [
        (25, 25, 35, "one", SERVED),
        (65, 65, 70, "one", INTERRUPTED),
        (70, 80, 95, "one", SERVED),
    ]


# ---- breaks by their length, wrap-up, start-up -------------------------------------------------------------------------------------


def test_a_break_may_last_its_length_from_when_the_window_is_free(engine: str) -> None:
    windows = [window("one", breaks=[span(30, 40)], break_lasts="length")]

    assert log(hall(windows=windows), [card(20, 15), card(25, 5)], engine) == [(20, 20, 35, "one", SERVED), (25, 45, 50, "one", SERVED)]
    assert log(hall(windows=windows), [card(31, 5)], engine) == [(31, 40, 45, "one", SERVED)]


def test_a_break_of_its_length_interrupts_too(engine: str) -> None:
    windows = [window("one", breaks=[span(30, 40)], break_lasts="length", at_break="interrupt_resume_same")]

    assert log(hall(windows=windows), [card(20, 15), card(25, 5)], engine) == [
        (20, 20, 30, "one", INTERRUPTED),
        (25, 45, 50, "one", SERVED),
        (30, 40, 45, "one", SERVED),
    ]


def test_nothing_runs_past_the_beginning_of_a_break_of_its_length(engine: str) -> None:
    breaks = [span(30, 35), span(45, 50)]
    windows = [window("one", breaks=breaks, break_lasts="length", at_break="start_nothing_past")]

    assert log(hall(windows=windows), [card(27, 2), card(38, 2), card(41, 2), card(58, 2)], engine) == [
        (27, 35, 37, "one", SERVED),
        (38, 38, 40, "one", SERVED),
        (41, 50, 52, "one", SERVED),
        (58, 58, 60, "one", SERVED),
    ]


def test_a_window_wraps_up_before_it_calls_again(engine: str) -> None:
    assert log(hall(windows=[window("one", wrap_up_min=2)]), [card(0, 5), card(1, 5), card(13, 5)], engine) == [
        (0, 0, 5, "one", SERVED),
        (1, 7, 12, "one", SERVED),
        (13, 14, 19, "one", SERVED),
    ]


def test_a_law_of_wrap_up_is_drawn_for_each_citizen_and_read_by_the_window_that_serves(engine: str) -> None:
    """Two windows of two laws and one of a number: every law has a column, the number has none."""
    always = {"family": "empirical", "values": [2]}
    windows = [
        window("one", wrap_up_min=always),
        window("two", wrap_up_min=1),
        window("six", wrap_up_min={"family": "exponential", "mean": 6}),
    ]
    scenario = parse(hall(windows=windows), "story")
    demand = given_day(
        scenario, [card(0, 5), card(0, 5), card(0, 5), card(1, 5), card(1, 5), Row(1, "card", 20, None, cases=(3,)), card(2, 1)]
    )
    demand.tasks.wrap_up[:, 1] = [9, 9, 1.5, 9, 9, 9, 9, 9]
    tickets, _ = serve(scenario, demand, engine=engine)

    assert demand.tasks.wrap_up[:, 0].tolist() == [2] * 8
    assert told(scenario, tickets) == [
        (0, 0, 5, "one", SERVED),
        (0, 0, 5, "two", SERVED),
        (0, 0, 5, "six", SERVED),
        (1, 6, 11, "two", SERVED),
        (1, 6.5, 11.5, "six", SERVED),
        (1, 7, 27, "one", SERVED),
        (2, 12, 13, "two", SERVED),
        (27, 27, 30, "one", SERVED),
    ]
    assert tickets.wrap_up is not None
    assert tickets.wrap_up.tolist() == [2, 1, 1.5, 1, 9, 0, 1, 2], "nothing between the cases of one citizen"


def test_a_window_starts_up_whenever_it_comes_on_duty(engine: str) -> None:
    windows = [window("one", start_up_min=3, breaks=[span(20, 30)])]
    early = [window("one", start_up_min=3, shifts=[{"from": time(8, 50), "to": at(60)}])]

    assert log(hall(windows=windows), [card(1, 5), card(25, 5)], engine) == [(1, 3, 8, "one", SERVED), (25, 33, 38, "one", SERVED)]
    assert log(hall(windows=early), [card(0, 5)], engine) == [(0, 0, 5, "one", SERVED)]


# ---- help, lines, urgency -----------------------------------------------------------------------------------------------------------

HELP = [window("one"), window("two", serves=["tax"], overflow=[{"service": "card", "queue": 2}])]


def test_a_window_helps_others_once_enough_wait_and_its_own_are_served(engine: str) -> None:
    rows = [card(0, 20), card(1, 5), card(2, 5), card(3, 5, service="tax"), card(4, 5)]

    assert log(hall(services=[service("card"), service("tax")], windows=HELP), rows, engine) == [
        (0, 0, 20, "one", SERVED),
        (1, 2, 7, "two", SERVED),  # alone until 2, then two wait
        (2, 12, 17, "two", SERVED),
        (3, 7, 12, "two", SERVED),  # its own come first
        (4, 20, 25, "one", SERVED),  # alone again
    ]


def test_after_closing_a_window_helps_however_few_wait(engine: str) -> None:
    """Everyone inside is served, and nobody else is left to do it."""
    windows = [window("one", shifts=[span(0, 30)]), HELP[1]]

    assert log(hall(services=[service("card"), service("tax")], windows=windows), [card(40, 5)], engine) == [(40, 60, 65, "two", SERVED)]


PER_WINDOW = {"lines": "per_window"}


def test_the_shortest_line_is_joined_and_kept(engine: str) -> None:
    windows = [window("one"), window("two")]
    rows = [card(0, 10), card(1, 20), card(2, 5), card(3, 5), card(4, 5), card(22, 5)]

    assert log(hall(windows=windows, rules=PER_WINDOW), rows, engine) == [
        (0, 0, 10, "one", SERVED),
        (1, 1, 21, "two", SERVED),
        (2, 10, 15, "one", SERVED),  # one person at each: the first
        (3, 21, 26, "two", SERVED),  # stays there while the first window is idle from 20 on
        (4, 15, 20, "one", SERVED),
        (22, 22, 27, "one", SERVED),
    ]


def test_a_line_goes_to_another_window_when_its_own_closes(engine: str) -> None:
    """Each takes the place that belongs to the time they have waited."""
    windows = [window("one", shifts=[span(0, 12)]), window("two")]
    rows = [card(0, 30), card(1, 30), card(2, 5), card(3, 5), card(4, 5, patience=6), card(5, 5)]

    assert log(hall(windows=windows, rules=PER_WINDOW), rows, engine) == [
        (0, 0, 30, "one", SERVED),
        (1, 1, 31, "two", SERVED),
        (2, 31, 36, "two", SERVED),
        (3, 36, 41, "two", SERVED),
        (4, None, 10, "", "reneged"),
        (5, 41, 46, "two", SERVED),
    ]


def test_the_urgent_come_first_in_a_line_before_a_window_too(engine: str) -> None:
    services = [service("card", priority=1), service("urgent")]
    rows = [card(0, 10), card(1, 5), card(2, 5, service="urgent")]

    assert log(hall(services=services, windows=[window("one", serves=["*"])], rules=PER_WINDOW), rows, engine) == [
        (0, 0, 10, "one", SERVED),
        (1, 15, 20, "one", SERVED),
        (2, 10, 15, "one", SERVED),
    ]


URGENT = {"services": [service("card", priority=1), service("urgent")], "rules": {"urgent_interrupt": True}}


def test_the_urgent_interrupt_and_the_rest_is_done_later(engine: str) -> None:
    rows = [card(0, 10), card(1, 5), card(4, 3, service="urgent"), card(5, 2, service="urgent")]

    assert log(hall(windows=[window("one", serves=["*"])], **URGENT), rows, engine) == [
        (0, 0, 4, "one", INTERRUPTED),
        (1, 15, 20, "one", SERVED),
        (4, 4, 7, "one", SERVED),
        (4, 9, 15, "one", SERVED),  # the six minutes left, before the one who came at 1
        (5, 7, 9, "one", SERVED),  # no less urgent citizen to interrupt
    ]


def test_of_equally_urgent_citizens_the_one_called_last_is_interrupted(engine: str) -> None:
    windows = [window("one", serves=["*"]), window("two", serves=["*"]), window("three")]
    rows = [card(0, 20), card(2, 20), card(3, 20), card(5, 3, service="urgent")]

    assert log(hall(windows=windows, **URGENT), rows, engine) == [
        (0, 0, 20, "one", SERVED),
        (2, 2, 5, "two", INTERRUPTED),
        (3, 3, 23, "three", SERVED),  # called later, but it cannot serve the urgent
        (5, 5, 8, "two", SERVED),
        (5, 8, 25, "two", SERVED),
    ]


def test_nobody_interrupts_ahead_of_somebody_as_urgent_who_waits(engine: str) -> None:
    """The first urgent citizen came before the doors opened, when nobody may interrupt."""
    day = long_day(opening(0, 30, "keep_tickets"), opening(60, 90, early_min=10))
    services = [day["services"][0] | {"priority": 1}, day["services"][0] | {"id": "urgent"}]
    rows = [card(25, 40), card(55, 3, service="urgent"), card(61, 3, service="urgent"), card(69, 9), card(70, 3, service="urgent")]
    document = day | {"services": services, "windows": [window("one", serves=["*"])], "rules": URGENT["rules"]}

    assert log(document, rows, engine) == [
        (25, 25, 65, "one", SERVED),
        (55, 65, 68, "one", SERVED),
        (61, 68, 71, "one", SERVED),
        (69, 74, 83, "one", SERVED),
        (70, 71, 74, "one", SERVED),
    ]


ABOUT_TO_LEAVE = [{"shifts": [span(0, 10)]}, {"breaks": [span(10, 60)]}, {"breaks": [span(10, 20)], "break_lasts": "length"}]


@pytest.mark.parametrize("away", ABOUT_TO_LEAVE, ids=["shift", "break", "break of its length"])
def test_nobody_interrupts_at_a_window_that_is_about_to_leave(away: Document, engine: str) -> None:
    windows = [window("one", serves=["*"], **away), window("two", serves=["*"], shifts=[span(20, 60)])]

    assert log(hall(windows=windows, **URGENT), [card(5, 10), card(12, 3, service="urgent")], engine) == [
        (5, 5, 15, "one", SERVED),
        (12, 20, 23, "two", SERVED),
    ]


# ---- who gets in, who gets which window ---------------------------------------------------------------------------------------------


def test_who_finds_the_hall_full_is_turned_away(engine: str) -> None:
    assert log(hall(rules={"places": 1}), [card(0, 5), card(1, 5), card(2, 5), card(5, 5)], engine) == [
        (0, 0, 5, "one", SERVED),
        (1, 5, 10, "one", SERVED),
        (2, None, 2, "", TURNED_AWAY),
        (5, 10, 15, "one", SERVED),
    ]


def test_a_quota_counts_the_tickets_of_each_opening(engine: str) -> None:
    day = long_day(opening(0, 30, "keep_tickets"), opening(60, 90))
    services = [day["services"][0] | {"quota": 2}, day["services"][0] | {"id": "tax"}]
    rows = [card(m, 1, patience=p) for m, p in ((0, None), (0.5, 0.25), (2, None), (61, None), (62, None), (63, None))]
    rows.insert(3, card(3, 1, service="tax"))

    assert [row[4] for row in log(day | {"services": services, "windows": [window("one", serves=["*"])]}, rows, engine)] == [
        SERVED,
        "reneged",  # the ticket is used up all the same
        TURNED_AWAY,
        SERVED,
        SERVED,
        SERVED,
        TURNED_AWAY,
    ]


@pytest.mark.parametrize(("rules", "called"), [({"ghost_min": 2}, 14), ({"ghost_min": 0}, 10), ({}, 10)])
def test_the_ticket_of_somebody_who_left_costs_calling_time(rules: Document, called: float, engine: str) -> None:
    rows = [card(0, 10), card(1, 5, patience=3), card(2, 5), card(1.5, 5, patience=1)]

    assert log(hall(rules=rules), sorted(rows, key=lambda row: row.arrival), engine) == [
        (0, 0, 10, "one", SERVED),
        (1, None, 4, "", "reneged"),
        (1.5, None, 2.5, "", "reneged"),
        (2, called, called + 5, "one", SERVED),
    ]


@pytest.mark.parametrize(
    ("rule", "got"),
    [
        ("listed", ["broad", "broad", "broad"]),
        ("fewest_skills", ["narrow", "narrow", "narrow"]),
        ("longest_idle", ["broad", "narrow", "broad"]),
    ],
)
def test_which_idle_window_a_ticket_gets(rule: str, got: list[str], engine: str) -> None:
    services = [service("card"), service("tax")]
    windows = [window("broad", serves=["*"]), window("narrow")]
    rows = [card(0, 2), card(5, 2), card(12, 2)]

    assert [row[3] for row in log(hall(services=services, windows=windows, rules={"idle_window": rule}), rows, engine)] == got


@pytest.mark.parametrize(("rule", "calls"), [("first", [0, 20, 15, 10]), ("by_time", [0, 15, 20, 10])])
def test_the_booked_and_who_walks_in(rule: str, calls: list[float], engine: str) -> None:
    """First the booked, in the order of their times; or whoever waits longest, the booked from their booked time on."""
    rows = [card(0, 10), card(1, 5), Row(2, "card", 5, None, booked=5), Row(3, "card", 5, None, booked=0.5)]
    document = hall(rules={"booked": rule}, services=[service("card", booking=NO_BOOKING)])

    assert log(document, rows, engine) == [
        (arrival, called, called + work, "one", SERVED) for arrival, called, work in zip([0, 1, 2, 3], calls, [10, 5, 5, 5], strict=True)
    ]


NO_BOOKING = {"step_min": 10, "places": 1, "booked": 0.0}
"""appointments there are, and the story's rows say who has one"""


def test_who_does_not_come_leaves_the_time_to_who_waits(engine: str) -> None:
    rows = [card(0, 10), card(1, 5), Row(5, "card", 5, None, booked=5, shows=False)]

    assert log(hall(services=[service("card", booking=NO_BOOKING)]), rows, engine) == [
        (0, 0, 10, "one", SERVED),
        (1, 10, 15, "one", SERVED),
        (5, None, 5, "", "no_show"),
    ]


# ---- visits of several tasks --------------------------------------------------------------------------------------------------------


def test_several_cases_are_done_at_one_window_one_after_the_other(engine: str) -> None:
    windows = [window("one", wrap_up_min=1, shifts=[span(0, 4)]), window("two", shifts=[span(6, 60)])]

    assert log(hall(windows=windows), [Row(0, "card", 5, None, cases=(3, 2)), card(1, 5)], engine) == [
        (0, 0, 5, "one", SERVED),
        (1, 6, 11, "two", SERVED),
        (5, 5, 8, "one", SERVED),  # the citizen is finished, though the shift has ended
        (8, 8, 10, "one", SERVED),
    ]


TWO_STEPS = {"services": [service("card"), service("tax")], "windows": [window("one"), window("two", serves=["tax"])]}


def test_a_visit_goes_on_to_another_service(engine: str) -> None:
    rows = [Row(0, "card", 5, None, then=(("tax", 3),)), card(4, 6, service="tax")]

    assert log(hall(**TWO_STEPS), rows, engine) == [
        (0, 0, 5, "one", SERVED),
        (4, 4, 10, "two", SERVED),
        (5, 10, 13, "two", SERVED),
    ]


def test_who_goes_back_to_the_same_line_stands_at_its_end(engine: str) -> None:
    assert log(hall(), [Row(0, "card", 5, None, then=(("card", 4),)), card(1, 5)], engine) == [
        (0, 0, 5, "one", SERVED),
        (1, 5, 10, "one", SERVED),
        (5, 10, 14, "one", SERVED),
    ]


@pytest.mark.parametrize(
    ("shift", "last"), [((0, 60), (63, 63, 66, "two", SERVED)), ((0, 30), (63, None, 63, "", SENT_HOME))], ids=["somebody", "nobody"]
)
def test_after_closing_a_visit_goes_on_if_somebody_stays(shift: tuple[int, int], last: Any, engine: str) -> None:
    windows = [window("one"), window("two", serves=["tax"], shifts=[span(*shift)])]
    rows = [Row(58, "card", 5, None, then=(("tax", 3),))]

    assert log(hall(**TWO_STEPS | {"windows": windows}), rows, engine) == [(58, 58, 63, "one", SERVED), last]


def days(document: Document, first: list[Row], count: int, engine: str) -> list[Log]:
    """The logs of some days, nobody new after the first."""
    scenario = parse(document, "story")
    carried: Carried | None = None
    logs = []
    for day in range(count):
        tickets, carried = serve(scenario, given_day(scenario, first if day == 0 else [], day), carried, engine)
        logs.append(told(scenario, tickets))
        assert set(tickets.visit.tolist()) <= {1 if day == 0 else 2}
    return logs


def test_who_lacked_a_paper_comes_again_once_on_the_right_day(engine: str) -> None:
    lacking = hall(services=[service("card", incomplete={"share": 1.0, "after_days": 2})])

    assert days(lacking, [card(10, 5)], 5, engine) == [[(10, 10, 15, "one", SERVED)], [], [(0, 0, 5, "one", SERVED)], [], []]


def test_who_was_sent_home_on_the_way_comes_again_for_the_rest(engine: str) -> None:
    """The first service was done; nobody does it twice."""
    again = {"share": 1.0, "after_days": 1}
    windows = [window("one"), window("two", serves=["tax"], shifts=[span(0, 30)])]
    document = hall(services=[service("card", returns=again), service("tax")], windows=windows)

    assert days(document, [Row(58, "card", 5, None, then=(("tax", 3),))], 2, engine) == [
        [(58, 58, 63, "one", SERVED), (63, None, 63, "", SENT_HOME)],
        [(0, 0, 3, "two", SERVED)],
    ]


def test_who_comes_in_a_group_comes_at_one_moment(engine: str) -> None:
    groups = service("card", batch=[{"size": 3, "share": 1.0}], arrivals_per_hour=[10, 10])
    document = hall(services=[groups], windows=[window("one"), window("two")])
    scenario = parse(document, "story")
    demand = draw_demand(scenario, seed=3)
    arrival = float(demand.citizens.arrival[0])
    tickets, _ = serve(scenario, demand, engine=engine)

    assert len(demand.citizens.id) >= 3
    assert told(scenario, tickets)[:3] == [
        (arrival, arrival, arrival + 5, "one", SERVED),
        (arrival, arrival, arrival + 5, "two", SERVED),
        (arrival, arrival + 5, arrival + 10, "one", SERVED),
    ]


# ---- absence and breakdown ----------------------------------------------------------------------------------------------------------


def outages(absent: list[int] | None = None, down: list[tuple[int, float, float]] | None = None) -> Outages:
    rows = down or []
    return Outages(
        np.array(absent or [], np.int32),
        np.array([w for w, _, _ in rows], np.int32),
        np.array([start for _, start, _ in rows], np.float64),
        np.array([end for _, _, end in rows], np.float64),
    )


def test_nobody_sits_at_an_absent_window(engine: str) -> None:
    windows = [window("one"), window("two")]

    assert log(hall(windows=windows), [card(0, 5), card(1, 5)], engine, outages(absent=[0])) == [
        (0, 0, 5, "two", SERVED),
        (1, 5, 10, "two", SERVED),
    ]


def test_a_breakdown_interrupts_and_the_rest_is_done_by_whoever_can(engine: str) -> None:
    rows = [card(0, 5), card(1, 5)]

    assert log(hall(), rows, engine, outages(down=[(0, 3, 10)])) == [
        (0, 0, 3, "one", INTERRUPTED),
        (1, 12, 17, "one", SERVED),
        (3, 10, 12, "one", SERVED),
    ]
    assert log(hall(windows=[window("one"), window("two")]), rows[:1], engine, outages(down=[(0, 3, 10)])) == [
        (0, 0, 3, "one", INTERRUPTED),
        (3, 3, 5, "two", SERVED),
    ]


def test_a_breakdown_interrupts_who_is_served_after_the_doors_closed_for_lunch(engine: str) -> None:
    day = long_day(opening(0, 30), opening(60, 90))

    assert log(day, [card(28, 20)], engine, outages(down=[(0, 35, 50)])) == [
        (28, 28, 35, "one", INTERRUPTED),
        (35, 50, 63, "one", SERVED),
    ]


def test_a_broken_window_is_waited_for_after_closing(engine: str) -> None:
    assert log(hall(), [card(55, 5)], engine, outages(down=[(0, 50, 70)])) == [(55, 70, 75, "one", SERVED)]


# ---- away when idle -----------------------------------------------------------------------------------------------------------------


def left(*rows: tuple[int, float, float]) -> Outages:
    """Windows that somebody leaves, if idle: which, when, for how long."""
    which, at_, lasts = zip(*rows, strict=True)
    return replace(outages(), leaves=np.array(which, np.int32), leaves_at=np.array(at_, np.float64), away_for=np.array(lasts, np.float64))


def test_who_is_away_from_an_idle_window_is_waited_for(engine: str) -> None:
    assert log(hall(), [card(5, 5), card(20, 5)], engine, left((0, 3, 4), (0, 8, 60), (0, 12, 5))) == [
        (5, 7, 12, "one", SERVED),  # back at 7; at 8 the window serves, so that nobody leaves; at 12 it serves still
        (20, 20, 25, "one", SERVED),
    ]


def test_at_one_instant_who_is_idle_leaves_before_anybody_comes_and_is_back_before_anybody_loses_patience(engine: str) -> None:
    assert log(hall(), [card(5, 5, patience=4), card(20, 5)], engine, left((0, 5, 4), (0, 20, 0))) == [
        (5, 9, 14, "one", SERVED),
        (20, 20, 25, "one", SERVED),
    ]


def test_another_window_serves_whoever_comes_meanwhile_and_one_that_is_away_is_not_left_again(engine: str) -> None:
    rows = [card(5, 5), card(6, 5), card(7, 5)]

    assert log(hall(windows=[window("one"), window("two")]), rows, engine, left((0, 2, 10), (0, 4, 30))) == [
        (5, 5, 10, "two", SERVED),
        (6, 10, 15, "two", SERVED),
        (7, 12, 17, "one", SERVED),
    ]


def test_who_is_away_is_back_when_the_doors_close_and_goes_with_the_shift(engine: str) -> None:
    windows = [window("one", shifts=[span(0, 20), span(30, 60)], start_up_min=2)]

    assert log(hall(), [card(58, 5)], engine, left((0, 55, 30))) == [(58, 60, 65, "one", SERVED)]
    assert log(hall(windows=windows), [card(25, 5)], engine, left((0, 15, 40))) == [(25, 32, 37, "one", SERVED)]


def test_a_break_and_a_breakdown_end_a_spell_and_take_their_own_time(engine: str) -> None:
    resting = [window("one", breaks=[span(20, 30)], break_lasts="length")]

    assert log(hall(windows=resting), [card(18, 5)], engine, left((0, 15, 40))) == [(18, 30, 35, "one", SERVED)]
    broken = replace(left((0, 15, 40)), window=np.zeros(1, np.int32), start=np.array([20.0]), end=np.array([28.0]))
    assert log(hall(), [card(18, 5)], engine, broken) == [(18, 28, 33, "one", SERVED)]


def test_a_colleague_does_not_cover_for_who_is_back_soon(engine: str) -> None:
    services = [service("card"), service("tax")]
    windows = [window("one"), window("two", serves=["tax"], covers=["card"])]

    assert log(hall(services=services, windows=windows), [card(5, 5)], engine, left((0, 2, 10))) == [(5, 12, 17, "one", SERVED)]


def test_an_open_tidal_window_may_be_left_and_closes_when_somebody_is_back(engine: str) -> None:
    windows = [window("one", serves=["tax"]), window("tide", tidal={"open_queue": 1, "least_min": 10})]
    day = hall(services=[service("card"), service("tax")], windows=windows)
    scenario = parse(day, "story")
    demand = replace(given_day(scenario, [card(1, 2), card(30, 2)]), windows=left((1, 0, 20), (1, 5, 15)))
    tickets, _ = serve(scenario, demand, engine=engine)

    assert told(scenario, tickets) == [(1, 1, 3, "tide", SERVED), (30, 30, 32, "tide", SERVED)], "one that is closed is not left"
    assert tickets.opened is not None
    assert tickets.opened.tolist() == [[1, 1, 20], [1, 30, 40]]


def test_the_outages_of_one_day_leave_the_next_untouched(engine: str) -> None:
    scenario = parse(hall(), "story")
    demand = given_day(scenario, [card(0, 5)])
    broken, _ = serve(scenario, replace(demand, windows=outages(absent=[0])), engine=engine)
    sound, _ = serve(scenario, demand, engine=engine)

    assert told(scenario, broken) == [(0, None, 60, "", SENT_HOME)]
    assert told(scenario, sound) == [(0, 0, 5, "one", SERVED)]
