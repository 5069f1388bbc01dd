"""Ways round the rules that were found by attack: other spellings of one's own name, records of others, roles of other halls."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from supervision import accounts, course, drafts, monthly, objections
from supervision.accounts import ADMINISTRATOR, INSPECTOR, MANAGER, STAFF
from supervision.checks.desk import measure_severity
from supervision.db.schema import HallRow
from supervision.db.store import Store, open_store
from supervision.deadlines import Limit
from supervision.draws.ceremony import commit_draw, read_draw
from supervision.faults import BadInput
from supervision.journal import verify
from supervision.orders.desk import list_orders, open_order, read_order, take_step
from supervision.people import name_key, normal_id, same_person
from supervision.scheme import SCHEMES
from supervision.watch.desk import extend_case, read_case

from .halls_at_hand import HALL, bring, new_store

MAY = "2024-05"
NOW = datetime(2024, 6, 3, 2, tzinfo=UTC)
RATINGS = """rating_number,level,rated,window,is_default
r-bad,1,2024-05-06 10:00,W1,
r-good,5,2024-05-07 11:00,W1,
r-none,1,2024-05-07 12:00,W1,1
r-april,1,2024-04-09 12:00,W1,
r-other,2,2024-05-09 12:00,综窗１,
""" + "".join(f"r-{number},5,2024-05-07 11:{number:02d},W1,\n" for number in range(10, 20))
FINDINGS = """finding_number,code,observed,window,source
f-phone,phone_on_duty,2024-05-08 10:00,W1,in_house
f-none,none,2024-05-08 11:00,W1,in_house
"""
VISITS = """check_number,check_kind,window,began,minutes,inspector,checklist,codes
c-1,covert_visit,W1,2024-05-08 10:00,30,Li Ming,open-hall/2,phone_on_duty
c-2,covert_visit,W1,2024-05-09 10:00,30,LI MING,open-hall/2,dress
"""


def code_of(act: Callable[[], object]) -> list[str]:
    """The codes with which an act is refused; empty if it was done."""
    try:
        act()
    except BadInput as refused:
        return [each.code for each in refused.faults]
    return []


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a hall, its ratings and findings, to be copied."""
    folder = tmp_path_factory.mktemp("beginning")
    with new_store(folder, NOW) as opened:
        bring(opened, folder, "ratings", RATINGS)
        bring(opened, folder, "checks", FINDINGS)
    return folder


@pytest.fixture
def store(beginning: Path, tmp_path: Path) -> Iterator[Store]:
    shutil.copytree(beginning, tmp_path, dirs_exist_ok=True)
    with open_store(home=tmp_path, clock=lambda: NOW) as opened:
        yield opened


def circulated(store: Store) -> None:
    for step in (course.open_month, course.collect, course.compute, course.circulate):
        step(store, HALL, MAY, person="Inspector Lin")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Li Ming", "LI MING", True), ("Li Ming", "Li  Ming", True), ("Li Ming", "Ｌｉ　Ｍｉｎｇ", True),
        ("Li Ming", "Li\u200b Ming", True),
        ("李明", "李 明", True), ("阿卜杜·买买提", "阿卜杜•买买提", True), ("clerk 李", "Clerk李", True), ("Strauß", "STRAUSS", True),
        ("Li Ming", "LiMing", False), ("Li Ming", "Li Min", False), ("李明", "李鸣", False), ("Zoë", "Zoe", False),
    ],
)  # fmt: skip
def test_one_person_is_one_name_however_it_is_written(one: str, other: str, same: bool) -> None:
    assert same_person(one, other) is same
    assert name_key(name_key(one)) == name_key(one)


def test_another_spelling_does_not_let_the_recorder_rule(store: Store) -> None:
    """Locked and published, filed and ruled, recorded and ruled: each by the same person with the shift key held down."""
    circulated(store)
    filed = objections.appeal(store, HALL, MAY, "W1", "satisfaction", "not ours", person="Clerk Wu", record="rating:R-BAD")
    for person, code in (("CLERK WU", "appeal_own"), ("TESTER", "appeal_recorded"), ("inspector lin", "appeal_scored")):
        assert code_of(lambda name=person: objections.rule(store, HALL, filed.number, "upheld", "so", person=name)) == [code]
    objections.rule(store, HALL, filed.number, "dismissed", "first", person="Second Zhao")
    assert code_of(lambda: objections.rule(store, HALL, filed.number, "upheld", "so", person="SECOND ZHAO")) == ["appeal_ruled"]
    store.clock = lambda: datetime(2024, 6, 20, tzinfo=UTC)
    course.lock(store, HALL, MAY, person="Inspector Lin")
    assert code_of(lambda: course.publish(store, HALL, MAY, person="inspector LIN")) == ["month_own_lock"]


def test_another_spelling_takes_no_second_step_of_an_order(store: Store) -> None:
    """The clerk whom a rating is about is known by the name shown to colleagues, 王芳."""
    order = open_order(store, HALL, "rating:R-BAD", "Manager Sun").order_number
    take_step(store, HALL, order, "call_back", "Li Ming", note="called")
    take_step(store, HALL, order, "claim_mistaken", "Zhao Yi", note="wrong key")
    assert code_of(lambda: take_step(store, HALL, order, "confirm_mistaken", "ZHAO YI", note="so")) == ["order_same_person"]
    assert code_of(lambda: take_step(store, HALL, order, "confirm_mistaken", "TESTER", note="so")) == ["order_recorder"]


def test_another_spelling_extends_no_own_case_and_draws_no_own_window(store: Store, tmp_path: Path) -> None:
    bring(store, tmp_path, "cases", "case_number,service,window,accepted\nd-off,residence,W1,2024-06-03 09:00\n")
    asked = {"asked_by": "Li Ming", "asked_at": datetime(2024, 6, 3, 2, tzinfo=UTC)}
    refused = code_of(lambda: extend_case(store, HALL, "D-OFF", Limit(5, "working_days"), "why", person="LI MING", **asked))
    assert "extension_same_person" in refused
    twice = code_of(lambda: commit_draw(store, HALL, "D1", "Lin", count=1, inspectors=["Li Ming", "LI MING"], each=2))
    assert "draw_inspectors" in twice
    inspectors = {"inspectors": ["王 芳".replace(" ", ""), "Li", "Wang"], "each": 1}
    drawn = commit_draw(store, HALL, "D2", "Lin", count=1, conflicts=[("LI", "W1")], **inspectors)
    assert drawn.plan.conflicts == (("Li", "W1"), ("王芳", "W1"))
    assert read_draw(store, HALL, "d2").draw_number == "D2"
    assert code_of(lambda: commit_draw(store, HALL, "d2", "Lin", count=1, **inspectors)) == ["draw_exists"]


def test_another_spelling_publishes_no_own_scheme(store: Store) -> None:
    text = (SCHEMES / "k12" / "1.toml").read_text(encoding="utf-8").replace('id = "k12"', 'id = "own"', 1)
    written = drafts.draft(store, HALL, text, person="Li Ming")
    drafts.check(store, HALL, written.scheme_id, written.version, person="Zhao")
    assert "scheme_own_draft" in code_of(lambda: drafts.publish(store, HALL, written.scheme_id, written.version, person="li ming"))


def test_an_inspector_spelt_two_ways_is_one_inspector(store: Store, tmp_path: Path) -> None:
    bring(store, tmp_path, "visits", VISITS)
    (found,) = measure_severity(store, HALL, MAY, MAY)
    assert (found.inspector, found.visits) == ("Li Ming", 2)


def test_roles_are_held_by_people_and_not_by_spellings(store: Store) -> None:
    accounts.grant(store, HALL, "Root Gao", ADMINISTRATOR, person="Root Gao")
    accounts.grant(store, HALL, "Li Ming", INSPECTOR, person="ROOT GAO")
    assert code_of(lambda: accounts.grant(store, HALL, "LI MING", INSPECTOR, person="Root Gao")) == ["role_there"]
    assert accounts.scope_of(store, "li ming", HALL).roles == {INSPECTOR}
    assert code_of(lambda: accounts.revoke(store, HALL, "root gao", ADMINISTRATOR, person="Root Gao")) == ["role_last"]
    accounts.revoke(store, HALL, "LI MING", INSPECTOR, person="Root Gao")
    assert [each.person for each in accounts.list_roles(store, HALL)] == ["Root Gao"]


def test_nobody_becomes_administrator_by_way_of_every_hall(store: Store) -> None:
    """As long as nobody had a role in every hall, anybody could take one there, and with it this hall."""
    accounts.grant(store, HALL, "Root Gao", ADMINISTRATOR, person="Root Gao")
    assert code_of(lambda: accounts.grant(store, "*", "Mallory", ADMINISTRATOR, person="Mallory")) == ["role_none"]
    accounts.grant(store, "*", "Head Office", ADMINISTRATOR, person="Root Gao")
    assert accounts.scope_of(store, "Head Office", HALL).roles == {ADMINISTRATOR}
    with store.act("Head Office", "import", HALL) as work:
        work.session.add(HallRow(hall_id="second", name_zh="二", name_en="two", time_zone="Asia/Shanghai", sequence=work.sequence))
    accounts.grant(store, "second", "Second Root", ADMINISTRATOR, person="Head Office")
    assert code_of(lambda: accounts.grant(store, HALL, "Second Root", MANAGER, person="Second Root")) == ["role_none"]


def test_only_staff_are_of_one_window(store: Store) -> None:
    """A role for one window that reads all of the hall would say other than it does."""
    accounts.grant(store, HALL, "Root Gao", ADMINISTRATOR, person="Root Gao")
    assert code_of(lambda: accounts.grant(store, HALL, "Lin", INSPECTOR, window="W1", person="Root Gao")) == ["role_of_window"]
    accounts.grant(store, HALL, "Wu", STAFF, window="w1", person="Root Gao")
    assert accounts.scope_of(store, "Wu", HALL).windows == {"W1"}


def test_staff_step_their_own_windows_orders_and_decide_none(store: Store) -> None:
    """Two clerks of one window could else dispute a finding and withdraw it between themselves."""
    bad = open_order(store, HALL, "rating:R-OTHER", "Manager Sun").order_number
    found = open_order(store, HALL, "finding:F-PHONE", "Manager Sun").order_number
    accounts.grant(store, HALL, "Root Gao", ADMINISTRATOR, person="Root Gao")
    for clerk in ("Wu", "Xu"):
        accounts.grant(store, HALL, clerk, STAFF, window="W1", person="Root Gao")
    assert code_of(lambda: take_step(store, HALL, bad, "call_back", "Wu", note="called")) == ["role_other_window"]
    take_step(store, HALL, found, "dispute", "Wu", note="it was the office telephone")
    assert code_of(lambda: take_step(store, HALL, found, "withdraw", "Xu", note="so it was")) == ["role_may_not"]
    accounts.grant(store, HALL, "Sun", MANAGER, person="Root Gao")
    assert take_step(store, HALL, found, "withdraw", "Sun", note="so it was").state == "withdrawn"


@pytest.mark.parametrize(
    ("window", "line", "record", "code"),
    [
        ("W1", "attitude", "rating:R-BAD", "appeal_not_on_line"),  # of another line
        ("W1", "satisfaction", "rating:R-OTHER", "appeal_not_on_line"),  # of another window
        ("W1", "satisfaction", "rating:R-APRIL", "appeal_not_on_line"),  # of another month
        ("W1", "satisfaction", "rating:R-GOOD", "appeal_not_on_line"),  # costs nothing
        ("W1", "satisfaction", "rating:NOBODY", "evidence_unknown"),
        ("W1", "satisfaction", "window:W1@2024-05", "evidence_unknown"),
    ],
)
def test_an_appeal_names_a_record_of_its_own_line(store: Store, window: str, line: str, record: str, code: str) -> None:
    circulated(store)
    assert code_of(lambda: objections.appeal(store, HALL, MAY, window, line, "why", person="Wu", record=record)) == [code]


def test_a_ruling_withdraws_no_record_of_another_line(store: Store) -> None:
    """An appeal on a whole line cannot be made to excuse whatever the ruler names."""
    circulated(store)
    filed = objections.appeal(store, HALL, MAY, "W1", "satisfaction", "why", person="Wu")
    for record, word in (("rating:R-OTHER", "mistaken"), ("finding:F-PHONE", "withdrawn"), ("rating:R-APRIL", "admitted")):
        named = {record: word}
        refused = code_of(lambda made=named: objections.rule(store, HALL, filed.number, "upheld", "so", person="Z", records=made))
        assert refused == ["appeal_not_on_line"]
    objections.rule(store, HALL, filed.number, "upheld", "so", person="Z", records={"rating:r-bad": "mistaken"})
    assert monthly.read_sheet(store, HALL, MAY, "W1").revision == 2
    assert verify(store).ok


def test_the_same_appeal_is_filed_once(store: Store) -> None:
    """By whomever, and also after its ruling: for that there is a second one. A whole line may be objected to again once it was revised."""
    circulated(store)
    first = objections.appeal(store, HALL, MAY, "W1", "satisfaction", "why", person="Wu", record="rating:R-BAD")
    for person in ("Wu", "WU", "Xu"):
        again = code_of(
            lambda name=person: objections.appeal(store, HALL, MAY, "w1", "satisfaction", "b", person=name, record="Rating:r-bad")
        )
        assert again == ["appeal_there"]
    objections.appeal(store, HALL, MAY, "W1", "satisfaction", "the whole line", person="Wu")
    assert code_of(lambda: objections.appeal(store, HALL, MAY, "W1", "satisfaction", "the line", person="Xu")) == ["appeal_there"]
    objections.rule(store, HALL, first.number, "upheld", "so", person="Z")
    assert "appeal_there" in code_of(
        lambda: objections.appeal(store, HALL, MAY, "W1", "satisfaction", "why", person="Wu", record="rating:R-BAD")
    )
    assert [each.number for each in objections.list_appeals(store, HALL)] == ["2024-05/W1/1", "2024-05/W1/2"]


def test_two_people_at_once_file_one_appeal(store: Store) -> None:
    circulated(store)

    def file(person: str) -> list[str]:
        return code_of(lambda: objections.appeal(store, HALL, MAY, "W1", "satisfaction", "why", person=person, record="rating:R-BAD"))

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(file, ["Wu", "Xu", "Yu", "Zu", "WU", "Lu"]))
    assert sorted(told) == [[], *[["appeal_there"]] * 5]
    assert verify(store).ok


def test_two_people_at_once_give_one_ruling_an_instance(store: Store) -> None:
    """Six at once: one is the first instance, one the second, and the others hear that it is final."""
    circulated(store)
    filed = objections.appeal(store, HALL, MAY, "W1", "satisfaction", "why", person="Wu", record="rating:R-BAD")

    def rule(person: str) -> list[str]:
        return code_of(lambda: objections.rule(store, HALL, filed.number, "upheld", "so", person=person))

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(rule, ["Z1", "Z2", "Z3", "Z4", "Z5", "z1"]))
    assert sorted(each[0] if each else "" for each in told)[:2] == ["", ""]
    assert {each[0] for each in told if each} <= {"ruling_final", "appeal_ruled"}
    (decided,) = objections.list_appeals(store, HALL)
    assert [each.instance for each in decided.decisions] == [1, 2]
    assert all(each.equal for month in monthly.prove(store, HALL) for each in month)


def test_withdrawing_evidence_undoes_its_own_lines_and_no_others(store: Store) -> None:
    """Each record that moved a line is ruled away, one after the other: every other line, of whichever window, keeps its bytes."""
    circulated(store)
    before = {each.window_id: each for each in monthly.read_sheets(store, HALL, MAY)}
    moved = [
        (window, line.indicator, ref.id)
        for window, sheet in before.items()
        for line in sheet.lines
        for ref in line.evidence
        if ref.role == "moved" and line.kind == "indicator"
    ]
    assert {id for _, _, id in moved} == {"rating:R-BAD", "finding:F-PHONE"}
    for number, (window, indicator, record) in enumerate(moved):
        last = {each.window_id: each for each in monthly.read_sheets(store, HALL, MAY)}
        filed = objections.appeal(store, HALL, MAY, window, indicator, "why", person="Wu", record=record)
        objections.rule(store, HALL, filed.number, "upheld", "so", person=f"Ruler {number}")
        after = {each.window_id: each for each in monthly.read_sheets(store, HALL, MAY)}
        changed = {
            (name, left.indicator)
            for name in last
            for left, right in zip(last[name].lines, after[name].lines, strict=True)
            if (left.points, left.charges, left.evidence) != (right.points, right.charges, right.evidence)
        }
        assert changed == {(window, indicator)}
        assert not [ref for ref in after[window].line(indicator).evidence if ref.id == record and ref.role == "moved"]


CASES = """case_number,service,window,accepted,ended
c-late,residence,W1,2024-05-06 09:00,2024-05-20 10:00
c-june,residence,W1,2024-05-30 09:00,2024-06-18 10:00
c-other,residence,综窗１,2024-05-06 09:00,2024-05-20 10:00
"""


def test_a_late_register_enters_a_locked_month_by_a_ruling_and_no_other_way(store: Store, tmp_path: Path) -> None:
    """Registers brought after the collecting were charged nowhere: not in that month, which was closed, nor in the next, where nothing fell
    due. An inspector has them taken in, and another person rules."""
    circulated(store)
    store.clock = lambda: datetime(2024, 6, 20, tzinfo=UTC)
    course.lock(store, HALL, MAY, person="Inspector Lin")
    bring(store, tmp_path, "cases", CASES)
    before = monthly.read_sheet(store, HALL, MAY, "W1")
    wrong = {"case:C-JUNE": "appeal_not_on_line", "case:C-OTHER": "appeal_not_on_line", "case:C-NONE": "evidence_unknown"}
    for record, code in wrong.items():
        assert code_of(lambda id=record: objections.appeal(store, HALL, MAY, "W1", "timeliness", "late", person="Li", record=id)) == [code]
    filed = objections.appeal(store, HALL, MAY, "W1", "timeliness", "the register came late", person="Li", record="case:c-late")
    excused = {"case:c-late": "excused"}
    assert code_of(lambda: objections.rule(store, HALL, filed.number, "upheld", "so", person="Z", records=excused)) == ["ruling_late"]
    objections.rule(store, HALL, filed.number, "upheld", "so", person="Z")
    after = monthly.read_sheet(store, HALL, MAY, "W1")
    assert (after.revision, before.revision) == (2, 1)
    assert [(ref.id, ref.role) for ref in after.line("timeliness").evidence] == [("case:C-LATE", "moved")]
    admitted = {"case:c-late": "admitted"}
    again = code_of(lambda: objections.rule(store, HALL, filed.number, "upheld", "so", person="Y", records=admitted))
    assert again == ["ruling_not_late"]
    assert all(each.equal for month in monthly.prove(store, HALL) for each in month)
    assert verify(store).ok


def test_what_stands_beside_a_sheet_is_counted_from_what_the_sheet_counts(store: Store, tmp_path: Path) -> None:
    """Cases brought after the collecting are in no total, so they are in no count and no load beside it."""
    circulated(store)
    before = monthly.read_contexts(store, HALL, MAY)
    bring(store, tmp_path, "cases", CASES)
    bring(store, tmp_path, "ratings", "rating_number,level,rated,window\nr-later,1,2024-05-20 10:00,W1\n")
    after = monthly.read_contexts(store, HALL, MAY)
    assert after["W1"].load.accepted == before["W1"].load.accepted == 0
    assert after["W1"].ratings == before["W1"].ratings
    filed = objections.appeal(store, HALL, MAY, "W1", "satisfaction", "no", person="Wu", record="rating:R-BAD")
    objections.rule(store, HALL, filed.number, "upheld", "so", person="Z")
    assert monthly.read_contexts(store, HALL, MAY)["W1"].ratings.adjusted.n == before["W1"].ratings.adjusted.n - 1


def test_no_order_is_opened_where_nothing_went_wrong(store: Store) -> None:
    for subject in ("rating:R-GOOD", "rating:R-NONE", "finding:F-NONE"):
        assert code_of(lambda id=subject: open_order(store, HALL, id, "Sun")) == ["order_no_fault"]
    assert list_orders(store, HALL) == []


def test_records_are_found_however_their_number_is_typed(store: Store, tmp_path: Path) -> None:
    """Numbers are kept in capitals; whoever looks one up types it as the paper has it."""
    bring(store, tmp_path, "cases", "case_number,service,window,accepted\nD-off,residence,w1,2024-05-06 09:00\n")
    assert read_case(store, HALL, "D-off").row.case_number == "D-OFF"
    assert monthly.open_evidence(store, HALL, "Case: d-Off").id == "case:D-OFF"
    assert normal_id("rating:ｒ-bad") == "rating:R-BAD"
    order = open_order(store, HALL, "rating:r-bad", "Sun")
    assert (order.order_number, order.subject) == ("O-000001", "rating:R-BAD")
    assert read_order(store, HALL, "o-000001").subject == "rating:R-BAD"
    assert code_of(lambda: open_order(store, HALL, "Rating:R-Bad", "Sun")) == ["order_exists"]
    assert [each.order_number for each in list_orders(store, HALL, window="w1")] == ["O-000001"]
    monthly.assess(store, HALL, MAY, person="Lin")
    assert monthly.read_sheet(store, HALL, MAY, "综窗１").window_id == "综窗1"
