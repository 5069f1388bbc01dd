"""The course of a month: each step once, by whoever comes first, and what a ruling changes before and after the month is locked."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from simulation.faults import BadInput
from supervision import accounts, course, monthly, objections
from supervision.db import calendars
from supervision.db.schema import Case, CaseEvent, Finding, HallRow, Rating, Service, ServiceLimit, Window
from supervision.db.store import Store, open_store
from supervision.journal import verify
from supervision.orders import desk as orders
from supervision.watch.desk import read_case

MONTH = "2022-11"
CLERK, INSPECTOR, SECOND, THIRD, MANAGER = "clerk Wu", "inspector Lin", "inspector Zhao", "inspector Qian", "manager Sun"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2022, 12, 1, 2, tzinfo=UTC)  # a Thursday, ten in the morning in Shanghai

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock, each_database: str) -> Iterator[Store]:
    with open_store(home=tmp_path, clock=clock) as opened:
        with opened.act("register office", "import", "H") as work:
            own = {"hall_id": "H", "sequence": work.sequence}
            add = work.session.add
            add(HallRow(hall_id="H", name_zh="厅", name_en="Hall", time_zone="Asia/Shanghai", sequence=work.sequence))
            work.session.flush()
            calendars.seed(work)
            add(Window(window_id="W1", name_zh="一", name_en="one", **own))
            add(Window(window_id="W2", name_zh="二", name_en="two", **own))
            add(Service(service_id="permit", name_zh="证", name_en="permit", **own))
            work.session.flush()
            add(ServiceLimit(service_id="permit", kind="promised", amount=5, unit="working_days", valid_from=date(2020, 1, 1), **own))
            for number, window, took in (("LATE", "W1", 10), ("SOON", "W1", 1), ("FINE", "W2", 1)):
                accepted = datetime(2022, 11, 7, 2, tzinfo=UTC)
                ended = accepted + timedelta(days=took)
                add(Case(case_number=number, service_id="permit", window_id=window, kind="promised", accepted_at=accepted,
                         accepted_on=accepted.date(), **own))  # fmt: skip
                work.session.flush()
                add(CaseEvent(case_number=number, event="ended", at=ended, on=ended.date(), **own))
            for number in range(12):
                add(rating(f"R{number}", 1 if number == 0 else 5, own))
            add(finding("F1", "phone_on_duty", own))
        yield opened


def rating(number: str, level: int, own: dict[str, object]) -> Rating:
    at = datetime(2022, 11, 9, 2, tzinfo=UTC)
    return Rating(rating_number=number, level=level, window_id="W1", rated_at=at, rated_on=at.date(), **own)


def finding(number: str, code: str, own: dict[str, object]) -> Finding:
    at = datetime(2022, 11, 9, 2, tzinfo=UTC)
    return Finding(finding_number=number, code=code, window_id="W1", observed_at=at, observed_on=at.date(), source="in_house", **own)


def late_row(store: Store, row: Rating | Finding) -> None:
    """Something that reaches the record after the collecting."""
    with store.act("register office", "import", "H") as work:
        row.sequence = work.sequence
        work.session.add(row)


def to_circulated(store: Store) -> course.Course:
    course.open_month(store, "H", MONTH, person=INSPECTOR)
    course.collect(store, "H", MONTH, person=INSPECTOR)
    course.compute(store, "H", MONTH, person=INSPECTOR)
    return course.circulate(store, "H", MONTH, person=INSPECTOR)


def code_of(caught: pytest.ExceptionInfo[BadInput]) -> str:
    return caught.value.faults[0].code


def points(store: Store, line: str, revision: int | None = None) -> Decimal | None:
    return monthly.read_sheet(store, "H", MONTH, "W1", revision=revision).line(line).points


def test_a_month_goes_from_open_to_published(store: Store, clock: Clock) -> None:
    """Objections run to the end of the fifth working day after the day of circulation; the weekend does not count."""
    here = to_circulated(store)
    assert (here.stands, here.until) == ("circulated", date(2022, 12, 8))
    clock.now = datetime(2022, 12, 8, 15, 59, tzinfo=UTC)  # one minute before midnight in Shanghai
    with pytest.raises(BadInput) as caught:
        course.lock(store, "H", MONTH, person=INSPECTOR)
    assert code_of(caught) == "objections_open"
    clock.now = datetime(2022, 12, 8, 16, 0, tzinfo=UTC)
    assert course.lock(store, "H", MONTH, person=INSPECTOR).stands == "locked"
    with pytest.raises(BadInput) as caught:
        course.publish(store, "H", MONTH, person=INSPECTOR)
    assert code_of(caught) == "month_own_lock"
    assert course.publish(store, "H", MONTH, person=MANAGER).stands == "published"
    assert [each.step for each in course.list_courses(store, "H")[0].steps] == list(course.STEPS)


def test_every_step_asked_for_again_writes_nothing(store: Store, clock: Clock) -> None:
    to_circulated(store)
    clock.now = datetime(2022, 12, 20, tzinfo=UTC)
    course.lock(store, "H", MONTH, person=INSPECTOR)
    course.publish(store, "H", MONTH, person=MANAGER)
    before = store.head()
    for step in (course.open_month, course.circulate, course.lock, course.publish):
        assert step(store, "H", MONTH, person=SECOND).stands == "published"
    for step in (course.collect, course.compute):
        assert step(store, "H", MONTH, person=SECOND).stands == "published"
    assert store.head() == before


@pytest.mark.parametrize(
    ("step", "code"),
    [("collect", "month_not_opened"), ("compute", "month_not_opened"), ("circulate", "month_not_opened"), ("lock", "month_not_opened")],
)
def test_no_step_is_skipped_before_the_month_is_opened(store: Store, step: str, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        getattr(course, step)(store, "H", MONTH, person=INSPECTOR)
    assert code_of(caught) == code


def test_no_step_is_skipped_afterwards(store: Store) -> None:
    course.open_month(store, "H", MONTH, person=INSPECTOR)
    for step in ("compute", "circulate", "lock", "publish"):
        with pytest.raises(BadInput) as caught:
            getattr(course, step)(store, "H", MONTH, person=INSPECTOR)
        assert code_of(caught) == "month_step_missing"
    with pytest.raises(BadInput) as caught:
        monthly.assess(store, "H", MONTH, person=INSPECTOR)
    assert code_of(caught) == "month_step_missing"


def test_what_comes_after_the_collecting_does_not_count(store: Store, clock: Clock) -> None:
    """A finding recorded later leaves the sheets as they are, computed again or not; collecting again lets it in."""
    course.open_month(store, "H", MONTH, person=INSPECTOR)
    course.collect(store, "H", MONTH, person=INSPECTOR)
    late_row(store, finding("F2", "quarrel", {"hall_id": "H"}))
    course.compute(store, "H", MONTH, person=INSPECTOR)
    assert points(store, "attitude") == Decimal("9.00")
    assert monthly.assess(store, "H", MONTH, person=INSPECTOR)[0].revision == 1


def test_a_month_collected_again_stands_at_collected_until_it_is_computed(store: Store) -> None:
    course.open_month(store, "H", MONTH, person=INSPECTOR)
    course.collect(store, "H", MONTH, person=INSPECTOR)
    course.compute(store, "H", MONTH, person=INSPECTOR)
    late_row(store, finding("F2", "quarrel", {"hall_id": "H"}))
    assert course.collect(store, "H", MONTH, person=INSPECTOR).stands == "collected"
    assert course.compute(store, "H", MONTH, person=INSPECTOR).stands == "computed"


def test_a_step_of_an_order_after_the_collecting_lets_it_be_repeated(store: Store) -> None:
    """What a finding stands as moves points as a file does, so collecting again is not answered with what was collected before."""
    orders.open_order(store, "H", "finding:F1", INSPECTOR)
    course.open_month(store, "H", MONTH, person=INSPECTOR)
    course.collect(store, "H", MONTH, person=INSPECTOR)
    before = course.compute(store, "H", MONTH, person=INSPECTOR).as_of
    assert course.collect(store, "H", MONTH, person=INSPECTOR).as_of == before
    orders.take_step(store, "H", "O-000001", "dispute", CLERK, note="why")
    assert course.collect(store, "H", MONTH, person=INSPECTOR).as_of > before
    course.compute(store, "H", MONTH, person=INSPECTOR)
    assert points(store, "attitude") == Decimal("10.00")


def test_an_upheld_appeal_makes_a_revision_beside_the_first(store: Store) -> None:
    """Overdue by two days costs 5; excused it costs nothing, and the sheet says why. The first revision still scores to its bytes."""
    to_circulated(store)
    assert points(store, "timeliness") == Decimal("9.00")
    filed = objections.appeal(store, "H", MONTH, "W1", "timeliness", "the network was down", person=CLERK, record="case:LATE")
    assert filed.number == "2022-11/W1/1"
    objections.rule(store, "H", filed.number, "upheld", "network log of 18 November", person=SECOND)
    assert (points(store, "timeliness", 1), points(store, "timeliness", 2)) == (Decimal("9.00"), Decimal("14.00"))
    line = monthly.read_sheet(store, "H", MONTH, "W1").line("timeliness")
    assert [(each.id, each.role, each.reason) for each in line.evidence] == [("case:LATE", "spared", "excused")]
    assert monthly.read_sheet(store, "H", MONTH, "W2").revision == 1
    assert all(each.equal for month in monthly.prove(store, "H") for each in month)
    assert verify(store).ok


@pytest.mark.parametrize(
    ("record", "word", "line", "before", "after"),
    [
        ("rating:R0", "mistaken", "satisfaction", "8.00", "10.00"),
        ("rating:R0", "malicious", "satisfaction", "8.00", "10.00"),
        ("finding:F1", "withdrawn", "attitude", "9.00", "10.00"),
    ],
)
def test_what_a_ruling_makes_of_ratings_and_findings(store: Store, record: str, word: str, line: str, before: str, after: str) -> None:
    to_circulated(store)
    filed = objections.appeal(store, "H", MONTH, "W1", line, "not ours", person=CLERK, record=record)
    objections.rule(store, "H", filed.number, "upheld", "so it is", person=SECOND, records={record: word})
    assert (points(store, line, 1), points(store, line)) == (Decimal(before), Decimal(after))


def test_after_the_lock_a_ruling_still_makes_a_revision(store: Store, clock: Clock) -> None:
    """Late evidence enters a locked month by a ruling, and only the record that was let in."""
    to_circulated(store)
    clock.now = datetime(2022, 12, 20, tzinfo=UTC)
    course.lock(store, "H", MONTH, person=INSPECTOR)
    for number in ("F7", "F8"):
        late_row(store, finding(number, "quarrel", {"hall_id": "H"}))
    filed = objections.appeal(store, "H", MONTH, "W1", "attitude", "came late", person=SECOND, record="finding:F7")
    objections.rule(store, "H", filed.number, "upheld", "proved", person=THIRD, records={"finding:F7": "admitted"})
    assert (points(store, "attitude", 1), points(store, "attitude", 2)) == (Decimal("9.00"), Decimal("6.00"))
    assert course.read_course(store, "H", MONTH, "k12").stands == "locked"
    assert all(each.equal for month in monthly.prove(store, "H") for each in month)


def test_a_line_is_named_by_id_or_as_the_sheet_shows_it(store: Store) -> None:
    to_circulated(store)
    for written, code in (("政", "line_unclear"), ("天气", "line_unknown"), ("", "line_unknown")):
        with pytest.raises(BadInput) as caught:
            objections.appeal(store, "H", MONTH, "W1", written, "why", person=CLERK)
        told = caught.value.text("zh")
        assert code_of(caught) == code
        assert "integrity (廉洁行政)" in told
        assert ("timeliness" in told) == (code == "line_unknown"), "only what may be meant is listed"
    for written, line in (("期限", "timeliness"), ("服务态度", "attitude"), ("Integrity", "integrity")):
        assert objections.appeal(store, "H", MONTH, "W1", written, "why", person=CLERK).indicator == line


def test_a_case_that_a_ruling_excused_says_so_and_its_clock_goes_on(store: Store) -> None:
    to_circulated(store)
    filed = objections.appeal(store, "H", MONTH, "W1", "timeliness", "why", person=CLERK, record="case:LATE")
    before = read_case(store, "H", "LATE")
    objections.rule(store, "H", filed.number, "upheld", "first", person=SECOND)
    after = read_case(store, "H", "LATE")
    assert (before.ruled, after.ruled) == ("", "excused")
    assert (after.due, after.rung) == (before.due, before.rung)


def test_the_second_ruling_takes_the_first_one_back(store: Store) -> None:
    to_circulated(store)
    filed = objections.appeal(store, "H", MONTH, "W1", "timeliness", "why", person=CLERK, record="case:LATE")
    objections.rule(store, "H", filed.number, "upheld", "first", person=SECOND)
    objections.rule(store, "H", filed.number, "dismissed", "second", person=THIRD)
    assert [points(store, "timeliness", revision) for revision in (1, 2, 3)] == [Decimal("9.00"), Decimal("14.00"), Decimal("9.00")]
    with pytest.raises(BadInput) as caught:
        objections.rule(store, "H", filed.number, "upheld", "third", person=MANAGER)
    assert code_of(caught) == "ruling_final"


@pytest.mark.parametrize(
    ("person", "code"),
    [(CLERK, "appeal_own"), ("register office", "appeal_recorded"), (INSPECTOR, "appeal_scored"), (SECOND, "appeal_ruled")],
)
def test_nobody_rules_on_what_they_filed_recorded_scored_or_ruled(store: Store, person: str, code: str) -> None:
    to_circulated(store)
    filed = objections.appeal(store, "H", MONTH, "W1", "timeliness", "why", person=CLERK, record="case:LATE")
    objections.rule(store, "H", filed.number, "dismissed", "first", person=SECOND)
    with pytest.raises(BadInput) as caught:
        objections.rule(store, "H", filed.number, "upheld", "again", person=person)
    assert code_of(caught) == code


def test_an_appeal_without_ruling_keeps_the_month_from_being_locked(store: Store, clock: Clock) -> None:
    to_circulated(store)
    filed = objections.appeal(store, "H", MONTH, "W1", "timeliness", "call 13800138000", person=CLERK)
    assert "13800138000" not in filed.grounds
    clock.now = datetime(2022, 12, 20, tzinfo=UTC)
    with pytest.raises(BadInput) as caught:
        course.lock(store, "H", MONTH, person=INSPECTOR)
    assert code_of(caught) == "appeal_waiting"
    objections.rule(store, "H", filed.number, "dismissed", "no", person=SECOND)
    assert course.lock(store, "H", MONTH, person=INSPECTOR).stands == "locked"


def test_roles_hold_from_the_first_grant_on(store: Store) -> None:
    """Staff appeal for their own window and do nothing else; who has no role does nothing."""
    with pytest.raises(BadInput) as caught:
        accounts.grant(store, "H", "root", accounts.INSPECTOR, person="root")
    assert code_of(caught) == "role_first"
    accounts.grant(store, "H", "root", accounts.ADMINISTRATOR, person="root")
    accounts.grant(store, "H", INSPECTOR, accounts.INSPECTOR, person="root")
    accounts.grant(store, "H", CLERK, accounts.STAFF, person="root", window="W2")
    to_circulated(store)
    for call, code in (
        (lambda: objections.appeal(store, "H", MONTH, "W1", "timeliness", "x", person=CLERK), "role_other_window"),
        (lambda: objections.appeal(store, "H", MONTH, "W2", "timeliness", "x", person="passer-by"), "role_none"),
        (lambda: course.collect(store, "H", "2022-10", person=CLERK), "role_may_not"),
        (lambda: accounts.grant(store, "H", CLERK, accounts.MANAGER, person=INSPECTOR), "role_may_not"),
        (lambda: accounts.revoke(store, "H", "root", accounts.ADMINISTRATOR, person="root"), "role_last"),
        (lambda: accounts.grant(store, "H", CLERK, accounts.STAFF, person="root", window="W2"), "role_there"),
    ):
        with pytest.raises(BadInput) as caught:
            call()
        assert code_of(caught) == code
    assert objections.appeal(store, "H", MONTH, "W2", "timeliness", "x", person=CLERK).number == "2022-11/W2/1"
    assert accounts.scope_of(store, CLERK, "H").windows == {"W2"}
    assert accounts.scope_of(store, INSPECTOR, "H").windows is None


def _take_all(url: str, folder: str, name: str, gate: object) -> None:
    """What one of two processes does: every step, the moment both are there."""
    with open_store(url, Path(folder), clock=lambda: datetime(2022, 12, 1, 2, tzinfo=UTC)) as opened:
        gate.wait()  # type: ignore[attr-defined]
        for step in (course.open_month, course.collect, course.compute, course.circulate):
            step(opened, "H", MONTH, person=name)


def test_two_processes_at_once_take_every_step_once(store: Store, tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    gate = spawn.Barrier(2)
    url = store.url.render_as_string(hide_password=False)
    runs = [spawn.Process(target=_take_all, args=(url, str(tmp_path), name, gate)) for name in (INSPECTOR, SECOND)]
    for each in runs:
        each.start()
    for each in runs:
        each.join(120)
    assert [each.exitcode for each in runs] == [0, 0]
    here = course.read_course(store, "H", MONTH, "k12")
    assert here is not None
    assert [each.step for each in here.steps] == ["opened", "collected", "computed", "circulated"]
    assert {each.revision for each in monthly.read_sheets(store, "H", MONTH)} == {1}
    assert verify(store).ok


def own_scheme(version: str = "h1", old: str = 'points = 5\nper = "case"', new: str = 'points = 4\nper = "case"') -> str:
    """K12 as a version of the hall's own, one price changed."""
    from supervision.scheme import SCHEMES

    text = (SCHEMES / "k12" / "1.toml").read_text(encoding="utf-8")
    assert old in text
    return text.replace('version = "1"', f'version = "{version}"').replace(old, new, 1).replace('"2004-01"', '"2022-12"', 1)


def test_a_draft_is_checked_and_published_by_somebody_else(store: Store) -> None:
    from supervision import drafts
    from supervision.month import Month

    text = own_scheme()
    drafts.draft(store, "H", text, person="editor Li")
    with pytest.raises(BadInput) as caught:
        drafts.publish(store, "H", "k12", "h1", person=MANAGER)
    assert code_of(caught) == "scheme_not_checked"
    drafts.check(store, "H", "k12", "h1", person="editor Li")
    with pytest.raises(BadInput) as caught:
        drafts.publish(store, "H", "k12", "h1", person="editor Li")
    assert code_of(caught) == "scheme_own_draft"
    assert monthly.scheme_of(store, "H", "k12", month=Month(2022, 12)).version == "1"
    drafts.publish(store, "H", "k12", "h1", person=MANAGER)
    assert monthly.scheme_of(store, "H", "k12", month=Month(2022, 12)).version == "h1"
    assert monthly.scheme_of(store, "H", "k12", month=Month(2022, 11)).version == "1"
    with pytest.raises(BadInput) as caught:
        drafts.draft(store, "H", text, person="editor Li")
    assert code_of(caught) == "scheme_version_taken"


def test_a_scheme_that_carries_what_nobody_has_read_is_not_published(store: Store) -> None:
    from supervision import drafts
    from supervision.scheme import SCHEMES

    text = (SCHEMES / "k1" / "1.toml").read_text(encoding="utf-8").replace('version = "1"', 'version = "h1"')
    drafts.draft(store, "H", text, person="editor Li")
    drafts.check(store, "H", "k1", "h1", person="editor Li")
    with pytest.raises(BadInput) as caught:
        drafts.publish(store, "H", "k1", "h1", person=MANAGER)
    assert code_of(caught) == "scheme_incomplete"
    with pytest.raises(BadInput) as caught:
        course.open_month(store, "H", MONTH, "k1", person=INSPECTOR)
    assert code_of(caught) == "scheme_incomplete"


def test_an_impact_run_scores_past_months_and_files_nothing(store: Store) -> None:
    """The overdue case costs 4 instead of 5: W1 gains a point, W2 none."""
    from supervision import drafts

    to_circulated(store)
    before = store.head()
    rows = {each.window_id: each for each in drafts.impact(store, "H", own_scheme(), [MONTH])}
    assert store.head() == before
    gained = rows["W1"].then - rows["W1"].now  # type: ignore[operator]
    assert gained == Decimal("1.00")
    assert rows["W2"].then == rows["W2"].now


def test_a_month_is_scored_by_the_halls_own_version(store: Store, clock: Clock) -> None:
    from supervision import drafts

    text = own_scheme().replace('"2022-12"', '"2022-11"', 1)
    for act, person in ((lambda p: drafts.draft(store, "H", text, person=p), "editor Li"),
                        (lambda p: drafts.check(store, "H", "k12", "h1", person=p), "editor Li"),
                        (lambda p: drafts.publish(store, "H", "k12", "h1", person=p), MANAGER)):  # fmt: skip
        act(person)
    to_circulated(store)
    assert points(store, "timeliness") == Decimal("10.00")
    assert all(each.equal for month in monthly.prove(store, "H") for each in month)
