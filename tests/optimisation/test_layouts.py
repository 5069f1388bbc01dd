"""Layouts compared: the published case in which pooling hurts, arrangements as documents, and what an answer promises."""

from __future__ import annotations

import tomllib
from datetime import date, time
from typing import Any

import pytest

from simulation import experiment
from simulation.faults import BadInput
from simulation.optimisation import study
from simulation.optimisation.batches import BATCH, Figure, observe, trial_of
from simulation.optimisation.costs import Price, people_to_train, with_costs
from simulation.optimisation.layout import comparison
from simulation.optimisation.layout.arrangements import Arrangement, Pool
from simulation.optimisation.layout.documents import document_of, plan_of
from simulation.optimisation.layout.frame import frame_of, now_of
from simulation.optimisation.layout.kinds import KINDS, named
from simulation.optimisation.layout.moves import neighbours
from simulation.optimisation.objective import read_objective
from simulation.scenario import Costs, Scenario, parse


def textbook(windows: list[dict[str, Any]]) -> Scenario:
    """Two services of very different length, each with one window's load of 5/6 (van Dijk and van der Sluis; truth G10)."""
    return parse(
        {
            "schema": 1,
            "name": "long-and-short",
            "horizon": {"minutes": 4000, "warm_up": 400},
            "services": [
                {"id": "short", "service_min": {"family": "deterministic", "value": 1.0}, "arrivals_per_hour": 50},
                {"id": "long", "service_min": {"family": "deterministic", "value": 10.0}, "arrivals_per_hour": 5},
            ],
            "windows": windows,
        }
    )


def hall(count: int = 6, **more: Any) -> Scenario:
    """Four services, nearly alike, from nine to noon, six dedicated windows, two of them for the busiest."""
    services = [("a", 20.0), ("b", 12.0), ("c", 5.0), ("d", 1.0)]
    seats = {"a": 2, "b": 2, "c": 1, "d": 1}
    return parse(
        {
            "schema": 1,
            "name": "four",
            "opening": [{"from": time(9), "to": time(12), "at_end": "serve_all"}],
            "services": [
                {"id": name, "service_min": {"family": "exponential", "mean": 6.0 if name == "d" else 5.0}, "arrivals_per_hour": rate}
                for name, rate in services
            ],
            "windows": [{"id": f"for-{name}", "count": seats[name], "serves": [name]} for name, _ in services],
            "departments": [{"id": "bureau", "windows": ["for-a", "for-b"]}],
        }
        | more
    )


# ---- answers ------------------------------------------------------------------------------------------------------------------------


def test_long_and_short_services_are_not_pooled() -> None:
    """Both windows for both: the mean wait grows from 4.55 (exact) to 6.15 minutes (published), and the study says: do not pool."""
    found = study(textbook([{"id": "both", "count": 2, "serves": ["*"]}]), efficiency=1.0, kinds=["dedicated", "comprehensive"])
    dedicated, pooled = found.best, found.now

    assert found.advice == "dedicate"
    assert dedicated.arrangement.kind == "dedicated"
    assert dedicated.value.value == pytest.approx(4.545, rel=0.05)
    assert pooled.value.value == pytest.approx(6.15, rel=0.05)
    assert dedicated.waits["short"].value < pooled.waits["short"].value, "the short wait behind the long"
    assert dedicated.waits["long"].value > pooled.waits["long"].value
    assert found.selection.separated
    assert found.selection.probability == 0.95


def test_whoever_does_not_pool_is_told_to_stay() -> None:
    found = study(
        textbook([{"id": "s", "serves": ["short"]}, {"id": "l", "serves": ["long"]}]), efficiency=1.0, kinds=["comprehensive", "chain"]
    )

    assert found.advice == "keep"
    assert found.best is found.now or found.best.arrangement.kind == "now"
    assert found.pooling_hurts is not None
    assert len(found.layouts) == 2, "a chain of two is the comprehensive layout, and stands there once"


@pytest.fixture(scope="module")
def alike() -> Any:
    return study(hall(), efficiency=1.0, budget=30_000, seed=2)


def test_alike_services_are_pooled(alike: Any) -> None:
    assert alike.best.pooled > 0
    assert alike.improves
    assert alike.best.against_now.high < 0
    assert alike.days <= 30_000
    assert {each.arrangement.kind for each in alike.layouts} >= {"now", "comprehensive", "overflow", "chain", "cold"}
    assert [each.value.value for each in alike.layouts] == sorted(each.value.value for each in alike.layouts)


def test_no_layout_compared_is_clearly_better_than_the_answer_by_more_than_delta(alike: Any) -> None:
    """On days that neither found nor selected it, and on days that the study never saw."""
    assert all(each.against_best.high > -alike.selection.delta for each in alike.layouts if each.against_best is not None)
    waits = [experiment(each.plan, replications=400, seed=77).measures["mean_wait"].value for each in alike.layouts]
    best = alike.layouts.index(alike.best)

    assert waits[best] - min(waits) < 1.5 * alike.selection.delta


def test_an_answer_does_not_depend_on_threads() -> None:
    one, two = (study(hall(), kinds=["comprehensive", "dedicated"], budget=5000, workers=n) for n in (1, 2))

    assert [(each.name, each.value) for each in one.layouts] == [(each.name, each.value) for each in two.layouts]


def test_a_budget_that_ends_first_promises_nothing() -> None:
    found = study(hall(), kinds=["comprehensive", "dedicated", "chain", "cold"], delta=0.001, efficiency=1.0, budget=4000)

    assert not found.selection.separated
    assert len(found.selection.still_in) > 1
    assert sum(each.still_in for each in found.layouts) == len(found.selection.still_in)


def test_both_engines_give_the_same_study(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "CONFIRM", 4)
    kernel, simpy = (study(hall(), kinds=["comprehensive"], budget=2500, delta=2.0, engine=each) for each in ("kernel", "simpy"))

    assert [each.value for each in kernel.layouts] == [each.value for each in simpy.layouts]


def test_people_who_learn_are_slower_at_first() -> None:
    found = study(hall(), kinds=["comprehensive"], efficiency=1.0, learning=(0.5, 4), delta=0.5)

    assert [(each.week, round(each.speed, 3)) for each in found.weeks] == [(1, 0.5), (2, 0.625), (3, 0.75), (4, 0.875)]
    gains = [each.against_now.value for each in found.weeks]
    assert gains == sorted(gains, reverse=True)
    assert found.best.trained == 6
    assert found.best.plan.document["windows"][0]["learning"] == {"start": 0.5, "weeks": 4}


def test_progress_counts_days_and_may_stop() -> None:
    seen: list[tuple[str, int]] = []

    class Stop(Exception):
        pass

    def told(stage: str, days: int, most: int) -> None:
        seen.append((stage, days))
        if len(seen) == 20:
            raise Stop

    with pytest.raises(Stop):
        study(hall(), progress=told)
    assert seen == [("search", BATCH * (n + 1)) for n in range(20)]


# ---- arrangements --------------------------------------------------------------------------------------------------------------------


def test_every_named_arrangement_serves_everything_with_all_windows() -> None:
    frame = frame_of(hall())
    found, cannot = named(frame)

    assert cannot == []
    assert {each.kind for each in found} == set(KINDS) - {"zones", "mixed"}
    for each in found:
        plan = plan_of(frame, each)
        assert len(plan.windows) == 6, each.name
        assert {service for window in plan.windows for service in window.efficiency} == set("abcd")
        assert parse(tomllib.loads(plan.to_toml())).windows == plan.windows


def test_the_hall_as_it_is_is_read_from_its_windows() -> None:
    frame = frame_of(hall())

    assert now_of(frame).key == (Pool((0,), (), 2), Pool((1,), (), 2), Pool((2,), (), 1), Pool((3,), (), 1))
    assert plan_of(frame, now_of(frame)) is frame.base


def test_a_wide_window_is_slower() -> None:
    arrangement = Arrangement("mixed", (Pool((0, 1), (), 3), Pool((2,), (3,), 2), Pool((3,), (), 1)))
    at_once = plan_of(frame_of(hall(), efficiency=0.7), arrangement)
    growing = plan_of(frame_of(hall(), efficiency=0.7, growing=True), arrangement)

    assert at_once.windows[0].efficiency == {"a": 0.7, "b": 0.7}
    assert at_once.windows[3].efficiency == {"c": 1.0, "d": 0.7}, "the help is slower, its own work is not"
    assert growing.windows[0].efficiency == {"a": pytest.approx(0.9), "b": pytest.approx(0.9)}, "one further service of three"


def test_speeds_are_those_of_the_windows_there_are() -> None:
    windows = [{"id": "w", "count": 4, "serves": ["*"], "efficiency": {"default": 0.8, "a": 0.6}}, {"id": "v", "serves": ["a"]}]
    frame = frame_of(hall(windows=windows, departments=[]))

    assert dict(frame.efficiency) == {"a": 0.6, "b": 0.8, "c": 0.8, "d": 0.8}
    assert dict(frame.own) == {"a": 1.0, "b": 1.0, "c": 1.0, "d": 1.0}


def test_what_stands_apart_is_never_pooled() -> None:
    services = [dict(each) for each in hall().document["services"]]
    services[1]["own_window"] = services[2]["own_window"] = "secure line"
    frame = frame_of(hall(services=services), apart=["d"])

    assert frame.units == (("a",), ("b", "c"), ("d",))
    assert frame.apart == {1, 2}
    for each in named(frame)[0]:
        for window in plan_of(frame, each).windows:
            assert set(window.efficiency) in ({"a"}, {"b", "c"}, {"d"}), each.name


def test_departments_stand_behind_the_windows_of_their_services() -> None:
    frame = frame_of(hall())
    cold = next(each for each in named(frame)[0] if each.kind == "cold")
    document = document_of(frame, cold)

    assert [each.get("departments") for each in document["windows"]] == [["bureau"], ["bureau"], None]
    assert document["basis"] == {f"windows.{each['id']}.{key}": "plan" for each in document["windows"] for key in ("count", "efficiency")}


def test_a_step_changes_one_thing_and_leaves_nobody_alone() -> None:
    frame = frame_of(hall(), apart=["d"])
    start = named(frame)[0][0]
    around = neighbours(frame, start)

    assert len({each.key for each in around}) == len(around) > 3
    assert (Pool((0,), (), 1), Pool((0, 1, 2), (), 4), Pool((3,), (), 1)) in {each.key for each in around}, "a window for a alone"
    for each in around:
        assert sum(pool.count for pool in each.pools) == 6
        assert {n for pool in each.pools for n in pool.units} == {0, 1, 2, 3}
        assert all(pool.units == (3,) and not pool.helps for pool in each.pools if 3 in pool.units)
    assert not any(pool.helps for each in neighbours(frame, start, helping=False) for pool in each.pools)


def test_few_windows_are_not_divided_among_many_services() -> None:
    found, cannot = named(frame_of(hall(), windows=3))

    assert "dedicated" in cannot
    assert all(sum(pool.count for pool in each.pools) == 3 for each in found)


# ---- what is observed ----------------------------------------------------------------------------------------------------------------


def test_a_batch_is_the_experiment_of_its_days() -> None:
    scenario = hall()
    trial = trial_of(scenario, [Figure("mean_wait"), Figure("p90_wait", "a"), Figure("overtime")], seed=4)
    found = observe([trial], 0, 3)[0]
    first = experiment(scenario, replications=BATCH, seed=4)

    assert found[0].tolist() == [
        first.measures["mean_wait"].value,
        first.by_service["a"]["p90_wait"].value,
        first.measures["overtime"].value,
    ]
    assert len({row[0] for row in found.tolist()}) == 3
    assert observe([trial], 2, 3)[0].tolist() == found[2:].tolist(), "whatever was asked before"


def test_a_day_costs_its_hours_its_overtime_and_its_waiting() -> None:
    scenario = hall(costs={"window_hour": 50, "overtime_hour": 80, "waiting_hour": 20, "training": 900, "training_days": 300})
    assert scenario.costs == Costs(50, 80, 20, 900, 300, "CNY")
    price = Price(scenario.costs, scenario, trained=2)
    found = observe([trial_of(scenario, [Figure("cost", None, price)], seed=4)], 0, 1)[0, 0, 0]
    result = experiment(scenario, replications=BATCH, seed=4)
    waited = result.measures["mean_wait"].value * result.measures["arrivals"].value / 60
    late = sum(each["overtime"].value for each in result.by_window.values()) / 60

    assert found == pytest.approx(6 * 3 * 50 + late * 80 + waited * 20 + 2 * 900 / 300, rel=1e-9)


def test_the_fewest_people_are_trained() -> None:
    now = hall()
    frame = frame_of(now)
    by_name = {each.name: people_to_train(now, plan_of(frame, each)) for each in named(frame)[0]}

    assert people_to_train(now, now) == 0
    assert by_name["comprehensive"] == 6
    assert by_name["cold"] == 2, "three windows for a and one for c and d: one learns a, one the other rare service"


def test_prices_are_read_from_lines() -> None:
    priced = with_costs(hall(), ["waiting_hour=20", "window_hour=60"])

    assert priced.costs == Costs(60, 60, 20, 0, 250)
    assert with_costs(hall(), []).costs is None
    with pytest.raises(BadInput) as caught:
        with_costs(hall(), ["window_hours=60", "waiting_hour=much"])
    assert [each.code for each in caught.value.faults] == ["cost_key", "cost_unreadable"]
    with pytest.raises(BadInput, match="that of a window-hour is not"):
        with_costs(hall(), ["waiting_hour=20"])
    with pytest.raises(BadInput, match="'window_hour=-1' is no price"):
        with_costs(hall(), ["window_hour=-1"])


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"objective": "utilisation"}, "cannot be made better"),
        ({"objective": "overtime of a"}, "is not given for one service"),
        ({"objective": "mean_wait of z"}, "there is no service 'z'"),
        ({"objective": "cost"}, "the cost of a day takes prices"),
        ({"objective": "mean_wait <= 3"}, "is no objective"),
        ({"guarantee": 1.0}, "the guarantee is 1"),
        ({"guarantee": 0.1, "kinds": ["comprehensive", "dedicated"]}, "one in as many layouts"),
        ({"delta": 0.0}, "must be a number above 0"),
        ({"delta": float("nan")}, "must be a number above 0"),
        ({"delta": float("inf")}, "must be a number above 0"),
        ({"guarantee": float("nan")}, "the guarantee is nan"),
        ({"efficiency": float("nan")}, "the efficiency is nan"),
        ({"learning": (0.7, float("inf"))}, "does not say how windows learn"),
        ({"budget": 0}, "are no budget"),
        ({"kinds": ["cold", "cold"]}, "'cold' is given more than once"),
        ({"days": 0}, "0 days in a row"),
        ({"on": date(2026, 11, 23)}, "have no dates"),
        ({"on": date(2026, 11, 23), "days": 3}, "give --days or --on, not both"),
        ({"budget": 100}, "100 days are too few"),
        ({"windows": 0}, "0 windows cannot be arranged"),
        ({"efficiency": 1.5}, "the efficiency is 1.5"),
        ({"apart": ["z"]}, "there is no service 'z'"),
        ({"learning": (2.0, 8)}, "does not say how windows learn"),
        ({"kinds": ["round"]}, "there is no kind of layout 'round'"),
        ({"kinds": []}, "none of the layouts asked for"),
        ({"queue": 0}, "write a whole number from 1"),
    ],
)
def test_what_cannot_be_asked(asked: dict[str, Any], told: str) -> None:
    with pytest.raises(BadInput) as caught:
        study(hall(), **asked)

    assert told in str(caught.value)
    assert caught.value.text("zh")


def test_one_service_cannot_be_arranged() -> None:
    one = hall(services=hall().document["services"][:1], windows=[{"id": "w", "serves": ["a"]}], departments=[])

    with pytest.raises(BadInput, match="has one item for its windows"):
        study(one)


def test_an_objective_is_turned_so_that_less_is_better() -> None:
    assert read_objective("share_within(10)", hall()).lower is False
    found = study(hall(), objective="share_within(5)", efficiency=1.0, kinds=["comprehensive", "dedicated"], delta=0.05)

    assert found.best.arrangement.kind == "comprehensive"
    assert found.improves
    assert found.layouts[0].value.value > found.layouts[-1].value.value
    assert found.selection.means[found.selection.best] == max(found.selection.means)
