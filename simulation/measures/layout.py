"""Where a day's totals go: the groups of a hall (itself, its services, half-hours, windows) and the constants its pass needs.

Half-hours are the scenario's slots; the time between two opening periods is cut into half-hours of its own (people with a ticket wait
there). A ticket that came before the first half-hour counts in the first, one after the last closing in the last, so that half-hours
add up to the day. In a textbook horizon with a cycle, every cycle falls on the same slots.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.days import opened_on
from simulation.measures.day import spread
from simulation.measures.totals import AVAILABLE, DAYS, LONGEST, LONGEST_DAYS, OVERTIME_DAYS, PEAK, SPAN, TOTALS
from simulation.scenario import Scenario
from simulation.scenario.parts import Slot
from simulation.shifts import on_duty, subtract_breaks

if TYPE_CHECKING:
    from simulation.demand import Outages

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Roster = tuple[NDArray[np.int32], Floats, Floats]
"""(window index, start, end): rostered intervals, minutes"""

HALF_HOUR = 30.0
LARGEST = [DAYS, SPAN, LONGEST, LONGEST_DAYS, PEAK, OVERTIME_DAYS]
"""totals that do not add up over lines"""


@dataclass(frozen=True, slots=True)
class Layout:
    """The groups, in the order overall, services, half-hours, windows; and the constants of the pass."""

    services: tuple[str, ...]
    half_hours: tuple[str, ...]
    windows: tuple[str, ...]
    target: Floats
    """(services,) minutes, nan for none"""
    edges: Floats
    """(half-hours + 1,) minutes, increasing"""
    cycle: float
    """minutes after which the half-hours begin again; 0: never"""
    roster_first: Ints
    """(windows + 1,) first row of each window in the roster"""
    roster_start: Floats
    roster_end: Floats
    last_shift_end: Floats
    """(windows,) minutes; the last closing for a window never rostered"""
    wrap_up: Floats
    """(windows,) minutes after each citizen, or their mean where the log does not say them"""
    start_up: Floats
    """(windows,) minutes when coming on duty with nobody before it"""
    starts_at: Floats
    """(k,) minutes; when windows that need a start-up come on duty"""
    starts_window: Ints
    """(k,) which window does"""
    tidal: Flags
    """(windows,) whether a window is open only while many wait"""
    opens: float
    """minutes: first opening, or the end of the warm-up"""
    closes: float
    """minutes: last closing, or the end of the horizon"""
    spans: tuple[float, float]
    """minutes: from when to when its own half-hours reach"""
    textbook: bool
    """a horizon: only opens..closes counts"""
    companions: bool
    """whether people come who wait without a ticket of their own"""
    fixed: Floats
    """(totals, groups) what every day begins with: days, rostered minutes, lengths of half-hours"""
    rolled: tuple[tuple[str, str, tuple[int, ...]], ...] = ()
    """(place, id, columns of services) groups that several lines make up: the classes of citizens, and the services of the file"""

    @property
    def queues(self) -> int:
        """How many groups have waits: overall, services, half-hours."""
        return 1 + len(self.services) + len(self.half_hours)

    @property
    def groups(self) -> int:
        return self.queues + len(self.windows) + len(self.rolled)

    def on_the_day(self, outages: Outages | None, opened: Floats | None) -> Layout:
        """The layout of a day on which windows are empty or break down: they are not rostered then; nor is a tidal window while closed.

        opened : (k, 3) window, from, to: when each tidal window was open; None if that is not known
        """
        tides = self.tidal.any() and opened is not None
        if not tides and (outages is None or (not len(outages.absent) and not len(outages.window))):
            return self
        from simulation.demand import NO_OUTAGES

        outages = outages or NO_OUTAGES
        low, high = (self.opens, self.closes) if self.textbook else (-np.inf, np.inf)
        rows: list[tuple[int, float, float]] = []
        for w in range(len(self.windows)):
            if w in outages.absent:
                continue
            down = sorted((float(outages.start[k]), float(outages.end[k])) for k in np.flatnonzero(outages.window == w))
            mine = range(self.roster_first[w], self.roster_first[w + 1])
            shifts = [(float(self.roster_start[r]), float(self.roster_end[r])) for r in mine]
            if self.tidal[w] and opened is not None:
                shifts = sorted((max(float(a), low), min(float(b), high)) for _, a, b in opened[opened[:, 0] == w])
            for shift in shifts:
                rows += [(w, a, b) for a, b in subtract_breaks([shift], down) if a < b]
        first = np.searchsorted([w for w, _, _ in rows], np.arange(len(self.windows) + 1)).astype(np.int64)
        there = ~np.isin(self.starts_window, outages.absent)
        starts_at, starts_window = self.starts_at[there], self.starts_window[there]
        if tides and opened is not None:
            needs = opened[self.start_up[opened[:, 0].astype(np.int64)] > 0]
            by_roster = ~self.tidal[starts_window]
            starts_at = np.concatenate([starts_at[by_roster], needs[:, 1]])
            starts_window = np.concatenate([starts_window[by_roster], needs[:, 0].astype(np.int64)])
        layout = replace(
            self,
            roster_first=first,
            roster_start=np.array([a for _, a, _ in rows], dtype=np.float64),
            roster_end=np.array([b for _, _, b in rows], dtype=np.float64),
            starts_at=starts_at,
            starts_window=starts_window,
            fixed=np.zeros_like(self.fixed),
        )
        _fill_fixed(layout)
        return layout

    def parts(self, column: int) -> list[int]:
        """The columns whose waits are those of a column: itself, or the lines that it is made of; none for a window."""
        if column < self.queues:
            return [column]
        first = self.groups - len(self.rolled)
        return list(self.rolled[column - first][2]) if column >= first else []

    def roll_up(self, totals: Floats) -> None:
        """Fills the columns that several lines make up; what is no sum over lines is the largest of them."""
        first = self.groups - len(self.rolled)
        for k, (_, _, lines) in enumerate(self.rolled):
            totals[:, first + k] = totals[:, lines].sum(axis=1)
            totals[LARGEST, first + k] = totals[np.ix_(LARGEST, lines)].max(axis=1)

    def columns(self) -> dict[tuple[str, str], int]:
        """(place, id) -> column of the totals."""
        ids = [("overall", "")]
        ids += [("by_service", each) for each in self.services]
        ids += [("by_half_hour", each) for each in self.half_hours]
        ids += [("by_window", each) for each in self.windows]
        ids += [(place, each) for place, each, _ in self.rolled]
        return {key: column for column, key in enumerate(ids)}


def layout_on(scenario: Scenario, layout: Layout, day: int) -> Layout:
    """The layout of one day of a run: its own openings and roster, in the columns of the hall's."""
    today = opened_on(scenario, day)
    return layout if today is scenario else _layout_of_kind(scenario, today)


@lru_cache(maxsize=128)
def _layout_of_kind(scenario: Scenario, today: Scenario) -> Layout:
    return layout_of(today, frame=scenario)


def layout_of(scenario: Scenario, roster: Roster | None = None, frame: Scenario | None = None) -> Layout:
    """The layout of a hall.

    roster : rostered intervals of each window; those of the scenario's shifts and breaks if not given.
    frame : the hall whose half-hours these are, if not its own: those of every kind of day on which it opens
    """
    if roster is None:
        roster = on_duty(scenario)
    horizon = scenario.horizon
    opens = horizon.warm_up if horizon else min(each.start for each in scenario.openings)
    closes = horizon.minutes if horizon else max(each.end for each in scenario.openings)
    cycle = cycle_of(scenario)
    edges, labels = half_hours_of(frame or scenario)
    first, start, end = _by_window(roster, len(scenario.windows), (opens, closes) if horizon else (-np.inf, np.inf))
    start_up = np.array([each.start_up for each in scenario.windows], dtype=np.float64)
    needs = np.flatnonzero(start_up[roster[0]] > 0)
    ends = [end[first[w] : first[w + 1]] for w in range(len(scenario.windows))]

    rolled = rolled_of(scenario)
    layout = Layout(
        services=tuple(each.id for each in scenario.services),
        half_hours=labels,
        windows=tuple(each.id for each in scenario.windows),
        target=np.array([np.nan if each.target_wait is None else each.target_wait for each in scenario.services], dtype=np.float64),
        edges=edges,
        cycle=cycle,
        roster_first=first,
        roster_start=start,
        roster_end=end,
        last_shift_end=np.array([each[-1] if len(each) else closes for each in ends], dtype=np.float64),
        wrap_up=np.array([each.wrap_up.mean for each in scenario.windows], dtype=np.float64),
        start_up=start_up,
        starts_at=np.asarray(roster[1], dtype=np.float64)[needs],
        starts_window=roster[0][needs].astype(np.int64),
        tidal=np.array([each.tidal is not None for each in scenario.windows], dtype=np.bool_),
        opens=opens,
        closes=closes,
        spans=(min(slot.start for slot in scenario.slots), max(slot.end for slot in scenario.slots)),
        textbook=horizon is not None,
        companions=any(each.companions for each in scenario.services),
        fixed=np.zeros((len(TOTALS), 1 + len(scenario.services) + len(labels) + len(scenario.windows) + len(rolled))),
        rolled=rolled,
    )
    _fill_fixed(layout)
    return layout


def rolled_of(scenario: Scenario) -> tuple[tuple[str, str, tuple[int, ...]], ...]:
    """Classes and services of the file with the columns of their lines; none in a hall whose lines are its services."""
    services = scenario.services
    if all(each.of == each.id for each in services):
        return ()
    rolled = []
    for place, ids, name in (
        ("by_class", [each.id for each in scenario.classes], "klass"),
        ("by_item", list(dict.fromkeys(each.of for each in services)), "of"),
    ):
        for identity in ids:
            lines = tuple(1 + n for n, each in enumerate(services) if getattr(each, name) == identity)
            if lines and (place != "by_class" or len(scenario.classes) > 1):
                rolled.append((place, identity, lines))
    return tuple(rolled)


def cycle_of(scenario: Scenario) -> float:
    """Minutes after which a textbook run's demand repeats itself, 0 if it does not."""
    if scenario.horizon is None:
        return 0.0
    cycle = float(scenario.document.get("horizon", {}).get("cycle_min") or 0.0)
    return cycle if cycle < scenario.horizon.minutes else 0.0


def half_hours_of(scenario: Scenario) -> tuple[Floats, tuple[str, ...]]:
    """The edges (half-hours + 1,) and the labels of the half-hours, of all kinds of day; those of one cycle where demand repeats itself."""
    starts: list[float] = []
    labels: list[str] = []
    until: float | None = None
    cycle = cycle_of(scenario)
    for slot in _apart([slot for hall in (scenario, *scenario.week) if hall for slot in hall.slots]):
        if cycle and slot.start >= cycle:
            break
        while until is not None and until < slot.start:
            starts.append(until)
            labels.append(_clock(scenario.clock_start + until))
            until = min(until + HALF_HOUR, slot.start)
        starts.append(slot.start)
        labels.append(slot.label)
        until = min(slot.end, cycle) if cycle else slot.end
    return np.array([*starts, until], dtype=np.float64), tuple(labels)


def _apart(slots: list[Slot]) -> list[Slot]:
    """The slots of several kinds of day in order and apart: each half-hour once, and before the doors what no half-hour covers."""
    opened = {slot.start: slot for slot in slots if slot.kind == "open"}
    found = list(opened.values())
    until = -np.inf
    for slot in sorted((slot for slot in slots if slot.kind == "early"), key=lambda each: each.start):
        if slot.start >= until and not any(each.start <= slot.start < each.end for each in opened.values()):
            until = min([slot.end, *(start for start in opened if start > slot.start)])
            found.append(replace(slot, end=until))
    return sorted(found, key=lambda each: each.start)


def _clock(minutes: float) -> str:
    whole = int(minutes) % 1440
    return f"{whole // 60:02d}:{whole % 60:02d}"


def _by_window(roster: Roster, windows: int, within: tuple[float, float]) -> tuple[Ints, Floats, Floats]:
    """The roster sorted by window and start, clipped, with touching and overlapping intervals joined."""
    rows: list[list[tuple[float, float]]] = [[] for _ in range(windows)]
    for window, start, end in sorted(zip(*(each.tolist() for each in roster), strict=True)):
        start, end = max(start, within[0]), min(end, within[1])
        if start >= end:
            continue
        mine = rows[window]
        if mine and start <= mine[-1][1]:
            mine[-1] = (mine[-1][0], max(end, mine[-1][1]))
        else:
            mine.append((start, end))
    first = np.cumsum([0, *(len(each) for each in rows)], dtype=np.int64)
    flat = [pair for each in rows for pair in each]
    return first, np.array([a for a, _ in flat], dtype=np.float64), np.array([b for _, b in flat], dtype=np.float64)


def _fill_fixed(layout: Layout) -> None:
    fixed, queues, halves = layout.fixed, layout.queues, 1 + len(layout.services)
    fixed[DAYS] = 1.0
    if not layout.textbook:
        fixed[OVERTIME_DAYS, 0] = fixed[OVERTIME_DAYS, queues:] = 1.0
    for window in range(len(layout.windows)):
        for row in range(layout.roster_first[window], layout.roster_first[window + 1]):
            start, end = layout.roster_start[row], layout.roster_end[row]
            fixed[AVAILABLE, 0] += end - start
            fixed[AVAILABLE, queues + window] += end - start
            spread(fixed, AVAILABLE, halves, layout.edges, layout.cycle, start, end)
    start, end = (layout.opens, layout.closes) if layout.textbook else layout.spans
    spread(fixed, SPAN, halves, layout.edges, layout.cycle, start, end)
