"""From a log to a scenario and back: what a simulated hall was made of is inside the intervals fitted to its log."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import time
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from dashboards.cli import app
from dashboards.cli_console import words
from simulation import draw_demand, load_scenario, serve
from simulation.calibration import fit_log, load_mapping, read_log
from simulation.faults import BadInput
from simulation.scenario import Scenario, parse
from simulation.scenario.basis import assumptions
from simulation.tickets import to_frame

OPENS = 9 * 60
RATES = {"tax": [30.0, 40.0, 36.0, 24.0], "card": [12.0, 16.0, 12.0, 8.0]}


def hall() -> Scenario:
    return parse(
        {
            "schema": 1,
            "name": "round",
            "opening": [{"from": time(9), "to": time(11), "at_end": "serve_all"}],
            "services": [
                {
                    "id": "tax", "service_min": {"family": "lognormal", "mean": 4.0, "cv": 0.7}, "arrivals_per_hour": RATES["tax"],
                    "patience_min": {"family": "exponential", "mean": 20.0},
                },
                {"id": "card", "service_min": {"family": "gamma", "mean": 7.0, "cv": 0.5}, "arrivals_per_hour": RATES["card"]},
            ],
            "windows": [{"id": "w-1", "serves": ["tax"]}, {"id": "w-2", "serves": ["tax"]}, {"id": "w-3", "serves": ["card", "tax"]}],
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def log_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scenario, days = hall(), []
    for day in range(25):
        tickets, _ = serve(scenario, draw_demand(scenario, seed=11, replication=day), engine="simpy")
        days.append(to_frame(scenario, tickets).assign(day=f"day-{day:02d}"))
    path = tmp_path_factory.mktemp("log") / "hall.csv"
    pd.concat(days).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def mapping_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = (Path(__file__).parents[2] / "simulation/calibration/mappings/openhall.toml").read_text(encoding="utf-8")
    path = tmp_path_factory.mktemp("mapping") / "ours.toml"
    path.write_text(text.replace("minute_0 = 00:00:00", "minute_0 = 09:00:00"), encoding="utf-8")
    return path


def test_what_was_simulated_is_inside_the_intervals(log_file: Path, mapping_file: Path) -> None:
    found = fit_log(read_log(log_file, load_mapping(mapping_file)))
    figures = {each.path: each.figure for each in found.figures}
    truth = {
        "services.tax.service_min.mean": 4.0, "services.tax.service_min.cv": 0.7, "services.card.service_min.mean": 7.0,
        "services.tax.patience_min.mean": 20.0, "demand.day_cv": 0.0, "demand.half_hour_cv": 0.0,
    }  # fmt: skip
    truth |= {
        f"services.{id}.arrivals_per_hour.{9 + n // 2:02d}:{30 * (n % 2):02d}": rate
        for id, row in RATES.items()
        for n, rate in enumerate(row)
    }
    outside = [path for path, value in truth.items() if not figures[path].low <= value <= figures[path].high]

    assert len(outside) <= 2, f"14 intervals of 95 %: {outside}"
    for each, family in zip(found.services, ("gamma", "lognormal"), strict=True):
        assert next(law.aic for law in each.laws if law.law.family == family) < each.laws[0].aic + 4
    assert all(figures[path].high < 1.5 * figures[path].value for path in truth if "service_min" in path)


def test_the_scenario_is_the_hall_again(log_file: Path, mapping_file: Path) -> None:
    found = fit_log(read_log(log_file, load_mapping(mapping_file)))
    made, original = parse(found.document), hall()

    assert [(each.start, each.end) for each in made.openings] == [(each.start, each.end) for each in original.openings]
    assert {each.id: set(each.efficiency) for each in made.windows} == {"w-1": {"tax"}, "w-2": {"tax"}, "w-3": {"tax", "card"}}
    assert {each.id for each in made.services if each.patience is not None} == {"tax"}
    assert found.document["basis"]["services.tax.service_min"] == f"fit {found.id}"
    assert assumptions(found.document) == [], "people were served after the end of nearly every day, so that is known too"
    assert set(found.document.get("demand", {})) <= {"day_cv", "half_hour_cv"}
    assert all(cv < 0.12 for cv in found.document.get("demand", {}).values()), "no variation was put in: what is left is chance"
    assert {each.code for each in found.unknowns if each.path.endswith("_cv")} <= {"cv_none", "cv_unsure"}, "and said to be unsure"


def test_windows_without_a_name_are_an_assumption(log_file: Path, mapping_file: Path, tmp_path: Path) -> None:
    blind = tmp_path / "blind.csv"
    pd.read_csv(log_file, keep_default_na=False).assign(window="").to_csv(blind, index=False)
    document = fit_log(read_log(blind, load_mapping(mapping_file))).document
    made = parse(document)

    assert [each.id for each in made.windows] == ["seat-1", "seat-2", "seat-3"], "three were busy at once"
    assert all(set(each.efficiency) == {"tax", "card"} for each in made.windows)
    assert {"windows.seat-1.count", "windows.seat-1.shifts"} <= set(assumptions(document))


def test_the_command_writes_a_scenario_that_can_be_read(log_file: Path, tmp_path: Path) -> None:
    out, rejects = tmp_path / "fitted.toml", tmp_path / "rejects.csv"
    broken = tmp_path / "broken.csv"
    broken.write_text(log_file.read_text().replace("served", "servd", 3), encoding="utf-8")
    ran = CliRunner().invoke(
        app, ["fit", str(broken), "--opens", "09:00", "--out", str(out), "--rejects", str(rejects), "--json", "-"], catch_exceptions=False
    )

    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.stdout)
    assert told["rejects"] == {"unknown_outcome": 3}
    assert len(pd.read_csv(rejects)) == 3
    assert load_scenario(out).name == "fitted"
    assert set(told["services"]) == {"tax", "card"}
    assert told["figures"]["services.tax.service_min.mean"]["n"] == told["services"]["tax"]["served"]
    assert told["check"]["in_sample"]
    assert told["check"]["simulated_days"] >= 40
    assert told["check"]["measures"]["mean"]["observed"]["value"] > 0
    assert told["check"]["sentence"]


def test_the_command_tells_a_person_what_it_found(log_file: Path) -> None:
    ran = CliRunner().invoke(app, ["fit", str(log_file), "--opens", "09:00", "--no-check"], catch_exceptions=False)

    assert ran.exit_code == 0
    assert words("cli_fit_check_measure") not in ran.output
    assert "lognormal" in ran.output
    assert "2,247" in ran.output


def test_bad_input_of_the_command(log_file: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="--opens: soon is no clock time"):
        CliRunner().invoke(app, ["fit", str(log_file), "--opens", "soon"], catch_exceptions=False)
    short = tmp_path / "short.csv"
    short.write_text("".join(log_file.read_text().splitlines(keepends=True)[:5]), encoding="utf-8")
    with pytest.raises(BadInput, match="too few for any law"):
        CliRunner().invoke(app, ["fit", str(short)], catch_exceptions=False)


@pytest.mark.parametrize("outcome", ["no_show", "reneged"])
def test_a_log_in_which_nobody_was_served_is_refused_by_both_commands(tmp_path: Path, outcome: str) -> None:
    rows = [f"{day},0,-1,tax,,{10 * n},,{10 * n + 5},{outcome}" for day in ("2024-03-04", "2024-03-05", "2024-03-06") for n in range(30)]
    log = tmp_path / "unserved.csv"
    log.write_text("\n".join(["day,task,parent_ticket,service,window,arrival,called,ended,outcome", *rows]) + "\n", encoding="utf-8")
    for command in ("fit", "believe"):
        with pytest.raises(BadInput, match="0 finished services are too few"):
            CliRunner().invoke(app, [command, str(log)], catch_exceptions=False)


def test_a_name_over_two_lines_stands_in_the_scenario_in_one(tmp_path: Path) -> None:
    rows = [f'2024-03-04,0,-1,"tax\nhall",w\t1,{10 * n},{10 * n},{10 * n + 1 + n % 7},served' for n in range(40)]
    log = tmp_path / "lines.csv"
    log.write_text("\n".join(["day,task,parent_ticket,service,window,arrival,called,ended,outcome", *rows]) + "\n", encoding="utf-8")
    out = tmp_path / "lines.toml"
    CliRunner().invoke(app, ["fit", str(log), "--out", str(out)], catch_exceptions=False)

    assert load_scenario(out).services[0].name["en"] == "tax hall"


def test_a_service_that_no_window_does_often_is_served_by_the_one_that_did_most_of_it(tmp_path: Path) -> None:
    rows = [
        f"{day},0,-1,{'rare' if n % 120 == 7 else 'tax'},w{n % 2},{5 * n},{5 * n},{5 * n + 3 + n % 5},served"
        for day in ("2024-03-04", "2024-03-05", "2024-03-06", "2024-03-07", "2024-03-08", "2024-03-11")
        for n in range(240)
    ]
    log = tmp_path / "log.csv"
    log.write_text("\n".join(["day,task,parent_ticket,service,window,arrival,called,ended,outcome", *rows]) + "\n", encoding="utf-8")
    found = fit_log(read_log(log, load_mapping("openhall")))

    assert {each.id: set(each.efficiency) for each in parse(found.document).windows} == {"w0": {"tax"}, "w1": {"tax", "rare"}}
    assert [each.facts["service"] for each in found.unknowns if each.code == "service_homeless"] == ["rare"]


def test_a_hall_of_appointments_only_is_fitted(tmp_path: Path) -> None:
    rows = [
        f"{day},0,-1,tax,w,{12 * n + n % 3},{12 * n + 3},{12 * n + 5 + n % 6},served,{12 * n}"
        for day in ("2024-03-04", "2024-03-05", "2024-03-06")
        for n in range(30)
    ]
    log = tmp_path / "booked.csv"
    log.write_text("\n".join(["day,task,parent_ticket,service,window,arrival,called,ended,outcome,booked", *rows]) + "\n", encoding="utf-8")
    out = tmp_path / "booked.toml"
    CliRunner().invoke(app, ["fit", str(log), "--out", str(out)], catch_exceptions=False)

    assert "booking" in load_scenario(out).document["services"][0]


def test_minutes_without_an_hour_are_taken_from_midnight_as_an_assumption(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    rows = [f"tax,W1,{n},{n},{n + 3.5 + n % 3},served,0,-1" for n in range(0, 400, 8)]
    path.write_text("service,window,arrival,called,ended,outcome,task,parent_ticket\n" + "\n".join(rows) + "\n", encoding="utf-8")
    how = load_mapping("openhall")

    told = {hour: fit_log(read_log(path, replace(how, minute_0=hour)), "made").unknowns for hour in (0.0, 540.0)}

    assert [each.path for each in told[0.0] if each.code == "minute_0"] == ["opening.from"]
    assert "minute_0" not in {each.code for each in told[540.0]}
