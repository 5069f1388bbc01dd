"""Plans observed batch by batch on the same days: what a selection asks for.

A batch is BATCH days (or one run of more days in a row); its figure is that of these days together (a mean is total over total, a quantile
that of all their waits). Batch r of every plan has the same days and citizens, and depends on nothing but the plan, the seed and r: not on
the number of threads, nor on what was asked before. Which days those are is told by `occasions`.

Assumes days that do not depend on one another. A mean over batches differs from the total over all days by the bias of a ratio, which falls
with the citizens in a batch; a batch makes it small and the observations about normal.
"""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from simulation.demand import draw_demand
from simulation.estimators import mean_interval, quantile
from simulation.experiment import Workers
from simulation.experiment.blocks import Work
from simulation.experiment.cluster import Cluster
from simulation.experiment.sums import PAIRS, ROW_OF, Block, Record, Seen, Side, values_of_day
from simulation.experiment.workers import in_turn
from simulation.measures import MEASURES
from simulation.measures.day import day_totals
from simulation.measures.layout import Layout, layout_on
from simulation.measures.totals import AVAILABLE
from simulation.optimisation.costs import Price
from simulation.optimisation.objective import COST, Objective
from simulation.optimisation.occasions import ALIKE, Occasions, on_every_kind
from simulation.scenario import Scenario
from simulation.serve import serve

Floats = NDArray[np.float64]
BATCH = 8
"""days"""
Told = Callable[[int], None]
"""called with the days simulated since the last call; what it raises stops the work"""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its interval."""

    value: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether 0 lies outside the interval."""
        return self.low > 0 or self.high < 0


def interval_of(values: Floats, level: float = 0.95) -> Interval:
    """The mean of what batches had; of those in which there was something to measure."""
    kept = values[np.isfinite(values)]
    return Interval(*mean_interval(kept, level)) if len(kept) else Interval(math.nan, math.nan, math.nan)


@dataclass(frozen=True, slots=True)
class Batch:
    """Some days of one plan, added up."""

    block: Block
    days: int
    rostered: Floats
    """(columns,) minutes on the roster of these days"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that is read from a batch."""

    measure: str
    """a key of MEASURES, or "cost" """
    service: str | None = None
    price: Price | None = None
    """for a cost"""

    def read(self, layout: Layout, batch: Batch) -> float:
        side = batch.block.sides[0]
        if self.price is not None:
            return float(self.price.parts(layout, side.sums.first, batch.days, batch.rostered).sum())
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
    occasions: Occasions
    figures: tuple[Figure, ...]
    layout: Layout
    run: Callable[[int], Batch]
    """the number of a batch -> its days"""

    @property
    def days(self) -> int:
        """Of a batch."""
        return days_of_batch(self.occasions)

    def batch(self, number: int) -> list[float]:
        """The figures of one batch."""
        batch = self.run(number)
        return [each.read(self.layout, batch) for each in self.figures]


def trial_of(
    scenario: Scenario,
    figures: Sequence[Figure],
    seed: int,
    engine: str = "kernel",
    within: float | None = None,
    occasions: Occasions = ALIKE,
) -> Trial:
    """A plan of which these figures are to be read.

    within : minutes that `share_within_target` counts against, where they are not the scenario's own
    occasions : the days that count
    """
    if within is not None:
        scenario = on_every_kind(scenario, lambda hall: _within(hall, within))
    return _trial(Work((scenario,), engine, seed, occasions.in_a_row, None), occasions, tuple(figures))


def _trial(work: Work, occasions: Occasions, figures: tuple[Figure, ...]) -> Trial:
    layouts = work.layouts()
    if occasions.numbers:
        return Trial(work, occasions, figures, layouts[0], partial(_drawn, work, layouts[0], occasions))
    fixed = sum(_rostered(work.plans[0], layouts[0], day) for day in range(occasions.in_a_row))
    return Trial(work, occasions, figures, layouts[0], partial(_in_a_row, work.runner(layouts), occasions.in_a_row, np.asarray(fixed)))


def days_of_batch(occasions: Occasions) -> int:
    """As many whole runs as BATCH days hold, or one longer run."""
    return BATCH if occasions.numbers else _runs(occasions.in_a_row) * occasions.in_a_row


def _runs(days: int) -> int:
    return max(1, BATCH // days)


def _in_a_row(run: Callable[[range], Block], days: int, rostered: Floats, number: int) -> Batch:
    runs = _runs(days)
    return Batch(run(range(number * runs, (number + 1) * runs)), runs * days, runs * rostered)


def _drawn(work: Work, layout: Layout, occasions: Occasions, number: int) -> Batch:
    """BATCH days drawn from those that count, each by itself."""
    scenario = work.plans[0]
    block, rostered = Block([Side.of(layout, False)], None), np.zeros(layout.fixed.shape[1])
    for k, day in enumerate(occasions.drawn(work.seed, number, BATCH)):
        replication = number * BATCH + k
        demand = draw_demand(scenario, work.seed, replication, day)
        tickets, _ = serve(scenario, demand, None, work.engine, True)
        totals, bins, halves = day_totals(layout_on(scenario, layout, day), tickets, demand.windows)
        block.sides[0].see(Seen.of_day(replication, bins, tickets.service, halves, values_of_day(layout, totals)))
        block.add_unit([totals])
        rostered += _rostered(scenario, layout, day)
    return Batch(block, BATCH, rostered)


def _rostered(scenario: Scenario, layout: Layout, day: int) -> Floats:
    return np.asarray(layout_on(scenario, layout, day).fixed[AVAILABLE])


def _within(hall: Scenario, minutes: float | None) -> Scenario:
    return replace(hall, services=tuple(replace(each, target_wait=minutes, target_share=None) for each in hall.services))


def figure_of(objective: Objective, price: Price | None) -> Figure:
    return Figure(COST, None, price) if objective.measure == COST else Figure(objective.measure, objective.service)


def observe(trials: Sequence[Trial], first: int, last: int, workers: Workers = 1, told: Told | None = None) -> Floats:
    """(trials, last - first, figures): batches first..last-1 of each plan."""
    rows: list[list[float]] = []
    for trial, found in _observed(trials, first, last, workers):
        rows += found
        if told is not None:
            told(trial.days * len(found))
    return np.array(rows, dtype=np.float64).reshape(len(trials), last - first, -1)


def _observed(trials: Sequence[Trial], first: int, last: int, workers: Workers) -> Iterator[tuple[Trial, list[list[float]]]]:
    """The figures of the batches in their order; to a cluster they go by parts of several, since every part travels."""
    if isinstance(workers, Cluster):
        parts = list(_parts(trials, first, last))
        with closing(in_turn(_figures_of, (part for _, part in parts), workers)) as afar:
            for (trial, _), (_, found) in zip(parts, afar, strict=True):
                yield trial, found
    else:
        asked = ((trial, number) for trial in trials for number in range(first, last))
        alone = len(trials) * (last - first) == 1
        with closing(in_turn(lambda each: each[0].batch(each[1]), asked, 1 if alone else workers)) as here:
            for (trial, _), row in here:
                yield trial, [row]


def _parts(trials: Sequence[Trial], first: int, last: int) -> Iterator[tuple[Trial, tuple[bytes, range]]]:
    for trial in trials:
        packed, length = pickle.dumps((trial.work, trial.occasions, trial.figures)), trial.work.blocks_of_a_part()
        for start in range(first, last, length):
            yield trial, (packed, range(start, min(start + length, last)))


def _figures_of(part: tuple[bytes, range]) -> list[list[float]]:
    """What a worker of a cluster does."""
    trial = _unpacked(part[0])
    return [trial.batch(number) for number in part[1]]


@lru_cache(maxsize=8)
def _unpacked(packed: bytes) -> Trial:
    return _trial(*pickle.loads(packed))  # from our own client; Dask itself runs whatever it is sent
