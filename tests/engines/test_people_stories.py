"""Classes, stations, bundles, lunch and items of their own: short stories worked out by hand, told by both engines.

Doors from nine to ten; a row of a log is (arrival, called, ended, window, outcome). Who goes by way of a station has a ticket there.
"""

from __future__ import annotations

from datetime import time
from typing import Any

import numpy as np
import pytest

from simulation import draw_demand
from simulation.numbers import numbers_of
from simulation.scenario import Scenario, parse
from simulation.serve import serve
from simulation.tickets import SERVED, Tickets
from tests.engines.test_rules import outages
from tests.engines.test_story import card, engine, hall, log
from tests.halls import Document, Row

__all__ = ["engine"]


def law(minutes: float) -> Document:
    return {"family": "deterministic", "value": minutes}


def service(id: str, minutes: float = 5, **keys: Any) -> Document:
    return {"id": id, "service_min": law(minutes), "arrivals_per_hour": 10} | keys


def station(kind: str, **keys: Any) -> Document:
    return {"id": "at", "kind": kind, "service_min": law(1)} | keys


def klass(id: str, **keys: Any) -> Document:
    return {"id": id, "share": 0.5} | keys


# ---- classes ------------------------------------------------------------------------------------------------------------------------


def test_the_elderly_are_called_before_whoever_waits_longer(engine: str) -> None:
    document = hall(classes=[klass("elder", priority=-1)], windows=[{"id": "one", "serves": ["*"]}])

    assert log(document, [card(0, 10), card(1, 5), card(2, 5, service="card:elder")], engine) == [
        (0, 0, 10, "one", "served"),
        (1, 15, 20, "one", "served"),
        (2, 10, 15, "one", "served"),
    ]


def test_a_green_channel_interrupts_where_the_urgent_do(engine: str) -> None:
    document = hall(classes=[klass("green", priority=-1)], windows=[{"id": "one", "serves": ["*"]}], rules={"urgent_interrupt": True})

    assert log(document, [card(0, 10), card(2, 5, service="card:green")], engine) == [
        (0, 0, 2, "one", "interrupted"),
        (2, 2, 7, "one", "served"),
        (2, 7, 15, "one", "served"),
    ]


def test_the_public_and_intermediaries_are_served_apart(engine: str) -> None:
    """The window of the intermediaries stays idle while the public waits."""
    windows = [{"id": "public", "serves": ["*"], "classes": ["public"]}, {"id": "agents", "serves": ["card:agent"]}]
    document = hall(classes=[klass("agent")], windows=windows)
    rows = [card(0, 10), card(1, 5), Row(3, "card:agent", 4, None, cases=(4.0, 4.0)), card(4, 2, service="card:agent")]

    assert log(document, rows, engine) == [
        (0, 0, 10, "public", "served"),
        (1, 10, 15, "public", "served"),
        (3, 3, 7, "agents", "served"),
        (4, 15, 17, "agents", "served"),
        (7, 7, 11, "agents", "served"),  # three cases, one after the other
        (11, 11, 15, "agents", "served"),
    ]


# ---- stations -----------------------------------------------------------------------------------------------------------------------


def test_a_desk_before_the_windows_takes_its_own_time_and_shortens_theirs(engine: str) -> None:
    """The window stays free while the desk is busy; who comes prepared waits with everybody else, first come first served."""
    document = hall(stations=[station("pre-check", service_factor=0.5)])
    document["stations"][0]["share"] = 0.5
    prepared = [Row(at, "card@at", 3, None, then=(("card+at", 2.0),)) for at in (0, 1)]

    assert log(document, [*prepared, card(4, 6)], engine) == [
        (0, 0, 3, "at", "served"),
        (1, 3, 6, "at", "served"),
        (3, 3, 5, "one", "served"),
        (4, 5, 11, "one", "served"),
        (6, 11, 13, "one", "served"),
    ]


def test_whoever_meets_only_broken_kiosks_goes_to_a_window(engine: str) -> None:
    """The second machine still works at 5, so the one who waits stays; at 7 none does, and the idle window takes it, at its own pace."""
    document = hall(stations=[station("kiosk", count=2, share=0.5)])
    scenario = parse(document)
    _, chance = numbers_of(scenario)
    assert [each.mean for each in chance.law[1]] == [5, 1], "at the window a card takes what a card takes there"
    broken = outages(down=[(1, 2, 60), (2, 7, 60)])
    rows = [card(0, 10, service="card@at"), card(1, 20, service="card@at"), card(5, 4, service="card@at")]

    assert log(document, rows, engine, broken) == [
        (0, 0, 2, "at-1", "interrupted"),
        (1, 1, 7, "at-2", "interrupted"),
        (2, 7, 15, "one", "served"),  # the rest of the first, who waits for a machine until no machine is left
        (5, 29, 33, "one", "served"),
        (7, 15, 29, "one", "served"),  # the rest of the second waits since minute 1
    ]


def test_payment_and_collection_come_after_the_window(engine: str) -> None:
    document = hall(stations=[station("payment", id="pay"), station("collection", id="collect")])
    then = (("card@pay", 2.0), ("card@collect", 1.0))

    assert log(document, [Row(0, "card", 5, None, then=then), Row(1, "card", 1, None, then=then)], engine) == [
        (0, 0, 5, "one", "served"),
        (1, 5, 6, "one", "served"),
        (5, 5, 7, "pay", "served"),
        (6, 7, 9, "pay", "served"),
        (7, 7, 8, "collect", "served"),
        (9, 9, 10, "collect", "served"),
    ]


# ---- drawn visits -------------------------------------------------------------------------------------------------------------------


def day_of(document: Document, engine: str, seed: int = 3) -> tuple[Scenario, Tickets]:
    scenario = parse(document, "story")
    return scenario, serve(scenario, draw_demand(scenario, seed), engine=engine)[0]


def visits(scenario: Scenario, tickets: Tickets) -> list[list[tuple[str, str, float, float]]]:
    """Of every citizen who was served: (line, window, called, ended) of the tickets, in order."""
    found: dict[int, list[tuple[str, str, float, float]]] = {}
    for n, citizen in enumerate(tickets.citizen.tolist()):
        if tickets.outcome[n] == SERVED:
            line, window = scenario.services[tickets.service[n]].id, scenario.windows[tickets.window[n]].id
            found.setdefault(citizen, []).append((line, window, float(tickets.called[n]), float(tickets.ended[n])))
    return list(found.values())


def test_a_bundle_at_once_is_done_in_one_sitting(engine: str) -> None:
    """Two parts of 5 and 3 minutes, together a fifth shorter: 4 and 2.4, at one window without a pause."""
    together = {"parts": ["card", "seal"], "at_once": True, "service_factor": 0.8}
    bundle = {"id": "both", "together": together, "arrivals_per_hour": 12}
    document = hall(services=[service("card"), service("seal", 3), bundle])
    document["windows"] = [{"id": "all", "serves": ["*"]}, {"id": "seals", "serves": ["seal"]}]
    mine = [each for each in visits(*day_of(document, engine)) if each[0][0] == "both"]

    assert len(mine) > 5
    for (first, window, called, ended), (second, same, again, left) in mine:
        assert (first, window, second, same) == ("both", "all", "both/seal", "all")
        assert (ended - called, again, left - again) == pytest.approx((4, ended, 2.4), abs=1e-6)


def test_a_bundle_in_order_waits_at_the_window_of_every_part(engine: str) -> None:
    bundle = {"id": "both", "together": {"parts": ["seal", "card"]}, "arrivals_per_hour": 12}
    document = hall(services=[service("card", 10), service("seal", 3), bundle])
    document["windows"] = [{"id": "cards", "serves": ["card"]}, {"id": "seals", "serves": ["seal"]}]
    scenario, tickets = day_of(document, engine)
    mine = [each for each in visits(scenario, tickets) if each[0][0] == "both" and len(each) == 2]

    assert len(mine) > 5
    assert {tuple(each[:2] for each in visit) for visit in mine} == {(("both", "seals"), ("both/card", "cards"))}
    assert any(visit[1][2] > visit[0][3] for visit in mine), "some wait between the two"


def test_who_comes_by_way_of_a_desk_brings_all_cases_to_the_window(engine: str) -> None:
    document = hall(
        classes=[klass("agent", share=1.0, cases=[{"count": 3, "share": 1.0}])],
        stations=[station("pre-check", share=1.0, count=3)],
        services=[service("card", 2)],
    )
    document["windows"] = [{"id": "one", "count": 5, "serves": ["*"]}]
    scenario, tickets = day_of(document, engine)
    mine = visits(scenario, tickets)

    assert len(mine) > 5
    for visit in mine:
        assert [line for line, *_ in visit] == ["card:agent@at", "card:agent", "card:agent", "card:agent"]
        assert len({window for _, window, _, _ in visit[1:]}) == 1
        assert visit[1][3] == visit[2][2]
        assert visit[2][3] == visit[3][2], "one after the other"
    assert {scenario.classes[k].id for k in tickets.klass} == {"agent"}


def test_the_ways_of_a_service_are_gone_as_often_as_the_file_says(engine: str) -> None:
    """1,200 citizens: pre-check 0.4 (of whom half go on), kiosk 0.3 (of whom a tenth goes on), straight to the windows 0.3."""
    document = hall(services=[service("card", 0.1, arrivals_per_hour=1200)], windows=[{"id": "one", "count": 9, "serves": ["card"]}])
    document["stations"] = [
        {"id": "desk", "kind": "pre-check", "share": 0.4, "to_window": 0.5, "service_min": law(0.1), "count": 9},
        {"id": "kiosk", "kind": "kiosk", "share": 0.3, "to_window": 0.1, "count": 9},
    ]
    scenario, tickets = day_of(document, engine)
    count = np.bincount(tickets.service, minlength=3)[: len(scenario.services)]
    lines = [each.id for each in scenario.services]
    came = int(np.sum(tickets.parent_ticket < 0))

    assert lines == ["card", "card@desk", "card@kiosk"]
    assert came == pytest.approx(1200, abs=4 * 1200**0.5)
    for line, expected in (("card@desk", 480), ("card@kiosk", 360), ("card", 360 + 240 + 36)):
        assert count[lines.index(line)] == pytest.approx(expected, abs=4 * expected**0.5)


def test_papers_lack_less_often_after_a_desk() -> None:
    """Of those served at their first visit 0.5 come again; a quarter as many of those who passed the desk."""
    document = hall(services=[service("card", 0.1, arrivals_per_hour=2000, incomplete={"share": 0.5, "after_days": 1})])
    document["windows"] = [{"id": "one", "count": 20, "serves": ["card"]}]
    document["stations"] = [station("pre-check", share=0.5, incomplete_factor=0.25, count=20, service_min=law(0.1))]
    scenario = parse(document)
    demand = draw_demand(scenario, 1)
    _, carried = serve(scenario, demand)
    first = carried.tasks.service[carried.tasks.number == 0]

    assert np.sum(first == 0) == pytest.approx(500, abs=4 * 500**0.5)
    assert np.sum(first == 1) == pytest.approx(125, abs=4 * 125**0.5)


# ---- lunch and own windows ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "called"),
    [("open", [(30, "a-1"), (31, "a-2")]), ("closed", [(40, "a-1"), (40, "a-2")]), ("ab", [(30, "a-2"), (35, "a-1")])],
)
def test_a_lunch_of_ten_minutes(word: str, called: list[tuple[float, str]], engine: str) -> None:
    """Lunch from half past nine on: open to all, closed, or half of the windows at a time."""
    document = hall(windows=[{"id": "a", "count": 2, "serves": ["card"], "lunch": word}], lunch={"from": time(9, 30), "to": time(9, 40)})

    assert [(c, w) for _, c, _, w, _ in log(document, [card(30, 20), card(31, 20)], engine)] == called


def test_a_comprehensive_window_leaves_what_needs_its_own(engine: str) -> None:
    passport = service("passport", own_window="fingerprints")
    windows = [{"id": "all", "serves": ["*"]}, {"id": "own", "serves": ["passport"]}]
    document = hall(services=[service("card"), passport], windows=windows)

    assert log(document, [card(0, 10, service="passport"), card(1, 5, service="passport")], engine) == [
        (0, 0, 10, "own", "served"),
        (1, 10, 15, "own", "served"),
    ]
