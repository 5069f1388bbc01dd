"""What goes into an engine and what comes out: the same for both, so that they can be compared ticket by ticket.

Assumes tasks citizen after citizen, citizens in order of arrival. The engines themselves are `simulation.hall` and `simulation.kernel`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bytes = NDArray[np.int8]
Flags = NDArray[np.bool_]

ENGINES = ("kernel", "simpy")
"""compiled, and the reference"""


class Visits(NamedTuple):
    """The day's people: c citizens in order of arrival, m tasks, citizen after citizen in the order in which they are done."""

    arrival: Floats
    """(c,) minutes, non-decreasing"""
    first: Ints
    """(c,) the first task of each citizen"""
    shows: Flags
    """(c,) False: booked and does not come"""
    service: Ints
    """(m,)"""
    lane: Ints
    """(m,) WALK_IN | BOOKED"""
    since: Floats
    """(m,) booked time; nan: the wait counts from when the ticket is taken"""
    work: Floats
    """(m, v) minutes under each variant"""
    patience: Floats
    """(m,) minutes, inf for ever"""
    balking: Floats
    """(m,) draws"""
    follows: Ints
    """(m,) the next task of the visit, -1 for none"""
    stays: Flags
    """(m,) whether that next task is done at the same window at once"""
    persons: Ints
    """(m,) people who wait with the ticket of this task, its holder included"""
    wrap_up: Floats
    """(m, p) minutes that a window needs after this task under each law of wrap-up"""


class Log(NamedTuple):
    """What an engine gives back: (r,) tickets in the order in which they were taken."""

    task: Ints
    parent: Longs
    """the ticket this one follows, -1 for none"""
    arrival: Floats
    window: Ints
    called: Floats
    ended: Floats
    outcome: Bytes
    opened: Floats
    """(k, 3) window and minutes from and to: when each tidal window was open, in the order in which they closed"""
