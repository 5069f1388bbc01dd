"""The days on which plans are judged: of a whole year, of one date, or in a row."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from simulation import experiment
from simulation.faults import BadInput
from simulation.optimisation import find_frontier, frontier, read_target, staff, study
from simulation.optimisation.batches import BATCH, Figure, days_of_batch, observe, trial_of
from simulation.optimisation.costs import Price
from simulation.optimisation.occasions import ALIKE, Occasions, number_of, occasions_of
from simulation.optimisation.table import day_of, days_alike, groups_of, open_now
from simulation.scenario import Costs, Scenario, parse

START = date(2026, 1, 5)


def hall(demand: dict[str, Any] | None = None, **more: Any) -> Scenario:
    """Two services from nine to eleven, from a Monday on; Mondays are twice as busy."""
    return parse(
        {
            "schema": 1,
            "name": "weeks",
            "demand": {"starts": START, "weekday": {"mon": 2.0}} if demand is None else demand,
            "opening": [{"from": time(9), "to": time(11), "at_end": "serve_all"}],
            "services": [
                {"id": name, "service_min": {"family": "exponential", "mean": 5.0}, "arrivals_per_hour": 12.0} for name in ("a", "b")
            ],
            "windows": [{"id": f"for-{name}", "count": 2, "serves": [name]} for name in ("a", "b")],
        }
        | more
    )


def test_a_year_of_days_or_one_or_some_in_a_row() -> None:
    year = occasions_of(hall())

    assert (year.first, year.last) == (START, date(2027, 1, 4))
    assert 245 <= len(year.numbers) <= 252
    assert year.numbers == tuple(range(len(year.numbers)))
    assert occasions_of(hall(), on=date(2026, 1, 7)) == Occasions((2,), 1, date(2026, 1, 7), date(2026, 1, 7))
    assert occasions_of(hall(), in_a_row=3) == Occasions((), 3, START, date(2026, 1, 7))
    assert occasions_of(hall(demand={})) == ALIKE
    assert [days_of_batch(each) for each in (year, Occasions(in_a_row=3), Occasions(in_a_row=20))] == [8, 6, 20]


def test_a_batch_has_days_of_all_the_year_and_every_batch_others() -> None:
    year = occasions_of(hall())
    drawn = [year.drawn(1, batch, BATCH) for batch in range(100)]

    assert all(len(set(each)) == BATCH for each in drawn)
    assert len({day for each in drawn for day in each}) > 200
    assert drawn[3] == year.drawn(1, 3, BATCH), "whatever was asked before"
    assert Occasions((4,)).drawn(1, 0, 3) == [4, 4, 4]


@pytest.mark.parametrize(
    ("scenario", "how", "told"),
    [
        (hall(demand={}), {"on": START}, "have no dates"),
        (hall(), {"on": date(2026, 1, 10)}, "not open|closed"),
        (hall(), {"on": START, "in_a_row": 2}, "not both"),
        (hall(), {"in_a_row": 61}, "from 1 to 60"),
    ],
)
def test_days_that_there_are_not(scenario: Scenario, how: dict[str, Any], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        occasions_of(scenario, **how)


def test_the_mean_over_a_year_is_that_of_its_days() -> None:
    """Mondays are busier: one day in five of the year, each with its own date."""
    scenario = hall()
    days = occasions_of(scenario)
    trial = trial_of(scenario, [Figure("arrivals"), Figure("mean_wait")], 3, occasions=days)
    found = observe([trial], 0, 60)[0]
    mondays = sum(_weekday(scenario, n) == 0 for n in days.numbers) / len(days.numbers)
    expected = 48 * (1 + mondays)

    assert found[:, 0].mean() == pytest.approx(expected, rel=0.02)
    run = experiment(scenario, replications=12, days=len(days.numbers), seed=8).measures["mean_wait"]
    assert found[:, 1].mean() == pytest.approx(run.value, rel=0.1)


def test_one_date_is_that_day() -> None:
    scenario = hall()
    monday, tuesday = (occasions_of(scenario, on=date(2026, 1, each)) for each in (5, 6))
    busy, quiet = (observe([trial_of(scenario, [Figure("arrivals")], 3, occasions=each)], 0, 20)[0].mean() for each in (monday, tuesday))

    assert (busy, quiet) == (pytest.approx(96, rel=0.04), pytest.approx(48, rel=0.04))


def test_the_days_of_a_run_in_a_row_are_those_of_the_experiment() -> None:
    services = [{**each, "returns": {"share": 0.5, "after_days": 1}} for each in hall().document["services"]]
    scenario = hall(demand={}, services=services, opening=[{"from": time(9), "to": time(11), "at_end": "finish_current"}])
    trial = trial_of(scenario, [Figure("arrivals"), Figure("mean_wait")], 5, occasions=occasions_of(scenario, in_a_row=4))
    found = observe([trial], 0, 2)[0]
    run = experiment(scenario, replications=2, days=4, seed=5)

    assert trial.days == 8
    assert found[0, 1] == run.measures["mean_wait"].value
    alone = observe([trial_of(scenario, [Figure("arrivals")], 5)], 0, 1)[0]
    assert found[0, 0] > alone[0, 0], "who was sent home comes again"


def test_a_day_costs_the_hours_of_its_own_roster() -> None:
    """Two windows are there on Mondays only."""
    shifts = [{"from": time(9), "to": time(11), "weekdays": ["mon"]}]
    windows = [
        {"id": "for-a", "serves": ["a"]},
        {"id": "for-b", "serves": ["b"]},
        {"id": "more", "count": 2, "serves": ["*"], "shifts": shifts},
    ]
    scenario = hall(windows=windows)
    price = Price(Costs(60, 60, 0, 0, 250), scenario)
    monday, tuesday = (occasions_of(scenario, on=date(2026, 1, each)) for each in (5, 6))
    costs = [observe([trial_of(scenario, [Figure("cost", None, price)], 3, occasions=each)], 0, 1)[0, 0, 0] for each in (monday, tuesday)]

    assert costs[0] >= 4 * 2 * 60 > costs[1] >= 2 * 2 * 60


def test_layouts_are_judged_over_the_year_unless_a_day_is_asked_for() -> None:
    how: dict[str, Any] = {"kinds": ["comprehensive"], "budget": 4000, "delta": 1.0, "efficiency": 1.0}
    year, monday = study(hall(), **how), study(hall(), on=START, **how)

    assert (year.occasions.first, year.occasions.last) == (START, date(2027, 1, 4))
    assert (monday.occasions.first, monday.occasions.last) == (START, START)
    assert monday.now.value.low > year.now.value.high, "Mondays are the worst"


def test_an_answer_for_a_year_holds_on_days_that_neither_found_nor_confirmed_it() -> None:
    """Also where the run begins on a quiet day: one plan for busy Mondays and the rest, on which it is judged by total over total."""
    quiet = hall(demand={"starts": date(2026, 1, 6), "weekday": {"mon": 2.0}})
    target = read_target("mean_wait <= 5", quiet)
    found = staff(quiet, [target], seed=2)
    one_day = staff(quiet, [target], on=date(2026, 1, 6), seed=2)
    trials = [trial_of(each.plan, [Figure("mean_wait")], 99, occasions=occasions_of(quiet)) for each in (found, one_day)]
    waits = observe(trials, 0, 60)[:, :, 0].mean(axis=1)

    assert found.kept
    assert (found.date, found.busiest, one_day.date, one_day.busiest) == (None, date(2026, 1, 12), date(2026, 1, 6), None)
    assert len(found.day.occasions.numbers) >= 245
    assert found.confirmed.unit == "day_in_stratum"
    assert found.window_hours() > one_day.window_hours()
    assert waits[0] <= 5 < waits[1], "a plan for a quiet day does not hold over the year"


def test_days_that_open_otherwise_or_are_asked_for_apart_get_plans_of_their_own() -> None:
    late = {"from": time(14), "to": time(15), "weekdays": ["wed"], "at_end": "serve_all"}
    scenario = hall(opening=[{"from": time(9), "to": time(11), "at_end": "serve_all"}, late])
    target = read_target("mean_wait <= 6", scenario)
    found = staff(scenario, [target], seed=2)
    (wednesday,) = found.others

    assert [each.day.kinds for each in (found, wednesday)] == [(0, 1, 3, 4, 7), (2,)]
    assert [len(each.half_hours) for each in (found, wednesday)] == [4, 6]
    assert found.all_kept
    for on, part in ((date(2026, 1, 6), found), (date(2026, 1, 7), wednesday)):
        written = day_of(found.plan, on).hall
        opened = open_now(written, groups_of(found.plan))
        for name, row in part.needed.items():
            mine = [each for seat, each in opened.items() if seat.rpartition("-")[0] == name]
            assert [sum(each) for each in zip(*mine, strict=True)] == list(row), f"{name} on {on}"
    apart = days_alike(hall(), by_weekday=True)
    assert [each.kinds for each in apart] == [(0, 7), (1,), (2,), (3,), (4,)]
    assert sum(len(each.occasions.numbers) for each in apart) == len(days_alike(hall())[0].occasions.numbers)


def test_days_apart_are_days_in_their_stratum_and_nobody_comes_again() -> None:
    scenario = hall(
        services=[*hall().document["services"][:1], {**hall().document["services"][1], "incomplete": {"share": 0.4, "after_days": 1}}]
    )
    in_a_row, apart = (experiment(scenario, replications=2, days=20, seed=3, apart=each) for each in (False, True))

    assert (in_a_row.unit, apart.unit) == ("replication", "day_in_stratum")
    assert apart.measures["arrivals"].value < in_a_row.measures["arrivals"].value
    assert repr(experiment(scenario, replications=2, days=20, seed=3, apart=True, engine="simpy").measures) == repr(apart.measures)


def test_the_frontier_is_judged_over_the_year(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontier, "CONFIRM", 12)
    year, monday = find_frontier(hall(), seed=2), find_frontier(hall(), on=START, seed=2)

    assert year.searched == START
    assert len(year.occasions.numbers) > 200
    assert (monday.occasions.first, monday.occasions.numbers) == (START, ())
    assert monday.now.wait.low > year.now.wait.high


def _weekday(scenario: Scenario, number: int) -> int:
    from simulation.days import dated

    when = dated(scenario, number)
    assert when is not None
    assert number_of(scenario, when.date) == number
    return when.kind
