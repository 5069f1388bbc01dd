"""A block of plain days in one compiled call: drawn, served, measured and summed without the interpreter.

The same functions in the same order as day by day (`simulation.experiment.blocks`), so the same sums to the bit; what is saved is what lies
between them. Who comes again on a later day is carried here as in `simulation.carry`.

Assumes plans whose days are drawn from numbers alone (`Chance.plain`) and served by the fast loop (`plain_hall`). Not for given days, for
the reference engine, or for anything a day has beyond one task a citizen.
"""

from __future__ import annotations

import math
from dataclasses import fields
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.compiled import compiled
from simulation.demand import GRAIN, draw_day, stream_keys
from simulation.engines import Flags, Floats, Ints, Longs
from simulation.experiment.sums import (
    BANDED,
    BANDED_PAIRS,
    PAIRS,
    Block,
    Pairing,
    Seen,
    Shorts,
    Side,
    add_pair,
    add_unit,
    bin_values,
    count_values,
    count_waits,
)
from simulation.kernel.features import PlainHall, plain_hall
from simulation.kernel.plain import serve_plain
from simulation.measures.day import fill_day
from simulation.measures.layout import LARGEST, Layout
from simulation.measures.totals import TOTALS
from simulation.numbers import Words, numbers_of
from simulation.quantiles import LATER
from simulation.scenario import Scenario
from simulation.shifts import doors
from simulation.tickets import SENT_HOME, SERVED, TURNED_AWAY

Counters = NDArray[np.int32]
IS_LARGEST = np.isin(np.arange(len(TOTALS)), LARGEST)
"""(totals,) whether it is the largest of several lines, not their sum"""


READ_OF_LAYOUT = frozenset(
    {"services", "half_hours", "windows", "target", "edges", "cycle", "roster_first", "roster_start", "roster_end", "last_shift_end"}
    | {"wrap_up", "start_up", "starts_at", "starts_window", "tidal", "opens", "closes", "spans", "textbook", "fixed", "rolled"}
    | {"companions"}
)
"""fields of a layout that `measure_day` reads, or that say nothing about a plain day; one more, and the days go one by one until it does"""


class Chances(NamedTuple):
    """What a day is drawn from; see `simulation.numbers.Chance`."""

    keys: Words
    slot_start: Floats
    slot_end: Floats
    expected: Floats
    work_code: Ints
    work_parameters: Floats
    patience_code: Ints
    patience_parameters: Floats
    balks: Flags
    returns: Flags
    room: int
    """citizens that a day hardly ever exceeds"""


class Gauge(NamedTuple):
    """What a day is measured with; see `simulation.measures.layout.Layout`."""

    target: Floats
    edges: Floats
    cycle: float
    roster_first: Longs
    roster_start: Floats
    roster_end: Floats
    last_shift_end: Floats
    wrap_up: Floats
    start_up: Floats
    starts_at: Floats
    starts_window: Longs
    opens: float
    closes: float
    textbook: bool
    fixed: Floats
    rolled_from: Longs
    """(k + 1,) where each group that several lines make up begins in the next"""
    rolled: Longs
    """columns of their lines"""


class Plan(NamedTuple):
    """A plan as the compiled block reads it. s services, v variants."""

    chances: Chances
    hall: PlainHall
    gauge: Gauge
    efficiency: Floats
    """(s, v)"""
    opening: float
    """minutes; when those who come again do"""
    again: Floats
    """(s,) share of those sent home or turned away who come again"""
    again_after: Longs
    """(s,) days"""
    papers: Floats
    """(s,) share of the served who lacked a paper"""
    papers_after: Longs
    """(s,) days"""
    carries: bool
    """whether anybody may come again"""


class Ledger(NamedTuple):
    """What a block writes for one plan: its sums, and its days or their counts; see `simulation.experiment.sums`."""

    first: Floats
    second: Floats
    products: Floats
    waits: Counters
    """counts; without rows where the days themselves are kept"""
    bands: Counters
    units: Longs
    ends: Longs
    bins: Shorts
    services: Ints
    halves: Shorts
    values: Shorts


class Again(NamedTuple):
    """Who comes again, in the order in which they left."""

    number: Longs
    """(1,) how many there are"""
    due: Longs
    visit: Ints
    service: Ints
    minutes: Floats
    """(room, v)"""
    patience: Floats
    returns: Floats
    papers: Floats


def plain_plans(plans: tuple[Scenario, ...], layouts: tuple[Layout, ...], seed: int) -> tuple[Plan, ...] | None:
    """The plans as the compiled block reads them; None if one of them is not plain."""
    found = tuple(_plan(scenario, layout, seed) for scenario, layout in zip(plans, layouts, strict=True))
    return None if any(plan is None for plan in found) else found  # type: ignore[return-value]  # none is None


def _plan(scenario: Scenario, layout: Layout, seed: int) -> Plan | None:
    hall, chance = numbers_of(scenario)
    plain = plain_hall(hall)
    later = (chance.work_code == LATER).any() or (chance.patience_code == LATER).any()
    known = {each.name for each in fields(layout)} <= READ_OF_LAYOUT and not layout.companions
    if plain is None or later or not known or not chance.plain:
        return None
    services = scenario.services
    again = [service.returns or (0.0, 1) for service in services]
    papers = [service.incomplete or (0.0, 1) for service in services]
    expected = int(chance.expected[:, -1].sum())
    return Plan(
        Chances(
            stream_keys(scenario, seed),
            *(chance.slot_start, chance.slot_end, chance.expected, chance.work_code, chance.work_parameters),
            *(chance.patience_code, chance.patience_parameters, chance.balks, chance.returns),
            room=expected + int(8 * math.sqrt(expected)) + 64,
        ),
        plain,
        _gauge(layout),
        chance.efficiency,
        opening=scenario.openings[0].start if scenario.openings else 0.0,
        again=np.array([share for share, _ in again], dtype=np.float64),
        again_after=np.array([after for _, after in again], dtype=np.int64),
        papers=np.array([share for share, _ in papers], dtype=np.float64),
        papers_after=np.array([after for _, after in papers], dtype=np.int64),
        carries=bool(chance.returns.any()),
    )


def _gauge(layout: Layout) -> Gauge:
    lines = [lines for _, _, lines in layout.rolled]
    rolled_from = np.cumsum([0, *map(len, lines)], dtype=np.int64)
    rolled = np.array([column for each in lines for column in each], dtype=np.int64)
    return Gauge(*(getattr(layout, name) for name in Gauge._fields[:-2]), rolled_from, rolled)  # type: ignore[call-arg]


def plain_block(
    plans: tuple[Plan, ...], layouts: tuple[Layout, ...], heavy: bool, one_demand: bool, by_day: bool, days: int, replications: range
) -> Block:
    """Runs some replications of one plan, or of two side by side.

    heavy : whether the days are counted at once, since they would fill the memory
    one_demand : whether a day drawn for the first plan is the day of the second
    by_day : whether the unit is the day, else the replication
    """
    roominess = 1
    while True:
        block = Block([Side.of(layout, heavy) for layout in layouts], Pairing.of(*layouts) if len(layouts) == 2 else None)
        pages = [_ledger(side, plan, days * len(replications), roominess) for side, plan in zip(block.sides, plans, strict=True)]
        again = [nobody_again(plan, days, roominess) for plan in plans]
        span = (replications.start, replications.stop, days, by_day, roominess)
        if block.pairing is None:
            done = _run_one(plans[0], pages[0], again[0], *span)
        else:
            two = (plans[0], plans[1], pages[0], pages[1], again[0], again[1])
            done = _run_two(*two, one_demand, block.pairing.columns, block.pairing.sums, *span)
        if done:
            break
        roominess *= 2
    block.units = len(replications) * (days if by_day else 1)
    if not heavy:
        for side, page in zip(block.sides, pages, strict=True):
            end = page.ends[-1]
            side.days.append(Seen(page.units, page.ends, page.bins[:end], page.services[:end], page.halves[:end], page.values))
    return block


def _ledger(side: Side, plan: Plan, days: int, roominess: int) -> Ledger:
    columns = 1 + side.half_hours
    kept = days if side.counts is None else 0
    room = plan.chances.room * roominess * kept
    none = np.empty((0, 1, 1), np.int32)
    return Ledger(
        *(side.sums.first, side.sums.second, side.sums.products),
        *((none, none) if side.counts is None else (side.counts.waits, side.counts.bands)),
        np.empty(kept, np.int64),
        np.empty(kept, np.int64),
        np.empty(room, np.int16),
        np.empty(room, np.int32),
        np.empty(room, np.int16),
        np.full((max(kept, 1), len(BANDED), columns), -1, np.int16),
    )


def nobody_again(plan: Plan, days: int, roominess: int) -> Again:
    """Room for those who come again within so many days."""
    room = plan.chances.room * roominess if plan.carries and days > 1 else 0
    minutes = np.empty((room, plan.efficiency.shape[1]))
    columns = (np.empty(room) for _ in range(3))
    return Again(np.zeros(1, np.int64), np.empty(room, np.int64), np.empty(room, np.int32), np.empty(room, np.int32), minutes, *columns)


@compiled
def _run_one(plan: Plan, ledger: Ledger, again: Again, begin: int, end: int, days: int, by_day: bool, roominess: int) -> bool:
    """Whether there was room for all the citizens of the replications from `begin` until before `end`."""
    totals, unit_totals = np.empty_like(plan.gauge.fixed), np.empty_like(plan.gauge.fixed)
    for replication in range(begin, end):
        again.number[0] = 0
        unit_totals[:] = 0.0
        for day in range(days):
            drawn = drawn_day(plan.chances, replication, day, roominess)
            unit = replication * days + day if by_day else replication
            row = (replication - begin) * days + day
            if drawn[0] < 0 or not _live(plan, ledger, again, drawn, day, days, unit, row, totals):
                return False
            if by_day:
                add_unit(totals, PAIRS, ledger.first, ledger.second, ledger.products)
            else:
                add_table(totals, unit_totals)
        if not by_day:
            add_unit(unit_totals, PAIRS, ledger.first, ledger.second, ledger.products)
    return True


@compiled
def _run_two(
    one: Plan,
    two: Plan,
    ledger_one: Ledger,
    ledger_two: Ledger,
    again_one: Again,
    again_two: Again,
    one_demand: bool,
    columns: Longs,
    cross: Floats,
    begin: int,
    end: int,
    days: int,
    by_day: bool,
    roominess: int,
) -> bool:
    """As `_run_one`, for two plans that meet the same days."""
    totals_one, unit_one = np.empty_like(one.gauge.fixed), np.empty_like(one.gauge.fixed)
    totals_two, unit_two = np.empty_like(two.gauge.fixed), np.empty_like(two.gauge.fixed)
    for replication in range(begin, end):
        again_one.number[0] = again_two.number[0] = 0
        unit_one[:] = 0.0
        unit_two[:] = 0.0
        for day in range(days):
            unit = replication * days + day if by_day else replication
            row = (replication - begin) * days + day
            drawn = drawn_day(one.chances, replication, day, roominess)
            if drawn[0] < 0 or not _live(one, ledger_one, again_one, drawn, day, days, unit, row, totals_one):
                return False
            if not one_demand:
                drawn = drawn_day(two.chances, replication, day, roominess)
            if drawn[0] < 0 or not _live(two, ledger_two, again_two, drawn, day, days, unit, row, totals_two):
                return False
            if by_day:
                add_unit(totals_one, PAIRS, ledger_one.first, ledger_one.second, ledger_one.products)
                add_unit(totals_two, PAIRS, ledger_two.first, ledger_two.second, ledger_two.products)
                add_pair(totals_one, totals_two, PAIRS, columns, cross)
            else:
                add_table(totals_one, unit_one)
                add_table(totals_two, unit_two)
        if not by_day:
            add_unit(unit_one, PAIRS, ledger_one.first, ledger_one.second, ledger_one.products)
            add_unit(unit_two, PAIRS, ledger_two.first, ledger_two.second, ledger_two.products)
            add_pair(unit_one, unit_two, PAIRS, columns, cross)
    return True


@compiled
def copy_table(source: Floats, target: Floats) -> None:
    """Writes one table over another; a loop compiles in a tenth of the time of an array expression."""
    for i in range(source.shape[0]):
        for j in range(source.shape[1]):
            target[i, j] = source[i, j]


@compiled
def add_table(source: Floats, target: Floats) -> None:
    """Adds one table to another."""
    for i in range(source.shape[0]):
        for j in range(source.shape[1]):
            target[i, j] += source[i, j]


@compiled
def drawn_day(chances: Chances, replication: int, day: int, roominess: int):  # type: ignore[no-untyped-def]
    """The draws of one day; as `simulation.demand.draw_demand`."""
    return draw_day(  # type: ignore[no-untyped-call]
        chances.keys, replication, day, chances.slot_start, chances.slot_end, chances.expected, chances.work_code, chances.work_parameters,
        chances.patience_code, chances.patience_parameters, chances.balks, chances.returns, chances.room * roominess,
    )  # fmt: skip


@compiled
def _live(  # type: ignore[no-untyped-def]
    plan: Plan, ledger: Ledger, again: Again, drawn, day: int, days: int, unit: int, row: int, totals: Floats
) -> bool:
    """One day of one plan, from its draws to its totals and its place in the ledger; False if there was no room."""
    service, visit, arrival, minutes, patience, returns, papers = with_again(plan, again, drawn, day)
    count = len(arrival)
    window, called, ended, outcome = np.empty(count, np.int32), np.empty(count), np.empty(count), np.empty(count, np.int8)
    serve_plain(plan.hall, arrival, service, minutes, patience, count, window, called, ended, outcome)

    bins, halves = np.empty(count, np.int16), np.empty(count, np.int16)
    measure_day(plan, service, visit, arrival, window, called, ended, outcome, totals, bins, halves)
    services = len(plan.gauge.target)
    if len(ledger.waits):
        values = ledger.values[0]
        values[:] = -1
        bin_values(totals, BANDED_PAIRS, 1 + services, values)
        count_waits(ledger.waits[unit % len(ledger.waits)], services, bins, service, halves)
        count_values(ledger.bands, values)
    else:
        begin = ledger.ends[row - 1] if row else 0
        end = begin + count
        if end > len(ledger.bins):
            return False
        bin_values(totals, BANDED_PAIRS, 1 + services, ledger.values[row])
        ledger.units[row], ledger.ends[row] = unit, end
        for i in range(count):
            ledger.bins[begin + i], ledger.services[begin + i], ledger.halves[begin + i] = bins[i], service[i], halves[i]
    if not plan.carries:
        return True
    return _carry(plan, again, day, days, service, visit, outcome, minutes, patience, returns, papers)


@compiled
def measure_day(  # type: ignore[no-untyped-def]
    plan: Plan, service, visit, arrival, window, called, ended, outcome, totals: Floats, bins: Shorts, halves: Shorts
) -> None:
    """The day's totals, bins and half-hours from its log; as `simulation.measures.day.day_totals`."""
    gauge = plan.gauge
    copy_table(gauge.fixed, totals)
    opened, parent = doors(plan.hall.period_times, arrival), np.full(len(arrival), -1, np.int64)
    fill_day(
        arrival, opened, called, ended, outcome, service, window, parent, visit,
        gauge.target, gauge.edges, gauge.cycle, gauge.roster_first, gauge.roster_start, gauge.roster_end, gauge.last_shift_end,
        gauge.wrap_up, np.empty(0), gauge.start_up, gauge.starts_at, gauge.starts_window, gauge.opens, gauge.closes, gauge.textbook,
        totals, bins, halves,
    )  # fmt: skip
    first = totals.shape[1] - len(gauge.rolled_from) + 1
    for k in range(len(gauge.rolled_from) - 1):  # as Layout.roll_up
        for row in range(totals.shape[0]):
            found = 0.0
            for at in range(gauge.rolled_from[k], gauge.rolled_from[k + 1]):
                one = totals[row, gauge.rolled[at]]
                found = max(found, one) if IS_LARGEST[row] else found + one
            totals[row, first + k] = found


@compiled
def with_again(plan: Plan, again: Again, drawn, day: int):  # type: ignore[no-untyped-def]
    """The day's citizens with those who come again on it, who are taken out of `again`; as `simulation.carry.with_carried`."""
    own, own_service, _, own_arrival, own_work, own_patience, _, own_returns, own_papers = drawn
    kept = 0
    number = again.number[0]
    comes = 0
    for k in range(number):
        comes += again.due[k] == day
    count = own + comes
    visit = np.ones(count, np.int32)
    variants = plan.efficiency.shape[1]
    minutes = np.empty((count, variants))
    before = 0  # how many come before them: at equal times they are ahead of the day's own citizens
    while comes and before < own and own_arrival[before] < plan.opening:
        before += 1
    for i in range(own):
        at = i if i < before else i + comes
        for v in range(variants):
            minutes[at, v] = math.floor(own_work[i] / plan.efficiency[own_service[i], v] / GRAIN + 0.5) * GRAIN
    if comes == 0:
        return own_service, visit, own_arrival, minutes, own_patience, own_returns, own_papers

    service, arrival = np.empty(count, np.int32), np.empty(count)
    patience, returns, papers = np.empty(count), np.empty(count), np.empty(count)
    for i in range(own):
        at = i if i < before else i + comes
        service[at], arrival[at] = own_service[i], own_arrival[i]
        patience[at], returns[at], papers[at] = own_patience[i], own_returns[i], own_papers[i]
    at = before
    for k in range(number):
        if again.due[k] == day:
            visit[at], service[at], arrival[at] = again.visit[k], again.service[k], plan.opening
            patience[at], returns[at], papers[at] = again.patience[k], again.returns[k], again.papers[k]
            for v in range(variants):
                minutes[at, v] = again.minutes[k, v]
            at += 1
        else:
            again.due[kept], again.visit[kept], again.service[kept] = again.due[k], again.visit[k], again.service[k]
            again.patience[kept], again.returns[kept], again.papers[kept] = again.patience[k], again.returns[k], again.papers[k]
            for v in range(variants):
                again.minutes[kept, v] = again.minutes[k, v]
            kept += 1
    again.number[0] = kept
    return service, visit, arrival, minutes, patience, returns, papers


@compiled
def _carry(  # type: ignore[no-untyped-def]
    plan: Plan, again: Again, day: int, days: int, service, visit, outcome, minutes, patience, returns, papers
) -> bool:
    """Adds those who come again within the replication; as `simulation.carry.who_returns`. False if there was no room."""
    for i in range(len(service)):
        s = service[i]
        missing = outcome[i] == SERVED and visit[i] == 1 and papers[i] < plan.papers[s]
        persists = (outcome[i] == SENT_HOME or outcome[i] == TURNED_AWAY) and returns[i] < plan.again[s]
        if not missing and not persists:
            continue
        due = day + (plan.papers_after[s] if missing else plan.again_after[s])
        if due >= days:
            continue
        k = again.number[0]
        if k == len(again.due):
            return False
        again.due[k], again.visit[k], again.service[k] = due, visit[i] + 1, s
        again.patience[k], again.returns[k], again.papers[k] = patience[i], returns[i], papers[i]
        for v in range(minutes.shape[1]):
            again.minutes[k, v] = minutes[i, v]
        again.number[0] = k + 1
    return True
