"""Working days counted here and deadlines counted in supervision are the same law."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulation.backoffice.office import DAY
from simulation.backoffice.run import Register, run_cases
from simulation.calendar import seed_calendar
from simulation.scenario import parse
from supervision.deadlines import Limit, Opening, Stop, count
from tests.backoffice.offices import constant, exponential, hall, offices, service

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = seed_calendar(range(2019, 2028))
HOURS = [Opening(540, 720), Opening(840, 1020)]


def moment(register: Register, minutes: float) -> datetime:
    return datetime.combine(register.office.first_date, time(0), tzinfo=ZONE) + timedelta(minutes=minutes)


def late_by_supervision(register: Register, case: int) -> bool:
    service = register.office.plans[register.cases.service[case]]
    assert service is not None
    tasks = np.flatnonzero((register.tasks.case == case) & register.tasks.stops & (register.worked.joined < register.worked.done))
    stops = [Stop(moment(register, register.worked.joined[t]), moment(register, register.worked.done[t])) for t in tasks]
    days = service.case.promised_days
    limit = Limit(days, "working_days") if days else Limit(1, "working_hours")
    due = count(limit, moment(register, register.cases.accepted[case]), ZONE, CALENDAR, stops, HOURS).moment
    assert due is not None
    return moment(register, register.decided[case]) > due


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(offices(), st.integers(1, 4), st.integers(0, 10**6))
def test_what_is_overdue_here_is_overdue_there(made: dict[str, Any], days: int, seed: int) -> None:
    register = run_cases(parse(made), days, seed)
    plans = register.office.plans
    for case in range(0, len(register.cases.citizen), 3):
        plan = plans[register.cases.service[case]]
        if plan is not None and plan.case.promised_days:
            assert register.overdue[case] == late_by_supervision(register, case)


def test_days_are_counted_as_the_calendar_counts_them() -> None:
    """Without stops: the working days after the day of acceptance, holidays and worked weekends as in the table."""
    register = run_cases(parse(without_stops()), 5, 4)
    first = register.office.first_date
    for case in range(len(register.cases.citizen)):
        a, d = (first + timedelta(days=int(each[case] // DAY)) for each in (register.cases.accepted, register.decided))
        expected = CALENDAR.working_days_between(a, d)
        assert (register.counted[case], register.elapsed[case]) == (expected, expected)
        assert register.overdue[case] == (expected > 2)
    assert register.overdue.any()
    assert not register.overdue.all()


def without_stops() -> dict[str, Any]:
    case = {"kind": "promised", "promised_days": 2, "steps": [{"id": "decide", "pool": "desk", "work_min": exponential(60.0)}]}
    return hall([service("permit", case, 8.0)], [{"id": "desk", "staff": 3}], date(2019, 9, 27))


@pytest.mark.parametrize(("hours", "late"), [(9.0, False), (5.9, True)])
def test_a_limit_of_hours_leaves_out_what_stands_still(hours: float, late: bool) -> None:
    """Six hours of work beside a survey of two working days that does not count: the overlap is left out once."""
    steps = [
        {"id": "decide", "pool": "desk", "work_min": constant(360.0)},
        {"id": "publicity", "wait_days": constant(2.0), "excluded": True},
    ]
    case = {"kind": "promised", "promised_hours": hours, "steps": steps}
    register = run_cases(parse(hall([service("permit", case)], [{"id": "desk", "staff": 999}])), 2)
    assert (register.overdue == late).all()
