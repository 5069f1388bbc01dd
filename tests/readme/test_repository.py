"""The repository speaks only of itself: no addresses of other hosts, no paths of somebody's machine, no large files."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = re.compile(r"\b(?:https?|ftp|wss?)://([^\s/\"'<>`)\]\\]+)")
OUR_OWN = re.compile(r"^(127\.0\.0\.1|0\.0\.0\.0|\[::1\]|\{|[^.]*$|.*\.(example|invalid|test|local)(:|$))")
"""this machine, a value filled in, or a name that the internet can never have"""
STANDARD = ("www.apache.org", "www.w3.org", "schemas.openxmlformats.org", "schemas.microsoft.com", "json-schema.org", "purl.org")
"""hosts that stand in names of licences and file formats; nothing is ever fetched from them"""
MACHINE = re.compile(r"(?<![\w.:/-])/(?:home|root|Users|work|tmp)/[\w.-]+")


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Every tracked text file."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    found = {}
    for name in filter(None, listed):
        path = ROOT / name
        raw = path.read_bytes() if path.is_file() else b""
        if b"\0" not in raw:
            found[name] = raw.decode("utf-8", errors="replace")
    assert len(found) > 50
    return found


def test_no_address_of_another_host(texts: dict[str, str]) -> None:
    strangers = [
        (name, host)
        for name, text in texts.items()
        for host in ADDRESS.findall(text)
        if not OUR_OWN.match(host) and host.lower() not in STANDARD
    ]

    assert strangers == []


def test_no_path_of_a_machine(texts: dict[str, str]) -> None:
    paths = [(name, path) for name, text in texts.items() for path in MACHINE.findall(text)]

    assert paths == []


def test_nothing_is_left_for_later(texts: dict[str, str]) -> None:
    marks = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "raise NotImplemented" + "Error", "not " + "implemented yet")))
    left = [(name, mark) for name, text in texts.items() if name.endswith(".py") for mark in marks.findall(text)]

    assert left == []


def test_every_module_and_file_that_a_text_names_is_there(texts: dict[str, str]) -> None:
    """In backticks: a dotted name, a path from the root, or the name of a Python file."""
    ours = r"(?:simulation|supervision|dashboards|tests|scenarios)"
    gone = []
    for name, text in texts.items():
        for dotted in re.findall(rf"`({ours}(?:\.\w+)+)`", text):
            parts = dotted.split(".")
            homes = (("/".join(parts[:k]), parts[k:]) for k in range(len(parts), 0, -1))
            found = ((texts[file], rest) for home, rest in homes for file in (f"{home}.py", f"{home}/__init__.py") if file in texts)
            code, rest = next(found, ("", ["-"]))
            if rest and not re.search(rf"\b{rest[0]}\b", code):
                gone.append((name, dotted))
        gone += [(name, path) for path in re.findall(rf"`({ours}/[\w./-]+)`", text) if not (ROOT / path).exists()]
        files = re.findall(r"`(\w+\.py)`", text)
        gone += [(name, file) for file in files if not any(each.endswith(f"/{file}") for each in texts)]

    assert gone == []


def test_no_tracked_file_is_large() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    large = [name for name in filter(None, listed) if (ROOT / name).is_file() and (ROOT / name).stat().st_size > 1_000_000]

    assert large == []
