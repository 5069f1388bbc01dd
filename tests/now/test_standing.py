"""The hall as it is now: what an engine is given, and that the rest of a day follows from it."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import time
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from simulation import draw_demand, serve
from simulation.now import Serving, Snapshot, Waiting
from simulation.now.snapshot import is_on_duty
from simulation.now.standing import people_from_now, stand
from simulation.scenario import Scenario, parse
from simulation.serve import engine_of, visits_of
from simulation.shifts import period_at, periods
from simulation.tickets import OUTCOMES, SERVED, Tickets
from tests.engines.agreement import given_day
from tests.halls import Document, Row, full_halls

NOT_YET = math.inf


def hall(service: dict[str, Any] | None = None, **keys: Any) -> Scenario:
    """One opening from 08:30 to 11:30, service `a` of five minutes sharp, windows w-1 and w-2; nobody comes by themselves."""
    one = {"id": "a", "service_min": {"family": "deterministic", "value": 5}, "arrivals_per_hour": [0] * 6} | (service or {})
    document = {
        "schema": 1,
        "name": "now",
        "opening": [{"from": time(8, 30), "to": time(11, 30), "at_end": "serve_all"}],
        "services": [one],
        "windows": [{"id": "w", "count": 2, "serves": ["*"]}],
    }
    return parse(document | keys, "now")


def seen_at(scenario: Scenario, tickets: Tickets, at: float) -> Snapshot:
    """What somebody would have written down on that day at that minute."""
    here = np.isfinite(tickets.called) & (tickets.called <= at) & (tickets.ended > at)
    gone = np.where(np.isfinite(tickets.ended), tickets.ended, NOT_YET) <= at
    waits = (tickets.arrival <= at) & ~(tickets.called <= at) & ~gone & np.isin(tickets.outcome, (0, 1, 4, 7, 8))
    times = periods(scenario)[0]
    return Snapshot(
        at,
        tuple(
            Waiting(int(tickets.service[i]), float(tickets.arrival[i]), 1)
            for i in np.flatnonzero(waits)
            if period_at(times, tickets.arrival[i]) >= 0
        ),
        tuple(
            Serving(int(tickets.window[i]), int(tickets.service[i]), float(tickets.called[i]))
            for i in np.flatnonzero(here)
            if is_on_duty(scenario, int(tickets.window[i]), at)
        ),
    )


def run(scenario: Scenario, snapshot: Snapshot, seed: int = 1, engine: str = "kernel", probes: bool = False) -> tuple[Any, Any, Any]:
    """Standing, people and log of the rest of the day."""
    standing = stand(scenario, snapshot)
    people, now = people_from_now(standing, draw_demand(scenario, seed), probes)
    return standing, people, engine_of(engine)(now, visits_of(people))


def test_whoever_is_in_service_is_done_after_the_rest_of_it_and_those_who_wait_follow_in_order() -> None:
    snapshot = Snapshot(60.0, (Waiting(0, 50.0, 1), Waiting(0, 51.0, 2)), (Serving(0, 0, 58.0), Serving(1, 0, 56.0)))
    _, people, log = run(hall(), snapshot)
    identity = people.citizens.id[people.tasks.citizen[log.task]]

    ends = {int(i): float(end) for i, end in zip(identity, log.ended, strict=True)}
    assert ends == {-4: 63.0, -5: 61.0, -1: 66.0, -2: 68.0, -3: 71.0}
    assert {int(i): int(w) for i, w in zip(identity, log.window, strict=True)} == {-4: 0, -5: 1, -1: 1, -2: 0, -3: 1}


def test_a_service_longer_than_its_law_knows_ends_at_once() -> None:
    _, _, log = run(hall(), Snapshot(60.0, (), (Serving(0, 0, 40.0),)))

    assert log.ended[0] == 60.0 + 2.0**-20


def test_the_rest_of_a_service_follows_its_law_given_what_is_past() -> None:
    """Uniform on 4 to 12, ten minutes past: the rest is uniform on 0 to 2. Exponential: the rest is as long as all of it."""
    for law, past, mean in (({"family": "uniform", "low": 4, "high": 12}, 10.0, 1.0), ({"family": "exponential", "mean": 7}, 30.0, 7.0)):
        scenario = hall({"service_min": law})
        left = [run(scenario, Snapshot(60.0, (), (Serving(0, 0, 60.0 - past),)), seed)[2].ended[0] - 60.0 for seed in range(400)]
        assert np.mean(left) == pytest.approx(mean, abs=4 * np.std(left) / 20)
        assert min(left) > 0
        assert max(left) <= 2 or law["family"] == "exponential"


def test_the_rest_of_a_patience_follows_its_law_given_what_is_past() -> None:
    """Uniform on 10 to 30, twenty minutes past: they leave after 0 to 10 more; the window is busy all the while."""
    scenario = hall({"patience_min": {"family": "uniform", "low": 10, "high": 30}, "service_min": {"family": "deterministic", "value": 90}})
    snapshot = Snapshot(60.0, (Waiting(0, 40.0, 20),), (Serving(0, 0, 59.0), Serving(1, 0, 59.0)))
    _, people, log = run(scenario, snapshot)
    waiting = people.citizens.id[people.tasks.citizen[log.task]] >= -20
    left = log.ended[waiting] - 60.0

    assert np.isnan(log.called[waiting]).all()
    assert 0 < left.min() < 2.5 < 7.5 < left.max() <= 10


@pytest.mark.parametrize("at", [12.0, 31.0, 58.5])
def test_the_rest_of_a_day_without_chance_is_the_day_itself(at: float) -> None:
    """Services of five minutes sharp, and all who come are inside: from any moment on the windows, calls and ends are those of the day."""
    scenario = hall(windows=[{"id": "w", "count": 2, "serves": ["*"], "breaks": [{"from": time(8, 50), "to": time(9, 5)}]}])
    rows = [Row(float(minute), "a", 5.0, None) for minute in range(11)]
    day, _ = serve(scenario, given_day(scenario, rows))
    _, people, log = run(scenario, seen_at(scenario, day, at))
    identity = people.citizens.id[people.tasks.citizen[log.task]]
    inside = np.flatnonzero((day.ended > at) & (day.arrival <= at))
    waits, here = [i for i in inside if not day.called[i] <= at], [i for i in inside if day.called[i] <= at]
    found = {int(i): (int(w), float(end)) for i, w, end in zip(identity, log.window, log.ended, strict=True)}

    assert found == {-1 - n: (int(day.window[i]), float(day.ended[i])) for n, i in enumerate([*waits, *here])}


def test_breaks_and_shifts_go_on_as_they_would() -> None:
    """A window whose shift ends at 09:32 breaks off at once and never comes back; a break of a length that is half over is half over."""
    seats = [
        {"id": "short", "serves": ["*"], "shifts": [{"from": time(8, 30), "to": time(9, 32)}], "at_shift_end": "interrupt_resume_same"},
        {"id": "rests", "serves": ["*"], "breaks": [{"from": time(9, 20), "to": time(9, 40)}], "break_lasts": "length"},
    ]
    scenario = hall(windows=seats)
    _, _, log = run(scenario, Snapshot(60.0, (Waiting(0, 50.0, 1),), (Serving(0, 0, 58.0),)))

    assert (log.called[0], log.ended[0], log.window[0]) == (70.0, 75.0, 1)
    assert (log.ended[1], OUTCOMES[log.outcome[1]]) == (62.0, "interrupted")
    assert log.window[2] == -1

    seats[0]["at_shift_end"] = "interrupt_resume_any"
    _, _, log = run(hall(windows=seats), Snapshot(60.0, (), (Serving(0, 0, 58.0),)))
    assert (log.ended[0], log.outcome[0]) == (63.0, SERVED), "finished, where another window would have to take the rest"


def test_windows_that_are_absent_call_nobody() -> None:
    snapshot = Snapshot(60.0, (Waiting(0, 50.0, 3),), (), absent=(0,))
    _, _, log = run(hall(), snapshot)

    assert set(log.window.tolist()) == {1}


def test_a_full_hall_lets_those_inside_be() -> None:
    scenario = hall(rules={"places": 2}, services=[*hall().document["services"]])
    snapshot = Snapshot(60.0, (Waiting(0, 50.0, 2),), (Serving(0, 0, 59.0), Serving(1, 0, 59.0)))
    _, _, log = run(scenario, snapshot)

    assert (log.outcome == SERVED).all()


def test_those_in_service_go_on_to_further_services() -> None:
    services = [
        {"id": each, "service_min": {"family": "deterministic", "value": minutes}, "arrivals_per_hour": [0] * 6}
        for each, minutes in (("a", 5), ("b", 2))
    ]
    scenario = hall(services=[services[0] | {"then": [{"service": "b", "share": 1}]}, services[1]])
    _, people, log = run(scenario, Snapshot(60.0, (Waiting(0, 55.0, 1),), (Serving(0, 0, 57.0), Serving(1, 1, 59.0))))
    named = [scenario.services[s].id if s < 2 else "in service" for s in people.tasks.service[log.task]]

    assert sorted(zip(named, log.called, log.ended, strict=True)) == [
        ("a", 61.0, 66.0),
        ("b", 62.0, 64.0),
        ("b", 66.0, 68.0),
        ("in service", 60.0, 61.0),
        ("in service", 60.0, 62.0),
    ]


@given(full_halls(busy=2.0), st.integers(0, 10**6), st.floats(0.05, 0.95))
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_any_hall_goes_on_from_any_moment_alike_in_both_engines(document: Document, seed: int, share: float) -> None:
    scenario = parse(document, "random hall")
    assume(scenario.horizon is None)
    opening = scenario.openings[seed % len(scenario.openings)]
    at = round(opening.start + share * (opening.end - opening.start))
    assume(opening.start <= at < min(opening.end, opening.last_start))
    tickets, _ = serve(scenario, draw_demand(scenario, seed))
    snapshot = seen_at(scenario, tickets, float(at))
    assume(scenario.rules.places is None or snapshot.people_waiting <= scenario.rules.places)
    standing, people, log = run(scenario, snapshot, seed, probes=True)
    _, _, story = run(scenario, snapshot, seed, engine="simpy", probes=True)

    for column, other in zip(log, story, strict=True):
        assert column.tobytes() == other.tobytes()
    assert not (log.called < at).any(), "nobody is called before now"
    assert not (log.ended[np.isfinite(log.ended)] < at).any() or not (log.outcome[log.ended < at] == SERVED).any()
    inside = people.tasks.service[log.task] >= standing.services
    begun = inside & (log.parent < 0)
    assert begun.sum() == len(snapshot.serving)
    assert (log.called[begun] == at).all(), "whoever was being served is served on"
    assert log.window[begun].tolist() == [snapshot.serving[s - standing.services].window for s in people.tasks.service[log.task][begun]]
    waiting = people.citizens.id[people.tasks.citizen[log.task]] >= -snapshot.people_waiting
    waiting &= people.citizens.id[people.tasks.citizen[log.task]] < 0
    assert not np.isin(log.outcome[waiting & (log.parent < 0)], (2, 3, 5)).any(), "whoever waits is not refused at the door"
    if snapshot == replace(snapshot, waiting=(), serving=()):
        assert len(standing.service) == 0
