"""The demand of a day: the same chance for every plan, but where the plan differs."""

from __future__ import annotations

from datetime import time
from typing import Any

import numpy as np

from simulation.demand import GRAIN, Demand, draw_demand
from simulation.scenario import Scenario, parse
from simulation.serve import serve
from simulation.tickets import OUTCOMES


def service(name: str, rate: float, **changes: Any) -> dict[str, Any]:
    law, patience = {"family": "lognormal", "mean": 6.0, "cv": 0.6}, {"family": "gamma", "mean": 30.0, "cv": 0.5}
    return {"id": name, "service_min": law, "patience_min": patience, "arrivals_per_hour": [rate, 2 * rate]} | changes


def scenario(*services: dict[str, Any], windows: int = 2, at_end: str = "serve_all") -> Scenario:
    opening = [{"from": time(9), "to": time(10), "at_end": at_end}]
    seats = [{"id": "all", "count": windows, "serves": ["*"], "efficiency": 0.7}]
    return parse({"schema": 1, "name": "demand", "opening": opening, "services": list(services), "windows": seats}, "test")


def of(demand: Demand, number: int) -> dict[str, np.ndarray]:
    """The rows of one service."""
    rows = demand.tasks.service == number
    return {
        "arrival": demand.citizens.arrival[rows],
        "work": demand.tasks.work[rows],
        "patience": demand.tasks.patience[rows],
    }


def test_changing_one_service_leaves_every_other_draw_as_it_was() -> None:
    before = draw_demand(scenario(service("card", 40), service("tax", 30)), seed=3)
    changed = service("card", 90, service_min={"family": "erlang", "k": 3, "mean": 2})
    after = draw_demand(scenario(service("new", 5), changed, service("tax", 30)), 3)

    for column, values in of(before, 1).items():
        assert np.array_equal(values, of(after, 2)[column]), column


def test_adding_windows_changes_no_draw() -> None:
    few, many = (draw_demand(scenario(service("card", 40), windows=n), seed=3) for n in (1, 9))

    assert np.array_equal(few.tasks.work, many.tasks.work)
    assert np.array_equal(few.citizens.arrival, many.citizens.arrival)


def test_a_law_of_wrap_up_changes_no_other_draw_and_stays_with_the_citizen() -> None:
    law, slower = {"family": "lognormal", "mean": 0.5, "cv": 2}, {"family": "exponential", "mean": 1}

    def drawn(cards: float, *laws: object, more: tuple[Any, ...] = ()) -> Demand:
        windows = [{"id": f"w{n}", "serves": ["*"], "wrap_up_min": each} for n, each in enumerate(laws)]
        services = [*more, service("card", cards, cases=[{"count": 1, "share": 0.5}, {"count": 2, "share": 0.5}]), service("tax", 30)]
        return draw_demand(parse(scenario(*services).document | {"windows": windows}, "pauses"), seed=3)

    plain, one, both = drawn(40, 0.5), drawn(40, law), drawn(40, 1.0, slower, law, law)
    for column in ("citizen", "number", "service", "work", "patience", "balking", "stays"):
        assert np.array_equal(getattr(plain.tasks, column), getattr(one.tasks, column)), column
    assert np.array_equal(plain.citizens.arrival, one.citizens.arrival)
    assert [each.tasks.wrap_up.shape[1] for each in (plain, one, both)] == [0, 1, 2], "a column for each law that must be drawn"
    assert np.array_equal(both.tasks.wrap_up[:, 1], one.tasks.wrap_up[:, 0]), "one draw, read by every law"
    assert np.array_equal(np.argsort(both.tasks.wrap_up[:, 0]), np.argsort(both.tasks.wrap_up[:, 1]))

    grown = drawn(90, law, more=(service("new", 20),))
    of_tax, still = one.tasks.service == 1, grown.tasks.service == 2
    assert np.array_equal(one.tasks.wrap_up[of_tax], grown.tasks.wrap_up[still]), "whoever else comes, and wherever the service stands"
    assert len(np.unique(grown.tasks.wrap_up)) == len(grown.tasks.wrap_up), "every task has a draw of its own"


def test_a_citizen_keeps_the_marks_when_more_people_come() -> None:
    few, many = (of(draw_demand(scenario(service("card", rate)), seed=3), 0) for rate in (40, 80))
    count = len(few["arrival"])

    assert len(many["arrival"]) > count
    for column in ("work", "patience"):
        assert np.array_equal(few[column], many[column][:count]), column
    assert (many["arrival"][:count] <= few["arrival"]).all(), "the same people come earlier"


def test_every_time_is_a_multiple_of_the_grain() -> None:
    day = draw_demand(scenario(service("card", 60), service("tax", 60, service_min={"family": "gamma", "mean": 5, "cv": 0.8})), seed=1)

    for times in (day.citizens.arrival, day.tasks.work, day.tasks.patience):
        assert np.array_equal(times, np.round(times / GRAIN) * GRAIN)
        assert (times > 0).all()


def test_efficiency_divides_the_work() -> None:
    day = draw_demand(scenario(service("card", 60)), seed=1)
    plain = parse(scenario(service("card", 60)).document | {"windows": [{"id": "w", "serves": ["*"]}]}, "plain")

    assert np.allclose(day.tasks.work * 0.7, draw_demand(plain, seed=1).tasks.work, atol=2 * GRAIN)


def test_the_expected_number_may_exceed_the_first_guess_of_room() -> None:
    counts = [len(draw_demand(scenario(service("card", 2)), 1, replication).citizens.id) for replication in range(2000)]

    assert max(counts) > 9
    assert abs(np.mean(counts) - 3) < 5 * np.sqrt(3 / 2000), "an hour at 2 and 4 an hour brings 3"


def test_who_is_sent_home_comes_again_on_the_day_the_row_says() -> None:
    patient = service("card", 60, returns={"share": 0.5, "after_days": 2}, patience_min={"family": "deterministic", "value": 500})
    hall = scenario(patient, at_end="finish_current")
    carried = None
    logs = []
    for day in range(3):
        tickets, carried = serve(hall, draw_demand(hall, 1, 0, day), carried)
        logs.append(tickets)

    home = {int(c) for c in logs[0].citizen[logs[0].outcome == OUTCOMES.index("sent_home")]}
    again = {int(c) for c in logs[2].citizen[logs[2].visit == 2]}
    assert not (logs[1].visit == 2).any()
    assert again
    assert again < home
    assert 0.3 < len(again) / len(home) < 0.7
    assert (logs[2].arrival[logs[2].visit == 2] == 0).all(), "they stand before the doors"
