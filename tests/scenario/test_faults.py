"""The catalogue of sentences: every code that is raised has its sentence in both languages, with the facts it names."""

from __future__ import annotations

import ast
import pickle
import string
from pathlib import Path

import pytest

from simulation import laws
from simulation.faults import BadInput, Fault, add_catalogue, fault, read_catalogue
from simulation.scenario import findings

SIMULATION = Path(laws.__file__).parent
CATALOGUES = sorted(SIMULATION.rglob("*faults*.toml"))


def sentences() -> list[tuple[str, dict[str, str]]]:
    return [(code, texts) for path in CATALOGUES for code, texts in read_catalogue(path).items() if code not in ("places", "reasons")]


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize(("code", "texts"), sentences(), ids=lambda given: given if isinstance(given, str) else "")
def test_every_sentence_has_both_languages_a_cure_and_ends(code: str, texts: dict[str, str]) -> None:
    assert set(texts) == {"en", "zh"}
    english, chinese = texts["en"], texts["zh"]
    assert english[0] == "{" or not english[0].isupper(), "lower-case start"
    assert english.endswith((".", ")")), "a full sentence"
    assert chinese.endswith(("。", "）")), "a full sentence"
    assert any(mark in english for mark in (";", ", so ", "? ")), "the cure follows the rule"
    assert {name.removesuffix("_zh") for name in placeholders(chinese)} <= {n.removesuffix("_zh") for n in placeholders(english)}


def codes_raised() -> set[str]:
    """Every code named literally in a call of fault, add, note or _unknown, or in the table of pydantic's kinds."""
    found = set(findings.CODES.values())
    for path in (SIMULATION / "scenario").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                first = node.args[0]
                literal = isinstance(first, ast.Constant) and isinstance(first.value, str) and len(node.args) > 1
                if literal and name in ("fault", "add", "note"):
                    found.add(first.value)
    return found


def test_every_code_that_is_raised_has_a_sentence() -> None:
    assert codes_raised() <= {code for code, _ in sentences()}
    assert len(codes_raised()) > 50, "the scan sees the calls"


def test_every_reason_of_the_laws_is_translated() -> None:
    """The sentences that make_law raises are English; a Chinese fault gives them in Chinese."""
    raised = set()
    for node in ast.walk(ast.parse(Path(laws.__file__).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            first = node.exc.args[0]
            if isinstance(first, ast.Constant):
                raised.add(first.value)
    known = read_catalogue(SIMULATION / "faults.toml")["reasons"]
    assert raised, "the scan sees the sentences"
    assert raised <= set(known)


def test_a_fault_reads_as_place_rule_cure() -> None:
    met = fault("keep_at_night", "scenarios/x.toml: opening 2", "keep_tickets")
    assert met.text() == (
        "scenarios/x.toml: opening 2: at_end of the last opening is 'keep_tickets', but no later opening could serve them that day; "
        "write 'serve_all' or 'finish_current'."
    )
    assert met.text("zh").startswith("scenarios/x.toml：开放时段2：最后一个开放时段的 at_end 是 keep_tickets")


def test_values_stay_on_one_line_and_short() -> None:
    """A forged line or a screen command in a value does not reach the terminal or a log."""
    met = fault("not_text", "x.toml", "a\nERROR all is well\x1b[2J" + "b" * 500, key="name")
    assert "\n" not in met.text()
    assert "\x1b" not in met.text()
    assert len(met.value) < 120


def test_bad_input_tells_one_fault_a_line_and_travels_between_processes() -> None:
    bad = BadInput([fault("no_windows", "x.toml"), fault("no_services", "x.toml")])
    assert str(bad).count("\n") == 1
    assert pickle.loads(pickle.dumps(bad)).faults == bad.faults


def test_a_code_without_a_sentence_is_a_mistake_of_ours() -> None:
    with pytest.raises(LookupError, match="no catalogue has a sentence for 'unheard_of'"):
        Fault("unheard_of", "x").text()


def test_another_package_brings_its_own_sentences(tmp_path: Path) -> None:
    own = tmp_path / "faults.toml"
    own.write_text('[own_code]\nen = "{value} is ours; mend it."\nzh = "{value} 是我们的；请改正。"\n', encoding="utf-8")
    add_catalogue(own)
    add_catalogue(own)
    assert fault("own_code", "x", 7).text("zh") == "x：7 是我们的；请改正。"
