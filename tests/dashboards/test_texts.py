"""Every visible sentence stands in texts/, in both languages, and none in the code of a page."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from pathlib import Path

import pytest

from dashboards import texts
from dashboards.texts import LANGUAGES, Words, language_of, placeholders, sentences, widget_words

DASHBOARDS = Path(texts.__file__).parents[1]
CHINESE = re.compile(r"[\u3400-\u9fff]")
SENTENCE = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}|^[A-Z][a-z]+$")
TAGS = re.compile(r"<[^>]*>?|^[^<]*>")
PAGES = sorted([*(DASHBOARDS / "views").rglob("*.py"), *(DASHBOARDS / "data").rglob("*.py"), DASHBOARDS / "app.py"])


def literals(path: Path) -> list[tuple[int, str]]:
    """String constants of a module that are not docstrings, log messages, messages of exceptions or type names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            for statement in node.body:
                if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                    silent.add(id(statement.value))
        is_log = (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "log"
        )
        if is_log or isinstance(node, ast.Raise | ast.AnnAssign | ast.arg):
            silent.update(id(each) for each in ast.walk(node) if isinstance(each, ast.Constant) and (is_log or isinstance(node, ast.Raise)))
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent
    ]


@pytest.mark.parametrize("key", sorted(sentences()))
def test_a_sentence_has_both_languages_and_the_same_facts(key):
    given = sentences()[key]

    assert set(given) == set(LANGUAGES)
    assert all(text.strip() for text in given.values())
    assert placeholders(given["zh"]) == placeholders(given["en"])
    assert not CHINESE.search(given["en"].replace("中文", "").replace("岗", "")) or "(" in given["en"], "English with Chinese in it"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_page_holds_a_visible_sentence(path):
    plain = [(line, TAGS.sub("", text)) for line, text in literals(path)]
    visible = [(line, text) for line, text in plain if CHINESE.search(text) or SENTENCE.search(text)]

    assert visible == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_key_that_a_page_names_is_there(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    asked = {
        (node.lineno, node.args[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "words"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }

    assert {each for each in asked if each[1] not in sentences()} == set()


@pytest.mark.parametrize("path", [*sorted((DASHBOARDS / "views").rglob("*.py")), DASHBOARDS / "app.py"], ids=lambda path: path.name)
def test_only_data_calls_the_two_halves(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = [each.module or "" for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)]
    named += [alias.name for each in ast.walk(tree) if isinstance(each, ast.Import) for alias in each.names]

    assert [each for each in named if each.split(".")[0] in ("simulation", "supervision")] == []


def test_every_sentence_is_used_somewhere():
    code = "\n".join(path.read_text(encoding="utf-8") for path in DASHBOARDS.rglob("*.py"))

    stems = set(re.findall(r"""["'f]([a-z_]+_)["']? ?(?:\+|\{)""", code)) | set(re.findall(r"""f"([a-z_]+_)\{""", code))
    named = set(re.findall(r"""["']([a-z0-9_]+)["']""", code))
    unused = {key for key in sentences() if key not in named and not any(key.startswith(stem) for stem in stems)}
    assert unused == set()


def test_a_key_in_two_files_is_refused(tmp_path, monkeypatch):
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text('[twice]\nzh = "两次"\nen = "twice"\n', encoding="utf-8")
    monkeypatch.setattr(texts, "files", lambda _: tmp_path)

    with pytest.raises(ValueError, match="'twice' stands in two files"):
        texts.sentences.__wrapped__()


def test_different_facts_are_refused(tmp_path, monkeypatch):
    (tmp_path / "a.toml").write_text('[k]\nzh = "{a}"\nen = "{b}"\n', encoding="utf-8")
    monkeypatch.setattr(texts, "files", lambda _: tmp_path)

    with pytest.raises(ValueError, match="fills in different names"):
        texts.sentences.__wrapped__()


@pytest.mark.parametrize(("asked", "language"), [("en", "en"), ("zh", "zh"), (None, "zh"), ("fr", "zh"), ("<script>", "zh")])
def test_a_language_that_is_not_ours_becomes_the_default(asked, language):
    assert language_of(asked) == language


def test_a_name_falls_back_to_the_language_it_has():
    assert Words("en").name({"zh": "户口"}) == "户口"
    assert Words("en").name({"zh": "户口", "en": "Residence"}) == "Residence"
    assert Words("zh").name(None, "w1") == "w1"


def test_the_words_of_widgets_translate_one_to_one_where_they_must_be_undone():
    given = tomllib.loads((DASHBOARDS / "texts" / "widgets.toml").read_text(encoding="utf-8"))

    assert given == widget_words()
    assert all(CHINESE.search(text) for text in given["words"].values() if text != "下载 CSV")


def test_a_noun_has_the_number_of_what_is_counted():
    words = Words("en")

    one, two = (words("cli_study_plan", name="p", halls=n, shorter=1, longer=0, unclear=0) for n in (1, 2))
    assert one.startswith("p: in 1 hall, the wait")
    assert two.startswith("p: in 2 halls, the wait")
    assert words("cli_study_kept", count=1, folder="f") == "1 answer is kept in f."


def test_every_word_of_number_counts_a_fact_that_is_told():
    """A pair stands behind a number of the same name, both words are there, and Chinese has none."""
    for key, both in sentences().items():
        pairs = [(name, spec) for _, name, spec, _ in string.Formatter().parse(both["en"]) if spec and "|" in spec]
        told = {name for _, name, spec, _ in string.Formatter().parse(both["en"]) if name and not (spec and "|" in spec)}
        assert all(name in told and all(spec.split("|")) and spec.count("|") == 1 for name, spec in pairs), key
        assert "|" not in "".join(spec or "" for _, _, spec, _ in string.Formatter().parse(both["zh"])), key
