"""Waits cut by service and half-hour: their cells add up to the experiment's own figures, on the same days."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.estimators import ratio_interval
from simulation.experiment import compare
from simulation.experiment.crossed import difference, waits_by_service_and_half_hour
from simulation.plans import apply_changes, read_changes
from simulation.scenario import load_scenario, parse

DAYS = 24


@pytest.fixture(scope="module")
def base():
    return load_scenario("scenarios/potou-2022.toml")


@pytest.fixture(scope="module")
def plan(base):
    return parse(apply_changes(base.document, read_changes(["windows.comprehensive=+2@10:00-12:00", "urgent=yes", "priority.tax=1"])))


@pytest.mark.parametrize("side", ["base", "plan"])
def test_cells_add_up_to_the_waits_of_services_half_hours_and_the_hall(side, base, plan):
    found = getattr(compare(base, plan, replications=DAYS), side)
    crossed = waits_by_service_and_half_hour(base if side == "base" else plan, replications=DAYS)
    waited, came = crossed.waited.sum(0), crossed.came.sum(0)

    assert waited.sum() / came.sum() == pytest.approx(found.measures["mean_wait"].value)
    for s, service in enumerate(crossed.services):
        assert waited[s].sum() / came[s].sum() == pytest.approx(found.by_service[service]["mean_wait"].value)
    for h, slot in enumerate(crossed.half_hours):
        value = found.by_half_hour[slot]["mean_wait"].value if slot in found.by_half_hour else np.nan
        assert waited[:, h].sum() / came[:, h].sum() == pytest.approx(value) if came[:, h].sum() else np.isnan(value)


def test_intervals_are_those_of_the_ratio_estimator_and_of_pairs(base, plan):
    first, second = (waits_by_service_and_half_hour(each, replications=DAYS) for each in (base, plan))
    value, half = first.mean()
    s, h = first.services.index("tax"), first.half_hours.index("10:00")
    low, high = ratio_interval(first.waited[:, s, h], first.came[:, s, h])[1:]
    assert (value[s, h] - half[s, h], value[s, h] + half[s, h]) == pytest.approx((low, high))

    gap, gap_half = difference(first, second)
    assert gap[s, h] == pytest.approx(second.mean()[0][s, h] - value[s, h])
    assert gap_half[s, h] < half[s, h] + second.mean()[1][s, h], "pairs are narrower than two intervals"
    nothing, width = difference(first, first)
    assert (nothing[np.isfinite(nothing)] == 0).all()
    assert (width[np.isfinite(width)] == 0).all()


def test_within_keeps_only_what_is_asked_for(base):
    crossed = waits_by_service_and_half_hour(base, replications=2)
    some = crossed.within(["tax", "household"], ["10:00", "09:00"])

    assert some.waited.shape == (2, 2, 2)
    assert some.waited[1, 0, 1] == crossed.waited[1, crossed.services.index("tax"), crossed.half_hours.index("09:00")]
