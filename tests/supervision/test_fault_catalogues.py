"""Every code of a fault has its own sentence in both languages, rule and cure, and no two catalogues share a code."""

from __future__ import annotations

import itertools
import re
import string
import tomllib
from pathlib import Path

import pytest

from supervision.faults import fault

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted(path for part in ("simulation", "supervision", "dashboards") for path in (ROOT / part).rglob("faults.toml"))
SENTENCES = {path.relative_to(ROOT).as_posix(): {**tomllib.loads(path.read_text(encoding="utf-8"))} for path in CATALOGUES}
OURS = SENTENCES["supervision/faults.toml"]


def codes(name: str) -> set[str]:
    return set(SENTENCES[name]) - {"places", "alone", "reasons"}


def test_a_place_that_is_one_word_of_what_was_asked_for_is_translated_and_a_key_of_a_file_is_not():
    assert fault("hall_unknown", "hall", "x").text("zh").startswith("大厅：")
    assert fault("hall_unknown", "a.toml: hall", "x").text("zh").startswith("a.toml：hall：")
    assert fault("hall_unknown", "hall", "x").text("en").startswith("hall: ")


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(SENTENCES, 2)))
def test_no_two_catalogues_share_a_code(one, other):
    assert codes(one) & codes(other) == set()


@pytest.mark.parametrize("code", sorted(codes("supervision/faults.toml")))
def test_both_languages_say_the_same_names_and_hold_rule_and_cure(code):
    entry = OURS[code]
    assert set(entry) == {"en", "zh"}
    assert fields(entry["en"]) == fields(entry["zh"])
    assert re.search(r"; [^;]+\.$", entry["en"]), "a cure after a semicolon, a full stop at the end"
    assert re.search(r"；[^；]+。$", entry["zh"])
    assert not entry["en"][0].isupper() or entry["en"].startswith(("NUL", "SQLite", "TOML"))


def test_every_code_that_the_record_and_the_intake_raise_has_a_sentence_in_the_catalogue():
    source = "\n".join(
        path.read_text(encoding="utf-8") for part in ("db", "intake") for path in (ROOT / "supervision" / part).rglob("*.py")
    )
    raised = set(re.findall(r'\b(?:fault|NoMoment|NoValue)\(\s*"([a-z0-9_]+)"', source))
    known = set().union(*(codes(name) for name in SENTENCES))
    assert raised, "the pattern still finds them"
    assert raised - known == set()


def test_acts_and_steps_are_named_in_chinese_where_a_sentence_names_them():
    """A fact that is an act's name is told in the reader's language, so every act has one."""
    from supervision.course import STEPS
    from supervision.db.roles import MAY

    named = OURS["reasons"]
    assert {*MAY, *STEPS} <= set(named)
    assert all(re.fullmatch(r"[\u4e00-\u9fff]+", each["zh"]) for each in named.values())
