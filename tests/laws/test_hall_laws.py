"""The laws of any hall, on random halls and random days, from the log alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulation import draw_demand, measure, serve
from simulation.demand import Demand
from simulation.scenario import Scenario, parse
from simulation.tickets import RENEGED, SENT_HOME, SERVED, TURNED_AWAY, Tickets
from tests.engines.agreement import given_day
from tests.halls import Document, Row, days, halls
from tests.laws.audit import violations

PATIENT = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@given(st.data())
@PATIENT
def test_a_day_of_whole_minutes_breaks_no_law(data: st.DataObject) -> None:
    """Arrivals, ends of service, ends of patience and shifts fall on the same minutes."""
    document = data.draw(halls())
    scenario, rows = parse(document, "random hall"), data.draw(days(document))
    demand = given_day(scenario, rows)
    tickets, _ = serve(scenario, demand)

    assert violations(scenario, demand, tickets) == []


@given(halls(busy=1.5), st.integers(0, 10**6))
@PATIENT
def test_a_drawn_day_breaks_no_law(document: Document, seed: int) -> None:
    scenario = parse(document, "random hall")
    demand = draw_demand(scenario, seed)
    tickets, _ = serve(scenario, demand)

    assert violations(scenario, demand, tickets) == []


@given(halls(), st.integers(0, 10**6))
@PATIENT
def test_who_comes_again_is_counted_once_more(document: Document, seed: int) -> None:
    """Over days: each ticket of a citizen's second visit follows one day on which they were sent home or turned away."""
    scenario = parse(document, "random hall")
    carried, came, left = None, 0, 0
    for day in range(3):
        tickets, carried = serve(scenario, draw_demand(scenario, seed, 0, day), carried)
        came += int((tickets.visit > 1).sum())
        left += int(np.isin(tickets.outcome, [SENT_HOME, TURNED_AWAY]).sum())
        assert len(np.unique(tickets.citizen)) == len(tickets)
    shares = [service.returns[0] if service.returns else 0.0 for service in scenario.services]

    assert came + len(carried.due) <= left
    if max(shares) == 0:
        assert came + len(carried.due) == 0
    if min(shares) == 1:
        assert came + len(carried.due) == left


@given(halls(horizon=False), st.integers(0, 10**6))
@PATIENT
def test_measures_conserve_people_and_time_exactly(document: Document, seed: int) -> None:
    """By outcome: everyone becomes one thing.  Little: the people waiting, added up over time, are the waits added up, to the bit."""
    scenario = parse(document, "random hall")
    tickets, _ = serve(scenario, draw_demand(scenario, seed))
    measures = measure(scenario, tickets)
    assert measures["arrivals"] == len(tickets)
    if not len(tickets):
        return
    outcomes = ("reneged_share", "balked_share", "sent_home_share", "turned_away_share", "unfinished_share")
    assert measures["served"] + sum(measures[name] for name in outcomes) * len(tickets) == pytest.approx(len(tickets))

    wait = tickets.wait
    queued = ~np.isnan(wait)
    if not queued.any():
        return
    moments = np.unique(np.concatenate([tickets.arrival[queued], (tickets.arrival + wait)[queued]]))
    between = (moments[:-1] + moments[1:]) / 2
    waiting = ((tickets.arrival[queued] < between[:, None]) & ((tickets.arrival + wait)[queued] > between[:, None])).sum(axis=1)
    area = float(np.diff(moments) @ waiting)
    start = min(scenario.openings[0].start, *tickets.arrival[queued])
    end = max(scenario.openings[-1].end, *tickets.ended[queued])

    assert area == float(np.sum(wait[queued]))
    assert measures["mean_queue"] * (end - start) == pytest.approx(area, rel=1e-12)
    assert measures["mean_wait"] * queued.sum() == pytest.approx(area, rel=1e-12)
    for values in measures.by_window.values():
        assert np.isnan(values["utilisation"]) or 0 <= values["utilisation"] <= 1


# ------------------------------------------------------------------------------------------- the audit itself can fail


@pytest.fixture
def queue_of_three() -> tuple[Scenario, Demand, Tickets]:
    """Three citizens at one window, five minutes each, the last of whom leaves after eight."""
    document = {
        "schema": 1,
        "name": "one-window",
        "horizon": {"minutes": 60},
        "services": [{"id": "s0", "service_min": {"family": "deterministic", "value": 5}, "arrivals_per_hour": 1}],
        "windows": [{"id": "w0", "serves": ["*"]}],
    }
    scenario = parse(document, "one window")
    demand = given_day(scenario, [Row(0.0, "s0", 5.0, None), Row(1.0, "s0", 5.0, None), Row(1.0, "s0", 5.0, 8.0)])
    return scenario, demand, serve(scenario, demand)[0]


@pytest.mark.parametrize(
    ("column", "row", "value", "law"),
    [
        ("called", 1, 4.0, "at the same time"),
        ("called", 1, 7.0, "beside the idle window"),
        ("ended", 1, 11.0, "its work is"),
        ("ended", 2, 10.0, "its patience ends at"),
        ("outcome", 2, SERVED, "served without a call"),
        ("outcome", 1, RENEGED, "and yet reneged"),
        ("outcome", 2, TURNED_AWAY, "not have been turned away"),
        ("window", 0, -1, "called without a window"),
        ("called", 2, 3.0, "came first"),
        ("ended", 0, np.nan, "never ends"),
    ],
)
def test_a_spoilt_log_is_found_out(queue_of_three: tuple[Scenario, Demand, Tickets], column: str, row: int, value: float, law: str) -> None:
    scenario, demand, tickets = queue_of_three
    assert violations(scenario, demand, tickets) == []

    spoilt = getattr(tickets, column).copy()
    spoilt[row] = value
    found = violations(scenario, demand, replace(tickets, **{column: spoilt}))

    assert any(law in sentence for sentence in found), found
