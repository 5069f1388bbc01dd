"""Where the time of a ticket goes within a compiled block of days: nanoseconds to draw it, serve it, measure it, and all the rest.

The same days are run up to each part, compiled as in the block itself; what a part adds is its time. (The same day again and again
would be quicker: the processor learns which way its branches go.)
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

ROUNDS = 5
DRAWN, SERVED, MEASURED = range(3)
"""up to which part"""


def nanoseconds(scenario: Scenario, days: int) -> dict[str, float]:
    """Processor nanoseconds a ticket of each part, on so many days of one replication; nothing of a hall whose days go one by one."""
    layouts = (layout_of(scenario),)
    plans = plain_plans((scenario,), layouts, 1)
    if plans is None:
        return {}
    plan = plans[0]
    nobody, totals = nobody_again(plan, 1, 1), np.empty_like(layouts[0].fixed)
    tickets = _run(plan, nobody, totals, days, DRAWN)
    draw, serve, measure = (
        _least(lambda part=part: _run(plan, nobody, totals, days, part)) / tickets * 1e9 for part in (DRAWN, SERVED, MEASURED)
    )
    whole = _least(lambda: plain_block(plans, layouts, True, True, False, days, range(1))) / tickets * 1e9
    return {"draw": draw, "serve": serve - draw, "measure": measure - serve, "other": whole - measure, "whole": whole}


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
def _run(plan, nobody, totals, days, part):  # type: ignore[no-untyped-def]
    """Every day up to that part; the number of tickets."""
    tickets = 0
    for day in range(days):
        drawn = drawn_day(plan.chances, 0, day, 1)
        service, visit, arrival, minutes, patience, _returns, _papers = with_again(plan, nobody, drawn, day)
        count = len(service)
        tickets += count
        if part == DRAWN:
            continue
        window, called, ended, outcome = np.empty(count, np.int32), np.empty(count), np.empty(count), np.empty(count, np.int8)
        serve_plain(plan.hall, arrival, service, minutes, patience, count, window, called, ended, outcome)
        if part == SERVED:
            continue
        bins, halves = np.empty(count, np.int16), np.empty(count, np.int16)
        measure_day(plan, service, visit, arrival, window, called, ended, outcome, totals, bins, halves)
    return tickets
