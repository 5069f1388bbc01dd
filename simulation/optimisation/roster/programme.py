"""Who works which shift on which day: an integer programme in two steps.

First as many shifts as possible are filled, and as many A/B posts as possible have somebody there. Then, with no shift fewer filled, wishes
for days off are granted and the burden is shared: hours, late shifts, lunch duties and weekend duties, each against what falls to a person
by their contract and the days they are there.

Never broken: one shift a day, skills, leave and days that are impossible, the hours of the contract from Monday to Sunday, rest between two
days, days in a row, and part-time people on short shifts only.

Solved by HiGHS through `scipy.optimize.milp` within a time limit; how far the answer may be from the best is told. It is the same every
time unless the limit cut it off. Not for which shifts there are.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from simulation.faults import BadInput, fault
from simulation.optimisation.roster.duties import Duty
from simulation.optimisation.roster.people import People, Person
from simulation.optimisation.roster.shortage import Alone, Shortage, alone_on, shortage_of

Floats = NDArray[np.float64]

TIME_LIMIT = 30.0
"""seconds, of both steps together"""
FIRST_SHARE = 0.4
"""of the time limit, for the first step at most"""
UNFILLED, NOT_THERE = 10.0, 1.0
"""what a shift that nobody works and an A/B post without anybody cost in the first step"""
DENIED, WORST, MEAN = 3.0, 1.0, 0.2
"""what a wish denied costs in the second, beside the worst and the mean distance from the fair share in shifts"""
FULL_DAY = 8.0
"""hours that weigh as much as one duty"""
BURDENS = ("hours", "late", "lunch", "weekend")


@dataclass(frozen=True, slots=True)
class Shift:
    """One person's shift."""

    person: Person
    duty: Duty


@dataclass(frozen=True, slots=True)
class Share:
    """What one person works in all."""

    person: Person
    days: int
    worked: Mapping[str, float]
    """burden (one of BURDENS) -> hours, or number of duties"""
    fair: Mapping[str, float]
    """what would fall to them"""
    denied: tuple[date, ...]
    """days off asked for, and worked"""


@dataclass(frozen=True, slots=True)
class Roster:
    """Who works when."""

    days: tuple[date, ...]
    shifts: tuple[Shift, ...]
    """by day, group, time, person"""
    duties: tuple[Duty, ...]
    shares: tuple[Share, ...]
    """in the order of the people"""
    short: tuple[Shortage, ...]
    """shifts that stay empty"""
    alone: tuple[Alone, ...]
    """A/B posts without anybody"""
    gap: float
    """0..; how far the burdens and wishes may be from the best, relative; nan if no bound was found"""
    proven: bool
    """whether no roster fills more shifts"""
    seconds: float

    @property
    def complete(self) -> bool:
        return not self.short and not self.alone

    def spread(self, burden: str) -> tuple[float, float]:
        """The least and the most that anybody works of what falls to them too; 0, 0 if it falls to nobody."""
        worked = [each.worked[burden] for each in self.shares if each.fair[burden] > 0]
        return (min(worked), max(worked)) if worked else (0.0, 0.0)

    def open_windows(self, day: date, group: str, minutes: Sequence[float]) -> tuple[int, ...]:
        """People of a group at work at each of these minutes after midnight."""
        mine = [each.duty for each in self.shifts if each.duty.day == day and each.duty.group == group]
        return tuple(sum(duty.works_at(minute) for duty in mine) for minute in minutes)


def make_roster(people: People, duties: Sequence[Duty], time_limit: float = TIME_LIMIT) -> Roster:
    """The roster that fills most shifts, and of those the fairest found within the time limit (seconds).

    Raises BadInput if partners of an A/B post cannot do the same work.
    """
    _check_pairs(people, duties)
    begun = time.monotonic()
    programme = _Programme(people, duties)
    first, proven, _ = programme.solve(programme.cost_of_gaps(), FIRST_SHARE * time_limit)
    programme.keep_as_full(first)
    left = max(time_limit - (time.monotonic() - begun), 1.0)
    second, _, gap = programme.solve(programme.cost_of_burdens(), left)
    chosen = programme.chosen(second if second is not None else first)
    shifts = tuple(sorted(chosen, key=lambda each: (each.duty.day, each.duty.group, each.duty.spans, each.person.id)))
    days = tuple(sorted({duty.day for duty in duties}))
    return Roster(
        days=days,
        shifts=shifts,
        duties=tuple(duties),
        shares=tuple(programme.share_of(person, shifts) for person in people.people),
        short=_short(people, duties, shifts),
        alone=alone_on(people, programme.needed_together, {(each.person.id, each.duty.day) for each in shifts}),
        gap=gap,
        proven=proven,
        seconds=time.monotonic() - begun,
    )


def _check_pairs(people: People, duties: Sequence[Duty]) -> None:
    faults = []
    for a, b in people.pairs():
        work = {duty.group: duty.services for duty in duties}
        apart = sorted(group for group, services in work.items() if a.can(group, services) != b.can(group, services))
        if apart:
            faults.append(fault("roster_partner_skills", f'person "{a.id}"', b.name, skills=", ".join(apart), other=a.name))
    if faults:
        raise BadInput(faults)


def _short(people: People, duties: Sequence[Duty], shifts: Sequence[Shift]) -> tuple[Shortage, ...]:
    filled: dict[int, int] = {}
    for each in shifts:
        filled[id(each.duty)] = filled.get(id(each.duty), 0) + 1
    worked = {(each.person.id, each.duty.day): each.duty for each in shifts}
    return tuple(
        shortage_of(people, duty, duty.people - filled.get(id(duty), 0), worked) for duty in duties if duty.people > filled.get(id(duty), 0)
    )


def _weight(burden: str, duty: Duty, duties: Sequence[Duty]) -> float:
    """Of one duty in a burden: late if at least half of the day's people go earlier, over lunch if others of the day rest then."""
    if burden == "hours":
        return duty.hours
    same_day = [each for each in duties if each.day == duty.day]
    if burden == "late":
        last = max(each.end for each in same_day)
        stay = sum(each.people for each in same_day if each.end == last)
        return float(duty.end == last and 2 * stay <= sum(each.people for each in same_day))
    if burden == "lunch":
        return float(duty.over_lunch and any(not each.over_lunch for each in same_day))
    return float(duty.day.weekday() >= 5)


class _Programme:
    """Variables: who works which duty (0 or 1), how many are missing at each, which A/B posts are empty, distances from the fair share."""

    def __init__(self, people: People, duties: Sequence[Duty]) -> None:
        self.people, self.duties = people, duties
        self.days = sorted({duty.day for duty in duties})
        self.works = [(p, d) for p, d in product(range(len(people.people)), range(len(duties))) if self.may(people.people[p], duties[d])]
        self.at = {pair: n for n, pair in enumerate(self.works)}
        self.on_day: dict[tuple[int, date], list[int]] = {}
        for n, (p, d) in enumerate(self.works):
            self.on_day.setdefault((p, duties[d].day), []).append(n)
        able = {each.id: {duty.day for duty in duties if each.can(duty.group, duty.services)} for each in people.people}
        self.needed_together = [(a, b, day) for a, b in people.pairs() for day in self.days if day in able[a.id] | able[b.id]]
        self.weights = {name: [_weight(name, duty, duties) for duty in duties] for name in BURDENS}
        self.burden = {name: np.array([self.weights[name][d] for _, d in self.works]) for name in BURDENS}
        self.fair = {name: self._fair(name) for name in BURDENS}
        self.first_gap = len(self.works)
        self.first_alone = self.first_gap + len(duties)
        self.first_far = self.first_alone + len(self.needed_together)
        self.far = [(name, p) for name in BURDENS for p in range(len(people.people)) if self.fair[name][p] > 0]
        self.first_worst = self.first_far + len(self.far)
        self.size = self.first_worst + len(BURDENS)
        self.rows: list[tuple[list[int], list[float], float, float]] = []
        self._rules()

    def may(self, person: Person, duty: Duty) -> bool:
        rules = self.people.rules
        is_short = not person.part_time or duty.hours <= rules.part_time_hours
        return person.can(duty.group, duty.services) and not person.away(duty.day) and is_short and duty.hours <= person.hours_a_week

    def _fair(self, burden: str) -> Floats:
        """(people,) what falls to each: by contract and days there, among those to whom it may fall at all."""
        may = np.zeros(len(self.people.people))
        for (p, _), weight in zip(self.works, self.burden[burden], strict=True):
            may[p] = max(may[p], weight)
        there = np.array([sum(not each.away(day) for day in self.days) * each.hours_a_week for each in self.people.people])
        claim = there * (may > 0)
        total = sum(duty.people * weight for duty, weight in zip(self.duties, self.weights[burden], strict=True))
        return np.asarray(total * claim / claim.sum()) if claim.sum() > 0 else claim

    def _row(self, columns: Sequence[int], values: Sequence[float], low: float, high: float) -> None:
        self.rows.append((list(columns), list(values), low, high))

    def _rules(self) -> None:
        for d, duty in enumerate(self.duties):
            mine = [self.at[p, d] for p in range(len(self.people.people)) if (p, d) in self.at]
            self._row([*mine, self.first_gap + d], [1.0] * (len(mine) + 1), duty.people, duty.people)
        for mine in self.on_day.values():
            self._row(mine, [1.0] * len(mine), 0, 1)
        for p, person in enumerate(self.people.people):
            self._hours(p, person)
            self._rest(p)
            self._in_a_row(p)
        index = {person.id: p for p, person in enumerate(self.people.people)}
        for n, (a, b, day) in enumerate(self.needed_together):
            mine = [*self.on_day.get((index[a.id], day), []), *self.on_day.get((index[b.id], day), [])]
            self._row([*mine, self.first_alone + n], [1.0] * (len(mine) + 1), 1, np.inf)
        for n, (name, p) in enumerate(self.far):
            scale = FULL_DAY if name == "hours" else 1.0
            mine = [k for k, (who, _) in enumerate(self.works) if who == p and self.burden[name][k] > 0]
            worked, fair = [float(self.burden[name][k]) / scale for k in mine], float(self.fair[name][p]) / scale
            self._row([*mine, self.first_far + n], [*worked, -1.0], -np.inf, fair)
            self._row([*mine, self.first_far + n], [*worked, 1.0], fair, np.inf)
            self._row([self.first_far + n, self.first_worst + BURDENS.index(name)], [1.0, -1.0], -np.inf, 0)

    def _hours(self, p: int, person: Person) -> None:
        weeks: dict[tuple[int, int], list[int]] = {}
        for day in self.days:
            weeks.setdefault(day.isocalendar()[:2], []).extend(self.on_day.get((p, day), []))
        for mine in weeks.values():
            self._row(mine, [self.duties[self.works[n][1]].hours for n in mine], 0, person.hours_a_week)

    def _rest(self, p: int) -> None:
        """Who goes at some time does not come before the rest is over; by each time of going, all that end then or later together."""
        rest = 60 * self.people.rules.rest_hours
        for day in self.days:
            today, tomorrow = self.on_day.get((p, day), []), self.on_day.get((p, day + timedelta(days=1)), [])
            for end in sorted({self.duties[self.works[n][1]].end for n in today}):
                late = [n for n in today if self.duties[self.works[n][1]].end >= end]
                early = [n for n in tomorrow if self.duties[self.works[n][1]].start + 1440 - end < rest]
                if early:
                    self._row([*late, *early], [1.0] * (len(late) + len(early)), 0, 1)

    def _in_a_row(self, p: int) -> None:
        most = self.people.rules.days_in_a_row
        for day in self.days:
            stretch = [day + timedelta(days=n) for n in range(most + 1)]
            mine = [self.on_day.get((p, each), []) for each in stretch]
            if all(mine):
                columns = [n for each in mine for n in each]
                self._row(columns, [1.0] * len(columns), 0, most)

    def cost_of_gaps(self) -> Floats:
        cost = np.zeros(self.size)
        cost[self.first_gap : self.first_alone] = UNFILLED
        cost[self.first_alone : self.first_far] = NOT_THERE
        return cost

    def cost_of_burdens(self) -> Floats:
        cost = np.zeros(self.size)
        for n, (p, d) in enumerate(self.works):
            cost[n] = DENIED * (self.duties[d].day in self.people.people[p].days_off)
        cost[self.first_far : self.first_worst] = MEAN / max(len(self.people.people), 1)
        cost[self.first_worst :] = WORST
        return cost

    def keep_as_full(self, found: Floats | None) -> None:
        """From now on no shift fewer may be filled."""
        if found is not None:
            gaps = self.cost_of_gaps()
            columns = np.flatnonzero(gaps)
            self._row(columns.tolist(), gaps[columns].tolist(), 0, float(gaps @ np.round(found)) + 1e-6)

    def solve(self, cost: Floats, seconds: float) -> tuple[Floats | None, bool, float]:
        """The best found (None: none), whether it is proven to be the best, and how far from it it may be."""
        columns = np.concatenate([row for row, _, _, _ in self.rows])
        values = np.concatenate([row for _, row, _, _ in self.rows])
        starts = np.cumsum([0, *(len(row) for row, _, _, _ in self.rows)])
        table = csr_array((values, columns.astype(np.int64), starts), shape=(len(self.rows), self.size))
        low, high = np.array([(row[2], row[3]) for row in self.rows]).T
        upper = np.full(self.size, np.inf)
        upper[: self.first_gap] = 1
        whole = np.zeros(self.size, dtype=np.int64)
        whole[: self.first_far] = 1
        rules, limits = LinearConstraint(table, low, high), Bounds(0, upper)
        found = milp(cost, constraints=rules, integrality=whole, bounds=limits, options={"time_limit": seconds, "mip_rel_gap": 0.0})
        gap = float("nan") if found.x is None or found.mip_gap is None else float(found.mip_gap)
        return (None if found.x is None else np.asarray(found.x)), found.status == 0, gap

    def chosen(self, found: Floats | None) -> list[Shift]:
        if found is None:
            return []
        picked = np.flatnonzero(found[: self.first_gap] > 0.5)
        return [Shift(self.people.people[self.works[n][0]], self.duties[self.works[n][1]]) for n in picked]

    def share_of(self, person: Person, shifts: Sequence[Shift]) -> Share:
        mine = [each.duty for each in shifts if each.person is person]
        p, number = self.people.people.index(person), {id(duty): d for d, duty in enumerate(self.duties)}
        return Share(
            person=person,
            days=len(mine),
            worked={name: float(sum(self.weights[name][number[id(duty)]] for duty in mine)) for name in BURDENS},
            fair={name: float(self.fair[name][p]) for name in BURDENS},
            denied=tuple(duty.day for duty in mine if duty.day in person.days_off),
        )
