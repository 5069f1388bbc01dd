"""The store: nothing is lost, nothing is half done, nothing is changed after it was written."""

# ruff: noqa: PT012  (what is under test is that the whole act is undone)
from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from simulation.faults import BadInput
from supervision import journal
from supervision.db.migrations import HEAD
from supervision.db.schema import Base, Calendar, HallRow, JournalRow, Plan, SheetLine, Zone, canonical_decimal
from supervision.db.store import open_store


@contextlib.contextmanager
def begun(folder: Path):
    with open_store(home=folder) as opened:
        with opened.act("setup", "set up", "h") as work:
            work.session.add(HallRow(hall_id="h", name_zh="厅", name_en="hall", sequence=work.sequence))
        yield opened


@pytest.fixture
def store(tmp_path: Path, each_database: str):
    """A hall, on SQLite and on PostgreSQL."""
    with begun(tmp_path) as opened:
        yield opened


@pytest.fixture
def file_store(tmp_path: Path):
    """For what is SQLite's own."""
    with begun(tmp_path) as opened:
        yield opened


def count(store, table) -> int:
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(table))


@pytest.mark.parametrize("shared_store", [True, False])
def test_four_threads_of_forty_read_then_write_lose_nothing(store, shared_store):
    """L1 to L3: with the drivers' defaults 119 of 160 updates were lost without an error. Stores of their own stand for other processes."""
    failures = []

    def work_forty(name):
        own = store if shared_store else type(store)(store.url, store.home, busy_seconds=60)
        for _ in range(40):
            try:
                with own.act(name, "count", "h") as work:
                    last = work.session.scalar(select(func.max(Plan.revision))) or 0
                    work.session.add(
                        Plan(
                            hall_id="h",
                            name="p",
                            revision=last + 1,
                            document="x",
                            digest="d",
                            owner=name,
                            saved_at=work.at,
                            sequence=work.sequence,
                        )
                    )
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=work_forty, args=(f"t{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    with store.read() as session:
        assert sorted(session.scalars(select(Plan.revision))) == list(range(1, 161))
    assert journal.verify(store).ok
    assert journal.verify(store).count == 161


def test_an_act_that_raises_leaves_neither_rows_nor_journal(store):
    before = store.head()
    with pytest.raises(ZeroDivisionError), store.act("a", "fail", "h") as work:
        work.session.add(Zone(hall_id="h", zone_id="z", name_zh="z", name_en="z", sequence=work.sequence))
        work.session.flush()
        raise ZeroDivisionError
    assert count(store, Zone) == 0
    assert store.head() == before


def test_each_act_appends_exactly_one_row_of_the_person_who_acts(store):
    with store.act("张三", "add zones", "h") as work:
        for name in "abc":
            work.session.add(Zone(hall_id="h", zone_id=name, name_zh=name, name_en=name, sequence=work.sequence))
        work.detail(zones=3)
    with store.read() as session:
        rows = list(session.scalars(select(JournalRow).order_by(JournalRow.id)))
        told = [(row.id, row.person, row.act, {**json.loads(row.detail), "rows": ...}) for row in rows]
        assert told[1:] == [(2, "张三", "add zones", {"zones": 3, "rows": ...})]
        assert set(session.scalars(select(Zone.sequence))) == {2}


@pytest.mark.parametrize("person", ["", "  ", "a\nforged line"])
def test_nobody_acts_without_a_name(file_store, person):
    with pytest.raises(BadInput) as caught, file_store.act(person, "x", "h"):
        pass
    assert caught.value.faults[0].code == "act_without_person"


@pytest.mark.parametrize("person", ["Li Ming ", " Li Ming", "Li  Ming", "Ｌｉ Ming"])
def test_nobody_acts_under_another_spelling_of_a_name(file_store, person):
    """Whoever may not rule on their own record would else be somebody else with one blank more."""
    with pytest.raises(BadInput) as caught, file_store.act(person, "x", "h"):
        pass
    assert caught.value.faults[0].code == "act_person_spelling"
    assert '"Li Ming"' in caught.value.faults[0].text("en")


def test_a_float_in_the_journal_is_refused_and_undoes_the_act(store):
    with pytest.raises(TypeError), store.act("a", "x", "h") as work:
        work.session.add(Zone(hall_id="h", zone_id="z", name_zh="z", name_en="z", sequence=work.sequence))
        work.detail(score=0.1)
    assert count(store, Zone) == 0


def test_readers_cannot_write(store):
    with store.read() as session, pytest.raises(DBAPIError, match=r"read-?only"):
        session.execute(insert(Zone).values(hall_id="h", zone_id="z", name_zh="z", name_en="z", sequence=1))


def test_a_reader_sees_one_state_while_others_write(store):
    with store.read() as session:
        before = session.scalar(select(func.count()).select_from(Zone))
        with store.act("a", "x", "h") as work:
            work.session.add(Zone(hall_id="h", zone_id="z", name_zh="z", name_en="z", sequence=work.sequence))
        assert session.scalar(select(func.count()).select_from(Zone)) == before == 0
    assert count(store, Zone) == 1


def test_a_database_that_another_process_holds_is_a_fault_with_a_cure(file_store, tmp_path):
    """Case 72: it waits, then says so, and nothing was written."""
    holder = sqlite3.connect(tmp_path / "openhall.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with open_store(home=tmp_path / "other", url=f"sqlite:///{tmp_path / 'elsewhere.sqlite'}"):
        pass
    hasty = type(file_store)(file_store.url, file_store.home, busy_seconds=0.2)
    with pytest.raises(BadInput) as caught, hasty.act("a", "x", "h"):
        pass
    assert caught.value.faults[0].code == "store_busy"
    holder.execute("ROLLBACK")
    with hasty.act("a", "x", "h"):
        pass
    assert file_store.head().count == 2


def test_acts_do_not_nest_and_another_thread_waits_no_longer_than_the_limit(store):
    hasty = type(store)(store.url, store.home, busy_seconds=0.2)
    caught = []

    def try_it():
        try:
            with hasty.act("b", "x", "h"):
                pass
        except BadInput as error:
            caught.extend(error.faults)

    with hasty.act("a", "x", "h"):
        with pytest.raises(RuntimeError, match="do not nest"), hasty.act("a", "y", "h"):
            pass
        other = threading.Thread(target=try_it)
        other.start()
        other.join()
    assert [each.code for each in caught] == ["store_busy"]
    assert store.head().count == 2


def test_a_full_disk_undoes_the_act_and_the_error_is_the_real_one(file_store):
    """L7: SQLite has already rolled back, so a second ROLLBACK fails; the caller must see SQLITE_FULL all the same."""
    with pytest.raises(DBAPIError) as caught, file_store.act("a", "x", "h") as work:
        pages = work.session.execute(text("PRAGMA page_count")).scalar()
        work.session.execute(text(f"PRAGMA max_page_count = {pages + 1}"))
        for number in range(5000):
            work.session.execute(
                insert(Zone).values(hall_id="h", zone_id=f"z{number}", name_zh="z" * 1000, name_en="z", sequence=work.sequence)
            )
    assert "full" in str(caught.value.orig)
    assert count(file_store, Zone) == 0
    file_store.close()
    with file_store.act("a", "x", "h"):
        pass
    assert journal.verify(file_store).ok


def test_an_act_whose_transaction_the_database_ended_is_not_taken_for_done(store):
    with pytest.raises(RuntimeError, match="swallowed"), store.act("a", "x", "h") as work:
        work.session.connection().connection.dbapi_connection.execute("ROLLBACK")
    assert store.head().count == 1


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
def test_every_table_refuses_update_delete_and_reuse_of_ids(file_store, tmp_path, table):
    """L5, for every table, with raw SQL on the file_store's own kind of connection."""
    raw = sqlite3.connect(tmp_path / "openhall.sqlite")
    triggers = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (table,))}
    assert triggers == {f"{table}_no_update", f"{table}_no_delete", f"{table}_no_reuse", f"{table}_grows"}
    assert table == "journal" or {"hall_id", "sequence"} <= set(Base.metadata.tables[table].columns.keys())


CHANGES = [
    "UPDATE zones SET name_zh = 'x'",
    "DELETE FROM zones",
    "INSERT INTO zones (hall_id, zone_id, name_zh, name_en, sequence) VALUES ('h', 'z', 'x', 'x', 1) "
    "ON CONFLICT (hall_id, zone_id) DO UPDATE SET name_zh = 'x'",
    "INSERT INTO zones (id, hall_id, zone_id, name_zh, name_en, sequence) VALUES (0, 'h', 'y', 'x', 'x', 1)",
    "INSERT INTO zones (id, hall_id, zone_id, name_zh, name_en, sequence) VALUES (-5, 'h', 'y', 'x', 'x', 1)",
    "UPDATE journal SET person = 'x'",
    "DELETE FROM journal",
]
SQLITE_CHANGES = [
    "INSERT OR REPLACE INTO zones (id, hall_id, zone_id, name_zh, name_en, sequence) VALUES (1, 'h', 'z', 'x', 'x', 1)",
    "INSERT OR REPLACE INTO zones (hall_id, zone_id, name_zh, name_en, sequence) VALUES ('h', 'z', 'x', 'x', 1)",
    "INSERT OR REPLACE INTO journal SELECT sequence, hall_id, happened_at, 'x', act, outcome, detail, previous, digest FROM journal",
]


def change(store, statement: str) -> None:
    """Try to change a zone that was written, and find it as it was."""
    with store.act("a", "x", "h") as work:
        work.session.add(Zone(hall_id="h", zone_id="z", name_zh="z", name_en="z", sequence=work.sequence))
    with pytest.raises(IntegrityError, match="append-only"), store.act("a", "x", "h") as work:
        work.session.execute(text(statement))
    with store.read() as session:
        assert list(session.execute(select(Zone.id, Zone.zone_id, Zone.name_zh))) == [(1, "z", "z")]
    assert journal.verify(store).ok


@pytest.mark.parametrize("statement", CHANGES)
def test_what_was_written_stays(store, statement):
    change(store, statement)


@pytest.mark.parametrize("statement", SQLITE_CHANGES)
def test_what_was_written_to_sqlite_stays(file_store, statement):
    change(file_store, statement)


@pytest.mark.parametrize("values", ["1, 'abc', 900", "1, 510, 99.9", "1, 900, 510", "1, -1, 510", "1, 510, 2000"])
def test_whole_number_columns_hold_whole_numbers_in_their_range(store, values):
    """L9: without STRICT, SQLite keeps 'abc' and 99.9 in an INTEGER column."""
    with pytest.raises(DBAPIError), store.act("a", "x", "h") as work:
        work.session.execute(
            text(f"INSERT INTO opening_hours (sequence, starts, ends, hall_id, valid_from) VALUES ({values}, 'h', '2024-01-01')")
        )


def test_a_row_of_an_unknown_hall_is_refused(store):
    with pytest.raises(IntegrityError), store.act("a", "x", "h") as work:
        work.session.add(Zone(hall_id="elsewhere", zone_id="z", name_zh="z", name_en="z", sequence=work.sequence))
        work.session.flush()


def test_moments_days_and_points_come_back_as_they_went_in(store):
    moment = datetime(2022, 11, 30, 23, 30, 0, 123456, tzinfo=UTC)
    with store.act("a", "x", "h") as work:
        work.session.add(
            Calendar(
                hall_id="h", calendar_id="cn", version=1, title="t", source="s", first_day=date(2022, 1, 1), last_day=date(2022, 12, 31),
                digest="d", sequence=work.sequence,
            )
        )  # fmt: skip
        work.session.add(
            Plan(hall_id="h", name="p", revision=1, document="x", digest="d", owner="o", saved_at=moment, sequence=work.sequence)
        )
    with store.read() as session:
        assert session.scalar(select(Plan.saved_at)) == moment
        assert session.execute(select(Calendar.first_day, Calendar.last_day)).one() == (date(2022, 1, 1), date(2022, 12, 31))
        assert session.execute(text("SELECT saved_at FROM plans")).scalar() == 1669851000123456
    with pytest.raises(StatementError, match="time zone"), store.act("a", "x", "h") as work:
        work.session.add(
            Plan(hall_id="h", name="q", revision=1, document="x", digest="d", owner="o", saved_at=datetime(2022, 1, 1), sequence=1)
        )
        work.session.flush()


@pytest.mark.parametrize(
    ("given", "text_of_it"),
    [("10", "10"), ("1E+1", "10"), ("-0.0", "0"), ("89.9950", "89.995"), ("-5.00", "-5"), ("0.10", "0.1"), ("100", "100")],
)
def test_one_number_has_one_text(given, text_of_it):
    assert canonical_decimal(Decimal(given)) == text_of_it


def test_points_refuse_a_float(store):
    with pytest.raises(TypeError):
        canonical_decimal(0.1)  # type: ignore[arg-type]
    with pytest.raises(ValueError):
        canonical_decimal(Decimal("NaN"))
    assert SheetLine.__table__.c.points.type.impl.python_type is str


def test_the_migration_makes_what_the_models_say(file_store, tmp_path):
    """Tables, columns, checks, keys, indexes and STRICT, compared as SQL."""
    modelled = create_engine(f"sqlite:///{tmp_path / 'models.sqlite'}")
    Base.metadata.create_all(modelled)

    def parts(path):
        raw = sqlite3.connect(path)
        found = {}
        for name, sql in raw.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('table', 'index')"):
            if name not in ("alembic_version", "sqlite_sequence"):
                found[name] = sorted(line.strip().rstrip(",") for line in sql.splitlines() if line.strip() not in ("", ")"))
        return found

    ours, theirs = parts(tmp_path / "openhall.sqlite"), parts(tmp_path / "models.sqlite")
    assert ours == theirs
    assert all(any("STRICT" in line for line in ours[name]) for name in Base.metadata.tables)
    assert len([name for name in ours if name in Base.metadata.tables]) == len(Base.metadata.tables)


def test_opening_again_changes_nothing_and_a_newer_database_is_refused(tmp_path):
    with open_store(home=tmp_path) as store:
        before = store.head()
    with open_store(home=tmp_path) as store:
        assert store.head() == before
    raw = sqlite3.connect(tmp_path / "openhall.sqlite")
    assert raw.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.commit()
    with pytest.raises(BadInput) as caught:
        open_store(home=tmp_path)
    assert caught.value.faults[0].code == "store_newer"


def test_a_migration_that_fails_at_any_step_leaves_an_empty_database_that_opens_next_time(tmp_path, monkeypatch):
    """L4 and case 78: DDL is undone too; the loop breaks at the n-th statement until the upgrade passes."""
    from sqlalchemy.engine import Engine

    broken = 0
    for step in range(2, 400, 23):
        seen = {"n": 0}

        def breaking(connection, cursor, statement, *_, seen=seen, step=step):
            seen["n"] += 1
            if seen["n"] == step:
                raise RuntimeError("power cut")

        event.listen(Engine, "before_cursor_execute", breaking)
        try:
            open_store(home=tmp_path / f"s{step}").close()
            finished = True
        except RuntimeError:
            finished = False
        finally:
            event.remove(Engine, "before_cursor_execute", breaking)
        raw = sqlite3.connect(tmp_path / f"s{step}" / "openhall.sqlite")
        left = raw.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        raw.close()
        if finished:
            break
        broken += 1
        assert left == 0
        open_store(home=tmp_path / f"s{step}").close()
    assert finished
    assert broken >= 5


def test_an_older_database_keeps_every_row_when_lines_may_name_new_kinds(tmp_path):
    """A database of revision 0003 with evidence of a line: after the upgrade the same rows, and append-only as before."""
    from alembic import command
    from alembic.config import Config

    from supervision.db import migrations

    path = tmp_path / "openhall.sqlite"
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        line = "INSERT INTO sheet_lines (id, hall_id, sheet_id, line, indicator, kind, answer, article, sequence)"
        connection.execute(text(f"{line} VALUES (1, 'h', 1, 1, 'i', 'indicator', 'value', 'a', 3)"))
        connection.execute(text("INSERT INTO line_evidence VALUES (7, 'h', 1, 'case', 'case:1', 'moved', 3)"))
    open_store(home=tmp_path).close()
    raw = sqlite3.connect(path)
    assert raw.execute("SELECT * FROM line_evidence").fetchall() == [(7, "h", 1, "case", "case:1", "moved", 3)]
    raw.execute("INSERT INTO line_evidence VALUES (8, 'h', 1, 'complaint', 'complaint:1', 'moved', 3)")
    for statement in ("UPDATE line_evidence SET role = 'spared'", "DELETE FROM line_evidence", "DELETE FROM orders"):
        if "orders" in statement:
            raw.execute("INSERT INTO orders VALUES (1, 'h', 'O', 'w', 's', 'r', NULL, 0, 1)")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            raw.execute(statement)


def test_a_foreign_database_and_strange_addresses_are_refused(tmp_path):
    raw = sqlite3.connect(tmp_path / "theirs.sqlite")
    raw.execute("CREATE TABLE precious (x)")
    raw.commit()
    for url, code in [
        (f"sqlite:///{tmp_path / 'theirs.sqlite'}", "store_foreign"),
        ("sqlite://", "store_memory"),
        ("nonsense", "store_address"),
        ("mysql://u:secret@host/db", "store_address"),
    ]:
        with pytest.raises(BadInput) as caught:
            open_store(url, tmp_path)
        assert caught.value.faults[0].code == code
        assert "secret" not in caught.value.text("en") + caught.value.text("zh")
    assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("precious",)]


def test_the_address_comes_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENHALL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OPENHALL_DATABASE", f"sqlite:///{tmp_path / 'named.sqlite'}")
    open_store().close()
    assert (tmp_path / "named.sqlite").exists()
    monkeypatch.delenv("OPENHALL_DATABASE")
    open_store().close()
    assert (tmp_path / "home" / "openhall.sqlite").exists()
