"""Snapshots become scenarios: work from waits, windows from open counters, every assumption marked."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from dashboards.cli import app
from simulation import load_scenario
from simulation.calibration import load_mapping, mapping_of
from simulation.calibration.offices import fit_offices
from simulation.calibration.pools import CV, serve_pool
from simulation.calibration.resemblance import resemble
from simulation.calibration.snapshots import read_snapshots
from simulation.calibration.work import Day, congested
from simulation.faults import BadInput
from simulation.scenario import parse
from simulation.scenario.basis import assumptions

SAMPLE = Path(__file__).parents[2] / "scenarios/logs/warsaw-zoliborz.csv.gz"
SNAPSHOTS = {
    "id": "s", "kind": "snapshots",
    "columns": {"office": "o", "day": "d", "time": "t", "queue": "q", "name": "n", "open": "w", "waiting": "p", "ticket": "x"},
}  # fmt: skip
WORK, PEOPLE = 6.0, 60


def made(path: Path, days: int = 8, office: str = "Hall") -> Path:
    """Snapshots every five minutes of one queue with one window, whose work is known."""
    rng, lines = np.random.default_rng(3), ["o,d,t,q,n,w,p,x"]
    spread = np.sqrt(np.log(1 + CV**2))
    for day in range(days):
        issued = np.sort(rng.uniform(480, 900, PEOPLE))
        work, wait = WORK * np.exp(spread * rng.standard_normal(PEOPLE) - spread**2 / 2), np.empty(PEOPLE)
        serve_pool(issued, work, np.zeros(PEOPLE), np.array([480.0]), np.array([1]), np.ones(1), wait)
        called = issued + wait
        for minute in range(480, 1260, 5):
            number, taken = int((called <= minute).sum()), int((issued <= minute).sum())
            clock = f"{minute // 60:02d}:{minute % 60:02d}"
            lines.append(f"{office},2020-01-{6 + day:02d},{clock},7,Tax,1,{taken - number},A{number}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_work_that_made_the_waits_is_inside_the_interval(tmp_path: Path) -> None:
    (office,) = fit_offices(read_snapshots(made(tmp_path / "s.csv"), mapping_of(SNAPSHOTS)))
    (queue,) = office.queues

    assert queue.work.low <= WORK <= queue.work.high
    assert queue.work.high < 1.6 * queue.work.low, "too wide to fail"
    assert queue.congested.value == pytest.approx(WORK, rel=0.2), "from snapshots of every five minutes"
    rate = next(each for each in office.figures if each.path == "services.7.arrivals_per_hour.09:00")
    assert rate.figure.low <= PEOPLE / 7 <= rate.figure.high, "sixty in seven hours"
    assert parse(office.document).windows[0].efficiency.keys() == {"7"}


def test_an_office_of_the_work_that_made_the_waits_waits_as_it_did(tmp_path: Path) -> None:
    (office,) = fit_offices(read_snapshots(made(tmp_path / "s.csv"), mapping_of(SNAPSHOTS)))
    found = resemble(office)
    twice = {**office.document, "windows": [{**each, "count": 2} for each in office.document["windows"]]}
    quick = resemble(replace(office, document=twice))

    assert found.verdict in ("agrees", "partly"), found.pairs
    assert 0.7 < found.services["7"][1] / found.services["7"][0] < 1.4
    assert quick.verdict == "optimistic"
    assert all(each.verdict in ("low", "agrees", "untold") for each in quick.crowds)
    assert sum(each.verdict == "low" for each in quick.crowds) > len(quick.crowds) / 2


def test_congested_minutes_by_hand() -> None:
    # one window, called at 600, 610, 620; two wait from 600 on: 20 congested minutes, and two who waited
    day = Day(np.array([600.0, 600.0, 600.0]), np.array([0.0, 10.0, 20.0]), np.array([590.0]), np.array([1]), np.ones((1, 3)))
    found = congested([day, day])

    assert found.value == pytest.approx(20.0 / 2)


def test_the_sample_becomes_a_scenario_whose_assumptions_are_marked() -> None:
    snapshots = read_snapshots(SAMPLE, load_mapping("warsaw-offices"))
    (office,) = [each for each in fit_offices(snapshots, language="zh") if each.office == "UD_Zoliborz"]
    document, told = office.document, set(assumptions(office.document))

    parse(document)
    assert len(document["services"]) == len(office.queues) == 9
    assert {f"services.{each['id']}.service_min" for each in document["services"]} <= told
    assert not any("arrivals_per_hour" in path for path in told), "rates are fitted"
    assert all(each["service_min"]["family"] == "lognormal" for each in document["services"])
    assert "一直等下去" in document["note"]
    for each in office.queues:
        assert each.work.low <= each.work.value <= each.work.high


def test_the_command_writes_a_file_an_office(tmp_path: Path) -> None:
    both = made(tmp_path / "a.csv", 3), made(tmp_path / "b.csv", 3, "Branch")
    mapping = tmp_path / "how.toml"
    mapping.write_text(
        'id = "s"\nkind = "snapshots"\n[columns]\n' + "\n".join(f'{kind} = "{name}"' for kind, name in SNAPSHOTS["columns"].items()),
        encoding="utf-8",
    )
    command = ["fit", *map(str, both), "--mapping", str(mapping)]
    run = CliRunner().invoke(app, [*command, "--out", str(tmp_path / "halls"), "--json", "-"], catch_exceptions=False)

    assert run.exit_code == 0, run.output
    told = json.loads(run.stdout)["offices"]
    assert {path.stem for path in (tmp_path / "halls").iterdir()} == set(told) == {"Hall", "Branch"}
    assert load_scenario(tmp_path / "halls" / "Hall.toml").name == "Hall"
    assert {"path", "code", "reason"} <= set(told["Hall"]["assumptions"][0])
    check = told["Hall"]["check"]
    assert set(check["measures"]) == {"mean", "p90"}, "how many had to wait at all cannot be told from snapshots"
    assert check["sentence"]
    assert check["by_half_hour"]["12:00"]["observed"]["value"] > 0
    assert check["by_service"]["7"]["simulated"] > 0
    beside = CliRunner().invoke(app, command, catch_exceptions=False).output
    assert beside.count("Branch") >= 2, "its queues, and what is said of it"
    assert "Of 2 offices" in beside
    assert "were not held against" in CliRunner().invoke(app, [*command, "--no-check"], catch_exceptions=False).output

    with pytest.raises(BadInput, match="names one file"):
        CliRunner().invoke(app, [*command, "--out", str(tmp_path / "one.toml")], catch_exceptions=False)
    with pytest.raises(BadInput, match="no queue of Castle is in the snapshots; the offices are Branch, Hall"):
        CliRunner().invoke(app, [*command, "--office", "Castle"], catch_exceptions=False)
    one = CliRunner().invoke(app, [*command, "--office", "Hall", "--out", str(tmp_path / "one.toml")], catch_exceptions=False)
    assert one.exit_code == 0
    assert "Tax" in one.output
    assert load_scenario(tmp_path / "one.toml").name == "one"
