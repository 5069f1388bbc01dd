"""Assumptions moved one at a time: what each does to a district, by hand; what comes out, on the same citizens."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulation import district as districts
from simulation.district import District, Move, Plan, access_of, flows_of, moved
from simulation.district import answer as answers
from simulation.district.tornado import HALL_SERVICE, Tornado, bends_of, tornado, tornado_as_data
from tests.district.test_district import DISTRICT, HALL
from tests.small_hall import write_beside

PLAN = Plan("down", {"zh": "x", "en": "x"}, (Move("main", "township", 0.5),))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> District:
    return districts.load_district(write_beside(HALL, tmp_path_factory.mktemp("tornado") / "district.toml", DISTRICT))


@pytest.fixture(scope="module")
def storm(small: District) -> Tornado:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answers, "CITIZENS", 12_000)
        return tornado(small, PLAN, seed=3)


def test_every_assumption_is_moved_or_told_not_to_be(small: District) -> None:
    bends, stiff = bends_of(small)

    assert sorted([*bends, *stiff]) == sorted([*small.assumptions(), HALL_SERVICE])
    assert "zones.town.people" not in bends, "a census stands behind it"
    assert stiff == ["services.tax.items", "services.card.at", "services.card.can"]


def test_a_figure_is_moved_alone_and_nothing_is_lost(small: District) -> None:
    bends, _ = bends_of(small)

    for figure, bend in bends.items():
        for factor in (0.8, 1.2):
            other = bend(factor)
            assert sum(each.people for each in other.zones) == pytest.approx(1), figure
            for work in other.works:
                assert sum(work.at.values()) == pytest.approx(1), figure
            total = sum(each.cases for each in other.works)
            assert sum(each.cases for each in flows_of(other, other.works)) == pytest.approx(total), figure
    assert bends["zones.hills.people"](1.2).zones[0].people == pytest.approx(0.64)
    assert bends["services.tax.at"](0.8).works[0].at == pytest.approx({"main": 0.48, "township": 0.39, "online": 0.13})
    assert bends["places.township.windows"](1.2).places[1].windows == 2
    assert bends["places.township.windows"](0.8).places[1].windows == 1, "at least one"
    assert bends["zones.town.sites.township"](1.2).zones[0].sites["township"] == 3


def test_what_comes_out_is_that_of_the_moved_district(small: District, storm: Tornado) -> None:
    works = moved(small.works, PLAN.moves)
    bars = {each.figure: each for each in storm.bars}
    hills = bars["zones.hills.travel"]

    assert storm.base["travel"] == pytest.approx(access_of(small, works, flows_of(small, works)).mean_travel)
    further = bends_of(small)[0]["zones.hills.travel"](1.2)
    assert hills.at_high["travel"] == pytest.approx(access_of(further, works, flows_of(further, works)).mean_travel)
    assert hills.at_low["travel"] < storm.base["travel"] < hills.at_high["travel"]
    assert hills.swing("wait_main") == 0, "who comes where does not depend on the way"
    assert bars["days_per_year"].at_low["wait_main"] > storm.base["wait_main"] > bars["days_per_year"].at_high["wait_main"]
    assert bars[HALL_SERVICE].at_high["wait_main"] > storm.base["wait_main"] > bars[HALL_SERVICE].at_low["wait_main"]
    assert bars["places.township.efficiency"].swing("wait_main") == 0
    assert bars["places.township.efficiency"].at_low["wait_all"] > bars["places.township.efficiency"].at_high["wait_all"]
    assert [each.figure for each in storm.by("wait_main")] == [each.figure for each in storm.bars if each.swing("wait_main") > 1e-9]
    ends = 2 * len(storm.bars) + 1
    assert storm.simulated < 3 * ends, "a hall that stays the same is not simulated again"


def test_it_is_plain_data_and_stops_when_told(small: District, storm: Tornado) -> None:
    data = json.loads(json.dumps(tornado_as_data(storm), allow_nan=False))
    swings = [each["swing"]["wait_main"] for each in data["inputs"]]

    assert swings == sorted(swings, reverse=True)
    assert data["not_moved"] == list(storm.not_moved)

    def stop(done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        tornado(small, PLAN, tell=stop)


def test_the_command_shows_choice_and_tornado(monkeypatch: pytest.MonkeyPatch, wide: Callable[..., Any], tmp_path: Path) -> None:
    monkeypatch.setattr(answers, "CITIZENS", 2000)
    path = write_beside(HALL, tmp_path / "district.toml", DISTRICT)
    code, out, _ = wide("district", path, "--plan", "down", "--choice", "--tornado")

    assert code == 0
    assert "If people choose by way and wait" in out
    assert "The assumption that matters most: " in out
    assert "Beginning from today's waits and from none" in out
