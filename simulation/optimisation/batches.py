"""Plans observed batch by batch on the same days: what a selection asks for.

A batch is BATCH replications of one day; its figure is that of these days together (a mean is total over total, a quantile that of all
their waits). Batch r of every plan has the same citizens, and depends on nothing but the plan, the seed and r: not on the number of
threads, nor on what was asked before.

Assumes days that do not depend on one another. A mean over batches differs from the total over all days by the bias of a ratio, which falls
with the citizens in a batch; a batch makes it small and the observations about normal.
"""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simulation.estimators import quantile
from simulation.experiment import Workers
from simulation.experiment.blocks import Work
from simulation.experiment.cluster import Cluster
from simulation.experiment.sums import PAIRS, ROW_OF, Block, Record
from simulation.experiment.workers import in_turn
from simulation.measures import MEASURES
from simulation.measures.layout import Layout
from simulation.optimisation.costs import Price
from simulation.optimisation.objective import COST, Objective
from simulation.scenario import Scenario

Floats = NDArray[np.float64]
BATCH = 8
"""days"""
Told = Callable[[int], None]
"""called with the days simulated since the last call; what it raises stops the work"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that is read from a batch."""

    measure: str
    """a key of MEASURES, or "cost" """
    service: str | None = None
    price: Price | None = None
    """for a cost"""

    def read(self, layout: Layout, block: Block) -> float:
        side = block.sides[0]
        if self.price is not None:
            return float(self.price.parts(layout, side.sums.first, block.units).sum())
        columns = layout.columns()
        places = ("overall",) if self.service is None else ("by_item", "by_service", "by_class")
        column = next(columns[place, self.service or ""] for place in places if (place, self.service or "") in columns)
        measure = MEASURES[self.measure]
        if measure.is_quantile:
            record = Record.of(layout)
            record.add(side)
            return quantile(record.waits_of(layout.parts(column)).sum(axis=0), measure.share)
        n, d = PAIRS[ROW_OF[measure.name]]
        below = float(side.sums.first[d, column])
        return float(side.sums.first[n, column]) / below if below > 0 else math.nan


@dataclass(frozen=True, slots=True)
class Trial:
    """A plan, ready to be simulated."""

    work: Work
    layouts: tuple[Layout, ...]
    run: Callable[[range], Block]
    figures: tuple[Figure, ...]

    def batch(self, number: int) -> list[float]:
        """The figures of one batch."""
        block = self.run(range(number * BATCH, (number + 1) * BATCH))
        return [each.read(self.layouts[0], block) for each in self.figures]


def trial_of(scenario: Scenario, figures: Sequence[Figure], seed: int, engine: str = "kernel", within: float | None = None) -> Trial:
    """A plan of which these figures are to be read.

    within : minutes that `share_within_target` counts against, where they are not the scenario's own
    """
    if within is not None:
        scenario = replace(scenario, services=tuple(replace(each, target_wait=within, target_share=None) for each in scenario.services))
    return _trial(Work((scenario,), engine, seed, 1, None), tuple(figures))


def _trial(work: Work, figures: tuple[Figure, ...]) -> Trial:
    layouts = work.layouts()
    return Trial(work, layouts, work.runner(layouts), figures)


def figure_of(objective: Objective, price: Price | None) -> Figure:
    return Figure(COST, None, price) if objective.measure == COST else Figure(objective.measure, objective.service)


def observe(trials: Sequence[Trial], first: int, last: int, workers: Workers = 1, told: Told | None = None) -> Floats:
    """(trials, last - first, figures): batches first..last-1 of each plan."""
    rows: list[list[float]] = []
    for numbers, found in _observed(trials, first, last, workers):
        rows += found
        if told is not None:
            told(BATCH * len(numbers))
    return np.array(rows, dtype=np.float64).reshape(len(trials), last - first, -1)


def _observed(trials: Sequence[Trial], first: int, last: int, workers: Workers) -> Iterator[tuple[range, list[list[float]]]]:
    """The figures of the batches in their order; to a cluster they go by parts of several, since every part travels."""
    if isinstance(workers, Cluster):
        with closing(in_turn(_figures_of, _parts(trials, first, last), workers)) as afar:
            for (_, numbers), found in afar:
                yield numbers, found
    else:
        asked = ((trial, number) for trial in trials for number in range(first, last))
        alone = len(trials) * (last - first) == 1
        with closing(in_turn(lambda each: each[0].batch(each[1]), asked, 1 if alone else workers)) as here:
            for (_, number), row in here:
                yield range(number, number + 1), [row]


def _parts(trials: Sequence[Trial], first: int, last: int) -> Iterator[tuple[bytes, range]]:
    for trial in trials:
        packed, length = pickle.dumps((trial.work, trial.figures)), trial.work.blocks_of_a_part()
        for start in range(first, last, length):
            yield packed, range(start, min(start + length, last))


def _figures_of(part: tuple[bytes, range]) -> list[list[float]]:
    """What a worker of a cluster does."""
    trial = _unpacked(part[0])
    return [trial.batch(number) for number in part[1]]


@lru_cache(maxsize=8)
def _unpacked(packed: bytes) -> Trial:
    return _trial(*pickle.loads(packed))  # from our own client; Dask itself runs whatever it is sent
