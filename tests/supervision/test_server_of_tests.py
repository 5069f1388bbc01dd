"""The server of the tests ends with the run that started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

OWNER = """
import sys
from pathlib import Path
from tests.postgres import clear_away
with clear_away(Path(sys.argv[1])):
    print(flush=True)
    sys.stdin.read()
"""


def _heed() -> None:
    """SIGQUIT reaches the server even if the tests themselves run in the background, where it is ignored."""
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)


def wait_until_gone(folder: Path) -> bool:
    """Whether a folder goes within a minute."""
    end = time.monotonic() + 60
    while folder.exists() and time.monotonic() < end:
        time.sleep(0.02)
    return not folder.exists()


@pytest.mark.parametrize("end", ["killed", "by itself"])
def test_a_server_ends_and_its_folder_goes_with_the_run_however_that_ends(tmp_path: Path, end: str) -> None:
    folder = tmp_path / "server of a run"
    (folder / "data").mkdir(parents=True)
    server = subprocess.Popen(["sleep", "600"], preexec_fn=_heed)
    (folder / "data" / "postmaster.pid").write_text(f"{server.pid}\n{folder / 'data'}\n")
    owner = subprocess.Popen([sys.executable, "-c", OWNER, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    assert owner.stdin is not None
    assert owner.stdout is not None
    owner.stdout.readline()
    assert server.poll() is None
    if end == "killed":
        os.killpg(owner.pid, 9)
    owner.stdin.close()
    server.wait(60)
    owner.wait(60)
    assert wait_until_gone(folder)
