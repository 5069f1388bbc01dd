"""The worked cases of every scheme, written as data so that a jurist can check them by hand."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from supervision.evidence import Fact
from supervision.scheme import SCHEMES, load_scheme
from supervision.scoring import score

CASES = sorted(SCHEMES.glob("*/worked/*.toml"))
KEYS = {"total", "earned", "comparable", "band", "award", "points", "states", "moved", "shown", "spared", "contested", "spared_points"}


def test_every_scheme_has_worked_cases() -> None:
    with_cases = {path.parents[1].name for path in CASES}
    assert with_cases == {path.parent.name for path in SCHEMES.glob("*/*.toml")}
    assert len(CASES) >= 15


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_worked_case(path: Path) -> None:
    """Facts in, the expected points, evidence and grade out; every part that is not named is checked to add up."""
    case: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    facts = [Fact("W01", row["kind"], row["status"], row["code"], row["count"], 0, tuple(row.get("evidence", ()))) for row in case["facts"]]
    sheet = score(load_scheme(path.parents[1].name), "hall", "W01", "2022-11", facts)
    expected = case["expected"]
    assert set(expected) <= KEYS
    assert _text(sheet.total) == expected["total"]
    assert (sheet.band or "") == expected["band"]
    assert sheet.award is expected.get("award", True)
    if "earned" in expected:
        assert _text(sheet.earned) == expected["earned"]
    if "comparable" in expected:
        assert _text(sheet.comparable) == expected["comparable"]
    for id, points in expected["points"].items():
        assert _text(sheet.line(id).points) == points, id
    for id, state in expected.get("states", {}).items():
        assert sheet.line(id).state == state, id
    for role in ("moved", "contested"):
        for id, ids in expected.get(role, {}).items():
            assert [ref.id for ref in sheet.line(id).evidence if ref.role == role] == ids, (role, id)
    for id, ids in expected.get("shown", {}).items():
        assert [ref.id for ref in sheet.line(id).evidence if ref.reason in ("elsewhere", "not_charged")] == ids, id
    for id, ids in expected.get("spared", {}).items():
        assert [ref.id for ref in sheet.line(id).evidence if ref.role == "spared"] == ids, id
    for id, points in expected.get("spared_points", {}).items():
        assert [each.points for each in sheet.not_charged if each.kind == "points" and each.code == id] == [points], id
    assert sheet.earned == sum((line.points for line in sheet.lines if line.points is not None), Decimal(0))


def _text(number: Decimal | None) -> str:
    return "" if number is None else format(number, "f")
