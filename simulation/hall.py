"""The reference engine: a hall as SimPy processes, written to be read as a story.

Citizens take a ticket, sit down, and are called, or leave when their patience ends. A window calls the next ticket by the rules of
`routing`, serves it, and calls again. The timetable opens and closes doors and sends windows to lunch by the rules of `shifts`.

At one instant the order is: a change of the timetable, the end of a service, the end of a patience (who is called at that very instant
is served), an arrival; then the lowest number. `_at` gives SimPy that order.

Assumes the same arrays as `simulation.kernel`, which must give the same answers. Not fast: 200,000 tickets a second are the kernel's work.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray
from simpy.events import EventPriority

from simulation.numbers import Hall
from simulation.routing import NOBODY, balks, service_to_call, window_to_take
from simulation.shifts import DOORS_OPEN, PERIOD_END, STOP, WINDOW_OFF, WINDOW_ON, goes_home, may_call, period_at, stays
from simulation.tickets import BALKED, RENEGED, SENT_HOME, SERVED, TURNED_AWAY, UNFINISHED

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Bytes = NDArray[np.int8]
Story = Generator[simpy.Event, Any, None]

CHANGE, END_OF_SERVICE, END_OF_PATIENCE, ARRIVAL = range(4)
"""what comes first at one instant"""


def run_day(
    hall: Hall, arrival: Floats, service: Ints, work: Floats, patience: Floats, balking: Floats
) -> tuple[Ints, Floats, Floats, Bytes]:
    """Serves one day's tickets; parameters and results as in `simulation.kernel.run_day`."""
    day = _Day(hall, arrival, service, work, patience, balking)
    day.run()
    return day.window, day.called, day.ended, day.outcome


class _Day:
    """One day in the hall."""

    def __init__(self, hall: Hall, arrival: Floats, service: Ints, work: Floats, patience: Floats, balking: Floats) -> None:
        self.hall = hall
        self.arrival, self.service, self.work, self.patience, self.balking = arrival, service, work, patience, balking
        count = len(arrival)
        self.window = np.full(count, -1, np.int32)
        self.called = np.full(count, np.nan)
        self.ended = np.full(count, np.nan)
        self.outcome = np.zeros(count, np.int8)

        windows, services = hall.variant.shape
        self.able = [hall.able[a:b] for a, b in zip(hall.able_from[:-1], hall.able_from[1:], strict=True)]
        self.queues: list[dict[int, None]] = [{} for _ in range(services)]
        """the tickets waiting for each service, in order of arrival"""
        self.head = np.full(services, NOBODY, np.int64)
        """the first ticket of each queue"""
        self.idle = np.zeros(hall.windows_of.shape[1], np.uint64)
        """bit set of the windows that wait for a citizen"""
        self.busy: list[int | None] = [None] * windows
        """the ticket each window serves"""
        self.duty = [False] * windows
        self.staying = [False] * windows
        """who goes on after closing, for those inside"""
        self.inside = 0
        self.doors_open = False
        self.stopped = False
        self.env = simpy.Environment(initial_time=float(min([*hall.change_time[:1], *arrival[:1]], default=0.0)))

    def run(self) -> None:
        self.env.process(self.timetable())
        self.env.process(self.citizens())
        self.env.run()
        for service in range(len(self.queues)):
            self.send_away(service, UNFINISHED, math.inf)

    # ---- the clock on the wall ------------------------------------------------------------------------------------------------

    def timetable(self) -> Story:
        """Doors and windows open and close."""
        hall = self.hall
        for number, (time, kind, which) in enumerate(zip(hall.change_time, hall.change_kind, hall.change_which, strict=True)):
            yield self._at(time, CHANGE, number)
            if kind == DOORS_OPEN:
                self.doors_open = True
                for window in range(len(self.busy)):
                    if self.duty[window]:
                        self.call(window)
            elif kind == WINDOW_ON:
                self.duty[which] = True
                self.call(which)
            elif kind == WINDOW_OFF:
                self.duty[which] = False
                self.set_idle(which, False)
            elif kind == PERIOD_END:
                self.close(which)

    def close(self, period: int) -> None:
        """The doors shut; who stays and who goes home is the period's rule."""
        at_end = self.hall.period_at_end[period]
        last = period == len(self.hall.period_at_end) - 1
        self.doors_open = False
        self.idle[:] = 0
        self.inside = int(np.searchsorted(self.arrival, self.env.now))
        for window, ticket in enumerate(self.busy):
            self.staying[window] = stays(at_end, self.duty[window], ticket is not None)
        for service in range(len(self.queues)):
            someone = any(stay and self.hall.variant[window, service] >= 0 for window, stay in enumerate(self.staying))
            if at_end == STOP:
                self.send_away(service, UNFINISHED, self.env.now)
            elif goes_home(at_end, last, someone):
                self.send_away(service, SENT_HOME, self.env.now)
        if at_end == STOP:
            self.stop()

    def stop(self) -> None:
        """The end of a textbook run: who is being served is left unfinished, nobody comes any more."""
        self.stopped = True
        for ticket in self.busy:
            if ticket is not None:
                self.leave(ticket, UNFINISHED, self.env.now)

    # ---- the citizens ---------------------------------------------------------------------------------------------------------

    def citizens(self) -> Story:
        """They come one after the other."""
        for ticket, time in enumerate(self.arrival):
            yield self._at(time, ARRIVAL, ticket)
            if self.stopped or period_at(self.hall.period_times, time) < 0:
                self.leave(ticket, TURNED_AWAY, time)
            else:
                self.enter(ticket)

    def enter(self, ticket: int) -> None:
        """A citizen takes a ticket: straight to an idle window, or to the chairs, or out again."""
        service = self.service[ticket]
        window = window_to_take(self.idle, self.hall.windows_of[service]) if self.doors_open else -1
        if window >= 0:
            self.set_idle(window, False)
            self.env.process(self.serve(window, ticket))
        elif self.balks(ticket):
            self.leave(ticket, BALKED, self.env.now)
        else:
            self.queues[service][ticket] = None
            self.head[service] = min(self.head[service], ticket)
            if self.patience[ticket] < math.inf:
                self.env.process(self.wait(ticket))

    def balks(self, ticket: int) -> bool:
        """Whether the queue puts a citizen off."""
        service = self.service[ticket]
        steps = slice(self.hall.balking_from[service], self.hall.balking_from[service + 1])
        waiting = len(self.queues[service])
        return bool(balks(self.hall.balking_at[steps], self.hall.balking_share[steps], waiting, self.balking[ticket]))

    def wait(self, ticket: int) -> Story:
        """Patience runs out, unless the citizen was called or sent home before."""
        leaves = self.arrival[ticket] + self.patience[ticket]
        yield self._at(leaves, END_OF_PATIENCE, ticket)
        if ticket in self.queues[self.service[ticket]]:
            self.take(ticket)
            self.leave(ticket, RENEGED, leaves)

    def send_away(self, service: int, reason: int, now: float) -> None:
        """Everybody who waits for a service goes."""
        for ticket in list(self.queues[service]):
            self.take(ticket)
            self.leave(ticket, reason, now)

    def take(self, ticket: int) -> None:
        """A ticket leaves its queue."""
        queue = self.queues[self.service[ticket]]
        del queue[ticket]
        self.head[self.service[ticket]] = next(iter(queue), NOBODY)

    def leave(self, ticket: int, outcome: int, time: float) -> None:
        self.outcome[ticket] = outcome
        self.ended[ticket] = time

    # ---- the windows ----------------------------------------------------------------------------------------------------------

    def call(self, window: int) -> None:
        """A free window calls the next citizen it may serve, or waits, or its day is over."""
        by_roster = may_call(self.duty[window], self.doors_open)
        if self.busy[window] is not None or not (by_roster or self.staying[window]):
            return
        limit = int(NOBODY) if by_roster else self.inside
        service = service_to_call(self.able[window], self.hall.priority, self.head, limit)
        if service < 0:
            self.staying[window] = False
            self.set_idle(window, by_roster)
        else:
            ticket = int(self.head[service])
            self.take(ticket)
            self.env.process(self.serve(window, ticket))
            self.busy[window] = ticket

    def serve(self, window: int, ticket: int) -> Story:
        """The citizen sits down at the window; when all is done the window calls again."""
        self.busy[window] = ticket
        self.window[ticket] = window
        self.called[ticket] = self.env.now
        yield self._at(self.env.now + self.work[ticket, self.hall.variant[window, self.service[ticket]]], END_OF_SERVICE, window)
        if not self.stopped:
            self.busy[window] = None
            self.leave(ticket, SERVED, self.env.now)
            self.call(window)

    def set_idle(self, window: int, idle: bool) -> None:
        bit = np.uint64(1) << np.uint64(window % 64)
        word = self.idle[window // 64]
        self.idle[window // 64] = word | bit if idle else word & ~bit

    def _at(self, time: float, phase: int, number: int) -> simpy.Event:
        """An event at that time, in its place among those of the same instant."""
        event = simpy.Event(self.env)
        event._ok, event._value = True, None
        self.env.schedule(event, priority=EventPriority((phase << 40) + int(number) + 2), delay=max(time - self.env.now, 0.0))
        return event
