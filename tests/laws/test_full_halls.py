"""The laws of halls with every rule there is, on random halls and random days, from the log alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulation import draw_demand, measure, serve
from simulation.carry import with_carried
from simulation.days import hall_on
from simulation.demand import Demand, Outages
from simulation.scenario import Scenario, parse
from simulation.tickets import RENEGED, SENT_HOME, SERVED, TURNED_AWAY, Tickets
from tests.engines.agreement import given_day
from tests.halls import Document, Row, days, full_halls
from tests.laws.audit_visits import task_rows, violations_of_visits

PATIENT = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@given(full_halls(busy=1.5), st.integers(0, 10**6))
@PATIENT
def test_three_days_of_a_full_hall_break_no_law(document: Document, seed: int) -> None:
    scenario = parse(document, "random hall")
    carried = None
    for day in range(3):
        demand = draw_demand(scenario, seed, 0, day)
        whole, _ = with_carried(scenario, demand, carried)
        tickets, carried = serve(scenario, demand, carried)

        assert violations_of_visits(hall_on(scenario, day), whole, tickets) == []


@given(st.data())
@PATIENT
def test_a_day_of_whole_minutes_breaks_no_law_of_a_full_hall(data: st.DataObject) -> None:
    """Arrivals, ends of service, ends of patience, shifts, breaks and breakdowns fall on the same minutes."""
    document = data.draw(full_halls())
    scenario = parse(document, "random hall")
    rows = data.draw(days(document))
    down = data.draw(st.lists(st.tuples(st.integers(0, len(scenario.windows) - 1), st.integers(0, 90), st.integers(1, 30)), max_size=3))
    down = [one for n, one in enumerate(down) if one[0] not in {w for w, _, _ in down[:n]}]
    left = data.draw(st.lists(st.tuples(st.integers(0, len(scenario.windows) - 1), st.integers(0, 90), st.integers(0, 30)), max_size=6))
    outages = Outages(
        np.empty(0, np.int32),
        np.array([w for w, _, _ in down], np.int32),
        np.array([start for _, start, _ in down], np.float64),
        np.array([start + lasts for _, start, lasts in down], np.float64),
        *(np.array([row[n] for row in left], kind) for n, kind in enumerate((np.int32, np.float64, np.float64))),
    )
    demand = replace(given_day(scenario, rows), windows=outages)
    tickets, _ = serve(scenario, demand)

    assert violations_of_visits(scenario, demand, tickets) == []


@given(full_halls(), st.integers(0, 10**6))
@PATIENT
def test_measures_of_a_full_hall_count_every_ticket_and_no_window_works_more_than_all_the_time(document: Document, seed: int) -> None:
    scenario = parse(document, "random hall")
    demand = draw_demand(scenario, seed)
    tickets, _ = serve(scenario, demand)
    measures = measure(scenario, tickets, outages=demand.windows)

    if not scenario.horizon:
        begun = tickets.first_part == np.arange(len(tickets))  # an interrupted service and its rest are one
        assert measures["arrivals"] == begun.sum()
        assert measures["served"] == (tickets.outcome == SERVED).sum()
    ends = ("reneged", "balked", "sent_home", "turned_away", "unfinished", "diverted", "no_show")
    if measures["arrivals"]:
        whole = measures["served"] / measures["arrivals"] + sum(measures[f"{end}_share"] for end in ends)
        assert whole == pytest.approx(1, abs=1e-12), "everybody who came went in one of these ways"
    for values in measures.by_window.values():
        assert np.isnan(values["utilisation"]) or 0 <= values["utilisation"] <= 1


# ------------------------------------------------------------------------------------------- the audit itself can fail


@pytest.fixture
def interrupted_day() -> tuple[Scenario, Demand, Tickets]:
    """One citizen with two cases whose first is broken off by a breakdown, one with a second service, one who waits."""
    five = {"family": "deterministic", "value": 5}
    document = {
        "schema": 1,
        "name": "two-windows",
        "horizon": {"minutes": 90},
        "services": [{"id": s, "service_min": five, "arrivals_per_hour": 1, "quota": 3} for s in ("a", "b")],
        "windows": [{"id": "w", "serves": ["a"], "wrap_up_min": 1}, {"id": "v", "serves": ["b"]}],
        "rules": {"places": 3},
    }
    scenario = parse(document, "two windows")
    rows = [
        Row(0.0, "a", 5.0, None, cases=(4.0,)),
        Row(1.0, "a", 5.0, 60.0, then=(("b", 3.0),)),
        Row(2.0, "a", 5.0, None),
        Row(3.0, "b", 5.0, None),
    ]
    down = Outages(np.empty(0, np.int32), np.zeros(1, np.int32), np.array([2.0]), np.array([4.0]))
    demand = replace(given_day(scenario, rows), windows=down)
    return scenario, demand, serve(scenario, demand)[0]


def test_the_interrupted_day_is_what_it_should_be(interrupted_day: tuple[Scenario, Demand, Tickets]) -> None:
    scenario, demand, tickets = interrupted_day

    assert violations_of_visits(scenario, demand, tickets) == []
    assert tickets.parent_ticket.tolist() == [-1, -1, 0, -1, -1, 2, 1]
    assert task_rows(demand, tickets).tolist() == [0, 2, 0, 4, 5, 1, 3]
    assert tickets.called.tolist() == [0, 12, 4, 18, 3, 7, 17]


@pytest.mark.parametrize(
    ("column", "row", "value", "law"),
    [
        ("called", 3, 17.0, "at the same time, or does not wrap up"),
        ("called", 1, 19.0, "while ticket 1 of the same line waited since earlier"),
        ("ended", 6, 21.0, "its work is"),
        ("ended", 2, 8.0, "the work is"),
        ("outcome", 3, RENEGED, "and yet reneged"),
        ("outcome", 6, TURNED_AWAY, "but not at once"),
        ("outcome", 0, SERVED, "does not follow"),
        ("outcome", 1, SENT_HOME, "is followed by"),
        ("parent_ticket", 6, 3, "is followed by"),
        ("called", 2, 3.0, "is broken and calls"),
        ("called", 5, 9.0, "a further case, but not at once"),
        ("window", 4, 0, "cannot serve"),
        ("window", 0, -1, "a call without a window"),
        ("arrival", 1, 60.0, "goes back in time"),
        ("called", 6, 18.0, "waits beside the idle window v"),
    ],
)
def test_a_spoilt_log_of_visits_is_found_out(
    interrupted_day: tuple[Scenario, Demand, Tickets], column: str, row: int, value: float, law: str
) -> None:
    scenario, demand, tickets = interrupted_day
    spoilt = getattr(tickets, column).copy()
    spoilt[row] = value
    found = violations_of_visits(scenario, demand, replace(tickets, **{column: spoilt}))

    assert any(law in sentence for sentence in found), found
