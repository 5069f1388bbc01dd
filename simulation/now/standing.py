"""A snapshot as an engine can run it, without a rule of its own: the engines only ever see a hall, its timetable, and people who come.

Who waits is a citizen who came before now; the timetable before now is gone but for the windows on duty, so that nobody is called until the
doors open once more, now. Who is being served is a citizen of a service that only that window has and calls before any other: called now,
for what is left of the work. Work and patience are drawn from the scenario's laws, given that they have lasted so long already. Of those
who were to come later, the scenario's draws of the day are kept.

Assumes that the citizen in service is at the last of the cases they brought, and goes on to further services as everybody does; that quotas
count the tickets of those who wait, and the ones to come; that nobody is away from an idle window now; that a tidal window with somebody
before it stays open today, and that a window with somebody before it finishes citizens before it leaves where its rule would hand them to
other windows. Where work or patience has lasted longer than its law can, it ends at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simulation.demand import (
    GRAIN,
    NO_OUTAGES,
    Citizens,
    Day,
    Demand,
    Floats,
    Ints,
    Outages,
    Tasks,
    in_order,
    joined,
    minutes_of_work,
    minutes_of_wrap_up,
    rounded,
    single_tasks,
    take,
)
from simulation.laws import Law, quantile
from simulation.now.snapshot import Snapshot
from simulation.numbers import Hall, numbers_of
from simulation.scenario import Scenario
from simulation.serve import with_outages
from simulation.shifts import (
    BEGIN_AGAIN,
    BREAK_START,
    DOORS_OPEN,
    FINISH,
    NEVER,
    PERIOD_END,
    REST,
    RESUME_ANYWHERE,
    SHIFT_END,
    WINDOW_ON,
)
from simulation.streams import uniforms
from simulation.visits import further_tasks

NOW = 2**40
"""number of the day under which the draws of those inside are kept apart from those of the day's own citizens"""
LONG_AGO = 2.0**20
"""minutes"""
BISECTIONS = 60


@dataclass(frozen=True, slots=True)
class Standing:
    """A hall from a moment on. The people inside are rows 0 to `inside - 1` of its citizens by id; ids below 0."""

    scenario: Scenario
    """with one service more for each citizen in service"""
    hall: Hall
    snapshot: Snapshot
    at: float
    service: Ints
    """(inside,) of those who wait, then of those in service, by their own service"""
    since: Floats
    """(inside,) minutes; when they came, or were called"""
    work_spent: Floats
    """(inside,) share of the law of their work that is past, 0 for those who wait"""
    patience_spent: Floats
    """(inside,) share of the law of their patience that is past"""
    laws: tuple[tuple[Law, float], ...]
    """(law, efficiency) of each citizen in service at their window"""

    @property
    def waiting(self) -> int:
        return self.snapshot.people_waiting

    @property
    def services(self) -> int:
        """How many services the hall has in truth."""
        return len(self.scenario.services) - len(self.snapshot.serving)


def stand(scenario: Scenario, snapshot: Snapshot) -> Standing:
    """The hall of a scenario from the snapshot on."""
    at = float(rounded(np.array([snapshot.at]))[0])
    held = []
    windows = list(scenario.windows)
    for number, each in enumerate(snapshot.serving):
        name = f"~{number}"
        served = scenario.services[each.service]
        held.append(
            replace(
                served, id=name, law=Law("deterministic", (GRAIN,)), arrival_rate=(0.0,) * len(scenario.slots), priority=0,
                balking=(), returns=None, quota=None, then=(), incomplete=None, batch=(), cases=(), booking=None,
            )
        )  # fmt: skip
        seat = windows[each.window]
        windows[each.window] = replace(seat, efficiency={**seat.efficiency, name: 1.0}, tidal=None)
    services = [replace(each, priority=each.priority + 1) for each in scenario.services] if held else scenario.services
    grown = replace(scenario, services=(*services, *held), windows=tuple(windows))
    own, hall = numbers_of(scenario)[0], numbers_of(grown)[0]
    before = at - max(0.0, float(own.start_up.max(initial=0.0))) - 1.0
    earliest = min([at, *(each.since for each in snapshot.waiting)])
    hall = _from_now(hall, at, min(before, earliest - 1.0 - float(own.start_up.max(initial=0.0))), snapshot)
    hall = with_outages(hall, replace(NO_OUTAGES, absent=np.array(snapshot.absent, np.int32)))
    urgency = np.concatenate([hall.urgency[: len(services)], [hall.urgency[each.service] for each in snapshot.serving]]).astype(np.int32)
    room = snapshot.people_waiting + len(held)
    inside = np.zeros(len(hall.quota), np.int32)
    for one in snapshot.waiting:
        inside[one.service] += one.count
    quota = np.where(hall.quota < 0, hall.quota, np.maximum(hall.quota, inside)).astype(np.int32)
    shift_rule, break_rule = hall.shift_rule.copy(), hall.break_rule.copy()
    for rule in (shift_rule, break_rule):
        elsewhere = [each.window for each in snapshot.serving if rule[each.window] in (RESUME_ANYWHERE, BEGIN_AGAIN)]
        rule[elsewhere] = FINISH
    hall = hall._replace(shift_rule=shift_rule, break_rule=break_rule)
    hall = hall._replace(skills=own.skills, urgency=urgency, quota=quota, places=hall.places if hall.places < 0 else max(hall.places, room))

    service = [each.service for each in snapshot.waiting for _ in range(each.count)] + [each.service for each in snapshot.serving]
    since = [each.since for each in snapshot.waiting for _ in range(each.count)] + [each.since for each in snapshot.serving]
    laws = [
        (scenario.windows[each.window].laws.get(one.id, one.law), scenario.windows[each.window].efficiency[one.id])
        for each in snapshot.serving
        for one in (scenario.services[each.service],)
    ]
    waiting = snapshot.people_waiting
    patience = [scenario.services[s].patience for s in service[:waiting]]
    return Standing(
        grown,
        hall,
        snapshot,
        at,
        np.array(service, np.int32),
        np.array(since, np.float64),
        np.array([0.0] * waiting + [_share_past(law, (at - t) * f) for (law, f), t in zip(laws, since[waiting:], strict=True)]),
        np.array([0.0 if law is None else _share_past(law, at - t) for law, t in zip(patience, since, strict=False)] + [0.0] * len(laws)),
        tuple(laws),
    )


def _share_past(law: Law, minutes: float) -> float:
    """The share of a law's times that are at most so long."""
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if float(quantile(law, np.array([middle]))[0]) <= minutes:
            low = middle
        else:
            high = middle
    return low


def _from_now(hall: Hall, at: float, before: float, snapshot: Snapshot) -> Hall:
    """The timetable from now on: windows on duty come before anybody, the doors open now."""
    rows = list(zip(hall.change_time, hall.change_kind, hall.change_which, hall.change_value, strict=True))
    busy = {each.window for each in snapshot.serving}
    kept = [row for row in rows if row[0] > at]
    past = [row for row in rows if row[0] <= at]
    for window in range(len(hall.wrap_up)):
        mine = [row for row in past if row[2] == window and row[1] in (WINDOW_ON, SHIFT_END, BREAK_START)]
        if mine and mine[-1][1] == WINDOW_ON:
            kept.append((before, WINDOW_ON, window, mine[-1][3]))
            for begins, kind, which, lasts in past:
                if which == window and kind == REST and begins + lasts > at and mine[-1][0] <= begins:
                    kept.append((at + GRAIN, REST, window, lasts) if window in busy else (at, REST, window, begins + lasts - at))
    doors = [row for row in past if row[1] in (PERIOD_END, DOORS_OPEN)]
    kept += [(at, DOORS_OPEN, row[2], NEVER) for row in doors[-1:] if row[1] == DOORS_OPEN]
    kept.sort()
    return hall._replace(
        change_time=np.array([row[0] for row in kept], np.float64),
        change_kind=np.array([row[1] for row in kept], np.int32),
        change_which=np.array([row[2] for row in kept], np.int32),
        change_value=np.array([row[3] for row in kept], np.float64),
    )


def people_from_now(standing: Standing, day: Demand, probes: bool = True) -> tuple[Demand, Hall]:
    """The people of the rest of a day, and its hall with that day's breakdowns.

    day : the day as it was drawn, without the snapshot; what of it lies after now is kept
    probes : with one more ticket of every service, taken now, that never loses patience and takes no time: what it waits is what the next
        ticket would wait

    Citizens inside have the ids -1, -2, ... in the order of `standing.service`; then follow the probes, one for each service.
    """
    later = np.flatnonzero(day.citizens.arrival > standing.at)
    citizens, tasks = _choose(day, later)
    inside = _inside(standing, day.day)
    parts = [inside, _probes(standing, tasks)] if probes else [inside]
    for more, theirs in parts:
        theirs = replace(theirs, citizen=theirs.citizen + np.int32(len(citizens.id)))
        citizens, tasks = joined(citizens, more), joined(tasks, theirs)
    citizens, tasks = in_order(citizens, tasks)
    broken = day.windows.start > standing.at
    left = day.windows.leaves_at > standing.at
    outages = Outages(
        np.empty(0, np.int32), day.windows.window[broken], day.windows.start[broken], day.windows.end[broken],
        day.windows.leaves[left], day.windows.leaves_at[left], day.windows.away_for[left],
    )  # fmt: skip
    return Demand(day.day, citizens, tasks, outages), with_outages(standing.hall, outages)


def _choose(day: Demand, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[Citizens, Tasks]:
    """Some citizens of a day, with their tasks."""
    place = np.full(len(day.citizens.id), -1, np.int32)
    place[rows] = np.arange(len(rows), dtype=np.int32)
    tasks = take(day.tasks, np.flatnonzero(place[day.tasks.citizen] >= 0))
    return take(day.citizens, rows), replace(tasks, citizen=place[tasks.citizen])


def _citizens(arrival: Floats, first: int, persons: int) -> Citizens:
    count = len(arrival)
    none = np.zeros(count, np.int32)
    half = np.full(count, 0.5)
    ids = -np.arange(first, first + count, dtype=np.int64)
    return Citizens(ids, none + np.int32(1), none, arrival, half, half, np.ones(count, np.bool_), none + np.int32(persons), none)


def _inside(standing: Standing, day: Day) -> tuple[Citizens, Tasks]:
    """Those who wait and those in service, with what is left of their work and patience."""
    waiting, count = standing.waiting, len(standing.service)
    _, chance = numbers_of(standing.scenario)
    ordinal = np.arange(count, dtype=np.int32)
    draw = {
        purpose: np.clip(past + (1 - past) * uniforms(day.seed, f"now.{purpose}", "", count, day.replication, day.day), None, 1 - 2.0**-52)
        for purpose, past in (("work", standing.work_spent), ("patience", standing.patience_spent))
    }
    times = standing.hall.period_times
    last = min(standing.at - GRAIN, times[np.searchsorted(times[:, 1], standing.at, side="right") - 1, 2])
    arrival = rounded(np.append(standing.since[:waiting], np.full(count - waiting, last)))  # after all who wait
    tasks = single_tasks(standing.service, minutes_of_work(chance, standing.service, draw["work"]), np.full(count, np.inf), np.ones(count))
    patience = tasks.patience
    for row in range(waiting):
        law = standing.scenario.services[standing.service[row]].patience
        if law is not None:
            patience[row] = float(rounded(quantile(law, draw["patience"][row : row + 1]))[0])
    patience[:waiting] = np.maximum(patience[:waiting], standing.at - arrival[:waiting] + GRAIN)
    citizens = _citizens(arrival, 1, 1)
    tasks = further_tasks(standing.scenario, Demand(replace(day, day=NOW + day.day), citizens, tasks, NO_OUTAGES), ordinal, waiting)
    first = np.searchsorted(tasks.citizen, np.arange(count))
    service, work, since = tasks.service.copy(), tasks.work.copy(), tasks.since.copy()
    for k, (law, efficiency) in enumerate(standing.laws):
        row = first[waiting + k]
        whole = float(quantile(law, draw["work"][waiting + k : waiting + k + 1])[0]) / efficiency
        left = whole - (standing.at - standing.since[waiting + k])
        service[row] = standing.services + k
        work[row] = float(rounded(np.array([max(left, GRAIN)]))[0])
        if standing.hall.longest_wait < np.inf:  # nobody has waited longer, so nobody is called before
            since[row] = standing.at - LONG_AGO
    wraps_up = uniforms(day.seed, "now.wrap-up", "", len(tasks.service), day.replication, day.day)
    return citizens, replace(tasks, service=service, work=work, since=since, wrap_up=minutes_of_wrap_up(chance, wraps_up))


def _probes(standing: Standing, beside: Tasks) -> tuple[Citizens, Tasks]:
    count = standing.services
    arrival = np.full(count, standing.at)
    no_work = np.zeros((count, beside.work.shape[1]))
    tasks = single_tasks(np.arange(count, dtype=np.int32), no_work, np.full(count, np.inf), np.ones(count))
    tasks = replace(tasks, wrap_up=np.zeros((count, beside.wrap_up.shape[1])))
    return _citizens(arrival, len(standing.service) + 1, 0), tasks
