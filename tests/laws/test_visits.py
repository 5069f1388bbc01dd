"""The draws that make a visit more than one citizen with one thing to do follow their laws, and leave each other alone.

Seeds are fixed, so these tests always give the same answer; a sound sampler fails a threshold of p = 1e-4 for one seed in ten thousand.
"""

from __future__ import annotations

import copy
from collections import Counter
from datetime import time
from typing import Any

import numpy as np
import pytest
from scipy import stats

from simulation import draw_demand
from simulation.demand import Demand
from simulation.numbers import BOOKED, WALK_IN
from simulation.scenario import parse
from simulation.visits import MOST_TASKS

UNLIKELY = 1e-4
Document = dict[str, Any]


def hall(*services: Document, windows: list[Document] | None = None, rate: float = 200.0) -> Document:
    """Open from eight to six; every service gets `rate` citizens an hour unless it says otherwise."""
    given = [
        {"id": f"s{n}", "service_min": {"family": "exponential", "mean": 2.0}, "arrivals_per_hour": [rate] * 20} | keys
        for n, keys in enumerate(services)
    ]
    opening = {"from": time(8), "to": time(18), "at_end": "serve_all", "early_min": 30}
    return {"schema": 1, "name": "draws", "opening": [opening], "services": given, "windows": windows or [{"id": "w", "serves": ["*"]}]}


def drawn(document: Document, seed: int = 1, day: int = 0) -> Demand:
    return draw_demand(parse(document, "draws"), seed, 0, day)


def fits(counts: Counter[int], shares: dict[int, float]) -> bool:
    """Whether the counts are those of the shares, by chi-square."""
    assert set(counts) <= set(shares)
    total = sum(counts.values())
    return bool(stats.chisquare([counts[k] for k in shares], [share * total for share in shares.values()]).pvalue > UNLIKELY)


SIZES = {1: 0.5, 2: 0.3, 5: 0.2}


def test_groups_have_their_sizes_and_come_as_often_as_single_citizens() -> None:
    alone = drawn(hall({}))
    groups = drawn(hall({"batch": [{"size": size, "share": share} for size, share in SIZES.items()]}))
    moments, sizes = np.unique(groups.citizens.arrival, return_counts=True)

    assert moments.tolist() == np.unique(alone.citizens.arrival).tolist(), "the first of each group comes when they came alone"
    assert fits(Counter(sizes.tolist()), SIZES)
    assert len(np.unique(groups.citizens.id)) == len(groups.citizens.id)
    work = groups.tasks.work[:, 0]
    assert len(np.unique(work)) > 0.99 * len(work), "each of a group has work of their own"
    assert stats.kstest(work, stats.expon(scale=2.0).cdf).pvalue > UNLIKELY


def test_cases_have_their_numbers_and_work_of_their_own() -> None:
    demand = drawn(hall({"cases": [{"count": n, "share": share} for n, share in SIZES.items()]}))
    tasks = demand.tasks
    number = np.bincount(tasks.citizen)

    assert fits(Counter(number.tolist()), SIZES)
    assert tasks.stays.tolist() == (tasks.number < number[tasks.citizen] - 1).tolist(), "all but the last are followed at the same window"
    assert (tasks.stage == 0).all()
    assert stats.kstest(tasks.work[:, 0], stats.expon(scale=2.0).cdf).pvalue > UNLIKELY
    first = np.flatnonzero((tasks.number == 0) & tasks.stays)
    assert abs(stats.spearmanr(tasks.work[first, 0], tasks.work[first + 1, 0]).statistic) < 4 / np.sqrt(len(first))


def test_companions_have_their_numbers_and_change_nothing_else() -> None:
    alone = drawn(hall({}, {}))
    demand = drawn(hall({"companions": [{"count": size - 1, "share": share} for size, share in SIZES.items()]}, {}))
    persons = demand.citizens.persons
    first = demand.tasks.service[demand.tasks.number == 0]

    assert fits(Counter(persons[first == 0].tolist()), SIZES)
    assert (persons[first == 1] == 1).all()
    assert (alone.citizens.persons == 1).all()
    assert np.array_equal(alone.citizens.arrival, demand.citizens.arrival)
    assert np.array_equal(alone.tasks.work, demand.tasks.work)
    assert abs(stats.spearmanr(persons[first == 0], demand.tasks.work[first == 0, 0]).statistic) < 4 / np.sqrt(np.sum(first == 0))


def test_routes_have_their_shares_at_every_stage() -> None:
    routes = {0: {1: 0.5, 2: 0.2}, 1: {0: 0.25}, 2: {}}
    document = hall(*({"then": [{"service": f"s{to}", "share": share} for to, share in on.items()]} for on in routes.values()))
    tasks = drawn(document).tasks
    following = np.full(len(tasks.service), -1)
    same = np.flatnonzero(tasks.citizen[1:] == tasks.citizen[:-1])
    following[same] = tasks.service[same + 1]

    assert (tasks.stage == tasks.number).all()
    for service, shares in routes.items():
        for stage in (0, 1, 2):
            went = Counter(following[(tasks.service == service) & (tasks.stage == stage)].tolist())
            if shares:
                assert fits(went, {-1: 1 - sum(shares.values()), **shares}), (service, stage)
            else:
                assert set(went) <= {-1}
    assert stats.kstest(tasks.work[tasks.stage > 0, 0], stats.expon(scale=2.0).cdf).pvalue > UNLIKELY


def test_nobody_goes_round_for_more_than_the_most_tasks() -> None:
    tasks = drawn(hall({"then": [{"service": "s0", "share": 0.999}]}, rate=20.0)).tasks

    assert np.bincount(tasks.citizen).max() == MOST_TASKS


def test_an_idle_window_is_left_at_its_rate_for_times_of_its_law() -> None:
    away = {"share": 0.4, "lasts_min": {"family": "gamma", "shape": 4.0, "scale": 1.0}}  # 6 minutes idle on average, then 4 away
    document = hall({}, windows=[{"id": "w", "count": 2, "serves": ["*"], "away_when_idle": away}], rate=1.0)
    days = [drawn(document, seed).windows for seed in range(1, 60)]
    gaps = np.concatenate([np.diff(day.leaves_at[day.leaves == w]) for day in days for w in (0, 1)])
    lasts = np.concatenate([day.away_for for day in days])
    counts = [np.sum(day.leaves == w) for day in days for w in (0, 1)]

    assert stats.kstest(gaps, stats.expon(scale=6.0).cdf).pvalue > UNLIKELY
    assert stats.kstest(lasts, stats.gamma(a=4.0, scale=1.0).cdf).pvalue > UNLIKELY
    assert abs(np.mean(counts) - 100) < 4 * np.std(counts) / np.sqrt(len(counts)), "ten hours at one in six minutes"
    assert max(day.leaves_at.max() for day in days) < 600
    assert min(day.leaves_at.min() for day in days) >= 0

    alone, often = (
        drawn(hall({}, rate=1.0)),
        hall({}, windows=[{"id": "w", "count": 2, "serves": ["*"], "away_when_idle": away | {"share": 0.8}}], rate=1.0),
    )
    seldom, more = days[0], drawn(often).windows
    for column in ("arrival", "id"):
        assert np.array_equal(getattr(alone.citizens, column), getattr(drawn(document).citizens, column)), "no other draw changes"
    own, same = seldom.away_for[seldom.leaves == 1], more.away_for[more.leaves == 1]
    assert len(same) > len(own)
    assert np.array_equal(own, same[: len(own)]), "the k-th spell stays the k-th"


BOOKING = {"step_min": 5, "places": 40, "booked": 0.7, "no_show": 0.15, "late_min": -4, "spread_min": 6}


def test_appointments_are_taken_kept_and_come_to_as_said() -> None:
    document = hall({"booking": BOOKING})
    citizens, tasks = (demand := drawn(document)).citizens, demand.tasks
    booked = tasks.lane[np.searchsorted(tasks.citizen, np.arange(len(citizens.id)))] == BOOKED
    since, arrival, shows = tasks.since[tasks.number == 0][booked], citizens.arrival[booked], citizens.shows[booked]
    places = 40 * 120

    assert set(np.unique(since).tolist()) <= set(np.arange(0.0, 600.0, 5.0).tolist())
    assert np.unique(since, return_counts=True)[1].max() <= 40
    assert stats.binomtest(len(since), places, 0.7).pvalue > UNLIKELY
    assert stats.binomtest(int((~shows).sum()), len(shows), 0.15).pvalue > UNLIKELY
    assert citizens.shows[~booked].all()
    assert np.isnan(tasks.since[tasks.lane == WALK_IN]).all()
    early = shows & (since >= 60)  # before that some would come before anybody may
    assert stats.kstest((arrival - since)[early], stats.norm(loc=-4, scale=6).cdf).pvalue > UNLIKELY
    assert (arrival[shows] >= -30).all(), "nobody comes before people may queue"
    assert ((arrival == since) | shows).all(), "who does not come is noted at the booked time"


def test_a_window_is_absent_on_its_share_of_days_and_alone() -> None:
    windows = [{"id": id, "serves": ["*"], "absence": 0.2} for id in ("w0", "w1")]
    document = hall({}, windows=windows, rate=0.1)
    absent = np.array([[w in drawn(document, 1, day).windows.absent for w in (0, 1)] for day in range(2000)])

    for column in absent.T:
        assert stats.binomtest(int(column.sum()), 2000, 0.2).pvalue > UNLIKELY
    assert stats.binomtest(int(absent.all(axis=1).sum()), 2000, 0.04).pvalue > UNLIKELY, "one has nothing to do with the other"


def test_a_window_works_and_is_repaired_in_turn() -> None:
    breakdown = {"between_min": {"family": "exponential", "mean": 60.0}, "repair_min": {"family": "gamma", "shape": 4.0, "scale": 5.0}}
    document = hall({}, windows=[{"id": "w", "serves": ["*"], "breakdown": breakdown}], rate=0.1)
    first, repairs, down = [], [], 0.0
    for day in range(1500):
        outages = drawn(document, 2, day).windows
        assert (outages.start < 600).all()
        assert (outages.start[1:] > outages.end[:-1]).all(), "it works between two breakdowns"
        first.append(float(outages.start[0]) if len(outages.start) else 600.0)
        repairs += (outages.end - outages.start)[:1].tolist()
        down += float((np.minimum(outages.end, 600) - outages.start).sum())

    cut = np.array(first)
    assert stats.kstest(cut[cut < 600], lambda x: -np.expm1(-x / 60) / -np.expm1(-10)).pvalue > UNLIKELY
    assert stats.kstest(repairs, stats.gamma(a=4, scale=5).cdf).pvalue > UNLIKELY
    assert down / (1500 * 600) == pytest.approx(20 / 80, rel=0.03), "beginning at work makes it a little less"


def test_a_window_with_a_law_of_its_own_meets_the_same_citizen() -> None:
    """One draw a task: who is long at one window is long at the other."""
    own = {"s0": {"family": "gamma", "shape": 2.0, "scale": 3.0}}
    work = drawn(hall({}, windows=[{"id": "w0", "serves": ["*"]}, {"id": "w1", "serves": ["*"], "service_min": own}])).tasks.work

    assert stats.kstest(work[:, 0], stats.expon(scale=2.0).cdf).pvalue > UNLIKELY
    assert stats.kstest(work[:, 1], stats.gamma(a=2, scale=3).cdf).pvalue > UNLIKELY
    assert stats.spearmanr(work[:, 0], work[:, 1]).statistic == pytest.approx(1.0, abs=1e-6)


EVERYTHING: Document = {
    "batch": [{"size": 1, "share": 0.5}, {"size": 3, "share": 0.5}],
    "cases": [{"count": 1, "share": 0.5}, {"count": 2, "share": 0.5}],
    "booking": BOOKING,
    "then": [{"service": "s1", "share": 0.4}],
}


def visits_for(demand: Demand, service: int) -> list[tuple[Any, ...]]:
    """What those who came for a service bring, whoever else comes."""
    first = np.searchsorted(demand.tasks.citizen, np.arange(len(demand.citizens.id)))
    mine = demand.tasks.service[first] == service
    rows = np.flatnonzero(mine[demand.tasks.citizen])
    of = demand.tasks.citizen[rows]
    return sorted(
        zip(
            demand.citizens.id[of].tolist(),
            demand.tasks.number[rows].tolist(),
            demand.citizens.arrival[of].tolist(),
            demand.tasks.service[rows].tolist(),
            demand.tasks.work[rows, 0].tolist(),
            demand.tasks.patience[rows].tolist(),
            demand.citizens.shows[of].tolist(),
            strict=True,
        )
    )


def test_what_one_service_brings_does_not_depend_on_another() -> None:
    plain = hall({}, EVERYTHING, rate=30.0)
    busy = hall(EVERYTHING | {"patience_min": {"family": "exponential", "mean": 9.0}}, EVERYTHING, rate=30.0)
    busy["services"][0]["then"] = [{"service": "s1", "share": 0.3}]
    more = copy.deepcopy(plain)
    more["windows"] = [*more["windows"], {"id": "more", "serves": ["s0"], "absence": 0.5, "at_break": "interrupt_restart"}]

    kept = visits_for(drawn(plain), 1)
    assert len(kept) > 500
    assert visits_for(drawn(more), 1) == kept
    without_patience = [row[:5] + row[6:] for row in kept]
    assert [row[:5] + row[6:] for row in visits_for(drawn(busy), 1)] == without_patience
