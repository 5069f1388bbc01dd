"""A snapshot of a hall: read from TOML and JSON, and every fault of it told at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from simulation.faults import BadInput, sentence_of
from simulation.now import Serving, Snapshot, Waiting, extend_today, read_snapshot, snapshot_of
from simulation.scenario import parse
from tests.now.test_standing import hall

SNAPSHOT = """
at = 09:30:00

[[waiting]]
service = "a"
since = 09:10:00
count = 3

[[serving]]
window = "w-2"
service = "a"
since = 09:28:30
arrived = 09:00:00
"""


def test_toml_and_json_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "now.toml").write_text(SNAPSHOT, encoding="utf-8")
    document = {
        "at": "09:30",
        "waiting": [{"service": "a", "since": "9:10", "count": 3}],
        "serving": [{"window": "w-2", "service": "a", "since": "09:28:30", "arrived": "09:00"}],
    }
    (tmp_path / "now.json").write_text(json.dumps(document), encoding="utf-8")
    expected = Snapshot(60.0, (Waiting(0, 40.0, 3),), (Serving(1, 0, 58.5),))

    assert read_snapshot(tmp_path / "now.toml", hall()) == read_snapshot(tmp_path / "now.json", hall()) == expected


def codes(document: dict[str, Any], scenario: Any = None) -> list[str]:
    with pytest.raises(BadInput) as refused:
        snapshot_of(document, scenario or hall())
    for each in refused.value.faults:
        assert sentence_of(each.code, "zh")
        assert "{" not in each.text("en") + each.text("zh")
    return [each.code for each in refused.value.faults]


def with_row(kind: str, **row: Any) -> dict[str, Any]:
    return {"at": time(9, 30), kind: [row]}


A_ROW = {"window": "w-1", "service": "a", "since": "09:20"}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({}, "now_missing"),
        ({"at": "half past nine"}, "now_time"),
        ({"at": 930}, "now_time"),
        ({"at": "07:00"}, "now_closed"),
        ({"at": "11:30"}, "now_closed"),
        ({"at": "09:30", "date": "today"}, "now_key"),
        ({"at": "09:30", "waiting": 3}, "now_rows"),
        ({"at": "09:30", "absent": "w-1"}, "now_names"),
        ({"at": "09:30", "absent": ["w-9"]}, "now_window"),
        (with_row("waiting", service="tax", since="09:20"), "now_service"),
        (with_row("waiting", service=["a"], since="09:20"), "now_service"),
        (with_row("waiting", service="a"), "now_missing"),
        (with_row("waiting", service="a", since="09:31"), "now_future"),
        (with_row("waiting", service="a", since="08:00"), "now_no_ticket"),
        (with_row("waiting", service="a", since="09:20", count=0), "now_count"),
        (with_row("waiting", service="a", since="09:20", count=True), "now_count"),
        (with_row("waiting", service="a", since="09:20", count=100_001), "now_count"),
        (with_row("serving", **A_ROW | {"window": "w-9"}), "now_window"),
        (with_row("serving", **A_ROW | {"since": "09:40"}), "now_future"),
        (with_row("serving", **A_ROW | {"arrived": "09:25"}), "now_before_arrival"),
        (with_row("serving", **A_ROW) | {"absent": ["w-1"]}, "now_absent"),
        ({"at": "09:30", "serving": [A_ROW, A_ROW]}, "now_window_twice"),
    ],
)
def test_what_cannot_be_is_refused(document: dict[str, Any], code: str) -> None:
    assert codes(document) == [code]


def test_a_window_that_is_not_there_or_cannot_serve_is_refused() -> None:
    seats = [{"id": "w-1", "serves": ["a"], "shifts": [{"from": time(10, 0), "to": time(11, 0)}]}, {"id": "v", "serves": ["b"]}]
    five = {"family": "deterministic", "value": 5}
    services = [{"id": each, "service_min": five, "arrivals_per_hour": [0] * 6} for each in ("a", "b")]
    scenario = hall(services=services, windows=seats)

    assert codes(with_row("serving", **A_ROW), scenario) == ["now_off_duty"]
    assert codes(with_row("serving", **A_ROW | {"window": "v"}), scenario) == ["now_cannot_serve"]


def test_all_faults_come_at_once() -> None:
    rows = [{"service": "tax", "since": "later", "counts": 3}, {"service": "a", "since": "09:50"}]
    assert codes({"at": "09:30", "waiting": rows, "absent": ["x"]}) == ["now_window", "now_key", "now_service", "now_time", "now_future"]


def test_a_textbook_run_a_full_hall_and_the_end_of_calling_are_refused() -> None:
    textbook = {
        "schema": 1,
        "name": "t",
        "horizon": {"minutes": 60},
        "services": [{"id": "a", "service_min": {"family": "exponential", "mean": 5}, "arrivals_per_hour": 6}],
        "windows": [{"id": "w", "serves": ["*"]}],
    }
    assert codes({"at": "09:30"}, parse(textbook, "t")) == ["now_textbook"]
    crowd = with_row("waiting", service="a", since="09:20", count=3)
    assert codes(crowd, hall(rules={"places": 2})) == ["now_too_many"]
    opening = [{"from": time(8, 30), "to": time(11, 30), "at_end": "finish_current", "last_start": time(11, 0)}]
    assert codes({"at": "11:00"}, hall(opening=opening)) == ["now_last_start"]


@pytest.mark.parametrize(
    ("name", "text", "code"), [("a.json", "{", "now_json"), ("a.json", "[]", "now_table"), ("a.toml", "at = ", "toml_syntax")]
)
def test_files_that_are_none_are_refused(tmp_path: Path, name: str, text: str, code: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        read_snapshot(tmp_path / name, hall())
    assert refused.value.faults[0].code == code


def test_the_command_answers_and_refuses(openhall: Callable[..., Any], tmp_path: Path) -> None:
    at = tmp_path / "now.toml"
    at.write_text('at = 16:40:00\n[[waiting]]\nservice = "tax"\nsince = 16:20:00\ncount = 9\n', encoding="utf-8")
    plan = "windows.tax-window=+1@16:40-17:30"
    ended = openhall("now", "potou-2022", at, "--replications", 20, "--plan", plan, "--plan", "longer=60", "--json", "-")
    said = json.loads(ended.out)

    assert ended.code == 0, ended.err
    assert (said["at"], said["waiting"], said["serving"]) == ("16:40", 9, 0)
    assert [each["name"] for each in said["futures"]] == ["base", plan, "longer=60"]
    assert said["futures"][0]["next_ticket"]["tax"]["wait"]["value"] > 0
    assert said["futures"][1]["difference"]["mean_wait"]["value"] < 0
    assert said["futures"][1]["difference"]["mean_wait"]["high"] < 0, "one more window for those who wait is sure to help"
    assert said["best"] is None, "less than a minute is not worth a window"
    at.write_text(at.read_text(encoding="utf-8").replace("count = 9", "count = 60"), encoding="utf-8")
    shown = openhall("now", "potou-2022", at, "--replications", 20)
    assert shown.code == 0
    assert "Open one more window at" in shown.out, "what to do, in a sentence"
    for bad in (["--plan", "longer=7"], ["--plan", "longer=900"], ["--plan", "nonsense"], ["--plan", " "]):
        assert openhall("now", "potou-2022", at, *bad).code == 2
    at.write_text("at = 03:00:00\n", encoding="utf-8")
    assert openhall("now", "potou-2022", at).code == 2


def test_an_hour_longer_brings_nobody_more_and_lets_services_start_longer() -> None:
    opening = [{"from": time(8, 30), "to": time(11, 30), "at_end": "finish_current", "last_start": time(11, 15)}]
    for volume in ({"per_year": 5000}, {"per_year": 5000, "profile": [3, 4, 5, 4, 3, 2]}):
        given_hall = hall(opening=opening, days_per_year=250)
        base = dict(given_hall.document)
        base["services"] = [{**each, "volume": volume} for each in base["services"]]
        for each in base["services"]:
            each.pop("arrivals_per_hour", None)
        plan = extend_today(base, 60)
        before, after = parse(base), parse(plan)
        assert plan["opening"][0]["last_start"] == time(12, 15)
        for old, new in zip(before.services, after.services, strict=True):
            assert new.arrival_rate[: len(old.arrival_rate)] == pytest.approx(old.arrival_rate)
            assert sum(new.arrival_rate[len(old.arrival_rate) :]) == 0
