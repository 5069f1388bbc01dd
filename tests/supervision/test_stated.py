"""Stated figures beside recomputed ones: document 003's ratings, every phrase in its document, and files that are refused."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.faults import BadInput
from supervision import stated

GOOD = """
schema = 1
document = "x"
title = { zh = "甲", en = "a" }
[figures]
good = { value = "2", phrase = "two" }
all = { value = "3", phrase = "three" }
none = { value = "0", phrase = "none" }
[[checks]]
id = "A"
phrase = "66.7 %"
stated = "66.7"
share = { part = ["good"], whole = ["all"] }
explanation = { zh = "乙", en = "b" }
"""


def rows() -> dict[str, stated.Row]:
    return {row.id: row for row in stated.check()}


def written(folder: Path, text: str) -> Path:
    path = folder / "figures.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_raw_good_rate_of_document_003_is_not_the_stated_one():
    raw = rows()["C1"]

    assert (raw.stated_value, raw.recomputed_value, raw.verdict) == (Decimal("99.93"), Decimal("99.95"), "error")
    assert raw.formula == "21676 ÷ 21686"
    assert raw.needed == (21670, 21671), "by hand: 21670/21686 = 99.9262 %, 21671/21686 = 99.9308 %, 21672/21686 = 99.9354 %"


def test_without_the_ten_mis_ratings_the_good_rate_is_one_hundred():
    adjusted = rows()["C2"]

    assert (adjusted.recomputed_value, adjusted.unit, adjusted.verdict) == (Decimal(100), "percent", "definition")
    assert adjusted.formula == "21676 ÷ (21686 − 10)"


@pytest.mark.parametrize(
    ("identifier", "value", "verdict"),
    [
        ("C3", "13.26", "definition"),
        ("C3-hall", "28.11", "definition"),
        ("C3-halls", "18.45", "definition"),
        ("C4", "163506", "ok"),
        ("C6", "57.72", "error"),
        ("C7", "71", "error"),
        ("C8", "52.85", "ok"),
        ("C9", "94.62", "ok"),
        ("C10", "1157", "definition"),
        ("C11", "94.68", "definition"),
        ("C12", "18.40", "error"),
        ("C13", "5121", "ok"),
        ("C14", "7", "note"),
        ("C16", "0.73", "note"),
        ("C18-units", "30", "ok"),
        ("C20", "800", "error"),
        ("C22", "49.53", "ok"),
        ("C28-all", "82.09", "note"),
        ("C30", "-35.25", "note"),
        ("C32", "2.84", "note"),
        ("C33", "-92.41", "note"),
        ("C35", "1.85", "note"),
    ],
)
def test_the_other_checks_come_out_as_the_domain_notes_say(identifier, value, verdict):
    row = rows()[identifier]

    assert (row.recomputed_value, row.verdict) == (Decimal(value), verdict)


def test_every_consistency_check_of_the_domain_notes_is_there():
    found = {re.match(r"C\d+", identifier)[0] for identifier in rows()}  # type: ignore[index]

    assert found == {f"C{number}" for number in range(1, 42)}


def test_every_phrase_stands_in_its_document(shared):
    documents = {path.name[:3]: path.read_text(encoding="utf-8") for path in (shared / "seeds").glob("*.txt")}
    for file in stated.SHIPPED.glob("*.toml"):
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        text = documents[content["document"]]
        for name, figure in content.get("figures", {}).items():
            assert figure["phrase"] in text, (file.name, name)
            assert figure["value"] in figure["phrase"], (file.name, name)
        for check in content["checks"]:
            for part in check["phrase"].split(";"):  # a semicolon joins two places of one document
                assert part in text, (file.name, check["id"])


def test_a_row_becomes_plain_values():
    plain = rows()["C1"].to_dict()

    assert plain["stated_value"] == "99.93"
    assert plain["recomputed_value"] == "99.95"
    assert plain["needed"] == [21670, 21671]
    assert set(plain["explanation"]) == {"zh", "en"}


def test_a_file_of_ones_own_is_checked(tmp_path):
    (row,) = stated.check(written(tmp_path, GOOD))

    assert (row.verdict, row.recomputed_value) == ("ok", Decimal("66.67"))


def test_truncation_has_to_be_declared(tmp_path):
    cut = GOOD.replace('stated = "66.7"', 'stated = "66.6"')

    assert stated.check(written(tmp_path, cut))[0].verdict == "error"
    assert stated.check(written(tmp_path, cut.replace('stated = "66.6"', 'stated = "66.6"\nrounding = "truncated"')))[0].verdict == "ok"


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 4))
def test_a_share_rounded_by_hand_always_agrees(part, whole, decimals):
    tenth = 10**decimals
    rounded = (2 * 100 * part * tenth + whole) // (2 * whole)  # half up, in whole numbers
    text = f"{rounded // tenth}.{rounded % tenth:0{decimals}d}" if decimals else str(rounded)
    operands = [stated._Operand(stated.Fraction(each), str(each), 1) for each in (part, whole)]

    row = stated._judge("x", "x", "x", "share", operands, Decimal(text), "percent", "half_up", "error", {})
    assert row.verdict == "ok"


@given(st.integers(1, 5000), st.integers(0, 10000))
def test_the_parts_needed_are_exactly_those_that_give_the_stated_share(whole, hundredths):
    text = Decimal(hundredths).scaleb(-2)
    fitting = [part for part in range(whole + 1) if (2 * 10000 * part + whole) // (2 * whole) == hundredths]

    assert stated._parts_needed(text, 2, stated.Fraction(whole), "half_up") == ((fitting[0], fitting[-1]) if fitting else None)


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (("schema = 1", "schema = 2"), "a file of stated figures begins with schema = 1, not 2; write that line."),
        (('"66.7"', "66.7"), 'check "A": stated must be a plain decimal number in quotes, such as "99.93", not 66.7; write it so.'),
        (('"66.7"', '"1e999999999"'), "stated must be a plain decimal number in quotes"),
        (('"66.7"', '"nan"'), "stated must be a plain decimal number in quotes"),
        (('["all"]', '["every"]'), "share.whole names the figure every, which [figures] does not have; add it or mend the name."),
        (('["all"]', '["none"]'), "share.whole adds up to zero (0), and nothing can be divided by zero; mend the figures."),
        (("whole =", "hole ="), "share takes exactly the operands part, whole"),
        (('["all"]', '"all"'), "share.whole must be a list of figure names"),
        (("share =", "shares ="), "shares is not a key of a file of stated figures; check its spelling or remove it."),
        (("share =", 'remark = "note"\nshare ='), "or a remark, but here stands: share; keep one."),
        (("share =", 'otherwise = "fine"\nshare ='), "otherwise must be one of error, definition, note, not fine; choose one."),
        (("share =", 'rounding = "up"\nshare ='), "rounding must be one of half_up, truncated, not up; choose one."),
        (('{ zh = "乙", en = "b" }', '{ zh = "乙" }'), "explanation must have a text in zh and one in en, and nothing else; write both."),
        (("[[checks]]", "[[checks]]\nid = 'B'\nphrase = 'p'\nremark = 'note'\nexplanation = {zh='z',en='e'}\n[[checks]]"), None),
        (("good = {", "good = 3\nbad = {"), "figures"),
        (("schema = 1", "schema = 1 1"), "this is not a TOML file"),
    ],
)
def test_a_broken_file_is_refused_with_place_rule_and_cure(tmp_path, broken, sentence):
    path = written(tmp_path, GOOD.replace(*broken))
    if sentence is None:
        assert [row.id for row in stated.check(path)] == ["B", "A"]
        return
    with pytest.raises(BadInput) as refused:
        stated.check(path)

    assert str(path) in refused.value.text("en")
    assert sentence in refused.value.text("en") or (sentence == "figures" and 'figure "good"' in refused.value.text("en"))
    assert refused.value.text("zh") != refused.value.text("en")


def test_all_faults_of_one_file_come_together(tmp_path):
    path = written(tmp_path, GOOD.replace("schema = 1", "schema = 3").replace('["all"]', '["every"]').replace(', en = "a"', ""))

    with pytest.raises(BadInput) as refused:
        stated.check(path)
    assert [each.code for each in refused.value.faults] == ["stated_schema", "stated_bilingual", "stated_figure"]


def test_what_is_not_there_is_said(tmp_path):
    with pytest.raises(BadInput) as refused:
        stated.check(tmp_path / "none.toml")
    assert refused.value.faults[0].code == "file_missing"


def test_a_number_is_not_a_check_twice(tmp_path):
    body = GOOD[GOOD.index("[[checks]]") :]
    with pytest.raises(BadInput) as refused:
        stated.check(written(tmp_path, GOOD + body))
    assert [each.code for each in refused.value.faults] == ["stated_twice"]
