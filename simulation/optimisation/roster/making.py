"""The roster made: as many shifts as possible filled, then shared out as fairly as can be found in the time.

1. An integer programme fills as many shifts, and as many A/B posts, as can be.
2. A floor is found that no roster can beat (`floor`).
3. Shifts are given and exchanged one at a time (`sharing`), which moves everybody a little.
4. A small question is then solved as a whole; of a large one some people are freed at a time, those furthest off among them, and solved for
   exactly while the others keep what they have, until the floor is reached, nothing helps any more, or the time is up.

How far the answer may be from the best is told against the floor. Large rosters have thousands of equally good twins (two people who can
do the same may exchange a month), in which an integer programme for everybody at once gets lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from simulation.faults import BadInput, fault
from simulation.optimisation.roster.duties import Duty
from simulation.optimisation.roster.floor import Floor
from simulation.optimisation.roster.people import People
from simulation.optimisation.roster.programme import Programme
from simulation.optimisation.roster.question import BURDENS, DENIED, SCALE, UNFILLED, Question
from simulation.optimisation.roster.roster import Distance, Roster, Share, Shift
from simulation.optimisation.roster.sharing import share_out
from simulation.optimisation.roster.shortage import alone_on, shortage_of

TIME_LIMIT = 30.0
"""seconds in all"""
FIRST_SHARE, FLOOR_SHARE = 0.4, 0.15
"""of the time limit, for filling the shifts and for the floor at most"""
SMALL = 600
"""pairs of person and duty that are solved for as a whole"""
FREED = 6
"""people solved for at a time"""
ROUND_NODES, ROUND_SECONDS = 50, 2.0
PATIENCE = 30
"""rounds without a better roster before the search ends"""
CLOSE = 0.01
"""relative; a gap so small ends the search"""

Progress = Callable[[float, float | None], None]
"""share of the time that is gone (0..1), and how far the roster may be from the best (relative; None: not known yet)"""
Pairs = list[tuple[int, int]]


def make_roster(people: People, duties: Sequence[Duty], time_limit: float = TIME_LIMIT, progress: Progress | None = None) -> Roster:
    """The roster that fills most shifts, and of those the fairest found within the time limit (seconds).

    progress : what it raises stops the search

    Raises BadInput if partners of an A/B post cannot do the same work.
    """
    _check_pairs(people, duties)
    search = _Search(Question(people, duties), time_limit, progress)
    search.run()
    return search.roster()


class _Search:
    """The roster so far, and what is known of the best."""

    def __init__(self, question: Question, time_limit: float, progress: Progress | None) -> None:
        self.question, self.time_limit, self.progress = question, time_limit, progress
        self.begun = time.monotonic()
        self.floor = Floor(question)
        self.programme = Programme(question, self.floor)
        self.shifts: Pairs = []
        self.score, self.bound = np.inf, 0.0
        self.proven = False

    @property
    def left(self) -> float:
        return self.time_limit - (time.monotonic() - self.begun)

    @property
    def gap(self) -> float:
        if self.score - self.bound < 1e-4:
            return 0.0
        return (self.score - self.bound) / self.score

    def _tell(self) -> None:
        if self.progress is not None:
            self.progress(min(1 - self.left / self.time_limit, 1.0), None if np.isinf(self.score) else self.gap)

    def run(self) -> None:
        self._tell()
        filled = self.programme.solve(self.programme.cost_of_gaps(), FIRST_SHARE * self.time_limit)
        self.proven = filled.optimal
        if filled.shifts is None:
            return
        missing = int(filled.cost / UNFILLED + 1e-6)
        self.floor.raise_by_totals(missing)
        self._tell()
        self.bound = self.floor.raise_by_kinds(filled.cost, FLOOR_SHARE * self.time_limit)
        self.programme = Programme(self.question, self.floor)
        self.programme.keep_as_full(filled.cost)
        self._take(share_out(self.question, filled.shifts))
        if self.question.denied(self.shifts):
            wishes = self.programme.solve(self.programme.cost_of_wishes(), max(self.left / 4, 0.5), relaxed=True)
            self.bound += DENIED * max(0.0, np.ceil(wishes.bound / DENIED - 1e-6)) if np.isfinite(wishes.bound) else 0.0
        if self.gap > 0 and len(self.programme.works) <= SMALL:
            self._solve_whole()
        elif self.gap > CLOSE:
            self._solve_by_parts()

    def _take(self, shifts: Pairs) -> None:
        score = self.question.score(shifts)
        if score < self.score:
            self.shifts, self.score = shifts, score
        self._tell()

    def _solve_whole(self) -> None:
        found = self.programme.solve(self.programme.cost_of_burdens(), self.left, below=self.score - 1e-6)
        if found.shifts is not None:
            self._take(found.shifts)
        if found.optimal or np.isfinite(found.bound):
            self.bound = max(self.bound, self.score if found.optimal else min(found.bound, self.score))

    def _solve_by_parts(self) -> None:
        cost = self.programme.cost_of_burdens()
        chance = np.random.default_rng(1)
        idle = 0
        while idle < PATIENCE and self.gap > CLOSE and self.left > 0.2:
            seconds = min(self.left, ROUND_SECONDS)
            freed = self._freed(chance)
            found = self.programme.solve(cost, seconds, fixed=(self.shifts, freed), below=self.score - 1e-4, nodes=ROUND_NODES)
            before = self.score
            if found.shifts is not None:
                self._take(share_out(self.question, found.shifts))
            idle = 0 if self.score < before - 1e-4 else idle + 1
            self._tell()

    def _freed(self, chance: np.random.Generator) -> set[int]:
        """Whoever is furthest off in a burden that could be shared better, some at the other side of it, and some by chance."""
        question = self.question
        distance = (question.worked(self.shifts) - question.fair) / SCALE * (question.fair > 0)
        loss = np.abs(distance).max(axis=1) - self.floor.worst
        freed: set[int] = set()
        b = int(chance.choice(len(BURDENS), p=loss / loss.sum())) if (loss := np.maximum(loss, 0)).sum() > 0 else 0
        worst = int(np.argmax(np.abs(distance[b])))
        freed.add(worst)
        other_side = np.argsort(distance[b] * np.sign(distance[b, worst]))[: 2 * FREED]
        alike = [int(p) for p in other_side if (question.may[p] & question.may[worst]).any()]
        freed |= set(chance.permutation(alike)[: FREED // 2].tolist())
        freed |= set(chance.permutation(len(question.limit))[: FREED - len(freed)].tolist())
        return freed

    # ---- the answer --------------------------------------------------------------------------------------------------------------------

    def roster(self) -> Roster:
        question = self.question
        people, duties = question.people, question.duties
        shifts = tuple(
            sorted(
                (Shift(people.people[p], duties[d]) for p, d in self.shifts),
                key=lambda each: (each.duty.day, each.duty.group, each.duty.spans, each.person.id),
            )
        )
        filled = np.bincount([d for _, d in self.shifts], minlength=len(duties))
        at_work = {(each.person.id, each.duty.day): each.duty for each in shifts}
        worked = question.worked(self.shifts)
        far = question.far(worked).max(axis=1) * SCALE[:, 0]
        return Roster(
            days=tuple(question.open_days),
            shifts=shifts,
            duties=duties,
            shares=tuple(
                Share(
                    person=person,
                    days=sum(each.person is person for each in shifts),
                    worked={name: float(worked[b, p]) for b, name in enumerate(BURDENS)},
                    fair={name: float(question.fair[b, p]) for b, name in enumerate(BURDENS)},
                    denied=tuple(each.duty.day for each in shifts if each.person is person and each.duty.day in person.days_off),
                )
                for p, person in enumerate(people.people)
            ),
            short=tuple(
                shortage_of(people, duty, duty.people - int(filled[d]), at_work) for d, duty in enumerate(duties) if duty.people > filled[d]
            ),
            alone=alone_on(people, question.together, set(at_work)),
            furthest={
                name: Distance(float(far[b]), float(min(self.floor.worst[b] * SCALE[b, 0], far[b])))
                for b, name in enumerate(BURDENS)
                if (question.fair[b] > 0).any()
            },
            gap=self.gap if np.isfinite(self.score) else float("nan"),
            proven=self.proven,
            seconds=time.monotonic() - self.begun,
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
