# ruff: noqa: E501 (a table of whole sentences)
"""Classes, stations, bundles, items with a window of their own, lunch: which plain lines and windows they become, and how they are refused."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from simulation import scenario as scenario_package
from simulation.faults import BadInput
from simulation.laws import FAMILIES, make_law, quantile, scaled
from simulation.scenario import Scenario, Service, parse
from simulation.scenario.basis import FIGURES, LAYOUT_FIGURES
from simulation.scenario.expanding.lines import shared_out
from simulation.scenario.tables import known_keys

PEOPLE = """
schema = 1
name = "people"
lunch = { from = 12:00:00, to = 13:00:00 }

[[opening]]
from = 09:00:00
to = 16:00:00

[[classes]]
id = "agent"
name = { zh = "中介", en = "agents" }
share = { tax = 0.25 }
priority = 1
service_factor = 0.8
incomplete_factor = 0.5
patience_min = { family = "exponential", mean = 200 }
cases = [{ count = 1, share = 0.5 }, { count = 4, share = 0.5 }]
companions = [{ count = 0, share = 0.9 }, { count = 1, share = 0.1 }]
quota = 9

[[classes]]
id = "elder"
name = { zh = "老年人", en = "the elderly" }
share = { default = 0.1 }
priority = -1

[[stations]]
id = "online"
kind = "pre-registration"
serves = ["tax"]
classes = ["public"]
share = 0.2
incomplete_factor = 0.5
service_factor = 0.5

[[stations]]
id = "pre-check"
name = { zh = "预审", en = "pre-check" }
kind = "pre-check"
serves = ["tax"]
classes = ["public", "agent"]
share = { tax = 0.4 }
service_min = { family = "exponential", mean = 2 }
service_factor = 0.75
incomplete_factor = 0.25
count = 2
lunch = "ab"
zone = "A"
absence = 0.1

[[stations]]
id = "kiosk"
kind = "kiosk"
serves = ["tax"]
classes = ["public"]
share = 0.3
to_window = 0.1
count = 3
shifts = [{ from = 09:00:00, to = 16:00:00 }]
breaks = [{ from = 10:00:00, to = 10:15:00 }]
breakdown = { between_min = { family = "exponential", mean = 300 }, repair_min = { family = "exponential", mean = 30 } }

[[stations]]
id = "agency"
kind = "agency"
serves = ["seal"]
classes = ["elder"]
share = 0.5
service_min = { family = "exponential", mean = 5 }
ab_break = { from = 11:00:00, to = 12:00:00 }

[[stations]]
id = "cashier"
kind = "payment"
serves = ["tax"]
share = 0.6
service_min = { family = "exponential", mean = 1 }

[[stations]]
id = "pickup"
kind = "collection"
serves = ["tax"]
share = 0.5
service_min = { family = "exponential", mean = 3 }

[[services]]
id = "tax"
name = { zh = "税务", en = "Tax" }
service_min = { family = "exponential", mean = 8 }
patience_min = { family = "exponential", mean = 60 }
arrivals_per_hour = 40
target = { wait_min = 15, share = 0.8 }
incomplete = { share = 0.2, after_days = 1 }
returns = { share = 0.5, after_days = 1 }
quota = 100
priority = 1
then = [{ service = "seal", share = 0.5 }]

[[services]]
id = "seal"
service_min = { family = "exponential", mean = 4 }
arrivals_per_hour = 4
booking = { step_min = 30, places = 1 }

[[services]]
id = "passport"
own_window = "fingerprints are taken"
service_min = { family = "exponential", mean = 6 }
arrivals_per_hour = 4

[[services]]
id = "start-up"
together = { parts = ["tax", "seal"], at_once = true, service_factor = 0.5 }
arrivals_per_hour = 3

[[services]]
id = "moving"
together = { parts = ["passport", "seal"] }
arrivals_per_hour = 2

[[windows]]
id = "public"
count = 4
serves = ["*"]
classes = ["public", "elder"]
efficiency = { default = 0.9, "tax:elder" = 0.5, seal = 1.2 }
service_min = { tax = { family = "exponential", mean = 10 } }
lunch = "closed"

[[windows]]
id = "agents"
serves = ["tax:agent", "seal:agent"]
overflow = [{ service = "seal", queue = 3 }]
lunch = "open"

[[windows]]
id = "passports"
serves = ["passport"]

[basis]
"stations.kiosk.breakdown" = "the service log"
"classes.agent.share" = "the register"
"""


def document() -> dict[str, Any]:
    return tomllib.loads(PEOPLE)


@pytest.fixture(scope="module")
def hall() -> Scenario:
    return parse(document())


def per_hour(line: Service) -> float:
    return line.arrival_rate[0] * 60


def to(line: Service) -> dict[str, float]:
    return {service: round(share, 9) for service, share in line.then}


# ---- what it becomes ----------------------------------------------------------------------------------------------------------------


def test_a_plain_hall_has_one_line_a_service_and_one_class() -> None:
    plain = document()
    for key in ("classes", "stations", "basis"):
        del plain[key]
    plain["services"] = plain["services"][:2]
    plain["windows"] = [{"id": "w", "serves": ["*"]}]
    scenario = parse(plain)

    assert [each.id for each in scenario.services] == ["tax", "seal"]
    assert [(each.of, each.klass, each.station, each.stays, each.leads_in) for each in scenario.services] == [
        ("tax", "public", None, False, False),
        ("seal", "public", None, False, False),
    ]
    assert [each.id for each in scenario.classes] == ["public"]
    assert scenario.windows[0].station is None


def test_lines_of_the_public_at_the_windows_stand_first_and_keep_their_ids(hall: Scenario) -> None:
    assert [each.id for each in hall.services[:5]] == ["tax", "seal", "passport", "start-up", "moving"]
    assert len({each.id for each in hall.services}) == len(hall.services)


def test_the_lines_of_a_service_bring_its_citizens_together(hall: Scenario) -> None:
    for service, expected in (("tax", 40), ("seal", 4), ("passport", 4), ("start-up", 3), ("moving", 2)):
        assert sum(per_hour(each) for each in hall.services if each.of == service) == pytest.approx(expected)
    assert hall.citizens_per_day() == pytest.approx(7 * 53 + 14), "and an appointment every half-hour"


def test_a_class_becomes_lines_with_its_own_share_priority_law_and_cases(hall: Scenario) -> None:
    agents, elders, public = hall.service("tax:agent"), hall.service("seal:elder"), hall.service("tax")

    assert [each.id for each in hall.classes] == ["public", "agent", "elder"]
    assert (agents.of, agents.klass, agents.name["zh"], agents.name["en"]) == ("tax", "agent", "税务（中介）", "Tax (agents)")
    assert per_hour(agents) == pytest.approx(40 * 0.25 * 0.6), "the others of the class are pre-checked"
    assert agents.law == make_law("exponential", mean=8 * 0.8)
    assert agents.patience == make_law("exponential", mean=200)
    assert (agents.cases, agents.companions) == (((1, 0.5), (4, 0.5)), ((0, 0.9), (1, 0.1)))
    assert agents.incomplete == (0.1, 1)
    assert (public.priority, agents.priority) == (2, 3), "moved up together: a class below 0 is called before those at 0"
    assert (elders.priority, hall.service("seal").priority) == (0, 1)
    assert to(agents)["seal:agent"] == pytest.approx(0.4 * 0.5 * 0.5), "who goes on stays in the class"
    assert "passport:agent" not in {each.id for each in hall.services}, "nobody of the class comes for it"


def test_a_quota_is_shared_among_the_ways_in_and_a_class_may_have_its_own(hall: Scenario) -> None:
    lines = {each.id: each.quota for each in hall.services if each.of == "tax" and per_hour(each) > 0}

    assert lines == {
        "tax": 9,
        "tax+online": 17,
        "tax@pre-check": 35,
        "tax@kiosk": 26,
        "tax:agent": 5,
        "tax:agent@pre-check": 4,
        "tax:elder": 13,
    }
    assert sum(quota or 0 for name, quota in lines.items() if "agent" not in name) == 100
    assert sum(quota or 0 for name, quota in lines.items() if "agent" in name) == 9
    assert shared_out(7, [1.0, 1.0, 1.0]) == [3, 2, 2]
    assert shared_out(0, [1.0]) == [0]


def test_who_registers_online_comes_prepared(hall: Scenario) -> None:
    line = hall.service("tax+online")

    assert per_hour(line) == pytest.approx(40 * 0.65 * 0.2)
    assert (line.law.mean, line.incomplete, line.station) == (4.0, (0.1, 1), None)
    assert to(line) == to(hall.service("tax"))


def test_a_desk_before_the_windows_is_a_stage_with_staff_of_its_own(hall: Scenario) -> None:
    desk, after = hall.service("tax@pre-check"), hall.service("tax+pre-check")

    assert (desk.station, per_hour(desk), desk.law.mean) == ("pre-check", pytest.approx(40 * 0.65 * 0.4), 2.0)
    assert to(desk) == {"tax+pre-check": 1.0}
    assert (desk.incomplete, desk.returns) == ((0.05, 1), (0.5, 1)), "who comes again is decided by where they came first"
    assert (after.station, per_hour(after), after.law.mean) == (None, 0.0, 6.0)
    assert (desk.target_wait, after.target_wait) == (None, 15)
    agents = hall.service("tax:agent@pre-check")
    assert (agents.cases, agents.leads_in, hall.service("tax:agent+pre-check").cases) == ((), True, ((1, 0.5), (4, 0.5)))


def test_papers_that_are_accepted_all_the_same_are_so_for_every_class_and_way() -> None:
    changed = document()
    changed["services"][0]["incomplete"]["accepted"] = 0.3
    accepted = {line.id: line.accepted for line in parse(changed).services if line.of == "tax" and line.incomplete}

    assert {"tax", "tax:agent", "tax@pre-check", "tax+online"} <= accepted.keys()
    assert set(accepted.values()) == {0.3}


def test_a_yearly_volume_is_shared_among_the_lines() -> None:
    changed = document()
    tax = changed["services"][0]
    tax["volume"] = {"per_year": 70_000}
    del tax["arrivals_per_hour"]
    changed["days_per_year"] = 250
    lines = [line for line in parse(changed).services if line.of == "tax"]

    assert sum(per_hour(line) * 7 for line in lines) == pytest.approx(280)
    assert per_hour(next(line for line in lines if line.id == "tax:elder")) * 7 == pytest.approx(28)


def test_a_desk_that_sends_few_on_and_shortens_nothing_leads_to_the_plain_line() -> None:
    changed = document()
    del changed["stations"][1]["service_factor"]
    changed["stations"][1]["to_window"] = 0.7
    scenario = parse(changed)

    assert to(scenario.service("tax@pre-check")) == {"tax": 0.7}
    assert "tax+pre-check" not in {each.id for each in scenario.services}


def test_a_kiosk_works_in_place_of_the_windows_and_sends_on_whose_transaction_fails(hall: Scenario) -> None:
    line = hall.service("tax@kiosk")

    assert (line.station, line.law, to(line)) == ("kiosk", make_law("exponential", mean=8), {"tax": 0.1})
    assert per_hour(line) == pytest.approx(40 * 0.65 * 0.3)
    everywhere = {each.id for each in parse(with_kiosk_law()).services}
    assert "passport@kiosk" not in everywhere, "what needs its own window goes to no machine"
    assert "moving@kiosk" not in everywhere, "nor does a bundle with such a part"
    assert {"tax@kiosk", "seal@kiosk", "start-up@kiosk"} <= everywhere


def with_kiosk_law() -> dict[str, Any]:
    changed = document()
    changed["stations"][2] |= {"service_min": {"family": "exponential", "mean": 4}, "serves": ["*"]}
    return changed


def test_an_agency_takes_the_case_over(hall: Scenario) -> None:
    line = hall.service("seal:elder@agency")
    assert (line.station, line.then, per_hour(line)) == ("agency", (), pytest.approx(4 * 0.1 * 0.5))


def test_stations_after_the_windows_follow_one_another(hall: Scenario) -> None:
    assert to(hall.service("tax")) == {"tax@cashier": 0.6, "tax@pickup": 0.2, "seal": 0.1}
    assert to(hall.service("tax@cashier")) == {"tax@pickup": 0.5, "seal": 0.25}
    assert to(hall.service("tax@pickup")) == {"seal": 0.5}


def test_a_bundle_at_once_has_one_line_a_part_and_stays_at_the_window(hall: Scenario) -> None:
    first, second = hall.service("start-up"), hall.service("start-up/seal")

    assert (first.law.mean, second.law.mean) == (4.0, 2.0), "each part takes half as long"
    assert (first.stays, second.stays) == (True, False)
    assert (to(first), to(second)) == ({"start-up/seal": 1.0}, {})
    able = [each.id for each in hall.windows if "start-up" in each.efficiency]
    assert able == ["public-1", "public-2", "public-3", "public-4"], "only they serve every part"


def test_a_bundle_in_order_goes_to_the_windows_of_its_parts(hall: Scenario) -> None:
    assert not hall.service("moving").stays
    assert [each.id for each in hall.windows if "moving" in each.efficiency] == ["passports"]
    assert [each.id for each in hall.windows if "moving/seal" in each.efficiency and not each.overflow] == [
        f"public-{n}" for n in range(1, 5)
    ]


def test_windows_serve_the_classes_they_say(hall: Scenario) -> None:
    public, agents = hall.window("public-1"), hall.window("agents")

    assert {hall.service(each).klass for each in public.efficiency} == {"public", "elder"}
    helped = {"seal", "seal:elder", "moving/seal", "moving:elder/seal"}
    assert set(agents.efficiency) == {"tax:agent", "tax:agent+pre-check", "seal:agent", *helped}
    assert dict(agents.overflow) == dict.fromkeys(helped, 3), "of a bundle done at once it helps with no single part"
    assert public.efficiency["tax"] == public.efficiency["tax+online"] == 0.9
    assert (public.efficiency["tax:elder"], public.efficiency["seal"], public.efficiency["seal:elder"]) == (0.5, 1.2, 1.2)
    assert (public.laws["tax"].mean, public.laws["tax+online"].mean) == (10.0, 5.0), "a window's own law is shortened alike"


def test_an_item_with_its_own_window_is_not_pooled(hall: Scenario) -> None:
    assert [each.id for each in hall.windows if "passport" in each.efficiency] == ["passports"]


def test_stations_are_windows_of_their_own(hall: Scenario) -> None:
    stations = [each for each in hall.windows if each.station]

    assert [each.id for each in stations] == ["pre-check-1", "pre-check-2", "kiosk-1", "kiosk-2", "kiosk-3", "agency", "cashier", "pickup"]
    assert [each.kind for each in stations][:3] == ["pre-check", "pre-check", "kiosk"]
    assert (stations[0].zone, stations[0].absence) == ("A", 0.1)
    assert stations[2].breakdown == (make_law("exponential", mean=300), make_law("exponential", mean=30))
    assert (stations[2].breaks, stations[2].shifts) == (((60, 75),), ((0, 420),))
    for window in hall.windows:
        assert {hall.service(each).station for each in window.efficiency if each not in window.covers} == {window.station}


def test_windows_cover_for_broken_machines_at_their_own_pace(hall: Scenario) -> None:
    assert {each.id: each.covers for each in hall.windows if each.covers} == {f"public-{n}": ("tax@kiosk",) for n in range(1, 5)}
    assert hall.window("public-1").laws["tax@kiosk"].mean == 10, "as the window does it, not as the machine"
    plain = document()
    del plain["windows"][0]["service_min"]
    assert parse(plain).window("public-1").laws["tax@kiosk"].mean == 8

    plain["rules"] = {"lines": "per_window"}
    del plain["windows"][1]["overflow"]
    assert not any(each.covers for each in parse(plain).windows), "where lines stand before the windows they wait for the repair"


def test_lunch_is_one_word(hall: Scenario) -> None:
    assert hall.window("public-1").breaks == ((180, 240),)
    assert hall.window("agents").breaks == ()
    assert [hall.window(f"pre-check-{n}").breaks for n in (1, 2)] == [((180, 210),), ((210, 240),)]


def test_a_scaled_law_takes_so_many_times_as_long() -> None:
    import numpy as np

    draw = np.array([0.05, 0.5, 0.77, 0.99])
    laws = [
        make_law("exponential", mean=5),
        make_law("lognormal", mean=5, cv=0.7),
        make_law("gamma", mean=5, cv=0.7),
        make_law("erlang", k=3, mean=5),
        make_law("hyperexponential", mean=5, cv=1.5),
        make_law("deterministic", value=5),
        make_law("uniform", low=2, high=9),
        make_law("weibull", shape=1.5, scale=4),
        make_law("loglogistic", median=5, shape=3),
        make_law("empirical", values=[1.0, 3.0, 9.0], weights=[1.0, 2.0, 1.0]),
    ]
    assert {law.family for law in laws} == set(FAMILIES)
    for law in laws:
        assert scaled(law, 0.7).mean == pytest.approx(0.7 * law.mean), law.family
        assert quantile(scaled(law, 0.7), draw) == pytest.approx(0.7 * quantile(law, draw)), law.family
        assert scaled(law, 1.0) is law


def test_it_comes_back_from_toml_the_same(hall: Scenario) -> None:
    again = parse(tomllib.loads(hall.to_toml()))
    assert (again, again.digest) == (hall, hall.digest)


def test_every_figure_counts_as_assumed_until_it_has_a_basis(hall: Scenario) -> None:
    mine = {
        f"{table}.{each['id']}.{key}"
        for table in ("classes", "stations")
        for each in document()[table]
        for key in FIGURES[table]
        if key in each
    }
    assert mine - set(hall.assumptions()) == {"stations.kiosk.breakdown", "classes.agent.share"}
    assert {"lunch", "services.start-up.together", "services.passport.own_window", "stations.cashier.count"} <= set(hall.assumptions())
    assert "stations.online.count" not in hall.assumptions()


def test_no_key_is_without_a_part_in_this_file() -> None:
    full = document()
    said = {table: {key for each in full[table] for key in each} for table in ("classes", "stations")}
    assert set(known_keys(("classes",))) - {"note"} == said["classes"]
    assert set(known_keys(("stations",))) - {"note"} == said["stations"]
    assert set(known_keys(("services", "together"))) == set(full["services"][3]["together"])
    figures = {"id", "name", "kind", "serves", "classes", "zone", "note"}
    assert set(FIGURES["classes"]) == set(known_keys(("classes",))) - figures
    assert set(FIGURES["stations"]) == set(known_keys(("stations",))) - figures
    assert set(LAYOUT_FIGURES) == set(known_keys(("layout",))) - {"note"}


def test_the_page_how_time_moves_names_every_key() -> None:
    text = (Path(scenario_package.__file__).parents[1] / "DESIGN.md").read_text(encoding="utf-8")
    page = text[text.index("## How time moves") : text.index("## STRESS-DES")]
    keys = [
        *FIGURES["classes"],
        "to_window",
        "service_factor",
        "incomplete_factor",
        "together",
        "at_once",
        "own_window",
        "classes",
        "lunch",
    ]
    keys += ["pre-registration", "pre-check", "guide", "agency", "kiosk", "payment", "collection"]
    keys += ["dedicated", "grouped", "comprehensive", "chain", "overflow", "overflow_two_way", "aside", "groups", "queue"]

    assert [key for key in keys if not re.search(rf"`[^`]*{key}\b[^`]*`", page)] == []


# ---- what is refused ----------------------------------------------------------------------------------------------------------------

REFUSED = [
    ('id = "agent"', 'id = "public"', "class \"public\": id is 'public', which has a meaning of its own; choose another id."),
    ("share = { tax = 0.25 }", "share = { taxes = 0.25 }", "share.taxes: there is no service 'taxes'; did you mean 'tax'?"),
    (
        "share = { tax = 0.25 }",
        "share = { tax = 0.95 }",
        "class \"elder\": up to here the classes take 1.05 of 'tax', which is above 1; lower one of their shares",
    ),
    (
        "{ count = 4, share = 0.5 }",
        "{ count = 4, share = 0.6 }",
        'class "agent": the shares add to 1.1 and must add to 1; mend one of them.',
    ),
    ('classes = ["public", "agent"]', 'classes = ["public", "agnet"]', "classes #2: there is no class 'agnet'; did you mean 'agent'?"),
    (
        'classes = ["public", "elder"]',
        'classes = ["public", "young"]',
        "window \"public\": classes #2: there is no class 'young' (known: public, agent, elder); name one of these",
    ),
    (
        'kind = "pre-check"',
        'kind = "precheck"',
        "kind is 'precheck', which is none of pre-registration, pre-check, guide, agency, kiosk, payment, collection",
    ),
    (
        "share = { tax = 0.4 }",
        "share = { tax = 0.6 }",
        "station \"kiosk\": up to here the stations take 1.1 of those who come for 'tax', which is above 1",
    ),
    (
        "share = 0.2\nincomplete",
        "share = 0.2\ncount = 2\nincomplete",
        'station "online": count has no meaning where people register from home; take it out, or choose the kind pre-check.',
    ),
    (
        'kind = "payment"',
        'kind = "payment"\nservice_factor = 0.5',
        'station "cashier": service_factor has no meaning at a station of kind payment, which comes after the windows; take it out.',
    ),
    ('kind = "payment"', 'kind = "payment"\nto_window = 0.5', 'station "cashier": to_window has no meaning at a station of kind payment'),
    ('service_min = { family = "exponential", mean = 1 }\n', "", 'station "cashier": service_min is missing; add it.'),
    ('id = "pickup"', 'id = "agents"', "the id 'agents' is used twice"),
    ('id = "pickup"', 'id = "public-2"', "its window 'public-2' has the id of a window of 'public'"),
    (
        'serves = ["seal"]\nclasses = ["elder"]',
        'serves = ["passport"]\nclasses = ["elder"]',
        'station "agency": passport needs a window of its own (fingerprints are taken) and cannot be dealt with here; take it out of serves.',
    ),
    (
        'serves = ["passport"]',
        'serves = ["passport", "seal"]',
        'window "passports": passport needs a window of its own (fingerprints are taken) and stands here among others;',
    ),
    ('serves = ["passport"]', 'serves = ["*", "passport"]', 'window "passports": passport needs a window of its own'),
    (
        'service = "seal", queue',
        'service = "passport", queue',
        'window "agents": passport needs a window of its own (fingerprints are taken) and stands here among others',
    ),
    (
        'parts = ["passport", "seal"]',
        'parts = ["passport", "seal"], at_once = true',
        'service "moving": passport needs a window of its own (fingerprints are taken), so these parts cannot be done at once at one window; write at_once = false.',
    ),
    (
        'parts = ["passport", "seal"]',
        'parts = ["passport", "seals"]',
        "together.parts #2: there is no service 'seals'; did you mean 'seal'?",
    ),
    (
        'parts = ["passport", "seal"]',
        'parts = ["passport", "start-up"]',
        "together.parts #2: start-up is a bundle itself; name the services that it is made of.",
    ),
    ('parts = ["passport", "seal"]', 'parts = ["seal"]', "together.parts"),
    (
        "arrivals_per_hour = 2\n",
        'arrivals_per_hour = 2\nservice_min = { family = "exponential", mean = 3 }\n',
        'service "moving": moving takes as long as its parts; take service_min out (service_factor says what doing them together saves).',
    ),
    (
        "arrivals_per_hour = 2\n",
        "arrivals_per_hour = 2\ncases = [{ count = 2, share = 1 }]\n",
        'service "moving": moving is a bundle, which is one case; take cases out',
    ),
    ("lunch = { from = 12:00:00, to = 13:00:00 }", "", "and nothing says when lunch is; add [lunch] with from and to."),
    (
        "lunch = { from = 12:00:00, to = 13:00:00 }",
        "lunch = { from = 15:30:00, to = 16:30:00 }",
        "and the doors are closed in the lunch 15:30–16:30; make one [[opening]] that goes on over it.",
    ),
    (
        "breaks = [{ from = 10:00:00, to = 10:15:00 }]",
        'lunch = "closed"\nbreaks = [{ from = 12:30:00, to = 12:45:00 }]',
        "station \"kiosk\": lunch 'closed' makes a rest over lunch that overlaps 12:30–12:45; part them, or take one out.",
    ),
    (
        'serves = ["tax:agent", "seal:agent"]',
        'serves = ["tax:agent", "seal:agnet"]',
        "serves #2: there is no service 'seal:agnet'; did you mean 'seal:agent'?",
    ),
    (
        'serves = ["tax:agent", "seal:agent"]',
        'serves = ["tax:agent"]',
        "service \"seal\": no window can serve 'seal' to the class 'agent'; add it to the classes or the serves of a window.",
    ),
    (
        'serves = ["tax:agent", "seal:agent"]',
        'serves = ["tax:agent", "seal:agent", "seal"]',
        'window "agents": seal is among the services that the window serves anyway;',
    ),
    (
        'serves = ["passport"]',
        'serves = ["seal"]',
        "service \"passport\": 'passport' needs a window of its own (fingerprints are taken) and has none, so name it in the serves of one; '*' does not take it.",
    ),
    (
        'serves = ["*"]\n',
        'serves = ["tax", "seal:public", "seal:elder"]\n',
        "service \"start-up\": no window serves all parts of 'start-up' (tax, seal), which are to be done at once;",
    ),
]


@pytest.mark.parametrize(("old", "new", "told"), REFUSED, ids=[str(n) for n in range(len(REFUSED))])
def test_what_classes_stations_and_bundles_may_not_say(old: str, new: str, told: str) -> None:
    assert old in PEOPLE, "the case changes something"
    with pytest.raises(BadInput) as caught:
        parse(tomllib.loads(PEOPLE.replace(old, new, 1)), "x.toml")

    assert told in str(caught.value)
    assert all(line.startswith("x.toml") for line in caught.value.text("zh").split("\n"))
    assert not re.search(r"[a-z]+_[a-z]+ needs", caught.value.text("zh"))


def test_a_kiosk_of_bundles_says_how_long_it_takes() -> None:
    changed = document()
    changed["stations"][2]["serves"] = ["start-up"]
    with pytest.raises(BadInput, match=r'station "kiosk": service_min is missing; add it\.'):
        parse(changed, "x.toml")
    changed["stations"][2]["service_min"] = {"family": "deterministic", "value": 3}
    assert parse(changed).service("start-up@kiosk").law.mean == 3


def test_items_that_need_the_same_may_share_a_window() -> None:
    changed = document()
    changed["services"].append({**changed["services"][2], "id": "permit"})
    changed["windows"][2]["serves"] = ["passport", "permit"]

    assert {"passport", "permit"} <= set(parse(changed).window("passports").efficiency)
