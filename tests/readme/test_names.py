"""The import names of this project are common ones: nobody else may own them here, and no module of ours may hide a package we import."""

from __future__ import annotations

import ast
import importlib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["simulation", "supervision", "dashboards"])
def test_import_name_is_ours_alone(name: str) -> None:
    owners = set(packages_distributions().get(name, [])) - {"openhall"}
    found = importlib.import_module(name).__file__

    assert not owners, f"{owners} also own the import name {name!r}: use an environment without them"
    assert found is not None
    assert Path(found).resolve().parent == ROOT / name


def test_no_module_of_dashboards_is_named_like_a_package_it_imports() -> None:
    """Streamlit puts the folder of its script on the search path, where such a module would hide the package."""
    modules = sorted((ROOT / "dashboards").rglob("*.py"))
    names = {path.stem for path in modules} | {path.name for path in (ROOT / "dashboards").iterdir() if path.is_dir()}
    imported = {name.split(".")[0] for path in modules for name in _imports(path)}

    assert {"streamlit", "typer"} <= imported
    assert not names & imported


def _imports(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.append(node.module)
    return found
