"""How people choose a place: by hand, against queueing formulas solved another way, and by simulation beside the answer without choice."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import brentq

from simulation import district as districts
from simulation.district import Choice, District, Move, Plan, by_kind, choice_as_data, judge_choice, judge_plan, moved
from simulation.district import answer as answers
from simulation.district import choice as choices
from simulation.district.choice import Settled, Waits, apart, cost, fitted, flows_chosen, menus_of, settle
from simulation.district.flows import Flow
from simulation.district.inputs import Online, Place, Work, Zone
from simulation.faults import BadInput
from simulation.theory.erlang import mean_wait
from tests.district.test_district import DISTRICT, HALL, SHIPPED
from tests.small_hall import write_beside

NAME = {"zh": "x", "en": "x"}
CASES = 100_000.0
"""a year"""


def two_halls(travel: tuple[float, float]) -> District:
    """One zone, one service, two branch halls."""
    places = tuple(Place(id, NAME, "branch", None) for id in ("a", "b"))
    zone = Zone("zone", NAME, 1.0, {"a": travel[0], "b": travel[1]}, {})
    work = Work("tax", NAME, CASES, {"branch": 1.0}, ("branch",), 1.0)
    return District("two", NAME, 30.0, 250.0, places, (zone,), (work,), Online(), ())


def by_formula(servers: dict[str, int]) -> Callable[[Sequence[Flow]], Waits]:
    """Waits by Erlang C."""

    def measure(flows: Sequence[Flow]) -> Waits:
        return {(flow.place, flow.service): wait_at(flow.cases, servers[flow.place]) for flow in flows}

    return measure


def wait_at(cases: float, servers: int, service: float = 10.0) -> float:
    """Of so many cases a year, spread evenly over its minutes."""
    rate = cases / (250 * 420)
    return math.inf if rate * service >= servers else float(mean_wait(arrival_rate=rate, mean_service_time=service, servers=servers))


def settled_between(travel: tuple[float, float], choice: Choice, servers: tuple[int, int], start: float) -> tuple[Settled, float]:
    """Where people go, and the share that goes to the first; beginning with `start` minutes of wait there and none at the second."""
    district = two_halls(travel)
    menus = menus_of(district, district.works)

    def follow(waits: Waits) -> list[Flow]:
        return flows_chosen(district, menus, [np.zeros(1)], waits, choice)

    found = settle(follow, by_formula(dict(zip("ab", servers, strict=True))), follow({("a", "tax"): start}))
    return found, sum(each.cases for each in found.flows if each.place == "a") / CASES


@pytest.mark.parametrize("start", [0.0, 200.0])
def test_two_halls_that_are_alike_share_evenly(start: float) -> None:
    found, share = settled_between((15.0, 15.0), Choice(20.0, 1.0), (6, 6), start)

    assert found.agreed
    assert share == pytest.approx(0.5, abs=0.002)


@pytest.mark.parametrize("start", [0.0, 200.0])
@pytest.mark.parametrize(
    ("spread", "weight", "servers"), [(20.0, 1.0, (6, 6)), (8.0, 2.0, (5, 8)), (3.0, 2.0, (6, 5)), (200.0, 0.0, (9, 9))]
)
def test_the_balance_is_the_one_that_a_root_finder_finds(spread: float, weight: float, servers: tuple[int, int], start: float) -> None:
    """The share p of the first hall with log(p / (1 - p)) = (cost of the second - cost of the first) / spread, waits by Erlang C."""
    travel = (12.0, 20.0)

    def miss(p: float) -> float:
        first, second = (2 * way + weight * min(wait_at(q * CASES, n), 1e4) for way, q, n in zip(travel, (p, 1 - p), servers, strict=True))
        return math.log(p / (1 - p)) - (second - first) / spread

    expected = brentq(miss, 1e-9, 1 - 1e-9, xtol=1e-12)
    found, share = settled_between(travel, Choice(spread, weight), servers, start)

    assert found.agreed, found
    assert share == pytest.approx(expected, abs=0.003)


def test_who_looks_at_minutes_alone_finds_both_ways_equally_long() -> None:
    """Wardrop: with hardly any spread no hall that is used is dearer than the other."""

    def dearer(p: float) -> float:
        return 24.0 + min(wait_at(p * CASES, 6), 1e4) - 40.0 - min(wait_at((1 - p) * CASES, 7), 1e4)

    expected = brentq(dearer, 0.3, 0.7, xtol=1e-12)
    found, share = settled_between((12.0, 20.0), Choice(0.5, 1.0), (6, 7), 0.0)

    assert found.agreed, found
    assert share == pytest.approx(expected, abs=0.003)
    assert 24.0 + found.waits["a", "tax"] == pytest.approx(40.0 + found.waits["b", "tax"], abs=2.0)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> District:
    chosen = ("[[plans]]", "[choice]\nspread_min = 20\nwait_weight = 2\n\n[[plans]]")
    path = tmp_path_factory.mktemp("choice") / "district.toml"
    return districts.load_district(write_beside(HALL, path, DISTRICT, chosen, ("cases_per_year = 10000", "cases_per_year = 21000")))


def test_the_constants_give_the_shares_that_were_told(small: District) -> None:
    """Whatever the waits, the district's shares are those of the file; in the hills, far from the hall, more go to the township."""
    people = np.array([each.people for each in small.zones])
    waits: Waits = {("main", "tax"): 25.0, ("township@town", "tax"): 3.0}
    for work, menu in zip(small.works, menus_of(small, small.works), strict=True):
        minutes = cost(menu, waits, Choice(20.0, 2.0))
        shares = choices.chosen(menu, fitted(menu, people, minutes, Choice(20.0, 2.0)), minutes, Choice(20.0, 2.0))
        for k, kind in enumerate(menu.kinds):
            assert (people[menu.zone] * shares)[menu.kind == k].sum() == pytest.approx(work.at[kind], abs=1e-7)
        assert np.bincount(menu.zone, shares) == pytest.approx(np.ones(2))
        if work.id == "tax":
            by = {(z, p): share for z, p, share in zip(menu.zone.tolist(), menu.places, shares.tolist(), strict=True)}
            assert by[1, "township"] / by[1, "main"] > by[0, "township"] / by[0, "main"]


@pytest.mark.parametrize("spread", [200.0, 10.0, 2.0])
def test_the_shares_come_out_however_sharply_people_choose(spread: float) -> None:
    potou = districts.load_district(SHIPPED[0])
    people, choice = np.array([each.people for each in potou.zones]), Choice(spread, 2.0)
    for work, menu in zip(potou.works, menus_of(potou, potou.works), strict=True):
        minutes = cost(menu, {}, choice)
        shares = choices.chosen(menu, fitted(menu, people, minutes, choice), minutes, choice)
        for k, kind in enumerate(menu.kinds):
            assert (people[menu.zone] * shares)[menu.kind == k].sum() == pytest.approx(work.at[kind], abs=1e-4)


def test_a_spread_so_small_that_no_shares_come_out_is_refused() -> None:
    potou = districts.load_district(SHIPPED[0])
    people, choice = np.array([each.people for each in potou.zones]), Choice(0.5, 2.0)
    with pytest.raises(BadInput) as refused:
        [fitted(menu, people, cost(menu, {}, choice), choice) for menu in menus_of(potou, potou.works)]
    assert "give a larger spread_min" in refused.value.text("en")
    assert refused.value.text("zh")


@pytest.mark.parametrize("seed", range(4))
def test_no_case_is_lost_however_long_the_waits(small: District, seed: int) -> None:
    chance = np.random.default_rng(seed)
    works = moved(small.works, [Move("main", "township", chance.random()), Move("main", "mobile", chance.random(), "card")])
    sites = ("main", "township@town", "township@hills", "mobile@hills")
    waits = {(site, work.id): float(chance.exponential(60)) for site in sites for work in works}
    constants = [chance.normal(0, 2, sum(share > 0 for share in work.at.values())) for work in works]
    flows = flows_chosen(small, menus_of(small, works), constants, waits, Choice(float(chance.uniform(2, 60)), float(chance.uniform(0, 3))))

    for work in works:
        for zone in small.zones:
            found = sum(each.cases for each in flows if (each.service, each.zone) == (work.id, zone.id))
            assert found == pytest.approx(work.cases * zone.people)
    assert len({(each.service, each.zone, each.place) for each in flows}) == len(flows)


@pytest.fixture(scope="module")
def judged(small: District) -> tuple[districts.DistrictFound, districts.Chosen]:
    plan = Plan("down", NAME, (Move("main", "township", 0.5),))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answers, "CITIZENS", 6_000)
        return judge_plan(small, plan, seed=4), judge_choice(small, plan, seed=4)


def test_who_was_moved_comes_back_to_a_hall_that_has_become_quicker(
    small: District, judged: tuple[districts.DistrictFound, districts.Chosen]
) -> None:
    plain, chosen = judged
    before, planned, after = chosen.rebound()["main"]

    assert chosen.agreed
    assert chosen.one_end
    assert (before, planned) == pytest.approx([each["main"] for each in map(by_kind, plain.flows)]), "as told by file and plan"
    assert planned < after < before
    waits = {kind.kind: kind.wait for kind in chosen.found.kinds}
    alone = {kind.kind: kind.wait for kind in plain.kinds}
    assert alone["main"][1].value < waits["main"][1].value < waits["main"][0].value
    assert waits["township"][1].value < alone["township"][1].value
    assert sum(sum(each) for each in chosen.rebound().values()) == pytest.approx(3 * 26_000)


def test_the_odds_are_those_of_the_waits_that_were_simulated(judged: tuple[districts.DistrictFound, districts.Chosen]) -> None:
    """Of tax cases in town the odds of hall and township have moved by the change of the waits times 2 / 20."""
    _, chosen = judged

    def odds(flows: Sequence[Flow]) -> float:
        at = {each.place: each.cases for each in flows if (each.service, each.zone) == ("tax", "town")}
        failed = at["online"] / (0.8 * 0.5) * (1 - 0.8 * 0.5)  # they come to the hall whatever it is like
        return math.log((at["main"] - failed) / at["township"])

    hall, town = (next(each for each in chosen.found.sites if each.before.id == id) for id in ("main", "township@town"))
    change = [hall.plan.by_service["tax"]["mean_wait"].value - hall.base.by_service["tax"]["mean_wait"].value]
    change.append(town.figure("mean_wait", "plan").value - town.figure("mean_wait", "base").value)
    moved = odds(chosen.found.flows[1]) - odds(chosen.planned)
    assert abs(moved) > 0.1
    assert moved == pytest.approx(-2 / 20 * (change[0] - change[1]), abs=0.05)


def test_without_choice_nothing_differs_by_a_bit(small: District, judged: tuple[districts.DistrictFound, districts.Chosen]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answers, "CITIZENS", 6_000)
        again = judge_plan(replace(small, choice=None), judged[0].plan, seed=4)

    for one, two in zip(again.sites, judged[0].sites, strict=True):
        assert repr((one.base.measures, one.plan.measures)) == repr((two.base.measures, two.plan.measures))
    assert again.flows == judged[0].flows


def test_what_people_choose_is_plain_data(judged: tuple[districts.DistrictFound, districts.Chosen]) -> None:
    data = json.loads(json.dumps(choice_as_data(judged[1]), allow_nan=False))

    assert data["agreed"] is True
    assert data["cases"]["main"]["planned"] < data["cases"]["main"]["after"]
    assert (data["spread_min"], data["wait_weight"]) == (20, 2)


def test_where_no_balance_is_found_it_says_so() -> None:
    """Waits that jump with one person more have no balance; the steps end and the gap is told."""
    district = two_halls((10.0, 10.0))
    menus = menus_of(district, district.works)

    def jumping(flows: Sequence[Flow]) -> Waits:
        many = sum(each.cases for each in flows if each.place == "a") > 0.5 * CASES
        return {("a", "tax"): 100.0 if many else 0.0, ("b", "tax"): 0.0 if many else 1.0}

    found = settle(
        lambda waits: flows_chosen(district, menus, [np.zeros(1)], waits, Choice(10.0, 1.0)),
        jumping,
        flows_chosen(district, menus, [np.zeros(1)], {}, Choice(10.0, 1.0)),
    )

    assert not found.agreed
    assert found.gap > 0.01
    assert apart([], []) == 0.0


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("spread_min = 0", "0.5"),
        ("wait_weight = -1", "0"),
        ("spread_min = nan", "nan"),
        ('spread_min = "far"', "far"),
        ("spread = 3", "spread_min"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(tmp_path: Path, table: str, said: str) -> None:
    path = write_beside(HALL, tmp_path / "district.toml", DISTRICT, ("[[plans]]", f"[choice]\n{table}\n\n[[plans]]"))
    with pytest.raises(BadInput) as refused:
        districts.load_district(path)
    assert "choice" in str(refused.value)
    assert said in str(refused.value)
