"""What no roster can beat: how far from the fair share somebody must be, because shifts are whole and skills are what they are.

Four things are looked at, each true of every roster:
* a person works whole shifts, so only some sums of hours and only whole numbers of duties can be reached;
* all of them together must make what there is to work, so enough people must lie above their share, and enough below, with no more
  shifts than there are;
* between the two sums next to a fair share the distance is at least what the line between them says: rows for an integer programme;
* with the days left out, what each person works of every kind of duty is a small integer programme (a relaxation of the roster), and
  its bound knows who has which skills, and which two make an A/B post.

Not for finding a roster.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from simulation.optimisation.roster.question import BURDENS, MEAN, NOT_THERE, SCALE, UNFILLED, WORST, Floats, Question

GRAIN = 4
"""sums of hours are counted in such parts of an hour"""
SURE = 1e-7
"""below what is computed, against rounding"""
RELAXED_SECONDS = 10.0
"""of the programme in which numbers of duties may be parts of one; it takes a fraction of that"""


class Floor:
    """The least distances from the fair share, in units of the score."""

    def __init__(self, question: Question) -> None:
        self.question = question
        reached = [[self._reached(b, p) for p in range(len(question.limit))] for b in range(len(BURDENS))]
        self.sums = [[sums for sums, _ in each] for each in reached]
        """burden, person -> sums of hours, or numbers of duties, that can be reached, ascending"""
        self.fewest = [[fewest for _, fewest in each] for each in reached]
        """the shifts that each of them takes at least"""
        far = [[np.abs(sums - fair).min() for sums, fair in zip(*each, strict=True)] for each in zip(self.sums, question.fair, strict=True)]
        self.nearest: Floats = np.array(far) / SCALE * (question.fair > 0)
        """(burdens, people)"""
        self.worst: Floats = self.nearest.max(axis=1)
        """(burdens,) of whoever is furthest"""

    def _reached(self, b: int, p: int) -> tuple[Floats, Floats]:
        question = self.question
        mine = question.may[p] & (question.weights[b] > 0)
        days = len(set(question.day[mine].tolist()))
        if b > 0:
            return np.arange(days + 1.0), np.arange(days + 1.0)
        lengths = tuple(sorted(set(question.hours[mine].tolist())))
        if any(abs(GRAIN * each - round(GRAIN * each)) > 1e-9 for each in lengths):
            return np.array([float(question.fair[b, p])]), np.zeros(1)  # an odd length: nothing is claimed
        return _sums_of(tuple(round(GRAIN * each) for each in lengths), days)

    def lines(self, b: int, p: int) -> list[tuple[float, float]]:
        """(slope, low): the distance less slope times what is worked is at least low; exact at every sum that can be reached."""
        fair, sums = float(self.question.fair[b, p]), self.sums[b][p]
        found = [(1.0, -fair), (-1.0, fair)]
        under, over = sums[sums <= fair], sums[sums >= fair]
        if len(under) and len(over) and over[0] > under[-1]:
            a, z = float(under[-1]), float(over[0])
            slope = ((z - fair) - (fair - a)) / (z - a)
            found.append((slope, (fair - a) - slope * a))
        return found

    def raise_by_totals(self, missing: int) -> None:
        """So many shifts may stay empty; what is left must be reached by all together."""
        for b, (weights, fair) in enumerate(zip(self.question.weights, self.question.fair, strict=True)):
            most = float(self.question.wanted @ weights)
            least = most - missing * float(weights.max(initial=0.0))
            held = [each for each in zip(self.sums[b], self.fewest[b], fair.tolist(), strict=True) if each[2] > 0]
            shifts = float(self.question.wanted[weights > 0].sum())
            low, high = 0.0, float(fair.max(initial=0.0)) + most
            while high - low > 1e-6:
                middle = (low + high) / 2
                if _reachable(held, middle, least, most, shifts):
                    high = middle
                else:
                    low = middle
            self.worst[b] = max(self.worst[b], low / SCALE[b, 0] - SURE)

    def raise_by_kinds(self, missing: float, seconds: float) -> float:
        """Days left out: raises `worst` burden by burden, and returns a bound of the score (without wishes).

        missing : what empty shifts and A/B posts may cost
        """
        kinds = _Kinds(self, missing)
        for b in range(len(BURDENS)):
            if (self.question.fair[b] > 0).any():
                self.worst[b] = max(self.worst[b], kinds.bound(kinds.cost(b), 0.0) - SURE)
        return max(0.0, kinds.bound(kinds.cost(None), seconds) - SURE)


def _reachable(held: list[tuple[Floats, Floats, float]], distance: float, least: float, most: float, shifts: float) -> bool:
    """Whether sums within the distance of each fair share can make a total from least to most, with so many shifts."""
    under = over = taken = 0.0
    for sums, fewest, fair in held:
        first, end = np.searchsorted(sums, fair - distance - 1e-9), np.searchsorted(sums, fair + distance + 1e-9, side="right")
        if first == end:
            return False
        under, over = under + float(sums[first]), over + float(sums[end - 1])
        taken += float(fewest[first:end].min())
    return over >= least - 1e-6 and under <= most + 1e-6 and taken <= shifts + 1e-6


@cache
def _sums_of(lengths: tuple[int, ...], days: int) -> tuple[Floats, Floats]:
    """Sums of at most so many shifts of these lengths (in parts of an hour), in hours; and how few shifts make each."""
    fewest = np.full(days * max(lengths, default=0) + 1, days + 1)
    fewest[0] = 0
    for total in range(1, len(fewest)):
        before = [fewest[total - each] for each in lengths if each <= total]
        fewest[total] = min(before, default=days) + 1
    found = np.flatnonzero(fewest <= days)
    return found / GRAIN, fewest[found].astype(float)


class _Kinds:
    """How many duties of each kind each person works in all.

    Columns: these numbers, what is missing of each kind, days on which an A/B post is empty, distances.
    """

    def __init__(self, floor: Floor, missing: float) -> None:
        question = floor.question
        self.floor, self.question = floor, question
        kinds: dict[tuple[object, ...], list[int]] = {}
        for d, duty in enumerate(question.duties):
            kinds.setdefault((duty.group, duty.services, *question.weights[:, d]), []).append(d)
        self.kinds = list(kinds.values())
        most = {pair: float(len(set(question.day[[d for d in self.kinds[pair[1]] if question.may[pair[0], d]]]))) for pair in self._all()}
        self.works = [pair for pair, days in most.items() if days]
        self.most = [most[pair] for pair in self.works]
        self.far = [(b, p) for b in range(len(BURDENS)) for p in range(len(question.limit)) if question.fair[b, p] > 0]
        self.first_gap = len(self.works)
        self.first_alone = self.first_gap + len(self.kinds)
        self.posts = Counter((a.id, b.id) for a, b, _ in question.together)
        self.first_far = self.first_alone + len(self.posts)
        self.first_worst = self.first_far + len(self.far)
        self.size = self.first_worst + len(BURDENS)
        self.rows: list[tuple[dict[int, float], float, float]] = []
        self._rows(missing)

    def _all(self) -> Iterable[tuple[int, int]]:
        return product(range(len(self.question.limit)), range(len(self.kinds)))

    def _rows(self, missing: float) -> None:
        question = self.question
        of_kind: dict[int, list[int]] = {}
        of_person: dict[int, list[int]] = {}
        for n, (p, k) in enumerate(self.works):
            of_kind.setdefault(k, []).append(n)
            of_person.setdefault(p, []).append(n)
        for k, mine in enumerate(self.kinds):
            total = float(question.wanted[mine].sum())
            self.rows.append((dict.fromkeys([*of_kind.get(k, []), self.first_gap + k], 1.0), total, total))
        empty = dict.fromkeys(range(self.first_gap, self.first_alone), UNFILLED)
        self.rows.append((empty | dict.fromkeys(range(self.first_alone, self.first_far), NOT_THERE), 0.0, missing + 1e-6))
        index = {person.id: p for p, person in enumerate(question.people.people)}
        for n, ((one, other), days) in enumerate(self.posts.items()):
            both = [*of_person.get(index[one], []), *of_person.get(index[other], []), self.first_alone + n]
            self.rows.append((dict.fromkeys(both, 1.0), float(days), np.inf))
        weeks = len(set(question.week[question.day].tolist()))
        for p, mine in of_person.items():
            self.rows.append((dict.fromkeys(mine, 1.0), 0.0, float(question.there[p])))
            hours = {n: float(question.hours[self.kinds[self.works[n][1]][0]]) for n in mine}
            self.rows.append((hours, 0.0, weeks * float(question.limit[p])))
        for n, (b, p) in enumerate(self.far):
            scale = float(SCALE[b, 0])
            worked = {k: float(question.weights[b, self.kinds[self.works[k][1]][0]]) / scale for k in of_person.get(p, [])}
            for slope, low in self.floor.lines(b, p):
                row = {k: -slope * each for k, each in worked.items() if each}
                self.rows.append((row | {self.first_far + n: 1.0}, low / scale, np.inf))
            self.rows.append(({self.first_far + n: 1.0, self.first_worst + b: -1.0}, -np.inf, 0.0))

    def cost(self, burden: int | None) -> Floats:
        """The score without wishes, or the worst distance in one burden."""
        cost = np.zeros(self.size)
        if burden is not None:
            cost[self.first_worst + burden] = 1.0
            return cost
        cost[self.first_far : self.first_worst] = MEAN / len(self.question.limit)
        cost[self.first_worst :] = WORST
        return cost

    def bound(self, cost: Floats, seconds: float) -> float:
        """No roster costs less; 0 seconds: numbers of duties may be parts of one."""
        columns = np.concatenate([np.fromiter(row, dtype=np.int64) for row, _, _ in self.rows])
        values = np.concatenate([np.fromiter(row.values(), dtype=float) for row, _, _ in self.rows])
        starts = np.cumsum([0, *(len(row) for row, _, _ in self.rows)])
        table = csr_array((values, columns, starts), shape=(len(self.rows), self.size))
        low, high = np.array([each[1:] for each in self.rows]).T
        least, most = np.zeros(self.size), np.full(self.size, np.inf)
        most[: self.first_gap] = self.most
        least[self.first_far : self.first_worst] = [self.floor.nearest[b, p] for b, p in self.far]
        least[self.first_worst :] = self.floor.worst
        whole = np.zeros(self.size, dtype=np.int64)
        whole[: self.first_far] = seconds > 0
        rules, limits = LinearConstraint(table, low, high), Bounds(least, most)
        found = milp(
            cost,
            constraints=rules,
            integrality=whole,
            bounds=limits,
            options={"time_limit": seconds or RELAXED_SECONDS, "mip_rel_gap": 1e-3},
        )
        bound = found.mip_dual_bound if seconds > 0 else found.fun if found.status == 0 else None
        known = float(cost @ least)
        return known if bound is None or not np.isfinite(bound) else max(known, float(bound))
