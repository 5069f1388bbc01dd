"""From a made hall to its log and back: weekdays, transfers, appointments, pauses, absence, the early; and its waits again."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simulation import draw_demand, serve
from simulation.calibration import Fit, fit_log, load_mapping, read_log
from simulation.calibration.further import fit_further
from simulation.calibration.resemblance import resemble
from simulation.days import dated
from simulation.scenario import Scenario, parse
from simulation.scenario.basis import assumptions
from simulation.tickets import to_frame

WEEKDAY = {"mon": 1.4, "tue": 1.0, "wed": 0.9, "thu": 0.9, "fri": 0.8}
RATES = {"tax": [26.0, 30.0, 30.0, 22.0, 20.0, 12.0], "card": [6.0] * 6}
DAYS, SEEDS = 20, (1, 2, 3)
BETWEEN = {
    "wrap_up_min": {"family": "lognormal", "mean": 0.5, "cv": 2.0},
    "away_when_idle": {"share": 0.4, "lasts_min": {"family": "exponential", "mean": 4.0}},
}
"""what windows do between citizens"""
TRUTH = {
    "services.tax.service_min.mean": 5.0, "services.tax.service_min.cv": 0.7, "services.card.service_min.mean": 6.0,
    "services.card.service_min.cv": 0.5, "services.tax.patience_min.mean": 60.0, "services.tax.then.card": 0.25,
    "services.tax.early_arrivals.09:00": 6.0, "services.card.booking.booked": 0.8, "services.card.booking.no_show": 0.15,
    "services.card.booking.late_min": -4.0, "services.card.booking.spread_min": 6.0, "services.card.cases.2": 0.3,
    "windows.wrap_up_min.mean": 0.5, "windows.away_when_idle.share": 0.4, "windows.away_when_idle.lasts_min.mean": 4.0,
    "windows.c.absence": 0.15, "windows.b.shifts.09:00.from": 9 * 60 + 20,
    "demand.day_cv": 0.12,
}  # fmt: skip


def hall() -> Scenario:
    windows = {"a": ["tax"], "b": ["tax"], "c": ["tax", "card"], "d": ["card"]}
    late = [{"from": time(9, 20), "to": time(10, 30)}, {"from": time(11), "to": time(12, 30)}]
    return parse({
        "schema": 1, "name": "made", "demand": {"starts": date(2024, 3, 4), "weekday": WEEKDAY, "day_cv": 0.12},
        "opening": [
            {"from": time(9), "to": time(10, 30), "at_end": "keep_tickets", "early_min": 20},
            {"from": time(11), "to": time(12, 30), "at_end": "serve_all"},
        ],
        "services": [
            {
                "id": "tax", "service_min": {"family": "lognormal", "mean": 5.0, "cv": 0.7}, "arrivals_per_hour": RATES["tax"],
                "early_arrivals": 6.0, "patience_min": {"family": "exponential", "mean": 60.0},
                "then": [{"service": "card", "share": 0.25}],
            },
            {
                "id": "card", "service_min": {"family": "gamma", "mean": 6.0, "cv": 0.5}, "arrivals_per_hour": RATES["card"],
                "booking": {"step_min": 15, "places": 2, "booked": 0.8, "no_show": 0.15, "late_min": -4.0, "spread_min": 6.0},
                "cases": [{"count": 1, "share": 0.7}, {"count": 2, "share": 0.3}],
            },
        ],
        "windows": [
            {"id": id, "serves": serves, **BETWEEN, **{"b": {"shifts": late}, "c": {"absence": 0.15}}.get(id, {})}
            for id, serves in windows.items()
        ],
    })  # fmt: skip


def served(scenario: Scenario, seed: int, days: int) -> pd.DataFrame:
    """Days of one run that follow one another, as a log."""
    found, carried = [], None
    for day in range(days):
        tickets, carried = serve(scenario, draw_demand(scenario, seed=seed, day=day), carried, engine="simpy")
        when = dated(scenario, day)
        found.append(to_frame(scenario, tickets).assign(day=str(when.date if when else day)))
    return pd.concat(found, ignore_index=True)


def fitted(frame: pd.DataFrame, path: Path, **changes: Any) -> Fit:
    frame.to_csv(path, index=False)
    return fit_log(read_log(path, replace(load_mapping("openhall"), minute_0=540.0, **changes)))


@pytest.fixture(scope="module")
def logs() -> list[pd.DataFrame]:
    return [served(hall(), seed, DAYS) for seed in SEEDS]


@pytest.fixture(scope="module")
def fits(logs: list[pd.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> list[Fit]:
    folder = tmp_path_factory.mktemp("made")
    return [fitted(log, folder / f"{seed}.csv") for seed, log in zip(SEEDS, logs, strict=True)]


def test_every_figure_that_is_written_covers_what_was_put_in(fits: list[Fit]) -> None:
    mean = float(np.mean([*WEEKDAY.values()]))
    truth = {**TRUTH, **{f"demand.weekday.{day}": factor / mean for day, factor in WEEKDAY.items()}}
    truth["services.tax.early_arrivals.09:00"] *= mean
    for id, row in RATES.items():
        truth |= {f"services.{id}.arrivals_per_hour.{at}": rate * mean for at, rate in zip(HALF_HOURS, row, strict=True)}
    outside = []
    for seed, fit in zip(SEEDS, fits, strict=True):
        figures = {each.path: each.figure for each in fit.figures}
        assert set(truth) <= set(figures), set(truth) - set(figures)
        outside += [(seed, path) for path, value in truth.items() if not figures[path].low - 1e-9 <= value <= figures[path].high + 1e-9]
        for path in ("services.tax.then.card", "services.card.booking.no_show", "services.tax.service_min.mean", "demand.weekday.mon"):
            assert figures[path].high < 2 * figures[path].low, f"{path} is too wide to fail"

    # 108 intervals of 95 %: 5 outside are due, 12 or more have a chance of 1 in 150
    assert len(outside) < 12, outside


HALF_HOURS = ("09:00", "09:30", "10:00", "11:00", "11:30", "12:00")


def test_the_scenario_has_what_the_hall_has(fits: list[Fit]) -> None:
    for fit in fits:
        made = parse(fit.document)
        services = {each["id"]: each for each in fit.document["services"]}

        assert [(each["from"], each["to"], each["at_end"]) for each in fit.document["opening"]] == [
            (time(9), time(10, 30), "keep_tickets"), (time(11), time(12, 30), "serve_all"),
        ]  # fmt: skip
        assert fit.document["opening"][0]["early_min"] == 20
        assert [each["service"] for each in services["tax"]["then"]] == ["card"]
        assert {each["places"] for each in services["card"]["booking"]["times"]} == {2}
        assert len(services["card"]["booking"]["times"]) == 12
        assert {each.id: set(each.efficiency) for each in made.windows} == {
            "a": {"tax"}, "b": {"tax"}, "c": {"tax", "card"}, "d": {"card"},
        }  # fmt: skip
        assert made.days.starts == date(2024, 3, 4)
        assert set(assumptions(fit.document)) == {"rules.booked"}
        assert fit.document["basis"]["demand.weekday"] == fit.document["basis"]["services.tax.then"] == f"fit {fit.id}"


@pytest.fixture(scope="module")
def again(fits: list[Fit]) -> pd.DataFrame:
    """Days of the first fit's scenario."""
    return served(parse(fits[0].document), 99, 2 * DAYS)


def test_the_fitted_hall_waits_as_the_log_did(logs: list[pd.DataFrame], again: pd.DataFrame) -> None:
    for service in RATES:
        told = [
            frame[(frame["service"] == service) & frame["wait"].notna()].groupby("day")["wait"].mean().to_numpy()
            for frame in (logs[0], again)
        ]
        difference = told[1].mean() - told[0].mean()
        error = math.sqrt(sum(each.var(ddof=1) / len(each) for each in told))

        assert abs(difference) < 3 * error, f"{service}: {told[0].mean():.1f} observed, {told[1].mean():.1f} simulated"
        assert error < 0.35 * told[0].mean(), "too noisy to see anything"


def test_the_check_of_a_hall_that_came_back_agrees_and_names_no_cause(fits: list[Fit]) -> None:
    found = resemble(fits[0])

    assert found.verdict == "agrees", found
    assert not found.causes
    assert found.people > 1000
    assert found.simulated_days >= 40
    mean = found.pairs[0]
    assert mean.simulated.low < mean.simulated.value < mean.simulated.high < 1.5 * mean.simulated.low, "too wide to fail"


def test_the_check_of_a_scenario_whose_windows_are_too_many_says_too_optimistic(fits: list[Fit]) -> None:
    document = {**fits[0].document, "windows": [{**each, "count": 2} for each in fits[0].document["windows"]]}
    found = resemble(replace(fits[0], document=document))

    assert found.verdict == "optimistic"
    assert found.factor > 1.5
    assert {each.name: each.verdict for each in found.pairs}["waiting"] == "low"


def test_without_its_pauses_the_fitted_hall_waits_less(fits: list[Fit], again: pd.DataFrame) -> None:
    document = {**fits[0].document, "windows": [{**each, "wrap_up_min": 0.0} for each in fits[0].document["windows"]]}
    document["basis"] = {path: said for path, said in document["basis"].items() if "wrap_up" not in path}
    quick = served(parse(document), 99, DAYS)
    same = again[again["day"].isin(set(quick["day"]))]

    assert quick["wait"].mean() < 0.9 * same["wait"].mean(), "the same citizens: pauses make waits, so leaving them out is seen"


def test_who_stays_at_an_idle_window_is_not_seen_to_leave_it(tmp_path: Path) -> None:
    """The same hall without spells away, and with pauses that are all alike: a number, and nothing about idle windows."""
    stays = {key: value for key, value in hall().document.items() if key != "windows"}
    windows = [{**each, "wrap_up_min": 0.5} for each in hall().document["windows"]]
    for each in windows:
        del each["away_when_idle"]
    fit = fitted(served(parse({**stays, "windows": windows}), 1, DAYS), tmp_path / "stays.csv")

    assert [each["wrap_up_min"] for each in fit.document["windows"]] == [pytest.approx(0.5, abs=0.05)] * 4
    assert not any("away_when_idle" in each for each in fit.document["windows"])
    figures = {each.path: each for each in fit.figures}
    assert figures["windows.wrap_up_min"].figure.low <= 0.5 <= figures["windows.wrap_up_min"].figure.high
    assert "away_few" in {each.code for each in fit.unknowns} or not figures["windows.away_when_idle.share"].written


def test_a_visit_column_tells_what_follows_what_too(logs: list[pd.DataFrame], fits: list[Fit], tmp_path: Path) -> None:
    named = logs[0].assign(visit=logs[0]["citizen"].astype(str)).drop(columns=["parent_ticket", "task"])
    how = load_mapping("openhall")
    columns = {kind: names for kind, names in how.columns.items() if kind not in ("task", "follows")} | {"visit": ("visit",)}
    named.to_csv(tmp_path / "visits.csv", index=False)
    log = read_log(tmp_path / "visits.csv", replace(how, minute_0=540.0, columns=columns))

    assert {service: fit_further(log, service) for service in RATES} == fits[0].further


def test_what_is_too_rare_is_an_assumption_with_its_reason(logs: list[pd.DataFrame], tmp_path: Path) -> None:
    few = logs[0][logs[0]["day"] < "2024-03-09"]
    left = few.index[few["outcome"] == "reneged"][4:]
    few = few.assign(booked=np.nan, parent_ticket=-1, task=0).drop(index=left)
    fit = fitted(few, tmp_path / "few.csv")
    reasons = {(each.path, each.code): each for each in fit.unknowns}
    tax = next(each for each in fit.document["services"] if each["id"] == "tax")

    assert "patience_min" not in tax
    assert "4 of" in reasons["services.tax.patience_min", "patience_few"].text()
    assert "人" in reasons["services.tax.patience_min", "patience_few"].text("zh")
    assert "everybody waits for ever" in tax["note"], "the scenario says so too"
    assert ("demand.weekday", "weekday_few") in reasons, "five days have each weekday once"
    assert ("services.card.booking", "no_due") in reasons, "people did not come, and no booked time is known"
    assert {"then", "booking"} & set(tax) == set()
    assert "demand" not in fit.document or "weekday" not in fit.document["demand"]


def test_a_log_whose_leavers_are_not_seen_and_whose_windows_have_no_name(logs: list[pd.DataFrame], tmp_path: Path) -> None:
    blind = logs[0].assign(window="")
    fit = fitted(blind, tmp_path / "blind.csv", leaving="never")
    codes = {each.code for each in fit.unknowns}

    assert "minute_0" not in codes, "this log's minutes have their hour"
    assert {"patience_unseen", "crew", "wrap_up_unseen", "away_unseen"} <= codes
    assert "services.tax.patience_min" not in fit.document["basis"]
    assert any(path.startswith("windows.seat-1") for path in assumptions(fit.document))
    parse(fit.document)
