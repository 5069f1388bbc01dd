"""Complaints, attendance, case-file reviews, indices, receipts, stops, papers and projects: imported, refused, attributed, counted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from supervision.db.facts import count_facts
from supervision.db.links import read_owners
from supervision.db.report_facts import read_reported
from supervision.db.schema import IndexValue, ProjectStage
from supervision.intake import KINDS
from supervision.month import Month
from supervision.monthly import open_evidence
from supervision.orders.desk import open_order, take_step

from .halls_at_hand import HALL, bring, codes, new_store

MAY = Month(2024, 5)
CASES = """case_number,service,window,handler,accepted,stopped,resumed
C-1,residence,综窗1,,2024-05-06 10:00,2024-05-07 09:00,2024-05-08 09:00
C-2,residence,W1,10001,2024-05-06 11:00,,
"""
RECEIPTS = """case_number,received,service,window,handler,supplement_asked,supplement_arrived
C-1,2024-05-05 10:00,residence,W1,10001,2024-05-05 11:00,2024-05-06 09:00
C-9,2024-05-05 10:00,residence,W1,10001,,
"""
COMPLAINTS = """complaint_number,received,channel,case_number,code,status,status_from
T-1,2024-05-10 09:00,12345,C-1,,查实,2024-05-12 10:00
T-2,2024-05-10 09:00,来信,C-2,poor_attitude,,
T-3,2024-04-28 09:00,投诉台,C-2,,查实,2024-05-03 10:00
T-4,2024-05-10 09:00,12345,C-2,,不属实,2024-05-13 10:00
"""
ATTENDANCE = """code,happened,window,person,minutes,channel
迟到,2024-05-06 08:37,W1,10001,7,考勤机
在岗,2024-05-07 08:29,W1,10001,,考勤机
AB岗未顶岗,2024-05-08 10:00,W1,,30,巡查
"""


@pytest.fixture
def store(tmp_path: Path):
    with new_store(tmp_path) as opened:
        bring(opened, tmp_path, "cases", CASES)
        yield opened


def facts(store) -> dict[tuple[str, str, str], tuple[str, ...]]:
    with store.read() as session:
        counted = count_facts(session, HALL, MAY, store.head().count)
    return {(each.window_id, each.status, each.code): each.evidence for each in counted.facts if each.kind == "finding"}


def test_a_complaint_goes_to_the_window_that_took_the_papers_first_and_counts_when_upheld(store, tmp_path):
    bring(store, tmp_path, "receipts", RECEIPTS)
    report = bring(store, tmp_path, "complaints", COMPLAINTS)
    assert (report.accepted, report.rejected) == (4, 0)
    assert facts(store) == {("W1", "confirmed", "complaint_upheld"): ("complaint:T-1", "complaint:T-3")}
    with store.read() as session:
        owners = read_owners(session, HALL, store.head().count)
        told = {each.id: each for each in read_reported(session, HALL, MAY, store.head().count, owners)}
    assert told["complaint:T-1"].handler_ref is not None, "the first handler, though complaint and case name nobody"


def test_without_a_receipt_a_complaint_goes_to_the_window_of_its_case(store, tmp_path):
    bring(store, tmp_path, "complaints", COMPLAINTS)
    assert facts(store)["综窗1", "confirmed", "complaint_upheld"] == ("complaint:T-1",)


def test_a_disputed_complaint_is_contested_and_a_withdrawn_one_is_spared(store, tmp_path):
    bring(store, tmp_path, "complaints", COMPLAINTS)
    order = open_order(store, HALL, "complaint:T-2", "Sun").order_number
    for action, person in (("accept", "Sun"), ("uphold", "Sun"), ("dispute", "Zhou")):
        take_step(store, HALL, order, action, person, note="x")
    assert [dict(each)["status"] for each in open_evidence(store, HALL, "complaint:T-2").history] == ["confirmed", "disputed"]
    with store.read() as session:
        june = count_facts(session, HALL, Month(2024, 6), store.head().count)
    assert [(each.status, each.code) for each in june.facts if each.kind == "finding"] == [("disputed", "poor_attitude")]


def test_attendance_is_a_finding_of_its_code_and_nobody_has_looked_because_of_it(store, tmp_path):
    report = bring(store, tmp_path, "attendance", ATTENDANCE)
    assert (report.accepted, report.rejected) == (3, 0)
    found = facts(store)
    assert set(found) == {("W1", "confirmed", "late_or_early"), ("W1", "confirmed", "ab_cover")}
    from supervision.indicators import _counts

    with store.read() as session:
        own = count_facts(session, HALL, MAY, store.head().count).of("W1")[0]
    assert _counts(own)["checks"] == 0
    assert bring(store, tmp_path, "attendance", ATTENDANCE).duplicate == 3, "the same rows again add nothing"


def test_a_case_file_review_names_its_case_and_its_code(store, tmp_path):
    rows = "review_number,code,reviewed,case_number\nV-1,file_incomplete,2024-05-20 10:00,C-2\nV-2,nonsense,2024-05-20 10:00,C-2\n"
    report = bring(store, tmp_path, "reviews", rows)
    assert codes(report) == ["no_such_code"]
    assert facts(store) == {("W1", "confirmed", "file_incomplete"): ("review:V-1",)}
    assert dict(open_evidence(store, HALL, "review:V-1").fields)["code"] == "file_incomplete"


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("complaints", "complaint_number,received,channel\nT,2024-05-10 09:00,pigeon\n", ["value_word"]),
        ("complaints", "complaint_number,received,channel,status,status_from\nT,2024-05-10 09:00,12345,查实,2024-05-01 00:00\n",
         ["status_before"]),
        ("complaints", "complaint_number,received,channel,complainant\nT,2024-05-10 09:00,12345,10001\n", ["rating_by_staff"]),
        ("attendance", "code,happened\n迟到,2030-05-10 09:00\n", ["moment_future"]),
        ("indices", "index_number,body,name,first_day,last_day,value,scale\nI,b,n,2024-05-02,2024-05-01,101,100\n",
         ["index_scale", "index_period"]),
        ("indices", "index_number,body,name,first_day,last_day,value,scale\nI,b,n,2024-05-01,2024-05-02,1e2,100\n", ["value_decimal"]),
        ("receipts", "case_number,received,not_accepted\nC,2024-05-10 09:00,2024-05-01 00:00\n", ["before_receipt"]),
        ("stops", "case_number,stopped,stop_kind\nC-1,2024-05-07 10:00,听证\n", ["no_such_stop"]),
        ("stops", "case_number,stopped,stop_kind\nC-8,2024-05-07 10:00,听证\n", ["no_such_case"]),
        ("papers", "case_number,paper,paper_kind,due,put_off\nC-1,p,容缺,2024-05-20,2024-05-10\n", ["put_off_to"]),
        ("projects", "project_number,project_kind,stage,ended\nP,产业类,立项,2024-05-20\n", ["stage_ended"]),
        ("visits", "check_number,check_kind,window,inspector,began,minutes,draw,checklist\nV,暗访,W1,x,2024-05-10 09:00,5,D-1,mine/9\n",
         ["no_such_checklist", "no_such_draw"]),
        ("checks", "finding_number,code,observed,source,check_number\nF,dress,2024-05-10 09:00,media,V-9\n", ["no_such_check"]),
    ],
)  # fmt: skip
def test_what_is_refused_is_kept_with_its_rule(store, tmp_path, kind, text, expected):
    report = bring(store, tmp_path, kind, text)
    assert codes(report) == expected
    assert report.accepted == 0


def test_an_index_keeps_its_figure_exactly_and_is_never_charged(store, tmp_path):
    rows = "index_number,body,name,first_day,last_day,value,scale,asked\nI-1,省测评中心,环境指数,2024-04-01,2024-04-30,87.650,100,1200\n"
    bring(store, tmp_path, "indices", rows)
    with store.read() as session:
        kept = session.scalar(select(IndexValue))
        assert (str(kept.value), str(kept.scale), kept.asked, kept.window_id) == ("87.65", "100", 1200, None)
    assert facts(store) == {}
    order = open_order(store, HALL, "index:I-1", "Sun").order_number
    take_step(store, HALL, order, "keep", "Wu", note="the body answered for its sample")


def test_a_later_file_says_more_and_never_otherwise(store, tmp_path):
    first = "case_number,paper,paper_kind,due,delivered\nC-1,lease,容缺,2024-05-20,\n"
    more = first.replace("2024-05-20,", "2024-05-20,2024-05-19")
    other = first.replace("2024-05-20", "2024-05-21")
    assert bring(store, tmp_path, "papers", first).accepted == 1
    assert bring(store, tmp_path, "papers", more).added == {"late_paper_events": 1}
    assert bring(store, tmp_path, "papers", more).duplicate == 1
    assert codes(bring(store, tmp_path, "papers", other)) == ["conflict"]


def test_a_stage_said_anew_stands_beside_the_old_one(store, tmp_path):
    first = "project_number,project_kind,stage,lead,began,ended\nP-1,产业类,立项,发改局,2024-03-01,\n"
    bring(store, tmp_path, "projects", first)
    assert bring(store, tmp_path, "projects", first).duplicate == 1
    bring(store, tmp_path, "projects", first.replace("2024-03-01,", "2024-03-01,2024-03-20"))
    with store.read() as session:
        days = [each.ended_on and each.ended_on.day for each in session.scalars(select(ProjectStage).order_by(ProjectStage.id))]
    assert days == [None, 20]


def test_the_command_line_reads_every_kind():
    from dashboards.cli_record import KINDS as READ

    assert set(READ) == {*KINDS, "calendar"}


def test_the_order_of_the_files_does_not_matter(tmp_path):
    """Receipts before or after complaints: the same facts."""
    found = []
    files = {"cases": CASES, "receipts": RECEIPTS, "complaints": COMPLAINTS}
    for number, order in enumerate((("cases", "receipts", "complaints"), ("complaints", "receipts", "cases"))):
        with new_store(tmp_path / str(number), datetime(2024, 6, 1, 12, tzinfo=UTC)) as store:
            for kind in order:
                bring(store, tmp_path / str(number), kind, files[kind])
            found.append(facts(store))
    assert found[0] == found[1] != {}
