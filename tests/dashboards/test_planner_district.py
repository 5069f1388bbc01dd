"""The planner's district: counted at once, simulated once its job is done, a plan of one's own, in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboards import app as application
from dashboards import charts, jobs
from dashboards.data import district as districts
from dashboards.jobs.districts import district_arguments, judge
from dashboards.texts import Words
from simulation.district import answer as answers
from simulation.faults import BadInput

CHINESE = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENHALL_HOME", str(tmp_path))
    monkeypatch.delenv("OPENHALL_DATABASE", raising=False)


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """The shipped district under its first plan, from very few days."""
    given = districts.district_by_name("potou-2022")
    assert given is not None
    told: list[float | None] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answers, "CITIZENS", 100)
        patch.setattr(answers, "FEWEST_DAYS", 3)
        patch.setattr(answers, "MOST_DAYS", 5)
        work = district_arguments(given, given.plans[0], districts.digest_of(given))
        data = judge(work, lambda progress, note="", **facts: told.append(progress), lambda: False)
    assert told == sorted(told)
    return data


def page(language: str, **asked: str) -> AppTest:
    test = AppTest.from_file(str(application.__file__), default_timeout=240)
    test.query_params.update({"page": "planner", "view": "district", "lang": language, **asked})
    test.run()
    assert not test.exception
    return test


def answer(test: AppTest) -> str:
    found = next(each.proto.body for each in test.get("html") if 'class="answer' in each.proto.body)
    return re.sub(r"<[^>]+>", "", found)


def test_counting_answers_at_once_and_a_plan_of_ones_own_is_remembered() -> None:
    test = page("en")
    assert "main hall 77,144 → 60,943 cases a year" in answer(test)
    own = page("en", plan="own", move_to="online", move_share="100", move_service="tax")
    assert "77,144 →" in answer(own)
    assert "60,943" not in answer(own)
    assert own.selectbox(key="move_to").value == "online"
    assert "77,144 → 77,144" in answer(page("en", plan=""))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_simulated_answer_says_what_to_do(found: dict[str, Any], language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "look", lambda id: jobs.Job(id, "district", {}, "done"))
    monkeypatch.setattr(jobs, "result", lambda id: found)
    test = page(language)

    assert "16,201" in answer(test)
    assert bool(CHINESE.search(answer(test))) == (language == "zh")
    assert {each.key for each in test.get("download_button")} >= {"download_flows", "download_access", "download_district"}
    kinds = test.dataframe[1].value
    assert len(kinds) == 6


def test_a_district_that_changed_meanwhile_is_refused_and_a_stop_leaves_nothing() -> None:
    given = districts.district_by_name("potou-2022")
    assert given is not None
    with pytest.raises(BadInput):
        judge(district_arguments(given, given.plans[0], "another"), lambda *_, **__: None, lambda: False)
    work = district_arguments(given, given.plans[0], districts.digest_of(given))
    assert judge(work, lambda *_, **__: None, lambda: True) == {}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_charts_show_what_moves_and_how_near_it_is(found: dict[str, Any], language: str) -> None:
    words = Words(language)
    cases = {kind: (each["before"], each["after"]) for kind, each in found["cases"].items()}
    rows = pd.DataFrame(districts.flow_rows(words, cases))
    texts = {each: each for each in ("before", "after", "cases", "place", "near", "zone", "travel", "people")}
    drawn = charts.cases_moved(rows, texts, language).to_dict()
    assert drawn["encoding"]["y"]["sort"][0] == districts.kind(words, "main")
    zones = pd.DataFrame(districts.zone_rows(words, found))
    assert len(zones) == 14
    assert charts.near_by_zone(zones, texts, language).to_dict()["layer"]
