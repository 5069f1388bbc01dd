"""The back office as SimPy processes, written to be read.

A case is accepted at a window. Every step that waits for no other goes to its pool's queue; when a step is done, those that waited for it
last go to theirs. The people of a pool look at the queue during their hours, take the file whose turn it is, and work on it until it is
done; what is not finished in the evening goes on the next working morning with the same hands. Steps of pool 0 just take their time.

At one instant everything that is done or handed over comes first, then the pools take files, the first pool first. Assumes the same arrays
as `simulation.backoffice.loop`, which must give the same answers.
"""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Generator
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray
from simpy.events import EventPriority

from simulation.backoffice.clocks import done_at, opens
from simulation.backoffice.office import Pools

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]
Story = Generator[simpy.Event, Any, None]

HANDED_OVER, CALL = range(2)
"""what comes first at one instant"""


def run(
    pools: Pools, accepted: Floats, first: Longs, pool: Ints, minutes: Floats, urgency: Floats, needs: Ints,
    next_first: Longs, next_last: Longs, following: Longs,
) -> tuple[Floats, Floats, Floats]:  # fmt: skip
    """(m,) moments at which each task was due, called and done; inf where the calendar ends before."""
    office = _Office(pools, accepted, first, pool, minutes, urgency, needs, next_first, next_last, following)
    office.env.run()
    return office.joined, office.called, office.done


class _Office:
    """The people behind the windows and their files."""

    def __init__(
        self, pools: Pools, accepted: Floats, first: Longs, pool: Ints, minutes: Floats, urgency: Floats, needs: Ints,
        next_first: Longs, next_last: Longs, following: Longs,
    ) -> None:  # fmt: skip
        self.env = simpy.Environment()
        self.pools, self.pool, self.minutes, self.urgency = pools, pool, minutes, urgency
        self.next = [following[a:b].tolist() for a, b in zip(next_first, next_last, strict=True)]
        self.missing = needs.tolist()
        """steps that each still waits for"""
        self.joined, self.called, self.done = (np.full(len(pool), np.inf) for _ in range(3))
        self.free = pools.staff.tolist()
        self.queue: list[list[tuple[float, float, int, simpy.Event]]] = [[] for _ in self.free]
        """(urgency, since, task, its turn) of the files that wait, in the order in which they are taken"""
        self.bell = [self.env.event() for _ in self.free]
        """rung when a file comes or hands are free again"""
        for case, moment in enumerate(accepted.tolist()):
            self.env.process(self.case(moment, range(first[case], first[case + 1])))
        for number in range(1, len(self.free)):
            self.env.process(self.people(number))

    def case(self, moment: float, tasks: range) -> Story:
        """A case is accepted, and what waits for nothing begins."""
        yield self._at(moment, HANDED_OVER, 0)
        for task in tasks:
            if self.missing[task] == 0:
                self.env.process(self.step(task))

    def step(self, task: int) -> Story:
        """One task: its turn, its work, and what comes after it."""
        pool = int(self.pool[task])
        self.joined[task] = self.env.now
        if pool:
            turn = self.env.event()
            insort(self.queue[pool], (self.urgency[task], self.env.now, task, turn))
            self._ring(pool)
            yield turn
        self.called[task] = self.env.now
        self.done[task] = done_at(self.pools.clocks, pool, self.env.now, self.minutes[task])
        if self.done[task] == math.inf:
            return
        yield self._at(self.done[task], HANDED_OVER, 0)
        if pool:
            self.free[pool] += 1
            self._ring(pool)
        for following in self.next[task]:
            self.missing[following] -= 1
            if self.missing[following] == 0:
                self.env.process(self.step(following))

    def people(self, pool: int) -> Story:
        """The people of a pool: whenever something is there to be done and it is their time, they take files."""
        while True:
            yield self.bell[pool]
            opening = opens(self.pools.clocks, pool, self.env.now)
            if opening == math.inf:
                return
            yield self._at(opening, CALL, pool)
            self.bell[pool] = self.env.event()
            while self.free[pool] and self.queue[pool]:
                *_, turn = self.queue[pool].pop(0)
                self.free[pool] -= 1
                turn.succeed()

    def _ring(self, pool: int) -> None:
        if not self.bell[pool].triggered:
            self.bell[pool].succeed()

    def _at(self, moment: float, phase: int, number: int) -> simpy.Event:
        """An event at that moment, in its place among those of the same instant."""
        event = simpy.Event(self.env)
        event._ok, event._value = True, None
        self.env.schedule(event, priority=EventPriority((phase << 40) + number + 2), delay=moment - self.env.now)
        return event
