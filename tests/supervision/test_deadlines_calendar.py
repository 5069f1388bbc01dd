"""The working-day calendar in the record: seeded, read back day by day, changed by a file as a new version."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import chinese_calendar
import pytest
from sqlalchemy import func, insert, select

from simulation.calendar import seed_calendar
from simulation.faults import BadInput
from supervision import journal
from supervision.db import calendars
from supervision.db.schema import CalendarDay, HallRow
from supervision.db.store import Store, open_store
from supervision.intake.calendar_file import import_calendar


@pytest.fixture
def store(tmp_path):
    with open_store(f"sqlite:///{tmp_path / 'record.sqlite'}", tmp_path) as opened:
        with opened.act("tester", "make hall", "potou") as work:
            work.session.execute(insert(HallRow).values(hall_id="potou", name_zh="坡头", name_en="Potou", sequence=work.sequence))
            calendars.seed(work)
        yield opened


def read(store: Store, **which: int) -> calendars.CalendarVersion:
    with store.read() as session:
        return calendars.read_calendar(session, "potou", **which)


def file(folder: Path, text: str) -> Path:
    path = folder / "2027.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_seeded_calendar_comes_back_day_by_day(store):
    kept = read(store)

    assert kept.version == 1
    assert kept.days.rows() == seed_calendar().rows()
    assert sum(kept.days.is_working(day) for day in kept.days.days if day.year == 2022) == 249
    assert not kept.days.is_provisional(date(2026, 12, 31))
    assert kept.days.is_provisional(date(2027, 1, 1))
    assert kept.days.is_working(date(2022, 1, 29)) == chinese_calendar.is_workday(date(2022, 1, 29)) is True


def test_only_days_against_the_rule_and_provisional_days_are_kept(store):
    with store.read() as session:
        stored = session.scalar(select(func.count()).select_from(CalendarDay))
        official = session.scalar(select(func.count()).select_from(CalendarDay).where(CalendarDay.provisional == 0))

    expected = sum((day.working != (day.day.weekday() < 5)) or day.provisional for day in seed_calendar().rows())
    assert stored == expected
    assert official is not None
    assert 400 < official < 900, "23 official years of some 18 to 37 exceptions"


def test_seeding_again_adds_nothing(store):
    with store.act("tester", "make hall again", "potou") as work:
        assert calendars.seed(work) == 1


def test_a_calendar_nobody_knows_is_monday_to_friday_and_provisional(store):
    with store.act("tester", "another calendar", "potou") as work:
        assert calendars.seed(work, "nl") == 1
    with store.read() as session:
        days = calendars.read_calendar(session, "potou", "nl").days

    assert days.is_working(date(2011, 10, 3)), "a holiday in China"
    assert not days.is_working(date(2022, 1, 29)), "a worked Saturday in China"
    assert days.is_provisional(date(2011, 10, 3))


def test_a_file_replaces_its_years_and_leaves_the_others(store, tmp_path):
    text = "date,working,note\n2027-01-01,0,元旦\n2027-02-06,0,除夕\n2027-02-13,1,调休\n"
    done = import_calendar(store, file(tmp_path, text), "potou", "tester")
    new, old = read(store), read(store, version=1)

    assert (done.version, done.years, done.changed) == (2, (2027,), True)
    assert not new.days.is_provisional(date(2027, 6, 1))
    assert new.days.is_working(date(2027, 2, 13)), "a Saturday that is worked"
    assert not new.days.is_working(date(2027, 1, 1))
    assert new.days.is_working(date(2027, 10, 1)), "not named, a Friday: worked by the rule"
    assert [row for row in new.days.rows() if row.day.year != 2027] == [row for row in old.days.rows() if row.day.year != 2027]
    with store.read() as session:
        assert calendars.notes_of(session, "potou", "cn", 2)[date(2027, 2, 13)] == "调休"


def test_the_calendar_as_of_an_earlier_act_is_the_earlier_one(store, tmp_path):
    before = store.head().count
    import_calendar(store, file(tmp_path, "日期,工作日\n2027-01-01,休\n"), "potou", "tester")

    assert read(store).version == 2
    assert read(store, as_of=before).version == 1


def test_the_same_file_twice_adds_no_version(store, tmp_path):
    path = file(tmp_path, "date,working\n2027-01-01,0\n")

    assert import_calendar(store, path, "potou", "tester").changed
    again = import_calendar(store, path, "potou", "tester")
    assert (again.version, again.changed) == (2, False)
    assert journal.verify(store).ok


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("day,working\n2027-01-01,0\n", "2027.csv: a calendar needs the columns date and working, but the file has: day, working"),
        ("date,working\n2027-02-30,0\n", 'line 2: "2027-02-30" is not a day from 2004 to 2100 written as YYYY-MM-DD; write it so.'),
        ("date,working\n1/2/2027,0\n", 'line 2: "1/2/2027" is not a day'),
        ("date,working\n2027-01-01,\n", 'line 2: "" is neither 1 (yes) nor 0 (no); write one of them.'),
        ("date,working\n2027-01-01,0\n2027-01-01,1\n", "line 3: 2027-01-01 stands in the table twice; keep one."),
        ("date,working\n2050-01-01,0\n", "the calendar would have no table for 2031 between 2004 and 2050; give the years without a gap."),
    ],
)
def test_a_bad_calendar_is_refused_whole(store, tmp_path, text, sentence):
    with pytest.raises(BadInput) as refused:
        import_calendar(store, file(tmp_path, text), "potou", "tester")

    assert sentence in refused.value.text("en")
    assert refused.value.text("zh")
    assert read(store).version == 1
