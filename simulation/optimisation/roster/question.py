"""What is asked of a roster, as tables: who may work which duty, what each duty weighs, and what of every burden falls to whom.

Burdens are hours, late shifts, lunch duties and weekend duties. What falls to a person goes by their contract and the days they are there,
among those to whom such a duty may fall at all. A roster is scored by its distance from that, of the furthest off and on average, and by
the wishes it denies.

Not for finding a roster (`programme`, `sharing`), nor for what no roster can beat (`floor`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from simulation.optimisation.roster.duties import Duty
from simulation.optimisation.roster.people import People, Person

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

BURDENS = ("hours", "late", "lunch", "weekend")
FULL_DAY = 8.0
"""hours that weigh as much as one duty"""
SCALE = np.array([FULL_DAY, 1.0, 1.0, 1.0])[:, None]
"""(burdens, 1) what is one unit of the score"""
UNFILLED, NOT_THERE = 10.0, 1.0
"""what a shift that nobody works and an A/B post without anybody cost before all else"""
DENIED, WORST, MEAN = 3.0, 1.0, 0.2
"""what a wish denied costs after that, beside the worst and the mean distance from the fair share"""


class Question:
    """People and duties as tables; days are numbered from the first to the last, closed ones too."""

    def __init__(self, people: People, duties: Sequence[Duty]) -> None:
        first, last = min(each.day for each in duties), max(each.day for each in duties)
        self.people, self.duties = people, tuple(duties)
        self.days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        self.open_days = sorted({each.day for each in duties})
        self.may: Flags = np.array([[_may(people, person, duty) for duty in duties] for person in people.people])
        """(people, duties)"""
        self.day: Ints = np.array([(each.day - first).days for each in duties])
        """(duties,) number of the day"""
        weeks = [day.isocalendar()[:2] for day in self.days]
        number = {week: n for n, week in enumerate(dict.fromkeys(weeks))}
        self.week: Ints = np.array([number[each] for each in weeks])
        """(days,) number of the week, Monday to Sunday"""
        self.hours: Floats = np.array([each.hours for each in duties])
        self.limit: Floats = np.array([each.hours_a_week for each in people.people])
        self.weights: Floats = np.array([[_weight(name, each, duties) for each in duties] for name in BURDENS])
        """(burdens, duties)"""
        self.wanted: Floats = np.array([float(each.people) for each in duties])
        self.off: Flags = np.array([[day in person.days_off for day in self.days] for person in people.people])
        """(people, days) asked for as a day off"""
        self.there: Ints = np.array([sum(not each.away(day) for day in self.open_days) for each in people.people])
        """(people,) open days on which they are there"""
        self.fair: Floats = np.array([self._fair(row) for row in self.weights])
        """(burdens, people) what falls to each"""
        able = {each.id: {duty.day for duty in duties if each.can(duty.group, duty.services)} for each in people.people}
        self.together = [(a, b, day) for a, b in people.pairs() for day in self.open_days if day in able[a.id] | able[b.id]]
        """A/B posts (AB岗), and the days on which one of the two should be there"""

    def _fair(self, weights: Floats) -> Floats:
        may = (self.may * weights).max(axis=1, initial=0.0) > 0
        claim = self.there * self.limit * may
        return np.asarray(float(self.wanted @ weights) * claim / claim.sum()) if claim.sum() > 0 else np.zeros(len(claim))

    def worked(self, shifts: Sequence[tuple[int, int]]) -> Floats:
        """(burdens, people) what each works in (person, duty) pairs."""
        found = np.zeros_like(self.fair)
        for person, duty in shifts:
            found[:, person] += self.weights[:, duty]
        return found

    def denied(self, shifts: Sequence[tuple[int, int]]) -> int:
        """Wishes for a day off that these (person, duty) pairs deny."""
        return sum(bool(self.off[person, self.day[duty]]) for person, duty in shifts)

    def far(self, worked: Floats) -> Floats:
        """(burdens, people) distance from the fair share, in units of the score; 0 for whom a burden may not fall to."""
        return np.asarray(np.abs(worked - self.fair) / SCALE * (self.fair > 0))

    def score(self, shifts: Sequence[tuple[int, int]]) -> float:
        """0..; the lower the better."""
        far = self.far(self.worked(shifts))
        return float(DENIED * self.denied(shifts) + (WORST * far.max(axis=1) + MEAN * far.mean(axis=1)).sum())


def _may(people: People, person: Person, duty: Duty) -> bool:
    is_short = not person.part_time or duty.hours <= people.rules.part_time_hours
    return person.can(duty.group, duty.services) and not person.away(duty.day) and is_short and duty.hours <= person.hours_a_week


def _weight(burden: str, duty: Duty, duties: Sequence[Duty]) -> float:
    """Of one duty in a burden: late if at least half of the day's people go earlier, over lunch if others of the day rest then."""
    if burden == "hours":
        return duty.hours
    if burden == "weekend":
        return float(duty.day.weekday() >= 5)
    same_day = [each for each in duties if each.day == duty.day]
    if burden == "late":
        last = max(each.end for each in same_day)
        stay = sum(each.people for each in same_day if each.end == last)
        return float(duty.end == last and 2 * stay <= sum(each.people for each in same_day))
    return float(duty.over_lunch and any(not each.over_lunch for each in same_day))
