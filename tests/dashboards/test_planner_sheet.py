"""The planner's sizing sheet: by formula at once, by simulation once its job is done, in both languages, with what a table downloads."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from functools import partial
from typing import Any

import openpyxl
import pandas as pd
import pytest

from dashboards import charts, jobs
from dashboards.data import sizing as sheets
from dashboards.data.sizing_book import book
from dashboards.jobs.sized import STAGES, sheet_arguments, size
from dashboards.texts import Words, sentences
from simulation.faults import BadInput
from simulation.optimisation.sizing import FIGURES, OUTCOMES, search
from tests.dashboards.long_work import stopped, unheard
from tests.dashboards.pages import CHINESE, answer, open_page

pytestmark = pytest.mark.usefixtures("home")
page = partial(open_page, "planner", view="sheet")

SHEET = "shuangqiao-new-hall"


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """The answer of the shipped sheet from very few days."""
    sheet = sheets.sheet_by_name(SHEET)
    assert sheet is not None
    told: list[tuple[float | None, str]] = []

    def report(progress: float | None, note: str = "", **facts: Any) -> None:
        told.append((progress, note))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "CITIZENS", 2000)
        patch.setattr(search, "FEWEST_DAYS", 3)
        data = size(sheet_arguments(sheet, {}, sheets.digest_of(sheet)), report)
    assert {note for _, note in told} <= set(sentences())
    assert {note.removeprefix("job_size_") for _, note in told} == set(STAGES)
    assert all(each is not None and 0 <= each <= 1 for each, _ in told)
    return data


def test_the_formula_answers_at_once_and_a_slider_moves_it() -> None:
    test = page("en")
    before = answer(test)
    assert before.startswith("By formula: 48 windows")
    test.slider(key=f"{SHEET}.demand.cases_per_year").set_value(210000.0).run()
    after = answer(test)

    assert int(re.search(r"(\d+) windows", after)[1]) > 48  # type: ignore[index]
    assert test.query_params[f"{SHEET}.demand.cases_per_year"] == "210000"
    assert answer(page("en", **{f"{SHEET}.demand.cases_per_year": "210000"})) == after, "a link opens the same sheet"
    test.button(key="reset_sheet").click().run()
    assert answer(test) == before


def test_the_mark_of_an_assumption_stands_at_its_slider() -> None:
    labels = {each.key: each.label for each in page("en").slider}

    assert labels[f"{SHEET}.demand.growth"].endswith("\\*")
    assert not labels[f"{SHEET}.staff.per_window"].endswith("\\*"), "document 004 gives it"


def test_asking_for_the_simulation_starts_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[str, Mapping[str, Any]]] = []
    monkeypatch.setattr(jobs, "start", lambda kind, arguments, who, address: started.append((kind, {**arguments, "to": address})))
    page("en", **{f"{SHEET}.demand.growth": "5"}).button(key="confirm_size").click().run()

    (kind, arguments), *_ = started
    assert kind == "size"
    assert arguments["moved"] == {"demand.growth": 0.05}
    assert arguments["to"]["view"] == "sheet"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_confirmed_sheet_tells_what_to_build(found: dict[str, Any], language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "look", lambda id: jobs.Job(id, "size", {}, "done"))
    monkeypatch.setattr(jobs, "result", lambda id: found)
    test = page(language)
    said = answer(test)

    assert str(found["windows"]["value"]) in said
    assert str(found["seats"]["value"]) in said
    assert bool(CHINESE.search(said)) == (language == "zh")
    shown = " ".join(each.value for each in test.markdown)
    assert all(sheets.basis_of(Words(language), each["basis"]) in shown.replace("\\", "") for each in found["served"])
    downloads = {f"download_{name}" for name in ("sheet", "served", "years", "tornado", "inputs")}
    assert {each.key for each in test.get("download_button")} >= downloads


def test_a_sheet_that_changed_meanwhile_is_refused() -> None:
    sheet = sheets.sheet_by_name(SHEET)
    assert sheet is not None
    with pytest.raises(BadInput):
        size(sheet_arguments(sheet, {"demand.growth": 0.05}, sheets.digest_of(sheet)), unheard)
    with pytest.raises(jobs.Stopped):
        size(sheet_arguments(sheet, {}, sheets.digest_of(sheet)), stopped)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_input_has_a_name_and_every_row_of_the_tables_too(found: dict[str, Any], language: str) -> None:
    words, sheet = Words(language), sheets.sheet_by_name(SHEET)
    assert sheet is not None
    rows = sheets.input_rows(words, sheet)

    assert len({row["input"] for row in rows}) == len(FIGURES)
    items = sheets.item_rows(words, sheet, sheets.by_formulas(sheet)[0], found)
    groups = [row for row in items if row["item"].startswith("·")]
    assert sum(row["value"] for row in groups[:6]) == found["windows"]["value"]
    assert sheets.definitions(words, sheet, found, found["tornado"])
    drawn = pd.DataFrame(sheets.tornado_rows(words, sheet, found["tornado"], "area_m2"))
    texts = dict.fromkeys(("low", "high", "outcome", "input", "end"), "x") | {"high": "y"}
    chart = charts.inputs_moved(drawn, texts, language).to_dict()
    assert len(chart["layer"]) == 2
    years = pd.DataFrame(sheets.year_rows(words, sheet, found)).assign(label="2020")
    names = dict.fromkeys(("year", "measure", "busy", "low", "high"), "x") | {state: state for state in charts.sizing.STATES}
    assert charts.years_ahead(years, names, language, 0.9).to_dict()["height"] == 280


@pytest.mark.parametrize(("low", "high", "step"), [(0.0, 20.0, 1.0), (110000.0, 210000.0, 5000.0), (0.0, 6.0, 0.5), (1.2, 2.0, 0.05)])
def test_a_slider_moves_in_round_steps(low: float, high: float, step: float) -> None:
    assert sheets.step_of(sheets.Slider("x"), low, high) == pytest.approx(step)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_workbook_holds_every_table_of_the_answer(found: dict[str, Any], language: str) -> None:
    """Items, years, given sizes, every input moved for every outcome and every input with its basis, each on a sheet."""
    words, sheet = Words(language), sheets.sheet_by_name(SHEET)
    assert sheet is not None
    rough, _ = sheets.by_formulas(sheet)
    file = openpyxl.load_workbook(io.BytesIO(book(words, sheet, rough, found, found["tornado"])))
    keys = [
        "sheet_answer",
        "sizing_table_title",
        "sizing_years_title",
        "sizing_sheet_served",
        "sizing_sheet_tornado",
        "sizing_sheet_inputs",
    ]
    assert file.sheetnames == [words(key)[:31] for key in [*keys, "sheet_definitions", "sheet_about"]]
    rows = {key: list(file[words(key)].iter_rows(min_row=3, values_only=True)) for key in keys}
    assert [row[0] for row in rows["sheet_answer"]][:-1] == sheets.sentences(words, sheet, rough, found)
    assert rows["sizing_table_title"][0][1] == found["windows"]["value"]
    assert len(rows["sizing_years_title"]) == len(found["years"])
    assert len(rows["sizing_sheet_served"]) == len(found["served"])
    moved = sum(each["swing"][name] > 1e-9 for each in found["tornado"]["inputs"] for name in OUTCOMES)
    assert len(rows["sizing_sheet_tornado"]) == moved > 0
    assert len(rows["sizing_sheet_inputs"]) == len(FIGURES)
