"""An installed wheel works without the checkout: it carries scenarios, schemes, migrations, texts and everything the pages load."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = (".toml", ".gz", ".js", ".css", ".png", ".svg", ".mako", ".csv", ".json")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tracked files alone, so that nothing untracked helps."""
    tree = tmp_path_factory.mktemp("tree")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, tree / name)
    return tree


@pytest.fixture(scope="module")
def installed(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", str(tree)]
    subprocess.run(build, cwd=folder, check=True, capture_output=True)
    (wheel,) = folder.glob("openhall-*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def test_wheel_carries_every_data_file(tree: Path, installed: Path) -> None:
    parts = ("simulation", "supervision", "dashboards", "scenarios")
    wanted = {path.relative_to(tree) for part in parts for path in (tree / part).rglob("*") if path.suffix in DATA}
    carried = {path.relative_to(installed) for path in installed.rglob("*") if path.is_file()}

    assert len(wanted) > 20
    assert wanted - carried == set()


def test_wheel_brings_no_tests(installed: Path) -> None:
    brought = {path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")}

    assert brought == {"simulation", "supervision", "dashboards", "scenarios"}


def test_installed_command_finds_the_scenarios_it_brought(installed: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(installed), "OPENHALL_HOME": str(tmp_path / "home")}
    program = "from dashboards.cli import main; main()"

    def openhall(*arguments: str) -> dict[str, object]:
        command = [sys.executable, "-c", program, *arguments, "--json", "-"]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
        found: dict[str, object] = json.loads(done.stdout)
        return found

    checked = openhall("check", "potou-2022")["scenarios"]
    assert isinstance(checked, list)
    assert Path(checked[0]["path"]) == installed / "scenarios" / "potou-2022.toml"
    assert openhall("simulate", "potou-2022", "--replications", "2")["replications"] == 2
    assert openhall("schemes", "list")["schemes"]
    assert openhall("journal", "verify")["ok"] is True
