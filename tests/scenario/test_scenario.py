"""A scenario file becomes minutes and rates, comes back as TOML, and keeps where its figures come from."""

from __future__ import annotations

import pickle
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from simulation.laws import make_law
from simulation.scenario import Scenario, load_scenario, parse
from tests.halls import halls

WEEKDAY = """
schema = 1
name = "district-weekday"

[[opening]]
from = 08:30:00
to = 12:00:00
at_end = "keep_tickets"
early_min = 15

[[opening]]
from = 14:30:00
to = 17:30:00
last_ticket = 17:15:00

[[services]]
id = "residence"
name = { zh = "居住证", en = "Residence permit" }
service_min = { family = "lognormal", mean = 6.0, cv = 0.6 }
patience_min = { family = "exponential", mean = 45 }
arrivals_per_hour = [10, 12, 12, 11, 9, 9, 10, 8, 6, 6, 5, 4, 2]
early_arrivals = 3
target = { wait_min = 15, share = 0.80 }
balking = [{ queue = 10, share = 0.5 }]
returns = { share = 0.6, after_days = 1 }

[[services]]
id = "tax"
service_min = { family = "deterministic", value = 0 }

[[windows]]
id = "comprehensive"
name = "综合"
count = 3
serves = ["*"]
efficiency = { default = 0.9, residence = 1.0 }
shifts = [{ from = 08:30:00, to = 12:00:00 }, { from = 14:30:00, to = 17:30:00 }]
ab_break = { from = 10:00:00, to = 10:30:00 }
departments = ["civil"]

[[windows]]
id = "early"
serves = ["residence"]
shifts = [{ from = 08:00:00, to = 09:00:20 }]
zone = "A"

[[departments]]
id = "civil"
name = { zh = "民政" }
windows = ["early", "comprehensive-1"]

[basis]
"services.residence.target" = "illustration"
"windows.comprehensive" = "three seats"
services.tax = "assumption: nobody knows"
"""


@pytest.fixture
def weekday() -> Scenario:
    return parse(tomllib.loads(WEEKDAY))


def test_times_are_minutes_since_the_first_opening(weekday: Scenario) -> None:
    assert weekday.clock_start == 510
    assert [(o.start, o.end, o.at_end, o.early, o.last_ticket) for o in weekday.openings] == [
        (0, 210, "keep_tickets", 15, 210),
        (360, 540, "serve_all", 0, 525),
    ]
    assert weekday.window("comprehensive-2").shifts == ((0, 210), (360, 540))
    assert weekday.window("early").shifts[0][0] == -30
    end = weekday.window("early").shifts[0][1]
    assert end == pytest.approx(30 + 20 / 60, abs=1e-6)
    assert end * 2**20 == int(end * 2**20), "a whole number of ticks"


def test_a_profile_becomes_rates_by_slot(weekday: Scenario) -> None:
    assert [slot.label for slot in weekday.slots] == [
        *("08:15", "08:30", "09:00", "09:30", "10:00", "10:30", "11:00", "11:30"),
        *("14:30", "15:00", "15:30", "16:00", "16:30", "17:00"),
    ]
    assert [slot.kind for slot in weekday.slots] == ["early"] + ["open"] * 13
    residence = weekday.service("residence")
    assert residence.arrival_rate[:3] == (3 / 15, 10 / 60, 12 / 60)
    assert weekday.service("tax").arrival_rate == (0.0,) * 14
    assert weekday.citizens_per_day() == pytest.approx(3 + sum([10, 12, 12, 11, 9, 9, 10, 8, 6, 6, 5, 4, 2]) / 2)


def test_what_a_service_says_is_kept(weekday: Scenario) -> None:
    residence = weekday.service("residence")
    assert residence.law == make_law("lognormal", mean=6.0, cv=0.6)
    assert residence.patience == make_law("exponential", mean=45)
    assert (residence.target_wait, residence.target_share) == (15, 0.8)
    assert (residence.balking, residence.returns, residence.priority) == (((10, 0.5),), (0.6, 1), 0)
    assert weekday.service("tax").patience is None


def test_a_group_becomes_seats_and_half_of_them_rest_at_a_time(weekday: Scenario) -> None:
    assert [w.id for w in weekday.windows] == ["comprehensive-1", "comprehensive-2", "comprehensive-3", "early"]
    assert [w.breaks for w in weekday.windows] == [((90, 105),), ((105, 120),), ((90, 105),), ()]
    assert weekday.window("comprehensive-1").efficiency == {"residence": 1.0, "tax": 0.9}
    assert weekday.window("early").efficiency == {"residence": 1.0}
    assert [w.kind for w in weekday.windows] == ["comprehensive"] * 3 + ["dedicated"]


def test_names_default_to_the_other_language_then_to_the_id(weekday: Scenario) -> None:
    assert weekday.service("residence").name == {"zh": "居住证", "en": "Residence permit"}
    assert weekday.service("tax").name == {"zh": "tax", "en": "tax"}
    assert weekday.window("comprehensive-2").name == {"zh": "综合 2", "en": "综合 2"}
    assert weekday.department("civil").name == {"zh": "民政", "en": "民政"}


def test_departments_stand_behind_seats_from_either_side(weekday: Scenario) -> None:
    assert weekday.department("civil").windows == ("comprehensive-1", "comprehensive-2", "comprehensive-3", "early")
    assert weekday.window("early").departments == ("civil",)


def test_a_window_without_shifts_is_open_when_the_hall_is() -> None:
    text = WEEKDAY.replace("shifts = [{ from = 08:00:00, to = 09:00:20 }]", "")
    assert parse(tomllib.loads(text)).window("early").shifts == ((0, 210), (360, 540))


def test_midnight_may_end_the_day() -> None:
    text = WEEKDAY.replace("to = 17:30:00\nlast_ticket = 17:15:00", "to = 00:00:00").replace("5, 4, 2]", "5, 4, 2" + ", 1" * 13 + "]")
    assert parse(tomllib.loads(text)).openings[-1].end == 1440 - 510


def test_a_horizon_has_one_rate_or_a_cycle() -> None:
    scenario = parse(textbook({"minutes": 100, "warm_up": 10}, 30))
    assert (scenario.horizon.minutes, scenario.horizon.warm_up) == (100, 10)  # type: ignore[union-attr]
    assert [(s.start, s.end) for s in scenario.slots] == [(0, 100)]
    assert scenario.services[0].arrival_rate == (0.5,)
    cycle = parse(textbook({"minutes": 100, "cycle_min": 60}, [30, 60]))
    assert [(s.start, s.end, s.label) for s in cycle.slots] == [(0, 30, "0"), (30, 60, "30"), (60, 90, "60"), (90, 100, "90")]
    assert cycle.services[0].arrival_rate == (0.5, 1.0, 0.5, 1.0)
    assert cycle.citizens_per_day() == 15 + 30 + 15 + 10


def textbook(horizon: dict[str, Any], arrivals: Any) -> dict[str, Any]:
    return {
        "name": "textbook",
        "horizon": horizon,
        "services": [{"id": "only", "service_min": {"family": "exponential", "mean": 1}, "arrivals_per_hour": arrivals}],
        "windows": [{"id": "w", "serves": ["only"]}],
    }


def test_a_basis_of_a_table_stands_for_all_its_figures(weekday: Scenario) -> None:
    assert weekday.assumptions() == [
        "opening",
        "opening.early_min",
        "opening.last_ticket",
        "services.residence.service_min",
        "services.residence.patience_min",
        "services.residence.arrivals_per_hour",
        "services.residence.early_arrivals",
        "services.residence.balking",
        "services.residence.returns",
        "services.tax.service_min",
        "windows.early.count",
        "windows.early.shifts",
    ]
    assert weekday.basis["services.tax"] == "assumption: nobody knows", "a path written as nested tables"


def test_ids_are_compared_as_people_see_them() -> None:
    """Fullwidth letters and zero-width spaces are the same id."""
    text = WEEKDAY.replace('serves = ["residence"]', 'serves = ["ｒｅｓｉｄｅｎｃｅ\u200b"]')
    assert parse(tomllib.loads(text)).window("early").efficiency == {"residence": 1.0}


def test_the_digest_depends_on_what_the_file_says_only(weekday: Scenario) -> None:
    reworded = WEEKDAY.replace("mean = 6.0, cv = 0.6", "cv = 0.60, mean = 6").replace("[basis]", "# a remark\n[basis]")
    assert parse(tomllib.loads(reworded)).digest == weekday.digest
    assert parse(tomllib.loads(WEEKDAY.replace("mean = 6.0", "mean = 6.1"))).digest != weekday.digest
    assert len({weekday, parse(tomllib.loads(reworded))}) == 1, "scenarios can be members of a set"


def test_a_decimal_survives_the_way_through_toml(weekday: Scenario, tmp_path: Path) -> None:
    file = tmp_path / "again.toml"
    file.write_text(weekday.to_toml(), encoding="utf-8")
    again = load_scenario(file)
    assert again == weekday
    assert again.document["services"][0]["service_min"]["cv"] == 0.6
    assert "cv = 0.6}" in weekday.to_toml()


@settings(max_examples=80, deadline=None)
@given(document=halls())
def test_any_hall_comes_back_from_toml_the_same(document: dict[str, Any]) -> None:
    scenario = parse(document)
    again = parse(tomllib.loads(scenario.to_toml()))
    assert (again, again.digest) == (scenario, scenario.digest)


def test_a_scenario_cannot_be_changed_and_travels_between_processes(weekday: Scenario) -> None:
    assert pickle.loads(pickle.dumps(weekday)) == weekday
    for change in changes(weekday):
        with pytest.raises((AttributeError, TypeError)):
            change()


def changes(scenario: Scenario) -> list[Callable[[], None]]:
    return [
        lambda: setattr(scenario, "name", "other"),
        lambda: setattr(scenario.services[0], "priority", 1),
        lambda: setattr(scenario.windows[0], "note", 1),
    ]


def test_unknown_ids_are_key_errors(weekday: Scenario) -> None:
    with pytest.raises(KeyError):
        weekday.service("nobody")
    with pytest.raises(KeyError):
        weekday.window("comprehensive")
