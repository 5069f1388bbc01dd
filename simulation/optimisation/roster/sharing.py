"""A roster made fairer without filling a shift fewer: shifts given to who is free, or exchanged between two people on the same day.

First the squares of all distances from the fair share are brought down, which moves everybody; then the score itself, in which whoever is
furthest off counts most. Every step keeps every rule, and no A/B post is left without anybody. The same every time.

It ends where no single step helps, which need not be the best roster: `making` then frees some people at a time and solves for them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulation.optimisation.roster.question import DENIED, MEAN, SCALE, WORST, Flags, Floats, Ints, Question

SQUARES = 0.01
"""of the score, what the squares of all distances count beside it"""
LEAST_GAIN = 1e-9


def share_out(question: Question, shifts: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """(person, duty) pairs with a score that is no higher.

    shifts : of a roster that keeps the rules
    """
    board = _Board(question, shifts)
    for by_squares in (True, False):
        while sum(board.improve(day, by_squares) for day in range(len(question.days))):
            pass
    found = board.shifts()
    return found if question.score(found) < question.score(shifts) - LEAST_GAIN else list(shifts)


class _Board:
    """Who works what on which day, and what follows from it."""

    def __init__(self, question: Question, shifts: Sequence[tuple[int, int]]) -> None:
        self.question = question
        people, days = len(question.limit), len(question.days)
        self.at: Ints = np.full((people, days), -1)
        """(people, days) the duty; -1: free. The last entry of the arrays below is what being free is worth."""
        for person, duty in shifts:
            self.at[person, question.day[duty]] = duty
        self.hours = np.append(question.hours, 0.0)
        self.start = np.append([each.start for each in question.duties], np.inf)
        self.end = np.append([each.end for each in question.duties], -np.inf)
        self.weights = np.column_stack([question.weights, np.zeros(len(question.weights))])
        self.worked = self.weights[:, self.at].sum(axis=2)
        """(burdens, people)"""
        weeks = int(question.week.max()) + 1
        self.week_hours = np.array([self.hours[self.at[:, question.week == each]].sum(axis=1) for each in range(weeks)])
        """(weeks, people)"""
        self.on_day = [np.flatnonzero(question.day == day) for day in range(days)]
        index = {each.id: n for n, each in enumerate(question.people.people)}
        self.partner: Ints = np.full((people, days), -1)
        """(people, days) who must be there if they are not; -1: nobody"""
        for a, b, day in question.together:
            number = (day - question.days[0]).days
            self.partner[index[a.id], number], self.partner[index[b.id], number] = index[b.id], index[a.id]

    def shifts(self) -> list[tuple[int, int]]:
        return [(int(p), int(self.at[p, day])) for p, day in zip(*np.nonzero(self.at >= 0), strict=True)]

    def improve(self, day: int, by_squares: bool) -> bool:
        """Takes the best step for each who works that day; whether there was one."""
        improved = False
        if not len(self.on_day[day]):
            return False
        could = self._could(day)
        for person in np.flatnonzero(self.at[:, day] >= 0):
            duty = int(self.at[person, day])
            other = self.at[:, day]
            takers = could[duty] & (other != duty)
            working = other >= 0
            takers &= ~working | np.array([each >= 0 and could[int(each)][person] for each in other])
            if (partner := self.partner[person, day]) >= 0 and self.at[partner, day] < 0:  # nobody else of the post is there
                takers &= working | (np.arange(len(other)) == partner)
            takers[person] = False
            if not takers.any():
                continue
            gains = self._gains(int(person), day, np.flatnonzero(takers), by_squares)
            best = int(np.argmin(gains))
            if gains[best] < -LEAST_GAIN:
                self._exchange(int(person), int(np.flatnonzero(takers)[best]), day)
                improved = True
        return improved

    def _could(self, day: int) -> dict[int, Flags]:
        """duty of the day -> (people,) who could work it that day in place of what they do then."""
        question, rules = self.question, self.question.people.rules
        today = self.at[:, day]
        week = self.week_hours[question.week[day]] - self.hours[today]
        before = self.end[self.at[:, day - 1]] if day > 0 else np.full(len(today), -np.inf)
        after = self.start[self.at[:, day + 1]] if day + 1 < len(question.days) else np.full(len(today), np.inf)
        run = 1 + self._run(day, -1) + self._run(day, 1)
        rest = 60 * rules.rest_hours
        free = (today >= 0) | (run <= rules.days_in_a_row)
        found = {}
        for d in self.on_day[day].tolist():
            rested = (self.start[d] + 1440 - before >= rest) & (after + 1440 - self.end[d] >= rest)
            found[d] = question.may[:, d] & free & rested & (week + self.hours[d] <= question.limit + 1e-9)
        return found

    def _run(self, day: int, step: int) -> Ints:
        """(people,) days worked in a row next to the day."""
        length, going = np.zeros(len(self.at), dtype=np.int64), np.ones(len(self.at), dtype=bool)
        at = day + step
        while 0 <= at < self.at.shape[1] and going.any():
            going &= self.at[:, at] >= 0
            length += going
            at += step
        return length

    def _gains(self, person: int, day: int, takers: Ints, by_squares: bool) -> Floats:
        """(takers,) by how much the score changes if the person and the taker exchange what they do that day."""
        question, mine, theirs = self.question, self.at[person, day], self.at[takers, day]
        moved = self.weights[:, [mine]] - self.weights[:, theirs]
        fair, counted = question.fair, question.fair > 0
        now = (self.worked - fair) / SCALE * counted
        one = (self.worked[:, [person]] - moved - fair[:, [person]]) / SCALE * counted[:, [person]]
        two = (self.worked[:, takers] + moved - fair[:, takers]) / SCALE * counted[:, takers]
        squares = (one**2 + two**2 - now[:, [person]] ** 2 - now[:, takers] ** 2).sum(axis=0)
        wishes = np.where(theirs < 0, DENIED * (question.off[takers, day].astype(float) - float(question.off[person, day])), 0.0)
        if by_squares:
            return np.asarray(squares + wishes)
        far = np.abs(now)
        order = np.argsort(-far, axis=1)[:, :3]  # of the three furthest one is neither of the two
        rest = np.zeros((len(far), len(takers)))
        for b, three in enumerate(order):
            left = [np.where((each == person) | (each == takers), -1.0, far[b, each]) for each in three]
            rest[b] = np.max(left, axis=0)
        worst = np.maximum(np.maximum(np.abs(one), np.abs(two)), rest) - far.max(axis=1, keepdims=True)
        mean = (np.abs(one) + np.abs(two) - far[:, [person]] - far[:, takers]) / far.shape[1]
        return np.asarray((WORST * worst + MEAN * mean).sum(axis=0) + wishes + SQUARES * squares)

    def _exchange(self, person: int, taker: int, day: int) -> None:
        mine, theirs = self.at[person, day], self.at[taker, day]
        moved, hours = self.weights[:, mine] - self.weights[:, theirs], self.hours[mine] - self.hours[theirs]
        self.worked[:, person] -= moved
        self.worked[:, taker] += moved
        week = self.week_hours[self.question.week[day]]
        week[person] -= hours
        week[taker] += hours
        self.at[person, day], self.at[taker, day] = theirs, mine
