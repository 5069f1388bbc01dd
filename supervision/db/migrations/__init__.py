"""Alembic migrations of the record, run by the program itself when it opens a database.

An upgrade is one transaction of our own: a step that fails leaves the database as it was, and two processes at once run it once. There
is no way back: the record is append-only, so an older version is got by restoring the backup taken before.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from ...faults import BadInput, fault
from ..engines import check_server

if TYPE_CHECKING:
    from ..store import Store

HEAD = "0006"
"""The revision this version of the program works with; a test compares it with the newest file in versions/."""


def current(connection: Connection) -> str | None:
    """The revision of the database, None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(store: Store) -> None:
    """Bring the tables to HEAD; nothing to do is the usual case.

    Raises BadInput if the database was made by a newer version, holds tables that are not ours, or cannot keep text as it must.
    """
    with store.read() as session:  # the usual case waits for nobody who writes
        check_server(session.connection())
        if current(session.connection()) == HEAD:
            return
    with store.connect_to_migrate() as connection, connection.begin():
        found = current(connection)
        if found == HEAD:
            return
        if found is None and inspect(connection).get_table_names():
            raise BadInput([fault("store_foreign", store.url.database or "", "")])
        _run(connection, found)


def _run(connection: Connection, found: str | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise BadInput([fault("store_newer", connection.engine.url.database or "", found)])
    command.upgrade(config, HEAD)
