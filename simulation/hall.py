"""The reference engine: a hall as SimPy processes, written to be read as a story.

Citizens take a ticket, sit down, and are called, or leave when their patience ends; they go on to their next task, or home. A window
calls the next ticket by the rules of `routing`, serves it, wraps up, and calls again. The timetable opens and closes doors, sends
windows to lunch and breaks them down by the rules of `shifts`.

At one instant the order is: a change of the timetable, something a window does ends, a patience ends (who is called at that very instant
is served), an arrival; then the lowest number. `_at` gives SimPy that order.

Assumes the same arrays as `simulation.kernel`, which must give the same answers. Not fast: some 40,000 tickets a second.
"""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray
from simpy.events import EventPriority

from simulation.engines import Log, Visits
from simulation.numbers import WALK_IN, Hall
from simulation.routing import (
    NOBODY,
    announced_wait,
    balks,
    has_room,
    line_to_call,
    quota_left,
    shortest_line,
    somebody_on_post,
    window_to_interrupt,
    window_to_take,
)
from simulation.shifts import (
    BREAK_START,
    CALLS_END,
    DOORS_OPEN,
    DOWN,
    LEFT_IDLE,
    PERIOD_END,
    REST,
    RESUME_ANYWHERE,
    RESUME_HERE,
    SHIFT_END,
    STOP,
    UP,
    WINDOW_ON,
    closes,
    goes_home,
    interrupts,
    leave_together,
    may_call,
    opens,
    period_at,
    stays,
    work_left,
    work_to_do,
)
from simulation.tickets import BALKED, INTERRUPTED, NO_SHOW, RENEGED, SENT_HOME, SERVED, TURNED_AWAY, UNFINISHED

Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]
Words = NDArray[np.uint64]
Story = Generator[simpy.Event, Any, None]

CHANGE, END, PATIENCE, ARRIVAL = range(4)
"""what comes first at one instant"""
NEVER_SO_MANY = 2**31 - 1
"""how many must wait before a window covers for one that is on post"""


def run_day(hall: Hall, visits: Visits) -> Log:
    """Serves one day."""
    day = _Day(hall, visits)
    day.run()
    tickets = day.tickets
    return Log(
        np.array([t.task for t in tickets], np.int32),
        np.array([t.parent for t in tickets], np.int64),
        np.array([t.arrival for t in tickets], np.float64),
        np.array([t.window for t in tickets], np.int32),
        np.array([t.called for t in tickets], np.float64),
        np.array([t.ended for t in tickets], np.float64),
        np.array([t.outcome for t in tickets], np.int8),
        np.array(day.opened, np.float64).reshape(-1, 3),
    )


@dataclass(slots=True)
class _Ticket:
    number: int
    task: int
    service: int
    parent: int
    root: int
    arrival: float
    standing: int
    """who stands before whom in a line before a window"""
    since: float
    """from when its wait counts in its line"""
    patience: float
    left: float = -1.0
    whole: float = 0.0
    line: int = -1
    window: int = -1
    called: float = math.nan
    ended: float = math.nan
    outcome: int = 0


class _Day:
    """One day in the hall."""

    def __init__(self, hall: Hall, visits: Visits) -> None:
        self.hall, self.visits = hall, visits
        self.tickets: list[_Ticket] = []
        windows, services = hall.variant.shape
        self.windows, self.line_count = range(windows), len(hall.priority)

        self.lines: list[list[tuple[int, float, int, int]]] = [[] for _ in range(self.line_count)]
        """who waits for the same thing: (standing, since, first ticket of the visit, ticket), in order"""
        self.length = np.zeros(self.line_count, np.int32)
        """people in each line"""
        self.first = np.full(self.line_count, NOBODY, np.int64)
        self.since = np.zeros(self.line_count)
        self.root = np.zeros(self.line_count, np.int64)
        self.service = np.zeros(self.line_count, np.int32)
        """of the first ticket of each line"""

        self.duty = np.zeros(windows, np.bool_)
        self.broken = np.zeros(windows, np.bool_)
        self.staying = np.zeros(windows, np.bool_)
        """who goes on after closing, for those inside"""
        self.open = hall.tidal_open == 0
        """False: a tidal window that is closed"""
        self.open_since = np.zeros(windows)
        self.open_until = np.zeros(windows)
        """the least time of a tidal window"""
        self.opened: list[tuple[int, float, float]] = []
        """when each tidal window was open"""
        self.waiting = 0
        """people in all lines, those who came along included"""
        self.watch: list[simpy.Process | None] = [None] * windows
        """who looks, at the end of the least time, whether an idle tidal window is still needed"""
        self.resting = np.zeros(windows, np.bool_)
        self.away = np.zeros(windows, np.bool_)
        """who has left an idle window for a while"""
        self.last_lane = np.full(windows, WALK_IN, np.int32)
        """of whom each window called last"""
        self.doing: list[simpy.Process | None] = [None] * windows
        self.serving: list[_Ticket | None] = [None] * windows
        self.ends = np.full(windows, math.inf)
        """when the service at each window ends"""
        self.held: list[_Ticket | None] = [None] * windows
        """an interrupted ticket that the window will finish itself"""
        self.rests: list[_Ticket] = []
        self.moved = False
        """what windows that leave at this instant leave behind"""
        self.rest = np.zeros(windows)
        """a break that is due"""
        self.limit = np.full(windows, math.inf)
        """nothing may be started by roster that is expected to run past it"""
        self.until = np.full(windows, math.inf)
        """the same at this moment: who stays for those inside has no limit"""
        self.idle = np.zeros(hall.takers.shape[1], np.uint64)
        self.idle_late = np.zeros(hall.takers.shape[1], np.uint64)
        """bit sets of the windows that wait for a citizen, by roster and after closing"""
        self.idle_since = np.zeros(windows)
        self.urgency = np.full(windows, -1, np.int32)
        self.called = np.zeros(windows)

        self.given = np.zeros((services, max(1, len(hall.period_at_end))), np.int32)
        self.inside = 0
        """tickets taken before the doors last closed"""
        self.doors_open = self.over = self.stopped = False
        self.calling = True
        """False: no service starts any more in this period"""
        self.env = simpy.Environment(initial_time=float(min([*hall.change_time[:1], *visits.arrival[:1]], default=0.0)))

    def run(self) -> None:
        self.env.process(self.timetable())
        self.env.process(self.citizens())
        self.env.run()
        for ticket in self.tickets:
            if (ticket.line >= 0 and ticket.outcome != RENEGED) or ticket in self.held:
                self.leave(ticket, UNFINISHED, max(ticket.arrival, float(self.hall.period_times[-1, 3])))

    # ---- citizens -------------------------------------------------------------------------------------------------------------

    def citizens(self) -> Story:
        """They come one after the other."""
        visits = self.visits
        for citizen, time in enumerate(visits.arrival):
            yield self._at(time, ARRIVAL, citizen)
            self.come(citizen, float(time))

    def come(self, citizen: int, now: float) -> None:
        """A citizen comes to the door."""
        task = int(self.visits.first[citizen])
        booked = float(self.visits.since[task])
        ticket = self.new_ticket(task, None, now, now if math.isnan(booked) else booked, float(self.visits.patience[task]))
        service, walks_in = ticket.service, self.visits.lane[task] == WALK_IN
        period = period_at(self.hall.period_times, now)
        if not self.visits.shows[citizen]:
            self.leave(ticket, NO_SHOW, now)
        elif self.stopped or period < 0 or (walks_in and not quota_left(self.hall.quota[service], self.given[service, period])):
            self.leave(ticket, TURNED_AWAY, now)
        else:
            self.join(ticket, at_door=True)
            if walks_in and ticket.outcome not in (BALKED, TURNED_AWAY):
                self.given[service, period] += 1

    def join(self, ticket: _Ticket, at_door: bool) -> None:
        """A ticket goes to an idle window, or takes a less urgent one's place, or waits; at the door it may also turn round."""
        hall, service, now = self.hall, ticket.service, self.env.now
        was_inside = ticket.root < self.inside
        window = self.idle_window(self.idle, service) if self.doors_open else -1
        if window < 0 and was_inside:
            window = self.idle_window(self.idle_late, service)
        if window >= 0:
            self.start(ticket, window)
            return
        line = self.choose_line(ticket)
        if hall.urgent_interrupt and (self.doors_open or was_inside) and (hall.own_lines or not self.length[line]):
            may_go_on = (self.duty & (self.doors_open and self.calling)) | (self.staying & was_inside)
            window = window_to_interrupt(
                hall.takers,
                service,
                self.urgency,
                hall.urgency[service],
                self.called,
                self.ends,
                may_go_on,
                self.rest,
                hall.expected,
                now,
                self.until,
            )
            if window >= 0:
                rest = self.interrupt(window, RESUME_ANYWHERE)
                self.start(ticket, window)
                if rest is not None:
                    self.join(rest, at_door=False)
                return
        if at_door:
            steps = slice(hall.balking_from[service], hall.balking_from[service + 1])
            if not has_room(hall.places, self.waiting, int(self.visits.persons[ticket.task])):
                self.leave(ticket, TURNED_AWAY, now)
                return
            found = self.announced(line, service) if hall.announces[service] else float(self.length[line])
            if balks(hall.balking_at[steps], hall.balking_share[steps], found, self.visits.balking[ticket.task]):
                self.leave(ticket, BALKED, now)
                return
        elif self.over and not self.somebody_stays(line):
            self.leave(ticket, SENT_HOME, now)
            return
        self.sit_down(ticket, line)
        if ticket.patience < math.inf:
            self.env.process(self.lose_patience(ticket))
        if hall.helpers[line] and (self.doors_open or was_inside):
            for helper in self.windows:
                if ticket.line >= 0 and (self.is_idle(helper) or not self.open[helper]) and hall.variant[helper, service] >= 0:
                    self.call(helper)

    def idle_window(self, idle: Words, service: int) -> int:
        hall = self.hall
        about = (service, hall.skills, self.idle_since, hall.expected)
        return int(window_to_take(hall.idle_rule, idle, hall.takers, *about, self.env.now, self.until))

    def choose_line(self, ticket: _Ticket) -> int:
        """The line a ticket waits in."""
        if not self.hall.own_lines:
            return int(self.hall.line_of[self.visits.lane[ticket.task], ticket.service])
        present = [self.length[w] + (self.serving[w] is not None) if self.duty[w] or self.staying[w] else -1 for w in self.windows]
        return int(shortest_line(self.hall.takers, ticket.service, np.array(present, np.int32)))

    def announced(self, line: int, service: int) -> float:
        """The wait that the machine tells at the door."""
        hall = self.hall
        working = self.on_post() & self.open
        if hall.own_lines:
            waiting, working = self.length[line], working & (np.arange(len(self.windows)) == line)
        else:
            waiting = self.length[hall.line_of[:, service]].sum()
        return float(announced_wait(waiting, hall.takers, service, hall.expected, working))

    def on_post(self) -> Flags:
        """Which windows somebody works at now."""
        return np.asarray((self.duty | self.staying) & ~self.broken & ~self.resting)

    def lose_patience(self, ticket: _Ticket) -> Story:
        """Somebody leaves, unless called or sent home before; where tickets are called all the same, the ticket stays in its line."""
        leaves = ticket.arrival + ticket.patience
        yield self._at(leaves, PATIENCE, ticket.number)
        if ticket.line >= 0:
            self.count(ticket, ticket.line, -1)
            self.leave(ticket, RENEGED, leaves)
            if self.hall.ghost < 0:
                self.stand_up(ticket)

    def send_away(self, line: int, reason: int) -> None:
        """Everybody in a line goes; the tickets of those who had left before are thrown away."""
        for *_, number in list(self.lines[line]):
            ticket = self.tickets[number]
            self.stand_up(ticket)
            if ticket.outcome != RENEGED:
                self.count(ticket, line, -1)
                self.leave(ticket, reason, self.env.now)

    # ---- tickets and lines ----------------------------------------------------------------------------------------------------

    def new_ticket(self, task: int, parent: _Ticket | None, now: float, since: float, patience: float) -> _Ticket:
        """A ticket is taken."""
        number = len(self.tickets)
        before, root = (-1, number) if parent is None else (parent.number, parent.root)
        service = int(self.visits.service[task])
        standing = int(self.hall.standing[self.visits.lane[task], service])
        ticket = _Ticket(number, task, service, before, root, now, standing, since, patience)
        self.tickets.append(ticket)
        return ticket

    def sit_down(self, ticket: _Ticket, line: int) -> None:
        """Takes a place in a line, behind everybody of the same standing who waits since the same time or longer."""
        insort(self.lines[line], (ticket.standing, ticket.since, ticket.root, ticket.number))
        ticket.line = line
        self.count(ticket, line, 1)
        self.look_at_first(line)

    def stand_up(self, ticket: _Ticket) -> None:
        """Gives up the place in the line."""
        line, ticket.line = ticket.line, -1
        self.lines[line].remove((ticket.standing, ticket.since, ticket.root, ticket.number))
        self.look_at_first(line)

    def count(self, ticket: _Ticket, line: int, more: int) -> None:
        """One more or one fewer waits in a line, with everybody who came along."""
        self.length[line] += more
        self.waiting += more * int(self.visits.persons[ticket.task])

    def look_at_first(self, line: int) -> None:
        self.first[line] = NOBODY
        if self.lines[line]:
            _, self.since[line], self.root[line], self.first[line] = self.lines[line][0]
            self.service[line] = self.tickets[self.first[line]].service

    def leave(self, ticket: _Ticket, outcome: int, time: float) -> None:
        ticket.outcome, ticket.ended = outcome, time

    # ---- windows --------------------------------------------------------------------------------------------------------------

    def call(self, window: int) -> None:
        """A free window calls the next ticket it may serve, or waits, or its day is over."""
        hall = self.hall
        by_roster = may_call(self.duty[window], self.broken[window], self.doors_open)
        if self.doing[window] is not None or not (by_roster or (self.staying[window] and not self.broken[window])):
            return
        held = self.held[window]
        if held is not None:
            self.held[window] = None
            self.start(held, window)
            return
        if by_roster and not self.calling:
            return
        if by_roster and hall.tidal_open[window] and not self.turn_with_the_tide(window):
            return
        while True:
            line = line_to_call(
                hall.lines_from[window],
                hall.lines_from[window + 1],
                hall.lines,
                hall.rank,
                self.enough(window, by_roster),
                hall.priority,
                hall.lane,
                self.length,
                self.first,
                self.since,
                self.root,
                int(NOBODY) if by_roster else self.inside,
                self.service,
                hall.expected,
                window,
                self.env.now,
                self.until[window],
                self.last_lane[window] if hall.turns else -1,
                hall.longest_wait,
            )
            if line < 0:
                self.be_idle(window, self.idle if by_roster else self.idle_late)
                if by_roster and hall.tidal_open[window]:
                    self.look_again(window)
                return
            ticket = self.tickets[self.first[line]]
            self.stand_up(ticket)
            if ticket.outcome != RENEGED:
                self.count(ticket, line, -1)
                self.start(ticket, window)
                return
            if hall.ghost > 0:
                self.do(window, self.env.now + hall.ghost)
                return

    def enough(self, window: int, by_roster: bool) -> Ints:
        """How many must wait in each line before the window calls from it; after closing it helps however few wait."""
        hall = self.hall
        least = hall.least.copy() if by_roster else hall.least * 0
        if hall.covering:
            post = self.on_post()
            for k in range(hall.lines_from[window], hall.lines_from[window + 1]):
                if hall.covers[k] and somebody_on_post(hall.takers, hall.lines[k] % hall.variant.shape[1], post):
                    least[k] = NEVER_SO_MANY
        return least

    def turn_with_the_tide(self, window: int) -> bool:
        """A free tidal window opens or closes with the queue; whether it may call now."""
        hall, now = self.hall, self.env.now
        own = range(hall.lines_from[window], hall.lines_from[window + 1])
        waiting = sum(int(self.length[hall.lines[k]]) for k in own if hall.rank[k] == 0)
        if not self.open[window]:
            if not opens(waiting, hall.tidal_open[window]):
                return False
            self.open[window] = True
            self.open_since[window], self.open_until[window] = now, now + hall.tidal_least[window]
            if hall.start_up[window] > 0:
                self.do(window, now + hall.start_up[window])
                return False
        elif closes(waiting, hall.tidal_close[window], now, self.open_until[window]):
            self.shut(window)
            self.set_idle(self.idle, window, False)
            return False
        return True

    def shut(self, window: int) -> None:
        """A tidal window is closed, if it was open."""
        if self.open[window]:
            self.opened.append((window, float(self.open_since[window]), self.env.now))
        self.open[window] = False

    def look_again(self, window: int) -> None:
        """An idle tidal window closes when its least time is over."""
        if self.watch[window] is None and self.env.now < self.open_until[window]:
            self.watch[window] = self.env.process(self.watching(window))

    def watching(self, window: int) -> Story:
        try:
            yield self._at(self.open_until[window], END, window)
        except simpy.Interrupt:
            return
        self.watch[window] = None
        if not self.stopped:
            self.call(window)

    def watch_no_longer(self, window: int) -> None:
        watch, self.watch[window] = self.watch[window], None
        if watch is not None:
            watch.interrupt()

    def start(self, ticket: _Ticket, window: int) -> None:
        """The citizen sits down at the window."""
        now = self.env.now
        ticket.called, ticket.window = now, window
        self.serving[window] = ticket
        self.urgency[window] = self.hall.urgency[ticket.service]
        self.called[window] = now
        self.last_lane[window] = self.visits.lane[ticket.task]
        whole = self.visits.work[ticket.task, self.hall.variant[window, ticket.service]]
        self.ends[window] = now + work_to_do(ticket.left, ticket.whole, whole)
        self.do(window, self.ends[window])

    def do(self, window: int, until: float) -> None:
        """The window is busy until then."""
        self.set_idle(self.idle, window, False)
        self.set_idle(self.idle_late, window, False)
        self.watch_no_longer(window)
        self.doing[window] = self.env.process(self.busy(window, until))

    def busy(self, window: int, until: float) -> Story:
        try:
            yield self._at(until, END, window)
        except simpy.Interrupt:
            return
        if not self.stopped:
            self.done(window)

    def done(self, window: int) -> None:
        """What a window did has ended: the citizen goes on or home, the window wraps up, rests or calls."""
        now, ticket = self.env.now, self.serving[window]
        self.resting[window] = self.away[window] = False
        if ticket is not None:
            self.serving[window] = None
            self.urgency[window] = -1
            self.leave(ticket, SERVED, now)
            follows = int(self.visits.follows[ticket.task])
            if follows >= 0:
                more = self.new_ticket(follows, ticket, now, now, float(self.visits.patience[follows]))
                if self.visits.stays[ticket.task]:
                    self.start(more, window)
                    return
                self.join(more, at_door=False)
            minutes = self.wrap_up(window, ticket.task)
            if minutes > 0:
                self.do(window, now + minutes)
                return
        self.doing[window] = None
        if self.rest[window] > 0:
            rest, self.rest[window] = self.rest[window], 0.0
            self.take_rest(window, now + rest)
            if self.hall.covering:
                for other in self.windows:
                    self.call(other)
            return
        self.call(window)

    def wrap_up(self, window: int, task: int) -> float:
        """Minutes that a window needs after a citizen."""
        column = self.hall.wrap_up_column[window]
        return float(self.hall.wrap_up[window] if column < 0 else self.visits.wrap_up[task, column])

    def take_rest(self, window: int, until: float) -> None:
        self.do(window, until)
        self.resting[window] = True

    def go_away(self, window: int, until: float) -> None:
        """Who is idle at a window by roster leaves it for a while."""
        if self.holds(self.idle, window):
            self.do(window, until)
            self.away[window] = True

    def come_back(self, window: int) -> None:
        """Who is away is away no longer: the doors close, the shift ends, a break begins or the window breaks down."""
        doing = self.doing[window]
        if self.away[window] and doing is not None:
            doing.interrupt()
            self.doing[window], self.away[window] = None, False

    def interrupt(self, window: int, rule: int) -> _Ticket | None:
        """A service is broken off; the ticket for the rest of it, None if this window keeps it."""
        now, ticket, doing = self.env.now, self.serving[window], self.doing[window]
        assert ticket is not None
        assert doing is not None
        doing.interrupt()
        self.doing[window] = self.serving[window] = None
        self.urgency[window] = -1
        self.leave(ticket, INTERRUPTED, now)
        rest = self.new_ticket(ticket.task, ticket, now, ticket.since, math.inf)
        rest.left = work_left(rule, self.ends[window] - now)
        rest.whole = self.visits.work[ticket.task, self.hall.variant[window, ticket.service]]
        if rule == RESUME_HERE:
            self.held[window] = rest
            return None
        return rest

    def be_idle(self, window: int, idle: Words) -> None:
        if not self.is_idle(window):
            self.idle_since[window] = self.env.now
        self.set_idle(idle, window, True)

    def is_idle(self, window: int) -> bool:
        """Whether the window waits for a citizen."""
        return self.holds(self.idle, window) or self.holds(self.idle_late, window)

    def holds(self, idle: Words, window: int) -> bool:
        return bool((idle[window >> 6] >> np.uint64(window & 63)) & np.uint64(1))

    def set_idle(self, idle: Words, window: int, waits: bool) -> None:
        bit = np.uint64(1) << np.uint64(window & 63)
        idle[window >> 6] = idle[window >> 6] | bit if waits else idle[window >> 6] & ~bit

    # ---- the clock on the wall ------------------------------------------------------------------------------------------------

    def timetable(self) -> Story:
        """Doors and windows open and close."""
        hall = self.hall
        changes = zip(hall.change_time, hall.change_kind, hall.change_which, hall.change_value, strict=True)
        for number, (time, kind, which, value) in enumerate(changes):
            yield self._at(time, CHANGE, number)
            if kind == PERIOD_END:
                self.close(int(which))
                if self.stopped:
                    return
            elif kind == CALLS_END:
                self.calling = False
                self.idle[:] = 0
            elif kind == DOORS_OPEN:
                self.doors_open = self.calling = True
                self.idle[:] = self.idle_late[:] = 0
                for window in self.windows:
                    self.stay_no_longer(window)
                for window in self.windows:
                    self.call(window)
            elif kind == WINDOW_ON:
                self.duty[which] = True
                self.limit[which] = value
                if self.staying[which]:
                    self.stay_no_longer(int(which))
                else:
                    self.until[which] = value
                if hall.start_up[which] > 0 and self.doing[which] is None and self.open[which]:
                    self.do(int(which), self.env.now + hall.start_up[which])
                else:
                    self.call(int(which))
            elif kind == UP:
                self.broken[which] = False
                self.call(int(which))
            elif kind == LEFT_IDLE:
                self.go_away(int(which), self.env.now + value)
            else:
                self.step_away(int(kind), int(which), float(value))
                more = number + 1 < len(hall.change_time)
                if not (more and leave_together(time, hall.change_time[number + 1], hall.change_kind[number + 1])):
                    self.after_they_left()

    def step_away(self, kind: int, window: int, value: float) -> None:
        """A window's shift ends, its break begins, or it breaks down."""
        hall = self.hall
        if kind == REST and not self.duty[window]:
            return
        self.come_back(window)
        rule = {SHIFT_END: hall.shift_rule[window], BREAK_START: hall.break_rule[window], REST: hall.break_rule[window]}.get(
            kind, RESUME_ANYWHERE
        )
        leaves_now = interrupts(rule, self.ends[window], self.env.now) and (kind == DOWN or not self.staying[window])
        if self.serving[window] is not None and leaves_now:
            rest = self.interrupt(window, rule)
            if rest is not None:
                self.rests.append(rest)
            held = self.held[window]
            if held is not None and self.over:
                self.leave(held, SENT_HOME, self.env.now)
                self.held[window] = None
        if kind == DOWN:
            self.broken[window] = True
            self.set_idle(self.idle, window, False)
            self.set_idle(self.idle_late, window, False)
        elif kind == REST:
            if self.doing[window] is None:
                self.take_rest(window, self.env.now + value)
            else:
                self.rest[window] = value
        else:
            self.duty[window] = False
            self.limit[window] = self.until[window] = math.inf
            self.set_idle(self.idle, window, False)
            if hall.tidal_open[window]:
                self.shut(window)
                self.watch_no_longer(window)
            if kind == SHIFT_END and hall.own_lines and not self.staying[window]:
                self.move_line(window)
                self.moved = True
        self.moved |= hall.covering

    def after_they_left(self) -> None:
        """Once all who leave at one instant have left: what they broke off looks for its place, idle windows look at lines that moved."""
        rests, self.rests = self.rests, []
        for rest in rests:
            self.join(rest, at_door=False)
        if self.moved:
            self.moved = False
            for window in self.windows:
                self.call(window)

    def move_line(self, window: int) -> None:
        """Who stood before a window that closes joins the shortest other line, in the order of the old one; where there is none, stays."""
        standing = [self.tickets[number] for *_, number in self.lines[window]]
        for ticket in standing:
            self.stand_up(ticket)
        for ticket in standing:
            if ticket.outcome != RENEGED:
                self.count(ticket, window, -1)
                self.sit_down(ticket, self.choose_line(ticket))

    def close(self, period: int) -> None:
        """The doors shut; who stays and who goes home is the period's rule."""
        at_end = self.hall.period_at_end[period]
        last = period == len(self.hall.period_at_end) - 1
        self.doors_open, self.over, self.stopped = False, last, at_end == STOP
        self.inside = len(self.tickets)
        self.idle[:] = self.idle_late[:] = 0
        for window in self.windows:
            self.come_back(window)
            self.staying[window] = stays(at_end, self.duty[window] and self.open[window])
            if self.staying[window]:
                self.until[window] = math.inf
                if self.doing[window] is None and not self.broken[window]:
                    self.set_idle(self.idle_late, window, True)
        for line in range(self.line_count):
            if self.stopped or goes_home(at_end, last, self.somebody_stays(line)):
                self.send_away(line, UNFINISHED if self.stopped else SENT_HOME)
        for window in self.windows:
            ticket, held = self.serving[window], self.held[window]
            if self.stopped and ticket is not None:
                self.leave(ticket, UNFINISHED, self.env.now)
            if held is not None and (self.stopped or goes_home(at_end, last, self.staying[window])):
                self.leave(held, UNFINISHED if self.stopped else SENT_HOME, self.env.now)
                self.held[window] = None
        for window in self.windows:
            if self.stopped and self.hall.tidal_open[window]:
                self.shut(window)
            if self.staying[window]:
                self.call(window)

    def stay_no_longer(self, window: int) -> None:
        """Once the doors are open again, a window on duty works by its roster."""
        if self.doors_open and self.duty[window]:
            self.staying[window] = False
            self.until[window] = self.limit[window]

    def somebody_stays(self, line: int) -> bool:
        """Whether a window that goes on after closing calls from this line."""
        hall = self.hall
        return any(self.staying[w] and line in hall.lines[hall.lines_from[w] : hall.lines_from[w + 1]] for w in self.windows)

    def _at(self, time: float, phase: int, number: int) -> simpy.Event:
        """An event at that time, in its place among those of the same instant."""
        event = simpy.Event(self.env)
        event._ok, event._value = True, None
        self.env.schedule(event, priority=EventPriority((phase << 40) + int(number) + 2), delay=max(time - self.env.now, 0.0))
        return event
