"""A district: flows by hand, no case lost, sites as halls, plans judged on the same citizens, what is refused, the command."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from simulation import district as districts
from simulation.district import ONLINE, District, Move, Plan, access_of, by_kind, flows_of, judge_plan, moved, sites_of
from simulation.district import answer as answers
from simulation.expected import citizens_per_day
from simulation.faults import BadInput
from simulation.load import load_of
from tests.small_hall import small_hall, write_beside

SHIPPED = sorted((Path(__file__).resolve().parents[2] / "scenarios" / "district").glob("*.toml"))
QUOTE = re.compile(r"(\d{3})「([^」]+)」")
HALL = small_hall("17:00:00", 6, 4, {"window": (3, "*")})
DISTRICT = """
schema = 1
name = "small-district"
days_per_year = 250
circle_min = 30

[[places]]
id = "main"
kind = "main"
hall = "hall.toml"

[[places]]
id = "township"
kind = "township"
local = true
windows = 1
efficiency = 0.8

[[places]]
id = "mobile"
kind = "mobile"
local = true
windows = 1
every_days = 5

[[zones]]
id = "town"
people = 0.7
travel = { main = 20, township = 10 }
sites = { township = 2 }

[[zones]]
id = "hills"
people = 0.3
travel = { main = 50, township = 15, mobile = 5 }
sites = { township = 1, mobile = 1 }

[[services]]
id = "tax"
cases_per_year = 10000
at = { main = 0.6, township = 0.3, online = 0.1 }
items = 3

[[services]]
id = "card"
cases_per_year = 5000
at = { main = 1.0 }
can = ["mobile"]

[online]
passes = 0.8
finishes = 0.5

[[plans]]
id = "down"
moves = ["main>township=50%"]
windows = { township = 2 }

[basis]
"zones.town.people" = "a census"
"""


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Writes the hall and the district, some of whose text is replaced."""

    return partial(write_beside, HALL, tmp_path / "district.toml", DISTRICT)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> District:
    return districts.load_district(write_beside(HALL, tmp_path_factory.mktemp("district") / "district.toml", DISTRICT))


# ---- by hand --------------------------------------------------------------------------------------------------------------------


def test_cases_go_where_the_shares_say_and_what_fails_online_comes_back(small: District) -> None:
    """Of 1,000 tax applications online 400 are finished; 600 come to the main hall beside its 6,000."""
    flows = flows_of(small, small.works)

    assert by_kind(flows) == pytest.approx({"main": 6600 + 5000, "township": 3000, ONLINE: 400})
    assert {(each.zone, each.place): each.cases for each in flows if each.service == "tax"} == pytest.approx(
        {("town", "main"): 4620, ("hills", "main"): 1980, ("town", "township"): 2100, ("hills", "township"): 900}
        | {("town", ONLINE): 280, ("hills", ONLINE): 120}
    )


def test_how_near_it_is_before_and_after_a_move(small: District) -> None:
    flows = flows_of(small, small.works)
    access = access_of(small, small.works, flows)

    assert access.done_near == pytest.approx((4620 + 3500 + 3000 + 400) / 15000), "the hills' main-hall cases are too far"
    assert access.could_near == pytest.approx((10000 + 0.7 * 5000) / 15000), "tax is near everywhere, cards in town alone"
    assert access.mean_travel == pytest.approx((8120 * 20 + 3480 * 50 + 2100 * 10 + 900 * 15) / 14600)
    assert (access.items_nearby, access.online) == (0.75, pytest.approx(400 / 15000))

    works = moved(small.works, [Move("main", "township", 0.5)])
    after = access_of(small, works, flows_of(small, works))
    assert by_kind(flows_of(small, works))["township"] == pytest.approx(6000)
    assert after.done_near == pytest.approx((3600 * 0.7 + 3500 + 6000 + 400) / 15000)
    assert works[1].at == small.works[1].at, "cards cannot be done in a township"
    assert moved(small.works, [Move("main", "mobile", 0.2, "card")])[1].at == pytest.approx({"main": 0.8, "mobile": 0.2})


@settings(max_examples=60, deadline=None)
@given(
    some.lists(
        some.tuples(
            some.sampled_from(["main", "township", "mobile", ONLINE]),
            some.sampled_from(["main", "township", "mobile", ONLINE]),
            some.floats(0, 1),
            some.sampled_from([None, "tax", "card"]),
        ),
        max_size=6,
    )
)
def test_no_case_is_lost_whatever_moves(small: District, moves: list[tuple[str, str, float, str | None]]) -> None:
    flows = flows_of(small, moved(small.works, [Move(*each) for each in moves]))

    assert sum(each.cases for each in flows) == pytest.approx(15000)
    assert all(each.cases > 0 for each in flows)
    assert sum(each.cases for each in flows if each.zone == "hills") == pytest.approx(4500)
    assert sum(site.cases for site in sites_of(small, flows)) + by_kind(flows).get(ONLINE, 0.0) == pytest.approx(15000)


def test_every_site_has_the_cases_that_come_to_it(small: District) -> None:
    """Two alike in town share 2,100 a year: 4.2 a day each; a window that comes every fifth day meets the cases of five."""
    works = moved(small.works, [Move("main", "mobile", 0.1, "card")])
    sites = {each.id: each for each in sites_of(small, flows_of(small, works))}

    assert {id: each.a_day for id, each in sites.items()} == pytest.approx(
        {"main": (6600 + 4500) / 250, "township@town": 4.2, "township@hills": 3.6, "mobile@hills": 500 / 250 * 5}
    )
    for site in sites.values():
        assert citizens_per_day(site.scenario).sum() == pytest.approx(site.a_day)
    assert sites["township@town"].count == 2
    assert [len(each.scenario.windows) for each in sites.values()] == [3, 1, 1, 1]
    assert sites["township@town"].scenario.windows[0].efficiency["tax"] == 0.8
    assert by_kind(flows_of(small, works))["mobile"] == 500, "those of the zone without one go there too"


# ---- by simulation --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found(small: District) -> districts.DistrictFound:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answers, "CITIZENS", 15_000)
        return judge_plan(small, small.plans[0], seed=4)


def test_a_plan_relieves_the_hall_and_its_windows_work_as_the_load_says(found: districts.DistrictFound) -> None:
    main, township = found.sites[0], found.sites[1]

    assert main.difference("mean_wait").verdict == "lower"  # type: ignore[union-attr]
    for site in (main, township):
        for side, state in (("base", site.before), ("plan", site.after)):
            expected = load_of(state.scenario).utilisation
            estimate = site.figure("utilisation", side)
            assert estimate.low - 0.01 <= expected <= estimate.high + 0.01, f"{site.before.id} {side}"
    kinds = {each.kind: each for each in found.kinds}
    assert kinds["township"].windows == (3, 6)
    assert kinds["township"].cases == pytest.approx((3000, 6000))
    assert kinds["main"].wait[0].low <= kinds["main"].wait[0].value <= kinds["main"].wait[0].high
    assert sum(found.more.values()) == pytest.approx(0, abs=1e-9)


def test_both_sides_meet_the_same_citizens_and_nothing_changes_without_a_plan(small: District, found: districts.DistrictFound) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answers, "CITIZENS", 3000)
        more_windows = judge_plan(small, Plan("windows", {}, (), {"township": 3}), seed=4)
        as_it_is = judge_plan(small, seed=4)

    township = more_windows.sites[1]
    assert township.figure("arrivals", "base") == township.figure("arrivals", "plan")
    assert township.difference("mean_wait").value < 0  # type: ignore[union-attr]
    assert all(each.compared is None and each.base is each.plan for each in as_it_is.sites)
    assert as_it_is.access[0] == as_it_is.access[1]
    again = as_it_is.sites[1].base.measures
    assert all(more_windows.sites[1].base.measures[name] == again[name] for name in ("mean_wait", "p90_wait", "utilisation", "served"))


def test_the_wait_of_a_kind_is_that_of_its_sites_by_their_cases(found: districts.DistrictFound) -> None:
    rows = [each for each in found.sites if each.before.place.kind == "township"]
    weighted = sum(each.before.cases * each.figure("mean_wait", "base").value for each in rows) / 3000
    kind = next(each for each in found.kinds if each.kind == "township")

    assert kind.wait[0].value == pytest.approx(weighted)
    halves = [each.figure("mean_wait", "base").high - each.figure("mean_wait", "base").value for each in rows]
    assert kind.wait[0].high - kind.wait[0].value < max(halves)


def test_the_answer_is_plain_data(found: districts.DistrictFound) -> None:
    data = json.loads(json.dumps(districts.district_as_data(found), allow_nan=False))

    assert data["by_kind"]["mobile"]["mean_wait"]["before"]["value"] is None, "nobody comes"
    assert data["stayed"] == ["card"]
    assert data["moves"] == ["main>township=50%"]
    assert [each["zone"] for each in data["zones"]] == ["town", "hills"]
    assert "zones.hills.people" in data["assumptions"]
    assert "zones.town.people" not in data["assumptions"]


# ---- files ----------------------------------------------------------------------------------------------------------------------


def test_all_faults_of_a_district_are_told_at_once_in_both_languages(written: Callable[..., Path]) -> None:
    path = written(
        ("people = 0.7", "people = 0.8"),
        ("travel = { main = 50, township = 15, mobile = 5 }", "travel = { main = 50, mobile = 5 }"),
        ("at = { main = 0.6, township = 0.3, online = 0.1 }", "at = { main = 0.6, township = 0.3 }"),
        ('can = ["mobile"]', 'can = ["mobil"]'),
        ('moves = ["main>township=50%"]', 'moves = ["main>township=150%", "card:main>township=1%", "main-township"]'),
        ("windows = { township = 2 }", "windows = { main = 2 }"),
        ("circle_min = 30", "circel_min = 30"),
        ("every_days = 5", "every_days = 0"),
    )
    with pytest.raises(BadInput) as refused:
        districts.load_district(path)
    english, chinese = refused.value.text("en"), refused.value.text("zh")

    for told in (
        "zone 'hills' says nothing of how far it is to township",
        'service "tax": the shares of where it is done add up to 0.9, not to 1',
        "'mobil' is neither a kind of place nor a channel of this district",
        "the share to move is 150% and lies between 0 and 1",
        "'card' is not done at 'township'",
        "'main-township' is no move; write FROM>TO=SHARE",
        "'main' is no place with a number of windows of its own",
        "the key circel_min is unknown; did you mean 'circle_min'?",
        'place "mobile": every_days is 0 and must be at least 1',
    ):
        assert told in english, told
    assert "片区“hills”没有写到 township 的路程" in chinese
    assert '地点"mobile"' in chinese


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("people = 0.7", "people = 0.6", "add up to 0.9, not to 1"),
        ('hall = "hall.toml"', "windows = 2", "needs one place whose hall is a scenario"),
        ('hall = "hall.toml"', 'hall = "hall.toml"\nwindows = 2', "give either hall"),
        ('hall = "hall.toml"', 'hall = "nowhere.toml"', "there is no such file"),
        ('id = "card"', 'id = "cart"', "'cart' is no service of the hall"),
        ('id = "township"', 'id = "main"', "is given twice"),
        ("sites = { township = 1, mobile = 1 }", "sites = { township = 1 }", "no zone has a site of 'mobile'"),
        ('kind = "mobile"', 'kind = "moon"', "is none of main, branch"),
        ("every_days = 5", 'service_min = { family = "nromal", mean = 3 }', "family"),
        ("passes = 0.8", "passes = 1.8", "may be at most 1"),
        ("[online]", '[online]\nback_to = "nowhere"', "neither a kind of place"),
        ("windows = { township = 2 }", "windows = 7", "which is not a table"),
        ('kind = "main"', 'kind = "branch"', "no place of the kind main"),
        ('"zones.town.people" =', '"zones.twon.people" =', "zones.town.people"),
        ('"a census"', "3", "basis"),
    ],
)
def test_a_district_that_cannot_be_is_refused_with_its_cure(written: Callable[..., Path], old: str, new: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        districts.load_district(written((old, new)))
    assert said in refused.value.text("en")
    assert refused.value.text("zh")


def test_a_hall_with_a_horizon_is_no_place_of_a_district(written: Callable[..., Path]) -> None:
    path = written()
    opening = HALL[HALL.index("[[opening]]") : HALL.index("[[services]]")]
    path.with_name("hall.toml").write_text(HALL.replace(opening, "[horizon]\nminutes = 480\nwarm_up = 0\n\n"), encoding="utf-8")
    with pytest.raises(BadInput, match=r"the hall 'hall\.toml' has a horizon instead of opening hours"):
        districts.load_district(path)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_district_is_sound_and_quotes_its_documents(path: Path, shared: Path) -> None:
    shipped = districts.load_district(path)

    assert shipped.name == path.stem
    quoted = [found for basis in shipped.basis.values() for found in QUOTE.findall(basis)]
    assert len(quoted) >= 8
    for document, phrase in quoted:
        text = next((shared / "seeds").glob(f"{document}_*.txt")).read_text(encoding="utf-8")
        assert phrase in text, f"document {document} does not say {phrase}"


def test_the_potou_district_adds_up_to_its_document() -> None:
    """163,506 cases: 77,144 in the main hall, 40,370 in branch halls, 45,992 in townships and villages; 882 a machine and year."""
    potou = districts.load_district(SHIPPED[0])
    cases = by_kind(flows_of(potou, potou.works))
    sites = sites_of(potou, flows_of(potou, potou.works))

    assert cases["main"] == pytest.approx(77144, abs=1)
    assert cases["branch"] == pytest.approx(40370, abs=1)
    assert cases["township"] + cases["village"] == pytest.approx(45992, abs=1)
    assert cases["main"] + cases["branch"] + cases["township"] + cases["village"] == pytest.approx(163506, abs=1)
    count = {kind: sum(each.count for each in sites if each.place.kind == kind) for kind in ("branch", "township", "village", "kiosk")}
    assert count == {"branch": 3, "township": 7, "village": 74, "kiosk": 71}
    assert cases["kiosk"] / count["kiosk"] == pytest.approx(882, abs=0.5)
    main = next(each for each in sites if each.id == "main")
    assert main.a_day == pytest.approx(321, abs=0.5)
    assert potou.circle == 30


# ---- at a terminal --------------------------------------------------------------------------------------------------------------


def test_the_command_judges_a_plan_of_the_file_and_one_of_ones_own(
    monkeypatch: pytest.MonkeyPatch, wide: Callable[..., Any], written: Callable[..., Path], tmp_path: Path
) -> None:
    import openpyxl

    monkeypatch.setattr(answers, "CITIZENS", 3000)
    target = tmp_path / "sites.xlsx"
    code, out, _ = wide("district", written(), "--plan", "down", "--xlsx", target)
    assert code == 0
    assert "the main hall has 3,000 cases a year fewer" in out
    assert "Services that cannot be done there and stay where they are: card." in out
    page = openpyxl.load_workbook(target)["Sites"]
    assert page.max_row == 2 + 4, "two head rows, four sites"

    arguments = ("--move", "card:main>mobile=20%", "--windows", "township=2", "--json", "-")
    data: dict[str, Any] = json.loads(wide("district", written(), *arguments)[1])
    assert data["cases"]["mobile"] == {"before": 0.0, "after": pytest.approx(1000)}
    assert data["windows"] == {"township": 2}
    assert "As it is" in wide("district", written())[1]


def test_bad_input_ends_with_2_and_every_fault(wide: Callable[..., Any], written: Callable[..., Path]) -> None:
    arguments = ("--plan", "up", "--move", "main=3", "--move", "main>moon=10%", "--windows", "main=2", "--windows", "township=x")
    code, out, err = wide("district", written(), *arguments)

    assert (code, out) == (2, "")
    for told in ("there is no plan 'up'; the district has down", "'main=3' is no move", "'moon' is neither", "'main=2' is no place"):
        assert told in err
    assert "'township=x'" in err
    assert wide("district", "nowhere")[0] == 2
