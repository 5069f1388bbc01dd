"""Replications to a value and its interval, and plans compared on the same days.

Replications run in blocks of a fixed size, on as many threads as asked for (the compiled engine runs without the interpreter's lock), and are
added up in the order of the blocks: the result is the same to the bit for any number of workers. `compare` gives both plans the same citizens
(common random numbers), so that what differs is the plan.

A unit is a day, or a replication where citizens come again on a later day and in a textbook horizon.

Not for steady state within one run, and not for choosing among many plans.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from simulation.demand import Carried, Demand, draw_demand
from simulation.estimators import LEVEL, ratio
from simulation.experiment.result import Comparison, Difference, Estimate, Result, Table, differences_of, estimates_of
from simulation.experiment.sums import BANDED, PAIRS, ROW_OF, Block, Pairing, Record, Seen, Sums, values_of_day
from simulation.faults import BadInput, Fault, fault
from simulation.measures.day import day_totals
from simulation.measures.layout import Layout, layout_of
from simulation.numbers import numbers_of
from simulation.scenario import Scenario
from simulation.serve import ENGINES, serve

__all__ = ["BANDED", "BLOCK", "MOST_REPLICATIONS", "Cancelled", "Comparison", "Difference", "Estimate", "Result", "compare", "experiment"]

BLOCK = 8
"""replications in a block"""
FEWEST_UNITS = 32
"""before a precision is believed: with fewer, an interval narrow by luck would stop the run"""
MOST_REPLICATIONS = 20_000
"""at which a run to a precision gives up"""

Progress = Callable[[int, int | None, float | None], None]
"""(replications done, replications in all if known, relative half-width of mean_wait if known)"""


class Cancelled(Exception):
    """Raised within `progress` to stop; when it comes out again, `result` holds what was done by then (None if no block was)."""

    result: Result | Comparison | None = None


def experiment(
    scenario: Scenario,
    *,
    replications: int = 100,
    precision: float | None = None,
    seed: int = 1,
    engine: str = "kernel",
    workers: int = 1,
    progress: Progress | None = None,
    citizens: Demand | None = None,
    days: int = 1,
    level: float = LEVEL,
    at_most: int = MOST_REPLICATIONS,
) -> Result:
    """Simulates replications of a scenario.

    Parameters
    ----------
    precision : instead of `replications`: add whole blocks until the half-width of mean_wait is at most this share of it
        (at least FEWEST_UNITS units, at most `at_most` replications; Result.reached says which it was)
    engine : "kernel" or "simpy"
    workers : threads; the result does not depend on it
    progress : called after each block; may raise Cancelled
    citizens : one given day instead of drawn ones; replications and days are then 1
    days : days in a replication; citizens who were sent home may come again within it
    level : of the intervals

    Raises
    ------
    simulation.faults.BadInput
        if an argument is out of its range.
    Cancelled
        if `progress` raised it.
    """
    faults = _argument_faults(replications, precision, seed, engine, workers, days, level, at_most)
    if faults:
        raise BadInput(faults)
    given = None if citizens is None else (citizens,)
    work = _Work((scenario,), engine, seed, 1 if citizens else days, given)
    run = _Run(work, level, precision)
    try:
        run.go(1 if citizens else replications, at_most, workers, progress)
    except Cancelled as stop:
        stop.result = run.result(0, stopped=True) if run.replications else None
        raise
    return run.result(0)


def compare(
    base: Scenario,
    plan: Scenario,
    *,
    replications: int = 100,
    precision: float | None = None,
    seed: int = 1,
    engine: str = "kernel",
    workers: int = 1,
    progress: Progress | None = None,
    citizens: Demand | tuple[Demand, Demand] | None = None,
    days: int = 1,
    level: float = LEVEL,
    at_most: int = MOST_REPLICATIONS,
) -> Comparison:
    """Simulates two scenarios on the same days and judges their difference, plan minus base.

    Parameters are those of `experiment`; `precision` is that of the base's mean_wait. `citizens` is one given day for both, or a pair if the
    plans' windows differ in efficiency (each must be read for its own scenario).

    Raises
    ------
    simulation.faults.BadInput
        if an argument is out of its range.
    Cancelled
        if `progress` raised it.
    """
    faults = _argument_faults(replications, precision, seed, engine, workers, days, level, at_most)
    if isinstance(citizens, Demand) and not np.array_equal(numbers_of(base)[1].efficiency, numbers_of(plan)[1].efficiency):
        faults.append(fault("experiment_citizens", "citizens"))
    if faults:
        raise BadInput(faults)
    given = (citizens, citizens) if isinstance(citizens, Demand) else citizens
    work = _Work((base, plan), engine, seed, 1 if given else days, given)
    run = _Run(work, level, precision)
    try:
        run.go(1 if given else replications, at_most, workers, progress)
    except Cancelled as stop:
        stop.result = run.comparison(stopped=True) if run.replications else None
        raise
    return run.comparison()


@dataclass(frozen=True, slots=True)
class _Work:
    """What every block does, with different replications."""

    plans: tuple[Scenario, ...]
    engine: str
    seed: int
    days: int
    given: tuple[Demand, ...] | None

    def unit(self) -> str:
        if any(plan.horizon for plan in self.plans):
            return "replication"
        again = self.days > 1 and any(service.returns for plan in self.plans for service in plan.services)
        return "replication" if again else "day"

    def units(self, replications: int) -> int:
        return replications * self.days if self.unit() == "day" else replications

    def layouts(self) -> tuple[Layout, ...]:
        return tuple(layout_of(plan) for plan in self.plans)

    def one_demand(self) -> bool:
        """Whether a day drawn for the first plan is the day of them all."""
        return all(_draw_the_same(self.plans[0], plan) for plan in self.plans[1:])

    def block(self, layouts: tuple[Layout, ...], one_demand: bool, replications: range) -> Block:
        """Runs some replications."""
        sides = range(len(self.plans))
        block = Block([Sums.of(layout) for layout in layouts], Pairing.of(layouts[0], layouts[1]) if len(layouts) == 2 else None, [[] for _ in sides])
        by_day = self.unit() == "day"
        for replication in replications:
            carried: list[Carried | None] = [None for _ in sides]
            run: list[list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]]] = [[] for _ in sides]
            for day in range(self.days):
                unit = replication * self.days + day if by_day else replication
                demand: Demand | None = None
                for k in sides:
                    if self.given is not None:
                        demand = self.given[k]
                    elif demand is None or not one_demand:
                        demand = draw_demand(self.plans[k], self.seed, replication, day)
                    tickets, carried[k] = serve(self.plans[k], demand, carried[k], self.engine)
                    totals, bins, halves = day_totals(layouts[k], tickets)
                    block.days[k].append(Seen(unit, bins, tickets.service, halves, values_of_day(layouts[k], totals)))
                    run[k].append(totals)
            units = list(zip(*run, strict=True)) if by_day else [tuple(np.sum(each, axis=0) for each in run)]
            for totals_of in units:
                block.units += 1
                for sums, totals in zip(block.sums, totals_of, strict=True):
                    sums.add_unit(totals)
                if block.pairing is not None:
                    block.pairing.add_unit(totals_of[0], totals_of[1])
        return block


class _Run:
    """The blocks so far, added up."""

    def __init__(self, work: _Work, level: float, precision: float | None) -> None:
        self.work, self.level, self.precision = work, level, precision
        self.layouts = work.layouts()
        self.records = [Record.of(layout) for layout in self.layouts]
        self.pairing = Pairing.of(self.layouts[0], self.layouts[1]) if len(self.layouts) == 2 else None
        self.replications = self.units = 0

    def go(self, replications: int, at_most: int, workers: int, progress: Progress | None) -> None:
        """Runs blocks until the replications are done, or the precision is reached."""
        to_precision = self.precision is not None and self.work.given is None
        total = at_most if to_precision else replications
        for done, block in _in_order(self.work, self.layouts, total, workers):
            self._add(done, block)
            relative = self._relative_half_width()
            reached = to_precision and self.units >= FEWEST_UNITS and relative is not None and relative <= (self.precision or 0.0)
            if progress is not None:
                progress(self.replications, self._expected_total(relative, total, reached) if to_precision else total, relative)
            if reached:
                return

    def _add(self, replications: range, block: Block) -> None:
        for record, sums, days in zip(self.records, block.sums, block.days, strict=True):
            record.add(sums, days)
        if self.pairing is not None and block.pairing is not None:
            self.pairing.sums += block.pairing.sums
        self.replications += len(replications)
        self.units += block.units

    def _relative_half_width(self) -> float | None:
        """Of the first plan's mean_wait; None while it has none."""
        row = ROW_OF["mean_wait"]
        n, d = PAIRS[row]
        sums = self.records[0].sums
        value, half = ratio(
            sums.first[n, 0], sums.first[d, 0], sums.second[n, 0], sums.products[row, 0], sums.second[d, 0], self.units, self.level
        )
        if not math.isfinite(float(half)):
            return None
        return float(half / value) if value > 0 else 0.0

    def _expected_total(self, relative: float | None, most: int, reached: bool) -> int | None:
        """How many replications the precision will take, by the square-root law; None while nothing is known."""
        if reached:
            return self.replications
        if relative is None or self.precision is None:
            return None
        more = self.replications * (relative / self.precision) ** 2
        return min(most, max(self.replications + BLOCK, math.ceil(more / BLOCK) * BLOCK))

    def result(self, side: int, stopped: bool = False) -> Result:
        table = estimates_of(self.records[side], self.units, self.level)
        plan = self.work.plans[side]
        relative = self._relative_half_width()
        reached = None if self.precision is None else relative is not None and self.units >= FEWEST_UNITS and relative <= self.precision
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
            precision=self.precision,
            reached=reached,
            stopped=stopped,
            _bands=self.records[side].bands,
        )

    def comparison(self, stopped: bool = False) -> Comparison:
        assert self.pairing is not None
        table: Table = differences_of(self.records[0], self.records[1], self.pairing, self.units, self.level)
        return Comparison(
            base=self.result(0, stopped),
            plan=self.result(1, stopped),
            measures=table["overall"][""],
            by_service=table["by_service"],
            by_window=table["by_window"],
            by_half_hour=table["by_half_hour"],
        )


def _in_order(work: _Work, layouts: tuple[Layout, ...], replications: int, workers: int) -> Iterator[tuple[range, Block]]:
    """The blocks of the replications, in order, however many threads run them; a few blocks ahead at most."""
    one_demand = work.one_demand()
    ranges = [range(start, min(start + BLOCK, replications)) for start in range(0, replications, BLOCK)]
    if workers == 1 or len(ranges) == 1:
        for each in ranges:
            yield each, work.block(layouts, one_demand, each)
        return
    pool = ThreadPoolExecutor(workers, thread_name_prefix="replications")
    waiting: deque[tuple[range, Future[Block]]] = deque()
    rest = iter(ranges)
    try:
        for each in rest:
            waiting.append((each, pool.submit(work.block, layouts, one_demand, each)))
            if len(waiting) <= workers:
                continue
            done, future = waiting.popleft()
            yield done, future.result()
        while waiting:
            done, future = waiting.popleft()
            yield done, future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _draw_the_same(one: Scenario, other: Scenario) -> bool:
    """Whether all that demand is drawn from is equal."""
    if one is other:
        return True

    def laws(scenario: Scenario) -> Sequence[object]:
        return [(each.id, each.law, each.patience) for each in scenario.services]

    if laws(one) != laws(other):
        return False
    return all(np.array_equal(a, b) for a, b in zip(numbers_of(one)[1], numbers_of(other)[1], strict=True))


def _argument_faults(
    replications: int, precision: float | None, seed: int, engine: str, workers: int, days: int, level: float, at_most: int
) -> list[Fault]:
    wrong: list[Fault] = []
    for name, value in (("replications", replications), ("workers", workers), ("days", days), ("at_most", at_most)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
            wrong.append(fault("experiment_count", name, value))
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**63:
        wrong.append(fault("experiment_seed", "seed", seed))
    if precision is not None and not (isinstance(precision, int | float) and 0 < precision < math.inf):
        wrong.append(fault("experiment_precision", "precision", precision))
    if engine not in ENGINES:
        wrong.append(fault("experiment_engine", "engine", engine, engines=", ".join(ENGINES)))
    if not (isinstance(level, int | float) and 0 < level < 1):
        wrong.append(fault("experiment_level", "level", level))
    return wrong


@lru_cache(maxsize=1)
def program_version() -> str:
    """The version of the installed program; "unknown" in a tree that was never installed."""
    try:
        return version("openhall")
    except PackageNotFoundError:
        return "unknown"
