"""Plans at a terminal: levers listed, changes made, refused, saved plans by name, and Typer's words in the person's language."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboards import cli_console, cli_typer
from dashboards.data import library
from dashboards.texts import Words, in_chinese
from simulation.plans import LEVERS, apply_changes, read_changes
from simulation.scenario import load_scenario, parse

Run = Callable[..., Any]
LINES = ["windows.comprehensive=+2@10:00-12:00", "quota.tax=30"]
FEW = ("--replications", "8")


def test_every_lever_is_listed_with_an_example_that_works(openhall: Run) -> None:
    rows = json.loads(openhall("levers", "potou-2022", "--json", "-").out)["levers"]
    base = load_scenario("scenarios/potou-2022.toml")

    assert [each["lever"] for each in rows] == list(LEVERS)
    for row in rows:
        needs = ["appointments=20%"] if row["lever"] in ("booked", "no_show") else []
        line = "set.rules.places=60" if row["lever"] == "set" else row["example"]
        parse(apply_changes(base.document, read_changes([*needs, line])))
    assert "windows.real-estate-window=+2@10:00-12:00" in openhall("levers", "potou-2022").out


def test_changes_are_compared_with_the_base_and_told_as_sentences(openhall: Run) -> None:
    ended = openhall("compare", "potou-2022", *FEW, "-c", LINES[0], "--change", LINES[1])

    assert ended.code == 0
    assert "2 more at Comprehensive window, 10:00–12:00" in ended.out
    assert "no limit → 30" in ended.out
    found = json.loads(openhall("compare", "potou-2022", *FEW, "-c", LINES[0], "-c", LINES[1], "--json", "-").out)
    assert found["changes"] == LINES
    assert found["difference"]["measures"]["mean_wait"]["value"] < 0


def test_a_plan_is_written_as_a_scenario_that_gives_the_same(openhall: Run, tmp_path: Path) -> None:
    target = tmp_path / "plan.toml"
    changed = json.loads(openhall("simulate", "potou-2022", *FEW, "-c", LINES[0], "--write", target, "--json", "-").out)
    again = json.loads(openhall("simulate", target, *FEW, "--json", "-").out)

    assert tomllib.loads(target.read_text(encoding="utf-8"))["windows"][-1]["id"] == "comprehensive-extra"
    assert again["digest"] == changed["digest"]
    assert again["measures"] == changed["measures"]


def test_a_saved_plan_is_compared_by_its_name(openhall: Run) -> None:
    library.save("周一加窗", "potou-2022", "", read_changes(LINES[:1]))
    found = json.loads(openhall("compare", "potou-2022", "周一加窗", *FEW, "-c", LINES[1], "--json", "-").out)

    assert found["changes"] == LINES
    assert openhall("compare", "ouhai-2016", "周一加窗").code == 2, "a plan belongs to its scenario"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["compare", "potou-2022"], "nothing differs from the base"),
        (["compare", "potou-2022", "-c", "lunhc=ab", "-c", "places=x"], "there is no lever 'lunhc' (near: lunch)"),
        (["simulate", "potou-2022", "-c", "quota.nobody=3"], "there is no 'nobody' to set this for"),
        (["simulate", "potou-2022", "-c", "set.services.tax.quta=3"], "did you mean 'quota'?"),
        (["simulate", "potou-2022", "--write", "/nowhere/at/all.toml"], "this file cannot be written"),
    ],
)
def test_a_plan_that_cannot_be_ends_with_2_and_its_cure(openhall: Run, arguments: list[str], said: str) -> None:
    ended = openhall(*arguments)

    assert ended.code == 2
    assert ended.out == ""
    assert said in ended.err


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (cli_console, cli_typer):
        monkeypatch.setattr(module, "words", Words("zh"))


ENGLISH = ("Usage", "Options", "Commands", "Show this", "required", "default", "Error", "Missing", "No such", "Invalid", "Try ")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--help"],
        ["compare", "--help"],
        ["journal"],
        ["schemes", "list", "-h"],
        ["simulat"],
        ["simulate"],
        ["simulate", "x", "--replications", "0"],
        ["simulate", "x", "--replications", "many"],
        ["simulate", "x", "--engine", "abacus"],
        ["simulate", "x", "--sed", "1"],
        ["simulate", "x", "--seed"],
        ["simulate", "x", "y"],
        ["import"],
        ["serve", "--port", "70000"],
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("chinese")
def test_help_and_refusals_speak_chinese_throughout(openhall: Run, arguments: list[str]) -> None:
    ended = openhall(*arguments)
    text = ended.out + ended.err

    assert ended.code == (0 if any(each in ("-h", "--help") for each in arguments) else 2)
    assert "用法：" in text or "错误：" in text
    assert [word for word in ENGLISH if word in text] == []


def test_what_a_person_typed_is_not_translated() -> None:
    assert in_chinese("Error: No such command 'Options'.") == "错误：没有 'Options' 这个命令。"
