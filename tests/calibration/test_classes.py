"""Who is called ahead of whom: a class that goes first comes back from the log of its hall, one that does not stays an assumption."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pandas as pd
import pytest

from simulation import draw_demand, serve
from simulation.calibration import Fit, fit_log, load_mapping, read_log
from simulation.calibration.classes import ClassesFit
from simulation.calibration.laws import Figure
from simulation.calibration.resemblance import resemble
from simulation.scenario import Scenario, parse
from simulation.tickets import to_frame


def hall(priority: int) -> Scenario:
    law = {"family": "lognormal", "mean": 4.5, "cv": 0.6}
    return parse({
        "schema": 1, "name": "classes", "opening": [{"from": time(9), "to": time(12), "at_end": "serve_all"}],
        "classes": [{"id": "agent", "share": {"tax": 0.25}, "priority": priority}],
        "services": [
            {"id": "tax", "service_min": law, "arrivals_per_hour": [20.0, 24.0, 24.0, 24.0, 20.0, 12.0]},
            {"id": "card", "service_min": law, "arrivals_per_hour": 8.0},
        ],
        "windows": [{"id": "a", "serves": ["*"]}, {"id": "b", "serves": ["*"]}],
    })  # fmt: skip


def fitted(priority: int, path: Path) -> Fit:
    days = []
    for day in range(8):
        tickets, _ = serve(hall(priority), draw_demand(hall(priority), seed=1, replication=day))
        days.append(to_frame(hall(priority), tickets).assign(day=f"day-{day}"))
    pd.concat(days).to_csv(path, index=False)
    return fit_log(read_log(path, load_mapping("openhall")))


def test_a_class_that_goes_first_comes_back_with_its_share_and_the_waits(tmp_path: Path) -> None:
    fit = fitted(-1, tmp_path / "log.csv")
    (written,) = fit.document["classes"]

    assert (written["id"], written["priority"]) == ("agent", -1)
    assert set(written["share"]) == {"tax"}, "nobody of it came for a card"
    share = next(each.figure for each in fit.figures if each.path == "classes.agent.share.tax")
    assert share.low <= 0.25 <= share.high < 0.4
    assert {each["id"] for each in fit.document["services"]} == {"tax", "card"}, "the line of a class is no service"
    assert fit.document["basis"]["classes.agent.priority"] == f"fit {fit.id}"
    assert resemble(fit).verdict in ("agrees", "partly")


@pytest.mark.parametrize(("priority", "ahead"), [(0, 0), (1, 1)])
def test_a_class_in_turn_is_an_assumption_and_one_that_goes_last_has_its_number(priority: int, ahead: int, tmp_path: Path) -> None:
    fit = fitted(priority, tmp_path / "log.csv")
    codes = {each.code for each in fit.unknowns}

    assert [each["priority"] for each in fit.document.get("classes", [])] == ([ahead] if ahead else [])
    assert ("classes_in_turn" in codes) == (ahead == 0)


def test_levels_follow_who_is_ahead_of_whom() -> None:
    first, never = Figure(0.97, 0.9, 0.99), Figure(0.02, 0.0, 0.1)
    over = {("a", "b"): first, ("a", "p"): first, ("b", "p"): first, ("b", "a"): never}

    assert ClassesFit("p", {"a": {}, "b": {}}, over, {}, {}).priority == {"a": -2, "b": -1}
    half = {("a", "p"): Figure(0.6, 0.45, 0.75)}
    assert ClassesFit("p", {"a": {}}, half, {}, {}).priority == {}, "neither in turn nor always"


def test_a_log_without_classes_says_so_once(tmp_path: Path) -> None:
    rows = [f"2024-03-04,tax,w,{9 * n},{9 * n},{9 * n + 1 + n % 7},served,0,-1" for n in range(40)]
    log = tmp_path / "log.csv"
    log.write_text("\n".join(["day,service,window,arrival,called,ended,outcome,task,parent_ticket", *rows]) + "\n", encoding="utf-8")
    fit = fit_log(read_log(log, load_mapping("openhall")))

    assert [each.code for each in fit.unknowns if each.code.startswith("classes")] == ["classes_unseen"]
    assert "classes" not in fit.document
