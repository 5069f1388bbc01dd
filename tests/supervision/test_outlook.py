"""From a plan's waits to the next assessment: what is counted, what is expected, what is said when the record cannot tell."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest
from scipy.stats import poisson

from simulation.satisfaction import Span
from supervision.db.answers import Cell, read_answers
from supervision.db.journal_rows import head
from supervision.evidence import Fact
from supervision.faults import BadInput
from supervision.outlook import look_ahead
from supervision.scheme import load_scheme
from supervision.scoring import score

from .halls_at_hand import HALL, bring, csv_bytes, new_store

NOW = datetime(2024, 6, 1, 12, 0, tzinfo=UTC)
MAY = "2024-05"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Forty tickets on two days at one window; who waited twenty minutes rates badly more often."""
    folder = tmp_path_factory.mktemp("outlook")
    made = new_store(folder / "home", NOW)
    tickets, ratings = [], []
    for day in (6, 7):
        for number in range(20):
            called = f"2024-05-{day:02d} 09:{20 if number % 2 else 5:02d}"
            tickets.append(
                {"ticket": f"T{number}", "arrived": f"2024-05-{day:02d} 09:00", "called": called, "ended": f"2024-05-{day:02d} 09:40",
                 "service": "residence", "window": "W1", "outcome": "served", "case_number": f"C{day}{number}"}
            )  # fmt: skip
            if number < 14:
                level = "1" if number % 2 and number < 13 else "5"
                ratings.append({"rating_number": f"R{day}{number}", "rated": f"2024-05-{day:02d} 10:00", "level": level,
                                "ticket": f"T{number}", "window": "W1", "status": "", "status_from": ""})  # fmt: skip
    ratings[1] |= {"status": "mistaken", "status_from": "2024-05-20 09:00"}
    ratings.append({"rating_number": "R-lost", "rated": "2024-05-06 10:00", "level": "2", "ticket": "T99", "window": "W1"})
    bring(made, folder, "tickets", csv_bytes(tickets), "tickets.csv")
    bring(made, folder, "ratings", csv_bytes(ratings), "ratings.csv")
    complaints = [
        {"complaint_number": f"K{day}", "received": f"2024-05-{day:02d} 15:00", "channel": "12345", "window": "W1",
         "case_number": f"C{day}1", "status": status, "status_from": f"2024-05-{day:02d} 16:00"}
        for day, status in ((6, "confirmed"), (7, "withdrawn"))
    ]  # fmt: skip
    bring(made, folder, "complaints", csv_bytes(complaints), "complaints.csv")
    with made:
        yield made


def answers(store, first=date(2024, 5, 1)):
    with store.read() as session:
        return read_answers(session, HALL, first, date(2024, 5, 31), date(2024, 5, 1), head(session).count)


def test_bad_ratings_stand_where_their_tickets_waited(store):
    found = answers(store).ratings
    assert found.by_ticket
    assert found.left_out == 1, "a rating whose ticket is not there"
    assert found.cells == (
        Cell("W1", "2024-05-06", 5, 10, 0),
        Cell("W1", "2024-05-06", 20, 10, 5),  # six, of which one was mistaken
        Cell("W1", "2024-05-07", 5, 10, 0),
        Cell("W1", "2024-05-07", 20, 10, 6),
    )


def test_a_complaint_stands_where_the_ticket_of_its_case_waited_and_a_withdrawn_one_nowhere(store):
    found = answers(store).complaints
    assert [each.events for each in found.cells] == [0, 1, 0, 0]
    assert found.left_out == 0


def test_where_no_rating_names_a_ticket_waits_are_those_of_the_day(tmp_path):
    made = new_store(tmp_path / "home", NOW)
    ticket = {"ticket": "A", "service": "residence", "window": "W1", "outcome": "served"}
    rows = [ticket | {"ticket": f"A{wait}", "arrived": "2024-05-06 09:00", "called": f"2024-05-06 09:{wait:02d}"} for wait in (4, 10)]
    bring(made, tmp_path, "tickets", csv_bytes(rows), "tickets.csv")
    ratings = [{"rating_number": "R", "rated": "2024-05-06 10:00", "level": "1", "window": "W1"}]
    bring(made, tmp_path, "ratings", csv_bytes(ratings), "ratings.csv")
    with made:
        found = answers(made).ratings
    assert not found.by_ticket
    assert found.cells == (Cell("W1", "2024-05-06", 7.0, 2, 1),)


def look(store, base, plan, **how):
    waits = [{"residence": np.array(each, float)} for each in (base, plan)]
    return look_ahead(store, HALL, MAY, *waits, scheme="k12", **how)


def test_shorter_waits_bring_fewer_bad_ratings_and_more_points(store):
    found = look(store, [5, 20], [5, 5])
    assert found.ratings.verdict == "raises"
    assert found.tells
    (window,) = found.windows
    assert window.visits == 40
    assert window.bad_ratings.base.low < 11 < window.bad_ratings.base.high
    assert window.bad_ratings.difference.high < 0
    assert found.hall.bad_ratings == window.bad_ratings


def test_the_same_waits_change_nothing(store):
    found = look(store, [5, 20, 9], [5, 20, 9])
    assert found.hall.bad_ratings.difference == (0, 0, 0)


def test_more_citizens_bring_more(store):
    found = look(store, [5, 20], [5, 20], arrivals={"residence": 1.5})
    base, plan, difference = found.hall.bad_ratings.base, found.hall.bad_ratings.plan, found.hall.bad_ratings.difference
    assert plan.value == pytest.approx(1.5 * base.value)
    assert difference.value == pytest.approx(0.5 * base.value)


def test_points_are_the_mean_over_what_a_month_may_bring(store):
    """By hand: a Poisson number of bad ratings, each scored as the scheme scores it, all else as it was."""
    found = look(store, [5, 20], [5, 20], stated=Span(0.0, 0.0, 0.0))
    points = found.windows[0].points
    scheme = load_scheme("k12")
    good = [Fact("W1", "rating", "valid", "5", 16), Fact("W1", "rating", "mistaken", "1", 1, 0, ("rating:R61",))]
    complaint = [Fact("W1", "finding", "confirmed", "complaint_upheld", 1)]

    def total(bad):
        return score(scheme, HALL, "W1", MAY, [*good, *([Fact("W1", "rating", "valid", "1", bad)] if bad else []), *complaint]).total

    if total(0) is None:
        assert points is None
        return
    mean = found.windows[0].bad_ratings.base.value
    expected = sum(poisson.pmf(bad, mean) * float(total(bad)) for bad in range(40))
    assert points.base.value == pytest.approx(expected, abs=1.0)


def test_a_stated_effect_is_taken_as_it_is(store):
    found = look(store, [0, 0], [10, 10], stated=Span(np.log(2) / 10, np.log(2) / 10, np.log(2) / 10))
    assert found.ratings.verdict == "stated"
    assert found.hall.bad_ratings.plan.value == pytest.approx(2 * found.hall.bad_ratings.base.value, rel=1e-6)


def test_waits_longer_than_any_seen_are_told(store):
    assert look(store, [5, 20], [5, 500]).hall.beyond == 0.5


def test_what_cannot_be_answered_is_refused(store):
    with pytest.raises(BadInput) as refused:
        look_ahead(store, HALL, MAY, {"other": np.ones(3)}, {"other": np.ones(3)}, scheme="k12")
    assert refused.value.faults[0].code == "outlook_other_services"
    with pytest.raises(BadInput) as refused:
        look_ahead(store, HALL, "2024-04", {}, {}, scheme="k12")
    assert refused.value.faults[0].code == "outlook_no_tickets"
