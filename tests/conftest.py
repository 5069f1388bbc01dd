"""What every test may ask for: the shared reference data, the command line, and strictness about what is missing.

`OPENHALL_REQUIRE_ALL=1` (set by .ci/run) turns every skip into a failure, save one: the reference data beside the project may be absent.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from tests.postgres import Server

SHARED = Path(__file__).resolve().parents[2] / "shared"
ABSENT = "the reference data beside the project (../shared) is not here"
NO_POSTGRESQL = 'no PostgreSQL for the tests: pip install "openhall[test]", or Debian\'s package postgresql'

os.environ["OPENHALL_LANGUAGE"] = "en"  # the command line reads it when it is imported, which collecting tests may do


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data beside the project; a test that asks for it is skipped, with the reason printed, where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(ABSENT)
    return SHARED


@pytest.fixture(scope="session", autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path, None, None]:
    """A data folder of the tests' own, so that no test reads or writes the user's."""
    home = tmp_path_factory.mktemp("openhall-home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENHALL_HOME", str(home))
        patch.delenv("OPENHALL_DATABASE", raising=False)
        yield home


@pytest.fixture(scope="session")
def postgres() -> Generator[Server, None, None]:
    """A server of this run."""
    from tests.postgres import find_programs, start_server

    programs = find_programs()
    if programs is None:
        pytest.skip(NO_POSTGRESQL)
    with start_server(programs) as server:
        yield server


@pytest.fixture(scope="session")
def template(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the record's tables, empty, to be copied."""
    from supervision.db.store import open_store

    name = postgres.new_database()
    open_store(postgres.address(name), tmp_path_factory.mktemp("template")).close()
    return name


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def openhall(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., Ended]:
    """Runs ``openhall ARGUMENTS`` in this process, through the same door as the installed one, on a data folder of the test's own."""
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


@pytest.fixture
def wide(openhall: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ended]:
    """The same on a terminal so wide that no sentence is broken."""
    monkeypatch.setenv("COLUMNS", "200")
    return openhall


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes more than ten seconds")
    config.addinivalue_line("markers", "sqlite: looks into the file of the record, which no server has")


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    if os.environ.get("OPENHALL_REQUIRE_ALL") != "1" or not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if ABSENT not in reason:
        report.outcome = "failed"
        report.longrepr = f"OPENHALL_REQUIRE_ALL=1 allows no skip, but {report.nodeid} was skipped: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _fail_if_skipped(report)
    return report
