"""What a plan does to the next assessment: the command and the section of the page, on the demonstration month."""

from __future__ import annotations

import json

import pytest

from dashboards.data import outlook
from dashboards.texts import sentences
from tests.dashboards.pages import open_page

PLAN = "windows.comprehensive=+2@10:00-12:00"
ASKED = ("outlook", "potou-2022", "--hall", "potou-2022", "--month", "2022-11", "-c", PLAN)


@pytest.fixture(autouse=True)
def fewer_days(monkeypatch):
    monkeypatch.setattr(outlook, "MONTHS", 2)
    monkeypatch.delenv("OPENHALL_DATABASE", raising=False)


@pytest.fixture
def asked(openhall, recorded, monkeypatch):
    def run(*more):
        monkeypatch.setenv("OPENHALL_HOME", str(recorded))
        return openhall(*ASKED, *more)

    return run


def test_a_month_of_three_bad_ratings_cannot_tell_and_says_so(asked):
    found = asked()
    assert found.code == 0
    assert "The record cannot tell" in found.out
    assert "too few (under ten)" in found.out
    assert "Assumption" in found.out


def test_a_stated_effect_lowers_what_shorter_waits_bring(asked):
    told = json.loads(asked("--stated", "1.3:1.1:1.6", "--json", "-").out)
    assert told["tells"]
    assert told["effects"]["bad_ratings"]["ratio_of_ten_minutes"] == pytest.approx({"value": 1.3, "low": 1.1, "high": 1.6})
    assert told["whole"]["bad_ratings"]["difference"]["high"] < 0
    parts = sum(each["bad_ratings"]["base"]["value"] for each in told["windows"])
    assert parts == pytest.approx(told["whole"]["bad_ratings"]["base"]["value"], rel=0.5), "medians of parts and whole are near, not equal"
    assert all(each["points"]["difference"]["value"] >= 0 for each in told["windows"] if each["points"])


@pytest.mark.parametrize("ratio", ["a", "0", "1:2", "1.2:1.3:1.5", "1e9"])
def test_an_effect_that_is_none_is_refused(asked, ratio):
    found = asked("--stated", ratio)
    assert found.code == 2
    assert ratio in found.err


def test_another_halls_scenario_is_refused(openhall, recorded, monkeypatch):
    monkeypatch.setenv("OPENHALL_HOME", str(recorded))
    found = openhall("outlook", "shuangqiao-2018", "shuangqiao-2018-more-windows", "--hall", "potou-2022", "--month", "2022-11")
    assert found.code == 2
    assert "services that the scenario knows" in found.err


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_section_answers_when_it_is_asked(recorded, monkeypatch, language):
    monkeypatch.setenv("OPENHALL_HOME", str(recorded))
    test = open_page("manager", language, change=PLAN)
    told = sentences()
    assert test.toggle(key="outlook_asked").label == told["outlook_ask"][language]
    test.toggle(key="outlook_asked").set_value(True).run()
    assert not test.exception
    shown = next(each.value for each in test.dataframe if told["outlook_visits"][language] in each.value.columns)
    assert list(shown[told["outlook_window"][language]]) == [told["outlook_hall"][language]]
    test.checkbox(key="outlook_state").set_value(True).run()
    assert not test.exception
    shown = next(each.value for each in test.dataframe if told["outlook_visits"][language] in each.value.columns)
    assert len(shown) > 1
    assert any(told["outlook_is_stated"][language] in each.value for each in test.caption)


def test_without_a_plan_there_is_no_section(recorded, monkeypatch):
    monkeypatch.setenv("OPENHALL_HOME", str(recorded))
    test = open_page("manager", "en")
    assert not [each for each in test.toggle if each.key == "outlook_asked"]
