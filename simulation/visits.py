"""What makes a visit more than one citizen with one thing to do: groups, appointments, cases, companions, further services; and the
windows' chance.

Every draw is keyed by the service somebody came for, so that the k-th citizen of a service keeps the whole visit when another service
changes. Assumes that how much too early or late somebody comes to an appointment is normal. Not for who comes again on a later day
(`simulation.carry`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from simulation.demand import Citizens, Demand, Outages, Tasks, in_order, joined, minutes_of_patience, minutes_of_work, rounded, take
from simulation.laws import quantile
from simulation.numbers import BOOKED, WALK_IN, numbers_of
from simulation.scenario import Scenario
from simulation.scenario.parts import Booking, Channel
from simulation.streams import uniforms

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]

MOST_TASKS = 200
"""tasks of one visit; who would go round longer leaves"""


def extend(scenario: Scenario, demand: Demand, ordinal: Ints) -> Demand:
    """The day with groups, appointments, cases, further services, absence and breakdowns.

    ordinal : (n,) of each citizen among those of the service, in order of arrival
    """
    citizens, tasks = demand.citizens, demand.tasks
    for part in (_with_groups, _with_booked):
        citizens, tasks, ordinal = part(scenario, demand, citizens, tasks, ordinal)
    citizens = _with_companions(scenario, demand, citizens, tasks, ordinal)
    citizens = _with_diverted(scenario, demand, citizens, tasks, ordinal)
    tasks = _with_cases(scenario, demand, tasks, ordinal)
    tasks = _with_further_services(scenario, demand, tasks, ordinal)
    citizens, tasks = in_order(citizens, tasks)
    return Demand(demand.day, citizens, tasks, _outages(scenario, demand))


def further_tasks(scenario: Scenario, demand: Demand, ordinal: Ints, bring_cases: int) -> Tasks:
    """What people with one task each do besides: further cases of the first `bring_cases` of them, further services of all.

    Returns the tasks by citizen, in the order in which they are done.
    """
    tasks = demand.tasks
    begin = np.arange(len(tasks.service))
    some = _with_cases(scenario, demand, take(tasks, begin[:bring_cases]), ordinal[:bring_cases])
    firsts = np.flatnonzero(some.number == 0)
    others = np.flatnonzero(some.number > 0)
    grown = joined(joined(take(some, firsts), take(tasks, begin[bring_cases:])), take(some, others))
    grown = _with_further_services(scenario, demand, grown, ordinal)
    return take(grown, np.lexsort((grown.number, grown.citizen)))


def _draws(demand: Demand, purpose: str, name: str, count: int) -> Floats:
    return uniforms(demand.day.seed, purpose, name, count, demand.day.replication, demand.day.day)


def _with_groups(scenario: Scenario, demand: Demand, citizens: Citizens, tasks: Tasks, ordinal: Ints) -> tuple[Citizens, Tasks, Ints]:
    """Who comes in a group: the others of it, at the same moment, each with work and patience of their own."""
    for s, service in enumerate(scenario.services):
        if not service.batch:
            continue
        leaders = np.flatnonzero((tasks.service == s) & (tasks.lane == WALK_IN))
        leaders = leaders[np.argsort(ordinal[leaders])]
        size = _number(service.batch, _draws(demand, "batch", service.id, len(leaders)))
        others = np.repeat(leaders, size - 1)
        citizens, tasks, ordinal = _add(
            scenario, demand, s, "group", citizens, tasks, ordinal, citizens.arrival[others], WALK_IN, np.full(len(others), np.nan), None
        )
    return citizens, tasks, ordinal


def _with_booked(scenario: Scenario, demand: Demand, citizens: Citizens, tasks: Tasks, ordinal: Ints) -> tuple[Citizens, Tasks, Ints]:
    """Who has an appointment: the places that are taken, and when they come, if they do."""
    hall, _ = numbers_of(scenario)
    for s, service in enumerate(scenario.services):
        booking = service.booking
        if booking is None:
            continue
        time, earliest = _places(booking, hall.period_times)
        taken = _draws(demand, "booked", service.id, len(time)) < booking.booked
        ways = booking.channels or (Channel("", 1.0, booking.no_show, booking.late, booking.spread),)
        way = _number(tuple((n, each.share) for n, each in enumerate(ways)), _draws(demand, "channel", service.id, len(time)))
        no_show, mean, spread = (np.array(column)[way] for column in zip(*((c.no_show, c.late, c.spread) for c in ways), strict=True))
        shows = _draws(demand, "no-show", service.id, len(time)) >= no_show
        late = mean + spread * _normal(_draws(demand, "punctuality", service.id, len(time)))
        arrival = rounded(np.where(shows, np.maximum(time + late, earliest), time))[taken]
        citizens, tasks, ordinal = _add(
            scenario, demand, s, "booked", citizens, tasks, ordinal, arrival, BOOKED, rounded(time[taken]), shows[taken]
        )
    return citizens, tasks, ordinal


def _places(booking: Booking, periods: Floats) -> tuple[Floats, Floats]:
    """The booked time of each place, and from when people may come to it; places whose time lies in no period are none."""
    steps = [np.arange(opens, closes, booking.step) if booking.step > 0 else np.empty(0) for _, opens, _, closes in periods]
    time = np.repeat(np.concatenate(steps), booking.places)
    time = np.concatenate([time, np.repeat([at for at, _ in booking.times], [places for _, places in booking.times])])
    period = np.searchsorted(periods[:, 1], time, side="right") - 1
    inside = (period >= 0) & (time < periods[np.maximum(period, 0), 3])
    return time[inside], periods[period[inside], 0]


def _normal(draw: Floats) -> Floats:
    from scipy.special import ndtri

    return np.asarray(ndtri(draw))


def _add(
    scenario: Scenario,
    demand: Demand,
    s: int,
    purpose: str,
    citizens: Citizens,
    tasks: Tasks,
    ordinal: Ints,
    arrival: Floats,
    lane: int,
    since: Floats,
    shows: NDArray[np.bool_] | None,
) -> tuple[Citizens, Tasks, Ints]:
    """Citizens of one service, added to those there are, one task each, with draws of their own."""
    _, chance = numbers_of(scenario)
    name, count = scenario.services[s].id, len(arrival)
    present = int(np.sum(tasks.service == s))
    mine = np.arange(present, present + count, dtype=np.int32)
    service = np.full(count, s, np.int32)
    none = np.zeros(count, np.int32)
    draw = {each: _draws(demand, f"{purpose}.{each}", name, count) for each in ("work", "patience", "balking", "returning", "papers")}
    more = Citizens(
        demand.day.day * 10**9 + s * 10**6 + mine.astype(np.int64) + 1,
        none + np.int32(1),
        chance.klass[service],
        arrival,
        draw["returning"],
        draw["papers"],
        np.ones(count, np.bool_) if shows is None else shows,
        none + np.int32(1),
        none,
    )
    work = Tasks(
        np.arange(len(citizens.id), len(citizens.id) + count, dtype=np.int32),
        none,
        none,
        service,
        minutes_of_work(chance, service, draw["work"]),
        minutes_of_patience(scenario, service, draw["patience"]),
        draw["balking"],
        none + np.int32(lane),
        since,
        np.zeros(count, np.bool_),
        np.empty((count, 0)),
    )
    return joined(citizens, more), joined(tasks, work), np.concatenate([ordinal, mine])


def _with_companions(scenario: Scenario, demand: Demand, citizens: Citizens, tasks: Tasks, ordinal: Ints) -> Citizens:
    """Who does not come alone: how many take seats with the ticket; each citizen has one task still."""
    persons = citizens.persons.copy()
    for s, service in enumerate(scenario.services):
        if service.companions:
            rows = np.flatnonzero(tasks.service == s)
            rows = rows[np.argsort(ordinal[rows])]
            draw = _draws(demand, "companions", service.id, len(rows))
            persons[tasks.citizen[rows]] += _number(service.companions, draw).astype(np.int32)
    return replace(citizens, persons=persons)


def _with_diverted(scenario: Scenario, demand: Demand, citizens: Citizens, tasks: Tasks, ordinal: Ints) -> Citizens:
    """Who has it done elsewhere and never comes: of those who would have walked in."""
    diverted, shows = citizens.diverted.copy(), citizens.shows.copy()
    for s, service in enumerate(scenario.services):
        if service.diverted:
            rows = np.flatnonzero(tasks.service == s)
            rows = rows[np.argsort(ordinal[rows])]
            draw = _draws(demand, "diverted", service.id, len(rows))
            shares = np.cumsum([share for _, share in service.diverted])
            place = np.where(draw < shares[-1], np.searchsorted(shares, draw, side="right") + 1, 0)
            place[tasks.lane[rows] != WALK_IN] = 0
            diverted[tasks.citizen[rows]] = place
            shows[tasks.citizen[rows]] &= place == 0
    return replace(citizens, diverted=diverted, shows=shows)


def _with_cases(scenario: Scenario, demand: Demand, tasks: Tasks, ordinal: Ints) -> Tasks:
    """Who brings several cases: the further ones, done at the same window."""
    _, chance = numbers_of(scenario)
    grown = tasks
    for s, service in enumerate(scenario.services):
        if not service.cases:
            continue
        rows = np.flatnonzero(tasks.service == s)
        rows = rows[np.argsort(ordinal[rows])]
        number = _number(service.cases, _draws(demand, "cases", service.id, len(rows)))
        again = np.repeat(rows, number - 1)
        which = np.concatenate([np.arange(1, n) for n in number]).astype(np.int32) if len(number) else np.empty(0, np.int32)
        more = take(tasks, again)
        work = minutes_of_work(chance, more.service, _draws(demand, "cases.work", service.id, len(again)))
        last = which == np.repeat(number - 1, number - 1)
        more = replace(more, number=which, work=work, stays=~last)
        stays = grown.stays.copy()
        stays[rows[number > 1]] = True
        grown = joined(replace(grown, stays=stays), more)
    return grown


def _with_further_services(scenario: Scenario, demand: Demand, tasks: Tasks, ordinal: Ints) -> Tasks:
    """Who goes on to other services, or to the same one again, until the shares let them leave."""
    if not any(service.then for service in scenario.services):
        return tasks
    _, chance = numbers_of(scenario)
    index = {service.id: s for s, service in enumerate(scenario.services)}
    first = tasks.number == 0
    cases = np.bincount(tasks.citizen, minlength=int(first.sum()))
    at = tasks.service[first].copy()
    citizen = tasks.citizen[first]
    origin = at.copy()
    order = np.lexsort((ordinal, origin))
    at, citizen, origin = at[order], citizen[order], origin[order]
    number = cases[citizen].astype(np.int32)
    last = np.empty(len(cases), np.int64)
    rows = np.lexsort((tasks.number, tasks.citizen))
    last[tasks.citizen[rows]] = rows  # the row of each citizen's last task so far
    grown = tasks
    stage = 0
    while len(at) and number.max() < MOST_TASKS:
        stage += 1
        route, work, patience = (np.empty(len(at)) for _ in range(3))
        for s in np.unique(origin):
            mine = origin == s
            name = f"{scenario.services[s].id}>{stage}"
            for column, purpose in ((route, "then"), (work, "then.work"), (patience, "then.patience")):
                column[mine] = _draws(demand, purpose, name, int(mine.sum()))
        goes = np.full(len(at), -1, np.int32)
        for s in np.unique(at):
            mine = np.flatnonzero(at == s)
            reached = 0.0
            for to, share in scenario.services[s].then:
                goes[mine[(route[mine] >= reached) & (route[mine] < reached + share)]] = index[to]
                reached += share
        on = np.flatnonzero(goes >= 0)
        here = np.array([service.stays for service in scenario.services])[at[on]]
        led = np.array([service.leads_in for service in scenario.services])[at[on]]
        at, citizen, origin, number = goes[on], citizen[on], origin[on], number[on]
        if here.any():
            stays = grown.stays.copy()
            stays[last[citizen[here]]] = True
            grown = replace(grown, stays=stays)
        none = np.zeros(len(on), np.int32)
        more = Tasks(
            citizen.astype(np.int32),
            number,
            none + np.int32(stage),
            at,
            minutes_of_work(chance, at, work[on]),
            minutes_of_patience(scenario, at, patience[on]),
            np.full(len(on), 0.5),
            none,
            np.full(len(on), np.nan),
            np.zeros(len(on), np.bool_),
            np.empty((len(on), 0)),
        )
        last[citizen] = len(grown.citizen) + np.arange(len(on))
        grown = joined(grown, more)
        number = number + np.int32(1)
        if led.any():
            grown, number = _with_cases_after(scenario, demand, grown, np.flatnonzero(led), origin, number, last)
    return grown


def _with_cases_after(
    scenario: Scenario, demand: Demand, tasks: Tasks, led: Longs, origin: Ints, number: Ints, last: Longs
) -> tuple[Tasks, Ints]:
    """Who comes to a service from a desk before it brings all their cases: the further ones, done at the same window.

    led : which of those who have just gone on; origin, number : what each of them came for first, and how many tasks they have
    last : (citizens,) row of each citizen's last task; it is moved on
    """
    _, chance = numbers_of(scenario)
    going = tasks.citizen[len(tasks.citizen) - len(origin) :]
    number = number.copy()
    for s in np.unique(origin[led]):
        mine = led[origin[led] == s]
        rows = last[going[mine]]
        stage = int(tasks.stage[rows[0]])
        name = f"{scenario.services[s].id}>{stage}"
        draw = _draws(demand, "then.cases", name, len(mine))
        cases = [scenario.services[to].cases or ((1, 1.0),) for to in tasks.service[rows]]
        count = np.array([_number(law, draw[k : k + 1])[0] for k, law in enumerate(cases)])
        again = np.repeat(rows, count - 1)
        if not len(again):
            continue
        which = np.concatenate([np.arange(1, n) for n in count]).astype(np.int32)
        more = take(tasks, again)
        work = minutes_of_work(chance, more.service, _draws(demand, "then.cases.work", name, len(again)))
        ends = which == np.repeat(count - 1, count - 1)
        more = replace(more, number=more.number + which, work=work, stays=~ends)
        stays = tasks.stays.copy()
        stays[rows[count > 1]] = True
        several = count > 1
        last[going[mine[several]]] = len(tasks.citizen) + np.flatnonzero(ends)
        tasks = joined(replace(tasks, stays=stays), more)
        number[mine] += (count - 1).astype(np.int32)
    return tasks, number


def _number(shares: tuple[tuple[int, float], ...], draw: Floats) -> Longs:
    """How many, by the draw."""
    step = np.searchsorted(np.cumsum([share for _, share in shares]), draw, side="right")
    return np.array([number for number, _ in shares])[np.minimum(step, len(shares) - 1)]


def _outages(scenario: Scenario, demand: Demand) -> Outages:
    """Which windows nobody sits at, and when others break down: times until a breakdown and of repair in turn, from the day's start."""
    hall, _ = numbers_of(scenario)
    absent, rows = [], []
    leaves, leaves_at, away_for = _leaves(scenario, demand, float(hall.period_times[0, 1]), float(hall.period_times[-1, 3]))
    for w, window in enumerate(scenario.windows):
        if window.absence > 0 and _draws(demand, "absence", window.id, 1)[0] < window.absence:
            absent.append(w)
        elif window.breakdown is not None:
            now, end, turn = float(hall.period_times[0, 1]), float(hall.period_times[-1, 3]), 0
            while now < end:
                draw = _draws(demand, "breakdown", f"{window.id}>{turn}", 2)
                starts, lasts = (float(rounded(quantile(law, draw[k : k + 1]))[0]) for k, law in enumerate(window.breakdown))
                if now + starts < end:
                    rows.append((w, now + starts, now + starts + lasts))
                now += starts + lasts
                turn += 1
                if starts + lasts <= 0:
                    break
    return Outages(
        np.array(absent, np.int32),
        np.array([w for w, _, _ in rows], np.int32),
        np.array([start for _, start, _ in rows]),
        np.array([end for _, _, end in rows]),
        leaves,
        leaves_at,
        away_for,
    )


def _leaves(scenario: Scenario, demand: Demand, start: float, end: float) -> tuple[Ints, Floats, Floats]:
    """When somebody would leave each window for a while, were it idle, and for how long: a Poisson process of unit rate, stretched.

    A window that is busy is not left then, and since the process has no memory an idle one is left at its rate whenever it became idle.
    """
    window, at, lasts = [np.empty(0, np.int32)], [np.empty(0)], [np.empty(0)]
    for w, each in enumerate(scenario.windows):
        if each.away is None:
            continue
        expected = (end - start) / each.away.idle
        marks = np.zeros(1)
        room = int(expected + 8 * np.sqrt(expected)) + 16
        while marks[-1] < expected:
            marks = np.cumsum(-np.log1p(-_draws(demand, "leaving", each.id, room)))
            room *= 2
        marks = marks[marks < expected]
        window.append(np.full(len(marks), w, np.int32))
        at.append(rounded(start + marks * each.away.idle))
        lasts.append(rounded(quantile(each.away.lasts, _draws(demand, "leaving.lasts", each.id, len(marks)))))
    return np.concatenate(window), np.concatenate(at), np.concatenate(lasts)
