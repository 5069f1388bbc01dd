"""How many people wait inside at one time, those without a ticket too: the seats of a waiting area.

A citizen and their companions wait from when the doors are open to them until they are called or gone; who leaves at an instant is gone
before who comes at it. The day reaches from the first opening to the last closing, or until the last has been called if that is later.

Assumes a hall with companions: where everybody comes alone the queue says the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.measures.totals import SEATS, SEATS_DAYS, SEATS_NEARLY
from simulation.tickets import NEVER_QUEUED

if TYPE_CHECKING:
    from simulation.tickets import Tickets

Floats = NDArray[np.float64]

NEARLY = 0.99
"""share of the day"""


def fill_seats(tickets: Tickets, opens: float, closes: float, totals: Floats) -> None:
    """Writes the day's seats into its totals."""
    most, nearly = seats_of(tickets, opens, closes)
    totals[SEATS, 0], totals[SEATS_NEARLY, 0], totals[SEATS_DAYS, 0] = most, nearly, 1.0


def seats_of(tickets: Tickets, opens: float, closes: float) -> tuple[int, int]:
    """Most people waiting at one time, and how many are not exceeded in 99 % of the day.

    opens, closes : minutes; a wait that has no end by then ends at the last closing
    """
    until = np.where(np.isnan(tickets.called), tickets.ended, tickets.called)
    until = np.where(np.isfinite(until), until, np.maximum(closes, tickets.arrival))
    begin = np.maximum(np.maximum(tickets.arrival, tickets.doors), opens)
    waits = ~np.isin(tickets.outcome, NEVER_QUEUED) & (until > begin)
    time = np.concatenate([begin[waits], until[waits], [opens]])
    change = np.concatenate([tickets.persons[waits], -tickets.persons[waits], [0]])
    order = np.lexsort((change, time))
    time, waiting = time[order], np.cumsum(change[order])
    length = np.diff(np.append(time, max(closes, time[-1])))
    counts = np.bincount(waiting, weights=length)
    enough = np.searchsorted(np.cumsum(counts), NEARLY * counts.sum() * (1 - 1e-12))
    return int(np.max(waiting[length > 0], initial=0)), int(enough)
