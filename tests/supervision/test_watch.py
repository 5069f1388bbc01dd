"""Electronic supervision: every rung by hand on the calendar of May and June 2024, hidden overdue, steps, extensions, papers, projects."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from simulation.calendar import seed_calendar
from supervision.db.store import Store, open_store
from supervision.deadlines import Limit, due
from supervision.faults import BadInput
from supervision.orders.desk import open_order, take_step
from supervision.watch.desk import extend_case, read_case, read_ladder, read_projects, read_speed, set_steps
from supervision.watch.ladder import RUNGS, accept_by, check_step_sum, ladder, marks_of, rung_of
from supervision.watch.projects import Stage, follow, project_kinds, service_limits

from .halls_at_hand import HALL, bring, new_store

ZONE = ZoneInfo("Asia/Shanghai")
DAYS = seed_calendar()
FIVE = Limit(5, "working_days")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "rung", "late"),
    [
        ("2024-05-16 23:59", "on_time", 0),
        ("2024-05-17 00:00", "reminder", 0),  # Friday, the working day before Monday the 20th
        ("2024-05-20 23:59", "reminder", 0),
        ("2024-05-21 00:00", "reminder", 0),  # the due moment itself is on time
        ("2024-05-21 00:01", "yellow", 1),
        ("2024-05-23 12:00", "yellow", 3),
        ("2024-05-24 12:00", "red", 4),
        ("2024-05-26 12:00", "red", 4),  # Sunday adds nothing
        ("2024-06-03 12:00", "advice", 10),
    ],
)
def test_an_open_case_climbs_the_ladder_by_working_days(now, rung, late):
    """Accepted on Monday 13 May 2024 with 5 working days: the last day is Monday the 20th."""
    found = due(local("2024-05-13 10:00"), ZONE, DAYS, promised=FIVE)
    assert found.local_date == date(2024, 5, 20)
    assert rung_of(found, None, local(now), ZONE, DAYS, ladder()) == (rung, late)


def test_a_case_that_ended_stays_on_the_rung_where_it_ended():
    found = due(local("2024-05-13 10:00"), ZONE, DAYS, promised=FIVE)
    now = local("2024-12-01 10:00")
    assert rung_of(found, local("2024-05-20 17:00"), now, ZONE, DAYS, ladder()) == ("on_time", 0)
    assert rung_of(found, local("2024-05-22 10:00"), now, ZONE, DAYS, ladder()) == ("yellow", 2)
    assert rung_of(None, None, now, ZONE, DAYS, ladder()) == ("on_time", 0), "no limit, no warning"


def test_the_marks_of_a_case_are_the_moments_at_which_its_rung_changes():
    found = due(local("2024-05-13 10:00"), ZONE, DAYS, promised=FIVE)
    marks = marks_of(found, ZONE, DAYS, ladder())
    instant = timedelta(seconds=1)

    assert [rung for rung, _ in marks] == list(RUNGS[1:])
    for number, (rung, at) in enumerate(marks):
        assert rung_of(found, None, at - instant, ZONE, DAYS, ladder())[0] == RUNGS[number], rung
        assert rung_of(found, None, at + instant, ZONE, DAYS, ladder())[0] == rung
    assert marks_of(None, ZONE, DAYS, ladder()) == ()


@pytest.mark.parametrize(
    ("asked", "arrived", "expected"),
    [
        ((), (), date(2024, 5, 20)),
        ((date(2024, 5, 14),), (), None),  # the applicant has the next move
        ((date(2024, 5, 14),), (date(2024, 5, 20),), date(2024, 5, 27)),
    ],
)
def test_papers_are_accepted_within_five_working_days_of_their_last_supplement(asked, arrived, expected):
    assert accept_by(date(2024, 5, 13), asked, arrived, DAYS, ladder()) == expected


@pytest.mark.parametrize(
    ("steps", "promised", "codes"),
    [
        ([("a", 1), ("b", 4)], FIVE, []),
        ([("a", 2), ("b", 4)], FIVE, ["steps_sum"]),
        ([("a", 1), ("a", 1)], FIVE, ["steps_twice"]),
        ([("a", 1)], None, ["steps_no_promise"]),
        ([], FIVE, ["steps_none"]),
        ([("a", 9)], Limit(9, "calendar_days"), ["steps_unit"]),
    ],
)
def test_steps_keep_the_promise_together_or_are_refused(steps, promised, codes):
    given = [(name, Limit(amount, "working_days")) for name, amount in steps]
    found = []
    try:
        check_step_sum(given, promised, "service")
    except BadInput as refused:
        found = [each.code for each in refused.faults]
    assert found == codes


CASES = """case_number,service,window,kind,accepted,stopped,resumed,stop_reason,ended
C-1,residence,W1,承诺件,2024-05-13 10:00,,,,
C-2,residence,W1,承诺件,2024-05-13 10:00,2024-05-14 09:00,2024-05-20 09:00,听证,
C-3,residence,W1,承诺件,2024-05-13 10:00,,,,2024-05-14 10:00
C-4,residence,W1,即办件,2024-05-15 10:00,,,,2024-05-15 10:20
"""
RECEIPTS = """case_number,received,window,not_accepted
C-1,2024-05-10 10:00,W1,
N-1,2024-05-13 10:00,W1,
N-2,2024-05-13 10:00,W1,2024-05-14 10:00
N-3,2024-05-16 10:00,W1,
"""
PAPERS = """case_number,paper,paper_kind,due,delivered,put_off,put_off_to
C-3,lease,容缺,2024-05-20,,,
C-3,photo,容缺,2024-05-20,2024-05-20,,
C-3,plan,先建后验,2024-05-20,,2024-05-17,2024-06-20
"""
NOW = datetime(2024, 5, 22, 4, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path):
    with new_store(tmp_path, NOW) as opened:
        bring(opened, tmp_path, "cases", CASES, "cases.csv")
        yield opened


def rungs(store: Store) -> dict[tuple[str, str], tuple[str, int]]:
    return {(each.what, each.id): (each.rung, each.late_days) for each in read_ladder(store, HALL)}


def test_the_ladder_of_a_hall_has_open_cases_hidden_overdue_and_late_papers(store, tmp_path):
    """Three working days from 13 May end on the 16th; on the 22nd that is four working days late. C-2 stood still from the 14th to the
    20th, so its days are the 21st to the 23rd: the reminder is due on the 22nd."""
    bring(store, tmp_path, "receipts", RECEIPTS)
    bring(store, tmp_path, "papers", PAPERS)
    assert rungs(store) == {
        ("case", "case:C-1"): ("red", 4),
        ("case", "case:C-2"): ("reminder", 0),
        ("receipt", "receipt:N-1"): ("yellow", 2),  # accept by Monday 20 May
        ("paper", "case:C-3"): ("yellow", 2),
    }
    assert [each.rung for each in read_ladder(store, HALL)] == ["red", "yellow", "yellow", "reminder"], "the worst first"
    assert read_ladder(store, HALL, since=date(2024, 5, 14))[0].what != "case"


def test_hidden_overdue_becomes_a_written_advice_with_an_answer(store, tmp_path):
    bring(store, tmp_path, "receipts", RECEIPTS)
    order = open_order(store, HALL, "receipt:N-1", "Sun").order_number
    take_step(store, HALL, order, "advise", "Sun", note="accept or refuse")
    view = take_step(store, HALL, order, "reply", "Zhou", note="accepted today")
    assert [(each.id, each.answer) for each in view.clocks] == [("reply", "kept")]
    assert take_step(store, HALL, order, "close", "Sun").over


def test_a_case_shows_every_stop_with_kind_reason_and_document(store, tmp_path):
    bring(store, tmp_path, "stops", "case_number,stopped,stop_kind,document\nC-2,2024-05-14 09:00,听证,告字7号\n")
    view = read_case(store, HALL, "C-2")
    ((stop, kind, document),) = view.stops
    assert (kind, stop.reason, document) == ("special_procedure", "听证", "告字7号")
    assert stop.end - stop.start == timedelta(days=6)
    assert any("2024-05-14" in step.text("en") for step in view.due.trace), "the days left out are named"
    assert view.due.local_date == date(2024, 5, 23)


def test_a_step_overrun_is_one_though_the_case_is_not_late(store, tmp_path):
    set_steps(store, HALL, "residence", [("受理", Limit(1, "working_days")), ("审查", Limit(2, "working_days"))], date(2024, 1, 1), "Sun")
    bring(store, tmp_path, "steps", "case_number,step,ended\nC-2,受理,2024-05-21 10:00\n")
    view = read_case(store, HALL, "C-2")
    assert [(each.step_id, each.late) for each in view.steps] == [("受理", False), ("审查", False)]
    late = {(each.id, each.detail) for each in read_ladder(store, HALL) if each.what == "step"}
    assert late == {("case:C-1", "受理")}, "nobody took the first step of C-1 in time"


def test_steps_that_break_the_promise_are_refused_and_leave_nothing(store):
    before = store.head()
    with pytest.raises(BadInput) as caught:
        set_steps(store, HALL, "residence", [("受理", Limit(4, "working_days"))], date(2024, 1, 1), "Sun")
    assert caught.value.faults[0].code == "steps_sum"
    assert store.head() == before


def test_an_extension_is_asked_in_time_and_granted_by_another_person(tmp_path):
    """Three working days leave no five to ask ahead, so the service here promises ten: 13 May to the 27th; three more end on the 30th."""
    new_store(tmp_path, NOW).close()
    toml = (tmp_path / "hall.toml").read_text(encoding="utf-8").replace("amount = 3", "amount = 10")
    (tmp_path / "own").mkdir()
    from supervision.intake import import_file

    (tmp_path / "own" / "hall.toml").write_text(toml, encoding="utf-8")
    with open_store(home=tmp_path / "own", clock=lambda: NOW) as store:
        import_file(store, "halls", tmp_path / "own" / "hall.toml", HALL, person="setup")
        bring(store, tmp_path, "cases", CASES, "cases.csv")
        asked = {"asked_by": "Zhou", "asked_at": local("2024-05-17 12:00")}
        for wrong, code in (
            ({"person": "Zhou"}, "extension_same_person"),
            ({"person": "Sun", "asked_at": local("2024-05-22 12:00")}, "extension_asked_late"),
        ):
            with pytest.raises(BadInput) as caught:
                extend_case(store, HALL, "C-1", Limit(3, "working_days"), "site visit", **(asked | wrong))
            assert code in [each.code for each in caught.value.faults]
        with pytest.raises(BadInput) as caught:
            extend_case(store, HALL, "C-3", Limit(3, "months"), " ", person="Sun", **asked)
        assert {"extension_ended", "extension_unit", "order_note"} <= {each.code for each in caught.value.faults}
        view = extend_case(store, HALL, "C-1", Limit(3, "working_days"), "site visit", person="Sun", **asked)
        assert view.due.local_date == date(2024, 5, 30)
        assert view.extensions[0][:3] == ("3 working_days", "site visit", "Sun")
        assert ("case", "case:C-1") not in rungs(store)


def test_speed_is_shown_as_days_and_shares_of_the_legal_limit(store):
    """C-3 took one working day of three promised and twenty legal; C-4 was instant and took none."""
    hall, window = read_speed(store, HALL, "2024-05")
    assert (hall.window_id, window.window_id) == ("", "W1")
    assert (hall.ended, hall.instant, hall.actual_days, hall.promised_days, hall.legal_days, hall.early) == (2, 1, 1, 6, 40, 1)
    assert hall.compression == Decimal("0.85")
    assert hall.speed_up == Decimal("0.975")


def stage(name: str, began: str, ended: str = "", lead: str = "发改局", days: int = 0) -> Stage:
    return Stage(name, lead, date.fromisoformat(began), date.fromisoformat(ended) if ended else None, days)


def test_a_project_is_counted_from_its_first_stage_and_gives_back_the_days_of_intermediaries():
    """100 calendar days from 2 January 2024 end on 11 April; 20 days of an intermediary move that to 1 May."""
    stages = [stage("approval", "2024-01-02", "2024-02-01", days=20), stage("construction", "2024-03-01", "2024-05-03", lead="")]
    found = follow("P", "ordinary", stages, date(2024, 6, 1), ZONE, DAYS)
    assert found.last_day == date(2024, 5, 1)
    assert (found.met_on, found.late_days) == (date(2024, 5, 3), 2)
    assert found.leaderless == ("construction",)
    assert [each.stage for each in found.stages] == ["approval", "design", "land", "construction", "acceptance"]
    open_still = follow("P", "ordinary", stages[:1], date(2024, 5, 11), ZONE, DAYS)
    assert (open_still.met_on, open_still.late_days) == (None, 10)
    assert follow("P", "ordinary", [], date(2024, 5, 11), ZONE, DAYS).last_day is None


def test_the_limits_of_document_001_are_there_with_their_article():
    months = {each.id: (each.limit.amount, each.limit.unit) for each in project_kinds().values()}
    assert months == {
        "ordinary": (100, "calendar_days"), "government": (7, "months"), "urban_village": (6, "months"), "real_estate": (5, "months"),
        "industry": (4, "months"),
    }  # fmt: skip
    assert {(limit.amount, limit.unit) for _, _, limit, _ in service_limits()} == {(5, "working_days"), (60, "minutes")}
    assert all("document 001" in each.article for each in project_kinds().values())


def test_projects_of_a_hall_come_from_their_rows(store, tmp_path):
    rows = "project_number,project_kind,stage,lead,began,ended\nP-1,产业类,立项,发改局,2024-01-08,\nP-1,产业类,初步设计,,2024-02-01,\n"
    bring(store, tmp_path, "projects", rows)
    (project,) = read_projects(store, HALL)
    assert project.last_day == date(2024, 5, 8)
    assert (project.late_days, project.leaderless) == (14, ("design",))
