"""An office worked out by hand: dates across weekends and holidays, papers that are awaited, steps at once, collection."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simulation.backoffice import Register, register_frame, run_cases, write_register
from simulation.faults import BadInput
from simulation.scenario import parse
from tests.backoffice.offices import constant, hall, service

BEFORE_THE_HOLIDAY = date(2019, 9, 30)
"""a Monday; 1 to 7 October are free, 8 to 12 October are worked (Saturday the 12th for the holiday), the 13th is a Sunday"""


def office(steps: list[dict[str, Any]], pools: list[dict[str, Any]], rate: float = 6.0, **case: Any) -> dict[str, Any]:
    """A hall whose citizens are served in no time."""
    case = {"kind": "promised", "steps": steps, **({} if "promised_hours" in case else {"promised_days": 3}), **case}
    made = hall([service("permit", case, rate), service("pickup", None, 0.0)], pools, BEFORE_THE_HOLIDAY)
    for each in made["services"]:
        each["service_min"] = constant(0.0)
    return made


def days(register: Register) -> list[tuple[int, int]]:
    """(day accepted, day decided) of each case, as days of October, 0 for 30 September."""
    frame = register_frame(register)
    zero = pd.Timestamp(BEFORE_THE_HOLIDAY)
    return [((a - zero).days, (d - zero).days) for a, d in zip(frame.accepted.dt.normalize(), frame.decided.dt.normalize(), strict=True)]


def test_work_goes_on_after_the_holiday_and_on_the_worked_saturday() -> None:
    """Twelve hours of work, six a day, by people enough: begun on 30 September, done on 9 October; begun on the 11th, on the 14th."""
    made = office([{"id": "decide", "pool": "desk", "work_min": constant(720.0)}], [{"id": "desk", "staff": 1000}])
    register = run_cases(parse(made), 5, seed=3)
    accepted_on = {a for a, _ in days(register)}

    assert accepted_on == {0, 8, 9, 10, 11}, "the hall's days are working days"
    for accepted, decided in days(register):
        assert decided == {0: 9, 8: 10, 9: 11, 10: 12, 11: 14}[accepted]
    assert (register.elapsed == 2).all()
    assert (register.counted == 2).all()
    assert not register.overdue.any()


def test_papers_stop_the_limit_and_the_step_is_done_again() -> None:
    """An hour's step, papers after two working days, the hour again. The days that the stop touches do not count."""
    supplement = {"share": 1.0, "wait_days": constant(2.0), "in_person": 1.0}
    step = {"id": "decide", "pool": "desk", "work_min": constant(60.0), "supplement": supplement}
    register = run_cases(parse(office([step], [{"id": "desk", "staff": 1000}], promised_days=1)), 1, seed=3)
    minutes = register.cases.accepted % 1440
    whole = (minutes > 540) & (minutes + 120 < 720)

    assert whole.sum() > 1
    for case in np.flatnonzero(whole):
        mine = register.tasks.case == case
        begin, papers, again = register.worked.joined[mine]
        assert (papers - begin, again - papers) == (60, 9 * 1440), "two working days after 30 September is 9 October, the same time"
        assert register.worked.done[mine][2] == again + 60
    assert set(register.elapsed[whole].tolist()) == {2}
    assert set(register.counted[whole].tolist()) == {0}, "30 September, 8 and 9 October all touch the stop"
    assert not register.overdue[whole].any()
    assert (register.visits == 2).all(), "they came again with the papers"
    assert register.cases.asked.all()


def test_survey_and_check_at_once_then_issue() -> None:
    """Independent survey of three hours beside a check of one: the issue follows the later, and the limit ends with the check."""
    steps = [
        {"id": "survey", "pool": "field", "work_min": constant(180.0), "after": []},
        {"id": "check", "pool": "desk", "work_min": constant(60.0), "after": []},
        {"id": "issue", "pool": "desk", "work_min": constant(0.0), "after": ["survey", "check"]},
    ]
    pools = [{"id": "field", "staff": 1000, "hours": [{"from": time(14), "to": time(17)}]}, {"id": "desk", "staff": 1000}]
    register = run_cases(parse(office(steps, pools, limit_until="check")), 1, seed=3)
    minutes = register.cases.accepted % 1440
    morning = (minutes >= 540) & (minutes + 60 < 720)

    assert morning.sum() > 1
    assert (register.decided[morning] == register.cases.accepted[morning] + 60).all()
    survey, _, issue = (register.worked.done.reshape(-1, 3)[morning, step] for step in range(3))
    assert (survey == 17 * 60).all(), "the survey waits for the afternoon and takes all of it"
    assert (issue == 8 * 1440 + 9 * 60).all(), "by then the desk has gone home, and it is free until 8 October"
    assert (register.ready[morning] == issue).all()


def test_one_person_takes_one_file_after_another() -> None:
    made = office([{"id": "decide", "pool": "desk", "work_min": constant(30.0)}], [{"id": "desk", "staff": 1}], rate=6)
    register = run_cases(parse(made), 1, seed=3)
    joined, called, done = register.worked.joined, register.worked.called, register.worked.done

    assert len(joined) > 12, "more than the day has room for"
    assert (called[1:] >= done[:-1]).all()
    assert (np.argsort(called) == np.arange(len(called))).all(), "first come, first served"
    assert register.elapsed.max() >= 1


def test_a_promise_in_hours_counts_open_minutes() -> None:
    """Accepted in the last hour, an hour's work runs into the next working day, and is one hour all the same."""
    made = office([{"id": "decide", "pool": "desk", "work_min": constant(60.0)}], [{"id": "desk", "staff": 1000}], promised_hours=1.0)
    assert not run_cases(parse(made), 1, seed=3).overdue.any()
    made["services"][0]["case"]["promised_hours"] = 0.99
    assert run_cases(parse(made), 1, seed=3).overdue.all()


def test_who_collects_comes_to_the_hall_again_and_who_does_not_is_sent() -> None:
    collection = {"service": "pickup", "share": 0.5, "after_days": 2}
    steps = [{"id": "decide", "pool": "desk", "work_min": constant(0.0)}]
    made = office(steps, [{"id": "desk", "staff": 1}], collection=collection, ems_days=3, rate=20)
    register = run_cases(parse(made), 4, seed=3)
    cases, dates = register.cases, register.office.hall_dates

    assert 0.3 < cases.collects.mean() < 0.7
    sent = ~cases.collects
    assert (register.in_hand[sent] == register.ready[sent] + 3 * 1440).all()
    early = cases.collects & (cases.day < 2)
    assert (register.in_hand[early] // 1440 == dates[cases.day[early] + 2]).all(), "two days of the hall later"
    assert np.isinf(register.in_hand[cases.collects & (cases.day >= 2)]).all(), "the hall was not watched that long"
    assert (register.visits == 1 + cases.collects).all()


def test_who_lacked_a_paper_at_the_window_opens_one_case_at_the_second_visit() -> None:
    made = office([{"id": "decide", "pool": "desk", "work_min": constant(0.0)}], [{"id": "desk", "staff": 1}], rate=30)
    made["services"][0]["incomplete"] = {"share": 0.4, "after_days": 1}
    register = run_cases(parse(made), 6, seed=3)

    assert len(np.unique(register.cases.citizen)) == len(register.cases.citizen)
    assert set(register.cases.visit[register.cases.day == 0]) == {1}
    second = register.cases.visit == 2
    assert second.mean() == pytest.approx(0.4, abs=0.12)
    assert (register.visits == register.cases.visit).all()


def test_an_instant_case_is_in_hand_at_the_window() -> None:
    made = hall([service("now", {"kind": "instant"})], [])
    register = run_cases(parse(made), 1)

    assert len(register.cases.citizen) > 5
    assert (register.in_hand == register.cases.accepted).all()
    assert not register.overdue.any()


def test_a_day_without_cases_has_an_empty_register() -> None:
    register = run_cases(parse(office([{"id": "d", "pool": "desk", "work_min": constant(1.0)}], [{"id": "desk", "staff": 1}], rate=0)), 2)
    assert len(register_frame(register)) == 0


def test_an_office_that_no_calendar_is_long_enough_for_is_refused() -> None:
    step = {"id": "decide", "pool": "desk", "work_min": constant(1_000_000.0)}
    made = office([step], [{"id": "desk", "staff": 1, "hours": [{"from": time(9), "to": time(9, 30)}]}])
    with pytest.raises(BadInput) as caught:
        run_cases(parse(made), 1)
    assert "the files of pool desk would still be open in the year 20" in str(caught.value)
    assert "后台组“desk”" in caught.value.text("zh")


def test_the_register_is_a_table_of_local_times(tmp_path: Path) -> None:
    made = office([{"id": "decide", "pool": "desk", "work_min": constant(10.0)}], [{"id": "desk", "staff": 9}])
    register = run_cases(parse(made), 1, seed=3)
    write_register(tmp_path / "r.csv", register)
    write_register(tmp_path / "r.parquet", register)
    read = pd.read_csv(tmp_path / "r.csv", parse_dates=["accepted", "decided"])

    assert list(read.columns) == list(pd.read_parquet(tmp_path / "r.parquet").columns)
    assert read.accepted.dt.date.unique().tolist() == [BEFORE_THE_HOLIDAY]
    assert read.accepted.min() >= datetime(2019, 9, 30, 9)
    with pytest.raises(BadInput):
        write_register(tmp_path / "r.xlsx", register)
