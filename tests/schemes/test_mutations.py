"""Every shipped scheme with one fault put in, wherever the fault fits: `schemes check` finds it, by its code and with its cure."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from simulation.faults import Fault
from supervision.scheme import SCHEMES, check_schemes
from supervision.scheme.lints import lint
from supervision.scheme.tables import Document

FILES = sorted(SCHEMES.glob("*/*.toml"))
TABLES = ("indicators", "deductions", "bonuses", "vetoes", "bands", "titles", "annual", "not_charged")
Raw = dict[str, Any]


def raw_of(path: Path) -> Raw:
    return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def faults_of(raw: Raw) -> list[Fault]:
    return lint(Document.model_validate(raw), "x.toml")


def weights(raw: Raw) -> Iterator[tuple[str, Raw]]:
    """Weights that do not add."""
    for at in range(len(raw["indicators"])):
        changed = copy.deepcopy(raw)
        changed["indicators"][at]["weight"] += 1
        yield "scheme_weights", changed


def grounds(raw: Raw) -> Iterator[tuple[str, Raw]]:
    """Numbers without an article."""
    for table in TABLES:
        for at, row in enumerate(raw.get(table, ())):
            for inside in ((), ("minimum",)) if "minimum" in row else ((),):
                changed = copy.deepcopy(raw)
                place = changed[table][at]
                for key in inside:
                    place = place[key]
                place.pop("article", None), place.pop("basis", None)
                yield "scheme_no_ground", changed
    for name in raw["basis"]:
        changed = copy.deepcopy(raw)
        del changed["basis"][name]
        yield "scheme_no_basis", changed


def never(raw: Raw) -> Iterator[tuple[str, Raw]]:
    """Parts, deductions and bonuses that can never count."""
    parts = [row["id"] for row in raw["indicators"] if row["measure"]["kind"] == "deductions"]
    for part in parts:
        others = [each for each in parts if each != part]
        if others:
            changed = copy.deepcopy(raw)
            for row in changed["deductions"]:
                if row["charged_in"] == part:
                    row["charged_in"] = others[0]
            yield "scheme_never_charged", changed
    for at, row in enumerate(raw["indicators"]):
        if row["measure"]["kind"] != "unread":
            changed = copy.deepcopy(raw)
            changed["indicators"][at]["floor"] = row["weight"]
            yield "scheme_floor_whole", changed
    for at, row in enumerate(raw["deductions"]):
        if row["event"]["kind"] == "finding":
            changed = copy.deepcopy(raw)
            changed["deductions"][at]["event"]["codes"] = ["no_such_code"]
            yield "scheme_unknown_code", changed
        if "from" in row["event"]:
            changed = copy.deepcopy(raw)
            changed["deductions"][at]["event"]["below"] = row["event"]["from"]
            yield "scheme_empty_range", changed
    if raw.get("bonuses"):
        changed = copy.deepcopy(raw)
        changed["bonus_at_most"], changed["max"] = 0, changed["base"]
        yield "scheme_bonus_never", changed


def double(raw: Raw) -> Iterator[tuple[str, Raw]]:
    """One fault charged twice."""
    codes = {
        "finding": "scheme_code_twice", "rating": "scheme_code_twice", "reminder": "scheme_event_twice", "incomplete": "scheme_event_twice",
    }  # fmt: skip
    for row in raw["deductions"]:
        changed = copy.deepcopy(raw)
        changed["deductions"].append({**copy.deepcopy(row), "id": "again"})
        yield codes.get(row["event"]["kind"], "scheme_days_twice"), changed
        known = {"lateness": "limit_not_kept", "hidden": "never_accepted"}.get(row["event"]["kind"])
        if known:
            changed = copy.deepcopy(raw)
            more = {**copy.deepcopy(row), "id": "found_besides", "per": "finding", "event": {"kind": "finding", "codes": [known]}}
            changed["deductions"].append(more)
            yield "scheme_same_fault", changed
        rate = {"lateness": "cases_on_time", "rating": "good_ratings"}.get(row["event"]["kind"])
        if rate:
            changed = copy.deepcopy(raw)
            part = next(each for each in changed["indicators"] if each["id"] == row["charged_in"])
            part["measure"] = {"kind": "rate", "of": rate}
            yield "scheme_rate_twice", changed
    for row in raw.get("annual", ()):
        changed = copy.deepcopy(raw)
        more = {**copy.deepcopy(raw["deductions"][0]), "id": "now", "event": {"kind": "finding", "codes": [row["code"]]}, "per": "finding"}
        changed["deductions"].append(more)
        yield "scheme_code_twice", changed


def grades(raw: Raw) -> Iterator[tuple[str, Raw]]:
    """Grades with a gap or an overlap between them."""
    for at, row in enumerate(raw["bands"]):
        for by, code in ((1, "scheme_bands_gap"), (-1, "scheme_bands_overlap")):
            if "from" in row:
                changed = copy.deepcopy(raw)
                changed["bands"][at]["from"] += by
                yield code, changed


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
@pytest.mark.parametrize("put_in", [weights, grounds, never, double, grades], ids=lambda each: each.__name__)
def test_a_fault_put_into_a_shipped_scheme_is_found(path: Path, put_in: Any) -> None:
    raw = raw_of(path)
    assert faults_of(raw) == []
    tried = 0
    for code, changed in put_in(raw):
        found = [each for each in faults_of(changed) if each.code == code]
        assert found, (code, path)
        for language in ("en", "zh"):
            told = found[0].text(language)
            assert ";" in told or "；" in told, f"no cure: {told}"
        tried += 1
    assert tried or put_in is double, path


def versions(folder: Path, path: Path, ends: str | None, begins: str) -> list[str]:
    """Faults of a folder with the scheme's own version, ending as told, and a next one beginning as told."""
    text = path.read_text(encoding="utf-8")
    own = folder / path.parent.name
    own.mkdir(parents=True)
    first = text if ends is None else text.replace("\nbase = ", f'\nin_force_to = "{ends}"\nbase = ', 1)
    (own / path.name).write_text(first, encoding="utf-8")
    following = re.sub(r'\nversion = "\w+"', '\nversion = "next"', text, count=1)
    following = re.sub(r'\nin_force_from = "[\d-]+"', f'\nin_force_from = "{begins}"', following, count=1)
    (own / "next.toml").write_text(following, encoding="utf-8")
    return [each.code for each in check_schemes(folder=folder)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_gaps_and_overlaps_in_force_are_found(path: Path, tmp_path: Path) -> None:
    begins = tomllib.loads(path.read_text(encoding="utf-8"))["in_force_from"]
    cases = [
        (None, begins, ["scheme_same_month"]), ("2030-06", "2030-07", []), ("2030-06", "2030-06", ["scheme_force_overlap"]),
        ("2030-06", "2030-08", ["scheme_force_gap"]), ("1999-12", "2030-07", ["scheme_ends_first"]), (None, "2030-07", []),
    ]  # fmt: skip
    for number, (ends, then, expected) in enumerate(cases):
        assert versions(tmp_path / str(number), path, ends, then) == expected, (ends, then)
