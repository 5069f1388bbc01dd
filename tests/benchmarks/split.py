"""Where the time of a ticket goes within a compiled block of days: nanoseconds to draw it, serve it, measure it, and all the rest.

Each part is run once and eleven times on the same days, compiled as in the block itself; the difference is ten times the part.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numba
import numpy as np

from simulation.experiment.pipeline import drawn_day, measure_day, nobody_again, plain_block, plain_plans, with_again
from simulation.kernel.plain import serve_plain
from simulation.measures.layout import layout_of
from simulation.scenario import Scenario

TIMES = 11
ROUNDS = 5


def nanoseconds(scenario: Scenario, days: int) -> dict[str, float]:
    """Processor nanoseconds a ticket of each part, on the first days of that many replications."""
    layouts = (layout_of(scenario),)
    plans = plain_plans((scenario,), layouts, 1)
    assert plans is not None, "the split is that of a plain hall"
    plan = plans[0]
    nobody, totals = nobody_again(plan, 1, 1), np.empty_like(layouts[0].fixed)
    tickets = _run(plan, nobody, totals, days, 1, 0, 0)

    def part(draw: int, serve: int, measure: int) -> float:
        return (_least(lambda: _run(plan, nobody, totals, days, draw, serve, measure)) - once) / (TIMES - 1) / tickets * 1e9

    once = _least(lambda: _run(plan, nobody, totals, days, 1, 1, 1))
    found = {"draw": part(TIMES, 1, 1), "serve": part(1, TIMES, 1), "measure": part(1, 1, TIMES)}
    whole = _least(lambda: plain_block(plans, layouts, True, True, False, days, range(1))) / tickets * 1e9
    return {**found, "other": whole - sum(found.values()), "whole": whole}


def _least(run: Callable[[], object]) -> float:
    """Processor seconds of the quickest of some runs."""
    run()
    found = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        run()
        found.append(time.process_time() - begin)
    return min(found)


@numba.njit(nogil=True)
def _run(plan, nobody, totals, days, draws, serves, measures):  # type: ignore[no-untyped-def]
    """Every part so many times, for each day; the number of tickets."""
    tickets = 0
    for day in range(days):
        for _ in range(draws):
            drawn = drawn_day(plan.chances, 0, day, 1)
            service, visit, arrival, minutes, patience, _returns, _papers = with_again(plan, nobody, drawn, day)
        count = len(service)
        tickets += count
        window, called, ended, outcome = np.empty(count, np.int32), np.empty(count), np.empty(count), np.empty(count, np.int8)
        for _ in range(serves):
            serve_plain(plan.hall, arrival, service, minutes, patience, count, window, called, ended, outcome)
        bins, halves = np.empty(count, np.int16), np.empty(count, np.int16)
        for _ in range(measures):
            measure_day(plan, service, visit, arrival, window, called, ended, outcome, totals, bins, halves)
    return tickets
