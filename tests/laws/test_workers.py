"""A day's result is the same for 1, 2 or 7 workers, and after adding replications, whatever rules the hall has."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulation import draw_demand, experiment, serve
from simulation.experiment import BLOCK
from simulation.replay import replay
from simulation.scenario import parse
from tests.engines.agreement import differences
from tests.halls import Document, full_halls

FEW = settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@given(full_halls(), st.integers(0, 10**6))
@FEW
def test_any_number_of_workers_gives_the_same_to_the_bit(document: Document, seed: int) -> None:
    scenario = parse(document, "random hall")
    one, two, seven = (experiment(scenario, replications=3 * BLOCK + 1, seed=seed, workers=workers, days=2) for workers in (1, 2, 7))

    assert one.to_dict() == two.to_dict() == seven.to_dict()


@given(full_halls(), st.integers(0, 10**6))
@FEW
def test_a_day_does_not_know_how_many_others_are_simulated(document: Document, seed: int) -> None:
    """Days of a long experiment, made again one by one, are the days themselves; a second drawing changes nothing."""
    scenario = parse(document, "random hall")
    first, _ = serve(scenario, draw_demand(scenario, seed, 2, 0))
    before = experiment(scenario, replications=3, seed=seed).to_dict()
    experiment(scenario, replications=BLOCK + 3, seed=seed, workers=2)

    assert differences(first, replay(scenario, seed, 2, 0)[1]) == []
    assert experiment(scenario, replications=3, seed=seed, workers=7).to_dict() == before
