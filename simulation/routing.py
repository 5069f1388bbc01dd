"""Rules of choice: which ticket a free window calls, which free window a ticket gets, who turns round at the door.

Plain compiled functions on numbers, called by both engines. No rule sees the work, patience or papers of a citizen.

Assumes tickets are numbered in order of arrival, windows in the order of the scenario.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numba.cpython.unsafe.numbers import trailing_zeros
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint64]

NOBODY = np.int64(2**62)
"""number of the ticket at the head of an empty queue"""


@njit(cache=True, nogil=True)
def service_to_call(able: Ints, priority: Ints, head: Longs, limit: int) -> int:
    """The service whose first ticket a free window calls: lowest priority number, then earliest arrival; -1 for none.

    Parameters
    ----------
    able : services the window can serve
    head : (services,) number of the first ticket waiting for each service, NOBODY if none waits
    limit : only tickets numbered below it may be called (after closing: those who were inside)
    """
    chosen = -1
    for service in able:
        if head[service] < limit and (
            chosen < 0
            or priority[service] < priority[chosen]
            or (priority[service] == priority[chosen] and head[service] < head[chosen])
        ):
            chosen = service
    return chosen


@njit(cache=True, nogil=True)
def window_to_take(idle: Words, able: Words) -> int:
    """The idle window that an arriving ticket gets: the first in the order of the scenario that can serve it; -1 for none.

    Parameters
    ----------
    idle, able : (words,) bit sets of windows, 64 to a word: those idle, those that can serve the service
    """
    for word in range(len(idle)):
        both = idle[word] & able[word]
        if both:
            return word * 64 + trailing_zeros(both)  # type: ignore[call-arg]  # numba supplies the typing context
    return -1


@njit(cache=True, nogil=True)
def balks(lengths: Ints, shares: NDArray[np.float64], waiting: int, draw: float) -> bool:
    """Whether a citizen who finds `waiting` people waiting for the same service turns round.

    Parameters
    ----------
    lengths, shares : (steps,) ascending queue lengths and the share that balks from each length on
    draw : the citizen's own draw in (0, 1)
    """
    share = 0.0
    for step in range(len(lengths)):
        if waiting >= lengths[step]:
            share = shares[step]
    return draw < share
