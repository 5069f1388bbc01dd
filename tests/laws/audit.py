"""What must hold for the log of any hall and any day, checked from the log alone.

Nothing here asks the engines, their rules or their timetable: duty and doors are worked out again from the scenario, the slow way.
`violations` names every law broken, in words.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from simulation.demand import Demand
from simulation.scenario import Scenario, Window
from simulation.tickets import BALKED, OUTCOMES, RENEGED, SENT_HOME, SERVED, TURNED_AWAY, UNFINISHED, Tickets

GRAIN = 2.0**-20
"""minutes; a break in two halves may end between two multiples"""


def violations(scenario: Scenario, demand: Demand, tickets: Tickets) -> list[str]:
    """Every law of a hall that this log breaks; empty for a sound one."""
    return [
        *conservation(scenario, demand, tickets),
        *patience(demand, tickets),
        *windows_do_one_thing_at_a_time(scenario, demand, tickets),
        *starts_on_duty(scenario, tickets),
        *first_come_first_served(scenario, tickets),
        *nobody_waits_beside_an_idle_window(scenario, tickets),
        *doors(scenario, tickets),
    ]


def conservation(scenario: Scenario, demand: Demand, tickets: Tickets) -> Iterator[str]:
    """Every task has one ticket with one outcome, and the times that belong to it."""
    if len(tickets) != len(demand.tasks.service):
        yield f"{len(demand.tasks.service)} tasks came, {len(tickets)} tickets are in the log"
    if np.any(np.diff(tickets.arrival) < 0):
        yield "the log is not in order of arrival"
    known = np.isin(tickets.outcome, [SERVED, RENEGED, BALKED, TURNED_AWAY, SENT_HOME, UNFINISHED])
    for i in np.flatnonzero(~known):
        yield f"ticket {i} has the outcome {tickets.outcome[i]}"
    called, ended = ~np.isnan(tickets.called), ~np.isnan(tickets.ended)
    for i in np.flatnonzero(called != (tickets.window >= 0)):
        yield f"ticket {i} was called without a window, or got a window without a call"
    for i in np.flatnonzero(~ended):
        yield f"ticket {i} never ends"
    cut_off = scenario.horizon is not None
    for i in np.flatnonzero(called & (tickets.outcome != SERVED) & ~((tickets.outcome == UNFINISHED) & cut_off)):
        yield f"ticket {i} was called, and yet {OUTCOMES[tickets.outcome[i]]}"
    for i in np.flatnonzero(~called & (tickets.outcome == SERVED)):
        yield f"ticket {i} was served without a call"
    until = np.where(called, tickets.called, tickets.ended)
    for i in np.flatnonzero((until < tickets.arrival) | (tickets.ended < until)):
        yield f"ticket {i} goes back in time"
    for i in np.flatnonzero(np.isin(tickets.outcome, [BALKED, TURNED_AWAY]) & (tickets.ended != tickets.arrival)):
        yield f"ticket {i} {OUTCOMES[tickets.outcome[i]]}, but not at once"
    for i in np.flatnonzero((tickets.outcome == UNFINISHED) & ~cut_off):
        yield f"ticket {i} is unfinished, though no horizon cuts this day off"


def patience(demand: Demand, tickets: Tickets) -> Iterator[str]:
    """Who leaves does so at the end of their patience, and nobody waits longer."""
    leaves = tickets.arrival + demand.tasks.patience
    until = np.where(np.isnan(tickets.called), tickets.ended, tickets.called)
    for i in np.flatnonzero((tickets.outcome == RENEGED) & (tickets.ended != leaves)):
        yield f"ticket {i} reneged at {tickets.ended[i]}, its patience ends at {leaves[i]}"
    for i in np.flatnonzero(until > leaves):
        yield f"ticket {i} waited until {until[i]}, its patience ends at {leaves[i]}"


def windows_do_one_thing_at_a_time(scenario: Scenario, demand: Demand, tickets: Tickets) -> Iterator[str]:
    """A window serves one ticket at a time, only what it can, and for exactly the work under its efficiency."""
    for number, window in enumerate(scenario.windows):
        rows = np.flatnonzero(tickets.window == number)
        rows = rows[np.lexsort((tickets.ended[rows], tickets.called[rows]))]
        for one, following in itertools.pairwise(rows):
            if tickets.ended[one] > tickets.called[following]:
                yield f"window {window.id} serves tickets {one} and {following} at the same time"
        for i in rows:
            service = scenario.services[tickets.service[i]].id
            if service not in window.efficiency:
                yield f"window {window.id} cannot serve {service}, and serves ticket {i}"
            elif tickets.outcome[i] == SERVED and tickets.ended[i] - tickets.called[i] not in demand.tasks.work[i]:
                yield f"ticket {i} took {tickets.ended[i] - tickets.called[i]} minutes, its work is {demand.tasks.work[i]}"


def starts_on_duty(scenario: Scenario, tickets: Tickets) -> Iterator[str]:
    """A call comes from a window on duty while the doors are open, or from one that stays after them for those inside."""
    for i in np.flatnonzero(~np.isnan(tickets.called)):
        now, window = float(tickets.called[i]), scenario.windows[tickets.window[i]]
        if on_duty(scenario, window, now) and doors_open(scenario, now):
            continue
        closed = [o for o in scenario.openings if o.at_end == "serve_all" and o.end <= now and on_duty(scenario, window, o.end, until=True)]
        if not closed or tickets.arrival[i] >= closed[-1].end:
            yield f"window {window.id} calls ticket {i} at {now}, off duty or behind closed doors"


def first_come_first_served(scenario: Scenario, tickets: Tickets) -> Iterator[str]:
    """Nobody is called while an earlier ticket of the same service waits, or one of a service that the window calls first.

    A window that stays after its time for those inside does not look at who came after the doors had closed.
    """
    until = np.where(np.isnan(tickets.called), tickets.ended, tickets.called)
    queued = ~np.isin(tickets.outcome, [BALKED, TURNED_AWAY])
    first = np.array([service.priority for service in scenario.services])[tickets.service]
    for j in np.flatnonzero(~np.isnan(tickets.called)):
        now, able = tickets.called[j], scenario.windows[tickets.window[j]].efficiency
        waiting = queued & (tickets.arrival < now) & (until > now)
        served_too = np.array([service.id in able for service in scenario.services])[tickets.service]
        before = np.arange(len(tickets)) < j
        if not (on_duty(scenario, scenario.windows[tickets.window[j]], float(now)) and doors_open(scenario, float(now))):
            waiting &= tickets.arrival < max(o.end for o in scenario.openings if o.end <= now)
        for i in np.flatnonzero(waiting & served_too & ((first < first[j]) | ((first == first[j]) & before))):
            yield f"ticket {j} was called at {now} while ticket {i} waited and came first"


def nobody_waits_beside_an_idle_window(scenario: Scenario, tickets: Tickets) -> Iterator[str]:
    """Between any two events no window on duty is idle while a ticket waits that it can serve and may call."""
    moments = events(scenario, tickets)
    until = np.where(np.isnan(tickets.called), tickets.ended, tickets.called)
    queued = ~np.isin(tickets.outcome, [BALKED, TURNED_AWAY])
    for now in (moments[:-1] + moments[1:]) / 2:
        waiting = np.flatnonzero(queued & (tickets.arrival < now) & (until > now))
        if not len(waiting):
            continue
        serving = set(tickets.window[(tickets.window >= 0) & (tickets.called < now) & (tickets.ended > now)].tolist())
        for number, window in enumerate(scenario.windows):
            if number in serving or not may_call(scenario, window, float(now)):
                continue
            for i in waiting:
                if scenario.services[tickets.service[i]].id in window.efficiency:
                    yield f"at {now} ticket {i} waits beside the idle window {window.id}"


def doors(scenario: Scenario, tickets: Tickets) -> Iterator[str]:
    """Who comes while tickets are given out gets one; who comes later or too early does not, nor who comes after the end."""
    for i in range(len(tickets)):
        now = tickets.arrival[i]
        let_in = (
            now < scenario.horizon.minutes
            if scenario.horizon
            else any(o.start - o.early <= now <= o.last_ticket and now < o.end for o in scenario.openings)
        )
        if let_in == (tickets.outcome[i] == TURNED_AWAY):
            yield f"ticket {i} of {now} should {'not ' if let_in else ''}have been turned away"
    final = scenario.openings[-1] if scenario.openings else None
    for i in np.flatnonzero(tickets.outcome == SENT_HOME):
        ends = [o for o in scenario.openings if o.end == tickets.ended[i] and o.at_end != "keep_tickets"]
        if not ends or (ends[0].at_end == "serve_all" and ends[0] is not final):
            yield f"ticket {i} was sent home at {tickets.ended[i]}, when no rule says so"


# -------------------------------------------------------------------------------------------------- duty, the slow way


def events(scenario: Scenario, tickets: Tickets) -> np.ndarray:
    """Every instant at which something may change, in order, each once; (k,) minutes."""
    fixed = [0.0, *(m for o in scenario.openings for m in (o.start, o.end))]
    for window in scenario.windows:
        fixed += [m for pair in (*window.shifts, *window.breaks) for m in pair]
    if scenario.horizon:
        fixed.append(scenario.horizon.minutes)
    moments = np.concatenate([tickets.arrival, tickets.called, tickets.ended, fixed])
    return np.unique(moments[~np.isnan(moments)])


def on_duty(scenario: Scenario, window: Window, now: float, until: bool = False) -> bool:
    """Whether the roster has the window at work at `now`; with `until`, just before it."""
    whole = ((0.0, scenario.horizon.minutes),) if scenario.horizon else tuple((o.start, o.end) for o in scenario.openings)

    def within(pairs: tuple[tuple[float, float], ...]) -> bool:
        return any(a < now <= b if until else a <= now < b for a, b in pairs)

    return within(window.shifts or whole) and not within(window.breaks)


def doors_open(scenario: Scenario, now: float) -> bool:
    if scenario.horizon:
        return 0.0 <= now < scenario.horizon.minutes
    return any(o.start <= now < o.end for o in scenario.openings)


def may_call(scenario: Scenario, window: Window, now: float) -> bool:
    """Whether an idle window at `now`, between two events, should have called somebody who waits.

    After the doors close for the night with `serve_all`, a window that was on duty at the close goes on while it has anybody to serve.
    """
    if doors_open(scenario, now):
        return on_duty(scenario, window, now)
    night = scenario.openings[-1] if scenario.openings else None
    return night is not None and now > night.end and night.at_end == "serve_all" and on_duty(scenario, window, night.end, until=True)
