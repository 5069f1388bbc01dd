"""Every phrase of the founding documents that asks something of the simulation is mapped to what represents it, and that exists.

What is missing says why.
"""

from __future__ import annotations

import csv
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
"""the inventory itself is not part of the repository; where it is at hand, no row may be left out"""
KINDS = {"key", "name", "measure", "scenario", "text", "missing"}
SEEDS: dict[str, dict[str, Any]] = tomllib.loads((HERE / "simulation.toml").read_text(encoding="utf-8"))


def there_is(kind: str, what: str) -> bool:
    """Whether a named thing exists."""
    if kind == "key":
        return has_key(what)
    if kind == "name":
        return can_be_imported(what)
    if kind == "measure":
        from simulation.measures.registry import MEASURES

        return what in MEASURES
    if kind == "scenario":
        return (ROOT / "scenarios" / f"{what}.toml").is_file()
    path, _, words = what.partition(": ")  # a file of the repository, and words that stand in it
    return (ROOT / path).is_file() and words in (ROOT / path).read_text(encoding="utf-8")


def has_key(dotted: str) -> bool:
    """Whether a scenario may have this key."""
    from simulation.scenario.tables import MODELS

    *table, key = dotted.split(".")
    model = MODELS.get(tuple(table))
    return model is not None and key in {field.alias or name for name, field in model.model_fields.items()}


def can_be_imported(dotted: str) -> bool:
    """Whether it is a module, or stands in one."""
    module, _, name = dotted.rpartition(".")
    try:
        import_module(dotted)
    except ImportError:
        try:
            return hasattr(import_module(module), name)
        except ImportError:
            return False
    return True


@pytest.mark.parametrize("identity", SEEDS)
def test_what_is_named_exists(identity: str) -> None:
    row = SEEDS[identity]

    assert row, "nothing is said"
    assert set(row) <= KINDS
    assert isinstance(row.get("missing", "a reason"), str)
    absent = [(kind, what) for kind, named in row.items() if kind != "missing" for what in named if not there_is(kind, what)]
    assert absent == []


def test_no_row_of_the_inventory_is_left_out(shared: Path) -> None:
    with (shared / "domain" / "seed-inventory.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["id"] for row in csv.DictReader(file) if "simulation" in row["part"]}

    assert rows - set(SEEDS) == set(), "not mapped"
    assert set(SEEDS) - rows == set(), "not in the inventory"


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("key", "services.colour"),
        ("key", "nothing.quota"),
        ("name", "simulation.magic"),
        ("name", "simulation.serve.dance"),
        ("measure", "mean_joy"),
        ("scenario", "atlantis"),
        ("text", "README.md: no such words stand here at all"),
        ("text", "no-such-file.md: words"),
    ],
)
def test_what_does_not_exist_is_found_out(kind: str, what: str) -> None:
    assert not there_is(kind, what)
