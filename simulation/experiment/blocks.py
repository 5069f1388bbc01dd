"""Blocks of replications, run by threads or a cluster and added up in order.

Assumes nothing a block does depends on another block. Not for days that follow one another across replications.
"""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from simulation.carry import Carried
from simulation.days import all_alike
from simulation.demand import Demand, draw_demand
from simulation.estimators import about
from simulation.experiment.cluster import Cluster
from simulation.experiment.kept import Kept
from simulation.experiment.pipeline import plain_block, plain_plans
from simulation.experiment.result import Comparison, Result, Table, differences_of, estimates_of, half_widths
from simulation.experiment.strata import Split, Strata, strata_of
from simulation.experiment.sums import ROW_OF, Block, Pairing, Record, Seen, Side, values_of_day
from simulation.experiment.workers import Workers, in_turn
from simulation.measures.day import day_totals
from simulation.measures.layout import Layout, layout_of, layout_on
from simulation.numbers import numbers_of
from simulation.scenario import Scenario
from simulation.serve import serve

BLOCK = 8
"""replications in a block"""
FEWEST_UNITS = 32
"""before a precision is believed: with fewer, an interval narrow by luck would stop the run"""
MOST_REPLICATIONS = 20_000
"""at which a run to a precision gives up"""
MOST_DAYS = 1_000
"""in a replication"""
MOST_KEPT = 200_000
"""expected citizens of a block whose days are kept until it is added up; those of larger ones are counted at once"""
CITIZENS_OF_A_PART, MOST_BLOCKS_OF_A_PART = 500_000, 32
"""that a worker of a cluster gets at a time; the sums of a block are some ten thousand bytes however few come"""
MOST_CITIZENS = 1e9
"""expected in a whole experiment, ten minutes and more of work; waits are counted in 32 bits"""
DAY_IN_STRATUM = "day_in_stratum"
"""the unit of a dated run whose days differ: the day within weekday and month"""

Progress = Callable[[int, int | None, float | None], None]
"""(replications done, replications in all if known, relative half-width of mean_wait if known)"""

MEAN_WAIT, HALL = np.array([ROW_OF["mean_wait"]]), np.array([0])
"""row of the ratio that a precision is of, and the column of the whole hall"""


@dataclass(frozen=True, slots=True)
class Work:
    """What every block does, with different replications."""

    plans: tuple[Scenario, ...]
    engine: str
    seed: int
    days: int
    given: tuple[Demand, ...] | None
    apart: bool = False
    """whether each day is by itself, and who would come again on a later day does not"""

    def unit(self) -> str:
        if any(plan.horizon for plan in self.plans):
            return "replication"
        again = not self.apart and self.again()
        alike = all(all_alike(plan) for plan in self.plans)
        if self.days == 1 or (alike and not again):
            return "day"
        return "replication" if again or self.given is not None or strata_of(self.plans, self.days) is None else DAY_IN_STRATUM

    def again(self) -> bool:
        """Whether some people come again on a later day."""
        return any(service.returns or service.incomplete or service.retries for plan in self.plans for service in plan.services)

    def units(self, replications: int) -> int:
        """How many units so many replications are."""
        return replications if self.unit() == "replication" else replications * self.days

    def strata(self) -> Strata | None:
        """Of a run whose unit is the day within its stratum; None for any other."""
        return strata_of(self.plans, self.days) if self.unit() == DAY_IN_STRATUM else None

    def layouts(self) -> tuple[Layout, ...]:
        return tuple(layout_of(plan) for plan in self.plans)

    def one_demand(self) -> bool:
        """Whether a day drawn for the first plan is the day of them all."""
        return all(draw_the_same(self.plans[0], plan) for plan in self.plans[1:])

    def heavy(self) -> bool:
        """Whether a block's days must be counted at once, since together they would fill the memory."""
        return max(float(numbers_of(plan)[1].expected[:, -1].sum()) for plan in self.plans) * self.days * BLOCK > MOST_KEPT

    def blocks_of_a_part(self) -> int:
        """How many blocks travel together to a worker of a cluster and back: about half a second of work, if they are not too many."""
        expected = sum(float(numbers_of(plan)[1].expected[:, -1].sum()) for plan in self.plans) * self.days * BLOCK
        speed = CITIZENS_OF_A_PART if self.engine == "kernel" else CITIZENS_OF_A_PART // 100
        return min(MOST_BLOCKS_OF_A_PART, max(1, round(speed / max(expected, 1.0))))

    def runner(self, layouts: tuple[Layout, ...]) -> Callable[[range], Block]:
        """What runs some replications: many days in one compiled call where the plans are plain, day by day where not."""
        one_demand, heavy, by_day = self.one_demand(), self.heavy(), self.unit() == "day"
        strata = self.strata()
        if self.given is None and self.engine == "kernel" and not (self.apart and self.again()):
            plans = plain_plans(self.plans, layouts, self.seed)
            if plans is not None:
                return partial(plain_block, plans, layouts, heavy, one_demand, by_day, self.days)
        return partial(self.block, layouts, one_demand, heavy, strata)

    def block(self, layouts: tuple[Layout, ...], one_demand: bool, heavy: bool, strata: Strata | None, replications: range) -> Block:
        """Runs some replications day by day."""
        sides = range(len(self.plans))
        parts = 0 if strata is None else strata.count
        pairing = Pairing.of(layouts[0], layouts[1], parts) if len(layouts) == 2 else None
        block = Block([Side.of(layout, heavy, parts) for layout in layouts], pairing)
        by_day = strata is not None or self.unit() == "day"
        for replication in replications:
            carried: list[Carried | None] = [None for _ in sides]
            run = [np.zeros_like(layout.fixed) for layout in layouts]
            for day in range(self.days):
                unit = replication * self.days + day if by_day else replication
                group = unit if strata is None else strata.group(replication, day)
                demand: Demand | None = None
                for k in sides:
                    if self.given is not None:
                        demand = self.given[k]
                    elif demand is None or not one_demand:
                        demand = draw_demand(self.plans[k], self.seed, replication, day)
                    before, last = (None, True) if self.apart else (carried[k], day + 1 == self.days)
                    tickets, carried[k] = serve(self.plans[k], demand, before, self.engine, last)
                    totals, bins, halves = day_totals(layout_on(self.plans[k], layouts[k], day), tickets, demand.windows)
                    block.sides[k].see(Seen.of_day(group, bins, tickets.service, halves, values_of_day(layouts[k], totals)))
                    run[k] = totals if by_day else run[k] + totals
                if by_day:
                    block.add_unit(run, *(() if strata is None else (strata.of_day[day],)))
            if not by_day:
                block.add_unit(run)
        return block


class Run:
    """The blocks so far, added up."""

    def __init__(self, work: Work, level: float, precision: float | None) -> None:
        self.work, self.level, self.precision = work, level, precision
        self.layouts = work.layouts()
        self.strata = work.strata()
        parts = 0 if self.strata is None else self.strata.count
        self.records = [Record.of(layout, parts) for layout in self.layouts]
        self.pairing = Pairing.of(self.layouts[0], self.layouts[1], parts) if len(self.layouts) == 2 else None
        self.replications = self.units = 0
        self.widths: list[float] = []
        """relative half-width of mean_wait after each whole block, inf while it has none"""

    def go(self, replications: int, at_most: int, workers: Workers, progress: Progress | None, kept: Kept | None = None) -> None:
        """Runs blocks until the replications are done, or the precision is reached; goes on from what is kept of the same work."""
        to_precision = self.precision is not None and self.work.given is None
        total = at_most if to_precision else replications
        if kept is not None:
            kept.resume(self, total, self.precision if to_precision else None)
            if to_precision and self._reached(self._relative_half_width()):
                return
        try:
            with closing(in_order(self.work, self.layouts, total, workers, self.replications)) as blocks:
                for done, block in blocks:
                    if kept is not None and len(done) < BLOCK:
                        kept.end(self)
                    self._add(done, block)
                    relative = self._relative_half_width()
                    if len(done) == BLOCK:
                        self.widths.append(math.inf if relative is None else relative)
                    reached = to_precision and self._reached(relative)
                    if progress is not None:
                        progress(self.replications, self._expected_total(relative, total, reached) if to_precision else total, relative)
                    if reached:
                        return
                    if kept is not None and len(done) == BLOCK:
                        kept.step(self)
        finally:
            if kept is not None and self.replications % BLOCK == 0:
                kept.end(self)

    def _reached(self, relative: float | None) -> bool:
        """Whether the precision asked for is there, and enough units to believe it."""
        return self.precision is not None and self.units >= FEWEST_UNITS and relative is not None and relative <= self.precision

    def first_reached(self, precision: float, widths: Sequence[float]) -> int | None:
        """After how many replications a run with these half-widths would have ended; None if it goes on."""
        a_block = self.work.units(BLOCK)
        for n, width in enumerate(widths, start=1):
            if n * a_block >= FEWEST_UNITS and width <= precision:
                return n * BLOCK
        return None

    def _add(self, replications: range, block: Block) -> None:
        for record, side in zip(self.records, block.sides, strict=True):
            record.add(side)
        if self.pairing is not None and block.pairing is not None:
            self.pairing.add(block.pairing)
        self.replications += len(replications)
        self.units += block.units

    def _relative_half_width(self) -> float | None:
        """Of the first plan's mean_wait; None while it has none."""
        found = half_widths(self.records[0], MEAN_WAIT, HALL, self.units, self.level, self.split())
        value, half = (float(each.item()) for each in found)
        if not math.isfinite(half):
            return None
        _, low, high = about(value, half)
        return (high - low) / 2 / value if value > 0 else 0.0

    def split(self) -> Split | None:
        """The strata as they stand."""
        return None if self.strata is None else self.strata.split(self.replications)

    def _expected_total(self, relative: float | None, most: int, reached: bool) -> int | None:
        """How many replications the precision will take, by the square-root law; None while nothing is known."""
        if reached:
            return self.replications
        if relative is None or self.precision is None:
            return None
        more = self.replications * (relative / self.precision) ** 2
        return min(most, max(self.replications + BLOCK, math.ceil(more / BLOCK) * BLOCK))

    def result(self, side: int, stopped: bool = False) -> Result:
        split = self.split()
        table = estimates_of(self.records[side], self.units, self.level, split)
        plan = self.work.plans[side]
        reached = None if self.precision is None else self._reached(self._relative_half_width())
        return Result(
            scenario=plan.name,
            engine=self.work.engine,
            replications=self.replications,
            days=self.work.days,
            unit=self.work.unit(),
            seed=self.work.seed,
            digest=plan.digest,
            version=program_version(),
            level=self.level,
            measures=table["overall"][""],
            by_service=table["by_service"],
            by_window=table["by_window"],
            by_half_hour=table["by_half_hour"],
            by_class=table["by_class"],
            by_item=table["by_item"],
            precision=self.precision,
            reached=reached,
            stopped=stopped,
            strata=None if split is None else {"by": "weekday x month", "count": len(split.units), "joined": split.joined},
            _bands=self.records[side].bands,
        )

    def comparison(self, stopped: bool = False) -> Comparison:
        assert self.pairing is not None
        table: Table = differences_of(self.records[0], self.records[1], self.pairing, self.units, self.level, self.split())
        return Comparison(
            base=self.result(0, stopped),
            plan=self.result(1, stopped),
            measures=table["overall"][""],
            by_service=table["by_service"],
            by_window=table["by_window"],
            by_half_hour=table["by_half_hour"],
            by_class=table["by_class"],
            by_item=table["by_item"],
        )


def in_order(
    work: Work, layouts: tuple[Layout, ...], replications: int, workers: Workers, first: int = 0
) -> Generator[tuple[range, Block], None, None]:
    """The blocks of the replications from `first` on, in order, whoever runs them; a few blocks ahead at most."""
    if isinstance(workers, Cluster):
        yield from _by_parts(work, replications, workers, first)
        return
    ranges = (range(start, min(start + BLOCK, replications)) for start in range(first, replications, BLOCK))
    alone = workers == 1 or replications - first <= BLOCK
    yield from in_turn(work.runner(layouts), ranges, 1 if alone else workers)


def _by_parts(work: Work, replications: int, cluster: Cluster, first: int) -> Generator[tuple[range, Block], None, None]:
    """The same by parts of several blocks, since every part travels."""
    length = BLOCK * work.blocks_of_a_part()
    parts = (range(start, min(start + length, replications)) for start in range(first, replications, length))
    for part, blocks in in_turn(partial(blocks_of, pickle.dumps(work)), parts, cluster):
        for start, block in zip(part[::BLOCK], blocks, strict=True):
            yield range(start, min(start + BLOCK, part.stop)), block


def blocks_of(packed: bytes, replications: range) -> list[Block]:
    """What a worker of a cluster does: the blocks of some replications, the first of which begins a block."""
    run = _runner_of(packed)
    return [run(replications[start : start + BLOCK]) for start in range(0, len(replications), BLOCK)]


@lru_cache(maxsize=8)
def _runner_of(packed: bytes) -> Callable[[range], Block]:
    work: Work = pickle.loads(packed)  # from our own client; Dask itself runs whatever it is sent
    return work.runner(work.layouts())


def draw_the_same(one: Scenario, other: Scenario) -> bool:
    """Whether all that demand is drawn from is equal."""
    if one is other:
        return True

    def laws(scenario: Scenario) -> Sequence[object]:
        return [(each.id, each.law, each.patience) for each in scenario.services]

    def beyond(scenario: Scenario) -> Sequence[object]:
        windows = [(each.id, each.absence, each.breakdown, each.learning, each.away) for each in scenario.windows]
        halls = [hall and (hall.services, hall.openings, hall.slots) for hall in (scenario, *scenario.week)]
        return [windows, halls, scenario.days]

    if laws(one) != laws(other):
        return False
    mine, theirs = numbers_of(one)[1], numbers_of(other)[1]
    if not mine.plain and beyond(one) != beyond(other):
        return False
    return all(np.array_equal(getattr(mine, name), getattr(theirs, name)) for name in mine._fields)


@lru_cache(maxsize=1)
def program_version() -> str:
    """The version of the installed program; "unknown" in a tree that was never installed."""
    try:
        return version("openhall")
    except PackageNotFoundError:
        return "unknown"
