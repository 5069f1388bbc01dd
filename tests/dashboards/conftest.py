"""A data folder, and the demonstration month in one, as fixtures."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.dashboards.recorded import record_month


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own, without any record."""
    monkeypatch.setenv("OPENHALL_HOME", str(tmp_path))
    monkeypatch.delenv("OPENHALL_DATABASE", raising=False)
    return tmp_path


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demonstration month; nobody changes its record."""
    return record_month(tmp_path_factory.mktemp("recorded"))


@pytest.fixture
def hall(recorded: Path, home: Path) -> str:
    """The id of the demonstration month's hall, in a copy that the test may change."""
    from dashboards.data import record

    shutil.copytree(recorded, home, dirs_exist_ok=True)
    return str(record.halls()[0].hall_id)
