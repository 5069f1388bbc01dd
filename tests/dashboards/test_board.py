"""The public board: published months only, best first, places as intervals, and nobody's share where so few rated."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime

import pytest

from dashboards.data import record, work
from dashboards.views import board as board_view
from dashboards.views.board import screen_of
from supervision import course
from supervision.db import months
from supervision.db.store import open_store
from tests.dashboards.pages import open_page


@pytest.fixture(scope="module")
def recorded(recorded, tmp_path_factory):
    """A copy of the demonstration month, which is published in it."""
    return shutil.copytree(recorded, tmp_path_factory.mktemp("board") / "home")


@pytest.fixture(autouse=True)
def home(recorded, monkeypatch):
    monkeypatch.setenv("OPENHALL_HOME", str(recorded))
    monkeypatch.delenv("OPENHALL_DATABASE", raising=False)


def board(language="zh"):
    test = open_page("board", language)
    assert not test.error
    return test, "".join(each.proto.body for each in test.get("html"))


def test_a_month_is_on_the_board_once_it_is_published_and_not_before(recorded):
    hall = record.halls()[0].hall_id
    now, later = datetime(2029, 1, 3, tzinfo=UTC), datetime(2029, 1, 31, tzinfo=UTC)
    for step in (course.open_month, course.collect, course.compute, course.circulate):
        with open_store(home=recorded, clock=lambda: now) as store:
            step(store, hall, "2022-11", "k12", person="甲")
    with open_store(home=recorded, clock=lambda: later) as store:
        course.lock(store, hall, "2022-11", "k12", person="甲")
    assert 'class="board"' not in board()[1]
    assert "No month is published yet" in board("en")[1]
    with open_store(home=recorded, clock=lambda: later) as store:
        course.publish(store, hall, "2022-11", "k12", person="乙")
    test, shown = board()
    table = record.month_table(hall, "2022-11", "k12")
    names = re.findall(r'class="name">([^<]*)<', shown)
    totals = [float(each) for each in re.findall(r'class="total">([\d.]+)<', shown)]

    assert sorted(names) == sorted(row.names["zh"] for row in table.rows)
    assert totals == sorted(totals, reverse=True)
    assert not test.button, "nothing can be done on a screen"
    assert work.published(hall) == [("2022-11", "k12")]
    for row in table.rows:
        if 0 < row.good.n < 10:
            told = shown[shown.index(f">{row.names['zh']}<") :].split("</div>")[0]
            assert "好评" not in told


def test_a_month_that_assesses_persons_is_on_no_board(recorded, monkeypatch):
    hall = record.halls()[0].hall_id
    step = months.Step("published", "1", 1, "甲", datetime(2029, 2, 1, tzinfo=UTC), None, 1)
    both = [course.Course(hall, "2022-11", scheme, "1", (step,), ()) for scheme in ("k3-staff", "k3")]
    monkeypatch.setattr(course, "list_courses", lambda store, hall: tuple(both))

    assert work.published(hall) == [("2022-11", "k3")]


@pytest.mark.parametrize("windows", [0, 1, 32, 33, 64, 65, 271])
def test_every_window_of_a_large_hall_has_its_turn_and_no_screen_holds_more_than_fit(windows):
    screens = screen_of(list(range(windows)), 0)[2]
    turns = [screen_of(list(range(windows)), turn * board_view.TURN_SECONDS) for turn in range(screens)]

    assert [each for shown, *_ in turns for each in shown] == list(range(windows))
    assert all(len(shown) <= board_view.A_SCREEN for shown, *_ in turns)
    assert screen_of(list(range(windows)), screens * board_view.TURN_SECONDS) == turns[0], "then it begins anew"
