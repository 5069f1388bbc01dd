"""`openhall day`: any day again, its measures, its event log."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

Run = Callable[..., Any]


def test_a_day_is_made_again_and_exported_in_every_format(openhall: Run, tmp_path: Path) -> None:
    out = [tmp_path / f"day.{ending}" for ending in ("csv", "parquet", "xes")]
    targets = [part for path in out for part in ("--out", path)]
    ended = openhall("day", "potou-2022", "--seed", 4, "--day", 2, "--date", "2023-05-04", *targets, "--json", "-")
    said = json.loads(ended.out)
    csv, parquet = pd.read_csv(out[0]), pd.read_parquet(out[1])

    assert ended.code == 0, ended.err
    assert (said["seed"], said["day"], said["date"]) == (4, 2, "2023-05-04")
    assert sum(said["events"].values()) == len(csv) == len(parquet) == out[2].read_text(encoding="utf-8").count("<event>")
    assert said["events"]["ended"] == said["measures"]["served"]
    assert csv["time:timestamp"].str.startswith("2023-05-04T").all()
    assert csv["time:timestamp"].str.endswith("+08:00").all()


def test_the_same_day_is_the_same_and_another_seed_is_another_day(openhall: Run) -> None:
    one, again, other = (json.loads(openhall("day", "potou-2022", "--seed", seed, "--json", "-").out) for seed in (4, 4, 5))

    assert one == again
    assert one["measures"]["mean_wait"] != other["measures"]["mean_wait"]


def test_the_day_is_the_one_that_simulate_writes(openhall: Run, tmp_path: Path) -> None:
    openhall("simulate", "potou-2022", "--replications", 1, "--seed", 9, "--tickets", tmp_path / "log.csv", "--json", tmp_path / "r.json")
    openhall("day", "potou-2022", "--seed", 9, "--out", tmp_path / "day.csv")
    tickets, events = pd.read_csv(tmp_path / "log.csv"), pd.read_csv(tmp_path / "day.csv")

    assert sorted(events.loc[events["concept:name"] == "called", "minute"]) == sorted(tickets["called"].dropna())


def test_wrong_names_are_refused_before_anything_is_done(openhall: Run, tmp_path: Path) -> None:
    ended = openhall("day", "potou-2022", "--out", tmp_path / "day.xlsx")

    assert ended.code == 2
    assert ".xes" in ended.err
    assert openhall("day", "no-such-hall").code == 2
    assert openhall("day", "potou-2022", "--day", -1).code == 2
    assert openhall("day", "potou-2022", "--out", tmp_path / "a.csv", "--out", tmp_path / "a.csv").code == 2
    assert not list(tmp_path.glob("*.csv"))


def test_a_day_beyond_the_longest_run_is_refused_at_once(openhall: Callable[..., Any]) -> None:
    assert openhall("day", "potou-2022", "--day", 10**11).code == 2
