"""Measures of a register made by hand, their intervals, and the command that shows them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulation.backoffice import Register, case_experiment, run_cases
from simulation.backoffice.measures import CASES, POOLS, totals_of
from simulation.backoffice.office import DAY
from simulation.faults import BadInput
from simulation.scenario import parse
from tests.backoffice.offices import constant, exponential, hall, service

STEPS = [{"id": "decide", "pool": "desk", "work_min": constant(60.0)}]
PERMIT = {"kind": "promised", "promised_days": 1, "legal_days": 10, "steps": STEPS}
ONE_DESK = [{"id": "desk", "staff": 1, "hours": [{"from": time(9), "to": time(12)}]}]
MADE = hall([service("permit", PERMIT, 2.0), service("now", {"kind": "instant"}, 1.0), service("plain", None, 1.0)], ONE_DESK)


def by_hand() -> tuple[Register, dict[str, Any]]:
    """Two days of the hall; five cases whose figures are then written in: four promised (0, 1, 1 and 4 days), one instant."""
    register = run_cases(parse(MADE), 2, seed=5)
    keep = np.flatnonzero(register.cases.service == 0)[:4]
    keep = np.sort(np.append(keep, np.flatnonzero(register.cases.service == 1)[0]))
    cases = type(register.cases)(*(getattr(register.cases, name)[keep] for name in register.cases.__slots__))
    promised = cases.service == 0
    days = np.zeros(5, np.int64)
    days[promised] = [0, 1, 1, 4]
    accepted = np.full(5, 9 * 60.0)
    cases = replace(cases, accepted=accepted, day=np.array([0, 0, 0, 0, 0], np.int32))
    decided = accepted + days * DAY
    made = replace(
        register, cases=cases, counted=days, elapsed=days, overdue=days > 1, decided=decided, ready=decided, in_hand=decided + 2 * DAY,
        visits=np.array([1, 1, 2, 2, 3], np.int32),
    )  # fmt: skip
    return made, dict(totals_of(made).cases)


def test_cases_by_hand() -> None:
    register, found = by_hand()
    figures = {name: (float(pair[0, 0]), float(pair[0, 1])) for name, pair in found.items()}

    assert figures["accepted"] == (5, 2)
    assert figures["instant_share"] == (1, 5)
    assert figures["overdue_share"] == (1, 4)
    assert figures["mean_turnaround"] == figures["mean_elapsed"] == (6, 4)
    assert figures["mean_to_result"] == (16, 5), "six days until the decisions, two on their way each"
    assert figures["visits_per_case"] == (9, 5)
    assert figures["speed_up"] == (40 - 6, 40)
    assert figures["backlog"] == (1, 1), "the one of four days, after two days of the hall"
    assert figures["uncollected"] == (5, 1), "with two days on their way none is in hand by then"
    assert found["accepted"].tolist() == [[5, 2], [4, 2], [1, 2]], "a service without a case has no row"
    assert np.flatnonzero(totals_of(register).days_counted[0]).tolist() == [0, 1, 4]


def test_a_pool_by_hand() -> None:
    """One desk, three hours a day, an hour a file: what it does and what waits, on its own clock."""
    register = run_cases(parse(MADE), 2, seed=5)
    pools = totals_of(register).pools
    joined, called, done = register.worked.joined, register.worked.called, register.worked.done
    in_time = done <= register.closed
    utilisation, files, backlog = (pools[name][0] for name in ("utilisation", "files", "backlog"))

    assert register.closed == 2 * DAY, "Monday and Tuesday"
    assert len(joined) > 6, "more than two mornings have room for"
    assert 540 < joined[0] < 600
    assert utilisation.tolist() == [360.0 - (joined[0] - 540.0), 360.0], "from its first file on it is never idle"
    assert files.tolist() == [len(joined), 2]
    assert backlog.tolist() == [np.sum(~in_time), 1]
    wait, queue = pools["mean_wait"][0], pools["mean_queue"][0]
    mornings = [(d * DAY + 540, d * DAY + 720) for d in (0, 1)]
    waited = [sum(max(0.0, min(c, b) - max(j, a)) for a, b in mornings) for j, c in zip(joined, called, strict=True)]
    assert queue.tolist() == [pytest.approx(sum(waited)), 360.0]
    assert wait[1] == len(joined)
    assert wait[0] > queue[0] / 60, "those who are left over wait on after the hall's last day"


def test_a_warm_up_leaves_the_first_days_out() -> None:
    scenario = parse(MADE)
    register = run_cases(scenario, 4, seed=5)
    whole, later = totals_of(register), totals_of(register, 2)

    assert later.cases["accepted"][0].tolist() == [np.sum(register.cases.day >= 2), 2]
    assert later.cases["backlog"][0, 0] == whole.cases["backlog"][0, 0], "what is open is open"
    assert later.pools["utilisation"][0, 1] == whole.pools["utilisation"][0, 1] / 2
    for days, warm_up in ((3, 3), (3, -1), (0, 0)):
        with pytest.raises(BadInput):
            case_experiment(scenario, days=days, warm_up=warm_up)


def test_every_value_has_its_interval_and_threads_change_nothing() -> None:
    scenario = parse(MADE)
    one = case_experiment(scenario, days=3, replications=6, seed=2).to_dict()
    two = case_experiment(scenario, days=3, replications=6, seed=2, workers=2).to_dict()
    story = case_experiment(scenario, days=3, replications=6, seed=2, engine="simpy").to_dict()

    assert one == two
    assert {**story, "engine": "kernel"} == one
    assert list(one["measures"]) == list(CASES)
    assert list(one["by_service"]) == ["permit", "now"], "a service without a case has none"
    assert list(one["by_pool"]["desk"]) == list(POOLS)
    for name, figure in one["measures"].items():
        assert figure["low"] <= figure["value"] <= figure["high"], name
        assert figure["n"] == 6
    assert one["by_service"]["now"]["mean_turnaround"]["value"] is None, "an instant case has no turnaround, which is not 0"
    single = case_experiment(scenario, days=3, replications=1).to_dict()
    assert single["measures"]["overdue_share"]["low"] is None


def test_the_share_overdue_falls_when_people_are_added() -> None:
    steps = [{"id": "decide", "pool": "desk", "work_min": exponential(60.0)}]
    case = {"kind": "promised", "promised_days": 1, "steps": steps}
    shares = []
    for staff in (1, 2, 6):
        scenario = parse(hall([service("permit", case, 2.0)], [{"id": "desk", "staff": staff}]))
        shares.append(case_experiment(scenario, days=15, replications=8).measures["overdue_share"].value)
    assert shares[0] > shares[1] > shares[2]


def test_a_hall_without_cases_is_told_so(tmp_path: Path) -> None:
    plain = hall([service("plain", None, 1.0)], [])
    with pytest.raises(BadInput, match="no service opens a case"):
        case_experiment(parse(plain))


def test_the_command_prints_tables_writes_json_and_the_register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from dashboards.cli import app

    file = tmp_path / "office.toml"
    file.write_text(parse(MADE).to_toml(), encoding="utf-8")
    asked = ["cases", str(file), "--days", "3", "--replications", "3"]
    shown = CliRunner().invoke(app, asked)
    written = CliRunner().invoke(app, [*asked, "--json", str(tmp_path / "a.json"), "--register", str(tmp_path / "r.csv")])
    found = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))

    assert (shown.exit_code, written.exit_code) == (0, 0), (shown.output, written.output)
    assert "desk" in shown.output
    assert "2026-03-02" in shown.output
    assert found == case_experiment(parse(MADE), days=3, replications=3).to_dict()
    assert (tmp_path / "r.csv").read_text(encoding="utf-8").startswith("case,citizen,service,kind,accepted")
    assert CliRunner().invoke(app, [*asked, "--register", "r.xlsx"]).exit_code != 0
