"""What must hold for the log of a hall with every rule there is: visits of many tickets, interruptions, help, rests, breakdowns.

Like `audit`, it asks no engine, rule or timetable: everything is worked out from the scenario, the demand and the log. Laws that only some
halls obey (whose windows simply serve, whose tickets wait in common lines) say so and look only there.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from simulation.demand import Demand
from simulation.numbers import BOOKED, numbers_of
from simulation.scenario import Scenario, Window
from simulation.tickets import (
    BALKED,
    DIVERTED,
    INTERRUPTED,
    NEVER_QUEUED,
    NO_SHOW,
    OUTCOMES,
    RENEGED,
    SENT_HOME,
    SERVED,
    TURNED_AWAY,
    UNFINISHED,
    Tickets,
)
from tests.laws.audit import doors_open, events, may_call, on_duty

GRAIN = 2.0**-20


def violations_of_visits(scenario: Scenario, demand: Demand, tickets: Tickets) -> list[str]:
    """Every law of a full hall that this log breaks; empty for a sound one."""
    rows = task_rows(demand, tickets)
    return [
        *outcomes(scenario, tickets),
        *every_visit_ends_once(demand, tickets, rows),
        *patience(demand, tickets, rows),
        *windows_do_one_thing_at_a_time(scenario, demand, tickets, rows),
        *work_is_conserved(scenario, demand, tickets, rows),
        *windows_call_when_they_may(scenario, demand, tickets, rows),
        *door(scenario, demand, tickets, rows),
        *first_come_first_served(scenario, demand, tickets, rows),
        *nobody_covers_for_who_is_there(scenario, demand, tickets),
        *who_waited_long_comes_first(scenario, tickets),
        *nobody_waits_beside_a_simple_idle_window(scenario, demand, tickets, rows),
    ]


def task_rows(demand: Demand, tickets: Tickets) -> np.ndarray:
    """(r,) row in the demand's tasks of each ticket."""
    number = {(demand.citizens.id[c], n): row for row, (c, n) in enumerate(zip(demand.tasks.citizen, demand.tasks.number, strict=True))}
    return np.array([number[key] for key in zip(tickets.citizen, tickets.task, strict=True)], dtype=np.int64)


def children(tickets: Tickets) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for i, parent in enumerate(tickets.parent_ticket.tolist()):
        found.setdefault(parent, []).append(i)
    return found


def roots(tickets: Tickets) -> np.ndarray:
    """(r,) first ticket of the visit of each ticket."""
    root = np.arange(len(tickets))
    for i, parent in enumerate(tickets.parent_ticket.tolist()):
        if parent >= 0:
            root[i] = root[parent]
    return root


def is_rest(tickets: Tickets) -> np.ndarray:
    """(r,) whether a ticket is the rest of an interrupted service."""
    parent = tickets.parent_ticket
    return (parent >= 0) & (tickets.outcome[parent] == INTERRUPTED)


def until(tickets: Tickets) -> np.ndarray:
    return np.where(np.isnan(tickets.called), tickets.ended, tickets.called)


def outcomes(scenario: Scenario, tickets: Tickets) -> Iterator[str]:
    """Every ticket has one outcome and the times that belong to it; without a horizon nobody is left in the hall."""
    called = ~np.isnan(tickets.called)
    if np.any(np.diff(tickets.arrival) < 0):
        yield "the log is not in order of arrival"
    known = (SERVED, RENEGED, BALKED, TURNED_AWAY, SENT_HOME, NO_SHOW, DIVERTED, INTERRUPTED, UNFINISHED)
    for i in np.flatnonzero(~np.isin(tickets.outcome, known) | np.isnan(tickets.ended) | (called != (tickets.window >= 0))):
        yield f"ticket {i} has no known outcome, no end, or a call without a window"
    for i in np.flatnonzero((until(tickets) < tickets.arrival) | (tickets.ended < until(tickets))):
        yield f"ticket {i} goes back in time"
    for i in np.flatnonzero(called != np.isin(tickets.outcome, (SERVED, INTERRUPTED))):
        if not (tickets.outcome[i] == UNFINISHED and scenario.horizon):
            yield f"ticket {i} was {'' if called[i] else 'not '}called, and yet {OUTCOMES[tickets.outcome[i]]}"
    for i in np.flatnonzero(np.isin(tickets.outcome, NEVER_QUEUED) & (tickets.ended != tickets.arrival)):
        yield f"ticket {i} {OUTCOMES[tickets.outcome[i]]}, but not at once"
    for i in np.flatnonzero((tickets.outcome == UNFINISHED) & (scenario.horizon is None)):
        yield f"ticket {i} is unfinished, though no horizon cuts this day off"
    for i in np.flatnonzero((tickets.outcome == INTERRUPTED) & (tickets.ended < tickets.called)):
        yield f"ticket {i} was interrupted before it was called"


def every_visit_ends_once(demand: Demand, tickets: Tickets, rows: np.ndarray) -> Iterator[str]:
    """One first ticket a citizen; after a service the next task, after an interruption the rest, after all else nothing: one end."""
    first = tickets.citizen[tickets.parent_ticket < 0]
    if sorted(first.tolist()) != sorted(demand.citizens.id.tolist()):
        yield "not every citizen has one first ticket"
    more = np.flatnonzero(demand.tasks.citizen[1:] == demand.tasks.citizen[:-1])
    goes_on = np.zeros(len(demand.tasks.citizen), np.bool_)
    goes_on[more] = True
    after = children(tickets)
    for i in range(len(tickets)):
        follows = after.get(i, [])
        served = tickets.outcome[i] == SERVED
        due = int(tickets.outcome[i] == INTERRUPTED or (served and goes_on[rows[i]]))
        if len(follows) != due:
            yield f"ticket {i} {OUTCOMES[tickets.outcome[i]]} is followed by {follows}"
        for j in follows:
            if tickets.arrival[j] != tickets.ended[i] or rows[j] != rows[i] + served or j <= i:
                yield f"ticket {j} does not follow ticket {i}"
    for i in np.flatnonzero((tickets.parent_ticket < 0) & (tickets.task != 0) & (tickets.visit == 1)):  # later visits: for the rest
        yield f"ticket {i} begins a visit in the middle"


def patience(demand: Demand, tickets: Tickets, rows: np.ndarray) -> Iterator[str]:
    """Nobody waits longer than their patience; who leaves does so at its end; who was interrupted stays."""
    leaves = np.where(is_rest(tickets), np.inf, tickets.arrival + demand.tasks.patience[rows])
    for i in np.flatnonzero(((tickets.outcome == RENEGED) & (tickets.ended != leaves)) | (until(tickets) > leaves)):
        yield f"ticket {i} waited until {until(tickets)[i]}, its patience ends at {leaves[i]}"


def continues(demand: Demand, tickets: Tickets, rows: np.ndarray, i: int) -> bool:
    """Whether the ticket is a further case of the citizen who is at the window anyway."""
    parent = tickets.parent_ticket[i]
    return bool(parent >= 0 and tickets.outcome[parent] == SERVED and demand.tasks.stays[rows[parent]])


def windows_do_one_thing_at_a_time(scenario: Scenario, demand: Demand, tickets: Tickets, rows: np.ndarray) -> Iterator[str]:
    """Stints of one window never overlap, wrap-up lies between them, and a window serves only what it can."""
    for number, window in enumerate(scenario.windows):
        mine = np.flatnonzero(tickets.window == number)
        mine = mine[np.lexsort((tickets.ended[mine], tickets.called[mine]))]
        for one, following in itertools.pairwise(mine):
            free = tickets.ended[one]
            if tickets.outcome[one] == SERVED and not continues(demand, tickets, rows, int(following)):
                column = numbers_of(scenario)[0].wrap_up_column[number]
                free = free + (window.wrap_up.mean if column < 0 else demand.tasks.wrap_up[rows[one], column])
            if free > tickets.called[following]:
                yield f"window {window.id} serves tickets {one} and {following} at the same time, or does not wrap up"
        for i in mine:
            if scenario.services[tickets.service[i]].id not in window.efficiency:
                yield f"window {window.id} cannot serve ticket {i}"
            if continues(demand, tickets, rows, int(i)):
                parent = tickets.parent_ticket[i]
                if tickets.called[i] != tickets.ended[parent] or tickets.window[parent] != number:
                    yield f"ticket {i} is a further case, but not at once or at another window"


def work_is_conserved(scenario: Scenario, demand: Demand, tickets: Tickets, rows: np.ndarray) -> Iterator[str]:
    """The shares of a task's work done at its windows add to the whole, unless a window begins again."""
    if any("interrupt_restart" in (window.at_break, window.at_shift_end) for window in scenario.windows):
        return
    after, rest = children(tickets), is_rest(tickets)
    for i in np.flatnonzero(~rest & ~np.isnan(tickets.called)):
        chain = [int(i)]
        while tickets.outcome[chain[-1]] == INTERRUPTED and after.get(chain[-1]):
            chain.append(after[chain[-1]][0])
        if tickets.outcome[chain[-1]] != SERVED:
            continue
        spent = [float(tickets.ended[j] - tickets.called[j]) for j in chain]
        work = demand.tasks.work[rows[i]]
        if len(chain) == 1 and spent[0] not in work:
            yield f"ticket {i} took {spent[0]} minutes, its work is {work}"
        if not work.min() - GRAIN * len(chain) <= sum(spent) <= work.max() + GRAIN * len(chain):
            yield f"tickets {chain} took {spent} minutes, the work is {work}"


def windows_call_when_they_may(scenario: Scenario, demand: Demand, tickets: Tickets, rows: np.ndarray) -> Iterator[str]:
    """On duty and behind open doors, or staying for those inside; never absent, broken, or against the rule to start nothing past."""
    root = roots(tickets)
    for i in np.flatnonzero(~np.isnan(tickets.called)):
        if continues(demand, tickets, rows, int(i)):
            continue
        now, number = float(tickets.called[i]), int(tickets.window[i])
        window = scenario.windows[number]
        if number in demand.windows.absent:
            yield f"window {window.id} is absent and calls ticket {i}"
        down = demand.windows.window == number
        if np.any((demand.windows.start[down] < now) & (now < demand.windows.end[down])):
            yield f"window {window.id} is broken and calls ticket {i} at {now}"
        if on_duty_now(scenario, window, now) and doors_open(scenario, now):
            late = [o for o in scenario.openings if o.last_start <= now < o.end]
            if late and not held(scenario, tickets)[i]:
                yield f"ticket {i} is called at {now}, when nothing starts any more"
            service = scenario.services[tickets.service[i]]
            if service.id not in window.efficiency:
                continue  # told above
            expected = window.laws.get(service.id, service.law).mean / window.efficiency[service.id]
            if not any(o.end > now for o in scenario.openings if o.at_end == "serve_all") and now + expected > limit_of(window, now):
                yield f"window {window.id} starts ticket {i} at {now}, which is expected to run past its end"
            continue
        closed = [o for o in scenario.openings if o.at_end == "serve_all" and o.end <= now and on_duty_now(scenario, window, o.end, True)]
        if not closed or tickets.arrival[root[i]] >= closed[-1].end:
            yield f"window {window.id} calls ticket {i} at {now}, off duty or behind closed doors"


def on_duty_now(scenario: Scenario, window: Window, now: float, just_before: bool = False) -> bool:
    """By the roster; a break that lasts its length is no absence."""
    if not window.rests:
        return on_duty(scenario, window, now, just_before)
    whole = ((0.0, scenario.horizon.minutes),) if scenario.horizon else tuple((o.start, o.end) for o in scenario.openings)
    return any(a < now <= b if just_before else a <= now < b for a, b in window.shifts or whole)


def limit_of(window: Window, now: float) -> float:
    """The minute past which a window that starts nothing past it may not go, as far as one rule for breaks and shifts tells."""
    if window.at_break != "start_nothing_past" or window.at_shift_end != "start_nothing_past":
        return np.inf
    return min([m for m in (*(b for b, _ in window.breaks), *(e for _, e in window.shifts)) if m > now], default=np.inf)


def door(scenario: Scenario, demand: Demand, tickets: Tickets, rows: np.ndarray) -> Iterator[str]:
    """Quotas and places are kept; only who has an appointment fails to come; who was let in came at the right time."""
    first = tickets.parent_ticket < 0
    booked = demand.tasks.lane[rows] == BOOKED
    inside = first & ~np.isin(tickets.outcome, NEVER_QUEUED)
    shows = dict(zip(demand.citizens.id.tolist(), demand.citizens.shows.tolist(), strict=True))
    for i in np.flatnonzero(first):
        if (tickets.outcome[i] in (NO_SHOW, DIVERTED)) == shows[int(tickets.citizen[i])]:
            yield f"ticket {i} comes or does not, against its draw"
    hours = [(0.0, scenario.horizon.minutes)] if scenario.horizon else [(o.start - o.early, o.end) for o in scenario.openings]
    for begins, ends in hours:
        came = inside & ~booked & (tickets.arrival >= begins) & (tickets.arrival < ends)
        for s, service in enumerate(scenario.services):
            given = int((came & (tickets.service == s)).sum())
            if service.quota is not None and given > service.quota:
                yield f"{given} tickets of {service.id} were given, its quota is {service.quota}"
    for i in np.flatnonzero(inside):
        if not any(begins <= tickets.arrival[i] < ends for begins, ends in hours):
            yield f"ticket {i} was let in at {tickets.arrival[i]}"
    same = any("interrupt_resume_same" in (window.at_break, window.at_shift_end) for window in scenario.windows)
    if scenario.rules.places is not None and not same:
        gone = until(tickets)
        for i in np.flatnonzero(inside & (gone > tickets.arrival)):
            waiting = ~np.isin(tickets.outcome, NEVER_QUEUED) & (tickets.arrival < tickets.arrival[i]) & (gone > tickets.arrival[i])
            if waiting.sum() >= scenario.rules.places:
                yield f"ticket {i} waits though {waiting.sum()} waited already"


def held(scenario: Scenario, tickets: Tickets) -> np.ndarray:
    """(r,) rests that may be waiting for one window."""
    same = np.array(["interrupt_resume_same" in (w.at_break, w.at_shift_end) for w in scenario.windows] + [False])
    return is_rest(tickets) & same[tickets.window[tickets.parent_ticket]]


def first_come_first_served(scenario: Scenario, demand: Demand, tickets: Tickets, rows: np.ndarray) -> Iterator[str]:
    """In common lines: nobody is called from a line while somebody waits there since earlier, the booked from their booked time on."""
    if scenario.rules.lines != "common":
        return
    since, root, gone, rest = tickets.arrival.copy(), roots(tickets), until(tickets), is_rest(tickets)
    booked = (tickets.parent_ticket < 0) & ~np.isnan(demand.tasks.since[rows])
    since[booked] = demand.tasks.since[rows][booked]
    for i in np.flatnonzero(rest):
        since[i] = since[tickets.parent_ticket[i]]
    waits = ~np.isin(tickets.outcome, NEVER_QUEUED) & ~held(scenario, tickets)
    lane = demand.tasks.lane[rows]
    for j in np.flatnonzero(~np.isnan(tickets.called) & ~held(scenario, tickets)):
        if continues(demand, tickets, rows, int(j)):
            continue
        now, window = tickets.called[j], scenario.windows[tickets.window[j]]
        ahead = waits & (tickets.arrival < now) & (gone > now) & (tickets.service == tickets.service[j]) & (lane == lane[j])
        ahead &= (since < since[j]) | ((since == since[j]) & (root < root[j]))
        if not (on_duty_now(scenario, window, float(now)) and doors_open(scenario, float(now))):
            ahead &= tickets.arrival[root] < max((o.end for o in scenario.openings if o.end <= now), default=np.inf)
        for i in np.flatnonzero(ahead):
            yield f"ticket {j} was called at {now} while ticket {i} of the same line waited since earlier"


def owners(scenario: Scenario, service: str) -> list[int]:
    """The windows whose own the service is."""
    return [
        n for n, w in enumerate(scenario.windows) if service in w.efficiency and service not in w.covers and service not in dict(w.overflow)
    ]


def on_post(scenario: Scenario, demand: Demand, service: str, now: float, surely: bool = False) -> bool:
    """Whether a window whose own the service is may be there now; surely: whether one is, whatever broke down, rested or stayed."""
    for number in owners(scenario, service):
        window = scenario.windows[number]
        unsure = number in demand.windows.window or (window.rests and bool(window.breaks))
        if number in demand.windows.absent or (surely and unsure):
            continue
        if on_duty_now(scenario, window, now) or (not surely and not doors_open(scenario, now)):
            return True
    return False


def nobody_covers_for_who_is_there(scenario: Scenario, demand: Demand, tickets: Tickets) -> Iterator[str]:
    """A window that stands in for others calls nobody for them while one of them is on post."""
    for i in np.flatnonzero(~np.isnan(tickets.called)):
        service, window = scenario.services[tickets.service[i]].id, scenario.windows[tickets.window[i]]
        if service in window.covers and on_post(scenario, demand, service, float(tickets.called[i]), surely=True):
            parent = tickets.parent_ticket[i]
            if parent < 0 or tickets.window[parent] != tickets.window[i]:
                yield f"window {window.id} covers {service} at {tickets.called[i]}, though somebody is on post"


def who_waited_long_comes_first(scenario: Scenario, tickets: Tickets) -> Iterator[str]:
    """Of two who walk in for the own services of a window, who has waited the promised longest wait is called before who has not."""
    longest = scenario.rules.longest_wait
    if longest is None:
        return
    gone, plain = until(tickets), tickets.parent_ticket < 0
    for j in np.flatnonzero(plain & ~np.isnan(tickets.called)):
        now, window = tickets.called[j], scenario.windows[tickets.window[j]]
        if now - tickets.arrival[j] >= longest or not now > tickets.arrival[j] or not doors_open(scenario, float(now)):
            continue
        if not on_duty_now(scenario, window, float(now)) or "start_nothing_past" in (window.at_break, window.at_shift_end):
            continue
        if any(service.booking for service in scenario.services):
            continue  # their wait counts from a time the log does not tell
        own = set(window.efficiency) - {service for service, _ in window.overflow} - set(window.covers)
        mine = np.array([service.id in own for service in scenario.services])
        waits = plain & mine[tickets.service] & ~np.isin(tickets.outcome, NEVER_QUEUED) & (gone > now) & (now - tickets.arrival >= longest)
        for i in np.flatnonzero(waits):
            yield f"ticket {j} was called at {now} before ticket {i}, which had waited {now - tickets.arrival[i]} minutes"


def nobody_waits_beside_a_simple_idle_window(scenario: Scenario, demand: Demand, tickets: Tickets, rows: np.ndarray) -> Iterator[str]:
    """A window that does nothing but serve (no wrap-up, start-up, rest, limit) is not idle while a ticket of its own services waits."""
    if scenario.rules.lines != "common" or scenario.rules.ghost:
        return
    out = {*demand.windows.absent.tolist(), *demand.windows.window.tolist(), *demand.windows.leaves.tolist()}
    simple = [
        n
        for n, w in enumerate(scenario.windows)
        if n not in out
        and not (w.wrap_up.mean or w.start_up or w.tidal or (w.rests and w.breaks))
        and "start_nothing_past" not in (w.at_break, w.at_shift_end)
    ]
    gone = until(tickets)
    waits = ~np.isin(tickets.outcome, NEVER_QUEUED) & ~held(scenario, tickets)
    moments = events(scenario, tickets)
    for now in (moments[:-1] + moments[1:]) / 2:
        waiting = np.flatnonzero(waits & (tickets.arrival < now) & (gone > now))
        serving = set(tickets.window[(tickets.window >= 0) & (tickets.called < now) & (tickets.ended > now)].tolist())
        for number in simple:
            window = scenario.windows[number]
            own = set(window.efficiency) - {service for service, _ in window.overflow}
            own -= {service for service in window.covers if on_post(scenario, demand, service, float(now))}
            if any(o.last_start <= now < o.end for o in scenario.openings):
                continue
            if not len(waiting) or number in serving or not may_call(scenario, window, float(now)):
                continue
            for i in waiting:
                if scenario.services[tickets.service[i]].id in own:
                    yield f"at {now} ticket {i} waits beside the idle window {window.id}"
