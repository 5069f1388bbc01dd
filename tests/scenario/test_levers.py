"""Every lever is an edit of the document: it changes what it names, can be written and read again, and what cannot be is refused."""

from __future__ import annotations

import copy
from datetime import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.faults import BadInput
from simulation.plans import (
    LEVERS,
    TOPICS,
    apply_changes,
    keep_open,
    now_of,
    read_change,
    read_changes,
    scale_service,
    set_hours,
    share_booked,
    take_appointments,
    targets_of,
    window_groups,
    with_change,
)
from simulation.plans.forms import NONE
from simulation.scenario import parse
from tests.halls import halls

Document = dict[str, Any]


HALVES = [{"from": time(8, 30), "to": time(12)}, {"from": time(14, 30), "to": time(17, 30)}]


@pytest.fixture
def hall() -> Document:
    return {
        "schema": 1,
        "name": "small",
        "opening": [{"from": time(8, 30), "to": time(12)}, {"from": time(14, 30), "to": time(17, 30), "early_min": 30}],
        "services": [
            {"id": "tax", "service_min": {"family": "lognormal", "mean": 8, "cv": 0.5}, "arrivals_per_hour": [6] * 13, "early_arrivals": 5},
            {"id": "land", "service_min": {"family": "uniform", "low": 2, "high": 6}, "arrivals_per_hour": [4] * 7 + [2] * 6},
        ],
        "windows": [
            {"id": "tax-window", "serves": ["tax"], "shifts": copy.deepcopy(HALVES)},
            {"id": "land-window", "count": 3, "serves": ["land"]},
            {"id": "any", "count": 2, "serves": ["*"], "efficiency": 0.9},
        ],
        "basis": {"services.land": "a count"},
    }


def planned(document: Document, *lines: str) -> Document:
    plan = apply_changes(document, read_changes(lines))
    parse(plan)
    return plan


def service(document: Document, identity: str) -> Document:
    return next(each for each in document["services"] if each["id"] == identity)


def window(document: Document, identity: str) -> Document:
    return next(each for each in document["windows"] if each["id"] == identity)


@pytest.mark.parametrize(
    ("line", "path", "value"),
    [
        ("quota.tax=60", ("services", 0, "quota"), 60),
        ("priority.land=2", ("services", 1, "priority"), 2),
        ("absence.any=5%", ("windows", 2, "absence"), 0.05),
        ("at_break.any=start_nothing_past", ("windows", 2, "at_break"), "start_nothing_past"),
        ("at_shift_end.any=interrupt_restart", ("windows", 2, "at_shift_end"), "interrupt_restart"),
        ("break_lasts.any=length", ("windows", 2, "break_lasts"), "length"),
        ("breaks.any=10:00-10:15,16:00-16:15", ("windows", 2, "breaks", 1), {"from": time(16), "to": time(16, 15)}),
        ("shifts.any=09:00-12:00", ("windows", 2, "shifts", 0), {"from": time(9), "to": time(12)}),
        ("ab_break.any=10:00-11:00", ("windows", 2, "ab_break"), {"from": time(10), "to": time(11)}),
        ("idle_window=longest_idle", ("rules", "idle_window"), "longest_idle"),
        ("lines=per_window", ("rules", "lines"), "per_window"),
        ("called=by_time", ("rules", "booked"), "by_time"),
        ("urgent=yes", ("rules", "urgent_interrupt"), True),
        ("places=120", ("rules", "places"), 120),
        ("ghost=0.5", ("rules", "ghost_min"), 0.5),
        ("last_ticket=17:00", ("opening", 1, "last_ticket"), time(17)),
        ("last_ticket.1=11:30", ("opening", 0, "last_ticket"), time(11, 30)),
        ("at_end=finish_current", ("opening", 1, "at_end"), "finish_current"),
        ("help.land-window=tax@3", ("windows", 1, "overflow"), [{"service": "tax", "queue": 3}]),
        ("tidal.any=8/2/30", ("windows", 2, "tidal"), {"open_queue": 8, "close_queue": 2, "least_min": 30.0}),
        ("covers.land-window=tax", ("windows", 1, "covers"), ["tax"]),
        ("longest_wait=45", ("rules", "longest_wait_min"), 45),
        ("last_start=17:15", ("opening", 1, "last_start"), time(17, 15)),
        ("day_cv=20%", ("demand", "day_cv"), 0.2),
        ("half_hour_cv=10%", ("demand", "half_hour_cv"), 0.1),
        ("online.tax=20%", ("services", 0, "diverted"), [{"to": "online", "share": 0.2}]),
        ("set.services.tax.returns={ share = 0.5, after_days = 1 }", ("services", 0, "returns"), {"share": 0.5, "after_days": 1}),
        ("set.rules.ghost_min=1.5", ("rules", "ghost_min"), 1.5),
        ("set.opening.2.last_ticket=17:10", ("opening", 1, "last_ticket"), time(17, 10)),
        ("set.timezone=Asia/Urumqi", ("timezone",), "Asia/Urumqi"),
    ],
)
def test_a_lever_that_is_one_key_sets_that_key_and_no_other(hall: Document, line: str, path: tuple[Any, ...], value: Any) -> None:
    plan = planned(hall, line)
    place: Any = plan
    for step in path:
        place = place[step]
    assert place == value

    change = read_change(line)
    if change.lever != "set":
        assert now_of(plan, LEVERS[change.lever], change.target) == change.value, "what is read back is what was written"
    assert {key for key in plan if plan[key] != hall.get(key)} <= {str(path[0]), "basis"}


def test_none_takes_a_limit_out_again(hall: Document) -> None:
    limited = planned(hall, "quota=60", "places=10", "last_ticket=17:00")
    free = planned(limited, "quota=none", "places=none", "last_ticket=none")
    assert [each.get("quota") for each in free["services"]] == [None, None]
    assert free["opening"] == hall["opening"]
    assert free["rules"] == {}


def test_without_a_target_a_lever_holds_for_each(hall: Document) -> None:
    plan = planned(hall, "quota=60", "windows=+1")
    assert [each["quota"] for each in plan["services"]] == [60, 60]
    assert [each.count for each in window_groups(plan)] == [1, 1, 4, 3], "a window without a number gets a group beside it"
    assert now_of(plan, LEVERS["quota"], "") == "60"
    assert now_of(planned(hall, "quota.tax=60"), LEVERS["quota"], "") == "", "they differ"


def test_windows_are_set_added_taken_away_and_opened_for_part_of_the_day(hall: Document) -> None:
    assert window(planned(hall, "windows.land-window=5"), "land-window")["count"] == 5
    assert window(planned(hall, "windows.land-window=+2"), "land-window")["count"] == 5
    assert window(planned(hall, "windows.land-window=-1"), "land-window")["count"] == 2
    extra = window(planned(hall, "windows.any=+2@10:00-12:00", "windows.any=+1@15:00-16:00"), "any-extra")
    assert (extra["count"], extra["shifts"]) == (2, [{"from": time(10), "to": time(12)}])
    assert [g.count for g in window_groups(planned(hall, "comprehensive.land-window=2"))] == [1, 1, 4]


def test_lunch_is_closed_covered_or_open_with_everybody(hall: Document) -> None:
    covered, opened = planned(hall, "lunch=ab"), planned(hall, "lunch=open")
    assert now_of(hall, LEVERS["lunch"], "") == "closed"
    assert now_of(covered, LEVERS["lunch"], "") == "ab"
    assert [len(plan["opening"]) for plan in (covered, opened)] == [1, 1]
    assert all("ab_break" in each for each in covered["windows"])
    assert not any("ab_break" in each for each in opened["windows"])
    assert parse(opened).citizens_per_day() == pytest.approx(parse(hall).citizens_per_day())
    assert parse(planned(covered, "lunch=closed")).citizens_per_day() == pytest.approx(parse(hall).citizens_per_day())
    assert keep_open(covered)["opening"] == covered["opening"], "from cover to everybody"


def test_more_windows_open_with_the_queue(hall: Document) -> None:
    plan = planned(hall, "tidal.any=+2@8/2/30")
    extra = window(plan, "any-tidal")
    assert (extra["count"], extra["tidal"]["open_queue"], extra["efficiency"]) == (2, 8, 0.9)
    assert "tidal" not in window(plan, "any")
    assert parse(plan).window("any-tidal-1").tidal is not None
    assert "tidal" not in window(planned(planned(hall, "tidal.any=8"), "tidal.any=none"), "any")


def test_kiosks_and_pre_check_take_their_share_of_a_service_or_of_all(hall: Document) -> None:
    plan = planned(hall, "kiosk.tax=3@30%", "pre_check.land=1@50%")
    assert [(each["id"], each["kind"], each["serves"], each["count"], each["share"]) for each in plan["stations"]] == [
        ("kiosk-tax", "kiosk", ["tax"], 3, 0.3),
        ("pre-check-land", "pre-check", ["land"], 1, 0.5),
    ]
    assert now_of(plan, LEVERS["kiosk"], "tax") == "3@30%"
    assert now_of(plan, LEVERS["kiosk"], "") == "none", "none is for all services"
    assert [each["count"] for each in planned(plan, "kiosk.tax=5@10%")["stations"]] == [5, 1]
    assert [each["id"] for each in planned(plan, "kiosk.tax=none")["stations"]] == ["pre-check-land"]
    assert planned(hall, "kiosk=2@20%")["stations"][0]["serves"] == ["*"]
    assert "stations.kiosk-tax.to_window" in parse(plan).assumptions()
    assert "stations.kiosk-tax.count" not in parse(plan).assumptions()


def test_longer_hours_bring_as_many_citizens_over_more_half_hours(hall: Document) -> None:
    plan = set_hours(hall, 2, time(14, 30), time(18, 30))
    scenario = parse(plan)
    land = service(plan, "land")["arrivals_per_hour"]
    assert scenario.citizens_per_day() == pytest.approx(parse(hall).citizens_per_day())
    assert land[:7] == [4] * 7, "the morning is as it was"
    assert land[-1] == pytest.approx(land[7] / 2), "half of what comes in the half-hour beside it"
    assert window(plan, "tax-window")["shifts"][1]["to"] == time(18, 30)
    shorter = planned(hall, "last_ticket=17:00", "hours=15:00-17:00")
    assert shorter["opening"][1]["last_ticket"] == time(16, 30), "as long before the end as it was"
    longer = planned(hall, "at_end=finish_current", "last_start=17:15", "hours=14:30-18:30")
    assert longer["opening"][1]["last_start"] == time(18, 15), "as long before the end as it was"
    assert sum(service(shorter, "land")["arrivals_per_hour"][7:]) == pytest.approx(12)


def test_appointments_and_a_years_volume_come_back_from_none_by_themselves(hall: Document) -> None:
    hall["days_per_year"] = 250
    hall["services"][1]["volume"] = {"per_year": 5000, "profile": hall["services"][1].pop("arrivals_per_hour")}
    everybody = planned(hall, "appointments.land=100%")
    plan = planned(everybody, "appointments.land=40%")
    assert share_booked(plan, "land") == pytest.approx(0.4)
    assert service(plan, "land")["volume"]["per_year"] == pytest.approx(3000)
    assert parse(plan).citizens_per_day() == pytest.approx(parse(hall).citizens_per_day())


def test_a_years_volume_keeps_its_citizens_over_lunch_and_longer_hours(hall: Document) -> None:
    hall["days_per_year"] = 250
    hall["services"][1]["volume"] = {"per_year": 5000, "profile": hall["services"][1].pop("arrivals_per_hour")}
    before = parse(hall).citizens_per_day()
    for line in ("lunch=ab", "hours=14:30-18:30", "hours.1=08:00-12:00"):
        plan = planned(hall, line)
        assert parse(plan).citizens_per_day() == pytest.approx(before)
        assert "arrivals_per_hour" not in service(plan, "land")


def test_appointments_take_their_share_of_those_who_come_today(hall: Document) -> None:
    plan = take_appointments(hall, 0.3, ["tax"])
    tax = service(plan, "tax")
    before = sum([6] * 13) / 2 + 5
    by_themselves = sum(tax["arrivals_per_hour"]) / 2 + tax["early_arrivals"]
    taken = 13 * tax["booking"]["places"] * tax["booking"]["booked"]
    assert taken == pytest.approx(0.3 * before)
    assert by_themselves == pytest.approx(0.7 * before)
    assert share_booked(plan, "tax") == pytest.approx(0.3)
    assert service(plan, "land") == service(hall, "land")
    back = take_appointments(plan, 0)
    assert "booking" not in service(back, "tax")
    assert service(back, "tax")["arrivals_per_hour"] == pytest.approx([6] * 13)
    everybody = planned(hall, "appointments.tax=100%")
    assert share_booked(everybody, "tax") == pytest.approx(1)
    assert share_booked(planned(everybody, "appointments.tax=40%"), "tax") == pytest.approx(0.4), "back to a profile where none was left"


def test_a_share_of_places_and_of_no_shows_is_set_where_people_book(hall: Document) -> None:
    plan = planned(hall, "appointments.tax=30%", "no_show=10%", "booked.tax=80%")
    assert service(plan, "tax")["booking"]["no_show"] == 0.1
    assert service(plan, "tax")["booking"]["booked"] == 0.8
    assert "booking" not in service(plan, "land")


def test_quicker_service_keeps_the_shape_of_its_law(hall: Document) -> None:
    hall["windows"][1]["service_min"] = {"land": {"family": "lognormal", "mu": 1.0, "sigma": 0.4}}
    before, after = parse(hall), parse(scale_service(hall, 0.5))
    for old, new in zip(before.services, after.services, strict=True):
        assert new.law.mean == pytest.approx(old.law.mean / 2)
        assert new.law.cv == pytest.approx(old.law.cv)
    assert after.window("land-window-1").laws["land"].mean == pytest.approx(before.window("land-window-1").laws["land"].mean / 2)


def test_a_figure_that_a_plan_changed_rests_on_the_plan(hall: Document) -> None:
    plan = planned(hall, "quota.land=60", "places=10")
    assert plan["basis"]["services.land.quota"] == "plan"
    assert plan["basis"]["rules.places"] == "plan"
    assert plan["basis"]["services.land"] == "a count"


def test_a_change_of_the_same_takes_the_place_of_the_earlier_one(hall: Document) -> None:
    lines = ["windows.any=+2@10:00-12:00", "quota.tax=60", "windows.any=+1@15:00-16:00"]
    changes = read_changes(lines)
    again = with_change(changes, read_change("quota.tax=50"))
    assert [str(each) for each in again] == [lines[0], "quota.tax=50", lines[2]]
    more = with_change(changes, read_change("windows.any=+3@15:00-16:00"))
    assert [str(each) for each in more] == [lines[0], lines[1], "windows.any=+3@15:00-16:00"]
    assert len(with_change(changes, read_change("windows.any=6"))) == 4


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("lunch", "'lunch' is not a change"),
        ("=3", "is not a change"),
        ("lunhc=ab", "there is no lever 'lunhc' (near: lunch)"),
        ("lunch.any=ab", "is set for the whole hall, not for 'any'"),
        ("lunch=sometimes", "take one of: closed, ab, open"),
        ("quota.tax=-1", "'-1' is not a whole number from 0 to"),
        ("quota.tax=many", "not a whole number"),
        ("appointments=130%", "not a percentage from 0 to 100"),
        ("last_ticket=25:00", "is not a clock time"),
        ("shifts.any=12:00-08:00", "is not a stretch of the day"),
        ("hours=08:00-09:00,10:00-11:00", "is not a stretch of the day"),
        ("windows.any=two", "is not a number of windows"),
        ("windows.any=-1@10:00-12:00", "is not a number of windows"),
        ("help.any=tax", "does not say whom to help"),
        ("tidal.any=soon", "does not say when windows open with the queue"),
        ("tidal.any=+0@8", "does not say when windows open with the queue"),
        ("kiosk.tax=3", "does not say how many and for whom"),
        ("kiosk.tax=3@130%", "does not say how many and for whom"),
        ("covers.any=nothing", "there is no 'nothing'"),
        ("layout=round", "take one of: dedicated"),
        ("ghost=minutes", "is not a number of minutes"),
        ("set=4", "does not say which key"),
        ("windows.nobody=+1", "there is no 'nobody' to set this for; take one of: tax-window, land-window, any"),
        ("help.any=nothing@5", "there is no 'nothing'"),
        ("windows.any=-5", "any has 2 windows, fewer than would be taken away"),
        ("hours.3=08:00-09:00", "there is no '3'"),
        ("hours=14:45-17:00", "begin and end on the half-hour"),
        ("no_show.tax=5%", "nobody books tax in advance"),
        ("set.nothing.x=1", "leads to no key"),
        ("set.services.nobody.quota=1", "names 'nobody', which is not there; take one of: tax, land"),
        ("set.name.x=1", "leads to no key"),
        ("set.windows.any.count=two", "count is 'two', which is not a whole number"),
        ("set.windows=3", "windows is '3', which is not a list"),
        ("set.windows=none", "the hall has no window"),
        ("set.windows.any.id=none", "id is missing"),
        ("set.basis=3", "basis is '3', which is not a table"),
        ("set.rules=3", "rules is '3', which is not a table"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place_and_cure(hall: Document, line: str, said: str) -> None:
    before = copy.deepcopy(hall)
    with pytest.raises(BadInput) as refused:
        apply_changes(hall, read_changes([line]))
    text = refused.value.text()
    assert said in text
    assert text.startswith("--change")
    assert refused.value.text("zh") != text
    assert hall == before


def test_all_faults_of_a_plan_are_told_at_once(hall: Document) -> None:
    with pytest.raises(BadInput) as refused:
        read_changes(["lunhc=ab", "quota.tax=60", "places=many"])
    assert len(refused.value.faults) == 2
    with pytest.raises(BadInput) as refused:
        apply_changes(hall, read_changes(["windows.nobody=2", "no_show.tax=5%"]))
    assert len(refused.value.faults) == 2


def test_a_hall_without_lunch_or_hours_says_so(hall: Document) -> None:
    one = {**hall, "opening": [{"from": time(9), "to": time(16)}]}
    with pytest.raises(BadInput, match="no lunch to cover"):
        apply_changes(one, read_changes(["lunch=ab"]))
    textbook = {**{k: v for k, v in hall.items() if k != "opening"}, "horizon": {"minutes": 100}}
    for line in ("appointments=10%", "last_ticket=17:00", "hours=08:00-09:00"):
        with pytest.raises(BadInput, match="without opening hours"):
            apply_changes(textbook, read_changes([line]))


def test_every_lever_belongs_to_a_topic_and_its_example_can_be_read() -> None:
    assert {each.topic for each in LEVERS.values()} == {*TOPICS, "other"}
    for lever in LEVERS.values():
        value = lever.example.format(service="tax")
        read_change(f"{lever.name}.x={value}" if lever.of in ("path", "windows") else f"{lever.name}={value}")


EXAMPLES = [each for each in LEVERS.values() if each.of != "path"]


@settings(max_examples=80, deadline=None)
@given(document=halls(), data=st.data())
def test_every_lever_of_every_hall_is_made_or_refused_and_leaves_the_base_alone(document: Document, data: st.DataObject) -> None:
    original = copy.deepcopy(document)
    lever = data.draw(st.sampled_from(EXAMPLES), label="lever")
    targets = targets_of(document, lever)
    target = data.draw(st.sampled_from(["", *targets]), label="target")
    value = lever.example.format(service=document["services"][0]["id"])
    if lever.form.options:
        value = data.draw(st.sampled_from(lever.form.options), label="value")
    change = read_change(f"{lever.name}.{target}={value}" if target else f"{lever.name}={value}")
    now_of(document, lever, target)
    codes: set[str] = set()
    try:
        plan = apply_changes(document, [change])
        if lever.form.none and target and lever.name != "tidal":  # of tidal windows there are more beside the group
            assert now_of(plan, lever, target) not in ("", NONE)
        parse(plan)
    except BadInput as refused:  # the plan is a document like any other; what it says may clash with the hall
        codes = {each.code for each in refused.faults}
    assert "change_form" not in codes
    assert document == original
