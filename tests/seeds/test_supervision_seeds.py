"""Every phrase of the founding documents that belongs to supervision is represented by something that is there, or said to be left out."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import pytest

from tests.seeds.supervision_references import stands_for

HERE = Path(__file__).parent
SEEDS: dict[str, list[str]] = tomllib.loads((HERE / "supervision.toml").read_text(encoding="utf-8"))["seeds"]


def test_every_row_of_the_inventory_is_mapped_and_no_other(shared):
    with (shared / "domain" / "seed-inventory.csv").open(encoding="utf-8", newline="") as file:
        wanted = {row["id"] for row in csv.DictReader(file) if "supervision" in row["part"]}
    assert wanted
    assert set(SEEDS) == wanted


@pytest.mark.parametrize("seed", sorted(SEEDS))
def test_what_represents_a_phrase_is_there(seed):
    assert SEEDS[seed]
    assert [each for each in SEEDS[seed] if not stands_for(each)] == []


@pytest.mark.parametrize(
    "reference", ["code:none_such", "step:finding.fly", "import:ratings.channel=鸽子", "table:ratings.nothing", "command:watch nothing",
                  "scheme:k12.nothing", "stated:C99", "out: no", "nonsense:x"]
)  # fmt: skip
def test_a_reference_to_nothing_is_noticed(reference):
    assert not stands_for(reference)
