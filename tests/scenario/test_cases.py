"""Every key behind the windows: what it becomes, its way through TOML, its basis, its refusal, and its sentence in the design notes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from simulation import scenario as scenario_package
from simulation.faults import BadInput
from simulation.laws import make_law
from simulation.scenario import parse
from simulation.scenario.case_parts import Case, Collection, Pool, Step, Supplement
from simulation.scenario.tables import known_keys
from tests.backoffice.offices import offices

FULL = """
schema = 1
name = "office"

[[opening]]
from = 09:00:00
to = 17:00:00

[[services]]
id = "permit"
service_min = { family = "exponential", mean = 6.0 }
arrivals_per_hour = 4

[services.case]
kind = "promised"
promised_days = 6
legal_days = 79
limit_until = "decide"
collection = { service = "pickup", share = 0.4, after_days = 2 }
ems_days = 1.5

[[services.case.steps]]
id = "survey"
pool = "field"
work_min = { family = "exponential", mean = 60 }
share = 0.3
excluded = true

[[services.case.steps]]
id = "check"
pool = "desk"
work_min = { family = "exponential", mean = 20 }
after = []
supplement = { share = 0.1, wait_days = { family = "exponential", mean = 3 }, in_person = 0.5 }

[[services.case.steps]]
id = "publicity"
wait_days = { family = "deterministic", value = 5 }
after = ["survey", "check"]

[[services.case.steps]]
id = "decide"
pool = "desk"
work_min = { family = "deterministic", value = 10 }

[[services]]
id = "now"
service_min = { family = "exponential", mean = 6.0 }
case = { kind = "instant" }

[[services]]
id = "pickup"
service_min = { family = "deterministic", value = 1.0 }

[[windows]]
id = "w"
serves = ["*"]

[[pools]]
id = "field"
name = { zh = "勘察组", en = "Survey team" }
staff = 2
hours = [{ from = 14:00:00, to = 17:00:00 }]
calls = "earliest_due"
note = "a car each"

[[pools]]
id = "desk"
staff = 3

[basis]
"services.permit.case.promised_days" = "004"
"pools.field.staff" = "the roster"
"""


def document() -> dict[str, Any]:
    return tomllib.loads(FULL)


def test_every_key_becomes_a_part() -> None:
    scenario = parse(document())
    law = make_law("exponential", mean=60.0)
    check = Step(
        "check", "desk", make_law("exponential", mean=20.0), None, (), 1.0, False, Supplement(0.1, make_law("exponential", mean=3.0), 0.5)
    )
    assert scenario.service("permit").case == Case(
        service="permit",
        kind="promised",
        promised_days=6,
        legal_days=79,
        steps=(
            Step("survey", "field", law, None, (), 0.3, True, None),
            check,
            Step("publicity", None, None, make_law("deterministic", value=5.0), (0, 1), 1.0, False, None),
            Step("decide", "desk", make_law("deterministic", value=10.0), None, (2,), 1.0, False, None),
        ),
        limit_until=3,
        collection=Collection("pickup", 0.4, 2),
        ems_days=1.5,
    )
    assert scenario.service("now").case == Case("now", "instant")
    assert scenario.service("pickup").case is None
    assert scenario.pools == (
        Pool("field", {"zh": "勘察组", "en": "Survey team"}, 2, ((840.0, 1020.0),), "earliest_due"),
        Pool("desk", {"zh": "desk", "en": "desk"}, 3, None, "first_come"),
    )


def test_promised_hours_become_minutes() -> None:
    given_hours = document()
    del given_hours["services"][0]["case"]["promised_days"], given_hours["basis"]
    given_hours["services"][0]["case"]["promised_hours"] = 9.5
    case = parse(given_hours).services[0].case
    assert case is not None
    assert (case.promised_days, case.promised_minutes) == (None, 570.0)


def test_it_comes_back_from_toml_the_same() -> None:
    scenario = parse(document())
    assert parse(tomllib.loads(scenario.to_toml())) == scenario


@settings(max_examples=40, deadline=None)
@given(offices())
def test_any_office_comes_back_from_toml_the_same(made: dict[str, Any]) -> None:
    scenario = parse(made)
    assert parse(tomllib.loads(scenario.to_toml())) == scenario


def test_every_figure_counts_as_assumed_until_it_has_a_basis() -> None:
    assumed = parse(document()).assumptions()
    case = {f"services.permit.case.{key}" for key in document()["services"][0]["case"]}
    pools = {f"pools.field.{key}" for key in ("staff", "hours", "calls")} | {"pools.desk.staff", "services.now.case.kind"}
    assert {*case, *pools} - set(assumed) == {"services.permit.case.promised_days", "pools.field.staff"}


def test_the_file_above_holds_every_key() -> None:
    full = document()
    case = full["services"][0]["case"]
    assert set(known_keys(("services", "case"))) == {*case, "promised_hours"}
    assert set(known_keys(("services", "case", "steps"))) == {key for step in case["steps"] for key in step}
    assert set(known_keys(("services", "case", "steps", "supplement"))) == set(case["steps"][1]["supplement"])
    assert set(known_keys(("services", "case", "collection"))) == set(case["collection"])
    assert set(known_keys(("pools",))) == set(full["pools"][0])


def test_the_design_notes_name_every_key() -> None:
    text = (Path(scenario_package.__file__).parents[1] / "DESIGN.md").read_text(encoding="utf-8")
    page = text[text.index("## After the window") : text.index("## STRESS-DES")]
    tables = (
        ("services", "case"),
        ("services", "case", "steps"),
        ("services", "case", "steps", "supplement"),
        ("services", "case", "collection"),
        ("pools",),
    )
    keys = {key for table in tables for key in known_keys(table)} | {"instant", "promised", "first_come", "earliest_due"}
    assert [key for key in sorted(keys - {"id", "name", "note"}) if not re.search(rf"`[^`]*\b{key}\b[^`]*`", page)] == []


REFUSED = [
    (
        'kind = "promised"',
        'kind = "instant"',
        'service "permit": an instant case is done at the window, so case.promised_days has no meaning; take it out',
    ),
    ("promised_days = 6", "", "a promised case has exactly one promise; give promised_days or promised_hours, not both."),
    ("promised_days = 6", "promised_days = 6\npromised_hours = 3", "a promised case has exactly one promise"),
    ("promised_days = 6", "promised_days = 80", "case.promised_days is 80, above the legal limit of 79; a promise is at most that long."),
    ("promised_days = 6", "promised_days = 0", "case.promised_days is 0 and must be at least 1"),
    ("promised_days = 6", "promise_days = 6", "the key case.promise_days is unknown; did you mean 'promised_days'?"),
    ('pool = "field"', 'pool = "feild"', "case.steps #1.pool names feild, which is no pool; did you mean 'field'?"),
    ('pool = "field"', 'pool = "x"', "case.steps #1.pool names x, which is no pool (known: field, desk)"),
    ('pool = "field"\nwork', "work", "the step survey is either work of a pool (pool and work_min) or time that passes (wait_days)"),
    ('after = ["survey", "check"]', 'after = ["decide"]', "decide is no step listed before this one (listed: survey, check)"),
    ('limit_until = "decide"', 'limit_until = "sign"', "sign is none of the steps (survey, check, publicity, decide); name one of them."),
    ('id = "check"', 'id = "survey"', "the id 'survey' is used twice; give each its own id."),
    ('service = "pickup", share', 'service = "pick", share', "case.collection.service"),
    (
        'service = "pickup", share',
        'service = "now", share',
        "results are collected at now, which opens a case itself, so this would never end",
    ),
    ("mean = 60 }", "mean = -60 }", "case.steps #1.work_min"),
    ("mean = 3 }", "mean = 0 }", "case.steps #2.supplement.wait_days"),
    ("value = 5 }", 'value = "5" }', "case.steps #3.wait_days.value is '5', which is not a number"),
    ("staff = 2", "staff = 0", 'pool "field": staff is 0 and must be at least 1'),
    ("staff = 2", "staff = 2\nstuff = 1", "the key stuff is unknown; did you mean 'staff'?"),
    ("to = 17:00:00 }", "to = 13:00:00 }", 'pool "field": hours #1.to is 13:00'),
    ("to = 17:00:00 }]", "to = 17:00:00 }, { from = 16:00:00, to = 18:00:00 }]", "16:00–18:00 begins before 14:00–17:00 has ended"),
    ('id = "desk"\nstaff', 'id = "field"\nstaff', 'pool "field"'),
    (
        "[[opening]]\nfrom = 09:00:00\nto = 17:00:00",
        "[horizon]\nminutes = 100",
        "a case is counted in working days, and this scenario has a horizon",
    ),
]


@pytest.mark.parametrize(("old", "new", "told"), REFUSED, ids=[(new or old)[-30:] for old, new, _ in REFUSED])
def test_what_cannot_be_is_refused_with_its_place_and_cure(old: str, new: str, told: str) -> None:
    assert old in FULL
    with pytest.raises(BadInput) as caught:
        parse(tomllib.loads(FULL.replace(old, new, 1)), "x.toml")
    assert told in str(caught.value)
    assert caught.value.text("zh")


def test_a_case_without_steps_and_a_supplement_of_nobody_are_refused() -> None:
    made = document()
    made["services"][0]["case"]["steps"][2]["supplement"] = {"share": 0.5, "wait_days": {"family": "deterministic", "value": 1.0}}
    made["services"][1]["case"] = {"kind": "promised", "promised_days": 1, "steps": []}
    with pytest.raises(BadInput) as caught:
        parse(made)
    assert {each.code for each in caught.value.faults} == {"supplement_without_pool", "case_without_steps"}
