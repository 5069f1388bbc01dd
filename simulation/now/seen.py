"""A snapshot of a simulated day: who would wait and be served at some moment, as a file would say it.

A start for somebody who looks at a hall and writes down what is different. Assumes the windows of the scenario's roster. Not a forecast.
"""

from __future__ import annotations

import math
from typing import Any

from simulation.days import hall_on
from simulation.demand import draw_demand
from simulation.scenario import Scenario
from simulation.serve import serve


def seen_in(scenario: Scenario, clock: float, seed: int = 1, replication: int = 0) -> dict[str, Any]:
    """The snapshot of that day.

    clock : minutes after midnight, within the opening hours
    """
    hall, at = hall_on(scenario, 0), clock - scenario.clock_start
    tickets, _ = serve(scenario, draw_demand(scenario, seed, replication))
    waiting, serving = [], []
    for row in range(len(tickets.arrival)):
        arrived, called, ended = (float(each[row]) for each in (tickets.arrival, tickets.called, tickets.ended))
        service = hall.services[tickets.service[row]].id
        if arrived > at or ended <= at or tickets.parent_ticket[row] >= 0:
            continue
        if math.isnan(called) or called > at:
            waiting.append({"service": service, "since": _clock(hall.clock_start + arrived)})
        else:
            serving.append({"window": hall.windows[tickets.window[row]].id, "service": service, "since": _clock(hall.clock_start + called)})
    return {"at": _clock(clock), "waiting": waiting, "serving": serving}


def _clock(minute: float) -> str:
    seconds = int(minute * 60)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
