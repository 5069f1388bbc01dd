"""What holds on any day: Little's law to the bit, and every sum equal to a count by brute force."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.demand import draw_demand
from simulation.measures import MEASURES, measure
from simulation.measures.day import day_totals
from simulation.measures.layout import layout_of
from simulation.measures.totals import (
    ARRIVALS,
    AVAILABLE,
    BALKED,
    BUSY,
    HALL_TIME,
    PEAK,
    QUEUE_TIME,
    QUEUED,
    RENEGED,
    SENT_HOME,
    SERVED,
    SPAN,
    STAY,
    TURNED_AWAY,
    UNFINISHED,
    WAIT,
)
from simulation.scenario import parse
from simulation.serve import serve
from simulation.tickets import NEVER_QUEUED
from tests.halls import Document, halls
from tests.measures.hand import Row, tickets_of, two_periods

SCENARIO = two_periods()
LAYOUT = layout_of(SCENARIO)
QUARTERS = 4
"""times of the drawn days are quarters of a minute, so that brute force can look at every one"""


@st.composite
def rows_of_a_day(draw: st.DrawFn) -> list[Row]:
    """Any tickets, but one at a time at a window."""
    free = {"w-1": -40, "w-2": -40}
    rows: list[Row] = []
    for arrival in sorted(draw(st.lists(st.integers(-40, 620), max_size=25))):
        service = draw(st.sampled_from("ab"))
        outcome = draw(st.sampled_from(["served", "served", "served", "reneged", "sent_home", "balked", "turned_away", "interrupted"]))
        came = arrival / QUARTERS
        if outcome in ("balked", "turned_away"):
            rows.append((service, came, came, None, None, came, outcome))
        elif outcome in ("served", "interrupted"):
            window = draw(st.sampled_from(["w-1", "w-2"]))
            called = max(arrival, free[window]) + draw(st.integers(0, 20))
            free[window] = called + draw(st.integers(0, 120))
            rows.append((service, came, came, window, called / QUARTERS, free[window] / QUARTERS, outcome))
        else:
            rows.append((service, came, came, None, None, (arrival + draw(st.integers(0, 200))) / QUARTERS, outcome))
    return rows


@settings(max_examples=150, deadline=None)
@given(rows_of_a_day())
def test_every_total_agrees_with_brute_force(rows: list[Row]) -> None:
    tickets = tickets_of(SCENARIO, rows)
    totals, _, halves = day_totals(LAYOUT, tickets)
    queued = ~np.isin(tickets.outcome, NEVER_QUEUED)
    until = np.where(np.isnan(tickets.called), tickets.ended, tickets.called)

    begins = min([0.0, *tickets.arrival[queued]])
    ends = max([150.0, *tickets.ended[queued]])
    assert totals[SPAN, 0] == ends - begins

    moments = np.arange(begins * QUARTERS, ends * QUARTERS) / QUARTERS
    waiting = ((tickets.arrival <= moments[:, None]) & (moments[:, None] < until))[:, queued]
    inside = ((tickets.arrival <= moments[:, None]) & (moments[:, None] < tickets.ended))[:, queued]
    serving = np.stack([(tickets.called <= t) & (t < tickets.ended) for t in moments]) if len(moments) else np.zeros((0, len(rows)), bool)
    assert totals[QUEUE_TIME, 0] == waiting.sum() / QUARTERS
    assert totals[HALL_TIME, 0] == inside.sum() / QUARTERS
    assert totals[PEAK, 0] >= inside.sum(axis=1).max(initial=0)

    on_duty = ((moments >= 0) & (moments < 60)) | ((moments >= 90) & (moments < 150))
    for h, (low, high) in enumerate(zip(LAYOUT.edges[:-1], LAYOUT.edges[1:], strict=True)):
        here = (moments >= low) & (moments < high)
        column = 1 + len(LAYOUT.services) + h
        assert totals[QUEUE_TIME, column] == waiting[here].sum() / QUARTERS
        assert totals[HALL_TIME, column] == inside[here].sum() / QUARTERS
        assert totals[BUSY, column] == serving[here].sum() / QUARTERS
        available = sum((on_duty | serving[:, tickets.window == w].any(axis=1))[here].sum() for w in (0, 1))
        assert totals[AVAILABLE, column] == available / QUARTERS
        assert totals[ARRIVALS, column] == (halves == h).sum()
    for w in (0, 1):
        column = LAYOUT.queues + w
        mine = serving[:, tickets.window == w].any(axis=1)
        assert totals[BUSY, column] == mine.sum() / QUARTERS
        assert totals[AVAILABLE, column] == (on_duty | mine).sum() / QUARTERS


@settings(max_examples=150, deadline=None)
@given(rows_of_a_day())
def test_littles_law_holds_to_the_bit_and_parts_add_up(rows: list[Row]) -> None:
    totals, _, _ = day_totals(LAYOUT, tickets_of(SCENARIO, rows))
    services = slice(1, 1 + len(LAYOUT.services))
    halves = slice(1 + len(LAYOUT.services), LAYOUT.queues)
    windows = slice(LAYOUT.queues, None)

    assert totals[QUEUE_TIME, 0] == totals[WAIT, 0]
    assert totals[HALL_TIME, 0] == totals[STAY, 0]
    for row in (ARRIVALS, QUEUED, SERVED, WAIT, STAY):
        assert totals[row, 0] == totals[row, services].sum() == totals[row, halves].sum()
    for row in (BUSY, AVAILABLE, SERVED):
        assert totals[row, 0] == totals[row, windows].sum()
    assert (totals[BUSY] <= totals[AVAILABLE])[LAYOUT.queues :].all()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 15)), max_size=30))
def test_the_peak_is_the_most_people_at_any_arrival(stays: list[tuple[int, int]]) -> None:
    stays = sorted(stays)
    tickets = tickets_of(SCENARIO, [("a", came, came, None, None, came + length, "reneged") for came, length in stays])
    totals, _, _ = day_totals(LAYOUT, tickets)

    most = max((sum(came <= t < came + length for came, length in stays) for t, _ in stays), default=0)
    assert totals[PEAK, 0] == max(most, 0)


@settings(max_examples=60, deadline=None)
@given(halls(), st.integers(0, 2**63 - 1))
def test_any_hall_keeps_littles_law_its_people_and_its_windows(document: Document, seed: int) -> None:
    scenario = parse(document, "hall")
    tickets, _ = serve(scenario, draw_demand(scenario, seed, 0, 0))
    layout = layout_of(scenario)
    totals, _, _ = day_totals(layout, tickets)
    day = measure(scenario, tickets)

    became = totals[[SERVED, RENEGED, BALKED, SENT_HOME, TURNED_AWAY, UNFINISHED]].sum(axis=0)
    assert (became == totals[ARRIVALS])[: layout.queues].all()
    assert (totals[BUSY] <= totals[AVAILABLE]).all()
    if scenario.horizon is None:
        assert totals[QUEUE_TIME, 0] == totals[WAIT, 0]
        assert totals[HALL_TIME, 0] == totals[STAY, 0]
        assert totals[ARRIVALS, 0] == len(tickets)
    for groups in ({"": day.overall}, day.by_service, day.by_half_hour, day.by_window):
        for values in groups.values():
            for name, value in values.items():
                assert np.isnan(value) or (value >= 0 and (MEASURES[name].unit != "share" or value <= 1)), name
