"""Every command of both READMEs gives what is printed there, and the two tell the same."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.readme.blocks import Block, matches, read_blocks

ROOT = Path(__file__).resolve().parents[2]
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh-CN.md"}


@pytest.fixture(scope="module", params=sorted(READMES))
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Block, dict[str, Any]]]:
    """Each step of one README with what it printed."""
    folder = tmp_path_factory.mktemp(f"readme-{request.param}")
    environment = os.environ | {"OPENHALL_LANGUAGE": request.param, "OPENHALL_HOME": str(folder / "home"), "COLUMNS": "132"}
    command = [sys.executable, "-m", "tests.readme.session", str(READMES[request.param]), str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return list(zip(read_blocks(READMES[request.param]), json.loads(done.stdout), strict=True))


def test_every_command_prints_what_is_shown(told: list[tuple[Block, dict[str, Any]]]) -> None:
    commands = [(block, printed) for block, printed in told if block.kind == "command"]
    wrong = [(block.name, printed["out"] + printed["err"]) for block, printed in commands if not matches(block.text, printed["out"])]

    assert not wrong, "\n".join(f"$ {name}\n{printed}" for name, printed in wrong)


def test_every_command_ends_well(told: list[tuple[Block, dict[str, Any]]]) -> None:
    assert [(block.name, ended["code"], ended["err"]) for block, ended in told if ended["code"] != 0] == []


def test_both_readmes_show_the_same_steps() -> None:
    steps = {language: [(block.kind, block.name) for block in read_blocks(path)] for language, path in READMES.items()}

    assert steps["en"] == steps["zh"]
    assert len(steps["en"]) > 10


def test_every_command_there_is_stands_in_both_readmes() -> None:
    from dashboards.cli import app

    names = [command.name for command in app.registered_commands] + [group.name for group in app.registered_groups]

    assert len(names) >= 10
    for path in READMES.values():
        text = path.read_text(encoding="utf-8")
        missing = [name for name in names if not re.search(rf"openhall {name}\b", text)]
        assert missing == [], path.name


def test_every_measure_of_the_json_stands_in_both_readmes() -> None:
    from simulation.measures.registry import MEASURES

    for path in READMES.values():
        text = path.read_text(encoding="utf-8")
        assert [name for name in MEASURES if f"`{name}`" not in text] == [], path.name


def test_the_two_commands_come_first() -> None:
    for path in READMES.values():
        head = path.read_text(encoding="utf-8")[:1200]
        assert head.index("make demo") < head.index("make test")


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a 1\nb 2\n", "a 1  \nb 2\n", True),
        ("a 1\n...\nd 4\n", "a 1\nb 2\nc 3\nd 4\n", True),
        ("a 1\n...\n", "a 1\n", True),
        ("head ...\n", "head 5f3a\n", True),
        ("a 1\nb 2\n", "a 1\nb 3\n", False),
        ("a 1\n", "a 1\nb 2\n", False),
        ("a (1)\n", "a 1\n", False),
    ],
)
def test_comparison_of_outputs(shown: str, printed: str, same: bool) -> None:
    assert matches(shown, printed) is same
