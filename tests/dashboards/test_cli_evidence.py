"""The commands of the evidence, as an inspector types them: orders, draws, checks, warnings, signals. The rules are tested elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

Run = Callable[..., Any]
HALL = """
schema = 1
[hall]
id = "lianhu"
name = { zh = "莲湖便民大厅", en = "Lianhu hall" }
[[hours]]
from = 09:00:00
to = 17:00:00
[[windows]]
id = "W01"
name = { zh = "居住证窗口", en = "Residence permits" }
[[windows]]
id = "W02"
name = { zh = "社保窗口", en = "Social security" }
[[services]]
id = "residence"
name = { zh = "居住证", en = "Residence permit" }
windows = ["W01"]
promised = { amount = 3, unit = "working_days" }
legal = { amount = 20, unit = "working_days" }
"""
RATINGS = """rating_number,level,rated,window
R-1,1,2022-11-03 10:00,W01
R-2,5,2022-11-04 10:00,W01
"""
AT = ("--hall", "lianhu")


@pytest.fixture
def filled(openhall: Run, tmp_path: Path) -> Run:
    """The command line of a hall with two windows and two ratings."""
    for kind, name, text in (("halls", "hall.toml", HALL), ("ratings", "ratings.csv", RATINGS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert openhall("import", kind, tmp_path / name, *AT, "--as", "Li").code == 0
    return openhall


def test_a_bad_rating_becomes_an_order_and_goes_its_way(filled: Run) -> None:
    opened = json.loads(filled("orders", "bad-ratings", "2022-11", *AT, "--as", "Sun", "--json", "-").out)["orders"]
    assert [each["subject"] for each in opened] == ["rating:R-1"]
    number = opened[0]["order"]
    refused = filled("orders", "step", number, "reply", *AT, "--as", "Sun")
    assert refused.code == 2
    assert "call_back" in refused.err
    assert "Traceback" not in refused.err
    assert filled("orders", "step", number, "call_back", *AT, "--as", "Sun", "--note", "waited an hour").code == 0
    shown = filled("orders", "show", number, *AT).out
    assert "called back" in shown
    assert "W12, W13" in shown, "every limit names its article"
    listed = filled("orders", "list", *AT, "--late").out
    assert number in listed, "the limits of 2022 ran out long ago"
    order = json.loads(filled("orders", "show", number, *AT, "--json", "-").out)
    due = min(each["due"] for each in order["clocks"] if each["met"] is None)
    for out, moment in ((shown, order["steps"][0]["at"]), (listed, due)):
        told = datetime.fromisoformat(moment)
        assert told.utcoffset() == timedelta(0), "JSON keeps to UTC"
        assert f"{told.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M}" in out
        assert out.count("Asia/Shanghai") == 1
        assert "UTC" not in out
    kept = json.loads(filled("orders", "kept", "2022-11", *AT, "--json", "-").out)
    assert {row["limit"]: (row["kept"], row["n"]) for row in kept["limits"] if not row["window"]} == {"call_back": (0, 1), "reply": (0, 1)}
    assert "call_back" in filled("orders", "kept", "2022-11", *AT).out
    assert filled("orders", "call-ins", "2022-11", *AT).code == 0


def test_every_step_names_its_person(filled: Run) -> None:
    assert filled("orders", "open", "rating:R-1", *AT).code == 2


def test_a_draw_is_committed_revealed_and_verified(filled: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ask = ("draw", "commit", "2022-12", *AT, "--as", "Sun", "--count", "1", "--inspector", "Li", "--inspector", "Zhao", "--each", "1")
    committed = json.loads(filled(*ask, "--conflict", "Li=W01", "--json", "-").out)
    assert (committed["seed"], committed["visits"]) == (None, [])
    assert filled("draw", "verify", "2022-12", *AT).code == 2, "not revealed yet"
    assert filled("draw", "reveal", "2022-12", *AT, "--as", "Sun").code == 0
    shown = json.loads(filled("draw", "show", "2022-12", *AT, "--json", "-").out)
    assert shown["commitment"] == committed["commitment"]
    assert (shown["visits"][0]["window"], shown["visits"][0]["inspectors"]) != ("W01", ["Li"])
    assert filled("draw", "verify", "2022-12", *AT).code == 0
    assert "2022-12" in filled("draw", "list", *AT).out
    paper = Path("draw.json")
    assert filled("draw", "show", "2022-12", *AT, "--paper", paper).code == 0
    assert json.loads(filled("draw", "recompute", paper, "--json", "-").out)["visits"] == shown["visits"]
    paper.write_text(paper.read_text().replace(shown["seed"], "0" * 32), encoding="utf-8")
    assert filled("draw", "recompute", paper).code == 1
    assert filled("draw", "recompute", "no.json").code == 2
    assert filled(*ask[:-4], "--conflict", "Li").code == 2


def test_rates_and_signals_are_read_without_a_person(filled: Run) -> None:
    rates = json.loads(filled("ratings", "2022-11", *AT, "--json", "-").out)["windows"]
    assert [(row["window"], row["adjusted"]["good"], row["adjusted"]["n"]) for row in rates][:2] == [("", 1, 2), ("W01", 1, 2)]
    assert "50.00 % of 2" in filled("ratings", "2022-11", *AT).out
    assert "no signal" in filled("signals", "show", "2022-11", *AT).out
    measured = json.loads(filled("signals", "measure", "--months", "2", "--json", "-").out)
    assert {row["n"] for row in measured["rules"]} == {40}


def test_the_ladder_a_case_and_its_speed_are_shown(filled: Run, tmp_path: Path) -> None:
    cases = "case_number,service,window,kind,accepted,ended\nC-1,residence,W01,承诺件,2022-11-01 10:00,2022-11-09 10:00\n"
    (tmp_path / "cases.csv").write_text(cases + "C-2,residence,W01,承诺件,2022-11-01 10:00,\n", encoding="utf-8")
    assert filled("import", "cases", tmp_path / "cases.csv", *AT, "--as", "Li").code == 0
    assert "are not listed: 1, the oldest of 2022-11-" in filled("watch", "ladder", *AT).out, "a case of 2022 is older than a year"
    assert json.loads(filled("watch", "ladder", *AT, "--json", "-").out)["older"]["count"] == 1
    assert "written advice" in filled("watch", "ladder", *AT, "--since", "2022-01-01").out
    shown = filled("watch", "case", "C-1", *AT)
    assert "yellow" in shown.out
    assert "2022-11-04" in shown.out, "the last day of three working days is named"
    assert json.loads(filled("watch", "case", "C-1", *AT, "--json", "-").out)["late_days"] == 3
    assert "not ranked" in filled("watch", "speed", "2022-11", *AT).out
    assert filled("watch", "projects", *AT).code == 0
    assert "document 001" in filled("watch", "limits").out
    steps = ("watch", "steps", "residence", *AT, "--as", "Sun", "--from", "2022-01-01", "--step", "受理=1")
    assert filled(*steps, "--step", "审查=2").code == 0
    assert filled(*steps, "--step", "审查=3").code == 2
    extend = ("watch", "extend", "C-2", "2", *AT, "--as", "Sun", "--asked-by", "Li", "--asked-on", "2022-11-03", "--reason", "x")
    assert "working days ahead" not in filled(*extend).out
    assert filled(*extend).code == 2


def test_visits_severity_and_files_are_listed(filled: Run, tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text("check_number,check_kind,window,inspector,began,minutes\nV-1,暗访,W01,Li,2022-11-07 10:00,9\n", "utf-8")
    (tmp_path / "f.csv").write_text(
        "finding_number,code,observed,window,source,check_number\nF-1,dress,2022-11-07 10:02,W01,in_house,V-1\n", encoding="utf-8"
    )
    (tmp_path / "proof.pdf").write_bytes(b"%PDF-1.7 minutes")
    for kind, name in (("visits", "v.csv"), ("checks", "f.csv")):
        assert filled("import", kind, tmp_path / name, *AT, "--as", "Li").code == 0
    assert "no uniform dress" in filled("checks", "list", "2022-11", *AT).out
    assert json.loads(filled("checks", "severity", "2022-11", *AT, "--json", "-").out)["inspectors"][0]["findings"] == 1
    assert filled("checks", "keep", "finding:F-1", tmp_path / "proof.pdf", *AT, "--as", "Li").code == 0
    assert "application/pdf" in filled("checks", "files", "finding:F-1", *AT).out
    assert filled("checks", "keep", "finding:F-9", tmp_path / "proof.pdf", *AT, "--as", "Li").code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("orders", "open", "window:W01@nonsense", "--as", "Sun"),
        ("orders", "open", "window:W01", "--as", "Sun"),
        ("orders", "open", "rating", "--as", "Sun"),
        ("orders", "open", "rating:R-1", "--as", "Sun", "--rules", "none"),
        ("orders", "show", "O-000099"),
        ("orders", "list", "--workflow", "none"),
        ("orders", "kept", "2022-13"),
        ("draw", "commit", "13812345678", "--as", "Sun", "--count", "1", "--inspector", "Li", "--each", "1"),
        ("draw", "commit", "d", "--as", "Sun", "--count", "9", "--inspector", "Li", "--each", "1"),
        ("draw", "commit", "d", "--as", "Sun", "--count", "1", "--inspector", "110101199003071234", "--each", "1"),
        ("draw", "reveal", "none", "--as", "Sun"),
        ("watch", "case", "C-99"),
        ("watch", "steps", "residence", "--as", "Sun", "--from", "2022-01-01", "--step", "review"),
        ("watch", "steps", "nothing", "--as", "Sun", "--from", "2022-01-01", "--step", "review=1"),
        ("watch", "speed", "November"),
        ("checks", "keep", "rating:R-1", "/no/such/file", "--as", "Sun"),
        ("signals", "measure", "--months", "0"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(filled: Run, arguments: tuple[str, ...]) -> None:
    hall = () if "measure" in arguments else AT
    ended = filled(*arguments, *hall)
    assert ended.code == 2
    assert ended.err.strip()
    assert "Traceback" not in ended.err
    assert "110101199003071234" not in ended.err


@pytest.mark.parametrize(
    "arguments",
    [("orders", "list"), ("draw", "list"), ("checks", "list", "2022-11"), ("watch", "ladder"), ("watch", "projects"),
     ("ratings", "2022-11"), ("signals", "show", "2022-11"), ("checks", "severity", "2022-11"), ("checks", "files", "finding:F-1")],
)  # fmt: skip
def test_a_hall_that_is_not_there_is_named(filled: Run, arguments: tuple[str, ...]) -> None:
    ended = filled(*arguments, "--hall", "nowhere")
    assert ended.code == 2
    assert "nowhere" in ended.err


def test_a_visit_is_recorded_from_the_command_line_once_and_its_findings_are_listed(filled: Run, tmp_path: Path) -> None:
    given = ("checks", "record", "W01", *AT, "--as", "Li", "--began", "2022-11-07T10:03", "--minutes", "12", "--item", "phone_on_duty")
    refused = filled(*given)
    assert refused.code == 2
    assert "picture" in refused.err
    assert "Traceback" not in refused.err
    told = json.loads(filled(*given, "--note", "asked not to film", "--json", "-").out)
    assert told["new"]
    again = filled(*given, "--note", "asked not to film")
    assert again.code == 0
    assert "nothing was written" in again.out
    listed = json.loads(filled("checks", "findings", "2022-11", *AT, "--json", "-").out)["findings"]
    assert [(each["finding"], each["check"], each["code"]) for each in listed] == [(told["findings"][0], told["check"], "phone_on_duty")]
    assert "phone" in filled("checks", "findings", "2022-11", *AT).out
    assert filled(*given, "--file", tmp_path / "no.jpg").code == 2
    assert filled("checks", "record", "W09", *AT, "--as", "Li", "--began", "2022-11-07T10:03", "--minutes", "1").code == 2
