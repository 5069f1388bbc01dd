"""The worked cases of every scheme, written as data so that a jurist can check them by hand."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from simulation.faults import BadInput
from supervision.evidence import Fact
from supervision.scheme import SCHEMES, Scheme, load_scheme, read_scheme_text
from supervision.scoring import head_points, score
from supervision.standing import stand

CASES = sorted(SCHEMES.glob("*/worked/*.toml"))
KEYS = {"total", "earned", "comparable", "band", "award", "points", "states", "moved", "shown", "spared", "contested", "spared_points"}


def test_every_scheme_has_worked_cases() -> None:
    with_cases = {path.parents[1].name for path in CASES}
    assert with_cases == {path.parent.name for path in SCHEMES.glob("*/*.toml")}
    assert len(CASES) >= 15


@pytest.mark.parametrize(
    ("path", "version"),
    [(path, file.stem) for path in CASES for file in sorted(path.parents[1].glob("*.toml"))],
    ids=lambda each: f"{each.parents[1].name}-{each.stem}" if isinstance(each, Path) else each,
)
def test_worked_case(path: Path, version: str) -> None:
    """Facts in, the expected points, evidence and grade out; every part that is not named is checked to add up. A case holds for every
    version, or from the one it names on."""
    case: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    if int(version) < case.get("since", 1):
        assert not set(case["expected"]["points"]) <= set(load_scheme(path.parents[1].name, version).lines()), "then it would hold for it"
        return
    facts = [Fact("W01", row["kind"], row["status"], row["code"], row["count"], 0, tuple(row.get("evidence", ()))) for row in case["facts"]]
    sheet = score(load_scheme(path.parents[1].name, version), "hall", "W01", "2022-11", facts)
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


def test_the_head_of_the_window_carries_half_in_k2() -> None:
    """A complaint upheld -3, head -1.5; a result not mailed -1, head -0.5 (RULES 2.2)."""
    found = [
        Fact("W01", "case", "ended_on_time", "promised", 100), Fact("W01", "check", "done", "", 5),
        Fact("W01", "finding", "confirmed", "complaint_upheld", 1, 0, ("finding:A",)),
        Fact("W01", "finding", "confirmed", "mail_not_sent", 1, 0, ("finding:B",)),
    ]  # fmt: skip
    scheme = load_scheme("k2")
    assert head_points(scheme, score(scheme, "hall", "W01", "2022-11", found)) == Decimal("2.00")


def _made(old: str, new: str) -> Scheme:
    text = (SCHEMES / "k9" / "1.toml").read_text(encoding="utf-8")
    assert old in text
    return read_scheme_text(text.replace(old, new, 1).encode(), "k9/1.toml")


def test_the_same_fault_costs_by_who_found_it() -> None:
    """A quarrel that a superior body found costs 1, any other 3; two prices for one finder are refused."""
    quarrel = 'event = { kind = "finding", codes = ["quarrel"] }\n'
    own = 'event = { kind = "finding", codes = ["quarrel"], found_by = ["in_house", "third_party", "media", "leader_on_duty"] }\n'
    other = """
[[deductions]]
id = "quarrel_superior"
name = { zh = "上级检查发现争吵", en = "quarrel found by a superior body" }
points = 1
per = "finding"
charged_in = "service"
article = "K17, finding by a provincial discipline body -1"
event = { kind = "finding", codes = ["quarrel"], found_by = ["superior"] }
"""
    scheme = _made(quarrel, own + other)
    for found_by, points in (("", "27.00"), ("media", "27.00"), ("superior", "29.00")):
        facts = [Fact("W01", "check", "done", "", 5), Fact("W01", "finding", "confirmed", "quarrel", 1, 0, ("finding:A",), found_by)]
        assert _text(score(scheme, "hall", "W01", "2022-11", facts).line("service").points) == points
    with pytest.raises(BadInput) as caught:
        _made(quarrel, quarrel + other)
    assert "scheme_code_twice" in {each.code for each in caught.value.faults}


@pytest.mark.parametrize(
    ("below", "points", "comparable"), [("share_out", "", "100.00"), ("full_marks", "40.00", "100.00"), ("not_ranked", "", "")]
)
def test_what_happens_below_the_minimum_of_evidence(below: str, points: str, comparable: str) -> None:
    """Nobody looked at discipline (40 of 100): its weight is shared out, or given, or the window is not ranked."""
    scheme = _made('minimum = { of = "checks", at_least = 1, basis', f'minimum = {{ of = "checks", at_least = 9, below = "{below}", basis')
    facts = [Fact("W01", "check", "done", "", 5), Fact("W01", "case", "ended_on_time", "promised", 100)]
    sheet = score(scheme, "hall", "W01", "2022-11", facts)
    assert (_text(sheet.line("discipline").points), _text(sheet.comparable)) == (points, comparable)
    assert sheet.line("discipline").state == "not_enough_evidence"


def test_a_conversion_changes_what_is_compared_and_graded_and_no_line() -> None:
    """K13: the sum times a coefficient. 0.85 of 95 is 80.75; the lines still add to 95, and the grade is that of 80.75."""
    text = (SCHEMES / "k13" / "1.toml").read_text(encoding="utf-8").replace("\nfactor = 1\n", "\nfactor = 0.85\n", 1)
    scheme = read_scheme_text(text.encode(), "k13/1.toml")
    facts = [
        Fact("W01", "case", "ended_on_time", "promised", 99), Fact("W01", "case", "ended_overdue", "promised", 1, 0, ("case:1",)),
        Fact("W01", "lateness", "ended", "1", 1, 0, ("case:1",)), Fact("W01", "rating", "valid", "5", 40),
        Fact("W01", "check", "done", "", 2),
    ]  # fmt: skip
    sheet = score(scheme, "hall", "W01", "2022-11", facts)
    assert (_text(sheet.total), _text(sheet.comparable), sheet.band) == ("95.00", "80.75", "qualified")
    assert sum(line.points for line in sheet.lines if line.points is not None) == Decimal("95.00")
    assert scheme.highest == Decimal("93.50")
    (place,) = stand([sheet], {}, (), scheme.highest, scheme.conversion)
    assert place.total is not None
    assert place.low is not None
    noise = Decimal("1.959964") * 5 * Decimal("0.85")
    assert place.total - place.low == pytest.approx(noise, abs=Decimal("0.01")), "noise is converted too"


@pytest.mark.parametrize(("codes", "from_day", "points"), [((), 0, "4.00"), (("build_first",), 0, "4.00"), ((), 3, "1.00")])
def test_late_papers_are_charged_by_kind_and_by_days(codes: tuple[str, ...], from_day: int, points: str) -> None:
    """Three late papers: two accepted without, 0 and 3 days late, one to be built first, 2 days late; one excused costs nothing."""
    text = (SCHEMES / "ouhai" / "1.toml").read_text(encoding="utf-8")
    told = f"codes = {list(codes)}, ".replace("'", '"') if codes else ""
    per = "working_day" if codes else "paper"
    old = 'per = "paper"\ncharged_in = "linked"\nbasis = "assumption"\nevent = { kind = "paper", from = 0'
    assert old in text
    new = old.replace('per = "paper"', f'per = "{per}"').replace("from = 0", f"{told}from = {from_day}")
    scheme = read_scheme_text(text.replace(old, new, 1).encode(), "ouhai/1.toml")
    facts = [
        Fact("T", "case", "ended_on_time", "promised", 50), Fact("T", "check", "done", "", 1),
        Fact("T", "paper", "accept_with_missing", "0", 1, 0, ("paper:A x",)),
        Fact("T", "paper", "accept_with_missing", "3", 1, 0, ("paper:B x",)),
        Fact("T", "paper", "build_first", "2", 2, 0, ("paper:C x", "paper:C y")), Fact("T", "paper", "excused", "9", 1, 0, ("paper:D x",)),
    ]  # fmt: skip
    sheet = score(scheme, "hall", "T", "2022-11", facts)
    assert sheet.line("linked").points == Decimal(30) - Decimal(points)
    assert ("excused", ("paper:D x",)) in {(each.reason, each.evidence) for each in sheet.not_charged}
