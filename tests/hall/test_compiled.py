"""Compiled code is kept in step with the sources."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import simulation
from simulation.compiled import sources_digest


def digest_of(package: Path) -> str:
    """The digest that a copy of the package gives."""
    script = "from simulation.compiled import sources_digest; print(sources_digest())"
    command = [sys.executable, "-c", script]
    return subprocess.run(command, cwd=package.parent, env={"PYTHONPATH": "."}, capture_output=True, text=True, check=True).stdout.strip()


def test_a_change_of_any_source_compiles_everything_anew(tmp_path: Path) -> None:
    copy = tmp_path / "simulation"
    shutil.copytree(Path(simulation.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    assert digest_of(copy) == sources_digest(), "the digest does not depend on where the package lies"

    with (copy / "routing.py").open("a") as source:
        source.write("\n# another rule\n")

    assert digest_of(copy) != sources_digest()
