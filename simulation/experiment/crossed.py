"""Waits by service and half-hour of arrival together: where in the day, and for what, people wait.

An experiment's totals keep services and half-hours apart; this serves the same days (same seed) once more and cuts them both ways.
Waiting is counted as in `mean_wait`: everybody who queued, served or not, an interrupted service once.

Assumes days that are independent. Not for textbook horizons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.demand import draw_demand
from simulation.estimators import LEVEL, ratio, ratio_difference
from simulation.measures.layout import half_hours_of
from simulation.scenario import Scenario
from simulation.serve import serve
from simulation.tickets import NEVER_QUEUED

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Crossed:
    """Sums over days of tickets and of their waits, (services, half-hours) each."""

    services: tuple[str, ...]
    half_hours: tuple[str, ...]
    waited: Floats
    """(days, services, half-hours) minutes"""
    came: Floats
    """(days, services, half-hours) tickets"""

    def mean(self, level: float = LEVEL) -> tuple[Floats, Floats]:
        """The mean wait in minutes and the half-width of its interval; nan where nobody came, or below two days."""
        n, d = self.waited, self.came
        return ratio(n.sum(0), d.sum(0), (n * n).sum(0), (n * d).sum(0), (d * d).sum(0), len(n), level)

    def within(self, services: Sequence[str], half_hours: Sequence[str]) -> Crossed:
        """Only these services and half-hours, in this order."""
        rows, columns = [self.services.index(each) for each in services], [self.half_hours.index(each) for each in half_hours]
        return Crossed(tuple(services), tuple(half_hours), *(each[:, rows][:, :, columns] for each in (self.waited, self.came)))


def difference(base: Crossed, plan: Crossed, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Plan minus base on the same days, with its half-width; both must have the same services and half-hours."""
    sides = [(each.waited, each.came) for each in (base, plan)]
    (n1, d1), (n2, d2) = sides

    def both(a: Floats, b: Floats) -> Floats:
        return np.asarray((a * b).sum(0))

    with np.errstate(divide="ignore", invalid="ignore"):
        return ratio_difference(
            (n1.sum(0), n2.sum(0)),
            (d1.sum(0), d2.sum(0)),
            (both(n1, n1), both(n2, n2)),
            (both(n1, d1), both(n2, d2)),
            (both(d1, d1), both(d2, d2)),
            (both(n1, n2), both(n1, d2), both(d1, n2), both(d1, d2)),
            len(n1),
            level,
        )


def waits_by_service_and_half_hour(scenario: Scenario, *, replications: int = 100, seed: int = 1) -> Crossed:
    """Serves the first day of each replication and cuts its waits by service and half-hour of arrival."""
    edges, labels = half_hours_of(scenario)
    shape = (len(scenario.services), len(labels))
    waited, came = np.zeros((2, replications, *shape))
    for replication in range(replications):
        tickets, _ = serve(scenario, draw_demand(scenario, seed, replication, 0))
        waits = tickets.wait
        counts = ~np.isin(tickets.outcome, NEVER_QUEUED) & (tickets.first_part == np.arange(len(tickets))) & np.isfinite(waits)
        slot = np.clip(np.searchsorted(edges, tickets.arrival, side="right") - 1, 0, len(labels) - 1)
        cell = (tickets.service * len(labels) + slot)[counts]
        waited[replication] = np.bincount(cell, weights=waits[counts], minlength=shape[0] * shape[1]).reshape(shape)
        came[replication] = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape)
    return Crossed(tuple(each.id for each in scenario.services), labels, waited, came)
