"""`openhall study`, and `--scheduler` where no cluster is needed to refuse it."""

from __future__ import annotations

import json

import pytest

STUDY = """schema = 1
name = "two halls"
halls = ["potou-2022", "mine.toml"]
replications = 16

[[plans]]
name = "one more"
changes = ["windows.comprehensive=+1@10:00-12:00"]
"""
MINE = """schema = 1
name = "mine"
title = { en = "mine", zh = "我的" }

[[opening]]
from = 09:00:00
to = 12:00:00
at_end = "serve_all"

[[services]]
id = "s"
name = { en = "s", zh = "事" }
service_min = { family = "gamma", mean = 6.0, cv = 0.6 }
arrivals_per_hour = [20.0, 20.0, 24.0, 18.0, 20.0, 20.0]

[[windows]]
id = "comprehensive"
name = { en = "w", zh = "窗" }
count = 2
serves = ["*"]
"""


@pytest.fixture
def file(tmp_path):
    (tmp_path / "mine.toml").write_text(MINE, encoding="utf-8")
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    return tmp_path / "study.toml"


def test_a_study_tells_what_each_plan_does_and_gives_the_same_again(openhall, file, tmp_path):
    first = openhall("study", file, "--out", tmp_path / "out")
    found = json.loads(openhall("study", file, "--out", tmp_path / "out", "--json", "-").out)

    assert first.code == 0
    assert first.out.startswith("one more: in 2 halls, the wait is clearly shorter in ")
    assert [each["hall"] for each in found["comparisons"]] == ["potou-2022", "mine"]
    row = found["comparisons"][1]
    change = "windows.comprehensive=+1@10:00-12:00"
    alone = json.loads(openhall("compare", tmp_path / "mine.toml", "-c", change, "--replications", 16, "--json", "-").out)
    assert row["difference"] == alone["difference"]["measures"]
    assert row["base"] == alone["base"]["measures"]
    assert (tmp_path / "out" / row["file"]).is_file()


def test_halls_as_they_are_and_to_a_precision(openhall, file, tmp_path):
    file.write_text('schema = 1\nname = "as is"\nhalls = ["mine.toml"]\nprecision = 0.2\nreplications = 200\n', encoding="utf-8")
    (row,) = json.loads(openhall("study", file, "--json", "-").out)["comparisons"]
    alone = json.loads(openhall("simulate", tmp_path / "mine.toml", "--precision", 0.2, "--replications", 200, "--json", "-").out)

    assert row["plan"] is None
    assert row["measures"] == alone["measures"]
    assert "mine" in openhall("study", file).out


def test_two_halls_of_one_name_are_told_apart(openhall, file, tmp_path):
    (tmp_path / "other.toml").write_text(MINE.replace("count = 2", "count = 3"), encoding="utf-8")
    file.write_text(STUDY.replace('"potou-2022", ', '"*er.toml", '), encoding="utf-8")
    names = [each["hall"] for each in json.loads(openhall("study", file, "--json", "-").out)["comparisons"]]

    assert names == [f"mine ({tmp_path / 'other.toml'})", f"mine ({tmp_path / 'mine.toml'})"]


def test_everything_that_is_wrong_with_a_study_is_told_at_once(openhall, file, tmp_path):
    (tmp_path / "mine.toml").write_text(MINE.replace("mean = 6.0", "mean = -6.0"), encoding="utf-8")
    file.write_text(STUDY.replace("comprehensive=+1", "nobody=+1"), encoding="utf-8")
    ended = openhall("study", file)

    assert ended.code == 2
    assert "Traceback" not in ended.err
    lines = ended.err.strip().splitlines()
    assert any("potou-2022.toml: plan one more" in each and "nobody" in each for each in lines)
    assert any("mine.toml" in each and "no gamma has such numbers" in each for each in lines)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("schema = 1", "schema = 2"), "write schema = 1"),
        (('name = "two halls"', "name = 3"), "a study has a name"),
        (('["potou-2022", "mine.toml"]', "[]"), "at least one"),
        (('"mine.toml"', '"no/*.toml"'), "no .toml file fits"),
        (('"mine.toml"', '"nowhere"'), "neither a file nor a scenario"),
        (("replications = 16", "replications = 0"), "no whole number between 1 and"),
        (("replications = 16", "replications = true"), "no whole number between 1 and"),
        (("replications = 16", "precision = 2"), "no share of the mean wait"),
        (("replications = 16", "workers = 3"), "there is no key 'workers' here"),
        (('name = "one more"', 'name = ""'), "names no plan"),
        (('["windows.comprehensive=+1@10:00-12:00"]', "[]"), "changes is a list of texts"),
        (('"windows.comprehensive=+1@10:00-12:00"', '"windows"'), "change"),
        (("[[plans]]", "[plans]"), "plans are tables"),
        (("schema = 1", "schema = "), "TOML"),
    ],
)
def test_a_file_that_is_no_study_is_refused_with_its_cure(openhall, file, change, says):
    file.write_text(STUDY.replace(*change), encoding="utf-8")
    ended = openhall("study", file)

    assert ended.code == 2
    assert says in ended.err
    assert "Traceback" not in ended.err


def test_a_folder_that_cannot_be_written_is_refused(openhall, file, tmp_path):
    (tmp_path / "taken").write_text("", encoding="utf-8")
    ended = openhall("study", file, "--out", tmp_path / "taken")

    assert ended.code == 2
    assert "name a folder" in ended.err


@pytest.mark.parametrize(
    "command",
    [("simulate", "potou-2022"), ("compare", "potou-2022", "-c", "lunch=ab"), ("staff", "potou-2022", "--target", "mean_wait <= 9")],
)
def test_a_scheduler_that_is_not_there_is_refused(openhall, command):
    ended = openhall(*command, "--scheduler", "tcp://127.0.0.1:1")
    both = openhall(*command, "--scheduler", "tcp://127.0.0.1:1", "--workers", 2)

    assert (ended.code, both.code) == (2, 2)
    assert "no Dask scheduler answers at 'tcp://127.0.0.1:1'" in ended.err
    assert "take --workers or --scheduler out" in both.err
    assert "Traceback" not in ended.err


def test_what_was_added_up_goes_on_where_a_folder_is_named(openhall, file, tmp_path):
    kept, hall = tmp_path / "kept", tmp_path / "mine.toml"
    first = openhall("simulate", hall, "--replications", 24, "--keep", kept, "--json", "-")
    assert (first.code, [each.suffix for each in kept.iterdir()]) == (0, [".npz"])
    more = openhall("simulate", hall, "--replications", 40, "--keep", kept, "--json", "-")
    assert more.out == openhall("simulate", hall, "--replications", 40, "--json", "-").out
    compared = openhall("compare", hall, "-c", "demand=110%", "--precision", 0.2, "--keep", kept, "--json", "-")
    assert compared.out == openhall("compare", hall, "-c", "demand=110%", "--precision", 0.2, "--json", "-").out


def test_a_folder_that_cannot_be_used_is_refused_before_the_work(openhall, file, tmp_path):
    (tmp_path / "busy").write_text("a file", encoding="utf-8")
    for name in ("busy", "busy/inside", "/proc/nothing"):
        done = openhall("simulate", tmp_path / "mine.toml", "--keep", tmp_path / name)
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith("--keep: the folder '")
