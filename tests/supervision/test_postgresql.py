"""PostgreSQL by itself: what it refuses, what happens when it is busy, gone or unfit, and what a role with few rights can do."""

# ruff: noqa: PT012  (what is under test is that the whole act is undone)
from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, event, func, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError

from simulation.faults import BadInput
from supervision import journal
from supervision.db import engines, migrations
from supervision.db.engines import WRITE_LOCK
from supervision.db.schema import Base, HallRow, Zone
from supervision.db.store import Store, open_store
from tests.postgres import Server


@pytest.fixture
def store(postgres_address: str, tmp_path: Path) -> Iterator[Store]:
    """A hall."""
    with open_store(postgres_address, tmp_path) as opened:
        with opened.act("setup", "set up", "h") as work:
            work.session.add(HallRow(hall_id="h", name_zh="厅", name_en="hall", sequence=work.sequence))
        yield opened


def add_zones(store: Store, *ids: str) -> None:
    with store.act("a", "add zones", "h") as work:
        work.session.add_all(Zone(hall_id="h", zone_id=each, name_zh="区", name_en="zone", sequence=work.sequence) for each in ids)


def count(store: Store) -> int:
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(Zone)) or 0


def refusal(url: str, home: Path) -> str:
    """The code with which an address is refused; no word of it holds the password."""
    with pytest.raises(BadInput) as caught:
        open_store(url, home, busy_seconds=0.2).close()
    told = caught.value.text("en") + caught.value.text("zh")
    assert "sesame" not in told
    assert "\\t" not in told
    return caught.value.faults[0].code


def test_every_table_refuses_every_way_to_change_it(store: Store) -> None:
    """L5, for every table, as the owner and superuser that the tests are: nothing but the triggers stands in the way."""
    with store.connect_to_migrate() as connection, connection.begin():
        for table in Base.metadata.tables:
            for statement in (f"UPDATE {table} SET sequence = 0", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
                with pytest.raises(IntegrityError, match="append-only"), connection.begin_nested():
                    connection.execute(text(statement))
    with store.read() as session:
        growing = set(
            session.scalars(text("SELECT event_object_table FROM information_schema.triggers WHERE event_manipulation = 'INSERT'"))
        )
    assert growing >= set(Base.metadata.tables)
    assert store.head().count == 1


def test_ids_go_on_where_an_undone_act_left_them(store: Store) -> None:
    add_zones(store, "a")
    with pytest.raises(ZeroDivisionError), store.act("a", "x", "h") as work:
        work.session.add_all(Zone(hall_id="h", zone_id=each, name_zh="z", name_en="z", sequence=work.sequence) for each in "bcd")
        work.session.flush()
        raise ZeroDivisionError
    add_zones(store, "e")
    with store.read() as session:
        assert list(session.scalars(select(Zone.id).order_by(Zone.id))) == [1, 2]
    assert journal.verify(store).ok


@pytest.mark.parametrize(
    ("statement", "problem", "sequence"),
    [
        ("UPDATE zones SET name_en = 'other' WHERE zone_id = 'a'", "record", 2),
        ("DELETE FROM zones WHERE zone_id = 'b'", "record", 2),
        ("UPDATE journal SET person = 'x' WHERE sequence = 1", "altered", 1),
        ("DELETE FROM journal WHERE sequence = 3", "cut", 3),
    ],
)
def test_what_is_changed_with_the_triggers_off_is_found(
    store: Store, postgres: Server, statement: str, problem: str, sequence: int
) -> None:
    add_zones(store, "a", "b")
    add_zones(store, "c")
    with psycopg.connect(host=str(postgres.folder), user="postgres", dbname=store.url.database, autocommit=True) as raw:
        raw.execute("SET session_replication_role = replica")
        raw.execute(statement)
    verdict = journal.verify(store)
    assert (verdict.ok, verdict.problem, verdict.sequence) == (False, problem, sequence)


def test_another_writer_is_waited_for_and_then_told_of(store: Store, postgres: Server) -> None:
    """Case 72. Reading goes on meanwhile."""
    hasty = Store(store.url, store.home, busy_seconds=0.2)
    with psycopg.connect(host=str(postgres.folder), user="postgres", dbname=store.url.database) as holder:
        holder.execute(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")
        with pytest.raises(BadInput) as caught:
            add_zones(hasty, "a")
        assert caught.value.faults[0].code == "store_busy"
        assert count(store) == 0
        open_store(store.url.render_as_string(hide_password=False), store.home, busy_seconds=0.2).close()
    add_zones(hasty, "a")
    assert (count(store), store.head().count) == (1, 2)
    hasty.close()


def test_an_act_sees_what_the_act_it_waited_for_wrote(store: Store) -> None:
    """Two stores stand for two processes: the second takes its place in the journal after it has the lock, so the chain has no fork."""
    other = Store(store.url, store.home)
    began, second = threading.Event(), threading.Thread(target=lambda: (began.wait(10), add_zones(other, "b")))
    second.start()
    with store.act("a", "add zones", "h") as work:
        began.set()
        work.session.add(Zone(hall_id="h", zone_id="a", name_zh="z", name_en="z", sequence=work.sequence))
        second.join(0.5)
        assert second.is_alive(), "the second waits"
        with other.read() as session:
            assert session.scalar(select(func.count()).select_from(Zone)) == 0, "nobody sees half an act"
    second.join(20)
    with store.read() as session:
        assert list(session.execute(select(Zone.zone_id, Zone.sequence).order_by(Zone.id))) == [("a", 2), ("b", 3)]
    assert journal.verify(store).ok
    other.close()


@pytest.mark.parametrize("when", ["in the act", "between acts"])
def test_a_connection_that_is_killed_leaves_the_record_as_it_was(store: Store, postgres: Server, when: str) -> None:
    kill = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{store.url.database}' AND pid <> pg_backend_pid()"
    if when == "between acts":
        postgres.run(kill)
    else:
        with pytest.raises(BadInput) as caught, store.act("a", "x", "h") as work:
            work.session.add(Zone(hall_id="h", zone_id="a", name_zh="z", name_en="z", sequence=work.sequence))
            work.session.flush()
            postgres.run(kill)
            work.session.execute(text("SELECT 1"))
        assert caught.value.faults[0].code == "store_gone"
    assert (count(store), store.head().count) == (0, 1)
    add_zones(store, "a")
    assert journal.verify(store).ok


def test_a_server_that_was_started_anew_is_found_again_and_one_that_is_down_is_told_of(
    store: Store, postgres: Server, tmp_path: Path
) -> None:
    postgres.control("stop", "-m", "fast")
    try:
        with pytest.raises(BadInput) as caught, store.read():
            pass
        assert caught.value.faults[0].code == "store_unreachable"
        assert refusal(store.url.render_as_string(hide_password=False), tmp_path) == "store_unreachable"
    finally:
        postgres.control("start")
    add_zones(store, "a")
    assert journal.verify(store).ok


def test_wrong_addresses_are_refused_without_showing_the_password(store: Store, postgres: Server, tmp_path: Path) -> None:
    postgres.run("DROP ROLE IF EXISTS guarded", "CREATE ROLE guarded LOGIN PASSWORD 'right'")
    here, database = f"host={postgres.folder}", store.url.database
    assert refusal(f"postgresql://guarded:sesame@/{database}?{here}", tmp_path) == "store_role"
    assert refusal(f"postgresql://guarded@/{database}?{here}", tmp_path) == "store_role"
    assert refusal(f"postgresql://stranger:sesame@/{database}?{here}", tmp_path) == "store_role"
    assert refusal(f"postgresql://postgres:sesame@/nowhere?{here}", tmp_path) == "store_no_database"
    assert refusal("postgresql://postgres:sesame@127.0.0.1:1/x", tmp_path) == "store_unreachable"
    assert refusal("postgresql://postgres:sesame@no-such-host.invalid/x", tmp_path) == "store_unreachable"
    assert refusal("postgresql+psycopg2://postgres:sesame@/x", tmp_path) == "store_address"
    assert refusal(f"postgresql://guarded:right@/{database}?{here}", tmp_path) == "store_right"


def test_a_database_that_cannot_keep_or_sort_text_is_refused(postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    latin = postgres.new_database(options="ENCODING 'LATIN1' LOCALE 'C'")
    assert refusal(postgres.address(latin), tmp_path) == "store_encoding"
    good = postgres.address(postgres.new_database())
    monkeypatch.setattr(engines, "_IN_CODE_POINT_ORDER", ("a", "B"))  # as a server would give them in the order of English
    assert refusal(good, tmp_path) == "store_order"
    monkeypatch.undo()
    monkeypatch.setattr(engines, "OLDEST_POSTGRESQL", 990000)
    assert refusal(good, tmp_path) == "store_old_server"
    monkeypatch.undo()
    assert sorted(engines._IN_CODE_POINT_ORDER) == list(engines._IN_CODE_POINT_ORDER)
    open_store(good, tmp_path).close()


def test_a_foreign_and_a_newer_database_are_refused(store: Store, postgres: Server, tmp_path: Path) -> None:
    theirs = postgres.new_database()
    postgres.run("CREATE TABLE precious (x int)", database=theirs)
    assert refusal(postgres.address(theirs), tmp_path) == "store_foreign"
    postgres.run("UPDATE alembic_version SET version_num = '9999'", database=store.url.database or "")
    assert refusal(store.url.render_as_string(hide_password=False), tmp_path) == "store_newer"


def test_the_program_works_with_no_right_but_to_read_and_to_add(store: Store, postgres: Server, tmp_path: Path) -> None:
    """As the README sets it up: the tables belong to another role, so the triggers are out of reach."""
    database = store.url.database or ""
    postgres.run("DROP ROLE IF EXISTS clerk", "CREATE ROLE clerk LOGIN")
    postgres.run(
        "GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO clerk",
        "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO clerk",
        database=database,
    )
    with open_store(postgres.address(database, "clerk"), tmp_path) as limited:
        add_zones(limited, "a")
        for statement in ("UPDATE zones SET name_en = 'x'", "ALTER TABLE zones DISABLE TRIGGER ALL", "DROP TABLE zones", "TRUNCATE zones"):
            with pytest.raises((BadInput, DBAPIError)), limited.act("a", "x", "h") as work:
                work.session.execute(text(statement))
        assert limited.describe()[1:] == ("clerk", False)
        assert store.describe()[1:] == ("postgres", True)
        assert journal.verify(limited).ok
    assert count(store) == 1
    postgres.run("DROP OWNED BY clerk", database=database)


HALL_ROW = (
    "INSERT INTO halls (hall_id, name_zh, name_en, time_zone, calendar_id, sequence) VALUES ('h', 'x', 'x', 'Asia/Shanghai', 'cn', 1)"
)


def is_comment(difference: object) -> bool:
    """SQLite keeps no comments, so no migration ever changed one."""
    return isinstance(difference, list) and all(each[0] == "modify_comment" for each in difference)


def config_for(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["connection"] = connection
    return config


def test_an_older_database_is_brought_up_step_by_step_with_its_rows(postgres: Server, tmp_path: Path) -> None:
    address = postgres.address(postgres.new_database())
    engine = create_engine(address)
    for revision in ("0001", "0003", "0004", "0005"):
        with engine.begin() as connection:
            command.upgrade(config_for(connection), revision)
            if revision == "0003":
                connection.execute(text(HALL_ROW))
    with open_store(address, tmp_path) as store, store.read() as session:
        assert session.scalars(text("SELECT hall_id FROM halls")).all() == ["h"]
    with engine.connect() as connection, pytest.raises(IntegrityError, match="append-only"):
        connection.execute(text("DELETE FROM halls"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        differing = [each for each in compare_metadata(context, Base.metadata) if not is_comment(each)]
        assert differing == [], "the migrations make what the models say"
    engine.dispose()


def test_a_migration_that_fails_leaves_an_empty_database(postgres: Server, tmp_path: Path) -> None:
    """L4: PostgreSQL undoes DDL too."""
    name, seen = postgres.new_database(), {"n": 0}

    def breaking(*_: object) -> None:
        seen["n"] += 1
        if seen["n"] == 150:
            raise RuntimeError("power cut")

    event.listen(Engine, "before_cursor_execute", breaking)
    try:
        with pytest.raises(RuntimeError, match="power cut"):
            open_store(postgres.address(name), tmp_path)
    finally:
        event.remove(Engine, "before_cursor_execute", breaking)
    assert postgres.run("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", database=name) == [(0,)]
    open_store(postgres.address(name), tmp_path).close()
