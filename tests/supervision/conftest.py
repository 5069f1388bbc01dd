"""The databases that the record is tested on, and a store with the example hall.

A test, or a fixture `store`, that asks for `each_database` runs on SQLite and on PostgreSQL: `open_store` without an address then opens a
database of this test alone. Where no PostgreSQL is at hand the second run is skipped, with the reason printed.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from supervision.db.store import Store
from tests.postgres import Server
from tests.supervision.halls_at_hand import new_store


@pytest.fixture
def store(tmp_path: Path) -> Generator[Store, None, None]:
    """The example hall, for the tests that need no other beginning."""
    with new_store(tmp_path / "home") as opened:
        yield opened


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
