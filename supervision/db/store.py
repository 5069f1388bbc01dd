"""The one door to the database: acts that write, and reads that do not.

Assumes one database for all halls: OPENHALL_DATABASE (a SQLAlchemy address), else a SQLite file in the data folder. Measured reasons
for the settings: with the drivers' defaults 4 x 40 read-then-update lose 119 updates without an error; a deferred BEGIN fails 123 of
160 within milliseconds; BEGIN IMMEDIATE on the writing engine loses none. Hence two engines (engines.py), the reading one with no right
to write. Not for long reading inside an act: an act holds the only write lock.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, Connection
from sqlalchemy.orm import Session

from .. import journal
from ..canonical import digest_text
from ..faults import BadInput, fault
from ..home import data_folder
from ..people import check_person
from . import journal_rows, roles, row_digests, row_ids
from .checkpoint_file import CheckpointFile
from .engines import describe_server, in_transaction, make_engine, read_address, roll_back, trouble_as_fault
from .schema import EVERY_HALL, microseconds

DATABASE_FILE = "openhall.sqlite"
BUSY_SECONDS = 15.0


@dataclass(slots=True)
class Work:
    """One act under way: its session, its place in the journal, and what the journal will say of it."""

    session: Session
    sequence: int
    """Journal sequence of this act; every row it writes carries it."""
    at: datetime
    """Moment of the act, UTC."""
    person: str
    hall_id: str
    facts: dict[str, object] = field(default_factory=dict)

    def detail(self, **facts: object) -> None:
        """Add facts to the act's journal row: text, whole numbers, lists and tables; no float, no personal number."""
        self.facts.update(facts)


class Store:
    """An opened database. Threads may share it."""

    def __init__(
        self,
        url: URL,
        home: Path,
        *,
        busy_seconds: float = BUSY_SECONDS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.url = url
        self.home = home
        """The data folder: keys and, for a database server, the checkpoint."""
        self.clock = clock
        self._writer = make_engine(url, busy_seconds, writes=True)
        self._reader = make_engine(url, busy_seconds, writes=False)
        self._busy_seconds = busy_seconds
        self._lock = threading.Lock()
        self._acting: int | None = None
        self._checkpoints = CheckpointFile(_checkpoint_path(url, home))

    @contextlib.contextmanager
    def act(self, person: str, act: str, hall_id: str | None = None, outcome: str = "done") -> Generator[Work, None, None]:
        """A unit of work: all of it and exactly one journal row, or nothing.

        `person` is who acts, `hall_id` None means no single hall. An exception inside rolls everything back and goes on to the caller.
        Acts do not nest.

        Raises
        ------
        BadInput
        without a person, or with a personal number for one; when the person's roles do not allow the act in the hall; when another
        process holds the database for longer than the limit; when the checkpoint cannot be written.
        """
        check_person(person)
        with self._alone(), trouble_as_fault(self.url), self._writer.connect() as connection, contextlib.ExitStack() as stack:
            stack.callback(roll_back, connection)
            connection.begin()
            session = stack.enter_context(Session(connection, expire_on_commit=False, join_transaction_mode="control_fully"))
            if outcome == "done":  # that something failed may always be noted
                roles.check_act(session, person, act, hall_id or EVERY_HALL)
            head = journal_rows.head(session)
            before = row_ids.newest_ids(session)
            row_ids.level_ids(session, before)
            work = Work(session, head.count + 1, self.clock(), person, hall_id or EVERY_HALL)
            yield work
            session.flush()
            if not in_transaction(connection):
                raise RuntimeError("the database rolled this act back after an error that was swallowed; let errors leave the act")
            work.detail(rows=row_digests.digest_new(session, before))
            entry = journal.chain(head, work.hall_id, microseconds(work.at), person, act, outcome, work.facts)
            journal_rows.append(session, entry)
            draft = self._checkpoints.draft(journal.Checkpoint(entry.sequence, entry.digest))
            stack.callback(draft.discard)
            session.commit()
            draft.keep()

    @contextlib.contextmanager
    def _alone(self) -> Generator[None, None, None]:
        """One act at a time among this store's threads, in the order they came; RuntimeError for an act inside an act."""
        if self._acting == threading.get_ident():
            raise RuntimeError("acts do not nest; give the inner function the work of the outer act")
        if not self._lock.acquire(timeout=self._busy_seconds):
            raise BadInput([fault("store_busy", Path(str(self.url.database)).name)])
        try:
            self._acting = threading.get_ident()
            yield
        finally:
            self._acting = None
            self._lock.release()

    @contextlib.contextmanager
    def read(self) -> Generator[Session, None, None]:
        """A session that sees one state of the database and cannot write."""
        with trouble_as_fault(self.url), self._reader.connect() as connection, Session(connection, autoflush=False) as session:
            yield session
            session.rollback()

    def checkpoint(self) -> tuple[journal.Checkpoint | None, bool]:
        """The checkpoint kept outside the database (None if there is none yet), and whether its file could be read."""
        return self._checkpoints.read()

    def head(self) -> journal.Checkpoint:
        """Count and head of the journal, as printed on sheets."""
        with self.read() as session:
            return journal_rows.head(session)

    def describe(self) -> tuple[str, str, bool] | None:
        """Of a server: its version, our role, and whether the role could change rows were there no triggers. None for SQLite."""
        with self.read() as session:
            return describe_server(session.connection())

    def connect_to_migrate(self) -> Connection:
        """A connection of the writing engine, for the migrations only."""
        return self._writer.connect()

    def close(self) -> None:
        """Give all connections back."""
        self._writer.dispose()
        self._reader.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_store(
    url: str | None = None,
    home: Path | None = None,
    *,
    busy_seconds: float = BUSY_SECONDS,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Store:
    """Open the database, making or migrating its tables if needed.

    Parameters
    ----------
    url : SQLAlchemy address; default OPENHALL_DATABASE, else a SQLite file in `home`
    home : data folder; default OPENHALL_HOME, else the user's
    busy_seconds : how long to wait for another process that is writing
    clock : the moment now, aware; for tests

    Raises BadInput if the address is not one, the database was made by a newer version, SQLite or the server is too old, or the server
    cannot be reached.
    """
    folder = home or data_folder()
    address = read_address(url or os.environ.get("OPENHALL_DATABASE", "").strip(), folder / DATABASE_FILE)
    store = Store(address, folder, busy_seconds=busy_seconds, clock=clock)
    from .migrations import upgrade

    try:
        with trouble_as_fault(address):
            upgrade(store)
    except BaseException:
        store.close()
        raise
    return store


def _checkpoint_path(url: URL, home: Path) -> Path:
    """Beside the SQLite file; for a server in the data folder, named after its host and database, whatever role connects."""
    if url.get_backend_name() == "sqlite":
        file = Path(str(url.database))
        return file.with_name(file.name + ".checkpoint")
    place = f"{url.host or url.query.get('host', '')}:{url.port or url.query.get('port', '')}/{url.database}"
    return home / f"journal-{digest_text(place)[:16]}.checkpoint"
