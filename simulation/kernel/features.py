"""Which loop serves a hall: the fast one for what most halls are, the general one for everything else.

The fast loop (`simulation.kernel.plain`) knows common lines with priorities, skills, shifts, breaks by the clock, patience, people before
the doors and every way in which a period ends. A hall is plain if all else is as in a hall that asks for no rule at all, field by field:
a field that is not named here is a rule the fast loop has never heard of, and any value of it but that hall's keeps a hall from the
fast loop. So a new rule is right before it is fast.

Not for how fast: both loops give the same log to the bit, and the tests hold them to it.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from datetime import time
from functools import cache
from threading import Lock
from typing import NamedTuple

import numpy as np

from simulation.compiled import compiled
from simulation.engines import Flags, Floats, Ints, Longs, Visits
from simulation.numbers import WALK_IN, Hall, Words, numbers_of
from simulation.scenario import parse
from simulation.shifts import AT_END, BREAK_START, DOORS_OPEN, PERIOD_END, SHIFT_END, STOP, WINDOW_ON

KNOWN = frozenset(
    {"variant", "expected", "line_of", "lines", "lines_from", "takers", "skills", "priority", "urgency"}
    | {"change_time", "change_kind", "change_which", "period_times", "period_at_end"}
)
"""fields of Hall that may hold anything within what `_fits` asks: the fast loop reads them, or the common rules never look at them"""
READ_OF_VISITS = (
    *("arrival", "first", "shows", "service", "lane", "since", "work", "patience", "balking", "follows", "stays", "persons", "wrap_up"),
)
"""fields of Visits that the fast loop reads, checks, or may ignore where nobody is counted and nobody goes on"""
CHANGES = (PERIOD_END, SHIFT_END, BREAK_START, WINDOW_ON, DOORS_OPEN)
"""changes of the timetable that the fast loop knows"""
WORD = 64
"""windows, and services, that one word of bits holds"""
MOST_PRIORITY = 2**20


class PlainHall(NamedTuple):
    """What the fast loop reads. s services, each with one line; w windows."""

    takers: Words
    """(s,) bit set of the windows that take a ticket of each service"""
    calls: Words
    """(w,) bit set of the services that each window calls"""
    priority: Longs
    """(s,) 0 is called first"""
    variant: Ints
    """(w, s) as in Hall, and so are the rest"""
    change_time: Floats
    change_kind: Ints
    change_which: Ints
    period_times: Floats
    period_at_end: Ints


_KEPT: OrderedDict[tuple[int, ...], tuple[Hall, PlainHall | None]] = OrderedDict()
_LOCK = Lock()


def plain_hall(hall: Hall) -> PlainHall | None:
    """The hall as the fast loop reads it; None if it asks for a rule that the fast loop does not know."""
    key = tuple(map(id, hall))  # the arrays themselves: they are never written to, and are kept alive here
    with _LOCK:
        if key in _KEPT:
            _KEPT.move_to_end(key)
            return _KEPT[key][1]
    found = _packed(hall) if _fits(hall) and not rules_beyond(hall) else None
    with _LOCK:
        _KEPT[key] = (hall, found)
        while len(_KEPT) > 64:
            _KEPT.popitem(last=False)
    return found


def plain_day(visits: Visits) -> bool:
    """Whether everybody of the day walks in for one thing."""
    return visits._fields == READ_OF_VISITS and _all_single(len(visits.arrival), visits.shows, visits.lane, visits.since, visits.follows)


@compiled
def _all_single(citizens: int, shows: Flags, lane: Ints, since: Floats, follows: Ints) -> bool:
    single = len(follows) == citizens
    for i in range(citizens if single else 0):
        single &= shows[i] and lane[i] == WALK_IN and math.isnan(since[i]) and follows[i] < 0
    return single


def rules_beyond(hall: Hall) -> list[str]:
    """Fields of the hall that the fast loop does not know and that hold something a hall without rules does not hold."""
    bare = bare_hall()
    return [name for name in hall._fields if name not in KNOWN and not np.isin(getattr(hall, name), getattr(bare, name, ())).all()]


def _fits(hall: Hall) -> bool:
    """Whether what the fast loop knows has the shape it knows: one lane, a line a service, 64 windows and services at most."""
    windows, services = hall.variant.shape
    return (
        np.array_equal(hall.line_of, np.arange(services)[None, :])
        and windows <= WORD
        and services <= WORD
        and bool(np.isin(hall.change_kind, CHANGES).all())
        and bool(np.isin(hall.period_at_end, (*AT_END.values(), STOP)).all())
        and int(np.ptp(hall.priority)) < MOST_PRIORITY
    )


def _packed(hall: Hall) -> PlainHall:
    calls = np.zeros(len(hall.variant), np.uint64)
    for window in range(len(calls)):
        for line in hall.lines[hall.lines_from[window] : hall.lines_from[window + 1]]:
            calls[window] |= np.uint64(1) << np.uint64(line)
    return PlainHall(
        takers=np.ascontiguousarray(hall.takers[:, 0]),
        calls=calls,
        priority=hall.priority.astype(np.int64) - int(hall.priority.min()),
        variant=hall.variant,
        change_time=hall.change_time,
        change_kind=hall.change_kind,
        change_which=hall.change_which,
        period_times=hall.period_times,
        period_at_end=hall.period_at_end,
    )


@cache
def bare_hall() -> Hall:
    """A hall that asks for no rule."""
    document = {
        "schema": 1,
        "name": "bare",
        "opening": [{"from": time(9), "to": time(10), "at_end": "serve_all"}],
        "services": [{"id": "s", "service_min": {"family": "deterministic", "value": 1.0}, "arrivals_per_hour": [1, 1]}],
        "windows": [{"id": "w", "serves": ["*"]}],
    }
    return numbers_of(parse(document, "bare"))[0]
