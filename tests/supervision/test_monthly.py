"""A month from the record to its sheets: what counts where, revisions, and the same bytes again whatever came later."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from simulation.faults import BadInput
from supervision.db import calendars
from supervision.db.facts import count_facts
from supervision.db.schema import (
    Base,
    Case,
    CaseDue,
    CaseEvent,
    Finding,
    FindingStatus,
    HallRow,
    OpeningHours,
    Rating,
    RatingStatus,
    Seat,
    SeatLink,
    Service,
    ServiceLimit,
    ServiceLink,
    Ticket,
    Window,
)
from supervision.db.store import Store, Work, open_store
from supervision.month import Month
from supervision.monthly import (
    assess,
    list_months,
    list_windows,
    open_evidence,
    open_population,
    read_contexts,
    read_sheet,
    read_sheets,
    rescore,
)

ZONE = ZoneInfo("Asia/Shanghai")
NOVEMBER = Month(2022, 11)
PERSON = "inspector Lin"


def at(day: int, hour: int = 10, minute: int = 0, month: int = 11) -> datetime:
    """A moment of 2022 on the hall's clock."""
    return datetime(2022, month, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


class Record:
    """A hall whose rows a test writes, one act at a time."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def begin(self) -> None:
        """The hall with its windows, services and calendar."""
        with self.store.act(PERSON, "import", "H") as work:
            self.add(work, HallRow(hall_id="H", name_zh="厅", name_en="Hall", time_zone="Asia/Shanghai"))
            calendars.seed(work)
            for id in ("W1", "W2"):
                self.add(work, Window(window_id=id, name_zh=f"窗口{id}", name_en=f"Window {id}"))
            for id, window in (("permit", "W1"), ("licence", "W2")):
                self.add(work, Service(service_id=id, name_zh=id, name_en=id))
                self.add(work, ServiceLink(service_id=id, window_id=window, linked=True, valid_from=date(2020, 1, 1)))
                self.add(work, ServiceLimit(service_id=id, kind="promised", amount=5, unit="working_days", valid_from=date(2020, 1, 1)))
            self.add(work, Service(service_id="copy", name_zh="复印", name_en="copy"))

    def add(self, work: Work, row: Base) -> None:
        row.hall_id = "H" if not isinstance(row, HallRow) else row.hall_id  # type: ignore[attr-defined]
        row.sequence = work.sequence  # type: ignore[attr-defined]
        work.session.add(row)
        work.session.flush()

    def write(self, *rows: Base) -> int:
        """Rows as one act; its sequence."""
        with self.store.act(PERSON, "import", "H") as work:
            for row in rows:
                self.add(work, row)
            return work.sequence

    def case(
        self, number: str, accepted: datetime, ended: datetime | None, service: str | None = "permit", window: str | None = None
    ) -> tuple[Base, ...]:
        """A case and, if it ended, its end."""
        on = accepted.astimezone(ZONE).date()
        rows: list[Base] = [
            Case(case_number=number, service_id=service, window_id=window, kind="promised", accepted_at=accepted, accepted_on=on)
        ]
        if ended is not None:
            rows.append(ended_row(number, ended))
        return tuple(rows)

    def facts(self, month: Month = NOVEMBER) -> dict[tuple[str, str, str, str], int]:
        """(window, kind, status, code) -> count, as of now."""
        with self.store.read() as session:
            found = count_facts(session, "H", month, self.store.head().count)
        return {(each.window_id, each.kind, each.status, each.code): each.count for each in found.facts}


def ended_row(number: str, ended: datetime) -> CaseEvent:
    return CaseEvent(case_number=number, event="ended", at=ended, on=ended.astimezone(ZONE).date())


def rating(number: str, level: int, day: int = 10, window: str | None = "W1", **more: object) -> Rating:
    return Rating(rating_number=number, level=level, window_id=window, rated_at=at(day), rated_on=date(2022, 11, day), **more)


def finding(number: str, code: str, day: int = 10, window: str | None = "W1", **more: object) -> Finding:
    return Finding(
        finding_number=number, code=code, window_id=window, observed_at=at(day), observed_on=date(2022, 11, day), source="in_house", **more
    )


def opened(folder: Path) -> Store:
    """The store of a folder, with the clock in March 2023."""
    return open_store(home=folder, clock=lambda: datetime(2023, 3, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a hall of two windows, to be copied."""
    folder = tmp_path_factory.mktemp("beginning")
    with opened(folder) as store:
        Record(store).begin()
    return folder


@pytest.fixture
def record(beginning: Path, tmp_path: Path, each_database: str) -> Iterator[Record]:
    """A hall of two windows, and nothing that happened there; on SQLite and on PostgreSQL."""
    if each_database == "sqlite":
        shutil.copytree(beginning, tmp_path, dirs_exist_ok=True)
    with opened(tmp_path) as store:
        if each_database != "sqlite":
            Record(store).begin()
        yield Record(store)


@pytest.fixture
def file_record(beginning: Path, tmp_path: Path) -> Iterator[Record]:
    """The same in a file of SQLite."""
    shutil.copytree(beginning, tmp_path, dirs_exist_ok=True)
    with opened(tmp_path) as store:
        yield Record(store)


def test_overdue_is_charged_in_the_month_the_due_moment_passes(record: Record) -> None:
    """Accepted on 21 November with 5 working days: due at 24:00 on the 28th. Whether it ends in December or never, November pays, and only
    November: by how late it is known to be, at the latest when December has passed."""
    record.write(*record.case("A", at(21), at(2, month=12)))
    record.write(*record.case("B", at(21), None))
    record.write(*record.case("C", at(28), at(20, month=12)))  # due on 5 December: December's
    assert record.facts() == {
        ("W1", "case", "open_overdue", "promised"): 2,
        ("W1", "lateness", "open", "4"): 1,
        ("W1", "lateness", "open", "24"): 1,
        ("W1", "case", "open_not_due", "promised"): 1,
    }
    assert record.facts(NOVEMBER.next()) == {("W1", "case", "ended_overdue", "promised"): 1, ("W1", "lateness", "ended", "11"): 1}
    assert record.facts(Month(2023, 1)) == {}


def test_finishing_at_the_due_moment_is_on_time(record: Record) -> None:
    """Due at 24:00 on 30 November: the instant of midnight is on time, a second later is late, on the first working day after."""
    close = datetime(2022, 12, 1, tzinfo=ZONE).astimezone(UTC)
    record.write(*record.case("A", at(23), close), *record.case("B", at(23), close + timedelta(seconds=1)))
    assert record.facts() == {
        ("W1", "case", "open_not_due", "promised"): 1,
        ("W1", "case", "open_overdue", "promised"): 1,
        ("W1", "lateness", "open", "1"): 1,
    }
    assert record.facts(NOVEMBER.next())["W1", "case", "ended_on_time", "promised"] == 1


@pytest.mark.parametrize(
    ("known", "code"),
    [
        (datetime(2022, 12, 1, 1, tzinfo=UTC), "1"),  # recorded on the morning after
        (datetime(2022, 12, 7, 2, tzinfo=UTC), "5"),  # Wednesday: from Thursday the 1st on
        (datetime(2022, 12, 31, 15, 59, tzinfo=UTC), "22"),
        (datetime(2024, 5, 1, tzinfo=UTC), "22"),  # December has passed: whatever comes later makes it no worse
    ],
)
def test_a_case_due_on_the_last_day_of_a_month_is_as_late_as_the_record_knows(
    beginning: Path, tmp_path: Path, known: datetime, code: str
) -> None:
    """Its moment passes with the month, which pays for it; from four working days on it is red, as a case due on the first would be."""
    shutil.copytree(beginning, tmp_path, dirs_exist_ok=True)
    with open_store(home=tmp_path, clock=lambda: known) as store:
        late = Record(store)
        late.write(*late.case("A", at(23), None))
        with store.read() as session:
            found = count_facts(session, "H", NOVEMBER, store.head().count)
        assert [each.code for each in found.facts if each.kind == "lateness"] == [code]
        store.clock = lambda: known + timedelta(days=20)
        assess(store, "H", "2022-11", "k12", PERSON)
        with store.read() as session:
            again = count_facts(session, "H", NOVEMBER, store.head().count)
        assert again.facts == found.facts, "scoring is no evidence, so the day on which it is done makes nothing later"


def test_working_days_late_skip_the_weekend(record: Record) -> None:
    """Accepted on Friday 4 November, due on Friday the 11th; ended on Saturday, on Monday, on Wednesday."""
    record.write(*record.case("A", at(4), at(12)), *record.case("B", at(4), at(14)), *record.case("C", at(4), at(16)))
    found = {code: count for (_, kind, _, code), count in record.facts().items() if kind == "lateness"}
    assert found == {"0": 1, "1": 1, "3": 1}


def test_early_ends_and_reminders(record: Record) -> None:
    """Due on the 11th (5 working days from the 4th): ended on the 8th is 3 working days early; ended on the last day had its reminder."""
    record.write(*record.case("A", at(4), at(8)), *record.case("B", at(4), at(11)))
    record.write(*record.case("C", at(7), at(14)), *record.case("D", at(8), at(15)))
    facts = record.facts()
    assert facts["W1", "early", "ended", "3"] == 1
    assert {key[3]: count for key, count in facts.items() if key[1] == "reminder"} == {"case:B": 3}
    record.write(*record.case("C2", at(7), at(8)))  # finished early, due between B and D: the run is broken
    assert {key[3]: count for key, count in record.facts().items() if key[1] == "reminder"} == {"case:B": 2, "case:D": 1}


def test_an_instant_case_is_never_early(record: Record) -> None:
    """Its limit is the spot; else nearly every window would have the bonus for finishing early."""
    case, ended = record.case("A", at(4), at(4))
    assert isinstance(case, Case)
    case.kind = "instant"
    record.write(case, ended)
    assert record.facts() == {("W1", "case", "ended_on_time", "instant"): 1}


def test_stops_and_the_registers_own_due_moment(record: Record) -> None:
    """A stop puts the due moment off; a moment of the register's wins over the limit."""
    record.write(
        *record.case("A", at(4), at(15)),
        CaseEvent(case_number="A", event="stopped", at=at(8, 9), on=date(2022, 11, 8), reason="hearing"),
        CaseEvent(case_number="A", event="resumed", at=at(9, 17), on=date(2022, 11, 9)),
    )
    assert {key: count for key, count in record.facts().items() if key[1] != "reminder"} == {("W1", "case", "ended_on_time", "promised"): 1}
    record.write(
        *record.case("B", at(4), at(9, 12)),
        CaseDue(case_number="B", basis="register", due_at=at(9, 11), due_on=date(2022, 11, 9)),
    )
    assert record.facts()["W1", "lateness", "ended", "0"] == 1


def test_a_limit_holds_from_its_day_on(record: Record) -> None:
    record.write(ServiceLimit(service_id="permit", kind="promised", amount=1, unit="working_days", valid_from=date(2022, 11, 8)))
    record.write(*record.case("old", at(7), at(10)), *record.case("new", at(8), at(10)))
    facts = record.facts()
    assert facts["W1", "case", "ended_on_time", "promised"] == 1
    assert facts["W1", "case", "ended_overdue", "promised"] == 1


def test_who_a_record_belongs_to(record: Record) -> None:
    """The named window; else the only window of its service; else nobody's, shown and not dropped."""
    record.write(*record.case("A", at(4), at(8), None, "W2"), *record.case("B", at(4), at(8), "licence"))
    record.write(*record.case("C", at(4), at(8), "copy"))
    record.write(rating("r1", 5, window=None, case_number="B"), rating("r2", 1, window=None), finding("f1", "dress", window=None))
    owners = {(window, kind): count for (window, kind, _, _), count in record.facts().items() if kind in ("case", "rating", "finding")}
    assert owners == {
        ("W2", "case"): 1, ("unassigned", "case"): 1, ("W2", "rating"): 1, ("unassigned", "rating"): 1, ("unassigned", "finding"): 1,
    }  # fmt: skip
    sheets = assess(record.store, "H", "2022-11", "k12", PERSON)
    assert [each.window_id for each in sheets] == ["W1", "W2", "unassigned"]
    assert sheets[-1].total is None
    assert {(each.kind, each.count, each.evidence) for each in sheets[-1].not_charged} == {
        ("case", 1, ()), ("rating", 1, ("rating:r2",)), ("finding", 1, ("finding:f1",)),
    }  # fmt: skip


def test_the_standing_of_ratings_and_findings(record: Record) -> None:
    """The latest status by its day counts, by the order of recording on the same moment; a default counts as default whatever else."""
    record.write(
        *(rating(f"g{number}", 5) for number in range(20)),
        rating("b1", 1),
        rating("b2", 1),
        rating("d1", 1, is_default=True),
        finding("f1", "dress"),
        finding("f2", "none"),
        rating("december", 1, window="W1"),
    )
    record.write(
        RatingStatus(rating_number="b1", status="contested", valid_from=at(12)),
        RatingStatus(rating_number="b1", status="mistaken", valid_from=at(15)),
        FindingStatus(finding_number="f1", status="disputed", valid_from=at(12)),
    )
    facts = record.facts()
    assert facts["W1", "rating", "mistaken", "1"] == 1
    assert facts["W1", "rating", "default", "1"] == 1
    assert facts["W1", "finding", "disputed", "dress"] == 1
    assert facts["W1", "check", "done", ""] == 2


def whole_month(record: Record) -> None:
    """A month with something of everything at W1."""
    for number in range(12):
        record.write(*record.case(f"on-time-{number}", at(1), at(4)))
    record.write(*record.case("LATE", at(1), at(10)))  # due on the 8th, 2 working days late: yellow
    record.write(*(rating(f"g{number}", 5) for number in range(11)), rating("bad", 2, case_number="LATE"))
    record.write(finding("clean", "none"), finding("phone", "phone_on_duty"), finding("queue", "long_queue"))


def test_a_month_is_scored_line_by_line_with_its_evidence(record: Record) -> None:
    whole_month(record)
    w1, w2 = assess(record.store, "H", "2022-11", "k12", PERSON)
    assert (w1.total, w1.band, w1.revision) == (Decimal("101.00"), "qualified", 1)  # 100 - 5 - 2 - 1, and 12 of 13 cases early: 9
    assert [(ref.id, ref.role) for ref in w1.line("timeliness").evidence] == [("case:LATE", "moved")]
    assert [(ref.id, ref.role) for ref in w1.line("satisfaction").evidence] == [("rating:bad", "moved")]
    assert [(ref.id, ref.role) for ref in w1.line("attitude").evidence] == [("finding:phone", "moved"), ("finding:queue", "spared")]
    assert w1.total == sum((line.points for line in w1.lines if line.points is not None), Decimal(0))
    assert (w2.total, w2.state, w2.band) == (None, "not_enough_evidence", None)
    assert record.store.head().count == w1.as_of_sequence + 1
    assert read_sheet(record.store, "H", "2022-11", "W1") == w1
    assert read_sheets(record.store, "H", "2022-11") == [w1, w2]
    assert list_months(record.store, "H") == (("2022-11", "k12"),)
    assert [each.name("en") for each in list_windows(record.store, "H")] == ["Window W1", "Window W2"]


def test_assessing_again_writes_nothing_unless_the_record_changed(record: Record) -> None:
    """The same bytes and no act; one more finding at W1 makes its second revision and leaves W2's sheet alone."""
    whole_month(record)
    first = assess(record.store, "H", "2022-11", "k12", PERSON)
    head = record.store.head()
    assert assess(record.store, "H", "2022-11", "k12", PERSON) == first
    assert record.store.head() == head
    record.write(finding("quarrel", "quarrel", day=20))
    second = assess(record.store, "H", "2022-11", "k12", PERSON, reason="a finding of the 20th came in late")
    assert [each.revision for each in second] == [2, 1]
    assert second[0].line("attitude").points == Decimal("6.00")
    assert read_sheet(record.store, "H", "2022-11", "W1", revision=1) == first[0]
    assert second[1] == first[1]


def test_an_old_month_scores_to_the_same_bytes_after_later_rows(record: Record) -> None:
    """Later cases, statuses, limits, links, calendar versions and ends of old cases change no old sheet."""
    whole_month(record)
    record.write(*record.case("open", at(1), None))
    assess(record.store, "H", "2022-11", "k12", PERSON)
    record.write(ended_row("open", at(2, month=12)))
    record.write(RatingStatus(rating_number="bad", status="mistaken", valid_from=at(1, month=12)))
    record.write(ServiceLimit(service_id="permit", kind="promised", amount=1, unit="working_days", valid_from=date(2020, 1, 1)))
    record.write(ServiceLink(service_id="permit", window_id="W2", linked=True, valid_from=date(2020, 1, 1)))
    record.write(*record.case("late-news", at(1), at(30)), finding("news", "quarrel"), rating("news", 1))
    record.write(Window(window_id="W3", name_zh="三", name_en="Three"))
    with record.store.act(PERSON, "calendar", "H") as work:
        days = {row.day: row for row in calendars.read_calendar(work.session, "H").days.rows()}
        changed = [(day, row.working and day != date(2022, 11, 8), row.provisional) for day, row in days.items()]
        assert calendars.add_version(work, "cn", calendars.calendar_of(changed, "x"), "t", "s") == 2
    answers = rescore(record.store, "H", "2022-11")
    assert [(each.window_id, each.equal) for each in answers] == [("W1", True), ("W2", True)]
    third = assess(record.store, "H", "2022-11", "k12", PERSON)
    assert third[0].revision == 2
    assert all(each.equal for each in rescore(record.store, "H", "2022-11"))
    assert len(rescore(record.store, "H", "2022-11")) == 2 + len([each for each in third if each.as_of_sequence == third[0].as_of_sequence])


def test_the_order_of_rows_makes_no_difference(file_record: Record, beginning: Path, tmp_path: Path) -> None:
    """The same records in another order, in another database: the same bytes."""
    bodies = []
    for folder in ("a", "b"):
        shutil.copytree(beginning, tmp_path / folder)
        with opened(tmp_path / folder) as store:
            other = Record(store)
            rows = [other.case(f"C{number}", at(1 + number % 9), at(8 + number % 9)) for number in range(25)]
            rows += [(rating(f"r{number}", 1 + number % 5),) for number in range(25)]
            rows += [(finding("f1", "quarrel"),), (finding("f2", "none"),)]
            if folder == "b":
                random.Random(7).shuffle(rows)
            other.write(*(row for each in rows for row in each))
            bodies.append([each.text() for each in assess(store, "H", "2022-11", "k12", PERSON)])
    assert bodies[0] == bodies[1]


def test_a_later_end_of_an_overdue_case_says_how_late_it_was(record: Record) -> None:
    """Open on 30 November it stays for November; due on the 8th, its end on 9 December makes it 23 working days late instead of 38."""
    record.write(*record.case("open", at(1), None))
    late = [code for (_, kind, status, code) in record.facts() if (kind, status) == ("lateness", "open")]
    record.write(ended_row("open", at(9, month=12)))
    later = [code for (_, kind, status, code) in record.facts() if (kind, status) == ("lateness", "open")]
    assert (late, later) == (["38"], ["23"])
    record.write(rating("r", 5))
    assert [code for (_, kind, _, code) in record.facts() if kind == "lateness"] == later


@pytest.mark.sqlite
def test_a_tampered_sheet_is_seen(file_record: Record) -> None:
    """The row cannot be updated through the database; were it, scoring again would tell."""
    whole_month(file_record)
    assess(file_record.store, "H", "2022-11", "k12", PERSON)
    with sqlite3.connect(str(file_record.store.url.database)) as connection:
        connection.execute("DROP TRIGGER sheets_no_update")
        connection.execute('UPDATE sheets SET body = replace(body, \'"band":"qualified"\', \'"band":"unqualified"\')')
    assert [each.equal for each in rescore(file_record.store, "H", "2022-11")] == [False, True]


@pytest.mark.sqlite
def test_a_sheet_damaged_outside_the_program_is_told_in_a_sentence(file_record: Record) -> None:
    whole_month(file_record)
    assess(file_record.store, "H", "2022-11", "k12", PERSON)
    with sqlite3.connect(str(file_record.store.url.database)) as connection:
        connection.execute("DROP TRIGGER sheets_no_update")
        connection.execute("UPDATE sheets SET body = '{' WHERE window_id = 'W1'")
    with pytest.raises(BadInput) as caught:
        rescore(file_record.store, "H", "2022-11")

    assert str(caught.value) == (
        "H 2022-11 k12 W1, revision 1: the text of this sheet can no longer be read: it was changed outside the program; "
        "run openhall journal verify, and restore the database from a copy."
    )


def test_evidence_and_denominators_open(record: Record) -> None:
    whole_month(record)
    sheet = assess(record.store, "H", "2022-11", "k12", PERSON)[0]
    row = open_evidence(record.store, "H", "case:LATE")
    assert dict(row.fields)["accepted_at"] == "2022-11-01 10:00:00+08:00"
    assert dict(row.history[0])["event"] == "ended"
    assert row.due is not None
    assert (row.due.local_date, row.due.governed_by) == (date(2022, 11, 8), "promised")
    assert any("2022-11-08" in step.text("zh") for step in row.due.trace)
    line = sheet.line("timeliness")
    ids = open_population(record.store, "H", line.population)
    assert len(ids) == line.denominator == 13
    assert "case:LATE" in ids
    assert len(open_population(record.store, "H", "checks/2022-11/W1")) == 3
    with pytest.raises(BadInput, match="the record of this hall has no rating:NOBODY; take an id from a line of a sheet"):
        open_evidence(record.store, "H", "rating:nobody")
    with pytest.raises(BadInput, match="does not name a denominator; give one of cases, cases_with_limit, ratings, checks"):
        open_population(record.store, "H", "waits/2022-11/W1")


def test_load_stands_beside_the_sheet_and_scores_nothing(record: Record) -> None:
    """Waits come from tickets; adding tickets changes the context and no sheet."""
    whole_month(record)
    first = assess(record.store, "H", "2022-11", "k12", PERSON)
    seat = [
        OpeningHours(valid_from=date(2020, 1, 1), starts=540, ends=1020),
        Seat(seat_id="S1", name_zh="一", name_en="one"),
        SeatLink(seat_id="S1", window_id="W1", linked=True, valid_from=date(2020, 1, 1)),
    ]
    tickets = [
        Ticket(
            issued_on=date(2022, 11, 1), ticket_number=f"T{number}", seat_id="S1", arrived_at=at(1, 9),
            called_at=at(1, 9) + timedelta(minutes=wait), ended_at=at(1, 9) + timedelta(minutes=wait + 60), outcome="served",
        )
        for number, wait in enumerate((10, 20, 45))
    ]  # fmt: skip
    gone = {"ticket_number": "T9", "window_id": "W1", "arrived_at": at(1, 9), "ended_at": at(1, 10), "outcome": "reneged"}
    record.write(*seat, *tickets, Ticket(issued_on=date(2022, 11, 1), **gone))
    context = read_contexts(record.store, "H", "2022-11")["W1"]
    assert (context.load.accepted, context.load.tickets, context.load.served, context.load.left) == (13, 4, 3, 1)
    assert (context.load.mean_wait_minutes, context.load.longest_seconds) == (Decimal("25.00"), 45 * 60)
    assert context.load.utilisation == (Decimal(3) / (22 * 8)).quantize(Decimal("0.01"))  # 22 working days of 8 hours, one seat
    assert (context.ratings.raw.n, context.ratings.raw.good) == (12, 11)
    assert context.hall_load.tickets == 4
    assert context.hall_load.utilisation == context.load.utilisation
    record.write(SeatLink(seat_id="S1", window_id="W2", linked=True, valid_from=date(2020, 1, 1)))
    shared = read_contexts(record.store, "H", "2022-11")  # as busy for the one as for the other, and once in the hall
    assert [shared[name].load.utilisation for name in ("W1", "W2")] == [context.load.utilisation] * 2
    assert shared["W1"].hall_load.utilisation == context.hall_load.utilisation
    assert assess(record.store, "H", "2022-11", "k12", PERSON) == first


@pytest.mark.parametrize(
    ("hall", "month", "scheme", "sentence"),
    [
        ("X", "2022-11", "k12", "there is no hall X; import it first with: openhall import halls."),
        ("H", "2023-03", "k12", "2023-03 is not over in this hall (Asia/Shanghai); assess it from 2023-04-01 on."),
        ("H", "11/2022", "k12", "a month is written as year and month, such as 2022-11, not 11/2022; write it so."),
        (
            "H",
            "2022-11",
            "k77",
            "there is no scheme k77; there are: k1, k10, k11, k12, k13, k2, k3, k3-staff, k4, k5, k6, k6-heads, k6-staff, k7, k8, k9, "
            "ouhai; choose one.",
        ),
    ],
)
def test_what_cannot_be_assessed_is_refused_in_words(file_record: Record, hall: str, month: str, scheme: str, sentence: str) -> None:
    head = file_record.store.head()
    with pytest.raises(BadInput) as refused:
        assess(file_record.store, hall, month, scheme, PERSON)
    assert refused.value.text("en").endswith(sentence)
    assert refused.value.text("zh") != refused.value.text("en")
    assert file_record.store.head() == head


def test_an_assessment_is_an_act_of_a_person(record: Record) -> None:
    whole_month(record)
    with pytest.raises(BadInput):
        assess(record.store, "H", "2022-11", "k12", "")
    assert read_sheets(record.store, "H", "2022-11") == []
    with pytest.raises(BadInput, match="there is no such sheet"):
        read_sheet(record.store, "H", "2022-11", "W1")
    assess(record.store, "H", "2022-11", "k12", PERSON)
    with pytest.raises(BadInput):  # also when there is nothing to file
        assess(record.store, "H", "2022-11", "k12", "")


def test_the_sheets_of_a_hall_that_is_not_there_are_not_an_empty_month(file_record: Record) -> None:
    with pytest.raises(BadInput, match="there is no hall nowhere"):
        read_sheets(file_record.store, "nowhere", "2022-11")
