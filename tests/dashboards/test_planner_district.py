"""The planner's district: counted at once, simulated once its job is done, a plan of one's own, in both languages."""

from __future__ import annotations

import dataclasses
import io
import re
from functools import partial
from typing import Any

import openpyxl
import pandas as pd
import pytest

from dashboards import charts, jobs
from dashboards.data import district as districts
from dashboards.data.district_book import book
from dashboards.jobs.districts import district_arguments, judge
from dashboards.texts import Words
from simulation.district import answer as answers
from simulation.faults import BadInput
from tests.dashboards.long_work import stopped, unheard
from tests.dashboards.pages import CHINESE, answer, open_page

pytestmark = pytest.mark.usefixtures("home")
page = partial(open_page, "planner", view="district")

ENDS = {"wait_main": 4.0, "wait_all": 6.0, "near": 0.8, "travel": 17.0}
STORM: dict[str, Any] = {
    "either_way": 0.2,
    "base": ENDS,
    "inputs": [
        {"input": "hall.service_min", "low": 0.8, "high": 1.2, "at_low": ENDS | {"wait_main": 2.0}, "at_high": ENDS | {"wait_main": 9.5}}
        | {"swing": {"wait_main": 7.5, "wait_all": 0.0, "near": 0.0, "travel": 0.0}},
        {"input": "zones.island.travel", "low": 0.8, "high": 1.2, "at_low": ENDS | {"near": 0.85}, "at_high": ENDS}
        | {"swing": {"wait_main": 0.0, "wait_all": 0.0, "near": 0.05, "travel": 0.0}},
    ],
    "not_moved": ["services.tax.can"],
}


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
        data = judge(work, lambda progress, note="", **facts: told.append(progress))
    assert told == sorted(told)
    return data


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
    monkeypatch.setattr(jobs, "result", lambda id: found | STORM)
    test = page(language)

    assert "16,201" in answer(test)
    assert bool(CHINESE.search(answer(test))) == (language == "zh")
    tables = {"flows", "access", "zones", "kinds", "district", "assumptions"}
    assert {each.key for each in test.get("download_button")} >= {f"download_{each}" for each in tables}
    kinds = test.dataframe[1].value
    assert len(kinds) == 6


@pytest.mark.parametrize("language", ["zh", "en"])
def test_where_people_choose_the_page_says_how_many_come_back(
    found: dict[str, Any], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "look", lambda id: jobs.Job(id, "district", {}, "done"))
    monkeypatch.setattr(jobs, "result", lambda id: found | STORM | {"choice": chosen_like(found)})
    test = page(language, choose="1")

    said = [re.sub(r"<[^>]+>", "", each.proto.body) for each in test.get("html") if 'class="answer' in each.proto.body]
    assert len(said) == 2
    assert "50%" in said[1]
    assert bool(CHINESE.search(said[1])) == (language == "zh")
    assert "download_choice" in {each.key for each in test.get("download_button")}


def chosen_like(found: dict[str, Any]) -> dict[str, Any]:
    """As if half of those whom the plan moves came back."""
    cases = {}
    for kind, each in found["cases"].items():
        cases[kind] = {"before": each["before"], "planned": each["after"], "after": (each["before"] + each["after"]) / 2}
    ends = {"before": 0.0008, "after": 0.0009}
    told = {"spread_min": 20.0, "wait_weight": 2.0, "agreed": True, "steps": {"before": 9, "after": 7}, "gap": ends}
    return told | {"one_end": True, "ends_apart": 0.0007, "cases": cases, "by_kind": found["by_kind"]}


def test_which_assumption_matters_most_is_said_with_what_to_do() -> None:
    given = districts.district_by_name("potou-2022")
    assert given is not None
    said = districts.strongest(Words("en"), given, STORM, "wait_main")
    assert "service times of the hall's file" in said
    assert "between 2.0 and 9.5 (now 4.0)" in said
    names = [row["input"] for row in districts.tornado_rows(Words("zh"), given, STORM, "near")]
    assert names == ["岛片 · 路程"]
    for path in given.assumptions():
        if not path.endswith((".can", ".items")) and not path.startswith("choice."):
            assert districts.figure_name(Words("en"), given, path)


def test_a_district_that_changed_meanwhile_is_refused_and_a_stop_ends_the_work() -> None:
    given = districts.district_by_name("potou-2022")
    assert given is not None
    with pytest.raises(BadInput):
        judge(district_arguments(given, given.plans[0], "another"), unheard)
    work = district_arguments(given, given.plans[0], districts.digest_of(given))
    with pytest.raises(jobs.Stopped):
        judge(work, stopped)


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


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_workbook_holds_every_table_of_the_answer(found: dict[str, Any], language: str) -> None:
    """Movement, nearness with the circle, zones, sites, choice, moved assumptions and every figure with its basis, each on a sheet."""
    words = Words(language)
    given = districts.district_by_name("potou-2022")
    assert given is not None
    given = dataclasses.replace(given, works=tuple(dataclasses.replace(each, name={language: f"={each.id}"}) for each in given.works))
    chosen = chosen_like(found)
    storm = STORM | {"inputs": [*STORM["inputs"], STORM["inputs"][0] | {"input": "services.tax.cases_per_year"}]}
    data = found | {"choice": chosen, "tornado": storm}
    file = openpyxl.load_workbook(io.BytesIO(book(words, given, data)))
    keys = ("answer", "kinds", "near", "zones", "sites", "choice", "tornado", "figures", "definitions", "about")
    shared = ("answer", "definitions", "about")
    assert file.sheetnames == [words(f"sheet_{key}" if key in shared else f"district_sheet_{key}") for key in keys]
    rows = {key: list(file[name].iter_rows(min_row=3, values_only=True)) for key, name in zip(keys, file.sheetnames, strict=True)}
    assert rows["answer"][0][0] == districts.answer(words, given, data)[0]
    assert rows["answer"][1][0] == districts.choice_answer(words, data)[0]
    assert len(rows["kinds"]) == len(found["by_kind"])
    assert len(rows["zones"]) == len(given.zones)
    assert len(rows["sites"]) == len(found["sites"])
    assert [row[2] for row in rows["near"]][:1] == [pytest.approx(100 * found["access"]["before"]["done_near"])]
    assert rows["near"][-1][2] == pytest.approx(found["wait"]["before"]["value"])
    assert len(rows["choice"]) == sum(any(each.values()) for each in chosen["cases"].values())
    assert len(rows["tornado"]) == sum(each["swing"][name] > 0 for each in storm["inputs"] for name in districts.OUTCOMES)
    assert len(rows["figures"]) == len(given.figures)
    risky = [cell for sheet in file for line in sheet.iter_rows() for cell in line if str(cell.value)[:1] in set("=+-@")]
    texts = [cell for cell in risky if not isinstance(cell.value, int | float)]
    assert any(str(cell.value).startswith("=tax") for cell in texts)
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in texts)


def test_the_workbook_of_a_plain_answer_has_no_sheet_of_what_was_not_asked(found: dict[str, Any]) -> None:
    words, given = Words("en"), districts.district_by_name("potou-2022")
    assert given is not None
    names = openpyxl.load_workbook(io.BytesIO(book(words, given, found))).sheetnames
    assert not {words("district_sheet_choice"), words("district_sheet_tornado")} & set(names)
