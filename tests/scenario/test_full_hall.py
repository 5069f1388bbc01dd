# ruff: noqa: E501 (a table of whole sentences)
"""Every key that says more than one window and one service: what it becomes, that it comes back from TOML, and how it is refused."""

from __future__ import annotations

import re
import tomllib
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from simulation import scenario as scenario_package
from simulation.dates import KINDS
from simulation.faults import BadInput
from simulation.laws import make_law
from simulation.routing import IDLE_WINDOW
from simulation.scenario import parse
from simulation.scenario.basis import COSTS_FIGURES, DEMAND_FIGURES, FIGURES, RULES_FIGURES
from simulation.scenario.parts import NO_TIME, Away, Booking, Costs, Days, Rules, Season, Tidal
from simulation.scenario.tables import known_keys
from simulation.shifts import LEAVING
from tests.halls import full_halls

FULL = """
schema = 1
name = "everything"

[rules]
idle_window = "fewest_skills"
lines = "common"
booked = "by_time"
urgent_interrupt = true
places = 60
ghost_min = 0.5
longest_wait_min = 40

[demand]
starts = 2026-01-05
weekday = { mon = 1.25, make_up = 0.5 }
month = { feb = 0.75 }
around_holidays = { before = 1.5, after = [2.0, 1.25] }
day_cv = 0.15
half_hour_cv = 0.2

[[opening]]
from = 08:30:00
to = 12:00:00
at_end = "finish_current"
last_start = 11:55:00

[[services]]
id = "permit"
service_min = { family = "exponential", mean = 6.0 }
arrivals_per_hour = [10, 12, 12, 11, 9, 9, 10]
priority = 1
quota = 80
then = [{ service = "pickup", share = 0.3 }, { service = "permit", share = 0.1 }]
incomplete = { share = 0.15, after_days = 2, accepted = 0.25, again = [0.05] }
batch = [{ size = 1, share = 0.9 }, { size = 4, share = 0.1 }]
cases = [{ count = 1, share = 0.75 }, { count = 3, share = 0.25 }]
companions = [{ count = 0, share = 0.6 }, { count = 1, share = 0.4 }]
announced = [{ wait_min = 20, share = 0.1 }, { wait_min = 45, share = 0.5 }]
booking = { step_min = 15, places = 2, booked = 0.8, no_show = 0.1, late_min = -3, spread_min = 5 }
season = { weekday = { tue = 2.0 } }

[[services]]
id = "pickup"
service_min = { family = "deterministic", value = 1.0 }

[[services]]
id = "tax"
service_min = { family = "deterministic", value = 4.0 }

[[windows]]
id = "permits"
count = 2
serves = ["permit"]
efficiency = { default = 1.0, pickup = 0.5 }
overflow = [{ service = "pickup", queue = 4 }]
covers = ["tax"]
tidal = { open_queue = 8, close_queue = 2, least_min = 30 }
service_min = { permit = { family = "gamma", shape = 2.0, scale = 3.0 } }
at_shift_end = "interrupt_resume_any"
at_break = "start_nothing_past"
break_lasts = "length"
breaks = [{ from = 10:00:00, to = 10:10:00 }]
wrap_up_min = { family = "lognormal", mean = 0.5, cv = 2.0 }
start_up_min = 5
absence = 0.05
breakdown = { between_min = { family = "exponential", mean = 600 }, repair_min = { family = "exponential", mean = 20 } }
away_when_idle = { share = 0.45, lasts_min = { family = "gamma", mean = 5.0, cv = 0.8 } }
learning = { start = 0.6, weeks = 8, share = 0.5 }

[[windows]]
id = "collection"
serves = ["pickup", "tax"]

[costs]
currency = "yuan"
window_hour = 60
overtime_hour = 90
waiting_hour = 25
training = 3000
training_days = 500

[basis]
"rules.places" = "counted seats"
"costs.window_hour" = "the pay scale"
"services.permit.then" = "the register"
"windows.permits.breakdown" = "the service log"
"""


def document() -> dict[str, Any]:
    return tomllib.loads(FULL)


def test_every_key_becomes_a_part_in_minutes() -> None:
    scenario = parse(document())
    permit, window = scenario.service("permit"), scenario.window("permits-2")

    assert scenario.rules == Rules("fewest_skills", "common", "by_time", True, 60, 0.5, 40)
    assert (permit.quota, permit.priority, permit.incomplete) == (80, 1, (0.15, 2))
    assert (permit.accepted, permit.incomplete_again) == (0.25, (0.05,))
    assert permit.then == (("pickup", 0.3), ("permit", 0.1))
    assert (permit.batch, permit.cases) == (((1, 0.9), (4, 0.1)), ((1, 0.75), (3, 0.25)))
    assert permit.companions == ((0, 0.6), (1, 0.4))
    assert permit.booking == Booking(15, 2, 0.8, 0.1, -3, 5)
    assert (window.efficiency, window.overflow) == ({"permit": 1.0, "pickup": 0.5, "tax": 1.0}, (("pickup", 4),))
    assert (window.covers, window.tidal) == (("tax",), Tidal(8, 2, 30))
    assert (permit.announced, scenario.openings[0].last_start) == (((20, 0.1), (45, 0.5)), 205)
    assert window.laws == {"permit": make_law("gamma", shape=2.0, scale=3.0)}
    assert (window.at_shift_end, window.at_break, window.rests, window.breaks) == (
        "interrupt_resume_any",
        "start_nothing_past",
        True,
        ((90, 100),),
    )
    assert (window.wrap_up, window.start_up, window.absence) == (make_law("lognormal", mean=0.5, cv=2.0), 5, 0.05)
    assert (scenario.window("permits-1").learning, window.learning) == (None, (0.6, 8))
    assert window.away == Away(0.45, make_law("gamma", mean=5.0, cv=0.8))
    assert window.away.idle == pytest.approx(5.0 * 0.55 / 0.45)
    assert window.breakdown == (make_law("exponential", mean=600), make_law("exponential", mean=20))
    assert scenario.costs == Costs(60, 90, 25, 3000, 500, "yuan")


def test_how_days_differ_becomes_a_part() -> None:
    scenario = parse(document())
    months = (1.0, 0.75, *(1.0,) * 10)

    assert scenario.days == Days(date(2026, 1, 5), Season((1.25, 1, 1, 1, 1, 1, 1, 0.5), months, (1.5,), (2.0, 1.25)), 0.15, 0.2, True)
    assert scenario.service("permit").season == Season((1, 2.0, 1, 1, 1, 1, 1, 1), months, (1.5,), (2.0, 1.25)), "the rest is the hall's"
    assert scenario.service("pickup").season is None
    assert [hall is None for hall in scenario.week] == [False] * 5 + [True, True, False], "no opening names a weekend"


def test_what_is_left_out_is_the_plain_hall() -> None:
    plain = document()
    del plain["rules"], plain["basis"], plain["demand"], plain["services"][0]["season"]
    plain["costs"] = {"window_hour": 60}
    scenario = parse({**plain, "windows": [{"id": "w", "serves": ["*"]}]})
    window = scenario.windows[0]

    assert scenario.days == Days()
    assert scenario.week == ()
    assert scenario.rules == Rules("listed", "common", "first", False, None, None, None)
    assert (window.at_shift_end, window.at_break, window.rests, window.overflow, window.laws) == (
        "finish_current",
        "finish_current",
        False,
        (),
        {},
    )
    assert (window.wrap_up, window.start_up, window.absence, window.breakdown) == (NO_TIME, 0, 0, None)
    assert (window.covers, window.tidal, window.away, scenario.services[1].announced) == ((), None, None, ())
    assert scenario.costs == Costs(60, 60, 0, 0, 250, "CNY"), "overtime costs what any hour does"
    del plain["costs"]
    assert parse({**plain, "windows": [{"id": "w", "serves": ["*"]}]}).costs is None


def test_it_comes_back_from_toml_the_same() -> None:
    scenario = parse(document())
    again = parse(tomllib.loads(scenario.to_toml()))

    assert again == scenario
    assert again.document == scenario.document


@settings(max_examples=80, deadline=None)
@given(given_hall=full_halls())
def test_any_full_hall_comes_back_from_toml_the_same(given_hall: dict[str, Any]) -> None:
    scenario = parse(given_hall)
    again = parse(tomllib.loads(scenario.to_toml()))

    assert (again, again.digest) == (scenario, scenario.digest)


def test_every_rule_and_figure_counts_as_assumed_until_it_has_a_basis() -> None:
    open_figures = parse(document()).assumptions()
    mine = [f"services.permit.{key}" for key in document()["services"][0] if key in FIGURES["services"]]
    mine += [f"windows.permits.{key}" for key in document()["windows"][0] if key in FIGURES["windows"]]
    mine += [f"rules.{key}" for key in RULES_FIGURES] + [f"demand.{key}" for key in DEMAND_FIGURES]
    mine += [f"costs.{key}" for key in COSTS_FIGURES]

    with_basis = {"rules.places", "services.permit.then", "windows.permits.breakdown", "costs.window_hour"}
    assert {path for path in mine if path not in open_figures} == with_basis


def test_no_key_is_without_a_part_in_this_file() -> None:
    """The file above holds every key of these tables, save those that other tests are about."""
    full = document()
    elsewhere = {
        "name",
        "note",
        "case",
        "patience_min",
        "early_arrivals",
        "target",
        "balking",
        "returns",
        "shifts",
        "ab_break",
        "zone",
        "kind",
        "departments",
        "together",
        "own_window",
        "classes",
        "lunch",
    }
    elsewhere |= {"volume", "diverted", "local_only", "retries"}  # tests/scenario/test_visiting.py
    assert set(known_keys(("rules",))) == set(full["rules"])
    assert set(known_keys(("services",))) - elsewhere == set(full["services"][0])
    assert set(known_keys(("windows",))) - elsewhere == set(full["windows"][0])
    assert set(known_keys(("windows", "away_when_idle"))) == set(full["windows"][0]["away_when_idle"])
    assert set(known_keys(("windows", "tidal"))) == set(full["windows"][0]["tidal"])
    assert set(known_keys(("services", "incomplete"))) == set(full["services"][0]["incomplete"])
    assert set(known_keys(("services", "booking"))) - {"times", "channels"} == set(full["services"][0]["booking"])
    assert set(known_keys(("demand",))) == set(full["demand"]) == {"starts", *DEMAND_FIGURES}
    assert set(known_keys(("windows", "learning"))) == set(full["windows"][0]["learning"])
    assert set(known_keys(("demand", "weekday"))) == set(KINDS)
    assert set(RULES_FIGURES) == set(known_keys(("rules",)))
    assert set(known_keys(("costs",))) - elsewhere == set(full["costs"]) == {"currency", *COSTS_FIGURES}
    assert set(LEAVING) == {"finish_current", "interrupt_resume_same", "interrupt_resume_any", "interrupt_restart", "start_nothing_past"}


REFUSED = [
    (
        "{ size = 4, share = 0.1 }",
        "{ size = 4, share = 0.2 }",
        'service "permit": the shares add to 1.1 and must add to 1; mend one of them.',
    ),
    (
        "{ count = 3, share = 0.25 }",
        "{ count = 3, share = 0.2 }",
        'service "permit": the shares add to 0.95 and must add to 1; mend one of them.',
    ),
    (
        "{ count = 1, share = 0.4 }",
        "{ count = 1, share = 0.5 }",
        'service "permit": the shares add to 1.1 and must add to 1; mend one of them.',
    ),
    (
        "share = 0.3 }",
        "share = 0.95 }",
        'service "permit": the shares add to 1.05, which is above 1; lower one of them (what is left of 1 leaves the hall).',
    ),
    (
        'service = "permit", share = 0.1',
        'service = "permit", share = 0.7',
        'service "pickup": whoever comes to pickup is sent on for ever; leave a share of 1 for those who go home.',
    ),
    (
        'then = [{ service = "pickup"',
        'then = [{ service = "pick-up"',
        "then #1.service: there is no service 'pick-up'; did you mean 'pickup'?",
    ),
    (
        'service = "pickup", queue',
        'service = "permit", queue',
        'window "permits": permit is among the services that the window serves anyway; take it out of overflow or out of serves.',
    ),
    (
        'service = "pickup", queue',
        'service = "pickup2", queue',
        "overflow #1.service: there is no service 'pickup2'; did you mean 'pickup'?",
    ),
    (
        "mean = 600 }",
        "mean = 0.5 }",
        'window "permits": the mean time between breakdowns is 0.5 minutes and must be at least 1; give a longer one.',
    ),
    ("{ permit = { family", "{ permitt = { family", "service_min.permitt: there is no service 'permitt'; did you mean 'permit'?"),
    ("places = 60", "places = -1", "rules.places is -1 and must be at least 0"),
    ("ghost_min = 0.5", "ghost_mni = 0.5", "the key rules.ghost_mni is unknown; did you mean 'ghost_min'?"),
    (
        '"fewest_skills"',
        '"fewest"',
        "rules.idle_window is 'fewest', which is none of listed, fewest_skills, longest_idle; give one of these.",
    ),
    ("absence = 0.05", "absence = 1.05", "absence is 1.05 and may be at most 1"),
    ('{ family = "lognormal", mean = 0.5, cv = 2.0 }', "-0.5", "wrap_up_min is -0.5 and must be at least 0"),
    (
        '{ family = "lognormal", mean = 0.5, cv = 2.0 }',
        '"half"',
        "wrap_up_min is 'half', which is not a number; give a number without quotes.",
    ),
    (
        '{ family = "lognormal", mean = 0.5, cv = 2.0 }',
        '{ family = "lognormal", mean = 0.5 }',
        "the law lognormal takes mean + cv | mu + sigma",
    ),
    (
        '{ family = "lognormal", mean = 0.5, cv = 2.0 }',
        '{ family = "exponential", mean = 2000 }',
        'window "permits": wrap_up_min has a mean of 2000 minutes and the most is 1440',
    ),
    ("share = 0.45", "share = 1.0", "away_when_idle.share is 1.0 and may be at most 0.99"),
    (
        "mean = 5.0, cv = 0.8 }",
        "mean = 0.05, cv = 0.8 }",
        'window "permits": with this share and these minutes an idle window would be left after 3.7 seconds on average, and it must be at least 6',
    ),
    (
        "share = 0.45, lasts_min",
        "share = 0.45, lasts_mni = 3, lasts_min",
        "the key away_when_idle.lasts_mni is unknown; did you mean 'lasts_min'?",
    ),
    (
        '"interrupt_resume_any"',
        '"resume"',
        "at_shift_end is 'resume', which is none of finish_current, interrupt_resume_same, interrupt_resume_any, interrupt_restart, start_nothing_past",
    ),
    ("size = 4", "size = 0", "batch #2.size is 0 and must be at least 1"),
    ("wait_min = 45", "wait_min = 10", "the waits of announced are 20, 10; write them ascending, each once."),
    (
        "priority = 1",
        "balking = [{ queue = 5, share = 0.5 }]",
        "people turn round by the queue they see (balking) or by the wait they are told (announced), not both; take one of them out.",
    ),
    (
        'covers = ["tax"]',
        'covers = ["pickup"]',
        "pickup is among the services that the window serves or helps anyway; take it out of covers.",
    ),
    ('covers = ["tax"]', 'covers = ["tacks"]', "there is no service 'tacks'"),
    (
        "close_queue = 2",
        "close_queue = 8",
        "close_queue is 8 and open_queue 8: the window would close as soon as it opens; write close_queue below open_queue.",
    ),
    (
        "last_start = 11:55:00",
        "last_start = 12:55:00",
        "last_start is 12:55:00, outside the opening 08:30–12:00; write a time inside it, or take last_start out.",
    ),
    (
        'at_end = "finish_current"',
        'at_end = "serve_all"',
        "nothing starts after 11:55:00, and yet at_end is 'serve_all', which serves everybody inside",
    ),
    (
        "starts = 2026-01-05",
        'starts = "2026-01-05"',
        "demand.starts is '2026-01-05', which is not a date; write it as 2026-01-05, without quotes.",
    ),
    (
        "starts = 2026-01-05",
        "starts = 1999-01-05",
        "demand.starts is 1999-01-05, and working days are known from 2005 to 2099; give a date between.",
    ),
    ("mon = 1.25", "mnd = 1.25", "the key demand.weekday.mnd is unknown; did you mean 'mon'?"),
    ("feb = 0.75", "feb = -1", "demand.month.feb is -1 and must be at least 0"),
    ("day_cv = 0.15", "day_cv = 15", "demand.day_cv is 15 and may be at most 3"),
    ("after = [2.0, 1.25]", "after = []", "demand.around_holidays.after is an empty list"),
    ("start = 0.6,", "start = 60,", "learning.start is 60 and may be at most 1"),
    ("weeks = 8", "weeks = 0", "learning.weeks is 0 and must be above 0"),
    (
        "from = 08:30:00",
        'weekdays = ["monday"]\nfrom = 08:30:00',
        "opening 1: weekdays #1 is 'monday', which is none of mon, tue, wed, thu, fri, sat, sun; give one of these.",
    ),
    ("step_min = 15", "step_min = 0", "booking.step_min is 0 and must be at least 1"),
    ("waiting_hour = 25", "waiting_hours = 25", "the key costs.waiting_hours is unknown; did you mean 'waiting_hour'?"),
    ("waiting_hour = 25", "waiting_hour = -25", "costs.waiting_hour is -25 and must be at least 0"),
    ("training_days = 500", "training_days = 0", "costs.training_days is 0 and must be above 0"),
]


@pytest.mark.parametrize(("old", "new", "told"), REFUSED, ids=[str(n) for n in range(len(REFUSED))])
def test_what_a_full_hall_may_not_say(old: str, new: str, told: str) -> None:
    assert FULL.count(old) == 1, "the case changes one thing"
    text = FULL.replace(old, new)
    if "sent on for ever" in told:
        text = text.replace("value = 1.0 }", 'value = 1.0 }\nthen = [{ service = "permit", share = 1.0 }]')
    with pytest.raises(BadInput) as caught:
        parse(tomllib.loads(text), "x.toml")

    assert told in str(caught.value)
    if "sent on for ever" in told:
        assert [fault.code for fault in caught.value.faults] == ["never_leaves", "never_leaves"], "both services of the round"
    else:
        assert len(caught.value.faults) == 1, "one slip makes one fault"
    assert all(line.startswith("x.toml") for line in caught.value.text("zh").split("\n"))


def test_what_counts_a_common_queue_needs_common_lines() -> None:
    own_lines = document()
    own_lines["rules"] |= {"lines": "per_window", "booked": "alternate"}
    with pytest.raises(BadInput) as caught:
        parse(own_lines, "x.toml")

    assert {fault.code for fault in caught.value.faults} == {"overflow_per_window", "needs_common_lines"}
    told = str(caught.value)
    for key in ("rules.booked", "rules.longest_wait_min", "covers", "tidal"):
        assert f"{key} asks how many wait in common, and here lines stand before the windows; take {key} out" in told
    assert "a window helps with tickets that wait in common, and here lines stand before the windows; take overflow out" in told


def test_appointments_need_opening_hours() -> None:
    horizon = document() | {"horizon": {"minutes": 60}}
    del horizon["opening"], horizon["windows"][0]["breaks"], horizon["demand"], horizon["services"][0]["season"]
    horizon["services"][0]["arrivals_per_hour"] = 10
    with pytest.raises(BadInput) as caught:
        parse(horizon, "x.toml")

    assert [fault.code for fault in caught.value.faults] == ["booking_without_hours"]
    assert "appointments need opening hours, and this scenario has a horizon; give [[opening]] instead of [horizon]." in str(caught.value)
    assert "预约需要开放时段" in caught.value.text("zh")


def test_what_names_days_needs_dates() -> None:
    undated = document()
    del undated["demand"]["starts"]
    undated["opening"].append({"from": time(9), "to": time(12), "weekdays": ["sat"]})
    undated["windows"][1]["shifts"] = [{"from": time(9), "to": time(12), "weekdays": ["sat"]}]
    undated["services"][0]["arrivals_per_hour"] *= 2
    undated["services"][0]["arrivals_per_hour"].pop()
    with pytest.raises(BadInput) as caught:
        parse(undated, "x.toml")

    assert [fault.code for fault in caught.value.faults] == ["starts_missing"] * 6
    told = str(caught.value)
    for key in ("demand.weekday", "demand.month", "demand.around_holidays", "opening 2: weekdays", "season.weekday", "shifts #1.weekdays"):
        assert f"{key} tells one day from another, and days have no dates here; give the first day as starts under [demand]." in told
    assert "请在 [demand] 下用 starts 给出第一天" in caught.value.text("zh")


def test_a_textbook_run_has_no_dates() -> None:
    horizon = document() | {"horizon": {"minutes": 60}, "demand": {"starts": date(2026, 1, 5), "day_cv": 0.1}}
    del horizon["opening"], horizon["windows"][0]["breaks"], horizon["services"][0]["booking"]
    horizon["services"][0]["arrivals_per_hour"] = 10
    with pytest.raises(BadInput, match=r"a run with a horizon has no dates; take demand.starts out"):
        parse(horizon, "x.toml")
    del horizon["demand"]["starts"], horizon["services"][0]["season"]
    assert parse(horizon).days.day_cv == 0.1


def test_openings_of_different_weekdays_may_lie_over_one_another() -> None:
    said = document()
    said["opening"] = [{"from": time(8, 30), "to": time(12)}, {"from": time(9), "to": time(12), "weekdays": ["sat"]}]
    said["services"][0]["arrivals_per_hour"] = [10] * 13
    scenario = parse(said)

    assert [len(hall.openings) if hall else 0 for hall in scenario.week] == [1, 1, 1, 1, 1, 1, 0, 1]
    said["opening"][1]["weekdays"] = ["fri"]
    with pytest.raises(BadInput, match="opening 2: from is 09:00, inside the opening 08:30–12:00"):
        parse(said)
    said["opening"][1] |= {"weekdays": ["sat"], "at_end": "keep_tickets"}
    with pytest.raises(BadInput, match="at_end of the last opening is 'keep_tickets'"):
        parse(said)


def test_a_fault_among_the_departments_hides_no_other() -> None:
    faulty = document() | {"departments": [{"id": "d", "windwos": []}]}
    faulty["windows"][0]["overflow"][0]["service"] = "permit"
    with pytest.raises(BadInput) as caught:
        parse(faulty, "x.toml")

    assert {fault.code for fault in caught.value.faults} == {"unknown_key_near", "overflow_own"}


def test_none_in_a_document_made_in_python_is_a_key_left_out() -> None:
    said, left_out = document(), document()
    said["rules"]["places"] = said["services"][0]["booking"] = said["opening"][0]["last_ticket"] = None
    del left_out["rules"]["places"], left_out["services"][0]["booking"], left_out["basis"]["rules.places"]
    del said["basis"]["rules.places"]

    assert parse(said).digest == parse(left_out).digest
    assert parse(said).to_toml() == parse(left_out).to_toml()


def test_the_page_how_time_moves_names_every_key_and_rule() -> None:
    text = (Path(scenario_package.__file__).parents[1] / "DESIGN.md").read_text(encoding="utf-8")
    page = text[text.index("## How time moves") : text.index("## STRESS-DES")]
    keys = [
        *document()["rules"],
        *document()["demand"],
        *COSTS_FIGURES,
        "weekdays",
        "make_up",
        *document()["services"][0],
        *document()["windows"][0],
        *LEAVING,
        *IDLE_WINDOW,
        "per_window",
        "by_time",
    ]
    of_the_plain_hall = {"id", "arrivals_per_hour", "priority", "count", "serves", "efficiency", "breaks"}

    keys += ["last_start", "alternate"]
    assert [key for key in keys if key not in of_the_plain_hall and not re.search(rf"`[^`]*\b{key}\b[^`]*`", page)] == []
