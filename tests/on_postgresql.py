"""Every record of a test run on PostgreSQL: `pytest -p tests.on_postgresql tests/supervision/test_orders.py`.

Each file of SQLite that a test would open is a database of its own instead, made when it is first asked for and dropped after the last
test of its module. Tests that look into the file itself cannot work here; they are marked `sqlite` and left out. Not for the whole suite:
a database takes a tenth of a second to make and 10 MB of disk.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url

from supervision.db import store
from tests.postgres import Server


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what looks into SQLite's file."""
    left_out = [each for each in items if each.get_closest_marker("sqlite")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [each for each in items if each not in left_out]


@pytest.fixture(scope="module", autouse=True)
def each_file_is_a_database(postgres: Server, template: str) -> Generator[None, None, None]:
    """Files of SQLite become databases, one a file; the file then holds the name of its database."""
    names: dict[Path, str] = {}
    read_address = store.read_address

    def read(given: str, default: Path) -> URL:
        address = read_address(given, default)
        if address.get_backend_name() != "sqlite":
            return address
        file = Path(str(address.database)).resolve()
        told = file.read_text() if file.exists() else template
        if told != names.get(file):  # a file in a copied folder still tells of the database it was copied from
            names[file] = postgres.new_database(told, "")
            file.write_text(names[file])
        return make_url(postgres.address(names[file])).set(drivername="postgresql+psycopg")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "read_address", read)
        yield
    postgres.run(*(f"DROP DATABASE {name} WITH (FORCE)" for name in names.values()))
