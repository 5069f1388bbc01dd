"""The command line as a fixture: a command is run in this process, through the same door as the installed one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


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
