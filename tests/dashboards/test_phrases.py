"""A figure's basis is told in the reader's language: the English of a remark in Chinese, a Chinese phrase as a quotation with its gloss."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboards.shipped import shipped_scenarios
from dashboards.texts import Words
from dashboards.texts.phrases import _catalogue, in_words

SCENARIOS = Path(shipped_scenarios()["potou-2022"]).parent
PHRASE = re.compile(r"(\d{3})?「([^」]*)」")
ENGLISH = re.compile(r"[A-Za-z]{3,}")
NAMES = re.compile(r"ouhai-2016|STAG")


def bases(given: Any, inside: bool = False) -> Iterator[str]:
    """Every text that stands in a `basis` of a shipped file."""
    if isinstance(given, dict):
        for name, each in given.items():
            yield from bases(each, inside or name == "basis")
    elif isinstance(given, list):
        for each in given:
            yield from bases(each, inside)
    elif inside and isinstance(given, str):
        yield given


FOUND = sorted({each for file in SCENARIOS.rglob("*.toml") for each in bases(tomllib.loads(file.read_text(encoding="utf-8")))})


def test_every_remark_of_the_shipped_files_has_its_chinese_and_none_is_left_over() -> None:
    remarks = {PHRASE.sub("{}", each) for each in FOUND}
    known = _catalogue()["remarks"]
    assert set(known) == remarks
    assert all(english.count("{}") == chinese.count("{}") for english, chinese in known.items())


def test_every_gloss_is_of_a_phrase_that_is_quoted_somewhere() -> None:
    said = {phrase for each in FOUND for _, phrase in PHRASE.findall(each)}
    assert set(_catalogue()["glosses"]) <= said


@pytest.mark.parametrize("basis", FOUND)
def test_no_english_is_left_in_chinese_and_no_chinese_unmarked_in_english(basis: str) -> None:
    phrases = PHRASE.findall(basis)
    chinese, english = in_words(Words("zh"), basis), in_words(Words("en"), basis)
    for document, said in phrases:
        assert f"文件{document}「{said}」" in chinese
        assert f"document {document}, in the original 「{said}」" in english
    assert not ENGLISH.search(NAMES.sub("", chinese))
    rest = re.sub(r"in the original 「.*?」", "", english)
    assert not re.search(r"[\u3400-\u9fff]", re.sub(r"\(党政[^)]*\)", "", rest))


def test_what_the_catalogue_does_not_know_stays_readable() -> None:
    """A hall's own file: its own remark, in whatever language, and a phrase of a document without a number."""
    assert in_words(Words("zh"), "queue machine, November 2022") == "queue machine, November 2022"
    assert in_words(Words("en"), "「本厅公告」, 2023") == "in the original 「本厅公告」, 2023"
    assert in_words(Words("zh"), "a {} of braces 「x」") == "a {} of braces 「x」"
    assert in_words(Words("en"), "") == ""
