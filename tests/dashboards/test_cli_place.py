"""The commands about an installation: serve, demo, doctor, run as processes of their own and stopped as people stop them."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "dashboards.cli"]


@contextmanager
def running(*arguments: str, home: Path) -> Iterator[tuple[subprocess.Popen[str], str, list[str]]]:
    """A serving command, the address it printed, and the lines before it; killed at the end if it still runs."""
    environment = os.environ | {"OPENHALL_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    process = subprocess.Popen([*COMMAND, *arguments], cwd=ROOT, env=environment, text=True, **both)
    lines: list[str] = []
    assert process.stdout is not None
    try:
        for line in process.stdout:
            lines.append(line)
            found = re.search(r"http://\S+", line)
            if found:
                yield process, found[0], lines
                return
        pytest.fail("it ended without an address:\n" + "".join(lines))
    finally:
        process.kill()
        process.wait()


def answers(address: str) -> str:
    with urllib.request.urlopen(address, timeout=60) as page:
        return str(page.read().decode("utf-8"))


def test_serve_prints_one_address_and_stops_when_told(tmp_path: Path) -> None:
    with running("serve", "--port", "0", "--language", "en", home=tmp_path) as (process, address, _):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?lang=en", address)
        assert "<html" in answers(address)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
        assert process.stdout is not None
        assert "Traceback" not in process.stdout.read()


def test_serve_refuses_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        environment = os.environ | {"OPENHALL_HOME": str(tmp_path)}
        ended = subprocess.run([*COMMAND, "serve", "--port", port], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert ended.returncode == 2
    assert f"127.0.0.1:{port} cannot be listened on" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_demo_builds_a_scored_month_and_doing_it_again_adds_nothing(tmp_path: Path) -> None:
    def sheets_filed() -> int:
        environment = os.environ | {"OPENHALL_HOME": str(tmp_path)}
        command = [*COMMAND, "sheet", "2022-11", "--hall", "potou-2022", "--json", "-"]
        told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
        return len(json.loads(told.stdout)["sheets"])

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with running("demo", "--port", port, home=tmp_path) as (_, address, first):
            assert not address.endswith(f":{port}/"), "a busy port is not asked for again"
            assert "<html" in answers(address)
            assert sum("http://" in line for line in first) == 1
    sheets = sheets_filed()
    with running("demo", "--port", "0", home=tmp_path) as (_, _, second):
        imported = [line for line in second if line.startswith("imported ")]

    assert sheets == 30
    assert sheets_filed() == 30
    assert all(" 0 rejected" in line for line in first if line.startswith("imported "))
    assert len(imported) == 5
    assert all(" 0 accepted, 0 rejected" in line for line in imported)


def test_doctor_finds_this_installation_well(tmp_path: Path) -> None:
    environment = os.environ | {"OPENHALL_HOME": str(tmp_path)}
    ended = subprocess.run([*COMMAND, "doctor", "--json", "-"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    told = json.loads(ended.stdout)

    assert [each for each in told["findings"] if not each["ok"]] == []
    assert ended.returncode == 0
    assert len(told["findings"]) >= 8
    assert not (tmp_path / "openhall.sqlite").exists(), "looking makes no database"


def test_doctor_says_no_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    environment = os.environ | {"OPENHALL_HOME": str(tmp_path / "file")}
    ended = subprocess.run([*COMMAND, "doctor"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert "set OPENHALL_HOME to a folder that you may write to" in ended.stdout
    assert "Traceback" not in ended.stdout + ended.stderr
