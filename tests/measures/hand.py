"""Ticket tables and halls made by hand, for the tests of measures."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from simulation.scenario import Scenario, parse
from simulation.tickets import OUTCOMES, Tickets

Row = tuple[str, float, float, str | None, float | None, float | None, str]
"""service, arrival, doors, window, called, ended, outcome"""

TWO_PERIODS = """
schema = 1
name = "two-periods"

[[opening]]
from = 08:30:00
to = 09:30:00
at_end = "keep_tickets"
early_min = 10

[[opening]]
from = 10:00:00
to = 11:00:00
at_end = "serve_all"

[[services]]
id = "a"
name = { zh = "甲", en = "A" }
service_min = { family = "exponential", mean = 5 }
arrivals_per_hour = [6, 6, 6, 6]
target = { wait_min = 5 }

[[services]]
id = "b"
name = { zh = "乙", en = "B" }
service_min = { family = "exponential", mean = 5 }
arrivals_per_hour = [6, 6, 6, 6]

[[windows]]
id = "w"
count = 2
serves = ["*"]
"""

TEXTBOOK = """
schema = 1
name = "textbook"

[horizon]
minutes = {minutes}
warm_up = {warm_up}
{cycle}

[[services]]
id = "a"
name = {{ zh = "甲", en = "A" }}
service_min = {{ family = "exponential", mean = {mean} }}
arrivals_per_hour = {rate}

[[windows]]
id = "w"
count = {windows}
serves = ["*"]
"""


def two_periods() -> Scenario:
    """Open 0 to 60 and 90 to 150, windows w-1 and w-2, service a with a target of 5 minutes and b without."""
    return parse(tomllib.loads(TWO_PERIODS), "two-periods")


def textbook(minutes: float, warm_up: float, rate: object = 6, mean: float = 5, windows: int = 1, cycle: str = "") -> Scenario:
    text = TEXTBOOK.format(minutes=minutes, warm_up=warm_up, rate=rate, mean=mean, windows=windows, cycle=cycle)
    return parse(tomllib.loads(text), "textbook")


def tickets_of(
    scenario: Scenario, rows: Sequence[Row], parents: Mapping[int, int] | None = None, visits: Mapping[int, int] | None = None
) -> Tickets:
    """The rows as a ticket log; None is "never".

    parents : row -> the row it follows; visits : row -> number of the visit, where it is not the first
    """
    services = [each.id for each in scenario.services]
    windows = [each.id for each in scenario.windows]
    count = len(rows)

    def column(position: int, kind: type[Any]) -> Any:
        return np.array([np.nan if row[position] is None else row[position] for row in rows], dtype=kind).reshape(count)

    return Tickets(
        citizen=np.arange(count, dtype=np.int64),
        visit=np.array([(visits or {}).get(row, 1) for row in range(count)], dtype=np.int32),
        task=np.zeros(count, dtype=np.int32),
        stage=np.zeros(count, dtype=np.int32),
        parent_ticket=np.array([(parents or {}).get(row, -1) for row in range(count)], dtype=np.int64),
        service=np.array([services.index(row[0]) for row in rows], dtype=np.int32),
        window=np.array([-1 if row[3] is None else windows.index(row[3]) for row in rows], dtype=np.int32),
        klass=np.zeros(count, dtype=np.int32),
        persons=np.ones(count, dtype=np.int32),
        arrival=column(1, np.float64),
        doors=column(2, np.float64),
        called=column(4, np.float64),
        ended=column(5, np.float64),
        outcome=np.array([OUTCOMES.index(row[6]) for row in rows], dtype=np.int8),
    )
