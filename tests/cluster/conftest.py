"""A Dask scheduler with two workers, each a process of its own without a nanny, so that one that is killed stays dead."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60


class Site:
    """A scheduler and its workers."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "scheduler.json"
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        self.scheduler = self._run("dask_scheduler", "--port", "0", "--host", "127.0.0.1")
        end = time.monotonic() + PATIENCE
        while not (self.file.exists() and self.file.read_text(encoding="utf-8")):
            assert time.monotonic() < end, "the scheduler does not begin"
            time.sleep(0.05)
        self.address = json.loads(self.file.read_text(encoding="utf-8"))["address"]

    def hire(self, name: str) -> None:
        """One worker more."""
        how = ("--no-nanny", "--nthreads", "1", "--name", name, "--local-directory", str(self.folder))
        self.workers[name] = self._run("dask_worker", *how)

    def _run(self, program: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", "--scheduler-file", str(self.file), "--no-dashboard", *options]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def close(self) -> None:
        for each in (*self.workers.values(), self.scheduler):
            each.kill()
            each.wait()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("cluster"))
    for name in ("first", "second"):
        made.hire(name)
    yield made
    made.close()


@pytest.fixture
def empty_site(tmp_path: Path) -> Iterator[Site]:
    """A scheduler that nobody works for."""
    made = Site(tmp_path)
    yield made
    made.close()
