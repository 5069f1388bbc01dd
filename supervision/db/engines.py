"""How each database is reached: its engines, the words a transaction begins with, and its troubles as faults with a cure.

Assumes SQLite in a file, or a PostgreSQL server whose database is in UTF-8 and sorts text by code point, as SQLite and Python do: with any
other order the same month could list its evidence otherwise. A writing transaction begins by taking the only write lock (SQLite: BEGIN
IMMEDIATE; PostgreSQL: an advisory lock, which a role with nothing but SELECT and INSERT may take), a reading one cannot write.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from ..faults import BadInput, fault

OLDEST_SQLITE = (3, 37, 0)
"""The first with STRICT tables."""
OLDEST_POSTGRESQL = 130000
"""As the server counts its versions; older ones are no longer looked after by their makers."""
CONNECT_SECONDS = 10
WRITE_LOCK = 0x6F70656E68616C6C
"""The advisory lock of PostgreSQL that stands for the right to write: the bytes of "openhall"."""
_NAMED = "OPENHALL_DATABASE"
_IN_CODE_POINT_ORDER = ("-", "A-b", "Aa", "B", "_", "a", "a-a", "aa", "ab", "é", "一", "厅", "Ａ", "𠮷")
_REFUSED_ROLE = frozenset({"28000", "28P01"})
_REFUSED_RIGHT = frozenset({"42501"})
_NO_DATABASE = frozenset({"3D000"})
_BUSY = frozenset({"55P03", "57014"})


def read_address(given: str, default: Path) -> URL:
    """The address of the database, the SQLite file `default` if none is given. BadInput if it is none that can be used here."""
    try:
        address = make_url(given) if given else URL.create("sqlite", database=str(default))
    except ArgumentError:
        raise BadInput([fault("store_address", _NAMED, "")]) from None
    kind, _, driver = address.drivername.partition("+")
    if kind == "sqlite":
        if address.database in (None, "", ":memory:") or address.query:
            raise BadInput([fault("store_memory", _NAMED, address.render_as_string())])
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            raise BadInput([fault("store_old_sqlite", "SQLite", sqlite3.sqlite_version)])
        Path(str(address.database)).parent.mkdir(parents=True, exist_ok=True)
        return address
    if kind not in ("postgresql", "postgres") or driver not in ("", "psycopg"):
        raise BadInput([fault("store_address", _NAMED, address.drivername)])
    if find_spec("psycopg") is None:
        raise BadInput([fault("store_driver", _NAMED, "psycopg")])
    return address.set(drivername="postgresql+psycopg")


def make_engine(url: URL, busy_seconds: float, *, writes: bool) -> Engine:
    """An engine whose transactions begin by our own word, never by the driver's."""
    return (
        _sqlite_engine(url, busy_seconds, writes) if url.get_backend_name() == "sqlite" else _postgresql_engine(url, busy_seconds, writes)
    )


def _sqlite_engine(url: URL, busy_seconds: float, writes: bool) -> Engine:
    engine = create_engine(url, connect_args={"timeout": busy_seconds})

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        connection.execute(f"PRAGMA busy_timeout = {int(busy_seconds * 1000)}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # the checkpoint must never be ahead of the database after a power cut
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA recursive_triggers = ON")  # else INSERT OR REPLACE deletes past the triggers
        if not writes:
            connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql_engine(url: URL, busy_seconds: float, writes: bool) -> Engine:
    """A connection is tried before it is used again, because a server may have been started anew since."""
    given: dict[str, Any] = {"client_encoding": "utf8", "application_name": "openhall", "keepalives_idle": 30}
    if "connect_timeout" not in url.query:
        given["connect_timeout"] = CONNECT_SECONDS
    engine = create_engine(url, connect_args=given, pool_pre_ping=True, isolation_level="READ COMMITTED" if writes else "REPEATABLE READ")
    if not writes:
        return engine.execution_options(postgresql_readonly=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {max(1, int(busy_seconds * 1000))}")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")
        connection.exec_driver_sql("SET LOCAL synchronous_commit = ON")  # the checkpoint must never be ahead of the database

    return engine


def check_server(connection: Connection) -> None:
    """BadInput if the server is too old, or its database is not in UTF-8 or sorts text by the rules of a language."""
    if connection.dialect.name != "postgresql":
        return
    name = connection.engine.url.database or ""
    version, shown, encoding = connection.execute(
        text("SELECT current_setting('server_version_num')::int, current_setting('server_version'), current_setting('server_encoding')")
    ).one()
    if version < OLDEST_POSTGRESQL:
        raise BadInput([fault("store_old_server", "PostgreSQL", shown, oldest=OLDEST_POSTGRESQL // 10000)])
    if encoding != "UTF8":
        raise BadInput([fault("store_encoding", name, encoding)])
    words = ", ".join(f"('{word}')" for word in _IN_CODE_POINT_ORDER)
    if tuple(connection.scalars(text(f"SELECT word FROM (VALUES {words}) AS given (word) ORDER BY word"))) != _IN_CODE_POINT_ORDER:
        collation = connection.scalar(text("SELECT datcollate FROM pg_database WHERE datname = current_database()"))
        raise BadInput([fault("store_order", name, collation)])


def describe_server(connection: Connection) -> tuple[str, str, bool] | None:
    """Version and role of a server, and whether the role could change what was written were there no triggers; None for SQLite."""
    if connection.dialect.name != "postgresql":
        return None
    rights = (
        "has_table_privilege('journal', 'UPDATE') OR has_table_privilege('journal', 'DELETE') OR has_table_privilege('journal', 'TRUNCATE')"
    )
    version, role, may_change = connection.execute(text(f"SELECT current_setting('server_version'), current_user, {rights}")).one()
    return str(version), str(role), bool(may_change)


def in_transaction(connection: Connection) -> bool:
    """Whether the database still has our transaction; SQLite ends it by itself when the disk is full."""
    raw: Any = connection.connection.dbapi_connection
    if isinstance(raw, sqlite3.Connection):
        return raw.in_transaction
    return connection.in_transaction() and raw.info.transaction_status.name == "INTRANS"


def roll_back(connection: Connection) -> None:
    """Roll back whatever is still open. SQLite may have done so already, and then a ROLLBACK is an error that means nothing."""
    with contextlib.suppress(DBAPIError):
        connection.rollback()


@contextlib.contextmanager
def trouble_as_fault(url: URL) -> Generator[None, None, None]:
    """What is wrong with the database rather than with the program is a fault with a cure; no fault holds a password."""
    try:
        yield
    except NoSuchModuleError:
        raise BadInput([fault("store_address", _NAMED, url.drivername)]) from None
    except DBAPIError as error:
        found = _sqlite_fault(error) if url.get_backend_name() == "sqlite" else _server_fault(error)
        if found is None:
            raise
        code, facts = found
        place = (
            Path(str(url.database)).name
            if code == "store_busy"
            else url.set(drivername=url.get_backend_name(), query={}).render_as_string()
        )
        raise BadInput([fault(code, place, "", **facts)]) from error


def _sqlite_fault(error: DBAPIError) -> tuple[str, dict[str, str]] | None:
    """Another process that writes for too long."""
    busy = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    own = error.orig
    return ("store_busy", {}) if isinstance(own, sqlite3.OperationalError) and own.sqlite_errorcode & 0xFF in busy else None


def _server_fault(error: DBAPIError) -> tuple[str, dict[str, str]] | None:
    """A server that is busy, not there, gone or unwilling."""
    state = getattr(error.orig, "sqlstate", None) or ""
    told = str(error.orig).strip()
    reason = told.partition("\n")[0].rpartition(" failed: ")[2]
    if state in _BUSY:
        return "store_busy", {}
    if state in _REFUSED_RIGHT:
        return "store_right", {"reason": reason}
    if state in _REFUSED_ROLE or any(each in told for each in ("authentication failed", "no password supplied", 'role "')):
        return "store_role", {}
    if state in _NO_DATABASE or ('database "' in told and "does not exist" in told):
        return "store_no_database", {}
    if error.connection_invalidated or state.startswith(("57P", "08")):
        return "store_gone", {}
    return ("store_unreachable", {"reason": reason}) if isinstance(error, OperationalError) and not state else None
