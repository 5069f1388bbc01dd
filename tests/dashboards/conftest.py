"""The command line, a data folder, and the demonstration month as fixtures.

A command is run in this process, through the same door as the installed one.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.dashboards.recorded import record_month


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


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


@pytest.fixture
def openhall(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., Ended]:
    """Runs ``openhall ARGUMENTS`` on a data folder of the test's own."""
    monkeypatch.setenv("OPENHALL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "150")

    def run(*arguments: object) -> Ended:
        from dashboards.cli import main

        monkeypatch.setattr(sys, "argv", ["openhall", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        return Ended(int(left.value.code or 0), printed.out, printed.err)

    return run
