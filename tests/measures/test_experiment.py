"""Experiments: one result for any number of workers, honest intervals, plans compared on the same days."""

from __future__ import annotations

import json
import math
import tomllib
from typing import Any

import numpy as np
import pytest

from simulation.demand import draw_demand
from simulation.experiment import BLOCK, FEWEST_UNITS, Cancelled, Result, blocks, compare, experiment
from simulation.faults import BadInput
from simulation.measures import MEASURES, measure, quantile_of
from simulation.scenario import Scenario, parse
from simulation.serve import serve
from tests.measures.hand import textbook, two_periods

HALL = """
schema = 1
name = "{name}"

[[opening]]
from = 08:30:00
to = 12:00:00
at_end = "keep_tickets"
early_min = 15

[[opening]]
from = 14:00:00
to = 15:00:00
at_end = "serve_all"

[[services]]
id = "residence"
name = {{ zh = "居住证", en = "Residence permit" }}
service_min = {{ family = "lognormal", mean = 6.0, cv = 0.6 }}
patience_min = {{ family = "exponential", mean = 45 }}
arrivals_per_hour = [10, 12, 20, 20, 10, 9, 9, 10, 8]
early_arrivals = 3
target = {{ wait_min = 10, share = 0.8 }}
{returns}

[[services]]
id = "tax"
name = {{ zh = "税务", en = "Tax" }}
service_min = {{ family = "exponential", mean = 9.0 }}
arrivals_per_hour = [10, 12, 12, 10, 9, 9, 10, 8, 6]

[[windows]]
id = "w"
count = {windows}
serves = ["*"]
efficiency = {efficiency}
"""


OF_PARTIES = ("seats_needed", "seats_needed_p99")
"""measures of halls to which people bring others; none elsewhere"""


def hall(windows: int = 3, name: str = "hall", efficiency: str = "1.0", returns: str = "") -> Scenario:
    return parse(tomllib.loads(HALL.format(windows=windows, name=name, efficiency=efficiency, returns=returns)), name)


@pytest.fixture(scope="module")
def base() -> Scenario:
    return hall()


# ---------------------------------------------------------------------------------------------------------------- one result


@pytest.mark.parametrize("workers", [2, 7])
def test_the_number_of_workers_changes_no_bit(base: Scenario, workers: int) -> None:
    one = experiment(base, replications=45, seed=3, workers=1)
    many = experiment(base, replications=45, seed=3, workers=workers)

    assert many.to_dict() == one.to_dict()
    assert many.band("mean_wait") == one.band("mean_wait")


@pytest.mark.parametrize("workers", [2, 7])
def test_a_run_to_a_precision_stops_at_the_same_block_for_any_number_of_workers(base: Scenario, workers: int) -> None:
    assert experiment(base, precision=0.1, workers=workers).to_dict() == experiment(base, precision=0.1, workers=1).to_dict()


@pytest.mark.parametrize("workers", [2, 7])
def test_the_number_of_workers_changes_no_bit_of_a_comparison(base: Scenario, workers: int) -> None:
    plan = hall(4, "plan", efficiency="0.9")

    assert compare(base, plan, replications=21, workers=workers).to_dict() == compare(base, plan, replications=21).to_dict()


def test_both_engines_give_one_result(base: Scenario) -> None:
    kernel, simpy = (experiment(base, replications=3, engine=engine).to_dict() for engine in ("kernel", "simpy"))

    assert (kernel.pop("engine"), simpy.pop("engine")) == ("kernel", "simpy")
    assert kernel == simpy


def test_the_seed_is_recorded_and_decides(base: Scenario) -> None:
    one, again, other = (experiment(base, replications=4, seed=seed) for seed in (5, 5, 6))

    assert one.seed == 5
    assert one.to_dict() == again.to_dict()
    assert one.measures["mean_wait"].value != other.measures["mean_wait"].value


def test_memory_does_not_grow_with_replications(base: Scenario) -> None:
    def kept(replications: int) -> int:
        run = blocks.Run(blocks.Work((base,), "kernel", 1, 1, None), 0.95, None)
        run.go(replications, 1, 1, None)
        record = run.records[0]
        arrays = (record.waits, record.bands, record.sums.first, record.sums.second, record.sums.products)
        return sum(each.nbytes for each in arrays)

    assert kept(80) == kept(8)


# ------------------------------------------------------------------------------------------------------------- what it says


def days_of(scenario: Scenario, count: int, seed: int = 1) -> list[Any]:
    return [measure(scenario, serve(scenario, draw_demand(scenario, seed, k, 0))[0]) for k in range(count)]


def test_values_are_total_over_total_of_the_days(base: Scenario) -> None:
    result, days = experiment(base, replications=20), days_of(base, 20)

    served = np.array([day["served"] for day in days])
    waits = np.array([day["mean_wait_served"] for day in days])
    assert result.measures["mean_wait_served"].value == pytest.approx((served * waits).sum() / served.sum(), rel=1e-12)
    assert result.measures["served"].value == served.mean()
    assert result.measures["overtime"].value == pytest.approx(np.mean([day["overtime"] for day in days]), rel=1e-12)
    half = result.by_half_hour["09:30"]["mean_queue"].value
    assert half == pytest.approx(np.mean([day.by_half_hour["09:30"]["mean_queue"] for day in days]), rel=1e-12)


def test_quantiles_are_those_of_all_waits_within_half_a_percent(base: Scenario) -> None:
    result = experiment(base, replications=20)
    logs = [serve(base, draw_demand(base, 1, k, 0))[0] for k in range(20)]
    waits = np.sort(np.concatenate([log.wait[log.outcome == 0] for log in logs]))
    tax = np.sort(np.concatenate([log.wait[(log.outcome == 0) & (log.service == 1)] for log in logs]))

    for name, share in (("p50_wait", 0.5), ("p90_wait", 0.9), ("p95_wait", 0.95)):
        assert result.measures[name].value == pytest.approx(quantile_of(waits, share), rel=0.005)
        assert result.by_service["tax"][name].value == pytest.approx(quantile_of(tax, share), rel=0.005)


def test_the_band_holds_the_days_between_its_quantiles(base: Scenario) -> None:
    result, days = experiment(base, replications=40), days_of(base, 40)

    for half_hour in (None, "09:30"):
        values = np.sort([day["mean_wait"] if half_hour is None else day.by_half_hour[half_hour]["mean_wait"] for day in days])
        values = values[~np.isnan(values)]
        band = result.band("mean_wait", half_hour)
        assert band == (pytest.approx(quantile_of(values, 0.05), rel=0.005), pytest.approx(quantile_of(values, 0.95), rel=0.005))
        estimate = (result.measures if half_hour is None else result.by_half_hour[half_hour])["mean_wait"]
        assert band is not None
        assert band[1] - band[0] > estimate.high - estimate.low, "days spread wider than their mean is uncertain"


def test_a_band_that_is_not_kept_is_refused_by_name(base: Scenario) -> None:
    result = experiment(base, replications=1)

    with pytest.raises(KeyError, match="mean_service_time"):
        result.band("mean_service_time")
    with pytest.raises(KeyError, match="03:00"):
        result.band("mean_wait", "03:00")


def test_the_dictionary_is_the_promised_json(base: Scenario) -> None:
    said = experiment(base, replications=9, seed=4).to_dict()

    assert list(said) == [
        *("scenario", "engine", "replications", "days", "unit", "seed", "digest", "version"),
        *("measures", "by_service", "by_window", "by_half_hour"),
    ]
    assert [said[k] for k in ("scenario", "engine", "replications", "days", "unit", "seed", "digest")] == [
        *("hall", "kernel", 9, 1, "day", 4, base.digest)
    ]
    assert list(said["measures"]) == list(MEASURES)
    assert list(said["measures"]["mean_wait"]) == ["value", "low", "high", "level", "n", "unit", "method"]
    assert set(said["by_service"]) == {"residence", "tax"}
    assert set(said["by_window"]) == {"w-1", "w-2", "w-3"}
    assert "08:30" in said["by_half_hour"]
    json.dumps(said, allow_nan=False)
    for name, estimate in said["measures"].items():
        assert estimate["n"] == 9
        if name in OF_PARTIES:
            assert estimate["value"] is None, "nobody brings anybody"
            continue
        assert estimate["low"] <= estimate["value"] <= estimate["high"]


def test_nobody_counted_is_null(base: Scenario) -> None:
    said = experiment(base, replications=2).to_dict()

    assert said["by_service"]["tax"]["share_within_target"]["value"] is None, "tax has no target"
    assert said["by_half_hour"]["12:30"]["mean_wait"]["value"] is None, "nobody comes while the doors are shut"


def test_one_replication_has_values_and_no_intervals(base: Scenario) -> None:
    said = experiment(base, replications=1).to_dict()
    day = days_of(base, 1)[0]

    for name, estimate in said["measures"].items():
        assert (estimate["low"], estimate["high"]) == (None, None)
        if name not in OF_PARTIES:
            assert estimate["value"] == pytest.approx(day[name], rel=0.005)


def test_a_given_day_is_run_once(base: Scenario) -> None:
    given = draw_demand(base, 8, 3, 0)
    result = experiment(base, replications=50, citizens=given)
    day = measure(base, serve(base, given)[0])

    assert (result.replications, result.measures["mean_wait"].n) == (1, 1)
    assert result.measures["mean_wait"].value == day["mean_wait"]
    assert math.isnan(result.measures["mean_wait"].low)


def test_a_hall_where_nobody_comes_is_answered() -> None:
    document = tomllib.loads(HALL.format(windows=1, name="empty", efficiency="1.0", returns=""))
    for service in document["services"]:
        service["arrivals_per_hour"] = [0] * 9
        service.pop("early_arrivals", None)
    result = experiment(parse(document, "empty"), replications=9)

    assert result.measures["mean_wait"].to_dict()["value"] is None
    assert (result.measures["arrivals"].value, result.measures["utilisation"].value, result.band()) == (0, 0, None)


# ----------------------------------------------------------------------------------------------------- theory, with a horizon


def test_a_textbook_queue_agrees_with_erlang_c() -> None:
    """A01, A02, A03: M/M/3, 0.2 arrivals a minute, mean service 10 minutes (Gross et al., closed form)."""
    scenario = textbook(minutes=12_000, warm_up=2_000, rate=12, mean=10, windows=3)
    result = experiment(scenario, replications=400, seed=11, level=0.999)

    assert result.unit == "replication"
    truths = {"mean_wait": 4.44444444, "delayed_share": 0.44444444, "utilisation": 0.66666667, "mean_queue": 0.2 * 4.44444444}
    for name, exact in truths.items():
        found = result.measures[name]
        assert found.low <= exact <= found.high, name
        assert (found.high - found.low) / 2 < 0.05 * exact, f"{name}: too noisy to see a 5 % error"
    assert result.measures["overtime"].to_dict()["value"] is None, "a horizon has no closing"


# ------------------------------------------------------------------------------------------------------------ precision, progress


def test_a_run_to_a_precision_reaches_it_with_whole_blocks(base: Scenario) -> None:
    result = experiment(base, precision=0.08)
    found = result.measures["mean_wait"]

    assert result.reached is True
    assert (found.high - found.low) / 2 <= 0.08 * found.value
    assert result.replications % BLOCK == 0
    assert result.replications >= FEWEST_UNITS
    earlier = experiment(base, replications=result.replications - BLOCK).measures["mean_wait"]
    assert result.replications == FEWEST_UNITS or (earlier.high - earlier.low) / 2 > 0.08 * earlier.value, "one block less was not enough"


def test_a_precision_out_of_reach_stops_at_the_cap_and_says_so(base: Scenario) -> None:
    result = experiment(base, precision=1e-6, at_most=50)

    assert (result.replications, result.reached) == (50, False)


def test_progress_tells_what_is_done_in_order(base: Scenario) -> None:
    told: list[tuple[int, int | None, float | None]] = []
    result = experiment(base, replications=20, workers=2, progress=lambda *each: told.append(each))

    assert [(done, total) for done, total, _ in told] == [(8, 20), (16, 20), (20, 20)]
    found = result.measures["mean_wait"]
    assert told[-1][2] == pytest.approx((found.high - found.low) / 2 / found.value, rel=1e-12)


@pytest.mark.parametrize("workers", [1, 2])
def test_cancelling_stops_and_keeps_what_was_done(base: Scenario, workers: int) -> None:
    def stop(done: int, total: int | None, relative: float | None) -> None:
        if done >= 16:
            raise Cancelled

    with pytest.raises(Cancelled) as stopped:
        experiment(base, replications=400, workers=workers, progress=stop)

    kept = stopped.value.result
    assert isinstance(kept, Result)
    assert kept.stopped
    assert kept.to_dict() == experiment(base, replications=16).to_dict()


# ------------------------------------------------------------------------------------------------------------------- comparison


def test_a_plan_equal_to_its_base_differs_by_exactly_nothing(base: Scenario) -> None:
    said = compare(base, hall(name="twin"), replications=16).to_dict()["difference"]

    for name, each in said["measures"].items():
        nothing = None if name in OF_PARTIES else 0
        assert (each["value"], each["low"], each["high"]) == (nothing,) * 3, name
        assert (each["verdict"], each["better"]) == ("no clear difference", None)


def test_one_more_window_is_better_and_pairing_shows_it_sharper(base: Scenario) -> None:
    compared = compare(base, hall(4, "plan"), replications=60, seed=2)
    wait = compared.measures["mean_wait"]

    assert wait.high < 0
    assert (wait.verdict, wait.better) == ("lower", True)
    assert compared.measures["share_within_target"].verdict == "higher"
    assert compared.measures["share_within_target"].better is True
    assert compared.measures["utilisation"].better is None, "utilisation has no better direction"
    assert wait.value == pytest.approx(compared.plan.measures["mean_wait"].value - compared.base.measures["mean_wait"].value, rel=1e-9)
    apart = [each.measures["mean_wait"] for each in (compared.base, compared.plan)]
    assert wait.high - wait.low < 0.9 * math.hypot(*(each.high - each.low for each in apart))
    assert set(compared.by_window) == {"w-1", "w-2", "w-3"}, "windows of both"


def test_the_difference_is_the_paired_t_where_every_day_counts_one(base: Scenario) -> None:
    from simulation.estimators import mean_interval

    plan = hall(4, "plan")
    found = compare(base, plan, replications=12).measures["overtime"]
    days = zip(days_of(plan, 12), days_of(base, 12), strict=True)
    value, low, high = mean_interval([of_plan["overtime"] - of_base["overtime"] for of_plan, of_base in days])

    assert (found.value, found.low, found.high) == (pytest.approx(value), pytest.approx(low), pytest.approx(high))


def test_sharing_a_day_between_plans_is_the_same_as_drawing_it_twice(base: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = hall(4, "plan")
    assert blocks.draw_the_same(base, plan)
    assert not blocks.draw_the_same(base, hall(3, "slower", efficiency="0.9"))
    shared = compare(base, plan, replications=16).to_dict()
    monkeypatch.setattr(blocks, "draw_the_same", lambda one, other: False)

    assert compare(base, plan, replications=16).to_dict() == shared


def test_the_base_of_a_comparison_is_its_experiment(base: Scenario) -> None:
    compared = compare(base, hall(4, "plan"), replications=16, seed=9)

    assert compared.base.to_dict() == experiment(base, replications=16, seed=9).to_dict()
    assert compared.plan.to_dict() == experiment(hall(4, "plan"), replications=16, seed=9).to_dict()
    assert list(compared.to_dict()) == ["base", "plan", "difference"]
    json.dumps(compared.to_dict(), allow_nan=False)


def test_a_given_day_for_two_plans(base: Scenario) -> None:
    given = draw_demand(base, 1, 0, 0)
    compared = compare(base, hall(4, "plan"), citizens=given)

    assert compared.measures["arrivals"].value == 0
    assert compared.measures["mean_wait"].value < 0
    assert compared.measures["mean_wait"].verdict == "no clear difference", "one day has no interval"
    with pytest.raises(BadInput, match="efficiency"):
        compare(base, hall(3, "slower", efficiency="0.9"), citizens=given)
    slower = hall(3, "slower", efficiency="0.9")
    both = compare(base, slower, citizens=(given, draw_demand(slower, 1, 0, 0)))
    assert both.measures["mean_service_time"].value > 0


# ------------------------------------------------------------------------------------------------------------------------- units


def test_days_are_units_until_citizens_come_again() -> None:
    """With returns the days of one replication hang together, so the replication is the unit."""
    once = experiment(two_periods(), replications=3, days=4)
    again = experiment(hall(1, returns="returns = { share = 1.0, after_days = 1 }"), replications=3, days=4)

    assert (once.unit, once.days, once.measures["mean_wait"].n) == ("day", 4, 12)
    assert (again.unit, again.days, again.measures["mean_wait"].n) == ("replication", 4, 3)
    assert again.measures["overtime"].unit == "min"
    assert experiment(hall(1), replications=3, days=4).unit == "day"


def test_blocks_are_handed_out_one_by_one_however_many_there_are(base: Scenario) -> None:
    """A list of all blocks of a great run would fill the memory before the first day is drawn."""
    work = blocks.Work((base,), "kernel", 1, 1, None)

    for workers in (1, 2):
        handed = blocks.in_order(work, work.layouts(), 10**20, workers)
        assert [next(handed)[0] for _ in range(2)] == [range(BLOCK), range(BLOCK, 2 * BLOCK)]
        handed.close()


# --------------------------------------------------------------------------------------------------------------------- arguments


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"replications": 0}, "experiment_count"),
        ({"replications": 2.5}, "experiment_count"),
        ({"workers": 0}, "experiment_count"),
        ({"days": 0}, "experiment_count"),
        ({"days": 1_001}, "experiment_days"),
        ({"replications": 10**20}, "experiment_size"),
        ({"seed": -1}, "experiment_seed"),
        ({"seed": 2**63}, "experiment_seed"),
        ({"seed": "5"}, "experiment_seed"),
        ({"seed": True}, "experiment_seed"),
        ({"precision": 0.0}, "experiment_precision"),
        ({"precision": -0.1}, "experiment_precision"),
        ({"precision": math.nan}, "experiment_precision"),
        ({"engine": "ciw"}, "experiment_engine"),
        ({"level": 1.0}, "experiment_level"),
    ],
)
def test_an_argument_out_of_range_is_refused_with_its_cure(base: Scenario, wrong: dict[str, Any], code: str) -> None:
    for call in (lambda: experiment(base, **wrong), lambda: compare(base, base, **wrong)):
        with pytest.raises(BadInput) as refused:
            call()
        assert [each.code for each in refused.value.faults] == [code]
        assert refused.value.text("en").startswith(next(iter(wrong)))
        assert refused.value.text("zh")


def test_all_wrong_arguments_are_told_together(base: Scenario) -> None:
    with pytest.raises(BadInput) as refused:
        experiment(base, replications=0, seed=-1, engine="x")

    assert len(refused.value.faults) == 3


def test_the_largest_seed_works(base: Scenario) -> None:
    assert experiment(base, replications=1, seed=2**63 - 1).seed == 2**63 - 1
