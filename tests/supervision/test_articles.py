"""The grounds of the shipped numbers in Chinese."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import supervision
from supervision.articles import ground_in

HOME = Path(supervision.__file__).parent
SHIPPED = [*sorted((HOME / "schemes").glob("*/*.toml")), HOME / "orders" / "rule_sets.toml", HOME / "watch" / "projects.toml"]
ENGLISH = re.compile(r"[A-Za-z]{2,}")


def grounds(given: object) -> set[str]:
    """Every article in a file, and the grounds in its table ``basis``."""
    if isinstance(given, list):
        return {ground for each in given for ground in grounds(each)}
    if not isinstance(given, dict):
        return set()
    own = {given["article"]} if "article" in given else set()
    table = given.get("basis")
    own |= set(table.values()) if isinstance(table, dict) else set()
    return (own | {ground for each in given.values() for ground in grounds(each)}) - {"assumption"}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_shipped_ground_has_chinese_words_and_keeps_its_numbers(path):
    for ground in grounds(tomllib.loads(path.read_text(encoding="utf-8"))):
        shown = ground_in(ground, "zh")

        assert not ENGLISH.search(shown), shown
        source = shown.partition("：")[0].replace("文件", "document ").replace("、", ", ").replace("，", ", ")
        assert source in ground, "the same rule set or document"
        spelled = re.findall(r"\d+(?:\.\d+)?", shown)
        assert all(re.search(rf"(?<![\d.]){re.escape(number)}(?![\d])", ground) for number in spelled), shown
        assert ground_in(ground, "en") == ground


def test_no_ground_stands_in_chinese_that_nothing_rests_on():
    listed = tomllib.loads((HOME / "articles.toml").read_text(encoding="utf-8"))
    used = {ground for path in SHIPPED for ground in grounds(tomllib.loads(path.read_text(encoding="utf-8")))}

    assert set(listed) == used


def test_the_ground_of_a_halls_own_scheme_is_shown_as_it_was_written():
    assert ground_in("本厅办法第三条", "zh") == ground_in("本厅办法第三条", "en") == "本厅办法第三条"
