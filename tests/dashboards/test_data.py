"""What stands behind the pages: the planner's halls, kept results, edits, frames."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest

from dashboards.data import advice, halls, runs, sizes
from dashboards.data.halls import Edits
from dashboards.data.kept import Kept
from simulation.scenario import parse

DEMAND = sizes.Demand(cases=321.0, service=12.0, cv=0.6, peak=1.5, target=15.0)


@pytest.mark.parametrize("peak", [1.0, 1.5, 2.0, sizes.LARGEST_PEAK])
def test_a_planned_day_brings_the_demand_and_its_peak(peak):
    demand = sizes.Demand(321.0, 12.0, 0.6, peak, 15.0)
    rates = sizes.rates(demand)
    scenario = parse(sizes.document(demand, 12), "planner")

    assert sum(rates) / 2 == pytest.approx(321.0), "half-hours of an hourly rate"
    assert max(rates) * len(rates) / sum(rates) == pytest.approx(peak)
    assert min(rates) >= 0
    assert scenario.citizens_per_day() == pytest.approx(321.0)
    assert [slot.label for slot in scenario.slots] == sizes.slot_labels()


def test_every_figure_of_a_planned_hall_is_an_assumption():
    scenario = parse(sizes.document(DEMAND, 12), "planner")

    assert "services.case.service_min" in scenario.assumptions()


def test_the_answer_is_the_fewest_windows_that_meet_the_target():
    found = sizes.answer(DEMAND)
    meets = {each.windows: each.meets(DEMAND.target) for each in found.sizes}

    assert found.chosen == min(windows for windows, met in meets.items() if met)
    assert not any(met for windows, met in meets.items() if windows < found.chosen)
    assert [each.windows for each in found.sizes] == list(range(found.sizes[0].windows, found.sizes[-1].windows + 1))


def test_the_formula_is_erlang_c_at_the_peak():
    # 40 an hour on average, 60 at the peak, 3 minutes each: 3 erlangs; the mean wait is C(c, a) s / (c - a)
    demand = sizes.Demand(cases=40 * 6.5, service=3.0, cv=1.0, peak=1.5, target=1.0)

    assert max(sizes.rates(demand)) == pytest.approx(60.0)
    assert sizes.formula_wait(demand, 3) is None
    a, c = 3.0, 5
    term = a**c / 120 * c / (c - a)
    delayed = term / (sum(a**k / factorial for k, factorial in enumerate((1, 1, 2, 6, 24))) + term)
    assert sizes.formula_wait(demand, 5) == pytest.approx(delayed * 3.0 / (c - a))


def test_seats_are_never_fewer_than_none():
    size = sizes.Size(40, None, {"value": 0.0, "low": 0.0, "high": 0.0}, {}, (3.0, 9.0), {})

    assert size.seats == size.seats_low == 0


def test_kept_results_have_a_bound_and_the_least_used_goes_first():
    kept = Kept(2)
    for key in ("a", "b"):
        kept.get_or_make(key, lambda key=key: key.upper())
    kept.get("a")
    kept.get_or_make("c", lambda: "C")

    assert (kept.get("a"), kept.get("b"), kept.get("c")) == ("A", None, "C")
    assert len(kept) == 2


def test_kept_results_survive_many_threads():
    kept, start, wrong = Kept(4), Barrier(8), []

    def ask(number):
        start.wait()
        for turn in range(200):
            key = (number + turn) % 6
            if kept.get_or_make(key, lambda key=key: key + 1) != key + 1:
                wrong.append(key)

    threads = [Thread(target=ask, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert wrong == []
    assert len(kept) <= 4


def test_what_fails_is_not_kept():
    kept = Kept(2)
    with pytest.raises(ZeroDivisionError):
        kept.get_or_make("a", lambda: 1 / 0)

    assert kept.get("a") is None


def test_no_edit_gives_the_scenario_itself():
    scenario = halls.hall(halls.DEFAULT)

    assert halls.planned(scenario, Edits()) is scenario


@pytest.mark.parametrize("name", halls.names())
def test_every_shipped_scenario_has_its_page(name):
    scenario = halls.hall(name)
    found = runs.comparison(scenario, scenario, 16)
    waits = runs.waits(found, both=False)

    assert halls.groups(scenario)
    assert (waits["low"] <= waits["value"]).all()
    assert (waits["value"] <= waits["high"]).all()
    assert waits["minute"].is_monotonic_increasing
    assert not runs.cover(scenario, scenario, found).empty


def test_a_line_breaks_over_lunch():
    scenario = halls.hall(halls.DEFAULT)
    waits = runs.waits(runs.comparison(scenario, scenario, 16), both=False).set_index("slot")

    assert waits.loc["11:30", "block"] != waits.loc["14:30", "block"]


def test_windows_for_two_hours_cost_their_hours():
    scenario = halls.hall(halls.DEFAULT)
    group = halls.groups(scenario)[0].id
    plan = halls.planned(scenario, Edits(peak_group=group, peak_count=3, peak_from="10:00", peak_to="12:00"))

    assert runs.duty_hours(plan) - runs.duty_hours(scenario) == pytest.approx(6.0)


def test_the_first_addition_begins_where_the_roster_is_short():
    scenario = halls.hall(halls.DEFAULT)
    found = runs.comparison(scenario, scenario, runs.REPLICATIONS[0])
    cover = runs.cover(scenario, scenario, found)
    addition = advice.first_addition(scenario, found)

    assert addition.start == next(row.slot for row in cover.itertuples() if row.needed > row.base)
    assert addition.difference["high"] < 0
