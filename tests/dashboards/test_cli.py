"""The command line as a person or a script meets it: exit codes, streams, JSON, refusals. Waits and scores are tested elsewhere."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[2]
TWO_WINDOWS = """
schema = 1
name = "two-windows"

[horizon]
minutes = 600
warm_up = 60

[[services]]
id = "permit"
name = { zh = "许可", en = "Permit" }
service_min = { family = "exponential", mean = 5 }
arrivals_per_hour = 18
target = { wait_min = 15, share = 0.80 }

[[windows]]
id = "w"
count = 2
serves = ["*"]

[basis]
"services.permit.arrivals_per_hour" = "counted by hand"
"""


@pytest.fixture
def hall(tmp_path: Path) -> Path:
    path = tmp_path / "two-windows.toml"
    path.write_text(TWO_WINDOWS, encoding="utf-8")
    return path


def test_help_is_there_within_half_a_second() -> None:
    """No command's heavy imports are paid for by those who ask for help. Processor seconds, the best of three: machines are shared."""

    def spent() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    taken = []
    for _ in range(3):
        before = spent()
        shown = subprocess.run([sys.executable, "-m", "dashboards.cli", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
        taken.append(spent() - before)

    assert "simulate" in shown.stdout
    assert min(taken) < 0.5


def test_help_loads_neither_engine_nor_database_nor_pages() -> None:
    heavy = "[each for each in ('numba', 'scipy', 'pandas', 'sqlalchemy', 'streamlit', 'altair') if each in sys.modules]"
    program = f"import sys; import dashboards.cli; print({heavy})"
    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "arguments",
    [
        ["simulat"],
        ["simulate"],
        ["simulate", "x.toml", "--replications", "0"],
        ["simulate", "x.toml", "--replications", "many"],
        ["simulate", "x.toml", "--precision", "2"],
        ["simulate", "x.toml", "--precision", "nan"],
        ["simulate", "x.toml", "--engine", "abacus"],
        ["simulate", "x.toml", "--workers", "0"],
        ["simulate", "x.toml", "--seed", "-1"],
        ["compare", "x.toml"],
        ["journal", "verify", "--checkpoint", "yesterday"],
        ["serve", "--port", "70000"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_and_says_so_on_stderr(openhall: Run, arguments: list[str]) -> None:
    ended = openhall(*arguments)

    assert ended.code == 2
    assert ended.out == ""
    assert "Traceback" not in ended.err
    assert ended.err.strip()


def test_check_counts_assumptions_and_shows_the_load(openhall: Run, hall: Path) -> None:
    ended = openhall("check", hall)

    assert ended.code == 0
    assert "offered load 1.50 erlangs, 2 windows" in ended.out
    assert "75.0 %" in ended.out
    assert "services.permit.service_min" in ended.out
    assert "services.permit.arrivals_per_hour" not in ended.out


def test_check_as_json_gives_the_same_figures(openhall: Run, hall: Path) -> None:
    found = json.loads(openhall("check", hall, "--json", "-").out)["scenarios"][0]

    assert found["scenario"] == "two-windows"
    assert found["load"]["offered_load"] == pytest.approx(1.5)
    assert found["load"]["utilisation"] == pytest.approx(0.75)
    assert found["load"]["groups"][0]["utilisation"] == pytest.approx(0.75)
    assert "services.permit.target.share" in found["assumptions"]


def test_check_reports_the_faults_of_all_files_at_once(openhall: Run, hall: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(TWO_WINDOWS.replace("mean = 5", "mean = -5").replace("count = 2", "count = 0"), encoding="utf-8")

    ended = openhall("check", hall, wrong, tmp_path / "absent.toml")
    lines = ended.err.strip().splitlines()

    assert ended.code == 2
    assert ended.out == ""
    assert len(lines) == 3
    assert all(line.startswith(str(tmp_path)) for line in lines)
    assert lines[-1].endswith("absent.toml: there is no such file; check the name, or list the files of the folder.")


def test_unknown_scenario_names_those_that_come_with_the_program(openhall: Run) -> None:
    ended = openhall("simulate", "atlantis")

    assert ended.code == 2
    assert "potou-2022" in ended.err


def test_simulate_prints_every_mean_with_its_interval(openhall: Run, hall: Path) -> None:
    ended = openhall("simulate", hall, "--replications", "20")
    wait = next(line for line in ended.out.splitlines() if line.startswith("mean wait "))

    assert ended.code == 0
    assert "[" in wait
    assert "assumptions" in ended.out
    assert "Permit≈" in ended.out


def test_json_on_stdout_is_nothing_but_json(openhall: Run, hall: Path) -> None:
    ended = openhall("simulate", hall, "--replications", "3", "--json", "-")
    answer = json.loads(ended.out)

    assert ended.code == 0
    assert ended.err == ""
    assert answer["scenario"] == "two-windows"
    assert answer["replications"] == 3
    assert answer["seed"] == 1
    assert set(answer["measures"]["mean_wait"]) == {"value", "low", "high", "level", "n", "unit", "method"}
    assert answer["measures"]["mean_wait"]["low"] < answer["measures"]["mean_wait"]["value"] < answer["measures"]["mean_wait"]["high"]


def test_one_replication_has_no_interval(openhall: Run, hall: Path) -> None:
    figure = json.loads(openhall("simulate", hall, "--replications", "1", "--json", "-").out)["measures"]["mean_wait"]

    assert figure["value"] > 0
    assert figure["low"] is None
    assert figure["high"] is None


def test_engines_and_workers_do_not_change_the_answer(openhall: Run, hall: Path) -> None:
    def measured(*how: object) -> object:
        return json.loads(openhall("simulate", hall, "--replications", "4", "--json", "-", *how).out)["measures"]

    assert measured() == measured("--engine", "simpy") == measured("--workers", "2")
    assert measured() != measured("--seed", "2")


def test_precision_simulates_until_the_mean_wait_is_known(openhall: Run, hall: Path) -> None:
    answer = json.loads(openhall("simulate", hall, "--precision", "0.05", "--json", "-").out)
    wait = answer["measures"]["mean_wait"]

    assert (wait["high"] - wait["low"]) / 2 <= 0.05 * wait["value"]
    assert answer["replications"] > 20


def test_json_to_a_file_leaves_the_table_on_stdout(openhall: Run, hall: Path, tmp_path: Path) -> None:
    ended = openhall("simulate", hall, "--replications", "2", "--json", tmp_path / "answer.json")

    assert "mean wait" in ended.out
    assert json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))["replications"] == 2


@pytest.mark.parametrize("option", ["--json", "--tickets"])
def test_an_output_that_cannot_be_written_is_refused_before_the_work(openhall: Run, tmp_path: Path, option: str) -> None:
    ended = openhall("simulate", tmp_path / "absent.toml", option, tmp_path / "no" / "such" / "file")

    assert ended.code == 2
    assert "cannot be written" in ended.err
    assert "no such file; check" not in ended.err


def test_tickets_are_the_log_of_the_first_replication(openhall: Run, hall: Path, tmp_path: Path) -> None:
    import pandas as pd

    openhall("simulate", hall, "--replications", "1", "--tickets", tmp_path / "log.csv")
    openhall("simulate", hall, "--replications", "5", "--tickets", tmp_path / "log.parquet")
    log, parquet = pd.read_csv(tmp_path / "log.csv"), pd.read_parquet(tmp_path / "log.parquet")

    assert {"citizen", "service", "window", "arrival", "called", "ended", "wait", "outcome"} <= set(log)
    assert len(log) == len(parquet) > 100
    assert (log["arrival"].to_numpy() == parquet["arrival"].to_numpy()).all()
    served = log[log["outcome"] == "served"]
    assert ((served["called"] - served["arrival"] - served["wait"]).abs() < 1e-9).all()


def test_citizens_are_served_as_worked_out_by_hand(openhall: Run, hall: Path, tmp_path: Path) -> None:
    """Two windows; the third citizen waits for the first to finish, the fourth gives up after one minute."""
    import pandas as pd

    given = tmp_path / "citizens.csv"
    rows = ("60,permit,10,,", "61,permit,20,,", "62,permit,5,,", "63,permit,5,1,")
    given.write_text("\n".join(("arrival,service,work_min,patience_min,class", *rows)), encoding="utf-8")
    ended = openhall("simulate", hall, "--replications", "1", "--citizens", given, "--tickets", tmp_path / "log.csv")
    log = pd.read_csv(tmp_path / "log.csv")

    assert ended.code == 0
    assert log["outcome"].tolist() == ["served", "served", "served", "reneged"]
    assert log["called"].tolist()[:3] == [60.0, 61.0, 70.0]
    assert log["ended"].tolist() == [70.0, 81.0, 75.0, 64.0]


def test_compare_shows_the_paired_difference_and_its_direction(openhall: Run, hall: Path, tmp_path: Path) -> None:
    more = tmp_path / "three-windows.toml"
    more.write_text(TWO_WINDOWS.replace('"two-windows"', '"three-windows"').replace("count = 2", "count = 3"), encoding="utf-8")
    answer = json.loads(openhall("compare", hall, more, "--replications", "20", "--json", "-").out)
    shown = openhall("compare", hall, more, "--replications", "20").out
    wait = next(line for line in shown.splitlines() if line.startswith("mean wait (minutes)"))

    assert set(answer) == {"base", "plan", "difference"}
    assert answer["difference"]["measures"]["mean_wait"]["high"] < 0
    assert wait.rstrip().endswith("better")


def test_comparing_a_scenario_with_itself_finds_no_difference(openhall: Run, hall: Path) -> None:
    difference = json.loads(openhall("compare", hall, hall, "--replications", "5", "--json", "-").out)["difference"]

    assert difference["measures"]["mean_wait"]["value"] == 0


def _listen() -> None:
    """Ctrl-C reaches the command even if the tests themselves run in the background, where it is ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_ctrl_c_cancels_with_130_and_no_traceback(hall: Path) -> None:
    command = [sys.executable, "-m", "dashboards.cli", "simulate", str(hall), "--replications"]
    started = time.perf_counter()
    subprocess.run([*command, "8"], cwd=ROOT, capture_output=True, check=True)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    running = subprocess.Popen([*command, "3000000"], cwd=ROOT, text=True, preexec_fn=_listen, **pipes)
    time.sleep(1 + 1.5 * (time.perf_counter() - started))
    assert running.poll() is None, "it ended before it could be cancelled"
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)

    assert running.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    assert "cancelled." in err


def test_stated_flags_the_rating_of_document_003(openhall: Run) -> None:
    ended = openhall("stated")
    rows = {row["id"]: row for row in json.loads(openhall("stated", "--json", "-").out)["rows"]}

    assert ended.code == 0
    assert "✗ C1: stated 99.93%, recomputed 99.95%" in ended.out
    assert rows["C1"]["verdict"] == "error"
    assert rows["C2"]["recomputed_value"] == "100"


def test_schemes_are_listed_and_sound(openhall: Run) -> None:
    listed = json.loads(openhall("schemes", "list", "--json", "-").out)["schemes"]

    assert "k12" in [each["id"] for each in listed]
    assert all(each["mark"] and each["caution"]["zh"] for each in listed)
    assert openhall("schemes", "check").code == 0


def test_a_scheme_file_at_fault_is_refused_line_by_line(openhall: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("schema = 1\nweights = 'all'\n", encoding="utf-8")
    ended = openhall("schemes", "check", broken)

    assert ended.code == 2
    assert len(ended.err.strip().splitlines()) >= 2


def test_language_follows_the_environment(hall: Path) -> None:
    def said(**given: str) -> str:
        kept = {name: value for name, value in os.environ.items() if name != "OPENHALL_LANGUAGE" and not name.startswith(("LC_", "LANG"))}
        command = [sys.executable, "-m", "dashboards.cli", "check", str(hall)]
        return subprocess.run(command, cwd=ROOT, env=kept | given, capture_output=True, encoding="utf-8", check=True).stdout

    assert "场景可用。" in said(LANG="zh_CN.UTF-8")
    assert "场景可用。" in said(OPENHALL_LANGUAGE="zh", LANG="en_GB.UTF-8")
    assert "the scenario is sound." in said(OPENHALL_LANGUAGE="en", LANG="zh_CN.UTF-8")


def test_an_answer_never_takes_the_place_of_the_file_that_is_read(openhall, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENHALL_HOME", str(tmp_path / "home"))
    file = tmp_path / "cases.csv"
    file.write_text("case_number,accepted\n", encoding="utf-8")
    ended = openhall("import", "cases", file, "--hall", "h", "--as", "Li Ming", "--json", file)
    assert (ended.code, file.read_text(encoding="utf-8")) == (2, "case_number,accepted\n")
