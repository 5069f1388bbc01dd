# ruff: noqa: E501 (a table of whole sentences)
"""Layouts: which windows they become, what is refused, and a base turned into another layout."""

from __future__ import annotations

import tomllib
from datetime import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from simulation.faults import BadInput
from simulation.plans import Refused, apply_changes, lay_out, read_change, set_windows, spelled, window_groups
from simulation.scenario import Scenario, parse
from tests.halls import peopled_halls
from tests.scenario.test_shipped import shipped

HALL = """
schema = 1
name = "layout"
lunch = { from = 12:00:00, to = 13:00:00 }

[[opening]]
from = 09:00:00
to = 17:00:00

[[classes]]
id = "agent"
share = { tax = 0.25 }

[[services]]
id = "tax"
name = { zh = "税务", en = "Tax" }
service_min = { family = "exponential", mean = 6 }
arrivals_per_hour = 40

[[services]]
id = "social"
service_min = { family = "exponential", mean = 6 }
arrivals_per_hour = 20

[[services]]
id = "rural"
service_min = { family = "exponential", mean = 6 }
arrivals_per_hour = 9

[[services]]
id = "cold"
service_min = { family = "exponential", mean = 6 }
arrivals_per_hour = 1
booking = { step_min = 30, places = 1 }

[layout]
kind = "dedicated"
windows = 10
"""
GROUPS = [{"id": "business", "services": ["tax", "cold"]}, {"id": "people", "services": ["social", "rural"]}]


def document(**layout: Any) -> dict[str, Any]:
    given_hall = tomllib.loads(HALL)
    given_hall["layout"] |= layout
    return given_hall


def counts(scenario: Scenario) -> dict[str, int]:
    found: dict[str, int] = {}
    for window in scenario.windows:
        name = window.id.rpartition("-")[0]
        found[name] = found.get(name, 0) + 1
    return found


def skills(scenario: Scenario, window: str) -> dict[str, float]:
    return dict(scenario.window(window).efficiency)


def test_dedicated_windows_are_shared_out_by_the_work() -> None:
    """Work 4 + 2 + 0.9 + (0.1 + booked 2 an hour: 0.2) erlangs: the next window goes where a window has most."""
    scenario = parse(document())

    assert counts(scenario) == {"tax": 5, "social": 3, "rural": 1, "cold": 1}
    assert skills(scenario, "tax-1") == {"tax": 1.0, "tax:agent": 1.0}
    assert scenario.window("tax-1").kind == "dedicated"
    assert (scenario.window("tax-1").name["zh"], scenario.window("tax-2").name["en"]) == ("税务窗口 1", "Tax window 2")


def test_appointments_at_given_times_and_what_is_done_elsewhere_count_as_work() -> None:
    given_hall = document()
    given_hall["services"][3]["booking"] = {"times": [{"at": time(9), "places": 30}, {"at": time(14), "places": 50}]}
    given_hall["services"][0]["diverted"] = [{"to": "online", "share": 0.75}]
    scenario = parse(given_hall)

    assert counts(scenario) == {"tax": 2, "social": 4, "rural": 2, "cold": 2}, "1, 2, 0.9 and 1.1 erlangs"


def test_grouped_windows_serve_their_group() -> None:
    scenario = parse(document(kind="grouped", groups=GROUPS, efficiency=0.9))

    assert counts(scenario) == {"business": 6, "people": 4}
    assert skills(scenario, "people-1") == {"social": 0.9, "rural": 0.9}


def test_comprehensive_windows_serve_everything() -> None:
    scenario = parse(document(kind="comprehensive", efficiency=0.8))

    assert counts(scenario) == {"comprehensive": 10}
    assert set(skills(scenario, "comprehensive-1").values()) == {0.8}
    assert scenario.window("comprehensive-10").kind == "comprehensive"
    assert len(skills(scenario, "comprehensive-1")) == len(scenario.services)


def test_in_a_chain_each_group_serves_the_next_as_well() -> None:
    scenario = parse(document(kind="chain", efficiency=0.9))

    assert skills(scenario, "tax-1") == {"tax": 1.0, "social": 0.9, "tax:agent": 1.0}
    assert skills(scenario, "cold-1") == {"tax": 0.9, "cold": 1.0, "tax:agent": 0.9}
    assert scenario.window("tax-1").overflow == ()


def test_overflow_helps_the_busiest_group_and_two_way_every_other() -> None:
    one, two = (parse(document(kind=kind, queue=4, efficiency=0.9)) for kind in ("overflow", "overflow_two_way"))
    helped = {window.id: dict(window.overflow) for window in one.windows}

    assert helped["rural-1"] == {"tax": 4, "tax:agent": 4} == helped["cold-1"], "most work is tax"
    assert helped["tax-1"] == {}
    assert skills(one, "rural-1") == {"tax": 0.9, "rural": 1.0, "tax:agent": 0.9}
    assert dict(two.window("tax-1").overflow) == {"social": 4, "rural": 4, "cold": 4}
    assert dict(two.window("rural-1").overflow) == {"tax": 4, "social": 4, "cold": 4, "tax:agent": 4}


def test_windows_are_set_aside_for_classes_and_for_services() -> None:
    aside = [{"id": "agents", "classes": ["agent"], "windows": 2}, {"id": "appointments", "services": ["cold"]}]
    scenario = parse(document(kind="comprehensive", aside=aside))

    assert counts(scenario) == {"comprehensive": 7, "agents": 2, "appointments": 1}
    assert set(skills(scenario, "comprehensive-1")) == {"tax", "social", "rural"}
    assert set(skills(scenario, "agents-2")) == {"tax:agent"}
    assert set(skills(scenario, "appointments-1")) == {"cold"}


def test_a_bundle_goes_to_the_windows_that_serve_its_parts_for_its_class() -> None:
    both = [{"id": "both", "together": {"parts": ["tax", "social"]}, "arrivals_per_hour": 4}]
    given_hall = document(kind="comprehensive", aside=[{"id": "agents", "services": ["tax"], "classes": ["agent"]}])
    given_hall["services"] += both
    given_hall["classes"][0]["share"]["both"] = 0.5
    scenario = parse(given_hall)
    assert {"both", "both/social", "both:agent/social"} <= set(skills(scenario, "comprehensive-1"))
    assert "both:agent" not in skills(scenario, "comprehensive-1")
    assert set(skills(scenario, "agents-1")) == {"tax:agent", "both:agent"}
    assert parse(spelled(given_hall)).windows == scenario.windows


def test_what_needs_its_own_window_gets_it_in_every_layout() -> None:
    given_hall = document(kind="comprehensive")
    given_hall["services"][2]["own_window"] = "a network of its own"
    scenario = parse(given_hall)

    assert counts(scenario) == {"comprehensive": 8, "rural": 2}
    assert "rural" not in skills(scenario, "comprehensive-1")


def test_further_windows_stand_beside_the_layout() -> None:
    given_hall = document(lunch="ab", shifts=[])
    del given_hall["layout"]["shifts"]
    given_hall["windows"] = [{"id": "extra", "serves": ["*"], "lunch": "open"}]
    scenario = parse(given_hall)

    assert [window.id for window in scenario.windows][:2] == ["extra", "tax-1"]
    assert len(scenario.windows) == 11
    assert [window.breaks for window in scenario.windows[:3]] == [(), ((180, 210),), ((210, 240),)]


REFUSED = [
    (
        {"windows": 3},
        "layout.windows is 3, and this layout needs at least 4: one for each group, and those set aside; give more windows, or join groups.",
    ),
    ({"kind": "grouped"}, "a layout of kind 'grouped' needs groups of services; add groups"),
    ({"groups": GROUPS}, "a layout of kind 'dedicated' has no groups; take them out, or choose the kind grouped."),
    (
        {"kind": "grouped", "groups": [GROUPS[0], {"id": "b", "services": ["tax"]}]},
        "layout.groups #2.services #1: tax is in the group 'business' already; keep one of the two.",
    ),
    (
        {"kind": "grouped", "groups": [GROUPS[0], {"id": "b", "services": ["socail"]}]},
        "layout.groups #2.services #1: there is no service 'socail'; did you mean 'social'?",
    ),
    ({"kind": "grouped", "groups": GROUPS[:1]}, "no window can serve 'social'"),
    ({"aside": [{"id": "x", "classes": ["agents"]}]}, "layout.aside #1.classes #1: there is no class 'agents'; did you mean 'agent'?"),
    ({"aside": [{"id": "social", "services": ["cold"]}]}, "the id 'social' is used twice"),
    (
        {"kind": "dedicatd"},
        "layout.kind is 'dedicatd', which is none of dedicated, grouped, comprehensive, chain, overflow, overflow_two_way",
    ),
    ({"widnows": 3}, "the key layout.widnows is unknown; did you mean 'windows'?"),
]


@pytest.mark.parametrize(("layout", "told"), REFUSED, ids=[str(n) for n in range(len(REFUSED))])
def test_what_a_layout_may_not_say(layout: dict[str, Any], told: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse(document(**layout), "x.toml")

    assert told in str(caught.value)
    assert all(line.startswith("x.toml") for line in caught.value.text("zh").split("\n"))


def test_overflow_needs_common_lines_and_own_items_no_group_with_others() -> None:
    with pytest.raises(BadInput, match="windows help with tickets that wait in common"):
        parse(document(kind="overflow") | {"rules": {"lines": "per_window"}})
    given_hall = document(kind="grouped", groups=GROUPS)
    given_hall["services"][2]["own_window"] = "a network of its own"
    with pytest.raises(BadInput, match="rural needs a window of its own \\(a network of its own\\) and stands here among others"):
        parse(given_hall)


# ---- plans --------------------------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(given_hall=peopled_halls())
def test_written_out_it_is_the_same_hall(given_hall: dict[str, Any]) -> None:
    short, plain = parse(given_hall), spelled(given_hall)
    again = parse(plain)

    assert "layout" not in plain
    assert "lunch" not in plain
    assert (again.services, again.classes) == (short.services, short.classes)
    assert again.windows == short.windows


def test_a_plan_of_a_hall_in_short_writes_its_windows_out() -> None:
    assert [(each.id, each.count) for each in window_groups(document())] == [("tax", 5), ("social", 3), ("rural", 1), ("cold", 1)]
    more = parse(set_windows(document(), "social", 4))
    assert counts(more) == {"tax": 5, "social": 4, "rural": 1, "cold": 1}


@pytest.mark.parametrize("kind", ["dedicated", "comprehensive", "chain", "overflow", "overflow_two_way"])
def test_a_shipped_hall_can_be_laid_out_anew(kind: str) -> None:
    base = shipped("potou-2022")
    plan = parse(lay_out(base.document, kind))

    assert len(plan.windows) == len(base.windows), "as many windows"
    assert plan.services == base.services, "the same citizens"
    assert {each.shifts for each in plan.windows} == {each.shifts for each in base.windows}
    assert plan == parse(apply_changes(base.document, [read_change(f"layout={kind}")]))
    assert all(each.windows for each in plan.departments), "no department has lost its seats"


def test_groups_come_from_the_zones_or_are_named() -> None:
    base = shipped("shuangqiao-2018")
    by_zone = parse(lay_out(base.document, "grouped"))
    assert {each.id.rpartition("-")[0] for each in by_zone.windows} == {each.zone for each in base.windows}

    groups = [{"id": "one", "services": ["construction-rural", "social"]}, {"id": "two", "services": ["market", "identity-card"]}]
    named = parse(lay_out(base.document, "grouped", groups=groups, windows=20))
    assert counts(named).keys() == {"one", "two"}
    assert len(named.windows) == 20
    with pytest.raises(Refused, match="needs at least 4"):
        lay_out(base.document, "dedicated", windows=3)


def test_windows_for_a_class_stay_apart() -> None:
    given_hall = document()
    del given_hall["layout"], given_hall["lunch"]
    given_hall["windows"] = [
        {"id": "agents", "count": 2, "serves": ["*"], "classes": ["agent"]},
        {"id": "public", "count": 6, "serves": ["*"], "classes": ["public"]},
    ]
    plan = parse(lay_out(given_hall, "dedicated"))
    assert counts(plan) == {"tax": 2, "social": 2, "rural": 1, "cold": 1, "agents": 2}
    assert skills(plan, "agents-1") == skills(parse(given_hall), "agents-1")
    assert "tax:agent" not in skills(plan, "tax-1")
