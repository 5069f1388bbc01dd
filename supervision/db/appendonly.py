"""Triggers that keep every table append-only.

UPDATE and DELETE abort. `INSERT OR REPLACE` deletes silently unless PRAGMA recursive_triggers is on (store.py sets it on every
connection); the insert trigger below closes the door for the row id even without it, and keeps ids growing. Who may drop a trigger can
still change a row: that is what the journal's chain, the checkpoint outside and the digests of sheets are for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def sqlite_triggers(tables: Iterable[str], keys: dict[str, str]) -> Iterator[str]:
    """CREATE TRIGGER statements for SQLite; `keys` gives the growing key column of each table."""
    for table in tables:
        key = keys[table]
        for act in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} BEGIN "
                f"SELECT RAISE(ABORT, '{table} is append-only: {act} is refused; append a row instead'); END"
            )
        # Before an insert the automatic id is still -1, so a given id is checked before and the real one after.
        yield (
            f"CREATE TRIGGER {table}_no_reuse BEFORE INSERT ON {table} "
            f"WHEN NEW.{key} > 0 AND NEW.{key} <= (SELECT max({key}) FROM {table}) BEGIN "
            f"SELECT RAISE(ABORT, '{table} is append-only: {key} must grow; leave {key} out'); END"
        )
        yield (
            f"CREATE TRIGGER {table}_grows AFTER INSERT ON {table} "
            f"WHEN NEW.{key} < (SELECT max({key}) FROM {table}) BEGIN "
            f"SELECT RAISE(ABORT, '{table} is append-only: {key} must grow; leave {key} out'); END"
        )


def postgresql_triggers(tables: Iterable[str], keys: dict[str, str] | None = None) -> Iterator[str]:
    """The same for PostgreSQL, where the role of the application should also have no right to UPDATE, DELETE or TRUNCATE.

    `keys` gives the growing key column of a table where it is not ``id``. That it grows is looked at once a statement: no row from the
    lowest new key on was there before.
    """
    yield (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% is append-only: % is refused; append a row instead', TG_TABLE_NAME, TG_OP "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in tables:
        key = (keys or {}).get(table, "id")
        yield (
            f"CREATE FUNCTION grow_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF (SELECT count(*) FROM {table} WHERE {key} >= (SELECT min({key}) FROM added)) > (SELECT count(*) FROM added) THEN "
            f"RAISE EXCEPTION '{table} is append-only: {key} must grow; leave {key} out' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NULL; END $$"
        )
        yield (
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        yield (
            f"CREATE TRIGGER {table}_grows AFTER INSERT ON {table} REFERENCING NEW TABLE AS added "
            f"FOR EACH STATEMENT EXECUTE FUNCTION grow_{table}()"
        )
