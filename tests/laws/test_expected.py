"""Expected visits, tasks and load against numbers worked by hand, and against what the demand brings; remarks on hopeless halls."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import time
from typing import Any

import numpy as np
import pytest

from simulation import draw_demand, experiment, serve
from simulation.expected import citizens_per_day, tasks_per_day, visits_per_day
from simulation.faults import BadInput, sentence_of
from simulation.load import load_of
from simulation.remarks import remarks_on
from simulation.scenario import Scenario, parse
from simulation.tickets import NO_SHOW, SENT_HOME, SERVED, TURNED_AWAY

TEN = {"family": "exponential", "mean": 10}
WHOLE_DAY = [{"from": time(8, 0), "to": time(12, 0), "at_end": "serve_all"}]


def service(id: str = "a", rate: float = 6.0, **keys: Any) -> dict[str, Any]:
    return {"id": id, "service_min": TEN, "arrivals_per_hour": [rate] * 8} | keys


def hall(*services: dict[str, Any], windows: list[dict[str, Any]] | None = None, opening: Any = WHOLE_DAY) -> Scenario:
    """Open for four hours."""
    seats = windows or [{"id": "w", "count": 4, "serves": ["*"]}]
    return parse({"schema": 1, "name": "x", "opening": opening, "services": list(services or [service()]), "windows": seats}, "x")


def codes(scenario: Scenario) -> list[str]:
    found = remarks_on(scenario, load_of(scenario))
    for each in found:
        assert sentence_of(each.code, "zh")
        assert "{" not in each.text("en") + each.text("zh")
    return [each.code for each in found]


def test_groups_cases_bookings_and_second_visits_are_counted() -> None:
    booking = {"step_min": 30, "places": 2, "booked": 0.5, "no_show": 0.25}
    batch = [{"size": 1, "share": 0.5}, {"size": 3, "share": 0.5}]
    cases = [{"count": 1, "share": 0.5}, {"count": 2, "share": 0.5}]
    scenario = hall(service(batch=batch, cases=cases, incomplete={"share": 0.2, "after_days": 1}, booking=booking))

    assert citizens_per_day(scenario)[0] == pytest.approx(24 * 2 + 8 * 2 * 0.5 * 0.75)
    assert visits_per_day(scenario)[0] == pytest.approx(54 * 1.2)
    assert tasks_per_day(scenario)[0] == pytest.approx(54 * 1.2 * 1.5)
    assert scenario.citizens_per_day() == pytest.approx(54)
    assert scenario.offered_load() == pytest.approx(54 * 1.2 * 1.5 * 10)
    assert load_of(scenario).utilisation == pytest.approx(54 * 1.2 * 1.5 * 10 / 960)


def test_further_services_solve_the_traffic_equations() -> None:
    """Half of a goes to b, four fifths of b to b again: b has 12 + 0.8 b tasks, so 60."""
    scenario = hall(service("a", then=[{"service": "b", "share": 0.5}]), service("b", 0.0, then=[{"service": "b", "share": 0.8}]))

    assert tasks_per_day(scenario) == pytest.approx([24, 60])
    assert load_of(scenario).services[1].offered_load == pytest.approx(60 * 10 / 240)
    assert load_of(scenario).services[1].busiest_load == pytest.approx(60 * 10 / 240)


def test_what_is_expected_is_what_the_demand_brings() -> None:
    booking = {"step_min": 20, "places": 1, "booked": 0.6, "no_show": 0.2}
    one = service("a", batch=[{"size": 2, "share": 1}], cases=[{"count": 1, "share": 0.5}, {"count": 3, "share": 0.5}], booking=booking)
    scenario = hall(one | {"then": [{"service": "b", "share": 0.4}]}, service("b", 3.0, then=[{"service": "a", "share": 0.3}]))
    days = [draw_demand(scenario, 5, replication) for replication in range(300)]
    shown = [day.citizens.shows[day.tasks.citizen] for day in days]
    tasks = np.array([[np.sum((day.tasks.service == s) & here) for s in (0, 1)] for day, here in zip(days, shown, strict=True)])

    error = tasks.std(axis=0) / np.sqrt(len(days))
    assert (np.abs(tasks.mean(axis=0) - tasks_per_day(scenario)) < 4 * error).all()


def test_a_windows_own_law_wrap_up_absence_and_repair_count() -> None:
    own = {"id": "w", "serves": ["*"], "service_min": {"a": {"family": "deterministic", "value": 4}}, "efficiency": 0.5, "wrap_up_min": 2}
    breakdown = {"between_min": {"family": "exponential", "mean": 90}, "repair_min": {"family": "exponential", "mean": 30}}
    away = own | {"absence": 0.2, "breakdown": breakdown}

    drawn = own | {"wrap_up_min": {"family": "lognormal", "mean": 2, "cv": 3}}

    assert load_of(hall(windows=[drawn])).utilisation == pytest.approx(24 * (4 / 0.5 + 2) / 240)
    assert load_of(hall(windows=[own])).utilisation == pytest.approx(24 * (4 / 0.5 + 2) / 240)
    assert load_of(hall(windows=[away])).utilisation == pytest.approx(24 * (4 / 0.5 + 2) / (240 * 0.8 * 0.75))


# ----------------------------------------------------------------------------------------------------------------- hopeless halls


def test_visits_that_never_end_are_refused_and_long_rounds_of_no_length_end() -> None:
    """A round that nobody leaves is refused; one that one in a thousand leaves ends after 200 tasks, with services of no length too."""
    with pytest.raises(BadInput) as refused:
        hall(service("a", then=[{"service": "b", "share": 1}]), service("b", 0.0, then=[{"service": "a", "share": 1}]), service("c"))
    assert [each.code for each in refused.value.faults] == ["never_leaves", "never_leaves"]

    nothing = {"family": "deterministic", "value": 0}
    scenario = hall(service("a", then=[{"service": "a", "share": 0.999}]) | {"service_min": nothing})
    for engine in ("kernel", "simpy"):
        tickets, _ = serve(scenario, draw_demand(scenario, 1), engine=engine)
        assert tickets.task.max() == 199
        assert (tickets.outcome == SERVED).all()


def test_a_loop_that_most_leave_is_no_endless_one() -> None:
    scenario = hall(service("a", then=[{"service": "a", "share": 0.9}]))
    assert tasks_per_day(scenario)[0] == pytest.approx(240)
    assert codes(scenario) == ["remark_over_serve_all"]


def test_overload_says_how_late_the_hall_closes_at_least() -> None:
    one = [{"id": "w", "serves": ["*"]}]
    scenario = hall(service(rate=9.0), windows=one)
    (remark,) = remarks_on(scenario, load_of(scenario))
    late = float(remark.facts["late"])
    simulated = experiment(scenario, replications=64).measures["overtime"]

    assert late == 120, "360 minutes of work in 240"
    assert simulated.low is not None
    assert simulated.low >= 0.9 * late
    assert codes(hall(service(rate=9.0), windows=one, opening=[WHOLE_DAY[0] | {"at_end": "finish_current"}])) == ["remark_over"]
    textbook = {"schema": 1, "name": "t", "horizon": {"minutes": 600}, "services": [service() | {"arrivals_per_hour": 9}], "windows": one}
    assert codes(parse(textbook, "t")) == ["remark_over_textbook"]
    assert codes(hall()) == []


def test_zero_staff_and_nobody_at_closing_are_said_and_simulated() -> None:
    outside = [{"id": "w", "serves": ["*"], "shifts": [{"from": time(6, 0), "to": time(7, 0)}]}]
    morning = [{"id": "w", "count": 4, "serves": ["*"], "shifts": [{"from": time(8, 0), "to": time(10, 0)}]}]
    early = [morning[0] | {"shifts": [{"from": time(6, 0), "to": time(7, 0)}, {"from": time(8, 0), "to": time(12, 0)}]}]

    assert "remark_shift_outside" in codes(hall(windows=outside))
    assert codes(hall(windows=early)) == ["remark_shift_outside"] * 4
    assert codes(hall(windows=morning)) == ["remark_nobody_stays"]
    for windows in (outside, morning):
        for engine in ("kernel", "simpy"):
            tickets, _ = serve(hall(windows=windows), draw_demand(hall(windows=windows), 1), engine=engine)
            assert len(tickets) > 10
            assert (tickets.outcome == SENT_HOME).any()
            assert np.isfinite(tickets.ended).all()


@pytest.mark.parametrize("engine", ["kernel", "simpy"])
def test_one_citizen_nobody_and_all_no_shows_are_days(engine: str) -> None:
    nobody = hall(service(rate=0.0))
    only_booked = hall(service(rate=0.0, booking={"step_min": 30, "places": 2, "booked": 1.0, "no_show": 1.0}))
    empty, _ = serve(nobody, draw_demand(nobody, 1), engine=engine)
    missing, _ = serve(only_booked, draw_demand(only_booked, 1), engine=engine)
    result = experiment(only_booked, replications=4, engine=engine)

    assert len(empty) == 0
    assert len(missing) == 16
    assert (missing.outcome == NO_SHOW).all()
    assert (result.measures["served"].value, result.measures["mean_queue"].value) == (0, 0)
    assert result.measures["mean_wait"].to_dict()["value"] is None
    alone = hall(service(rate=0.25))
    served, _ = next(each for each in (serve(alone, draw_demand(alone, seed), engine=engine) for seed in range(20)) if len(each[0]) == 1)
    assert (served.outcome[0], served.wait[0]) == (SERVED, 0)


def test_a_million_citizens_in_one_day_are_served() -> None:
    """One day, one replication; those inside at the last moment too."""
    quick = service(rate=250_000.0) | {"service_min": {"family": "exponential", "mean": 0.02}}
    scenario = hall(quick, windows=[{"id": "w", "count": 100, "serves": ["*"]}])
    result = experiment(scenario, replications=1, seed=2)

    assert result.measures["arrivals"].value == pytest.approx(1_000_000, rel=0.01)
    assert result.measures["served"].value == result.measures["arrivals"].value


def test_a_day_that_nobody_may_enter_turns_everybody_away() -> None:
    scenario = hall(service(quota=0))
    tickets, _ = serve(scenario, draw_demand(scenario, 1))
    assert (tickets.outcome == TURNED_AWAY).all()


# --------------------------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"schema": True}, "not_one_of"),
        ({"services": [service() | {"service_min": {"family": "lognormal", "mean": 6, "cv": 101}}]}, "law_cv"),
        (
            {
                "services": [service(), service("b")],
                "windows": [{"id": "w", "serves": ["a"], "service_min": {"b": TEN}}, {"id": "v", "serves": ["b"]}],
            },
            "law_not_served",
        ),
    ],
)
def test_what_used_to_be_let_through_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse(dict(hall().document) | change, "x")
    assert code in [each.code for each in refused.value.faults]


def test_a_given_day_is_run_once_or_refused(openhall: Callable[..., Any], tmp_path: Any) -> None:
    (tmp_path / "citizens.csv").write_text("arrival,service,work_min\n08:40,tax,5\n", encoding="utf-8")
    given = ["--citizens", tmp_path / "citizens.csv", "--json", "-"]
    assert openhall("simulate", "potou-2022", *given, "--replications", 1).code == 0
    for more in (["--replications", 2], ["--days", 3], ["--precision", 0.1]):
        ended = openhall("simulate", "potou-2022", *given, *more)
        assert ended.code == 2
        assert more[0] in ended.err
    assert openhall("compare", "potou-2022", "potou-2022", *given, "--days", 2).code == 2


def test_check_shows_remarks(openhall: Callable[..., Any], tmp_path: Any) -> None:
    path = tmp_path / "over.toml"
    path.write_text(hall(service(rate=90.0)).to_toml(), encoding="utf-8")
    said = json.loads(openhall("check", path, "--json", "-").out)["scenarios"][0]

    assert "375 %" in said["remarks"][0]
    assert said["load"]["services"][0]["tasks"] == pytest.approx(360)
    assert "375 %" in openhall("check", path).out
