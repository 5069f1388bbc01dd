"""Who goes elsewhere, who books by which way, and who comes again: shares, delays and moments follow their laws.

Seeds are fixed; a sound sampler fails a threshold of p = 1e-4 for one seed in ten thousand.
"""

from __future__ import annotations

from collections import Counter
from datetime import time
from typing import Any

import numpy as np
import pytest
from scipy import stats

from simulation import draw_demand, experiment, serve
from simulation.load import load_of
from simulation.numbers import BOOKED, numbers_of
from simulation.scenario import Scenario, parse
from simulation.streams import uniforms, uniforms_of
from simulation.tickets import DIVERTED, NO_SHOW, RENEGED, SENT_HOME, SERVED, TURNED_AWAY, Tickets
from tests.engines.agreement import differences

UNLIKELY = 1e-4
Document = dict[str, Any]
QUICK = {"family": "deterministic", "value": 0.0}


def hall(*services: Document, rate: float = 200.0, windows: int = 1, at_end: str = "serve_all") -> Scenario:
    """Open from eight to six, `rate` citizens an hour for every service; nobody waits unless a service says otherwise."""
    given = [{"id": f"s{n}", "service_min": QUICK, "arrivals_per_hour": [rate] * 20} | keys for n, keys in enumerate(services)]
    opening = [{"from": time(8), "to": time(18), "at_end": at_end}]
    return parse(
        {"schema": 1, "name": "who", "opening": opening, "services": given, "windows": [{"id": "w", "count": windows, "serves": ["*"]}]}
    )


def run(scenario: Scenario, days: int, seed: int = 1, engine: str = "kernel") -> list[Tickets]:
    carried, logs = None, []
    for day in range(days):
        tickets, carried = serve(scenario, draw_demand(scenario, seed, 0, day), carried, engine)
        logs.append(tickets)
    return logs


def fits(counts: Counter[int], shares: dict[int, float]) -> bool:
    """Whether the counts are those of the shares, by chi-square."""
    assert set(counts) <= set(shares)
    total = sum(counts.values())
    return bool(stats.chisquare([counts[k] for k in shares], [share * total for share in shares.values()]).pvalue > UNLIKELY)


# ---- elsewhere --------------------------------------------------------------------------------------------------------------------

ELSEWHERE = [{"to": "online", "share": 0.3}, {"to": "township", "share": 0.15}]


def test_those_who_go_elsewhere_are_counted_and_never_enter() -> None:
    scenario, all_here = hall({"diverted": ELSEWHERE}, {}), hall({}, {})
    demand, other = draw_demand(scenario), draw_demand(all_here)
    mine = demand.tasks.service == 0
    tickets, _ = serve(scenario, demand)
    gone = tickets.outcome == DIVERTED

    assert fits(Counter(demand.citizens.diverted[mine].tolist()), {0: 0.55, 1: 0.3, 2: 0.15})
    assert not demand.citizens.diverted[~mine].any()
    assert np.array_equal(gone, demand.citizens.diverted > 0), "one ticket each, in order of arrival"
    assert (tickets.window[gone] == -1).all()
    assert np.isnan(tickets.wait[gone]).all()
    assert np.array_equal(tickets.arrival, other.citizens.arrival), "the others are who they were"
    assert np.array_equal(demand.tasks.work, other.tasks.work)
    assert load_of(scenario).arrivals == pytest.approx(2000 * 1.55)


def test_the_booked_do_not_go_elsewhere() -> None:
    booking = {"step_min": 10, "places": 20, "no_show": 0.2}
    tickets, _ = serve(scenario := hall({"diverted": [{"to": "online", "share": 1.0}], "booking": booking}), draw_demand(scenario))

    assert Counter(tickets.outcome.tolist()).keys() == {SERVED, NO_SHOW, DIVERTED}
    assert (tickets.outcome != DIVERTED).sum() == 60 * 20


# ---- appointments -----------------------------------------------------------------------------------------------------------------


def test_each_way_to_book_has_its_share_no_shows_and_punctuality() -> None:
    """Two ways 200 minutes apart in punctuality, so that the moment tells the way."""
    ways = [
        {"name": "web", "share": 0.7, "no_show": 0.1, "late_min": 0, "spread_min": 2},
        {"name": "phone", "share": 0.3, "no_show": 0.4, "late_min": 200, "spread_min": 5},
    ]
    times = [{"at": time(9), "places": 1000}, {"at": time(13), "places": 1000}]
    demand = draw_demand(hall({"booking": {"times": times, "channels": ways}}))
    booked = demand.tasks.lane == BOOKED
    shows, since = demand.citizens.shows[booked], demand.tasks.since[booked]
    late = (demand.citizens.arrival[booked] - since)[shows]

    assert Counter(since.tolist()) == {60.0: 1000, 300.0: 1000}
    assert stats.binomtest(int((~shows).sum()), 2000, 0.7 * 0.1 + 0.3 * 0.4).pvalue > UNLIKELY
    by_phone = late > 100
    assert stats.binomtest(int(by_phone.sum()), len(late), 0.3 * 0.6 / (0.3 * 0.6 + 0.7 * 0.9)).pvalue > UNLIKELY
    assert stats.kstest(late[by_phone], stats.norm(200, 5).cdf).pvalue > UNLIKELY
    assert stats.kstest(late[~by_phone], stats.norm(0, 2).cdf).pvalue > UNLIKELY


def test_places_of_each_half_hour_are_those_of_its_steps() -> None:
    demand = draw_demand(hall({"booking": {"step_min": 15, "places": [4, 0, 7] + [1] * 17}}))
    since = demand.tasks.since[demand.tasks.lane == BOOKED]

    assert Counter(since[since < 90].tolist()) == {0.0: 4, 15.0: 4, 60.0: 7, 75.0: 7}
    assert (since >= 90).sum() == 17 * 2


def test_equal_places_may_be_said_either_way() -> None:
    stated = draw_demand(hall({"booking": {"step_min": 10, "places": 3, "no_show": 0.2, "late_min": 1, "spread_min": 4}}))
    listed = draw_demand(hall({"booking": {"step_min": 10, "places": [3] * 20, "no_show": 0.2, "late_min": 1, "spread_min": 4}}))

    assert np.array_equal(stated.citizens.arrival, listed.citizens.arrival)
    assert np.array_equal(stated.citizens.shows, listed.citizens.shows)


# ---- coming again -----------------------------------------------------------------------------------------------------------------

IMPATIENT: Document = {
    "service_min": {"family": "deterministic", "value": 1000.0},
    "patience_min": {"family": "deterministic", "value": 1.0},
}


def test_who_reneged_comes_again_with_the_share_and_after_the_delays() -> None:
    """One window that is never free again: everybody but the first of a day reneges."""
    delays = [{"days": 1, "share": 0.6}, {"days": 3, "share": 0.4}]
    logs = run(hall(IMPATIENT | {"retries": [{"after": ["reneged"], "share": 0.5, "delays": delays, "most": 2}]}), 5)
    first = {int(c) for c, o in zip(logs[0].citizen, logs[0].outcome, strict=True) if o == RENEGED}
    back = {day: first & {int(c) for c in logs[day].citizen[logs[day].visit == 2]} for day in range(1, 5)}

    assert stats.binomtest(sum(map(len, back.values())), len(first), 0.5).pvalue > UNLIKELY
    assert fits(Counter({day: len(some) for day, some in back.items() if some}), {1: 0.6, 3: 0.4})
    assert max(int(log.visit.max()) for log in logs) == 2, "at most twice in all"


def test_each_time_is_decided_anew() -> None:
    logs = run(hall(IMPATIENT | {"retries": [{"after": ["reneged"], "share": 0.5, "after_days": 1}]}), 5)
    born = {int(c) for c in logs[0].citizen[logs[0].outcome == RENEGED]}
    still = [sum(int(c) in born for c in log.citizen) for log in logs[1:]]

    for before, after in zip([len(born), *still], still, strict=False):
        assert stats.binomtest(after, before, 0.5).pvalue > UNLIKELY


def test_who_comes_again_by_the_profile_is_spread_as_arrivals_are() -> None:
    rates = [0] * 4 + [300] * 4 + [100] * 12
    again = {"retries": [{"after": ["reneged"], "share": 1.0, "after_days": 1, "at": "profile"}], "arrivals_per_hour": rates}
    log = run(hall(IMPATIENT | again), 2)[1]
    moments = log.arrival[log.visit == 2]
    share = np.histogram(moments, [0, 120, 240, 600])[0]

    assert share[0] == 0
    assert stats.binomtest(int(share[1]), len(moments), 600 / 1200).pvalue > UNLIKELY
    assert stats.kstest(moments[moments > 240], stats.uniform(240, 360).cdf).pvalue > UNLIKELY
    assert np.array_equal(moments, np.sort(moments))


def test_a_retry_does_not_depend_on_who_else_comes() -> None:
    retry = {"retries": [{"after": ["reneged"], "share": 0.5, "after_days": 1, "at": "profile"}]}
    alone, beside = run(hall(IMPATIENT | retry), 2), run(hall(IMPATIENT | retry, IMPATIENT | retry), 2)

    def back(log: Tickets) -> set[tuple[int, float]]:
        mine = (log.visit == 2) & (log.service == 0)
        return set(zip(log.citizen[mine].tolist(), log.arrival[mine].tolist(), strict=True))

    assert len(back(alone[1]) ^ back(beside[1])) <= 2, "save the first of the day, whom another window position serves or not"


def test_retries_go_before_returns_for_their_outcome_only() -> None:
    both = {"quota": 0, "returns": {"share": 0.0, "after_days": 1}, "retries": [{"after": ["turned_away"], "share": 1.0, "after_days": 1}]}
    logs = run(hall(both, rate=20), 2)
    assert (logs[0].outcome == TURNED_AWAY).all()
    assert (logs[1].visit == 2).sum() == len(logs[0])

    other = {"quota": 0, "returns": {"share": 1.0, "after_days": 1}, "retries": [{"after": ["sent_home"], "share": 0.0, "after_days": 1}]}
    logs = run(hall(other, rate=20), 2)
    assert (logs[1].visit == 2).sum() == len(logs[0])


def test_those_diverted_and_no_shows_may_come_after_all() -> None:
    booking = {"step_min": 10, "places": 20, "no_show": 0.5}
    retries = [{"after": ["diverted"], "share": 0.4, "after_days": 1}, {"after": ["no_show"], "share": 1.0, "after_days": 1}]
    logs = run(hall({"diverted": ELSEWHERE, "booking": booking, "retries": retries}), 2)
    gone, absent = (set(logs[0].citizen[logs[0].outcome == each].tolist()) for each in (DIVERTED, NO_SHOW))
    back = logs[1].visit == 2
    came = set(logs[1].citizen[back].tolist())

    assert stats.binomtest(len(came & gone), len(gone), 0.4).pvalue > UNLIKELY
    assert absent <= came
    assert (logs[1].outcome[back] == SERVED).all(), "this time they come, and walk in"


def test_papers_are_accepted_all_the_same_or_still_missing_the_next_time() -> None:
    papers = {"share": 0.4, "after_days": 1, "accepted": 0.25, "again": [0.5, 0.2]}
    scenario = hall({"incomplete": papers}, {"incomplete": {"share": 0.4, "after_days": 1}})
    logs = run(scenario, 5)

    def shares(service: int) -> list[float]:
        came = [Counter(log.visit[log.service == service].tolist()) for log in logs]
        return [came[day + 1][day + 2] / came[day][day + 1] if came[day][day + 1] else 0.0 for day in range(4)]

    assert shares(0) == pytest.approx([0.4 * 0.75, 0.5 * 0.75, 0.2 * 0.75, 0.0], abs=0.09)
    assert shares(0)[3] == 0
    assert shares(1) == pytest.approx([0.4, 0, 0, 0], abs=0.05)


def test_draws_of_a_citizen_are_those_of_their_stream() -> None:
    numbers = np.array([7, 3, 10**15])
    drawn = uniforms_of(5, "retry", "s", numbers, 3, 2)

    for row, number in zip(drawn, numbers.tolist(), strict=True):
        assert np.array_equal(row, uniforms(5, "retry", "s", 3, 2, number))


def test_a_run_in_which_citizens_come_again_is_counted_by_replications() -> None:
    scenario = hall(IMPATIENT | {"retries": [{"after": ["reneged"], "share": 0.5, "after_days": 1}]}, rate=5)

    assert not numbers_of(scenario)[1].plain
    assert experiment(scenario, replications=2, days=2).unit == "replication"
    assert experiment(scenario, replications=2, days=1).unit == "day"


def test_both_engines_agree_on_everybody_who_comes() -> None:
    retries = [
        {"after": ["reneged", "balked", "diverted"], "share": 0.7, "delays": [{"days": 1, "share": 1.0}], "at": "profile", "most": 4},
        {"after": ["sent_home"], "share": 1.0, "after_days": 2},
    ]
    keys = {
        "service_min": {"family": "exponential", "mean": 5.0},
        "patience_min": {"family": "exponential", "mean": 20.0},
        "diverted": ELSEWHERE,
        "retries": retries,
        "incomplete": {"share": 0.4, "after_days": 1, "accepted": 0.25, "again": [0.5]},
        "booking": {"step_min": 30, "places": [1] * 20, "channels": [{"name": "web", "share": 1.0, "no_show": 0.3, "spread_min": 9}]},
    }
    scenario = hall(keys, keys, rate=15, windows=2, at_end="finish_current")
    logs, twins = run(scenario, 4), run(scenario, 4, engine="simpy")

    assert [differences(*pair) for pair in zip(logs, twins, strict=True)] == [[]] * 4
    assert {SERVED, RENEGED, SENT_HOME, DIVERTED, NO_SHOW} <= set(np.concatenate([log.outcome for log in logs]).tolist())
