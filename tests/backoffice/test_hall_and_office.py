"""Where the hall and its office meet: machines, classes, bundles, Saturdays; what a ticket opens, and on which date."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import numpy as np

from simulation.backoffice import Register, case_experiment, register_frame, run_cases
from simulation.scenario import parse
from tests.backoffice.offices import constant, hall, service

STEPS = [{"id": "decide", "pool": "desk", "work_min": constant(30.0)}]
PROMISED = {"kind": "promised", "promised_days": 2, "steps": STEPS}
DESK = [{"id": "desk", "staff": 999}]


def opened(register: Register) -> dict[str, int]:
    """Cases by the line that opened them."""
    return register_frame(register).service.value_counts().to_dict()


def test_who_goes_on_from_a_machine_to_a_window_opens_one_case() -> None:
    kiosk = {"id": "kiosk", "kind": "kiosk", "share": 0.6, "to_window": 0.5, "service_min": constant(1.0), "count": 9}
    made = hall([service("permit", PROMISED, 30.0)], DESK, stations=[kiosk])
    register = run_cases(parse(made), 1, seed=2)
    found = opened(register)

    assert set(found) == {"permit", "permit@kiosk"}
    assert len(np.unique(register.cases.citizen)) == len(register.cases.citizen), "one case for each of them"
    assert found["permit@kiosk"] / sum(found.values()) < 0.45, "three tenths were done at the machine for good"


def test_a_desk_before_the_windows_opens_nothing() -> None:
    desk = {"id": "check", "kind": "pre-check", "share": 1.0, "service_min": constant(1.0), "count": 9}
    register = run_cases(parse(hall([service("permit", PROMISED, 20.0)], DESK, stations=[desk])), 1, seed=2)

    assert len(register.cases.citizen) > 50
    assert len(np.unique(register.cases.citizen)) == len(register.cases.citizen)
    assert not any("@" in line for line in opened(register))


def test_every_class_opens_the_case_of_its_service() -> None:
    made = hall([service("permit", PROMISED, 20.0)], DESK, classes=[{"id": "agent", "share": 0.5, "cases": [{"count": 3, "share": 1.0}]}])
    register = run_cases(parse(made), 1, seed=2)
    agents = np.array([line == "permit:agent" for line in register_frame(register).service])
    citizens, count = np.unique(register.cases.citizen[agents], return_counts=True)

    assert len(citizens) > 20
    assert set(count.tolist()) == {3}, "one case for each thing they bring"
    assert register.counted.max() <= 1
    result = case_experiment(parse(made), days=1, replications=1, seed=2)
    assert list(result.by_service) == ["permit"], "its classes are told together"
    assert result.by_service["permit"]["accepted"].value == len(agents)


def bundle(own: dict[str, Any] | None) -> dict[str, Any]:
    together = {"together": {"parts": ["company", "tax"], "at_once": False}}
    services = [service("company", PROMISED, 0.0), service("tax", PROMISED, 0.0), service("start-up", own, 10.0, **together)]
    del services[-1]["service_min"]
    return hall(services, DESK)


def test_a_bundle_opens_the_cases_of_its_parts_or_one_of_its_own() -> None:
    parts = run_cases(parse(bundle(None)), 1, seed=2)
    whole = run_cases(parse(bundle(PROMISED)), 1, seed=2)

    assert len(parts.cases.citizen) == 2 * len(np.unique(parts.cases.citizen)) > 60
    told = case_experiment(parse(bundle(None)), days=1, replications=1, seed=2)
    assert list(told.by_service) == ["company", "tax"], "each part has a case of its own"
    assert len(whole.cases.citizen) == len(np.unique(whole.cases.citizen)) > 30


def test_what_is_accepted_on_a_saturday_waits_for_monday() -> None:
    made = hall([service("permit", PROMISED, 6.0)], DESK, date(2026, 3, 6))
    made["opening"].append({"from": time(9), "to": time(11, 30), "weekdays": ["sat"]})
    register = run_cases(parse(made), 3, seed=2)
    frame = register_frame(register)
    saturday = frame[frame.accepted.dt.date == date(2026, 3, 7)]

    assert {day.isoformat() for day in frame.accepted.dt.date} == {"2026-03-06", "2026-03-07", "2026-03-09"}
    assert len(saturday) > 5
    assert set(saturday.decided.dt.strftime("%m-%d %H:%M")) == {"03-09 09:30"}
    assert set(saturday.days_counted) == {1}


def test_who_collects_on_a_day_of_its_own_hours_comes_within_them() -> None:
    case = {**PROMISED, "collection": {"service": "pickup", "share": 1.0}}
    made = hall([service("permit", case, 20.0), service("pickup", None, 0.0)], DESK, date(2026, 3, 6))
    made["opening"].append({"from": time(9), "to": time(11, 30), "weekdays": ["sat"]})
    register = run_cases(parse(made), 2, seed=2)
    collected = register.in_hand[np.isfinite(register.in_hand)]

    assert len(collected) > 30
    assert (collected // 1440 == 1).all()
    assert ((collected % 1440 >= 540) & (collected % 1440 < 780)).all(), "not in the afternoon, when the hall is shut"
