"""The loop of the compiled engine: what comes next, until nothing does.

At one instant the order is: a change of the timetable, something a window did ends, a patience ends, a citizen comes; then the lowest
number. Each turn leaves work to be done at once, always in this order: a citizen sits down, a ticket looks for its place, windows that
may help it are asked, the window that became free goes on, further windows call. Where no rule counts the people who wait, those who
have left are found when their line is looked at; they left at their own time.

One function, because the compiler then keeps the hall in registers: split up, it passes some sixty arrays from hand to hand and is
fifty times slower (simulation/DESIGN.md). Every paragraph is named after its twin in `simulation.hall`.
"""

from __future__ import annotations

import math

import numpy as np

from simulation.compiled import compiled
from simulation.engines import Bytes, Floats, Ints, Log, Longs, Visits
from simulation.kernel.floor import (
    exclude,
    holds,
    include,
    put_in_line,
    remove,
    rise,
    somebody_stays,
    take_out_of_line,
)
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

CHANGE, END, PATIENCE, ARRIVAL, NOTHING_MORE = range(5)
"""what comes first at one instant"""
NOTHING, SERVING, BUSY, AWAY = range(4)
"""what a window does; BUSY: it wraps up, rests, starts up or calls somebody who has left; AWAY: it was idle, and left for a while"""
NEVER_SO_MANY = np.int32(2**31 - 1)
"""how many must wait before a window covers for one that is on post"""


def run_day(hall: Hall, visits: Visits) -> Log:
    """Serves one day."""
    room = len(visits.service)
    while True:
        log = Log(
            task=np.empty(room, np.int32),
            parent=np.empty(room, np.int64),
            arrival=np.empty(room),
            window=np.full(room, -1, np.int32),
            called=np.full(room, np.nan),
            ended=np.full(room, np.nan),
            outcome=np.zeros(room, np.int8),
            opened=np.full((room if hall.tidal_open.any() else 0, 3), -1.0),
        )
        count = _run(hall, visits, *log)
        if count >= 0:
            opened = log.opened[log.opened[:, 0] >= 0]
            return Log(*(column[:count] for column in log[:-1]), opened)  # type: ignore  # the same types, shorter
        room = 2 * room + 64  # services that are interrupted take more tickets than tasks


@compiled
def _run(
    hall: Hall, visits: Visits, task: Ints, parent: Longs, arrival: Floats, window_of: Ints, called: Floats, ended: Floats, outcome: Bytes,
    opened: Floats,
) -> int:  # fmt: skip
    """Fills the log; the number of tickets, -1 if there was no room for them all."""
    # ---- the hall, the people, and what is remembered -----------------------------------------------------------------------------
    variant, expected, line_of, takers, helpers = hall.variant, hall.expected, hall.line_of, hall.takers, hall.helpers
    lines, rank, least, lines_from, covers, lane = hall.lines, hall.rank, hall.least, hall.lines_from, hall.covers, hall.lane
    priority, standing_of, urgency, skills, quota = hall.priority, hall.standing, hall.urgency, hall.skills, hall.quota
    balking_at, balking_share, balking_from, announces = hall.balking_at, hall.balking_share, hall.balking_from, hall.announces
    tidal_open, tidal_close, tidal_least = hall.tidal_open, hall.tidal_close, hall.tidal_least
    wrap_up, wrap_up_column, start_up = hall.wrap_up, hall.wrap_up_column, hall.start_up
    shift_rule, break_rule = hall.shift_rule, hall.break_rule
    change_time, change_kind, change_which, change_value = hall.change_time, hall.change_kind, hall.change_which, hall.change_value
    period_times, period_at_end = hall.period_times, hall.period_at_end
    idle_rule, own_lines, urgent_interrupt = hall.idle_rule, hall.own_lines, hall.urgent_interrupt
    places, ghost, counting, covering = hall.places, hall.ghost, hall.counting, hall.covering
    turns, longest_wait = hall.turns, hall.longest_wait
    comes, first_task, shows = visits.arrival, visits.first, visits.shows
    task_service, task_lane, task_since, task_work = visits.service, visits.lane, visits.since, visits.work
    task_persons, task_wrap_up = visits.persons, visits.wrap_up
    task_patience, task_balking, task_follows, task_stays = visits.patience, visits.balking, visits.follows, visits.stays

    room = len(task)
    windows, services = variant.shape
    periods, changes, citizens = len(period_at_end), len(change_time), len(comes)

    # tickets
    tickets = 0
    root = np.empty(room, np.int64)  # the first ticket of the visit
    standing = np.empty(room, np.int32)  # who stands before whom in a line before a window
    since = np.empty(room)  # from when its wait counts in its line
    leaves = np.empty(room)  # when its patience ends
    left = np.empty(room)  # minutes of an interrupted service, -1 for all of it
    whole = np.empty(room)  # minutes of all of it where it was interrupted
    in_line = np.empty(room, np.int32)  # the line it waits in, -1 for none
    before = np.empty(room, np.int64)
    after = np.empty(room, np.int64)

    # lines
    head = np.full(len(priority), NOBODY, np.int64)
    tail = np.full(len(priority), -1, np.int64)
    head_since = np.zeros(len(priority))
    head_root = np.zeros(len(priority), np.int64)
    head_service = np.zeros(len(priority), np.int32)
    length = np.zeros(len(priority), np.int32)
    waiting = 0
    given = np.zeros((services, periods), np.int32)

    # windows
    duty = np.zeros(windows, np.bool_)
    broken = np.zeros(windows, np.bool_)
    staying = np.zeros(windows, np.bool_)
    doing = np.zeros(windows, np.int8)
    serving = np.full(windows, -1, np.int64)
    held = np.full(windows, -1, np.int64)
    rest_due = np.zeros(windows)
    ends = np.full(windows, math.inf)  # when the service at each window ends
    limit = np.full(windows, math.inf)
    until = np.full(windows, math.inf)
    may_go_on = np.zeros(windows, np.bool_)
    post = np.zeros(windows, np.bool_)
    is_open = tidal_open == 0  # False: a tidal window that is closed
    open_since = np.zeros(windows)
    open_until = np.zeros(windows)  # the least time of a tidal window
    openings = 0
    resting = np.zeros(windows, np.bool_)
    last_lane = np.full(windows, WALK_IN, np.int32)  # of whom each window called last
    from_one_on = np.zeros_like(least)
    in_need = np.zeros_like(least)  # of a window that covers for others
    idle_since = np.zeros(windows)
    serving_urgency = np.full(windows, -1, np.int32)
    serving_since = np.zeros(windows)
    idle = np.zeros(takers.shape[1], np.uint64)
    idle_late = np.zeros(takers.shape[1], np.uint64)
    end_time = np.empty(windows)
    end_window = np.empty(windows, np.int64)
    end_place = np.full(windows, -1, np.int64)
    busy = 0
    leave_time = np.empty(room if counting else 0)
    leave_ticket = np.empty(room if counting else 0, np.int64)
    nowhere = np.empty(0, np.int64)
    impatient = 0

    doors_open = False
    calling = True  # False: no service starts any more in this period
    over = False
    inside = 0
    citizen = 0
    changed = 0
    to_call = np.empty(windows, np.int64)
    left_behind = np.empty(windows, np.int64)
    rests = 0
    moved = False

    while True:
        # ---- what comes next ------------------------------------------------------------------------------------------------------
        now = math.inf
        kind = NOTHING_MORE
        if citizen < citizens:
            now = comes[citizen]
            kind = ARRIVAL
        if impatient and leave_time[0] <= now:
            now = leave_time[0]
            kind = PATIENCE
        if busy and end_time[0] <= now:
            now = end_time[0]
            kind = END
        if changed < changes and change_time[changed] <= now:
            now = change_time[changed]
            kind = CHANGE
        if kind == NOTHING_MORE:
            break

        # what it leaves to be done at once
        seat, seat_window = -1, -1  # a ticket that sits down at a window
        seek, at_door = -1, False  # a ticket that looks for its place
        ask, asked = -1, 0  # a ticket that waits and may be helped
        freed = -1  # a window that goes on
        broken_off, placed = 0, 0  # what windows that left have broken off
        calls, called_so_far = 0, 0  # further windows that call

        if kind == ARRIVAL:  # ---- come
            t = first_task[citizen]
            s = task_service[t]
            if tickets == room:
                return -1
            ticket = tickets
            tickets += 1
            task[ticket], parent[ticket], root[ticket], arrival[ticket] = t, -1, ticket, now
            since[ticket] = now if math.isnan(task_since[t]) else task_since[t]
            standing[ticket] = standing_of[task_lane[t], s]
            leaves[ticket] = now + task_patience[t]
            left[ticket] = -1.0
            in_line[ticket] = -1
            period = period_at(period_times, now)
            if not shows[citizen]:
                outcome[ticket], ended[ticket] = NO_SHOW, now
            elif period < 0 or (task_lane[t] == WALK_IN and not quota_left(quota[s], given[s, period])):
                outcome[ticket], ended[ticket] = TURNED_AWAY, now
            else:
                seek, at_door = ticket, True
                if task_lane[t] == WALK_IN:
                    given[s, period] += 1
            citizen += 1

        elif kind == END:  # ---- done
            window = end_window[0]
            busy = remove(end_time, end_window, end_place, busy, 0)
            was_serving = doing[window] == SERVING
            doing[window] = NOTHING
            resting[window] = False
            freed = window
            if was_serving:
                ticket = serving[window]
                serving[window] = -1
                serving_urgency[window] = -1
                outcome[ticket], ended[ticket] = SERVED, now
                follows = task_follows[task[ticket]]
                if follows >= 0:
                    if tickets == room:
                        return -1
                    more = tickets
                    tickets += 1
                    task[more], parent[more], root[more], arrival[more], since[more] = follows, ticket, root[ticket], now, now
                    standing[more] = standing_of[task_lane[follows], task_service[follows]]
                    leaves[more] = now + task_patience[follows]
                    left[more] = -1.0
                    in_line[more] = -1
                    if task_stays[task[ticket]]:
                        seat, seat_window = more, window
                        freed = -1
                    else:
                        seek = more
                column = wrap_up_column[window]
                minutes = wrap_up[window] if column < 0 else task_wrap_up[task[ticket], column]
                if freed >= 0 and minutes > 0:
                    freed = -1
                    doing[window] = BUSY
                    rise(end_time, end_window, end_place, busy, now + minutes, window)
                    busy += 1

        elif kind == PATIENCE:  # ---- lose_patience
            ticket = leave_ticket[0]
            impatient = remove(leave_time, leave_ticket, nowhere, impatient, 0)
            line = in_line[ticket]
            if line >= 0:
                length[line] -= 1
                waiting -= task_persons[task[ticket]]
                outcome[ticket], ended[ticket] = RENEGED, leaves[ticket]
                if ghost < 0:
                    in_line[ticket] = -1
                    if take_out_of_line(ticket, line, before, after, head, tail) and head[line] != NOBODY:
                        front = head[line]
                        head_since[line], head_root[line], head_service[line] = since[front], root[front], task_service[task[front]]

        else:
            what, which, value = change_kind[changed], change_which[changed], change_value[changed]
            changed += 1
            if what == PERIOD_END:  # ---- close
                at_end = period_at_end[which]
                last = which == periods - 1
                doors_open = False
                over = last
                inside = tickets
                idle[:] = np.uint64(0)
                idle_late[:] = np.uint64(0)
                for window in range(windows):
                    if doing[window] == AWAY:  # ---- come_back
                        busy = remove(end_time, end_window, end_place, busy, end_place[window])
                        doing[window] = NOTHING
                    staying[window] = stays(at_end, duty[window] and is_open[window])
                    if staying[window]:
                        until[window] = math.inf
                        if doing[window] == NOTHING and not broken[window]:
                            include(idle_late, window)
                for line in range(len(head)):
                    if at_end == STOP or goes_home(at_end, last, somebody_stays(line, staying, lines, lines_from)):
                        ticket = head[line]
                        while ticket != NOBODY and ticket >= 0:
                            in_line[ticket] = -1
                            if outcome[ticket] != RENEGED:
                                length[line] -= 1
                                waiting -= task_persons[task[ticket]]
                                if leaves[ticket] < now:
                                    outcome[ticket], ended[ticket] = RENEGED, leaves[ticket]
                                else:
                                    outcome[ticket] = UNFINISHED if at_end == STOP else SENT_HOME
                                    ended[ticket] = now
                            ticket = after[ticket]
                        head[line] = NOBODY
                        tail[line] = -1
                for window in range(windows):
                    if at_end == STOP and serving[window] >= 0:
                        outcome[serving[window]], ended[serving[window]] = UNFINISHED, now
                    if held[window] >= 0 and (at_end == STOP or goes_home(at_end, last, staying[window])):
                        outcome[held[window]] = UNFINISHED if at_end == STOP else SENT_HOME
                        ended[held[window]] = now
                        held[window] = -1
                    if staying[window] and doing[window] == NOTHING:
                        to_call[calls] = window
                        calls += 1
                if at_end == STOP:
                    for window in range(windows):
                        if tidal_open[window] and is_open[window]:  # ---- shut
                            if openings == len(opened):
                                return -1
                            opened[openings, 0], opened[openings, 1], opened[openings, 2] = window, open_since[window], now
                            openings += 1
                    if tickets + citizens - citizen > room:
                        return -1
                    for late in range(citizen, citizens):
                        task[tickets], parent[tickets], arrival[tickets], ended[tickets] = first_task[late], -1, comes[late], comes[late]
                        outcome[tickets] = TURNED_AWAY if shows[late] else NO_SHOW
                        tickets += 1
                    return tickets
            elif what == CALLS_END:
                calling = False
                idle[:] = np.uint64(0)
            elif what == DOORS_OPEN:
                doors_open = True
                calling = True
                idle[:] = np.uint64(0)
                idle_late[:] = np.uint64(0)
                for window in range(windows):
                    if duty[window]:  # ---- stay_no_longer
                        staying[window] = False
                        until[window] = limit[window]
                    if doing[window] == NOTHING:
                        to_call[calls] = window
                        calls += 1
            elif what == WINDOW_ON:
                duty[which] = True
                limit[which] = value
                if doors_open:  # ---- stay_no_longer
                    staying[which] = False
                if not staying[which]:
                    until[which] = value
                if start_up[which] > 0 and doing[which] == NOTHING and is_open[which]:
                    exclude(idle, which)
                    exclude(idle_late, which)
                    doing[which] = BUSY
                    rise(end_time, end_window, end_place, busy, now + start_up[which], which)
                    busy += 1
                else:
                    to_call[0] = which
                    calls = 1
            elif what == UP:
                broken[which] = False
                to_call[0] = which
                calls = 1
            elif what == LEFT_IDLE:
                if holds(idle, which):  # ---- go_away
                    exclude(idle, which)
                    exclude(idle_late, which)
                    if end_place[which] >= 0:  # ---- watch_no_longer
                        busy = remove(end_time, end_window, end_place, busy, end_place[which])
                    doing[which] = AWAY
                    rise(end_time, end_window, end_place, busy, now + value, which)
                    busy += 1
            elif what != REST or duty[which]:  # ---- step_away
                if doing[which] == AWAY:  # ---- come_back
                    busy = remove(end_time, end_window, end_place, busy, end_place[which])
                    doing[which] = NOTHING
                rule = RESUME_ANYWHERE
                if what == SHIFT_END:
                    rule = shift_rule[which]
                elif what in (BREAK_START, REST):
                    rule = break_rule[which]
                if doing[which] == SERVING and interrupts(rule, ends[which], now) and (what == DOWN or not staying[which]):
                    # ---- interrupt
                    if tickets == room:
                        return -1
                    ticket, more = serving[which], tickets
                    tickets += 1
                    remains = ends[which] - now
                    busy = remove(end_time, end_window, end_place, busy, end_place[which])
                    doing[which] = NOTHING
                    serving[which] = -1
                    serving_urgency[which] = -1
                    outcome[ticket], ended[ticket] = INTERRUPTED, now
                    task[more], parent[more], root[more], arrival[more] = task[ticket], ticket, root[ticket], now
                    since[more], leaves[more], in_line[more] = since[ticket], math.inf, -1
                    standing[more] = standing[ticket]
                    left[more] = work_left(rule, remains)
                    whole[more] = task_work[task[ticket], variant[which, task_service[task[ticket]]]]
                    if rule == RESUME_HERE and over:
                        outcome[more], ended[more] = SENT_HOME, now
                    elif rule == RESUME_HERE:
                        held[which] = more
                    else:
                        left_behind[rests] = more
                        rests += 1
                if what == DOWN:
                    broken[which] = True
                    exclude(idle, which)
                    exclude(idle_late, which)
                elif what == REST:
                    if doing[which] == NOTHING:  # ---- take_rest
                        exclude(idle, which)
                        exclude(idle_late, which)
                        if end_place[which] >= 0:  # ---- watch_no_longer
                            busy = remove(end_time, end_window, end_place, busy, end_place[which])
                        doing[which] = BUSY
                        resting[which] = True
                        rise(end_time, end_window, end_place, busy, now + value, which)
                        busy += 1
                    else:
                        rest_due[which] = value
                else:
                    duty[which] = False
                    limit[which] = until[which] = math.inf
                    exclude(idle, which)
                    if tidal_open[which]:  # ---- shut
                        if is_open[which]:
                            if openings == len(opened):
                                return -1
                            opened[openings, 0], opened[openings, 1], opened[openings, 2] = which, open_since[which], now
                            openings += 1
                        is_open[which] = False
                        if doing[which] == NOTHING and end_place[which] >= 0:  # ---- watch_no_longer
                            busy = remove(end_time, end_window, end_place, busy, end_place[which])
                    if what == SHIFT_END and own_lines and not staying[which]:  # ---- move_line
                        ticket = head[which]
                        head[which] = NOBODY
                        tail[which] = -1
                        while ticket != NOBODY and ticket >= 0:
                            following = after[ticket]
                            if outcome[ticket] == RENEGED:
                                in_line[ticket] = -1
                            else:
                                length[which] -= 1
                                present = np.empty(windows, np.int32)
                                for w in range(windows):
                                    here = duty[w] or staying[w]
                                    present[w] = length[w] + (doing[w] == SERVING) if here else -1
                                line = shortest_line(takers, task_service[task[ticket]], present)
                                length[line] += 1
                                in_line[ticket] = line
                                if put_in_line(ticket, line, standing, since, root, before, after, head, tail):
                                    head_since[line], head_root[line] = since[ticket], root[ticket]
                                    head_service[line] = task_service[task[ticket]]
                            ticket = following
                        moved = True
                if covering:
                    moved = True
            if (rests or moved) and (changed == changes or not leave_together(now, change_time[changed], change_kind[changed])):
                # ---- after_they_left
                broken_off = rests
                rests = 0
                if moved:
                    moved = False
                    for window in range(windows):
                        to_call[calls] = window
                        calls += 1

        # ---- what is to be done at once -------------------------------------------------------------------------------------------
        while True:
            if seat >= 0:  # ---- start
                exclude(idle, seat_window)
                exclude(idle_late, seat_window)
                if end_place[seat_window] >= 0:  # ---- watch_no_longer
                    busy = remove(end_time, end_window, end_place, busy, end_place[seat_window])
                t = task[seat]
                s = task_service[t]
                called[seat] = now
                window_of[seat] = seat_window
                doing[seat_window] = SERVING
                serving[seat_window] = seat
                serving_urgency[seat_window] = urgency[s]
                serving_since[seat_window] = now
                last_lane[seat_window] = task_lane[t]
                minutes = task_work[t, variant[seat_window, s]]
                if left[seat] >= 0:
                    minutes = work_to_do(left[seat], whole[seat], minutes)
                ends[seat_window] = now + minutes
                rise(end_time, end_window, end_place, busy, now + minutes, seat_window)
                busy += 1
                seat = -1
                continue

            if seek >= 0:  # ---- join
                ticket = seek
                seek = -1
                s = task_service[task[ticket]]
                was_inside = root[ticket] < inside
                window = -1
                if doors_open:
                    window = window_to_take(idle_rule, idle, takers, s, skills, idle_since, expected, now, until)
                if window < 0 and was_inside:
                    window = window_to_take(idle_rule, idle_late, takers, s, skills, idle_since, expected, now, until)
                if window >= 0:
                    seat, seat_window = ticket, window
                    continue
                nobody_before = urgent_interrupt and (own_lines or length[line_of[task_lane[task[ticket]], s]] == 0)
                if nobody_before and (doors_open or was_inside):
                    for w in range(windows):
                        may_go_on[w] = (duty[w] and doors_open and calling) or (staying[w] and was_inside)
                    window = window_to_interrupt(
                        takers, s, serving_urgency, urgency[s], serving_since, ends, may_go_on, rest_due, expected, now, until
                    )
                    if window >= 0:
                        # ---- interrupt
                        if tickets == room:
                            return -1
                        other, more = serving[window], tickets
                        tickets += 1
                        remains = ends[window] - now
                        busy = remove(end_time, end_window, end_place, busy, end_place[window])
                        outcome[other], ended[other] = INTERRUPTED, now
                        task[more], parent[more], root[more], arrival[more] = task[other], other, root[other], now
                        since[more], leaves[more], in_line[more] = since[other], math.inf, -1
                        standing[more] = standing[other]
                        left[more] = work_left(RESUME_ANYWHERE, remains)
                        whole[more] = task_work[task[other], variant[window, task_service[task[other]]]]
                        seat, seat_window = ticket, window
                        seek, at_door = more, False
                        continue
                if own_lines:
                    present = np.empty(windows, np.int32)
                    for w in range(windows):
                        here = duty[w] or staying[w]
                        present[w] = length[w] + (doing[w] == SERVING) if here else -1
                    line = shortest_line(takers, s, present)
                else:
                    line = line_of[task_lane[task[ticket]], s]
                if at_door:
                    refused = -1
                    steps, beyond = balking_from[s], balking_from[s + 1]
                    if not has_room(places, waiting, task_persons[task[ticket]]):
                        refused = TURNED_AWAY
                    elif beyond > steps:
                        found = float(length[line])
                        if announces[s]:  # ---- announced
                            ahead = 0
                            for w in range(windows):
                                post[w] = (duty[w] or staying[w]) and not broken[w] and not resting[w] and is_open[w]
                                if own_lines:
                                    post[w] &= w == line
                            if own_lines:
                                ahead = length[line]
                            else:
                                for k in range(len(line_of)):
                                    ahead += length[line_of[k, s]]
                            found = announced_wait(ahead, takers, s, expected, post)
                        if balks(balking_at[steps:beyond], balking_share[steps:beyond], found, task_balking[task[ticket]]):
                            refused = BALKED
                    if refused >= 0:
                        outcome[ticket], ended[ticket] = refused, now
                        if task_lane[task[ticket]] == WALK_IN:
                            given[s, period_at(period_times, now)] -= 1
                        continue
                elif over and not somebody_stays(line, staying, lines, lines_from):
                    outcome[ticket], ended[ticket] = SENT_HOME, now
                    continue
                # ---- sit_down
                in_line[ticket] = line
                if put_in_line(ticket, line, standing, since, root, before, after, head, tail):
                    head_since[line], head_root[line], head_service[line] = since[ticket], root[ticket], s
                length[line] += 1
                waiting += task_persons[task[ticket]]
                if counting and leaves[ticket] < math.inf:
                    rise(leave_time, leave_ticket, nowhere, impatient, leaves[ticket], ticket)
                    impatient += 1
                if helpers[line] and (doors_open or was_inside):
                    ask, asked = ticket, 0
                continue

            if ask >= 0:
                s = task_service[task[ask]]
                while asked < windows and not (
                    asked != freed and variant[asked, s] >= 0 and (holds(idle, asked) or holds(idle_late, asked) or not is_open[asked])
                ):
                    asked += 1
                if asked == windows or in_line[ask] < 0:
                    ask = -1
                    continue
                window = asked
                asked += 1
            elif placed < broken_off:
                seek, at_door = left_behind[placed], False
                placed += 1
                continue
            elif freed >= 0:
                window = freed
                freed = -1
                if rest_due[window] > 0:  # ---- take_rest
                    doing[window] = BUSY
                    resting[window] = True
                    rise(end_time, end_window, end_place, busy, now + rest_due[window], window)
                    busy += 1
                    rest_due[window] = 0.0
                    if covering:
                        for w in range(windows):
                            to_call[w] = w
                        calls = windows
                    continue
            elif called_so_far < calls:
                window = to_call[called_so_far]
                called_so_far += 1
            else:
                break

            # ---- call
            by_roster = may_call(duty[window], broken[window], doors_open)
            if doing[window] != NOTHING or not (by_roster or (staying[window] and not broken[window])):
                continue
            if held[window] >= 0:
                seat, seat_window = held[window], window
                held[window] = -1
                continue
            if by_roster and not calling:
                continue
            a, b = lines_from[window], lines_from[window + 1]
            if by_roster and tidal_open[window]:  # ---- turn_with_the_tide
                ahead = 0
                for k in range(a, b):
                    if rank[k] == 0:
                        ahead += length[lines[k]]
                if not is_open[window]:
                    if not opens(ahead, tidal_open[window]):
                        continue
                    is_open[window] = True
                    open_since[window] = now
                    open_until[window] = now + tidal_least[window]
                    if start_up[window] > 0:
                        doing[window] = BUSY
                        rise(end_time, end_window, end_place, busy, now + start_up[window], window)
                        busy += 1
                        continue
                elif closes(ahead, tidal_close[window], now, open_until[window]):
                    if openings == len(opened):  # ---- shut
                        return -1
                    opened[openings, 0], opened[openings, 1], opened[openings, 2] = window, open_since[window], now
                    openings += 1
                    is_open[window] = False
                    exclude(idle, window)
                    continue
            youngest = NOBODY if by_roster else inside
            enough = least if by_roster else from_one_on  # after closing it helps however few wait
            if covering:
                for w in range(windows):
                    post[w] = (duty[w] or staying[w]) and not broken[w] and not resting[w]
                for k in range(a, b):
                    in_need[k] = enough[k]
                    if covers[k] and somebody_on_post(takers, lines[k] % services, post):
                        in_need[k] = NEVER_SO_MANY
                enough = in_need
            while True:
                line = line_to_call(
                    a, b, lines, rank, enough, priority, lane, length, head, head_since, head_root, youngest,  # type: ignore[arg-type]
                    head_service, expected, window, now, until[window], last_lane[window] if turns else -1, longest_wait,
                )  # fmt: skip
                if line < 0:  # be_idle
                    if not holds(idle, window) and not holds(idle_late, window):
                        idle_since[window] = now
                    if by_roster:
                        include(idle, window)
                    else:
                        include(idle_late, window)
                    if by_roster and tidal_open[window] and end_place[window] < 0 and now < open_until[window]:  # ---- look_again
                        rise(end_time, end_window, end_place, busy, open_until[window], window)
                        busy += 1
                    break
                ticket = head[line]
                in_line[ticket] = -1
                take_out_of_line(ticket, line, before, after, head, tail)
                if head[line] != NOBODY:
                    front = head[line]
                    head_since[line], head_root[line], head_service[line] = since[front], root[front], task_service[task[front]]
                if not counting and leaves[ticket] < now:  # had left before
                    outcome[ticket], ended[ticket] = RENEGED, leaves[ticket]
                    length[line] -= 1
                    waiting -= task_persons[task[ticket]]
                    continue
                if outcome[ticket] != RENEGED:
                    length[line] -= 1
                    waiting -= task_persons[task[ticket]]
                    seat, seat_window = ticket, window
                    break
                if ghost > 0:
                    exclude(idle, window)
                    exclude(idle_late, window)
                    if end_place[window] >= 0:  # ---- watch_no_longer
                        busy = remove(end_time, end_window, end_place, busy, end_place[window])
                    doing[window] = BUSY
                    rise(end_time, end_window, end_place, busy, now + ghost, window)
                    busy += 1
                    break

    # ---- nothing comes any more for those who still wait: their patience ends, or the last closing leaves them unfinished ----------
    for window in range(windows):
        if held[window] >= 0:
            in_line[held[window]] = 0
    for ticket in range(tickets):
        if in_line[ticket] >= 0 and outcome[ticket] != RENEGED:
            if leaves[ticket] < math.inf:
                outcome[ticket], ended[ticket] = RENEGED, leaves[ticket]
            else:
                outcome[ticket], ended[ticket] = UNFINISHED, max(arrival[ticket], period_times[-1, 3])
    return tickets
