"""The sizing sheet: norms and formula by hand, the search against every number of windows, the inverse question, and what is refused."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import binom

from simulation.expected import citizens_per_day
from simulation.experiment import experiment
from simulation.faults import BadInput
from simulation.optimisation import sizing as sizes
from simulation.optimisation.sizing.design import hall_on
from simulation.optimisation.sizing.formula import mean_wait, quick_capacity, quick_size, shapes_of, share_within
from simulation.optimisation.sizing.norms import area_for, most_windows, staff_for
from simulation.optimisation.sizing.search import Judge, fewest, most_cases, split
from simulation.optimisation.sizing.span import quick_served
from simulation.theory import erlang
from tests.small_hall import small_hall, write_beside

SHEETS = sorted((Path(__file__).resolve().parents[2] / "scenarios" / "sizing").glob("*.toml"))
QUOTE = re.compile(r"(\d{3})「([^」]+)」")
HALL = small_hall("12:00:00", 30, 20, {"tax-window": (3, "tax"), "card-window": (2, "card")})
SHEET = """
schema = 1
name = "small-sheet"
hall = "hall.toml"
opens = 2030
years = 20

[target]
wait_min = 15
share = 0.9

[demand]
cases_per_year = { value = 30000, low = 20000, high = 45000 }
days_per_year = 250
growth = { value = 0.05, low = 0.0, high = 0.1 }
companions = { value = 0.5, low = 0.0, high = 1.0 }

[staff]
per_window = { value = 1.5, basis = "an order of 2030" }
absence = 0.1
chance = 0.95

[area]
per_window_m2 = 10
per_seat_m2 = 2
per_staff_m2 = 8
fixed_m2 = 100
net_share = 0.6
minimum_m2 = 300

[[given]]
windows = 12

[[given]]
area_m2 = 800
"""


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Writes the hall and a sheet, some of whose text is replaced."""

    return partial(write_beside, HALL, tmp_path / "sheet.toml", SHEET)


# ---- by hand --------------------------------------------------------------------------------------------------------------------


def test_demand_grows_to_the_busy_day_of_the_design_year(written: Callable[..., Path]) -> None:
    sheet = sizes.load_sizing(written()).having({"demand.peak_day": 1.5, "demand.design_years": 2})

    assert sheet.cases_a_day == 120
    assert sheet.design_day == pytest.approx(120 * 1.5 * 1.05**2)
    assert sheet.having({"demand.growth": -0.1}).design_day == 180, "where demand shrinks, the first year is the busiest"
    hall = hall_on(sheet, sheet.design_day, {"tax-window": 4, "card-window": 2}, 0)
    assert citizens_per_day(hall).sum() == pytest.approx(sheet.design_day)
    assert [len(hall.windows), hall.services[0].arrival_rate[0] / hall.services[1].arrival_rate[0]] == [6, pytest.approx(1.5)]


def test_staff_at_cover_and_by_absence(written: Callable[..., Path]) -> None:
    """Two windows, each person away one day in ten: of 3 people two are there with 0.972, of 2 with 0.81."""
    sheet = sizes.load_sizing(written())

    assert staff_for(sheet, 2).by_absence == 3
    assert [staff_for(sheet, each).by_cover for each in (2, 3, 5)] == [3, 5, 8]
    assert staff_for(sheet.having({"staff.chance": 0.98}), 2).people == 4, "0.9963 with four"
    assert staff_for(sheet.having({"staff.absence": 0.0}), 2).by_absence == 2
    many = staff_for(sheet, 300).by_absence
    assert binom.sf(299, many, 0.9) >= 0.95 > binom.sf(299, many - 1, 0.9)


def test_floor_is_the_sum_of_its_parts_over_the_share_in_use(written: Callable[..., Path]) -> None:
    sheet = sizes.load_sizing(written())
    area = area_for(sheet, windows=5, seats=20, kiosks=0)

    assert area.net == 5 * 10 + 20 * 2 + (8 - 5) * 8 + 100
    assert area.needed == pytest.approx(214 / 0.6)
    assert area.m2 == pytest.approx(214 / 0.6)
    assert area_for(sheet, 1, 0, 0).m2 == 300, "the minimum"
    assert most_windows(lambda n: area_for(sheet, n, 4 * n, 0).needed <= 600) == 11, "11 take 598 m² with 6 people behind"


def test_the_formula_is_erlang_c_where_service_is_exponential(written: Callable[..., Path]) -> None:
    sheet = sizes.load_sizing(written()).having({"demand.cases_per_year": 250 * 300})
    found = {each.id: each for each in quick_size(sheet).groups}
    load = found["tax-window"].load

    assert load < 60 / 60 * 10, "three hours from empty do not quite reach the steady state"
    assert load == pytest.approx(10.0, rel=1e-6)
    servers = found["tax-window"].windows
    exact = 1 - erlang.share_waiting_longer(threshold=15, arrival_rate=load / 10, mean_service_time=10, servers=servers)
    assert share_within(15, load, servers, 10, 1.0) == pytest.approx(exact)
    assert exact >= 0.9 > share_within(15, load, servers - 1, 10, 1.0)
    wait = erlang.mean_wait(arrival_rate=load / 10, mean_service_time=10, servers=servers)
    assert mean_wait(load, servers, 10, 1.0) == pytest.approx(wait)
    assert mean_wait(10.0, 10, 10, 1.0) == math.inf
    assert mean_wait(8.0, 10, 10, 0.0) == pytest.approx(mean_wait(8.0, 10, 10, 1.0) / 2)


def test_what_the_formula_builds_serves_just_what_it_was_built_for(written: Callable[..., Path]) -> None:
    sheet = sizes.load_sizing(written())
    quick = quick_size(sheet)
    most = quick_capacity(sheet, quick.counts)

    assert most >= sheet.design_day
    assert quick_size(sheet, most * 0.999).counts == {**quick.counts, **quick_size(sheet, most * 0.999).counts}
    assert any(more > less for more, less in zip(quick_size(sheet, most * 1.01).counts.values(), quick.counts.values(), strict=True))
    assert [each.load for each in shapes_of(sheet)] == pytest.approx([0.6 * 10 / 180, 0.4 * 6 / 180], rel=1e-6)


def test_windows_are_split_in_proportion_and_none_is_lost() -> None:
    assert split(10, {"a": 2, "b": 3}) == {"a": 4, "b": 6}
    assert split(7, {"a": 1, "b": 1, "c": 1000}) == {"a": 1, "b": 1, "c": 5}
    for total in range(3, 40):
        counts = split(total, {"a": 1.7, "b": 0.2, "c": 5})
        assert sum(counts.values()) == total
        assert min(counts.values()) >= 1


# ---- by simulation --------------------------------------------------------------------------------------------------------------


def test_the_search_finds_what_trying_every_hall_finds(written: Callable[..., Path]) -> None:
    """Of all halls that keep the target none has fewer windows, and the answer keeps it."""
    sheet = sizes.load_sizing(written()).having({"demand.cases_per_year": 250 * 150})
    judge = Judge(sheet, seed=3, scale=0.05)
    found = fewest(judge, 150, 0, quick_size(sheet).counts, enough=lambda verdict: verdict.kept)

    kept = [
        (tax + card, tax, card)
        for tax in range(3, 9)
        for card in range(1, 6)
        if judge.judge(150, {"tax-window": tax, "card-window": card}, 0).kept
    ]
    assert judge.judge(150, found, 0).kept
    assert sum(found.values()) == min(kept)[0]


def test_the_most_cases_are_kept_and_a_little_more_are_not(written: Callable[..., Path]) -> None:
    judge = Judge(sizes.load_sizing(written()), seed=3, scale=0.05)
    counts = {"tax-window": 7, "card-window": 4}
    most = most_cases(judge, counts, lambda cases: 0, 100, lambda verdict: verdict.kept)

    assert judge.judge(most, counts, 0).kept
    assert not judge.judge(most * 1.01, counts, 0).kept


def test_a_hall_without_kiosks_and_companions_has_the_same_work_at_its_windows(written: Callable[..., Path]) -> None:
    """Nobody is lost: what the kiosks serve and what the windows serve add up to who comes; and the windows are as busy either way."""
    sheet = sizes.load_sizing(written()).having({"kiosks.share": 0.3, "kiosks.service_min": 3.0})
    counts = {"tax-window": 6, "card-window": 3}
    bare, full = (experiment(hall_on(sheet, 150, counts, 3, bare=bare), replications=300, seed=2) for bare in (True, False))
    arrivals = full.measures["arrivals"]

    kiosk = sum(values["served"].value for id, values in full.by_window.items() if id.startswith("kiosk"))
    windows = sum(values["served"].value for id, values in full.by_window.items() if not id.startswith("kiosk"))
    assert kiosk == pytest.approx(0.3 * 150, rel=0.03)
    assert windows == pytest.approx(150 * (1 - 0.3 * 0.95), rel=0.03)
    assert bare.measures["served"].value == pytest.approx(windows, rel=0.03)
    assert arrivals.value == pytest.approx(kiosk + windows, rel=0.001)
    assert math.isnan(bare.measures["seats_needed_p99"].value)
    assert full.measures["seats_needed_p99"].value > 0


@pytest.fixture(scope="module")
def sized(tmp_path_factory: pytest.TempPathFactory) -> sizes.Size:
    """The small sheet, answered once."""
    return sizes.size(sizes.load_sizing(write_beside(HALL, tmp_path_factory.mktemp("sheet") / "sheet.toml", SHEET)), seed=5)


def test_the_answer_is_confirmed_on_other_days_and_carries_its_interval(sized: sizes.Size) -> None:
    assert sized.kept
    assert sized.fewest <= sized.total <= sized.quick.windows + 1
    assert sized.confirmed.result.seed != sized.seed
    assert sized.confirmed.measure.low >= 0.9
    assert sized.seats >= sized.seats_p99.value
    assert sized.seats_peak.value >= sized.seats_p99.value
    assert sized.area.parts[0].m2 == 10 * sized.total


def test_the_years_end_where_the_capacity_does(sized: sizes.Size) -> None:
    """Year by year simulated, and by the capacity: the same first year."""
    sure, not_missed = sized.capacity
    assert sure <= not_missed
    first, missed = sized.too_small
    assert first is not None
    assert missed is not None
    assert sized.sizing.on_busy_day(first) > sure >= sized.sizing.on_busy_day(first - 1)
    states = {each.year: each.state for each in sized.years}
    assert states[0] == "kept"
    assert states[missed] == "missed"
    assert max(states) == missed + 1


def test_a_given_size_serves_more_the_larger_it_is_and_fits(sized: sizes.Size) -> None:
    windows, area = sized.served
    assert windows.windows == 12
    assert area.area_m2 <= 800 < area.area_m2 + 1.5 * (10 + 8 * 1.5 + 2 * 15) / 0.6, "and not many windows more would fit"
    assert (area.windows > 12) == (area.cases_per_year[0] > windows.cases_per_year[0])
    assert windows.cases_per_year[0] == pytest.approx(windows.busy_day[0] * 250)
    assert windows.busy_day[0] > sized.capacity[0], "twelve are more than were needed"
    for each in sized.served:
        assert each.span.low <= 1 <= each.span.high
        assert each.span.low_input in sized.sizing.figures


def test_a_longer_service_lets_given_windows_serve_as_much_less(written: Callable[..., Path]) -> None:
    """Windows that are many, busy and of one kind serve about one case for each length of service; a floor also depends on its norms."""
    sheet = sizes.load_sizing(written())
    given = sizes.Given("windows", 40, "")
    longer = sheet.having({"demand.service_factor": 2.0 * sheet["demand.service_factor"]})

    assert quick_served(longer, given) / quick_served(sheet, given) == pytest.approx(0.5, abs=0.06)
    assert quick_served(sheet.having({"area.per_window_m2": 30.0}), given) == quick_served(sheet, given)
    assert quick_served(sheet.having({"area.per_window_m2": 30.0}), sizes.Given("area_m2", 800, "")) < quick_served(
        sheet, sizes.Given("area_m2", 800, "")
    )
    assert quick_served(sheet, sizes.Given("area_m2", 1, "")) == 0


def test_more_of_the_same_days_give_the_same_answer(sized: sizes.Size) -> None:
    again = sizes.size(sized.sizing, seed=5, workers=2, ahead=False, inverse=False)

    assert again.counts == sized.counts
    assert again.confirmed.measure == sized.confirmed.measure


def test_what_moves_the_floor_under_common_random_numbers(sized: sizes.Size) -> None:
    """A norm moves the floor by its own share and asks for no simulation; inputs that make the same design day make the same hall."""
    moved = sizes.BySimulation(seed=5)
    base = moved(sized.sizing)
    simulated = moved.simulated
    wide = moved(sized.sizing.having({"area.per_window_m2": 16}))

    assert moved.simulated == simulated
    assert wide["area_m2"] - base["area_m2"] == pytest.approx(6 * base["windows"] / 0.6)
    assert moved(sized.sizing.having({"demand.peak_day": 1.25})) == moved(sized.sizing.having({"demand.cases_per_year": 37500}))
    assert moved(sized.sizing.having({"demand.cases_per_year": 45000}))["windows"] > base["windows"]

    storm = sizes.tornado(sized.sizing, sizes.by_formula, "formula")
    swings = [each.swing("area_m2") for each in storm.bars]
    assert swings == sorted(swings, reverse=True)
    assert {each.figure for each in storm.bars} == {name for name, each in sized.sizing.figures.items() if each.low != each.high}


def test_plain_data_travels_as_json(sized: sizes.Size) -> None:
    data = json.loads(json.dumps(sizes.size_as_data(sized), allow_nan=False))

    assert data["windows"] == {"value": sized.total, "low": sized.fewest, "high": sized.total, "formula": sized.quick.windows}
    assert data["inputs"]["staff.per_window"]["assumption"] is False
    assert "area.per_window_m2" in data["assumptions"]
    assert [each["given"] for each in data["served"]] == ["windows", "area_m2"]


# ---- files ----------------------------------------------------------------------------------------------------------------------


def test_a_figure_has_a_range_even_where_the_file_gives_none(written: Callable[..., Path]) -> None:
    figures = sizes.load_sizing(written()).figures

    assert (figures["area.per_seat_m2"].low, figures["area.per_seat_m2"].high) == (1.6, 2.4)
    assert (figures["area.net_share"].low, figures["area.net_share"].high) == (pytest.approx(0.48), pytest.approx(0.72))
    assert figures["target.share"].certain
    assert figures["kiosks.share"].certain, "what is not there does not vary"
    assert not figures["staff.per_window"].assumed
    assert figures["demand.growth"].assumed


def test_all_faults_of_a_sheet_are_told_at_once_in_both_languages(written: Callable[..., Path]) -> None:
    path = written(
        ("wait_min = 15", 'wait_min = "15"'),
        ("value = 30000, low = 20000", "value = 30000, low = 40000"),
        ("growth = {", "grwoth = {"),
        ("net_share = 0.6", "net_share = 1.6"),
        ("per_window_m2 = 10\n", ""),
        ("windows = 12", "windows = 12\nstaff = 20"),
        ("schema = 1", "schema = 2"),
    )
    with pytest.raises(BadInput) as refused:
        sizes.load_sizing(path)
    english, chinese = refused.value.text("en"), refused.value.text("zh")

    assert len(refused.value.faults) == 7
    for told in (
        "target.wait_min is '15', which is not a number",
        "demand.cases_per_year.low is 40000, on the wrong side of the value 30000",
        "the key grwoth is unknown; did you mean 'growth'?",
        "area.net_share is 1.6 and may be at most 1",
        "area.per_window_m2 is missing",
        "names exactly one of windows, area_m2, staff, and here it is 'windows, staff'",
        "schema is '2', which is none of 1",
    ):
        assert told in english
    assert "没有 grwoth 这个键；是否想写“growth”" in chinese
    assert "（第 " in chinese


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('hall = "hall.toml"', 'hall = "nowhere.toml"', "there is no such file"),
        ("[target]", "target = 3\n[other]", "unknown"),
        ("[target]", "[target\n", "sheet.toml"),
        ("[[given]]\nwindows = 12", "[given]\nwindows = 12", "not a list"),
        ("value = 30000", "value = 1e30", "may be at most"),
        ("value = 30000", "value = nan", "not a finite number"),
        ("years = 20", "years = 2.5", "not a whole number"),
        ('name = "small-sheet"', 'name = ""', "empty"),
    ],
)
def test_a_sheet_that_cannot_be_read_is_refused_with_its_cure(written: Callable[..., Path], old: str, new: str, said: str) -> None:
    path = written()
    path.write_text(SHEET.replace(old, new, 1).replace("[[given]]\narea_m2 = 800\n", ""), encoding="utf-8")

    with pytest.raises(BadInput) as refused:
        sizes.load_sizing(path)
    assert said in refused.value.text("en")


def test_a_demand_beyond_all_measure_is_refused_before_it_is_simulated(written: Callable[..., Path]) -> None:
    sheet = sizes.load_sizing(written()).having({"demand.cases_per_year": 1e8})
    with pytest.raises(BadInput, match="400,000 cases"):
        sizes.size(sheet)


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.stem)
def test_a_shipped_sheet_is_sound_and_quotes_its_document(path: Path, shared: Path) -> None:
    sheet = sizes.load_sizing(path)

    assert sheet.name == path.stem
    assert all(each.basis for each in sheet.given), "what a document gives, it gives in words"
    bases = [each.basis for each in (*sheet.figures.values(), *sheet.given)]
    quoted = [found for basis in bases for found in QUOTE.findall(basis)]
    assert len(quoted) >= 4
    for document, phrase in quoted:
        text = next((shared / "seeds").glob(f"{document}_*.txt")).read_text(encoding="utf-8")
        assert phrase in text, f"document {document} does not say {phrase}"
    assert sizes.outline(sheet).quick.windows > 0


def test_both_worked_documents_have_a_sheet() -> None:
    assert {path.stem for path in SHEETS} >= {"shuangqiao-new-hall", "huangshi-citizens-home"}
    given = {path.stem: [(each.what, each.amount) for each in sizes.load_sizing(path).given] for path in SHEETS}
    assert given["shuangqiao-new-hall"] == [("area_m2", 3000), ("area_m2", 6000), ("area_m2", 6800)]
    assert given["huangshi-citizens-home"] == [("windows", 271), ("staff", 500), ("area_m2", 65000)]


# ---- at a terminal --------------------------------------------------------------------------------------------------------------


def test_the_command_answers_at_once_by_formula_and_writes_a_workbook(wide: Callable[..., Any], tmp_path: Path) -> None:
    import openpyxl

    target = tmp_path / "sheet.xlsx"
    arguments = ("size", "shuangqiao-new-hall", "--quick", "--set", "demand.growth=0", "--xlsx", target)
    code, out, err = wide(*arguments, "--json", "-")
    data: dict[str, Any] = json.loads(out)

    assert (code, err) == (0, "")
    assert data["inputs"]["demand.growth"]["value"] == 0
    assert data["too_small_in_year"] is None
    assert data["tornado"]["inputs"][0]["swing"]["area_m2"] > 0
    page = openpyxl.load_workbook(target)["The sheet"]
    assert page.cell(3, 3).value == data["windows"]
    said = wide(*arguments)[1]
    assert "it is large enough for 20 years" in said
    assert "18 of 23 inputs are assumptions" in said


def test_the_command_simulates_a_small_sheet_whole(wide: Callable[..., Any], written: Callable[..., Path], tmp_path: Path) -> None:
    hall = tmp_path / "found.toml"
    sheet = written(("windows = 12", 'windows = 12\nbasis = "the mayor"'), ("[[given]]\narea_m2 = 800\n", ""))
    code, out, _ = wide("size", sheet, "--no-tornado", "--write", hall)

    assert code == 0
    assert re.search(r"Build \d+ windows, \d+ waiting seats", out)
    assert "12 windows serve" in out
    assert "Basis: the mayor" in out
    assert wide("check", hall)[0] == 0


def test_bad_input_ends_with_2_and_every_fault(wide: Callable[..., Any]) -> None:
    code, out, err = wide("size", "shuangqiao-new-hall", "--set", "grwoth=3", "--set", "demand.growth=9")
    assert (code, out) == (2, "")
    assert "'grwoth=3' is no figure of a sizing sheet" in err
    assert "demand.growth is 9 and may be at most 1" in err
    code, _, err = wide("size", "nowhere")
    assert code == 2
    assert "one of: huangshi-citizens-home, shuangqiao-new-hall" in err
