"""Small days traced by hand, citizen by citizen, through the file that replays a real day; both engines."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from simulation import demand_from_citizens, experiment, serve
from simulation.experiment import Result
from simulation.scenario import parse
from simulation.serve import ENGINES
from simulation.tickets import OUTCOMES, Tickets
from tests.halls import Row, write_citizens
from tests.theory.truths import TRUTHS

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Trace:
    """A hall, its citizens, and what is read off the log."""

    rows: list[Row]
    read: Callable[[Tickets, Result], list[float]]
    windows: list[Document]
    closes: int = 30
    """minutes after the doors open at 08:00"""
    at_end: str = "serve_all"
    priority: dict[str, int] = field(default_factory=lambda: {"s": 0})
    quota: int | None = None

    def document(self) -> Document:
        opening = {"from": clock(0), "to": clock(self.closes), "at_end": self.at_end}
        services = [
            {
                "id": id,
                "service_min": {"family": "exponential", "mean": 5},
                "arrivals_per_hour": [10] * (self.closes // 30),
                "priority": first,
            }
            | ({} if self.quota is None else {"quota": self.quota})
            for id, first in self.priority.items()
        ]
        return {"schema": 1, "name": "trace", "opening": [opening], "services": services, "windows": self.windows}


def clock(minutes: int) -> time:
    return time(8 + minutes // 60, minutes % 60)


def waits(tickets: Tickets, result: Result) -> list[float]:
    return [float(wait) for wait in tickets.wait if not math.isnan(wait)]


def came(case: str) -> list[Row]:
    """Citizens of a case that lists arrivals and services."""
    given = TRUTHS[case].parameters
    return [Row(float(at), "s", float(work), None) for at, work in zip(given["arrivals"], given["services"], strict=True)]


def count(tickets: Tickets, outcome: str) -> float:
    return float((tickets.outcome == OUTCOMES.index(outcome)).sum())


def jobs_of_n05a() -> list[Row]:
    jobs = TRUTHS["N05a"].parameters["jobs"].strip("()").split("),(")
    return [Row(float(at), kind, float(work), None) for at, kind, work in (job.split(",") for job in jobs)]


def named_windows_of_n02() -> list[Document]:
    """Three people with their own shifts: one until minute 4, two from 4 to 10."""
    return [
        {"id": "first", "serves": ["*"], "shifts": [{"from": clock(0), "to": clock(4)}]},
        {"id": "second", "serves": ["*"], "shifts": [{"from": clock(4), "to": clock(10)}]},
        {"id": "third", "serves": ["*"], "shifts": [{"from": clock(4), "to": clock(10)}]},
    ]


ONE = [{"id": "w", "serves": ["*"]}]

TRACES: dict[str, Trace] = {
    "N01": Trace(
        came("N01"), lambda log, result: [*waits(log, result), float(log.ended.max())], [{"id": "w", "count": 2, "serves": ["*"]}]
    ),
    "N02": Trace(
        [Row(float(at), "s", 5.0, None) for at in range(3, 30, 3)],
        lambda log, result: [result.by_window[id]["overtime"].value for id in ("first", "second", "third")],
        named_windows_of_n02(),
        at_end="finish_current",
    ),
    "N03a": Trace(came("N03a"), waits, [{**ONE[0], "breaks": [{"from": clock(25), "to": clock(40)}]}], closes=60),
    "N04a": Trace(
        came("N04a"),
        lambda log, result: [
            *(count(log, outcome) for outcome in ("served", "turned_away", "sent_home")),
            result.measures["overtime"].value,
            *waits(log, result),
        ],
        ONE,
        closes=60,
    ),
    "N05a": Trace(jobs_of_n05a(), waits, ONE, priority={"A": 0, "B": 1}),
    "N09": Trace(
        [Row(float(at), "s", 2.0, None) for at in range(5)],
        lambda log, result: [count(log, "served"), count(log, "turned_away")],
        ONE,
        quota=3,
    ),
    "N10": Trace([Row(0.0, "s", 5.0, None), Row(5.0, "s", 5.0, None)], lambda log, result: [float(log.wait[1])], ONE),
}
"""truth case -> its day"""


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", TRACES)
def test_a_day_traced_by_hand_comes_out_as_traced(case: str, engine: str, tmp_path: Path) -> None:
    trace = TRACES[case]
    scenario = parse(trace.document(), case)
    demand = demand_from_citizens(scenario, write_citizens(tmp_path / "citizens.csv", trace.rows))
    tickets, _ = serve(scenario, demand, engine=engine)
    result = experiment(scenario, citizens=demand, engine=engine)

    assert trace.read(tickets, result) == pytest.approx(TRUTHS[case].values(), abs=TRUTHS[case].tolerance)
